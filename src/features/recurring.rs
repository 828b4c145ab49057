//! Recurring payments: the same department, account and vendor at about a monthly rhythm for about the same amount.
//!
//! Comes in: the ledger in groups. Goes out: how regular a payment's predecessors were, and its distance from their amount.
//! Refuses: a rhythm from fewer than [`PAYMENTS_MIN`] earlier payments.

use super::{Columns, Context, Feature, Group};

/// The group.
pub const GROUP: Group = Group { id: "recurring", label_ko: "정기 지급", build };

/// Fewest earlier payments that can show a rhythm.
pub const PAYMENTS_MIN: usize = 3;
/// The latest earlier payments looked at: one year of months.
const LOOK_BACK: usize = 12;
/// Days between payments that count as monthly: a month more or less ten days of holidays and slow paperwork.
const GAP_DAYS: std::ops::RangeInclusive<i32> = 20..=41;
/// Logarithm within which amounts count as the usual one (about 15 %).
const SAME_AMOUNT: f32 = 0.15;

fn build(context: &Context<'_>) -> Columns {
    let groups = context.groups(&context.department_account_vendor);
    let pairs: Vec<(f64, f64)> = groups.by_row(|rows| {
        (0..rows.len())
            .map(|i| {
                let before = &rows[i.saturating_sub(LOOK_BACK)..i];
                describe(context, before, rows[i])
            })
            .collect()
    });
    vec![
        (
            Feature { id: "recurring_rhythm", label_ko: "정기 지급 규칙성" },
            pairs.iter().map(|p| p.0).collect(),
        ),
        (
            Feature { id: "recurring_deviation", label_ko: "정기 지급액 대비 금액" },
            pairs.iter().map(|p| p.1).collect(),
        ),
    ]
}

/// Rhythm (0 to 1) of the payments `before`, and the logarithm of the ratio of `row` to their median times that rhythm.
fn describe(context: &Context<'_>, before: &[u32], row: u32) -> (f64, f64) {
    if before.len() < PAYMENTS_MIN {
        return (0.0, 0.0);
    }
    let day = |r: u32| context.ledger.day[r as usize];
    let monthly = before.windows(2).filter(|w| GAP_DAYS.contains(&(day(w[1]) - day(w[0])))).count();
    let mut amounts: Vec<f32> = before.iter().map(|&r| context.log_amount[r as usize]).collect();
    amounts.sort_unstable_by(f32::total_cmp);
    let n = amounts.len();
    let usual = f32::midpoint(amounts[(n - 1) / 2], amounts[n / 2]);
    let same = amounts.iter().filter(|a| (**a - usual).abs() <= SAME_AMOUNT).count();
    let rhythm = (monthly as f64 / (n - 1) as f64) * (same as f64 / n as f64);
    let ratio = f64::from(context.log_amount[row as usize] - usual);
    (rhythm, (ratio * rhythm).clamp(-5.0, 5.0))
}
