//! Series: payments of one department and account to one vendor for what the description calls the same thing.
//!
//! Comes in: a ledger. Goes out: a dense number of the series of every row.
//! Refuses: digits, dates and office words in descriptions; `9월분 청소용역비 지급` and `청소용역비(10월분)` are one series.

use std::collections::HashMap;

use super::context::pair_ids;
use crate::clean::LedgerView;
use crate::clean::view::Interned;

/// Words that say when or how a thing was paid, not what it is.
const OFFICE_WORDS: [&str; 24] = [
    "월",
    "월분",
    "년",
    "년도",
    "년분",
    "일",
    "분",
    "분기",
    "반기",
    "상반기",
    "하반기",
    "회",
    "차",
    "회차",
    "건",
    "지급",
    "납부",
    "결의",
    "대금",
    "비용",
    "지출",
    "정산",
    "집행",
    "당월",
];

/// Number of the series of every row, by department, account, vendor and the words of the description.
pub fn series_ids(ledger: &LedgerView) -> Vec<u32> {
    let mut known: HashMap<Vec<String>, u32> = HashMap::new();
    let of_text: Vec<u32> = ledger
        .description
        .names
        .iter()
        .map(|text| {
            let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
            *known.entry(words(text)).or_insert(next)
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

/// The words of `text` that name the thing paid for, sorted, each once.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = text
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty() && !OFFICE_WORDS.contains(word))
        .map(str::to_lowercase)
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn when_and_how_do_not_make_another_series() {
        let series = words("2024.9월분 청소용역비 지급");
        assert_eq!(series, ["청소용역비"]);
        assert_eq!(words("청소용역비(10월분) 납부"), series);
        assert_eq!(words("본관 5층 청소용역비 2차"), ["본관", "청소용역비", "층"]);
        assert_ne!(words("청소용역비 (2개월분)"), series);
        assert!(words("2024-09").is_empty());
    }
}
