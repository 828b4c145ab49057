//! Ledgers for the tests of control tests: rows written as a reader would say them.
//!
//! Comes in: rows. Goes out: a `LedgerView` and the output of a test on it.
//! Refuses: nothing; it is test support.

use chrono::NaiveDate;

use super::ControlOptions;
use crate::clean::{Interned, LedgerView};
use crate::detect::{Detector, Holidays, Input, Output};
use crate::features;
use crate::ledger::Currency;

#[derive(Clone, Default)]
pub(super) struct Row {
    pub(super) date: NaiveDate,
    pub(super) minute: Option<i16>,
    pub(super) department: String,
    pub(super) account: String,
    pub(super) vendor: String,
    pub(super) vendor_no: String,
    pub(super) document_no: String,
    pub(super) description: String,
    pub(super) card: String,
    pub(super) kind: String,
    pub(super) amount: i64,
}

#[derive(Clone, Default)]
pub(super) struct Ledger(pub(super) Vec<Row>);

impl Ledger {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// `n` unremarkable workday payments over 2023 and the first half of 2024, no two of one amount.
    pub(super) fn background(n: i64) -> Self {
        let start: NaiveDate = "2023-01-02".parse().unwrap();
        let holidays = Holidays::korean();
        let mut ledger = Self::new();
        for i in 0..n {
            let step = i * 540 / n;
            let mut date = start + chrono::Duration::days(step / 5 * 7 + step % 5);
            while holidays.is_off_day(date) {
                date = date.succ_opt().unwrap();
            }
            let amount = 50_000 + (i * 7_919) % 90_001;
            let (department, vendor) = (format!("부서{}", i % 4), format!("거래처{}", i % 10));
            ledger = ledger.pay(&date.to_string(), &department, "소모품비", &vendor, amount, "", "");
        }
        ledger
    }

    #[expect(clippy::too_many_arguments, reason = "a row of a table")]
    pub(super) fn pay(
        mut self,
        date: &str,
        department: &str,
        account: &str,
        vendor: &str,
        amount: i64,
        document_no: &str,
        description: &str,
    ) -> Self {
        self.0.push(Row {
            date: date.parse().unwrap(),
            department: department.to_owned(),
            account: account.to_owned(),
            vendor: vendor.to_owned(),
            document_no: document_no.to_owned(),
            description: description.to_owned(),
            amount,
            ..Row::default()
        });
        self
    }

    /// Changes the last row.
    pub(super) fn with(mut self, change: impl FnOnce(&mut Row)) -> Self {
        change(self.0.last_mut().unwrap());
        self
    }

    pub(super) fn view(&self) -> LedgerView {
        let text = |of: fn(&Row) -> &str| Interned::from_values(self.0.iter().map(|row| Some(of(row))));
        let none = || Interned::from_values(self.0.iter().map(|_| None));
        let day = |row: &Row| i32::try_from((row.date - NaiveDate::default()).num_days()).unwrap();
        LedgerView {
            currency: Currency::krw(),
            n_rows: self.0.len(),
            source: none(),
            sheet: none(),
            row: (1..).take(self.0.len()).collect(),
            document_no: text(|r| &r.document_no),
            day: self.0.iter().map(day).collect(),
            minute: self.0.iter().map(|r| r.minute.unwrap_or(-1)).collect(),
            department: text(|r| &r.department),
            account: text(|r| &r.account),
            vendor: text(|r| &r.vendor),
            vendor_no: text(|r| &r.vendor_no),
            description: text(|r| &r.description),
            payment_method: none(),
            card: text(|r| &r.card),
            requester: none(),
            kind: text(|r| &r.kind),
            amount: self.0.iter().map(|r| r.amount).collect(),
            ..LedgerView::empty(Currency::krw(), self.0.len())
        }
    }
}

pub(super) fn try_run(
    detector: &dyn Detector,
    view: &LedgerView,
    options: &ControlOptions,
) -> Result<Output, String> {
    let holidays = Holidays::korean();
    let features = features::build(view, &features::Options::default(), &|date| holidays.is_off_day(date));
    let input =
        Input { ledger: view, features: &features, columns: &[], holidays: &holidays, options, seed: 1 };
    detector.detect(&input)
}

pub(super) fn run_with(detector: &dyn Detector, ledger: &Ledger, options: &ControlOptions) -> Output {
    try_run(detector, &ledger.view(), options).unwrap()
}

pub(super) fn run(detector: &dyn Detector, ledger: &Ledger) -> Output {
    run_with(detector, ledger, &ControlOptions::default())
}

/// Rows stronger than `above`.
pub(super) fn fired(output: &Output, above: f32) -> Vec<usize> {
    (0..output.strength.len()).filter(|&i| output.strength[i] > above).collect()
}
