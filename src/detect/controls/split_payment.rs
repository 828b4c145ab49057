//! 분할 지출 의심: payments each below a limit that together exceed it, within days, to one vendor.
//!
//! Comes in: payments that still stand. Goes out: all rows of the window with count, dates, sum, limit.
//! Refuses: a pair's usual pace, two payments a month apart, busy vendors, payments above the limit.
//!
//! The pace of a pair before the window gives the expected number of payments; the tail of the Poisson
//! distribution says how unusual the window's number is.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::common::{Hit, RELATED_MAX, output, poisson_tail, ramp, sorted, weight_of_amount};
use super::control::Control;
use super::limit::{Limit, check_limits};
use super::options::Check;
use crate::clean::view::date_of_day;
use crate::clean::{Interned, LedgerView};
use crate::detect::canary::Plot;
use crate::detect::{Input, Output};
use crate::ledger::{Amount, Reason, Severity, col};

const ID: &str = "split_payment";

/// Days of history every pair is taken to have had half a payment in: new pairs are neither rare nor usual.
const PACE_PRIOR_DAYS: f64 = 180.0;

/// A Poisson tail of one in ten thousand is as unusual as it gets.
const SURPRISE_FULL: f64 = 4.0;

/// Options of 분할 지출 의심.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SplitPaymentOptions {
    /// Longest window in days, first and last day counted.
    pub days_max: i32,
    /// Payments below this share of the limit are not counted.
    pub share_min: f64,
    /// Most payments of a window: more are a running business.
    pub count_max: usize,
    /// Windows of at least this many payments may be small ones that add up.
    pub many_small_min: usize,
    /// Sum in won that counts half.
    pub half_sum_krw: i64,
    /// Whether the payments must be of one account.
    pub same_account: bool,
    /// Whether card payments must be of one card.
    pub same_card: bool,
    /// Limits, any of which may be the one kept under.
    pub limits: Vec<Limit>,
}

impl Default for SplitPaymentOptions {
    fn default() -> Self {
        Self {
            days_max: 30,
            share_min: 0.05,
            count_max: 60,
            many_small_min: 6,
            half_sum_krw: 1_000_000,
            same_account: true,
            same_card: true,
            limits: [500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000, 20_000_000, 50_000_000]
                .map(Limit::unverified)
                .into(),
        }
    }
}

impl SplitPaymentOptions {
    pub(super) fn check(&self, check: &mut Check<'_>) {
        check.within("days_max", self.days_max.into(), 1, 366);
        check.share("share_min", self.share_min, 0.0, 1.0);
        check.that(
            (2..=1_000).contains(&self.count_max),
            "count_max",
            "2 이상 1000 이하의 정수",
            &self.count_max,
        );
        check.that(self.half_sum_krw > 0, "half_sum_krw", "1 이상의 정수", &self.half_sum_krw);
        check.that(self.many_small_min >= 2, "many_small_min", "2 이상의 정수", &self.many_small_min);
        check_limits(&self.limits, check);
    }
}

/// The test.
pub struct SplitPayment;

impl Control for SplitPayment {
    type Options = SplitPaymentOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "분할 지출 의심";
    const CODES: &'static [&'static str] = &["T11"];
    const SEVERITY: Severity = Severity::High;
    const WEIGHT: f64 = 85.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[&[col::VENDOR, col::VENDOR_NO]];
    const OPTIONAL: &'static [&'static str] = &[col::DESCRIPTION, col::CARD, col::KIND];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        options.check(check);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        if options.limits.is_empty() {
            return Err("설정에 한도가 없어 분할 지출을 점검하지 못했습니다.".to_owned());
        }
        let vendor = &input.shared.vendor;
        let stands = &input.shared.stands;
        let rows = (0..ledger.n_rows).filter(|&i| stands[i] && vendor[i] != Interned::NULL);
        let order = sorted(rows, |i| {
            let account = if options.same_account { ledger.account.ids[i] } else { 0 };
            let card = if options.same_card { ledger.card.ids[i] } else { 0 };
            ((ledger.department.ids[i], vendor[i], account, card), ledger.day[i])
        });
        let search = Search {
            ledger,
            options,
            limits: options
                .limits
                .iter()
                .map(|l| input.options.money.minor(l.amount_krw, &ledger.currency))
                .collect(),
            half_sum: input.options.money.minor(options.half_sum_krw, &ledger.currency),
            first_day: ledger.day.iter().min().copied().unwrap_or(0),
        };
        let groups: Vec<&[_]> = order.chunk_by(|a, b| a.0.0 == b.0.0).filter(|g| g.len() > 1).collect();
        let hits: Vec<Hit<Split>> = groups
            .par_iter()
            .flat_map_iter(|group| {
                let rows: Vec<usize> = group.iter().map(|&(_, row)| row).collect();
                search.group(&rows)
            })
            .collect();
        let currency = ledger.currency.clone();
        Ok(output(ledger, hits, move |split| {
            split.reason(&currency.display(Amount(split.sum)), &currency.display(Amount(split.limit)))
        }))
    }

    fn plant(plot: &mut Plot<'_>, options: &Self::Options) {
        let Some(mut payment) = plot.usual_to_newcomer() else { return };
        let date = plot.date();
        let in_force = options.limits.iter().filter(|limit| limit.covers(date));
        let mut limits: Vec<i64> = in_force.map(|limit| limit.amount_krw).collect();
        limits.sort_unstable();
        let Some(limit) = limits.get(limits.len() / 2).map(|&krw| plot.minor(krw)) else { return };
        for part in 0..3 {
            payment.amount = limit / 100 * (95 - i64::from(part));
            payment.day = plot.day() - part;
            plot.must_find(&payment);
        }
    }
}

/// What the search of every group needs.
struct Search<'a> {
    ledger: &'a LedgerView,
    options: &'a SplitPaymentOptions,
    /// Limits in minor units, in the order of the options.
    limits: Vec<i64>,
    /// Minor units.
    half_sum: i64,
    first_day: i32,
}

impl Search<'_> {
    /// Hits among the rows of one group, in order of days.
    fn group(&self, rows: &[usize]) -> Vec<Hit<Split>> {
        let mut best: Vec<Option<(f64, Window)>> = vec![None; rows.len()];
        for limit in 0..self.limits.len() {
            let mut spans = [1, 7, self.options.days_max];
            spans.sort_unstable();
            for days in spans.into_iter().filter(|&d| d <= self.options.days_max) {
                self.slide(rows, limit, days, &mut best);
            }
        }
        let hit = |(at, found): (usize, &Option<(f64, Window)>)| {
            let (strength, window) = found.as_ref()?;
            Some(Hit {
                row: rows[at],
                strength: *strength,
                case: rows[window.members[0]],
                data: self.split(rows, window, at),
            })
        };
        best.iter().enumerate().filter_map(hit).collect()
    }

    /// Slides a window of `days` over the payments below limit number `limit`.
    fn slide(&self, rows: &[usize], limit: usize, days: i32, best: &mut [Option<(f64, Window)>]) {
        let most = self.limits[limit];
        let least = most as f64 * self.options.share_min;
        let amount = |at: usize| self.ledger.amount[rows[at]];
        let day = |at: usize| self.ledger.day[rows[at]];
        let in_force = |at: usize| self.options.limits[limit].covers(self.ledger.date(rows[at]));
        let counted: Vec<usize> = (0..rows.len())
            .filter(|&at| amount(at) < most && amount(at) as f64 >= least && in_force(at))
            .collect();
        let (mut from, mut sum) = (0, 0_i64);
        for to in 0..counted.len() {
            sum = sum.saturating_add(amount(counted[to]));
            while day(counted[to]) - day(counted[from]) >= days {
                sum = sum.saturating_sub(amount(counted[from]));
                from += 1;
            }
            let count = to - from + 1;
            if count < 2 || count > self.options.count_max || sum <= most {
                continue;
            }
            let members = &counted[from..=to];
            let strength = self.strength(rows, members, sum, most);
            if strength < 0.02 {
                continue;
            }
            for &at in members {
                if best[at].as_ref().is_none_or(|(known, _)| *known < strength) {
                    best[at] = Some((strength, Window { members: members.into(), sum, limit: most }));
                }
            }
        }
    }

    /// How unusual, how close to the limit and how alike the payments of a window are.
    fn strength(&self, rows: &[usize], members: &[usize], sum: i64, limit: i64) -> f64 {
        let (first, last) = (members[0], members[members.len() - 1]);
        let (first_day, last_day) = (self.ledger.day[rows[first]], self.ledger.day[rows[last]]);
        let days = f64::from(last_day - first_day + 1);
        let count = members.len();
        // Two payments about a month apart are a rhythm.
        if count == 2 && days > 25.0 {
            return 0.0;
        }
        // Rows before the window, whatever their size, are the pair's pace.
        let history = f64::from(first_day - self.first_day);
        let pace = (first as f64 + 0.5) / (history + PACE_PRIOR_DAYS);
        let tail = poisson_tail(count - 1, pace * days);
        let known = ramp(history, -30.0, 120.0);
        let surprise = ramp(-tail.log10(), 0.5, SURPRISE_FULL) * known;
        if surprise <= 0.0 {
            return 0.0;
        }
        let mean = sum as f64 / count as f64 / limit as f64;
        let many = 0.6
            * ramp(
                count as f64,
                self.options.many_small_min as f64 - 1.0,
                self.options.many_small_min as f64 * 2.0,
            );
        let close = ramp(mean, 0.4, 0.85).max(many);
        let alike = if self.alike(rows, members) { 1.0 } else { 0.75 };
        let over = 0.5 + 0.5 * ramp(sum as f64 / limit as f64, 1.0, 1.5);
        // Squared: a window that is only half of each is hardly one.
        (surprise * close * alike * over).powi(2) * weight_of_amount(sum, self.half_sum)
    }

    /// One description throughout, or amounts within 15 % of the largest.
    fn alike(&self, rows: &[usize], members: &[usize]) -> bool {
        let description = |&at: &usize| self.ledger.description.ids[rows[at]];
        let one = description(&members[0]);
        if one != Interned::NULL && members.iter().all(|at| description(at) == one) {
            return true;
        }
        let amounts = || members.iter().map(|&at| self.ledger.amount[rows[at]]);
        let (least, most) = (amounts().min().unwrap_or(0), amounts().max().unwrap_or(0));
        least as f64 >= 0.85 * most as f64
    }

    fn split(&self, rows: &[usize], window: &Window, at: usize) -> Split {
        let day = |at: &usize| self.ledger.day[rows[*at]];
        let others = window.members.iter().filter(|&&other| other != at).map(|&other| rows[other]);
        Split {
            count: window.members.len(),
            first_day: window.members.first().map_or(0, day),
            last_day: window.members.last().map_or(0, day),
            sum: window.sum,
            limit: window.limit,
            related: others.take(RELATED_MAX).collect(),
        }
    }
}

/// Payments of one window, as positions within their group.
#[derive(Clone)]
struct Window {
    members: Vec<usize>,
    sum: i64,
    limit: i64,
}

/// A window, as its sentence needs it.
struct Split {
    count: usize,
    first_day: i32,
    last_day: i32,
    sum: i64,
    limit: i64,
    related: Vec<usize>,
}

impl Split {
    fn reason(&self, sum: &str, limit: &str) -> Reason {
        let (first, last) = (date_of_day(self.first_day), date_of_day(self.last_day));
        let when =
            if first == last { format!("{first} 하루에") } else { format!("{first}부터 {last}까지") };
        let text = format!(
            "같은 거래처에 {when} {}건이 나뉘어 지급되었습니다. 각 건은 한도 {limit} 미만이지만 합계는 {sum}입니다.",
            self.count
        );
        Reason { id: ID.to_owned(), text, related: self.related.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Ledger, fired, run};
    use super::*;

    #[test]
    fn fires_on_three_payments_just_below_the_limit() {
        let ledger = Ledger::background(300)
            .pay("2024-09-02", "시설과", "수선비", "대한건설", 1_950_000, "", "옥상 방수 1구역")
            .pay("2024-09-04", "시설과", "수선비", "대한건설", 1_900_000, "", "옥상 방수 2구역")
            .pay("2024-09-05", "시설과", "수선비", "대한건설", 1_980_000, "", "옥상 방수 3구역");
        let out = run(&SplitPayment, &ledger);
        assert_eq!(fired(&out, 0.6), [300, 301, 302]);
        let reason = (out.explain)(301).unwrap();
        assert_eq!(
            reason.text,
            "같은 거래처에 2024-09-02부터 2024-09-05까지 3건이 나뉘어 지급되었습니다. \
             각 건은 한도 2,000,000원 미만이지만 합계는 5,830,000원입니다."
        );
        assert_eq!(reason.related, [300, 302]);
    }

    #[test]
    fn many_small_payments_add_up() {
        let mut ledger = Ledger::background(300);
        for day in 1..=14 {
            ledger =
                ledger.pay(&format!("2024-09-{day:02}"), "시설과", "재료비", "새벽철물", 190_000, "", "자재");
        }
        let mut options = super::super::ControlOptions::default();
        options.split_payment.rules[0].options.limits.retain(|limit| limit.amount_krw == 2_000_000);
        let out = super::super::testing::run_with(&SplitPayment, &ledger, &options);
        assert!(out.strength[313] > 0.1, "{}", out.strength[313]);
    }

    #[test]
    fn the_usual_pace_and_single_large_payments_do_not_fire() {
        let mut ledger = Ledger::new();
        for month in 1..=12 {
            for day in [3, 10, 17, 24] {
                let date = format!("2024-{month:02}-{day:02}");
                ledger = ledger.pay(&date, "시설과", "청소비", "맑은용역", 950_000, "", "주간 청소");
            }
            let date = format!("2024-{month:02}-25");
            ledger = ledger.pay(&date, "시설과", "임차료", "한빛빌딩", 900_000, "", "임차료");
        }
        ledger = ledger.pay("2024-12-02", "시설과", "수선비", "대한건설", 60_000_000, "", "공사");
        let strong = fired(&run(&SplitPayment, &ledger), 0.3);
        // The first weeks of a pace are not yet a pace.
        assert!(strong.iter().all(|&i| i < 8), "{strong:?}");
    }

    #[test]
    fn limits_apply_on_their_dates_only() {
        let ledger = Ledger::background(300)
            .pay("2024-09-02", "시설과", "수선비", "대한건설", 1_950_000, "", "방수")
            .pay("2024-09-03", "시설과", "수선비", "대한건설", 1_950_000, "", "방수");
        let mut options = super::super::ControlOptions::default();
        options.split_payment.rules[0].options.limits.retain(|limit| limit.amount_krw == 2_000_000);
        let fires = |options: &super::super::ControlOptions| {
            super::super::testing::run_with(&SplitPayment, &ledger, options).strength[301] > 0.3
        };
        assert!(fires(&options));
        options.split_payment.rules[0].options.limits[0].effective_until = "2023-12-31".parse().ok();
        assert!(!fires(&options));
    }
}
