//! 기말 역분개: a payment just before a period ends and its reversal just after.
//!
//! Comes in: payments and what took them back. Goes out: both rows, which netting has removed.
//! Refuses: corrections within a month, small amounts, accounts closed that way every time (the notes say so).

use chrono::{Datelike, NaiveDate};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::common::{output, stated, weight_of_amount};
use super::control::Control;
use super::options::Check;
use crate::clean::LedgerView;
use crate::detect::canary::Plot;
use crate::detect::reversed::TakenBack;
use crate::detect::{Input, OnNetted, Output};
use crate::ko;
use crate::ledger::{Amount, Reason, Severity, col};

const ID: &str = "period_end_reversal";

/// Pairs of an account from which a share says something.
const PAIRS_MIN: usize = 5;

/// Options of 기말 역분개.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PeriodEndReversalOptions {
    /// First month of the fiscal year.
    pub fiscal_year_first_month: u32,
    /// Most days before, and after, the end of a fiscal year.
    pub year_end_days: i32,
    /// Most days before, and after, the end of another month.
    pub month_end_days: i32,
    /// Least amount in won looked at.
    pub amount_krw_min: i64,
    /// Share of the account's payments that must be smaller.
    pub rank_min: f64,
    /// From this share of an account's payments on, it is closed that way and none is shown.
    pub usual_share: f64,
}

impl Default for PeriodEndReversalOptions {
    fn default() -> Self {
        Self {
            fiscal_year_first_month: 1,
            year_end_days: 15,
            month_end_days: 5,
            amount_krw_min: 1_000_000,
            rank_min: 0.8,
            usual_share: 0.05,
        }
    }
}

/// The test.
pub struct PeriodEndReversal;

impl Control for PeriodEndReversal {
    type Options = PeriodEndReversalOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "기말 역분개";
    const CODES: &'static [&'static str] = &["T29"];
    const SEVERITY: Severity = Severity::High;
    const WEIGHT: f64 = 60.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[];
    const OPTIONAL: &'static [&'static str] = &[col::KIND, col::DOCUMENT_NO];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        check.within("fiscal_year_first_month", options.fiscal_year_first_month.into(), 1, 12);
        check.within("year_end_days", options.year_end_days.into(), 1, 90);
        check.within("month_end_days", options.month_end_days.into(), 1, 14);
        check.that(options.amount_krw_min > 0, "amount_krw_min", "1 이상의 정수", &options.amount_krw_min);
        check.share("rank_min", options.rank_min, 0.0, 0.99);
        check.share("usual_share", options.usual_share, 0.005, 1.0);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let found = Found::new(input, options);
        let mut on_netted: Vec<OnNetted> = Vec::new();
        for pair in found.pairs.iter().filter(|pair| !found.is_usual(pair, options)) {
            let TakenBack { payment, reversal, .. } = pair.rows;
            let netted = input.reversed.rows.binary_search(&payment).is_err();
            let case = if netted { payment } else { reversal };
            let mut hit = |row: usize, other: usize| {
                let text = found.text(input.reversed.whole, pair);
                let reason = Reason { id: ID.to_owned(), text, related: vec![other] };
                on_netted.push(OnNetted { row, case, strength: pair.strength, put_aside: None, reason });
            };
            hit(reversal, payment);
            if netted {
                hit(payment, reversal);
            }
        }
        on_netted.sort_by(|a, b| a.row.cmp(&b.row).then(b.strength.total_cmp(&a.strength)));
        on_netted.dedup_by_key(|hit| hit.row);
        let none = output(input.ledger, Vec::new(), Reason::clone);
        Ok(Output { on_netted, ..none })
    }

    fn notes(input: &Input<'_>, options: &Self::Options) -> Vec<String> {
        let found = Found::new(input, options);
        let whole = input.reversed.whole;
        let mut accounts: Vec<u32> = found
            .pairs
            .iter()
            .filter(|pair| found.is_usual(pair, options))
            .map(|pair| pair.account)
            .collect();
        accounts.sort_unstable();
        accounts.dedup();
        let note = |account: &u32| {
            let (n_pairs, n) =
                found.accounts.get(account).map_or((0, 0), |(n_pairs, amounts)| (*n_pairs, amounts.len()));
            format!(
                "계정 ‘{}’에서 기말을 넘겨 되돌린 것이 지급 {}건에 {}건이어서 결산 방식으로 보고 하나하나 짚지 않았습니다.",
                whole.account.names.get(*account as usize).map_or("", String::as_str),
                ko::count(n),
                ko::count(n_pairs)
            )
        };
        accounts.iter().map(note).collect()
    }

    fn plant(plot: &mut Plot<'_>, options: &Self::Options) {
        let (Some(mut payment), Some(first)) = (plot.usual_to_newcomer(), plot.date().with_day(1)) else {
            return;
        };
        let ledger = plot.ledger();
        let largest = (0..plot.n_real())
            .filter(|&i| ledger.account.text(i) == payment.account)
            .map(|i| ledger.amount[i])
            .max();
        let into_month = i32::try_from(plot.date().signed_duration_since(first).num_days()).unwrap_or(0);
        payment.amount = largest.unwrap_or(0).max(plot.minor(options.amount_krw_min)).saturating_mul(2);
        payment.keeps_day = true;
        payment.day = plot.day() - into_month - 1;
        plot.must_find(&payment);
        payment.day += 1;
        payment.amount = -payment.amount;
        plot.must_find(&payment);
    }
}

/// A payment and its reversal across the end of a period.
struct Pair {
    rows: TakenBack,
    account: u32,
    is_year_end: bool,
    /// Payments of the account that are smaller.
    n_smaller: usize,
    strength: f32,
}

/// Pairs across the ends of periods.
struct Found {
    pairs: Vec<Pair>,
    /// Pairs and amounts of payments, ascending, by account with a candidate.
    accounts: FxHashMap<u32, (usize, Vec<i64>)>,
}

impl Found {
    fn new(input: &Input<'_>, options: &PeriodEndReversalOptions) -> Self {
        let whole = input.reversed.whole;
        let least = input.options.money.minor(options.amount_krw_min, &whole.currency);
        let candidates: Vec<(TakenBack, bool)> = input
            .reversed
            .pairs
            .iter()
            .filter(|rows| rows.amount >= least)
            .filter_map(|rows| {
                crosses(options, whole.date(rows.payment), whole.date(rows.reversal))
                    .map(|year| (*rows, year))
            })
            .collect();
        let mut accounts: FxHashMap<u32, (usize, Vec<i64>)> =
            candidates.iter().map(|(rows, _)| (whole.account.ids[rows.payment], (0, Vec::new()))).collect();
        if !accounts.is_empty() {
            for i in (0..whole.n_rows).filter(|&i| whole.amount[i] > 0) {
                if let Some((_, amounts)) = accounts.get_mut(&whole.account.ids[i]) {
                    amounts.push(whole.amount[i]);
                }
            }
        }
        for (_, amounts) in accounts.values_mut() {
            amounts.sort_unstable();
        }
        let mut pairs = Vec::new();
        for (rows, is_year_end) in candidates {
            let account = whole.account.ids[rows.payment];
            let Some((n_pairs, amounts)) = accounts.get_mut(&account) else { continue };
            let n_smaller = amounts.partition_point(|amount| *amount < rows.amount);
            // The payment itself is one of them and not smaller.
            if (n_smaller as f64) < options.rank_min * (amounts.len() as f64 - 1.0) {
                continue;
            }
            *n_pairs += 1;
            let base = if is_year_end { 0.75 } else { 0.55 };
            let strength = base + 0.2 * weight_of_amount(rows.amount, least.saturating_mul(5));
            pairs.push(Pair { rows, account, is_year_end, n_smaller, strength: to_f32(strength) });
        }
        Self { pairs, accounts }
    }

    fn is_usual(&self, pair: &Pair, options: &PeriodEndReversalOptions) -> bool {
        self.accounts.get(&pair.account).is_some_and(|(n_pairs, amounts)| {
            *n_pairs >= PAIRS_MIN && *n_pairs as f64 >= options.usual_share * amounts.len() as f64
        })
    }

    fn text(&self, whole: &LedgerView, pair: &Pair) -> String {
        let TakenBack { payment, reversal, amount } = pair.rows;
        let end = if pair.is_year_end { "회계연도가" } else { "달이" };
        let n = self.accounts.get(&pair.account).map_or(0, |(_, amounts)| amounts.len());
        format!(
            "{}에 지급한 {} {end} 바뀐 뒤인 {}에 되돌려졌습니다({}일 뒤). 계정 ‘{}’의 지급 {}건 가운데 이보다 작은 것이 {}건입니다.",
            whole.date(payment),
            stated("금액", &whole.currency.display(Amount(amount)), "이/가"),
            whole.date(reversal),
            whole.day[reversal] - whole.day[payment],
            whole.account.text(payment),
            ko::count(n),
            ko::count(pair.n_smaller)
        )
    }
}

/// Whether the end of a fiscal year (`true`) or of another month lies closely between two days.
fn crosses(options: &PeriodEndReversalOptions, payment: NaiveDate, reversal: NaiveDate) -> Option<bool> {
    let first = reversal.with_day(1)?;
    if payment >= first {
        return None;
    }
    let is_year_end = first.month() == options.fiscal_year_first_month;
    let most = i64::from(if is_year_end { options.year_end_days } else { options.month_end_days });
    let before = first.signed_duration_since(payment).num_days();
    let after = reversal.signed_duration_since(first).num_days() + 1;
    (before <= most && after <= most).then_some(is_year_end)
}

#[expect(clippy::cast_possible_truncation, reason = "a strength of 0 to 1 loses only digits nobody sees")]
fn to_f32(strength: f64) -> f32 {
    strength.clamp(0.0, 1.0) as f32
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Ledger, input_of, netted};
    use super::*;
    use crate::detect::controls::ControlOptions;
    use crate::detect::{Detector, FIRES};

    /// 300 small payments, then pairs of days, each of one amount to a vendor of its own.
    fn pairs(days: &[(&str, &str)], amount: i64) -> Ledger {
        days.iter().enumerate().fold(Ledger::background(300), |ledger, (at, (paid, back))| {
            let vendor = format!("업체{at}");
            ledger.pay(paid, "부서0", "소모품비", &vendor, amount, "", "").pay(
                back,
                "부서0",
                "소모품비",
                &vendor,
                -amount,
                "",
                "",
            )
        })
    }

    fn hits(ledger: &Ledger) -> Vec<OnNetted> {
        netted(&ledger.view(), |input| PeriodEndReversal.detect(input).map_err(|e| e.text)).unwrap().on_netted
    }

    fn rows(ledger: &Ledger) -> Vec<usize> {
        hits(ledger).into_iter().filter(|hit| hit.strength >= FIRES).map(|hit| hit.row).collect()
    }

    #[test]
    fn fires_on_both_rows_across_the_end_of_a_month_or_year() {
        let ledger = pairs(
            &[
                ("2023-03-27", "2023-04-05"),
                ("2023-12-17", "2024-01-15"),
                // A day too early or too late, and corrections of one month.
                ("2023-03-26", "2023-04-05"),
                ("2023-03-27", "2023-04-06"),
                ("2023-12-16", "2024-01-15"),
                ("2023-05-02", "2023-05-30"),
            ],
            3_000_000,
        );
        assert_eq!(rows(&ledger), [300, 301, 302, 303]);
        let hits = hits(&ledger);
        assert!(hits[2].strength > hits[0].strength, "the end of a year counts more");
        assert_eq!((hits[0].case, hits[1].case), (300, 300));
        assert_eq!(
            hits[0].reason.text,
            "2023-03-27에 지급한 금액 3,000,000원이 달이 바뀐 뒤인 2023-04-05에 되돌려졌습니다(9일 뒤). 계정 ‘소모품비’의 지급 \
             306건 가운데 이보다 작은 것이 300건입니다."
        );
        assert_eq!(hits[0].reason.related, [301]);
    }

    #[test]
    fn small_amounts_do_not_fire() {
        let days = [("2023-03-31", "2023-04-01")];
        assert!(rows(&pairs(&days, 999_999)).is_empty());
        assert_eq!(rows(&pairs(&days, 1_000_000)).len(), 2);
        // Large, but not for its account.
        let mut ledger = pairs(&days, 1_000_000);
        for row in &mut ledger.0[..100] {
            row.amount += 2_000_000;
        }
        assert!(rows(&ledger).is_empty());
    }

    #[test]
    fn an_account_closed_that_way_is_said_and_not_judged() {
        let days = [("2023-12-28", "2024-01-03"); 17];
        let ledger = pairs(&days, 3_000_000);
        assert!(rows(&ledger).is_empty());
        let notes = netted(&ledger.view(), |input| PeriodEndReversal.notes(input));
        assert_eq!(notes.len(), 1);
        assert!(
            notes[0].starts_with("계정 ‘소모품비’에서 기말을 넘겨 되돌린 것이 지급 317건에 17건"),
            "{notes:?}"
        );
        assert_eq!(rows(&pairs(&days[..15], 3_000_000)).len(), 30);
    }

    #[test]
    fn a_ledger_without_reversals_has_no_hit() {
        let options = ControlOptions::default();
        let out = input_of(&Ledger::background(50).view(), &options, |input| {
            PeriodEndReversal.detect(input).map_err(|e| e.text).unwrap()
        });
        assert!(out.on_netted.is_empty() && out.strength.iter().all(|s| *s <= 0.0));
    }
}
