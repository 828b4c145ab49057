//! Usual amounts: running median and spread of the latest earlier payments of a group, shrunk to its parent.
//!
//! Comes in: logarithms of amounts by group in time order. Goes out: a level for every row, from earlier rows only.
//! Refuses: to trust a small group; a group of `n` payments counts `n` against [`PRIOR_N`] of its parent.

use std::collections::VecDeque;

use super::context::Groups;

/// How many of the latest payments of a group make its level: enough for quartiles, few enough to follow a change.
pub const WINDOW: usize = 256;
/// How many payments the parent's level counts for.
pub const PRIOR_N: f32 = 3.0;
/// The least spread of a logarithm: amounts within 10 % of the usual are the usual.
pub const SPREAD_MIN: f32 = 0.10;
/// Deviations are cut here: beyond it nothing is more unusual.
pub const Z_MAX: f64 = 20.0;
/// Interquartile range of the normal distribution in standard deviations.
const IQR_PER_SIGMA: f32 = 1.349;
/// Range between the tenths of the normal distribution in standard deviations.
const WIDE_PER_SIGMA: f32 = 2.563;
/// Payments from which the range between the tenths is known.
const WIDE_MIN_N: usize = 20;

/// What was usual before a row.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Level {
    /// Median of the logarithms.
    pub median: f32,
    /// Robust standard deviation of the logarithms.
    pub spread: f32,
    /// Earlier payments it rests on, at most [`WINDOW`].
    pub n: f32,
    /// Largest earlier logarithm.
    pub peak: f32,
}

/// The latest values, sorted.
#[derive(Default)]
struct Window {
    arrival: VecDeque<f32>,
    sorted: Vec<f32>,
    peak: f32,
}

impl Window {
    fn level(&self) -> Level {
        let n = self.sorted.len();
        if n == 0 {
            return Level::default();
        }
        let iqr = (self.sorted[n * 3 / 4] - self.sorted[n / 4]) / IQR_PER_SIGMA;
        // A group of one contract and other payments has a narrow middle: with enough payments the wider range counts.
        let wide = if n < WIDE_MIN_N {
            0.0
        } else {
            (self.sorted[n * 9 / 10] - self.sorted[n / 10]) / WIDE_PER_SIGMA
        };
        let median = f32::midpoint(self.sorted[(n - 1) / 2], self.sorted[n / 2]);
        Level { median, spread: iqr.max(wide), n: n as f32, peak: self.peak }
    }

    fn push(&mut self, value: f32) {
        let at = self.sorted.partition_point(|v| *v < value);
        if self.arrival.len() == WINDOW
            && let Some(oldest) = self.arrival.pop_front()
        {
            // The new value takes the place of the oldest; what lies between moves by one.
            let from = self.sorted.partition_point(|v| *v < oldest);
            if from < at {
                self.sorted.copy_within(from + 1..at, from);
                self.sorted[at - 1] = value;
            } else {
                self.sorted.copy_within(at..from, at + 1);
                self.sorted[at] = value;
            }
        } else {
            self.sorted.insert(at, value);
        }
        self.arrival.push_back(value);
        self.peak = self.peak.max(value);
    }
}

/// The level before each of `values`, which are in time order, without shrinkage.
pub fn before(values: impl Iterator<Item = f32>) -> Vec<Level> {
    let mut window = Window::default();
    values
        .map(|value| {
            let level = window.level();
            window.push(value);
            level
        })
        .collect()
}

/// The level before each row of `groups`, without shrinkage.
pub fn raw(groups: &Groups, values: &[f32]) -> Vec<Level> {
    groups.by_row(|rows| before(rows.iter().map(|&row| values[row as usize])))
}

/// `levels` of a group, shrunk to those of its `parent`.
pub fn shrunk(mut levels: Vec<Level>, parent: &[Level]) -> Vec<Level> {
    for (own, parent) in levels.iter_mut().zip(parent) {
        own.median = (own.n * own.median + PRIOR_N * parent.median) / (own.n + PRIOR_N);
        own.spread = blend_spread(own, parent.spread);
    }
    levels
}

/// `levels` of the whole ledger; the first rows fall back on their own value and a wide spread.
pub fn root(mut levels: Vec<Level>, values: &[f32]) -> Vec<Level> {
    for (own, value) in levels.iter_mut().zip(values) {
        own.median = (own.n * own.median + PRIOR_N * value) / (own.n + PRIOR_N);
        own.spread = blend_spread(own, 1.0);
    }
    levels
}

/// Two payments say where a group lies but not how wide it is; only those beyond count for the spread.
fn blend_spread(own: &Level, parent: f32) -> f32 {
    let n = (own.n - 2.0).max(0.0);
    (n * own.spread + PRIOR_N * parent) / (n + PRIOR_N)
}

/// How far `value` lies above (or below) the level, in robust standard deviations, at most [`Z_MAX`].
pub fn z(value: f32, level: &Level) -> f64 {
    let spread = level.spread.max(SPREAD_MIN);
    f64::from((value - level.median) / spread).clamp(-Z_MAX, Z_MAX)
}
