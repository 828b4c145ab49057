//! Report: findings, ledger and budget to documents for one department.
//!
//! Comes in: plain view data. Goes out: `Rendered` PDF and XLSX bytes, equal for equal input.
//! Refuses: to compute a score, to write to disk, to ask the time, to mix departments.
//!
//! A report is one file and one line in [`REPORTS`].

mod applicability_page;
mod book;
mod budget_table;
mod chart;
mod department_pdf;
mod department_workbook;
mod fonts;
mod intake_page;
pub mod intake_workbook;
pub mod label_workbook;
pub mod population_workbook;
pub mod quarantine_workbook;
pub mod restatement;
mod table;
pub mod view;

use std::path::{Path, PathBuf};

use crate::error::{Problem, Problems};
use crate::fsx;

pub use view::{DepartmentView, ViewInput, build};

/// A document in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// File name.
    pub name: String,
    /// MIME type.
    pub media_type: &'static str,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// What can go wrong while a document is made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The font cannot be subset.
    #[error("font cannot be used: {0}")]
    Font(String),
    /// The PDF cannot be written.
    #[error("pdf cannot be written")]
    Pdf(#[from] genpdf::error::Error),
    /// The workbook cannot be written.
    #[error("workbook cannot be written")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// A row of another department would have entered.
    #[error("a row of department {found} does not belong into the report of {department}")]
    Scope {
        /// Whose report it is.
        department: String,
        /// Whose row it is.
        found: String,
    },
    /// The ledger cannot be read.
    #[error("ledger cannot be summed")]
    Frame(#[from] polars::error::PolarsError),
}

/// One kind of document.
pub trait ReportWriter: Sync {
    /// Identifier in job files.
    fn id(&self) -> &'static str;
    /// Name on screen.
    fn label_ko(&self) -> &'static str;
    /// Writes the document of one department.
    fn render(&self, view: &DepartmentView, resources: &Resources) -> Result<Rendered, ReportError>;
}

/// Every kind of document.
pub const REPORTS: &[&dyn ReportWriter] =
    &[&department_pdf::DepartmentPdf, &department_workbook::DepartmentWorkbook];

/// Fonts, read once.
#[derive(Clone, Debug)]
pub struct Resources {
    regular: Vec<u8>,
    bold: Vec<u8>,
}

/// A Korean font is 2 to 20 MB.
const FONT_SIZE_MAX: u64 = 64 * 1024 * 1024;

impl Resources {
    /// Reads the fonts and checks that they have Korean glyphs; `place` is where their paths are written.
    pub fn load(regular: &Path, bold: &Path, place: &str) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let mut read = |key: &str, path: &PathBuf| {
            let at = format!("{place}: report.{key}");
            let hint = "Debian·Ubuntu에서는 `sudo apt-get install fonts-nanum`으로 설치하세요. 다른 글꼴은 그 경로를 적으세요.";
            let found = match fsx::read_capped(path, FONT_SIZE_MAX) {
                Ok(bytes) if fonts::has_hangul(&bytes) => return bytes,
                Ok(_) => format!("{}: 한글이 없는 글꼴", path.display()),
                Err(error) => format!("{}: {error}", path.display()),
            };
            problems.push(Problem::new(at, found, "한글 TrueType 글꼴 파일", hint));
            Vec::new()
        };
        let regular = read("font_regular", &regular.to_owned());
        let bold = read("font_bold", &bold.to_owned());
        problems.into_result(Self { regular, bold })
    }
}

#[cfg(test)]
mod tests;
