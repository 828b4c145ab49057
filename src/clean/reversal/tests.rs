//! Reversals as institutions write them.
//!
//! Comes in: rows of a few words. Goes out: what is linked and left. Refuses: to serve anything but tests.

mod laws;

use chrono::NaiveDate;

use super::record::Record;
use super::{ATTRIBUTE_DAYS_MAX, DOCUMENT_DAYS_MAX, DOCUMENT_ROWS_MAX, MatchKind, Reversals, link, net};
use crate::clean::{Interned, LedgerView};
use crate::ledger::Currency;

/// A row as written: date, document, account, vendor, description, amount; department 총무과, no kind.
#[derive(Clone, Debug)]
struct Row {
    day: i32,
    document: String,
    department: String,
    account: String,
    vendor: String,
    text: String,
    kind: String,
    amount: i64,
}

fn day(date: &str) -> i32 {
    let date: NaiveDate = date.parse().unwrap();
    i32::try_from((date - NaiveDate::default()).num_days()).unwrap()
}

fn row(date: &str, document: &str, account: &str, vendor: &str, text: &str, amount: i64) -> Row {
    Row {
        day: day(date),
        document: document.to_owned(),
        department: "총무과".to_owned(),
        account: account.to_owned(),
        vendor: vendor.to_owned(),
        text: text.to_owned(),
        kind: String::new(),
        amount,
    }
}

/// A row of 수선비 to 가나상사.
fn plain(date: &str, document: &str, amount: i64) -> Row {
    row(date, document, "수선비", "가나상사", "창문 수리", amount)
}

fn of_kind(kind: &str, row: Row) -> Row {
    Row { kind: kind.to_owned(), ..row }
}

fn view(rows: &[Row]) -> LedgerView {
    let text = |of: fn(&Row) -> &str| Interned::from_values(rows.iter().map(|row| Some(of(row))));
    let none = || Interned::from_values(rows.iter().map(|_| None));
    LedgerView {
        currency: Currency::krw(),
        n_rows: rows.len(),
        source: Interned::from_values(rows.iter().map(|_| Some("지출.xlsx"))),
        sheet: none(),
        row: (1..).take(rows.len()).collect(),
        document_no: text(|r| &r.document),
        day: rows.iter().map(|r| r.day).collect(),
        minute: vec![-1; rows.len()],
        department: text(|r| &r.department),
        account: text(|r| &r.account),
        vendor: text(|r| &r.vendor),
        vendor_no: none(),
        description: text(|r| &r.text),
        payment_method: none(),
        card: none(),
        requester: none(),
        kind: text(|r| &r.kind),
        amount: rows.iter().map(|r| r.amount).collect(),
        ..LedgerView::empty(Currency::krw(), rows.len())
    }
}

/// Links as `(reversal, rows taken from)` and by what.
fn links(reversals: &Reversals) -> Vec<(usize, Vec<usize>, MatchKind)> {
    let rows = |link: &super::Link| link.parts.iter().map(|part| part.row).collect();
    reversals.links.iter().map(|link| (link.reversal, rows(link), link.by)).collect()
}

fn linked(rows: &[Row]) -> Reversals {
    link(&view(rows))
}

#[test]
fn nothing_to_take_back_leaves_the_ledger_as_it_is() {
    let ledger = view(&[plain("2024-03-02", "1", 500), plain("2024-03-03", "2", 500)]);
    let reversals = link(&ledger);
    assert_eq!(reversals, Reversals { left: vec![500, 500], ..Reversals::default() });
    let netted = net(&ledger, &reversals);
    assert!(matches!(netted.ledger, std::borrow::Cow::Borrowed(_)));
    assert_eq!(netted.rows, [0, 1]);
    assert_eq!(link(&view(&[])), Reversals::default());
}

#[test]
fn the_same_document_beats_a_nearer_payment() {
    let reversals = linked(&[
        plain("2024-03-02", "2024-0012", 500),
        plain("2024-03-04", "2024-0013", 500),
        plain("2024-03-05", "2024-0012", -500),
    ]);
    assert_eq!(links(&reversals), [(2, vec![0], MatchKind::Document)]);
    assert_eq!(reversals.left, [0, 500, 0]);
}

#[test]
fn the_ending_of_a_number_names_its_document() {
    for number in
        ["2024-0012-C", "2024-0012-1", "2024-0012취소", "2024-0012-취소", "(반납)2024-0012", "2024-0012-정정"]
    {
        let reversals = linked(&[
            plain("2024-03-02", "2024-0012", 500),
            plain("2024-03-04", "2024-0013", 500),
            plain("2024-03-05", number, -500),
        ]);
        assert_eq!(links(&reversals), [(2, vec![0], MatchKind::DocumentSuffix)], "{number}");
    }
}

#[test]
fn attributes_take_the_nearest_earlier_payment() {
    let reversals = linked(&[
        plain("2024-03-02", "1", 500),
        plain("2024-03-04", "2", 500),
        plain("2024-03-05", "3", -500),
        plain("2024-03-06", "4", 500),
        plain("2024-03-07", "5", -500),
        plain("2024-03-08", "6", -500),
        plain("2024-03-09", "7", -500),
    ]);
    let by = MatchKind::Attributes;
    assert_eq!(links(&reversals), [(2, vec![1], by), (4, vec![3], by), (5, vec![0], by)]);
    assert_eq!(reversals.unmatched, [6]);
    assert_eq!(reversals.left, [0, 0, 0, 0, 0, 0, -500]);
}

#[test]
fn a_reversal_follows_its_payment_or_shares_its_day() {
    let before = linked(&[plain("2024-03-05", "1", -500), plain("2024-03-06", "2", 500)]);
    assert!(before.links.is_empty() && before.unmatched == [0]);
    let same_day = linked(&[plain("2024-03-05", "1", -500), plain("2024-03-05", "2", 500)]);
    assert_eq!(links(&same_day), [(0, vec![1], MatchKind::Attributes)]);
    let document_before = linked(&[plain("2024-03-05", "1", -500), plain("2024-03-06", "1", 500)]);
    assert!(document_before.links.is_empty());
}

#[test]
fn windows_end_on_their_day() {
    let apart = |days: i32, document: &str| {
        let mut back = plain("2024-03-05", document, -500);
        back.day += days;
        linked(&[plain("2024-03-05", "1", 500), back]).links.len()
    };
    assert_eq!((apart(ATTRIBUTE_DAYS_MAX, "9"), apart(ATTRIBUTE_DAYS_MAX + 1, "9")), (1, 0));
    assert_eq!((apart(DOCUMENT_DAYS_MAX, "1"), apart(DOCUMENT_DAYS_MAX + 1, "1")), (1, 0));
}

#[test]
fn another_department_account_vendor_or_amount_is_no_match() {
    let paid = plain("2024-03-02", "1", 500);
    let back = plain("2024-03-05", "2", -500);
    let others = [
        Row { department: "시설과".to_owned(), ..back.clone() },
        Row { account: "소모품비".to_owned(), ..back.clone() },
        Row { vendor: "다라상사".to_owned(), ..back.clone() },
        Row { amount: -501, ..back.clone() },
        Row { amount: -499, ..back.clone() },
        Row { vendor: String::new(), ..back.clone() },
        Row { document: "1".to_owned(), department: "시설과".to_owned(), ..back.clone() },
        Row { document: "1".to_owned(), vendor: "다라상사".to_owned(), ..back.clone() },
        Row { document: "1".to_owned(), amount: -501, ..back.clone() },
    ];
    for other in others {
        assert_eq!(linked(&[paid.clone(), other.clone()]).unmatched, [1], "{other:?}");
    }
    assert_eq!(linked(&[paid, back]).unmatched, [0_usize; 0]);
}

#[test]
fn a_part_is_taken_back_by_document_only() {
    let reversals = linked(&[
        plain("2024-03-02", "12", 1_000),
        plain("2024-03-05", "12-반납", -400),
        plain("2024-03-06", "12-반납", -500),
        plain("2024-03-07", "12-반납", -200),
        plain("2024-03-08", "13", -50),
    ]);
    let by = MatchKind::DocumentSuffix;
    assert_eq!(links(&reversals), [(1, vec![0], by), (2, vec![0], by)]);
    assert_eq!(reversals.left, [100, 0, 0, -200, -50]);
    assert_eq!((reversals.partly_left(), reversals.unmatched), (vec![0], vec![3, 4]));
}

#[test]
fn what_is_left_after_a_part_can_be_taken_back() {
    let reversals = linked(&[
        plain("2024-03-02", "12", 1_000),
        plain("2024-03-05", "12", -400),
        plain("2024-03-08", "13", -600),
    ]);
    assert_eq!(links(&reversals), [(1, vec![0], MatchKind::Document), (2, vec![0], MatchKind::Attributes)]);
    assert_eq!(reversals.left, [0, 0, 0]);
    assert!(reversals.partly_left().is_empty());
}

#[test]
fn all_rows_of_a_document_are_taken_back_by_their_sum() {
    let reversals = linked(&[
        plain("2024-03-02", "12", 1_000),
        row("2024-03-02", "12", "소모품비", "가나상사", "용지", 300),
        plain("2024-03-03", "13", 700),
        plain("2024-03-05", "12-C", -1_300),
    ]);
    assert_eq!(links(&reversals), [(3, vec![0, 1], MatchKind::DocumentSuffix)]);
    assert_eq!(reversals.left, [0, 0, 700, 0]);
}

#[test]
fn of_equal_candidates_the_earliest_row_is_taken_and_said() {
    let same_day = |document: &str| {
        linked(&[
            plain("2024-03-02", document, 500),
            plain("2024-03-04", document, 500),
            plain("2024-03-04", document, 500),
            plain("2024-03-05", "7", -500),
        ])
    };
    for document in ["1", "7"] {
        let reversals = same_day(document);
        assert_eq!(reversals.links[0].parts[0].row, 1);
        assert!(reversals.links[0].is_ambiguous);
    }
    let clear = linked(&[
        plain("2024-03-03", "1", 500),
        plain("2024-03-04", "2", 500),
        plain("2024-03-05", "7", -500),
    ]);
    assert!(!clear.links[0].is_ambiguous);
}

#[test]
fn a_correction_leaves_the_new_row() {
    // The old row of March goes, the new one stays, though it is nearer and carries the number as well.
    for account in ["수선비", "시설비"] {
        let reversals = linked(&[
            plain("2024-03-02", "12", 500),
            row("2024-03-20", "12", account, "가나상사", "창문 수리 정정", 500),
            row("2024-03-20", "12", "수선비", "가나상사", "창문 수리 정정", -500),
        ]);
        assert_eq!(links(&reversals), [(2, vec![0], MatchKind::Document)], "{account}");
        assert_eq!(reversals.left, [0, 500, 0]);
    }
    let by_attributes = linked(&[
        plain("2024-03-02", "12", 500),
        row("2024-03-20", "31", "수선비", "가나상사", "창문 수리(정정)", 500),
        row("2024-03-20", "30", "수선비", "가나상사", "창문 수리(정정)", -500),
    ]);
    assert_eq!(by_attributes.left, [0, 500, 0]);
    let amount = linked(&[
        plain("2024-03-02", "12", 500),
        plain("2024-03-20", "12-정정", -500),
        plain("2024-03-20", "12-정정", 450),
    ]);
    assert_eq!(amount.left, [0, 0, 450]);
    // Nothing names the correction: the row of the reversal's own account goes.
    let unnamed = linked(&[
        plain("2024-03-02", "12", 500),
        row("2024-03-20", "12", "시설비", "가나상사", "창문 수리", 500),
        plain("2024-03-20", "12", -500),
    ]);
    assert_eq!(unnamed.left, [0, 500, 0]);
    // A later reversal takes the corrected row.
    let later = linked(&[plain("2024-03-20", "12-정정", 450), plain("2024-03-21", "44", -450)]);
    assert_eq!(later.left, [0, 0]);
}

#[test]
fn a_kind_says_that_a_positive_row_takes_back() {
    let rows = [
        plain("2024-03-02", "1", 500),
        of_kind("승인취소", plain("2024-03-05", "2", 500)),
        of_kind("승인취소", plain("2024-03-05", "3", 900)),
        of_kind("정상", plain("2024-03-06", "4", 900)),
        of_kind("미취소", plain("2024-03-06", "5", 500)),
        of_kind("정정", plain("2024-03-06", "6", 500)),
    ];
    let reversals = linked(&rows);
    assert_eq!(links(&reversals), [(1, vec![0], MatchKind::Attributes)]);
    assert_eq!((reversals.left, reversals.unmatched), (vec![0, 0, -900, 900, 500, 500], vec![2]));
}

#[test]
fn words_take_back_only_where_all_else_agrees() {
    let paid = plain("2024-03-02", "12", 500);
    let word = |document: &str, text: &str, amount: i64| Row {
        text: text.to_owned(),
        ..plain("2024-03-05", document, amount)
    };
    let left = |rows: &[Row]| linked(rows).left;
    assert_eq!(left(&[paid.clone(), word("13", "창문 수리 취소", 500)]), [0, 0]);
    assert_eq!(left(&[paid.clone(), word("12-취소", "창문", 500)]), [0, 0]);
    // A refund paid out, a fee for a cancellation, a part, a correction: payments.
    for (document, text, amount) in [
        ("13", "수강료 환불", 500),
        ("13", "행사 취소 위약금", 500),
        ("13", "창문 수리 취소", 499),
        ("12-취소", "창문", 400),
        ("12-C", "창문", 500),
        ("12-정정", "창문 수리 정정", 500),
    ] {
        let rows = [paid.clone(), word(document, text, amount)];
        let reversals = linked(&rows);
        assert!(reversals.links.is_empty() && reversals.unmatched.is_empty(), "{document} {text}");
        assert_eq!(reversals.left, [500, amount]);
    }
    // What pays a fee can itself be taken back.
    let fee = word("13", "행사 취소", 700);
    assert_eq!(left(&[fee, plain("2024-03-06", "14", -700)]), [0, 0]);
}

#[test]
fn without_vendors_the_description_must_agree() {
    let bare = |date: &str, text: &str, amount: i64| row(date, "", "여비", "", text, amount);
    let agreeing = [
        bare("2024-03-02", "3월 출장 여비", 500),
        bare("2024-03-03", "4월 출장 여비", 500),
        bare("2024-03-05", "3월 출장 여비 반납", -500),
    ];
    assert_eq!(linked(&agreeing).left, [0, 500, 0]);
    let other = [bare("2024-03-02", "3월 출장 여비", 500), bare("2024-03-05", "반납", -500)];
    assert_eq!(linked(&other).unmatched, [1]);
}

#[test]
fn a_number_that_many_rows_carry_names_no_payment() {
    let many = |n: usize| {
        let mut rows: Vec<Row> =
            (0..n).map(|i| row("2024-03-02", "1", "수선비", &format!("거래처{i}"), "", 500)).collect();
        rows.push(row("2024-03-05", "1", "여비", "거래처0", "", -500));
        linked(&rows).links.len()
    };
    assert_eq!((many(DOCUMENT_ROWS_MAX - 1), many(DOCUMENT_ROWS_MAX)), (1, 0));
}

#[test]
fn extreme_amounts_do_not_overflow() {
    let reversals = linked(&[
        plain("2024-03-02", "1", i64::MAX),
        plain("2024-03-02", "1", i64::MAX),
        plain("2024-03-05", "1", i64::MIN),
        plain("2024-03-05", "1", -i64::MAX),
    ]);
    assert_eq!((reversals.left, reversals.unmatched), (vec![0, i64::MAX, i64::MIN, 0], vec![2]));
}

#[test]
fn the_remaining_rows_keep_their_words() {
    let ledger = view(&[
        plain("2024-03-02", "12", 1_000),
        row("2024-03-03", "13", "여비", "나라여행", "출장", 0),
        plain("2024-03-05", "12", -400),
        row("2024-03-06", "14", "여비", "나라여행", "출장", 900),
        row("2024-03-07", "15", "여비", "나라여행", "출장", -900),
        row("2024-03-08", "16", "여비", "나라여행", "출장", -800),
    ]);
    let netted = net(&ledger, &link(&ledger));
    assert_eq!(netted.rows, [0, 1, 5]);
    assert_eq!(netted.ledger.amount, [600, 0, -800]);
    let numbers: Vec<&str> = (0..3).map(|i| netted.ledger.document_no.text(i)).collect();
    assert_eq!(numbers, ["12", "13", "16"]);
    assert_eq!(netted.ledger.account.names, ["수선비", "여비"]);
    let record = Record::new(&ledger, &link(&ledger), &|i| ledger.day[i] < day("2024-03-07"));
    assert_eq!((record.known.linked, record.counts.linked, record.counts.partly_left), (2, 1, 1));
    assert_eq!((record.known.unmatched, record.counts.unmatched), (1, 0));
    let taken = &record.pairs[0].takes_back[0];
    assert_eq!((taken.payment.document_no.as_str(), taken.taken, taken.left), ("12", 400, 600));
    let json = serde_json::to_value(&record).unwrap();
    assert_eq!(json["pairs"][0]["matched_by"], "document");
    assert_eq!(json["pairs"][0]["reversal"]["at"]["row"], 3);
}
