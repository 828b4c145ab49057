//! xlsb, the binary workbook of Excel 2007 and later, streamed cell by cell.
//!
//! Comes in: bytes of a ZIP. Goes out: sheets with merges, hidden rows, dates and formulas marked.
//! Refuses: parts beyond limits, a sheet that calamine does not list, kinds of cells that it passes over.

mod formats;
mod records;

use std::io::Cursor;

use calamine::{Reader, Xlsb as Book};

use self::records::Survey;
use super::calamine_cells::{damaged, names_differ, worksheets};
use super::packed::Packed;
use super::{RawCell, RawRow, RowSink, SheetHead, SourceFormat, binary, limits, ods};
use crate::error::Problem;

pub(super) struct Xlsb;

impl SourceFormat for Xlsb {
    fn id(&self) -> &'static str {
        "xlsb"
    }

    fn label_ko(&self) -> &'static str {
        "엑셀 바이너리(xlsb)"
    }

    fn matches(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(limits::ZIP_MAGIC)
            && Packed::open(bytes).is_ok_and(|zip| zip.has("xl/workbook.bin"))
    }

    fn read(&self, bytes: &[u8], sink: &mut dyn RowSink) -> Result<(), Problem> {
        let mut zip = Packed::open(bytes)?;
        zip.check(|_| true)?;
        let sheets = records::sheets(&mut zip)?;
        let styles = formats::objections(&mut zip)?;
        let mut book: Book<_> = binary::guarded(|| Book::new(Cursor::new(bytes)))?;
        let listed = worksheets(book.sheets_metadata());
        if listed.is_empty() || listed.len() != sheets.len() {
            let found = format!("시트 {}개 가운데 {}개만 읽힘", sheets.len(), listed.len());
            return Err(damaged(&found));
        }
        names_differ(&listed)?;
        for ((name, hidden), sheet) in listed.into_iter().zip(sheets) {
            if name != sheet.name {
                return Err(damaged(&format!("시트 이름이 다름: {name}")));
            }
            let survey = records::survey(&mut zip, &sheet.part, &styles)?;
            sink.sheet(SheetHead {
                name: name.clone(),
                hidden,
                hidden_columns: survey.hidden_columns,
                merges: survey.merges.clone(),
                ..SheetHead::default()
            })?;
            rows(&mut book, &name, &survey, sink)?;
        }
        Ok(())
    }
}

fn rows(
    book: &mut Book<Cursor<&[u8]>>,
    name: &str,
    survey: &Survey,
    sink: &mut dyn RowSink,
) -> Result<(), Problem> {
    let mut reader = binary::guarded(|| book.worksheet_cells_reader(name))?;
    let mut row = RawRow::new(0);
    let mut n_cells = 0;
    while let Some(cell) = binary::guarded(|| reader.next_cell())? {
        let (index, column) = cell.get_position();
        if row.number != index + 1 {
            if index + 1 < row.number {
                return Err(damaged(&format!("순서가 뒤바뀐 {}행", index + 1)));
            }
            finish(&mut row, survey, sink)?;
            row.reset(index + 1);
        }
        binary::put(&mut row, column as usize, cell.get_value())?;
        n_cells += 1;
    }
    finish(&mut row, survey, sink)?;
    if n_cells != survey.n_values {
        return Err(damaged(&format!("칸 {}개 가운데 {n_cells}개만 읽힘", survey.n_values)));
    }
    Ok(())
}

/// Adds what only the survey knows of a row, and hands it on.
fn finish(row: &mut RawRow, survey: &Survey, sink: &mut dyn RowSink) -> Result<(), Problem> {
    if row.number == 0 {
        return Ok(());
    }
    row.hidden = survey.hidden_rows.contains(&row.number);
    let formulas = survey.formulas.range((row.number, 0)..=(row.number, u16::MAX));
    for &(_, column) in formulas {
        row.formulas.push(column);
        if row.cell(usize::from(column)).is_blank() {
            row.set(usize::from(column), RawCell::Error(ods::UNCALCULATED))?;
        }
    }
    let objections = survey.objections.range((row.number, 0)..=(row.number, u16::MAX));
    for (&(_, column), words) in objections {
        if matches!(row.cell(usize::from(column)), RawCell::Number(_)) {
            row.set(usize::from(column), RawCell::Error(words))?;
        }
    }
    sink.row(row)
}

#[cfg(test)]
#[path = "xlsb_tests.rs"]
pub(super) mod tests;
