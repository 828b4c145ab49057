//! Amounts: every Korean spelling, exactly, or the reason why not.
//!
//! Comes in: the text or number of a cell. Goes out: minor units.
//! Refuses: fractions of a minor unit, more than one sign, marks of another currency, a unit in the cell that is not the
//! table's, wrong grouping, anything left over after the known symbols.

use std::borrow::Cow;

use super::mapping::AmountRule;
use super::text::{half_width, tidy_cow};

mod marks;
mod words;

use marks::Marks;

/// Numbers with more digits were already damaged by the spreadsheet.
const EXACT_MAX: f64 = 1e15;

/// Binary noise of sums stays far below this part of a minor unit; a real fraction is far above.
const NOISE: f64 = 1e-6;

const TOO_LARGE: &str = "금액이 너무 큽니다";
const FRACTION: &str = "통화의 최소 단위보다 작은 소수가 있습니다";
const SEVERAL_LINES: &str = "한 칸에 여러 줄이 있어 금액을 하나로 정할 수 없습니다";
const NO_DIGITS: &str = "숫자가 없습니다";
const GROUPING: &str = "천 단위 구분이 맞지 않습니다";
const OTHER: &str = "숫자가 아닌 글자가 있습니다";
const PERCENT: &str = "비율은 금액이 아닙니다";
const EXPONENT: &str = "지수로 쓴 수는 읽지 않습니다";
const ERROR_VALUE: &str = "오류 값입니다";
const UNIT_CONFLICT: &str = "칸에 적힌 단위가 표의 단위와 다릅니다";

/// Minor units written as `text`, in units of `factor` won.
pub fn from_text(text: &str, rule: &AmountRule, minor_digits: u8, factor: i64) -> Result<i64, &'static str> {
    if !rule.decimal_comma
        && let Some(whole) = plain(unmarked(text, minor_digits, factor).as_bytes())
    {
        let scaled = i128::from(whole) * scale(minor_digits, factor)?;
        return fit(scaled);
    }
    if text.trim().contains(['\n', '\r']) {
        return Err(SEVERAL_LINES);
    }
    let tidied = tidy_cow(text);
    let shaped = if tidied.is_ascii() { tidied } else { Cow::Owned(tidied.chars().map(shape).collect()) };
    let found = marks::strip(&shaped, rule)?;
    found.check_currency(minor_digits)?;
    let magnitude = if words::is_words(found.body) {
        in_words(&found, factor)?
    } else {
        if found.has_won && factor != 1 {
            return Err(UNIT_CONFLICT);
        }
        let Decimal { digits, places } = decimal(found.body, rule.decimal_comma)?;
        exact(i128::from(digits) * scale(minor_digits, factor)?, places)?
    };
    fit(if found.is_negative { -magnitude } else { magnitude })
}

/// Minor units of a number cell.
#[expect(clippy::cast_possible_truncation, reason = "whole and below 1e15, checked first")]
pub fn from_number(number: f64, minor_digits: u8, factor: i64) -> Result<i64, &'static str> {
    if !number.is_finite() {
        return Err("유한한 수가 아닙니다");
    }
    if number.abs() >= EXACT_MAX {
        return Err("15자리를 넘는 수는 엑셀에서 이미 손상되었습니다");
    }
    let scale = scale(minor_digits, factor)?;
    if number.fract() == 0.0 {
        return fit(i128::from(number as i64) * scale);
    }
    // Where a short decimal has exactly this binary form, it is that decimal.
    let short = number * scale as f64;
    if short.abs() < EXACT_MAX && is_same(short.round() / scale as f64, number) {
        return Ok(short.round() as i64);
    }
    // A spreadsheet keeps 15 digits; what is beyond them is noise of the binary form.
    let Decimal { digits, places } = fifteen_digits(number).ok_or(FRACTION)?;
    let scaled = i128::from(digits) * scale;
    let divisor = 10_i128.checked_pow(places).ok_or(FRACTION)?;
    let whole = (scaled + scaled.signum() * (divisor / 2)) / divisor;
    let beyond = (scaled - whole * divisor) as f64 / divisor as f64;
    if beyond.abs() > NOISE { Err(FRACTION) } else { fit(whole) }
}

fn is_same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits()
}

/// `digits` with the last `places` of them behind the point.
struct Decimal {
    digits: i64,
    places: u32,
}

/// The 15 significant digits of `number`.
fn fifteen_digits(number: f64) -> Option<Decimal> {
    let written = format!("{number:.14e}");
    let (mantissa, exponent) = written.split_once('e')?;
    let exponent: i32 = exponent.parse().ok()?;
    let digits: i64 = mantissa.replace('.', "").parse().ok()?;
    // Below 1e-20 of a unit there is nothing but noise.
    match u32::try_from(14 - exponent).ok()? {
        places if places <= 34 => Some(Decimal { digits, places }),
        _ => Some(Decimal { digits: 0, places: 0 }),
    }
}

/// Minor units in one written unit.
fn scale(minor_digits: u8, factor: i64) -> Result<i128, &'static str> {
    let minor = 10_i128.checked_pow(u32::from(minor_digits));
    minor.and_then(|minor| minor.checked_mul(i128::from(factor))).ok_or(TOO_LARGE)
}

/// `value` without its last `places` decimals, which must be zeros.
fn exact(value: i128, places: u32) -> Result<i128, &'static str> {
    let divisor = 10_i128.checked_pow(places).ok_or(FRACTION)?;
    if value % divisor == 0 { Ok(value / divisor) } else { Err(FRACTION) }
}

/// An amount and its opposite must both exist.
fn fit(value: i128) -> Result<i64, &'static str> {
    i64::try_from(value).ok().filter(|value| *value != i64::MIN).ok_or(TOO_LARGE)
}

/// `text` without `₩` in front or `원` behind, where these say no more than the mapping and the table do.
fn unmarked(text: &str, minor_digits: u8, factor: i64) -> &str {
    if minor_digits != 0 || factor != 1 {
        return text;
    }
    let text = text.strip_prefix('₩').unwrap_or(text);
    text.strip_suffix('원').unwrap_or(text)
}

/// `1234000` and `1,234,000`, also with `-` in front: the spellings of nearly every cell.
fn plain(bytes: &[u8]) -> Option<i64> {
    let (unsigned, is_negative) = match bytes {
        [b'-', rest @ ..] => (rest, true),
        rest => (rest, false),
    };
    if unsigned.is_empty() || unsigned.len() > 18 {
        return None;
    }
    let mut value: i64 = 0;
    let mut in_group = 0;
    let mut is_grouped = false;
    for byte in unsigned {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            value = value * 10 + i64::from(digit);
            in_group += 1;
        } else if *byte == b',' && (if is_grouped { in_group == 3 } else { (1..=3).contains(&in_group) }) {
            is_grouped = true;
            in_group = 0;
        } else {
            return None;
        }
    }
    let is_whole = !is_grouped || (in_group == 3 && unsigned[0] != b'0');
    is_whole.then_some(if is_negative { -value } else { value })
}

/// Full-width characters as ASCII, everything that looks like a minus as `-`, `￦` as `₩`, white triangles as `△`.
fn shape(c: char) -> char {
    match half_width(c) {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => '-',
        '￦' => '₩',
        '∆' | 'Δ' | '▵' => '△',
        '▴' => '▲',
        c => c,
    }
}

/// `1억 2천만` in won. Such a number says its own unit, so the table's must be won or the same.
fn in_words(found: &Marks<'_>, factor: i64) -> Result<i128, &'static str> {
    let words = words::read(found.body)?;
    if !found.has_won {
        return Err("‘원’이 없어 금액인지 알 수 없습니다");
    }
    if factor == 1 || words.unit == Some(factor) { Ok(words.won) } else { Err(UNIT_CONFLICT) }
}

/// Digits with correct grouping, and how many of them are decimals.
fn decimal(text: &str, decimal_comma: bool) -> Result<Decimal, &'static str> {
    let (comma, point) = if decimal_comma { ('.', ',') } else { (',', '.') };
    let (whole, fraction) = match text.split_once(point) {
        Some((_, "")) => return Err("소수점 뒤에 숫자가 없습니다"),
        Some(parts) => parts,
        None => (text, ""),
    };
    let group = if whole.contains(' ') { ' ' } else { comma };
    if let Some(other) = text.chars().find(|c| !c.is_ascii_digit() && ![group, point].contains(c)) {
        return Err(stranger(text, other, [comma, ' ']));
    }
    if whole.is_empty() {
        return Err(NO_DIGITS);
    }
    let mut parts = whole.split(group);
    let first = parts.next().unwrap_or_default();
    let mut is_grouped = true;
    let mut n_parts = 1;
    for part in parts {
        n_parts += 1;
        is_grouped &= part.len() == 3;
    }
    if n_parts > 1 && !(is_grouped && (1..=3).contains(&first.len()) && !first.starts_with('0')) {
        return Err(GROUPING);
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.contains([point, group]) {
        return Err(GROUPING);
    }
    let mut digits: i64 = 0;
    for c in whole.chars().chain(fraction.chars()).filter(|c| *c != group) {
        let digit = c.to_digit(10).ok_or(OTHER)?;
        let next = digits.checked_mul(10).and_then(|d| d.checked_add(i64::from(digit)));
        digits = next.ok_or(TOO_LARGE)?;
    }
    let places = u32::try_from(fraction.len()).map_err(|_| FRACTION)?;
    Ok(Decimal { digits, places })
}

/// Why `other` may not stand in the number `text`.
fn stranger(text: &str, other: char, groups: [char; 2]) -> &'static str {
    let has_digits = text.contains(|c: char| c.is_ascii_digit());
    let is_exponent = matches!(other, 'e' | 'E') && text.starts_with(|c: char| c.is_ascii_digit());
    match other {
        '#' => ERROR_VALUE,
        '%' | '‰' if has_digits => PERCENT,
        _ if is_exponent => EXPONENT,
        _ if !has_digits => NO_DIGITS,
        _ if groups.contains(&other) => GROUPING,
        _ => OTHER,
    }
}

#[cfg(test)]
mod tests;
