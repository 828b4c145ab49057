//! Where clean rows go: kept, thrown away, or written away batch by batch.
//!
//! Comes in: batches of clean rows, and rows kept aside. Goes out: whatever the sink makes of them.
//! Refuses: nothing by itself; a sink may stop the file with a problem.

use polars::prelude::DataFrame;

use crate::error::Problem;
use crate::ingest::RawRow;

/// A row that could not be read exactly, as found.
#[derive(Clone, Copy, Debug)]
pub struct KeptRow<'a> {
    /// Sheet.
    pub sheet: &'a str,
    /// Header of each cell as the mapping finds it in one header row; empty where there is none.
    pub headers: &'a [String],
    /// The row as found (not masked), with the values of merged ranges it lies in.
    pub row: &'a RawRow,
    /// Cells that hold amounts.
    pub amounts: &'a [usize],
    /// Cells that hold accounts.
    pub accounts: &'a [usize],
    /// Minor units in one written unit.
    pub factor: i64,
    /// Cell concerned; `None` for the whole row.
    pub at: Option<usize>,
    /// Column concerned; empty for the whole row.
    pub column: &'a str,
    /// Why, in Korean.
    pub reason: &'a str,
}

/// Takes the clean rows of a file. Rows of a file that is refused in the end must be thrown away.
pub trait LedgerSink {
    /// A batch of clean rows, in the order of the file; schema: `clean::ledger::schema`.
    fn rows(&mut self, batch: DataFrame) -> Result<(), Problem>;

    /// A row kept aside.
    fn kept(&mut self, _row: KeptRow<'_>) -> Result<(), Problem> {
        Ok(())
    }
}

/// Throws rows away: for a verdict alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct Discard;

impl LedgerSink for Discard {
    fn rows(&mut self, _batch: DataFrame) -> Result<(), Problem> {
        Ok(())
    }
}

/// Keeps all batches in memory.
#[derive(Clone, Debug, Default)]
pub struct KeepAll {
    /// Batches in order.
    pub batches: Vec<DataFrame>,
}

impl LedgerSink for KeepAll {
    fn rows(&mut self, batch: DataFrame) -> Result<(), Problem> {
        self.batches.push(batch);
        Ok(())
    }
}
