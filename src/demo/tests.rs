//! The generated exports are read back by the product itself.

use std::collections::BTreeMap;

use super::*;
use crate::clean::LedgerView;
use crate::clean::mapping::shipped;
use crate::clean::reversal::MatchKind;
use crate::ledger::{BudgetPart, Departments, RecordKind, RowFate};

fn options() -> DemoOptions {
    DemoOptions { rows: 3_000, ..DemoOptions::default() }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let one = generate(a.path(), &options()).unwrap();
    let two = generate(b.path(), &options()).unwrap();
    for (x, y) in one.files.iter().zip(&two.files) {
        assert!(std::fs::read(x).unwrap() == std::fs::read(y).unwrap(), "{}", x.display());
    }
}

#[test]
fn every_payment_is_read_and_truth_points_at_planted_ones() {
    let dir = tempfile::tempdir().unwrap();
    let report = generate(dir.path(), &options()).unwrap();
    assert_eq!(report.n_payments, 3_000);
    let mut at = BTreeMap::new();
    let mut n_loaded = 0;
    for path in &report.files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(path).unwrap();
        let ledger = crate::clean::tidy_bytes(&bytes, &name, &shipped().unwrap(), &Departments::default());
        let intake = &ledger.intake[0];
        assert!(intake.refused.is_none() && intake.quarantined == 0, "{intake:?}");
        assert!(!intake.notes.iter().any(|n| n.contains("불일치")), "{:?}", intake.notes);
        n_loaded += ledger.rows.height();
        let view = LedgerView::new(&ledger.rows, &ledger.currency).unwrap();
        for i in 0..view.n_rows {
            let e = view.expenditure(i);
            at.insert((e.at.source.clone(), e.at.row), e);
        }
    }
    assert_eq!(n_loaded, 3_000);
    let truth = std::fs::read_to_string(dir.path().join("truth.csv")).unwrap();
    let mut n_truth = 0;
    for line in truth.lines().skip(1) {
        let parts: Vec<&str> = line.split(',').collect();
        let payment = &at[&(parts[0].to_owned(), parts[2].parse().unwrap())];
        if parts[3] == "split_contract" {
            assert!(payment.description.starts_with("본관 보수 공사"), "{payment:?}");
        }
        if parts[3] == "new_vendor_large" {
            assert!(payment.vendor.ends_with("솔루션"), "{payment:?}");
        }
        if parts[3] == "unmatched_reversal" {
            assert!(payment.amount.0 < 0 && payment.description.ends_with("취소"), "{payment:?}");
        }
        n_truth += 1;
    }
    assert_eq!(n_truth, report.n_planted);
    assert!(n_truth >= 27);
}

#[test]
fn reversals_find_their_payments_and_planted_ones_do_not() {
    let dir = tempfile::tempdir().unwrap();
    let report = generate(dir.path(), &DemoOptions { rows: 10_000, ..DemoOptions::default() }).unwrap();
    let truth = std::fs::read_to_string(dir.path().join("truth.csv")).unwrap();
    let (mut by_number, mut by_attributes, mut in_part) = (0, 0, 0);
    for path in report.files.iter().filter(|path| path.to_string_lossy().contains("지출내역")) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(path).unwrap();
        let ledger = crate::clean::tidy_bytes(&bytes, &name, &shipped().unwrap(), &Departments::default());
        let view = LedgerView::new(&ledger.rows, &ledger.currency).unwrap();
        let reversals = crate::clean::reversal::link(&view);
        for row in &reversals.unmatched {
            let e = view.expenditure(*row);
            let line = format!("{name},{},{},unmatched_reversal", e.at.sheet, e.at.row);
            assert!(truth.lines().any(|known| known == line), "{e:?}");
        }
        by_attributes += reversals.links.iter().filter(|l| l.by == MatchKind::Attributes).count();
        by_number += reversals.links.iter().filter(|l| l.by == MatchKind::DocumentSuffix).count();
        in_part += reversals.partly_left().len();
    }
    let all = by_number + by_attributes;
    assert!((35..=65).contains(&all), "about 0.5 % of 10,000 rows: {all}");
    assert!(
        by_number * 3 > all && by_attributes * 3 > all && in_part * 6 > all,
        "{by_number} {by_attributes} {in_part}"
    );
}

#[test]
fn budgets_state_every_part_and_one_line_contradicts_itself() {
    let dir = tempfile::tempdir().unwrap();
    let report = generate(dir.path(), &options()).unwrap();
    let (mut n_lines, mut n_events, mut differing) = (0, 0, Vec::new());
    for path in &report.files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(path).unwrap();
        let ledger = crate::clean::tidy_bytes(&bytes, &name, &shipped().unwrap(), &Departments::default());
        let intake = &ledger.intake[0];
        match intake.kind {
            RecordKind::Expenditure => continue,
            RecordKind::Reallocation => n_events += ledger.reallocations.len(),
            RecordKind::Budget => {
                assert_eq!(intake.identity_checked, intake.loaded, "{name}");
                // 예산현액 and its ten other columns have a total each.
                assert_eq!((intake.totals_compared, intake.totals_differing.len()), (11, 0), "{name}");
                n_lines += ledger.budget.len();
                for line in &ledger.budget {
                    assert!(line.parts.get(BudgetPart::OriginalBudget).unwrap().0 > 0, "{line:?}");
                    assert_eq!(line.accounting_unit, "일반회계");
                }
            }
        }
        let is_noted = |i: &&crate::ledger::RowIssue| i.fate == RowFate::Noted && i.column == "예산현액";
        differing.extend(intake.issues.iter().filter(is_noted).map(|i| (name.clone(), i.reason.clone())));
    }
    assert!(n_lines > 1_000 && n_events > 50, "{n_lines} lines, {n_events} events");
    assert_eq!(differing.len(), 1, "{differing:?}");
    assert!(
        differing[0].0 == "예산_2024.xlsx" && differing[0].1.contains("차이 1,000,000 "),
        "{differing:?}"
    );
}
