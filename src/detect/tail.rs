//! Strength from the far end of a column: nothing for the ordinary 99 %, growing beyond.
//!
//! Comes in: values of which a larger one is more unusual. Goes out: strengths of 0 to 1, and reasons kept for the rows that have one.
//! Refuses: to call the upper end of an ordinary ledger unusual: below `floor` nothing counts, however rare.

use std::collections::BTreeMap;

use crate::ledger::Reason;

use super::Output;
use super::standard::quantile;

/// Share of rows that can never have a strength from a tail.
const ORDINARY: f64 = 0.99;
/// Most rows of a detector whose reason is kept: far more than are ever shown.
const EXPLAINED_MAX: usize = 20_000;

/// Where the tail of a column begins and where it is certain.
#[derive(Clone, Copy, Debug)]
pub struct Tail {
    /// Least value that may count, in the unit of the column.
    pub floor: f64,
    /// Value that counts fully.
    pub full: f64,
}

impl Tail {
    /// Strengths of `values`: 0 up to the larger of `floor` and the 99th percentile, 1 from `full` on
    /// (moved up by as much as the percentile lies above the floor).
    pub fn strengths(self, values: &[f64]) -> Vec<f32> {
        let ordinary = quantile(values, ORDINARY).unwrap_or(self.floor);
        let from = self.floor.max(ordinary);
        let range = (self.full - self.floor).max(1e-9);
        values.iter().map(|v| fraction((v - from) / range)).collect()
    }
}

/// `value` cut to 0..=1; NaN is 0.
#[expect(clippy::cast_possible_truncation, reason = "cut to 0..=1 first")]
pub fn fraction(value: f64) -> f32 {
    if value.is_nan() { 0.0 } else { value.clamp(0.0, 1.0) as f32 }
}

/// Rows with a strength, strongest first, ties to the earlier row, at most as many as keep their reason.
pub fn standouts(strength: &[f32]) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..strength.len()).filter(|i| strength[*i] > 0.0).collect();
    rows.sort_by(|a, b| strength[*b].total_cmp(&strength[*a]).then(a.cmp(b)));
    rows.truncate(EXPLAINED_MAX);
    rows
}

/// An output whose reasons are the kept sentences, by row.
pub fn output(id: &'static str, strength: Vec<f32>, sentences: BTreeMap<usize, String>) -> Output {
    Output {
        strength,
        case: Vec::new(),
        put_aside: Vec::new(),
        on_netted: Vec::new(),
        explain: Box::new(move |row| {
            let text = sentences.get(&row)?.clone();
            Some(Reason { id: id.to_owned(), text, related: Vec::new() })
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_values_have_no_strength_and_the_far_end_has() {
        let mut values: Vec<f64> = (0..1000).map(|i| f64::from(i) / 1000.0).collect();
        let tail = Tail { floor: 3.0, full: 6.0 };
        assert!(tail.strengths(&values).iter().all(|s| s.to_bits() == 0));
        values[17] = 4.5;
        values[18] = 60.0;
        let strength = tail.strengths(&values);
        assert!((strength[17] - 0.5).abs() < 1e-6 && (strength[18] - 1.0).abs() < 1e-6);
        assert_eq!(standouts(&strength), [18, 17]);
    }

    #[test]
    fn nothing_in_nothing_out() {
        assert!(Tail { floor: 1.0, full: 2.0 }.strengths(&[]).is_empty());
    }
}
