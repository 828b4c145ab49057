//! Fiscal years that may end in another month than December.
//!
//! Comes in: a day and the last month of the year. Goes out: the year, the month in it, whether it is the last week.
//! Refuses: nothing; a day outside the calendar is 1970-01-01.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{Datelike, Days, Months, NaiveDate};
use rustc_hash::FxHashMap;

use crate::clean::view::date_of_day;

/// A fiscal year, named by the calendar year in which it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FiscalYear {
    first_year: i32,
    last_month: u32,
}

impl FiscalYear {
    /// First day.
    fn start(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.first_year, self.last_month % 12 + 1, 1).unwrap_or_default()
    }

    /// First day of the next year.
    fn end(self) -> NaiveDate {
        self.start().checked_add_months(Months::new(12)).unwrap_or_default()
    }

    /// Number of days.
    pub(super) fn n_days(self) -> f64 {
        (self.end() - self.start()).num_days() as f64
    }

    /// Calendar month, 1 to 12, of month `index` (0 to 11) of the year.
    pub(super) fn month(self, index: usize) -> usize {
        (self.last_month as usize + index) % 12 + 1
    }

    /// Key for programs.
    pub(super) fn key(self) -> String {
        format!("y{}", self.first_year)
    }
}

impl fmt::Display for FiscalYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}년", self.first_year)
    }
}

/// Where a day lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Position of its fiscal year among those of the ledger.
    pub(super) year: usize,
    /// Month of the fiscal year, 0 to 11.
    pub(super) month: usize,
    /// Whether it is one of the last seven days.
    pub(super) is_last_week: bool,
}

/// The fiscal year of `day` (days since 1970-01-01), the month in it, and whether it is in its last week, in years that
/// end with `last_month` (1 to 12).
fn place(day: i32, last_month: u32) -> (FiscalYear, usize, bool) {
    let date = date_of_day(day);
    let month = date.month();
    let is_before_start = last_month < 12 && month <= last_month;
    let year = FiscalYear { first_year: date.year() - i32::from(is_before_start), last_month };
    let week = year.end().checked_sub_days(Days::new(7)).unwrap_or_default();
    (year, ((month + 11 - last_month) % 12) as usize, date >= week)
}

/// The fiscal years of `days`, ascending, and the place of every day; each different day is placed once.
pub(super) fn places(days: &[i32], last_month: u32) -> (Vec<FiscalYear>, Vec<Place>) {
    let mut known: FxHashMap<i32, Place> = FxHashMap::default();
    let mut years = BTreeSet::new();
    let mut different: Vec<i32> = Vec::new();
    for &day in days {
        known.entry(day).or_insert_with(|| {
            different.push(day);
            years.insert(place(day, last_month).0);
            Place { year: 0, month: 0, is_last_week: false }
        });
    }
    let years: Vec<FiscalYear> = years.into_iter().collect();
    for day in different {
        let (year, month, is_last_week) = place(day, last_month);
        let year = years.binary_search(&year).unwrap_or_default();
        known.insert(day, Place { year, month, is_last_week });
    }
    let places = days.iter().map(|day| known[day]).collect();
    (years, places)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(date: &str, last_month: u32) -> (String, usize, bool) {
        let date: NaiveDate = date.parse().unwrap();
        let day = i32::try_from((date - NaiveDate::default()).num_days()).unwrap();
        let (year, month, is_last_week) = place(day, last_month);
        (year.to_string(), month, is_last_week)
    }

    #[test]
    fn years_are_ascending_and_places_point_at_them() {
        let (years, places) = places(&[19_900, 19_000, 19_900], 12);
        assert_eq!(years.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2022년", "2024년"]);
        assert_eq!(
            places.iter().map(|place| (place.year, place.month)).collect::<Vec<_>>(),
            [(1, 5), (0, 0), (1, 5)]
        );
    }

    #[test]
    fn calendar_years_and_school_years() {
        for (date, last_month, year, month, is_last_week) in [
            ("2024-01-01", 12, "2024년", 0, false),
            ("2024-12-24", 12, "2024년", 11, false),
            ("2024-12-25", 12, "2024년", 11, true),
            ("2024-12-31", 12, "2024년", 11, true),
            ("2024-02-29", 2, "2023년", 11, true),
            ("2024-02-22", 2, "2023년", 11, false),
            ("2024-03-01", 2, "2024년", 0, false),
            ("2024-12-31", 2, "2024년", 9, false),
            ("2025-02-22", 2, "2024년", 11, true),
        ] {
            assert_eq!(of(date, last_month), (year.to_owned(), month, is_last_week), "{date}");
        }
    }

    #[test]
    fn months_are_named_by_the_calendar() {
        let school = place(19_900, 2).0;
        assert_eq!((school.month(0), school.month(11)), (3, 2));
        assert!((school.n_days() - 365.0).abs() < 1e-9);
        let calendar = place(19_723, 12).0;
        assert_eq!((calendar.month(0), calendar.month(11)), (1, 12));
        assert!((calendar.n_days() - 366.0).abs() < 1e-9);
    }
}
