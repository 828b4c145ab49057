//! Dates: every Korean spelling, exactly, or the reason why not.
//!
//! Comes in: the text or serial of a cell. Goes out: a day from 1990 to 2100.
//! Refuses: days that do not exist, two-digit years and orders the mapping does not state, serial 60 (the day that
//! Excel invented).

use chrono::{Datelike, Days, NaiveDate};

use super::mapping::{DateOrder, DateRule};

const NOT_A_DATE: &str = "날짜로 읽을 수 없습니다";

/// The day written as `text`.
pub fn from_text(text: &str, rule: &DateRule) -> Result<NaiveDate, &'static str> {
    let narrowed = narrow_keeping_spaces(text);
    let body = narrowed.trim().trim_start_matches('\'');
    let body = strip_time(body).trim_end();
    let body = strip_weekday(body);
    if body.len() == 8 && body.bytes().all(|b| b.is_ascii_digit()) {
        if rule.order != DateOrder::Ymd {
            return Err("구분 기호 없는 날짜는 연월일 순서일 때만 읽습니다");
        }
        return day(number(&body[..4])?, number(&body[4..6])?, number(&body[6..])?);
    }
    let parts = parts(body).ok_or(NOT_A_DATE)?;
    let [a, b, c] = parts;
    match (a.len(), c.len(), rule.order) {
        (4, 1..=2, _) => day(number(a)?, number(b)?, number(c)?),
        (1..=2, 4, DateOrder::Dmy) => day(number(c)?, number(b)?, number(a)?),
        (1..=2, 4, DateOrder::Mdy) => day(number(c)?, number(a)?, number(b)?),
        (2, 1..=2, DateOrder::Ymd) if rule.two_digit_years => day(2000 + number(a)?, number(b)?, number(c)?),
        (1..=2, 2, DateOrder::Dmy) if rule.two_digit_years => day(2000 + number(c)?, number(b)?, number(a)?),
        (1..=2, 2, DateOrder::Mdy) if rule.two_digit_years => day(2000 + number(c)?, number(a)?, number(b)?),
        (1..=2, 1..=2, _) => Err("두 자리 연도는 매핑에서 허용할 때만 읽습니다"),
        _ => Err("연월일 순서가 매핑과 다릅니다"),
    }
}

/// The day of an Excel serial, and the minute of the day where it has a fraction.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "range checked first")]
pub fn from_serial(serial: f64, is_1904: bool) -> Result<(NaiveDate, Option<i64>), &'static str> {
    if !serial.is_finite() || !(1.0..=2_958_465.0).contains(&serial) {
        return Err("엑셀 날짜의 범위를 벗어났습니다");
    }
    let whole = serial.floor();
    if !is_1904 && whole as u64 == 60 {
        return Err("엑셀에만 있는 날짜(1900-02-29)입니다");
    }
    let epoch =
        if is_1904 { NaiveDate::from_ymd_opt(1904, 1, 1) } else { NaiveDate::from_ymd_opt(1899, 12, 30) };
    let date = epoch.and_then(|epoch| epoch.checked_add_days(Days::new(whole as u64))).ok_or(NOT_A_DATE)?;
    let minute = ((serial - whole) * 1440.0).round() as i64;
    in_range(date).map(|date| (date, (minute > 0 && minute < 1440).then_some(minute)))
}

/// The day of a plain number: `20240105`, or a serial where the mapping allows it.
#[expect(clippy::cast_possible_truncation, reason = "range checked first")]
pub fn from_number(number: f64, rule: &DateRule) -> Result<NaiveDate, &'static str> {
    if (19_900_101.0..=21_001_231.0).contains(&number) && number.fract() == 0.0 {
        return from_text(&(number as i64).to_string(), rule);
    }
    if (20_000.0..=80_000.0).contains(&number) && rule.serial_numbers {
        return from_serial(number, false).map(|(date, _)| date);
    }
    Err("날짜 서식이 없는 숫자입니다")
}

/// The minute of the day written as `21:35` or `21:35:07`, `2135` or `213507`.
pub fn minute_from_text(text: &str) -> Result<i64, &'static str> {
    let refuse = "시각으로 읽을 수 없습니다";
    let body: String = super::text::narrow(text);
    let (hour, minute) = match body.split_once(':') {
        Some((hour, rest)) => (hour.to_owned(), rest.split(':').next().unwrap_or_default().to_owned()),
        None if matches!(body.len(), 4 | 6) && body.is_ascii() => {
            (body[..2].to_owned(), body[2..4].to_owned())
        }
        None => return Err(refuse),
    };
    let parse = |part: &str| part.parse::<i64>().map_err(|_| refuse);
    let (hour, minute) = (parse(&hour)?, parse(&minute)?);
    if (0..24).contains(&hour) && (0..60).contains(&minute) { Ok(hour * 60 + minute) } else { Err(refuse) }
}

fn narrow_keeping_spaces(text: &str) -> String {
    text.split_whitespace().map(super::text::narrow).collect::<Vec<_>>().join(" ")
}

/// Takes off a time of day at the end: ` 00:00:00`, `T09:30`.
fn strip_time(text: &str) -> &str {
    let Some(colon) = text.find(':') else { return text };
    let head = &text[..colon];
    match head.rfind([' ', 'T']) {
        Some(at) if head[at + 1..].bytes().all(|b| b.is_ascii_digit()) => &text[..at],
        _ => text,
    }
}

/// Takes off a weekday at the end: `(월)`, `(월요일)`.
fn strip_weekday(text: &str) -> &str {
    let Some(body) = text.strip_suffix(')') else { return text };
    match body.rsplit_once('(') {
        Some((date, day)) if "월화수목금토일".contains(day.trim_end_matches("요일")) && !day.is_empty() => {
            date.trim_end()
        }
        _ => text,
    }
}

/// Three groups of digits between separators that dates have.
fn parts(text: &str) -> Option<[&str; 3]> {
    let text = text.trim_end_matches(['.', '일']).trim_end();
    let is_separator = |c: char| !c.is_ascii_digit();
    let groups: Vec<&str> = text.split(is_separator).filter(|group| !group.is_empty()).collect();
    let between: String = text.chars().filter(|c| is_separator(*c) && *c != ' ').collect();
    let starts_with_digit = text.starts_with(|c: char| c.is_ascii_digit());
    let known = ["..", "//", "--", "년월", "년월일"].contains(&between.as_str());
    match groups.as_slice() {
        [a, b, c] if known && starts_with_digit => Some([a, b, c]),
        _ => None,
    }
}

fn number(text: &str) -> Result<i32, &'static str> {
    text.parse().map_err(|_| NOT_A_DATE)
}

fn day(year: i32, month: i32, day: i32) -> Result<NaiveDate, &'static str> {
    let date = NaiveDate::from_ymd_opt(year, month.unsigned_abs(), day.unsigned_abs());
    in_range(date.ok_or("없는 날짜입니다")?)
}

fn in_range(date: NaiveDate) -> Result<NaiveDate, &'static str> {
    if (1990..=2100).contains(&date.year()) {
        Ok(date)
    } else {
        Err("1990년부터 2100년까지만 읽습니다")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_labelled_table_is_exact_or_quarantined() {
        let table = include_str!("../../tests/fixtures/clean/dates.tsv");
        let mut n = 0;
        for line in table.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let (input, expected) = line.rsplit_once('\t').unwrap();
            let input = input.strip_prefix('|').unwrap().strip_suffix('|').unwrap();
            let found = from_text(input, &DateRule::default());
            match expected {
                "quarantine" => assert!(found.is_err(), "{input:?} gave {found:?}"),
                date => assert_eq!(found, Ok(date.parse().unwrap()), "{input:?}"),
            }
            n += 1;
        }
        assert!(n >= 60, "{n} cases");
    }

    #[test]
    fn other_orders_and_short_years_only_where_stated() {
        let dmy = DateRule { order: DateOrder::Dmy, ..DateRule::default() };
        let short = DateRule { two_digit_years: true, ..DateRule::default() };
        let date = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        assert_eq!(from_text("31/12/2010", &dmy), Ok(date(2010, 12, 31)));
        assert!(from_text("31/12/2010", &DateRule::default()).is_err());
        assert_eq!(from_text("'24.01.05", &short), Ok(date(2024, 1, 5)));
        assert!(from_text("'24.01.05", &DateRule::default()).is_err());
    }

    #[test]
    fn serials_honour_the_epoch_and_refuse_the_invented_day() {
        let date = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        assert_eq!(from_serial(45_296.0, false), Ok((date(2024, 1, 5), None)));
        assert_eq!(from_serial(43_834.5, true), Ok((date(2024, 1, 5), Some(720))));
        for serial in [60.0, -1.0, 0.5, 1e300, 2_958_466.0, f64::NAN, 100.0] {
            assert!(from_serial(serial, false).is_err(), "{serial}");
        }
        assert!(from_number(45_296.0, &DateRule::default()).is_err());
        assert_eq!(from_number(20_240_105.0, &DateRule::default()), Ok(date(2024, 1, 5)));
    }

    #[test]
    fn minutes() {
        assert_eq!(minute_from_text("21:35"), Ok(1_295));
        assert_eq!(minute_from_text("213507"), Ok(1_295));
        for text in ["24:00", "9시", "", "1:60"] {
            assert!(minute_from_text(text).is_err(), "{text}");
        }
    }
}
