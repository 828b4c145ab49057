//! Dates: every Korean spelling, exactly, or the reason why not.
//!
//! Comes in: the text or serial of a cell. Goes out: a day from 1990 to 2100, and the minute where one is written.
//! Refuses: days that do not exist, two-digit years and orders the mapping does not state, mixed separators, a weekday
//! of another day, eras, times whose day in Korea is unknown, serial 60 (the day that Excel invented).

use std::borrow::Cow;

use chrono::{Datelike, Days, NaiveDate};

use super::mapping::{DateOrder, DateRule};
use super::text::{half_width, tidy_cow};

mod clock;
mod scan;

pub use clock::minute_from_text;

use scan::Scan;

const NOT_A_DATE: &str = "날짜로 읽을 수 없습니다";
const MISSING: &str = "연·월·일 가운데 빠진 부분이 있습니다";
const MIXED: &str = "날짜의 구분 기호가 서로 다릅니다";
const LEFT_OVER: &str = "날짜 뒤에 읽을 수 없는 글자가 있습니다";
const SIX_DIGITS: &str = "여섯 자리 숫자는 연월인지 연월일인지 알 수 없습니다";
const COMPACT: &str = "구분 기호 없는 날짜는 연월일 순서일 때만 읽습니다";
const SHORT_YEAR: &str = "두 자리 연도는 매핑에서 허용할 때만 읽습니다";
const CENTURY: &str = "두 자리 연도 50~99는 어느 세기인지 알 수 없습니다";
const ORDER: &str = "연월일 순서가 매핑과 다릅니다";
const PERIOD: &str = "기간은 하루로 읽을 수 없습니다";
const ERA: &str = "연호나 단기·서기로 쓴 날짜는 읽지 않습니다";
const WEEKDAY: &str = "요일이 날짜와 맞지 않습니다";
const UTC: &str = "UTC 시각이라 한국 날짜가 다를 수 있습니다";

/// The day written as `text`.
pub fn from_text(text: &str, rule: &DateRule) -> Result<NaiveDate, &'static str> {
    from_text_with_minute(text, rule).map(|(date, _)| date)
}

/// The day written as `text`, and the minute of the day where a time other than midnight follows.
pub fn from_text_with_minute(text: &str, rule: &DateRule) -> Result<(NaiveDate, Option<i64>), &'static str> {
    if let Some(([year, month, day], time)) = plain(text.as_bytes())
        && let Some(seconds) = plain_time(time)
    {
        let date = day_of(year, month, day)?;
        return Ok((date, (seconds > 0).then_some(seconds / 60)));
    }
    let tidied = tidy_cow(text);
    let shaped = shape(&tidied);
    let mut scan = Scan::new(shaped.trim_start());
    if scan.rest().is_empty() {
        return Err("비어 있습니다");
    }
    scan.eat('\'');
    scan.spaces();
    let (date, attached) = written_day(&mut scan, rule)?;
    let is_parted = scan.spaces() | scan.eat('.') | scan.spaces();
    if !clock::weekday_fits(&mut scan, is_parted, date.weekday()) {
        return Err(WEEKDAY);
    }
    let minute = if scan.rest().is_empty() { attached } else { written_minute(&mut scan)? };
    scan.spaces();
    if scan.rest().is_empty() { Ok((date, minute)) } else { Err(left_over(scan.rest())) }
}

/// The day of an Excel serial, and the minute of the day where it has a fraction.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "range checked first")]
pub fn from_serial(serial: f64, is_1904: bool) -> Result<(NaiveDate, Option<i64>), &'static str> {
    if !serial.is_finite() || !(1.0..2_958_466.0).contains(&serial) {
        return Err("엑셀 날짜의 범위를 벗어났습니다");
    }
    let whole = serial.floor();
    if !is_1904 && whole as u64 == 60 {
        return Err("엑셀에만 있는 날짜(1900-02-29)입니다");
    }
    let epoch =
        if is_1904 { NaiveDate::from_ymd_opt(1904, 1, 1) } else { NaiveDate::from_ymd_opt(1899, 12, 30) };
    let date = epoch.and_then(|epoch| epoch.checked_add_days(Days::new(whole as u64))).ok_or(NOT_A_DATE)?;
    // The last half second of a day stays in that day: the day is what was stored.
    let seconds = (((serial - whole) * 86_400.0).round() as i64).min(86_399);
    in_range(date).map(|date| (date, (seconds > 0).then_some(seconds / 60)))
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

/// `2024-01-05`, `2024.01.05` and `2024/01/05`, the spellings of nearly every cell, and what follows.
fn plain(bytes: &[u8]) -> Option<([i32; 3], &[u8])> {
    let [y1, y2, y3, y4, s1, m1, m2, s2, d1, d2, ref rest @ ..] = *bytes else { return None };
    if s1 != s2 || !matches!(s1, b'-' | b'.' | b'/') {
        return None;
    }
    let year = pair(y1, y2)? * 100 + pair(y3, y4)?;
    Some(([year, pair(m1, m2)?, pair(d1, d2)?], rest))
}

/// Seconds of ` 13:45`, ` 13:45:07`, `T13:45:07` or of nothing.
fn plain_time(bytes: &[u8]) -> Option<i64> {
    let (hour, minute, second) = match *bytes {
        [] => (0, 0, 0),
        [b' ' | b'T', h1, h2, b':', m1, m2] => (pair(h1, h2)?, pair(m1, m2)?, 0),
        [b' ' | b'T', h1, h2, b':', m1, m2, b':', s1, s2] => (pair(h1, h2)?, pair(m1, m2)?, pair(s1, s2)?),
        _ => return None,
    };
    let is_time = hour < 24 && minute < 60 && second < 60;
    is_time.then_some(i64::from(hour * 3_600 + minute * 60 + second))
}

/// The number of two ASCII digits.
fn pair(tens: u8, ones: u8) -> Option<i32> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens <= 9 && ones <= 9).then_some(i32::from(tens) * 10 + i32::from(ones))
}

/// Full-width characters as ASCII; dashes as `-`, middle dots as `.`, quotes as `'`, Hanja of dates as Hangul.
fn shape(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| c.is_ascii() || ('가'..='힣').contains(&c)) {
        return Cow::Borrowed(text);
    }
    let shaped = text.chars().map(|c| match half_width(c) {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => '-',
        '·' | '․' | 'ㆍ' | '・' | '･' | '∙' | '⋅' | '。' | '｡' => '.',
        '‘' | '’' | '′' => '\'',
        '〔' | '［' => '[',
        '〕' | '］' => ']',
        '年' => '년',
        '月' => '월',
        '日' => '일',
        '∼' | '〜' => '~',
        c => c,
    });
    Cow::Owned(shaped.collect())
}

/// What stands between two groups of digits.
#[derive(Clone, Copy, PartialEq)]
enum Between {
    Mark(char),
    Year,
    Month,
    Space,
}

fn between(scan: &mut Scan<'_>) -> Option<Between> {
    let spaced = scan.spaces();
    let found = match scan.rest().chars().next() {
        Some(mark @ ('-' | '.' | '/')) => Some((mark, Between::Mark(mark))),
        Some('년') => Some(('년', Between::Year)),
        Some('월') => Some(('월', Between::Month)),
        _ => None,
    };
    match found {
        Some((c, between)) => {
            scan.eat(c);
            scan.spaces();
            Some(between)
        }
        None => spaced.then_some(Between::Space),
    }
}

/// The day at the start of `scan`, and the minute where the digits go on into a time.
fn written_day(scan: &mut Scan<'_>, rule: &DateRule) -> Result<(NaiveDate, Option<i64>), &'static str> {
    let whole = scan.rest();
    let a = scan.digits();
    match a.len() {
        8 | 12 | 14 => return compact(a, rule),
        5 if rule.serial_numbers && scan.rest().is_empty() => {
            return from_number(f64::from(number(a)?), rule).map(|date| (date, None));
        }
        6 if scan.rest().is_empty() => return Err(SIX_DIGITS),
        1 | 2 | 4 => {}
        _ => return Err(refusal(whole)),
    }
    let (first, b) = (between(scan), scan.digits());
    let second = if b.is_empty() { None } else { between(scan) };
    let c = scan.digits();
    let (Some(first), Some(second)) = (first, second) else { return Err(refusal(whole)) };
    if c.is_empty() || !(1..=2).contains(&b.len()) {
        return Err(refusal(whole));
    }
    let date = match (first, second) {
        (Between::Year, Between::Month) => {
            scan.eat_after_spaces('일');
            named_parts(a, b, c, rule)
        }
        (Between::Mark(_), Between::Mark(_)) if first == second => parts(a, b, c, rule),
        (Between::Space, Between::Space) if a.len() == 4 => parts(a, b, c, rule),
        (Between::Space, _) | (_, Between::Space) => Err(NOT_A_DATE),
        _ => Err(MIXED),
    };
    date.map(|date| (date, None))
}

/// `20240105`, also with the time attached: `202401051345`, `20240105134500`.
fn compact(digits: &str, rule: &DateRule) -> Result<(NaiveDate, Option<i64>), &'static str> {
    if rule.order != DateOrder::Ymd {
        return Err(COMPACT);
    }
    let date = day_of(number(&digits[..4])?, number(&digits[4..6])?, number(&digits[6..8])?)?;
    let time = &digits[8..];
    if time.bytes().all(|b| b == b'0') {
        return Ok((date, None));
    }
    minute_from_text(time).map(|minute| (date, Some(minute)))
}

/// Parts that their words name: the order is written.
fn named_parts(year: &str, month: &str, day: &str, rule: &DateRule) -> Result<NaiveDate, &'static str> {
    match (year.len(), day.len()) {
        (4, 1..=2) => day_of(number(year)?, number(month)?, number(day)?),
        (2, 1..=2) => day_of(short_year(year, rule)?, number(month)?, number(day)?),
        _ => Err(NOT_A_DATE),
    }
}

/// Parts between marks: a four-digit number in front is the year, everything else is as the mapping says.
fn parts(a: &str, b: &str, c: &str, rule: &DateRule) -> Result<NaiveDate, &'static str> {
    match (a.len(), c.len(), rule.order) {
        (4, 1..=2, _) => day_of(number(a)?, number(b)?, number(c)?),
        (1..=2, 4, DateOrder::Dmy) => day_of(number(c)?, number(b)?, number(a)?),
        (1..=2, 4, DateOrder::Mdy) => day_of(number(c)?, number(a)?, number(b)?),
        (1..=2, 4, DateOrder::Ymd) => Err(ORDER),
        (2, 1..=2, DateOrder::Ymd) => day_of(short_year(a, rule)?, number(b)?, number(c)?),
        (1..=2, 2, DateOrder::Dmy) => day_of(short_year(c, rule)?, number(b)?, number(a)?),
        (1..=2, 2, DateOrder::Mdy) => day_of(short_year(c, rule)?, number(a)?, number(b)?),
        _ => Err(NOT_A_DATE),
    }
}

fn short_year(text: &str, rule: &DateRule) -> Result<i32, &'static str> {
    match number(text)? {
        _ if !rule.two_digit_years => Err(SHORT_YEAR),
        year @ 0..50 => Ok(2000 + year),
        _ => Err(CENTURY),
    }
}

/// The minute after the day; midnight is what exports print where they know no time.
fn written_minute(scan: &mut Scan<'_>) -> Result<Option<i64>, &'static str> {
    let is_marked = scan.eat('T') || scan.eat('t');
    if !is_marked && !clock::starts(scan.rest()) {
        return Err(left_over(scan.rest()));
    }
    let found = clock::read(scan)?;
    if !found.is_utc {
        return Ok((found.seconds > 0).then_some(found.seconds / 60));
    }
    // From 15:00 UTC on it is the next day in Korea; midnight UTC may be a bare day, so the minute is unknown.
    if found.seconds < 15 * 3_600 { Ok(None) } else { Err(UTC) }
}

/// Why `text` is no day at all.
fn refusal(text: &str) -> &'static str {
    let eras = [
        "단기",
        "서기",
        "檀紀",
        "西紀",
        "令和",
        "平成",
        "昭和",
        "레이와",
        "헤이세이",
        "쇼와",
        "民國",
        "민국",
    ];
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let is_part = |c: char| c.is_ascii_digit() || c.is_whitespace() || "-./년월일".contains(c);
    if eras.iter().any(|era| text.contains(era)) {
        ERA
    } else if text.contains('~') && digits > 2 {
        PERIOD
    } else if text.chars().all(is_part) && (1..8).contains(&digits) && (digits < text.len() || digits == 4) {
        MISSING
    } else {
        NOT_A_DATE
    }
}

fn left_over(rest: &str) -> &'static str {
    if rest.starts_with('~') { PERIOD } else { LEFT_OVER }
}

fn number(text: &str) -> Result<i32, &'static str> {
    text.parse().map_err(|_| NOT_A_DATE)
}

fn day_of(year: i32, month: i32, day: i32) -> Result<NaiveDate, &'static str> {
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
mod tests;
