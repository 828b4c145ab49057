//! The mail to audit about months that were reported before and changed.
//!
//! Comes in: the restatement of this run, and those of runs that ended before they could send theirs. Goes out: one outbox
//! row each.
//! Refuses: nothing; without recipients there is no mail, and the restatement stays in the evidence.

use super::super::{Context, read_artifact};
use crate::deliver::MailTemplates;
use crate::deliver::compose::{AUDIT_RESTATEMENT, RestatedMonth, RestatementContext};
use crate::ko;
use crate::ledger::Digest;
use crate::pipeline::intake::{AUDIT, RESTATEMENT, RESTATEMENT_BOOK};
use crate::report::restatement::Restatement;
use crate::store::{Artifact, OutboxRow};

/// Mails to queue.
pub(super) fn mails(context: &Context<'_>) -> anyhow::Result<Vec<OutboxRow>> {
    if context.config.spec.audit.recipients.is_empty() {
        return Ok(Vec::new());
    }
    let templates = MailTemplates::load(&AUDIT_RESTATEMENT, context.config.templates().as_deref())?;
    // This run has not succeeded yet: it is one of them.
    let unfinished = context.store.artifacts_of_unfinished(RESTATEMENT)?;
    unfinished.iter().map(|artifact| compose(context, artifact, &templates)).collect()
}

fn compose(
    context: &Context<'_>,
    artifact: &Artifact,
    templates: &MailTemplates,
) -> anyhow::Result<OutboxRow> {
    let restatement: Restatement = serde_json::from_slice(&read_artifact(&context.config.data(), artifact)?)?;
    let month = |effect: &crate::report::restatement::MonthEffect| RestatedMonth {
        month: ko::month_prose(effect.month),
        before: restatement.currency.display(effect.sum_before),
        after: restatement.currency.display(effect.sum_after),
        difference: restatement.signed(effect.difference()),
    };
    let source =
        |change: &crate::report::restatement::SourceChange| format!("{} ({})", change.source, change.cause());
    let mail = templates.compose(&RestatementContext {
        institution: restatement.institution.clone(),
        reported_until: ko::month_prose(restatement.reported_until),
        n_added: ko::count(restatement.added.len()),
        n_deleted: ko::count(restatement.deleted.len()),
        n_changed: ko::count(restatement.changed.len()),
        months: restatement.months.iter().map(month).collect(),
        sources: restatement.sources.iter().map(source).collect(),
        files: vec![RESTATEMENT_BOOK.to_owned()],
        run_id: restatement.run_id.clone(),
    })?;
    let id =
        Digest::of_parts([AUDIT.as_bytes(), artifact.run_id.as_bytes(), artifact.sha256.as_bytes()]).short();
    let now_ms = context.clock.now().timestamp_millis();
    Ok(OutboxRow {
        message_id: format!("{id}@{}", context.config.spec.mail.domain),
        id,
        run_id: artifact.run_id.clone(),
        department: AUDIT.to_owned(),
        recipients: serde_json::to_string(&context.config.spec.audit.recipients)?,
        subject: mail.subject,
        body_text: mail.text,
        body_html: mail.html,
        attachments: serde_json::to_string(&[RESTATEMENT_BOOK])?,
        status: "queued".to_owned(),
        attempts: 0,
        created_ms: now_ms,
        next_attempt_ms: now_ms,
        sent_ms: None,
        reply: None,
    })
}
