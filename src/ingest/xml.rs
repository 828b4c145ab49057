//! What the readers of XML workbooks have in common.
//!
//! Comes in: events of the XML parser. Goes out: attributes and text with their references resolved.
//! Refuses: document types, unknown entities, XML that does not hold together.

use std::str::FromStr;

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use super::packed::damaged;
use crate::error::Problem;

/// Deeper than any workbook nests its elements.
const DEPTH_MAX: usize = 64;

/// An element or text, with references resolved.
pub(super) enum Node<'a> {
    /// A start tag; an empty element is a start and an end.
    Start(BytesStart<'a>),
    /// An end tag with its full name.
    End(String),
    /// Text, possibly a part of it.
    Text(String),
    /// Nothing of interest.
    Other,
    /// The end of the document.
    Eof,
}

/// Reads events and refuses what a workbook does not have.
pub(super) struct Events<'a> {
    reader: Reader<&'a [u8]>,
    depth: usize,
}

impl<'a> Events<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}').trim_start());
        reader.config_mut().expand_empty_elements = true;
        Self { reader, depth: 0 }
    }

    /// The next node.
    pub(super) fn next(&mut self) -> Result<Node<'a>, Problem> {
        Ok(match self.reader.read_event().map_err(broken)? {
            Event::Start(tag) => {
                self.depth += 1;
                if self.depth > DEPTH_MAX {
                    return Err(damaged("XML 요소가 지나치게 깊음"));
                }
                Node::Start(tag)
            }
            Event::End(tag) => {
                self.depth = self.depth.saturating_sub(1);
                Node::End(tag.name().as_ref().to_owned())
            }
            Event::Text(text) => Node::Text(text.xml10_content().into_owned()),
            Event::CData(text) => Node::Text(text.xml10_content().into_owned()),
            Event::GeneralRef(reference) => Node::Text(resolve(&reference)?),
            Event::DocType(_) => return Err(damaged("DOCTYPE 선언")),
            Event::Eof if self.depth > 0 => return Err(damaged("끝이 잘린 XML")),
            Event::Eof => Node::Eof,
            _ => Node::Other,
        })
    }

    /// Number of elements that are open.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }
}

fn resolve(reference: &BytesRef<'_>) -> Result<String, Problem> {
    if let Some(c) = reference.resolve_char_ref().map_err(broken)? {
        return Ok(c.to_string());
    }
    let name = reference.xml10_content();
    let known = quick_xml::escape::resolve_xml_entity(&name);
    known.map(str::to_owned).ok_or_else(|| damaged(&format!("알 수 없는 XML 개체 &{name};")))
}

/// The value of the attribute of this full name.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, Problem> {
    for attribute in tag.attributes().with_checks(false) {
        let attribute = attribute.map_err(|e| damaged(&e.to_string()))?;
        if attribute.key.as_ref() == name {
            let version = quick_xml::XmlVersion::Implicit1_0;
            return Ok(Some(attribute.normalized_value(version).map_err(broken)?.into_owned()));
        }
    }
    Ok(None)
}

/// The attribute as a number; `default` where there is none.
pub(super) fn number<T: FromStr>(tag: &BytesStart<'_>, name: &str, default: T) -> Result<T, Problem> {
    match attribute(tag, name)? {
        Some(value) => value.trim().parse().map_err(|_| damaged(&format!("{name}=\"{value}\""))),
        None => Ok(default),
    }
}

fn broken(error: quick_xml::Error) -> Problem {
    damaged(&error.to_string())
}
