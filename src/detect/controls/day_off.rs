//! 휴일 사용: payments on weekends and public holidays, substitute and one-off ones too.
//!
//! Comes in: dates, the holiday table. Goes out: rows of days off.
//! Refuses: accounts and departments that often work then; silence about a year that the table does not know.

use chrono::Datelike;
use serde::{Deserialize, Serialize};

use super::common::{Hit, output, weight_of_amount};
use super::control::Control;
use super::options::Check;
use super::usual::{ByAccount, card_methods, pay_by_card, rarest_place, rarity, shares};
use crate::clean::view::date_of_day;
use crate::detect::canary::Plot;
use crate::detect::{Holidays, Input, Output};
use crate::ledger::{Reason, Severity, col};

const ID: &str = "day_off";

/// Options of 휴일 사용.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DayOffOptions {
    /// Strength of a payment on a day off, before damping.
    pub off_day: f64,
    /// Factor of payments not made by card: a transfer's date is often the bookkeeper's.
    pub not_by_card: f64,
    /// From this share of payments on days off on, an account is not tested; 2/7 of all days are weekends.
    pub usual_share: f64,
    /// Amount in won that counts half.
    pub half_amount_krw: i64,
}

impl Default for DayOffOptions {
    fn default() -> Self {
        Self { off_day: 0.85, not_by_card: 0.7, usual_share: 0.25, half_amount_krw: 10_000 }
    }
}

/// The test.
pub struct DayOff;

impl Control for DayOff {
    type Options = DayOffOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "휴일 사용";
    const CODES: &'static [&'static str] = &["T15"];
    const SEVERITY: Severity = Severity::Medium;
    const WEIGHT: f64 = 95.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[];
    const OPTIONAL: &'static [&'static str] = &[col::PAYMENT_METHOD, col::CARD];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        check.share("off_day", options.off_day, 0.0, 1.0);
        check.share("not_by_card", options.not_by_card, 0.0, 1.0);
        check.share("usual_share", options.usual_share, 0.02, 1.0);
        check.that(options.half_amount_krw > 0, "half_amount_krw", "1 이상의 정수", &options.half_amount_krw);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        let off_day: Vec<bool> =
            (0..ledger.n_rows).map(|i| input.holidays.is_off_day(ledger.date(i))).collect();
        let share = shares(ledger, |_| true, &off_day);
        let in_account = ByAccount::new(ledger, |_| true, &off_day);
        let by_card = card_methods(ledger);
        let half = input.options.money.minor(options.half_amount_krw, &ledger.currency);
        let hit = |i: usize| {
            let method = if by_card(i) { 1.0 } else { options.not_by_card };
            let strength = options.off_day * rarity(share[i], options.usual_share) * method;
            let data = Day {
                date: ledger.date(i),
                holiday: input.holidays.name(ledger.date(i)).map(str::to_owned),
                in_account: in_account.sentence(ledger, i),
                is_card: by_card(i),
            };
            Hit::alone(i, strength * weight_of_amount(ledger.amount[i], half), data)
        };
        let rows = (0..ledger.n_rows).filter(|&i| ledger.amount[i] > 0 && off_day[i]);
        Ok(output(ledger, rows.map(hit).collect(), Day::reason))
    }

    fn notes(input: &Input<'_>, _options: &Self::Options) -> Vec<String> {
        let ledger = input.ledger;
        let mut years: Vec<i32> = Vec::new();
        let mut last = i32::MIN;
        for i in (0..ledger.n_rows).filter(|&i| ledger.amount[i] > 0) {
            // Rows of a day are neighbours.
            if ledger.day[i] != last && !input.holidays.covers(ledger.date(i)) {
                years.push(ledger.date(i).year());
            }
            last = ledger.day[i];
        }
        years.sort_unstable();
        years.dedup();
        let note = |year: &i32| {
            format!(
                "{year}년 공휴일 자료가 없어 주말만 휴일로 보았습니다. 힌트: config/kr_holidays.csv에 {year}년 공휴일을 \
                 대체·임시공휴일까지 적으십시오."
            )
        };
        years.iter().map(note).collect()
    }

    fn plant(plot: &mut Plot<'_>, options: &Self::Options) {
        let ledger = plot.ledger();
        // Weekends are days off under any table of holidays.
        let weekend = |i: usize| Holidays::default().is_off_day(ledger.date(i));
        let share = shares(ledger, |_| true, &(0..ledger.n_rows).map(weekend).collect::<Vec<bool>>());
        let Some(mut payment) = rarest_place(plot, &share) else { return };
        let since_sunday = date_of_day(plot.day()).weekday().num_days_from_sunday();
        payment.day = plot.day() - i32::try_from(since_sunday).unwrap_or(0);
        payment.keeps_day = true;
        payment.amount = payment.amount.max(plot.minor(options.half_amount_krw).saturating_mul(20));
        pay_by_card(plot, &mut payment);
        plot.must_find(&payment);
    }
}

/// The day of a payment, as its sentence needs it.
struct Day {
    date: chrono::NaiveDate,
    holiday: Option<String>,
    in_account: String,
    is_card: bool,
}

impl Day {
    fn reason(&self) -> Reason {
        let day = match &self.holiday {
            Some(name) => format!("휴일({name})"),
            None => Holidays::weekday_ko(self.date).to_owned(),
        };
        let what = if self.is_card { "카드로 결제되었습니다" } else { "지급되었습니다" };
        let text = format!("{} {day}에 {what}. {}", self.date, self.in_account);
        Reason { id: ID.to_owned(), text, related: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Ledger, Row, fired, run, try_run};
    use super::*;
    use crate::detect::Detector;
    use crate::detect::controls::ControlOptions;

    fn card(row: &mut Row) {
        row.card = "1234-****".to_owned();
    }

    /// 1,500 workday payments, then one by card on each of `dates`.
    fn on(dates: &[&str]) -> Ledger {
        dates.iter().fold(Ledger::background(1_500), |ledger, date| {
            ledger.pay(date, "부서0", "소모품비", "식당", 300_000, "", "").with(card)
        })
    }

    #[test]
    fn fires_on_weekends_holidays_and_substitutes_by_card() {
        // 2024-05-06 is the substitute for Children's Day, 2024-10-01 a one-off holiday; 2024-05-07 is a working day.
        let dates = ["2024-03-01", "2024-03-02", "2024-05-06", "2024-10-01", "2024-05-07", "2024-10-02"];
        let out = run(&DayOff, &on(&dates));
        assert_eq!(fired(&out, 0.5), [1_500, 1_501, 1_502, 1_503]);
        let text = |i| (out.explain)(i).unwrap().text;
        assert_eq!(
            text(1_500),
            "2024-03-01 휴일(삼일절)에 카드로 결제되었습니다. 계정 ‘소모품비’의 지급 1,506건 가운데 이런 것은 4건입니다."
        );
        assert!(text(1_501).starts_with("2024-03-02 토요일에 카드로"), "{}", text(1_501));
        assert!((out.explain)(1_504).is_none() && (out.explain)(1_505).is_none());
    }

    #[test]
    fn transfers_weigh_less_than_cards() {
        let ledger = on(&["2024-03-02"]).pay("2024-03-02", "부서0", "소모품비", "식당", 300_000, "", "");
        let out = run(&DayOff, &ledger);
        assert!(out.strength[1_501] > 0.2 && out.strength[1_501] < out.strength[1_500]);
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
        assert!(fired(&run(&DayOff, &ledger), 0.0).is_empty());
    }

    #[test]
    fn a_year_without_holidays_in_the_table_is_said() {
        let view = on(&["2049-03-01", "2049-05-02", "2050-05-02"]).view();
        let out = try_run(&DayOff, &view, &ControlOptions::default()).unwrap();
        assert!(out.strength[1_500] <= 0.0, "2049-03-01 is a Monday");
        assert!(out.strength[1_501] > 0.5, "2049-05-02 is a Sunday");
        let holidays = Holidays::korean();
        let notes = |holidays: &Holidays| {
            let input = Input {
                ledger: &view,
                shared: &crate::detect::Shared::default(),
                reversed: &crate::detect::Reversed::none(&view),
                features: &crate::features::FeatureMatrix::default(),
                columns: &[],
                holidays,
                budget: &crate::detect::BudgetBook::default(),
                options: &ControlOptions::default(),
                seed: 1,
            };
            Detector::notes(&DayOff, &input)
        };
        let said = notes(&holidays);
        assert_eq!(said.len(), 2);
        assert_eq!(
            said[0],
            "2049년 공휴일 자료가 없어 주말만 휴일로 보았습니다. 힌트: config/kr_holidays.csv에 2049년 공휴일을 \
             대체·임시공휴일까지 적으십시오."
        );
        assert_eq!(notes(&Holidays::default()).len(), 5, "2023 to 2025 too");
    }
}
