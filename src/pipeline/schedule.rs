//! When a job is due.
//!
//! Comes in: a cron expression with seconds, a zone by name, two instants. Goes out: the instants due between them,
//! and which of them run under the job's misfire policy.
//! Refuses: expressions without seconds or that never fire. Day of month and day of week combine as in cron (either).
//! In a gap of daylight saving an occurrence moves to the next valid instant; in an overlap it happens once.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds};

use super::job::Misfire;
use crate::error::{Problem, Problems};

/// Most occurrences worked out at once: a day of one a second; more would be a mistaken schedule.
const DUE_MAX: usize = 86_400;

/// Parses `text`; a mistake becomes a problem.
pub fn parse(text: &str, place: &str, problems: &mut Problems) -> Option<Cron> {
    let parser = CronParser::builder().seconds(Seconds::Required).dom_and_dow(false).build();
    let hint = "초 분 시 일 월 요일 순서로 여섯 칸을 쓰세요. 예: \"0 30 6 2 * *\" (매월 2일 06:30)";
    match parser.parse(text) {
        Ok(cron) => Some(cron),
        Err(error) => {
            let found = format!("\"{text}\" ({error})");
            problems.push(Problem::new(place, found, "여섯 칸의 일정", hint));
            None
        }
    }
}

/// The first instant after `after` at which `cron` fires in `zone`.
pub fn next(cron: &Cron, zone: Tz, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
    cron.find_next_occurrence(&after.with_timezone(&zone), false).ok().map(|at| at.with_timezone(&Utc))
}

/// All instants in `(after, until]`, oldest first, at most `DUE_MAX`.
pub fn between(cron: &Cron, zone: Tz, after: DateTime<Utc>, until: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let mut due = Vec::new();
    let mut at = after;
    while let Some(fire) = next(cron, zone, at) {
        if fire > until || due.len() == DUE_MAX {
            break;
        }
        due.push(fire);
        at = fire;
    }
    due
}

/// What becomes of an occurrence that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It runs.
    Run,
    /// It is recorded as skipped.
    Skip,
}

/// Applies `policy` to the occurrences found due in one look. `late_after_ms` is how old an occurrence may be
/// and still count as on time.
pub fn fates(
    due: &[DateTime<Utc>],
    now: DateTime<Utc>,
    policy: Misfire,
    late_after_ms: i64,
) -> Vec<(DateTime<Utc>, Fate)> {
    let last = due.len().saturating_sub(1);
    let fate = |(i, at): (usize, &DateTime<Utc>)| {
        let late = (now - *at).num_milliseconds() > late_after_ms;
        let runs = match policy {
            Misfire::All => true,
            Misfire::Once => i == last,
            Misfire::Skip => !late,
        };
        (*at, if runs { Fate::Run } else { Fate::Skip })
    };
    due.iter().enumerate().map(fate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cron(text: &str) -> Cron {
        let mut problems = Problems::default();
        parse(text, "t", &mut problems).unwrap()
    }

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    const SEOUL: Tz = chrono_tz::Asia::Seoul;

    #[test]
    fn fires_at_korean_time() {
        let at = next(&cron("0 30 6 2 * *"), SEOUL, utc("2024-12-15T00:00:00Z")).unwrap();
        assert_eq!(at, utc("2025-01-01T21:30:00Z"));
    }

    #[test]
    fn five_fields_are_refused_with_an_example() {
        let mut problems = Problems::default();
        assert!(parse("30 6 2 * *", "a.toml: schedule", &mut problems).is_none());
        assert!(problems.0[0].hint.contains("0 30 6 2 * *"));
    }

    #[test]
    fn day_of_month_and_day_of_week_combine_by_either() {
        let due =
            between(&cron("0 0 0 1 * MON"), SEOUL, utc("2024-12-01T15:00:00Z"), utc("2024-12-31T15:00:00Z"));
        // Mondays 9, 16, 23, 30 December and 1 January, Seoul time.
        assert_eq!(due.len(), 5);
    }

    #[test]
    fn a_night_without_two_o_clock_fires_once_and_an_overlap_once() {
        let zone = chrono_tz::America::New_York;
        let gap =
            between(&cron("0 30 2 * * *"), zone, utc("2024-03-10T05:00:00Z"), utc("2024-03-11T05:00:00Z"));
        let overlap =
            between(&cron("0 30 1 * * *"), zone, utc("2024-11-03T04:00:00Z"), utc("2024-11-04T05:00:00Z"));
        assert_eq!((gap.len(), overlap.len()), (1, 1), "{gap:?} {overlap:?}");
    }

    #[test]
    fn once_runs_the_latest_and_records_the_rest() {
        let due =
            between(&cron("0 0 0 * * *"), SEOUL, utc("2024-12-01T00:00:00Z"), utc("2024-12-04T00:00:00Z"));
        let runs = |policy| {
            let now = utc("2024-12-04T00:00:00Z");
            fates(&due, now, policy, 60_000).iter().filter(|(_, fate)| *fate == Fate::Run).count()
        };
        assert_eq!(due.len(), 3);
        assert_eq!((runs(Misfire::Once), runs(Misfire::Skip), runs(Misfire::All)), (1, 0, 3));
    }
}
