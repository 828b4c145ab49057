//! What a department's report says, as plain data.
//!
//! Comes in: ledger, findings, budget and intake of the whole institution. Goes out: one department's part of it.
//! Refuses: a row of another department, wherever it comes from.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Utc};
use serde::{Deserialize, Serialize};

use super::ReportError;
use crate::budget::{BudgetStatus, ReallocationCheck, ReallocationDifference};
use crate::clean::LedgerView;
use crate::detect::{Applicability, CheckInfo, PeriodFindings, needs};
use crate::ledger::{Amount, Currency, FileIntake, Finding, FiscalMonth, Points, RecordKind};

/// Everything reports are cut from.
#[derive(Clone, Copy, Debug)]
pub struct ViewInput<'a> {
    /// Name of the institution.
    pub institution: &'a str,
    /// Payments of this and last fiscal year at least.
    pub ledger: &'a LedgerView,
    /// Findings of the month.
    pub findings: &'a PeriodFindings,
    /// Status of every budget line.
    pub budget: &'a [BudgetStatus],
    /// Movements of budget held against the budget lines.
    pub reallocations: &'a ReallocationCheck,
    /// Accounts of the files.
    pub intake: &'a [FileIntake],
    /// The run.
    pub run_id: &'a str,
    /// Date inside the documents.
    pub created: DateTime<Utc>,
}

/// A file as a report names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileLine {
    /// File name.
    pub name: String,
    /// Rows seen.
    pub rows_in: u64,
    /// Rows loaded.
    pub loaded: u64,
    /// Rows left out on purpose.
    pub skipped: u64,
    /// Rows kept aside.
    pub quarantined: u64,
    /// Why the whole file was set aside; empty where it was read.
    pub refused: String,
    /// Sheets or members that could not be read although the file was.
    #[serde(default)]
    pub unread_sheets: u64,
    /// Total rows compared with the sums of their rows.
    #[serde(default)]
    pub totals_compared: u64,
    /// Those that differ. Their amounts are the institution's and stay out of a department's report.
    #[serde(default)]
    pub totals_differing: u64,
}

impl FileLine {
    /// How the totals printed in the file compare with the rows read.
    pub fn totals(&self) -> String {
        match (self.totals_compared, self.totals_differing) {
            (0, _) => String::new(),
            (n, 0) => format!("{n}개 일치"),
            (n, differing) => format!("{n}개 중 {differing}개 불일치"),
        }
    }
}

/// A column that some files lack, and what could not be checked on their rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnseenLine {
    /// Name of the column on screen.
    pub column: String,
    /// Files that lack it.
    pub files: Vec<String>,
    /// Checks that see less on their rows.
    pub checks: Vec<String>,
}

/// One department's month.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DepartmentView {
    /// Institution.
    pub institution: String,
    /// Department name.
    pub department: String,
    /// Month.
    pub period: FiscalMonth,
    /// Currency of all amounts.
    pub currency: Currency,
    /// Run.
    pub run_id: String,
    /// Date inside the documents.
    pub created: DateTime<Utc>,
    /// Payments of the month.
    pub n_payments: u64,
    /// Their sum.
    pub total: Amount,
    /// Payments at or above the bar.
    pub n_flagged: u64,
    /// Cases with a payment of the month; 0 in views written before there were cases.
    #[serde(default)]
    pub n_cases: u64,
    /// The bar.
    pub bar: Points,
    /// The highest cases.
    pub findings: Vec<Finding>,
    /// Budget by account.
    pub budget: Vec<BudgetStatus>,
    /// Accounts whose budget line and movements differ.
    #[serde(default)]
    pub reallocations_differing: Vec<ReallocationDifference>,
    /// Sums by month of this fiscal year; months to come are zero.
    pub this_year: Vec<i64>,
    /// Sums by month of the last one.
    pub last_year: Vec<i64>,
    /// What was checked and what could not be.
    pub checks: Vec<CheckInfo>,
    /// What each check could look at of the department's month; empty in views written before it was counted.
    #[serde(default)]
    pub applicability: Vec<Applicability>,
    /// Files of the institution.
    pub files: Vec<FileLine>,
    /// What could not be checked for lack of a column.
    #[serde(default)]
    pub unseen: Vec<UnseenLine>,
}

impl DepartmentView {
    /// Cases with a payment of the month; payments where a view does not know its cases.
    pub fn cases(&self) -> u64 {
        if self.n_cases == 0 { self.n_flagged } else { self.n_cases }
    }

    /// How many payments stand out, and in how many cases where that is another number.
    pub fn flagged(&self) -> String {
        match (self.n_flagged, self.cases()) {
            (0, 0) => "해당 없음".to_owned(),
            (0, cases) => format!("{cases}개 사례"),
            (payments, cases) if payments == cases => format!("{payments}건"),
            (payments, cases) => format!("{payments}건, {cases}개 사례"),
        }
    }

    /// `7건 합계 13,440,000원` of a case of several payments; `None` where one stands alone.
    pub fn case_sum(&self, finding: &Finding) -> Option<String> {
        let n = finding.others.len() + 1;
        (n > 1).then(|| format!("{n}건 합계 {}", self.currency.display(finding.sum())))
    }

    /// Names of the checks that ran, as a sentence names them.
    pub fn checked(&self) -> String {
        let ran = self.checks.iter().filter(|check| check.untested.is_none());
        ran.map(|check| check.label_ko.as_str()).collect::<Vec<_>>().join(", ")
    }
}

/// Cuts the report of `department` (its name) out of `input`.
pub fn build(input: &ViewInput<'_>, department: &str, top_n: usize) -> Result<DepartmentView, ReportError> {
    let ledger = input.ledger;
    let period = input.findings.period;
    let (mut this_year, mut last_year) = (vec![0_i64; 12], vec![0_i64; 12]);
    let (mut n_payments, mut total) = (0, 0);
    let wanted = ledger.department.names.iter().position(|name| name == department);
    let wanted = wanted.and_then(|i| u32::try_from(i).ok());
    for i in (0..ledger.n_rows).filter(|&i| Some(ledger.department.ids[i]) == wanted) {
        let date = ledger.date(i);
        let month = date.month0() as usize;
        if date.year() == period.year() && date.month() <= period.month() {
            this_year[month] += ledger.amount[i];
        } else if date.year() == period.year() - 1 {
            last_year[month] += ledger.amount[i];
        }
        if period.contains(date) {
            n_payments += 1;
            total += ledger.amount[i];
        }
    }
    let of_department = |finding: &&Finding| finding.expenditure.department == department;
    let differing = input.reallocations.differing.iter();
    let view = DepartmentView {
        institution: input.institution.to_owned(),
        department: department.to_owned(),
        period,
        currency: ledger.currency.clone(),
        run_id: input.run_id.to_owned(),
        created: input.created,
        n_payments,
        total: Amount(total),
        n_flagged: input.findings.n_flagged.get(department).copied().unwrap_or(0),
        n_cases: input.findings.n_cases.get(department).copied().unwrap_or(0),
        bar: input.findings.bar,
        findings: input.findings.findings.iter().filter(of_department).take(top_n).cloned().collect(),
        budget: input.budget.iter().filter(|line| line.department == department).cloned().collect(),
        reallocations_differing: differing.filter(|d| d.department == department).cloned().collect(),
        this_year,
        last_year,
        checks: input.findings.checks.clone(),
        applicability: of_department_checks(input.findings, department),
        files: input.intake.iter().map(file_line).collect(),
        unseen: unseen(input.intake),
    };
    check_scope(&view)?;
    Ok(view)
}

/// What each check could look at of `department`; of one without payments in the month, nothing was to be seen.
fn of_department_checks(findings: &PeriodFindings, department: &str) -> Vec<Applicability> {
    findings.applicability_of.get(department).cloned().unwrap_or_else(|| {
        let none = |one: &Applicability| Applicability {
            id: one.id.clone(),
            label_ko: one.label_ko.clone(),
            codes: one.codes.clone(),
            severity: one.severity,
            status: one.status,
            reason: one.reason.clone(),
            ..Applicability::default()
        };
        findings.applicability.iter().map(none).collect()
    })
}

/// Refuses a view that holds a row of another department.
pub fn check_scope(view: &DepartmentView) -> Result<(), ReportError> {
    let findings = view.findings.iter().flat_map(|f| std::iter::once(&f.expenditure).chain(&f.others));
    let findings = findings.map(|payment| &payment.department);
    let budget = view.budget.iter().map(|line| &line.department);
    let moved = view.reallocations_differing.iter().map(|line| &line.department);
    match findings.chain(budget).chain(moved).find(|found| **found != view.department) {
        Some(found) => Err(ReportError::Scope { department: view.department.clone(), found: found.clone() }),
        None => Ok(()),
    }
}

fn unseen(intake: &[FileIntake]) -> Vec<UnseenLine> {
    let mut lines: BTreeMap<&str, UnseenLine> = BTreeMap::new();
    let read = |file: &&FileIntake| {
        file.refused.is_none() && file.loaded > 0 && file.kind == RecordKind::Expenditure
    };
    for file in intake.iter().filter(read) {
        for column in file.absent_columns.iter().filter(|column| needs::is_missed(column)) {
            let line = lines.entry(column).or_insert_with(|| UnseenLine {
                column: needs::label_ko(column).to_owned(),
                files: Vec::new(),
                checks: needs::checks_on(column),
            });
            line.files.push(file.source.clone());
        }
    }
    lines.into_values().collect()
}

fn file_line(intake: &FileIntake) -> FileLine {
    FileLine {
        name: intake.source.clone(),
        rows_in: intake.rows_in,
        loaded: intake.loaded,
        skipped: intake.skipped,
        quarantined: intake.quarantined,
        refused: intake.refused.as_ref().map(|problem| problem.found.clone()).unwrap_or_default(),
        unread_sheets: intake.unread_sheets() as u64,
        totals_compared: intake.totals_compared,
        totals_differing: intake.totals_differing.len() as u64,
    }
}
