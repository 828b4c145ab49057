//! 취소·반납 원거래 미확인: a reversal for which the ledger holds no payment it could take back.
//!
//! Comes in: a netted ledger, in which a row below zero is a reversal without its payment. Goes out: those rows.
//! Refuses: the first days of the data, whose payments lie before it; later rows.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::common::{Hit, output, span_days, vendor_name, weight_of_amount};
use super::control::Control;
use super::options::Check;
use crate::clean::reversal::ATTRIBUTE_DAYS_MAX;
use crate::clean::view::date_of_day;
use crate::clean::{Interned, LedgerView};
use crate::detect::canary::{Plot, SOURCE};
use crate::detect::{Input, Output};
use crate::ko;
use crate::ledger::{Amount, Reason, Severity, col};

const ID: &str = "unmatched_reversal";

/// Earlier payments looked at for what the reversal may have meant: a person opens no more.
const LOOK_BACK: usize = 50;

/// Options of 취소·반납 원거래 미확인.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UnmatchedReversalOptions {
    /// Days of data before a reversal without its payment says something.
    pub history_days: i32,
    /// Amount in won that counts half.
    pub half_amount_krw: i64,
    /// Strength, as a share, where a larger payment alike came before: a refund of a part that names no document.
    pub part_share: f64,
    /// Strength, as a share, where only smaller payments alike came before.
    pub smaller_share: f64,
}

impl Default for UnmatchedReversalOptions {
    fn default() -> Self {
        Self { history_days: 180, half_amount_krw: 300_000, part_share: 0.3, smaller_share: 0.8 }
    }
}

impl UnmatchedReversalOptions {
    pub(super) fn check(&self, check: &mut Check<'_>) {
        check.within("history_days", self.history_days.into(), 0, 3_660);
        check.that(self.half_amount_krw > 0, "half_amount_krw", "1 이상의 정수", &self.half_amount_krw);
        check.share("part_share", self.part_share, 0.0, 1.0);
        check.share("smaller_share", self.smaller_share, 0.0, 1.0);
    }
}

/// The test.
pub struct UnmatchedReversal;

impl Control for UnmatchedReversal {
    type Options = UnmatchedReversalOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "취소·반납 원거래 미확인";
    const CODES: &'static [&'static str] = &["T28"];
    const SEVERITY: Severity = Severity::Medium;
    const WEIGHT: f64 = 90.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[];
    const OPTIONAL: &'static [&'static str] =
        &[col::DOCUMENT_NO, col::VENDOR, col::VENDOR_NO, col::DESCRIPTION, col::KIND];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        options.check(check);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        let days = span_days(ledger);
        if ledger.n_rows > 0 && days <= i64::from(options.history_days) {
            return Err(format!(
                "자료 기간이 {days}일로 {}일 이하여서 취소·반납의 원거래를 확인하지 못했습니다.",
                options.history_days
            ));
        }
        let known_from = ledger.day.iter().min().copied().unwrap_or(0).saturating_add(options.history_days);
        let reversals: Vec<usize> =
            (0..ledger.n_rows).filter(|&i| ledger.amount[i] < 0 && ledger.day[i] >= known_from).collect();
        let vendor = &input.shared.vendor;
        let payments = payments_alike(ledger, vendor, &reversals);
        let half = input.options.money.minor(options.half_amount_krw, &ledger.currency);
        let hits = reversals.into_iter().map(|row| {
            let near = payments.get(&group(ledger, vendor, row)).map_or(&[][..], Vec::as_slice);
            let missing = Missing::new(ledger, row, near);
            let matter = weight_of_amount(missing.size, half);
            Hit::alone(row, missing.share(options) * matter, missing)
        });
        let currency = ledger.currency.clone();
        Ok(output(ledger, hits.collect(), move |missing| {
            missing
                .reason(&currency.display(Amount(missing.size)), &|amount| currency.display(Amount(amount)))
        }))
    }

    fn plant(plot: &mut Plot<'_>, _options: &Self::Options) {
        let Some(mut payment) = plot.usual_to_newcomer() else { return };
        payment.amount = -payment.amount.max(plot.minor(5_000_000));
        payment.description = format!("{SOURCE} 취소");
        plot.must_find(&payment);
    }
}

type Group = (u32, u32, u32);

fn group(ledger: &LedgerView, vendor: &[u32], i: usize) -> Group {
    (ledger.department.ids[i], ledger.account.ids[i], vendor[i])
}

/// Payments of the groups of `reversals` in order of days, of groups that have a vendor.
fn payments_alike(
    ledger: &LedgerView,
    vendor: &[u32],
    reversals: &[usize],
) -> HashMap<Group, Vec<(i32, usize)>> {
    let asked = reversals.iter().filter(|&&i| vendor[i] != Interned::NULL);
    let mut payments: HashMap<Group, Vec<(i32, usize)>> =
        asked.map(|&i| (group(ledger, vendor, i), Vec::new())).collect();
    if payments.is_empty() {
        return payments;
    }
    for i in (0..ledger.n_rows).filter(|&i| ledger.amount[i] > 0) {
        if let Some(list) = payments.get_mut(&group(ledger, vendor, i)) {
            list.push((ledger.day[i], i));
        }
    }
    for list in payments.values_mut() {
        list.sort_unstable();
    }
    payments
}

/// A reversal beside the payments it could have meant.
struct Missing {
    size: i64,
    vendor: String,
    n_alike: usize,
    /// Of the payments alike the nearest larger one, else the nearest.
    nearest: Option<Near>,
}

struct Near {
    row: usize,
    day: i32,
    amount: i64,
}

impl Missing {
    fn new(ledger: &LedgerView, row: usize, payments: &[(i32, usize)]) -> Self {
        let (day, size) = (ledger.day[row], ledger.amount[row].saturating_abs());
        let until = payments.partition_point(|payment| payment.0 <= day);
        let from = payments
            .partition_point(|payment| i64::from(payment.0) < i64::from(day) - i64::from(ATTRIBUTE_DAYS_MAX));
        let alike = &payments[from.max(until.saturating_sub(LOOK_BACK)).min(until)..until];
        let larger = alike.iter().rev().find(|payment| ledger.amount[payment.1] > size);
        let nearest = larger.or(alike.last());
        Self {
            size,
            vendor: vendor_name(ledger, row).to_owned(),
            n_alike: alike.len(),
            nearest: nearest.map(|&(day, row)| Near { row, day, amount: ledger.amount[row] }),
        }
    }

    fn share(&self, options: &UnmatchedReversalOptions) -> f64 {
        match &self.nearest {
            None => 1.0,
            Some(near) if near.amount > self.size => options.part_share,
            Some(_) => options.smaller_share,
        }
    }

    fn reason(&self, size: &str, display: &dyn Fn(i64) -> String) -> Reason {
        let basis = format!("취소·반납 금액 {size}의 원거래를 확인하지 못했습니다.");
        let alike = match (&self.nearest, self.vendor.is_empty()) {
            (_, true) => "거래처가 적혀 있지 않고, 문서번호나 적요로도 연결되는 지급이 없습니다.".to_owned(),
            (None, false) => {
                format!("그 전 1년 동안 같은 부서·계정에서 거래처 ‘{}’에 지급한 건이 없습니다.", self.vendor)
            }
            (Some(near), false) => {
                let nearest = if near.amount > self.size { "그보다 큰" } else { "가장 가까운" };
                format!(
                    "같은 부서·계정에서 거래처 ‘{}’에 지급한 최근 {}건 가운데 금액이 같은 건이 없고, {nearest} 지급은 {}의 {}입니다.",
                    self.vendor,
                    ko::count(self.n_alike),
                    date_of_day(near.day),
                    display(near.amount)
                )
            }
        };
        let related = self.nearest.iter().map(|near| near.row).collect();
        Reason { id: ID.to_owned(), text: format!("{basis} {alike}"), related }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ControlOptions;
    use super::super::testing::{Ledger, fired, run, run_with, try_run};
    use super::*;
    use crate::clean::reversal;

    /// The output on the netted ledger, and the rows of the ledger as written that fired above `above`.
    fn fired_netted(ledger: &Ledger, above: f32) -> (Vec<usize>, Output) {
        // A last payment, so that what is netted does not shorten the data.
        let ledger = ledger.clone().pay("2025-12-31", "시설과", "소모품비", "문구점", 9_000, "", "");
        let view = ledger.view();
        let netted = reversal::net(&view, &reversal::link(&view));
        let out = try_run(&UnmatchedReversal, &netted.ledger, &ControlOptions::default()).unwrap();
        (fired(&out, above).into_iter().map(|i| netted.rows[i]).collect(), out)
    }

    /// A year of payments, so that reversals of 2024-03 have their history; rows 0 and 1.
    fn year() -> Ledger {
        Ledger::new().pay("2023-03-01", "총무과", "수선비", "한빛설비", 700_000, "", "배관 보수").pay(
            "2024-03-02",
            "총무과",
            "수선비",
            "가나상사",
            1_234_000,
            "",
            "창문 수리",
        )
    }

    fn back(ledger: Ledger, date: &str, vendor: &str, amount: i64) -> Ledger {
        ledger.pay(date, "총무과", "수선비", vendor, amount, "", "취소")
    }

    #[test]
    fn fires_on_a_reversal_nobody_was_paid_for() {
        let ledger = back(year(), "2024-03-05", "다라상사", -3_000_000);
        let (rows, out) = fired_netted(&ledger, 0.9);
        assert_eq!(rows, [2]);
        let reason = (out.explain)(2).unwrap();
        assert_eq!(
            reason.text,
            "취소·반납 금액 3,000,000원의 원거래를 확인하지 못했습니다. 그 전 1년 동안 같은 부서·계정에서 거래처 ‘다라상사’에 지급한 건이 없습니다."
        );
        assert!(reason.related.is_empty());
    }

    #[test]
    fn another_amount_is_said_and_a_part_counts_less() {
        let more = back(year(), "2024-03-05", "가나상사", -1_235_000);
        let (rows, out) = fired_netted(&more, 0.6);
        assert_eq!(rows, [2]);
        let reason = (out.explain)(2).unwrap();
        assert_eq!(reason.related, [1]);
        assert!(
            reason.text.ends_with("거래처 ‘가나상사’에 지급한 최근 1건 가운데 금액이 같은 건이 없고, 가장 가까운 지급은 2024-03-02의 1,234,000원입니다."),
            "{}",
            reason.text
        );
        let (_, part) = fired_netted(&back(year(), "2024-03-05", "가나상사", -1_233_000), 0.0);
        assert!(part.strength[2] > 0.0 && part.strength[2] < 0.5 * out.strength[2]);
        assert!((part.explain)(2).unwrap().text.contains("그보다 큰 지급은 2024-03-02의 1,234,000원입니다."));
    }

    #[test]
    fn a_reversal_with_its_payment_does_not_fire() {
        for date in ["2024-03-02", "2024-03-05", "2025-03-03"] {
            let (rows, _) = fired_netted(&back(year(), date, "가나상사", -1_234_000), 0.0);
            assert!(rows.is_empty(), "{date}");
        }
        let (rows, _) = fired_netted(&back(year(), "2025-03-04", "가나상사", -1_234_000), 0.0);
        assert_eq!(rows, [2], "the day after the year");
        let (rows, _) = fired_netted(&back(year(), "2024-03-01", "가나상사", -1_234_000), 0.0);
        assert_eq!(rows, [2], "the day before the payment");
    }

    #[test]
    fn a_cancellation_written_positive_fires_by_its_kind_only() {
        let written = back(year(), "2024-03-05", "다라상사", 3_000_000);
        assert!(fired_netted(&written, 0.0).0.is_empty());
        let ledger = written.with(|row| row.kind = "승인취소".to_owned());
        assert_eq!(fired_netted(&ledger, 0.9).0, [2]);
    }

    #[test]
    fn the_first_days_of_the_data_are_not_tested() {
        let early = back(year(), "2023-08-27", "다라상사", -3_000_000);
        assert!(fired_netted(&early, 0.0).0.is_empty(), "day 179");
        let known = back(year(), "2023-08-28", "다라상사", -3_000_000);
        assert_eq!(fired_netted(&known, 0.9).0, [2], "day 180");
        let short = back(Ledger::new(), "2024-03-05", "다라상사", -3_000_000);
        let reason = try_run(&UnmatchedReversal, &short.view(), &ControlOptions::default()).err().unwrap();
        assert_eq!(reason, "자료 기간이 1일로 180일 이하여서 취소·반납의 원거래를 확인하지 못했습니다.");
    }

    #[test]
    fn strength_grows_with_the_amount_and_needs_no_vendor() {
        let mut ledger = year();
        for amount in [-30_000, -300_000, -3_000_000, -300_000_000] {
            ledger = back(ledger, "2024-03-05", "", amount);
        }
        let out = run(&UnmatchedReversal, &ledger);
        assert!(out.strength[2..].is_sorted() && out.strength[2] < 0.1 && out.strength[5] > 0.99);
        assert!((out.strength[3] - 0.5).abs() < 1e-6);
        assert!((out.explain)(3).unwrap().text.contains("거래처가 적혀 있지 않고"));
    }

    #[test]
    fn the_rule_covers_its_dates() {
        let mut options = ControlOptions::default();
        let day = |text: &str| Some(text.parse().unwrap());
        options.unmatched_reversal.rules[0].effective_from = day("2024-03-05");
        options.unmatched_reversal.rules[0].effective_until = day("2024-03-06");
        let ledger = ["2024-03-04", "2024-03-05", "2024-03-06", "2024-03-07"]
            .into_iter()
            .fold(year(), |ledger, date| back(ledger, date, "다라상사", -3_000_000));
        assert_eq!(fired(&run_with(&UnmatchedReversal, &ledger, &options), 0.0), [3, 4]);
    }
}
