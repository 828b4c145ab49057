//! Detect: features and ledger to findings, each a score of 0 to 100 with contributions and Korean reasons.
//!
//! Comes in: a `LedgerView` and its `FeatureMatrix`. Goes out: `Findings`.
//! Refuses: files, the clock, NaN, an order that depends on the number of threads.

pub mod accounts;
mod amount_level;
pub mod applicability;
pub mod budget_book;
pub mod canary;
pub mod cases;
pub mod clusters;
pub mod columns;
pub mod context_amount;
pub mod controls;
pub mod counterfactual;
pub mod detector;
pub mod ensemble;
pub mod evaluate;
pub mod findings;
pub mod forest;
pub mod health;
pub mod holidays;
pub mod isolation_forest;
pub mod kmeans;
pub mod needs;
pub mod netted;
pub mod pca;
pub mod period;
pub mod population;
pub mod principal;
mod rarity;
pub mod reversed;
pub mod scale;
pub mod seed;
pub mod shared;
pub mod standard;
pub mod tail;
pub mod tail_probability;
pub mod tail_sums;
pub mod text_rarity;

#[cfg(test)]
mod fairness_tests;
#[cfg(test)]
mod models_tests;
#[cfg(test)]
mod planted;

pub use accounts::AccountClasses;
pub use applicability::Applicability;
pub use budget_book::BudgetBook;
pub use cases::Case;
pub use controls::{CONTROLS, ControlOptions};
pub use detector::{About, Detector, FIRES, Input, Output, Status, Untested};
pub use ensemble::{Known, Options, score};
pub use findings::{CheckInfo, Findings, PeriodFindings, Shadowed};
pub use holidays::Holidays;
pub use reversed::{OnNetted, Reversed, TakenBack};
pub use shared::Shared;

/// Models, in the order of their columns.
pub const MODELS: &[&dyn Detector] = &[
    &context_amount::ContextAmount,
    &text_rarity::TextRarity,
    &isolation_forest::IsolationForest,
    &kmeans::KMeans,
    &pca::Pca,
    &tail_probability::TailProbability,
];

const N_DETECTORS: usize = MODELS.len() + controls::CONTROLS.len();

/// Models, then control tests: the order of the columns of `Findings::points`.
pub const DETECTORS: &[&dyn Detector] = &{
    let mut all: [&dyn Detector; N_DETECTORS] = [MODELS[0]; N_DETECTORS];
    let mut i = 0;
    while i < N_DETECTORS {
        all[i] = if i < MODELS.len() { MODELS[i] } else { controls::CONTROLS[i - MODELS.len()] };
        i += 1;
    }
    all
};
