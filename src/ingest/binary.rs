//! What the binary workbooks have in common: cells as calamine gives them, with what it may get wrong taken out.
//!
//! Comes in: calamine's values. Goes out: cells. Refuses: text that cannot have been written by anybody, which is what
//! a string read from the wrong place looks like.

use calamine::{Data, DataRef};

use super::calamine_cells::{damaged, date_cell, text_cell};
use super::{RawCell, RawRow};
use crate::error::Problem;

/// What stands in the place of a text that was read from the wrong place.
const GARBLED: &str = "깨진 글";
/// Characters in a row that chance does not put there.
const RUN: usize = 8;

/// Runs a parser that may panic on a damaged file, and makes that a verdict.
pub(super) fn guarded<T, E: std::fmt::Display>(parse: impl FnOnce() -> Result<T, E>) -> Result<T, Problem> {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(parse)) {
        Ok(result) => result.map_err(|e| damaged(&e.to_string())),
        Err(_) => Err(damaged("구조를 해석할 수 없음")),
    }
}

/// Puts `value` into `column`.
pub(super) fn put_owned(row: &mut RawRow, column: usize, value: &Data) -> Result<(), Problem> {
    match value {
        Data::Empty => Ok(()),
        Data::Int(number) => row.set(column, RawCell::Number(*number as f64)),
        Data::Float(number) => row.set(column, RawCell::Number(*number)),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
            row.set(column, checked(text))
        }
        Data::Bool(flag) => row.set(column, RawCell::Bool(*flag)),
        Data::DateTime(date) => row.set(column, date_cell(*date)),
        Data::Error(error) => row.set(column, RawCell::Error(&error.to_string())),
    }
}

/// Puts `value` into `column`.
pub(super) fn put(row: &mut RawRow, column: usize, value: &DataRef<'_>) -> Result<(), Problem> {
    match value {
        DataRef::Empty => Ok(()),
        DataRef::Int(number) => row.set(column, RawCell::Number(*number as f64)),
        DataRef::Float(number) => row.set(column, RawCell::Number(*number)),
        DataRef::String(text) => row.set(column, checked(text)),
        DataRef::SharedString(text) => row.set(column, checked(text)),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => row.set(column, checked(text)),
        DataRef::Bool(flag) => row.set(column, RawCell::Bool(*flag)),
        DataRef::DateTime(date) => row.set(column, date_cell(*date)),
        DataRef::Error(error) => row.set(column, RawCell::Error(&error.to_string())),
    }
}

fn checked(text: &str) -> RawCell<'_> {
    match text {
        "" => RawCell::Empty,
        text if is_garbled(text) => RawCell::Error(GARBLED),
        text => text_cell(text),
    }
}

/// Whether `text` holds characters that nobody writes, or whose halves are the characters of another text: single-byte
/// text read two bytes at a time, or UTF-16 read from the middle of a character.
pub(super) fn is_garbled(text: &str) -> bool {
    if text.is_ascii() {
        return text.bytes().any(|b| b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0B));
    }
    let mut n_pairs = 0;
    let mut n_shifted = 0;
    let mut n_foreign = 0;
    for c in text.chars() {
        let code = u32::from(c);
        let is_private = (0xE000..=0xF8FF).contains(&code) || code > 0xF_0000;
        let is_control =
            code < 0x20 && !matches!(c, '\t' | '\n' | '\r' | '\x0B') || (0x80..0xA0).contains(&code);
        if is_private || is_control || c == '\u{FFFD}' || code & 0xFFFE == 0xFFFE {
            return true;
        }
        let (high, low) = (code >> 8, code & 0xFF);
        let is_pair = (0x20..0x7F).contains(&high) && (0x20..0x7F).contains(&low);
        n_pairs = if is_pair { n_pairs + 1 } else { 0 };
        let is_shifted = (0xAC..=0xD7).contains(&low);
        n_shifted = if is_shifted { n_shifted + 1 } else { 0 };
        let is_foreign = is_shifted && !(0xAC..=0xD7).contains(&high);
        n_foreign = if is_shifted { n_foreign + usize::from(is_foreign) } else { 0 };
        if n_pairs >= RUN || (n_shifted >= RUN && n_foreign * 2 >= n_shifted) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::is_garbled;

    #[test]
    fn text_read_from_the_wrong_place_is_noticed_and_office_text_is_not() {
        let packed: String = "payment description"
            .as_bytes()
            .chunks_exact(2)
            .filter_map(|two| char::from_u32(u32::from(two[1]) << 8 | u32::from(two[0])))
            .collect();
        let korean: Vec<u8> =
            "총무과사무용품구입대금지급".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let shifted: String = korean[1..]
            .chunks_exact(2)
            .filter_map(|two| char::from_u32(u32::from(two[1]) << 8 | u32::from(two[0])))
            .collect();
        for text in [&packed, &shifted, "총무과\0", "\u{E123}", "깨\u{FFFD}진", "\u{1}", "\u{85}가"] {
            assert!(is_garbled(text), "{text:?}");
        }
        for text in [
            "총무과 사무용품 구입",
            "大韓民國 監査院 會計檢査 豫算執行 決算報告書",
            "Öffentliche Straße",
            "줄\n바꿈\t탭",
            "△1,234 ₩ ㈜한국 ①②③ ★",
            "똠방각하",
            "",
        ] {
            assert!(!is_garbled(text), "{text:?}");
        }
    }
}
