//! xlsx and xlsm, streamed cell by cell.
//!
//! Comes in: bytes of a ZIP. Goes out: sheets with merges and dates marked.
//! Refuses: parts that inflate beyond limits, document type declarations, cells beyond the limits of a ledger. The
//! dense range of a sheet is never asked for: two cells in opposite corners would take all memory.

use std::io::{Cursor, Read};

use calamine::{DataRef, ExcelDateTime, ExcelDateTimeType, Reader, SheetType, SheetVisible};
use zip::ZipArchive;

use super::{Merge, RawCell, RawRow, RowSink, SheetHead, SourceFormat, limits};
use crate::error::Problem;

pub(super) struct Xlsx;

impl SourceFormat for Xlsx {
    fn id(&self) -> &'static str {
        "xlsx"
    }

    fn label_ko(&self) -> &'static str {
        "엑셀(xlsx)"
    }

    fn matches(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(limits::ZIP_MAGIC)
            && ZipArchive::new(Cursor::new(bytes))
                .is_ok_and(|zip| zip.index_for_name("xl/workbook.xml").is_some())
    }

    fn read(&self, bytes: &[u8], sink: &mut dyn RowSink) -> Result<(), Problem> {
        check_parts(bytes)?;
        let mut book = calamine::Xlsx::new(Cursor::new(bytes)).map_err(|e| damaged(&e.to_string()))?;
        let listed = worksheets(book.sheets_metadata());
        for (name, hidden) in listed {
            let merges = book.merge_cells_by_sheet_name(&name).map_err(|e| damaged(&e.to_string()))?;
            let merges = merges.iter().map(merge).collect();
            sink.sheet(SheetHead { name: name.clone(), hidden, merges, ..SheetHead::default() })?;
            read_rows(&mut book, &name, sink)?;
        }
        Ok(())
    }
}

/// Sizes as declared and as they really inflate, and no document type declarations.
fn check_parts(bytes: &[u8]) -> Result<(), Problem> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| damaged(&e.to_string()))?;
    if zip.len() > limits::ZIP_ENTRIES_MAX {
        return Err(bomb(&format!("부분이 {}개", zip.len())));
    }
    let mut total = 0;
    for i in 0..zip.len() {
        let mut part = zip.by_index(i).map_err(|e| damaged(&e.to_string()))?;
        let name = String::from_utf8_lossy(part.name_raw()).into_owned();
        let packed = part.compressed_size().max(1);
        let mut inflated: u64 = 0;
        let mut head = Vec::new();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let n = part.read(&mut buffer).map_err(|e| damaged(&format!("{name}: {e}")))?;
            if n == 0 {
                break;
            }
            if head.len() < 1024 {
                head.extend_from_slice(&buffer[..n.min(1024)]);
            }
            inflated += n as u64;
            let too_dense = inflated > limits::ZIP_RATIO_FROM && inflated / packed > limits::ZIP_RATIO_MAX;
            if inflated > limits::ZIP_ENTRY_SIZE_MAX
                || too_dense
                || total + inflated > limits::ZIP_TOTAL_SIZE_MAX
            {
                return Err(bomb(&format!("지나치게 부풀어 오르는 부분 {name}")));
            }
        }
        total += inflated;
        if head.windows(9).any(|window| window == b"<!DOCTYPE") {
            return Err(bomb(&format!("DOCTYPE 선언이 있는 부분 {name}")));
        }
    }
    Ok(())
}

fn read_rows(
    book: &mut calamine::Xlsx<Cursor<&[u8]>>,
    name: &str,
    sink: &mut dyn RowSink,
) -> Result<(), Problem> {
    let mut reader = book.worksheet_cells_reader(name).map_err(|e| damaged(&e.to_string()))?;
    let mut row = RawRow::new(0);
    while let Some(cell) = reader.next_cell().map_err(|e| damaged(&e.to_string()))? {
        let (index, column) = cell.get_position();
        if row.number != index + 1 {
            if row.number > 0 {
                sink.row(&row)?;
            }
            row.reset(index + 1);
        }
        put(&mut row, column as usize, cell.get_value())?;
    }
    if row.number > 0 {
        sink.row(&row)?;
    }
    Ok(())
}

pub(super) fn merge(m: &calamine::Dimensions) -> Merge {
    Merge { first_row: m.start.0 + 1, first_column: m.start.1, last_row: m.end.0 + 1, last_column: m.end.1 }
}

/// Names of the worksheets, and whether each is hidden.
pub(super) fn worksheets(sheets: &[calamine::Sheet]) -> Vec<(String, bool)> {
    let listed = sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    listed.map(|sheet| (sheet.name.clone(), sheet.visible != SheetVisible::Visible)).collect()
}

fn put(row: &mut RawRow, column: usize, value: &DataRef<'_>) -> Result<(), Problem> {
    match value {
        DataRef::Empty => Ok(()),
        DataRef::Int(number) => row.set(column, RawCell::Number(*number as f64)),
        DataRef::Float(number) => row.set(column, RawCell::Number(*number)),
        DataRef::String(text) => row.set(column, text_cell(text)),
        DataRef::SharedString(text) => row.set(column, text_cell(text)),
        DataRef::Bool(flag) => row.set(column, RawCell::Bool(*flag)),
        DataRef::DateTime(date) => row.set(column, date_cell(*date)),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => row.set(column, text_cell(text)),
        DataRef::Error(error) => row.set(column, RawCell::Error(&error.to_string())),
    }
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

fn bomb(found: &str) -> Problem {
    let hint = "정상적인 내보내기 파일이 아닙니다. 출처를 확인하고, 크면 기간을 나누어 내려받으세요.";
    Problem::new("", format!("한도를 넘는 엑셀 파일: {found}"), "한도 안의 파일", hint)
}
