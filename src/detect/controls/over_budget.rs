//! 예산 초과: payments with which a department has spent more on an account in a year than its budget.
//!
//! Comes in: payments that still stand, refunds, and budget lines. Goes out: the payment that passes the budget and later
//! ones, as one case. Refuses: departments and accounts without a budget line, which are counted in a note; budgets that
//! plainly cover something else than the payments.

use std::collections::BTreeMap;

use chrono::Datelike;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::common::{Hit, output, ramp, sorted};
use super::control::Control;
use super::options::Check;
use crate::clean::{Interned, LedgerView};
use crate::detect::canary::{Plot, SOURCE};
use crate::detect::{BudgetBook, Input, Output};
use crate::ko;
use crate::ledger::{Amount, BudgetLine, Reason, Severity, col};

const ID: &str = "over_budget";

/// Options of 예산 초과.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OverBudgetOptions {
    /// Sum over the budget, in won, that is left alone.
    pub over_krw_min: i64,
    /// Most payments of a case.
    pub case_rows_max: usize,
    /// Share of budget lines with spending that may be passed; above it budget and payments do not cover the same.
    pub lines_share_max: f64,
}

impl Default for OverBudgetOptions {
    fn default() -> Self {
        Self { over_krw_min: 1_000_000, case_rows_max: 20, lines_share_max: 0.2 }
    }
}

/// The test.
pub struct OverBudget;

impl Control for OverBudget {
    type Options = OverBudgetOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "예산 초과";
    const CODES: &'static [&'static str] = &["T46"];
    const SEVERITY: Severity = Severity::High;
    const WEIGHT: f64 = 70.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[];
    const OPTIONAL: &'static [&'static str] = &[col::KIND];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        check.that(options.over_krw_min >= 0, "over_krw_min", "0 이상의 정수", &options.over_krw_min);
        let cap = options.case_rows_max;
        check.that((1..=60).contains(&cap), "case_rows_max", "1 이상 60 이하의 정수", &cap);
        check.share("lines_share_max", options.lines_share_max, 0.0, 1.0);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        if ledger.n_rows > 0 && input.budget.lines.is_empty() {
            return Err("예산 자료가 없어 예산 초과를 점검하지 못했습니다.".to_owned());
        }
        let budgets = Budgets::new(ledger, input.budget);
        let least = input.options.money.minor(options.over_krw_min, &ledger.currency);
        let is_spent = |&i: &usize| input.shared.stands[i] || ledger.amount[i] < 0;
        let in_budget = |&i: &usize| budgets.by_key.contains_key(&key(ledger, i));
        let order = sorted((0..ledger.n_rows).filter(is_spent).filter(in_budget), |i| {
            (key(ledger, i), ledger.day[i])
        });
        let (mut n_lines, mut n_passed, mut hits) = (0, 0, Vec::new());
        for group in order.chunk_by(|a, b| a.0.0 == b.0.0) {
            let Some(budget) = budgets.by_key.get(&group[0].0.0) else { continue };
            let rows: Vec<usize> = group.iter().map(|&(_, row)| row).collect();
            let found = passed(ledger, options, least, budget, &rows);
            n_lines += 1;
            n_passed += usize::from(!found.is_empty());
            hits.extend(found);
        }
        if n_lines >= 10 && n_passed as f64 > options.lines_share_max * n_lines as f64 {
            return Err(format!(
                "예산이 있는 부서·계정·연도 {}개 가운데 {}개에서 집행이 예산을 넘어, 예산과 지출 자료의 범위가 다른 것으로 보고 예산 초과를 점검하지 않았습니다.",
                ko::count(n_lines),
                ko::count(n_passed)
            ));
        }
        let currency = ledger.currency.clone();
        Ok(output(ledger, hits, move |over| over.reason(&|amount| currency.display(Amount(amount)))))
    }

    fn notes(input: &Input<'_>, _options: &Self::Options) -> Vec<String> {
        let ledger = input.ledger;
        let budgets = Budgets::new(ledger, input.budget);
        let mut without: Vec<Key> = (0..ledger.n_rows)
            .filter(|&i| input.shared.stands[i])
            .map(|i| key(ledger, i))
            .filter(|key| !budgets.by_key.contains_key(key))
            .collect();
        let n_rows = without.len();
        without.sort_unstable();
        without.dedup();
        let text = format!(
            "예산이 없는 부서·계정·연도 {}개의 지급 {}건은 예산 초과를 점검하지 못했습니다.",
            ko::count(without.len()),
            ko::count(n_rows)
        );
        if n_rows == 0 { Vec::new() } else { vec![text] }
    }

    fn plant(plot: &mut Plot<'_>, options: &Self::Options) {
        let Some(mut payment) = plot.usual_to_newcomer() else { return };
        payment.department = format!("{SOURCE} 부서 {}", plot.ledger().n_rows);
        let budget = plot.minor(options.over_krw_min.saturating_mul(10).max(10_000_000));
        plot.budget.lines.push(BudgetLine {
            fiscal_year: plot.date().year(),
            department: payment.department.clone(),
            account: payment.account.clone(),
            current_budget: Amount(budget),
            ..BudgetLine::default()
        });
        payment.amount = budget - 1;
        plot.add(&payment);
        payment.amount = budget / 2;
        plot.must_find(&payment);
    }
}

/// Department, account, year.
type Key = (u32, u32, i32);

fn key(ledger: &LedgerView, i: usize) -> Key {
    (ledger.department.ids[i], ledger.account.ids[i], ledger.date(i).year())
}

/// By month (0: the whole year) the budget that holds from then on, ascending.
type Steps = Vec<(u32, i64)>;

/// What a department may spend on an account in a year.
struct Budgets {
    by_key: FxHashMap<Key, Steps>,
}

impl Budgets {
    /// Lines of departments and accounts that `ledger` knows.
    fn new(ledger: &LedgerView, book: &BudgetBook) -> Self {
        let ids = |column: &Interned| -> BTreeMap<String, u32> {
            (0..).zip(&column.names).map(|(id, name)| (name.clone(), id)).collect()
        };
        let (departments, accounts) = (ids(&ledger.department), ids(&ledger.account));
        let mut lines: BTreeMap<Key, Vec<&BudgetLine>> = BTreeMap::new();
        for line in &book.lines {
            if let (Some(&department), Some(&account)) =
                (departments.get(&line.department), accounts.get(&line.account))
            {
                lines.entry((department, account, line.fiscal_year)).or_default().push(line);
            }
        }
        Self { by_key: lines.into_iter().map(|(key, lines)| (key, steps(&lines))).collect() }
    }
}

/// The sum of `lines` as it holds from each of their months on: of every line its latest state until then.
fn steps(lines: &[&BudgetLine]) -> Steps {
    let mut months: Vec<u32> = lines.iter().map(|line| line.fiscal_month.unwrap_or(0)).collect();
    months.sort_unstable();
    months.dedup();
    let name = |line: &BudgetLine| {
        let one = [&line.budget_line, &line.accounting_unit, &line.fund_source, &line.project];
        one.map(String::clone)
    };
    let as_of = |month: u32| {
        let until = lines.iter().filter(|line| line.fiscal_month.unwrap_or(0) <= month);
        let mut latest: BTreeMap<[String; 4], u32> = BTreeMap::new();
        for line in until.clone() {
            let known = latest.entry(name(line)).or_default();
            *known = (*known).max(line.fiscal_month.unwrap_or(0));
        }
        let holds = |line: &&&BudgetLine| latest.get(&name(line)) == Some(&line.fiscal_month.unwrap_or(0));
        until.filter(holds).fold(0_i64, |sum, line| sum.saturating_add(line.current_budget.0))
    };
    months.into_iter().map(|month| (month, as_of(month))).collect()
}

/// Hits among the payments of one department, account and year, in order of days.
fn passed(
    ledger: &LedgerView,
    options: &OverBudgetOptions,
    least: i64,
    steps: &[(u32, i64)],
    rows: &[usize],
) -> Vec<Hit<Over>> {
    let mut spent = 0_i64;
    let mut hits: Vec<Hit<Over>> = Vec::new();
    for &row in rows {
        spent = spent.saturating_add(ledger.amount[row]);
        // A budget first stated for a later month says nothing of this one.
        let month = ledger.date(row).month();
        let Some(&(_, budget)) = steps.iter().rev().find(|(from, _)| *from <= month) else { continue };
        let over = spent.saturating_sub(budget);
        if over < least.max(1) || ledger.amount[row] <= 0 || hits.len() >= options.case_rows_max {
            continue;
        }
        let first = hits.first().map_or(row, |hit| hit.row);
        let strength = if first == row { 0.7 } else { 0.55 }
            + 0.25 * ramp(over as f64 / (budget as f64).max(1.0), 0.0, 0.5);
        let data = Over {
            department: ledger.department.text(row).to_owned(),
            account: ledger.account.text(row).to_owned(),
            year: ledger.date(row).year(),
            budget,
            spent,
            excess: over,
            is_first: first == row,
            related: if first == row { Vec::new() } else { vec![first] },
        };
        hits.push(Hit { row, strength, case: first, data });
    }
    hits
}

/// A payment over the budget, as its sentence needs it.
struct Over {
    department: String,
    account: String,
    year: i32,
    budget: i64,
    spent: i64,
    excess: i64,
    is_first: bool,
    related: Vec<usize>,
}

impl Over {
    fn reason(&self, display: &dyn Fn(i64) -> String) -> Reason {
        let how =
            if self.is_first { "이 지급으로" } else { "이미 예산을 넘은 뒤의 지급으로" };
        let text = format!(
            "{how} 부서 ‘{}’의 계정 ‘{}’ {}년 누적 지출이 {} 되어 예산현액 {} {} 넘었습니다.",
            self.department,
            self.account,
            self.year,
            ko::josa(&display(self.spent), "이/가"),
            ko::josa(&display(self.budget), "을/를"),
            display(self.excess),
        );
        Reason { id: ID.to_owned(), text, related: self.related.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ControlOptions;
    use super::super::testing::{Ledger, fired, try_run_with};
    use super::*;

    fn pay(ledger: Ledger, date: &str, amount: i64) -> Ledger {
        ledger.pay(date, "총무과", "수선비", "가나설비", amount, "", "")
    }

    fn line(month: Option<u32>, project: &str, amount: i64) -> BudgetLine {
        BudgetLine {
            fiscal_year: 2024,
            fiscal_month: month,
            department: "총무과".to_owned(),
            account: "수선비".to_owned(),
            project: project.to_owned(),
            current_budget: Amount(amount),
            ..BudgetLine::default()
        }
    }

    fn run(ledger: &Ledger, lines: &[BudgetLine]) -> Result<Output, String> {
        let book = BudgetBook { lines: lines.to_vec(), reallocations: Vec::new() };
        try_run_with(&OverBudget, &ledger.view(), &book, &ControlOptions::default())
    }

    fn ledger() -> Ledger {
        let ledger = pay(Ledger::new(), "2024-02-01", 6_000_000);
        pay(pay(ledger, "2024-05-01", 6_000_000), "2024-07-01", 500_000)
    }

    #[test]
    fn fires_on_the_payment_that_passes_and_on_later_ones() {
        let out = run(&ledger(), &[line(None, "청사", 7_000_000), line(None, "관사", 3_000_000)]).unwrap();
        assert_eq!(fired(&out, 0.5), [1, 2]);
        assert_eq!(
            (out.explain)(1).unwrap().text,
            "이 지급으로 부서 ‘총무과’의 계정 ‘수선비’ 2024년 누적 지출이 12,000,000원이 되어 예산현액 10,000,000원을 2,000,000원 넘었습니다."
        );
        let later = (out.explain)(2).unwrap();
        assert!(
            later.text.starts_with("이미 예산을 넘은 뒤의 지급으로") && later.related == [1],
            "{later:?}"
        );
        assert_eq!(out.case, [(2, 1)]);
    }

    #[test]
    fn the_budget_itself_is_not_passed_and_a_little_is_left_alone() {
        let fires = |budget| fired(&run(&ledger(), &[line(None, "", budget)]).unwrap(), 0.0);
        assert_eq!(fires(12_500_000), Vec::<usize>::new());
        assert_eq!(fires(11_500_001), Vec::<usize>::new());
        assert_eq!(fires(11_500_000), [2]);
    }

    #[test]
    fn a_refund_makes_room() {
        let back = pay(pay(ledger(), "2024-06-01", -3_000_000), "2024-07-02", 1_500_000);
        let out = run(&back, &[line(None, "", 11_000_000)]).unwrap();
        assert_eq!(fired(&out, 0.0), [1], "12 million in May; 9.5 and 11 in July");
    }

    #[test]
    fn the_line_in_force_counts_in_its_month() {
        let lines = [line(Some(1), "", 5_000_000), line(Some(5), "", 20_000_000)];
        assert_eq!(fired(&run(&ledger(), &lines).unwrap(), 0.0), [0], "February by January's line");
        let late = [line(Some(6), "", 5_000_000)];
        assert_eq!(fired(&run(&ledger(), &late).unwrap(), 0.0), [2], "nothing is known before June");
    }

    #[test]
    fn without_a_budget_nothing_is_said_but_that() {
        let reason = run(&ledger(), &[]).err().unwrap();
        assert_eq!(reason, "예산 자료가 없어 예산 초과를 점검하지 못했습니다.");
        let other = BudgetLine { fiscal_year: 2023, ..line(None, "", 1) };
        assert!(fired(&run(&ledger(), &[other]).unwrap(), 0.0).is_empty());
    }

    #[test]
    fn budgets_of_something_else_are_noticed() {
        let (mut ledger, mut lines) = (Ledger::new(), Vec::new());
        for k in 0..10 {
            let account = format!("계정{k}");
            ledger = ledger.pay("2024-02-01", "총무과", &account, "가나", 6_000_000, "", "");
            let current_budget = Amount(if k < 2 { 1 } else { 9_000_000 });
            lines.push(BudgetLine { account, current_budget, ..line(None, "", 1) });
        }
        assert_eq!(fired(&run(&ledger, &lines).unwrap(), 0.0), [0, 1]);
        lines[2].current_budget = Amount(1);
        assert!(
            run(&ledger, &lines).err().unwrap().starts_with("예산이 있는 부서·계정·연도 10개 가운데 3개에서")
        );
    }

    #[test]
    fn payments_without_a_budget_line_are_counted() {
        let ledger = ledger().pay("2024-03-01", "총무과", "여비", "가나", 1, "", "").view();
        let book = BudgetBook { lines: vec![line(None, "", 90_000_000)], reallocations: Vec::new() };
        let notes = super::super::testing::with_input(&ledger, &book, |input| {
            OverBudget::notes(input, &OverBudgetOptions::default())
        });
        assert_eq!(notes, ["예산이 없는 부서·계정·연도 1개의 지급 1건은 예산 초과를 점검하지 못했습니다."]);
    }
}
