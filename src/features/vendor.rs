//! Vendors: how long known, how lately paid, how often, how large a share.
//!
//! Comes in: the ledger in groups. Goes out: ages, gaps, counts and shares from earlier rows.
//! Refuses: to describe rows without a vendor as one vendor; they get 0.

use super::{Columns, Context, Feature, Group};
use crate::clean::view::Interned;

/// The group.
pub const GROUP: Group = Group { id: "vendor", label_ko: "거래처 이력", build };

fn build(context: &Context<'_>) -> Columns {
    let ledger = context.ledger;
    let groups = context.groups(&context.ids_of(&ledger.vendor));
    // Days since the first and the last payment, and earlier payments.
    let history: Vec<(f64, f64, f64)> = groups.by_row(|rows| {
        rows.iter()
            .enumerate()
            .map(|(i, &row)| {
                let row = row as usize;
                if i == 0 || ledger.vendor.ids[row] == Interned::NULL {
                    return (0.0, 0.0, 0.0);
                }
                let since = |r: u32| f64::from(ledger.day[row] - ledger.day[r as usize]);
                (since(rows[0]).ln_1p(), since(rows[i - 1]).ln_1p(), i as f64)
            })
            .collect()
    });
    let mut share = vec![0.0; ledger.n_rows];
    for (earlier, &row) in context.time.iter().enumerate() {
        share[row as usize] = history[row as usize].2 / earlier.max(1) as f64;
    }
    vec![
        (
            Feature { id: "vendor_age_days", label_ko: "거래처 첫 지급 이후 일수" },
            history.iter().map(|h| h.0).collect(),
        ),
        (
            Feature { id: "vendor_gap_days", label_ko: "거래처 직전 지급 이후 일수" },
            history.iter().map(|h| h.1).collect(),
        ),
        (
            Feature { id: "vendor_count", label_ko: "거래처 이전 지급 건수" },
            history.iter().map(|h| h.2.ln_1p()).collect(),
        ),
        (Feature { id: "vendor_share", label_ko: "거래처 지급 비중" }, share),
    ]
}
