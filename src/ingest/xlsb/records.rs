//! The records of an xlsb, as far as calamine keeps them to itself.
//!
//! Comes in: parts of the ZIP. Goes out: the sheets the workbook lists, and of each its merged ranges, hidden rows and
//! columns, formulas, and how many cells hold a value.
//! Refuses: records that are cut short, inline rich text (which calamine passes over without a word).

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Problem;
use crate::ingest::Merge;
use crate::ingest::packed::{Packed, damaged};

const ROW_HEADER: u32 = 0;
const CELL_BLANK: u32 = 1;
const CELL_LAST: u32 = 11;
/// An error as the value of a formula: calamine gives nothing for it.
const FORMULA_ERROR: u32 = 11;
const FORMULA_FIRST: u32 = 8;
const CELL_RICH_TEXT: u32 = 62;
const COLUMN_INFO: u32 = 60;
const BUNDLE_SHEET: u32 = 156;
const MERGE_CELL: u32 = 176;
const SHEET_DATA_END: u32 = 146;
/// No part belongs to the sheet.
const NO_ID: u32 = u32::MAX;

/// A worksheet as the workbook lists it.
pub(super) struct Listed {
    pub(super) name: String,
    /// Name of its part in the ZIP.
    pub(super) part: String,
}

/// What is known of a sheet besides its values.
#[derive(Default)]
pub(super) struct Survey {
    pub(super) merges: Vec<Merge>,
    pub(super) hidden_columns: u32,
    /// Row numbers from 1.
    pub(super) hidden_rows: BTreeSet<u32>,
    /// Row number from 1 and column from 0 of each formula.
    pub(super) formulas: BTreeSet<(u32, u16)>,
    /// Why the number in a cell is not taken, by row number from 1 and column from 0.
    pub(super) objections: BTreeMap<(u32, u16), &'static str>,
    /// Cells for which calamine must give a value.
    pub(super) n_values: usize,
}

/// The worksheets in the order of the workbook.
pub(super) fn sheets(zip: &mut Packed<'_>) -> Result<Vec<Listed>, Problem> {
    let relations = part(zip, "xl/_rels/workbook.bin.rels")?;
    let relations = String::from_utf8_lossy(&relations).into_owned();
    let book = part(zip, "xl/workbook.bin")?;
    let mut sheets = Vec::new();
    for record in Records(&book) {
        let (kind, body) = record?;
        if kind != BUNDLE_SHEET {
            continue;
        }
        let mut at = 8;
        let id = match number(body, at) {
            Some(NO_ID) => continue,
            _ => wide(body, &mut at)?,
        };
        let name = wide(body, &mut at)?;
        let target = target(&relations, &id).ok_or_else(|| damaged(&format!("시트 {name}의 부분 없음")))?;
        let part = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
        if part.contains("worksheets/") {
            sheets.push(Listed { name, part });
        }
    }
    Ok(sheets)
}

/// The target of relation `id`; attributes come in any order.
fn target(relations: &str, id: &str) -> Option<String> {
    let wanted = format!("Id=\"{id}\"");
    let element = relations.split("<Relationship ").find(|element| element.contains(&wanted))?;
    Some(element.split("Target=\"").nth(1)?.split('"').next()?.to_owned())
}

/// Walks over a sheet. `styles` are the objections to the numbers of each style of cells.
pub(super) fn survey(
    zip: &mut Packed<'_>,
    name: &str,
    styles: &[Option<&'static str>],
) -> Result<Survey, Problem> {
    let sheet = part(zip, name)?;
    let mut survey = Survey::default();
    let mut row = 0;
    let mut is_data = true;
    for record in Records(&sheet) {
        let (kind, body) = record?;
        let short = || damaged("잘린 레코드");
        match kind {
            ROW_HEADER if is_data => {
                row = number(body, 0).ok_or_else(short)?.saturating_add(1);
                if body.get(11).is_some_and(|flags| flags & 0x10 != 0) {
                    survey.hidden_rows.insert(row);
                }
            }
            CELL_RICH_TEXT if is_data => return Err(damaged("칸 안에 서식 있는 글이 든 xlsb")),
            CELL_BLANK..=CELL_LAST if is_data => {
                let column = number(body, 0).ok_or_else(short)?;
                let place = || u16::try_from(column).map(|column| (row, column)).map_err(|_| short());
                if kind >= FORMULA_FIRST {
                    survey.formulas.insert(place()?);
                }
                // The style is a number of three bytes.
                let style = number(body, 4).ok_or_else(short)? & 0x00FF_FFFF;
                if let Some(words) = styles.get(style as usize).copied().flatten() {
                    survey.objections.insert(place()?, words);
                }
                survey.n_values += usize::from(kind != CELL_BLANK && kind != FORMULA_ERROR);
            }
            COLUMN_INFO => {
                let (first, last) = number(body, 0).zip(number(body, 4)).ok_or_else(short)?;
                if body.get(16).is_some_and(|flags| flags & 1 != 0) {
                    survey.hidden_columns += last.saturating_sub(first).min(16_383) + 1;
                }
            }
            SHEET_DATA_END => is_data = false,
            MERGE_CELL => {
                let at = |offset| number(body, offset).ok_or_else(short);
                survey.merges.push(Merge {
                    first_row: at(0)?.saturating_add(1),
                    last_row: at(4)?.saturating_add(1),
                    first_column: at(8)?,
                    last_column: at(12)?,
                });
            }
            _ => {}
        }
    }
    Ok(survey)
}

pub(super) fn part(zip: &mut Packed<'_>, name: &str) -> Result<Vec<u8>, Problem> {
    let index = zip.index(name).ok_or_else(|| damaged(&format!("{name} 없음")))?;
    zip.part(index)
}

/// Records: kind in one or two bytes, length in one to four, body.
pub(super) struct Records<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = Result<(u32, &'a [u8]), Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        let kind = match self.0 {
            [] => return None,
            [low, high, ..] if low & 0x80 != 0 => u32::from(low & 0x7F) | u32::from(high & 0x7F) << 7,
            [low, ..] => u32::from(*low),
        };
        let mut at = if self.0[0] & 0x80 != 0 { 2 } else { 1 };
        let mut len = 0_usize;
        for shift in [0, 7, 14, 21] {
            let byte = *self.0.get(at).unwrap_or(&0);
            at += 1;
            len |= usize::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let Some(body) = self.0.get(at..at + len) else {
            self.0 = &[];
            return Some(Err(damaged("잘린 레코드")));
        };
        self.0 = &self.0[at + len..];
        Some(Ok((kind, body)))
    }
}

fn number(body: &[u8], at: usize) -> Option<u32> {
    let bytes = body.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}

/// Text of a counted number of UTF-16 units.
pub(super) fn wide(body: &[u8], at: &mut usize) -> Result<String, Problem> {
    let short = || damaged("잘린 이름");
    let len = number(body, *at).ok_or_else(short)? as usize;
    let start = *at + 4;
    let end = len.checked_mul(2).and_then(|len| start.checked_add(len)).ok_or_else(short)?;
    let units = body.get(start..end).ok_or_else(short)?.chunks_exact(2);
    *at = end;
    let units = units.map(|two| u16::from_le_bytes([two[0], two[1]]));
    char::decode_utf16(units).collect::<Result<_, _>>().map_err(|_| damaged("깨진 이름"))
}
