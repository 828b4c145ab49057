//! Configuration as the options of stages.
//!
//! Comes in: a `Config`. Goes out: what a stage takes. Refuses: nothing; values were checked on load.

use std::path::Path;

use super::Config;
use crate::budget::ExecutionBase;
use crate::deliver::MailerOptions;
use crate::detect;
use crate::ingest::ReaderOptions;

impl Config {
    /// How files are read; `exe` is this program.
    pub fn reader_options(&self, exe: &Path) -> ReaderOptions {
        ReaderOptions {
            exe: exe.to_owned(),
            memory_mib: self.spec.ingest.memory_mib,
            cpu_seconds: self.spec.ingest.cpu_seconds,
            wall_seconds: self.spec.ingest.wall_seconds,
        }
    }

    /// What 집행률 is a share of.
    pub fn execution_base(&self) -> ExecutionBase {
        execution_base(&self.spec.budget.execution_base).unwrap_or_default()
    }

    /// How payments are scored.
    pub fn detect_options(&self) -> detect::Options {
        detect::Options {
            seed: self.spec.score.seed,
            bar: self.spec.score.bar,
            controls: self.controls.clone(),
            accounts: self.accounts.clone(),
            ..detect::Options::default()
        }
    }

    /// How mail is sent.
    pub fn mailer_options(&self) -> MailerOptions {
        let mail = &self.spec.mail;
        MailerOptions {
            mode: mail.mode.clone(),
            folder: self.path(&mail.folder),
            from: mail.from.clone(),
            host: mail.host.clone(),
            port: mail.port,
            tls: mail.tls.clone(),
            username: mail.username.clone(),
            password_file: self.path(&mail.password_file),
        }
    }
}

/// The base a word of the configuration means.
pub(super) fn execution_base(written: &str) -> Option<ExecutionBase> {
    match written {
        "current_budget" => Some(ExecutionBase::CurrentBudget),
        "allotment" => Some(ExecutionBase::Allotment),
        _ => None,
    }
}
