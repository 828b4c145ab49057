//! Clean: sheets of cells to typed payments, every row loaded, skipped with its reason, or quarantined.
//!
//! Comes in: the rows of a file as they are read, and the mappings of the institution. Goes out: batches of clean rows
//! to a `LedgerSink`, and the account of the file.
//! Refuses: to lose a row silently, to infer a column's type, to load an amount or date it is not sure of.

mod account;
pub mod amounts;
mod budget_account;
mod budget_check;
mod budget_columns;
mod budget_lines;
mod budget_row;
#[cfg(test)]
mod budget_tests;
mod build;
mod column_rules;
pub mod dates;
mod detail_columns;
mod details;
mod fill;
mod header;
mod header_key;
mod header_match;
pub mod kept;
mod layout;
#[cfg(test)]
mod layouts_tests;
pub mod ledger;
pub mod mapping;
pub mod mask;
pub mod propose;
pub mod restatement;
pub mod reversal;
mod row;
mod row_kind;
mod row_set;
mod sheet;
pub mod sink;
pub mod text;
mod tidy;
mod totals;
mod vendor;
pub mod view;

pub use ledger::CleanLedger;
pub use mapping::Mapping;
pub use sink::{Discard, KeepAll, KeptRow, LedgerSink};
#[cfg(test)]
pub(crate) use tidy::tidy_bytes;
pub use tidy::{CleanFile, Tidy, tidy};
pub use vendor::vendor_keys;
pub use view::{Interned, LedgerView};
