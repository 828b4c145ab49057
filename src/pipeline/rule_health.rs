//! Rule health at the end of a scoring: control tests whose alarms are mostly put aside or in order go to shadow.
//!
//! Comes in: the alarms of the month scored, those of the months before and the labels known now, both from the store.
//! Goes out: changes of state from the next month on, and a mail to audit that says why.
//! Refuses: to judge a model, a test in shadow already, a month before one that was reported; what a person brought back
//! is judged by what came after.

use std::collections::BTreeMap;

use crate::config::check::RESERVED_CODE;
use crate::deliver::MailTemplates;
use crate::deliver::compose::{AUDIT_RULE_SHADOW, RuleShadowContext, ShadowedRule};
use crate::detect::health::{self, Excess, Limits, RateKind, Since, Tally};
use crate::detect::{CONTROLS, DETECTORS};
use crate::ko;
use crate::ledger::{CheckChange, Digest, FiscalMonth};
use crate::pipeline::step::Context;
use crate::store::{CheckState, OutboxRow, StepCommit};

/// Adds to `commit` what the alarms in it and those before lead to; says which tests go to shadow.
pub(super) fn watch(context: &Context<'_>, commit: &mut StepCommit) -> anyhow::Result<Vec<String>> {
    let period = context.period;
    if context.store.reported_until(context.run_id)?.is_some_and(|until| until > period) {
        return Ok(Vec::new());
    }
    let limits = context.config.spec.rule_health;
    let now_ms = context.clock.now().timestamp_millis();
    let mut alarms = context.store.alarms(period.offset(1 - limits.months), period.offset(-1))?;
    alarms.extend(commit.alarms.iter().flatten().cloned());
    let labels = context.store.labels_known(now_ms)?;
    let from = period.offset(1);
    let alarms = health::since(&alarms, &labels, &brought_back(&context.store.check_states()?));
    let in_shadow = context.store.shadowed_checks(from)?;
    let mut found: Vec<(CheckChange, Tally)> = Vec::new();
    for (check, tally) in health::by_check(&alarms, &labels) {
        let is_control = CONTROLS.iter().any(|control| control.id() == check);
        let excesses = health::excesses(&tally, &limits);
        if !is_control || in_shadow.contains(&check) || excesses.is_empty() {
            continue;
        }
        let change = CheckChange {
            check,
            is_shadow: true,
            from,
            reason: reason(period, &limits, &excesses),
            by: CheckChange::ITSELF.to_owned(),
            recorded_ms: now_ms,
            run_id: Some(context.run_id.to_owned()),
        };
        found.push((change, tally));
    }
    commit.mails.extend(mail(context, &found, now_ms)?);
    commit.check_changes.extend(found.iter().map(|(change, _)| change.clone()));
    Ok(found.into_iter().map(|(change, _)| change.check).collect())
}

/// By check, since when it is judged anew: the last time that a person said it is live.
pub fn brought_back(states: &[CheckState]) -> BTreeMap<String, Since> {
    let by_people = states.iter().map(|state| &state.change);
    let live = by_people.filter(|change| !change.is_shadow && change.by != CheckChange::ITSELF);
    let since = |change: &CheckChange| Since { from: change.from, recorded_ms: change.recorded_ms };
    live.map(|change| (change.check.clone(), since(change))).collect()
}

/// Name of a check on screen; its id where no check has it any more.
pub fn label_of(check: &str) -> &str {
    DETECTORS.iter().find(|detector| detector.id() == check).map_or(check, |detector| detector.label_ko())
}

/// Why, in one Korean sentence for each rate.
fn reason(period: FiscalMonth, limits: &Limits, excesses: &[Excess]) -> String {
    let first = period.offset(1 - limits.months);
    let sentence = |excess: &Excess| {
        let (what, rate, of) = match excess.kind {
            RateKind::Exclusion => ("제외한 경보", "제외율", "경보"),
            RateKind::False => ("정상으로 확인한 경보", "오탐률", "검토한 경보"),
        };
        format!(
            "{first}부터 {period}까지 {of} {}건 가운데 {} {}건으로, {rate} {}(95% 하한 {})가 한도 {}를 넘었습니다.",
            excess.of,
            ko::josa(what, "이/가"),
            excess.n,
            ko::percent(excess.rate),
            ko::percent(excess.lower),
            ko::percent(excess.limit),
        )
    };
    excesses.iter().map(sentence).collect::<Vec<_>>().join(" ")
}

/// The notice to audit; none without recipients, the state and the audit entry stay.
fn mail(
    context: &Context<'_>,
    found: &[(CheckChange, Tally)],
    now_ms: i64,
) -> anyhow::Result<Option<OutboxRow>> {
    let recipients = &context.config.spec.audit.recipients;
    if found.is_empty() || recipients.is_empty() {
        return Ok(None);
    }
    let templates = MailTemplates::load(&AUDIT_RULE_SHADOW, context.config.templates().as_deref())?;
    let rule = |(change, tally): &(CheckChange, Tally)| ShadowedRule {
        id: change.check.clone(),
        label: label_of(&change.check).to_owned(),
        reason: change.reason.clone(),
        alarmed: tally.alarmed,
        confirmed: tally.confirmed,
        dismissed: tally.dismissed,
        excluded: tally.excluded,
        hours: format!("{:.1}", tally.hours()),
    };
    let from = context.period.offset(1);
    let mail = templates.compose(&RuleShadowContext {
        institution: context.config.spec.institution.name.clone(),
        from: ko::month_prose(from),
        rules: found.iter().map(rule).collect(),
        run_id: context.run_id.to_owned(),
    })?;
    let from = from.to_string();
    let recipients = serde_json::to_string(recipients)?;
    let mut parts = vec!["rule_shadow", context.run_id, from.as_str(), recipients.as_str()];
    parts.extend(found.iter().map(|(change, _)| change.check.as_str()));
    let id = Digest::of_parts(parts.into_iter().map(str::as_bytes)).short();
    Ok(Some(OutboxRow {
        message_id: format!("{id}@{}", context.config.spec.mail.domain),
        id,
        run_id: context.run_id.to_owned(),
        department: RESERVED_CODE.to_owned(),
        recipients,
        subject: mail.subject,
        body_text: mail.text,
        body_html: mail.html,
        attachments: "[]".to_owned(),
        status: "queued".to_owned(),
        attempts: 0,
        created_ms: now_ms,
        next_attempt_ms: now_ms,
        sent_ms: None,
        reply: None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_says_months_counts_share_and_limit() {
        let excess =
            Excess { kind: RateKind::Exclusion, n: 35, of: 40, rate: 0.875, lower: 0.739, limit: 0.5 };
        let limits = Limits { exclusion_rate_max: 0.5, false_rate_max: 0.9, reviewed_min: 20, months: 6 };
        assert_eq!(
            reason("2024-11".parse().unwrap(), &limits, &[excess]),
            "2024-06부터 2024-11까지 경보 40건 가운데 제외한 경보가 35건으로, 제외율 87.5%(95% 하한 73.9%)가 한도 50.0%를 넘었습니다."
        );
    }

    #[test]
    fn only_a_person_brings_a_test_back() {
        let state = |seq: i64, is_shadow: bool, by: &str| CheckState {
            seq,
            change: CheckChange {
                check: "a".to_owned(),
                is_shadow,
                from: "2024-12".parse().unwrap(),
                reason: String::new(),
                by: by.to_owned(),
                recorded_ms: seq,
                run_id: None,
            },
            noticed_by: None,
        };
        let states = [state(1, true, CheckChange::ITSELF), state(2, false, "김"), state(3, true, "이")];
        assert_eq!(brought_back(&states)["a"].recorded_ms, 2);
        assert!(brought_back(&states[..1]).is_empty());
    }
}
