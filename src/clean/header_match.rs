//! Which cell of a header row is which column of a mapping.
//!
//! Comes in: a candidate row and a mapping. Goes out: cells by column, and a header that stands twice where that matters.
//! Refuses: nothing by itself; the caller refuses a doubled header. A detail gets no cell that another column has.

use std::collections::{BTreeMap, HashMap};

use super::header::Candidate;
use super::header_key;
use super::layout::TEXT_COLUMNS;
use super::mapping::{ColumnRule, Mapping};
use crate::ledger::col;

/// Cells by column, further cells of joined columns, a header that stands twice.
pub(super) type Resolved = (BTreeMap<String, usize>, BTreeMap<String, Vec<usize>>, Option<String>);

/// Cells of a candidate by key.
pub(super) struct Index<'a> {
    /// By the first key of a cell, where the header is one row; of two rows no name is more exact than another.
    first: HashMap<&'a str, Vec<usize>>,
    /// By every key.
    pub(super) any: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Index<'a> {
    pub(super) fn new(candidate: &'a Candidate) -> Self {
        let (mut first, mut any) = (HashMap::new(), HashMap::new());
        for (i, keys) in candidate.keys.iter().enumerate() {
            for (k, key) in keys.iter().enumerate() {
                if k == 0 && candidate.first == candidate.last {
                    first.entry(key.as_str()).or_insert_with(Vec::new).push(i);
                }
                any.entry(key.as_str()).or_insert_with(Vec::new).push(i);
            }
        }
        Self { first, any }
    }

    /// The cell a header names, and whether another one has the same name.
    fn place(&self, key: &str) -> Option<(usize, bool)> {
        let places = self.first.get(key).or_else(|| self.any.get(key))?;
        Some((*places.first()?, places.len() > 1))
    }

    /// The cell of the first key that names one.
    fn place_of(&self, keys: &[String]) -> Option<(usize, bool)> {
        keys.iter().find_map(|key| self.place(key))
    }
}

/// A column, its rule, and the keys of each of its headers.
type Names<'a> = (&'a str, &'a ColumnRule, Vec<Vec<String>>);

/// The headers of a mapping as compared.
pub(super) struct Wanted<'a> {
    columns: Vec<Names<'a>>,
    /// In the order of `col::DETAILS`.
    details: Vec<Names<'a>>,
    pub(super) marks: Vec<String>,
}

impl<'a> Wanted<'a> {
    pub(super) fn new(mapping: &'a Mapping) -> Self {
        let first = |header: &String| header_key::first(header);
        // A detail is known by its header as written: `계약기간(시작)` is not `계약기간`.
        let keys = |name: &str, rule: &ColumnRule| {
            let is_detail = col::is_detail(name);
            let of = |header: &String| match is_detail {
                true => vec![header_key::first(header)],
                false => header_key::keys(header),
            };
            rule.headers.iter().map(of).collect()
        };
        let all = mapping.columns.iter().map(|(name, rule)| (name.as_str(), rule, keys(name, rule)));
        let (mut details, columns): (Vec<Names<'a>>, _) = all.partition(|(name, ..)| col::is_detail(name));
        details.sort_by_key(|(name, ..)| col::DETAILS.iter().position(|detail| detail == name));
        Self { columns, details, marks: mapping.recognised_by.iter().map(first).collect() }
    }

    /// Cells by column, further cells of joined columns, and the text of a header that stands twice where that matters.
    pub(super) fn resolve(&self, index: &Index<'_>) -> Resolved {
        let (mut cells, mut joins, mut doubled) = (BTreeMap::new(), BTreeMap::new(), None);
        for (name, rule, keys) in &self.columns {
            let parts: Option<Vec<(usize, bool)>> =
                rule.join.iter().map(|header| index.place(&header_key::first(header))).collect();
            if let Some(parts) = parts.filter(|parts| parts.len() > 1) {
                let twice = parts.iter().position(|(_, is_doubled)| *is_doubled);
                doubled = twice.map(|k| rule.join[k].clone()).or(doubled);
                cells.insert((*name).to_owned(), parts[0].0);
                joins.insert((*name).to_owned(), parts[1..].iter().map(|(at, _)| *at).collect());
                continue;
            }
            let found = keys
                .iter()
                .zip(&rule.headers)
                .find_map(|(keys, header)| Some((index.place_of(keys)?, header)));
            if let Some(((place, is_doubled), header)) = found {
                if is_doubled {
                    doubled = Some(header.clone());
                }
                cells.insert((*name).to_owned(), place);
            }
        }
        self.resolve_details(index, &mut cells, &joins);
        (cells, joins, doubled)
    }

    /// Adds the cells of details. The other columns had the first choice: a day or number they read is no detail, and a
    /// header that stands twice is left unread, for a file is not refused over a detail. A text may be both, as 업종 is
    /// the account of many card statements.
    fn resolve_details(
        &self,
        index: &Index<'_>,
        cells: &mut BTreeMap<String, usize>,
        joins: &BTreeMap<String, Vec<usize>>,
    ) {
        for (name, _, keys) in &self.details {
            let may_share = |other: &str| col::DETAIL_TEXTS.contains(name) && TEXT_COLUMNS.contains(&other);
            let is_free = |place: usize| {
                let mut readers = cells.iter().filter(|(_, at)| **at == place);
                readers.all(|(other, _)| may_share(other))
                    && joins.iter().all(|(other, more)| !more.contains(&place) || may_share(other))
            };
            let found = keys.iter().find_map(|keys| {
                let (place, is_doubled) = index.place_of(keys)?;
                (!is_doubled && is_free(place)).then_some(place)
            });
            if let Some(place) = found {
                cells.insert((*name).to_owned(), place);
            }
        }
    }
}
