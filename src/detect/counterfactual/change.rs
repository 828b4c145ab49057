//! A change of one field of a payment, and how it is said.
//!
//! Comes in: a ledger and a new value that another of its rows has. Goes out: the edited ledger, and the clause in Korean.
//! Refuses: text that no row of the ledger has; a counterfactual invents nothing.

use chrono::{Datelike, NaiveDate, Weekday};

use crate::clean::LedgerView;
use crate::clean::view::date_of_day;
use crate::ko;
use crate::ledger::Amount;

/// A field a counterfactual may change. Day and time of day are one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// Day and minute.
    When,
    /// Amount.
    Amount,
    /// Account.
    Account,
    /// Vendor and its registration number.
    Vendor,
    /// Description.
    Description,
}

impl Column {
    /// Name on screen.
    pub fn label_ko(self) -> &'static str {
        match self {
            Self::When => "일시",
            Self::Amount => "금액",
            Self::Account => "계정과목",
            Self::Vendor => "거래처",
            Self::Description => "적요",
        }
    }
}

/// The new value of a field; texts are ids of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Days since 1970-01-01, and the minute of the day (-1: unknown).
    When(i32, i16),
    /// Minor units.
    Amount(i64),
    /// Id of the account.
    Account(u32),
    /// Ids of the vendor and of its registration number.
    Vendor(u32, u32),
    /// Id of the description.
    Description(u32),
}

impl Change {
    /// The field changed.
    pub fn column(self) -> Column {
        match self {
            Self::When(..) => Column::When,
            Self::Amount(_) => Column::Amount,
            Self::Account(_) => Column::Account,
            Self::Vendor(..) => Column::Vendor,
            Self::Description(_) => Column::Description,
        }
    }

    /// What `column` holds in `row` of `ledger`.
    pub fn held(ledger: &LedgerView, row: usize, column: Column) -> Self {
        match column {
            Column::When => Self::When(ledger.day[row], ledger.minute[row]),
            Column::Amount => Self::Amount(ledger.amount[row]),
            Column::Account => Self::Account(ledger.account.ids[row]),
            Column::Vendor => Self::Vendor(ledger.vendor.ids[row], ledger.vendor_no.ids[row]),
            Column::Description => Self::Description(ledger.description.ids[row]),
        }
    }

    /// Edits `row` of `ledger`; the returned change undoes it.
    pub fn apply(self, ledger: &mut LedgerView, row: usize) -> Self {
        let before = Self::held(ledger, row, self.column());
        match self {
            Self::When(day, minute) => {
                ledger.day[row] = day;
                ledger.minute[row] = minute;
            }
            Self::Amount(amount) => ledger.amount[row] = amount,
            Self::Account(id) => ledger.account.ids[row] = id,
            Self::Vendor(name, number) => {
                ledger.vendor.ids[row] = name;
                ledger.vendor_no.ids[row] = number;
            }
            Self::Description(id) => ledger.description.ids[row] = id,
        }
        before
    }

    /// The new value as a person reads it: `182,000원`, `2024-05-07(화) 14:00`, `사무관리비`.
    pub fn value_ko(self, ledger: &LedgerView) -> String {
        let name = |names: &[String], id: u32| names.get(id as usize).cloned().unwrap_or_default();
        match self {
            Self::When(day, minute) => {
                let date = date_of_day(day);
                let time = if minute < 0 {
                    String::new()
                } else {
                    format!(" {:02}:{:02}", minute / 60, minute % 60)
                };
                format!("{date}({}){time}", weekday(date))
            }
            Self::Amount(amount) => ledger.currency.display(Amount(amount)),
            Self::Account(id) => name(&ledger.account.names, id),
            Self::Vendor(id, number) => {
                let vendor = name(&ledger.vendor.names, id);
                if vendor.is_empty() { name(&ledger.vendor_no.names, number) } else { vendor }
            }
            Self::Description(id) => name(&ledger.description.names, id),
        }
    }
}

/// `edit` as the condition of a sentence: `금액이 총무과 · 사무관리비 이전 24건의 중앙값인 182,000원이었다면`.
pub(super) fn clause(ledger: &LedgerView, edit: &[Step]) -> String {
    let mut when = String::new();
    let mut parts = Vec::new();
    let mut last = String::new();
    for step in edit {
        let value = step.change.value_ko(ledger);
        if step.change.column() == Column::When {
            when = value;
            continue;
        }
        let shown = if step.change.column() == Column::Amount { value } else { format!("‘{value}’") };
        let subject = ko::josa(step.change.column().label_ko(), "이/가");
        let basis = if step.basis.is_empty() { String::new() } else { format!("{} ", step.basis) };
        last = format!("{subject} {basis}{shown}");
        parts.push(last.clone());
    }
    parts.pop();
    match (when.is_empty(), last.is_empty()) {
        (true, true) => String::new(),
        (false, true) => format!("{when}에 지급되었다면"),
        (is_undated, false) => {
            let when = if is_undated { String::new() } else { format!("{when}에 지급되고, ") };
            parts.push(ko::josa(&last, "이었다면/였다면"));
            format!("{when}{}", parts.join(", "))
        }
    }
}

/// A change, and by what its value is usual (`총무과 · 사무관리비 이전 24건의 중앙값인`; may be empty).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The change.
    pub change: Change,
    /// In Korean, to stand before the value.
    pub basis: String,
}

fn weekday(date: NaiveDate) -> &'static str {
    match date.weekday() {
        Weekday::Mon => "월",
        Weekday::Tue => "화",
        Weekday::Wed => "수",
        Weekday::Thu => "목",
        Weekday::Fri => "금",
        Weekday::Sat => "토",
        Weekday::Sun => "일",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::planted;

    #[test]
    fn a_change_is_undone_by_what_it_returns() {
        let mut ledger = planted::institution(200, 0.0, 1).ledger;
        let before = format!("{ledger:?}");
        let changes = [
            Change::When(19_000, 840),
            Change::Amount(5),
            Change::Account(1),
            Change::Vendor(2, u32::MAX),
            Change::Description(3),
        ];
        for change in changes {
            let undo = change.apply(&mut ledger, 17);
            assert_eq!(Change::held(&ledger, 17, change.column()), change);
            assert_ne!(format!("{ledger:?}"), before);
            undo.apply(&mut ledger, 17);
            assert_eq!(format!("{ledger:?}"), before);
        }
    }

    #[test]
    fn clauses_read_well() {
        let ledger = planted::plain(1, |_, _| ());
        let step = |change, basis: &str| Step { change, basis: basis.to_owned() };
        let amount = step(Change::Amount(182_000), "총무과 · 사무관리비 이전 24건의 중앙값인");
        let when = step(Change::When(19_850, 840), "");
        let account = step(Change::Account(0), "");
        let clause = |edit: &[Step]| clause(&ledger, edit);
        assert_eq!(
            clause(std::slice::from_ref(&amount)),
            "금액이 총무과 · 사무관리비 이전 24건의 중앙값인 182,000원이었다면"
        );
        assert_eq!(clause(std::slice::from_ref(&when)), "2024-05-07(화) 14:00에 지급되었다면");
        assert_eq!(clause(std::slice::from_ref(&account)), "계정과목이 ‘사무관리비’였다면");
        assert_eq!(
            clause(&[step(Change::Amount(70_000), ""), when, account]),
            "2024-05-07(화) 14:00에 지급되고, 금액이 70,000원, 계정과목이 ‘사무관리비’였다면"
        );
        assert_eq!(clause(&[step(Change::Vendor(0, u32::MAX), "")]), "거래처가 ‘가나상사’였다면");
        assert_eq!(clause(&[step(Change::When(19_850, -1), "")]), "2024-05-07(화)에 지급되었다면");
    }
}
