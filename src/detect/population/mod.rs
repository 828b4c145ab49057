//! Population analyses: what the amounts of an institution, a department or an account look like taken together.
//!
//! Comes in: a netted `LedgerView` and `Options`. Goes out: `Population`: tables, and what was refused with its reason.
//! Refuses: a verdict on a row, a statistic of a population below its minimum size, amounts that are not positive.
//!
//! A new analysis is a file here, a line in `POPULATION`, its keys in `options` and `config/population.toml`, and a page
//! in `docs/population/`.

pub mod benford;
mod chi_square;
mod digits;
mod fiscal_year;
mod groups;
pub mod last_two_digits;
pub mod number_duplication;
pub mod options;
mod round_cells;
pub mod table;
#[cfg(test)]
mod tests;
pub mod vendor_concentration;
pub mod year_end_concentration;

pub use groups::Scope;
pub use options::Options;
pub use table::{Cell, Chart, Coverage, Kind, Outcome, Refusal, Table};

use chrono::NaiveDate;
use rayon::prelude::*;
use serde::Serialize;

use crate::clean::{LedgerView, vendor_keys};
use crate::ledger::{Amount, Currency};
use groups::Groups;

/// One analysis of whole populations.
pub trait Analysis: Sync {
    /// Identifier, as in JSON and in file names of `docs/population/`.
    fn id(&self) -> &'static str;

    /// Name on screen.
    fn label_ko(&self) -> &'static str;

    /// What is compared with what, and what the figures cannot say: whole sentences.
    fn about_ko(&self) -> &'static str;

    /// Tables of the institution, then of departments, then of accounts.
    fn analyse(&self, input: &Input<'_>) -> Outcome;
}

/// Every analysis, in the order of the workbook.
pub const POPULATION: &[&dyn Analysis] = &[
    &benford::Benford(benford::Position::First),
    &benford::Benford(benford::Position::Second),
    &benford::Benford(benford::Position::FirstTwo),
    &number_duplication::NumberDuplication,
    &last_two_digits::LastTwoDigits(last_two_digits::Reading::AsWritten),
    &last_two_digits::LastTwoDigits(last_two_digits::Reading::BeforeZeros),
    &year_end_concentration::YearEndConcentration,
    &vendor_concentration::VendorConcentration,
];

/// What an analysis may read.
pub struct Input<'a> {
    /// Payments, reversals netted.
    pub ledger: &'a LedgerView,
    /// Options of the institution.
    pub options: &'a Options,
    /// Vendor by row; `Interned::NULL` where there is none.
    vendors: Vec<u32>,
    /// First two digits by row, 10 to 99; 0 where an amount is too small for Benford's law.
    first_two: Vec<u8>,
    /// Positive payments: the whole, by department, by account.
    groups: [Groups; 3],
}

impl<'a> Input<'a> {
    fn new(ledger: &'a LedgerView, options: &'a Options) -> Self {
        let rows: Vec<u32> = (0_u32..).zip(&ledger.amount).filter(|(_, a)| **a > 0).map(|(i, _)| i).collect();
        let (vendors, (department, account)) = rayon::join(
            || vendor_keys(ledger),
            || {
                rayon::join(
                    || Groups::by(Scope::Department, &ledger.department, &rows),
                    || Groups::by(Scope::Account, &ledger.account, &rows),
                )
            },
        );
        let per_major = ledger.currency.minor_per_major().unsigned_abs();
        let first_two =
            benford::first_two_digits(&ledger.amount, options.benford_amount_min.saturating_mul(per_major));
        Self { ledger, options, vendors, first_two, groups: [Groups::whole(rows), department, account] }
    }
}

/// All analyses of one ledger.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Population {
    /// Currency of every amount; amounts are minor units.
    pub currency: Currency,
    /// Rows of the netted ledger.
    pub n_rows: usize,
    /// Rows that took part: positive amounts.
    pub n_payments: usize,
    /// Their sum.
    pub total: Amount,
    /// First and last day of a payment that took part.
    pub days: Option<(NaiveDate, NaiveDate)>,
    /// One entry an analysis, in the order of [`POPULATION`].
    pub analyses: Vec<Outcome>,
}

/// Runs [`POPULATION`] on `ledger`, in which reversals have been netted.
pub fn run(ledger: &LedgerView, options: &Options) -> Population {
    let input = Input::new(ledger, options);
    let rows = input.groups[0].all();
    let total: i128 = rows.iter().map(|&row| i128::from(ledger.amount[row as usize])).sum();
    let days = rows.iter().map(|&row| ledger.day[row as usize]);
    let first_and_last = days.clone().min().zip(days.max());
    Population {
        currency: ledger.currency.clone(),
        n_rows: ledger.n_rows,
        n_payments: rows.len(),
        total: table::amount(total),
        days: first_and_last.map(|(first, last)| {
            (crate::clean::view::date_of_day(first), crate::clean::view::date_of_day(last))
        }),
        analyses: POPULATION.par_iter().with_max_len(1).map(|analysis| analysis.analyse(&input)).collect(),
    }
}
