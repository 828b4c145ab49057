//! Fired: which payments at or above the bar each check marked, by month.
//!
//! Comes in: the alarms of a score step. Goes out: those of the newest scoring of each month.
//! Refuses: two sets of one job and month; the set of an earlier run goes when a newer one is committed (its scores stay
//! in the lake).

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::schema::{fired, lake_files, runs};
use super::{Store, StoreError, on_conn};
use crate::ledger::{Alarm, Amount, FiscalMonth, LakeKind, Points, RowRef};

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = fired)]
pub(super) struct FiredRow {
    run_id: String,
    check_id: String,
    source: String,
    sheet: String,
    row_no: i64,
    period: String,
    document_no: String,
    case_no: i64,
    amount: i64,
    points: i64,
    is_shadow: i64,
}

impl FiredRow {
    pub(super) fn new(run_id: &str, alarm: &Alarm) -> Self {
        Self {
            run_id: run_id.to_owned(),
            check_id: alarm.check.clone(),
            source: alarm.at.source.clone(),
            sheet: alarm.at.sheet.clone(),
            row_no: alarm.at.row,
            period: alarm.period.to_string(),
            document_no: alarm.document_no.clone(),
            case_no: alarm.case_no,
            amount: alarm.amount.0,
            points: i64::from(alarm.points.0),
            is_shadow: i64::from(alarm.is_shadow),
        }
    }

    fn into_alarm(self) -> Result<Alarm, StoreError> {
        let period = self.period.parse().map_err(|e| StoreError::Corrupt("alarm", Box::new(e)))?;
        let points = i32::try_from(self.points).map_err(|e| StoreError::Corrupt("alarm", Box::new(e)))?;
        Ok(Alarm {
            run_id: self.run_id,
            period,
            check: self.check_id,
            at: RowRef { source: self.source, sheet: self.sheet, row: self.row_no },
            document_no: self.document_no,
            case_no: self.case_no,
            amount: Amount(self.amount),
            points: Points(points),
            is_shadow: self.is_shadow == 1,
        })
    }
}

macro_rules! insert_fired {
    ($conn:expr, $run_id:expr, $alarms:expr) => {
        if let Some(alarms) = $alarms {
            use $crate::store::schema::{fired, runs};
            let (job, period): (String, String) =
                runs::table.find($run_id).select((runs::job, runs::period)).first($conn)?;
            let same = runs::table.filter(runs::job.eq(job).and(runs::period.eq(period))).select(runs::id);
            diesel::delete(fired::table.filter(fired::run_id.eq_any(same))).execute($conn)?;
            for alarm in alarms {
                let row = $crate::store::fired::FiredRow::new($run_id, alarm);
                diesel::insert_into(fired::table).values(&row).execute($conn)?;
            }
        }
    };
}
pub(super) use insert_fired;

impl Store {
    /// What checks marked in the months from `from` to `until`, of each month its newest scoring, in order of month,
    /// check and payment.
    pub fn alarms(&self, from: FiscalMonth, until: FiscalMonth) -> Result<Vec<Alarm>, StoreError> {
        let rows: Vec<FiredRow> = on_conn!(self, |conn| {
            let scored: Vec<(String, String)> = lake_files::table
                .inner_join(runs::table.on(runs::id.eq(lake_files::run_id)))
                .filter(lake_files::kind.eq(LakeKind::Scores.token()))
                .filter(lake_files::is_current.eq(1))
                .filter(lake_files::period.between(from.to_string(), until.to_string()))
                .order((runs::created_ms, runs::id))
                .select((lake_files::period, lake_files::run_id))
                .load(conn)?;
            // Two jobs may score one month: the run begun last says what was marked.
            let newest: BTreeMap<String, String> = scored.into_iter().collect();
            let marked = fired::table.filter(fired::run_id.eq_any(newest.into_values())).order((
                fired::period,
                fired::check_id,
                fired::source,
                fired::sheet,
                fired::row_no,
            ));
            Ok::<_, StoreError>(marked.select(FiredRow::as_select()).load(conn)?)
        })?;
        rows.into_iter().map(FiredRow::into_alarm).collect()
    }

    /// The latest month with a score set; `None` before the first.
    pub fn scored_until(&self) -> Result<Option<FiscalMonth>, StoreError> {
        let month: Option<String> = on_conn!(self, |conn| {
            let scored = lake_files::table
                .filter(lake_files::kind.eq(LakeKind::Scores.token()))
                .filter(lake_files::is_current.eq(1))
                .order(lake_files::period.desc());
            Ok::<_, StoreError>(scored.select(lake_files::period).first(conn).optional()?)
        })?;
        let read = |month: String| month.parse().map_err(|e| StoreError::Corrupt("lake file", Box::new(e)));
        month.map(read).transpose()
    }
}
