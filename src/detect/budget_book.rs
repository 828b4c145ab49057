//! What is known of the budget beside the payments.
//!
//! Comes in: budget lines and movements of budget as they were cleaned. Goes out: the same, to control tests.
//! Refuses: nothing; an institution that delivers no budget has an empty book.

use crate::ledger::{BudgetLine, Reallocation};

/// Budget lines and movements of budget.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BudgetBook {
    /// One a department, account and fiscal year.
    pub lines: Vec<BudgetLine>,
    /// 이용, 전용, 이체.
    pub reallocations: Vec<Reallocation>,
}
