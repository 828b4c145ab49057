//! One HTML table on its way to rows.
//!
//! Comes in: tags and text in order. Goes out: rows with the cells in their columns, and merged ranges.
//! Refuses: columns beyond the limit. Tags that are never closed are closed by the next one.

use std::collections::BTreeMap;

use html5gum::{HtmlString, Spanned};

use crate::error::Problem;
use crate::ingest::{Merge, RawCell, RawRow, limits, money};

/// Rows a cell may span, as browsers limit it.
const SPAN_MAX: u32 = 65_534;

/// Attributes of a start tag.
pub(super) struct Attributes<'a>(pub(super) &'a BTreeMap<HtmlString, Spanned<HtmlString, ()>>);

impl Attributes<'_> {
    fn get(&self, name: &str) -> Option<String> {
        let value = self.0.get(name.as_bytes())?;
        Some(String::from_utf8_lossy(value).into_owned())
    }

    /// The style without blanks, in lower case.
    fn style(&self) -> String {
        self.get("style").unwrap_or_default().to_lowercase().replace(char::is_whitespace, "")
    }

    fn is_hidden(&self) -> bool {
        self.get("hidden").is_some() || self.style().contains("display:none")
    }

    /// Whether the style keeps the text of the element from being read as one with that around it.
    pub(super) fn stand_apart(&self) -> bool {
        let style = self.style();
        let kinds = ["visibility:hidden", "mso-hide:all", "line-through", "vertical-align:su"];
        self.is_hidden() || kinds.iter().any(|kind| style.contains(kind))
    }

    /// The code of the number format that Excel or a server wrote into the style, its escapes resolved.
    fn number_format(&self) -> Option<String> {
        let style = self.get("style")?;
        let at = style.to_ascii_lowercase().find("mso-number-format")?;
        let value = style[at..].split_once(':')?.1.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let mut rest = value.trim_start_matches(['"', '\'']).chars();
        let mut code = String::new();
        while let Some(c) = rest.next() {
            match c {
                '\\' if rest.as_str().starts_with("0022") => {
                    code.push('"');
                    rest.nth(3);
                }
                '\\' => code.extend(rest.next()),
                c if Some(c) == quote || (c == ';' && quote.is_none()) => break,
                c => code.push(c),
            }
        }
        Some(code)
    }

    fn span(&self, name: &str) -> u32 {
        self.get(name).and_then(|span| span.trim().parse().ok()).unwrap_or(1)
    }
}

/// What Excel says of a cell besides its text.
#[derive(Default)]
struct Hints {
    /// `x:num`: the number as stored.
    number: Option<String>,
    /// `x:str`: the text as stored.
    text: Option<String>,
    /// `x:err`: an error.
    error: bool,
    /// `x:fmla`: a formula.
    formula: bool,
    /// Formatted as text.
    is_text: bool,
    /// Why a number in this cell's format is not taken.
    objection: Option<&'static str>,
}

struct Cell {
    column: usize,
    text: String,
    hints: Hints,
    /// A piece of the text has a style that sets it apart: from there on every tag ends a line.
    is_in_pieces: bool,
}

/// A table whose end tag may still come.
pub(super) struct Table {
    /// Its place among the tables of the page, by start tag.
    pub(super) ordinal: usize,
    pub(super) is_hidden: bool,
    pub(super) rows: Vec<RawRow>,
    pub(super) merges: Vec<Merge>,
    row: Option<RawRow>,
    cell: Option<Cell>,
    number: u32,
    next_column: usize,
    /// Last row that a cell above covers, by column.
    covered: Vec<u32>,
}

impl Table {
    pub(super) fn new(ordinal: usize, attributes: &Attributes<'_>) -> Self {
        Self {
            ordinal,
            is_hidden: attributes.is_hidden(),
            rows: Vec::new(),
            merges: Vec::new(),
            row: None,
            cell: None,
            number: 0,
            next_column: 0,
            covered: Vec::new(),
        }
    }

    pub(super) fn is_blank(&self) -> bool {
        self.rows.is_empty()
    }

    /// Cuts ranges that reach below the last row.
    pub(super) fn cut_merges(&mut self) {
        for merge in &mut self.merges {
            merge.last_row = merge.last_row.min(self.number);
        }
        self.merges.retain(|m| m.last_row > m.first_row || m.last_column > m.first_column);
    }

    pub(super) fn open_row(&mut self, attributes: &Attributes<'_>) -> Result<(), Problem> {
        self.close_row()?;
        self.number = self.number.saturating_add(1);
        self.next_column = 0;
        let mut row = RawRow::new(self.number);
        row.hidden = attributes.is_hidden();
        self.row = Some(row);
        Ok(())
    }

    pub(super) fn close_row(&mut self) -> Result<(), Problem> {
        self.close_cell()?;
        self.rows.extend(self.row.take().filter(|row| !row.is_blank()));
        Ok(())
    }

    /// A caption is a row of its own above the others.
    pub(super) fn open_caption(&mut self) -> Result<(), Problem> {
        let nothing = BTreeMap::new();
        self.open_row(&Attributes(&nothing))?;
        self.open_cell(&Attributes(&nothing))
    }

    pub(super) fn open_cell(&mut self, attributes: &Attributes<'_>) -> Result<(), Problem> {
        self.close_cell()?;
        if self.row.is_none() {
            self.open_row(&Attributes(&BTreeMap::new()))?;
        }
        let is_covered = |column: usize| self.covered.get(column).is_some_and(|&row| row >= self.number);
        let mut column = self.next_column;
        while is_covered(column) {
            column += 1;
        }
        let room = limits::COLUMNS_MAX.saturating_sub(column);
        let n_columns = (attributes.span("colspan").max(1) as usize).min(room.max(1));
        let n_rows = match attributes.span("rowspan") {
            0 => SPAN_MAX,
            n => n.min(SPAN_MAX),
        };
        self.next_column = column + n_columns;
        let last_row = self.number.saturating_add(n_rows - 1);
        if n_rows > 1 || n_columns > 1 {
            let at = |column: usize| u32::try_from(column).unwrap_or(u32::MAX);
            let (first_column, last_column) = (at(column), at(column + n_columns - 1));
            self.merges.push(Merge { first_row: self.number, first_column, last_row, last_column });
        }
        if n_rows > 1 && room > 0 {
            let n_known = self.covered.len().max(column + n_columns);
            self.covered.resize(n_known, 0);
            self.covered[column..column + n_columns].fill(last_row);
        }
        let hints = Hints {
            number: attributes.get("x:num"),
            text: attributes.get("x:str").filter(|text| !text.is_empty()),
            error: attributes.get("x:err").is_some(),
            formula: attributes.get("x:fmla").is_some(),
            is_text: attributes.style().contains("mso-number-format:\"\\@\"")
                || attributes.style().contains("mso-number-format:'\\@'")
                || attributes.style().contains("mso-number-format:\\@"),
            objection: attributes.number_format().as_deref().and_then(money::objection),
        };
        self.cell = Some(Cell { column, text: String::new(), hints, is_in_pieces: false });
        Ok(())
    }

    pub(super) fn close_cell(&mut self) -> Result<(), Problem> {
        let (Some(cell), Some(row)) = (self.cell.take(), self.row.as_mut()) else {
            return Ok(());
        };
        let text = cell.text.trim();
        let stored = cell.hints.stored(text);
        let value = stored.as_deref().unwrap_or(text);
        match value {
            "" => {}
            value if cell.hints.error => row.set(cell.column, RawCell::Error(value))?,
            value => row.set(
                cell.column,
                match cell.hints.objection.filter(|_| is_number(value)) {
                    Some(words) => RawCell::Error(words),
                    None => RawCell::Text(value),
                },
            )?,
        }
        if cell.hints.formula && !value.is_empty() {
            row.formulas.extend(u16::try_from(cell.column));
        }
        Ok(())
    }

    /// Adds text as a browser shows it: runs of white space are one space.
    pub(super) fn text(&mut self, text: &str) {
        let Some(cell) = &mut self.cell else {
            return;
        };
        for c in text.chars() {
            match c {
                ' ' | '\t' | '\r' | '\n' | '\x0C' => {
                    if !cell.text.ends_with([' ', '\n']) && !cell.text.is_empty() {
                        cell.text.push(' ');
                    }
                }
                '\u{a0}' => cell.text.push(' '),
                c => cell.text.push(c),
            }
        }
    }

    pub(super) fn new_line(&mut self) {
        if let Some(cell) = &mut self.cell {
            let n = cell.text.trim_end_matches(' ').len();
            cell.text.truncate(n);
            cell.text.push('\n');
        }
    }

    /// A tag within the text of a cell, which may set its text apart.
    pub(super) fn piece(&mut self, is_apart: bool) {
        if let Some(cell) = self.cell.as_mut().filter(|cell| is_apart || cell.is_in_pieces) {
            cell.is_in_pieces = true;
            self.new_paragraph();
        }
    }

    pub(super) fn new_paragraph(&mut self) {
        if self.cell.as_ref().is_some_and(|cell| !cell.text.trim().is_empty() && !cell.text.ends_with('\n')) {
            self.new_line();
        }
    }
}

/// Whether the text is digits with what stands beside them in an amount.
fn is_number(text: &str) -> bool {
    let beside = |c: char| c.is_whitespace() || ",.()-+−△▲%₩￦\\원$€£¥￥".contains(c);
    text.contains(|c: char| c.is_ascii_digit()) && text.chars().all(|c| c.is_ascii_digit() || beside(c))
}

impl Hints {
    /// The value as stored, where Excel wrote it beside what is shown. A date is stored as a serial number, which only
    /// its format tells from an amount: then what is shown counts.
    fn stored(&self, shown: &str) -> Option<String> {
        if let Some(text) = &self.text {
            return Some(text.clone());
        }
        let number =
            self.number.as_deref().map(str::trim).filter(|number| !number.is_empty() && !self.is_text)?;
        let value = number.parse::<f64>().ok().filter(|value| value.is_finite())?;
        let is_amount =
            |c: char| c.is_ascii_digit() || c.is_whitespace() || ",.()-+−△▲%₩￦\\$원#Ee".contains(c);
        let n_parts = |c: char| shown.matches(c).count();
        let is_date = n_parts('-') > 1 || n_parts('.') > 1;
        let is_plain = number.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-');
        let plain = || if is_plain { number.to_owned() } else { value.to_string() };
        (shown.chars().all(is_amount) && !is_date).then(plain)
    }
}
