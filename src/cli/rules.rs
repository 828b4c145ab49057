//! `rules list|health|live|shadow|notice`: which checks add points, how they fare, and who changes that.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

use super::label::{months, today};
use super::output::say;
use super::table;
use super::{Done, load};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::detect::health::{self, Tally};
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
        /// 첫 달(YYYY-MM). 없으면 [rule_health] months만큼
        #[arg(long)]
        from: Option<FiscalMonth>,
        /// 마지막 달(YYYY-MM). 없으면 마지막으로 점검한 달
        #[arg(long)]
        until: Option<FiscalMonth>,
    },
    /// 다시 사용: 점수를 더함
    Live(Change),
    /// 그림자 상태로: 실행하고 세지만 점수를 더하지 않음
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
        Command::List => list(&store, json)?,
        Command::Health { from, until } => {
            let (from, until) = months(&config, &store, *from, *until)?;
            health(&config, &store, from, until, json)?;
        }
        Command::Live(change) => set(&config, &store, change, false)?,
        Command::Shadow(change) => set(&config, &store, change, true)?,
        Command::Notice { id, by } => notice(&store, id, by)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn kind_ko(id: &str) -> &'static str {
    if CONTROLS.iter().any(|control| control.id() == id) { "점검 규칙" } else { "모델" }
}

fn list(store: &Store, json: bool) -> anyhow::Result<()> {
    let latest = store.latest_checks()?;
    let mut rows = Vec::new();
    let mut listed = Vec::new();
    for detector in DETECTORS {
        let state = latest.get(detector.id());
        let change = state.map(|state| &state.change);
        let since = change.map(|change| change.from.to_string()).unwrap_or_default();
        let noticed = state.and_then(|state| state.noticed_by.clone());
        listed.push(serde_json::json!({
            "id": detector.id(), "label": detector.label_ko(), "is_control": kind_ko(detector.id()) != "모델",
            "state": if change.is_some_and(|change| change.is_shadow) { "shadow" } else { "live" },
            "from": change.map(|change| change.from), "by": change.map(|change| &change.by),
            "reason": change.map(|change| &change.reason), "noticed_by": noticed,
        }));
        rows.push(vec![
            detector.id().to_owned(),
            detector.label_ko().to_owned(),
            kind_ko(detector.id()).to_owned(),
            change.map_or("사용", CheckChange::label_ko).to_owned(),
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
    table::lines(&header, &rows, &[]).iter().for_each(|line| say!("{line}"));
    Ok(())
}

fn health(
    config: &Config,
    store: &Store,
    from: FiscalMonth,
    until: FiscalMonth,
    json: bool,
) -> anyhow::Result<()> {
    let alarms = store.alarms(from, until)?;
    let labels = store.labels_known(i64::MAX)?;
    let months = health::by_month(&alarms, &labels);
    let totals = health::by_check(&alarms, &labels);
    let in_shadow = store.shadowed_checks(until.offset(1))?;
    if json {
        let months = months.iter().map(|((check, period), tally)| {
            serde_json::json!({ "check": check, "period": period, "tally": tally, "rates": rates(tally) })
        });
        let totals = totals.iter().map(|(check, tally)| {
            let above = health::excesses(tally, &config.spec.rule_health);
            serde_json::json!({ "check": check, "tally": tally, "rates": rates(tally), "above": above })
        });
        let out = serde_json::json!({
            "from": from, "until": until, "limits": config.spec.rule_health, "in_shadow": in_shadow,
            "months": months.collect::<Vec<_>>(), "totals": totals.collect::<Vec<_>>(),
        });
        say!("{}", serde_json::to_string_pretty(&out)?);
        return Ok(());
    }
    say!("{from}부터 {until}까지의 경보와 검토 결과");
    if totals.is_empty() {
        say!("경보가 없습니다.");
        return Ok(());
    }
    let header = [
        "규칙",
        "월",
        "경보",
        "검토",
        "이상 확인",
        "정상",
        "제외",
        "종결",
        "오탐률",
        "제외율",
        "시간",
        "확인 금액",
        "그림자 경보",
        "판정",
    ];
    let mut rows = Vec::new();
    for (check, total) in &totals {
        for ((_, period), tally) in months.iter().filter(|((of, _), _)| of == check) {
            rows.push(row(config, label_of(check), &period.to_string(), tally, String::new()));
        }
        rows.push(row(config, label_of(check), "합계", total, verdict(config, check, total, &in_shadow)));
    }
    let right: Vec<usize> = (2..13).collect();
    table::lines(&header, &rows, &right).iter().for_each(|line| say!("{line}"));
    let limits = config.spec.rule_health;
    say!(
        "한도: 제외율 {}, 오탐률 {}. 처리한 경보가 {}건 이상이고 95% 신뢰구간의 하한이 한도를 넘을 때만 넘었다고 봅니다.",
        ko::percent(limits.exclusion_rate_max),
        ko::percent(limits.false_rate_max),
        limits.reviewed_min
    );
    Ok(())
}

fn rates(tally: &Tally) -> serde_json::Value {
    serde_json::json!({ "exclusion": tally.exclusion_rate(), "false": tally.false_rate(), "hours": tally.hours() })
}

/// What the figures of all months come to.
fn verdict(config: &Config, check: &str, total: &Tally, in_shadow: &BTreeSet<String>) -> String {
    let limits = &config.spec.rule_health;
    let is_above = !health::excesses(total, limits).is_empty();
    let verdict = match (in_shadow.contains(check), is_above, total.handled() < limits.reviewed_min) {
        (true, _, _) => "그림자",
        (_, true, _) => "한도 초과",
        (_, _, true) => "검토 부족",
        _ => "한도 이내",
    };
    verdict.to_owned()
}

fn row(config: &Config, name: &str, month: &str, tally: &Tally, verdict: String) -> Vec<String> {
    let rate = |rate: Option<f64>| rate.map_or_else(|| "-".to_owned(), ko::percent);
    let mut cells = vec![name.to_owned(), month.to_owned()];
    let counts =
        [tally.alarmed, tally.reviewed(), tally.confirmed, tally.dismissed, tally.excluded, tally.closed];
    cells.extend(counts.map(|n| n.to_string()));
    cells.extend([rate(tally.false_rate()), rate(tally.exclusion_rate()), format!("{:.1}", tally.hours())]);
    cells.extend([config.currency.display(tally.confirmed_amount), tally.shadow.to_string(), verdict]);
    cells
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
