//! The words of descriptions as numbers, and the topics they make: an account and a word.
//!
//! Comes in: a ledger. Goes out: word numbers by text, series numbers by row, topic numbers by row.
//! Refuses: digits, dates and office words (they say when and how a thing was paid, not what it is), words of one letter as
//! topics.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::context::pair_ids;
use crate::clean::LedgerView;
use crate::clean::view::Interned;

/// Texts split into words by one task.
const CHUNK: usize = 4096;

/// Lists of numbers, one behind the other: a ledger has millions of short ones.
struct Lists {
    /// Where each list begins, and where the last one ends.
    starts: Vec<usize>,
    items: Vec<u32>,
}

impl Lists {
    fn new() -> Self {
        Self { starts: vec![0], items: Vec::new() }
    }

    fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Ends the list that was pushed to `items`.
    fn end(&mut self) {
        self.starts.push(self.items.len());
    }

    /// List `i`; empty beyond the last.
    fn get(&self, i: usize) -> &[u32] {
        match self.starts.get(i..=i.saturating_add(1)) {
            Some(&[from, to]) => &self.items[from..to],
            _ => &[],
        }
    }
}

/// Hashes of the words of some texts and whether they are long, and how many words each text has.
type Chunk = (Vec<(u64, bool)>, Vec<usize>);

/// Word numbers by text.
pub struct Words {
    /// Numbers of the words of each text, ascending, each once.
    of_text: Lists,
    /// Whether a word has two letters or more, by number.
    is_long: Vec<bool>,
}

impl Words {
    /// Numbers the words of all descriptions of `ledger` by first appearance.
    pub fn new(ledger: &LedgerView) -> Self {
        // By chunk: the words of its texts, and how many each text has.
        let split = |texts: &[String]| {
            let (mut words, mut counts) = (Vec::new(), Vec::with_capacity(texts.len()));
            for text in texts {
                let before = words.len();
                words.extend(words_of(text));
                counts.push(words.len() - before);
            }
            (words, counts)
        };
        let chunks: Vec<Chunk> = ledger.description.names.par_chunks(CHUNK).map(split).collect();
        let mut known: FxHashMap<u64, u32> = FxHashMap::default();
        let mut is_long = Vec::new();
        let mut number = |(hash, long): (u64, bool)| {
            *known.entry(hash).or_insert_with(|| {
                is_long.push(long);
                u32::try_from(is_long.len() - 1).unwrap_or(u32::MAX)
            })
        };
        let mut of_text = Lists::new();
        let mut numbers: Vec<u32> = Vec::new();
        for (words, counts) in chunks {
            let mut words = words.into_iter();
            for count in counts {
                numbers.clear();
                numbers.extend(words.by_ref().take(count).map(&mut number));
                numbers.sort_unstable();
                numbers.dedup();
                of_text.items.extend_from_slice(&numbers);
                of_text.end();
            }
        }
        Self { of_text, is_long }
    }

    /// Number of the series of every row of `ledger`: department, account and vendor (numbered by `payee`) and the words of
    /// the description.
    pub fn series(&self, ledger: &LedgerView, payee: &[u32]) -> Vec<u32> {
        let mut known: FxHashMap<&[u32], u32> = FxHashMap::default();
        let of_text: Vec<u32> = (0..self.of_text.len())
            .map(|text| {
                let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
                *known.entry(self.of_text.get(text)).or_insert(next)
            })
            .collect();
        let text: Vec<u32> = ledger
            .description
            .ids
            .iter()
            .map(|id| of_text.get(*id as usize).copied().unwrap_or(Interned::NULL))
            .collect();
        pair_ids(payee, &text)
    }

    /// Topics of every row of `ledger`.
    pub fn topics(&self, ledger: &LedgerView) -> Topics {
        let wording = wordings(ledger);
        let mut known: FxHashMap<(u32, u32), u32> = FxHashMap::default();
        let mut of_wording = Lists::new();
        for (row, &number) in wording.iter().enumerate() {
            if number as usize != of_wording.len() {
                continue;
            }
            let words = self.of_text.get(ledger.description.ids[row] as usize);
            let long = words.iter().filter(|word| self.is_long[**word as usize]);
            let topic = |word: &u32| {
                let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
                *known.entry((ledger.account.ids[row], *word)).or_insert(next)
            };
            of_wording.items.extend(long.map(topic));
            of_wording.end();
        }
        let mut n_rows = vec![0; known.len()];
        for wording in &wording {
            for topic in of_wording.get(*wording as usize) {
                n_rows[*topic as usize] += 1;
            }
        }
        Topics { wording, of_wording, n_rows }
    }
}

/// Topics (an account and a word of two letters or more) of every row.
pub struct Topics {
    /// Account and description of every row, as a dense number.
    wording: Vec<u32>,
    /// Topics of each wording.
    of_wording: Lists,
    /// Rows of each topic.
    pub n_rows: Vec<u32>,
}

impl Topics {
    /// Topics of `row`.
    pub fn of(&self, row: usize) -> &[u32] {
        self.of_wording.get(self.wording[row] as usize)
    }
}

/// Numbers the pairs of account and description densely, by first appearance, as `pair_ids` does; a description of one row
/// makes a pair of its own and needs no look-up.
fn wordings(ledger: &LedgerView) -> Vec<u32> {
    let mut n_rows = vec![0_u32; ledger.description.names.len()];
    for text in &ledger.description.ids {
        if let Some(n) = n_rows.get_mut(*text as usize) {
            *n += 1;
        }
    }
    let mut known: FxHashMap<(u32, u32), u32> = FxHashMap::default();
    let mut next = 0;
    let mut number = || {
        next += 1;
        next - 1
    };
    let pairs = ledger.account.ids.iter().zip(&ledger.description.ids);
    pairs
        .map(|(account, text)| match n_rows.get(*text as usize) {
            Some(1) => number(),
            _ => *known.entry((*account, *text)).or_insert_with(&mut number),
        })
        .collect()
}

/// Whether `c` is a letter. Nearly all characters of a description are told without the table of all letters.
pub(super) fn is_letter(c: char) -> bool {
    match c {
        'a'..='z' | 'A'..='Z' | HANGUL_FIRST..=HANGUL_LAST => true,
        c => !c.is_ascii() && c.is_alphabetic(),
    }
}

/// The first letter of `c` in lower case; Korean has no other case.
pub(super) fn lower(c: char) -> char {
    match c {
        HANGUL_FIRST..=HANGUL_LAST => c,
        c if c.is_ascii() => c.to_ascii_lowercase(),
        c => c.to_lowercase().next().unwrap_or(c),
    }
}

/// The first and the last of the Korean syllables.
const HANGUL_FIRST: char = '\u{AC00}';
const HANGUL_LAST: char = '\u{D7A3}';

/// Hashes of the words of `text` that name the thing paid for, and whether they have two letters or more.
fn words_of(text: &str) -> impl Iterator<Item = (u64, bool)> {
    text.split(|c: char| !is_letter(c))
        .filter(|word| !word.is_empty() && !is_office_word(word))
        .map(|word| (hash_of(word), word.chars().nth(1).is_some()))
}

/// FNV-1a over the code points of `word` in lower case.
fn hash_of(word: &str) -> u64 {
    let mix = |hash: u64, c: char| (hash ^ u64::from(u32::from(c))).wrapping_mul(0x0100_0000_01B3);
    word.chars().fold(0xCBF2_9CE4_8422_2325_u64, |hash, c| match c {
        HANGUL_FIRST..=HANGUL_LAST => mix(hash, c),
        c if c.is_ascii() => mix(hash, c.to_ascii_lowercase()),
        c => c.to_lowercase().fold(hash, mix),
    })
}

/// Words that say when or how a thing was paid, not what it is.
fn is_office_word(word: &str) -> bool {
    matches!(
        word,
        "월" | "월분"
            | "년"
            | "년도"
            | "년분"
            | "일"
            | "분"
            | "분기"
            | "반기"
            | "상반기"
            | "하반기"
            | "회"
            | "차"
            | "회차"
            | "건"
            | "지급"
            | "납부"
            | "결의"
            | "대금"
            | "비용"
            | "지출"
            | "정산"
            | "집행"
            | "당월"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn when_and_how_do_not_make_another_series() {
        let words_of = |text: &'static str| -> Vec<(u64, bool)> { super::words_of(text).collect() };
        let series = words_of("2024.9월분 청소용역비 지급");
        assert_eq!(series.len(), 1);
        assert_eq!(words_of("청소용역비(10월분) 납부"), series);
        assert_eq!(words_of("본관 5층 청소용역비 2차").len(), 3);
        assert_ne!(words_of("청소용역비 (2개월분)"), series);
        assert!(words_of("2024-09").is_empty());
    }

    #[test]
    fn letters_and_cases_are_those_of_unicode() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_letter(c), c.is_alphabetic(), "{c:?}");
            assert_eq!(Some(lower(c)), c.to_lowercase().next(), "{c:?}");
        }
        assert_eq!(hash_of("ÄB가İ"), hash_of("äb가i\u{307}"));
    }
}
