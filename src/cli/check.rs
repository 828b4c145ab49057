//! `check`: everything that would fail at month's end, all problems at once.

use std::path::Path;
use std::process::ExitCode;

use chrono::{Datelike, NaiveDate};

use super::Done;
use super::output::say;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::deliver::compose::{AUDIT_RESTATEMENT, AUDIT_RULE_SHADOW, DEPARTMENT_MONTHLY};
use crate::deliver::{MailTemplates, Mailer};
use crate::detect::controls::{CONTROLS, State};
use crate::error::{Problem, Problems};
use crate::pipeline::job;
use crate::pipeline::rule_health::label_of;
use crate::report::Resources;
use crate::store::Store;

pub(super) fn run(folder: &Path, json: bool) -> Done {
    let mut problems = Problems::default();
    match Config::load(folder) {
        Ok(config) => {
            let store = environment(&config, folder, &mut problems);
            if let Some(store) = store.filter(|_| !json) {
                in_shadow(&store)?;
            }
            if !json {
                for notice in notices(&config, SystemClock.now().date_naive()) {
                    say!("{notice}");
                }
            }
        }
        Err(found) => problems.0.extend(found.0),
    }
    if json {
        say!("{}", serde_json::to_string_pretty(&problems)?);
    } else if problems.0.is_empty() {
        say!("문제가 없습니다.");
    } else {
        say!("{problems}");
        say!("문제 {}개를 찾았습니다.", problems.0.len());
    }
    Ok(ExitCode::from(if problems.0.is_empty() { 0 } else { 2 }))
}

/// What is allowed but somebody should know, on `today`.
fn notices(config: &Config, today: NaiveDate) -> Vec<String> {
    let mut notices = Vec::new();
    if config.spec.audit.recipients.is_empty() {
        notices.push(
            "알림: [audit] recipients가 비어 있어, 이미 보고한 달의 정정 내역을 아무에게도 보내지 않습니다."
                .to_owned(),
        );
    }
    let label = |id: &str| CONTROLS.iter().find(|control| control.id() == id).map_or("", |c| c.label_ko());
    for (id, state, unconfirmed) in config.controls.sections() {
        if state != State::Live {
            notices.push(format!("알림: {}({id})은 ‘{}’ 상태입니다.", label(id), state.label_ko()));
        }
        for source in unconfirmed.into_iter().filter(|_| state.runs()) {
            notices.push(format!("확인 필요: {}({id}) - {source}", label(id)));
        }
    }
    if notices.iter().any(|notice| notice.starts_with("확인 필요")) {
        notices.push(
            "확인 필요로 표시된 값은 제안이나 보도에서 온 것입니다. 기관의 규정과 맞춘 뒤 controls.toml에서 confirmed = true로 바꾸세요."
                .to_owned(),
        );
    }
    for (at, exception) in config.controls.exceptions.iter().enumerate() {
        if exception.expires < today {
            let (test, owner) = (label(&exception.test), &exception.owner);
            notices.push(format!(
                "알림: 예외 {}번({test}, 책임자 {owner})은 {}에 끝났습니다. 그 뒤의 지급은 다시 찾습니다.",
                at + 1,
                exception.expires
            ));
        }
    }
    for class in config.accounts.0.iter().filter(|class| class.factors.is_empty()) {
        notices.push(format!(
            "알림: accounts.toml의 ‘{}’은 어느 점검의 비중도 정하지 않아 기본값을 씁니다.",
            class.label_ko
        ));
    }
    for year in [today.year(), today.year() + 1] {
        let first = NaiveDate::from_ymd_opt(year, 1, 1);
        if first.is_some_and(|day| !config.holidays.covers(day)) {
            notices.push(format!("알림: 공휴일 표에 {year}년이 없어 그해에는 주말만 휴일로 봅니다."));
        }
    }
    notices
}

/// Names the checks that add no points, now or from a month to come on.
fn in_shadow(store: &Store) -> anyhow::Result<()> {
    for (check, state) in store.latest_checks()? {
        let change = state.change;
        if change.is_shadow {
            let noticed = if state.noticed_by.is_some() { "" } else { " (알림 미확인)" };
            say!(
                "알림: ‘{}’({check})은 {}부터 시험 운영 상태입니다{noticed}: {}",
                label_of(&check),
                change.from,
                change.reason
            );
        }
    }
    Ok(())
}

/// Jobs, fonts, templates, mail, folders and database; gives the store where it opens.
fn environment(config: &Config, folder: &Path, problems: &mut Problems) -> Option<Store> {
    let main = folder.join("ledgerwatch.toml").display().to_string();
    let jobs = job::read_all(&config.jobs());
    if jobs.is_empty() {
        let hint = "`ledgerwatch init 폴더`가 예시(jobs/monthly.toml)를 만듭니다.";
        let place = config.jobs().display().to_string();
        problems.push(Problem::new(place, "작업 파일이 없습니다", "작업 하나 이상", hint));
    }
    for file in jobs {
        if let Err(found) = file.job {
            problems.0.extend(found.0);
        }
    }
    let report = &config.spec.report;
    let fonts = Resources::load(&config.path(&report.font_regular), &config.path(&report.font_bold), &main);
    problems.0.extend(fonts.err().into_iter().flat_map(|found| found.0));
    for kind in [DEPARTMENT_MONTHLY, AUDIT_RESTATEMENT, AUDIT_RULE_SHADOW] {
        problems.0.extend(MailTemplates::load(&kind, config.templates().as_deref()).err());
    }
    let mailer = Mailer::new(&config.mailer_options(), &main);
    problems.0.extend(mailer.err().into_iter().flat_map(|found| found.0));
    if !config.inbox().is_dir() {
        let hint = "폴더를 만들거나 paths.inbox를 고치세요.";
        let found = config.inbox().display().to_string();
        problems.push(Problem::new(format!("{main}: paths.inbox"), found, "있는 수신 폴더", hint));
    }
    let opened = config.database_url().map(|url| Store::open(&url));
    match opened {
        Err(problem) => {
            problems.push(problem);
            None
        }
        Ok(Err(error)) => {
            let cause = std::error::Error::source(&error).map(|c| format!(" ({c})")).unwrap_or_default();
            let hint = "주소와 권한을 확인하세요. PostgreSQL이면 서버가 켜져 있는지 확인하세요.";
            let found = format!("{error}{cause}");
            problems.push(Problem::new(
                format!("{main}: store.database_url"),
                found,
                "열리는 데이터베이스",
                hint,
            ));
            None
        }
        Ok(Ok(store)) => Some(store),
    }
}
