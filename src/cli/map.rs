//! `map propose FILE`: a mapping for a file that none fits, for a person to review.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::Done;
use super::ingest::{Reading, print};
use super::output::{say, text};
use crate::clean::propose::{self, Proposal, REQUIRED_MIN, ROWS_MAX};
use crate::clean::{Discard, Mapping};
use crate::error::Problem;
use crate::fsx;
use crate::ingest::{self, Collect};

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// 파일의 머리글과 값을 보고 매핑 초안 만들기(아무것도 저장하지 않음)
    Propose(Propose),
}

#[derive(clap::Args, Debug)]
struct Propose {
    /// 지출 내역 파일
    file: PathBuf,
    /// 볼 시트. 없으면 표로 보이는 시트
    #[arg(long)]
    sheet: Option<String>,
    /// 초안을 쓸 파일. 없으면 화면에 출력
    #[arg(long, value_name = "FILE.toml")]
    out: Option<PathBuf>,
}

pub(super) fn run(folder: &Path, arguments: &Arguments, json: bool) -> Done {
    let Command::Propose(arguments) = &arguments.command;
    let mut reading = Reading::new(folder)?;
    let source = arguments.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let proposal = propose(&reading, arguments, &source)?;
    let name = name(arguments, &source);
    let toml = proposal.to_toml(&name);
    if let Some(out) = &arguments.out {
        if out.try_exists()? {
            let hint = "다른 이름을 쓰거나 있는 파일을 옮기세요. 있는 매핑은 덮어쓰지 않습니다.";
            return Err(Problem::new(out.display().to_string(), "이미 있는 파일", "새 파일", hint).into());
        }
        fsx::write_atomic(out, toml.as_bytes())?;
    }
    match (&arguments.out, json) {
        (_, true) => say!("{}", serde_json::to_string_pretty(&proposal)?),
        (None, false) => text(format_args!("{toml}")),
        (Some(out), false) => {
            summary(&proposal);
            say!("초안: {}", out.display());
        }
    }
    if !json && proposal.is_complete() && arguments.out.is_some() {
        reading.mappings = vec![Mapping::from_toml(&toml, &name)?];
        let file = reading.read(&arguments.file, &source, &mut Discard);
        say!("이 초안으로 읽으면:");
        print(&file.intake, &file.currency);
    }
    Ok(if proposal.is_complete() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn propose(reading: &Reading, arguments: &Propose, source: &str) -> anyhow::Result<Proposal> {
    let mut rows = Collect::new(ROWS_MAX);
    let facts = ingest::read(&arguments.file, source, &reading.options, &mut rows);
    if let Some(problem) = facts.refused {
        return Err(problem.into());
    }
    if let Some(sheet) = &arguments.sheet {
        let names: Vec<String> = rows.sheets.iter().map(|known| known.head.name.clone()).collect();
        rows.sheets.retain(|known| known.head.name == *sheet);
        if rows.sheets.is_empty() {
            let hint = "시트 이름을 파일에 적힌 그대로 쓰세요.";
            return Err(Problem::new("--sheet", sheet.as_str(), names.join(", "), hint).into());
        }
    }
    Ok(propose::propose(source, &rows.sheets, &reading.mappings)?)
}

/// The name of the mapping: of the file it is written to, else of the export where it can be a file name.
fn name(arguments: &Propose, source: &str) -> String {
    let stem = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let is_plain = |name: &String| {
        !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' '))
    };
    let written = arguments.out.as_deref().and_then(stem);
    written.or_else(|| stem(Path::new(source)).filter(is_plain)).unwrap_or_else(|| "our_export".to_owned())
}

fn summary(proposal: &Proposal) {
    for column in &proposal.columns {
        let mark = if column.confidence < REQUIRED_MIN { " (확인)" } else { "" };
        say!("  {} ← ‘{}’ 확신도 {:.2}{mark}", column.column, column.header, column.confidence);
    }
    for column in &proposal.undecided {
        say!("  {} ← ? {}", column.column, column.reason);
    }
    for check in &proposal.to_check {
        say!("확인 필요: {check}");
    }
}
