//! Whether a ZIP has its end: the record that names the list of its parts, written last.
//!
//! Comes in: an open file, its first and last bytes. Goes out: yes or no.
//! Refuses: the end of a ZIP that lies inside another one: the list must begin where the record says.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

const PART: &[u8] = b"PK\x03\x04";
const LISTED: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
/// Bytes of the record without its comment.
const END_LEN: usize = 22;
/// The longest comment, and the record before it.
const SEARCHED: usize = END_LEN + u16::MAX as usize;
/// The list is said elsewhere: a ZIP of over 4 GiB or 65,535 parts.
const ELSEWHERE: u64 = u32::MAX as u64;

/// Whether a file that begins so is a ZIP.
pub(super) fn is_zip(head: &[u8]) -> bool {
    head.starts_with(PART) || head.starts_with(END)
}

/// Whether the end is there. `tail` holds the last bytes of the file of `size_bytes`.
pub(super) fn is_there(file: &File, tail: &[u8], size_bytes: u64) -> io::Result<bool> {
    // A comment may be a little longer than what was read already.
    let n = size_bytes.min(SEARCHED as u64);
    let mut read;
    let tail = if n > tail.len() as u64 {
        read = vec![0; usize::try_from(n).unwrap_or(0)];
        file.read_exact_at(&mut read, size_bytes - n)?;
        read.as_slice()
    } else {
        tail
    };
    let start = size_bytes - tail.len() as u64;
    for at in (0..tail.len().saturating_sub(END_LEN - 1)).rev() {
        let record = &tail[at..];
        if !record.starts_with(END) || record.len() - END_LEN < usize::from(u16_at(record, 20)) {
            continue;
        }
        let (n_parts, offset) = (u16_at(record, 10), u64::from(u32_at(record, 16)));
        if offset == ELSEWHERE || n_parts == 0 && offset == 0 {
            return Ok(true);
        }
        let mut first = [0; 4];
        if offset + 4 <= start + at as u64 {
            file.read_exact_at(&mut first, offset)?;
            if first == LISTED {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;

    fn zip_of(parts: &[(&str, &[u8])], comment: &str) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        for (name, bytes) in parts {
            writer.start_file(*name, stored).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.set_comment(comment).unwrap();
        writer.finish().unwrap().into_inner()
    }

    fn has_end(bytes: &[u8]) -> bool {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        assert!(is_zip(bytes));
        is_there(&file, &bytes[bytes.len().saturating_sub(65_536)..], bytes.len() as u64).unwrap()
    }

    #[test]
    fn a_zip_has_its_end_and_no_shorter_piece_of_it_has() {
        let whole = zip_of(&[("a", b"first"), ("b", b"second")], "");
        assert!(has_end(&whole));
        for n in 4..whole.len() {
            assert!(!has_end(&whole[..n]), "{n} of {}", whole.len());
        }
        assert!(has_end(&zip_of(&[], "")));
        assert!(has_end(&[whole.as_slice(), b"junk at the end"].concat()));
    }

    #[test]
    fn a_long_comment_hides_no_end() {
        let long = zip_of(&[("a", b"first")], &"c".repeat(usize::from(u16::MAX)));
        assert!(has_end(&long));
        assert!(!has_end(&long[..long.len() - 1]));
    }

    #[test]
    fn the_end_of_a_zip_within_is_not_the_end() {
        let inner = zip_of(&[("x", b"inner")], "");
        let outer = zip_of(&[("a", b"first"), ("inner.zip", &inner)], "");
        let inner_end = outer.windows(inner.len()).position(|piece| piece == inner).unwrap() + inner.len();
        assert!(!has_end(&outer[..inner_end]));
        assert!(has_end(&outer));
    }
}
