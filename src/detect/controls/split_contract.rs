//! 동일 계약일·기간 분할: contracts of one vendor with one date and one period, each below a limit, together above it.
//!
//! Comes in: payments that still stand and say the date and period of their contract. Goes out: all payments of the contracts.
//! Refuses: instalments of one contract, contracts above the limit by themselves, a house in which such contracts are usual.
//!
//! After reported splits of works: same date, same period, same vendor.

use serde::{Deserialize, Serialize};

use super::common::{Hit, RELATED_MAX, output, stated, vendor_name};
use super::control::Control;
use super::duplicate_payment::core_text;
use super::limit::{Limit, check_limits};
use super::options::Check;
use crate::clean::view::date_of_day;
use crate::clean::{Interned, LedgerView};
use crate::detect::canary::Plot;
use crate::detect::{Input, Output};
use crate::ko;
use crate::ledger::{Amount, Reason, Severity, col};

const ID: &str = "split_contract";

/// Groups of contracts without a split that every ledger is taken to have had besides.
const LEDGER_PRIOR: f64 = 50.0;

/// Words that name a part of a contract's price.
const INSTALMENTS: [&str; 10] =
    ["선급금", "선금", "계약금", "착수금", "중도금", "기성금", "기성", "준공금", "준공", "잔금"];

/// Options of 동일 계약일·기간 분할.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SplitContractOptions {
    /// Most contracts of a group; more are unit-price orders.
    pub contracts_max: usize,
    /// Most payments of a group.
    pub rows_max: usize,
    /// Share of contract dates, periods and vendors with a split, from which that is how the house contracts.
    pub usual_share: f64,
    /// Limits, any of which may be the one kept under.
    pub limits: Vec<Limit>,
}

impl Default for SplitContractOptions {
    fn default() -> Self {
        Self {
            contracts_max: 10,
            rows_max: 40,
            usual_share: 0.05,
            limits: [10_000_000, 20_000_000, 50_000_000, 100_000_000].map(Limit::unverified).into(),
        }
    }
}

/// The test.
pub struct SplitContract;

impl Control for SplitContract {
    type Options = SplitContractOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "동일 계약일·기간 분할";
    const CODES: &'static [&'static str] = &["T12"];
    const SEVERITY: Severity = Severity::High;
    const WEIGHT: f64 = 65.0;
    const REQUIRED: &'static [&'static [&'static str]] =
        &[&[col::VENDOR, col::VENDOR_NO], &[col::CONTRACTED_ON], &[col::CONTRACT_FROM, col::CONTRACT_UNTIL]];
    const OPTIONAL: &'static [&'static str] = &[col::DESCRIPTION, col::KIND];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        let n = options.contracts_max;
        check.that((2..=100).contains(&n), "contracts_max", "2 이상 100 이하의 정수", &n);
        let n = options.rows_max;
        check.that((2..=60).contains(&n), "rows_max", "2 이상 60 이하의 정수", &n);
        check.share("usual_share", options.usual_share, 0.0, 1.0);
        check_limits(&options.limits, check);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        if options.limits.is_empty() {
            return Err("설정에 한도가 없어 계약 분할을 점검하지 못했습니다.".to_owned());
        }
        let mut splits = Vec::new();
        let mut n_groups = 0_usize;
        for vendor in input.shared.vendors() {
            let mut rows: Vec<usize> = vendor.iter().map(|&row| row as usize).collect();
            rows.retain(|&row| is_dated(ledger, row));
            let key = |i: usize| {
                let period = (ledger.contract_from[i], ledger.contract_until[i]);
                (ledger.department.ids[i], ledger.contracted_on[i], period)
            };
            rows.sort_by_key(|&row| key(row));
            for rows in rows.chunk_by(|&a, &b| key(a) == key(b)) {
                n_groups += 1;
                splits.extend(split(input, options, rows));
            }
        }
        // The split itself is no habit yet.
        if (splits.len() as f64 - 1.0) / (n_groups as f64 + LEDGER_PRIOR) > options.usual_share {
            return Err(format!(
                "거래처·계약일·기간이 같은 {}묶음 가운데 {}묶음이 한도를 나누어 넘어, 이 기관의 계약 방식으로 보고 계약 분할을 점검하지 않았습니다.",
                ko::count(n_groups),
                ko::count(splits.len()),
            ));
        }
        let hit = |split: &Split, row: usize| Hit {
            row,
            strength: split.strength(),
            case: split.rows[0],
            data: Member::new(ledger, split, row),
        };
        let hits = splits.iter().flat_map(|split| split.rows.iter().map(|&row| hit(split, row))).collect();
        let currency = ledger.currency.clone();
        let display = move |amount| currency.display(Amount(amount));
        Ok(output(ledger, hits, move |member| member.reason(&display)))
    }

    fn plant(plot: &mut Plot<'_>, options: &Self::Options) {
        let Some(mut payment) = plot.usual() else { return };
        // The limit must hold on the contract date.
        let date = date_of_day(payment.day - 20);
        let limits = options.limits.iter().filter(|limit| limit.covers(date));
        let Some(limit) = limits.map(|limit| limit.amount_krw).max() else { return };
        "자가점검 분할건설".clone_into(&mut payment.vendor);
        payment.vendor_no.clear();
        payment.amount = plot.minor(limit) / 10 * 9;
        (payment.contracted_on, payment.contract_from) = (payment.day - 20, payment.day - 19);
        payment.contract_until = payment.day - 1;
        for description in ["복도 도색 공사", "창호 교체 공사"] {
            description.clone_into(&mut payment.description);
            payment.document_no.push_str("-1");
            plot.must_find(&payment);
        }
    }
}

/// Whether a row says the date and period of its contract.
fn is_dated(ledger: &LedgerView, i: usize) -> bool {
    let days = [&ledger.contract_from, &ledger.contract_until];
    ledger.contracted_on[i] != LedgerView::NO_DAY && days.iter().any(|days| days[i] != LedgerView::NO_DAY)
}

/// Contracts that together exceed a limit each of them is under.
struct Split {
    /// In order of days.
    rows: Vec<usize>,
    n_contracts: usize,
    /// Minor units.
    sum: i64,
    largest: i64,
    limit: i64,
}

impl Split {
    fn strength(&self) -> f64 {
        let share = |amount: i64| amount as f64 / self.limit as f64;
        0.5 + 0.3 * (share(self.sum) - 1.0).clamp(0.0, 1.0) + 0.15 * share(self.largest).min(1.0)
    }
}

/// The split among `rows`, those of one vendor, department, contract date and period in order of days.
fn split(input: &Input<'_>, options: &SplitContractOptions, rows: &[usize]) -> Option<Split> {
    let ledger = input.ledger;
    if rows.len() < 2 || rows.len() > options.rows_max {
        return None;
    }
    let mut contracts = std::collections::BTreeMap::<String, i64>::new();
    for (name, &row) in contract_names(ledger, rows).into_iter().zip(rows) {
        let price = contracts.entry(name).or_default();
        *price = price.saturating_add(ledger.amount[row]);
    }
    if contracts.len() < 2 || contracts.len() > options.contracts_max {
        return None;
    }
    let sum = contracts.values().fold(0_i64, |sum, price| sum.saturating_add(*price));
    let largest = contracts.values().max().copied()?;
    let date = date_of_day(ledger.contracted_on[rows[0]]);
    let limits = options.limits.iter().filter(|limit| limit.covers(date));
    let limits = limits.map(|limit| input.options.money.minor(limit.amount_krw, &ledger.currency));
    let limit = limits.filter(|&limit| largest < limit && limit < sum).min()?;
    Some(Split { rows: rows.to_vec(), n_contracts: contracts.len(), sum, largest, limit })
}

/// What tells the contracts of `rows` apart: their descriptions without instalments. Payments without description are
/// contracts of their own when all are of one day, else instalments of one.
fn contract_names(ledger: &LedgerView, rows: &[usize]) -> Vec<String> {
    let is_bare = |i: usize| ledger.description.ids[i] == Interned::NULL;
    let mut days: Vec<i32> = rows.iter().filter(|&&i| is_bare(i)).map(|&i| ledger.day[i]).collect();
    days.dedup();
    let name = |&i: &usize| match (is_bare(i), days.len()) {
        (false, _) => without_instalment(ledger.description.text(i)),
        (true, 1) => format!("#{i}"),
        (true, _) => "#".to_owned(),
    };
    rows.iter().map(name).collect()
}

/// Letters and digits of a description without what names an instalment: its words, and numbers of months and turns.
fn without_instalment(text: &str) -> String {
    const COUNTERS: [char; 8] = ['차', '회', '월', '년', '%', '분', '일', '기'];
    let mut text = core_text(&text.replace('%', "분"));
    for word in INSTALMENTS {
        text = text.replace(word, "");
    }
    let letters: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < letters.len() {
        let digits = letters[at..].iter().take_while(|c| c.is_ascii_digit()).count();
        let is_counted = digits > 0 && letters.get(at + digits).is_some_and(|c| COUNTERS.contains(c));
        let taken = if is_counted { 0 } else { digits.max(1) };
        out.extend(&letters[at..at + taken]);
        at += if is_counted { digits + 1 } else { taken };
    }
    out
}

/// One payment of a split, as its sentence needs it.
struct Member {
    vendor: String,
    contracted_on: chrono::NaiveDate,
    period: String,
    n_contracts: usize,
    n_rows: usize,
    sum: i64,
    largest: i64,
    limit: i64,
    related: Vec<usize>,
}

impl Member {
    fn new(ledger: &LedgerView, split: &Split, row: usize) -> Self {
        let day = |day: i32| match day {
            LedgerView::NO_DAY => String::new(),
            day => date_of_day(day).to_string(),
        };
        Self {
            vendor: vendor_name(ledger, row).to_owned(),
            contracted_on: date_of_day(ledger.contracted_on[row]),
            period: format!("{}~{}", day(ledger.contract_from[row]), day(ledger.contract_until[row])),
            n_contracts: split.n_contracts,
            n_rows: split.rows.len(),
            sum: split.sum,
            largest: split.largest,
            limit: split.limit,
            related: split.rows.iter().copied().filter(|other| *other != row).take(RELATED_MAX).collect(),
        }
    }

    fn reason(&self, display: &impl Fn(i64) -> String) -> Reason {
        let text = format!(
            "거래처 ‘{}’와의 계약 가운데 계약일({})과 기간({})이 같은 계약이 {}건(지급 {}건) 있습니다. 가장 큰 계약도 {} 한도 {}보다 적지만, {} 한도를 넘습니다.",
            self.vendor,
            self.contracted_on,
            self.period,
            ko::count(self.n_contracts),
            ko::count(self.n_rows),
            stated("금액", &display(self.largest), "으로/로"),
            display(self.limit),
            stated("합계", &display(self.sum), "은/는"),
        );
        Reason { id: ID.to_owned(), text, related: self.related.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ControlOptions;
    use super::super::testing::{Ledger, fired, try_run};
    use super::*;

    const DAY: i32 = 19_800;

    /// Ordinary payments and those of `contracts` (amount, description, days after the contract, vendor).
    fn run(contracts: &[(i64, &str, i32, &str)]) -> Output {
        run_with(contracts, |_| {}, &ControlOptions::default())
    }

    fn run_with(
        contracts: &[(i64, &str, i32, &str)],
        change: impl Fn(&mut LedgerView),
        options: &ControlOptions,
    ) -> Output {
        try_run_with(contracts, change, options).unwrap()
    }

    fn try_run_with(
        contracts: &[(i64, &str, i32, &str)],
        change: impl Fn(&mut LedgerView),
        options: &ControlOptions,
    ) -> Result<Output, String> {
        let mut ledger = Ledger::background(100);
        for (amount, description, days, vendor) in contracts {
            let date = date_of_day(DAY + days).to_string();
            ledger = ledger.pay(&date, "시설과", "시설비", vendor, *amount, "", description);
        }
        let mut view = ledger.view();
        for i in 100..view.n_rows {
            view.contracted_on[i] = DAY;
            (view.contract_from[i], view.contract_until[i]) = (DAY + 1, DAY + 20);
        }
        change(&mut view);
        try_run(&SplitContract, &view, options)
    }

    #[test]
    fn fires_on_both_contracts_and_says_sum_and_limit() {
        let out = run(&[
            (9_500_000, "복도 도색 공사", 21, "가나건설"),
            (9_000_000, "창호 교체 공사", 25, "가나건설"),
        ]);
        assert_eq!(fired(&out, 0.499), [100, 101]);
        let reason = (out.explain)(101).unwrap();
        assert_eq!(
            reason.text,
            "거래처 ‘가나건설’와의 계약 가운데 계약일(2024-03-18)과 기간(2024-03-19~2024-04-07)이 같은 계약이 2건(지급 2건) 있습니다. \
             가장 큰 계약도 금액 9,500,000원으로 한도 10,000,000원보다 적지만, 합계 18,500,000원은 한도를 넘습니다."
        );
        assert_eq!(reason.related, [100]);
        assert_eq!(out.case, [(101, 100)]);
    }

    #[test]
    fn the_sum_must_exceed_the_limit_and_each_stay_under_it() {
        for (a, b, expected) in [
            (5_000_000, 5_000_000, 0),
            (5_000_000, 5_000_001, 2),
            (9_999_999, 5_000_000, 2),
            (10_000_000, 5_000_000, 0),
            (10_000_000, 10_000_001, 2),
            (110_000_000, 90_000_000, 0),
        ] {
            let out = run(&[(a, "복도 도색", 21, "가나건설"), (b, "창호 교체", 25, "가나건설")]);
            assert_eq!(fired(&out, 0.499).len(), expected, "{a} {b}");
        }
    }

    #[test]
    fn instalments_are_one_contract() {
        for (a, b) in [
            ("복도 도색 공사 선금(30%)", "복도 도색 공사 잔금(70%)"),
            ("복도 도색 공사 1차 기성", "복도 도색 공사 2차 기성금"),
            ("청소 용역 3월분", "청소 용역 4월분"),
            ("", ""),
        ] {
            let out = run(&[(9_500_000, a, 21, "가나건설"), (9_000_000, b, 55, "가나건설")]);
            assert!(fired(&out, 0.0).is_empty(), "{a} {b}");
        }
        // Without descriptions, payments of one day are contracts of their own.
        assert_eq!(fired(&run(&[(9_500_000, "", 21, "가"), (9_000_000, "", 21, "가")]), 0.499), [100, 101]);
        // Parts of a building are contracts of their own.
        let parts = [(9_500_000, "1동 도색", 21, "가나건설"), (9_000_000, "2동 도색", 21, "가나건설")];
        assert_eq!(fired(&run(&parts), 0.499), [100, 101]);
    }

    #[test]
    fn another_vendor_date_or_period_is_no_split() {
        let two = [(9_500_000, "도색", 21, "가나건설"), (9_000_000, "교체", 25, "가나건설")];
        let options = ControlOptions::default();
        assert!(fired(&run(&[two[0], (9_000_000, "교체", 25, "다라건설")]), 0.0).is_empty());
        assert!(fired(&run_with(&two, |view| view.contracted_on[101] += 1, &options), 0.0).is_empty());
        assert!(fired(&run_with(&two, |view| view.contract_until[101] += 1, &options), 0.0).is_empty());
        let no_day = |view: &mut LedgerView| view.contracted_on[101] = LedgerView::NO_DAY;
        assert!(fired(&run_with(&two, no_day, &options), 0.0).is_empty());
    }

    #[test]
    fn a_limit_holds_for_contracts_of_its_days() {
        let mut options = ControlOptions::default();
        let limits = &mut options.split_contract.rules[0].options.limits;
        limits.truncate(1);
        limits[0].effective_until = Some(date_of_day(DAY - 1));
        let two = [(9_500_000, "도색", 21, "가나건설"), (9_000_000, "교체", 25, "가나건설")];
        assert!(fired(&run_with(&two, |_| {}, &options), 0.0).is_empty());
        options.split_contract.rules[0].options.limits[0].effective_until = Some(date_of_day(DAY));
        assert_eq!(fired(&run_with(&two, |_| {}, &options), 0.499), [100, 101]);
    }

    #[test]
    fn a_house_that_contracts_so_does_not_fire() {
        let vendors: Vec<String> = (0..20).map(|i| format!("건설{i}")).collect();
        let of = |vendor| [(9_500_000, "도색", 21, vendor), (9_000_000, "교체", 25, vendor)];
        let contracts: Vec<_> = vendors.iter().flat_map(|vendor| of(vendor.as_str())).collect();
        let reason = try_run_with(&contracts, |_| {}, &ControlOptions::default()).err().unwrap();
        assert!(reason.starts_with("거래처·계약일·기간이 같은 20묶음 가운데 20묶음이"), "{reason}");
    }
}
