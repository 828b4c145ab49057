//! How usual something is where a payment is booked: shares by department and account.
//!
//! Comes in: which rows a test can judge, and which of them are as it looks for. Goes out: shares by row, rarity.
//! Refuses: to let a small group look more or less usual than its account and its department make likely.

use super::common::ramp;
use crate::clean::{Interned, LedgerView};
use crate::detect::canary::{Payment, Plot};
use crate::features::context::pair_ids;
use crate::ko;

/// Payments the wider group counts for in the share of an account, and of a department's account.
const SHARE_PRIOR_ROWS: f64 = 20.0;

/// One payment in five hundred is as rare as it need be.
const RARE_SHARE: f64 = 0.002;

/// By row: the share of `found` payments among the other `known` payments of its department and account, shrunk to what
/// the account's and the department's own shares make likely.
pub(super) fn shares(ledger: &LedgerView, known: impl Fn(usize) -> bool, found: &[bool]) -> Vec<f64> {
    let known: Vec<bool> = (0..found.len()).map(known).collect();
    let n_known = known.iter().filter(|known| **known).count();
    let n_found = found.iter().zip(&known).filter(|(found, known)| **found && **known).count();
    let overall = n_found as f64 / (n_known as f64).max(1.0);
    let dense = |ids: &[u32]| ids.iter().map(|id| id.wrapping_add(1)).collect::<Vec<u32>>();
    let (department, account) = (dense(&ledger.department.ids), dense(&ledger.account.ids));
    let pair = pair_ids(&department, &account);
    let count = |ids: &[u32]| counts(ids, &known, found);
    let (of_department, of_account, of_pair) = (count(&department), count(&account), count(&pair));
    (0..found.len())
        .map(|i| {
            // The others of the group: a payment is not made usual by itself.
            let one = f64::from(u8::from(known[i]));
            let own = f64::from(u8::from(known[i] && found[i]));
            let shrunk = |(n_found, n): (f64, f64), wider: f64| {
                (n_found - own + SHARE_PRIOR_ROWS * wider) / (n - one + SHARE_PRIOR_ROWS)
            };
            let by_account = shrunk(of_account[account[i] as usize], overall);
            let by_department = shrunk(of_department[department[i] as usize], overall);
            let likely = (by_account * by_department / overall.max(1e-9)).min(1.0);
            shrunk(of_pair[pair[i] as usize], likely)
        })
        .collect()
}

/// Rows that are known and `found`, and rows that are known, by group.
fn counts(ids: &[u32], known: &[bool], found: &[bool]) -> Vec<(f64, f64)> {
    let mut counts = vec![(0.0, 0.0); ids.iter().map(|id| *id as usize + 1).max().unwrap_or(0)];
    for i in (0..ids.len()).filter(|&i| known[i]) {
        let count: &mut (f64, f64) = &mut counts[ids[i] as usize];
        count.0 += f64::from(u8::from(found[i]));
        count.1 += 1.0;
    }
    counts
}

/// 1 where one payment in five hundred is so, 0 from `usual` on, logarithmic between.
pub(super) fn rarity(share: f64, usual: f64) -> f64 {
    ramp(-share.max(RARE_SHARE / 10.0).ln(), -usual.ln(), -RARE_SHARE.ln())
}

/// Which rows were paid by card: a card number, or a payment method that says so; any where the ledger has neither.
pub(super) fn card_methods(ledger: &LedgerView) -> impl Fn(usize) -> bool {
    let is_unknown = !ledger.card.is_present() && !ledger.payment_method.is_present();
    let is_card = |name: &String| name.contains("카드") || name.to_lowercase().contains("card");
    let methods: Vec<bool> = ledger.payment_method.names.iter().map(is_card).collect();
    move |i| {
        is_unknown
            || ledger.card.ids[i] != Interned::NULL
            || methods.get(ledger.payment_method.ids[i] as usize).copied().unwrap_or(false)
    }
}

/// How many of the payments of each account are as a test looks for, for its sentences.
pub(super) struct ByAccount {
    /// Found and known by account; the last entry is for rows without account.
    counts: Vec<(usize, usize)>,
    /// Share of the whole ledger.
    overall: f64,
}

impl ByAccount {
    /// Counts `found` among `known`.
    pub(super) fn new(ledger: &LedgerView, known: impl Fn(usize) -> bool, found: &[bool]) -> Self {
        let n_accounts = ledger.account.names.len();
        let mut counts = vec![(0, 0); n_accounts + 1];
        for i in (0..ledger.n_rows).filter(|&i| known(i)) {
            let count: &mut (usize, usize) = &mut counts[(ledger.account.ids[i] as usize).min(n_accounts)];
            count.0 += usize::from(found[i]);
            count.1 += 1;
        }
        let all = counts.iter().fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
        Self { overall: all.0 as f64 / f64::max(all.1 as f64, 1.0), counts }
    }

    /// Share of the other payments of the account of row `i`, which is found itself, shrunk to that of the ledger.
    pub(super) fn share_of_others(&self, ledger: &LedgerView, i: usize) -> f64 {
        let (n_found, n) = self.counts[(ledger.account.ids[i] as usize).min(self.counts.len() - 1)];
        let others = n_found as f64 - 1.0 + SHARE_PRIOR_ROWS * self.overall;
        others / (n as f64 - 1.0 + SHARE_PRIOR_ROWS)
    }

    /// `계정 ‘소모품비’의 지급 303건 가운데 이런 것은 2건입니다.` for the account of row `i`.
    pub(super) fn sentence(&self, ledger: &LedgerView, i: usize) -> String {
        let account = ledger.account.text(i);
        let (n_found, n) = self.counts[(ledger.account.ids[i] as usize).min(self.counts.len() - 1)];
        let place = if account.is_empty() {
            "계정이 없는".to_owned()
        } else {
            format!("계정 ‘{account}’의")
        };
        format!("{place} 지급 {}건 가운데 이런 것은 {}건입니다.", ko::count(n), ko::count(n_found))
    }
}

/// For a plant: an ordinary payment, moved to where what is looked for is rarest by `share` (by row of the ledger).
pub(super) fn rarest_place(plot: &Plot<'_>, share: &[f64]) -> Option<Payment> {
    let mut payment = plot.usual()?;
    let rows = (0..plot.n_real()).filter(|&i| plot.ledger().amount[i] > 0);
    let quiet = plot.payment(rows.min_by(|&a, &b| share[a].total_cmp(&share[b]).then(a.cmp(&b)))?);
    payment.department = quiet.department;
    payment.account = quiet.account;
    Some(payment)
}

/// For a plant: pays by card where the ledger says how payments are made.
pub(super) fn pay_by_card(plot: &Plot<'_>, payment: &mut Payment) {
    if plot.ledger().payment_method.is_present() {
        "법인카드".clone_into(&mut payment.payment_method);
    }
    if plot.ledger().card.is_present() && payment.card.is_empty() {
        "0000-****-****-0000".clone_into(&mut payment.card);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Ledger;
    use super::*;

    #[test]
    fn a_share_is_that_of_the_others_and_leaves_unknown_rows_out() {
        let ledger = Ledger::background(400).view();
        let found: Vec<bool> = (0..400).map(|i| i < 40).collect();
        let alike = shares(&ledger, |_| true, &found);
        assert!(alike.iter().all(|share| (0.05..0.15).contains(share)), "{alike:?}");
        // Rows without a value say nothing: of 80 known rows 40 are found.
        let half = shares(&ledger, |i| i < 80, &found);
        assert!(half.iter().all(|share| (0.4..0.6).contains(share)), "{half:?}");
        let one: Vec<bool> = (0..400).map(|i| i == 7).collect();
        assert!(shares(&ledger, |_| true, &one)[7] < 0.002, "its own does not count");
    }

    #[test]
    fn rarity_falls_from_one_in_five_hundred_to_the_usual_share() {
        assert!((rarity(0.0, 0.25) - 1.0).abs() < 1e-9 && (rarity(0.002, 0.25) - 1.0).abs() < 1e-9);
        assert!(rarity(0.02, 0.25) > 0.4 && rarity(0.02, 0.25) < 0.6);
        assert!(rarity(0.25, 0.25) < 1e-9 && rarity(0.9, 0.25) < 1e-9);
    }
}
