//! The digits of an amount: how they repeat, and how often the account paid exactly this amount before.
//!
//! Comes in: the ledger in time order. Goes out: a share of repeated digits, a count of earlier equal amounts.
//! Refuses: trailing zeros as repeated digits ([`super::form`] counts them), later rows.

use rustc_hash::FxHashMap;

use super::{Columns, Context, Feature, Group};

/// The group.
pub const GROUP: Group = Group { id: "digits", label_ko: "금액의 숫자", build };

fn build(context: &Context<'_>) -> Columns {
    let ledger = context.ledger;
    let per_major = ledger.currency.minor_per_major();
    let accounts = context.ids_of(&ledger.account);
    let mut seen: FxHashMap<(u32, i64), u32> = FxHashMap::default();
    let mut equal = vec![0.0; ledger.n_rows];
    for &row in &context.time {
        let row = row as usize;
        let before = seen.entry((accounts[row], ledger.amount[row])).or_insert(0);
        equal[row] = f64::from(*before).ln_1p();
        *before += 1;
    }
    vec![
        (
            Feature { id: "repeated_digits", label_ko: "같은 숫자가 이어진 비율" },
            ledger.amount.iter().map(|amount| repeated(*amount / per_major)).collect(),
        ),
        (Feature { id: "equal_amounts", label_ko: "계정과목의 이전 같은 금액 건수" }, equal),
    ]
}

/// Of the digits before the trailing zeros, less one, those in the longest run of one digit, less one: 0 to 1.
fn repeated(amount: i64) -> f64 {
    let mut rest = amount.unsigned_abs();
    while rest > 0 && rest.is_multiple_of(10) {
        rest /= 10;
    }
    let (mut n_digits, mut run, mut longest, mut last) = (0_u32, 0_u32, 0_u32, None);
    while rest > 0 {
        let digit = rest % 10;
        run = if last == Some(digit) { run + 1 } else { 1 };
        longest = longest.max(run);
        last = Some(digit);
        n_digits += 1;
        rest /= 10;
    }
    f64::from(longest.saturating_sub(1)) / f64::from(n_digits.saturating_sub(1).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_one_digit_count_and_trailing_zeros_do_not() {
        for (amount, expected) in [
            (7_777_000, 1.0),
            (-7_777_000, 1.0),
            (1_000_000, 0.0),
            (1_233_400, 0.25),
            (100_200, 1.0 / 3.0),
            (123, 0.0),
            (5, 0.0),
            (0, 0.0),
        ] {
            let found = repeated(amount);
            assert!((found - expected).abs() < 1e-9, "{amount}: {found}");
        }
    }
}
