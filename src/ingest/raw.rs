//! Cells as found in a file, before any meaning is given to them, row after row.
//!
//! Comes in: what a format reader saw. Goes out: rows handed one at a time to a [`RowSink`], so that a file of any
//! length needs the memory of one row.
//! Refuses: a column beyond the limit, before any room is made for it.

use serde::{Deserialize, Serialize};

use super::limits;
use crate::error::Problem;

/// A cell as found, borrowed from its row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RawCell<'a> {
    /// Nothing there.
    Empty,
    /// Text, exactly as stored.
    Text(&'a str),
    /// A number cell. Never produced for delimited text, where all cells are text.
    Number(f64),
    /// A number cell formatted as a date or time: the serial and whether the book counts from 1904.
    DateSerial {
        /// Days since the book's epoch, with the time of day as fraction.
        serial: f64,
        /// The epoch is 1904-01-01 instead of 1899-12-30.
        is_1904: bool,
    },
    /// A true/false cell.
    Bool(bool),
    /// An error cell such as `#REF!`, or a cell that holds no usable value: the words for it.
    Error(&'a str),
}

impl RawCell<'_> {
    /// Whether nothing but white space is there.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }
}

/// Where the text of a cell lies in its row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Slot {
    Empty,
    Text { start: u32, end: u32 },
    Number(f64),
    DateSerial { serial: f64, is_1904: bool },
    Bool(bool),
    Error { start: u32, end: u32 },
}

/// One row. A reader fills the same row again and again; its room is kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawRow {
    /// Row number in the sheet, or line number at which the record starts, from 1.
    pub number: u32,
    /// Whether the row is hidden in the workbook.
    pub hidden: bool,
    /// Set where the reader could not split the row (stray quote, undecodable bytes): the reason in Korean.
    pub damage: Option<String>,
    /// Columns whose cell is a formula with a stored value.
    pub formulas: Vec<u16>,
    pub(super) slots: Vec<Slot>,
    pub(super) text: String,
}

impl RawRow {
    /// An empty row with this number.
    pub fn new(number: u32) -> Self {
        Self { number, ..Self::default() }
    }

    /// Empties the row for the next one.
    pub fn reset(&mut self, number: u32) {
        self.number = number;
        self.hidden = false;
        self.damage = None;
        self.formulas.clear();
        self.slots.clear();
        self.text.clear();
    }

    /// Cells up to the last one set.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether no cell was set.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The cell in `column` from 0; empty beyond the last.
    pub fn cell(&self, column: usize) -> RawCell<'_> {
        self.slots.get(column).map_or(RawCell::Empty, |slot| self.of(*slot))
    }

    /// All cells in order.
    pub fn cells(&self) -> impl DoubleEndedIterator<Item = RawCell<'_>> + ExactSizeIterator {
        self.slots.iter().map(|slot| self.of(*slot))
    }

    /// Whether no cell holds more than white space.
    pub fn is_blank(&self) -> bool {
        self.cells().all(|cell| cell.is_blank())
    }

    /// Appends a cell.
    pub fn push(&mut self, cell: RawCell<'_>) -> Result<(), Problem> {
        self.set(self.slots.len(), cell)
    }

    /// Puts a cell into `column` from 0; columns in between are empty.
    pub fn set(&mut self, column: usize, cell: RawCell<'_>) -> Result<(), Problem> {
        if column >= limits::COLUMNS_MAX {
            return Err(too_wide(self.number, column));
        }
        let slot = match cell {
            RawCell::Empty => Slot::Empty,
            RawCell::Number(number) => Slot::Number(number),
            RawCell::DateSerial { serial, is_1904 } => Slot::DateSerial { serial, is_1904 },
            RawCell::Bool(flag) => Slot::Bool(flag),
            RawCell::Text(text) => {
                let (start, end) = self.keep(text)?;
                Slot::Text { start, end }
            }
            RawCell::Error(text) => {
                let (start, end) = self.keep(text)?;
                Slot::Error { start, end }
            }
        };
        if column < self.slots.len() {
            self.slots[column] = slot;
        } else {
            self.slots.resize(column, Slot::Empty);
            self.slots.push(slot);
        }
        Ok(())
    }

    fn keep(&mut self, text: &str) -> Result<(u32, u32), Problem> {
        let start = self.text.len();
        if start + text.len() > limits::ROW_BYTES_MAX {
            return Err(too_long(self.number));
        }
        self.text.push_str(text);
        let at = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Ok((at(start), at(self.text.len())))
    }

    fn of(&self, slot: Slot) -> RawCell<'_> {
        let text = |start: u32, end: u32| &self.text[start as usize..end as usize];
        match slot {
            Slot::Empty => RawCell::Empty,
            Slot::Text { start, end } => RawCell::Text(text(start, end)),
            Slot::Number(number) => RawCell::Number(number),
            Slot::DateSerial { serial, is_1904 } => RawCell::DateSerial { serial, is_1904 },
            Slot::Bool(flag) => RawCell::Bool(flag),
            Slot::Error { start, end } => RawCell::Error(text(start, end)),
        }
    }
}

/// A merged range: rows from 1, columns from 0, all inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merge {
    /// First row.
    pub first_row: u32,
    /// First column.
    pub first_column: u32,
    /// Last row.
    pub last_row: u32,
    /// Last column.
    pub last_column: u32,
}

/// What is known of a sheet before its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetHead {
    /// Sheet name; empty for a single delimited text; `member` or `member/sheet` inside a zipped set.
    pub name: String,
    /// Whether the sheet is hidden in the workbook.
    pub hidden: bool,
    /// Number of hidden columns.
    pub hidden_columns: u32,
    /// Merged ranges.
    pub merges: Vec<Merge>,
    /// Whether every row must have as many cells as the header (delimited text).
    pub is_delimited: bool,
    /// `UTF-8`, `EUC-KR`, `UTF-16LE`, `UTF-16BE`; empty for workbooks.
    pub encoding: String,
}

/// Takes the sheets and rows of a file as they are read. An error stops the reader and is the file's verdict.
pub trait RowSink {
    /// A sheet begins; the one before has ended.
    fn sheet(&mut self, head: SheetHead) -> Result<(), Problem>;
    /// A row of it with at least one non-blank cell.
    fn row(&mut self, row: &RawRow) -> Result<(), Problem>;
    /// A sheet, or a member of a zipped set, that cannot be read; the others go on.
    fn refused(&mut self, name: &str, problem: Problem) -> Result<(), Problem>;
}

/// A sheet held whole: for small files and for tests.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawSheet {
    /// What is known of it.
    pub head: SheetHead,
    /// Non-blank rows in order.
    pub rows: Vec<RawRow>,
}

/// Keeps everything it is given, at most `rows_max` rows a sheet.
#[derive(Debug)]
pub struct Collect {
    /// Sheets so far.
    pub sheets: Vec<RawSheet>,
    /// Sheets and members that could not be read.
    pub refused: Vec<(String, Problem)>,
    rows_max: usize,
}

impl Collect {
    /// A sink that keeps the first `rows_max` rows of each sheet.
    pub fn new(rows_max: usize) -> Self {
        Self { sheets: Vec::new(), refused: Vec::new(), rows_max }
    }
}

impl RowSink for Collect {
    fn sheet(&mut self, head: SheetHead) -> Result<(), Problem> {
        self.sheets.push(RawSheet { head, rows: Vec::new() });
        Ok(())
    }

    fn row(&mut self, row: &RawRow) -> Result<(), Problem> {
        if let Some(sheet) = self.sheets.last_mut().filter(|sheet| sheet.rows.len() < self.rows_max) {
            sheet.rows.push(row.clone());
        }
        Ok(())
    }

    fn refused(&mut self, name: &str, problem: Problem) -> Result<(), Problem> {
        self.refused.push((name.to_owned(), problem));
        Ok(())
    }
}

fn too_wide(row: u32, column: usize) -> Problem {
    let found = format!("한도를 넘는 파일: {row}행 {}열", column + 1);
    let hint = "지출 내역 파일이 맞는지 확인하고, 쓰지 않는 열을 지운 뒤 다시 저장하세요.";
    Problem::new("", found, format!("열 {}개 이하", limits::COLUMNS_MAX), hint)
}

fn too_long(row: u32) -> Problem {
    let found = format!("한도를 넘는 파일: {row}행의 글이 너무 깁니다");
    let hint = "정상적인 내보내기 파일이 아닙니다. 출처를 확인하세요.";
    Problem::new("", found, format!("한 행에 {}MiB 이하", limits::ROW_BYTES_MAX >> 20), hint)
}
