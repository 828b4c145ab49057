//! Growing one tree of the forest on its sample.
//!
//! Comes in: columns, the rows drawn, a random stream. Goes out: a [`Tree`].
//! Refuses: to cut where all rows of a node are equal.

use super::average_path;
use crate::detect::seed::SplitMix;

/// A complete binary tree; node `i` (from 1) has the children `2 i` and `2 i + 1`.
pub(super) struct Tree {
    /// Levels of nodes above the leaves.
    depth: u32,
    /// Columns a cut runs over at most.
    cut_columns: usize,
    /// Columns of each node, `cut_columns` a node.
    feature: Vec<u16>,
    /// Weights of these columns; unused ones are 0.
    weight: Vec<f32>,
    /// Rows whose weighted sum is above go right; infinite where nothing is cut.
    threshold: Vec<f32>,
    /// Path length at each leaf, with the expected rest of it.
    path: Vec<f32>,
}

/// Where a node cuts.
struct Cut {
    /// Columns and their weights.
    terms: Vec<(usize, f32)>,
    threshold: f32,
}

/// The values drawn for a tree, by column.
struct Sample {
    columns: Vec<Vec<f32>>,
    cut_columns: usize,
}

#[derive(Clone, Copy)]
struct Node {
    at: usize,
    level: u32,
}

/// Grows a tree on `rows` of `columns`, with cuts over `cut_columns` columns.
pub(super) fn tree(columns: &[&[f32]], rows: &[usize], cut_columns: usize, random: &mut SplitMix) -> Tree {
    let depth = rows.len().max(2).next_power_of_two().trailing_zeros();
    let n_nodes = 1 << depth;
    let mut tree = Tree {
        depth,
        cut_columns,
        feature: vec![0; n_nodes * cut_columns],
        weight: vec![0.0; n_nodes * cut_columns],
        threshold: vec![f32::INFINITY; n_nodes],
        path: vec![0.0; n_nodes],
    };
    let gathered = |column: &&[f32]| rows.iter().map(|row| column[*row]).collect();
    let sample = Sample { columns: columns.iter().map(gathered).collect(), cut_columns };
    let mut drawn: Vec<usize> = (0..rows.len()).collect();
    tree.grow(&sample, random, &mut drawn, Node { at: 1, level: 0 });
    tree
}

impl Tree {
    fn grow(&mut self, sample: &Sample, random: &mut SplitMix, rows: &mut [usize], node: Node) {
        let cut =
            if node.level == self.depth || rows.len() < 2 { None } else { sample.choose_cut(random, rows) };
        let Some(cut) = cut else {
            self.end(rows.len(), node);
            return;
        };
        for (i, (feature, weight)) in cut.terms.iter().enumerate() {
            self.feature[node.at * self.cut_columns + i] = u16::try_from(*feature).unwrap_or(0);
            self.weight[node.at * self.cut_columns + i] = *weight;
        }
        self.threshold[node.at] = cut.threshold;
        let mut n_left = 0;
        for i in 0..rows.len() {
            if sample.along(&cut.terms, rows[i]) <= cut.threshold {
                rows.swap(i, n_left);
                n_left += 1;
            }
        }
        let (left, right) = rows.split_at_mut(n_left);
        self.grow(sample, random, left, Node { at: 2 * node.at, level: node.level + 1 });
        self.grow(sample, random, right, Node { at: 2 * node.at + 1, level: node.level + 1 });
    }

    /// Writes the path length of a node that is not cut to every leaf below it.
    #[expect(clippy::cast_possible_truncation, reason = "path lengths are below 30")]
    fn end(&mut self, n_rows: usize, node: Node) {
        let rest = self.depth - node.level;
        let first = (node.at << rest) - (1 << self.depth);
        let path = (f64::from(node.level) + average_path(n_rows)) as f32;
        self.path[first..first + (1 << rest)].fill(path);
    }

    /// Path length of the row of these `values`, any form of tree; [`super::walk`] gives the same faster for the usual form.
    pub(super) fn path_of(&self, values: &[f32]) -> f32 {
        let mut at = 1;
        for _ in 0..self.depth {
            let terms = at * self.cut_columns..(at + 1) * self.cut_columns;
            let features = &self.feature[terms.clone()];
            let along = if let [feature] = features {
                values.get(usize::from(*feature)).copied().unwrap_or(0.0)
            } else {
                let weighted = features.iter().zip(&self.weight[terms]);
                weighted
                    .map(|(feature, weight)| values.get(usize::from(*feature)).map_or(0.0, |v| v * weight))
                    .sum()
            };
            at = 2 * at + usize::from(along > self.threshold[at]);
        }
        self.path[at - (1 << self.depth)]
    }

    /// Levels, and whether each cut is at a value of one column.
    pub(super) fn form(&self) -> (u32, bool) {
        (self.depth, self.cut_columns == 1)
    }

    /// Column and threshold of node `at`.
    pub(super) fn node(&self, at: usize) -> (usize, f32) {
        (usize::from(self.feature[at]), self.threshold[at])
    }

    /// Path lengths of the leaves, from left to right.
    pub(super) fn leaves(&self) -> &[f32] {
        &self.path
    }
}

impl Sample {
    /// Value of a drawn row along the direction of a cut.
    fn along(&self, terms: &[(usize, f32)], row: usize) -> f32 {
        match terms {
            [(feature, _)] if self.cut_columns == 1 => self.columns[*feature][row],
            _ => terms.iter().map(|(feature, weight)| self.columns[*feature][row] * weight).sum(),
        }
    }

    fn choose_cut(&self, random: &mut SplitMix, rows: &[usize]) -> Option<Cut> {
        let mut candidates: Vec<usize> = (0..self.columns.len()).collect();
        let (feature, low, high) = self.draw_column(&mut candidates, random, rows)?;
        if self.cut_columns > 1 {
            let first = (feature, gaussian(random) / (high - low));
            if let Some(cut) = self.slanted_cut(first, &mut candidates, random, rows) {
                return Some(cut);
            }
        }
        Some(Cut { terms: vec![(feature, 1.0)], threshold: between(low, high, random) })
    }

    /// A random one of `candidates` that is not constant on `rows`, and its range; the ones looked at leave the candidates.
    fn draw_column(
        &self,
        candidates: &mut Vec<usize>,
        random: &mut SplitMix,
        rows: &[usize],
    ) -> Option<(usize, f32, f32)> {
        while !candidates.is_empty() {
            let feature = candidates.swap_remove(random.below(candidates.len()));
            let column = &self.columns[feature];
            let (low, high) = range(rows.iter().map(|row| column[*row]));
            if low < high {
                return Some((feature, low, high));
            }
        }
        None
    }

    /// A random direction over up to `cut_columns` columns, each scaled by its range in the node, and a random place
    /// within the range of the rows along it.
    fn slanted_cut(
        &self,
        first: (usize, f32),
        candidates: &mut Vec<usize>,
        random: &mut SplitMix,
        rows: &[usize],
    ) -> Option<Cut> {
        let mut terms = vec![first];
        while terms.len() < self.cut_columns {
            let Some((feature, low, high)) = self.draw_column(candidates, random, rows) else { break };
            terms.push((feature, gaussian(random) / (high - low)));
        }
        let (low, high) = range(rows.iter().map(|row| self.along(&terms, *row)));
        (low < high && (high - low).is_finite()).then(|| Cut { terms, threshold: between(low, high, random) })
    }
}

fn range(values: impl Iterator<Item = f32>) -> (f32, f32) {
    values.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
}

/// A random value of `low..high`; rounding may reach the upper end, which would leave the right side empty.
fn between(low: f32, high: f32, random: &mut SplitMix) -> f32 {
    let threshold = low + (high - low) * random.fraction();
    if threshold < high { threshold } else { low }
}

/// A normal number by the polar form of two even ones (Box and Muller 1958).
#[expect(clippy::cast_possible_truncation, reason = "a direction needs no more digits")]
fn gaussian(random: &mut SplitMix) -> f32 {
    let radius = (-2.0 * (1.0 - f64::from(random.fraction())).ln()).sqrt();
    (radius * (std::f64::consts::TAU * f64::from(random.fraction())).cos()) as f32
}
