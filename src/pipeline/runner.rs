//! The runner: one run of a job for a month, resumed where an earlier attempt ended.
//!
//! Comes in: a job, a month, the drop folder. Goes out: the outcome, with every step's row in the store.
//! Refuses: to run a step before its predecessor succeeded, to run a succeeded run again. A panic in a step is a
//! failure of the step, not of the program.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use chrono::DateTime;

use super::drill;
use super::drop_folder::{DropFolder, Rules};
use super::inputs::InputSet;
use super::job::Job;
use super::step::{Context, Progress, Step};
use crate::clock::Clock;
use crate::config::Config;
use crate::ledger::{Digest, FiscalMonth};
use crate::store::{Arrival, NewRun, Run, RunStatus, StepRow, Store};

/// How a run ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The run.
    pub run_id: String,
    /// Its state.
    pub status: RunStatus,
    /// Whether an earlier attempt had already finished it.
    pub was_done: bool,
    /// Seconds by step, of the steps run now.
    pub seconds: Vec<(&'static str, f64)>,
    /// Why it failed: step and error chain.
    pub error: Option<String>,
    /// Files of the drop folder that were not taken, where the run was begun here.
    pub waiting: Vec<Arrival>,
}

/// Runs jobs.
pub struct Runner<'a> {
    /// Configuration as meant.
    pub config: &'a Config,
    /// State.
    pub store: &'a Store,
    /// The only source of time.
    pub clock: &'a dyn Clock,
    /// The binary that reads files in a child process.
    pub exe: PathBuf,
    /// How far the work is.
    pub progress: &'a dyn Progress,
    /// Set from outside to stop after the current step.
    pub stop: &'a AtomicBool,
}

impl Runner<'_> {
    fn now_ms(&self) -> i64 {
        self.clock.now().timestamp_millis()
    }

    /// Takes the files of the drop folder as they are now and begins the run they identify.
    pub fn begin(&self, job: &Job, period: FiscalMonth) -> anyhow::Result<Run> {
        let rules = Rules::of(self.config);
        let folder = DropFolder { rules: &rules, store: self.store, clock: self.clock, stop: self.stop };
        let scan = folder
            .collect()
            .with_context(|| format!("수신 폴더의 파일을 받을 수 없습니다: {}", rules.inbox.display()))?;
        let set = InputSet { files: scan.files, waiting: scan.waiting };
        let config_digest =
            Digest::of_parts([self.config.digest.as_bytes().as_slice(), job.digest.as_bytes().as_slice()]);
        let new = NewRun {
            job: job.name.clone(),
            period,
            input_digest: set.digest(),
            config_digest,
            inputs: serde_json::to_string(&set)?,
        };
        Ok(self.store.begin_run(&new, self.now_ms())?)
    }

    /// Begins and finishes a run of `job` for `period`.
    pub fn run(&self, job: &Job, period: FiscalMonth) -> anyhow::Result<Outcome> {
        let run = self.begin(job, period)?;
        let mut outcome = self.finish(job, &run)?;
        outcome.waiting = self.store.waiting_arrivals()?;
        Ok(outcome)
    }

    /// Does the steps of `run` that are still to do.
    pub fn finish(&self, job: &Job, run: &Run) -> anyhow::Result<Outcome> {
        let mut outcome = Outcome {
            run_id: run.id.clone(),
            status: run.state(),
            was_done: run.state() == RunStatus::Succeeded,
            seconds: Vec::new(),
            error: None,
            waiting: Vec::new(),
        };
        if outcome.was_done {
            return Ok(outcome);
        }
        let inputs: InputSet = serde_json::from_str(&run.inputs)?;
        let created = DateTime::from_timestamp_millis(run.created_ms).unwrap_or_default();
        let context = Context {
            config: self.config,
            store: self.store,
            clock: self.clock,
            job,
            period: run.period.parse()?,
            run_id: &run.id,
            created,
            inputs: &inputs,
            exe: &self.exe,
            progress: self.progress,
        };
        let done: Vec<String> =
            self.store.steps_of(&run.id)?.into_iter().filter(StepRow::is_done).map(|s| s.step).collect();
        for step in &job.steps {
            if done.iter().any(|id| id == step.id()) {
                continue;
            }
            if self.stop.load(Ordering::Relaxed) {
                outcome.status = RunStatus::Running;
                return Ok(outcome);
            }
            let before = self.now_ms();
            if let Err(error) = self.do_step(*step, &context) {
                let text = format!("{}: {error:#}", step.label_ko());
                self.store.end_run(&run.id, RunStatus::Failed, Some(&text), self.now_ms())?;
                outcome.status = RunStatus::Failed;
                outcome.error = Some(text);
                return Ok(outcome);
            }
            let seconds = (self.now_ms() - before) as f64 / 1000.0;
            self.progress.end(seconds);
            outcome.seconds.push((step.id(), seconds));
        }
        self.store.end_run(&run.id, RunStatus::Succeeded, None, self.now_ms())?;
        outcome.status = RunStatus::Succeeded;
        Ok(outcome)
    }

    /// Intent, work, result.
    fn do_step(&self, step: &dyn Step, context: &Context<'_>) -> anyhow::Result<()> {
        let id = step.id();
        tracing::info!(run_id = context.run_id, step = id, "step begins");
        self.store.begin_step(context.run_id, id, self.now_ms())?;
        drill::point(id, "before");
        let result = catch_unwind(AssertUnwindSafe(|| step.run(context)))
            .unwrap_or_else(|panic| Err(anyhow::anyhow!("step panicked: {}", panic_text(panic.as_ref()))));
        drill::point(id, "uncommitted");
        match result {
            Ok(commit) => {
                self.store.finish_step(context.run_id, id, &commit, self.now_ms())?;
                drill::point(id, "after");
                Ok(())
            }
            Err(error) => {
                tracing::error!(
                    run_id = context.run_id,
                    step = id,
                    error = format!("{error:#}"),
                    "step failed"
                );
                self.store.fail_step(context.run_id, id, &format!("{error:#}"), self.now_ms())?;
                Err(error)
            }
        }
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("unknown cause")
}
