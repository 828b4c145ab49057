//! The part of the findings that a month's report prints.
//!
//! Comes in: `Findings` and their ledger. Goes out: `PeriodFindings` of one fiscal month.
//! Refuses: payments below the bar and of other months, unless a case of the month holds them.

use std::collections::BTreeMap;

use super::applicability::applicability;
use super::canary::Canary;
use super::controls::ControlOptions;
use super::{Case, Findings, PeriodFindings};
use crate::clean::LedgerView;
use crate::ledger::{Contribution, Finding, FiscalMonth, Points, Severity};

impl PeriodFindings {
    /// The findings of `period`: counts by department, and of each department at most `per_department_max` cases that have
    /// a payment in the month, highest first.
    pub fn from_findings(
        findings: &Findings,
        ledger: &LedgerView,
        period: FiscalMonth,
        per_department_max: usize,
    ) -> Self {
        let mut out = Self {
            period,
            bar: findings.bar,
            checks: findings.checks.clone(),
            n_scored: BTreeMap::new(),
            n_flagged: BTreeMap::new(),
            n_cases: BTreeMap::new(),
            applicability: Vec::new(),
            applicability_of: BTreeMap::new(),
            canaries: Vec::new(),
            findings: Vec::new(),
        };
        for row in (0..ledger.n_rows).filter(|i| period.contains(ledger.date(*i))) {
            let department = ledger.department.text(row);
            *out.n_scored.entry(department.to_owned()).or_default() += 1;
            if findings.score[row] >= findings.bar {
                *out.n_flagged.entry(department.to_owned()).or_default() += 1;
            }
        }
        let of_month = |case: &&Case| case.rows.iter().any(|row| period.contains(ledger.date(*row)));
        for case in findings.cases.iter().filter(of_month) {
            let department = ledger.department.text(case.head);
            let n_cases = out.n_cases.entry(department.to_owned()).or_default();
            *n_cases += 1;
            if *n_cases <= per_department_max as u64 {
                out.findings.push(findings.case(ledger, case));
            }
        }
        out
    }

    /// Counts what each check could look at in the month, as a whole and by department.
    #[must_use]
    pub fn with_applicability(
        mut self,
        findings: &Findings,
        ledger: &LedgerView,
        options: &ControlOptions,
    ) -> Self {
        let month: Vec<usize> =
            (0..ledger.n_rows).filter(|i| self.period.contains(ledger.date(*i))).collect();
        let mut by_department: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for &row in &month {
            by_department.entry(ledger.department.ids[row]).or_default().push(row);
        }
        self.applicability = applicability(findings, ledger, options, &month);
        self.applicability_of = by_department
            .into_values()
            .map(|rows| {
                let name = ledger.department.text(rows[0]).to_owned();
                (name, applicability(findings, ledger, options, &rows))
            })
            .collect();
        self
    }

    /// Keeps what became of the plants, and says so of checks whose plants are usual in the ledger.
    #[must_use]
    pub fn with_canaries(mut self, canaries: Vec<Canary>) -> Self {
        let lists = std::iter::once(&mut self.applicability).chain(self.applicability_of.values_mut());
        for one in lists.flatten() {
            if canaries.iter().any(|canary| canary.usual_here && canary.id == one.id) {
                one.notes.push(
                    "심은 지출이 이 자료에서는 예사로운 모습이어서 시험용 자료에서 자가점검했습니다."
                        .to_owned(),
                );
            }
        }
        self.canaries = canaries;
        self
    }

    /// Names of the classes of the self-check that were missed.
    pub fn missed_canaries(&self) -> Vec<&str> {
        self.canaries
            .iter()
            .filter(|canary| canary.is_missed())
            .map(|canary| canary.label_ko.as_str())
            .collect()
    }
}

impl Findings {
    /// `case` as one finding: its head with the other payments, in order of days.
    pub fn case(&self, ledger: &LedgerView, case: &Case) -> Finding {
        let mut others: Vec<usize> = case.rows.iter().copied().filter(|row| *row != case.head).collect();
        others.sort_by_key(|row| (ledger.day[*row], *row));
        let others = others.into_iter().map(|row| ledger.expenditure(row)).collect();
        Finding { others, ..self.finding(ledger, case.head) }
    }

    /// Row `row` as a single finding.
    pub fn finding(&self, ledger: &LedgerView, row: usize) -> Finding {
        let n_checks = self.checks.len();
        let points = &self.points[row * n_checks..(row + 1) * n_checks];
        let mut contributions: Vec<Contribution> = self
            .checks
            .iter()
            .zip(points)
            .filter(|(_, points)| **points > Points(0))
            .map(|(check, points)| Contribution { id: check.id.clone(), points: *points })
            .collect();
        contributions.sort_by_key(|c| std::cmp::Reverse(c.points));
        Finding {
            expenditure: ledger.expenditure(row),
            others: Vec::new(),
            score: self.score[row],
            rank: self.rank[row] as usize,
            severity: Severity::of(self.score[row], self.bar),
            contributions,
            reasons: self.reasons[row].clone(),
        }
    }
}
