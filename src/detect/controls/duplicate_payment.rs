//! 중복 지급 의심: the same amount to the same vendor by the same department, twice within days.
//!
//! Comes in: payments that still stand. Goes out: both rows of a pair, the later one stronger.
//! Refuses: pairs taken back by a reversal, monthly rhythm (wider than the window), amounts that repeat as a habit.
//!
//! After the duplicate tests of audit practice (exact, and near by document number and date).

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::common::{Hit, output, sorted, stated, weight_of_amount};
use super::control::Control;
use super::options::Check;
use crate::clean::view::date_of_day;
use crate::clean::{Interned, LedgerView};
use crate::detect::canary::Plot;
use crate::detect::{Input, Output};
use crate::ledger::{Amount, Reason, Severity, col};

const ID: &str = "duplicate_payment";

/// Earlier payments of a group compared with each payment: a copy is near its original.
const LOOK_BACK: usize = 6;

/// Likeness of descriptions from which they name one thing.
const ALIKE: f64 = 0.8;

/// Shrinks the habit of vendors with few payments: two copies of one bill are no habit.
const HABIT_PRIOR: f64 = 10.0;

/// Payments the whole ledger counts for in the habit of an account.
const ACCOUNT_PRIOR: f64 = 50.0;

/// Options of 중복 지급 의심.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DuplicatePaymentOptions {
    /// Most days between two payments of a pair; below a month, so that rents are no pair.
    pub days_max: i32,
    /// Most days between two payments whose descriptions are alike to the digit.
    pub same_text_days_max: i32,
    /// Most days between two payments that carry the same document number.
    pub same_document_days_max: i32,
    /// Amount in won that counts half; small repeats are common.
    pub half_amount_krw: i64,
    /// Strength of the earlier payment of a pair as a share of the later one's.
    pub earlier_share: f64,
}

impl Default for DuplicatePaymentOptions {
    fn default() -> Self {
        Self {
            days_max: 21,
            same_text_days_max: 45,
            same_document_days_max: 180,
            half_amount_krw: 20_000,
            earlier_share: 0.1,
        }
    }
}

impl DuplicatePaymentOptions {
    pub(super) fn check(&self, check: &mut Check<'_>) {
        check.within("days_max", self.days_max.into(), 0, 366);
        check.within("same_text_days_max", self.same_text_days_max.into(), self.days_max.into(), 366);
        let days = self.same_document_days_max;
        check.within("same_document_days_max", days.into(), self.same_text_days_max.into(), 3_660);
        check.that(self.half_amount_krw > 0, "half_amount_krw", "1 이상의 정수", &self.half_amount_krw);
        check.share("earlier_share", self.earlier_share, 0.0, 1.0);
    }
}

/// The test.
pub struct DuplicatePayment;

impl Control for DuplicatePayment {
    type Options = DuplicatePaymentOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "중복 지급 의심";
    const CODES: &'static [&'static str] = &[];
    const SEVERITY: Severity = Severity::High;
    const WEIGHT: f64 = 85.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[&[col::VENDOR, col::VENDOR_NO]];
    const OPTIONAL: &'static [&'static str] =
        &[col::DOCUMENT_NO, col::DESCRIPTION, col::PAYMENT_METHOD, col::CARD, col::KIND];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        options.check(check);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        let vendor = &input.shared.vendor;
        let stands = &input.shared.stands;
        let rows = (0..ledger.n_rows).filter(|&i| stands[i] && vendor[i] != Interned::NULL);
        let order = sorted(rows, |i| (ledger.department.ids[i], vendor[i], ledger.amount[i], ledger.day[i]));
        let groups: Vec<&[_]> =
            order.chunk_by(|a, b| (a.0.0, a.0.1, a.0.2) == (b.0.0, b.0.1, b.0.2)).collect();
        let pairs: Vec<Pair> = groups
            .par_iter()
            .flat_map_iter(|group| {
                let rows: Vec<usize> = group.iter().map(|&(_, row)| row).collect();
                pairs_of_group(ledger, options, &rows)
            })
            .collect();
        let habit = habits(ledger, vendor, stands, &pairs);
        let half = input.options.money.minor(options.half_amount_krw, &ledger.currency);
        let hits = pairs.iter().zip(habit).flat_map(|(pair, usual)| {
            let matter = weight_of_amount(ledger.amount[pair.later], half);
            let strength = pair.evidence * pair.rarity * (1.0 - usual) * matter;
            [
                Hit {
                    row: pair.later,
                    strength,
                    case: pair.earlier,
                    data: Copy::new(ledger, pair, pair.earlier),
                },
                Hit {
                    row: pair.earlier,
                    strength: strength * options.earlier_share,
                    case: pair.earlier,
                    data: Copy::new(ledger, pair, pair.later),
                },
            ]
        });
        let currency = ledger.currency.clone();
        Ok(output(ledger, hits.collect(), move |copy| copy.reason(&currency.display(Amount(copy.amount)))))
    }

    fn plant(plot: &mut Plot<'_>, _options: &Self::Options) {
        let Some(mut payment) = plot.usual_to_newcomer() else { return };
        payment.amount = payment.amount.max(plot.minor(1_234_000));
        payment.day -= 7;
        plot.add(&payment);
        payment.day += 7;
        plot.must_find(&payment);
    }
}

/// What two payments of one amount have in common besides.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Match {
    Document,
    SimilarDocument,
    Channel,
    Description,
    SimilarDescription,
    SameDay,
    AmountOnly,
}

struct Pair {
    earlier: usize,
    later: usize,
    evidence: f64,
    rarity: f64,
    matched: Match,
}

/// Pairs among the rows of one department, vendor and amount, in order of days.
fn pairs_of_group(ledger: &LedgerView, options: &DuplicatePaymentOptions, rows: &[usize]) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = Vec::new();
    for at in 1..rows.len() {
        let later = rows[at];
        let mut best: Option<Pair> = None;
        for &earlier in rows[at.saturating_sub(LOOK_BACK)..at].iter().rev() {
            let gap = ledger.day[later] - ledger.day[earlier];
            if gap > options.same_document_days_max {
                break;
            }
            let (evidence, matched) = evidence(ledger, earlier, later);
            let days_max = match matched {
                Match::Document => options.same_document_days_max,
                Match::Description | Match::SimilarDescription | Match::SimilarDocument | Match::Channel => {
                    options.same_text_days_max
                }
                Match::SameDay | Match::AmountOnly => options.days_max,
            };
            let near = if matched == Match::Document {
                1.0
            } else {
                1.0 - 0.3 * f64::from(gap) / f64::from(days_max.max(1))
            };
            let evidence = evidence * near;
            if gap <= days_max && best.as_ref().is_none_or(|b| b.evidence < evidence) {
                best = Some(Pair { earlier, later, evidence, rarity: 1.0, matched });
            }
        }
        pairs.extend(best);
    }
    // One copy is an event, several a habit.
    let n_alike = pairs.iter().filter(|pair| pair.evidence >= ALIKE).count();
    let rarity = 1.0 / (1.0 + 0.5 * (n_alike as f64 - 1.0).max(0.0));
    for pair in &mut pairs {
        pair.rarity = rarity;
    }
    pairs
}

fn evidence(ledger: &LedgerView, earlier: usize, later: usize) -> (f64, Match) {
    let same =
        |column: &Interned| column.ids[earlier] != Interned::NULL && column.ids[earlier] == column.ids[later];
    let differs = |column: &Interned| {
        let (a, b) = (column.ids[earlier], column.ids[later]);
        a != Interned::NULL && b != Interned::NULL && a != b
    };
    let text = |column: &Interned, i: usize| column.text(i).to_owned();
    let alike = if same(&ledger.description) {
        Some(1.0)
    } else if differs(&ledger.description) {
        Some(likeness(ledger.description.text(earlier), ledger.description.text(later)))
    } else {
        None
    };
    let is_one_account = ledger.account.ids[earlier] == ledger.account.ids[later];
    let same_line = is_one_account && alike.is_none_or(|alike| alike >= ALIKE);
    let gap = ledger.day[later] - ledger.day[earlier];
    let (evidence, matched) = if same(&ledger.document_no) {
        // One document of several lines may pay equal amounts for several things.
        let evidence = if same_line {
            1.0
        } else if gap == 0 {
            0.25
        } else {
            0.7
        };
        (evidence, Match::Document)
    } else if same_line
        && similar_number(&text(&ledger.document_no, earlier), &text(&ledger.document_no, later))
    {
        (0.9, Match::SimilarDocument)
    } else if same_line && alike.is_some() && differs(&ledger.payment_method) {
        (0.95, Match::Channel)
    } else {
        match alike {
            Some(alike) if alike >= 1.0 => (0.9, Match::Description),
            Some(alike) if alike >= ALIKE => (0.85, Match::SimilarDescription),
            Some(_) => (0.1, Match::AmountOnly),
            None if gap == 0 => (0.6, Match::SameDay),
            None => (0.35, Match::AmountOnly),
        }
    };
    let account = if is_one_account || matched == Match::Document { 1.0 } else { 0.8 };
    let card = if differs(&ledger.card) { 0.6 } else { 1.0 };
    // Equal lines of one day are more often two things booked together than one thing booked twice.
    let day = if gap == 0 && !matches!(matched, Match::Document | Match::SameDay) { 0.6 } else { 1.0 };
    (evidence * account * card * day, matched)
}

/// How alike two descriptions are, 0 to 1: equal letters and digits but for office words make 1; other digits (the next
/// month, the next instalment) make 0; else the share of letters that stays when one is edited into the other.
pub(super) fn likeness(a: &str, b: &str) -> f64 {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    if digits(a) != digits(b) {
        return 0.0;
    }
    let (a, b) = (core_text(a), core_text(b));
    if a == b {
        return if a.is_empty() { 0.0 } else { 1.0 };
    }
    let (short, long) = if a.len() < b.len() { (&a, &b) } else { (&b, &a) };
    if short.chars().count() >= 4 && long.contains(short.as_str()) {
        return 0.95;
    }
    strsim::normalized_levenshtein(&a, &b)
}

/// Letters and digits of a description without the words offices add when they book a thing.
pub(super) fn core_text(text: &str) -> String {
    const ADDED: [&str; 12] =
        ["지급", "납부", "건", "결의", "정산", "대금", "비용", "재청구", "추가", "집행", "지출", "분"];
    let words = text.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| !ADDED.contains(word))
        .flat_map(|word| word.chars().flat_map(char::to_lowercase))
        .collect()
}

/// Equal after dropping all but digits and leading zeros, or with two neighbouring digits swapped.
fn similar_number(a: &str, b: &str) -> bool {
    let digits = |text: &str| -> Vec<u8> {
        let kept = text.bytes().filter(u8::is_ascii_digit);
        kept.skip_while(|d| *d == b'0').collect()
    };
    let (a, b) = (digits(a), digits(b));
    if a.len() < 3 || a.len() != b.len() {
        return false;
    }
    let differing: Vec<usize> = (0..a.len()).filter(|&i| a[i] != b[i]).collect();
    match differing[..] {
        [] => true,
        [i, j] => j == i + 1 && a[i] == b[j] && a[j] == b[i],
        _ => false,
    }
}

/// By row of a pair's later payment: the share of its vendor's payments that repeat another one, shrunk to the share of
/// its account.
fn habits(ledger: &LedgerView, vendor: &[u32], stands: &[bool], pairs: &[Pair]) -> Vec<f64> {
    let repeats: Vec<usize> =
        pairs.iter().filter(|pair| pair.evidence >= ALIKE / 2.0).map(|pair| pair.later).collect();
    let rows: Vec<usize> = (0..ledger.n_rows).filter(|&i| stands[i] && vendor[i] != Interned::NULL).collect();
    let dense: Vec<u32> = ledger.account.ids.iter().map(|id| id.wrapping_add(1)).collect();
    let (account_repeats, account_rows) = (count(&dense, &repeats), count(&dense, &rows));
    let (vendor_repeats, vendor_rows) = (count(vendor, &repeats), count(vendor, &rows));
    let overall = repeats.len() as f64 / (rows.len() as f64).max(1.0);
    let share = |pair: &Pair| {
        let (a, v) = (dense[pair.later] as usize, vendor[pair.later] as usize);
        let at = |counts: &[f64], i: usize| counts.get(i).copied().unwrap_or(0.0);
        // The pair itself is no habit yet.
        let repeats = (at(&account_repeats, a) - 1.0).max(0.0);
        let of_account = (repeats + ACCOUNT_PRIOR * overall) / (at(&account_rows, a) + ACCOUNT_PRIOR);
        let own = (at(&vendor_repeats, v) - 1.0).max(0.0);
        let share = (own + HABIT_PRIOR * of_account) / (at(&vendor_rows, v) + HABIT_PRIOR);
        // Doubled: half of all payments repeating is a habit through and through.
        (2.0 * share).min(1.0)
    };
    pairs.iter().map(share).collect()
}

/// Rows by id.
fn count(ids: &[u32], rows: &[usize]) -> Vec<f64> {
    let mut counts = vec![0.0; rows.iter().map(|&row| ids[row] as usize + 1).max().unwrap_or(0)];
    for &row in rows {
        counts[ids[row] as usize] += 1.0;
    }
    counts
}

/// The other payment of a pair, as its sentence needs it.
struct Copy {
    other: usize,
    other_day: i32,
    other_document: String,
    amount: i64,
    matched: Match,
}

impl Copy {
    fn new(ledger: &LedgerView, pair: &Pair, other: usize) -> Self {
        Self {
            other,
            other_day: ledger.day[other],
            other_document: ledger.document_no.text(other).to_owned(),
            amount: ledger.amount[other],
            matched: pair.matched,
        }
    }

    fn reason(&self, amount: &str) -> Reason {
        let document = match self.other_document.as_str() {
            "" => String::new(),
            number => format!("(문서번호 {number})"),
        };
        let more = match self.matched {
            Match::Document => " 문서번호가 같습니다.",
            Match::SimilarDocument => " 문서번호도 비슷합니다.",
            Match::Channel => " 지급방법만 서로 다릅니다.",
            Match::Description => " 적요도 같습니다.",
            Match::SimilarDescription => " 적요도 비슷합니다.",
            Match::SameDay => " 두 건의 날짜가 같습니다.",
            Match::AmountOnly => "",
        };
        let date = date_of_day(self.other_day);
        let paid = stated("같은 금액", amount, "이/가");
        let text = format!("같은 거래처에 {paid} {date}{document}에도 지급되었습니다.{more}");
        Reason { id: ID.to_owned(), text, related: vec![self.other] }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Ledger, fired, run};
    use super::*;

    #[test]
    fn fires_on_a_second_payment_and_says_where_the_first_is() {
        let ledger = Ledger::background(200)
            .pay("2024-03-05", "총무과", "수선비", "가나상사", 1_234_000, "2024-0123", "냉난방기 수리")
            .pay("2024-03-12", "총무과", "수선비", "가나상사", 1_234_000, "2024-0177", "냉난방기 수리");
        let out = run(&DuplicatePayment, &ledger);
        assert_eq!(fired(&out, 0.5), [201]);
        let reason = (out.explain)(201).unwrap();
        assert_eq!(
            reason.text,
            "같은 거래처에 같은 금액 1,234,000원이 2024-03-05(문서번호 2024-0123)에도 지급되었습니다. 적요도 같습니다."
        );
        assert_eq!(reason.related, [200]);
        assert_eq!((out.explain)(200).unwrap().related, [201]);
        assert!(out.strength[200] > 0.0 && out.strength[200] < 0.2 * out.strength[201]);
    }

    #[test]
    fn same_document_weighs_most_and_reaches_further() {
        let ledger = Ledger::background(50)
            .pay("2024-03-05", "총무과", "수선비", "가나상사", 1_234_000, "2024-0123", "수리")
            .pay("2024-06-12", "총무과", "수선비", "가나상사", 1_234_000, "2024-0123", "수리");
        assert!(run(&DuplicatePayment, &ledger).strength[51] > 0.85);
    }

    #[test]
    fn a_reversed_copy_is_settled() {
        let ledger = Ledger::new()
            .pay("2024-03-05", "총무과", "수선비", "가나상사", 1_234_000, "1", "수리")
            .pay("2024-03-06", "총무과", "수선비", "가나상사", 1_234_000, "2", "수리")
            .pay("2024-03-07", "총무과", "수선비", "가나상사", -1_234_000, "3", "수리 취소");
        assert!(fired(&run(&DuplicatePayment, &ledger), 0.0).is_empty());
    }

    #[test]
    fn monthly_rent_is_no_duplicate() {
        let mut ledger = Ledger::new();
        for month in 1..=12 {
            let date = format!("2024-{month:02}-25");
            ledger = ledger.pay(&date, "총무과", "임차료", "한빛빌딩", 2_200_000, "", "사무실 임차료");
        }
        assert!(fired(&run(&DuplicatePayment, &ledger), 0.0).is_empty());
    }

    #[test]
    fn habitual_and_tiny_repeats_stay_low() {
        let mut ledger = Ledger::new();
        for day in 1..=28 {
            for _ in 0..3 {
                ledger = ledger.pay(&format!("2024-03-{day:02}"), "총무과", "우편료", "택배사", 362, "", "");
            }
        }
        for day in 1..=28 {
            ledger =
                ledger.pay(&format!("2024-03-{day:02}"), "총무과", "급식비", "식당", 900_000, "", "중식");
        }
        assert!(fired(&run(&DuplicatePayment, &ledger), 0.05).is_empty());
    }

    #[test]
    fn another_purpose_or_department_is_no_pair() {
        let ledger = Ledger::new()
            .pay("2024-03-05", "총무과", "수선비", "가나상사", 500_000, "11", "복도 도색")
            .pay("2024-03-06", "총무과", "수선비", "가나상사", 500_000, "95", "창문 교체")
            .pay("2024-03-06", "시설과", "수선비", "가나상사", 500_000, "96", "창문 교체");
        assert!(fired(&run(&DuplicatePayment, &ledger), 0.2).is_empty());
    }

    #[test]
    fn numbers_are_similar_but_for_form_or_a_swap() {
        for (a, b, similar) in [
            ("A-0123", "123", true),
            ("2024-0123", "2024-0132", true),
            ("2024-0123", "2024-0124", false),
            ("", "", false),
            ("12", "12", false),
        ] {
            assert_eq!(similar_number(a, b), similar, "{a} {b}");
        }
    }
}
