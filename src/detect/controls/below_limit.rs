//! 한도 직하: a department or vendor with far more amounts just under a limit than just above it.
//!
//! Comes in: payments that still stand. Goes out: the payments just under the limit of such a group.
//! Refuses: groups whose excess may be chance, houses that pay so everywhere, one price paid again and again.
//!
//! Bunching at a threshold: a binomial tail of the amounts under and above it, with the rest of the house as the rate.

use chrono::Datelike;
use serde::{Deserialize, Serialize};

use super::common::{Hit, RELATED_MAX, output, ramp, stated, vendor_name};
use super::control::Control;
use super::limit::{Limit, check_limits};
use super::options::Check;
use crate::clean::{Interned, LedgerView};
use crate::detect::canary::Plot;
use crate::detect::{Input, Output};
use crate::ko;
use crate::ledger::{Amount, Reason, Severity, col};

const ID: &str = "below_limit";

/// Share of amounts just under a limit where nobody cares for it: amounts thin out as one over themselves, and
/// ln(1/0.9) is to ln(1.1/0.9) as 0.525 to 1.
const FREE_SHARE: f64 = 0.525;

/// Amounts at that share which count beside those of the house.
const HOUSE_PRIOR: f64 = 20.0;

/// Most that the house may lean to one side and still be the rate of a group.
const HOUSE_MAX: f64 = 0.75;

/// Payments of one amount from which it is a price.
const PRICE_COUNT: usize = 4;

/// Months with a payment from which payments to one vendor may be a running charge.
const CHARGE_MONTHS: usize = 6;

/// Months per payment of a running charge.
const CHARGE_SHARE: f64 = 0.7;

/// Options of 한도 직하.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BelowLimitOptions {
    /// Width of the bands under and above a limit as a share of it.
    pub band: f64,
    /// Fewest different amounts under the limit.
    pub count_min: usize,
    /// Largest probability of such an excess by chance.
    pub tail_max: f64,
    /// Most payments shown of one group, those nearest to the limit.
    pub rows_max: usize,
    /// Limits, any of which may be the one kept under.
    pub limits: Vec<Limit>,
}

impl Default for BelowLimitOptions {
    fn default() -> Self {
        Self {
            band: 0.1,
            count_min: 5,
            tail_max: 0.001,
            rows_max: 30,
            limits: [500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000, 20_000_000, 50_000_000]
                .map(Limit::unverified)
                .into(),
        }
    }
}

/// The test.
pub struct BelowLimit;

impl Control for BelowLimit {
    type Options = BelowLimitOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "한도 직하";
    const CODES: &'static [&'static str] = &["T13"];
    const SEVERITY: Severity = Severity::Medium;
    const WEIGHT: f64 = 40.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[];
    const OPTIONAL: &'static [&'static str] = &[col::VENDOR, col::VENDOR_NO, col::KIND];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        check.share("band", options.band, 0.01, 0.5);
        check.that(options.count_min >= 2, "count_min", "2 이상의 정수", &options.count_min);
        check.share("tail_max", options.tail_max, 0.0, 0.5);
        let n = options.rows_max;
        check.that((1..=60).contains(&n), "rows_max", "1 이상 60 이하의 정수", &n);
        check_limits(&options.limits, check);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        if options.limits.is_empty() {
            return Err("설정에 한도가 없어 한도 직하를 점검하지 못했습니다.".to_owned());
        }
        let mut hits = Vec::new();
        for limit in &options.limits {
            let amount = input.options.money.minor(limit.amount_krw, &ledger.currency);
            let near = near_rows(input, options, limit, amount);
            for by_vendor in [false, true] {
                bunched(input, options, &near, amount, by_vendor, &mut hits);
            }
        }
        let currency = ledger.currency.clone();
        let display = move |amount| currency.display(Amount(amount));
        Ok(output(ledger, hits, move |near| near.reason(&display)))
    }

    fn plant(plot: &mut Plot<'_>, options: &Self::Options) {
        let date = plot.date();
        let last = options.limits.iter().rfind(|limit| limit.covers(date));
        let (Some(mut payment), Some(limit)) = (plot.usual(), last) else { return };
        let limit = plot.minor(limit.amount_krw);
        "자가점검 한도상사".clone_into(&mut payment.vendor);
        payment.vendor_no.clear();
        for i in 1..=30 {
            payment.amount = limit - limit / 1_000 * i;
            payment.document_no.push('1');
            plot.must_find(&payment);
        }
    }
}

/// Rows within the bands of a limit of `amount` in force on their day, by amount; not those of the limit itself.
fn near_rows(input: &Input<'_>, options: &BelowLimitOptions, limit: &Limit, amount: i64) -> Vec<usize> {
    let (ledger, order) = (input.ledger, &input.shared.by_amount);
    let (least, most) = (amount as f64 * (1.0 - options.band), amount as f64 * (1.0 + options.band));
    let of = |row: &u32| ledger.amount[*row as usize];
    let from = order.partition_point(|row| (of(row) as f64) < least);
    let until = order.partition_point(|row| of(row) as f64 <= most);
    let rows = order[from..until.max(from)].iter().filter(|row| of(row) != amount).map(|&row| row as usize);
    without_charges(input, rows.filter(|&row| limit.covers(ledger.date(row))).collect())
}

/// `rows` without running charges: what a department pays one vendor from one account about once a month lies near the
/// limit by its level, not by anybody's choice.
fn without_charges(input: &Input<'_>, mut rows: Vec<usize>) -> Vec<usize> {
    let ledger = input.ledger;
    let key = |i: usize| (ledger.department.ids[i], ledger.account.ids[i], input.shared.vendor[i]);
    let month = |i: usize| (ledger.date(i).year(), ledger.date(i).month());
    let mut order = rows.clone();
    order.sort_unstable_by_key(|&i| (key(i), ledger.day[i], i));
    let mut charges = Vec::new();
    for group in order.chunk_by(|&a, &b| key(a) == key(b)) {
        let n_months = group.chunk_by(|&a, &b| month(a) == month(b)).count();
        let is_named = input.shared.vendor[group[0]] != Interned::NULL;
        if is_named && n_months >= CHARGE_MONTHS && n_months as f64 >= CHARGE_SHARE * group.len() as f64 {
            charges.extend_from_slice(group);
        }
    }
    charges.sort_unstable();
    rows.retain(|row| charges.binary_search(row).is_err());
    rows
}

/// Different amounts of a group under and above a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    below: usize,
    above: usize,
}

impl Counts {
    /// Of `rows` in order of amounts.
    fn new(ledger: &LedgerView, rows: &[usize], limit: i64) -> Self {
        let mut counts = Self::default();
        for rows in rows.chunk_by(|&a, &b| ledger.amount[a] == ledger.amount[b]) {
            if ledger.amount[rows[0]] < limit {
                counts.below += 1;
            } else {
                counts.above += 1;
            }
        }
        counts
    }
}

/// Adds the payments under `limit` of the departments, or of the vendors, among `near` that bunch there.
fn bunched(
    input: &Input<'_>,
    options: &BelowLimitOptions,
    near: &[usize],
    limit: i64,
    by_vendor: bool,
    hits: &mut Vec<Hit<Near>>,
) {
    let ledger = input.ledger;
    let column = if by_vendor { &input.shared.vendor } else { &ledger.department.ids };
    let mut rows: Vec<usize> = near.iter().copied().filter(|&row| column[row] != Interned::NULL).collect();
    rows.sort_by_key(|&row| column[row]);
    let groups: Vec<&[usize]> = rows.chunk_by(|&a, &b| column[a] == column[b]).collect();
    let counts: Vec<Counts> = groups.iter().map(|rows| Counts::new(ledger, rows, limit)).collect();
    let sum = |of: fn(&Counts) -> usize| counts.iter().map(of).sum::<usize>();
    let house = Counts { below: sum(|c| c.below), above: sum(|c| c.above) };
    for (rows, counts) in groups.into_iter().zip(&counts) {
        let share = rate(house, *counts);
        let n = counts.below + counts.above;
        if counts.below < options.count_min || counts.below as f64 <= share * n as f64 {
            continue;
        }
        let tail = binomial_tail(counts.below, n, share);
        if tail > options.tail_max {
            continue;
        }
        let group = Group { limit, by_vendor, counts: *counts, share, tail, least: least(options, limit) };
        let members = members(ledger, options, rows, limit);
        for &row in &members {
            let department = |other: &usize| ledger.department.ids[*other] == ledger.department.ids[row];
            let first = members.iter().copied().filter(department).min().unwrap_or(row);
            let data = Near::new(ledger, group, &members, row);
            hits.push(Hit { row, strength: group.strength(ledger.amount[row]), case: first, data });
        }
    }
}

/// Share of amounts under the limit to be expected of a group: that of the rest of the house.
fn rate(house: Counts, own: Counts) -> f64 {
    let below = (house.below - own.below) as f64 + FREE_SHARE * HOUSE_PRIOR;
    let all = (house.below + house.above - own.below - own.above) as f64 + HOUSE_PRIOR;
    (below / all).clamp(FREE_SHARE, HOUSE_MAX)
}

/// The payments under the limit that are no price, the nearest to it.
fn members(ledger: &LedgerView, options: &BelowLimitOptions, rows: &[usize], limit: i64) -> Vec<usize> {
    let below = rows.chunk_by(|&a, &b| ledger.amount[a] == ledger.amount[b]);
    let below = below.filter(|rows| ledger.amount[rows[0]] < limit && rows.len() < PRICE_COUNT);
    let mut members: Vec<usize> = below.flatten().copied().collect();
    members.sort_by_key(|&row| (limit - ledger.amount[row], row));
    members.truncate(options.rows_max);
    members
}

/// Least amount of the band under `limit`.
#[expect(clippy::cast_possible_truncation, reason = "a share of an amount is an amount")]
fn least(options: &BelowLimitOptions, limit: i64) -> i64 {
    (limit as f64 * (1.0 - options.band)).ceil() as i64
}

/// Probability of `count` or more of `n` where each is one with probability `share`.
fn binomial_tail(count: usize, n: usize, share: f64) -> f64 {
    // The first term by logarithms, the others by their ratio; beyond the mean they fall.
    let mut ln_term = 0.0;
    for k in 0..count {
        ln_term += ((n - k) as f64 / (count - k) as f64).ln();
    }
    let odds = share / (1.0 - share);
    let mut term = (ln_term + count as f64 * share.ln() + (n - count) as f64 * (1.0 - share).ln()).exp();
    let mut tail = 0.0;
    for k in count..=n {
        tail += term;
        term *= (n - k) as f64 / (k + 1) as f64 * odds;
    }
    tail.clamp(1e-12, 1.0)
}

/// A group that bunches.
#[derive(Clone, Copy)]
struct Group {
    limit: i64,
    least: i64,
    by_vendor: bool,
    counts: Counts,
    share: f64,
    tail: f64,
}

impl Group {
    /// From 0.5 for the farthest amount of the least excess.
    fn strength(&self, amount: i64) -> f64 {
        let width = ((self.limit - self.least) as f64).max(1.0);
        let near = 1.0 - ((self.limit - amount) as f64 / width).clamp(0.0, 1.0);
        0.5 + 0.25 * ramp(-self.tail.log10(), 3.0, 8.0) + 0.2 * near
    }
}

/// A payment just under a limit, as its sentence needs it.
struct Near {
    group: Group,
    name: String,
    amount: i64,
    related: Vec<usize>,
}

impl Near {
    fn new(ledger: &LedgerView, group: Group, members: &[usize], row: usize) -> Self {
        let name = if group.by_vendor { vendor_name(ledger, row) } else { ledger.department.text(row) };
        Self {
            group,
            name: name.to_owned(),
            amount: ledger.amount[row],
            related: members.iter().copied().filter(|other| *other != row).take(RELATED_MAX).collect(),
        }
    }

    fn reason(&self, display: &impl Fn(i64) -> String) -> Reason {
        let Group { limit, least, by_vendor, counts, share, .. } = self.group;
        let (kind, others) =
            if by_vendor { ("거래처", "다른 거래처들") } else { ("부서", "다른 부서들") };
        let text = format!(
            "{} 한도 {}보다 {} 적습니다. {kind} ‘{}’의 지급 금액은 한도 바로 아래({} 이상)에 {}가지, 바로 위에 {}가지로 아래쪽에 몰려 있습니다({others}에 비추어 예상되는 아래쪽 비율 {}).",
            stated("금액", &display(self.amount), "은/는"),
            display(limit),
            display(limit - self.amount),
            self.name,
            display(least),
            ko::count(counts.below),
            ko::count(counts.above),
            ko::percent(share),
        );
        Reason { id: ID.to_owned(), text, related: self.related.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ControlOptions;
    use super::super::testing::{Ledger, fired, run, run_with};
    use super::*;

    fn pay(ledger: Ledger, department: &str, vendor: &str, amount: i64) -> Ledger {
        ledger.pay("2024-03-05", department, "수선비", vendor, amount, "", "수리")
    }

    /// `below` amounts under and `above` over one million won by one department, each to a vendor of its own.
    fn amounts(below: i64, above: i64) -> Ledger {
        let ledger = (1..=below).fold(Ledger::background(100), |ledger, i| {
            pay(ledger, "총무과", &format!("상사{i}"), 1_000_000 - 1_000 * i)
        });
        (1..=above)
            .fold(ledger, |ledger, i| pay(ledger, "총무과", &format!("물산{i}"), 1_000_000 + 1_000 * i))
    }

    #[test]
    fn fires_on_the_amounts_under_the_limit_where_they_are_too_many() {
        let out = run(&BelowLimit, &amounts(14, 1));
        assert_eq!(fired(&out, 0.499), (100..114).collect::<Vec<_>>());
        let reason = (out.explain)(104).unwrap();
        assert_eq!(
            reason.text,
            "금액 995,000원은 한도 1,000,000원보다 5,000원 적습니다. 부서 ‘총무과’의 지급 금액은 한도 바로 아래(900,000원 이상)에 14가지, \
             바로 위에 1가지로 아래쪽에 몰려 있습니다(다른 부서들에 비추어 예상되는 아래쪽 비율 52.5%)."
        );
        assert_eq!(reason.related.len(), 13);
        assert!(out.strength[100] > out.strength[113]);
    }

    #[test]
    fn chance_does_not_fire() {
        // 0.525^10 is 0.0016, 0.525^11 is 0.00084.
        assert!(fired(&run(&BelowLimit, &amounts(10, 0)), 0.0).is_empty());
        assert_eq!(fired(&run(&BelowLimit, &amounts(11, 0)), 0.499).len(), 11);
        assert!(fired(&run(&BelowLimit, &amounts(11, 4)), 0.0).is_empty());
    }

    #[test]
    fn the_limit_itself_and_amounts_beyond_the_bands_do_not_count() {
        let mut ledger = amounts(11, 0);
        for amount in [1_000_000, 1_100_001, 899_999] {
            ledger = pay(ledger, "총무과", "다른상사", amount);
        }
        assert_eq!(fired(&run(&BelowLimit, &ledger), 0.499), (100..111).collect::<Vec<_>>());
        let ledger = pay(amounts(11, 0), "총무과", "다른상사", 900_000);
        assert_eq!(fired(&run(&BelowLimit, &ledger), 0.499).len(), 12);
    }

    #[test]
    fn one_price_is_one_amount() {
        let ledger =
            (0..30).fold(Ledger::background(100), |ledger, _| pay(ledger, "총무과", "늘상사", 980_000));
        assert!(fired(&run(&BelowLimit, &ledger), 0.0).is_empty());
        // Among amounts that bunch it stays a price.
        let ledger = (0..4).fold(amounts(11, 0), |ledger, _| pay(ledger, "총무과", "늘상사", 980_500));
        assert_eq!(fired(&run(&BelowLimit, &ledger), 0.499), (100..111).collect::<Vec<_>>());
    }

    #[test]
    fn a_running_charge_does_not_fire() {
        let paid = |months: i64| {
            (0..14).fold(Ledger::background(100), |ledger, i| {
                let date = format!("{}-{:02}-{:02}", 2023 + i / 12 % months, 1 + i % months, 5 + i);
                ledger.pay(&date, "총무과", "용역비", "가나환경", 980_000 + 1_000 * i, "", "청소")
            })
        };
        assert!(fired(&run(&BelowLimit, &paid(12)), 0.0).is_empty());
        // As many within five months are no monthly charge.
        assert_eq!(fired(&run(&BelowLimit, &paid(5)), 0.499).len(), 14);
    }

    #[test]
    fn vendors_bunch_too_and_a_house_that_pays_so_does_not_fire() {
        let of_vendor = (1..=14).fold(Ledger::background(100), |ledger, i| {
            pay(ledger, &format!("부서{}", i % 7), "가나상사", 1_000_000 - 1_000 * i)
        });
        let out = run(&BelowLimit, &of_vendor);
        assert_eq!(fired(&out, 0.499), (100..114).collect::<Vec<_>>());
        assert!((out.explain)(100).unwrap().text.contains("거래처 ‘가나상사’"));
        let mut house = Ledger::background(100);
        for department in 0..20 {
            for i in 1..=11 {
                let amount = 1_000_000 - 1_000 * i - department;
                house = pay(house, &format!("부서{department}"), &format!("상사{department}-{i}"), amount);
            }
        }
        assert!(fired(&run(&BelowLimit, &house), 0.0).is_empty());
    }

    #[test]
    fn a_limit_no_longer_in_force_does_not_count() {
        let mut options = ControlOptions::default();
        for limit in &mut options.below_limit.rules[0].options.limits {
            limit.effective_until = "2024-03-04".parse().ok();
        }
        assert!(fired(&run_with(&BelowLimit, &amounts(14, 1), &options), 0.0).is_empty());
    }

    #[test]
    fn binomial_tails() {
        for (count, n, share, expected) in
            [(0, 5, 0.3, 1.0), (5, 5, 0.5, 0.03125), (4, 5, 0.5, 0.1875), (2, 3, 0.25, 0.15625)]
        {
            assert!((binomial_tail(count, n, share) - expected).abs() < 1e-9);
        }
        assert!(binomial_tail(9_000, 10_000, 0.525) <= 1e-12);
    }
}
