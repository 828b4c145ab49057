//! Whether a file has settled: the rule, without a disk or a clock.
//!
//! Comes in: what was known of a file, the look just taken, the time. Goes out: settled, or why it waits.
//! Refuses: a file that looked otherwise less than the settle time ago, or that cannot be whole.

use super::look::{Look, Shape, Stat};
use crate::ledger::Digest;

/// Times of the rule, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// Two looks this far apart must be equal.
    pub settle_ms: i64,
    /// A file nobody touched for this long is settled at the first look. Longer than the settle time, because the
    /// clock of a network share and ours may differ.
    pub old_after_ms: i64,
    /// A file that waits for this long is stuck.
    pub stuck_after_ms: i64,
}

/// What an earlier look saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its stat.
    pub stat: Stat,
    /// Its ends.
    pub edges: Digest,
    /// When this version was first seen.
    pub first_seen_ms: i64,
    /// Since when it looks so.
    pub last_changed_ms: i64,
}

/// Why a file waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It has not looked the same for long enough.
    Settling,
    /// It changed since the last look, or while it was read.
    Changing,
    /// It has no bytes.
    Empty,
    /// It has room that was not filled.
    Unfilled,
    /// It is a ZIP without its end.
    NoZipEnd,
    /// It is over the limit.
    TooLarge,
    /// Another program has locked it.
    Locked,
    /// The archive holds the same content, and that copy was changed.
    Damaged,
    /// It does not open.
    Unreadable(String),
}

impl Reason {
    /// For people.
    pub fn text_ko(&self) -> String {
        let text = match self {
            Self::Settling => "복사가 끝났는지 지켜보는 중입니다",
            Self::Changing => "내용이 아직 바뀌고 있습니다",
            Self::Empty => "빈 파일(0바이트)입니다",
            Self::Unfilled => "끝부분이 아직 채워지지 않았습니다",
            Self::NoZipEnd => "파일의 끝부분이 없습니다(복사가 덜 끝났거나 잘린 파일)",
            Self::TooLarge => "1GiB보다 큰 파일은 받지 않습니다",
            Self::Locked => "다른 프로그램이 잠근 파일입니다",
            Self::Damaged => {
                "보관소에 있는 같은 내용의 원본이 손상되었습니다. `ledgerwatch evidence verify`로 확인하세요"
            }
            Self::Unreadable(error) => return format!("열 수 없습니다({error})"),
        };
        text.to_owned()
    }
}

/// What the rule says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may be copied.
    Settled,
    /// It waits; `settles_ms` says when it will have settled if it stays as it is, where time alone can do that.
    Waits {
        /// Why.
        reason: Reason,
        /// When to look again.
        settles_ms: Option<i64>,
    },
}

/// Since when the file looks as it does now.
pub fn changed_ms(known: Option<&Seen>, look: &Look, now_ms: i64) -> i64 {
    match known {
        // A clock that was set back says nothing about how long ago that was.
        Some(seen) if is_same(seen, look) && seen.last_changed_ms <= now_ms => seen.last_changed_ms,
        _ => now_ms,
    }
}

/// Whether `look` shows a settled file.
pub fn decide(known: Option<&Seen>, look: &Look, now_ms: i64, times: &Times) -> Verdict {
    let reason = match look.shape {
        Shape::Whole => None,
        Shape::Empty => Some(Reason::Empty),
        Shape::Unfilled => Some(Reason::Unfilled),
        Shape::NoZipEnd => Some(Reason::NoZipEnd),
        Shape::TooLarge => Some(Reason::TooLarge),
    };
    if let Some(reason) = reason {
        return Verdict::Waits { reason, settles_ms: None };
    }
    let settles_ms = changed_ms(known, look, now_ms) + times.settle_ms;
    let is_settled = match known {
        Some(seen) => is_same(seen, look) && settles_ms <= now_ms,
        None => {
            let newest_ms = look.stat.mtime_ns.max(look.stat.ctime_ns).div_euclid(1_000_000);
            newest_ms.saturating_add(times.old_after_ms) <= now_ms
        }
    };
    if is_settled {
        return Verdict::Settled;
    }
    let is_change = known.is_some_and(|seen| !is_same(seen, look));
    let reason = if is_change { Reason::Changing } else { Reason::Settling };
    Verdict::Waits { reason, settles_ms: Some(settles_ms) }
}

/// Whether a file first seen at `first_seen_ms` has waited too long.
pub fn is_stuck(first_seen_ms: i64, now_ms: i64, times: &Times) -> bool {
    now_ms - first_seen_ms >= times.stuck_after_ms
}

fn is_same(seen: &Seen, look: &Look) -> bool {
    seen.stat == look.stat && seen.edges == look.edges
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMES: Times = Times { settle_ms: 5_000, old_after_ms: 60_000, stuck_after_ms: 1_800_000 };
    const T: i64 = 1_700_000_000_000;

    fn look_at(ms: i64) -> Look {
        let stat = Stat { size_bytes: 10, mtime_ns: ms * 1_000_000, ctime_ns: ms * 1_000_000, inode: 7 };
        Look { stat, edges: Digest::of(b"x"), shape: Shape::Whole }
    }

    fn seen(look: &Look) -> Seen {
        Seen { stat: look.stat, edges: look.edges, first_seen_ms: T, last_changed_ms: T }
    }

    #[test]
    fn two_equal_looks_settle_at_the_settle_time_and_not_before() {
        let look = look_at(T);
        let known = seen(&look);
        let waits = Verdict::Waits { reason: Reason::Settling, settles_ms: Some(T + 5_000) };
        assert_eq!(decide(Some(&known), &look, T + 4_999, &TIMES), waits);
        assert_eq!(decide(Some(&known), &look, T + 5_000, &TIMES), Verdict::Settled);
    }

    #[test]
    fn every_part_of_a_look_must_be_equal() {
        let look = look_at(T);
        let known = seen(&look);
        let stat = |stat: Stat| Look { stat, ..look };
        for other in [
            stat(Stat { size_bytes: 11, ..look.stat }),
            stat(Stat { mtime_ns: look.stat.mtime_ns + 1, ..look.stat }),
            stat(Stat { ctime_ns: look.stat.ctime_ns + 1, ..look.stat }),
            stat(Stat { inode: 8, ..look.stat }),
            Look { edges: Digest::of(b"y"), ..look },
        ] {
            let now = T + 1_000_000;
            let waits = Verdict::Waits { reason: Reason::Changing, settles_ms: Some(now + 5_000) };
            assert_eq!(decide(Some(&known), &other, now, &TIMES), waits);
            assert_eq!(changed_ms(Some(&known), &other, now), now);
        }
        assert_eq!(changed_ms(Some(&known), &look, T + 9), T);
    }

    #[test]
    fn the_first_look_settles_only_what_nobody_touched_for_long() {
        let at = |mtime: i64, ctime: i64| {
            let stat = Stat {
                mtime_ns: (T + mtime) * 1_000_000,
                ctime_ns: (T + ctime) * 1_000_000,
                ..look_at(T).stat
            };
            decide(None, &Look { stat, ..look_at(T) }, T, &TIMES) == Verdict::Settled
        };
        assert!(at(-60_000, -60_000));
        assert!(!at(-60_000, -59_999) && !at(-59_999, -60_000));
        // A copy that keeps its time of writing; a clock that runs ahead.
        assert!(!at(-9_000_000, 0) && !at(0, 60_000) && !at(9_000_000, -60_000));
        // What was seen changing is not settled by its age.
        let known = Seen { edges: Digest::of(b"before"), ..seen(&look_at(T - 90_000)) };
        assert!(decide(Some(&known), &look_at(T - 90_000), T, &TIMES) != Verdict::Settled);
    }

    #[test]
    fn a_clock_set_back_begins_the_wait_anew() {
        let look = look_at(T);
        let known = Seen { last_changed_ms: T + 100, ..seen(&look) };
        let waits = Verdict::Waits { reason: Reason::Settling, settles_ms: Some(T + 5_000) };
        assert_eq!(decide(Some(&known), &look, T, &TIMES), waits);
        assert_eq!(changed_ms(Some(&known), &look, T), T);
    }

    #[test]
    fn what_cannot_be_whole_waits_however_old_it_is() {
        for (shape, reason) in [
            (Shape::Empty, Reason::Empty),
            (Shape::Unfilled, Reason::Unfilled),
            (Shape::NoZipEnd, Reason::NoZipEnd),
            (Shape::TooLarge, Reason::TooLarge),
        ] {
            let look = Look { shape, ..look_at(T) };
            let waits = Verdict::Waits { reason, settles_ms: None };
            assert_eq!(decide(None, &look, T + 9_999_999, &TIMES), waits);
            assert_eq!(decide(Some(&seen(&look)), &look, T + 9_999_999, &TIMES), waits);
        }
    }

    #[test]
    fn thirty_minutes_are_too_long() {
        assert!(!is_stuck(T, T + 1_799_999, &TIMES));
        assert!(is_stuck(T, T + 1_800_000, &TIMES));
    }
}
