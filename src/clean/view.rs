//! The clean ledger as plain columns: what features, detectors and reports compute with.
//!
//! Comes in: the data frame of a `CleanLedger`. Goes out: integer columns and interned text.
//! Refuses: a frame with other columns or types than `clean::ledger::schema`.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use foldhash::fast::RandomState;
use polars::prelude::{DataFrame, PolarsResult};
use rayon::prelude::*;

use crate::ledger::{Amount, Currency, Expenditure, RowRef, col};

/// A text column as small integers: equal text has equal ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interned {
    /// One id a row; `Interned::NULL` where the cell is empty.
    pub ids: Vec<u32>,
    /// Text by id, in order of first appearance.
    pub names: Vec<String>,
}

impl Interned {
    /// Id of an absent value.
    pub const NULL: u32 = u32::MAX;

    /// Interns `values` in order of first appearance; `None` and empty text are `NULL`.
    pub fn from_values<'a>(values: impl Iterator<Item = Option<&'a str>>) -> Self {
        let mut known: HashMap<&'a str, u32, RandomState> = HashMap::default();
        let mut out = Self { ids: Vec::with_capacity(values.size_hint().0), names: Vec::new() };
        // Neighbours are often equal (file, sheet, department) and then need no look-up.
        let mut last = (None, Self::NULL);
        for value in values {
            if value != last.0 {
                let id = match value {
                    None | Some("") => Self::NULL,
                    Some(text) => *known.entry(text).or_insert_with(|| {
                        out.names.push(text.to_owned());
                        u32::try_from(out.names.len() - 1).unwrap_or(Self::NULL)
                    }),
                };
                last = (value, id);
            }
            out.ids.push(last.1);
        }
        out
    }

    /// Text of row `i`; empty where absent.
    pub fn text(&self, i: usize) -> &str {
        self.names.get(self.ids[i] as usize).map_or("", String::as_str)
    }

    /// The values of `rows`, interned anew so that ids follow first appearance among them.
    fn select(&self, rows: &[usize]) -> Self {
        let mut new_id = vec![Self::NULL; self.names.len()];
        let mut out = Self { ids: Vec::with_capacity(rows.len()), names: Vec::new() };
        for &row in rows {
            let old = self.ids[row];
            let id = match new_id.get_mut(old as usize) {
                None => Self::NULL,
                Some(id) => {
                    if *id == Self::NULL {
                        *id = u32::try_from(out.names.len()).unwrap_or(Self::NULL);
                        out.names.push(self.names[old as usize].clone());
                    }
                    *id
                }
            };
            out.ids.push(id);
        }
        out
    }

    /// Whether any row has a value.
    pub fn is_present(&self) -> bool {
        !self.names.is_empty()
    }
}

/// All columns of a clean ledger. Every vector has `n_rows` entries.
#[derive(Clone, Debug)]
pub struct LedgerView {
    /// Currency of `amount`.
    pub currency: Currency,
    /// Number of payments.
    pub n_rows: usize,
    /// File name.
    pub source: Interned,
    /// Sheet.
    pub sheet: Interned,
    /// Row number in the file.
    pub row: Vec<i64>,
    /// Document number.
    pub document_no: Interned,
    /// Days since 1970-01-01.
    pub day: Vec<i32>,
    /// Minute of the day, -1 where unknown.
    pub minute: Vec<i16>,
    /// Department.
    pub department: Interned,
    /// Account.
    pub account: Interned,
    /// Vendor.
    pub vendor: Interned,
    /// Vendor's registration number.
    pub vendor_no: Interned,
    /// Description.
    pub description: Interned,
    /// Payment method.
    pub payment_method: Interned,
    /// Masked card number.
    pub card: Interned,
    /// Requester.
    pub requester: Interned,
    /// Kind as found (payment, cancellation).
    pub kind: Interned,
    /// Minor units.
    pub amount: Vec<i64>,
}

impl LedgerView {
    /// Reads the columns of `rows`, each on a thread of its own where there are several.
    pub fn new(rows: &DataFrame, currency: &Currency) -> PolarsResult<Self> {
        // Those with the most different values first: they take longest.
        let names = [
            col::DOCUMENT_NO,
            col::DESCRIPTION,
            col::VENDOR,
            col::VENDOR_NO,
            col::REQUESTER,
            col::DEPARTMENT,
            col::ACCOUNT,
            col::CARD,
            col::PAYMENT_METHOD,
            col::KIND,
            col::SOURCE,
            col::SHEET,
        ];
        let text = |name: &&str| -> PolarsResult<Interned> {
            Ok(Interned::from_values(rows.column(name)?.str()?.iter()))
        };
        let texts: PolarsResult<Vec<Interned>> = names.par_iter().with_max_len(1).map(text).collect();
        let mut texts: HashMap<&str, Interned> = names.into_iter().zip(texts?).collect();
        let mut text = |name: &str| texts.remove(name).unwrap_or_default();
        let minutes = rows.column(col::MINUTE)?.i64()?;
        let days = rows.column(col::DATE)?.date()?.physical();
        Ok(Self {
            currency: currency.clone(),
            n_rows: rows.height(),
            source: text(col::SOURCE),
            sheet: text(col::SHEET),
            row: rows.column(col::ROW)?.i64()?.iter().map(Option::unwrap_or_default).collect(),
            document_no: text(col::DOCUMENT_NO),
            day: days.iter().map(Option::unwrap_or_default).collect(),
            minute: minutes.iter().map(|m| m.and_then(|m| i16::try_from(m).ok()).unwrap_or(-1)).collect(),
            department: text(col::DEPARTMENT),
            account: text(col::ACCOUNT),
            vendor: text(col::VENDOR),
            vendor_no: text(col::VENDOR_NO),
            description: text(col::DESCRIPTION),
            payment_method: text(col::PAYMENT_METHOD),
            card: text(col::CARD),
            requester: text(col::REQUESTER),
            kind: text(col::KIND),
            amount: rows.column(col::AMOUNT)?.i64()?.iter().map(Option::unwrap_or_default).collect(),
        })
    }

    /// The ledger of `rows` only, in their order.
    pub fn select(&self, rows: &[usize]) -> Self {
        // Those with the most different values first: they take longest.
        let texts = [
            &self.document_no,
            &self.description,
            &self.vendor,
            &self.vendor_no,
            &self.requester,
            &self.department,
            &self.account,
            &self.card,
            &self.payment_method,
            &self.kind,
            &self.source,
            &self.sheet,
        ];
        let texts: Vec<Interned> = texts.par_iter().with_max_len(1).map(|text| text.select(rows)).collect();
        let mut texts = texts.into_iter();
        let mut next = || texts.next().unwrap_or_default();
        Self {
            // In the order above.
            document_no: next(),
            description: next(),
            vendor: next(),
            vendor_no: next(),
            requester: next(),
            department: next(),
            account: next(),
            card: next(),
            payment_method: next(),
            kind: next(),
            source: next(),
            sheet: next(),
            currency: self.currency.clone(),
            n_rows: rows.len(),
            row: rows.iter().map(|&i| self.row[i]).collect(),
            day: rows.iter().map(|&i| self.day[i]).collect(),
            minute: rows.iter().map(|&i| self.minute[i]).collect(),
            amount: rows.iter().map(|&i| self.amount[i]).collect(),
        }
    }

    /// The day of row `i`.
    pub fn date(&self, i: usize) -> NaiveDate {
        date_of_day(self.day[i])
    }

    /// Row `i` as a single value.
    pub fn expenditure(&self, i: usize) -> Expenditure {
        Expenditure {
            at: RowRef {
                source: self.source.text(i).to_owned(),
                sheet: self.sheet.text(i).to_owned(),
                row: self.row[i],
            },
            document_no: self.document_no.text(i).to_owned(),
            date: self.date(i),
            minute: u16::try_from(self.minute[i]).ok(),
            department: self.department.text(i).to_owned(),
            account: self.account.text(i).to_owned(),
            vendor: self.vendor.text(i).to_owned(),
            description: self.description.text(i).to_owned(),
            amount: Amount(self.amount[i]),
        }
    }
}

/// The date `day` days after 1970-01-01.
pub fn date_of_day(day: i32) -> NaiveDate {
    let epoch = NaiveDate::default();
    let distance = Days::new(u64::from(day.unsigned_abs()));
    let date = if day < 0 { epoch.checked_sub_days(distance) } else { epoch.checked_add_days(distance) };
    date.unwrap_or(epoch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interning_keeps_first_appearance_and_absence() {
        let column = Interned::from_values([Some("a"), None, Some("b"), Some("a"), Some("")].into_iter());
        assert_eq!(column.ids, [0, Interned::NULL, 1, 0, Interned::NULL]);
        assert_eq!(column.text(2), "b");
        assert_eq!(column.text(1), "");
    }

    #[test]
    fn equal_neighbours_share_an_id_also_across_absence() {
        let column = Interned::from_values(
            [None, Some(""), Some("a"), Some("a"), None, Some("a"), Some("b")].into_iter(),
        );
        assert_eq!(column.ids, [Interned::NULL, Interned::NULL, 0, 0, Interned::NULL, 0, 1]);
        assert_eq!(column.names, ["a", "b"]);
    }

    #[test]
    fn a_selection_interns_anew() {
        let column = Interned::from_values([Some("a"), None, Some("b"), Some("c"), Some("b")].into_iter());
        let picked = column.select(&[4, 1, 0, 2]);
        assert_eq!(picked, Interned::from_values([Some("b"), None, Some("a"), Some("b")].into_iter()));
    }

    #[test]
    fn days_count_from_1970() {
        assert_eq!(date_of_day(0), NaiveDate::from_ymd_opt(1970, 1, 1).unwrap());
        assert_eq!(date_of_day(19_723), NaiveDate::from_ymd_opt(2024, 1, 1).unwrap());
    }
}
