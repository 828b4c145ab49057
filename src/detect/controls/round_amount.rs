//! 끝자리 0 금액: an amount that ends in more zeros than payments of its account do.
//!
//! Comes in: payments that still stand and matter. Goes out: those whose zeros are rarer than one in so many.
//! Refuses: accounts whose amounts are agreed in round figures, vendors that always bill so, small amounts.
//!
//! After the round-amount tests of journal entry testing; the share of an account is pulled to that of the ledger.

use serde::{Deserialize, Serialize};

use super::common::{Hit, output, ramp, stated, vendor_name};
use super::control::Control;
use super::options::Check;
use crate::clean::{Interned, LedgerView};
use crate::detect::canary::{Plot, SOURCE};
use crate::detect::{Input, Output};
use crate::ko;
use crate::ledger::{Amount, Reason, Severity, col};

const ID: &str = "round_amount";

/// Payments the whole ledger counts for in the share of an account.
const SHARE_PRIOR_ROWS: f64 = 50.0;

/// Zeros an `i64` may end in, and none.
const N_ZEROS: usize = 19;

/// Times rarer than asked at which the test is as sure as it gets.
const RARE_FULL: f64 = 10.0;

/// Options of 끝자리 0 금액.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RoundAmountOptions {
    /// Least amount in won looked at and compared with.
    pub amount_krw_min: i64,
    /// One payment of the account in so many may end in as many zeros.
    pub one_in: f64,
    /// Most digits before the zeros of a round amount.
    pub digits_max: u32,
    /// Share of a vendor's payments, from three on, that end in as many zeros: from here on it bills in round figures.
    pub vendor_share_max: f64,
}

impl Default for RoundAmountOptions {
    fn default() -> Self {
        Self { amount_krw_min: 1_000_000, one_in: 300.0, digits_max: 2, vendor_share_max: 0.5 }
    }
}

/// The test.
pub struct RoundAmount;

impl Control for RoundAmount {
    type Options = RoundAmountOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "끝자리 0 금액";
    const CODES: &'static [&'static str] = &["T14"];
    const SEVERITY: Severity = Severity::Low;
    const WEIGHT: f64 = 40.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[];
    const OPTIONAL: &'static [&'static str] = &[col::VENDOR, col::VENDOR_NO, col::KIND];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        check.that(options.amount_krw_min > 0, "amount_krw_min", "1 이상의 정수", &options.amount_krw_min);
        check.share("one_in", options.one_in, 20.0, 1e6);
        check.within("digits_max", options.digits_max.into(), 1, 18);
        check.share("vendor_share_max", options.vendor_share_max, 0.0, 1.0);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        let least = input.options.money.minor(options.amount_krw_min, &ledger.currency);
        let rows: Vec<usize> =
            (0..ledger.n_rows).filter(|&i| input.shared.stands[i] && ledger.amount[i] >= least).collect();
        let known = Zeros::new(ledger, &rows);
        let (mut candidates, mut vendors) = (Vec::new(), rustc_hash::FxHashMap::default());
        for &i in &rows {
            let (n_others, share) = known.of(ledger, i);
            if share * options.one_in <= 1.0 && digits(ledger.amount[i]) <= options.digits_max {
                candidates.push((i, n_others, share));
                vendors.insert(input.shared.vendor[i], (0_u32, 0_u32));
            }
        }
        vendors.remove(&Interned::NULL);
        let least_zeros = candidates.iter().map(|&(i, ..)| zeros(ledger.amount[i])).min().unwrap_or(0);
        for &i in &rows {
            if let Some((n, n_round)) = vendors.get_mut(&input.shared.vendor[i]) {
                *n += 1;
                *n_round += u32::from(zeros(ledger.amount[i]) >= least_zeros);
            }
        }
        let bills_so = |i: usize| {
            let Some((n, n_round)) = vendors.get(&input.shared.vendor[i]) else { return false };
            *n >= 3 && f64::from(*n_round) >= options.vendor_share_max * f64::from(*n)
        };
        let hits = candidates.into_iter().filter(|&(i, ..)| !bills_so(i)).map(|(i, n_others, share)| {
            let rare = ramp(-(share * options.one_in).ln(), 0.0, RARE_FULL.ln());
            let data = Round {
                amount: ledger.amount[i],
                zeros: zeros(ledger.amount[i]),
                account: ledger.account.text(i).to_owned(),
                vendor: vendor_name(ledger, i).to_owned(),
                n_others,
                n: known.by_account[slot(ledger, i)][0] as usize - 1,
                least,
            };
            Hit::alone(i, 0.5 + 0.45 * rare, data)
        });
        let currency = ledger.currency.clone();
        Ok(output(ledger, hits.collect(), move |round| {
            round.reason(&currency.display(Amount(round.amount)), &currency.display(Amount(round.least)))
        }))
    }

    fn plant(plot: &mut Plot<'_>, options: &Self::Options) {
        let Some(mut payment) = plot.usual_to_newcomer() else { return };
        let least = plot.minor(options.amount_krw_min);
        let ledger = plot.ledger();
        let mut counts = vec![0_i64; ledger.account.names.len() + 1];
        for i in (0..plot.n_real()).filter(|&i| ledger.amount[i] >= least) {
            counts[slot(ledger, i)] += 1;
        }
        // The account with most amounts to compare with; where they are too few, uneven ones come beside them.
        let most = counts.iter().copied().enumerate().max_by_key(|(at, n)| (*n, std::cmp::Reverse(*at)));
        let (account, n) = most.unwrap_or((0, 0));
        if let Some(name) = ledger.account.names.get(account).filter(|_| n > 0) {
            name.clone_into(&mut payment.account);
        }
        payment.amount = plot.minor(1_000_000_000).max(least.saturating_mul(1_000));
        let round = payment.clone();
        payment.department = format!("{SOURCE} 부서 {}", plot.ledger().n_rows);
        for k in 0..ceil(options.one_in) - n {
            payment.vendor = format!("{SOURCE} 업체 {}", k % 50);
            payment.day = round.day - i32::try_from(k % 360).unwrap_or(0);
            payment.amount = least + 7 + 10 * (k * 7_919 % 99_991);
            plot.add(&payment);
        }
        plot.must_find(&round);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "checked to be at most a million")]
fn ceil(value: f64) -> i64 {
    value.ceil() as i64
}

/// Zeros `amount` ends in; none for 0.
fn zeros(amount: i64) -> usize {
    let (mut left, mut n) = (amount, 0);
    while left != 0 && left % 10 == 0 {
        left /= 10;
        n += 1;
    }
    n
}

/// Digits before the zeros that `amount` ends in; none for 0.
fn digits(amount: i64) -> u32 {
    let all = amount.unsigned_abs().checked_ilog10().map_or(0, |log| log + 1);
    all - u32::try_from(zeros(amount)).unwrap_or(0)
}

fn slot(ledger: &LedgerView, i: usize) -> usize {
    (ledger.account.ids[i] as usize).min(ledger.account.names.len())
}

/// By account, and over all: payments that end in so many zeros or more.
struct Zeros {
    by_account: Vec<[u32; N_ZEROS]>,
    all: [u32; N_ZEROS],
}

impl Zeros {
    fn new(ledger: &LedgerView, rows: &[usize]) -> Self {
        let mut by_account = vec![[0; N_ZEROS]; ledger.account.names.len() + 1];
        let mut all = [0; N_ZEROS];
        for &i in rows {
            let count = &mut by_account[slot(ledger, i)];
            for (own, all) in count.iter_mut().zip(&mut all).take(zeros(ledger.amount[i]) + 1) {
                *own += 1;
                *all += 1;
            }
        }
        Self { by_account, all }
    }

    /// Other payments of the account that end in as many zeros as row `i`, and the share to be expected of them.
    fn of(&self, ledger: &LedgerView, i: usize) -> (usize, f64) {
        let z = zeros(ledger.amount[i]).min(N_ZEROS - 1);
        let account = &self.by_account[slot(ledger, i)];
        let others = f64::from(account[z] - 1);
        let overall = f64::from(self.all[z] - 1) / f64::from(self.all[0]).max(1.0);
        // Half a payment more: none among so many does not make it impossible.
        let share = (others + 0.5 + SHARE_PRIOR_ROWS * overall) / (f64::from(account[0]) + SHARE_PRIOR_ROWS);
        (account[z] as usize - 1, share)
    }
}

/// A round amount, as its sentence needs it.
struct Round {
    amount: i64,
    zeros: usize,
    account: String,
    vendor: String,
    n_others: usize,
    n: usize,
    least: i64,
}

impl Round {
    fn reason(&self, amount: &str, least: &str) -> Reason {
        let account = match self.account.as_str() {
            "" => "이 자료".to_owned(),
            name => format!("계정 ‘{name}’"),
        };
        let to = if self.vendor.is_empty() {
            String::new()
        } else {
            format!("거래처 ‘{}’에 지급한 ", self.vendor)
        };
        let others = match self.n_others {
            0 => "한 건도 없습니다".to_owned(),
            n => format!("{}건뿐입니다", ko::count(n)),
        };
        let text = format!(
            "{to}{} 끝에 0이 {}개입니다. {account}의 {least} 이상 다른 지급 {}건 가운데 이만큼 떨어지는 금액은 {others}.",
            stated("금액", amount, "은/는"),
            self.zeros,
            ko::count(self.n),
        );
        Reason { id: ID.to_owned(), text, related: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Ledger, fired, run};
    use super::*;

    /// 400 payments of uneven amounts on one account, and 100 of whole millions on another.
    fn ledger() -> Ledger {
        let day = |i: i64| format!("2024-{:02}-{:02}", 1 + i % 12, 1 + i % 28);
        let uneven = (0..400).fold(Ledger::new(), |l, i| {
            l.pay(&day(i), "총무과", "수선비", &format!("업체{}", i % 40), 1_000_010 + 1_370 * i, "", "")
        });
        (0..100).fold(uneven, |l, i| {
            l.pay(
                &day(i),
                "총무과",
                "연구용역비",
                &format!("대학{}", i % 40),
                1_000_000 * (1 + i % 9),
                "",
                "",
            )
        })
    }

    #[test]
    fn fires_where_the_account_knows_no_such_amount_and_says_so() {
        let ledger = ledger().pay("2024-12-02", "총무과", "수선비", "가나설비", 300_000_000, "", "").pay(
            "2024-12-02",
            "총무과",
            "연구용역비",
            "라마대학",
            3_000_000,
            "",
            "",
        );
        let out = run(&RoundAmount, &ledger);
        assert_eq!(fired(&out, 0.0), [500]);
        assert_eq!(
            (out.explain)(500).unwrap().text,
            "거래처 ‘가나설비’에 지급한 금액 300,000,000원은 끝에 0이 8개입니다. 계정 ‘수선비’의 1,000,000원 이상 다른 지급 400건 가운데 이만큼 떨어지는 금액은 한 건도 없습니다."
        );
    }

    #[test]
    fn small_or_common_zeros_do_not_fire() {
        let pay = |amount| ledger().pay("2024-12-02", "총무과", "수선비", "가나설비", amount, "", "");
        assert!(fired(&run(&RoundAmount, &pay(900_000)), 0.0).is_empty(), "below the least amount");
        // Five hundred payments of the ledger, a hundred of them in whole millions: an eleventh of what is usual there.
        assert!(fired(&run(&RoundAmount, &pay(2_000_000)), 0.0).is_empty(), "usual in the ledger");
        assert!(fired(&run(&RoundAmount, &pay(20_000_001)), 0.0).is_empty());
        let few = Ledger::new().pay("2024-12-02", "총무과", "수선비", "가나설비", 300_000_000, "", "");
        assert!(fired(&run(&RoundAmount, &few), 0.0).is_empty(), "nothing to compare with");
    }

    #[test]
    fn a_vendor_that_bills_so_is_usual() {
        let pay = |ledger: Ledger, month: i64, vendor: &str| {
            ledger.pay(
                &format!("2024-{month:02}-25"),
                "총무과",
                "수선비",
                vendor,
                100_000_000 * month,
                "",
                "",
            )
        };
        let one = pay(ledger(), 1, "가나설비");
        assert_eq!(fired(&run(&RoundAmount, &one), 0.0).len(), 1);
        let two = pay(one, 2, "가나설비");
        assert_eq!(
            fired(&run(&RoundAmount, &two), 0.0).len(),
            0,
            "two in four hundred and fifty are too many"
        );
        let long = (0..2_000).fold(ledger(), |l, i| {
            l.pay("2024-05-05", "총무과", "수선비", &format!("업체{}", i % 40), 1_000_030 + 1_370 * i, "", "")
        });
        let three = (1..=3).fold(long.clone(), |l, month| pay(l, month, &format!("설비{month}")));
        assert_eq!(fired(&run(&RoundAmount, &three), 0.0).len(), 3);
        let same = (1..=3).fold(long, |l, month| pay(l, month, "가나설비"));
        assert!(fired(&run(&RoundAmount, &same), 0.0).is_empty());
    }

    #[test]
    fn zeros_are_counted() {
        assert_eq!([0, 7, 10, 1_050, 300_000_000].map(zeros), [0, 0, 1, 1, 8]);
        assert_eq!([0, 7, 10, 1_050, 37_000_000].map(digits), [0, 1, 1, 3, 2]);
    }

    #[test]
    fn an_amount_of_three_digits_is_not_round() {
        let pay = |amount| ledger().pay("2024-12-02", "총무과", "수선비", "가나설비", amount, "", "");
        assert!(fired(&run(&RoundAmount, &pay(12_300_000_000)), 0.0).is_empty());
        assert_eq!(fired(&run(&RoundAmount, &pay(12_000_000_000)), 0.0), [500]);
    }
}
