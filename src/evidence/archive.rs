//! The archive: original bytes under their SHA-256, written once.
//!
//! Comes in: bytes. Goes out: a path, the bytes again. Refuses: bytes that are not those their name says.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::{EvidenceError, io};
use crate::fsx;
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
    fn changed_bytes_are_noticed_on_read_and_on_put() {
        let dir = tempfile::tempdir().unwrap();
        let digest = put(dir.path(), b"original").unwrap();
        fsx::write_atomic(&path(dir.path(), &digest), b"0riginal").unwrap();
        assert!(matches!(read(dir.path(), &digest), Err(EvidenceError::Changed(_))));
        assert!(matches!(put(dir.path(), b"original"), Err(EvidenceError::Changed(_))));
    }
}
