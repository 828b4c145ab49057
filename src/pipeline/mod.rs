//! Pipeline: job files to plans, plans to steps with an intent log.
//!
//! Comes in: a job, a fiscal month, the configuration. Goes out: one run, resumed where an earlier attempt ended.
//! Refuses: to run a step whose predecessor did not succeed, to run a finished run again.

pub mod drill;
pub mod drop_folder;
pub mod inputs;
pub mod intake;
pub mod job;
pub mod outbox;
pub mod rule_health;
pub mod runner;
pub mod schedule;
pub mod step;
pub mod steps;

pub use job::{Job, JobFile, Misfire, PeriodRule};
pub use runner::{Outcome, Runner};
pub use step::{Context, Step};
pub use steps::STEPS;
