//! Principal components: payments that do not follow how features usually go together.
//!
//! Comes in: the feature matrix. Goes out: strengths of the far tail of what half of the components leave of a payment.
//! Refuses: ledgers with too few payments or features to have directions ([`super::principal`]).

use std::collections::BTreeMap;

use super::principal::{Principal, PrincipalError};
use super::standard::{self, quantile};
use super::tail::{self, Tail};
use super::{Detector, Input, Output, Untested};

/// Fewest payments worth components.
const ROWS_MIN: usize = 50;
/// Multiples of the median error that begin to count and that count fully.
const TAIL: Tail = Tail { floor: 4.0, full: 8.0 };

/// The detector.
pub struct Pca;

impl Detector for Pca {
    fn id(&self) -> &'static str {
        "pca"
    }

    fn label_ko(&self) -> &'static str {
        "주성분 복원 오차"
    }

    fn weight(&self) -> f64 {
        8.0
    }

    fn detect(&self, input: &Input<'_>) -> Result<Output, Untested> {
        let n_rows = input.ledger.n_rows;
        if n_rows < ROWS_MIN {
            return Err(format!("지출 건이 {ROWS_MIN}건 미만이어서 주성분을 구할 수 없습니다.").into());
        }
        let columns = input.columns;
        let values: Vec<&[f32]> = columns.iter().map(|c| c.values.as_slice()).collect();
        let errors = Principal::fit(&values, n_rows, input.seed).map_err(why)?.errors(&values, n_rows);
        let usual = quantile(&errors, 0.5).unwrap_or(1.0).max(1e-6);
        let multiples: Vec<f64> = errors.iter().map(|e| e / usual).collect();
        let strength = TAIL.strengths(&multiples);
        let sentences: BTreeMap<usize, String> = tail::standouts(&strength)
            .into_iter()
            .map(|row| {
                let difference = standard::difference_text(columns, row, input.features);
                let times = multiples[row];
                (row, format!("특성들이 함께 움직이는 보통의 방식에서 벗어난 정도가 보통의 {times:.1}배입니다{difference}."))
            })
            .collect();
        Ok(tail::output(self.id(), strength, sentences))
    }
}

fn why(error: PrincipalError) -> String {
    match error {
        PrincipalError::TooFewColumns(_) => {
            "서로 다른 값을 가진 특성이 둘보다 적어 주성분을 구할 수 없습니다.".to_owned()
        }
        PrincipalError::TooFewRows { .. } => "지출 건이 특성보다 적어 주성분을 구할 수 없습니다.".to_owned(),
        PrincipalError::NotDecomposed => "주성분이 수렴하지 않았습니다.".to_owned(),
    }
}
