//! Principal components: how much of a row is lost when only the main directions are kept.
//!
//! Comes in: columns of `f32`. Goes out: reconstruction errors by row.
//! Refuses: fewer than two columns, fewer rows than columns, a fit that is not a number.
//!
//! Components are fitted by `linfa-reduction` on a seeded sample (Shyu et al., "A Novel Anomaly Detection Scheme
//! Based on Principal Component Classifier", ICDM workshop 2003, uses the same residual); errors of all rows are computed here.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_reduction::Pca;
use ndarray::{Array2, Axis};
use rayon::prelude::*;

use super::seed::SplitMix;

/// Rows fitted on at most.
const SAMPLE_MAX: usize = 8_000;
/// Rows whose residuals stay in the first-level cache.
const BLOCK: usize = 128;
/// Size to which records are scaled. All components are asked for, so that the solver's first step, a full
/// decomposition, is already exact; it then stops, because the rest of a matrix this small is below its absolute
/// tolerance of 1e-10. Its further steps fail on columns that depend on each other.
const SIZE: f64 = 1e-3;
/// Stream of the seed for the sample, next to that of k-means.
const STREAM: u64 = (1 << 32) + 1;

/// Why there are no components.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrincipalError {
    /// Nothing to reconstruct one column from.
    #[error("principal components: {0} columns that vary, at least 2 needed")]
    TooFewColumns(usize),
    /// Directions cannot be told apart.
    #[error("principal components: {n_rows} rows for {n_columns} columns")]
    TooFewRows {
        /// Rows given.
        n_rows: usize,
        /// Columns given.
        n_columns: usize,
    },
    /// The decomposition failed.
    #[error("principal components: the decomposition failed")]
    NotDecomposed,
}

/// A mean and the directions kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Principal {
    /// Mean by column.
    pub mean: Vec<f32>,
    /// By component, then by column; of length 1 and at right angles.
    pub components: Vec<Vec<f32>>,
}

impl Principal {
    /// Half as many components as there are columns that vary on the sample; a constant column gets no part in any.
    #[expect(clippy::cast_possible_truncation, reason = "directions need no more digits")]
    pub fn fit(columns: &[&[f32]], n_rows: usize, seed: u64) -> Result<Self, PrincipalError> {
        let rows = SplitMix::new(seed, STREAM).sample(n_rows, SAMPLE_MAX);
        let varies = |column: &&[f32]| rows.iter().any(|row| (column[*row] - column[rows[0]]).abs() > 0.0);
        let kept: Vec<usize> = (0..columns.len()).filter(|c| varies(&columns[*c])).collect();
        if kept.len() < 2 {
            return Err(PrincipalError::TooFewColumns(kept.len()));
        }
        if rows.len() <= kept.len() {
            return Err(PrincipalError::TooFewRows { n_rows: rows.len(), n_columns: kept.len() });
        }
        let mut records =
            Array2::from_shape_fn((rows.len(), kept.len()), |(i, c)| f64::from(columns[kept[c]][rows[i]]));
        let center = records.mean_axis(Axis(0)).ok_or(PrincipalError::NotDecomposed)?;
        records -= &center;
        let size = records.iter().map(|v| v * v).sum::<f64>().sqrt();
        records *= SIZE / size;
        let model = Pca::params(kept.len())
            .fit(&DatasetBase::from(records))
            .map_err(|_| PrincipalError::NotDecomposed)?;
        let mut mean: Vec<f32> = columns.iter().map(|column| column[rows[0]]).collect();
        for (c, value) in kept.iter().zip(&center) {
            mean[*c] = *value as f32;
        }
        let spread_out = |component: ndarray::ArrayView1<'_, f64>| {
            let mut all = vec![0.0; columns.len()];
            for (c, value) in kept.iter().zip(component) {
                all[*c] = *value as f32;
            }
            all
        };
        let components: Vec<Vec<f32>> =
            model.components().outer_iter().take(kept.len() / 2).map(spread_out).collect();
        let fitted = Self { mean, components };
        if fitted.is_orthonormal() { Ok(fitted) } else { Err(PrincipalError::NotDecomposed) }
    }

    fn is_orthonormal(&self) -> bool {
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
        let unit = |i: usize, j: usize| {
            let expected = if i == j { 1.0 } else { 0.0 };
            (dot(&self.components[i], &self.components[j]) - expected).abs() < 1e-3
        };
        let n = self.components.len();
        n > 0 && (0..n).all(|i| (i..n).all(|j| unit(i, j)))
    }

    /// Length of what the components leave of each row.
    pub fn errors(&self, columns: &[&[f32]], n_rows: usize) -> Vec<f64> {
        let mut out = vec![0.0; n_rows];
        out.par_chunks_mut(BLOCK).enumerate().for_each_init(
            || vec![[0.0_f32; BLOCK]; columns.len()],
            |rest, (block, out)| {
                let rows = block * BLOCK..block * BLOCK + out.len();
                for ((rest, column), mean) in rest.iter_mut().zip(columns).zip(&self.mean) {
                    for (rest, value) in rest.iter_mut().zip(&column[rows.clone()]) {
                        *rest = value - mean;
                    }
                }
                // What a component explains is taken away at once: components are at right angles.
                for component in &self.components {
                    take_away(component, rest);
                }
                let mut squared = [0.0_f32; BLOCK];
                for rest in rest.iter() {
                    for (sum, value) in squared.iter_mut().zip(rest) {
                        *sum += value * value;
                    }
                }
                for (out, squared) in out.iter_mut().zip(squared) {
                    *out = f64::from(squared.sqrt());
                }
            },
        );
        out
    }
}

fn take_away(component: &[f32], rest: &mut [[f32; BLOCK]]) {
    let mut along = [0.0_f32; BLOCK];
    for (rest, weight) in rest.iter().zip(component) {
        for (along, value) in along.iter_mut().zip(rest) {
            *along += value * weight;
        }
    }
    for (rest, weight) in rest.iter_mut().zip(component) {
        for (value, along) in rest.iter_mut().zip(along) {
            *value -= along * weight;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four columns, the last two determined by the first two, but for the last row.
    fn dependent(n: usize) -> Vec<Vec<f32>> {
        let mut random = SplitMix::new(9, 0);
        let mut columns = vec![Vec::new(); 4];
        for _ in 0..n {
            let (a, b) = (random.fraction() - 0.5, random.fraction() - 0.5);
            for (column, value) in columns.iter_mut().zip([a, b, a + b, a - b]) {
                column.push(value);
            }
        }
        columns[2][n - 1] += 2.0;
        columns
    }

    fn slices(columns: &[Vec<f32>]) -> Vec<&[f32]> {
        columns.iter().map(Vec::as_slice).collect()
    }

    #[test]
    fn rows_on_the_plane_are_reconstructed_and_the_one_beside_it_is_not() {
        for constant in [false, true] {
            let mut columns = dependent(3000);
            if constant {
                columns.insert(1, vec![1e6; 3000]);
            }
            let columns = slices(&columns);
            let fitted = Principal::fit(&columns, 3000, 1).unwrap();
            assert_eq!(fitted.components.len(), 2);
            let errors = fitted.errors(&columns, 3000);
            assert!(errors[..2999].iter().all(|e| *e < 0.01), "{constant}");
            assert!((errors[2999] - 2.0 / 3.0_f64.sqrt()).abs() < 0.05, "{constant}: {}", errors[2999]);
        }
    }

    #[test]
    fn tables_without_directions_are_refused() {
        let fit = |columns: &[Vec<f32>]| {
            Principal::fit(&slices(columns), columns.first().map_or(0, Vec::len), 1).map(|_| ())
        };
        assert_eq!(fit(&[]), Err(PrincipalError::TooFewColumns(0)));
        assert_eq!(fit(&[vec![], vec![]]), Err(PrincipalError::TooFewColumns(0)));
        assert_eq!(
            fit(&[vec![2.0; 9], vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]]),
            Err(PrincipalError::TooFewColumns(1))
        );
        let square = vec![vec![1.0, 2.0, 4.0], vec![0.0, 3.0, 1.0], vec![5.0, 1.0, 2.0]];
        assert_eq!(fit(&square), Err(PrincipalError::TooFewRows { n_rows: 3, n_columns: 3 }));
    }

    #[test]
    fn few_equal_and_extreme_rows_give_finite_errors_or_a_reason() {
        let mut random = SplitMix::new(2, 0);
        for n_columns in [2_usize, 3, 5, 16, 40] {
            for n_rows in [n_columns + 1, 50, 400] {
                for scale in [1e-6_f32, 1.0, 1e12] {
                    let mut columns: Vec<Vec<f32>> = (0..n_columns)
                        .map(|_| (0..n_rows).map(|_| random.fraction() * scale).collect())
                        .collect();
                    // Two columns are equal, and half of the rows are copies of the first.
                    columns[1] = columns[0].clone();
                    for column in &mut columns {
                        let first = column[0];
                        column[..n_rows / 2].fill(first);
                    }
                    let columns = slices(&columns);
                    if let Ok(fitted) = Principal::fit(&columns, n_rows, 1) {
                        let errors = fitted.errors(&columns, n_rows);
                        assert!(errors.iter().all(|e| e.is_finite()), "{n_columns} {n_rows} {scale}");
                    }
                }
            }
        }
    }

    #[test]
    fn equal_on_one_and_two_threads() {
        let columns = dependent(20_000);
        let columns = slices(&columns);
        let on = |n| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
            pool.install(|| {
                let errors = Principal::fit(&columns, 20_000, 7).unwrap().errors(&columns, 20_000);
                errors.iter().map(|e| e.to_bits()).collect::<Vec<_>>()
            })
        };
        assert_eq!(on(1), on(2));
    }
}
