//! How rare a strength is in this ledger: a test that speaks often says little each time.
//!
//! Comes in: the output of a detector. Goes out: a factor of 0 to 1 for every row that stands out.
//! Refuses: to count the payments of one case apart (a purchase split in seven is one event), to call anything rare for
//! want of rows.

use rustc_hash::FxHashMap;

use super::Output;

/// Decades of rarity at which a strength begins to count, and counts fully: one case in 25 payments, one in 2,000.
const DECADES: (f64, f64) = (1.4, 3.3);

/// Payments a smaller ledger is taken to have: among a hundred payments one that stands out is not a common one.
const ROWS_MIN: usize = 10_000;

/// 1 where hardly a case of `n_rows` payments is as strong, falling to 0 where one payment in 25 is.
pub(super) fn factor(n_cases: f64, n_rows: usize) -> f32 {
    let share = n_cases.max(0.5) / n_rows.max(ROWS_MIN) as f64;
    super::tail::fraction((-share.log10() - DECADES.0) / (DECADES.1 - DECADES.0))
}

/// By row: 1 where hardly a case of the ledger is as strong, falling to 0 where one payment in 25 is; 0 where nothing stands out.
pub(super) fn factors(output: &Output, n_rows: usize) -> Vec<f32> {
    let mut factors = vec![0.0; n_rows];
    let strength = |row: usize| output.strength.get(row).copied().unwrap_or(0.0);
    let mut rows: Vec<usize> = (0..n_rows).filter(|&row| strength(row) > 0.0).collect();
    rows.sort_unstable_by(|a, b| strength(*b).total_cmp(&strength(*a)).then(a.cmp(b)));
    let case: FxHashMap<usize, usize> = output.case.iter().copied().collect();
    let case_of = |row: usize| case.get(&row).copied().unwrap_or(row);
    let mut members = vec![0_u32; n_rows];
    for &row in &rows {
        members[case_of(row)] += 1;
    }
    let mut n_cases = 0.0_f64;
    for equal in rows.chunk_by(|a, b| strength(*a).to_bits() == strength(*b).to_bits()) {
        for row in equal {
            n_cases += 1.0 / f64::from(members[case_of(*row)]);
        }
        let factor = factor(n_cases, n_rows);
        for row in equal {
            factors[*row] = factor;
        }
    }
    factors
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(strength: Vec<f32>, case: Vec<(usize, usize)>) -> Output {
        Output { strength, case, put_aside: vec![], on_netted: vec![], explain: Box::new(|_| None) }
    }

    #[test]
    fn what_happens_often_counts_less() {
        let mut strength = vec![0.0; 20_000];
        strength[7] = 0.9;
        strength[100..2_100].fill(0.5);
        let factors = factors(&output(strength, vec![]), 20_000);
        assert!(factors[7] > 0.99 && factors[100] < 0.01 && factors[0].to_bits() == 0);
    }

    #[test]
    fn a_case_counts_once() {
        let mut strength = vec![0.0; 20_000];
        strength[..200].fill(0.8);
        let alone = factors(&output(strength.clone(), vec![]), 20_000)[0];
        let as_case = factors(&output(strength, (1..200).map(|row| (row, 0)).collect()), 20_000)[0];
        assert!(as_case > 0.99 && alone < 0.4, "{as_case} {alone}");
    }

    #[test]
    fn few_rows_are_not_rare_rows() {
        assert!(factors(&output(vec![0.8, 0.0], vec![]), 2)[0] > 0.99);
        assert!(factors(&output(vec![], vec![]), 0).is_empty());
    }
}
