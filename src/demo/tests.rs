//! The generated exports are read back by the product itself.

use super::*;
use crate::clean::LedgerView;
use crate::clean::mapping::shipped;
use crate::ledger::Departments;

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
        n_truth += 1;
    }
    assert_eq!(n_truth, report.n_planted);
    assert!(n_truth >= 27);
}
