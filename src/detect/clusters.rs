//! k-means: centres of many rows and every row's distance to the nearest.
//!
//! Comes in: columns of `f32`. Goes out: centres, squared distances, their sum (inertia).
//! Refuses: fewer rows than centres.
//!
//! Method: several starts ([`start`]) are fitted by `linfa-clustering` on a seeded sample; the best then takes steps
//! of Lloyd's over all rows here: a few passes over memory instead of ten fits to a million rows.

mod start;

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_clustering::{KMeans, KMeansInit};
use ndarray::{Array1, Array2};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;

use super::seed::SplitMix;

/// Rows of which one task sums; sums are added up in the order of these parts, so that threads do not matter.
const PART: usize = 16_384;
/// Rows whose distances stay in the first-level cache.
const BLOCK: usize = 256;
/// Stream of the seed for the sample; trees of the forest use those from 0.
const STREAM: u64 = 1 << 32;

/// How centres are looked for.
#[derive(Clone, Copy, Debug)]
pub struct ClusterParams {
    /// Centres.
    pub n_centres: usize,
    /// Starts on the sample, of which the best is kept.
    pub n_starts: usize,
    /// Rows of the sample at most.
    pub sample_size: usize,
    /// Steps over all rows at most; they end where the inertia falls by less than a ten-thousandth.
    pub n_steps: usize,
}

/// Why there are no centres.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClusterError {
    /// Fewer rows than centres.
    #[error("k-means: {n_rows} rows for {n_centres} centres")]
    TooFewRows {
        /// Rows given.
        n_rows: usize,
        /// Centres asked for.
        n_centres: usize,
    },
    /// No start led to centres.
    #[error("k-means: no start converged")]
    NotConverged,
}

/// Fitted centres.
#[derive(Clone, Debug, PartialEq)]
pub struct Clusters {
    /// By centre, then by column.
    pub centres: Vec<Vec<f32>>,
    /// Sum of squared distances before the last step.
    inertia: f64,
}

/// Rows, sums by column and inertia that one part adds to each centre.
struct Sums {
    n_rows: Vec<u64>,
    by_column: Vec<Vec<f64>>,
    inertia: f64,
}

fn from_start(
    sample: &DatasetBase<Array2<f32>, Array1<()>>,
    n_centres: usize,
    seed: u64,
) -> Option<Clusters> {
    let first = start::centres(&sample.records, n_centres, &mut SplitMix::new(seed, STREAM));
    let model = KMeans::params_with_rng(n_centres, Xoshiro256Plus::seed_from_u64(seed))
        .init_method(KMeansInit::Precomputed(first))
        .n_runs(1)
        .max_n_iterations(100)
        .tolerance(1e-3)
        .fit(sample)
        .ok()?;
    let centres: Vec<Vec<f32>> = model.centroids().outer_iter().map(|row| row.to_vec()).collect();
    let finite = centres.iter().flatten().all(|v| v.is_finite());
    finite.then(|| Clusters { centres, inertia: f64::from(model.inertia()) })
}

impl Clusters {
    /// Centres of `columns` of `n_rows` values each.
    pub fn fit(
        params: ClusterParams,
        columns: &[&[f32]],
        n_rows: usize,
        seed: u64,
    ) -> Result<Self, ClusterError> {
        let n_centres = params.n_centres;
        if n_rows < n_centres {
            return Err(ClusterError::TooFewRows { n_rows, n_centres });
        }
        let mut random = SplitMix::new(seed, STREAM);
        let rows = random.sample(n_rows, params.sample_size.max(n_centres));
        let records = Array2::from_shape_fn((rows.len(), columns.len()), |(i, c)| columns[c][rows[i]]);
        let sample = DatasetBase::from(records);
        let seeds: Vec<u64> = (0..params.n_starts).map(|_| random.next_u64()).collect();
        let starts: Vec<Option<Self>> =
            seeds.into_par_iter().map(|seed| from_start(&sample, n_centres, seed)).collect();
        // The earlier of equal ones, so that threads do not matter.
        let best = starts.into_iter().flatten().min_by(|a, b| a.inertia.total_cmp(&b.inertia));
        let mut clusters = best.ok_or(ClusterError::NotConverged)?;
        clusters.inertia = f64::INFINITY;
        for _ in 0..params.n_steps {
            let before = clusters.inertia;
            clusters.inertia = clusters.step(columns, n_rows);
            if clusters.inertia > before * (1.0 - 1e-4) {
                break;
            }
        }
        Ok(clusters)
    }

    /// Moves every centre to the mean of the rows nearest to it; the inertia before.
    /// A centre without rows stays where it is.
    #[expect(clippy::cast_possible_truncation, reason = "a mean of values of this type")]
    fn step(&mut self, columns: &[&[f32]], n_rows: usize) -> f64 {
        let n_parts = n_rows.div_ceil(PART);
        let parts: Vec<Sums> = (0..n_parts)
            .into_par_iter()
            .map(|part| self.sums(columns, part * PART, PART.min(n_rows - part * PART)))
            .collect();
        for (c, centre) in self.centres.iter_mut().enumerate() {
            let n: u64 = parts.iter().map(|part| part.n_rows[c]).sum();
            for (column, value) in centre.iter_mut().enumerate() {
                let sum: f64 = parts.iter().map(|part| part.by_column[c][column]).sum();
                if n > 0 {
                    *value = (sum / n as f64) as f32;
                }
            }
        }
        parts.iter().map(|part| part.inertia).sum()
    }

    fn sums(&self, columns: &[&[f32]], from: usize, n_rows: usize) -> Sums {
        let n_centres = self.centres.len();
        let mut sums = Sums {
            n_rows: vec![0; n_centres],
            by_column: vec![vec![0.0; columns.len()]; n_centres],
            inertia: 0.0,
        };
        let mut by_centre = vec![0.0; n_centres];
        for from_row in (from..from + n_rows).step_by(BLOCK) {
            let rows = from_row..(from_row + BLOCK).min(from + n_rows);
            let (squared, nearest) = self.nearest(columns, rows.clone());
            let nearest = &nearest[..rows.len()];
            sums.inertia += squared[..rows.len()].iter().map(|v| f64::from(*v)).sum::<f64>();
            for centre in nearest {
                sums.n_rows[*centre as usize] += 1;
            }
            for (c, column) in columns.iter().enumerate() {
                by_centre.fill(0.0);
                for (value, centre) in column[rows.clone()].iter().zip(nearest) {
                    by_centre[*centre as usize] += f64::from(*value);
                }
                for (sum, part) in sums.by_column.iter_mut().zip(&by_centre) {
                    sum[c] += part;
                }
            }
        }
        sums
    }

    /// Squared distance to the nearest centre and which it is, for up to [`BLOCK`] rows; the earlier of equal ones.
    fn nearest(&self, columns: &[&[f32]], rows: std::ops::Range<usize>) -> ([f32; BLOCK], [u32; BLOCK]) {
        let mut nearest = ([f32::INFINITY; BLOCK], [0_u32; BLOCK]);
        for (number, centre) in (0..).zip(&self.centres) {
            let mut squared = [0.0_f32; BLOCK];
            for (column, centre) in columns.iter().zip(centre) {
                for (sum, value) in squared.iter_mut().zip(&column[rows.clone()]) {
                    *sum += (value - centre) * (value - centre);
                }
            }
            for ((least, which), squared) in nearest.0.iter_mut().zip(&mut nearest.1).zip(squared) {
                let nearer = squared < *least;
                *least = if nearer { squared } else { *least };
                *which = if nearer { number } else { *which };
            }
        }
        nearest
    }

    /// Squared distance of every row to its nearest centre.
    pub fn squared_distances(&self, columns: &[&[f32]], n_rows: usize) -> Vec<f32> {
        let mut out = vec![0.0; n_rows];
        out.par_chunks_mut(BLOCK).enumerate().for_each(|(block, out)| {
            let (squared, _) = self.nearest(columns, block * BLOCK..block * BLOCK + out.len());
            out.copy_from_slice(&squared[..out.len()]);
        });
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARAMS: ClusterParams = ClusterParams { n_centres: 4, n_starts: 5, sample_size: 500, n_steps: 10 };

    /// Rows around the four corners of a square of side 10.
    fn corners(n: usize) -> Vec<Vec<f32>> {
        let mut random = SplitMix::new(3, 0);
        let mut columns = vec![Vec::new(), Vec::new()];
        for i in 0..n {
            columns[0].push([0.0, 10.0][i % 2] + random.fraction());
            columns[1].push([0.0, 10.0][i / 2 % 2] + random.fraction());
        }
        columns
    }

    fn slices(columns: &[Vec<f32>]) -> Vec<&[f32]> {
        columns.iter().map(Vec::as_slice).collect()
    }

    #[test]
    fn centres_are_the_means_of_four_clouds() {
        let columns = corners(40_000);
        let columns = slices(&columns);
        let clusters = Clusters::fit(PARAMS, &columns, 40_000, 1).unwrap();
        let mut found: Vec<(f32, f32)> =
            clusters.centres.iter().map(|c| (c[0].round(), c[1].round())).collect();
        found.sort_by(|a, b| a.partial_cmp(b).unwrap());
        let near = |a: f32, b: f32| (a - b).abs() <= 1.0;
        for (found, (x, y)) in found.iter().zip([(0.0, 0.0), (0.0, 10.0), (10.0, 0.0), (10.0, 10.0)]) {
            assert!(near(found.0, x) && near(found.1, y), "{found:?}");
        }
        // Even values on a side of 1 lie 1/6 from their mean, squared and over both columns.
        let distances = clusters.squared_distances(&columns, 40_000);
        let mean = distances.iter().map(|d| f64::from(*d)).sum::<f64>() / 40_000.0;
        assert!((mean - 1.0 / 6.0).abs() < 0.005, "{mean}");
    }

    #[test]
    fn steps_over_all_rows_lower_the_inertia() {
        let columns = corners(20_000);
        let columns = slices(&columns);
        let inertia = |n_steps| {
            let params = ClusterParams { n_steps, sample_size: 12, ..PARAMS };
            let clusters = Clusters::fit(params, &columns, 20_000, 1).unwrap();
            clusters.squared_distances(&columns, 20_000).iter().map(|d| f64::from(*d)).sum::<f64>()
        };
        assert!(inertia(5) < 0.9 * inertia(0));
    }

    #[test]
    fn equal_on_one_and_two_threads() {
        let columns = corners(50_000);
        let columns = slices(&columns);
        let on = |n| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
            pool.install(|| Clusters::fit(PARAMS, &columns, 50_000, 7).unwrap())
        };
        assert_eq!(on(1), on(2));
    }

    #[test]
    fn a_centre_without_rows_stays_where_it_is() {
        let mut clusters = Clusters { centres: vec![vec![0.0], vec![100.0]], inertia: 0.0 };
        let inertia = clusters.step(&[&[1.0, 2.0, 3.0]], 3);
        assert_eq!(clusters.centres, [[2.0], [100.0]]);
        assert!((inertia - 14.0).abs() < 1e-9, "{inertia}");
    }

    #[test]
    fn few_and_equal_rows_are_refused_or_fitted_but_never_nan() {
        let columns = corners(3);
        let error = Clusters::fit(PARAMS, &slices(&columns), 3, 1).unwrap_err();
        assert_eq!(error, ClusterError::TooFewRows { n_rows: 3, n_centres: 4 });
        for kinds in [1, 2] {
            let two = vec![(0..60).map(|i| [1.0_f32, 5.0][i % kinds]).collect::<Vec<_>>()];
            let distances = match Clusters::fit(PARAMS, &slices(&two), 60, 1) {
                Ok(clusters) => clusters.squared_distances(&slices(&two), 60),
                Err(error) => {
                    assert_eq!(error, ClusterError::NotConverged);
                    continue;
                }
            };
            assert!(distances.iter().all(|d| d.abs() < 1e-6), "{kinds}: {distances:?}");
        }
    }
}
