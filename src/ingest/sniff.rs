//! Which separator and which quote a delimited text uses.
//!
//! Comes in: the beginning of the text. Goes out: the dialect, and how many separators a usual line has.
//! Refuses: nothing; a text without a separator has one column.

use super::RawRow;
use super::splitter::{Dialect, Splitter, Step};

/// Separators in order of preference.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Records looked at.
const RECORDS: usize = 2_000;

/// What is known of the text before it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sniffed {
    /// How fields are told apart.
    pub(super) dialect: Dialect,
    /// Separators in a usual line.
    pub(super) n_usual: usize,
    /// Bytes of a `sep=;` line in front.
    pub(super) declaration: usize,
}

/// How well a separator splits the text.
#[derive(Clone, Copy, Debug)]
struct Fit {
    separator: u8,
    /// Cells of most of the records that have more than one.
    n_cells: usize,
    /// Records with so many.
    n_records: usize,
    /// The longest stretch of them.
    run: usize,
    /// Records of any length, blank ones left out.
    n_all: usize,
}

/// Looks at `text`, the beginning of a file or, with `is_whole`, all of it.
pub(super) fn sniff(text: &str, is_whole: bool) -> Sniffed {
    if let Some((separator, declaration)) = declared(text) {
        let quote = quote(&text[declaration..]);
        let fit = fit(&text[declaration..], is_whole, Dialect { separator, quote });
        return Sniffed { dialect: Dialect { separator, quote }, n_usual: fit.n_cells - 1, declaration };
    }
    let quote = quote(text);
    let fits = SEPARATORS.map(|separator| fit(text, is_whole, Dialect { separator, quote }));
    let best = fits.iter().map(|fit| fit.n_records).max().unwrap_or(0);
    let is_viable = |fit: &&Fit| {
        fit.n_cells > 1 && fit.n_records * 10 >= best * 9 && (fit.run >= 2 || fit.n_records * 2 >= fit.n_all)
    };
    let mut viable: Vec<Fit> = fits.iter().filter(is_viable).copied().collect();
    if viable.len() > 1 {
        let others: Vec<u8> = viable.iter().map(|fit| fit.separator).collect();
        viable.retain(|fit| !is_part_of_values(text, fit.separator, &others));
    }
    let chosen = viable.iter().rev().max_by_key(|fit| (fit.n_cells, fit.n_records, fit.run));
    let (separator, n_usual) = chosen.map_or((SEPARATORS[0], 0), |fit| (fit.separator, fit.n_cells - 1));
    let separator = if chosen.is_none() { absent(text) } else { separator };
    Sniffed { dialect: Dialect { separator, quote }, n_usual, declaration: 0 }
}

/// A text of one column may hold any separator in its sentences: one that it does not hold, or none at all.
fn absent(text: &str) -> u8 {
    let bytes = text.as_bytes();
    SEPARATORS.into_iter().find(|&separator| memchr::memchr(separator, bytes).is_none()).unwrap_or(0)
}

/// The `sep=;` line with which Excel is told the separator, and its length.
fn declared(text: &str) -> Option<(u8, usize)> {
    let end = memchr::memchr2(b'\n', b'\r', text.as_bytes())?;
    let line = text[..end].trim_matches('"');
    let is_declaration =
        line.len() == 5 && line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("sep="));
    let separator = *line.as_bytes().get(4)?;
    let is_usable =
        separator == b'\t' || (separator.is_ascii_punctuation() && !matches!(separator, b'"' | b'\''));
    let is_pair = text[end..].starts_with("\r\n");
    (is_declaration && is_usable).then_some((separator, end + 1 + usize::from(is_pair)))
}

/// The single quote where fields open and close with it and none opens with a double one.
fn quote(text: &str) -> u8 {
    let bytes = text.as_bytes();
    let is_edge = |b: Option<&u8>| b.is_none_or(|b| SEPARATORS.contains(b) || matches!(b, b'\n' | b'\r'));
    let before = |at: usize| at.checked_sub(1).and_then(|at| bytes.get(at));
    let opens = |at: &usize| is_edge(before(*at)) && !is_edge(bytes.get(at + 1));
    if memchr::memchr_iter(b'"', bytes).any(|at| opens(&at)) {
        return b'"';
    }
    let n_open = memchr::memchr_iter(b'\'', bytes).filter(opens).count();
    let closes = |at: &usize| is_edge(bytes.get(at + 1)) && !is_edge(before(*at));
    let n_close = memchr::memchr_iter(b'\'', bytes).filter(closes).count();
    if n_open >= 2 && n_open.abs_diff(n_close) * 10 <= n_open { b'\'' } else { b'"' }
}

fn fit(text: &str, is_whole: bool, dialect: Dialect) -> Fit {
    let lengths = lengths(text, is_whole, dialect);
    let mut counts: Vec<(usize, usize)> = Vec::new();
    for &n_cells in lengths.iter().filter(|&&n_cells| n_cells > 1) {
        match counts.iter_mut().find(|(n, _)| *n == n_cells) {
            Some((_, n_records)) => *n_records += 1,
            None => counts.push((n_cells, 1)),
        }
    }
    let (n_cells, n_records) = counts.into_iter().max_by_key(|&(n, count)| (count, n)).unwrap_or((1, 0));
    let runs = lengths.split(|&n| n != n_cells).map(<[usize]>::len);
    Fit {
        separator: dialect.separator,
        n_cells,
        n_records,
        run: runs.max().unwrap_or(0),
        n_all: lengths.len(),
    }
}

/// Number of cells of each record that is not blank; 0 for damaged ones. A record without an end, or with too many
/// cells, is the last one: the reader is to come to it too, and to refuse it.
fn lengths(text: &str, is_whole: bool, dialect: Dialect) -> Vec<usize> {
    let mut splitter = Splitter::new(dialect);
    let mut row = RawRow::new(0);
    let mut lengths = Vec::new();
    let mut rest = text;
    while !rest.is_empty() && lengths.len() < RECORDS {
        row.reset(0);
        match splitter.record(rest, is_whole, &mut row) {
            Ok(Step::Record { len, .. }) => {
                rest = &rest[len..];
                if !row.is_blank() {
                    lengths.push(if row.damage.is_some() { 0 } else { row.len() });
                }
            }
            Ok(Step::More) => break,
            Ok(Step::Unclosed { .. }) | Err(_) => {
                lengths.push(row.len() + 1);
                break;
            }
        }
    }
    lengths
}

/// Whether what looks like a separator belongs to the values: a comma between digits (`1,234` or `0,5`), or white
/// space and the like next to another separator (`a | b` with tabs around the bar).
fn is_part_of_values(text: &str, separator: u8, others: &[u8]) -> bool {
    let bytes = text.as_bytes();
    let mut n = 0;
    let mut n_digits = 0;
    let mut n_padding = 0;
    for at in memchr::memchr_iter(separator, bytes) {
        let around = [at.checked_sub(1).and_then(|at| bytes.get(at)), bytes.get(at + 1)];
        n += 1;
        n_digits += usize::from(around.iter().all(|b| b.is_some_and(u8::is_ascii_digit)));
        let is_other = |b: &u8| *b != separator && others.contains(b);
        n_padding += usize::from(around.into_iter().flatten().any(is_other));
    }
    let is_most = |part: usize| part * 10 >= n * 9;
    (separator == b',' && is_most(n_digits)) || (separator == b'\t' && is_most(n_padding))
}

#[cfg(test)]
#[path = "sniff_tests.rs"]
mod tests;
