//! Edits that can be scored together because none stands in another's context.
//!
//! Comes in: a ledger, edits of different rows, what their reasons relate to. Goes out: batches.
//! Refuses: two edits in a batch that share an account, a vendor, a document or a case, before or after the edit.

use std::collections::HashSet;

use super::change::{Change, Step};
use crate::clean::{Interned, LedgerView};
use crate::detect::Findings;

/// A row, which of the searches it belongs to, and its edit.
pub(super) struct Job {
    pub(super) search: usize,
    pub(super) row: usize,
    pub(super) edit: Vec<Step>,
}

/// A context: its kind and its id.
type Key = (u8, u32);

/// First-fit batches of at most `n_max` jobs, in the order of `jobs`.
pub(super) fn batches(
    ledger: &LedgerView,
    findings: &Findings,
    jobs: Vec<Job>,
    n_max: usize,
) -> Vec<Vec<Job>> {
    let mut batches: Vec<(HashSet<Key>, Vec<Job>)> = Vec::new();
    for job in jobs {
        let keys = keys(ledger, findings, &job);
        let fits =
            |(held, jobs): &&mut (HashSet<Key>, Vec<Job>)| jobs.len() < n_max && held.is_disjoint(&keys);
        if let Some((held, jobs)) = batches.iter_mut().find(fits) {
            held.extend(keys);
            jobs.push(job);
        } else {
            batches.push((keys, vec![job]));
        }
    }
    batches.into_iter().map(|(_, jobs)| jobs).collect()
}

fn keys(ledger: &LedgerView, findings: &Findings, job: &Job) -> HashSet<Key> {
    let row = job.row;
    let mut keys: HashSet<Key> = HashSet::new();
    let mut add = |kind: u8, id: u32| {
        if id != Interned::NULL {
            keys.insert((kind, id));
        }
    };
    keys_held(ledger, row, &mut add);
    for step in &job.edit {
        match step.change {
            Change::Account(id) => add(0, id),
            Change::Vendor(name, number) => {
                add(1, name);
                add(2, number);
            }
            Change::When(..) | Change::Amount(_) | Change::Description(_) => {}
        }
    }
    for related in findings.reasons[row].iter().flat_map(|reason| &reason.related) {
        keys_held(ledger, *related, &mut add);
    }
    keys
}

fn keys_held(ledger: &LedgerView, row: usize, add: &mut impl FnMut(u8, u32)) {
    add(0, ledger.account.ids[row]);
    add(1, ledger.vendor.ids[row]);
    add(2, ledger.vendor_no.ids[row]);
    add(3, ledger.document_no.ids[row]);
    add(4, u32::try_from(row).unwrap_or(Interned::NULL));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::planted;

    #[test]
    fn edits_of_one_context_are_scored_apart() {
        let mut ledger = planted::plain(4, |_, _| ());
        ledger.account = Interned::from_values(["A", "B", "C", "D"].into_iter().map(Some));
        ledger.vendor = Interned::from_values(["가", "나", "다", "가"].into_iter().map(Some));
        let findings = Findings { reasons: vec![Vec::new(); 4], ..Findings::default() };
        let job =
            |row: usize, change| Job { search: row, row, edit: vec![Step { change, basis: String::new() }] };
        let rows = |jobs, n_max| -> Vec<Vec<usize>> {
            let batches = batches(&ledger, &findings, jobs, n_max);
            batches.iter().map(|jobs| jobs.iter().map(|job| job.row).collect()).collect()
        };
        let amounts = || (0..4).map(|row| job(row, Change::Amount(5))).collect::<Vec<_>>();
        assert_eq!(rows(amounts(), 9), [vec![0, 1, 2], vec![3]]);
        assert_eq!(rows(amounts(), 1).len(), 4);
        // The account an edit moves to counts as well.
        assert_eq!(rows(vec![job(0, Change::Account(1)), job(1, Change::Amount(5))], 9), [[0], [1]]);
    }
}
