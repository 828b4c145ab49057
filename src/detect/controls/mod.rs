//! Control tests: what audit teams look for, one file each, with figures in every sentence.
//!
//! Comes in: a `LedgerView`, holidays and `ControlOptions`. Goes out: strength by row and Korean reasons.
//! Refuses: later rows in "as of" statements, negative amounts as payments, a verdict.
//!
//! A new test is a file here, its two lines (below and in `options.rs`), a section in `config/controls.toml` and a page in
//! `docs/controls/`; `docs/controls/README.md` walks through one.

pub mod cancel_reapprove;
pub mod cap_per_person;
#[cfg(test)]
mod case_tests;
mod common;
pub mod control;
pub mod day_off;
mod document_number;
pub mod document_sequence;
pub mod duplicate_payment;
pub mod exceptions;
pub mod missing_counterpart;
pub mod new_vendor_spike;
pub mod off_hours;
pub mod options;
pub mod period_end_reversal;
pub mod posting_gap;
pub mod rare_department_account;
pub mod recurring_deviation;
pub mod repeated_payment;
pub mod restricted_merchant;
pub mod retroactive_commitment;
pub mod section;
pub mod self_approval;
pub mod split_payment;
pub mod suspicious_word;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub mod unmatched_reversal;
mod usual;

pub use control::Control;
pub use options::{CONTROLS, ControlOptions};
pub use section::{Rule, Section, State};
