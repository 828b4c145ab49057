//! Recurring payments: a series ([`Words::series`](super::words::Words::series)) that comes at an even rhythm, monthly to yearly, for about the same amount.
//!
//! Comes in: the ledger in groups. Goes out: how regular a payment's predecessors were, how many days apart they came,
//! and its distance from their amount. Refuses: a rhythm from fewer than [`PAYMENTS_MIN`] earlier payments.

use super::{Columns, Context, Feature, Group};

/// The group.
pub const GROUP: Group = Group { id: "recurring", label_ko: "정기 지급", build };

/// Fewest earlier payments that can show a rhythm.
pub const PAYMENTS_MIN: usize = 3;
/// The latest earlier payments looked at: one year of months.
const LOOK_BACK: usize = 12;
/// Days between payments of a rhythm: two weeks to a year.
const GAP_DAYS: std::ops::RangeInclusive<i32> = 13..=380;
/// Shares of the usual gap within which a gap keeps the rhythm: holidays and slow paperwork.
const GAP_SHARE: std::ops::RangeInclusive<f64> = 0.6..=1.5;
/// Logarithm within which amounts count as the usual one (about 25 %).
const SAME_AMOUNT: f32 = 0.22;

fn build(context: &Context<'_>) -> Columns {
    let groups = context.groups(&context.series);
    let found: Vec<(f64, f64, f64)> = groups.by_row(|rows| {
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
            found.iter().map(|f| f.0).collect(),
        ),
        (
            Feature { id: "recurring_deviation", label_ko: "정기 지급액 대비 금액" },
            found.iter().map(|f| f.1).collect(),
        ),
        (
            Feature { id: "recurring_gap_days", label_ko: "정기 지급 간격" },
            found.iter().map(|f| f.2).collect(),
        ),
    ]
}

/// Rhythm (0 to 1) of the payments `before`, the logarithm of the ratio of `row` to their median times that rhythm, and
/// ln(1 + their usual gap in days) times that rhythm.
fn describe(context: &Context<'_>, before: &[u32], row: u32) -> (f64, f64, f64) {
    if before.len() < PAYMENTS_MIN {
        return (0.0, 0.0, 0.0);
    }
    let day = |r: u32| context.ledger.day[r as usize];
    let mut gaps: Vec<i32> = before.windows(2).map(|w| day(w[1]) - day(w[0])).collect();
    gaps.sort_unstable();
    let gap = gaps[gaps.len() / 2];
    if !GAP_DAYS.contains(&gap) {
        return (0.0, 0.0, 0.0);
    }
    let regular = gaps.iter().filter(|g| GAP_SHARE.contains(&(f64::from(**g) / f64::from(gap)))).count();
    let mut amounts: Vec<f32> = before.iter().map(|&r| context.log_amount[r as usize]).collect();
    amounts.sort_unstable_by(f32::total_cmp);
    let n = amounts.len();
    let usual = f32::midpoint(amounts[(n - 1) / 2], amounts[n / 2]);
    let same = amounts.iter().filter(|a| (**a - usual).abs() <= SAME_AMOUNT).count();
    let rhythm = (regular as f64 / (n - 1) as f64) * (same as f64 / n as f64);
    let ratio = f64::from(context.log_amount[row as usize] - usual);
    (rhythm, (ratio * rhythm).clamp(-5.0, 5.0), f64::from(gap).ln_1p() * rhythm)
}
