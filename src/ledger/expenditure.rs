//! One payment as a value: what a report prints and a reviewer opens.
//!
//! Comes in: a row of the clean ledger. Goes out: plain fields.
//! Refuses: nothing; the data frame stays the bulk form, this is the form of single rows.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Amount;

/// Where a row stands in what was delivered to us.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RowRef {
    /// File name.
    pub source: String,
    /// Sheet; empty for delimited text.
    pub sheet: String,
    /// Line or row number from 1.
    pub row: i64,
}

/// One payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expenditure {
    /// Its place in the export.
    pub at: RowRef,
    /// Number of the document, empty where the export has none.
    pub document_no: String,
    /// Day of payment.
    pub date: NaiveDate,
    /// Minute of the day where the export has a time.
    pub minute: Option<u16>,
    /// Department name.
    pub department: String,
    /// Account.
    pub account: String,
    /// Vendor, empty where the export has none.
    pub vendor: String,
    /// What it was for, empty where the export has none.
    pub description: String,
    /// Amount in minor units.
    pub amount: Amount,
}
