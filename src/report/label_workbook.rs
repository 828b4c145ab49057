//! Labels as a workbook to fill in and to import again.
//!
//! Comes in: header and rows of text. Goes out: XLSX bytes, equal for equal input.
//! Refuses: formulas.

use chrono::{DateTime, Utc};
use rust_xlsxwriter::XlsxError;

use super::book::{Book, Value};
use crate::ledger::Currency;

/// Columns whose cells are wide.
const WIDE: [&str; 3] = ["파일", "사유", "탐지"];

/// The workbook, its creation date `created`.
pub fn render(
    header: &[&str],
    rows: &[Vec<String>],
    created: DateTime<Utc>,
    currency: &Currency,
) -> Result<Vec<u8>, XlsxError> {
    let mut book = Book::new("검토 결과", created, currency)?;
    let width = |name: &str| if WIDE.contains(&name) { 30.0 } else { 13.0 };
    let columns: Vec<(&str, f64)> = header.iter().map(|name| (*name, width(name))).collect();
    let cells = |row: &Vec<String>| row.iter().map(|cell| Value::from(cell.as_str())).collect();
    book.table("검토 결과", &columns, rows.iter().map(cells))?;
    book.finish()
}
