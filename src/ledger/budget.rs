//! Budget lines: what a department may spend on an account in a fiscal year, and what that is made of.
//!
//! Comes in: rows of a budget file. Goes out: plain fields, and the sum that 예산현액 must equal.
//! Refuses: to take a part for zero that was not stated; an unstated part is absent.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Amount;

/// An amount that a budget file may state beside 예산현액.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BudgetPart {
    /// 본예산.
    OriginalBudget,
    /// 추가경정예산.
    SupplementaryBudget,
    /// 전년도 이월액.
    CarriedOver,
    /// 예비비 사용액.
    Reserve,
    /// 이용·전용·이체로 들어온 금액, not negative.
    ReallocatedIn,
    /// 이용·전용·이체로 나간 금액, not negative.
    ReallocatedOut,
    /// 이용·전용·이체의 증감: what came in less what went out.
    Reallocation,
    /// 배정액.
    Allotment,
    /// 원인행위액.
    Committed,
    /// 집행액 as the budget file states it.
    Spent,
    /// 집행잔액 as the budget file states it.
    UnspentBalance,
}

impl BudgetPart {
    /// Every part, in the order of its place in files and reports.
    pub const ALL: [Self; 11] = [
        Self::OriginalBudget,
        Self::SupplementaryBudget,
        Self::CarriedOver,
        Self::Reserve,
        Self::ReallocatedIn,
        Self::ReallocatedOut,
        Self::Reallocation,
        Self::Allotment,
        Self::Committed,
        Self::Spent,
        Self::UnspentBalance,
    ];

    /// Name of its column in mappings, JSON and the store.
    pub fn column(self) -> &'static str {
        match self {
            Self::OriginalBudget => "original_budget",
            Self::SupplementaryBudget => "supplementary_budget",
            Self::CarriedOver => "carried_over",
            Self::Reserve => "reserve",
            Self::ReallocatedIn => "reallocated_in",
            Self::ReallocatedOut => "reallocated_out",
            Self::Reallocation => "reallocation",
            Self::Allotment => "allotment",
            Self::Committed => "committed",
            Self::Spent => "spent",
            Self::UnspentBalance => "unspent_balance",
        }
    }

    /// Name on screen.
    pub fn label_ko(self) -> &'static str {
        match self {
            Self::OriginalBudget => "본예산",
            Self::SupplementaryBudget => "추가경정예산",
            Self::CarriedOver => "이월액",
            Self::Reserve => "예비비",
            Self::ReallocatedIn => "이용·전용·이체 증",
            Self::ReallocatedOut => "이용·전용·이체 감",
            Self::Reallocation => "이용·전용·이체",
            Self::Allotment => "배정액",
            Self::Committed => "원인행위액",
            Self::Spent => "집행액",
            Self::UnspentBalance => "집행잔액",
        }
    }

    /// How often it counts in 예산현액: 1, -1, or 0 for what is done with the budget.
    pub fn sign(self) -> i128 {
        match self {
            Self::OriginalBudget
            | Self::SupplementaryBudget
            | Self::CarriedOver
            | Self::Reserve
            | Self::ReallocatedIn
            | Self::Reallocation => 1,
            Self::ReallocatedOut => -1,
            Self::Allotment | Self::Committed | Self::Spent | Self::UnspentBalance => 0,
        }
    }

    /// Its place in `ALL`.
    pub fn index(self) -> usize {
        self as usize
    }
}

/// The stated parts of a budget line; a part that is not stated is absent, not zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BudgetParts(BTreeMap<BudgetPart, Amount>);

impl BudgetParts {
    /// Parts in the order of [`BudgetPart::ALL`].
    pub fn from_values(values: &[Option<i64>; BudgetPart::ALL.len()]) -> Self {
        let stated = BudgetPart::ALL.into_iter().zip(values);
        Self(stated.filter_map(|(part, value)| value.map(|value| (part, Amount(value)))).collect())
    }

    /// The part where it is stated.
    pub fn get(&self, part: BudgetPart) -> Option<Amount> {
        self.0.get(&part).copied()
    }

    /// Whether no part is stated.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// 이용·전용·이체 as one signed amount: as stated, else what came in less what went out where both are stated.
    pub fn net_reallocation(&self) -> Option<Amount> {
        self.get(BudgetPart::Reallocation).or_else(|| {
            let (into, out) = (self.get(BudgetPart::ReallocatedIn)?, self.get(BudgetPart::ReallocatedOut)?);
            into.0.checked_sub(out.0).map(Amount)
        })
    }

    /// The parts of two lines together: a part is stated only where both state it, and where the sum is an `i64`.
    #[must_use]
    pub fn with(&self, other: &Self) -> Self {
        let sum = |(part, mine): (&BudgetPart, &Amount)| Some((*part, mine.checked_add(other.get(*part)?)?));
        Self(self.0.iter().filter_map(sum).collect())
    }
}

/// The budget of a department for an account in one fiscal year.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BudgetLine {
    /// Fiscal year.
    pub fiscal_year: i32,
    /// 회계월, 1 to 12: the line says how things stood at the end of this month; `None` where the file has no months.
    pub fiscal_month: Option<u32>,
    /// Department name.
    pub department: String,
    /// Account.
    pub account: String,
    /// 예산과목, empty where the file has none beside the account.
    pub budget_line: String,
    /// 회계구분, empty where the file has none.
    pub accounting_unit: String,
    /// 재원, empty where the file has none.
    pub fund_source: String,
    /// 사업, empty where the file has none.
    pub project: String,
    /// 예산현액 in minor units: original budget with supplements, carry-over and reallocations.
    pub current_budget: Amount,
    /// What it is made of and what was done with it.
    pub parts: BudgetParts,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_the_place_in_all() {
        for (i, part) in BudgetPart::ALL.into_iter().enumerate() {
            assert_eq!(part.index(), i);
            let json = serde_json::to_string(&part).unwrap();
            assert_eq!(json, format!("\"{}\"", part.column()));
        }
    }

    #[test]
    fn a_part_counts_only_where_both_lines_state_it() {
        let mut values = [None; BudgetPart::ALL.len()];
        values[0] = Some(5);
        let one = BudgetParts::from_values(&values);
        values[1] = Some(7);
        let two = BudgetParts::from_values(&values);
        let both = one.with(&two);
        assert_eq!(both.get(BudgetPart::OriginalBudget), Some(Amount(10)));
        assert_eq!(both.get(BudgetPart::SupplementaryBudget), None);
        assert_eq!(two.with(&one), both);
        values[0] = Some(i64::MAX);
        assert_eq!(BudgetParts::from_values(&values).with(&two).get(BudgetPart::OriginalBudget), None);
    }

    #[test]
    fn in_and_out_are_a_net_only_together() {
        let parts = |into, out, net| {
            let mut values = [None; BudgetPart::ALL.len()];
            (values[4], values[5], values[6]) = (into, out, net);
            BudgetParts::from_values(&values).net_reallocation().map(|a| a.0)
        };
        assert_eq!(parts(Some(5), Some(7), None), Some(-2));
        assert_eq!(parts(Some(5), None, None), None);
        assert_eq!(parts(None, None, Some(-3)), Some(-3));
    }
}
