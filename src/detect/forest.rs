//! Isolation forest: how few random cuts separate a row from the rest.
//!
//! Comes in: columns of `f32`. Goes out: scores of 0 to 1, about 0.5 for ordinary rows.
//! Refuses: NaN (columns are finite by construction), parameters out of range.
//!
//! Method: Liu, Ting and Zhou, "Isolation Forest", ICDM 2008; cuts along a direction over several columns
//! after Hariri, Carrasco Kind and Brunner, "Extended Isolation Forest", TKDE 2019. Trees are complete binary
//! trees of depth `ceil(log2(sample))` in flat arrays: a node that needs no cut sends every row to the left,
//! and its leaves hold the path length at which it ended.

mod grow;
mod walk;

use rayon::prelude::*;

use super::seed::SplitMix;
use grow::Tree;
use walk::WalkTree;

/// Rows scored by one task.
const CHUNK: usize = 4096;
/// Euler's constant.
const EULER_GAMMA: f64 = 0.577_215_664_901_532_9;

/// Size of a forest as asked for; [`IsolationForestParams::check`] makes it valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IsolationForestParams {
    /// Trees, 1 to 10,000.
    pub n_trees: usize,
    /// Rows drawn for each tree, 2 to 4,096.
    pub sample_size: usize,
    /// Columns a cut runs over, 1 to 64: 1 cuts at a value of one column, more cut along a random direction.
    pub cut_columns: usize,
}

impl Default for IsolationForestParams {
    /// 100 trees of 256 rows and cuts of one column, as in the paper of 2008.
    fn default() -> Self {
        Self { n_trees: 100, sample_size: 256, cut_columns: 1 }
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
        for (name, value, min, max) in [
            ("n_trees", self.n_trees, 1, 10_000),
            ("sample_size", self.sample_size, 2, 4096),
            ("cut_columns", self.cut_columns, 1, 64),
        ] {
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

/// A fitted forest.
pub struct FittedForest {
    trees: Vec<Tree>,
    /// The same trees laid out for [`walk`]; empty where they do not fit its form.
    walked: Vec<WalkTree>,
    /// `c(sample size)`, the mean path length that makes a score of 0.5.
    usual_path: f64,
}

impl IsolationForestValidParams {
    /// Fits a forest to `columns` of `n_rows` values each. Every tree draws from its own stream of `seed`.
    pub fn fit(self, columns: &[&[f32]], n_rows: usize, seed: u64) -> FittedForest {
        let sample_size = self.0.sample_size.min(n_rows);
        let trees: Vec<Tree> = (0..self.0.n_trees as u64)
            .into_par_iter()
            .map(|stream| {
                let mut random = SplitMix::new(seed, stream);
                let rows = random.sample(n_rows, sample_size);
                grow::tree(columns, &rows, self.0.cut_columns, &mut random)
            })
            .collect();
        let walked = walk::lay_out(&trees, columns.len()).unwrap_or_default();
        FittedForest { trees, walked, usual_path: average_path(sample_size) }
    }
}

impl FittedForest {
    /// Scores of `n_rows` rows: `2^(-E[path] / c)`, larger is more unusual.
    pub fn scores(&self, columns: &[&[f32]], n_rows: usize) -> Vec<f64> {
        let mut scores = vec![0.0; n_rows];
        if self.walked.is_empty() {
            scores.par_iter_mut().enumerate().for_each_init(Vec::new, |values, (row, score)| {
                values.clear();
                values.extend(columns.iter().map(|column| column[row]));
                *score = self.score_of(self.trees.iter().map(|tree| tree.path_of(values)).sum());
            });
            return scores;
        }
        scores.par_chunks_mut(CHUNK).enumerate().for_each_init(
            || walk::Block::new(columns.len()),
            |block, (chunk, scores)| {
                for (part, scores) in scores.chunks_mut(walk::ROWS).enumerate() {
                    block.load(columns, chunk * CHUNK + part * walk::ROWS, scores.len());
                    let paths = block.paths(&self.walked);
                    for (score, path) in scores.iter_mut().zip(paths) {
                        *score = self.score_of(path);
                    }
                }
            },
        );
        scores
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
