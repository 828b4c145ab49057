//! Text as we keep and compare it.
//!
//! Comes in: text of a cell. Goes out: NFC text without control and zero-width characters; keys for comparison.
//! Refuses: nothing.

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Characters that show nothing: zero-width, direction marks, byte order mark, soft hyphen.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}')
}

/// `text` in NFC, without invisible characters, line ends and runs of spaces as one space, trimmed.
pub fn tidy(text: &str) -> String {
    let plain = |c: char| c.is_ascii_graphic() || ('가'..='힣').contains(&c);
    if text.chars().all(plain) {
        return text.to_owned();
    }
    let composed: String = if is_nfc(text) { text.to_owned() } else { text.nfc().collect() };
    let mut out = String::with_capacity(composed.len());
    for c in composed.chars() {
        if c.is_whitespace() || c == '\u{3000}' {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !c.is_control() && !is_invisible(c) {
            out.push(c);
        }
    }
    out.trim().to_owned()
}

/// Full-width ASCII (`０`, `－`, `，`) as ASCII, all white space and invisible characters removed.
pub fn narrow(text: &str) -> String {
    let narrowed = text.nfc().filter(|c| !c.is_whitespace() && !is_invisible(*c) && !c.is_control());
    narrowed
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            _ => c,
        })
        .collect()
}

/// A header for comparison: narrow, lower case, without a bracketed unit at its end.
pub fn header_key(text: &str) -> String {
    let narrowed = narrow(text).to_lowercase();
    match narrowed.find('(') {
        Some(at) if at > 0 && narrowed.ends_with(')') => narrowed[..at].to_owned(),
        _ => narrowed,
    }
}

/// How many minor units of one (won) a written unit such as `천원` makes; `None` where `text` names no unit.
pub fn unit_factor(text: &str) -> Option<i64> {
    let narrowed = narrow(text);
    let after = narrowed.split("단위").nth(1)?;
    let unit: String = after.chars().filter(|c| !matches!(c, ':' | ')' | '(' | ']' | '[')).collect();
    [("억원", 100_000_000), ("백만원", 1_000_000), ("만원", 10_000), ("천원", 1_000), ("원", 1)]
        .into_iter()
        .find(|(name, _)| unit.starts_with(name))
        .map(|(_, factor)| factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decomposed_hangul_and_invisible_characters_are_put_right() {
        let nfd: String = "총무과".nfd().collect();
        assert_eq!(tidy(&format!(" \u{feff}{nfd}\u{200b} ")), "총무과");
        assert_eq!(tidy("a\r\n b\u{3000}c"), "a b c");
    }

    #[test]
    fn headers_compare_without_spaces_and_units() {
        assert_eq!(header_key("금 액 (원)"), "금액");
        assert_eq!(header_key("(단위: 천원)"), "(단위:천원)");
        assert_eq!(header_key("ＤＡＴＥ"), "date");
    }

    #[test]
    fn units_are_read() {
        for (text, factor) in [
            ("(단위: 천원)", Some(1_000)),
            ("[단위 : 원]", Some(1)),
            ("단위:백만원", Some(1_000_000)),
            ("총무과", None),
        ] {
            assert_eq!(unit_factor(text), factor, "{text}");
        }
    }
}
