//! 결의번호 결번·재사용: numbers missing from a running series, and numbers that two different payments carry.
//!
//! Comes in: document numbers of the whole ledger, so that what was taken back leaves no gap. Goes out: the row after a gap,
//! the later row of a number used twice. Refuses: series with many gaps and ledgers that share numbers (the notes say so).

use rayon::slice::ParallelSliceMut;
use serde::{Deserialize, Serialize};

use super::common::{Hit, RELATED_MAX, output, vendor_name};
use super::control::Control;
use super::document_number::{Number, Parsed, number_of, parse};
use super::options::Check;
use crate::clean::{Interned, LedgerView, vendor_keys};
use crate::detect::canary::Plot;
use crate::detect::{Input, Output};
use crate::ko;
use crate::ledger::{Amount, Reason, Severity, col};

const ID: &str = "document_sequence";

/// Strength of a number used twice.
const REUSED: f64 = 0.8;

/// Options of 결의번호 결번·재사용.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DocumentSequenceOptions {
    /// Fewest numbers of a series that is asked for gaps.
    pub series_numbers_min: usize,
    /// Largest share of missing numbers of a series that is meant to have none.
    pub gap_share_max: f64,
    /// From this share of numbers used by different payments on, a number does not stand for one payment here.
    pub reuse_share_max: f64,
}

impl Default for DocumentSequenceOptions {
    fn default() -> Self {
        Self { series_numbers_min: 30, gap_share_max: 0.02, reuse_share_max: 0.01 }
    }
}

/// The test.
pub struct DocumentSequence;

impl Control for DocumentSequence {
    type Options = DocumentSequenceOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "결의번호 결번·재사용";
    const CODES: &'static [&'static str] = &["T40"];
    const SEVERITY: Severity = Severity::Medium;
    const WEIGHT: f64 = 40.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[&[col::DOCUMENT_NO]];
    const OPTIONAL: &'static [&'static str] = &[col::VENDOR, col::VENDOR_NO, col::KIND];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        let numbers = options.series_numbers_min;
        check.that(
            (10..=100_000).contains(&numbers),
            "series_numbers_min",
            "10 이상 100000 이하의 정수",
            &numbers,
        );
        check.share("gap_share_max", options.gap_share_max, 0.0001, 0.2);
        check.share("reuse_share_max", options.reuse_share_max, 0.0001, 0.2);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let numbers = Numbers::of(input);
        let mut hits = Vec::new();
        if !numbers.shares_numbers(options) {
            hits.extend(numbers.reused.iter().map(|found| {
                let data = Found::reused(input.ledger, found);
                Hit { row: found.later, strength: REUSED, case: found.earlier, data }
            }));
        }
        for series in numbers.gapless(options).filter(|series| series.missing > 0) {
            let rare = 1.0 - series.missing_share() / options.gap_share_max;
            hits.extend(numbers.gaps(series).map(|(row, found)| Hit::alone(row, 0.55 + 0.4 * rare, found)));
        }
        Ok(output(input.ledger, hits, Found::reason))
    }

    fn notes(input: &Input<'_>, options: &Self::Options) -> Vec<String> {
        let numbers = Numbers::of(input);
        let mut notes = Vec::new();
        let long = || numbers.series.iter().filter(|series| series.n >= options.series_numbers_min);
        let broken = long().filter(|series| series.missing_share() > options.gap_share_max).count();
        if broken > 0 {
            notes.push(format!(
                "문서번호 {}계열 가운데 {}계열은 빠진 번호가 {}를 넘어, 이어지는 번호가 아닌 것으로 보고 결번을 찾지 않았습니다.",
                ko::count(long().count()),
                ko::count(broken),
                ko::percent(options.gap_share_max)
            ));
        }
        if numbers.shares_numbers(options) {
            notes.push(format!(
                "문서번호 {}개 가운데 {}개를 서로 다른 지급이 함께 써서 재사용을 하나하나 짚지 않았습니다.",
                ko::count(numbers.n_seen),
                ko::count(numbers.n_reused)
            ));
        }
        notes
    }

    fn plant(plot: &mut Plot<'_>, options: &Self::Options) {
        let ledger = plot.ledger();
        let stands: Vec<bool> = ledger.amount.iter().map(|amount| *amount > 0).collect();
        let rows: Vec<usize> = (0..ledger.n_rows).collect();
        let known = Numbers::new(ledger, &rows, &vendor_keys(ledger), &stands);
        let reused = !known.shares_numbers(options);
        let n = if reused { 2 } else { options.series_numbers_min + 1 };
        for k in 1..=n {
            let Some(mut payment) = plot.usual_to_newcomer() else { return };
            let step = i32::try_from(k).unwrap_or(0);
            payment.day -= i32::try_from(n).unwrap_or(0) - step;
            payment.amount += i64::from(step) * plot.minor(100);
            let is_last = k == n;
            // The same number twice, or a series with its last but one number missing.
            let number = if reused { 1 } else { k + usize::from(is_last) };
            payment.document_no = format!("자가점검 결의-9999-{number:04}");
            if is_last {
                plot.must_find(&payment);
            } else {
                plot.add(&payment);
            }
        }
    }
}

/// One row with its number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Numbered {
    prefix: u32,
    /// Year of the payment where the prefix names none.
    year: i32,
    number: u64,
    day: i32,
    /// Row of the whole ledger.
    row: u32,
}

/// Numbers of one prefix and year.
struct Series {
    /// Where its rows stand in the order of all.
    rows: std::ops::Range<usize>,
    /// Different numbers.
    n: usize,
    first: u64,
    last: u64,
    missing: u64,
}

impl Series {
    fn missing_share(&self) -> f64 {
        self.missing as f64 / (self.missing as f64 + self.n as f64).max(1.0)
    }
}

/// A number that two payments carry; rows of the netted ledger.
struct Reused {
    earlier: usize,
    later: usize,
    n: usize,
}

/// Every numbered row, in order.
struct Numbers<'a> {
    whole: &'a LedgerView,
    order: Vec<Numbered>,
    series: Vec<Series>,
    reused: Vec<Reused>,
    n_seen: usize,
    n_reused: usize,
    /// Row of the netted ledger of a row of the whole one that still stands; `u32::MAX` for others.
    standing: Vec<u32>,
}

impl<'a> Numbers<'a> {
    fn of(input: &Input<'a>) -> Self {
        Self::new(input.reversed.whole, &input.reversed.rows, &input.shared.vendor, &input.shared.stands)
    }

    /// `rows`: rows of `whole` by row of the netted ledger, to which `vendor` and `stands` belong.
    fn new(whole: &'a LedgerView, rows: &[usize], vendor: &[u32], stands: &[bool]) -> Self {
        let Parsed { numbers, prefixes } = parse(&whole.document_no.names);
        let numbered = |row: usize| {
            let Number { prefix, number, .. } =
                numbers.get(whole.document_no.ids[row] as usize).copied().flatten()?;
            let year = if prefixes[prefix as usize].1 { 0 } else { chrono::Datelike::year(&whole.date(row)) };
            Some(Numbered { prefix, year, number, day: whole.day[row], row: u32::try_from(row).ok()? })
        };
        let mut order: Vec<Numbered> = (0..whole.n_rows).filter_map(numbered).collect();
        order.par_sort_unstable();
        let mut standing = vec![u32::MAX; whole.n_rows];
        for (netted, &row) in (0_u32..).zip(rows) {
            if stands.get(netted as usize).copied().unwrap_or(false)
                && let Some(standing) = standing.get_mut(row)
            {
                *standing = netted;
            }
        }
        let mut found =
            Self { whole, order, series: Vec::new(), reused: Vec::new(), n_seen: 0, n_reused: 0, standing };
        found.read_series();
        found.read_reused(vendor);
        found
    }

    fn read_series(&mut self) {
        let mut from = 0;
        for rows in self.order.chunk_by(|a, b| (a.prefix, a.year) == (b.prefix, b.year)) {
            let n = rows.chunk_by(|a, b| a.number == b.number).count();
            let (first, last) = (rows[0].number, rows[rows.len() - 1].number);
            let missing = (last - first + 1).saturating_sub(n as u64);
            self.series.push(Series { rows: from..from + rows.len(), n, first, last, missing });
            self.n_seen += n;
            from += rows.len();
        }
    }

    fn read_reused(&mut self, vendor: &[u32]) {
        let key = |one: &Numbered| (one.prefix, one.year, one.number);
        let (day, amount) = (&self.whole.day, &self.whole.amount);
        for rows in self.order.chunk_by(|a, b| key(a) == key(b)).filter(|rows| rows.len() > 1) {
            // Row of the whole ledger and of the netted one.
            let standing: Vec<(usize, usize)> = rows
                .iter()
                .map(|one| (one.row as usize, self.standing[one.row as usize]))
                .filter(|(_, row)| *row != u32::MAX && vendor[*row as usize] != Interned::NULL)
                .map(|(whole, row)| (whole, row as usize))
                .take(RELATED_MAX)
                .collect();
            let differ = |a: &(usize, usize), b: &(usize, usize)| {
                vendor[a.1] != vendor[b.1] && day[a.0] != day[b.0] && amount[a.0] != amount[b.0]
            };
            let before = self.reused.len();
            for (at, later) in standing.iter().enumerate() {
                if let Some(earlier) = standing[..at].iter().find(|earlier| differ(earlier, later)) {
                    self.reused.push(Reused { earlier: earlier.1, later: later.1, n: standing.len() });
                }
            }
            self.n_reused += usize::from(self.reused.len() > before);
        }
    }

    fn shares_numbers(&self, options: &DocumentSequenceOptions) -> bool {
        // One reuse in a short ledger is not yet a habit.
        self.n_reused > 3 && self.n_reused as f64 > options.reuse_share_max * self.n_seen as f64
    }

    /// Series long enough and with few enough gaps to be meant to run on.
    fn gapless(&self, options: &DocumentSequenceOptions) -> impl Iterator<Item = &Series> {
        let (n_min, share_max) = (options.series_numbers_min, options.gap_share_max);
        self.series.iter().filter(move |series| series.n >= n_min && series.missing_share() <= share_max)
    }

    /// For each gap of `series` the first standing row after it and its sentence.
    fn gaps<'b>(&'b self, series: &'b Series) -> impl Iterator<Item = (usize, Found)> + use<'a, 'b> {
        let rows = &self.order[series.rows.clone()];
        let after = (1..rows.len()).filter(|&at| rows[at].number > rows[at - 1].number + 1);
        after.filter_map(move |at| {
            let stands = |one: &&Numbered| self.standing[one.row as usize] != u32::MAX;
            let row = self.standing[rows[at..].iter().find(stands)?.row as usize] as usize;
            let before = rows[..at].iter().rev().take(RELATED_MAX).find(stands);
            let related = before.map(|one| self.standing[one.row as usize] as usize);
            let (before, next) = (rows[at - 1].number, rows[at].number);
            let text = self.whole.document_no.text(rows[at].row as usize);
            let width = number_of(text).len();
            let head = &text[..text.len() - width];
            let (from, until) = (before + 1, next - 1);
            let missing = if from == until {
                format!("{head}{from:0width$}")
            } else {
                format!("{head}{from:0width$}부터 {head}{until:0width$}까지 {}개", until - from + 1)
            };
            let found = Found::Gap {
                document_no: text.to_owned(),
                missing,
                first: series.first,
                last: series.last,
                n_missing: series.missing,
                related: related.filter(|other| *other != row).into_iter().collect(),
            };
            Some((row, found))
        })
    }
}

/// What is said of a row.
enum Found {
    Gap { document_no: String, missing: String, first: u64, last: u64, n_missing: u64, related: Vec<usize> },
    Reused { document_no: String, earlier: String, n: usize, related: usize },
}

impl Found {
    fn reused(ledger: &LedgerView, found: &Reused) -> Self {
        let i = found.earlier;
        let earlier = format!(
            "{} 거래처 ‘{}’의 지급 {}",
            ledger.date(i),
            vendor_name(ledger, i),
            ledger.currency.display(Amount(ledger.amount[i]))
        );
        let document_no = ledger.document_no.text(found.later).to_owned();
        Self::Reused { document_no, earlier, n: found.n, related: i }
    }

    fn reason(&self) -> Reason {
        let (text, related) = match self {
            Self::Gap { document_no, missing, first, last, n_missing, related } => {
                let text = format!(
                    "문서번호 ‘{document_no}’ 바로 앞의 번호가 빠져 있습니다: {missing}. 이 계열은 {first}번부터 {last}번까지 {}개 번호 \
                     가운데 {}개가 빠졌습니다.",
                    last - first + 1,
                    n_missing
                );
                (text, related.clone())
            }
            Self::Reused { document_no, earlier, n, related } => {
                let document_no = ko::josa(&format!("‘{document_no}’"), "을/를");
                let text = format!(
                    "문서번호 {document_no} {earlier}에도 썼는데 거래처, 금액, 날짜가 모두 다릅니다. 이 번호의 지급은 {n}건입니다."
                );
                (text, vec![*related])
            }
        };
        Reason { id: ID.to_owned(), text, related }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Ledger, fired, input_of, try_run};
    use super::*;
    use crate::detect::Detector;
    use crate::detect::controls::ControlOptions;

    /// Payments with the numbers given, a day after the other.
    fn numbered(numbers: &[String]) -> Ledger {
        let mut ledger = Ledger::background(i64::try_from(numbers.len()).unwrap());
        for (row, number) in ledger.0.iter_mut().zip(numbers) {
            row.document_no.clone_from(number);
        }
        ledger
    }

    fn without(missing: &[usize], n: usize) -> Vec<String> {
        (1..=n).filter(|k| !missing.contains(k)).map(|k| format!("결의-2024-{k:04}")).collect()
    }

    fn run(ledger: &Ledger) -> Output {
        try_run(&DocumentSequence, &ledger.view(), &ControlOptions::default()).unwrap()
    }

    fn notes(ledger: &Ledger) -> Vec<String> {
        let options = ControlOptions::default();
        input_of(&ledger.view(), &options, |input| Detector::notes(&DocumentSequence, input))
    }

    #[test]
    fn fires_on_the_row_after_a_gap() {
        let ledger = numbered(&without(&[100, 101, 250], 400));
        let out = run(&ledger);
        assert_eq!(fired(&out, 0.5), [99, 247]);
        let reason = (out.explain)(99).unwrap();
        assert_eq!(
            reason.text,
            "문서번호 ‘결의-2024-0102’ 바로 앞의 번호가 빠져 있습니다: 결의-2024-0100부터 결의-2024-0101까지 2개. 이 계열은 1번부터 \
             400번까지 400개 번호 가운데 3개가 빠졌습니다."
        );
        assert_eq!(reason.related, [98]);
        assert!(fired(&run(&numbered(&without(&[], 400))), 0.0).is_empty());
        assert!(notes(&ledger).is_empty());
    }

    #[test]
    fn a_series_with_many_gaps_is_none_and_is_said() {
        // Eight of 400 are one in fifty, nine are more.
        let eight: Vec<usize> = (1..=8).map(|k| k * 40).collect();
        assert_eq!(fired(&run(&numbered(&without(&eight, 401))), 0.5).len(), 8);
        let nine: Vec<usize> = (1..=9).map(|k| k * 40).collect();
        let ledger = numbered(&without(&nine, 401));
        assert!(fired(&run(&ledger), 0.0).is_empty());
        assert_eq!(
            notes(&ledger),
            [
                "문서번호 1계열 가운데 1계열은 빠진 번호가 2.0%를 넘어, 이어지는 번호가 아닌 것으로 보고 결번을 찾지 않았습니다."
            ]
        );
    }

    #[test]
    fn a_series_without_a_year_starts_anew_each_year() {
        let mut ledger = Ledger::background(300);
        let mut count = std::collections::BTreeMap::<i32, usize>::new();
        for row in &mut ledger.0 {
            let number = count.entry(chrono::Datelike::year(&row.date)).or_default();
            *number += 1;
            row.document_no = format!("총무과-{number}");
        }
        let out = run(&ledger);
        assert!(fired(&out, 0.0).is_empty());
    }

    #[test]
    fn what_was_taken_back_leaves_no_gap() {
        let ledger = numbered(&without(&[], 400));
        let whole = ledger.view();
        let rows: Vec<usize> = (0..400).filter(|row| *row != 200).collect();
        let mut netted = ledger.clone();
        netted.0.remove(200);
        let netted = netted.view();
        let options = ControlOptions::default();
        let hits = |whole: &LedgerView, rows: &[usize]| {
            input_of(&netted, &options, |input| {
                let reversed = crate::detect::Reversed { whole, rows: rows.to_vec(), pairs: Vec::new() };
                let input = Input { reversed: &reversed, ..*input };
                let out = DocumentSequence::find(&input, &DocumentSequenceOptions::default()).unwrap();
                fired(&out, 0.0)
            })
        };
        assert!(hits(&whole, &rows).is_empty());
        assert_eq!(hits(&netted, &(0..399).collect::<Vec<_>>()), [200]);
    }

    #[test]
    fn fires_on_a_number_used_by_two_different_payments() {
        let again = |ledger: Ledger, date: &str, vendor: &str, amount: i64, number: &str| {
            ledger.pay(date, "부서0", "소모품비", vendor, amount, number, "")
        };
        let mut ledger = numbered(&without(&[], 400));
        for (date, vendor, amount, number) in [
            ("2024-06-20", "가나", 500_000, "R-2024-1"),
            ("2024-06-25", "다라", 700_000, "R-2024-1"),
            // Two lines of one document, a second part to the same vendor, the same amount again.
            ("2024-06-20", "가나", 500_000, "R-2024-2"),
            ("2024-06-20", "다라", 700_000, "R-2024-2"),
            ("2024-06-20", "가나", 500_000, "R-2024-3"),
            ("2024-06-25", "가나", 700_000, "R-2024-3"),
            ("2024-06-20", "가나", 500_000, "R-2024-4"),
            ("2024-06-25", "다라", 500_000, "R-2024-4"),
        ] {
            ledger = again(ledger, date, vendor, amount, number);
        }
        let out = run(&ledger);
        assert_eq!(fired(&out, 0.0), [401]);
        let reason = (out.explain)(401).unwrap();
        assert_eq!(reason.related, [400]);
        assert!(
            reason.text.contains("2024-06-20 거래처 ‘가나’의 지급 500,000원에도 썼는데"),
            "{}",
            reason.text
        );
        assert_eq!(out.case, [(401, 400)]);
    }

    #[test]
    fn where_numbers_are_shared_the_notes_say_so() {
        let ledger = numbered(&(0..400).map(|i| format!("기안-2024-{}", i / 2)).collect::<Vec<_>>());
        assert!(fired(&run(&ledger), 0.0).is_empty());
        assert!(notes(&ledger)[0].starts_with("문서번호 200개 가운데 "), "{:?}", notes(&ledger));
    }
}
