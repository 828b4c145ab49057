//! The self-check of detection: known-bad payments that every check must find, in a copy of the ledger.
//!
//! Comes in: a ledger, its budget, the options of the run and the run's own way to score. Goes out: check by check, whether
//! its plants were found. Refuses: plants in any real output; the copy is dropped here.

mod plot;
pub mod reference;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use plot::{Payment, Plot, SOURCE};

use super::{BudgetBook, ControlOptions, DETECTORS, Findings, Options, Status};
use crate::clean::LedgerView;
use crate::clean::view::date_of_day;

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
    /// Whether the plants are usual in this ledger, so that they were found in the reference institution only.
    #[serde(default)]
    pub usual_here: bool,
}

impl Canary {
    /// Whether the check failed to find what it had to.
    pub fn is_missed(&self) -> bool {
        self.not_planted.is_none() && self.found < self.planted.max(1)
    }
}

/// Plants for every check of `findings` that runs, scores copies with `score` and says what was found.
///
/// A control test has found a plant when it fires on it and, unless it runs in the shadow, adds points to it. A model must add
/// points to one at least of five strange payments. The class [`SCORE`] is the strangest of them, which several checks
/// find at once: it must come out at or above the bar and among the cases. The strange payments are planted in a copy of
/// their own: models judge a payment by the rest of the ledger, of which many plants would be a part.
///
/// What is planted may be usual in this very ledger, and then a check rightly passes it over. A class that is missed is
/// therefore planted once more, in the [`reference`] institution, with the same options and bar; only what is missed there
/// too is missed.
pub fn self_check(
    ledger: &LedgerView,
    budget: &BudgetBook,
    findings: &Findings,
    options: &Options,
    score: &dyn Fn(&LedgerView, &BudgetBook) -> Findings,
) -> Vec<Canary> {
    let last_day = ledger.day.iter().max().copied().unwrap_or(0);
    let not_planted = |id: &str| not_planted(id, findings, &options.controls, last_day);
    let mut canaries = planted(ledger, budget, options, score, &not_planted);
    if canaries.iter().any(Canary::is_missed) {
        let (ledger, budget) = reference::institution_until(reference::ROWS, last_day);
        for canary in canaries.iter_mut().filter(|canary| canary.is_missed()) {
            // One class at a time: plants of many are a part of so small a ledger.
            let others = |id: &str| (id != canary.id).then(String::new);
            let again = planted(&ledger, &budget, options, score, &others);
            if let Some(again) = again.into_iter().find(|again| again.id == canary.id && !again.is_missed()) {
                *canary = Canary { usual_here: true, ..again };
            }
        }
    }
    canaries
}

/// One round: plants in copies of `ledger` for all checks but those of which `not_planted` says why not.
fn planted(
    ledger: &LedgerView,
    budget: &BudgetBook,
    options: &Options,
    score: &dyn Fn(&LedgerView, &BudgetBook) -> Findings,
    not_planted: &dyn Fn(&str) -> Option<String>,
) -> Vec<Canary> {
    let mut plot = Plot::new(ledger, budget, &options.controls.money);
    let strangers = plot.plant_strangers();
    let (copy, book) = plot.into_parts();
    let by_models = score(&copy, &book);
    let mut plot = Plot::new(ledger, budget, &options.controls.money);
    let mut expected: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for control in DETECTORS.iter().filter(|d| d.about().is_some() && not_planted(d.id()).is_none()) {
        control.plant(&mut plot, &options.controls);
        expected.insert(control.id(), plot.take_expected());
    }
    let (copy, book) = plot.into_parts();
    let by_controls = if expected.is_empty() { Findings::default() } else { score(&copy, &book) };
    let canary =
        |id: &str, label_ko: &str, planted: usize, found: usize, not_planted: Option<String>| Canary {
            id: id.to_owned(),
            label_ko: label_ko.to_owned(),
            planted: if not_planted.is_some() { 0 } else { planted as u64 },
            found: if not_planted.is_some() { 0 } else { found as u64 },
            not_planted,
            usual_here: false,
        };
    let mut canaries: Vec<Canary> = DETECTORS
        .iter()
        .map(|detector| {
            let (id, label) = (detector.id(), detector.label_ko());
            if detector.about().is_some() {
                let rows = expected.get(id).map_or(&[][..], Vec::as_slice);
                canary(id, label, rows.len(), fired(id, rows, &by_controls), not_planted(id))
            } else {
                let found = usize::from(adds_points(id, &strangers, &by_models));
                canary(id, label, 1, found, not_planted(id))
            }
        })
        .collect();
    let shown = strangers.first().is_some_and(|row| {
        by_models.score[*row] >= by_models.bar && by_models.cases.iter().any(|case| case.rows.contains(row))
    });
    let nothing = strangers.is_empty().then(|| "지출 건이 없습니다.".to_owned());
    canaries.push(canary(SCORE, "종합 점수와 기준값", 1, usize::from(shown), nothing));
    canaries
}

/// Why nothing is planted for a check, in Korean; `None` where it must find its plants.
fn not_planted(id: &str, findings: &Findings, options: &ControlOptions, last_day: i32) -> Option<String> {
    let info = findings.checks.iter().find(|check| check.id == id)?;
    let detector = DETECTORS.iter().find(|detector| detector.id() == id)?;
    if info.untested.is_some() {
        return info.untested.clone();
    }
    if detector.about().is_none() && info.status == Status::Shadow {
        return Some("시험 운영 중이어서 점수를 더하지 않으므로 자가점검하지 않았습니다.".to_owned());
    }
    let is_judged = detector.judges(options, date_of_day(last_day));
    (!is_judged).then(|| "자료의 마지막 날에 적용할 규칙이 없어 자가점검하지 않았습니다.".to_owned())
}

/// Of `rows` those on which check `id` fires and, unless it is in shadow, to which it adds points.
fn fired(id: &str, rows: &[usize], seen: &Findings) -> usize {
    let Some(at) = seen.checks.iter().position(|check| check.id == id) else { return 0 };
    let (shadow, n_checks) = (seen.checks[at].status == Status::Shadow, seen.checks.len());
    let is_found = |row: &&usize| {
        let fires = u32::try_from(**row).is_ok_and(|row| seen.fired[at].binary_search(&row).is_ok());
        fires && (shadow || seen.points[**row * n_checks + at].0 > 0)
    };
    rows.iter().filter(is_found).count()
}

/// Whether check `id` adds points to any of `rows`.
fn adds_points(id: &str, rows: &[usize], seen: &Findings) -> bool {
    let n_checks = seen.checks.len();
    let at = seen.checks.iter().position(|check| check.id == id);
    at.is_some_and(|at| rows.iter().any(|row| seen.points[row * n_checks + at].0 > 0))
}

#[cfg(test)]
mod tests;
