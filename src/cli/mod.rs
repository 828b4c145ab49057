//! Command line: one file a subcommand.
//!
//! Comes in: arguments. Goes out: text or JSON, and an exit code: 0 fine, 1 the work failed, 2 usage or configuration.
//! Refuses: to be imported; only `main` calls it.

mod check;
mod daemon;
mod demo;
mod evaluate;
mod evidence;
mod healthcheck;
mod ingest;
mod init;
mod intake;
mod label;
mod mail;
mod map;
mod output;
mod population;
mod progress;
mod quarantine;
mod rules;
mod run;
mod schedule;
mod score;
mod table;
mod whole;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Config;
use crate::error::{Problem, Problems};
use crate::ingest::child;
use output::complain;

/// 예산 집행을 지켜보는 프로그램: 파일 접수, 이상 항목 채점, 부서별 보고서와 메일, 감사증적.
#[derive(Parser, Debug)]
#[command(name = "ledgerwatch", version, about, disable_help_subcommand = true)]
struct Arguments {
    /// 설정 폴더
    #[arg(long, global = true, default_value = "config", env = "LEDGERWATCH_CONFIG")]
    config: PathBuf,
    /// 결과를 JSON으로 출력
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// 예시 기관을 만들어 월간 점검을 한 번 실행
    Demo(demo::Arguments),
    /// 새 기관의 설정 폴더 만들기
    Init(init::Arguments),
    /// 설정, 작업, 글꼴, 서식, 수신자를 모두 확인
    Check,
    /// 데이터베이스와 데이터 폴더가 정상인지 확인
    Healthcheck,
    /// 일정에 따라 작업을 실행하는 상주 프로세스
    Daemon,
    /// 작업을 지금 실행
    Run(run::Arguments),
    /// 다음 일정 보기
    Schedule(schedule::Arguments),
    /// 파일을 읽어 판정만 보기
    Ingest(ingest::Arguments),
    /// 매핑이 없는 파일의 매핑 초안 만들기
    Map(map::Arguments),
    /// 접수된 파일의 행 수와 판정 보기
    Intake(intake::Arguments),
    /// 보류된 행을 내보내 고치기
    Quarantine(quarantine::Arguments),
    /// 파일을 읽어 모든 행에 점수 매기기(저장하지 않음)
    Score(score::Arguments),
    /// 검토 결과를 가져오고 내보내기
    Label(label::Arguments),
    /// 점검 규칙의 상태와 건강도: 경보, 이상 확인, 오탐률, 제외율, 검토 시간
    Rules(rules::Arguments),
    /// 파일을 읽어 금액의 모집단을 분석(저장하지 않음)
    Population(population::Arguments),
    /// 점수와 정답을 비교
    Evaluate(evaluate::Arguments),
    /// 감사증적 보기, 내보내기, 위변조 검증
    Evidence(evidence::Arguments),
    /// 메일 설정 시험
    Mail(mail::Arguments),
}

/// How a subcommand ended without an error.
type Done = anyhow::Result<ExitCode>;

/// Reads the arguments, runs the subcommand, says how it went.
pub fn main() -> ExitCode {
    let arguments: Vec<std::ffi::OsString> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|first| first == child::SUBCOMMAND) {
        return child::child_main(&arguments[2..]);
    }
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| default_filter(&arguments)),
        )
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    match dispatch(&arguments) {
        Ok(code) => output::problem()
            .map_or(code, |problem| report(&anyhow::anyhow!("결과를 다 쓰지 못했습니다: {problem}"))),
        Err(error) => report(&error),
    }
}

fn default_filter(arguments: &Arguments) -> tracing_subscriber::EnvFilter {
    let level = if matches!(arguments.command, Command::Daemon) { "info" } else { "warn" };
    tracing_subscriber::EnvFilter::new(level)
}

fn dispatch(arguments: &Arguments) -> Done {
    let config = arguments.config.as_path();
    let json = arguments.json;
    match &arguments.command {
        Command::Demo(arguments) => demo::run(arguments),
        Command::Init(arguments) => init::run(arguments),
        Command::Check => check::run(config, json),
        Command::Healthcheck => healthcheck::run(config),
        Command::Daemon => daemon::run(config),
        Command::Run(arguments) => run::run(config, arguments, json),
        Command::Schedule(arguments) => schedule::run(config, arguments, json),
        Command::Ingest(arguments) => ingest::run(config, arguments, json),
        Command::Map(arguments) => map::run(config, arguments, json),
        Command::Intake(arguments) => intake::run(config, arguments, json),
        Command::Quarantine(arguments) => quarantine::run(config, arguments),
        Command::Score(arguments) => score::run(config, arguments),
        Command::Label(arguments) => label::run(config, arguments, json),
        Command::Rules(arguments) => rules::run(config, arguments, json),
        Command::Population(arguments) => population::run(config, arguments),
        Command::Evaluate(arguments) => evaluate::run(arguments, json),
        Command::Evidence(arguments) => evidence::run(config, arguments, json),
        Command::Mail(arguments) => mail::run(config, arguments),
    }
}

/// Prints an error with its causes; problems of configuration and usage end with 2.
fn report(error: &anyhow::Error) -> ExitCode {
    complain!("오류: {error}");
    for cause in error.chain().skip(1) {
        complain!("  원인: {cause}");
    }
    let is_usage = error.is::<Problems>() || error.is::<Problem>();
    ExitCode::from(if is_usage { 2 } else { 1 })
}

/// The configuration, and the currency of the institution in it.
fn load(folder: &std::path::Path) -> anyhow::Result<Config> {
    Ok(Config::load(folder)?)
}

/// This program, to be started again for reading files.
fn exe() -> anyhow::Result<PathBuf> {
    Ok(std::env::current_exe()?)
}
