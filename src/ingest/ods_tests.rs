//! Documents written by hand, with what offices put into them.

use super::super::testing::{refusal, rows, whole, zipped};
use super::*;

fn document(tables: &str) -> Vec<u8> {
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\" xmlns:style=\"s\" xmlns:calcext=\"c\">\
         <office:automatic-styles><style:style style:name=\"ta2\" style:family=\"table\"><style:table-properties table:display=\"false\"/></style:style></office:automatic-styles>\
         <office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    );
    zipped(&[("mimetype", MIMETYPE), ("content.xml", content.as_bytes())])
}

fn text(text: &str) -> String {
    format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
}

#[test]
fn every_kind_of_cell_is_read() {
    let cells = [
        text("총무과"),
        text("a &amp; b<text:s text:c=\"2\"/>c<text:tab/>d</text:p><text:p>둘째 <text:span>줄</text:span>"),
        "<table:table-cell office:value-type=\"float\" office:value=\"1234000\"><text:p>1,234,000</text:p></table:table-cell>".into(),
        "<table:table-cell office:value-type=\"currency\" office:value=\"-0.5\"/>".into(),
        "<table:table-cell office:value-type=\"date\" office:date-value=\"2024-01-05\"><text:p>24. 1. 5.</text:p></table:table-cell>".into(),
        "<table:table-cell office:value-type=\"time\" office:time-value=\"PT13H45M00S\"/>".into(),
        "<table:table-cell office:value-type=\"boolean\" office:boolean-value=\"true\"/>".into(),
        "<table:table-cell table:formula=\"of:=1/0\" office:value-type=\"string\" calcext:value-type=\"error\"><text:p>#DIV/0!</text:p></table:table-cell>".into(),
        "<table:table-cell table:formula=\"of:=SUM([.A1])\" office:value-type=\"float\" office:value=\"7\"/>".into(),
        "<table:table-cell table:formula=\"of:=A1\"/>".into(),
        "<table:table-cell office:value-type=\"string\"><office:annotation><text:p>메모</text:p></office:annotation><text:p>본문</text:p></table:table-cell>".into(),
    ];
    let bytes = document(&format!(
        "<table:table table:name=\"지출\"><table:table-row>{}</table:table-row></table:table>",
        cells.concat()
    ));
    let (facts, sheets) = whole(&bytes).unwrap();
    assert_eq!((facts.format.as_str(), sheets[0].head.name.as_str()), ("ods", "지출"));
    assert_eq!(
        rows(&sheets[0])[0],
        [
            "총무과",
            "a & b  c\td\n둘째 줄",
            "#1234000",
            "#-0.5",
            "2024-01-05",
            "13:45:00",
            "?true",
            "!#DIV/0!",
            "#7",
            "!저장된 값이 없는 수식",
            "본문"
        ]
    );
    assert_eq!(sheets[0].rows[0].formulas, [7, 8, 9]);
}

#[test]
fn money_that_is_not_won_is_an_error() {
    let cell = |currency: &str| {
        format!(
            "<table:table-cell office:value-type=\"currency\"{currency} office:value=\"5\"><text:p>5</text:p></table:table-cell>"
        )
    };
    let cells = ["", " office:currency=\"KRW\"", " office:currency=\"USD\"", " office:currency=\"EUR\""];
    let bytes = document(&format!(
        "<table:table table:name=\"a\"><table:table-row>{}</table:table-row></table:table>",
        cells.map(cell).concat()
    ));
    let foreign = "!다른 통화 서식의 수";
    assert_eq!(rows(&whole(&bytes).unwrap().1[0]), [["#5", "#5", foreign, foreign]]);
}

#[test]
fn repeated_hidden_and_merged_cells_stand_where_they_are() {
    let bytes = document(&format!(
        "<table:table table:name=\"a\" table:style-name=\"ta1\"><table:table-column table:visibility=\"collapse\" table:number-columns-repeated=\"2\"/>\
         <table:table-header-rows><table:table-row><table:table-cell table:number-columns-spanned=\"3\" table:number-rows-spanned=\"2\" office:value-type=\"string\"><text:p>제목</text:p></table:table-cell><table:covered-table-cell table:number-columns-repeated=\"2\"/>{0}</table:table-row></table:table-header-rows>\
         <table:table-row table:number-rows-repeated=\"3\"><table:table-cell table:number-columns-repeated=\"1024\"/></table:table-row>\
         <table:table-row table:number-rows-repeated=\"2\" table:visibility=\"filter\"><table:table-cell/><table:table-cell table:number-columns-repeated=\"2\" office:value-type=\"float\" office:value=\"1\"/></table:table-row>\
         <table:table-row table:number-rows-repeated=\"1048570\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row></table:table>\
         <table:table table:name=\"b\" table:style-name=\"ta2\"><table:table-row>{0}</table:table-row></table:table>",
        text("x")
    ));
    let (_, sheets) = whole(&bytes).unwrap();
    let sheet = &sheets[0];
    assert_eq!(sheet.head.merges, [Merge { first_row: 1, first_column: 0, last_row: 2, last_column: 2 }]);
    assert_eq!((sheet.head.hidden_columns, sheet.head.hidden), (2, false));
    assert_eq!(rows(sheet), [vec!["제목", "", "", "x"], vec!["", "#1", "#1"], vec!["", "#1", "#1"]]);
    let places: Vec<_> = sheet.rows.iter().map(|row| (row.number, row.hidden)).collect();
    assert_eq!(places, [(1, false), (5, true), (6, true)]);
    assert_eq!((sheets[1].head.name.as_str(), sheets[1].head.hidden), ("b", true));
}

#[test]
fn a_block_of_repeats_is_refused_not_allocated() {
    let bytes = document(
        "<table:table table:name=\"a\"><table:table-row table:number-rows-repeated=\"4000000000\"><table:table-cell table:number-columns-repeated=\"900\" office:value-type=\"float\" office:value=\"1\"/></table:table-row></table:table>",
    );
    assert!(refusal(&bytes).contains("한도"));
    let wide = document(
        "<table:table table:name=\"a\"><table:table-row><table:table-cell table:number-columns-repeated=\"4000000000\" office:value-type=\"float\" office:value=\"1\"/></table:table-row></table:table>",
    );
    assert!(refusal(&wide).contains("1001열"));
}

#[test]
fn what_is_encrypted_broken_or_hostile_is_refused() {
    let locked = zipped(&[
        ("mimetype", MIMETYPE),
        ("content.xml", b"\x01\x02"),
        ("META-INF/manifest.xml", b"<manifest:encryption-data/>"),
    ]);
    assert!(refusal(&locked).contains("암호"));
    for content in [
        "<!DOCTYPE x [<!ENTITY a \"b\">]><office:spreadsheet/>",
        "<office:spreadsheet><table:table table:name=\"a\"><table:table-row>",
        "<office:spreadsheet><table:table table:name=\"&x;\"></table:table></office:spreadsheet>",
        "<office:text/>",
        "\u{feff}",
    ] {
        let bytes = zipped(&[("mimetype", MIMETYPE), ("content.xml", content.as_bytes())]);
        let found = refusal(&bytes);
        assert!(!found.starts_with("read as"), "{content}: {found}");
    }
}
