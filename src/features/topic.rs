//! Amounts against what the account usually pays for the same thing, as the words of the description name it.
//!
//! Comes in: topics and amounts in time order. Goes out: the robust deviation from earlier payments of the account that share
//! the most telling word, and how many those were.
//! Refuses: words of few or of most payments of an account (they tell nothing), later rows.

use rayon::prelude::*;

use super::level::{self, Level};
use super::words::Topics;
use super::{Columns, Context, Feature, Group};

/// The group.
pub const GROUP: Group = Group { id: "topic", label_ko: "같은 내용 대비 금액", build };

/// Earlier payments with a word from which their level is believed.
const KNOWN_MIN: f32 = 8.0;
/// Payments of an account that must share a word, over all of the ledger, for it to be looked at.
const ROWS_MIN: u32 = 12;
/// Share of an account's payments above which a word tells nothing.
const SHARE_MAX: f64 = 0.6;
/// Words of a description looked at, the rarest first.
const WORDS_MAX: usize = 4;

fn build(context: &Context<'_>) -> Columns {
    let ledger = context.ledger;
    let topics = telling(context);
    let levels = levels(context, &topics);
    let z = |(value, level): (&f32, &Level)| if level.n > 0.0 { level::z(*value, level) } else { 0.0 };
    debug_assert_eq!(levels.len(), ledger.n_rows);
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

/// The topics that tell something: neither of few nor of most payments of the account, the rarest of each description.
fn telling(context: &Context<'_>) -> Topics {
    let account = context.ids_of(&context.ledger.account);
    let mut n_account = vec![0_u32; context.ledger.account.names.len() + 1];
    for id in &account {
        n_account[*id as usize] += 1;
    }
    let topics = &context.topics;
    topics.select(&account, |all, account| {
        let most = SHARE_MAX * f64::from(n_account[account as usize]);
        let rows = |topic: u32| topics.n_rows[topic as usize];
        let mut telling: Vec<(u32, u32)> = all
            .iter()
            .map(|topic| (rows(*topic), *topic))
            .filter(|(n, _)| *n >= ROWS_MIN && f64::from(*n) <= most)
            .collect();
        telling.sort_unstable();
        telling.into_iter().take(WORDS_MAX).map(|(_, topic)| topic).collect()
    })
}

/// By row: the level before it of its topic with the narrowest spread; nothing where no topic is known yet.
fn levels(context: &Context<'_>, topics: &Topics) -> Vec<Level> {
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); topics.n_rows.len()];
    for &row in &context.time {
        for topic in topics.of(row as usize) {
            members[*topic as usize].push(row);
        }
    }
    let found: Vec<Vec<Level>> = members
        .par_iter()
        .map(|rows| level::before(rows.iter().map(|row| context.log_amount[*row as usize])))
        .collect();
    let mut best = vec![Level::default(); context.ledger.n_rows];
    for (rows, levels) in members.iter().zip(found) {
        for (row, level) in rows.iter().zip(levels).filter(|(_, level)| level.n >= KNOWN_MIN) {
            let known = &mut best[*row as usize];
            if known.n < KNOWN_MIN || level.spread < known.spread {
                *known = level;
            }
        }
    }
    best
}
