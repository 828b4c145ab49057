//! Clean: sheets of cells to typed payments, every row loaded, skipped with its reason, or quarantined.
//!
//! Comes in: a `RawBook` and the mappings of the institution. Goes out: a `CleanLedger`.
//! Refuses: to lose a row silently, to infer a column's type, to load an amount or date it is not sure of.

pub mod amounts;
mod build;
pub mod dates;
mod header;
pub mod ledger;
pub mod mapping;
pub mod mask;
pub mod reversal;
mod row;
pub mod text;
mod tidy;
mod totals;
mod vendor;
pub mod view;

pub use ledger::CleanLedger;
pub use mapping::Mapping;
pub use tidy::tidy;
pub use vendor::vendor_keys;
pub use view::{Interned, LedgerView};
