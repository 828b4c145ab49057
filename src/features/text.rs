//! How foreign a description is to its account, by pairs of neighbouring characters.
//!
//! Comes in: descriptions and accounts in time order. Goes out: the mean over the character pairs of
//! ln(share in the whole ledger / share in the account), from earlier rows.
//! Refuses: digits and marks (they carry numbers, not words), trust in an account with little text.

use super::{Columns, Context, Feature, Group};

/// The group.
pub const GROUP: Group = Group { id: "text", label_ko: "적요", build };

/// Slots of the table of character pairs: more than the pairs found in a year of descriptions.
const SLOTS: usize = 4096;
/// Most tables kept; accounts beyond share them.
const TABLES_MAX: usize = 2048;
/// Character pairs the whole ledger counts for in an account's shares.
const PRIOR_PAIRS: f64 = 60.0;
/// Occurrences in the ledger at which a character pair says half of what it can.
const KNOWN_HALF: f64 = 3.0;

struct Table {
    counts: Vec<u32>,
    total: u32,
}

impl Table {
    fn new() -> Self {
        Self { counts: vec![0; SLOTS], total: 0 }
    }

    fn add(&mut self, slots: &[u16]) {
        for slot in slots {
            self.counts[usize::from(*slot)] += 1;
            self.total += 1;
        }
    }
}

fn build(context: &Context<'_>) -> Columns {
    let ledger = context.ledger;
    let slots: Vec<Vec<u16>> = ledger.description.names.iter().map(|text| slots_of(text)).collect();
    let accounts = context.ids_of(&ledger.account);
    let n_tables = (ledger.account.names.len() + 1).min(TABLES_MAX);
    let mut own: Vec<Table> = (0..n_tables).map(|_| Table::new()).collect();
    let mut whole = Table::new();
    let mut rarity = vec![0.0; ledger.n_rows];
    for &row in &context.time {
        let row = row as usize;
        let Some(slots) = slots.get(ledger.description.ids[row] as usize) else { continue };
        let account = &mut own[accounts[row] as usize % n_tables];
        rarity[row] = foreignness(slots, account, &whole);
        account.add(slots);
        whole.add(slots);
    }
    vec![(Feature { id: "text_rarity", label_ko: "계정과목에 낯선 적요" }, rarity)]
}

fn foreignness(slots: &[u16], account: &Table, whole: &Table) -> f64 {
    let n_whole = f64::from(whole.total) + SLOTS as f64;
    let n_account = f64::from(account.total) + PRIOR_PAIRS;
    let (mut sum, mut weights) = (0.0, 1.0);
    for &slot in slots {
        let seen = f64::from(whole.counts[usize::from(slot)]);
        let share_whole = (seen + 1.0) / n_whole;
        let in_account = f64::from(account.counts[usize::from(slot)]);
        let share_account = (in_account + PRIOR_PAIRS * share_whole) / n_account;
        let weight = 0.25 + 0.75 * seen / (seen + KNOWN_HALF);
        sum += weight * (share_whole / share_account).ln();
        weights += weight;
    }
    sum / weights
}

/// Table slots of the pairs of neighbouring letters of `text`.
fn slots_of(text: &str) -> Vec<u16> {
    let mut slots = Vec::new();
    let mut last = None;
    for c in text.chars() {
        let letter = c.is_alphabetic().then(|| c.to_lowercase().next().unwrap_or(c));
        if let (Some(a), Some(b)) = (last, letter) {
            slots.push(slot(a, b));
        }
        last = letter;
    }
    slots
}

/// Fibonacci hashing of the two code points, the high bits of the product.
#[expect(clippy::cast_possible_truncation, reason = "SLOTS is a power of two below 65,536")]
fn slot(a: char, b: char) -> u16 {
    let key = (u64::from(u32::from(a)) << 32) | u64::from(u32::from(b));
    let mixed = key.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((mixed ^ (mixed >> 29)) >> (64 - SLOTS.trailing_zeros())) as u16
}
