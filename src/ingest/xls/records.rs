//! The records of an xls workbook that calamine passes over or hides.
//!
//! Comes in: bytes of an OLE file. Goes out: nothing, or the reason not to trust what would be read.
//! Refuses: numbers shown in thousands or as foreign money, cells and texts that calamine would lose, sheets whose
//! rectangles would not fit into memory. A file whose directory cannot be walked is left to calamine.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use super::super::{limits, money};
use crate::error::Problem;

const FORMULA: u16 = 0x0006;
const BOF: u16 = 0x0809;
const MULRK: u16 = 0x00BD;
const XF: u16 = 0x00E0;
const SST: u16 = 0x00FC;
const LABELSST: u16 = 0x00FD;
const NUMBER: u16 = 0x0203;
const LABEL: u16 = 0x0204;
const BOOLERR: u16 = 0x0205;
const STRING: u16 = 0x0207;
const RK: u16 = 0x027E;
const FORMAT: u16 = 0x041E;
/// Formulas as older programs write them: calamine does not know them.
const OLD_FORMULAS: [u16; 2] = [0x0206, 0x0406];
/// Cells of all rectangles together that calamine may hold, at 32 bytes each: one full sheet and half of another.
const RECTANGLES_MAX: u64 = 30_000_000;

/// Looks at the workbook stream of `bytes`.
pub(super) fn check(bytes: &[u8]) -> Result<(), Problem> {
    let Ok(mut file) = cfb::CompoundFile::open(Cursor::new(bytes)) else { return Ok(()) };
    for name in ["Workbook", "Book"] {
        let Ok(stream) = file.open_stream(name) else { continue };
        let mut records = Vec::new();
        if stream.take(limits::FILE_SIZE_MAX).read_to_end(&mut records).is_ok() {
            return Survey::default().walk(&records);
        }
    }
    Ok(())
}

#[derive(Default)]
struct Survey {
    /// Why numbers in a format are not taken, by its id.
    objections: BTreeMap<u16, &'static str>,
    /// The same by cell style.
    styles: Vec<Option<&'static str>>,
    n_strings: Option<u32>,
    /// First and last row and column of the sheet under way.
    bounds: Option<(u16, u16, u16, u16)>,
    n_cells: u64,
}

impl Survey {
    fn walk(mut self, mut rest: &[u8]) -> Result<(), Problem> {
        while let [a, b, c, d, later @ ..] = rest {
            let kind = u16::from_le_bytes([*a, *b]);
            let len = usize::from(u16::from_le_bytes([*c, *d]));
            let Some(body) = later.get(..len) else { break };
            self.record(kind, body)?;
            rest = &later[len..];
        }
        self.end_sheet()
    }

    fn record(&mut self, kind: u16, body: &[u8]) -> Result<(), Problem> {
        match kind {
            BOF => self.end_sheet()?,
            FORMAT => {
                if let (Some(id), Some(why)) =
                    (short(body, 0), format(body).and_then(|code| money::objection(&code)))
                {
                    self.objections.insert(id, why);
                }
            }
            XF => {
                let why = short(body, 2).and_then(|id| self.objections.get(&id).copied());
                self.styles.push(why);
            }
            SST => self.n_strings = long(body, 4),
            LABELSST => {
                self.cell(body);
                let is_outside = long(body, 6).zip(self.n_strings).is_some_and(|(index, n)| index >= n);
                if is_outside {
                    return Err(refuse(body, "글 목록에 없는 글을 가리키는 칸", RESAVE));
                }
            }
            LABEL | BOOLERR => self.cell(body),
            NUMBER | RK | FORMULA => {
                self.cell(body);
                self.styled(body, short(body, 4))?;
            }
            MULRK => {
                self.cell(body);
                for at in (4..body.len().saturating_sub(2)).step_by(6) {
                    self.styled(body, short(body, at))?;
                }
            }
            STRING => {
                let (Some(n), Some(flags)) = (short(body, 0), body.get(2)) else { return Ok(()) };
                if body.len() < 3 + usize::from(n) * (1 + usize::from(flags & 1)) {
                    return Err(Problem::new("", "나뉘어 저장된 긴 수식 결과", "온전히 읽히는 칸", RESAVE));
                }
            }
            old if OLD_FORMULAS.contains(&old) => return Err(refuse(body, "오래된 형식의 수식", RESAVE)),
            _ => {}
        }
        Ok(())
    }

    /// A cell with a value widens its sheet.
    fn cell(&mut self, body: &[u8]) {
        let (Some(row), Some(column)) = (short(body, 0), short(body, 2)) else { return };
        let (top, left, bottom, right) = self.bounds.unwrap_or((row, column, row, column));
        self.bounds = Some((top.min(row), left.min(column), bottom.max(row), right.max(column)));
    }

    fn styled(&self, body: &[u8], style: Option<u16>) -> Result<(), Problem> {
        let why = style.and_then(|style| self.styles.get(usize::from(style)).copied().flatten());
        match why {
            Some(why) => Err(refuse(body, why, "표시 형식을 일반 숫자로 바꾸어 xlsx로 다시 저장하세요.")),
            None => Ok(()),
        }
    }

    fn end_sheet(&mut self) -> Result<(), Problem> {
        if let Some((top, left, bottom, right)) = self.bounds.take() {
            self.n_cells += (u64::from(bottom - top) + 1) * (u64::from(right - left) + 1);
        }
        if self.n_cells > RECTANGLES_MAX {
            let found = "한도를 넘는 파일: 멀리 떨어진 칸";
            let hint = "표에서 멀리 떨어진 칸을 지우거나 xlsx로 다시 저장하세요.";
            return Err(Problem::new("", found, format!("칸 {RECTANGLES_MAX}개 이하"), hint));
        }
        Ok(())
    }
}

const RESAVE: &str = "엑셀에서 열어 ‘Excel 통합 문서(.xlsx)’로 다시 저장하세요.";

fn refuse(body: &[u8], found: &str, hint: &str) -> Problem {
    let row = short(body, 0).map_or(0, u32::from) + 1;
    let column = short(body, 2).map_or(0, u32::from) + 1;
    Problem::new("", format!("{row}행 {column}열: {found}"), "그대로 읽을 수 있는 칸", hint)
}

/// The code of a FORMAT record.
fn format(body: &[u8]) -> Option<String> {
    let n = usize::from(short(body, 2)?);
    let text = body.get(5..)?;
    if body.get(4)? & 1 == 0 {
        return Some(text.get(..n)?.iter().map(|byte| char::from(*byte)).collect());
    }
    let units: Vec<u16> =
        text.get(..2 * n)?.chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect();
    String::from_utf16(&units).ok()
}

fn short(body: &[u8], at: usize) -> Option<u16> {
    body.get(at..at + 2).map(|two| u16::from_le_bytes([two[0], two[1]]))
}

fn long(body: &[u8], at: usize) -> Option<u32> {
    body.get(at..at + 4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, shorts: &[u16]) -> Vec<u8> {
        let body: Vec<u8> = shorts.iter().flat_map(|n| n.to_le_bytes()).collect();
        let len = u16::try_from(body.len()).unwrap();
        [kind.to_le_bytes().as_slice(), &len.to_le_bytes(), &body].concat()
    }

    /// Format 200 with `code`, style 0 plain and style 1 of that format.
    fn styles(code: &str) -> Vec<u8> {
        let mut body = [200_u16.to_le_bytes(), u16::try_from(code.len()).unwrap().to_le_bytes()].concat();
        body.push(0);
        body.extend_from_slice(code.as_bytes());
        let len = u16::try_from(body.len()).unwrap();
        let format = [FORMAT.to_le_bytes().as_slice(), &len.to_le_bytes(), &body].concat();
        [format, record(XF, &[0, 0]), record(XF, &[0, 200])].concat()
    }

    fn found(records: &[Vec<u8>]) -> String {
        Survey::default().walk(&records.concat()).map_or_else(|problem| problem.found, |()| String::new())
    }

    #[test]
    fn numbers_shown_in_thousands_or_foreign_money_are_refused_where_they_stand() {
        let number = |style| record(NUMBER, &[4, 2, style, 0, 0, 0, 0]);
        assert_eq!(found(&[styles("#,##0,"), number(1)]), format!("5행 3열: {}", money::SCALED));
        assert_eq!(found(&[styles("#,##0,"), number(0)]), "");
        assert_eq!(found(&[styles("#,##0"), number(1)]), "");
        assert!(
            found(&[styles("[$$-409]#,##0"), record(MULRK, &[0, 0, 0, 1, 1, 1, 1, 1, 1])])
                .contains(money::FOREIGN)
        );
    }

    #[test]
    fn what_would_be_lost_is_refused() {
        assert!(found(&[record(0x0406, &[7, 1, 0])]).starts_with("8행 2열"));
        let strings = record(SST, &[3, 0, 3, 0]);
        assert_eq!(found(&[strings.clone(), record(LABELSST, &[0, 0, 0, 2, 0])]), "");
        assert!(found(&[strings, record(LABELSST, &[0, 0, 0, 3, 0])]).contains("글 목록"));
        assert!(found(&[record(STRING, &[9_000, 0])]).contains("긴 수식"));
        assert_eq!(found(&[record(STRING, &[1, 0x4100])]), "");
    }

    #[test]
    fn far_corners_are_refused_over_all_sheets() {
        let corners =
            || [record(BOF, &[]), record(NUMBER, &[0, 0, 0]), record(NUMBER, &[65_535, 255, 0])].concat();
        assert_eq!(found(&[corners()]), "");
        assert!(found(&[corners(), corners()]).contains("한도"));
    }

    #[test]
    fn a_record_cut_short_is_no_panic() {
        for kind in [FORMAT, XF, SST, LABELSST, NUMBER, MULRK, STRING, 0x0406] {
            for len in 0..4 {
                found(&[record(kind, &vec![1; len])]);
            }
        }
    }
}
