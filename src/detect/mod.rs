//! Detect: features and ledger to findings, each a score of 0 to 100 with contributions and Korean reasons.
//!
//! Comes in: a `LedgerView` and its `FeatureMatrix`. Goes out: `Findings`.
//! Refuses: files, the clock, NaN, an order that depends on the number of threads.

pub mod controls;
pub mod detector;
pub mod findings;
pub mod holidays;

pub use controls::{CONTROLS, ControlOptions};
pub use detector::{Detector, Input, Output};
pub use findings::{CheckInfo, Findings, PeriodFindings};
pub use holidays::Holidays;
