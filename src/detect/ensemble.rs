//! One score of 0 to 100 from all detectors, with points that add up to it and the largest reasons.
//!
//! Comes in: a ledger, its features, options. Goes out: `Findings`.
//! Refuses: a contribution that is not part of the sum; unknown identifiers in the options are left for the configuration to name.
//!
//! Strengths `s` are combined as independent hints: `100 * (1 - prod(1 - w * s * r)) ^ 1.7`, so that two half-certain hints weigh
//! more than one and no number of them passes 100; `w` is the weight of the detector for the class of the account, `r` how
//! rare so strong a hint is in this ledger (`rarity`). The score is then shared out in proportion to `w * s * r`, in
//! millionths of a point, by the method of the largest remainder.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::accounts::ByAccount;
use super::controls::State;
use super::findings::NettedHit;
use super::{
    AccountClasses, BudgetBook, CheckInfo, ControlOptions, DETECTORS, Detector, FIRES, Findings, Holidays,
    Input, Output, Reversed, Shared, Status, Untested, cases, rarity, standard,
};
use crate::clean::LedgerView;
use crate::features::FeatureMatrix;
use crate::ledger::{Points, Reason};

/// Reasons kept for a payment, beside those of control tests that fire.
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
    /// Points (0 to 100) a detector may add, where the default does not fit.
    pub weights: BTreeMap<String, f64>,
    /// Options of the control tests.
    #[serde(skip)]
    pub controls: ControlOptions,
    /// Checks that run and are counted but add no points, beside those that `controls` says so of.
    #[serde(skip)]
    pub shadow: BTreeSet<String>,
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
        .map(|d| {
            let weight = options.weights.get(d.id()).copied().unwrap_or_else(|| d.weight());
            if is_shadow(*d, options) { 0.0 } else { weight.clamp(0.0, 100.0) }
        })
        .collect();
    let counts = |d: &dyn Detector, run: &Result<Output, Untested>| run.is_ok() && !is_shadow(d, options);
    let ids: Vec<(&str, bool)> =
        detectors.iter().zip(&runs).map(|(d, run)| (d.id(), counts(*d, run))).collect();
    let weights = ByAccount::new(&options.accounts, &input.ledger.account, &ids, &weights);
    let checks = detectors
        .iter()
        .zip(&runs)
        .map(|(detector, run)| CheckInfo {
            id: detector.id().to_owned(),
            label_ko: detector.label_ko().to_owned(),
            untested: run.as_ref().err().map(|untested| untested.text.clone()),
            status: match run {
                Err(untested) => untested.status,
                Ok(_) if is_shadow(*detector, options) => Status::Shadow,
                Ok(_) => Status::Tested,
            },
            notes: if run.is_ok() { detector.notes(input) } else { Vec::new() },
        })
        .collect();
    let n_checks = detectors.len();
    let rarity: Vec<Vec<f32>> = runs
        .par_iter()
        .map(|run| run.as_ref().map_or_else(|_| Vec::new(), |output| rarity::factors(output, n_rows)))
        .collect();
    let mut points = vec![Points::default(); n_rows * n_checks];
    let mut score = vec![Points::default(); n_rows];
    let rows = points.par_chunks_mut(n_checks.max(1)).zip(&mut score).enumerate();
    rows.for_each_init(Vec::new, |parts: &mut Vec<f64>, (row, (points, score))| {
        parts.clear();
        parts.extend(runs.iter().zip(weights.of_row(row)).zip(&rarity).map(|((run, weight), rarity)| {
            let rarity = rarity.get(row).copied().map_or(0.0, f64::from);
            run.as_ref().map_or(0.0, |out| weight / 100.0 * strength_of(out, row) * rarity)
        }));
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
    let netted = on_netted(&runs, &weights, n_rows);
    let (fired, put_aside) =
        runs.iter().map(|run| run.as_ref().map_or_else(|_| Default::default(), firings)).unzip();
    Findings { checks, points, score, rank, reasons, bar, cases, fired, put_aside, netted }
}

/// Hits on rows that netting has removed, each with the points that its check alone gives it.
fn on_netted(runs: &[Result<Output, Untested>], weights: &ByAccount<'_>, n_rows: usize) -> Vec<NettedHit> {
    let mut hits = Vec::new();
    for (check, output) in runs.iter().enumerate().filter_map(|(at, run)| Some((at, run.as_ref().ok()?))) {
        let cases: BTreeSet<usize> = output.on_netted.iter().map(|hit| hit.case).collect();
        let rarity = rarity::factor(cases.len() as f64, n_rows);
        for hit in &output.on_netted {
            let part = weights.by_default()[check] / 100.0
                * f64::from(hit.strength.clamp(0.0, 1.0))
                * f64::from(rarity);
            let points = Points::from_f64(100.0 * part.powf(CALIBRATION));
            let fires = hit.strength >= FIRES;
            hits.push(NettedHit {
                check,
                row: hit.row,
                case: hit.case,
                points,
                fires,
                reason: hit.reason.clone(),
            });
        }
    }
    hits
}

/// Whether a check adds no points although it runs.
fn is_shadow(detector: &dyn Detector, options: &Options) -> bool {
    detector.state(&options.controls) == State::Shadow || options.shadow.contains(detector.id())
}

/// Rows on which a check fires, and those on which it would but for an exception.
fn firings(output: &Output) -> (Vec<u32>, Vec<(u32, usize)>) {
    let fired = (0..).zip(&output.strength).filter(|(_, strength)| **strength >= FIRES).map(|(row, _)| row);
    let aside = output.put_aside.iter().filter(|(.., strength)| *strength >= FIRES);
    let aside = aside.filter_map(|(row, at, _)| Some((u32::try_from(*row).ok()?, *at)));
    (fired.collect(), aside.collect())
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
