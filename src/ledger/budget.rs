//! Budget lines: what a department may spend on an account in a fiscal year.
//!
//! Comes in: rows of a budget file. Goes out: plain fields.
//! Refuses: nothing here; `budget` computes with them.

use serde::{Deserialize, Serialize};

use super::Amount;

/// The budget of a department for an account in one fiscal year.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BudgetLine {
    /// Fiscal year.
    pub fiscal_year: i32,
    /// Department name.
    pub department: String,
    /// Account.
    pub account: String,
    /// 예산현액 in minor units: original budget with supplements, carry-over and reallocations.
    pub current_budget: Amount,
}
