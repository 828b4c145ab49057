//! The form of a payment by itself: nearness to approval limits, trailing zeros, day off and hour.
//!
//! Comes in: the ledger. Goes out: columns that need no other row.
//! Refuses: to guess an hour; without one a payment counts as made in office hours.

use rustc_hash::FxHashMap;

use super::{Columns, Context, Feature, Group};
use crate::clean::view::date_of_day;

/// The group.
pub const GROUP: Group = Group { id: "form", label_ko: "금액·시간 형태", build };

/// Share of a limit from which an amount counts as near it.
const NEAR_LIMIT: f64 = 0.8;
/// Minutes of the day between which people work.
const OFFICE_MINUTES: (i16, i16) = (9 * 60, 18 * 60);

fn build(context: &Context<'_>) -> Columns {
    let ledger = context.ledger;
    let per_major = ledger.currency.minor_per_major();
    let limits: Vec<f64> = context.options.approval_limits.iter().map(|l| *l as f64).collect();
    // Many rows share a day.
    let mut known: FxHashMap<i32, f64> = FxHashMap::default();
    let of_day = |day: i32| f64::from(u8::from((context.is_off_day)(date_of_day(day))));
    let days = ledger.day.iter().map(|day| *known.entry(*day).or_insert_with(|| of_day(*day))).collect();
    vec![
        (
            Feature { id: "limit_nearness", label_ko: "결재 한도 근접도" },
            ledger.amount.iter().map(|a| nearness(*a as f64 / per_major as f64, &limits)).collect(),
        ),
        (
            Feature { id: "trailing_zeros", label_ko: "끝자리 0의 비율" },
            ledger.amount.iter().map(|a| trailing_zeros(*a / per_major)).collect(),
        ),
        (Feature { id: "off_day", label_ko: "휴일 여부" }, days),
        (
            Feature { id: "off_hours", label_ko: "근무시간에서 벗어난 시간" },
            ledger.minute.iter().map(|m| hours_off(*m)).collect(),
        ),
    ]
}

/// 0 far below or at a limit, rising to 1 just under it.
fn nearness(amount: f64, limits: &[f64]) -> f64 {
    limits
        .iter()
        .filter(|limit| **limit > 0.0 && amount < **limit)
        .map(|limit| ((amount / limit - NEAR_LIMIT) / (1.0 - NEAR_LIMIT)).max(0.0))
        .fold(0.0, f64::max)
}

/// Share of the digits after the first that are trailing zeros.
fn trailing_zeros(amount: i64) -> f64 {
    let mut rest = amount.unsigned_abs();
    let n_digits = rest.checked_ilog10().unwrap_or(0);
    let mut zeros = 0_u32;
    while rest > 0 && rest.is_multiple_of(10) {
        rest /= 10;
        zeros += 1;
    }
    f64::from(zeros) / f64::from(n_digits.max(1))
}

/// Hours between `minute` and the office hours; 0 inside them or where unknown.
fn hours_off(minute: i16) -> f64 {
    let (open, close) = OFFICE_MINUTES;
    let minutes = if minute < 0 { 0 } else { (open - minute).max(minute - close).max(0) };
    f64::from(minutes) / 60.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearness_is_highest_just_under_a_limit() {
        let limits = [1e6, 5e6];
        assert!((nearness(990_000.0, &limits) - 0.95).abs() < 1e-9);
        assert!(nearness(1_000_000.0, &limits).abs() < 1e-9);
        assert!(nearness(-500.0, &limits).abs() < 1e-9);
    }

    #[test]
    fn zeros_and_hours() {
        assert!((trailing_zeros(1_000_000) - 1.0).abs() < 1e-9);
        assert!((trailing_zeros(-1_250_000) - 4.0 / 6.0).abs() < 1e-9);
        assert!(trailing_zeros(0).abs() < 1e-9);
        assert!((hours_off(23 * 60) - 5.0).abs() < 1e-9);
        assert!((hours_off(60) - 8.0).abs() < 1e-9);
        assert!(hours_off(-1).abs() < 1e-9);
        assert!(hours_off(600).abs() < 1e-9);
    }
}
