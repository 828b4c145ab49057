//! The same cells as calamine gives, from workbooks of a common writer.

use std::io::Cursor;

use calamine::{DataRef, Reader};
use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet, XlsxError};

use super::super::super::calamine_cells::{date_cell, merge};
use super::super::super::{Collect, Merge, RawCell, RawRow, RawSheet, read_in_process};

const FORMATS: [&str; 24] = [
    "yyyy-mm-dd",
    "yyyy. m. d.",
    "yyyy\"년\" m\"월\" d\"일\"",
    "[$-412]yyyy\"년\" m\"월\" d\"일\" dddd",
    "m/d/yy h:mm",
    "h:mm:ss",
    "[h]:mm:ss",
    "mm:ss.0",
    "mmm-yy",
    "yyyy/mm/dd;@",
    "[Red]yyyy-mm-dd",
    "AM/PM h:mm",
    "\\d0",
    "#,##0",
    "#,##0\"원\"",
    "[$₩-412]#,##0",
    "\"△\"#,##0;[Red]\"▲\"#,##0",
    "[DBNum4][$-412]General",
    "0\"건\"",
    "0.00E+00",
    "General",
    "@",
    "_-* #,##0_-;-* #,##0_-;_-* \"-\"_-;_-@_-",
    "000-0000",
];

fn fill(sheet: &mut Worksheet, seed: u32) -> Result<(), XlsxError> {
    for (column, text) in
        ["일자", " 공백 ", "줄\n바꿈", "_x000D_", "<&>\"'", "😀", "\u{0b}", "a\r\nb"].iter().enumerate()
    {
        sheet.write_string(0, u16::try_from(column).unwrap(), *text)?;
    }
    let bold = Format::new().set_bold();
    let plain = Format::new();
    sheet.write_rich_string(1, 0, &[(&plain, "총무"), (&bold, "과 "), (&plain, " 끝")])?;
    sheet.write_boolean(1, 1, seed.is_multiple_of(2))?;
    sheet.write_formula(1, 2, Formula::new("=1+1").set_result("2"))?;
    sheet.write_formula(1, 3, Formula::new("=\"a\"&\"b\"").set_result("ab <가>"))?;
    sheet.write_blank(1, 4, &bold)?;
    sheet.merge_range(3, 1, 5, 2, "병합", &plain)?;
    for (row, code) in (7..).zip(FORMATS) {
        let format = Format::new().set_num_format(code);
        for (column, value) in
            [45_296.0, 0.5, -3.25, 1.1, f64::from(seed) * 7.7, 1_234_567_890_123.0].iter().enumerate()
        {
            sheet.write_number_with_format(row, u16::try_from(column).unwrap(), *value, &format)?;
        }
    }
    sheet.write_number(1_000, 30, 0.1 + 0.2)?;
    sheet.set_row_hidden(8)?;
    sheet.set_column_hidden(3)?;
    Ok(())
}

fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    for (i, name) in ["지출", "숨긴 시트", "셋째 'x' & y"].iter().enumerate() {
        let sheet = book.add_worksheet();
        sheet.set_name(*name).unwrap();
        fill(sheet, u32::try_from(i).unwrap()).unwrap();
        if i == 1 {
            sheet.set_hidden(true);
        }
    }
    book.save_to_buffer().unwrap()
}

fn ours(bytes: &[u8]) -> Vec<RawSheet> {
    let mut kept = Collect::new(usize::MAX);
    let facts = read_in_process(bytes, "a.xlsx", &mut kept);
    assert_eq!((facts.refused, kept.refused), (None, Vec::new()));
    kept.sheets
}

/// A cell of calamine's as ours.
fn same(theirs: &DataRef<'_>, ours: RawCell<'_>) -> bool {
    match theirs {
        DataRef::Empty => ours == RawCell::Empty,
        DataRef::Int(number) => ours == RawCell::Number(*number as f64),
        DataRef::Float(number) => ours == RawCell::Number(*number),
        DataRef::String(text) => ours == RawCell::Text(text),
        DataRef::SharedString(text) => ours == RawCell::Text(text),
        DataRef::Bool(flag) => ours == RawCell::Bool(*flag),
        DataRef::DateTime(date) => ours == date_cell(*date),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => ours == RawCell::Text(text),
        DataRef::Error(error) => ours == RawCell::Error(&error.to_string()),
    }
}

#[test]
fn every_cell_is_the_one_calamine_gives() {
    let bytes = workbook();
    let ours = ours(&bytes);
    let mut book = calamine::Xlsx::new(Cursor::new(&bytes)).unwrap();
    let names = book.sheet_names();
    assert_eq!(ours.iter().map(|sheet| sheet.head.name.clone()).collect::<Vec<_>>(), names);
    let mut n_cells = 0;
    for sheet in &ours {
        let merges = book.merge_cells_by_sheet_name(&sheet.head.name).unwrap();
        assert_eq!(sheet.head.merges, merges.iter().map(merge).collect::<Vec<Merge>>());
        let mut cells = book.worksheet_cells_reader(&sheet.head.name).unwrap();
        let mut n_theirs = 0;
        while let Some(cell) = cells.next_cell().unwrap() {
            if *cell.get_value() == DataRef::Empty {
                continue;
            }
            let (row, column) = cell.get_position();
            let found = sheet.rows.iter().find(|found| found.number == row + 1).unwrap();
            let ours = found.cell(column as usize);
            assert!(same(cell.get_value(), ours), "{row},{column}: {:?} {ours:?}", cell.get_value());
            n_theirs += 1;
        }
        let n_ours = sheet.rows.iter().flat_map(RawRow::cells).filter(|cell| *cell != RawCell::Empty).count();
        assert_eq!(n_ours, n_theirs);
        n_cells += n_ours;
    }
    assert!(n_cells > 400, "{n_cells}");
}

#[test]
fn what_calamine_cannot_tell_is_told() {
    let sheets = ours(&workbook());
    for (i, sheet) in sheets.iter().enumerate() {
        assert_eq!((sheet.head.hidden, sheet.head.hidden_columns), (i == 1, 1));
        let hidden: Vec<u32> = sheet.rows.iter().filter(|row| row.hidden).map(|row| row.number).collect();
        assert_eq!(hidden, [9]);
        assert_eq!(sheet.rows[1].formulas, [2, 3]);
    }
}
