//! Tables as ERP servers and Excel write them.

use encoding_rs::EUC_KR;

use super::super::Merge;
use super::super::testing::{refusal, rows, table, whole};

#[test]
fn cells_are_read_as_a_browser_shows_them() {
    let text = "<html><head><style>td { content: '<td>x</td>' }</style><script>document.write('<table><tr><td>y</td></tr></table>')</script></head><body>\
        <p>제목</p><table border=1><thead><tr><th>부서<th>금액</th></tr></thead>\n<tbody>\
        <tr><td> 총무과\n   1팀 <td>1,234,000</td></tr>\
        <tr><td>첫 줄<br>둘째 줄<br/>셋째</td><td>&nbsp;</td>\
        <tr><td>a &amp; b &lt;c&gt; &#44032;</td><td><b>굵</b>은<!-- 주석 --> 글</td></tr>\
        <tr><td><p>하나</p><p>둘</p></td><td>=1+1</td></table></body></html>";
    assert_eq!(
        table(text.as_bytes()),
        [
            vec!["부서", "금액"],
            vec!["총무과 1팀", "1,234,000"],
            vec!["첫 줄\n둘째 줄\n셋째"],
            vec!["a & b <c> 가", "굵은 글"],
            vec!["하나\n둘", "=1+1"],
        ]
    );
}

#[test]
fn what_nobody_sees_is_no_text() {
    let cell = |inner: &str| format!("<table><tr><td>부서<td>금액<tr><td>총무과<td>{inner}</table>");
    for hidden in [
        "<script>var a=1;</script>",
        "<style>9</style>",
        "<template>2</template>",
        "<select><option>3</select>",
    ] {
        let text = cell(&format!("{hidden}1,000"));
        assert_eq!(table(text.as_bytes())[1], vec!["총무과", "1,000"], "{hidden}");
    }
    let problem = refusal(cell("<style>1,000").as_bytes());
    assert!(problem.contains("닫히지 않은"), "{problem}");
}

#[test]
fn pieces_of_a_cell_that_stand_apart_are_not_glued() {
    for (cell, expected) in [
        ("<del>300</del><ins>400</ins>", "300\n400"),
        ("<S>300</S>400", "300\n400"),
        ("300<strike> 400</strike>", "300\n400"),
        ("500<sup>1</sup>원", "500\n1\n원"),
        ("500<sub>1</sub>", "500\n1"),
        ("<span style='display:none'>1500</span>1500", "1500\n1500"),
        ("1500<span style='Visibility : Hidden'>1</span>", "1500\n1"),
        ("<b hidden>1</b>2", "1\n2"),
        ("<span style='display:none'><span>1</span>2</span>3", "1\n2\n3"),
        ("<span style='text-decoration:line-through'>1</span>2", "1\n2"),
        ("1<font style='vertical-align:super'>2</font>", "1\n2"),
        ("<span style='color:red'>15</span>00", "1500"),
        ("<del>300</del>", "300"),
        ("<sup></sup>300<sup> </sup>", "300"),
    ] {
        assert_eq!(
            table(format!("<table><tr><td>{cell}</td></tr></table>").as_bytes()),
            [[expected]],
            "{cell}"
        );
    }
    let next = "<table><tr><td><i style='display:none'>1</i>2</td><td><b>3</b>4</td></tr></table>";
    assert_eq!(table(next.as_bytes()), [["1\n2", "34"]]);
}

#[test]
fn numbers_in_thousands_or_foreign_money_are_errors() {
    let (scaled, foreign) = ("!천 단위로 줄여 보이는 수", "!다른 통화 서식의 수");
    for (style, text, expected) in [
        (r"mso-number-format:'\#\,\#\#0\,'", "1234000", scaled),
        (r"MSO-Number-Format : &quot;\#\,\#\#0\,\0022천원\0022&quot;", "1,234,000", scaled),
        (r"color:red;mso-number-format:#\,##0\,;x:y", "1", scaled),
        (r"mso-number-format:'[$$-409]#,##0'", "$1,234", foreign),
        (r"mso-number-format:'\#\,\#\#0\,'", "지출금액", "지출금액"),
        (r"mso-number-format:'\#\,\#\#0'", "1,234", "1,234"),
        (r"mso-number-format:'\\#\,\#\#0'", "1,234", "1,234"),
        (r"mso-number-format:'yyyy\-mm\-dd'", "2024-01-05", "2024-01-05"),
        ("mso-number-format:", "5", "5"),
    ] {
        let page = format!("<table><tr><td style=\"{style}\">{text}</td></tr></table>");
        assert_eq!(table(page.as_bytes()), [[expected]], "{style}");
    }
}

#[test]
fn spans_become_merges_and_push_cells_aside() {
    let text = "<table><tr><td colspan=3>제목</td></tr><tr><td rowspan=\"2\">총무과</td><td>a</td><td>1</td></tr><tr><td>b</td><td>2</td></tr>\
        <tr><td rowspan=0>끝</td><td colspan=2 rowspan=2>c</td></tr><tr></tr></table>";
    let (_, sheets) = whole(text.as_bytes()).unwrap();
    assert_eq!(
        rows(&sheets[0]),
        [vec!["제목"], vec!["총무과", "a", "1"], vec!["", "b", "2"], vec!["끝", "c"]]
    );
    let merge = |first_row, first_column, last_row, last_column| Merge {
        first_row,
        first_column,
        last_row,
        last_column,
    };
    assert_eq!(
        sheets[0].head.merges,
        [merge(1, 0, 1, 2), merge(2, 0, 3, 0), merge(4, 0, 5, 0), merge(4, 1, 5, 2)]
    );
}

#[test]
fn every_table_is_a_sheet_and_layout_does_not_double() {
    let text = "<table><tr><td>로고</td></tr><tr><td><table><tr><td>부서</td><td>금액</td></tr><tr><td>총무과</td><td>1</td></tr></table></td></tr></table>\
        <table><tr><td>&nbsp;</td></tr></table><table style='display: none'><tr><td>숨김</td></tr></table>";
    let (_, sheets) = whole(text.as_bytes()).unwrap();
    let found: Vec<_> = sheets.iter().map(|s| (s.head.name.as_str(), s.head.hidden, rows(s))).collect();
    assert_eq!(
        found,
        [
            ("표 1", false, vec![vec!["로고".to_owned()]]),
            ("표 2", false, vec![vec!["부서".into(), "금액".into()], vec!["총무과".into(), "1".into()]]),
            ("표 3", true, vec![vec!["숨김".to_owned()]]),
        ]
    );
}

#[test]
fn what_excel_writes_beside_the_text_counts() {
    let text = "<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><!--[if gte mso 9]><xml><x:ExcelWorksheet><x:Name>지출</x:Name></x:ExcelWorksheet></xml><![endif]-->\
        <table><tr style='DISPLAY:none'><td>숨은 행</td></tr>\
        <tr><td x:num=\"1234567.5\">1,234,568</td><td x:num=\"45296\">2024-01-05</td><td x:num>77</td><td x:num=\"1.5E3\">###</td>\
        <td x:str=\"'00123 \">00123</td><td style=\"mso-number-format:'\\@'\" x:num=\"123\">00123</td><td x:num=\"5\" x:fmla=\"=A1\">5</td><td x:err=\"#REF!\">#REF!</td></tr></table>";
    let (_, sheets) = whole(text.as_bytes()).unwrap();
    assert_eq!(sheets[0].head.name, "지출");
    assert_eq!(
        rows(&sheets[0])[1],
        ["1234567.5", "2024-01-05", "77", "1500", "'00123 ", "00123", "5", "!#REF!"]
    );
    let hidden: Vec<_> = sheets[0].rows.iter().map(|row| (row.number, row.hidden)).collect();
    assert_eq!(hidden, [(1, true), (2, false)]);
    assert_eq!(sheets[0].rows[1].formulas, [6]);
}

#[test]
fn the_charset_is_proved_not_believed() {
    let page = |charset: &str| {
        format!(
            "<html><head><meta http-equiv=Content-Type content=\"text/html; charset={charset}\"></head><table><tr><td>총무과</td><td>뷁</td></tr></table></html>"
        )
    };
    let utf16: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(page("unicode").encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for (bytes, encoding) in [
        (page("utf-8").into_bytes(), "UTF-8"),
        (page("euc-kr").into_bytes(), "UTF-8"),
        (EUC_KR.encode(&page("euc-kr")).0.into_owned(), "EUC-KR"),
        (EUC_KR.encode(&page("ks_c_5601-1987")).0.into_owned(), "EUC-KR"),
        (EUC_KR.encode(&page("utf-8")).0.into_owned(), "EUC-KR"),
        (utf16, "UTF-16LE"),
    ] {
        let (facts, sheets) = whole(&bytes).unwrap();
        assert_eq!((facts.format.as_str(), sheets[0].head.encoding.as_str()), ("html", encoding));
        assert_eq!(rows(&sheets[0]), [["총무과", "뷁"]]);
    }
    let mixed = [EUC_KR.encode(&page("euc-kr")).0.as_ref(), b"\xFF\xFF"].concat();
    assert!(refusal(&mixed).contains("깨진 글자"));
}

#[test]
fn a_page_without_a_table_is_named() {
    for (text, word) in [
        ("<html><body>로그인 <input type=password></body></html>", "로그인 화면"),
        ("<!DOCTYPE html><html><body>점검 중</body></html>", "표가 없는"),
        ("<html><frameset><frame src=a></frameset></html>", "프레임"),
        ("<html><table><tr><td> </td></tr></table></html>", "표가 없는"),
        (&format!("<html>{}", "<table><tr><td>".repeat(40)), "지나치게 깊음"),
    ] {
        assert!(refusal(text.as_bytes()).contains(word), "{text}");
    }
}

#[test]
fn an_end_that_is_missing_loses_nothing() {
    assert_eq!(table("<table><tr><td>a</td><td>b".as_bytes()), [["a", "b"]]);
    assert_eq!(table("<table><td>a<td>b<tr><td>c</table>".as_bytes()), [vec!["a", "b"], vec!["c"]]);
    let wide = format!("<table><tr>{}<td>x", "<td>x</td>".repeat(1_000));
    assert!(refusal(wide.as_bytes()).contains("1001열"));
}
