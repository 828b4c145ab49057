//! Sheets and rows as bytes between the reading process and its parent.
//!
//! Comes in: what a reader hands to its sink. Goes out: a checked binary stream, and the same calls again.
//! Refuses: a stream that is cut short or holds an unknown tag: a dying reader must not look like a short file.

use std::io::{self, Read, Write};

use super::raw::Slot;
use super::{FileFacts, RawRow, RowSink, SheetHead, limits};
use crate::error::Problem;

/// First and last bytes of a stream: without the last ones it is not whole.
const BEGIN: &[u8; 4] = b"LWr2";
const END: &[u8; 4] = b"LWe2";
/// Heads and verdicts are short; merged ranges may be many.
const JSON_BYTES_MAX: u32 = 256 * 1024 * 1024;

const SHEET: u8 = b'S';
const ROW: u8 = b'R';
const REFUSED: u8 = b'X';
const FACTS: u8 = b'F';

/// Writes what it is given to `out`.
pub(super) struct Sender<W: Write> {
    out: W,
    frame: Vec<u8>,
}

impl<W: Write> Sender<W> {
    pub(super) fn begin(mut out: W) -> io::Result<Self> {
        out.write_all(BEGIN)?;
        Ok(Self { out, frame: Vec::new() })
    }

    /// The end of the stream: the verdict on the file.
    pub(super) fn finish(mut self, facts: &FileFacts) -> io::Result<()> {
        self.json(FACTS, facts)?;
        self.out.write_all(END)?;
        self.out.flush()
    }

    fn json<T: serde::Serialize>(&mut self, tag: u8, value: &T) -> io::Result<()> {
        let json = serde_json::to_vec(value)?;
        let len = u32::try_from(json.len()).map_err(|_| io::Error::other("value too long"))?;
        self.out.write_all(&[tag])?;
        self.out.write_all(&len.to_le_bytes())?;
        self.out.write_all(&json)
    }
}

impl<W: Write> RowSink for Sender<W> {
    fn sheet(&mut self, head: SheetHead) -> Result<(), Problem> {
        self.json(SHEET, &head).map_err(broken)
    }

    fn row(&mut self, row: &RawRow) -> Result<(), Problem> {
        self.frame.clear();
        encode(row, &mut self.frame);
        self.out.write_all(&self.frame).and_then(|()| self.out.write_all(row.text.as_bytes())).map_err(broken)
    }

    fn refused(&mut self, name: &str, problem: Problem) -> Result<(), Problem> {
        self.json(REFUSED, &(name, problem)).map_err(broken)
    }
}

/// Nobody is there to read this: the parent has gone.
fn broken(error: io::Error) -> Problem {
    Problem::new("", error.to_string(), "연결된 상위 프로세스", "다시 실행하세요.")
}

#[expect(clippy::cast_possible_truncation, reason = "rows are bounded by limits far below u32")]
fn encode(row: &RawRow, frame: &mut Vec<u8>) {
    frame.push(ROW);
    frame.extend_from_slice(&row.number.to_le_bytes());
    frame.push(u8::from(row.hidden) | u8::from(row.damage.is_some()) << 1);
    for len in [row.formulas.len() as u32, row.slots.len() as u32, row.text.len() as u32] {
        frame.extend_from_slice(&len.to_le_bytes());
    }
    if let Some(damage) = &row.damage {
        frame.extend_from_slice(&(damage.len() as u32).to_le_bytes());
        frame.extend_from_slice(damage.as_bytes());
    }
    for column in &row.formulas {
        frame.extend_from_slice(&column.to_le_bytes());
    }
    for slot in &row.slots {
        let (tag, low, high) = match *slot {
            Slot::Empty => (0, 0, 0),
            Slot::Text { start, end } => (1, start, end),
            Slot::Number(number) => halves(2, number),
            Slot::DateSerial { serial, is_1904: false } => halves(3, serial),
            Slot::DateSerial { serial, is_1904: true } => halves(4, serial),
            Slot::Bool(flag) => (5, u32::from(flag), 0),
            Slot::Error { start, end } => (6, start, end),
        };
        frame.push(tag);
        frame.extend_from_slice(&low.to_le_bytes());
        frame.extend_from_slice(&high.to_le_bytes());
    }
}

/// Bytes of one cell in a frame: its tag and two numbers.
const SLOT_BYTES: usize = 9;

#[expect(clippy::cast_possible_truncation, reason = "the two halves of 64 bits")]
fn halves(tag: u8, number: f64) -> (u8, u32, u32) {
    let bits = number.to_bits();
    (tag, bits as u32, (bits >> 32) as u32)
}

/// Why a stream could not be taken to its end.
pub(super) enum Stopped {
    /// It is cut short or damaged: the reader died.
    Damaged,
    /// The sink wants no more.
    Sink(Problem),
}

impl From<io::Error> for Stopped {
    fn from(_: io::Error) -> Self {
        Self::Damaged
    }
}

/// Hands everything in `input` to `sink`; the verdict at its end.
pub(super) fn receive(input: &mut impl Read, sink: &mut dyn RowSink) -> Result<FileFacts, Stopped> {
    expect(input, BEGIN)?;
    let mut row = RawRow::new(0);
    let mut scratch = Vec::new();
    loop {
        match byte(input)? {
            ROW => {
                decode(input, &mut row, &mut scratch)?;
                sink.row(&row).map_err(Stopped::Sink)?;
            }
            SHEET => sink.sheet(json(input)?).map_err(Stopped::Sink)?,
            REFUSED => {
                let (name, problem): (String, Problem) = json(input)?;
                sink.refused(&name, problem).map_err(Stopped::Sink)?;
            }
            FACTS => {
                let facts = json(input)?;
                expect(input, END)?;
                return Ok(facts);
            }
            _ => return Err(Stopped::Damaged),
        }
    }
}

fn decode(input: &mut impl Read, row: &mut RawRow, scratch: &mut Vec<u8>) -> Result<(), Stopped> {
    row.reset(number(input)?);
    let flags = byte(input)?;
    let (n_formulas, n_slots, n_text) = (number(input)?, number(input)?, number(input)?);
    let too_many = n_formulas as usize > limits::COLUMNS_MAX
        || n_slots as usize > limits::COLUMNS_MAX
        || n_text as usize > limits::ROW_BYTES_MAX;
    if too_many {
        return Err(Stopped::Damaged);
    }
    row.hidden = flags & 1 != 0;
    if flags & 2 != 0 {
        let len = number(input)?;
        row.damage = Some(text(input, len, Vec::new())?);
    }
    fill(input, scratch, n_formulas as usize * 2)?;
    row.formulas.extend(scratch.chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]])));
    fill(input, scratch, n_slots as usize * SLOT_BYTES)?;
    row.text = text(input, n_text, std::mem::take(&mut row.text).into_bytes())?;
    for bytes in scratch.chunks_exact(SLOT_BYTES) {
        let slot = slot(bytes, &row.text)?;
        row.slots.push(slot);
    }
    Ok(())
}

fn slot(bytes: &[u8], text: &str) -> Result<Slot, Stopped> {
    let at = |i: usize| u32::from_le_bytes([bytes[i], bytes[i + 1], bytes[i + 2], bytes[i + 3]]);
    let (low, high) = (at(1), at(5));
    let float = || f64::from_bits(u64::from(low) | u64::from(high) << 32);
    let is_inside = || text.get(low as usize..high as usize).is_some();
    Ok(match bytes[0] {
        0 => Slot::Empty,
        1 if is_inside() => Slot::Text { start: low, end: high },
        2 => Slot::Number(float()),
        3 => Slot::DateSerial { serial: float(), is_1904: false },
        4 => Slot::DateSerial { serial: float(), is_1904: true },
        5 => Slot::Bool(low == 1),
        6 if is_inside() => Slot::Error { start: low, end: high },
        _ => return Err(Stopped::Damaged),
    })
}

fn json<T: serde::de::DeserializeOwned>(input: &mut impl Read) -> Result<T, Stopped> {
    let len = number(input)?;
    if len > JSON_BYTES_MAX {
        return Err(Stopped::Damaged);
    }
    let mut bytes = Vec::new();
    input.take(u64::from(len)).read_to_end(&mut bytes)?;
    if bytes.len() != len as usize {
        return Err(Stopped::Damaged);
    }
    serde_json::from_slice(&bytes).map_err(|_| Stopped::Damaged)
}

fn expect(input: &mut impl Read, mark: &[u8; 4]) -> Result<(), Stopped> {
    let mut found = [0; 4];
    input.read_exact(&mut found)?;
    if &found == mark { Ok(()) } else { Err(Stopped::Damaged) }
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

fn fill(input: &mut impl Read, into: &mut Vec<u8>, len: usize) -> io::Result<()> {
    into.resize(len, 0);
    input.read_exact(into)
}

/// Text of `len` bytes, in the room of `bytes`.
fn text(input: &mut impl Read, len: u32, mut bytes: Vec<u8>) -> Result<String, Stopped> {
    if len as usize > limits::ROW_BYTES_MAX {
        return Err(Stopped::Damaged);
    }
    fill(input, &mut bytes, len as usize)?;
    String::from_utf8(bytes).map_err(|_| Stopped::Damaged)
}

#[cfg(test)]
mod tests {
    use super::super::{Collect, Merge, RawCell};
    use super::*;
    use crate::ledger::Digest;

    fn stream() -> (Vec<u8>, Collect, FileFacts) {
        let head = SheetHead {
            name: "지출".to_owned(),
            hidden: true,
            merges: vec![Merge { first_row: 1, first_column: 0, last_row: 3, last_column: 0 }],
            ..SheetHead::default()
        };
        let mut row = RawRow::new(7);
        row.hidden = true;
        row.damage = Some("깨짐".to_owned());
        row.formulas = vec![3];
        for cell in [
            RawCell::Empty,
            RawCell::Text("총무과"),
            RawCell::Number(1.5),
            RawCell::DateSerial { serial: 45_296.0, is_1904: true },
            RawCell::DateSerial { serial: 0.25, is_1904: false },
            RawCell::Bool(true),
            RawCell::Error("#REF!"),
            RawCell::Text("끝"),
        ] {
            row.push(cell).unwrap();
        }
        let refused = Problem::new("a", "b", "c", "d");
        let facts =
            FileFacts { sha256: Digest::of(b"x"), size_bytes: 1, format: "xlsx".to_owned(), refused: None };
        let mut bytes = Vec::new();
        let mut sender = Sender::begin(&mut bytes).unwrap();
        let mut kept = Collect::new(10);
        for sink in [&mut sender as &mut dyn RowSink, &mut kept] {
            sink.sheet(head.clone()).unwrap();
            sink.row(&row).unwrap();
            sink.row(&RawRow::new(8)).unwrap();
            sink.refused("다른 시트", refused.clone()).unwrap();
        }
        sender.finish(&facts).unwrap();
        (bytes, kept, facts)
    }

    #[test]
    fn values_survive_the_way() {
        let (bytes, kept, facts) = stream();
        let mut came = Collect::new(10);
        let found = receive(&mut bytes.as_slice(), &mut came).ok().unwrap();
        assert_eq!(found, facts);
        assert_eq!((came.sheets, came.refused), (kept.sheets, kept.refused));
    }

    #[test]
    fn every_cut_is_noticed() {
        let (bytes, ..) = stream();
        for len in 0..bytes.len() {
            let cut = receive(&mut &bytes[..len], &mut Collect::new(10));
            assert!(matches!(cut, Err(Stopped::Damaged)), "cut at {len}");
        }
    }

    #[test]
    fn no_changed_byte_ends_in_a_panic() {
        let (bytes, ..) = stream();
        for i in 0..bytes.len() {
            for flip in [1, 0x80, 0xFF] {
                let mut changed = bytes.clone();
                changed[i] ^= flip;
                receive(&mut changed.as_slice(), &mut Collect::new(10)).ok();
            }
        }
    }
}
