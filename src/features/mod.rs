//! Features: payments in their context as numbers.
//!
//! Comes in: a `LedgerView`. Goes out: a `FeatureMatrix` of named columns without NaN.
//! Refuses: to know which detector reads a feature, to look at rows later than the one described.

pub mod matrix;

pub use matrix::{Feature, FeatureMatrix};
