//! 계좌·사업자번호 공유: one bank account, or one registration number, under two or more different vendors.
//!
//! Comes in: payments that still stand. Goes out: the payments from the first to the second vendor on, the earliest of them.
//! Refuses: spellings, branches and new names of one vendor, collective accounts of many, columns that name nobody.
//!
//! Accounts are compared as the intake masked them: equal text is an equal account; people see the part before the mark.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::common::{Hit, output, vendor_name, weight_of_amount};
use super::control::Control;
use super::names::{core, near};
use super::options::Check;
use crate::clean::view::date_of_day;
use crate::clean::{Interned, LedgerView};
use crate::detect::canary::Plot;
use crate::detect::{Input, Output};
use crate::ko;
use crate::ledger::{Reason, Severity, col};

const ID: &str = "shared_bank_account";

/// Accounts of one vendor that every ledger is taken to have besides.
const LEDGER_PRIOR: f64 = 50.0;

/// Likeness of two names from which they are taken for one: nobody shares an account with a name so alike.
const ALIKE: f64 = 0.6;

/// Options of 계좌·사업자번호 공유.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SharedBankAccountOptions {
    /// Most different vendors of an account; more share a collective account.
    pub vendors_max: usize,
    /// Share of accounts with several vendors above which the column does not tell vendors apart.
    pub usual_share: f64,
    /// Most payments shown of one account, the earliest after the second vendor appears.
    pub rows_max: usize,
    /// Amount in won that counts half above the floor.
    pub half_amount_krw: i64,
}

impl Default for SharedBankAccountOptions {
    fn default() -> Self {
        Self { vendors_max: 4, usual_share: 0.02, rows_max: 10, half_amount_krw: 1_000_000 }
    }
}

/// The test.
pub struct SharedBankAccount;

impl Control for SharedBankAccount {
    type Options = SharedBankAccountOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "계좌·사업자번호 공유";
    const CODES: &'static [&'static str] = &["T25"];
    const SEVERITY: Severity = Severity::High;
    const WEIGHT: f64 = 60.0;
    const REQUIRED: &'static [&'static [&'static str]] =
        &[&[col::VENDOR], &[col::BANK_ACCOUNT, col::VENDOR_NO]];
    const OPTIONAL: &'static [&'static str] = &[col::KIND];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        let n = options.vendors_max;
        check.that((2..=100).contains(&n), "vendors_max", "2 이상 100 이하의 정수", &n);
        check.share("usual_share", options.usual_share, 0.0, 1.0);
        let n = options.rows_max;
        check.that((1..=60).contains(&n), "rows_max", "1 이상 60 이하의 정수", &n);
        check.that(options.half_amount_krw > 0, "half_amount_krw", "1 이상의 정수", &options.half_amount_krw);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        let half = input.options.money.minor(options.half_amount_krw, &ledger.currency);
        let (mut hits, mut n_usable) = (Vec::new(), 0);
        for kind in [Kind::Account, Kind::Number].into_iter().filter(|kind| kind.column(ledger).is_present())
        {
            let Found { shared, is_usual, .. } = shared(input, options, kind);
            if is_usual {
                continue;
            }
            n_usable += 1;
            for (sharing, rows) in rows_of(input, kind, &shared, options.rows_max) {
                for &row in &rows {
                    let department =
                        |other: &usize| ledger.department.ids[*other] == ledger.department.ids[row];
                    let first = rows.iter().copied().find(department).unwrap_or(row);
                    let strength = 0.5 + 0.45 * weight_of_amount(ledger.amount[row], half);
                    hits.push(Hit { row, strength, case: first, data: Use::new(ledger, kind, sharing, row) });
                }
            }
        }
        if n_usable == 0 && ledger.n_rows > 0 {
            return Err("계좌번호나 사업자등록번호 하나에 이름이 다른 거래처가 흔히 있어, 공유를 점검하지 않았습니다.".to_owned());
        }
        Ok(output(ledger, hits, Use::reason))
    }

    fn notes(input: &Input<'_>, options: &Self::Options) -> Vec<String> {
        let note = |kind: Kind| {
            let found = shared(input, options, kind);
            found.is_usual.then(|| {
                format!(
                    "{} {}개 가운데 {}개에 이름이 다른 거래처가 둘 이상 있어, 거래처를 구별하는 번호가 아닌 것으로 보고 점검하지 않았습니다.",
                    kind.label_ko(),
                    ko::count(found.n_values),
                    ko::count(found.shared.len()),
                )
            })
        };
        [Kind::Account, Kind::Number].into_iter().filter_map(note).collect()
    }

    fn plant(plot: &mut Plot<'_>, _options: &Self::Options) {
        let Some(mut payment) = plot.usual() else { return };
        let has_accounts = plot.ledger().bank_account.is_present();
        payment.vendor_no.clear();
        if has_accounts {
            "****0000#자가점검".clone_into(&mut payment.bank_account);
        } else {
            "자가점검-00000".clone_into(&mut payment.vendor_no);
        }
        for (at, vendor) in ["동해수산", "삼우전기통신", "동해수산"].into_iter().enumerate() {
            vendor.clone_into(&mut payment.vendor);
            payment.document_no.push_str("-1");
            if at == 0 {
                plot.add(&payment);
            } else {
                plot.must_find(&payment);
            }
        }
    }
}

/// What is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Account,
    Number,
}

impl Kind {
    fn column(self, ledger: &LedgerView) -> &Interned {
        match self {
            Self::Account => &ledger.bank_account,
            Self::Number => &ledger.vendor_no,
        }
    }

    fn label_ko(self) -> &'static str {
        match self {
            Self::Account => "계좌번호",
            Self::Number => "사업자등록번호",
        }
    }
}

/// First and last payment of one name with one account.
#[derive(Clone, Copy)]
struct Span {
    first: (i32, usize),
    last_day: i32,
}

/// An account of several vendors.
#[derive(Clone, Copy)]
struct Sharing {
    id: u32,
    n_vendors: usize,
    /// First payment to the first vendor.
    first: usize,
    /// First payment to the second one, with its day.
    second: (i32, usize),
}

struct Found {
    shared: Vec<Sharing>,
    n_values: usize,
    is_usual: bool,
}

/// The accounts, or numbers, of several vendors, by id.
fn shared(input: &Input<'_>, options: &SharedBankAccountOptions, kind: Kind) -> Found {
    let ledger = input.ledger;
    let column = kind.column(ledger);
    let mut spans = FxHashMap::<(u32, u32), Span>::default();
    if column.is_present() {
        for row in (0..ledger.n_rows).filter(|&row| input.shared.stands[row]) {
            let (id, name, day) = (column.ids[row], ledger.vendor.ids[row], ledger.day[row]);
            if id != Interned::NULL && name != Interned::NULL {
                let span = spans.entry((id, name)).or_insert(Span { first: (day, row), last_day: day });
                span.first = span.first.min((day, row));
                span.last_day = span.last_day.max(day);
            }
        }
    }
    let mut spans: Vec<(u32, Span)> = spans.into_iter().map(|((id, _), span)| (id, span)).collect();
    spans.sort_unstable_by_key(|(id, span)| (*id, span.first));
    let mut found = Found { shared: Vec::new(), n_values: 0, is_usual: false };
    let mut n_shared = 0.0_f64;
    for spans in spans.chunk_by(|a, b| a.0 == b.0) {
        found.n_values += 1;
        if let Some(sharing) = sharing(input, kind, spans) {
            n_shared += 1.0;
            if sharing.n_vendors <= options.vendors_max {
                found.shared.push(sharing);
            }
        }
    }
    // The account that asks is no habit yet.
    found.is_usual = (n_shared - 1.0) / (found.n_values as f64 + LEDGER_PRIOR) > options.usual_share;
    found
}

/// Whether names of one account, in order of their first payments, are several vendors.
fn sharing(input: &Input<'_>, kind: Kind, spans: &[(u32, Span)]) -> Option<Sharing> {
    if spans.len() < 2 {
        return None;
    }
    // Names of one vendor, by its first; the last day any of them was paid.
    let mut vendors: Vec<(usize, String, i32)> = Vec::new();
    for (_, span) in spans {
        let row = span.first.1;
        let name = core(input.ledger.vendor.text(row));
        let is_one = |(other, known, _): &&mut (usize, String, i32)| {
            let same_key = kind == Kind::Account && input.shared.vendor[*other] == input.shared.vendor[row];
            same_key || is_one_name(known, &name)
        };
        match vendors.iter_mut().find(is_one) {
            Some((.., last_day)) => *last_day = (*last_day).max(span.last_day),
            None => vendors.push((row, name, span.last_day)),
        }
    }
    let [(first, _, last_day), (second, ..), ..] = vendors.as_slice() else { return None };
    let day = input.ledger.day[*second];
    // A number whose first name is not paid any more is that of a vendor with a new name.
    let is_renamed = kind == Kind::Number && vendors.len() == 2 && *last_day < day;
    (!is_renamed).then_some(Sharing {
        id: spans[0].0,
        n_vendors: vendors.len(),
        first: *first,
        second: (day, *second),
    })
}

/// Whether two cores may name one vendor: near, one within the other, or mostly the same letters.
fn is_one_name(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    near(a, b)
        || (short.chars().count() >= 2 && long.contains(short))
        || strsim::normalized_levenshtein(a, b) >= ALIKE
}

/// The earliest rows of each of `shared` from the first payment to its second vendor on.
fn rows_of<'a>(
    input: &Input<'_>,
    kind: Kind,
    shared: &'a [Sharing],
    rows_max: usize,
) -> Vec<(&'a Sharing, Vec<usize>)> {
    if shared.is_empty() {
        return Vec::new();
    }
    let ledger = input.ledger;
    let ids = &kind.column(ledger).ids;
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); shared.len()];
    for row in (0..ledger.n_rows).filter(|&row| input.shared.stands[row]) {
        if ledger.vendor.ids[row] != Interned::NULL
            && let Ok(at) = shared.binary_search_by_key(&ids[row], |sharing| sharing.id)
            && (ledger.day[row], row) >= shared[at].second
        {
            rows[at].push(row);
        }
    }
    for rows in &mut rows {
        rows.sort_unstable_by_key(|&row| (ledger.day[row], row));
        rows.truncate(rows_max);
    }
    shared.iter().zip(rows).collect()
}

/// A shared account, as the sentence of one of its payments needs it.
struct Use {
    kind: Kind,
    text: String,
    n_vendors: usize,
    first: (String, chrono::NaiveDate),
    second: (String, chrono::NaiveDate),
    related: Vec<usize>,
}

impl Use {
    fn new(ledger: &LedgerView, kind: Kind, sharing: &Sharing, row: usize) -> Self {
        let text = kind.column(ledger).text(row);
        let text = if kind == Kind::Account { text.split('#').next().unwrap_or_default() } else { text };
        let payee = |row: usize| (vendor_name(ledger, row).to_owned(), date_of_day(ledger.day[row]));
        let both = [sharing.first, sharing.second.1];
        Self {
            kind,
            text: text.to_owned(),
            n_vendors: sharing.n_vendors,
            first: payee(sharing.first),
            second: payee(sharing.second.1),
            related: both.into_iter().filter(|other| *other != row).collect(),
        }
    }

    fn reason(&self) -> Reason {
        let text = format!(
            "{} {} 이름이 다른 거래처 {}곳에 쓰였습니다. ‘{}’에는 {}부터, ‘{}’에는 {}부터 지급되었습니다.",
            self.kind.label_ko(),
            ko::josa(&self.text, "이/가"),
            ko::count(self.n_vendors),
            self.first.0,
            self.first.1,
            self.second.0,
            self.second.1,
        );
        Reason { id: ID.to_owned(), text, related: self.related.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ControlOptions;
    use super::super::testing::{Ledger, fired, notes, run, try_run};
    use super::*;

    fn pay(ledger: Ledger, date: &str, vendor: &str) -> Ledger {
        ledger.pay(date, "총무과", "수선비", vendor, 1_000_000, "", "수리")
    }

    /// A ledger whose rows from `from` on have these accounts.
    fn with_accounts(ledger: &Ledger, from: usize, accounts: &[&str]) -> LedgerView {
        let mut view = ledger.view();
        let texts = (0..view.n_rows).map(|i| i.checked_sub(from).and_then(|at| accounts.get(at).copied()));
        view.bank_account = Interned::from_values(texts);
        view
    }

    fn find(view: &LedgerView) -> Output {
        try_run(&SharedBankAccount, view, &ControlOptions::default()).unwrap()
    }

    /// Payments to `vendors`, a month apart, to one account.
    fn one_account(vendors: &[&str]) -> LedgerView {
        let mut ledger = Ledger::background(100);
        for (month, vendor) in (1..).zip(vendors) {
            ledger = pay(ledger, &format!("2024-{month:02}-05"), vendor);
        }
        with_accounts(&ledger, 100, &["****1234#9f2c"].repeat(vendors.len()))
    }

    #[test]
    fn fires_from_the_second_vendor_on_and_hides_the_tag() {
        let out = find(&one_account(&["동해수산", "동해수산", "삼우전기", "동해수산"]));
        assert_eq!(fired(&out, 0.499), [102, 103]);
        let reason = (out.explain)(102).unwrap();
        assert_eq!(
            reason.text,
            "계좌번호 ****1234가 이름이 다른 거래처 2곳에 쓰였습니다. ‘동해수산’에는 2024-01-05부터, ‘삼우전기’에는 2024-03-05부터 지급되었습니다."
        );
        assert_eq!(reason.related, [100]);
        assert_eq!((out.explain)(103).unwrap().related, [100, 102]);
        assert_eq!(out.case, [(103, 102)]);
    }

    #[test]
    fn spellings_and_collective_accounts_do_not_fire() {
        for vendors in [
            &["(주)동해수산", "동해 수산 주식회사"][..],
            &["동해수산", "동해수산 강릉점"],
            &["동해수산", "동해수산물"],
            &["가나", "다라", "마바", "사아", "자차"],
        ] {
            assert!(fired(&find(&one_account(vendors)), 0.0).is_empty(), "{vendors:?}");
        }
        assert_eq!(fired(&find(&one_account(&["가나", "다라", "마바", "사아"])), 0.499), [101, 102, 103]);
    }

    #[test]
    fn another_account_is_not_shared() {
        let ledger = pay(pay(Ledger::background(100), "2024-01-05", "동해수산"), "2024-02-05", "삼우전기");
        assert!(
            fired(&find(&with_accounts(&ledger, 100, &["****1234#9f2c", "****1234#77aa"])), 0.0).is_empty()
        );
    }

    /// Payments to `vendors`, a month apart, of one registration number.
    fn one_number(vendors: &[&str]) -> Ledger {
        let mut ledger = Ledger::background(100);
        for (month, vendor) in (1..).zip(vendors) {
            ledger = pay(ledger, &format!("2024-{month:02}-05"), vendor)
                .with(|row| row.vendor_no = "127-83-75115".to_owned());
        }
        ledger
    }

    #[test]
    fn a_number_of_two_names_fires_but_a_new_name_does_not() {
        let out = run(&SharedBankAccount, &one_number(&["동해수산", "삼우전기", "동해수산"]));
        assert_eq!(fired(&out, 0.499), [101, 102]);
        assert!((out.explain)(101).unwrap().text.starts_with("사업자등록번호 127-83-75115가 이름이 다른"));
        let renamed = one_number(&["동해수산", "동해수산", "삼우전기", "삼우전기"]);
        assert!(fired(&run(&SharedBankAccount, &renamed), 0.0).is_empty());
    }

    #[test]
    fn names_of_one_number_are_one_vendor_of_an_account() {
        let mut view = one_number(&["동해수산", "삼우전기"]).view();
        view.bank_account = Interned::from_values((0..view.n_rows).map(|i| (i >= 100).then_some("****1#a")));
        assert!(fired(&find(&view), 0.0).is_empty());
    }

    #[test]
    fn a_column_that_names_nobody_is_said_to_do_so() {
        let mut ledger = Ledger::background(20);
        let mut accounts = Vec::new();
        for i in 0..10 {
            for vendor in ["동해수산", "삼우전기"] {
                ledger = pay(
                    ledger,
                    "2024-03-05",
                    &format!("{vendor}{}", "가나다라마바사아자차".chars().nth(i).unwrap()),
                );
                accounts.push(format!("****{i}#{i}"));
            }
        }
        let accounts: Vec<&str> = accounts.iter().map(String::as_str).collect();
        let view = with_accounts(&ledger, 20, &accounts);
        assert!(try_run(&SharedBankAccount, &view, &ControlOptions::default()).is_err());
        assert_eq!(
            notes(&SharedBankAccount, &view),
            [
                "계좌번호 10개 가운데 10개에 이름이 다른 거래처가 둘 이상 있어, 거래처를 구별하는 번호가 아닌 것으로 보고 점검하지 않았습니다."
            ]
        );
    }

    #[test]
    fn only_the_first_payments_are_shown() {
        let vendors = ["동해수산", "삼우전기"].repeat(6);
        assert_eq!(fired(&find(&one_account(&vendors)), 0.499), (101..111).collect::<Vec<_>>());
    }
}
