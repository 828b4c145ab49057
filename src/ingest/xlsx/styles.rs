//! Which cell styles show a number as a date, in thousands or as foreign money.
//!
//! Comes in: the styles part. Goes out: for each style of cells how it shows a number.
//! Refuses: a part that is no well-formed XML.

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};

use super::formats;
use super::xml::{self, Damage, Xml};
use crate::ingest::money;

/// How a style shows a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Showing {
    /// As the amount it is.
    #[default]
    Amount,
    /// As a date, a time or a duration.
    Date,
    /// As another amount than the one stored: the words for it.
    Other(&'static str),
}

impl Showing {
    fn of_builtin(id: u32) -> Self {
        if formats::is_builtin_date(id) { Self::Date } else { Self::Amount }
    }

    fn of_code(code: &str) -> Self {
        match formats::is_date_code(code) {
            true => Self::Date,
            false => money::objection(code).map_or(Self::Amount, Self::Other),
        }
    }
}

/// How numbers are shown, by the number of the style.
#[derive(Debug, Default)]
pub(super) struct Styles(Vec<Showing>);

impl Styles {
    /// How style `index` shows numbers; a style the book does not have shows amounts.
    pub(super) fn showing(&self, index: usize) -> Showing {
        self.0.get(index).copied().unwrap_or_default()
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
        let showing = |id: u32| codes.get(&id).copied().unwrap_or_else(|| Showing::of_builtin(id));
        let format = |(own, parent): &(Option<u32>, usize)| {
            own.or_else(|| base.get(*parent).and_then(|(id, _)| *id)).unwrap_or(0)
        };
        Ok(Self(cells.iter().map(|xf| showing(format(xf))).collect()))
    }
}

/// A code of the file's own: how it shows a number. It wins over a built-in one of the same id.
fn number_format(element: &BytesStart<'_>, codes: &mut HashMap<u32, Showing>) -> Result<(), &'static str> {
    let (mut id, mut code) = (None, String::new());
    for attribute in xml::attributes(element) {
        match attribute? {
            ("numFmtId", value) => id = value.trim().parse().ok(),
            ("formatCode", value) => code = xml::attribute_text(value)?,
            _ => {}
        }
    }
    if let Some(id) = id {
        codes.insert(id, Showing::of_code(&code));
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
        let dates: Vec<bool> = (0..6).map(|i| styles.showing(i) == Showing::Date).collect();
        assert_eq!(dates, [true, false, true, true, false, false]);
        assert!(Styles::parse("<styleSheet><cellXfs>").is_err());
    }
    #[test]
    fn a_style_in_thousands_or_foreign_money_says_so() {
        let text = "<styleSheet><numFmts><numFmt numFmtId='176' formatCode='#,##0,&quot;천원&quot;'/>\
            <numFmt numFmtId='177' formatCode='[$$-409]#,##0.00'/><numFmt numFmtId='178' formatCode='[$₩-412]#,##0'/>\
            <numFmt numFmtId='179' formatCode='[$-409]mmm d, yyyy'/></numFmts><cellStyleXfs><xf numFmtId='176'/></cellStyleXfs>\
            <cellXfs><xf numFmtId='176'/><xf numFmtId='177'/><xf numFmtId='178'/><xf numFmtId='179'/><xf xfId='0'/></cellXfs></styleSheet>";
        let styles = Styles::parse(text).unwrap();
        let scaled = Showing::Other(money::SCALED);
        let foreign = Showing::Other(money::FOREIGN);
        let found: Vec<Showing> = (0..6).map(|i| styles.showing(i)).collect();
        assert_eq!(found, [scaled, foreign, Showing::Amount, Showing::Date, scaled, Showing::Amount]);
    }
}
