//! What is said of columns, days without a rule and exceptions, on a small institution.

use super::*;
use crate::clean::Interned;
use crate::detect::controls::exceptions::Exception;
use crate::detect::{BudgetBook, Holidays, Known, Options, Reversed, planted, score};
use crate::features;

const TEST: &str = "suspicious_word";

/// 600 ordinary payments; row 300 has a listed word and a vendor of its own.
fn institution() -> LedgerView {
    let mut ledger = planted::institution(600, 0.0, 5).ledger;
    let text = |column: &Interned, i: usize, own: &str| {
        if i == 300 { own.to_owned() } else { column.text(i).to_owned() }
    };
    let n = ledger.n_rows;
    let words: Vec<String> = (0..n).map(|i| text(&ledger.description, i, "스크린 골프 이용료")).collect();
    let vendors: Vec<String> = (0..n).map(|i| text(&ledger.vendor, i, "한빛골프")).collect();
    ledger.description = Interned::from_values(words.iter().map(|word| Some(word.as_str())));
    ledger.vendor = Interned::from_values(vendors.iter().map(|vendor| Some(vendor.as_str())));
    ledger
}

fn judged(ledger: &LedgerView, options: &Options) -> Vec<Applicability> {
    let holidays = Holidays::korean();
    let matrix = features::build(ledger, &features::Options::default(), &|date| holidays.is_off_day(date));
    let (budget, reversed) = (BudgetBook::default(), Reversed::none(ledger));
    let known = Known { holidays: &holidays, budget: &budget, reversed: &reversed };
    let findings = score(ledger, &matrix, &known, options);
    let rows: Vec<usize> = (0..ledger.n_rows).collect();
    applicability(&findings, ledger, &options.controls, &rows)
}

fn of(all: &[Applicability], id: &str) -> Applicability {
    all.iter().find(|one| one.id == id).unwrap().clone()
}

fn of_test(ledger: &LedgerView, options: &Options) -> Applicability {
    of(&judged(ledger, options), TEST)
}

#[test]
fn a_full_column_is_tested_throughout() {
    let ledger = institution();
    let one = of_test(&ledger, &Options::default());
    assert_eq!((one.status, one.tested, one.reason), (Status::Tested, one.population, None));
    assert_eq!(one.population.amount.0, ledger.amount.iter().sum::<i64>());
    assert_eq!((one.fired.rows, one.fired.amount.0), (1, ledger.amount[300]));
    assert_eq!((one.blank, one.no_rule, one.put_aside), Default::default());
    assert!(one.notes.is_empty() && one.codes == ["T35"], "{:?}", one.notes);
    let model = of(&judged(&ledger, &Options::default()), "text_rarity");
    assert!(model.severity.is_none() && model.codes.is_empty() && model.tested == one.population);
}

#[test]
fn a_missing_column_is_said_and_nothing_counts_as_tested() {
    let mut ledger = institution();
    ledger.description = Interned::from_values((0..ledger.n_rows).map(|_| None));
    let one = of_test(&ledger, &Options::default());
    assert_eq!(one.status, Status::MissingColumn);
    assert_eq!(one.reason.as_deref(), Some("적요 열이 없어 점검하지 못했습니다."));
    assert_eq!(
        (one.population.rows, one.tested, one.fired),
        (ledger.n_rows as u64, Count::default(), Count::default())
    );
}

#[test]
fn rows_with_an_empty_cell_are_not_tested() {
    let mut ledger = institution();
    let mut blank = Count::default();
    for i in (0..ledger.n_rows).filter(|i| i % 5 < 3) {
        ledger.description.ids[i] = Interned::NULL;
        blank.add(ledger.amount[i]);
    }
    let one = of_test(&ledger, &Options::default());
    assert_eq!((one.status, one.blank), (Status::Tested, blank));
    assert_eq!(one.tested.rows + one.blank.rows, one.population.rows);
    assert_eq!(one.notes, ["적요 열의 60%가 비어 있습니다."]);
    for i in (0..ledger.n_rows).filter(|i| i % 5 < 3 && i % 4 == 0) {
        ledger.description.ids[i] = 0;
    }
    assert!(of_test(&ledger, &Options::default()).notes.is_empty(), "less than half is not said");
}

#[test]
fn a_constant_column_is_said() {
    let mut ledger = institution();
    ledger.description = Interned::from_values((0..ledger.n_rows).map(|_| Some("물품 구입")));
    let one = of_test(&ledger, &Options::default());
    assert_eq!(one.notes, ["적요 열의 값이 모두 같아 가려낼 수 있는 것이 적습니다."]);
    assert_eq!(one.tested, one.population);
}

#[test]
fn optional_columns_without_a_value_are_said() {
    let one = of(&judged(&institution(), &Options::default()), "duplicate_payment");
    assert_eq!(one.notes.len(), 1);
    assert!(
        one.notes[0].contains("문서번호") && one.notes[0].ends_with("열에 값이 없어 그만큼 덜 살폈습니다."),
        "{:?}",
        one.notes
    );
}

#[test]
fn days_without_a_rule_are_counted() {
    let ledger = institution();
    let mut options = Options::default();
    let from = ledger.date(200);
    options.controls.suspicious_word.rules[0].effective_from = Some(from);
    let n_before = (0..ledger.n_rows).filter(|&i| ledger.date(i) < from).count();
    let one = of_test(&ledger, &options);
    assert_eq!((one.no_rule.rows, one.fired.rows), (n_before as u64, 1));
    assert_eq!(one.tested.rows + one.no_rule.rows, one.population.rows);
    assert!(
        one.notes.iter().any(|note| note.starts_with(&format!("날짜에 맞는 규칙이 없는 {n_before}건은")))
    );
    options.controls.suspicious_word.rules[0].effective_from = ledger.date(ledger.n_rows - 1).succ_opt();
    assert_eq!(of_test(&ledger, &options).status, Status::NoRule);
}

#[test]
fn exceptions_are_counted_and_those_that_cover_nothing_are_said() {
    let ledger = institution();
    let date = |i: usize| ledger.date(i);
    let exception = |vendor: &str, expires| Exception {
        test: TEST.to_owned(),
        vendor: vendor.to_owned(),
        owner: "감사실 김감사".to_owned(),
        reason: "체육대회 경품".to_owned(),
        expires,
        ..Exception::default()
    };
    let with = |exception| {
        let mut options = Options::default();
        options.controls.exceptions.push(exception);
        of_test(&ledger, &options)
    };
    let last = date(ledger.n_rows - 1);
    let covered = with(exception("한빛골프", last));
    assert_eq!((covered.fired.rows, covered.put_aside.rows), (0, 1));
    assert_eq!(covered.put_aside.amount.0, ledger.amount[300]);
    assert!(covered.notes.is_empty());
    let expired = with(exception("한빛골프", date(300).pred_opt().unwrap()));
    assert_eq!((expired.fired.rows, expired.put_aside.rows), (1, 0));
    assert!(
        expired.notes[0].starts_with("예외 1번은 ") && expired.notes[0].contains("에 끝나"),
        "{:?}",
        expired.notes
    );
    let unknown = with(exception("없는상사", last));
    assert_eq!((unknown.fired.rows, unknown.put_aside.rows), (1, 0));
    assert_eq!(unknown.notes, ["예외 1번이 가리키는 값이 자료에 없습니다: 거래처 ‘없는상사’."]);
}

#[test]
fn only_rows_in_scope_are_counted() {
    let ledger = institution();
    let holidays = Holidays::korean();
    let matrix = features::build(&ledger, &features::Options::default(), &|date| holidays.is_off_day(date));
    let (budget, reversed) = (BudgetBook::default(), Reversed::none(&ledger));
    let known = Known { holidays: &holidays, budget: &budget, reversed: &reversed };
    let findings = score(&ledger, &matrix, &known, &Options::default());
    let count = |rows: &[usize]| {
        let one = of(&applicability(&findings, &ledger, &ControlOptions::default(), rows), TEST);
        (one.population.rows, one.tested.rows, one.fired.rows)
    };
    assert_eq!(count(&[1, 2, 300]), (3, 3, 1));
    assert_eq!(count(&[1, 2]), (2, 2, 0));
    assert_eq!(count(&[]), (0, 0, 0));
}
