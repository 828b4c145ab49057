//! What must be known of a sheet before its rows, though some of it stands after them.
//!
//! Comes in: the text of a worksheet part. Goes out: hidden columns, merged ranges, and where the rows are.
//! Refuses: a part that is no worksheet, or that is cut or broken before or after its rows.

use quick_xml::events::{BytesStart, Event};

use super::cell::place;
use super::xml::{self, Damage, Xml};
use crate::ingest::Merge;

/// Merged ranges of a sheet: several in each row of a long one. Each is kept, so a limit bounds memory.
const MERGES_MAX: usize = 1_000_000;
const COLUMNS_OF_A_SHEET: u32 = 16_384;

const NO_WORKSHEET: &str = "워크시트가 아닌 부분";
const AFTER_END: &str = "시트가 끝난 뒤에 내용이 더 있음";
const BAD_MERGE: &str = "병합 범위를 읽을 수 없음";
const TOO_MANY_MERGES: &str = "병합 범위가 지나치게 많음";

/// A sheet without its rows.
pub(super) struct Head<'a> {
    pub(super) hidden_columns: u32,
    pub(super) merges: Vec<Merge>,
    /// A reader just inside `<sheetData>`, and the place where that ends; `None` for a sheet without rows.
    pub(super) rows: Option<(Xml<'a>, usize)>,
}

impl<'a> Head<'a> {
    /// Reads what stands before the rows, then what stands after them.
    pub(super) fn read(text: &'a str) -> Result<Self, Damage> {
        let mut xml = Xml::new(text);
        let root = xml.element()?.filter(|root| root.local_name().as_ref() == "worksheet");
        let root = root.ok_or_else(|| xml.damage(NO_WORKSHEET))?;
        let mut head = Self { hidden_columns: 0, merges: Vec::new(), rows: None };
        let mut depth = 1_u64;
        let mut is_in_columns = false;
        while depth > 0 {
            match xml.next()? {
                Event::Start(element) if depth == 1 && element.local_name().as_ref() == "sheetData" => {
                    let end = rows_end(text, xml.position(), element.name().as_ref());
                    let (end, tail) = end.ok_or_else(|| xml.cut())?;
                    head.read_tail(&text[tail..], root.name().as_ref())?;
                    head.rows = Some((xml, end));
                    break;
                }
                Event::Empty(element) if depth == 1 && element.local_name().as_ref() == "sheetData" => {
                    let tail = &text[xml.position()..];
                    head.read_tail(tail, root.name().as_ref())?;
                    break;
                }
                Event::Start(element) => {
                    is_in_columns |= depth == 1 && element.local_name().as_ref() == "cols";
                    depth += 1;
                }
                Event::Empty(element) if is_in_columns => {
                    head.hidden_columns += hidden_columns(&element).map_err(|words| xml.damage(words))?;
                }
                Event::End(_) => {
                    depth -= 1;
                    is_in_columns &= depth > 1;
                }
                Event::Eof => return Err(xml.cut()),
                _ => {}
            }
        }
        head.hidden_columns = head.hidden_columns.min(COLUMNS_OF_A_SHEET);
        Ok(head)
    }

    /// Reads what stands after the rows, to the end of the part.
    fn read_tail(&mut self, text: &str, root: &str) -> Result<(), Damage> {
        let mut xml = Xml::tail(text);
        let mut depth = 0_u64;
        let mut is_in_merges = false;
        loop {
            match xml.next()? {
                Event::Start(element) => {
                    is_in_merges |= depth == 0 && element.local_name().as_ref() == "mergeCells";
                    if is_in_merges && depth == 1 {
                        self.merge(&element, &xml)?;
                    }
                    depth += 1;
                }
                Event::Empty(element) if is_in_merges && depth == 1 => self.merge(&element, &xml)?,
                Event::End(end) if depth == 0 => {
                    return if end.name().as_ref() == root { nothing_more(&mut xml) } else { Err(xml.cut()) };
                }
                Event::End(_) => {
                    depth -= 1;
                    is_in_merges &= depth > 0;
                }
                Event::Eof => return Err(xml.cut()),
                _ => {}
            }
        }
    }

    fn merge(&mut self, element: &BytesStart<'_>, xml: &Xml<'_>) -> Result<(), Damage> {
        if element.local_name().as_ref() != "mergeCell" {
            return Ok(());
        }
        if self.merges.len() == MERGES_MAX {
            return Err(xml.damage(TOO_MANY_MERGES));
        }
        for attribute in xml::attributes(element) {
            if let ("ref", range) = attribute.map_err(|words| xml.damage(words))? {
                self.merges.push(merge(range).ok_or_else(|| xml.damage(BAD_MERGE))?);
            }
        }
        Ok(())
    }
}

fn nothing_more(xml: &mut Xml<'_>) -> Result<(), Damage> {
    loop {
        match xml.next()? {
            Event::Eof => return Ok(()),
            Event::Comment(_) | Event::PI(_) => {}
            Event::Text(text) if text.trim().is_empty() => {}
            _ => return Err(xml.damage(AFTER_END)),
        }
    }
}

/// Where the last end tag called `name` begins after `from`, and where it ends.
fn rows_end(text: &str, from: usize, name: &str) -> Option<(usize, usize)> {
    let tag = format!("</{name}");
    let mut until = text.len();
    loop {
        let start = from + memchr::memmem::rfind(&text.as_bytes()[from..until], tag.as_bytes())?;
        let after = &text[start + tag.len()..];
        let rest = after.trim_start_matches(xml::SPACE);
        if let Some(rest) = rest.strip_prefix('>') {
            return Some((start, text.len() - rest.len()));
        }
        until = start;
    }
}

fn hidden_columns(element: &BytesStart<'_>) -> Result<u32, &'static str> {
    let (mut first, mut last, mut is_hidden) = (0_u32, 0_u32, false);
    for attribute in xml::attributes(element) {
        match attribute? {
            ("min", value) => first = value.parse().unwrap_or(0),
            ("max", value) => last = value.parse().unwrap_or(0),
            ("hidden", value) => is_hidden = xml::is_true(value),
            _ => {}
        }
    }
    let is_range = is_hidden && first >= 1 && first <= last && last <= COLUMNS_OF_A_SHEET;
    Ok(if is_range { last - first + 1 } else { 0 })
}

fn merge(range: &str) -> Option<Merge> {
    let range = range.replace('$', "");
    let (first, last) = range.split_once(':').unwrap_or((&range, &range));
    let (first, last) = (place(first)?, place(last)?);
    Some(Merge {
        first_row: first.0.min(last.0),
        first_column: first.1.min(last.1),
        last_row: first.0.max(last.0),
        last_column: first.1.max(last.1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merges_after_the_rows_and_hidden_columns_before_them_are_found() {
        let text = "<x:worksheet xmlns:x='m'><x:cols><x:col min='2' max='3' hidden='1'/><x:col min='5' max='5'/>\
            <x:col min='7' max='7' hidden='true'/></x:cols><x:sheetData><x:row/></x:sheetData >\
            <x:mergeCells><x:mergeCell ref='A1:A3'/><x:mergeCell ref='$C$2:B1'></x:mergeCell></x:mergeCells>\
            <x:extLst><mergeCells><mergeCell ref='D1:D2'/></mergeCells></x:extLst></x:worksheet> <!-- end -->";
        let head = Head::read(text).unwrap();
        assert_eq!(head.hidden_columns, 3);
        let merge = |first_row, first_column, last_row, last_column| Merge {
            first_row,
            first_column,
            last_row,
            last_column,
        };
        assert_eq!(head.merges, [merge(1, 0, 3, 0), merge(1, 1, 2, 2)]);
        let (xml, end) = head.rows.unwrap();
        assert_eq!(&text[xml.position()..end], "<x:row/>");
        assert!(Head::read("<worksheet><sheetData/></worksheet>").unwrap().rows.is_none());
        assert!(Head::read("<worksheet/>").is_err());
        assert!(Head::read("<worksheet></worksheet>").unwrap().rows.is_none());
    }

    #[test]
    fn what_is_cut_or_no_worksheet_is_damage() {
        for bad in [
            "",
            "<chartsheet/>",
            "<worksheet><sheetData>",
            "<worksheet><sheetData></sheetData>",
            "<worksheet><sheetData></sheetDataSet></worksheet>",
            "<worksheet><sheetData></sheetData></other>",
            "<worksheet><sheetData></sheetData></worksheet><worksheet/>",
            "<worksheet><sheetData/><mergeCells><mergeCell ref='A1:'/></mergeCells></worksheet>",
            "<worksheet><sheetData/><mergeCells></worksheet>",
            "<worksheet><cols></worksheet>",
        ] {
            assert!(Head::read(bad).is_err(), "{bad}");
        }
    }
}
