//! What a configuration must mean beyond its types.
//!
//! Comes in: typed values. Goes out: problems. Refuses: nothing itself; it only says what is wrong.

use std::collections::BTreeMap;

use super::Spec;
use super::spec::IngestSpec;
use crate::detect::health::Limits;
use crate::error::{Problem, Problems};
use crate::ledger::Department;

/// Mails for audit go out under this code.
pub const RESERVED_CODE: &str = "audit";
/// The one version of the file formats.
const VERSION: &str = "1";

/// A file format of another version cannot be read.
pub fn version(written: &str, place: &str, problems: &mut Problems) {
    if written != VERSION {
        problems.push(Problem::new(
            format!("{place}: version"),
            format!("\"{written}\""),
            "\"1\"",
            "version = \"1\" 로 쓰세요.",
        ));
    }
}

/// Ranges and combinations of `ledgerwatch.toml`.
pub(super) fn meaning(spec: &Spec, place: &str, problems: &mut Problems) {
    version(&spec.version, place, problems);
    let mut refuse = |key: &str, found: String, expected: &str, hint: &str| {
        problems.push(Problem::new(format!("{place}: {key}"), found, expected, hint));
    };
    if !(0.0..=100.0).contains(&spec.score.bar) {
        refuse("score.bar", spec.score.bar.to_string(), "0 이상 100 이하", "보통 50~80 사이로 둡니다.");
    }
    if spec.institution.minor_digits > 4 {
        refuse(
            "institution.minor_digits",
            spec.institution.minor_digits.to_string(),
            "0~4",
            "원화는 0입니다.",
        );
    }
    if spec.institution.name.trim().is_empty() {
        refuse("institution.name", "빈 값".to_owned(), "기관 이름", "보고서 표지에 쓸 이름을 적으세요.");
    }
    if spec.schedule.timezone.parse::<chrono_tz::Tz>().is_err() {
        let hint = "예: timezone = \"Asia/Seoul\"";
        refuse("schedule.timezone", spec.schedule.timezone.clone(), "IANA 시간대 이름", hint);
    }
    let url = &spec.store.database_url;
    if !["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
        let shown = url.split(':').next().unwrap_or_default().to_owned();
        refuse(
            "store.database_url",
            shown,
            "sqlite:경로 또는 postgres://…",
            "예: sqlite:data/ledgerwatch.db",
        );
    }
    let has_password = url.split_once("://").and_then(|(_, rest)| rest.rsplit_once('@'));
    if has_password.is_some_and(|(user, _)| user.contains(':')) {
        let hint = "비밀번호가 든 주소는 환경 변수 LEDGERWATCH_DATABASE_URL로 주세요.";
        refuse("store.database_url", "비밀번호가 든 주소".to_owned(), "비밀번호 없는 주소", hint);
    }
    if super::options::execution_base(&spec.budget.execution_base).is_none() {
        let hint = "예산현액으로 나누면 current_budget, 배정액으로 나누면 allotment라고 적으세요.";
        let expected = "current_budget 또는 allotment";
        refuse("budget.execution_base", spec.budget.execution_base.clone(), expected, hint);
    }
    if spec.report.top_n == 0 || spec.report.top_n > 100 {
        refuse("report.top_n", spec.report.top_n.to_string(), "1~100", "보통 10입니다.");
    }
    for address in spec.audit.recipients.iter().filter(|address| !crate::deliver::is_address(address)) {
        refuse(
            "audit.recipients",
            address.clone(),
            "메일 주소",
            "예: recipients = [\"gamsa@example.go.kr\"]",
        );
    }
    let limits = [
        ("ingest.memory_mib", spec.ingest.memory_mib, 256),
        ("ingest.cpu_seconds", spec.ingest.cpu_seconds, 1),
        ("ingest.wall_seconds", spec.ingest.wall_seconds, 1),
    ];
    for (key, value, min) in limits {
        if value < min {
            refuse(key, value.to_string(), &format!("{min} 이상"), "기본값을 그대로 두는 것이 안전합니다.");
        }
    }
    drop_folder(&spec.ingest, &mut refuse);
    rule_health(&spec.rule_health, &mut refuse);
}

/// From when on a control test goes to shadow.
fn rule_health(limits: &Limits, refuse: &mut dyn FnMut(&str, String, &str, &str)) {
    let rates = [
        ("rule_health.exclusion_rate_max", limits.exclusion_rate_max, "보통 0.5입니다."),
        (
            "rule_health.false_rate_max",
            limits.false_rate_max,
            "보통 0.9입니다. 1이면 오탐률로는 내리지 않습니다.",
        ),
    ];
    for (key, rate, hint) in rates {
        if !(rate > 0.0 && rate <= 1.0) {
            refuse(key, rate.to_string(), "0 초과 1 이하", hint);
        }
    }
    if !(5..=10_000).contains(&limits.reviewed_min) {
        let hint = "몇 건만으로는 비율을 알 수 없습니다. 보통 20입니다.";
        refuse("rule_health.reviewed_min", limits.reviewed_min.to_string(), "5~10000", hint);
    }
    if !(1..=60).contains(&limits.months) {
        refuse("rule_health.months", limits.months.to_string(), "1~60", "보통 6입니다.");
    }
}

/// How the drop folder is read.
fn drop_folder(ingest: &IngestSpec, refuse: &mut dyn FnMut(&str, String, &str, &str)) {
    let ranges = [
        (
            "ingest.settle_seconds",
            ingest.settle_seconds,
            600,
            "보통 5초입니다. 느린 네트워크 공유라면 늘리세요.",
        ),
        ("ingest.scan_seconds", ingest.scan_seconds, 60, "보통 60초입니다. 더 자주 훑으려면 줄이세요."),
    ];
    for (key, value, max, hint) in ranges {
        if !(1..=max).contains(&value) {
            refuse(key, value.to_string(), &format!("1~{max}"), hint);
        }
    }
    if !["keep", "move"].contains(&ingest.after_taking.as_str()) {
        let hint = "원본을 그대로 두려면 \"keep\", .taken 폴더로 옮기려면 \"move\"로 쓰세요.";
        refuse("ingest.after_taking", format!("\"{}\"", ingest.after_taking), "\"keep\" 또는 \"move\"", hint);
    }
}

/// Departments: at least one, no spelling twice, addresses that can be addresses, a recipient each.
pub(super) fn departments(list: &[Department], place: &str, problems: &mut Problems) {
    if list.is_empty() {
        let hint = "[[department]] 아래에 code, name, recipients를 적으세요.";
        problems.push(Problem::new(place, "부서가 없습니다", "부서 하나 이상", hint));
    }
    let mut owners: BTreeMap<String, &str> = BTreeMap::new();
    for department in list {
        let at = format!("{place}: {}", department.name);
        let spellings: std::collections::BTreeSet<String> = [&department.code, &department.name]
            .into_iter()
            .chain(&department.aliases)
            .map(|s| s.chars().filter(|c| !c.is_whitespace()).collect())
            .collect();
        for spelling in spellings {
            if let Some(owner) = owners.insert(spelling.clone(), &department.name) {
                let found = format!("‘{spelling}’");
                let hint = format!("‘{owner}’에도 있는 표기입니다. 한 부서에만 남기세요.");
                problems.push(Problem::new(&at, found, "부서마다 다른 코드·이름·표기", hint));
            }
        }
        if department.code == RESERVED_CODE {
            let hint = "이 코드는 감사 담당자에게 가는 메일에 씁니다. 다른 코드로 바꾸세요.";
            problems.push(Problem::new(&at, format!("code = \"{RESERVED_CODE}\""), "다른 부서 코드", hint));
        }
        if department.recipients.is_empty() {
            let hint = "recipients = [\"담당자@기관.go.kr\"] 를 추가하세요.";
            problems.push(Problem::new(&at, "수신자가 없습니다", "메일 주소 하나 이상", hint));
        }
        for address in &department.recipients {
            if !crate::deliver::is_address(address) {
                let hint = "예: chongmu@example.go.kr";
                problems.push(Problem::new(&at, address.as_str(), "메일 주소", hint));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize as _;

    use super::*;
    use crate::config::{DEFAULT, tree};

    fn places(text: &str) -> Vec<String> {
        let mut problems = Problems::default();
        let table = tree::overlay(DEFAULT, text, "a", &mut problems).unwrap();
        meaning(&Spec::deserialize(table).unwrap(), "a", &mut problems);
        problems.0.into_iter().map(|problem| problem.place).collect()
    }

    #[test]
    fn times_of_the_drop_folder_have_ranges() {
        for fine in
            ["", "settle_seconds = 1\nscan_seconds = 1", "settle_seconds = 600\nafter_taking = \"move\""]
        {
            assert!(places(&format!("[ingest]\n{fine}\n")).is_empty(), "{fine}");
        }
        for (bad, place) in [
            ("settle_seconds = 0", "a: ingest.settle_seconds"),
            ("settle_seconds = 601", "a: ingest.settle_seconds"),
            ("scan_seconds = 0", "a: ingest.scan_seconds"),
            ("scan_seconds = 61", "a: ingest.scan_seconds"),
            ("after_taking = \"delete\"", "a: ingest.after_taking"),
        ] {
            assert_eq!(places(&format!("[ingest]\n{bad}\n")), [place]);
        }
    }

    #[test]
    fn limits_of_rule_health_have_ranges() {
        let fine = "exclusion_rate_max = 1.0\nfalse_rate_max = 0.01\nreviewed_min = 5\nmonths = 60";
        assert!(places(&format!("[rule_health]\n{fine}\n")).is_empty());
        for (bad, place) in [
            ("exclusion_rate_max = 0.0", "a: rule_health.exclusion_rate_max"),
            ("exclusion_rate_max = nan", "a: rule_health.exclusion_rate_max"),
            ("false_rate_max = 1.01", "a: rule_health.false_rate_max"),
            ("reviewed_min = 4", "a: rule_health.reviewed_min"),
            ("months = 0", "a: rule_health.months"),
            ("months = 61", "a: rule_health.months"),
        ] {
            assert_eq!(places(&format!("[rule_health]\n{bad}\n")), [place]);
        }
    }
}
