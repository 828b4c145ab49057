//! Public holidays by date, so that a day off is a matter of a table and not of a formula.
//!
//! Comes in: dates with names, or CSV text `date,name`. Goes out: whether a date is a day off, and its name.
//! Refuses: a line without a date or a name. Substitute and one-off holidays are in the table or unknown.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};

use crate::error::{Problem, Problems};

/// The table shipped with the program: Korean public holidays of 2015 to 2027.
pub const KOREAN_CSV: &str = include_str!("../../config/kr_holidays.csv");

/// Public holidays by date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holidays {
    names: BTreeMap<NaiveDate, String>,
}

impl Holidays {
    /// Holidays of `dates`; names that fall on one date are joined by `·`.
    pub fn new(dates: impl IntoIterator<Item = (NaiveDate, String)>) -> Self {
        let mut names: BTreeMap<NaiveDate, String> = BTreeMap::new();
        for (date, name) in dates {
            names
                .entry(date)
                .and_modify(|known| {
                    if !known.split('·').any(|part| part == name) {
                        known.push('·');
                        known.push_str(&name);
                    }
                })
                .or_insert(name);
        }
        Self { names }
    }

    /// The table shipped with the program.
    pub fn korean() -> Self {
        // The embedded text is read by a test, so that the fallback is never taken.
        Self::from_csv(KOREAN_CSV, "kr_holidays.csv").unwrap_or_default()
    }

    /// Reads `date,name` lines (`2026-01-01,신정`) after a heading; blank lines and `#` remarks are passed over.
    ///
    /// `place` names the file in problems. All bad lines are reported at once.
    pub fn from_csv(text: &str, place: &str) -> Result<Self, Problems> {
        let mut dates = Vec::new();
        let mut problems = Problems::default();
        let lines = text.trim_start_matches('\u{feff}').lines().enumerate();
        let mut rows = lines.filter(|(_, line)| !line.trim().is_empty() && !line.trim().starts_with('#'));
        let heading = rows.next().map_or("", |(_, line)| line.trim());
        if heading != "date,name" {
            problems.push(Problem::new(
                format!("{place}: 1행"),
                shown(heading),
                "제목 행 date,name",
                "첫 행에 date,name 을 쓰고 그 아래에 2026-01-01,신정 처럼 쓰십시오.",
            ));
        }
        for (i, line) in rows {
            match read_line(line) {
                Some(entry) => dates.push(entry),
                None => problems.push(Problem::new(
                    format!("{place}: {}행", i + 1),
                    shown(line),
                    "날짜(YYYY-MM-DD), 쉼표, 휴일 이름",
                    "2026-01-01,신정 처럼 쓰십시오.",
                )),
            }
        }
        problems.into_result(Self::new(dates))
    }

    /// Whether `date` is a Saturday, a Sunday or a holiday of the table.
    pub fn is_off_day(&self, date: NaiveDate) -> bool {
        matches!(date.weekday(), Weekday::Sat | Weekday::Sun) || self.names.contains_key(&date)
    }

    /// Name of the holiday on `date`; `None` on ordinary days and plain weekends.
    pub fn name(&self, date: NaiveDate) -> Option<&str> {
        self.names.get(&date).map(String::as_str)
    }

    /// Day of the week in Korean: `토요일`.
    pub fn weekday_ko(date: NaiveDate) -> &'static str {
        match date.weekday() {
            Weekday::Mon => "월요일",
            Weekday::Tue => "화요일",
            Weekday::Wed => "수요일",
            Weekday::Thu => "목요일",
            Weekday::Fri => "금요일",
            Weekday::Sat => "토요일",
            Weekday::Sun => "일요일",
        }
    }

    /// Whether the table has holidays for the year of `date`; outside, only weekends are known.
    pub fn covers(&self, date: NaiveDate) -> bool {
        let first = NaiveDate::from_ymd_opt(date.year(), 1, 1);
        let last = NaiveDate::from_ymd_opt(date.year(), 12, 31);
        first.zip(last).is_some_and(|(first, last)| self.names.range(first..=last).next().is_some())
    }

    /// Number of dates in the table.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether the table is empty.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

fn read_line(line: &str) -> Option<(NaiveDate, String)> {
    let (date, name) = line.split_once(',')?;
    let date = NaiveDate::parse_from_str(date.trim(), "%Y-%m-%d").ok()?;
    let name = name.trim().trim_matches('"');
    (!name.is_empty()).then(|| (date, name.to_owned()))
}

/// What was found, short enough for a message.
fn shown(text: &str) -> String {
    const SHOWN_MAX: usize = 60;
    if text.is_empty() { "빈 내용".to_owned() } else { text.chars().take(SHOWN_MAX).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_shipped_table_is_read_whole() {
        let holidays = Holidays::from_csv(KOREAN_CSV, "kr").unwrap();
        assert_eq!(holidays, Holidays::korean());
        let lines: std::collections::BTreeSet<_> =
            KOREAN_CSV.lines().skip(1).filter_map(|l| l.split(',').next()).collect();
        assert_eq!(holidays.len(), lines.len());
        assert!(!holidays.is_empty());
        for year in 2015..=2027 {
            assert!(holidays.covers(NaiveDate::from_ymd_opt(year, 6, 1).unwrap()), "{year}");
        }
        assert!(!holidays.covers(date("2014-05-05")));
    }

    #[test]
    fn days_off_are_weekends_and_listed_dates() {
        let holidays = Holidays::korean();
        for (day, off, name) in [
            ("2024-03-01", true, Some("삼일절")),
            ("2024-03-02", true, None),
            ("2024-03-03", true, None),
            ("2024-03-04", false, None),
            ("2015-08-14", true, Some("임시공휴일")),
        ] {
            assert_eq!(holidays.is_off_day(date(day)), off, "{day}");
            assert_eq!(holidays.name(date(day)), name, "{day}");
        }
    }

    #[test]
    fn names_of_one_day_are_joined_once() {
        let day = date("2025-05-05");
        let names = ["어린이날", "부처님오신날", "어린이날"];
        let holidays = Holidays::new(names.map(|name| (day, name.to_owned())));
        assert_eq!(holidays.name(day), Some("어린이날·부처님오신날"));
    }

    #[test]
    fn every_bad_line_is_named() {
        let text = "date,name\n2026-02-30,없는 날\n# 비고\n\n2026-01-01,신정\n2026-01-02,\n";
        let problems = Holidays::from_csv(text, "h.csv").unwrap_err();
        let places: Vec<&str> = problems.0.iter().map(|p| p.place.as_str()).collect();
        assert_eq!(places, ["h.csv: 2행", "h.csv: 6행"]);
        assert_eq!(Holidays::from_csv("", "h.csv").unwrap_err().0.len(), 1);
        assert_eq!(Holidays::from_csv("\u{feff}date,name\r\n2026-01-01,신정\r\n", "h.csv").unwrap().len(), 1);
    }
}
