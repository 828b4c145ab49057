//! Workbooks put together part by part.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::super::super::{Collect, RawCell, RawSheet, read_in_process};
use crate::error::Problem;

pub(super) const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
pub(super) const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
pub(super) const SHEET: &str = "xl/worksheets/sheet1.xml";

/// Parts of a package by name.
#[derive(Clone)]
pub(super) struct Made(pub(super) Vec<(String, Vec<u8>)>);

impl Made {
    /// A book of one sheet `S` whose rows are `rows`.
    pub(super) fn rows(rows: &str) -> Self {
        Self::sheets(&[("S", "", &worksheet(&format!("<sheetData>{rows}</sheetData>")))])
    }

    /// A book of these sheets: name, further attributes, the part.
    pub(super) fn sheets(sheets: &[(&str, &str, &str)]) -> Self {
        let (mut list, mut links) = (String::new(), String::new());
        let mut made = Self(Vec::new());
        for (i, (name, attributes, part)) in sheets.iter().enumerate() {
            let n = i + 1;
            list += &format!("<sheet name=\"{name}\" sheetId=\"{n}\" {attributes} r:id=\"r{n}\"/>");
            links += &link(&format!("r{n}"), "worksheet", &format!("worksheets/sheet{n}.xml"));
            made = made.with(&format!("xl/worksheets/sheet{n}.xml"), *part);
        }
        made.with("_rels/.rels", relationships(&link("r1", "officeDocument", "xl/workbook.xml")))
            .with("xl/workbook.xml", workbook(&format!("<sheets>{list}</sheets>")))
            .with("xl/_rels/workbook.xml.rels", relationships(&links))
    }

    /// Adds a part, or puts it in the place of the one of that name.
    pub(super) fn with(mut self, name: &str, content: impl Into<Vec<u8>>) -> Self {
        let content = content.into();
        match self.0.iter_mut().find(|(found, _)| found == name) {
            Some(part) => part.1 = content,
            None => self.0.push((name.to_owned(), content)),
        }
        self
    }

    /// Adds shared strings, found under their usual name.
    pub(super) fn with_strings(self, strings: &str) -> Self {
        self.with("xl/sharedStrings.xml", format!("<sst xmlns=\"{MAIN}\">{strings}</sst>"))
    }

    /// Adds cell styles of these number formats.
    pub(super) fn with_styles(self, formats: &[u32]) -> Self {
        let xfs: String = formats.iter().map(|id| format!("<xf numFmtId=\"{id}\"/>")).collect();
        self.with(
            "xl/styles.xml",
            format!("<styleSheet xmlns=\"{MAIN}\"><cellXfs>{xfs}</cellXfs></styleSheet>"),
        )
    }

    /// Gives a part another name.
    pub(super) fn renamed(mut self, from: &str, to: &str) -> Self {
        for part in &mut self.0 {
            if part.0 == from {
                to.clone_into(&mut part.0);
            }
        }
        self
    }

    pub(super) fn zip(&self) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in &self.0 {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    pub(super) fn read(&self) -> Found {
        read(&self.zip())
    }
}

pub(super) fn worksheet(inside: &str) -> String {
    format!("<worksheet xmlns=\"{MAIN}\">{inside}</worksheet>")
}

pub(super) fn workbook(inside: &str) -> String {
    format!("<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\">{inside}</workbook>")
}

pub(super) fn relationships(links: &str) -> String {
    format!("<Relationships>{links}</Relationships>")
}

pub(super) fn link(id: &str, kind: &str, target: &str) -> String {
    format!("<Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>")
}

/// What came of a file.
pub(super) struct Found {
    pub(super) sheets: Vec<RawSheet>,
    pub(super) refused: Vec<(String, Problem)>,
    pub(super) verdict: Option<Problem>,
}

impl Found {
    /// The sheets of a file that was read without complaint.
    pub(super) fn whole(self) -> Vec<RawSheet> {
        assert_eq!((self.verdict, self.refused), (None, Vec::new()));
        self.sheets
    }

    /// The words for why the file was refused.
    pub(super) fn words(&self) -> &str {
        &self.verdict.as_ref().unwrap().found
    }
}

pub(super) fn read(bytes: &[u8]) -> Found {
    let mut kept = Collect::new(usize::MAX);
    let facts = read_in_process(bytes, "a.xlsx", &mut kept);
    assert!(facts.format == "xlsx" || facts.refused.is_some());
    Found { sheets: kept.sheets, refused: kept.refused, verdict: facts.refused }
}

/// The cells of the rows of a book of one sheet, in short: row number and cells.
pub(super) fn shown(made: &Made) -> Vec<String> {
    let sheets = made.read().whole();
    let rows = sheets[0].rows.iter();
    rows.map(|row| {
        let cells: Vec<String> = row.cells().map(one).collect();
        format!("{}: {}", row.number, cells.join("|"))
    })
    .collect()
}

fn one(cell: RawCell<'_>) -> String {
    match cell {
        RawCell::Empty => String::new(),
        RawCell::Text(text) => format!("'{text}'"),
        RawCell::Number(number) => number.to_string(),
        RawCell::DateSerial { serial, is_1904 } => format!("date {serial} {is_1904}"),
        RawCell::Bool(flag) => flag.to_string(),
        RawCell::Error(words) => format!("!{words}"),
    }
}
