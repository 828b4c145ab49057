//! What would have to be otherwise for a payment not to be shown.
//!
//! Comes in: a ledger, its findings, the rows shown, and a way to score an edited ledger. Goes out: for each row an edit after
//! which it scores below the bar, in Korean, or what was tried in vain.
//! Refuses: to claim without scoring; to estimate. The score said is that of the ledger edited so and scored again.
//!
//! After Wachter, Mittelstadt and Russell (2018), *Counterfactual explanations without opening the black box*: the nearest
//! world in which the outcome differs, in terms of what a person could have done otherwise.
//!
//! Scoring a ledger again for every edit of every row is dear. Where it is too dear, rows that do not stand in each other's
//! context are edited and scored together (`batch`), and the score said is rounded up by more than they can move each other.

mod batch;
mod change;
mod search;
mod usual;

use super::{Findings, Holidays};
use crate::clean::LedgerView;
use crate::ledger::{Points, Reason};
use batch::Job;
pub use change::{Change, Column, Step};
use search::Search;
use usual::Usual;

/// Identifier of the reason that says a counterfactual; no detector has it.
pub const COUNTERFACTUAL: &str = "counterfactual";

/// Rows explained unless somebody asks for another number.
pub const ROWS_DEFAULT: usize = 20;

/// Payments of a ledger above which nothing is explained unless asked for: it would take longer than the scores.
pub const LEDGER_ROWS_MAX: usize = 300_000;

/// Most edits scored together.
const BATCH_MAX: usize = 24;

/// Points at which the slack is twice that of none.
const SLACK_POINTS: u32 = 15;

/// How much may be spent, and how exactly a score is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// Most edits scored together.
    pub batch_max: usize,
    /// Points by which edits scored together may move a score of 0; a score of 15 may move by twice as many, and so on:
    /// how rare a strength is in the ledger multiplies it.
    pub slack: u32,
    /// The score said is a multiple of this many points.
    pub round_to: u32,
    /// Most times that the ledger is scored again.
    pub rescorings_max: usize,
}

impl Effort {
    /// For `n_wanted` rows of a ledger of `n_rows`: each edit by itself where that is cheap, else together.
    pub fn of(n_rows: usize, n_wanted: usize) -> Self {
        /// Rows scored again at most, over all edits.
        const ROWS_SCORED_MAX: usize = 20_000_000;
        /// Up to here every edit is scored by itself; a row takes some three.
        const ROWS_ALONE_MAX: usize = 200_000;
        let rescorings_max = ROWS_SCORED_MAX / n_rows.max(1);
        if n_rows.saturating_mul(n_wanted) <= ROWS_ALONE_MAX {
            Self { batch_max: 1, slack: 0, round_to: 1, rescorings_max }
        } else {
            Self { batch_max: BATCH_MAX, slack: 3, round_to: 5, rescorings_max }
        }
    }

    /// The score said for one measured: no more than this many points.
    fn at_most(self, score: Points) -> u32 {
        let points = score.0.unsigned_abs().div_ceil(Points::PER_POINT.unsigned_abs());
        (points + self.slack + self.slack * points / SLACK_POINTS).next_multiple_of(self.round_to)
    }

    /// Whether what would be said lies below `bar`, by a point at least.
    fn is_below(self, score: Points, bar: Points) -> bool {
        i64::from(self.at_most(score) + 1) * i64::from(Points::PER_POINT) <= i64::from(bar.0)
    }
}

/// A row and what would have to be otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counterfactual {
    /// Row of the ledger.
    pub row: usize,
    /// The edit; empty where none tried brings the row below the bar.
    pub edit: Vec<Step>,
    /// Points the row has at most when it is edited so and the ledger scored again; the bar's where there is no edit.
    pub at_most: u32,
    /// In Korean, with the bar.
    pub text: String,
}

/// Counterfactuals for `rows` of `ledger`, in their order, those below the bar and reversals left out. `rescore` scores an
/// edited ledger as `ledger` was scored; it is called at most [`Effort::rescorings_max`] times, and rows whose search did
/// not come to an end by then are left out.
pub fn find(
    ledger: &LedgerView,
    findings: &Findings,
    rows: &[usize],
    holidays: &Holidays,
    effort: Effort,
    rescore: &dyn Fn(&LedgerView) -> Findings,
) -> Vec<Counterfactual> {
    let is_shown = |row: &usize| findings.score[*row] >= findings.bar && ledger.amount[*row] > 0;
    let rows: Vec<usize> = rows.iter().copied().filter(is_shown).collect();
    let usual = Usual::new(ledger, holidays, &rows);
    let mut searches: Vec<Search> =
        rows.iter().map(|&row| Search::new(row, findings, &usual, ledger.amount[row])).collect();
    let mut edited = ledger.clone();
    let mut left = effort.rescorings_max;
    loop {
        let open = searches
            .iter()
            .enumerate()
            .filter_map(|(i, search)| Some(Job { search: i, row: search.row, edit: search.next()? }));
        let batches = batch::batches(ledger, findings, open.collect(), effort.batch_max);
        if batches.is_empty() || left == 0 {
            break;
        }
        for batch in batches.into_iter().take(left) {
            left -= 1;
            let after = scored(&mut edited, &batch, rescore);
            for (job, score) in batch.into_iter().zip(after) {
                let is_below = effort.is_below(score, findings.bar);
                searches[job.search].take(job.edit, score, is_below);
            }
        }
    }
    let ended = searches.into_iter().filter(Search::has_ended);
    ended.filter_map(|search| said(ledger, findings.bar, effort, search)).collect()
}

/// Scores of the rows of `batch` when all its edits are made; `ledger` is as before afterwards.
fn scored(ledger: &mut LedgerView, batch: &[Job], rescore: &dyn Fn(&LedgerView) -> Findings) -> Vec<Points> {
    let mut undo: Vec<(usize, Change)> = Vec::new();
    for job in batch {
        for step in &job.edit {
            undo.push((job.row, step.change.apply(ledger, job.row)));
        }
    }
    let findings = rescore(ledger);
    for (row, change) in undo.into_iter().rev() {
        change.apply(ledger, row);
    }
    batch.iter().map(|job| findings.score[job.row]).collect()
}

/// The counterfactual of a search that ended; `None` where there was nothing to try.
fn said(ledger: &LedgerView, bar: Points, effort: Effort, search: Search) -> Option<Counterfactual> {
    let row = search.row;
    match search.finish() {
        Ok((edit, score)) => {
            let at_most = effort.at_most(score);
            let clause = change::clause(ledger, &edit);
            let text = format!("{clause} 점수는 {at_most}점 이하로, 기준값 {bar:.0}점보다 낮습니다.");
            Some(Counterfactual { row, edit, at_most, text })
        }
        Err(columns) if columns.is_empty() => None,
        Err(columns) => {
            let names: Vec<&str> = columns.iter().map(|column| column.label_ko()).collect();
            let how = if names.len() > 1 { "보통의 값으로 하나씩" } else { "보통의 값으로" };
            let names = crate::ko::josa(&names.join("·"), "을/를");
            let text =
                format!("{names} {how} 바꾸어 다시 채점해도 기준값 {bar:.0}점 아래로 내려가지 않습니다.");
            let at_most = (bar.0 / Points::PER_POINT).unsigned_abs();
            Some(Counterfactual { row, edit: Vec::new(), at_most, text })
        }
    }
}

impl Findings {
    /// Rows at or above the bar, highest first, at most `n_max`.
    pub fn highest(&self, n_max: usize) -> Vec<usize> {
        let mut rows: Vec<usize> = (0..self.score.len()).filter(|row| self.score[*row] >= self.bar).collect();
        rows.sort_unstable_by_key(|row| self.rank[*row]);
        rows.truncate(n_max);
        rows
    }

    /// Adds each counterfactual to the reasons of its row, as the last.
    pub fn add_counterfactuals(&mut self, counterfactuals: &[Counterfactual]) {
        for counterfactual in counterfactuals {
            self.reasons[counterfactual.row].push(Reason {
                id: COUNTERFACTUAL.to_owned(),
                text: counterfactual.text.clone(),
                related: Vec::new(),
            });
        }
    }
}

#[cfg(test)]
mod tests;
