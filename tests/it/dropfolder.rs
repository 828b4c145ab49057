//! The drop folder: nothing half, nothing missed, nothing twice.

mod by_daemon;
mod many;
mod slow_writer;
mod versions;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use chrono::{DateTime, Utc};
use ledgerwatch::clock::Clock;
use ledgerwatch::evidence::archive;
use ledgerwatch::ledger::Digest;
use ledgerwatch::pipeline::drop_folder::{DropFolder, Rules, Scan, Times};
use ledgerwatch::store::Store;

/// A drop folder of its own, with a data folder and a store.
struct Place {
    dir: tempfile::TempDir,
    rules: Rules,
    store: Store,
}

impl Place {
    fn new(settle_ms: i64) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let inbox = dir.path().join("inbox");
        std::fs::create_dir(&inbox).unwrap();
        let store = Store::open(&format!("sqlite:{}/db", dir.path().display())).unwrap();
        let rules = Rules {
            inbox,
            data: dir.path().join("data"),
            times: Times { settle_ms, old_after_ms: 3_600_000, stuck_after_ms: 1_800_000 },
            size_max: 100_000_000,
            moves_taken: false,
            zone: chrono_tz::Asia::Seoul,
        };
        Self { dir, rules, store }
    }

    fn inbox(&self) -> &Path {
        &self.rules.inbox
    }

    fn scan(&self, clock: &dyn Clock) -> Scan {
        self.folder(clock, &AtomicBool::new(false)).scan().unwrap()
    }

    fn folder<'a>(&'a self, clock: &'a dyn Clock, stop: &'a AtomicBool) -> DropFolder<'a> {
        DropFolder { rules: &self.rules, store: &self.store, clock, stop }
    }

    /// Names and digests of what is delivered.
    fn delivered(scan: &Scan) -> Vec<(String, Digest)> {
        scan.files.iter().map(|file| (file.name.clone(), file.sha256)).collect()
    }

    /// Every content in the archive, checked against its name.
    fn archived(&self) -> Vec<Digest> {
        let mut files: Vec<PathBuf> = Vec::new();
        for folder in std::fs::read_dir(self.rules.data.join("archive")).unwrap() {
            let entries = std::fs::read_dir(folder.unwrap().path()).unwrap();
            files.extend(entries.map(|entry| entry.unwrap().path()));
        }
        let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().parse().unwrap();
        let mut digests: Vec<Digest> = files.iter().map(name).collect();
        digests.sort();
        for digest in &digests {
            archive::check(&self.rules.data, digest).unwrap();
        }
        digests
    }
}

/// A clock that goes only when it is told to.
struct HandClock(AtomicI64);

impl HandClock {
    fn new() -> Self {
        Self(AtomicI64::new(Utc::now().timestamp_millis()))
    }

    fn advance(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::Relaxed);
    }
}

impl Clock for HandClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0.load(Ordering::Relaxed)).unwrap()
    }
}
