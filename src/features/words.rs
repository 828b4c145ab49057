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

/// Word numbers by text.
pub struct Words {
    /// Numbers of the words of each text, ascending, each once.
    of_text: Vec<Vec<u32>>,
    /// Whether a word has two letters or more, by number.
    is_long: Vec<bool>,
}

impl Words {
    /// Numbers the words of all descriptions of `ledger` by first appearance.
    pub fn new(ledger: &LedgerView) -> Self {
        let hashed: Vec<Vec<(u64, bool)>> =
            ledger.description.names.par_iter().map(|text| words_of(text)).collect();
        let mut known: FxHashMap<u64, u32> = FxHashMap::default();
        let mut is_long = Vec::new();
        let number = |(hash, long): (u64, bool)| {
            *known.entry(hash).or_insert_with(|| {
                is_long.push(long);
                u32::try_from(is_long.len() - 1).unwrap_or(u32::MAX)
            })
        };
        let mut number = number;
        let of_text = hashed
            .into_iter()
            .map(|words| {
                let mut numbers: Vec<u32> = words.into_iter().map(&mut number).collect();
                numbers.sort_unstable();
                numbers.dedup();
                numbers
            })
            .collect();
        Self { of_text, is_long }
    }

    /// Number of the series of every row of `ledger`: department, account, vendor and the words of the description.
    pub fn series(&self, ledger: &LedgerView) -> Vec<u32> {
        let mut known: FxHashMap<&[u32], u32> = FxHashMap::default();
        let of_text: Vec<u32> = self
            .of_text
            .iter()
            .map(|words| {
                let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
                *known.entry(words.as_slice()).or_insert(next)
            })
            .collect();
        let text: Vec<u32> = ledger
            .description
            .ids
            .iter()
            .map(|id| of_text.get(*id as usize).copied().unwrap_or(Interned::NULL))
            .collect();
        let pair = pair_ids(&ledger.department.ids, &ledger.account.ids);
        pair_ids(&pair_ids(&pair, &ledger.vendor.ids), &text)
    }

    /// Topics of every row of `ledger`.
    pub fn topics(&self, ledger: &LedgerView) -> Topics {
        let wording = pair_ids(&ledger.account.ids, &ledger.description.ids);
        let mut known: FxHashMap<(u32, u32), u32> = FxHashMap::default();
        let mut of_wording: Vec<Vec<u32>> = Vec::new();
        for row in 0..ledger.n_rows {
            if wording[row] as usize != of_wording.len() {
                continue;
            }
            let words = self.of_text.get(ledger.description.ids[row] as usize).map_or(&[][..], Vec::as_slice);
            let long = words.iter().filter(|word| self.is_long[**word as usize]);
            let topic = |word: &u32| {
                let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
                *known.entry((ledger.account.ids[row], *word)).or_insert(next)
            };
            of_wording.push(long.map(topic).collect());
        }
        let mut n_rows = vec![0; known.len()];
        for wording in &wording {
            for topic in &of_wording[*wording as usize] {
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
    of_wording: Vec<Vec<u32>>,
    /// Rows of each topic.
    pub n_rows: Vec<u32>,
}

impl Topics {
    /// Topics of `row`.
    pub fn of(&self, row: usize) -> &[u32] {
        &self.of_wording[self.wording[row] as usize]
    }
}

/// Hashes of the words of `text` that name the thing paid for, and whether they have two letters or more.
fn words_of(text: &str) -> Vec<(u64, bool)> {
    let words = text.split(|c: char| !c.is_alphabetic());
    let hash = |word: &str| {
        // FNV-1a over the code points.
        word.chars().flat_map(char::to_lowercase).fold(0xCBF2_9CE4_8422_2325_u64, |hash, c| {
            (hash ^ u64::from(u32::from(c))).wrapping_mul(0x0100_0000_01B3)
        })
    };
    words
        .filter(|word| !word.is_empty() && !is_office_word(word))
        .map(|word| (hash(word), word.chars().nth(1).is_some()))
        .collect()
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
        let series = words_of("2024.9월분 청소용역비 지급");
        assert_eq!(series.len(), 1);
        assert_eq!(words_of("청소용역비(10월분) 납부"), series);
        assert_eq!(words_of("본관 5층 청소용역비 2차").len(), 3);
        assert_ne!(words_of("청소용역비 (2개월분)"), series);
        assert!(words_of("2024-09").is_empty());
    }
}
