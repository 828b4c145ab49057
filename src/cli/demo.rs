//! `demo`: an example institution, its monthly job run once.

use std::path::PathBuf;
use std::process::ExitCode;

use super::output::say;
use super::{Done, init, load, run};
use crate::demo::{DemoOptions, generate};
use crate::fsx;
use crate::ledger::FiscalMonth;
use crate::store::{RunStatus, Store};

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// 예시 기관을 만들 폴더
    #[arg(long, default_value = "ledgerwatch-demo")]
    dir: PathBuf,
    /// 지출 건수
    #[arg(long, default_value_t = 20_000)]
    rows: usize,
    /// 난수 씨앗
    #[arg(long, default_value_t = 42)]
    seed: u64,
}

/// The month the demo looks at.
const MONTH: (i32, u32) = (2024, 12);

pub(super) fn run(arguments: &Arguments) -> Done {
    let options = DemoOptions { rows: arguments.rows, seed: arguments.seed, ..DemoOptions::default() };
    let started = std::time::Instant::now();
    let report = generate(&arguments.dir, &options)?;
    let main = arguments.dir.join("config/ledgerwatch.toml");
    if !main.try_exists()? {
        // Nobody else writes into the demo's drop folder.
        let text = crate::config::DEFAULT
            .replace("\"우리 기관\"", "\"한빛공공재단\"")
            .replace("settle_seconds = 5", "settle_seconds = 1");
        fsx::write_atomic(&main, text.as_bytes())?;
    }
    init::scaffold(&arguments.dir)?;
    say!(
        "예시 기관을 만들었습니다: {} (지출 {}건, 심어 둔 이상 항목 {}건, {:.1}초)",
        arguments.dir.display(),
        report.n_payments,
        report.n_planted,
        started.elapsed().as_secs_f64()
    );
    let config = load(&arguments.dir.join("config"))?;
    let job = run::find(&config, "monthly")?;
    let month = FiscalMonth::new(MONTH.0, MONTH.1);
    let month = month.ok_or_else(|| anyhow::anyhow!("the demo's month is not a month"))?;
    let outcome = run::execute(&config, &job, month)?;
    run::summary(&config, &outcome);
    if outcome.status != RunStatus::Succeeded {
        return Ok(ExitCode::FAILURE);
    }
    let store = Store::open(&config.database_url()?)?;
    for step in store.steps_of(&outcome.run_id)? {
        say!("  {}: {}", step.step, step.output.unwrap_or_default());
    }
    say!("정답 파일: {}", arguments.dir.join("truth.csv").display());
    say!("걸린 시간(전체): {:.1}초", started.elapsed().as_secs_f64());
    Ok(ExitCode::SUCCESS)
}
