//! Intake: what became of each delivered file and each of its rows.
//!
//! Comes in: counts and reasons from reading and cleaning. Goes out: the account that travels from file to mail.
//! Refuses: a difference; `rows_in = loaded + skipped + quarantined` or `balances` is false.

use serde::{Deserialize, Serialize};

use super::{Amount, Digest, RowRef};
use crate::error::Problem;

/// What became of a row that was not simply loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowFate {
    /// Not a payment (title, header, subtotal, blank, note): left out on purpose.
    Skipped,
    /// A payment that could not be read exactly: kept aside for a person.
    Quarantined,
    /// Loaded, with a remark.
    Noted,
}

/// One remark about one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowIssue {
    /// Place of the row.
    pub at: RowRef,
    /// What became of it.
    pub fate: RowFate,
    /// Column concerned as named in the file; empty for the whole row.
    pub column: String,
    /// Value found, masked and shortened.
    pub found: String,
    /// Why, in Korean.
    pub reason: String,
}

/// Rows and sum of one department and account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct GroupTotal {
    /// Department name.
    pub department: String,
    /// Account.
    pub account: String,
    /// Rows loaded.
    pub rows: u64,
    /// Their sum in minor units.
    pub total: Amount,
}

/// What kind of records a file holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// Payments.
    #[default]
    Expenditure,
    /// Budget lines.
    Budget,
}

/// The account of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileIntake {
    /// File name as delivered.
    pub source: String,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// Size in bytes.
    pub size_bytes: u64,
    /// What it holds.
    pub kind: RecordKind,
    /// Format found by content (`xlsx`, `xls`, `csv`), empty where none was recognised.
    pub format: String,
    /// Name and version of the mapping used, such as `korean_erp@1`; empty where none fitted.
    pub mapping: String,
    /// Why the whole file was set aside; `None` when it was read.
    pub refused: Option<Problem>,
    /// Rows seen, over all sheets: every row that holds at least one non-blank cell.
    pub rows_in: u64,
    /// Rows loaded.
    pub loaded: u64,
    /// Rows left out on purpose.
    pub skipped: u64,
    /// Rows kept aside.
    pub quarantined: u64,
    /// Sum of the loaded rows in minor units.
    pub total: Amount,
    /// Rows and sums by department and account, sorted.
    pub groups: Vec<GroupTotal>,
    /// Remarks on rows, in row order, at most `ISSUES_MAX` (the counts above stay exact).
    pub issues: Vec<RowIssue>,
    /// Optional columns this file does not have: tests that need them cannot run on it.
    pub absent_columns: Vec<String>,
    /// Remarks on the file in Korean (subtotals that do not match, new columns, hidden rows).
    pub notes: Vec<String>,
}

impl FileIntake {
    /// Most remarks kept for one file: a person reads tens; more are counted, not listed.
    pub const ISSUES_MAX: usize = 1_000;

    /// An account of a file set aside whole.
    pub fn refused(source: &str, sha256: Digest, size_bytes: u64, problem: Problem) -> Self {
        Self {
            source: source.to_owned(),
            sha256,
            size_bytes,
            kind: RecordKind::Expenditure,
            format: String::new(),
            mapping: String::new(),
            refused: Some(problem),
            rows_in: 0,
            loaded: 0,
            skipped: 0,
            quarantined: 0,
            total: Amount::ZERO,
            groups: Vec::new(),
            issues: Vec::new(),
            absent_columns: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Whether every row is accounted for.
    pub fn balances(&self) -> bool {
        self.rows_in == self.loaded + self.skipped + self.quarantined
            && self.groups.iter().map(|g| g.rows).sum::<u64>() == self.loaded
            && self.groups.iter().map(|g| g.total).sum::<Amount>() == self.total
    }
}
