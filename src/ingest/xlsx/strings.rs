//! The shared strings of a workbook, and the text of rich strings.
//!
//! Comes in: the shared strings part. Goes out: strings as slices of one text.
//! Refuses: a part that is no well-formed XML. A string longer than a cell may be is known only as that.

use quick_xml::events::{BytesStart, Event};

use super::xml::{self, Damage, SPACE, Xml};
use crate::ingest::limits;

/// All shared strings.
#[derive(Debug, Default)]
pub(super) struct Strings {
    text: String,
    /// Where each string ends in `text`; it begins where the one before ends.
    ends: Vec<u32>,
    /// Indexes of strings longer than a cell may be, whose text was dropped.
    too_long: Vec<u32>,
}

/// A shared string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shared<'s> {
    /// Its text.
    Text(&'s str),
    /// More characters than a cell can hold.
    TooLong,
    /// There is no string of this index.
    Unknown,
}

impl Strings {
    /// The string with `index`.
    pub(super) fn get(&self, index: usize) -> Shared<'_> {
        let Some(end) = self.ends.get(index) else { return Shared::Unknown };
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        if start == *end
            && u32::try_from(index).is_ok_and(|index| self.too_long.binary_search(&index).is_ok())
        {
            return Shared::TooLong;
        }
        Shared::Text(&self.text[start as usize..*end as usize])
    }

    /// Reads the part.
    pub(super) fn parse(text: &str) -> Result<Self, Damage> {
        let mut strings = Self::default();
        let mut xml = Xml::new(text);
        let mut depth = 0_u32;
        let mut one = String::new();
        loop {
            if depth == 1 {
                let plain = strings.take_plain(&text[xml.position()..]);
                xml.advance(plain);
            }
            match xml.next()? {
                Event::Start(element) if depth == 1 && element.local_name().as_ref() == "si" => {
                    one.clear();
                    rich_text(&mut xml, &mut one)?;
                    strings.push(&one);
                }
                Event::Empty(element) if depth == 1 && element.local_name().as_ref() == "si" => {
                    strings.push("");
                }
                Event::Start(_) if depth == 1 => xml.skip()?,
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                Event::Eof if depth == 0 => return Ok(strings),
                Event::Eof => return Err(xml.cut()),
                _ => {}
            }
        }
    }

    /// Takes strings at the start of `text` that are one plain run, by far the most. Bytes taken.
    fn take_plain(&mut self, text: &str) -> usize {
        let mut taken = 0;
        loop {
            let rest = text[taken..].trim_start_matches(SPACE);
            let Some(one) = rest.strip_prefix("<si>").and_then(plain_run) else { return taken };
            let Some(after) = one.after.strip_prefix("</si>") else { return taken };
            self.push(&xml::unescape_units(one.text));
            taken = text.len() - after.len();
        }
    }

    fn push(&mut self, text: &str) {
        if is_too_long(text) {
            self.too_long.push(u32::try_from(self.ends.len()).unwrap_or(u32::MAX));
        } else {
            self.text.push_str(text);
        }
        // A part has at most 512 MiB, and no text grows by more than a half when it is decoded.
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
    }
}

/// Whether `text` has more characters than a cell can hold.
pub(super) fn is_too_long(text: &str) -> bool {
    text.len() > limits::CELL_CHARS_MAX && text.chars().count() > limits::CELL_CHARS_MAX
}

/// A `<t>` without references, carriage returns or attributes other than `xml:space`, and what follows it.
pub(super) struct PlainRun<'a> {
    pub(super) text: &'a str,
    pub(super) after: &'a str,
}

/// The `<t>` at the start of `text`, if it is a plain one.
pub(super) fn plain_run(text: &str) -> Option<PlainRun<'_>> {
    let (rest, keeps_space) = match text.strip_prefix("<t>") {
        Some(rest) => (rest, false),
        None => (text.strip_prefix("<t xml:space=\"preserve\">")?, true),
    };
    let end = memchr::memchr3(b'<', b'&', b'\r', rest.as_bytes())?;
    let after = rest[end..].strip_prefix("</t>")?;
    let found = &rest[..end];
    Some(PlainRun { text: if keeps_space { found } else { xml::trim(found) }, after })
}

/// How a run stands beside its neighbours.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Look {
    is_struck: bool,
    /// Superscript or subscript.
    is_shifted: bool,
}

/// Appends the text of a string element whose start was just read: its runs without the phonetic ones. A run that is
/// struck out, superscript or subscript is not glued to the others: a line end stands between.
pub(super) fn rich_text(xml: &mut Xml<'_>, out: &mut String) -> Result<(), Damage> {
    let mut depth = 1_u64;
    let mut look = Look::default();
    let mut before = None;
    while depth > 0 {
        match xml.next()? {
            Event::Start(element) => match element.local_name().as_ref() {
                "t" => {
                    let text = run(xml, &element)?;
                    if !text.is_empty() {
                        out.push_str(if before.is_some_and(|before| before != look) { "\n" } else { "" });
                        out.push_str(&text);
                        before = Some(look);
                    }
                }
                "r" => {
                    look = Look::default();
                    depth += 1;
                }
                "rPr" => look = run_look(xml)?,
                _ => xml.skip()?,
            },
            Event::End(_) => {
                look = Look::default();
                depth -= 1;
            }
            Event::Eof => return Err(xml.cut()),
            _ => {}
        }
    }
    Ok(())
}

/// Reads the properties of a run, whose start was just read, to their end.
fn run_look(xml: &mut Xml<'_>) -> Result<Look, Damage> {
    let mut look = Look::default();
    let mut depth = 1_u64;
    while depth > 0 {
        let element = match xml.next()? {
            Event::Start(element) => {
                depth += 1;
                element
            }
            Event::Empty(element) => element,
            Event::End(_) => {
                depth -= 1;
                continue;
            }
            Event::Eof => return Err(xml.cut()),
            _ => continue,
        };
        let mut value = None;
        for attribute in xml::attributes(&element) {
            let (key, found) = attribute.map_err(|words| xml.damage(words))?;
            value = if key == "val" { Some(found) } else { value };
        }
        match element.local_name().as_ref() {
            "strike" => look.is_struck = value.is_none_or(xml::is_true),
            "vertAlign" => look.is_shifted = matches!(value, Some("superscript" | "subscript")),
            _ => {}
        }
    }
    Ok(look)
}

/// The text of a run whose `<t>` was just read.
fn run(xml: &mut Xml<'_>, element: &BytesStart<'_>) -> Result<String, Damage> {
    let mut keeps_space = false;
    for attribute in xml::attributes(element) {
        let (key, value) = attribute.map_err(|words| xml.damage(words))?;
        keeps_space |= key == "xml:space" && value == "preserve";
    }
    let mut text = String::new();
    xml.text_into(&mut text)?;
    let text = if keeps_space { text.as_str() } else { xml::trim(&text) };
    Ok(xml::unescape_units(text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(inside: &str) -> Strings {
        Strings::parse(&format!("<?xml version=\"1.0\"?>\n<sst xmlns=\"m\" count=\"1\">{inside}</sst>"))
            .unwrap()
    }

    #[test]
    fn strings_are_plain_rich_or_empty() {
        let strings = parsed(
            "<si><t>총무과</t></si>\n <si><t> 가 </t></si><si><t xml:space=\"preserve\"> 나 </t></si><si/><si><t/></si>\
             <si><r><rPr><b/></rPr><t>지출</t></r><r><t xml:space=\"preserve\"> 내역</t></r><rPh sb=\"0\" eb=\"1\"><t>x</t></rPh>\
             <phoneticPr fontId=\"1\"/></si><si><t>a&amp;b</t></si><si><t>_x000D_</t></si><si><t>a\r\nb</t></si>\
             <x:si xmlns:x=\"m\"><x:t>접두</x:t></x:si><si><t><![CDATA[<끝>]]></t></si><extLst><si><t>no</t></si></extLst>",
        );
        let texts: Vec<Shared<'_>> = (0..12).map(|i| strings.get(i)).collect();
        let expected = ["총무과", "가", " 나 ", "", "", "지출 내역", "a&b", "\r", "a\nb", "접두", "<끝>"];
        assert_eq!(texts[..11], expected.map(Shared::Text));
        assert_eq!(texts[11], Shared::Unknown);
    }

    #[test]
    fn a_run_that_is_struck_or_shifted_is_not_glued_to_others() {
        let run = |look: &str, text: &str| {
            format!("<r><rPr><b/>{look}<sz val=\"9\"/></rPr><t xml:space=\"preserve\">{text}</t></r>")
        };
        let plain = |text: &str| format!("<r><t>{text}</t></r>");
        for (runs, expected) in [
            (run("<strike/>", "500") + &plain("700"), "500\n700"),
            (plain("500") + &run("<strike></strike>", "700"), "500\n700"),
            (run("<strike val=\"1\"/>", "500") + &run("<strike val=\"true\"/>", "0"), "5000"),
            (run("<strike val=\"0\"/>", "500") + &run("<strike val=\"false\"/>", "0") + &plain("1"), "50001"),
            (plain("500") + &run("<vertAlign val=\"superscript\"/>", "1") + &plain("원"), "500\n1\n원"),
            (plain("500") + &run("<x:vertAlign xmlns:x=\"m\" val=\"subscript\"/>", "1)"), "500\n1)"),
            (plain("500") + &run("<vertAlign val=\"baseline\"/>", "1"), "5001"),
            (run("<strike/>", "500") + &run("<vertAlign val=\"subscript\"/>", "1"), "500\n1"),
            (run("<strike/>", "") + &plain("7") + &run("<strike/>", "") + &plain("8"), "78"),
            (run("<strike/>", "500"), "500"),
        ] {
            assert_eq!(parsed(&format!("<si>{runs}</si>")).get(0), Shared::Text(expected), "{runs}");
        }
    }

    #[test]
    fn a_string_longer_than_a_cell_is_only_known_as_that() {
        let long = "가".repeat(limits::CELL_CHARS_MAX + 1);
        let fits = "가".repeat(limits::CELL_CHARS_MAX);
        let strings = parsed(&format!("<si><t>{long}</t></si><si><t></t></si><si><t>{fits}</t></si>"));
        assert_eq!(strings.get(0), Shared::TooLong);
        assert_eq!(strings.get(1), Shared::Text(""));
        assert_eq!(strings.get(2), Shared::Text(&fits));
    }

    #[test]
    fn what_is_cut_or_unknown_is_damage() {
        for bad in [
            "<sst><si><t>a",
            "<sst><si><t>a</t></si>",
            "<sst><si><t>&bad;</t></si></sst>",
            "<sst></si></sst>",
        ] {
            assert!(Strings::parse(bad).is_err(), "{bad}");
        }
    }
}
