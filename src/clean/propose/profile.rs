//! What the cells of one source column look like.
//!
//! Comes in: cells below the header. Goes out: counts by shape: days in each order, amounts, codes, names, words.
//! Refuses: nothing; a cell of no known shape counts as text.

use std::collections::BTreeMap;

use crate::clean::mapping::{AmountRule, DateOrder, DateRule};
use crate::clean::{amounts, dates, text};
use crate::ingest::RawCell;

/// Distinct values looked at for shares of words and samples.
const DISTINCT_MAX: usize = 2_000;
/// Cell texts that mean "nothing" in most exports.
pub(super) const FILLERS: [&str; 6] = ["-", "--", "00000000", "0000-00-00", "0000.00.00", "해당없음"];

/// The ways to read a day, the safest first.
pub(super) const DATE_RULES: [DateRule; 7] = [
    rule(DateOrder::Ymd, false, false),
    rule(DateOrder::Ymd, true, false),
    rule(DateOrder::Dmy, false, false),
    rule(DateOrder::Mdy, false, false),
    rule(DateOrder::Dmy, true, false),
    rule(DateOrder::Mdy, true, false),
    rule(DateOrder::Ymd, false, true),
];

const fn rule(order: DateOrder, two_digit_years: bool, serial_numbers: bool) -> DateRule {
    DateRule { order, two_digit_years, serial_numbers }
}

/// The ways to read an amount: whether a comma is the decimal point, and the digits of the minor unit.
pub(super) const AMOUNT_RULES: [(bool, u8); 4] = [(false, 0), (false, 2), (true, 0), (true, 2)];

/// Counts of a column.
#[derive(Clone, Debug, Default)]
pub(super) struct Profile {
    pub(super) n_rows: usize,
    /// Cells that hold something; the other counts are of these.
    pub(super) n_filled: usize,
    /// Cells by way to read a day.
    pub(super) days: [usize; DATE_RULES.len()],
    /// Cells by way to read an amount.
    pub(super) amounts: [usize; AMOUNT_RULES.len()],
    pub(super) n_negative: usize,
    /// Amounts with separators, won signs or decimals, or in number cells.
    pub(super) n_grouped: usize,
    /// Digits only, with a leading zero or at least six of them in a text cell.
    pub(super) n_code: usize,
    pub(super) n_clock: usize,
    pub(super) n_business: usize,
    pub(super) n_card: usize,
    pub(super) n_triangle: usize,
    pub(super) n_dollar: usize,
    pub(super) n_spaced: usize,
    pub(super) n_letters: usize,
    /// Whether the cells count 1, 2, 3 and so on.
    pub(super) is_counter: bool,
    /// Distinct values and how often each stands there.
    pub(super) values: BTreeMap<String, usize>,
}

impl Profile {
    /// The profile of these cells.
    pub(super) fn of<'a>(cells: impl Iterator<Item = RawCell<'a>>) -> Self {
        let mut profile = Self { is_counter: true, ..Self::default() };
        for cell in cells {
            profile.n_rows += 1;
            profile.add(cell);
        }
        profile.is_counter &= profile.n_filled >= 3;
        profile
    }

    /// The share of filled cells that `count` is.
    pub(super) fn share(&self, count: usize) -> f64 {
        if self.n_filled == 0 { 0.0 } else { count as f64 / self.n_filled as f64 }
    }

    /// Distinct values by filled cells.
    pub(super) fn variety(&self) -> f64 {
        self.share(self.values.len())
    }

    /// The share of filled cells whose value `is_one`.
    pub(super) fn share_of(&self, is_one: impl Fn(&str) -> bool) -> f64 {
        self.share(self.values.iter().filter(|(value, _)| is_one(value)).map(|(_, n)| n).sum())
    }

    fn add(&mut self, cell: RawCell<'_>) {
        let shown = match cell {
            RawCell::Empty | RawCell::Error(_) => return,
            RawCell::Text(found) => text::tidy(found),
            RawCell::Number(number) | RawCell::DateSerial { serial: number, .. } => number.to_string(),
            RawCell::Bool(flag) => flag.to_string(),
        };
        if shown.is_empty() || FILLERS.contains(&shown.as_str()) {
            return;
        }
        self.n_filled += 1;
        self.is_counter &= shown.parse::<usize>() == Ok(self.n_filled);
        self.add_days(cell);
        self.add_amounts(cell, &shown);
        self.add_shapes(cell, &shown);
        if self.values.len() < DISTINCT_MAX || self.values.contains_key(&shown) {
            *self.values.entry(shown).or_default() += 1;
        }
    }

    fn add_days(&mut self, cell: RawCell<'_>) {
        for (count, rule) in self.days.iter_mut().zip(&DATE_RULES) {
            let is_day = match cell {
                RawCell::Text(found) => dates::from_text(found, rule).is_ok(),
                RawCell::Number(number) => dates::from_number(number, rule).is_ok(),
                RawCell::DateSerial { serial, is_1904 } => dates::from_serial(serial, is_1904).is_ok(),
                _ => false,
            };
            *count += usize::from(is_day);
        }
    }

    fn add_amounts(&mut self, cell: RawCell<'_>, shown: &str) {
        let mut first = None;
        for (count, (decimal_comma, minor_digits)) in self.amounts.iter_mut().zip(AMOUNT_RULES) {
            let rule = AmountRule { decimal_comma, ..AmountRule::default() };
            let read = match cell {
                RawCell::Text(found) => amounts::from_text(found, &rule, minor_digits, 1).ok(),
                RawCell::Number(number) => amounts::from_number(number, minor_digits, 1).ok(),
                _ => None,
            };
            *count += usize::from(read.is_some());
            first = first.or(read);
        }
        let Some(amount) = first else { return };
        let is_signed = shown.contains([',', '원', '₩', '￦', '\\', '$', '€', '△', '▲', '(', '.']);
        self.n_negative += usize::from(amount < 0);
        self.n_grouped += usize::from(is_signed || matches!(cell, RawCell::Number(_)));
        self.n_triangle += usize::from(shown.contains('▲'));
        self.n_dollar += usize::from(shown.contains('$'));
    }

    fn add_shapes(&mut self, cell: RawCell<'_>, shown: &str) {
        let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
        let rest: String = shown.chars().filter(|c| !c.is_ascii_digit()).collect();
        let is_text = matches!(cell, RawCell::Text(_));
        let is_code = is_text && rest.is_empty() && (digits.starts_with('0') || digits.len() >= 6);
        self.n_code += usize::from(is_code);
        let groups: Vec<usize> = shown.split('-').map(str::len).collect();
        self.n_business += usize::from(digits.len() == 10 && (groups == [3, 2, 5] || rest.is_empty()));
        let is_masked = shown.contains('*') && digits.len() >= 4;
        let n_places = digits.len() + shown.matches('*').count();
        let is_dashed = rest.chars().all(|c| matches!(c, '-' | ' ' | '*'));
        self.n_card +=
            usize::from(is_dashed && (15..=16).contains(&n_places) && (is_masked || digits.len() >= 15));
        self.n_clock += usize::from(is_clock(cell, shown));
        self.n_spaced += usize::from(shown.contains(' '));
        self.n_letters += usize::from(shown.chars().any(char::is_alphabetic));
    }
}

fn is_clock(cell: RawCell<'_>, shown: &str) -> bool {
    match cell {
        RawCell::Text(found) => shown.contains([':', '시']) && dates::minute_from_text(found).is_ok(),
        RawCell::DateSerial { serial, .. } => (0.0..1.0).contains(&serial),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(cells: &[&str]) -> Profile {
        Profile::of(cells.iter().map(|cell| RawCell::Text(cell)))
    }

    #[test]
    fn shapes_are_counted_and_fillers_are_not() {
        let days = profile(&["2024-01-05", "2024.1.6", "-", ""]);
        assert_eq!((days.n_rows, days.n_filled, days.days[0], days.amounts[0]), (4, 2, 2, 0));
        let money = profile(&["1,200", "△3,000", "500원"]);
        assert_eq!((money.amounts[0], money.n_negative, money.n_grouped), (3, 1, 3));
        assert_eq!(profile(&["$1.083,65", "$3,60"]).amounts, [0, 0, 0, 2]);
        assert_eq!(profile(&["123-45-67890"]).n_business, 1);
        assert_eq!(profile(&["1234-5678-9012-3456", "1234-56**-****-3456"]).n_card, 2);
        assert_eq!(profile(&["21:35", "09:00:10", "2135"]).n_clock, 2);
        assert!(profile(&["1", "2", "3"]).is_counter && !profile(&["1", "2", "4"]).is_counter);
    }

    #[test]
    fn orders_of_days_are_told_apart() {
        let days = profile(&["31/12/2024", "01/02/2024"]).days;
        assert_eq!((days[0], days[2], days[3]), (0, 2, 1));
        assert_eq!(profile(&["24.12.31"]).days[1], 1);
        let serial = Profile::of([RawCell::Number(45_296.0)].into_iter());
        assert_eq!((serial.days[0], serial.days[6]), (0, 1));
    }
}
