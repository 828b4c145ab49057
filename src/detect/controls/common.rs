//! What several control tests share: who was paid, which payments still stand, groups by sorting, ramps.
//!
//! Comes in: a `LedgerView`. Goes out: keys, masks, sorted rows, an `Output` from hits.
//! Refuses: an order that depends on the number of threads; every sort ends in the row index.

use rayon::slice::ParallelSliceMut;

use crate::clean::LedgerView;
use crate::detect::Output;
use crate::ko;
use crate::ledger::Reason;

/// Strengths below this are not worth a sentence and count as nothing.
const STRENGTH_MIN: f64 = 0.01;

/// Most other rows named by one reason: a person opens a handful.
pub(super) const RELATED_MAX: usize = 20;

/// A row that stands out, how much, and what its sentence needs.
pub(super) struct Hit<T> {
    /// Row of the ledger.
    pub(super) row: usize,
    /// 0 to 1.
    pub(super) strength: f64,
    /// First row of the case it belongs to; the row itself where it stands alone.
    pub(super) case: usize,
    /// Figures of the sentence.
    pub(super) data: T,
}

impl<T> Hit<T> {
    /// A row that stands out by itself.
    pub(super) fn alone(row: usize, strength: f64, data: T) -> Self {
        Self { row, strength, case: row, data }
    }
}

/// Name of the vendor of row `i` for a sentence: its name, else its number.
pub(super) fn vendor_name(ledger: &LedgerView, i: usize) -> &str {
    let name = ledger.vendor.text(i);
    if name.is_empty() { ledger.vendor_no.text(i) } else { name }
}

/// Days from the first to the last payment, both counted; 0 without rows.
pub(super) fn span_days(ledger: &LedgerView) -> i64 {
    let first = ledger.day.iter().min().copied().map(i64::from);
    let last = ledger.day.iter().max().copied().map(i64::from);
    first.zip(last).map_or(0, |(first, last)| last - first + 1)
}

/// `Err` with the Korean reason when the data are no longer than the days a test must have seen first; a ledger without
/// rows is fine.
pub(super) fn need_history(ledger: &LedgerView, history_days: i32, what: &str) -> Result<(), String> {
    let days = span_days(ledger);
    if ledger.n_rows == 0 || days > i64::from(history_days) {
        return Ok(());
    }
    Err(format!("자료 기간이 {days}일로 {history_days}일 이하여서 {what} 점검하지 못했습니다."))
}

/// Rows with their keys, sorted by key and then by row.
pub(super) fn sorted<K: Ord + Send>(
    rows: impl Iterator<Item = usize>,
    key: impl Fn(usize) -> K,
) -> Vec<(K, usize)> {
    let mut order: Vec<(K, usize)> = rows.map(|i| (key(i), i)).collect();
    order.par_sort_unstable();
    order
}

/// 0 at `from` and below, 1 at `to` and above, straight between.
pub(super) fn ramp(value: f64, from: f64, to: f64) -> f64 {
    ((value - from) / (to - from)).clamp(0.0, 1.0)
}

/// How much an amount matters: one half at `half`, towards 1 for large ones.
pub(super) fn weight_of_amount(amount: i64, half: i64) -> f64 {
    let amount = amount.max(0) as f64;
    amount / (amount + half.max(1) as f64)
}

/// The middle of `values`, the lower one of an even count; `None` when empty. Reorders `values`.
pub(super) fn median(values: &mut [i64]) -> Option<i64> {
    let middle = values.len().checked_sub(1)? / 2;
    Some(*values.select_nth_unstable(middle).1)
}

/// Strengths and sentences from `hits`: the strongest hit of a row counts.
pub(super) fn output<T: Send + Sync + 'static>(
    ledger: &LedgerView,
    mut hits: Vec<Hit<T>>,
    reason: impl Fn(&T) -> Reason + Send + Sync + 'static,
) -> Output {
    hits.retain(|hit| hit.strength >= STRENGTH_MIN);
    hits.sort_by(|a, b| a.row.cmp(&b.row).then(b.strength.total_cmp(&a.strength)));
    hits.dedup_by_key(|hit| hit.row);
    let mut strength = vec![0.0; ledger.n_rows];
    for hit in &hits {
        strength[hit.row] = to_f32(hit.strength);
    }
    let case = hits.iter().filter(|hit| hit.case != hit.row).map(|hit| (hit.row, hit.case)).collect();
    let explain = move |row: usize| {
        let at = hits.binary_search_by_key(&row, |hit| hit.row).ok()?;
        Some(reason(&hits[at].data))
    };
    Output { strength, case, put_aside: Vec::new(), on_netted: Vec::new(), explain: Box::new(explain) }
}

/// `noun` with its amount and particle: `금액 1,234,000원은`, `금액(USD 12.50)은`.
pub(super) fn stated(noun: &str, amount: &str, pair: &str) -> String {
    if amount.ends_with('원') {
        return format!("{noun} {}", ko::josa(amount, pair));
    }
    // Digits of other amounts are read in many ways; the particle follows the noun.
    let with_particle = ko::josa(noun, pair);
    let particle = with_particle.strip_prefix(noun).unwrap_or_default();
    format!("{noun}({amount}){particle}")
}

#[expect(clippy::cast_possible_truncation, reason = "a strength of 0 to 1 loses only digits nobody sees")]
fn to_f32(strength: f64) -> f32 {
    strength.clamp(0.0, 1.0) as f32
}

/// Probability of `count` or more where `mean` are expected.
pub(in crate::detect) fn poisson_tail(count: usize, mean: f64) -> f64 {
    // Far below the mean the tail is all but 1, and the first term may be too small for a float.
    if mean > 2.0 * count as f64 + 10.0 {
        return 1.0;
    }
    // The tail is summed upwards, so that small ones keep their digits.
    let mut term = (-mean).exp();
    for k in 1..=count {
        term *= mean / k as f64;
    }
    let mut tail = 0.0;
    let mut k = count;
    while term > 0.0 && (term > tail * 1e-9 || (k as f64) < mean) {
        tail += term;
        k += 1;
        term *= mean / k as f64;
    }
    tail.clamp(1e-12, 1.0)
}

#[cfg(test)]
mod tests {
    use super::poisson_tail;

    #[test]
    fn poisson_tails() {
        for (count, mean, expected) in [(0, 3.0, 1.0), (1, 1.0, 0.632_120_558), (3, 0.5, 0.014_387_68)] {
            assert!((poisson_tail(count, mean) - expected).abs() < 1e-6);
        }
        assert!(poisson_tail(2, 14.0) > 0.999);
        assert!(poisson_tail(2, 50.0) > 0.999);
        assert!(poisson_tail(59, 10_000.0) > 0.999);
    }
}
