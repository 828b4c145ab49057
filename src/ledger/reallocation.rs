//! Reallocations: budget moved from one line to another, as an event with its day and reason.
//!
//! Comes in: rows of a reallocation file. Goes out: plain fields.
//! Refuses: nothing here; `budget` compares them with the budget lines.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Amount, RowRef};

/// By which rule budget was moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReallocationKind {
    /// 이용: between items the assembly votes on (장·관·항).
    TransferBetweenItems,
    /// 전용: between lines within an item (세항·목).
    TransferBetweenLines,
    /// 이체: between organisations, when duties move.
    TransferBetweenOrganisations,
}

impl ReallocationKind {
    /// Every kind.
    pub const ALL: [Self; 3] =
        [Self::TransferBetweenItems, Self::TransferBetweenLines, Self::TransferBetweenOrganisations];

    /// The stored token.
    pub fn token(self) -> &'static str {
        match self {
            Self::TransferBetweenItems => "transfer_between_items",
            Self::TransferBetweenLines => "transfer_between_lines",
            Self::TransferBetweenOrganisations => "transfer_between_organisations",
        }
    }

    /// Name on screen and in files.
    pub fn label_ko(self) -> &'static str {
        match self {
            Self::TransferBetweenItems => "이용",
            Self::TransferBetweenLines => "전용",
            Self::TransferBetweenOrganisations => "이체",
        }
    }

    /// The kind of a stored token.
    pub fn from_token(token: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.token() == token)
    }

    /// The kind a file names, as `전용` or `예산전용`; `None` for anything else.
    pub fn from_ko(text: &str) -> Option<Self> {
        let bare = text.strip_prefix("예산").unwrap_or(text);
        Self::ALL.into_iter().find(|kind| kind.label_ko() == bare)
    }
}

/// One side of a reallocation.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BudgetPlace {
    /// Department name.
    pub department: String,
    /// Account.
    pub account: String,
    /// 예산과목, empty where the file has none beside the account.
    pub budget_line: String,
}

/// One movement of budget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reallocation {
    /// Its place in the file.
    pub at: RowRef,
    /// Day it took effect.
    pub date: NaiveDate,
    /// By which rule.
    pub kind: ReallocationKind,
    /// Number of the document, empty where the file has none.
    pub document_no: String,
    /// Where the budget left.
    pub from: BudgetPlace,
    /// Where it came to.
    pub to: BudgetPlace,
    /// Minor units; negative where an earlier movement was taken back.
    pub amount: Amount,
    /// Why, empty where the file does not say.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_a_token_and_a_word_of_their_own() {
        for kind in ReallocationKind::ALL {
            assert_eq!(ReallocationKind::from_token(kind.token()), Some(kind));
            assert_eq!(ReallocationKind::from_ko(&format!("예산{}", kind.label_ko())), Some(kind));
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{}\"", kind.token()));
        }
        assert_eq!(ReallocationKind::from_ko("이전용"), None);
    }
}
