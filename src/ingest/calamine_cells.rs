//! Cells and sheets as calamine gives them, for the formats it reads for us.
//!
//! Comes in: calamine's values. Goes out: ours.
//! Refuses: text longer than a cell may be, which becomes an error cell.

use std::collections::BTreeSet;

use calamine::{ExcelDateTime, ExcelDateTimeType, SheetType, SheetVisible};

use super::{Merge, RawCell, limits};
use crate::error::Problem;

pub(super) fn merge(m: &calamine::Dimensions) -> Merge {
    Merge { first_row: m.start.0 + 1, first_column: m.start.1, last_row: m.end.0 + 1, last_column: m.end.1 }
}

/// Names of the worksheets, and whether each is hidden.
pub(super) fn worksheets(sheets: &[calamine::Sheet]) -> Vec<(String, bool)> {
    let listed = sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    listed.map(|sheet| (sheet.name.clone(), sheet.visible != SheetVisible::Visible)).collect()
}

/// Refuses a book with two sheets of one name: calamine is asked by name, and one would be read twice, the other never.
pub(super) fn names_differ(listed: &[(String, bool)]) -> Result<(), Problem> {
    let names: BTreeSet<&str> = listed.iter().map(|(name, _)| name.as_str()).collect();
    if names.len() < listed.len() {
        let hint = "시트의 이름을 서로 다르게 바꾸어 다시 저장하세요.";
        return Err(Problem::new("", "같은 이름의 시트가 둘 이상", "이름이 서로 다른 시트", hint));
    }
    Ok(())
}

/// Text, or an error where it is longer than Excel itself allows.
pub(super) fn text_cell(text: &str) -> RawCell<'_> {
    match text.len() > limits::CELL_CHARS_MAX && text.chars().count() > limits::CELL_CHARS_MAX {
        true => RawCell::Error("32,767자를 넘는 글"),
        false => RawCell::Text(text),
    }
}

/// A date with the epoch it counts from: the value equals its rebuilt self only with the right flag.
pub(super) fn date_cell(date: ExcelDateTime) -> RawCell<'static> {
    let kind = if date.is_duration() { ExcelDateTimeType::TimeDelta } else { ExcelDateTimeType::DateTime };
    let is_1904 = date != ExcelDateTime::new(date.as_f64(), kind, false);
    RawCell::DateSerial { serial: date.as_f64(), is_1904 }
}

pub(super) fn damaged(detail: &str) -> Problem {
    let hint = "엑셀에서 열리는지 확인하고 다시 저장하거나 다시 내려받으세요.";
    Problem::new("", format!("손상된 엑셀 파일 ({detail})"), "온전한 엑셀 파일", hint)
}
