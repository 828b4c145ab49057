//! Delimited text: CSV and its kin with comma, semicolon, tab or pipe.
//!
//! Comes in: bytes. Goes out: one sheet of text cells, each row with the line it begins on.
//! Refuses: an unclosed quote, more columns than a ledger has, bytes that do not decode. Rows of another length than
//! the header are handed on as found; cleaning decides about them.

use super::sniff::sniff;
use super::splitter::{Splitter, Step, is_too_long};
use super::text::{self, Plan, Window};
use super::{RawRow, RowSink, SheetHead, SourceFormat};
use crate::error::Problem;

/// Bytes looked at to tell the dialect.
const SNIFF_BYTES: usize = 512 * 1024;
/// Lines that a damaged record may take with it into quarantine; more would hide too much.
const DAMAGED_LINES_MAX: u32 = 3;

/// Why a row is kept aside that was damaged before the file came here.
const LOST: &str = "저장할 때 이미 깨진 글자(U+FFFD)가 있습니다";

pub(super) struct Delimited;

impl SourceFormat for Delimited {
    fn id(&self) -> &'static str {
        "csv"
    }

    fn label_ko(&self) -> &'static str {
        "CSV(구분자 텍스트)"
    }

    fn matches(&self, bytes: &[u8]) -> bool {
        text::is_text(bytes)
    }

    fn read(&self, bytes: &[u8], sink: &mut dyn RowSink) -> Result<(), Problem> {
        // Programs of old end a text with Ctrl-Z.
        let plan = Plan::of(bytes.strip_suffix(b"\x1A").unwrap_or(bytes))?;
        let mut window = plan.window();
        window.more()?;
        if window.is_end() && window.text().trim().is_empty() {
            let hint = "ERP에서 다시 내려받으세요.";
            return Err(Problem::new("", "내용이 없는 텍스트 파일", "머리글과 지출 행", hint));
        }
        let encoding = plan.encoding.name().to_owned();
        sink.sheet(SheetHead { is_delimited: true, encoding, ..SheetHead::default() })?;
        rows(window, plan.lost_line.is_some(), sink)
    }
}

fn rows(mut window: Window<'_>, is_lossy: bool, sink: &mut dyn RowSink) -> Result<(), Problem> {
    let text = window.text();
    let sample = &text[..text.floor_char_boundary(SNIFF_BYTES)];
    let sniffed = sniff(sample, window.is_end() && sample.len() == text.len());
    let mut splitter = Splitter::new(sniffed.dialect);
    splitter.n_usual = sniffed.n_usual;
    window.consume(sniffed.declaration);
    let mut line = 1 + u32::from(sniffed.declaration > 0);
    let mut row = RawRow::new(0);
    loop {
        if window.text().is_empty() {
            if window.is_end() {
                return Ok(());
            }
            window.more()?;
            continue;
        }
        row.reset(line);
        match splitter.record(window.text(), window.is_end(), &mut row)? {
            Step::Record { len, n_lines } => {
                check_damage(&row, n_lines)?;
                if is_lossy && text::lost(&window.text()[..len]).is_some() {
                    row.damage.get_or_insert_with(|| LOST.to_owned());
                }
                sink.row(&row)?;
                line = line.saturating_add(n_lines);
                window.consume(len);
            }
            Step::More if is_too_long(window.text().len()) => return Err(unclosed(line)),
            Step::More => window.more()?,
            Step::Unclosed { n_lines } => return Err(unclosed(line.saturating_add(n_lines))),
        }
    }
}

fn check_damage(row: &RawRow, n_lines: u32) -> Result<(), Problem> {
    match &row.damage {
        Some(_) if n_lines > DAMAGED_LINES_MAX => {
            let last = row.number + n_lines - 1;
            let found = format!("{}번째 줄에서 연 따옴표가 {last}번째 줄에서 어긋남", row.number);
            Err(Problem::new("", found, "닫힌 따옴표", "그 줄의 큰따옴표를 닫거나 지우세요."))
        }
        _ => Ok(()),
    }
}

/// A quote that never closes swallows the rest of the file into one cell.
fn unclosed(line: u32) -> Problem {
    let hint = "그 줄의 큰따옴표를 닫거나 지우세요.";
    Problem::new("", format!("{line}번째 줄에서 연 따옴표가 닫히지 않음"), "닫힌 따옴표", hint)
}

#[cfg(test)]
#[path = "delimited_tests.rs"]
mod tests;
