//! Names of the columns of clean rows, as they stand in data frames, Parquet files and mappings.
//!
//! Comes in: nothing. Goes out: constants; `ALL` lists them in the order of the lake.
//! Refuses: nothing; the type of each column is said beside it.

/// File the row came from (text).
pub const SOURCE: &str = "source";
/// Sheet within the file; empty for delimited text (text).
pub const SHEET: &str = "sheet";
/// Line or row number within the file, from 1 (i64).
pub const ROW: &str = "row";
/// Number the export identifies a payment by (text, may be null).
pub const DOCUMENT_NO: &str = "document_no";
/// Day of the payment (date).
pub const DATE: &str = "date";
/// Minute of the day, 0 to 1439 (i64, null where the export has no time).
pub const MINUTE: &str = "minute";
/// Department: its name in `departments.toml` where known, else as found (text).
pub const DEPARTMENT: &str = "department";
/// Account (text).
pub const ACCOUNT: &str = "account";
/// Vendor (text, may be null).
pub const VENDOR: &str = "vendor";
/// Vendor's registration number (text, may be null).
pub const VENDOR_NO: &str = "vendor_no";
/// What the payment was for (text, may be null).
pub const DESCRIPTION: &str = "description";
/// Transfer, card, cash, as found (text, may be null).
pub const PAYMENT_METHOD: &str = "payment_method";
/// Card number, masked (text, may be null).
pub const CARD: &str = "card";
/// Requester (text, may be null).
pub const REQUESTER: &str = "requester";
/// Payment, cancellation, refund, as found (text, may be null).
pub const KIND: &str = "kind";
/// Amount in minor units (i64).
pub const AMOUNT: &str = "amount";

/// Person who approved the payment (text, may be null).
pub const APPROVER: &str = "approver";
/// Line of business of the vendor (text, may be null).
pub const MERCHANT_CATEGORY: &str = "merchant_category";
/// Who was met, invited or paid for (text, may be null).
pub const COUNTERPART: &str = "counterpart";
/// Account the money went to, masked with a tag: `clean::mask::account` (text, may be null).
pub const BANK_ACCOUNT: &str = "bank_account";
/// Number of persons the payment was for (i64, may be null).
pub const ATTENDEES: &str = "attendees";
/// Day the payment was entered into the ERP (date, may be null).
pub const ENTERED_ON: &str = "entered_on";
/// Day the obligation was entered into (date, may be null).
pub const COMMITTED_ON: &str = "committed_on";
/// Day of the invoice or other voucher (date, may be null).
pub const INVOICED_ON: &str = "invoiced_on";
/// Day the contract was signed (date, may be null).
pub const CONTRACTED_ON: &str = "contracted_on";
/// First day of the contract's work (date, may be null).
pub const CONTRACT_FROM: &str = "contract_from";
/// Last day of the contract's work (date, may be null).
pub const CONTRACT_UNTIL: &str = "contract_until";

/// Columns of text that tell how a payment came about.
pub const DETAIL_TEXTS: [&str; 4] = [APPROVER, MERCHANT_CATEGORY, COUNTERPART, BANK_ACCOUNT];
/// Columns of days that tell how a payment came about.
pub const DETAIL_DAYS: [&str; 6] =
    [ENTERED_ON, COMMITTED_ON, INVOICED_ON, CONTRACTED_ON, CONTRACT_FROM, CONTRACT_UNTIL];
/// All columns that tell how a payment came about, in the order of the lake: texts, the number of persons, days.
/// They name no payment: two rows that differ in them alone are one payment.
pub const DETAILS: [&str; 11] = [
    APPROVER,
    MERCHANT_CATEGORY,
    COUNTERPART,
    BANK_ACCOUNT,
    ATTENDEES,
    ENTERED_ON,
    COMMITTED_ON,
    INVOICED_ON,
    CONTRACTED_ON,
    CONTRACT_FROM,
    CONTRACT_UNTIL,
];

/// Whether `column` is one of [`DETAILS`].
pub fn is_detail(column: &str) -> bool {
    DETAILS.contains(&column)
}

/// Every column, in the order of the lake.
pub const ALL: [&str; 27] = [
    SOURCE,
    SHEET,
    ROW,
    DOCUMENT_NO,
    DATE,
    MINUTE,
    DEPARTMENT,
    ACCOUNT,
    VENDOR,
    VENDOR_NO,
    DESCRIPTION,
    PAYMENT_METHOD,
    CARD,
    REQUESTER,
    KIND,
    AMOUNT,
    APPROVER,
    MERCHANT_CATEGORY,
    COUNTERPART,
    BANK_ACCOUNT,
    ATTENDEES,
    ENTERED_ON,
    COMMITTED_ON,
    INVOICED_ON,
    CONTRACTED_ON,
    CONTRACT_FROM,
    CONTRACT_UNTIL,
];

/// Columns of a score set, beside the key `SOURCE, SHEET, ROW`.
pub const SCORE: &str = "score";
/// Rank of the row, 1 = highest score (i64).
pub const RANK: &str = "rank";

/// Name of a column of payments on screen; `None` for any other.
pub fn label_of(column: &str) -> Option<&'static str> {
    Some(match column {
        DOCUMENT_NO => "문서번호",
        DEPARTMENT => "부서",
        ACCOUNT => "계정과목",
        MINUTE => "시각",
        VENDOR => "거래처",
        VENDOR_NO => "사업자등록번호",
        DESCRIPTION => "적요",
        PAYMENT_METHOD => "지급방법",
        CARD => "카드번호",
        REQUESTER => "기안자",
        KIND => "구분(취소·반납)",
        APPROVER => "결재자",
        MERCHANT_CATEGORY => "업종",
        COUNTERPART => "집행대상",
        BANK_ACCOUNT => "계좌번호",
        ATTENDEES => "인원",
        ENTERED_ON => "입력일",
        COMMITTED_ON => "원인행위일",
        INVOICED_ON => "증빙일",
        CONTRACTED_ON => "계약일",
        CONTRACT_FROM => "계약시작일",
        CONTRACT_UNTIL => "계약종료일",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_details_end_the_lake_in_their_order() {
        assert_eq!(ALL[ALL.len() - DETAILS.len()..], DETAILS);
        let kinds: Vec<&str> = [&DETAIL_TEXTS[..], &[ATTENDEES], &DETAIL_DAYS].concat();
        assert_eq!(kinds, DETAILS);
        assert!(is_detail(ENTERED_ON) && !is_detail(DATE));
    }
}
