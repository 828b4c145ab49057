//! What the tests of the readers have in common.
//!
//! Comes in: bytes. Goes out: what a reader makes of them, in a form that is easy to compare. Refuses: nothing.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{Collect, FileFacts, RawCell, RawSheet, read_in_process};
use crate::error::Problem;

/// The file whole, or why it was set aside.
pub(super) fn whole(bytes: &[u8]) -> Result<(FileFacts, Vec<RawSheet>), Problem> {
    let mut kept = Collect::new(usize::MAX);
    let facts = read_in_process(bytes, "f", &mut kept);
    match facts.refused.clone() {
        Some(problem) => Err(problem),
        None => Ok((facts, kept.sheets)),
    }
}

/// The words of the refusal.
pub(super) fn refusal(bytes: &[u8]) -> String {
    match whole(bytes) {
        Ok((facts, sheets)) => format!("read as {}: {:?}", facts.format, rows(&sheets[0])),
        Err(problem) => {
            assert!(!problem.hint.is_empty() && !problem.expected.is_empty() && problem.place == "f");
            problem.found
        }
    }
}

/// The rows of a sheet, a cell as it reads.
pub(super) fn rows(sheet: &RawSheet) -> Vec<Vec<String>> {
    sheet.rows.iter().map(|row| row.cells().map(shown).collect()).collect()
}

/// The rows of the only sheet.
pub(super) fn table(bytes: &[u8]) -> Vec<Vec<String>> {
    let (_, sheets) = whole(bytes).unwrap();
    assert_eq!(sheets.len(), 1);
    rows(&sheets[0])
}

/// Text as it is, other kinds marked.
pub(super) fn shown(cell: RawCell<'_>) -> String {
    match cell {
        RawCell::Empty => String::new(),
        RawCell::Text(text) => text.to_owned(),
        RawCell::Number(number) => format!("#{number}"),
        RawCell::DateSerial { serial, is_1904 } => format!("@{serial}{}", if is_1904 { "+1904" } else { "" }),
        RawCell::Bool(flag) => format!("?{flag}"),
        RawCell::Error(text) => format!("!{text}"),
    }
}

/// A ZIP with these members.
pub(super) fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Small pseudo-random numbers, the same in every run.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `n`, which is not 0.
    pub(super) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap_or(0) % n
    }

    /// `bytes` with some of them changed, dropped, doubled or cut off.
    pub(super) fn mutant(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut changed = bytes.to_vec();
        for _ in 0..=self.below(6) {
            if changed.is_empty() {
                break;
            }
            let at = self.below(changed.len());
            let span = (1 + self.below(16)).min(changed.len() - at);
            match self.below(6) {
                0 | 1 => changed[at] = u8::try_from(self.below(256)).unwrap_or(0),
                2 => changed[at] ^= 1 << self.below(8),
                3 => drop(changed.drain(at..at + span)),
                4 => {
                    let copy = changed[at..at + span].to_vec();
                    let to = self.below(changed.len());
                    changed.splice(to..to, copy);
                }
                _ if self.below(4) == 0 => changed.truncate(at),
                _ => changed[at..at + span].fill([0x00, 0xFF, 0x7F, b'"'][self.below(4)]),
            }
        }
        changed
    }
}
