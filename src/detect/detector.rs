//! What a detector is: an identifier, a weight, and strengths with reasons.
//!
//! Comes in: ledger and features. Goes out: a strength of 0 to 1 by row and sentences on demand.
//! Refuses: to run without what it needs; it says what is missing instead.

use crate::clean::LedgerView;
use crate::features::FeatureMatrix;
use crate::ledger::Reason;

use super::Holidays;

/// What a detector sees.
pub struct Input<'a> {
    /// Payments.
    pub ledger: &'a LedgerView,
    /// Their features.
    pub features: &'a FeatureMatrix,
    /// Days on which nobody works.
    pub holidays: &'a Holidays,
    /// Seed of everything random.
    pub seed: u64,
}

/// Strength by row and sentences on demand.
pub struct Output {
    /// 0.0..=1.0 by row, 0 where nothing stands out.
    pub strength: Vec<f32>,
    /// The reason of a row; `None` where nothing stands out.
    pub explain: Box<dyn Fn(usize) -> Option<Reason> + Send + Sync>,
}

/// A model or control test.
pub trait Detector: Sync {
    /// Identifier in `snake_case`, equal to the name of its file.
    fn id(&self) -> &'static str;
    /// Name on screen.
    fn label_ko(&self) -> &'static str;
    /// Default weight: how many of the 100 points a strength of 1 may add.
    fn weight(&self) -> f64;
    /// Strengths of all rows, or the reason (in Korean) why this ledger lacks what it needs.
    fn detect(&self, input: &Input<'_>) -> Result<Output, String>;
}
