//! Findings of a netted ledger as findings of the whole one.
//!
//! Comes in: `Findings` of the remaining rows, the whole ledger and its `Reversals`. Goes out: `Findings` of every row.
//! Refuses: points for a row that was netted, but from tests of reversals; its reason says with which row.

use std::collections::BTreeMap;

use super::ensemble::ranks;
use super::findings::NettedHit;
use super::{Case, Findings};
use crate::clean::LedgerView;
use crate::clean::reversal::{Link, Reversals};
use crate::ko;
use crate::ledger::{Amount, Points, Reason};

/// Identifier of the reasons given here; no detector has it.
pub const NETTED: &str = "netted";

/// Most other rows named by one reason: a person opens a handful.
const RELATED_MAX: usize = 20;

impl Findings {
    /// Findings of all rows of `ledger` from findings of its netted `rows`: netted rows score 0 and say with what they
    /// were netted, payments partly taken back say with which amount they were scored.
    pub fn expand(self, ledger: &LedgerView, reversals: &Reversals, rows: &[usize]) -> Self {
        if reversals.links.is_empty() {
            return self;
        }
        let n_checks = self.checks.len();
        let mut points = vec![Points::default(); ledger.n_rows * n_checks];
        let mut score = vec![Points::default(); ledger.n_rows];
        let mut reasons: Vec<Vec<Reason>> = vec![Vec::new(); ledger.n_rows];
        for ((at, &row), mut list) in rows.iter().enumerate().zip(self.reasons) {
            points[row * n_checks..(row + 1) * n_checks]
                .copy_from_slice(&self.points[at * n_checks..(at + 1) * n_checks]);
            score[row] = self.score[at];
            for related in list.iter_mut().flat_map(|reason| &mut reason.related) {
                *related = rows[*related];
            }
            reasons[row] = list;
        }
        for link in &reversals.links {
            reasons[link.reversal] = vec![of_reversal(ledger, link)];
        }
        for (row, links) in links_by_payment(reversals) {
            if reversals.left[row] == 0 {
                reasons[row] = vec![of_payment(ledger, row, &links)];
            } else if !reasons[row].is_empty() {
                reasons[row].push(of_part(ledger, row, &links, reversals.left[row]));
            }
        }
        let place = |row: u32| u32::try_from(rows[row as usize]).unwrap_or(u32::MAX);
        let of_rows = |list: Vec<u32>| list.into_iter().map(place).collect();
        let of_pairs = |list: Vec<(u32, usize)>| list.into_iter().map(|(row, at)| (place(row), at)).collect();
        let mut fired: Vec<Vec<u32>> = self.fired.into_iter().map(of_rows).collect();
        let mut put_aside: Vec<Vec<(u32, usize)>> = self.put_aside.into_iter().map(of_pairs).collect();
        for hit in &self.netted {
            if score[hit.row] < hit.points {
                points[hit.row * n_checks..(hit.row + 1) * n_checks].fill(Points::default());
                points[hit.row * n_checks + hit.check] = hit.points;
                score[hit.row] = hit.points;
            }
            if hit.points > Points(0) {
                reasons[hit.row].insert(0, hit.reason.clone());
            }
            let Some(row) = u32::try_from(hit.row).ok().filter(|_| hit.fires) else { continue };
            match hit.put_aside {
                Some(exception) => put_aside[hit.check].push((row, exception)),
                None => fired[hit.check].push(row),
            }
        }
        for (rows, aside) in fired.iter_mut().zip(&mut put_aside) {
            rows.sort_unstable();
            aside.sort_unstable();
        }
        let rank = ranks(&score);
        let whole =
            |case: Case| Case { head: rows[case.head], rows: case.rows.iter().map(|&at| rows[at]).collect() };
        let mut cases: Vec<Case> = self.cases.into_iter().map(whole).collect();
        cases.extend(of_netted(&self.netted, &score, &rank, self.bar, &ledger.department.ids));
        cases.sort_by_key(|case| rank[case.head]);
        let mut shadowed = self.shadowed;
        for one in &mut shadowed {
            (one.row, one.first) = (rows[one.row], rows[one.first]);
        }
        let (checks, bar, netted) = (self.checks, self.bar, Vec::new());
        Self { checks, points, score, rank, reasons, bar, cases, shadowed, fired, put_aside, netted }
    }
}

/// Cases of rows that netting has removed, those with a row at or above the bar; each of one department.
fn of_netted(
    hits: &[NettedHit],
    score: &[Points],
    rank: &[u32],
    bar: Points,
    department: &[u32],
) -> Vec<Case> {
    let mut rows: BTreeMap<(usize, usize, u32), Vec<usize>> = BTreeMap::new();
    for hit in hits.iter().filter(|hit| hit.points > Points(0)) {
        rows.entry((hit.check, hit.case, department[hit.row])).or_default().push(hit.row);
    }
    rows.into_values()
        .filter_map(|mut rows| {
            rows.sort_unstable();
            rows.dedup();
            let head = rows.iter().copied().min_by_key(|&row| rank[row])?;
            (score[head] >= bar).then_some(Case { head, rows })
        })
        .collect()
}

fn links_by_payment(reversals: &Reversals) -> BTreeMap<usize, Vec<&Link>> {
    let mut by_payment: BTreeMap<usize, Vec<&Link>> = BTreeMap::new();
    for link in &reversals.links {
        for part in &link.parts {
            by_payment.entry(part.row).or_default().push(link);
        }
    }
    by_payment
}

fn of_reversal(ledger: &LedgerView, link: &Link) -> Reason {
    let rows: Vec<usize> = link.parts.iter().map(|part| part.row).collect();
    let mut text = format!(
        "원거래와 상계되어 점수를 매기지 않았습니다({}, {} 확인).",
        places(ledger, link.reversal, &rows),
        ko::josa(link.by.label_ko(), "으로/로")
    );
    if link.is_ambiguous {
        text.push_str(" 조건이 같은 지급이 더 있어 그 가운데 가장 앞선 행과 연결했습니다.");
    }
    reason(text, rows)
}

fn of_payment(ledger: &LedgerView, row: usize, links: &[&Link]) -> Reason {
    let rows: Vec<usize> = links.iter().map(|link| link.reversal).collect();
    let text = format!("취소·반납 건과 상계되어 점수를 매기지 않았습니다({}).", places(ledger, row, &rows));
    reason(text, rows)
}

fn of_part(ledger: &LedgerView, row: usize, links: &[&Link], left: i64) -> Reason {
    let rows: Vec<usize> = links.iter().map(|link| link.reversal).collect();
    let text = format!(
        "일부가 취소·반납되어({}) 남은 {} 점수를 매겼습니다.",
        places(ledger, row, &rows),
        ko::josa(&ledger.currency.display(Amount(left)), "으로/로")
    );
    reason(text, rows)
}

fn reason(text: String, mut related: Vec<usize>) -> Reason {
    related.truncate(RELATED_MAX);
    Reason { id: NETTED.to_owned(), text, related }
}

/// The first of `rows` as a reader of row `here` finds it, and how many there are.
fn places(ledger: &LedgerView, here: usize, rows: &[usize]) -> String {
    let Some(&first) = rows.first() else { return String::new() };
    let same = |ids: &[u32]| ids[here] == ids[first];
    let (is_file_here, is_sheet_here) = (same(&ledger.source.ids), same(&ledger.sheet.ids));
    let sheet = ledger.sheet.text(first);
    let mut place = String::new();
    if !is_file_here {
        place.push_str(&format!("{} ", ledger.source.text(first)));
    }
    let is_elsewhere = !is_file_here || !is_sheet_here;
    if is_elsewhere && !sheet.is_empty() {
        place.push_str(&format!("{sheet} 시트 "));
    }
    place.push_str(&format!("{}행", ledger.row[first]));
    if rows.len() > 1 {
        place.push_str(&format!(" 등 {}건", rows.len()));
    }
    place
}

#[cfg(test)]
mod tests;
