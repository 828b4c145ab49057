//! Amounts against what the account usually pays for the same thing, as the words of the description name it.
//!
//! Comes in: topics and amounts in time order. Goes out: the robust deviation from earlier payments of the account that share
//! the most telling word, and how many those were.
//! Refuses: words of few or of most payments of an account (they tell nothing), later rows.

use rayon::prelude::*;

use super::level::{self, Level};
use super::{Columns, Context, Feature, Group};

/// The group.
pub const GROUP: Group = Group { id: "topic", label_ko: "같은 내용 대비 금액", build };

/// Earlier payments with a word from which their level is believed.
const KNOWN_MIN: u16 = 8;
/// Fewest payments of a topic over all of the ledger of which one can have enough earlier ones.
const ROWS_MIN: usize = 1 + KNOWN_MIN as usize;
/// Share of an account's earlier payments above which a word tells nothing.
const SHARE_MAX: f64 = 0.6;

fn build(context: &Context<'_>) -> Columns {
    let levels = levels(context);
    let z = |(value, level): (&f32, &Level)| if level.n > 0.0 { level::z(*value, level) } else { 0.0 };
    vec![
        (
            Feature { id: "amount_z_topic", label_ko: "계정의 같은 내용 지출 대비 금액 편차" },
            context.log_amount.iter().zip(&levels).map(z).collect(),
        ),
        (
            Feature { id: "topic_count", label_ko: "계정의 같은 내용 이전 지급 건수" },
            levels.iter().map(|level| f64::from(level.n).ln_1p()).collect(),
        ),
    ]
}

/// By row: the level before it of its topic with the narrowest spread; nothing where no topic is known yet.
fn levels(context: &Context<'_>) -> Vec<Level> {
    let topics = &context.topics;
    let n_account = earlier_of_account(context);
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); topics.n_rows.len()];
    for &row in &context.time {
        for topic in topics.of(row as usize) {
            members[*topic as usize].push(row);
        }
    }
    members.retain(|rows| rows.len() >= ROWS_MIN);
    let found: Vec<Vec<Level>> = members
        .par_iter()
        .map(|rows| level::before(rows.iter().map(|row| context.log_amount[*row as usize])))
        .collect();
    let mut best = vec![Level::default(); context.ledger.n_rows];
    for (rows, levels) in members.iter().zip(found) {
        for ((n_before, row), level) in rows.iter().enumerate().zip(levels) {
            let row = *row as usize;
            let tells = n_before as f64 <= SHARE_MAX * f64::from(n_account[row]);
            if level.n >= f32::from(KNOWN_MIN)
                && tells
                && (best[row].n < f32::from(KNOWN_MIN) || level.spread < best[row].spread)
            {
                best[row] = level;
            }
        }
    }
    best
}

/// Earlier payments of the account of every row.
fn earlier_of_account(context: &Context<'_>) -> Vec<u32> {
    let account = context.ids_of(&context.ledger.account);
    let mut n = vec![0_u32; context.ledger.account.names.len() + 1];
    let mut earlier = vec![0; account.len()];
    for &row in &context.time {
        let count = &mut n[account[row as usize] as usize];
        earlier[row as usize] = *count;
        *count += 1;
    }
    earlier
}
