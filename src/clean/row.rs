//! One row: what it is, and its values.
//!
//! Comes in: a raw row and the layout of its sheet. Goes out: a payment, a reason to skip it, or a reason to quarantine it.
//! Refuses: to guess a value; a mapped cell that cannot be read exactly keeps the row aside.

use chrono::NaiveDate;

use super::layout::{AmountAt, DEPARTMENT, DOCUMENT_NO, Layout, TEXT_COLUMNS, TextAt};
use super::mapping::DateRule;
use super::row_kind::{Skip, carried_word, skip, total_with_date};
use super::{amounts, budget_row, dates, details, mask, text};
use crate::ingest::{RawCell, RawRow};

/// What became of a row.
pub(super) enum Outcome {
    /// It was read: `Values` holds it.
    Loaded,
    /// It is no payment.
    Skipped(Skip),
    /// It could not be read exactly.
    Quarantined(Refusal),
}

/// Which cell could not be read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) column: String,
    pub(super) found: String,
    pub(super) reason: String,
}

/// Values of a payment or budget line. Filled again and again; its room is kept.
#[derive(Default)]
pub(super) struct Values {
    pub(super) date: Option<NaiveDate>,
    pub(super) fiscal_year: i32,
    pub(super) minute: Option<i64>,
    pub(super) amount: i64,
    /// Text columns in the order of `TEXT_COLUMNS`; empty where absent.
    pub(super) texts: [String; TEXT_COLUMNS.len()],
    /// A remark on a cell that was left empty.
    pub(super) note: Option<Refusal>,
    /// How the payment came about.
    pub(super) details: details::DetailValues,
    /// What budget and reallocation rows have beside.
    pub(super) budget: budget_row::BudgetValues,
}

/// Ways to write won in a column of currencies.
const WON: [&str; 6] = ["KRW", "krw", "원", "원화", "WON", "Won"];

/// Reads `row`; `sums` tells whether an amount is what a total row would state here.
pub(super) fn read(
    layout: &Layout,
    row: &RawRow,
    sums: &dyn Fn(i64) -> bool,
    values: &mut Values,
) -> Outcome {
    if let Some(word) = carried_word(layout, row) {
        return Outcome::Skipped(Skip::Carried { word });
    }
    let dated = dated(layout, row.cell(layout.dated));
    let amount = amount(layout, row);
    if let (Ok(_), Ok(amount)) = (&dated, &amount)
        && let Some(outcome) = total_with_date(layout, row, *amount, sums)
    {
        return outcome;
    }
    if (dated.is_err() || amount.is_err())
        && let Some(skip) = skip(layout, row, dated.is_ok(), unsigned(layout, row).ok())
    {
        return Outcome::Skipped(skip);
    }
    if let Some(damage) = &row.damage {
        return refuse("", "", damage);
    }
    if layout.is_delimited && row.len() != layout.n_cells {
        let found = format!("{}개 칸", row.len());
        return refuse("", &found, &format!("머리글({}개 칸)과 칸 수가 다릅니다", layout.n_cells));
    }
    match fill_in(layout, row, dated, amount, values) {
        Ok(()) => Outcome::Loaded,
        Err(refusal) => Outcome::Quarantined(refusal),
    }
}

/// Whether `row` has a day, an amount and a department, read with this layout.
pub(super) fn is_payment(layout: &Layout, row: &RawRow) -> bool {
    let department = layout.texts[DEPARTMENT].as_ref().and_then(|text| text.cell);
    dated(layout, row.cell(layout.dated)).is_ok()
        && amount(layout, row).is_ok()
        && department.is_none_or(|cell| !row.cell(cell).is_blank())
}

/// What stands in the dated cell.
enum Dated {
    Day(NaiveDate, Option<i64>),
    Year(i32),
}

fn dated(layout: &Layout, cell: RawCell<'_>) -> Result<Dated, &'static str> {
    if layout.is_budget {
        return year(cell).map(Dated::Year);
    }
    day_of(cell, &layout.mapping.dates).map(|(date, minute)| Dated::Day(date, minute))
}

/// The day in `cell`, and the minute where one is written.
pub(super) fn day_of(cell: RawCell<'_>, rule: &DateRule) -> Result<(NaiveDate, Option<i64>), &'static str> {
    match cell {
        RawCell::Text(found) => dates::from_text_with_minute(found, rule),
        RawCell::DateSerial { serial, is_1904 } => dates::from_serial(serial, is_1904),
        RawCell::Number(number) => dates::from_number(number, rule).map(|date| (date, None)),
        RawCell::Empty => Err("비어 있습니다"),
        RawCell::Bool(_) => Err("일자 칸에 참/거짓이 있습니다"),
        RawCell::Error(_) => Err("오류 값입니다"),
    }
}

/// The amount and the cell it could not be read from.
fn amount(layout: &Layout, row: &RawRow) -> Result<i64, (usize, &'static str)> {
    let amount = unsigned(layout, row)?;
    let Some(at) = layout.sign else { return Ok(amount) };
    let Some(rule) = layout.mapping.columns.get(super::mapping::SIGN) else { return Ok(amount) };
    let mark = if row.cell(at).is_blank() { String::new() } else { shown(row.cell(at)) };
    if rule.negative.contains(&mark) {
        // Some exports print the minus beside the mark, some do not; the mark counts once.
        Ok(-amount.abs())
    } else if rule.positive.contains(&mark) || (rule.positive.is_empty() && !mark.is_empty()) {
        Ok(amount)
    } else {
        Err((at, "매핑의 sign에 없는 표시입니다"))
    }
}

/// The amount before its mark of debit or credit: total rows carry none.
fn unsigned(layout: &Layout, row: &RawRow) -> Result<i64, (usize, &'static str)> {
    match layout.amount {
        AmountAt::One(cell) => {
            amount_of(layout, row.cell(cell), layout.factor).map_err(|reason| (cell, reason))
        }
        AmountAt::Parts => budget_row::computed(layout, row),
        AmountAt::Split { debit, credit } => {
            let side = |cell: usize| match is_filler(layout, row.cell(cell)) {
                true => Ok(None),
                false => amount_of(layout, row.cell(cell), layout.factor)
                    .map(Some)
                    .map_err(|reason| (cell, reason)),
            };
            match (side(debit)?, side(credit)?) {
                (None, None) => Err((debit, "차변과 대변이 모두 비어 있습니다")),
                (debit_amount, credit_amount) => {
                    let (debit_amount, credit_amount) =
                        (debit_amount.unwrap_or(0), credit_amount.unwrap_or(0));
                    debit_amount.checked_sub(credit_amount).ok_or((debit, "금액이 너무 큽니다"))
                }
            }
        }
    }
}

/// Minor units of `cell`, in units of `factor` won.
pub(super) fn amount_of(layout: &Layout, cell: RawCell<'_>, factor: i64) -> Result<i64, &'static str> {
    let mapping = &layout.mapping;
    match cell {
        RawCell::Text(found) => amounts::from_text(found, &mapping.amounts, mapping.minor_digits, factor),
        RawCell::Number(number) => amounts::from_number(number, mapping.minor_digits, factor),
        RawCell::Empty => Err("비어 있습니다"),
        RawCell::DateSerial { .. } => Err("금액 칸에 날짜가 있습니다"),
        RawCell::Bool(_) => Err("금액 칸에 참/거짓이 있습니다"),
        RawCell::Error(_) => Err("오류 값입니다"),
    }
}

pub(super) fn is_filler(layout: &Layout, cell: RawCell<'_>) -> bool {
    match cell {
        RawCell::Text(found) => {
            let found = found.trim();
            found.is_empty() || layout.mapping.fillers.iter().any(|filler| filler == found)
        }
        RawCell::Empty => true,
        _ => false,
    }
}

pub(super) fn refuse(column: &str, found: &str, reason: &str) -> Outcome {
    Outcome::Quarantined(refusal(column, found, reason))
}

pub(super) fn refusal(column: &str, found: &str, reason: &str) -> Refusal {
    let masked = mask::text(found);
    let short: String = masked.chars().take(40).collect();
    Refusal { column: column.to_owned(), found: short, reason: reason.to_owned() }
}

fn fill_in(
    layout: &Layout,
    row: &RawRow,
    dated: Result<Dated, &'static str>,
    amount: Result<i64, (usize, &'static str)>,
    values: &mut Values,
) -> Result<(), Refusal> {
    let at = |cell: usize, reason: &str| refusal(&layout.header_of(cell), &layout.shown(row, cell), reason);
    (values.date, values.minute, values.note, values.budget.is_used) = (None, None, None, false);
    match dated.map_err(|reason| at(layout.dated, reason))? {
        Dated::Day(date, minute) => (values.date, values.minute) = (Some(date), minute),
        Dated::Year(year) => values.fiscal_year = year,
    }
    values.amount = amount.map_err(|(cell, reason)| at(cell, reason))?;
    if let Some(cell) = layout.currency.filter(|&cell| is_foreign(layout, row.cell(cell))) {
        return Err(at(cell, "금액의 통화가 매핑의 통화와 다릅니다"));
    }
    for (i, (out, text_at)) in values.texts.iter_mut().zip(&layout.texts).enumerate() {
        out.clear();
        let Some(text_at) = text_at else { continue };
        let cell = text_at.cell.map_or(RawCell::Empty, |cell| row.cell(cell));
        label(layout, text_at, cell, out).map_err(|reason| at(text_at.cell.unwrap_or(usize::MAX), reason))?;
        if i == DOCUMENT_NO
            && out.contains('*')
            && let RawCell::Text(found) = cell
        {
            *out = document_no(found);
        }
        for &more in &text_at.more {
            join(layout, text_at, row.cell(more), out).map_err(|reason| at(more, reason))?;
        }
        if out.is_empty() && text_at.rule.required {
            return Err(at(text_at.cell.unwrap_or(usize::MAX), "비어 있습니다"));
        }
    }
    if let Some(cell) = layout.minute.filter(|&cell| !is_filler(layout, row.cell(cell))) {
        match minute(row.cell(cell)) {
            Ok(found) => values.minute = Some(found),
            Err(reason) => values.note = Some(at(cell, reason)),
        }
    }
    details::fill_in(layout, row, &mut values.details)?;
    match &layout.budget {
        Some(budget) => budget_row::fill_in(layout, budget, row, values),
        None => Ok(()),
    }
}

fn is_foreign(layout: &Layout, cell: RawCell<'_>) -> bool {
    let code = &layout.mapping.currency;
    match cell {
        RawCell::Text(found) if !is_filler(layout, cell) => {
            let found = text::narrow(found);
            !(found.eq_ignore_ascii_case(code) || code == "KRW" && WON.contains(&found.as_str()))
        }
        _ => false,
    }
}

fn year(cell: RawCell<'_>) -> Result<i32, &'static str> {
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
fn minute(cell: RawCell<'_>) -> Result<i64, &'static str> {
    let refuse = "시각으로 읽을 수 없습니다";
    match cell {
        RawCell::Text(found) => dates::minute_from_text(found),
        RawCell::DateSerial { serial, .. } if serial >= 0.0 => {
            Ok(((serial.fract() * 1440.0).round() as i64).min(1439))
        }
        RawCell::Number(number) if (0.0..1.0).contains(&number) => {
            Ok((number * 1440.0).round() as i64 % 1440)
        }
        _ => Err(refuse),
    }
}

/// A text column into `out`: codes stay text, personal numbers are masked.
pub(super) fn label(
    layout: &Layout,
    at: &TextAt,
    cell: RawCell<'_>,
    out: &mut String,
) -> Result<(), &'static str> {
    let rule = &at.rule;
    match cell {
        RawCell::Empty => {}
        RawCell::Text(found) => out.push_str(&text::tidy_cow(found)),
        RawCell::Number(number) => out.push_str(&code(number)?),
        RawCell::DateSerial { serial, is_1904 } if !rule.join.is_empty() => {
            out.push_str(&dates::from_serial(serial, is_1904)?.0.to_string());
        }
        RawCell::DateSerial { .. } => return Err("글자 칸에 날짜가 있습니다"),
        RawCell::Bool(flag) => out.push_str(if flag { "true" } else { "false" }),
        RawCell::Error(_) => return Err("오류 값입니다"),
    }
    if rule.strip_decimal && out.ends_with(".0") {
        out.truncate(out.len() - 2);
    }
    if out.is_empty() || layout.mapping.fillers.contains(out) {
        out.clear();
        out.push_str(rule.constant.as_deref().unwrap_or_default());
        return Ok(());
    }
    if rule.card {
        *out = mask::card(out);
    } else if let std::borrow::Cow::Owned(masked) = mask::text(out) {
        *out = masked;
    }
    Ok(())
}

/// A document number, known to be one: account and card numbers look like it, resident numbers are masked all the same.
fn document_no(found: &str) -> String {
    const LABEL: &str = "문서번호 ";
    let labelled = format!("{LABEL}{}", text::tidy(found));
    let masked = mask::text(&labelled);
    masked.strip_prefix(LABEL).unwrap_or(&masked).to_owned()
}

/// The value of one more cell behind `out`.
fn join(layout: &Layout, at: &TextAt, cell: RawCell<'_>, out: &mut String) -> Result<(), &'static str> {
    let mut more = String::new();
    label(layout, at, cell, &mut more)?;
    if !out.is_empty() && !more.is_empty() {
        out.push('-');
    }
    out.push_str(&more);
    Ok(())
}

/// A code in a number cell: whole and short enough to be undamaged.
pub(super) fn code(number: f64) -> Result<String, &'static str> {
    if number.fract() != 0.0 || number.abs() >= 1e15 {
        return Err("코드 칸의 숫자가 정수가 아니거나 15자리를 넘어 손상되었습니다");
    }
    Ok(format!("{number}"))
}

pub(super) fn shown(cell: RawCell<'_>) -> String {
    match cell {
        RawCell::Empty => "(빈칸)".to_owned(),
        RawCell::Text(found) | RawCell::Error(found) => text::tidy(found),
        RawCell::Number(number) | RawCell::DateSerial { serial: number, .. } => number.to_string(),
        RawCell::Bool(flag) => flag.to_string(),
    }
}
