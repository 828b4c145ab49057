//! A written TOML file laid over the embedded default, key by key.
//!
//! Comes in: the default text and the text an admin wrote. Goes out: one merged table.
//! Refuses: keys the default does not have, values of another type; all of them at once, with their lines.

use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

use crate::error::{Problem, Problems};

/// Parses `text`; every syntax error becomes a problem with its line.
pub fn parse(text: &str, place: &str, problems: &mut Problems) -> Option<Table> {
    let (_, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        problems.push(Problem::new(
            format!("{place}:{line}"),
            first_line_of(text, line),
            "TOML 문법에 맞는 줄",
            format!(
                "{} - 따옴표와 괄호가 닫혔는지, 같은 키를 두 번 쓰지 않았는지 확인하세요.",
                error.message()
            ),
        ));
    }
    if !errors.is_empty() {
        return None;
    }
    toml::from_str(text).ok()
}

/// Lays `text` over `default`: unknown keys and wrong types are problems, missing keys keep the default.
pub fn overlay(default: &str, text: &str, place: &str, problems: &mut Problems) -> Option<Table> {
    let mut merged: Table = toml::from_str(default).ok()?;
    parse(text, place, problems)?;
    let (written, _) = DeTable::parse_recoverable(text);
    merge(&mut merged, written.get_ref(), &Place { file: place, text, path: "" }, problems);
    Some(merged)
}

struct Place<'a> {
    file: &'a str,
    text: &'a str,
    path: &'a str,
}

impl Place<'_> {
    fn key(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

fn merge(into: &mut Table, written: &DeTable<'_>, place: &Place<'_>, problems: &mut Problems) {
    let mut entries: Vec<_> = written.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    for (key, value) in entries {
        let path = place.key(key.get_ref());
        let line = line_of(place.text, key.span().start);
        let at = format!("{}:{line}: {path}", place.file);
        let Some(known) = into.get_mut(key.get_ref().as_ref()) else {
            problems.push(unknown_key(at, key.get_ref(), into));
            continue;
        };
        match (known, value.get_ref()) {
            (Value::Table(known), DeValue::Table(written)) => {
                let inner = Place { file: place.file, text: place.text, path: &path };
                merge(known, written, &inner, problems);
            }
            (known, written) => match convert(known, written) {
                Some(value) => *known = value,
                None => problems.push(Problem::new(
                    at,
                    place.text.get(value.span()).unwrap_or_default(),
                    type_ko(known),
                    format!("기본값은 {known} 입니다. 같은 종류의 값으로 고치세요."),
                )),
            },
        }
    }
}

/// The written value where it has the type of `known`; an integer may stand for a float.
fn convert(known: &Value, written: &DeValue<'_>) -> Option<Value> {
    match (known, written) {
        (Value::String(_), DeValue::String(text)) => Some(Value::String(text.to_string())),
        (Value::Boolean(_), DeValue::Boolean(flag)) => Some(Value::Boolean(*flag)),
        (Value::Integer(_), DeValue::Integer(number)) => {
            i64::from_str_radix(number.as_str(), number.radix()).ok().map(Value::Integer)
        }
        (Value::Float(_), DeValue::Float(number)) => number.as_str().parse().ok().map(Value::Float),
        (Value::Float(_), DeValue::Integer(number)) => number.as_str().parse().ok().map(Value::Float),
        // Lists of the file are lists of texts.
        (Value::Array(_), DeValue::Array(items)) => {
            let text = |item: &toml::Spanned<DeValue<'_>>| match item.get_ref() {
                DeValue::String(text) => Some(Value::String(text.to_string())),
                _ => None,
            };
            items.iter().map(text).collect::<Option<Vec<Value>>>().map(Value::Array)
        }
        _ => None,
    }
}

fn type_ko(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "따옴표로 묶은 글자",
        Value::Integer(_) => "정수",
        Value::Float(_) => "숫자",
        Value::Boolean(_) => "true 또는 false",
        Value::Datetime(_) => "날짜",
        Value::Array(_) => "목록",
        Value::Table(_) => "표([이름])",
    }
}

fn unknown_key(at: String, key: &str, known: &Table) -> Problem {
    let nearest = known.keys().min_by_key(|candidate| edit_distance(candidate, key));
    let close = nearest.filter(|candidate| edit_distance(candidate, key) <= 2);
    let hint = match close {
        Some(candidate) => format!("‘{candidate}’의 오타로 보입니다. 고치거나 지우세요."),
        None => "철자를 확인하거나 이 줄을 지우세요.".to_owned(),
    };
    let names: Vec<&str> = known.keys().map(String::as_str).collect();
    Problem::new(at, format!("알 수 없는 키 ‘{key}’"), names.join(", "), hint)
}

/// Levenshtein distance; keys are short.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let cost = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

/// Line (from 1) of byte `offset`.
pub fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|&&b| b == b'\n').count() + 1
}

fn first_line_of(text: &str, line: usize) -> String {
    text.lines().nth(line.saturating_sub(1)).unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULT: &str =
        "version = \"1\"\n[score]\nseed = 1\nbar = 60.0\n[mail]\nhost = \"\"\n[audit]\nrecipients = []\n";

    fn problems_of(text: &str) -> Vec<Problem> {
        let mut problems = Problems::default();
        overlay(DEFAULT, text, "a.toml", &mut problems);
        problems.0
    }

    #[test]
    fn missing_keys_keep_their_default() {
        let mut problems = Problems::default();
        let table = overlay(DEFAULT, "[score]\nbar = 70\n", "a.toml", &mut problems).unwrap();
        assert!(problems.0.is_empty());
        assert_eq!(table["score"]["bar"].as_float(), Some(70.0));
        assert_eq!(table["score"]["seed"].as_integer(), Some(1));
    }

    #[test]
    fn a_list_of_texts_is_taken_and_nothing_else() {
        let mut problems = Problems::default();
        let text = "[audit]\nrecipients = [\"a@b.kr\", \"c@d.kr\"]\n";
        let table = overlay(DEFAULT, text, "a.toml", &mut problems).unwrap();
        assert!(problems.0.is_empty());
        assert_eq!(table["audit"]["recipients"].as_array().unwrap().len(), 2);
        for bad in ["[audit]\nrecipients = [1]\n", "[audit]\nrecipients = \"a@b.kr\"\n"] {
            assert_eq!(problems_of(bad)[0].place, "a.toml:2: audit.recipients");
        }
    }

    #[test]
    fn all_problems_come_at_once_with_their_lines() {
        let found = problems_of("[score]\nsede = 1\nbar = \"높음\"\n[mail]\nhost = 3\n");
        let places: Vec<&str> = found.iter().map(|p| p.place.as_str()).collect();
        assert_eq!(places, ["a.toml:2: score.sede", "a.toml:3: score.bar", "a.toml:5: mail.host"]);
        assert!(found[0].hint.contains("seed"), "{}", found[0].hint);
    }

    #[test]
    fn syntax_errors_name_the_line() {
        let found = problems_of("[score]\nbar = = 3\n");
        assert!(found[0].place.starts_with("a.toml:2"), "{found:?}");
    }
}
