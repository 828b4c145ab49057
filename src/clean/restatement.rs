//! Restatement: what became of payments that were already reported.
//!
//! Comes in: the rows in use before and after, month by month. Goes out: rows added, deleted and changed, and what that
//! does to the sum of every department and account.
//! Refuses: to call a row changed over details (approver, days before the payment): files read before there were details
//! lack them, and every reported month would differ. It does not guess. Rows are one payment restated when they carry the same document number, or when day, department,
//! account, vendor and description agree; all others are deleted and added.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::LedgerView;
use crate::ledger::{Digest, FiscalMonth, RowRef, col};

/// Differing rows held for pairing and listing; beyond, rows are only counted.
const LISTED_MAX: usize = 200_000;
/// Lines of one document that are paired by likeness; longer ones are paired in order.
const LIKENESS_MAX: usize = 64;

/// A payment with everything an export said of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Line {
    /// Day.
    pub date: chrono::NaiveDate,
    /// Document number; empty where there is none.
    pub document_no: String,
    /// Department.
    pub department: String,
    /// Account.
    pub account: String,
    /// Vendor.
    pub vendor: String,
    /// Vendor's registration number.
    pub vendor_no: String,
    /// Description.
    pub description: String,
    /// Payment method.
    pub payment_method: String,
    /// Masked card number.
    pub card: String,
    /// Requester.
    pub requester: String,
    /// Kind as found.
    pub kind: String,
    /// Minute of the day, -1 where unknown.
    pub minute: i16,
    /// Minor units.
    pub amount: i64,
    /// Its place in the file.
    pub at: RowRef,
}

impl Line {
    fn new(view: &LedgerView, i: usize) -> Self {
        let text = |column: &super::Interned| column.text(i).to_owned();
        Self {
            date: view.date(i),
            document_no: text(&view.document_no),
            department: text(&view.department),
            account: text(&view.account),
            vendor: text(&view.vendor),
            vendor_no: text(&view.vendor_no),
            description: text(&view.description),
            payment_method: text(&view.payment_method),
            card: text(&view.card),
            requester: text(&view.requester),
            kind: text(&view.kind),
            minute: view.minute[i],
            amount: view.amount[i],
            at: RowRef { source: text(&view.source), sheet: text(&view.sheet), row: view.row[i] },
        }
    }

    /// Columns in which two lines differ; the place in the file is no column.
    pub fn differing(&self, other: &Self) -> Vec<&'static str> {
        let columns = [
            (col::DATE, self.date != other.date),
            (col::DOCUMENT_NO, self.document_no != other.document_no),
            (col::DEPARTMENT, self.department != other.department),
            (col::ACCOUNT, self.account != other.account),
            (col::VENDOR, self.vendor != other.vendor),
            (col::VENDOR_NO, self.vendor_no != other.vendor_no),
            (col::DESCRIPTION, self.description != other.description),
            (col::PAYMENT_METHOD, self.payment_method != other.payment_method),
            (col::CARD, self.card != other.card),
            (col::REQUESTER, self.requester != other.requester),
            (col::KIND, self.kind != other.kind),
            (col::MINUTE, self.minute != other.minute),
            (col::AMOUNT, self.amount != other.amount),
        ];
        columns.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
    }

    /// What names a payment that carries no document number.
    fn likeness(&self) -> [&str; 4] {
        [&self.department, &self.account, &self.vendor, &self.description]
    }
}

/// A payment before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// As reported.
    pub old: Line,
    /// As delivered now.
    pub new: Line,
}

/// What happened to the payments of one month, department and account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// Rows that came.
    pub added: u64,
    /// Rows that went.
    pub deleted: u64,
    /// Rows restated, counted where they stood before.
    pub changed: u64,
    /// Sum after less sum before, in minor units.
    pub difference: i64,
}

/// All differences.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// Rows that only stand in the new files.
    pub added: Vec<Line>,
    /// Rows that only stood in the old ones.
    pub deleted: Vec<Line>,
    /// Rows restated.
    pub changed: Vec<Change>,
    /// By month, department and account.
    pub effects: BTreeMap<(FiscalMonth, String, String), Effect>,
    /// Differing rows that are in `effects` (as added and deleted) but in no list.
    pub n_unlisted: u64,
}

impl Differences {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.effects.is_empty()
    }

    fn effect(&mut self, line: &Line) -> Option<&mut Effect> {
        let month = FiscalMonth::of(line.date)?;
        Some(self.effects.entry((month, line.department.clone(), line.account.clone())).or_default())
    }

    fn add(&mut self, line: &Line, is_new: bool, is_change: bool) {
        let Some(effect) = self.effect(line) else { return };
        effect.difference += if is_new { line.amount } else { -line.amount };
        match (is_new, is_change) {
            (true, false) => effect.added += 1,
            (false, false) => effect.deleted += 1,
            (false, true) => effect.changed += 1,
            (true, true) => {}
        }
    }
}

/// A comparison under way: months are given one after another, so that only their differing rows stay in memory.
#[derive(Debug, Default)]
pub struct Comparison {
    old: Vec<Line>,
    new: Vec<Line>,
    unlisted: Differences,
}

impl Comparison {
    /// Takes the rows of a part (a month) before and after. Rows equal in every column need not be looked at again.
    pub fn add(&mut self, old: &LedgerView, new: &LedgerView) {
        let mut waiting: HashMap<Digest, Vec<usize>> = HashMap::new();
        for i in 0..new.n_rows {
            waiting.entry(content(new, i)).or_default().push(i);
        }
        let mut gone = Vec::new();
        for i in 0..old.n_rows {
            let same = waiting.get_mut(&content(old, i));
            if same.and_then(Vec::pop).is_none() {
                gone.push(i);
            }
        }
        let mut came: Vec<usize> = waiting.into_values().flatten().collect();
        came.sort_unstable();
        for i in gone {
            self.hold(Line::new(old, i), false);
        }
        for i in came {
            self.hold(Line::new(new, i), true);
        }
    }

    fn hold(&mut self, line: Line, is_new: bool) {
        if self.old.len() + self.new.len() >= LISTED_MAX {
            self.unlisted.add(&line, is_new, false);
            self.unlisted.n_unlisted += 1;
        } else if is_new {
            self.new.push(line);
        } else {
            self.old.push(line);
        }
    }

    /// Pairs what is left.
    pub fn finish(self) -> Differences {
        let mut found = self.unlisted;
        let (mut old, mut new) = (self.old, self.new);
        old.sort();
        new.sort();
        cancel(&mut old, &mut new);
        pair(&mut old, &mut new, &mut found.changed, |line| {
            (!line.document_no.is_empty()).then(|| vec![line.document_no.clone()])
        });
        pair(&mut old, &mut new, &mut found.changed, |line| {
            let mut key: Vec<String> = line.likeness().iter().map(|&part| part.to_owned()).collect();
            key.push(line.date.to_string());
            Some(key)
        });
        found.changed.sort_by(|a, b| a.old.cmp(&b.old));
        (found.deleted, found.added) = (old, new);
        let mut tally = Differences { effects: std::mem::take(&mut found.effects), ..Differences::default() };
        for change in &found.changed {
            tally.add(&change.old, false, true);
            tally.add(&change.new, true, true);
        }
        found.deleted.iter().for_each(|line| tally.add(line, false, false));
        found.added.iter().for_each(|line| tally.add(line, true, false));
        found.effects = tally.effects;
        found
    }
}

/// Names the content of a row, not its place.
fn content(view: &LedgerView, i: usize) -> Digest {
    let texts = [
        &view.document_no,
        &view.department,
        &view.account,
        &view.vendor,
        &view.vendor_no,
        &view.description,
        &view.payment_method,
        &view.card,
        &view.requester,
        &view.kind,
    ];
    let numbers = [i64::from(view.day[i]), i64::from(view.minute[i]), view.amount[i]].map(i64::to_le_bytes);
    let texts = texts.iter().map(|column| column.text(i).as_bytes());
    Digest::of_parts(numbers.iter().map(<[u8; 8]>::as_slice).chain(texts))
}

/// Rows equal in every column that were given in different parts.
fn cancel(old: &mut Vec<Line>, new: &mut Vec<Line>) {
    let keyed = |line: &Line| Line { at: RowRef::default(), ..line.clone() };
    let mut waiting: BTreeMap<Line, u64> = BTreeMap::new();
    for line in new.iter() {
        *waiting.entry(keyed(line)).or_default() += 1;
    }
    let mut both: BTreeMap<Line, u64> = BTreeMap::new();
    old.retain(|line| {
        let key = keyed(line);
        match waiting.get_mut(&key).filter(|n| **n > 0) {
            Some(n) => {
                *n -= 1;
                *both.entry(key).or_default() += 1;
                false
            }
            None => true,
        }
    });
    new.retain(|line| match both.get_mut(&keyed(line)).filter(|n| **n > 0) {
        Some(n) => {
            *n -= 1;
            false
        }
        None => true,
    });
}

/// Pairs lines of equal key, the most alike first; the rest stays.
fn pair(
    old: &mut Vec<Line>,
    new: &mut Vec<Line>,
    changed: &mut Vec<Change>,
    key: impl Fn(&Line) -> Option<Vec<String>>,
) {
    let mut groups: BTreeMap<Vec<String>, (Vec<Line>, Vec<Line>)> = BTreeMap::new();
    let mut rest = (Vec::new(), Vec::new());
    for line in old.drain(..) {
        match key(&line) {
            Some(key) => groups.entry(key).or_default().0.push(line),
            None => rest.0.push(line),
        }
    }
    for line in new.drain(..) {
        match key(&line) {
            Some(key) => groups.entry(key).or_default().1.push(line),
            None => rest.1.push(line),
        }
    }
    for (before, mut after) in groups.into_values() {
        let by_likeness = before.len().max(after.len()) <= LIKENESS_MAX;
        for line in before {
            let likeness = |(i, other): (usize, &Line)| (line.differing(other).len(), i);
            let best = match by_likeness {
                true => after.iter().enumerate().map(likeness).min().map(|(_, i)| i),
                false => (!after.is_empty()).then_some(0),
            };
            match best {
                Some(i) => changed.push(Change { new: after.remove(i), old: line }),
                None => rest.0.push(line),
            }
        }
        rest.1.append(&mut after);
    }
    (*old, *new) = rest;
    old.sort();
    new.sort();
}

#[cfg(test)]
#[path = "restatement_tests.rs"]
mod tests;
