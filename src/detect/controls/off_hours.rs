//! 휴일·심야 사용: payments made at night, on weekends or public holidays.
//!
//! Comes in: dates, times where the export has them, the holiday table. Goes out: rows off the usual hours.
//! Refuses: accounts and departments that often work then, midnight as a time where it only means "no time".

use serde::{Deserialize, Serialize};

use super::common::{Hit, output, ramp, weight_of_amount};
use super::control::Control;
use super::options::Check;
use crate::clean::{Interned, LedgerView};
use crate::detect::canary::{Payment, Plot};
use crate::detect::{Holidays, Input, Output};
use crate::features::context::pair_ids;
use crate::ko;
use crate::ledger::{Reason, Severity, col};

const ID: &str = "off_hours";

/// Payments the wider group counts for in the share of an account, and of a department's account.
const SHARE_PRIOR_ROWS: f64 = 20.0;

/// The working day of late hours begins here: what is later counts as late until then.
const DAY_BREAK_MINUTE: i64 = 6 * 60;

/// Hours before the night in which a time may count as late where hardly anybody pays so late.
const EVENING_HOURS: i64 = 1;

/// Strength of such an evening beside that of a night.
const EVENING_SHARE: f64 = 0.75;

/// One payment in five hundred is as rare as it need be.
const RARE_SHARE: f64 = 0.002;

/// Options of 휴일·심야 사용.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OffHoursOptions {
    /// First hour of the night, 0 to 23.
    pub night_from_hour: i64,
    /// First hour of the day, 0 to 23.
    pub night_until_hour: i64,
    /// Strength of a payment at night, before damping.
    pub night: f64,
    /// Strength of a payment on a day off, before damping.
    pub off_day: f64,
    /// Factor of payments not made by card: a transfer's date is often the bookkeeper's.
    pub not_by_card: f64,
    /// From this share of payments off the usual hours on, an account is not tested; 2/7 of all days are weekends.
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
            off_day: 0.85,
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
        check.share("off_day", self.off_day, 0.0, 1.0);
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
    const LABEL_KO: &'static str = "휴일·심야 사용";
    const CODES: &'static [&'static str] = &["T15", "T16"];
    const SEVERITY: Severity = Severity::Medium;
    const WEIGHT: f64 = 95.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[];
    const OPTIONAL: &'static [&'static str] = &[col::MINUTE, col::PAYMENT_METHOD, col::CARD];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        options.check(check);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        let off_day: Vec<bool> =
            (0..ledger.n_rows).map(|i| input.holidays.is_off_day(ledger.date(i))).collect();
        let midnight_is_a_time = midnight_is_a_time(ledger);
        let time = |i: usize| {
            let minute = i64::from(ledger.minute[i]);
            (minute > 0 || (minute == 0 && midnight_is_a_time)).then_some(minute)
        };
        let night: Vec<bool> =
            (0..ledger.n_rows).map(|i| time(i).is_some_and(|m| options.is_night(m))).collect();
        let late = Lateness::new(options, (0..ledger.n_rows).filter_map(time));
        let lateness: Vec<f64> = (0..ledger.n_rows).map(|i| time(i).map_or(0.0, |m| late.of(m))).collect();
        let day_share = shares(ledger, &off_day);
        let night_share = shares(ledger, &night);
        let by_card = card_methods(ledger);
        let half = input.options.money.minor(options.half_amount_krw, &ledger.currency);
        let hit = |i: usize| {
            let on_day_off =
                if off_day[i] { options.off_day * rarity(day_share[i], options.usual_share) } else { 0.0 };
            let in_night = if night[i] { rarity(night_share[i], options.usual_share) } else { 0.0 };
            let at_night = options.night * in_night.max(lateness[i]);
            let method = if by_card(i) { 1.0 } else { options.not_by_card };
            let both = 1.0 - (1.0 - on_day_off) * (1.0 - at_night);
            let data = Moment {
                date: ledger.date(i),
                holiday: input.holidays.name(ledger.date(i)).map(str::to_owned),
                is_off_day: on_day_off > 0.0,
                minute: time(i).filter(|_| at_night > 0.0),
                account: ledger.account.text(i).to_owned(),
                share: if at_night > on_day_off { night_share[i] } else { day_share[i] },
                is_card: by_card(i),
            };
            Hit::alone(i, both * method * weight_of_amount(ledger.amount[i], half), data)
        };
        let rows = (0..ledger.n_rows)
            .filter(|&i| ledger.amount[i] > 0 && (off_day[i] || night[i] || lateness[i] > 0.0));
        Ok(output(ledger, rows.map(hit).collect(), Moment::reason))
    }

    fn plant(plot: &mut Plot<'_>, options: &Self::Options) {
        let Some(mut payment) = quietest(plot, options) else { return };
        payment.amount = payment.amount.max(plot.minor(1_000_000));
        let sunday = (plot.day() + 4).rem_euclid(7);
        payment.day = plot.day() - sunday;
        if plot.ledger().minute.iter().any(|&minute| minute > 0) {
            payment.minute = i16::try_from(options.night_from_hour * 60 + 30).unwrap_or(0);
        }
        if plot.ledger().card.is_present() || plot.ledger().payment_method.is_present() {
            "법인카드".clone_into(&mut payment.payment_method);
        }
        plot.must_find(&payment);
    }
}

/// An ordinary payment of the department and account least used off the usual hours.
fn quietest(plot: &Plot<'_>, options: &OffHoursOptions) -> Option<Payment> {
    let ledger = plot.ledger();
    let mut pairs = std::collections::BTreeMap::<(u32, u32), (f64, f64)>::new();
    let payments = (0..plot.n_real()).filter(|&i| ledger.amount[i] > 0);
    let key = |i: usize| (ledger.department.ids[i], ledger.account.ids[i]);
    for i in payments.clone() {
        let is_off = (ledger.day[i] + 3).rem_euclid(7) >= 5 || options.is_night(ledger.minute[i].into());
        let count = pairs.entry(key(i)).or_default();
        count.0 += f64::from(u8::from(is_off));
        count.1 += 1.0;
    }
    let share = |(n_off, n): (f64, f64)| (n_off + 1.0) / (n + SHARE_PRIOR_ROWS);
    let (quietest, _) = pairs.iter().min_by(|a, b| share(*a.1).total_cmp(&share(*b.1)))?;
    let row = payments.clone().find(|&i| key(i) == *quietest)?;
    let mut payment = plot.usual()?;
    ledger.department.text(row).clone_into(&mut payment.department);
    ledger.account.text(row).clone_into(&mut payment.account);
    Some(payment)
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

/// By row: the share of payments of its department and account that are `off`, shrunk to what the account's and the
/// department's own shares make likely.
fn shares(ledger: &LedgerView, off: &[bool]) -> Vec<f64> {
    let overall = off.iter().filter(|off| **off).count() as f64 / (off.len() as f64).max(1.0);
    let dense = |ids: &[u32]| ids.iter().map(|id| id.wrapping_add(1)).collect::<Vec<u32>>();
    let (department, account) = (dense(&ledger.department.ids), dense(&ledger.account.ids));
    let pair = pair_ids(&department, &account);
    let (of_department, of_account, of_pair) =
        (counts(&department, off), counts(&account, off), counts(&pair, off));
    (0..off.len())
        .map(|i| {
            // The others of the group: a payment is not made usual by itself.
            let own = f64::from(u8::from(off[i]));
            let shrunk = |(n_off, n): (f64, f64), wider: f64| {
                (n_off - own + SHARE_PRIOR_ROWS * wider) / (n - 1.0 + SHARE_PRIOR_ROWS)
            };
            let by_account = shrunk(of_account[account[i] as usize], overall);
            let by_department = shrunk(of_department[department[i] as usize], overall);
            let likely = (by_account * by_department / overall.max(1e-9)).min(1.0);
            shrunk(of_pair[pair[i] as usize], likely)
        })
        .collect()
}

/// Rows that are `off`, and rows, by group.
fn counts(ids: &[u32], off: &[bool]) -> Vec<(f64, f64)> {
    let mut counts = vec![(0.0, 0.0); ids.iter().map(|id| *id as usize + 1).max().unwrap_or(0)];
    for (id, off) in ids.iter().zip(off) {
        let count: &mut (f64, f64) = &mut counts[*id as usize];
        count.0 += f64::from(u8::from(*off));
        count.1 += 1.0;
    }
    counts
}

/// 1 where one payment in five hundred is off the usual hours, 0 from `usual` on.
fn rarity(share: f64, usual: f64) -> f64 {
    ramp(-share.max(RARE_SHARE / 10.0).ln(), -usual.ln(), -RARE_SHARE.ln())
}

/// Which rows were paid by card: a card number, or a payment method that says so; any where the ledger has neither.
fn card_methods(ledger: &LedgerView) -> impl Fn(usize) -> bool {
    let is_unknown = !ledger.card.is_present() && !ledger.payment_method.is_present();
    let is_card = |name: &String| name.contains("카드") || name.to_lowercase().contains("card");
    let methods: Vec<bool> = ledger.payment_method.names.iter().map(is_card).collect();
    move |i| {
        is_unknown
            || ledger.card.ids[i] != Interned::NULL
            || methods.get(ledger.payment_method.ids[i] as usize).copied().unwrap_or(false)
    }
}

/// When a payment was made, as its sentence needs it.
struct Moment {
    date: chrono::NaiveDate,
    holiday: Option<String>,
    is_off_day: bool,
    minute: Option<i64>,
    account: String,
    share: f64,
    is_card: bool,
}

impl Moment {
    fn reason(&self) -> Reason {
        let day = match (&self.holiday, self.is_off_day) {
            (Some(name), true) => format!(" 휴일({name})"),
            (None, true) => format!(" {}", Holidays::weekday_ko(self.date)),
            (_, false) => String::new(),
        };
        let time = self.minute.map_or(String::new(), |m| format!(" 심야({:02}:{:02})", m / 60, m % 60));
        let what = if self.is_card { "카드로 결제되었습니다" } else { "지급되었습니다" };
        let account = if self.account.is_empty() {
            String::from("이 자료")
        } else {
            format!("계정 ‘{}’", self.account)
        };
        let text = format!(
            "{}{day}{time}에 {what}. {account}에서 이런 때의 지출은 {}입니다.",
            self.date,
            ko::percent(self.share)
        );
        Reason { id: ID.to_owned(), text, related: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Ledger, fired, run};
    use super::*;

    #[test]
    fn fires_on_weekends_holidays_and_nights_by_card() {
        let card = |row: &mut super::super::testing::Row| row.card = "1234-****".to_owned();
        let ledger = Ledger::background(300)
            .pay("2024-03-01", "부서0", "소모품비", "식당", 300_000, "", "")
            .with(card)
            .pay("2024-03-02", "부서0", "소모품비", "식당", 300_000, "", "")
            .with(card)
            .pay("2024-03-05", "부서0", "소모품비", "식당", 300_000, "", "")
            .with(|row| {
                card(row);
                row.minute = Some(23 * 60 + 40);
            })
            .pay("2024-03-06", "부서0", "소모품비", "식당", 300_000, "", "")
            .with(|row| row.minute = Some(12 * 60));
        let out = run(&OffHours, &ledger);
        assert_eq!(fired(&out, 0.4), [300, 301, 302]);
        let text = |i| (out.explain)(i).unwrap().text;
        assert!(text(300).starts_with("2024-03-01 휴일(삼일절)에 카드로 결제되었습니다."), "{}", text(300));
        assert!(text(301).starts_with("2024-03-02 토요일에 카드로"), "{}", text(301));
        assert!(text(302).starts_with("2024-03-05 심야(23:40)에 카드로"), "{}", text(302));
        assert!((out.explain)(303).is_none());
    }

    #[test]
    fn transfers_weigh_less_than_cards() {
        let ledger = Ledger::background(300)
            .pay("2024-03-02", "부서0", "소모품비", "식당", 300_000, "", "")
            .pay("2024-03-02", "부서0", "소모품비", "식당", 300_000, "", "")
            .with(|row| row.card = "1234".to_owned());
        let out = run(&OffHours, &ledger);
        assert!(out.strength[300] > 0.2 && out.strength[300] < out.strength[301]);
    }

    #[test]
    fn accounts_of_days_off_and_refunds_do_not_fire() {
        let mut ledger =
            Ledger::background(300).pay("2024-03-02", "총무과", "소모품비", "식당", -300_000, "", "");
        for week in 0..60 {
            let date: chrono::NaiveDate = "2023-01-07".parse().unwrap();
            let date = (date + chrono::Duration::days(7 * week)).to_string();
            ledger = ledger.pay(&date, "공연장", "공연운영비", "무대팀", 800_000, "", "");
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
