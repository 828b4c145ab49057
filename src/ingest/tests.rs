//! Reading real bytes of every format, and refusing what is none.

use std::io::{Cursor, Write};

use encoding_rs::EUC_KR;
use rust_xlsxwriter::{Format, Workbook};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

/// The file whole, or why it was set aside.
fn read(bytes: &[u8], name: &str) -> Result<(FileFacts, Vec<RawSheet>), Problem> {
    let mut kept = Collect::new(usize::MAX);
    let facts = read_in_process(bytes, name, &mut kept);
    match facts.refused.clone() {
        Some(problem) => Err(problem),
        None => Ok((facts, kept.sheets)),
    }
}

fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("지출").unwrap();
    sheet.merge_range(0, 0, 0, 2, "지출 내역", &Format::new()).unwrap();
    sheet.write(2, 0, "일자").unwrap();
    sheet.write(2, 1, "금액").unwrap();
    let date = Format::new().set_num_format("yyyy. m. d.");
    sheet.write_with_format(3, 0, 45_296, &date).unwrap();
    sheet.write(3, 1, 1_234_000).unwrap();
    book.save_to_buffer().unwrap()
}

/// A workbook whose one sheet is `sheet_data`, with cell styles of built-in formats `formats`.
fn handmade(sheet_data: &str, formats: &[u16]) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let styles: String =
        formats.iter().map(|id| format!("<xf numFmtId=\"{id}\" applyNumberFormat=\"1\"/>")).collect();
    let parts = [
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{package}/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" Type=\"{office}/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        ),
        ("xl/styles.xml", format!("<styleSheet xmlns=\"{main}\"><cellXfs>{styles}</cellXfs></styleSheet>")),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns=\"{main}\"><sheetData>{sheet_data}</sheetData></worksheet>"),
        ),
    ];
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_workbook_keeps_rows_merges_and_dates() {
    let (facts, sheets) = read(&workbook(), "이름은.csv").unwrap();
    assert_eq!(facts.format, "xlsx");
    let sheet = &sheets[0];
    assert_eq!(
        (sheet.head.name.as_str(), sheet.head.merges.as_slice()),
        ("지출", &[Merge { first_row: 1, first_column: 0, last_row: 1, last_column: 2 }][..])
    );
    let numbers: Vec<u32> = sheet.rows.iter().map(|r| r.number).collect();
    assert_eq!(numbers, [1, 3, 4]);
    assert_eq!(sheet.rows[2].cell(0), RawCell::DateSerial { serial: 45_296.0, is_1904: false });
    assert_eq!(sheet.rows[2].cell(1), RawCell::Number(1_234_000.0));
}

#[test]
fn korean_builtin_date_formats_are_dates() {
    let ids: Vec<u16> = (27..=36).chain(50..=58).filter(|id| ![32, 33, 34, 35].contains(id)).collect();
    let cells: String = ids
        .iter()
        .enumerate()
        .map(|(i, _)| format!("<row r=\"{0}\"><c r=\"A{0}\" s=\"{i}\"><v>45296</v></c></row>", i + 1))
        .collect();
    let (_, sheets) = read(&handmade(&cells, &ids), "f.xlsx").unwrap();
    assert_eq!(sheets[0].rows.len(), ids.len());
    for (row, id) in sheets[0].rows.iter().zip(&ids) {
        assert!(matches!(row.cell(0), RawCell::DateSerial { .. }), "format {id}: {:?}", row.cell(0));
    }
}

#[test]
fn cells_in_opposite_corners_are_refused_not_allocated() {
    let rows = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>2</v></c></row>";
    let problem = read(&handmade(rows, &[0]), "corners.xlsx").unwrap_err();
    assert!(problem.found.contains("한도"), "{problem}");
}

#[test]
fn a_bomb_and_a_doctype_are_refused() {
    let bomb = format!(
        "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>{}</t></is></c></row>",
        "A".repeat(20 << 20)
    );
    assert!(read(&handmade(&bomb, &[0]), "b.xlsx").unwrap_err().found.contains("부풀어"));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("xl/workbook.xml", SimpleFileOptions::default()).unwrap();
    zip.write_all(b"<!DOCTYPE x [<!ENTITY a \"b\">]><workbook/>").unwrap();
    let bytes = zip.finish().unwrap().into_inner();
    assert!(read(&bytes, "d.xlsx").unwrap_err().found.contains("DOCTYPE"));
}

#[test]
fn what_is_no_export_is_named_as_what_it_is() {
    let mut encrypted = limits::OLE_MAGIC.to_vec();
    encrypted.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    let half = &workbook()[..2_000];
    for (bytes, found) in [
        (&b""[..], "빈 파일"),
        (half, "끝이 잘린"),
        (&encrypted, "암호가 걸린"),
        (b"<html><table>", "HTML"),
        (b"\x00\x01\x02", "이진"),
        (b"%PDF-1.7", "PDF"),
        (b"<DOCUMENT SAFER 1>", "DRM"),
        ("부서,\"열린\n따옴표".as_bytes(), "따옴표"),
    ] {
        let problem = read(bytes, "x.xlsx").unwrap_err();
        assert!(problem.found.contains(found) && !problem.hint.is_empty(), "{problem}");
        assert_eq!(problem.place, "x.xlsx");
    }
}

#[test]
fn text_of_every_separator_keeps_its_lines() {
    let (cp949, _, _) =
        EUC_KR.encode("지출 내역\r\n\r\n부서|금액\r\n총무과|\"1,000\"\r\n\"두\r\n줄\"|2\r\n끝|3\r\n");
    let (facts, sheets) = read(&cp949, "a.xls").unwrap();
    assert_eq!((facts.format.as_str(), sheets[0].head.encoding.as_str()), ("csv", "EUC-KR"));
    let rows = &sheets[0].rows;
    let numbers: Vec<u32> = rows.iter().map(|r| r.number).collect();
    assert_eq!(numbers, [1, 3, 4, 5, 7]);
    assert_eq!(rows[2].cell(1), RawCell::Text("1,000"));
    let (_, old_mac) = read(b"a,b\r1,2\r3,4\r", "m.csv").unwrap();
    assert_eq!(old_mac[0].rows.len(), 3);
}

#[test]
fn an_old_workbook_is_read() {
    let bytes = include_bytes!("../../tests/fixtures/ingest/xls/payments.xls");
    let (facts, sheets) = read(bytes, "payments.xls").unwrap();
    assert_eq!(facts.format, "xls");
    let sheet = &sheets[0];
    assert_eq!(sheet.rows[0].cell(0), RawCell::Text("결의일자"));
    assert_eq!(sheet.rows[1].cell(0), RawCell::DateSerial { serial: 45_296.0, is_1904: false });
    assert_eq!(sheet.rows[1].cell(3), RawCell::Number(1_234_000.0));
}
