//! Taking over edited configuration and jobs while running.
//!
//! Comes in: the folders as they are now. Goes out: the new state, or the old one with the reason why.
//! Refuses: half of an edit; everything is valid or nothing changes. A bad job file keeps that job as it was.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::config::Config;
use crate::error::Problems;
use crate::pipeline::Job;
use crate::pipeline::job;

/// Configuration and jobs in force.
#[derive(Clone, Debug)]
pub(super) struct Active {
    pub(super) config: Arc<Config>,
    pub(super) jobs: BTreeMap<String, Arc<Job>>,
    /// What was wrong at the last look, so that it is said once.
    pub(super) complaint: String,
}

impl Active {
    pub(super) fn new(config: Config) -> Self {
        let mut active = Self { config: Arc::new(config), jobs: BTreeMap::new(), complaint: String::new() };
        active.take_jobs();
        active
    }

    /// Looks at the folders again and takes over what is valid.
    pub(super) fn refresh(&mut self, folder: &Path) {
        let mut complaint = String::new();
        match Config::load(folder) {
            Ok(config) if config.digest != self.config.digest => {
                tracing::info!(digest = config.digest.short(), "configuration taken over");
                self.config = Arc::new(config);
            }
            Ok(_) => {}
            Err(problems) => complaint.push_str(&problems.to_string()),
        }
        complaint.push_str(&self.take_jobs());
        if complaint != self.complaint && !complaint.is_empty() {
            tracing::error!("설정을 바꾸지 않고 이전 것을 계속 씁니다\n{complaint}");
        }
        self.complaint = complaint;
    }

    /// Takes over valid job files; a job whose file is gone goes, one whose file is bad stays as it was.
    fn take_jobs(&mut self) -> String {
        let mut jobs = BTreeMap::new();
        let mut problems = Problems::default();
        for file in job::read_all(&self.config.jobs()) {
            let stem = file.file.trim_end_matches(".toml").to_owned();
            match file.job {
                Ok(job) => {
                    jobs.insert(stem, Arc::new(job));
                }
                Err(found) => {
                    problems.0.extend(found.0);
                    if let Some(known) = self.jobs.get(&stem) {
                        jobs.insert(stem, Arc::clone(known));
                    }
                }
            }
        }
        self.jobs = jobs;
        problems.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{DEFAULT, DEFAULT_DEPARTMENTS, DEFAULT_MONTHLY_JOB};
    use crate::fsx::write_atomic;

    #[test]
    fn a_broken_edit_keeps_the_old_and_a_good_one_is_taken() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("config");
        let main = folder.join("ledgerwatch.toml");
        write_atomic(&main, DEFAULT.as_bytes()).unwrap();
        write_atomic(&folder.join("departments.toml"), DEFAULT_DEPARTMENTS.as_bytes()).unwrap();
        let monthly = dir.path().join("jobs/monthly.toml");
        write_atomic(&monthly, DEFAULT_MONTHLY_JOB.as_bytes()).unwrap();
        let mut active = Active::new(Config::load(&folder).unwrap());
        let before = active.config.digest;
        write_atomic(&main, b"[score]\nbar = 500\n").unwrap();
        write_atomic(&monthly, b"name = ").unwrap();
        active.refresh(&folder);
        assert_eq!(active.config.digest, before);
        assert!(active.jobs.contains_key("monthly"));
        assert!(active.complaint.contains("score.bar") && active.complaint.contains("monthly.toml"));
        write_atomic(&main, b"[score]\nbar = 70\n").unwrap();
        std::fs::remove_file(&monthly).unwrap();
        active.refresh(&folder);
        assert!((active.config.spec.score.bar - 70.0).abs() < f64::EPSILON);
        assert!(active.jobs.is_empty() && active.complaint.is_empty());
    }
}
