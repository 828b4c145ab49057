//! Options of all control tests, as `controls.toml` writes them.
//!
//! Comes in: TOML text. Goes out: checked options, every problem at once with place and hint.
//! Refuses: unknown sections and keys, values a test cannot mean.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::duplicate_payment::DuplicatePaymentOptions;
use super::new_vendor_spike::NewVendorSpikeOptions;
use super::off_hours::OffHoursOptions;
use super::rare_department_account::RareDepartmentAccountOptions;
use super::recurring_deviation::RecurringDeviationOptions;
use super::repeated_payment::RepeatedPaymentOptions;
use super::split_payment::SplitPaymentOptions;
use super::suspicious_word::SuspiciousWordOptions;
use super::unmatched_reversal::UnmatchedReversalOptions;
use crate::error::{Problem, Problems};
use crate::ledger::Currency;

/// The commented default file.
pub const DEFAULT_TOML: &str = include_str!("../../../config/controls.toml");

/// The version of `controls.toml` read here.
const VERSION: &str = "1";

/// Options by control test.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ControlOptions {
    /// Amounts of the options in other currencies.
    pub money: MoneyOptions,
    /// 중복 지급 의심.
    pub duplicate_payment: DuplicatePaymentOptions,
    /// 분할 지출 의심.
    pub split_payment: SplitPaymentOptions,
    /// 단기 반복 지급.
    pub repeated_payment: RepeatedPaymentOptions,
    /// 휴일·심야 사용.
    pub off_hours: OffHoursOptions,
    /// 신규 거래처 고액.
    pub new_vendor_spike: NewVendorSpikeOptions,
    /// 드문 부서·계정 조합.
    pub rare_department_account: RareDepartmentAccountOptions,
    /// 정기 지급 이탈.
    pub recurring_deviation: RecurringDeviationOptions,
    /// 의심 적요어.
    pub suspicious_word: SuspiciousWordOptions,
    /// 취소·반납 원거래 미확인.
    pub unmatched_reversal: UnmatchedReversalOptions,
}

/// Whether and when a test applies, and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rule {
    /// Off leaves the test out and says so.
    pub enabled: bool,
    /// First day of payments tested; none means from the start.
    pub effective_from: Option<NaiveDate>,
    /// Last day of payments tested; none means until further notice.
    pub effective_until: Option<NaiveDate>,
    /// The rule or practice the parameters rest on, for the reader of the file.
    pub source: String,
}

impl Default for Rule {
    fn default() -> Self {
        Self { enabled: true, effective_from: None, effective_until: None, source: String::new() }
    }
}

impl Rule {
    /// Whether payments of `date` are tested.
    pub fn covers(&self, date: NaiveDate) -> bool {
        self.effective_from.is_none_or(|from| from <= date)
            && self.effective_until.is_none_or(|until| date <= until)
    }

    pub(super) fn check(&self, check: &mut Check<'_>) {
        let in_order =
            self.effective_from.zip(self.effective_until).is_none_or(|(from, until)| from <= until);
        check.that(in_order, "rule.effective_until", "effective_from 이후의 날짜", &self.effective_until);
    }
}

/// How amounts written in won are meant in a ledger of another currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MoneyOptions {
    /// Won for one unit of a currency, by code: a scale for limits, not an exchange rate for sums.
    pub krw_per_unit: BTreeMap<String, i64>,
    /// Won for one unit of any other currency.
    pub krw_per_other_unit: i64,
}

impl Default for MoneyOptions {
    fn default() -> Self {
        let known = [("USD", 1_000), ("EUR", 1_000), ("JPY", 10), ("CNY", 200)];
        Self {
            krw_per_unit: known.map(|(code, krw)| (code.to_owned(), krw)).into(),
            krw_per_other_unit: 1_000,
        }
    }
}

impl MoneyOptions {
    /// `krw` won as minor units of `currency`, saturating.
    pub fn minor(&self, krw: i64, currency: &Currency) -> i64 {
        let krw_per_unit = match currency.code.as_str() {
            "KRW" => 1,
            code => self.krw_per_unit.get(code).copied().unwrap_or(self.krw_per_other_unit).max(1),
        };
        krw.saturating_mul(currency.minor_per_major()) / krw_per_unit
    }

    fn check(&self, check: &mut Check<'_>) {
        for (code, krw) in &self.krw_per_unit {
            check.that(*krw > 0, &format!("krw_per_unit.{code}"), "1 이상의 정수", krw);
        }
        check.that(
            self.krw_per_other_unit > 0,
            "krw_per_other_unit",
            "1 이상의 정수",
            &self.krw_per_other_unit,
        );
    }
}

impl ControlOptions {
    /// Reads `controls.toml`; missing sections and keys keep their defaults. `place` names the file in problems.
    pub fn from_toml(text: &str, place: &str) -> Result<Self, Problems> {
        let table: toml::Table =
            text.parse().map_err(|e: toml::de::Error| Problems(vec![unreadable(text, place, &e)]))?;
        let mut reader = Reader { table, place, problems: Problems::default() };
        reader.version();
        let options = Self {
            money: reader.section("money"),
            duplicate_payment: reader.section("duplicate_payment"),
            split_payment: reader.section("split_payment"),
            repeated_payment: reader.section("repeated_payment"),
            off_hours: reader.section("off_hours"),
            new_vendor_spike: reader.section("new_vendor_spike"),
            rare_department_account: reader.section("rare_department_account"),
            recurring_deviation: reader.section("recurring_deviation"),
            suspicious_word: reader.section("suspicious_word"),
            unmatched_reversal: reader.section("unmatched_reversal"),
        };
        let mut problems = reader.finish();
        options.check(place, &mut problems);
        problems.into_result(options)
    }

    fn check(&self, place: &str, problems: &mut Problems) {
        let mut section = |name: &'static str, run: &dyn Fn(&mut Check<'_>)| {
            run(&mut Check { place, section: name, problems });
        };
        section("money", &|c| self.money.check(c));
        section("duplicate_payment", &|c| self.duplicate_payment.check(c));
        section("split_payment", &|c| self.split_payment.check(c));
        section("repeated_payment", &|c| self.repeated_payment.check(c));
        section("off_hours", &|c| self.off_hours.check(c));
        section("new_vendor_spike", &|c| self.new_vendor_spike.check(c));
        section("rare_department_account", &|c| self.rare_department_account.check(c));
        section("recurring_deviation", &|c| self.recurring_deviation.check(c));
        section("suspicious_word", &|c| self.suspicious_word.check(c));
        section("unmatched_reversal", &|c| self.unmatched_reversal.check(c));
    }
}

/// Collects what options of one section cannot mean.
pub(super) struct Check<'a> {
    place: &'a str,
    section: &'static str,
    problems: &'a mut Problems,
}

impl Check<'_> {
    /// Reports `key` with its `value` unless `holds`.
    pub(super) fn that(&mut self, holds: bool, key: &str, expected: &str, value: &impl std::fmt::Debug) {
        if !holds {
            self.problems.push(Problem::new(
                format!("{}: {}.{key}", self.place, self.section),
                format!("{value:?}"),
                expected,
                "값을 고치거나 줄을 지워 기본값을 쓰십시오.",
            ));
        }
    }

    /// Reports `key` unless `value` lies in `least..=most`.
    pub(super) fn within(&mut self, key: &str, value: i64, least: i64, most: i64) {
        self.that((least..=most).contains(&value), key, &format!("{least} 이상 {most} 이하의 정수"), &value);
    }

    /// Reports `key` unless `value` lies in `least..=most`.
    pub(super) fn share(&mut self, key: &str, value: f64, least: f64, most: f64) {
        self.that((least..=most).contains(&value), key, &format!("{least} 이상 {most} 이하의 수"), &value);
    }
}

/// Sections of the file, taken out one by one so that what is left over is unknown.
struct Reader<'a> {
    table: toml::Table,
    place: &'a str,
    problems: Problems,
}

impl Reader<'_> {
    fn version(&mut self) {
        let found = self.table.remove("version");
        if found.as_ref().and_then(toml::Value::as_str) != Some(VERSION) {
            let found = found.map_or("없음".to_owned(), |v| v.to_string());
            let place = format!("{}: version", self.place);
            let hint = "첫 줄에 version = \"1\" 을 쓰십시오.";
            self.problems.push(Problem::new(place, found, "\"1\"", hint));
        }
    }

    fn section<T: Default + DeserializeOwned>(&mut self, name: &str) -> T {
        let Some(value) = self.table.remove(name) else {
            return T::default();
        };
        value.try_into().unwrap_or_else(|e: toml::de::Error| {
            self.problems.push(Problem::new(
                format!("{}: [{name}]", self.place),
                e.message().trim(),
                "config/controls.toml 에 설명된 키와 값",
                "키 이름의 철자와 값의 종류를 기본 파일과 견주어 고치십시오.",
            ));
            T::default()
        })
    }

    fn finish(mut self) -> Problems {
        for name in self.table.keys() {
            self.problems.push(Problem::new(
                format!("{}: [{name}]", self.place),
                name.as_str(),
                "점검 규칙의 이름",
                "이름의 철자를 기본 파일과 견주어 고치거나 구역을 지우십시오.",
            ));
        }
        self.problems
    }
}

/// The place of what is not TOML.
pub(in crate::detect) fn unreadable(text: &str, place: &str, error: &toml::de::Error) -> Problem {
    let start = error.span().map_or(0, |span| span.start);
    let line = text.get(..start).map_or(1, |before| before.matches('\n').count() + 1);
    let found = text.lines().nth(line - 1).unwrap_or("").trim();
    Problem::new(
        format!("{place}: {line}행"),
        if found.is_empty() { error.message() } else { found },
        "TOML 문법에 맞는 줄",
        "따옴표와 대괄호가 짝이 맞는지 확인하십시오.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commented_file_says_the_defaults() {
        assert_eq!(ControlOptions::from_toml(DEFAULT_TOML, "controls.toml").unwrap(), with_sources_of_file());
        assert_eq!(ControlOptions::from_toml("version = \"1\"", "c").unwrap(), ControlOptions::default());
    }

    /// Defaults with the texts and dates that only the file states.
    fn with_sources_of_file() -> ControlOptions {
        let read = ControlOptions::from_toml(DEFAULT_TOML, "controls.toml").unwrap();
        let mut options = ControlOptions::default();
        options.duplicate_payment.rule = read.duplicate_payment.rule;
        options.split_payment.rule = read.split_payment.rule;
        options.repeated_payment.rule = read.repeated_payment.rule;
        options.suspicious_word.rule = read.suspicious_word.rule;
        options.off_hours.rule = read.off_hours.rule;
        options.new_vendor_spike.rule = read.new_vendor_spike.rule;
        options.rare_department_account.rule = read.rare_department_account.rule;
        options.recurring_deviation.rule = read.recurring_deviation.rule;
        options.unmatched_reversal.rule = read.unmatched_reversal.rule;
        options
    }

    #[test]
    fn every_key_of_the_options_is_in_the_file() {
        let file: toml::Table = DEFAULT_TOML.parse().unwrap();
        let options = toml::Table::try_from(ControlOptions::default()).unwrap();
        for (section, keys) in &options {
            for key in keys.as_table().unwrap().keys() {
                assert!(file[section].get(key).is_some(), "[{section}] {key} is not in config/controls.toml");
            }
        }
        for section in options.keys().filter(|s| *s != "money") {
            let source = file[section]["rule"]["source"].as_str().unwrap();
            assert!(!source.is_empty(), "[{section}] has no source");
        }
    }

    #[test]
    fn all_problems_come_at_once() {
        let text = "[duplicate_payment]\ndays_maxx = 3\n[off_hours]\nnight_from_hour = 25\n[magic]\n";
        let problems = ControlOptions::from_toml(text, "c.toml").unwrap_err();
        let places: Vec<&str> = problems.0.iter().map(|p| p.place.as_str()).collect();
        let expected = [
            "c.toml: version",
            "c.toml: [duplicate_payment]",
            "c.toml: [magic]",
            "c.toml: off_hours.night_from_hour",
        ];
        assert_eq!(places, expected);
    }

    #[test]
    fn broken_text_names_its_line() {
        let problems = ControlOptions::from_toml("version = \"1\"\n[off_hours\n", "c.toml").unwrap_err();
        assert_eq!(problems.0[0].place, "c.toml: 2행");
    }

    #[test]
    fn limits_scale_with_the_currency() {
        let money = MoneyOptions::default();
        let usd = Currency { code: "USD".to_owned(), minor_digits: 2 };
        let other = Currency { code: "XYZ".to_owned(), minor_digits: 0 };
        assert_eq!(money.minor(1_000_000, &Currency::krw()), 1_000_000);
        assert_eq!(money.minor(1_000_000, &usd), 100_000);
        assert_eq!(money.minor(1_000_000, &other), 1_000);
        assert!(money.minor(i64::MAX, &usd) > 0);
    }

    #[test]
    fn a_rule_covers_its_dates() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let rule = Rule {
            effective_from: Some(day("2024-01-01")),
            effective_until: Some(day("2024-12-31")),
            ..Rule::default()
        };
        assert!(rule.covers(day("2024-01-01")) && rule.covers(day("2024-12-31")));
        assert!(!rule.covers(day("2023-12-31")) && !rule.covers(day("2025-01-01")));
        let text = "version = \"1\"\n[off_hours.rule]\neffective_from = \"2025-01-01\"\neffective_until = \"2024-01-01\"";
        assert_eq!(ControlOptions::from_toml(text, "c").unwrap_err().0.len(), 1);
    }
}
