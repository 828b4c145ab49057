//! 드문 부서·계정 조합: a department spends on an account it hardly ever used before.
//!
//! Comes in: payments in order of days. Goes out: rows of pairs rare as of their day.
//! Refuses: departments with little history, departments for which rare accounts are usual, later rows.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::common::{Hit, need_history, output, sorted, weight_of_amount};
use super::control::Control;
use super::options::Check;
use crate::clean::{Interned, LedgerView};
use crate::detect::canary::{Plot, SOURCE};
use crate::detect::{Input, Output};
use crate::ko;
use crate::ledger::{Reason, Severity, col};

const ID: &str = "rare_department_account";

/// One rare payment in about three hundred is as rare as it need be.
const RARITY_DECADES: f64 = 2.5;

/// Expected payments at which their absence begins to say something; departments differ in what they buy.
const EXPECTED_HALF: f64 = 1.0;

/// Share of the pace to be expected up to which a pair's own pace is that of exceptions.
const SELDOM: f64 = 0.05;

/// Days added to the time since a pair's first payment: a pace is not known at once.
const SETTLING_DAYS: i32 = 90;

/// Thirty expected payments and none made are as surprising as it need be.
const MISSED_DECADES: f64 = 1.5;

/// Options of 드문 부서·계정 조합.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RareDepartmentAccountOptions {
    /// Earlier payments a department needs before its habits are known.
    pub department_rows_min: u32,
    /// Days of data before the test starts.
    pub history_days: i32,
    /// Most earlier payments of a pair that is rare.
    pub pair_rows_max: u32,
    /// Amount in won that counts half.
    pub half_amount_krw: i64,
}

impl Default for RareDepartmentAccountOptions {
    fn default() -> Self {
        Self { department_rows_min: 30, history_days: 180, pair_rows_max: 2, half_amount_krw: 20_000 }
    }
}

impl RareDepartmentAccountOptions {
    pub(super) fn check(&self, check: &mut Check<'_>) {
        check.that(
            self.department_rows_min >= 1,
            "department_rows_min",
            "1 이상의 정수",
            &self.department_rows_min,
        );
        check.within("history_days", self.history_days.into(), 0, 3_660);
        check.within("pair_rows_max", self.pair_rows_max.into(), 0, 100);
        check.that(self.half_amount_krw > 0, "half_amount_krw", "1 이상의 정수", &self.half_amount_krw);
    }
}

/// The test.
pub struct RareDepartmentAccount;

impl Control for RareDepartmentAccount {
    type Options = RareDepartmentAccountOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "드문 부서·계정 조합";
    const CODES: &'static [&'static str] = &["T33"];
    const SEVERITY: Severity = Severity::Medium;
    const WEIGHT: f64 = 90.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[];
    const OPTIONAL: &'static [&'static str] = &[col::KIND];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        options.check(check);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        need_history(ledger, options.history_days, "부서·계정 조합을")?;
        if ledger.n_rows > 0 && ledger.account.names.len() < 2 {
            return Err("계정이 둘 이상이 아니어서 부서·계정 조합을 점검하지 못했습니다.".to_owned());
        }
        let stands = &input.shared.stands;
        let order = sorted((0..ledger.n_rows).filter(|&i| stands[i]), |i| ledger.day[i]);
        let known_from = ledger.day.iter().min().copied().unwrap_or(0).saturating_add(options.history_days);
        let half = input.options.money.minor(options.half_amount_krw, &ledger.currency);
        let first_day = ledger.day.iter().min().copied().unwrap_or(0);
        let mut so_far = SoFar::new(ledger);
        let mut hits = Vec::new();
        for (day, i) in order {
            let seen = so_far.add(ledger, i);
            let Some(seen) = seen else { continue };
            if seen.department < options.department_rows_min || day < known_from {
                continue;
            }
            // Were accounts spread evenly over departments, this many payments of the pair were to be expected by now.
            let expected = f64::from(seen.department) * f64::from(seen.account) / f64::from(seen.all.max(1));
            let alone = alone(options, &seen, expected, day - first_day);
            if alone <= 0.0 {
                continue;
            }
            let n_rare = so_far.note_rare(ledger, i);
            let share = (f64::from(n_rare) + 1.0) / f64::from(seen.department);
            let rare = (-share.log10() / RARITY_DECADES).clamp(0.0, 1.0);
            let missed = (1.0 + expected / EXPECTED_HALF).log10() / MISSED_DECADES;
            let rare = (rare * (0.4 + 0.6 * missed.min(1.0))).sqrt();
            let strength = rare * alone * weight_of_amount(ledger.amount[i], half);
            hits.push(Hit::alone(i, strength, Rare::new(ledger, i, &seen)));
        }
        Ok(output(ledger, hits, Rare::reason))
    }

    fn plant(plot: &mut Plot<'_>, _options: &Self::Options) {
        let Some(mut payment) = plot.usual_to_newcomer() else { return };
        // The account the others use most of those the busiest department never used; a new one where it used all.
        let ledger = plot.ledger();
        let rows = || (0..plot.n_real()).filter(|&i| ledger.amount[i] > 0);
        let Some(department) = busiest(&ledger.department, rows()) else { return };
        let mut is_used = vec![false; ledger.account.names.len()];
        for i in rows().filter(|&i| ledger.department.ids[i] == department) {
            if let Some(used) = is_used.get_mut(ledger.account.ids[i] as usize) {
                *used = true;
            }
        }
        let unused =
            rows().filter(|&i| !is_used.get(ledger.account.ids[i] as usize).copied().unwrap_or(true));
        payment.account = match busiest(&ledger.account, unused) {
            Some(account) => ledger.account.names[account as usize].clone(),
            None => format!("{SOURCE} 계정"),
        };
        payment.department = ledger.department.names[department as usize].clone();
        payment.amount = payment.amount.max(plot.minor(1_000_000));
        plot.must_find(&payment);
    }
}

/// The value most of `rows` have, the first one of several.
fn busiest(column: &Interned, rows: impl Iterator<Item = usize>) -> Option<u32> {
    let mut counts = vec![0_usize; column.names.len()];
    for row in rows {
        if let Some(count) = counts.get_mut(column.ids[row] as usize) {
            *count += 1;
        }
    }
    let most = (0..).zip(&counts).max_by_key(|(id, count)| (**count, std::cmp::Reverse(*id)));
    most.filter(|(_, count)| **count > 0).map(|(id, _)| id)
}

/// 1 for the first payment of a pair, less for the next few; also where payments of the pair come far more seldom than is
/// to be expected of departments and accounts of their size, `days` after the first payment of all.
fn alone(options: &RareDepartmentAccountOptions, seen: &Seen, expected: f64, days: i32) -> f64 {
    let n = f64::from(seen.pair);
    let few = if seen.pair <= options.pair_rows_max {
        1.0 - 0.7 * n / f64::from(options.pair_rows_max.max(1))
    } else {
        0.0
    };
    let pace = n / f64::from(seen.days_of_pair + SETTLING_DAYS);
    let usual = expected / f64::from(days + 1);
    few.max(1.0 - pace / (SELDOM * usual).max(1e-12))
}

/// Earlier payments of all, of a row's department, of its account and of the pair.
struct Seen {
    all: u32,
    department: u32,
    account: u32,
    pair: u32,
    /// Days since the pair's first payment.
    days_of_pair: i32,
}

/// Counts over the rows passed so far.
struct SoFar {
    all: u32,
    by_department: Vec<u32>,
    by_account: Vec<u32>,
    rare_by_department: Vec<u32>,
    /// Looked up only, never walked.
    by_pair: FxHashMap<(u32, u32), (u32, i32)>,
}

impl SoFar {
    fn new(ledger: &LedgerView) -> Self {
        Self {
            all: 0,
            by_department: vec![0; ledger.department.names.len()],
            by_account: vec![0; ledger.account.names.len()],
            rare_by_department: vec![0; ledger.department.names.len()],
            by_pair: FxHashMap::default(),
        }
    }

    /// Counts row `i` and says what came before it; `None` without department or account.
    fn add(&mut self, ledger: &LedgerView, i: usize) -> Option<Seen> {
        let (department, account) = (ledger.department.ids[i], ledger.account.ids[i]);
        if department == Interned::NULL || account == Interned::NULL {
            return None;
        }
        let next = |count: &mut u32| {
            *count += 1;
            *count - 1
        };
        let pair = self.by_pair.entry((department, account)).or_insert((0, ledger.day[i]));
        Some(Seen {
            all: next(&mut self.all),
            department: next(&mut self.by_department[department as usize]),
            account: next(&mut self.by_account[account as usize]),
            pair: next(&mut pair.0),
            days_of_pair: ledger.day[i] - pair.1,
        })
    }

    /// Notes that row `i` is of a rare pair; says how many of its department were so before.
    fn note_rare(&mut self, ledger: &LedgerView, i: usize) -> u32 {
        let count = &mut self.rare_by_department[ledger.department.ids[i] as usize];
        *count += 1;
        *count - 1
    }
}

/// A rare pair, as its sentence needs it.
struct Rare {
    department: String,
    account: String,
    n_department: u32,
    n_pair: u32,
    n_elsewhere: u32,
}

impl Rare {
    fn new(ledger: &LedgerView, i: usize, seen: &Seen) -> Self {
        Self {
            department: ledger.department.text(i).to_owned(),
            account: ledger.account.text(i).to_owned(),
            n_department: seen.department,
            n_pair: seen.pair,
            n_elsewhere: seen.account - seen.pair,
        }
    }

    fn reason(&self) -> Reason {
        let before = if self.n_pair == 0 {
            format!("계정 ‘{}’ 지출은 처음입니다", self.account)
        } else {
            format!("계정 ‘{}’ 지출은 {}건뿐이었습니다", self.account, self.n_pair)
        };
        let elsewhere = match self.n_elsewhere {
            0 => "다른 부서도 이 계정으로 지출한 적이 없습니다.".to_owned(),
            n => format!("다른 부서에서는 이 계정으로 {}건을 지출했습니다.", ko::count(n as usize)),
        };
        let text = format!(
            "{} 이전 지출 {}건 가운데 {before}. {elsewhere}",
            ko::josa(&self.department, "은/는"),
            ko::count(self.n_department as usize)
        );
        Reason { id: ID.to_owned(), text, related: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ControlOptions;
    use super::super::testing::{Ledger, fired, run, try_run};
    use super::*;

    /// 400 payments of four departments, with an account that only 부서3 uses.
    fn habits() -> Ledger {
        let mut ledger = Ledger::background(800);
        for (i, row) in ledger.0.iter_mut().enumerate() {
            if i % 8 == 3 {
                row.account = "연구재료비".to_owned();
            }
        }
        ledger
    }

    #[test]
    fn fires_on_an_account_new_to_a_department() {
        let ledger = habits().pay("2025-02-03", "부서0", "연구재료비", "거래처1", 2_000_000, "", "");
        let out = run(&RareDepartmentAccount, &ledger);
        assert_eq!(fired(&out, 0.3), [800]);
        assert_eq!(
            (out.explain)(800).unwrap().text,
            "부서0은 이전 지출 200건 가운데 계정 ‘연구재료비’ 지출은 처음입니다. 다른 부서에서는 이 계정으로 100건을 지출했습니다."
        );
    }

    #[test]
    fn usual_pairs_small_departments_and_small_amounts_do_not_fire() {
        let ledger = habits()
            .pay("2025-02-03", "부서3", "연구재료비", "거래처1", 2_000_000, "", "")
            .pay("2025-02-03", "새부서", "연구재료비", "거래처1", 2_000_000, "", "")
            .pay("2025-02-03", "부서0", "연구재료비", "거래처1", 1_000, "", "");
        assert!(fired(&run(&RareDepartmentAccount, &ledger), 0.1).is_empty());
    }

    #[test]
    fn a_department_of_many_one_offs_is_damped() {
        let varied = (0..60).fold(habits(), |ledger, i| {
            ledger.pay("2025-01-06", "부서0", &format!("일회성{i}"), "거래처1", 1_000_000, "", "")
        });
        let after = varied.pay("2025-02-03", "부서0", "연구재료비", "거래처1", 2_000_000, "", "");
        let before = habits().pay("2025-02-03", "부서0", "연구재료비", "거래처1", 2_000_000, "", "");
        let strength = |ledger: &Ledger| *run(&RareDepartmentAccount, ledger).strength.last().unwrap();
        assert!(strength(&after) < 0.6 * strength(&before));
    }

    #[test]
    fn the_first_months_have_no_habits_yet() {
        let mut ledger = (0..200).fold(Ledger::new(), |ledger, i| {
            ledger.pay(&format!("2024-01-{:02}", 1 + i % 28), "부서0", "소모품비", "거래처1", 70_000, "", "")
        });
        ledger = ledger.pay("2024-02-05", "부서0", "연구재료비", "거래처1", 2_000_000, "", "");
        let reason =
            try_run(&RareDepartmentAccount, &ledger.view(), &ControlOptions::default()).err().unwrap();
        assert_eq!(reason, "자료 기간이 36일로 180일 이하여서 부서·계정 조합을 점검하지 못했습니다.");
        ledger.0[200].date = "2024-09-05".parse().unwrap();
        assert_eq!(fired(&run(&RareDepartmentAccount, &ledger), 0.3), [200]);
    }

    #[test]
    fn one_account_cannot_be_tested() {
        let ledger = Ledger::background(10);
        let reason =
            try_run(&RareDepartmentAccount, &ledger.view(), &ControlOptions::default()).err().unwrap();
        assert!(reason.starts_with("계정이 둘 이상이 아니어서"), "{reason}");
    }
}
