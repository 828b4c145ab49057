//! What one check could look at in the month of a run, as the store keeps it.
//!
//! Comes in: counts of detection. Goes out: plain fields.
//! Refuses: nothing.

use serde::{Deserialize, Serialize};

use super::Amount;

/// Payments and their sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Number of rows.
    pub rows: u64,
    /// Sum of their amounts in minor units.
    pub amount: Amount,
}

impl Count {
    /// Counts one more payment.
    pub fn add(&mut self, amount: i64) {
        self.rows += 1;
        self.amount = Amount(self.amount.0.saturating_add(amount));
    }
}

/// One check over the payments of a department, or of the institution.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covered {
    /// Identifier of the check.
    pub check: String,
    /// Name of the department; empty for the institution.
    pub department: String,
    /// Token of whether it ran, and if not, of the kind of reason.
    pub status: String,
    /// Why it did not run, and what a reader must know, in Korean.
    pub remarks: String,
    /// Payments in scope.
    pub population: Count,
    /// Those it could judge.
    pub tested: Count,
    /// Those left out because a column it needs is empty there.
    pub blank_rows: u64,
    /// Those left out because no rule is in force on their day.
    pub no_rule_rows: u64,
    /// Those on which it fires.
    pub fired: Count,
    /// Those on which it would fire but for an exception.
    pub put_aside: Count,
}
