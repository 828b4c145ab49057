//! What analyses hand over: tables of plain values that a workbook, a page or a program can show.
//!
//! Comes in: figures. Goes out: columns and rows that serialise as they are; shares are 0 to 1, amounts minor units.
//! Refuses: NaN and infinity; a figure that does not exist is `Missing`.

use serde::Serialize;

use super::groups::Scope;
use crate::ledger::Amount;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Words.
    Text,
    /// A number of things.
    Count,
    /// Minor units.
    Money,
    /// 0 to 1, shown as a percentage.
    Share,
    /// A figure shown with two decimals.
    Number,
    /// A small figure shown with five decimals: deviations and probabilities.
    Small,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Key for programs.
    pub id: String,
    /// Header.
    pub label_ko: String,
    /// What it holds.
    pub kind: Kind,
}

impl Column {
    /// A column.
    pub fn new(id: impl Into<String>, label_ko: impl Into<String>, kind: Kind) -> Self {
        Self { id: id.into(), label_ko: label_ko.into(), kind }
    }
}

/// One value.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A number of things.
    Count(u64),
    /// Minor units.
    Money(Amount),
    /// A share or figure; always finite.
    Number(f64),
    /// There is no such figure.
    Missing,
}

impl Cell {
    /// `value`, or `Missing` where it is not a finite number.
    pub fn number(value: f64) -> Self {
        if value.is_finite() { Self::Number(value) } else { Self::Missing }
    }

    /// A count.
    pub fn count(n: usize) -> Self {
        Self::Count(n as u64)
    }

    /// A sum of minor units, saturating at the largest amount.
    pub fn money(sum: i128) -> Self {
        Self::Money(amount(sum))
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// A sum as an amount, saturating.
pub(super) fn amount(sum: i128) -> Amount {
    Amount(i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX }))
}

/// A drawing of a table's columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chart {
    /// Title.
    pub title_ko: String,
    /// Column of the categories.
    pub category: usize,
    /// Columns drawn as bars.
    pub bars: Vec<usize>,
    /// Columns drawn as lines: what the bars are compared with.
    pub lines: Vec<usize>,
    /// How many of the first rows are drawn.
    pub n_rows: usize,
}

/// Rows of one scope.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Table {
    /// Key for programs, unique in its analysis.
    pub id: String,
    /// Title.
    pub title_ko: String,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows, each with one cell a column.
    pub rows: Vec<Vec<Cell>>,
    /// What to draw of it.
    pub chart: Option<Chart>,
}

/// A population that was not tested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// Its scope.
    pub scope: Scope,
    /// Its name.
    pub name: String,
    /// Payments that could have taken part.
    pub n: u64,
    /// Payments needed; 0 where the number was not the reason.
    pub n_min: u64,
    /// Why, in a Korean sentence.
    pub reason: String,
}

/// How many populations of a scope were tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The scope.
    pub scope: Scope,
    /// Populations with a result.
    pub tested: u64,
    /// Populations refused.
    pub refused: u64,
    /// Payments of the populations with a result.
    pub n_payments: u64,
}

/// What one analysis found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// Identifier of the analysis.
    pub id: String,
    /// Its name on screen.
    pub label_ko: String,
    /// What was compared with what.
    pub about_ko: String,
    /// What was found of the whole institution, in a Korean sentence; `None` where it was refused.
    pub headline_ko: Option<String>,
    /// Whether a population is tested once a fiscal year.
    pub is_by_year: bool,
    /// Tables: institution, departments, accounts.
    pub tables: Vec<Table>,
    /// One entry a scope.
    pub coverage: Vec<Coverage>,
    /// Populations that were not tested, by scope, largest first.
    pub refused: Vec<Refusal>,
}

impl Outcome {
    /// An outcome without tables yet.
    pub(super) fn new(analysis: &dyn super::Analysis) -> Self {
        Self {
            id: analysis.id().to_owned(),
            label_ko: analysis.label_ko().to_owned(),
            about_ko: analysis.about_ko().to_owned(),
            headline_ko: None,
            is_by_year: false,
            tables: Vec::new(),
            coverage: Vec::new(),
            refused: Vec::new(),
        }
    }

    /// The table with this key.
    pub fn table(&self, id: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.id == id)
    }
}
