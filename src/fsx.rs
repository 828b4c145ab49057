//! Files that are whole or absent.
//!
//! Comes in: a path and bytes. Goes out: a file written, synced, renamed, its folder synced; or a capped read.
//! Refuses: half-written files and reads past a stated limit.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use crate::ledger::{Digest, Hasher};

/// Bytes read at once by what streams.
const PIECE: usize = 256 * 1024;

/// Writes `bytes` to `path`: a temporary file beside it, fsync, rename, fsync of the folder.
/// Creates missing parent folders.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|e| e.error)?;
    sync_folder(folder)
}

/// Makes the names in `folder` durable.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Reads a whole file of at most `size_max` bytes; a larger one is `FileTooLarge`.
pub fn read_capped(path: &Path, size_max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(size_max + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > size_max {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("larger than {size_max} bytes")));
    }
    Ok(bytes)
}

/// Why a copy stopped.
#[derive(Debug)]
pub enum CopyError {
    /// The source could not be read, or holds more than the limit.
    Source(io::Error),
    /// The target could not be written.
    Target(io::Error),
}

/// Copies `source` to `target` piece by piece; at most `size_max` bytes. Digest and number of the bytes copied.
pub fn copy_hashed(
    source: &mut impl Read,
    target: &mut impl Write,
    size_max: u64,
) -> Result<(Digest, u64), CopyError> {
    let mut piece = vec![0; PIECE];
    let mut hasher = Hasher::default();
    let mut size_bytes = 0;
    loop {
        let n = match source.read(&mut piece) {
            Ok(0) => return Ok((hasher.finish(), size_bytes)),
            Ok(n) => n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(CopyError::Source(error)),
        };
        size_bytes += n as u64;
        if size_bytes > size_max {
            let text = format!("larger than {size_max} bytes");
            return Err(CopyError::Source(io::Error::new(io::ErrorKind::FileTooLarge, text)));
        }
        hasher.update(&piece[..n]);
        target.write_all(&piece[..n]).map_err(CopyError::Target)?;
    }
}

/// Digest and size of a file of at most `size_max` bytes, read piece by piece.
pub fn digest_capped(path: &Path, size_max: u64) -> io::Result<(Digest, u64)> {
    copy_hashed(&mut File::open(path)?, &mut io::sink(), size_max).map_err(|error| match error {
        CopyError::Source(error) | CopyError::Target(error) => error,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_into_new_folders_and_replaces() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b.txt");
        write_atomic(&path, b"one").unwrap();
        write_atomic(&path, b"two").unwrap();
        assert_eq!(read_capped(&path, 3).unwrap(), b"two");
        assert_eq!(fs::read_dir(dir.path().join("a")).unwrap().count(), 1);
    }

    #[test]
    fn a_copy_has_the_bytes_their_digest_and_a_limit() {
        let bytes: Vec<u8> = (0..PIECE + 10).map(|i| u8::try_from(i % 251).unwrap()).collect();
        let mut target = Vec::new();
        let copied = copy_hashed(&mut bytes.as_slice(), &mut target, bytes.len() as u64).unwrap();
        assert_eq!((copied, &target), ((Digest::of(&bytes), bytes.len() as u64), &bytes));
        let over = copy_hashed(&mut bytes.as_slice(), &mut Vec::new(), bytes.len() as u64 - 1);
        assert!(matches!(over, Err(CopyError::Source(_))));
    }

    #[test]
    fn refuses_a_file_over_the_limit() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("big");
        write_atomic(&path, b"12345").unwrap();
        assert_eq!(read_capped(&path, 4).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }
}
