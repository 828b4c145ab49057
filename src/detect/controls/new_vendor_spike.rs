//! 신규 거래처 고액: first payments to a vendor never paid before, large for their account.
//!
//! Comes in: payments that still stand, in order of days. Goes out: large ones within weeks of a vendor's first.
//! Refuses: the first months of the data (everybody is new then), accounts with little history, later rows.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::common::{Hit, output, ramp, sorted, span_days, stated, vendor_name};
use super::control::Control;
use super::options::Check;
use crate::clean::view::date_of_day;
use crate::clean::{Interned, LedgerView};
use crate::detect::canary::Plot;
use crate::detect::{Input, Output, amount_level};
use crate::ko;
use crate::ledger::{Amount, Reason, Severity, col};

const ID: &str = "new_vendor_spike";

/// Level of the amount at which a new vendor's payment begins to count, and counts fully.
const LEVEL: (f64, f64) = (-1.0, 5.0);

/// Options of 신규 거래처 고액.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NewVendorSpikeOptions {
    /// Days of data before a vendor can be new.
    pub history_days: i32,
    /// Days after the first payment in which a vendor is new.
    pub new_days: i32,
    /// Earlier payments an account needs before its level is known.
    pub account_rows_min: usize,
    /// Least amount in won looked at.
    pub amount_krw_min: i64,
    /// Share of earlier payments of the account that must be smaller.
    pub rank_min: f64,
}

impl Default for NewVendorSpikeOptions {
    fn default() -> Self {
        Self { history_days: 180, new_days: 30, account_rows_min: 30, amount_krw_min: 500_000, rank_min: 0.8 }
    }
}

impl NewVendorSpikeOptions {
    pub(super) fn check(&self, check: &mut Check<'_>) {
        check.within("history_days", self.history_days.into(), 1, 3_660);
        check.within("new_days", self.new_days.into(), 0, 366);
        check.that(self.account_rows_min >= 1, "account_rows_min", "1 이상의 정수", &self.account_rows_min);
        check.that(self.amount_krw_min >= 0, "amount_krw_min", "0 이상의 정수", &self.amount_krw_min);
        check.share("rank_min", self.rank_min, 0.0, 0.98);
    }
}

/// The test.
pub struct NewVendorSpike;

impl Control for NewVendorSpike {
    type Options = NewVendorSpikeOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "신규 거래처 고액";
    const CODES: &'static [&'static str] = &["T22"];
    const SEVERITY: Severity = Severity::Medium;
    const WEIGHT: f64 = 75.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[&[col::VENDOR, col::VENDOR_NO]];
    const OPTIONAL: &'static [&'static str] = &[col::DESCRIPTION, col::KIND];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        options.check(check);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        let days = span_days(ledger);
        if ledger.n_rows > 0 && days <= i64::from(options.history_days) {
            return Err(format!(
                "자료 기간이 {days}일로 {}일 이하여서 신규 거래처를 가려내지 못했습니다.",
                options.history_days
            ));
        }
        let vendor = &input.shared.vendor;
        let stands = &input.shared.stands;
        let level = amount_level::levels(input)?;
        let first_paid = first_days(ledger, vendor);
        let amount_min = input.options.money.minor(options.amount_krw_min, &ledger.currency);
        let known_from = ledger.day.iter().min().copied().unwrap_or(0).saturating_add(options.history_days);
        let is_new = |i: usize| {
            vendor[i] != Interned::NULL && {
                let first = first_paid[vendor[i] as usize];
                first >= known_from && ledger.day[i] - first <= options.new_days
            }
        };
        let order =
            sorted((0..ledger.n_rows).filter(|&i| stands[i]), |i| (ledger.account.ids[i], ledger.day[i]));
        let accounts: Vec<&[_]> = order.chunk_by(|a, b| a.0.0 == b.0.0).collect();
        let of_account = |account: &&[((u32, i32), usize)]| {
            let mut hits = Vec::new();
            let rows: Vec<usize> = account.iter().map(|&(_, row)| row).collect();
            let mut levels = Levels::new(rows.iter().map(|&i| ledger.amount[i]));
            let (mut n_new, mut n_known) = (0_usize, 0_usize);
            for &i in &rows {
                let is_new = is_new(i);
                if is_new && levels.count >= options.account_rows_min && ledger.amount[i] >= amount_min {
                    let first_day = first_paid[vendor[i] as usize];
                    let entry = Entry::new(ledger, i, first_day, &levels);
                    let strength = entry.strength(options, level[i], share_of_new(n_new, n_known));
                    hits.push(Hit::alone(i, strength, entry));
                }
                n_new += usize::from(is_new);
                n_known += usize::from(ledger.day[i] >= known_from);
                levels.add(ledger.amount[i]);
            }
            hits
        };
        let hits: Vec<Hit<Entry>> = accounts.par_iter().with_max_len(1).flat_map_iter(of_account).collect();
        let currency = ledger.currency.clone();
        Ok(output(ledger, hits, move |entry| {
            entry.reason(&currency.display(Amount(entry.amount)), &currency.display(Amount(entry.median)))
        }))
    }

    fn plant(plot: &mut Plot<'_>, _options: &Self::Options) {
        let Some(mut payment) = plot.usual_to_newcomer() else { return };
        let largest = plot.ledger().amount[..plot.n_real()].iter().max().copied().unwrap_or(0);
        payment.amount = largest.saturating_mul(20).max(plot.minor(10_000_000));
        plot.must_find(&payment);
    }
}

/// First day of each vendor by key, over all rows.
fn first_days(ledger: &LedgerView, vendor: &[u32]) -> Vec<i32> {
    let n_vendors = vendor.iter().filter(|&&v| v != Interned::NULL).max().map_or(0, |&v| v as usize + 1);
    let mut first = vec![i32::MAX; n_vendors];
    for (&v, &day) in vendor.iter().zip(&ledger.day).filter(|&(&v, _)| v != Interned::NULL) {
        first[v as usize] = first[v as usize].min(day);
    }
    first
}

/// Amounts seen so far, with rank and median in `O(log n)`: counts in a Fenwick tree over the sorted amounts.
struct Levels {
    amounts: Vec<i64>,
    tree: Vec<usize>,
    count: usize,
}

impl Levels {
    /// Room for `amounts`, none of them seen yet.
    fn new(amounts: impl Iterator<Item = i64>) -> Self {
        let mut amounts: Vec<i64> = amounts.collect();
        amounts.sort_unstable();
        amounts.dedup();
        Self { tree: vec![0; amounts.len() + 1], amounts, count: 0 }
    }

    fn add(&mut self, amount: i64) {
        let mut at = self.amounts.partition_point(|&a| a < amount) + 1;
        while at < self.tree.len() {
            self.tree[at] += 1;
            at += at & at.wrapping_neg();
        }
        self.count += 1;
    }

    /// How many seen amounts are smaller.
    fn below(&self, amount: i64) -> usize {
        let mut at = self.amounts.partition_point(|&a| a < amount);
        let mut sum = 0;
        while at > 0 {
            sum += self.tree[at];
            at -= at & at.wrapping_neg();
        }
        sum
    }

    /// The median of the amounts seen, the lower one of an even count; 0 when none.
    fn median(&self) -> i64 {
        let mut left = self.count.div_ceil(2);
        let mut at = 0;
        let mut step = self.tree.len().next_power_of_two() / 2;
        while step > 0 {
            if at + step < self.tree.len() && self.tree[at + step] < left {
                at += step;
                left -= self.tree[at];
            }
            step /= 2;
        }
        if self.count == 0 { 0 } else { self.amounts.get(at).copied().unwrap_or(0) }
    }
}

/// Of `n_known` payments those to newcomers, taken as one in thirty where nothing is known yet.
fn share_of_new(n_new: usize, n_known: usize) -> f64 {
    (n_new as f64 + 1.0) / (n_known as f64 + 30.0)
}

/// A payment to a new vendor beside the level of its account.
struct Entry {
    vendor: String,
    account: String,
    amount: i64,
    median: i64,
    n_earlier: usize,
    rank: f64,
    first_day: i32,
    days_since: i32,
}

impl Entry {
    fn new(ledger: &LedgerView, i: usize, first_day: i32, levels: &Levels) -> Self {
        Self {
            vendor: vendor_name(ledger, i).to_owned(),
            account: ledger.account.text(i).to_owned(),
            amount: ledger.amount[i],
            median: levels.median(),
            n_earlier: levels.count,
            rank: levels.below(ledger.amount[i]) as f64 / levels.count.max(1) as f64,
            first_day,
            days_since: ledger.day[i] - first_day,
        }
    }

    fn times_median(&self) -> f64 {
        self.amount as f64 / self.median.max(1) as f64
    }

    /// `level`: how far the amount lies above its contexts; `share_of_new`: of the account's earlier payments, those to
    /// vendors new at their time.
    fn strength(&self, options: &NewVendorSpikeOptions, level: f64, share_of_new: f64) -> f64 {
        let rank = ramp(self.rank, options.rank_min, options.rank_min + 0.05);
        let newness = 1.0 - 0.4 * f64::from(self.days_since) / f64::from(options.new_days.max(1));
        // Where one payment in ten goes to a newcomer, a newcomer is less remarkable than where one in a hundred does.
        let rare = 0.7 + 0.3 * (-share_of_new.log10() / 2.0).clamp(0.1, 1.0);
        rank * newness * rare * ramp(level, LEVEL.0, LEVEL.1)
    }

    fn reason(&self, amount: &str, median: &str) -> Reason {
        let first = if self.days_since == 0 {
            format!("거래처 ‘{}’에 대한 첫 지급입니다.", self.vendor)
        } else {
            format!(
                "거래처 ‘{}’에 {} 처음 지급한 뒤 {}일 만의 지급입니다.",
                self.vendor,
                date_of_day(self.first_day),
                self.days_since
            )
        };
        let smaller = if self.rank < 1.0 {
            format!("그 가운데 {}", ko::percent(self.rank.min(0.999)))
        } else {
            "그 모두".to_owned()
        };
        let text = format!(
            "{first} {} 계정 ‘{}’의 이전 지급 {}건 중앙값 {median}의 {:.1}배이고 {smaller}보다 큽니다.",
            stated("금액", amount, "은/는"),
            self.account,
            ko::count(self.n_earlier),
            self.times_median(),
        );
        Reason { id: ID.to_owned(), text, related: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ControlOptions;
    use super::super::testing::{Ledger, fired, run, try_run};
    use super::*;

    #[test]
    fn fires_on_a_large_first_payment() {
        let ledger = Ledger::background(300)
            .pay("2025-03-05", "총무과", "소모품비", "새이름상사", 3_000_000, "", "")
            .pay("2025-03-17", "총무과", "소모품비", "새이름상사", 2_500_000, "", "")
            .pay("2025-09-01", "총무과", "소모품비", "새이름상사", 2_500_000, "", "");
        let out = run(&NewVendorSpike, &ledger);
        assert_eq!(fired(&out, 0.3), [300, 301]);
        let text = |i| (out.explain)(i).unwrap().text;
        assert!(
            text(300).starts_with(
                "거래처 ‘새이름상사’에 대한 첫 지급입니다. 금액 3,000,000원은 계정 ‘소모품비’의"
            )
        );
        assert!(text(300).contains("이전 지급 300건"), "{}", text(300));
        assert!(text(300).ends_with("배이고 그 모두보다 큽니다."), "{}", text(300));
        assert!(text(301).contains("2025-03-05 처음 지급한 뒤 12일 만의"), "{}", text(301));
    }

    #[test]
    fn small_known_or_early_vendors_do_not_fire() {
        let mut ledger = Ledger::background(300)
            .pay("2025-03-05", "총무과", "소모품비", "작은상사", 60_000, "", "")
            .pay("2025-03-05", "총무과", "소모품비", "거래처1", 3_000_000, "", "");
        ledger.0[20].vendor = "처음부터상사".to_owned();
        ledger.0[20].amount = 9_000_000;
        assert!(fired(&run(&NewVendorSpike, &ledger), 0.0).is_empty());
    }

    #[test]
    fn only_earlier_rows_count() {
        let ledger =
            Ledger::background(300).pay("2025-03-05", "총무과", "소모품비", "새이름", 3_000_000, "", "");
        let later = (0..50).fold(ledger.clone(), |l, i| {
            l.pay("2025-04-01", "총무과", "소모품비", &format!("후속{i}"), 90_000_000, "", "")
        });
        let (now, then) = (run(&NewVendorSpike, &ledger), run(&NewVendorSpike, &later));
        assert_eq!(now.strength[300].to_bits(), then.strength[300].to_bits());
        assert_eq!((now.explain)(300), (then.explain)(300));
    }

    #[test]
    fn short_data_says_so() {
        let ledger = Ledger::new().pay("2024-01-02", "총무과", "소모품비", "가", 1, "", "");
        let reason = try_run(&NewVendorSpike, &ledger.view(), &ControlOptions::default()).err().unwrap();
        assert_eq!(reason, "자료 기간이 1일로 180일 이하여서 신규 거래처를 가려내지 못했습니다.");
    }

    #[test]
    fn levels_agree_with_sorting() {
        let amounts: Vec<i64> = (0..200).map(|i| (i * 7_919) % 83).collect();
        let mut levels = Levels::new(amounts.iter().copied());
        assert_eq!(levels.median(), 0);
        for n in 1..=amounts.len() {
            levels.add(amounts[n - 1]);
            let mut seen = amounts[..n].to_vec();
            seen.sort_unstable();
            assert_eq!(levels.median(), seen[(n - 1) / 2]);
            assert_eq!(levels.below(40), seen.iter().filter(|&&a| a < 40).count());
        }
    }
}
