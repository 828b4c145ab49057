//! The reference institution of the self-check: made up, unremarkable, with a value in every column.
//!
//! Comes in: a number of payments. Goes out: a ledger of two years in won and a budget that suffices, some of it moved.
//! Refuses: chance; the same number gives the same ledger, whatever the institution's own looks like.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate, TimeDelta};

use crate::clean::view::date_of_day;
use crate::clean::{Interned, LedgerView};
use crate::detect::{BudgetBook, Holidays};
use crate::ledger::{Amount, BudgetLine, BudgetPlace, Currency, Reallocation, ReallocationKind, RowRef};

/// Payments of the reference institution in a self-check.
pub const ROWS: usize = 4_000;

/// Registration numbers with a sound check digit, one a vendor; made up.
const BUSINESS_NUMBERS: [&str; 10] = [
    "127-83-75115",
    "224-86-45121",
    "321-89-15138",
    "428-82-85144",
    "525-85-55151",
    "622-88-25167",
    "729-81-95174",
    "826-84-65180",
    "923-87-35197",
    "998-87-76659",
];

/// Working days over which the payments are spread: a little more than two years.
const WORKDAYS: usize = 540;

/// [`beginning`] so that the last payment is of about `last_day` (days since 1970-01-01): rules are looked up by the day of a
/// payment, and those in force now are the ones to be tried.
pub fn institution_until(n: usize, last_day: i32) -> (LedgerView, BudgetBook) {
    let weeks = i64::try_from(WORKDAYS / 5).unwrap_or(0);
    let last = date_of_day(last_day);
    let start = last - TimeDelta::weeks(weeks);
    beginning(n, start - TimeDelta::days(i64::from(start.weekday().num_days_from_monday())))
}

/// [`beginning`] on 2023-01-02.
pub fn institution(n: usize) -> (LedgerView, BudgetBook) {
    beginning(n, NaiveDate::from_ymd_opt(2023, 1, 2).unwrap_or_default())
}

/// `n` payments of four departments to ten vendors on working days from `monday` on, no two neighbours of one amount.
fn beginning(n: usize, monday: NaiveDate) -> (LedgerView, BudgetBook) {
    let days = days(n, monday);
    let column = |text: &dyn Fn(usize) -> String| {
        let texts: Vec<String> = (0..n).map(text).collect();
        Interned::from_values(texts.iter().map(|text| Some(text.as_str())))
    };
    let numbers = numbers(&days);
    let mut ledger = LedgerView {
        row: (1..).take(n).collect(),
        department: column(&|i| format!("부서{}", i % 4)),
        account: column(&|_| "소모품비".to_owned()),
        vendor: column(&|i| format!("거래처{}", i % 10)),
        document_no: column(&|i| numbers[i].clone()),
        vendor_no: column(&|i| BUSINESS_NUMBERS[i % 10].to_owned()),
        bank_account: column(&|i| format!("****{:04}#{:010x}", i % 10, i % 10 * 7_919)),
        description: column(&|i| format!("{} 구입", ["복사용지", "토너", "문구", "청소용품"][i % 4])),
        payment_method: column(&|i| ["법인카드", "계좌이체", "계좌이체"][i % 3].to_owned()),
        card: column(&|i| if i % 3 == 0 { format!("5409-****-****-{:04}", i % 7) } else { String::new() }),
        requester: column(&|i| format!("직원{}", i % 9)),
        approver: column(&|i| format!("과장{}", i % 4)),
        merchant_category: column(&|i| ["문구점", "사무용품", "서점"][i % 3].to_owned()),
        counterpart: column(&|i| format!("주민대표 {}", i % 11)),
        kind: column(&|_| "지출".to_owned()),
        ..LedgerView::empty(Currency::krw(), n)
    };
    let small = |value: usize| i32::try_from(value).unwrap_or_default();
    for (i, date) in days.iter().enumerate() {
        let day = small(usize::try_from((*date - NaiveDate::default()).num_days()).unwrap_or_default());
        ledger.day[i] = day;
        ledger.amount[i] = 50_000 + i64::from(small(i)) * 7_919 % 90_001;
        ledger.minute[i] = i16::try_from(9 * 60 + (i * 37) % 500).unwrap_or(-1);
        ledger.attendees[i] = small(4 + i % 6);
        ledger.entered_on[i] = day;
        ledger.committed_on[i] = day - 5;
        ledger.invoiced_on[i] = day - 2;
        ledger.contracted_on[i] = day - 30;
        ledger.contract_from[i] = day - 29;
        ledger.contract_until[i] = day - 3;
    }
    let budget = budget(&ledger);
    (ledger, budget)
}

/// Working days in order, `n` payments spread over them.
fn days(n: usize, monday: NaiveDate) -> Vec<NaiveDate> {
    let holidays = Holidays::korean();
    let day = |i: usize| {
        let step = i * WORKDAYS / n.max(1);
        let mut date = monday + Days::new((step / 5 * 7 + step % 5) as u64);
        while holidays.is_off_day(date) {
            date = date.succ_opt().unwrap_or(date);
        }
        date
    };
    (0..n).map(day).collect()
}

/// Document numbers that run on without a gap within each month.
fn numbers(days: &[NaiveDate]) -> Vec<String> {
    let mut serial = BTreeMap::<String, usize>::new();
    days.iter()
        .map(|date| {
            let month = date.format("%Y%m").to_string();
            let number = serial.entry(month.clone()).or_default();
            *number += 1;
            format!("{month}-{number:04}")
        })
        .collect()
}

/// Twice what is spent, for every department, account and year; one movement of budget.
fn budget(ledger: &LedgerView) -> BudgetBook {
    let mut lines = BTreeMap::<(i32, String, String), i64>::new();
    for i in 0..ledger.n_rows {
        let (department, account) = (ledger.department.text(i).to_owned(), ledger.account.text(i).to_owned());
        *lines.entry((ledger.date(i).year(), department, account)).or_default() += 2 * ledger.amount[i];
    }
    let line = |((fiscal_year, department, account), amount)| BudgetLine {
        fiscal_year,
        department,
        account,
        current_budget: Amount(amount),
        ..BudgetLine::default()
    };
    let place = |department: &str| BudgetPlace {
        department: department.to_owned(),
        account: "소모품비".to_owned(),
        budget_line: String::new(),
    };
    let moved = Reallocation {
        at: RowRef::default(),
        date: ledger.n_rows.checked_sub(1).map_or_else(NaiveDate::default, |last| ledger.date(last / 3 * 2)),
        kind: ReallocationKind::TransferBetweenLines,
        document_no: String::new(),
        from: place("부서0"),
        to: place("부서1"),
        amount: Amount(30_000_000),
        reason: String::new(),
    };
    BudgetBook { lines: lines.into_iter().map(line).collect(), reallocations: vec![moved] }
}
