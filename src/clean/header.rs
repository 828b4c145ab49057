//! Finding the header row, or the two header rows, and which cell is which column.
//!
//! Comes in: the first rows of a sheet and the mappings. Goes out: the mapping that fits best and its layout.
//! Refuses: a column whose header stands twice; a sheet without all required columns (it says which are missing).

use std::collections::BTreeMap;

use super::budget_columns;
use super::header_key;
use super::header_match::{Index, Wanted};
use super::mapping::{CREDIT, ColumnRule, DEBIT, Mapping};
use super::text::{tidy, unit_in};
use crate::error::Problem;
use crate::ingest::{Merge, RawCell, RawRow, SheetHead};
use crate::ledger::{BudgetPart, col};

/// Title blocks are a handful of rows; a header further down is none.
pub(super) const HEADER_ROWS_MAX: usize = 50;

/// A header found.
#[derive(Clone, Debug)]
pub(super) struct Header {
    pub(super) mapping: Mapping,
    /// Index of the first header row in the rows looked at.
    pub(super) first: usize,
    /// Index of the last one.
    pub(super) last: usize,
    /// Cell index by canonical column.
    pub(super) cells: BTreeMap<String, usize>,
    /// Further cells of columns put together from several.
    pub(super) joins: BTreeMap<String, Vec<usize>>,
    /// Another mapping that fits exactly as well.
    pub(super) rival: Option<String>,
    /// Cells of the header row: rows of delimited text must have as many.
    pub(super) n_cells: usize,
    /// Won in one written unit, from a unit row above the header or a unit in the amount's header; `None` where neither
    /// states one.
    pub(super) unit: Option<i64>,
    /// Headers nobody asked for.
    pub(super) unknown: Vec<String>,
    /// Header of each cell as a person reads it; empty where there is none.
    pub(super) texts: Vec<String>,
    /// Keys of the header rows by cell: a later row of the same cells repeats the header.
    pub(super) keys: Vec<Vec<String>>,
}

/// Headers of [`Mapping::recognised_by`] that must stand in the header row, if there are as many.
const MARKS_MIN: usize = 2;

/// A row with fewer names is no header that a person should be shown.
const NEAR_CELLS_MIN: usize = 3;

/// A candidate: one row, or two rows read as one.
pub(super) struct Candidate {
    pub(super) first: usize,
    pub(super) last: usize,
    /// Keys a cell answers to, most telling first.
    pub(super) keys: Vec<Vec<String>>,
    pub(super) texts: Vec<String>,
}

struct Near {
    n_found: usize,
    mapping: String,
    missing: Vec<(String, String)>,
    row: u32,
    headers: Vec<String>,
}

/// The best fitting header. A mapping fits a row when all its required columns and enough of the headers it is
/// recognised by stand there. Of a mapping the first such row is its header, read together with a neighbour where that
/// tells more. Between mappings most columns and recognised headers found wins, then the earlier mapping.
pub(super) fn find(head: &SheetHead, rows: &[RawRow], mappings: &[Mapping]) -> Result<Header, Miss> {
    let candidates = candidates(head, rows);
    let indexed: Vec<Index<'_>> = candidates.iter().map(Index::new).collect();
    let mut best: Option<Fit<'_>> = None;
    let mut rival: Option<(usize, &Mapping)> = None;
    let mut near: Option<Near> = None;
    for mapping in mappings.iter().filter(|mapping| mapping.reads_sheet(&head.name)) {
        let wanted = Wanted::new(mapping);
        let mut first: Option<Fit<'_>> = None;
        for (candidate, index) in candidates.iter().zip(&indexed) {
            let (mut cells, joins, doubled) = wanted.resolve(index);
            budget_columns::settle(mapping, &mut cells);
            let missing = missing(mapping, &cells);
            let n_marks = wanted.marks.iter().filter(|mark| index.any.contains_key(mark.as_str())).count();
            // Details neither make a header nor choose between mappings: they only tell two rows of one apart.
            let n_details = cells.keys().filter(|name| col::is_detail(name)).count();
            let n_found = cells.len() - n_details + n_marks;
            let row = rows.get(candidate.last).map_or(0, |row| row.number);
            if !missing.is_empty() || n_marks < wanted.marks.len().min(MARKS_MIN) {
                let is_nearer = |near: &Near| (near.missing.len(), n_found) > (missing.len(), near.n_found);
                let is_wide = candidate.keys.iter().filter(|keys| !keys.is_empty()).count() >= NEAR_CELLS_MIN;
                if !missing.is_empty() && n_found > 0 && is_wide && near.as_ref().is_none_or(is_nearer) {
                    let headers = candidate.texts.iter().filter(|text| !text.is_empty()).cloned().collect();
                    near = Some(Near { n_found, mapping: mapping.label.clone(), missing, row, headers });
                }
                continue;
            }
            let fit = Fit { n_found, n_details, candidate, mapping, cells, joins, doubled, row };
            // A later row with more columns is the header of another table; the rows between must not be lost.
            let is_first = first.as_ref().is_none_or(|known: &Fit<'_>| {
                candidate.first <= known.candidate.first
                    && (n_found, n_details) > (known.n_found, known.n_details)
            });
            if is_first {
                first = Some(fit);
            }
        }
        match (first, &best) {
            // The upper of two tables is read first; the lower one begins when its header is met.
            (Some(fit), Some(known)) if known.candidate.last + 1 < fit.candidate.first => {}
            (Some(fit), Some(known)) if fit.candidate.last + 1 < known.candidate.first => best = Some(fit),
            (Some(fit), Some(known)) if fit.n_found <= known.n_found => {
                if known.n_found == fit.n_found {
                    rival = Some((fit.n_found, mapping));
                }
            }
            (Some(fit), _) => best = Some(fit),
            (None, _) => {}
        }
    }
    let Some(best) = best else {
        let is_table =
            near.as_ref().is_some_and(|near| near.missing.len() == 1 && near.n_found >= NEAR_CELLS_MIN);
        return Err(Miss { problem: no_header(&head.name, near), is_table });
    };
    if let Some(text) = &best.doubled {
        return Err(Miss { problem: doubled_problem(text, best.row), is_table: true });
    }
    let rival = rival.filter(|(n, _)| *n == best.n_found).map(|(_, mapping)| mapping.id());
    header(rows, best, rival).map_err(|problem| Miss { problem, is_table: true })
}

/// Why a sheet has no header that can be used.
#[derive(Debug)]
pub(super) struct Miss {
    pub(super) problem: Problem,
    /// Whether it is a table of records all the same: its rows are kept aside, not left out.
    pub(super) is_table: bool,
}

/// A mapping that fits a candidate.
struct Fit<'a> {
    n_found: usize,
    n_details: usize,
    candidate: &'a Candidate,
    mapping: &'a Mapping,
    cells: BTreeMap<String, usize>,
    joins: BTreeMap<String, Vec<usize>>,
    doubled: Option<String>,
    row: u32,
}

fn header(rows: &[RawRow], fit: Fit<'_>, rival: Option<String>) -> Result<Header, Problem> {
    let Fit { candidate, mapping, cells, joins, row, .. } = fit;
    let used: Vec<usize> = cells.values().chain(joins.values().flatten()).copied().collect();
    let unused = |(i, text): (usize, &String)| (!used.contains(&i) && !text.is_empty()).then(|| text.clone());
    let amounts = [col::AMOUNT, DEBIT, CREDIT].into_iter().filter_map(|name| cells.get(name));
    let currency = mapping.currency.as_str();
    let stated = |&i: &usize| candidate.texts.get(i).and_then(|text| header_key::unit(text, currency));
    for part in BudgetPart::ALL {
        if let Some(Err(found)) = cells.get(part.column()).and_then(stated) {
            return Err(unknown_unit(found));
        }
    }
    let mut units: Vec<Option<Result<i64, String>>> = amounts.map(stated).collect();
    units.dedup();
    if units.len() > 1 {
        return Err(units_problem(row));
    }
    let above = || rows[..candidate.last].iter().rev().find_map(|row| unit_of(row, currency));
    let unit = units.pop().flatten().or_else(above).transpose().map_err(unknown_unit)?;
    let n_cells = rows.get(candidate.last).map_or(0, RawRow::len);
    Ok(Header {
        mapping: mapping.clone(),
        first: candidate.first,
        last: candidate.last,
        n_cells,
        unit,
        unknown: candidate.texts.iter().enumerate().filter_map(unused).collect(),
        texts: candidate.texts.clone(),
        keys: candidate.keys.clone(),
        rival,
        cells,
        joins,
    })
}

/// A header cell as compared.
pub(super) fn key(cell: RawCell<'_>) -> String {
    match cell {
        RawCell::Text(text) => header_key::first(text),
        _ => String::new(),
    }
}

fn keys(cell: RawCell<'_>) -> Vec<String> {
    match cell {
        RawCell::Text(text) => header_key::keys(text),
        _ => Vec::new(),
    }
}

/// Every row as a header, then every two rows that could be one header.
pub(super) fn candidates(head: &SheetHead, rows: &[RawRow]) -> Vec<Candidate> {
    let rows = &rows[..rows.len().min(HEADER_ROWS_MAX + 1)];
    let single = |(last, row): (usize, &RawRow)| Candidate {
        first: last,
        last,
        keys: row.cells().map(keys).collect(),
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
    let (mut all, mut texts) = (Vec::new(), Vec::new());
    for column in 0..n_cells {
        let (over, own) = (above(column), lower.cell(column));
        let (over_key, own_keys) = (key(over), keys(own));
        let mut answers = Vec::new();
        if own_keys.is_empty() {
            answers.extend(keys(over));
        } else {
            if !over_key.is_empty() && own_keys[0] != over_key {
                answers.extend(own_keys.iter().map(|own| format!("{over_key}{own}")));
            }
            // `금액` below `예산` is no amount spent.
            if !(header_key::is_other(&over_key) && own_keys[0] == "금액") {
                answers.extend(own_keys);
            }
        }
        all.push(answers);
        let words = [shown(over), shown(own)];
        let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
        texts.push(words.join(" "));
    }
    Candidate { first: last.saturating_sub(1), last, keys: all, texts }
}

/// Required columns not found, each with the headers that would do.
fn missing(mapping: &Mapping, cells: &BTreeMap<String, usize>) -> Vec<(String, String)> {
    let lacks = |(name, rule): &(&String, &ColumnRule)| {
        rule.required
            && rule.constant.is_none()
            && !cells.contains_key(name.as_str())
            && !budget_columns::is_made_up(mapping, name, cells)
    };
    mapping.columns.iter().filter(lacks).map(|(name, rule)| (name.clone(), rule.headers.join("·"))).collect()
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

fn units_problem(row: u32) -> Problem {
    let found = format!("{row}행의 차변과 대변 머리글에 적힌 단위가 다름");
    let hint = "두 열의 단위를 같게 하여 다시 내려받으세요.";
    Problem::new("", found, "같은 단위의 차변과 대변", hint)
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
