//! Hints of one payment as one score, shared out to those who gave them.
//!
//! Comes in: parts of 0 to 1, one a check. Goes out: the score and points that sum to it to the last digit.
//! Refuses: points for a check that gave no hint.

use crate::ledger::Points;

/// Exponent of the combined hint: at 1.7 at most three payments in a thousand of ledgers with nothing irregular lie above 60 points.
pub(super) const CALIBRATION: f64 = 1.7;

/// The score of a hint of 0 to 1.
pub(super) fn score_of(hint: f64) -> Points {
    Points::from_f64(100.0 * hint.powf(CALIBRATION))
}

/// The score of the `parts` (each 0 to 1), shared out to `points` (all 0 before), which sum to it exactly.
pub(in crate::detect) fn combine(parts: &[f64], points: &mut [Points]) -> Points {
    // Most checks say nothing of most payments.
    let given: Vec<usize> = (0..parts.len()).filter(|&i| parts[i] > 0.0).collect();
    let sum: f64 = given.iter().map(|&i| parts[i]).sum();
    if sum <= 0.0 {
        return Points(0);
    }
    let total = score_of(1.0 - given.iter().map(|&i| 1.0 - parts[i]).product::<f64>());
    let mut remainders = Vec::with_capacity(given.len());
    let mut left = total.0;
    for i in given {
        let share = f64::from(total.0) * parts[i] / sum;
        points[i] = whole(share);
        left -= points[i].0;
        remainders.push((share.fract(), i));
    }
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
