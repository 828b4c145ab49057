//! Findings: a payment with its score, what made the score, and why in Korean.
//!
//! Comes in: what detectors computed. Goes out: plain values whose contributions sum to the score.
//! Refuses: the word "fraud"; a finding is a reason to look.

use serde::{Deserialize, Serialize};

use super::{Amount, Expenditure, Points};

/// How soon a person should look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// 낮음: below the bar.
    Low,
    /// 보통: at or above the bar.
    Medium,
    /// 높음: well above the bar.
    High,
}

impl Severity {
    /// Scores from here on are `High`.
    pub const HIGH_SCORE_MIN: Points = Points(80 * Points::PER_POINT);

    /// The severity of `score` (0 to 100) when `bar` is the score from which payments are shown.
    pub fn of(score: Points, bar: Points) -> Self {
        if score >= bar.max(Self::HIGH_SCORE_MIN) {
            Self::High
        } else if score >= bar {
            Self::Medium
        } else {
            Self::Low
        }
    }

    /// 위험도 on screen.
    pub fn label_ko(self) -> &'static str {
        match self {
            Self::Low => "낮음",
            Self::Medium => "보통",
            Self::High => "높음",
        }
    }
}

/// The points one detector or control test added to a score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// Id of the detector or control test.
    pub id: String,
    /// Points; the contributions of a payment sum to its score.
    pub points: Points,
}

/// Why a payment stands out, in one Korean sentence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// Id of the detector or control test.
    pub id: String,
    /// The sentence, with figures and the group compared with.
    pub text: String,
    /// Indices (within the scored ledger) of other rows that show it, such as the payment duplicated.
    pub related: Vec<usize>,
}

/// A payment with its score and why, and the payments that are one case with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The payment.
    pub expenditure: Expenditure,
    /// The other payments of its case, in order of days, all of its department; empty where it stands alone.
    #[serde(default)]
    pub others: Vec<Expenditure>,
    /// 0 to 100; higher is more unusual.
    pub score: Points,
    /// 1 = highest score of the run.
    pub rank: usize,
    /// How soon to look.
    pub severity: Severity,
    /// Points by detector, summing to `score`.
    pub contributions: Vec<Contribution>,
    /// Largest first: the three largest and those of every control test that fires; then what was taken back of the payment; then what would bring it below the bar.
    pub reasons: Vec<Reason>,
}

impl Finding {
    /// All payments of the case, in order of days.
    pub fn payments(&self) -> Vec<&Expenditure> {
        let mut all: Vec<&Expenditure> = std::iter::once(&self.expenditure).chain(&self.others).collect();
        all.sort_by_key(|payment| payment.date);
        all
    }

    /// Their sum in minor units.
    pub fn sum(&self) -> Amount {
        Amount(self.payments().iter().fold(0, |sum: i64, payment| sum.saturating_add(payment.amount.0)))
    }
}
