//! The engine: what is due becomes rows, rows become runs.
//!
//! Comes in: a wake-up. Goes out: occurrence rows; one run at a time.
//! Refuses: an occurrence twice, a run of a job that is already running, to let a panic end the loop.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::reload::Active;
use crate::clock::Clock;
use crate::config::Config;
use crate::pipeline::drop_folder::{DropFolder, Rules, Scan, ScanError, Stopped};
use crate::pipeline::schedule::{self, Fate};
use crate::pipeline::step::Silent;
use crate::pipeline::{Job, Outcome, Runner, outbox};
use crate::store::{Occurrence, RunStatus, Store};

/// A worker that says nothing for this long is dead.
const LEASE_MS: i64 = 30_000;
/// An occurrence older than this when it is found counts as missed.
const LATE_AFTER_MS: i64 = 60_000;

/// Scheduler and worker over one store.
pub struct Engine {
    folder: PathBuf,
    active: Mutex<Active>,
    store: Store,
    clock: Arc<dyn Clock>,
    exe: PathBuf,
    owner: String,
    stop: Arc<AtomicBool>,
    claim: Mutex<Option<Occurrence>>,
}

impl Engine {
    /// An engine on `store`; claims of a process that died are taken up again at once.
    pub fn new(
        folder: &Path,
        config: Config,
        store: Store,
        clock: Arc<dyn Clock>,
        exe: PathBuf,
        stop: Arc<AtomicBool>,
    ) -> anyhow::Result<Self> {
        let owner = format!("{}-{}", std::process::id(), clock.now().timestamp_millis());
        if store.kind() == "sqlite" {
            // The data lock is ours: whoever held a claim on this file is gone.
            store.expire_claims()?;
        }
        let active = Mutex::new(Active::new(config));
        let folder = folder.to_owned();
        Ok(Self { folder, active, store, clock, exe, owner, stop, claim: Mutex::new(None) })
    }

    fn active(&self) -> Active {
        self.active.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The configuration in force.
    pub(super) fn config(&self) -> Arc<Config> {
        Arc::clone(&self.active().config)
    }

    pub(super) fn now_ms(&self) -> i64 {
        self.clock.now().timestamp_millis()
    }

    /// Scans the drop folder once.
    pub(super) fn scan(&self, rules: &Rules) -> Result<Scan, ScanError> {
        DropFolder { rules, store: &self.store, clock: self.clock.as_ref(), stop: &self.stop }.scan_and_note()
    }

    /// Takes over edits and records what became due since the last look.
    pub fn look(&self) {
        let mut active = self.active.lock().unwrap_or_else(PoisonError::into_inner);
        active.refresh(&self.folder);
        let zone: Tz = active.config.spec.schedule.timezone.parse().unwrap_or(chrono_tz::Asia::Seoul);
        for job in active.jobs.values().filter(|job| job.enabled) {
            if let Err(error) = self.record_due(job, zone) {
                tracing::error!(job = job.name, error = %error, "occurrences could not be recorded");
            }
        }
    }

    fn record_due(&self, job: &Job, zone: Tz) -> anyhow::Result<()> {
        let now = self.clock.now();
        let Some(last) = self.store.last_scheduled_ms(&job.name)? else {
            // A new job begins now: what would have been due before it existed was not missed.
            let mark = now.timestamp_millis();
            self.store.add_occurrence(&job.name, mark, "skipped", Some("작업이 등록된 시각"))?;
            return Ok(());
        };
        let after = DateTime::<Utc>::from_timestamp_millis(last).unwrap_or(now);
        let due = schedule::between(&job.cron, zone, after, now);
        for (at, fate) in schedule::fates(&due, now, job.misfire, LATE_AFTER_MS) {
            let (status, detail) = match fate {
                Fate::Run => ("due", None),
                Fate::Skip => ("skipped", Some("꺼져 있던 동안 지난 일정")),
            };
            if self.store.add_occurrence(&job.name, at.timestamp_millis(), status, detail)? {
                tracing::info!(job = job.name, scheduled = %at, status, "occurrence recorded");
            }
        }
        Ok(())
    }

    /// Works off what is due, one occurrence after another.
    pub fn work(&self) {
        while !self.stop.load(Ordering::Relaxed) {
            let now_ms = self.clock.now().timestamp_millis();
            match self.store.claim_occurrence(&self.owner, now_ms, LEASE_MS) {
                Ok(Some(claim)) => self.work_on(&claim),
                Ok(None) => break,
                Err(error) => {
                    tracing::error!(error = %error, "no occurrence could be claimed");
                    return;
                }
            }
        }
        self.send_waiting();
    }

    /// Mails that wait for another attempt go out when their time has come, not with the next run.
    fn send_waiting(&self) {
        let config = Arc::clone(&self.active().config);
        if let Err(error) = outbox::send_due(&config, &self.store, self.clock.as_ref(), || {}) {
            tracing::error!(error = format!("{error:#}"), "waiting mails were not sent");
        }
    }

    fn work_on(&self, claim: &Occurrence) {
        *self.claim.lock().unwrap_or_else(PoisonError::into_inner) = Some(claim.clone());
        let result = self.run(claim);
        *self.claim.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let settled = match &result {
            Ok(outcome) if outcome.status == RunStatus::Succeeded => {
                self.store.finish_occurrence(claim, "done", None)
            }
            // Told to stop between two steps: the next start goes on.
            Ok(outcome) if outcome.status == RunStatus::Running => self.store.release_occurrence(claim),
            Err(error) if error.is::<Stopped>() => self.store.release_occurrence(claim),
            Ok(outcome) => self.store.finish_occurrence(claim, "failed", outcome.error.as_deref()),
            Err(error) => self.store.finish_occurrence(claim, "failed", Some(&format!("{error:#}"))),
        };
        match (result, settled) {
            (Ok(outcome), Ok(())) => {
                tracing::info!(
                    job = claim.job,
                    run_id = outcome.run_id,
                    status = outcome.status.token(),
                    "run ended"
                );
            }
            (Err(error), _) => tracing::error!(job = claim.job, error = format!("{error:#}"), "run failed"),
            (_, Err(error)) => tracing::error!(job = claim.job, error = %error, "occurrence was not settled"),
        }
    }

    fn run(&self, claim: &Occurrence) -> anyhow::Result<Outcome> {
        let active = self.active();
        let job = active.jobs.get(&claim.job);
        let job = job.ok_or_else(|| anyhow::anyhow!("작업 파일 {}.toml이 없습니다", claim.job))?;
        let runner = Runner {
            config: &active.config,
            store: &self.store,
            clock: self.clock.as_ref(),
            exe: self.exe.clone(),
            progress: &Silent,
            stop: &self.stop,
        };
        let bound = claim.run_id.as_deref().map(|id| self.store.run(id)).transpose()?.flatten();
        let run = match bound {
            Some(run) => run,
            None => {
                let zone: Tz = active.config.spec.schedule.timezone.parse().unwrap_or(chrono_tz::Asia::Seoul);
                let at = DateTime::<Utc>::from_timestamp_millis(claim.scheduled_ms).unwrap_or_default();
                let period = job.period.period(at.with_timezone(&zone).date_naive());
                let period = period.ok_or_else(|| anyhow::anyhow!("일정의 날짜가 1990~2100년 밖입니다"))?;
                let run = runner.begin(job, period)?;
                let until = self.clock.now().timestamp_millis() + LEASE_MS;
                self.store.bind_run(claim, &run.id, until)?;
                run
            }
        };
        runner.finish(job, &run)
    }

    /// Says that the current claim is being worked on.
    pub fn renew(&self) {
        let claim = self.claim.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(claim) = claim {
            let until = self.clock.now().timestamp_millis() + LEASE_MS;
            if let Err(error) = self.store.renew_lease(&claim, until) {
                tracing::warn!(job = claim.job, error = %error, "lease was not renewed");
            }
        }
    }
}
