//! A look as a row of the store, and back.
//!
//! Comes in: looks and rows. Goes out: rows and what they say. Refuses: nothing; a row that cannot be read back makes
//! its file look changed, so that it is looked at anew.

use super::decide::Times;
use super::decide::{Reason, Seen, is_stuck};
use super::look::{Look, Stat};
use crate::ledger::Digest;
use crate::store::{Arrival, ArrivalState};

/// The stat a row holds.
pub(super) fn stat_of(row: &Arrival) -> Stat {
    Stat {
        size_bytes: row.size_bytes.cast_unsigned(),
        mtime_ns: row.mtime_ns,
        ctime_ns: row.ctime_ns,
        inode: row.inode.cast_unsigned(),
    }
}

/// What a row says an earlier look saw.
pub(super) fn seen_of(row: &Arrival) -> Option<Seen> {
    let edges: Digest = row.edges.parse().ok()?;
    Some(Seen {
        stat: stat_of(row),
        edges,
        first_seen_ms: row.first_seen_ms,
        last_changed_ms: row.last_changed_ms,
    })
}

/// The row of a file seen now. `known` is the current row of its name: a waiting one goes on, after a taken one a new
/// version begins.
pub(super) fn row_of(
    name: &str,
    known: Option<&Arrival>,
    look: &Look,
    changed_ms: i64,
    now_ms: i64,
) -> Arrival {
    let (version, first_seen_ms) = match known {
        Some(row) if row.is_taken() => (row.version + 1, now_ms),
        Some(row) => (row.version, row.first_seen_ms),
        None => (1, now_ms),
    };
    Arrival {
        name: name.to_owned(),
        version,
        size_bytes: look.stat.size_bytes.cast_signed(),
        mtime_ns: look.stat.mtime_ns,
        ctime_ns: look.stat.ctime_ns,
        inode: look.stat.inode.cast_signed(),
        edges: look.edges.to_string(),
        first_seen_ms,
        last_changed_ms: changed_ms,
        state: ArrivalState::Waiting.token().to_owned(),
        reason: None,
        sha256: None,
        taken_ms: None,
        moved_to: None,
        is_current: 1,
    }
}

/// Marks `row` as waiting for `reason`, or as stuck when that has lasted too long.
pub(super) fn wait(row: &mut Arrival, reason: &Reason, now_ms: i64, times: &Times) {
    let state = match is_stuck(row.first_seen_ms, now_ms, times) {
        true => ArrivalState::Stuck,
        false => ArrivalState::Waiting,
    };
    state.token().clone_into(&mut row.state);
    row.reason = Some(reason.text_ko());
}

/// Marks `row` as taken.
pub(super) fn taken(row: &mut Arrival, digest: &Digest, now_ms: i64) {
    ArrivalState::Taken.token().clone_into(&mut row.state);
    row.reason = None;
    row.sha256 = Some(digest.to_string());
    row.taken_ms = Some(now_ms);
}

/// `older` as it is found now: the same bytes in a file that was only touched, copied anew or renamed back.
pub(super) fn touched(older: &Arrival, now: &Arrival) -> Arrival {
    Arrival {
        size_bytes: now.size_bytes,
        mtime_ns: now.mtime_ns,
        ctime_ns: now.ctime_ns,
        inode: now.inode,
        edges: now.edges.clone(),
        last_changed_ms: now.last_changed_ms,
        moved_to: None,
        is_current: 1,
        ..older.clone()
    }
}
