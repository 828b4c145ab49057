//! Amounts against what the account usually pays for the same thing, as the words of the description name it.
//!
//! Comes in: descriptions, accounts and amounts in time order. Goes out: the robust deviation from earlier payments of the
//! account that share the most telling word, and how many those were.
//! Refuses: words of few or of most payments of an account (they tell nothing), later rows.

use std::collections::HashMap;

use rayon::prelude::*;

use super::level::{self, Level};
use super::series::words;
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
    let topics = Topics::new(context);
    let levels = topics.levels(context);
    let best: Vec<Option<Level>> = (0..ledger.n_rows)
        .map(|row| {
            let own = topics.of_row[row]..topics.of_row[row + 1];
            let known = levels[own].iter().filter(|level| level.n >= KNOWN_MIN);
            known.min_by(|a, b| a.spread.total_cmp(&b.spread)).copied()
        })
        .collect();
    let z = |(value, level): (&f32, &Option<Level>)| level.map_or(0.0, |level| level::z(*value, &level));
    vec![
        (
            Feature { id: "amount_z_topic", label_ko: "계정의 같은 내용 지출 대비 금액 편차" },
            context.log_amount.iter().zip(&best).map(z).collect(),
        ),
        (
            Feature { id: "topic_count", label_ko: "계정의 같은 내용 이전 지급 건수" },
            best.iter().map(|level| level.map_or(0.0, |level| f64::from(level.n).ln_1p())).collect(),
        ),
    ]
}

/// Which topics (an account and a word) each row belongs to.
struct Topics {
    /// Where the entries of a row begin, one more than rows.
    of_row: Vec<usize>,
    /// Topic of each entry.
    topic: Vec<u32>,
    n_topics: usize,
}

impl Topics {
    fn new(context: &Context<'_>) -> Self {
        let ledger = context.ledger;
        let mut word_ids: HashMap<String, u32> = HashMap::new();
        let texts: Vec<Vec<String>> = ledger.description.names.par_iter().map(|text| words(text)).collect();
        let texts: Vec<Vec<u32>> = texts
            .into_iter()
            .map(|words| {
                let long = words.into_iter().filter(|word| word.chars().nth(1).is_some());
                long.map(|word| {
                    let next = u32::try_from(word_ids.len()).unwrap_or(u32::MAX);
                    *word_ids.entry(word).or_insert(next)
                })
                .collect()
            })
            .collect();
        let words_of =
            |row: usize| texts.get(ledger.description.ids[row] as usize).map_or(&[][..], Vec::as_slice);
        let accounts = context.ids_of(&ledger.account);
        let mut rows_of_account = vec![0_u32; ledger.account.names.len() + 1];
        let mut rows_of_topic: HashMap<(u32, u32), u32> = HashMap::new();
        for row in 0..ledger.n_rows {
            rows_of_account[accounts[row] as usize] += 1;
            for word in words_of(row) {
                *rows_of_topic.entry((accounts[row], *word)).or_default() += 1;
            }
        }
        let mut out = Self { of_row: vec![0], topic: Vec::new(), n_topics: 0 };
        let mut topic_ids: HashMap<(u32, u32), u32> = HashMap::new();
        for row in 0..ledger.n_rows {
            let account = accounts[row];
            let most = SHARE_MAX * f64::from(rows_of_account[account as usize]);
            let mut telling: Vec<(u32, u32)> = words_of(row)
                .iter()
                .map(|word| (rows_of_topic[&(account, *word)], *word))
                .filter(|(n, _)| *n >= ROWS_MIN && f64::from(*n) <= most)
                .collect();
            telling.sort_unstable();
            for (_, word) in telling.into_iter().take(WORDS_MAX) {
                let next = u32::try_from(topic_ids.len()).unwrap_or(u32::MAX);
                out.topic.push(*topic_ids.entry((account, word)).or_insert(next));
            }
            out.of_row.push(out.topic.len());
        }
        out.n_topics = topic_ids.len();
        out
    }

    /// The level of the topic of each entry before its row.
    fn levels(&self, context: &Context<'_>) -> Vec<Level> {
        let mut members: Vec<Vec<(u32, u32)>> = vec![Vec::new(); self.n_topics];
        for &row in &context.time {
            for entry in self.of_row[row as usize]..self.of_row[row as usize + 1] {
                members[self.topic[entry] as usize].push((row, u32::try_from(entry).unwrap_or(u32::MAX)));
            }
        }
        let found: Vec<Vec<Level>> = members
            .par_iter()
            .map(|entries| level::before(entries.iter().map(|(row, _)| context.log_amount[*row as usize])))
            .collect();
        let mut levels = vec![Level::default(); self.topic.len()];
        for (entries, found) in members.iter().zip(found) {
            for ((_, entry), level) in entries.iter().zip(found) {
                levels[*entry as usize] = level;
            }
        }
        levels
    }
}
