//! Planted irregularities of ten families, each payment with its label.
//!
//! Comes in: ordinary payments. Goes out: the same with irregular ones added, more of them in the last year and month.
//! Refuses: the first year; a model needs some history before anything can be unusual.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::payments::{everyday, is_unused, n_planted, rounded, working_day};
use super::people::{ACCOUNTS, DEPARTMENTS, vendor};
use super::{DemoOptions, Payment};

/// Family by family until the planned number is reached.
pub(super) fn plant(all: &mut Vec<Payment>, options: &DemoOptions) {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(options.seed ^ 0x9E37_79B9_7F4A_7C15);
    let wanted = n_planted(options);
    let ordinary = all.len();
    let mut family = 0;
    while all.len() - ordinary < wanted {
        let (year, month) = when(options, &mut random);
        let mut added = case(family % 10, year, month, &all[..ordinary], &mut random);
        added.truncate(wanted - (all.len() - ordinary));
        all.extend(added);
        family += 1;
    }
}

/// A month after the first year; a third of the cases in the last month.
fn when(options: &DemoOptions, random: &mut Xoshiro256PlusPlus) -> (i32, u32) {
    let last = options.first_year + options.years - 1;
    match random.gen_range(0..3) {
        0 => (last, 12),
        1 => (last, random.gen_range(1..=12)),
        _ => (random.gen_range((options.first_year + 1).min(last)..=last), random.gen_range(1..=12)),
    }
}

fn case(
    family: usize,
    year: i32,
    month: u32,
    ordinary: &[Payment],
    random: &mut Xoshiro256PlusPlus,
) -> Vec<Payment> {
    let department = random.gen_range(0..DEPARTMENTS.len());
    let account = [0, 2, 4, 0, 4][random.gen_range(0..5)];
    let base = everyday(year, month, department, account, 12, random);
    match family {
        0 => spike(base, ordinary, random),
        1 => vec![Payment {
            amount: base.amount.max(50_000) * random.gen_range(25..60),
            label: "far_above_department",
            ..base
        }],
        2 => small_repeated(&base, random),
        3 => duplicate(year, month, ordinary, random),
        4 => vec![off_hours(base, random)],
        5 => vec![new_vendor(base, random)],
        6 => vec![unused_account(base, random)],
        7 => vec![foreign_text(base, random)],
        9 => vec![unmatched_reversal(base, random)],
        _ => split(&base, random),
    }
}

fn spike(base: Payment, ordinary: &[Payment], random: &mut Xoshiro256PlusPlus) -> Vec<Payment> {
    let is_contract =
        |p: &&Payment| [9, 14].contains(&p.account) && p.date.year() == base.date.year() && !p.by_card;
    let contracts: Vec<&Payment> = ordinary.iter().filter(is_contract).collect();
    let Some(found) = contracts.get(random.gen_range(0..contracts.len().max(1))) else { return vec![] };
    let factor = random.gen_range(5..12);
    let date = (base.date + Days::new(1)).min(found.date.max(base.date));
    vec![Payment { date, amount: found.amount * factor, label: "spike_recurring", ..(*found).clone() }]
}

fn small_repeated(base: &Payment, random: &mut Xoshiro256PlusPlus) -> Vec<Payment> {
    let (vendor, vendor_no) = vendor(4, 400 + random.gen_range(0..50));
    let start = working_day(base.date.year(), base.date.month(), random).with_day(3).unwrap_or(base.date);
    (0..9)
        .map(|i| Payment {
            date: start + Days::new(i * 2),
            account: 4,
            vendor: vendor.clone(),
            vendor_no: vendor_no.clone(),
            description: format!("{}월 업무 협의 간담회", base.date.month()),
            by_card: true,
            minute: Some(12 * 60 + 20),
            amount: 480_000 + i64::try_from(i % 3).unwrap_or(0) * 5_000,
            label: "small_repeated",
            ..base.clone()
        })
        .collect()
}

fn duplicate(year: i32, month: u32, ordinary: &[Payment], random: &mut Xoshiro256PlusPlus) -> Vec<Payment> {
    let fits = |p: &&Payment| {
        p.date.year() == year && p.date.month() == month && p.amount > 300_000 && p.account != 9
    };
    let candidates: Vec<&Payment> = ordinary.iter().filter(fits).collect();
    let Some(found) = candidates.get(random.gen_range(0..candidates.len().max(1))) else { return vec![] };
    let end = NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or(found.date);
    let date = (found.date + Days::new(random.gen_range(0..5))).min(end);
    vec![Payment { date, label: "duplicate", ..(*found).clone() }]
}

fn off_hours(base: Payment, random: &mut Xoshiro256PlusPlus) -> Payment {
    let mut date = base.date;
    while !matches!(date.weekday(), Weekday::Sat | Weekday::Sun) {
        date = date + Days::new(1);
    }
    if date.year() != base.date.year() {
        date = base.date;
    }
    let (vendor, vendor_no) = vendor(4, 500 + random.gen_range(0..40));
    Payment {
        date,
        account: 4,
        vendor,
        vendor_no,
        description: format!("{}월 직원 격려", base.date.month()),
        by_card: true,
        minute: Some([23 * 60 + 40, 30, 75, 23 * 60 + 10][random.gen_range(0..4)]),
        amount: rounded(random.gen_range(350_000.0..900_000.0), random),
        label: "off_hours_card",
        ..base
    }
}

fn new_vendor(base: Payment, random: &mut Xoshiro256PlusPlus) -> Payment {
    let n = random.gen_range(0..100_000);
    Payment {
        vendor: format!("(주){}{}솔루션", ["에이", "비전", "코어", "스마트"][n % 4], n),
        vendor_no: format!("{:03}-88-{n:05}", 200 + n % 600),
        amount: rounded(random.gen_range(9_000_000.0..28_000_000.0), random),
        by_card: false,
        minute: None,
        label: "new_vendor_large",
        ..base
    }
}

fn unused_account(base: Payment, random: &mut Xoshiro256PlusPlus) -> Payment {
    let unused: Vec<usize> = (0..ACCOUNTS.len()).filter(|&a| is_unused(base.department, a)).collect();
    let account = unused[random.gen_range(0..unused.len())];
    let mut payment = everyday(base.date.year(), base.date.month(), base.department, account, 12, random);
    payment.label = "unused_account";
    payment
}

fn foreign_text(base: Payment, random: &mut Xoshiro256PlusPlus) -> Payment {
    let texts = [
        "골프장 이용료",
        "백화점 상품권 구매",
        "유흥주점 이용",
        "가족 여행 숙박",
        "명품 선물 구입",
        "노래연습장 이용",
    ];
    let text = texts[random.gen_range(0..texts.len())];
    Payment { description: text.to_owned(), label: "foreign_text", ..base }
}

/// Money that comes back from a vendor the department never paid.
fn unmatched_reversal(base: Payment, random: &mut Xoshiro256PlusPlus) -> Payment {
    let (vendor, vendor_no) = vendor(base.account, 450 + random.gen_range(0..50));
    Payment {
        vendor,
        vendor_no,
        description: format!("{} 취소", base.description),
        by_card: false,
        minute: None,
        amount: -rounded(random.gen_range(2_000_000.0..12_000_000.0), random),
        label: "unmatched_reversal",
        ..base
    }
}

fn split(base: &Payment, random: &mut Xoshiro256PlusPlus) -> Vec<Payment> {
    let (vendor, vendor_no) = vendor(5, 300 + random.gen_range(0..60));
    let start = base.date.with_day(4).unwrap_or(base.date);
    let n = random.gen_range(3..6);
    (0..n)
        .map(|i| Payment {
            date: start + Days::new(i * 3),
            account: 5,
            vendor: vendor.clone(),
            vendor_no: vendor_no.clone(),
            description: format!("본관 보수 공사 {}차", i + 1),
            by_card: false,
            minute: None,
            amount: 9_800_000 - i64::try_from(i).unwrap_or(0) * 70_000,
            label: "split_contract",
            ..base.clone()
        })
        .collect()
}
