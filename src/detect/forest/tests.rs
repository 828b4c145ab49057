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
fn walked_paths_are_those_of_one_row_at_a_time() {
    for (n_rows, n_columns, sample_size) in [(300, 3, 256), (9000, 17, 100), (5000, 2, 2), (700, 1, 8)] {
        let mut columns = cloud(n_rows, n_columns);
        // Both zeros, and a column of two values.
        for (i, v) in columns[0].iter_mut().enumerate() {
            *v = [0.0, -0.0, *v, -*v][i % 4];
        }
        if n_columns > 1 {
            for (i, v) in columns[1].iter_mut().enumerate() {
                *v = f32::from(i % 7 == 0);
            }
        }
        let columns: Vec<&[f32]> = columns.iter().map(Vec::as_slice).collect();
        let params = IsolationForestParams { sample_size, ..Default::default() }.check().unwrap();
        let forest = params.fit(&columns, n_rows, 5);
        assert_eq!(forest.walked.len(), 100);
        let scores = forest.scores(&columns, n_rows);
        for (row, score) in scores.iter().enumerate() {
            let values: Vec<f32> = columns.iter().map(|column| column[row]).collect();
            let sum = forest.trees.iter().map(|tree| tree.path_of(&values)).sum();
            assert_eq!(forest.score_of(sum).to_bits(), score.to_bits(), "row {row} of {n_rows}");
        }
    }
}

#[test]
fn a_threshold_of_minus_zero_sends_zero_left() {
    // Between minus zero and the least number above it half of all thresholds round up and fall back to minus zero.
    let column: Vec<f32> = (0..64).map(|i| if i % 8 == 0 { f32::from_bits(1) } else { -0.0 }).collect();
    let forest = IsolationForestValidParams::default().fit(&[&column], 64, 5);
    let is_minus_zero = |tree: &Tree| tree.node(1).1.to_bits() == (-0.0_f32).to_bits();
    assert!(forest.trees.iter().any(is_minus_zero) && !forest.walked.is_empty());
    let sum = forest.trees.iter().map(|tree| tree.path_of(&[0.0])).sum();
    assert_eq!(forest.scores(&[&[0.0]], 1)[0].to_bits(), forest.score_of(sum).to_bits());
}

#[test]
fn a_place_of_a_column_fits_up_to_8192_columns_and_more_are_walked_otherwise() {
    let narrow = [0.5_f32, 0.25, -3.0, 4.0, 2.0, 1.0, 0.0, -7.5, 9.0, 11.0];
    for (n_columns, walked) in [(8192, true), (8193, false)] {
        let columns = vec![narrow.as_slice(); n_columns];
        let forest = IsolationForestValidParams::default().fit(&columns, narrow.len(), 3);
        assert_eq!(!forest.walked.is_empty(), walked);
        let scores = forest.scores(&columns, narrow.len());
        assert!(scores[7] > scores[5] && scores[9] > scores[5], "{scores:?}");
    }
}

#[test]
fn larger_samples_make_deeper_trees() {
    let columns = cloud(3000, 3);
    let columns: Vec<&[f32]> = columns.iter().map(Vec::as_slice).collect();
    let params = IsolationForestParams { sample_size: 1024, ..Default::default() }.check().unwrap();
    let forest = params.fit(&columns, 3000, 5);
    assert!(forest.walked.is_empty());
    let scores = forest.scores(&columns, 3000);
    assert!(scores[2999] > 0.7 && scores[..2999].iter().all(|s| *s < scores[2999]));
}

/// Two bands along the diagonal and one row between them: no single column tells it apart.
fn bands(n: usize) -> Vec<Vec<f32>> {
    let mut random = SplitMix::new(5, 0);
    let mut columns = vec![Vec::new(), Vec::new()];
    for i in 0..n {
        let (along, side) = (random.fraction() * 20.0 - 10.0, [-2.0, 2.0][i % 2]);
        columns[0].push(along + side + random.fraction() * 0.1);
        columns[1].push(along - side + random.fraction() * 0.1);
    }
    columns[0][n - 1] = 0.0;
    columns[1][n - 1] = 0.0;
    columns
}

#[test]
fn slanted_cuts_find_what_no_single_column_shows() {
    let columns = bands(2000);
    let columns: Vec<&[f32]> = columns.iter().map(Vec::as_slice).collect();
    let rank = |cut_columns| {
        let params = IsolationForestParams { cut_columns, ..Default::default() }.check().unwrap();
        let scores = params.fit(&columns, 2000, 1).scores(&columns, 2000);
        assert!(scores.iter().all(|s| (0.0..=1.0).contains(s)));
        scores.iter().filter(|s| **s > scores[1999]).count()
    };
    let (straight, slanted) = (rank(1), rank(2));
    assert!(slanted < straight, "{slanted} of 2000 rows above it, {straight} with straight cuts");
}

#[test]
fn slanted_cuts_stand_constant_columns_and_extreme_values() {
    let mut columns = [vec![3.0_f32; 40], (0..40_u8).map(f32::from).collect(), vec![0.0; 40]];
    columns[2][7] = f32::MAX;
    columns[2][8] = f32::MIN;
    let columns: Vec<&[f32]> = columns.iter().map(Vec::as_slice).collect();
    let params = IsolationForestParams { cut_columns: 5, ..Default::default() }.check().unwrap();
    let scores = params.fit(&columns, 40, 1).scores(&columns, 40);
    assert!(scores.iter().all(|s| s.is_finite() && *s > 0.0), "{scores:?}");
    assert!(params.fit(&[], 0, 1).scores(&[], 0).is_empty());
}

#[test]
fn parameters_out_of_range_are_named() {
    let error = IsolationForestParams { n_trees: 0, ..Default::default() }.check().unwrap_err();
    assert_eq!(error.name, "n_trees");
    let error = IsolationForestParams { sample_size: 5000, ..Default::default() }.check().unwrap_err();
    assert_eq!((error.name, error.max), ("sample_size", 4096));
    assert!(IsolationForestParams { cut_columns: 0, ..Default::default() }.check().is_err());
    assert!(IsolationForestParams::default().check().is_ok());
}
