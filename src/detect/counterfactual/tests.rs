//! What is said of an edited ledger is what scoring the edited ledger says.

use super::*;
use crate::clean::reversal;
use crate::detect::seed::SplitMix;
use crate::detect::{BudgetBook, Known, Options, Reversed, planted, score};
use crate::features;

const ALONE: Effort = Effort { batch_max: 1, slack: 0, round_to: 1, rescorings_max: 100_000 };
const TOGETHER: Effort = Effort { batch_max: BATCH_MAX, slack: 3, round_to: 5, ..ALONE };

/// As `score` and the step do it: netted, described, scored, expanded.
fn rescored(ledger: &LedgerView) -> Findings {
    let holidays = Holidays::korean();
    let reversals = reversal::link(ledger);
    let netted = reversal::net(ledger, &reversals);
    let matrix =
        features::build(&netted.ledger, &features::Options::default(), &|date| holidays.is_off_day(date));
    let reversed = &Reversed::new(ledger, &reversals, &netted.rows);
    let known = Known { holidays: &holidays, budget: &BudgetBook::default(), reversed };
    let findings = score(&netted.ledger, &matrix, &known, &Options::default());
    findings.expand(ledger, &reversals, &netted.rows)
}

/// An institution with irregular amounts, texts and accounts, and with nights, copies and cancellations.
fn troubled(n: usize, seed: u64) -> LedgerView {
    let planted = planted::institution(n, 0.01, seed).ledger;
    let mut random = SplitMix::new(seed, 3);
    let mut rows: Vec<usize> = (0..planted.n_rows).collect();
    let copies: Vec<usize> = (0..n / 300).map(|_| random.below(planted.n_rows)).collect();
    rows.extend(&copies);
    rows.extend(&copies[..copies.len() / 3]);
    let mut ledger = planted.select(&rows);
    ledger.row = (1..).take(rows.len()).collect();
    let numbers: Vec<String> = ledger.row.iter().map(|row| format!("D-{row}")).collect();
    ledger.document_no = crate::clean::Interned::from_values(numbers.iter().map(|n| Some(n.as_str())));
    for at in planted.n_rows..planted.n_rows + copies.len() {
        ledger.day[at] += 1;
    }
    for at in planted.n_rows + copies.len()..rows.len() {
        ledger.day[at] += 2;
        ledger.amount[at] = -ledger.amount[at];
    }
    for _ in 0..n / 300 {
        let row = random.below(planted.n_rows);
        ledger.minute[row] = 23 * 60 + 30;
        ledger.day[row] += (2 - ledger.day[row]).rem_euclid(7);
    }
    ledger
}

/// Checks each counterfactual on the ledger with that row alone edited; how many claims, and how many of them are exact.
fn verify(ledger: &LedgerView, found: &[Counterfactual], effort: Effort) -> usize {
    let all: Vec<usize> = (0..ledger.n_rows).collect();
    let bar = Options::default().bar;
    let mut n_claims = 0;
    for claim in found.iter().filter(|claim| !claim.edit.is_empty()) {
        let mut edited = ledger.clone();
        for step in &claim.edit {
            assert_ne!(Change::held(&edited, claim.row, step.change.column()), step.change);
            step.change.apply(&mut edited, claim.row);
        }
        // Read anew, as an edited file would be.
        let findings = rescored(&edited.select(&all));
        let score = findings.score[claim.row].to_f64();
        let said = f64::from(claim.at_most);
        assert!(score <= said && said < bar, "{} but {score}", claim.text);
        assert!(effort.slack > 0 || score > said - 1.0, "{} but {score}", claim.text);
        assert!(claim.text.contains(&format!("{said:.0}점 이하")), "{}", claim.text);
        let n = findings.checks.len();
        let sum: Points = findings.points[claim.row * n..(claim.row + 1) * n].iter().copied().sum();
        assert_eq!(sum, findings.score[claim.row]);
        n_claims += 1;
    }
    n_claims
}

fn random_rows(findings: &Findings, n: usize, seed: u64) -> Vec<usize> {
    let shown = findings.highest(usize::MAX);
    let mut random = SplitMix::new(seed, 9);
    random.sample(shown.len(), n).into_iter().map(|at| shown[at]).collect()
}

fn claims_hold(
    n_rows: usize,
    seeds: std::ops::Range<u64>,
    rows_each: usize,
    effort: Effort,
) -> (usize, usize) {
    let (mut n_asked, mut n_claims) = (0, 0);
    for seed in seeds {
        let ledger = troubled(n_rows, seed);
        let findings = rescored(&ledger);
        let rows = random_rows(&findings, rows_each, seed);
        let found = find(&ledger, &findings, &rows, &Holidays::korean(), effort, &rescored);
        n_asked += rows.len();
        n_claims += verify(&ledger, &found, effort);
    }
    (n_asked, n_claims)
}

#[test]
fn claims_of_edits_scored_alone_hold_to_the_point() {
    let (n_asked, n_claims) = claims_hold(1_500, 0..4, 10, ALONE);
    assert!(n_asked >= 30 && 2 * n_claims >= n_asked, "{n_claims} of {n_asked}");
}

#[test]
fn claims_of_edits_scored_together_hold_alone() {
    let (n_asked, n_claims) = claims_hold(3_000, 10..15, 24, TOGETHER);
    assert!(n_asked >= 60 && 2 * n_claims >= n_asked, "{n_claims} of {n_asked}");
}
