//! xlsx and xlsm, read by ourselves: one inflation a part, cells as slices of it.
//!
//! Comes in: bytes of a ZIP. Goes out: sheets with their merges and hidden rows and columns, dates and formulas marked.
//! Refuses: parts that inflate beyond limits, document type declarations, a workbook, strings or styles that cannot be
//! read. A worksheet that cannot be read is refused alone.

mod book;
mod cell;
mod formats;
mod head;
mod number;
mod package;
mod plain;
mod sheet;
mod strings;
mod styles;
mod xml;

use self::book::{Book, is_workbook};
use self::package::Package;
use super::{RowSink, SourceFormat, limits};
use crate::error::Problem;

pub(super) struct Xlsx;

impl SourceFormat for Xlsx {
    fn id(&self) -> &'static str {
        "xlsx"
    }

    fn label_ko(&self) -> &'static str {
        "엑셀(xlsx)"
    }

    fn matches(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(limits::ZIP_MAGIC)
            && Package::open(bytes).is_ok_and(|mut package| is_workbook(&mut package))
    }

    fn read(&self, bytes: &[u8], sink: &mut dyn RowSink) -> Result<(), Problem> {
        let mut package = Package::open(bytes)?;
        package.check_declared()?;
        let book = Book::open(&mut package)?;
        let goes_on = book.sheets.len() > 1;
        for listed in &book.sheets {
            match sheet::read(&mut package, listed, &book.shared, goes_on, sink) {
                Ok(()) => {}
                Err(Fault::Part(words)) => sink.refused(&listed.name, damaged(&words))?,
                Err(Fault::File(problem)) => return Err(problem),
            }
        }
        Ok(())
    }
}

/// How far a fault reaches.
#[derive(Debug)]
enum Fault {
    /// One part cannot be read: why.
    Part(String),
    /// The file cannot be read, or nobody wants more of it.
    File(Problem),
}

impl Fault {
    /// The problem of the whole file, for a part it cannot do without.
    fn whole(self) -> Problem {
        match self {
            Self::Part(words) => damaged(&words),
            Self::File(problem) => problem,
        }
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Self::File(problem)
    }
}

fn damaged(detail: &str) -> Problem {
    let hint = "엑셀에서 열리는지 확인하고 다시 저장하거나 다시 내려받으세요.";
    Problem::new("", format!("손상된 엑셀 파일 ({detail})"), "온전한 엑셀 파일", hint)
}

fn bomb(found: &str) -> Problem {
    let hint = "정상적인 내보내기 파일이 아닙니다. 출처를 확인하고, 크면 기간을 나누어 내려받으세요.";
    Problem::new("", format!("한도를 넘는 엑셀 파일: {found}"), "한도 안의 파일", hint)
}

#[cfg(test)]
mod tests;
