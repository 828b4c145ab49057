//! Small helpers over quick-xml: elements, attributes and text as XML means them.
//!
//! Comes in: the text of a part. Goes out: events, attributes as slices, text with references resolved.
//! Refuses: document types, references other than the five predefined and numeric ones, an end inside an element.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::Fault;
use super::package::doctype;

/// What XML calls white space.
pub(super) const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// `text` without XML white space at its ends. Most text has none, which its first and last byte tell.
pub(super) fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if *first > b' ' && *last > b' ' => text,
        _ => text.trim_matches(SPACE),
    }
}

const BROKEN: &str = "XML 문법이 어긋남";
const CUT: &str = "닫히지 않은 요소";
const BAD_REFERENCE: &str = "알 수 없는 개체 참조";
const BAD_ATTRIBUTE: &str = "속성을 읽을 수 없음";

/// Why a part cannot be read, and where in it.
#[derive(Debug)]
pub(super) struct Damage {
    words: &'static str,
    at: u64,
    is_doctype: bool,
}

impl Damage {
    /// The fault of the part `name`: a document type ends the file, anything else the part.
    pub(super) fn into_fault(self, name: &str) -> Fault {
        match self.is_doctype {
            true => Fault::File(doctype(name)),
            false => Fault::Part(format!("{name} {}바이트: {}", self.at, self.words)),
        }
    }
}

/// Events of one part.
#[derive(Clone)]
pub(super) struct Xml<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
}

impl<'a> Xml<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, reader: Reader::from_str(text) }
    }

    /// A reader of what follows an element whose start was not seen: ends without a start are let through.
    pub(super) fn tail(text: &'a str) -> Self {
        let mut xml = Self::new(text);
        xml.reader.config_mut().allow_unmatched_ends = true;
        xml
    }

    /// The next event; an error at a document type.
    pub(super) fn next(&mut self) -> Result<Event<'a>, Damage> {
        match self.reader.read_event() {
            Ok(Event::DocType(_)) => Err(Damage { is_doctype: true, ..self.damage("") }),
            Ok(event) => Ok(event),
            Err(_) => Err(self.damage(BROKEN)),
        }
    }

    /// The next element, empty or not, at any depth; `None` after the last.
    pub(super) fn element(&mut self) -> Result<Option<BytesStart<'a>>, Damage> {
        loop {
            match self.next()? {
                Event::Start(element) | Event::Empty(element) => return Ok(Some(element)),
                Event::Eof => return Ok(None),
                _ => {}
            }
        }
    }

    /// Skips to the end of `element`, whose start was just read.
    pub(super) fn skip(&mut self) -> Result<(), Damage> {
        let mut depth = 1_u64;
        while depth > 0 {
            match self.next()? {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                Event::Eof => return Err(self.damage(CUT)),
                _ => {}
            }
        }
        Ok(())
    }

    /// Appends the text of the element whose start was just read, up to its end.
    pub(super) fn text_into(&mut self, out: &mut String) -> Result<(), Damage> {
        loop {
            match self.next()? {
                Event::Text(text) => {
                    resolve_into(&text, out).map_err(|words| self.damage(words))?;
                }
                Event::CData(text) => line_ends_into(&text, out),
                Event::GeneralRef(name) => {
                    let found = reference(&name).ok_or_else(|| self.damage(BAD_REFERENCE))?;
                    out.push(found);
                }
                Event::Start(_) => self.skip()?,
                Event::End(_) => return Ok(()),
                Event::Eof => return Err(self.damage(CUT)),
                _ => {}
            }
        }
    }

    pub(super) fn position(&self) -> usize {
        self.text.len() - self.reader.get_ref().len()
    }

    /// Goes on `n` bytes further, which the caller has read itself.
    pub(super) fn advance(&mut self, n: usize) {
        std::io::BufRead::consume(&mut self.reader.stream(), n);
    }

    /// Damage at the present place.
    pub(super) fn damage(&self, words: &'static str) -> Damage {
        Damage { words, at: self.position() as u64, is_doctype: false }
    }

    /// The end of the text inside an element.
    pub(super) fn cut(&self) -> Damage {
        self.damage(CUT)
    }
}

/// Names and raw values of an element's attributes, in time linear in their length.
pub(super) fn attributes<'e>(
    element: &'e BytesStart<'_>,
) -> impl Iterator<Item = Result<(&'e str, &'e str), &'static str>> {
    Attributes { rest: element.attributes_raw() }
}

struct Attributes<'e> {
    rest: &'e str,
}

impl<'e> Iterator for Attributes<'e> {
    type Item = Result<(&'e str, &'e str), &'static str>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.trim_start_matches(SPACE);
        if rest.is_empty() {
            return None;
        }
        let found = one_attribute(rest);
        self.rest = found.map_or("", |(.., rest)| rest);
        Some(found.map(|(key, value, _)| (key, value)).ok_or(BAD_ATTRIBUTE))
    }
}

fn one_attribute(text: &str) -> Option<(&str, &str, &str)> {
    let (key, rest) = text.split_once('=')?;
    let rest = rest.trim_start_matches(SPACE);
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (value, rest) = rest[1..].split_once(quote)?;
    let key = key.trim_end_matches(SPACE);
    let is_name = !key.is_empty() && !key.contains(SPACE) && !key.contains(['"', '\'', '<']);
    is_name.then_some((key, value, rest))
}

/// The part of a name after its prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// Whether an attribute says yes.
pub(super) fn is_true(value: &str) -> bool {
    matches!(trim(value), "1" | "true" | "on")
}

/// An attribute value with references resolved.
pub(super) fn attribute_text(raw: &str) -> Result<String, &'static str> {
    let mut out = String::with_capacity(raw.len());
    let spaces = raw.replace("\r\n", " ").replace(['\r', '\n', '\t'], " ");
    resolve_into(&spaces, &mut out)?;
    Ok(out)
}

/// Appends `raw` with references resolved and line ends made `\n`.
pub(super) fn resolve_into(raw: &str, out: &mut String) -> Result<(), &'static str> {
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        line_ends_into(&rest[..at], out);
        let (name, after) = rest[at + 1..].split_once(';').ok_or(BAD_REFERENCE)?;
        out.push(reference(name).ok_or(BAD_REFERENCE)?);
        rest = after;
    }
    line_ends_into(rest, out);
    Ok(())
}

fn line_ends_into(raw: &str, out: &mut String) {
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\r', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        out.push('\n');
        rest = &rest[at + 1..];
        rest = rest.strip_prefix('\n').unwrap_or(rest);
    }
    out.push_str(rest);
}

fn reference(name: &str) -> Option<char> {
    match name {
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "amp" => return Some('&'),
        "apos" => return Some('\''),
        "quot" => return Some('"'),
        _ => {}
    }
    let digits = name.strip_prefix('#')?;
    let (digits, radix) = digits.strip_prefix('x').map_or((digits, 10), |hex| (hex, 16));
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let code = u32::from_str_radix(digits, radix).ok().filter(|code| is_plain && *code > 0)?;
    char::from_u32(code)
}

/// Length of `_xHHHH_`.
const ESCAPE_LEN: usize = 7;

/// Text with `_xHHHH_` made the UTF-16 unit it stands for, as Excel does. A half of a pair alone becomes U+FFFD.
pub(super) fn unescape_units(text: &str) -> Cow<'_, str> {
    let is_escape = |at: usize| unit(&text[at..]).is_some();
    let Some(first) = memchr::memchr_iter(b'_', text.as_bytes()).find(|at| is_escape(*at)) else {
        return Cow::Borrowed(text);
    };
    let mut units: Vec<u16> = Vec::new();
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(next) = rest.chars().next() {
        if let Some(unit) = unit(rest) {
            units.push(unit);
            rest = &rest[ESCAPE_LEN..];
            continue;
        }
        flush_units(&mut units, &mut out);
        // Everything up to the next underscore is plain.
        let start = next.len_utf8();
        let end = memchr::memchr(b'_', &rest.as_bytes()[start..]).map_or(rest.len(), |at| start + at);
        out.push_str(&rest[..end]);
        rest = &rest[end..];
    }
    flush_units(&mut units, &mut out);
    Cow::Owned(out)
}

fn unit(text: &str) -> Option<u16> {
    match text.as_bytes().get(..ESCAPE_LEN)? {
        [b'_', b'x', hex @ .., b'_'] if hex.iter().all(u8::is_ascii_hexdigit) => {
            u16::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()
        }
        _ => None,
    }
}

fn flush_units(units: &mut Vec<u16>, out: &mut String) {
    out.extend(char::decode_utf16(units.drain(..)).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(raw: &str) -> Result<String, &'static str> {
        let mut out = String::new();
        resolve_into(raw, &mut out).map(|()| out)
    }

    #[test]
    fn references_are_the_predefined_and_numeric_ones() {
        assert_eq!(resolved("a&lt;&gt;&amp;&apos;&quot;&#44;&#xAC00;b").as_deref(), Ok("a<>&'\",가b"));
        assert_eq!(resolved("a\r\nb\rc&#13;").as_deref(), Ok("a\nb\nc\r"));
        for bad in ["&nbsp;", "&", "&a", "&#0;", "&#xD800;", "&#;", "&#+1;", "&#x110000;"] {
            assert_eq!(resolved(bad), Err(BAD_REFERENCE), "{bad}");
        }
    }

    #[test]
    fn escaped_units_are_decoded_as_excel_does() {
        for (escaped, plain) in [
            ("a_x000D_\n", "a\r\n"),
            ("_x005F_x000D_", "_x000D_"),
            ("_xD83D__xDE00_", "😀"),
            ("_xD83D_!", "\u{FFFD}!"),
            ("_xAC00_나_x", "가나_x"),
            ("_X000D_ _x00_ _x000G_ __x0041_", "_X000D_ _x00_ _x000G_ _A"),
            ("밑_줄", "밑_줄"),
        ] {
            assert_eq!(unescape_units(escaped), plain, "{escaped}");
        }
    }

    #[test]
    fn attributes_are_read_with_either_quote_and_broken_ones_noticed() {
        let element = BytesStart::from_content("c r='A1'  x:t = \"a>'b\"", 1);
        let found: Vec<_> = attributes(&element).collect();
        assert_eq!(found, [Ok(("r", "A1")), Ok(("x:t", "a>'b"))]);
        for broken in ["c r", "c r=1", "c r=\"1", "c =\"1\"", "c a b=\"1\""] {
            let element = BytesStart::from_content(broken, 1);
            assert!(attributes(&element).any(|one| one.is_err()), "{broken}");
        }
    }

    #[test]
    fn text_of_an_element_ends_with_it() {
        let mut xml = Xml::new("<t>a<![CDATA[<&b>]]>&lt;<!-- c --><x>no</x>d</t>e");
        assert!(matches!(xml.next(), Ok(Event::Start(_))));
        let mut out = String::new();
        xml.text_into(&mut out).unwrap();
        assert_eq!(out, "a<&b><d");
        for bad in ["<t>a", "<t>&x;</t>", "<t><!DOCTYPE a></t>", "<t><a></t>"] {
            let mut xml = Xml::new(bad);
            assert!(matches!(xml.next(), Ok(Event::Start(_))));
            assert!(xml.text_into(&mut String::new()).is_err(), "{bad}");
        }
    }
}
