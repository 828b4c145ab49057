//! Times of day and weekdays behind a date.
//!
//! Comes in: `13:45:07`, `오후 1시 45분`, `1:45 PM`, `134507`, `(금)`. Goes out: seconds of the day; whether it is UTC.
//! Refuses: hours above 23, 오전 with an hour above 12, other time zones than Korea's and UTC.

use chrono::Weekday;

use super::scan::Scan;
use crate::clean::text::{half_width, tidy_cow};

const NOT_A_TIME: &str = "시각으로 읽을 수 없습니다";
const ZONE: &str = "한국 시각이 아닌 시간대입니다";

const MORNING: &[&str] = &["오전", "am", "a.m."];
const AFTERNOON: &[&str] = &["오후", "pm", "p.m."];

/// A time as written.
pub(super) struct Clock {
    pub(super) seconds: i64,
    pub(super) is_utc: bool,
}

/// The minute of the day written as `21:35`, `21:35:07`, `오후 9시 35분`, `2135` or `213507`; seconds are cut off.
pub fn minute_from_text(text: &str) -> Result<i64, &'static str> {
    let tidied = tidy_cow(text);
    let shaped: String = tidied.chars().map(half_width).collect();
    let mut scan = Scan::new(&shaped);
    let digits = scan.digits();
    let found = if scan.rest().is_empty() && matches!(digits.len(), 4 | 6) {
        let second = if digits.len() == 6 { &digits[4..] } else { "0" };
        seconds(&digits[..2], &digits[2..4], second, None)?
    } else {
        scan = Scan::new(&shaped);
        let clock = read(&mut scan)?;
        if clock.is_utc || !scan.rest().is_empty() {
            return Err(NOT_A_TIME);
        }
        clock.seconds
    };
    Ok(found / 60)
}

/// Whether `text` begins as a time does.
pub(super) fn starts(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) || half(&mut Scan::new(text)).is_some()
}

/// Takes a weekday, bracketed or parted from what is before it; whether it is `wanted`, or none is there.
pub(super) fn weekday_fits(scan: &mut Scan<'_>, is_parted: bool, wanted: Weekday) -> bool {
    let before = scan.rest();
    let close =
        [('(', ')'), ('[', ']')].into_iter().find(|(open, _)| scan.eat(*open)).map(|(_, close)| close);
    let found = if close.is_some() || is_parted { weekday(scan) } else { None };
    match found {
        Some(day) if close.is_none_or(|close| scan.eat_after_spaces(close)) => {
            scan.spaces();
            day == wanted
        }
        _ => {
            *scan = Scan::new(before);
            true
        }
    }
}

fn weekday(scan: &mut Scan<'_>) -> Option<Weekday> {
    const KOREAN: &[&str] = &["월", "화", "수", "목", "금", "토", "일"];
    const HANJA: &[&str] = &["月", "火", "水", "木", "金", "土", "日"];
    const ENGLISH: &[&str] = &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    const SHORT: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    scan.spaces();
    let found = [KOREAN, HANJA].into_iter().find_map(|names| scan.word(names));
    let index = match found {
        Some(index) => {
            scan.word(&["요일", "曜日", "曜일"]);
            index
        }
        None => [ENGLISH, SHORT].into_iter().find_map(|names| scan.word(names))?,
    };
    let is_whole = !scan.rest().starts_with(|c: char| c.is_alphanumeric());
    is_whole.then_some(())?;
    u8::try_from(index).ok().and_then(|index| Weekday::try_from(index).ok())
}

/// The time at the start of `scan`, with its zone.
pub(super) fn read(scan: &mut Scan<'_>) -> Result<Clock, &'static str> {
    let mut is_afternoon = half(scan);
    scan.spaces();
    let hour = scan.digits();
    let minute;
    let mut second = "0";
    if scan.eat(':') {
        minute = two(scan)?;
        if scan.eat(':') {
            second = two(scan)?;
            if (scan.eat('.') || scan.eat(',')) && scan.digits().is_empty() {
                return Err(NOT_A_TIME);
            }
        }
    } else if scan.eat_after_spaces('시') {
        scan.spaces();
        minute = named(scan, '분')?;
        scan.spaces();
        second = named(scan, '초')?;
    } else {
        return Err(NOT_A_TIME);
    }
    if is_afternoon.is_none() {
        scan.spaces();
        is_afternoon = [MORNING, AFTERNOON]
            .into_iter()
            .position(|words| scan.word(&words[1..]).is_some())
            .map(|i| i == 1);
    }
    let is_utc = zone(scan)?;
    Ok(Clock { seconds: seconds(hour, minute, second, is_afternoon)?, is_utc })
}

/// Takes 오전 or 오후; whether it is the second half of the day.
fn half(scan: &mut Scan<'_>) -> Option<bool> {
    [MORNING, AFTERNOON].into_iter().position(|words| scan.word(words).is_some()).map(|i| i == 1)
}

fn two<'a>(scan: &mut Scan<'a>) -> Result<&'a str, &'static str> {
    let digits = scan.digits();
    if digits.len() == 2 { Ok(digits) } else { Err(NOT_A_TIME) }
}

/// `45분`, or zero where there are no digits.
fn named<'a>(scan: &mut Scan<'a>, unit: char) -> Result<&'a str, &'static str> {
    match scan.digits() {
        "" => Ok("0"),
        digits if scan.eat_after_spaces(unit) => Ok(digits),
        _ => Err(NOT_A_TIME),
    }
}

/// Takes a zone; whether it is UTC and not Korea's.
fn zone(scan: &mut Scan<'_>) -> Result<bool, &'static str> {
    let before = scan.rest();
    scan.spaces();
    if scan.word(&["kst", "+09:00", "+0900"]).is_some() {
        return Ok(false);
    }
    if scan.word(&["utc", "gmt", "z", "+00:00", "+0000", "-00:00"]).is_some() {
        return Ok(true);
    }
    if scan.rest().starts_with(['+', '-']) {
        return Err(ZONE);
    }
    *scan = Scan::new(before);
    Ok(false)
}

fn seconds(hour: &str, minute: &str, second: &str, is_afternoon: Option<bool>) -> Result<i64, &'static str> {
    let parse = |part: &str| match part.len() {
        1..=2 => part.parse::<i64>().map_err(|_| NOT_A_TIME),
        _ => Err(NOT_A_TIME),
    };
    let (hour, minute, second) = (parse(hour)?, parse(minute)?, parse(second)?);
    let hour = match (is_afternoon, hour) {
        (Some(true), 0..12) => hour + 12,
        (Some(false), 12) => 0,
        (Some(false), 13..) => return Err(NOT_A_TIME),
        _ => hour,
    };
    let is_time = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second);
    if is_time { Ok(hour * 3_600 + minute * 60 + second) } else { Err(NOT_A_TIME) }
}
