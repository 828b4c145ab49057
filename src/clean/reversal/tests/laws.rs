//! What holds for every ledger, and for large ones.
//!
//! Comes in: drawn rows. Goes out: conserved sums, single links. Refuses: to serve anything but tests.

use proptest::prelude::*;

use super::{Row, view};
use crate::clean::reversal::{MatchKind, link, net};
use crate::clean::{Interned, LedgerView};

/// Rows of few values, so that documents, vendors, amounts and days meet.
fn any_row() -> impl Strategy<Value = Row> {
    let number =
        prop_oneof![Just(""), Just("1"), Just("2"), Just("1-C"), Just("2-취소"), Just("1-1"), Just("2-정정")];
    let text = prop_oneof![Just(""), Just("수리"), Just("수리 취소"), Just("수리 정정"), Just("반납")];
    let kind = prop_oneof![6 => Just(""), 1 => Just("취소"), 1 => Just("정정")];
    let amount =
        prop_oneof![4 => 1_i64..4, 4 => -4_i64..0, 1 => Just(0_i64), 1 => Just(i64::MAX), 1 => Just(-7_i64)];
    let vendor = prop_oneof![3 => Just("가"), 1 => Just("나"), 1 => Just("")];
    (0..5_i32, number, 0..2_u8, 0..2_u8, vendor, text, kind, amount).prop_map(
        |(day, number, department, account, vendor, text, kind, amount)| Row {
            day: 19_000 + 200 * day,
            document: number.to_owned(),
            department: format!("부서{department}"),
            account: format!("계정{account}"),
            vendor: vendor.to_owned(),
            text: text.to_owned(),
            kind: kind.to_owned(),
            amount,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn sums_are_conserved_and_nothing_is_linked_twice(rows in prop::collection::vec(any_row(), 0..40)) {
        let ledger = view(&rows);
        let reversals = link(&ledger);
        let mut n_links = vec![0; rows.len()];
        let mut taken = vec![0_i128; rows.len()];
        for link in &reversals.links {
            n_links[link.reversal] += 1;
            let given: i128 = link.parts.iter().map(|part| i128::from(part.amount)).sum();
            prop_assert_eq!(given, i128::from(rows[link.reversal].amount.unsigned_abs()));
            prop_assert!(link.parts.windows(2).all(|pair| pair[0].row < pair[1].row) && !link.parts.is_empty());
            for part in &link.parts {
                prop_assert!(part.amount > 0 && rows[part.row].amount > 0 && part.row != link.reversal);
                prop_assert!(rows[part.row].day <= rows[link.reversal].day);
                prop_assert_eq!(&rows[part.row].department, &rows[link.reversal].department);
                taken[part.row] += i128::from(part.amount);
            }
        }
        for (i, row) in rows.iter().enumerate() {
            let is_linked = n_links[i] == 1;
            prop_assert!(n_links[i] <= 1 && !(is_linked && taken[i] > 0));
            prop_assert!(taken[i] <= i128::from(row.amount.max(0)));
            let is_unmatched = reversals.unmatched.contains(&i);
            let expected = match (is_linked, is_unmatched) {
                (true, _) => 0,
                (_, true) => -i128::from(row.amount.unsigned_abs()),
                _ => i128::from(row.amount) - taken[i],
            };
            prop_assert_eq!(i128::from(reversals.left[i]), expected);
            prop_assert_eq!(row.amount < 0, row.amount < 0 && (is_linked || is_unmatched));
        }
        // Payments less reversals, before and after.
        let whole: i128 = rows.iter().enumerate().map(|(i, row)| {
            let takes_back = n_links[i] == 1 || reversals.unmatched.contains(&i);
            if takes_back { -i128::from(row.amount.unsigned_abs()) } else { i128::from(row.amount) }
        }).sum();
        let netted = net(&ledger, &reversals);
        prop_assert_eq!(netted.ledger.amount.iter().map(|a| i128::from(*a)).sum::<i128>(), whole);
        let signed = rows.iter().all(|row| row.amount <= 0 || (row.kind != "취소" && !row.text.ends_with("취소") && !row.document.ends_with("취소")));
        if signed {
            prop_assert_eq!(whole, rows.iter().map(|row| i128::from(row.amount)).sum::<i128>());
        }
        prop_assert_eq!(link(&ledger), reversals);
    }
}

/// `n` rows of 50 departments; every hundredth takes the fiftieth before it back, half of them by document.
fn large(n: usize) -> LedgerView {
    let text = |of: &dyn Fn(usize) -> String| {
        let values: Vec<String> = (0..n).map(of).collect();
        Interned::from_values(values.iter().map(|v| Some(v.as_str())))
    };
    let mut ledger = LedgerView::empty(crate::ledger::Currency::krw(), n);
    ledger.document_no = text(&|i| match i % 200 {
        199 => format!("2024-{:07}-취소", i - 50),
        _ => format!("2024-{i:07}"),
    });
    ledger.department = text(&|i| format!("부서{}", i % 50));
    ledger.account = text(&|i| format!("계정{}", i % 50 % 20));
    ledger.vendor = text(&|i| format!("거래처{}", i % 50));
    ledger.description = text(&|i| format!("{i}번 지출"));
    ledger.kind = text(&|_| String::new());
    ledger.vendor_no = ledger.kind.clone();
    ledger.day = (0..n).map(|i| 18_000 + i32::try_from(i / 500).unwrap()).collect();
    let size = |i: usize| i64::try_from(1_000 + i / 100).unwrap();
    ledger.amount = (0..n).map(|i| if i % 100 == 99 { -size(i) } else { size(i) }).collect();
    ledger
}

#[test]
fn a_million_rows_are_linked() {
    let n = 1_000_000;
    let ledger = large(n);
    let reversals = link(&ledger);
    assert_eq!((reversals.links.len(), reversals.unmatched.len()), (n / 100, 0));
    assert!(reversals.links.iter().all(|l| l.parts[0].row == l.reversal - 50 && !l.is_ambiguous));
    assert_eq!(reversals.links.iter().filter(|l| l.by == MatchKind::DocumentSuffix).count(), n / 200);
}

/// Payments and reversals that all fit each other, on one day, on many, under one number: quadratic work would take
/// minutes here.
#[test]
fn rows_that_all_fit_each_other_are_linked_without_loss() {
    let n = 300_000_usize;
    for (days, number) in [(1, ""), (1_000, ""), (300, "1")] {
        let mut ledger = large(n);
        let one = Interned::from_values((0..n).map(|_| Some("가")));
        for column in [&mut ledger.department, &mut ledger.account, &mut ledger.vendor] {
            *column = one.clone();
        }
        ledger.document_no = Interned::from_values((0..n).map(|_| Some(number)));
        ledger.day = (0..n).map(|i| i32::try_from(i % days).unwrap()).collect();
        ledger.amount = (0..n).map(|i| if i >= n / 2 { -500 } else { 500 }).collect();
        let reversals = link(&ledger);
        assert_eq!(reversals.links.len() + reversals.unmatched.len(), n / 2);
        assert_eq!(reversals.left.iter().sum::<i64>(), 0);
    }
}
