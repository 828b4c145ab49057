//! Subtotals as printed against sums as computed.
//!
//! Comes in: loaded amounts and total rows in order. Goes out: remarks where they differ.
//! Refuses: nothing; a difference is a remark, the rows stay as read.

use std::collections::BTreeMap;

use super::text::narrow;

/// Running sums of one sheet.
#[derive(Default)]
pub(super) struct Totals {
    /// Sum since the last total row of the same word.
    since: BTreeMap<String, i64>,
    all: i64,
    n_compared: usize,
    mismatches: Vec<String>,
}

impl Totals {
    /// A payment was loaded (or kept aside with amount 0).
    pub(super) fn add(&mut self, amount: i64) {
        self.all += amount;
        for sum in self.since.values_mut() {
            *sum += amount;
        }
    }

    /// A total row was met. It may sum what came since the last one of its word, or everything so far.
    pub(super) fn compare(&mut self, word: &str, amount: Option<i64>, row: u32) {
        let key = if narrow(word).ends_with("소계") { "소계" } else { "합계" }.to_owned();
        let since = self.since.get(&key).copied().unwrap_or(self.all);
        self.since.insert(key, 0);
        let Some(amount) = amount else { return };
        self.n_compared += 1;
        if amount != since && amount != self.all {
            self.mismatches.push(format!("{row}행 ‘{word}’: 파일 {amount}, 읽은 행의 합 {since}"));
        }
    }

    /// Remarks for the account of the file.
    pub(super) fn notes(self, sheet: &str) -> Vec<String> {
        let place = if sheet.is_empty() { String::new() } else { format!("‘{sheet}’ 시트: ") };
        let n = self.mismatches.len();
        let mut notes = Vec::new();
        if self.n_compared > 0 && n == 0 {
            notes.push(format!("{place}소계·합계 {}개가 읽은 행의 합과 모두 같습니다.", self.n_compared));
        }
        notes.extend(self.mismatches.into_iter().take(5).map(|m| format!("{place}합계 불일치 - {m}")));
        if n > 5 {
            notes.push(format!("{place}합계 불일치가 {}개 더 있습니다.", n - 5));
        }
        notes
    }
}
