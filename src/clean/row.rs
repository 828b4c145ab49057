//! One row: what it is, and its values.
//!
//! Comes in: a raw row and the header. Goes out: a payment, a reason to skip it, or a reason to quarantine it.
//! Refuses: to guess a value; a mapped cell that cannot be read exactly keeps the row aside.

use chrono::NaiveDate;

use super::header::{Header, key};
use super::mapping::ColumnRule;
use super::{amounts, dates, mask, text};
use crate::ingest::{RawCell, RawRow};
use crate::ledger::col;

/// What became of a row.
pub(super) enum Outcome {
    /// It was read.
    Loaded(Box<Values>),
    /// It is no payment.
    Skipped(Skip),
    /// It could not be read exactly.
    Quarantined(Refusal),
}

/// Why a row is no payment.
pub(super) enum Skip {
    /// A header repeated on another page.
    RepeatedHeader,
    /// A subtotal or total with its amount where it could be read.
    Total { word: String, amount: Option<i64> },
    /// A title, note or sign-off line.
    Note,
}

/// Which cell could not be read, and why.
pub(super) struct Refusal {
    pub(super) column: String,
    pub(super) found: String,
    pub(super) reason: String,
}

/// Values of a payment or budget line by canonical column.
#[derive(Default)]
pub(super) struct Values {
    pub(super) date: Option<NaiveDate>,
    pub(super) fiscal_year: Option<i32>,
    pub(super) minute: Option<i64>,
    pub(super) amount: i64,
    /// Text columns in the order of `TEXT_COLUMNS`.
    pub(super) texts: [Option<String>; TEXT_COLUMNS.len()],
    /// A remark on a cell that was left empty.
    pub(super) note: Option<Refusal>,
}

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

const EMPTY: &RawCell = &RawCell::Empty;

/// Reads `row` below `header`. `fill` is the department that merged cells give this row.
pub(super) fn read(header: &Header<'_>, row: &RawRow, is_delimited: bool, fill: Option<&RawCell>) -> Outcome {
    if is_repeated_header(header, row) {
        return Outcome::Skipped(Skip::RepeatedHeader);
    }
    let is_budget = header.cells.contains_key(super::mapping::FISCAL_YEAR);
    let dated = if is_budget { super::mapping::FISCAL_YEAR } else { col::DATE };
    let date_cell = cell(header, row, dated);
    let amount_cell = cell(header, row, col::AMOUNT);
    let has_date = if is_budget { year(date_cell).is_ok() } else { date(header, date_cell).is_ok() };
    if !has_date && let Some(word) = total_word(header, row) {
        return Outcome::Skipped(Skip::Total { word, amount: amount(header, amount_cell).ok() });
    }
    if is_filler(header, date_cell) && is_filler(header, amount_cell) {
        return Outcome::Skipped(Skip::Note);
    }
    let n_filled = row.cells.iter().filter(|cell| !cell.is_blank()).count();
    if !has_date && n_filled <= 2 && amount(header, amount_cell).is_err() {
        return Outcome::Skipped(Skip::Note);
    }
    if let Some(damage) = &row.damage {
        return refuse("", "", damage);
    }
    if is_delimited && row.cells.len() != header.n_cells {
        let found = format!("{}개 칸", row.cells.len());
        return refuse("", &found, &format!("머리글({}개 칸)과 칸 수가 다릅니다", header.n_cells));
    }
    match values(header, row, fill, is_budget) {
        Ok(values) => Outcome::Loaded(Box::new(values)),
        Err(refusal) => Outcome::Quarantined(refusal),
    }
}

fn refuse(column: &str, found: &str, reason: &str) -> Outcome {
    Outcome::Quarantined(refusal(column, found, reason))
}

fn refusal(column: &str, found: &str, reason: &str) -> Refusal {
    let short: String = found.chars().take(40).collect();
    Refusal { column: column.to_owned(), found: mask::text(&short).into_owned(), reason: reason.to_owned() }
}

fn values(
    header: &Header<'_>,
    row: &RawRow,
    fill: Option<&RawCell>,
    is_budget: bool,
) -> Result<Values, Refusal> {
    let mut values = Values::default();
    let at = |name: &str, cell: &RawCell, reason: &str| {
        let rule = header.mapping.columns.get(name).and_then(|rule| rule.headers.first());
        refusal(rule.map_or(name, String::as_str), &shown(cell), reason)
    };
    if is_budget {
        let cell = cell(header, row, super::mapping::FISCAL_YEAR);
        values.fiscal_year =
            Some(year(cell).map_err(|reason| at(super::mapping::FISCAL_YEAR, cell, reason))?);
    } else {
        let cell = cell(header, row, col::DATE);
        let (date, minute) = date(header, cell).map_err(|reason| at(col::DATE, cell, reason))?;
        (values.date, values.minute) = (Some(date), minute);
    }
    let amount_cell = cell(header, row, col::AMOUNT);
    values.amount = amount(header, amount_cell).map_err(|reason| at(col::AMOUNT, amount_cell, reason))?;
    for (slot, name) in values.texts.iter_mut().zip(TEXT_COLUMNS) {
        let Some(rule) = header.mapping.columns.get(name) else { continue };
        let mut found = cell(header, row, name);
        if name == col::DEPARTMENT && found.is_blank() {
            found = fill.unwrap_or(found);
        }
        *slot = label(header, rule, found).map_err(|reason| at(name, found, reason))?;
        if slot.is_none() && rule.required {
            return Err(at(name, found, "비어 있습니다"));
        }
    }
    let time = cell(header, row, col::MINUTE);
    if header.cells.contains_key(col::MINUTE) && !is_filler(header, time) {
        match minute(time) {
            Ok(found) => values.minute = Some(found),
            Err(reason) => values.note = Some(at(col::MINUTE, time, reason)),
        }
    }
    Ok(values)
}

pub(super) fn cell<'r>(header: &Header<'_>, row: &'r RawRow, name: &str) -> &'r RawCell {
    header.cells.get(name).and_then(|&i| row.cells.get(i)).unwrap_or(EMPTY)
}

fn is_repeated_header(header: &Header<'_>, row: &RawRow) -> bool {
    header.cells.iter().all(|(name, &i)| {
        let found = row.cells.get(i).map(key).unwrap_or_default();
        let rule = &header.mapping.columns[*name];
        rule.headers.iter().any(|h| text::header_key(h) == found)
    })
}

/// The word of a subtotal or total row: 소계, 합계, 누계, 총계, 계, alone or at the end of a cell.
fn total_word(header: &Header<'_>, row: &RawRow) -> Option<String> {
    let amount_at = header.cells.get(col::AMOUNT);
    let cells = row.cells.iter().enumerate().filter(|(i, _)| Some(i) != amount_at);
    for (_, cell) in cells {
        let RawCell::Text(found) = cell else { continue };
        let narrowed = text::narrow(found);
        let narrowed = narrowed.trim_matches(['[', ']', '(', ')', '<', '>', '*', ':']);
        let is_word =
            ["소계", "합계", "누계", "총계", "총합계", "월계"].iter().any(|w| narrowed.ends_with(w));
        if is_word || narrowed == "계" {
            return Some(text::tidy(found));
        }
    }
    None
}

fn is_filler(header: &Header<'_>, cell: &RawCell) -> bool {
    match cell {
        RawCell::Text(found) => {
            let found = found.trim();
            found.is_empty() || header.mapping.fillers.iter().any(|filler| filler == found)
        }
        RawCell::Empty => true,
        _ => false,
    }
}

fn amount(header: &Header<'_>, cell: &RawCell) -> Result<i64, &'static str> {
    let mapping = header.mapping;
    match cell {
        RawCell::Text(found) => {
            amounts::from_text(found, &mapping.amounts, mapping.minor_digits, header.factor)
        }
        RawCell::Number(number) => amounts::from_number(*number, mapping.minor_digits, header.factor),
        RawCell::Empty => Err("비어 있습니다"),
        RawCell::DateSerial { .. } => Err("금액 칸에 날짜가 있습니다"),
        RawCell::Bool(_) => Err("금액 칸에 참/거짓이 있습니다"),
        RawCell::Error(_) => Err("오류 값입니다"),
    }
}

fn date(header: &Header<'_>, cell: &RawCell) -> Result<(NaiveDate, Option<i64>), &'static str> {
    let rule = &header.mapping.dates;
    match cell {
        RawCell::Text(found) => dates::from_text(found, rule).map(|date| (date, None)),
        RawCell::DateSerial { serial, is_1904 } => dates::from_serial(*serial, *is_1904),
        RawCell::Number(number) => dates::from_number(*number, rule).map(|date| (date, None)),
        RawCell::Empty => Err("비어 있습니다"),
        RawCell::Bool(_) => Err("일자 칸에 참/거짓이 있습니다"),
        RawCell::Error(_) => Err("오류 값입니다"),
    }
}

fn year(cell: &RawCell) -> Result<i32, &'static str> {
    let refuse = "회계연도로 읽을 수 없습니다";
    let text = match cell {
        RawCell::Text(found) => text::narrow(found).trim_end_matches(['년', '도']).to_owned(),
        RawCell::Number(number) if number.fract() == 0.0 => format!("{number}"),
        _ => return Err(refuse),
    };
    let year: i32 = text.parse().map_err(|_| refuse)?;
    if (1990..=2100).contains(&year) { Ok(year) } else { Err(refuse) }
}

#[expect(clippy::cast_possible_truncation, reason = "a fraction of a day in minutes")]
fn minute(cell: &RawCell) -> Result<i64, &'static str> {
    let refuse = "시각으로 읽을 수 없습니다";
    match cell {
        RawCell::Text(found) => dates::minute_from_text(found),
        RawCell::DateSerial { serial, .. } if *serial >= 0.0 => {
            Ok(((serial.fract() * 1440.0).round() as i64).min(1439))
        }
        RawCell::Number(number) if (0.0..1.0).contains(number) => Ok((number * 1440.0).round() as i64 % 1440),
        _ => Err(refuse),
    }
}

/// A text column: codes stay text, personal numbers are masked.
fn label(header: &Header<'_>, rule: &ColumnRule, cell: &RawCell) -> Result<Option<String>, &'static str> {
    let found = match cell {
        RawCell::Empty => String::new(),
        RawCell::Text(found) => text::tidy(found),
        RawCell::Number(number) => code(*number)?,
        RawCell::DateSerial { .. } => return Err("글자 칸에 날짜가 있습니다"),
        RawCell::Bool(flag) => flag.to_string(),
        RawCell::Error(_) => return Err("오류 값입니다"),
    };
    let found =
        if rule.strip_decimal { found.strip_suffix(".0").unwrap_or(&found).to_owned() } else { found };
    if found.is_empty() || header.mapping.fillers.contains(&found) {
        return Ok(rule.constant.clone());
    }
    Ok(Some(if rule.card { mask::card(&found) } else { mask::text(&found).into_owned() }))
}

/// A code in a number cell: whole and short enough to be undamaged.
fn code(number: f64) -> Result<String, &'static str> {
    if number.fract() != 0.0 || number.abs() >= 1e15 {
        return Err("코드 칸의 숫자가 정수가 아니거나 15자리를 넘어 손상되었습니다");
    }
    Ok(format!("{number}"))
}

fn shown(cell: &RawCell) -> String {
    match cell {
        RawCell::Empty => "(빈칸)".to_owned(),
        RawCell::Text(found) | RawCell::Error(found) => text::tidy(found),
        RawCell::Number(number) | RawCell::DateSerial { serial: number, .. } => number.to_string(),
        RawCell::Bool(flag) => flag.to_string(),
    }
}
