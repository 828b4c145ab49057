//! Whole files as Korean offices export them.

use proptest::prelude::*;

use super::*;
use crate::clean::LedgerView;
use crate::clean::mapping::shipped;
use crate::ingest::{Collect, Merge, read_in_process};
use crate::ledger::{Amount, Department};

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
    tidy_bytes(text.as_bytes(), "a.csv", &shipped().unwrap(), &departments())
}

/// `text` as a workbook with these merged ranges.
fn merged(text: &str, merges: &[Merge]) -> CleanLedger {
    struct AsWorkbook<'s>(&'s mut dyn RowSink, Vec<Merge>);
    impl RowSink for AsWorkbook<'_> {
        fn sheet(&mut self, head: SheetHead) -> Result<(), Problem> {
            self.0.sheet(SheetHead { is_delimited: false, merges: self.1.clone(), ..head })
        }
        fn row(&mut self, row: &RawRow) -> Result<(), Problem> {
            self.0.row(row)
        }
        fn refused(&mut self, name: &str, problem: Problem) -> Result<(), Problem> {
            self.0.refused(name, problem)
        }
    }
    let read = |sink: &mut dyn RowSink| {
        read_in_process(text.as_bytes(), "a.csv", &mut AsWorkbook(sink, merges.to_vec()))
    };
    tidy("a.csv", read, &shipped().unwrap(), &departments())
}

#[test]
fn every_row_of_an_export_is_accounted_for() {
    let ledger = clean(EXPORT);
    let intake = &ledger.intake[0];
    assert_eq!(intake.refused, None);
    assert_eq!((intake.rows_in, intake.loaded, intake.skipped, intake.quarantined), (12, 3, 8, 1));
    assert!(intake.balances());
    assert_eq!(intake.total, Amount(1_250_000));
    assert_eq!(intake.mapping, "korean_erp@4");
    let bad = intake.issues.iter().find(|i| i.fate == RowFate::Quarantined).unwrap();
    assert_eq!((bad.at.row, bad.found.as_str(), bad.reason.as_str()), (9, "2024.2.30.", "없는 날짜입니다"));
    assert!((intake.totals_compared, intake.totals_differing.len()) == (2, 0), "{:?}", intake.notes);
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
    assert!(
        ledger.intake[0].totals_differing.len() == 1
            && ledger.intake[0].notes.iter().any(|n| n.contains("합계 불일치")),
        "{:?}",
        ledger.intake[0].notes
    );
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
    let text = EXPORT.replace("재무과,국내", ",국내");
    let range = |last_row| [Merge { first_row: 6, first_column: 2, last_row, last_column: 2 }];
    let ledger = merged(&text, &range(10));
    let view = LedgerView::new(&ledger.rows, &ledger.currency).unwrap();
    assert_eq!(view.department.text(2), "총무과");
    assert_eq!(merged(&text, &range(8)).intake[0].loaded, 2);
}

#[test]
fn merged_dates_are_filled_and_merged_amounts_are_not() {
    let text = "일자,부서,계정과목,금액\n2024-01-05,총무과,여비,100\n,총무과,여비,200\n2024-01-06,총무과,여비,\n2024-01-06,총무과,여비,5\n";
    let down = |first_row, first_column| Merge {
        first_row,
        first_column,
        last_row: first_row + 1,
        last_column: first_column,
    };
    let ledger = merged(text, &[down(2, 0), down(2, 3)]);
    let intake = &ledger.intake[0];
    assert_eq!((intake.loaded, intake.quarantined, intake.total), (3, 1, Amount(305)), "{intake:?}");
    let view = LedgerView::new(&ledger.rows, &ledger.currency).unwrap();
    assert_eq!(view.date(1).to_string(), "2024-01-05");
}

#[test]
fn a_header_of_two_rows_is_one_header() {
    let text = "지출 내역,,,,\n일자,부서,계정과목,예산,지출\n,,,금액,금액\n2024-01-05,총무과,여비,900,100\n";
    let mut mapping = shipped().unwrap().into_iter().find(|m| m.name == "korean_erp").unwrap();
    mapping.columns.get_mut("amount").unwrap().headers = vec!["지출금액".to_owned()];
    let ledger = tidy_bytes(text.as_bytes(), "a.csv", &[mapping], &departments());
    assert_eq!((ledger.intake[0].loaded, ledger.intake[0].total), (1, Amount(100)), "{:?}", ledger.intake[0]);
}

#[test]
fn another_table_below_is_read_by_its_own_header() {
    let text = "일자,부서,계정과목,금액\n2024-01-05,총무과,여비,100\n,합계,,100\n\n일자,계정과목,부서,거래처,금액\n2024-01-06,여비,재무과,가나,50\n";
    let ledger = merged(text, &[]);
    let view = LedgerView::new(&ledger.rows, &ledger.currency).unwrap();
    assert_eq!((view.n_rows, view.department.text(0), view.department.text(1)), (2, "총무과", "재무과"));
    assert_eq!((view.vendor.text(0), view.vendor.text(1)), ("", "가나"));
    assert!(ledger.intake[0].issues.iter().any(|i| i.reason.starts_with("다른 표의 머리글")));
    assert!(ledger.intake[0].balances());
}

#[test]
fn payments_above_the_header_are_kept_aside() {
    let text = "2024-01-05,총무과,여비,100\n일자,부서,계정과목,금액\n2024-01-06,재무과,여비,50\n";
    let intake = &clean(text).intake[0];
    assert_eq!((intake.loaded, intake.quarantined, intake.skipped), (1, 1, 1), "{intake:?}");
    assert!(intake.issues[0].reason.contains("머리글보다 위"));
}

#[test]
fn a_dated_total_is_proved_or_kept_aside() {
    let dated = |amount| {
        format!(
            "일자,부서,계정과목,금액\n2024-01-05,총무과,여비,100\n2024-01-08,총무과,여비,50\n2024-01-31,총무과,월계,{amount}\n"
        )
    };
    let right = clean(&dated(150));
    assert_eq!((right.intake[0].loaded, right.intake[0].skipped, right.intake[0].quarantined), (2, 2, 0));
    let wrong = clean(&dated(151));
    assert_eq!((wrong.intake[0].loaded, wrong.intake[0].quarantined), (2, 1));
    assert!(wrong.intake[0].issues[0].reason.contains("합계 행인지"));
}

#[test]
fn a_sheet_that_repeats_the_others_is_not_counted_twice() {
    let rows = [
        "2024-01-05,총무과,여비,100",
        "2024-01-08,재무과,여비,50",
        "2024-02-01,총무과,여비,7",
        "2024-02-02,총무과,여비,8",
    ];
    let read = |all: &[&'static str]| {
        let sheets = [("1월", rows[..2].to_vec()), ("2월", rows[2..].to_vec()), ("전체", all.to_vec())];
        move |sink: &mut dyn RowSink| {
            for (name, rows) in sheets {
                let text = format!("일자,부서,계정과목,금액\n{}\n", rows.join("\n"));
                let mut kept = Collect::new(100);
                read_in_process(text.as_bytes(), "a", &mut kept);
                sink.sheet(SheetHead { name: name.to_owned(), ..SheetHead::default() }).unwrap();
                for row in &kept.sheets[0].rows {
                    sink.row(row).unwrap();
                }
            }
            read_in_process(b"a,b", "a", &mut Collect::new(0))
        }
    };
    let twice = tidy("a.xlsx", read(&rows), &shipped().unwrap(), &departments());
    assert!(twice.intake[0].refused.as_ref().unwrap().found.contains("전체"), "{:?}", twice.intake[0]);
    assert!(twice.intake[0].balances() && twice.rows.height() == 0);
    let other = tidy("a.xlsx", read(&rows[..3]), &shipped().unwrap(), &departments());
    assert_eq!((other.intake[0].loaded, other.intake[0].sheets.len()), (7, 3), "{:?}", other.intake[0]);
}

#[test]
fn a_refused_file_still_accounts_for_its_rows() {
    let intake = &clean(&EXPORT.replace("계정과목", "뭔가")).intake[0];
    assert_eq!((intake.rows_in, intake.quarantined), (12, 12));
    assert!(intake.balances());
}

#[test]
fn the_same_rows_in_another_order_are_the_same_set() {
    let one = clean("일자,부서,계정과목,금액\n2024-01-05,총무과,여비,100\n2024-01-08,재무과,여비,50\n");
    let two = clean("부서;일자;금액;계정과목\n재무팀;2024.1.8.;50원;여비\n총무과;20240105;100;여비\n");
    assert_eq!(one.intake[0].rows_digest, two.intake[0].rows_digest);
    let three = clean("일자,부서,계정과목,금액\n2024-01-05,총무과,여비,100\n2024-01-08,재무과,여비,51\n");
    assert_ne!(one.intake[0].rows_digest, three.intake[0].rows_digest);
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
        let mut found = Collect::new(usize::MAX);
        read_in_process(text.as_bytes(), "a.csv", &mut found);
        let n_rows: u64 = found.sheets.iter().map(|s| s.rows.len() as u64).sum();
        let ledger = clean(&text);
        let intake = &ledger.intake[0];
        prop_assert!(intake.balances());
        prop_assert_eq!(intake.rows_in, n_rows);
        if intake.refused.is_none() {
            prop_assert_eq!(ledger.rows.height() as u64, intake.loaded);
        }
    }
}
