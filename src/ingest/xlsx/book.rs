//! What a workbook says of itself: its sheets, strings, styles and the epoch it counts dates from.
//!
//! Comes in: a package. Goes out: worksheets in order, ready to be read one by one.
//! Refuses: a package without a readable workbook, strings or styles: without them every cell would be wrong.

use quick_xml::events::{BytesStart, Event};

use super::package::{Package, Relationship};
use super::strings::Strings;
use super::styles::Styles;
use super::xml::{self, Damage, Xml};
use super::{Fault, bomb, damaged};
use crate::error::Problem;
use crate::ingest::limits;

/// Where the workbook is if the package does not say.
const WORKBOOK: &str = "xl/workbook.xml";
const CONTENT_TYPES: &str = "[content_types].xml";
/// Content types of workbooks in XML: xlsx, xlsm and their templates.
const WORKBOOK_TYPES: [&str; 4] = [
    "spreadsheetml.sheet.main+xml",
    "ms-excel.sheet.macroEnabled.main+xml",
    "spreadsheetml.template.main+xml",
    "ms-excel.template.macroEnabled.main+xml",
];

/// What all sheets share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub(super) strings: Strings,
    pub(super) styles: Styles,
    /// Dates count from 1904-01-01.
    pub(super) is_1904: bool,
}

/// A sheet as the workbook lists it.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) is_hidden: bool,
    /// Plain name of its part; empty where the workbook does not lead to one.
    pub(super) part: String,
}

/// A workbook whose rows were not read yet.
pub(super) struct Book {
    pub(super) sheets: Vec<Listed>,
    pub(super) shared: Shared,
}

/// Whether the package holds a workbook in XML.
pub(super) fn is_workbook(package: &mut Package<'_>) -> bool {
    if package.has(WORKBOOK) {
        return true;
    }
    let types = package.text(CONTENT_TYPES).ok().flatten().unwrap_or_default();
    WORKBOOK_TYPES.iter().any(|wanted| types.contains(wanted))
}

impl Book {
    /// Reads everything but the sheets.
    pub(super) fn open(package: &mut Package<'_>) -> Result<Self, Problem> {
        let part = workbook_part(package)?;
        let text = package.text(&part).map_err(Fault::whole)?;
        let text = text.ok_or_else(|| damaged(&format!("{part} 부분이 없음")))?;
        let relationships = package.relationships(&part).map_err(Fault::whole)?;
        let (entries, is_1904) = entries(&text).map_err(|damage| damage.into_fault(&part).whole())?;
        if entries.len() > limits::SHEETS_MAX {
            return Err(bomb(&format!("시트가 {}개", entries.len())));
        }
        let sheets = entries.into_iter().filter_map(|entry| listed(entry, &relationships)).collect();
        let folder = part.rsplit_once('/').map_or("", |(folder, _)| folder);
        let styles = shared_part(package, &relationships, "styles", &format!("{folder}/styles.xml"))?;
        let strings =
            shared_part(package, &relationships, "sharedStrings", &format!("{folder}/sharedstrings.xml"))?;
        let whole = |name: &str, damage: Damage| damage.into_fault(name).whole();
        let shared = Shared {
            styles: styles.map_or(Ok(Styles::default()), |(name, text)| {
                Styles::parse(&text).map_err(|damage| whole(&name, damage))
            })?,
            strings: strings.map_or(Ok(Strings::default()), |(name, text)| {
                Strings::parse(&text).map_err(|damage| whole(&name, damage))
            })?,
            is_1904,
        };
        Ok(Self { sheets, shared })
    }
}

fn workbook_part(package: &mut Package<'_>) -> Result<String, Problem> {
    let root = package.relationships("").map_err(Fault::whole)?;
    let named = root.into_iter().find(|found| found.kind == "officeDocument" && package.has(&found.target));
    Ok(named.map_or_else(|| WORKBOOK.to_owned(), |found| found.target))
}

/// Name and text of the part that a relationship of `kind` leads to, or of the part that usually has it.
fn shared_part(
    package: &mut Package<'_>,
    relationships: &[Relationship],
    kind: &str,
    usual: &str,
) -> Result<Option<(String, String)>, Problem> {
    let named = relationships.iter().find(|found| found.kind == kind);
    let name = named.map_or(usual, |found| found.target.as_str());
    let text = package.text(name).map_err(Fault::whole)?;
    match (text, named) {
        (None, Some(_)) => Err(damaged(&format!("{name} 부분이 없음"))),
        (text, _) => Ok(text.map(|text| (name.to_owned(), text))),
    }
}

/// A `<sheet>` of the workbook.
struct Entry {
    name: String,
    is_hidden: bool,
    relationship: String,
}

fn entries(text: &str) -> Result<(Vec<Entry>, bool), Damage> {
    let mut xml = Xml::new(text);
    let (mut entries, mut is_1904, mut depth) = (Vec::new(), false, 0_u64);
    let mut is_in_sheets = false;
    loop {
        let (element, is_open) = match xml.next()? {
            Event::Start(element) => (element, true),
            Event::Empty(element) => (element, false),
            Event::End(_) => {
                depth -= 1;
                is_in_sheets &= depth > 1;
                continue;
            }
            Event::Eof if depth == 0 => return Ok((entries, is_1904)),
            Event::Eof => return Err(xml.cut()),
            _ => continue,
        };
        match (depth, element.local_name().as_ref()) {
            (1, "sheets") => is_in_sheets = is_open,
            (1, "workbookPr") => is_1904 = counts_from_1904(&element).map_err(|words| xml.damage(words))?,
            (2, "sheet") if is_in_sheets => {
                entries.push(entry(&element).map_err(|words| xml.damage(words))?);
            }
            _ => {}
        }
        depth += u64::from(is_open);
    }
}

fn counts_from_1904(element: &BytesStart<'_>) -> Result<bool, &'static str> {
    for attribute in xml::attributes(element) {
        if let ("date1904", value) = attribute? {
            return Ok(xml::is_true(value));
        }
    }
    Ok(false)
}

fn entry(element: &BytesStart<'_>) -> Result<Entry, &'static str> {
    let mut entry = Entry { name: String::new(), is_hidden: false, relationship: String::new() };
    for attribute in xml::attributes(element) {
        match attribute? {
            ("name", value) => entry.name = xml::unescape_units(&xml::attribute_text(value)?).into_owned(),
            ("state", value) => entry.is_hidden = matches!(value, "hidden" | "veryHidden"),
            (key, value) if xml::local(key) == "id" => entry.relationship = xml::attribute_text(value)?,
            _ => {}
        }
    }
    Ok(entry)
}

/// The worksheet of an entry; `None` for charts, macros and dialogs.
fn listed(entry: Entry, relationships: &[Relationship]) -> Option<Listed> {
    let found = relationships.iter().find(|found| found.id == entry.relationship);
    match found.map(|found| found.kind.as_str()) {
        Some("chartsheet" | "dialogsheet" | "xlMacrosheet" | "xlIntlMacrosheet") => None,
        _ => {
            let part = found.map(|found| found.target.clone()).unwrap_or_default();
            Some(Listed { name: entry.name, is_hidden: entry.is_hidden, part })
        }
    }
}
