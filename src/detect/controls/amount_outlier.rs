//! 계정 내 금액 이례: an amount far above what a department pays on an account, by a fixed and documented rule.
//!
//! Comes in: payments that still stand. Goes out: those many robust deviations above the middle of their group.
//! Refuses: groups too small, vendors that are paid so much again and again, small amounts.
//!
//! Robust z: the logarithm of the amount less the median of logarithms, over 1.4826 times the median absolute deviation
//! (Iglewicz and Hoaglin 1993); median and deviation of a department are pulled to those of the account.

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::common::{Hit, output, ramp, stated, vendor_name};
use super::control::Control;
use super::options::Check;
use crate::clean::{Interned, LedgerView};
use crate::detect::canary::Plot;
use crate::detect::{Input, Output};
use crate::ko;
use crate::ledger::{Amount, Reason, Severity, col};

const ID: &str = "amount_outlier";

/// Turns a median absolute deviation into the scale of a standard deviation.
const MAD_TO_SIGMA: f64 = 1.4826;

/// Payments the account counts for beside those of the department.
const PRIOR_ROWS: f64 = 30.0;

/// Least deviation: amounts of a tariff differ by nothing, and a little more is no outlier.
const SIGMA_MIN: f64 = 0.25;

/// Share of an amount from which another payment to the vendor is as large.
const AS_LARGE: f64 = 0.6;

/// Options of 계정 내 금액 이례.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AmountOutlierOptions {
    /// Robust deviations above the median from which a payment is far above.
    pub z_min: f64,
    /// Fewest payments of a group.
    pub rows_min: usize,
    /// Least amount in won looked at.
    pub amount_krw_min: i64,
    /// Most other payments of such a size to the vendor on the account.
    pub vendor_rows_max: usize,
}

impl Default for AmountOutlierOptions {
    fn default() -> Self {
        Self { z_min: 4.5, rows_min: 30, amount_krw_min: 1_000_000, vendor_rows_max: 1 }
    }
}

/// The test.
pub struct AmountOutlier;

impl Control for AmountOutlier {
    type Options = AmountOutlierOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "계정 내 금액 이례";
    const CODES: &'static [&'static str] = &["T41"];
    const SEVERITY: Severity = Severity::Medium;
    const WEIGHT: f64 = 50.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[];
    const OPTIONAL: &'static [&'static str] = &[col::VENDOR, col::VENDOR_NO, col::KIND];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        check.share("z_min", options.z_min, 2.0, 50.0);
        check.that(options.rows_min >= 10, "rows_min", "10 이상의 정수", &options.rows_min);
        check.that(options.amount_krw_min >= 0, "amount_krw_min", "0 이상의 정수", &options.amount_krw_min);
        check.that(
            options.vendor_rows_max <= 100,
            "vendor_rows_max",
            "100 이하의 정수",
            &options.vendor_rows_max,
        );
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        let groups: Vec<&[u32]> = input.shared.department_accounts(ledger).collect();
        if ledger.n_rows > 0 && !groups.iter().any(|group| group.len() >= options.rows_min) {
            return Err(format!(
                "지급이 {}건 이상인 부서·계정이 없어 금액 이례를 점검하지 못했습니다.",
                ko::count(options.rows_min)
            ));
        }
        let least = input.options.money.minor(options.amount_krw_min, &ledger.currency);
        let accounts = by_account(ledger, &groups);
        let found: Vec<(usize, Level)> = groups
            .par_iter()
            .filter(|group| group.len() >= options.rows_min)
            .flat_map_iter(|group| {
                let account = accounts.get(&ledger.account.ids[group[0] as usize]).copied();
                let level = Level::of(ledger, group).pulled_to(account);
                let limit = level.amount_at(options.z_min).max(least);
                let far = |&&row: &&u32| ledger.amount[row as usize] > limit;
                group.iter().filter(far).map(move |&row| (row as usize, level)).collect::<Vec<_>>()
            })
            .collect();
        let vendors = sizes(ledger, input, &found);
        let hits = found.into_iter().filter_map(|(i, level)| {
            let as_large = vendors.get(&(input.shared.vendor[i], ledger.account.ids[i]));
            let size = ledger.amount[i] as f64 * AS_LARGE;
            let n_as_large = as_large.map_or(0, |known| known.iter().filter(|a| **a as f64 >= size).count());
            let z = level.z(ledger.amount[i]);
            let data = Far {
                department: ledger.department.text(i).to_owned(),
                account: ledger.account.text(i).to_owned(),
                vendor: vendor_name(ledger, i).to_owned(),
                amount: ledger.amount[i],
                median: level.own_median,
                n: level.n,
                z,
            };
            let strength = 0.5 + 0.45 * ramp(z, options.z_min, 2.0 * options.z_min);
            // The payment itself is among them.
            (n_as_large <= options.vendor_rows_max + 1).then(|| Hit::alone(i, strength, data))
        });
        let currency = ledger.currency.clone();
        Ok(output(ledger, hits.collect(), move |far| {
            far.reason(&currency.display(Amount(far.amount)), &currency.display(Amount(far.median)))
        }))
    }

    fn plant(plot: &mut Plot<'_>, options: &Self::Options) {
        let Some(mut payment) = plot.usual_to_newcomer() else { return };
        let ledger = plot.ledger();
        let is_group = |i: &usize| {
            ledger.amount[*i] > 0
                && ledger.department.text(*i) == payment.department
                && ledger.account.text(*i) == payment.account
        };
        let rows: Vec<u32> =
            (0..plot.n_real()).filter(is_group).filter_map(|i| u32::try_from(i).ok()).collect();
        let of_account: Vec<u32> = (0..plot.n_real())
            .filter(|&i| ledger.amount[i] > 0 && ledger.account.text(i) == payment.account)
            .filter_map(|i| u32::try_from(i).ok())
            .collect();
        if rows.is_empty() {
            return;
        }
        let level = Level::of(ledger, &rows).pulled_to(Some(Level::of(ledger, &of_account)));
        let least = plot.minor(options.amount_krw_min);
        payment.amount = level.amount_at(2.0 * options.z_min).max(least).saturating_mul(2);
        plot.must_find(&payment);
    }
}

/// The middle of a group's amounts and how far they spread, as natural logarithms.
#[derive(Clone, Copy)]
struct Level {
    n: usize,
    own_median: i64,
    median: f64,
    sigma: f64,
}

impl Level {
    /// Of `rows`, at least one.
    fn of(ledger: &LedgerView, rows: &[u32]) -> Self {
        let amount = |row: u32| ledger.amount[row as usize].max(1);
        let mut amounts: Vec<i64> = rows.iter().map(|&row| amount(row)).collect();
        let middle = amounts.len() / 2;
        let own_median = *amounts.select_nth_unstable(middle).1;
        let median = (own_median as f64).ln();
        let mut distances: Vec<f64> = amounts.iter().map(|a| ((*a as f64).ln() - median).abs()).collect();
        let sigma = MAD_TO_SIGMA * *distances.select_nth_unstable_by(middle, f64::total_cmp).1;
        Self { n: rows.len(), own_median, median, sigma }
    }

    /// The same with `PRIOR_ROWS` payments at the level of the account beside it.
    fn pulled_to(self, account: Option<Self>) -> Self {
        let Some(account) = account else { return self };
        let n = self.n as f64;
        let mean = |own: f64, wider: f64| (n * own + PRIOR_ROWS * wider) / (n + PRIOR_ROWS);
        let median = mean(self.median, account.median);
        let variance = mean(self.sigma.powi(2), account.sigma.powi(2));
        Self { median, sigma: variance.sqrt().max(SIGMA_MIN), ..self }
    }

    fn z(&self, amount: i64) -> f64 {
        ((amount.max(1) as f64).ln() - self.median) / self.sigma.max(SIGMA_MIN)
    }

    #[expect(clippy::cast_possible_truncation, reason = "a float as an integer saturates")]
    fn amount_at(&self, z: f64) -> i64 {
        (self.median + z * self.sigma.max(SIGMA_MIN)).exp() as i64
    }
}

/// The level of every account over all departments.
fn by_account(ledger: &LedgerView, groups: &[&[u32]]) -> FxHashMap<u32, Level> {
    let mut rows: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    for group in groups {
        rows.entry(ledger.account.ids[group[0] as usize]).or_default().extend(*group);
    }
    rows.into_iter().map(|(account, rows)| (account, Level::of(ledger, &rows))).collect()
}

/// Amounts paid to the vendors of `found` on their accounts.
fn sizes(
    ledger: &LedgerView,
    input: &Input<'_>,
    found: &[(usize, Level)],
) -> FxHashMap<(u32, u32), Vec<i64>> {
    let key = |i: usize| (input.shared.vendor[i], ledger.account.ids[i]);
    let mut sizes: FxHashMap<(u32, u32), Vec<i64>> =
        found.iter().map(|(i, _)| (key(*i), Vec::new())).collect();
    sizes.retain(|(vendor, _), _| *vendor != Interned::NULL);
    if sizes.is_empty() {
        return sizes;
    }
    for i in (0..ledger.n_rows).filter(|&i| input.shared.stands[i]) {
        if let Some(known) = sizes.get_mut(&key(i)) {
            known.push(ledger.amount[i]);
        }
    }
    sizes
}

/// An amount far above its group, as its sentence needs it.
struct Far {
    department: String,
    account: String,
    vendor: String,
    amount: i64,
    median: i64,
    n: usize,
    z: f64,
}

impl Far {
    fn reason(&self, amount: &str, median: &str) -> Reason {
        let to = if self.vendor.is_empty() {
            String::new()
        } else {
            format!("거래처 ‘{}’에 지급한 ", self.vendor)
        };
        let text = format!(
            "{to}{} 부서 ‘{}’의 계정 ‘{}’ 지급 {}건 중앙값 {median}의 {:.1}배입니다(로버스트 z {:.1}).",
            stated("금액", amount, "은/는"),
            self.department,
            self.account,
            ko::count(self.n),
            self.amount as f64 / self.median.max(1) as f64,
            self.z,
        );
        Reason { id: ID.to_owned(), text, related: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ControlOptions;
    use super::super::testing::{Ledger, fired, run, try_run};
    use super::*;

    /// 101 payments of one group, 100,000 won to 200,000: the median is 150,000.
    fn group() -> Ledger {
        (0..101).fold(Ledger::new(), |ledger, i| {
            let date = format!("2024-{:02}-{:02}", 1 + i % 12, 1 + i % 28);
            ledger.pay(&date, "총무과", "수선비", &format!("업체{i}"), 100_000 + 1_000 * i, "", "")
        })
    }

    fn pay(ledger: Ledger, vendor: &str, amount: i64) -> Ledger {
        ledger.pay("2024-12-30", "총무과", "수선비", vendor, amount, "", "")
    }

    #[test]
    fn fires_far_above_and_says_how_far() {
        let out = run(&AmountOutlier, &pay(group(), "가나설비", 9_060_000));
        assert_eq!(fired(&out, 0.5), [101]);
        let text = (out.explain)(101).unwrap().text;
        assert!(
            text.starts_with("거래처 ‘가나설비’에 지급한 금액 9,060,000원은 부서 ‘총무과’의 계정 ‘수선비’ 지급 102건 중앙값 151,000원의 60.0배입니다(로버스트 z "),
            "{text}"
        );
    }

    #[test]
    fn the_bar_is_a_fixed_number_of_deviations() {
        let ledger = pay(group(), "가나설비", 9_000_000).view();
        let rows: Vec<u32> = (0..102).collect();
        let own = Level::of(&ledger, &rows);
        let limit = own.pulled_to(Some(own)).amount_at(AmountOutlierOptions::default().z_min);
        assert!((400_000..1_000_000).contains(&limit), "{limit}");
        let mut options = ControlOptions::default();
        options.amount_outlier.rules[0].options.amount_krw_min = 1;
        let at = |amount| {
            fired(&try_run(&AmountOutlier, &pay(group(), "가나설비", amount).view(), &options).unwrap(), 0.0)
        };
        assert!(at(limit).is_empty());
        assert_eq!(at(limit + 1), [101]);
        assert!(
            fired(&run(&AmountOutlier, &pay(group(), "가나설비", 999_999)), 0.0).is_empty(),
            "too small to matter"
        );
    }

    #[test]
    fn a_vendor_paid_so_much_again_and_again_does_not_fire() {
        let twice = pay(pay(group(), "가나설비", 9_000_000), "가나설비", 9_100_000);
        assert_eq!(fired(&run(&AmountOutlier, &twice), 0.0).len(), 2);
        let three = pay(twice, "가나설비", 9_200_000);
        assert!(fired(&run(&AmountOutlier, &three), 0.0).is_empty());
    }

    #[test]
    fn a_small_group_is_not_judged() {
        let ledger = Ledger(group().0.into_iter().take(28).collect());
        let reason =
            try_run(&AmountOutlier, &pay(ledger, "가나설비", 90_000_000).view(), &ControlOptions::default());
        assert_eq!(
            reason.err().unwrap(),
            "지급이 30건 이상인 부서·계정이 없어 금액 이례를 점검하지 못했습니다."
        );
        let ledger = Ledger(group().0.into_iter().take(29).collect());
        assert_eq!(fired(&run(&AmountOutlier, &pay(ledger, "가나설비", 90_000_000)), 0.0), [29]);
    }
}
