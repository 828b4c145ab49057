//! File events of the drop folder and the folders below it.
//!
//! Comes in: the folders of the last scan. Goes out: whether anything may have arrived since the last question.
//! Refuses: to be relied on. Network shares may send no events; the scan is the truth.

use std::io;
use std::path::PathBuf;

use inotify::{Inotify, WatchMask};

/// Room for a burst; what does not fit is read by the next question.
const BUFFER: usize = 16 * 1024;

/// A new name, or a writer that closed its file. Not every write, and not our own reading.
fn mask() -> WatchMask {
    WatchMask::CREATE | WatchMask::MOVED_TO | WatchMask::CLOSE_WRITE | WatchMask::ONLYDIR
}

/// The system's queue of events.
pub(super) struct Events {
    queue: Inotify,
    buffer: Vec<u8>,
}

impl Events {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self { queue: Inotify::init()?, buffer: vec![0; BUFFER] })
    }

    /// Asks for events of `folders`; of those asked for before they go on.
    pub(super) fn follow(&self, folders: &[PathBuf]) -> io::Result<()> {
        let mut watches = self.queue.watches();
        for folder in folders {
            match watches.add(folder, mask()) {
                // Removed since the scan; asking again for a known folder is fine.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                other => drop(other?),
            }
        }
        Ok(())
    }

    /// Whether anything happened since the last question. Never waits.
    pub(super) fn happened(&mut self) -> io::Result<bool> {
        let mut is_any = false;
        loop {
            match self.queue.read_events(&mut self.buffer) {
                Ok(mut events) => match events.next() {
                    Some(_) => is_any = true,
                    None => return Ok(is_any),
                },
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(is_any),
                Err(error) => return Err(error),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_new_file_is_an_event_and_reading_it_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let below = dir.path().join("below");
        fs::create_dir(&below).unwrap();
        let mut events = Events::new().unwrap();
        let folders = [dir.path().to_owned(), below.clone(), dir.path().join("gone")];
        events.follow(&folders).unwrap();
        events.follow(&folders).unwrap();
        assert!(!events.happened().unwrap());
        crate::fsx::write_atomic(&below.join("a.csv"), b"x").unwrap();
        assert!(events.happened().unwrap());
        fs::read(below.join("a.csv")).unwrap();
        assert!(!events.happened().unwrap());
        fs::rename(below.join("a.csv"), dir.path().join("b.csv")).unwrap();
        assert!(events.happened().unwrap());
    }
}
