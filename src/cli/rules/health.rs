//! `rules health`: the figures of rule health as a table or as data.

use std::collections::BTreeSet;

use super::super::output::say;
use super::super::table;
use crate::config::Config;
use crate::detect::health::{self, Tally};
use crate::ko;
use crate::ledger::FiscalMonth;
use crate::pipeline::rule_health::label_of;
use crate::store::Store;

/// Prints the figures of the months from `from` to `until`.
pub(super) fn print(
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
        "시험 경보",
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
    for line in table::lines(&header, &rows, &right) {
        say!("{line}");
    }
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
        (true, _, _) => "시험 운영",
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
