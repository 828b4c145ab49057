//! Files that look right and are not: each must be read as meant, kept aside or refused, never read as something else.

use super::*;
use crate::clean::mapping::shipped;
use crate::clean::{CleanLedger, LedgerView};
use crate::ingest::{Collect, read_in_process};
use crate::ledger::FileIntake;

fn ledger(text: &str) -> CleanLedger {
    tidy_bytes(text.as_bytes(), "a.csv", &shipped().unwrap(), &Departments::default())
}

fn intake(text: &str) -> FileIntake {
    let intake = ledger(text).intake.remove(0);
    assert!(intake.balances(), "{intake:?}");
    intake
}

/// Several texts as the sheets of one book; without the rule that rows must be as long as the header.
fn book(sheets: &[(&str, &str)]) -> CleanLedger {
    let read = |sink: &mut dyn RowSink| {
        for (name, text) in sheets {
            let mut kept = Collect::new(1_000);
            read_in_process(text.as_bytes(), "a", &mut kept);
            sink.sheet(SheetHead { name: (*name).to_owned(), ..SheetHead::default() }).unwrap();
            for row in &kept.sheets[0].rows {
                sink.row(row).unwrap();
            }
        }
        read_in_process(b"a,b", "a", &mut Collect::new(0))
    };
    tidy("a.xlsx", read, &shipped().unwrap(), &Departments::default())
}

const HEADER: &str = "일자,부서,계정과목,적요,금액\n";

#[test]
fn a_header_that_cannot_be_used_stops_the_file() {
    for second in [
        // The columns changed places, and one of them is called 계.
        "계,일자,계정과목,부서,비고\n",
        // A word that begins notes.
        "담당부서,일자,계정과목,적요,비고\n",
    ] {
        let text = format!("{HEADER}2024-01-05,총무과,여비,출장,100\n{second}1,2024-01-06,여비,총무과,x\n");
        let refused = book(&[("지출", &text)]).intake.remove(0).refused;
        assert!(refused.is_some(), "{second}");
    }
}

#[test]
fn the_upper_of_two_tables_is_not_lost() {
    let card = "승인일자,승인시각,카드번호,가맹점명,승인금액,취소여부,부서,계정과목,사용자\n2024-01-06,10:00,1234-5678-9012-3456,가나,50,승인,총무과,여비,홍\n";
    let text = format!("{HEADER}2024-01-05,총무과,여비,출장,100\n2024-01-06,총무과,여비,출장,200\n{card}");
    let intake = book(&[("지출", &text)]).intake.remove(0);
    assert!(intake.refused.is_some() || intake.loaded + intake.quarantined >= 3, "{intake:?}");
}

#[test]
fn a_bracketed_amount_in_a_title_is_no_unit() {
    let text = format!("업무추진비 지출 내역 (10만원),,,,\n{HEADER}2024-01-05,총무과,여비,출장,100\n");
    assert_eq!(intake(&text).total, Amount(100));
    let noted = format!("{HEADER}※ 1인당 한도액 (1만원),,,,\n2024-01-05,총무과,여비,출장,100\n");
    assert_eq!(intake(&noted).total, Amount(100));
}

#[test]
fn a_unit_is_seen_below_the_header_and_refused_where_it_is_half() {
    let below = format!("{HEADER},,,,천원\n2024-01-05,총무과,여비,출장,100\n");
    assert_eq!(intake(&below).total, Amount(100_000));
    let page = format!(
        "{HEADER}2024-01-05,총무과,여비,출장,100\n지출 내역,,2쪽,,(단위: 천원)\n2024-01-06,총무과,여비,출장,1\n"
    );
    assert_eq!(intake(&page).total, Amount(1_100));
    for half in ["금액(천)", "금액(백만)", "금액(K)"] {
        let text = HEADER.replace("금액", half) + "2024-01-05,총무과,여비,출장,100\n";
        assert!(intake(&text).refused.is_some_and(|problem| problem.found.contains("단위")), "{half}");
    }
}

#[test]
fn dated_totals_of_any_name_are_proved_or_kept_aside() {
    let two = format!("{HEADER}2024-01-05,총무과,여비,출장,100\n2024-01-05,총무과,여비,출장,50\n");
    for (word, amount, loaded, skipped, kept) in [
        ("총무과 소계", 150, 2, 2, 0),
        ("（소계）", 150, 2, 2, 0),
        ("Sub Total", 150, 2, 2, 0),
        ("총무과 계", 150, 2, 2, 0),
        ("총무과 소계", 149, 2, 1, 1),
        ("연계", 150, 2, 1, 1),
        ("산학연계", 150, 3, 1, 0),
    ] {
        let text = format!("{two}2024-01-05,총무과,{word},출장,{amount}\n");
        let found = intake(&text);
        assert_eq!(
            (found.loaded, found.skipped, found.quarantined),
            (loaded, skipped, kept),
            "{word} {amount}"
        );
    }
}

#[test]
fn a_bad_date_makes_no_total_and_no_note_of_a_payment() {
    let text = format!("{HEADER}2024-01-05,총무과,여비,출장,100\n2024-02-30,총무과,여비,산학협력 합계,50\n");
    assert_eq!(intake(&text).quarantined, 1);
    let note = format!("{HEADER}2024-01-05,총무과,여비,출장,100\n이상사,총무과,여비,출장,5O\n");
    assert_eq!(intake(&note).quarantined, 1);
}

#[test]
fn a_copied_sheet_is_refused_and_an_unread_one_is_named() {
    let month = format!("{HEADER}2024-01-05,총무과,여비,출장,100\n2024-01-06,총무과,여비,출장,50\n");
    let other = format!("{HEADER}2024-02-05,총무과,여비,출장,7\n");
    let copied = book(&[("1월", &month), ("1월 (2)", &month), ("2월", &other)]).intake.remove(0);
    assert!(copied.refused.unwrap().found.contains("1월 (2)"));
    let half = "일자,부서,계정,적요,값\n2024-03-05,총무과,여비,출장,7\n2024-03-06,총무과,여비,출장,8\n";
    let unread = book(&[("1월", &month), ("3월", half)]).intake.remove(0);
    assert_eq!((unread.loaded, unread.quarantined, unread.unread_sheets()), (2, 3, 1), "{unread:?}");
    assert!(unread.balances());
}

#[test]
fn a_file_of_a_header_alone_is_refused() {
    assert!(intake(HEADER).refused.unwrap().found.contains("머리글만"));
}

#[test]
fn two_lines_in_an_amount_are_not_one_amount() {
    let text = format!("{HEADER}2024-01-05,총무과,여비,출장,100\n2024-01-05,총무과,여비,출장,\"500\n300\"\n");
    assert_eq!((intake(&text).total, intake(&text).quarantined), (Amount(100), 1));
}

#[test]
fn another_currency_keeps_the_row_aside() {
    let text = "일자,부서,계정과목,통화,금액\n2024-01-05,총무과,여비,KRW,100\n2024-01-05,총무과,여비,USD,40\n2024-01-05,총무과,여비,,7\n";
    assert_eq!((intake(text).total, intake(text).quarantined), (Amount(107), 1));
    let local = text.replace("금액", "현지통화금액");
    assert_eq!(intake(&local).quarantined, 0);
}

#[test]
fn document_numbers_that_look_like_accounts_stay_apart() {
    let text = "일자,부서,계정과목,결의번호,금액\n2024-01-05,총무과,여비,301-001-001123,100\n2024-01-05,총무과,여비,301-001-002123,200\n2024-01-05,총무과,여비,900101-1234567,3\n";
    let ledger = ledger(text);
    let view = LedgerView::new(&ledger.rows, &ledger.currency).unwrap();
    assert_eq!((view.document_no.text(0), view.document_no.text(1)), ("301-001-001123", "301-001-002123"));
    assert_eq!(view.document_no.text(2), "900101-*******");
}

#[test]
fn a_budget_line_on_two_sheets_is_not_added_up() {
    let month = "회계연도,부서명,예산과목,예산현액\n2024,총무과,여비,1000\n2024,총무과,사무관리비,500\n";
    let changed = month.replace("500", "600");
    let intake = book(&[("1월", month), ("2월", &changed)]).intake.remove(0);
    assert!(intake.refused.unwrap().found.contains("‘2월’"));
}
