//! A ZIP of files: every member that can be read becomes sheets of the one delivered file.
//!
//! Comes in: bytes of a ZIP that is no document. Goes out: the sheets of its members under their names.
//! Refuses: members one by one, with the reason, while the others go on; the whole where it is beyond limits or holds
//! nothing that can be read. A ZIP within a ZIP is refused.

use super::limited::Limited;
use super::packed::Packed;
use super::{RawRow, RowSink, SheetHead, SourceFormat, format_of, limits};
use crate::error::Problem;

pub(super) struct Zipped;

impl SourceFormat for Zipped {
    fn id(&self) -> &'static str {
        "zip"
    }

    fn label_ko(&self) -> &'static str {
        "ZIP 묶음"
    }

    fn matches(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(limits::ZIP_MAGIC) && Packed::open(bytes).is_ok_and(|mut zip| !is_office(&mut zip))
    }

    fn read(&self, bytes: &[u8], sink: &mut dyn RowSink) -> Result<(), Problem> {
        let mut zip = Packed::open(bytes)?;
        let mut n_read = 0;
        let mut first_refusal = None;
        for index in 0..zip.len() {
            let stored = zip.name(index)?;
            if is_ignored(&stored) {
                continue;
            }
            let name = shown(&stored);
            match rehearse(&mut zip, index) {
                Ok(Whole { bytes, format, n_sheets }) => {
                    n_read += 1;
                    format.read(&bytes, &mut Member { name: &name, n_sheets, sink })?;
                }
                Err(problem) => {
                    let problem = Problem { place: name.clone(), ..problem };
                    first_refusal.get_or_insert_with(|| problem.clone());
                    sink.refused(&name, problem)?;
                }
            }
        }
        match (n_read, first_refusal) {
            (0, Some(problem)) => {
                let found = format!("읽을 수 있는 파일이 없는 ZIP ({}: {})", problem.place, problem.found);
                Err(Problem { found, ..problem })
            }
            (0, None) => {
                let hint = "엑셀이나 CSV 파일을 묶은 ZIP을 넣으세요.";
                Err(Problem::new("", "읽을 파일이 없는 ZIP", "엑셀이나 CSV 파일이 든 ZIP", hint))
            }
            _ => Ok(()),
        }
    }
}

/// Whether the parts are those of an Office document, however damaged: its XML must not be read as a set of texts.
fn is_office(zip: &mut Packed<'_>) -> bool {
    let is_part = |name: String| {
        let name = name.replace('\\', "/").to_lowercase();
        name == "[content_types].xml" || name.starts_with("xl/") || name.starts_with("_rels/")
    };
    (0..zip.len()).any(|index| zip.name(index).is_ok_and(is_part))
}

/// A member that can be read to its end.
struct Whole {
    bytes: Vec<u8>,
    format: &'static dyn SourceFormat,
    n_sheets: usize,
}

/// Reads a member for nobody: rows of a member must not be handed on when its end turns out to be unreadable.
fn rehearse(zip: &mut Packed<'_>, index: usize) -> Result<Whole, Problem> {
    if zip.is_encrypted(index) {
        let hint = "암호 없이 다시 압축해 넣으세요.";
        return Err(Problem::new("", "암호가 걸린 압축 파일", "암호가 없는 ZIP", hint));
    }
    let bytes = zip.part(index)?;
    let format = format_of(&bytes)?;
    if format.id() == Zipped.id() {
        let hint = "안쪽 ZIP을 풀어 그 안의 파일을 넣으세요.";
        return Err(Problem::new("", "ZIP 안의 ZIP", "엑셀이나 CSV 파일", hint));
    }
    let mut count = Count::default();
    format.read(&bytes, &mut Limited::new(&mut count))?;
    Ok(Whole { bytes, format, n_sheets: count.n_sheets })
}

/// Counts sheets.
#[derive(Default)]
struct Count {
    n_sheets: usize,
}

impl RowSink for Count {
    fn sheet(&mut self, _head: SheetHead) -> Result<(), Problem> {
        self.n_sheets += 1;
        Ok(())
    }

    fn row(&mut self, _row: &RawRow) -> Result<(), Problem> {
        Ok(())
    }

    fn refused(&mut self, _name: &str, _problem: Problem) -> Result<(), Problem> {
        Ok(())
    }
}

/// Folders and what operating systems and Excel leave behind.
fn is_ignored(name: &str) -> bool {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    name.ends_with(['/', '\\'])
        || name.starts_with("__MACOSX/")
        || name.contains("/__MACOSX/")
        || file.starts_with("~$")
        || file.starts_with("._")
        || [".DS_Store", "Thumbs.db", "desktop.ini"].iter().any(|other| file.eq_ignore_ascii_case(other))
}

/// The name as people see it: a path that only goes down.
fn shown(name: &str) -> String {
    let parts = name.split(['/', '\\']).filter(|part| {
        let is_drive = part.len() == 2 && part.ends_with(':');
        !part.is_empty() && *part != "." && *part != ".." && !is_drive
    });
    let shown = parts.collect::<Vec<_>>().join("/").replace(char::is_control, "");
    if shown.is_empty() { "이름 없는 파일".to_owned() } else { shown }
}

/// Gives the sheets of a member its name: the only sheet has the name of the member.
struct Member<'m, 's> {
    name: &'m str,
    n_sheets: usize,
    sink: &'s mut dyn RowSink,
}

impl RowSink for Member<'_, '_> {
    fn sheet(&mut self, head: SheetHead) -> Result<(), Problem> {
        let name = match self.n_sheets {
            0 | 1 => self.name.to_owned(),
            _ => format!("{}/{}", self.name, head.name),
        };
        self.sink.sheet(SheetHead { name, ..head })
    }

    fn row(&mut self, row: &RawRow) -> Result<(), Problem> {
        self.sink.row(row)
    }

    fn refused(&mut self, name: &str, problem: Problem) -> Result<(), Problem> {
        self.sink.refused(&format!("{}/{name}", self.name), problem)
    }
}

#[cfg(test)]
#[path = "zipped_tests.rs"]
mod tests;
