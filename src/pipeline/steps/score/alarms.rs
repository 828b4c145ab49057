//! What checks marked among the payments of a month.
//!
//! Comes in: findings and their ledger. Goes out: alarms, those of checks in shadow among them.
//! Refuses: payments below the bar; more than a limit, the highest first.

use std::collections::HashMap;

use crate::clean::LedgerView;
use crate::detect::Findings;
use crate::ledger::{Alarm, Amount, FiscalMonth, Points};

/// Most alarms kept of a run. A bar at which people can work leaves some thousands; a bar of 0 would mark every payment.
pub(super) const ALARMS_MAX: usize = 100_000;

/// At most `limit` alarms of `period`, and how many more there were.
pub(super) fn of_month(
    findings: &Findings,
    ledger: &LedgerView,
    period: FiscalMonth,
    run_id: &str,
    limit: usize,
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
    let left_off = marked.len().saturating_sub(limit);
    marked.truncate(limit);
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

#[cfg(test)]
mod tests {
    use polars::prelude::*;

    use super::*;
    use crate::clean::ledger::schema;
    use crate::detect::{Case, CheckInfo, Shadowed, Status};
    use crate::ledger::{Currency, col};

    /// Payments on these days since 1970, numbered from 1.
    fn ledger(days: &[i32]) -> LedgerView {
        let numbers: Vec<i64> = (1..).take(days.len()).collect();
        let columns: Vec<Column> = schema()
            .iter()
            .map(|(name, kind)| match name.as_str() {
                detail if col::is_detail(detail) => Column::full_null(name.clone(), days.len(), kind),
                col::ROW | col::AMOUNT => Column::new(name.clone(), &numbers),
                col::MINUTE => Column::new(name.clone(), vec![None::<i64>; days.len()]),
                col::DATE => {
                    let days = Int32Chunked::from_slice(name.clone(), days);
                    days.into_date().into_series().into_column()
                }
                _ => Column::new(name.clone(), vec!["a"; days.len()]),
            })
            .collect();
        LedgerView::new(&DataFrame::new(days.len(), columns).unwrap(), &Currency::krw()).unwrap()
    }

    fn findings() -> Findings {
        let check = |id: &str| CheckInfo {
            id: id.to_owned(),
            label_ko: String::new(),
            untested: None,
            status: if id == "c" { Status::Shadow } else { Status::Tested },
            notes: Vec::new(),
        };
        Findings {
            checks: ["a", "b", "c"].map(check).to_vec(),
            points: [[60, 0, 0], [50, 30, 0], [59, 0, 0], [0, 70, 0]]
                .concat()
                .into_iter()
                .map(Points)
                .collect(),
            score: [60, 80, 59, 70].map(Points).to_vec(),
            rank: vec![3, 1, 4, 2],
            reasons: vec![Vec::new(); 4],
            bar: Points(60),
            cases: vec![Case { head: 1, rows: vec![0, 1] }, Case { head: 3, rows: vec![3] }],
            shadowed: vec![
                Shadowed { row: 2, check: 2, first: 0, points: Points(5) },
                Shadowed { row: 3, check: 2, first: 3, points: Points(6) },
            ],
            ..Findings::default()
        }
    }

    /// Row, check, case and shadow of the alarms of December 2024: the last payment is of January.
    fn marked(limit: usize) -> (Vec<(i64, String, i64, bool)>, usize) {
        let ledger = ledger(&[20_060, 20_061, 20_062, 20_090]);
        let month = "2024-12".parse().unwrap();
        let (alarms, left_off) = of_month(&findings(), &ledger, month, "r", limit);
        (alarms.into_iter().map(|a| (a.at.row, a.check, a.case_no, a.is_shadow)).collect(), left_off)
    }

    #[test]
    fn alarms_are_of_the_month_at_the_bar_and_named_by_case() {
        let alarm = |row, check: &str, case_no, is_shadow| (row, check.to_owned(), case_no, is_shadow);
        let expected = [
            alarm(2, "a", 1, false),
            alarm(2, "b", 1, false),
            alarm(1, "a", 1, false),
            // Below the bar now that its check is in shadow; its case is none of those shown.
            alarm(3, "c", 3, true),
        ];
        assert_eq!(marked(ALARMS_MAX), (expected.to_vec(), 0));
        assert_eq!(marked(3), (expected[..3].to_vec(), 1));
    }
}
