//! Reading labels: what is taken, every refusal, all at once.

use super::*;
use crate::clean::{Interned, LedgerView};
use crate::ingest::{Collect, read_in_process};
use crate::ledger::Currency;
use crate::ledger::review::DISMISSALS;
use crate::review::write;

/// a.xlsx sheet 지출 rows 2 and 3 (D1, D1), b.csv rows 2 and 3 (D2, no number).
fn ledger() -> LedgerView {
    let column = |values: [&'static str; 4]| Interned::from_values(values.into_iter().map(Some));
    let none = || column([""; 4]);
    LedgerView {
        currency: Currency::krw(),
        n_rows: 4,
        source: column(["a.xlsx", "a.xlsx", "b.csv", "b.csv"]),
        sheet: column(["지출", "지출", "", ""]),
        row: vec![2, 3, 2, 3],
        document_no: column(["D1", "D1", "D2", ""]),
        day: vec![20_000; 4],
        minute: vec![-1; 4],
        department: none(),
        account: none(),
        vendor: none(),
        vendor_no: none(),
        description: none(),
        payment_method: none(),
        card: none(),
        requester: none(),
        kind: none(),
        amount: vec![1; 4],
        ..LedgerView::empty(Currency::krw(), 4)
    }
}

fn given() -> Given {
    Given { by: None, today: NaiveDate::from_ymd_opt(2025, 2, 1).unwrap(), now_ms: 77 }
}

fn read_with(csv: &str, given: &Given) -> Result<ReadLabels, Problems> {
    let mut cells = Collect::new(ROWS_MAX + 2);
    let facts = read_in_process(csv.as_bytes(), "검토.csv", &mut cells);
    assert_eq!(facts.refused, None);
    let ledger = ledger();
    read(&cells.sheets, "검토.csv", &Payments::new(&ledger), given)
}

fn places(csv: &str) -> Vec<String> {
    let problems = read_with(csv, &given()).unwrap_err();
    assert!(problems.0.iter().all(|p| !p.hint.is_empty() && !p.expected.is_empty() && !p.found.is_empty()));
    problems.0.into_iter().map(|problem| problem.place).collect()
}

const HEADER: &str = "파일,시트,행,문서번호,결과,사유,소요시간(분),검토자,검토일,출처\n";

#[test]
fn a_row_says_who_found_what_when() {
    let csv = format!("{HEADER}b.csv,,2,D2,정상,정기 지급,30,김감사,2025.1.31,부서\n");
    let read = read_with(&csv, &given()).unwrap();
    let expected = Label {
        at: RowRef { source: "b.csv".to_owned(), sheet: String::new(), row: 2 },
        document_no: "D2".to_owned(),
        outcome: Outcome::Dismissed,
        reason: "recurring".to_owned(),
        minutes: Some(30),
        decided_by: "김감사".to_owned(),
        decided_on: NaiveDate::from_ymd_opt(2025, 1, 31).unwrap(),
        recorded_ms: 77,
        origin: Origin::Department,
    };
    assert_eq!(read, ReadLabels { labels: vec![expected], n_open: 0 });
}

#[test]
fn a_document_stands_for_all_its_payments_and_further_columns_are_passed_over() {
    let given = Given { by: Some("김감사".to_owned()), ..given() };
    let csv =
        "document_no,outcome,decided_on,score\nD1,confirmed,2025-01-31,88\nD2,false_alarm,2025-01-30,90\n";
    let read = read_with(csv, &given).unwrap();
    let found: Vec<(i64, &str, Outcome, &str)> = read
        .labels
        .iter()
        .map(|l| (l.at.row, l.at.sheet.as_str(), l.outcome, l.decided_by.as_str()))
        .collect();
    let expected = [
        (2, "지출", Outcome::Confirmed, "김감사"),
        (3, "지출", Outcome::Confirmed, "김감사"),
        (2, "", Outcome::Dismissed, "김감사"),
    ];
    assert_eq!(found, expected);
    assert!(
        read.labels.iter().all(|l| l.origin == Origin::Audit && l.reason.is_empty() && l.minutes.is_none())
    );
}

#[test]
fn every_bad_row_is_named_with_its_column_and_the_good_ones_are_not() {
    let csv = [
        HEADER,
        "b.csv,,2,D2,정상,정기 지급,,김감사,2025-01-31,\n",
        "c.csv,,2,,정상,정기 지급,,김감사,2025-01-31,\n",
        "b.csv,,9,,정상,정기 지급,,김감사,2025-01-31,\n",
        "b.csv,지출,3,,정상,정기 지급,,김감사,2025-01-31,\n",
        "b.csv,,둘,,정상,정기 지급,,김감사,2025-01-31,\n",
        "a.xlsx,지출,2,D9,정상,정기 지급,,김감사,2025-01-31,\n",
        ",,,D7,정상,정기 지급,,김감사,2025-01-31,\n",
        "b.csv,,3,,부정,정기 지급,,김감사,2025-01-31,\n",
        "b.csv,,3,,정상,그냥,,김감사,2025-01-31,\n",
        "b.csv,,3,,정상,,,김감사,2025-01-31,\n",
        "b.csv,,3,,이상 확인,,-1,김감사,2025-01-31,\n",
        "b.csv,,3,,이상 확인,,1.5,김감사,2025-01-31,\n",
        "b.csv,,3,,이상 확인,,,,2025-01-31,\n",
        "b.csv,,3,,이상 확인,,,김감사,2025-02-02,\n",
        "b.csv,,3,,이상 확인,,,김감사,2025-02-30,\n",
        "b.csv,,3,,이상 확인,,,김감사,,\n",
        "b.csv,,3,,이상 확인,,,김감사,2025-01-31,소문\n",
        "b.csv,,2,,이상 확인,,,김감사,2025-01-31,감사\n",
        ",,,,,정기 지급,,,,\n",
    ]
    .concat();
    let columns = [
        (3, "파일"),
        (4, "행"),
        (5, "행"),
        (6, "행"),
        (7, "문서번호"),
        (8, "문서번호"),
        (9, "결과"),
        (10, "사유"),
        (11, "사유"),
        (12, "소요시간(분)"),
        (13, "소요시간(분)"),
        (14, "검토자"),
        (15, "검토일"),
        (16, "검토일"),
        (17, "검토일"),
        (18, "출처"),
    ];
    let mut expected: Vec<String> = columns.map(|(row, name)| format!("검토.csv {row}행 {name}")).to_vec();
    expected.push("검토.csv 19행".to_owned());
    expected.extend(["문서번호", "결과", "검토자", "검토일"].map(|name| format!("검토.csv 20행 {name}")));
    let found = places(&csv);
    assert_eq!(found[..17], expected[..17]);
    // The last one lacks nearly everything.
    assert!(
        found[17..]
            .iter()
            .all(|place| place.starts_with("검토.csv 21행") || place.starts_with("검토.csv 20행"))
    );
    assert!(found.len() > 18, "{found:?}");
}

#[test]
fn a_file_that_is_none_is_refused_with_the_columns_it_needs() {
    for (csv, part) in [
        ("일자,금액\n2024-01-01,1\n", "결과"),
        ("결과,검토일\n정상,2025-01-31\n", "문서번호"),
        ("파일,결과,검토일\nb.csv,정상,2025-01-31\n", "문서번호"),
    ] {
        let problems = read_with(csv, &given()).unwrap_err();
        assert_eq!(problems.0.len(), 1, "{csv}");
        assert!(
            problems.0[0].place.ends_with("머리글") && problems.0[0].expected.contains(part),
            "{problems}"
        );
    }
}

#[test]
fn rows_without_a_word_are_counted_and_text_is_bounded_and_masked() {
    let long = "가".repeat(TEXT_MAX + 1);
    let row =
        |reason: &str| format!("{HEADER}b.csv,,2,,제외,{reason},,김감사,2025-01-31,\nb.csv,,3,,,,,,,\n");
    assert_eq!(places(&row(&long)), ["검토.csv 2행 사유"]);
    let read = read_with(&row("주민등록번호 900101-1234567 확인"), &given()).unwrap();
    assert_eq!(read.n_open, 1);
    assert!(!read.labels[0].reason.contains("1234567"), "{}", read.labels[0].reason);
}

#[test]
fn what_is_exported_is_read_back_to_the_last_word() {
    let label = |row: i64, outcome: Outcome, reason: &str| Label {
        at: RowRef { source: "a.xlsx".to_owned(), sheet: "지출".to_owned(), row },
        document_no: "D1".to_owned(),
        outcome,
        reason: reason.to_owned(),
        minutes: (row == 2).then_some(0),
        decided_by: "-김감사".to_owned(),
        decided_on: NaiveDate::from_ymd_opt(2025, 1, 31).unwrap(),
        recorded_ms: 77,
        origin: Origin::RuleCertain,
    };
    for reason in ["=HYPERLINK(\"x\")", "예외 승인, \"2025\"", ""] {
        let labels = [label(2, Outcome::Excluded, reason), label(3, Outcome::Dismissed, DISMISSALS[2].0)];
        let table = write::labels(&labels.clone().map(|l| (l.at.clone(), l)).into());
        let csv = String::from_utf8(table.to_csv().unwrap()).unwrap();
        assert!(!csv.contains(",=") && !csv.contains("\"="), "{csv}");
        assert_eq!(read_with(&csv, &given()).unwrap().labels, labels);
    }
}
