//! Steps: the intent log of a run, written before and after each step.
//!
//! Comes in: a run and a step. Goes out: its state. Refuses: to begin a succeeded step again, to finish one that was
//! not begun. What a step leaves behind is committed with its success or not at all.

use diesel::prelude::*;
use diesel::upsert::excluded;

use super::artifacts::insert_artifacts;
use super::budget::{insert_budget, insert_reallocations};
use super::checks::insert_check_changes;
use super::covered::insert_covered;
use super::fired::insert_fired;
use super::intake::{insert_intake, withdraw};
use super::manifest::insert_lake_files;
use super::outbox::insert_mails;
use super::schema::steps;
use super::{Artifact, OutboxRow, Store, StoreError, on_conn};
use crate::ledger::{Alarm, BudgetLine, CheckChange, Covered, Digest, FileIntake, LakeFile, Reallocation};

/// A step of a run as stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = steps)]
pub struct StepRow {
    /// Run.
    pub run_id: String,
    /// Step.
    pub step: String,
    /// `started`, `succeeded` or `failed`.
    pub status: String,
    /// How often it was begun.
    pub attempt: i64,
    /// When it was last begun.
    pub started_ms: i64,
    /// When it ended.
    pub finished_ms: Option<i64>,
    /// What it said of itself, as JSON.
    pub output: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
}

impl StepRow {
    /// Whether it needs no further attempt.
    pub fn is_done(&self) -> bool {
        self.status == "succeeded"
    }
}

/// Everything a step leaves behind, committed in one transaction.
#[derive(Clone, Debug, Default)]
pub struct StepCommit {
    /// What the step says of itself: shown as is, kept as evidence.
    pub output: serde_json::Value,
    /// Lake files that become current.
    pub lake_files: Vec<LakeFile>,
    /// Documents made.
    pub artifacts: Vec<Artifact>,
    /// Accounts of the files read.
    pub intake: Vec<FileIntake>,
    /// Budget lines by their source (name and digest); they replace those of an earlier version of the source.
    pub budget: Vec<(String, Digest, Vec<BudgetLine>)>,
    /// Movements of budget by their source; they replace those of an earlier version of the source.
    pub reallocations: Vec<(String, Digest, Vec<Reallocation>)>,
    /// Names of files whose rows no longer count although no newer version of theirs was read.
    pub superseded: Vec<String>,
    /// What checks marked in the month scored, in place of what an earlier run of the job marked there; `None` where the
    /// step scored nothing.
    pub alarms: Option<Vec<Alarm>>,
    /// What each check could look at in the month scored.
    pub covered: Vec<Covered>,
    /// Checks that begin or cease to add points.
    pub check_changes: Vec<CheckChange>,
    /// Mails to queue; one of a known id stays as it is.
    pub mails: Vec<OutboxRow>,
    /// Digest of the configuration under which files were read.
    pub config_digest: String,
}

impl Store {
    /// Notes that `step` begins.
    pub fn begin_step(&self, run_id: &str, step: &str, now_ms: i64) -> Result<(), StoreError> {
        let row = StepRow {
            run_id: run_id.to_owned(),
            step: step.to_owned(),
            status: "started".to_owned(),
            attempt: 1,
            started_ms: now_ms,
            finished_ms: None,
            output: None,
            error: None,
        };
        on_conn!(self, |conn| {
            let known: Option<String> =
                steps::table.find((run_id, step)).select(steps::status).first(conn).optional()?;
            if known.as_deref() == Some("succeeded") {
                return Err(illegal(run_id, step, "succeeded"));
            }
            diesel::insert_into(steps::table)
                .values(&row)
                .on_conflict((steps::run_id, steps::step))
                .do_update()
                .set((
                    steps::status.eq("started"),
                    steps::attempt.eq(steps::attempt + 1),
                    steps::started_ms.eq(excluded(steps::started_ms)),
                    steps::finished_ms.eq(None::<i64>),
                    steps::error.eq(None::<String>),
                ))
                .execute(conn)?;
            Ok(())
        })
    }

    /// Commits what `step` leaves behind together with its success.
    pub fn finish_step(
        &self,
        run_id: &str,
        step: &str,
        commit: &StepCommit,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        on_conn!(self, |conn| {
            let begun = steps::table.find((run_id, step)).filter(steps::status.eq("started"));
            let changed = diesel::update(begun)
                .set((
                    steps::status.eq("succeeded"),
                    steps::finished_ms.eq(Some(now_ms)),
                    steps::output.eq(Some(commit.output.to_string())),
                ))
                .execute(conn)?;
            if changed != 1 {
                return Err(illegal(run_id, step, "not started"));
            }
            withdraw!(conn, &commit.superseded);
            insert_intake!(conn, &commit.intake, &commit.config_digest, now_ms);
            insert_lake_files!(conn, run_id, &commit.lake_files);
            insert_budget!(conn, &commit.budget);
            insert_reallocations!(conn, &commit.reallocations);
            insert_artifacts!(conn, &commit.artifacts);
            insert_fired!(conn, run_id, &commit.alarms);
            insert_covered!(conn, run_id, &commit.covered);
            insert_check_changes!(conn, &commit.check_changes);
            insert_mails!(conn, &commit.mails);
            super::audit::insert_audit!(
                conn,
                now_ms,
                "ledgerwatch",
                &format!("step.{step}"),
                run_id,
                &commit.output.to_string()
            );
            Ok(())
        })
    }

    /// Notes why `step` failed; refused when it was not begun or has ended.
    pub fn fail_step(&self, run_id: &str, step: &str, error: &str, now_ms: i64) -> Result<(), StoreError> {
        on_conn!(self, |conn| {
            let begun = steps::table.find((run_id, step)).filter(steps::status.eq("started"));
            let changed = diesel::update(begun)
                .set((
                    steps::status.eq("failed"),
                    steps::finished_ms.eq(Some(now_ms)),
                    steps::error.eq(Some(error)),
                ))
                .execute(conn)?;
            if changed != 1 {
                return Err(illegal(run_id, step, "not started"));
            }
            super::audit::insert_audit!(
                conn,
                now_ms,
                "ledgerwatch",
                &format!("step.{step}.failed"),
                run_id,
                error
            );
            Ok(())
        })
    }

    /// Steps of a run in the order they were begun.
    pub fn steps_of(&self, run_id: &str) -> Result<Vec<StepRow>, StoreError> {
        on_conn!(self, |conn| {
            let of_run =
                steps::table.filter(steps::run_id.eq(run_id)).order((steps::started_ms, steps::step));
            Ok(of_run.select(StepRow::as_select()).load(conn)?)
        })
    }
}

fn illegal(run_id: &str, step: &str, found: &str) -> StoreError {
    StoreError::IllegalTransition {
        run_id: run_id.to_owned(),
        step: step.to_owned(),
        found: found.to_owned(),
    }
}
