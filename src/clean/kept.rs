//! Rows kept aside, as a person mends them: which, why, and under which headers.
//!
//! Comes in: the rows a file's reading kept aside. Goes out: tables of their cells as found, and the places of the rows.
//! Refuses: to show a resident or card number; they are masked here too.

use std::collections::BTreeSet;

use polars::prelude::DataFrame;

use super::mask;
use super::sink::{KeptRow, LedgerSink};
use crate::error::Problem;
use crate::ingest::{RawCell, RawRow};

/// Header over the reason.
pub const REASON: &str = "사유";
/// Header over the name of the column at fault.
pub const COLUMN: &str = "문제 열";
/// Header over the name of the file the row came from.
pub const ORIGIN_SOURCE: &str = "원본 파일";
/// Header over its sheet.
pub const ORIGIN_SHEET: &str = "원본 시트";
/// Header over its row number.
pub const ORIGIN_ROW: &str = "원본 행";
/// Header over the SHA-256 of its bytes.
pub const ORIGIN_SHA256: &str = "원본 SHA-256";

/// A cell to be mended.
#[derive(Clone, Debug, PartialEq)]
pub enum KeptCell {
    /// Nothing there.
    Empty,
    /// Text, or the words of an error.
    Text(String),
    /// A number cell.
    Number(f64),
    /// A date cell, in days since 1899-12-30.
    Date(f64),
}

/// A row to be mended.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptLine {
    /// Row number in the original.
    pub row: i64,
    /// Its cells.
    pub cells: Vec<KeptCell>,
    /// Column at fault, from 0; `None` for the whole row.
    pub at: Option<usize>,
    /// Name of that column.
    pub column: String,
    /// Why.
    pub reason: String,
}

/// Rows of one sheet that stand under the same headers.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptTable {
    /// Sheet.
    pub sheet: String,
    /// Headers as the mapping finds them.
    pub headers: Vec<String>,
    /// Minor units in one written unit.
    pub factor: i64,
    /// The rows.
    pub lines: Vec<KeptLine>,
}

/// Collects rows kept aside; clean rows are thrown away.
#[derive(Clone, Debug, Default)]
pub struct KeptRows {
    /// Tables in the order of the file.
    pub tables: Vec<KeptTable>,
}

impl LedgerSink for KeptRows {
    fn rows(&mut self, _batch: DataFrame) -> Result<(), Problem> {
        Ok(())
    }

    fn kept(&mut self, kept: KeptRow<'_>) -> Result<(), Problem> {
        let line = KeptLine {
            row: i64::from(kept.row.number),
            cells: cells(kept.row, kept.amounts, kept.accounts),
            at: kept.at,
            column: kept.column.to_owned(),
            reason: kept.reason.to_owned(),
        };
        let same = |table: &&mut KeptTable| {
            table.sheet == kept.sheet && table.factor == kept.factor && table.headers == kept.headers
        };
        match self.tables.iter_mut().find(same) {
            Some(table) => table.lines.push(line),
            None => self.tables.push(KeptTable {
                sheet: kept.sheet.to_owned(),
                headers: kept.headers.to_vec(),
                factor: kept.factor,
                lines: vec![line],
            }),
        }
        Ok(())
    }
}

/// Collects only the places of rows kept aside.
#[derive(Clone, Debug, Default)]
pub struct KeptPlaces {
    /// Sheet and row.
    pub places: BTreeSet<(String, i64)>,
}

impl LedgerSink for KeptPlaces {
    fn rows(&mut self, _batch: DataFrame) -> Result<(), Problem> {
        Ok(())
    }

    fn kept(&mut self, kept: KeptRow<'_>) -> Result<(), Problem> {
        self.places.insert((kept.sheet.to_owned(), i64::from(kept.row.number)));
        Ok(())
    }
}

/// Days between the epochs of 1904 and 1900.
const DAYS_TO_1904: f64 = 1_462.0;

/// Cells as found. An amount may have as many digits as a card number and stays; an account is masked as it would be
/// loaded, so that a row put back later names the same one.
fn cells(row: &RawRow, amounts: &[usize], accounts: &[usize]) -> Vec<KeptCell> {
    let account =
        |text: &str| KeptCell::Text(mask::account(text).unwrap_or_else(|| mask::hidden_account(text)));
    let cell = |(i, cell): (usize, RawCell<'_>)| match cell {
        RawCell::Empty => KeptCell::Empty,
        RawCell::Text(text) | RawCell::Error(text) if accounts.contains(&i) => account(text),
        RawCell::Number(number) if accounts.contains(&i) => account(&number.to_string()),
        RawCell::Text(text) | RawCell::Error(text) if amounts.contains(&i) => KeptCell::Text(text.to_owned()),
        RawCell::Text(text) | RawCell::Error(text) => KeptCell::Text(mask::text(text).into_owned()),
        RawCell::Bool(flag) => KeptCell::Text(if flag { "TRUE" } else { "FALSE" }.to_owned()),
        RawCell::Number(number) if amounts.contains(&i) => KeptCell::Number(number),
        RawCell::Number(number) => {
            let shown = number.to_string();
            let masked = mask::text(&shown);
            if masked == shown { KeptCell::Number(number) } else { KeptCell::Text(masked.into_owned()) }
        }
        RawCell::DateSerial { serial, is_1904 } => {
            KeptCell::Date(if is_1904 { serial + DAYS_TO_1904 } else { serial })
        }
    };
    row.cells().enumerate().map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stay_as_found_but_for_personal_numbers() {
        let mut row = RawRow::new(7);
        for cell in [
            RawCell::Text("2024-02-30"),
            RawCell::Text("홍길동 900101-1234567"),
            RawCell::Number(9_001_011_234_567.0),
            RawCell::Text("1234567890123456"),
            RawCell::Number(1_234.5),
            RawCell::DateSerial { serial: 10.0, is_1904: true },
        ] {
            row.push(cell).unwrap();
        }
        let text = |text: &str| KeptCell::Text(text.to_owned());
        assert_eq!(
            cells(&row, &[3, 4], &[]),
            [
                text("2024-02-30"),
                text("홍길동 900101-*******"),
                text("900101*******"),
                text("1234567890123456"),
                KeptCell::Number(1_234.5),
                KeptCell::Date(1_472.0),
            ]
        );
        assert_eq!(cells(&row, &[], &[])[3], text("1234-********-3456"));
        // printf 1234567890123456 | sha256sum, printf 9001011234567 | sha256sum
        let accounts = cells(&row, &[], &[0, 2, 3]);
        assert_eq!(accounts[2..4], [text("****4567#e9f1172072"), text("****3456#7a51d064a1")]);
        assert_eq!(accounts[0], text("****0230#fa1b8e790c"));
    }
}
