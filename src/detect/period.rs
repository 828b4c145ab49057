//! The part of the findings that a month's report prints.
//!
//! Comes in: `Findings` and their ledger. Goes out: `PeriodFindings` of one fiscal month.
//! Refuses: payments below the bar, payments of other months.

use std::collections::BTreeMap;

use super::{Findings, PeriodFindings};
use crate::clean::LedgerView;
use crate::ledger::{Contribution, Finding, FiscalMonth, Points, Severity};

impl PeriodFindings {
    /// The findings of `period`: counts by department, and at most `per_department_max` payments at or above
    /// the bar of each department, highest first.
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
            findings: Vec::new(),
        };
        let mut rows: Vec<usize> = (0..ledger.n_rows).filter(|i| period.contains(ledger.date(*i))).collect();
        rows.sort_unstable_by_key(|row| findings.rank[*row]);
        for row in rows {
            let department = ledger.department.text(row);
            *out.n_scored.entry(department.to_owned()).or_default() += 1;
            if findings.score[row] < findings.bar {
                continue;
            }
            let n_flagged = out.n_flagged.entry(department.to_owned()).or_default();
            *n_flagged += 1;
            if *n_flagged <= per_department_max as u64 {
                out.findings.push(findings.finding(ledger, row));
            }
        }
        out
    }
}

impl Findings {
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
            score: self.score[row],
            rank: self.rank[row] as usize,
            severity: Severity::of(self.score[row], self.bar),
            contributions,
            reasons: self.reasons[row].clone(),
        }
    }
}
