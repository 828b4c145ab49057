//! Text as we keep and compare it.
//!
//! Comes in: text of a cell. Goes out: NFC text without control and invisible characters; keys for comparison; units.
//! Refuses: to put half-width jamo together or to drop private-use characters, for both would be a guess.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

mod units;

pub use units::{unit_factor, unit_in, unit_of};

/// Characters that show nothing: zero-width, direction marks, byte order marks, soft hyphens, Hangul fillers,
/// variation selectors, tags.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a cell's text keeps `c`, white space included.
fn is_kept(c: char) -> bool {
    c.is_whitespace() || !(c.is_control() || is_invisible(c))
}

/// Characters that stay as they are next to each other: visible, no white space, unmoved by NFC.
/// Not all of them, only those that Korean cells are made of.
fn is_plain(c: char) -> bool {
    matches!(c,
        '!'..='~' | '가'..='힣' | '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{2ff}' | '\u{2010}'..='\u{2027}'
        | '\u{2030}'..='\u{205e}' | '\u{20a0}'..='\u{20bf}' | '\u{2190}'..='\u{2311}' | '\u{2460}'..='\u{26ff}'
        | '\u{3001}'..='\u{3029}' | '\u{3131}'..='\u{3163}' | '\u{3165}'..='\u{318e}' | '\u{3200}'..='\u{33ff}'
        | '\u{4e00}'..='\u{9fff}' | '\u{e000}'..='\u{f8ff}' | '\u{ff01}'..='\u{ff5e}' | '\u{ffe0}'..='\u{ffe6}')
}

/// Whether `text` is plain characters with single spaces between them.
fn is_tidy(text: &str) -> bool {
    let mut after_space = true;
    for c in text.chars() {
        // The two kinds that nearly every character is of come first.
        if c.is_ascii_graphic() || ('가'..='힣').contains(&c) {
            after_space = false;
        } else if c == ' ' && !after_space {
            after_space = true;
        } else if is_plain(c) {
            after_space = false;
        } else {
            return false;
        }
    }
    !after_space || text.is_empty()
}

/// `text` in NFC, without invisible characters, line ends and runs of spaces as one space, trimmed.
pub fn tidy(text: &str) -> String {
    tidy_cow(text).into_owned()
}

/// As [`tidy`], without a copy where `text` is tidy already.
pub fn tidy_cow(text: &str) -> Cow<'_, str> {
    if is_tidy(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| is_kept(*c)).nfc() {
        if !c.is_whitespace() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    if out.ends_with(' ') {
        out.pop();
    }
    Cow::Owned(out)
}

/// Full-width ASCII as ASCII: `０` as `0`, `－` as `-`.
pub(super) fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

/// Full-width ASCII (`０`, `－`, `，`) as ASCII, all white space and invisible characters removed.
pub fn narrow(text: &str) -> String {
    if text.bytes().all(|b| b.is_ascii_graphic()) {
        return text.to_owned();
    }
    text.chars().filter(|c| !c.is_whitespace() && is_kept(*c)).map(half_width).nfc().collect()
}

/// A header for comparison: narrow, lower case, without a bracketed unit at its end.
pub fn header_key(text: &str) -> String {
    let narrowed = narrow(text).to_lowercase();
    match narrowed.find('(') {
        Some(at) if at > 0 && narrowed.ends_with(')') => narrowed[..at].to_owned(),
        _ => narrowed,
    }
}

#[cfg(test)]
pub(super) mod tests;
