//! k-means: payments far from every centre of ordinary payments.
//!
//! Comes in: the feature matrix. Goes out: strengths of the far tail of the distance to the nearest centre.
//! Refuses: ledgers with fewer payments than make clusters.
//!
//! Centres are found by [`super::clusters`].

use std::collections::BTreeMap;

use super::clusters::{ClusterParams, Clusters};
use super::standard::{self, quantile};
use super::tail::{self, Tail};
use super::{Detector, Input, Output, Untested};
use crate::ko;

/// Centres about as many as there are kinds of spending, a sample of a thousand rows for each.
pub const PARAMS: ClusterParams = ClusterParams { n_centres: 8, n_starts: 3, sample_size: 8_000, n_steps: 2 };
/// Fewest payments worth clusters.
const ROWS_MIN: usize = 50;
/// Multiples of the median distance that begin to count and that count fully.
const TAIL: Tail = Tail { floor: 2.2, full: 4.0 };

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

    fn detect(&self, input: &Input<'_>) -> Result<Output, Untested> {
        if input.ledger.n_rows < ROWS_MIN {
            return Err(format!("지출 건이 {ROWS_MIN}건 미만이어서 군집을 만들 수 없습니다.").into());
        }
        let columns = input.columns;
        if columns.is_empty() {
            return Err("모든 지출 건의 특성이 같아 군집을 만들 수 없습니다.".into());
        }
        let n_rows = input.ledger.n_rows;
        let values: Vec<&[f32]> = columns.iter().map(|c| c.values.as_slice()).collect();
        let clusters =
            Clusters::fit(PARAMS, &values, n_rows, input.seed).map_err(|_| "군집이 수렴하지 않았습니다.")?;
        let distances: Vec<f64> =
            clusters.squared_distances(&values, n_rows).iter().map(|d| f64::from(d.sqrt())).collect();
        let usual = quantile(&distances, 0.5).unwrap_or(1.0).max(1e-6);
        let multiples: Vec<f64> = distances.iter().map(|d| d / usual).collect();
        let strength = TAIL.strengths(&multiples);
        let sentences: BTreeMap<usize, String> = tail::standouts(&strength)
            .into_iter()
            .map(|row| {
                let difference = standard::difference_text(columns, row, input.features);
                let times = multiples[row];
                let group =
                    format!("전체 지출 {}건의 유형 {}개", ko::count(input.ledger.n_rows), PARAMS.n_centres);
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
