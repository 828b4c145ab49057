//! Links by document number: exactly its amount, all rows of the document, a part of one row.
//!
//! Comes in: open reversals and payments. Goes out: links.
//! Refuses: other departments, other vendors, numbers that many rows carry.

use std::cmp::Reverse;
use std::collections::HashMap;

use foldhash::fast::RandomState;
use rustc_hash::FxHashMap;

use super::marks::{unmarked, without_ending};
use super::work::Work;
use super::{DOCUMENT_DAYS_MAX, DOCUMENT_ROWS_MAX, MatchKind, Part};
use crate::clean::Interned;

/// A document of a department.
type Key = (u32, u32);

/// A document that a reversal may mean, and by what.
type Reference = (Key, MatchKind);

/// Links reversals to rows of the documents they name.
pub(super) fn link(work: &mut Work<'_>) {
    let reversals = work.open_reversals();
    let references = references(work, &reversals, base_numbers);
    let rows = rows_of_documents(work, &references);
    for (&reversal, references) in reversals.iter().zip(&references) {
        link_whole(work, &rows, reversal, references);
    }
    for (&reversal, references) in reversals.iter().zip(&references) {
        link_part(work, &rows, reversal, references);
    }
}

/// Links positive rows whose document number is another's with a word such as 취소 to exactly their amount.
pub(super) fn link_marked(work: &mut Work<'_>, marked: &[usize]) {
    let mut references = references(work, marked, |number| match unmarked(number) {
        Some((rest, true)) => vec![rest],
        _ => Vec::new(),
    });
    for list in &mut references {
        list.retain(|(_, by)| *by == MatchKind::DocumentSuffix);
    }
    let rows = rows_of_documents(work, &references);
    for (&row, references) in marked.iter().zip(&references) {
        let is_whole = work.left[row] == work.ledger.amount[row];
        if is_whole && !work.is_reversal[row] {
            link_whole(work, &rows, row, references);
        }
    }
}

/// What the number of a reversal may be without what makes it a reversal's, nearest form first.
fn base_numbers(number: &str) -> Vec<&str> {
    let plain = unmarked(number).map_or(number, |(rest, _)| rest);
    [Some(plain), without_ending(plain), without_ending(number)]
        .into_iter()
        .flatten()
        .filter(|base| *base != number && !base.is_empty())
        .collect()
}

/// The documents each of `rows` may mean, its own first.
fn references(work: &Work<'_>, rows: &[usize], bases: impl Fn(&str) -> Vec<&str>) -> Vec<Vec<Reference>> {
    let documents = &work.ledger.document_no;
    let mut known: HashMap<&str, u32, RandomState> = HashMap::default();
    for &row in rows {
        known.extend(bases(documents.text(row)).into_iter().map(|base| (base, Interned::NULL)));
    }
    if !known.is_empty() {
        for (id, name) in (0..).zip(&documents.names) {
            if let Some(slot) = known.get_mut(name.as_str()) {
                *slot = id;
            }
        }
    }
    let of_row = |&row: &usize| {
        let department = work.ledger.department.ids[row];
        let own = [(documents.ids[row], MatchKind::Document)].into_iter();
        let based =
            bases(documents.text(row)).into_iter().map(|base| (known[base], MatchKind::DocumentSuffix));
        let found = own.chain(based).filter(|(id, _)| *id != Interned::NULL);
        found.map(|(id, by)| ((id, department), by)).collect()
    };
    rows.iter().map(of_row).collect()
}

/// Rows of the documents referred to, payments and reversals alike.
fn rows_of_documents(work: &Work<'_>, references: &[Vec<Reference>]) -> FxHashMap<Key, Vec<usize>> {
    let mut rows: FxHashMap<Key, Vec<usize>> =
        references.iter().flatten().map(|(key, _)| (*key, Vec::new())).collect();
    if rows.is_empty() {
        return rows;
    }
    let ledger = work.ledger;
    for i in 0..ledger.n_rows {
        let id = ledger.document_no.ids[i];
        if id != Interned::NULL
            && let Some(list) = rows.get_mut(&(id, ledger.department.ids[i]))
            && list.len() <= DOCUMENT_ROWS_MAX
        {
            list.push(i);
        }
    }
    rows.retain(|_, list| list.len() <= DOCUMENT_ROWS_MAX);
    rows
}

/// Payments of a document that `reversal` may take from.
fn candidates(work: &Work<'_>, rows: &[usize], reversal: usize) -> Vec<usize> {
    let ledger = work.ledger;
    let fits = |&i: &usize| {
        let gap = ledger.day[reversal] - ledger.day[i];
        i != reversal
            && work.is_open_payment(i)
            && (0..=DOCUMENT_DAYS_MAX).contains(&gap)
            && work.may_share_vendor(i, reversal)
            && !(gap == 0 && work.is_correction(i))
    };
    rows.iter().copied().filter(fits).collect()
}

/// The nearest of `candidates`, the same account first, the earliest row of equals; and whether there were equals.
fn nearest(work: &Work<'_>, candidates: &[usize], reversal: usize) -> Option<(usize, bool)> {
    let ledger = work.ledger;
    let rank = |i: usize| (ledger.account.ids[i] != ledger.account.ids[reversal], Reverse(ledger.day[i]));
    let best = candidates.iter().copied().min_by_key(|&i| (rank(i), i))?;
    let n_equal = candidates.iter().filter(|&&i| rank(i) == rank(best)).count();
    Some((best, n_equal > 1))
}

fn link_whole(
    work: &mut Work<'_>,
    rows: &FxHashMap<Key, Vec<usize>>,
    reversal: usize,
    references: &[Reference],
) {
    let Some(wanted) = work.wanted(reversal) else { return };
    for (key, by) in references {
        let Some(rows) = rows.get(key) else { continue };
        let open = candidates(work, rows, reversal);
        let exact: Vec<usize> = open.iter().copied().filter(|&i| work.left[i] == wanted).collect();
        if let Some((row, is_ambiguous)) = nearest(work, &exact, reversal) {
            work.take(reversal, vec![Part { row, amount: wanted }], *by, is_ambiguous);
            return;
        }
        let sum: i128 = open.iter().map(|&i| i128::from(work.left[i])).sum();
        if open.len() > 1 && sum == i128::from(wanted) {
            let parts = open.iter().map(|&row| Part { row, amount: work.left[row] }).collect();
            work.take(reversal, parts, *by, false);
            return;
        }
    }
}

fn link_part(
    work: &mut Work<'_>,
    rows: &FxHashMap<Key, Vec<usize>>,
    reversal: usize,
    references: &[Reference],
) {
    let Some(wanted) = work.wanted(reversal).filter(|_| work.left[reversal] < 0) else { return };
    for (key, by) in references {
        let Some(rows) = rows.get(key) else { continue };
        let mut open = candidates(work, rows, reversal);
        // At least: what is left may have become exactly this much by an earlier part.
        open.retain(|&i| work.left[i] >= wanted);
        if let Some((row, is_ambiguous)) = nearest(work, &open, reversal) {
            work.take(reversal, vec![Part { row, amount: wanted }], *by, is_ambiguous);
            return;
        }
    }
}
