//! Limits of approval and of contracts without tender, each with its days: what may be kept under.
//!
//! Comes in: `limits` of a control test. Goes out: which of them hold on a day.
//! Refuses: limits of no amount, days that end before they begin, one amount said twice for the same days.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::options::Check;

/// A limit of approval or of contracts without tender.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Payments from this amount in won on need more.
    pub amount_krw: i64,
    /// First day the limit is in force; none means from the start.
    #[serde(default)]
    pub effective_from: Option<NaiveDate>,
    /// Last day; none means until further notice.
    #[serde(default)]
    pub effective_until: Option<NaiveDate>,
    /// The rule that sets it, for the reader of the file.
    #[serde(default)]
    pub source: String,
}

impl Limit {
    /// A limit of all days that nobody has verified.
    pub(super) fn unverified(amount_krw: i64) -> Self {
        Self { amount_krw, effective_from: None, effective_until: None, source: String::from("NV") }
    }

    /// Whether it holds on `date`.
    pub fn covers(&self, date: NaiveDate) -> bool {
        self.effective_from.is_none_or(|from| from <= date)
            && self.effective_until.is_none_or(|until| date <= until)
    }

    /// Whether both hold on some day.
    fn overlaps(&self, other: &Self) -> bool {
        let begins_in_time = |a: &Self, b: &Self| {
            a.effective_from.zip(b.effective_until).is_none_or(|(from, until)| from <= until)
        };
        begins_in_time(self, other) && begins_in_time(other, self)
    }
}

/// Reports limits that cannot be meant, or contradict each other.
pub(super) fn check_limits(limits: &[Limit], check: &mut Check<'_>) {
    for (i, limit) in limits.iter().enumerate() {
        let key = |name: &str| format!("limits[{i}].{name}");
        check.that(limit.amount_krw > 0, &key("amount_krw"), "1 이상의 정수", &limit.amount_krw);
        check.that(
            limit.overlaps(limit),
            &key("effective_until"),
            "effective_from 이후의 날짜",
            &limit.amount_krw,
        );
        let twice =
            limits[..i].iter().any(|other| other.amount_krw == limit.amount_krw && other.overlaps(limit));
        let expected = "같은 기간에 한 번만 적은 한도. 바뀐 한도는 기간을 나누어 적습니다";
        check.that(!twice, &key("amount_krw"), expected, &limit.amount_krw);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Problems;

    fn limit(amount_krw: i64, from: &str, until: &str) -> Limit {
        let day = |text: &str| text.parse().ok();
        Limit { effective_from: day(from), effective_until: day(until), ..Limit::unverified(amount_krw) }
    }

    fn problems(limits: &[Limit]) -> Vec<String> {
        let mut problems = Problems::default();
        check_limits(limits, &mut Check::new("c.toml", "x", &mut problems));
        problems.0.into_iter().map(|problem| problem.place).collect()
    }

    #[test]
    fn a_limit_holds_on_its_days() {
        let one = limit(5, "2021-01-01", "2021-12-31");
        let holds = |day: &str| one.covers(day.parse().unwrap());
        assert!(holds("2021-01-01") && holds("2021-12-31") && !holds("2020-12-31") && !holds("2022-01-01"));
        assert!(limit(5, "", "").covers(NaiveDate::MIN));
    }

    #[test]
    fn limits_that_contradict_are_named() {
        assert!(
            problems(&[limit(5, "", "2020-12-31"), limit(5, "2021-01-01", ""), limit(6, "", "")]).is_empty()
        );
        assert_eq!(
            problems(&[limit(5, "", "2020-12-31"), limit(5, "2020-12-31", "")]),
            ["c.toml: x.limits[1].amount_krw"]
        );
        assert_eq!(
            problems(&[limit(5, "2021-01-01", "2020-01-01")]),
            ["c.toml: x.limits[0].effective_until"]
        );
        assert_eq!(problems(&[limit(0, "", "")]), ["c.toml: x.limits[0].amount_krw"]);
    }
}
