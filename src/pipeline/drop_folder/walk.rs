//! The files below the drop folder, by the name people see.
//!
//! Comes in: a folder. Goes out: regular files with their names (NFC, `/`) and the paths that open them.
//! Refuses: lock and temporary files, hidden files and folders, symbolic links, folders nested too deep. Two files
//! never share a name.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use encoding_rs::EUC_KR;
use unicode_normalization::UnicodeNormalization as _;

use crate::ledger::Digest;

/// Nested folders deeper than this are not walked: nobody delivers that way.
pub const DEPTH_MAX: usize = 16;
/// Ends of names that programs give to files they have not finished.
const UNFINISHED: [&str; 8] =
    [".tmp", ".part", ".crdownload", ".filepart", ".swp", ".lock", ".download", "~"];
/// What systems leave in folders, and where network shares keep what was deleted.
const SYSTEM: [&str; 6] =
    ["thumbs.db", "desktop.ini", "$recycle.bin", "#recycle", "@eadir", "system volume information"];

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Path below the folder for people and records: NFC, with `/`.
    pub name: String,
    /// The path that opens it, as the disk spells it.
    pub path: PathBuf,
}

/// What a walk saw.
#[derive(Debug, Default)]
pub struct Walk {
    /// By name; every name once.
    pub files: Vec<Found>,
    /// The folder itself and those below it.
    pub folders: Vec<PathBuf>,
    /// Folders that could not be read: their files are unknown, not absent.
    pub unreadable: Vec<(String, io::Error)>,
    /// Folders nested too deep.
    pub too_deep: Vec<String>,
}

/// Whether a file of this name is never a delivery: lock files, downloads and copies under way, hidden and system
/// files, anything in a hidden folder.
pub fn is_ignored(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name).to_lowercase();
    file.starts_with("~$")
        || UNFINISHED.iter().any(|end| file.ends_with(end))
        || name.split('/').any(is_hidden)
}

/// Hidden or of the system, be it a file or a folder.
fn is_hidden(part: &str) -> bool {
    part.starts_with('.') || SYSTEM.contains(&part.to_lowercase().as_str())
}

/// Walks `folder`; only that folder itself must be readable.
pub fn walk(folder: &Path) -> io::Result<Walk> {
    let mut walk = Walk::default();
    enter(folder, "", 0, &mut walk)?;
    distinct(&mut walk.files);
    Ok(walk)
}

fn enter(folder: &Path, name: &str, depth: usize, walk: &mut Walk) -> io::Result<()> {
    let entries = fs::read_dir(folder)?;
    walk.folders.push(folder.to_owned());
    for entry in entries {
        let entry = entry?;
        let part = part_name(&entry.file_name());
        if is_hidden(&part) {
            continue;
        }
        let name = if name.is_empty() { part } else { format!("{name}/{part}") };
        let kind = match entry.file_type() {
            Ok(kind) => kind,
            // Gone since the listing.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => {
                walk.unreadable.push((name, error));
                continue;
            }
        };
        if kind.is_file() && !is_ignored(&name) {
            walk.files.push(Found { name, path: entry.path() });
        } else if kind.is_dir() && depth == DEPTH_MAX {
            walk.too_deep.push(name);
        } else if kind.is_dir() {
            match enter(&entry.path(), &name, depth + 1, walk) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => walk.unreadable.push((name, error)),
                _ => {}
            }
        }
    }
    Ok(())
}

/// One part of a path as people read it: NFC; names in CP949 are decoded, other bytes are shown as `%XX`.
fn part_name(raw: &OsStr) -> String {
    if let Some(text) = raw.to_str() {
        return text.nfc().collect();
    }
    if let Some(text) = EUC_KR.decode_without_bom_handling_and_without_replacement(raw.as_bytes()) {
        return text.nfc().collect();
    }
    let shown = raw.as_bytes().iter().map(|&byte| match byte {
        b' '..=b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    });
    shown.collect()
}

/// Where two files would have one name, the one that is spelled so on disk keeps it; the others get a mark made of
/// their own spelling, so that no file hides another.
fn distinct(files: &mut [Found]) {
    let is_spelled_so = |found: &Found| found.path.as_os_str().as_bytes().ends_with(found.name.as_bytes());
    files.sort_by(|a, b| (&a.name, !is_spelled_so(a), &a.path).cmp(&(&b.name, !is_spelled_so(b), &b.path)));
    let mut seen = BTreeSet::new();
    for found in files.iter_mut() {
        if !seen.insert(found.name.clone()) {
            let mark = Digest::of(found.path.as_os_str().as_bytes()).short();
            found.name = format!("{}#{mark}", found.name);
            seen.insert(found.name.clone());
        }
    }
    files.sort();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fsx::write_atomic;

    fn names(folder: &Path) -> Vec<String> {
        walk(folder).unwrap().files.into_iter().map(|found| found.name).collect()
    }

    #[test]
    fn takes_files_of_all_folders_and_leaves_what_is_no_delivery() {
        let dir = tempfile::tempdir().unwrap();
        for name in [
            "b.csv",
            "2024/a.xlsx",
            "~$a.xlsx",
            "c.part",
            "Thumbs.db",
            ".hidden",
            "d.TMP",
            "e.swp",
            "f.lock",
            "g.download",
            "h.csv~",
            "i.crdownload",
            "j.filepart",
            ".taken/2024-12/k.csv",
            "#recycle/l.csv",
            "desktop.ini",
            "old.part/m.csv",
        ] {
            write_atomic(&dir.path().join(name), name.as_bytes()).unwrap();
        }
        std::os::unix::fs::symlink(dir.path().join("b.csv"), dir.path().join("link.csv")).unwrap();
        std::os::unix::fs::symlink(dir.path(), dir.path().join("loop")).unwrap();
        assert_eq!(names(dir.path()), ["2024/a.xlsx", "b.csv", "old.part/m.csv"]);
    }

    #[test]
    fn names_are_nfc_and_cp949_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let nfd: String = "지출.csv".nfd().collect();
        write_atomic(&dir.path().join(&nfd), b"1").unwrap();
        let (cp949, _, _) = EUC_KR.encode("예산.csv");
        write_atomic(&dir.path().join(OsStr::from_bytes(&cp949)), b"2").unwrap();
        write_atomic(&dir.path().join(OsStr::from_bytes(b"a\xff.csv")), b"3").unwrap();
        assert_eq!(names(dir.path()), ["a%FF.csv", "예산.csv", "지출.csv"]);
        for found in walk(dir.path()).unwrap().files {
            assert_eq!(fs::read(&found.path).unwrap().len(), 1, "{found:?}");
        }
    }

    #[test]
    fn no_file_hides_another_of_the_same_normalised_name() {
        let dir = tempfile::tempdir().unwrap();
        let nfd: String = "지출.csv".nfd().collect();
        write_atomic(&dir.path().join(&nfd), b"nfd").unwrap();
        write_atomic(&dir.path().join("지출.csv"), b"nfc").unwrap();
        let files = walk(dir.path()).unwrap().files;
        assert_eq!(files.len(), 2);
        assert_eq!(
            (files[0].name.as_str(), fs::read(&files[0].path).unwrap()),
            ("지출.csv", b"nfc".to_vec())
        );
        assert!(files[1].name.starts_with("지출.csv#"), "{files:?}");
    }

    #[test]
    fn sixteen_folders_deep_is_the_end_and_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let mut path = dir.path().to_owned();
        for depth in 1..=DEPTH_MAX + 1 {
            path = path.join("d");
            write_atomic(&path.join(format!("{depth}.csv")), b"x").unwrap();
        }
        let walk = walk(dir.path()).unwrap();
        assert_eq!((walk.files.len(), walk.too_deep.len()), (DEPTH_MAX, 1));
        assert!(!walk.files.iter().any(|found| found.name.ends_with("17.csv")));
    }

    #[test]
    fn a_missing_folder_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        assert!(walk(&dir.path().join("none")).is_err());
    }
}
