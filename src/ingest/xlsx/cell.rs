//! One cell: where it stands and what its text means.
//!
//! Comes in: the attributes and the text of a cell. Goes out: a value in its row.
//! Refuses: a place that no sheet has. A value that cannot be used becomes an error cell with the reason.

use super::book::Shared;
use super::number::{self, Unusable};
use super::strings::{self, is_too_long};
use super::styles::Showing;
use super::xml;
use crate::error::Problem;
use crate::ingest::{RawCell, RawRow};

/// Rows and columns of the largest sheet.
pub(super) const ROW_MAX: u32 = 1_048_576;
const COLUMN_MAX: u32 = 16_384;

pub(super) const NO_VALUE: &str = "저장된 값이 없는 수식";
pub(super) const TWO_VALUES: &str = "값이 둘인 칸";
const LOST_DIGITS: &str = "15자리를 넘어 손상된 수";
const NOT_A_NUMBER: &str = "수로 읽을 수 없는 값";
const TOO_LARGE: &str = "범위를 벗어난 수";
const TOO_LONG: &str = "32,767자를 넘는 글";
const UNKNOWN_STRING: &str = "공유 문자열 표에 없는 번호";
const NOT_A_BOOL: &str = "참·거짓으로 읽을 수 없는 값";
const UNKNOWN_ERROR: &str = "종류를 알 수 없는 오류";
const UNKNOWN_KIND: &str = "종류를 알 수 없는 칸";

/// What a cell says of itself.
#[derive(Clone, Copy, Default)]
pub(super) struct Tag<'a> {
    /// `r`: its place, empty where it follows from the cell before.
    pub(super) place: &'a str,
    /// `s`: the index of its style.
    pub(super) style: &'a str,
    /// `t`: the kind of its value.
    pub(super) kind: &'a str,
}

/// Row from 1 and column from 0 of `A1`.
pub(super) fn place(text: &str) -> Option<(u32, u32)> {
    let bytes = text.as_bytes();
    let letters = bytes.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let digits = &bytes[letters..];
    if !(1..=3).contains(&letters) || !(1..=7).contains(&digits.len()) {
        return None;
    }
    let mut column = 0;
    for letter in &bytes[..letters] {
        column = column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1;
    }
    let mut row = 0;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        row = row * 10 + u32::from(digit - b'0');
    }
    ((1..=ROW_MAX).contains(&row) && column <= COLUMN_MAX).then(|| (row, column - 1))
}

/// Puts the value that `text` is for a cell of this tag into `column`. Empty text of a number or shared string is
/// no value and sets nothing.
pub(super) fn put(
    row: &mut RawRow,
    column: usize,
    tag: &Tag<'_>,
    text: &str,
    shared: &Shared,
) -> Result<(), Problem> {
    if tag.kind == "str" || tag.kind == "inlineStr" {
        return put_text(row, column, &xml::unescape_units(text));
    }
    let text = xml::trim(text);
    if text.is_empty() && tag.kind != "e" {
        return Ok(());
    }
    let cell = match tag.kind {
        "s" => shared_string(text, shared),
        "" | "n" => number_cell(text, tag.style, shared),
        "b" => match text {
            "1" => RawCell::Bool(true),
            "0" => RawCell::Bool(false),
            _ if text.eq_ignore_ascii_case("true") => RawCell::Bool(true),
            _ if text.eq_ignore_ascii_case("false") => RawCell::Bool(false),
            _ => RawCell::Error(NOT_A_BOOL),
        },
        "e" if text.is_empty() => RawCell::Error(UNKNOWN_ERROR),
        "e" if is_too_long(text) => RawCell::Error(TOO_LONG),
        "e" => RawCell::Error(text),
        "d" => text_cell(text),
        _ => RawCell::Error(UNKNOWN_KIND),
    };
    row.set(column, cell)
}

/// Puts text as it is into `column`.
pub(super) fn put_text(row: &mut RawRow, column: usize, text: &str) -> Result<(), Problem> {
    row.set(column, text_cell(text))
}

fn text_cell(text: &str) -> RawCell<'_> {
    if is_too_long(text) { RawCell::Error(TOO_LONG) } else { RawCell::Text(text) }
}

fn shared_string<'s>(text: &str, shared: &'s Shared) -> RawCell<'s> {
    match index(text).map(|index| shared.strings.get(index)) {
        Some(strings::Shared::Text(text)) => RawCell::Text(text),
        Some(strings::Shared::TooLong) => RawCell::Error(TOO_LONG),
        Some(strings::Shared::Unknown) | None => RawCell::Error(UNKNOWN_STRING),
    }
}

/// A number of digits only; no digits are zero.
fn index(text: &str) -> Option<usize> {
    let mut index: usize = 0;
    for byte in text.bytes() {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        index = index.checked_mul(10)?.checked_add(usize::from(digit))?;
    }
    Some(index)
}

fn number_cell(text: &str, style: &str, shared: &Shared) -> RawCell<'static> {
    match number::parse(text) {
        Ok(number) => match showing(style, shared) {
            Showing::Date => RawCell::DateSerial { serial: number, is_1904: shared.is_1904 },
            Showing::Amount => RawCell::Number(number),
            Showing::Other(words) => RawCell::Error(words),
        },
        Err(Unusable::NotANumber) => RawCell::Error(NOT_A_NUMBER),
        Err(Unusable::TooLarge) => RawCell::Error(TOO_LARGE),
        Err(Unusable::Damaged) => RawCell::Error(LOST_DIGITS),
    }
}

/// A cell without a style has the first one.
fn showing(style: &str, shared: &Shared) -> Showing {
    index(style).map(|index| shared.styles.showing(index)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_a_sheet() {
        for (text, expected) in [
            ("A1", Some((1, 0))),
            ("Z9", Some((9, 25))),
            ("AA10", Some((10, 26))),
            ("b2", Some((2, 1))),
            ("XFD1048576", Some((1_048_576, 16_383))),
            ("XFE1", None),
            ("A1048577", None),
            ("A0", None),
            ("A", None),
            ("1", None),
            ("", None),
            ("AAAA1", None),
            ("A-1", None),
            ("$A$1", None),
            ("A99999999", None),
            ("가1", None),
        ] {
            assert_eq!(place(text), expected, "{text}");
        }
    }

    #[test]
    fn every_kind_has_its_value_or_the_reason() {
        let shared = Shared::default();
        for (kind, text, expected) in [
            ("", " 12 ", RawCell::Number(12.0)),
            ("n", "abc", RawCell::Error(NOT_A_NUMBER)),
            ("n", "1e999", RawCell::Error(TOO_LARGE)),
            ("", "9007199254740993", RawCell::Error(LOST_DIGITS)),
            ("", "", RawCell::Empty),
            ("s", "", RawCell::Empty),
            ("s", "0", RawCell::Error(UNKNOWN_STRING)),
            ("s", "+0", RawCell::Error(UNKNOWN_STRING)),
            ("str", " a ", RawCell::Text(" a ")),
            ("b", "1", RawCell::Bool(true)),
            ("b", "FALSE", RawCell::Bool(false)),
            ("b", "2", RawCell::Error(NOT_A_BOOL)),
            ("e", "#REF!", RawCell::Error("#REF!")),
            ("e", "", RawCell::Error(UNKNOWN_ERROR)),
            ("d", "2024-01-05T00:00:00", RawCell::Text("2024-01-05T00:00:00")),
            ("x", "1", RawCell::Error(UNKNOWN_KIND)),
        ] {
            let mut row = RawRow::new(1);
            put(&mut row, 0, &Tag { kind, ..Tag::default() }, text, &shared).unwrap();
            assert_eq!(row.cell(0), expected, "{kind} {text}");
        }
    }
}
