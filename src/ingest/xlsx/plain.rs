//! Cells of the few forms that nearly all cells have, taken without an XML reader.
//!
//! Comes in: the text of a sheet at a cell. Goes out: its tag and its text as slices.
//! Refuses: every other form: formulas, references, other attributes, prefixes. The XML reader takes those, to the
//! same effect.

use super::cell::Tag;
use super::strings::plain_run;
use super::xml::SPACE;

/// A cell and the bytes it takes.
pub(super) struct Plain<'a> {
    pub(super) tag: Tag<'a>,
    pub(super) body: Body<'a>,
    pub(super) len: usize,
}

/// What stands in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body<'a> {
    Nothing,
    /// The text of `<v>`.
    Value(&'a str),
    /// The text of `<is><t>`, with `_xHHHH_` as it stands.
    Inline(&'a str),
}

/// The cell at the start of `text`, after white space, if it is a plain one.
pub(super) fn cell(text: &str) -> Option<Plain<'_>> {
    let start = match text.as_bytes().first()? {
        b'<' => 0,
        _ => text.len() - text.trim_start_matches(SPACE).len(),
    };
    let text = &text[start..];
    let (tag, at, is_open) = tag(text)?;
    if !is_open {
        return Some(Plain { tag, body: Body::Nothing, len: start + at });
    }
    let (body, len) = body(&text[at..])?;
    Some(Plain { tag, body, len: start + at + len })
}

/// A start tag with no attributes but one each of `r`, `s` and `t`; where it ends; whether it has an inside.
fn tag(text: &str) -> Option<(Tag<'_>, usize, bool)> {
    let bytes = text.as_bytes();
    if !bytes.starts_with(b"<c") {
        return None;
    }
    let mut tag = Tag::default();
    let mut at = 2;
    loop {
        match bytes.get(at..)? {
            [b'>', ..] => return Some((tag, at + 1, true)),
            [b'/', b'>', ..] => return Some((tag, at + 2, false)),
            [b' ', key, b'=', b'"', rest @ ..] => {
                let len = rest.iter().position(|byte| *byte == b'"')?;
                let value = text.get(at + 4..at + 4 + len)?;
                let slot = match key {
                    b'r' => &mut tag.place,
                    b's' => &mut tag.style,
                    b't' => &mut tag.kind,
                    _ => return None,
                };
                if !slot.is_empty() {
                    return None;
                }
                *slot = value;
                at += 5 + len;
            }
            _ => return None,
        }
    }
}

/// What is between the tags of a cell, and the bytes it takes with the end tag.
fn body(text: &str) -> Option<(Body<'_>, usize)> {
    if let Some(rest) = text.strip_prefix("<v>") {
        let end = rest.bytes().position(|byte| matches!(byte, b'<' | b'&' | b'\r'))?;
        let after = rest.get(end..)?.strip_prefix("</v></c>")?;
        return Some((Body::Value(rest.get(..end)?), text.len() - after.len()));
    }
    if let Some(rest) = text.strip_prefix("<is>") {
        let run = plain_run(rest)?;
        let after = run.after.strip_prefix("</is></c>")?;
        return Some((Body::Inline(run.text), text.len() - after.len()));
    }
    let after = text.strip_prefix("</c>")?;
    Some((Body::Nothing, text.len() - after.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_cells_are_taken_whole() {
        for (text, place, style, kind, body) in [
            ("<c r=\"A1\" s=\"3\" t=\"s\"><v>12</v></c>", "A1", "3", "s", Body::Value("12")),
            ("\n <c t=\"str\"><v>가</v></c>", "", "", "str", Body::Value("가")),
            ("<c r=\"B2\"/>", "B2", "", "", Body::Nothing),
            ("<c r=\"B2\"></c>", "B2", "", "", Body::Nothing),
            ("<c><v></v></c>", "", "", "", Body::Value("")),
            ("<c t=\"inlineStr\"><is><t> 나 </t></is></c>", "", "", "inlineStr", Body::Inline("나")),
            ("<c><is><t xml:space=\"preserve\"> 나 </t></is></c>", "", "", "", Body::Inline(" 나 ")),
        ] {
            let with_next = format!("{text}<c/>");
            let found = cell(&with_next).unwrap();
            assert_eq!(
                (found.tag.place, found.tag.style, found.tag.kind, found.body),
                (place, style, kind, body)
            );
            assert_eq!(found.len, text.len());
        }
    }

    #[test]
    fn every_other_form_is_left_to_the_reader() {
        for text in [
            "",
            "  ",
            "</row>",
            "<col/>",
            "<c r='A1'/>",
            "<c  r=\"A1\"/>",
            "<c r=\"A1\" r=\"B1\"/>",
            "<c r=\"A1\" cm=\"1\"/>",
            "<c r=\"A1",
            "<c r=\"A1\"",
            "<c><f>1</f><v>1</v></c>",
            "<c><v>&#49;</v></c>",
            "<c><v>1</v>",
            "<c><v>1</v><v>2</v></c>",
            "<c><v/></c>",
            "<c><is><r><t>a</t></r></is></c>",
            "<c><is><t>a&amp;b</t></is></c>",
            "<x:c><x:v>1</x:v></x:c>",
        ] {
            assert!(cell(text).is_none(), "{text}");
        }
    }
}
