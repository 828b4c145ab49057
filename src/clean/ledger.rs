//! The clean ledger: typed payments in a data frame, budget lines, and the account of every file.
//!
//! Comes in: cleaned rows. Goes out: a data frame with the columns of `ledger::columns::ALL`.
//! Refuses: a frame whose columns or types differ.

use polars::prelude::{DataFrame, DataType, PolarsResult, Schema};

use crate::ledger::{BudgetLine, Currency, FileIntake, Reallocation, col};

/// Payments of one or more files.
#[derive(Clone, Debug)]
pub struct CleanLedger {
    /// One row a payment; schema: [`schema`].
    pub rows: DataFrame,
    /// Currency of `amount`.
    pub currency: Currency,
    /// Budget lines found in budget files.
    pub budget: Vec<BudgetLine>,
    /// Movements of budget found in reallocation files.
    pub reallocations: Vec<Reallocation>,
    /// One account a file.
    pub intake: Vec<FileIntake>,
}

/// Names and types of the columns of clean rows.
pub fn schema() -> Schema {
    let mut schema = Schema::default();
    for name in col::ALL {
        let data_type = match name {
            col::ROW | col::MINUTE | col::AMOUNT | col::ATTENDEES => DataType::Int64,
            name if name == col::DATE || col::DETAIL_DAYS.contains(&name) => DataType::Date,
            _ => DataType::String,
        };
        schema.with_column(name.into(), data_type);
    }
    schema
}

impl CleanLedger {
    /// A ledger without rows.
    pub fn empty(currency: Currency) -> Self {
        Self {
            rows: DataFrame::empty_with_schema(&schema()),
            currency,
            budget: Vec::new(),
            reallocations: Vec::new(),
            intake: Vec::new(),
        }
    }

    /// Appends another ledger of the same currency, keeping the order of rows.
    pub fn append(&mut self, other: Self) -> PolarsResult<()> {
        self.rows.vstack_mut(&other.rows)?;
        self.budget.extend(other.budget);
        self.reallocations.extend(other.reallocations);
        self.intake.extend(other.intake);
        Ok(())
    }
}
