//! Fair to small departments: where nothing is irregular, no department is found more often for being small.
//!
//! Comes in: simulated ledgers of departments that differ in size only. Goes out: rates by size, compared.
//! Refuses: to serve anything but tests.

use super::controls::common::poisson_tail;
use super::{BudgetBook, Findings, Holidays, Known, Options, Reversed, planted, score};
use crate::clean::LedgerView;
use crate::features;

/// Simulated ledgers.
const SEEDS: [u64; 4] = [11, 12, 13, 14];
/// Payments of each.
const ROWS: usize = 12_000;
/// Departments with fewer payments than this are small.
const SMALL: usize = 250;
/// How much more often small departments may be found than large ones before chance is asked.
const RATIO_MAX: f64 = 1.5;
/// A count less likely than this is not chance; some forty comparisons are made.
const CHANCE_MIN: f64 = 1e-4;

fn scored(ledger: &LedgerView) -> Findings {
    let holidays = Holidays::korean();
    let matrix = features::build(ledger, &features::Options::default(), &|d| holidays.is_off_day(d));
    let (budget, reversed) = (BudgetBook::default(), Reversed::none(ledger));
    let known = Known { holidays: &holidays, budget: &budget, reversed: &reversed };
    score(ledger, &matrix, &known, &Options::default())
}

/// Payments found and payments there are, in small and in large departments.
#[derive(Clone, Copy, Default)]
struct BySize {
    small: (usize, usize),
    large: (usize, usize),
}

impl BySize {
    fn add(&mut self, is_small: bool, is_found: bool) {
        let side = if is_small { &mut self.small } else { &mut self.large };
        side.0 += usize::from(is_found);
        side.1 += 1;
    }

    /// Whether the small are found more often than the large, beyond chance.
    fn is_unfair(&self) -> bool {
        let rate = (self.large.0 as f64 + 0.5) / self.large.1 as f64;
        let expected = RATIO_MAX * rate * self.small.1 as f64;
        poisson_tail(self.small.0, expected) < CHANCE_MIN
    }
}

#[test]
fn small_departments_are_not_found_more_often() {
    let mut shown = BySize::default();
    let mut by_check: Vec<(String, BySize)> = Vec::new();
    for seed in SEEDS {
        let ledger = planted::uneven(ROWS, seed);
        let findings = scored(&ledger);
        let mut size = vec![0_usize; ledger.department.names.len()];
        ledger.department.ids.iter().for_each(|id| size[*id as usize] += 1);
        let is_small = |row: usize| size[ledger.department.ids[row] as usize] < SMALL;
        assert!(size.iter().any(|n| *n < SMALL) && size.iter().any(|n| *n > 5 * SMALL), "{size:?}");
        for row in 0..ledger.n_rows {
            shown.add(is_small(row), findings.score[row] >= findings.bar);
        }
        by_check.resize_with(findings.checks.len(), Default::default);
        for (at, check) in findings.checks.iter().enumerate() {
            by_check[at].0.clone_from(&check.id);
            for row in 0..ledger.n_rows {
                let is_found =
                    u32::try_from(row).is_ok_and(|row| findings.fired[at].binary_search(&row).is_ok());
                by_check[at].1.add(is_small(row), is_found);
            }
        }
    }
    assert!(!shown.is_unfair(), "scores: {:?} of small, {:?} of large departments", shown.small, shown.large);
    let unfair: Vec<_> = by_check
        .iter()
        .filter(|(_, by_size)| by_size.is_unfair())
        .map(|(id, by_size)| (id, by_size.small, by_size.large))
        .collect();
    assert!(unfair.is_empty(), "found, of (small, large): {unfair:?}");
}

#[test]
fn the_comparison_sees_what_is_unfair() {
    let by_size = |small, large| BySize { small: (small, 4_000), large: (large, 40_000) };
    assert!(!by_size(8, 80).is_unfair() && !by_size(0, 0).is_unfair() && !by_size(14, 80).is_unfair());
    assert!(by_size(40, 80).is_unfair() && by_size(12, 0).is_unfair());
}
