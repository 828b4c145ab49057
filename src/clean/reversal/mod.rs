//! Cancellations, refunds and corrections: which payment each takes back, and what is left of it.
//!
//! Comes in: a `LedgerView`. Goes out: `Reversals` (links, net amounts, reversals without their payment) and the
//! ledger that remains when linked rows are netted.
//! Refuses: to link twice, to link to a later day, to take back more than was paid.
//!
//! A row is a reversal when its amount is negative or its kind says so. In order of days, each takes, from what is
//! still open: the row of its own document number, then of that number without a reversal's ending, with exactly its
//! amount, else all rows of the document when they sum to it, else a part of one row; then the nearest earlier
//! payment of the same department, account, vendor and amount. At last, positive rows whose document number or
//! description ends in a word such as 취소 take a payment that fits in everything else. Of equal candidates the
//! earliest row is taken and the link says that there were several. See `docs/inputs/reversals.md`.

mod attributes;
mod document;
mod marks;
mod net;
pub mod record;
#[cfg(test)]
mod tests;
mod work;

pub use net::{Netted, net};

use super::{LedgerView, vendor_keys};
use marks::kind_takes_back;
use serde::Serialize;
use work::Work;

/// Most days between a payment and a reversal that names its document: this fiscal year's payment may come back
/// until the end of the next.
pub const DOCUMENT_DAYS_MAX: i32 = 730;

/// Most days between a payment and a reversal known by department, account, vendor and amount only.
pub const ATTRIBUTE_DAYS_MAX: i32 = 366;

/// A document number that more rows of a department carry than this names no payment.
pub const DOCUMENT_ROWS_MAX: usize = 100;

/// By what a reversal was linked to what it takes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchKind {
    /// The same document number.
    Document,
    /// The document number without the ending or word of a reversal.
    DocumentSuffix,
    /// Department, account, vendor (or description where there is no vendor) and amount.
    Attributes,
    /// As `Attributes`, and the description without its word is the payment's.
    Description,
}

impl MatchKind {
    /// In Korean, as the end of "…으로 확인": a noun.
    pub fn label_ko(self) -> &'static str {
        match self {
            Self::Document => "문서번호",
            Self::DocumentSuffix => "원문서번호",
            Self::Attributes => "부서·계정·거래처·금액",
            Self::Description => "부서·계정·거래처·금액·적요",
        }
    }
}

/// What a reversal takes from one payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Row of the payment.
    pub row: usize,
    /// Minor units taken from it, positive.
    pub amount: i64,
}

/// A reversal and what it takes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Row of the reversal.
    pub reversal: usize,
    /// What it takes, in order of rows; the parts sum to the reversal's amount.
    pub parts: Vec<Part>,
    /// By what.
    pub by: MatchKind,
    /// Whether another payment fitted as well.
    pub is_ambiguous: bool,
}

/// What reversals make of a ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reversals {
    /// Net amount by row, minor units: what is left of a payment; 0 for a linked reversal; the amount below zero for
    /// a reversal without its payment.
    pub left: Vec<i64>,
    /// Links in order of the reversals' rows.
    pub links: Vec<Link>,
    /// Rows of reversals that fit no payment, in order.
    pub unmatched: Vec<usize>,
}

impl Reversals {
    /// Payments of which a part is left, in order of rows.
    pub fn partly_left(&self) -> Vec<usize> {
        let parts = self.links.iter().flat_map(|link| &link.parts);
        let mut rows: Vec<usize> = parts.map(|part| part.row).filter(|row| self.left[*row] != 0).collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }
}

/// Links every reversal of `ledger` that fits a payment.
pub fn link(ledger: &LedgerView) -> Reversals {
    let by_kind: Vec<bool> = ledger.kind.names.iter().map(|kind| kind_takes_back(kind)).collect();
    let takes_back = |i: usize| by_kind.get(ledger.kind.ids[i] as usize).copied().unwrap_or(false);
    let is_reversal: Vec<bool> =
        (0..ledger.n_rows).map(|i| ledger.amount[i] < 0 || (ledger.amount[i] > 0 && takes_back(i))).collect();
    let perhaps = attributes::marked_payments(ledger, &is_reversal);
    if perhaps.is_empty() && !is_reversal.contains(&true) {
        return Reversals { left: ledger.amount.clone(), ..Reversals::default() };
    }
    let mut work = Work::new(ledger, vendor_keys(ledger), is_reversal);
    document::link(&mut work);
    attributes::link(&mut work);
    attributes::link_marked(&mut work, &perhaps);
    work.finish()
}
