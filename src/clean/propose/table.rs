//! Where the table of a sheet begins, and its columns.
//!
//! Comes in: a sheet. Goes out: the most likely header row (or two), and a profile of the cells below each header.
//! Refuses: a sheet where no row looks like a header.

use super::profile::Profile;
use super::words::Words;
use crate::clean::header::{Candidate, candidates, unit_of};
use crate::clean::{header_key, text};
use crate::ingest::{RawCell, RawRow, RawSheet};

/// A header has at least this many cells.
const CELLS_MIN: usize = 3;
/// Rows below a possible header that are looked at.
const BELOW: usize = 12;

/// A table found.
pub(super) struct Table<'a> {
    /// Numbers of the first and the last header row.
    pub(super) header_rows: (u32, u32),
    pub(super) columns: Vec<Source>,
    /// Rows of records: as filled as most rows below the header.
    pub(super) rows: Vec<&'a RawRow>,
    /// The unit stated above the header or in a header.
    pub(super) unit: Option<i64>,
    pub(super) score: f64,
}

/// A source column.
pub(super) struct Source {
    pub(super) cell: usize,
    /// The header as a mapping must write it.
    pub(super) header: String,
    pub(super) keys: Vec<String>,
    /// Whether another cell of the header has the same name.
    pub(super) is_doubled: bool,
    pub(super) profile: Profile,
}

/// The most likely table of `sheet`.
pub(super) fn find<'a>(sheet: &'a RawSheet, words: &Words) -> Option<Table<'a>> {
    let all = candidates(&sheet.head, &sheet.rows);
    let scored = all.iter().filter_map(|candidate| Some((score(sheet, candidate, words)?, candidate)));
    let (score, best) = scored.fold(None, |best: Option<(f64, &Candidate)>, one| match best {
        // A header repeated on another page is not the beginning of the table.
        Some(known) if known.0 >= one.0 || known.1.keys == one.1.keys => Some(known),
        _ => Some(one),
    })?;
    Some(table(sheet, best, score))
}

/// How much a candidate looks like a header: names in many cells, none of them a value, values below.
fn score(sheet: &RawSheet, candidate: &Candidate, words: &Words) -> Option<f64> {
    let texts: Vec<&String> = candidate.texts.iter().filter(|text| !text.is_empty()).collect();
    let is_pair = candidate.first < candidate.last;
    let count = |row: usize| sheet.rows[row].cells().filter(|cell| !cell.is_blank()).count();
    // Two rows are one header only where each names columns the other does not.
    let adds = is_pair && texts.len() > count(candidate.first) && texts.len() > count(candidate.last);
    let fills = is_pair && texts.len() > count(candidate.last) && !has_values(sheet, candidate.last);
    if texts.len() < CELLS_MIN || is_pair && !adds && !fills {
        return None;
    }
    let n_values = texts.iter().filter(|text| is_value(RawCell::Text(text))).count();
    let n_others = sheet.rows[candidate.last].cells().filter(|cell| is_typed(*cell)).count();
    let heard: f64 = candidate.keys.iter().map(|keys| words.best(keys)).sum();
    let below = sheet.rows.iter().skip(candidate.last + 1).take(BELOW);
    let n_records = below.filter(|row| is_record(row, texts.len())).count() as f64;
    let next = sheet.rows.get(candidate.last + 1).is_some_and(|row| is_record(row, texts.len()));
    let width = texts.len() as f64;
    Some(
        heard + 0.3 * width + 0.3 * n_records + if next { 2.0 } else { 0.0 }
            - 3.0 * (n_values + n_others) as f64,
    )
}

fn has_values(sheet: &RawSheet, at: usize) -> bool {
    sheet.rows[at].cells().any(|cell| is_value(cell) || is_typed(cell))
}

/// A row with a value, at least half as wide as the header.
fn is_record(row: &RawRow, width: usize) -> bool {
    let n_filled = row.cells().filter(|cell| !cell.is_blank()).count();
    n_filled * 2 >= width && row.cells().any(|cell| is_value(cell) || is_typed(cell))
}

fn is_typed(cell: RawCell<'_>) -> bool {
    matches!(cell, RawCell::Number(_) | RawCell::DateSerial { .. } | RawCell::Bool(_) | RawCell::Error(_))
}

/// A text that is a day or an amount.
fn is_value(cell: RawCell<'_>) -> bool {
    match cell {
        RawCell::Text(found) => {
            let one = Profile::of([RawCell::Text(found)].into_iter());
            one.amounts.iter().chain(&one.days).any(|n| *n > 0)
                || one.n_business + one.n_card + one.n_clock > 0
        }
        _ => false,
    }
}

fn table<'a>(sheet: &'a RawSheet, candidate: &Candidate, score: f64) -> Table<'a> {
    let number = |at: usize| sheet.rows[at].number;
    let below: Vec<&RawRow> = sheet.rows.iter().skip(candidate.last + 1).collect();
    let n_filled = |row: &RawRow| row.cells().filter(|cell| !cell.is_blank()).count();
    let mut widths: Vec<usize> = below.iter().map(|row| n_filled(row)).collect();
    widths.sort_unstable();
    let usual = widths.get(widths.len() / 2).copied().unwrap_or(0);
    let is_header = |row: &RawRow| {
        let same = |(i, cell): (usize, RawCell<'_>)| match cell {
            RawCell::Text(text) => {
                candidate.keys.get(i).is_some_and(|keys| keys.contains(&header_key::first(text)))
            }
            _ => false,
        };
        row.cells().enumerate().filter(|pair| same(*pair)).count() >= 2
    };
    let rows: Vec<&RawRow> =
        below.into_iter().filter(|row| n_filled(row) * 5 >= usual * 3 && !is_header(row)).collect();
    let named = candidate.texts.iter().enumerate().filter(|(_, text)| !text.is_empty());
    let n_named = |key: &String| candidate.keys.iter().filter(|keys| keys.first() == Some(key)).count();
    let columns: Vec<Source> = named
        .map(|(cell, written)| {
            let keys = candidate.keys[cell].clone();
            let header = match keys.contains(&header_key::first(written)) {
                true => text::tidy(written),
                false => keys.first().cloned().unwrap_or_default(),
            };
            let is_doubled = keys.first().is_some_and(|key| n_named(key) > 1);
            let profile = Profile::of(rows.iter().map(|row| row.cell(cell)));
            Source { cell, header, keys, is_doubled, profile }
        })
        .collect();
    let in_header = candidate.texts.iter().find_map(|text| header_key::unit(text, "KRW"));
    let above = || sheet.rows[..candidate.first].iter().rev().find_map(|row| unit_of(row, "KRW"));
    Table {
        header_rows: (number(candidate.first), number(candidate.last)),
        columns,
        rows,
        unit: in_header.or_else(above).and_then(Result::ok),
        score,
    }
}
