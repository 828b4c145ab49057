//! Which cell styles of an xlsb show a number in thousands or as foreign money: calamine tells dates only.
//!
//! Comes in: the styles part of the ZIP. Goes out: for each style of cells the words for why its numbers are not taken.
//! Refuses: records that are cut short.

use std::collections::HashMap;

use super::records::{Records, part, wide};
use crate::error::Problem;
use crate::ingest::money;
use crate::ingest::packed::Packed;

const STYLES: &str = "xl/styles.bin";
/// A number format: id, code.
const FORMAT: u32 = 0x2C;
/// A cell format: style it is based on, id of the number format.
const CELL_FORMAT: u32 = 0x2F;
const CELL_FORMATS_BEGIN: u32 = 0x269;
const CELL_FORMATS_END: u32 = 0x26A;

/// Words or none, by the number of the style; nothing for a book without styles.
pub(super) fn objections(zip: &mut Packed<'_>) -> Result<Vec<Option<&'static str>>, Problem> {
    if zip.index(STYLES).is_none() {
        return Ok(Vec::new());
    }
    let styles = part(zip, STYLES)?;
    let mut codes: HashMap<[u8; 2], &'static str> = HashMap::new();
    let mut cells = Vec::new();
    let mut is_of_cells = false;
    for record in Records(&styles) {
        let (kind, body) = record?;
        match (kind, body) {
            (FORMAT, [low, high, ..]) => {
                let code = wide(body, &mut 2)?;
                codes.extend(money::objection(&code).map(|words| ([*low, *high], words)));
            }
            (CELL_FORMATS_BEGIN, _) => is_of_cells = true,
            (CELL_FORMATS_END, _) => is_of_cells = false,
            (CELL_FORMAT, [_, _, low, high, ..]) if is_of_cells => {
                cells.push(codes.get(&[*low, *high]).copied());
            }
            (CELL_FORMAT, _) if is_of_cells => cells.push(None),
            _ => {}
        }
    }
    Ok(cells)
}
