//! Where each value of a row stands, worked out once a sheet.
//!
//! Comes in: a header. Goes out: cell indices by canonical column, ready for millions of rows.
//! Refuses: nothing; the header was checked.

use std::collections::BTreeSet;

use super::budget_row::BudgetAt;
use super::details::DetailsAt;
use super::header::Header;
use super::mapping::{CREDIT, ColumnRule, DEBIT, FISCAL_YEAR, Mapping, SIGN};
use super::text::header_key;
use super::{mask, row};
use crate::ingest::RawRow;
use crate::ledger::{RecordKind, col};

/// Canonical text columns.
pub(super) const TEXT_COLUMNS: [&str; 10] = [
    col::DOCUMENT_NO,
    col::DEPARTMENT,
    col::ACCOUNT,
    col::VENDOR,
    col::VENDOR_NO,
    col::DESCRIPTION,
    col::PAYMENT_METHOD,
    col::CARD,
    col::REQUESTER,
    col::KIND,
];
/// Place of the document number in `TEXT_COLUMNS`.
pub(super) const DOCUMENT_NO: usize = 0;
/// Place of the department in `TEXT_COLUMNS`.
pub(super) const DEPARTMENT: usize = 1;
/// Place of the account in `TEXT_COLUMNS`.
pub(super) const ACCOUNT: usize = 2;
/// Place of the kind in `TEXT_COLUMNS`.
pub(super) const KIND: usize = 9;

/// A text column: its cell where the file has one, and its rule.
#[derive(Clone, Debug)]
pub(super) struct TextAt {
    pub(super) cell: Option<usize>,
    /// Cells whose values are put behind it.
    pub(super) more: Vec<usize>,
    pub(super) rule: ColumnRule,
}

/// Where the amount comes from.
#[derive(Clone, Copy, Debug)]
pub(super) enum AmountAt {
    One(usize),
    /// Debit less credit.
    Split {
        debit: usize,
        credit: usize,
    },
    /// The sum of the parts of 예산현액.
    Parts,
}

/// The layout of a sheet.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) mapping: Mapping,
    /// Canonical columns the file has.
    pub(super) found: BTreeSet<String>,
    /// Header of each cell, for remarks.
    pub(super) headers: Vec<String>,
    /// Header of each cell as the mapping finds it in a single header row.
    pub(super) findable: Vec<String>,
    /// The cells that hold amounts.
    pub(super) amounts: Vec<usize>,
    /// Keys of the header rows by cell.
    pub(super) keys: Vec<Vec<String>>,
    pub(super) n_cells: usize,
    pub(super) is_delimited: bool,
    pub(super) is_budget: bool,
    /// The day of a payment, the year of a budget line.
    pub(super) dated: usize,
    pub(super) amount: AmountAt,
    /// Columns that payments do not have.
    pub(super) budget: Option<BudgetAt>,
    pub(super) sign: Option<usize>,
    pub(super) minute: Option<usize>,
    /// The currency of each row, where the file says it.
    pub(super) currency: Option<usize>,
    pub(super) texts: [Option<TextAt>; TEXT_COLUMNS.len()],
    /// Columns that tell how a payment came about.
    pub(super) details: DetailsAt,
    /// The cells that hold accounts.
    pub(super) accounts: Vec<usize>,
    /// Won in one written unit; a unit row further down may change it.
    pub(super) factor: i64,
}

impl Layout {
    pub(super) fn new(header: Header, is_delimited: bool) -> Self {
        let at = |name: &str| header.cells.get(name).copied();
        let is_budget = header.mapping.kind == RecordKind::Budget;
        let amount = match (at(DEBIT), at(CREDIT)) {
            (Some(debit), Some(credit)) => AmountAt::Split { debit, credit },
            _ if is_budget && at(col::AMOUNT).is_none() => AmountAt::Parts,
            _ => AmountAt::One(at(col::AMOUNT).unwrap_or(usize::MAX)),
        };
        let text = |name: &str| {
            let more = header.joins.get(name).cloned().unwrap_or_default();
            header.mapping.columns.get(name).map(|rule| TextAt { cell: at(name), more, rule: rule.clone() })
        };
        let amounts = match amount {
            AmountAt::One(cell) => vec![cell],
            AmountAt::Split { debit, credit } => vec![debit, credit],
            AmountAt::Parts => Vec::new(),
        };
        let details = DetailsAt::new(&header);
        Self {
            accounts: details.account().into_iter().collect(),
            details,
            findable: findable(&header),
            amounts,
            dated: at(if is_budget { FISCAL_YEAR } else { col::DATE }).unwrap_or(usize::MAX),
            amount,
            budget: BudgetAt::new(&header),
            sign: at(SIGN),
            minute: at(col::MINUTE),
            currency: currency(&header),
            texts: TEXT_COLUMNS.map(text),
            found: header.cells.keys().cloned().collect(),
            headers: header.texts,
            keys: header.keys,
            n_cells: header.n_cells,
            is_delimited,
            is_budget,
            factor: header.unit.unwrap_or(1),
            mapping: header.mapping,
        }
    }

    /// The header over `cell`, for remarks.
    pub(super) fn header_of(&self, cell: usize) -> String {
        self.headers.get(cell).cloned().unwrap_or_default()
    }

    /// What stands in `cell`, for remarks: an account only with its last digits.
    pub(super) fn shown(&self, row: &RawRow, cell: usize) -> String {
        let found = row::shown(row.cell(cell));
        if self.accounts.contains(&cell) { mask::hidden_account(&found) } else { found }
    }

    /// The cells that hold amounts.
    pub(super) fn is_amount(&self, cell: usize) -> bool {
        let is_part = self.budget.as_ref().is_some_and(|budget| budget.is_amount(cell));
        is_part
            || match self.amount {
                AmountAt::One(at) => at == cell,
                AmountAt::Split { debit, credit } => debit == cell || credit == cell,
                AmountAt::Parts => false,
            }
    }

    /// Whether a mapped column reads `cell`.
    pub(super) fn is_mapped(&self, cell: usize) -> bool {
        self.dated == cell
            || self.is_amount(cell)
            || self.sign == Some(cell)
            || self.minute == Some(cell)
            || self.details.is_mapped(cell)
            || self.budget.as_ref().is_some_and(|budget| budget.is_mapped(cell))
            || self.texts.iter().flatten().any(|text| text.cell == Some(cell) || text.more.contains(&cell))
    }
}

/// The column that names each row's currency. Beside an amount in local currency it tells of another amount.
fn currency(header: &Header) -> Option<usize> {
    let amount = header.cells.get(col::AMOUNT).and_then(|&cell| header.texts.get(cell));
    let is_local = amount.is_some_and(|text| {
        let text = text.to_lowercase();
        ["현지", "원화", "local"].iter().any(|word| text.contains(word))
    });
    let names = ["통화", "통화코드", "통화키", "화폐", "화폐단위", "currency", "currencycode"];
    let is_one = |text: &String| names.contains(&header_key(text).as_str());
    if is_local { None } else { header.texts.iter().position(is_one) }
}

/// Headers that one row can hold: where two rows were read as one, a mapped cell takes the name the mapping knows.
fn findable(header: &Header) -> Vec<String> {
    let mut texts = header.texts.clone();
    for (name, &cell) in &header.cells {
        let Some(rule) = header.mapping.columns.get(name) else { continue };
        let (Some(text), Some(keys)) = (texts.get_mut(cell), header.keys.get(cell)) else { continue };
        let known = |text: &str| rule.headers.iter().any(|h| header_key(h) == header_key(text));
        if let Some(found) = rule.headers.iter().find(|h| keys.contains(&header_key(h)))
            && !known(text)
        {
            text.clone_from(found);
        }
    }
    texts
}
