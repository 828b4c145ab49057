//! Step `deliver`: one mail for each department, through the outbox, and one for audit where reported months changed.
//!
//! Comes in: the reports of the run. Goes out: outbox rows, and what became of each.
//! Refuses: to attach a document of another department, to send a mail twice; a row of a known id stays as it is.

mod restatement;

use super::report::period_findings;
use super::{Context, Step, current_intakes, read_artifact};
use crate::deliver::compose::DEPARTMENT_MONTHLY;
use crate::deliver::{MailContext, MailTemplates, TopItem};
use crate::error::{Problem, Problems};
use crate::ko;
use crate::ledger::{Department, Digest};
use crate::pipeline::outbox;
use crate::report::DepartmentView;
use crate::store::{Artifact, OutboxRow, StepCommit};

pub(super) struct Deliver;

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
        let templates = MailTemplates::load(&DEPARTMENT_MONTHLY, context.config.templates().as_deref())?;
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
        let restatements = restatement::mails(context)?;
        let n_restatements = restatements.len();
        rows.extend(restatements);
        let n_new = context.store.enqueue(&rows)?;
        super::super::drill::point(self.id(), "queued");
        context.progress.begin(self.id(), self.label_ko(), Some(rows.len() as u64));
        outbox::send_due(context.config, context.store, context.clock, || context.progress.advance(1))?;
        let mails = context.store.mails_of(context.run_id)?;
        let count = |status: &str| mails.iter().filter(|mail| mail.status == status).count();
        Ok(StepCommit {
            output: serde_json::json!({
                "mails": mails.len(),
                "mails_new": n_new,
                "sent": count("sent"),
                "waiting": count("queued") + count("sending"),
                "dead": count("dead"),
                "restatements": n_restatements,
                "departments_without_recipient": without_recipient,
            }),
            ..StepCommit::default()
        })
    }
}

/// What a department should know about the files of the month.
fn notices(context: &Context<'_>) -> anyhow::Result<Vec<String>> {
    let intake = current_intakes(context)?;
    let refused =
        intake.iter().filter_map(|file| file.refused.as_ref().map(|problem| (&file.source, problem)));
    let mut notices: Vec<String> = refused
        .map(|(name, problem)| format!("‘{name}’ 파일을 읽지 않았습니다: {}", problem.found))
        .collect();
    for file in intake.iter().filter(|file| file.refused.is_none()) {
        for (sheet, problem) in file.sheets.iter().filter_map(|s| Some((&s.name, s.refused.as_ref()?))) {
            let (source, found) = (&file.source, &problem.found);
            notices.push(format!("‘{source}’ 파일의 ‘{sheet}’ 부분을 읽지 못했습니다: {found}"));
        }
    }
    for (file, overlap) in intake.iter().flat_map(|file| file.overlaps.iter().map(move |o| (file, o))) {
        notices.push(format!(
            "‘{}’ 파일의 {}행이 ‘{}’에도 있습니다. 두 번 더해졌을 수 있습니다.",
            file.source, overlap.common, overlap.source
        ));
    }
    let read = intake.iter().filter(|file| file.refused.is_none());
    let n_kept: u64 = read.map(|file| file.quarantined).sum();
    if n_kept > 0 {
        notices.push(format!(
            "읽지 못해 보류한 행이 {n_kept}개 있습니다. 보고서의 ‘자료 접수 현황’을 확인하세요."
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
        n_cases: view.cases(),
        flagged: view.flagged(),
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
        case: view.case_sum(finding).unwrap_or_default(),
        score: format!("{:.1}", finding.score),
        severity: finding.severity.label_ko().to_owned(),
        reasons: finding.reasons.iter().map(|reason| reason.text.clone()).collect(),
    };
    view.findings.iter().take(TOP_IN_MAIL).map(item).collect()
}
