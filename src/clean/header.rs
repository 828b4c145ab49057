//! Finding the header row and which cell is which column.
//!
//! Comes in: a sheet and the mappings. Goes out: the mapping that fits best, its header row, its cells by column.
//! Refuses: a column whose header stands twice; a sheet without all required columns (it says which are missing).

use std::collections::BTreeMap;

use super::mapping::{ColumnRule, Mapping};
use super::text::{header_key, tidy, unit_factor};
use crate::error::Problem;
use crate::ingest::{RawCell, RawRow, RawSheet};

/// Title blocks are a handful of rows; a header further down is none.
const HEADER_ROWS_MAX: usize = 50;

/// A header found.
#[derive(Clone, Debug)]
pub(super) struct Header<'a> {
    pub(super) mapping: &'a Mapping,
    /// Index into the rows of the sheet.
    pub(super) row: usize,
    /// Cell index by canonical column.
    pub(super) cells: BTreeMap<&'a str, usize>,
    /// Cells of the header row: rows of delimited text must have as many.
    pub(super) n_cells: usize,
    /// Won in one written unit, from a unit row above the header or a unit in the amount's header.
    pub(super) factor: i64,
    /// Headers nobody asked for.
    pub(super) unknown: Vec<String>,
}

/// The best fitting header of `sheet`: most columns found, then the earlier mapping, then the earlier row.
pub(super) fn find<'a>(sheet: &RawSheet, mappings: &'a [Mapping]) -> Result<Header<'a>, Problem> {
    let mut best: Option<(usize, Header<'a>)> = None;
    let mut nearest: Option<Near> = None;
    for mapping in mappings {
        for (index, row) in sheet.rows.iter().take(HEADER_ROWS_MAX).enumerate() {
            let keys: Vec<String> = row.cells.iter().map(key).collect();
            let (cells, doubled) = resolve(mapping, &keys);
            let missing = missing(mapping, &cells);
            let n_found = cells.len();
            if !missing.is_empty() {
                if nearest.as_ref().is_none_or(|near| n_found > near.n_found) && n_found > 0 {
                    nearest = Some(Near {
                        n_found,
                        mapping: mapping.label.clone(),
                        missing,
                        row: row.number,
                        headers: texts(row),
                    });
                }
                continue;
            }
            if let Some(text) = doubled {
                return Err(doubled_problem(&text, row.number));
            }
            if best.as_ref().is_none_or(|(n, _)| n_found > *n) {
                let factor = factor(sheet, index, row, &cells);
                let used: Vec<usize> = cells.values().copied().collect();
                let unknown = unknown(row, &used);
                let n_cells = row.cells.len();
                best = Some((n_found, Header { mapping, row: index, cells, n_cells, factor, unknown }));
            }
        }
    }
    best.map(|(_, header)| header).ok_or_else(|| no_header(sheet, nearest))
}

struct Near {
    n_found: usize,
    mapping: String,
    missing: Vec<(String, String)>,
    row: u32,
    headers: Vec<String>,
}

/// A header cell as compared.
pub(super) fn key(cell: &RawCell) -> String {
    match cell {
        RawCell::Text(text) => header_key(text),
        _ => String::new(),
    }
}

/// Cells by column; the text of a header that stands twice where that matters.
fn resolve<'a>(mapping: &'a Mapping, keys: &[String]) -> (BTreeMap<&'a str, usize>, Option<String>) {
    let mut cells = BTreeMap::new();
    let mut doubled = None;
    for (name, rule) in &mapping.columns {
        for header in &rule.headers {
            let wanted = header_key(header);
            let mut places = keys.iter().enumerate().filter(|(_, key)| **key == wanted).map(|(i, _)| i);
            if let Some(place) = places.next() {
                if places.next().is_some() {
                    doubled = Some(header.clone());
                }
                cells.insert(name.as_str(), place);
                break;
            }
        }
    }
    (cells, doubled)
}

/// Required columns not found, each with the headers that would do.
fn missing(mapping: &Mapping, cells: &BTreeMap<&str, usize>) -> Vec<(String, String)> {
    let lacks = |(name, rule): &(&String, &ColumnRule)| {
        rule.required && rule.constant.is_none() && !cells.contains_key(name.as_str())
    };
    mapping.columns.iter().filter(lacks).map(|(name, rule)| (name.clone(), rule.headers.join("·"))).collect()
}

fn factor(sheet: &RawSheet, index: usize, header: &RawRow, cells: &BTreeMap<&str, usize>) -> i64 {
    let of_cell = |cell: &RawCell| match cell {
        RawCell::Text(text) => unit_factor(text),
        _ => None,
    };
    let above = sheet.rows[..index].iter().rev().flat_map(|row| &row.cells).find_map(of_cell);
    let amount = cells.get(crate::ledger::col::AMOUNT).and_then(|&i| header.cells.get(i));
    let in_header = amount.and_then(|cell| match cell {
        RawCell::Text(text) => text.split('(').nth(1).and_then(|unit| unit_factor(&format!("단위{unit}"))),
        _ => None,
    });
    in_header.or(above).unwrap_or(1)
}

fn texts(row: &RawRow) -> Vec<String> {
    let text = |cell: &RawCell| match cell {
        RawCell::Text(text) if !text.trim().is_empty() => Some(tidy(text)),
        _ => None,
    };
    row.cells.iter().filter_map(text).collect()
}

fn unknown(row: &RawRow, used: &[usize]) -> Vec<String> {
    let text = |(i, cell): (usize, &RawCell)| match cell {
        RawCell::Text(text) if !used.contains(&i) && !text.trim().is_empty() => Some(tidy(text)),
        _ => None,
    };
    row.cells.iter().enumerate().filter_map(text).collect()
}

fn doubled_problem(header: &str, row: u32) -> Problem {
    let hint = "머리글 하나를 다른 이름으로 바꾸거나 매핑에서 어느 머리글을 쓸지 정하세요.";
    Problem::new("", format!("{row}행에 같은 머리글 ‘{header}’이(가) 두 개"), "열마다 다른 머리글", hint)
}

fn no_header(sheet: &RawSheet, near: Option<Near>) -> Problem {
    let place = if sheet.name.is_empty() { String::new() } else { format!("‘{}’ 시트 ", sheet.name) };
    match near {
        Some(near) => {
            let (column, headers) = near.missing.first().cloned().unwrap_or_default();
            let names: Vec<&str> = near.missing.iter().map(|(name, _)| name.as_str()).collect();
            Problem::new(
                "",
                format!("{place}{}행 머리글: {}", near.row, near.headers.join(", ")),
                format!("‘{}’ 매핑의 필수 열 {} (예: {headers})", near.mapping, names.join(", ")),
                format!(
                    "config/mappings/의 매핑에서 [columns.{column}] headers에 이 파일의 머리글을 더하세요."
                ),
            )
        }
        None => Problem::new(
            "",
            format!("{place}처음 {HEADER_ROWS_MAX}행에 아는 머리글이 없음"),
            "일자·부서·계정과목·금액 같은 머리글이 있는 표",
            "지출 내역 파일이 맞는지 확인하고, 맞으면 config/mappings/에 매핑을 추가하세요.",
        ),
    }
}
