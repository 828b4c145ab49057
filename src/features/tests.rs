//! Features of small ledgers worked out by hand.

use chrono::Datelike;
use rayon::ThreadPoolBuilder;

use super::*;
use crate::clean::view::Interned;
use crate::ledger::Currency;

/// Day, department, account, vendor, description, amount.
type Row = (i32, &'static str, &'static str, &'static str, &'static str, i64);

/// Monday, 2024-01-01.
const START: i32 = 19_723;

fn ledger(rows: &[Row]) -> LedgerView {
    let text = |pick: fn(&Row) -> &'static str| Interned::from_values(rows.iter().map(|r| Some(pick(r))));
    let none = || Interned::from_values(rows.iter().map(|_| None));
    LedgerView {
        currency: Currency::krw(),
        n_rows: rows.len(),
        source: none(),
        sheet: none(),
        row: (1..).take(rows.len()).collect(),
        document_no: none(),
        day: rows.iter().map(|r| r.0).collect(),
        minute: vec![-1; rows.len()],
        department: text(|r| r.1),
        account: text(|r| r.2),
        vendor: text(|r| r.3),
        vendor_no: none(),
        description: text(|r| r.4),
        payment_method: none(),
        card: none(),
        requester: none(),
        kind: none(),
        amount: rows.iter().map(|r| r.5).collect(),
        ..LedgerView::empty(Currency::krw(), rows.len())
    }
}

fn features(rows: &[Row]) -> FeatureMatrix {
    build(&ledger(rows), &Options::default(), &|d| d.weekday().num_days_from_monday() >= 5)
}

fn value(matrix: &FeatureMatrix, id: &str, row: usize) -> f64 {
    matrix.column(id).unwrap()[row]
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-6
}

/// Twelve monthly rents, each after some office purchases of varying amounts.
fn rents() -> Vec<Row> {
    let mut rows = Vec::new();
    for month in 0..12 {
        for k in 0..10_i32 {
            let amount = 50_000 + i64::from((k * 7 + month * 3) % 10) * 30_000;
            rows.push((START + month * 30 + k, "총무과", "사무관리비", "가나상사", "복사용지 구입", amount));
        }
        rows.push((START + month * 30 + 12, "총무과", "임차료", "다라렌탈", "복합기 임차료", 240_000));
    }
    rows
}

#[test]
fn spike_in_a_rent_stands_out_and_a_usual_rent_does_not() {
    let mut rows = rents();
    rows.push((START + 12 * 30 + 12, "총무과", "임차료", "다라렌탈", "복합기 임차료", 240_000));
    rows.push((START + 13 * 30 + 12, "총무과", "임차료", "다라렌탈", "복합기 임차료", 960_000));
    let matrix = features(&rows);
    let (usual, spike) = (rows.len() - 2, rows.len() - 1);
    assert!(value(&matrix, "recurring_rhythm", usual) > 0.9);
    assert!(value(&matrix, "recurring_deviation", usual).abs() < 1e-6);
    assert!((value(&matrix, "recurring_deviation", spike) - 4.0_f64.ln()).abs() < 0.01);
    assert!(value(&matrix, "amount_z_usual", usual).abs() < 1.0);
    assert!(value(&matrix, "amount_z_usual", spike) > 4.0);
}

#[test]
fn equal_amounts_leave_nothing_unexplained_and_a_large_one_all_of_it() {
    let mut rows: Vec<Row> =
        (0..200).map(|i| (START + i, "총무과", "사무관리비", "가나상사", "복사용지 구입", 100_000)).collect();
    rows.push((START + 200, "총무과", "사무관리비", "가나상사", "복사용지 구입", 1_000_000));
    let matrix = features(&rows);
    assert!((0..200).all(|row| value(&matrix, "amount_unexplained", row).abs() < 1e-3));
    assert!((value(&matrix, "amount_unexplained", 200) - 10.0_f64.ln()).abs() < 0.05);
}

#[test]
fn a_later_row_changes_no_earlier_one() {
    let mut rows = rents();
    let before = features(&rows);
    rows.push((START + 400, "총무과", "임차료", "다라렌탈", "골프장 이용", 99_000_000));
    let after = features(&rows);
    for (b, a) in before.columns.iter().zip(&after.columns) {
        let bits = |c: &[f64]| c.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(b), bits(&a[..b.len()]));
    }
}

#[test]
fn order_in_the_file_does_not_matter_between_days() {
    let rows = rents();
    let backwards: Vec<Row> = rows.iter().rev().copied().collect();
    let (a, b) = (features(&rows), features(&backwards));
    for (a, b) in a.columns.iter().zip(&b.columns) {
        assert!(a.iter().zip(b.iter().rev()).all(|(a, b)| near(*a, *b)));
    }
}

#[test]
fn vendor_history_and_windows_count_earlier_rows() {
    let matrix = features(&[
        (START, "총무과", "사무관리비", "가", "구입", 100),
        (START + 3, "총무과", "사무관리비", "가", "구입", 200),
        (START + 13, "총무과", "사무관리비", "가", "구입", 300),
    ]);
    assert!(near(value(&matrix, "vendor_count", 2), 2.0_f64.ln_1p()));
    assert!(near(value(&matrix, "vendor_age_days", 2), 13.0_f64.ln_1p()));
    assert!(near(value(&matrix, "vendor_gap_days", 2), 10.0_f64.ln_1p()));
    assert!(near(value(&matrix, "vendor_share", 2), 1.0));
    assert!(near(value(&matrix, "window_count_7", 1), 2.0_f64.ln_1p()));
    assert!(near(value(&matrix, "window_count_7", 2), 1.0_f64.ln_1p()));
    assert!(near(value(&matrix, "window_sum_30", 2), 600.0_f64.ln_1p()));
}

#[test]
fn equal_amounts_and_shares_count_earlier_rows_of_the_account() {
    let matrix = features(&[
        (START, "총무과", "사무관리비", "가", "구입", 3_300),
        (START, "회계과", "사무관리비", "나", "구입", 3_300),
        (START + 1, "총무과", "여비", "가", "출장", 3_300),
        (START + 2, "총무과", "사무관리비", "다", "구입", 3_300),
    ]);
    let equal: Vec<f64> = (0..4).map(|row| value(&matrix, "equal_amounts", row)).collect();
    assert!(
        equal.iter().zip([0.0, 1.0, 0.0, 2.0]).all(|(found, n)| near(*found, f64::ln_1p(n))),
        "{equal:?}"
    );
    let share: Vec<f64> = (0..4).map(|row| value(&matrix, "account_share", row)).collect();
    assert!(share.iter().zip([0.0, 1.0, 0.0, 2.0 / 3.0]).all(|(a, b)| near(*a, b)), "{share:?}");
}

#[test]
fn a_weekend_and_a_busy_week_stand_out_where_they_are_new() {
    let mut rows = Vec::new();
    for week in 0..30 {
        for day in 0..2 {
            rows.push((START + week * 7 + day, "총무과", "사무관리비", "가", "구입", 90_000));
        }
    }
    // Saturday of the last week, and ten more payments on it.
    rows.extend((0..11).map(|_| (START + 29 * 7 + 5, "총무과", "사무관리비", "가", "구입", 90_000)));
    let matrix = features(&rows);
    let rarity = |row| value(&matrix, "weekday_rarity", row);
    assert!(rarity(60) > 3.0 && rarity(59) < 1.0, "{} {}", rarity(60), rarity(59));
    assert!(rarity(70) < rarity(60), "by then it is known");
    let busy = |id, row| value(&matrix, id, row);
    assert!(busy("department_count_7", 59).abs() < 0.2 && busy("department_count_7", 70) > 1.0);
    assert!(busy("department_sum_30", 59).abs() < 0.2 && busy("department_sum_30", 70) > 0.5);
    // No row names a card or an hour.
    assert!(near(busy("card_count_7", 70), 0.0) && near(busy("hour_rarity", 70), 0.0));
}

#[test]
fn cards_have_a_pace_and_accounts_hours_of_their_own() {
    let rows: Vec<Row> =
        (0..100).map(|i| (START + i, "총무과", "사무관리비", "가", "구입", 10_000)).collect();
    let mut view = ledger(&rows);
    view.card = Interned::from_values((0..100).map(|i| (i % 2 == 0 || i > 90).then_some("1234")));
    view.minute = (0..100).map(|i| if i == 99 { 23 * 60 } else { 10 * 60 + 59 }).collect();
    let matrix = build(&view, &Options::default(), &|_| false);
    let card = |row| value(&matrix, "card_count_7", row);
    assert!(card(98) > 0.4 && card(88).abs() < 0.2 && near(card(89), 0.0), "{} {}", card(98), card(88));
    let hour = |row| value(&matrix, "hour_rarity", row);
    assert!(hour(99) > 3.0 && hour(98) < 0.5, "{} {}", hour(99), hour(98));
}

#[test]
fn foreign_text_and_rare_account_score_above_familiar_ones() {
    let mut rows = rents();
    rows.push((START + 400, "총무과", "사무관리비", "가나상사", "복사용지 구입", 80_000));
    rows.push((START + 401, "총무과", "사무관리비", "가나상사", "복합기 임차료", 80_000));
    rows.push((START + 402, "총무과", "연구용역비", "가나상사", "복사용지 구입", 80_000));
    let matrix = features(&rows);
    let (familiar, foreign, rare) = (rows.len() - 3, rows.len() - 2, rows.len() - 1);
    assert!(value(&matrix, "text_rarity", foreign) > value(&matrix, "text_rarity", familiar) + 1.0);
    let rarity = |row| value(&matrix, "department_account_rarity", row);
    assert!(rarity(rare) > rarity(familiar) + 2.0);
}

#[test]
fn equal_on_one_and_two_threads() {
    let rows = rents();
    let on = |n| {
        let pool = ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        let matrix = pool.install(|| features(&rows));
        matrix.columns.iter().flatten().map(|v| v.to_bits()).collect::<Vec<_>>()
    };
    assert_eq!(on(1), on(2));
}

#[test]
fn nothing_one_row_and_extreme_amounts_are_finite() {
    for amounts in [&[][..], &[0], &[i64::MIN, i64::MAX, -1, 0, 1]] {
        let rows: Vec<Row> = amounts.iter().map(|a| (START, "", "", "", "", *a)).collect();
        // `push` panics on a value that is not finite.
        assert_eq!(features(&rows).n_rows, amounts.len());
    }
}

#[test]
fn groups_and_features_have_unique_names() {
    let matrix = features(&[]);
    let mut ids: Vec<&str> = matrix.features.iter().map(|f| f.id).collect();
    let n = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), n);
    assert!(GROUPS.iter().all(|g| !g.label_ko.is_empty()));
}
