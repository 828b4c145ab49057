//! Descriptions foreign to their account.
//!
//! Comes in: the text features. Goes out: strengths where the words belong elsewhere or are new to the account, with the
//! description and the account.
//! Refuses: ledgers without descriptions.

use std::collections::BTreeMap;

use super::tail;
use super::{Detector, Input, Output, Untested};

/// Mean logarithm of ratios (words several times rarer here than elsewhere) that begins to count, and that counts fully.
const RARITY: (f64, f64) = (1.5, 4.5);
/// Decades of how few earlier descriptions of the account were as new, times the share that is new: begins, and fully.
const NEWNESS: (f64, f64) = (0.6, 2.6);
/// What rarity and newness say by themselves when they say all they can.
const SHARES: (f64, f64) = (0.6, 0.85);
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
        95.0
    }

    fn detect(&self, input: &Input<'_>) -> Result<Output, Untested> {
        let ledger = input.ledger;
        if !ledger.description.is_present() {
            return Err("적요 열이 없어 계정과목에 맞는 내용인지 볼 수 없습니다.".into());
        }
        let rarity = input.features.column("text_rarity").ok_or("적요 특성이 계산되지 않았습니다.")?;
        let novelty = input.features.column("text_novelty").ok_or("적요 특성이 계산되지 않았습니다.")?;
        let rank = input.features.column("text_novelty_rank").ok_or("적요 특성이 계산되지 않았습니다.")?;
        let ramp = |value: f64, (from, to): (f64, f64)| ((value - from) / (to - from)).clamp(0.0, 1.0);
        let strength: Vec<f32> = (0..ledger.n_rows)
            .map(|i| {
                let elsewhere = SHARES.0 * ramp(rarity[i], RARITY);
                let new = SHARES.1 * ramp(rank[i], NEWNESS);
                tail::fraction(1.0 - (1.0 - elsewhere) * (1.0 - new))
            })
            .collect();
        let sentences: BTreeMap<usize, String> = tail::standouts(&strength)
            .into_iter()
            .map(|row| {
                let text = quoted(ledger.description.text(row));
                let account = ledger.account.text(row);
                let is_elsewhere = SHARES.0 * ramp(rarity[row], RARITY) >= SHARES.1 * ramp(rank[row], NEWNESS);
                let sentence = if is_elsewhere {
                    let times = rarity[row].exp();
                    format!(
                        "적요 ‘{text}’의 표현이 ‘{account}’ 계정에서는 다른 계정에서보다 평균 {times:.0}배 드뭅니다."
                    )
                } else {
                    let share = crate::ko::percent(novelty[row]);
                    format!("적요 ‘{text}’의 표현 가운데 {share}가 ‘{account}’ 계정에서 거의 쓰인 적이 없습니다.")
                };
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
