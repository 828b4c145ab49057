//! Columns that tell how a payment came about: who approved it, whom it was for, the days before it.
//!
//! Comes in: a header, then raw rows. Goes out: their values; a cell that cannot be read is left empty with a remark.
//! Refuses: to lose a payment over such a cell, to guess (`약 10명` is no number), to keep a whole account number.

use chrono::{Datelike, NaiveDate};

use super::header::Header;
use super::layout::{Layout, TextAt};
use super::mapping::AmountRule;
use super::row::{self, Refusal};
use super::{amounts, mask, text};
use crate::ingest::{RawCell, RawRow};
use crate::ledger::col;

/// Days from 0001-01-01 to 1970-01-01.
const EPOCH_FROM_CE: i32 = 719_163;
/// No payment of an institution is for more persons; a larger number is an amount in the wrong column.
const ATTENDEES_MAX: i64 = 1_000_000;
/// Place of the account among `col::DETAIL_TEXTS`.
const BANK_ACCOUNT: usize = 3;

const NOT_A_COUNT: &str = "인원수로 읽을 수 없습니다";
const NOT_AN_ACCOUNT: &str = "계좌번호로 읽을 수 없습니다";

/// Where the details of a row stand; empty for most files.
#[derive(Clone, Debug, Default)]
pub(super) struct DetailsAt {
    /// Place among `col::DETAIL_TEXTS`, cell and rule.
    texts: Vec<(usize, TextAt)>,
    attendees: Option<usize>,
    /// Place among `col::DETAIL_DAYS`, and cell.
    days: Vec<(usize, usize)>,
}

/// Details of one row. Filled again and again; its room is kept.
#[derive(Default)]
pub(super) struct DetailValues {
    /// In the order of `col::DETAIL_TEXTS`; empty where absent.
    pub(super) texts: [String; col::DETAIL_TEXTS.len()],
    pub(super) attendees: Option<i64>,
    /// Days since 1970-01-01 in the order of `col::DETAIL_DAYS`.
    pub(super) days: [Option<i32>; col::DETAIL_DAYS.len()],
    /// Cells that were left empty because they could not be read.
    pub(super) notes: Vec<Refusal>,
    /// Whether there is any value: rows without one cost nothing.
    pub(super) is_any: bool,
}

impl DetailsAt {
    pub(super) fn new(header: &Header) -> Self {
        let at = |name: &str| header.cells.get(name).copied();
        let text = |(i, name): (usize, &str)| {
            let rule = header.mapping.columns.get(name)?;
            let is_there = at(name).is_some() || rule.constant.is_some();
            is_there.then(|| (i, TextAt { cell: at(name), more: Vec::new(), rule: rule.clone() }))
        };
        Self {
            texts: col::DETAIL_TEXTS.into_iter().enumerate().filter_map(text).collect(),
            attendees: at(col::ATTENDEES),
            days: col::DETAIL_DAYS.iter().enumerate().filter_map(|(i, name)| Some((i, at(name)?))).collect(),
        }
    }

    fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.attendees.is_none() && self.days.is_empty()
    }

    /// Whether a detail is read from `cell`.
    pub(super) fn is_mapped(&self, cell: usize) -> bool {
        self.attendees == Some(cell)
            || self.days.iter().any(|(_, at)| *at == cell)
            || self.texts.iter().any(|(_, text)| text.cell == Some(cell))
    }

    /// The cell of accounts.
    pub(super) fn account(&self) -> Option<usize> {
        self.texts.iter().find(|(i, _)| *i == BANK_ACCOUNT).and_then(|(_, text)| text.cell)
    }
}

impl DetailValues {
    fn clear(&mut self) {
        if self.is_any {
            self.texts.iter_mut().for_each(String::clear);
            (self.attendees, self.days, self.is_any) = (None, Default::default(), false);
        }
        self.notes.clear();
    }

    /// Whether each of `col::DETAILS` has a value, in that order.
    pub(super) fn has(&self) -> impl Iterator<Item = bool> + '_ {
        let texts = self.texts.iter().map(|text| !text.is_empty());
        let days = self.days.iter().map(Option::is_some);
        texts.chain([self.attendees.is_some()]).chain(days)
    }
}

/// Reads the details of `row`. Only a required text without a value keeps the row aside.
pub(super) fn fill_in(layout: &Layout, row: &RawRow, values: &mut DetailValues) -> Result<(), Refusal> {
    values.clear();
    let details = &layout.details;
    if details.is_empty() {
        return Ok(());
    }
    for (i, at) in &details.texts {
        let (out, cell) = (&mut values.texts[*i], at.cell.unwrap_or(usize::MAX));
        let read = match *i {
            BANK_ACCOUNT => account(layout, row.cell(cell), out),
            _ => row::label(layout, at, row.cell(cell), out),
        };
        if let Err(reason) = read {
            out.clear();
            values.notes.push(remark(layout, row, cell, reason, ""));
        } else if out.is_empty() && at.rule.required {
            return Err(row::refusal(&layout.header_of(cell), &layout.shown(row, cell), "비어 있습니다"));
        }
        values.is_any |= !values.texts[*i].is_empty();
    }
    if let Some(cell) = details.attendees.filter(|&cell| !row::is_filler(layout, row.cell(cell))) {
        match attendees(row.cell(cell)) {
            Some(found) => (values.attendees, values.is_any) = (Some(found), true),
            None => values.notes.push(remark(layout, row, cell, NOT_A_COUNT, "10 또는 10명처럼 적으세요")),
        }
    }
    for &(i, cell) in details.days.iter().filter(|(_, cell)| !row::is_filler(layout, row.cell(*cell))) {
        match row::day_of(row.cell(cell), &layout.mapping.dates) {
            Ok((date, _)) => (values.days[i], values.is_any) = (Some(days_since_1970(date)), true),
            Err(reason) => values.notes.push(remark(layout, row, cell, reason, "2024-01-05처럼 적으세요")),
        }
    }
    Ok(())
}

/// Days from 1970-01-01 to `date`.
pub(super) fn days_since_1970(date: NaiveDate) -> i32 {
    date.num_days_from_ce() - EPOCH_FROM_CE
}

/// An account, masked. Words without a digit (`현금`) say that there is none.
fn account(layout: &Layout, cell: RawCell<'_>, out: &mut String) -> Result<(), &'static str> {
    if row::is_filler(layout, cell) {
        return Ok(());
    }
    let found = match cell {
        RawCell::Text(found) => found.to_owned(),
        RawCell::Number(number) => row::code(number)?,
        _ => return Err(NOT_AN_ACCOUNT),
    };
    match mask::account(&found) {
        Some(masked) => out.push_str(&masked),
        None if found.contains(char::is_numeric) => return Err(NOT_AN_ACCOUNT),
        None => {}
    }
    Ok(())
}

/// A number of persons: `10`, `10명`, `5인`.
fn attendees(cell: RawCell<'_>) -> Option<i64> {
    let rule = AmountRule::default();
    let found = match cell {
        RawCell::Text(found) => {
            let narrow = text::narrow(found);
            let digits = narrow.strip_suffix(['명', '인']).unwrap_or(&narrow);
            let is_plain = digits.chars().all(|c| c.is_ascii_digit() || c == ',');
            is_plain.then(|| amounts::from_text(digits, &rule, 0, 1).ok())?
        }
        RawCell::Number(number) => amounts::from_number(number, 0, 1).ok(),
        _ => None,
    };
    found.filter(|n| (0..=ATTENDEES_MAX).contains(n))
}

/// Why a cell was left empty, and how it is written so that it can be read.
fn remark(layout: &Layout, row: &RawRow, cell: usize, reason: &str, hint: &str) -> Refusal {
    let hint = if hint.is_empty() { String::new() } else { format!("({hint})") };
    let reason = format!("{reason}. 이 칸만 비우고 행은 읽었습니다{hint}");
    row::refusal(&layout.header_of(cell), &layout.shown(row, cell), &reason)
}

#[cfg(test)]
#[path = "details_tests.rs"]
mod tests;
