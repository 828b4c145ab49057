//! One score of 0 to 100 from all detectors, with points that add up to it and the largest reasons.
//!
//! Comes in: a ledger, its features, options. Goes out: `Findings`.
//! Refuses: a contribution that is not part of the sum; unknown identifiers in the options are left for the configuration to name.
//!
//! Strengths `s` are combined as independent hints: `100 * (1 - prod(1 - w * s * r)) ^ 1.7`, so that two half-certain hints weigh
//! more than one and no number of them passes 100; `w` is the weight of the detector for the class of the account, `r` how
//! rare so strong a hint is in this ledger (`rarity`). The score is then shared out in proportion to `w * s * r`, in
//! millionths of a point, by the method of the largest remainder.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::accounts::ByAccount;
use super::{
    AccountClasses, CheckInfo, ControlOptions, DETECTORS, Detector, Findings, Holidays, Input, Output,
    Shadowed, cases, rarity, standard,
};
use crate::clean::LedgerView;
use crate::features::FeatureMatrix;
use crate::ledger::{Points, Reason};

/// Reasons kept for a payment.
pub const REASONS_MAX: usize = 3;
/// Exponent of the combined hint: at 1.7 at most three payments in a thousand of ledgers with nothing irregular lie above 60 points.
const CALIBRATION: f64 = 1.7;
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
    /// Checks that run and are counted but add no points.
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
            shadow: BTreeSet::new(),
            weights: BTreeMap::new(),
            controls: ControlOptions::default(),
            accounts: AccountClasses::korean(),
        }
    }
}

/// Scores every payment of `ledger` with all [`DETECTORS`].
pub fn score(
    ledger: &LedgerView,
    features: &FeatureMatrix,
    holidays: &Holidays,
    options: &Options,
) -> Findings {
    let columns = &standard::columns(features);
    let input = Input { ledger, features, columns, holidays, options: &options.controls, seed: options.seed };
    score_with(DETECTORS, &input, options)
}

/// Scores every payment with `detectors`.
pub fn score_with(detectors: &[&dyn Detector], input: &Input<'_>, options: &Options) -> Findings {
    let n_rows = input.ledger.n_rows;
    let runs: Vec<Result<Output, String>> = detectors
        .par_iter()
        .map(|detector| {
            if options.disabled.contains(detector.id()) {
                return Err("설정에서 사용하지 않도록 했습니다.".to_owned());
            }
            detector.detect(input)
        })
        .collect();
    let weights: Vec<f64> = detectors
        .iter()
        .map(|d| options.weights.get(d.id()).copied().unwrap_or_else(|| d.weight()).clamp(0.0, 100.0))
        .collect();
    let in_shadow: Vec<bool> = detectors.iter().map(|d| options.shadow.contains(d.id())).collect();
    let takes_part = runs.iter().zip(&in_shadow).map(|(run, in_shadow)| run.is_ok() && !in_shadow);
    let ids: Vec<(&str, bool)> = detectors.iter().map(|d| d.id()).zip(takes_part).collect();
    let weights = ByAccount::new(&options.accounts, &input.ledger.account, &ids, &weights);
    let checks = detectors
        .iter()
        .zip(&runs)
        .zip(&in_shadow)
        .map(|((detector, run), in_shadow)| CheckInfo {
            id: detector.id().to_owned(),
            label_ko: detector.label_ko().to_owned(),
            untested: run.as_ref().err().cloned(),
            shadow: *in_shadow,
        })
        .collect();
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
    let reasons = (0..n_rows)
        .into_par_iter()
        .map(|row| {
            let shown = score[row] >= Points(bar.0 / 2) || rank[row] <= EXPLAINED_RANKS;
            let points = &points[row * n_checks..(row + 1) * n_checks];
            if shown && score[row] > Points(0) { reasons(&runs, points, row) } else { Vec::new() }
        })
        .collect();
    let department = &input.ledger.department.ids;
    let scored = cases::Scored { points: &points, score: &score, rank: &rank, bar, department };
    let cases = cases::build(&runs, &scored);
    let shadowed = shadowed(&runs, &in_shadow, n_rows, bar, &part_of);
    Findings { checks, points, score, rank, reasons, bar, cases, shadowed }
}

/// What checks in shadow would have marked at or above the bar, each as if it alone were live again.
fn shadowed(
    runs: &[Result<Output, String>],
    in_shadow: &[bool],
    n_rows: usize,
    bar: Points,
    part_of: &(dyn Fn(usize, usize) -> f64 + Sync),
) -> Vec<Shadowed> {
    let mut out = Vec::new();
    for check in (0..runs.len()).filter(|&check| in_shadow[check]) {
        let Ok(run) = &runs[check] else { continue };
        let links: HashMap<usize, usize> = run.case.iter().copied().collect();
        let would_mark = |row: usize| {
            let parts: Vec<f64> = (0..runs.len())
                .map(|c| if in_shadow[c] && c != check { 0.0 } else { part_of(row, c) })
                .collect();
            let mut points = vec![Points::default(); parts.len()];
            let is_marked = parts[check] > 0.0 && combine(&parts, &mut points) >= bar;
            (is_marked && points[check] > Points(0)).then(|| points[check])
        };
        let marked: Vec<(usize, Points)> =
            (0..n_rows).into_par_iter().filter_map(|row| Some((row, would_mark(row)?))).collect();
        out.extend(marked.into_iter().map(|(row, points)| {
            let first = cases::first_of(&links, row);
            Shadowed { row, check, first, points }
        }));
    }
    out
}

fn strength_of(output: &Output, row: usize) -> f64 {
    let strength = f64::from(output.strength.get(row).copied().unwrap_or(0.0));
    if strength.is_nan() { 0.0 } else { strength.clamp(0.0, 1.0) }
}

/// The score of the `parts` (each 0 to 1), shared out to `points`, which sum to it exactly.
fn combine(parts: &[f64], points: &mut [Points]) -> Points {
    let sum: f64 = parts.iter().sum();
    if sum <= 0.0 {
        return Points(0);
    }
    let hint = 1.0 - parts.iter().map(|p| 1.0 - p).product::<f64>();
    let total = Points::from_f64(100.0 * hint.powf(CALIBRATION));
    let mut remainders = Vec::with_capacity(parts.len());
    let mut left = total.0;
    for (i, part) in parts.iter().enumerate() {
        let share = f64::from(total.0) * part / sum;
        points[i] = whole(share);
        left -= points[i].0;
        remainders.push((share.fract(), i));
    }
    remainders.retain(|(_, i)| parts[*i] > 0.0);
    remainders.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    // Rounding may leave a few millionths over, or take one too many.
    for (_, i) in remainders.iter().cycle().take(left.unsigned_abs() as usize) {
        points[*i].0 += left.signum();
    }
    total
}

#[expect(clippy::cast_possible_truncation, reason = "at most 100 million")]
fn whole(share: f64) -> Points {
    Points(share.floor() as i32)
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

fn reasons(runs: &[Result<Output, String>], points: &[Points], row: usize) -> Vec<Reason> {
    let mut order: Vec<usize> = (0..points.len()).filter(|c| points[*c] > Points(0)).collect();
    order.sort_by_key(|c| (std::cmp::Reverse(points[*c]), *c));
    order
        .into_iter()
        .filter_map(|c| runs[c].as_ref().ok().and_then(|out| (out.explain)(row)))
        .take(REASONS_MAX)
        .collect()
}

#[cfg(test)]
mod tests;
