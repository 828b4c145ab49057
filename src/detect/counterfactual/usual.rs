//! What is usual around a payment: the values a counterfactual may put in place of its own.
//!
//! Comes in: a ledger and the rows asked about. Goes out: steps with values of other rows.
//! Refuses: the row itself as an example; a value equal to the row's own.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::change::{Change, Column, Step};
use crate::clean::{Interned, LedgerView};
use crate::detect::Holidays;
use crate::ko;

/// Latest earlier payments that make a usual amount.
const EARLIER_MAX: usize = 256;
/// Earlier payments from which a usual amount is taken.
const EARLIER_MIN: usize = 3;
/// Two in the afternoon: no office is closed then, and no rule calls it late.
const OFFICE_MINUTE: i16 = 14 * 60;
/// The day's hours that need no change, in minutes.
const OFFICE: std::ops::Range<i16> = 9 * 60..18 * 60;
/// No run of days off is as long.
const DAYS_BACK_MAX: i32 = 15;

type Rows = HashMap<(u32, u32), Vec<usize>>;

/// Rows by department and account, by account and by department, of the groups that hold a row asked about.
pub(super) struct Usual<'a> {
    ledger: &'a LedgerView,
    holidays: &'a Holidays,
    by_pair: Rows,
    by_account: Rows,
    by_department: Rows,
}

impl<'a> Usual<'a> {
    pub(super) fn new(ledger: &'a LedgerView, holidays: &'a Holidays, wanted: &[usize]) -> Self {
        let (department, account) = (&ledger.department.ids, &ledger.account.ids);
        Self {
            ledger,
            holidays,
            by_pair: members(ledger, wanted, |i| (department[i], account[i])),
            by_account: members(ledger, wanted, |i| (account[i], 0)),
            by_department: members(ledger, wanted, |i| (department[i], 0)),
        }
    }

    /// Steps that change `column` of `row` to what is usual, nearest context first; empty where there is nothing to put.
    pub(super) fn steps(&self, row: usize, column: Column) -> Vec<Step> {
        let mut steps = match column {
            Column::When => self.office_time(row).into_iter().collect(),
            Column::Amount => self.amounts(row),
            Column::Account => self.accounts(row),
            Column::Vendor => self.vendor(row).into_iter().collect(),
            Column::Description => self.description(row).into_iter().collect(),
        };
        let own = Change::held(self.ledger, row, column);
        steps.retain(|step| step.change != own);
        steps.dedup_by_key(|step| step.change);
        steps
    }

    fn pair(&self, row: usize) -> &[usize] {
        let key = (self.ledger.department.ids[row], self.ledger.account.ids[row]);
        self.by_pair.get(&key).map_or(&[], Vec::as_slice)
    }

    fn pair_ko(&self, row: usize) -> String {
        format!("{} · {}", self.ledger.department.text(row), self.ledger.account.text(row))
    }

    /// The same hour of the nearest working day before, within office hours; `None` for a row without a fault there.
    fn office_time(&self, row: usize) -> Option<Step> {
        let (day, minute) = (self.ledger.day[row], self.ledger.minute[row]);
        let is_working = |day: &i32| !self.holidays.is_off_day(crate::clean::view::date_of_day(*day));
        let day = (day.saturating_sub(DAYS_BACK_MAX)..=day).rev().find(is_working)?;
        let minute = if minute < 0 || OFFICE.contains(&minute) { minute } else { OFFICE_MINUTE };
        Some(Step { change: Change::When(day, minute), basis: String::new() })
    }

    /// Medians of earlier payments: of the vendor in the department's account, of the department's account, of the account.
    fn amounts(&self, row: usize) -> Vec<Step> {
        let ledger = self.ledger;
        if ledger.amount[row] <= 0 {
            return Vec::new();
        }
        let vendor = ledger.vendor.ids[row];
        let by_vendor = self.pair(row).iter().copied();
        let by_vendor = by_vendor.filter(|i| vendor != Interned::NULL && ledger.vendor.ids[*i] == vendor);
        let account = self.by_account.get(&(ledger.account.ids[row], 0)).map_or(&[][..], Vec::as_slice);
        let pair = self.pair_ko(row);
        [
            (format!("{pair} · {}", ledger.vendor.text(row)), self.median_before(row, by_vendor)),
            (pair, self.median_before(row, self.pair(row).iter().copied())),
            (ledger.account.text(row).to_owned(), self.median_before(row, account.iter().copied())),
        ]
        .into_iter()
        .filter_map(|(group, median)| {
            let (amount, n) = median?;
            let basis = format!("{group} 이전 {n}건의 중앙값인");
            Some(Step { change: Change::Amount(amount), basis })
        })
        .collect()
    }

    /// Lower median of the latest positive amounts of `rows` before `row`, and how many there are.
    fn median_before(&self, row: usize, rows: impl Iterator<Item = usize>) -> Option<(i64, usize)> {
        let ledger = self.ledger;
        let at = |i: usize| (ledger.day[i], i);
        let mut earlier: Vec<usize> = rows.filter(|&i| at(i) < at(row) && ledger.amount[i] > 0).collect();
        earlier.sort_unstable_by_key(|&i| std::cmp::Reverse(at(i)));
        earlier.truncate(EARLIER_MAX);
        let mut amounts: Vec<i64> = earlier.into_iter().map(|i| ledger.amount[i]).collect();
        amounts.sort_unstable();
        let n = amounts.len();
        (n >= EARLIER_MIN).then(|| (amounts[(n - 1) / 2], n))
    }

    /// The account where the description, then where the vendor, is most at home; then the department's main account.
    fn accounts(&self, row: usize) -> Vec<Step> {
        let ledger = self.ledger;
        let ids = &ledger.account.ids;
        let others = |rows: &mut dyn Iterator<Item = usize>| {
            most_frequent(rows.filter(|&i| i != row && ids[i] != ids[row]).map(|i| ids[i]))
        };
        let department = self.by_department.get(&(ledger.department.ids[row], 0));
        let department = department.map_or(&[][..], Vec::as_slice);
        let (text, vendor) = (ledger.description.ids[row], ledger.vendor.ids[row]);
        let same =
            |column: &'a Interned, id: u32| move |i: &usize| id != Interned::NULL && column.ids[*i] == id;
        let by_text = others(&mut (0..ledger.n_rows).filter(same(&ledger.description, text)));
        let by_vendor = others(&mut department.iter().copied().filter(same(&ledger.vendor, vendor)));
        let by_department = others(&mut department.iter().copied());
        let name = ledger.department.text(row);
        [
            (by_text, "이 적요가 가장 많은".to_owned()),
            (by_vendor, format!("{} 이 거래처에 가장 자주 쓴", ko::josa(name, "이/가"))),
            (by_department, format!("{} 가장 자주 쓴", ko::josa(name, "이/가"))),
        ]
        .into_iter()
        .filter_map(|(id, basis)| Some(Step { change: Change::Account(id?), basis }))
        .collect()
    }

    /// The vendor most often paid from the department's account.
    fn vendor(&self, row: usize) -> Option<Step> {
        let (name, number) = (&self.ledger.vendor.ids, &self.ledger.vendor_no.ids);
        let others = self.pair(row).iter().filter(|&&i| name[i] != name[row] && name[i] != Interned::NULL);
        let (name, number) = most_frequent(others.map(|&i| (name[i], number[i])))?;
        let basis = format!("{}에서 가장 자주 거래한", self.pair_ko(row));
        Some(Step { change: Change::Vendor(name, number), basis })
    }

    /// The description most frequent in the department's account.
    fn description(&self, row: usize) -> Option<Step> {
        let ids = &self.ledger.description.ids;
        let others = self.pair(row).iter().filter(|&&i| ids[i] != ids[row] && ids[i] != Interned::NULL);
        let id = most_frequent(others.map(|&i| ids[i]))?;
        let basis = format!("{}에서 가장 잦은", self.pair_ko(row));
        Some(Step { change: Change::Description(id), basis })
    }
}

/// Rows of the groups that hold one of `wanted`, in order of rows.
fn members(ledger: &LedgerView, wanted: &[usize], key: impl Fn(usize) -> (u32, u32)) -> Rows {
    let keys: HashSet<(u32, u32)> = wanted.iter().map(|&row| key(row)).collect();
    let mut rows = Rows::new();
    for i in (0..ledger.n_rows).filter(|&i| keys.contains(&key(i))) {
        rows.entry(key(i)).or_default().push(i);
    }
    rows
}

/// The most frequent value; ties to the smaller.
fn most_frequent<T: Ord>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    counts.into_iter().rev().max_by_key(|(_, n)| *n).map(|(value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::planted;

    fn interned(values: &[&str]) -> Interned {
        Interned::from_values(values.iter().map(|v| Some(*v)))
    }

    #[test]
    fn usual_values_are_those_of_other_rows() {
        let mut ledger = planted::plain(6, |_, _| ());
        ledger.amount = vec![100, 300, 200, 9_000, 500, 50];
        ledger.description = interned(&["용지", "토너", "토너", "무대", "토너", "용지"]);
        ledger.vendor = interned(&["가", "나", "나", "다", "다", "나"]);
        ledger.account = interned(&["A", "A", "A", "A", "A", "B"]);
        let holidays = Holidays::new([]);
        let usual = Usual::new(&ledger, &holidays, &[3]);
        let change = |column| usual.steps(3, column).first().map(|step| step.change);
        // Only rows before count; the vendor's own are too few, so the department's account speaks.
        assert_eq!(change(Column::Amount), Some(Change::Amount(200)));
        assert_eq!(usual.steps(3, Column::Amount).len(), 1);
        assert_eq!(change(Column::Description), Some(Change::Description(1)));
        assert_eq!(change(Column::Vendor), Some(Change::Vendor(1, Interned::NULL)));
        assert_eq!(change(Column::Account), Some(Change::Account(1)));
        // 2020-01-01 is a Wednesday, and no time is known.
        assert_eq!(change(Column::When), None);
    }

    #[test]
    fn a_night_of_a_sunday_becomes_friday_afternoon() {
        let ledger = planted::plain(1, |_, l| {
            l.day = vec![18_266];
            l.minute = vec![1_400];
        });
        let holidays = Holidays::new([]);
        let step = Usual::new(&ledger, &holidays, &[0]).steps(0, Column::When);
        assert_eq!(step[0].change, Change::When(18_264, 840));
        assert_eq!(step[0].change.value_ko(&ledger), "2020-01-03(금) 14:00");
    }
}
