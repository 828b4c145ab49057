//! The input set of a run: the settled files of the drop folder, by name and content.
//!
//! Comes in: the drop folder. Goes out: files with their SHA-256, sorted by name.
//! Refuses: lock and temporary files, files still growing; it never moves or changes a file.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::drop_folder::decide::Reason;
use super::drop_folder::look::Stat;
use super::drop_folder::walk::{Found, walk};
use crate::fsx;
use crate::ledger::Digest;

/// An export of five years is tens of megabytes; a file of a gigabyte is not one.
pub const FILE_SIZE_MAX: u64 = 1024 * 1024 * 1024;

/// One delivered file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct InputFile {
    /// Path below the drop folder, with `/`.
    pub name: String,
    /// SHA-256 of the bytes.
    pub sha256: Digest,
    /// Size in bytes.
    pub size_bytes: u64,
    /// The path that opens it, for the process that found it; a run reads the archive instead.
    #[serde(skip)]
    pub path: PathBuf,
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

/// Walks `inbox` and hashes every file, without a store; a file that changes while it is hashed waits.
/// Runs take what `drop_folder` took instead.
pub fn scan(inbox: &Path) -> io::Result<InputSet> {
    let mut set = InputSet::default();
    let walked = walk(inbox)?;
    if let Some((name, error)) = walked.unreadable.into_iter().next() {
        return Err(io::Error::new(error.kind(), format!("{name}: {error}")));
    }
    for Found { name, path } in walked.files {
        match hash_settled(&path) {
            Ok(Some((sha256, size_bytes))) => set.files.push(InputFile { name, sha256, size_bytes, path }),
            Ok(None) => set.waiting.push((name, Reason::Changing.text_ko())),
            Err(error) => set.waiting.push((name, Reason::Unreadable(error.to_string()).text_ko())),
        }
    }
    set.files.sort();
    set.waiting.sort();
    Ok(set)
}

/// Digest and size, or `None` when anything about the file moved during the read.
fn hash_settled(path: &Path) -> io::Result<Option<(Digest, u64)>> {
    let before = Stat::at(path)?;
    let (digest, size_bytes) = fsx::digest_capped(path, FILE_SIZE_MAX)?;
    let is_same = Stat::at(path)? == before && size_bytes == before.size_bytes;
    Ok(is_same.then_some((digest, size_bytes)))
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
            path: PathBuf::new(),
        };
        let set = |files| InputSet { files, waiting: vec![] }.digest();
        assert_ne!(set(vec![file("a", b"1")]), set(vec![file("b", b"1")]));
        assert_ne!(set(vec![file("a", b"1")]), set(vec![file("a", b"2")]));
    }
}
