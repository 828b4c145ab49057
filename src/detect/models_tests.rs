//! Models over all features: what they find, and what they say where there is nothing to find.
//!
//! Comes in: small tables of features. Goes out: strengths and reasons, checked.
//! Refuses: to serve anything but tests.

use super::seed::SplitMix;
use super::{
    BudgetBook, ControlOptions, Detector, Holidays, Input, Output, Reversed, Shared, planted, standard,
};
use crate::features::{Feature, FeatureMatrix};

const OVER_ALL: [&dyn Detector; 4] = [
    &super::isolation_forest::IsolationForest,
    &super::kmeans::KMeans,
    &super::pca::Pca,
    &super::tail_probability::TailProbability,
];

const FEATURES: [Feature; 4] = [
    Feature { id: "ln_amount", label_ko: "금액의 로그" },
    Feature { id: "b", label_ko: "둘째 특성" },
    Feature { id: "c", label_ko: "셋째 특성" },
    Feature { id: "d", label_ko: "넷째 특성" },
];

fn run(detector: &dyn Detector, columns: Vec<Vec<f64>>) -> Result<Output, String> {
    let n_rows = columns.first().map_or(0, Vec::len);
    let mut features = FeatureMatrix::new(n_rows);
    for (feature, column) in FEATURES.into_iter().zip(columns) {
        features.push(feature, column);
    }
    let ledger = planted::plain(n_rows, |_, _| ());
    let columns = &standard::columns(&features);
    let holidays = &Holidays::new([]);
    let options = &ControlOptions::default();
    let (shared, budget) = (&Shared::new(&ledger), &BudgetBook::default());
    let ledger = &ledger;
    let reversed = &Reversed::none(ledger);
    let input =
        Input { ledger, reversed, shared, features: &features, columns, holidays, budget, options, seed: 3 };
    detector.detect(&input).map_err(|untested| untested.text)
}

/// Two free columns and two that follow from them.
fn related(n: usize) -> Vec<Vec<f64>> {
    let mut random = SplitMix::new(6, 0);
    let mut columns = vec![Vec::new(); 4];
    for _ in 0..n {
        let even = |random: &mut SplitMix| f64::from(random.fraction() + random.fraction() - 1.0);
        let (a, b) = (even(&mut random), even(&mut random));
        let noise = 0.05 * even(&mut random);
        for (column, value) in columns.iter_mut().zip([a, b, a + b + noise, a - b - noise]) {
            column.push(value);
        }
    }
    columns
}

fn strongest(output: &Output) -> usize {
    let strength = &output.strength;
    (0..strength.len()).max_by(|a, b| strength[*a].total_cmp(&strength[*b])).unwrap()
}

#[test]
fn pca_finds_an_ordinary_value_in_an_extraordinary_combination() {
    let mut columns = related(2000);
    (columns[0][700], columns[1][700], columns[2][700], columns[3][700]) = (0.5, 0.5, -1.0, 0.6);
    let output = run(&super::pca::Pca, columns).unwrap();
    assert_eq!(strongest(&output), 700);
    assert!(output.strength[700] > 0.9 && (output.explain)(700).unwrap().text.contains("셋째 특성"));
    assert!(output.strength.iter().filter(|s| **s > 0.0).count() < 20, "ordinary rows have no strength");
}

#[test]
fn tail_probability_finds_a_row_at_the_rare_end_of_every_column() {
    let mut columns = related(2000);
    for (column, value) in columns.iter_mut().zip([3.0, 3.0, 5.0, 4.0]) {
        column[700] = value;
    }
    let output = run(&super::tail_probability::TailProbability, columns).unwrap();
    assert_eq!(strongest(&output), 700);
    assert!(output.strength[700] > 0.9 && (output.explain)(700).unwrap().text.contains("특성"));
    assert!((output.explain)(701).is_none(), "an ordinary row has no reason");
}

#[test]
fn strange_tables_give_finite_strengths_or_a_reason_in_korean() {
    let constant_beside = |n: usize| {
        let mut columns = related(n);
        columns[1] = vec![7.0; n];
        columns
    };
    let copies = |n: usize| vec![related(n)[0].clone(); 4];
    let one_differs = |n: usize| {
        let mut columns = vec![vec![5.0; n]; 4];
        for column in &mut columns {
            column[n / 2] = 6.0;
        }
        columns
    };
    for detector in OVER_ALL {
        let mut tables: Vec<Vec<Vec<f64>>> = vec![vec![], vec![vec![]; 4]];
        for n in [1, 2, 10, 49, 50, 51, 300] {
            tables.extend([related(n), constant_beside(n), copies(n), one_differs(n), vec![vec![5.0; n]; 4]]);
        }
        for table in tables {
            let n_rows = table.first().map_or(0, Vec::len);
            match run(detector, table) {
                Ok(output) => {
                    assert_eq!(output.strength.len(), n_rows);
                    let fine = output.strength.iter().all(|s| (0.0..=1.0).contains(s));
                    assert!(fine, "{} on {n_rows} rows", detector.id());
                }
                Err(why) => assert!(why.ends_with("니다."), "{}: {why}", detector.id()),
            }
        }
        assert!(run(detector, vec![vec![5.0; 300]; 4]).is_err(), "{} on equal rows", detector.id());
        assert!(run(detector, related(300)).is_ok(), "{}", detector.id());
        assert!(run(detector, related(1)).is_err(), "{}", detector.id());
    }
}
