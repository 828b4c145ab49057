//! The scale of a column: its median and a robust standard deviation.
//!
//! Comes in: values. Goes out: median, spread, values on the common scale.
//! Refuses: a scale for a constant column or one without rows.

/// Standardised values are cut here, so that one feature cannot drown the others.
pub const CUT: f32 = 8.0;

/// Quartiles of a normal column lie this many standard deviations apart.
const QUARTILES_APART: f64 = 1.349;

/// Values the quartiles of a long column are taken from: enough for a quartile to a thousandth of the rows.
const SAMPLE_MAX: usize = 1 << 17;

/// Median and spread of a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Its median in its own unit.
    pub median: f64,
    /// Its interquartile range as a standard deviation, in its own unit; the standard deviation itself where
    /// the quartiles (nearly) coincide.
    pub spread: f64,
}

impl Scale {
    /// `None` for a constant column or one without rows.
    pub fn of(values: &[f64]) -> Option<Self> {
        if values.is_empty() {
            return None;
        }
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let deviation = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt();
        if deviation <= 1e-9 * mean.abs().max(1.0) {
            return None;
        }
        let [low, median, high] = quartiles(values);
        let robust = (high - low) / QUARTILES_APART;
        Some(Self { median, spread: if robust > 1e-3 * deviation { robust } else { deviation } })
    }

    /// `value` on the common scale, cut at [`CUT`].
    #[expect(clippy::cast_possible_truncation, reason = "cut to a small range first")]
    pub fn apply(self, value: f64) -> f32 {
        ((value - self.median) / self.spread).clamp(f64::from(-CUT), f64::from(CUT)) as f32
    }
}

/// All of `values`, or so many of them at even distances that their quartiles are known.
pub(super) fn evenly_spaced<T: Copy>(values: &[T]) -> Vec<T> {
    if values.len() <= SAMPLE_MAX {
        return values.to_vec();
    }
    (0..SAMPLE_MAX).map(|k| values[k * values.len() / SAMPLE_MAX]).collect()
}

/// The quartiles of `values`, which must not be empty: each is one of them. The outer ones are sought on their side only;
/// those of a long column are those of an even sample.
fn quartiles(values: &[f64]) -> [f64; 3] {
    let mut copy = evenly_spaced(values);
    let [low_at, at, high_at] = [0.25, 0.5, 0.75].map(|share| index_of(share, copy.len()));
    let (below, median, above) = copy.select_nth_unstable_by(at, f64::total_cmp);
    let median = *median;
    let low = if low_at < at { *below.select_nth_unstable_by(low_at, f64::total_cmp).1 } else { median };
    let high =
        if high_at > at { *above.select_nth_unstable_by(high_at - at - 1, f64::total_cmp).1 } else { median };
    [low, median, high]
}

/// The value below which `share` of `values` lie; `None` without values.
pub fn quantile(values: &[f64], share: f64) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let mut copy = values.to_vec();
    let at = index_of(share, values.len());
    let (_, value, _) = copy.select_nth_unstable_by(at, f64::total_cmp);
    Some(*value)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a length")]
fn index_of(share: f64, n: usize) -> usize {
    ((share * (n - 1) as f64).round() as usize).min(n - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_of_the_column() {
        assert_eq!(quantile(&[], 0.5), None);
        assert!((quantile(&[3.0, 1.0, 2.0], 0.5).unwrap() - 2.0).abs() < 1e-12);
        assert!((quantile(&[3.0, 1.0, 2.0], 1.0).unwrap() - 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_long_column_has_the_quartiles_of_its_sample() {
        let n = 1_000_003_u32;
        let values: Vec<f64> = (0..n).map(|i| f64::from(i.wrapping_mul(2_654_435_761) >> 8)).collect();
        assert_eq!(evenly_spaced(&values).len(), SAMPLE_MAX);
        for (found, share) in quartiles(&values).into_iter().zip([0.25, 0.5, 0.75]) {
            let rank = values.iter().filter(|v| **v < found).count() as f64 / f64::from(n);
            assert!((rank - share).abs() < 0.005, "{share}: {rank}");
        }
    }

    #[test]
    fn quartiles_are_those_of_three_searches() {
        for n in 1..40_u32 {
            let values: Vec<f64> = (0..n).map(|i| f64::from(i * 7919 % 31)).collect();
            let expected = [0.25, 0.5, 0.75].map(|share| quantile(&values, share).unwrap());
            assert_eq!(quartiles(&values).map(f64::to_bits), expected.map(f64::to_bits), "{n}");
        }
    }

    #[test]
    fn a_scale_needs_values_that_differ() {
        assert_eq!(Scale::of(&[]), None);
        assert_eq!(Scale::of(&[4.0; 9]), None);
        let even: Vec<f64> = (0..101).map(f64::from).collect();
        let scale = Scale::of(&even).unwrap();
        assert!((scale.median - 50.0).abs() < 1e-9 && (scale.spread - 50.0 / 1.349).abs() < 1e-9);
        assert!((scale.apply(1e9) - CUT).abs() < 1e-6 && scale.apply(50.0).abs() < 1e-6);
    }
}
