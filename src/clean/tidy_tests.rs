//! Whole files as Korean offices export them.

use proptest::prelude::*;

use super::*;
use crate::clean::LedgerView;
use crate::clean::mapping::shipped;
use crate::ingest::read_in_process;
use crate::ledger::Department;

const EXPORT: &str = "한빛공공재단\n지출 내역 (2024.1)\n(단위: 원)\n\
결의일자,결의번호,부서명,계정과목,거래처,적요,금액\n\
2024.1.5.,2024-001,총무팀,사무관리비,가나상사,복사용지,\"1,234,000\"\n\
2024.1.8.,2024-002,총무과,국내여비,,출장비 900101-1234567,△34000\n\
,,총무과 소계,,,,\"1,200,000\"\n\
결의일자,결의번호,부서명,계정과목,거래처,적요,금액\n\
2024.2.30.,2024-003,재무과,국내여비,나다,여비,1000\n\
2024-02-01,2024-004,재무과,국내여비,나다,여비,\"50,000\"\n\
,,합계,,,,\"1,250,000\"\n\
작성자: 홍길동,,,,,,\n";

fn departments() -> Departments {
    let department = |code: &str, name: &str, alias: &str| Department {
        code: code.to_owned(),
        name: name.to_owned(),
        aliases: vec![alias.to_owned()],
        recipients: vec![],
    };
    Departments::new(vec![department("1", "총무과", "총무팀"), department("2", "재무과", "재무팀")])
}

fn clean(text: &str) -> CleanLedger {
    let book = read_in_process(text.as_bytes(), "a.csv").unwrap();
    tidy(&book, &shipped().unwrap(), &departments())
}

#[test]
fn every_row_of_an_export_is_accounted_for() {
    let ledger = clean(EXPORT);
    let intake = &ledger.intake[0];
    assert_eq!(intake.refused, None);
    assert_eq!((intake.rows_in, intake.loaded, intake.skipped, intake.quarantined), (12, 3, 8, 1));
    assert!(intake.balances());
    assert_eq!(intake.total, Amount(1_250_000));
    assert_eq!(intake.mapping, "korean_erp@1");
    let bad = intake.issues.iter().find(|i| i.fate == RowFate::Quarantined).unwrap();
    assert_eq!((bad.at.row, bad.found.as_str(), bad.reason.as_str()), (9, "2024.2.30.", "없는 날짜입니다"));
    assert!(intake.notes.iter().any(|n| n.contains("모두 같습니다")), "{:?}", intake.notes);
}

#[test]
fn values_are_typed_masked_and_departments_named() {
    let ledger = clean(EXPORT);
    let view = LedgerView::new(&ledger.rows, &ledger.currency).unwrap();
    let first = view.expenditure(0);
    assert_eq!((first.department.as_str(), first.amount, first.at.row), ("총무과", Amount(1_234_000), 5));
    assert_eq!(first.date.to_string(), "2024-01-05");
    assert_eq!(view.expenditure(1).amount, Amount(-34_000));
    assert_eq!(view.description.text(1), "출장비 900101-*******");
}

#[test]
fn a_wrong_total_is_remarked() {
    let ledger = clean(&EXPORT.replace("\"1,200,000\"", "\"1,200,001\""));
    assert!(ledger.intake[0].notes.iter().any(|n| n.contains("합계 불일치")), "{:?}", ledger.intake[0].notes);
}

#[test]
fn a_missing_column_is_named_with_what_to_add() {
    let ledger = clean(&EXPORT.replace("계정과목", "뭔가"));
    let problem = ledger.intake[0].refused.as_ref().unwrap();
    assert!(problem.expected.contains("account"), "{problem}");
    assert!(problem.hint.contains("[columns.account]"), "{problem}");
    assert_eq!(problem.place, "a.csv");
}

#[test]
fn a_doubled_header_is_refused() {
    let ledger = clean(&EXPORT.replace("거래처,적요", "금액,적요"));
    assert!(ledger.intake[0].refused.as_ref().unwrap().found.contains("두 개"));
}

#[test]
fn thousands_multiply() {
    let ledger = clean(&EXPORT.replace("(단위: 원)", "(단위: 천원)"));
    assert_eq!(ledger.intake[0].total, Amount(1_250_000_000));
}

#[test]
fn ragged_rows_refuse_the_file() {
    let ragged = "2024-02-01,1,재무과,국내여비,나다,여비,\"50,000\",넘침\n".repeat(3);
    let ledger = clean(&format!("{EXPORT}{ragged}"));
    assert!(ledger.intake[0].refused.as_ref().unwrap().found.contains("칸 수"));
}

#[test]
fn merged_departments_are_filled_inside_their_range_only() {
    let mut book = read_in_process(EXPORT.replace("재무과,국내", ",국내").as_bytes(), "a.csv").unwrap();
    book.format = "xlsx".to_owned();
    book.sheets[0].merges = vec![(6, 2, 10, 2)];
    let ledger = tidy(&book, &shipped().unwrap(), &departments());
    let view = LedgerView::new(&ledger.rows, &ledger.currency).unwrap();
    assert_eq!(view.department.text(2), "총무과");
    book.sheets[0].merges = vec![(6, 2, 8, 2)];
    let ledger = tidy(&book, &shipped().unwrap(), &departments());
    assert_eq!(ledger.intake[0].loaded, 2);
}

#[test]
fn budget_files_become_lines() {
    let text = "예산 현황\n회계연도,부서명,계정과목,예산현액\n2024,총무과,사무관리비,\"10,000,000\"\n2024,총무과,사무관리비,5\n,합계,,\"10,000,005\"\n";
    let ledger = clean(text);
    assert_eq!(ledger.intake[0].kind, crate::ledger::RecordKind::Budget);
    assert_eq!(ledger.budget.len(), 1);
    assert_eq!(ledger.budget[0].current_budget, Amount(10_000_005));
    assert!(ledger.intake[0].balances());
}

#[test]
fn purchasing_cards_are_read_to_the_cent() {
    let text = "CARDNUM,DATE,MERCHNUM,MERCHDESCRIPTION,MERCHSTATE,MERCHZIP,TRANSTYPE,AMOUNT\n\
                5142124791.0,31/01/2010,5725000466504,CDW*GOVERNMENT INC,IL,60061,P,\"$1.106,89\"\n";
    let ledger = clean(text);
    let view = LedgerView::new(&ledger.rows, &ledger.currency).unwrap();
    assert_eq!((view.amount[0], view.card.text(0)), (110_689, "5142-**-4791"));
    assert_eq!(ledger.currency.minor_digits, 2);
}

proptest! {
    #[test]
    fn rows_always_add_up(rows in proptest::collection::vec(
        proptest::collection::vec("(|2024-01-05|합계|총무과|1,000|-|x{0,3})", 1..9), 0..40)) {
        let body: String = rows.iter().map(|cells| format!("{}\n", cells.join(";"))).collect();
        let text = format!("일자;부서;계정과목;적요;금액\n{body}");
        let book = read_in_process(text.as_bytes(), "a.csv").unwrap();
        let n_rows: u64 = book.sheets.iter().map(|s| s.rows.len() as u64).sum();
        let ledger = tidy(&book, &shipped().unwrap(), &departments());
        let intake = &ledger.intake[0];
        prop_assert!(intake.balances());
        if intake.refused.is_none() {
            prop_assert_eq!(intake.rows_in, n_rows);
            prop_assert_eq!(ledger.rows.height() as u64, intake.loaded);
        }
    }
}
