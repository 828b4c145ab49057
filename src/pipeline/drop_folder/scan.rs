//! One scan of the drop folder: the truth about what was delivered.
//!
//! Comes in: the folder as it is, the rows of what was seen before. Goes out: settled files taken, rows saved, the list.
//! Refuses: to run beside another scan on the same data folder; to forget what it could not see.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::sync::atomic::Ordering;

use rayon::prelude::*;

use super::decide::{Reason, Verdict, changed_ms, decide};
use super::look::{Look, Stat, look};
use super::row::{row_of, seen_of, stat_of, taken, touched, wait};
use super::take::{Took, move_away, take};
use super::walk::{DEPTH_MAX, Found, walk};
use super::{DropFolder, Scan, ScanError};
use crate::evidence::archive;
use crate::pipeline::inputs::InputFile;
use crate::store::Arrival;

/// Files copied before they are recorded: their syncs overlap, and a crash copies no more than these again.
const BATCH: usize = 64;

/// What one scan works on.
struct Pass<'a> {
    folder: &'a DropFolder<'a>,
    known: BTreeMap<String, Arrival>,
    scan: Scan,
    /// Rows to save before anything is taken.
    waiting: Vec<Arrival>,
    settled: Vec<(Found, Look, Arrival)>,
}

impl DropFolder<'_> {
    /// Looks at every file once, takes those that have settled, records all of it.
    pub fn scan(&self) -> Result<Scan, ScanError> {
        let rules = self.rules;
        let _lock = scan_lock(&rules.data).map_err(ScanError::Lock)?;
        archive::sweep(&rules.data)?;
        let inbox = || rules.inbox.display().to_string();
        let walked = walk(&rules.inbox).map_err(|error| ScanError::Inbox(inbox(), error))?;
        let known = self.store.current_arrivals()?.into_iter().map(|row| (row.name.clone(), row)).collect();
        let scan = Scan { unreadable: walked.unreadable, folders: walked.folders, ..Scan::default() };
        let mut pass = Pass { folder: self, known, scan, waiting: Vec::new(), settled: Vec::new() };
        let names: BTreeSet<String> = walked.files.iter().map(|found| found.name.clone()).collect();
        for found in walked.files {
            pass.see(found);
        }
        for name in walked.too_deep {
            tracing::debug!(name, "a folder is nested too deep");
            pass.scan.waiting.push((name, format!("{DEPTH_MAX}단계보다 깊은 폴더는 읽지 않습니다")));
        }
        pass.forget(&names)?;
        pass.take_settled()?;
        pass.deliver_moved(&names);
        let mut scan = pass.scan;
        scan.files.sort();
        scan.waiting.sort();
        Ok(scan)
    }

    fn now_ms(&self) -> i64 {
        self.clock.now().timestamp_millis()
    }
}

impl Pass<'_> {
    /// Looks at one file.
    fn see(&mut self, found: Found) {
        let known = self.known.get(&found.name);
        if let Some(row) = known.filter(|row| row.is_taken()) {
            match Stat::at(&found.path) {
                Ok(stat) if stat == stat_of(row) => {
                    let row = row.clone();
                    return self.deliver(found, row);
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => return,
                _ => {}
            }
        }
        let sight = look(&found.path, self.folder.rules.size_max);
        let now_ms = self.folder.now_ms();
        let times = &self.folder.rules.times;
        let seen = known.filter(|row| !row.is_taken()).and_then(seen_of);
        match sight {
            Ok(Some(look)) => {
                let changed_ms = changed_ms(seen.as_ref(), &look, now_ms);
                let mut row = row_of(&found.name, known, &look, changed_ms, now_ms);
                match decide(seen.as_ref(), &look, now_ms, times) {
                    Verdict::Settled => self.settled.push((found, look, row)),
                    Verdict::Waits { reason, settles_ms } => {
                        wait(&mut row, &reason, now_ms, times);
                        self.scan.settles_ms = self.scan.settles_ms.max(settles_ms);
                        self.keep_waiting(row);
                    }
                }
            }
            // It moved while it was looked at; nothing of it is worth keeping for a comparison.
            Ok(None) => {
                self.scan.settles_ms = self.scan.settles_ms.max(Some(now_ms + times.settle_ms));
                self.wait_unseen(&found, &Reason::Changing, now_ms);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => self.wait_unseen(&found, &Reason::Unreadable(error.to_string()), now_ms),
        }
    }

    /// A row for a file that could not be looked at.
    fn wait_unseen(&mut self, found: &Found, reason: &Reason, now_ms: i64) {
        let Ok(stat) = Stat::at(&found.path) else { return };
        let unseen = Look { stat, edges: crate::ledger::Digest::of(b""), shape: super::look::Shape::Whole };
        let mut row = row_of(&found.name, self.known.get(&found.name), &unseen, now_ms, now_ms);
        wait(&mut row, reason, now_ms, &self.folder.rules.times);
        self.keep_waiting(row);
    }

    fn keep_waiting(&mut self, row: Arrival) {
        let reason = row.reason.clone().unwrap_or_default();
        let known = self.known.get(&row.name);
        if row.is_stuck() && !known.is_some_and(Arrival::is_stuck) {
            tracing::warn!(name = row.name, reason, "a file in the drop folder has not settled for too long");
        }
        self.scan.waiting.push((row.name.clone(), reason));
        if known != Some(&row) {
            self.waiting.push(row);
        }
    }

    /// Saves what waits; forgets what waited and is gone, unless it may only be out of sight.
    fn forget(&mut self, names: &BTreeSet<String>) -> Result<(), ScanError> {
        let mut forgotten = Vec::new();
        if self.scan.unreadable.is_empty() {
            let gone = self.known.values().filter(|row| !row.is_taken() && !names.contains(&row.name));
            forgotten.extend(gone.map(|row| (row.name.clone(), row.version)));
        }
        let rows = std::mem::take(&mut self.waiting);
        if !rows.is_empty() || !forgotten.is_empty() {
            self.folder.store.save_arrivals(&rows, &forgotten, self.folder.now_ms())?;
        }
        Ok(())
    }

    /// Copies what has settled and records it, a batch at a time.
    fn take_settled(&mut self) -> Result<(), ScanError> {
        let rules = self.folder.rules;
        let settled = std::mem::take(&mut self.settled);
        for batch in settled.chunks(BATCH) {
            if self.folder.stop.load(Ordering::Relaxed) {
                break;
            }
            let took: Vec<_> = batch
                .par_iter()
                .map(|(found, look, _)| take(&found.path, look, &rules.data, rules.size_max))
                .collect();
            let now_ms = self.folder.now_ms();
            let (mut rows, mut forgotten, mut done) = (Vec::new(), Vec::new(), Vec::new());
            for ((found, _, row), took) in batch.iter().zip(took) {
                let mut row = row.clone();
                match took? {
                    Took::Kept(digest) => {
                        taken(&mut row, &digest, now_ms);
                        if let Some(older) = self.same_bytes_before(&row)? {
                            forgotten.push((row.name.clone(), row.version));
                            row = touched(&older, &row);
                        }
                        done.push((found.clone(), row.clone()));
                    }
                    Took::Not(reason) => {
                        // A lock or a refusal to open says nothing about the bytes: they stay settled.
                        if reason == Reason::Changing {
                            row.last_changed_ms = now_ms;
                            let settles_ms = Some(now_ms + rules.times.settle_ms);
                            self.scan.settles_ms = self.scan.settles_ms.max(settles_ms);
                        }
                        wait(&mut row, &reason, now_ms, &rules.times);
                        self.keep_waiting(row);
                        continue;
                    }
                }
                rows.push(row);
            }
            rows.append(&mut self.waiting);
            self.folder.store.save_arrivals(&rows, &forgotten, now_ms)?;
            self.scan.n_taken += done.len();
            for (found, row) in done {
                self.deliver(found, row);
            }
        }
        Ok(())
    }

    /// The version before `row`, where it is the same content.
    fn same_bytes_before(&self, row: &Arrival) -> Result<Option<Arrival>, ScanError> {
        if row.version == 1 {
            return Ok(None);
        }
        let versions = self.folder.store.arrival_versions(&row.name)?;
        Ok(versions.into_iter().find(|old| old.version == row.version - 1 && old.sha256 == row.sha256))
    }

    /// Lists a taken file, moving it away first where that is configured.
    fn deliver(&mut self, found: Found, mut row: Arrival) {
        let Some(sha256) = row.sha256.as_ref().and_then(|text| text.parse().ok()) else { return };
        let mut path = found.path;
        if self.folder.rules.moves_taken {
            match self.move_one(&path, &mut row) {
                Ok(Some(moved)) => path = moved,
                // Another file stood there; the next scan looks at it.
                Ok(None) => return,
                Err(error) => {
                    tracing::warn!(name = row.name, error = %error, "a taken file could not be moved");
                }
            }
        }
        let size_bytes = stat_of(&row).size_bytes;
        self.scan.files.push(InputFile { name: row.name, sha256, size_bytes, path });
    }

    fn move_one(
        &self,
        path: &std::path::Path,
        row: &mut Arrival,
    ) -> anyhow::Result<Option<std::path::PathBuf>> {
        let rules = self.folder.rules;
        let now = self.folder.clock.now();
        let month = now.with_timezone(&rules.zone).format("%Y-%m").to_string();
        let Some(below) = move_away(&rules.inbox, path, &row.name, &stat_of(row), &month)? else {
            return Ok(None);
        };
        let moved = rules.inbox.join(&below);
        row.moved_to = Some(below);
        self.folder.store.save_arrivals(std::slice::from_ref(row), &[], now.timestamp_millis())?;
        Ok(Some(moved))
    }

    /// Files we moved away ourselves are still delivered, until somebody removes them or a new version comes.
    fn deliver_moved(&mut self, names: &BTreeSet<String>) {
        for row in self.known.values().filter(|row| !names.contains(&row.name)) {
            let (Some(below), Some(sha256)) = (&row.moved_to, &row.sha256) else { continue };
            let path = self.folder.rules.inbox.join(below);
            let size_bytes = stat_of(row).size_bytes;
            let is_there = Stat::at(&path).is_ok_and(|stat| stat.size_bytes == size_bytes);
            if let (true, Ok(sha256)) = (is_there, sha256.parse()) {
                self.scan.files.push(InputFile { name: row.name.clone(), sha256, size_bytes, path });
            }
        }
    }
}

/// Waits until no other scan works on this data folder, in this process or another one.
fn scan_lock(data: &std::path::Path) -> io::Result<File> {
    fs::create_dir_all(data)?;
    let path = data.join("scan.lock");
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    file.lock()?;
    Ok(file)
}
