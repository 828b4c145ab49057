//! 정기 지급 이탈: a payment of a series with a rhythm and a stable amount that departs from it, or one more inside the rhythm.
//!
//! Comes in: payments of one series (department, account, vendor and what the description names) in order of days. Goes out: departures and extras.
//! Refuses: series without a rhythm and a stable amount as of the day, a lasting new level after its
//! first payment, later rows.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::common::{Hit, median, output, ramp, sorted, span_days, stated, weight_of_amount};
use super::control::Control;
use super::options::Check;
use crate::clean::view::date_of_day;
use crate::clean::{Interned, LedgerView};
use crate::detect::canary::Plot;
use crate::detect::{Input, Output};
use crate::ko;
use crate::ledger::{Amount, Reason, Severity, col};

const ID: &str = "recurring_deviation";

/// Payments of the rhythm looked back at: a year.
const LOOK_BACK: usize = 12;

/// Shares of the usual gap within which a gap keeps the rhythm: holidays and slow paperwork.
const REGULAR: std::ops::RangeInclusive<f64> = 0.6..=1.5;

/// Share of the usual gap below which a payment is one more inside the rhythm.
const EXTRA_GAP: f64 = 0.6;

/// Usual gaps from the payment before the last up to an early one at which it makes up for a late one.
const CAUGHT_UP_GAP: f64 = 1.6;

/// Earlier payments of a series among which its highest amount is looked for: two years of months.
const PEAK_BACK: usize = 24;

/// Turns a median absolute deviation into the scale of a standard deviation.
const MAD_TO_SIGMA: f64 = 1.4826;

/// Options of 정기 지급 이탈.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RecurringDeviationOptions {
    /// Earlier payments that make a rhythm.
    pub payments_min: usize,
    /// Fewest usual days between the payments of a rhythm.
    pub gap_days_min: i32,
    /// Most usual days between the payments of a rhythm.
    pub gap_days_max: i32,
    /// Share of earlier gaps that must be about the usual one.
    pub regular_share: f64,
    /// Spread of earlier amounts (median absolute deviation over median) up to which they are stable.
    pub spread_max: f64,
    /// Departure from the usual amount, as a share of it, from which a payment is looked at.
    pub departure_min: f64,
    /// Amount in won that counts half.
    pub half_amount_krw: i64,
}

impl Default for RecurringDeviationOptions {
    fn default() -> Self {
        Self {
            payments_min: 3,
            gap_days_min: 13,
            gap_days_max: 380,
            regular_share: 0.6,
            spread_max: 0.35,
            departure_min: 0.5,
            half_amount_krw: 100_000,
        }
    }
}

impl RecurringDeviationOptions {
    pub(super) fn check(&self, check: &mut Check<'_>) {
        check.that(
            (3..=12).contains(&self.payments_min),
            "payments_min",
            "3 이상 12 이하의 정수",
            &self.payments_min,
        );
        check.within("gap_days_min", self.gap_days_min.into(), 2, 366);
        check.within("gap_days_max", self.gap_days_max.into(), self.gap_days_min.into(), 800);
        check.share("regular_share", self.regular_share, 0.5, 1.0);
        check.share("spread_max", self.spread_max, 0.0, 1.0);
        check.share("departure_min", self.departure_min, 0.01, 10.0);
        check.that(self.half_amount_krw > 0, "half_amount_krw", "1 이상의 정수", &self.half_amount_krw);
    }
}

/// The test.
pub struct RecurringDeviation;

impl Control for RecurringDeviation {
    type Options = RecurringDeviationOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "정기 지급 이탈";
    const CODES: &'static [&'static str] = &[];
    const SEVERITY: Severity = Severity::Medium;
    const WEIGHT: f64 = 85.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[&[col::VENDOR, col::VENDOR_NO]];
    const OPTIONAL: &'static [&'static str] = &[col::DESCRIPTION, col::KIND];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        options.check(check);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        let days = span_days(ledger);
        let days_min = i64::from(options.gap_days_min) * i64::try_from(options.payments_min).unwrap_or(0);
        if ledger.n_rows > 0 && days < days_min {
            return Err(format!("자료 기간이 {days}일로 짧아 정기 지급을 점검하지 못했습니다."));
        }
        let vendor = &input.shared.vendor;
        let stands = &input.shared.stands;
        let series = &input.features.series;
        if series.len() != ledger.n_rows {
            return Err("정기 지급 특성이 계산되지 않았습니다.".to_owned());
        }
        let rows = (0..ledger.n_rows).filter(|&i| stands[i] && vendor[i] != Interned::NULL);
        let order = sorted(rows, |i| (series[i], ledger.day[i]));
        let half = input.options.money.minor(options.half_amount_krw, &ledger.currency);
        let groups: Vec<&[_]> =
            order.chunk_by(|a, b| a.0.0 == b.0.0).filter(|g| g.len() > options.payments_min).collect();
        let hits: Vec<Hit<Departure>> = groups
            .par_iter()
            .flat_map_iter(|group| {
                let rows: Vec<usize> = group.iter().map(|&(_, row)| row).collect();
                departures(ledger, options, half, &rows)
            })
            .collect();
        let currency = ledger.currency.clone();
        Ok(output(ledger, hits, move |departure| {
            let amount = currency.display(Amount(departure.amount));
            departure.reason(&amount, &currency.display(Amount(departure.usual)))
        }))
    }

    fn plant(plot: &mut Plot<'_>, options: &Self::Options) {
        let Some(mut payment) = plot.usual_to_newcomer() else { return };
        let usual = payment.amount.max(plot.minor(500_000));
        let gap = 30.clamp(options.gap_days_min, options.gap_days_max);
        payment.amount = usual;
        for back in (1..=i32::try_from(options.payments_min).unwrap_or(0) + 3).rev() {
            payment.day = plot.day() - back * gap;
            plot.add(&payment);
        }
        payment.day = plot.day();
        payment.amount = usual.saturating_mul(6);
        plot.must_find(&payment);
    }
}

/// The rhythm of a series as of a day.
struct Rhythm {
    usual: i64,
    sigma: f64,
    gap: i32,
}

/// The rhythm of `chain` (rows in order of days), if its last payments have one.
fn rhythm(ledger: &LedgerView, options: &RecurringDeviationOptions, chain: &[usize]) -> Option<Rhythm> {
    let chain = &chain[chain.len().saturating_sub(LOOK_BACK)..];
    if chain.len() < options.payments_min {
        return None;
    }
    let mut gaps: Vec<i64> =
        chain.windows(2).map(|w| i64::from(ledger.day[w[1]]) - i64::from(ledger.day[w[0]])).collect();
    let usual_gap = median(&mut gaps)?;
    let gap = i32::try_from(usual_gap)
        .ok()
        .filter(|g| (options.gap_days_min..=options.gap_days_max).contains(g))?;
    let is_regular = |g: &&i64| REGULAR.contains(&(**g as f64 / usual_gap as f64));
    if (gaps.iter().filter(is_regular).count() as f64) < options.regular_share * gaps.len() as f64 {
        return None;
    }
    let mut amounts: Vec<i64> = chain.iter().map(|&i| ledger.amount[i]).collect();
    let usual = median(&mut amounts)?;
    let mut distances: Vec<i64> = amounts.iter().map(|a| (a - usual).abs()).collect();
    let spread = median(&mut distances)? as f64;
    let stable = spread <= options.spread_max * usual as f64;
    stable.then_some(Rhythm { usual, sigma: spread * MAD_TO_SIGMA, gap })
}

/// Departures among the rows of one group, in order of days.
fn departures(
    ledger: &LedgerView,
    options: &RecurringDeviationOptions,
    half: i64,
    rows: &[usize],
) -> Vec<Hit<Departure>> {
    let mut hits = Vec::new();
    let mut chain: Vec<usize> = Vec::new();
    let mut n_extra = 0_u32;
    for &i in rows {
        let known = rhythm(ledger, options, &chain).zip(chain.last().copied());
        let Some((rhythm, last)) = known else {
            chain.push(i);
            continue;
        };
        let (amount, gap) = (ledger.amount[i], ledger.day[i] - ledger.day[last]);
        let is_early = f64::from(gap) < EXTRA_GAP * f64::from(rhythm.gap);
        let is_extra = is_early && !catches_up(ledger, &rhythm, &chain, i);
        if is_early && !is_extra && (amount - rhythm.usual).abs() <= rhythm.usual / 2 {
            chain.push(i);
            continue;
        }
        let strength = if is_extra {
            n_extra += 1;
            extra_strength(&rhythm, amount) / f64::from(n_extra)
        } else {
            let known = &chain[chain.len().saturating_sub(PEAK_BACK)..];
            let peak = known.iter().map(|&row| ledger.amount[row]).max().unwrap_or(0);
            departure_strength(options, &rhythm, amount, ledger.amount[last]) * new_height(amount, peak)
        };
        if strength > 0.0 {
            let data = Departure {
                amount,
                usual: rhythm.usual,
                n_earlier: chain.len().min(LOOK_BACK),
                last,
                last_day: ledger.day[last],
                gap,
                usual_gap: rhythm.gap,
                is_extra,
            };
            let matter = weight_of_amount(amount.max(rhythm.usual), half);
            hits.push(Hit::alone(i, strength * matter, data));
        }
        // An extra payment does not shift the rhythm, but the fourth is no exception any more.
        if !is_extra || n_extra > 3 {
            chain.push(i);
        }
    }
    hits
}

/// Whether the early payment `i` follows a late one, or names another month or instalment than the last.
fn catches_up(ledger: &LedgerView, rhythm: &Rhythm, chain: &[usize], i: usize) -> bool {
    let Some((&last, earlier)) = chain.split_last() else { return false };
    let was_late = earlier.last().is_some_and(|&before| {
        f64::from(ledger.day[i] - ledger.day[before]) >= CAUGHT_UP_GAP * f64::from(rhythm.gap)
    });
    let digits = |row: usize| -> String {
        ledger.description.text(row).chars().filter(char::is_ascii_digit).collect()
    };
    was_late || digits(i) != digits(last)
}

/// An extra payment of about the usual amount or more says most.
fn extra_strength(rhythm: &Rhythm, amount: i64) -> f64 {
    let ratio = amount as f64 / rhythm.usual.max(1) as f64;
    0.2 + 0.5 * ramp(ratio, 0.5, 0.95)
}

/// 1 for an amount well above every earlier one, little for a height the series had reached before (a second meter, a cold
/// month).
fn new_height(amount: i64, peak: i64) -> f64 {
    0.3 + 0.7 * ramp(amount as f64 / peak.max(1) as f64, 1.1, 1.6)
}

/// How far `amount` departs; upwards counts full, a level the payment before had already counts little.
fn departure_strength(options: &RecurringDeviationOptions, rhythm: &Rhythm, amount: i64, last: i64) -> f64 {
    let usual = rhythm.usual.max(1) as f64;
    let departure = (amount as f64 - usual) / usual;
    let in_sigmas = (amount as f64 - usual).abs() / rhythm.sigma.max(0.03 * usual);
    if departure.abs() < options.departure_min || in_sigmas < 4.0 {
        return 0.0;
    }
    // Full at four times the usual amount, as ratios go both ways.
    let size =
        0.4 + 0.6 * ramp((amount as f64 / usual).ln().abs(), options.departure_min.ln_1p(), 3.5_f64.ln());
    let direction = if departure > 0.0 { 1.0 } else { 0.3 };
    let is_new_level = (amount - last).abs() as f64 <= 0.05 * last as f64;
    size * direction * if is_new_level { 0.3 } else { 1.0 }
}

/// A departure from a rhythm, as its sentence needs it.
struct Departure {
    amount: i64,
    usual: i64,
    n_earlier: usize,
    last: usize,
    last_day: i32,
    gap: i32,
    usual_gap: i32,
    is_extra: bool,
}

impl Departure {
    fn reason(&self, amount: &str, usual: &str) -> Reason {
        let basis = format!(
            "{} {usual} 안팎으로 지급되어 온 건(최근 {}회)",
            rhythm_ko(self.usual_gap),
            self.n_earlier
        );
        let text = if self.is_extra {
            let when = match self.gap {
                0 => "같은 날".to_owned(),
                days => format!("{days}일 만에"),
            };
            let last = date_of_day(self.last_day);
            format!("{basis}인데, {last} 지급 후 {when} 다시 {} 지급되었습니다.", particle(amount))
        } else {
            let change = self.amount as f64 / self.usual.max(1) as f64 - 1.0;
            let more = if change > 0.0 { "많은" } else { "적은" };
            let compared = match change {
                1.0.. => format!("평소의 {:.1}배인", change + 1.0),
                _ => format!("평소보다 {} {more}", ko::percent(change.abs())),
            };
            format!("{basis}인데, 이번에는 {compared} {} 지급되었습니다.", particle(amount))
        };
        Reason { id: ID.to_owned(), text, related: vec![self.last] }
    }
}

/// How often payments `gap` days apart come: `매월`, `분기마다`, `45일 간격으로`.
fn rhythm_ko(gap: i32) -> String {
    match gap {
        27..=34 => "매월".to_owned(),
        84..=98 => "분기마다".to_owned(),
        175..=190 => "반기마다".to_owned(),
        350..=380 => "매년".to_owned(),
        days => format!("{days}일 간격으로"),
    }
}

/// The amount with its subject particle.
fn particle(amount: &str) -> String {
    if amount.ends_with('원') { ko::josa(amount, "이/가") } else { stated("금액", amount, "이/가") }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Ledger, fired, run};
    use super::*;

    fn rent(months: u32) -> Ledger {
        (1..=months).fold(Ledger::new(), |ledger, month| {
            let date = format!("2024-{month:02}-{:02}", 24 + month % 3);
            ledger.pay(&date, "총무과", "임차료", "한빛빌딩", 2_200_000, "", "사무실 임차료")
        })
    }

    #[test]
    fn fires_on_a_departing_amount() {
        let ledger =
            rent(11).pay("2024-12-24", "총무과", "임차료", "한빛빌딩", 8_800_000, "", "사무실 임차료");
        let out = run(&RecurringDeviation, &ledger);
        assert_eq!(fired(&out, 0.8), [11]);
        let reason = (out.explain)(11).unwrap();
        assert_eq!(
            reason.text,
            "매월 2,200,000원 안팎으로 지급되어 온 건(최근 11회)인데, 이번에는 평소의 4.0배인 8,800,000원이 지급되었습니다."
        );
        assert_eq!(reason.related, [10]);
    }

    #[test]
    fn fires_on_an_extra_payment_and_keeps_the_rhythm() {
        let ledger = rent(9)
            .pay("2024-10-04", "총무과", "임차료", "한빛빌딩", 2_200_000, "", "사무실 임차료")
            .pay("2024-10-25", "총무과", "임차료", "한빛빌딩", 2_200_000, "", "사무실 임차료");
        let out = run(&RecurringDeviation, &ledger);
        assert_eq!(fired(&out, 0.0), [9]);
        let text = (out.explain)(9).unwrap().text;
        assert!(text.ends_with("2024-09-24 지급 후 10일 만에 다시 2,200,000원이 지급되었습니다."), "{text}");
    }

    #[test]
    fn steady_variable_and_short_series_do_not_fire() {
        assert!(fired(&run(&RecurringDeviation, &rent(12)), 0.0).is_empty());
        let power = (1..=12).fold(Ledger::new(), |ledger, month| {
            let amount = 800_000 + 900_000 * i64::from(month % 4);
            ledger.pay(&format!("2024-{month:02}-20"), "총무과", "공공요금", "한전", amount, "", "전기요금")
        });
        assert!(fired(&run(&RecurringDeviation, &power), 0.0).is_empty());
        let short = rent(4).pay("2024-05-25", "총무과", "임차료", "한빛빌딩", 9_000_000, "", "").pay(
            "2024-12-25",
            "총무과",
            "소모품비",
            "문구점",
            9_000,
            "",
            "",
        );
        assert!(fired(&run(&RecurringDeviation, &short), 0.0).is_empty());
    }

    #[test]
    fn a_new_level_is_said_once() {
        let ledger = rent(9)
            .pay("2024-10-25", "총무과", "임차료", "한빛빌딩", 3_600_000, "", "사무실 임차료")
            .pay("2024-11-25", "총무과", "임차료", "한빛빌딩", 3_600_000, "", "사무실 임차료");
        let out = run(&RecurringDeviation, &ledger);
        assert!(out.strength[9] > 0.3 && out.strength[10] < 0.3 * out.strength[9] + 0.01);
    }
}
