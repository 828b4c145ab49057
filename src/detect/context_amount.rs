//! Amounts far above what was usual: for the department, account and vendor, or for the department and account.
//!
//! Comes in: amount features. Goes out: strengths, with the earlier median and how many times it is.
//! Refuses: amounts usual for what the description names, refunds.

use std::collections::{BTreeMap, HashMap};

use super::{Detector, Input, Output, Untested};
use super::{amount_level, tail};
use crate::clean::LedgerView;
use crate::features::{context::pair_ids, level::WINDOW};
use crate::ledger::Amount;

/// Level at which an amount begins to count, and how much more of it counts half: the unexplained logarithm plus half of
/// the robust deviations and the logarithm above the earlier peak. Strengths never meet 1, so that of two extremes the larger
/// ranks first.
const LEVEL: (f64, f64) = (0.8, 1.0);
/// Earlier payments from which the group of the vendor is named in the reason.
const NAMED_MIN: usize = 3;

/// The detector.
pub struct ContextAmount;

impl Detector for ContextAmount {
    fn id(&self) -> &'static str {
        "context_amount"
    }

    fn label_ko(&self) -> &'static str {
        "평소 대비 고액"
    }

    fn weight(&self) -> f64 {
        95.0
    }

    fn detect(&self, input: &Input<'_>) -> Result<Output, Untested> {
        let column = |id| input.features.column(id).ok_or("금액 특성이 계산되지 않았습니다.");
        let (usual, department) = (column("amount_z_usual")?, column("amount_z_department_account")?);
        let level = amount_level::levels(input)?;
        let n = input.ledger.n_rows;
        let rise = |value: f64| {
            let above = (value - LEVEL.0).max(0.0);
            tail::fraction(above / (above + LEVEL.1))
        };
        let strength: Vec<f32> =
            (0..n).map(|i| if input.ledger.amount[i] > 0 { rise(level[i]) } else { 0.0 }).collect();
        let by_vendor = |row: usize| usual[row] >= department[row];
        let sentences = sentences(input.ledger, &tail::standouts(&strength), by_vendor);
        Ok(tail::output(self.id(), strength, sentences))
    }
}

/// Sentences of `rows`; `by_vendor` says whether the vendor's own payments made the row stand out.
fn sentences(
    ledger: &LedgerView,
    rows: &[usize],
    by_vendor: impl Fn(usize) -> bool,
) -> BTreeMap<usize, String> {
    let pair = pair_ids(&ledger.department.ids, &ledger.account.ids);
    let usual = pair_ids(&pair, &ledger.vendor.ids);
    let (by_usual, by_pair) = (members(ledger, &usual, rows), members(ledger, &pair, rows));
    rows.iter()
        .filter_map(|&row| {
            let department = format!("{} · {}", ledger.department.text(row), ledger.account.text(row));
            let own = earlier(ledger, &by_usual, usual[row], row);
            let (group, amounts) =
                if by_vendor(row) && own.len() >= NAMED_MIN && !ledger.vendor.text(row).is_empty() {
                    (format!("{department} · {}", ledger.vendor.text(row)), own)
                } else {
                    (department, earlier(ledger, &by_pair, pair[row], row))
                };
            Some((row, sentence(ledger, row, &group, amounts)?))
        })
        .collect()
}

/// `총무과 · 사무관리비 최근 24개월 120건 중앙값 182,000원의 14.2배인 2,584,000원입니다.`
fn sentence(ledger: &LedgerView, row: usize, group: &str, earlier: &[usize]) -> Option<String> {
    let currency = &ledger.currency;
    let own = Amount(ledger.amount[row]);
    let mut amounts: Vec<i64> = earlier.iter().map(|r| ledger.amount[*r].saturating_abs()).collect();
    amounts.sort_unstable();
    let n = amounts.len();
    let Some(median) = n.checked_sub(1).map(|last| i64::midpoint(amounts[last / 2], amounts[n / 2])) else {
        return Some(format!(
            "{group}의 첫 지출로, 다른 부서의 수준을 크게 넘는 {}입니다.",
            currency.display(own)
        ));
    };
    let times = own.0 as f64 / median as f64;
    (median > 0).then(|| {
        let (median, own) = (currency.display(Amount(median)), currency.display(own));
        let months = earlier
            .first()
            .map_or(1, |first| months_up_to(ledger.day[row].saturating_sub(ledger.day[*first])));
        format!("{group} 최근 {months}개월 {n}건 중앙값 {median}의 {times:.1}배인 {own}입니다.")
    })
}

/// Months that `days` fill or begin, 1 at least.
fn months_up_to(days: i32) -> i32 {
    (days.clamp(0, 10_000_000) * 12 + 364) / 365 + i32::from(days <= 0)
}

/// Rows of the groups that hold one of `wanted`, in time order.
fn members(ledger: &LedgerView, ids: &[u32], wanted: &[usize]) -> HashMap<u32, Vec<usize>> {
    let mut groups: HashMap<u32, Vec<usize>> = wanted.iter().map(|row| (ids[*row], Vec::new())).collect();
    for (row, id) in ids.iter().enumerate() {
        if let Some(rows) = groups.get_mut(id) {
            rows.push(row);
        }
    }
    for rows in groups.values_mut() {
        rows.sort_unstable_by_key(|row| (ledger.day[*row], *row));
    }
    groups
}

/// The latest payments of group `id` before `row`, in time order, at most as many as make a level.
fn earlier<'a>(
    ledger: &LedgerView,
    groups: &'a HashMap<u32, Vec<usize>>,
    id: u32,
    row: usize,
) -> &'a [usize] {
    let rows = groups.get(&id).map_or(&[][..], Vec::as_slice);
    let at = rows.partition_point(|r| (ledger.day[*r], *r) < (ledger.day[row], row));
    &rows[at.saturating_sub(WINDOW)..at]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::planted;

    #[test]
    fn a_sentence_names_group_span_and_figures() {
        let ledger = planted::plain(4, |i, l| {
            l.day[i] = 19_000 + 240 * i32::try_from(i).unwrap();
            l.amount = vec![100_000, 182_000, 200_000, 2_584_400];
        });
        assert_eq!(
            sentence(&ledger, 3, "총무과 · 사무관리비", &[0, 1, 2]).unwrap(),
            "총무과 · 사무관리비 최근 24개월 3건 중앙값 182,000원의 14.2배인 2,584,400원입니다."
        );
        assert!(sentence(&ledger, 0, "총무과", &[]).unwrap().starts_with("총무과의 첫 지출로"));
    }

    #[test]
    fn months_begin_at_one() {
        assert_eq!([-3, 0, 1, 30, 31, 365, 366].map(months_up_to), [1, 1, 1, 1, 2, 12, 13]);
    }
}
