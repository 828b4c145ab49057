//! The ledger that remains when reversals are netted with what they take back.
//!
//! Comes in: a ledger and its `Reversals`. Goes out: the remaining rows with net amounts, and where each stood.
//! Refuses: to lose an amount; the remaining amounts sum to those of payments less reversals.

use std::borrow::Cow;

use super::Reversals;
use crate::clean::LedgerView;

/// Rows that remain, with net amounts. A row below zero is a reversal without its payment.
#[derive(Clone, Debug)]
pub struct Netted<'a> {
    /// The remaining rows; the ledger itself when nothing was netted.
    pub ledger: Cow<'a, LedgerView>,
    /// Row of the whole ledger by remaining row, ascending.
    pub rows: Vec<usize>,
}

/// Nets `ledger`: linked reversals and payments taken back in full leave, the others stay with what is left of them.
pub fn net<'a>(ledger: &'a LedgerView, reversals: &Reversals) -> Netted<'a> {
    let remains = |&i: &usize| reversals.left[i] != 0 || ledger.amount[i] == 0;
    let rows: Vec<usize> = (0..ledger.n_rows).filter(remains).collect();
    if reversals.left == ledger.amount {
        return Netted { ledger: Cow::Borrowed(ledger), rows };
    }
    let mut remaining = ledger.select(&rows);
    remaining.amount = rows.iter().map(|&i| reversals.left[i]).collect();
    Netted { ledger: Cow::Owned(remaining), rows }
}
