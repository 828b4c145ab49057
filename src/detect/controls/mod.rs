//! Control tests of spending.
//!
//! Comes in: a ledger. Goes out: strengths. Refuses: nothing.

use super::Detector;

/// All control tests.
pub const CONTROLS: &[&dyn Detector] = &[];
