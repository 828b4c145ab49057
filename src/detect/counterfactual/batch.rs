//! Edits that can be scored together because none stands in another's context.
//!
//! Comes in: a ledger, edits of different rows, what their reasons relate to. Goes out: batches.
//! Refuses: two edits in a batch that share a department's account, a vendor, a document or a case, before or after the edit,
//! or an account of so few payments that one of them moves it.

use std::collections::{HashMap, HashSet};

use super::change::{Change, Step};
use crate::clean::{Interned, LedgerView};
use crate::detect::Findings;

/// A row, which of the searches it belongs to, and its edit.
pub(super) struct Job {
    pub(super) search: usize,
    pub(super) row: usize,
    pub(super) edit: Vec<Step>,
}

/// Payments of an account from which two departments may be edited in it at once.
const LARGE_ACCOUNT_MIN: usize = 300;

/// A context: its kind and its id.
type Key = (u8, u32, u32);

/// First-fit batches of at most `n_max` jobs, in the order of `jobs`.
pub(super) fn batches(
    ledger: &LedgerView,
    findings: &Findings,
    jobs: Vec<Job>,
    n_max: usize,
) -> Vec<Vec<Job>> {
    let mut n_of_account: HashMap<u32, usize> = HashMap::new();
    for id in &ledger.account.ids {
        *n_of_account.entry(*id).or_default() += 1;
    }
    let is_large = |id: u32| n_of_account.get(&id).is_some_and(|n| *n >= LARGE_ACCOUNT_MIN);
    let contexts = Contexts { ledger, is_large: &is_large };
    let mut batches: Vec<(HashSet<Key>, Vec<Job>)> = Vec::new();
    for job in jobs {
        let keys = contexts.of_job(findings, &job);
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

struct Contexts<'a> {
    ledger: &'a LedgerView,
    is_large: &'a dyn Fn(u32) -> bool,
}

impl Contexts<'_> {
    fn of_job(&self, findings: &Findings, job: &Job) -> HashSet<Key> {
        let mut keys = HashSet::new();
        self.add_held(job.row, &mut keys);
        for step in &job.edit {
            match step.change {
                Change::Account(id) => self.add_account(job.row, id, &mut keys),
                Change::Vendor(name, number) => add_ids([name, number], &mut keys),
                Change::When(..) | Change::Amount(_) | Change::Description(_) => {}
            }
        }
        for related in findings.reasons[job.row].iter().flat_map(|reason| &reason.related) {
            self.add_held(*related, &mut keys);
        }
        keys
    }

    /// What `row` holds before the edit.
    fn add_held(&self, row: usize, keys: &mut HashSet<Key>) {
        let ledger = self.ledger;
        self.add_account(row, ledger.account.ids[row], keys);
        add_ids([ledger.vendor.ids[row], ledger.vendor_no.ids[row]], keys);
        let rest = [(4, ledger.document_no.ids[row]), (5, u32::try_from(row).unwrap_or(Interned::NULL))];
        keys.extend(rest.into_iter().filter(|(_, id)| *id != Interned::NULL).map(|(kind, id)| (kind, id, 0)));
    }

    /// The department's account where the account is large, else the account.
    fn add_account(&self, row: usize, id: u32, keys: &mut HashSet<Key>) {
        let large = (1, id, self.ledger.department.ids[row]);
        keys.insert(if (self.is_large)(id) { large } else { (0, id, 0) });
    }
}

/// Vendor and registration number, where there are any.
fn add_ids(vendor: [u32; 2], keys: &mut HashSet<Key>) {
    let known = [2, 3].into_iter().zip(vendor).filter(|(_, id)| *id != Interned::NULL);
    keys.extend(known.map(|(kind, id)| (kind, id, 0)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::planted;

    #[test]
    fn large_accounts_are_shared_by_departments_and_small_ones_are_not() {
        let job = |row| Job {
            search: row,
            row,
            edit: vec![Step { change: Change::Amount(5), basis: String::new() }],
        };
        let n_batches = |n: usize| {
            let mut ledger = planted::plain(n, |i, l| l.department.ids[i] = u32::try_from(i % 2).unwrap());
            let vendors: Vec<String> = (0..n).map(|i| i.to_string()).collect();
            ledger.vendor = Interned::from_values(vendors.iter().map(|v| Some(v.as_str())));
            let findings = Findings { reasons: vec![Vec::new(); n], ..Findings::default() };
            batches(&ledger, &findings, vec![job(0), job(1)], 9).len()
        };
        assert_eq!((n_batches(LARGE_ACCOUNT_MIN), n_batches(LARGE_ACCOUNT_MIN - 1)), (1, 2));
    }

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
