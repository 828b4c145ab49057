//! Rule health: whether what a check marks is worth the time it takes.
//!
//! Comes in: alarms and the labels known about their payments. Goes out: counts by check and month, rates, and which
//! limits a check is above.
//! Refuses: to judge a rate by few reviews; a share is above its limit when the lower end of its Wilson interval is
//! (E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927).
//!
//! Alarms are counted by case: payments that one test found together are reviewed once. What people found about any
//! payment of the case that the check marked is what they found about the alarm; where they differ, 이상 확인 counts
//! before 정상, 제외 and 조사 없이 종결.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::ledger::{Alarm, Amount, FiscalMonth, Label, Outcome, RowRef};

/// Quantile of the normal distribution for a two-sided interval of 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// From when on a check must not stay as it is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Highest share of alarms put aside without looking, above 0 to 1.
    pub exclusion_rate_max: f64,
    /// Highest share of reviewed alarms that were in order, above 0 to 1.
    pub false_rate_max: f64,
    /// Fewest alarms that somebody dealt with before a rate is judged.
    pub reviewed_min: u64,
    /// Months looked at, the month scored and those before it.
    pub months: i32,
}

/// What became of the alarms of a check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Alarms shown to people.
    pub alarmed: u64,
    /// Alarms there would have been while the check was in shadow.
    pub shadow: u64,
    /// 이상 확인.
    pub confirmed: u64,
    /// 정상.
    pub dismissed: u64,
    /// 제외.
    pub excluded: u64,
    /// 조사 없이 종결.
    pub closed: u64,
    /// Minutes spent, as far as people kept count.
    pub minutes: u64,
    /// Sum of the payments that were marked and confirmed, in minor units.
    pub confirmed_amount: Amount,
}

impl Tally {
    /// Alarms somebody looked into.
    pub fn reviewed(&self) -> u64 {
        self.confirmed + self.dismissed
    }

    /// Alarms somebody dealt with, looking or not.
    pub fn handled(&self) -> u64 {
        self.reviewed() + self.excluded + self.closed
    }

    /// 제외율: excluded ÷ alarmed; `None` without alarms.
    pub fn exclusion_rate(&self) -> Option<f64> {
        share(self.excluded, self.alarmed)
    }

    /// 오탐률: dismissed ÷ reviewed; `None` without reviews.
    pub fn false_rate(&self) -> Option<f64> {
        share(self.dismissed, self.reviewed())
    }

    /// Hours spent, as far as people kept count.
    pub fn hours(&self) -> f64 {
        self.minutes as f64 / 60.0
    }

    /// Adds the counts of `other`.
    pub fn add(&mut self, other: &Self) {
        self.alarmed += other.alarmed;
        self.shadow += other.shadow;
        self.confirmed += other.confirmed;
        self.dismissed += other.dismissed;
        self.excluded += other.excluded;
        self.closed += other.closed;
        self.minutes += other.minutes;
        self.confirmed_amount = Amount(self.confirmed_amount.0.saturating_add(other.confirmed_amount.0));
    }
}

/// One alarm: the payments of a case that a check marked in a month.
struct Case<'a> {
    alarms: Vec<&'a Alarm>,
}

impl<'a> Case<'a> {
    /// Labels of its payments; none of another document that has taken over the row.
    fn labels<'l>(&self, labels: &'l BTreeMap<RowRef, Label>) -> Vec<&'l Label> {
        let of = |alarm: &&'a Alarm| labels.get(&alarm.at).filter(|label| alarm.is_about(label));
        self.alarms.iter().filter_map(of).collect()
    }
}

type Key<'a> = (&'a str, FiscalMonth, &'a str, i64);

fn cases(alarms: &[Alarm]) -> BTreeMap<Key<'_>, Case<'_>> {
    let mut cases: BTreeMap<Key<'_>, Case<'_>> = BTreeMap::new();
    for alarm in alarms {
        let key = (alarm.check.as_str(), alarm.period, alarm.run_id.as_str(), alarm.case_no);
        cases.entry(key).or_insert_with(|| Case { alarms: Vec::new() }).alarms.push(alarm);
    }
    cases
}

/// Counts by check and month, in order; `labels` holds the one that counts for each payment.
pub fn by_month(
    alarms: &[Alarm],
    labels: &BTreeMap<RowRef, Label>,
) -> BTreeMap<(String, FiscalMonth), Tally> {
    let mut out: BTreeMap<(String, FiscalMonth), Tally> = BTreeMap::new();
    for ((check, period, _, _), case) in cases(alarms) {
        out.entry((check.to_owned(), period)).or_default().add(&tally(&case, labels));
    }
    out
}

/// Counts by check over all months of `alarms`.
pub fn by_check(alarms: &[Alarm], labels: &BTreeMap<RowRef, Label>) -> BTreeMap<String, Tally> {
    let mut out: BTreeMap<String, Tally> = BTreeMap::new();
    for ((check, _), tally) in by_month(alarms, labels) {
        out.entry(check).or_default().add(&tally);
    }
    out
}

fn tally(case: &Case<'_>, labels: &BTreeMap<RowRef, Label>) -> Tally {
    if case.alarms.iter().all(|alarm| alarm.is_shadow) {
        return Tally { shadow: 1, ..Tally::default() };
    }
    let labels = case.labels(labels);
    let minutes = labels.iter().filter_map(|label| label.minutes).filter_map(|m| u64::try_from(m).ok());
    let mut out = Tally { alarmed: 1, minutes: minutes.sum(), ..Tally::default() };
    let outcome = Outcome::ALL.into_iter().find(|outcome| labels.iter().any(|l| l.outcome == *outcome));
    match outcome {
        Some(Outcome::Confirmed) => {
            out.confirmed = 1;
            let sum = case.alarms.iter().fold(0, |sum: i64, alarm| sum.saturating_add(alarm.amount.0));
            out.confirmed_amount = Amount(sum);
        }
        Some(Outcome::Dismissed) => out.dismissed = 1,
        Some(Outcome::Excluded) => out.excluded = 1,
        Some(Outcome::Closed) => out.closed = 1,
        None => {}
    }
    out
}

/// Since when a check is judged anew: a person brought it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    /// The first month it was live again.
    pub from: FiscalMonth,
    /// When the person said so, in milliseconds since 1970.
    pub recorded_ms: i64,
}

/// The alarms by which a check may be judged: of months before a person brought it back none, nor those that had been
/// dealt with by then.
pub fn since(
    alarms: &[Alarm],
    labels: &BTreeMap<RowRef, Label>,
    brought_back: &BTreeMap<String, Since>,
) -> Vec<Alarm> {
    let is_old = |case: &Case<'_>, since: &Since| {
        let known = case.labels(labels);
        let was_known = |label: &&Label| label.recorded_ms <= since.recorded_ms;
        case.alarms.iter().any(|alarm| alarm.period < since.from)
            || (!known.is_empty() && known.iter().all(was_known))
    };
    let mut dropped: BTreeSet<Key<'_>> = BTreeSet::new();
    for (key, case) in cases(alarms) {
        if brought_back.get(key.0).is_some_and(|since| is_old(&case, since)) {
            dropped.insert(key);
        }
    }
    let key = |alarm: &'_ Alarm| (alarm.check.clone(), alarm.period, alarm.run_id.clone(), alarm.case_no);
    let is_kept = |alarm: &&Alarm| {
        let (check, period, run_id, case_no) = key(alarm);
        !dropped.contains(&(check.as_str(), period, run_id.as_str(), case_no))
    };
    alarms.iter().filter(is_kept).cloned().collect()
}

/// Which rate is too high.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateKind {
    /// 제외율.
    Exclusion,
    /// 오탐률.
    False,
}

/// A rate above its limit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Excess {
    /// Which one.
    pub kind: RateKind,
    /// Alarms excluded, or dismissed.
    pub n: u64,
    /// Of so many alarmed, or reviewed.
    pub of: u64,
    /// Their share.
    pub rate: f64,
    /// Lower end of its interval.
    pub lower: f64,
    /// The limit.
    pub limit: f64,
}

/// The rates of `tally` that are surely above their limits.
pub fn excesses(tally: &Tally, limits: &Limits) -> Vec<Excess> {
    let exclusion =
        (RateKind::Exclusion, tally.excluded, tally.alarmed, tally.handled(), limits.exclusion_rate_max);
    let wrong = (RateKind::False, tally.dismissed, tally.reviewed(), tally.reviewed(), limits.false_rate_max);
    let mut out = Vec::new();
    for (kind, n, of, seen, limit) in [exclusion, wrong] {
        let Some(rate) = share(n, of).filter(|_| seen >= limits.reviewed_min) else { continue };
        let lower = wilson_lower(n, of);
        if lower > limit {
            out.push(Excess { kind, n, of, rate, lower, limit });
        }
    }
    out
}

fn share(n: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| n as f64 / of as f64)
}

/// Lower end of the Wilson interval (95 %, two-sided) of `n` out of `of`, 0 to 1; 0 out of none.
pub fn wilson_lower(n: u64, of: u64) -> f64 {
    let Some(share) = share(n.min(of), of) else { return 0.0 };
    let of = of as f64;
    let square = Z * Z;
    let middle = share + square / (2.0 * of);
    let half = Z * (share * (1.0 - share) / of + square / (4.0 * of * of)).sqrt();
    ((middle - half) / (1.0 + square / of)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod shadow_tests;
#[cfg(test)]
mod tests;
