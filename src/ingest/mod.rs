//! Ingest: the bytes of an ERP export to rows of cells as found, with a verdict on every file.
//!
//! Comes in: a path. Goes out: sheets and rows into a [`RowSink`], and what is known of the file with its verdict.
//! Refuses: to guess, to drop a row, to parse in the caller's own process.
//!
//! A format is one file and one line in [`FORMATS`]; the content decides which one reads a file, never its name.

mod calamine_cells;
pub mod child;
pub mod delimited;
mod limited;
pub mod limits;
pub mod raw;
pub mod text;
mod transport;
mod xls;
mod xlsx;

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
pub const FORMATS: &[&dyn SourceFormat] = &[&xlsx::Xlsx, &xls::Xls, &delimited::Delimited];

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
    if let Some(problem) = unreadable(bytes) {
        return Err(problem);
    }
    FORMATS.iter().copied().find(|format| format.matches(bytes)).ok_or_else(|| unknown(bytes))
}

fn read_file(path: &Path, name: &str, sink: &mut dyn RowSink) -> FileFacts {
    match fsx::read_capped(path, limits::FILE_SIZE_MAX) {
        Ok(bytes) => read_in_process(&bytes, name, sink),
        Err(error) => {
            let hint = "파일의 크기와 권한을 확인하세요.";
            FileFacts::refused(&[], Problem::new(name, error.to_string(), "읽을 수 있는 파일", hint))
        }
    }
}

/// Files that no format can read, named as what they are.
fn unreadable(bytes: &[u8]) -> Option<Problem> {
    let refuse = |found: &str, hint: &str| Some(Problem::new("", found, "엑셀 또는 CSV 파일", hint));
    if bytes.is_empty() {
        return refuse("빈 파일 (0바이트)", "ERP에서 다시 내려받아 넣으세요.");
    }
    if bytes.starts_with(limits::ZIP_MAGIC) && !has_zip_end(bytes) {
        return refuse("끝이 잘린 엑셀 파일", "복사가 끝난 뒤 다시 넣으세요. 원본이 열리는지 확인하세요.");
    }
    if bytes.starts_with(limits::OLE_MAGIC) && holds_utf16(bytes, "EncryptedPackage") {
        return refuse("암호가 걸린 엑셀 문서", "암호를 풀어 저장한 뒤 다시 넣으세요.");
    }
    if limits::DRM_MAGICS.iter().any(|magic| bytes.starts_with(magic)) {
        return refuse("DRM으로 암호화된 문서", "문서 보안을 해제해 저장한 뒤 다시 넣으세요.");
    }
    if bytes.starts_with(b"%PDF") {
        return refuse("PDF 문서", "ERP에서 엑셀이나 CSV로 내려받으세요.");
    }
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).trim_start().to_lowercase();
    if ["<html", "<!doctype html", "<table", "<?xml"].iter().any(|tag| head.starts_with(tag)) {
        let hint = "엑셀에서 열어 ‘Excel 통합 문서(.xlsx)’로 다시 저장하세요.";
        return refuse("이름은 엑셀이지만 내용은 HTML/XML인 파일", hint);
    }
    None
}

fn unknown(bytes: &[u8]) -> Problem {
    let found = match bytes.starts_with(limits::OLE_MAGIC) {
        true => "엑셀이 아닌 OLE 문서이거나 손상된 파일",
        false => "알 수 없는 이진 파일 또는 글자가 깨진 파일",
    };
    let hint = "문서 보안(DRM)이 걸렸는지, 파일이 열리는지 확인하고 엑셀이나 CSV로 다시 내려받으세요.";
    Problem::new("", found, "엑셀(xlsx, xls) 또는 CSV(UTF-8, CP949) 파일", hint)
}

/// A complete ZIP ends with its central directory, found within the last 64 KiB.
fn has_zip_end(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(66_000)..];
    memchr::memmem::rfind(tail, b"PK\x05\x06").is_some()
}

fn holds_utf16(bytes: &[u8], name: &str) -> bool {
    let wanted: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    memchr::memmem::find(bytes, &wanted).is_some()
}

#[cfg(test)]
mod tests;
