//! The watch over the drop folder: a thread of its own that scans again and again.
//!
//! Comes in: the configuration in force, the clock, file events. Goes out: scans, recorded in the store.
//! Refuses: to rely on events, to let an error or a panic end it, to hold up the engine.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::Engine;
use super::events::Events;
use crate::pipeline::drop_folder::{Rules, Scan, ScanError};

/// After the first event others of the same copy follow.
const DEBOUNCE: Duration = Duration::from_millis(300);
/// Scans are at least this far apart, however many events come.
const PAUSE: Duration = Duration::from_secs(1);
/// A stop is noticed within this.
const NAP: Duration = Duration::from_millis(100);

/// Starts the thread; it ends after `stop` is set.
pub(super) fn spawn(engine: Arc<Engine>, stop: Arc<AtomicBool>) -> std::io::Result<JoinHandle<()>> {
    let mut watch = Watch { events: None, complaint: String::new() };
    std::thread::Builder::new().name("drop-folder".to_owned()).spawn(move || {
        while !stop.load(Ordering::Relaxed) {
            let config = engine.config();
            let rules = Rules::of(&config);
            let scanned = catch_unwind(AssertUnwindSafe(|| engine.scan(&rules)));
            let every = Duration::from_secs(config.spec.ingest.scan_seconds);
            let settles = match scanned {
                Ok(Ok(scan)) => {
                    watch.follow(&scan.folders, config.spec.ingest.file_events);
                    report(&scan);
                    scan.settles_ms.map(|ms| ms - engine.now_ms())
                }
                // The store has it, and the log has it once.
                Ok(Err(ScanError::Inbox(..))) => None,
                Ok(Err(error)) => {
                    tracing::error!(error = format!("{:#}", anyhow::Error::from(error)), "scan failed");
                    None
                }
                Err(_) => {
                    tracing::error!("scan panicked");
                    None
                }
            };
            watch.rest(wait(every, settles), &stop);
        }
    })
}

fn report(scan: &Scan) {
    if scan.n_taken > 0 {
        tracing::info!(taken = scan.n_taken, waiting = scan.waiting.len(), "files were taken");
    }
    for (name, error) in &scan.unreadable {
        tracing::warn!(name, error = %error, "a folder below the drop folder cannot be read");
    }
}

/// How long until the next scan: the interval, or less where a file will have settled before.
fn wait(every: Duration, settles_in_ms: Option<i64>) -> Duration {
    let settles = settles_in_ms.map(|ms| Duration::from_millis(ms.max(0).unsigned_abs()));
    settles.unwrap_or(every).max(PAUSE).min(every)
}

/// When the next scan begins if `now` an event came: never later than planned.
fn sooner(planned: Instant, rested_since: Instant, now: Instant) -> Instant {
    planned.min((now + DEBOUNCE).max(rested_since + PAUSE))
}

struct Watch {
    events: Option<Events>,
    /// What was last said about events, so that it is said once.
    complaint: String,
}

impl Watch {
    /// Asks for events of the folders; without them the scans go on at their interval.
    fn follow(&mut self, folders: &[PathBuf], is_wanted: bool) {
        if !is_wanted {
            self.events = None;
            return;
        }
        let events = self.events.take().map_or_else(Events::new, Ok);
        match events.and_then(|events| events.follow(folders).map(|()| events)) {
            Ok(events) => self.events = Some(events),
            Err(error) => self.complain(&error),
        }
    }

    fn complain(&mut self, error: &std::io::Error) {
        let text = error.to_string();
        if text != self.complaint {
            tracing::warn!(error = text, "no file events; the drop folder is scanned at its interval only");
            self.complaint = text;
        }
    }

    /// Waits for `pause`, for an event, or for the stop.
    fn rest(&mut self, pause: Duration, stop: &AtomicBool) {
        let since = Instant::now();
        let mut until = since + pause;
        let mut is_told = false;
        while !stop.load(Ordering::Relaxed) {
            let now = Instant::now();
            if now >= until {
                return;
            }
            match self.events.as_mut().map(Events::happened) {
                Some(Ok(true)) if !is_told => {
                    is_told = true;
                    until = sooner(until, since, now);
                }
                Some(Err(error)) => {
                    self.events = None;
                    self.complain(&error);
                }
                _ => {}
            }
            std::thread::sleep(NAP.min(until.saturating_duration_since(now)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_never_exceeded_and_settling_files_shorten_it() {
        let every = Duration::from_mins(1);
        let seconds = Duration::from_secs;
        assert_eq!(wait(every, None), every);
        assert_eq!(wait(every, Some(5_000)), seconds(5));
        assert_eq!(wait(every, Some(-5_000)), PAUSE);
        assert_eq!(wait(every, Some(600_000)), every);
        assert_eq!(wait(seconds(1), Some(5_000)), seconds(1));
    }

    #[test]
    fn an_event_shortens_the_wait_and_never_prolongs_it() {
        let since = Instant::now();
        let at = |ms: u64| since + Duration::from_millis(ms);
        assert_eq!(sooner(at(60_000), since, at(5_000)), at(5_300));
        assert_eq!(sooner(at(60_000), since, at(100)), at(1_000));
        assert_eq!(sooner(at(5_100), since, at(5_000)), at(5_100));
    }
}
