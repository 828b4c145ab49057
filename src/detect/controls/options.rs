//! Options of all control tests, as `controls.toml` writes them.
//!
//! Comes in: TOML text. Goes out: checked options, every problem at once with place and hint.
//! Refuses: unknown sections and keys, values a test cannot mean.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::control::{Control, Placed};
use super::exceptions::Exception;
use super::section::{Rule, Section, State};
use crate::error::{Problem, Problems};
use crate::ledger::Currency;

/// The commented default file.
pub const DEFAULT_TOML: &str = include_str!("../../../config/controls.toml");

/// The version of `controls.toml` read here.
const VERSION: &str = "2";

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

/// Makes [`ControlOptions`] and the registry of the tests named: module and type of each, in the order of reports.
macro_rules! controls {
    ($($module:ident: $control:ident,)*) => {
        /// Every control test, in the order of reports.
        pub const CONTROLS: &[&dyn $crate::detect::Detector] = &[$(&super::$module::$control),*];

        /// Options by control test.
        #[derive(Clone, Debug, PartialEq, Serialize)]
        pub struct ControlOptions {
            /// Amounts of the options in other currencies.
            pub money: MoneyOptions,
            /// Payments not to be shown although a test finds them.
            pub exceptions: Vec<Exception>,
            $(
                #[doc = concat!("Section `", stringify!($module), "`.")]
                pub $module: Section<<super::$module::$control as Control>::Options>,
            )*
        }

        impl Default for ControlOptions {
            fn default() -> Self {
                Self {
                    money: MoneyOptions::default(),
                    exceptions: Vec::new(),
                    $($module: Section {
                        state: State::default(),
                        rules: <super::$module::$control as Control>::rules(),
                    },)*
                }
            }
        }

        $(
            impl Placed for super::$module::$control {
                type Parameters = <Self as Control>::Options;

                fn place(options: &ControlOptions) -> &Section<<Self as Control>::Options> {
                    &options.$module
                }
            }
        )*

        impl ControlOptions {
            /// Reads `controls.toml`; missing sections and keys keep their defaults. `place` names the file in problems.
            pub fn from_toml(text: &str, place: &str) -> Result<Self, Problems> {
                let table: toml::Table =
                    text.parse().map_err(|e: toml::de::Error| Problems(vec![unreadable(text, place, &e)]))?;
                let mut reader = Reader { table, place, problems: Problems::default() };
                reader.version();
                let options = Self {
                    money: reader.plain("money"),
                    exceptions: reader.plain("exception"),
                    $($module: reader.section(stringify!($module), <super::$module::$control as Control>::rules()),)*
                };
                let mut problems = reader.finish();
                options.check(place, &mut problems);
                problems.into_result(options)
            }

            fn check(&self, place: &str, problems: &mut Problems) {
                self.money.check(&mut Check::new(place, "money", problems));
                for exception in &self.exceptions {
                    let is_known = CONTROLS.iter().any(|control| control.id() == exception.test);
                    exception.check(is_known, &mut Check::new(place, "exception", problems));
                }
                $(
                    let mut check = Check::new(place, stringify!($module), problems);
                    self.$module.check(&mut check, |options, check| <super::$module::$control as Control>::check(options, check));
                )*
            }

            /// Identifiers and states, and the sources of rules that nobody has confirmed, in the order of reports.
            pub fn sections(&self) -> Vec<(&'static str, State, Vec<&str>)> {
                vec![$({
                    let unconfirmed = self.$module.rules.iter().filter(|rule| !rule.confirmed);
                    let sources = unconfirmed.map(|rule| rule.source.as_str()).collect();
                    (stringify!($module), self.$module.state, sources)
                }),*]
            }
        }
    };
}

controls! {
    duplicate_payment: DuplicatePayment,
    split_payment: SplitPayment,
    exact_duplicate: ExactDuplicate,
    duplicate_other_vendor: DuplicateOtherVendor,
    similar_duplicate: SimilarDuplicate,
    card_and_transfer: CardAndTransfer,
    split_contract: SplitContract,
    below_limit: BelowLimit,
    dormant_vendor: DormantVendor,
    shared_bank_account: SharedBankAccount,
    invalid_business_no: InvalidBusinessNo,
    heterogeneous_vendor: HeterogeneousVendor,
    repeated_payment: RepeatedPayment,
    off_hours: OffHours,
    day_off: DayOff,
    restricted_merchant: RestrictedMerchant,
    self_approval: SelfApproval,
    retroactive_commitment: RetroactiveCommitment,
    posting_gap: PostingGap,
    document_sequence: DocumentSequence,
    missing_counterpart: MissingCounterpart,
    cap_per_person: CapPerPerson,
    cancel_reapprove: CancelReapprove,
    period_end_reversal: PeriodEndReversal,
    new_vendor_spike: NewVendorSpike,
    rare_department_account: RareDepartmentAccount,
    recurring_deviation: RecurringDeviation,
    suspicious_word: SuspiciousWord,
    unmatched_reversal: UnmatchedReversal,
    round_amount: RoundAmount,
    year_end_rush: YearEndRush,
    seldom_used_account: SeldomUsedAccount,
    poor_description: PoorDescription,
    amount_outlier: AmountOutlier,
    over_budget: OverBudget,
    reallocation_spend: ReallocationSpend,
    period_change: PeriodChange,
}

/// Collects what options of one section cannot mean.
pub struct Check<'a> {
    place: &'a str,
    section: &'static str,
    problems: &'a mut Problems,
}

impl<'a> Check<'a> {
    /// Problems of `section` in the file `place` go to `problems`.
    pub(super) fn new(place: &'a str, section: &'static str, problems: &'a mut Problems) -> Self {
        Self { place, section, problems }
    }

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
            let hint = "첫 줄에 version = \"2\" 를 쓰십시오. 1판의 [이름.rule]은 [[이름.rule]]로, enabled는 state로 바뀌었습니다.";
            self.problems.push(Problem::new(place, found, "\"2\"", hint));
        }
    }

    fn plain<T: Default + DeserializeOwned>(&mut self, name: &str) -> T {
        self.take(name, toml::Value::try_into)
    }

    fn section<O: Default + DeserializeOwned>(&mut self, name: &str, shipped: Vec<Rule<O>>) -> Section<O> {
        if self.table.contains_key(name) {
            self.take(name, |value| Section::read(value, shipped))
        } else {
            Section { state: State::default(), rules: shipped }
        }
    }

    fn take<T: Default>(
        &mut self,
        name: &str,
        read: impl FnOnce(toml::Value) -> Result<T, toml::de::Error>,
    ) -> T {
        let Some(value) = self.table.remove(name) else {
            return T::default();
        };
        read(value).unwrap_or_else(|e: toml::de::Error| {
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
        let mut file = toml::Table::try_from(ControlOptions::from_toml(DEFAULT_TOML, "c").unwrap()).unwrap();
        let mut defaults = toml::Table::try_from(ControlOptions::default()).unwrap();
        // Texts and dates that only the file states.
        for sections in [&mut file, &mut defaults] {
            for rule in sections.iter_mut().filter_map(|(_, s)| s.get_mut("rules")) {
                for rule in rule.as_array_mut().unwrap() {
                    let rule = rule.as_table_mut().unwrap();
                    for key in ["source", "confirmed", "effective_from", "effective_until"] {
                        rule.remove(key);
                    }
                }
            }
        }
        assert_eq!(file, defaults);
        assert_eq!(ControlOptions::from_toml("version = \"2\"", "c").unwrap(), ControlOptions::default());
    }

    #[test]
    fn every_key_of_the_options_is_in_the_file_and_every_rule_has_a_source() {
        let file: toml::Table = DEFAULT_TOML.parse().unwrap();
        let options = toml::Table::try_from(ControlOptions::default()).unwrap();
        for (section, written) in options.iter().filter(|(_, value)| value.get("rules").is_some()) {
            let rules = file.get(section).and_then(|s| s["rule"].as_array());
            let rules = rules.unwrap_or_else(|| panic!("[[{section}.rule]] is not in config/controls.toml"));
            for key in written["rules"][0].as_table().unwrap().keys() {
                let is_written = rules.iter().any(|rule| rule.get(key).is_some());
                assert!(is_written, "[[{section}.rule]] {key} is not in config/controls.toml");
            }
            for rule in rules {
                let source = rule.get("source").and_then(toml::Value::as_str).unwrap_or_default();
                assert!(!source.is_empty(), "[[{section}.rule]] has no source");
            }
        }
    }

    #[test]
    fn all_problems_come_at_once() {
        let text =
            "[[duplicate_payment.rule]]\ndays_maxx = 3\n[[off_hours.rule]]\nnight_from_hour = 25\n[magic]\n";
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
        let problems = ControlOptions::from_toml("version = \"2\"\n[off_hours\n", "c.toml").unwrap_err();
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
}
