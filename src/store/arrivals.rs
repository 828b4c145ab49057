//! Arrivals: what was seen in the drop folder, by name and version.
//!
//! Comes in: looks at files, and which of them were taken. Goes out: the current version of every name, older ones too.
//! Refuses: another content for a version that was taken, to forget one; two current versions of a name.

use diesel::prelude::*;

use super::schema::{arrivals, inboxes};
use super::{Store, StoreError, on_conn};

/// How far a file has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArrivalState {
    /// Seen, not settled.
    Waiting,
    /// In the archive.
    Taken,
    /// Waiting for too long.
    Stuck,
}

impl ArrivalState {
    /// As stored.
    pub fn token(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Taken => "taken",
            Self::Stuck => "stuck",
        }
    }
}

/// One version of a name, as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = arrivals, primary_key(name, version), treat_none_as_null = true)]
pub struct Arrival {
    /// Path below the drop folder, NFC, with `/`.
    pub name: String,
    /// Rises with every content of this name, from 1.
    pub version: i64,
    /// Size in bytes, the bits of a `u64`.
    pub size_bytes: i64,
    /// Time of the last write, nanoseconds since 1970.
    pub mtime_ns: i64,
    /// Time of the last change of bytes or of the entry, nanoseconds since 1970.
    pub ctime_ns: i64,
    /// Number of the file on its disk, the bits of a `u64`.
    pub inode: i64,
    /// Digest of the beginning and the end of the bytes.
    pub edges: String,
    /// When this version was first seen.
    pub first_seen_ms: i64,
    /// Since when it looks as it does.
    pub last_changed_ms: i64,
    /// `waiting`, `taken` or `stuck`.
    pub state: String,
    /// Why it waits, in Korean.
    pub reason: Option<String>,
    /// SHA-256 of the bytes, once taken.
    pub sha256: Option<String>,
    /// When it was taken.
    pub taken_ms: Option<i64>,
    /// Where the original was moved to, below the drop folder.
    pub moved_to: Option<String>,
    /// 1 for the newest version of a name.
    pub is_current: i64,
}

impl Arrival {
    /// Whether its bytes are in the archive.
    pub fn is_taken(&self) -> bool {
        self.sha256.is_some()
    }

    /// Whether it has waited for too long.
    pub fn is_stuck(&self) -> bool {
        self.state == ArrivalState::Stuck.token()
    }
}

/// Whether the drop folder could be read.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = inboxes, primary_key(inbox), treat_none_as_null = true)]
pub struct InboxState {
    /// The drop folder.
    pub inbox: String,
    /// `open` or `gone`.
    pub state: String,
    /// Since when it is so.
    pub since_ms: i64,
    /// When it was last looked at.
    pub scanned_ms: i64,
    /// Why it could not be read.
    pub reason: Option<String>,
}

impl Store {
    /// The newest version of every name, by name.
    pub fn current_arrivals(&self) -> Result<Vec<Arrival>, StoreError> {
        on_conn!(self, |conn| {
            let current = arrivals::table.filter(arrivals::is_current.eq(1)).order(arrivals::name);
            Ok(current.select(Arrival::as_select()).load(conn)?)
        })
    }

    /// What waits now, by name; the newest version of each.
    pub fn waiting_arrivals(&self) -> Result<Vec<Arrival>, StoreError> {
        on_conn!(self, |conn| {
            let waiting = arrivals::table.filter(arrivals::is_current.eq(1).and(arrivals::sha256.is_null()));
            Ok(waiting.order(arrivals::name).select(Arrival::as_select()).load(conn)?)
        })
    }

    /// Every version of `name`, oldest first.
    pub fn arrival_versions(&self, name: &str) -> Result<Vec<Arrival>, StoreError> {
        on_conn!(self, |conn| {
            let of_name = arrivals::table.filter(arrivals::name.eq(name)).order(arrivals::version);
            Ok(of_name.select(Arrival::as_select()).load(conn)?)
        })
    }

    /// Forgets versions that were never taken, then saves `rows`, all in one transaction.
    /// Each row becomes the current version of its name; where a forgotten one was, the version before it is.
    pub fn save_arrivals(
        &self,
        rows: &[Arrival],
        forgotten: &[(String, i64)],
        now_ms: i64,
    ) -> Result<(), StoreError> {
        on_conn!(self, |conn| {
            for (name, version) in forgotten {
                let waiting = arrivals::table.find((name, version)).filter(arrivals::sha256.is_null());
                if diesel::delete(waiting).execute(conn)? == 1 {
                    diesel::update(arrivals::table.find((name, version - 1)))
                        .set(arrivals::is_current.eq(1))
                        .execute(conn)?;
                }
            }
            for row in rows {
                let this = arrivals::table.find((&row.name, row.version));
                let known: Option<Option<String>> = this.select(arrivals::sha256).first(conn).optional()?;
                let taken_before = known.as_ref().and_then(Option::as_ref);
                if taken_before.is_some() && taken_before != row.sha256.as_ref() {
                    return Err(StoreError::Taken { name: row.name.clone(), version: row.version });
                }
                let others = arrivals::name.eq(&row.name).and(arrivals::version.ne(row.version));
                diesel::update(arrivals::table.filter(others.and(arrivals::is_current.eq(1))))
                    .set(arrivals::is_current.eq(0))
                    .execute(conn)?;
                if known.is_some() {
                    diesel::update(this).set(row).execute(conn)?;
                } else {
                    diesel::insert_into(arrivals::table).values(row).execute(conn)?;
                }
                if let (Some(sha256), None) = (&row.sha256, taken_before) {
                    let detail = serde_json::json!({
                        "sha256": sha256, "size_bytes": row.size_bytes, "version": row.version,
                    });
                    super::audit::insert_audit!(
                        conn,
                        now_ms,
                        "ledgerwatch",
                        "file.taken",
                        &row.name,
                        detail.to_string()
                    );
                }
            }
            Ok(())
        })
    }

    /// Notes whether `inbox` could be read just now (`Some(reason)`: not). Says whether that is news.
    pub fn note_inbox(&self, inbox: &str, gone: Option<&str>, now_ms: i64) -> Result<bool, StoreError> {
        let state = if gone.is_some() { "gone" } else { "open" };
        on_conn!(self, |conn| {
            let known: Option<InboxState> =
                inboxes::table.find(inbox).select(InboxState::as_select()).first(conn).optional()?;
            let is_news = known.as_ref().is_none_or(|known| known.state != state);
            let since_ms = known.as_ref().filter(|_| !is_news).map_or(now_ms, |known| known.since_ms);
            let row = InboxState {
                inbox: inbox.to_owned(),
                state: state.to_owned(),
                since_ms,
                scanned_ms: now_ms,
                reason: gone.map(str::to_owned),
            };
            match known {
                Some(_) => diesel::update(inboxes::table.find(inbox)).set(&row).execute(conn)?,
                None => diesel::insert_into(inboxes::table).values(&row).execute(conn)?,
            };
            // A folder that is there when it is first looked at is not news.
            Ok(is_news && (known.is_some() || gone.is_some()))
        })
    }

    /// How `inbox` was at the last look.
    pub fn inbox_state(&self, inbox: &str) -> Result<Option<InboxState>, StoreError> {
        on_conn!(self, |conn| {
            Ok(inboxes::table.find(inbox).select(InboxState::as_select()).first(conn).optional()?)
        })
    }
}
