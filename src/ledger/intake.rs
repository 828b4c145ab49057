//! Intake: what became of each delivered file and each of its rows.
//!
//! Comes in: counts and reasons from reading and cleaning. Goes out: the account that travels from file to mail.
//! Refuses: a difference; `rows_in = loaded + skipped + quarantined` or `balances` is false.

use std::collections::{BTreeMap, BTreeSet};

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

/// A total row that does not say what the rows above it sum to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotalCheck {
    /// Place of the total row.
    pub at: RowRef,
    /// What it calls itself.
    pub word: String,
    /// Its amount in minor units.
    pub printed: Amount,
    /// Sum of the rows it should sum, in minor units.
    pub computed: Amount,
}

/// How many loaded rows have a value in an optional column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnCoverage {
    /// Canonical column.
    pub column: String,
    /// Loaded rows with a value there.
    pub rows: u64,
}

/// The account of one sheet, or of one member of a zipped set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetIntake {
    /// Sheet name; empty for a single delimited text.
    pub name: String,
    /// Whether the sheet is hidden in the workbook.
    pub hidden: bool,
    /// Mapping used; empty where the sheet is no table of records.
    pub mapping: String,
    /// Rows seen.
    pub rows_in: u64,
    /// Rows loaded.
    pub loaded: u64,
    /// Rows left out on purpose.
    pub skipped: u64,
    /// Rows kept aside.
    pub quarantined: u64,
    /// Why the sheet or member was set aside.
    pub refused: Option<Problem>,
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
    /// Movements of budget between lines.
    Reallocation,
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
    /// Name and version of the mapping used, such as `korean_erp@2`; empty where none fitted.
    pub mapping: String,
    /// Text encoding (`UTF-8`, `EUC-KR`), empty for workbooks.
    #[serde(default)]
    pub encoding: String,
    /// Why the whole file was set aside; `None` when it was read.
    pub refused: Option<Problem>,
    /// Rows seen, over all sheets: every row that holds at least one non-blank cell. Of a file that was set aside, the
    /// rows seen until then; all of them count as kept aside.
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
    /// The account of each sheet.
    #[serde(default)]
    pub sheets: Vec<SheetIntake>,
    /// Loaded rows by optional column that have a value there.
    #[serde(default)]
    pub coverage: Vec<ColumnCoverage>,
    /// Total rows compared with the sums of their rows.
    #[serde(default)]
    pub totals_compared: u64,
    /// Those that differ, at most `TOTALS_MAX`.
    #[serde(default)]
    pub totals_differing: Vec<TotalCheck>,
    /// Loaded rows that are hidden in the workbook.
    #[serde(default)]
    pub hidden_rows: u64,
    /// Mapped cells of loaded rows that hold a formula; its stored result was read.
    #[serde(default)]
    pub formula_cells: u64,
    /// Budget rows whose 예산현액 was compared with the sum of its parts.
    #[serde(default)]
    pub identity_checked: u64,
    /// Those that differ; each is an issue.
    #[serde(default)]
    pub identity_mismatches: u64,
    /// Names the set of loaded rows whatever their order and file: equal sets have equal digests. Empty without rows.
    #[serde(default)]
    pub rows_digest: String,
    /// Name of the file whose bytes or rows this one repeats; empty otherwise. Such a file is looked at anew by every
    /// run: the other one may be gone.
    #[serde(default)]
    pub repeats: String,
    /// Files with which this one shares many rows of the same months, though not all.
    #[serde(default)]
    pub overlaps: Vec<Overlap>,
    /// Rows of other files that this file puts back, once they were mended.
    #[serde(default)]
    pub corrects: Vec<Correction>,
}

/// Rows that two files share.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Overlap {
    /// The other file.
    pub source: String,
    /// Rows of this file in the months both have.
    pub rows: u64,
    /// Of them, rows the other file has too.
    pub common: u64,
    /// Of those, rows that carry a document number.
    pub with_document_no: u64,
}

/// Which rows of one original a file of mended rows stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Correction {
    /// Name of the original.
    pub source: String,
    /// Its bytes, as named in the mended rows.
    pub sha256: Digest,
    /// Whether those bytes were the version in use when the rows were read.
    pub in_use: bool,
    /// Rows of the original that are loaded from here, by sheet.
    pub rows: BTreeMap<String, BTreeSet<i64>>,
}

impl FileIntake {
    /// Most remarks kept for one file: a person reads tens; more are counted, not listed.
    pub const ISSUES_MAX: usize = 1_000;
    /// Most differing totals listed.
    pub const TOTALS_MAX: usize = 100;
    /// Most notes kept: a workbook of hundreds of sheets would drown them.
    pub const NOTES_MAX: usize = 100;

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
            encoding: String::new(),
            sheets: Vec::new(),
            coverage: Vec::new(),
            totals_compared: 0,
            totals_differing: Vec::new(),
            hidden_rows: 0,
            formula_cells: 0,
            identity_checked: 0,
            identity_mismatches: 0,
            rows_digest: String::new(),
            repeats: String::new(),
            overlaps: Vec::new(),
            corrects: Vec::new(),
        }
    }

    /// The account of the same file, set aside whole after it was read: all rows seen count as kept aside.
    #[must_use]
    pub fn set_aside(mut self, problem: Problem) -> Self {
        self.refused = Some(problem);
        (self.loaded, self.skipped, self.quarantined) = (0, 0, self.rows_in);
        (self.total, self.groups, self.coverage) = (Amount::ZERO, Vec::new(), Vec::new());
        for sheet in &mut self.sheets {
            (sheet.loaded, sheet.skipped, sheet.quarantined) = (0, 0, sheet.rows_in);
        }
        self
    }

    /// Adds a remark, as long as there is room.
    pub fn note(&mut self, note: String) {
        if self.notes.len() < Self::NOTES_MAX {
            self.notes.push(note);
        }
    }

    /// Sheets, or members of a zipped set, that could not be read although the file was.
    pub fn unread_sheets(&self) -> usize {
        if self.refused.is_some() {
            return 0;
        }
        self.sheets.iter().filter(|sheet| sheet.refused.is_some()).count()
    }

    /// Whether every row is accounted for.
    pub fn balances(&self) -> bool {
        self.rows_in == self.loaded + self.skipped + self.quarantined
            && (self.sheets.is_empty()
                || self.sheets.iter().map(|sheet| sheet.rows_in).sum::<u64>() == self.rows_in)
            && self.groups.iter().map(|g| g.rows).sum::<u64>() == self.loaded
            && self.groups.iter().map(|g| g.total).sum::<Amount>() == self.total
    }
}
