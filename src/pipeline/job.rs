//! Job files: what an admin writes in `jobs/*.toml`, and the plan it means.
//!
//! Comes in: TOML text. Goes out: a `Job` with a parsed schedule, steps that exist, options each step understands.
//! Refuses: unknown keys and steps, schedules that never fire; a bad file does not touch the others.

use std::collections::BTreeMap;
use std::path::Path;

use croner::Cron;
use serde::{Deserialize, Serialize};

use super::schedule;
use super::step::Step;
use super::steps::STEPS;
use crate::config;
use crate::error::{Problem, Problems};
use crate::fsx;
use crate::ledger::{Digest, FiscalMonth};

/// Job files are written by hand; a larger one is a mistake.
const FILE_SIZE_MAX: u64 = 256 * 1024;

/// Which month an occurrence looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodRule {
    /// The month before the scheduled day.
    #[default]
    PreviousMonth,
    /// The month of the scheduled day.
    CurrentMonth,
}

impl PeriodRule {
    /// The month an occurrence on `date` looks at.
    pub fn period(self, date: chrono::NaiveDate) -> Option<FiscalMonth> {
        let month = FiscalMonth::of(date)?;
        Some(match self {
            Self::PreviousMonth => month.offset(-1),
            Self::CurrentMonth => month,
        })
    }
}

/// What happens to occurrences missed while the daemon was down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Misfire {
    /// The latest runs, earlier ones are recorded as skipped.
    #[default]
    Once,
    /// None runs, all are recorded as skipped.
    Skip,
    /// All run, oldest first.
    All,
}

/// A job file as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: String,
    name: String,
    label: String,
    schedule: String,
    #[serde(default = "yes")]
    enabled: bool,
    #[serde(default)]
    period: PeriodRule,
    #[serde(default)]
    misfire: Misfire,
    steps: Vec<String>,
    #[serde(default)]
    options: BTreeMap<String, toml::Table>,
}

fn yes() -> bool {
    true
}

/// A job as meant.
#[derive(Clone)]
pub struct Job {
    /// Unique name, equal to the file's.
    pub name: String,
    /// Name on screen.
    pub label: String,
    /// Cron expression as written, with seconds.
    pub schedule: String,
    /// The expression parsed.
    pub cron: Cron,
    /// Whether the schedule is in force; a disabled job can still be run by hand.
    pub enabled: bool,
    /// Which month is looked at.
    pub period: PeriodRule,
    /// What happens to missed occurrences.
    pub misfire: Misfire,
    /// Steps in order.
    pub steps: Vec<&'static dyn Step>,
    /// Options by step.
    pub options: BTreeMap<String, toml::Table>,
    /// SHA-256 of the file.
    pub digest: Digest,
    /// The file's text, kept as evidence.
    pub text: String,
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Job")
            .field("name", &self.name)
            .field("schedule", &self.schedule)
            .finish_non_exhaustive()
    }
}

impl Job {
    /// Reads one job from `text`; `stem` is the file name without `.toml`.
    pub fn from_toml(text: &str, stem: &str, place: &str) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let Some(written) = config::typed::<Written>(text, place, &mut problems) else {
            return Err(problems);
        };
        config::check::version(&written.version, place, &mut problems);
        if written.name != stem {
            let hint = format!("name = \"{stem}\" 로 고치거나 파일 이름을 {}.toml로 바꾸세요.", written.name);
            problems.push(Problem::new(format!("{place}: name"), written.name.as_str(), stem, hint));
        }
        let cron = schedule::parse(&written.schedule, &format!("{place}: schedule"), &mut problems);
        let steps = plan(&written, place, &mut problems);
        let Some(cron) = cron else {
            return Err(problems);
        };
        problems.into_result(Self {
            name: written.name,
            label: written.label,
            schedule: written.schedule,
            cron,
            enabled: written.enabled,
            period: written.period,
            misfire: written.misfire,
            steps,
            options: written.options,
            digest: Digest::of(text.as_bytes()),
            text: text.to_owned(),
        })
    }

    /// The options of `step`, empty where none are written.
    pub fn options_of(&self, step: &str) -> toml::Table {
        self.options.get(step).cloned().unwrap_or_default()
    }
}

fn plan(written: &Written, place: &str, problems: &mut Problems) -> Vec<&'static dyn Step> {
    let known: Vec<&str> = STEPS.iter().map(|step| step.id()).collect();
    let mut steps: Vec<&'static dyn Step> = Vec::new();
    for name in &written.steps {
        match STEPS.iter().find(|step| step.id() == name) {
            Some(step) => steps.push(*step),
            None => problems.push(Problem::new(
                format!("{place}: steps"),
                format!("‘{name}’"),
                known.join(", "),
                "단계 이름의 철자를 확인하세요.",
            )),
        }
    }
    let position = |step: &dyn Step| known.iter().position(|id| *id == step.id());
    if steps.is_empty() || !steps.is_sorted_by(|a, b| position(*a) < position(*b)) {
        let hint = "순서를 지키고 같은 단계를 두 번 쓰지 마세요.";
        let found = format!("{:?}", written.steps);
        problems.push(Problem::new(format!("{place}: steps"), found, known.join(" → "), hint));
    }
    for (name, options) in &written.options {
        let at = format!("{place}: options.{name}");
        match STEPS.iter().find(|step| step.id() == name) {
            Some(step) => step.check_options(options, &at, problems),
            None => problems.push(Problem::new(
                at,
                "없는 단계",
                known.join(", "),
                "단계 이름을 고치거나 이 표를 지우세요.",
            )),
        }
    }
    steps
}

/// One file of the jobs folder: its name and what became of it.
#[derive(Debug)]
pub struct JobFile {
    /// File name.
    pub file: String,
    /// The job, or what is wrong with the file.
    pub job: Result<Job, Problems>,
}

/// Reads every `*.toml` of `folder`; a bad file does not keep the others from being read.
pub fn read_all(folder: &Path) -> Vec<JobFile> {
    let names = config::toml_names(folder);
    names
        .into_iter()
        .map(|file| {
            let path = folder.join(&file);
            let place = path.display().to_string();
            let job = match fsx::read_capped(&path, FILE_SIZE_MAX).map(String::from_utf8) {
                Ok(Ok(text)) => Job::from_toml(&text, file.trim_end_matches(".toml"), &place),
                Ok(Err(_)) => Err(unreadable(&place, "UTF-8이 아닌 파일".to_owned())),
                Err(error) => Err(unreadable(&place, error.to_string())),
            };
            JobFile { file, job }
        })
        .collect()
}

fn unreadable(place: &str, found: String) -> Problems {
    let hint = "파일의 권한과 인코딩(UTF-8)을 확인하세요.";
    Problems(vec![Problem::new(place, found, "읽을 수 있는 작업 파일", hint)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::DEFAULT_MONTHLY_JOB;

    #[test]
    fn the_embedded_job_is_valid() {
        let job = Job::from_toml(DEFAULT_MONTHLY_JOB, "monthly", "jobs/monthly.toml").unwrap();
        let steps: Vec<&str> = job.steps.iter().map(|s| s.id()).collect();
        assert_eq!(steps, ["ingest", "score", "report", "deliver", "archive"]);
        let date = chrono::NaiveDate::from_ymd_opt(2025, 1, 2).unwrap();
        assert_eq!(job.period.period(date).unwrap().to_string(), "2024-12");
    }

    #[test]
    fn every_problem_of_a_bad_job_is_named() {
        let text =
            "version = \"1\"\nname = \"x\"\nlabel = \"\"\nschedule = \"61 * * * * *\"\nsteps = [\"scor\"]\n";
        let problems = Job::from_toml(text, "monthly", "m.toml").unwrap_err();
        let places: Vec<&str> = problems.0.iter().map(|p| p.place.as_str()).collect();
        assert_eq!(places, ["m.toml: name", "m.toml: schedule", "m.toml: steps", "m.toml: steps"]);
    }

    #[test]
    fn steps_out_of_order_are_refused() {
        let text = DEFAULT_MONTHLY_JOB.replace("[\"ingest\", \"score\"", "[\"score\", \"ingest\"");
        assert!(Job::from_toml(&text, "monthly", "m.toml").is_err());
    }

    #[test]
    fn a_bad_file_does_not_stop_the_others() {
        let dir = tempfile::tempdir().unwrap();
        crate::fsx::write_atomic(&dir.path().join("a.toml"), b"nonsense = [").unwrap();
        crate::fsx::write_atomic(&dir.path().join("monthly.toml"), DEFAULT_MONTHLY_JOB.as_bytes()).unwrap();
        let files = read_all(dir.path());
        assert!(files[0].job.is_err());
        assert!(files[1].job.is_ok());
    }
}
