//! Days on which nobody works.
//!
//! Comes in: dates of public holidays. Goes out: whether a date is one, or a weekend.
//! Refuses: nothing.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};

/// Public holidays.
#[derive(Clone, Debug, Default)]
pub struct Holidays {
    dates: BTreeSet<NaiveDate>,
}

impl Holidays {
    /// Holidays on `dates`.
    pub fn new(dates: impl IntoIterator<Item = NaiveDate>) -> Self {
        Self { dates: dates.into_iter().collect() }
    }

    /// Whether `date` is a weekend or holiday.
    pub fn is_off_day(&self, date: NaiveDate) -> bool {
        date.weekday().num_days_from_monday() >= 5 || self.dates.contains(&date)
    }
}
