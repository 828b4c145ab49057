//! Payments that were taken back, for the tests that look at just that.
//!
//! Comes in: the whole ledger, its `Reversals`, the rows that remain when they are netted. Goes out: pairs of payment and
//! reversal, and hits on rows that netting has removed.
//! Refuses: nothing; pairs were proved by `clean::reversal`.

use crate::clean::LedgerView;
use crate::clean::reversal::Reversals;
use crate::ledger::Reason;

/// A payment and a reversal that took it back, wholly or in part; rows of the whole ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TakenBack {
    /// Row of the payment.
    pub payment: usize,
    /// Row of the reversal, never before the payment's day.
    pub reversal: usize,
    /// Minor units taken from the payment, positive.
    pub amount: i64,
}

/// The whole ledger beside the netted one.
#[derive(Clone, Debug)]
pub struct Reversed<'a> {
    /// The ledger before netting.
    pub whole: &'a LedgerView,
    /// By row of the netted ledger: its row in the whole one, ascending.
    pub rows: Vec<usize>,
    /// In order of the reversals' rows.
    pub pairs: Vec<TakenBack>,
}

impl<'a> Reversed<'a> {
    /// Pairs of `reversals`; `rows` are those that remain of `whole`.
    pub fn new(whole: &'a LedgerView, reversals: &Reversals, rows: &[usize]) -> Self {
        let of_link = |link: &crate::clean::reversal::Link| {
            let reversal = link.reversal;
            let pair = move |part: &crate::clean::reversal::Part| TakenBack {
                payment: part.row,
                reversal,
                amount: part.amount,
            };
            link.parts.iter().map(pair).collect::<Vec<_>>()
        };
        Self { whole, rows: rows.to_vec(), pairs: reversals.links.iter().flat_map(of_link).collect() }
    }

    /// A ledger in which nothing was taken back.
    pub fn none(ledger: &'a LedgerView) -> Self {
        Self { whole: ledger, rows: (0..ledger.n_rows).collect(), pairs: Vec::new() }
    }
}

/// A hit on a row of the whole ledger that netting has removed.
#[derive(Clone, Debug, PartialEq)]
pub struct OnNetted {
    /// Row of the whole ledger.
    pub row: usize,
    /// First row of its case, of the whole ledger; the row itself where it stands alone.
    pub case: usize,
    /// 0.0..=1.0.
    pub strength: f32,
    /// Position of the exception that covers it, if any.
    pub put_aside: Option<usize>,
    /// Why; `related` are rows of the whole ledger.
    pub reason: Reason,
}
