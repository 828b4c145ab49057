//! The step: one named, repeatable part of a run.
//!
//! Comes in: a context with the configuration, the store and what earlier steps left there. Goes out: a `StepCommit`
//! that the runner writes in one transaction.
//! Refuses: hints from the caller; a step reads its input from the store and may run twice with the same result.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::inputs::InputSet;
use super::job::Job;
use crate::clock::Clock;
use crate::config::Config;
use crate::error::Problems;
use crate::ledger::FiscalMonth;
use crate::store::{StepCommit, Store};

/// Tells a person how far a step is.
pub trait Progress: Send + Sync {
    /// A step begins; `total` units of work where known.
    fn begin(&self, step: &str, label_ko: &str, total: Option<u64>);
    /// `n` more units are done.
    fn advance(&self, n: u64);
    /// The step ended.
    fn end(&self, seconds: f64);
}

/// Says nothing.
#[derive(Debug)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _step: &str, _label_ko: &str, _total: Option<u64>) {}
    fn advance(&self, _n: u64) {}
    fn end(&self, _seconds: f64) {}
}

/// What a step works with.
pub struct Context<'a> {
    /// Configuration as meant.
    pub config: &'a Config,
    /// State.
    pub store: &'a Store,
    /// The only source of time.
    pub clock: &'a dyn Clock,
    /// The job.
    pub job: &'a Job,
    /// The month looked at.
    pub period: FiscalMonth,
    /// The run.
    pub run_id: &'a str,
    /// When the run was created: the date inside its documents.
    pub created: DateTime<Utc>,
    /// The files of the run.
    pub inputs: &'a InputSet,
    /// The binary that reads files in a child process.
    pub exe: &'a PathBuf,
    /// How far the work is.
    pub progress: &'a dyn Progress,
}

impl Context<'_> {
    /// Where artifact `name` of this run lies, below the data folder.
    pub fn artifact_path(&self, name: &str) -> String {
        format!("artifacts/{}/{name}", self.run_id)
    }
}

/// One step of the registry `STEPS`.
pub trait Step: Sync {
    /// Identifier in job files.
    fn id(&self) -> &'static str;
    /// Name on screen.
    fn label_ko(&self) -> &'static str;
    /// Checks the table `[options.<id>]` of a job file.
    fn check_options(&self, options: &toml::Table, place: &str, problems: &mut Problems);
    /// Does the work. What it returns is committed together with the success of the step.
    fn run(&self, context: &Context<'_>) -> anyhow::Result<StepCommit>;
}

/// Reads the options of a step as `T`; mistakes become problems.
pub fn options<T: serde::de::DeserializeOwned + Default>(
    table: &toml::Table,
    place: &str,
    problems: &mut Problems,
) -> T {
    let text = toml::to_string(table).unwrap_or_default();
    crate::config::typed(&text, place, problems).unwrap_or_default()
}
