//! Ordinary payments: contracts that recur, everyday purchases, seasons, year-ends, cancellations.
//!
//! Comes in: how many and a seed. Goes out: exactly that many payments, fewer by those to be planted.
//! Refuses: nothing.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::people::{ACCOUNTS, DEPARTMENTS, vendor};
use super::{DemoOptions, Payment};

/// Planted payments among a thousand.
const PLANTED_PER_MILLE: usize = 6;
/// Among so many everyday payments one is taken back; with the contracts that is about 0.5 % of all.
const ONE_REVERSAL_IN: u32 = 170;
/// Spending by month: quiet January, a rush in December.
const SEASON: [u32; 12] = [70, 85, 100, 100, 100, 110, 90, 90, 105, 105, 115, 170];

/// Payments that planting will add.
pub(super) fn n_planted(options: &DemoOptions) -> usize {
    if options.planted && options.rows >= 1_000 {
        (options.rows * PLANTED_PER_MILLE / 1_000).max(54)
    } else {
        0
    }
}

/// A normal deviate by the sum of twelve uniforms: close enough for amounts, the same on every machine.
pub(super) fn normal(random: &mut Xoshiro256PlusPlus) -> f64 {
    (0..12).map(|_| random.gen_range(0.0..1.0)).sum::<f64>() - 6.0
}

/// Rounds as offices do: to hundreds below a hundred thousand, to thousands below ten million.
#[expect(clippy::cast_possible_truncation, reason = "amounts of an example")]
pub(super) fn rounded(amount: f64, random: &mut Xoshiro256PlusPlus) -> i64 {
    let step: i64 = match amount {
        a if a < 100_000.0 => 100,
        a if a < 10_000_000.0 => 1_000,
        _ => 10_000,
    };
    let exact = random.gen_range(0..10) == 0;
    let whole = amount.max(1_000.0) as i64;
    if exact { whole / 10 * 10 } else { (whole / step).max(1) * step }
}

/// A working day of `month`.
pub(super) fn working_day(year: i32, month: u32, random: &mut Xoshiro256PlusPlus) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(year, month, 1).unwrap_or_default();
    loop {
        let date = first + Days::new(random.gen_range(0..28));
        let is_fixed_holiday = [(1, 1), (3, 1), (5, 5), (6, 6), (8, 15), (10, 3), (10, 9), (12, 25)]
            .contains(&(date.month(), date.day()));
        if !matches!(date.weekday(), Weekday::Sat | Weekday::Sun) && !is_fixed_holiday {
            return date;
        }
    }
}

/// One everyday payment of `department` on `account`.
pub(super) fn everyday(
    year: i32,
    month: u32,
    department: usize,
    account: usize,
    n_vendors: usize,
    random: &mut Xoshiro256PlusPlus,
) -> Payment {
    let kind = &ACCOUNTS[account];
    let level = 0.7 + 0.6 * ((department * 31 + account * 17) % 100) as f64 / 100.0;
    // A department buys from a few vendors, the first of them most often.
    let own = (department * 5 + account) % n_vendors;
    let pick = (random.gen_range(0.0_f64..1.0).powi(3) * 6.0).floor();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 5")]
    let n = (own + pick as usize) % n_vendors;
    let (vendor, vendor_no) = vendor(account, n);
    let by_card = kind.by_card && random.gen_range(0..100) < 85;
    let minute = by_card.then(|| random.gen_range(9 * 60..20 * 60));
    let item = kind.items[random.gen_range(0..kind.items.len())];
    let date = working_day(year, month, random);
    Payment {
        date,
        department,
        account,
        vendor,
        vendor_no,
        description: format!("{month}월 {item}{}", ["", " 지급", " 구입비", " 정산"][random.gen_range(0..4)]),
        by_card,
        minute,
        amount: rounded(kind.usual * level * (0.45 * normal(random)).exp(), random),
        label: "",
        pair: 0,
    }
}

/// All ordinary payments.
pub(super) fn ordinary(options: &DemoOptions) -> Vec<Payment> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(options.seed);
    let wanted = options.rows.saturating_sub(n_planted(options));
    let mut all = contracts(options, wanted / 6, &mut random);
    let n_vendors = (options.rows / 1_000).clamp(12, 120);
    let pairs = used_pairs();
    let mut n_reversals = 0;
    while all.len() < wanted {
        let year = options.first_year + random.gen_range(0..options.years);
        let month = season(&mut random);
        let (department, account) = pairs[random.gen_range(0..pairs.len())];
        let payment = everyday(year, month, department, account, n_vendors, &mut random);
        // Now and then a payment is cancelled, or a part of it comes back.
        if random.gen_range(0..ONE_REVERSAL_IN) == 0 && all.len() + 1 < wanted {
            n_reversals += 1;
            let mut payment = payment;
            all.push(reversal(&mut payment, n_reversals));
            all.push(payment);
        } else {
            all.push(payment);
        }
    }
    all.truncate(wanted);
    all
}

/// What takes `payment` back, as offices write it: in full with a number of its own (two of four), in full under the
/// payment's number, or in part under that number.
fn reversal(payment: &mut Payment, n: u32) -> Payment {
    let in_part = n % 4 == 3;
    payment.pair = if n % 4 >= 2 { n } else { 0 };
    let (days, word) = if in_part { (14, "잔액 반납") } else { (3, "취소") };
    let last = NaiveDate::from_ymd_opt(payment.date.year(), 12, 31).unwrap_or_default();
    Payment {
        date: (payment.date + Days::new(days)).min(last),
        description: format!("{} {word}", payment.description),
        amount: -if in_part { payment.amount * 3 / 100 * 10 } else { payment.amount },
        ..payment.clone()
    }
}

fn season(random: &mut Xoshiro256PlusPlus) -> u32 {
    let mut at = random.gen_range(0..SEASON.iter().sum::<u32>());
    for (month, weight) in (1..).zip(SEASON) {
        if at < weight {
            return month;
        }
        at -= weight;
    }
    12
}

/// Department and account pairs in use, by weight: a department uses about three quarters of the accounts.
pub(super) fn used_pairs() -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for department in 0..DEPARTMENTS.len() {
        for (account, kind) in ACCOUNTS.iter().enumerate() {
            if !is_unused(department, account) {
                pairs.extend(std::iter::repeat_n((department, account), kind.weight as usize));
            }
        }
    }
    pairs
}

/// Accounts that a department never uses.
pub(super) fn is_unused(department: usize, account: usize) -> bool {
    account > 4 && (department * 11 + account * 7).is_multiple_of(4)
}

/// Contracts paid once a month at a stable amount.
fn contracts(options: &DemoOptions, wanted: usize, random: &mut Xoshiro256PlusPlus) -> Vec<Payment> {
    let months = usize::try_from(options.years).unwrap_or(1) * 12;
    let n_contracts = wanted / months;
    let mut all = Vec::new();
    for n in 0..n_contracts {
        let (department, account) = (n % DEPARTMENTS.len(), [9, 14, 1, 18][n % 4]);
        let (vendor, vendor_no) = vendor(account, 200 + n % 150);
        let amount = rounded(ACCOUNTS[account].usual * (0.4 * normal(random)).exp(), random);
        let day = 5 + u64::try_from(n % 20).unwrap_or(0);
        for month in 0..months {
            let year = options.first_year + i32::try_from(month / 12).unwrap_or(0);
            let month = u32::try_from(month % 12).unwrap_or(0) + 1;
            let first = NaiveDate::from_ymd_opt(year, month, 1).unwrap_or_default();
            let mut date = first + Days::new(day - 1);
            while matches!(date.weekday(), Weekday::Sat | Weekday::Sun) {
                date = date + Days::new(1);
            }
            all.push(Payment {
                date,
                department,
                account,
                vendor: vendor.clone(),
                vendor_no: vendor_no.clone(),
                description: format!("{month}월 {}", ACCOUNTS[account].items[n % 4]),
                by_card: false,
                minute: None,
                amount,
                label: "",
                pair: 0,
            });
        }
    }
    all
}
