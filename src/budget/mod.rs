//! Budget: what was planned against what was spent.
//!
//! Comes in: budget lines and a `LedgerView`. Goes out: execution rates, parts and a year-end forecast; where movements
//! of budget and budget lines differ.
//! Refuses: a rate where there is no budget, and a sum of parts that not every line states.

mod reallocation;

use std::collections::BTreeMap;

use chrono::Datelike;
use serde::{Deserialize, Serialize};

use crate::clean::LedgerView;
use crate::ledger::{Amount, BudgetLine, BudgetPart, BudgetParts, FiscalMonth};

pub use reallocation::{Moved, ReallocationCheck, ReallocationDifference, by_month, compare};

/// What 집행률 is a share of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExecutionBase {
    /// 예산현액.
    #[default]
    CurrentBudget,
    /// 배정액.
    Allotment,
}

/// A department's account in one fiscal year, as of the end of a month.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BudgetStatus {
    /// Department name.
    pub department: String,
    /// Account.
    pub account: String,
    /// 예산현액; `None` where no budget file has a line.
    pub budget: Option<Amount>,
    /// What the budget is made of and what was done with it, where every line states it.
    #[serde(default)]
    pub parts: BudgetParts,
    /// What the rate is a share of.
    #[serde(default)]
    pub base: ExecutionBase,
    /// 집행액 from the start of the year to the end of the month.
    pub spent: Amount,
    /// Forecast of the whole year's spending.
    pub forecast: Amount,
    /// Whether the forecast follows last year's course (else it is linear).
    pub is_seasonal: bool,
}

impl BudgetStatus {
    /// What 집행률 is a share of: 예산현액 or 배정액; `None` where it is not stated or not above zero.
    pub fn denominator(&self) -> Option<Amount> {
        let base = match self.base {
            ExecutionBase::CurrentBudget => self.budget,
            ExecutionBase::Allotment => self.parts.get(BudgetPart::Allotment),
        };
        base.filter(|base| base.0 > 0)
    }

    /// 집행률, 1.0 = all of it; `None` without a denominator.
    pub fn execution_rate(&self) -> Option<f64> {
        Some(self.spent.0 as f64 / self.denominator()?.0 as f64)
    }

    /// 집행잔액: 예산현액 less what the ledger says was spent.
    pub fn unspent(&self) -> Option<Amount> {
        self.budget?.0.checked_sub(self.spent.0).map(Amount)
    }

    /// Whether more was spent than allotted.
    pub fn is_over_allotment(&self) -> bool {
        self.parts.get(BudgetPart::Allotment).is_some_and(|allotment| self.spent > allotment)
    }

    /// Whether more was spent than planned.
    pub fn is_over(&self) -> bool {
        self.budget.is_some_and(|budget| self.spent > budget)
    }
}

#[derive(Default)]
struct Sums {
    budget: Option<i64>,
    parts: Option<BudgetParts>,
    to_date: i64,
    last_to_date: i64,
    last_year: i64,
}

/// Status of every department and account with a budget or spending in the year of `month`, sorted.
pub fn status(
    lines: &[BudgetLine],
    ledger: &LedgerView,
    month: FiscalMonth,
    base: ExecutionBase,
) -> Vec<BudgetStatus> {
    let mut sums: BTreeMap<(String, String), Sums> = BTreeMap::new();
    for line in as_of(lines, month) {
        let entry = sums.entry((line.department.clone(), line.account.clone())).or_default();
        *entry.budget.get_or_insert(0) += line.current_budget.0;
        entry.parts = Some(match &entry.parts {
            None => line.parts.clone(),
            Some(parts) => parts.with(&line.parts),
        });
    }
    let mut by_id: BTreeMap<(u32, u32), Sums> = BTreeMap::new();
    for i in 0..ledger.n_rows {
        let date = ledger.date(i);
        let years_back = month.year() - date.year();
        if !(0..=1).contains(&years_back) || (years_back == 0 && date.month() > month.month()) {
            continue;
        }
        let entry = by_id.entry((ledger.department.ids[i], ledger.account.ids[i])).or_default();
        let amount = ledger.amount[i];
        if years_back == 0 {
            entry.to_date += amount;
        } else {
            entry.last_year += amount;
            if date.month() <= month.month() {
                entry.last_to_date += amount;
            }
        }
    }
    for ((department, account), found) in by_id {
        let name = |names: &[String], id: u32| names.get(id as usize).cloned().unwrap_or_default();
        let key = (name(&ledger.department.names, department), name(&ledger.account.names, account));
        let entry = sums.entry(key).or_default();
        (entry.to_date, entry.last_to_date, entry.last_year) =
            (found.to_date, found.last_to_date, found.last_year);
    }
    sums.into_iter()
        .filter(|(_, sums)| sums.budget.is_some() || sums.to_date != 0)
        .map(|((department, account), sums)| {
            let (forecast, is_seasonal) = forecast(&sums, month);
            BudgetStatus {
                department,
                account,
                budget: sums.budget.map(Amount),
                parts: sums.parts.unwrap_or_default(),
                base,
                spent: Amount(sums.to_date),
                forecast: Amount(forecast),
                is_seasonal,
            }
        })
        .collect()
}

/// The lines of the year that hold at the end of `month`: of lines with months the latest until then, else the line of
/// the whole year.
fn as_of(lines: &[BudgetLine], month: FiscalMonth) -> Vec<&BudgetLine> {
    let holds = |line: &&BudgetLine| {
        line.fiscal_year == month.year() && line.fiscal_month.unwrap_or(0) <= month.month()
    };
    let mut latest: BTreeMap<[&str; 6], u32> = BTreeMap::new();
    for line in lines.iter().filter(holds) {
        let known = latest.entry(key(line)).or_default();
        *known = (*known).max(line.fiscal_month.unwrap_or(0));
    }
    let is_latest = |line: &&BudgetLine| latest.get(&key(line)) == Some(&line.fiscal_month.unwrap_or(0));
    lines.iter().filter(holds).filter(is_latest).collect()
}

/// What tells one line of a year from another.
fn key(line: &BudgetLine) -> [&str; 6] {
    [
        &line.department,
        &line.account,
        &line.budget_line,
        &line.accounting_unit,
        &line.fund_source,
        &line.project,
    ]
}

/// Year's spending so far, scaled by last year's course where last year had spending by this month, else linearly.
fn forecast(sums: &Sums, month: FiscalMonth) -> (i64, bool) {
    let scale = |numerator: i64, denominator: i64| {
        let product = i128::from(sums.to_date) * i128::from(numerator) / i128::from(denominator);
        i64::try_from(product).unwrap_or(i64::MAX)
    };
    // A course so steep that a few won become a year's budget says nothing; twelve-fold is one month of twelve.
    let is_seasonal = sums.last_to_date > 0
        && sums.last_year >= sums.last_to_date
        && sums.last_year / sums.last_to_date <= 12;
    match is_seasonal {
        true => (scale(sums.last_year, sums.last_to_date), true),
        false => (scale(12, i64::from(month.month())), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::CleanLedger;
    use crate::clean::mapping::shipped;
    use crate::ledger::Departments;

    fn ledger(rows: &str) -> CleanLedger {
        let text = format!("일자,부서,계정과목,금액\n{rows}");
        crate::clean::tidy_bytes(text.as_bytes(), "a.csv", &shipped().unwrap(), &Departments::default())
    }

    fn statuses(rows: &str, budget: Option<i64>, month: &str) -> Vec<BudgetStatus> {
        let clean = ledger(rows);
        let view = LedgerView::new(&clean.rows, &clean.currency).unwrap();
        let line = |amount| BudgetLine {
            fiscal_year: 2024,
            department: "총무과".to_owned(),
            account: "여비".to_owned(),
            current_budget: Amount(amount),
            ..BudgetLine::default()
        };
        let lines: Vec<BudgetLine> = budget.map(line).into_iter().collect();
        status(&lines, &view, month.parse().unwrap(), ExecutionBase::CurrentBudget)
    }

    #[test]
    fn spending_is_counted_to_the_end_of_the_month() {
        let rows = "2024-01-05,총무과,여비,100\n2024-06-30,총무과,여비,200\n2024-07-01,총무과,여비,400\n";
        let found = statuses(rows, Some(1_000), "2024-06");
        assert_eq!(
            (found[0].spent, found[0].forecast, found[0].is_seasonal),
            (Amount(300), Amount(600), false)
        );
        assert_eq!(found[0].execution_rate(), Some(0.3));
    }

    #[test]
    fn the_forecast_follows_last_years_course() {
        let rows = "2023-03-01,총무과,여비,100\n2023-12-01,총무과,여비,300\n2024-03-01,총무과,여비,50\n";
        let found = statuses(rows, Some(100), "2024-03");
        assert_eq!((found[0].forecast, found[0].is_seasonal), (Amount(200), true));
    }

    #[test]
    fn without_budget_there_is_no_rate() {
        let found = statuses("2024-01-05,총무과,여비,100\n", None, "2024-01");
        assert_eq!((found[0].budget, found[0].execution_rate()), (None, None));
        let over = statuses("2024-01-05,총무과,여비,100\n", Some(99), "2024-01");
        assert!(over[0].is_over());
    }

    /// A line of 여비 with a month, 예산현액 and 배정액.
    fn line(month: Option<u32>, amount: i64, allotment: Option<i64>) -> BudgetLine {
        let mut values = [None; BudgetPart::ALL.len()];
        values[BudgetPart::Allotment.index()] = allotment;
        BudgetLine {
            fiscal_year: 2024,
            fiscal_month: month,
            department: "총무과".to_owned(),
            account: "여비".to_owned(),
            current_budget: Amount(amount),
            parts: BudgetParts::from_values(&values),
            ..BudgetLine::default()
        }
    }

    fn of_lines(lines: &[BudgetLine], month: &str, base: ExecutionBase) -> BudgetStatus {
        let clean = ledger("2024-01-05,총무과,여비,100\n");
        let view = LedgerView::new(&clean.rows, &clean.currency).unwrap();
        status(lines, &view, month.parse().unwrap(), base).remove(0)
    }

    #[test]
    fn the_rate_is_a_share_of_what_is_configured() {
        let lines = [line(None, 1_000, Some(200)), line(None, 600, Some(200))];
        let by = |base| of_lines(&lines, "2024-06", base).execution_rate();
        assert_eq!(by(ExecutionBase::CurrentBudget), Some(0.0625));
        assert_eq!(by(ExecutionBase::Allotment), Some(0.25));
        // One line does not say how much was allotted: there is no rate, not one of the other line alone.
        let partly = [line(None, 1_000, Some(200)), line(None, 600, None)];
        assert_eq!(of_lines(&partly, "2024-06", ExecutionBase::Allotment).execution_rate(), None);
        let over = of_lines(&[line(None, 1_000, Some(99))], "2024-06", ExecutionBase::CurrentBudget);
        assert_eq!(
            (over.is_over_allotment(), over.is_over(), over.unspent()),
            (true, false, Some(Amount(900)))
        );
    }

    #[test]
    fn of_lines_with_months_the_latest_until_the_month_holds() {
        let lines =
            [line(Some(1), 10, None), line(Some(3), 30, None), line(Some(5), 50, None), line(None, 7, None)];
        let at = |month| of_lines(&lines, month, ExecutionBase::CurrentBudget).budget;
        assert_eq!(
            (at("2024-04"), at("2024-05"), at("2024-01")),
            (Some(Amount(30)), Some(Amount(50)), Some(Amount(10)))
        );
        let later = of_lines(&lines[1..3], "2024-02", ExecutionBase::CurrentBudget);
        assert_eq!(later.budget, None);
        let yearly = of_lines(&lines[2..], "2024-02", ExecutionBase::CurrentBudget);
        assert_eq!(yearly.budget, Some(Amount(7)));
    }
}
