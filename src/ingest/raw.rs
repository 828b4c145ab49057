//! Cells as found in a file, before any meaning is given to them.
//!
//! Comes in: what a format reader saw. Goes out: plain values with sheet and row numbers.
//! Refuses: nothing; blank rows between others are simply not listed.

use serde::{Deserialize, Serialize};

use crate::ledger::Digest;

/// A cell as found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum RawCell {
    /// Nothing there.
    Empty,
    /// Text, exactly as stored.
    Text(String),
    /// A number cell. Never produced for delimited text, where all cells are text.
    Number(f64),
    /// A number cell formatted as a date or time: the serial and whether the book counts from 1904.
    DateSerial {
        /// Days since the book's epoch, with the time of day as fraction.
        serial: f64,
        /// The epoch is 1904-01-01 instead of 1899-12-30.
        is_1904: bool,
    },
    /// A true/false cell.
    Bool(bool),
    /// An error cell such as `#REF!`.
    Error(String),
}

impl RawCell {
    /// Whether nothing but white space is there.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }
}

/// A row with at least one non-blank cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RawRow {
    /// Row number in the sheet, or line number at which the record starts, from 1.
    pub number: u32,
    /// Cells from the first column on; trailing blanks may be missing.
    pub cells: Vec<RawCell>,
    /// Set where the reader could not split the row (unclosed quote, undecodable bytes): the reason in Korean.
    pub damage: Option<String>,
}

/// A sheet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RawSheet {
    /// Sheet name; empty for delimited text.
    pub name: String,
    /// Whether the sheet is hidden in the workbook.
    pub hidden: bool,
    /// Non-blank rows in order.
    pub rows: Vec<RawRow>,
    /// Merged ranges as (first row, first column, last row, last column): rows from 1, columns from 0, all inclusive.
    pub merges: Vec<(u32, u32, u32, u32)>,
}

/// A file read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RawBook {
    /// File name as delivered (display text only).
    pub source: String,
    /// SHA-256 of the bytes read.
    pub sha256: Digest,
    /// Size in bytes.
    pub size_bytes: u64,
    /// Format found by content: an id of `FORMATS`.
    pub format: String,
    /// Text encoding for delimited text (`UTF-8`, `EUC-KR`), empty otherwise.
    pub encoding: String,
    /// Sheets in order.
    pub sheets: Vec<RawSheet>,
}
