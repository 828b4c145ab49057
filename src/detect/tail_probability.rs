//! Tail probabilities: payments with many features at the rare end of their column.
//!
//! Comes in: the feature matrix. Goes out: strengths of the far tail of the sums of [`super::tail_sums`].
//! Refuses: ledgers too small to have a rare end.

use std::collections::BTreeMap;

use super::standard::{self, quantile};
use super::tail::{self, Tail};
use super::{Detector, Input, Output, Untested, tail_sums};

/// Fewest payments of which one can be rare.
const ROWS_MIN: usize = 50;
/// Multiples of the median sum that begin to count and that count fully.
const TAIL: Tail = Tail { floor: 2.6, full: 4.2 };

/// The detector.
pub struct TailProbability;

impl Detector for TailProbability {
    fn id(&self) -> &'static str {
        "tail_probability"
    }

    fn label_ko(&self) -> &'static str {
        "꼬리 확률"
    }

    fn weight(&self) -> f64 {
        8.0
    }

    fn detect(&self, input: &Input<'_>) -> Result<Output, Untested> {
        let n_rows = input.ledger.n_rows;
        if n_rows < ROWS_MIN {
            return Err(format!("지출 건이 {ROWS_MIN}건 미만이어서 드문 값을 가릴 수 없습니다.").into());
        }
        let columns = input.columns;
        if columns.is_empty() {
            return Err("모든 지출 건의 특성이 같아 비교할 수 없습니다.".into());
        }
        let values: Vec<&[f32]> = columns.iter().map(|c| c.values.as_slice()).collect();
        let sums = tail_sums::sums(&values, n_rows);
        let usual = quantile(&sums, 0.5).unwrap_or(1.0).max(1e-6);
        let multiples: Vec<f64> = sums.iter().map(|s| s / usual).collect();
        let strength = TAIL.strengths(&multiples);
        let sentences: BTreeMap<usize, String> = tail::standouts(&strength)
            .into_iter()
            .map(|row| {
                let difference = standard::difference_text(columns, row, input.features);
                (row, format!("여러 특성에서 드문 쪽 끝의 값이 겹쳤습니다{difference}."))
            })
            .collect();
        Ok(tail::output(self.id(), strength, sentences))
    }
}
