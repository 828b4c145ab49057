//! The log: one JSON line for each sealed run, under an RFC 6962 root.
//!
//! Comes in: an entry. Goes out: a checkpoint (origin, size, root). Order is by line, time is data.
//! Refuses: to append when what stands in the file does not give the root of the last checkpoint. An entry that was
//! written whole just before a crash is taken up; a torn last line beyond the checkpoint is cut off.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::merkle;
use super::{EvidenceError, io};
use crate::fsx;
use crate::ledger::Digest;

/// A line is about 300 bytes; this is room for millions of runs.
const LOG_SIZE_MAX: u64 = 1024 * 1024 * 1024;

/// One sealed run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Format of this line: `1`.
    pub version: String,
    /// Run.
    pub run_id: String,
    /// Job.
    pub job: String,
    /// Month.
    pub period: String,
    /// When the run was created, RFC 3339.
    pub created: String,
    /// File name of the bundle.
    pub bundle: String,
    /// SHA-256 of the bundle.
    pub bundle_sha256: Digest,
}

/// The state of the log: what an auditor writes down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Name of the log.
    pub origin: String,
    /// Entries.
    pub size: usize,
    /// Root hash.
    pub root: Digest,
}

impl Checkpoint {
    /// The checkpoint as a note: three lines.
    pub fn to_text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root)
    }

    fn from_text(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let checkpoint =
            Self { origin: origin.to_owned(), size: size.parse().ok()?, root: root.parse().ok()? };
        // Only the one spelling of a checkpoint is one: a changed byte is a changed checkpoint.
        (lines.next().is_none() && checkpoint.to_text() == text).then_some(checkpoint)
    }
}

/// What stands in the log files.
#[derive(Clone, Debug)]
pub struct Contents {
    /// Whole lines, without their line feed.
    pub lines: Vec<String>,
    /// Bytes after the last line feed.
    pub torn_bytes: usize,
    /// The last checkpoint; `None` before the first entry.
    pub checkpoint: Option<Checkpoint>,
}

/// Path of the entries.
pub fn entries_path(data: &Path) -> PathBuf {
    data.join("evidence/log/entries.jsonl")
}

/// Path of the checkpoint.
pub fn checkpoint_path(data: &Path) -> PathBuf {
    data.join("evidence/log/checkpoint")
}

/// Root over `lines`.
pub fn root_of(lines: &[String]) -> Digest {
    let hashes: Vec<[u8; 32]> = lines.iter().map(|line| merkle::leaf_hash(line.as_bytes())).collect();
    Digest::from_bytes(merkle::root(&hashes))
}

/// Reads the log as it stands; nothing is repaired.
pub fn read(data: &Path) -> Result<Contents, EvidenceError> {
    let optional = |path: &Path| match fsx::read_capped(path, LOG_SIZE_MAX) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io(path)(error)),
    };
    let bytes = optional(&entries_path(data))?.unwrap_or_default();
    let whole = bytes.iter().rposition(|&b| b == b'\n').map_or(0, |i| i + 1);
    let text = std::str::from_utf8(&bytes[..whole]);
    let text = text.map_err(|_| EvidenceError::Inconsistent("entries are not text"))?;
    let lines = text.split_terminator('\n').map(str::to_owned).collect();
    let checkpoint = match optional(&checkpoint_path(data))? {
        None => None,
        Some(bytes) => {
            let parsed = String::from_utf8(bytes).ok().as_deref().and_then(Checkpoint::from_text);
            Some(parsed.ok_or(EvidenceError::Inconsistent("checkpoint cannot be read"))?)
        }
    };
    Ok(Contents { lines, torn_bytes: bytes.len() - whole, checkpoint })
}

/// Checks that the first lines give the root of the checkpoint.
pub fn check(contents: &Contents) -> Result<(), EvidenceError> {
    let Some(checkpoint) = &contents.checkpoint else {
        // One entry may have been written before the first checkpoint was.
        let is_start = contents.lines.len() <= 1;
        return if is_start { Ok(()) } else { Err(EvidenceError::Inconsistent("checkpoint is missing")) };
    };
    let Some(known) = contents.lines.get(..checkpoint.size) else {
        return Err(EvidenceError::Inconsistent("entries are missing"));
    };
    if root_of(known) != checkpoint.root {
        return Err(EvidenceError::Inconsistent("an entry was changed"));
    }
    Ok(())
}

/// Appends `entry` and moves the checkpoint on; an entry that already stands there is not repeated.
pub fn append(data: &Path, origin: &str, entry: &Entry) -> Result<Checkpoint, EvidenceError> {
    let path = entries_path(data);
    let folder = data.join("evidence/log");
    std::fs::create_dir_all(&folder).map_err(io(&folder))?;
    let mut options = OpenOptions::new();
    let file = options.create(true).truncate(false).read(true).write(true).open(&path).map_err(io(&path))?;
    file.lock().map_err(io(&path))?;
    let mut contents = read(data)?;
    check(&contents)?;
    if contents.checkpoint.as_ref().is_some_and(|known| known.origin != origin) {
        return Err(EvidenceError::Inconsistent("the log has another origin"));
    }
    let line = serde_json::to_string(entry)?;
    let is_known = contents.lines.contains(&line);
    write_line(&file, &path, (!is_known).then_some(line.as_str()), contents.torn_bytes)?;
    if !is_known {
        contents.lines.push(line);
    }
    // Read back what is on disk: a checkpoint is made of stored bytes only.
    let stored = read(data)?;
    if stored.lines != contents.lines || stored.torn_bytes != 0 {
        return Err(EvidenceError::Inconsistent("what was written is not what is stored"));
    }
    let checkpoint =
        Checkpoint { origin: origin.to_owned(), size: stored.lines.len(), root: root_of(&stored.lines) };
    let path = checkpoint_path(data);
    fsx::write_atomic(&path, checkpoint.to_text().as_bytes()).map_err(io(&path))?;
    Ok(checkpoint)
}

fn write_line(
    mut file: &File,
    path: &Path,
    line: Option<&str>,
    torn_bytes: usize,
) -> Result<(), EvidenceError> {
    let mut write = || -> std::io::Result<()> {
        let end = file.metadata()?.len() - torn_bytes as u64;
        file.set_len(end)?;
        file.seek(SeekFrom::Start(end))?;
        if let Some(line) = line {
            file.write_all(format!("{line}\n").as_bytes())?;
        }
        file.sync_all()
    };
    write().map_err(io(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(n: u8) -> Entry {
        Entry {
            version: "1".to_owned(),
            run_id: format!("run{n}"),
            job: "monthly".to_owned(),
            period: "2024-12".to_owned(),
            created: "2025-01-02T00:00:00Z".to_owned(),
            bundle: format!("run{n}.zip"),
            bundle_sha256: Digest::of(&[n]),
        }
    }

    #[test]
    fn appends_once_and_moves_the_checkpoint() {
        let dir = tempfile::tempdir().unwrap();
        let first = append(dir.path(), "o", &entry(1)).unwrap();
        assert_eq!(append(dir.path(), "o", &entry(1)).unwrap(), first);
        let second = append(dir.path(), "o", &entry(2)).unwrap();
        assert_eq!((first.size, second.size), (1, 2));
        assert_ne!(first.root, second.root);
    }

    #[test]
    fn a_torn_line_is_cut_and_a_whole_one_taken_up() {
        let dir = tempfile::tempdir().unwrap();
        append(dir.path(), "o", &entry(1)).unwrap();
        let path = entries_path(dir.path());
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(format!("{}\n{{\"torn", serde_json::to_string(&entry(2)).unwrap()).as_bytes())
            .unwrap();
        let checkpoint = append(dir.path(), "o", &entry(3)).unwrap();
        assert_eq!(checkpoint.size, 3);
        assert_eq!(read(dir.path()).unwrap().torn_bytes, 0);
    }

    #[test]
    fn refuses_to_append_to_a_changed_or_shortened_log() {
        for change in [|text: String| text.replace("run1", "run9"), |_| String::new()] {
            let dir = tempfile::tempdir().unwrap();
            append(dir.path(), "o", &entry(1)).unwrap();
            let path = entries_path(dir.path());
            let text = std::fs::read_to_string(&path).unwrap();
            fsx::write_atomic(&path, change(text).as_bytes()).unwrap();
            assert!(append(dir.path(), "o", &entry(2)).is_err());
        }
    }
}
