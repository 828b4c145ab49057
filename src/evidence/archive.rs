//! The archive: original bytes under their SHA-256, written once.
//!
//! Comes in: bytes, or a file to copy. Goes out: a path, the bytes again.
//! Refuses: bytes that are not those their name says. A copy gets its name only when its maker says it is whole.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{EvidenceError, io};
use crate::fsx::{self, CopyError};
use crate::ledger::Digest;

/// As large as an input file may be.
const FILE_SIZE_MAX: u64 = 1024 * 1024 * 1024;
/// Nobody writes to the archive, not even its owner.
const READ_ONLY: u32 = 0o444;

/// Where the bytes named `digest` lie.
pub fn path(data: &Path, digest: &Digest) -> PathBuf {
    let name = digest.to_string();
    data.join("archive").join(&name[..2]).join(&name)
}

/// Keeps `bytes`; bytes already kept are compared, not written again.
pub fn put(data: &Path, bytes: &[u8]) -> Result<Digest, EvidenceError> {
    let digest = Digest::of(bytes);
    let target = path(data, &digest);
    if target.try_exists().map_err(io(&target))? {
        read(data, &digest)?;
        return Ok(digest);
    }
    fsx::write_atomic(&target, bytes).map_err(io(&target))?;
    fs::set_permissions(&target, fs::Permissions::from_mode(READ_ONLY)).map_err(io(&target))?;
    Ok(digest)
}

/// Where copies lie until they are whole.
fn incoming(data: &Path) -> PathBuf {
    data.join("archive/incoming")
}

/// A copy that is synced but has no name in the archive yet; dropping it removes it.
#[derive(Debug)]
pub struct Draft {
    file: NamedTempFile,
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// Size in bytes.
    pub size_bytes: u64,
}

/// Why there is no copy.
#[derive(Debug)]
pub enum DraftError {
    /// The source could not be read to its end.
    Source(std::io::Error),
    /// The archive could not be written.
    Archive(EvidenceError),
}

/// Copies `source`, at most `size_max` bytes, and syncs the copy.
pub fn draft(data: &Path, source: &mut impl Read, size_max: u64) -> Result<Draft, DraftError> {
    let folder = incoming(data);
    let failed = |error| DraftError::Archive(io(&folder)(error));
    fs::create_dir_all(&folder).map_err(failed)?;
    let mut file = NamedTempFile::new_in(&folder).map_err(failed)?;
    let (digest, size_bytes) =
        fsx::copy_hashed(source, &mut file, size_max).map_err(|error| match error {
            CopyError::Source(error) => DraftError::Source(error),
            CopyError::Target(error) => failed(error),
        })?;
    file.as_file().set_permissions(fs::Permissions::from_mode(READ_ONLY)).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    Ok(Draft { file, digest, size_bytes })
}

impl Draft {
    /// The copy, for reading.
    pub fn file(&self) -> &File {
        self.file.as_file()
    }

    /// Gives the copy its name; bytes already kept are compared, not written again.
    pub fn keep(self, data: &Path) -> Result<Digest, EvidenceError> {
        let target = path(data, &self.digest);
        if target.try_exists().map_err(io(&target))? {
            check(data, &self.digest)?;
            return Ok(self.digest);
        }
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(io(&target))?;
            self.file.persist(&target).map_err(|error| io(&target)(error.error))?;
            fsx::sync_folder(folder).map_err(io(&target))?;
            fsx::sync_folder(&data.join("archive")).map_err(io(&target))?;
        }
        Ok(self.digest)
    }
}

/// Removes copies that a process left behind when it died. Nobody else may be copying.
pub fn sweep(data: &Path) -> Result<(), EvidenceError> {
    let folder = incoming(data);
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io(&folder)(error)),
        _ => Ok(()),
    }
}

/// Whether the bytes named `digest` are there and are those; their number. Reads piece by piece.
pub fn check(data: &Path, digest: &Digest) -> Result<u64, EvidenceError> {
    let target = path(data, digest);
    let (found, size_bytes) = fsx::digest_capped(&target, FILE_SIZE_MAX).map_err(io(&target))?;
    if found == *digest { Ok(size_bytes) } else { Err(EvidenceError::Changed(*digest)) }
}

/// The bytes named `digest`, checked.
pub fn read(data: &Path, digest: &Digest) -> Result<Vec<u8>, EvidenceError> {
    let target = path(data, digest);
    let bytes = fsx::read_capped(&target, FILE_SIZE_MAX).map_err(io(&target))?;
    if Digest::of(&bytes) == *digest { Ok(bytes) } else { Err(EvidenceError::Changed(*digest)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_bytes_once_and_read_only() {
        let dir = tempfile::tempdir().unwrap();
        let digest = put(dir.path(), b"original").unwrap();
        assert_eq!(put(dir.path(), b"original").unwrap(), digest);
        assert_eq!(read(dir.path(), &digest).unwrap(), b"original");
        let mode = fs::metadata(path(dir.path(), &digest)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, READ_ONLY);
    }

    #[test]
    fn a_copy_has_no_name_until_it_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let copy = || draft(dir.path(), &mut &b"original"[..], 100).unwrap();
        drop(copy());
        assert!(matches!(check(dir.path(), &Digest::of(b"original")), Err(EvidenceError::Io { .. })));
        assert_eq!(copy().keep(dir.path()).unwrap(), Digest::of(b"original"));
        assert_eq!(copy().keep(dir.path()).unwrap(), put(dir.path(), b"original").unwrap());
        assert_eq!(check(dir.path(), &Digest::of(b"original")).unwrap(), 8);
        let mode = fs::metadata(path(dir.path(), &Digest::of(b"original"))).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, READ_ONLY);
        assert_eq!(fs::read_dir(incoming(dir.path())).unwrap().count(), 0);
        assert!(matches!(draft(dir.path(), &mut &b"original"[..], 7), Err(DraftError::Source(_))));
        fsx::write_atomic(&incoming(dir.path()).join("left"), b"half").unwrap();
        sweep(dir.path()).unwrap();
        sweep(dir.path()).unwrap();
        assert!(!incoming(dir.path()).exists());
    }

    #[test]
    fn changed_bytes_are_noticed_on_read_and_on_put() {
        let dir = tempfile::tempdir().unwrap();
        let digest = put(dir.path(), b"original").unwrap();
        fsx::write_atomic(&path(dir.path(), &digest), b"0riginal").unwrap();
        assert!(matches!(read(dir.path(), &digest), Err(EvidenceError::Changed(_))));
        assert!(matches!(put(dir.path(), b"original"), Err(EvidenceError::Changed(_))));
        let copy = draft(dir.path(), &mut &b"original"[..], 100).unwrap();
        assert!(matches!(copy.keep(dir.path()), Err(EvidenceError::Changed(_))));
    }
}
