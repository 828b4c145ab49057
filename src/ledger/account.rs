//! The account of a run: what became of every row of every file, in one sum.
//!
//! Comes in: the accounts of the files. Goes out: their sums by department, account and column.
//! Refuses: sums that are not those of the files; `balances` is false then.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Amount, ColumnCoverage, FileIntake, GroupTotal, RecordKind};

/// Rows of several files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountTotals {
    /// Files.
    pub files: u64,
    /// Of them set aside whole.
    pub refused: u64,
    /// Rows seen.
    pub rows_in: u64,
    /// Rows loaded.
    pub loaded: u64,
    /// Rows left out on purpose.
    pub skipped: u64,
    /// Rows kept aside.
    pub quarantined: u64,
    /// Sum of the loaded payments in minor units.
    pub total: Amount,
    /// Total rows compared with the sums of their rows.
    pub totals_compared: u64,
    /// Those that differ, as far as listed.
    pub totals_differing: u64,
    /// Rows of originals that are loaded from files of mended rows: they count as kept aside there and as loaded here.
    pub put_back: u64,
}

/// A column that loaded rows do not have, and the checks that cannot see them for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withheld {
    /// Canonical column.
    pub column: String,
    /// Loaded rows without a value there.
    pub rows: u64,
    /// Loaded rows in all.
    pub of_rows: u64,
    /// Files that lack the column.
    pub files: Vec<String>,
    /// What could not be checked on those rows.
    pub checks: Vec<String>,
}

/// The account of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunAccount {
    /// Format: `1`.
    pub version: String,
    /// Run.
    pub run_id: String,
    /// Month.
    pub period: String,
    /// Files delivered to this run, and files in use that are no longer delivered.
    pub files: Vec<FileIntake>,
    /// Sums over `files`.
    pub whole: AccountTotals,
    /// Payments loaded, by department and account.
    pub groups: Vec<GroupTotal>,
    /// Budget lines loaded, by department and account.
    pub budget: Vec<GroupTotal>,
    /// Movements of budget loaded, by department and account they leave.
    pub reallocations: Vec<GroupTotal>,
    /// Payments with a value, by optional column.
    pub coverage: Vec<ColumnCoverage>,
    /// What could not be checked for lack of a column.
    pub withheld: Vec<Withheld>,
    /// Rows in the lake, for comparison with the payments loaded.
    pub lake_rows: u64,
    /// Their sum.
    pub lake_total: Amount,
    /// Budget lines of workbooks that hold payments too: they are among the payments loaded, not in the lake.
    pub mixed_rows: u64,
    /// Their sum.
    pub mixed_total: Amount,
}

impl RunAccount {
    /// Sums up `files`, in the order given.
    pub fn new(run_id: &str, period: &str, files: Vec<FileIntake>) -> Self {
        let mut account = Self {
            version: "1".to_owned(),
            run_id: run_id.to_owned(),
            period: period.to_owned(),
            whole: AccountTotals::default(),
            groups: groups(&files, RecordKind::Expenditure),
            budget: groups(&files, RecordKind::Budget),
            reallocations: groups(&files, RecordKind::Reallocation),
            coverage: coverage(&files),
            withheld: Vec::new(),
            lake_rows: 0,
            lake_total: Amount::ZERO,
            mixed_rows: 0,
            mixed_total: Amount::ZERO,
            files,
        };
        let whole = &mut account.whole;
        for file in &account.files {
            whole.files += 1;
            whole.refused += u64::from(file.refused.is_some());
            whole.rows_in += file.rows_in;
            whole.loaded += file.loaded;
            whole.skipped += file.skipped;
            whole.quarantined += file.quarantined;
            whole.totals_compared += file.totals_compared;
            whole.totals_differing += file.totals_differing.len() as u64;
            if file.refused.is_none() {
                let rows = file.corrects.iter().flat_map(|correction| correction.rows.values());
                whole.put_back += rows.map(|rows| rows.len() as u64).sum::<u64>();
            }
            if file.kind == RecordKind::Expenditure {
                whole.total = Amount(whole.total.0.saturating_add(file.total.0));
            }
        }
        account
    }

    /// Payments loaded.
    pub fn payments(&self) -> u64 {
        self.groups.iter().map(|group| group.rows).sum()
    }

    /// Whether every row of every file is accounted for once, and the lake holds just the payments loaded.
    pub fn balances(&self) -> bool {
        let of = |groups: &[GroupTotal]| groups.iter().map(|group| group.rows).sum::<u64>();
        let sum: i128 = self.groups.iter().map(|group| i128::from(group.total.0)).sum();
        self.files.iter().all(FileIntake::balances)
            && self.whole.rows_in == self.whole.loaded + self.whole.skipped + self.whole.quarantined
            && of(&self.groups) + of(&self.budget) + of(&self.reallocations) == self.whole.loaded
            && sum == i128::from(self.whole.total.0)
            && self.lake_rows + self.mixed_rows == self.payments()
            && i128::from(self.lake_total.0) + i128::from(self.mixed_total.0) == sum
    }
}

fn groups(files: &[FileIntake], kind: RecordKind) -> Vec<GroupTotal> {
    let mut sums: BTreeMap<(&str, &str), (u64, i64)> = BTreeMap::new();
    for group in files.iter().filter(|file| file.kind == kind).flat_map(|file| &file.groups) {
        let sum = sums.entry((&group.department, &group.account)).or_default();
        sum.0 += group.rows;
        sum.1 = sum.1.saturating_add(group.total.0);
    }
    let group = |((department, account), (rows, total)): ((&str, &str), (u64, i64))| GroupTotal {
        department: department.to_owned(),
        account: account.to_owned(),
        rows,
        total: Amount(total),
    };
    sums.into_iter().map(group).collect()
}

fn coverage(files: &[FileIntake]) -> Vec<ColumnCoverage> {
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    for column in
        files.iter().filter(|file| file.kind == RecordKind::Expenditure).flat_map(|file| &file.coverage)
    {
        *sums.entry(&column.column).or_default() += column.rows;
    }
    sums.into_iter().map(|(column, rows)| ColumnCoverage { column: column.to_owned(), rows }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Problem;
    use crate::ledger::Digest;

    fn file(name: &str, kind: RecordKind, loaded: u64, total: i64) -> FileIntake {
        let problem = Problem::new("", "", "", "");
        FileIntake {
            refused: None,
            kind,
            rows_in: loaded + 3,
            loaded,
            skipped: 1,
            quarantined: 2,
            total: Amount(total),
            groups: vec![GroupTotal {
                department: "총무과".to_owned(),
                account: "여비".to_owned(),
                rows: loaded,
                total: Amount(total),
            }],
            coverage: vec![ColumnCoverage { column: "vendor".to_owned(), rows: 1 }],
            ..FileIntake::refused(name, Digest::of(name.as_bytes()), 1, problem)
        }
    }

    fn account() -> RunAccount {
        let files = vec![
            file("a.xlsx", RecordKind::Expenditure, 5, 500),
            file("b.csv", RecordKind::Expenditure, 2, -100),
            file("예산.xlsx", RecordKind::Budget, 4, 9_000),
        ];
        let mut account = RunAccount::new("r", "2024-12", files);
        (account.lake_rows, account.lake_total) = (7, Amount(400));
        account
    }

    #[test]
    fn payments_and_budget_are_summed_apart() {
        let account = account();
        assert!(account.balances());
        assert_eq!((account.whole.rows_in, account.whole.loaded), (20, 11));
        assert_eq!((account.groups[0].rows, account.groups[0].total), (7, Amount(400)));
        assert_eq!((account.budget[0].rows, account.whole.total), (4, Amount(400)));
        assert_eq!(account.coverage[0].rows, 2);
    }

    #[test]
    fn a_row_or_a_won_too_many_does_not_balance() {
        let breaks: [fn(&mut RunAccount); 5] = [
            |account| account.lake_rows += 1,
            |account| account.lake_total.0 += 1,
            |account| account.whole.skipped += 1,
            |account| account.groups[0].rows += 1,
            |account| account.files[0].quarantined += 1,
        ];
        for change in breaks {
            let mut broken = account();
            change(&mut broken);
            assert!(!broken.balances());
        }
    }
}
