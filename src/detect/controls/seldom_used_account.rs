//! 희귀 계정: an account that hardly anybody used in the year before.
//!
//! Comes in: payments that still stand, in order of days. Goes out: the first few of a year on such an account.
//! Refuses: the first year of the data, accounts that soon belong to many departments (a reform), ledgers in which seldom
//! used accounts are common.
//!
//! After the seldom-used-account tests of journal entry testing.

use std::collections::VecDeque;

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::common::{Hit, need_history, output, sorted, weight_of_amount};
use super::control::Control;
use super::options::Check;
use crate::clean::{Interned, LedgerView};
use crate::detect::canary::{Plot, SOURCE};
use crate::detect::{Input, Output};
use crate::ko;
use crate::ledger::{Reason, Severity, col};

const ID: &str = "seldom_used_account";

/// Days looked back.
const YEAR_DAYS: i32 = 365;

/// Such payments that are no habit of a ledger yet, however small it is.
const FEW: usize = 20;

/// Options of 희귀 계정.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SeldomUsedAccountOptions {
    /// Most payments within a year, this one among them, of an account seldom used.
    pub rows_max: usize,
    /// Days of data before the test starts.
    pub history_days: i32,
    /// Departments that use the account within a year of its first payment, from which it is a new account of the house.
    pub reform_departments_min: usize,
    /// Share of payments so far on seldom used accounts from which that is usual.
    pub usual_share: f64,
    /// Amount in won that counts half.
    pub half_amount_krw: i64,
}

impl Default for SeldomUsedAccountOptions {
    fn default() -> Self {
        Self {
            rows_max: 3,
            history_days: 365,
            reform_departments_min: 4,
            usual_share: 0.003,
            half_amount_krw: 500_000,
        }
    }
}

/// The test.
pub struct SeldomUsedAccount;

impl Control for SeldomUsedAccount {
    type Options = SeldomUsedAccountOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "희귀 계정";
    const CODES: &'static [&'static str] = &["T32"];
    const SEVERITY: Severity = Severity::Low;
    const WEIGHT: f64 = 45.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[];
    const OPTIONAL: &'static [&'static str] = &[col::KIND];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        check.that(
            (1..=20).contains(&options.rows_max),
            "rows_max",
            "1 이상 20 이하의 정수",
            &options.rows_max,
        );
        check.within("history_days", options.history_days.into(), YEAR_DAYS.into(), 3_660);
        let departments = options.reform_departments_min;
        check.that(departments >= 2, "reform_departments_min", "2 이상의 정수", &departments);
        check.share("usual_share", options.usual_share, 0.0, 0.1);
        check.that(options.half_amount_krw > 0, "half_amount_krw", "1 이상의 정수", &options.half_amount_krw);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        need_history(ledger, options.history_days, "희귀 계정을")?;
        let named = |&i: &usize| input.shared.stands[i] && ledger.account.ids[i] != Interned::NULL;
        let order = sorted((0..ledger.n_rows).filter(named), |i| ledger.day[i]);
        let known_from = order.first().map_or(0, |(day, _)| day.saturating_add(options.history_days));
        let is_reform = reforms(ledger, &order, options.reform_departments_min);
        let half = input.options.money.minor(options.half_amount_krw, &ledger.currency);
        let mut recent: Vec<VecDeque<(i32, usize)>> = vec![VecDeque::new(); ledger.account.names.len()];
        let mut hits = Vec::new();
        let mut n_seldom = 0;
        for (at, &(day, i)) in order.iter().enumerate() {
            let earlier = &mut recent[ledger.account.ids[i] as usize];
            while earlier.front().is_some_and(|(then, _)| day - then > YEAR_DAYS) {
                earlier.pop_front();
            }
            if day >= known_from
                && earlier.len() < options.rows_max
                && !is_reform[ledger.account.ids[i] as usize]
            {
                n_seldom += 1;
                let is_usual = n_seldom > FEW && n_seldom as f64 > options.usual_share * (at + 1) as f64;
                let strength = 0.5 + 0.4 * weight_of_amount(ledger.amount[i], half);
                let own = |row: usize| ledger.department.ids[row] == ledger.department.ids[i];
                let data = Seldom {
                    account: ledger.account.text(i).to_owned(),
                    n_earlier: earlier.len(),
                    n_own: earlier.iter().filter(|(_, row)| own(*row)).count(),
                    related: earlier.iter().map(|(_, row)| *row).collect(),
                };
                hits.push(Hit::alone(i, if is_usual { 0.0 } else { strength }, data));
            }
            earlier.push_back((day, i));
            if earlier.len() > options.rows_max {
                earlier.pop_front();
            }
        }
        Ok(output(ledger, hits, Seldom::reason))
    }

    fn plant(plot: &mut Plot<'_>, _options: &Self::Options) {
        let Some(mut payment) = plot.usual() else { return };
        payment.account = format!("{SOURCE} 계정 {}", plot.ledger().n_rows);
        payment.amount = payment.amount.max(plot.minor(1_000_000));
        plot.must_find(&payment);
    }
}

/// Accounts that within a year of their first payment so many departments use.
fn reforms(ledger: &LedgerView, order: &[(i32, usize)], departments_min: usize) -> Vec<bool> {
    let mut first: Vec<Option<i32>> = vec![None; ledger.account.names.len()];
    let mut users: FxHashSet<(u32, u32)> = FxHashSet::default();
    let mut n_users = vec![0_usize; ledger.account.names.len()];
    for &(day, i) in order {
        let account = ledger.account.ids[i];
        let since = day - *first[account as usize].get_or_insert(day);
        if since <= YEAR_DAYS && users.insert((account, ledger.department.ids[i])) {
            n_users[account as usize] += 1;
        }
    }
    n_users.iter().map(|n| *n >= departments_min).collect()
}

/// A payment on an account seldom used, as its sentence needs it.
struct Seldom {
    account: String,
    n_earlier: usize,
    n_own: usize,
    related: Vec<usize>,
}

impl Seldom {
    fn reason(&self) -> Reason {
        let used = match (self.n_earlier, self.n_own) {
            (0, _) => "지난 1년 동안 기관에서 한 번도 쓰지 않은 계정입니다".to_owned(),
            (n, 0) => {
                format!("지난 1년 동안 기관에서 {}건만 썼고 이 부서는 쓰지 않은 계정입니다", ko::count(n))
            }
            (n, own) => format!(
                "지난 1년 동안 기관에서 {}건만 썼고 그 가운데 이 부서의 지출은 {}건인 계정입니다",
                ko::count(n),
                ko::count(own)
            ),
        };
        let text = format!("계정 ‘{}’에서 지급되었습니다. {used}.", self.account);
        Reason { id: ID.to_owned(), text, related: self.related.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ControlOptions;
    use super::super::testing::{Ledger, fired, run, try_run};
    use super::*;

    fn pay(ledger: Ledger, date: &str, department: &str) -> Ledger {
        ledger.pay(date, department, "배상금", "가나상사", 1_000_000, "", "")
    }

    #[test]
    fn fires_on_the_first_three_of_a_year_and_counts_them() {
        let dates = ["2024-03-04", "2024-03-05", "2024-03-06", "2024-03-07"];
        let ledger = dates.into_iter().enumerate().fold(Ledger::background(400), |ledger, (k, date)| {
            pay(ledger, date, if k == 1 { "부서1" } else { "부서0" })
        });
        let out = run(&SeldomUsedAccount, &ledger);
        assert_eq!(fired(&out, 0.49), [400, 401, 402]);
        let text = |row| (out.explain)(row).unwrap().text;
        assert_eq!(
            text(400),
            "계정 ‘배상금’에서 지급되었습니다. 지난 1년 동안 기관에서 한 번도 쓰지 않은 계정입니다."
        );
        assert!(text(401).ends_with("기관에서 1건만 썼고 이 부서는 쓰지 않은 계정입니다."), "{}", text(401));
        assert!(
            text(402).ends_with("기관에서 2건만 썼고 그 가운데 이 부서의 지출은 1건인 계정입니다."),
            "{}",
            text(402)
        );
        assert_eq!((out.explain)(402).unwrap().related, [400, 401]);
    }

    #[test]
    fn a_year_ago_is_over_and_a_day_less_is_not() {
        let used = ["2023-03-03", "2023-03-04", "2023-03-05"]
            .into_iter()
            .fold(Ledger::background(400), |ledger, date| pay(ledger, date, "부서0"));
        // 2024 is a leap year: 2023-03-05 lies 365 days before 2024-03-04.
        let within = pay(used.clone(), "2024-03-02", "부서0");
        assert!(fired(&run(&SeldomUsedAccount, &within), 0.0).is_empty());
        let after = pay(used, "2024-03-04", "부서0");
        assert_eq!(fired(&run(&SeldomUsedAccount, &after), 0.49), [403]);
    }

    #[test]
    fn the_first_year_and_a_reform_do_not_fire() {
        let early = pay(Ledger::background(400), "2024-01-01", "부서0");
        assert!(fired(&run(&SeldomUsedAccount, &early), 0.0).is_empty(), "day 364");
        let late = pay(Ledger::background(400), "2024-01-02", "부서0");
        assert_eq!(fired(&run(&SeldomUsedAccount, &late), 0.0), [400], "day 365");
        let reform = |n: usize| {
            let departments = ["부서0", "부서1", "부서2", "부서3"];
            departments[..n].iter().fold(Ledger::background(400), |l, name| pay(l, "2024-02-05", name))
        };
        assert!(fired(&run(&SeldomUsedAccount, &reform(4)), 0.0).is_empty());
        assert_eq!(fired(&run(&SeldomUsedAccount, &reform(3)), 0.0).len(), 3);
        let short = pay(Ledger::new(), "2024-03-04", "부서0");
        let reason = try_run(&SeldomUsedAccount, &short.view(), &ControlOptions::default()).err().unwrap();
        assert_eq!(reason, "자료 기간이 1일로 365일 이하여서 희귀 계정을 점검하지 못했습니다.");
    }

    #[test]
    fn where_such_accounts_are_common_none_stands_out() {
        let ledger = (0..40).fold(Ledger::background(400), |ledger, k| {
            ledger.pay("2024-03-04", "부서0", &format!("세부사업{k}"), "가나상사", 1_000_000, "", "")
        });
        assert_eq!(fired(&run(&SeldomUsedAccount, &ledger), 0.0).len(), FEW);
    }
}
