//! Checks: from which month on a check is live or in shadow, who decided and why.
//!
//! Comes in: changes, by people or by rule health. Goes out: the checks in shadow in a month, the history, who took notice.
//! Refuses: to change or remove an entry (triggers in the database), to take notice of a change twice.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::schema::{check_notices, check_states};
use super::{Store, StoreError, on_conn};
use crate::ledger::{CheckChange, FiscalMonth};

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = check_states)]
struct StateRow {
    seq: i64,
    check_id: String,
    state: String,
    from_period: String,
    reason: String,
    changed_by: String,
    recorded_ms: i64,
    run_id: Option<String>,
}

/// A change as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckState {
    /// Its position; later ones count.
    pub seq: i64,
    /// The change.
    pub change: CheckChange,
    /// Who took notice of it, once somebody did.
    pub noticed_by: Option<String>,
}

macro_rules! insert_check_changes {
    ($conn:expr, $changes:expr) => {
        for change in $changes {
            use $crate::store::schema::check_states;
            let state = if change.is_shadow { "shadow" } else { "live" };
            let is_own = change.by == $crate::ledger::CheckChange::ITSELF;
            let actor = if is_own { "ledgerwatch" } else { change.by.as_str() };
            diesel::insert_into(check_states::table)
                .values((
                    check_states::check_id.eq(&change.check),
                    check_states::state.eq(state),
                    check_states::from_period.eq(change.from.to_string()),
                    check_states::reason.eq(&change.reason),
                    check_states::changed_by.eq(&change.by),
                    check_states::recorded_ms.eq(change.recorded_ms),
                    check_states::run_id.eq(&change.run_id),
                ))
                .execute($conn)?;
            let detail = serde_json::json!({
                "from": change.from, "reason": change.reason, "run_id": change.run_id,
            });
            $crate::store::audit::insert_audit!(
                $conn,
                change.recorded_ms,
                actor,
                &format!("check.{state}"),
                &change.check,
                detail.to_string()
            );
        }
    };
}
pub(super) use insert_check_changes;

impl Store {
    /// Records `change`, with an audit entry.
    pub fn change_check(&self, change: &CheckChange) -> Result<(), StoreError> {
        on_conn!(self, |conn| {
            insert_check_changes!(conn, [change]);
            Ok(())
        })
    }

    /// Every change, in the order they were recorded.
    pub fn check_states(&self) -> Result<Vec<CheckState>, StoreError> {
        let rows: Vec<(StateRow, Option<String>)> = on_conn!(self, |conn| {
            let all = check_states::table
                .left_join(check_notices::table.on(check_notices::state_seq.eq(check_states::seq)))
                .order(check_states::seq)
                .select((StateRow::as_select(), check_notices::acknowledged_by.nullable()));
            Ok::<_, StoreError>(all.load(conn)?)
        })?;
        let state = |(row, noticed_by): (StateRow, Option<String>)| {
            let from = row.from_period.parse().map_err(|e| StoreError::Corrupt("check", Box::new(e)))?;
            let change = CheckChange {
                check: row.check_id,
                is_shadow: row.state == "shadow",
                from,
                reason: row.reason,
                by: row.changed_by,
                recorded_ms: row.recorded_ms,
                run_id: row.run_id,
            };
            Ok(CheckState { seq: row.seq, change, noticed_by })
        };
        rows.into_iter().map(state).collect()
    }

    /// The last change of each check that ever changed: what holds from its month on.
    pub fn latest_checks(&self) -> Result<BTreeMap<String, CheckState>, StoreError> {
        Ok(self.check_states()?.into_iter().map(|state| (state.change.check.clone(), state)).collect())
    }

    /// For each check that ever changed, what holds for `period`: the latest entry that begins by then.
    pub fn checks_in(&self, period: FiscalMonth) -> Result<BTreeMap<String, CheckState>, StoreError> {
        let begun = self.check_states()?.into_iter().filter(|state| state.change.from <= period);
        Ok(begun.map(|state| (state.change.check.clone(), state)).collect())
    }

    /// The checks that run and are counted in `period`, but add no points.
    pub fn shadowed_checks(&self, period: FiscalMonth) -> Result<BTreeSet<String>, StoreError> {
        let states = self.checks_in(period)?;
        Ok(states.into_values().filter(|s| s.change.is_shadow).map(|s| s.change.check).collect())
    }

    /// Notes that `by` took notice of change `seq`; says whether that is new.
    pub fn notice_change(&self, seq: i64, by: &str, now_ms: i64) -> Result<bool, StoreError> {
        on_conn!(self, |conn| {
            let is_new = diesel::insert_into(check_notices::table)
                .values((
                    check_notices::state_seq.eq(seq),
                    check_notices::acknowledged_by.eq(by),
                    check_notices::recorded_ms.eq(now_ms),
                ))
                .on_conflict_do_nothing()
                .execute(conn)?
                == 1;
            if is_new {
                super::audit::insert_audit!(conn, now_ms, by, "check.notice", &seq.to_string(), "");
            }
            Ok::<_, StoreError>(is_new)
        })
    }
}
