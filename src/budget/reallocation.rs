//! Movements of budget, summed and held against the budget lines.
//!
//! Comes in: reallocations and budget lines of a fiscal year. Goes out: sums by place and month, and where they differ
//! from what the budget file states.
//! Refuses: to compare where one of the two was not delivered; nothing is compared then.

use std::collections::BTreeMap;

use chrono::Datelike;
use serde::{Deserialize, Serialize};

use crate::ledger::{Amount, BudgetLine, BudgetPlace, FiscalMonth, Reallocation};

/// What moved at one place in one month, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// What came in.
    pub into: i128,
    /// What went out.
    pub out: i128,
}

/// A department's account whose budget line and movements do not agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReallocationDifference {
    /// Department name.
    pub department: String,
    /// Account.
    pub account: String,
    /// 이용·전용·이체 as the budget file states it; `None` where no budget file has a line.
    pub stated: Option<Amount>,
    /// What the movements sum to.
    pub events: Amount,
}

/// What comparing lines and movements of a year gave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReallocationCheck {
    /// Movements of the year.
    pub n_events: usize,
    /// Departments' accounts compared.
    pub n_compared: usize,
    /// Those that differ, sorted.
    pub differing: Vec<ReallocationDifference>,
}

/// Movements by place and month of the year.
pub fn by_month(events: &[Reallocation]) -> BTreeMap<(&BudgetPlace, u32), Moved> {
    let mut moved: BTreeMap<(&BudgetPlace, u32), Moved> = BTreeMap::new();
    for event in events {
        let (month, amount) = (event.date.month(), i128::from(event.amount.0));
        moved.entry((&event.from, month)).or_default().out += amount;
        moved.entry((&event.to, month)).or_default().into += amount;
    }
    moved
}

/// Holds the movements of the year of `month` against the lines that hold at the end of `month`. A line with a month is
/// compared with the movements until then, a line of the whole year with all of them.
pub fn compare(lines: &[BudgetLine], events: &[Reallocation], month: FiscalMonth) -> ReallocationCheck {
    let events: Vec<Reallocation> =
        events.iter().filter(|event| event.date.year() == month.year()).cloned().collect();
    let mut check = ReallocationCheck { n_events: events.len(), ..ReallocationCheck::default() };
    let mut stated: BTreeMap<(&str, &str), (Option<i128>, u32)> = BTreeMap::new();
    for line in super::as_of(lines, month) {
        let net = line.parts.net_reallocation().map(|net| i128::from(net.0));
        let until = line.fiscal_month.unwrap_or(12);
        let entry = stated.entry((&line.department, &line.account)).or_insert((Some(0), until));
        entry.0 = entry.0.zip(net).map(|(sum, net)| sum + net);
        entry.1 = entry.1.max(until);
    }
    if events.is_empty() || stated.values().all(|(net, _)| net.is_none()) {
        return check;
    }
    let mut nets: BTreeMap<(&str, &str), i128> = BTreeMap::new();
    let moved = by_month(&events);
    for ((place, at), moved) in &moved {
        let key = (place.department.as_str(), place.account.as_str());
        let until = stated.get(&key).map_or(12, |(_, until)| *until);
        if *at <= until {
            *nets.entry(key).or_default() += moved.into - moved.out;
        }
    }
    for (key, (net, _)) in &stated {
        // A line that does not state it cannot be compared, and no line at all is a difference only where budget moved.
        let Some(net) = net else {
            nets.remove(key);
            continue;
        };
        let events = nets.remove(key).unwrap_or(0);
        check.n_compared += 1;
        if *net != events {
            check.differing.push(difference(*key, Some(*net), events));
        }
    }
    for (key, events) in nets.into_iter().filter(|(_, net)| *net != 0) {
        check.n_compared += 1;
        check.differing.push(difference(key, None, events));
    }
    check.differing.sort_by(|a, b| (&a.department, &a.account).cmp(&(&b.department, &b.account)));
    check
}

fn difference(key: (&str, &str), stated: Option<i128>, events: i128) -> ReallocationDifference {
    // Sums of a file fit 64 bits, else the file was refused; only many files together could leave them.
    let amount = |sum: i128| Amount(i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX }));
    ReallocationDifference {
        department: key.0.to_owned(),
        account: key.1.to_owned(),
        stated: stated.map(amount),
        events: amount(events),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{BudgetPart, BudgetParts, ReallocationKind, RowRef};

    fn place(account: &str) -> BudgetPlace {
        BudgetPlace {
            department: "총무과".to_owned(), account: account.to_owned(), ..BudgetPlace::default()
        }
    }

    fn event(date: &str, from: &str, to: &str, amount: i64) -> Reallocation {
        Reallocation {
            at: RowRef::default(),
            date: date.parse().unwrap(),
            kind: ReallocationKind::TransferBetweenLines,
            document_no: String::new(),
            from: place(from),
            to: place(to),
            amount: Amount(amount),
            reason: String::new(),
        }
    }

    fn line(account: &str, month: Option<u32>, net: Option<i64>) -> BudgetLine {
        let mut values = [None; BudgetPart::ALL.len()];
        values[BudgetPart::Reallocation.index()] = net;
        BudgetLine {
            fiscal_year: 2024,
            fiscal_month: month,
            department: "총무과".to_owned(),
            account: account.to_owned(),
            parts: BudgetParts::from_values(&values),
            ..BudgetLine::default()
        }
    }

    fn differing(lines: &[BudgetLine], events: &[Reallocation]) -> (usize, Vec<(String, Option<i64>, i64)>) {
        let check = compare(lines, events, "2024-12".parse().unwrap());
        let shown = |d: ReallocationDifference| (d.account, d.stated.map(|a| a.0), d.events.0);
        (check.n_compared, check.differing.into_iter().map(shown).collect())
    }

    #[test]
    fn movements_are_summed_by_place_and_month() {
        let events = [event("2024-03-02", "여비", "수당", 5), event("2024-03-09", "수당", "여비", 2)];
        let moved = by_month(&events);
        assert_eq!(moved[&(&place("여비"), 3)], Moved { into: 2, out: 5 });
        assert_eq!(moved[&(&place("수당"), 3)], Moved { into: 5, out: 2 });
    }

    #[test]
    fn equal_sums_agree_and_others_are_named() {
        let lines = [line("여비", None, Some(-5)), line("수당", None, Some(5))];
        let one = [event("2024-03-02", "여비", "수당", 5), event("2023-03-02", "여비", "수당", 9)];
        assert_eq!(differing(&lines, &one), (2, vec![]));
        let two = [event("2024-03-02", "여비", "수당", 5), event("2024-04-02", "여비", "기타", 1)];
        let found = differing(&lines, &two);
        assert_eq!(found, (3, vec![("기타".to_owned(), None, 1), ("여비".to_owned(), Some(-5), -6)]));
    }

    #[test]
    fn what_was_not_delivered_is_not_compared() {
        assert_eq!(differing(&[line("여비", None, Some(-5))], &[]), (0, vec![]));
        assert_eq!(
            differing(&[line("여비", None, None)], &[event("2024-03-02", "여비", "수당", 5)]),
            (0, vec![])
        );
    }

    #[test]
    fn a_line_with_a_month_is_compared_with_the_movements_until_then() {
        let lines = [line("여비", Some(3), Some(-5)), line("수당", Some(3), Some(5))];
        let events = [event("2024-03-31", "여비", "수당", 5), event("2024-04-01", "여비", "수당", 7)];
        assert_eq!(differing(&lines, &events), (2, vec![]));
    }
}
