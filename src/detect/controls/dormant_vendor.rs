//! 휴면 거래처 재개: a vendor not paid for a long time is paid again, and a large amount for the account.
//!
//! Comes in: payments that still stand, in order of days. Goes out: the large payments of the first weeks after the pause.
//! Refuses: vendors paid once before, vendors that always pause so long, amounts usual in the account, later rows.

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::common::{Hit, need_history, output, ramp, stated, vendor_name};
use super::control::Control;
use super::options::Check;
use crate::clean::LedgerView;
use crate::clean::view::date_of_day;
use crate::detect::canary::Plot;
use crate::detect::{Input, Output};
use crate::ko;
use crate::ledger::{Amount, Reason, Severity, col};

const ID: &str = "dormant_vendor";

/// Options of 휴면 거래처 재개.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DormantVendorOptions {
    /// Days without a payment from which a vendor is dormant: more than these.
    pub dormant_days: i32,
    /// Fewest payments before the pause.
    pub earlier_min: usize,
    /// Days after the pause in which payments are tested, the first one counted.
    pub return_days: i32,
    /// Share of the account's earlier payments that may be as large at most.
    pub large_share: f64,
    /// Earlier payments an account needs before amounts are large or small in it.
    pub account_rows_min: usize,
    /// Amount in won below which no payment is large.
    pub amount_min_krw: i64,
}

impl Default for DormantVendorOptions {
    fn default() -> Self {
        Self {
            dormant_days: 548,
            earlier_min: 2,
            return_days: 30,
            large_share: 0.05,
            account_rows_min: 30,
            amount_min_krw: 300_000,
        }
    }
}

/// The test.
pub struct DormantVendor;

impl Control for DormantVendor {
    type Options = DormantVendorOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "휴면 거래처 재개";
    const CODES: &'static [&'static str] = &["T23"];
    const SEVERITY: Severity = Severity::Medium;
    const WEIGHT: f64 = 40.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[&[col::VENDOR, col::VENDOR_NO]];
    const OPTIONAL: &'static [&'static str] = &[col::KIND];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        check.within("dormant_days", options.dormant_days.into(), 30, 3_660);
        check.that(options.earlier_min >= 1, "earlier_min", "1 이상의 정수", &options.earlier_min);
        check.within("return_days", options.return_days.into(), 1, 366);
        check.share("large_share", options.large_share, 0.0, 1.0);
        check.that(
            options.account_rows_min >= 1,
            "account_rows_min",
            "1 이상의 정수",
            &options.account_rows_min,
        );
        check.that(options.amount_min_krw >= 0, "amount_min_krw", "0 이상의 정수", &options.amount_min_krw);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        need_history(ledger, options.dormant_days, "휴면 거래처를")?;
        let least = input.options.money.minor(options.amount_min_krw, &ledger.currency);
        let mut returns = Vec::new();
        for vendor in input.shared.vendors().filter(|rows| rows.len() > options.earlier_min) {
            returned(ledger, options, vendor, &mut returns);
        }
        returns.retain(|back| ledger.amount[back.row] >= least);
        let ranks = ranks(input, &returns);
        let hits = returns.into_iter().zip(ranks).filter_map(|(back, rank)| {
            let share = rank.as_large as f64 / (rank.earlier as f64).max(1.0);
            let is_large = rank.earlier >= options.account_rows_min && share <= options.large_share;
            let pause = f64::from(back.pause) / f64::from(options.dormant_days);
            let strength =
                0.5 + 0.2 * ramp(pause, 1.0, 3.0) + 0.25 * (1.0 - share / options.large_share.max(1e-9));
            is_large.then(|| Hit {
                row: back.row,
                strength,
                case: back.first,
                data: Return::new(ledger, &back, rank),
            })
        });
        let hits: Vec<Hit<Return>> = hits.collect();
        let currency = ledger.currency.clone();
        Ok(output(ledger, hits, move |back| back.reason(&currency.display(Amount(back.amount)))))
    }

    fn plant(plot: &mut Plot<'_>, options: &Self::Options) {
        let Some(mut payment) = plot.usual() else { return };
        "자가점검 휴면상사".clone_into(&mut payment.vendor);
        payment.vendor_no.clear();
        let day = payment.day;
        for days in [60, 30, 1] {
            payment.day = day - options.dormant_days - days;
            payment.document_no.push_str("-1");
            plot.add(&payment);
        }
        payment.day = day;
        payment.document_no.push_str("-1");
        let largest = plot.ledger().amount[..plot.n_real()].iter().max().copied().unwrap_or(0);
        payment.amount = largest.max(plot.minor(options.amount_min_krw));
        plot.must_find(&payment);
    }
}

/// A payment after a pause.
struct Back {
    row: usize,
    /// First payment after the pause in the same department.
    first: usize,
    /// Last payment before it.
    before: usize,
    n_before: usize,
    pause: i32,
}

/// Adds the payments of one vendor, in order of days, that come within the first days after a pause unlike its earlier ones.
fn returned(ledger: &LedgerView, options: &DormantVendorOptions, vendor: &[u32], returns: &mut Vec<Back>) {
    let day = |at: usize| ledger.day[vendor[at] as usize];
    let mut longest = 0;
    for at in 1..vendor.len() {
        let pause = day(at) - day(at - 1);
        if pause > options.dormant_days && at >= options.earlier_min && longest <= options.dormant_days / 2 {
            let until = day(at).saturating_add(options.return_days);
            let members = (at..vendor.len()).take_while(|&to| day(to) < until).map(|to| vendor[to] as usize);
            let members: Vec<usize> = members.collect();
            for &row in &members {
                let department = |other: &usize| ledger.department.ids[*other] == ledger.department.ids[row];
                let first = members.iter().copied().find(department).unwrap_or(row);
                returns.push(Back { row, first, before: vendor[at - 1] as usize, n_before: at, pause });
            }
        }
        longest = longest.max(pause);
    }
}

/// How a payment ranks in its account as of its day.
#[derive(Clone, Copy, Default)]
struct Rank {
    earlier: usize,
    as_large: usize,
}

/// Counts, for each of `returns`, the earlier payments of its account and those as large.
fn ranks(input: &Input<'_>, returns: &[Back]) -> Vec<Rank> {
    let ledger = input.ledger;
    let mut by_account = FxHashMap::<u32, Vec<usize>>::default();
    for (at, back) in returns.iter().enumerate() {
        by_account.entry(ledger.account.ids[back.row]).or_default().push(at);
    }
    let mut rows = FxHashMap::<u32, Vec<usize>>::default();
    for group in input.shared.department_accounts(ledger) {
        let account = ledger.account.ids[group[0] as usize];
        if by_account.contains_key(&account) {
            rows.entry(account).or_default().extend(group.iter().map(|&row| row as usize));
        }
    }
    let rank = |back: &Back| {
        let mut rank = Rank::default();
        for &row in rows.get(&ledger.account.ids[back.row]).into_iter().flatten() {
            if ledger.day[row] < ledger.day[back.row] {
                rank.earlier += 1;
                rank.as_large += usize::from(ledger.amount[row] >= ledger.amount[back.row]);
            }
        }
        rank
    };
    returns.par_iter().map(rank).collect()
}

/// A payment after a pause, as its sentence needs it.
struct Return {
    vendor: String,
    account: String,
    before: usize,
    before_date: chrono::NaiveDate,
    n_before: usize,
    pause: i32,
    amount: i64,
    rank: Rank,
}

impl Return {
    fn new(ledger: &LedgerView, back: &Back, rank: Rank) -> Self {
        Self {
            vendor: vendor_name(ledger, back.row).to_owned(),
            account: ledger.account.text(back.row).to_owned(),
            before: back.before,
            before_date: date_of_day(ledger.day[back.before]),
            n_before: back.n_before,
            pause: back.pause,
            amount: ledger.amount[back.row],
            rank,
        }
    }

    fn reason(&self, amount: &str) -> Reason {
        let account = match self.account.as_str() {
            "" => "계정과목이 없는 지급".to_owned(),
            account => format!("계정과목 ‘{account}’"),
        };
        let text = format!(
            "거래처 ‘{}’에는 {}까지 {}건이 지급된 뒤 {}일 동안 지급이 없다가 다시 지급되었습니다. {} {account}의 이전 지급 {}건 가운데 {}번째로 큰 금액입니다.",
            self.vendor,
            self.before_date,
            ko::count(self.n_before),
            ko::count(usize::try_from(self.pause).unwrap_or(0)),
            stated("이번 금액", amount, "은/는"),
            ko::count(self.rank.earlier),
            ko::count(self.rank.as_large + 1),
        );
        Reason { id: ID.to_owned(), text, related: vec![self.before] }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Ledger, fired, run};
    use super::*;

    fn pay(ledger: Ledger, date: &str, amount: i64) -> Ledger {
        ledger.pay(date, "총무과", "소모품비", "가나상사", amount, "", "")
    }

    /// A vendor paid twice, the last time on 2023-01-10, and again on `date`.
    fn paused(date: &str, amount: i64) -> Ledger {
        pay(pay(pay(Ledger::background(300), "2023-01-05", 60_000), "2023-01-10", 60_000), date, amount)
    }

    #[test]
    fn fires_on_a_large_payment_after_the_pause() {
        let ledger = paused("2024-07-12", 2_000_000);
        let out = run(&DormantVendor, &ledger);
        assert_eq!(fired(&out, 0.499), [302]);
        let reason = (out.explain)(302).unwrap();
        assert_eq!(
            reason.text,
            "거래처 ‘가나상사’에는 2023-01-10까지 2건이 지급된 뒤 549일 동안 지급이 없다가 다시 지급되었습니다. \
             이번 금액 2,000,000원은 계정과목 ‘소모품비’의 이전 지급 224건 가운데 1번째로 큰 금액입니다."
        );
        assert_eq!(reason.related, [301]);
    }

    #[test]
    fn a_day_less_a_usual_amount_and_a_vendor_paid_once_do_not_fire() {
        assert!(fired(&run(&DormantVendor, &paused("2024-07-11", 2_000_000)), 0.0).is_empty());
        assert!(fired(&run(&DormantVendor, &paused("2024-07-12", 299_999)), 0.0).is_empty());
        assert_eq!(fired(&run(&DormantVendor, &paused("2024-07-12", 300_000)), 0.499), [302]);
        let once = pay(pay(Ledger::background(300), "2023-01-10", 60_000), "2024-07-12", 2_000_000);
        assert!(fired(&run(&DormantVendor, &once), 0.0).is_empty());
    }

    #[test]
    fn an_amount_that_others_of_the_account_reach_is_not_large() {
        let large = (1..=25).fold(Ledger::background(300), |ledger, day| {
            let vendor = format!("다른상사{day}");
            ledger.pay(&format!("2024-05-{day:02}"), "총무과", "소모품비", &vendor, 3_000_000, "", "")
        });
        let ledger =
            pay(pay(pay(large, "2023-01-05", 60_000), "2023-01-10", 60_000), "2024-07-12", 2_000_000);
        assert!(fired(&run(&DormantVendor, &ledger), 0.0).is_empty());
    }

    #[test]
    fn a_vendor_that_pauses_every_time_does_not_fire() {
        let mut ledger = Ledger::background(300);
        for date in ["2020-01-10", "2020-01-12", "2021-12-10", "2023-11-10"] {
            ledger = pay(ledger, date, 60_000);
        }
        let out = run(&DormantVendor, &pay(ledger, "2025-10-10", 2_000_000));
        assert!(fired(&out, 0.0).is_empty());
    }

    #[test]
    fn later_payments_change_nothing() {
        let early = paused("2024-07-12", 2_000_000);
        let mut whole = early.clone();
        for day in 1..=28 {
            whole = pay(whole, &format!("2024-08-{day:02}"), 90_000_000);
        }
        let (then, now) = (run(&DormantVendor, &early), run(&DormantVendor, &whole));
        assert_eq!(then.strength[302].to_bits(), now.strength[302].to_bits());
        assert_eq!((then.explain)(302), (now.explain)(302));
    }
}
