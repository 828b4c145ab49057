//! What is broken, too large or made to hurt.

use super::handmade::{Made, SHEET, link, read, relationships, shown, workbook, worksheet};

fn rows(inside: &str) -> String {
    worksheet(&format!("<sheetData>{inside}</sheetData>"))
}

#[test]
fn a_sheet_that_cannot_be_read_is_refused_alone() {
    let good = rows("<row><c><v>1</v></c></row>");
    for bad in [
        String::new(),
        "<chartsheet/>".to_owned(),
        good[..good.len() - 3].to_owned(),
        rows("<row><c><v>1</v></c></row><row><c><v>2</v></row>"),
        rows("<row><c><v>1</v></c></row><row><c t=\"str\"><v>&unknown;</v></c></row>"),
        rows("<row><c><v>1</v></c></row><row r=\"0\"/>"),
        rows("<row><c><v>1</v></c></row><row r=\"1048577\"/>"),
        rows("<row><c><v>1</v></c></row><row><c r=\"1A\"/></row>"),
        rows("<row><c><v>1</v></c></row><row><c r=\"A1\" t=str><v>1</v></c></row>"),
        rows(
            "<row><c><v>1</v></c></row><!--</sheetData>--><row><c><v>1</v></c></row></sheetData></worksheet><!--",
        ),
    ] {
        let found = Made::sheets(&[("처음", "", &good), ("나쁨", "", &bad), ("끝", "", &good)]).read();
        assert_eq!(found.verdict, None, "{bad}");
        let names: Vec<&str> = found.sheets.iter().map(|sheet| sheet.head.name.as_str()).collect();
        assert_eq!(names, ["처음", "끝"], "{bad}");
        assert_eq!(found.refused.len(), 1);
        let (name, problem) = &found.refused[0];
        assert_eq!(name, "나쁨");
        assert!(problem.found.starts_with("손상된 엑셀 파일") && !problem.hint.is_empty(), "{problem}");
    }
}

#[test]
fn a_missing_sheet_is_refused_alone_and_damage_in_the_only_one_refuses_the_file() {
    let good = rows("<row><c><v>1</v></c></row>");
    let made = Made::sheets(&[("처음", "", &good), ("없음", "", &good), ("밖", "", &good)]);
    let links = link("r1", "worksheet", "worksheets/sheet1.xml")
        + &link("r2", "worksheet", "worksheets/none.xml")
        + "<Relationship Id=\"r3\" Type=\"t/worksheet\" TargetMode=\"External\" Target=\"worksheets/sheet3.xml\"/>";
    let found = made.with("xl/_rels/workbook.xml.rels", relationships(&links)).read();
    assert_eq!(found.sheets.len(), 1);
    assert_eq!(found.refused.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["없음", "밖"]);
    let broken = Made::rows("<row><c><v>1</v></c></row><row><c><v>2</v></row>").read();
    assert!(broken.words().contains("손상된"), "{}", broken.words());
}

#[test]
fn a_book_without_readable_workbook_strings_or_styles_is_refused() {
    let made = Made::rows("<row><c t=\"s\"><v>0</v></c></row>")
        .with_strings("<si><t>가</t></si>")
        .with_styles(&[14]);
    assert_eq!(shown(&made), ["1: '가'"]);
    for (part, text) in [
        ("xl/workbook.xml", "<workbook>"),
        ("xl/sharedStrings.xml", "<sst><si>"),
        ("xl/styles.xml", "<styleSheet><cellXfs>"),
        ("xl/_rels/workbook.xml.rels", "<Relationships><a></b>"),
        ("xl/sharedStrings.xml", "<sst><si><t>&nbsp;</t></si></sst>"),
    ] {
        let found = made.clone().with(part, text).read();
        assert!(
            found.words().starts_with("손상된 엑셀 파일") && found.words().contains("xl/"),
            "{}",
            found.words()
        );
    }
    let links = link("r1", "worksheet", "worksheets/sheet1.xml") + &link("r2", "sharedStrings", "none.xml");
    let found = made.with("xl/_rels/workbook.xml.rels", relationships(&links)).read();
    assert!(found.words().contains("none.xml"), "{}", found.words());
}

#[test]
fn a_changed_byte_inside_a_part_is_noticed_by_its_checksum() {
    let made = Made::rows("<row><c t=\"str\"><v>1,234,000</v></c></row>");
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in &made.0 {
        zip.start_file(name, stored).unwrap();
        std::io::Write::write_all(&mut zip, content).unwrap();
    }
    let mut bytes = zip.finish().unwrap().into_inner();
    assert_eq!(read(&bytes).whole().len(), 1);
    let at = memchr::memmem::find(&bytes, b"1,234,000").unwrap();
    bytes[at] = b'9';
    let found = read(&bytes);
    assert!(found.sheets.is_empty() && found.refused[0].1.found.contains("압축을 풀 수 없는"));
}

#[test]
fn a_doctype_anywhere_in_a_part_that_is_read_is_refused() {
    for text in [
        format!("<!DOCTYPE a [<!ENTITY b \"c\">]>{}", rows("")),
        format!("<?xml version=\"1.0\"?><!-- {} --><!DOCTYPE a>{}", " ".repeat(5_000), rows("")),
        format!("<!doctype a>{}", rows("")),
        rows("<row><c><v>1</v></c></row><!DOCTYPE a>"),
    ] {
        let found = Made::rows("").with(SHEET, text).read();
        assert!(found.words().contains("DOCTYPE"), "{}", found.words());
    }
}

#[test]
fn parts_nobody_needs_are_not_inflated_but_what_they_declare_counts() {
    let media = vec![0_u8; 1 << 20];
    let made = Made::rows("<row><c><v>7</v></c></row>").with("xl/media/image1.bin", media);
    let mut bytes = made.zip();
    assert_eq!(read(&bytes).whole().len(), 1);
    // The content of the unneeded part is broken: its name stands before it in its local header.
    let at = memchr::memmem::find(&bytes, b"image1.bin").unwrap() + 20;
    bytes[at..at + 8].fill(0xFF);
    assert_eq!(read(&bytes).whole().len(), 1);
    let dense = made.with("xl/media/image1.bin", vec![0_u8; 11 << 20]).read();
    assert!(dense.words().contains("부풀어 오르는 부분 xl/media/image1.bin"), "{}", dense.words());
}

#[test]
fn a_size_that_is_not_the_declared_one_is_counted_while_inflating() {
    let made = Made::rows(&"<row><c t=\"b\"><v>1</v></c></row>".repeat(600_000));
    let mut bytes = made.zip();
    let size = u32::try_from(made.0.iter().find(|(name, _)| name == SHEET).unwrap().1.len()).unwrap();
    // The directory says one byte instead.
    let declared = size.to_le_bytes();
    let from = memchr::memmem::find(&bytes, b"PK\x01\x02").unwrap();
    let at = from + memchr::memmem::find(&bytes[from..], &declared).unwrap();
    bytes[at..at + 4].copy_from_slice(&1_u32.to_le_bytes());
    let found = read(&bytes);
    let words = found.verdict.iter().chain(found.refused.iter().map(|(_, problem)| problem));
    let words: Vec<&str> = words.map(|problem| problem.found.as_str()).collect();
    assert!(found.sheets.is_empty() && words.len() == 1, "{words:?}");
    assert!(words[0].contains("부풀어 오르는") || words[0].contains("압축을 풀 수 없는"), "{words:?}");
}

#[test]
fn bombs_are_refused() {
    let long = format!("<row><c t=\"inlineStr\"><is><t>{}</t></is></c></row>", "A".repeat(40 << 20));
    let bools = "<row>".to_owned() + &"<c t=\"b\"><v>1</v></c>".repeat(2_000_000) + "</row>";
    let empty = "<row>".to_owned() + &"<c/>".repeat(8_000_000) + "</row>";
    for bomb in [long, bools, empty] {
        let bytes = Made::rows(&bomb).zip();
        assert!(read(&bytes).words().contains("한도를 넘는 엑셀 파일"));
    }
}

#[test]
fn a_text_repeated_beyond_measure_is_refused() {
    let long = "가".repeat(30_000);
    let cell = "<c t=\"s\"><v>0</v></c>";
    let row = |n: usize| format!("<row>{}</row>", cell.repeat(n));
    let made = |rows: &str| Made::rows(rows).with_strings(&format!("<si><t>{long}</t></si>"));
    assert_eq!(made(&row(100)).read().whole()[0].rows[0].len(), 100);
    let found = made(&row(100).repeat(100)).read();
    assert!(found.words().contains("되풀이"), "{}", found.words());
}

#[test]
fn a_cell_beyond_the_widest_table_is_refused_but_an_empty_one_is_nothing() {
    let far = Made::rows("<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"XFD1\" s=\"1\"/></row>");
    assert_eq!(shown(&far), ["1: 1"]);
    let found = Made::rows("<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>").read();
    assert!(found.words().contains("한도를 넘는 파일: 1048576행 16384열"), "{}", found.words());
}

#[test]
fn deep_nesting_and_many_attributes_end_with_a_verdict() {
    let deep = "<a>".repeat(1_000_000);
    let wide: String = (0..300_000).map(|i| format!(" a{i}=\"{i}\"")).collect();
    for text in [
        rows(&format!("<row><c>{deep}")),
        rows(&format!("<row{wide}><c{wide}><v>1</v></c></row>")),
        format!("<worksheet>{deep}"),
        format!("<worksheet{wide}><sheetData/></worksheet>"),
    ] {
        let bytes = Made::rows("").with(SHEET, text).zip();
        let found = read(&bytes);
        let is_told = found.verdict.is_some() || !found.refused.is_empty() || !found.sheets.is_empty();
        assert!(is_told, "neither read nor refused");
    }
}

#[test]
fn too_many_sheets_or_parts_are_refused() {
    let list = "<sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/>".repeat(1_001);
    let many = Made::rows("").with("xl/workbook.xml", workbook(&format!("<sheets>{list}</sheets>"))).read();
    assert!(many.words().contains("시트가 1001개"), "{}", many.words());
    let mut made = Made::rows("");
    for i in 0..1_000 {
        made.0.push((format!("xl/media/{i}"), Vec::new()));
    }
    assert!(made.read().words().contains("부분이"));
}

#[test]
fn two_parts_of_one_name_are_never_chosen_from() {
    let made = Made::rows("<row><c><v>1</v></c></row>")
        .with("XL/worksheets/sheet1.xml", rows("<row><c><v>2</v></c></row>"));
    let found = made.read();
    assert!(found.sheets.is_empty() && found.refused[0].1.found.contains("이름이 같은 부분"));
}
