//! `rules list|health|live|shadow|notice`: which checks add points, how they fare, and who changes that.

mod health;

use std::path::Path;
use std::process::ExitCode;

use super::label::{months, today};
use super::output::say;
use super::table;
use super::{Done, load};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::detect::controls::State;
use crate::detect::{CONTROLS, DETECTORS};
use crate::error::Problem;
use crate::ko;
use crate::ledger::{CheckChange, FiscalMonth};
use crate::pipeline::rule_health::label_of;
use crate::store::Store;

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// 점검 규칙과 모델의 상태, 언제부터 왜 그런지
    List,
    /// 규칙별·월별 경보, 이상 확인, 정상, 제외, 오탐률, 제외율, 검토 시간
    Health {
        /// 첫 달(YYYY-MM). 없으면 설정한 개월 수만큼
        #[arg(long)]
        from: Option<FiscalMonth>,
        /// 마지막 달(YYYY-MM). 없으면 마지막으로 점검한 달
        #[arg(long)]
        until: Option<FiscalMonth>,
    },
    /// 다시 사용: 점수를 더함
    Live(Change),
    /// 시험 운영 상태로: 실행하고 세지만 점수를 더하지 않음
    Shadow(Change),
    /// 상태가 바뀐 것을 확인했다고 남기기
    Notice {
        /// 점검 규칙의 id
        id: String,
        /// 확인한 사람
        #[arg(long, value_name = "NAME")]
        by: String,
    },
}

#[derive(clap::Args, Debug)]
struct Change {
    /// 점검 규칙의 id
    id: String,
    /// 결정한 사람
    #[arg(long, value_name = "NAME")]
    by: String,
    /// 까닭
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// 이 달의 점검부터(YYYY-MM). 없으면 마지막으로 점검한 달의 다음 달
    #[arg(long)]
    from: Option<FiscalMonth>,
}

pub(super) fn run(folder: &Path, arguments: &Arguments, json: bool) -> Done {
    let config = load(folder)?;
    let store = Store::open(&config.database_url()?)?;
    match &arguments.command {
        Command::List => list(&config, &store, json)?,
        Command::Health { from, until } => {
            let (from, until) = months(&config, &store, *from, *until)?;
            health::print(&config, &store, from, until, json)?;
        }
        Command::Live(change) => set(&config, &store, change, false)?,
        Command::Shadow(change) => set(&config, &store, change, true)?,
        Command::Notice { id, by } => notice(&store, id, by)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn is_control(id: &str) -> bool {
    CONTROLS.iter().any(|control| control.id() == id)
}

fn list(config: &Config, store: &Store, json: bool) -> anyhow::Result<()> {
    let latest = store.latest_checks()?;
    let mut rows = Vec::new();
    let mut listed = Vec::new();
    for detector in DETECTORS {
        let state = latest.get(detector.id());
        let change = state.map(|state| &state.change);
        let since = change.map(|change| change.from.to_string()).unwrap_or_default();
        let noticed = state.and_then(|state| state.noticed_by.clone());
        // What the file takes out of force no word of a person or of rule health brings back.
        let shown = match detector.state(&config.controls) {
            State::Live if change.is_some_and(|change| change.is_shadow) => State::Shadow,
            other => other,
        };
        listed.push(serde_json::json!({
            "id": detector.id(), "label": detector.label_ko(), "is_control": is_control(detector.id()),
            "state": shown,
            "from": change.map(|change| change.from), "by": change.map(|change| &change.by),
            "reason": change.map(|change| &change.reason), "noticed_by": noticed,
        }));
        rows.push(vec![
            detector.id().to_owned(),
            detector.label_ko().to_owned(),
            if is_control(detector.id()) { "점검 규칙" } else { "모델" }.to_owned(),
            shown.label_ko().to_owned(),
            since,
            change.map(|change| change.by_ko().to_owned()).unwrap_or_default(),
            noticed.unwrap_or_else(|| if change.is_some() { "미확인" } else { "" }.to_owned()),
            change.map(|change| change.reason.clone()).unwrap_or_default(),
        ]);
    }
    if json {
        say!("{}", serde_json::to_string_pretty(&listed)?);
        return Ok(());
    }
    let header = ["id", "이름", "종류", "상태", "부터", "결정", "알림 확인", "까닭"];
    for line in table::lines(&header, &rows, &[]) {
        say!("{line}");
    }
    Ok(())
}

/// The check `id`, or which ones there are.
fn known(id: &str) -> anyhow::Result<()> {
    if DETECTORS.iter().any(|detector| detector.id() == id) {
        return Ok(());
    }
    let ids: Vec<&str> = DETECTORS.iter().map(|detector| detector.id()).collect();
    let hint = "`ledgerwatch rules list`로 id를 확인하세요.";
    Err(Problem::new("rules", id, ids.join(", "), hint).into())
}

/// A name a person may sign with.
fn signed(by: &str) -> anyhow::Result<()> {
    if by.trim().is_empty() || by == CheckChange::ITSELF || by.chars().any(char::is_control) {
        let hint = "결정한 사람의 이름을 적으세요.";
        return Err(Problem::new("--by", format!("‘{by}’"), "사람의 이름", hint).into());
    }
    Ok(())
}

fn set(config: &Config, store: &Store, change: &Change, is_shadow: bool) -> anyhow::Result<()> {
    known(&change.id)?;
    signed(&change.by)?;
    if change.reason.trim().is_empty() || change.reason.chars().any(char::is_control) {
        let hint = "무엇을 고쳤는지, 왜 바꾸는지 한 줄로 적으세요.";
        return Err(Problem::new("--reason", format!("‘{}’", change.reason), "까닭", hint).into());
    }
    let next = store.scored_until()?.map(|month| month.offset(1));
    let from = change.from.or(next).or_else(|| FiscalMonth::of(today(config)).map(|month| month.offset(-1)));
    let from = from.ok_or_else(|| anyhow::anyhow!("시작하는 달을 정할 수 없습니다"))?;
    let change = CheckChange {
        check: change.id.clone(),
        is_shadow,
        from,
        reason: change.reason.trim().to_owned(),
        by: change.by.trim().to_owned(),
        recorded_ms: SystemClock.now().timestamp_millis(),
        run_id: None,
    };
    store.change_check(&change)?;
    say!("{} ({}): {from} 점검부터 {}", label_of(&change.check), change.check, change.label_ko());
    Ok(())
}

fn notice(store: &Store, id: &str, by: &str) -> anyhow::Result<()> {
    known(id)?;
    signed(by)?;
    let latest = store.latest_checks()?;
    let Some(state) = latest.get(id) else {
        let hint = "상태가 바뀐 규칙은 `ledgerwatch rules list`에서 볼 수 있습니다.";
        return Err(Problem::new("rules notice", id, "상태가 바뀐 규칙", hint).into());
    };
    let is_new = store.notice_change(state.seq, by.trim(), SystemClock.now().timestamp_millis())?;
    if is_new {
        say!(
            "{}의 상태 변경({}부터 {})을 확인했다고 남겼습니다.",
            label_of(id),
            state.change.from,
            state.change.label_ko()
        );
    } else {
        say!("이미 {} 확인했습니다.", ko::josa(state.noticed_by.as_deref().unwrap_or_default(), "이/가"));
    }
    Ok(())
}
