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
        let iqr = self.sorted[n * 3 / 4] - self.sorted[n / 4];
        let median = f32::midpoint(self.sorted[(n - 1) / 2], self.sorted[n / 2]);
        Level { median, spread: iqr / IQR_PER_SIGMA, n: n as f32, peak: self.peak }
    }

    fn push(&mut self, value: f32) {
        if self.arrival.len() == WINDOW
            && let Some(oldest) = self.arrival.pop_front()
        {
            let at = self.sorted.partition_point(|v| *v < oldest);
            self.sorted.remove(at);
        }
        let at = self.sorted.partition_point(|v| *v < value);
        self.sorted.insert(at, value);
        self.arrival.push_back(value);
        self.peak = self.peak.max(value);
    }
}

/// The level before each row of `groups`, without shrinkage.
pub fn raw(groups: &Groups, values: &[f32]) -> Vec<Level> {
    groups.by_row(|rows| {
        let mut window = Window::default();
        rows.iter()
            .map(|&row| {
                let level = window.level();
                window.push(values[row as usize]);
                level
            })
            .collect()
    })
}

/// The level before each row, shrunk to `parent`.
pub fn shrunk(groups: &Groups, values: &[f32], parent: &[Level]) -> Vec<Level> {
    let mut levels = raw(groups, values);
    for (own, parent) in levels.iter_mut().zip(parent) {
        let total = own.n + PRIOR_N;
        own.median = (own.n * own.median + PRIOR_N * parent.median) / total;
        own.spread = (own.n * own.spread + PRIOR_N * parent.spread) / total;
    }
    levels
}

/// The level of the whole ledger before each row; the first rows fall back on their own value and a wide spread.
pub fn root(groups: &Groups, values: &[f32]) -> Vec<Level> {
    let mut levels = raw(groups, values);
    for (own, value) in levels.iter_mut().zip(values) {
        let total = own.n + PRIOR_N;
        own.median = (own.n * own.median + PRIOR_N * value) / total;
        own.spread = (own.n * own.spread + PRIOR_N) / total;
    }
    levels
}

/// How far `value` lies above (or below) the level, in robust standard deviations, at most [`Z_MAX`].
pub fn z(value: f32, level: &Level) -> f64 {
    let spread = level.spread.max(SPREAD_MIN);
    f64::from((value - level.median) / spread).clamp(-Z_MAX, Z_MAX)
}
