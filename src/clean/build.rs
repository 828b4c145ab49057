//! Columns of the clean data frame, filled row by row and handed on in batches.
//!
//! Comes in: values of loaded rows. Goes out: data frames of `ledger::schema`. Refuses: nothing.

use polars::prelude::*;

use super::detail_columns::DetailColumns;
use super::details::days_since_1970;
use super::layout::TEXT_COLUMNS;
use super::row::Values;
use crate::ledger::col;

/// Rows of a batch: large enough for good columns, small enough (some 50 MB) to be held a few times.
pub(super) const BATCH_ROWS: usize = 131_072;

pub(super) struct Builder {
    sheet: StringChunkedBuilder,
    row: Vec<i64>,
    day: Vec<i32>,
    minute: Vec<Option<i64>>,
    amount: Vec<i64>,
    texts: [StringChunkedBuilder; TEXT_COLUMNS.len()],
    details: DetailColumns,
}

impl Builder {
    pub(super) fn new() -> Self {
        Self {
            sheet: StringChunkedBuilder::new(col::SHEET.into(), 0),
            row: Vec::new(),
            day: Vec::new(),
            minute: Vec::new(),
            amount: Vec::new(),
            texts: TEXT_COLUMNS.map(|name| StringChunkedBuilder::new(name.into(), 0)),
            details: DetailColumns::default(),
        }
    }

    pub(super) fn push(&mut self, sheet: &str, row: u32, values: &Values) {
        let day = values.date.map_or(0, days_since_1970);
        self.details.push(self.row.len(), &values.details);
        self.sheet.append_value(sheet);
        self.row.push(i64::from(row));
        self.day.push(day);
        self.minute.push(values.minute);
        self.amount.push(values.amount);
        for (column, value) in self.texts.iter_mut().zip(&values.texts) {
            match value.is_empty() {
                true => column.append_null(),
                false => column.append_value(value),
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.row.len()
    }

    /// The rows so far as a frame; the builder begins anew.
    pub(super) fn take(&mut self, source: &str) -> PolarsResult<DataFrame> {
        let full = std::mem::replace(self, Self::new());
        let height = full.row.len();
        let mut texts: std::collections::BTreeMap<&str, StringChunkedBuilder> =
            TEXT_COLUMNS.into_iter().zip(full.texts).collect();
        let (mut sheet, mut row, mut day) = (Some(full.sheet), full.row, full.day);
        let (mut minute, mut amount) = (full.minute, full.amount);
        let plain = col::ALL.into_iter().filter(|name| !col::is_detail(name)).map(|name| {
            let at: PlSmallStr = name.into();
            match name {
                col::SOURCE => Column::new_scalar(at, Scalar::from(PlSmallStr::from(source)), height),
                col::ROW => Column::new(at, std::mem::take(&mut row)),
                col::DATE => {
                    let days = Int32Chunked::from_vec(at, std::mem::take(&mut day));
                    days.into_date().into_series().into_column()
                }
                col::MINUTE => Column::new(at, std::mem::take(&mut minute)),
                col::AMOUNT => Column::new(at, std::mem::take(&mut amount)),
                text => {
                    let built = if text == col::SHEET { sheet.take() } else { texts.remove(text) };
                    match built {
                        Some(built) => built.finish().into_series().into_column(),
                        None => Column::full_null(at, height, &DataType::String),
                    }
                }
            }
        });
        DataFrame::new(height, plain.chain(full.details.finish(height)).collect())
    }
}
