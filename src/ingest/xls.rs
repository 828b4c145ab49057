//! xls, the binary format of Excel 97 to 2003.
//!
//! Comes in: bytes of an OLE file. Goes out: sheets with merges and dates marked.
//! Refuses: what calamine cannot open. It may also panic or abort on a damaged file: the child process is there for that.

use std::io::Cursor;

use calamine::{Data, Reader};

use super::xlsx::{damaged, date_cell, text_cell, worksheets};
use super::{Contents, RawCell, RawRow, RawSheet, SourceFormat, holds_utf16, limits};
use crate::error::Problem;

pub(super) struct Xls;

impl SourceFormat for Xls {
    fn id(&self) -> &'static str {
        "xls"
    }

    fn label_ko(&self) -> &'static str {
        "엑셀 97-2003(xls)"
    }

    fn matches(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(limits::OLE_MAGIC) && (holds_utf16(bytes, "Workbook") || holds_utf16(bytes, "Book"))
    }

    fn read(&self, bytes: &[u8]) -> Result<Contents, Problem> {
        let mut book: calamine::Xls<_> =
            calamine::Xls::new(Cursor::new(bytes)).map_err(|e| damaged(&e.to_string()))?;
        let listed = worksheets(book.sheets_metadata());
        let mut sheets = Vec::new();
        for (name, hidden) in listed {
            let range = book.worksheet_range(&name).map_err(|e| damaged(&e.to_string()))?;
            let merges = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
            let merges = merges.iter().map(|m| (m.start.0 + 1, m.start.1, m.end.0 + 1, m.end.1)).collect();
            let (first_row, first_column) = range.start().unwrap_or_default();
            let mut rows = Vec::new();
            for (offset, cells) in range.rows().enumerate() {
                let mut converted = vec![RawCell::Empty; first_column as usize];
                converted.extend(cells.iter().map(convert));
                let number = first_row + u32::try_from(offset).unwrap_or(u32::MAX) + 1;
                rows.push(RawRow { number, cells: converted, damage: None });
            }
            rows.retain(|row| row.cells.iter().any(|cell| !cell.is_blank()));
            sheets.push(RawSheet { name, hidden, rows, merges });
        }
        Ok(Contents { sheets, encoding: "" })
    }
}

fn convert(value: &Data) -> RawCell {
    match value {
        Data::Empty => RawCell::Empty,
        Data::Int(number) => RawCell::Number(*number as f64),
        Data::Float(number) => RawCell::Number(*number),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text_cell(text),
        Data::Bool(flag) => RawCell::Bool(*flag),
        Data::DateTime(date) => date_cell(*date),
        Data::Error(error) => RawCell::Error(error.to_string()),
    }
}
