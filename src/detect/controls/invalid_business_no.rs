//! 사업자등록번호 오류: payments to a vendor whose registration number fails its check digit.
//!
//! Comes in: payments that still stand with a number of ten digits. Goes out: the payments of such a number.
//! Refuses: codes of other lengths, a column in which many numbers fail: it holds codes or masked numbers.
//!
//! The check digit as commonly published; not verified against the text of a rule.

use serde::{Deserialize, Serialize};

use super::common::{Hit, RELATED_MAX, output, vendor_name, weight_of_amount};
use super::control::Control;
use super::options::Check;
use crate::clean::{Interned, LedgerView};
use crate::detect::canary::Plot;
use crate::detect::{Input, Output};
use crate::ko;
use crate::ledger::{Reason, Severity, col};

const ID: &str = "invalid_business_no";

/// Weights of the first nine digits.
const WEIGHTS: [u32; 9] = [1, 3, 7, 1, 3, 7, 1, 3, 5];

/// Sound numbers there must be for each that fails: a handful of numbers is no column of codes yet.
const SOUND_MIN: usize = 2;

/// Options of 사업자등록번호 오류.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct InvalidBusinessNoOptions {
    /// Share of failing numbers among those of ten digits above which the column is not one of registration numbers.
    pub invalid_share_max: f64,
    /// Most payments shown of one number in one department, the earliest.
    pub rows_max: usize,
    /// Amount in won that counts half above the floor.
    pub half_amount_krw: i64,
}

impl Default for InvalidBusinessNoOptions {
    fn default() -> Self {
        Self { invalid_share_max: 0.03, rows_max: 20, half_amount_krw: 1_000_000 }
    }
}

/// The test.
pub struct InvalidBusinessNo;

impl Control for InvalidBusinessNo {
    type Options = InvalidBusinessNoOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "사업자등록번호 오류";
    const CODES: &'static [&'static str] = &["T27"];
    const SEVERITY: Severity = Severity::Medium;
    const WEIGHT: f64 = 60.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[&[col::VENDOR_NO]];
    const OPTIONAL: &'static [&'static str] = &[col::VENDOR];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        check.share("invalid_share_max", options.invalid_share_max, 0.0, 0.5);
        check.that(
            (1..=60).contains(&options.rows_max),
            "rows_max",
            "1 이상 60 이하의 정수",
            &options.rows_max,
        );
        check.that(options.half_amount_krw > 0, "half_amount_krw", "1 이상의 정수", &options.half_amount_krw);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        let column = Column::new(&ledger.vendor_no);
        if !column.is_registration(options) {
            return Err(format!(
                "10자리 번호 {}개 가운데 {}개가 사업자등록번호 검증식에 맞지 않아, 이 열은 가려졌거나 사업자등록번호가 아닌 것으로 보고 점검하지 않았습니다.",
                ko::count(column.n_sound + column.n_invalid),
                ko::count(column.n_invalid),
            ));
        }
        let half = input.options.money.minor(options.half_amount_krw, &ledger.currency);
        let mut hits = Vec::new();
        for rows in groups(ledger, &input.shared.stands, &column, options.rows_max) {
            for &row in &rows {
                let strength = 0.5 + 0.45 * weight_of_amount(ledger.amount[row], half);
                let data = Invalid::new(ledger, &rows, row);
                hits.push(Hit { row, strength, case: rows[0], data });
            }
        }
        Ok(output(ledger, hits, Invalid::reason))
    }

    fn notes(input: &Input<'_>, _options: &Self::Options) -> Vec<String> {
        let column = Column::new(&input.ledger.vendor_no);
        let (n, judged) = (column.state.len(), column.n_sound + column.n_invalid);
        let note = || {
            format!(
                "사업자등록번호 열의 번호 {}개 가운데 숫자가 10자리인 것은 {}개뿐이어서, 나머지는 거래처 코드로 보고 점검하지 않았습니다.",
                ko::count(n),
                ko::count(judged),
            )
        };
        (2 * judged < n).then(note).into_iter().collect()
    }

    fn plant(plot: &mut Plot<'_>, _options: &Self::Options) {
        let Some(mut payment) = plot.usual() else { return };
        "자가점검 번호상사".clone_into(&mut payment.vendor);
        "124-81-00990".clone_into(&mut payment.vendor_no);
        plot.must_find(&payment);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Sound,
    Invalid,
    /// Not ten digits.
    Other,
}

/// What the numbers of a column are.
struct Column {
    state: Vec<State>,
    n_sound: usize,
    n_invalid: usize,
}

impl Column {
    fn new(numbers: &Interned) -> Self {
        let state: Vec<State> = numbers.names.iter().map(|text| state(text)).collect();
        let count = |wanted: State| state.iter().filter(|state| **state == wanted).count();
        let (n_sound, n_invalid) = (count(State::Sound), count(State::Invalid));
        Self { state, n_sound, n_invalid }
    }

    /// Whether so few numbers fail that each is an error; a single one always may be.
    fn is_registration(&self, options: &InvalidBusinessNoOptions) -> bool {
        let most = options.invalid_share_max * (self.n_sound + self.n_invalid) as f64;
        self.n_invalid as f64 <= most.max(1.0) && self.n_sound >= SOUND_MIN * self.n_invalid
    }
}

/// Judges a text by its digits: the last must bring the weighted sum of the others, with the tens of the ninth product
/// added, to a multiple of ten.
fn state(text: &str) -> State {
    if text.contains('*') {
        return State::Other;
    }
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let [first @ .., last] = digits.as_slice() else { return State::Other };
    if first.len() != WEIGHTS.len() {
        return State::Other;
    }
    let sum: u32 = first.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    let sum = sum + first[8] * WEIGHTS[8] / 10;
    if (sum + last).is_multiple_of(10) { State::Sound } else { State::Invalid }
}

/// The earliest rows of each failing number in each department.
fn groups(ledger: &LedgerView, stands: &[bool], column: &Column, rows_max: usize) -> Vec<Vec<usize>> {
    let is_invalid = |id: u32| column.state.get(id as usize) == Some(&State::Invalid);
    let key = |i: usize| (ledger.vendor_no.ids[i], ledger.department.ids[i]);
    let mut rows: Vec<usize> =
        (0..ledger.n_rows).filter(|&i| stands[i] && is_invalid(ledger.vendor_no.ids[i])).collect();
    rows.sort_unstable_by_key(|&i| (key(i), ledger.day[i], i));
    let groups = rows.chunk_by(|&a, &b| key(a) == key(b));
    groups.map(|rows| rows[..rows.len().min(rows_max)].to_vec()).collect()
}

/// A failing number, as the sentence of one of its payments needs it.
struct Invalid {
    vendor: String,
    number: String,
    related: Vec<usize>,
}

impl Invalid {
    fn new(ledger: &LedgerView, rows: &[usize], row: usize) -> Self {
        Self {
            vendor: vendor_name(ledger, row).to_owned(),
            number: ledger.vendor_no.text(row).to_owned(),
            related: rows.iter().copied().filter(|other| *other != row).take(RELATED_MAX).collect(),
        }
    }

    fn reason(&self) -> Reason {
        let text = format!(
            "거래처 ‘{}’의 사업자등록번호 {} 끝자리 검증식에 맞지 않습니다. 번호를 잘못 적었거나 없는 번호일 수 있습니다.",
            self.vendor,
            ko::josa(&self.number, "은/는"),
        );
        Reason { id: ID.to_owned(), text, related: self.related.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ControlOptions;
    use super::super::testing::{Ledger, fired, full, planted, run, try_run};
    use super::*;

    /// Ordinary payments, their vendors with sound numbers.
    fn sound() -> Ledger {
        let (view, _) = full(40);
        let mut ledger = Ledger::background(40);
        for (i, row) in ledger.0.iter_mut().enumerate() {
            row.vendor_no = view.vendor_no.text(i).to_owned();
        }
        ledger
    }

    fn pay(ledger: Ledger, date: &str, department: &str, number: &str) -> Ledger {
        ledger
            .pay(date, department, "수선비", "가나상사", 1_000_000, "", "수리")
            .with(|row| row.vendor_no = number.to_owned())
    }

    #[test]
    fn check_digits() {
        // 1 + 6 + 28 + 8 + 3 + 0 + 0 + 27 + 45 = 118, with the tens of 45 122: the check digit is 8.
        for (text, expected) in [
            ("124-81-00998", State::Sound),
            ("1248100998", State::Sound),
            ("124-81-00997", State::Invalid),
            ("142-81-00998", State::Invalid),
            ("124-81-0099", State::Other),
            ("124-81-009980", State::Other),
            ("124-81-*****", State::Other),
            ("", State::Other),
        ] {
            assert_eq!(state(text), expected, "{text}");
        }
    }

    #[test]
    fn fires_on_all_payments_of_the_number_by_department() {
        let mut ledger = sound();
        for (date, department) in
            [("2024-03-05", "총무과"), ("2024-03-06", "시설과"), ("2024-03-07", "총무과")]
        {
            ledger = pay(ledger, date, department, "124-81-00997");
        }
        let out = run(&InvalidBusinessNo, &ledger);
        assert_eq!(fired(&out, 0.499), [40, 41, 42]);
        assert_eq!(out.case, [(42, 40)]);
        let reason = (out.explain)(40).unwrap();
        assert_eq!(
            reason.text,
            "거래처 ‘가나상사’의 사업자등록번호 124-81-00997은 끝자리 검증식에 맞지 않습니다. 번호를 잘못 적었거나 없는 번호일 수 있습니다."
        );
        assert_eq!(reason.related, [42]);
    }

    #[test]
    fn a_sound_number_and_a_code_do_not_fire() {
        for number in ["124-81-00998", "V-10021", "124-81-*****", ""] {
            assert!(
                fired(&run(&InvalidBusinessNo, &pay(sound(), "2024-03-05", "총무과", number)), 0.0)
                    .is_empty()
            );
        }
    }

    #[test]
    fn a_column_of_codes_is_not_judged_and_said_to_be_none() {
        let mut view = pay(sound(), "2024-03-05", "총무과", "124-81-00997").view();
        view.vendor_no.names[0] = "124-81-00991".to_owned();
        let options = ControlOptions::default();
        let reason = try_run(&InvalidBusinessNo, &view, &options).err().unwrap();
        assert!(reason.starts_with("10자리 번호 11개 가운데 2개가"), "{reason}");
        assert!(notes(&view).is_empty());
        for name in view.vendor_no.names.iter_mut().take(9) {
            name.push('9');
        }
        assert!(
            notes(&view)[0].starts_with("사업자등록번호 열의 번호 11개 가운데 숫자가 10자리인 것은 2개뿐")
        );
    }

    fn notes(view: &LedgerView) -> Vec<String> {
        let column = Column::new(&view.vendor_no);
        assert_eq!(column.state.len(), 11);
        super::super::testing::notes(&InvalidBusinessNo, view)
    }

    #[test]
    fn only_the_first_payments_of_a_number_are_shown() {
        let mut ledger = sound();
        for day in 1..=25 {
            ledger = pay(ledger, &format!("2024-03-{day:02}"), "총무과", "124-81-00997");
        }
        assert_eq!(fired(&run(&InvalidBusinessNo, &ledger), 0.499), (40..60).collect::<Vec<_>>());
    }

    #[test]
    fn finds_its_plant() {
        let (expected, out) = planted(&InvalidBusinessNo, 500);
        assert_eq!(fired(&out, 0.499), expected);
    }
}
