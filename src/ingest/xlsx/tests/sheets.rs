//! Sheets and cells of every honest form.

use super::super::super::Merge;
use super::handmade::{MAIN, Made, OFFICE, SHEET, link, relationships, shown, workbook, worksheet};

#[test]
fn places_are_those_written_or_follow_from_the_one_before() {
    let made = Made::rows(
        "<row><c><v>1</v></c><c r=\"D1\"><v>2</v></c><c><v>3</v></c></row>\
         <row r=\"5\"><c/><c><v>4</v></c></row><row><c r=\"A6\"><v>5</v></c></row>",
    );
    assert_eq!(shown(&made), ["1: 1|||2|3", "5: |4", "6: 5"]);
}

#[test]
fn rows_in_any_order_hand_on_each_cell_once_under_its_number() {
    let made = Made::rows(
        "<row r=\"9\"><c r=\"B9\"><v>1</v></c><c r=\"A9\"><v>2</v></c></row>\
         <row r=\"2\"><c r=\"A2\"><v>3</v></c></row><row r=\"2\"><c r=\"A2\"><v>4</v></c></row>\
         <row r=\"3\"><c r=\"A3\"><v>5</v></c><c r=\"A7\"><v>6</v></c><c r=\"B7\"><v>7</v></c><c r=\"C3\"><v>8</v></c></row>\
         <row r=\"4\" hidden=\"1\"><c r=\"A4\"><v>9</v></c><c r=\"A4\"><v>10</v></c></row>",
    );
    assert_eq!(shown(&made), ["9: 2|1", "2: 3", "2: 4", "3: 5", "7: 6|7", "3: ||8", "4: 9", "4: 10"]);
    let sheets = made.read().whole();
    let hidden: Vec<bool> = sheets[0].rows.iter().map(|row| row.hidden).collect();
    assert_eq!(hidden, [false, false, false, false, false, false, true, true]);
}

#[test]
fn hidden_rows_columns_and_sheets_are_told() {
    let first = worksheet(
        "<cols><col min=\"1\" max=\"2\" hidden=\"1\"/></cols><sheetData>\
         <row r=\"1\" hidden=\"true\"><c><v>1</v></c></row><row r=\"2\" hidden=\"0\"><c><v>2</v></c></row></sheetData>\
         <mergeCells count=\"1\"><mergeCell ref=\"A1:A2\"/></mergeCells>",
    );
    let plain = worksheet("<sheetData><row><c><v>1</v></c></row></sheetData>");
    let sheets = Made::sheets(&[
        ("지출", "", &first),
        ("숨김", "state=\"hidden\"", &plain),
        ("아주 숨김", "state=\"veryHidden\"", &plain),
        ("보임 &amp; _x0041_", "state=\"visible\"", &plain),
    ])
    .read()
    .whole();
    let names: Vec<(&str, bool, u32)> =
        sheets.iter().map(|s| (s.head.name.as_str(), s.head.hidden, s.head.hidden_columns)).collect();
    assert_eq!(
        names,
        [("지출", false, 2), ("숨김", true, 0), ("아주 숨김", true, 0), ("보임 & A", false, 0)]
    );
    assert_eq!((sheets[0].rows[0].hidden, sheets[0].rows[1].hidden), (true, false));
    let merge = Merge { first_row: 1, first_column: 0, last_row: 2, last_column: 0 };
    assert_eq!(sheets[0].head.merges, [merge]);
}

#[test]
fn a_formula_has_its_stored_value_or_says_there_is_none() {
    let made = Made::rows(
        "<row r=\"1\"><c><f>A2*2</f><v>999</v></c><c><f>A2</f></c><c><f>A2</f><v/></c><c><f>A2</f><v></v></c>\
         <c t=\"str\"><f>\"\"</f><v></v></c><c t=\"str\"><f>\"가\"</f><v>가 </v></c><c t=\"str\"><f>A2</f></c>\
         <c><f t=\"shared\" si=\"0\"/><v>7</v></c><c t=\"e\"><f>1/0</f><v>#DIV/0!</v></c></row>",
    );
    let none = "!저장된 값이 없는 수식";
    assert_eq!(shown(&made), [format!("1: 999|{none}|{none}|{none}|''|'가 '|{none}|7|!#DIV/0!")]);
    assert_eq!(made.read().whole()[0].rows[0].formulas, [0, 4, 5, 7, 8]);
}

#[test]
fn shared_strings_are_looked_up_and_never_guessed() {
    let made = Made::rows(
        "<row r=\"1\"><c t=\"s\"><v>1</v></c><c t=\"s\"><v></v></c><c t=\"s\"/><c t=\"s\"><v>2</v></c>\
         <c t=\"s\"><v>-1</v></c><c t=\"s\"><v>0</v></c></row>",
    )
    .with_strings("<si><t>첫째</t></si><si><r><t>둘</t></r><r><t>째</t></r></si>");
    let unknown = "!공유 문자열 표에 없는 번호";
    assert_eq!(shown(&made), [format!("1: '둘째'|||{unknown}|{unknown}|'첫째'")]);
}

#[test]
fn cells_of_every_kind_are_read() {
    let made = Made::rows(
        "<row r=\"1\"><c t=\"inlineStr\"><is><t>a&amp;b</t></is></c><c t=\"inlineStr\"><is><r><t xml:space=\"preserve\">가 </t></r>\
         <r><t>나</t></r><rPh sb=\"0\" eb=\"1\"><t>x</t></rPh></is></c><c t=\"b\"><v>1</v></c><c t=\"d\"><v>2024-01-05</v></c>\
         <c t=\"e\"><v>#REF!</v></c><c t=\"n\"><v> 1.5E3 </v></c><c t=\"str\"><v>a_x000A_b</v></c><c><v>&#49;</v></c>\
         <c><v>1</v><v>2</v></c><c><v>9007199254740993</v></c><c><v>0.30000000000000004</v></c><c><v>1e999</v></c>\
         <c t=\"inlineStr\"><v>only v</v></c><c t=\"z\"><v>1</v></c></row>",
    );
    let expected = "1: 'a&b'|'가 나'|true|'2024-01-05'|!#REF!|1500|'a\nb'|1|!값이 둘인 칸|!15자리를 넘어 손상된 수|\
                    0.30000000000000004|!범위를 벗어난 수|'only v'|!종류를 알 수 없는 칸";
    assert_eq!(shown(&made), [expected]);
}

#[test]
fn prefixes_other_attributes_and_spaces_make_no_difference() {
    let rows = "<row r=\"1\"><c r=\"A1\" s=\"1\"><v>45296</v></c><c r=\"B1\" t=\"s\"><v>0</v></c></row>";
    let plain = Made::rows(rows).with_styles(&[0, 14]).with_strings("<si><t>가</t></si>");
    let text = format!(
        "<?xml version='1.0'?><x:worksheet xmlns:x='{MAIN}'>\n<x:sheetData>\n<!-- c --><x:row r='1' spans='1:2'>\n \
         <x:c s='1' r='A1' cm='3'>\n<x:v>45296</x:v></x:c> <x:c t='s' r='B1'><x:v>0</x:v><x:extLst><x:v>9</x:v></x:extLst></x:c>\
         \n</x:row></x:sheetData></x:worksheet>"
    );
    let other = plain.clone().with(SHEET, text);
    assert_eq!(shown(&plain), ["1: date 45296 false|'가'"]);
    assert_eq!(shown(&other), shown(&plain));
}

#[test]
fn dates_know_their_epoch() {
    let sheet = "<sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets>";
    let rows = "<row r=\"1\"><c s=\"1\"><v>43834</v></c><c s=\"2\"><v>1.5</v></c><c s=\"0\"><v>3</v></c><c s=\"9\"><v>4</v></c></row>";
    for (flag, is_1904) in [("1", true), ("true", true), ("0", false)] {
        let made = Made::rows(rows)
            .with_styles(&[0, 57, 46])
            .with("xl/workbook.xml", workbook(&format!("<workbookPr date1904=\"{flag}\"/>{sheet}")));
        assert_eq!(shown(&made), [format!("1: date 43834 {is_1904}|date 1.5 {is_1904}|3|4")]);
    }
}

#[test]
fn parts_are_found_however_the_package_names_them() {
    let rows = "<row r=\"1\"><c t=\"s\"><v>0</v></c></row>";
    let made = Made::rows(rows).with_strings("<si><t>가</t></si>");
    let expected = ["1: '가'"];
    let upper = made.clone().renamed(SHEET, "XL\\Worksheets\\SHEET1.xml");
    assert_eq!(shown(&upper), expected);
    let links =
        link("r1", "worksheet", "/xl/worksheets/sheet1.xml") + &link("r2", "sharedStrings", "../other/s.xml");
    let moved = made.clone().with("xl/_rels/workbook.xml.rels", relationships(&links));
    assert_eq!(shown(&moved.renamed("xl/sharedStrings.xml", "other/s.xml")), expected);
    let strict = "http://purl.oclc.org/ooxml";
    let mut made = made;
    for (_, content) in &mut made.0 {
        let text = String::from_utf8(content.clone()).unwrap();
        let text = text.replace(MAIN, &format!("{strict}/spreadsheetml/main"));
        *content = text.replace(OFFICE, &format!("{strict}/officeDocument/relationships")).into_bytes();
    }
    assert_eq!(shown(&made), expected);
    let elsewhere = Made::rows("<row><c><v>7</v></c></row>")
        .with("_rels/.rels", relationships(&link("r1", "officeDocument", "book.xml")))
        .with("_rels/book.xml.rels", relationships(&link("r1", "worksheet", "xl/worksheets/sheet1.xml")))
        .renamed("xl/workbook.xml", "book.xml")
        .with("[Content_Types].xml", "<Types><Override ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>");
    assert_eq!(shown(&elsewhere), ["1: 7"]);
}

#[test]
fn charts_macros_and_dialogs_are_left_out() {
    let plain = worksheet("<sheetData><row><c><v>1</v></c></row></sheetData>");
    let links = link("r1", "chartsheet", "c.xml")
        + &link("r2", "worksheet", "worksheets/sheet2.xml")
        + &link("r3", "dialogsheet", "d.xml")
        + &link("r4", "xlMacrosheet", "m.xml");
    let made = Made::sheets(&[("차트", "", ""), ("지출", "", &plain), ("대화", "", ""), ("매크로", "", "")])
        .with("xl/_rels/workbook.xml.rels", relationships(&links));
    let sheets = made.read().whole();
    assert_eq!(sheets.iter().map(|s| s.head.name.as_str()).collect::<Vec<_>>(), ["지출"]);
}

#[test]
fn parts_in_utf_16_are_read() {
    let text = worksheet("<sheetData><row><c t=\"str\"><v>총무과</v></c></row></sheetData>");
    let text = format!("\u{feff}<?xml version=\"1.0\" encoding=\"UTF-16\"?>{text}");
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(shown(&Made::rows("").with(SHEET, bytes)), ["1: '총무과'"]);
}

#[test]
fn numbers_in_thousands_or_foreign_money_are_errors_and_struck_text_stands_apart() {
    let made = Made::rows(
        "<row r=\"1\"><c s=\"1\"><v>1234000</v></c><c s=\"2\"><v>5</v></c><c s=\"3\"><v>6</v></c><c><v>7</v></c>\
         <c s=\"2\" t=\"str\"><v>글</v></c><c s=\"9\"><v>8</v></c><c t=\"inlineStr\"><is><r><rPr><strike/></rPr><t>500</t></r>\
         <r><t>700</t></r></is></c></row>",
    )
    .with(
        "xl/styles.xml",
        "<styleSheet><numFmts><numFmt numFmtId=\"176\" formatCode=\"#,##0,\"/><numFmt numFmtId=\"177\" formatCode=\"[$$-409]0\"/>\
         <numFmt numFmtId=\"178\" formatCode=\"[$₩-412]#,##0\"/></numFmts>\
         <cellXfs><xf/><xf numFmtId=\"176\"/><xf numFmtId=\"177\"/><xf numFmtId=\"178\"/></cellXfs></styleSheet>",
    );
    assert_eq!(shown(&made), ["1: !천 단위로 줄여 보이는 수|!다른 통화 서식의 수|6|7|'글'|8|'500\n700'"]);
}
