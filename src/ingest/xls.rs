//! xls, the binary format of Excel 97 to 2003.
//!
//! Comes in: bytes of an OLE file. Goes out: sheets with merges and dates marked.
//! Refuses: what calamine cannot open. It may also panic or abort on a damaged file: the child process is there for that.

use std::io::Cursor;

use calamine::{Data, Reader};

use super::calamine_cells::{damaged, date_cell, merge, text_cell, worksheets};
use super::{RawCell, RawRow, RowSink, SheetHead, SourceFormat, holds_utf16, limits};
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

    fn read(&self, bytes: &[u8], sink: &mut dyn RowSink) -> Result<(), Problem> {
        let mut book: calamine::Xls<_> =
            calamine::Xls::new(Cursor::new(bytes)).map_err(|e| damaged(&e.to_string()))?;
        let listed = worksheets(book.sheets_metadata());
        for (name, hidden) in listed {
            let range = book.worksheet_range(&name).map_err(|e| damaged(&e.to_string()))?;
            let merges = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
            let merges = merges.iter().map(merge).collect();
            sink.sheet(SheetHead { name, hidden, merges, ..SheetHead::default() })?;
            let (first_row, first_column) = range.start().unwrap_or_default();
            let mut row = RawRow::new(0);
            for (offset, cells) in range.rows().enumerate() {
                row.reset(first_row + u32::try_from(offset).unwrap_or(u32::MAX) + 1);
                for (i, value) in cells.iter().enumerate() {
                    put(&mut row, first_column as usize + i, value)?;
                }
                sink.row(&row)?;
            }
        }
        Ok(())
    }
}

fn put(row: &mut RawRow, column: usize, value: &Data) -> Result<(), Problem> {
    match value {
        Data::Empty => Ok(()),
        Data::Int(number) => row.set(column, RawCell::Number(*number as f64)),
        Data::Float(number) => row.set(column, RawCell::Number(*number)),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
            row.set(column, text_cell(text))
        }
        Data::Bool(flag) => row.set(column, RawCell::Bool(*flag)),
        Data::DateTime(date) => row.set(column, date_cell(*date)),
        Data::Error(error) => row.set(column, RawCell::Error(&error.to_string())),
    }
}
