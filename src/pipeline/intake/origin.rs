//! Files of mended rows: how they are recognised, and which of their rows may pass.
//!
//! Comes in: sheets and rows as read. Goes out: the origin each row names; the rows that may pass, to the cleaner.
//! Refuses: a row that names no origin.

use std::collections::BTreeMap;

use crate::clean::Tidy;
use crate::clean::kept::{ORIGIN_ROW, ORIGIN_SHA256, ORIGIN_SHEET, ORIGIN_SOURCE};
use crate::error::Problem;
use crate::ingest::{RawCell, RawRow, RowSink, SheetHead};
use crate::ledger::Digest;

/// The header of mended rows stands first, or below a line with the unit; a title block may be put above.
const HEADER_ROWS_MAX: u32 = 50;

/// Where a mended row came from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Origin {
    pub(super) source: String,
    pub(super) sha256: Digest,
    pub(super) sheet: String,
    pub(super) row: i64,
}

/// Cells of the four origin columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Columns([usize; 4]);

impl Columns {
    fn of(row: &RawRow) -> Option<Self> {
        let is = |cell: RawCell<'_>, header: &str| match cell {
            RawCell::Text(text) => {
                text.chars().filter(|c| !c.is_whitespace()).eq(header.chars().filter(|c| !c.is_whitespace()))
            }
            _ => false,
        };
        // The columns stand at the end; an original may have one of the same name.
        let at = |header: &str| row.cells().rposition(|cell| is(cell, header));
        Some(Self([at(ORIGIN_SOURCE)?, at(ORIGIN_SHEET)?, at(ORIGIN_ROW)?, at(ORIGIN_SHA256)?]))
    }

    fn origin(self, row: &RawRow) -> Result<Origin, String> {
        let [source, sheet, number, sha256] = self.0.map(|at| shown(row.cell(at)));
        if source.is_empty() || number.is_empty() || sha256.is_empty() {
            return Err("원본 표시가 없는 행".to_owned());
        }
        let unreadable = |_| "원본 표시를 읽을 수 없는 행".to_owned();
        let row = number.parse().map_err(|_| "원본 표시를 읽을 수 없는 행".to_owned())?;
        Ok(Origin { source, sheet, row, sha256: sha256.parse().map_err(unreadable)? })
    }
}

fn shown(cell: RawCell<'_>) -> String {
    match cell {
        RawCell::Text(text) => text.trim().to_owned(),
        RawCell::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// Hands rows on until it sees that the file holds mended rows; then it stops the reader.
pub(super) struct Watch<'a, 'b> {
    inner: &'a mut Tidy<'b>,
    pub(super) found: bool,
}

impl<'a, 'b> Watch<'a, 'b> {
    pub(super) fn new(inner: &'a mut Tidy<'b>) -> Self {
        Self { inner, found: false }
    }
}

impl RowSink for Watch<'_, '_> {
    fn sheet(&mut self, head: SheetHead) -> Result<(), Problem> {
        self.inner.sheet(head)
    }

    fn row(&mut self, row: &RawRow) -> Result<(), Problem> {
        if row.number <= HEADER_ROWS_MAX && Columns::of(row).is_some() {
            self.found = true;
            return Err(Problem::new("", "보류 행을 고친 파일", "", ""));
        }
        self.inner.row(row)
    }

    fn refused(&mut self, name: &str, problem: Problem) -> Result<(), Problem> {
        self.inner.refused(name, problem)
    }
}

/// A sheet of a file of mended rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) hidden: bool,
    /// Rows seen, header and notes too.
    pub(super) n_rows: u64,
    /// Whether it has the origin columns; without them it is left out.
    pub(super) has_origins: bool,
}

/// Looks through a file for origins.
#[derive(Default)]
pub(super) struct Scan {
    pub(super) sheets: Vec<Sheet>,
    /// What each row below an origin header names, by sheet and row.
    pub(super) rows: BTreeMap<(String, u32), Result<Origin, String>>,
    columns: Option<Columns>,
}

impl RowSink for Scan {
    fn sheet(&mut self, head: SheetHead) -> Result<(), Problem> {
        self.columns = None;
        self.sheets.push(Sheet { name: head.name, hidden: head.hidden, ..Sheet::default() });
        Ok(())
    }

    fn row(&mut self, row: &RawRow) -> Result<(), Problem> {
        let Some(sheet) = self.sheets.last_mut() else { return Ok(()) };
        sheet.n_rows += 1;
        match self.columns {
            Some(columns) => {
                // A header pasted again is no payment; the cleaner skips it.
                if Columns::of(row) != Some(columns) {
                    self.rows.insert((sheet.name.clone(), row.number), columns.origin(row));
                }
            }
            None => {
                self.columns = if row.number <= HEADER_ROWS_MAX { Columns::of(row) } else { None };
                sheet.has_origins = self.columns.is_some();
            }
        }
        Ok(())
    }

    fn refused(&mut self, _name: &str, _problem: Problem) -> Result<(), Problem> {
        Ok(())
    }
}

/// Hands on the sheets with origins, without the rows of `held`.
pub(super) struct Filter<'a, 'b> {
    pub(super) inner: &'a mut Tidy<'b>,
    pub(super) sheets: &'a [Sheet],
    pub(super) held: &'a BTreeMap<(String, u32), String>,
    pub(super) current: Option<String>,
}

impl RowSink for Filter<'_, '_> {
    fn sheet(&mut self, head: SheetHead) -> Result<(), Problem> {
        let passes = self.sheets.iter().any(|sheet| sheet.name == head.name && sheet.has_origins);
        self.current = passes.then(|| head.name.clone());
        if passes { self.inner.sheet(head) } else { Ok(()) }
    }

    fn row(&mut self, row: &RawRow) -> Result<(), Problem> {
        match &self.current {
            Some(sheet) if !self.held.contains_key(&(sheet.clone(), row.number)) => self.inner.row(row),
            _ => Ok(()),
        }
    }

    fn refused(&mut self, name: &str, problem: Problem) -> Result<(), Problem> {
        self.inner.refused(name, problem)
    }
}
