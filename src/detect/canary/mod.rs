//! The self-check of detection: known-bad payments that every check must find, in a copy of the ledger.
//!
//! Comes in: a ledger, its budget, the options of the run and the run's own way to score. Goes out: check by check, whether
//! its plants were found. Refuses: plants in any real output; the copy is dropped here.

mod plot;

use serde::{Deserialize, Serialize};

pub use plot::{Payment, Plot, SOURCE};

use super::{BudgetBook, DETECTORS, Findings, Options, Status};
use crate::clean::LedgerView;

/// Identifier of the class that stands for the score as a whole.
pub const SCORE: &str = "score";

/// What became of the plants of one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Canary {
    /// Identifier of the check, or [`SCORE`].
    pub id: String,
    /// Name on screen.
    pub label_ko: String,
    /// Payments planted that it had to find.
    pub planted: u64,
    /// Those it found.
    pub found: u64,
    /// Why nothing was planted, in Korean; the check does not run on this ledger.
    pub not_planted: Option<String>,
}

impl Canary {
    /// Whether the check failed to find what it had to.
    pub fn is_missed(&self) -> bool {
        self.not_planted.is_none() && self.found < self.planted.max(1)
    }
}

/// Plants for every check of `findings` that runs, scores the copy with `score` and says what was found.
///
/// A check has found a plant when it fires on it and, unless it runs in the shadow, adds points to it. The class [`SCORE`] is
/// a payment that several checks find at once: it must come out at or above the bar and among the cases.
pub fn self_check(
    ledger: &LedgerView,
    budget: &BudgetBook,
    findings: &Findings,
    options: &Options,
    score: &dyn Fn(&LedgerView, &BudgetBook) -> Findings,
) -> Vec<Canary> {
    let mut plot = Plot::new(ledger, budget, &options.controls.money);
    let runs = |status: Status| matches!(status, Status::Tested | Status::Shadow);
    let mut expected = Vec::with_capacity(DETECTORS.len());
    for detector in DETECTORS {
        let info = findings.checks.iter().find(|check| check.id == detector.id());
        if info.is_some_and(|info| runs(info.status)) {
            detector.plant(&mut plot, &options.controls);
        }
        expected.push(plot.take_expected());
    }
    plot.plant_stranger();
    let whole = plot.take_expected();
    let (copy, budget) = plot.into_parts();
    let seen = score(&copy, &budget);
    let mut canaries: Vec<Canary> = DETECTORS
        .iter()
        .zip(&expected)
        .map(|(detector, rows)| of_check(detector.id(), detector.label_ko(), rows, findings, &seen))
        .collect();
    let shown =
        |row: &&usize| seen.score[**row] >= seen.bar && seen.cases.iter().any(|case| case.rows.contains(row));
    canaries.push(Canary {
        id: SCORE.to_owned(),
        label_ko: "종합 점수와 기준값".to_owned(),
        planted: whole.len() as u64,
        found: whole.iter().filter(shown).count() as u64,
        not_planted: whole.is_empty().then(|| "지급 건이 없습니다.".to_owned()),
    });
    canaries
}

fn of_check(id: &str, label_ko: &str, rows: &[usize], findings: &Findings, seen: &Findings) -> Canary {
    let position = seen.checks.iter().position(|check| check.id == id);
    let n_checks = seen.checks.len();
    let found = position.map_or(0, |at| {
        let shadow = seen.checks[at].status == Status::Shadow;
        let is_found = |row: &&usize| {
            let fires = u32::try_from(**row).is_ok_and(|row| seen.fired[at].binary_search(&row).is_ok());
            fires && (shadow || seen.points[**row * n_checks + at].0 > 0)
        };
        rows.iter().filter(is_found).count()
    });
    let info = findings.checks.iter().find(|check| check.id == id);
    let not_planted = info.and_then(|info| info.untested.clone());
    Canary {
        id: id.to_owned(),
        label_ko: label_ko.to_owned(),
        planted: rows.len() as u64,
        found: found as u64,
        not_planted,
    }
}

#[cfg(test)]
mod tests;
