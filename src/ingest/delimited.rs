//! Delimited text: CSV and its kin with comma, semicolon, tab or pipe.
//!
//! Comes in: bytes. Goes out: one sheet of text cells, each row with the line it begins on.
//! Refuses: an unclosed quote, more columns than a ledger has, bytes that do not decode. Rows of another length than
//! the header are handed on as found; cleaning decides about them.

use std::borrow::Cow;

use super::text;
use super::{RawCell, RawRow, RowSink, SheetHead, SourceFormat};
use crate::error::Problem;

/// Separators in order of preference.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Lines looked at to tell the separator.
const SNIFF_LINES: usize = 200;

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
        let (decoded, encoding) = text::decode(bytes)?;
        let lines = with_line_feeds(&decoded);
        let separator = separator(&lines);
        check_quotes(&lines, separator)?;
        if lines.trim().is_empty() {
            let hint = "ERP에서 다시 내려받으세요.";
            return Err(Problem::new("", "내용이 없는 텍스트 파일", "머리글과 지출 행", hint));
        }
        let encoding = encoding.to_owned();
        sink.sheet(SheetHead { is_delimited: true, encoding, ..SheetHead::default() })?;
        rows(&lines, separator, sink)
    }
}

/// Text whose lines end with a line feed: old exports end them with a carriage return alone.
fn with_line_feeds(text: &str) -> Cow<'_, str> {
    if text.contains('\r') && !text.contains('\n') {
        Cow::Owned(text.replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The separator that stands equally often, and most often, in the longest stretch of lines.
fn separator(text: &str) -> u8 {
    let mut best = (0, SEPARATORS[0]);
    for separator in SEPARATORS {
        let mut counts: std::collections::BTreeMap<usize, usize> = std::collections::BTreeMap::new();
        for line in text.lines().take(SNIFF_LINES) {
            let n = outside_quotes(line, separator);
            if n > 0 {
                *counts.entry(n).or_default() += 1;
            }
        }
        let weight = counts.iter().map(|(n, lines)| lines * 1_000 + n).max().unwrap_or(0);
        if weight > best.0 {
            best = (weight, separator);
        }
    }
    best.1
}

fn outside_quotes(line: &str, separator: u8) -> usize {
    let mut quoted = false;
    let mut n = 0;
    for byte in line.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b if b == separator && !quoted => n += 1,
            _ => {}
        }
    }
    n
}

fn rows(text: &str, separator: u8, sink: &mut dyn RowSink) -> Result<(), Problem> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut row = RawRow::new(0);
    loop {
        let start = line_of_next_record(&reader, text);
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => {
                let hint = "파일을 텍스트 편집기로 열어 그 줄을 확인하세요.";
                return Err(Problem::new("", format!("{start}번째 줄: {error}"), "CSV 한 줄", hint));
            }
        }
        row.reset(start);
        for cell in &record {
            row.push(if cell.is_empty() { RawCell::Empty } else { RawCell::Text(cell) })?;
        }
        sink.row(&row)?;
    }
}

/// Line on which the next record begins: the reader's own position, moved over the line ends it skips.
fn line_of_next_record(reader: &csv::Reader<&[u8]>, text: &str) -> u32 {
    let position = reader.position();
    let at = usize::try_from(position.byte()).unwrap_or(usize::MAX).min(text.len());
    let skipped = text.as_bytes()[at..].iter().take_while(|b| matches!(b, b'\n' | b'\r'));
    let line = position.line() + skipped.filter(|&&b| b == b'\n').count() as u64;
    u32::try_from(line).unwrap_or(u32::MAX)
}

/// A quote that never closes swallows the rest of the file into one cell.
fn check_quotes(text: &str, separator: u8) -> Result<(), Problem> {
    let mut state = Quote::Start;
    let mut line = 1_usize;
    let mut opened = 1_usize;
    for byte in text.bytes() {
        state = match (state, byte) {
            (Quote::Start, b'"') => {
                opened = line;
                Quote::Open
            }
            (Quote::Open, b'"') => Quote::MaybeClosed,
            (Quote::MaybeClosed, b'"') => Quote::Open,
            (Quote::Open, _) => Quote::Open,
            (_, b) if b == separator || b == b'\n' || b == b'\r' => Quote::Start,
            _ => Quote::Plain,
        };
        line += usize::from(byte == b'\n');
    }
    if state == Quote::Open {
        let hint = "그 줄의 큰따옴표를 닫거나 지우세요.";
        return Err(Problem::new(
            "",
            format!("{opened}번째 줄에서 연 따옴표가 닫히지 않음"),
            "닫힌 따옴표",
            hint,
        ));
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Quote {
    Start,
    Plain,
    Open,
    MaybeClosed,
}
