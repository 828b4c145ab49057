//! One score of 0 to 100 from all detectors, with points that add up to it and the largest reasons.
//!
//! Comes in: a ledger, its features, options. Goes out: `Findings`.
//! Refuses: a contribution that is not part of the sum; unknown identifiers in the options are left for the configuration to name.
//!
//! Strengths `s` are combined as independent hints: `100 * (1 - prod(1 - w * s * r)) ^ 1.7`, so that two half-certain hints weigh
//! more than one and no number of them passes 100; `w` is the weight of the detector for the class of the account, `r` how
//! rare so strong a hint is in this ledger (`rarity`). The score is then shared out in proportion to `w * s * r`, in
//! millionths of a point, by the method of the largest remainder.

mod beside;
mod combine;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use self::combine::combine;
use super::accounts::ByAccount;
use super::controls::State;
use super::{
    AccountClasses, BudgetBook, CheckInfo, ControlOptions, DETECTORS, Detector, FIRES, Findings, Holidays,
    Input, Output, Reversed, Shared, Status, Untested, cases, rarity, standard,
};
use crate::clean::LedgerView;
use crate::features::FeatureMatrix;
use crate::ledger::{Points, Reason};

/// Reasons kept for a payment, beside those of control tests that fire.
pub const REASONS_MAX: usize = 3;
/// Highest payments that keep their reasons even where they stay far below the bar.
const EXPLAINED_RANKS: u32 = 1_000;

/// What an institution may set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Seed of everything random.
    pub seed: u64,
    /// Score from which a payment is shown, in points.
    pub bar: f64,
    /// Detectors left out.
    pub disabled: BTreeSet<String>,
    /// Checks that run and are counted but add no points, beside those that `controls` says so of.
    pub shadow: BTreeSet<String>,
    /// Points (0 to 100) a detector may add, where the default does not fit.
    pub weights: BTreeMap<String, f64>,
    /// Options of the control tests.
    #[serde(skip)]
    pub controls: ControlOptions,
    /// Weights by class of account.
    #[serde(skip)]
    pub accounts: AccountClasses,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 42,
            bar: 60.0,
            disabled: BTreeSet::new(),
            weights: BTreeMap::new(),
            controls: ControlOptions::default(),
            shadow: BTreeSet::new(),
            accounts: AccountClasses::korean(),
        }
    }
}

/// What is known beside the payments.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Days off.
    pub holidays: &'a Holidays,
    /// Budget lines and movements of budget.
    pub budget: &'a BudgetBook,
    /// The ledger before netting.
    pub reversed: &'a Reversed<'a>,
}

/// Scores every payment of `ledger` (netted) with all [`DETECTORS`].
pub fn score(
    ledger: &LedgerView,
    features: &FeatureMatrix,
    known: &Known<'_>,
    options: &Options,
) -> Findings {
    let (columns, shared) = rayon::join(|| standard::columns(features), || Shared::new(ledger));
    let (columns, shared) = (&columns, &shared);
    let Known { holidays, budget, reversed } = *known;
    let input = Input {
        ledger,
        reversed,
        shared,
        features,
        columns,
        holidays,
        budget,
        options: &options.controls,
        seed: options.seed,
    };
    score_with(DETECTORS, &input, options)
}

/// Scores every payment with `detectors`.
pub fn score_with(detectors: &[&dyn Detector], input: &Input<'_>, options: &Options) -> Findings {
    let n_rows = input.ledger.n_rows;
    let runs: Vec<Result<Output, Untested>> = detectors
        .par_iter()
        .map(|detector| {
            if options.disabled.contains(detector.id()) {
                let text = "설정에서 사용하지 않도록 했습니다.".to_owned();
                return Err(Untested { status: Status::Disabled, text });
            }
            detector.detect(input)
        })
        .collect();
    let weights: Vec<f64> = detectors
        .iter()
        .map(|d| options.weights.get(d.id()).copied().unwrap_or_else(|| d.weight()).clamp(0.0, 100.0))
        .collect();
    let in_shadow: Vec<bool> = detectors.iter().map(|d| is_shadow(*d, options)).collect();
    let takes_part = runs.iter().zip(&in_shadow).map(|(run, in_shadow)| run.is_ok() && !in_shadow);
    let ids: Vec<(&str, bool)> = detectors.iter().map(|d| d.id()).zip(takes_part).collect();
    let weights = ByAccount::new(&options.accounts, &input.ledger.account, &ids, &weights);
    let checks = infos(detectors, &runs, &in_shadow, input);
    let n_checks = detectors.len();
    let rarity: Vec<Vec<f32>> = runs
        .par_iter()
        .map(|run| run.as_ref().map_or_else(|_| Vec::new(), |output| rarity::factors(output, n_rows)))
        .collect();
    let mut points = vec![Points::default(); n_rows * n_checks];
    let mut score = vec![Points::default(); n_rows];
    let part_of = |row: usize, check: usize| {
        let rarity = rarity[check].get(row).copied().map_or(0.0, f64::from);
        let weight = weights.of_row(row)[check];
        runs[check].as_ref().map_or(0.0, |out| weight / 100.0 * strength_of(out, row) * rarity)
    };
    let rows = points.par_chunks_mut(n_checks.max(1)).zip(&mut score).enumerate();
    rows.for_each_init(Vec::new, |parts: &mut Vec<f64>, (row, (points, score))| {
        parts.clear();
        parts.extend((0..n_checks).map(|c| if in_shadow[c] { 0.0 } else { part_of(row, c) }));
        *score = combine(parts, points);
    });
    let rank = ranks(&score);
    let bar = Points::from_f64(options.bar);
    let is_control: Vec<bool> = detectors.iter().map(|detector| detector.about().is_some()).collect();
    let reasons = (0..n_rows)
        .into_par_iter()
        .map(|row| {
            let points = &points[row * n_checks..(row + 1) * n_checks];
            let shown = score[row] >= Points(bar.0 / 2) || rank[row] <= EXPLAINED_RANKS;
            if score[row] > Points(0) { reasons(&runs, points, row, &is_control, shown) } else { Vec::new() }
        })
        .collect();
    let department = &input.ledger.department.ids;
    let scored = cases::Scored { points: &points, score: &score, rank: &rank, bar, department };
    let cases = cases::build(&runs, &scored);
    let netted = beside::on_netted(&runs, &in_shadow, &weights, n_rows);
    let shadowed = beside::shadowed(&runs, &in_shadow, n_rows, bar, &part_of);
    let firings =
        |run: &Result<Output, Untested>| run.as_ref().map_or_else(|_| Default::default(), beside::firings);
    let (fired, put_aside) = runs.iter().map(firings).unzip();
    Findings { checks, points, score, rank, reasons, bar, cases, shadowed, fired, put_aside, netted }
}

/// What each check says of itself after it ran.
fn infos(
    detectors: &[&dyn Detector],
    runs: &[Result<Output, Untested>],
    in_shadow: &[bool],
    input: &Input<'_>,
) -> Vec<CheckInfo> {
    let info =
        |((detector, run), in_shadow): ((&&dyn Detector, &Result<Output, Untested>), &bool)| CheckInfo {
            id: detector.id().to_owned(),
            label_ko: detector.label_ko().to_owned(),
            untested: run.as_ref().err().map(|untested| untested.text.clone()),
            status: match run {
                Err(untested) => untested.status,
                Ok(_) if *in_shadow => Status::Shadow,
                Ok(_) => Status::Tested,
            },
            notes: if run.is_ok() { detector.notes(input) } else { Vec::new() },
        };
    detectors.iter().zip(runs).zip(in_shadow).map(info).collect()
}

/// Whether a check adds no points although it runs.
fn is_shadow(detector: &dyn Detector, options: &Options) -> bool {
    detector.state(&options.controls) == State::Shadow || options.shadow.contains(detector.id())
}

fn strength_of(output: &Output, row: usize) -> f64 {
    let strength = f64::from(output.strength.get(row).copied().unwrap_or(0.0));
    if strength.is_nan() { 0.0 } else { strength.clamp(0.0, 1.0) }
}

/// Rank of each row, 1 = highest; ties go to the earlier row.
pub(super) fn ranks(score: &[Points]) -> Vec<u32> {
    let mut rows: Vec<usize> = (0..score.len()).collect();
    rows.par_sort_unstable_by_key(|row| (std::cmp::Reverse(score[*row]), *row));
    let mut rank = vec![0; score.len()];
    for (place, row) in (1..).zip(rows) {
        rank[row] = place;
    }
    rank
}

/// Sentences for a row, largest contribution first: of every control test that fires, and where the row is `shown` those of
/// the [`REASONS_MAX`] largest contributions.
fn reasons(
    runs: &[Result<Output, Untested>],
    points: &[Points],
    row: usize,
    is_control: &[bool],
    shown: bool,
) -> Vec<Reason> {
    let fires = |c: usize| {
        is_control[c] && runs[c].as_ref().is_ok_and(|out| out.strength.get(row).is_some_and(|s| *s >= FIRES))
    };
    let mut order: Vec<usize> = (0..points.len()).filter(|c| points[*c] > Points(0)).collect();
    if !shown && !order.iter().any(|c| fires(*c)) {
        return Vec::new();
    }
    order.sort_by_key(|c| (std::cmp::Reverse(points[*c]), *c));
    let explained = order.into_iter().filter_map(|c| Some((c, (runs[c].as_ref().ok()?.explain)(row)?)));
    let kept = explained.enumerate().filter(|(place, (c, _))| (shown && *place < REASONS_MAX) || fires(*c));
    kept.map(|(_, (_, reason))| reason).collect()
}

#[cfg(test)]
mod tests;
