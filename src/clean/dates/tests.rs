//! Dates: the labelled table, mutants of it against a second reader, rules, serials, minutes.

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;
use crate::clean::text::tests::{cases, mutated, promised};

const TABLE: &str = include_str!("../../../tests/fixtures/clean/dates.tsv");

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

#[test]
fn the_labelled_table_is_exact_or_quarantined() {
    let cases = cases(TABLE);
    let mut wrong = Vec::new();
    for (input, expected) in &cases {
        let found = from_text(input, &DateRule::default());
        let is_right = match *expected {
            "quarantine" => found.is_err(),
            date => found == Ok(date.parse().unwrap()),
        };
        if !is_right {
            wrong.push(format!("{input:?}: {found:?}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(cases.len() >= 300, "{} cases", cases.len());
}

#[test]
fn the_page_keeps_its_word() {
    let promises = promised(include_str!("../../../docs/inputs/dates.md"));
    assert!(promises.len() > 50, "{}", promises.len());
    for (cell, said) in promises {
        let expected = said.parse::<NaiveDate>().map_err(|_| said);
        assert_eq!(from_text(cell, &DateRule::default()), expected, "{cell}");
    }
}

/// The day that the digits of `text` spell, read without any knowledge of marks.
fn by_digits(text: &str) -> Option<NaiveDate> {
    let ascii = |c: char| match u32::from(c) {
        code @ 0xff10..=0xff19 => char::from_u32(code - 0xff10 + 48).unwrap(),
        _ => c,
    };
    let hidden =
        |c: &char| !matches!(u32::from(*c), 0 | 0xad | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060 | 0xfeff);
    let plain: String = text.chars().filter(hidden).map(ascii).collect();
    let groups: Vec<&str> = plain.split(|c: char| !c.is_ascii_digit()).filter(|g| !g.is_empty()).collect();
    let parts = match groups.as_slice() {
        [all, ..] if all.len() >= 8 => [&all[..4], &all[4..6], &all[6..8]],
        [a, b, c, ..] => [*a, *b, *c],
        _ => return None,
    };
    let [y, m, d] = parts.map(|part| part.parse::<u32>().unwrap());
    NaiveDate::from_ymd_opt(i32::try_from(y).unwrap(), m, d)
}

#[test]
fn no_mutant_is_read_as_another_day() {
    let cases = cases(TABLE);
    let alphabet: Vec<char> =
        "0123456789.-/ 년월일'()금월T:Z오전후~０１．－\u{200b}\u{a0},".chars().collect();
    let mut dice = Xoshiro256PlusPlus::seed_from_u64(11);
    let mut n_read = 0;
    for i in 0..30_000 {
        let mutant = mutated(&cases[i % cases.len()].0, &alphabet, &mut dice);
        if let Ok(found) = from_text(&mutant, &DateRule::default()) {
            n_read += 1;
            assert_eq!(Some(found), by_digits(&mutant), "{mutant:?}");
        }
    }
    assert!(n_read > 1_000, "{n_read}");
}

#[test]
fn other_orders_and_short_years_only_where_stated() {
    let ymd = DateRule::default();
    let dmy = DateRule { order: DateOrder::Dmy, ..DateRule::default() };
    let mdy = DateRule { order: DateOrder::Mdy, ..DateRule::default() };
    let short = |rule: &DateRule| DateRule { two_digit_years: true, ..rule.clone() };
    for (text, rule, expected) in [
        ("31/12/2010", &dmy, Ok(date(2010, 12, 31))),
        ("31.12.2010 09:00", &dmy, Ok(date(2010, 12, 31))),
        ("12/31/2010", &mdy, Ok(date(2010, 12, 31))),
        ("2010-12-31", &dmy, Ok(date(2010, 12, 31))),
        ("2010년 12월 31일", &mdy, Ok(date(2010, 12, 31))),
        ("31/12/2010", &ymd, Err(ORDER)),
        ("31/12/2010", &mdy, Err("없는 날짜입니다")),
        ("20101231", &dmy, Err(COMPACT)),
        ("31/12/10", &dmy, Err(SHORT_YEAR)),
        ("31/12/10", &short(&dmy), Ok(date(2010, 12, 31))),
        ("12/31/10", &short(&mdy), Ok(date(2010, 12, 31))),
        ("'24.01.05", &short(&ymd), Ok(date(2024, 1, 5))),
        ("’24. 1. 5.(금)", &short(&ymd), Ok(date(2024, 1, 5))),
        ("24년 1월 5일", &short(&ymd), Ok(date(2024, 1, 5))),
        ("24년 1월 5일", &short(&dmy), Ok(date(2024, 1, 5))),
        ("'24.01.05", &ymd, Err(SHORT_YEAR)),
        ("24년 1월 5일", &ymd, Err(SHORT_YEAR)),
        ("49-12-31", &short(&ymd), Ok(date(2049, 12, 31))),
        ("50-01-01", &short(&ymd), Err(CENTURY)),
        ("99.12.31", &short(&ymd), Err(CENTURY)),
        ("4/1/5", &short(&ymd), Err(NOT_A_DATE)),
        ("240105", &short(&ymd), Err(SIX_DIGITS)),
        ("24 01 05", &short(&ymd), Err(NOT_A_DATE)),
    ] {
        assert_eq!(from_text(text, rule), expected, "{text} {rule:?}");
    }
}

#[test]
fn refusals_say_why() {
    for (text, reason) in [
        (" ", "비어 있습니다"),
        ("2024-02-30", "없는 날짜입니다"),
        ("1989-12-31", "1990년부터 2100년까지만 읽습니다"),
        ("24/1/5", SHORT_YEAR),
        ("01/05/2024", ORDER),
        ("2024.01/05", MIXED),
        ("2024년 1-5", MIXED),
        ("2024-01", MISSING),
        ("1월 5일", MISSING),
        ("240105", SIX_DIGITS),
        ("2024-01-05 외", LEFT_OVER),
        ("2024-01-05(출장)", LEFT_OVER),
        ("2024.1.5 ~ 1.7", PERIOD),
        ("2024-01-05(목)", WEEKDAY),
        ("2024-01-05 25:00", "시각으로 읽을 수 없습니다"),
        ("2024-01-05T15:00:00Z", UTC),
        ("2024-01-05T09:00:00-05:00", "한국 시각이 아닌 시간대입니다"),
        ("단기 4357년 1월 5일", ERA),
        ("이천이십사년 일월 오일", NOT_A_DATE),
        ("약 2024-01-05", NOT_A_DATE),
        ("45296", NOT_A_DATE),
    ] {
        assert_eq!(from_text(text, &DateRule::default()), Err(reason), "{text}");
    }
}

#[test]
fn the_minute_is_offered_where_it_is_written() {
    let read = |text: &str| from_text_with_minute(text, &DateRule::default());
    for (text, minute) in [
        ("2024-01-05", None),
        ("2024-01-05 00:00:00", None),
        ("2024-01-05 00:00:30", Some(0)),
        ("2024-01-05 13:45:59", Some(825)),
        ("2024-01-05T13:45:07.999", Some(825)),
        ("2024. 1. 5.(금) 오후 1:45", Some(825)),
        ("2024-01-05 오전 12:10", Some(10)),
        ("2024-01-05 오후 12:10", Some(730)),
        ("2024-01-05 1:45 PM", Some(825)),
        ("2024년 1월 5일 13시 45분", Some(825)),
        ("2024-01-05 13시", Some(780)),
        ("20240105134500", Some(825)),
        ("202401051345", Some(825)),
        ("20240105000000", None),
        ("2024-01-05T13:45:00+09:00", Some(825)),
        ("2024-01-05T13:45:00Z", None),
    ] {
        assert_eq!(read(text), Ok((date(2024, 1, 5), minute)), "{text}");
    }
}

#[test]
fn the_fast_way_and_the_long_way_agree() {
    let mut dice = Xoshiro256PlusPlus::seed_from_u64(14);
    let alphabet: Vec<char> = "0123456789-./: T".chars().collect();
    let read = |text: &str| from_text_with_minute(text, &DateRule::default());
    for i in 0..20_000 {
        let cell = ["2024-01-05", "2024.01.05 13:45", "2024/01/05T13:45:07"][i % 3];
        let mutant = mutated(cell, &alphabet, &mut dice);
        // A leading space keeps the text off the fast way.
        assert_eq!(read(&mutant), read(&format!(" {mutant}")), "{mutant}");
    }
}

#[test]
fn serials_honour_the_epoch_and_refuse_the_invented_day() {
    assert_eq!(from_serial(45_296.0, false), Ok((date(2024, 1, 5), None)));
    assert_eq!(from_serial(43_834.5, true), Ok((date(2024, 1, 5), Some(720))));
    assert_eq!(from_serial(45_296.999_999_99, false), Ok((date(2024, 1, 5), Some(1_439))));
    // 21:35:40 is cut to its minute as in text.
    assert_eq!(from_serial(45_296.0 + 77_740.0 / 86_400.0, false), Ok((date(2024, 1, 5), Some(1_295))));
    assert_eq!(from_serial(60.0, false), Err("엑셀에만 있는 날짜(1900-02-29)입니다"));
    assert_eq!(from_serial(60.5, false), Err("엑셀에만 있는 날짜(1900-02-29)입니다"));
    for serial in [-1.0, -0.0, 0.0, 0.5, 1e300, 2_958_466.0, f64::NAN, f64::INFINITY, 100.0, 73_416.0] {
        assert!(from_serial(serial, false).is_err(), "{serial}");
    }
    assert_eq!(from_serial(32_874.0, false), Ok((date(1990, 1, 1), None)));
    assert_eq!(from_serial(73_415.0, false), Ok((date(2100, 12, 31), None)));
    assert!(from_serial(32_873.0, false).is_err());
}

#[test]
fn numbers_are_days_only_as_the_rule_says() {
    let serials = DateRule { serial_numbers: true, ..DateRule::default() };
    assert!(from_number(45_296.0, &DateRule::default()).is_err());
    assert_eq!(from_number(45_296.0, &serials), Ok(date(2024, 1, 5)));
    assert_eq!(from_text("45296", &serials), Ok(date(2024, 1, 5)));
    assert!(from_text("45296.5", &serials).is_err());
    assert!(from_text("99999", &serials).is_err());
    assert_eq!(from_number(20_240_105.0, &DateRule::default()), Ok(date(2024, 1, 5)));
    for number in [
        20_240_105.5,
        20_240_230.0,
        19_891_231.0,
        f64::NAN,
        f64::INFINITY,
        -20_240_105.0,
        0.0,
        240_105.0,
        1e300,
    ] {
        assert!(from_number(number, &serials).is_err(), "{number}");
    }
}

#[test]
fn minutes() {
    for (text, minute) in [
        ("21:35", 1_295),
        ("21:35:07", 1_295),
        ("21:35:59.9", 1_295),
        ("2135", 1_295),
        ("213507", 1_295),
        (" ２１：３５ ", 1_295),
        ("오후 9:35", 1_295),
        ("오후 9시 35분", 1_295),
        ("9:35 PM", 1_295),
        ("21시35분07초", 1_295),
        ("9시", 540),
        ("0:00", 0),
        ("0000", 0),
        ("오전 12:00", 0),
        ("오후 12:00", 720),
        ("오후 13:00", 780),
    ] {
        assert_eq!(minute_from_text(text), Ok(minute), "{text}");
    }
    for text in [
        "24:00",
        "",
        "1:60",
        "9",
        "930",
        "93000",
        "12345",
        "21:35:60",
        "21:3",
        "오전 13:00",
        "21:35Z",
        "21:35 외",
        "21.35",
        "-1:00",
        "9시반",
        "2460",
        "123:45",
        "오후",
        "점심",
    ] {
        assert_eq!(minute_from_text(text), Err("시각으로 읽을 수 없습니다"), "{text}");
    }
}
