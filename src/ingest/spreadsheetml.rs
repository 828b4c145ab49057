//! `SpreadsheetML` 2003: a workbook as one XML text, often under the name `.xls`.
//!
//! Comes in: bytes of XML. Goes out: sheets with merges and hidden rows marked; dates are ISO text.
//! Refuses: document types, XML that does not hold together, cells beyond the limits of a ledger.

use std::borrow::Cow;
use std::collections::HashMap;

use quick_xml::events::BytesStart;

use super::calamine_cells::text_cell;
use super::packed::damaged;
use super::text::{self, Plan};
use super::xml::{self, Events, Node};
use super::{Merge, RawCell, RawRow, RowSink, SheetHead, SourceFormat, money, ods};
use crate::error::Problem;

const NAMESPACE: &str = "urn:schemas-microsoft-com:office:spreadsheet";

pub(super) struct SpreadsheetMl;

impl SourceFormat for SpreadsheetMl {
    fn id(&self) -> &'static str {
        "spreadsheetml"
    }

    fn label_ko(&self) -> &'static str {
        "XML 스프레드시트 2003"
    }

    fn matches(&self, bytes: &[u8]) -> bool {
        is_workbook(bytes)
    }

    fn read(&self, bytes: &[u8], sink: &mut dyn RowSink) -> Result<(), Problem> {
        let head = text::head(bytes);
        let label = declared_encoding(&head).unwrap_or("utf-8");
        let plan = Plan::labelled(bytes, label)?;
        let content: Cow<'_, str> = plan.whole()?;
        let has = |word: &str| memchr::memmem::find(content.as_bytes(), word.as_bytes()).is_some();
        let is_surveyed = ["Merge", "SheetHidden", "SheetVeryHidden"].into_iter().any(has);
        let heads = if is_surveyed { Workbook::read(&content, Vec::new(), None)? } else { Vec::new() };
        Workbook::read(&content, heads, Some(sink)).map(drop)
    }
}

/// Whether `bytes` are XML whose root is a workbook of this kind.
pub(super) fn is_workbook(bytes: &[u8]) -> bool {
    let head = text::head(bytes);
    let head = head.trim_start();
    let is_root = head.contains("<workbook") || head.contains(":workbook");
    head.starts_with('<') && is_root && head.contains(NAMESPACE)
}

fn declared_encoding(head: &str) -> Option<&str> {
    let declaration = head.trim_start().strip_prefix("<?xml")?.split("?>").next()?;
    let value = declaration.split("encoding=").nth(1)?;
    let quote = value.chars().next()?;
    value[1..].split(quote).next()
}

/// The walk over the document. Without a sink it only looks for what must be known of a sheet before its rows.
struct Workbook<'a, 's> {
    events: Events<'a>,
    sink: Option<&'s mut dyn RowSink>,
    /// Sheets of an earlier walk, or those found so far.
    heads: Vec<SheetHead>,
    n_sheets: usize,
    /// Sheet that has begun and of which nothing was handed on.
    head: Option<SheetHead>,
    number: u32,
    /// Style whose properties come.
    style: String,
    /// Why a number is not taken, or nothing, by style.
    objections: HashMap<String, Option<&'static str>>,
}

impl<'a, 's> Workbook<'a, 's> {
    fn read(
        content: &'a str,
        heads: Vec<SheetHead>,
        sink: Option<&'s mut dyn RowSink>,
    ) -> Result<Vec<SheetHead>, Problem> {
        let mut book = Self {
            events: Events::new(content),
            sink,
            heads,
            n_sheets: 0,
            head: None,
            number: 0,
            style: String::new(),
            objections: HashMap::new(),
        };
        loop {
            match book.events.next()? {
                Node::Start(tag) => match tag.local_name().as_ref() {
                    "Style" => book.style(&tag)?,
                    "NumberFormat" => book.number_format(&tag)?,
                    "Worksheet" => book.sheet(&tag)?,
                    "Column" if is_hidden(&tag)? => {
                        let span: u32 = attribute(&tag, "Span")?.and_then(|n| n.parse().ok()).unwrap_or(0);
                        if let Some(head) = &mut book.head {
                            head.hidden_columns += 1 + span.min(16_384);
                        }
                    }
                    "Visible" => book.visibility()?,
                    "Row" => book.row(&tag)?,
                    _ => {}
                },
                Node::End(name) if local(&name) == "Worksheet" => book.begin()?,
                Node::Eof => return Ok(book.heads),
                _ => {}
            }
        }
    }

    /// A style has the number format of the one it is based on until it names its own.
    fn style(&mut self, tag: &BytesStart<'_>) -> Result<(), Problem> {
        self.style = attribute(tag, "ID")?.unwrap_or_default();
        let parent = attribute(tag, "Parent")?;
        let objection = parent.and_then(|parent| self.objections.get(&parent).copied().flatten());
        self.objections.insert(self.style.clone(), objection);
        Ok(())
    }

    fn number_format(&mut self, tag: &BytesStart<'_>) -> Result<(), Problem> {
        if let Some(format) = attribute(tag, "Format")? {
            let is_euro = format == "Euro Currency";
            let objection = if is_euro { Some(money::FOREIGN) } else { money::objection(&format) };
            self.objections.insert(self.style.clone(), objection);
        }
        Ok(())
    }

    /// Why a number of this style is not taken; a cell without one has that of its row or the default one.
    fn objection(&self, style: Option<&str>) -> Option<&'static str> {
        self.objections.get(style.unwrap_or("Default")).copied().flatten()
    }

    fn sheet(&mut self, tag: &BytesStart<'_>) -> Result<(), Problem> {
        self.begin()?;
        let earlier = self.heads.get(self.n_sheets).cloned().unwrap_or_default();
        let name = attribute(tag, "Name")?.unwrap_or_default();
        let head = SheetHead { name, hidden_columns: 0, ..earlier };
        self.n_sheets += 1;
        self.number = 0;
        if self.sink.is_none() {
            self.heads.push(head.clone());
        }
        self.head = Some(head);
        Ok(())
    }

    /// Hands the sheet on, once.
    fn begin(&mut self) -> Result<(), Problem> {
        match (self.head.take(), &mut self.sink) {
            (Some(head), Some(sink)) => sink.sheet(head),
            _ => Ok(()),
        }
    }

    fn visibility(&mut self) -> Result<(), Problem> {
        if let Node::Text(text) = self.events.next()? {
            let is_hidden = text.starts_with("SheetHidden") || text.starts_with("SheetVeryHidden");
            if let Some(head) = self.heads.last_mut().filter(|_| is_hidden && self.sink.is_none()) {
                head.hidden = true;
            }
        }
        Ok(())
    }

    fn row(&mut self, tag: &BytesStart<'_>) -> Result<(), Problem> {
        if self.n_sheets == 0 {
            return Err(damaged("시트 밖의 행"));
        }
        self.begin()?;
        let next = self.number.saturating_add(1);
        self.number = index(tag)?.unwrap_or(next);
        if self.number < next {
            return Err(damaged(&format!("순서가 뒤바뀐 {}행", self.number)));
        }
        let mut row = RawRow::new(self.number);
        row.hidden = is_hidden(tag)?;
        self.cells(&mut row, attribute(tag, "StyleID")?.as_deref())?;
        if let Some(sink) = &mut self.sink {
            sink.row(&row)?;
        }
        let span: u32 = attribute(tag, "Span")?.and_then(|n| n.parse().ok()).unwrap_or(0);
        self.number = self.number.saturating_add(span);
        Ok(())
    }

    fn cells(&mut self, row: &mut RawRow, style: Option<&str>) -> Result<(), Problem> {
        let depth = self.events.depth();
        let mut column = 0;
        loop {
            match self.events.next()? {
                Node::Start(tag) if tag.local_name().as_ref() == "Cell" => {
                    if let Some(index) = index(&tag)? {
                        column = index as usize - 1;
                    }
                    let n_across: u32 = across(&tag, "MergeAcross")?;
                    let n_down: u32 = across(&tag, "MergeDown")?;
                    if self.sink.is_none() && n_across + n_down > 0 {
                        let first_column = u32::try_from(column).unwrap_or(u32::MAX);
                        let merge = Merge {
                            first_row: row.number,
                            first_column,
                            last_row: row.number.saturating_add(n_down),
                            last_column: first_column.saturating_add(n_across),
                        };
                        self.heads.last_mut().into_iter().for_each(|head| head.merges.push(merge));
                    }
                    let own = attribute(&tag, "StyleID")?;
                    let objection = self.objection(own.as_deref().or(style));
                    self.cell(&tag, row, column, objection)?;
                    column = column.saturating_add(1 + n_across as usize);
                }
                Node::End(_) if self.events.depth() < depth => return Ok(()),
                Node::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn cell(
        &mut self,
        tag: &BytesStart<'_>,
        row: &mut RawRow,
        column: usize,
        objection: Option<&'static str>,
    ) -> Result<(), Problem> {
        let depth = self.events.depth();
        let is_formula = attribute(tag, "Formula")?.is_some();
        let mut kind = None;
        let mut text = String::new();
        let mut data_depth = None;
        let mut is_apart = false;
        loop {
            match self.events.next()? {
                Node::Start(tag) if tag.local_name().as_ref() == "Data" && kind.is_none() => {
                    kind = Some(attribute(&tag, "Type")?.unwrap_or_default());
                    data_depth = Some(self.events.depth());
                }
                Node::Start(tag) => is_apart |= stands_apart(tag.name().as_ref()),
                Node::Text(piece) if data_depth.is_some() => {
                    text.push_str(if is_apart && !text.is_empty() { "\n" } else { "" });
                    text.push_str(&piece);
                    is_apart = false;
                }
                Node::End(name) => {
                    is_apart |= stands_apart(&name);
                    data_depth = data_depth.filter(|&depth| self.events.depth() >= depth);
                    if self.events.depth() < depth {
                        break;
                    }
                }
                Node::Eof => break,
                _ => {}
            }
        }
        let cell = match (kind.as_deref(), text.as_str()) {
            (None | Some("String" | "DateTime"), "") if !is_formula => return Ok(()),
            (None, _) | (Some("String" | "DateTime" | "Number" | "Boolean" | "Error" | ""), "") => {
                RawCell::Error(ods::UNCALCULATED)
            }
            (Some("Number"), text) => match text.trim().parse::<f64>() {
                Ok(number) if number.is_finite() => objection.map_or(RawCell::Number(number), RawCell::Error),
                _ => RawCell::Error("숫자로 읽을 수 없는 숫자 칸"),
            },
            (Some("Boolean"), text) => {
                RawCell::Bool(text.trim() == "1" || text.trim().eq_ignore_ascii_case("true"))
            }
            (Some("Error"), text) => RawCell::Error(text),
            (Some("DateTime"), text) => RawCell::Text(text.strip_suffix("T00:00:00.000").unwrap_or(text)),
            (Some(_), text) => text_cell(text),
        };
        row.set(column, cell)?;
        if is_formula {
            row.formulas.extend(u16::try_from(column));
        }
        Ok(())
    }
}

/// An attribute of the spreadsheet namespace, with or without its usual prefix.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, Problem> {
    match xml::attribute(tag, &format!("ss:{name}"))? {
        Some(value) => Ok(Some(value)),
        None => xml::attribute(tag, name),
    }
}

fn index(tag: &BytesStart<'_>) -> Result<Option<u32>, Problem> {
    let Some(value) = attribute(tag, "Index")? else {
        return Ok(None);
    };
    let index = value.trim().parse::<u32>().ok().filter(|&index| index > 0);
    index.map(Some).ok_or_else(|| damaged(&format!("Index=\"{value}\"")))
}

fn across(tag: &BytesStart<'_>, name: &str) -> Result<u32, Problem> {
    match attribute(tag, name)? {
        Some(value) => {
            value.trim().parse::<u16>().map(u32::from).map_err(|_| damaged(&format!("{name}=\"{value}\"")))
        }
        None => Ok(0),
    }
}

fn is_hidden(tag: &BytesStart<'_>) -> Result<bool, Problem> {
    Ok(attribute(tag, "Hidden")?.is_some_and(|hidden| hidden == "1" || hidden == "true"))
}

/// Rich text that is struck out, superscript or subscript is not glued to what stands beside it.
fn stands_apart(name: &str) -> bool {
    matches!(local(name), "S" | "Strike" | "Del" | "Ins" | "Sup" | "Sub")
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

#[cfg(test)]
#[path = "spreadsheetml_tests.rs"]
mod tests;
