//! The cells of a budget or reallocation row beyond those of a payment, and what must hold between them.
//!
//! Comes in: a raw row and the layout of its sheet. Goes out: parts, labels, the kind of a movement, remarks.
//! Refuses: a part that cannot be read exactly, a month outside the year, a kind of movement nobody defined. Amounts that
//! contradict each other are remarked by `budget_check`, the row stays as printed.

use super::budget_check;
use super::budget_columns::{FISCAL_MONTH, LABELS, to_add};
use super::header::Header;
use super::header_key;
use super::layout::{KIND, Layout, TextAt};
use super::row::{Refusal, Values, amount_of, is_filler, label, refusal, shown};
use super::text::narrow;
use crate::ingest::{RawCell, RawRow};
use crate::ledger::{BudgetPart, FiscalMonth, ReallocationKind, RecordKind, col};

const N_PARTS: usize = BudgetPart::ALL.len();

/// Where a part stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct PartAt {
    pub(super) cell: usize,
    /// Won in one written unit where its own header says so.
    factor: Option<i64>,
    /// Whether the file writes it with a minus.
    negated: bool,
}

/// Where the columns of a budget or reallocation sheet stand.
#[derive(Clone, Debug)]
pub(super) struct BudgetAt {
    pub(super) parts: [Option<PartAt>; N_PARTS],
    pub(super) month: Option<usize>,
    pub(super) labels: [Option<TextAt>; LABELS.len()],
    /// The parts to add up for 예산현액.
    pub(super) made_of: Vec<BudgetPart>,
    /// The part whose column is read as 예산현액.
    pub(super) stands_in: Option<BudgetPart>,
}

impl BudgetAt {
    pub(super) fn new(header: &Header) -> Option<Self> {
        if header.mapping.kind == RecordKind::Expenditure {
            return None;
        }
        let at = |name: &str| header.cells.get(name).copied();
        let part = |part: BudgetPart| {
            let cell = at(part.column())?;
            let rule = header.mapping.columns.get(part.column())?;
            Some(PartAt {
                cell,
                factor: unit_in(&header.texts, cell, &header.mapping.currency),
                negated: rule.negated,
            })
        };
        let text = |name: &str| {
            header.mapping.columns.get(name).map(|rule| TextAt {
                cell: at(name),
                more: Vec::new(),
                rule: rule.clone(),
            })
        };
        let has = |part: BudgetPart| at(part.column()).is_some();
        let shares = |part: &BudgetPart| has(*part) && at(part.column()) == at(col::AMOUNT);
        Some(Self {
            parts: BudgetPart::ALL.map(part),
            month: at(FISCAL_MONTH),
            labels: LABELS.map(text),
            made_of: to_add(&has),
            stands_in: BudgetPart::ALL.into_iter().find(shares),
        })
    }

    /// Whether a column of this sheet reads `cell` as an amount.
    pub(super) fn is_amount(&self, cell: usize) -> bool {
        self.parts.iter().flatten().any(|part| part.cell == cell)
    }

    /// Whether a column of this sheet reads `cell`.
    pub(super) fn is_mapped(&self, cell: usize) -> bool {
        self.is_amount(cell)
            || self.month == Some(cell)
            || self.labels.iter().flatten().any(|text| text.cell == Some(cell))
    }

    pub(super) fn has(&self, part: BudgetPart) -> bool {
        self.parts[part.index()].is_some()
    }
}

/// The unit in the header over `cell`, as in `본예산(천원)`; `header` refuses a sheet with an unknown one.
fn unit_in(headers: &[String], cell: usize, currency: &str) -> Option<i64> {
    header_key::unit(headers.get(cell)?, currency)?.ok()
}

/// Whether 예산현액 is the sum of its parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Identity {
    /// The sheet does not print both.
    #[default]
    Untold,
    /// A part of this row is not stated.
    Unstated,
    Holds,
    Differs,
}

/// Values of a budget or reallocation row beyond those of a payment.
#[derive(Default)]
pub(super) struct BudgetValues {
    /// Whether the row has them at all.
    pub(super) is_used: bool,
    pub(super) month: Option<u32>,
    pub(super) parts: [Option<i64>; N_PARTS],
    /// In the order of `LABELS`; empty where absent.
    pub(super) labels: [String; LABELS.len()],
    pub(super) movement: Option<ReallocationKind>,
    pub(super) identity: Identity,
    pub(super) notes: Vec<Refusal>,
}

impl BudgetValues {
    /// Columns with a value.
    pub(super) fn stated(&self) -> impl Iterator<Item = &'static str> {
        let parts = BudgetPart::ALL.into_iter().zip(&self.parts);
        let parts = parts.filter(|(_, value)| value.is_some()).map(|(part, _)| part.column());
        let labels = LABELS.into_iter().zip(&self.labels).filter(|(_, text)| !text.is_empty());
        parts.chain(labels.map(|(name, _)| name)).chain(self.month.map(|_| FISCAL_MONTH))
    }

    /// Everything that tells one row from another, for the digest of a set of rows.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        if !self.is_used {
            return;
        }
        out.extend_from_slice(&self.month.unwrap_or(0).to_le_bytes());
        for part in &self.parts {
            out.push(u8::from(part.is_some()));
            out.extend_from_slice(&part.unwrap_or(0).to_le_bytes());
        }
        for text in &self.labels {
            out.extend_from_slice(text.as_bytes());
            out.push(0x1F);
        }
    }
}

/// A part of a row: `None` where it is not stated.
pub(super) fn part(layout: &Layout, row: &RawRow, at: PartAt) -> Result<Option<i64>, &'static str> {
    let cell = row.cell(at.cell);
    if is_filler(layout, cell) {
        return Ok(layout.mapping.amounts.blank_parts_are_zero.then_some(0));
    }
    let value = amount_of(layout, cell, at.factor.unwrap_or(layout.factor))?;
    Ok(Some(if at.negated { -value } else { value }))
}

/// 예산현액 as the sum of its parts; else the cell that is in the way.
pub(super) fn computed(layout: &Layout, row: &RawRow) -> Result<i64, (usize, &'static str)> {
    let Some(budget) = &layout.budget else { return Err((usize::MAX, "예산현액 열이 없습니다")) };
    let mut sum = 0_i128;
    let mut last = usize::MAX;
    for name in &budget.made_of {
        let Some(at) = budget.parts[name.index()] else { continue };
        last = at.cell;
        let value = part(layout, row, at).map_err(|reason| (at.cell, reason))?;
        let value = value.ok_or((at.cell, "비어 있어 예산현액을 계산할 수 없습니다"))?;
        sum += name.sign() * i128::from(value);
    }
    i64::try_from(sum).map_err(|_| (last, "금액이 너무 큽니다"))
}

/// Reads what a payment does not have into `values.budget`; texts and amount are there already.
pub(super) fn fill_in(
    layout: &Layout,
    at: &BudgetAt,
    row: &RawRow,
    values: &mut Values,
) -> Result<(), Refusal> {
    let refuse = |cell: usize, reason: &str| refusal(&layout.header_of(cell), &shown(row.cell(cell)), reason);
    let out = &mut values.budget;
    (out.is_used, out.month, out.movement, out.identity) = (true, None, None, Identity::Untold);
    out.notes.clear();
    for ((value, at), name) in out.parts.iter_mut().zip(&at.parts).zip(BudgetPart::ALL) {
        *value = None;
        let Some(at) = at else { continue };
        *value = part(layout, row, *at).map_err(|reason| refuse(at.cell, reason))?;
        let is_size = matches!(name, BudgetPart::ReallocatedIn | BudgetPart::ReallocatedOut);
        if is_size && value.is_some_and(|value| value < 0) {
            let reason = "증·감 열의 음수는 뜻을 알 수 없습니다. 감액을 음수로 적는 파일이면 매핑에 negated = true를 적으세요";
            return Err(refuse(at.cell, reason));
        }
    }
    if let Some(cell) = at.month {
        out.month = Some(month(row.cell(cell), values.fiscal_year).map_err(|reason| refuse(cell, reason))?);
    }
    for (text, at) in out.labels.iter_mut().zip(&at.labels) {
        text.clear();
        let Some(at) = at else { continue };
        let cell = at.cell.unwrap_or(usize::MAX);
        let found = at.cell.map_or(RawCell::Empty, |cell| row.cell(cell));
        label(layout, at, found, text).map_err(|reason| refuse(cell, reason))?;
        if text.is_empty() && at.rule.required {
            return Err(refuse(cell, "비어 있습니다"));
        }
    }
    match layout.mapping.kind {
        RecordKind::Reallocation => movement(layout, values),
        _ => {
            budget_check::check(layout, at, values);
            Ok(())
        }
    }
}

/// The month of a fiscal year, 1 to 12.
fn month(cell: RawCell<'_>, fiscal_year: i32) -> Result<u32, &'static str> {
    let text = match cell {
        RawCell::Text(found) => narrow(found),
        RawCell::Number(number) if number.fract() == 0.0 => format!("{number}"),
        _ => return Err("회계월로 읽을 수 없습니다"),
    };
    let bare = text.trim_end_matches('월');
    let (year, month) = match bare.split_once(['-', '.', '/', '년']) {
        Some((year, month)) => (Some(year), month),
        None if bare.len() == 6 && bare.is_ascii() => (Some(&bare[..4]), &bare[4..]),
        None => (None, bare),
    };
    if year.is_some_and(|year| year.parse() != Ok(fiscal_year)) {
        return Err("회계연도와 다른 해의 달입니다");
    }
    let month = month.parse().ok().and_then(|month| FiscalMonth::new(fiscal_year, month));
    month.map(FiscalMonth::month).ok_or("회계월로 읽을 수 없습니다")
}

/// What kind of movement a row is.
fn movement(layout: &Layout, values: &mut Values) -> Result<(), Refusal> {
    let found = &values.texts[KIND];
    let cell = layout.texts[KIND].as_ref().and_then(|text| text.cell).unwrap_or(usize::MAX);
    let Some(kind) = ReallocationKind::from_ko(&narrow(found)) else {
        let reason = "구분은 이용, 전용, 이체 가운데 하나여야 합니다";
        return Err(refusal(&layout.header_of(cell), found, reason));
    };
    values.budget.movement = Some(kind);
    Ok(())
}
