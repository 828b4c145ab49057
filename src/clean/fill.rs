//! Merged cells: a value that stands once for many rows.
//!
//! Comes in: a sheet's merged ranges, then its rows in order. Goes out: each row with the value of every range it lies in.
//! Refuses: to fill outside a declared range, and to repeat an amount.

use super::layout::Layout;
use crate::ingest::{Merge, RawCell, RawRow, SheetHead};

/// Merged ranges of mapped columns, in the order of their first rows.
pub(super) struct Fills {
    merges: Vec<Merge>,
    next: usize,
    active: Vec<(Merge, RawRow)>,
    scratch: RawRow,
    /// Rows that took a value so far.
    pub(super) n_filled: u64,
}

impl Fills {
    pub(super) fn new(head: &SheetHead, layout: &Layout) -> Self {
        let reads = |m: &Merge| {
            let column = m.first_column as usize;
            m.last_row > m.first_row && layout.is_mapped(column) && !layout.is_amount(column)
        };
        let mut merges: Vec<Merge> = head.merges.iter().copied().filter(reads).collect();
        merges.sort_by_key(|m| (m.first_row, m.first_column));
        Self { merges, next: 0, active: Vec::new(), scratch: RawRow::new(0), n_filled: 0 }
    }

    /// `row` itself, or with the values of the ranges it lies in.
    pub(super) fn apply<'r>(&'r mut self, layout: &Layout, row: &'r RawRow) -> &'r RawRow {
        if self.next == self.merges.len() && self.active.is_empty() {
            return row;
        }
        self.active.retain(|(merge, _)| merge.last_row >= row.number);
        let mut is_filled = false;
        for (merge, first) in &self.active {
            let column = merge.first_column as usize;
            let value = first.cell(0);
            // A block over several columns gives its value to the first of them alone.
            if layout.is_amount(column) || !row.cell(column).is_blank() || value == RawCell::Empty {
                continue;
            }
            if !is_filled {
                self.scratch.clone_from(row);
                is_filled = true;
            }
            // A row that is too wide to hold one more cell stays as it is.
            self.scratch.set(column, value).ok();
        }
        while let Some(merge) = self.merges.get(self.next).filter(|merge| merge.first_row <= row.number) {
            if merge.first_row == row.number {
                let mut first = RawRow::new(row.number);
                first.push(row.cell(merge.first_column as usize)).ok();
                self.active.push((*merge, first));
            }
            self.next += 1;
        }
        self.n_filled += u64::from(is_filled);
        if is_filled { &self.scratch } else { row }
    }
}
