//! Ledgers for the tests of control tests: rows written as a reader would say them.
//!
//! Comes in: rows. Goes out: a `LedgerView` and the output of a test on it.
//! Refuses: nothing; it is test support.

use chrono::NaiveDate;

use super::ControlOptions;
use crate::clean::{Interned, LedgerView, reversal};
use crate::detect::canary::{Plot, reference};
use crate::detect::{BudgetBook, Detector, Holidays, Input, Output, Reversed, Shared};
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
    try_run_with(detector, view, &BudgetBook::default(), options)
}

pub(super) fn try_run_with(
    detector: &dyn Detector,
    view: &LedgerView,
    budget: &BudgetBook,
    options: &ControlOptions,
) -> Result<Output, String> {
    with_options(view, budget, options, |input| detector.detect(input).map_err(|untested| untested.text))
}

/// What `look` makes of the input that a test gets of `view`.
pub(super) fn input_of<T>(
    view: &LedgerView,
    options: &ControlOptions,
    look: impl FnOnce(&Input<'_>) -> T,
) -> T {
    with_options(view, &BudgetBook::default(), options, look)
}

/// What `look` makes of an input of `view` and `budget` by the default options.
pub(super) fn with_input<T>(view: &LedgerView, budget: &BudgetBook, look: impl FnOnce(&Input<'_>) -> T) -> T {
    with_options(view, budget, &ControlOptions::default(), look)
}

fn with_options<T>(
    view: &LedgerView,
    budget: &BudgetBook,
    options: &ControlOptions,
    look: impl FnOnce(&Input<'_>) -> T,
) -> T {
    let holidays = Holidays::korean();
    let features = features::build(view, &features::Options::default(), &|date| holidays.is_off_day(date));
    look(&Input {
        ledger: view,
        shared: &Shared::new(view),
        reversed: &Reversed::none(view),
        features: &features,
        columns: &[],
        holidays: &holidays,
        budget,
        options,
        seed: 1,
    })
}

/// What `detector` notes of `view`.
pub(super) fn notes(detector: &dyn Detector, view: &LedgerView) -> Vec<String> {
    input_of(view, &ControlOptions::default(), |input| detector.notes(input))
}

pub(super) fn run_with(detector: &dyn Detector, ledger: &Ledger, options: &ControlOptions) -> Output {
    try_run(detector, &ledger.view(), options).unwrap()
}

pub(super) fn run(detector: &dyn Detector, ledger: &Ledger) -> Output {
    run_with(detector, ledger, &ControlOptions::default())
}

/// Two years of unremarkable payments with a value in every column, and a budget that suffices, some of it moved.
pub(super) fn full(n: usize) -> (LedgerView, BudgetBook) {
    reference::institution(n)
}

/// What `detector` must find of what it plants in [`full`], and its output there.
pub(super) fn planted(detector: &dyn Detector, n: usize) -> (Vec<usize>, Output) {
    let options = ControlOptions::default();
    let (ledger, budget) = full(n);
    let mut plot = Plot::new(&ledger, &budget, &options.money);
    detector.plant(&mut plot, &options);
    let expected = plot.take_expected();
    let (view, budget) = plot.into_parts();
    let reversals = reversal::link(&view);
    let remains = reversal::net(&view, &reversals);
    let reversed = Reversed::new(&view, &reversals, &remains.rows);
    let out = with_options(&remains.ledger, &budget, &options, |input| {
        detector.detect(&Input { reversed: &reversed, ..*input }).map_err(|untested| untested.text)
    });
    (expected, of_whole(out.unwrap(), view.n_rows, remains.rows))
}

/// An output of a netted ledger by rows of the whole one, of which `rows` remain.
fn of_whole(out: Output, n_rows: usize, rows: Vec<usize>) -> Output {
    let Output { strength, on_netted, explain, .. } = out;
    let mut whole = vec![0.0; n_rows];
    for (at, &row) in rows.iter().enumerate() {
        whole[row] = strength[at];
    }
    for hit in &on_netted {
        whole[hit.row] = hit.strength;
    }
    let explain = move |row: usize| {
        let of_netted = on_netted.iter().find(|hit| hit.row == row).map(|hit| hit.reason.clone());
        of_netted.or_else(|| explain(rows.binary_search(&row).ok()?))
    };
    Output { strength: whole, case: vec![], put_aside: vec![], on_netted: vec![], explain: Box::new(explain) }
}

/// Rows stronger than `above`.
pub(super) fn fired(output: &Output, above: f32) -> Vec<usize> {
    (0..output.strength.len()).filter(|&i| output.strength[i] > above).collect()
}

/// What `look` makes of the input that a test gets of `whole`, a ledger not netted yet.
pub(super) fn netted<T>(whole: &LedgerView, look: impl FnOnce(&Input<'_>) -> T) -> T {
    let reversals = reversal::link(whole);
    let remains = reversal::net(whole, &reversals);
    let reversed = Reversed::new(whole, &reversals, &remains.rows);
    input_of(&remains.ledger, &ControlOptions::default(), |input| {
        look(&Input { reversed: &reversed, ..*input })
    })
}

/// A text column of `n` rows; empty text is an empty cell.
pub(super) fn texts(n: usize, text: impl Fn(usize) -> String) -> Interned {
    let texts: Vec<String> = (0..n).map(text).collect();
    Interned::from_values(texts.iter().map(|text| Some(text.as_str())))
}
