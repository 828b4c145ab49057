//! Finding the header row, or the two header rows, and which cell is which column.
//!
//! Comes in: the first rows of a sheet and the mappings. Goes out: the mapping that fits best and its layout.
//! Refuses: a column whose header stands twice; a sheet without all required columns (it says which are missing).

use std::collections::BTreeMap;

use super::mapping::{ColumnRule, Mapping};
use super::text::{header_key, tidy, unit_in};
use crate::error::Problem;
use crate::ingest::{Merge, RawCell, RawRow, SheetHead};
use crate::ledger::col;

/// Title blocks are a handful of rows; a header further down is none.
pub(super) const HEADER_ROWS_MAX: usize = 50;

/// A header found.
#[derive(Clone, Debug)]
pub(super) struct Header {
    pub(super) mapping: Mapping,
    /// Index of the last header row in the rows looked at.
    pub(super) last: usize,
    /// Cell index by canonical column.
    pub(super) cells: BTreeMap<String, usize>,
    /// Cells of the header row: rows of delimited text must have as many.
    pub(super) n_cells: usize,
    /// Won in one written unit, from a unit row above the header or a unit in the amount's header.
    pub(super) factor: i64,
    /// Headers nobody asked for.
    pub(super) unknown: Vec<String>,
    /// Header of each cell as a person reads it; empty where there is none.
    pub(super) texts: Vec<String>,
    /// Keys of the header rows by cell: a later row of the same cells repeats the header.
    pub(super) keys: Vec<Vec<String>>,
}

/// A candidate: one row, or two rows read as one.
struct Candidate {
    last: usize,
    /// Keys a cell answers to, most telling first.
    keys: Vec<Vec<String>>,
    texts: Vec<String>,
}

struct Near {
    n_found: usize,
    mapping: String,
    missing: Vec<(String, String)>,
    row: u32,
    headers: Vec<String>,
}

/// The best fitting header: most columns found, then one row before two, then the earlier mapping, then the earlier row.
pub(super) fn find(head: &SheetHead, rows: &[RawRow], mappings: &[Mapping]) -> Result<Header, Problem> {
    let candidates = candidates(head, rows);
    let mut best: Option<(usize, &Candidate, &Mapping, BTreeMap<String, usize>)> = None;
    let mut near: Option<Near> = None;
    for mapping in mappings.iter().filter(|mapping| mapping.reads_sheet(&head.name)) {
        for candidate in &candidates {
            let (cells, doubled) = resolve(mapping, &candidate.keys);
            let missing = missing(mapping, &cells);
            let n_found = cells.len();
            let row = rows.get(candidate.last).map_or(0, |row| row.number);
            if !missing.is_empty() {
                if n_found > 0 && near.as_ref().is_none_or(|near| n_found > near.n_found) {
                    let headers = candidate.texts.iter().filter(|text| !text.is_empty()).cloned().collect();
                    near = Some(Near { n_found, mapping: mapping.label.clone(), missing, row, headers });
                }
                continue;
            }
            if let Some(text) = doubled {
                return Err(doubled_problem(&text, row));
            }
            if best.as_ref().is_none_or(|(n, ..)| n_found > *n) {
                best = Some((n_found, candidate, mapping, cells));
            }
        }
    }
    match best {
        Some((_, candidate, mapping, cells)) => header(rows, candidate, mapping, cells),
        None => Err(no_header(&head.name, near)),
    }
}

fn header(
    rows: &[RawRow],
    candidate: &Candidate,
    mapping: &Mapping,
    cells: BTreeMap<String, usize>,
) -> Result<Header, Problem> {
    let used: Vec<usize> = cells.values().copied().collect();
    let unused = |(i, text): (usize, &String)| (!used.contains(&i) && !text.is_empty()).then(|| text.clone());
    let amount = cells.get(col::AMOUNT).and_then(|&i| candidate.texts.get(i));
    let n_cells = rows.get(candidate.last).map_or(0, RawRow::len);
    let factor = factor(&rows[..candidate.last], amount.map(String::as_str), &mapping.currency)?;
    Ok(Header {
        mapping: mapping.clone(),
        last: candidate.last,
        n_cells,
        factor,
        unknown: candidate.texts.iter().enumerate().filter_map(unused).collect(),
        texts: candidate.texts.clone(),
        keys: candidate.keys.clone(),
        cells,
    })
}

/// A header cell as compared.
pub(super) fn key(cell: RawCell<'_>) -> String {
    match cell {
        RawCell::Text(text) => header_key(text),
        _ => String::new(),
    }
}

/// Every row as a header, then every two rows that could be one header.
fn candidates(head: &SheetHead, rows: &[RawRow]) -> Vec<Candidate> {
    let rows = &rows[..rows.len().min(HEADER_ROWS_MAX + 1)];
    let single = |(last, row): (usize, &RawRow)| Candidate {
        last,
        keys: row
            .cells()
            .map(|cell| Some(key(cell)).into_iter().filter(|k| !k.is_empty()).collect())
            .collect(),
        texts: row.cells().map(shown).collect(),
    };
    let mut found: Vec<Candidate> = rows.iter().take(HEADER_ROWS_MAX).enumerate().map(single).collect();
    for (i, pair) in rows.windows(2).enumerate() {
        let is_words = |row: &RawRow| {
            row.cells().all(|cell| matches!(cell, RawCell::Empty | RawCell::Text(_)))
                && row.cells().filter(|cell| !cell.is_blank()).count() >= 2
        };
        if pair[1].number == pair[0].number + 1 && pair.iter().all(is_words) {
            found.push(joined(&head.merges, &pair[0], &pair[1], i + 1));
        }
    }
    found
}

/// Two rows as one: a group's name above (over all cells its merge covers) and a cell's own name below.
fn joined(merges: &[Merge], upper: &RawRow, lower: &RawRow, last: usize) -> Candidate {
    let above = |column: usize| {
        let at = u32::try_from(column).unwrap_or(u32::MAX);
        let covers = |m: &&Merge| m.first_row == upper.number && m.first_column <= at && at <= m.last_column;
        let first = merges.iter().find(covers).map_or(column, |m| m.first_column as usize);
        upper.cell(first)
    };
    let n_cells = upper.len().max(lower.len());
    let (mut keys, mut texts) = (Vec::new(), Vec::new());
    for column in 0..n_cells {
        let (over, own) = (above(column), lower.cell(column));
        let (over_key, own_key) = (key(over), key(own));
        let mut answers = Vec::new();
        if own_key.is_empty() {
            answers.push(over_key);
        } else {
            if !over_key.is_empty() && over_key != own_key {
                answers.push(format!("{over_key}{own_key}"));
            }
            answers.push(own_key);
        }
        answers.retain(|answer| !answer.is_empty());
        keys.push(answers);
        let words = [shown(over), shown(own)];
        let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
        texts.push(words.join(" "));
    }
    Candidate { last, keys, texts }
}

/// Cells by column; the text of a header that stands twice where that matters.
fn resolve(mapping: &Mapping, keys: &[Vec<String>]) -> (BTreeMap<String, usize>, Option<String>) {
    let mut cells = BTreeMap::new();
    let mut doubled = None;
    for (name, rule) in &mapping.columns {
        for header in &rule.headers {
            let wanted = header_key(header);
            let mut places =
                keys.iter().enumerate().filter(|(_, keys)| keys.contains(&wanted)).map(|(i, _)| i);
            if let Some(place) = places.next() {
                if places.next().is_some() {
                    doubled = Some(header.clone());
                }
                cells.insert(name.clone(), place);
                break;
            }
        }
    }
    (cells, doubled)
}

/// Required columns not found, each with the headers that would do.
fn missing(mapping: &Mapping, cells: &BTreeMap<String, usize>) -> Vec<(String, String)> {
    let lacks = |(name, rule): &(&String, &ColumnRule)| {
        rule.required && rule.constant.is_none() && !cells.contains_key(name.as_str())
    };
    mapping.columns.iter().filter(lacks).map(|(name, rule)| (name.clone(), rule.headers.join("·"))).collect()
}

/// The unit in the amount's own header, else the nearest one stated above; an unknown one refuses the sheet.
fn factor(above: &[RawRow], amount: Option<&str>, currency: &str) -> Result<i64, Problem> {
    let in_header = amount.and_then(|text| unit_in(text, currency));
    let stated = in_header.or_else(|| above.iter().rev().find_map(|row| unit_of(row, currency)));
    stated.unwrap_or(Ok(1)).map_err(unknown_unit)
}

/// The unit a row states, as `(단위: 천원)` does.
pub(super) fn unit_of(row: &RawRow, currency: &str) -> Option<Result<i64, String>> {
    let of_cell = |cell: RawCell<'_>| match cell {
        RawCell::Text(text) => unit_in(text, currency),
        _ => None,
    };
    row.cells().find_map(of_cell)
}

/// Amounts in an unknown unit would all be wrong.
pub(super) fn unknown_unit(found: String) -> Problem {
    let hint = "단위를 원, 천원, 백만원처럼 고치거나, 통화가 다르면 그 통화의 매핑으로 읽으세요.";
    Problem::new("", found, "아는 금액 단위", hint)
}

fn shown(cell: RawCell<'_>) -> String {
    match cell {
        RawCell::Text(text) => tidy(text),
        _ => String::new(),
    }
}

fn doubled_problem(header: &str, row: u32) -> Problem {
    let hint = "머리글 하나를 다른 이름으로 바꾸거나 매핑에서 어느 머리글을 쓸지 정하세요.";
    let found = format!("{row}행에 같은 머리글이 두 개: ‘{header}’");
    Problem::new("", found, "열마다 다른 머리글", hint)
}

fn no_header(sheet: &str, near: Option<Near>) -> Problem {
    let place = if sheet.is_empty() { String::new() } else { format!("‘{sheet}’ 시트 ") };
    match near {
        Some(near) => {
            let (column, headers) = near.missing.first().cloned().unwrap_or_default();
            let names: Vec<&str> = near.missing.iter().map(|(name, _)| name.as_str()).collect();
            Problem::new(
                "",
                format!("{place}{}행 머리글: {}", near.row, near.headers.join(", ")),
                format!("‘{}’ 매핑의 필수 열 {} (예: {headers})", near.mapping, names.join(", ")),
                format!(
                    "config/mappings/의 매핑에서 [columns.{column}] headers에 이 파일의 머리글을 더하세요. `ledgerwatch map propose 파일`이 초안을 만듭니다."
                ),
            )
        }
        None => Problem::new(
            "",
            format!("{place}처음 {HEADER_ROWS_MAX}행에 아는 머리글이 없음"),
            "일자·부서·계정과목·금액 같은 머리글이 있는 표",
            "지출 내역 파일이 맞는지 확인하고, 맞으면 `ledgerwatch map propose 파일`로 매핑 초안을 만드세요.",
        ),
    }
}
