//! Random numbers that depend on a seed and a stream only, never on the thread.
//!
//! Comes in: a seed. Goes out: a stream of integers and fractions.
//! Refuses: secrets; this is for sampling. Method: `SplitMix64`, Steele, Lea and Flood, OOPSLA 2014.

use std::collections::BTreeSet;

/// A `SplitMix64` stream.
#[derive(Clone, Debug)]
pub struct SplitMix {
    state: u64,
}

impl SplitMix {
    /// Stream number `stream` of `seed`.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut first = Self { state: seed };
        let base = first.next_u64();
        Self { state: base ^ stream.wrapping_mul(0xD134_2543_DE82_EF95) }
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `n` (0 when `n` is 0), by multiplication and shift.
    #[expect(clippy::cast_possible_truncation, reason = "the product shifted is below n")]
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next_u64()) * n as u128) >> 64) as usize
    }

    /// A fraction in `[0, 1)`.
    pub fn fraction(&mut self) -> f32 {
        // 24 bits fit an f32 exactly.
        (self.next_u64() >> 40) as f32 / 16_777_216.0
    }

    /// `k` different numbers below `n`, ascending (all of them when `k >= n`): Floyd's algorithm.
    pub fn sample(&mut self, n: usize, k: usize) -> Vec<usize> {
        if k >= n {
            return (0..n).collect();
        }
        let mut chosen = BTreeSet::new();
        for j in n - k..n {
            let candidate = self.below(j + 1);
            if !chosen.insert(candidate) {
                chosen.insert(j);
            }
        }
        chosen.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_distinct_in_range_and_repeatable() {
        let sample = SplitMix::new(7, 3).sample(1000, 256);
        assert_eq!(sample.len(), 256);
        assert!(sample.windows(2).all(|w| w[0] < w[1]) && sample[255] < 1000);
        assert_eq!(sample, SplitMix::new(7, 3).sample(1000, 256));
        assert_ne!(sample, SplitMix::new(7, 4).sample(1000, 256));
        assert_eq!(SplitMix::new(1, 1).sample(3, 256), [0, 1, 2]);
    }

    #[test]
    fn fractions_are_even() {
        let mut random = SplitMix::new(1, 0);
        let mean = (0..10_000).map(|_| f64::from(random.fraction())).sum::<f64>() / 1e4;
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
    }
}
