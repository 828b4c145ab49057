//! A small institution with planted irregularities, to judge detectors by.
//!
//! Comes in: a number of payments and a seed. Goes out: a ledger and the label of every row.
//! Refuses: to serve anything but tests.

use crate::clean::LedgerView;
use crate::clean::view::Interned;
use crate::detect::seed::SplitMix;
use crate::ledger::Currency;

/// First day: 2020-01-01.
const FIRST_DAY: i32 = 18_262;
const N_DAYS: usize = 1_826;
const ACCOUNTS: [(&str, &str, f64); 10] = [
    ("사무관리비", "복사용지 토너 문구 구입", 180_000.0),
    ("공공운영비", "전기요금 통신요금 상하수도 납부", 650_000.0),
    ("국내여비", "관내출장 여비 지급 정산", 60_000.0),
    ("행사운영비", "주민 설명회 행사 무대 임차", 2_400_000.0),
    ("자산취득비", "노트북 모니터 서버 비품 구매", 1_500_000.0),
    ("시설비", "청사 보수 공사 준공 대금", 8_000_000.0),
    ("업무추진비", "직원 간담회 식대 다과", 120_000.0),
    ("연구용역비", "정책 연구 용역 착수금 잔금", 12_000_000.0),
    ("교육훈련비", "직무 교육 수강료 등록", 300_000.0),
    ("임차료", "복합기 정수기 월 임차료", 240_000.0),
];

/// One payment in words.
#[derive(Clone)]
struct Row {
    day: i32,
    minute: i16,
    department: usize,
    account: usize,
    vendor: String,
    description: String,
    amount: i64,
    label: &'static str,
}

/// A ledger and, by row, what was planted there (empty for ordinary payments).
pub(crate) struct Planted {
    pub(crate) ledger: LedgerView,
    pub(crate) labels: Vec<&'static str>,
}

/// About `n` payments of 24 departments over five years; `share` of them irregular.
pub(crate) fn institution(n: usize, share: f64, seed: u64) -> Planted {
    let mut random = SplitMix::new(seed, 77);
    let mut rows: Vec<Row> = Vec::new();
    let n_contracts = n / 400;
    for c in 0..n_contracts {
        contract(&mut random, c, &mut rows);
    }
    while rows.len() < n {
        rows.push(ordinary(&mut random));
    }
    plant(&mut random, &mut rows, n, share);
    rows.sort_by_key(|r| r.day);
    let labels = rows.iter().map(|r| r.label).collect();
    Planted { ledger: view(&rows), labels }
}

/// `n` payments with nothing irregular, of 24 departments that differ in size only: the largest has some hundred times the
/// payments of the smallest.
pub(crate) fn uneven(n: usize, seed: u64) -> LedgerView {
    let mut random = SplitMix::new(seed, 78);
    let weights: Vec<f64> = (1..=24).map(|d| 1.0 / f64::from(d * d).powf(0.75)).collect();
    let total: f64 = weights.iter().sum();
    let mut rows: Vec<Row> = Vec::new();
    while rows.len() < n {
        let row = ordinary(&mut random);
        // Of each department a share of what is drawn is kept.
        if f64::from(random.fraction()) < weights[row.department] / weights[0].max(total / 24.0) {
            rows.push(row);
        }
    }
    rows.sort_by_key(|r| r.day);
    view(&rows)
}

#[expect(clippy::cast_possible_truncation, reason = "test amounts are small")]
fn won(value: f64) -> i64 {
    (value / 10.0).round() as i64 * 10
}

fn normal(random: &mut SplitMix) -> f64 {
    (0..12).map(|_| f64::from(random.fraction())).sum::<f64>() - 6.0
}

fn contract(random: &mut SplitMix, number: usize, rows: &mut Vec<Row>) {
    let mut row = ordinary(random);
    row.vendor = format!("계약업체{number}");
    let usual = row.amount as f64;
    let mut day = FIRST_DAY + i32::try_from(random.below(40)).unwrap_or(0);
    while day < FIRST_DAY + 1_826 {
        row.day = day;
        row.amount = won(usual * (1.0 + 0.02 * normal(random)));
        rows.push(row.clone());
        day += 28 + i32::try_from(random.below(5)).unwrap_or(0);
    }
}

fn ordinary(random: &mut SplitMix) -> Row {
    let department = random.below(24);
    // A department uses seven of the ten accounts.
    let account = (department + random.below(7)) % ACCOUNTS.len();
    let (_, words, level) = ACCOUNTS[account];
    let words: Vec<&str> = words.split(' ').collect();
    let mut day = FIRST_DAY + i32::try_from(random.below(N_DAYS)).unwrap_or(0);
    while (day + 3) % 7 >= 5 {
        day -= 1;
    }
    let vendor = account * 60 + (random.below(60) * random.below(60)) / 60;
    Row {
        day,
        minute: i16::try_from(9 * 60 + random.below(540)).unwrap_or(600),
        department,
        account,
        vendor: format!("거래처{vendor}"),
        description: format!("{} {}", words[random.below(words.len())], words[random.below(words.len())]),
        amount: won(level * (0.7 * normal(random)).exp()).max(1_000),
        label: "",
    }
}

fn plant(random: &mut SplitMix, rows: &mut Vec<Row>, n: usize, share: f64) {
    let n_rows = rows.len();
    let mut left = won(n as f64 * share * 10.0) / 10;
    let mut kind = 0;
    while left > 0 {
        let at = random.below(n_rows);
        let mut row = rows[at].clone();
        kind = (kind + 1) % 4;
        match kind {
            0 if row.vendor.starts_with("계약") && row.day > FIRST_DAY + 200 => {
                rows[at].amount *= 3 + i64::try_from(random.below(3)).unwrap_or(0);
                rows[at].label = "recurring_spike";
            }
            1 => {
                row.amount = won(ACCOUNTS[row.account].2 * (9.0 + 10.0 * f64::from(random.fraction())));
                row.label = "far_above";
                rows.push(row);
            }
            2 => {
                row.account = (row.department + 7 + random.below(3)) % ACCOUNTS.len();
                row.amount = won(ACCOUNTS[row.account].2);
                row.label = "rare_account";
                rows.push(row);
            }
            3 => {
                let other = (row.account + 1 + random.below(9)) % ACCOUNTS.len();
                row.description = ACCOUNTS[other].1.to_owned();
                row.label = "foreign_text";
                rows.push(row);
            }
            _ => continue,
        }
        left -= 1;
    }
}

fn view(rows: &[Row]) -> LedgerView {
    let departments: Vec<String> = rows.iter().map(|r| format!("부서{:02}", r.department)).collect();
    let none = || Interned::from_values(rows.iter().map(|_| None));
    let text = |values: Vec<&str>| Interned::from_values(values.into_iter().map(Some));
    LedgerView {
        currency: Currency::krw(),
        n_rows: rows.len(),
        source: text(vec!["planted.csv"; rows.len()]),
        sheet: none(),
        row: (1..).take(rows.len()).collect(),
        document_no: none(),
        day: rows.iter().map(|r| r.day).collect(),
        minute: rows.iter().map(|r| r.minute).collect(),
        department: text(departments.iter().map(String::as_str).collect()),
        account: text(rows.iter().map(|r| ACCOUNTS[r.account].0).collect()),
        vendor: text(rows.iter().map(|r| r.vendor.as_str()).collect()),
        vendor_no: none(),
        description: text(rows.iter().map(|r| r.description.as_str()).collect()),
        payment_method: none(),
        card: none(),
        requester: none(),
        kind: none(),
        amount: rows.iter().map(|r| r.amount).collect(),
        ..LedgerView::empty(Currency::krw(), rows.len())
    }
}

/// A ledger of `n` equal payments but for what `change` does to row `i`.
pub(crate) fn plain(n: usize, change: impl Fn(usize, &mut LedgerView)) -> LedgerView {
    let row = Row {
        day: FIRST_DAY,
        minute: -1,
        department: 1,
        account: 0,
        vendor: "가나상사".to_owned(),
        description: "복사용지 구입".to_owned(),
        amount: 100_000,
        label: "",
    };
    let mut ledger = view(&vec![row; n]);
    for i in 0..n {
        change(i, &mut ledger);
    }
    ledger
}
