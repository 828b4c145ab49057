//! Values of features as a person reads them.
//!
//! Comes in: a feature's identifier and value. Goes out: text with its unit, logarithms undone.
//! Refuses: nothing; an unknown feature is written as a number.

use crate::ledger::amount::group_thousands;

/// `value` of feature `id`: `412일`, `12건`, `4.0배`, `7.3%`, `휴일`, `+6.2`.
pub fn value_text(id: &str, value: f64) -> String {
    match id {
        "amount_log" | "window_sum_7" | "window_sum_30" => whole(value.exp_m1()),
        "vendor_age_days" | "vendor_gap_days" | "recurring_gap_days" => {
            format!("{}일", whole(value.exp_m1()))
        }
        "vendor_count" | "window_count_7" | "window_count_30" | "topic_count" | "equal_amounts" => {
            format!("{}건", whole(value.exp_m1()))
        }
        "recurring_deviation"
        | "amount_over_peak"
        | "window_burst"
        | "text_rarity"
        | "amount_unexplained"
        | "department_count_7"
        | "department_sum_30"
        | "card_count_7"
        | "card_sum_30" => {
            format!("{:.1}배", value.exp())
        }
        "department_account_rarity" | "weekday_rarity" | "hour_rarity" => {
            format!("{}건에 1건", whole(value.exp()))
        }
        "vendor_share" | "account_share" | "trailing_zeros" | "repeated_digits" | "recurring_rhythm"
        | "limit_nearness" | "text_novelty" | "year_end" => crate::ko::percent(value),
        "off_day" => if value > 0.5 { "휴일" } else { "근무일" }.to_owned(),
        "off_hours" => format!("{value:.1}시간"),
        _ if value.abs() < 0.05 => "0.0".to_owned(),
        _ => format!("{value:+.1}"),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "amounts and counts, not negative"
)]
fn whole(value: f64) -> String {
    group_thousands(value.max(0.0).round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_undone_and_units_named() {
        for (id, value, expected) in [
            ("vendor_gap_days", 412.0_f64.ln_1p(), "412일"),
            ("window_count_7", 3.0_f64.ln_1p(), "3건"),
            ("amount_log", 1_234_000.0_f64.ln_1p(), "1,234,000"),
            ("recurring_deviation", 4.0_f64.ln(), "4.0배"),
            ("weekday_rarity", 50.0_f64.ln(), "50건에 1건"),
            ("hour_rarity", 0.0, "1건에 1건"),
            ("equal_amounts", 12.0_f64.ln_1p(), "12건"),
            ("card_sum_30", 3.0_f64.ln(), "3.0배"),
            ("department_count_7", 0.0, "1.0배"),
            ("year_end", 0.5, "50.0%"),
            ("repeated_digits", 1.0, "100.0%"),
            ("account_share", 0.073, "7.3%"),
            ("off_day", 1.0, "휴일"),
            ("amount_z_usual", 6.24, "+6.2"),
            ("amount_z_usual", -0.01, "0.0"),
        ] {
            assert_eq!(value_text(id, value), expected, "{id}");
        }
    }
}
