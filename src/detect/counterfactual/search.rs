//! The search for one row: which edit to try next, and what its score says.
//!
//! Comes in: steps in the order to try them, and the score after each. Goes out: the edit that brings the row below the bar.
//! Refuses: to stop at a small amount where a larger one would do; to try more than a handful of edits.

use super::change::{Change, Column, Step};
use super::usual::Usual;
use crate::detect::Findings;
use crate::ledger::Points;

/// Single edits tried for a row.
const STEPS_MAX: usize = 8;
/// Halvings of the way between the amount found and the row's own.
const HALVINGS: u8 = 3;
/// Amounts nearer to each other than this ratio are as good.
const RATIO_MIN: f64 = 1.25;

/// One row on its way to a counterfactual.
pub(super) struct Search {
    pub(super) row: usize,
    steps: Vec<Step>,
    /// Edits that did not suffice, with the score after them, in the order tried.
    tried: Vec<(Vec<Step>, Points)>,
    found: Option<(Vec<Step>, Points)>,
    /// Least amount known to be too much.
    too_much: i64,
    halvings: u8,
}

impl Search {
    pub(super) fn new(row: usize, findings: &Findings, usual: &Usual<'_>, amount: i64) -> Self {
        let mut steps: Vec<Step> =
            columns_of(findings, row).into_iter().flat_map(|column| usual.steps(row, column)).collect();
        steps.truncate(STEPS_MAX);
        Self { row, steps, tried: Vec::new(), found: None, too_much: amount, halvings: 0 }
    }

    /// The edit to try now; `None` when the search is over.
    pub(super) fn next(&self) -> Option<Vec<Step>> {
        if let Some((edit, _)) = &self.found {
            return self.larger_amount(edit);
        }
        if let Some(step) = self.steps.get(self.tried.len()) {
            return Some(vec![step.clone()]);
        }
        // After the single edits comes their best pair, once.
        if self.tried.len() == self.steps.len() { self.pair() } else { None }
    }

    /// Takes in the score after `edit`, which is enough when `is_below`.
    pub(super) fn take(&mut self, edit: Vec<Step>, score: Points, is_below: bool) {
        if self.found.is_some() {
            self.halvings += 1;
        }
        if is_below {
            self.found = Some((edit, score));
        } else if let (Some(_), [Step { change: Change::Amount(amount), .. }]) =
            (&self.found, edit.as_slice())
        {
            self.too_much = *amount;
        } else {
            self.tried.push((edit, score));
        }
    }

    /// Whether [`Self::finish`] says all there is to say; a larger amount may still be looked for.
    pub(super) fn has_ended(&self) -> bool {
        self.found.is_some() || self.next().is_none()
    }

    /// The edit that suffices and the score after it, or the fields tried in vain.
    pub(super) fn finish(self) -> Result<(Vec<Step>, Points), Vec<Column>> {
        self.found.ok_or_else(|| {
            let mut columns: Vec<Column> =
                self.tried.iter().flat_map(|(edit, _)| edit).map(|step| step.change.column()).collect();
            columns.sort_unstable();
            columns.dedup();
            columns
        })
    }

    /// The two single edits of different fields that lowered the score most; ties to the earlier.
    fn pair(&self) -> Option<Vec<Step>> {
        let mut best: Vec<&(Vec<Step>, Points)> = self.tried.iter().collect();
        best.sort_by_key(|(_, score)| *score);
        let first = best.first()?.0.first()?;
        let others = best.iter().filter_map(|(edit, _)| edit.first());
        let second = others.into_iter().find(|step| step.change.column() != first.change.column())?;
        Some(vec![first.clone(), second.clone()])
    }

    /// Half way, by ratio, from the amount found to the least known to be too much, in three digits.
    fn larger_amount(&self, edit: &[Step]) -> Option<Vec<Step>> {
        let [Step { change: Change::Amount(found), .. }] = edit else { return None };
        let (low, high) = (*found as f64, self.too_much as f64);
        if self.halvings >= HALVINGS || low <= 0.0 || high < RATIO_MIN * low {
            return None;
        }
        let amount = three_digits((low * high).sqrt());
        let is_between = *found < amount && amount < self.too_much;
        is_between.then(|| vec![Step { change: Change::Amount(amount), basis: String::new() }])
    }
}

#[expect(clippy::cast_possible_truncation, reason = "below an amount of the ledger")]
fn three_digits(value: f64) -> i64 {
    let unit = 10_f64.powf((value.log10().floor() - 2.0).max(0.0));
    let digits = (value / unit).floor() as i64;
    // A rounder amount than those of the account would be unusual by itself.
    let uneven = if digits % 10 == 0 && digits >= 100 { digits - 1 } else { digits };
    uneven.saturating_mul(unit.round() as i64)
}

/// The fields that the points of `row` come from, those with the most points first, then the others.
fn columns_of(findings: &Findings, row: usize) -> Vec<Column> {
    use Column::{Account, Amount, Description, Vendor, When};
    let n = findings.checks.len();
    let points = &findings.points[row * n..(row + 1) * n];
    let mut checks: Vec<usize> = (0..n).filter(|c| points[*c] > Points(0)).collect();
    checks.sort_by_key(|c| (std::cmp::Reverse(points[*c]), *c));
    let looked_at = |check: usize| -> &[Column] {
        match findings.checks[check].id.as_str() {
            "text_rarity" | "suspicious_word" | "poor_description" => &[Description, Account],
            "rare_department_account" | "seldom_used_account" => &[Account],
            "off_hours" | "day_off" => &[When],
            "duplicate_payment" | "repeated_payment" => &[Vendor, Amount, Description],
            "split_payment" => &[Vendor, Amount],
            _ => &[Amount],
        }
    };
    let mut columns: Vec<Column> = Vec::new();
    let leading = checks.into_iter().flat_map(looked_at);
    for column in leading.chain(&[Amount, Description, Account, When, Vendor]) {
        if !columns.contains(column) {
            columns.push(*column);
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(changes: &[Change]) -> Search {
        let steps = changes.iter().map(|change| Step { change: *change, basis: "보통".to_owned() }).collect();
        Search { row: 0, steps, tried: Vec::new(), found: None, too_much: 10_000_000, halvings: 0 }
    }

    /// Runs to the end where an edit suffices when `suffices`; the scores fall from 90 by one a try.
    fn run(mut search: Search, suffices: impl Fn(&[Change]) -> bool) -> (Vec<Vec<Change>>, Search) {
        let mut tried = Vec::new();
        while let Some(edit) = search.next() {
            let changes: Vec<Change> = edit.iter().map(|step| step.change).collect();
            let is_below = suffices(&changes);
            tried.push(changes);
            let points = 90 - i32::try_from(tried.len()).unwrap();
            search.take(edit, Points(points * Points::PER_POINT), is_below);
        }
        (tried, search)
    }

    #[test]
    fn an_amount_found_is_raised_while_it_suffices() {
        let only_amount = |changes: &[Change]| matches!(changes, [Change::Amount(a)] if *a <= 1_000_000);
        let (tried, search) = run(search(&[Change::Account(1), Change::Amount(100_000)]), only_amount);
        let amount = |amount| vec![Change::Amount(amount)];
        assert_eq!(
            tried,
            [
                vec![Change::Account(1)],
                amount(100_000),
                amount(990_000),
                amount(3_140_000),
                amount(1_760_000)
            ]
        );
        let (edit, _) = search.finish().unwrap();
        assert_eq!((edit[0].change, edit[0].basis.as_str()), (Change::Amount(990_000), ""));
    }

    #[test]
    fn after_single_edits_the_best_pair_is_tried_once() {
        let changes = [Change::Amount(5), Change::Description(1), Change::Description(2)];
        let (tried, search) = run(search(&changes), |_| false);
        assert_eq!(tried.len(), 4);
        assert_eq!(tried[3], [Change::Description(2), Change::Amount(5)]);
        assert_eq!(search.finish().unwrap_err(), [Column::Amount, Column::Description]);
        let (tried, search) = run(super::tests::search(&changes), |changes| changes.len() == 2);
        assert_eq!((tried.len(), search.finish().unwrap().0.len()), (4, 2));
    }

    #[test]
    fn amounts_are_cut_to_three_digits_and_never_rounder() {
        let cut = [
            (1_294_000.0, 1_290_000),
            (1_203_000.0, 1_190_000),
            (1_001.0, 990),
            (99.9, 99),
            (7.2, 7),
            (10.0, 10),
        ];
        for (value, expected) in cut {
            assert_eq!(three_digits(value), expected);
        }
    }
}
