//! `intake list|show`: the account of every file taken in.

use std::path::Path;
use std::process::ExitCode;

use super::output::say;
use super::{Done, load};
use crate::config::Config;
use crate::detect::needs;
use crate::error::Problem;
use crate::ko;
use crate::ledger::{FileIntake, RowFate, RowIssue};
use crate::store::Store;

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// 접수된 파일마다 한 줄
    List,
    /// 한 파일의 행 수, 부서·계정별 합계, 보류 행, 지난 판
    Show {
        /// 수신 폴더 아래의 파일 이름
        name: String,
    },
}

/// Rows kept aside shown on screen; `--json` has all that were noted.
const ISSUES_SHOWN: usize = 20;

pub(super) fn run(folder: &Path, arguments: &Arguments, json: bool) -> Done {
    let config = load(folder)?;
    let store = Store::open(&config.database_url()?)?;
    match &arguments.command {
        Command::List => list(&store, &config, json)?,
        Command::Show { name } => show(&store, &config, name, json)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(store: &Store, config: &Config, json: bool) -> anyhow::Result<()> {
    let intakes = store.current_intakes()?;
    if json {
        say!("{}", serde_json::to_string_pretty(&intakes)?);
        return Ok(());
    }
    if intakes.is_empty() {
        say!("접수된 파일이 없습니다.");
    }
    for intake in &intakes {
        say!("{}", line(intake, config));
    }
    Ok(())
}

fn line(intake: &FileIntake, config: &Config) -> String {
    match &intake.refused {
        Some(problem) => format!("{}\t읽지 않음\t{}", intake.source, problem.found),
        None => format!(
            "{}\t{}읽은 행 {} = 반영 {} + 제외 {} + 보류 {}\t{}",
            intake.source,
            if intake.unread_sheets() > 0 { "일부만 읽음, " } else { "" },
            intake.rows_in,
            intake.loaded,
            intake.skipped,
            intake.quarantined,
            config.currency.display(intake.total)
        ),
    }
}

fn show(store: &Store, config: &Config, name: &str, json: bool) -> anyhow::Result<()> {
    let versions = store.versions_of(name)?;
    if json && !versions.is_empty() {
        let version = |(intake, first_seen_ms, is_current): &(FileIntake, i64, bool)| serde_json::json!({ "is_current": is_current, "first_seen": time(*first_seen_ms), "account": intake });
        let versions: Vec<serde_json::Value> = versions.iter().map(version).collect();
        say!("{}", serde_json::to_string_pretty(&versions)?);
        return Ok(());
    }
    let newest = versions.iter().find(|(.., is_current)| *is_current).or_else(|| versions.first());
    let Some((intake, ..)) = newest else {
        let hint = "`ledgerwatch intake list`로 파일 이름을 확인하세요. 하위 폴더는 ‘폴더/파일’로 적습니다.";
        return Err(Problem::new("intake show", name, "접수된 파일의 이름", hint).into());
    };
    say!("{}", line(intake, config));
    details(intake, config);
    for (version, first_seen_ms, is_current) in &versions {
        let state = if *is_current { "현재 판" } else { "지난 판" };
        say!("{state} {} {}", time(*first_seen_ms), version.sha256);
    }
    Ok(())
}

fn details(intake: &FileIntake, config: &Config) {
    if let Some(problem) = &intake.refused {
        say!("  힌트: {}", problem.hint);
    }
    for note in &intake.notes {
        say!("  {note}");
    }
    for group in &intake.groups {
        let total = config.currency.display(group.total);
        say!("  {} · {}: {}행, {total}", group.department, group.account, group.rows);
    }
    for column in intake.absent_columns.iter().filter(|column| needs::is_missed(column)) {
        let checks = needs::checks_on(column).join(", ");
        let checks =
            if checks.is_empty() { String::new() } else { format!(" - 확인하지 못한 것: {checks}") };
        say!("  없는 열 {}{checks}", needs::label_ko(column));
    }
    let kept = intake.issues.iter().filter(|issue| issue.fate == RowFate::Quarantined);
    let kept: Vec<&RowIssue> = kept.take(ISSUES_SHOWN).collect();
    for issue in &kept {
        say!("  보류 {}", remark(issue));
    }
    let noted = intake.issues.iter().filter(|issue| issue.fate == RowFate::Noted);
    for issue in noted.take(ISSUES_SHOWN) {
        say!("  확인 {}", remark(issue));
    }
    // Of a file set aside every row counts as kept, but only those that were read are listed.
    let n_kept = if intake.refused.is_some() { 0 } else { intake.quarantined };
    let n_more = usize::try_from(n_kept).unwrap_or(usize::MAX).saturating_sub(kept.len());
    if n_more > 0 {
        say!("  보류 행이 {}개 더 있습니다.", ko::count(n_more));
    }
}

/// A remark with its place.
fn remark(issue: &RowIssue) -> String {
    let sheet =
        if issue.at.sheet.is_empty() { String::new() } else { format!("‘{}’ 시트 ", issue.at.sheet) };
    format!("{sheet}{}행 {} ‘{}’: {}", issue.at.row, issue.column, issue.found, issue.reason)
}

/// A time in UTC, to the second.
fn time(ms: i64) -> String {
    let time = chrono::DateTime::from_timestamp_millis(ms).unwrap_or_default();
    time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
