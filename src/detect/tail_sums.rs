//! Tail probabilities of a row's values, column by column, summed as negative logarithms.
//!
//! Comes in: columns of `f32`. Goes out: sums by row, larger is more unusual.
//! Refuses: NaN; a constant column adds nothing.
//!
//! Method: Li, Zhao, Hu, Botta, Ionescu and Chen, "ECOD: Unsupervised Outlier Detection Using Empirical Cumulative
//! Distribution Functions", TKDE 2022: the largest of three sums, over left tails, right tails, and the tail to which
//! each column is skewed. Equal values share a probability. Values are counted in classes of 1/512 of themselves
//! around the column's median, so that a million rows need no sorting.

use rayon::prelude::*;

use super::scale::evenly_spaced;

/// Rows summed by one task.
const CHUNK: usize = 4096;
/// Lowest bits of a key that a class leaves out: sign, exponent and nine digits remain.
const CLASS_SHIFT: u32 = 14;

/// Negative logarithms of the tail probabilities of one column.
struct Tails {
    median: f32,
    /// Class of the first entry.
    first: u32,
    /// By class: left tail, right tail.
    minus_log: Vec<[f32; 2]>,
    /// Which of the two the column is skewed to.
    skewed_to: usize,
}

/// Sums of `n_rows` rows.
pub fn sums(columns: &[&[f32]], n_rows: usize) -> Vec<f64> {
    let tails: Vec<Tails> = columns.par_iter().filter_map(|column| Tails::of(column)).collect();
    let varying: Vec<&[f32]> = columns.iter().filter(|c| varies(c)).copied().collect();
    let mut out = vec![0.0; n_rows];
    out.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, out)| {
        let rows = chunk * CHUNK..chunk * CHUNK + out.len();
        let mut sums = vec![[0.0_f32; 3]; out.len()];
        for (tails, column) in tails.iter().zip(&varying) {
            for (sum, value) in sums.iter_mut().zip(&column[rows.clone()]) {
                let both = tails.minus_log[tails.place(*value)];
                sum[0] += both[0];
                sum[1] += both[1];
                sum[2] += both[tails.skewed_to];
            }
        }
        for (out, sum) in out.iter_mut().zip(sums) {
            *out = f64::from(sum[0].max(sum[1]).max(sum[2]));
        }
    });
    out
}

fn varies(column: &[f32]) -> bool {
    column.iter().any(|v| (v - column[0]).abs() > 0.0)
}

/// Class of a value: numbers that order like the values.
fn class(value: f32) -> u32 {
    // Adding zero makes one zero of two.
    let bits = (value + 0.0).to_bits();
    (if bits >> 31 == 1 { !bits } else { bits | 1 << 31 }) >> CLASS_SHIFT
}

impl Tails {
    /// `None` for a column that does not vary.
    fn of(column: &[f32]) -> Option<Self> {
        if !varies(column) {
            return None;
        }
        let median = median(column);
        let classes = || column.iter().map(|v| class(v - median));
        let (first, last) = classes().fold((u32::MAX, 0), |(low, high), c| (low.min(c), high.max(c)));
        let mut counts = vec![0_u32; (last - first) as usize + 1];
        for class in classes() {
            counts[(class - first) as usize] += 1;
        }
        let mut tails = Self { median, first, minus_log: Vec::new(), skewed_to: skewed_to(column) };
        tails.count(&counts, column.len());
        Some(tails)
    }

    #[expect(clippy::cast_possible_truncation, reason = "logarithms of shares need no more digits")]
    fn count(&mut self, counts: &[u32], n_rows: usize) {
        let n = n_rows as f64;
        let mut below = 0_u64;
        self.minus_log = counts
            .iter()
            .map(|count| {
                if *count == 0 {
                    return [0.0; 2];
                }
                let up_to = below + u64::from(*count);
                let from_here = n_rows as u64 - below;
                below = up_to;
                [-(up_to as f64 / n).ln() as f32, -(from_here as f64 / n).ln() as f32]
            })
            .collect();
    }

    fn place(&self, value: f32) -> usize {
        (class(value - self.median).saturating_sub(self.first) as usize).min(self.minus_log.len() - 1)
    }
}

fn median(column: &[f32]) -> f32 {
    let mut copy = evenly_spaced(column);
    let middle = copy.len() / 2;
    *copy.select_nth_unstable_by(middle, f32::total_cmp).1
}

/// 0 where the third central moment is below zero (the long tail is the left one), 1 otherwise.
fn skewed_to(column: &[f32]) -> usize {
    let mean = column.iter().map(|v| f64::from(*v)).sum::<f64>() / column.len() as f64;
    let third: f64 = column.iter().map(|v| (f64::from(*v) - mean).powi(3)).sum();
    usize::from(third >= 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::seed::SplitMix;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-5, "{found} instead of {expected}");
    }

    #[test]
    fn sums_by_hand_with_ties() {
        // Skewed to the right: shares at or below 2/4, 2/4, 3/4, 1; at or above 1, 1, 2/4, 1/4.
        let right = [1.0_f32, 1.0, 2.0, 9.0];
        let sums_right = sums(&[&right], 4);
        for (found, share) in sums_right.iter().zip([0.5, 0.5, 0.5, 0.25_f64]) {
            near(*found, -share.ln());
        }
        // The mirror image gives the mirrored sums, and a constant column adds nothing.
        let left = [-1.0_f32, -1.0, -2.0, -9.0];
        let constant = [7.0_f32; 4];
        assert_eq!(sums(&[&constant, &left], 4), sums_right);
    }

    #[test]
    fn one_side_is_summed_over_columns_and_not_mixed() {
        // Row 0 is lowest in one column and highest in the other, row 4 is highest in both.
        let a = [-9.0_f32, 0.0, 1.0, 2.0, 9.0];
        let b = [8.0_f32, 0.0, 1.0, 2.0, 9.0];
        let sums = sums(&[&a, &b], 5);
        near(sums[4], 2.0 * -(0.2_f64.ln()));
        assert!(sums[0] < sums[4]);
    }

    #[test]
    fn close_values_far_from_zero_are_told_apart() {
        let mut column: Vec<f32> = (0..1000_u16).map(|i| 1e6 + f32::from(i % 10)).collect();
        column[500] = 1e6 + 12.0;
        let sums = sums(&[&column], 1000);
        let highest = (0..1000).max_by(|a, b| sums[*a].total_cmp(&sums[*b])).unwrap();
        assert_eq!(highest, 500);
        near(sums[500], 1000_f64.ln());
    }

    #[test]
    fn nothing_one_row_and_extremes_are_finite() {
        assert!(sums(&[], 0).is_empty() && sums(&[&[]], 0).is_empty());
        assert_eq!(sums(&[&[3.0]], 1), [0.0]);
        assert_eq!(sums(&[], 2), [0.0, 0.0]);
        let extreme = [f32::MIN, -0.0, 0.0, f32::MAX, f32::MIN_POSITIVE];
        assert!(sums(&[&extreme], 5).iter().all(|s| s.is_finite()));
    }

    #[test]
    fn equal_on_one_and_two_threads() {
        let mut random = SplitMix::new(2, 0);
        let columns: Vec<Vec<f32>> =
            (0..5).map(|_| (0..20_000).map(|_| random.fraction()).collect()).collect();
        let columns: Vec<&[f32]> = columns.iter().map(Vec::as_slice).collect();
        let on = |n| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
            pool.install(|| sums(&columns, 20_000))
        };
        assert_eq!(on(1), on(2));
    }
}
