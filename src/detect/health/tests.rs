//! Rule health by hand-made alarms and labels.

use super::*;
use crate::ledger::{Origin, Points};

fn month(text: &str) -> FiscalMonth {
    text.parse().unwrap()
}

fn at(row: i64) -> RowRef {
    RowRef { source: "a.csv".to_owned(), sheet: String::new(), row }
}

fn alarm(check: &str, period: &str, row: i64, case_no: i64) -> Alarm {
    Alarm {
        run_id: format!("r{period}"),
        period: month(period),
        check: check.to_owned(),
        at: at(row),
        document_no: format!("D{row}"),
        case_no,
        amount: Amount(1_000 * row),
        points: Points(1),
        is_shadow: false,
    }
}

fn label(row: i64, outcome: Outcome, minutes: Option<i64>, recorded_ms: i64) -> (RowRef, Label) {
    let label = Label {
        at: at(row),
        document_no: format!("D{row}"),
        outcome,
        reason: String::new(),
        minutes,
        decided_by: "김감사".to_owned(),
        decided_on: chrono::NaiveDate::from_ymd_opt(2025, 1, 2).unwrap(),
        recorded_ms,
        origin: Origin::Audit,
    };
    (label.at.clone(), label)
}

const LIMITS: Limits = Limits { exclusion_rate_max: 0.5, false_rate_max: 0.9, reviewed_min: 20, months: 6 };

#[test]
fn payments_of_one_case_are_one_alarm_and_one_word_is_enough() {
    let alarms = [
        alarm("split", "2024-11", 1, 7),
        alarm("split", "2024-11", 2, 7),
        alarm("split", "2024-11", 3, 8),
        alarm("split", "2024-12", 4, 7),
        alarm("other", "2024-11", 2, 7),
    ];
    let labels = [
        label(1, Outcome::Closed, Some(30), 1),
        label(2, Outcome::Confirmed, Some(90), 1),
        label(4, Outcome::Excluded, None, 1),
        label(9, Outcome::Confirmed, Some(600), 1),
    ];
    let found = by_month(&alarms, &labels.into());
    let of = |check: &str, period: &str| found[&(check.to_owned(), month(period))];
    let november = of("split", "2024-11");
    assert_eq!((november.alarmed, november.confirmed, november.closed), (2, 1, 0));
    assert_eq!((november.minutes, november.confirmed_amount), (120, Amount(3_000)));
    assert!((november.hours() - 2.0).abs() < 1e-12);
    let december = of("split", "2024-12");
    assert_eq!((december.alarmed, december.excluded, december.reviewed()), (1, 1, 0));
    assert_eq!((december.exclusion_rate(), december.false_rate()), (Some(1.0), None));
    // The other check marked the second payment only.
    assert_eq!((of("other", "2024-11").confirmed, of("other", "2024-11").minutes), (1, 90));
    assert_eq!(of("other", "2024-11").confirmed_amount, Amount(2_000));
}

#[test]
fn a_word_about_another_document_in_the_same_row_does_not_count() {
    let alarms = [alarm("a", "2024-11", 1, 1)];
    let (row, mut other) = label(1, Outcome::Dismissed, None, 1);
    other.document_no = "D9".to_owned();
    let tally = |label: Label| by_check(&alarms, &[(row.clone(), label)].into())["a"];
    assert_eq!((tally(other.clone()).dismissed, tally(other.clone()).alarmed), (0, 1));
    other.document_no = String::new();
    assert_eq!(tally(other).dismissed, 1, "a label without a number is about the row");
}

#[test]
fn alarms_in_shadow_are_counted_apart_from_those_shown() {
    let mut alarms = vec![alarm("a", "2024-11", 1, 1), alarm("a", "2024-12", 2, 1)];
    alarms[1].is_shadow = true;
    let labels = [label(1, Outcome::Excluded, None, 1), label(2, Outcome::Excluded, None, 1)];
    let tally = by_check(&alarms, &labels.into())["a"];
    assert_eq!((tally.alarmed, tally.shadow, tally.excluded), (1, 1, 1));
}

#[test]
fn the_interval_is_the_published_one() {
    // Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 81/263, 15/148, 0/20, 1/29.
    for (n, of, lower) in [(81, 263, 0.2553), (15, 148, 0.0624), (0, 20, 0.0), (1, 29, 0.0061)] {
        assert!((wilson_lower(n, of) - lower).abs() < 5e-5, "{n}/{of}: {}", wilson_lower(n, of));
    }
    assert!(wilson_lower(0, 0).abs() < 1e-12);
    assert!(wilson_lower(20, 20) < 1.0);
}

#[test]
fn a_rate_is_judged_from_enough_reviews_on_and_only_when_it_is_surely_too_high() {
    let tally = |alarmed, dismissed, confirmed, excluded| Tally {
        alarmed,
        confirmed,
        dismissed,
        excluded,
        ..Tally::default()
    };
    let kinds = |tally: &Tally| excesses(tally, &LIMITS).iter().map(|e| e.kind).collect::<Vec<_>>();
    assert_eq!(kinds(&tally(40, 0, 0, 30)), [RateKind::Exclusion]);
    // Above the limit as a rate, but not surely: 26 of 40 is 65 %, from 49.5 % on.
    assert!(wilson_lower(26, 40) < 0.5 && wilson_lower(27, 40) > 0.5);
    assert_eq!(kinds(&tally(40, 0, 0, 26)), []);
    assert_eq!(kinds(&tally(40, 0, 0, 27)), [RateKind::Exclusion]);
    // All of too few.
    assert_eq!(kinds(&tally(19, 0, 0, 19)), []);
    assert_eq!(kinds(&tally(20, 0, 0, 20)), [RateKind::Exclusion]);
    assert_eq!(kinds(&tally(60, 60, 0, 0)), [RateKind::False]);
    assert_eq!(kinds(&tally(19, 19, 0, 0)), []);
    assert_eq!(kinds(&tally(60, 57, 3, 0)), [], "95 % is above 90 %, but not surely");
    // Alarms that nobody dealt with yet are no sign of health nor of the want of it.
    assert_eq!(kinds(&tally(1_000, 0, 0, 19)), []);
    let both = excesses(&tally(200, 80, 0, 120), &Limits { exclusion_rate_max: 0.4, ..LIMITS });
    assert_eq!(both.iter().map(|e| (e.n, e.of)).collect::<Vec<_>>(), [(120, 200), (80, 80)]);
    assert!(both.iter().all(|e| e.lower > e.limit && e.rate >= e.lower));
}

#[test]
fn a_check_brought_back_is_judged_by_what_came_after() {
    let alarms = [
        alarm("a", "2024-11", 1, 1),
        alarm("a", "2024-12", 2, 2),
        alarm("a", "2024-12", 3, 3),
        alarm("a", "2024-12", 4, 4),
        alarm("b", "2024-11", 1, 1),
    ];
    let labels = [
        label(1, Outcome::Dismissed, None, 200),
        label(2, Outcome::Dismissed, None, 100),
        label(3, Outcome::Dismissed, None, 101),
    ];
    let back = [("a".to_owned(), Since { from: month("2024-12"), recorded_ms: 100 })].into();
    let kept = since(&alarms, &labels.into(), &back);
    let kept: Vec<(&str, i64)> = kept.iter().map(|a| (a.check.as_str(), a.at.row)).collect();
    // Row 1 is of a month before, row 2 had been decided; row 3 came later, row 4 is open, and b is another check.
    assert_eq!(kept, [("a", 3), ("a", 4), ("b", 1)]);
}
