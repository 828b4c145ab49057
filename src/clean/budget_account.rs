//! What the account of a file says of its budget rows.
//!
//! Comes in: values of loaded budget rows, layouts of budget sheets. Goes out: counts and notes.
//! Refuses: nothing.

use std::collections::BTreeMap;

use super::budget_row::{BudgetValues, Identity};
use super::layout::{AmountAt, Layout};
use crate::ledger::{BudgetPart, ColumnCoverage, FileIntake};

/// Counts of budget rows under way.
#[derive(Default)]
pub(super) struct BudgetAccount {
    n_checked: u64,
    n_differing: u64,
    n_unstated: u64,
    coverage: BTreeMap<&'static str, u64>,
}

impl BudgetAccount {
    /// A budget or reallocation row was loaded.
    pub(super) fn load(&mut self, values: &BudgetValues) {
        if !values.is_used {
            return;
        }
        self.n_checked += u64::from(matches!(values.identity, Identity::Holds | Identity::Differs));
        self.n_differing += u64::from(values.identity == Identity::Differs);
        self.n_unstated += u64::from(values.identity == Identity::Unstated);
        for column in values.stated() {
            *self.coverage.entry(column).or_default() += 1;
        }
    }

    /// What a person should know about the identity.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let (n, differing) = (self.n_checked, self.n_differing);
        match (n, differing) {
            (0, _) => {}
            (_, 0) => notes.push(format!("예산현액이 구성의 합과 같은지 {n}개 행을 점검했고 모두 같습니다.")),
            _ => notes.push(format!(
                "예산현액이 구성의 합과 같은지 {n}개 행을 점검했고 {differing}개 행이 다릅니다."
            )),
        }
        if self.n_unstated > 0 {
            notes.push(format!(
                "구성 칸이 빈 {}개 행은 예산현액을 점검하지 못했습니다. 빈칸이 0원이면 매핑의 [amounts]에 blank_parts_are_zero = true를 적으세요.",
                self.n_unstated
            ));
        }
        notes
    }

    /// Counts into the account of the file.
    pub(super) fn finish(self, intake: &mut FileIntake) {
        intake.identity_checked = self.n_checked;
        intake.identity_mismatches = self.n_differing;
        let covered = |(column, rows): (&str, u64)| ColumnCoverage { column: column.to_owned(), rows };
        intake.coverage.extend(self.coverage.into_iter().map(covered));
    }
}

/// What a sheet's columns mean for 예산현액.
pub(super) fn sheet_note(layout: &Layout) -> Option<String> {
    let budget = layout.budget.as_ref()?;
    if matches!(layout.amount, AmountAt::Parts) {
        return Some("예산현액 열이 없어 구성의 합으로 계산했습니다.".to_owned());
    }
    let part = budget.stands_in.map(BudgetPart::label_ko)?;
    Some(format!("예산현액 열이 없어 ‘{part}’ 열을 예산현액으로 읽었습니다."))
}
