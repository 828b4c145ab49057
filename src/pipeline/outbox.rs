//! The outbox pump: mails that are due go out, whoever queued them and whenever they became due.
//!
//! Comes in: outbox rows. Goes out: each row settled. Step `deliver` calls it for its own mails, the daemon at every look.
//! Refuses: to attach a document of another department, to take over a mail that another process may be sending.

use chrono::Duration;

use super::steps::read_artifact;
use crate::clock::Clock;
use crate::config::Config;
use crate::deliver::{Attachment, Mailer, Outgoing};
use crate::store::{OutboxRow, Store};

/// Attempts before a mail is given up: with the waits below about five days.
const ATTEMPTS_MAX: i64 = 60;
/// Waits double from a minute to two hours.
const WAIT_MINUTES_MAX: i64 = 120;
/// A server may take ten minutes over one mail; a row in `sending` for longer was left by a process that died.
const SENDING_MS_MAX: i64 = 15 * 60 * 1000;

/// Sends what is due; each mail is settled in the store before the next is taken.
pub fn send_due(config: &Config, store: &Store, clock: &dyn Clock, on_each: impl Fn()) -> anyhow::Result<()> {
    let mailer = Mailer::new(&config.mailer_options(), "ledgerwatch.toml")?;
    // The lock on the data folder says that no other process uses this SQLite file.
    let stale_after_ms = if store.kind() == "sqlite" { 0 } else { SENDING_MS_MAX };
    loop {
        let now = clock.now();
        let now_ms = now.timestamp_millis();
        let Some(row) = store.take_mail(now_ms, now_ms - stale_after_ms)? else { return Ok(()) };
        let mail = outgoing(config, store, &row)?;
        match mailer.send(&mail) {
            Ok(reply) => store.mail_sent(&row.id, &reply, clock.now().timestamp_millis())?,
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
fn outgoing(config: &Config, store: &Store, row: &OutboxRow) -> anyhow::Result<Outgoing> {
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
            bytes: read_artifact(&config.data(), artifact)?,
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
