//! How often an amount may be expected, given how large and how round it is.
//!
//! Comes in: sorted amounts of a population. Goes out: distinct amounts with count and expected count.
//! Refuses: amounts below 1 minor unit; they must have been left out before.
//!
//! People write round amounts, so 1,200,000 is not compared with 1,234,567 but with amounts of its own cell: as many
//! digits, as many zeros at the end. The payments of a cell are spread over all amounts of the cell in proportion to
//! one over the amount, as Benford's law has it within a power of ten.

/// Powers of ten of an `i64`.
const ORDERS: usize = 19;

/// An amount and how often it came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Repeated {
    /// Minor units.
    pub(super) amount: i64,
    pub(super) count: u64,
    pub(super) expected: f64,
}

impl Repeated {
    /// Payments beyond the expected ones.
    pub(super) fn excess(self) -> f64 {
        self.count as f64 - self.expected
    }
}

/// Amounts of `sorted`, which are positive, that come more than once, in ascending order; and how many distinct ones
/// there are in all.
pub(super) fn repeated(sorted: &[i64]) -> (Vec<Repeated>, usize) {
    let mut cells = [[0_u64; ORDERS]; ORDERS];
    let sums: Vec<f64> = (0..ORDERS).map(sum_of_inverses).collect();
    let mut n_distinct = 0;
    let mut found: Vec<(Repeated, Cell)> = Vec::new();
    for run in sorted.chunk_by(|a, b| a == b) {
        let (amount, count) = (run[0], run.len() as u64);
        let cell = Cell::of(amount);
        cells[cell.digits][cell.zeros] += count;
        n_distinct += 1;
        if count > 1 {
            found.push((Repeated { amount, count, expected: 0.0 }, cell));
        }
    }
    let expected =
        |cell: &Cell| cells[cell.digits][cell.zeros] as f64 / cell.front as f64 / sums[cell.digits];
    let out = found.iter().map(|(repeated, cell)| Repeated { expected: expected(cell), ..*repeated });
    (out.collect(), n_distinct)
}

struct Cell {
    /// Digits after the first, without the zeros at the end.
    digits: usize,
    zeros: usize,
    /// The amount without the zeros at its end.
    front: u64,
}

impl Cell {
    fn of(amount: i64) -> Self {
        let mut front = amount.unsigned_abs().max(1);
        let mut zeros = 0;
        while front.is_multiple_of(10) {
            front /= 10;
            zeros += 1;
        }
        let digits = front.ilog10() as usize;
        Self { digits: digits.min(ORDERS - 1), zeros: zeros.min(ORDERS - 1), front }
    }
}

/// Sum of 1 / w over the whole numbers w of `digits` + 1 digits that do not end in 0.
fn sum_of_inverses(digits: usize) -> f64 {
    // From here on the sum is nine tenths of ln 10 to seven places.
    const EXACT_MAX: usize = 4;
    if digits > EXACT_MAX {
        return 0.9 * std::f64::consts::LN_10;
    }
    let from = 10_u64.pow(u32::try_from(digits).unwrap_or(0));
    (from..10 * from).filter(|w| w % 10 != 0).map(|w| 1.0 / w as f64).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expected_counts_of_a_cell_sum_to_its_payments() {
        // All 81 amounts of two digits and no zero, each twice, ten times 500, and once 7,000.
        let mut amounts: Vec<i64> = (10..100).filter(|a| a % 10 != 0).flat_map(|a| [a, a]).collect();
        amounts.extend([500; 10]);
        amounts.push(7_000);
        amounts.sort_unstable();
        let (found, n_distinct) = repeated(&amounts);
        assert_eq!((found.len(), n_distinct), (82, 83));
        let of_cell = |is_round: bool| -> f64 {
            found.iter().filter(|r| (r.amount == 500) == is_round).map(|r| r.expected).sum()
        };
        assert!((of_cell(false) - 162.0).abs() < 1e-9);
        // One of nine amounts of this roundness: 10 / (5 * 2.829).
        let of_nine: f64 = (1..10).map(|w| 1.0 / f64::from(w)).sum();
        assert!((of_cell(true) - 10.0 / 5.0 / of_nine).abs() < 1e-9);
        assert_eq!(found.iter().find(|r| r.amount == 500).unwrap().count, 10);
    }

    #[test]
    fn the_sum_of_inverses_is_continuous_where_it_is_no_longer_counted() {
        assert!((sum_of_inverses(4) - sum_of_inverses(5)).abs() < 1e-4);
        assert!((sum_of_inverses(0) - 2.828_968).abs() < 1e-6);
    }

    #[test]
    fn the_largest_amount_has_a_cell() {
        let (found, n_distinct) = repeated(&[1, i64::MAX, i64::MAX]);
        assert_eq!((n_distinct, found.len(), found[0].count), (2, 1, 2));
        assert!(found.iter().all(|r| r.expected.is_finite() && r.expected > 0.0));
    }
}
