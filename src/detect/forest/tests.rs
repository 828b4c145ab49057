//! Known properties of the isolation forest.

use super::*;

/// Normal values around 0 by sums of twelve fractions, with one far row at the end.
fn cloud(n: usize, n_columns: usize) -> Vec<Vec<f32>> {
    let mut random = SplitMix::new(11, 0);
    (0..n_columns)
        .map(|_| {
            let mut column: Vec<f32> =
                (0..n).map(|_| (0..12).map(|_| random.fraction()).sum::<f32>() - 6.0).collect();
            column[n - 1] = 9.0;
            column
        })
        .collect()
}

fn scores(columns: &[Vec<f32>], seed: u64) -> Vec<f64> {
    let columns: Vec<&[f32]> = columns.iter().map(Vec::as_slice).collect();
    let n = columns.first().map_or(0, |c| c.len());
    IsolationForestValidParams::default().fit(&columns, n, seed).scores(&columns, n)
}

#[test]
fn average_path_has_the_published_values() {
    assert!(average_path(1).abs() < 1e-12);
    assert!((average_path(2) - 1.0).abs() < 1e-12);
    assert!((average_path(256) - 10.244_770).abs() < 1e-5, "{}", average_path(256));
}

#[test]
fn far_row_scores_highest_and_ordinary_rows_stay_about_a_half() {
    let scores = scores(&cloud(2000, 4), 1);
    let highest = (0..2000).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap();
    assert_eq!(highest, 1999);
    assert!(scores[1999] > 0.7, "{}", scores[1999]);
    let mean = scores.iter().sum::<f64>() / 2000.0;
    assert!((0.38..0.55).contains(&mean), "{mean}");
}

#[test]
fn scores_are_equal_on_one_and_two_threads_and_differ_by_seed() {
    let columns = cloud(1000, 5);
    let on = |n: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        pool.install(|| scores(&columns, 42))
    };
    let bits = |s: &[f64]| s.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&on(1)), bits(&on(2)));
    assert_ne!(bits(&on(1)), bits(&scores(&columns, 43)));
}

#[test]
fn constant_columns_and_few_rows_give_equal_ordinary_scores() {
    let constant = vec![vec![3.0; 50]; 3];
    let all = scores(&constant, 1);
    assert!(all.iter().all(|s| s.is_finite() && (*s - all[0]).abs() < 1e-12));
    assert!((all[0] - 0.5).abs() < 1e-6);
    for n in [1, 2, 10] {
        let few = cloud(n, 2);
        assert!(scores(&few, 1).iter().all(|s| (0.0..=1.0).contains(s)), "{n}");
    }
    assert!(scores(&[], 1).is_empty());
}

#[test]
fn paths_agree_with_a_walk_of_one_row() {
    let columns = cloud(300, 3);
    let columns: Vec<&[f32]> = columns.iter().map(Vec::as_slice).collect();
    let forest = IsolationForestValidParams::default().fit(&columns, 300, 5);
    let scores = forest.scores(&columns, 300);
    for row in [0, 63, 64, 255, 299] {
        let mut sum = 0.0;
        for tree in &forest.trees {
            let mut at = 0;
            while at < tree.threshold.len() {
                let right = columns[usize::from(tree.feature[at])][row] > tree.threshold[at];
                at = 2 * at + 1 + usize::from(right);
            }
            sum += tree.path[at - tree.threshold.len()];
        }
        assert_eq!(forest.score_of(sum).to_bits(), scores[row].to_bits());
    }
}

#[test]
fn parameters_out_of_range_are_named() {
    let error = IsolationForestParams { n_trees: 0, sample_size: 256 }.check().unwrap_err();
    assert_eq!(error.name, "n_trees");
    assert!(IsolationForestParams { n_trees: 1, sample_size: 5000 }.check().is_err());
    assert!(IsolationForestParams::default().check().is_ok());
}
