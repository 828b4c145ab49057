//! Rows of budget and reallocation files as budget lines and events.
//!
//! Comes in: values of loaded rows. Goes out: one line for each year, month, department, account and finer label; one
//! event a row.
//! Refuses: nothing; lines of one key are added up, exports repeat them for sub-accounts. A part is stated for the sum
//! only where every line states it.

use std::collections::BTreeMap;

use super::budget_columns::RECEIVER;
use super::layout::{ACCOUNT, DEPARTMENT};
use super::row::Values;
use crate::ledger::{Amount, BudgetLine, BudgetParts, BudgetPlace, Reallocation, RowRef};

/// Places of text columns of payments that events use, too.
const DOCUMENT_NO: usize = 0;
const DESCRIPTION: usize = 5;

pub(super) fn line(values: &Values) -> BudgetLine {
    let [budget_line, accounting_unit, fund_source, project, ..] = &values.budget.labels;
    BudgetLine {
        fiscal_year: values.fiscal_year,
        fiscal_month: values.budget.month,
        department: values.texts[DEPARTMENT].clone(),
        account: values.texts[ACCOUNT].clone(),
        budget_line: budget_line.clone(),
        accounting_unit: accounting_unit.clone(),
        fund_source: fund_source.clone(),
        project: project.clone(),
        current_budget: Amount(values.amount),
        parts: BudgetParts::from_values(&values.budget.parts),
    }
}

/// A row with a day and a kind of movement; every loaded row of a reallocation sheet has both.
pub(super) fn event(values: &Values, at: RowRef) -> Option<Reallocation> {
    let labels = &values.budget.labels;
    Some(Reallocation {
        at,
        date: values.date?,
        kind: values.budget.movement?,
        document_no: values.texts[DOCUMENT_NO].clone(),
        from: BudgetPlace {
            department: values.texts[DEPARTMENT].clone(),
            account: values.texts[ACCOUNT].clone(),
            budget_line: labels[0].clone(),
        },
        to: BudgetPlace {
            department: labels[RECEIVER].clone(),
            account: labels[RECEIVER + 1].clone(),
            budget_line: labels[RECEIVER + 2].clone(),
        },
        amount: Amount(values.amount),
        reason: values.texts[DESCRIPTION].clone(),
    })
}

pub(super) fn merge(lines: Vec<BudgetLine>) -> Vec<BudgetLine> {
    let mut merged: BTreeMap<BudgetLine, (i64, BudgetParts)> = BTreeMap::new();
    for mut line in lines {
        let (amount, parts) = (std::mem::take(&mut line.current_budget).0, std::mem::take(&mut line.parts));
        // The account of the file has refused sums beyond 64 bits.
        let add = |sum: &mut (i64, BudgetParts)| *sum = (sum.0.saturating_add(amount), sum.1.with(&parts));
        merged.entry(line).and_modify(add).or_insert_with(|| (amount, parts.clone()));
    }
    let line = |(key, (amount, parts))| BudgetLine { current_budget: Amount(amount), parts, ..key };
    merged.into_iter().map(line).collect()
}
