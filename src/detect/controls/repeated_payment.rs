//! 단기 반복 지급: payments of a department to one vendor that come far more often within weeks than such payments do, and add up.
//!
//! Comes in: payments that still stand. Goes out: all payments of the densest window, as one case.
//! Refuses: a pace the pair already had, accounts in which vendors are paid that often anyway, sums that do not matter.
//!
//! After the repeated-merchant tests of card audits; a scan statistic over Poisson counts (Naus 1965) with the pair's own
//! pace, pulled to that of the account.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::common::{
    Hit, RELATED_MAX, need_history, output, poisson_tail, ramp, sorted, stated, vendor_name, weight_of_amount,
};
use super::control::Control;
use super::options::Check;
use crate::clean::view::date_of_day;
use crate::clean::{Interned, LedgerView};
use crate::detect::canary::Plot;
use crate::detect::{Input, Output};
use crate::ledger::{Amount, Reason, Severity, col};

const ID: &str = "repeated_payment";

/// Days of the account's pace that count beside the pair's own.
const PRIOR_DAYS: f64 = 60.0;

/// Decimal logarithms of the probability of such a window at which it begins to count, and counts fully.
const SURPRISE: (f64, f64) = (2.0, 7.0);

/// Days before a window in which a pace may have begun.
const RECENT_DAYS: i32 = 90;

/// Strength, as a share, of payments of quite different amounts: purchases of a project, not one thing in parts.
const VARIED: f64 = 0.35;

/// Options of 단기 반복 지급.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RepeatedPaymentOptions {
    /// Longest window in days, first and last day counted.
    pub days_max: i32,
    /// Fewest payments of a window.
    pub count_min: usize,
    /// Days of data before the test starts.
    pub history_days: i32,
    /// Sum in won that counts half.
    pub half_sum_krw: i64,
}

impl Default for RepeatedPaymentOptions {
    fn default() -> Self {
        Self { days_max: 35, count_min: 4, history_days: 180, half_sum_krw: 300_000 }
    }
}

impl RepeatedPaymentOptions {
    pub(super) fn check(&self, check: &mut Check<'_>) {
        check.within("days_max", self.days_max.into(), 2, 366);
        check.that(self.count_min >= 3, "count_min", "3 이상의 정수", &self.count_min);
        check.within("history_days", self.history_days.into(), 0, 3_660);
        check.that(self.half_sum_krw > 0, "half_sum_krw", "1 이상의 정수", &self.half_sum_krw);
    }
}

/// The test.
pub struct RepeatedPayment;

impl Control for RepeatedPayment {
    type Options = RepeatedPaymentOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "단기 반복 지급";
    const CODES: &'static [&'static str] = &["T19"];
    const SEVERITY: Severity = Severity::Medium;
    const WEIGHT: f64 = 75.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[&[col::VENDOR, col::VENDOR_NO]];
    const OPTIONAL: &'static [&'static str] = &[col::KIND];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        options.check(check);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        need_history(ledger, options.history_days, "단기 반복 지급을")?;
        let vendor = &input.shared.vendor;
        let stands = &input.shared.stands;
        let rows = (0..ledger.n_rows).filter(|&i| stands[i] && vendor[i] != Interned::NULL);
        let order =
            sorted(rows, |i| ((ledger.department.ids[i], vendor[i], ledger.account.ids[i]), ledger.day[i]));
        let groups: Vec<Vec<usize>> = order
            .chunk_by(|a, b| a.0.0 == b.0.0)
            .map(|group| group.iter().map(|&(_, row)| row).collect())
            .collect();
        let scan = Scan {
            ledger,
            options,
            usual: usual_counts(ledger, &groups, options.days_max),
            first_day: ledger.day.iter().min().copied().unwrap_or(0),
            half_sum: input.options.money.minor(options.half_sum_krw, &ledger.currency),
        };
        let hits: Vec<Hit<Burst>> = groups
            .par_iter()
            .filter(|group| group.len() >= options.count_min)
            .flat_map_iter(|group| scan.group(group))
            .collect();
        let currency = ledger.currency.clone();
        Ok(output(ledger, hits, move |burst| burst.reason(&currency.display(Amount(burst.sum)))))
    }

    fn plant(plot: &mut Plot<'_>, options: &Self::Options) {
        let Some(mut payment) = plot.usual_to_newcomer() else { return };
        let usual = payment.amount.max(plot.minor(200_000));
        // Two a day, as often as hardly any account is used.
        for at in 0..i32::try_from(options.count_min).unwrap_or(0).saturating_add(16) {
            payment.day = plot.day() - at / 2;
            payment.amount = usual + usual / 500 * i64::from(at);
            plot.must_find(&payment);
        }
    }
}

/// By account: how many payments a department makes to one vendor within `days`, as its payments see it on the average;
/// the last entry is for rows without account.
fn usual_counts(ledger: &LedgerView, groups: &[Vec<usize>], days: i32) -> Vec<f64> {
    let n_accounts = ledger.account.names.len();
    let mut sums = vec![(0.0_f64, 0.0_f64); n_accounts + 1];
    for rows in groups {
        let mut from = 0;
        for (to, &row) in rows.iter().enumerate() {
            while ledger.day[row] - ledger.day[rows[from]] >= days {
                from += 1;
            }
            let sum = &mut sums[(ledger.account.ids[row] as usize).min(n_accounts)];
            sum.0 += (to - from + 1) as f64;
            sum.1 += 1.0;
        }
    }
    sums.iter().map(|(sum, n)| sum / n.max(1.0)).collect()
}

struct Scan<'a> {
    ledger: &'a LedgerView,
    options: &'a RepeatedPaymentOptions,
    usual: Vec<f64>,
    first_day: i32,
    /// Minor units.
    half_sum: i64,
}

impl Scan<'_> {
    /// Hits among the rows of one group, in order of days: each payment with the most surprising window it is in.
    fn group(&self, rows: &[usize]) -> Vec<Hit<Burst>> {
        let mut best: Vec<Option<(f64, usize, usize)>> = vec![None; rows.len()];
        for days in [7, 14, self.options.days_max] {
            let mut from = 0;
            for to in 0..rows.len() {
                while self.ledger.day[rows[to]] - self.ledger.day[rows[from]] >= days {
                    from += 1;
                }
                if to + 1 - from < self.options.count_min {
                    continue;
                }
                let strength = self.strength(rows, from, to);
                for known in &mut best[from..=to] {
                    if known.is_none_or(|(known, ..)| known < strength) {
                        *known = Some((strength, from, to));
                    }
                }
            }
        }
        let hit = |(at, found): (usize, &Option<(f64, usize, usize)>)| {
            let (strength, from, to) = (*found)?;
            Some(Hit { row: rows[at], strength, case: rows[from], data: self.burst(rows, from, to, at) })
        };
        best.iter().enumerate().filter_map(hit).collect()
    }

    /// How surprising the payments `from..=to` are, and how much they add up to.
    fn strength(&self, rows: &[usize], from: usize, to: usize) -> f64 {
        let (first, last) = (self.ledger.day[rows[from]], self.ledger.day[rows[to]]);
        let history = f64::from(first - self.first_day);
        if history < f64::from(self.options.history_days) {
            return 0.0;
        }
        let account = (self.ledger.account.ids[rows[from]] as usize).min(self.usual.len() - 1);
        let prior = self.usual[account] * PRIOR_DAYS / f64::from(self.options.days_max);
        let pace = (from as f64 + prior) / (history + PRIOR_DAYS);
        // A pair that is paid now and then is paid at the account's pace while it is.
        let pace = pace.max(0.5 * self.usual[account] / f64::from(self.options.days_max));
        // A pace begun within the last months is a pace already.
        let since = rows.partition_point(|&row| self.ledger.day[row] < first - RECENT_DAYS);
        let pace = pace.max((from - since) as f64 / f64::from(RECENT_DAYS));
        let tail = poisson_tail(to - from, pace * f64::from(last - first + 1));
        let sum = rows[from..=to].iter().fold(0_i64, |sum, &row| sum.saturating_add(self.ledger.amount[row]));
        ramp(-tail.log10(), SURPRISE.0, SURPRISE.1)
            * self.alike(&rows[from..=to])
            * weight_of_amount(sum, self.half_sum)
    }

    /// 1 where the middle half of the amounts lies within a third, falling to [`VARIED`] where it spans more than twofold.
    fn alike(&self, rows: &[usize]) -> f64 {
        let mut amounts: Vec<i64> = rows.iter().map(|&row| self.ledger.amount[row]).collect();
        amounts.sort_unstable();
        let n = amounts.len();
        let range = (amounts[n * 3 / 4] as f64 / (amounts[n / 4] as f64).max(1.0)).ln();
        1.0 - (1.0 - VARIED) * ramp(range, 0.3, 0.8)
    }

    fn burst(&self, rows: &[usize], from: usize, to: usize, at: usize) -> Burst {
        let members = &rows[from..=to];
        let day = |row: &usize| self.ledger.day[*row];
        Burst {
            vendor: vendor_name(self.ledger, rows[at]).to_owned(),
            count: members.len(),
            first_day: members.first().map_or(0, day),
            last_day: members.last().map_or(0, day),
            sum: members.iter().fold(0, |sum: i64, &row| sum.saturating_add(self.ledger.amount[row])),
            n_before: from,
            related: members.iter().copied().filter(|row| *row != rows[at]).take(RELATED_MAX).collect(),
        }
    }
}

/// A dense window, as its sentence needs it.
struct Burst {
    vendor: String,
    count: usize,
    first_day: i32,
    last_day: i32,
    sum: i64,
    n_before: usize,
    related: Vec<usize>,
}

impl Burst {
    fn reason(&self, sum: &str) -> Reason {
        let before = match self.n_before {
            0 => "그 전에는 이 부서·계정에서 지급한 적이 없는 거래처입니다.".to_owned(),
            n => format!("그 전까지 이 부서·계정의 지급은 모두 {n}건이었습니다."),
        };
        let (first, last) = (date_of_day(self.first_day), date_of_day(self.last_day));
        let when =
            if first == last { format!("{first} 하루에") } else { format!("{first}부터 {last}까지") };
        let text = format!(
            "거래처 ‘{}’에 {when} {}건이 반복 지급되었고 {} 됩니다. {before}",
            self.vendor,
            self.count,
            stated("합계", sum, "이/가"),
        );
        Reason { id: ID.to_owned(), text, related: self.related.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Ledger, fired, run};
    use super::*;

    fn small(ledger: Ledger, vendor: &str, n: u32) -> Ledger {
        (0..n).fold(ledger, |ledger, i| {
            ledger.pay(&format!("2024-09-{:02}", 2 + 2 * i), "총무과", "소모품비", vendor, 95_000, "", "간식")
        })
    }

    #[test]
    fn fires_on_all_payments_of_a_burst() {
        let out = run(&RepeatedPayment, &small(Ledger::background(300), "새벽상사", 9));
        assert_eq!(fired(&out, 0.3), (300..309).collect::<Vec<_>>());
        let reason = (out.explain)(304).unwrap();
        assert_eq!(
            reason.text,
            "거래처 ‘새벽상사’에 2024-09-02부터 2024-09-18까지 9건이 반복 지급되었고 합계 855,000원이 됩니다. \
             그 전에는 이 부서·계정에서 지급한 적이 없는 거래처입니다."
        );
        assert_eq!(reason.related.len(), 8);
    }

    #[test]
    fn a_pace_known_before_and_few_payments_do_not_fire() {
        assert!(
            fired(&run(&RepeatedPayment, &small(Ledger::background(300), "새벽상사", 3)), 0.0).is_empty()
        );
        let mut ledger = Ledger::background(300);
        for month in 1..=8 {
            for day in 1..=14 {
                let date = format!("2024-{month:02}-{:02}", 2 * day);
                ledger = ledger.pay(&date, "총무과", "소모품비", "늘상사", 95_000, "", "간식");
            }
        }
        let n = ledger.0.len();
        let out = run(&RepeatedPayment, &small(ledger, "늘상사", 9));
        assert!(out.strength[n..].iter().all(|s| *s < 0.01));
    }
}
