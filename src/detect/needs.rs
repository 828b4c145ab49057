//! Which checks look at which optional columns of an export.
//!
//! Comes in: a canonical column. Goes out: its Korean name and the checks that see less without it.
//! Refuses: nothing; a test keeps the names those of `DETECTORS`.

use super::DETECTORS;
use crate::ledger::col;

/// A column, its name on screen, and the ids of the checks that look at it.
const NEEDS: [(&str, &str, &[&str]); 20] = [
    (col::DOCUMENT_NO, "문서번호", &["duplicate_payment", "unmatched_reversal"]),
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
            "repeated_payment",
            "new_vendor_spike",
            "recurring_deviation",
            "unmatched_reversal",
        ],
    ),
    (
        col::VENDOR_NO,
        "사업자등록번호",
        &[
            "duplicate_payment",
            "split_payment",
            "repeated_payment",
            "new_vendor_spike",
            "recurring_deviation",
            "unmatched_reversal",
        ],
    ),
    (
        col::DESCRIPTION,
        "적요",
        &[
            "context_amount",
            "text_rarity",
            "isolation_forest",
            "kmeans",
            "pca",
            "tail_probability",
            "duplicate_payment",
            "split_payment",
            "new_vendor_spike",
            "recurring_deviation",
            "suspicious_word",
            "unmatched_reversal",
        ],
    ),
    (col::PAYMENT_METHOD, "지급방법", &["duplicate_payment", "off_hours"]),
    (
        col::CARD,
        "카드번호",
        &[
            "isolation_forest",
            "kmeans",
            "pca",
            "tail_probability",
            "duplicate_payment",
            "off_hours",
            "split_payment",
        ],
    ),
    (col::REQUESTER, "발의자", &[]),
    (
        col::KIND,
        "구분(취소·반납)",
        &[
            "duplicate_payment",
            "split_payment",
            "repeated_payment",
            "new_vendor_spike",
            "rare_department_account",
            "recurring_deviation",
            "unmatched_reversal",
        ],
    ),
    (col::APPROVER, "결재자", &[]),
    (col::MERCHANT_CATEGORY, "업종", &[]),
    (col::COUNTERPART, "집행대상", &[]),
    (col::BANK_ACCOUNT, "계좌번호", &[]),
    (col::ATTENDEES, "인원", &[]),
    (col::ENTERED_ON, "입력일", &[]),
    (col::COMMITTED_ON, "원인행위일", &[]),
    (col::INVOICED_ON, "증빙일", &[]),
    (col::CONTRACTED_ON, "계약일", &[]),
    (col::CONTRACT_FROM, "계약시작일", &[]),
    (col::CONTRACT_UNTIL, "계약종료일", &[]),
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

/// Whether people are told that a file lacks `column`: details that no check looks at are missed by nobody.
pub fn is_missed(column: &str) -> bool {
    !col::is_detail(column) || NEEDS.iter().any(|(name, _, ids)| *name == column && !ids.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::{Interned, LedgerView};
    use crate::detect::{ControlOptions, Holidays, Input, planted, standard};
    use crate::features;

    #[test]
    fn every_check_named_exists() {
        for (column, label, ids) in NEEDS {
            assert_eq!(checks_on(column).len(), ids.len(), "{column}");
            assert_eq!(label_ko(column), label);
        }
        assert_eq!(label_ko("nothing"), "nothing");
        for column in col::DETAILS {
            assert!(label_ko(column) != column, "{column}");
            assert_eq!(is_missed(column), !checks_on(column).is_empty(), "{column}");
        }
        assert!(is_missed(col::REQUESTER) && is_missed(col::VENDOR));
    }

    /// Whether row `i` of [`full`] is the row before it once more.
    fn is_copy(i: usize) -> bool {
        i % 100 == 31
    }

    /// Payments that name all there is to name.
    fn full() -> LedgerView {
        let mut ledger = planted::institution(1_500, 0.02, 1).ledger;
        let n = ledger.n_rows;
        let column = |text: fn(usize) -> String| {
            let texts: Vec<String> = (0..n).map(text).collect();
            Interned::from_values(texts.iter().map(|text| Some(text.as_str())))
        };
        ledger.document_no = column(|i| format!("2024-{:04}", i - usize::from(is_copy(i))));
        ledger.vendor_no = column(|i| if i % 3 == 0 { String::new() } else { format!("{:03}", i % 41) });
        ledger.card = column(|i| if i % 2 == 0 { String::new() } else { format!("5409-{}", i % 7) });
        ledger.payment_method = column(|i| ["카드", "계좌이체", "계좌이체"][i % 3].to_owned());
        ledger.requester = column(|i| format!("직원{}", i % 9));
        ledger.kind = column(|i| if i % 50 == 0 { "취소" } else { "지출" }.to_owned());
        ledger.approver = column(|i| format!("결재자{}", i % 5));
        ledger.merchant_category = column(|i| ["한식", "문구", "주점"][i % 3].to_owned());
        ledger.counterpart = column(|i| format!("대상{}", i % 11));
        ledger.bank_account = column(|i| format!("****{:04}#0123456789", i % 41));
        ledger.attendees = (0..n).map(|i| i32::try_from(i % 9).unwrap()).collect();
        let before = |days: i32| ledger.day.iter().map(|day| day - days).collect::<Vec<i32>>();
        (ledger.entered_on, ledger.committed_on) = (before(-1), before(9));
        (ledger.invoiced_on, ledger.contracted_on) = (before(3), before(30));
        (ledger.contract_from, ledger.contract_until) = (before(25), before(5));
        // Cancellations that take nothing back: netting has done so before a check looks.
        for i in (0..n).step_by(50) {
            ledger.amount[i] = 100_000_003 + i64::from(ledger.day[i]);
        }
        for i in (0..n).filter(|i| is_copy(*i)) {
            ledger.amount[i] = ledger.amount[i - 1];
            let LedgerView { department, account, vendor, vendor_no, description, .. } = &mut ledger;
            for column in [department, account, vendor, vendor_no, description] {
                column.ids[i] = column.ids[i - 1];
            }
        }
        for (i, minute) in ledger.minute.iter_mut().enumerate() {
            *minute = if i % 60 == 0 { 23 * 60 + 30 } else { *minute };
        }
        ledger
    }

    fn without(column: &str, mut ledger: LedgerView) -> LedgerView {
        let absent = Interned::absent(ledger.n_rows);
        match column {
            col::MINUTE => ledger.minute.fill(-1),
            col::DOCUMENT_NO => ledger.document_no = absent,
            col::VENDOR => ledger.vendor = absent,
            col::VENDOR_NO => ledger.vendor_no = absent,
            col::DESCRIPTION => ledger.description = absent,
            col::PAYMENT_METHOD => ledger.payment_method = absent,
            col::CARD => ledger.card = absent,
            col::REQUESTER => ledger.requester = absent,
            col::KIND => ledger.kind = absent,
            col::APPROVER => ledger.approver = absent,
            col::MERCHANT_CATEGORY => ledger.merchant_category = absent,
            col::COUNTERPART => ledger.counterpart = absent,
            col::BANK_ACCOUNT => ledger.bank_account = absent,
            col::ATTENDEES => ledger.attendees.fill(-1),
            col::ENTERED_ON => ledger.entered_on.fill(LedgerView::NO_DAY),
            col::COMMITTED_ON => ledger.committed_on.fill(LedgerView::NO_DAY),
            col::INVOICED_ON => ledger.invoiced_on.fill(LedgerView::NO_DAY),
            col::CONTRACTED_ON => ledger.contracted_on.fill(LedgerView::NO_DAY),
            col::CONTRACT_FROM => ledger.contract_from.fill(LedgerView::NO_DAY),
            col::CONTRACT_UNTIL => ledger.contract_until.fill(LedgerView::NO_DAY),
            other => panic!("{other} is no column of the ledger"),
        }
        ledger
    }

    /// Strengths of every check, as bits; none where it could not run.
    fn strengths(ledger: &LedgerView) -> Vec<Option<Vec<u32>>> {
        let holidays = Holidays::korean();
        let features = features::build(ledger, &features::Options::default(), &|d| holidays.is_off_day(d));
        let columns = standard::columns(&features);
        let options = ControlOptions::default();
        let input = Input {
            ledger,
            features: &features,
            columns: &columns,
            holidays: &holidays,
            options: &options,
            seed: 1,
        };
        let bits = |strength: Vec<f32>| strength.into_iter().map(f32::to_bits).collect();
        DETECTORS.iter().map(|d| d.detect(&input).ok().map(|output| bits(output.strength))).collect()
    }

    #[test]
    fn a_check_not_named_sees_as_much_without_the_column() {
        let ledger = full();
        let all = strengths(&ledger);
        for (column, _, ids) in NEEDS {
            let fewer = strengths(&without(column, ledger.clone()));
            let changed: Vec<&str> = DETECTORS
                .iter()
                .zip(all.iter().zip(&fewer))
                .filter(|(_, (all, fewer))| all != fewer)
                .map(|(detector, _)| detector.id())
                .collect();
            let unnamed: Vec<_> = changed.iter().filter(|id| !ids.contains(id)).collect();
            assert!(unnamed.is_empty(), "{column}: {unnamed:?}");
            assert_eq!(changed.is_empty(), ids.is_empty(), "{column}");
        }
    }
}
