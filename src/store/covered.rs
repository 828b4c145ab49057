//! Covered: what each check could look at, by run and department.
//!
//! Comes in: the counts of a score step. Goes out: those of a run.
//! Refuses: two counts of one check and department in a run.

use diesel::prelude::*;

use super::schema::covered;
use super::{Store, StoreError, on_conn};
use crate::ledger::{Amount, Count, Covered};

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = covered)]
pub(super) struct CoveredRow {
    run_id: String,
    check_id: String,
    department: String,
    status: String,
    remarks: String,
    population_rows: i64,
    population_amount: i64,
    tested_rows: i64,
    tested_amount: i64,
    blank_rows: i64,
    no_rule_rows: i64,
    fired_rows: i64,
    fired_amount: i64,
    put_aside_rows: i64,
    put_aside_amount: i64,
}

fn signed(rows: u64) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

fn count(rows: i64, amount: i64) -> Count {
    Count { rows: rows.unsigned_abs(), amount: Amount(amount) }
}

impl CoveredRow {
    pub(super) fn new(run_id: &str, one: &Covered) -> Self {
        Self {
            run_id: run_id.to_owned(),
            check_id: one.check.clone(),
            department: one.department.clone(),
            status: one.status.clone(),
            remarks: one.remarks.clone(),
            population_rows: signed(one.population.rows),
            population_amount: one.population.amount.0,
            tested_rows: signed(one.tested.rows),
            tested_amount: one.tested.amount.0,
            blank_rows: signed(one.blank_rows),
            no_rule_rows: signed(one.no_rule_rows),
            fired_rows: signed(one.fired.rows),
            fired_amount: one.fired.amount.0,
            put_aside_rows: signed(one.put_aside.rows),
            put_aside_amount: one.put_aside.amount.0,
        }
    }

    fn into_covered(self) -> Covered {
        Covered {
            check: self.check_id,
            department: self.department,
            status: self.status,
            remarks: self.remarks,
            population: count(self.population_rows, self.population_amount),
            tested: count(self.tested_rows, self.tested_amount),
            blank_rows: self.blank_rows.unsigned_abs(),
            no_rule_rows: self.no_rule_rows.unsigned_abs(),
            fired: count(self.fired_rows, self.fired_amount),
            put_aside: count(self.put_aside_rows, self.put_aside_amount),
        }
    }
}

macro_rules! insert_covered {
    ($conn:expr, $run_id:expr, $covered:expr) => {
        for one in $covered {
            let row = $crate::store::covered::CoveredRow::new($run_id, one);
            diesel::insert_into($crate::store::schema::covered::table).values(&row).execute($conn)?;
        }
    };
}
pub(super) use insert_covered;

impl Store {
    /// What checks could look at in run `run_id`, in order of check and department; the institution's stand before.
    pub fn covered(&self, run_id: &str) -> Result<Vec<Covered>, StoreError> {
        let rows: Vec<CoveredRow> = on_conn!(self, |conn| {
            let of_run = covered::table.filter(covered::run_id.eq(run_id));
            let of_run = of_run.order((covered::check_id, covered::department));
            Ok::<_, StoreError>(of_run.select(CoveredRow::as_select()).load(conn)?)
        })?;
        Ok(rows.into_iter().map(CoveredRow::into_covered).collect())
    }
}
