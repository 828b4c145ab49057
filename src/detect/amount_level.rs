//! How far an amount lies above all its contexts, as one number.
//!
//! Comes in: amount features. Goes out: by row, the unexplained logarithm plus half of the robust deviations and of the
//! logarithm above the earlier peak. Refuses: a payment that only leaves the account behind but is usual for what it buys.

use super::Input;

/// Levels of all rows; about 0 for ordinary payments, 3 and more far above.
pub(super) fn levels(input: &Input<'_>) -> Result<Vec<f64>, String> {
    let column = |id| input.features.column(id).ok_or("금액 특성이 계산되지 않았습니다.");
    let department = column("amount_z_department_account")?;
    let (topic, n_topic) = (column("amount_z_topic")?, column("topic_count")?);
    let (peak, unexplained) = (column("amount_over_peak")?, column("amount_unexplained")?);
    let level = |i: usize| {
        // What the description names may always cost more than the rest of the account: both must be left behind.
        let context = if n_topic[i] > 0.0 { department[i].min(topic[i]) } else { department[i] };
        unexplained[i] + 0.5 * (context + peak[i].clamp(-1.0, 2.0))
    };
    Ok((0..input.ledger.n_rows).map(level).collect())
}
