//! Binary workbooks put together record by record.

use super::super::testing::{refusal, rows, whole, zipped};
use super::super::{Merge, RawSheet};

/// A record: kind, length, body.
fn record(kind: u16, body: &[u8]) -> Vec<u8> {
    let seven = |n: usize| u8::try_from(n & 0x7F).unwrap();
    let two = |n: usize| [seven(n) | 0x80, seven(n >> 7)];
    let kind = match usize::from(kind) {
        kind if kind < 0x80 => vec![seven(kind)],
        kind => two(kind).to_vec(),
    };
    [&kind[..], &two(body.len()), body].concat()
}

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let len = u32::try_from(units.len()).unwrap().to_le_bytes();
    [&len[..], &units.into_iter().flat_map(u16::to_le_bytes).collect::<Vec<_>>()].concat()
}

fn numbers(all: &[u32]) -> Vec<u8> {
    all.iter().flat_map(|n| n.to_le_bytes()).collect()
}

fn row(index: u32, hidden: bool) -> Vec<u8> {
    let mut body = numbers(&[index, 0]);
    body.extend([0, 0, 0, if hidden { 0x10 } else { 0 }, 0, 0, 0, 0, 0]);
    record(0, &body)
}

/// A cell: column, style, value.
fn cell(kind: u16, column: u32, style: u32, value: &[u8]) -> Vec<u8> {
    record(kind, &[&numbers(&[column, style])[..], value].concat())
}

/// The end of a formula record: flags, and a formula of no tokens.
const FORMULA: [u8; 10] = [0; 10];

fn sheet(cells: &[Vec<u8>], after: &[Vec<u8>]) -> Vec<u8> {
    let columns = [&numbers(&[1, 2, 2560, 0])[..], &[1, 0]].concat();
    let parts = [
        record(0x81, &[]),
        record(0x94, &numbers(&[0, 9, 0, 9])),
        record(0x186, &[]),
        record(60, &columns),
        record(0x187, &[]),
        record(0x91, &[]),
        cells.concat(),
        record(0x92, &[]),
        after.concat(),
        record(0x82, &[]),
    ];
    parts.concat()
}

fn book(names: &[&str], sheets: &[Vec<u8>], is_1904: bool) -> Vec<u8> {
    let listed: Vec<u8> = (1_u32..)
        .zip(names)
        .flat_map(|(i, name)| {
            let hidden = u32::from(i > 1);
            record(156, &[&numbers(&[hidden, i])[..], &wide(&format!("rId{i}")), &wide(name)].concat())
        })
        .collect();
    let workbook = [
        record(0x83, &[]),
        record(0x99, &numbers(&[u32::from(is_1904), 0, 0])),
        record(0x8F, &[]),
        listed,
        record(0x90, &[]),
        record(0x9D, &[0; 26]),
        record(0x84, &[]),
    ]
    .concat();
    let relations: String = (1..=names.len())
        .map(|i| format!("<Relationship Id=\"rId{i}\" Type=\"t\" Target=\"worksheets/sheet{i}.bin\"/>"))
        .collect();
    let relations = format!("<?xml version=\"1.0\"?><Relationships>{relations}</Relationships>");
    // Style 0 is a number, style 1 a date: built-in format 14; 2 shows thousands, 3 dollars.
    let styles = [
        record(0x116, &[]),
        record(0x267, &numbers(&[2])),
        record(0x2C, &[&[176, 0][..], &wide("#,##0,")].concat()),
        record(0x2C, &[&[177, 0][..], &wide("[$$-409]#,##0")].concat()),
        record(0x268, &[]),
        record(0x272, &numbers(&[1])),
        record(0x2F, &[0xFF, 0xFF, 176, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        record(0x273, &[]),
        record(0x269, &numbers(&[4])),
        record(0x2F, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        record(0x2F, &[0, 0, 14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        record(0x2F, &[0, 0, 176, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        record(0x2F, &[0, 0, 177, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        record(0x26A, &[]),
    ]
    .concat();
    let strings = [
        record(0x9F, &numbers(&[2, 2])),
        record(0x13, &[&[0][..], &wide("총무과")].concat()),
        record(0x13, &[&[0][..], &wide("끝\n줄")].concat()),
        record(0xA0, &[]),
    ]
    .concat();
    let parts: Vec<(String, &[u8])> = (1..)
        .zip(sheets)
        .map(|(i, sheet)| (format!("xl/worksheets/sheet{i}.bin"), sheet.as_slice()))
        .collect();
    let mut members: Vec<(&str, &[u8])> = vec![
        ("xl/workbook.bin", &workbook),
        ("xl/_rels/workbook.bin.rels", relations.as_bytes()),
        ("xl/styles.bin", &styles),
        ("xl/sharedStrings.bin", &strings),
    ];
    members.extend(parts.iter().map(|(name, bytes)| (name.as_str(), *bytes)));
    zipped(&members)
}

/// A small workbook for the tests of other files.
pub(in super::super) fn small() -> Vec<u8> {
    let cells = [row(0, false), cell(7, 0, 0, &numbers(&[0])), cell(5, 1, 0, &1_234_000_f64.to_le_bytes())];
    book(&["지출"], &[sheet(&cells, &[])], false)
}

fn read(cells: &[Vec<u8>], after: &[Vec<u8>]) -> RawSheet {
    let (facts, mut sheets) = whole(&book(&["지출"], &[sheet(cells, after)], false)).unwrap();
    assert_eq!(facts.format, "xlsb");
    sheets.remove(0)
}

#[test]
fn every_kind_of_cell_is_read() {
    let integer = |n: u32| (n << 2 | 2).to_le_bytes();
    let cells = [
        row(0, false),
        cell(7, 0, 0, &numbers(&[0])),
        cell(1, 1, 0, &[]),
        cell(6, 2, 0, &wide("똠방각하")),
        row(3, true),
        cell(2, 0, 1, &integer(45_296)),
        cell(2, 1, 0, &integer(1_234_000)),
        cell(5, 2, 0, &(-0.5_f64).to_le_bytes()),
        cell(4, 3, 0, &[1]),
        cell(3, 4, 0, &[0x17]),
        row(4, false),
        cell(9, 0, 0, &[&7_f64.to_le_bytes()[..], &FORMULA].concat()),
        cell(8, 1, 0, &[wide("글"), FORMULA.to_vec()].concat()),
        cell(10, 2, 0, &[&[0][..], &FORMULA].concat()),
        cell(11, 3, 0, &[&[0x07][..], &FORMULA].concat()),
    ];
    let sheet = read(&cells, &[record(176, &numbers(&[0, 2, 0, 1]))]);
    assert_eq!(
        rows(&sheet),
        [
            vec!["총무과", "", "똠방각하"],
            vec!["@45296", "#1234000", "#-0.5", "?true", "!#REF!"],
            vec!["#7", "글", "?false", "!저장된 값이 없는 수식"],
        ]
    );
    let places: Vec<_> = sheet.rows.iter().map(|row| (row.number, row.hidden)).collect();
    assert_eq!(places, [(1, false), (4, true), (5, false)]);
    assert_eq!(sheet.rows[2].formulas, [0, 1, 2, 3]);
    assert_eq!(sheet.head.merges, [Merge { first_row: 1, first_column: 0, last_row: 3, last_column: 1 }]);
    assert_eq!(sheet.head.hidden_columns, 2);
}

#[test]
fn sheets_keep_their_names_and_the_epoch_of_the_book() {
    let cells = [row(0, false), cell(5, 0, 1, &43_834_f64.to_le_bytes())];
    let bytes = book(&["지출", "숨김"], &[sheet(&cells, &[]), sheet(&cells, &[])], true);
    let (_, sheets) = whole(&bytes).unwrap();
    let heads: Vec<_> = sheets.iter().map(|sheet| (sheet.head.name.as_str(), sheet.head.hidden)).collect();
    assert_eq!(heads, [("지출", false), ("숨김", true)]);
    assert_eq!(rows(&sheets[1]), [["@43834+1904"]]);
}

#[test]
fn numbers_in_thousands_or_foreign_money_are_errors() {
    let value = 1_234_000_f64.to_le_bytes();
    let cells = [
        row(0, false),
        cell(5, 0, 0, &value),
        cell(5, 1, 2, &value),
        cell(2, 2, 3, &(5_u32 << 2 | 2).to_le_bytes()),
        cell(7, 3, 2, &numbers(&[0])),
        cell(9, 4, 2, &[&value[..], &FORMULA].concat()),
    ];
    let (scaled, foreign) = ("!천 단위로 줄여 보이는 수", "!다른 통화 서식의 수");
    assert_eq!(rows(&read(&cells, &[])), [["#1234000", scaled, foreign, "총무과", scaled]]);
}

#[test]
fn what_would_be_passed_over_in_silence_is_refused() {
    let rich = [row(0, false), cell(62, 0, 0, &[&[0][..], &wide("서식 있는 글")].concat())];
    let backwards =
        [row(5, false), cell(7, 0, 0, &numbers(&[0])), row(1, false), cell(7, 0, 0, &numbers(&[1]))];
    let far =
        [row(0, false), cell(7, 0, 0, &numbers(&[0])), row(0x10_0001, false), cell(7, 0, 0, &numbers(&[1]))];
    for (cells, word) in [(&rich[..], "서식 있는 글"), (&backwards, "뒤바뀐"), (&far, "2개 가운데 1개")]
    {
        let found = refusal(&book(&["a"], &[sheet(cells, &[])], false));
        assert!(found.contains(word), "{word}: {found}");
    }
    assert!(refusal(&book(&["a", "b"], &[sheet(&[], &[])], false)).contains("손상된"));
    assert!(refusal(&book(&[], &[], false)).contains("손상된"));
    let wide = [row(0, false), cell(7, 16_000, 0, &numbers(&[0]))];
    assert!(refusal(&book(&["a"], &[sheet(&wide, &[])], false)).contains("16001열"));
    let corners = [
        row(0, false),
        cell(7, 0, 0, &numbers(&[0])),
        row(1_048_575, false),
        cell(7, 999, 0, &numbers(&[0])),
    ];
    assert_eq!(read(&corners, &[]).rows.len(), 2);
}
