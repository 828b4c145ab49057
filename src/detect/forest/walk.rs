//! Walking many rows down the trees of a forest at once.
//!
//! Comes in: trees of at most eight levels whose cuts are at values of one column. Goes out: sums of path lengths.
//! Refuses: other trees; [`lay_out`] says so and the caller walks them row by row.
//!
//! Eight rows take each step together, so that their loads overlap; 256 rows share the first-level cache with one tree.
//! Every index below is bounded by its type or by the bits it can have, so that no step tests a bound: a node is
//! below 256, and the place of a column is an `u16` into a block that is longer than any `u16`.

use super::grow::Tree;

/// Rows that step together.
const GROUP: usize = 8;
/// Rows of a block.
pub(super) const ROWS: usize = 256;
/// Levels of a tree.
const DEPTH: u32 = 8;
const NODES: usize = 1 << DEPTH;
/// Places that a column of a group can have.
const SPAN: usize = (1 << 16) + GROUP;

/// A tree in the form that is walked; node 0 is not used.
pub(super) struct WalkTree {
    /// Place of the column that a node cuts, within the values of a group.
    place: [u16; NODES],
    /// Key above which a row goes right.
    threshold: [u32; NODES],
    /// Path length by leaf.
    path: [f32; NODES],
}

/// `trees` in the form that is walked; `None` where one has more levels, slanted cuts or a column too many.
pub(super) fn lay_out(trees: &[Tree], n_columns: usize) -> Option<Vec<WalkTree>> {
    trees.iter().map(|tree| lay_out_one(tree, n_columns)).collect()
}

fn lay_out_one(tree: &Tree, n_columns: usize) -> Option<WalkTree> {
    let (depth, straight) = tree.form();
    if !straight || depth > DEPTH || n_columns * GROUP > 1 << 16 {
        return None;
    }
    let mut walked = WalkTree { place: [0; NODES], threshold: [u32::MAX; NODES], path: [0.0; NODES] };
    for at in 1..1_usize << depth {
        let (column, threshold) = tree.node(at);
        walked.place[at] = u16::try_from(column * GROUP).ok()?;
        // Minus zero has a key of its own below zero, but is no smaller.
        walked.threshold[at] = key(threshold + 0.0);
    }
    // The levels that are missing send every row left.
    let leaf = 1 << (DEPTH - depth);
    for (i, path) in tree.leaves().iter().enumerate() {
        walked.path[i * leaf..(i + 1) * leaf].fill(*path);
    }
    Some(walked)
}

/// A number that orders like `value`.
fn key(value: f32) -> u32 {
    let bits = value.to_bits();
    if bits >> 31 == 1 { !bits } else { bits | 1 << 31 }
}

/// Keys of up to [`ROWS`] rows: groups of [`GROUP`] rows, in each the columns one after the other.
pub(super) struct Block {
    keys: Vec<u32>,
    n_columns: usize,
}

impl Block {
    /// A block for `n_columns` columns.
    pub(super) fn new(n_columns: usize) -> Self {
        // The last group is followed by as much as a place can point to.
        Self { keys: vec![0; n_columns * ROWS + SPAN], n_columns }
    }

    /// Takes over `n_rows` rows of `columns` from row `from` on.
    pub(super) fn load(&mut self, columns: &[&[f32]], from: usize, n_rows: usize) {
        let stride = self.n_columns * GROUP;
        for (c, column) in columns.iter().enumerate() {
            let rows = column[from..from + n_rows].chunks(GROUP);
            for (values, group) in rows.zip(self.keys.chunks_mut(stride)) {
                for (key_of, value) in group[c * GROUP..].iter_mut().zip(values) {
                    *key_of = key(*value);
                }
            }
        }
    }

    /// Sums of path lengths over all `trees`, by row; rows that were not loaded have sums of no meaning.
    pub(super) fn paths(&self, trees: &[WalkTree]) -> [f32; ROWS] {
        let mut sums = [0.0; ROWS];
        let (groups, _) = sums.as_chunks_mut::<GROUP>();
        for tree in trees {
            for (i, sums) in groups.iter_mut().enumerate() {
                let from = i * self.n_columns * GROUP;
                if let Some(group) = self.keys.get(from..).and_then(|keys| keys.first_chunk()) {
                    tree.add_paths(group, sums);
                }
            }
        }
        sums
    }
}

impl WalkTree {
    /// Written out level by level: only so does the compiler see how large `at` can be.
    #[inline]
    fn add_paths(&self, group: &[u32; SPAN], sums: &mut [f32; GROUP]) {
        let at = self.step(group, [1; GROUP]);
        let at = self.step(group, at);
        let at = self.step(group, at);
        let at = self.step(group, at);
        let at = self.step(group, at);
        let at = self.step(group, at);
        let at = self.step(group, at);
        let at = self.step(group, at);
        for (sum, at) in sums.iter_mut().zip(at) {
            *sum += self.path[at & (NODES - 1)];
        }
    }

    #[inline]
    fn step(&self, group: &[u32; SPAN], mut at: [usize; GROUP]) -> [usize; GROUP] {
        for (row, at) in at.iter_mut().enumerate() {
            let node = *at & (NODES - 1);
            let value = group[usize::from(self.place[node]) + row];
            *at = 2 * *at + usize::from(self.threshold[node] < value);
        }
        at
    }
}
