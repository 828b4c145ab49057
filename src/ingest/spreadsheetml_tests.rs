//! Workbooks of 2003 as Excel and old ERP servers write them.

use encoding_rs::EUC_KR;

use super::super::testing::{refusal, rows, whole};
use super::*;

fn book(declaration: &str, body: &str) -> String {
    format!(
        "<?xml version=\"1.0\"{declaration}?>\n<?mso-application progid=\"Excel.Sheet\"?>\n<Workbook xmlns=\"{NAMESPACE}\" xmlns:ss=\"{NAMESPACE}\">{body}</Workbook>"
    )
}

const SHEETS: &str = "<Worksheet ss:Name=\"지출\"><Table><Column ss:Hidden=\"1\" ss:Span=\"1\"/>\
    <Row><Cell ss:MergeAcross=\"2\" ss:MergeDown=\"1\"><Data ss:Type=\"String\">지출 내역</Data></Cell><Cell><Data ss:Type=\"String\">비고</Data></Cell></Row>\
    <Row ss:Index=\"4\"><Cell><Data ss:Type=\"DateTime\">2024-01-05T00:00:00.000</Data></Cell>\
    <Cell ss:Index=\"3\"><Data ss:Type=\"Number\">1234000</Data></Cell><Cell><Data ss:Type=\"Boolean\">1</Data></Cell></Row>\
    <Row ss:Hidden=\"1\"><Cell ss:Formula=\"=1/0\"><Data ss:Type=\"Error\">#DIV/0!</Data></Cell><Cell ss:Formula=\"=A1\"><Data ss:Type=\"Number\">7</Data></Cell><Cell ss:Formula=\"=B1\"/></Row>\
    <Row><Cell><ss:Data ss:Type=\"String\" xmlns=\"http://www.w3.org/TR/REC-html40\">a<B>b</B>&#10;c &amp; d</ss:Data><Comment><Data>메모</Data></Comment></Cell><Cell><Data ss:Type=\"DateTime\">2024-01-05T13:45:00.000</Data></Cell></Row>\
    </Table></Worksheet>\
    <Worksheet ss:Name=\"숨김\"><Table><Row><Cell><Data ss:Type=\"String\">x</Data></Cell></Row></Table><WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet>";

#[test]
fn every_kind_of_cell_is_read_in_every_encoding() {
    let utf8 = book("", SHEETS);
    let (cp949, _, _) = EUC_KR.encode("");
    assert!(cp949.is_empty());
    let labelled = book(" encoding=\"euc-kr\"", SHEETS);
    let wide = book(" encoding=\"UTF-16\"", SHEETS);
    let files = [
        utf8.clone().into_bytes(),
        format!("\u{feff}{utf8}").into_bytes(),
        EUC_KR.encode(&labelled).0.into_owned(),
        [0xFF, 0xFE].into_iter().chain(wide.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
    ];
    for bytes in files {
        let (facts, sheets) = whole(&bytes).unwrap();
        assert_eq!((facts.format.as_str(), sheets.len()), ("spreadsheetml", 2));
        let sheet = &sheets[0];
        assert_eq!(
            (sheet.head.name.as_str(), sheet.head.hidden_columns, sheet.head.hidden),
            ("지출", 2, false)
        );
        assert_eq!(sheet.head.merges, [Merge { first_row: 1, first_column: 0, last_row: 2, last_column: 2 }]);
        assert_eq!(
            rows(sheet),
            [
                vec!["지출 내역", "", "", "비고"],
                vec!["2024-01-05", "", "#1234000", "?true"],
                vec!["!#DIV/0!", "#7", "!저장된 값이 없는 수식"],
                vec!["ab\nc & d", "2024-01-05T13:45:00.000"],
            ]
        );
        let places: Vec<_> = sheet.rows.iter().map(|row| (row.number, row.hidden)).collect();
        assert_eq!(places, [(1, false), (4, false), (5, true), (6, false)]);
        assert_eq!(sheet.rows[2].formulas, [0, 1, 2]);
        assert_eq!((sheets[1].head.name.as_str(), sheets[1].head.hidden), ("숨김", true));
    }
}

#[test]
fn numbers_in_thousands_or_foreign_money_are_errors_and_struck_text_stands_apart() {
    let number = |style: &str| format!("<Cell{style}><Data ss:Type=\"Number\">1234000</Data></Cell>");
    let styles = "<Styles><Style ss:ID=\"Default\"/><Style ss:ID=\"a\"><NumberFormat ss:Format=\"#,##0,&quot;천원&quot;\"/></Style>\
        <Style ss:ID=\"b\"><NumberFormat ss:Format=\"[$$-409]#,##0\"/></Style><Style ss:ID=\"c\" ss:Parent=\"a\"><Font/></Style>\
        <Style ss:ID=\"d\" ss:Parent=\"a\"><NumberFormat ss:Format=\"#,##0\"/></Style><Style ss:ID=\"e\"><NumberFormat ss:Format=\"Euro Currency\"/></Style></Styles>";
    let cells: String = [
        "",
        " ss:StyleID=\"a\"",
        " ss:StyleID=\"b\"",
        " ss:StyleID=\"c\"",
        " ss:StyleID=\"d\"",
        " ss:StyleID=\"e\"",
    ]
    .map(number)
    .concat();
    let rich = |inside: &str| {
        format!("<Cell ss:StyleID=\"a\"><ss:Data ss:Type=\"String\">{inside}</ss:Data></Cell>")
    };
    let text = book(
        "",
        &format!(
            "{styles}<Worksheet ss:Name=\"a\"><Table><Row>{cells}</Row><Row ss:StyleID=\"b\">{}{}</Row><Row>{}{}{}</Row></Table></Worksheet>",
            number(""),
            number(" ss:StyleID=\"d\""),
            rich("<S>500</S>700"),
            rich("500<Font><Sup>1</Sup></Font>"),
            rich("<B>5</B>00"),
        ),
    );
    let (scaled, foreign) = ("!천 단위로 줄여 보이는 수", "!다른 통화 서식의 수");
    assert_eq!(
        rows(&whole(text.as_bytes()).unwrap().1[0]),
        [
            vec!["#1234000", scaled, foreign, scaled, "#1234000", foreign],
            vec![foreign, "#1234000"],
            vec!["500\n700", "500\n1", "500"],
        ]
    );
}

#[test]
fn what_is_broken_or_hostile_is_refused() {
    let row = |attributes: &str, cell: &str| {
        book(
            "",
            &format!(
                "<Worksheet ss:Name=\"a\"><Table><Row/><Row{attributes}>{cell}</Row></Table></Worksheet>"
            ),
        )
    };
    for text in [
        row(" ss:Index=\"1\"", ""),
        row("", "<Cell ss:Index=\"0\"/>"),
        row("", "<Cell ss:Index=\"4294967295\"><Data ss:Type=\"Number\">1</Data></Cell>"),
        row("", "<Cell><Data ss:Type=\"String\">&xxe;</Data></Cell>"),
        row("", "<Cell><Data ss:Type=\"String\">"),
        format!("<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>{}", book("", SHEETS)),
        book("", &format!("{}{}", "<a>".repeat(100), "</a>".repeat(100))),
    ] {
        let found = refusal(text.as_bytes());
        assert!(!found.starts_with("read as"), "{text}: {found}");
    }
    assert_eq!(
        rows(&whole(row("", "<Cell><Data ss:Type=\"Number\">x</Data></Cell>").as_bytes()).unwrap().1[0]),
        [["!숫자로 읽을 수 없는 숫자 칸"]]
    );
}

#[test]
fn other_xml_is_named() {
    assert_eq!(refusal(b"<?xml version=\"1.0\"?><rss><channel/></rss>"), "표가 아닌 XML 파일");
}
