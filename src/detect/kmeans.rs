//! k-means: payments far from every centre of ordinary payments.
//!
//! Comes in: the feature matrix. Goes out: strengths of the far tail of the distance to the nearest centre.
//! Refuses: ledgers with fewer payments than make clusters.
//!
//! Centres are fitted by `linfa-clustering` (k-means++, Arthur and Vassilvitskii 2007) on a seeded sample; distances
//! of all rows are computed here, because assigning a million rows needs no fitting.

use std::collections::BTreeMap;

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_clustering::KMeans as LinfaKMeans;
use ndarray::Array2;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;

use super::seed::SplitMix;
use super::standard::{self, Column, quantile};
use super::tail::{self, Tail};
use super::{Detector, Input, Output};
use crate::ko;

/// Centres: about as many as there are kinds of spending.
const N_CENTRES: usize = 8;
/// Rows fitted on at most: a thousand for each centre.
const SAMPLE_MAX: usize = 8_000;
/// Starts of which the best is kept.
const N_STARTS: usize = 3;
/// Fewest payments worth clusters.
const ROWS_MIN: usize = 50;
/// Multiples of the median distance that begin to count and that count fully.
const TAIL: Tail = Tail { floor: 2.2, full: 4.0 };
/// Stream of the seed for the sample; trees of the forest use those from 0.
const STREAM: u64 = 1 << 32;

/// The detector.
pub struct KMeans;

impl Detector for KMeans {
    fn id(&self) -> &'static str {
        "kmeans"
    }

    fn label_ko(&self) -> &'static str {
        "K-평균 군집"
    }

    fn weight(&self) -> f64 {
        10.0
    }

    fn detect(&self, input: &Input<'_>) -> Result<Output, String> {
        if input.ledger.n_rows < ROWS_MIN {
            return Err(format!("지출 건이 {ROWS_MIN}건 미만이어서 군집을 만들 수 없습니다."));
        }
        let columns = standard::columns(input.features);
        if columns.is_empty() {
            return Err("모든 지출 건의 특성이 같아 군집을 만들 수 없습니다.".to_owned());
        }
        let centres = fit(&columns, input.ledger.n_rows, input.seed)?;
        let distances = distances(&columns, input.ledger.n_rows, &centres);
        let usual = quantile(&distances, 0.5).unwrap_or(1.0).max(1e-6);
        let multiples: Vec<f64> = distances.iter().map(|d| d / usual).collect();
        let strength = TAIL.strengths(&multiples);
        let sentences: BTreeMap<usize, String> = tail::standouts(&strength)
            .into_iter()
            .map(|row| {
                let difference = standard::difference_text(&columns, row, input.features);
                let times = multiples[row];
                let group = format!("전체 지출 {}건의 유형 {N_CENTRES}개", ko::count(input.ledger.n_rows));
                (
                    row,
                    format!(
                        "{group} 가운데 가장 가까운 것과의 거리가 보통의 {times:.1}배입니다{difference}."
                    ),
                )
            })
            .collect();
        Ok(tail::output(self.id(), strength, sentences))
    }
}

/// Centres by centre, then by column.
fn fit(columns: &[Column], n_rows: usize, seed: u64) -> Result<Vec<Vec<f32>>, String> {
    let mut random = SplitMix::new(seed, STREAM);
    let rows = random.sample(n_rows, SAMPLE_MAX);
    let records = Array2::from_shape_fn((rows.len(), columns.len()), |(i, c)| columns[c].values[rows[i]]);
    let model = LinfaKMeans::params_with_rng(N_CENTRES, Xoshiro256Plus::seed_from_u64(random.next_u64()))
        .n_runs(N_STARTS)
        .max_n_iterations(100)
        .tolerance(1e-3)
        .fit(&DatasetBase::from(records))
        .map_err(|_| "군집이 수렴하지 않았습니다.".to_owned())?;
    Ok(model.centroids().outer_iter().map(|row| row.to_vec()).collect())
}

/// Distance of every row to its nearest centre.
fn distances(columns: &[Column], n_rows: usize, centres: &[Vec<f32>]) -> Vec<f64> {
    const BLOCK: usize = 256;
    let mut out = vec![0.0; n_rows];
    out.par_chunks_mut(BLOCK).enumerate().for_each(|(chunk, out)| {
        let from = chunk * BLOCK;
        let mut nearest = [f32::INFINITY; BLOCK];
        for centre in centres {
            let mut squared = [0.0_f32; BLOCK];
            for (column, centre) in columns.iter().zip(centre) {
                for (sum, value) in squared.iter_mut().zip(&column.values[from..from + out.len()]) {
                    *sum += (value - centre) * (value - centre);
                }
            }
            for (nearest, squared) in nearest.iter_mut().zip(squared) {
                *nearest = nearest.min(squared);
            }
        }
        for (out, nearest) in out.iter_mut().zip(nearest) {
            *out = f64::from(nearest.sqrt());
        }
    });
    out
}
