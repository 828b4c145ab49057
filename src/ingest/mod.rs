//! Ingest: the bytes of an ERP export to rows of cells as found, with a verdict on every file.
//!
//! Comes in: a path. Goes out: sheets and rows into a [`RowSink`], and what is known of the file with its verdict.
//! Refuses: to guess, to drop a row, to parse in the caller's own process.
//!
//! A format is one file and one line in [`FORMATS`]; the content decides which one reads a file, never its name.

mod binary;
mod calamine_cells;
pub mod child;
mod delimited;
mod foreign;
mod html;
mod limited;
pub mod limits;
mod money;
mod ods;
mod packed;
mod plausible;
pub mod raw;
mod sniff;
mod splitter;
mod spreadsheetml;
mod text;
mod transport;
mod xls;
mod xlsb;
mod xlsx;
mod xml;
mod zipped;

use std::io::ErrorKind;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::Problem;
use crate::fsx;
use crate::ledger::Digest;

pub use child::{ReaderOptions, child_main};
pub use raw::{Collect, Merge, RawCell, RawRow, RawSheet, RowSink, SheetHead};

/// One input format.
pub trait SourceFormat: Sync {
    /// Identifier, equal to the file name of its page in `docs/formats/`.
    fn id(&self) -> &'static str;
    /// Name on screen.
    fn label_ko(&self) -> &'static str;
    /// Whether `bytes` are of this format, by content.
    fn matches(&self, bytes: &[u8]) -> bool;
    /// Hands every sheet and every non-blank row to `sink`. The place of a problem is filled in by the caller.
    fn read(&self, bytes: &[u8], sink: &mut dyn RowSink) -> Result<(), Problem>;
}

/// Every format, most specific first.
pub const FORMATS: &[&dyn SourceFormat] = &[
    &xlsx::Xlsx,
    &xlsb::Xlsb,
    &ods::Ods,
    &zipped::Zipped,
    &xls::Xls,
    &spreadsheetml::SpreadsheetMl,
    &html::Html,
    &delimited::Delimited,
];

/// What is known of a file once it was read, and the verdict on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// SHA-256 of the bytes read.
    pub sha256: Digest,
    /// Size in bytes.
    pub size_bytes: u64,
    /// Format found by content: an id of `FORMATS`, empty where none was recognised.
    pub format: String,
    /// Why the file was set aside; rows handed on before must be thrown away. `None` when all of it was read.
    pub refused: Option<Problem>,
}

impl FileFacts {
    /// Facts of bytes that were not read any further.
    pub fn refused(bytes: &[u8], problem: Problem) -> Self {
        let size_bytes = bytes.len() as u64;
        Self { sha256: Digest::of(bytes), size_bytes, format: String::new(), refused: Some(problem) }
    }
}

/// Reads the file at `path` in a child process under limits; `name` is what people call it.
pub fn read(path: &Path, name: &str, options: &ReaderOptions, sink: &mut dyn RowSink) -> FileFacts {
    child::read(path, name, options, sink)
}

/// Reads `bytes` here. Only for the child process itself and for tests: a hostile file may end the process.
pub fn read_in_process(bytes: &[u8], name: &str, sink: &mut dyn RowSink) -> FileFacts {
    let mut facts = FileFacts {
        sha256: Digest::of(bytes),
        size_bytes: bytes.len() as u64,
        format: String::new(),
        refused: None,
    };
    let result = match format_of(bytes) {
        Ok(format) => {
            format.id().clone_into(&mut facts.format);
            format.read(bytes, &mut limited::Limited::new(sink))
        }
        Err(problem) => Err(problem),
    };
    facts.refused = result.err().map(|problem| Problem { place: name.to_owned(), ..problem });
    facts
}

/// The format of `bytes`, or what they are instead.
pub(crate) fn format_of(bytes: &[u8]) -> Result<&'static dyn SourceFormat, Problem> {
    if let Some(problem) = foreign::check(bytes) {
        return Err(problem);
    }
    FORMATS.iter().copied().find(|format| format.matches(bytes)).ok_or_else(|| foreign::unknown(bytes))
}

fn read_file(path: &Path, name: &str, sink: &mut dyn RowSink) -> FileFacts {
    match fsx::read_capped(path, limits::FILE_SIZE_MAX) {
        Ok(bytes) => read_in_process(&bytes, name, sink),
        Err(error) => {
            let (found, hint) = match error.kind() {
                ErrorKind::NotFound => ("파일이 없습니다".to_owned(), "경로와 이름을 확인하세요."),
                ErrorKind::PermissionDenied => {
                    ("읽을 권한이 없습니다".to_owned(), "파일의 권한을 확인하세요.")
                }
                ErrorKind::FileTooLarge => ("1GiB를 넘는 파일".to_owned(), "기간을 나누어 내려받으세요."),
                _ => (error.to_string(), "파일이 열리는지 확인하세요."),
            };
            FileFacts::refused(&[], Problem::new(name, found, "읽을 수 있는 파일", hint))
        }
    }
}

#[cfg(test)]
mod mutants_tests;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
