//! 카드·계좌 이중: one amount to one vendor within days, once by card and once by transfer.
//!
//! Comes in: payments that still stand, by card or by transfer. Goes out: the later payment of a pair, the earlier as a hint.
//! Refuses: payments for different things, vendors that are paid one price through both channels as a habit.
//!
//! A bill settled by card at the shop is paid again when its invoice arrives: a test of card audits.

use serde::{Deserialize, Serialize};

use super::common::{Hit, output, stated, vendor_name, weight_of_amount};
use super::control::Control;
use super::names::is_one_thing;
use super::options::Check;
use crate::clean::view::date_of_day;
use crate::clean::{Interned, LedgerView};
use crate::detect::canary::Plot;
use crate::detect::{Input, Output};
use crate::ledger::{Amount, Reason, Severity, col};

const ID: &str = "card_and_transfer";

/// Earlier payments of one amount looked at.
const LOOK_BACK: usize = 8;

/// Pairs of one vendor and amount from which the amount is a price.
const PRICE_PAIRS: usize = 3;

/// Payments without a pair that every vendor is taken to have had besides.
const VENDOR_PRIOR: f64 = 20.0;

/// Options of 카드·계좌 이중.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CardAndTransferOptions {
    /// Most days between the two payments.
    pub days_max: i32,
    /// Share of a vendor's payments that are the later of a pair, from which pairs are how it is paid.
    pub usual_share: f64,
    /// Amount in won that counts half above the floor.
    pub half_amount_krw: i64,
    /// Strength of the earlier payment as a share of the later one's.
    pub earlier_share: f64,
}

impl Default for CardAndTransferOptions {
    fn default() -> Self {
        Self { days_max: 20, usual_share: 0.05, half_amount_krw: 100_000, earlier_share: 0.1 }
    }
}

/// The test.
pub struct CardAndTransfer;

impl Control for CardAndTransfer {
    type Options = CardAndTransferOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "카드·계좌 이중";
    const CODES: &'static [&'static str] = &["T10"];
    const SEVERITY: Severity = Severity::High;
    const WEIGHT: f64 = 45.0;
    const REQUIRED: &'static [&'static [&'static str]] =
        &[&[col::VENDOR, col::VENDOR_NO], &[col::PAYMENT_METHOD]];
    const OPTIONAL: &'static [&'static str] = &[col::CARD, col::DESCRIPTION, col::KIND];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        check.within("days_max", options.days_max.into(), 0, 366);
        check.share("usual_share", options.usual_share, 0.0, 1.0);
        check.that(options.half_amount_krw > 0, "half_amount_krw", "1 이상의 정수", &options.half_amount_krw);
        check.share("earlier_share", options.earlier_share, 0.0, 0.99);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        let channels = Channels::new(ledger);
        let half = input.options.money.minor(options.half_amount_krw, &ledger.currency);
        let mut hits = Vec::new();
        let mut rows = Vec::new();
        for vendor in input.shared.vendors().filter(|rows| rows.len() > 1) {
            rows.clear();
            rows.extend(vendor.iter().map(|&row| row as usize).filter(|&i| channels.of(i).is_some()));
            let pairs = pairs(ledger, options, &channels, &mut rows);
            // The pair itself is no habit yet.
            let usual = (pairs.len() as f64 - 1.0) / (vendor.len() as f64 + VENDOR_PRIOR);
            if usual > options.usual_share {
                continue;
            }
            for [earlier, later] in pairs {
                let strength = 0.5 + 0.45 * weight_of_amount(ledger.amount[later], half);
                let is_card = channels.of(later) == Some(Channel::Card);
                let data = Pair::new(ledger, later, earlier, is_card);
                hits.push(Hit { row: later, strength, case: earlier, data });
                let strength = strength * options.earlier_share;
                let data = Pair::new(ledger, earlier, later, !is_card);
                hits.push(Hit { row: earlier, strength, case: earlier, data });
            }
        }
        let currency = ledger.currency.clone();
        Ok(output(ledger, hits, move |pair| pair.reason(&currency.display(Amount(pair.amount)))))
    }

    fn plant(plot: &mut Plot<'_>, _options: &Self::Options) {
        let Some(mut payment) = plot.usual() else { return };
        "자가점검 이중상사".clone_into(&mut payment.vendor);
        payment.vendor_no.clear();
        "법인카드".clone_into(&mut payment.payment_method);
        plot.add(&payment);
        payment.document_no.push_str("-1");
        "계좌이체".clone_into(&mut payment.payment_method);
        payment.card.clear();
        plot.must_find(&payment);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Channel {
    Card,
    Transfer,
}

/// Through which channel rows are paid.
struct Channels<'a> {
    ledger: &'a LedgerView,
    of_method: Vec<Option<Channel>>,
}

impl<'a> Channels<'a> {
    fn new(ledger: &'a LedgerView) -> Self {
        let of_method = ledger.payment_method.names.iter().map(|text| channel(text)).collect();
        Self { ledger, of_method }
    }

    /// Card where a card number is given, else by the text of the method; `None` for cash and what it does not know.
    fn of(&self, i: usize) -> Option<Channel> {
        if self.ledger.card.ids[i] != Interned::NULL {
            return Some(Channel::Card);
        }
        self.of_method.get(self.ledger.payment_method.ids[i] as usize).copied().flatten()
    }
}

fn channel(text: &str) -> Option<Channel> {
    const CARD: [&str; 2] = ["카드", "card"];
    const TRANSFER: [&str; 8] = ["이체", "계좌", "송금", "입금", "무통장", "은행", "transfer", "wire"];
    let text = text.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&CARD) { Some(Channel::Card) } else { has(&TRANSFER).then_some(Channel::Transfer) }
}

/// Pairs among the rows of one vendor, earlier and later; every row is in one pair at most.
fn pairs(
    ledger: &LedgerView,
    options: &CardAndTransferOptions,
    channels: &Channels<'_>,
    rows: &mut [usize],
) -> Vec<[usize; 2]> {
    rows.sort_unstable_by_key(|&i| (ledger.amount[i], ledger.day[i], i));
    let mut pairs = Vec::new();
    for rows in rows.chunk_by(|&a, &b| ledger.amount[a] == ledger.amount[b]).filter(|rows| rows.len() > 1) {
        let mut is_taken = vec![false; rows.len()];
        let n_before = pairs.len();
        for at in 1..rows.len() {
            let later = rows[at];
            let fits = |from: &usize| {
                let earlier = rows[*from];
                !is_taken[*from]
                    && channels.of(earlier) != channels.of(later)
                    && ledger.day[later] - ledger.day[earlier] <= options.days_max
                    && is_one_thing(ledger, earlier, later)
            };
            if let Some(from) = (at.saturating_sub(LOOK_BACK)..at).rev().find(fits) {
                (is_taken[from], is_taken[at]) = (true, true);
                pairs.push([rows[from], later]);
            }
        }
        // One pair of an amount is an event, several are a price that both channels pay.
        if pairs.len() - n_before >= PRICE_PAIRS {
            pairs.truncate(n_before);
        }
    }
    pairs
}

/// The other payment of a pair, as its sentence needs it.
struct Pair {
    vendor: String,
    date: chrono::NaiveDate,
    document: String,
    amount: i64,
    days: i32,
    is_card: bool,
    other: usize,
}

impl Pair {
    fn new(ledger: &LedgerView, row: usize, other: usize, is_card: bool) -> Self {
        Self {
            vendor: vendor_name(ledger, row).to_owned(),
            date: date_of_day(ledger.day[other]),
            document: ledger.document_no.text(other).to_owned(),
            amount: ledger.amount[row],
            days: (ledger.day[row] - ledger.day[other]).abs(),
            is_card,
            other,
        }
    }

    fn reason(&self, amount: &str) -> Reason {
        let (own, other) = if self.is_card { ("카드로", "계좌로") } else { ("계좌로", "카드로") };
        let document = match self.document.as_str() {
            "" => String::new(),
            number => format!("(문서번호 {number})"),
        };
        let apart = match self.days {
            0 => "같은 날입니다".to_owned(),
            days => format!("{days}일 차이입니다"),
        };
        let text = format!(
            "거래처 ‘{}’에 {} {own} 지급되었는데, 같은 금액이 {}{document}에 {other} 지급되었습니다. 두 지급은 {apart}.",
            self.vendor,
            stated("금액", amount, "이/가"),
            self.date,
        );
        Reason { id: ID.to_owned(), text, related: vec![self.other] }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ControlOptions;
    use super::super::testing::{Ledger, fired, try_run};
    use super::*;
    use crate::clean::Interned;

    fn pay(ledger: Ledger, date: &str, vendor: &str, amount: i64, text: &str) -> Ledger {
        ledger.pay(date, "총무과", "수선비", vendor, amount, "", text)
    }

    /// Runs on `ledger`, its last rows paid by `methods`, the others by transfer.
    fn run(ledger: &Ledger, methods: &[&str]) -> Output {
        let mut view = ledger.view();
        let n = view.n_rows - methods.len();
        let all = (0..n).map(|_| "계좌이체").chain(methods.iter().copied());
        view.payment_method = Interned::from_values(all.map(Some));
        try_run(&CardAndTransfer, &view, &ControlOptions::default()).unwrap()
    }

    fn two(later: &str, vendor: &str, amount: i64, text: &str) -> Ledger {
        let ledger = pay(Ledger::background(100), "2024-03-05", "가나상사", 1_234_000, "냉난방기 수리");
        pay(ledger, later, vendor, amount, text)
    }

    #[test]
    fn fires_on_the_later_payment_through_the_other_channel() {
        let out =
            run(&two("2024-03-12", "가나상사", 1_234_000, "냉난방기 수리 대금"), &["법인카드", "계좌이체"]);
        assert_eq!(fired(&out, 0.499), [101]);
        let reason = (out.explain)(101).unwrap();
        assert_eq!(
            reason.text,
            "거래처 ‘가나상사’에 금액 1,234,000원이 계좌로 지급되었는데, 같은 금액이 2024-03-05에 카드로 지급되었습니다. 두 지급은 7일 차이입니다."
        );
        assert_eq!(reason.related, [100]);
        assert!(
            (out.explain)(100).unwrap().text.contains("카드로 지급되었는데, 같은 금액이 2024-03-12에 계좌로")
        );
        assert_eq!(out.case, [(101, 100)]);
    }

    #[test]
    fn the_last_day_counts_and_the_next_does_not() {
        for (date, expected) in [("2024-03-25", 1), ("2024-03-26", 0)] {
            let out = run(&two(date, "가나상사", 1_234_000, "냉난방기 수리"), &["법인카드", "계좌이체"]);
            assert_eq!(fired(&out, 0.499).len(), expected, "{date}");
        }
    }

    #[test]
    fn one_channel_another_vendor_amount_or_purpose_do_not_fire() {
        for (vendor, amount, text, methods) in [
            ("가나상사", 1_234_000, "냉난방기 수리", ["법인카드", "신용카드"]),
            ("가나상사", 1_234_000, "냉난방기 수리", ["현금", "계좌이체"]),
            ("다라상사", 1_234_000, "냉난방기 수리", ["법인카드", "계좌이체"]),
            ("가나상사", 1_234_001, "냉난방기 수리", ["법인카드", "계좌이체"]),
            ("가나상사", 1_234_000, "화장실 도색", ["법인카드", "계좌이체"]),
        ] {
            let out = run(&two("2024-03-12", vendor, amount, text), &methods);
            assert!(fired(&out, 0.0).is_empty(), "{vendor} {amount} {text} {methods:?}");
        }
    }

    #[test]
    fn a_card_number_makes_a_card_payment() {
        let ledger = two("2024-03-12", "가나상사", 1_234_000, "냉난방기 수리")
            .with(|row| row.card = "5409-****-****-1234".to_owned());
        assert_eq!(fired(&run(&ledger, &["계좌이체", "기타"]), 0.499), [101]);
    }

    #[test]
    fn prices_and_vendors_paid_both_ways_as_a_habit_do_not_fire() {
        let mut ledger = Ledger::background(100);
        for month in 1..=12 {
            ledger = pay(ledger, &format!("2024-{month:02}-05"), "늘상사", 50_000, "생수");
            ledger = pay(ledger, &format!("2024-{month:02}-07"), "늘상사", 50_000, "생수");
        }
        let methods = ["법인카드", "계좌이체"].repeat(12);
        assert!(fired(&run(&ledger, &methods), 0.0).is_empty());
        // Of other amounts each time, it is the vendor's habit.
        for (row, at) in ledger.0.iter_mut().skip(100).zip(0..) {
            row.amount += at / 2;
        }
        assert!(fired(&run(&ledger, &methods), 0.0).is_empty());
        // Two pairs of one amount are two events.
        let mut two = ledger;
        two.0.truncate(104);
        assert_eq!(fired(&run(&two, &methods[..4]), 0.499), [101, 103]);
    }
}
