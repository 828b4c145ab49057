//! Sheets as bytes between the reading process and its parent.
//!
//! Comes in: contents or a problem. Goes out: a length-checked binary stream, and the same values again.
//! Refuses: a stream that is cut short or holds an unknown tag: a dying reader must not look like a short file.

use std::io::{self, Read, Write};

use super::{RawCell, RawRow, RawSheet};
use crate::error::Problem;

/// First and last bytes of a stream: without the last ones it is not whole.
const BEGIN: &[u8; 4] = b"LWr1";
const END: &[u8; 4] = b"LWe1";
/// No text in a stream is longer; a larger length is damage.
const TEXT_BYTES_MAX: u32 = 256 * 1024 * 1024;

/// What the reading process answers.
pub(super) enum Answer {
    /// It read the file: format, encoding, sheets.
    Read(String, String, Vec<RawSheet>),
    /// It set the file aside.
    Refused(Problem),
}

pub(super) fn write(out: &mut impl Write, answer: &Answer) -> io::Result<()> {
    out.write_all(BEGIN)?;
    match answer {
        Answer::Refused(problem) => {
            out.write_all(&[0])?;
            for text in [&problem.place, &problem.found, &problem.expected, &problem.hint] {
                put_text(out, text)?;
            }
        }
        Answer::Read(format, encoding, sheets) => {
            out.write_all(&[1])?;
            put_text(out, format)?;
            put_text(out, encoding)?;
            put_len(out, sheets.len())?;
            for sheet in sheets {
                put_sheet(out, sheet)?;
            }
        }
    }
    out.write_all(END)?;
    out.flush()
}

fn put_sheet(out: &mut impl Write, sheet: &RawSheet) -> io::Result<()> {
    put_text(out, &sheet.name)?;
    out.write_all(&[u8::from(sheet.hidden)])?;
    put_len(out, sheet.merges.len())?;
    for merge in &sheet.merges {
        for number in [merge.0, merge.1, merge.2, merge.3] {
            out.write_all(&number.to_le_bytes())?;
        }
    }
    put_len(out, sheet.rows.len())?;
    for row in &sheet.rows {
        out.write_all(&row.number.to_le_bytes())?;
        match &row.damage {
            None => out.write_all(&[0])?,
            Some(damage) => {
                out.write_all(&[1])?;
                put_text(out, damage)?;
            }
        }
        put_len(out, row.cells.len())?;
        for cell in &row.cells {
            put_cell(out, cell)?;
        }
    }
    Ok(())
}

fn put_cell(out: &mut impl Write, cell: &RawCell) -> io::Result<()> {
    match cell {
        RawCell::Empty => out.write_all(&[0]),
        RawCell::Text(text) => {
            out.write_all(&[1])?;
            put_text(out, text)
        }
        RawCell::Number(number) => {
            out.write_all(&[2])?;
            out.write_all(&number.to_le_bytes())
        }
        RawCell::DateSerial { serial, is_1904 } => {
            out.write_all(&[3, u8::from(*is_1904)])?;
            out.write_all(&serial.to_le_bytes())
        }
        RawCell::Bool(flag) => out.write_all(&[4, u8::from(*flag)]),
        RawCell::Error(text) => {
            out.write_all(&[5])?;
            put_text(out, text)
        }
    }
}

fn put_len(out: &mut impl Write, len: usize) -> io::Result<()> {
    let len = u32::try_from(len).map_err(|_| io::Error::other("list too long"))?;
    out.write_all(&len.to_le_bytes())
}

fn put_text(out: &mut impl Write, text: &str) -> io::Result<()> {
    put_len(out, text.len())?;
    out.write_all(text.as_bytes())
}

pub(super) fn read(input: &mut impl Read) -> io::Result<Answer> {
    expect(input, BEGIN)?;
    let answer = match byte(input)? {
        0 => Answer::Refused(Problem::new(text(input)?, text(input)?, text(input)?, text(input)?)),
        1 => {
            let (format, encoding) = (text(input)?, text(input)?);
            let sheets = (0..number(input)?).map(|_| sheet(input)).collect::<io::Result<_>>()?;
            Answer::Read(format, encoding, sheets)
        }
        _ => return Err(damage()),
    };
    expect(input, END)?;
    Ok(answer)
}

fn sheet(input: &mut impl Read) -> io::Result<RawSheet> {
    let name = text(input)?;
    let hidden = byte(input)? == 1;
    let mut merges = Vec::new();
    for _ in 0..number(input)? {
        merges.push((number(input)?, number(input)?, number(input)?, number(input)?));
    }
    let mut rows = Vec::new();
    for _ in 0..number(input)? {
        let row_number = number(input)?;
        let damage = if byte(input)? == 1 { Some(text(input)?) } else { None };
        let cells = (0..number(input)?).map(|_| cell(input)).collect::<io::Result<_>>()?;
        rows.push(RawRow { number: row_number, cells, damage });
    }
    Ok(RawSheet { name, hidden, rows, merges })
}

fn cell(input: &mut impl Read) -> io::Result<RawCell> {
    Ok(match byte(input)? {
        0 => RawCell::Empty,
        1 => RawCell::Text(text(input)?),
        2 => RawCell::Number(float(input)?),
        3 => RawCell::DateSerial { is_1904: byte(input)? == 1, serial: float(input)? },
        4 => RawCell::Bool(byte(input)? == 1),
        5 => RawCell::Error(text(input)?),
        _ => return Err(damage()),
    })
}

fn expect(input: &mut impl Read, mark: &[u8; 4]) -> io::Result<()> {
    let mut found = [0; 4];
    input.read_exact(&mut found)?;
    if &found == mark { Ok(()) } else { Err(damage()) }
}

fn byte(input: &mut impl Read) -> io::Result<u8> {
    let mut found = [0];
    input.read_exact(&mut found)?;
    Ok(found[0])
}

fn number(input: &mut impl Read) -> io::Result<u32> {
    let mut found = [0; 4];
    input.read_exact(&mut found)?;
    Ok(u32::from_le_bytes(found))
}

fn float(input: &mut impl Read) -> io::Result<f64> {
    let mut found = [0; 8];
    input.read_exact(&mut found)?;
    Ok(f64::from_le_bytes(found))
}

fn text(input: &mut impl Read) -> io::Result<String> {
    let len = number(input)?;
    if len > TEXT_BYTES_MAX {
        return Err(damage());
    }
    let mut bytes = Vec::new();
    input.take(u64::from(len)).read_to_end(&mut bytes)?;
    if bytes.len() != len as usize {
        return Err(damage());
    }
    String::from_utf8(bytes).map_err(|_| damage())
}

fn damage() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "stream of the reading process is damaged")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Answer {
        let cells = vec![
            RawCell::Empty,
            RawCell::Text("총무과".to_owned()),
            RawCell::Number(1.5),
            RawCell::DateSerial { serial: 45_296.0, is_1904: true },
            RawCell::Bool(true),
            RawCell::Error("#REF!".to_owned()),
        ];
        let rows = vec![RawRow { number: 7, cells, damage: Some("깨짐".to_owned()) }];
        let sheet = RawSheet { name: "지출".to_owned(), hidden: true, rows, merges: vec![(1, 0, 3, 0)] };
        Answer::Read("xlsx".to_owned(), String::new(), vec![sheet])
    }

    #[test]
    fn values_survive_the_way() {
        let mut bytes = Vec::new();
        write(&mut bytes, &sample()).unwrap();
        let (Answer::Read(_, _, before), Answer::Read(_, _, after)) =
            (sample(), read(&mut bytes.as_slice()).unwrap())
        else {
            panic!("not read")
        };
        assert_eq!(before, after);
    }

    #[test]
    fn every_cut_is_noticed() {
        let mut bytes = Vec::new();
        write(&mut bytes, &sample()).unwrap();
        for len in 0..bytes.len() {
            assert!(read(&mut &bytes[..len]).is_err(), "cut at {len}");
        }
    }
}
