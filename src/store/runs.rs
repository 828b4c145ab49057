//! Runs: one for each (job, period, input set, configuration).
//!
//! Comes in: what identifies a run. Goes out: its row. Refuses: a second run of the same identity; beginning it again
//! returns the first.

use diesel::prelude::*;

use super::schema::runs;
use super::{Store, StoreError, on_conn};
use crate::ledger::{Digest, FiscalMonth};

/// State of a run; the tokens are kept in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunStatus {
    /// 실행 중.
    Running,
    /// 성공.
    Succeeded,
    /// 실패.
    Failed,
    /// 취소: another run took its place.
    Cancelled,
}

impl RunStatus {
    /// The stored token.
    pub fn token(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// On screen.
    pub fn label_ko(self) -> &'static str {
        match self {
            Self::Running => "실행 중",
            Self::Succeeded => "성공",
            Self::Failed => "실패",
            Self::Cancelled => "취소",
        }
    }

    fn from_token(token: &str) -> Self {
        match token {
            "succeeded" => Self::Succeeded,
            "failed" => Self::Failed,
            "cancelled" => Self::Cancelled,
            _ => Self::Running,
        }
    }
}

/// What identifies a run.
#[derive(Clone, Debug)]
pub struct NewRun {
    /// Job.
    pub job: String,
    /// Month looked at.
    pub period: FiscalMonth,
    /// Digest of the input set.
    pub input_digest: Digest,
    /// Digest of configuration and job file.
    pub config_digest: Digest,
    /// The input set as JSON.
    pub inputs: String,
}

impl NewRun {
    /// The run's id: equal identity, equal id.
    pub fn id(&self) -> String {
        let period = self.period.to_string();
        Digest::of_parts([
            self.job.as_bytes(),
            period.as_bytes(),
            self.input_digest.as_bytes().as_slice(),
            self.config_digest.as_bytes().as_slice(),
        ])
        .short()
    }
}

/// A run as stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = runs)]
pub struct Run {
    /// Id.
    pub id: String,
    /// Job.
    pub job: String,
    /// Month, `YYYY-MM`.
    pub period: String,
    /// Digest of the input set.
    pub input_digest: String,
    /// Digest of configuration and job file.
    pub config_digest: String,
    /// The input set as JSON.
    pub inputs: String,
    /// Token of the state.
    pub status: String,
    /// How often it was begun.
    pub attempt: i64,
    /// When it was first begun.
    pub created_ms: i64,
    /// When it ended.
    pub finished_ms: Option<i64>,
    /// Why it failed.
    pub error: Option<String>,
}

impl Run {
    /// Its state.
    pub fn state(&self) -> RunStatus {
        RunStatus::from_token(&self.status)
    }
}

impl Store {
    /// Begins `new`, or begins again the run of the same identity; a succeeded run is returned as it is.
    pub fn begin_run(&self, new: &NewRun, now_ms: i64) -> Result<Run, StoreError> {
        let row = Run {
            id: new.id(),
            job: new.job.clone(),
            period: new.period.to_string(),
            input_digest: new.input_digest.to_string(),
            config_digest: new.config_digest.to_string(),
            inputs: new.inputs.clone(),
            status: RunStatus::Running.token().to_owned(),
            attempt: 0,
            created_ms: now_ms,
            finished_ms: None,
            error: None,
        };
        on_conn!(self, |conn| {
            diesel::insert_into(runs::table).values(&row).on_conflict_do_nothing().execute(conn)?;
            let mine = runs::table
                .filter(runs::id.eq(&row.id))
                .filter(runs::status.ne(RunStatus::Succeeded.token()));
            diesel::update(mine)
                .set((
                    runs::status.eq(RunStatus::Running.token()),
                    runs::attempt.eq(runs::attempt + 1),
                    runs::finished_ms.eq(None::<i64>),
                    runs::error.eq(None::<String>),
                ))
                .execute(conn)?;
            Ok(runs::table.find(&row.id).select(Run::as_select()).first(conn)?)
        })
    }

    /// Records how the run ended; refused for an unknown run, and for another end of a succeeded one.
    pub fn end_run(
        &self,
        id: &str,
        status: RunStatus,
        error: Option<&str>,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        on_conn!(self, |conn| {
            let known: Option<String> = runs::table.find(id).select(runs::status).first(conn).optional()?;
            match known.as_deref() {
                Some("succeeded") if status == RunStatus::Succeeded => return Ok(()),
                Some("succeeded") | None => {
                    let found = known.unwrap_or_else(|| "unknown".to_owned());
                    return Err(StoreError::IllegalEnd { run_id: id.to_owned(), found });
                }
                Some(_) => {}
            }
            diesel::update(runs::table.find(id))
                .set((
                    runs::status.eq(status.token()),
                    runs::finished_ms.eq(Some(now_ms)),
                    runs::error.eq(error),
                ))
                .execute(conn)?;
            Ok(())
        })
    }

    /// The run `id`.
    pub fn run(&self, id: &str) -> Result<Option<Run>, StoreError> {
        on_conn!(self, |conn| Ok(runs::table.find(id).select(Run::as_select()).first(conn).optional()?))
    }

    /// The latest month that a run other than `id` reported with success.
    pub fn reported_until(&self, id: &str) -> Result<Option<FiscalMonth>, StoreError> {
        let month: Option<String> = on_conn!(self, |conn| {
            let reported = runs::table
                .filter(runs::status.eq(RunStatus::Succeeded.token()))
                .filter(runs::id.ne(id))
                .order(runs::period.desc());
            Ok::<_, StoreError>(reported.select(runs::period).first(conn).optional()?)
        })?;
        let read = |month: String| month.parse().map_err(|e| StoreError::Corrupt("run", Box::new(e)));
        month.map(read).transpose()
    }

    /// The latest runs, newest first.
    pub fn runs(&self, limit: i64) -> Result<Vec<Run>, StoreError> {
        on_conn!(self, |conn| {
            let newest = runs::table.order((runs::created_ms.desc(), runs::id.asc())).limit(limit);
            Ok(newest.select(Run::as_select()).load(conn)?)
        })
    }
}
