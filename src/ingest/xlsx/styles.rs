//! Which cell styles show a number as a date.
//!
//! Comes in: the styles part. Goes out: for each style of cells whether it is a date.
//! Refuses: a part that is no well-formed XML.

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};

use super::formats;
use super::xml::{self, Damage, Xml};

/// Date or not, by the number of the style.
#[derive(Debug, Default)]
pub(super) struct Styles(Vec<bool>);

impl Styles {
    /// Whether style `index` shows dates; a style the book does not have shows none.
    pub(super) fn is_date(&self, index: usize) -> bool {
        self.0.get(index).copied().unwrap_or(false)
    }

    /// Reads the part.
    pub(super) fn parse(text: &str) -> Result<Self, Damage> {
        let mut xml = Xml::new(text);
        let mut codes = HashMap::new();
        let (mut base, mut cells) = (Vec::new(), Vec::new());
        let mut path: Vec<String> = Vec::new();
        loop {
            let (element, is_open) = match xml.next()? {
                Event::Start(element) => (element, true),
                Event::Empty(element) => (element, false),
                Event::End(_) => {
                    path.pop();
                    continue;
                }
                Event::Eof if path.is_empty() => break,
                Event::Eof => return Err(xml.cut()),
                _ => continue,
            };
            let name = element.local_name().as_ref().to_owned();
            let parent = path.last().map_or("", String::as_str);
            let read = match (path.len(), parent, name.as_str()) {
                (2, "numFmts", "numFmt") => number_format(&element, &mut codes),
                (2, "cellStyleXfs", "xf") => cell_format(&element).map(|xf| base.push(xf)),
                (2, "cellXfs", "xf") => cell_format(&element).map(|xf| cells.push(xf)),
                _ => Ok(()),
            };
            read.map_err(|words| xml.damage(words))?;
            if is_open {
                path.push(name);
            }
        }
        let is_date = |id: u32| codes.get(&id).copied().unwrap_or_else(|| formats::is_builtin_date(id));
        let format = |(own, parent): &(Option<u32>, usize)| {
            own.or_else(|| base.get(*parent).and_then(|(id, _)| *id)).unwrap_or(0)
        };
        Ok(Self(cells.iter().map(|xf| is_date(format(xf))).collect()))
    }
}

/// A code of the file's own: whether it is a date. It wins over a built-in one of the same id.
fn number_format(element: &BytesStart<'_>, codes: &mut HashMap<u32, bool>) -> Result<(), &'static str> {
    let (mut id, mut code) = (None, String::new());
    for attribute in xml::attributes(element) {
        match attribute? {
            ("numFmtId", value) => id = value.trim().parse().ok(),
            ("formatCode", value) => code = xml::attribute_text(value)?,
            _ => {}
        }
    }
    if let Some(id) = id {
        codes.insert(id, formats::is_date_code(&code));
    }
    Ok(())
}

/// Number format of a cell format, if it has its own, and the style it is based on.
fn cell_format(element: &BytesStart<'_>) -> Result<(Option<u32>, usize), &'static str> {
    let (mut id, mut parent) = (None, 0);
    for attribute in xml::attributes(element) {
        match attribute? {
            ("numFmtId", value) => id = value.trim().parse().ok(),
            ("xfId", value) => parent = value.trim().parse().unwrap_or(0),
            _ => {}
        }
    }
    Ok((id, parent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_is_a_date_by_its_own_code_a_builtin_id_or_its_parent() {
        let text = "<x:styleSheet xmlns:x='m'><x:numFmts><x:numFmt numFmtId='176' formatCode='yyyy&quot;년&quot;'/>\
            <x:numFmt numFmtId='14' formatCode='0'/></x:numFmts>\
            <x:cellStyleXfs><x:xf numFmtId='0'/><x:xf numFmtId='27'/></x:cellStyleXfs>\
            <x:cellXfs><x:xf numFmtId='176'><x:alignment/></x:xf><x:xf numFmtId='14'/><x:xf xfId='1'/>\
            <x:xf numFmtId='57' xfId='0'/><x:xf/></x:cellXfs>\
            <x:dxfs><x:dxf><x:numFmt numFmtId='57' formatCode='0'/></x:dxf></x:dxfs></x:styleSheet>";
        let styles = Styles::parse(text).unwrap();
        let dates: Vec<bool> = (0..6).map(|i| styles.is_date(i)).collect();
        assert_eq!(dates, [true, false, true, true, false, false]);
        assert!(Styles::parse("<styleSheet><cellXfs>").is_err());
    }
}
