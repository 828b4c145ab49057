//! A copy of a ledger to which payments are added that checks must find.
//!
//! Comes in: a `LedgerView`. Goes out: the same with planted rows at its end, and which of them must be found.
//! Refuses: to touch the ledger it was made from, a plant without history behind it.

use chrono::NaiveDate;

use crate::clean::view::date_of_day;
use crate::clean::{Interned, LedgerView};
use crate::detect::BudgetBook;
use crate::detect::controls::options::MoneyOptions;

/// File name of planted rows, so that none is ever taken for a real one.
pub const SOURCE: &str = "자가점검";

/// One payment to plant: a copy of another, to be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// Days since 1970-01-01; a Saturday or Sunday becomes the Friday before, but where `keeps_day`.
    pub day: i32,
    /// Whether it may lie on a weekend: many plants would else make weekends usual.
    pub keeps_day: bool,
    /// Minute of the day, -1 where unknown.
    pub minute: i16,
    /// Minor units.
    pub amount: i64,
    /// Number of people, -1 where unknown.
    pub attendees: i32,
    /// Days, `LedgerView::NO_DAY` where unknown.
    pub entered_on: i32,
    /// Likewise.
    pub committed_on: i32,
    /// Likewise.
    pub invoiced_on: i32,
    /// Likewise.
    pub contracted_on: i32,
    /// Likewise.
    pub contract_from: i32,
    /// Likewise.
    pub contract_until: i32,
    /// Texts, empty where absent.
    pub document_no: String,
    /// Department.
    pub department: String,
    /// Account.
    pub account: String,
    /// Vendor.
    pub vendor: String,
    /// Vendor's registration number.
    pub vendor_no: String,
    /// Description.
    pub description: String,
    /// Payment method.
    pub payment_method: String,
    /// Masked card number.
    pub card: String,
    /// Requester.
    pub requester: String,
    /// Approver.
    pub approver: String,
    /// Trade of the merchant.
    pub merchant_category: String,
    /// Who was met.
    pub counterpart: String,
    /// Masked bank account.
    pub bank_account: String,
    /// Payment or cancellation.
    pub kind: String,
}

/// A ledger to plant in.
pub struct Plot<'a> {
    ledger: LedgerView,
    /// Budget lines and movements; a test of the budget plants there too.
    pub budget: BudgetBook,
    money: &'a MoneyOptions,
    n_real: usize,
    usual: Option<usize>,
    last_day: i32,
    expected: Vec<usize>,
}

impl<'a> Plot<'a> {
    /// A copy of `ledger` and `budget`.
    pub fn new(ledger: &LedgerView, budget: &BudgetBook, money: &'a MoneyOptions) -> Self {
        Self {
            ledger: ledger.clone(),
            budget: budget.clone(),
            money,
            n_real: ledger.n_rows,
            usual: usual(ledger),
            last_day: ledger.day.iter().max().copied().unwrap_or(0),
            expected: Vec::new(),
        }
    }

    /// The ledger as it is by now.
    pub fn ledger(&self) -> &LedgerView {
        &self.ledger
    }

    /// Payments that are no plants.
    pub fn n_real(&self) -> usize {
        self.n_real
    }

    /// Last day of the ledger planted in.
    pub fn day(&self) -> i32 {
        self.last_day
    }

    /// The same as a date.
    pub fn date(&self) -> NaiveDate {
        date_of_day(self.last_day)
    }

    /// Won as minor units of the ledger's currency.
    pub fn minor(&self, krw: i64) -> i64 {
        self.money.minor(krw, &self.ledger.currency)
    }

    /// A copy of an ordinary payment: the middle amount of the busiest department and account. On the last day.
    ///
    /// It has a document number of its own, so that plants of different tests stay apart; `None` in a ledger without
    /// payments.
    pub fn usual(&self) -> Option<Payment> {
        let mut payment = self.payment(self.usual?);
        let number = self.ledger.n_rows - self.n_real;
        payment.day = self.last_day;
        payment.document_no = format!("{SOURCE}-{number}");
        Some(payment)
    }

    /// The same to a vendor nobody knows.
    pub fn usual_to_newcomer(&self) -> Option<Payment> {
        let mut payment = self.usual()?;
        payment.vendor = format!("{SOURCE} 거래처 {}", self.ledger.n_rows - self.n_real);
        payment.vendor_no.clear();
        Some(payment)
    }

    /// Row `i` as a payment to change.
    pub fn payment(&self, i: usize) -> Payment {
        let ledger = &self.ledger;
        let text = |column: &Interned| column.text(i).to_owned();
        Payment {
            day: ledger.day[i],
            keeps_day: false,
            minute: ledger.minute[i],
            amount: ledger.amount[i],
            attendees: ledger.attendees[i],
            entered_on: ledger.entered_on[i],
            committed_on: ledger.committed_on[i],
            invoiced_on: ledger.invoiced_on[i],
            contracted_on: ledger.contracted_on[i],
            contract_from: ledger.contract_from[i],
            contract_until: ledger.contract_until[i],
            document_no: text(&ledger.document_no),
            department: text(&ledger.department),
            account: text(&ledger.account),
            vendor: text(&ledger.vendor),
            vendor_no: text(&ledger.vendor_no),
            description: text(&ledger.description),
            payment_method: text(&ledger.payment_method),
            card: text(&ledger.card),
            requester: text(&ledger.requester),
            approver: text(&ledger.approver),
            merchant_category: text(&ledger.merchant_category),
            counterpart: text(&ledger.counterpart),
            bank_account: text(&ledger.bank_account),
            kind: text(&ledger.kind),
        }
    }

    /// Adds `payment`; its row.
    pub fn add(&mut self, payment: &Payment) -> usize {
        let ledger = &mut self.ledger;
        let row = ledger.n_rows;
        let texts = [
            (&mut ledger.source, SOURCE),
            (&mut ledger.sheet, ""),
            (&mut ledger.document_no, payment.document_no.as_str()),
            (&mut ledger.department, &payment.department),
            (&mut ledger.account, &payment.account),
            (&mut ledger.vendor, &payment.vendor),
            (&mut ledger.vendor_no, &payment.vendor_no),
            (&mut ledger.description, &payment.description),
            (&mut ledger.payment_method, &payment.payment_method),
            (&mut ledger.card, &payment.card),
            (&mut ledger.requester, &payment.requester),
            (&mut ledger.approver, &payment.approver),
            (&mut ledger.merchant_category, &payment.merchant_category),
            (&mut ledger.counterpart, &payment.counterpart),
            (&mut ledger.bank_account, &payment.bank_account),
            (&mut ledger.kind, &payment.kind),
        ];
        for (column, text) in texts {
            push(column, text);
        }
        ledger.row.push(i64::try_from(row).unwrap_or(i64::MAX));
        ledger.day.push(if payment.keeps_day { payment.day } else { workday(payment.day) });
        ledger.minute.push(payment.minute);
        ledger.amount.push(payment.amount);
        ledger.attendees.push(payment.attendees);
        ledger.entered_on.push(payment.entered_on);
        ledger.committed_on.push(payment.committed_on);
        ledger.invoiced_on.push(payment.invoiced_on);
        ledger.contracted_on.push(payment.contracted_on);
        ledger.contract_from.push(payment.contract_from);
        ledger.contract_until.push(payment.contract_until);
        ledger.n_rows += 1;
        row
    }

    /// Adds `payment`, which the check that plants must find.
    pub fn must_find(&mut self, payment: &Payment) -> usize {
        let row = self.add(payment);
        self.expected.push(row);
        row
    }

    /// Adds payments that are strange each in another way, and returns their rows, the strangest first: one that nobody would
    /// pass over (far above every amount, to a stranger, at night, in words never used), trifles where the usual and where
    /// the largest sums are paid, an ordinary sum in words never used, and far more than ever to a vendor well known.
    pub fn plant_strangers(&mut self) -> Vec<usize> {
        let Some(ordinary) = self.usual() else { return Vec::new() };
        let night = |minute: i16| if minute >= 0 { 3 * 60 } else { minute };
        let largest = self.largest().map_or(0, |i| self.ledger.amount[i]);
        let mut stranger = ordinary.clone();
        stranger.amount = largest.saturating_mul(3).max(self.minor(50_000_000));
        stranger.vendor = format!("{SOURCE} 미등록 상사");
        stranger.vendor_no.clear();
        "골프 상품권 유흥 주점 명품 가족여행".clone_into(&mut stranger.description);
        stranger.minute = night(stranger.minute);
        let mut trifle = ordinary.clone();
        trifle.amount = 1;
        trifle.minute = night(trifle.minute);
        let mut drop = self.payment(self.largest().unwrap_or(0));
        (drop.day, drop.amount) = (self.last_day, 1);
        let mut excess = ordinary.clone();
        excess.amount = stranger.amount;
        let mut foreign = ordinary;
        foreign.vendor = format!("{SOURCE} 처음 보는 상사");
        foreign.vendor_no.clear();
        "노래연습장 마사지 화장품".clone_into(&mut foreign.description);
        [stranger, trifle, foreign, drop, excess].iter().map(|payment| self.add(payment)).collect()
    }

    /// The row of the largest payment.
    fn largest(&self) -> Option<usize> {
        (0..self.n_real).max_by_key(|&i| (self.ledger.amount[i], std::cmp::Reverse(i)))
    }

    /// Rows planted since the last call that must be found.
    pub fn take_expected(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.expected)
    }

    /// The ledger and budget with all that was planted.
    pub fn into_parts(self) -> (LedgerView, BudgetBook) {
        (self.ledger, self.budget)
    }
}

/// `day`, or the Friday before where it is a Saturday or Sunday; 1970-01-01 was a Thursday.
fn workday(day: i32) -> i32 {
    match (day + 3).rem_euclid(7) {
        weekday @ (5 | 6) => day - (weekday - 4),
        _ => day,
    }
}

/// Adds one more row to a column.
fn push(column: &mut Interned, text: &str) {
    if text.is_empty() {
        column.ids.push(Interned::NULL);
        return;
    }
    // The last names are the likeliest: those of plants.
    let known = column.names.iter().rposition(|name| name == text);
    let at = known.unwrap_or_else(|| {
        column.names.push(text.to_owned());
        column.names.len() - 1
    });
    column.ids.push(u32::try_from(at).unwrap_or(Interned::NULL));
}

/// The payment with the middle amount of the busiest department and account.
fn usual(ledger: &LedgerView) -> Option<usize> {
    let mut counts = std::collections::BTreeMap::<(u32, u32), usize>::new();
    let key = |i: usize| (ledger.department.ids[i], ledger.account.ids[i]);
    let payments = || (0..ledger.n_rows).filter(|&i| ledger.amount[i] > 0);
    for i in payments() {
        *counts.entry(key(i)).or_default() += 1;
    }
    let (busiest, _) = counts.into_iter().max_by_key(|(key, count)| (*count, std::cmp::Reverse(*key)))?;
    let mut rows: Vec<usize> = payments().filter(|&i| key(i) == busiest).collect();
    rows.sort_unstable_by_key(|&i| (ledger.amount[i], i));
    rows.get(rows.len() / 2).copied()
}
