//! Options of the population analyses: minimum sizes and how much is shown.
//!
//! Comes in: the text of `population.toml`. Goes out: `Options`.
//! Refuses: unknown sections and keys, numbers outside their range; all problems at once.

use crate::detect::controls::options::unreadable;
use crate::error::{Problem, Problems};

/// The commented default file.
pub const DEFAULT_TOML: &str = include_str!("../../../config/population.toml");

/// What an institution may set; `population.toml` says what each means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Least amount that takes part in Benford's law, major units; 10 or more, for two digits.
    pub benford_amount_min: u64,
    /// Fewest payments for the first digit.
    pub benford_first_min: u64,
    /// Fewest payments for the second digit.
    pub benford_second_min: u64,
    /// Fewest payments for the first two digits.
    pub benford_first_two_min: u64,
    /// Fewest payments for number duplication.
    pub duplication_min: u64,
    /// Repeated amounts shown for the institution.
    pub duplication_shown: u64,
    /// Fewest payments for the last two digits.
    pub last_two_min: u64,
    /// Fewest payments of a year for the year end.
    pub year_end_min: u64,
    /// Effective payments at which a population's own share counts one half.
    pub year_end_shrinkage: u64,
    /// Last month of the fiscal year, 1 to 12.
    pub last_month: u64,
    /// Fewest payments with a vendor for vendor concentration.
    pub vendor_min: u64,
    /// Vendors shown for the institution.
    pub vendors_shown: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            benford_amount_min: 10,
            benford_first_min: 5_000,
            benford_second_min: 5_000,
            benford_first_two_min: 5_000,
            duplication_min: 100,
            duplication_shown: 30,
            last_two_min: 1_000,
            year_end_min: 52,
            year_end_shrinkage: 30,
            last_month: 12,
            vendor_min: 30,
            vendors_shown: 20,
        }
    }
}

/// Most payments a minimum may ask for.
const SIZE_MAX: u64 = 1_000_000;
/// Fewest payments of each position for which the MAD of a population that follows the law lies within close
/// conformity on average; a test computes the bounds.
pub(super) const FLOORS: [u64; 3] = [2_000, 1_000, 5_000];

/// A key: its section, name, least and largest value, and where it goes.
struct Key {
    section: &'static str,
    name: &'static str,
    min: u64,
    max: u64,
    field: fn(&mut Options) -> &mut u64,
}

const fn key(
    section: &'static str,
    name: &'static str,
    (min, max): (u64, u64),
    field: fn(&mut Options) -> &mut u64,
) -> Key {
    Key { section, name, min, max, field }
}

const KEYS: [Key; 12] = [
    key("benford", "amount_min", (10, 1_000_000), |o| &mut o.benford_amount_min),
    key("benford", "first_min", (FLOORS[0], SIZE_MAX), |o| &mut o.benford_first_min),
    key("benford", "second_min", (FLOORS[1], SIZE_MAX), |o| &mut o.benford_second_min),
    key("benford", "first_two_min", (FLOORS[2], SIZE_MAX), |o| &mut o.benford_first_two_min),
    key("number_duplication", "payments_min", (30, SIZE_MAX), |o| &mut o.duplication_min),
    key("number_duplication", "amounts_shown", (1, 1_000), |o| &mut o.duplication_shown),
    key("last_two_digits", "payments_min", (500, SIZE_MAX), |o| &mut o.last_two_min),
    key("year_end_concentration", "payments_min", (12, SIZE_MAX), |o| &mut o.year_end_min),
    key("year_end_concentration", "shrinkage", (0, 1_000), |o| &mut o.year_end_shrinkage),
    key("year_end_concentration", "last_month", (1, 12), |o| &mut o.last_month),
    key("vendor_concentration", "payments_min", (10, SIZE_MAX), |o| &mut o.vendor_min),
    key("vendor_concentration", "vendors_shown", (5, 1_000), |o| &mut o.vendors_shown),
];

impl Options {
    /// Reads `population.toml`; `place` names the file in problems. What is not written keeps its default.
    pub fn from_toml(text: &str, place: &str) -> Result<Self, Problems> {
        let mut table: toml::Table =
            text.parse().map_err(|e: toml::de::Error| Problems(vec![unreadable(text, place, &e)]))?;
        let mut problems = Problems::default();
        let mut refuse = |key: &str, found: String, expected: &str, hint: &str| {
            problems.push(Problem::new(format!("{place}: {key}"), found, expected, hint));
        };
        let version = table.remove("version");
        if version.as_ref().and_then(toml::Value::as_str) != Some("1") {
            let found = version.map_or("없음".to_owned(), |v| v.to_string());
            refuse("version", found, "\"1\"", "첫 줄에 version = \"1\" 을 쓰십시오.");
        }
        let mut options = Self::default();
        for (section, value) in table {
            let known: Vec<&Key> = KEYS.iter().filter(|key| key.section == section).collect();
            if known.is_empty() {
                let hint = "철자를 기본 파일과 견주어 고치거나 이 구역을 지우십시오.";
                refuse(&section, format!("알 수 없는 구역 ‘{section}’"), &sections().join(", "), hint);
                continue;
            }
            let toml::Value::Table(values) = value else {
                refuse(
                    &section,
                    value.to_string(),
                    "표",
                    &format!("[{section}] 아래에 키와 값을 적으십시오."),
                );
                continue;
            };
            for (name, value) in values {
                let at = format!("{section}.{name}");
                let Some(key) = known.iter().find(|key| key.name == name) else {
                    let names: Vec<&str> = known.iter().map(|key| key.name).collect();
                    let hint = "철자를 기본 파일과 견주어 고치거나 이 줄을 지우십시오.";
                    refuse(&at, format!("알 수 없는 키 ‘{name}’"), &names.join(", "), hint);
                    continue;
                };
                let number = value.as_integer().and_then(|n| u64::try_from(n).ok());
                match number.filter(|n| (key.min..=key.max).contains(n)) {
                    Some(number) => *(key.field)(&mut options) = number,
                    None => {
                        let expected = format!("{} 이상 {} 이하의 정수", key.min, key.max);
                        let default = *(key.field)(&mut Self::default());
                        refuse(&at, value.to_string(), &expected, &format!("기본값은 {default}입니다."));
                    }
                }
            }
        }
        problems.into_result(options)
    }
}

fn sections() -> Vec<&'static str> {
    let mut sections: Vec<&str> = KEYS.iter().map(|key| key.section).collect();
    sections.dedup();
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commented_file_says_the_defaults_and_every_key() {
        assert_eq!(Options::from_toml(DEFAULT_TOML, "population.toml").unwrap(), Options::default());
        assert_eq!(Options::from_toml("version = \"1\"", "p").unwrap(), Options::default());
        let table: toml::Table = DEFAULT_TOML.parse().unwrap();
        for key in &KEYS {
            assert!(
                table[key.section].as_table().unwrap().contains_key(key.name),
                "{}.{}",
                key.section,
                key.name
            );
        }
    }

    #[test]
    fn every_key_reaches_a_field_of_its_own_and_keeps_its_range() {
        for key in &KEYS {
            let read = |n: u64| {
                let text = format!("version = \"1\"\n[{}]\n{} = {n}\n", key.section, key.name);
                Options::from_toml(&text, "p")
            };
            for n in [key.min, key.max] {
                let mut expected = Options::default();
                *(key.field)(&mut expected) = n;
                assert_eq!(read(n).unwrap(), expected, "{}.{}", key.section, key.name);
            }
            assert!(read(key.max + 1).is_err());
            assert!(key.min == 0 || read(key.min - 1).is_err());
        }
    }

    #[test]
    fn every_problem_is_named_at_once() {
        let text = "version = 1\ncolour = 2\nbenford = 3\n[last_two_digits]\npayments_min = \"x\"\nextra = 1\n\
                    [number_duplication]\namounts_shown = -1\n";
        let problems = Options::from_toml(text, "p").unwrap_err();
        let places: Vec<&str> = problems.0.iter().map(|problem| problem.place.as_str()).collect();
        let expected = [
            "p: version",
            "p: benford",
            "p: colour",
            "p: last_two_digits.extra",
            "p: last_two_digits.payments_min",
            "p: number_duplication.amounts_shown",
        ];
        let mut sorted = places.clone();
        sorted[1..].sort_unstable();
        assert_eq!(sorted, expected);
        assert_eq!(Options::from_toml("[benford\n", "p").unwrap_err().0[0].place, "p: 1행");
    }
}
