//! Columns of budget and reallocation files, and which of them may be missing.
//!
//! Comes in: mappings, and the cells a header was found in. Goes out: names, problems of a mapping, cells as meant.
//! Refuses: to take 본예산 for 예산현액 where the file states more of its parts.

use std::collections::BTreeMap;

use super::mapping::{FISCAL_YEAR, Mapping};
use crate::error::{Problem, Problems};
use crate::ledger::{BudgetPart, RecordKind, col};

/// 회계월.
pub(super) const FISCAL_MONTH: &str = "fiscal_month";
const BUDGET_LINE: &str = "budget_line";
const TO_DEPARTMENT: &str = "to_department";
const TO_ACCOUNT: &str = "to_account";
const TO_BUDGET_LINE: &str = "to_budget_line";

/// Text columns of budget and reallocation files beside those of payments.
pub(super) const LABELS: [&str; 7] =
    [BUDGET_LINE, "accounting_unit", "fund_source", "project", TO_DEPARTMENT, TO_ACCOUNT, TO_BUDGET_LINE];
/// Place of the receiving department in `LABELS`.
pub(super) const RECEIVER: usize = 4;

/// The parts that 예산현액 is made of. `reallocation` stands for in and out, and they for it.
const MADE_OF: [BudgetPart; 7] = [
    BudgetPart::OriginalBudget,
    BudgetPart::SupplementaryBudget,
    BudgetPart::CarriedOver,
    BudgetPart::Reserve,
    BudgetPart::ReallocatedIn,
    BudgetPart::ReallocatedOut,
    BudgetPart::Reallocation,
];

/// The parts to add up where a file has the columns that `has` knows: the net reallocation, else in and out.
pub(super) fn to_add(has: &dyn Fn(BudgetPart) -> bool) -> Vec<BudgetPart> {
    let is_net = has(BudgetPart::Reallocation);
    let counts = |part: &BudgetPart| match part {
        BudgetPart::ReallocatedIn | BudgetPart::ReallocatedOut => !is_net,
        BudgetPart::Reallocation => is_net,
        _ => true,
    };
    MADE_OF.into_iter().filter(counts).collect()
}

/// Whether all parts are there, so that 예산현액 can be worked out.
pub(super) fn is_complete(has: &dyn Fn(BudgetPart) -> bool) -> bool {
    to_add(has).into_iter().all(has)
}

/// Canonical columns of a kind of record other than payments.
pub(super) fn known(kind: RecordKind) -> Vec<&'static str> {
    match kind {
        RecordKind::Expenditure => Vec::new(),
        RecordKind::Budget => {
            let mut known = vec![FISCAL_YEAR, FISCAL_MONTH, col::DEPARTMENT, col::ACCOUNT, col::AMOUNT];
            known.extend(&LABELS[..RECEIVER]);
            known.extend(BudgetPart::ALL.map(BudgetPart::column));
            known
        }
        RecordKind::Reallocation => vec![
            col::DATE,
            col::KIND,
            col::DOCUMENT_NO,
            col::DEPARTMENT,
            col::ACCOUNT,
            BUDGET_LINE,
            TO_DEPARTMENT,
            TO_ACCOUNT,
            TO_BUDGET_LINE,
            col::AMOUNT,
            col::DESCRIPTION,
        ],
    }
}

/// Whether a mapping without `amount` can still yield it.
pub(super) fn maps_all_parts(mapping: &Mapping) -> bool {
    let has = |part: BudgetPart| mapping.columns.contains_key(part.column());
    mapping.kind == RecordKind::Budget && is_complete(&has)
}

/// What a mapping of this kind needs beside day or year, department, account and amount.
pub(super) fn check(mapping: &Mapping, place: &str, problems: &mut Problems) {
    if mapping.kind == RecordKind::Reallocation {
        for name in [col::KIND, TO_DEPARTMENT, TO_ACCOUNT] {
            if !mapping.columns.contains_key(name) {
                let hint = format!("[columns.{name}] 아래에 headers = [\"…\"], required = true 를 적으세요.");
                problems.push(Problem::new(format!("{place}: columns"), "빠진 열", name, hint));
            }
        }
    }
    let is_out = |name: &str| name == BudgetPart::ReallocatedOut.column();
    for (name, _) in mapping.columns.iter().filter(|(name, rule)| rule.negated && !is_out(name)) {
        let hint = "negated는 reallocated_out 열에만 쓸 수 있습니다. 이 줄을 지우세요.";
        problems.push(Problem::new(
            format!("{place}: columns.{name}"),
            "negated",
            "reallocated_out의 negated",
            hint,
        ));
    }
}

/// A header that names both 예산현액 and a part of it means the part where the file has other parts, too.
pub(super) fn settle(mapping: &Mapping, cells: &mut BTreeMap<String, usize>) {
    if mapping.kind != RecordKind::Budget {
        return;
    }
    let Some(amount) = cells.get(col::AMOUNT).copied() else { return };
    let cell_of = |part: BudgetPart| cells.get(part.column()).copied();
    let is_shared = BudgetPart::ALL.into_iter().any(|part| cell_of(part) == Some(amount));
    let has_others = MADE_OF.into_iter().any(|part| cell_of(part).is_some_and(|cell| cell != amount));
    if is_shared && has_others {
        cells.remove(col::AMOUNT);
    }
}

/// Whether `column` may be missing from a header because the parts found make it up.
pub(super) fn is_made_up(mapping: &Mapping, column: &str, cells: &BTreeMap<String, usize>) -> bool {
    let has = |part: BudgetPart| cells.contains_key(part.column());
    column == col::AMOUNT && mapping.kind == RecordKind::Budget && is_complete(&has)
}
