//! Payments of a department to one vendor that add up within days.
//!
//! Comes in: the ledger in groups. Goes out: counts and sums of the last 7 and 30 days, this payment included,
//! and how much denser the last 30 days are than before. Refuses: later rows, even of the same day.

use super::{Columns, Context, Feature, Group};
use crate::clean::view::Interned;

/// The group.
pub const GROUP: Group = Group { id: "window", label_ko: "단기 반복 지급", build };

const SHORT_DAYS: i32 = 7;
const LONG_DAYS: i32 = 30;

#[derive(Clone, Copy, Default)]
struct Sums {
    count_7: f64,
    sum_7: f64,
    count_30: f64,
    sum_30: f64,
    burst: f64,
}

fn build(context: &Context<'_>) -> Columns {
    let groups = context.groups(&context.vendor_department);
    let sums = groups.by_row(|rows| describe(context, rows));
    let column = |pick: fn(&Sums) -> f64| sums.iter().map(pick).collect();
    vec![
        (
            Feature { id: "window_count_7", label_ko: "7일간 같은 거래처 지급 건수" },
            column(|s| s.count_7.ln_1p()),
        ),
        (
            Feature { id: "window_sum_7", label_ko: "7일간 같은 거래처 지급 합계" },
            column(|s| s.sum_7.ln_1p()),
        ),
        (
            Feature { id: "window_count_30", label_ko: "30일간 같은 거래처 지급 건수" },
            column(|s| s.count_30.ln_1p()),
        ),
        (
            Feature { id: "window_sum_30", label_ko: "30일간 같은 거래처 지급 합계" },
            column(|s| s.sum_30.ln_1p()),
        ),
        (Feature { id: "window_burst", label_ko: "평소 대비 30일간 지급 빈도" }, column(|s| s.burst)),
    ]
}

fn describe(context: &Context<'_>, rows: &[u32]) -> Vec<Sums> {
    let ledger = context.ledger;
    let per_major = ledger.currency.minor_per_major() as f64;
    let size = |r: u32| ledger.amount[r as usize].unsigned_abs() as f64 / per_major;
    let day = |r: u32| ledger.day[r as usize];
    let (mut short, mut long) = (0, 0);
    let mut now = Sums::default();
    let mut out = Vec::with_capacity(rows.len());
    for (i, &row) in rows.iter().enumerate() {
        if ledger.vendor.ids[row as usize] == Interned::NULL {
            out.push(Sums::default());
            continue;
        }
        now.sum_7 += size(row);
        now.sum_30 += size(row);
        while day(row) - day(rows[short]) >= SHORT_DAYS {
            now.sum_7 -= size(rows[short]);
            short += 1;
        }
        while day(row) - day(rows[long]) >= LONG_DAYS {
            now.sum_30 -= size(rows[long]);
            long += 1;
        }
        now.count_7 = (i + 1 - short) as f64;
        now.count_30 = (i + 1 - long) as f64;
        // Expected from what came before the window, over the time it took; one payment of doubt.
        let span_days = f64::from((day(row) - day(rows[0]) - LONG_DAYS).max(LONG_DAYS));
        let expected = long as f64 / span_days * f64::from(LONG_DAYS);
        now.burst = (now.count_30 / (expected + 1.0)).ln();
        // Sums of floats may leave a trace below zero.
        out.push(Sums { sum_7: now.sum_7.max(0.0), sum_30: now.sum_30.max(0.0), ..now });
    }
    out
}
