//! 유사 중복: two payments to one vendor of which one or two of document number, date and amount are nearly equal, the rest equal.
//!
//! Comes in: payments that still stand and have a document number. Goes out: the later payment, the earlier as a hint.
//! Refuses: payments for different things, vendors whose payments are like that as a habit.
//!
//! After the duplicate tests 3 to 9 of audit practice: what a clerk mistypes when a bill is entered twice.

use chrono::{Datelike, NaiveDate};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::common::{Hit, output, stated, vendor_name, weight_of_amount};
use super::control::Control;
use super::names::{core, is_one_thing, near};
use super::options::Check;
use crate::clean::view::date_of_day;
use crate::clean::{Interned, LedgerView};
use crate::detect::canary::Plot;
use crate::detect::{Input, Output};
use crate::ledger::{Amount, Reason, Severity, col};

const ID: &str = "similar_duplicate";

/// Payments without a pair that every vendor is taken to have had besides.
const VENDOR_PRIOR: f64 = 20.0;

/// Later payments of the next day compared with each payment: a copy is near its original.
const LOOK_AHEAD: usize = 200;

/// Digits from which numbers can be called similar.
const DIGITS_MIN: usize = 2;

/// Options of 유사 중복.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SimilarDuplicateOptions {
    /// Share of a vendor's payments that are the later of a pair, from which pairs are how it is booked.
    pub usual_share: f64,
    /// Amount in won that counts half above the floor.
    pub half_amount_krw: i64,
    /// Strength of the earlier payment as a share of the later one's.
    pub earlier_share: f64,
}

impl Default for SimilarDuplicateOptions {
    fn default() -> Self {
        Self { usual_share: 0.05, half_amount_krw: 100_000, earlier_share: 0.1 }
    }
}

/// The test.
pub struct SimilarDuplicate;

impl Control for SimilarDuplicate {
    type Options = SimilarDuplicateOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "유사 중복";
    const CODES: &'static [&'static str] = &["T03", "T04", "T05", "T06", "T07", "T08", "T09"];
    const SEVERITY: Severity = Severity::High;
    const WEIGHT: f64 = 60.0;
    const REQUIRED: &'static [&'static [&'static str]] =
        &[&[col::VENDOR, col::VENDOR_NO], &[col::DOCUMENT_NO]];
    const OPTIONAL: &'static [&'static str] = &[col::DESCRIPTION, col::KIND];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        check.share("usual_share", options.usual_share, 0.0, 1.0);
        check.that(options.half_amount_krw > 0, "half_amount_krw", "1 이상의 정수", &options.half_amount_krw);
        check.share("earlier_share", options.earlier_share, 0.0, 0.99);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        let swapped = SwappedDays::new(ledger);
        let vendors: Vec<&[u32]> = input.shared.vendors().filter(|rows| rows.len() > 1).collect();
        let of_vendor = |rows: &&[u32]| {
            let found = pairs_of_vendor(ledger, rows, &swapped);
            // The pair itself is no habit yet.
            let usual = (found.len() as f64 - 1.0) / (rows.len() as f64 + VENDOR_PRIOR);
            if usual <= options.usual_share { found } else { Vec::new() }
        };
        let mut pairs: Vec<Pair> = vendors.par_iter().with_min_len(64).flat_map_iter(of_vendor).collect();
        for rows in input.shared.documents(ledger).filter(|rows| rows.len() > 1) {
            near_vendors(ledger, &input.shared.vendor, rows, &mut pairs);
        }
        let half = input.options.money.minor(options.half_amount_krw, &ledger.currency);
        let hits = pairs.iter().flat_map(|pair| {
            let [a, b] = [pair.earlier, pair.later];
            let least = ledger.amount[a].min(ledger.amount[b]);
            let strength = 0.5 + 0.45 * weight_of_amount(least, half);
            let hit = |row, other, strength| {
                let data = Copy::new(ledger, pair.pattern, row, other);
                Hit { row, strength, case: a, data }
            };
            [hit(b, a, strength), hit(a, b, strength * options.earlier_share)]
        });
        let currency = ledger.currency.clone();
        Ok(output(ledger, hits.collect(), move |copy| copy.reason(&currency.display(Amount(copy.amount)))))
    }

    fn plant(plot: &mut Plot<'_>, _options: &Self::Options) {
        let Some(mut payment) = plot.usual() else { return };
        "자가점검 유사상사".clone_into(&mut payment.vendor);
        payment.vendor_no.clear();
        payment.document_no = format!("{}-00123", payment.document_no);
        plot.add(&payment);
        payment.document_no = payment.document_no.replace("-00123", "-00132");
        plot.must_find(&payment);
    }
}

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Likeness {
    Equal,
    Similar,
    Different,
}

/// Which of the seven patterns a pair has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pattern {
    Document,
    Date,
    Amount,
    DocumentDate,
    DocumentAmount,
    DateAmount,
    Vendor,
}

impl Pattern {
    fn of(document: Likeness, date: Likeness, amount: Likeness) -> Option<Self> {
        use Likeness::{Equal, Similar};
        Some(match (document, date, amount) {
            (Similar, Equal, Equal) => Self::Document,
            (Equal, Similar, Equal) => Self::Date,
            (Equal, Equal, Similar) => Self::Amount,
            (Similar, Similar, Equal) => Self::DocumentDate,
            (Similar, Equal, Similar) => Self::DocumentAmount,
            (Equal, Similar, Similar) => Self::DateAmount,
            _ => return None,
        })
    }

    /// Its number among the tests of audit practice, and what agrees, in words.
    fn text(self) -> (&'static str, &'static str) {
        match self {
            Self::Document => ("T03", "문서번호가 비슷하고 날짜·금액이 같은"),
            Self::Date => ("T04", "날짜가 비슷하고 문서번호·금액이 같은"),
            Self::Amount => ("T05", "금액이 비슷하고 문서번호·날짜가 같은"),
            Self::DocumentDate => ("T06", "문서번호·날짜가 비슷하고 금액이 같은"),
            Self::DocumentAmount => ("T07", "문서번호·금액이 비슷하고 날짜가 같은"),
            Self::DateAmount => ("T08", "날짜·금액이 비슷하고 문서번호가 같은"),
            Self::Vendor => ("T09", "거래처 이름이 비슷하고 문서번호·날짜·금액이 같은"),
        }
    }
}

struct Pair {
    earlier: usize,
    later: usize,
    pattern: Pattern,
}

/// Pairs among the rows of one vendor, in order of days; a payment is the later of one pair at most.
fn pairs_of_vendor(ledger: &LedgerView, rows: &[u32], swapped: &SwappedDays) -> Vec<Pair> {
    let day = |at: usize| ledger.day[rows[at] as usize];
    let mut pairs: Vec<Pair> = Vec::new();
    let mut compare = |at: usize, to: usize| {
        let (earlier, later) = (rows[at] as usize, rows[to] as usize);
        if let Some(pattern) = pattern(ledger, earlier, later) {
            pairs.push(Pair { earlier, later, pattern });
        }
    };
    for at in 0..rows.len() {
        for to in (at + 1..rows.len()).take(LOOK_AHEAD).take_while(|&to| day(to) - day(at) <= 1) {
            compare(at, to);
        }
        if let Some(swapped) = swapped.of(day(at)).filter(|&swapped| swapped > day(at) + 1) {
            let from = at + rows[at..].partition_point(|&row| ledger.day[row as usize] < swapped);
            for to in (from..rows.len()).take(LOOK_AHEAD).take_while(|&to| day(to) == swapped) {
                compare(at, to);
            }
        }
    }
    pairs.sort_unstable_by_key(|pair| (pair.later, pair.earlier));
    pairs.dedup_by_key(|pair| pair.later);
    pairs
}

/// Days with day and month swapped, by day: a ledger has few days and many rows.
struct SwappedDays {
    first: i32,
    days: Vec<Option<i32>>,
}

impl SwappedDays {
    fn new(ledger: &LedgerView) -> Self {
        let first = ledger.day.iter().min().copied().unwrap_or(0);
        let last = ledger.day.iter().max().copied().unwrap_or(first);
        Self { first, days: (first..=last).map(swapped_day).collect() }
    }

    fn of(&self, day: i32) -> Option<i32> {
        usize::try_from(day - self.first).ok().and_then(|at| self.days.get(at).copied().flatten())
    }
}

/// A day with its day and month swapped, where that is another date.
fn swapped_day(day: i32) -> Option<i32> {
    let date = date_of_day(day);
    if date.day() > 12 || date.day() == date.month() {
        return None;
    }
    let swapped = NaiveDate::from_ymd_opt(date.year(), date.day(), date.month())?;
    i32::try_from((swapped - date).num_days()).ok().map(|days| day + days)
}

/// The pattern of two rows of one vendor whose dates are equal or similar; `None` where they are no near copies.
fn pattern(ledger: &LedgerView, earlier: usize, later: usize) -> Option<Pattern> {
    let amount = compare_amounts(ledger.amount[earlier], ledger.amount[later]);
    if amount == Likeness::Different {
        return None;
    }
    let is_same_day = ledger.day[earlier] == ledger.day[later];
    let date = if is_same_day { Likeness::Equal } else { Likeness::Similar };
    let numbers = &ledger.document_no;
    let document = match (numbers.ids[earlier], numbers.ids[later]) {
        (Interned::NULL, _) | (_, Interned::NULL) => Likeness::Different,
        (a, b) if a == b => Likeness::Equal,
        _ if similar_numbers(numbers.text(earlier), numbers.text(later)) => Likeness::Similar,
        _ => Likeness::Different,
    };
    Pattern::of(document, date, amount).filter(|_| is_copy(ledger, earlier, later))
}

/// Whether nothing says that two rows pay for different things; without descriptions their account must be one.
fn is_copy(ledger: &LedgerView, a: usize, b: usize) -> bool {
    let has_text = ledger.description.ids[a] != Interned::NULL && ledger.description.ids[b] != Interned::NULL;
    (has_text || ledger.account.ids[a] == ledger.account.ids[b]) && is_one_thing(ledger, a, b)
}

/// Similar: ten times the other, or with two neighbouring digits swapped.
fn compare_amounts(a: i64, b: i64) -> Likeness {
    if a == b {
        return Likeness::Equal;
    }
    // Swapping digits changes a number by a multiple of nine, and so does a factor of ten.
    let difference = a.abs_diff(b);
    if !difference.is_multiple_of(9) {
        return Likeness::Different;
    }
    let (small, large) = (a.min(b), a.max(b));
    let is_tenfold = small.checked_mul(10) == Some(large);
    let is_swapped = || has_swap(small.to_string().as_bytes(), large.to_string().as_bytes());
    if is_tenfold || is_swapped() { Likeness::Similar } else { Likeness::Different }
}

/// Equal by their digits alone, with or without the zeros that begin each run of digits, or with two neighbours swapped.
fn similar_numbers(a: &str, b: &str) -> bool {
    let all = |text: &str| -> Vec<u8> {
        text.bytes().filter(u8::is_ascii_digit).skip_while(|digit| *digit == b'0').collect()
    };
    let runs = |text: &str| -> Vec<String> {
        let runs = text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty());
        runs.map(|run| run.trim_start_matches('0').to_owned()).collect()
    };
    let (all_a, all_b) = (all(a), all(b));
    if all_a.len() < DIGITS_MIN || all_b.len() < DIGITS_MIN {
        return false;
    }
    all_a == all_b || runs(a) == runs(b) || has_swap(&all_a, &all_b)
}

/// Whether two texts of one length differ in two neighbouring letters that changed places.
fn has_swap(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let differing: Vec<usize> = (0..a.len()).filter(|&i| a[i] != b[i]).take(3).collect();
    matches!(differing[..], [i, j] if j == i + 1 && a[i] == b[j] && a[j] == b[i])
}

/// Adds pairs of one document, day and amount whose vendors are two spellings of one name.
fn near_vendors(ledger: &LedgerView, vendor: &[u32], document: &[u32], pairs: &mut Vec<Pair>) {
    let mut rows: Vec<usize> = document.iter().map(|&row| row as usize).collect();
    rows.retain(|&row| vendor[row] != Interned::NULL);
    rows.sort_unstable_by_key(|&row| (ledger.amount[row], row));
    for two in rows.windows(2) {
        let (earlier, later) = (two[0], two[1]);
        let differs = vendor[earlier] != vendor[later] && ledger.amount[earlier] == ledger.amount[later];
        let is_near = || near(&core(vendor_name(ledger, earlier)), &core(vendor_name(ledger, later)));
        if differs && is_copy(ledger, earlier, later) && is_near() {
            pairs.push(Pair { earlier, later, pattern: Pattern::Vendor });
        }
    }
}

/// The other payment of a pair, as its sentence needs it.
struct Copy {
    pattern: Pattern,
    vendor: String,
    document: String,
    date: NaiveDate,
    amount: i64,
    other: usize,
}

impl Copy {
    fn new(ledger: &LedgerView, pattern: Pattern, row: usize, other: usize) -> Self {
        let named = if pattern == Pattern::Vendor { other } else { row };
        Self {
            pattern,
            vendor: vendor_name(ledger, named).to_owned(),
            document: ledger.document_no.text(other).to_owned(),
            date: ledger.date(other),
            amount: ledger.amount[other],
            other,
        }
    }

    fn reason(&self, amount: &str) -> Reason {
        let (code, what) = self.pattern.text();
        let text = format!(
            "이 건과 {what} 지급이 거래처 ‘{}’에 있습니다(유형 {code}). 그 지급의 문서번호는 {}, 날짜는 {}이며 {}.",
            self.vendor,
            self.document,
            self.date,
            stated("금액", amount, "입니다/입니다"),
        );
        Reason { id: ID.to_owned(), text, related: vec![self.other] }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Ledger, fired, run};
    use super::*;

    fn pay(ledger: Ledger, date: &str, vendor: &str, amount: i64, document: &str, text: &str) -> Ledger {
        ledger.pay(date, "총무과", "수선비", vendor, amount, document, text)
    }

    fn first() -> Ledger {
        pay(Ledger::background(100), "2024-03-05", "가나상사산업", 1_230_000, "2024-00123", "냉난방기 수리")
    }

    #[test]
    fn each_of_the_seven_patterns_fires_and_is_named() {
        for (code, vendor, document, date, amount) in [
            ("T03", "가나상사산업", "A2024-00132", "2024-03-05", 1_230_000),
            ("T03", "가나상사산업", "2024-123", "2024-03-05", 1_230_000),
            ("T03", "가나상사산업", "결의 202400123호", "2024-03-05", 1_230_000),
            ("T04", "가나상사산업", "2024-00123", "2024-03-06", 1_230_000),
            ("T04", "가나상사산업", "2024-00123", "2024-05-03", 1_230_000),
            ("T05", "가나상사산업", "2024-00123", "2024-03-05", 1_320_000),
            ("T05", "가나상사산업", "2024-00123", "2024-03-05", 12_300_000),
            ("T06", "가나상사산업", "2024-00132", "2024-05-03", 1_230_000),
            ("T07", "가나상사산업", "2024-00132", "2024-03-05", 123_000),
            ("T08", "가나상사산업", "2024-00123", "2024-03-06", 1_320_000),
            ("T09", "(주)가나상사 산업", "2024-00123", "2024-03-05", 1_230_000),
        ] {
            let out = run(&SimilarDuplicate, &pay(first(), date, vendor, amount, document, "냉난방기 수리"));
            assert_eq!(fired(&out, 0.499), [101], "{code} {document} {date} {amount}");
            let reason = (out.explain)(101).unwrap();
            assert!(reason.text.contains(&format!("(유형 {code})")), "{}", reason.text);
            assert_eq!(reason.related, [100]);
            assert!(out.strength[100] > 0.0);
        }
    }

    #[test]
    fn the_sentence_says_the_other_payment() {
        let out =
            run(&SimilarDuplicate, &pay(first(), "2024-03-06", "가나상사산업", 1_230_000, "2024-00132", ""));
        assert_eq!(
            (out.explain)(101).unwrap().text,
            "이 건과 문서번호·날짜가 비슷하고 금액이 같은 지급이 거래처 ‘가나상사산업’에 있습니다(유형 T06). \
             그 지급의 문서번호는 2024-00123, 날짜는 2024-03-05이며 금액 1,230,000원입니다."
        );
    }

    #[test]
    fn equal_unlike_and_thrice_similar_payments_do_not_fire() {
        for (vendor, document, date, amount, text) in [
            ("가나상사산업", "2024-00123", "2024-03-05", 1_230_000, "냉난방기 수리"),
            ("가나상사산업", "2024-00124", "2024-03-05", 1_230_000, "냉난방기 수리"),
            ("가나상사산업", "", "2024-03-05", 1_230_000, "냉난방기 수리"),
            ("가나상사산업", "2024-00132", "2024-03-07", 1_230_000, "냉난방기 수리"),
            ("가나상사산업", "2024-00123", "2024-03-05", 1_239_000, "냉난방기 수리"),
            ("가나상사산업", "2024-00132", "2024-03-06", 1_320_000, "냉난방기 수리"),
            ("가나상사산업", "2024-00132", "2024-03-05", 1_230_000, "화장실 도색"),
            ("다라물산전기", "2024-00132", "2024-03-05", 1_230_000, "냉난방기 수리"),
            ("다라물산전기", "2024-00123", "2024-03-05", 1_230_000, "냉난방기 수리"),
        ] {
            let out = run(&SimilarDuplicate, &pay(first(), date, vendor, amount, document, text));
            assert!(fired(&out, 0.0).is_empty(), "{vendor} {document} {date} {amount} {text}");
        }
    }

    #[test]
    fn a_vendor_booked_like_that_as_a_habit_does_not_fire() {
        let mut ledger = Ledger::background(100);
        for i in 10..30 {
            let date = format!("2024-04-{:02}", i - 9);
            for document in [format!("A-{i}"), format!("B-{i}")] {
                ledger = pay(ledger, &date, "늘상사", 50_000, &document, "생수");
            }
        }
        assert!(fired(&run(&SimilarDuplicate, &ledger), 0.0).is_empty());
    }

    #[test]
    fn amounts_compare_by_their_digits() {
        for (a, b, expected) in [
            (1_230_000, 12_300_000, Likeness::Similar),
            (1_230_000, 1_320_000, Likeness::Similar),
            (1_230_000, 1_203_000, Likeness::Similar),
            (1_230_000, 2_130_000, Likeness::Similar),
            (1_230_000, 3_210_000, Likeness::Different),
            (1_230_000, 123_000_000, Likeness::Different),
            (i64::MAX, i64::MAX - 9, Likeness::Different),
        ] {
            assert_eq!(compare_amounts(a, b), expected, "{a} {b}");
        }
    }
}
