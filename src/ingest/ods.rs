//! ods, the spreadsheet of `OpenDocument`, streamed row by row.
//!
//! Comes in: bytes of a ZIP with `content.xml`. Goes out: sheets with merges and hidden rows marked.
//! Refuses: encrypted documents, parts beyond limits, document types, cells beyond the limits of a ledger. Repeated
//! rows and cells are written out one by one, never allocated as a block.

use quick_xml::events::BytesStart;

use super::calamine_cells::text_cell;
use super::packed::{Packed, damaged};
use super::xml::{self, Events, Node};
use super::{Merge, RawCell, RawRow, RowSink, SheetHead, SourceFormat, limits, money};
use crate::error::Problem;

const MIMETYPE: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
/// What stands in the place of a value that was never calculated.
pub(super) const UNCALCULATED: &str = "저장된 값이 없는 수식";

pub(super) struct Ods;

impl SourceFormat for Ods {
    fn id(&self) -> &'static str {
        "ods"
    }

    fn label_ko(&self) -> &'static str {
        "ODF 스프레드시트(ods)"
    }

    fn matches(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(limits::ZIP_MAGIC)
            && Packed::open(bytes).is_ok_and(|mut zip| {
                let mimetype = zip.index("mimetype").and_then(|index| zip.part(index).ok());
                zip.has("content.xml") && mimetype.is_none_or(|mimetype| mimetype.starts_with(MIMETYPE))
            })
    }

    fn read(&self, bytes: &[u8], sink: &mut dyn RowSink) -> Result<(), Problem> {
        let mut zip = Packed::open(bytes)?;
        if let Some(index) = zip.index("META-INF/manifest.xml") {
            let manifest = zip.part(index)?;
            if memchr::memmem::find(&manifest, b"encryption-data").is_some() {
                let hint = "암호를 풀어 저장한 뒤 다시 넣으세요.";
                return Err(Problem::new("", "암호가 걸린 ods 문서", "암호가 없는 문서", hint));
            }
        }
        // Only this part is read as XML; old manifests and macro libraries declare a document type.
        zip.check(|name| name == "content.xml")?;
        let index = zip.index("content.xml").ok_or_else(|| damaged("content.xml 없음"))?;
        let content = zip.part(index)?;
        drop(zip);
        let content = std::str::from_utf8(&content).map_err(|e| damaged(&e.to_string()))?;
        let merges = match memchr::memmem::find(content.as_bytes(), b"-spanned=") {
            Some(_) => Document::read(content, Vec::new(), None)?,
            None => Vec::new(),
        };
        Document::read(content, merges, Some(sink)).map(drop)
    }
}

/// The walk over `content.xml`. Without a sink it only looks for merged ranges, which must be known before the rows.
struct Document<'a, 's> {
    events: Events<'a>,
    sink: Option<&'s mut dyn RowSink>,
    merges: Vec<Vec<Merge>>,
    hidden_styles: Vec<String>,
    n_sheets: usize,
}

impl<'a, 's> Document<'a, 's> {
    fn read(
        content: &'a str,
        merges: Vec<Vec<Merge>>,
        sink: Option<&'s mut dyn RowSink>,
    ) -> Result<Vec<Vec<Merge>>, Problem> {
        let events = Events::new(content);
        let mut document = Self { events, sink, merges, hidden_styles: Vec::new(), n_sheets: 0 };
        let mut style = None;
        let mut spreadsheet_depth = None;
        loop {
            match document.events.next()? {
                Node::Start(tag) => match tag.name().as_ref() {
                    "style:style" => style = xml::attribute(&tag, "style:name")?,
                    "style:table-properties" => {
                        let display = xml::attribute(&tag, "table:display")?;
                        document
                            .hidden_styles
                            .extend(style.take().filter(|_| display.as_deref() == Some("false")));
                    }
                    "office:spreadsheet" => spreadsheet_depth = Some(document.events.depth()),
                    "table:table" if spreadsheet_depth.map(|d| d + 1) == Some(document.events.depth()) => {
                        document.table(&tag)?;
                    }
                    _ => {}
                },
                Node::Eof if spreadsheet_depth.is_none() => return Err(damaged("office:spreadsheet 없음")),
                Node::Eof => return Ok(document.merges),
                _ => {}
            }
        }
    }

    fn table(&mut self, tag: &BytesStart<'_>) -> Result<(), Problem> {
        let style = xml::attribute(tag, "table:style-name")?;
        let head = SheetHead {
            name: xml::attribute(tag, "table:name")?.unwrap_or_default(),
            hidden: style.is_some_and(|style| self.hidden_styles.contains(&style)),
            merges: self.merges.get(self.n_sheets).cloned().unwrap_or_default(),
            ..SheetHead::default()
        };
        self.n_sheets += 1;
        if self.sink.is_none() {
            self.merges.push(Vec::new());
        }
        let mut head = Some(head);
        let depth = self.events.depth();
        let mut number: u32 = 1;
        loop {
            match self.events.next()? {
                Node::Start(tag) if tag.name().as_ref() == "table:table-column" => {
                    if let Some(head) = head.as_mut().filter(|_| is_hidden(&tag)) {
                        head.hidden_columns +=
                            xml::number(&tag, "table:number-columns-repeated", 1_u32)?.min(16_384);
                    }
                }
                Node::Start(tag) if tag.name().as_ref() == "table:table-row" => {
                    self.begin(&mut head)?;
                    number = self.rows(&tag, number)?;
                }
                // Shapes, notes and tables in cells have cells of their own.
                Node::Start(tag) if !is_group(tag.name().as_ref()) => self.skip()?,
                Node::End(_) if self.events.depth() < depth => return self.begin(&mut head),
                Node::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn begin(&mut self, head: &mut Option<SheetHead>) -> Result<(), Problem> {
        match (head.take(), &mut self.sink) {
            (Some(head), Some(sink)) => sink.sheet(head),
            _ => Ok(()),
        }
    }

    /// Reads one row element, which may stand for many rows; the number of the row after them.
    fn rows(&mut self, tag: &BytesStart<'_>, number: u32) -> Result<u32, Problem> {
        let n_repeated = xml::number(tag, "table:number-rows-repeated", 1_u32)?.max(1);
        let mut row = RawRow::new(number);
        row.hidden = is_hidden(tag);
        self.cells(&mut row)?;
        let next = number.saturating_add(n_repeated);
        if row.is_blank() {
            return Ok(next);
        }
        if let Some(sink) = &mut self.sink {
            for number in number..next {
                row.number = number;
                sink.row(&row)?;
            }
        }
        Ok(next)
    }

    fn cells(&mut self, row: &mut RawRow) -> Result<(), Problem> {
        let depth = self.events.depth();
        let mut column: usize = 0;
        loop {
            match self.events.next()? {
                Node::Start(tag) => match tag.name().as_ref() {
                    "table:table-cell" | "table:covered-table-cell" => {
                        let n_repeated = xml::number(&tag, "table:number-columns-repeated", 1_usize)?.max(1);
                        self.merge(&tag, row.number, column)?;
                        let cell = self.cell(&tag)?;
                        if cell.value != Value::Empty {
                            for at in column..column.saturating_add(n_repeated) {
                                cell.put(row, at)?;
                            }
                        }
                        column = column.saturating_add(n_repeated);
                    }
                    _ => self.skip()?,
                },
                Node::End(_) if self.events.depth() < depth => return Ok(()),
                Node::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn merge(&mut self, tag: &BytesStart<'_>, row: u32, column: usize) -> Result<(), Problem> {
        if self.sink.is_some() {
            return Ok(());
        }
        let n_rows = xml::number(tag, "table:number-rows-spanned", 1_u32)?.max(1);
        let n_columns = xml::number(tag, "table:number-columns-spanned", 1_u32)?.max(1);
        if let Some(merges) = self.merges.last_mut().filter(|_| n_rows > 1 || n_columns > 1) {
            let first_column = u32::try_from(column).unwrap_or(u32::MAX);
            merges.push(Merge {
                first_row: row,
                first_column,
                last_row: row.saturating_add(n_rows - 1),
                last_column: first_column.saturating_add(n_columns - 1),
            });
        }
        Ok(())
    }

    /// Reads a cell to its end tag.
    fn cell(&mut self, tag: &BytesStart<'_>) -> Result<Cell, Problem> {
        let text = self.paragraphs()?;
        let is_formula = xml::attribute(tag, "table:formula")?.is_some();
        let kind = xml::attribute(tag, "office:value-type")?.unwrap_or_default();
        let is_error = xml::attribute(tag, "calcext:value-type")?.as_deref() == Some("error")
            || (is_formula && (text.starts_with('#') || text.starts_with("Err:")));
        let attribute = |name: &str| xml::attribute(tag, name);
        let value = match kind.as_str() {
            _ if is_error => Value::Error(text),
            "currency" if attribute("office:currency")?.is_some_and(|found| money::is_foreign(&found)) => {
                Value::Error(money::FOREIGN.to_owned())
            }
            "float" | "currency" | "percentage" => match attribute("office:value")? {
                Some(_) => Value::Number(xml::number(tag, "office:value", 0.0)?),
                None => Value::Error("값이 없는 숫자 칸".to_owned()),
            },
            "date" => Value::text(attribute("office:date-value")?.unwrap_or(text)),
            "time" => {
                Value::text(attribute("office:time-value")?.map_or(text, |time| clock(&time).unwrap_or(time)))
            }
            "boolean" => Value::Bool(attribute("office:boolean-value")?.as_deref() == Some("true")),
            "string" => Value::text(attribute("office:string-value")?.unwrap_or(text)),
            "" if is_formula => Value::Error(UNCALCULATED.to_owned()),
            _ => Value::text(text),
        };
        Ok(Cell { value, is_formula })
    }

    /// Text of the paragraphs up to the end of the cell; notes and shapes are not part of it.
    fn paragraphs(&mut self) -> Result<String, Problem> {
        let depth = self.events.depth();
        let mut text = String::new();
        let mut n_paragraphs = 0;
        let mut is_inside = false;
        loop {
            match self.events.next()? {
                Node::Start(tag) => match tag.name().as_ref() {
                    "text:p" | "text:h" => {
                        text.push_str(if n_paragraphs > 0 { "\n" } else { "" });
                        n_paragraphs += 1;
                        is_inside = true;
                    }
                    "text:s" => {
                        let n: usize = xml::number(&tag, "text:c", 1)?;
                        text.extend(std::iter::repeat_n(' ', n.min(limits::CELL_CHARS_MAX)));
                    }
                    "text:tab" => text.push('\t'),
                    "text:line-break" => text.push('\n'),
                    "text:ruby-text" | "text:note" | "text:hidden-text" => self.skip()?,
                    name if name.starts_with("text:") => {}
                    _ => self.skip()?,
                },
                Node::Text(piece) if is_inside => text.push_str(&piece),
                Node::End(name) => {
                    is_inside &= name != "text:p" && name != "text:h";
                    if self.events.depth() < depth {
                        return Ok(text);
                    }
                }
                Node::Eof => return Ok(text),
                _ => {}
            }
        }
    }

    /// Passes over the element whose start tag was read.
    fn skip(&mut self) -> Result<(), Problem> {
        let depth = self.events.depth();
        loop {
            match self.events.next()? {
                Node::End(_) if self.events.depth() < depth => return Ok(()),
                Node::Eof => return Ok(()),
                _ => {}
            }
        }
    }
}

struct Cell {
    value: Value,
    is_formula: bool,
}

#[derive(PartialEq)]
enum Value {
    Empty,
    Text(String),
    Number(f64),
    Bool(bool),
    Error(String),
}

impl Value {
    fn text(text: String) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }
}

impl Cell {
    fn put(&self, row: &mut RawRow, column: usize) -> Result<(), Problem> {
        let cell = match &self.value {
            Value::Empty => return Ok(()),
            Value::Text(text) => text_cell(text),
            Value::Number(number) => RawCell::Number(*number),
            Value::Bool(flag) => RawCell::Bool(*flag),
            Value::Error(text) => RawCell::Error(text),
        };
        row.set(column, cell)?;
        if self.is_formula {
            row.formulas.extend(u16::try_from(column));
        }
        Ok(())
    }
}

/// Elements that hold rows and columns of the same table.
fn is_group(name: &str) -> bool {
    matches!(
        name,
        "table:table-header-rows"
            | "table:table-rows"
            | "table:table-row-group"
            | "table:table-columns"
            | "table:table-header-columns"
            | "table:table-column-group"
            | "table:table-column"
    )
}

fn is_hidden(tag: &BytesStart<'_>) -> bool {
    let visibility = xml::attribute(tag, "table:visibility").ok().flatten();
    visibility.is_some_and(|visibility| visibility == "collapse" || visibility == "filter")
}

/// `PT13H45M00S` as `13:45:00`.
fn clock(duration: &str) -> Option<String> {
    let (hours, rest) = duration.strip_prefix("PT")?.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?.split('.').next()?;
    let is_two = |text: &&str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    [hours, minutes, seconds].iter().all(is_two).then(|| format!("{hours}:{minutes}:{seconds}"))
}

#[cfg(test)]
#[path = "ods_tests.rs"]
mod tests;
