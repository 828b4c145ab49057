//! The ledger in time order and in groups: what all features are computed from.
//!
//! Comes in: a `LedgerView`. Goes out: group numbers by row, and rows of a group in time order.
//! Refuses: an order that depends on hashing; groups are numbered by first appearance in the file.

use chrono::NaiveDate;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::Options;
use super::words::{Topics, Words};
use crate::clean::LedgerView;
use crate::clean::view::Interned;

/// Rows of each group, earlier rows first.
#[derive(Clone, Debug)]
pub struct Groups {
    starts: Vec<usize>,
    rows: Vec<u32>,
}

impl Groups {
    /// Groups rows by `ids`, which are dense from 0, keeping the order of `time`.
    pub fn new(ids: &[u32], time: &[u32]) -> Self {
        let n_groups = ids.iter().map(|id| *id as usize + 1).max().unwrap_or(0);
        let mut starts = vec![0; n_groups + 1];
        for id in ids {
            starts[*id as usize + 1] += 1;
        }
        for g in 0..n_groups {
            starts[g + 1] += starts[g];
        }
        let mut next = starts.clone();
        let mut rows = vec![0; ids.len()];
        for &row in time {
            let slot = &mut next[ids[row as usize] as usize];
            rows[*slot] = row;
            *slot += 1;
        }
        Self { starts, rows }
    }

    /// Rows of group `g`, earlier rows first.
    pub fn rows(&self, g: usize) -> &[u32] {
        &self.rows[self.starts[g]..self.starts[g + 1]]
    }

    /// Number of groups.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is no group.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Runs `describe` on the rows of every group, in parallel, and lays its answers (one a row, in the
    /// order given) out by row.
    pub fn by_row<T, F>(&self, describe: F) -> Vec<T>
    where
        T: Copy + Default + Send,
        F: Fn(&[u32]) -> Vec<T> + Sync,
    {
        let answers: Vec<Vec<T>> =
            (0..self.len()).into_par_iter().with_min_len(16).map(|g| describe(self.rows(g))).collect();
        let mut out = vec![T::default(); self.rows.len()];
        for (g, answers) in answers.into_iter().enumerate() {
            for (&row, answer) in self.rows(g).iter().zip(answers) {
                out[row as usize] = answer;
            }
        }
        out
    }
}

/// Numbers the pairs of `a` and `b` densely, by first appearance.
pub fn pair_ids(a: &[u32], b: &[u32]) -> Vec<u32> {
    let mut known: FxHashMap<(u32, u32), u32> = FxHashMap::default();
    a.iter()
        .zip(b)
        .map(|(a, b)| {
            let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
            *known.entry((*a, *b)).or_insert(next)
        })
        .collect()
}

/// What every group of features may read.
pub struct Context<'a> {
    /// The payments.
    pub ledger: &'a LedgerView,
    /// Options of the institution.
    pub options: &'a Options,
    /// Whether nobody works on a date.
    pub is_off_day: &'a (dyn Fn(NaiveDate) -> bool + Sync),
    /// Rows by day, then by place in the ledger.
    pub time: Vec<u32>,
    /// Natural logarithm of 1 + the size of the amount in major units.
    pub log_amount: Vec<f32>,
    /// Department and account.
    pub department_account: Vec<u32>,
    /// Department, account and vendor.
    pub department_account_vendor: Vec<u32>,
    /// Vendor and department.
    pub vendor_department: Vec<u32>,
    /// Department, account, vendor and what the description names.
    pub series: Vec<u32>,
    /// Accounts with the words of descriptions.
    pub topics: Topics,
}

impl<'a> Context<'a> {
    /// Orders and groups `ledger`.
    pub fn new(
        ledger: &'a LedgerView,
        options: &'a Options,
        is_off_day: &'a (dyn Fn(NaiveDate) -> bool + Sync),
    ) -> Self {
        let n = u32::try_from(ledger.n_rows).unwrap_or(u32::MAX);
        let mut time: Vec<u32> = (0..n).collect();
        time.par_sort_unstable_by_key(|&row| (ledger.day[row as usize], row));
        let per_major = ledger.currency.minor_per_major() as f64;
        let log_amount = ledger.amount.iter().map(|&a| log_of(a, per_major)).collect();
        let (words, (department_account, department_account_vendor)) = rayon::join(
            || Words::new(ledger),
            || {
                let department_account = pair_ids(&ledger.department.ids, &ledger.account.ids);
                let department_account_vendor = pair_ids(&department_account, &ledger.vendor.ids);
                (department_account, department_account_vendor)
            },
        );
        let (topics, (series, vendor_department)) = rayon::join(
            || words.topics(ledger),
            || {
                let series = words.series(ledger, &department_account_vendor);
                (series, pair_ids(&ledger.vendor.ids, &ledger.department.ids))
            },
        );
        Self {
            ledger,
            options,
            is_off_day,
            time,
            log_amount,
            department_account,
            department_account_vendor,
            vendor_department,
            series,
            topics,
        }
    }

    /// Groups by `ids`, which are dense from 0.
    pub fn groups(&self, ids: &[u32]) -> Groups {
        Groups::new(ids, &self.time)
    }

    /// Group numbers of a text column; rows without a value form one group.
    pub fn ids_of(&self, column: &Interned) -> Vec<u32> {
        let absent = u32::try_from(column.names.len()).unwrap_or(u32::MAX);
        column.ids.iter().map(|&id| if id == Interned::NULL { absent } else { id }).collect()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a logarithm of an i64 is below 45")]
fn log_of(amount: i64, per_major: f64) -> f32 {
    (amount.unsigned_abs() as f64 / per_major).ln_1p() as f32
}
