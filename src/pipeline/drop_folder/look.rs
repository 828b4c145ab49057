//! One look at one file: its stat and what its ends say.
//!
//! Comes in: a path. Goes out: a `Look` that can be compared with another one, or why there is none.
//! Refuses: to follow a symbolic link, to read more than the two ends.

use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::Path;

use super::zip_end;
use crate::ledger::Digest;

/// Bytes read at each end.
const EDGE: u64 = 64 * 1024;
/// A disk hands out sectors of zeros; a text that ends with one has room that was not filled yet.
const SECTOR: usize = 512;
/// Old Excel files may end with empty sectors.
const COMPOUND_FILE: [u8; 4] = [0xd0, 0xcf, 0x11, 0xe0];

/// What the disk says of a file. Two equal ones are one state of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// Size in bytes.
    pub size_bytes: u64,
    /// Time of the last write, nanoseconds since 1970.
    pub mtime_ns: i64,
    /// Time of the last change, nanoseconds since 1970. A program can set the time of the last write, but not this.
    pub ctime_ns: i64,
    /// Number of the file: another file under the same name has another.
    pub inode: u64,
}

impl Stat {
    /// From what the system says.
    pub fn of(metadata: &Metadata) -> Self {
        let ns = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
        Self {
            size_bytes: metadata.len(),
            mtime_ns: ns(metadata.mtime(), metadata.mtime_nsec()),
            ctime_ns: ns(metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
        }
    }

    /// Of the file at `path` itself, not of what a link points to.
    pub fn at(path: &Path) -> io::Result<Self> {
        fs::symlink_metadata(path).map(|metadata| Self::of(&metadata))
    }
}

/// Whether the bytes can be those of a whole file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Nothing speaks against it.
    Whole,
    /// No bytes.
    Empty,
    /// Room at the end that was not filled.
    Unfilled,
    /// Begins as a ZIP (xlsx, ods, …) and lacks a ZIP's end.
    NoZipEnd,
    /// Over the limit.
    TooLarge,
}

/// What one look saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// The stat, the same before and after reading the ends.
    pub stat: Stat,
    /// Digest of the first and last 64 KiB.
    pub edges: Digest,
    /// What the ends say.
    pub shape: Shape,
}

/// Looks at `path`; `None` when it changed meanwhile or is no regular file. Opening it asks a network share anew.
pub fn look(path: &Path, size_max: u64) -> io::Result<Option<Look>> {
    if !fs::symlink_metadata(path)?.is_file() {
        return Ok(None);
    }
    let file = File::open(path)?;
    let stat = Stat::of(&file.metadata()?);
    let Some((head, tail)) = ends(&file, stat.size_bytes)? else { return Ok(None) };
    let shape = match stat.size_bytes {
        0 => Shape::Empty,
        size if size > size_max => Shape::TooLarge,
        size => shape(&file, &head, &tail, size)?,
    };
    let edges = Digest::of_parts([head.as_slice(), &tail]);
    let is_same = Stat::of(&file.metadata()?) == stat && Stat::at(path)? == stat;
    Ok(is_same.then_some(Look { stat, edges, shape }))
}

/// Digest of the first and last 64 KiB of an open file; `None` when it is shorter than `size_bytes`.
pub fn edges(file: &File, size_bytes: u64) -> io::Result<Option<Digest>> {
    Ok(ends(file, size_bytes)?.map(|(head, tail)| Digest::of_parts([head.as_slice(), &tail])))
}

/// The first and the last bytes; they overlap in a short file.
fn ends(file: &File, size_bytes: u64) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
    let n = size_bytes.min(EDGE);
    let mut ends = [Vec::new(), Vec::new()];
    for (bytes, at) in ends.iter_mut().zip([0, size_bytes - n]) {
        bytes.resize(usize::try_from(n).unwrap_or(0), 0);
        match file.read_exact_at(bytes, at) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            other => other?,
        }
    }
    let [head, tail] = ends;
    Ok(Some((head, tail)))
}

fn shape(file: &File, head: &[u8], tail: &[u8], size_bytes: u64) -> io::Result<Shape> {
    if zip_end::is_zip(head) {
        let has_end = zip_end::is_there(file, tail, size_bytes)?;
        return Ok(if has_end { Shape::Whole } else { Shape::NoZipEnd });
    }
    let last = &tail[tail.len().saturating_sub(SECTOR)..];
    let is_unfilled = !head.starts_with(&COMPOUND_FILE) && last.iter().all(|&byte| byte == 0);
    Ok(if is_unfilled { Shape::Unfilled } else { Shape::Whole })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn shape_of(bytes: &[u8]) -> Shape {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        look(file.path(), 1_000_000).unwrap().unwrap().shape
    }

    #[test]
    fn a_file_with_room_left_is_unfilled() {
        let mut bytes = b"a,b\n".repeat(1_000);
        assert_eq!(shape_of(&bytes), Shape::Whole);
        bytes.resize(bytes.len() + SECTOR - 1, 0);
        assert_eq!(shape_of(&bytes), Shape::Whole);
        bytes.push(0);
        assert_eq!(shape_of(&bytes), Shape::Unfilled);
        assert_eq!(shape_of(&[COMPOUND_FILE.as_slice(), &[0; 4096]].concat()), Shape::Whole);
        assert_eq!(shape_of(b"\0"), Shape::Unfilled);
        assert_eq!(shape_of(b""), Shape::Empty);
        assert_eq!(shape_of(&vec![b'x'; 1_000_000]), Shape::Whole);
        assert_eq!(shape_of(&vec![b'x'; 1_000_001]), Shape::TooLarge);
    }

    #[test]
    fn bytes_that_change_at_either_end_are_seen_without_the_stat() {
        let bytes = vec![b'x'; 200_000];
        let digest = |bytes: &[u8]| {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(bytes).unwrap();
            edges(file.as_file(), bytes.len() as u64).unwrap().unwrap()
        };
        let same = digest(&bytes);
        for (at, is_seen) in [(0, true), (65_535, true), (100_000, false), (134_464, true), (199_999, true)] {
            let mut other = bytes.clone();
            other[at] = b'y';
            assert_eq!(digest(&other) != same, is_seen, "{at}");
        }
    }

    #[test]
    fn links_and_folders_are_not_looked_at() {
        let dir = tempfile::tempdir().unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        let link = dir.path().join("link");
        std::os::unix::fs::symlink(file.path(), &link).unwrap();
        assert_eq!(look(&link, 10).unwrap(), None);
        assert_eq!(look(dir.path(), 10).unwrap(), None);
        assert!(look(&dir.path().join("none"), 10).is_err());
    }
}
