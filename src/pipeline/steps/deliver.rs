//! Step `deliver`: one mail for each department, through the outbox.
//!
//! Comes in: the reports of the run. Goes out: outbox rows, and what became of each.
//! Refuses: to attach a document of another department, to send a mail twice; a row of a known id stays as it is.

use chrono::Duration;

use super::report::period_findings;
use super::{Context, Step, read_artifact};
use crate::deliver::{Attachment, MailContext, MailTemplates, Mailer, Outgoing, TopItem};
use crate::error::{Problem, Problems};
use crate::ko;
use crate::ledger::{Department, Digest};
use crate::report::DepartmentView;
use crate::store::{Artifact, OutboxRow, StepCommit, Store};

pub(super) struct Deliver;

/// Attempts before a mail is given up: with the waits below about five days.
const ATTEMPTS_MAX: i64 = 60;
/// Waits double from a minute to two hours.
const WAIT_MINUTES_MAX: i64 = 120;
/// Findings named in the mail itself.
const TOP_IN_MAIL: usize = 3;

impl Step for Deliver {
    fn id(&self) -> &'static str {
        "deliver"
    }

    fn label_ko(&self) -> &'static str {
        "발송"
    }

    fn check_options(&self, options: &toml::Table, place: &str, problems: &mut Problems) {
        for key in options.keys() {
            let hint = "이 단계에는 고를 것이 없습니다. 이 줄을 지우세요.";
            problems.push(Problem::new(format!("{place}.{key}"), key.as_str(), "빈 표", hint));
        }
    }

    fn run(&self, context: &Context<'_>) -> anyhow::Result<StepCommit> {
        let templates = MailTemplates::load(context.config.templates().as_deref())?;
        let mailer = Mailer::new(&context.config.mailer_options(), "ledgerwatch.toml")?;
        let artifacts = context.store.artifacts_of(context.run_id)?;
        let notices = notices(context)?;
        period_findings(context)?;
        let mut rows = Vec::new();
        let mut without_recipient = Vec::new();
        for department in context.config.departments.iter() {
            if department.recipients.is_empty() {
                without_recipient.push(department.name.clone());
                continue;
            }
            rows.push(compose(context, department, &artifacts, &templates, &notices)?);
        }
        let n_new = context.store.enqueue(&rows)?;
        super::super::drill::point(self.id(), "queued");
        context.progress.begin(self.id(), self.label_ko(), Some(rows.len() as u64));
        send_due(context.store, &mailer, context, || context.progress.advance(1))?;
        let mails = context.store.mails_of(context.run_id)?;
        let count = |status: &str| mails.iter().filter(|mail| mail.status == status).count();
        Ok(StepCommit {
            output: serde_json::json!({
                "mails": mails.len(),
                "mails_new": n_new,
                "sent": count("sent"),
                "waiting": count("queued") + count("sending"),
                "dead": count("dead"),
                "departments_without_recipient": without_recipient,
            }),
            ..StepCommit::default()
        })
    }
}

/// What a department should know about the files of the month.
fn notices(context: &Context<'_>) -> anyhow::Result<Vec<String>> {
    let intake = context.store.current_intakes()?;
    let refused =
        intake.iter().filter_map(|file| file.refused.as_ref().map(|problem| (&file.source, problem)));
    let mut notices: Vec<String> = refused
        .map(|(name, problem)| format!("‘{name}’ 파일을 읽지 않았습니다: {}", problem.found))
        .collect();
    let n_kept: u64 = intake.iter().map(|file| file.quarantined).sum();
    if n_kept > 0 {
        notices.push(format!(
            "읽지 못해 보류한 행이 {n_kept}개 있습니다. 보고서의 ‘파일 접수 현황’을 확인하세요."
        ));
    }
    Ok(notices)
}

fn compose(
    context: &Context<'_>,
    department: &Department,
    artifacts: &[Artifact],
    templates: &MailTemplates,
    notices: &[String],
) -> anyhow::Result<OutboxRow> {
    let mine: Vec<&Artifact> = artifacts.iter().filter(|a| a.department == department.code).collect();
    let view = mine.iter().find(|artifact| artifact.kind == "view");
    let view = view.ok_or_else(|| anyhow::anyhow!("no report of department {}", department.code))?;
    let view: DepartmentView = serde_json::from_slice(&read_artifact(&context.config.data(), view)?)?;
    let reports: Vec<&&Artifact> = mine.iter().filter(|artifact| artifact.kind == "report").collect();
    let file_name = |artifact: &&&Artifact| artifact.name.trim_start_matches("reports/").to_owned();
    let mail = templates.compose(&MailContext {
        institution: view.institution.clone(),
        department: department.name.clone(),
        period: ko::month_prose(view.period),
        n_payments: ko::count(usize::try_from(view.n_payments)?),
        total: view.currency.display(view.total),
        n_flagged: view.n_flagged,
        top: top(&view),
        checked: view.checked(),
        notices: notices.to_vec(),
        files: reports.iter().map(file_name).collect(),
        run_id: context.run_id.to_owned(),
    })?;
    let recipients = serde_json::to_string(&department.recipients)?;
    let names: Vec<&str> = reports.iter().map(|artifact| artifact.name.as_str()).collect();
    let period = context.period.to_string();
    let digests: Vec<&str> = reports.iter().map(|artifact| artifact.sha256.as_str()).collect();
    let id = Digest::of_parts([
        context.job.name.as_bytes(),
        period.as_bytes(),
        department.code.as_bytes(),
        recipients.as_bytes(),
        digests.concat().as_bytes(),
    ])
    .short();
    let now_ms = context.clock.now().timestamp_millis();
    Ok(OutboxRow {
        message_id: format!("{id}@{}", context.config.spec.mail.domain),
        id,
        run_id: context.run_id.to_owned(),
        department: department.code.clone(),
        recipients,
        subject: mail.subject,
        body_text: mail.text,
        body_html: mail.html,
        attachments: serde_json::to_string(&names)?,
        status: "queued".to_owned(),
        attempts: 0,
        created_ms: now_ms,
        next_attempt_ms: now_ms,
        sent_ms: None,
        reply: None,
    })
}

fn top(view: &DepartmentView) -> Vec<TopItem> {
    let item = |finding: &crate::ledger::Finding| TopItem {
        date: finding.expenditure.date.to_string(),
        vendor: finding.expenditure.vendor.clone(),
        amount: view.currency.display(finding.expenditure.amount),
        score: format!("{:.1}", finding.score),
        severity: finding.severity.label_ko().to_owned(),
        reasons: finding.reasons.iter().map(|reason| reason.text.clone()).collect(),
    };
    view.findings.iter().take(TOP_IN_MAIL).map(item).collect()
}

/// Sends what is due; each mail is settled in the store before the next is taken.
fn send_due(store: &Store, mailer: &Mailer, context: &Context<'_>, on_each: impl Fn()) -> anyhow::Result<()> {
    loop {
        let now = context.clock.now();
        let now_ms = now.timestamp_millis();
        // A row in `sending` belongs to a process that died: one daemon works on a data folder at a time.
        let Some(row) = store.take_mail(now_ms, now_ms)? else { return Ok(()) };
        let mail = outgoing(store, context, &row)?;
        match mailer.send(&mail) {
            Ok(reply) => store.mail_sent(&row.id, &reply, context.clock.now().timestamp_millis())?,
            Err(error) if error.is_permanent || row.attempts >= ATTEMPTS_MAX => {
                tracing::error!(mail = row.id, department = row.department, "mail given up");
                store.mail_dead(&row.id, &error.reply, now_ms)?;
            }
            Err(error) => {
                let doubled = 1_i64 << (row.attempts - 1).clamp(0, 10);
                let next = now + Duration::minutes(doubled.min(WAIT_MINUTES_MAX));
                store.mail_retry(&row.id, &error.reply, next.timestamp_millis(), now_ms)?;
            }
        }
        on_each();
    }
}

/// The mail of a row, with the documents it names: all of them the department's own.
fn outgoing(store: &Store, context: &Context<'_>, row: &OutboxRow) -> anyhow::Result<Outgoing> {
    let names: Vec<String> = serde_json::from_str(&row.attachments)?;
    let artifacts = store.artifacts_of(&row.run_id)?;
    let mut attachments = Vec::new();
    for name in names {
        let artifact = artifacts.iter().find(|artifact| artifact.name == name);
        let artifact = artifact.ok_or_else(|| anyhow::anyhow!("attachment {name} is missing"))?;
        anyhow::ensure!(
            artifact.department == row.department,
            "attachment {name} belongs to department {}, not {}",
            artifact.department,
            row.department
        );
        attachments.push(Attachment {
            name: name.trim_start_matches("reports/").to_owned(),
            media_type: artifact.media_type.clone(),
            bytes: read_artifact(&context.config.data(), artifact)?,
        });
    }
    Ok(Outgoing {
        id: row.id.clone(),
        department: row.department.clone(),
        recipients: serde_json::from_str(&row.recipients)?,
        subject: row.subject.clone(),
        text: row.body_text.clone(),
        html: row.body_html.clone(),
        attachments,
        message_id: row.message_id.clone(),
        date: chrono::DateTime::from_timestamp_millis(row.created_ms).unwrap_or_default(),
    })
}
