//! What checks marked among the payments of a month.
//!
//! Comes in: findings and their ledger. Goes out: alarms, those of checks in shadow among them.
//! Refuses: payments below the bar; more than `ALARMS_MAX`, the highest first.

use std::collections::HashMap;

use crate::clean::LedgerView;
use crate::detect::Findings;
use crate::ledger::{Alarm, Amount, FiscalMonth, Points};

/// Most alarms kept of a run. A bar at which people can work leaves some thousands; a bar of 0 would mark every payment.
const ALARMS_MAX: usize = 100_000;

/// The alarms of `period`, and how many more there were.
pub(super) fn of_month(
    findings: &Findings,
    ledger: &LedgerView,
    period: FiscalMonth,
    run_id: &str,
) -> (Vec<Alarm>, usize) {
    let n_checks = findings.checks.len();
    let is_of_month = |row: usize| period.contains(ledger.date(row));
    let case_of = cases(findings);
    let alarm = |row: usize, check: usize, case_no: usize, points: Points, is_shadow: bool| Alarm {
        run_id: run_id.to_owned(),
        period,
        check: findings.checks[check].id.clone(),
        at: ledger.expenditure(row).at,
        document_no: ledger.document_no.text(row).to_owned(),
        case_no: i64::try_from(case_no).unwrap_or(i64::MAX),
        amount: Amount(ledger.amount[row]),
        points,
        is_shadow,
    };
    let mut marked: Vec<(usize, usize, usize, Points, bool)> = Vec::new();
    for row in (0..ledger.n_rows).filter(|&row| findings.score[row] >= findings.bar && is_of_month(row)) {
        let case_no = case_of.get(&row).copied().unwrap_or(findings.cases.len() + 1 + row);
        let points = &findings.points[row * n_checks..(row + 1) * n_checks];
        let with_points = (0..n_checks).filter(|&check| points[check] > Points(0));
        marked.extend(with_points.map(|check| (row, check, case_no, points[check], false)));
    }
    for one in findings.shadowed.iter().filter(|one| is_of_month(one.row)) {
        let case_no = findings.cases.len() + 1 + one.first;
        marked.push((one.row, one.check, case_no, one.points, true));
    }
    marked.sort_by_key(|&(row, check, ..)| (findings.rank[row], check));
    let left_off = marked.len().saturating_sub(ALARMS_MAX);
    marked.truncate(ALARMS_MAX);
    let alarms = marked
        .into_iter()
        .map(|(row, check, case_no, points, is_shadow)| alarm(row, check, case_no, points, is_shadow));
    (alarms.collect(), left_off)
}

/// Number of the case, from 1, by row; the highest one where a row stands in several.
fn cases(findings: &Findings) -> HashMap<usize, usize> {
    let mut case_of = HashMap::new();
    for (case_no, case) in (1..).zip(&findings.cases) {
        for &row in &case.rows {
            case_of.entry(row).or_insert(case_no);
        }
    }
    case_of
}
