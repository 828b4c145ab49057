//! 거래처 상이 중복: one document number, date and amount, paid to two different vendors.
//!
//! Comes in: payments that still stand and have a document number. Goes out: the later payment, the first as a hint.
//! Refuses: payees of one resolution (several, persons, accounts in which that is usual), spellings of one vendor.
//!
//! After the second of the duplicate tests of audit practice.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::common::{Hit, output, stated, vendor_name, weight_of_amount};
use super::control::Control;
use super::names::{core, is_person, near};
use super::options::Check;
use crate::clean::{Interned, LedgerView};
use crate::detect::canary::Plot;
use crate::detect::{Input, Output, Shared};
use crate::ledger::{Amount, Reason, Severity, col};

const ID: &str = "duplicate_other_vendor";

/// Documents with one payee that every account is taken to have had besides.
const ACCOUNT_PRIOR: f64 = 50.0;

/// Options of 거래처 상이 중복.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DuplicateOtherVendorOptions {
    /// Share of an account's documents that pay one amount to several vendors, from which that is how it is booked.
    pub usual_share: f64,
    /// Amount in won that counts half above the floor.
    pub half_amount_krw: i64,
    /// Strength of the first payment of a pair as a share of the later one's.
    pub first_share: f64,
}

impl Default for DuplicateOtherVendorOptions {
    fn default() -> Self {
        Self { usual_share: 0.03, half_amount_krw: 100_000, first_share: 0.1 }
    }
}

/// The test.
pub struct DuplicateOtherVendor;

impl Control for DuplicateOtherVendor {
    type Options = DuplicateOtherVendorOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "거래처 상이 중복";
    const CODES: &'static [&'static str] = &["T02"];
    const SEVERITY: Severity = Severity::High;
    const WEIGHT: f64 = 60.0;
    const REQUIRED: &'static [&'static [&'static str]] =
        &[&[col::VENDOR, col::VENDOR_NO], &[col::DOCUMENT_NO]];
    const OPTIONAL: &'static [&'static str] = &[col::DESCRIPTION, col::KIND];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        check.share("usual_share", options.usual_share, 0.0, 1.0);
        check.that(options.half_amount_krw > 0, "half_amount_krw", "1 이상의 정수", &options.half_amount_krw);
        check.share("first_share", options.first_share, 0.0, 0.99);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        let (pairs, mut habits) = pairs(input.shared, ledger);
        if !habits.is_empty() {
            count_documents(input.shared, ledger, &mut habits);
        }
        let is_usual = |account: u32| {
            let (several, n) = habits.get(&account).copied().unwrap_or_default();
            // The pair itself is no habit yet.
            (several - 1.0) / (n + ACCOUNT_PRIOR) > options.usual_share
        };
        let half = input.options.money.minor(options.half_amount_krw, &ledger.currency);
        let mut hits = Vec::new();
        for [first, later] in pairs {
            if is_usual(ledger.account.ids[first]) {
                continue;
            }
            let strength = 0.5 + 0.45 * weight_of_amount(ledger.amount[later], half);
            hits.push(Hit { row: later, strength, case: first, data: Pair::new(ledger, later, first) });
            let strength = strength * options.first_share;
            hits.push(Hit { row: first, strength, case: first, data: Pair::new(ledger, first, later) });
        }
        let currency = ledger.currency.clone();
        Ok(output(ledger, hits, move |pair: &Pair| pair.reason(&currency.display(Amount(pair.amount)))))
    }

    fn plant(plot: &mut Plot<'_>, _options: &Self::Options) {
        let Some(mut payment) = plot.usual() else { return };
        // An account of its own: that of the copy may be one that pays many at once.
        "자가점검 비용".clone_into(&mut payment.account);
        for vendor in ["자가점검 가상사", "자가점검 나물산"] {
            vendor.clone_into(&mut payment.vendor);
            payment.vendor_no.clear();
            if vendor.ends_with("물산") {
                plot.must_find(&payment);
            } else {
                plot.add(&payment);
            }
        }
    }
}

/// By account: documents that pay one amount to several vendors, and all documents.
type Habits = FxHashMap<u32, (f64, f64)>;

/// Pairs of rows alike in document, day, department, account, description and amount, to two vendors and no more; and how
/// many documents of an account pay one amount to several vendors of whatever kind.
fn pairs(shared: &Shared, ledger: &LedgerView) -> (Vec<[usize; 2]>, Habits) {
    let mut pairs = Vec::new();
    let mut habits = Habits::default();
    for document in shared.documents(ledger).filter(|rows| rows.len() > 1) {
        let key = |i: usize| (ledger.department.ids[i], ledger.amount[i]);
        let mut rows: Vec<usize> = document.iter().map(|&row| row as usize).collect();
        rows.retain(|&row| shared.vendor[row] != Interned::NULL);
        rows.sort_unstable_by_key(|&row| (key(row), row));
        for rows in rows.chunk_by(|&a, &b| key(a) == key(b)).filter(|rows| rows.len() > 1) {
            let mut vendors: Vec<u32> = rows.iter().map(|&row| shared.vendor[row]).collect();
            vendors.sort_unstable();
            vendors.dedup();
            if vendors.len() > 1 {
                habits.entry(ledger.account.ids[rows[0]]).or_default().0 += 1.0;
            }
            if let &[first, later] = rows
                && vendors.len() == 2
                && are_copies(ledger, first, later)
            {
                pairs.push([first, later]);
            }
        }
    }
    (pairs, habits)
}

fn count_documents(shared: &Shared, ledger: &LedgerView, habits: &mut Habits) {
    for document in shared.documents(ledger) {
        if let Some((_, n)) = habits.get_mut(&ledger.account.ids[document[0] as usize]) {
            *n += 1.0;
        }
    }
}

/// Whether two rows of one document could be one payment booked under two vendors.
fn are_copies(ledger: &LedgerView, a: usize, b: usize) -> bool {
    let is_person =
        |i: usize| ledger.vendor_no.ids[i] == Interned::NULL && is_person(ledger.vendor.text(i).trim());
    ledger.account.ids[a] == ledger.account.ids[b]
        && ledger.description.ids[a] == ledger.description.ids[b]
        && !(is_person(a) && is_person(b))
        && !near(&core(vendor_name(ledger, a)), &core(vendor_name(ledger, b)))
}

/// The other payment of a pair, as its sentence needs it.
struct Pair {
    own: String,
    vendor: String,
    document: String,
    date: chrono::NaiveDate,
    amount: i64,
    other: usize,
}

impl Pair {
    fn new(ledger: &LedgerView, row: usize, other: usize) -> Self {
        Self {
            own: vendor_name(ledger, row).to_owned(),
            vendor: vendor_name(ledger, other).to_owned(),
            document: ledger.document_no.text(row).to_owned(),
            date: ledger.date(row),
            amount: ledger.amount[row],
            other,
        }
    }

    fn reason(&self, amount: &str) -> Reason {
        let text = format!(
            "문서번호 {}, 날짜 {}, {} 같은 지급이 서로 다른 거래처 ‘{}’, ‘{}’에 한 건씩 있습니다.",
            self.document,
            self.date,
            stated("금액", amount, "이/가"),
            self.own,
            self.vendor,
        );
        Reason { id: ID.to_owned(), text, related: vec![self.other] }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Ledger, fired, run};
    use super::*;

    fn numbered(n: i64) -> Ledger {
        let mut ledger = Ledger::background(n);
        for (i, row) in ledger.0.iter_mut().enumerate() {
            row.document_no = format!("2023-{i:04}");
        }
        ledger
    }

    fn pay(ledger: Ledger, vendor: &str, amount: i64, text: &str) -> Ledger {
        ledger.pay("2024-03-05", "총무과", "수선비", vendor, amount, "2024-0123", text)
    }

    #[test]
    fn fires_on_the_later_of_two_vendors_and_names_both() {
        let ledger = pay(numbered(200), "가나상사", 1_234_000, "냉난방기 수리");
        let ledger = pay(ledger, "(주)다라물산", 1_234_000, "냉난방기 수리");
        let out = run(&DuplicateOtherVendor, &ledger);
        assert_eq!(fired(&out, 0.499), [201]);
        assert!(out.strength[200] > 0.0);
        let reason = (out.explain)(201).unwrap();
        assert_eq!(
            reason.text,
            "문서번호 2024-0123, 날짜 2024-03-05, 금액 1,234,000원이 같은 지급이 서로 다른 거래처 ‘(주)다라물산’, ‘가나상사’에 한 건씩 있습니다."
        );
        assert_eq!(reason.related, [200]);
        assert_eq!(out.case, [(201, 200)]);
    }

    #[test]
    fn spellings_persons_other_texts_and_amounts_do_not_fire() {
        for (a, b, amount, text) in [
            ("가나상사", "㈜ 가나 상사", 500_000, "수리"),
            ("김서연", "박지훈", 500_000, "수리"),
            ("가나상사", "다라물산", 500_001, "수리"),
            ("가나상사", "다라물산", 500_000, "도색"),
            ("가나상사", "", 500_000, "수리"),
        ] {
            let ledger = pay(pay(numbered(100), a, 500_000, "수리"), b, amount, text);
            assert!(fired(&run(&DuplicateOtherVendor, &ledger), 0.0).is_empty(), "{a} {b} {amount} {text}");
        }
        // A person and a company are no list of payees.
        let ledger = pay(pay(numbered(100), "김서연", 500_000, "수리"), "다라물산", 500_000, "수리");
        assert_eq!(fired(&run(&DuplicateOtherVendor, &ledger), 0.499), [101]);
    }

    #[test]
    fn two_names_of_one_number_are_one_vendor() {
        let number = |ledger: Ledger| ledger.with(|row| row.vendor_no = "127-83-75115".to_owned());
        let ledger = number(pay(numbered(100), "가나상사", 500_000, "수리"));
        let ledger = number(pay(ledger, "다라물산", 500_000, "수리"));
        assert!(fired(&run(&DuplicateOtherVendor, &ledger), 0.0).is_empty());
    }

    #[test]
    fn three_payees_of_a_resolution_are_its_payees() {
        let ledger = ["가나상사", "다라물산", "마바전기"]
            .into_iter()
            .fold(numbered(100), |ledger, vendor| pay(ledger, vendor, 500_000, "심사 수당"));
        assert!(fired(&run(&DuplicateOtherVendor, &ledger), 0.0).is_empty());
    }

    #[test]
    fn accounts_that_pay_several_at_once_do_not_fire() {
        let mut ledger = numbered(100);
        for day in 1..=20 {
            for vendor in ["가나학원", "다라학원"] {
                let (date, number) = (format!("2024-04-{day:02}"), format!("바우처-{day}"));
                ledger = ledger.pay(&date, "복지과", "이용권", vendor, 90_000, &number, "이용권");
            }
        }
        assert!(fired(&run(&DuplicateOtherVendor, &ledger), 0.0).is_empty());
    }
}
