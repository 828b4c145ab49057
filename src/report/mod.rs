//! Report: findings, ledger and budget to documents for one department.
//!
//! Comes in: plain view data. Goes out: `Rendered` PDF and XLSX bytes, equal for equal input.
//! Refuses: to compute a score, to write to disk, to ask the time.

/// A document in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// File name.
    pub name: String,
    /// MIME type.
    pub media_type: &'static str,
    /// The bytes.
    pub bytes: Vec<u8>,
}
