//! The shipped layouts: one realistic export each, read to the won, and what people do to headers.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

use super::mapping::{Mapping, shipped};
use super::tidy_bytes;
use super::{CleanLedger, LedgerView};
use crate::ingest::{Collect, RawCell, RawSheet, read_in_process};
use crate::ledger::{Amount, Departments, FileIntake, RowFate};

/// What a fixture must give.
struct Expected {
    mapping: &'static str,
    file: &'static str,
    bytes: &'static [u8],
    rows_in: u64,
    loaded: u64,
    total: i64,
    totals: u64,
    departments: &'static [&'static str],
    accounts: &'static [&'static str],
}

const LAYOUTS: [Expected; 5] = [
    Expected {
        mapping: "sap_fbl3n@2",
        file: "sap_fbl3n.txt",
        bytes: include_bytes!("../../tests/fixtures/clean/layouts/sap_fbl3n.txt"),
        rows_in: 50,
        loaded: 42,
        total: 14_095_220,
        totals: 4,
        departments: &["시설관리팀", "연구기획팀", "총무팀"],
        accounts: &["사무용품비", "여비교통비", "지급수수료"],
    },
    Expected {
        mapping: "edufine@2",
        file: "edufine.csv",
        bytes: include_bytes!("../../tests/fixtures/clean/layouts/edufine.csv"),
        rows_in: 47,
        loaded: 39,
        total: 7_315_200,
        totals: 4,
        departments: &["교무부", "연구부", "행정실"],
        accounts: &["교육운영비", "업무추진비", "여비", "일반수용비"],
    },
    Expected {
        mapping: "ehojo@2",
        file: "ehojo.csv",
        bytes: include_bytes!("../../tests/fixtures/clean/layouts/ehojo.csv"),
        rows_in: 45,
        loaded: 36,
        total: 128_268_000,
        totals: 4,
        departments: &["기획예산과", "문화관광과", "회계과"],
        accounts: &["201-01 사무관리비", "201-02 공공운영비", "202-01 국내여비", "203-03 시책추진업무추진비"],
    },
    Expected {
        mapping: "douzone@2",
        file: "douzone.csv",
        bytes: include_bytes!("../../tests/fixtures/clean/layouts/douzone.csv"),
        rows_in: 63,
        loaded: 36,
        total: 4_789_700,
        totals: 18,
        departments: &["경영지원팀", "사업운영팀"],
        accounts: &["복리후생비", "소모품비", "여비교통비"],
    },
    Expected {
        mapping: "corporate_card@2",
        file: "corporate_card.csv",
        bytes: include_bytes!("../../tests/fixtures/clean/layouts/corporate_card.csv"),
        rows_in: 43,
        loaded: 36,
        total: 3_304_000,
        totals: 4,
        departments: &["연구기획팀", "총무팀", "홍보팀"],
        accounts: &["문구", "주유소", "철도", "커피전문점", "한식"],
    },
];

fn read(bytes: &[u8], file: &str) -> CleanLedger {
    tidy_bytes(bytes, file, &shipped().unwrap(), &Departments::default())
}

fn check(expected: &Expected, ledger: &CleanLedger) {
    let intake = &ledger.intake[0];
    let name = expected.file;
    assert_eq!(intake.refused, None, "{name}");
    assert_eq!(intake.mapping, expected.mapping, "{name}");
    assert_eq!(
        (
            intake.loaded,
            intake.quarantined,
            intake.total,
            intake.totals_compared,
            intake.totals_differing.len()
        ),
        (expected.loaded, 0, Amount(expected.total), expected.totals, 0),
        "{name}: {:?} {:?}",
        intake.issues.iter().filter(|i| i.fate == RowFate::Quarantined).collect::<Vec<_>>(),
        intake.notes
    );
    assert!(intake.balances());
    let names =
        |of: fn(&crate::ledger::GroupTotal) -> &str| intake.groups.iter().map(of).collect::<BTreeSet<_>>();
    assert_eq!(names(|g| &g.department), expected.departments.iter().copied().collect(), "{name}");
    assert_eq!(names(|g| &g.account), expected.accounts.iter().copied().collect(), "{name}");
    assert!(!intake.notes.iter().any(|note| note.contains("똑같이 맞아")), "{name}: {:?}", intake.notes);
}

#[test]
fn every_shipped_layout_is_recognised_and_read_to_the_won() {
    for expected in &LAYOUTS {
        let ledger = read(expected.bytes, expected.file);
        check(expected, &ledger);
        assert_eq!(ledger.intake[0].rows_in, expected.rows_in, "{}", expected.file);
    }
}

/// The rows of a fixture as text.
fn grid(expected: &Expected) -> RawSheet {
    let mut kept = Collect::new(usize::MAX);
    let facts = read_in_process(expected.bytes, expected.file, &mut kept);
    assert_eq!(facts.refused, None);
    kept.sheets.remove(0)
}

fn text(cell: RawCell<'_>) -> String {
    match cell {
        RawCell::Text(text) => text.to_owned(),
        _ => String::new(),
    }
}

/// The fixture as a workbook: days as date cells, plain amounts as number cells.
fn as_workbook(expected: &Expected) -> Vec<u8> {
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
    let day = Format::new().set_num_format("yyyy\\-mm\\-dd");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for row in grid(expected).rows {
        for (column, cell) in (0..).zip(row.cells()) {
            let (at, text) = (row.number - 1, text(cell));
            let date = crate::clean::dates::from_text(&text, &crate::clean::mapping::DateRule::default());
            let is_amount = text.contains(',') && text.replace(',', "").bytes().all(|b| b.is_ascii_digit());
            if let Ok(date) = date.as_ref().map(ToString::to_string) {
                let date = ExcelDateTime::parse_from_str(&date).unwrap();
                sheet.write_datetime_with_format(at, column, &date, &day).unwrap();
            } else if is_amount {
                sheet.write_number(at, column, text.replace(',', "").parse::<f64>().unwrap()).unwrap();
            } else if !text.is_empty() {
                sheet.write_string(at, column, text).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn the_layouts_read_the_same_as_workbooks() {
    for expected in &LAYOUTS {
        check(expected, &read(&as_workbook(expected), expected.file));
    }
}

/// Rows of text cells as CSV.
fn csv(rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).unwrap();
    }
    writer.into_inner().unwrap()
}

#[test]
fn the_order_of_columns_does_not_matter_and_new_ones_are_noted() {
    for expected in &LAYOUTS {
        let sheet = grid(expected);
        let width = sheet.rows.iter().map(crate::ingest::RawRow::len).max().unwrap();
        let is_header =
            |row: &crate::ingest::RawRow| row.cells().filter(|cell| !cell.is_blank()).count() > width / 2;
        let first = sheet.rows.iter().find(|row| is_header(row)).unwrap().number;
        let moved: Vec<Vec<String>> = sheet
            .rows
            .iter()
            .map(|row| {
                let mut cells: Vec<String> = (0..width).rev().map(|column| text(row.cell(column))).collect();
                cells.insert(3, if row.number == first { "새로 생긴 열".to_owned() } else { String::new() });
                cells
            })
            .collect();
        let ledger = read(&csv(&moved), expected.file);
        check(expected, &ledger);
        let notes = &ledger.intake[0].notes;
        assert!(
            notes.iter().any(|note| note.contains("쓰지 않은 열") && note.contains("새로 생긴 열")),
            "{notes:?}"
        );
    }
}

#[test]
fn a_ledger_without_departments_gets_the_constant_and_its_voucher_numbers_the_day() {
    let ledger = read(&csv_without(&LAYOUTS[3], "부서"), "douzone.csv");
    let intake = &ledger.intake[0];
    assert_eq!((intake.loaded, intake.groups[0].department.as_str()), (36, "미지정"));
    let view = LedgerView::new(&ledger.rows, &ledger.currency).unwrap();
    assert_eq!(view.document_no.text(0), "2024-01-02-00001");
    let book = read(&as_workbook(&LAYOUTS[3]), "douzone.xlsx");
    let view = LedgerView::new(&book.rows, &book.currency).unwrap();
    assert_eq!(view.document_no.text(0), "2024-01-02-00001");
    let carried = intake.issues.iter().filter(|issue| issue.reason.starts_with("이월 행")).count();
    assert_eq!(carried, 3);
}

/// A fixture without the column under `header`.
fn csv_without(expected: &Expected, header: &str) -> Vec<u8> {
    let sheet = grid(expected);
    let width = sheet.rows.iter().map(crate::ingest::RawRow::len).max().unwrap();
    let at = sheet.rows.iter().find_map(|row| row.cells().position(|cell| text(cell) == header)).unwrap();
    let keep =
        |row: &crate::ingest::RawRow| (0..width).filter(|c| *c != at).map(|c| text(row.cell(c))).collect();
    csv(&sheet.rows.iter().map(keep).collect::<Vec<_>>())
}

#[test]
fn cancelled_card_rows_count_once_whether_or_not_a_minus_is_printed() {
    let row = |amount: &str, mark: &str| {
        format!("2024-02-01,5409-1234-5678-9012,총무팀,역전커피,커피전문점,{amount},{mark}\n")
    };
    let head = "승인일자,카드번호,부서,가맹점명,업종,승인금액,취소여부\n";
    let one = |amount: &str, mark: &str| {
        let text = format!("{head}{}{}", row("9000", "승인"), row(amount, mark));
        read(text.as_bytes(), "card.csv").intake[0].clone()
    };
    let plain = one("9000", "취소");
    let minus = one("-9000", "취소");
    assert_eq!((plain.total, minus.total, plain.loaded, minus.loaded), (Amount(0), Amount(0), 2, 2));
    let unknown = one("9000", "보류중");
    assert_eq!((unknown.loaded, unknown.quarantined), (1, 1), "{unknown:?}");
    assert_eq!(one("500", "").total, Amount(9_500));
    let view_of = read(format!("{head}{}", row("1", "승인")).as_bytes(), "card.csv");
    let view = LedgerView::new(&view_of.rows, &view_of.currency).unwrap();
    assert_eq!(view.card.text(0), "5409-********-9012");
}

/// The intake of three payments under these headers.
fn under(headers: &str) -> FileIntake {
    let n = headers.matches(',').count();
    let rest = ",x".repeat(n - 3);
    let text = format!("{headers}\n2024-01-05,총무과,여비,100{rest}\n2024-01-08,총무과,여비,50{rest}\n");
    read(text.as_bytes(), "a.csv").intake[0].clone()
}

#[test]
fn headers_of_card_and_payment_lists_are_known_and_a_time_in_a_date_is_the_minute() {
    for date in ["지급일시", "결의일시", "승인일시", "사용일시", "거래일시", "이용일시", "결제일시"]
    {
        let text = format!(
            "{date},이용부서,계정과목,금액,결제구분,채주,채주사업자등록번호\n\
             2024-01-05 21:47,총무과,여비,100,카드,가나,123-45-67890\n2024-01-08 00:00,총무과,여비,50,카드,가나,\n"
        );
        let read = read(text.as_bytes(), "a.csv");
        let view = LedgerView::new(&read.rows, &read.currency).unwrap();
        assert_eq!(view.minute, [21 * 60 + 47, -1], "{date}: {:?}", read.intake[0]);
        assert_eq!(view.date(0).to_string(), "2024-01-05", "{date}");
        let named = (view.department.text(0), view.payment_method.text(0), view.vendor_no.text(0));
        assert_eq!((named.0, named.1), ("총무과", "카드"), "{date}");
        assert!(!named.2.is_empty(), "{date}");
    }
    for (date, minute) in [("이용일자", "이용시간"), ("결제일자", "결제시각"), ("이용일자", "이용시각")]
    {
        let text = format!(
            "{date},{minute},이용부서,계정과목,금액,채주사업자번호\n2024-01-05,23:05,총무과,여비,100,123-45-67890\n"
        );
        let read = read(text.as_bytes(), "a.csv");
        let view = LedgerView::new(&read.rows, &read.currency).unwrap();
        assert_eq!(view.minute, [23 * 60 + 5], "{date} {minute}: {:?}", read.intake[0]);
    }
}

#[test]
fn spaced_marked_broken_and_bracketed_headers_are_the_same_headers() {
    for headers in [
        "일자,부서,계정과목,금액",
        " 일 자 ,\u{feff}부서,계정 과목,금액*",
        "일자,부서,계정과목,금액1)",
        "①일자,부서,* 계정과목,금액(원)",
        "일자,부서,계정과목,\"지출\r\n금액\"",
        "일자,부서,계정과목,금액(18)",
        "일자,부서,계정과목,금액(부가세 포함)",
    ] {
        let intake = under(headers);
        assert_eq!((intake.loaded, intake.total), (2, Amount(150)), "{headers}: {intake:?}");
    }
    let nfd: String = "일자,부서,계정과목,금액".nfd().collect();
    assert_eq!(under(&nfd).total, Amount(150));
    assert_eq!(under("일자,부서,계정과목,금액(천원)").total, Amount(150_000));
    // A mapping may write its header with a unit, too.
    let mut own = shipped().unwrap().into_iter().find(|m| m.name == "korean_erp").unwrap();
    own.columns.get_mut("amount").unwrap().headers = vec!["나간 돈(원)".to_owned()];
    let text = "일자,부서,계정과목,나간 돈(천원)\n2024-01-05,총무과,여비,100\n";
    let intake = tidy_bytes(text.as_bytes(), "a.csv", &[own], &Departments::default()).intake.remove(0);
    assert_eq!(intake.total, Amount(100_000), "{intake:?}");
    assert_eq!(under("일자,부서,계정과목,금액（천원）").total, Amount(150_000));
}

#[test]
fn brackets_that_name_another_column_are_no_amount() {
    for headers in ["일자,부서,계정과목,금액(예산)", "일자,부서,계정과목,금액(부가세)"]
    {
        assert!(under(headers).refused.is_some(), "{headers}");
    }
}

#[test]
fn doubled_headers_are_refused_only_where_they_matter() {
    assert_eq!(under("일자,부서,계정과목,금액,비고란,비고란").loaded, 2);
    assert_eq!(under("일자,부서,계정과목,금액,,").loaded, 2);
    let doubled = under("일자,부서,계정과목,금액,금액");
    assert!(doubled.refused.unwrap().found.contains("같은 머리글이 두 개: ‘금액’"));
    // The cell written exactly as the mapping writes it is meant.
    assert_eq!(under("일자,부서,계정과목,금액,금액(A)").total, Amount(150));
}

#[test]
fn debit_and_credit_under_different_units_are_refused() {
    let text = "일자,계정과목,거래처코드,차변(원),대변(천원)\n2024-01-05,여비,1,100,\n";
    let intake = &read(text.as_bytes(), "a.csv").intake[0];
    assert!(intake.refused.as_ref().unwrap().found.contains("단위가 다름"), "{intake:?}");
    let text = text.replace("(원)", "(천원)");
    assert_eq!(read(text.as_bytes(), "a.csv").intake[0].total, Amount(100_000));
}

#[test]
fn an_institutions_own_mapping_wins_by_its_marks_and_equal_ones_are_noted() {
    let mut all = shipped().unwrap();
    let mut own: Mapping = all.iter().find(|m| m.name == "korean_erp").unwrap().clone();
    own.name = "our_erp".to_owned();
    let text = "일자,부서,계정과목,금액,우리표시,둘째표시\n2024-01-05,총무과,여비,100,x,y\n";
    all.push(own.clone());
    let intake = tidy_bytes(text.as_bytes(), "a.csv", &all, &Departments::default()).intake.remove(0);
    assert_eq!(intake.mapping, "korean_erp@4");
    assert!(
        intake.notes.iter().any(|n| n.contains("korean_erp@4와 our_erp@4가 똑같이 맞아")),
        "{:?}",
        intake.notes
    );
    own.recognised_by = vec!["우리표시".to_owned(), "둘째 표시".to_owned()];
    *all.last_mut().unwrap() = own.clone();
    let intake = tidy_bytes(text.as_bytes(), "a.csv", &all, &Departments::default()).intake.remove(0);
    assert_eq!(intake.mapping, "our_erp@4");
    own.recognised_by.push("없는표시".to_owned());
    own.recognised_by.remove(0);
    *all.last_mut().unwrap() = own;
    let intake = tidy_bytes(text.as_bytes(), "a.csv", &all, &Departments::default()).intake.remove(0);
    assert_eq!(intake.mapping, "korean_erp@4", "one of two marks is not enough");
}
