//! How busy a department or a card is in the last days, against its own pace before.
//!
//! Comes in: the ledger in groups. Goes out: the payments of the last 7 days and the sum of the last 30, this payment
//! included, against what the time before lets expect.
//! Refuses: later rows, even of the same day; counts as they are (they would only say how large a department is); trust in
//! a group that has just begun; rows without a card as those of one card.

use super::{Columns, Context, Feature, Group};
use crate::clean::view::Interned;

/// The group.
pub const GROUP: Group = Group { id: "pace", label_ko: "부서·카드의 지급 속도", build };

const SHORT_DAYS: i32 = 7;
const LONG_DAYS: i32 = 30;
/// Days of history at which a pace is half known.
const KNOWN_HALF_DAYS: f64 = 30.0;

fn build(context: &Context<'_>) -> Columns {
    let ledger = context.ledger;
    let department = paces(context, &ledger.department);
    let card = paces(context, &ledger.card);
    let column = |paces: &[Pace], pick: fn(&Pace) -> f64| paces.iter().map(pick).collect();
    vec![
        (
            Feature { id: "department_count_7", label_ko: "부서의 평소 대비 7일간 지급 건수" },
            column(&department, |pace| pace.count),
        ),
        (
            Feature { id: "department_sum_30", label_ko: "부서의 평소 대비 30일간 지급 합계" },
            column(&department, |pace| pace.sum),
        ),
        (
            Feature { id: "card_count_7", label_ko: "카드의 평소 대비 7일간 사용 건수" },
            column(&card, |pace| pace.count),
        ),
        (
            Feature { id: "card_sum_30", label_ko: "카드의 평소 대비 30일간 사용 합계" },
            column(&card, |pace| pace.sum),
        ),
    ]
}

/// Logarithms of ratios to the pace before.
#[derive(Clone, Copy, Debug, Default)]
struct Pace {
    count: f64,
    sum: f64,
}

fn paces(context: &Context<'_>, by: &Interned) -> Vec<Pace> {
    let groups = context.groups(&context.ids_of(by));
    groups.by_row(|rows| match rows.first() {
        Some(first) if by.ids[*first as usize] != Interned::NULL => describe(context, rows),
        _ => vec![Pace::default(); rows.len()],
    })
}

fn describe(context: &Context<'_>, rows: &[u32]) -> Vec<Pace> {
    let ledger = context.ledger;
    let per_major = ledger.currency.minor_per_major() as f64;
    let day = |r: u32| ledger.day[r as usize];
    // Sums of all rows before a place, so that windows are differences.
    let mut before = vec![0.0];
    let mut total = 0.0;
    before.extend(rows.iter().map(|row| {
        total += ledger.amount[*row as usize].unsigned_abs() as f64 / per_major;
        total
    }));
    let (mut short, mut long) = (0, 0);
    rows.iter()
        .enumerate()
        .map(|(i, &row)| {
            while day(row) - day(rows[short]) >= SHORT_DAYS {
                short += 1;
            }
            while day(row) - day(rows[long]) >= LONG_DAYS {
                long += 1;
            }
            let history = f64::from(day(row) - day(rows[0]));
            let count = (i + 1 - short) as f64;
            let sum = before[i + 1] - before[long];
            // One payment, of the mean size so far, is of doubt.
            let mean = before[i + 1] / (i + 1) as f64;
            Pace {
                count: ratio(count, short as f64, 1.0, history, f64::from(SHORT_DAYS)),
                sum: ratio(sum, before[long], mean.max(1.0), history, f64::from(LONG_DAYS)),
            }
        })
        .collect()
}

/// ln of `now` (of a window of `days`) to what `earlier` (of the time before it) lets expect, with `doubt` on both sides,
/// pulled to 0 where `history` is short.
fn ratio(now: f64, earlier: f64, doubt: f64, history: f64, days: f64) -> f64 {
    let known = (history + 1.0 - days).max(0.0);
    let expected = earlier * days / known.max(days);
    let trust = known / (known + KNOWN_HALF_DAYS);
    ((now + doubt) / (expected + doubt)).ln() * trust
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_pace_is_zero_and_a_new_one_is_not_known() {
        let steady = ratio(7.0, 100.0, 1.0, 106.0, 7.0);
        assert!(steady.abs() < 1e-9, "{steady}");
        assert!(ratio(50.0, 0.0, 1.0, 3.0, 7.0).abs() < 1e-9);
        let busy = ratio(31.0, 100.0, 1.0, 106.0, 7.0);
        assert!((busy - 4.0_f64.ln() * 100.0 / 130.0).abs() < 1e-9, "{busy}");
    }
}
