//! What checks say beside the score: on which rows they fire, what those in shadow would have marked, rows that netting removed.
//!
//! Comes in: outputs, weights, who is in shadow. Goes out: rows by check.
//! Refuses: points for a check in shadow.

use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;

use super::combine::{combine, score_of};
use crate::detect::accounts::ByAccount;
use crate::detect::findings::NettedHit;
use crate::detect::{FIRES, Output, Shadowed, Untested, cases, rarity};
use crate::ledger::Points;

/// Rows on which a check fires, and those on which it would but for an exception, with the exception's position.
pub(super) fn firings(output: &Output) -> (Vec<u32>, Vec<(u32, usize)>) {
    let fired = (0..).zip(&output.strength).filter(|(_, strength)| **strength >= FIRES).map(|(row, _)| row);
    let aside = output.put_aside.iter().filter(|(.., strength)| *strength >= FIRES);
    let aside = aside.filter_map(|(row, at, _)| Some((u32::try_from(*row).ok()?, *at)));
    (fired.collect(), aside.collect())
}

/// Hits on rows that netting has removed, each with the points that its check alone gives it, none where it
/// is in shadow or an exception covers the row.
pub(super) fn on_netted(
    runs: &[Result<Output, Untested>],
    in_shadow: &[bool],
    weights: &ByAccount<'_>,
    n_rows: usize,
) -> Vec<NettedHit> {
    let mut hits = Vec::new();
    for (check, output) in runs.iter().enumerate().filter_map(|(at, run)| Some((at, run.as_ref().ok()?))) {
        let cases: BTreeSet<usize> = output.on_netted.iter().map(|hit| hit.case).collect();
        let rarity = f64::from(rarity::factor(cases.len() as f64, n_rows));
        let weight = weights.by_default()[check] / 100.0;
        hits.extend(output.on_netted.iter().map(|hit| {
            let counts = !in_shadow[check] && hit.put_aside.is_none();
            let part = weight * f64::from(hit.strength.clamp(0.0, 1.0)) * rarity;
            NettedHit {
                check,
                row: hit.row,
                case: hit.case,
                points: if counts { score_of(part) } else { Points(0) },
                fires: hit.strength >= FIRES,
                put_aside: hit.put_aside,
                reason: hit.reason.clone(),
            }
        }));
    }
    hits
}

/// What checks in shadow would have marked at or above the bar, each as if it alone were live again.
pub(super) fn shadowed(
    runs: &[Result<Output, Untested>],
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
            if part_of(row, check) <= 0.0 {
                return None;
            }
            let parts: Vec<f64> = (0..runs.len())
                .map(|c| if in_shadow[c] && c != check { 0.0 } else { part_of(row, c) })
                .collect();
            let mut points = vec![Points::default(); parts.len()];
            let is_marked = combine(&parts, &mut points) >= bar;
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
