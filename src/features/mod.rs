//! Features: payments in their context as numbers.
//!
//! Comes in: a `LedgerView`. Goes out: a `FeatureMatrix` of named columns without NaN.
//! Refuses: to know which detector reads a feature, to look at rows later than the one described.
//!
//! A group of features is one file and one line in [`GROUPS`]. Every group sees the ledger in time order
//! (day, then row) and describes a row by rows that stand before it, so a payment is judged by what was
//! known when it was made, and a later month does not change an earlier one.

pub mod amount;
pub mod calendar;
pub mod context;
pub mod digits;
pub mod expected;
pub mod form;
pub mod level;
pub mod matrix;
pub mod pace;
pub mod pair;
pub mod recurring;
pub mod text;
pub mod topic;
pub mod vendor;
pub mod window;
pub mod wording;
pub mod words;

use chrono::NaiveDate;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::clean::LedgerView;

pub use context::Context;
pub use matrix::{Feature, FeatureMatrix};

/// What an institution may set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Approval limits in major units of the ledger's currency.
    pub approval_limits: Vec<i64>,
    /// First month of the fiscal year, 1 to 12; another number means no year end.
    pub fiscal_year_first_month: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            approval_limits: vec![
                500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000, 20_000_000, 50_000_000,
            ],
            fiscal_year_first_month: 1,
        }
    }
}

/// Columns of one group, each with its feature.
pub type Columns = Vec<(Feature, Vec<f64>)>;

/// A group of features.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// Identifier, equal to the name of its file.
    pub id: &'static str,
    /// Name on screen.
    pub label_ko: &'static str,
    /// Computes its columns.
    pub build: fn(&Context<'_>) -> Columns,
}

/// All groups, in the order of their columns.
pub const GROUPS: &[Group] = &[
    amount::GROUP,
    recurring::GROUP,
    vendor::GROUP,
    pair::GROUP,
    window::GROUP,
    pace::GROUP,
    form::GROUP,
    digits::GROUP,
    calendar::GROUP,
    text::GROUP,
    topic::GROUP,
    expected::GROUP,
];

/// Features of every payment of `ledger`. `is_off_day` says whether nobody works on a date.
pub fn build(
    ledger: &LedgerView,
    options: &Options,
    is_off_day: &(dyn Fn(NaiveDate) -> bool + Sync),
) -> FeatureMatrix {
    let context = Context::new(ledger, options, is_off_day);
    let columns: Vec<Columns> = GROUPS.par_iter().map(|group| (group.build)(&context)).collect();
    let mut matrix = FeatureMatrix::new(ledger.n_rows);
    matrix.series = context.series;
    for (feature, column) in columns.into_iter().flatten() {
        matrix.push(feature, column);
    }
    matrix
}

#[cfg(test)]
mod tests;
