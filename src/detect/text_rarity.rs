//! Descriptions foreign to their account.
//!
//! Comes in: the feature `text_rarity`. Goes out: strengths of its far tail, with the description and the account.
//! Refuses: ledgers without descriptions.

use std::collections::BTreeMap;

use super::tail::{self, Tail};
use super::{Detector, Input, Output};

/// Mean logarithm of ratios that begins to count (pairs of letters 7 times rarer here than in the whole ledger) and that counts fully.
const TAIL: Tail = Tail { floor: 2.0, full: 3.8 };
/// Characters of a description quoted in a reason.
const QUOTED_MAX: usize = 40;

/// The detector.
pub struct TextRarity;

impl Detector for TextRarity {
    fn id(&self) -> &'static str {
        "text_rarity"
    }

    fn label_ko(&self) -> &'static str {
        "적요 이례"
    }

    fn weight(&self) -> f64 {
        72.0
    }

    fn detect(&self, input: &Input<'_>) -> Result<Output, String> {
        let ledger = input.ledger;
        if !ledger.description.is_present() {
            return Err("적요 열이 없어 계정과목에 맞는 내용인지 볼 수 없습니다.".to_owned());
        }
        let rarity = input.features.column("text_rarity").ok_or("적요 특성이 계산되지 않았습니다.")?;
        let strength = TAIL.strengths(rarity);
        let sentences: BTreeMap<usize, String> = tail::standouts(&strength)
            .into_iter()
            .map(|row| {
                let times = rarity[row].exp();
                let text = quoted(ledger.description.text(row));
                let account = ledger.account.text(row);
                let sentence = format!(
                    "적요 ‘{text}’의 표현이 ‘{account}’ 계정에서는 전체 지출에서보다 평균 {times:.0}배 드뭅니다."
                );
                (row, sentence)
            })
            .collect();
        Ok(tail::output(self.id(), strength, sentences))
    }
}

fn quoted(text: &str) -> String {
    if text.chars().count() <= QUOTED_MAX {
        return text.to_owned();
    }
    text.chars().take(QUOTED_MAX).chain(['…']).collect()
}
