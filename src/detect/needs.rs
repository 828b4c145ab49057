//! Which checks look at which optional columns of an export.
//!
//! Comes in: a canonical column. Goes out: its Korean name and the checks that see less without it.
//! Refuses: nothing; a test keeps the names those of `DETECTORS`.

use super::DETECTORS;
use super::columns;
use crate::ledger::col;

/// Columns that models look at, beside those that control tests name themselves.
const MODEL_NEEDS: [(&str, &[&str]); 4] = [
    (col::MINUTE, &["isolation_forest", "kmeans", "pca", "tail_probability"]),
    (col::VENDOR, &["context_amount", "isolation_forest", "kmeans", "pca", "tail_probability"]),
    (
        col::DESCRIPTION,
        &["context_amount", "text_rarity", "isolation_forest", "kmeans", "pca", "tail_probability"],
    ),
    (col::CARD, &["isolation_forest", "kmeans", "pca", "tail_probability"]),
];

/// The name of a column on screen; the column itself where it is none of ours.
pub fn label_ko(column: &str) -> &str {
    columns::label_ko(column)
}

/// Identifiers of the checks that see less without `column`.
fn ids_on(column: &str) -> Vec<&'static str> {
    let of_models = MODEL_NEEDS.iter().find(|(name, _)| *name == column).map_or(&[][..], |(_, ids)| ids);
    let looks = |detector: &&&dyn super::Detector| {
        let by_itself = detector.about().is_some_and(|about| {
            about.optional.contains(&column) || about.required.iter().any(|any| any.contains(&column))
        });
        by_itself || of_models.contains(&detector.id())
    };
    DETECTORS.iter().filter(looks).map(|detector| detector.id()).collect()
}

/// Whether people are told which files lack `column`; of the details the table of checks says enough.
pub fn is_missed(column: &str) -> bool {
    !col::is_detail(column)
}

/// Names of the checks that see less without `column`.
pub fn checks_on(column: &str) -> Vec<String> {
    let ids = ids_on(column);
    DETECTORS.iter().filter(|d| ids.contains(&d.id())).map(|d| d.label_ko().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::{Interned, LedgerView};
    use crate::detect::canary::Plot;
    use crate::detect::{BudgetBook, ControlOptions, Holidays, Input, Reversed, Shared, planted, standard};
    use crate::features;

    /// Columns that an export may lack.
    const COLUMNS: [&str; 20] = [
        col::DOCUMENT_NO,
        col::MINUTE,
        col::VENDOR,
        col::VENDOR_NO,
        col::DESCRIPTION,
        col::PAYMENT_METHOD,
        col::CARD,
        col::REQUESTER,
        col::KIND,
        col::APPROVER,
        col::MERCHANT_CATEGORY,
        col::COUNTERPART,
        col::BANK_ACCOUNT,
        col::ATTENDEES,
        col::ENTERED_ON,
        col::COMMITTED_ON,
        col::INVOICED_ON,
        col::CONTRACTED_ON,
        col::CONTRACT_FROM,
        col::CONTRACT_UNTIL,
    ];

    #[test]
    fn every_column_has_a_name_and_every_model_named_exists() {
        for column in COLUMNS {
            assert_ne!(label_ko(column), column);
        }
        assert_eq!(label_ko("nothing"), "nothing");
        for (_, ids) in MODEL_NEEDS {
            assert!(ids.iter().all(|id| DETECTORS.iter().any(|d| d.id() == *id && d.about().is_none())));
        }
        assert!(checks_on(col::DESCRIPTION).contains(&"의심 적요어".to_owned()));
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
        ledger.approver = column(|i| format!("과장{}", i % 4));
        ledger.merchant_category = column(|i| ["문구점", "식당", "서점"][i % 3].to_owned());
        ledger.counterpart = column(|i| format!("주민대표 {}", i % 11));
        let vendor = ledger.vendor.clone();
        let accounts: Vec<String> = vendor.ids.iter().map(|id| format!("****{id:04}")).collect();
        ledger.bank_account = Interned::from_values(accounts.iter().map(|text| Some(text.as_str())));
        for i in 0..n {
            let day = ledger.day[i];
            ledger.attendees[i] = 4 + i32::try_from(i % 6).unwrap();
            ledger.entered_on[i] = day;
            ledger.committed_on[i] = day - 5;
            // Every now and then the commitment follows the invoice.
            ledger.invoiced_on[i] = day - if i % 200 == 7 { 20 } else { 2 };
            ledger.contracted_on[i] = day - 30;
            ledger.contract_from[i] = day - 29;
            ledger.contract_until[i] = day - 3;
        }
        ledger.kind = column(|i| if i % 50 == 0 { "취소" } else { "지출" }.to_owned());
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
        contracts_alike_but_for_one_end(&ledger)
    }

    /// `ledger` with two pairs of contracts of one vendor and day, one that differs in its begin only and one in its end.
    fn contracts_alike_but_for_one_end(ledger: &LedgerView) -> LedgerView {
        let (money, budget) = (ControlOptions::default().money, BudgetBook::default());
        let mut plot = Plot::new(ledger, &budget, &money);
        for (vendor, begins, ends) in [("가나건설", [0, 5], [0, 0]), ("다라건설", [0, 0], [0, 5])] {
            for at in 0..2 {
                let mut payment = plot.usual().unwrap();
                vendor.clone_into(&mut payment.vendor);
                payment.vendor_no.clear();
                payment.amount = 18_000_000 + i64::try_from(at).unwrap();
                payment.contract_from += begins[at];
                payment.contract_until += ends[at];
                plot.add(&payment);
            }
        }
        let shared = DETECTORS.iter().find(|detector| detector.id() == "shared_bank_account").unwrap();
        shared.plant(&mut plot, &ControlOptions::default());
        plot.into_parts().0
    }

    fn without(column: &str, mut ledger: LedgerView) -> LedgerView {
        let absent = Interned { ids: vec![Interned::NULL; ledger.n_rows], names: Vec::new() };
        match column {
            col::MINUTE => ledger.minute.fill(-1),
            col::DOCUMENT_NO => ledger.document_no = absent,
            col::VENDOR => ledger.vendor = absent,
            col::VENDOR_NO => ledger.vendor_no = absent,
            col::DESCRIPTION => ledger.description = absent,
            col::PAYMENT_METHOD => ledger.payment_method = absent,
            col::CARD => ledger.card = absent,
            col::REQUESTER => ledger.requester = absent,
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
            _ => ledger.kind = absent,
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
            shared: &Shared::new(ledger),
            reversed: &Reversed::none(ledger),
            features: &features,
            columns: &columns,
            holidays: &holidays,
            budget: &BudgetBook::default(),
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
        for column in COLUMNS {
            let ids = ids_on(column);
            let fewer = strengths(&without(column, ledger.clone()));
            let changed: Vec<&str> = DETECTORS
                .iter()
                .zip(all.iter().zip(&fewer))
                .filter(|(_, (all, fewer))| all != fewer)
                .map(|(detector, _)| detector.id())
                .collect();
            let unnamed: Vec<_> = changed.iter().filter(|id| !ids.contains(id)).collect();
            assert!(unnamed.is_empty(), "{column}: {unnamed:?}");
            assert_eq!(changed.is_empty(), ids.is_empty(), "{column}: {ids:?}");
        }
    }
}
