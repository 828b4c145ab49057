//! Control tests: what audit teams look for, one file each, with figures in every sentence.
//!
//! Comes in: a `LedgerView`, holidays and `ControlOptions`. Goes out: strength by row and Korean reasons.
//! Refuses: later rows in "as of" statements, negative amounts as payments, a verdict.
//!
//! A new test is a file here, its two lines (below and in `options.rs`), a section in `config/controls.toml` and a page in
//! `docs/controls/`; `docs/controls/README.md` walks through one.

pub mod amount_outlier;
pub mod below_limit;
pub mod cancel_reapprove;
pub mod cap_per_person;
pub mod card_and_transfer;
#[cfg(test)]
mod case_tests;
pub(in crate::detect) mod common;
pub mod control;
pub mod day_off;
mod document_number;
pub mod document_sequence;
pub mod dormant_vendor;
pub mod duplicate_other_vendor;
pub mod duplicate_payment;
pub mod exact_duplicate;
pub mod exceptions;
pub mod heterogeneous_vendor;
pub mod invalid_business_no;
pub mod limit;
pub mod missing_counterpart;
mod names;
pub mod new_vendor_spike;
pub mod off_hours;
pub mod options;
pub mod over_budget;
pub mod period_change;
pub mod period_end_reversal;
pub mod poor_description;
pub mod posting_gap;
pub mod rare_department_account;
pub mod reallocation_spend;
pub mod recurring_deviation;
pub mod repeated_payment;
pub mod restricted_merchant;
pub mod retroactive_commitment;
pub mod round_amount;
pub mod section;
pub mod seldom_used_account;
pub mod self_approval;
pub mod shared_bank_account;
pub mod similar_duplicate;
pub mod split_contract;
pub mod split_payment;
pub mod suspicious_word;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub mod unmatched_reversal;
mod usual;
pub mod year_end_rush;

pub use control::Control;
pub use options::{CONTROLS, ControlOptions};
pub use section::{Rule, Section, State};
