//! The nouns of the field: amounts, periods, digests, payments, budget lines, findings.
//!
//! Comes in: nothing. Goes out: plain types that every stage speaks.
//! Refuses: I/O, time, polars, diesel; an amount is never a float here.

pub mod account;
pub mod amount;
pub mod budget;
pub mod columns;
pub mod covered;
pub mod department;
pub mod digest;
pub mod expenditure;
pub mod finding;
pub mod intake;
pub mod lake_file;
pub mod period;
pub mod points;
pub mod reallocation;
pub mod review;

pub use account::{AccountTotals, RunAccount, Withheld};
pub use amount::{Amount, Currency};
pub use budget::{BudgetLine, BudgetPart, BudgetParts};
pub use columns as col;
pub use covered::{Count, Covered};
pub use department::{Department, Departments};
pub use digest::{Digest, Hasher};
pub use expenditure::{Expenditure, RowRef};
pub use finding::{Contribution, Finding, Reason, Severity};
pub use intake::{
    ColumnCoverage, Correction, FileIntake, GroupTotal, Overlap, RecordKind, RowFate, RowIssue, SheetIntake,
    TotalCheck,
};
pub use lake_file::{LakeFile, LakeKind};
pub use period::FiscalMonth;
pub use points::Points;
pub use reallocation::{BudgetPlace, Reallocation, ReallocationKind};
pub use review::{Alarm, CheckChange, Label, Origin, Outcome};
