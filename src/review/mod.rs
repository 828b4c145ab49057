//! Review: files in which people say what they found about payments, to labels and back.
//!
//! Comes in: the cells of a CSV or XLSX, the payments of the lake. Goes out: labels, or every row that cannot be one.
//! Refuses: a file with one bad row as a whole, a payment that is not in the lake, a word that is not listed in
//! `ledger::review`, a day to come.

pub mod payments;
pub mod read;
pub mod write;

pub use payments::Payments;
pub use read::{Given, ReadLabels, read};

/// Rows of a file of labels; a year of reviews has some thousands.
pub const ROWS_MAX: usize = 100_000;
/// Characters of a reason or a name.
pub const TEXT_MAX: usize = 200;
/// Minutes spent on one payment: a hundred working days.
pub const MINUTES_MAX: i64 = 48_000;

/// The columns of a file of labels: token and name; either may stand in the header. The only list of them.
pub const COLUMNS: [(&str, &str); 10] = [
    ("source", "파일"),
    ("sheet", "시트"),
    ("row", "행"),
    ("document_no", "문서번호"),
    ("outcome", "결과"),
    ("reason", "사유"),
    ("minutes", "소요시간(분)"),
    ("decided_by", "검토자"),
    ("decided_on", "검토일"),
    ("origin", "출처"),
];

/// Position of a column in [`COLUMNS`].
pub(crate) mod column {
    pub(crate) const SOURCE: usize = 0;
    pub(crate) const SHEET: usize = 1;
    pub(crate) const ROW: usize = 2;
    pub(crate) const DOCUMENT_NO: usize = 3;
    pub(crate) const OUTCOME: usize = 4;
    pub(crate) const REASON: usize = 5;
    pub(crate) const MINUTES: usize = 6;
    pub(crate) const DECIDED_BY: usize = 7;
    pub(crate) const DECIDED_ON: usize = 8;
    pub(crate) const ORIGIN: usize = 9;
}

/// Characters with which a spreadsheet begins a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// `text` as a cell that no spreadsheet runs: an apostrophe before what looks like a formula.
pub fn guard(text: &str) -> String {
    if text.trim_start_matches('\'').starts_with(FORMULA) { format!("'{text}") } else { text.to_owned() }
}

/// `text` of a cell without the apostrophe that [`guard`] put there.
pub fn unguard(text: &str) -> &str {
    let is_guarded = text.starts_with('\'') && text.trim_start_matches('\'').starts_with(FORMULA);
    if is_guarded { &text[1..] } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guarded_cell_is_read_back_and_no_formula() {
        for text in ["=1+1", "'=1", "-5", "@a", "''+", "'가", "정기 지급", ""] {
            let cell = guard(text);
            assert!(!cell.starts_with(FORMULA), "{cell}");
            assert_eq!(unguard(&cell), text);
        }
    }

    #[test]
    fn positions_and_names_of_columns_agree() {
        for (at, token) in [
            (column::SOURCE, "source"),
            (column::SHEET, "sheet"),
            (column::ROW, "row"),
            (column::DOCUMENT_NO, "document_no"),
            (column::OUTCOME, "outcome"),
            (column::REASON, "reason"),
            (column::MINUTES, "minutes"),
            (column::DECIDED_BY, "decided_by"),
            (column::DECIDED_ON, "decided_on"),
            (column::ORIGIN, "origin"),
        ] {
            assert_eq!(COLUMNS[at].0, token);
        }
    }
}
