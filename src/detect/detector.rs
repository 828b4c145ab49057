//! What every detector and control test is: strength by row, and sentences on demand.
//!
//! Comes in: a ledger, its features, holidays, options. Goes out: `Output`.
//! Refuses: points; turning strength into points is the ensemble's.

use crate::clean::LedgerView;
use crate::detect::Holidays;
use crate::detect::controls::ControlOptions;
use crate::detect::standard::Column;
use crate::features::FeatureMatrix;
use crate::ledger::Reason;

/// What a detector sees.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The payments, netted: a row below zero is a reversal without its payment (`clean::reversal`).
    pub ledger: &'a LedgerView,
    /// Their features.
    pub features: &'a FeatureMatrix,
    /// The features on one scale, for the models that look at all of them at once (`standard::columns`).
    pub columns: &'a [Column],
    /// Days off.
    pub holidays: &'a Holidays,
    /// Options of the control tests.
    pub options: &'a ControlOptions,
    /// Seed of everything random.
    pub seed: u64,
}

/// A sentence for a row, `None` where nothing stands out.
pub type Explain = Box<dyn Fn(usize) -> Option<Reason> + Send + Sync>;

/// Strength by row and sentences on demand.
pub struct Output {
    /// 0.0..=1.0 by row, 0 where nothing stands out.
    pub strength: Vec<f32>,
    /// Row and first row of its case, ascending, for rows that are a part of one finding with others.
    pub case: Vec<(usize, usize)>,
    /// Why, by row.
    pub explain: Explain,
}

/// A detector or control test.
pub trait Detector: Sync {
    /// Identifier.
    fn id(&self) -> &'static str;
    /// Name on screen.
    fn label_ko(&self) -> &'static str;
    /// Default weight in points: how many of the 100 points a strength of 1 may add.
    fn weight(&self) -> f64;
    /// Strengths; `Err(reason in Korean)` when this ledger lacks what it needs.
    fn detect(&self, input: &Input<'_>) -> Result<Output, String>;
}
