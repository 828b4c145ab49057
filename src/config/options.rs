//! Configuration as the options of stages.
//!
//! Comes in: a `Config`. Goes out: what a stage takes. Refuses: nothing; values were checked on load.

use std::path::Path;

use super::Config;
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

    /// How payments are scored.
    pub fn detect_options(&self) -> detect::Options {
        detect::Options {
            seed: self.spec.score.seed,
            bar: self.spec.score.bar,
            controls: self.controls.clone(),
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
