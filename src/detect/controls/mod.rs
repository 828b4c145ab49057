//! Control tests: what audit teams look for, one file each, with figures in every sentence.
//!
//! Comes in: a `LedgerView`, holidays and `ControlOptions`. Goes out: strength by row and Korean reasons.
//! Refuses: later rows in "as of" statements, negative amounts as payments, a verdict.
//!
//! A new test is a file here with its options, a line in `CONTROLS`, a field in `ControlOptions`, a section in
//! `config/controls.toml` and a page in `docs/controls/`.

#[cfg(test)]
mod case_tests;
mod common;
pub mod duplicate_payment;
pub mod new_vendor_spike;
pub mod off_hours;
pub mod options;
pub mod rare_department_account;
pub mod recurring_deviation;
pub mod repeated_payment;
pub mod split_payment;
pub mod suspicious_word;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub mod unmatched_reversal;

pub use options::ControlOptions;

use super::Detector;

/// Every control test, in the order of reports.
pub const CONTROLS: &[&dyn Detector] = &[
    &duplicate_payment::DuplicatePayment,
    &split_payment::SplitPayment,
    &repeated_payment::RepeatedPayment,
    &off_hours::OffHours,
    &new_vendor_spike::NewVendorSpike,
    &rare_department_account::RareDepartmentAccount,
    &recurring_deviation::RecurringDeviation,
    &suspicious_word::SuspiciousWord,
    &unmatched_reversal::UnmatchedReversal,
];
