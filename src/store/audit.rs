//! Audit entries: who did what when, in sequence.
//!
//! Comes in: one entry at a time, most of them within another transaction. Goes out: entries in sequence.
//! Refuses: change and removal; there is no call for either.

use diesel::prelude::*;

use super::schema::audit;
use super::{Store, StoreError, on_conn};

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = audit)]
pub struct AuditEntry {
    /// Position; order is by this, never by time.
    pub seq: i64,
    /// When, by the clock of the writer.
    pub at_ms: i64,
    /// Who: `ledgerwatch` or a user.
    pub actor: String,
    /// What, such as `step.score`.
    pub action: String,
    /// On what, such as a run id.
    pub subject: String,
    /// More, as text or JSON.
    pub detail: String,
}

macro_rules! insert_audit {
    ($conn:expr, $at_ms:expr, $actor:expr, $action:expr, $subject:expr, $detail:expr) => {
        diesel::insert_into($crate::store::schema::audit::table)
            .values((
                $crate::store::schema::audit::at_ms.eq($at_ms),
                $crate::store::schema::audit::actor.eq($actor),
                $crate::store::schema::audit::action.eq($action),
                $crate::store::schema::audit::subject.eq($subject),
                $crate::store::schema::audit::detail.eq($detail),
            ))
            .execute($conn)?
    };
}
pub(super) use insert_audit;

impl Store {
    /// Adds an entry on its own.
    pub fn audit(
        &self,
        actor: &str,
        action: &str,
        subject: &str,
        detail: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        on_conn!(self, |conn| {
            insert_audit!(conn, now_ms, actor, action, subject, detail);
            Ok(())
        })
    }

    /// The entries after `seq`, at most `limit`.
    pub fn audit_after(&self, seq: i64, limit: i64) -> Result<Vec<AuditEntry>, StoreError> {
        on_conn!(self, |conn| {
            let later = audit::table.filter(audit::seq.gt(seq)).order(audit::seq).limit(limit);
            Ok(later.select(AuditEntry::as_select()).load(conn)?)
        })
    }
}
