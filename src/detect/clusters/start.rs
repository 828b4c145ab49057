//! First centres of k-means, spread over the rows.
//!
//! Comes in: rows, a random stream. Goes out: as many of the rows as centres are asked for.
//! Refuses: nothing; where fewer rows differ than centres are asked for, centres repeat.
//!
//! Method: greedy k-means++ (Arthur and Vassilvitskii, SODA 2007, section 7): a row becomes a candidate in proportion
//! to its squared distance from the centres so far, and of several candidates the one that leaves the least is taken.

use ndarray::{Array2, ArrayView1, Axis};

use crate::detect::seed::SplitMix;

/// `n_centres` rows of `records`.
pub(super) fn centres(records: &Array2<f32>, n_centres: usize, random: &mut SplitMix) -> Array2<f32> {
    let n_candidates = 2 + n_centres.checked_ilog2().unwrap_or(0);
    let mut chosen = vec![random.below(records.nrows())];
    let mut left = distances(records, records.row(chosen[0]));
    while chosen.len() < n_centres {
        let candidates = (0..n_candidates).map(|_| draw(&left, random));
        let with = |row: usize| {
            let nearer = distances(records, records.row(row));
            let left: Vec<f32> = left.iter().zip(nearer).map(|(a, b)| a.min(b)).collect();
            (row, sum(&left), left)
        };
        let Some((row, _, rest)) = candidates.map(with).min_by(|a, b| a.1.total_cmp(&b.1)) else { break };
        chosen.push(row);
        left = rest;
    }
    records.select(Axis(0), &chosen)
}

fn distances(records: &Array2<f32>, centre: ArrayView1<'_, f32>) -> Vec<f32> {
    let squared = |row: ArrayView1<'_, f32>| row.iter().zip(centre).map(|(a, b)| (a - b) * (a - b)).sum();
    records.outer_iter().map(squared).collect()
}

fn sum(values: &[f32]) -> f64 {
    values.iter().map(|v| f64::from(*v)).sum()
}

/// A place in `weights` in proportion to its weight; the last one where all are 0.
fn draw(weights: &[f32], random: &mut SplitMix) -> usize {
    let mut rest = f64::from(random.fraction()) * sum(weights);
    for (place, weight) in weights.iter().enumerate() {
        rest -= f64::from(*weight);
        if rest < 0.0 {
            return place;
        }
    }
    weights.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_groups_get_a_centre_each() {
        let rows = Array2::from_shape_fn((90, 2), |(i, c)| {
            let (x, y) = [(0.0, 0.0), (100.0, 0.0), (0.0, 100.0)][i % 3];
            [x, y][c] + i as f32 / 100.0
        });
        for stream in 0..20 {
            let centres = centres(&rows, 3, &mut SplitMix::new(1, stream));
            let mut corners: Vec<(bool, bool)> =
                centres.outer_iter().map(|c| (c[0] > 50.0, c[1] > 50.0)).collect();
            corners.sort_unstable();
            assert_eq!(corners, [(false, false), (false, true), (true, false)], "{stream}");
        }
    }

    #[test]
    fn of_several_candidates_the_one_that_leaves_the_least_is_taken() {
        let rows = Array2::from_shape_fn((60, 1), |(i, _)| (i * i) as f32 / 10.0);
        let mut n_first_is_not_best = 0;
        for stream in 0..40 {
            // The same numbers again: the first centre, then three candidates for the second.
            let mut again = SplitMix::new(1, stream);
            let first = again.below(60);
            let weights = distances(&rows, rows.row(first));
            let candidates = [(); 3].map(|()| draw(&weights, &mut again));
            let left = |candidate: usize| -> f64 {
                let to = |row: usize, centre: usize| f64::from(rows[(row, 0)] - rows[(centre, 0)]).powi(2);
                (0..60).map(|row| to(row, first).min(to(row, candidate))).sum()
            };
            let least = candidates.map(left).into_iter().fold(f64::INFINITY, f64::min);
            n_first_is_not_best += usize::from(left(candidates[0]) > least * 1.001);
            let second = centres(&rows, 2, &mut SplitMix::new(1, stream))[(1, 0)];
            let taken = candidates.into_iter().find(|row| (rows[(*row, 0)] - second).abs() < 1e-6);
            assert!(taken.is_some_and(|row| left(row) <= least * 1.001), "{stream}: {candidates:?} {second}");
        }
        assert!(n_first_is_not_best > 10, "{n_first_is_not_best}");
    }

    #[test]
    fn equal_rows_give_repeated_centres() {
        let centres = centres(&Array2::from_elem((5, 2), 3.0), 4, &mut SplitMix::new(1, 0));
        assert_eq!(centres, Array2::from_elem((4, 2), 3.0));
    }

    #[test]
    fn draws_follow_the_weights() {
        let mut random = SplitMix::new(4, 0);
        let mut counts = [0; 3];
        for _ in 0..4000 {
            counts[draw(&[1.0, 0.0, 3.0], &mut random)] += 1;
        }
        assert!(counts[1] == 0 && (800..1200).contains(&counts[0]), "{counts:?}");
    }
}
