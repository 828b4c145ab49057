//! Bytes of a text file to text, strictly.
//!
//! Comes in: bytes. Goes out: the encoding every byte of them is valid in, and a [`Window`] that decodes piece by piece.
//! Refuses: any byte that does not decode, a NUL character, two encodings in one file, an encoding that is only a guess.
//! Nothing is replaced.

use std::borrow::Cow;

use encoding_rs::{Decoder, DecoderResult, EUC_KR, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::plausible;
use crate::error::Problem;

/// Bytes decoded at a time: large enough for speed, small beside the file.
const PIECE: usize = 256 * 1024;
/// Bytes looked at to tell text from something else.
const LOOK: usize = 64 * 1024;

/// The encoding of a text, proved on all of its bytes.
pub(super) struct Plan<'a> {
    /// How it is written.
    pub(super) encoding: &'static Encoding,
    /// First line with a character that was lost before (U+FFFD).
    pub(super) lost_line: Option<usize>,
    body: &'a [u8],
    utf8: Option<&'a str>,
}

impl<'a> Plan<'a> {
    /// Finds the encoding: byte order mark, UTF-16 by its NUL bytes, strict UTF-8, strict and plausible CP949 (which
    /// `EUC_KR` of the WHATWG is).
    pub(super) fn of(bytes: &'a [u8]) -> Result<Self, Problem> {
        if let Some(body) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
            let checked = std::str::from_utf8(body);
            let text = checked.map_err(|error| {
                let line = line_at(body, error.valid_up_to());
                undecodable("UTF-8 표시(BOM)가 있지만 UTF-8이 아닌 글자", line)
            })?;
            return Self::utf8(text);
        }
        for (mark, encoding) in [(b"\xFF\xFE", UTF_16LE), (b"\xFE\xFF", UTF_16BE)] {
            if let Some(body) = bytes.strip_prefix(mark) {
                return Self::decoded(encoding, body);
            }
        }
        if let Some(encoding) = utf16_without_mark(bytes) {
            return Self::decoded(encoding, bytes);
        }
        match std::str::from_utf8(bytes) {
            Ok(text) if plausible::may_be_cp949(text) => Err(ambiguous()),
            Ok(text) => Self::utf8(text),
            Err(error) => {
                let utf8_ends = line_at(bytes, error.valid_up_to());
                plausible::cp949(bytes, utf8_ends)?;
                Self::decoded(EUC_KR, bytes)
            }
        }
    }

    /// The encoding as its label says.
    pub(super) fn labelled(bytes: &'a [u8], label: &str) -> Result<Self, Problem> {
        let found = Encoding::for_label(label.trim().as_bytes());
        let is_marked = [&b"\xEF\xBB\xBF"[..], b"\xFF\xFE", b"\xFE\xFF"].iter().any(|m| bytes.starts_with(m));
        match found {
            // A label may be wrong: what is UTF-8 throughout is no CP949.
            Some(encoding) if encoding == EUC_KR && !is_marked && std::str::from_utf8(bytes).is_err() => {
                Self::decoded(EUC_KR, bytes)
            }
            _ => Self::of(bytes),
        }
    }

    fn utf8(text: &'a str) -> Result<Self, Problem> {
        check_nul(text, 0)?;
        let lost_line = lost(text).map(|at| line_at(text.as_bytes(), at));
        Ok(Self { encoding: UTF_8, lost_line, body: text.as_bytes(), utf8: Some(text) })
    }

    fn decoded(encoding: &'static Encoding, body: &'a [u8]) -> Result<Self, Problem> {
        let mut plan = Self { encoding, lost_line: None, body, utf8: None };
        let mut window = plan.window();
        let mut n_lines = 0;
        while !window.is_end() {
            window.more()?;
            let text = window.text();
            let line = lost(text).map(|at| n_lines + line_at(text.as_bytes(), at));
            plan.lost_line = plan.lost_line.or(line);
            n_lines += n_line_ends(text.as_bytes());
            window.consume(window.text().len());
        }
        Ok(plan)
    }

    /// The text from its beginning.
    pub(super) fn window(&self) -> Window<'a> {
        match self.utf8 {
            Some(text) => Window { source: Source::Whole(text), at: 0 },
            None => {
                let decoder = self.encoding.new_decoder_without_bom_handling();
                let piece =
                    Piece { decoder, rest: self.body, text: String::new(), n_lines: 0, is_end: false };
                Window { source: Source::Piece(Box::new(piece)), at: 0 }
            }
        }
    }

    /// All of the text at once, which must not have lost a character: a second copy where it is not UTF-8.
    pub(super) fn whole(&self) -> Result<Cow<'a, str>, Problem> {
        if let Some(line) = self.lost_line {
            return Err(undecodable("저장할 때 이미 깨진 글자(U+FFFD)", line));
        }
        if let Some(text) = self.utf8 {
            return Ok(Cow::Borrowed(text));
        }
        let mut window = self.window();
        while !window.is_end() {
            window.more()?;
        }
        Ok(Cow::Owned(window.text().to_owned()))
    }
}

/// The part of a text that is decoded and not yet consumed.
pub(super) struct Window<'a> {
    source: Source<'a>,
    at: usize,
}

enum Source<'a> {
    Whole(&'a str),
    Piece(Box<Piece<'a>>),
}

struct Piece<'a> {
    decoder: Decoder,
    rest: &'a [u8],
    text: String,
    n_lines: usize,
    is_end: bool,
}

impl Window<'_> {
    /// What is there to be consumed.
    pub(super) fn text(&self) -> &str {
        match &self.source {
            Source::Whole(text) => &text[self.at..],
            Source::Piece(piece) => &piece.text[self.at..],
        }
    }

    /// Whether nothing follows [`Self::text`].
    pub(super) fn is_end(&self) -> bool {
        match &self.source {
            Source::Whole(_) => true,
            Source::Piece(piece) => piece.is_end,
        }
    }

    /// Moves on by `len` bytes of text.
    pub(super) fn consume(&mut self, len: usize) {
        self.at += len;
    }

    /// Decodes at least as much again as is waiting, so that a long record is looked at a few times only.
    pub(super) fn more(&mut self) -> Result<(), Problem> {
        let waiting = self.text().len();
        if let Source::Piece(piece) = &mut self.source {
            piece.text.drain(..self.at);
            self.at = 0;
            piece.decode(waiting.max(PIECE))?;
        }
        Ok(())
    }
}

impl Piece<'_> {
    fn decode(&mut self, len: usize) -> Result<(), Problem> {
        let (now, later) = self.rest.split_at(len.min(self.rest.len()));
        let room = self.decoder.max_utf8_buffer_length_without_replacement(now.len()).unwrap_or(0);
        self.text.reserve(room);
        let before = self.text.len();
        let (result, n_read) =
            self.decoder.decode_to_string_without_replacement(now, &mut self.text, later.is_empty());
        let fresh = &self.text[before..];
        check_nul(fresh, self.n_lines)?;
        self.n_lines += n_line_ends(fresh.as_bytes());
        if result != DecoderResult::InputEmpty || n_read != now.len() {
            return Err(undecodable("깨진 글자", self.n_lines + 1));
        }
        self.rest = later;
        self.is_end = later.is_empty();
        Ok(())
    }
}

/// No text has a NUL.
fn check_nul(text: &str, lines_before: usize) -> Result<(), Problem> {
    match memchr::memchr(0, text.as_bytes()) {
        Some(at) => Err(undecodable("NUL 문자", lines_before + line_at(text.as_bytes(), at))),
        None => Ok(()),
    }
}

/// Where the first character is that was lost before the file came here.
pub(super) fn lost(text: &str) -> Option<usize> {
    memchr::memmem::find(text.as_bytes(), "\u{FFFD}".as_bytes())
}

/// UTF-16 whose mark is missing: commas, digits and line ends leave a NUL in every second byte, mostly the same one.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(LOOK) & !1];
    let (mut even, mut odd) = (0, 0);
    for two in sample.chunks_exact(2) {
        even += usize::from(two[0] == 0);
        odd += usize::from(two[1] == 0);
    }
    // A few syllables end in a NUL themselves.
    let is_much = |n: usize, other: usize| n * 14 >= sample.len() && n >= 3 && n >= other * 4;
    let encoding = match (is_much(even, odd), is_much(odd, even)) {
        (true, _) => UTF_16BE,
        (_, true) => UTF_16LE,
        _ => return None,
    };
    let text = encoding.decode_without_bom_handling(sample).0;
    let is_strange =
        |c: &char| is_odd(u32::from(*c)) || *c == '\u{FFFD}' || ('\u{E000}'..'\u{F900}').contains(c);
    let n_strange = text.chars().filter(is_strange).count();
    (n_strange * 50 <= text.len()).then_some(encoding)
}

/// Control characters that no text has. One may have got in by accident.
fn is_odd(code: u32) -> bool {
    (code < 0x20 && !matches!(code, 0x09..=0x0D | 0x1A)) || code == 0x7F
}

/// Whether `bytes` look like text: hardly any control characters, or UTF-16.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") || utf16_without_mark(bytes).is_some()
    {
        return true;
    }
    let sample = &bytes[..bytes.len().min(LOOK)];
    let n_odd = sample.iter().filter(|&&b| is_odd(u32::from(b))).count();
    n_odd * 50 <= sample.len() || (n_odd == 1 && sample.len() >= 8)
}

/// The beginning of a text in lower case, for recognition only: what does not decode is replaced.
pub(super) fn head(bytes: &[u8]) -> String {
    let sample = &bytes[..bytes.len().min(LOOK)];
    let encoding = match () {
        () if sample.starts_with(b"\xFF\xFE") => UTF_16LE,
        () if sample.starts_with(b"\xFE\xFF") => UTF_16BE,
        () => utf16_without_mark(sample).unwrap_or(UTF_8),
    };
    encoding.decode_with_bom_removal(sample).0.to_lowercase()
}

/// Number of line ends: CR LF, LF, or CR alone.
pub(super) fn n_line_ends(bytes: &[u8]) -> usize {
    let feeds = memchr::memchr_iter(b'\n', bytes).count();
    let alone = memchr::memchr_iter(b'\r', bytes).filter(|at| bytes.get(at + 1) != Some(&b'\n'));
    feeds + alone.count()
}

/// Line of the byte `at`, from 1.
pub(super) fn line_at(bytes: &[u8], at: usize) -> usize {
    n_line_ends(&bytes[..at.min(bytes.len())]) + 1
}

/// A refusal that names what was found and where.
pub(super) fn undecodable(found: &str, line: usize) -> Problem {
    let hint =
        "ERP에서 UTF-8이나 CP949(ANSI) CSV로 다시 내려받으세요. 두 인코딩을 이어 붙인 파일은 읽지 않습니다.";
    Problem::new("", format!("{found} ({line}번째 줄)"), "UTF-8, CP949 또는 UTF-16 글자", hint)
}

fn ambiguous() -> Problem {
    let hint = "‘CSV UTF-8(쉼표로 분리)’로 다시 저장하면 글자의 종류가 파일에 표시됩니다.";
    Problem::new("", "UTF-8인지 CP949인지 정할 수 없는 글자", "한 가지로만 읽히는 글자", hint)
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
