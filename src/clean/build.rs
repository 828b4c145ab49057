//! Columns of the clean data frame, filled row by row.
//!
//! Comes in: values of loaded rows. Goes out: a data frame of `ledger::schema`. Refuses: nothing.

use polars::prelude::*;

use super::row::{TEXT_COLUMNS, Values};
use super::view::date_of_day;
use crate::ledger::col;

/// Days from 1970-01-01 to 0001-01-01, negated.
const EPOCH_FROM_CE: i32 = 719_163;

#[derive(Default)]
pub(super) struct Builder {
    sheet: Vec<String>,
    row: Vec<i64>,
    day: Vec<i32>,
    minute: Vec<Option<i64>>,
    amount: Vec<i64>,
    texts: [Vec<Option<String>>; TEXT_COLUMNS.len()],
}

impl Builder {
    pub(super) fn push(&mut self, sheet: &str, row: u32, values: Values) {
        use chrono::Datelike;
        let date = values.date.unwrap_or_else(|| date_of_day(0));
        self.sheet.push(sheet.to_owned());
        self.row.push(i64::from(row));
        self.day.push(date.num_days_from_ce() - EPOCH_FROM_CE);
        self.minute.push(values.minute);
        self.amount.push(values.amount);
        for (column, value) in self.texts.iter_mut().zip(values.texts) {
            column.push(value);
        }
    }

    pub(super) fn finish(self, source: &str) -> PolarsResult<DataFrame> {
        let height = self.row.len();
        let mut texts: std::collections::BTreeMap<&str, Vec<Option<String>>> =
            TEXT_COLUMNS.into_iter().zip(self.texts).collect();
        let (mut sheet, mut row, mut day) = (Some(self.sheet), Some(self.row), Some(self.day));
        let (mut minute, mut amount) = (Some(self.minute), Some(self.amount));
        let columns = col::ALL
            .into_iter()
            .map(|name| {
                let at: PlSmallStr = name.into();
                match name {
                    col::SOURCE => Column::new_scalar(at, Scalar::from(PlSmallStr::from(source)), height),
                    col::SHEET => Column::new(at, sheet.take().unwrap_or_default()),
                    col::ROW => Column::new(at, row.take().unwrap_or_default()),
                    col::DATE => {
                        let days = Int32Chunked::from_vec(at, day.take().unwrap_or_default());
                        days.into_date().into_series().into_column()
                    }
                    col::MINUTE => Column::new(at, minute.take().unwrap_or_default()),
                    col::AMOUNT => Column::new(at, amount.take().unwrap_or_default()),
                    text => Column::new(at, texts.remove(text).unwrap_or_default()),
                }
            })
            .collect();
        DataFrame::new(height, columns)
    }
}
