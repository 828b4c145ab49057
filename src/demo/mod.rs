//! Demo: an example institution with five years of ERP exports.
//!
//! Comes in: a folder, a number of payments, a seed. Goes out: exports as real ones look (xlsx and CP949 csv with title
//! block, subtotals and sign-off line), budgets, departments, and a truth file of the planted irregularities.
//! Refuses: nothing; the same seed gives the same bytes.

mod budgets;
mod delimited;
mod payments;
mod people;
mod planted;
mod workbook;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{Datelike, NaiveDate};

use crate::fsx;

/// What to generate.
#[derive(Clone, Debug)]
pub struct DemoOptions {
    /// Payments over all years.
    pub rows: usize,
    /// Seed of every random choice.
    pub seed: u64,
    /// First year.
    pub first_year: i32,
    /// Years.
    pub years: i32,
    /// Whether irregularities are planted.
    pub planted: bool,
}

impl Default for DemoOptions {
    fn default() -> Self {
        Self { rows: 20_000, seed: 42, first_year: 2020, years: 5, planted: true }
    }
}

/// What was generated.
#[derive(Clone, Debug, Default)]
pub struct DemoReport {
    /// Exports and budgets.
    pub files: Vec<PathBuf>,
    /// Payments written.
    pub n_payments: usize,
    /// Of them planted.
    pub n_planted: usize,
}

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A file cannot be written.
    #[error("demo file cannot be written")]
    Io(#[from] std::io::Error),
    /// A workbook cannot be made.
    #[error("demo workbook cannot be made")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
}

/// One payment before it is written.
#[derive(Clone, Debug)]
pub(crate) struct Payment {
    date: NaiveDate,
    department: usize,
    account: usize,
    vendor: String,
    vendor_no: String,
    description: String,
    by_card: bool,
    minute: Option<u16>,
    amount: i64,
    label: &'static str,
    /// Ties a reversal to the payment whose document number it carries; 0 for the rest.
    pair: u32,
}

/// Document numbers of a year's payments; a tied reversal has the number of what it takes back and a word.
fn numbers(payments: &[&Payment], year: i32) -> Vec<String> {
    let own = |i: usize| format!("{year}-{:06}", i + 1);
    let tied = |p: &Payment| p.pair != 0 && p.label.is_empty();
    let originals: BTreeMap<u32, usize> = (0..payments.len())
        .filter(|&i| tied(payments[i]) && payments[i].amount > 0)
        .map(|i| (payments[i].pair, i))
        .collect();
    let number = |(i, p): (usize, &&Payment)| match originals.get(&p.pair) {
        Some(&original) if tied(p) && p.amount < 0 => {
            let word = if p.description.ends_with("반납") { "반납" } else { "취소" };
            format!("{}-{word}", own(original))
        }
        _ => own(i),
    };
    payments.iter().enumerate().map(number).collect()
}

/// Generates the institution in `folder`.
pub fn generate(folder: &Path, options: &DemoOptions) -> Result<DemoReport, DemoError> {
    let mut report = DemoReport::default();
    let mut all = payments::ordinary(options);
    if options.planted {
        planted::plant(&mut all, options);
    }
    all.sort_by_key(|p| p.date);
    let inbox = folder.join("inbox");
    let mut truth = String::from("source,sheet,row,label\n");
    for year in options.first_year..options.first_year + options.years {
        let of_year: Vec<&Payment> = all.iter().filter(|p| p.date.year() == year).collect();
        let is_workbook = (year - options.first_year) % 2 == 0;
        let name = format!("지출내역_{year}.{}", if is_workbook { "xlsx" } else { "csv" });
        let (bytes, rows) = match is_workbook {
            true => workbook::payments(&of_year, year)?,
            false => delimited::payments(&of_year, year),
        };
        let sheet = if is_workbook { workbook::SHEET } else { "" };
        for (payment, row) in of_year.iter().zip(rows) {
            if !payment.label.is_empty() {
                truth.push_str(&format!("{name},{sheet},{row},{}\n", payment.label));
                report.n_planted += 1;
            }
        }
        report.n_payments += of_year.len();
        let mut write = |name: String, bytes: &[u8]| -> Result<(), DemoError> {
            let path = inbox.join(name);
            fsx::write_atomic(&path, bytes)?;
            report.files.push(path);
            Ok(())
        };
        write(name, &bytes)?;
        let is_last = year + 1 == options.first_year + options.years;
        let budget = budgets::Budget::new(&of_year, year, options.planted && is_last);
        write(format!("예산_{year}.xlsx"), &budget.workbook()?)?;
        write(format!("예산이용전용_{year}.csv"), &budget.movements())?;
    }
    fsx::write_atomic(&folder.join("truth.csv"), truth.as_bytes())?;
    fsx::write_atomic(&folder.join("config/departments.toml"), people::departments_toml().as_bytes())?;
    Ok(report)
}

#[cfg(test)]
mod tests;
