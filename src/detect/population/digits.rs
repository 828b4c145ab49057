//! Counts of digits against what is expected of them.
//!
//! Comes in: counts by digit and expected shares. Goes out: MAD, its size by chance, chi-square, p-value, Z by digit.
//! Refuses: counts without a payment.

use std::f64::consts::PI;

use super::chi_square;

/// Digits of a population against expected shares.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DigitTest {
    pub(super) n: u64,
    /// Payments by digit.
    pub(super) counts: Vec<u64>,
    /// Mean absolute deviation of the shares.
    pub(super) mad: f64,
    /// Mean of `mad` over populations of this size that follow the expected shares exactly.
    pub(super) mad_by_chance: f64,
    pub(super) chi_square: f64,
    pub(super) df: u32,
    pub(super) p_value: f64,
    /// Position of the digit that is most in excess for its expected spread.
    pub(super) most: usize,
}

impl DigitTest {
    /// Compares `counts` with `expected` shares, which are positive and sum to 1; `None` where nothing was counted.
    pub(super) fn new(counts: Vec<u64>, expected: &[f64]) -> Option<Self> {
        let n: u64 = counts.iter().sum();
        if n == 0 {
            return None;
        }
        let size = n as f64;
        let k = counts.len().max(1) as f64;
        let pairs = || counts.iter().map(|c| *c as f64).zip(expected.iter().copied());
        let mad = pairs().map(|(count, share)| (count / size - share).abs()).sum::<f64>() / k;
        let chi_square = pairs().map(|(count, share)| (count - size * share).powi(2) / (size * share)).sum();
        let df = u32::try_from(counts.len().saturating_sub(1)).unwrap_or(u32::MAX);
        let most = (0..counts.len())
            .max_by(|&a, &b| {
                let z = |i: usize| excess_z(counts[i], n, expected[i]);
                z(a).total_cmp(&z(b)).then(b.cmp(&a))
            })
            .unwrap_or(0);
        let p_value = chi_square::upper_tail(chi_square, df);
        Some(Self {
            n,
            mad,
            mad_by_chance: mad_by_chance(n, expected),
            chi_square,
            df,
            p_value,
            most,
            counts,
        })
    }

    /// Observed share of digit `i`.
    pub(super) fn share(&self, i: usize) -> f64 {
        self.counts[i] as f64 / self.n as f64
    }

    /// Z of digit `i`, of which the share `expected` was expected: positive in excess.
    pub(super) fn z(&self, i: usize, expected: f64) -> f64 {
        excess_z(self.counts[i], self.n, expected)
    }
}

fn excess_z(count: u64, n: u64, expected: f64) -> f64 {
    let n = n as f64;
    (count as f64 - n * expected) / (n * expected * (1.0 - expected)).sqrt()
}

/// Mean of the MAD of `n` payments that follow `expected`: of a share's normal spread, sqrt(2 / pi) is its mean size.
pub(super) fn mad_by_chance(n: u64, expected: &[f64]) -> f64 {
    let spread: f64 = expected.iter().map(|p| (p * (1.0 - p)).sqrt()).sum();
    (2.0 / PI).sqrt() * spread / expected.len().max(1) as f64 / (n as f64).sqrt()
}

/// The first two digits of `value`; `None` below 10.
pub(super) fn first_two(mut value: u64) -> Option<usize> {
    while value >= 100_000 {
        value /= 1_000;
    }
    while value >= 100 {
        value /= 10;
    }
    usize::try_from(value).ok().filter(|two| *two >= 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_two_digits_of_any_size() {
        for (value, expected) in
            [(0, None), (9, None), (10, Some(10)), (99, Some(99)), (367, Some(36)), (99_999, Some(99))]
        {
            assert_eq!(first_two(value), expected);
        }
        for (value, expected) in [(100_000, 10), (1_234_567, 12), (987_654_321_012, 98), (u64::MAX, 18)] {
            assert_eq!(first_two(value), Some(expected));
        }
    }

    #[test]
    fn figures_by_hand() {
        // 60, 30, 10 of 100 against 0.5, 0.3, 0.2: deviations 0.1, 0, 0.1; chi-square 2 + 0 + 5.
        let test = DigitTest::new(vec![60, 30, 10], &[0.5, 0.3, 0.2]).unwrap();
        assert!((test.mad - 0.2 / 3.0).abs() < 1e-12);
        assert!((test.chi_square - 7.0).abs() < 1e-12 && test.df == 2);
        assert!((test.p_value - f64::exp(-3.5)).abs() < 1e-12);
        assert_eq!(test.most, 0);
        assert!((test.z(0, 0.5) - 2.0).abs() < 1e-12);
        assert!(DigitTest::new(vec![0, 0], &[0.5, 0.5]).is_none());
    }
}
