//! xls, the binary format of Excel 97 to 2003.
//!
//! Comes in: bytes of an OLE file. Goes out: sheets with merges, dates and formulas marked.
//! Refuses: what calamine cannot open, a password, the format of Excel 5.0 and 95. It may also panic or abort on a
//! damaged file: the child process is there for that.

mod records;

use std::io::Cursor;

use calamine::{Data, Range, Reader};

use super::calamine_cells::{damaged, merge, names_differ, worksheets};
use super::foreign::holds_utf16;

use super::{RawCell, RawRow, RowSink, SheetHead, SourceFormat, binary, limits, ods};
use crate::error::Problem;

/// Beginning of a BIFF8 workbook stream: record BOF, version 6, workbook globals.
const BIFF8_BOOK: &[u8] = b"\x09\x08\x10\x00\x00\x06\x05\x00";
/// The same of BIFF5, with which Excel 5.0 and 95 wrote.
const BIFF5_BOOK: &[u8] = b"\x09\x08\x08\x00\x00\x05\x05\x00";
/// Record FILEPASS: all that follows is encrypted.
const FILE_PASS: u16 = 0x2F;
/// FILEPASS comes within the first records.
const RECORDS_BEFORE: usize = 6;
/// Sectors of an OLE file begin at multiples of this.
const SECTOR: usize = 64;

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
        check_book(bytes)?;
        records::check(bytes)?;
        let mut book: calamine::Xls<_> = binary::guarded(|| calamine::Xls::new(Cursor::new(bytes)))?;
        let listed = worksheets(book.sheets_metadata());
        if listed.is_empty() {
            return Err(damaged("워크시트 없음"));
        }
        names_differ(&listed)?;
        for (name, hidden) in listed {
            let range = book.worksheet_range(&name).map_err(|e| damaged(&e.to_string()))?;
            let formulas = book.worksheet_formula(&name).map_err(|e| damaged(&e.to_string()))?;
            let merges = book.merge_cells_by_sheet_name(&name).map_err(|e| damaged(&e.to_string()))?;
            let merges = merges.iter().map(merge).collect();
            sink.sheet(SheetHead { name, hidden, merges, ..SheetHead::default() })?;
            rows(&range, &formulas, sink)?;
        }
        Ok(())
    }
}

fn rows(range: &Range<Data>, formulas: &Range<String>, sink: &mut dyn RowSink) -> Result<(), Problem> {
    let (Some(first), Some(last)) =
        (bound(range.start(), formulas.start(), u32::min), bound(range.end(), formulas.end(), u32::max))
    else {
        return Ok(());
    };
    let mut row = RawRow::new(0);
    for index in first.0..=last.0 {
        row.reset(index + 1);
        for column in first.1..=last.1 {
            let at = column as usize;
            let value = range.get_value((index, column)).filter(|value| !matches!(value, Data::Empty));
            if let Some(value) = value {
                binary::put_owned(&mut row, at, value)?;
            }
            if formulas.get_value((index, column)).is_some_and(|formula| !formula.is_empty()) {
                row.formulas.extend(u16::try_from(at));
                if value.is_none() {
                    row.set(at, RawCell::Error(ods::UNCALCULATED))?;
                }
            }
        }
        sink.row(&row)?;
    }
    Ok(())
}

/// The corner that takes in both ranges.
fn bound(one: Option<(u32, u32)>, other: Option<(u32, u32)>, of: fn(u32, u32) -> u32) -> Option<(u32, u32)> {
    match (one, other) {
        (Some(one), Some(other)) => Some((of(one.0, other.0), of(one.1, other.1))),
        (one, other) => one.or(other),
    }
}

/// Looks at the first records of the workbook stream, which begins with a sector of the file.
fn check_book(bytes: &[u8]) -> Result<(), Problem> {
    let at_sector = |wanted| memchr::memmem::find_iter(bytes, wanted).find(|at| at % SECTOR == 0);
    let Some(start) = at_sector(BIFF8_BOOK) else {
        return match at_sector(BIFF5_BOOK) {
            Some(_) => {
                let hint = "엑셀에서 열어 ‘Excel 통합 문서(.xlsx)’로 다시 저장하세요.";
                Err(Problem::new("", "엑셀 5.0/95 파일", "엑셀 97 이후의 파일", hint))
            }
            None => Ok(()),
        };
    };
    let mut rest = &bytes[start..];
    for _ in 0..RECORDS_BEFORE {
        let [a, b, c, d, later @ ..] = rest else {
            break;
        };
        if u16::from_le_bytes([*a, *b]) == FILE_PASS {
            return Err(locked());
        }
        let len = usize::from(u16::from_le_bytes([*c, *d]));
        rest = later.get(len..).unwrap_or_default();
    }
    Ok(())
}

fn locked() -> Problem {
    Problem::new("", "암호가 걸린 엑셀 문서", "암호가 없는 문서", "암호를 풀어 저장한 뒤 다시 넣으세요.")
}

#[cfg(test)]
#[path = "xls_tests.rs"]
mod tests;
