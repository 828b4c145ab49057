//! Isolation forest: how few random cuts separate a row from the rest.
//!
//! Comes in: columns of `f32`. Goes out: scores of 0 to 1, about 0.5 for ordinary rows.
//! Refuses: NaN (columns are finite by construction), parameters out of range.
//!
//! Method: Liu, Ting and Zhou, "Isolation Forest", ICDM 2008. Trees are complete binary trees of depth
//! `ceil(log2(sample))` in flat arrays, so that 64 rows walk a tree in step without a branch; a node that
//! needs no cut sends every row to the left and its leaves hold the path length at which it ended.

use rayon::prelude::*;

use super::seed::SplitMix;

/// Rows that walk the trees together; their columns stay in the first-level cache.
const LANES: usize = 64;
/// Euler's constant.
const EULER_GAMMA: f64 = 0.577_215_664_901_532_9;

/// Size of a forest as asked for; [`IsolationForestParams::check`] makes it valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IsolationForestParams {
    /// Trees, 1 to 10,000.
    pub n_trees: usize,
    /// Rows drawn for each tree, 2 to 4,096.
    pub sample_size: usize,
}

impl Default for IsolationForestParams {
    /// 100 trees of 256 rows, as in the paper.
    fn default() -> Self {
        Self { n_trees: 100, sample_size: 256 }
    }
}

/// A parameter is out of its range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("isolation forest: `{name}` is {value}, expected {min} to {max}")]
pub struct ParamError {
    /// Name of the parameter.
    pub name: &'static str,
    /// Value given.
    pub value: usize,
    /// Least value.
    pub min: usize,
    /// Largest value.
    pub max: usize,
}

impl IsolationForestParams {
    /// Valid parameters, or which one is out of range.
    pub fn check(self) -> Result<IsolationForestValidParams, ParamError> {
        for (name, value, min, max) in
            [("n_trees", self.n_trees, 1, 10_000), ("sample_size", self.sample_size, 2, 4096)]
        {
            if !(min..=max).contains(&value) {
                return Err(ParamError { name, value, min, max });
            }
        }
        Ok(IsolationForestValidParams(self))
    }
}

/// Parameters known to be in range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IsolationForestValidParams(IsolationForestParams);

struct Tree {
    /// Column cut at a node.
    feature: Vec<u16>,
    /// Rows above go right; infinite where nothing is cut.
    threshold: Vec<f32>,
    /// Path length at each leaf, with the expected rest of it.
    path: Vec<f32>,
}

/// A fitted forest.
pub struct FittedForest {
    trees: Vec<Tree>,
    depth: u32,
    /// `c(sample size)`, the mean path length that makes a score of 0.5.
    usual_path: f64,
}

impl IsolationForestValidParams {
    /// Fits a forest to `columns` of `n_rows` values each. Every tree draws from its own stream of `seed`.
    pub fn fit(self, columns: &[&[f32]], n_rows: usize, seed: u64) -> FittedForest {
        let sample_size = self.0.sample_size.min(n_rows);
        let depth = sample_size.max(2).next_power_of_two().trailing_zeros();
        let trees = (0..self.0.n_trees as u64)
            .into_par_iter()
            .map(|stream| {
                let mut random = SplitMix::new(seed, stream);
                let mut rows = random.sample(n_rows, sample_size);
                let mut tree = Tree {
                    feature: vec![0; (1 << depth) - 1],
                    threshold: vec![f32::INFINITY; (1 << depth) - 1],
                    path: vec![0.0; 1 << depth],
                };
                grow(&mut tree, columns, &mut random, &mut rows, Node { at: 0, level: 0, depth });
                tree
            })
            .collect();
        FittedForest { trees, depth, usual_path: average_path(sample_size) }
    }
}

#[derive(Clone, Copy)]
struct Node {
    at: usize,
    level: u32,
    depth: u32,
}

fn grow(tree: &mut Tree, columns: &[&[f32]], random: &mut SplitMix, rows: &mut [usize], node: Node) {
    let cut =
        if node.level == node.depth || rows.len() < 2 { None } else { choose_cut(columns, random, rows) };
    let Some((feature, threshold)) = cut else {
        end(tree, rows.len(), node);
        return;
    };
    tree.feature[node.at] = u16::try_from(feature).unwrap_or(0);
    tree.threshold[node.at] = threshold;
    let mut n_left = 0;
    for i in 0..rows.len() {
        if columns[feature][rows[i]] <= threshold {
            rows.swap(i, n_left);
            n_left += 1;
        }
    }
    let (left, right) = rows.split_at_mut(n_left);
    let below = |at| Node { at, level: node.level + 1, depth: node.depth };
    grow(tree, columns, random, left, below(2 * node.at + 1));
    grow(tree, columns, random, right, below(2 * node.at + 2));
}

/// Writes the path length of a node that is not cut to every leaf below it.
#[expect(clippy::cast_possible_truncation, reason = "path lengths are below 30")]
fn end(tree: &mut Tree, n_rows: usize, node: Node) {
    let rest = node.depth - node.level;
    let first = ((node.at + 1) << rest) - (1 << node.depth);
    let path = (f64::from(node.level) + average_path(n_rows)) as f32;
    tree.path[first..first + (1 << rest)].fill(path);
}

/// A random column that is not constant on `rows`, and a random value within its range.
fn choose_cut(columns: &[&[f32]], random: &mut SplitMix, rows: &[usize]) -> Option<(usize, f32)> {
    let mut candidates: Vec<usize> = (0..columns.len()).collect();
    while !candidates.is_empty() {
        let feature = candidates.swap_remove(random.below(candidates.len()));
        let column = columns[feature];
        let (low, high) = rows
            .iter()
            .fold((f32::INFINITY, f32::NEG_INFINITY), |(l, h), &r| (l.min(column[r]), h.max(column[r])));
        if low < high {
            let threshold = low + (high - low) * random.fraction();
            // Rounding may reach the upper end, which would leave the right side empty.
            return Some((feature, if threshold < high { threshold } else { low }));
        }
    }
    None
}

impl FittedForest {
    /// Scores of `n_rows` rows: `2^(-E[path] / c)`, larger is more unusual.
    pub fn scores(&self, columns: &[&[f32]], n_rows: usize) -> Vec<f64> {
        let mut scores = vec![0.0; n_rows];
        scores.par_chunks_mut(LANES).enumerate().for_each_init(
            || vec![0.0; LANES * columns.len().max(1)],
            |block, (chunk, scores)| {
                for (f, column) in columns.iter().enumerate() {
                    let from = &column[chunk * LANES..chunk * LANES + scores.len()];
                    block[f * LANES..f * LANES + scores.len()].copy_from_slice(from);
                }
                let paths = self.paths(block);
                for (score, path) in scores.iter_mut().zip(paths) {
                    *score = self.score_of(path);
                }
            },
        );
        scores
    }

    /// Sums of path lengths over all trees of the rows in `block`.
    fn paths(&self, block: &[f32]) -> [f32; LANES] {
        let mut paths = [0.0; LANES];
        for tree in &self.trees {
            let mut at = [0_usize; LANES];
            for _ in 0..self.depth {
                for (lane, at) in at.iter_mut().enumerate() {
                    let value = block[usize::from(tree.feature[*at]) * LANES + lane];
                    *at = 2 * *at + 1 + usize::from(value > tree.threshold[*at]);
                }
            }
            for (path, at) in paths.iter_mut().zip(at) {
                *path += tree.path[at + 1 - (1 << self.depth)];
            }
        }
        paths
    }

    fn score_of(&self, path_sum: f32) -> f64 {
        let mean = f64::from(path_sum) / self.trees.len() as f64;
        if self.usual_path > 0.0 { (-mean / self.usual_path).exp2() } else { 0.5 }
    }
}

/// `c(n)`: the mean path length of an unsuccessful search in a binary search tree of `n` nodes.
pub fn average_path(n: usize) -> f64 {
    match n {
        0 | 1 => 0.0,
        2 => 1.0,
        _ => {
            let below = (n - 1) as f64;
            2.0 * (below.ln() + EULER_GAMMA) - 2.0 * below / n as f64
        }
    }
}

#[cfg(test)]
mod tests;
