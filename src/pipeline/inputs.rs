//! The input set of a run: the settled files of the drop folder, by name and content.
//!
//! Comes in: the drop folder. Goes out: files with their SHA-256, sorted by name.
//! Refuses: lock and temporary files, files still growing; it never moves or changes a file.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::fsx;
use crate::ledger::Digest;

/// An export of five years is tens of megabytes; a file of a gigabyte is not one.
pub const FILE_SIZE_MAX: u64 = 1024 * 1024 * 1024;
/// Nested folders deeper than this are not walked: a link loop would have no end.
const DEPTH_MAX: usize = 16;

/// One delivered file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct InputFile {
    /// Path below the drop folder, with `/`.
    pub name: String,
    /// SHA-256 of the bytes.
    pub sha256: Digest,
    /// Size in bytes.
    pub size_bytes: u64,
}

/// All files of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputSet {
    /// Sorted by name.
    pub files: Vec<InputFile>,
    /// Files seen but not taken, with the reason in Korean.
    pub waiting: Vec<(String, String)>,
}

impl InputSet {
    /// Names this set: SHA-256 over names and contents.
    pub fn digest(&self) -> Digest {
        let parts: Vec<[&[u8]; 2]> =
            self.files.iter().map(|f| [f.name.as_bytes(), f.sha256.as_bytes().as_slice()]).collect();
        Digest::of_parts(parts.iter().flatten().copied())
    }
}

/// Whether a file of this name is never an export: Excel's lock files, downloads and copies under way, system files.
pub fn is_ignored(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name).to_lowercase();
    file.starts_with("~$")
        || file.starts_with('.')
        || [".tmp", ".part", ".crdownload", ".filepart"].iter().any(|end| file.ends_with(end))
        || file == "thumbs.db"
        || file == "desktop.ini"
}

/// Walks `inbox` and hashes every file; a file that changes while it is hashed waits for the next scan.
pub fn scan(inbox: &Path) -> io::Result<InputSet> {
    let mut paths = Vec::new();
    walk(inbox, 0, &mut paths)?;
    let mut set = InputSet::default();
    for path in paths {
        let name = relative_name(inbox, &path);
        if is_ignored(&name) {
            continue;
        }
        match hash_settled(&path) {
            Ok(Some((sha256, size_bytes))) => set.files.push(InputFile { name, sha256, size_bytes }),
            Ok(None) => set.waiting.push((name, "아직 복사 중인 파일".to_owned())),
            Err(error) => set.waiting.push((name, error.to_string())),
        }
    }
    set.files.sort();
    set.waiting.sort();
    Ok(set)
}

fn walk(folder: &Path, depth: usize, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() && depth < DEPTH_MAX {
            walk(&entry.path(), depth + 1, paths)?;
        } else if kind.is_file() {
            paths.push(entry.path());
        }
    }
    Ok(())
}

fn relative_name(inbox: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(inbox).unwrap_or(path);
    let parts: Vec<String> = relative.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    parts.join("/")
}

/// Digest and size, or `None` when size or time of change moved during the read.
fn hash_settled(path: &Path) -> io::Result<Option<(Digest, u64)>> {
    let before = fs::metadata(path)?;
    let bytes = fsx::read_capped(path, FILE_SIZE_MAX)?;
    let after = fs::metadata(path)?;
    let same = before.len() == after.len()
        && before.modified()? == after.modified()?
        && bytes.len() as u64 == after.len();
    Ok(same.then(|| (Digest::of(&bytes), after.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_files_of_all_folders_and_leaves_lock_files() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["b.csv", "2024/a.xlsx", "~$a.xlsx", "c.part", "Thumbs.db", ".hidden"] {
            fsx::write_atomic(&dir.path().join(name), name.as_bytes()).unwrap();
        }
        let set = scan(dir.path()).unwrap();
        let names: Vec<&str> = set.files.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["2024/a.xlsx", "b.csv"]);
    }

    #[test]
    fn the_digest_follows_names_and_contents() {
        let file = |name: &str, bytes: &[u8]| InputFile {
            name: name.to_owned(),
            sha256: Digest::of(bytes),
            size_bytes: 1,
        };
        let set = |files| InputSet { files, waiting: vec![] }.digest();
        assert_ne!(set(vec![file("a", b"1")]), set(vec![file("b", b"1")]));
        assert_ne!(set(vec![file("a", b"1")]), set(vec![file("a", b"2")]));
    }
}
