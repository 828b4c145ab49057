//! Links as evidence: who took back what, in words and amounts that stand without the ledger.
//!
//! Comes in: a ledger, its `Reversals`, the rows asked for. Goes out: a value to write as JSON.
//! Refuses: nothing.

use serde::Serialize;

use super::{Link, MatchKind, Reversals};
use crate::clean::LedgerView;
use crate::ledger::Expenditure;

/// How many rows were netted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Reversals linked to what they take back.
    pub linked: usize,
    /// Of them those that another payment fitted as well.
    pub ambiguous: usize,
    /// Payments of which a part is left.
    pub partly_left: usize,
    /// Reversals that fit no payment.
    pub unmatched: usize,
}

/// A payment and what was taken from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Taken {
    /// The payment as exported.
    pub payment: Expenditure,
    /// Minor units taken by this reversal.
    pub taken: i64,
    /// Minor units left when all reversals are netted.
    pub left: i64,
}

/// A reversal and what it takes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pair {
    /// The reversal as exported.
    pub reversal: Expenditure,
    /// By what they were linked.
    pub matched_by: MatchKind,
    /// Whether another payment fitted as well.
    pub is_ambiguous: bool,
    /// What it takes back.
    pub takes_back: Vec<Taken>,
}

/// Reversals of some rows of a ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Record {
    /// Format of this record.
    pub version: &'static str,
    /// ISO code of all amounts.
    pub currency: String,
    /// Counts of the whole ledger known.
    pub known: Counts,
    /// Counts of the rows asked for.
    pub counts: Counts,
    /// Linked reversals of the rows asked for.
    pub pairs: Vec<Pair>,
    /// Reversals of the rows asked for that fit no payment.
    pub unmatched: Vec<Expenditure>,
}

impl Record {
    /// The record of the reversals for which `is_asked` holds.
    pub fn new(ledger: &LedgerView, reversals: &Reversals, is_asked: &dyn Fn(usize) -> bool) -> Self {
        let links: Vec<&Link> = reversals.links.iter().filter(|link| is_asked(link.reversal)).collect();
        let unmatched: Vec<usize> = reversals.unmatched.iter().copied().filter(|&i| is_asked(i)).collect();
        let mut partly_left: Vec<usize> =
            links.iter().flat_map(|l| &l.parts).map(|p| p.row).filter(|&i| reversals.left[i] != 0).collect();
        partly_left.sort_unstable();
        partly_left.dedup();
        Self {
            version: "1",
            currency: ledger.currency.code.clone(),
            known: Counts {
                linked: reversals.links.len(),
                ambiguous: reversals.links.iter().filter(|link| link.is_ambiguous).count(),
                partly_left: reversals.partly_left().len(),
                unmatched: reversals.unmatched.len(),
            },
            counts: Counts {
                linked: links.len(),
                ambiguous: links.iter().filter(|link| link.is_ambiguous).count(),
                partly_left: partly_left.len(),
                unmatched: unmatched.len(),
            },
            pairs: links.into_iter().map(|link| pair(ledger, reversals, link)).collect(),
            unmatched: unmatched.into_iter().map(|i| ledger.expenditure(i)).collect(),
        }
    }
}

fn pair(ledger: &LedgerView, reversals: &Reversals, link: &Link) -> Pair {
    let takes_back = link
        .parts
        .iter()
        .map(|part| Taken {
            payment: ledger.expenditure(part.row),
            taken: part.amount,
            left: reversals.left[part.row],
        })
        .collect();
    Pair {
        reversal: ledger.expenditure(link.reversal),
        matched_by: link.by,
        is_ambiguous: link.is_ambiguous,
        takes_back,
    }
}
