//! 중복 지급(완전 일치): two or more payments alike in vendor, document number, date and amount.
//!
//! Comes in: payments that still stand and have a document number. Goes out: every payment after the first, the first as a
//! hint. Refuses: lines of one document that pay for different things, accounts in which equal lines are usual.
//!
//! After the first of the duplicate tests of audit practice.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::common::{Hit, RELATED_MAX, output, stated, vendor_name, weight_of_amount};
use super::control::Control;
use super::options::Check;
use crate::clean::{Interned, LedgerView};
use crate::detect::canary::Plot;
use crate::detect::{Input, Output, Shared};
use crate::ko;
use crate::ledger::{Amount, Reason, Severity, col};

const ID: &str = "exact_duplicate";

/// Documents without equal lines that every account is taken to have had besides.
const ACCOUNT_PRIOR: f64 = 50.0;

/// Options of 중복 지급(완전 일치).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExactDuplicateOptions {
    /// Share of documents with several different lines from which lines are taken for parts of a document.
    pub lines_share: f64,
    /// Share of an account's documents with equal lines from which they are how the account is booked.
    pub usual_share: f64,
    /// Most payments of one group; more are a list of payees under one name.
    pub count_max: usize,
    /// Amount in won that counts half above the floor.
    pub half_amount_krw: i64,
    /// Strength of the first payment of a group as a share of the later ones'.
    pub first_share: f64,
}

impl Default for ExactDuplicateOptions {
    fn default() -> Self {
        Self {
            lines_share: 0.005,
            usual_share: 0.02,
            count_max: 6,
            half_amount_krw: 100_000,
            first_share: 0.1,
        }
    }
}

/// The test.
pub struct ExactDuplicate;

impl Control for ExactDuplicate {
    type Options = ExactDuplicateOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "중복 지급(완전 일치)";
    const CODES: &'static [&'static str] = &["T01"];
    const SEVERITY: Severity = Severity::High;
    const WEIGHT: f64 = 70.0;
    const REQUIRED: &'static [&'static [&'static str]] =
        &[&[col::VENDOR, col::VENDOR_NO], &[col::DOCUMENT_NO]];
    const OPTIONAL: &'static [&'static str] = &[col::DESCRIPTION, col::KIND];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        check.share("lines_share", options.lines_share, 0.0, 1.0);
        check.share("usual_share", options.usual_share, 0.0, 1.0);
        check.that(
            (2..=60).contains(&options.count_max),
            "count_max",
            "2 이상 60 이하의 정수",
            &options.count_max,
        );
        check.that(options.half_amount_krw > 0, "half_amount_krw", "1 이상의 정수", &options.half_amount_krw);
        check.share("first_share", options.first_share, 0.0, 0.99);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        let has_lines = lines_share(input.shared, ledger) > options.lines_share;
        let groups = groups(input.shared, ledger, has_lines);
        let usual = Usual::new(ledger, input.shared, &groups);
        let half = input.options.money.minor(options.half_amount_krw, &ledger.currency);
        let mut hits = Vec::new();
        for rows in groups.iter().filter(|rows| rows.len() <= options.count_max) {
            if usual.share(ledger.account.ids[rows[0]]) > options.usual_share {
                continue;
            }
            let strength = 0.5 + 0.45 * weight_of_amount(ledger.amount[rows[0]], half);
            for (at, &row) in rows.iter().enumerate() {
                let strength = if at == 0 { strength * options.first_share } else { strength };
                let data = Group::new(ledger, rows, row, has_lines);
                hits.push(Hit { row, strength, case: rows[0], data });
            }
        }
        let currency = ledger.currency.clone();
        Ok(output(ledger, hits, move |group| group.reason(&currency.display(Amount(group.amount)))))
    }

    fn notes(input: &Input<'_>, options: &Self::Options) -> Vec<String> {
        let share = lines_share(input.shared, input.ledger);
        if share <= options.lines_share {
            return Vec::new();
        }
        vec![format!(
            "문서의 {}에 내용이 다른 행이 둘 이상 있어, 중복 지급(완전 일치)은 계정과목과 적요까지 같은 행만 찾습니다.",
            ko::percent(share)
        )]
    }

    fn plant(plot: &mut Plot<'_>, _options: &Self::Options) {
        let Some(mut payment) = plot.usual() else { return };
        if payment.vendor.is_empty() && payment.vendor_no.is_empty() {
            "자가점검 상사".clone_into(&mut payment.vendor);
        }
        // An account of its own: the account of the copy may be one in which equal lines are usual.
        "자가점검 비용".clone_into(&mut payment.account);
        plot.add(&payment);
        plot.must_find(&payment);
    }
}

/// Share of the documents (numbers of a day) whose lines differ in vendor, amount, account or description.
fn lines_share(shared: &Shared, ledger: &LedgerView) -> f64 {
    let key = |&row: &u32| {
        let i = row as usize;
        (shared.vendor[i], ledger.amount[i], ledger.account.ids[i], ledger.description.ids[i])
    };
    let (mut n, mut several) = (0.0_f64, 0.0);
    for rows in shared.documents(ledger) {
        n += 1.0;
        several += f64::from(u8::from(rows.iter().any(|row| key(row) != key(&rows[0]))));
    }
    several / n.max(1.0)
}

/// Rows alike in vendor, document, day and amount, two or more each, in order of rows; where documents have lines, alike in
/// account and description too.
fn groups(shared: &Shared, ledger: &LedgerView, has_lines: bool) -> Vec<Vec<usize>> {
    let mut groups = Vec::new();
    for document in shared.documents(ledger).filter(|rows| rows.len() > 1) {
        let key = |i: usize| {
            let line = if has_lines { (ledger.account.ids[i], ledger.description.ids[i]) } else { (0, 0) };
            (shared.vendor[i], ledger.amount[i], line)
        };
        let mut rows: Vec<usize> = document.iter().map(|&row| row as usize).collect();
        rows.retain(|&row| shared.vendor[row] != Interned::NULL);
        rows.sort_unstable_by_key(|&row| (key(row), row));
        groups.extend(
            rows.chunk_by(|&a, &b| key(a) == key(b)).filter(|rows| rows.len() > 1).map(<[_]>::to_vec),
        );
    }
    groups
}

/// How often documents of an account have equal lines.
struct Usual(FxHashMap<u32, (f64, f64)>);

impl Usual {
    fn new(ledger: &LedgerView, shared: &Shared, groups: &[Vec<usize>]) -> Self {
        let mut counts = FxHashMap::<u32, (f64, f64)>::default();
        for rows in groups {
            counts.entry(ledger.account.ids[rows[0]]).or_default().0 += 1.0;
        }
        if !groups.is_empty() {
            for document in shared.documents(ledger) {
                if let Some((_, n)) = counts.get_mut(&ledger.account.ids[document[0] as usize]) {
                    *n += 1.0;
                }
            }
        }
        Self(counts)
    }

    /// The share, without the group that asks; an account of few documents needs more of them.
    fn share(&self, account: u32) -> f64 {
        let (repeats, n) = self.0.get(&account).copied().unwrap_or_default();
        (repeats - 1.0) / (n + ACCOUNT_PRIOR)
    }
}

/// A group, as the sentence of one of its rows needs it.
struct Group {
    vendor: String,
    document: String,
    date: chrono::NaiveDate,
    amount: i64,
    count: usize,
    has_lines: bool,
    related: Vec<usize>,
}

impl Group {
    fn new(ledger: &LedgerView, rows: &[usize], row: usize, has_lines: bool) -> Self {
        Self {
            vendor: vendor_name(ledger, row).to_owned(),
            document: ledger.document_no.text(row).to_owned(),
            date: ledger.date(row),
            amount: ledger.amount[row],
            count: rows.len(),
            has_lines,
            related: rows.iter().copied().filter(|other| *other != row).take(RELATED_MAX).collect(),
        }
    }

    fn reason(&self, amount: &str) -> Reason {
        let lines = if self.has_lines { " 계정과목과 적요도 같습니다." } else { "" };
        let text = format!(
            "거래처 ‘{}’, 문서번호 {}, 날짜 {}, {} 모두 같은 지급이 이 건을 포함하여 {}건 있습니다.{lines}",
            self.vendor,
            self.document,
            self.date,
            stated("금액", amount, "이/가"),
            ko::count(self.count),
        );
        Reason { id: ID.to_owned(), text, related: self.related.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Ledger, fired, run};
    use super::*;

    /// Ordinary payments with a number each.
    fn numbered(n: i64) -> Ledger {
        let mut ledger = Ledger::background(n);
        for (i, row) in ledger.0.iter_mut().enumerate() {
            row.document_no = format!("2023-{i:04}");
            row.description = format!("용지 {i}");
        }
        ledger
    }

    fn repair(ledger: Ledger, date: &str, vendor: &str, amount: i64, document: &str, text: &str) -> Ledger {
        ledger.pay(date, "총무과", "수선비", vendor, amount, document, text)
    }

    #[test]
    fn fires_on_the_second_and_third_and_names_the_others() {
        let ledger = (0..3).fold(numbered(200), |ledger, _| {
            repair(ledger, "2024-03-05", "가나상사", 1_234_000, "2024-0123", "냉난방기 수리")
        });
        let out = run(&ExactDuplicate, &ledger);
        assert_eq!(fired(&out, 0.499), [201, 202]);
        assert!(out.strength[200] > 0.0 && out.strength[200] < 0.2);
        let reason = (out.explain)(202).unwrap();
        assert_eq!(
            reason.text,
            "거래처 ‘가나상사’, 문서번호 2024-0123, 날짜 2024-03-05, 금액 1,234,000원이 모두 같은 지급이 이 건을 포함하여 3건 있습니다."
        );
        assert_eq!(reason.related, [200, 201]);
        assert_eq!(out.case, [(201, 200), (202, 200)]);
    }

    #[test]
    fn small_amounts_fire_too() {
        let ledger = (0..2).fold(numbered(50), |ledger, _| {
            repair(ledger, "2024-03-05", "가나상사", 100, "2024-0123", "복사")
        });
        assert_eq!(fired(&run(&ExactDuplicate, &ledger), 0.499), [51]);
    }

    #[test]
    fn anything_that_differs_is_no_copy() {
        let first = || repair(numbered(200), "2024-03-05", "가나상사", 1_234_000, "2024-0123", "수리");
        for (date, vendor, amount, document) in [
            ("2024-03-06", "가나상사", 1_234_000, "2024-0123"),
            ("2024-03-05", "다라상사", 1_234_000, "2024-0123"),
            ("2024-03-05", "가나상사", 1_234_001, "2024-0123"),
            ("2024-03-05", "가나상사", 1_234_000, "2024-0124"),
            ("2024-03-05", "가나상사", 1_234_000, ""),
            ("2024-03-05", "", 1_234_000, "2024-0123"),
        ] {
            let ledger = repair(first(), date, vendor, amount, document, "수리");
            assert!(
                fired(&run(&ExactDuplicate, &ledger), 0.0).is_empty(),
                "{date} {vendor} {amount} {document}"
            );
        }
    }

    #[test]
    fn lines_of_a_document_are_its_parts_where_documents_have_lines() {
        let two = |ledger| {
            let ledger = repair(ledger, "2024-03-05", "가나상사", 500_000, "2024-0123", "복도 도색");
            repair(ledger, "2024-03-05", "가나상사", 500_000, "2024-0123", "창문 교체")
        };
        // Where a number is one payment's, two rows of one number are a copy, whatever their texts.
        assert_eq!(fired(&run(&ExactDuplicate, &two(numbered(300))), 0.499), [301]);
        let mut lines = numbered(300);
        for i in (0..30).step_by(2) {
            lines.0[i + 1].document_no = lines.0[i].document_no.clone();
            lines.0[i + 1].date = lines.0[i].date;
        }
        assert!(fired(&run(&ExactDuplicate, &two(lines.clone())), 0.0).is_empty());
        // Alike to the last letter they are a copy there too.
        let copies = (0..2).fold(lines, |ledger, _| {
            repair(ledger, "2024-03-05", "가나상사", 500_000, "2024-0123", "복도 도색")
        });
        let out = run(&ExactDuplicate, &copies);
        assert_eq!(fired(&out, 0.499), [301]);
        assert!((out.explain)(301).unwrap().text.ends_with(" 계정과목과 적요도 같습니다."));
    }

    #[test]
    fn equal_lines_that_are_usual_in_an_account_do_not_fire() {
        let mut ledger = numbered(300);
        for i in 0..20 {
            for _ in 0..2 {
                let (date, document) = (format!("2024-03-{:02}", i + 1), format!("우편-{i}"));
                ledger = ledger.pay(&date, "총무과", "우편료", "우체국", 640, &document, "등기");
            }
        }
        assert!(fired(&run(&ExactDuplicate, &ledger), 0.0).is_empty());
    }

    #[test]
    fn a_copy_taken_back_is_settled() {
        let ledger = [1_234_000, 1_234_000, -1_234_000].into_iter().fold(numbered(50), |ledger, amount| {
            repair(ledger, "2024-03-05", "가나상사", amount, "2024-0123", "수리")
        });
        assert!(fired(&run(&ExactDuplicate, &ledger), 0.0).is_empty());
    }
}
