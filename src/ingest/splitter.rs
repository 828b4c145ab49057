//! One record of delimited text to one row.
//!
//! Comes in: text that begins with a record. Goes out: the row, and how much of the text it took.
//! Refuses: a quote that never closes. What could be split in more than one way is marked as damaged, not guessed.

use super::{RawCell, RawRow, limits, text};
use crate::error::Problem;

/// How fields are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    /// Between fields.
    pub(super) separator: u8,
    /// Around a field that holds separators.
    pub(super) quote: u8,
}

/// What came of looking at the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A record of so many bytes, its line end included, and so many lines.
    Record { len: usize, n_lines: u32 },
    /// The record goes on beyond the text.
    More,
    /// The quote that opens so many lines below the record's first never closes.
    Unclosed { n_lines: u32 },
}

/// What of a record makes it doubtful.
#[derive(Default)]
struct Doubt {
    /// A quoted field ends with a backslash: it may have been meant to escape the quote.
    backslash: bool,
    /// A plain field holds a quote.
    quote: bool,
    /// Single quotes around something.
    single: Single,
}

/// How far a field in single quotes was followed.
#[derive(Default, PartialEq, Eq)]
enum Single {
    /// None was seen.
    #[default]
    None,
    /// A plain field opens with a quote that it does not close.
    Opened,
    /// A later one closes it.
    Closed,
}

/// Where a field ends.
enum End {
    Separator(usize),
    Line(usize),
    Text(usize),
    Unknown,
}

/// Splits records, keeping its room.
pub(super) struct Splitter {
    dialect: Dialect,
    /// Separators in a usual line, 0 where unknown.
    pub(super) n_usual: usize,
    unescaped: String,
}

impl Splitter {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self { dialect, n_usual: 0, unescaped: String::new() }
    }

    /// Fills `row` with the first record of `text`, which is not empty; `is_end` says that nothing follows `text`.
    pub(super) fn record(&mut self, text: &str, is_end: bool, row: &mut RawRow) -> Result<Step, Problem> {
        let bytes = text.as_bytes();
        let mut doubt = Doubt::default();
        let mut n_lines = 0;
        let mut at = 0;
        loop {
            let open = self.opening(bytes, at);
            if open.is_none() && !is_end && bytes[at..].iter().all(|&b| b == b' ') {
                return Ok(Step::More);
            }
            let end = match open {
                None => self.plain(text, at, row, &mut doubt)?,
                Some(from) => match self.quoted(text, from, is_end, row, &mut doubt)? {
                    Quoted::Ended(end, n) => {
                        n_lines += n;
                        end
                    }
                    Quoted::Unclosed if is_end => return Ok(Step::Unclosed { n_lines }),
                    Quoted::Unclosed => End::Unknown,
                },
            };
            let len = match end {
                End::Separator(next) => {
                    at = next;
                    continue;
                }
                End::Line(stop) => match line_end(bytes, stop, is_end) {
                    Some(len) => len,
                    None => return Ok(Step::More),
                },
                End::Text(stop) if is_end => stop,
                End::Text(_) | End::Unknown => return Ok(Step::More),
            };
            self.judge(&text[..len], n_lines, &doubt, row);
            return Ok(Step::Record { len, n_lines: n_lines + 1 });
        }
    }

    /// Where the quoted part begins, behind spaces and its quote.
    fn opening(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let n_spaces = bytes[at..].iter().take_while(|&&b| b == b' ').count();
        (bytes.get(at + n_spaces) == Some(&self.dialect.quote)).then_some(at + n_spaces + 1)
    }

    fn plain(&self, text: &str, at: usize, row: &mut RawRow, doubt: &mut Doubt) -> Result<End, Problem> {
        let end = self.next_end(text.as_bytes(), at);
        let (stop, end) = match end {
            Some(stop) if text.as_bytes()[stop] == self.dialect.separator => (stop, End::Separator(stop + 1)),
            Some(stop) => (stop, End::Line(stop)),
            None => (text.len(), End::Text(text.len())),
        };
        let field = &text[at..stop];
        let bytes = field.as_bytes();
        match bytes.first() {
            None => {
                row.push(RawCell::Empty)?;
                return Ok(end);
            }
            Some(b'\'') if doubt.single == Single::None && opens_single(bytes) => {
                doubt.single = Single::Opened;
            }
            Some(b'=') if field.starts_with("=\"") => match literal(field) {
                Some(inner) => {
                    row.push(RawCell::Text(inner))?;
                    return Ok(end);
                }
                None => row.damage = Some("=\"…\" 꼴의 칸이 닫히지 않았습니다".to_owned()),
            },
            _ if doubt.single == Single::Opened && bytes.ends_with(b"'") => {
                doubt.single = Single::Closed;
            }
            _ => {}
        }
        if doubt.backslash {
            doubt.quote |= memchr::memchr(self.dialect.quote, bytes).is_some();
        }
        row.push(RawCell::Text(field))?;
        Ok(end)
    }

    fn next_end(&self, bytes: &[u8], at: usize) -> Option<usize> {
        memchr::memchr3(self.dialect.separator, b'\n', b'\r', &bytes[at..]).map(|offset| at + offset)
    }

    /// The field whose content begins at `from`.
    fn quoted(
        &mut self,
        text: &str,
        from: usize,
        is_end: bool,
        row: &mut RawRow,
        doubt: &mut Doubt,
    ) -> Result<Quoted, Problem> {
        let bytes = text.as_bytes();
        let quote = self.dialect.quote;
        let mut at = from;
        let mut is_escaped = false;
        self.unescaped.clear();
        let close = loop {
            let Some(found) = memchr::memchr(quote, &bytes[at..]).map(|offset| at + offset) else {
                return Ok(Quoted::Unclosed);
            };
            match bytes.get(found + 1) {
                None if !is_end => return Ok(Quoted::Unclosed),
                Some(&next) if next == quote => {
                    is_escaped = true;
                    self.unescaped.push_str(&text[at..=found]);
                    at = found + 2;
                }
                _ => break found,
            }
        };
        self.unescaped.push_str(if is_escaped { &text[at..close] } else { "" });
        let content = if is_escaped { self.unescaped.as_str() } else { &text[from..close] };
        let n_lines = u32::try_from(text::n_line_ends(content.as_bytes())).unwrap_or(u32::MAX);
        doubt.backslash |= content.ends_with('\\');
        let after = close + 1 + bytes[close + 1..].iter().take_while(|&&b| b == b' ').count();
        let end = match bytes.get(after) {
            None => End::Text(after),
            Some(&b) if b == self.dialect.separator => End::Separator(after + 1),
            Some(b'\n' | b'\r') => End::Line(after),
            Some(_) => {
                row.damage = Some("닫는 따옴표 뒤에 글자가 있습니다".to_owned());
                let stop = self.next_end(bytes, after).unwrap_or(text.len());
                row.push(RawCell::Text(&text[from..stop]))?;
                return Ok(Quoted::Ended(self.end_at(bytes, stop), n_lines));
            }
        };
        match content {
            "" => row.push(RawCell::Empty)?,
            _ => row.push(RawCell::Text(literal(content).unwrap_or(content)))?,
        }
        Ok(Quoted::Ended(end, n_lines))
    }

    fn end_at(&self, bytes: &[u8], stop: usize) -> End {
        match bytes.get(stop) {
            None => End::Text(stop),
            Some(&b) if b == self.dialect.separator => End::Separator(stop + 1),
            Some(_) => End::Line(stop),
        }
    }

    /// Marks a record that other programs would split in another way.
    fn judge(&self, record: &str, n_lines: u32, doubt: &Doubt, row: &mut RawRow) {
        let damage = match doubt {
            _ if row.damage.is_some() => return,
            Doubt { backslash: true, quote: true, .. } => "따옴표를 역슬래시(\\)로 적은 행입니다",
            Doubt { single: Single::Closed, .. } => "작은따옴표로 묶은 칸이 나뉘었습니다",
            _ if n_lines > 0 && self.swallows(record) => "따옴표 하나가 여러 행을 한 칸으로 묶었습니다",
            _ => return,
        };
        row.damage = Some(damage.to_owned());
    }

    /// Whether each line of a record of several lines has the separators of a whole record.
    fn swallows(&self, record: &str) -> bool {
        let is_whole = |line: &str| {
            line.is_empty()
                || memchr::memchr_iter(self.dialect.separator, line.as_bytes()).count() >= self.n_usual
        };
        self.n_usual >= 2 && record.lines().all(is_whole)
    }
}

enum Quoted {
    /// Where it ends, and the line ends it holds.
    Ended(End, u32),
    Unclosed,
}

/// Whether a field that begins with a single quote does not end with one.
fn opens_single(field: &[u8]) -> bool {
    field.len() == 1 || !field.ends_with(b"'")
}

/// `="00123"`, which keeps Excel from taking a code for a number.
fn literal(field: &str) -> Option<&str> {
    let inner = field.strip_prefix("=\"")?.strip_suffix('"')?;
    (!inner.contains('"')).then_some(inner)
}

/// Length up to and with the line end at `stop`; unknown while a line feed may follow a carriage return.
fn line_end(bytes: &[u8], stop: usize, is_end: bool) -> Option<usize> {
    match (bytes[stop], bytes.get(stop + 1)) {
        (b'\r', Some(b'\n')) => Some(stop + 2),
        (b'\r', None) if !is_end => None,
        _ => Some(stop + 1),
    }
}

/// Whether waiting for more text is in vain: no record is that long.
pub(super) fn is_too_long(waiting: usize) -> bool {
    waiting > 2 * limits::ROW_BYTES_MAX
}
