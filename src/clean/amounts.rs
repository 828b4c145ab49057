//! Amounts: every Korean spelling, exactly, or the reason why not.
//!
//! Comes in: the text or number of a cell. Goes out: minor units.
//! Refuses: floats that are not whole minor units, more than one sign, anything left over after the known symbols.

use super::mapping::AmountRule;
use super::text::narrow;

/// Numbers with more digits were already damaged by the spreadsheet.
const EXACT_MAX: f64 = 1e15;

/// Minor units written as `text`, in units of `factor` won.
pub fn from_text(text: &str, rule: &AmountRule, minor_digits: u8, factor: i64) -> Result<i64, &'static str> {
    let spaced_dash = text.trim_end().ends_with(" -");
    let narrowed = narrow(text);
    let (unsigned, negative) = sign(&narrowed, rule)?;
    let body = currency(unsigned);
    if spaced_dash || (body.len() != unsigned.len() && narrowed.ends_with('-')) {
        return Err("끝의 ‘-’가 음수인지 맺음표인지 알 수 없습니다");
    }
    let magnitude = digits(body, rule.decimal_comma, minor_digits)?;
    let scaled = magnitude.checked_mul(factor).ok_or("금액이 너무 큽니다")?;
    Ok(if negative { -scaled } else { scaled })
}

/// Minor units of a number cell.
#[expect(clippy::cast_possible_truncation, reason = "whole and below 1e15, checked first")]
pub fn from_number(number: f64, minor_digits: u8, factor: i64) -> Result<i64, &'static str> {
    if !number.is_finite() {
        return Err("유한한 수가 아닙니다");
    }
    let scaled = number * 10_f64.powi(i32::from(minor_digits)) * factor as f64;
    if scaled.abs() >= EXACT_MAX {
        return Err("15자리를 넘는 수는 엑셀에서 이미 손상되었습니다");
    }
    let whole = scaled.round();
    // Binary fractions of cents are off by far less than this; a real fraction of a won is far more.
    if (scaled - whole).abs() > 1e-4 {
        return Err("통화의 최소 단위보다 작은 소수가 있습니다");
    }
    Ok(whole as i64)
}

/// Takes off the one sign an amount may have.
fn sign<'a>(text: &'a str, rule: &AmountRule) -> Result<(&'a str, bool), &'static str> {
    let mut body = text;
    let mut signs = 0;
    if let Some(inner) = body.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        body = inner;
        signs += 1;
    }
    let money = |c: char| matches!(c, '₩' | '\\' | '$' | '￦');
    let unmarked = body.trim_start_matches(money);
    for minus in ['-', '−', '–', '△', '▲'] {
        if let Some(rest) = unmarked.strip_prefix(minus) {
            if minus == '▲' && !rule.filled_triangle_is_minus {
                return Err("▲의 뜻이 매핑에 정해져 있지 않습니다");
            }
            body = rest;
            signs += 1;
            break;
        }
    }
    if let Some(rest) = body.strip_suffix('-') {
        body = rest;
        signs += 1;
    }
    if signs > 1 { Err("음수 표시가 두 개 이상입니다") } else { Ok((body, signs == 1)) }
}

/// Takes off the known currency marks: `₩ ￦ \ $` and `금` before, `원정`, `원`, `정` after.
fn currency(text: &str) -> &str {
    let body = text.strip_prefix('금').unwrap_or(text);
    let body = ['₩', '￦', '\\', '$'].into_iter().find_map(|mark| body.strip_prefix(mark)).unwrap_or(body);
    ["원정", "원", "정"].into_iter().find_map(|end| body.strip_suffix(end)).unwrap_or(body)
}

/// Digits with correct grouping and no more decimals than the currency has.
fn digits(text: &str, decimal_comma: bool, minor_digits: u8) -> Result<i64, &'static str> {
    let (group, point) = if decimal_comma { ('.', ',') } else { (',', '.') };
    let (whole, fraction) = text.split_once(point).unwrap_or((text, ""));
    if whole.is_empty() {
        return Err("숫자가 없습니다");
    }
    let parts: Vec<&str> = whole.split(group).collect();
    let grouped = parts.len() == 1
        || (parts[0].len() <= 3 && !parts[0].is_empty() && parts[1..].iter().all(|part| part.len() == 3));
    if !grouped {
        return Err("천 단위 구분이 맞지 않습니다");
    }
    let width = usize::from(minor_digits);
    let (kept, beyond) = fraction.split_at_checked(width).unwrap_or((fraction, ""));
    if beyond.chars().any(|c| c != '0') {
        return Err("통화의 최소 단위보다 작은 소수가 있습니다");
    }
    let mut value: i64 = 0;
    let padding = std::iter::repeat_n('0', width - kept.len());
    for c in parts.into_iter().flat_map(str::chars).chain(kept.chars()).chain(padding) {
        let digit = c.to_digit(10).ok_or("숫자가 아닌 글자가 있습니다")?;
        let next = value.checked_mul(10).and_then(|v| v.checked_add(i64::from(digit)));
        value = next.ok_or("금액이 너무 큽니다")?;
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_labelled_table_is_exact_or_quarantined() {
        let table = include_str!("../../tests/fixtures/clean/amounts.tsv");
        let mut n = 0;
        for line in table.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let (input, expected) = line.rsplit_once('\t').unwrap();
            let input = input.strip_prefix('|').unwrap().strip_suffix('|').unwrap();
            let found = from_text(input, &AmountRule::default(), 0, 1);
            match expected {
                "quarantine" => assert!(found.is_err(), "{input:?} gave {found:?}"),
                amount => assert_eq!(found, Ok(amount.parse().unwrap()), "{input:?}"),
            }
            n += 1;
        }
        assert!(n >= 60, "{n} cases");
    }

    #[test]
    fn decimal_comma_and_cents() {
        let rule = AmountRule { decimal_comma: true, ..AmountRule::default() };
        assert_eq!(from_text("$1.083,65", &rule, 2, 1), Ok(108_365));
        assert_eq!(from_text("$3,6", &rule, 2, 1), Ok(360));
        assert_eq!(from_text("-$12,00", &rule, 2, 1), Ok(-1_200));
        assert!(from_text("$1,083.65", &rule, 2, 1).is_err());
    }

    #[test]
    fn numbers_are_whole_minor_units_or_refused() {
        assert_eq!(from_number(1_234_000.0, 0, 1), Ok(1_234_000));
        assert_eq!(from_number(12.34, 2, 1), Ok(1_234));
        assert_eq!(from_number(1_234.5, 0, 1_000), Ok(1_234_500));
        for number in [0.5, f64::NAN, f64::INFINITY, 9_007_199_254_740_993.0] {
            assert!(from_number(number, 0, 1).is_err(), "{number}");
        }
    }

    #[test]
    fn the_unit_multiplies() {
        assert_eq!(from_text("1,234", &AmountRule::default(), 0, 1_000), Ok(1_234_000));
    }
}
