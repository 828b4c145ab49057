//! Drop folder: which files were delivered, whole, and where their bytes are kept.
//!
//! Comes in: a folder that people and other systems write to whenever they like. Goes out: files in the archive, a row
//! of `arrivals` for each, the list of what waits and why.
//! Refuses: half a file; to move or change a source unless the configuration says so; two scans of a folder at once.
//!
//! `walk` finds, `look` looks, `decide` decides, `take` copies; `scan` does it for all and records it.

pub mod decide;
pub mod look;
mod row;
mod scan;
mod take;
pub mod walk;
mod zip_end;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono_tz::Tz;

use crate::clock::Clock;
use crate::config::Config;
use crate::evidence::EvidenceError;
use crate::pipeline::inputs::{FILE_SIZE_MAX, InputFile};
use crate::store::{Store, StoreError};

pub use decide::Times;

/// After this a file nobody touched is settled at the first look: more than clocks of one office differ.
const OLD_AFTER_MS: i64 = 60_000;
/// After this a file that waits is reported.
const STUCK_AFTER_MS: i64 = 30 * 60 * 1000;
/// A stop is noticed within this.
const NAP: Duration = Duration::from_millis(50);

/// How a drop folder is read.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The folder.
    pub inbox: PathBuf,
    /// The data folder with the archive.
    pub data: PathBuf,
    /// When a file has settled.
    pub times: Times,
    /// Larger files wait forever, in bytes.
    pub size_max: u64,
    /// Whether a taken file is moved into `.taken/`.
    pub moves_taken: bool,
    /// Zone of the month in that folder.
    pub zone: Tz,
}

impl Rules {
    /// As configured.
    pub fn of(config: &Config) -> Self {
        let settle_ms = i64::try_from(config.spec.ingest.settle_seconds).unwrap_or(0).saturating_mul(1_000);
        let times =
            Times { settle_ms, old_after_ms: settle_ms.max(OLD_AFTER_MS), stuck_after_ms: STUCK_AFTER_MS };
        Self {
            inbox: config.inbox(),
            data: config.data(),
            times,
            size_max: FILE_SIZE_MAX,
            moves_taken: config.spec.ingest.after_taking == "move",
            zone: config.spec.schedule.timezone.parse().unwrap_or(chrono_tz::Asia::Seoul),
        }
    }
}

/// What a scan leaves.
#[derive(Debug, Default)]
pub struct Scan {
    /// Taken files that are still delivered: there, and as they were when they were taken. By name.
    pub files: Vec<InputFile>,
    /// Files that wait, with the reason in Korean. By name.
    pub waiting: Vec<(String, String)>,
    /// How many were taken by this scan.
    pub n_taken: usize,
    /// When those that only need time will have settled.
    pub settles_ms: Option<i64>,
    /// Folders that could not be read: what they hold is unknown.
    pub unreadable: Vec<(String, std::io::Error)>,
    /// Every folder walked.
    pub folders: Vec<PathBuf>,
}

/// Why a scan failed as a whole.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The folder cannot be read; a network share may be gone.
    #[error("drop folder {0} cannot be read")]
    Inbox(String, #[source] std::io::Error),
    /// The lock of the data folder cannot be taken.
    #[error("lock of the drop folder cannot be taken")]
    Lock(#[source] std::io::Error),
    /// The archive cannot be written.
    #[error("archive failed")]
    Archive(#[from] EvidenceError),
    /// The store cannot be written.
    #[error("store failed")]
    Store(#[from] StoreError),
}

/// The process was told to stop while it waited for files to settle.
#[derive(Debug, thiserror::Error)]
#[error("stopped while files were settling")]
pub struct Stopped;

/// A drop folder, its record and its clock.
#[derive(Clone, Copy)]
pub struct DropFolder<'a> {
    /// How it is read.
    pub rules: &'a Rules,
    /// Where arrivals are recorded.
    pub store: &'a Store,
    /// The only source of time.
    pub clock: &'a dyn Clock,
    /// Set from outside to stop between two batches.
    pub stop: &'a AtomicBool,
}

impl DropFolder<'_> {
    /// Scans, and notes in the store whether the folder could be read. Going and coming back are logged once.
    pub fn scan_and_note(&self) -> Result<Scan, ScanError> {
        let scan = self.scan();
        let inbox = self.rules.inbox.display().to_string();
        let gone = match &scan {
            Err(ScanError::Inbox(_, error)) => Some(error.to_string()),
            _ => None,
        };
        let now_ms = self.clock.now().timestamp_millis();
        if (scan.is_ok() || gone.is_some()) && self.store.note_inbox(&inbox, gone.as_deref(), now_ms)? {
            match gone {
                Some(reason) => tracing::error!(inbox, reason, "the drop folder cannot be read"),
                None => tracing::info!(inbox, "the drop folder can be read again"),
            }
        }
        scan
    }

    /// Scans once, and once more after the settle time where a file only needs that.
    /// A folder below that cannot be read is an error: a run must not take a part for the whole.
    pub fn collect(&self) -> anyhow::Result<Scan> {
        let mut scan = self.scan()?;
        if let Some(settles_ms) = scan.settles_ms {
            let left_ms = settles_ms - self.clock.now().timestamp_millis();
            // Whatever the clock says, not longer than the settle time.
            let mut left = Duration::from_millis(left_ms.clamp(0, self.rules.times.settle_ms).unsigned_abs());
            while !left.is_zero() {
                self.go_on()?;
                std::thread::sleep(left.min(NAP));
                left = left.saturating_sub(NAP);
            }
            scan = self.scan()?;
        }
        // A scan that was stopped saw only a part.
        self.go_on()?;
        if let Some((name, error)) = scan.unreadable.pop() {
            return Err(anyhow::Error::from(error).context(format!("읽을 수 없는 하위 폴더: {name}")));
        }
        Ok(scan)
    }

    fn go_on(&self) -> Result<(), Stopped> {
        if self.stop.load(Ordering::Relaxed) { Err(Stopped) } else { Ok(()) }
    }
}
