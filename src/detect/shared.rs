//! What many control tests need of a ledger, worked out once.
//!
//! Comes in: a `LedgerView`. Goes out: vendors as keys, payments that stand, orders of rows.
//! Refuses: an order that depends on the number of threads; every order ends in the row.

use std::collections::HashSet;

use foldhash::fast::RandomState;
use rayon::slice::ParallelSliceMut;

use crate::clean::{Interned, LedgerView, vendor_keys};

/// Keys, masks and orders of one ledger.
#[derive(Clone, Debug, Default)]
pub struct Shared {
    /// Vendor by row: number and names of one vendor are one key; `Interned::NULL` where none is named.
    pub vendor: Vec<u32>,
    /// Whether the row is a payment that still stands ([`standing_payments`]).
    pub stands: Vec<bool>,
    /// Rows that stand and name a vendor, by vendor, day, row.
    pub by_vendor: Vec<u32>,
    /// Rows that stand, by department, account, day, row.
    pub by_department_account: Vec<u32>,
    /// Rows that stand, by amount, day, row.
    pub by_amount: Vec<u32>,
    /// Rows that stand and have a document number, by number, day, row.
    pub by_document: Vec<u32>,
}

impl Shared {
    /// Works through `ledger`.
    pub fn new(ledger: &LedgerView) -> Self {
        let vendor = vendor_keys(ledger);
        let stands = standing_payments(ledger, &vendor);
        let day = |row: u32| ledger.day[row as usize];
        let rows: Vec<u32> = (0..).zip(&stands).filter(|(_, stands)| **stands).map(|(row, _)| row).collect();
        let named = rows.iter().copied().filter(|&row| vendor[row as usize] != Interned::NULL);
        let by_vendor = ordered(named, |row| (vendor[row as usize], day(row)));
        let by_department_account = ordered(rows.iter().copied(), |row| {
            (ledger.department.ids[row as usize], ledger.account.ids[row as usize], day(row))
        });
        let by_amount = ordered(rows.iter().copied(), |row| (ledger.amount[row as usize], day(row)));
        let numbered =
            rows.iter().copied().filter(|&row| ledger.document_no.ids[row as usize] != Interned::NULL);
        let by_document = ordered(numbered, |row| (ledger.document_no.ids[row as usize], day(row)));
        Self { vendor, stands, by_vendor, by_department_account, by_amount, by_document }
    }

    /// Groups of [`Self::by_vendor`], one a vendor, each in order of days.
    pub fn vendors(&self) -> impl Iterator<Item = &[u32]> {
        self.by_vendor.chunk_by(|a, b| self.vendor[*a as usize] == self.vendor[*b as usize])
    }

    /// Groups of [`Self::by_department_account`], one a department and account, each in order of days.
    pub fn department_accounts<'a>(&'a self, ledger: &'a LedgerView) -> impl Iterator<Item = &'a [u32]> {
        let key = |row: u32| (ledger.department.ids[row as usize], ledger.account.ids[row as usize]);
        self.by_department_account.chunk_by(move |a, b| key(*a) == key(*b))
    }

    /// Groups of [`Self::by_amount`], one an amount, each in order of days.
    pub fn amounts<'a>(&'a self, ledger: &'a LedgerView) -> impl Iterator<Item = &'a [u32]> {
        self.by_amount.chunk_by(|a, b| ledger.amount[*a as usize] == ledger.amount[*b as usize])
    }

    /// Groups of [`Self::by_document`], one a document number and day, each in order of rows.
    pub fn documents<'a>(&'a self, ledger: &'a LedgerView) -> impl Iterator<Item = &'a [u32]> {
        let key = |row: u32| (ledger.document_no.ids[row as usize], ledger.day[row as usize]);
        self.by_document.chunk_by(move |a, b| key(*a) == key(*b))
    }
}

/// `rows` by `key`, then by row.
fn ordered<K: Ord + Send>(rows: impl Iterator<Item = u32>, key: impl Fn(u32) -> K) -> Vec<u32> {
    let mut order: Vec<(K, u32)> = rows.map(|row| (key(row), row)).collect();
    order.par_sort_unstable();
    order.into_iter().map(|(_, row)| row).collect()
}

/// Which rows are payments that still stand: positive, no cancellation by kind, and not taken back by a
/// later row of the same department, vendor and size (each reversal takes back the latest one).
pub fn standing_payments(ledger: &LedgerView, vendor: &[u32]) -> Vec<bool> {
    let cancels: Vec<bool> = ledger.kind.names.iter().map(|kind| is_cancellation(kind)).collect();
    let reverses = |i: usize| {
        let by_kind = cancels.get(ledger.kind.ids[i] as usize).copied().unwrap_or(false);
        by_kind || ledger.amount[i] < 0
    };
    let mut stands: Vec<bool> = (0..ledger.n_rows).map(|i| ledger.amount[i] > 0 && !reverses(i)).collect();
    let group = |i: usize| (ledger.department.ids[i], vendor[i], ledger.amount[i].unsigned_abs());
    // Reversals are few, and nothing changes where there is none.
    let reversed: HashSet<(u32, u32, u64), RandomState> =
        (0..ledger.n_rows).filter(|&i| reverses(i)).map(group).collect();
    if reversed.is_empty() {
        return stands;
    }
    let rows = (0..ledger.n_rows).filter(|&i| reversed.contains(&group(i)));
    let mut order: Vec<_> = rows.map(|i| ((group(i), ledger.day[i], reverses(i)), i)).collect();
    order.par_sort_unstable();
    for group in order.chunk_by(|a, b| a.0.0 == b.0.0) {
        let mut open: Vec<usize> = Vec::new();
        for &(_, row) in group {
            if stands[row] {
                open.push(row);
            } else if reverses(row)
                && let Some(taken_back) = open.pop()
            {
                stands[taken_back] = false;
            }
        }
    }
    stands
}

fn is_cancellation(kind: &str) -> bool {
    const WORDS: [&str; 8] = ["취소", "반납", "여입", "환불", "환급", "cancel", "refund", "reversal"];
    let kind = kind.to_lowercase();
    WORDS.iter().any(|word| kind.contains(word))
}
