//! Step `archive`: the run is sealed as evidence and listed in the log.
//!
//! Comes in: everything the run left. Goes out: a bundle and a log entry.
//! Refuses: an artifact that was changed since it was made.

use super::{Context, Step, current_intakes, read_artifact};
use crate::error::{Problem, Problems};
use crate::evidence::{self, BundleInput, Entry, Item};
use crate::lake;
use crate::ledger::LakeKind;
use crate::store::{Artifact, StepCommit};

pub(super) struct Archive;

impl Step for Archive {
    fn id(&self) -> &'static str {
        "archive"
    }

    fn label_ko(&self) -> &'static str {
        "증적 보관"
    }

    fn check_options(&self, options: &toml::Table, place: &str, problems: &mut Problems) {
        for key in options.keys() {
            let hint = "이 단계에는 고를 것이 없습니다. 이 줄을 지우세요.";
            problems.push(Problem::new(format!("{place}.{key}"), key.as_str(), "빈 표", hint));
        }
    }

    fn run(&self, context: &Context<'_>) -> anyhow::Result<StepCommit> {
        let data = context.config.data();
        context.progress.begin(self.id(), self.label_ko(), None);
        let mut items = config_items(context);
        for artifact in context.store.artifacts_of(context.run_id)? {
            if artifact.kind == "bundle" {
                continue;
            }
            let bytes = read_artifact(&data, &artifact)?;
            items.push(Item { name: artifact.name, role: artifact.kind, bytes });
        }
        let scores = context.store.current_lake_files(LakeKind::Scores, context.period, context.period)?;
        for file in scores.iter().filter(|file| file.source == context.job.name) {
            let bytes = lake::read_bytes(&data, file)?;
            items.push(Item { name: "scores.parquet".to_owned(), role: "scores".to_owned(), bytes });
        }
        let json = |name: &str, role: &str, value: serde_json::Value| -> anyhow::Result<Item> {
            let bytes = serde_json::to_vec_pretty(&value)?;
            Ok(Item { name: name.to_owned(), role: role.to_owned(), bytes })
        };
        let intake = serde_json::to_value(current_intakes(context)?)?;
        items.push(json("intake.json", "intake", intake)?);
        items.push(json("deliveries.json", "deliveries", deliveries(context)?)?);
        let input = BundleInput {
            run_id: context.run_id.to_owned(),
            job: context.job.name.clone(),
            period: context.period.to_string(),
            created: context.created.to_rfc3339(),
            inputs: originals(context)?,
            items,
        };
        let sealed = evidence::seal(&data, &input)?;
        let entry = Entry {
            version: "1".to_owned(),
            run_id: input.run_id,
            job: input.job,
            period: input.period,
            created: input.created,
            bundle: sealed.name.clone(),
            bundle_sha256: sealed.sha256,
        };
        let checkpoint = evidence::log::append(&data, &context.config.spec.evidence.origin, &entry)?;
        Ok(StepCommit {
            output: serde_json::json!({
                "bundle": sealed.name,
                "bundle_sha256": sealed.sha256,
                "log_size": checkpoint.size,
                "log_root": checkpoint.root,
            }),
            artifacts: vec![Artifact {
                run_id: context.run_id.to_owned(),
                path: format!("evidence/bundles/{}", sealed.name),
                name: sealed.name,
                kind: "bundle".to_owned(),
                department: String::new(),
                media_type: "application/zip".to_owned(),
                sha256: sealed.sha256.to_string(),
                size_bytes: i64::try_from(sealed.size_bytes)?,
            }],
            ..StepCommit::default()
        })
    }
}

/// Configuration, mappings and the job file as used.
fn config_items(context: &Context<'_>) -> Vec<Item> {
    let item =
        |name: String, text: &str| Item { name, role: "config".to_owned(), bytes: text.as_bytes().to_vec() };
    let files = context.config.files.iter();
    let mut items: Vec<Item> = files.map(|(name, text)| item(format!("config/{name}"), text)).collect();
    items.push(item(format!("jobs/{}.toml", context.job.name), &context.job.text));
    items
}

/// What was sent to whom, without the words of the mails (they are made of the reports).
fn deliveries(context: &Context<'_>) -> anyhow::Result<serde_json::Value> {
    let mails = context.store.mails_of(context.run_id)?;
    let mail = |mail: &crate::store::OutboxRow| {
        serde_json::json!({
            "id": mail.id,
            "department": mail.department,
            "recipients": mail.recipients,
            "subject": mail.subject,
            "message_id": mail.message_id,
            "attachments": mail.attachments,
            "status": mail.status,
        })
    };
    Ok(serde_json::Value::Array(mails.iter().map(mail).collect()))
}

/// Files of the run whose bytes are in the archive.
fn originals(context: &Context<'_>) -> anyhow::Result<Vec<(String, crate::ledger::Digest)>> {
    let data = context.config.data();
    let mut originals = Vec::new();
    for file in &context.inputs.files {
        if evidence::archive::path(&data, &file.sha256).try_exists()? {
            originals.push((file.name.clone(), file.sha256));
        }
    }
    Ok(originals)
}
