//! The outbox: a mail is a row before it is a message.
//!
//! Comes in: composed mails by a deterministic id. Goes out: what is to be sent.
//! Refuses: a second row of the same id, so that a report goes out once however often its step runs; a word about a
//! mail that nobody is sending, so that a late timeout cannot send it again. A row found in `sending` after a crash is sent again under the same Message-ID: a possible duplicate is recognisable.

use diesel::prelude::*;

use super::schema::outbox;
use super::{Store, StoreError, on_conn};

/// A mail as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = outbox)]
pub struct OutboxRow {
    /// Deterministic id: what is sent to whom.
    pub id: String,
    /// Run that queued it.
    pub run_id: String,
    /// Department code.
    pub department: String,
    /// Addresses as a JSON list.
    pub recipients: String,
    /// Subject.
    pub subject: String,
    /// Plain text.
    pub body_text: String,
    /// HTML.
    pub body_html: String,
    /// Names of artifacts of the run, as a JSON list.
    pub attachments: String,
    /// Message-ID without angle brackets.
    pub message_id: String,
    /// `queued`, `sending`, `sent` or `dead`.
    pub status: String,
    /// Attempts so far.
    pub attempts: i64,
    /// When it was queued.
    pub created_ms: i64,
    /// Not before this time.
    pub next_attempt_ms: i64,
    /// When the server took it.
    pub sent_ms: Option<i64>,
    /// The server's last reply.
    pub reply: Option<String>,
}

macro_rules! insert_mails {
    ($conn:expr, $rows:expr) => {{
        let mut added = 0;
        for row in $rows {
            let is_new = diesel::insert_into($crate::store::schema::outbox::table)
                .values(row)
                .on_conflict_do_nothing()
                .execute($conn)?;
            if is_new == 0 {
                continue;
            }
            added += is_new;
            $crate::store::audit::insert_audit!(
                $conn,
                row.created_ms,
                "ledgerwatch",
                "mail.queued",
                &row.id,
                &row.department
            );
        }
        added
    }};
}
pub(super) use insert_mails;

impl Store {
    /// Queues `rows` in one transaction; rows of a known id stay as they are. Says how many are new.
    pub fn enqueue(&self, rows: &[OutboxRow]) -> Result<usize, StoreError> {
        on_conn!(self, |conn| {
            let added: usize = insert_mails!(conn, rows);
            Ok(added)
        })
    }

    /// Takes the next mail to send: queued and due, or left in `sending` since before `stale_before_ms`.
    pub fn take_mail(&self, now_ms: i64, stale_before_ms: i64) -> Result<Option<OutboxRow>, StoreError> {
        on_conn!(self, |conn| loop {
            let due = outbox::status.eq("queued").and(outbox::next_attempt_ms.le(now_ms));
            let stale = outbox::status.eq("sending").and(outbox::next_attempt_ms.le(stale_before_ms));
            let next: Option<OutboxRow> = outbox::table
                .filter(due.or(stale))
                .order((outbox::next_attempt_ms, outbox::id))
                .select(OutboxRow::as_select())
                .first(conn)
                .optional()?;
            let Some(mut row) = next else { break Ok::<_, StoreError>(None) };
            let taken = outbox::table.find(&row.id).filter(outbox::attempts.eq(row.attempts));
            let changed = diesel::update(taken)
                .set((
                    outbox::status.eq("sending"),
                    outbox::attempts.eq(outbox::attempts + 1),
                    outbox::next_attempt_ms.eq(now_ms),
                ))
                .execute(conn)?;
            if changed == 1 {
                "sending".clone_into(&mut row.status);
                row.attempts += 1;
                row.next_attempt_ms = now_ms;
                break Ok(Some(row));
            }
            // Another sender was quicker: look again.
        })
    }

    /// The server took it.
    pub fn mail_sent(&self, id: &str, reply: &str, now_ms: i64) -> Result<(), StoreError> {
        self.settle_mail(id, "sent", Some(now_ms), now_ms, reply, now_ms)
    }

    /// It did not work this time; try again at `next_ms`.
    pub fn mail_retry(&self, id: &str, reply: &str, next_ms: i64, now_ms: i64) -> Result<(), StoreError> {
        self.settle_mail(id, "queued", None, next_ms, reply, now_ms)
    }

    /// It will not work; a person must look.
    pub fn mail_dead(&self, id: &str, reply: &str, now_ms: i64) -> Result<(), StoreError> {
        self.settle_mail(id, "dead", None, now_ms, reply, now_ms)
    }

    fn settle_mail(
        &self,
        id: &str,
        status: &str,
        sent_ms: Option<i64>,
        next_ms: i64,
        reply: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        on_conn!(self, |conn| {
            let taken = outbox::table.find(id).filter(outbox::status.eq("sending"));
            let changed = diesel::update(taken)
                .set((
                    outbox::status.eq(status),
                    outbox::sent_ms.eq(sent_ms),
                    outbox::next_attempt_ms.eq(next_ms),
                    outbox::reply.eq(Some(reply)),
                ))
                .execute(conn)?;
            if changed != 1 {
                let found: Option<String> =
                    outbox::table.find(id).select(outbox::status).first(conn).optional()?;
                let found = found.unwrap_or_else(|| "unknown".to_owned());
                return Err(StoreError::NotSending { id: id.to_owned(), found });
            }
            super::audit::insert_audit!(conn, now_ms, "ledgerwatch", &format!("mail.{status}"), id, reply);
            Ok(())
        })
    }

    /// Mails queued by a run, by department.
    pub fn mails_of(&self, run_id: &str) -> Result<Vec<OutboxRow>, StoreError> {
        on_conn!(self, |conn| {
            let of_run =
                outbox::table.filter(outbox::run_id.eq(run_id)).order((outbox::department, outbox::id));
            Ok(of_run.select(OutboxRow::as_select()).load(conn)?)
        })
    }
}
