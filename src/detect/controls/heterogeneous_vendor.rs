//! 품목 이질 거래처: one vendor paid for goods that have nothing to do with each other.
//!
//! Comes in: payments that still stand. Goes out: the payments of such a vendor outside its main line, the latest of them.
//! Refuses: vendors as varied as others of their size, accounts that other vendors serve together, few payments.
//!
//! After the heterogeneous supplier indicator of procurement analyses: Gini-Simpson diversity over accounts, with pairs of
//! accounts weighed by how seldom other vendors serve both.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::common::{Hit, RELATED_MAX, output, ramp, vendor_name};
use super::control::Control;
use super::options::Check;
use crate::clean::{Interned, LedgerView};
use crate::detect::canary::Plot;
use crate::detect::{Input, Output};
use crate::ko;
use crate::ledger::{Reason, Severity, col};

const ID: &str = "heterogeneous_vendor";

/// Vendors of two accounts that serve both, as a share, from which the accounts are one line of business.
const RELATED_SHARE: f64 = 0.05;

/// Vendors without a common one that every account is taken to have besides.
const ACCOUNT_PRIOR: f64 = 5.0;

/// Vendors of all sizes that count in the middle of those of one size.
const SIZE_PRIOR: f64 = 10.0;

/// Vendors of one size from which their own middle is known.
const SIZE_KNOWN: usize = 5;

/// Spread below which vendors of one size do not differ.
const SPREAD_MIN: f64 = 0.05;

/// Consistency factor of the median absolute deviation with a standard deviation.
const MAD_FACTOR: f64 = 1.4826;

/// Words of every description, which relate nothing.
const COMMON_WORDS: [&str; 20] = [
    "구입",
    "구매",
    "지급",
    "대금",
    "납부",
    "결제",
    "비용",
    "집행",
    "정산",
    "결의",
    "관련",
    "각종",
    "용품",
    "물품",
    "제작",
    "이용",
    "사용",
    "수수료",
    "추가",
    "기타",
];

/// Options of 품목 이질 거래처.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HeterogeneousVendorOptions {
    /// Fewest payments of a vendor.
    pub payments_min: usize,
    /// Fewest accounts a vendor is paid from.
    pub accounts_min: usize,
    /// Least probability that two of its payments have nothing to do with each other.
    pub diversity_min: f64,
    /// Least distance from the middle of vendors of its size, in standard deviations.
    pub distance_min: f64,
    /// Most payments shown of one vendor, the latest.
    pub rows_max: usize,
}

impl Default for HeterogeneousVendorOptions {
    fn default() -> Self {
        Self { payments_min: 8, accounts_min: 3, diversity_min: 0.4, distance_min: 4.0, rows_max: 10 }
    }
}

/// The test.
pub struct HeterogeneousVendor;

impl Control for HeterogeneousVendor {
    type Options = HeterogeneousVendorOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "품목 이질 거래처";
    const CODES: &'static [&'static str] = &["T43"];
    const SEVERITY: Severity = Severity::Low;
    const WEIGHT: f64 = 40.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[&[col::VENDOR, col::VENDOR_NO]];
    const OPTIONAL: &'static [&'static str] = &[col::DESCRIPTION, col::KIND];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        let n = options.payments_min;
        check.that(n >= 4, "payments_min", "4 이상의 정수", &n);
        let n = options.accounts_min;
        check.that(n >= 2, "accounts_min", "2 이상의 정수", &n);
        check.share("diversity_min", options.diversity_min, 0.0, 1.0);
        check.share("distance_min", options.distance_min, 0.0, 100.0);
        let n = options.rows_max;
        check.that((1..=60).contains(&n), "rows_max", "1 이상 60 이하의 정수", &n);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        let vendors: Vec<Vendor<'_>> = input.shared.vendors().map(|rows| Vendor::new(ledger, rows)).collect();
        let related = Related::new(&vendors);
        let tested = vendors.iter().filter(|vendor| vendor.rows.len() >= options.payments_min);
        let tested: Vec<(&Vendor<'_>, f64)> =
            tested.map(|vendor| (vendor, vendor.diversity(|a, b| related.distance(a, b)))).collect();
        let sizes = Sizes::new(&tested);
        let mut hits = Vec::new();
        for (vendor, diversity) in &tested {
            let n = vendor.rows.len();
            if vendor.accounts.len() < options.accounts_min || !is_far(&sizes, options, n, *diversity) {
                continue;
            }
            // What its own descriptions say may relate accounts that no other vendor serves together.
            let words = vendor.words(ledger);
            let distance = |a: u32, b: u32| {
                let (a_words, b_words) = (&words[&a], &words[&b]);
                if a_words.is_disjoint(b_words) { related.distance(a, b) } else { 0.0 }
            };
            let diversity = vendor.diversity(distance);
            if is_far(&sizes, options, n, diversity) {
                let far = sizes.distance(n, diversity);
                vendor.add_hits(ledger, options, diversity, far, &sizes, &mut hits);
            }
        }
        Ok(output(ledger, hits, Odd::reason))
    }

    fn plant(plot: &mut Plot<'_>, options: &Self::Options) {
        let Some(mut payment) = plot.usual() else { return };
        "자가점검 만물상사".clone_into(&mut payment.vendor);
        payment.vendor_no.clear();
        let goods = ["화환", "타이어", "현미경", "현수막", "굴착기", "피아노"];
        let each = options.payments_min.max(options.rows_max) / goods.len() + 2;
        for (at, good) in goods.into_iter().enumerate() {
            payment.account = format!("자가점검 {good}");
            good.clone_into(&mut payment.description);
            for i in 0..each {
                payment.document_no.push_str("-1");
                // The last ones are shown.
                if at + 1 == goods.len() && i + 1 == each {
                    plot.must_find(&payment);
                } else {
                    plot.add(&payment);
                }
            }
        }
    }
}

fn is_far(sizes: &Sizes, options: &HeterogeneousVendorOptions, n: usize, diversity: f64) -> bool {
    diversity >= options.diversity_min && sizes.distance(n, diversity) >= options.distance_min
}

/// The payments of a vendor, by account.
struct Vendor<'a> {
    rows: &'a [u32],
    /// Account and number of payments, the most paid first.
    accounts: Vec<(u32, usize)>,
}

impl<'a> Vendor<'a> {
    fn new(ledger: &LedgerView, rows: &'a [u32]) -> Self {
        let mut ids: Vec<u32> = rows.iter().map(|&row| ledger.account.ids[row as usize]).collect();
        ids.retain(|&id| id != Interned::NULL);
        ids.sort_unstable();
        let counted = ids.chunk_by(|a, b| a == b).map(|same| (same[0], same.len()));
        let mut accounts: Vec<(u32, usize)> = counted.collect();
        accounts.sort_unstable_by_key(|&(id, n)| (std::cmp::Reverse(n), id));
        Self { rows, accounts }
    }

    /// Probability that two of its payments are of accounts apart, 0 to 1, each pair counted by its `distance`.
    fn diversity(&self, distance: impl Fn(u32, u32) -> f64) -> f64 {
        let n: usize = self.accounts.iter().map(|(_, n)| n).sum();
        if n < 2 {
            return 0.0;
        }
        let mut sum = 0.0;
        for (at, &(a, n_a)) in self.accounts.iter().enumerate() {
            for &(b, n_b) in &self.accounts[at + 1..] {
                sum += 2.0 * n_a as f64 * n_b as f64 * distance(a, b);
            }
        }
        sum / (n as f64 * (n as f64 - 1.0))
    }

    /// Words of its descriptions by account, of two letters or more.
    fn words<'b>(&self, ledger: &'b LedgerView) -> FxHashMap<u32, BTreeSet<&'b str>> {
        let mut words = FxHashMap::<u32, BTreeSet<&str>>::default();
        for &row in self.rows {
            let of_account = words.entry(ledger.account.ids[row as usize]).or_default();
            let text = ledger.description.text(row as usize);
            let all = text.split(|c: char| !c.is_alphabetic());
            of_account.extend(all.filter(|word| word.chars().count() > 1 && !COMMON_WORDS.contains(word)));
        }
        words
    }

    /// Adds its latest payments outside the account it is paid from most.
    fn add_hits(
        &self,
        ledger: &LedgerView,
        options: &HeterogeneousVendorOptions,
        diversity: f64,
        far: f64,
        sizes: &Sizes,
        hits: &mut Vec<Hit<Odd>>,
    ) {
        let main = self.accounts.first().map_or(Interned::NULL, |(id, _)| *id);
        let outside = self.rows.iter().rev().map(|&row| row as usize);
        let mut rows: Vec<usize> =
            outside.filter(|&row| ledger.account.ids[row] != main).take(options.rows_max).collect();
        rows.reverse();
        let strength = 0.5 + 0.4 * ramp(far, options.distance_min, 3.0 * options.distance_min);
        let names = self.accounts.iter().take(4).map(|(id, n)| {
            let name = ledger.account.names.get(*id as usize).map_or("", String::as_str);
            format!("{name} {}건", ko::count(*n))
        });
        let names: Vec<String> = names.collect();
        for &row in &rows {
            let department = |other: &usize| ledger.department.ids[*other] == ledger.department.ids[row];
            let data = Odd {
                vendor: vendor_name(ledger, row).to_owned(),
                count: self.rows.len(),
                n_accounts: self.accounts.len(),
                accounts: names.join(", "),
                diversity,
                usual: sizes.middle(self.rows.len()).0,
                related: rows.iter().copied().filter(|other| *other != row).take(RELATED_MAX).collect(),
            };
            let case = rows.iter().copied().find(department).unwrap_or(row);
            hits.push(Hit { row, strength, case, data });
        }
    }
}

/// Which accounts are served by the same vendors.
struct Related {
    vendors: FxHashMap<u32, f64>,
    both: FxHashMap<(u32, u32), f64>,
}

impl Related {
    fn new(vendors: &[Vendor<'_>]) -> Self {
        let mut related = Self { vendors: FxHashMap::default(), both: FxHashMap::default() };
        for vendor in vendors {
            for (at, &(a, _)) in vendor.accounts.iter().enumerate() {
                *related.vendors.entry(a).or_default() += 1.0;
                for &(b, _) in &vendor.accounts[at + 1..] {
                    *related.both.entry((a.min(b), a.max(b))).or_default() += 1.0;
                }
            }
        }
        related
    }

    /// 1 where no other vendor serves both accounts, 0 where [`RELATED_SHARE`] of those of the smaller one do.
    fn distance(&self, a: u32, b: u32) -> f64 {
        let of = |account: u32| self.vendors.get(&account).copied().unwrap_or(0.0);
        // The vendor that asks does not relate its own accounts.
        let both = self.both.get(&(a.min(b), a.max(b))).copied().unwrap_or(0.0) - 1.0;
        let share = both.max(0.0) / (of(a).min(of(b)) - 1.0 + ACCOUNT_PRIOR);
        1.0 - (share / RELATED_SHARE).min(1.0)
    }
}

/// Middle and spread of the diversity of vendors by size.
struct Sizes {
    by_size: FxHashMap<u32, (f64, f64)>,
}

impl Sizes {
    fn new(tested: &[(&Vendor<'_>, f64)]) -> Self {
        let mut sized: Vec<(u32, f64)> =
            tested.iter().map(|(v, diversity)| (size(v.rows.len()), *diversity)).collect();
        sized.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let all: Vec<f64> = sized.iter().map(|(_, diversity)| *diversity).collect();
        let (all_middle, all_spread) = middle_and_spread(all);
        let mut by_size = FxHashMap::default();
        for vendors in sized.chunk_by(|a, b| a.0 == b.0) {
            let (middle, spread) =
                middle_and_spread(vendors.iter().map(|(_, diversity)| *diversity).collect());
            let n = vendors.len() as f64;
            let mixed = |own: f64, all: f64| (n * own + SIZE_PRIOR * all) / (n + SIZE_PRIOR);
            // A size of several vendors that is more varied than others is not judged by the others.
            let own = if vendors.len() >= SIZE_KNOWN { middle } else { 0.0 };
            let middle = mixed(middle, all_middle).max(own);
            by_size.insert(vendors[0].0, (middle, mixed(spread, all_spread)));
        }
        Self { by_size }
    }

    fn middle(&self, n: usize) -> (f64, f64) {
        self.by_size.get(&size(n)).copied().unwrap_or((0.0, 0.0))
    }

    /// How far `diversity` is above the middle of vendors of `n` payments, in standard deviations.
    fn distance(&self, n: usize, diversity: f64) -> f64 {
        let (middle, spread) = self.middle(n);
        (diversity - middle) / spread.max(SPREAD_MIN)
    }
}

/// Vendors of half to twice as many payments are of one size.
fn size(n: usize) -> u32 {
    n.max(1).ilog2()
}

/// Median and standard deviation by the median absolute deviation; zeros where empty.
fn middle_and_spread(mut values: Vec<f64>) -> (f64, f64) {
    let median = |values: &mut Vec<f64>| {
        values.sort_unstable_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(0.0)
    };
    let middle = median(&mut values);
    let mut off: Vec<f64> = values.iter().map(|value| (value - middle).abs()).collect();
    (middle, MAD_FACTOR * median(&mut off))
}

/// A vendor of unlike goods, as the sentence of one of its payments needs it.
struct Odd {
    vendor: String,
    count: usize,
    n_accounts: usize,
    accounts: String,
    diversity: f64,
    usual: f64,
    related: Vec<usize>,
}

impl Odd {
    fn reason(&self) -> Reason {
        let text = format!(
            "거래처 ‘{}’에는 {}건이 서로 관련이 적은 계정과목 {}개({}{})로 지급되었습니다. 두 지급이 무관한 품목일 비율이 {}로, 지급 건수가 비슷한 거래처의 가운데 값 {}보다 큽니다.",
            self.vendor,
            ko::count(self.count),
            ko::count(self.n_accounts),
            self.accounts,
            if self.n_accounts > 4 { " 등" } else { "" },
            ko::percent(self.diversity),
            ko::percent(self.usual),
        );
        Reason { id: ID.to_owned(), text, related: self.related.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Ledger, fired, run};
    use super::*;

    /// Twenty vendors in each of four lines of business, twelve payments each.
    fn lines() -> Ledger {
        let mut ledger = Ledger::new();
        for (account, good) in [("꽃", "화환"), ("차량", "타이어"), ("연구", "시약"), ("인쇄", "책자")]
        {
            for vendor in 0..20 {
                ledger = sell(ledger, &format!("{account}집{vendor}"), account, good, 12);
            }
        }
        ledger
    }

    fn sell(ledger: Ledger, vendor: &str, account: &str, good: &str, n: u32) -> Ledger {
        (1..=n).fold(ledger, |ledger, day| {
            ledger.pay(&format!("2024-03-{day:02}"), "총무과", account, vendor, 100_000, "", good)
        })
    }

    fn sell_all(ledger: Ledger, vendor: &str, goods: &[(&str, &str)], n: u32) -> Ledger {
        goods.iter().fold(ledger, |ledger, (account, good)| sell(ledger, vendor, account, good, n))
    }

    const UNLIKE: [(&str, &str); 4] =
        [("꽃", "화환"), ("차량", "타이어"), ("연구", "시약"), ("인쇄", "책자")];

    #[test]
    fn fires_on_the_payments_outside_the_main_line() {
        let ledger = sell(lines(), "만물상사", "꽃", "화환", 1);
        let out = run(&HeterogeneousVendor, &sell_all(ledger, "만물상사", &UNLIKE, 3));
        // Four for flowers are its main line, nine are not.
        assert_eq!(fired(&out, 0.499), (964..973).collect::<Vec<_>>());
        let reason = (out.explain)(970).unwrap();
        // Of 13 · 12 ordered pairs, 2 · (3 · 4 · 3 + 3 · 9) = 126 are of two accounts.
        assert_eq!(
            reason.text,
            "거래처 ‘만물상사’에는 13건이 서로 관련이 적은 계정과목 4개(꽃 4건, 차량 3건, 연구 3건, 인쇄 3건)로 지급되었습니다. \
             두 지급이 무관한 품목일 비율이 80.8%로, 지급 건수가 비슷한 거래처의 가운데 값 0.0%보다 큽니다."
        );
        assert_eq!(reason.related.len(), 8);
    }

    #[test]
    fn few_payments_few_accounts_and_one_line_do_not_fire() {
        let out = run(&HeterogeneousVendor, &sell_all(lines(), "만물상사", &UNLIKE[..3], 2));
        assert!(fired(&out, 0.0).is_empty());
        let out = run(&HeterogeneousVendor, &sell_all(lines(), "만물상사", &UNLIKE[..2], 6));
        assert!(fired(&out, 0.0).is_empty());
        let out = run(
            &HeterogeneousVendor,
            &sell(sell_all(lines(), "만물상사", &UNLIKE, 1), "만물상사", "꽃", "화환", 20),
        );
        assert!(fired(&out, 0.0).is_empty());
    }

    #[test]
    fn accounts_that_other_vendors_serve_together_are_one_line() {
        let mut ledger = lines();
        for vendor in 0..6 {
            ledger = sell_all(ledger, &format!("종합상사{vendor}"), &UNLIKE, 1);
        }
        assert!(fired(&run(&HeterogeneousVendor, &sell_all(ledger, "만물상사", &UNLIKE, 3)), 0.0).is_empty());
    }

    #[test]
    fn words_in_common_relate_accounts() {
        let goods =
            [("꽃", "행사 꽃다발"), ("차량", "행사 버스"), ("연구", "행사 실험"), ("인쇄", "행사 책자")];
        assert!(fired(&run(&HeterogeneousVendor, &sell_all(lines(), "만물상사", &goods, 3)), 0.0).is_empty());
    }

    #[test]
    fn large_general_suppliers_are_compared_with_each_other() {
        let mut ledger = lines();
        // Each pair of unlike accounts has one large supplier only, so no account relates to another.
        for supplier in 0..12 {
            for account in 0..6 {
                let account = format!("품목{}", supplier * 6 + account);
                ledger =
                    sell(ledger, &format!("대형마트{supplier}"), &account, &format!("물건{account}"), 20);
            }
        }
        assert!(fired(&run(&HeterogeneousVendor, &ledger), 0.0).is_empty());
    }
}
