//! Populations: the payments of the institution, of each department, of each account.
//!
//! Comes in: rows and a column of names. Goes out: rows by population, in the order of the ledger.
//! Refuses: to drop rows without a name; they are a population of their own.

use rayon::prelude::*;
use serde::Serialize;

use super::table::{Cell, Coverage, Refusal};
use crate::clean::Interned;

/// Whose payments make one population.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All.
    Institution,
    /// Those of one department.
    Department,
    /// Those of one account.
    Account,
}

impl Scope {
    /// All scopes, in the order of tables.
    pub const ALL: [Self; 3] = [Self::Institution, Self::Department, Self::Account];

    /// Key for programs, also of the table of this scope.
    pub fn key(self) -> &'static str {
        match self {
            Self::Institution => "institution",
            Self::Department => "department",
            Self::Account => "account",
        }
    }

    /// Name on screen.
    pub fn label_ko(self) -> &'static str {
        match self {
            Self::Institution => "기관 전체",
            Self::Department => "부서",
            Self::Account => "계정과목",
        }
    }
}

/// Payments taken together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group<'a> {
    pub(super) scope: Scope,
    pub(super) name: &'a str,
    /// Rows of the ledger, in order.
    pub(super) rows: &'a [u32],
}

impl Group<'_> {
    /// The refusal of this population, of whose payments `n` could take part.
    pub(super) fn too_few(&self, n: usize, n_min: u64, unit: &str) -> Refusal {
        Refusal {
            scope: self.scope,
            name: self.name.to_owned(),
            n: n as u64,
            n_min,
            reason: format!(
                "{unit} {}건으로 최소 {}건에 미치지 못해 통계를 내지 않았습니다.",
                comma(n as u64),
                comma(n_min)
            ),
        }
    }
}

/// How many different values of `ids` `rows` have.
pub(super) fn n_distinct(rows: &[u32], ids: &[u32]) -> Cell {
    let mut ids: Vec<u32> = rows.iter().map(|&row| ids[row as usize]).collect();
    ids.sort_unstable();
    ids.dedup();
    Cell::count(ids.len())
}

fn comma(n: u64) -> String {
    crate::ledger::amount::group_thousands(n)
}

/// All populations of one scope.
pub(super) struct Groups {
    pub(super) scope: Scope,
    names: Vec<String>,
    starts: Vec<usize>,
    rows: Vec<u32>,
}

impl Groups {
    pub(super) fn whole(rows: Vec<u32>) -> Self {
        let names = vec![Scope::Institution.label_ko().to_owned()];
        Self { scope: Scope::Institution, names, starts: vec![0, rows.len()], rows }
    }

    /// `rows` by the values of `column`; those without a value come last, under a name that says so.
    pub(super) fn by(scope: Scope, column: &Interned, rows: &[u32]) -> Self {
        let mut names = column.names.clone();
        names.push(format!("({} 없음)", scope.label_ko()));
        let absent = column.names.len();
        let group = |row: u32| (column.ids[row as usize] as usize).min(absent);
        let mut starts = vec![0; names.len() + 1];
        for &row in rows {
            starts[group(row) + 1] += 1;
        }
        for g in 0..names.len() {
            starts[g + 1] += starts[g];
        }
        let mut next = starts.clone();
        let mut sorted = vec![0; rows.len()];
        for &row in rows {
            let slot = &mut next[group(row)];
            sorted[*slot] = row;
            *slot += 1;
        }
        Self { scope, names, starts, rows: sorted }
    }

    /// Rows of all populations.
    pub(super) fn all(&self) -> &[u32] {
        &self.rows
    }

    fn get(&self, g: usize) -> Group<'_> {
        Group {
            scope: self.scope,
            name: &self.names[g],
            rows: &self.rows[self.starts[g]..self.starts[g + 1]],
        }
    }

    /// What `test` says of every population that has a payment, in order of names by first appearance.
    pub(super) fn tested<T: Send>(
        &self,
        test: impl Fn(Group<'_>) -> Result<T, Refusal> + Sync,
    ) -> Tested<'_, T> {
        let answers: Vec<(usize, Result<T, Refusal>)> = (0..self.names.len())
            .into_par_iter()
            .filter(|&g| self.starts[g] < self.starts[g + 1])
            .map(|g| (g, test(self.get(g))))
            .collect();
        let mut tested = Tested { rows: Vec::new(), refused: Vec::new(), scope: self.scope };
        for (g, answer) in answers {
            match answer {
                Ok(result) => tested.rows.push((self.get(g), result)),
                Err(refusal) => tested.refused.push(refusal),
            }
        }
        // Largest first: what was nearly enough is what a reader looks for.
        tested.refused.sort_by(|a, b| b.n.cmp(&a.n).then_with(|| a.name.cmp(&b.name)));
        tested
    }
}

/// Populations with their results, and those refused.
pub(super) struct Tested<'a, T> {
    scope: Scope,
    pub(super) rows: Vec<(Group<'a>, T)>,
    pub(super) refused: Vec<Refusal>,
}

impl<T> Tested<'_, T> {
    /// Highest `value` first, ties by name.
    pub(super) fn sort_by_value(&mut self, value: impl Fn(&T) -> f64) {
        self.rows.sort_by(|(a, x), (b, y)| value(y).total_cmp(&value(x)).then_with(|| a.name.cmp(b.name)));
    }

    pub(super) fn coverage(&self) -> Coverage {
        let n_payments = self.rows.iter().map(|(group, _)| group.rows.len() as u64).sum();
        let refused = self.refused.len() as u64;
        Coverage { scope: self.scope, tested: self.rows.len() as u64, refused, n_payments }
    }
}
