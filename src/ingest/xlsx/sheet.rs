//! The rows of a worksheet.
//!
//! Comes in: a worksheet part. Goes out: rows to the sink, each cell once and under its own row number.
//! Refuses: a part that is cut or broken, a cell whose place cannot be read, text repeated beyond measure.

use quick_xml::events::{BytesStart, Event};

use super::book::{Listed, Shared};
use super::cell::{self, NO_VALUE, ROW_MAX, TWO_VALUES, Tag};
use super::head::Head;
use super::package::Package;
use super::plain::{self, Body};
use super::strings;
use super::xml::{self, Damage, Xml};
use super::{Fault, bomb};
use crate::error::Problem;
use crate::ingest::{RawCell, RawRow, RowSink, SheetHead};

/// Shared strings make a small part into much text; honest sheets repeat a name of a few bytes for each cell.
const TEXT_PER_BYTE_MAX: u64 = 20;
const TEXT_FREE: u64 = 64 * 1024 * 1024;

const BAD_ROW: &str = "행 번호를 읽을 수 없음";
const BAD_PLACE: &str = "칸의 위치를 읽을 수 없음";
const WRONG_END: &str = "행이 뜻밖의 곳에서 끝남";

/// Reads one sheet. Where others are to go on without a broken one (`goes_on`), it is walked through before its first
/// row is handed on, because rows cannot be taken back; else damage after the first row is the file's.
pub(super) fn read(
    package: &mut Package<'_>,
    listed: &Listed,
    shared: &Shared,
    goes_on: bool,
    sink: &mut dyn RowSink,
) -> Result<(), Fault> {
    let part_fault = |damage: Damage| damage.into_fault(&listed.part);
    let text = if listed.part.is_empty() { None } else { package.text(&listed.part)? };
    let text = text.ok_or_else(|| Fault::Part("통합 문서가 가리키는 시트가 없음".to_owned()))?;
    let mut head = Head::read(&text).map_err(part_fault)?;
    let rows = head.rows.take();
    if let Some((xml, end)) = rows.clone().filter(|_| goes_on) {
        let mut walk = Rows::new(xml, &text, shared, sink);
        walk.is_walk = true;
        walk.read(end).map_err(|stop| match stop {
            Stop::File(problem) => Fault::File(problem),
            Stop::Damage(damage) => part_fault(damage),
        })?;
    }
    sink.sheet(SheetHead {
        name: listed.name.clone(),
        hidden: listed.is_hidden,
        hidden_columns: head.hidden_columns,
        merges: head.merges,
        ..SheetHead::default()
    })?;
    let Some((xml, end)) = rows else { return Ok(()) };
    let mut rows = Rows::new(xml, &text, shared, sink);
    match rows.read(end) {
        Ok(()) => Ok(()),
        Err(Stop::File(problem)) => Err(Fault::File(problem)),
        Err(Stop::Damage(damage)) => Err(Fault::File(part_fault(damage).whole())),
    }
}

/// Why reading stopped.
enum Stop {
    Damage(Damage),
    File(Problem),
}

impl From<Damage> for Stop {
    fn from(damage: Damage) -> Self {
        Self::Damage(damage)
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::File(problem)
    }
}

/// The rows of one sheet on their way to the sink.
struct Rows<'x, 's> {
    xml: Xml<'x>,
    text: &'x str,
    shared: &'s Shared,
    sink: &'s mut dyn RowSink,
    row: RawRow,
    /// The row element at hand is hidden.
    is_hidden: bool,
    /// Column of a cell that does not say where it is.
    next_column: u32,
    value: String,
    /// Nothing is handed on: the text is only walked through.
    is_walk: bool,
    text_left: u64,
}

impl<'x, 's> Rows<'x, 's> {
    fn new(xml: Xml<'x>, text: &'x str, shared: &'s Shared, sink: &'s mut dyn RowSink) -> Self {
        let text_left = TEXT_FREE + TEXT_PER_BYTE_MAX * text.len() as u64;
        let (row, value) = (RawRow::new(0), String::new());
        Self {
            xml,
            text,
            shared,
            sink,
            row,
            is_hidden: false,
            next_column: 0,
            value,
            is_walk: false,
            text_left,
        }
    }

    /// All rows, up to the end of `sheetData`, which must be at `end`.
    fn read(&mut self, end: usize) -> Result<(), Stop> {
        loop {
            let at = self.xml.position();
            match self.xml.next()? {
                Event::Start(element) if element.local_name().as_ref() == "row" => {
                    self.begin_row(&element)?;
                    self.cells()?;
                    self.hand_on()?;
                }
                Event::Empty(element) if element.local_name().as_ref() == "row" => {
                    self.begin_row(&element)?;
                }
                Event::Start(_) => self.xml.skip()?,
                Event::End(_) if at <= end && self.xml.position() > end => return Ok(()),
                Event::End(_) | Event::Eof => return Err(self.xml.damage(WRONG_END).into()),
                _ => {}
            }
        }
    }

    /// A row element: its own number, or one more than the last.
    fn begin_row(&mut self, element: &BytesStart<'_>) -> Result<(), Stop> {
        let mut number = self.row.number + 1;
        self.is_hidden = false;
        for attribute in xml::attributes(element) {
            match attribute.map_err(|words| self.xml.damage(words))? {
                ("r", value) => number = value.parse().unwrap_or(0),
                ("hidden", value) => self.is_hidden = xml::is_true(value),
                _ => {}
            }
        }
        if !(1..=ROW_MAX).contains(&number) {
            return Err(self.xml.damage(BAD_ROW).into());
        }
        self.begin(number);
        self.next_column = 0;
        Ok(())
    }

    fn begin(&mut self, number: u32) {
        self.row.reset(number);
        self.row.hidden = self.is_hidden;
    }

    /// Hands the row on if a cell of it was set.
    fn hand_on(&mut self) -> Result<(), Stop> {
        if self.row.is_empty() {
            return Ok(());
        }
        let len = self.row.text.len() as u64;
        self.text_left =
            self.text_left.checked_sub(len).ok_or_else(|| bomb("같은 글을 지나치게 되풀이하는 시트"))?;
        self.sink.row(&self.row)?;
        Ok(())
    }

    /// The cells of the row element whose start was just read, up to its end.
    fn cells(&mut self) -> Result<(), Stop> {
        loop {
            let plain = self.plain_cells()?;
            self.xml.advance(plain);
            match self.xml.next()? {
                Event::Start(element) if element.local_name().as_ref() == "c" => self.cell(&element, true)?,
                Event::Empty(element) if element.local_name().as_ref() == "c" => {
                    self.cell(&element, false)?;
                }
                Event::Start(_) => self.xml.skip()?,
                Event::End(_) => return Ok(()),
                Event::Eof => return Err(self.xml.cut().into()),
                _ => {}
            }
        }
    }

    /// Column of a cell. A cell of another row, or in a column that has a value already, begins a row of its own.
    fn place(&mut self, place: &str) -> Result<usize, Stop> {
        let column = if place.is_empty() {
            self.next_column
        } else {
            let (number, column) = cell::place(place).ok_or_else(|| self.xml.damage(BAD_PLACE))?;
            if number != self.row.number {
                self.hand_on()?;
                self.begin(number);
            }
            column
        };
        self.next_column = column + 1;
        let column = column as usize;
        if column < self.row.len() && self.row.cell(column) != RawCell::Empty {
            self.hand_on()?;
            self.begin(self.row.number);
        }
        Ok(column)
    }

    /// Takes the plain cells that come next. Bytes taken.
    fn plain_cells(&mut self) -> Result<usize, Stop> {
        let text = &self.text[self.xml.position()..];
        let mut taken = 0;
        while let Some(cell) = plain::cell(&text[taken..]) {
            let column = self.place(cell.tag.place)?;
            match cell.body {
                _ if self.is_walk => {}
                Body::Nothing => {}
                Body::Value(value) => cell::put(&mut self.row, column, &cell.tag, value, self.shared)?,
                Body::Inline(value) => {
                    cell::put_text(&mut self.row, column, &xml::unescape_units(value))?;
                }
            }
            taken += cell.len;
        }
        Ok(taken)
    }

    /// A cell of any other form, whose start was just read.
    fn cell(&mut self, element: &BytesStart<'_>, is_open: bool) -> Result<(), Stop> {
        let tag = tag(element).map_err(|words| self.xml.damage(words))?;
        let column = self.place(tag.place)?;
        if !is_open {
            return Ok(());
        }
        let inside = self.inside()?;
        if self.is_walk {
            return Ok(());
        }
        let has_value = match inside.n_values {
            0 => inside.is_inline,
            _ => inside.is_inline || tag.kind == "str" || !self.value.trim().is_empty(),
        };
        if inside.n_values > 1 {
            return Ok(self.row.set(column, RawCell::Error(TWO_VALUES))?);
        }
        if inside.has_formula && !has_value {
            return Ok(self.row.set(column, RawCell::Error(NO_VALUE))?);
        }
        if inside.is_inline {
            cell::put_text(&mut self.row, column, &self.value)?;
        } else if inside.n_values > 0 {
            cell::put(&mut self.row, column, &tag, &self.value, self.shared)?;
        }
        if inside.has_formula {
            self.row.formulas.push(u16::try_from(column).unwrap_or(u16::MAX));
        }
        Ok(())
    }

    /// What stands inside a cell, up to its end. The text is left in `self.value`, that of `<is>` before that of `<v>`.
    fn inside(&mut self) -> Result<Inside, Stop> {
        let mut inside = Inside::default();
        self.value.clear();
        loop {
            match self.xml.next()? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "v" if !inside.is_inline => {
                        inside.n_values += 1;
                        self.xml.text_into(&mut self.value)?;
                    }
                    "is" => {
                        inside.is_inline = true;
                        self.value.clear();
                        strings::rich_text(&mut self.xml, &mut self.value)?;
                    }
                    name => {
                        inside.has_formula |= name == "f";
                        self.xml.skip()?;
                    }
                },
                Event::Empty(element) => match element.local_name().as_ref() {
                    "v" => inside.n_values += 1,
                    "is" => inside.is_inline = true,
                    name => inside.has_formula |= name == "f",
                },
                Event::End(_) => return Ok(inside),
                Event::Eof => return Err(self.xml.cut().into()),
                _ => {}
            }
        }
    }
}

/// What was found inside a cell.
#[derive(Default)]
struct Inside {
    has_formula: bool,
    is_inline: bool,
    n_values: u32,
}

fn tag<'e>(element: &'e BytesStart<'_>) -> Result<Tag<'e>, &'static str> {
    let mut tag = Tag::default();
    for attribute in xml::attributes(element) {
        match attribute? {
            ("r", value) => tag.place = value,
            ("s", value) => tag.style = value,
            ("t", value) => tag.kind = value,
            _ => {}
        }
    }
    Ok(tag)
}
