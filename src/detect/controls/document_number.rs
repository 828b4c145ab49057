//! Document numbers taken apart: a prefix and a running number.
//!
//! Comes in: document numbers as the export writes them. Goes out: number of the prefix and the running number, by text.
//! Refuses: texts that do not end in digits; a running number of more than fifteen digits.

use rustc_hash::FxHashMap;

/// Prefixes and running numbers of texts.
pub(super) struct Parsed<'a> {
    /// By text: its number, `None` where it has none.
    pub(super) numbers: Vec<Option<Number>>,
    /// Prefix and whether it names a year, in order of first appearance.
    pub(super) prefixes: Vec<(&'a str, bool)>,
}

/// A running number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    /// Position of the prefix.
    pub(super) prefix: u32,
    /// The number.
    pub(super) number: u64,
}

/// Takes `texts` apart. `결의-2024-0012` is 12 after `결의-2024-`; in digits only, a date or year in front is the prefix.
pub(super) fn parse(texts: &[String]) -> Parsed<'_> {
    let mut known: FxHashMap<&str, u32> = FxHashMap::default();
    let mut prefixes: Vec<(&str, bool)> = Vec::new();
    let mut numbers = Vec::with_capacity(texts.len());
    for text in texts {
        let (prefix, digits) = split(text);
        let parsed = if digits.len() > 15 { None } else { digits.parse().ok() };
        numbers.push(parsed.map(|number| {
            let prefix = *known.entry(prefix).or_insert_with(|| {
                prefixes.push((prefix, names_a_year(prefix)));
                u32::try_from(prefixes.len() - 1).unwrap_or(u32::MAX)
            });
            Number { prefix, number }
        }));
    }
    Parsed { numbers, prefixes }
}

/// The running number of `text`, as it is written.
pub(super) fn number_of(text: &str) -> &str {
    split(text).1
}

/// Prefix and running number of one text.
fn split(text: &str) -> (&str, &str) {
    let n_digits = text.bytes().rev().take_while(u8::is_ascii_digit).count();
    let at = text.len() - n_digits;
    let (prefix, digits) = text.split_at(at);
    if prefix.is_empty() { digits.split_at(date_len(digits)) } else { (prefix, digits) }
}

/// How many of `digits` are a date, a month or a year in front of a running number.
fn date_len(digits: &str) -> usize {
    let part = |from: usize, to: usize| digits.get(from..to).and_then(|part| part.parse::<u32>().ok());
    let is_year = part(0, 4).is_some_and(is_year);
    let has_month = part(4, 6).is_some_and(|month| (1..=12).contains(&month));
    let has_day = part(6, 8).is_some_and(|day| (1..=31).contains(&day));
    match digits.len() {
        10.. if is_year && has_month && has_day => 8,
        9.. if is_year && has_month => 6,
        7.. if is_year => 4,
        _ => 0,
    }
}

fn is_year(value: u32) -> bool {
    (1_990..=2_100).contains(&value)
}

/// Whether four digits of `prefix` that stand together begin with a year.
fn names_a_year(prefix: &str) -> bool {
    prefix
        .split(|c: char| !c.is_ascii_digit())
        .any(|run| run.get(..4).and_then(|year| year.parse().ok()).is_some_and(is_year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_and_numbers() {
        for (text, prefix, number) in [
            ("결의-2024-0012", "결의-2024-", "0012"),
            ("총무과-7", "총무과-", "7"),
            ("20240305-00012", "20240305-", "00012"),
            ("2024000123", "2024", "000123"),
            ("20240300123", "202403", "00123"),
            ("2024030512", "20240305", "12"),
            ("123456", "", "123456"),
            ("A12B", "A12B", ""),
        ] {
            assert_eq!(split(text), (prefix, number), "{text}");
        }
        let texts = ["가-2024-01", "나-1", "가-2024-02", "끝"].map(str::to_owned);
        let parsed = parse(&texts);
        assert_eq!(parsed.prefixes, [("가-2024-", true), ("나-", false)]);
        assert_eq!(parsed.numbers[2], Some(Number { prefix: 0, number: 2 }));
        assert_eq!(parsed.numbers[3], None);
    }
}
