//! Amounts: the labelled table, mutants of it against a second reader, units, currencies, number cells.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;
use crate::clean::text::tests::{cases, mutated, promised};

const TABLE: &str = include_str!("../../../tests/fixtures/clean/amounts.tsv");

fn won(text: &str) -> Result<i64, &'static str> {
    from_text(text, &AmountRule::default(), 0, 1)
}

#[test]
fn the_labelled_table_is_exact_or_quarantined() {
    let cases = cases(TABLE);
    let mut wrong = Vec::new();
    for (input, expected) in &cases {
        let found = won(input);
        let is_right = match *expected {
            "quarantine" => found.is_err(),
            amount => found == Ok(amount.parse().unwrap()),
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
    let page = include_str!("../../../docs/inputs/amounts.md");
    let (read, rest) = page.split_once("## Units").unwrap();
    let promises = [promised(read), promised(rest.split_once("## Kept aside").unwrap().1)].concat();
    assert!(promises.len() > 60, "{}", promises.len());
    for (cell, said) in promises {
        assert_eq!(won(cell), said.parse::<i64>().map_err(|_| said), "{cell}");
    }
}

/// Digits of `text` in order, numerals and full-width digits as ASCII, without what follows a point; whether it has
/// number words.
fn digits_of(text: &str) -> (String, bool) {
    let mut out = String::new();
    let mut in_words = false;
    let mut in_fraction = false;
    for c in text.chars() {
        let numeral = |row: &str| row.chars().position(|x| x == c).map(|i| u32::try_from(i).unwrap() + 1);
        let digit = match u32::from(c) {
            code @ 0xff10..=0xff19 => Some(code - 0xff10),
            _ => c.to_digit(10),
        };
        let written = numeral("일이삼사오육칠팔구")
            .or_else(|| numeral("一二三四五六七八九"))
            .or_else(|| numeral("壹貳參肆伍陸柒捌玖"));
        in_words |= written.is_some() || "십백천만억조十百千萬億拾佰仟阡万".contains(c);
        in_fraction = match c {
            '.' | '．' => true,
            _ if digit.is_some() => in_fraction,
            '\u{200b}' | '\u{ad}' => in_fraction,
            _ => false,
        };
        if let Some(digit) = digit.or(written)
            && !(in_fraction && digit == 0)
        {
            out.push(char::from_digit(digit, 10).unwrap());
        }
    }
    (out, in_words)
}

#[test]
fn no_mutant_is_read_as_another_amount() {
    let cases = cases(TABLE);
    let alphabet: Vec<char> =
        "0123456789,. -()원정금△▲₩\\만천억백일이%eE+$０，．－\u{200b}\u{a0}".chars().collect();
    let mut dice = Xoshiro256PlusPlus::seed_from_u64(12);
    let mut n_read = 0;
    for i in 0..30_000 {
        let mutant = mutated(&cases[i % cases.len()].0, &alphabet, &mut dice);
        let Ok(found) = won(&mutant) else { continue };
        n_read += 1;
        let text = mutant.trim_start().trim_start_matches(['-', '△']).trim_start().replacen("일금", "", 1);
        let (digits, in_words) = digits_of(&text);
        let magnitude = found.unsigned_abs().to_string();
        if in_words {
            let nonzero = |text: &str| text.replace('0', "");
            let (read, written) = (nonzero(&magnitude), nonzero(&digits));
            // 백 alone is 1백: the value may have ones that the text leaves out.
            let is_implied = read.replace('1', "") == written.replace('1', "");
            assert!(read == written || is_implied, "{mutant:?} gave {found}");
        } else {
            let written = digits.trim_start_matches('0');
            assert_eq!(magnitude.trim_start_matches('0'), written, "{mutant:?} gave {found}");
        }
        let minus = |c: &char| "-－−–—‐‑―﹣△▲∆Δ▵▴(（".contains(*c);
        let n_signs = mutant.chars().filter(minus).count();
        assert_eq!(found < 0, n_signs == 1 && found != 0, "{mutant:?} gave {found}");
    }
    assert!(n_read > 1_000, "{n_read}");
}

#[test]
fn refusals_say_why() {
    for (text, reason) in [
        ("", NO_DIGITS),
        ("-", NO_DIGITS),
        ("원", NO_DIGITS),
        ("NaN", NO_DIGITS),
        ("--500", "음수 표시가 두 개 이상입니다"),
        ("-(500)", "음수 표시가 두 개 이상입니다"),
        ("△1 (500)", "괄호가 맞지 않습니다"),
        ("(500", "괄호가 맞지 않습니다"),
        ("[500]", "둥근 괄호가 아닌 괄호의 뜻은 정해져 있지 않습니다"),
        ("1,234,000 -", "끝의 ‘-’가 음수인지 맺음표인지 알 수 없습니다"),
        ("금 1,000원-", "끝의 ‘-’가 음수인지 맺음표인지 알 수 없습니다"),
        ("+500", "‘+’가 붙은 수는 증감인지 금액인지 알 수 없습니다"),
        ("▽500", "▽와 ▼의 뜻은 정해져 있지 않습니다"),
        ("$100", "통화 표시가 매핑의 통화와 다릅니다"),
        ("1234.5", FRACTION),
        ("12,34", GROUPING),
        ("12 34", GROUPING),
        ("1, 234", GROUPING),
        ("0,123", GROUPING),
        ("1.", "소수점 뒤에 숫자가 없습니다"),
        ("1e3", EXPONENT),
        ("100%", PERCENT),
        ("#DIV/0!", ERROR_VALUE),
        ("1,000외", OTHER),
        ("9223372036854775808", TOO_LARGE),
        ("9223372036854775807만원", TOO_LARGE),
        ("1억5천원", "한글 수사가 섞인 금액을 한 가지로 읽을 수 없습니다"),
        ("천원", "한글 수사가 섞인 금액을 한 가지로 읽을 수 없습니다"),
        ("3만", "‘원’이 없어 금액인지 알 수 없습니다"),
    ] {
        assert_eq!(won(text), Err(reason), "{text}");
    }
    let rule = AmountRule { filled_triangle_is_minus: false, ..AmountRule::default() };
    assert_eq!(from_text("▲500", &rule, 0, 1), Err("▲의 뜻이 매핑에 정해져 있지 않습니다"));
    assert_eq!(from_text("△500", &rule, 0, 1), Ok(-500));
}

#[test]
fn decimal_comma_and_cents() {
    let comma = AmountRule { decimal_comma: true, ..AmountRule::default() };
    let point = AmountRule::default();
    for (text, rule, expected) in [
        ("$1.083,65", &comma, Ok(108_365)),
        ("$3,6", &comma, Ok(360)),
        ("-$12,00", &comma, Ok(-1_200)),
        ("1.234.567,89", &comma, Ok(123_456_789)),
        ("1234", &comma, Ok(123_400)),
        ("1.234", &comma, Ok(123_400)),
        ("1,234", &comma, Err(FRACTION)),
        ("$1,083.65", &comma, Err(GROUPING)),
        ("$1,083.65", &point, Ok(108_365)),
        ("USD 3.6", &point, Ok(360)),
        ("1 083.65", &point, Ok(108_365)),
        ("12", &point, Ok(1_200)),
        ("-1,200", &point, Ok(-120_000)),
        ("0.005", &point, Err(FRACTION)),
        ("₩1,234", &point, Err("통화 표시가 매핑의 통화와 다릅니다")),
        ("1,234원", &point, Err("통화 표시가 매핑의 통화와 다릅니다")),
        ("3만원", &point, Err("통화 표시가 매핑의 통화와 다릅니다")),
    ] {
        assert_eq!(from_text(text, rule, 2, 1), expected, "{text}");
    }
}

#[test]
fn the_unit_multiplies_and_does_not_contradict_the_cell() {
    for (text, factor, expected) in [
        ("1,234", 1_000, Ok(1_234_000)),
        ("1,234.5", 1_000, Ok(1_234_500)),
        ("1,234.567", 1_000, Ok(1_234_567)),
        ("1,234.5678", 1_000, Err(FRACTION)),
        ("0.5", 1_000, Ok(500)),
        ("△0.5", 1_000_000, Ok(-500_000)),
        ("₩1,234", 1_000, Ok(1_234_000)),
        ("1,234원", 1_000, Err(UNIT_CONFLICT)),
        ("금 1,234원정", 1_000, Err(UNIT_CONFLICT)),
        ("1,234천원", 1_000, Ok(1_234_000)),
        ("1,234천원", 1_000_000, Err(UNIT_CONFLICT)),
        ("1억2천만원", 1_000, Err(UNIT_CONFLICT)),
        ("9,223,372,036,854,775", 1_000, Ok(9_223_372_036_854_775_000)),
        ("9,223,372,036,854,776", 1_000, Err(TOO_LARGE)),
        ("99999999999999999", i64::MAX, Err(TOO_LARGE)),
        // Its opposite would not exist.
        ("-4,611,686,018,427,387,904", 2, Err(TOO_LARGE)),
    ] {
        assert_eq!(from_text(text, &AmountRule::default(), 0, factor), expected, "{text} × {factor}");
    }
}

#[test]
fn numbers_are_whole_minor_units_or_refused() {
    for (number, minor_digits, factor, expected) in [
        (1_234_000.0, 0, 1, Ok(1_234_000)),
        (-0.0, 0, 1, Ok(0)),
        (-500.0, 0, 1, Ok(-500)),
        (12.34, 2, 1, Ok(1_234)),
        (-12.34, 2, 1, Ok(-1_234)),
        (0.1 + 0.2, 2, 1, Ok(30)),
        (1.15 * 100.0, 0, 1, Ok(115)),
        (1_234_567.890_000_000_2, 2, 1, Ok(123_456_789)),
        (4.35, 2, 1, Ok(435)),
        (1_234.5, 0, 1_000, Ok(1_234_500)),
        (0.001, 0, 1_000, Ok(1)),
        (0.0001, 0, 1_000, Err(FRACTION)),
        (999_999_999_999_999.0, 0, 1, Ok(999_999_999_999_999)),
        (1_234_567_890_123.0, 0, 1_000, Ok(1_234_567_890_123_000)),
        (999_999_999_999_999.0, 0, 100_000, Err(TOO_LARGE)),
        (1e15, 0, 1, Err("15자리를 넘는 수는 엑셀에서 이미 손상되었습니다")),
        (9_007_199_254_740_993.0, 0, 1, Err("15자리를 넘는 수는 엑셀에서 이미 손상되었습니다")),
        (1e300, 0, 1, Err("15자리를 넘는 수는 엑셀에서 이미 손상되었습니다")),
        (0.5, 0, 1, Err(FRACTION)),
        (1_234.000_1, 0, 1, Err(FRACTION)),
        (99_999_999_999_999.5, 0, 1, Err(FRACTION)),
        (f64::MIN_POSITIVE, 0, 1, Ok(0)),
        (f64::NAN, 0, 1, Err("유한한 수가 아닙니다")),
        (f64::INFINITY, 0, 1, Err("유한한 수가 아닙니다")),
        (f64::NEG_INFINITY, 0, 1, Err("유한한 수가 아닙니다")),
    ] {
        assert_eq!(from_number(number, minor_digits, factor), expected, "{number} × {factor}");
    }
}

#[test]
fn the_fast_way_and_the_long_way_agree() {
    let mut dice = Xoshiro256PlusPlus::seed_from_u64(13);
    let alphabet: Vec<char> = "0123456789,,,-".chars().collect();
    for _ in 0..20_000 {
        let mutant = mutated(&mutated("1,234,567", &alphabet, &mut dice), &alphabet, &mut dice);
        let mutant = match dice.gen_range(0..3) {
            0 => format!("{mutant}원"),
            1 => format!("₩{mutant}"),
            _ => mutant,
        };
        // A leading space keeps the text off the fast way.
        assert_eq!(won(&mutant), won(&format!(" {mutant}")), "{mutant}");
    }
}
