//! The payments of the lake by what people call them: file, sheet and row, or document number.
//!
//! Comes in: a ledger. Goes out: rows of it. Refuses: nothing.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::clean::{Interned, LedgerView};
use crate::ledger::RowRef;

/// Finds payments of a ledger.
pub struct Payments<'a> {
    ledger: &'a LedgerView,
    sources: HashMap<&'a str, u32, RandomState>,
    sheets: HashMap<&'a str, u32, RandomState>,
    documents: HashMap<&'a str, u32, RandomState>,
    by_place: HashMap<(u32, u32, i64), usize, RandomState>,
    by_document: HashMap<u32, Vec<usize>, RandomState>,
}

impl<'a> Payments<'a> {
    /// Of `ledger`.
    pub fn new(ledger: &'a LedgerView) -> Self {
        let mut by_place = HashMap::with_capacity_and_hasher(ledger.n_rows, RandomState::default());
        let mut by_document: HashMap<u32, Vec<usize>, RandomState> = HashMap::default();
        for i in 0..ledger.n_rows {
            by_place.insert((ledger.source.ids[i], ledger.sheet.ids[i], ledger.row[i]), i);
            by_document.entry(ledger.document_no.ids[i]).or_default().push(i);
        }
        Self {
            ledger,
            sources: ids(&ledger.source),
            sheets: ids(&ledger.sheet),
            documents: ids(&ledger.document_no),
            by_place,
            by_document,
        }
    }

    /// Whether a file of this name has rows in the lake.
    pub fn has_source(&self, source: &str) -> bool {
        self.sources.contains_key(source)
    }

    /// The payment at `at`.
    pub fn at(&self, at: &RowRef) -> Option<usize> {
        let source = *self.sources.get(at.source.as_str())?;
        let sheet = self.sheets.get(at.sheet.as_str()).copied();
        let sheet = if at.sheet.is_empty() { Interned::NULL } else { sheet? };
        self.by_place.get(&(source, sheet, at.row)).copied()
    }

    /// Every payment of document `number`.
    pub fn of_document(&self, number: &str) -> &[usize] {
        let found = self.documents.get(number).and_then(|id| self.by_document.get(id));
        found.map_or(&[], Vec::as_slice)
    }

    /// Place and document number of payment `i`.
    pub fn key(&self, i: usize) -> (RowRef, String) {
        let ledger = self.ledger;
        let (source, sheet) = (ledger.source.text(i).to_owned(), ledger.sheet.text(i).to_owned());
        (RowRef { source, sheet, row: ledger.row[i] }, ledger.document_no.text(i).to_owned())
    }
}

fn ids(column: &Interned) -> HashMap<&str, u32, RandomState> {
    (0..).zip(&column.names).map(|(id, name)| (name.as_str(), id)).collect()
}
