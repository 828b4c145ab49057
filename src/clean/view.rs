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

    /// A column of `n_rows` without any value.
    pub fn absent(n_rows: usize) -> Self {
        Self { ids: vec![Self::NULL; n_rows], names: Vec::new() }
    }

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
        if !self.is_present() {
            return Self::absent(rows.len());
        }
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
    /// Person who approved the payment.
    pub approver: Interned,
    /// Line of business of the vendor.
    pub merchant_category: Interned,
    /// Who was met, invited or paid for.
    pub counterpart: Interned,
    /// Account the money went to, masked: equal accounts are equal, people see `mask::shown_account`.
    pub bank_account: Interned,
    /// Number of persons, -1 where absent.
    pub attendees: Vec<i32>,
    /// Day the payment was entered, in days since 1970-01-01; here and below `NO_DAY` where absent.
    pub entered_on: Vec<i32>,
    /// Day the obligation was entered into.
    pub committed_on: Vec<i32>,
    /// Day of the invoice or other voucher.
    pub invoiced_on: Vec<i32>,
    /// Day the contract was signed.
    pub contracted_on: Vec<i32>,
    /// First day of the contract's work.
    pub contract_from: Vec<i32>,
    /// Last day of the contract's work.
    pub contract_until: Vec<i32>,
}

impl LedgerView {
    /// A day that is absent.
    pub const NO_DAY: i32 = i32::MIN;

    /// A ledger of `n_rows` payments that say nothing: texts absent, days and amounts 0, rows numbered from 1.
    pub fn empty(currency: Currency, n_rows: usize) -> Self {
        let none = || Interned::absent(n_rows);
        let no_day = || vec![Self::NO_DAY; n_rows];
        Self {
            currency,
            n_rows,
            source: none(),
            sheet: none(),
            row: (1..).take(n_rows).collect(),
            document_no: none(),
            day: vec![0; n_rows],
            minute: vec![-1; n_rows],
            department: none(),
            account: none(),
            vendor: none(),
            vendor_no: none(),
            description: none(),
            payment_method: none(),
            card: none(),
            requester: none(),
            kind: none(),
            amount: vec![0; n_rows],
            approver: none(),
            merchant_category: none(),
            counterpart: none(),
            bank_account: none(),
            attendees: vec![-1; n_rows],
            entered_on: no_day(),
            committed_on: no_day(),
            invoiced_on: no_day(),
            contracted_on: no_day(),
            contract_from: no_day(),
            contract_until: no_day(),
        }
    }

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
            col::BANK_ACCOUNT,
            col::COUNTERPART,
            col::APPROVER,
            col::MERCHANT_CATEGORY,
            col::PAYMENT_METHOD,
            col::KIND,
            col::SOURCE,
            col::SHEET,
        ];
        let text = |name: &&str| -> PolarsResult<Interned> {
            let column = rows.column(name)?;
            match column.null_count() == column.len() {
                true => Ok(Interned::absent(column.len())),
                false => Ok(Interned::from_values(column.str()?.iter())),
            }
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
            approver: text(col::APPROVER),
            merchant_category: text(col::MERCHANT_CATEGORY),
            counterpart: text(col::COUNTERPART),
            bank_account: text(col::BANK_ACCOUNT),
            attendees: attendees(rows)?,
            entered_on: detail_days(rows, col::ENTERED_ON)?,
            committed_on: detail_days(rows, col::COMMITTED_ON)?,
            invoiced_on: detail_days(rows, col::INVOICED_ON)?,
            contracted_on: detail_days(rows, col::CONTRACTED_ON)?,
            contract_from: detail_days(rows, col::CONTRACT_FROM)?,
            contract_until: detail_days(rows, col::CONTRACT_UNTIL)?,
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
            &self.bank_account,
            &self.counterpart,
            &self.approver,
            &self.merchant_category,
            &self.payment_method,
            &self.kind,
            &self.source,
            &self.sheet,
        ];
        let texts: Vec<Interned> = texts.par_iter().with_max_len(1).map(|text| text.select(rows)).collect();
        let mut texts = texts.into_iter();
        let mut next = || texts.next().unwrap_or_default();
        let pick = |column: &[i32]| -> Vec<i32> { rows.iter().map(|&i| column[i]).collect() };
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
            bank_account: next(),
            counterpart: next(),
            approver: next(),
            merchant_category: next(),
            payment_method: next(),
            kind: next(),
            source: next(),
            sheet: next(),
            currency: self.currency.clone(),
            n_rows: rows.len(),
            row: rows.iter().map(|&i| self.row[i]).collect(),
            day: pick(&self.day),
            minute: rows.iter().map(|&i| self.minute[i]).collect(),
            amount: rows.iter().map(|&i| self.amount[i]).collect(),
            attendees: pick(&self.attendees),
            entered_on: pick(&self.entered_on),
            committed_on: pick(&self.committed_on),
            invoiced_on: pick(&self.invoiced_on),
            contracted_on: pick(&self.contracted_on),
            contract_from: pick(&self.contract_from),
            contract_until: pick(&self.contract_until),
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

/// Numbers of persons; -1 where absent.
fn attendees(rows: &DataFrame) -> PolarsResult<Vec<i32>> {
    let column = rows.column(col::ATTENDEES)?;
    if column.null_count() == column.len() {
        return Ok(vec![-1; column.len()]);
    }
    let narrow = |n: Option<i64>| n.and_then(|n| i32::try_from(n).ok()).unwrap_or(-1);
    Ok(column.i64()?.iter().map(narrow).collect())
}

/// Days since 1970-01-01 of a column of details; `NO_DAY` where absent.
fn detail_days(rows: &DataFrame, name: &str) -> PolarsResult<Vec<i32>> {
    let column = rows.column(name)?;
    if column.null_count() == column.len() {
        return Ok(vec![LedgerView::NO_DAY; column.len()]);
    }
    let days = column.date()?.physical();
    Ok(days.iter().map(|day| day.unwrap_or(LedgerView::NO_DAY)).collect())
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
    fn an_empty_ledger_has_every_row_and_nothing_else() {
        let empty = LedgerView::empty(Currency::krw(), 3);
        let read =
            LedgerView::new(&DataFrame::empty_with_schema(&crate::clean::ledger::schema()), &Currency::krw());
        assert_eq!(read.unwrap().n_rows, 0);
        let picked = empty.select(&[2, 0]);
        assert_eq!(
            (picked.row, picked.attendees, picked.entered_on),
            (vec![3, 1], vec![-1; 2], vec![LedgerView::NO_DAY; 2])
        );
        assert_eq!(picked.bank_account, Interned::absent(2));
        assert!(!empty.approver.is_present() && empty.approver.text(1).is_empty());
    }

    #[test]
    fn days_count_from_1970() {
        assert_eq!(date_of_day(0), NaiveDate::from_ymd_opt(1970, 1, 1).unwrap());
        assert_eq!(date_of_day(19_723), NaiveDate::from_ymd_opt(2024, 1, 1).unwrap());
    }
}
