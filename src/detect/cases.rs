//! Cases: payments that one test found together are one finding, so that a purchase split in seven is read once.
//!
//! Comes in: outputs, points, scores and departments of a ledger. Goes out: cases of the payments at or above the bar.
//! Refuses: a case over two departments, an order that depends on the number of threads.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Output, Untested};
use crate::ledger::Points;

/// Most steps from a payment to the first one of its case: windows that overlap form one case.
const CHAIN_MAX: usize = 1_000;

/// Most payments of a case that cases with payments in common grow to: more is no longer read as one.
const CASE_ROWS_MAX: usize = 60;

/// Payments that are one finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The row whose score, rank and reasons are the case's.
    pub head: usize,
    /// All its rows, ascending, `head` among them; those that the test found although they stay below the bar too.
    pub rows: Vec<usize>,
}

/// What cases are made of; vectors by row have one entry a payment.
pub(super) struct Scored<'a> {
    /// Row by row, one a detector.
    pub(super) points: &'a [Points],
    pub(super) score: &'a [Points],
    pub(super) rank: &'a [u32],
    pub(super) bar: Points,
    pub(super) department: &'a [u32],
}

/// Check, first row, department.
type Key = (usize, usize, u32);

/// The cases of the rows at or above the bar, highest first.
///
/// Rows whose largest contribution is the same check and the same case of it belong together, and with them every other
/// row of that case; a row with another largest contribution is a case of its own besides. Where two tests found the same
/// payments, or one a part of the other's, they are one case.
pub(super) fn build(runs: &[Result<Output, Untested>], scored: &Scored<'_>) -> Vec<Case> {
    let n_checks = runs.len();
    let links: Vec<HashMap<usize, usize>> = runs
        .iter()
        .map(|run| run.as_ref().map_or_else(|_| HashMap::new(), |out| out.case.iter().copied().collect()))
        .collect();
    let department = |row: usize| scored.department.get(row).copied().unwrap_or(u32::MAX);
    let mut alone = Vec::new();
    let mut found: BTreeMap<Key, BTreeSet<usize>> = BTreeMap::new();
    let mut heads: BTreeMap<Key, usize> = BTreeMap::new();
    for row in (0..scored.score.len()).filter(|&row| scored.score[row] >= scored.bar) {
        match largest(&scored.points[row * n_checks..(row + 1) * n_checks]) {
            Some(check) if !links[check].is_empty() => {
                let key = (check, first_of(&links[check], row), department(row));
                found.entry(key).or_default().insert(row);
                let head = heads.entry(key).or_insert(row);
                if scored.rank[row] < scored.rank[*head] {
                    *head = row;
                }
            }
            _ => alone.push(Case { head: row, rows: vec![row] }),
        }
    }
    for (check, links) in links.iter().enumerate() {
        for &row in links.keys() {
            if let Some(rows) = found.get_mut(&(check, first_of(links, row), department(row))) {
                rows.insert(row);
            }
        }
    }
    let cases = found.into_iter().filter_map(|(key, mut rows)| {
        if department(key.1) == key.2 {
            rows.insert(key.1);
        }
        Some(Case { head: *heads.get(&key)?, rows: rows.into_iter().collect() })
    });
    let mut cases = without_parts(cases.collect(), scored.rank);
    cases.append(&mut alone);
    cases.sort_unstable_by_key(|case| scored.rank[case.head]);
    each_row_once(cases, scored.rank)
}

/// The check with the most points, the earlier one of equals; `None` where none has any.
fn largest(points: &[Points]) -> Option<usize> {
    let with_points = (0..points.len()).filter(|&check| points[check] > Points(0));
    with_points.min_by_key(|&check| (std::cmp::Reverse(points[check]), check))
}

/// The first row of the case of `row`.
pub(super) fn first_of(links: &HashMap<usize, usize>, mut row: usize) -> usize {
    for _ in 0..CHAIN_MAX {
        match links.get(&row) {
            Some(&first) if first != row => row = first,
            _ => break,
        }
    }
    row
}

/// `cases` (highest first), so that no payment is shown twice: cases that share payments become one, headed by the higher;
/// where that would be too long to read, the lower one goes without the shared payments.
fn each_row_once(cases: Vec<Case>, rank: &[u32]) -> Vec<Case> {
    let mut kept: Vec<Case> = Vec::new();
    let mut of_row: HashMap<usize, usize> = HashMap::new();
    for mut case in cases {
        let shared = case.rows.iter().find_map(|row| of_row.get(row).copied());
        let Some(at) = shared else {
            of_row.extend(case.rows.iter().map(|row| (*row, kept.len())));
            kept.push(case);
            continue;
        };
        case.rows.retain(|row| !of_row.contains_key(row));
        if kept[at].rows.len() + case.rows.len() <= CASE_ROWS_MAX {
            of_row.extend(case.rows.iter().map(|row| (*row, at)));
            kept[at].rows.append(&mut case.rows);
            kept[at].rows.sort_unstable();
        } else if let Some(head) = case.rows.iter().copied().min_by_key(|row| rank[*row]) {
            of_row.extend(case.rows.iter().map(|row| (*row, kept.len())));
            kept.push(Case { head, rows: case.rows });
        }
    }
    kept
}

/// `cases`, those whose rows are all in a larger one joined to it; the higher head stays.
fn without_parts(mut cases: Vec<Case>, rank: &[u32]) -> Vec<Case> {
    cases.sort_unstable_by_key(|case| (std::cmp::Reverse(case.rows.len()), rank[case.head]));
    let mut kept: Vec<Case> = Vec::new();
    let mut by_row: HashMap<usize, Vec<usize>> = HashMap::new();
    for case in cases {
        let around = by_row.get(&case.head).into_iter().flatten().copied();
        let around = around.into_iter().find(|&at| {
            let rows: &[usize] = &kept[at].rows;
            case.rows.iter().all(|row| rows.binary_search(row).is_ok())
        });
        if let Some(at) = around {
            if rank[case.head] < rank[kept[at].head] {
                kept[at].head = case.head;
            }
            continue;
        }
        for &row in &case.rows {
            by_row.entry(row).or_default().push(kept.len());
        }
        kept.push(case);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const BAR: Points = Points(60);

    /// Cases of two checks over rows with these points; the first check finds `case`, the second `other`.
    fn cases(
        points: &[[i32; 2]],
        case: &[(usize, usize)],
        other: &[(usize, usize)],
        department: &[u32],
    ) -> Vec<Case> {
        let output = |case: &[(usize, usize)]| {
            Ok(Output {
                strength: vec![],
                case: case.to_vec(),
                put_aside: vec![],
                on_netted: vec![],
                explain: Box::new(|_| None),
            })
        };
        let score: Vec<Points> = points.iter().map(|p| Points(p[0] + p[1])).collect();
        let points: Vec<Points> = points.iter().flatten().map(|p| Points(*p)).collect();
        let rank = super::super::ensemble::ranks(&score);
        let scored = Scored { points: &points, score: &score, rank: &rank, bar: BAR, department };
        build(&[output(case), output(other), Err("없음".to_owned().into())][..2], &scored)
    }

    fn case(head: usize, rows: &[usize]) -> Case {
        Case { head, rows: rows.to_vec() }
    }

    #[test]
    fn rows_of_one_case_are_one_and_those_below_the_bar_are_listed() {
        let points = [[70, 0], [0, 0], [90, 5], [20, 30], [80, 0], [0, 65]];
        let found = cases(&points, &[(2, 0), (3, 0)], &[], &[1; 6]);
        assert_eq!(found, [case(2, &[0, 2, 3]), case(4, &[4]), case(5, &[5])]);
    }

    #[test]
    fn the_first_row_is_listed_although_nothing_stands_out_there() {
        assert_eq!(cases(&[[0, 0], [70, 0]], &[(1, 0)], &[], &[1; 2]), [case(1, &[0, 1])]);
    }

    #[test]
    fn windows_that_overlap_are_one_case() {
        let found = cases(&[[70, 0]; 5], &[(1, 0), (2, 0), (3, 2), (4, 2)], &[], &[1; 5]);
        assert_eq!(found, [case(0, &[0, 1, 2, 3, 4])]);
    }

    #[test]
    fn two_cases_stay_two_and_a_payment_with_another_reason_stays_in_its_case() {
        let points = [[70, 0], [70, 0], [71, 0], [71, 0], [60, 65]];
        let found = cases(&points, &[(1, 0), (3, 2), (4, 2)], &[], &[1; 5]);
        assert_eq!(found, [case(4, &[2, 3, 4]), case(0, &[0, 1])]);
    }

    #[test]
    fn what_two_tests_found_is_one_case() {
        let points = [[70, 0], [0, 80], [0, 75], [90, 0]];
        let found = cases(&points, &[(1, 0), (2, 0)], &[(2, 1)], &[1; 4]);
        assert_eq!(found, [case(3, &[3]), case(1, &[0, 1, 2])]);
        // A payment in common makes one case of two that each have others: nothing is shown twice.
        let found = cases(&[[70, 0], [0, 60], [0, 75]], &[(1, 0)], &[(2, 1)], &[1; 3]);
        assert_eq!(found, [case(2, &[0, 1, 2])]);
    }

    #[test]
    fn a_case_too_long_to_read_is_not_joined_and_no_row_is_shown_twice() {
        let long = |n: usize| {
            let a: Vec<(usize, usize)> = (1..n).map(|row| (row, 0)).collect();
            let b: Vec<(usize, usize)> = (n..n + 40).map(|row| (row, n - 1)).collect();
            let points: Vec<[i32; 2]> =
                (0..n + 40).map(|row| if row < n { [70, 0] } else { [0, 65] }).collect();
            cases(&points, &a, &b, &vec![1; n + 40])
        };
        let sizes = |found: &[Case]| found.iter().map(|case| case.rows.len()).collect::<Vec<_>>();
        assert_eq!(sizes(&long(20)), [60]);
        assert_eq!(sizes(&long(21)), [21, 40]);
    }

    #[test]
    fn no_case_holds_a_payment_of_another_department() {
        let found = cases(&[[70, 0], [71, 0], [72, 0]], &[(1, 0), (2, 0)], &[], &[1, 2, 2]);
        assert_eq!(found, [case(2, &[1, 2]), case(0, &[0])]);
    }

    #[test]
    fn links_in_a_circle_end() {
        let found = cases(&[[70, 0], [70, 0]], &[(0, 1), (1, 0)], &[], &[1; 2]);
        assert_eq!(found.iter().map(|case| case.rows.len()).max(), Some(1));
    }
}
