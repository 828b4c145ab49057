//! Control tests: what audit teams look for, one file each, with figures in every sentence.
//!
//! Comes in: a `LedgerView`, holidays and `ControlOptions`. Goes out: strength by row and Korean reasons.
//! Refuses: later rows in "as of" statements, negative amounts as payments, a verdict.
//!
//! A new test is a file here, its two lines (below and in `options.rs`), a section in `config/controls.toml` and a page in
//! `docs/controls/`; `docs/controls/README.md` walks through one.

pub mod amount_outlier;
#[cfg(test)]
mod case_tests;
mod common;
pub mod control;
pub mod duplicate_payment;
pub mod exceptions;
pub mod new_vendor_spike;
pub mod off_hours;
pub mod options;
pub mod over_budget;
pub mod period_change;
pub mod poor_description;
pub mod rare_department_account;
pub mod reallocation_spend;
pub mod recurring_deviation;
pub mod repeated_payment;
pub mod round_amount;
pub mod section;
pub mod seldom_used_account;
pub mod split_payment;
pub mod suspicious_word;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub mod unmatched_reversal;
pub mod year_end_rush;

pub use control::Control;
pub use options::{CONTROLS, ControlOptions};
pub use section::{Rule, Section, State};
