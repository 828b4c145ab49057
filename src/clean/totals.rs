//! Subtotals as printed against sums as computed.
//!
//! Comes in: loaded amounts and total rows in order. Goes out: how many were compared and which differ.
//! Refuses: nothing; a difference is a remark, the rows stay as read.
//!
//! A total may sum the rows since the last total, or those and any number of totals before it (an account's, then its
//! department's, then the page's, then all), or, when it stands above all rows, everything that follows.

use crate::ledger::{Amount, RowRef, TotalCheck};

/// Totals looked back over for one total: a sheet with more has them in groups.
const BACK_MAX: usize = 10_000;

/// Running sums of one sheet.
#[derive(Default)]
pub(super) struct Totals {
    /// Sums of stretches of rows that a total has closed.
    closed: Vec<i128>,
    since: i128,
    n_since: u64,
    /// Total rows above all payments: they sum what follows.
    leading: Vec<TotalCheck>,
    pub(super) n_compared: u64,
    pub(super) differing: Vec<TotalCheck>,
}

impl Totals {
    /// A payment was loaded.
    pub(super) fn add(&mut self, amount: i64) {
        self.since += i128::from(amount);
        self.n_since += 1;
    }

    /// How many closed stretches make `amount` together with the rows since.
    fn reach(&self, amount: i64) -> Option<usize> {
        let wanted = i128::from(amount);
        let mut sum = self.since;
        if sum == wanted {
            return Some(0);
        }
        for (k, closed) in self.closed.iter().rev().take(BACK_MAX).enumerate() {
            sum += closed;
            if sum == wanted {
                return Some(k + 1);
            }
        }
        None
    }

    /// Whether a total row with this amount would be right here.
    pub(super) fn is_sum(&self, amount: i64) -> bool {
        (self.n_since > 0 || !self.closed.is_empty()) && self.reach(amount).is_some()
    }

    /// A total row was met.
    pub(super) fn compare(&mut self, at: RowRef, word: String, amount: i64) {
        let computed = self.all().unwrap_or(self.since);
        let check = |computed: i128| TotalCheck {
            at,
            word,
            printed: Amount(amount),
            computed: Amount(i64::try_from(computed).unwrap_or(i64::MAX)),
        };
        if self.n_since == 0 && self.closed.is_empty() {
            self.leading.push(check(0));
            return;
        }
        self.n_compared += 1;
        match self.reach(amount) {
            Some(k) => {
                let kept = self.closed.len() - k;
                let sum: i128 = self.closed.drain(kept..).sum::<i128>() + self.since;
                self.close(sum);
            }
            None => {
                let nearest = if self.n_since > 0 { self.since } else { computed };
                self.differing.push(check(nearest));
                let since = self.since;
                self.close(since);
            }
        }
    }

    fn close(&mut self, sum: i128) {
        if self.n_since > 0 || sum != 0 {
            self.closed.push(sum);
        }
        (self.since, self.n_since) = (0, 0);
    }

    fn all(&self) -> Option<i128> {
        self.closed.iter().try_fold(self.since, |sum, part| sum.checked_add(*part))
    }

    /// The sheet has ended: totals above all rows are compared now.
    pub(super) fn end(&mut self) {
        let all = self.all().unwrap_or(i128::MAX);
        for mut check in std::mem::take(&mut self.leading) {
            self.n_compared += 1;
            if i128::from(check.printed.0) != all {
                check.computed = Amount(i64::try_from(all).unwrap_or(i64::MAX));
                self.differing.push(check);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differing(steps: &[(&str, i64)]) -> (u64, Vec<i64>) {
        let mut totals = Totals::default();
        for (what, amount) in steps {
            match *what {
                "row" => totals.add(*amount),
                word => totals.compare(RowRef::default(), word.to_owned(), *amount),
            }
        }
        totals.end();
        (totals.n_compared, totals.differing.iter().map(|check| check.printed.0).collect())
    }

    #[test]
    fn totals_nest() {
        let steps = [
            ("row", 1),
            ("row", 2),
            ("소계", 3),
            ("row", 10),
            ("소계", 10),
            ("부서계", 13),
            ("row", 5),
            ("소계", 5),
            ("부서계", 5),
            ("총계", 18),
        ];
        assert_eq!(differing(&steps), (6, vec![]));
    }

    #[test]
    fn a_wrong_total_is_named_and_the_next_one_is_judged_by_itself() {
        let steps = [("row", 1), ("소계", 2), ("row", 4), ("소계", 4), ("합계", 5)];
        assert_eq!(differing(&steps), (3, vec![2]));
    }

    #[test]
    fn a_total_above_all_rows_sums_what_follows() {
        assert_eq!(differing(&[("합계", 3), ("row", 1), ("row", 2)]), (1, vec![]));
        assert_eq!(differing(&[("합계", 4), ("row", 1), ("row", 2)]), (1, vec![4]));
    }

    #[test]
    fn a_running_sum_is_one_only_after_rows() {
        let mut totals = Totals::default();
        assert!(!totals.is_sum(0));
        totals.add(7);
        assert!(totals.is_sum(7) && !totals.is_sum(8));
    }
}
