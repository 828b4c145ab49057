//! 전용 직후 집행: budget moved to a department's account and spent there at once, in one payment.
//!
//! Comes in: payments that still stand, and movements of budget. Goes out: payments that use most of what was moved within days.
//! Refuses: small movements, those taken back, payments of a size usual on the account.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::common::{Hit, output, stated, vendor_name};
use super::control::Control;
use super::options::Check;
use crate::clean::LedgerView;
use crate::clean::view::date_of_day;
use crate::detect::canary::{Plot, SOURCE};
use crate::detect::{Input, Output};
use crate::ledger::{Amount, BudgetPlace, Reallocation, ReallocationKind, Reason, RowRef, Severity, col};

const ID: &str = "reallocation_spend";

/// Days before a payment in which payments of its size make it usual.
const YEAR_DAYS: i32 = 365;

/// Share of an amount from which another is of its size, and its inverse up to which.
const ALIKE: f64 = 0.7;

/// Options of 전용 직후 집행.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReallocationSpendOptions {
    /// Most days from the movement to the payment.
    pub days_max: i32,
    /// Share of the moved sum from which a payment uses most of it.
    pub share_min: f64,
    /// Times the moved sum up to which a payment is taken to be paid from it.
    pub share_max: f64,
    /// Least moved sum in won.
    pub amount_krw_min: i64,
    /// Payments of such a size on the account in the year before from which the payment is usual.
    pub usual_rows: usize,
}

impl Default for ReallocationSpendOptions {
    fn default() -> Self {
        Self { days_max: 14, share_min: 0.5, share_max: 1.5, amount_krw_min: 1_000_000, usual_rows: 3 }
    }
}

/// The test.
pub struct ReallocationSpend;

impl Control for ReallocationSpend {
    type Options = ReallocationSpendOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "전용 직후 집행";
    const CODES: &'static [&'static str] = &["T47"];
    const SEVERITY: Severity = Severity::Medium;
    const WEIGHT: f64 = 50.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[];
    const OPTIONAL: &'static [&'static str] = &[col::KIND];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        check.within("days_max", options.days_max.into(), 0, 366);
        check.share("share_min", options.share_min, 0.1, 1.0);
        check.share("share_max", options.share_max, 1.0, 10.0);
        check.that(options.amount_krw_min > 0, "amount_krw_min", "1 이상의 정수", &options.amount_krw_min);
        check.that(options.usual_rows >= 1, "usual_rows", "1 이상의 정수", &options.usual_rows);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        let movements = &input.budget.reallocations;
        if ledger.n_rows > 0 && movements.is_empty() {
            return Err("예산 이용·전용 자료가 없어 전용 직후 집행을 점검하지 못했습니다.".to_owned());
        }
        let least = input.options.money.minor(options.amount_krw_min, &ledger.currency);
        let moved = moved(movements, least);
        let mut hits = Vec::new();
        for group in input.shared.department_accounts(ledger) {
            let first = group[0] as usize;
            let place = (ledger.department.text(first), ledger.account.text(first));
            if let Some(moves) = moved.get(&place) {
                hits.extend(spent(ledger, options, moves, group));
            }
        }
        let currency = ledger.currency.clone();
        Ok(output(ledger, hits, move |spent| {
            spent.reason(&currency.display(Amount(spent.amount)), &currency.display(Amount(spent.moved)))
        }))
    }

    fn plant(plot: &mut Plot<'_>, options: &Self::Options) {
        let Some(mut payment) = plot.usual_to_newcomer() else { return };
        let from = BudgetPlace {
            department: payment.department.clone(),
            account: payment.account.clone(),
            budget_line: String::new(),
        };
        payment.department = format!("{SOURCE} 부서 {}", plot.ledger().n_rows);
        let sum = plot.minor(options.amount_krw_min.saturating_mul(20));
        plot.budget.reallocations.push(Reallocation {
            at: RowRef { source: SOURCE.to_owned(), ..RowRef::default() },
            date: date_of_day(plot.day() - options.days_max.min(3)),
            kind: ReallocationKind::TransferBetweenLines,
            document_no: String::new(),
            from,
            to: BudgetPlace {
                department: payment.department.clone(),
                account: payment.account.clone(),
                budget_line: String::new(),
            },
            amount: Amount(sum),
            reason: String::new(),
        });
        payment.amount = sum - sum / 20;
        plot.must_find(&payment);
    }
}

/// Budget that came to a place on a day.
struct Moved {
    day: i32,
    amount: i64,
    kind: ReallocationKind,
    from: String,
}

/// What was moved to each department and account, in order of days: movements of a day together, those taken back and
/// those below `least` left out.
fn moved(movements: &[Reallocation], least: i64) -> BTreeMap<(&str, &str), Vec<Moved>> {
    let mut by_day: BTreeMap<(&str, &str, i32), Moved> = BTreeMap::new();
    for one in movements {
        let Ok(day) = i32::try_from((one.date - chrono::NaiveDate::default()).num_days()) else { continue };
        let known = by_day.entry((&one.to.department, &one.to.account, day)).or_insert_with(|| Moved {
            day,
            amount: 0,
            kind: one.kind,
            from: format!("{} {}", one.from.department, one.from.account).trim().to_owned(),
        });
        known.amount = known.amount.saturating_add(one.amount.0);
    }
    let mut out: BTreeMap<(&str, &str), Vec<Moved>> = BTreeMap::new();
    for ((department, account, _), one) in by_day {
        if one.amount >= least {
            out.entry((department, account)).or_default().push(one);
        }
    }
    out
}

/// Hits among the payments of one department's account, in order of days.
fn spent(
    ledger: &LedgerView,
    options: &ReallocationSpendOptions,
    moves: &[Moved],
    group: &[u32],
) -> Vec<Hit<Spent>> {
    let day = |row: u32| ledger.day[row as usize];
    let mut hits = Vec::new();
    for one in moves {
        let start = group.partition_point(|&row| day(row) < one.day);
        let end = group.partition_point(|&row| day(row) <= one.day.saturating_add(options.days_max));
        for &row in &group[start..end] {
            let amount = ledger.amount[row as usize];
            let share = amount as f64 / one.amount as f64;
            if !(options.share_min..=options.share_max).contains(&share) {
                continue;
            }
            let before = group.iter().filter(|&&known| {
                let ago = day(row) - day(known);
                let ratio = ledger.amount[known as usize] as f64 / amount as f64;
                known != row && (0..=YEAR_DAYS).contains(&ago) && (ALIKE..=1.0 / ALIKE).contains(&ratio)
            });
            if before.count() >= options.usual_rows {
                continue;
            }
            let days = day(row) - one.day;
            let soon = 1.0 - f64::from(days) / f64::from(options.days_max + 1);
            let close = 1.0 - (share - 1.0).abs().min(1.0);
            let data = Spent {
                vendor: vendor_name(ledger, row as usize).to_owned(),
                amount,
                moved: one.amount,
                date: one.day,
                kind: one.kind,
                from: one.from.clone(),
                days,
                share,
            };
            hits.push(Hit::alone(row as usize, 0.5 + 0.2 * soon + 0.2 * close, data));
        }
    }
    hits
}

/// A payment after a movement of budget, as its sentence needs it.
struct Spent {
    vendor: String,
    amount: i64,
    moved: i64,
    date: i32,
    kind: ReallocationKind,
    from: String,
    days: i32,
    share: f64,
}

impl Spent {
    fn reason(&self, amount: &str, moved: &str) -> Reason {
        let when = match self.days {
            0 => "그날".to_owned(),
            days => format!("{days}일 뒤"),
        };
        let to = if self.vendor.is_empty() {
            String::new()
        } else {
            format!("거래처 ‘{}’에 ", self.vendor)
        };
        let text = format!(
            "{}에 {}에서 {}된 예산 {moved}의 {}인 {} {when} {to}한 번에 지급되었습니다.",
            date_of_day(self.date),
            if self.from.is_empty() { "다른 과목" } else { &self.from },
            self.kind.label_ko(),
            crate::ko::percent(self.share),
            stated("금액", amount, "이/가"),
        );
        Reason { id: ID.to_owned(), text, related: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ControlOptions;
    use super::super::testing::{Ledger, fired, try_run_with};
    use super::*;
    use crate::detect::BudgetBook;

    fn pay(ledger: Ledger, date: &str, amount: i64) -> Ledger {
        ledger.pay(date, "총무과", "자산취득비", "가나전자", amount, "", "")
    }

    fn movement(date: &str, amount: i64) -> Reallocation {
        let place = |account: &str| BudgetPlace {
            department: "총무과".to_owned(),
            account: account.to_owned(),
            budget_line: String::new(),
        };
        Reallocation {
            at: RowRef::default(),
            date: date.parse().unwrap(),
            kind: ReallocationKind::TransferBetweenLines,
            document_no: String::new(),
            from: place("사무관리비"),
            to: place("자산취득비"),
            amount: Amount(amount),
            reason: String::new(),
        }
    }

    fn run(ledger: &Ledger, movements: &[Reallocation]) -> Result<Output, String> {
        let book = BudgetBook { lines: Vec::new(), reallocations: movements.to_vec() };
        try_run_with(&ReallocationSpend, &ledger.view(), &book, &ControlOptions::default())
    }

    fn rows(ledger: &Ledger, movements: &[Reallocation]) -> Vec<usize> {
        fired(&run(ledger, movements).unwrap(), 0.0)
    }

    #[test]
    fn fires_on_a_payment_that_uses_what_was_moved() {
        let ledger = pay(pay(Ledger::new(), "2024-03-01", 300_000), "2024-11-08", 19_000_000);
        let out = run(&ledger, &[movement("2024-11-05", 20_000_000)]).unwrap();
        assert_eq!(fired(&out, 0.5), [1]);
        assert_eq!(
            (out.explain)(1).unwrap().text,
            "2024-11-05에 총무과 사무관리비에서 전용된 예산 20,000,000원의 95.0%인 금액 19,000,000원이 3일 뒤 거래처 ‘가나전자’에 한 번에 지급되었습니다."
        );
    }

    #[test]
    fn days_and_shares_have_their_limits() {
        let at = |date: &str, amount| {
            rows(&pay(Ledger::new(), date, amount), &[movement("2024-11-05", 20_000_000)])
        };
        assert!(at("2024-11-04", 20_000_000).is_empty(), "the day before");
        assert_eq!(at("2024-11-05", 20_000_000), [0]);
        assert_eq!(at("2024-11-19", 20_000_000), [0], "day 14");
        assert!(at("2024-11-20", 20_000_000).is_empty(), "day 15");
        assert!(at("2024-11-08", 9_999_999).is_empty());
        assert_eq!(at("2024-11-08", 10_000_000), [0]);
        assert_eq!(at("2024-11-08", 30_000_000), [0]);
        assert!(at("2024-11-08", 30_000_001).is_empty());
    }

    #[test]
    fn movements_taken_back_or_small_or_elsewhere_do_not_count() {
        let ledger = pay(Ledger::new(), "2024-11-08", 900_000);
        assert!(rows(&ledger, &[movement("2024-11-05", 999_999)]).is_empty());
        assert_eq!(rows(&ledger, &[movement("2024-11-05", 400_000), movement("2024-11-05", 600_000)]), [0]);
        let back = [movement("2024-11-05", 1_000_000), movement("2024-11-05", -1_000_000)];
        assert!(rows(&ledger, &back).is_empty());
        let mut elsewhere = movement("2024-11-05", 1_000_000);
        "시설과".clone_into(&mut elsewhere.to.department);
        assert!(rows(&ledger, &[elsewhere]).is_empty());
    }

    #[test]
    fn a_size_usual_on_the_account_does_not_fire() {
        let with = |n: u32| {
            let ledger =
                (1..=n).fold(Ledger::new(), |l, month| pay(l, &format!("2024-{month:02}-05"), 15_000_000));
            rows(&pay(ledger, "2024-11-08", 19_000_000), &[movement("2024-11-05", 20_000_000)])
        };
        assert_eq!(with(2), [2]);
        assert!(with(3).is_empty());
    }

    #[test]
    fn without_movements_the_reason_is_said() {
        let reason = run(&pay(Ledger::new(), "2024-11-08", 1), &[]).err().unwrap();
        assert_eq!(reason, "예산 이용·전용 자료가 없어 전용 직후 집행을 점검하지 못했습니다.");
    }
}
