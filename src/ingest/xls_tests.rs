//! Old workbooks as another program wrote them.

use super::super::Merge;
use super::super::testing::{refusal, rows, whole};
use super::*;

const KINDS: &[u8] = include_bytes!("../../tests/fixtures/ingest/xls/kinds.xls");
const EPOCH_1904: &[u8] = include_bytes!("../../tests/fixtures/ingest/xls/epoch1904.xls");

#[test]
fn every_kind_of_cell_is_read() {
    let (facts, sheets) = whole(KINDS).unwrap();
    assert_eq!((facts.format.as_str(), sheets.len()), ("xls", 2));
    let sheet = &sheets[0];
    assert_eq!((sheet.head.name.as_str(), sheet.head.hidden), ("지출", false));
    assert_eq!(
        sheet.head.merges,
        [
            Merge { first_row: 3, first_column: 1, last_row: 4, last_column: 1 },
            Merge { first_row: 1, first_column: 0, last_row: 1, last_column: 3 },
        ]
    );
    assert_eq!(
        rows(sheet),
        [
            vec!["2024년 지출 내역"],
            vec!["일자", "부서", "적요", "금액"],
            vec!["@45296", "총무과", "사무용품 구입 똠방각하", "#1234000"],
            vec!["@45297", "", "?true", "#-0.5"],
            vec!["", "", "끝\n줄", ""],
        ]
    );
    assert_eq!(sheet.rows[4].formulas, [0, 3]);
    assert_eq!((sheets[1].head.name.as_str(), sheets[1].head.hidden), ("비고", true));
    assert_eq!(rows(&sheets[1])[0][0], "긴 글 ".repeat(300));
}

#[test]
fn a_book_of_1904_says_so() {
    let (_, sheets) = whole(EPOCH_1904).unwrap();
    assert_eq!(rows(&sheets[0]), [["@43834+1904"]]);
}

/// The workbook with the type of its second record changed: to FILEPASS, with every kind of encryption.
#[test]
fn a_password_is_named() {
    let start = memchr::memmem::find(KINDS, BIFF8_BOOK).unwrap();
    let second = start + 4 + usize::from(KINDS[start + 2]);
    for kind in [0, 1] {
        let mut locked = KINDS.to_vec();
        locked[second..second + 2].copy_from_slice(&FILE_PASS.to_le_bytes());
        locked[second + 4] = kind;
        assert_eq!(refusal(&locked), "암호가 걸린 엑셀 문서");
    }
}

#[test]
fn the_format_of_excel_95_is_named() {
    let mut old = KINDS.to_vec();
    let start = memchr::memmem::find(KINDS, BIFF8_BOOK).unwrap();
    old[start..start + BIFF5_BOOK.len()].copy_from_slice(BIFF5_BOOK);
    assert_eq!(refusal(&old), "엑셀 5.0/95 파일");
}

#[test]
fn a_workbook_cut_short_is_damaged() {
    for len in [600, 1_500, 4_000, 7_000] {
        let found = refusal(&KINDS[..len]);
        assert!(!found.starts_with("read as"), "{len}: {found}");
    }
}
