//! The section of one control test in `controls.toml`: its state and its rules, each with its dates.
//!
//! Comes in: a TOML table. Goes out: `Section` with checked rules in order of days.
//! Refuses: rules that overlap or leave days between them to nobody, a test in force without a rule.

use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::options::Check;

/// How far a test is trusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// 초안: checked by `check`, not run.
    Draft,
    /// 시험 운영: runs and is counted, adds no points.
    Shadow,
    /// 적용.
    #[default]
    Live,
    /// 폐지: not run any more, kept for the record.
    Retired,
}

impl State {
    /// Name on screen.
    pub fn label_ko(self) -> &'static str {
        match self {
            Self::Draft => "초안",
            Self::Shadow => "시험 운영",
            Self::Live => "적용",
            Self::Retired => "폐지",
        }
    }

    /// Whether the test looks at payments at all.
    pub fn runs(self) -> bool {
        matches!(self, Self::Shadow | Self::Live)
    }
}

/// Options that hold for a span of days, and what they rest on.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Rule<O> {
    /// First day of payments tested; none means from the start.
    pub effective_from: Option<NaiveDate>,
    /// Last day of payments tested; none means until the next rule, or further notice.
    pub effective_until: Option<NaiveDate>,
    /// The rule or practice the parameters rest on, for the reader of the file.
    pub source: String,
    /// Whether the institution has confirmed them; else `check` says 확인 필요.
    pub confirmed: bool,
    /// The parameters.
    #[serde(flatten)]
    pub options: O,
}

impl<O> Rule<O> {
    /// Whether payments of `date` are judged by this rule.
    pub fn covers(&self, date: NaiveDate) -> bool {
        self.effective_from.is_none_or(|from| from <= date)
            && self.effective_until.is_none_or(|until| date <= until)
    }

    /// Whether every day is covered.
    pub fn is_unbounded(&self) -> bool {
        self.effective_from.is_none() && self.effective_until.is_none()
    }
}

/// State and rules of one test.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Section<O> {
    /// How far it is trusted.
    pub state: State,
    /// At least one, in order of days; a payment is judged by the rule of its day, or by none.
    pub rules: Vec<Rule<O>>,
}

impl<O: Default> Default for Section<O> {
    fn default() -> Self {
        Self { state: State::default(), rules: vec![Rule::default()] }
    }
}

/// Keys of a rule that are not parameters.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Frame {
    effective_from: Option<NaiveDate>,
    effective_until: Option<NaiveDate>,
    source: String,
    confirmed: bool,
}

const FRAME_KEYS: [&str; 4] = ["effective_from", "effective_until", "source", "confirmed"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    state: State,
    #[serde(default)]
    rule: Vec<toml::Table>,
}

impl<O: Default + DeserializeOwned> Section<O> {
    /// Reads a section; a rule that lacks a key takes the default of that key, a section without rules the `shipped` ones.
    /// A rule without `effective_until` lasts until the day before the next one.
    pub(super) fn read(value: toml::Value, shipped: Vec<Rule<O>>) -> Result<Self, toml::de::Error> {
        let written: Written = value.try_into()?;
        let mut rules = Vec::with_capacity(written.rule.len());
        for mut table in written.rule {
            let mut frame = toml::Table::new();
            for key in FRAME_KEYS {
                if let Some(value) = table.remove(key) {
                    frame.insert(key.to_owned(), value);
                }
            }
            let Frame { effective_from, effective_until, source, confirmed } = day_texts(frame).try_into()?;
            let options = table.try_into()?;
            rules.push(Rule { effective_from, effective_until, source, confirmed, options });
        }
        if rules.is_empty() {
            rules = shipped;
        }
        rules.sort_by_key(|rule| rule.effective_from);
        for i in 1..rules.len() {
            if rules[i - 1].effective_until.is_none() {
                rules[i - 1].effective_until = rules[i].effective_from.and_then(|day| day.pred_opt());
            }
        }
        Ok(Self { state: written.state, rules })
    }
}

/// TOML has dates of its own; `2024-01-01` without quotes is as good as with them.
fn day_texts(mut frame: toml::Table) -> toml::Table {
    for value in frame.iter_mut().map(|(_, value)| value) {
        if let toml::Value::Datetime(day) = value {
            *value = toml::Value::String(day.to_string());
        }
    }
    frame
}

impl<O> Section<O> {
    /// The rule that judges payments of `date`; none where no rule is in force on that day.
    pub fn rule_of(&self, date: NaiveDate) -> Option<&Rule<O>> {
        self.rules.iter().find(|rule| rule.covers(date))
    }

    /// Reports spans that are empty, overlap, or leave days to no rule, then what `options` says of each rule.
    pub(super) fn check(&self, check: &mut Check<'_>, options: impl Fn(&O, &mut Check<'_>)) {
        for rule in &self.rules {
            let in_order =
                rule.effective_from.zip(rule.effective_until).is_none_or(|(from, until)| from <= until);
            let expected = "effective_from 이후의 날짜";
            check.that(in_order, "rule.effective_until", expected, &shown(rule.effective_until));
            options(&rule.options, check);
        }
        for pair in self.rules.windows(2) {
            let (until, from) = (pair[0].effective_until, pair[1].effective_from);
            let next = until.and_then(|day| day.succ_opt());
            let expected = next.map_or("앞 규칙과 겹치지 않는 시작일".to_owned(), |day| {
                format!("{day} (앞 규칙이 끝난 다음 날. 비는 날도 겹치는 날도 없어야 합니다)")
            });
            check.that(from.is_some() && from == next, "rule.effective_from", &expected, &shown(from));
        }
    }
}

/// A day as the file writes it.
fn shown(day: Option<NaiveDate>) -> String {
    day.map_or("없음".to_owned(), |day| day.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Problems;

    #[derive(Clone, Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Limit {
        limit: i64,
    }

    impl Default for Limit {
        fn default() -> Self {
            Self { limit: 7 }
        }
    }

    fn read(text: &str) -> Result<Section<Limit>, toml::de::Error> {
        Section::read(toml::Value::Table(text.parse().unwrap()), vec![Rule::default()])
    }

    fn problems(text: &str) -> Vec<String> {
        let mut problems = Problems::default();
        read(text).unwrap().check(&mut Check::new("c.toml", "x", &mut problems), |_, _| ());
        problems.0.into_iter().map(|p| p.place).collect()
    }

    #[test]
    fn a_payment_is_judged_by_the_rule_of_its_day() {
        let text = "[[rule]]\neffective_from = 2022-01-01\nlimit = 2\n[[rule]]\neffective_from = \"2020-01-01\"\nlimit = 1";
        let section = read(text).unwrap();
        let limit = |day: &str| section.rule_of(day.parse().unwrap()).map(|rule| rule.options.limit);
        assert_eq!(limit("2019-12-31"), None);
        assert_eq!(limit("2020-01-01"), Some(1));
        assert_eq!(limit("2021-12-31"), Some(1));
        assert_eq!(limit("2022-01-01"), Some(2));
        assert!(problems(text).is_empty());
    }

    #[test]
    fn days_between_rules_and_days_of_two_rules_are_refused() {
        let rules = |until: &str, from: &str| {
            format!("[[rule]]\neffective_until = \"{until}\"\n[[rule]]\neffective_from = \"{from}\"")
        };
        assert!(problems(&rules("2020-12-31", "2021-01-01")).is_empty());
        assert_eq!(problems(&rules("2020-12-31", "2021-01-02")), ["c.toml: x.rule.effective_from"]);
        assert_eq!(problems(&rules("2020-12-31", "2020-12-31")), ["c.toml: x.rule.effective_from"]);
        assert_eq!(problems("[[rule]]\n[[rule]]"), ["c.toml: x.rule.effective_from"]);
        let backwards = "[[rule]]\neffective_from = \"2021-01-01\"\neffective_until = \"2020-01-01\"";
        assert_eq!(problems(backwards), ["c.toml: x.rule.effective_until"]);
    }

    #[test]
    fn unknown_keys_and_states_are_errors_and_absent_rules_are_the_default() {
        assert!(read("[[rule]]\nlimits = 3").is_err());
        assert!(read("limit = 3").is_err());
        assert!(read("state = \"on\"").is_err());
        let section = read("state = \"shadow\"").unwrap();
        assert_eq!((section.state, section.rules[0].options.limit), (State::Shadow, 7));
        assert!(section.rules[0].is_unbounded() && State::Shadow.runs() && !State::Draft.runs());
    }
}
