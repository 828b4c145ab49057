//! What holds for every control test, on ledgers at the edges.

use super::testing::{Ledger, Row, planted, run, texts, try_run};
use super::{CONTROLS, ControlOptions};
use crate::clean::LedgerView;
use crate::detect::FIRES;

fn check_output(id: &str, view: &LedgerView) {
    for control in CONTROLS.iter().filter(|c| c.id() == id) {
        let Ok(out) = try_run(*control, view, &ControlOptions::default()) else { continue };
        assert_eq!(out.strength.len(), view.n_rows, "{id}");
        for (row, strength) in out.strength.iter().enumerate() {
            assert!((0.0..=1.0).contains(strength), "{id} row {row}: {strength}");
            let reason = (out.explain)(row);
            assert_eq!(reason.is_some(), *strength > 0.0, "{id} row {row}");
            if let Some(reason) = reason {
                assert_eq!(reason.id, id);
                assert!(reason.related.iter().all(|&r| r < view.n_rows && r != row), "{id} row {row}");
                assert!(!reason.text.contains("부정"), "{}", reason.text);
            }
        }
        assert!((out.explain)(view.n_rows).is_none());
    }
}

/// Rows drawn from a fixed sequence, with a value in every column: 30 departments, 40 accounts, 3,000 vendors, five years.
fn synthetic(n: usize) -> LedgerView {
    let mut state = 88_172_645_463_325_252_u64;
    let mut draw = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let row = |i| Row {
        document_no: format!("{}", i / 3),
        date: chrono::NaiveDate::from_ymd_opt(2020, 1, 1).unwrap() + chrono::Days::new(draw(1_826)),
        minute: Some(i16::try_from(draw(1_440)).unwrap()),
        department: format!("부서{}", draw(30)),
        account: format!("계정{}", draw(40)),
        vendor: format!("거래처{}", draw(3_000)),
        description: ["용지 구입", "출장 여비", "회의 다과", "장비 수리", "행사 무대"]
            [usize::try_from(draw(5)).unwrap()]
        .to_owned(),
        amount: 1_000 * i64::try_from(draw(500) * draw(20)).unwrap() - 100_000,
        ..Row::default()
    };
    let mut view = Ledger((0..n).map(row).collect()).view();
    let mut drawn = |prefix: &str, below: u64| {
        let values: Vec<u64> = (0..n).map(|_| draw(below)).collect();
        texts(n, |i| format!("{prefix}{}", values[i]))
    };
    view.document_no = drawn("2024-", 1_000_000);
    view.requester = drawn("직원", 300);
    view.approver = drawn("과장", 40);
    view.merchant_category = drawn("업종", 100);
    view.counterpart = drawn("단체", 200);
    view.bank_account = drawn("****", 10_000);
    for i in 0..n {
        let mut around = || view.day[i] - 20 + i32::try_from(draw(40)).unwrap();
        view.entered_on[i] = around();
        view.committed_on[i] = around();
        view.invoiced_on[i] = around();
        view.contracted_on[i] = around();
        view.contract_from[i] = around();
        view.contract_until[i] = around() + 40;
        view.attendees[i] = i32::try_from(draw(12)).unwrap();
    }
    let method = |i: usize| ["법인카드", "계좌이체", "현금"].get(i % 4).copied();
    view.payment_method = crate::clean::Interned::from_values((0..n).map(method));
    view
}

#[test]
fn the_registry_is_in_order() {
    let ids: Vec<&str> = CONTROLS.iter().map(|c| c.id()).collect();
    let expected = [
        "duplicate_payment",
        "split_payment",
        "exact_duplicate",
        "duplicate_other_vendor",
        "similar_duplicate",
        "card_and_transfer",
        "split_contract",
        "below_limit",
        "dormant_vendor",
        "shared_bank_account",
        "invalid_business_no",
        "heterogeneous_vendor",
        "repeated_payment",
        "off_hours",
        "day_off",
        "restricted_merchant",
        "self_approval",
        "retroactive_commitment",
        "posting_gap",
        "document_sequence",
        "missing_counterpart",
        "cap_per_person",
        "cancel_reapprove",
        "period_end_reversal",
        "new_vendor_spike",
        "rare_department_account",
        "recurring_deviation",
        "suspicious_word",
        "unmatched_reversal",
        "round_amount",
        "year_end_rush",
        "seldom_used_account",
        "poor_description",
        "amount_outlier",
        "over_budget",
        "reallocation_spend",
        "period_change",
    ];
    assert_eq!(ids, expected);
    for control in CONTROLS {
        assert!(!control.label_ko().is_empty());
        assert!((1.0..=100.0).contains(&control.weight()));
    }
}

#[test]
fn edge_ledgers_give_sound_outputs() {
    let equal = |n: usize| {
        (0..n).fold(Ledger::new(), |l, _| {
            l.pay("2024-03-02", "총무과", "소모품비", "가나", 500_000, "7", "용지")
        })
    };
    let extreme = Ledger::background(40)
        .pay("2024-03-02", "총무과", "", "", i64::MAX, "", "")
        .pay("2024-03-02", "총무과", "소모품비", "가나", i64::MAX, "", "")
        .pay("2024-03-02", "총무과", "소모품비", "가나", i64::MAX, "", "")
        .pay("2024-03-02", "총무과", "소모품비", "가나", i64::MIN, "", "");
    let ledgers =
        [Ledger::new(), equal(1), equal(2), equal(10), equal(1_000), Ledger::background(10), extreme];
    for control in CONTROLS {
        for ledger in &ledgers {
            check_output(control.id(), &ledger.view());
        }
    }
}

#[test]
fn every_test_finds_what_it_plants_and_little_else() {
    for control in CONTROLS {
        let (expected, out) = planted(*control, 2_000);
        assert!(!expected.is_empty(), "{} plants nothing", control.id());
        for &row in &expected {
            assert!(out.strength[row] >= FIRES, "{} misses its plant: {}", control.id(), out.strength[row]);
            let reason = (out.explain)(row).unwrap();
            assert!(!reason.text.is_empty() && reason.id == control.id());
        }
        let others = (0..2_000).filter(|&row| out.strength[row] >= FIRES).count();
        assert!(others <= 6, "{} fires on {others} of 2000 ordinary payments", control.id());
    }
}

#[test]
fn an_empty_ledger_is_tested_and_clean() {
    for control in CONTROLS {
        assert!(run(*control, &Ledger::new()).strength.is_empty(), "{}", control.id());
    }
}

#[test]
fn without_vendors_the_reason_is_said() {
    let mut ledger = Ledger::background(300);
    for row in &mut ledger.0 {
        row.vendor.clear();
    }
    for id in ["duplicate_payment", "split_payment", "new_vendor_spike", "recurring_deviation"] {
        let control = CONTROLS.iter().find(|c| c.id() == id).unwrap();
        let reason = try_run(*control, &ledger.view(), &ControlOptions::default()).err().unwrap();
        assert!(
            reason.starts_with("거래처 또는 사업자등록번호 열이 없어 ")
                && reason.ends_with("점검하지 못했습니다."),
            "{reason}"
        );
    }
}

#[test]
fn a_test_not_in_force_says_so() {
    let toml = CONTROLS.iter().fold("version = \"2\"\n".to_owned(), |toml, control| {
        toml + &format!("[{}]\nstate = \"draft\"\n", control.id())
    });
    let options = ControlOptions::from_toml(&toml, "controls.toml").unwrap();
    for control in CONTROLS {
        let reason = try_run(*control, &Ledger::background(10).view(), &options).err().unwrap();
        assert_eq!(reason, "설정에서 ‘초안’ 상태여서 점검하지 않았습니다.");
    }
}

#[test]
fn a_large_ledger_gives_the_same_on_one_and_many_threads() {
    let view = synthetic(200_000);
    for control in CONTROLS {
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| try_run(*control, &view, &ControlOptions::default()))
        };
        // What lacks a column here does so on any number of threads.
        let (Ok(one), Ok(many)) = (on(1), on(4)) else { continue };
        assert!(one.strength.iter().zip(&many.strength).all(|(a, b)| a.to_bits() == b.to_bits()));
        let strong = one.strength.iter().filter(|s| **s > 0.5).count();
        assert!(strong < view.n_rows / 50, "{} fires on {strong} random rows", control.id());
        for row in (0..view.n_rows).filter(|&row| one.strength[row] > 0.0).take(500) {
            assert_eq!((one.explain)(row), (many.explain)(row));
        }
    }
}

#[test]
fn later_rows_change_nothing_said_as_of_a_day() {
    let mut early = Ledger::background(800);
    for row in early.0.iter_mut().skip(3).step_by(8) {
        row.account = "연구재료비".to_owned();
    }
    for month in 1..=9 {
        let amount = if month == 9 { 3_300_000 } else { 2_200_000 };
        early = early.pay(&format!("2025-{month:02}-25"), "부서1", "임차료", "한빛빌딩", amount, "", "");
    }
    early = early.pay("2025-09-26", "부서0", "연구재료비", "거래처1", 2_000_000, "", "").pay(
        "2025-09-26",
        "부서0",
        "소모품비",
        "새이름",
        3_000_000,
        "",
        "",
    );
    let mut whole = early.clone();
    for day in 1..=28 {
        let date = format!("2025-11-{day:02}");
        whole = whole
            .pay(&date, "부서1", "임차료", "한빛빌딩", 100_000 * day, "", "")
            .pay(&date, "부서0", "연구재료비", "한빛빌딩", 90_000_000, "", "")
            .pay(&date, "부서0", "소모품비", &format!("나중{day}"), 90_000_000, "", "");
    }
    for id in ["new_vendor_spike", "rare_department_account", "recurring_deviation"] {
        let control = CONTROLS.iter().find(|c| c.id() == id).unwrap();
        let (then, now) = (run(*control, &early), run(*control, &whole));
        assert!(then.strength.iter().any(|s| *s > 0.2), "{id} finds nothing to compare");
        for row in 0..early.0.len() {
            assert_eq!(then.strength[row].to_bits(), now.strength[row].to_bits(), "{id} row {row}");
            assert_eq!((then.explain)(row), (now.explain)(row), "{id} row {row}");
        }
    }
}

#[test]
fn amounts_of_any_currency_take_a_fitting_particle() {
    use super::common::stated;
    assert_eq!(stated("금액", "1,234원", "은/는"), "금액 1,234원은");
    assert_eq!(stated("금액", "USD 12.50", "이/가"), "금액(USD 12.50)이");
}

#[test]
fn vendor_numbers_join_names() {
    let ledger = Ledger::new()
        .pay("2024-03-02", "총무과", "소모품비", "가나상사", 1, "", "")
        .with(|row| row.vendor_no = "123".to_owned())
        .pay("2024-03-02", "총무과", "소모품비", "가나상사", 1, "", "")
        .pay("2024-03-02", "총무과", "소모품비", "(주)가나", 1, "", "")
        .with(|row| row.vendor_no = "123".to_owned())
        .pay("2024-03-02", "총무과", "소모품비", "다라", 1, "", "")
        .pay("2024-03-02", "총무과", "소모품비", "", 1, "", "");
    let keys = crate::clean::vendor_keys(&ledger.view());
    assert_eq!(keys[0], keys[1]);
    assert_eq!(keys[0], keys[2]);
    assert_ne!(keys[0], keys[3]);
    assert_eq!(keys[4], crate::clean::Interned::NULL);
}

#[test]
fn reversals_take_back_the_latest_payment() {
    let pay = |ledger: Ledger, date: &str, amount: i64| {
        ledger.pay(date, "총무과", "소모품비", "가나", amount, "", "")
    };
    let mut ledger = Ledger::new();
    for (date, amount) in [("2024-03-02", 5), ("2024-03-04", 5), ("2024-03-05", -5), ("2024-03-06", 5)] {
        ledger = pay(ledger, date, amount);
    }
    ledger = pay(ledger, "2024-03-07", 5).with(|row| row.kind = "승인취소".to_owned());
    let view = ledger.view();
    let stands = crate::detect::shared::standing_payments(&view, &crate::clean::vendor_keys(&view));
    assert_eq!(stands, [true, false, false, false, false]);
}
