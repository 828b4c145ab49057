//! Payments that a control test finds together are one case, from the test to the month's findings.

use super::duplicate_payment::DuplicatePayment;
use super::split_payment::SplitPayment;
use super::testing::Ledger;
use crate::clean::LedgerView;
use crate::detect::ensemble::score_with;
use crate::detect::{
    BudgetBook, DETECTORS, Detector, Findings, Holidays, Input, Options, PeriodFindings, Reversed, Shared,
    planted, standard,
};
use crate::features::{self, FeatureMatrix};
use crate::ledger::Amount;

/// Findings of one test over a bar that only planted payments reach.
fn findings(detector: &dyn Detector, ledger: &LedgerView, bar: f64) -> Findings {
    let options = Options { bar, ..Options::default() };
    let (features, holidays) = (FeatureMatrix::new(ledger.n_rows), Holidays::korean());
    let input = Input {
        ledger,
        shared: &Shared::new(ledger),
        reversed: &Reversed::none(ledger),
        features: &features,
        columns: &[],
        holidays: &holidays,
        budget: &BudgetBook::default(),
        options: &options.controls,
        seed: 1,
    };
    score_with(&[detector], &input, &options)
}

fn split(ledger: Ledger, department: &str, vendor: &str, month: u32, days: [u32; 7]) -> Ledger {
    days.into_iter().enumerate().fold(ledger, |ledger, (i, day)| {
        // Days beyond the month lie in the next.
        let date = format!("2024-{:02}-{:02}", month + (day - 1) / 30, (day - 1) % 30 + 1);
        let number = format!("지출-{i}");
        ledger.pay(&date, department, "수선비", vendor, 1_920_000, &number, "옥상 방수")
    })
}

fn month(findings: &Findings, ledger: &LedgerView, month: &str) -> PeriodFindings {
    PeriodFindings::from_findings(findings, ledger, month.parse().unwrap(), 1)
}

#[test]
fn seven_split_payments_are_one_case_of_seven_rows() {
    let ledger = split(Ledger::background(300), "시설과", "대한건설", 9, [2, 3, 4, 5, 6, 9, 10]).view();
    let found = findings(&SplitPayment, &ledger, 20.0);
    assert_eq!(found.cases.len(), 1);
    assert_eq!(found.cases[0].rows, (300..307).collect::<Vec<_>>());
    let month = month(&found, &ledger, "2024-09");
    assert_eq!((month.n_cases["시설과"], month.findings.len()), (1, 1));
    let finding = &month.findings[0];
    assert_eq!((finding.others.len(), finding.sum()), (6, Amount(13_440_000)));
    let dates: Vec<String> = finding.payments().iter().map(|p| p.date.format("%d").to_string()).collect();
    assert_eq!(dates, ["02", "03", "04", "05", "06", "09", "10"]);
    let flagged = (300..307).filter(|row| found.score[*row] >= found.bar).count() as u64;
    assert_eq!(month.n_flagged["시설과"], flagged);
    assert!(flagged > 1);
}

#[test]
fn a_duplicate_with_its_original_is_one_case() {
    let pay = |ledger: Ledger, date: &str| {
        ledger.pay(date, "총무과", "소모품비", "한빛설비", 3_458_200, "A-1", "보일러 배관 교체 9월 준공")
    };
    let ledger = pay(pay(Ledger::background(300), "2024-09-02"), "2024-09-06").view();
    let found = findings(&DuplicatePayment, &ledger, 20.0);
    assert!(found.score[300] < found.bar, "the original stays below the bar");
    assert_eq!(found.cases.len(), 1);
    assert_eq!((found.cases[0].head, found.cases[0].rows.as_slice()), (301, [300, 301].as_slice()));
    let month = month(&found, &ledger, "2024-09");
    assert_eq!((month.n_flagged["총무과"], month.n_cases["총무과"]), (1, 1));
    assert_eq!(month.findings[0].others[0].date.to_string(), "2024-09-02");
}

#[test]
fn two_cases_in_one_month_stay_two_and_one_is_shown_of_a_department() {
    let ledger = split(Ledger::background(300), "시설과", "대한건설", 9, [2, 3, 4, 5, 6, 9, 10]);
    let ledger = split(ledger, "시설과", "민국건설", 9, [2, 3, 4, 5, 6, 9, 10]);
    let ledger = split(ledger, "총무과", "민국건설", 9, [2, 3, 4, 5, 6, 9, 10]).view();
    let found = findings(&SplitPayment, &ledger, 20.0);
    assert_eq!(found.cases.iter().map(|case| case.rows.len()).collect::<Vec<_>>(), [7; 3]);
    let month = month(&found, &ledger, "2024-09");
    assert_eq!((month.n_cases["시설과"], month.n_cases["총무과"]), (2, 1));
    let shown: Vec<&str> = month.findings.iter().map(|f| f.expenditure.department.as_str()).collect();
    assert_eq!(shown, ["시설과", "총무과"]);
}

#[test]
fn a_case_over_a_turn_of_months_is_shown_in_both_with_all_payments() {
    let ledger = split(Ledger::background(300), "시설과", "대한건설", 9, [25, 26, 27, 28, 31, 32, 33]).view();
    let found = findings(&SplitPayment, &ledger, 20.0);
    for (name, n_cases) in [("2024-08", 0), ("2024-09", 1), ("2024-10", 1), ("2024-11", 0)] {
        let month = month(&found, &ledger, name);
        assert_eq!(month.n_cases.get("시설과").copied().unwrap_or(0), n_cases, "{name}");
        assert!(month.findings.iter().all(|finding| finding.others.len() == 6));
    }
}

#[test]
fn cases_of_an_institution_keep_to_departments_and_hold_every_payment_above_the_bar() {
    let ledger = planted::institution(6_000, 0.02, 8).ledger;
    let holidays = Holidays::korean();
    let options = Options { bar: 15.0, ..Options::default() };
    let features = features::build(&ledger, &features::Options::default(), &|d| holidays.is_off_day(d));
    let input = Input {
        ledger: &ledger,
        shared: &Shared::new(&ledger),
        reversed: &Reversed::none(&ledger),
        features: &features,
        columns: &standard::columns(&features),
        holidays: &holidays,
        budget: &BudgetBook::default(),
        options: &options.controls,
        seed: 1,
    };
    let found = score_with(DETECTORS, &input, &options);
    assert!(found.cases.iter().any(|case| case.rows.len() > 1), "no case of several payments");
    let mut held = vec![0; ledger.n_rows];
    for case in &found.cases {
        assert!(case.rows.contains(&case.head) && case.rows.is_sorted());
        let departments = case.rows.iter().map(|row| ledger.department.ids[*row]);
        assert!(departments.clone().all(|d| Some(d) == departments.clone().next()));
        case.rows.iter().for_each(|row| held[*row] += 1);
    }
    assert!(found.cases.is_sorted_by_key(|case| found.rank[case.head]));
    for (row, held) in held.into_iter().enumerate() {
        assert!(held > 0 || found.score[row] < found.bar, "row {row}");
    }
}
