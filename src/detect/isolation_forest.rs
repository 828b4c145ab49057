//! Isolation forest over all features: payments that a few random cuts set apart from the rest.
//!
//! Comes in: the feature matrix. Goes out: strengths of the far tail, with the features that differ most.
//! Refuses: ledgers too small to have an ordinary payment.

use std::collections::BTreeMap;

use super::forest::IsolationForestValidParams;
use super::tail::{self, Tail};
use super::{Detector, Input, Output, Untested, standard};
use crate::ko;

/// Fewest payments worth a forest.
pub const ROWS_MIN: usize = 10;
/// Scores of the forest that begin to count and that count fully; ordinary rows are near 0.45.
const TAIL: Tail = Tail { floor: 0.58, full: 0.75 };

/// The detector.
pub struct IsolationForest;

impl Detector for IsolationForest {
    fn id(&self) -> &'static str {
        "isolation_forest"
    }

    fn label_ko(&self) -> &'static str {
        "고립 숲"
    }

    fn weight(&self) -> f64 {
        6.0
    }

    fn detect(&self, input: &Input<'_>) -> Result<Output, Untested> {
        let columns = input.columns;
        if input.ledger.n_rows < ROWS_MIN {
            return Err(format!("지출 건이 {ROWS_MIN}건 미만이어서 보통의 지출을 배울 수 없습니다.").into());
        }
        if columns.is_empty() {
            return Err("모든 지출 건의 특성이 같아 비교할 수 없습니다.".into());
        }
        let values: Vec<&[f32]> = columns.iter().map(|c| c.values.as_slice()).collect();
        let n_rows = input.ledger.n_rows;
        let forest = IsolationForestValidParams::default().fit(&values, n_rows, input.seed);
        let strength = TAIL.strengths(&forest.scores(&values, n_rows));
        let sentences: BTreeMap<usize, String> = tail::standouts(&strength)
            .into_iter()
            .map(|row| {
                let difference = standard::difference_text(columns, row, input.features);
                let n = ko::count(n_rows);
                (
                    row,
                    format!("전체 지출 {n}건과 여러 특성을 함께 견주면 뚜렷이 떨어져 있습니다{difference}."),
                )
            })
            .collect();
        Ok(tail::output(self.id(), strength, sentences))
    }
}
