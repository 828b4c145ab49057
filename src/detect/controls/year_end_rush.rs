//! 연말 집중 집행: a department that spends on an account in the last month of the fiscal year what it did not spend before.
//!
//! Comes in: payments that still stand, by fiscal year. Goes out: the payments of the last month that make the excess, as one case.
//! Refuses: years of which a part is missing, accounts whose last month was always so, small sums, later years.
//!
//! After Liebman and Mahajan (NBER w19481): in the last week 4.9 times as much is spent as in an average one.

use chrono::{Datelike, NaiveDate};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::common::{Hit, RELATED_MAX, output, ramp};
use super::control::Control;
use super::options::Check;
use crate::clean::LedgerView;
use crate::clean::view::date_of_day;
use crate::detect::canary::{Plot, SOURCE};
use crate::detect::{Input, Output};
use crate::ko;
use crate::ledger::{Amount, Reason, Severity, col};

const ID: &str = "year_end_rush";

/// Days at either end of a fiscal year that may be without a payment of the whole ledger: holidays.
const EDGE_DAYS: i32 = 20;

/// Years at the level of the institution that count beside a department's own.
const PRIOR_YEARS: f64 = 1.0;

/// Options of 연말 집중 집행.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct YearEndRushOptions {
    /// First month of the fiscal year, 1 to 12.
    pub first_month: u32,
    /// Least share of the year's spending that falls into the last month.
    pub share_min: f64,
    /// Times the usual share of the last month.
    pub times_usual: f64,
    /// Times the highest other month of the year.
    pub times_peak: f64,
    /// Least sum of the last month in won.
    pub sum_krw_min: i64,
    /// Fewest payments of the year.
    pub rows_min: usize,
    /// Most payments of a case.
    pub case_rows_max: usize,
}

impl Default for YearEndRushOptions {
    fn default() -> Self {
        Self {
            first_month: 1,
            share_min: 0.4,
            times_usual: 3.0,
            times_peak: 2.0,
            sum_krw_min: 10_000_000,
            rows_min: 12,
            case_rows_max: 20,
        }
    }
}

/// The test.
pub struct YearEndRush;

impl Control for YearEndRush {
    type Options = YearEndRushOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "연말 집중 집행";
    const CODES: &'static [&'static str] = &["T30"];
    const SEVERITY: Severity = Severity::Medium;
    const WEIGHT: f64 = 45.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[];
    const OPTIONAL: &'static [&'static str] = &[col::KIND];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        check.within("first_month", options.first_month.into(), 1, 12);
        check.share("share_min", options.share_min, 0.1, 1.0);
        check.share("times_usual", options.times_usual, 1.0, 12.0);
        check.share("times_peak", options.times_peak, 1.0, 100.0);
        check.that(options.sum_krw_min > 0, "sum_krw_min", "1 이상의 정수", &options.sum_krw_min);
        check.that(options.rows_min >= 6, "rows_min", "6 이상의 정수", &options.rows_min);
        let cap = options.case_rows_max;
        check.that((1..=60).contains(&cap), "case_rows_max", "1 이상 60 이하의 정수", &cap);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        let years = whole_years(ledger, options.first_month);
        if years.is_empty() && ledger.n_rows > 0 {
            return Err("처음부터 끝까지 자료가 있는 회계연도가 없어 연말 집중 집행을 점검하지 못했습니다."
                .to_owned());
        }
        let groups: Vec<Vec<Year>> = input
            .shared
            .department_accounts(ledger)
            .map(|group| years_of(ledger, options, &years, group))
            .collect();
        let house = of_house(options, &years, &groups);
        let least = input.options.money.minor(options.sum_krw_min, &ledger.currency);
        let hits: Vec<Hit<Rush>> =
            groups.par_iter().flat_map_iter(|group| rushes(ledger, options, least, group, &house)).collect();
        let currency = ledger.currency.clone();
        Ok(output(ledger, hits, move |rush| {
            rush.reason(&currency.display(Amount(rush.sum)), &currency.display(Amount(rush.total)))
        }))
    }

    fn plant(plot: &mut Plot<'_>, options: &Self::Options) {
        let Some(mut payment) = plot.usual_to_newcomer() else { return };
        let years = whole_years(plot.ledger(), options.first_month);
        let Some(&(_, from, until)) = years.last() else { return };
        payment.department = format!("{SOURCE} 부서 {}", plot.ledger().n_rows);
        let unit = plot.minor(options.sum_krw_min);
        for k in 0..i32::try_from(options.rows_min.max(11)).unwrap_or(11) {
            payment.day = from + k * 300 / i32::try_from(options.rows_min.max(11)).unwrap_or(11);
            payment.amount = unit / 10 + i64::from(k);
            plot.add(&payment);
        }
        for k in 0..3 {
            payment.day = until - k;
            payment.amount = unit * 4 + i64::from(k);
            plot.must_find(&payment);
        }
    }
}

/// Fiscal years that the data cover from one end to the other: number, first day, last day.
fn whole_years(ledger: &LedgerView, first_month: u32) -> Vec<(i32, i32, i32)> {
    let (Some(&first), Some(&last)) = (ledger.day.iter().min(), ledger.day.iter().max()) else {
        return Vec::new();
    };
    let begins = |year: i32| {
        let date = NaiveDate::from_ymd_opt(year, first_month, 1)?;
        i32::try_from((date - NaiveDate::default()).num_days()).ok()
    };
    let years = date_of_day(first).year() - 1..=date_of_day(last).year();
    let bounds = years.filter_map(|year| Some((year, begins(year)?, begins(year + 1)? - 1)));
    bounds.filter(|(_, from, until)| first <= from + EDGE_DAYS && until - EDGE_DAYS <= last).collect()
}

/// A fiscal year of a department's account.
struct Year {
    /// Its number.
    number: i32,
    until: i32,
    total: i64,
    /// Highest month but the last.
    peak: i64,
    n: usize,
    /// Payments of the last month, in order of days.
    last: Vec<u32>,
    sum: i64,
    /// Sum of the last seven days.
    week: i64,
}

impl Year {
    fn share(&self) -> f64 {
        self.sum as f64 / (self.total as f64).max(1.0)
    }
}

/// The whole years of `group` (rows in order of days).
fn years_of(
    ledger: &LedgerView,
    options: &YearEndRushOptions,
    years: &[(i32, i32, i32)],
    group: &[u32],
) -> Vec<Year> {
    let last_month = (options.first_month + 10) % 12 + 1;
    let mut out = Vec::new();
    for &(number, from, until) in years {
        let start = group.partition_point(|&row| ledger.day[row as usize] < from);
        let end = group.partition_point(|&row| ledger.day[row as usize] <= until);
        let rows = &group[start..end];
        if rows.len() < options.rows_min {
            continue;
        }
        let mut year =
            Year { number, until, total: 0, peak: 0, n: rows.len(), last: Vec::new(), sum: 0, week: 0 };
        let mut months = [0_i64; 13];
        for &row in rows {
            let (amount, day) = (ledger.amount[row as usize], ledger.day[row as usize]);
            let month = date_of_day(day).month();
            year.total = year.total.saturating_add(amount);
            let sum = &mut months[month as usize];
            *sum = sum.saturating_add(amount);
            if month == last_month {
                year.last.push(row);
            }
            if until - day < 7 {
                year.week = year.week.saturating_add(amount);
            }
        }
        year.sum = std::mem::take(&mut months[last_month as usize]);
        year.peak = months.into_iter().max().unwrap_or(0);
        out.push(year);
    }
    out
}

/// Share of the last month in the middle of all departments and accounts, by year: the highest one up to it.
fn of_house(
    options: &YearEndRushOptions,
    years: &[(i32, i32, i32)],
    groups: &[Vec<Year>],
) -> Vec<(i32, f64)> {
    let mut highest: f64 = 1.0 / 12.0;
    let of_year = |&(number, ..): &(i32, i32, i32)| {
        let mut shares: Vec<f64> =
            groups.iter().flatten().filter(|year| year.number == number).map(Year::share).collect();
        let middle = shares.len() / 2;
        // Few groups are no house.
        if shares.len() >= options.rows_min {
            highest = highest.max(*shares.select_nth_unstable_by(middle, f64::total_cmp).1);
        }
        (number, highest)
    };
    years.iter().map(of_year).collect()
}

/// Hits of one department's account.
fn rushes(
    ledger: &LedgerView,
    options: &YearEndRushOptions,
    least: i64,
    years: &[Year],
    house: &[(i32, f64)],
) -> Vec<Hit<Rush>> {
    let mut hits = Vec::new();
    for (at, year) in years.iter().enumerate() {
        let of_house = house.iter().find(|known| known.0 == year.number).map_or(1.0 / 12.0, |known| known.1);
        let before = &years[..at];
        let own: f64 = before.iter().map(Year::share).sum();
        let own = (own + PRIOR_YEARS * of_house) / (before.len() as f64 + PRIOR_YEARS);
        let usual = own.max(of_house);
        let share = year.share();
        let is_rush = year.sum >= least
            && share >= options.share_min
            && share >= options.times_usual * usual
            && year.sum as f64 >= options.times_peak * year.peak as f64;
        if !is_rush {
            continue;
        }
        let rest = (year.total - year.sum) as f64;
        let excess = year.sum as f64 - usual / (1.0 - usual).max(0.01) * rest;
        let rows = largest(ledger, &year.last, excess, options.case_rows_max);
        let strength = 0.5 + 0.4 * ramp(share, options.share_min, 1.0);
        let first = rows.iter().copied().min().unwrap_or(0);
        for &row in &rows {
            let data = Rush {
                department: ledger.department.text(row).to_owned(),
                account: ledger.account.text(row).to_owned(),
                until: year.until,
                n: year.n,
                n_last: year.last.len(),
                sum: year.sum,
                total: year.total,
                share,
                week: year.week as f64 / (year.total as f64).max(1.0),
                usual,
                n_years: before.len(),
                related: rows.iter().copied().filter(|other| *other != row).take(RELATED_MAX).collect(),
            };
            hits.push(Hit { row, strength, case: first, data });
        }
    }
    hits
}

/// The largest of `rows` until they make `excess`, at most `cap`, ascending.
pub(super) fn largest(ledger: &LedgerView, rows: &[u32], excess: f64, cap: usize) -> Vec<usize> {
    let mut order: Vec<usize> = rows.iter().map(|&row| row as usize).collect();
    order.sort_unstable_by_key(|&row| (std::cmp::Reverse(ledger.amount[row]), row));
    let mut left = excess;
    let mut out = Vec::new();
    for row in order {
        if left <= 0.0 || out.len() >= cap {
            break;
        }
        left -= ledger.amount[row] as f64;
        out.push(row);
    }
    out.sort_unstable();
    out
}

/// A rush, as its sentence needs it.
struct Rush {
    department: String,
    account: String,
    until: i32,
    n: usize,
    n_last: usize,
    sum: i64,
    total: i64,
    share: f64,
    week: f64,
    usual: f64,
    n_years: usize,
    related: Vec<usize>,
}

impl Rush {
    fn reason(&self, sum: &str, total: &str) -> Reason {
        let own = match self.n_years {
            0 => "이 기관의 다른 부서·계정은".to_owned(),
            n => format!("이 부서·계정의 지난 {n}년과 이 기관의 다른 부서·계정은"),
        };
        let week = if self.week >= 0.01 {
            format!(" 마지막 7일에 쓴 것이 {}입니다.", ko::percent(self.week))
        } else {
            String::new()
        };
        let text = format!(
            "부서 ‘{}’의 계정 ‘{}’에서 {}에 끝난 회계연도 지출 {total}({}건)의 {}인 {}({}건)을 마지막 달에 집행했습니다.{week} {own} 보통 {} 이하입니다.",
            self.department,
            self.account,
            date_of_day(self.until),
            ko::count(self.n),
            ko::percent(self.share),
            sum,
            ko::count(self.n_last),
            ko::percent(self.usual),
        );
        Reason { id: ID.to_owned(), text, related: self.related.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ControlOptions;
    use super::super::testing::{Ledger, fired, run, run_with, try_run};
    use super::*;

    /// Eleven months of 1,000,000 won each and `last` won in December, of 2023, in three payments.
    fn year(last: i64) -> Ledger {
        let ledger = (1..=11).fold(Ledger::new(), |ledger, month| {
            ledger.pay(&format!("2023-{month:02}-05"), "총무과", "수선비", "가나설비", 1_000_000, "", "")
        });
        [(5, 1), (26, 4), (29, 5)].into_iter().fold(ledger, |ledger, (day, tenths)| {
            let date = format!("2023-12-{day:02}");
            ledger.pay(&date, "총무과", "수선비", "가나설비", last / 10 * tenths, "", "")
        })
    }

    #[test]
    fn fires_on_what_makes_the_excess_and_states_the_shares() {
        let out = run(&YearEndRush, &year(20_000_000));
        // 20 of 31 million; usual is a twelfth of the year: 1 million. 19 million are too many: 10, 8 and 2 make them.
        assert_eq!(fired(&out, 0.5), [11, 12, 13]);
        let reason = (out.explain)(13).unwrap();
        assert_eq!(
            reason.text,
            "부서 ‘총무과’의 계정 ‘수선비’에서 2023-12-31에 끝난 회계연도 지출 31,000,000원(14건)의 64.5%인 20,000,000원(3건)을 마지막 달에 집행했습니다. 마지막 7일에 쓴 것이 58.1%입니다. 이 기관의 다른 부서·계정은 보통 8.3% 이하입니다."
        );
        assert_eq!(reason.related, [11, 12]);
        assert_eq!(out.case, [(12, 11), (13, 11)]);
    }

    #[test]
    fn a_sum_too_small_and_a_year_not_over_do_not_fire() {
        assert!(fired(&run(&YearEndRush, &year(9_999_990)), 0.0).is_empty());
        assert!(!fired(&run(&YearEndRush, &year(10_000_000)), 0.0).is_empty());
        let mut early = year(20_000_000);
        early.0.truncate(12);
        let reason = try_run(&YearEndRush, &early.view(), &ControlOptions::default()).err().unwrap();
        assert_eq!(
            reason,
            "처음부터 끝까지 자료가 있는 회계연도가 없어 연말 집중 집행을 점검하지 못했습니다."
        );
    }

    #[test]
    fn an_account_that_was_always_so_does_not_fire() {
        let mut ledger = year(20_000_000);
        for years in 1..=2 {
            for mut row in year(20_000_000).0 {
                row.date = row.date.with_year(2023 + years).unwrap();
                ledger.0.push(row);
            }
        }
        assert_eq!(fired(&run(&YearEndRush, &ledger), 0.5), [11, 12, 13], "only the first time");
    }

    #[test]
    fn a_peak_elsewhere_in_the_year_is_no_rush_of_its_end() {
        let peak =
            |amount| year(30_000_000).pay("2023-06-20", "총무과", "수선비", "가나설비", amount, "", "");
        assert!(fired(&run(&YearEndRush, &peak(14_000_001)), 0.0).is_empty(), "15,000,001 in June");
        assert!(!fired(&run(&YearEndRush, &peak(14_000_000)), 0.0).is_empty());
    }

    #[test]
    fn the_fiscal_year_may_begin_in_another_month() {
        let mut options = ControlOptions::default();
        options.year_end_rush.rules[0].options.first_month = 3;
        let mut ledger = year(20_000_000);
        for row in &mut ledger.0 {
            row.date = row.date + chrono::Months::new(2);
        }
        let out = run_with(&YearEndRush, &ledger, &options);
        assert_eq!(fired(&out, 0.5), [11, 12, 13]);
        assert!((out.explain)(13).unwrap().text.contains("2024-02-29에 끝난 회계연도"));
        options.year_end_rush.rules[0].options.first_month = 1;
        assert!(try_run(&YearEndRush, &ledger.view(), &options).is_err());
    }

    #[test]
    fn a_case_is_capped() {
        let many = (0..40).fold(year(20_000_000), |ledger, k| {
            ledger.pay("2023-12-28", "총무과", "수선비", "가나설비", 3_000_000 + k, "", "")
        });
        assert_eq!(fired(&run(&YearEndRush, &many), 0.0).len(), 20);
    }
}
