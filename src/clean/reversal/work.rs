//! What is open while reversals are linked.
//!
//! Comes in: a ledger and which of its rows are reversals. Goes out: `Reversals`.
//! Refuses: to take from a row what it does not have.

use super::marks::names_correction;
use super::{Link, MatchKind, Part, Reversals};
use crate::clean::{Interned, LedgerView};

pub(super) struct Work<'a> {
    pub(super) ledger: &'a LedgerView,
    /// Vendor by row.
    pub(super) vendor: Vec<u32>,
    /// Which rows take back.
    pub(super) is_reversal: Vec<bool>,
    /// What is open by row: positive of payments, negative of reversals.
    pub(super) left: Vec<i64>,
    links: Vec<Link>,
}

impl<'a> Work<'a> {
    pub(super) fn new(ledger: &'a LedgerView, vendor: Vec<u32>, is_reversal: Vec<bool>) -> Self {
        let effect =
            |(&amount, &reversal): (&i64, &bool)| if reversal && amount > 0 { -amount } else { amount };
        let left = ledger.amount.iter().zip(&is_reversal).map(effect).collect();
        Self { ledger, vendor, is_reversal, left, links: Vec::new() }
    }

    /// Rows of reversals not yet linked, in order of days and rows.
    pub(super) fn open_reversals(&self) -> Vec<usize> {
        let mut rows: Vec<usize> =
            (0..self.left.len()).filter(|&i| self.is_reversal[i] && self.left[i] < 0).collect();
        rows.sort_unstable_by_key(|&i| (self.ledger.day[i], i));
        rows
    }

    /// Whether row `i` is a payment of which something is left.
    pub(super) fn is_open_payment(&self, i: usize) -> bool {
        !self.is_reversal[i] && self.left[i] > 0
    }

    /// What row `i` takes back; `None` where no payment can be as large.
    pub(super) fn wanted(&self, i: usize) -> Option<i64> {
        self.left[i].checked_abs()
    }

    /// Whether row `i` is the right row of a correction: it replaces what a reversal of its day takes back.
    pub(super) fn is_correction(&self, i: usize) -> bool {
        let ledger = self.ledger;
        [&ledger.kind, &ledger.document_no, &ledger.description]
            .iter()
            .any(|text| names_correction(text.text(i)))
    }

    /// Whether two rows may be of one vendor: the same, or one of them names none.
    pub(super) fn may_share_vendor(&self, a: usize, b: usize) -> bool {
        let (a, b) = (self.vendor[a], self.vendor[b]);
        a == b || a == Interned::NULL || b == Interned::NULL
    }

    /// Notes that `reversal` takes `parts` back, which sum to what it wants.
    pub(super) fn take(&mut self, reversal: usize, mut parts: Vec<Part>, by: MatchKind, is_ambiguous: bool) {
        parts.sort_unstable_by_key(|part| part.row);
        for part in &parts {
            self.left[part.row] -= part.amount;
        }
        self.left[reversal] = 0;
        self.is_reversal[reversal] = true;
        self.links.push(Link { reversal, parts, by, is_ambiguous });
    }

    pub(super) fn finish(mut self) -> Reversals {
        self.links.sort_unstable_by_key(|link| link.reversal);
        let unmatched = (0..self.left.len()).filter(|&i| self.is_reversal[i] && self.left[i] < 0).collect();
        Reversals { left: self.left, links: self.links, unmatched }
    }
}
