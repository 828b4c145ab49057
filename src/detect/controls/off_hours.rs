//! 심야 사용: payments made at night or late in the evening.
//!
//! Comes in: times. Goes out: rows off the usual hours.
//! Refuses: accounts and departments that often pay then, midnight as a time where it only means "no time".

use serde::{Deserialize, Serialize};

use super::common::{Hit, output, ramp, weight_of_amount};
use super::control::Control;
use super::options::Check;
use super::usual::{ByAccount, card_methods, pay_by_card, rarest_place, rarity, shares};
use crate::clean::LedgerView;
use crate::detect::canary::Plot;
use crate::detect::{Input, Output};
use crate::ledger::{Reason, Severity, col};

const ID: &str = "off_hours";

/// The working day of late hours begins here: what is later counts as late until then.
const DAY_BREAK_MINUTE: i64 = 6 * 60;

/// Hours before the night in which a time may count as late where hardly anybody pays so late.
const EVENING_HOURS: i64 = 1;

/// Strength of such an evening beside that of a night.
const EVENING_SHARE: f64 = 0.75;

/// Options of 심야 사용.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OffHoursOptions {
    /// First hour of the night, 0 to 23.
    pub night_from_hour: i64,
    /// First hour of the day, 0 to 23.
    pub night_until_hour: i64,
    /// Strength of a payment at night, before damping.
    pub night: f64,
    /// Factor of payments not made by card: a transfer's date is often the bookkeeper's.
    pub not_by_card: f64,
    /// From this share of payments at night on, an account is not tested.
    pub usual_share: f64,
    /// Amount in won that counts half.
    pub half_amount_krw: i64,
}

impl Default for OffHoursOptions {
    fn default() -> Self {
        Self {
            night_from_hour: 23,
            night_until_hour: 7,
            night: 0.95,
            not_by_card: 0.7,
            usual_share: 0.25,
            half_amount_krw: 10_000,
        }
    }
}

impl OffHoursOptions {
    pub(super) fn check(&self, check: &mut Check<'_>) {
        check.within("night_from_hour", self.night_from_hour, 0, 23);
        check.within("night_until_hour", self.night_until_hour, 0, 23);
        check.share("night", self.night, 0.0, 1.0);
        check.share("not_by_card", self.not_by_card, 0.0, 1.0);
        check.share("usual_share", self.usual_share, 0.02, 1.0);
        check.that(self.half_amount_krw > 0, "half_amount_krw", "1 이상의 정수", &self.half_amount_krw);
    }

    fn is_night(&self, minute: i64) -> bool {
        let (from, until) = (self.night_from_hour * 60, self.night_until_hour * 60);
        if from <= until { (from..until).contains(&minute) } else { minute >= from || minute < until }
    }
}

/// The test.
pub struct OffHours;

impl Control for OffHours {
    type Options = OffHoursOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "심야 사용";
    const CODES: &'static [&'static str] = &["T16"];
    const SEVERITY: Severity = Severity::Medium;
    const WEIGHT: f64 = 95.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[&[col::MINUTE]];
    const OPTIONAL: &'static [&'static str] = &[col::PAYMENT_METHOD, col::CARD];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        options.check(check);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        let time = times(ledger);
        let night = nights(ledger, options);
        let late = Lateness::new(options, (0..ledger.n_rows).filter_map(&time));
        let lateness: Vec<f64> = (0..ledger.n_rows).map(|i| time(i).map_or(0.0, |m| late.of(m))).collect();
        let share = shares(ledger, |_| true, &night);
        let in_account = ByAccount::new(ledger, |_| true, &night);
        let by_card = card_methods(ledger);
        let half = input.options.money.minor(options.half_amount_krw, &ledger.currency);
        let hit = |i: usize| {
            let in_night = if night[i] { rarity(share[i], options.usual_share) } else { 0.0 };
            let at_night = options.night * in_night.max(lateness[i]);
            let method = if by_card(i) { 1.0 } else { options.not_by_card };
            let data = Moment {
                date: ledger.date(i),
                minute: time(i).unwrap_or(0),
                is_night: night[i],
                in_account: in_account.sentence(ledger, i),
                is_card: by_card(i),
            };
            Hit::alone(i, at_night * method * weight_of_amount(ledger.amount[i], half), data)
        };
        let rows = (0..ledger.n_rows).filter(|&i| ledger.amount[i] > 0 && (night[i] || lateness[i] > 0.0));
        Ok(output(ledger, rows.map(hit).collect(), Moment::reason))
    }

    fn plant(plot: &mut Plot<'_>, options: &Self::Options) {
        let share = shares(plot.ledger(), |_| true, &nights(plot.ledger(), options));
        let Some(mut payment) = rarest_place(plot, &share) else { return };
        // The middle of the night.
        let hours = (options.night_until_hour - options.night_from_hour).rem_euclid(24);
        let minute = (options.night_from_hour * 60 + hours * 30).rem_euclid(24 * 60);
        payment.minute = i16::try_from(minute).unwrap_or(0);
        payment.amount = payment.amount.max(plot.minor(options.half_amount_krw).saturating_mul(20));
        pay_by_card(plot, &mut payment);
        plot.must_find(&payment);
    }
}

/// Minute of the day by row, where it is one.
fn times(ledger: &LedgerView) -> impl Fn(usize) -> Option<i64> {
    let midnight_is_a_time = midnight_is_a_time(ledger);
    move |i| {
        let minute = i64::from(ledger.minute[i]);
        (minute > 0 || (minute == 0 && midnight_is_a_time)).then_some(minute)
    }
}

/// Which rows are of the night.
fn nights(ledger: &LedgerView, options: &OffHoursOptions) -> Vec<bool> {
    let time = times(ledger);
    (0..ledger.n_rows).map(|i| time(i).is_some_and(|minute| options.is_night(minute))).collect()
}

/// How many payments are made as late as a given minute.
struct Lateness {
    /// Minutes since daybreak of all timed payments, ascending.
    sorted: Vec<i64>,
    /// Minutes since daybreak from which a time can be late.
    from: i64,
}

impl Lateness {
    fn new(options: &OffHoursOptions, minutes: impl Iterator<Item = i64>) -> Self {
        let mut sorted: Vec<i64> = minutes.map(since_daybreak).collect();
        sorted.sort_unstable();
        Self { sorted, from: since_daybreak(options.night_from_hour * 60) - EVENING_HOURS * 60 }
    }

    /// 0 where one timed payment in a hundred is as late, [`EVENING_SHARE`] where one in a thousand is.
    fn of(&self, minute: i64) -> f64 {
        let at = since_daybreak(minute);
        if at < self.from {
            return 0.0;
        }
        let n_as_late = self.sorted.len() - self.sorted.partition_point(|known| *known < at);
        let share = (n_as_late as f64 + 0.5) / (self.sorted.len() as f64 + 1.0);
        EVENING_SHARE * ramp(-share.log10(), 2.0, 3.0)
    }
}

fn since_daybreak(minute: i64) -> i64 {
    (minute - DAY_BREAK_MINUTE).rem_euclid(24 * 60)
}

/// Whether 00:00 is one time among others; exports without times often print it on every row.
fn midnight_is_a_time(ledger: &LedgerView) -> bool {
    const MIDNIGHT_SHARE_MAX: f64 = 0.1;
    let with_time = ledger.minute.iter().filter(|&&m| m >= 0).count();
    let midnight = ledger.minute.iter().filter(|&&m| m == 0).count();
    midnight as f64 <= MIDNIGHT_SHARE_MAX * with_time as f64
}

/// When a payment was made, as its sentence needs it.
struct Moment {
    date: chrono::NaiveDate,
    minute: i64,
    is_night: bool,
    in_account: String,
    is_card: bool,
}

impl Moment {
    fn reason(&self) -> Reason {
        let when = if self.is_night { "심야" } else { "늦은 저녁" };
        let what = if self.is_card { "카드로 결제되었습니다" } else { "지급되었습니다" };
        let text = format!(
            "{} {when}({:02}:{:02})에 {what}. {}",
            self.date,
            self.minute / 60,
            self.minute % 60,
            self.in_account
        );
        Reason { id: ID.to_owned(), text, related: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Ledger, Row, fired, run};
    use super::*;

    fn at(hour: i16, minute: i16) -> impl Fn(&mut Row) {
        move |row| {
            row.card = "1234-****".to_owned();
            row.minute = Some(60 * hour + minute);
        }
    }

    fn day_times(n: i64) -> Ledger {
        let mut ledger = Ledger::background(n);
        for row in &mut ledger.0 {
            row.minute = Some(10 * 60);
        }
        ledger
    }

    #[test]
    fn fires_at_night_by_card_and_not_a_minute_outside() {
        let mut ledger = day_times(300);
        for change in [at(23, 0), at(6, 59), at(7, 0), at(12, 0)] {
            ledger = ledger.pay("2024-03-05", "부서0", "소모품비", "식당", 300_000, "", "").with(change);
        }
        let out = run(&OffHours, &ledger);
        assert_eq!(fired(&out, 0.5), [300, 301]);
        let text = |i| (out.explain)(i).unwrap().text;
        assert!(text(300).starts_with("2024-03-05 심야(23:00)에 카드로 결제되었습니다."), "{}", text(300));
        assert!((out.explain)(302).is_none() && (out.explain)(303).is_none());
    }

    #[test]
    fn a_late_evening_counts_where_hardly_anybody_pays_so_late() {
        let ledger = day_times(2_000)
            .pay("2024-03-05", "부서0", "소모품비", "식당", 300_000, "", "")
            .with(at(22, 30))
            .pay("2024-03-05", "부서0", "소모품비", "식당", 300_000, "", "")
            .with(at(21, 30));
        let out = run(&OffHours, &ledger);
        assert_eq!(fired(&out, 0.5), [2_000]);
        let text = (out.explain)(2_000).unwrap().text;
        assert!(text.starts_with("2024-03-05 늦은 저녁(22:30)에 카드로"), "{text}");
    }

    #[test]
    fn transfers_weigh_less_than_cards_and_refunds_nothing() {
        let ledger = day_times(300)
            .pay("2024-03-05", "부서0", "소모품비", "식당", 300_000, "", "")
            .with(|row| row.minute = Some(120))
            .pay("2024-03-05", "부서0", "소모품비", "식당", 300_000, "", "")
            .with(at(2, 0))
            .pay("2024-03-05", "부서0", "소모품비", "식당", -300_000, "", "")
            .with(at(2, 0));
        let out = run(&OffHours, &ledger);
        assert!(out.strength[300] > 0.2 && out.strength[300] < out.strength[301]);
        assert!(out.strength[302] <= 0.0);
    }

    #[test]
    fn accounts_of_the_night_do_not_fire() {
        let mut ledger = day_times(300);
        for week in 0..60 {
            let date: chrono::NaiveDate = "2023-01-04".parse().unwrap();
            let date = (date + chrono::Duration::days(7 * week)).to_string();
            ledger = ledger.pay(&date, "공연장", "공연운영비", "무대팀", 800_000, "", "").with(at(23, 30));
        }
        assert!(fired(&run(&OffHours, &ledger), 0.0).is_empty());
    }

    #[test]
    fn midnight_alone_is_no_time() {
        // Few rows have a time, so that the share of nights alone would not silence the test.
        let mut ledger = Ledger::background(300);
        for row in &mut ledger.0[..20] {
            row.minute = Some(0);
        }
        assert!(fired(&run(&OffHours, &ledger), 0.0).is_empty());
        for row in &mut ledger.0[20..] {
            row.minute = Some(600);
        }
        assert_eq!(fired(&run(&OffHours, &ledger), 0.0), (0..20).collect::<Vec<_>>());
    }
}
