//! `run JOB`: a job now, for one month.

use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use chrono_tz::Tz;

use super::output::say;
use super::progress::Terminal;
use super::{Done, exe, load};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::daemon::DataLock;
use crate::error::Problem;
use crate::ledger::FiscalMonth;
use crate::pipeline::{Job, Outcome, Runner, inputs, job};
use crate::store::{Arrival, RunStatus, Store};

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// 작업 이름
    job: String,
    /// 점검할 달(YYYY-MM). 없으면 작업의 period 규칙을 따름
    #[arg(long)]
    period: Option<FiscalMonth>,
    /// 실행하지 않고 무엇을 할지만 보기
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(folder: &Path, arguments: &Arguments, json: bool) -> Done {
    let config = load(folder)?;
    let job = find(&config, &arguments.job)?;
    let zone: Tz = config.spec.schedule.timezone.parse().unwrap_or(chrono_tz::Asia::Seoul);
    let today = SystemClock.now().with_timezone(&zone).date_naive();
    let period = arguments.period.or_else(|| job.period.period(today));
    let period = period.ok_or_else(|| anyhow::anyhow!("점검할 달을 정할 수 없습니다"))?;
    if arguments.dry_run {
        let set = inputs::scan(&config.inbox())?;
        say!("작업 {} ({}), 기간 {period}", job.name, job.label);
        for file in &set.files {
            say!("  파일 {} ({} 바이트)", file.name, file.size_bytes);
        }
        let steps: Vec<&str> = job.steps.iter().map(|step| step.label_ko()).collect();
        say!("  단계 {}", steps.join(" → "));
        return Ok(ExitCode::SUCCESS);
    }
    let outcome = execute(&config, &job, period)?;
    if json {
        let status = outcome.status.token();
        say!(
            "{}",
            serde_json::json!({
                "run": outcome.run_id, "status": status, "error": outcome.error,
                "waiting": outcome.waiting.iter().map(waiting_json).collect::<Vec<_>>(),
            })
        );
    } else {
        summary(&config, &outcome);
    }
    Ok(if outcome.status == RunStatus::Succeeded { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The job named `name`, or which ones there are.
pub(super) fn find(config: &Config, name: &str) -> anyhow::Result<Job> {
    let files = job::read_all(&config.jobs());
    let known: Vec<String> = files.iter().map(|f| f.file.trim_end_matches(".toml").to_owned()).collect();
    match files.into_iter().find(|file| file.file == format!("{name}.toml")) {
        Some(file) => Ok(file.job?),
        None => {
            let place = config.jobs().display().to_string();
            let hint = "작업 이름은 jobs 폴더의 파일 이름입니다.";
            Err(Problem::new(place, format!("작업 ‘{name}’이 없습니다"), known.join(", "), hint).into())
        }
    }
}

/// Runs `job` for `period` while holding the data folder's lock.
pub(super) fn execute(config: &Config, job: &Job, period: FiscalMonth) -> anyhow::Result<Outcome> {
    std::fs::create_dir_all(config.data())?;
    let _lock = DataLock::take(&config.data())?;
    let store = Store::open(&config.database_url()?)?;
    let runner = Runner {
        config,
        store: &store,
        clock: &SystemClock,
        exe: exe()?,
        progress: &Terminal::default(),
        stop: &AtomicBool::new(false),
    };
    runner.run(job, period)
}

fn waiting_json(row: &Arrival) -> serde_json::Value {
    serde_json::json!({ "name": row.name, "state": row.state, "reason": row.reason })
}

/// Files that were not taken, and why.
pub(super) fn waiting(rows: &[Arrival]) {
    if rows.is_empty() {
        return;
    }
    let n_stuck = rows.iter().filter(|row| row.is_stuck()).count();
    say!("아직 받지 않은 파일: {}개 (30분 넘게 기다린 파일 {n_stuck}개)", rows.len());
    for row in rows {
        let mark = if row.is_stuck() { " [30분 넘음]" } else { "" };
        say!("  {}{mark}: {}", row.name, row.reason.as_deref().unwrap_or_default());
    }
    say!("힌트: 파일을 닫고 복사가 끝났는지 확인하세요. 잘린 파일이면 다시 내려받아 넣으세요.");
}

/// What the run did, in a few lines.
pub(super) fn summary(config: &Config, outcome: &Outcome) {
    if outcome.was_done {
        say!("이미 끝난 실행입니다: {} (같은 파일, 같은 설정)", outcome.run_id);
    } else {
        say!("실행 {}: {}", outcome.run_id, outcome.status.label_ko());
    }
    waiting(&outcome.waiting);
    if let Some(error) = &outcome.error {
        say!("실패한 단계: {error}");
        say!("힌트: 원인을 고치고 같은 명령을 다시 실행하면 끝난 단계는 건너뜁니다.");
        return;
    }
    let times: Vec<String> = outcome.seconds.iter().map(|(step, s)| format!("{step} {s:.1}초")).collect();
    if !times.is_empty() {
        say!("걸린 시간: {}", times.join(", "));
    }
    say!("보고서: {}", config.data().join("artifacts").join(&outcome.run_id).join("reports").display());
    if config.spec.mail.mode == "folder" {
        say!("메일: {}", config.path(&config.spec.mail.folder).display());
    }
    say!("감사증적: {}", config.data().join("evidence").display());
}
