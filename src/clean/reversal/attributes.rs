//! Links by department, account, vendor and amount, to the nearest earlier payment.
//!
//! Comes in: reversals that no document explains, positive rows marked in words. Goes out: links.
//! Refuses: rows with neither vendor nor description, other amounts, later days, more than a year.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use super::marks::unmarked;
use super::work::Work;
use super::{ATTRIBUTE_DAYS_MAX, MatchKind, Part, document};
use crate::clean::{Interned, LedgerView};

/// What a reversal and its payment have in common; a text stands where descriptions must agree.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    department: u32,
    account: u32,
    vendor: u32,
    text: u32,
    amount: i64,
}

/// Positive rows whose document number or description begins or ends with a word that takes back, in order of days.
pub(super) fn marked_payments(ledger: &LedgerView, is_reversal: &[bool]) -> Vec<usize> {
    let marked = |names: &[String]| -> Vec<bool> {
        names.par_iter().map(|name| unmarked(name).is_some_and(|(_, takes_back)| takes_back)).collect()
    };
    let (by_number, by_text) =
        rayon::join(|| marked(&ledger.document_no.names), || marked(&ledger.description.names));
    let is = |flags: &[bool], id: u32| flags.get(id as usize).copied().unwrap_or(false);
    let mut rows: Vec<usize> = (0..ledger.n_rows)
        .filter(|&i| ledger.amount[i] > 0 && !is_reversal[i])
        .filter(|&i| is(&by_number, ledger.document_no.ids[i]) || is(&by_text, ledger.description.ids[i]))
        .collect();
    rows.sort_unstable_by_key(|&i| (ledger.day[i], i));
    rows
}

/// Links open reversals to the nearest earlier payment alike.
pub(super) fn link(work: &mut Work<'_>) {
    let reversals = work.open_reversals();
    let texts = Texts::of(work, reversals.iter().filter(|&&i| work.vendor[i] == Interned::NULL));
    let key = |work: &Work<'_>, i: usize| {
        let vendor = work.vendor[i];
        let text = if vendor == Interned::NULL { texts.id(work, i)? } else { Interned::NULL };
        Key::new(work, i, vendor, text)
    };
    let mut shelves = Shelves::new(work, &reversals, key, &|_| true);
    for reversal in reversals {
        if let Some(key) = key(work, reversal) {
            shelves.link(work, reversal, key, MatchKind::Attributes);
        }
    }
}

/// Links positive rows marked in words, where everything else agrees; the others stay payments.
pub(super) fn link_marked(work: &mut Work<'_>, marked: &[usize]) {
    if marked.is_empty() {
        return;
    }
    document::link_marked(work, marked);
    let is_marked: HashSet<usize> = marked.iter().copied().collect();
    let ledger = work.ledger;
    let takes_back =
        |i: usize| unmarked(ledger.description.text(i)).is_some_and(|(_, takes_back)| takes_back);
    let whole = |work: &Work<'_>, i: usize| work.is_open_payment(i) && work.left[i] == ledger.amount[i];
    let rows: Vec<usize> = marked.iter().copied().filter(|&i| whole(work, i) && takes_back(i)).collect();
    let texts = Texts::of(work, rows.iter());
    let key = |work: &Work<'_>, i: usize| Key::new(work, i, work.vendor[i], texts.id(work, i)?);
    let mut shelves = Shelves::new(work, &rows, key, &|i| !is_marked.contains(&i));
    for row in rows {
        if let Some(key) = key(work, row) {
            shelves.link(work, row, key, MatchKind::Description);
        }
    }
}

impl Key {
    fn new(work: &Work<'_>, i: usize, vendor: u32, text: u32) -> Option<Self> {
        let (department, account) = (work.ledger.department.ids[i], work.ledger.account.ids[i]);
        Some(Self { department, account, vendor, text, amount: work.wanted(i)? })
    }
}

/// Descriptions without their marks, as numbers, as far as the rows looked for have them.
struct Texts<'a>(HashMap<&'a str, u32>);

impl<'a> Texts<'a> {
    fn of<'b>(work: &Work<'a>, rows: impl Iterator<Item = &'b usize>) -> Self {
        let mut known = HashMap::new();
        for &row in rows {
            let text = bare(work.ledger.description.text(row));
            let next = u32::try_from(known.len()).unwrap_or(Interned::NULL);
            if !text.is_empty() {
                known.entry(text).or_insert(next);
            }
        }
        Self(known)
    }

    fn id(&self, work: &Work<'_>, i: usize) -> Option<u32> {
        self.0.get(bare(work.ledger.description.text(i))).copied()
    }
}

fn bare(text: &str) -> &str {
    unmarked(text).map_or(text, |(rest, _)| rest)
}

/// Payments that wait for a reversal, by key, in order of days.
struct Shelves(HashMap<Key, Shelf>);

#[derive(Default)]
struct Shelf {
    /// Time and row of each payment.
    payments: Vec<(i64, usize)>,
    /// Blocks of payments of one time, ascending.
    blocks: Vec<Block>,
}

struct Block {
    time: i64,
    /// First payment of the block still open.
    head: usize,
    end: usize,
    /// For an emptied block, the nearest earlier one that may be open; its own place while it is open.
    before: Option<usize>,
}

/// Twice the day; the right row of a correction comes after the reversals of its day.
fn time(work: &Work<'_>, i: usize) -> i64 {
    2 * i64::from(work.ledger.day[i]) + i64::from(work.is_correction(i))
}

impl Shelves {
    /// Shelves for what `reversals` want, filled with open payments that `may_serve`.
    fn new(
        work: &Work<'_>,
        reversals: &[usize],
        key: impl Fn(&Work<'_>, usize) -> Option<Key>,
        may_serve: &dyn Fn(usize) -> bool,
    ) -> Self {
        let wanted = reversals.iter().filter_map(|&i| key(work, i));
        let mut shelves: HashMap<Key, Shelf> = wanted.map(|key| (key, Shelf::default())).collect();
        let amounts: HashSet<i64> = shelves.keys().map(|key| key.amount).collect();
        for i in 0..work.ledger.n_rows {
            if work.is_open_payment(i)
                && amounts.contains(&work.left[i])
                && may_serve(i)
                && let Some(shelf) = key(work, i).and_then(|key| shelves.get_mut(&key))
            {
                shelf.payments.push((time(work, i), i));
            }
        }
        for shelf in shelves.values_mut() {
            shelf.order();
        }
        Self(shelves)
    }

    fn link(&mut self, work: &mut Work<'_>, reversal: usize, key: Key, by: MatchKind) {
        let now = 2 * i64::from(work.ledger.day[reversal]);
        let taken =
            self.0.get_mut(&key).and_then(|shelf| shelf.take(now - 2 * i64::from(ATTRIBUTE_DAYS_MAX), now));
        if let Some((row, is_ambiguous)) = taken {
            work.take(reversal, vec![Part { row, amount: key.amount }], by, is_ambiguous);
        }
    }
}

impl Shelf {
    fn order(&mut self) {
        self.payments.sort_unstable();
        for (at, &(time, _)) in self.payments.iter().enumerate() {
            match self.blocks.last_mut() {
                Some(block) if block.time == time => block.end = at + 1,
                _ => {
                    let before = Some(self.blocks.len());
                    self.blocks.push(Block { time, head: at, end: at + 1, before });
                }
            }
        }
    }

    /// Takes the earliest row of the latest block from `earliest` to `now`, and says whether the block had others.
    fn take(&mut self, earliest: i64, now: i64) -> Option<(usize, bool)> {
        let latest = self.blocks.partition_point(|block| block.time <= now).checked_sub(1)?;
        let at = self.open_block(latest)?;
        let block = &mut self.blocks[at];
        if block.time < earliest {
            return None;
        }
        let (_, row) = self.payments[block.head];
        block.head += 1;
        let is_ambiguous = block.head < block.end;
        if !is_ambiguous {
            block.before = at.checked_sub(1);
        }
        Some((row, is_ambiguous))
    }

    /// The nearest open block at or before `from`; passed blocks remember it.
    fn open_block(&mut self, from: usize) -> Option<usize> {
        let mut found = from;
        while self.blocks[found].before != Some(found) {
            found = self.blocks[found].before?;
        }
        let mut at = from;
        while at != found {
            at = self.blocks[at].before.replace(found)?;
        }
        Some(found)
    }
}
