//! Taking one settled file: copy, sync, compare, look again, and only then the name in the archive.
//!
//! Comes in: a file and the look that settled it. Goes out: the digest of bytes that are a whole file's, in the archive.
//! Refuses: a file that is locked, that does not open, or that changed in any way since that look; nothing of it is kept.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::decide::Reason;
use super::look::{Look, Stat, edges, look};
use crate::evidence::EvidenceError;
use crate::evidence::archive::{self, DraftError};
use crate::ledger::Digest;

/// How many files of one name a folder of taken files holds at most.
const SAME_NAME_MAX: usize = 10_000;

/// What became of a settled file.
#[derive(Debug)]
pub(super) enum Took {
    /// Its bytes are in the archive.
    Kept(Digest),
    /// It waits on.
    Not(Reason),
}

/// Takes the file at `path` as `settled` showed it. Only the archive can fail; trouble with the file is a `Reason`.
pub(super) fn take(path: &Path, settled: &Look, data: &Path, size_max: u64) -> Result<Took, EvidenceError> {
    let not_opened = |error: io::Error| Took::Not(Reason::Unreadable(error.to_string()));
    let mut source = match File::open(path) {
        Ok(source) => source,
        Err(error) => return Ok(not_opened(error)),
    };
    // The name may stand for another file by now.
    if !source.metadata().is_ok_and(|metadata| Stat::of(&metadata) == settled.stat) {
        return Ok(Took::Not(Reason::Changing));
    }
    if is_locked(&source) {
        return Ok(Took::Not(Reason::Locked));
    }
    let draft = match archive::draft(data, &mut source, size_max) {
        Ok(draft) => draft,
        Err(DraftError::Source(error)) => return Ok(not_opened(error)),
        Err(DraftError::Archive(error)) => return Err(error),
    };
    let is_whole = draft.size_bytes == settled.stat.size_bytes
        && matches!(edges(draft.file(), draft.size_bytes), Ok(Some(edges)) if edges == settled.edges)
        && matches!(look(path, size_max), Ok(Some(again)) if again == *settled);
    if !is_whole {
        return Ok(Took::Not(Reason::Changing));
    }
    match draft.keep(data) {
        // Somebody must look at the archive; the other files go on.
        Err(EvidenceError::Changed(_)) => Ok(Took::Not(Reason::Damaged)),
        other => other.map(Took::Kept),
    }
}

/// Whether another program holds a lock on the file. Asking takes a shared lock and gives it back at once; a disk that
/// knows no locks says no.
fn is_locked(file: &File) -> bool {
    match file.try_lock_shared() {
        Ok(()) => {
            file.unlock().ok();
            false
        }
        Err(TryLockError::WouldBlock) => true,
        Err(TryLockError::Error(_)) => false,
    }
}

/// Moves a taken file from `from` to `inbox/.taken/<month>/<name>`, or to a free name beside it; the new path below
/// the folder. `None`: another file stood there by then, it was put back and is looked at by the next scan.
pub(super) fn move_away(
    inbox: &Path,
    from: &Path,
    name: &str,
    taken: &Stat,
    month: &str,
) -> io::Result<Option<String>> {
    let wanted = format!(".taken/{month}/{name}");
    let (to, below) = reserve(inbox, &wanted)?;
    if let Err(error) = fs::rename(from, &to) {
        fs::remove_file(&to).ok();
        return Err(error);
    }
    let moved = Stat::at(&to)?;
    // A rename itself may count as a change of the entry.
    if (Stat { ctime_ns: taken.ctime_ns, ..moved }) == *taken {
        return Ok(Some(below));
    }
    let (back, _) = reserve(inbox, name)?;
    fs::rename(&to, &back)?;
    Ok(None)
}

/// Makes an empty file under `wanted` or the first free name after it, so that nothing is ever overwritten.
fn reserve(inbox: &Path, wanted: &str) -> io::Result<(PathBuf, String)> {
    let (folder, file) = wanted.rsplit_once('/').unwrap_or(("", wanted));
    fs::create_dir_all(inbox.join(folder))?;
    let (stem, end) = match file.rsplit_once('.') {
        Some((stem, end)) if !stem.is_empty() => (stem, format!(".{end}")),
        _ => (file, String::new()),
    };
    for n in 1..=SAME_NAME_MAX {
        let file = if n == 1 { file.to_owned() } else { format!("{stem} ({n}){end}") };
        let below = if folder.is_empty() { file } else { format!("{folder}/{file}") };
        let path = inbox.join(&below);
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(_) => return Ok((path, below)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("{wanted}: too many files of this name")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: u64 = 1_000_000;

    struct Place {
        dir: tempfile::TempDir,
        path: PathBuf,
    }

    fn place(bytes: &[u8]) -> Place {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.csv");
        crate::fsx::write_atomic(&path, bytes).unwrap();
        Place { dir, path }
    }

    impl Place {
        fn look(&self) -> Look {
            look(&self.path, MAX).unwrap().unwrap()
        }

        fn take(&self, settled: &Look) -> Took {
            take(&self.path, settled, self.dir.path(), MAX).unwrap()
        }
    }

    #[test]
    fn what_is_as_it_was_is_kept() {
        let place = place(b"whole");
        let settled = place.look();
        assert!(matches!(place.take(&settled), Took::Kept(digest) if digest == Digest::of(b"whole")));
        assert_eq!(place.look(), settled, "the source is not touched");
        assert_eq!(archive::read(place.dir.path(), &Digest::of(b"whole")).unwrap(), b"whole");
    }

    #[test]
    fn what_changed_since_is_not_kept() {
        let place = place(b"whole");
        let settled = place.look();
        // The same size, the same time of writing, another file.
        let other = place.dir.path().join("other");
        crate::fsx::write_atomic(&other, b"WHOLE").unwrap();
        let time = fs::metadata(&place.path).unwrap().modified().unwrap();
        File::options().write(true).open(&other).unwrap().set_modified(time).unwrap();
        fs::rename(&other, &place.path).unwrap();
        assert!(matches!(place.take(&settled), Took::Not(Reason::Changing)));
        // Ends that are not those of the look, in spite of an equal stat.
        let lying = Look { edges: Digest::of(b"before"), ..place.look() };
        assert!(matches!(place.take(&lying), Took::Not(Reason::Changing)));
        fs::remove_file(&place.path).unwrap();
        assert!(matches!(place.take(&settled), Took::Not(Reason::Unreadable(_))));
        assert!(archive::read(place.dir.path(), &Digest::of(b"WHOLE")).is_err());
    }

    #[test]
    fn a_damaged_archive_keeps_back_only_the_file_it_concerns() {
        let place = place(b"whole");
        let kept = archive::path(place.dir.path(), &Digest::of(b"whole"));
        crate::fsx::write_atomic(&kept, b"wHole").unwrap();
        assert!(matches!(place.take(&place.look()), Took::Not(Reason::Damaged)));
    }

    #[test]
    fn a_locked_file_waits_until_its_lock_is_gone() {
        let place = place(b"whole");
        let settled = place.look();
        let holder = File::open(&place.path).unwrap();
        holder.lock().unwrap();
        assert!(matches!(place.take(&settled), Took::Not(Reason::Locked)));
        holder.unlock().unwrap();
        assert!(matches!(place.take(&settled), Took::Kept(_)));
    }

    #[test]
    fn a_moved_file_overwrites_none_and_another_one_is_put_back() {
        let place = place(b"one");
        let inbox = place.dir.path();
        let stat = place.look().stat;
        let moved = |name: &str, stat: &Stat| move_away(inbox, &place.path, name, stat, "2024-12").unwrap();
        assert_eq!(moved("a.csv", &stat).as_deref(), Some(".taken/2024-12/a.csv"));
        crate::fsx::write_atomic(&place.path, b"two").unwrap();
        assert_eq!(moved("a.csv", &place.look().stat).as_deref(), Some(".taken/2024-12/a (2).csv"));
        assert_eq!(fs::read(inbox.join(".taken/2024-12/a.csv")).unwrap(), b"one");
        assert_eq!(fs::read(inbox.join(".taken/2024-12/a (2).csv")).unwrap(), b"two");
        crate::fsx::write_atomic(&place.path, b"three").unwrap();
        assert_eq!(moved("a.csv", &stat), None);
        assert_eq!(fs::read(&place.path).unwrap(), b"three");
        assert!(!inbox.join(".taken/2024-12/a (3).csv").exists());
    }
}
