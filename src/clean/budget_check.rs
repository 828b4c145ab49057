//! What must hold between the amounts of a budget row.
//!
//! Comes in: the values of a row. Goes out: whether 예산현액 is the sum of its parts, and remarks.
//! Refuses: nothing; the row stays as printed, a contradiction is a remark with both figures and their difference.

use super::budget_row::{BudgetAt, Identity};
use super::layout::{AmountAt, Layout};
use super::row::{Refusal, Values};
use crate::ledger::{Amount, BudgetPart};

/// Compares the amounts of a row with each other.
pub(super) fn check(layout: &Layout, at: &BudgetAt, values: &mut Values) {
    let currency = layout.mapping.currency();
    let say =
        |amount: i128| i64::try_from(amount).map_or(amount.to_string(), |a| currency.grouped(Amount(a)));
    let current = i128::from(values.amount);
    let budget = &mut values.budget;
    let parts = budget.parts;
    let value = |part: BudgetPart| parts[part.index()].map(i128::from);
    let mut note = |part: Option<BudgetPart>, found: i128, reason: String| {
        let cell = match (part, layout.amount) {
            (Some(part), _) => at.parts[part.index()].map_or(usize::MAX, |at| at.cell),
            (None, AmountAt::One(cell)) => cell,
            (None, _) => usize::MAX,
        };
        budget.notes.push(Refusal { column: layout.header_of(cell), found: say(found), reason });
    };
    let identity = identity(at, layout.amount, &value);
    let mut verdict = Identity::Untold;
    if let Some(sum) = identity {
        verdict = match sum {
            None => Identity::Unstated,
            Some(sum) if sum == current => Identity::Holds,
            Some(sum) => {
                let reason = format!(
                    "예산현액이 구성의 합과 다릅니다. 파일 {}, 구성의 합 {}, 차이 {} ({})",
                    say(current),
                    say(sum),
                    say(current - sum),
                    at.formula()
                );
                note(None, current, reason);
                Identity::Differs
            }
        };
    }
    let (into, out) = (value(BudgetPart::ReallocatedIn), value(BudgetPart::ReallocatedOut));
    if let (Some(net), Some(into), Some(out)) = (value(BudgetPart::Reallocation), into, out)
        && net != into - out
    {
        let reason = format!(
            "증감이 증에서 감을 뺀 금액과 다릅니다. 계산 {}, 차이 {}",
            say(into - out),
            say(net - into + out)
        );
        note(Some(BudgetPart::Reallocation), net, reason);
    }
    for (part, word) in [(BudgetPart::Spent, "집행액이"), (BudgetPart::Allotment, "배정액이")] {
        if let Some(found) = value(part).filter(|found| *found > current) {
            let reason = format!(
                "{word} 예산현액보다 큽니다. 예산현액 {}, 차이 {}",
                say(current),
                say(found - current)
            );
            note(Some(part), found, reason);
        }
    }
    if let (Some(unspent), Some(spent)) = (value(BudgetPart::UnspentBalance), value(BudgetPart::Spent))
        && unspent != current - spent
    {
        let reason = format!(
            "집행잔액이 예산현액에서 집행액을 뺀 금액과 다릅니다. 계산 {}, 차이 {}",
            say(current - spent),
            say(unspent - (current - spent))
        );
        note(Some(BudgetPart::UnspentBalance), unspent, reason);
    }
    budget.identity = verdict;
}

/// `None` where the sheet does not print both sides; `Some(None)` where a part of this row is not stated.
#[expect(clippy::option_option, reason = "whether it can be asked, and whether it can be answered")]
fn identity(
    at: &BudgetAt,
    amount: AmountAt,
    value: &dyn Fn(BudgetPart) -> Option<i128>,
) -> Option<Option<i128>> {
    if !at.is_checkable(amount) {
        return None;
    }
    let present = at.made_of.iter().copied().filter(|part| at.has(*part));
    Some(present.map(|part| value(part).map(|value| part.sign() * value)).sum())
}

impl BudgetAt {
    /// The parts to add up that the sheet does not have.
    pub(super) fn absent(&self) -> Vec<BudgetPart> {
        self.made_of.iter().copied().filter(|part| !self.has(*part)).collect()
    }

    /// Whether 예산현액 is printed beside its parts, so that the two can be compared.
    fn is_checkable(&self, amount: AmountAt) -> bool {
        let n_parts = self.made_of.iter().filter(|part| self.has(**part)).count();
        !matches!(amount, AmountAt::Parts)
            && self.stands_in.is_none()
            && self.has(BudgetPart::OriginalBudget)
            && n_parts >= 2
    }

    /// The sum in words: `본예산 + 이월액 - …`, with what the file does not have.
    fn formula(&self) -> String {
        let mut text = String::new();
        for part in self.made_of.iter().filter(|part| self.has(**part)) {
            let sign = if part.sign() < 0 { " - " } else { " + " };
            if !text.is_empty() {
                text.push_str(sign);
            }
            text.push_str(part.label_ko());
        }
        let absent: Vec<&str> = self.absent().into_iter().map(BudgetPart::label_ko).collect();
        if !absent.is_empty() {
            text.push_str(&format!(", 파일에 없는 구성: {}", absent.join(", ")));
        }
        text
    }
}
