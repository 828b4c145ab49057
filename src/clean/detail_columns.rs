//! Columns of details in the clean data frame, begun where the first value stands.
//!
//! Comes in: details of loaded rows. Goes out: one column each of `col::DETAILS`, as long as asked for.
//! Refuses: nothing; a column without any value is all null and costs nothing.

use polars::prelude::*;

use super::details::DetailValues;
use crate::ledger::col;

/// Details of a batch under way.
#[derive(Default)]
pub(super) struct DetailColumns {
    texts: [Option<StringChunkedBuilder>; col::DETAIL_TEXTS.len()],
    attendees: Option<Vec<Option<i64>>>,
    days: [Option<Vec<Option<i32>>>; col::DETAIL_DAYS.len()],
    /// Rows that every column begun has.
    n_rows: usize,
}

impl DetailColumns {
    /// The details of row `row`, counted from 0; rows left out since the last one have none.
    pub(super) fn push(&mut self, row: usize, values: &DetailValues) {
        if !values.is_any {
            return;
        }
        self.pad(row);
        for ((column, value), name) in self.texts.iter_mut().zip(&values.texts).zip(col::DETAIL_TEXTS) {
            if column.is_none() && !value.is_empty() {
                let mut begun = StringChunkedBuilder::new(name.into(), row + 1);
                (0..row).for_each(|_| begun.append_null());
                *column = Some(begun);
            }
            match column {
                Some(column) if value.is_empty() => column.append_null(),
                Some(column) => column.append_value(value),
                None => {}
            }
        }
        put(&mut self.attendees, row, values.attendees);
        for (column, value) in self.days.iter_mut().zip(values.days) {
            put(column, row, value);
        }
        self.n_rows = row + 1;
    }

    /// Every column begun gets as many rows as `n_rows`.
    fn pad(&mut self, n_rows: usize) {
        for column in self.texts.iter_mut().flatten() {
            (self.n_rows..n_rows).for_each(|_| column.append_null());
        }
        if let Some(column) = &mut self.attendees {
            column.resize(n_rows, None);
        }
        for column in self.days.iter_mut().flatten() {
            column.resize(n_rows, None);
        }
        self.n_rows = n_rows;
    }

    /// All columns with `height` rows, in the order of `col::DETAILS`.
    pub(super) fn finish(mut self, height: usize) -> Vec<Column> {
        self.pad(height);
        let none = |name: &str, kind: DataType| Column::full_null(name.into(), height, &kind);
        let texts = self.texts.into_iter().zip(col::DETAIL_TEXTS).map(|(column, name)| match column {
            Some(column) => column.finish().into_series().into_column(),
            None => none(name, DataType::String),
        });
        let attendees = match self.attendees {
            Some(column) => Column::new(col::ATTENDEES.into(), column),
            None => none(col::ATTENDEES, DataType::Int64),
        };
        let days = self.days.into_iter().zip(col::DETAIL_DAYS).map(|(column, name)| match column {
            Some(column) => {
                let days = Int32Chunked::from_slice_options(name.into(), &column);
                days.into_date().into_series().into_column()
            }
            None => none(name, DataType::Date),
        });
        texts.chain([attendees]).chain(days).collect()
    }
}

/// Puts the value of row `row` behind those before it; a column without one is not begun.
fn put<T: Copy>(column: &mut Option<Vec<Option<T>>>, row: usize, value: Option<T>) {
    match column {
        Some(column) => column.push(value),
        None if value.is_some() => {
            let mut begun = vec![None; row];
            begun.push(value);
            *column = Some(begun);
        }
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_begin_late_and_end_early_and_are_as_long_as_the_rows() {
        let mut columns = DetailColumns::default();
        let mut values = DetailValues { is_any: true, attendees: Some(4), ..DetailValues::default() };
        columns.push(1, &values);
        columns.push(2, &DetailValues::default());
        (values.attendees, values.days[0]) = (None, Some(19_723));
        "김승인".clone_into(&mut values.texts[0]);
        columns.push(3, &values);
        let frame = DataFrame::new(6, columns.finish(6)).unwrap();
        let names: Vec<&str> = frame.get_column_names().into_iter().map(PlSmallStr::as_str).collect();
        assert_eq!(names, col::DETAILS);
        let texts: Vec<Option<&str>> = frame.column(col::APPROVER).unwrap().str().unwrap().iter().collect();
        assert_eq!(texts, [None, None, None, Some("김승인"), None, None]);
        let counts: Vec<Option<i64>> = frame.column(col::ATTENDEES).unwrap().i64().unwrap().iter().collect();
        assert_eq!(counts, [None, Some(4), None, None, None, None]);
        let days = frame.column(col::ENTERED_ON).unwrap().date().unwrap().physical().clone();
        assert_eq!(days.iter().collect::<Vec<_>>(), [None, None, None, Some(19_723), None, None]);
        assert_eq!(frame.column(col::CONTRACT_FROM).unwrap().null_count(), 6);
        for (name, kind) in crate::clean::ledger::schema().iter() {
            if let Ok(column) = frame.column(name) {
                assert_eq!(column.dtype(), kind, "{name}");
            }
        }
    }
}
