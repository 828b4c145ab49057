//! Columns of a ledger as control tests ask for them: names on screen, and whether a row has a value.
//!
//! Comes in: a `LedgerView` and names of `ledger::col`. Goes out: filled or not, how much, how varied.
//! Refuses: a column it does not know counts as absent.

use crate::clean::{Interned, LedgerView};
use crate::ko;
use crate::ledger::col;

/// Name of a column on screen; the column itself where it is none of ours.
pub fn label_ko(column: &str) -> &str {
    col::label_of(column).unwrap_or(column)
}

/// Whether row `i` has a value in `column`.
pub fn is_filled(ledger: &LedgerView, column: &str, i: usize) -> bool {
    let day = |days: &[i32]| days[i] != LedgerView::NO_DAY;
    match column {
        col::MINUTE => ledger.minute[i] >= 0,
        col::ATTENDEES => ledger.attendees[i] >= 0,
        col::ENTERED_ON => day(&ledger.entered_on),
        col::COMMITTED_ON => day(&ledger.committed_on),
        col::INVOICED_ON => day(&ledger.invoiced_on),
        col::CONTRACTED_ON => day(&ledger.contracted_on),
        col::CONTRACT_FROM => day(&ledger.contract_from),
        col::CONTRACT_UNTIL => day(&ledger.contract_until),
        other => text(ledger, other).is_some_and(|column| column.ids[i] != Interned::NULL),
    }
}

/// The text column of that name.
fn text<'a>(ledger: &'a LedgerView, column: &str) -> Option<&'a Interned> {
    Some(match column {
        col::DOCUMENT_NO => &ledger.document_no,
        col::DEPARTMENT => &ledger.department,
        col::ACCOUNT => &ledger.account,
        col::VENDOR => &ledger.vendor,
        col::VENDOR_NO => &ledger.vendor_no,
        col::DESCRIPTION => &ledger.description,
        col::PAYMENT_METHOD => &ledger.payment_method,
        col::CARD => &ledger.card,
        col::REQUESTER => &ledger.requester,
        col::KIND => &ledger.kind,
        col::APPROVER => &ledger.approver,
        col::MERCHANT_CATEGORY => &ledger.merchant_category,
        col::COUNTERPART => &ledger.counterpart,
        col::BANK_ACCOUNT => &ledger.bank_account,
        _ => return None,
    })
}

/// Whether any row has a value in `column`.
pub fn is_present(ledger: &LedgerView, column: &str) -> bool {
    match text(ledger, column) {
        Some(column) => column.is_present(),
        None => (0..ledger.n_rows).any(|i| is_filled(ledger, column, i)),
    }
}

/// Whether all its values are one; `false` where it has none.
pub fn is_constant(ledger: &LedgerView, column: &str) -> bool {
    if let Some(column) = text(ledger, column) {
        return column.names.len() == 1;
    }
    let value = |i: usize| match column {
        col::MINUTE => i32::from(ledger.minute[i]),
        col::ATTENDEES => ledger.attendees[i],
        col::ENTERED_ON => ledger.entered_on[i],
        col::COMMITTED_ON => ledger.committed_on[i],
        col::INVOICED_ON => ledger.invoiced_on[i],
        col::CONTRACTED_ON => ledger.contracted_on[i],
        col::CONTRACT_FROM => ledger.contract_from[i],
        _ => ledger.contract_until[i],
    };
    let mut values = (0..ledger.n_rows).filter(|&i| is_filled(ledger, column, i)).map(value);
    values.next().is_some_and(|first| values.all(|value| value == first))
}

/// What `ledger` lacks of `required` (of each inner list one column is enough), as a sentence; `None` when nothing.
pub fn missing(ledger: &LedgerView, required: &[&[&str]]) -> Option<String> {
    let absent = required.iter().filter(|any| !any.iter().any(|column| is_present(ledger, column)));
    let names: Vec<String> = absent.map(|any| any_of(any)).collect();
    (!names.is_empty()).then(|| format!("{} 없어 점검하지 못했습니다.", ko::josa(&names.join(", "), "이/가")))
}

/// `거래처 열`, `거래처 또는 사업자등록번호 열`.
pub fn any_of(columns: &[&str]) -> String {
    let labels: Vec<&str> = columns.iter().map(|column| label_ko(column)).collect();
    format!("{} 열", labels.join(" 또는 "))
}
