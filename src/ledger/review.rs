//! Reviews: what a check marked, what people found when they looked, and whether the check adds points.
//!
//! Comes in: words of people and of checks. Goes out: plain values with their tokens and Korean names.
//! Refuses: an outcome, a reason or an origin that is not listed here.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Amount, FiscalMonth, Points, RowRef};

/// What a review of a payment came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 이상 확인: somebody looked, and there was something to it.
    Confirmed,
    /// 정상: somebody looked, and all was in order.
    Dismissed,
    /// 제외: put aside without looking, by an exception or because it is out of scope.
    Excluded,
    /// 조사 없이 종결: nobody looked, and nobody will.
    Closed,
}

impl Outcome {
    /// All of them; where payments of one case differ, the first one listed counts.
    pub const ALL: [Self; 4] = [Self::Confirmed, Self::Dismissed, Self::Excluded, Self::Closed];

    /// As stored.
    pub fn token(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Dismissed => "dismissed",
            Self::Excluded => "excluded",
            Self::Closed => "closed",
        }
    }

    /// 결과 on screen.
    pub fn label_ko(self) -> &'static str {
        match self {
            Self::Confirmed => "이상 확인",
            Self::Dismissed => "정상",
            Self::Excluded => "제외",
            Self::Closed => "조사 없이 종결",
        }
    }

    /// The outcome a person or program means by `text`: its name or its token; `false_alarm` is `Dismissed`.
    pub fn from_words(text: &str) -> Option<Self> {
        let meant = |outcome: &Self| is_meant(text, outcome.token(), outcome.label_ko());
        Self::ALL
            .into_iter()
            .find(meant)
            .or_else(|| (text.trim() == "false_alarm").then_some(Self::Dismissed))
    }
}

/// Where the word about a payment comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// 감사: the audit team reviewed an alarm.
    Audit,
    /// 부서: the department answered for it.
    Department,
    /// 무작위 표본: drawn by chance, not because it was marked.
    RandomSample,
    /// 규칙 확정: a rule that leaves no doubt.
    RuleCertain,
}

impl Origin {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Audit, Self::Department, Self::RandomSample, Self::RuleCertain];

    /// As stored.
    pub fn token(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::Department => "department",
            Self::RandomSample => "random_sample",
            Self::RuleCertain => "rule_certain",
        }
    }

    /// 출처 on screen.
    pub fn label_ko(self) -> &'static str {
        match self {
            Self::Audit => "감사",
            Self::Department => "부서",
            Self::RandomSample => "무작위 표본",
            Self::RuleCertain => "규칙 확정",
        }
    }

    /// The origin meant by `text`: its name or its token.
    pub fn from_words(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| is_meant(text, origin.token(), origin.label_ko()))
    }
}

/// Why a payment that was looked at was in order: token and name on screen. The only list of them.
pub const DISMISSALS: &[(&str, &str)] = &[
    ("needed_for_work", "업무상 필요 확인"),
    ("contract_or_rule", "계약·규정 근거 있음"),
    ("recurring", "정기 지급"),
    ("separate_purchases", "서로 다른 거래"),
    ("urgent", "긴급·불가피"),
    ("entry_slip", "입력 착오, 지출은 정상"),
    ("known_before", "사전 협의·승인된 건"),
    ("other", "기타"),
];

/// The token of the dismissal reason meant by `text`: its name or its token.
pub fn dismissal_from_words(text: &str) -> Option<&'static str> {
    DISMISSALS.iter().find(|(token, label)| is_meant(text, token, label)).map(|(token, _)| *token)
}

/// The name on screen of a reason as stored: of a listed token, else the text itself.
pub fn reason_ko(outcome: Outcome, reason: &str) -> &str {
    let listed = DISMISSALS.iter().find(|(token, _)| outcome == Outcome::Dismissed && *token == reason);
    listed.map_or(reason, |(_, label)| label)
}

/// Whether `text` is this token or this name, whatever its white space.
fn is_meant(text: &str, token: &str, label: &str) -> bool {
    let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    text.trim() == token || bare(text) == bare(label)
}

/// What a person found about one payment. Equal decisions about a row are one; a later decision counts instead of an
/// earlier one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// The payment.
    pub at: RowRef,
    /// Its document number, empty where the export has none: a row that another payment took over has another one.
    pub document_no: String,
    /// What came of it.
    pub outcome: Outcome,
    /// For `Dismissed` a token of [`DISMISSALS`], else free text; empty where nothing was said.
    pub reason: String,
    /// Minutes spent on it, where somebody kept count.
    pub minutes: Option<i64>,
    /// Who decided.
    pub decided_by: String,
    /// The day of the decision.
    pub decided_on: NaiveDate,
    /// From when it was known here, in milliseconds since 1970: training as of a day sees what was known then.
    pub recorded_ms: i64,
    /// Where the word comes from.
    pub origin: Origin,
}

/// A payment at or above the bar to which a check added points; for a check in shadow, to which it would have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// The run.
    pub run_id: String,
    /// Its month.
    pub period: FiscalMonth,
    /// The check.
    pub check: String,
    /// The payment.
    pub at: RowRef,
    /// Its document number, empty where the export has none.
    pub document_no: String,
    /// Payments of one check with one number are one case; numbers are those of the run.
    pub case_no: i64,
    /// Its amount in minor units.
    pub amount: Amount,
    /// Points the check added, or would have.
    pub points: Points,
    /// Whether the check was in shadow.
    pub is_shadow: bool,
}

impl Alarm {
    /// Whether `label` of its row is about the payment that stands there now: a file that was restated may have another
    /// document in that row. Where one of them has no number, the row decides.
    pub fn is_about(&self, label: &Label) -> bool {
        let (here, there) = (&self.document_no, &label.document_no);
        self.at == label.at && (here.is_empty() || there.is_empty() || here == there)
    }
}

/// A check begins or ceases to add points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckChange {
    /// The check.
    pub check: String,
    /// `true`: it runs and is counted, but adds no points.
    pub is_shadow: bool,
    /// The first month it holds for.
    pub from: FiscalMonth,
    /// Why, in Korean.
    pub reason: String,
    /// Who: [`CheckChange::ITSELF`], or a person.
    pub by: String,
    /// When it was recorded, in milliseconds since 1970.
    pub recorded_ms: i64,
    /// The run that decided, where one did.
    pub run_id: Option<String>,
}

impl CheckChange {
    /// Who decides when nobody does: rule health.
    pub const ITSELF: &'static str = "self";

    /// 상태 on screen.
    pub fn label_ko(&self) -> &'static str {
        if self.is_shadow { "시험 운영" } else { "적용" }
    }

    /// Who, on screen.
    pub fn by_ko(&self) -> &str {
        if self.by == Self::ITSELF { "자동" } else { &self.by }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_by_name_and_by_token_and_nothing_else() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::from_words(outcome.token()), Some(outcome));
            assert_eq!(Outcome::from_words(&format!(" {} ", outcome.label_ko())), Some(outcome));
        }
        assert_eq!(Outcome::from_words("조사없이 종결"), Some(Outcome::Closed));
        assert_eq!(Outcome::from_words("false_alarm"), Some(Outcome::Dismissed));
        for origin in Origin::ALL {
            assert_eq!(Origin::from_words(origin.label_ko()), Some(origin));
        }
        for bad in ["", "부정", "비정상", "Confirmed", "정상 "] {
            assert_eq!(Outcome::from_words(bad).is_some(), bad == "정상 ", "{bad}");
        }
        assert_eq!(Origin::from_words("감사팀"), None);
    }

    #[test]
    fn every_dismissal_is_found_by_its_name_and_shown_by_it() {
        for (token, label) in DISMISSALS {
            assert_eq!(dismissal_from_words(label), Some(*token));
            assert_eq!(reason_ko(Outcome::Dismissed, token), *label);
        }
        assert_eq!(dismissal_from_words("그냥"), None);
        assert_eq!(reason_ko(Outcome::Closed, "urgent"), "urgent", "free text stays as it is");
    }
}
