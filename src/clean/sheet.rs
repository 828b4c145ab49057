//! One sheet on its way: the header is looked for in its first rows, then every row is read as it comes.
//!
//! Comes in: a sheet's head and rows. Goes out: what became of each row, to the file's account.
//! Refuses: nothing; a sheet without a header is counted and left out.

use super::fill::Fills;
use super::header::{self, HEADER_ROWS_MAX};
use super::layout::Layout;
use super::mapping::Mapping;
use super::row::{self, Outcome, Refusal, Values};
use super::row_set::RowSet;
use super::totals::Totals;
use crate::error::Problem;
use crate::ingest::{RawRow, SheetHead};
use crate::ledger::SheetIntake;

/// The state of a sheet under way.
pub(super) struct Sheet {
    pub(super) head: SheetHead,
    pub(super) account: SheetIntake,
    pub(super) table: Option<Table>,
    pub(super) totals: Totals,
    pub(super) set: RowSet,
    /// Rows held until the header is known.
    pub(super) waiting: Vec<RawRow>,
    /// Why no header was found.
    pub(super) no_header: Option<Problem>,
}

/// A sheet whose header is known.
pub(super) struct Table {
    pub(super) layout: Layout,
    pub(super) fills: Fills,
    pub(super) unknown: Vec<String>,
}

impl Sheet {
    pub(super) fn new(head: SheetHead) -> Self {
        let account = SheetIntake { name: head.name.clone(), hidden: head.hidden, ..SheetIntake::default() };
        Self {
            head,
            account,
            table: None,
            totals: Totals::default(),
            set: RowSet::default(),
            waiting: Vec::new(),
            no_header: None,
        }
    }

    /// Whether rows still have to be held.
    pub(super) fn is_looking(&self) -> bool {
        self.table.is_none() && self.no_header.is_none()
    }

    /// Whether enough rows are held to look for the header: one more than it may need, for a header of two rows.
    pub(super) fn can_look(&self) -> bool {
        self.waiting.len() > HEADER_ROWS_MAX
    }

    /// Looks for the header; the rows above it and its own count as skipped, those below are given back.
    pub(super) fn look(&mut self, mappings: &[Mapping]) -> Vec<RawRow> {
        let mut rows = std::mem::take(&mut self.waiting);
        match header::find(&self.head, &rows, mappings) {
            Ok(found) => {
                let body = rows.split_off((found.last + 1).min(rows.len()));
                self.account.rows_in += rows.len() as u64;
                self.account.skipped += rows.len() as u64;
                self.account.mapping = found.mapping.id();
                let unknown = found.unknown.clone();
                let layout = Layout::new(found, self.head.is_delimited);
                let fills = Fills::new(&self.head, &layout);
                self.table = Some(Table { layout, fills, unknown });
                body
            }
            Err(problem) => {
                self.no_header = Some(problem);
                rows
            }
        }
    }

    /// A row of a sheet that is no table of records.
    pub(super) fn leave_out(&mut self) {
        self.account.rows_in += 1;
        self.account.skipped += 1;
    }

    /// Reads one row below the header into `values`; `None` without a header. A row that cannot be read is shown to
    /// `keep` with the values of its merged ranges.
    pub(super) fn read(
        &mut self,
        row: &RawRow,
        values: &mut Values,
        keep: &mut dyn FnMut(&str, &Layout, &RawRow, &Refusal),
    ) -> Option<Outcome> {
        let table = self.table.as_mut()?;
        self.account.rows_in += 1;
        let filled = table.fills.apply(&table.layout, row);
        let totals = &self.totals;
        let outcome = row::read(&table.layout, filled, &|amount| totals.is_sum(amount), values);
        if let Outcome::Quarantined(refusal) = &outcome {
            keep(&self.head.name, &table.layout, filled, refusal);
        }
        Some(outcome)
    }
}
