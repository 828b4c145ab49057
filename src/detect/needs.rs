//! Which checks look at which optional columns of an export.
//!
//! Comes in: a canonical column. Goes out: its Korean name and the checks that see less without it.
//! Refuses: nothing; a test keeps the names those of `DETECTORS`.

use super::DETECTORS;
use crate::ledger::col;

/// A column, its name on screen, and the ids of the checks that look at it.
const NEEDS: [(&str, &str, &[&str]); 9] = [
    (col::DOCUMENT_NO, "문서번호", &["duplicate_payment"]),
    (col::MINUTE, "시각", &["off_hours", "isolation_forest", "kmeans", "pca", "tail_probability"]),
    (
        col::VENDOR,
        "거래처",
        &[
            "context_amount",
            "isolation_forest",
            "kmeans",
            "pca",
            "tail_probability",
            "duplicate_payment",
            "split_payment",
            "new_vendor_spike",
            "recurring_deviation",
        ],
    ),
    (col::VENDOR_NO, "사업자등록번호", &["duplicate_payment", "split_payment", "new_vendor_spike"]),
    (col::DESCRIPTION, "적요", &["text_rarity", "duplicate_payment", "split_payment"]),
    (col::PAYMENT_METHOD, "지급방법", &["duplicate_payment", "off_hours"]),
    (col::CARD, "카드번호", &["duplicate_payment", "off_hours", "split_payment"]),
    (col::REQUESTER, "발의자", &[]),
    (col::KIND, "구분(취소·반납)", &["duplicate_payment", "split_payment"]),
];

/// The name of a column on screen; the column itself where it is none of ours.
pub fn label_ko(column: &str) -> &str {
    NEEDS.iter().find(|(name, ..)| *name == column).map_or(column, |(_, label, _)| label)
}

/// Names of the checks that see less without `column`.
pub fn checks_on(column: &str) -> Vec<String> {
    let ids = NEEDS.iter().find(|(name, ..)| *name == column).map_or(&[][..], |(.., ids)| ids);
    let label = |id: &&str| DETECTORS.iter().find(|d| d.id() == *id).map(|d| d.label_ko().to_owned());
    ids.iter().filter_map(label).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_named_exists() {
        for (column, label, ids) in NEEDS {
            assert_eq!(checks_on(column).len(), ids.len(), "{column}");
            assert_eq!(label_ko(column), label);
        }
        assert_eq!(label_ko("nothing"), "nothing");
    }
}
