//! `evidence list|export|verify|checkpoint`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::output::{say, text};
use super::{Done, load};
use crate::error::Problem;
use crate::evidence::{self, Entry, State, bundle, log};
use crate::fsx;

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// 봉인된 실행 목록
    List,
    /// 한 실행의 증적 묶음을 꺼내기
    Export {
        /// 실행 번호
        run: String,
        /// 저장할 파일
        #[arg(long)]
        out: PathBuf,
    },
    /// 로그, 묶음, 원본을 서로 대조
    Verify,
    /// 지금의 체크포인트
    Checkpoint,
}

pub(super) fn run(folder: &Path, arguments: &Arguments, json: bool) -> Done {
    let config = load(folder)?;
    let data = config.data();
    match &arguments.command {
        Command::List => {
            for entry in entries(&data)? {
                say!(
                    "{}\t{}\t{}\t{}\t{}",
                    entry.run_id,
                    entry.job,
                    entry.period,
                    entry.created,
                    entry.bundle
                );
            }
        }
        Command::Export { run, out } => {
            let known = entries(&data)?;
            let entry = known.iter().find(|entry| entry.run_id == *run);
            let hint = "`ledgerwatch evidence list`로 실행 번호를 확인하세요.";
            let missing = || Problem::new("evidence export", run.as_str(), "봉인된 실행 번호", hint);
            let entry = entry.ok_or_else(missing)?;
            let bytes = fsx::read_capped(&bundle::folder(&data).join(&entry.bundle), u64::MAX - 1)?;
            fsx::write_atomic(out, &bytes)?;
            say!("{} (SHA-256 {})", out.display(), entry.bundle_sha256);
        }
        Command::Checkpoint => {
            let contents = log::read(&data)?;
            text(format_args!(
                "{}",
                contents.checkpoint.map(|checkpoint| checkpoint.to_text()).unwrap_or_default()
            ));
        }
        Command::Verify => {
            let report = evidence::verify(&data, &config.spec.evidence.origin)?;
            if json {
                say!("{}", serde_json::to_string_pretty(&report)?);
            } else {
                for finding in report.findings.iter().filter(|finding| finding.state != State::Intact) {
                    say!("{}: {} - {}", finding.subject, finding.state.label_ko(), finding.detail);
                }
                let verdict =
                    if report.is_intact() { "이상 없음" } else { "변조 또는 누락 발견" };
                say!("{}개를 검증했습니다: {verdict}", report.findings.len());
            }
            return Ok(if report.is_intact() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn entries(data: &Path) -> anyhow::Result<Vec<Entry>> {
    log::read(data)?.lines.iter().map(|line| Ok(serde_json::from_str(line)?)).collect()
}
