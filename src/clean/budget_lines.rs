//! Rows of a budget file as budget lines.
//!
//! Comes in: values of loaded budget rows. Goes out: one line a year, department and account.
//! Refuses: nothing; lines of one key are added up, exports repeat them for sub-accounts.

use std::collections::BTreeMap;

use super::layout::{ACCOUNT, DEPARTMENT};
use super::row::Values;
use crate::ledger::{Amount, BudgetLine};

pub(super) fn line(values: &Values) -> BudgetLine {
    BudgetLine {
        fiscal_year: values.fiscal_year,
        department: values.texts[DEPARTMENT].clone(),
        account: values.texts[ACCOUNT].clone(),
        current_budget: Amount(values.amount),
    }
}

pub(super) fn merge(lines: Vec<BudgetLine>) -> Vec<BudgetLine> {
    let mut merged: BTreeMap<(i32, String, String), i64> = BTreeMap::new();
    for line in lines {
        let sum = merged.entry((line.fiscal_year, line.department, line.account)).or_default();
        *sum = sum.saturating_add(line.current_budget.0);
    }
    let line = |((fiscal_year, department, account), amount)| BudgetLine {
        fiscal_year,
        department,
        account,
        current_budget: Amount(amount),
    };
    merged.into_iter().map(line).collect()
}
