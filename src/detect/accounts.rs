//! Weights by class of account: what is ordinary for travel is not ordinary for works.
//!
//! Comes in: the text of `accounts.toml`, then names of accounts and the weights of detectors. Goes out: weights by row.
//! Refuses: unknown keys and detectors, factors no one can mean, a class that weighs more as a whole than another.

use std::collections::{BTreeMap, BTreeSet};

use super::DETECTORS;
use super::controls::options::unreadable;
use crate::clean::Interned;
use crate::error::{Problem, Problems};

/// The commented default file.
pub const DEFAULT_TOML: &str = include_str!("../../config/accounts.toml");

/// Largest factor of a weight.
const FACTOR_MAX: f64 = 3.0;
/// Most points a detector may add.
const WEIGHT_MAX: f64 = 100.0;

/// Accounts of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountClass {
    /// Identifier.
    pub id: String,
    /// Name on screen.
    pub label_ko: String,
    /// Parts of names of accounts, folded: without white space, in lower case.
    pub parts: Vec<String>,
    /// Factors of weights by detector; 1 where none is given.
    pub factors: BTreeMap<String, f64>,
}

/// Classes in order; an account belongs to the first that names a part of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AccountClasses(pub Vec<AccountClass>);

impl AccountClasses {
    /// The embedded classes.
    pub fn korean() -> Self {
        // The embedded text is read by a test, so that the fallback is never taken.
        Self::from_toml(DEFAULT_TOML, "accounts.toml").unwrap_or_default()
    }

    /// Reads `accounts.toml`; `place` names the file in problems. All problems are reported at once.
    pub fn from_toml(text: &str, place: &str) -> Result<Self, Problems> {
        let mut table: toml::Table =
            text.parse().map_err(|e: toml::de::Error| Problems(vec![unreadable(text, place, &e)]))?;
        let mut reader = Reader { place, problems: Problems::default() };
        let version = table.remove("version");
        if version.as_ref().and_then(toml::Value::as_str) != Some("1") {
            let found = version.map_or("없음".to_owned(), |v| v.to_string());
            reader.refuse("version", &found, "\"1\"", "첫 줄에 version = \"1\" 을 쓰십시오.");
        }
        let classes = match table.remove("class") {
            None => Vec::new(),
            Some(toml::Value::Array(list)) => list,
            Some(other) => {
                let hint = "[[class]] 처럼 대괄호를 두 겹으로 쓰십시오.";
                reader.refuse("class", other.type_str(), "[[class]] 구역", hint);
                Vec::new()
            }
        };
        reader.unknown("", table.keys(), &["version", "class"]);
        let classes = classes.into_iter().enumerate().map(|(i, value)| reader.class(i, value)).collect();
        let classes = Self(classes);
        let mut known = BTreeSet::new();
        for class in classes.0.iter().filter(|class| !class.id.is_empty()) {
            if !known.insert(&class.id) {
                let key = format!("class ‘{}’: id", class.id);
                reader.refuse(&key, &class.id, "서로 다른 id", "두 종류 가운데 하나의 id를 고치십시오.");
            }
        }
        reader.problems.into_result(classes)
    }

    /// The class of `account` as an index; `None` where no class names it.
    pub fn class_of(&self, account: &str) -> Option<usize> {
        let account = folded(account);
        self.0.iter().position(|class| class.parts.iter().any(|part| account.contains(part)))
    }
}

impl AccountClass {
    /// `weights` of the detectors `ids` for this class: by its factors, scaled so that the weights of the detectors that
    /// take part (the flag) sum to what they sum to by default. A weight is cut at 100 points; the others share what is cut.
    pub fn weights(&self, ids: &[(&str, bool)], weights: &[f64]) -> Vec<f64> {
        let own =
            |(&(id, _), weight): (&(&str, bool), &f64)| weight * self.factors.get(id).copied().unwrap_or(1.0);
        let own: Vec<f64> = ids.iter().zip(weights).map(own).collect();
        let sum = |values: &[f64], counts: &dyn Fn(usize) -> bool| -> f64 {
            (0..ids.len()).filter(|&i| ids[i].1 && counts(i)).map(|i| values[i]).sum()
        };
        let total = sum(weights, &|_| true);
        let mut is_cut = vec![false; ids.len()];
        loop {
            let left = total - WEIGHT_MAX * (0..ids.len()).filter(|&i| ids[i].1 && is_cut[i]).count() as f64;
            let free = sum(&own, &|i| !is_cut[i]);
            let scale = if free > 0.0 { left.max(0.0) / free } else { 1.0 };
            let over: Vec<usize> =
                (0..ids.len()).filter(|&i| !is_cut[i] && own[i] * scale > WEIGHT_MAX).collect();
            if over.is_empty() {
                let weight = |(own, is_cut): (&f64, &bool)| if *is_cut { WEIGHT_MAX } else { own * scale };
                return own.iter().zip(&is_cut).map(weight).collect();
            }
            for i in over {
                is_cut[i] = true;
            }
        }
    }
}

/// Weights of detectors by row of a ledger.
pub(super) struct ByAccount<'a> {
    accounts: &'a Interned,
    /// By identifier of an account: position in `weights`.
    class: Vec<usize>,
    /// The default, then those of each class.
    weights: Vec<Vec<f64>>,
}

impl<'a> ByAccount<'a> {
    /// `weights` of the detectors `ids` (with whether they take part) for every row of `accounts`.
    pub(super) fn new(
        classes: &AccountClasses,
        accounts: &'a Interned,
        ids: &[(&str, bool)],
        weights: &[f64],
    ) -> Self {
        let class = accounts.names.iter().map(|name| classes.class_of(name).map_or(0, |i| i + 1)).collect();
        let of_classes = classes.0.iter().map(|class| class.weights(ids, weights));
        Self { accounts, class, weights: std::iter::once(weights.to_vec()).chain(of_classes).collect() }
    }

    /// Weights in points where the class of the account is not known.
    pub(super) fn by_default(&self) -> &[f64] {
        &self.weights[0]
    }

    /// Weights in points for `row`; the default where it has no account.
    pub(super) fn of_row(&self, row: usize) -> &[f64] {
        let account = self.accounts.ids.get(row).map_or(usize::MAX, |id| *id as usize);
        &self.weights[self.class.get(account).copied().unwrap_or(0)]
    }
}

fn folded(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

struct Reader<'a> {
    place: &'a str,
    problems: Problems,
}

impl Reader<'_> {
    fn refuse(&mut self, key: &str, found: &str, expected: &str, hint: &str) {
        self.problems.push(Problem::new(format!("{}: {key}", self.place), found, expected, hint));
    }

    fn unknown<'k>(&mut self, at: &str, keys: impl Iterator<Item = &'k String>, known: &[&str]) {
        for key in keys {
            let hint = "철자를 기본 파일과 견주어 고치거나 이 줄을 지우십시오.";
            self.refuse(&format!("{at}{key}"), &format!("알 수 없는 키 ‘{key}’"), &known.join(", "), hint);
        }
    }

    fn class(&mut self, index: usize, value: toml::Value) -> AccountClass {
        let mut table = match value {
            toml::Value::Table(table) => table,
            other => {
                let key = format!("class {}번째", index + 1);
                self.refuse(&key, other.type_str(), "표", "[[class]] 아래에 키와 값을 적으십시오.");
                toml::Table::new()
            }
        };
        let id = table.get("id").and_then(toml::Value::as_str).map(str::trim).unwrap_or_default().to_owned();
        let at = if id.is_empty() {
            format!("class {}번째: ", index + 1)
        } else {
            format!("class ‘{id}’: ")
        };
        for key in ["id", "label"] {
            let text = table.get(key).and_then(toml::Value::as_str).unwrap_or_default();
            if text.trim().is_empty() {
                let found = table.get(key).map_or("없음".to_owned(), toml::Value::to_string);
                let hint = "예: id = \"travel\", label = \"여비\"";
                self.refuse(&format!("{at}{key}"), &found, "비어 있지 않은 글자", hint);
            }
        }
        let label = table.get("label").and_then(toml::Value::as_str).unwrap_or_default().to_owned();
        let parts = self.parts(&at, table.get("accounts"));
        let factors = self.factors(&at, table.get("weights"));
        for key in ["id", "label", "accounts", "weights"] {
            table.remove(key);
        }
        self.unknown(&at, table.keys(), &["id", "label", "accounts", "weights"]);
        AccountClass { id, label_ko: label, parts, factors }
    }

    fn parts(&mut self, at: &str, value: Option<&toml::Value>) -> Vec<String> {
        let written = value.and_then(toml::Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let parts: Vec<String> = written.iter().filter_map(toml::Value::as_str).map(folded).collect();
        // An empty part would be a part of every name.
        if parts.is_empty() || parts.len() < written.len() || parts.iter().any(String::is_empty) {
            let found = value.map_or("없음".to_owned(), toml::Value::to_string);
            let hint = "예: accounts = [\"여비\", \"출장비\"]";
            self.refuse(&format!("{at}accounts"), &found, "계정과목 이름 하나 이상, 빈 글자 없이", hint);
        }
        parts
    }

    fn factors(&mut self, at: &str, value: Option<&toml::Value>) -> BTreeMap<String, f64> {
        let table = match value {
            None => return BTreeMap::new(),
            Some(toml::Value::Table(table)) => table,
            Some(other) => {
                let hint = "[class.weights] 아래에 탐지기 id = 배수로 적으십시오.";
                self.refuse(&format!("{at}weights"), &other.to_string(), "표", hint);
                return BTreeMap::new();
            }
        };
        let known: Vec<&str> = DETECTORS.iter().map(|detector| detector.id()).collect();
        let mut factors = BTreeMap::new();
        for (id, value) in table {
            let key = format!("{at}weights.{id}");
            if !known.contains(&id.as_str()) {
                let hint = "탐지기 id의 철자를 확인하거나 이 줄을 지우십시오.";
                self.refuse(&key, &format!("알 수 없는 탐지기 ‘{id}’"), &known.join(", "), hint);
                continue;
            }
            let factor = match value {
                toml::Value::Float(factor) => Some(*factor),
                toml::Value::Integer(factor) => i32::try_from(*factor).ok().map(f64::from),
                _ => None,
            };
            match factor.filter(|factor| (0.0..=FACTOR_MAX).contains(factor)) {
                Some(factor) => {
                    factors.insert(id.clone(), factor);
                }
                None => {
                    self.refuse(&key, &value.to_string(), "0 이상 3 이하의 수", "1.0이면 기본값과 같습니다.");
                }
            }
        }
        factors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids() -> Vec<(&'static str, bool)> {
        DETECTORS.iter().map(|d| (d.id(), true)).collect()
    }

    fn places(text: &str) -> Vec<String> {
        let problems = AccountClasses::from_toml(text, "a").unwrap_err();
        problems.0.into_iter().map(|problem| problem.place).collect()
    }

    #[test]
    fn the_shipped_file_has_no_problem_and_mild_factors() {
        let classes = AccountClasses::from_toml(DEFAULT_TOML, "accounts.toml").unwrap();
        assert_eq!(classes, AccountClasses::korean());
        assert!(classes.0.len() >= 6);
        assert!(classes.0.iter().flat_map(|c| c.factors.values()).all(|f| (0.5..=1.3).contains(f)));
        for (account, id) in [
            ("국내 여비", "travel"),
            ("행사 운영비", "event"),
            ("기관운영업무추진비", "meals"),
            ("공공운영비", "recurring"),
            ("시설비", "contract"),
            ("민간경상보조금", "subsidy"),
        ] {
            assert_eq!(classes.0[classes.class_of(account).unwrap()].id, id, "{account}");
        }
        assert_eq!(classes.class_of("사무관리비"), None);
    }

    #[test]
    fn the_first_class_that_names_a_part_counts() {
        let text = "version = \"1\"\n[[class]]\nid = \"a\"\nlabel = \"가\"\naccounts = [\"행 사\"]\n\
                    [[class]]\nid = \"b\"\nlabel = \"나\"\naccounts = [\"행사용역\"]\n";
        let classes = AccountClasses::from_toml(text, "a").unwrap();
        assert_eq!(classes.class_of("행사 용역비"), Some(0));
    }

    #[test]
    fn weights_of_a_class_sum_to_the_default() {
        let weights: Vec<f64> = DETECTORS.iter().map(|d| d.weight()).collect();
        let sum: f64 = weights.iter().sum();
        for class in AccountClasses::korean().0 {
            let own = class.weights(&ids(), &weights);
            assert!((own.iter().sum::<f64>() - sum).abs() < 1e-9, "{}", class.id);
            assert!(own.iter().all(|w| (0.0..=WEIGHT_MAX).contains(w)) && own != weights);
        }
    }

    #[test]
    fn what_takes_no_part_is_not_made_up_for_and_a_weight_is_cut() {
        let factors = [("a".to_owned(), 0.5), ("c".to_owned(), 0.0)].into();
        let class = AccountClass { id: String::new(), label_ko: String::new(), parts: vec![], factors };
        let ids = [("a", true), ("b", true), ("c", false)];
        let close = |found: Vec<f64>, expected: [f64; 3]| {
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9), "{found:?}");
        };
        close(class.weights(&ids, &[40.0, 40.0, 70.0]), [80.0 / 3.0, 160.0 / 3.0, 0.0]);
        close(class.weights(&ids, &[80.0, 80.0, 70.0]), [60.0, 100.0, 0.0]);
        close(class.weights(&[("c", true); 3], &[1.0, 2.0, 3.0]), [0.0; 3]);
    }

    #[test]
    fn every_problem_is_named_at_once() {
        let text = "version = \"2\"\nextra = 1\n\
            [[class]]\nid = \"a\"\nlabel = \"가\"\naccounts = [\"여비\"]\ncolour = 1\n\
            [class.weights]\nsplit_paymnt = 1.0\noff_hours = 3.5\nkmeans = \"x\"\ntext_rarity = nan\n\
            [[class]]\nid = \"a\"\naccounts = [\" \"]\n\
            [[class]]\nlabel = \"나\"\nweights = 1\n";
        let expected = [
            "a: version",
            "a: extra",
            "a: class ‘a’: weights.kmeans",
            "a: class ‘a’: weights.off_hours",
            "a: class ‘a’: weights.split_paymnt",
            "a: class ‘a’: weights.text_rarity",
            "a: class ‘a’: colour",
            "a: class ‘a’: label",
            "a: class ‘a’: accounts",
            "a: class 3번째: id",
            "a: class 3번째: accounts",
            "a: class 3번째: weights",
            "a: class ‘a’: id",
        ];
        let found = places(text);
        let named: BTreeSet<&str> = found.iter().map(String::as_str).collect();
        assert_eq!(named, BTreeSet::from(expected));
        assert_eq!(found.len(), expected.len());
        assert_eq!(places("version = \"1\"\n[[class]\n"), ["a: 2행"]);
        assert_eq!(places("version = \"1\"\n[class]\nid = \"a\"\n"), ["a: class"]);
        assert!(AccountClasses::from_toml("version = \"1\"\n", "a").unwrap().0.is_empty());
    }
}
