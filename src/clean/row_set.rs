//! A digest of a set of rows that does not depend on their order.
//!
//! Comes in: the values of rows. Goes out: 256 bits, equal for equal multisets of rows.
//! Refuses: nothing. Details are not part of it: the same payments exported with one column more are the same payments,
//! which must not be added up twice. It recognises a re-export under another name; it is no proof against an attacker.

use chrono::Datelike;

use super::row::Values;
use crate::ledger::Digest;

/// Sum of the SHA-256 of all rows, lane by lane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RowSet {
    lanes: [u64; 4],
    n_rows: u64,
}

impl RowSet {
    /// Adds a row; `scratch` is room to write it in.
    pub(super) fn add(&mut self, values: &Values, scratch: &mut Vec<u8>) {
        scratch.clear();
        let day =
            values.date.map_or(i64::from(values.fiscal_year), |date| i64::from(date.num_days_from_ce()));
        for number in [day, values.minute.unwrap_or(-1), values.amount] {
            scratch.extend_from_slice(&number.to_le_bytes());
        }
        for text in &values.texts {
            scratch.extend_from_slice(text.as_bytes());
            scratch.push(0x1F);
        }
        values.budget.write(scratch);
        let digest = Digest::of(scratch);
        for (lane, bytes) in self.lanes.iter_mut().zip(digest.as_bytes().chunks_exact(8)) {
            let mut number = [0; 8];
            number.copy_from_slice(bytes);
            *lane = lane.wrapping_add(u64::from_le_bytes(number));
        }
        self.n_rows += 1;
    }

    /// This set and another.
    pub(super) fn with(mut self, other: Self) -> Self {
        for (lane, more) in self.lanes.iter_mut().zip(other.lanes) {
            *lane = lane.wrapping_add(more);
        }
        self.n_rows += other.n_rows;
        self
    }

    /// This set without another that is part of it.
    pub(super) fn without(mut self, other: Self) -> Self {
        for (lane, less) in self.lanes.iter_mut().zip(other.lanes) {
            *lane = lane.wrapping_sub(less);
        }
        self.n_rows -= other.n_rows;
        self
    }

    /// Rows in the set.
    pub(super) fn n_rows(&self) -> u64 {
        self.n_rows
    }

    /// The set's name; empty for no rows.
    pub(super) fn name(&self) -> String {
        if self.n_rows == 0 {
            return String::new();
        }
        let lanes: Vec<[u8; 8]> = self.lanes.iter().map(|lane| lane.to_le_bytes()).collect();
        let n_rows = self.n_rows.to_le_bytes();
        Digest::of_parts(lanes.iter().map(<[u8; 8]>::as_slice).chain([n_rows.as_slice()])).to_string()
    }
}
