//! How foreign a description is to its account, by its words and pairs of neighbouring letters.
//!
//! Comes in: descriptions and accounts in time order. Goes out, from earlier rows: how much rarer its tokens are in the
//! account than elsewhere, the share of them the account never had, and how few of the account's descriptions were as new.
//! Refuses: digits and marks (they carry numbers, not words), trust in an account with little text.

use std::borrow::Cow;

use rayon::prelude::*;

use super::words::{is_letter, lower};
use super::{Columns, Context, Feature, Group};

/// The group.
pub const GROUP: Group = Group { id: "text", label_ko: "적요", build };

/// Slots of a table of tokens: several times the letter pairs and words of an institution.
const SLOTS: usize = 1 << 14;
/// Most tables kept (64 MiB); accounts beyond share them.
const TABLES_MAX: usize = 1024;
/// Descriptions the rest of the ledger counts for in an account's shares.
const PRIOR_ROWS: f64 = 3.0;
/// Occurrences at which a token is half known.
const KNOWN_HALF: f64 = 3.0;
/// Occurrences in the account at which a token is half new.
const NEW_HALF: f64 = 1.0;
/// Earlier descriptions from which an account's share of new tokens is believed.
const ACCOUNT_ROWS: f64 = 20.0;
/// Tokens of a description at which it can be called new in full.
const FULL_TOKENS: f64 = 2.0;
/// Steps between no new token and nothing but new ones.
const STEPS: usize = 20;

/// Texts split into tokens by one task.
const CHUNK: usize = 4096;

/// One word as slots: its letters in alphabetical order (misspelt words keep them), then its letter pairs and itself.
#[derive(Clone, Copy, Debug)]
struct Word {
    letters: u16,
    /// Tokens it has, of those not yet in its text.
    n_tokens: u16,
}

/// The words of some texts, one behind the other.
struct Tokens {
    words: Vec<Word>,
    slots: Vec<u16>,
    /// By text: where its words and its tokens begin, and at last where they end.
    starts: Vec<(usize, usize)>,
}

impl Tokens {
    /// The words of `texts`.
    fn of(texts: &[String]) -> Self {
        let mut all = Self { words: Vec::new(), slots: Vec::new(), starts: vec![(0, 0)] };
        let mut seen = Seen { text: 0, last_text: vec![0; SLOTS] };
        let mut letters = Vec::new();
        for text in texts {
            seen.text += 1;
            all.push(text, &mut seen, &mut letters);
            all.starts.push((all.words.len(), all.slots.len()));
        }
        all
    }

    /// Adds the words of `text`: runs of letters; words of one letter say nothing.
    fn push(&mut self, text: &str, seen: &mut Seen, letters: &mut Vec<u32>) {
        for word in outside_brackets(text).split(|c: char| !is_letter(c)) {
            letters.clear();
            letters.extend(word.chars().map(|c| u32::from(lower(c))));
            if letters.len() < 2 {
                continue;
            }
            let before = self.slots.len();
            let pairs = letters.windows(2).map(|pair| slot(1, pair));
            let itself = (letters.len() > 2).then(|| slot(2, letters));
            self.slots.extend(pairs.chain(itself).filter(|slot| seen.is_first(*slot)));
            letters.sort_unstable();
            let n_tokens = u16::try_from(self.slots.len() - before).unwrap_or(u16::MAX);
            self.words.push(Word { letters: slot(3, letters), n_tokens });
        }
    }

    fn text(&self, i: usize) -> Text<'_> {
        let ((word, token), (word_end, token_end)) = (self.starts[i], self.starts[i + 1]);
        Text { words: &self.words[word..word_end], tokens: &self.slots[token..token_end] }
    }
}

/// Which slots the text at hand has had, as the number of the last text that had each.
struct Seen {
    text: u32,
    last_text: Vec<u32>,
}

impl Seen {
    fn is_first(&mut self, slot: u16) -> bool {
        std::mem::replace(&mut self.last_text[usize::from(slot)], self.text) != self.text
    }
}

/// The words of one text and the tokens of all of them, each token once.
#[derive(Clone, Copy)]
struct Text<'a> {
    words: &'a [Word],
    tokens: &'a [u16],
}

impl<'a> Text<'a> {
    /// Words with their tokens.
    fn words(self) -> impl Iterator<Item = (Word, &'a [u16])> {
        let mut rest = self.tokens;
        self.words.iter().map(move |word| {
            let (own, others) = rest.split_at(usize::from(word.n_tokens));
            rest = others;
            (*word, own)
        })
    }
}

/// Descriptions seen of one account, or of all.
struct Table {
    /// Descriptions by token.
    counts: Vec<u32>,
    rows: u32,
    /// Descriptions by share of tokens that were new when they came.
    novelty: [u32; STEPS + 1],
}

impl Table {
    fn new() -> Self {
        Self { counts: vec![0; SLOTS], rows: 0, novelty: [0; STEPS + 1] }
    }

    fn count(&self, slot: u16) -> f64 {
        f64::from(self.counts[usize::from(slot)])
    }

    fn add(&mut self, text: Text<'_>) {
        for slot in text.tokens.iter().chain(text.words.iter().map(|word| &word.letters)) {
            self.counts[usize::from(*slot)] += 1;
        }
        self.rows += 1;
    }

    /// Share of the tokens of `text` that are new here, and of those of the newest word, halfway; pulled to 0 for very few
    /// tokens.
    fn novelty(&self, text: Text<'_>) -> f64 {
        let newness = |slot: u16| NEW_HALF / (NEW_HALF + self.count(slot));
        let (mut new, mut n, mut newest) = (0.0, 0.0, 0.0_f64);
        for (word, tokens) in text.words() {
            let len = tokens.len() as f64;
            let tokens: f64 = tokens.iter().map(|slot| newness(*slot)).sum();
            let tokens = tokens.min(len * newness(word.letters));
            new += tokens;
            n += len;
            newest = newest.max(tokens / len.max(FULL_TOKENS));
        }
        f64::midpoint(new / f64::max(n, FULL_TOKENS), newest)
    }

    /// Of the earlier descriptions, the share at least as new as `novelty`, with half a description of doubt.
    fn as_new(&self, novelty: f64) -> f64 {
        let at_least: u32 = self.novelty[step(novelty)..].iter().sum();
        (f64::from(at_least) + 0.5) / (f64::from(self.rows) + 1.0)
    }
}

#[derive(Clone, Copy, Default)]
struct Foreign {
    rarity: f64,
    novelty: f64,
    as_new: f64,
}

fn build(context: &Context<'_>) -> Columns {
    let ledger = context.ledger;
    let texts: Vec<Tokens> = ledger.description.names.par_chunks(CHUNK).map(Tokens::of).collect();
    let accounts = context.ids_of(&ledger.account);
    let n_tables = (ledger.account.names.len() + 1).min(TABLES_MAX);
    let mut own: Vec<Table> = (0..n_tables).map(|_| Table::new()).collect();
    let mut whole = Table::new();
    let mut foreign = vec![Foreign::default(); ledger.n_rows];
    for &row in &context.time {
        let row = row as usize;
        let id = ledger.description.ids[row] as usize;
        let Some(chunk) = texts.get(id / CHUNK) else { continue };
        let text = chunk.text(id % CHUNK);
        let account = &mut own[accounts[row] as usize % n_tables];
        let novelty = account.novelty(text);
        foreign[row] = Foreign { rarity: rarity(text.tokens, account, &whole), ..newness(account, novelty) };
        account.novelty[step(novelty)] += 1;
        account.add(text);
        whole.add(text);
    }
    let column = |pick: fn(&Foreign) -> f64| foreign.iter().map(pick).collect();
    vec![
        (Feature { id: "text_rarity", label_ko: "계정과목에 낯선 적요" }, column(|f| f.rarity)),
        (Feature { id: "text_novelty", label_ko: "계정과목에 처음 나온 표현의 비율" }, column(|f| f.novelty)),
        (Feature { id: "text_novelty_rank", label_ko: "적요의 새로움 순위" }, column(|f| f.as_new)),
    ]
}

/// Share of new tokens and -log10 of how many descriptions were as new, both pulled to 0 in accounts with little text.
fn newness(account: &Table, novelty: f64) -> Foreign {
    let trust = f64::from(account.rows) / (f64::from(account.rows) + ACCOUNT_ROWS);
    Foreign {
        rarity: 0.0,
        novelty: novelty * trust,
        as_new: -account.as_new(novelty).log10() * trust * novelty,
    }
}

/// Mean over the tokens of ln(share outside the account / share in it); tokens known from few descriptions count less.
fn rarity(tokens: &[u16], account: &Table, whole: &Table) -> f64 {
    let n_account = f64::from(account.rows);
    let n_rest = f64::from(whole.rows) - n_account;
    let (mut sum, mut weights) = (0.0, 1.0);
    for &slot in tokens {
        let in_account = account.count(slot);
        let elsewhere = whole.count(slot) - in_account;
        let share_rest = (elsewhere + 0.5) / (n_rest + 1.0);
        let share_account = (in_account + PRIOR_ROWS * share_rest) / (n_account + PRIOR_ROWS);
        let weight = elsewhere / (elsewhere + KNOWN_HALF);
        sum += weight * (share_rest / share_account).ln();
        weights += weight;
    }
    sum / weights
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of the steps")]
fn step(share: f64) -> usize {
    ((share * STEPS as f64).round().max(0.0) as usize).min(STEPS)
}

/// `text` without what stands in brackets (names, numbers, places), unless that is all of it.
fn outside_brackets(text: &str) -> Cow<'_, str> {
    if !text.contains(['(', '[', '（', ')', ']', '）']) {
        return Cow::Borrowed(text);
    }
    let mut depth = 0_u32;
    let outside: String = text
        .chars()
        .filter(|c| {
            match c {
                '(' | '[' | '（' => depth += 1,
                ')' | ']' | '）' => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect();
    let is_all = outside.chars().filter(|c| is_letter(*c)).count() < 2;
    if is_all { Cow::Borrowed(text) } else { Cow::Owned(outside) }
}

/// Slot of `letters`, apart for each `kind`: FNV-1a over the code points, then the high bits of a product.
#[expect(clippy::cast_possible_truncation, reason = "SLOTS is a power of two below 65,536")]
fn slot(kind: u64, letters: &[u32]) -> u16 {
    let hash = letters.iter().fold(0xCBF2_9CE4_8422_2325_u64 ^ kind, |h, letter| {
        (h ^ u64::from(*letter)).wrapping_mul(0x0100_0000_01B3)
    });
    let mixed = hash.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> (64 - SLOTS.trailing_zeros())) as u16
}
