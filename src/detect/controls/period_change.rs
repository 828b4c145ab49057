//! 계정 증감: a month in which a department spends on an account far more than in its other months and the same month of other years.
//!
//! Comes in: payments that still stand, by month. Goes out: the payments of the month that make the excess, as one case.
//! Refuses: groups of few months, a height that was reached before, small sums, later months.
//!
//! After the period-over-period tests of journal entry testing; the middle and the median absolute deviation of the twelve
//! months before instead of their mean.

use chrono::Datelike;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::common::{Hit, RELATED_MAX, median, need_history, output, ramp};
use super::control::Control;
use super::options::Check;
use super::year_end_rush::largest;
use crate::clean::LedgerView;
use crate::detect::canary::{Plot, SOURCE};
use crate::detect::{Input, Output};
use crate::ko;
use crate::ledger::{Amount, Reason, Severity, col};

const ID: &str = "period_change";

/// Turns a median absolute deviation into the scale of a standard deviation.
const MAD_TO_SIGMA: f64 = 1.4826;

/// Least deviation as a share of the usual month.
const SIGMA_SHARE_MIN: f64 = 0.3;

/// Months looked back at.
const MONTHS: i32 = 12;

/// Options of 계정 증감.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PeriodChangeOptions {
    /// Of the twelve months before, those that must have a payment.
    pub months_min: usize,
    /// Robust deviations above the usual month.
    pub z_min: f64,
    /// Times the highest of the twelve months before and of the same months of earlier years.
    pub times_peak: f64,
    /// Least excess over the usual month in won.
    pub excess_krw_min: i64,
    /// Most payments of a case.
    pub case_rows_max: usize,
}

impl Default for PeriodChangeOptions {
    fn default() -> Self {
        Self { months_min: 9, z_min: 6.0, times_peak: 2.5, excess_krw_min: 10_000_000, case_rows_max: 10 }
    }
}

/// The test.
pub struct PeriodChange;

impl Control for PeriodChange {
    type Options = PeriodChangeOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "계정 증감";
    const CODES: &'static [&'static str] = &["T52"];
    const SEVERITY: Severity = Severity::Medium;
    const WEIGHT: f64 = 40.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[];
    const OPTIONAL: &'static [&'static str] = &[col::KIND];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        check.that(
            (3..=12).contains(&options.months_min),
            "months_min",
            "3 이상 12 이하의 정수",
            &options.months_min,
        );
        check.share("z_min", options.z_min, 2.0, 100.0);
        check.share("times_peak", options.times_peak, 1.0, 100.0);
        check.that(options.excess_krw_min > 0, "excess_krw_min", "1 이상의 정수", &options.excess_krw_min);
        let cap = options.case_rows_max;
        check.that((1..=60).contains(&cap), "case_rows_max", "1 이상 60 이하의 정수", &cap);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        let months = i32::try_from(options.months_min).unwrap_or(MONTHS);
        need_history(ledger, 30 * months, "계정 증감을")?;
        let least = input.options.money.minor(options.excess_krw_min, &ledger.currency);
        let groups: Vec<&[u32]> = input.shared.department_accounts(ledger).collect();
        let hits: Vec<Hit<Change>> = groups
            .par_iter()
            .filter(|group| group.len() > options.months_min)
            .flat_map_iter(|group| changes(ledger, options, least, group))
            .collect();
        let currency = ledger.currency.clone();
        Ok(output(ledger, hits, move |change| change.reason(&|amount| currency.display(Amount(amount)))))
    }

    fn plant(plot: &mut Plot<'_>, options: &Self::Options) {
        let Some(mut payment) = plot.usual_to_newcomer() else { return };
        payment.department = format!("{SOURCE} 부서 {}", plot.ledger().n_rows);
        let excess = plot.minor(options.excess_krw_min);
        for back in (1..=i32::try_from(options.months_min).unwrap_or(MONTHS) + 2).rev() {
            payment.day = plot.day() - 31 * back;
            payment.amount = excess / 10 + i64::from(back);
            plot.add(&payment);
        }
        for k in 0..3 {
            payment.day = plot.day();
            payment.amount = excess * 2 + i64::from(k);
            plot.must_find(&payment);
        }
    }
}

/// A month of a group: its number counted from year 0, its payments and their sum.
struct Month<'a> {
    number: i32,
    rows: &'a [u32],
    sum: i64,
}

fn month_of(ledger: &LedgerView, row: u32) -> i32 {
    let date = ledger.date(row as usize);
    date.year() * 12 + date.month0().cast_signed()
}

/// Hits of one department's account (rows in order of days).
fn changes(
    ledger: &LedgerView,
    options: &PeriodChangeOptions,
    least: i64,
    group: &[u32],
) -> Vec<Hit<Change>> {
    let months: Vec<Month<'_>> = group
        .chunk_by(|a, b| month_of(ledger, *a) == month_of(ledger, *b))
        .map(|rows| Month {
            number: month_of(ledger, rows[0]),
            rows,
            sum: rows.iter().fold(0, |sum: i64, &row| sum.saturating_add(ledger.amount[row as usize])),
        })
        .collect();
    let mut hits = Vec::new();
    for (at, month) in months.iter().enumerate() {
        let from = months[..at].partition_point(|known| known.number < month.number - MONTHS);
        let before = &months[from..at];
        if before.len() < options.months_min {
            continue;
        }
        // Months without a payment are months too.
        let mut sums: Vec<i64> = before.iter().map(|known| known.sum).collect();
        let known_since = months[0].number.max(month.number - MONTHS);
        sums.resize(usize::try_from(month.number - known_since).unwrap_or(0).max(before.len()), 0);
        let usual = median(&mut sums).unwrap_or(0);
        let mut distances: Vec<i64> = sums.iter().map(|sum| (sum - usual).saturating_abs()).collect();
        let spread = MAD_TO_SIGMA * median(&mut distances).unwrap_or(0) as f64;
        let sigma = spread.max(SIGMA_SHARE_MIN * usual as f64).max(1.0);
        let is_same = |known: &&Month<'_>| known.number.rem_euclid(MONTHS) == month.number.rem_euclid(MONTHS);
        let same = months[..at].iter().filter(is_same).map(|known| known.sum).max();
        let peak = before.iter().map(|known| known.sum).max().unwrap_or(0).max(same.unwrap_or(0));
        let excess = month.sum.saturating_sub(usual);
        let z = excess as f64 / sigma;
        if excess < least || z < options.z_min || (month.sum as f64) < options.times_peak * peak as f64 {
            continue;
        }
        let rows = largest(ledger, month.rows, excess as f64, options.case_rows_max);
        let ratio = (month.sum as f64 / (peak as f64).max(1.0)).ln();
        let strength = 0.5 + 0.4 * ramp(ratio, options.times_peak.ln(), (4.0 * options.times_peak).ln());
        for &row in &rows {
            let data = Change {
                department: ledger.department.text(row).to_owned(),
                account: ledger.account.text(row).to_owned(),
                number: month.number,
                n: month.rows.len(),
                sum: month.sum,
                usual,
                n_months: sums.len(),
                peak: before.iter().map(|known| known.sum).max().unwrap_or(0),
                same,
                related: rows.iter().copied().filter(|other| *other != row).take(RELATED_MAX).collect(),
            };
            hits.push(Hit { row, strength, case: rows[0], data });
        }
    }
    hits
}

/// A month far above the others, as its sentence needs it.
struct Change {
    department: String,
    account: String,
    number: i32,
    n: usize,
    sum: i64,
    usual: i64,
    n_months: usize,
    peak: i64,
    same: Option<i64>,
    related: Vec<usize>,
}

impl Change {
    fn reason(&self, display: &dyn Fn(i64) -> String) -> Reason {
        let same = self.same.map_or(String::new(), |same| {
            format!(" 이전 연도의 같은 달은 많아야 {}.", ko::josa(&display(same), "이었습니다/였습니다"))
        });
        let text = format!(
            "부서 ‘{}’의 계정 ‘{}’에서 {}년 {}월에 {}({}건)을 집행했습니다. 앞선 {}개월의 중앙값은 {}, 가장 많은 달은 {}입니다.{same}",
            self.department,
            self.account,
            self.number.div_euclid(MONTHS),
            self.number.rem_euclid(MONTHS) + 1,
            display(self.sum),
            ko::count(self.n),
            self.n_months,
            display(self.usual),
            display(self.peak),
        );
        Reason { id: ID.to_owned(), text, related: self.related.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Ledger, fired, run};
    use super::*;

    fn pay(ledger: Ledger, date: &str, amount: i64) -> Ledger {
        ledger.pay(date, "총무과", "수선비", "가나설비", amount, "", "")
    }

    /// A payment of 2,000,000 won a month from 2023-01 to 2024-`until`.
    fn months(until: u32) -> Ledger {
        let dates = (0..12 + until).map(|k| format!("{}-{:02}-10", 2023 + k / 12, 1 + k % 12));
        dates.fold(Ledger::new(), |ledger, date| pay(ledger, &date, 2_000_000))
    }

    #[test]
    fn fires_on_what_makes_the_excess_and_states_the_months() {
        let ledger =
            pay(pay(pay(months(2), "2024-03-04", 7_000_000), "2024-03-11", 9_000_000), "2024-03-12", 300_000);
        let out = run(&PeriodChange, &ledger);
        // 16.3 million where 2 are usual: 9 and 7 make the 14.3 too many.
        assert_eq!(fired(&out, 0.49), [14, 15]);
        let reason = (out.explain)(14).unwrap();
        assert_eq!(
            reason.text,
            "부서 ‘총무과’의 계정 ‘수선비’에서 2024년 3월에 16,300,000원(3건)을 집행했습니다. 앞선 12개월의 중앙값은 2,000,000원, 가장 많은 달은 2,000,000원입니다. 이전 연도의 같은 달은 많아야 2,000,000원이었습니다."
        );
        assert_eq!((reason.related, out.case), (vec![15], vec![(15, 14)]));
    }

    #[test]
    fn the_least_excess_is_a_limit() {
        assert!(fired(&run(&PeriodChange, &pay(months(2), "2024-03-04", 11_999_999)), 0.0).is_empty());
        assert_eq!(fired(&run(&PeriodChange, &pay(months(2), "2024-03-04", 12_000_000)), 0.0), [14]);
    }

    #[test]
    fn a_height_reached_before_does_not_fire() {
        let season = pay(months(2), "2023-03-20", 6_000_000);
        assert!(fired(&run(&PeriodChange, &pay(season.clone(), "2024-03-04", 19_999_999)), 0.0).is_empty());
        assert_eq!(fired(&run(&PeriodChange, &pay(season, "2024-03-04", 20_000_000)), 0.0), [15]);
        // The second time it is no news; the first was.
        let twice = pay(pay(months(2), "2024-03-04", 20_000_000), "2024-04-04", 40_000_000);
        assert_eq!(fired(&run(&PeriodChange, &twice), 0.0), [14]);
    }

    #[test]
    fn few_months_say_nothing() {
        let since = |n: usize| {
            let mut ledger = Ledger::new().pay("2022-01-04", "시설과", "소모품비", "다라", 9_000, "", "");
            ledger.0.extend(months(0).0.into_iter().skip(n));
            fired(&run(&PeriodChange, &pay(ledger, "2024-01-04", 40_000_000)), 0.0)
        };
        assert!(since(4).is_empty(), "eight months");
        assert_eq!(since(3), [10], "nine months");
    }

    #[test]
    fn later_months_change_nothing() {
        let ledger = pay(months(2), "2024-03-04", 30_000_000);
        let later =
            (4..=12).fold(ledger.clone(), |l, month| pay(l, &format!("2024-{month:02}-04"), 90_000_000));
        let (then, now) = (run(&PeriodChange, &ledger), run(&PeriodChange, &later));
        assert_eq!(then.strength[14].to_bits(), now.strength[14].to_bits());
        assert_eq!((then.explain)(14), (now.explain)(14));
    }
}
