//! Fiscal months: the logical period of a run and the partition of the lake.
//!
//! Comes in: `2024-12`, a date. Goes out: first and last day, neighbours, order.
//! Refuses: months outside 1..=12, years outside 1990..=2100.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// A month of a fiscal year; the fiscal year is the calendar year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FiscalMonth {
    year: i32,
    month: u32,
}

/// The text is not a month of the form `YYYY-MM` between 1990 and 2100.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a month of the form YYYY-MM")]
pub struct NotAMonth(pub String);

impl FiscalMonth {
    /// The month `month` (1 to 12) of `year` (1990 to 2100).
    pub fn new(year: i32, month: u32) -> Option<Self> {
        ((1990..=2100).contains(&year) && (1..=12).contains(&month)).then_some(Self { year, month })
    }

    /// The month that holds `date`; `None` for years outside 1990 to 2100.
    pub fn of(date: NaiveDate) -> Option<Self> {
        Self::new(date.year(), date.month())
    }

    /// Fiscal year.
    pub fn year(self) -> i32 {
        self.year
    }

    /// Month of the year, 1 to 12.
    pub fn month(self) -> u32 {
        self.month
    }

    /// First day.
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year, self.month, 1).unwrap_or(NaiveDate::MIN)
    }

    /// Last day.
    pub fn last_day(self) -> NaiveDate {
        let next = self.offset(1);
        next.first_day().pred_opt().unwrap_or(NaiveDate::MIN)
    }

    /// Whether `date` lies in this month.
    pub fn contains(self, date: NaiveDate) -> bool {
        date.year() == self.year && date.month() == self.month
    }

    /// The month `n` months later (earlier when negative).
    pub fn offset(self, n: i32) -> Self {
        let index = self.year * 12 + self.month.cast_signed() - 1 + n;
        Self { year: index.div_euclid(12), month: (index.rem_euclid(12) + 1).cast_unsigned() }
    }
}

impl fmt::Display for FiscalMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for FiscalMonth {
    type Err = NotAMonth;

    fn from_str(text: &str) -> Result<Self, NotAMonth> {
        let refuse = || NotAMonth(text.to_owned());
        let (year, month) = text.split_once('-').ok_or_else(refuse)?;
        if year.len() != 4 || month.len() != 2 {
            return Err(refuse());
        }
        let year = year.parse().map_err(|_| refuse())?;
        let month = month.parse().map_err(|_| refuse())?;
        Self::new(year, month).ok_or_else(refuse)
    }
}

impl TryFrom<String> for FiscalMonth {
    type Error = NotAMonth;

    fn try_from(text: String) -> Result<Self, NotAMonth> {
        text.parse()
    }
}

impl From<FiscalMonth> for String {
    fn from(month: FiscalMonth) -> Self {
        month.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_the_same_text() {
        let month: FiscalMonth = "2024-12".parse().unwrap();
        assert_eq!(month.to_string(), "2024-12");
        assert_eq!(month.last_day(), NaiveDate::from_ymd_opt(2024, 12, 31).unwrap());
    }

    #[test]
    fn neighbours_cross_the_year() {
        let month: FiscalMonth = "2024-01".parse().unwrap();
        assert_eq!(month.offset(-1).to_string(), "2023-12");
        assert_eq!(month.offset(12).to_string(), "2025-01");
    }

    #[test]
    fn refuses_what_is_not_a_month() {
        for text in ["2024-13", "2024-1", "24-01", "2024/01", "1989-12", ""] {
            assert!(text.parse::<FiscalMonth>().is_err(), "{text}");
        }
    }
}
