//! Occurrences: one row for each (job, scheduled time), the memory of the scheduler.
//!
//! Comes in: instants found due. Goes out: the next one to run, under a lease with a fencing epoch.
//! Refuses: a second row for the same instant, the word of a worker whose epoch is stale, two runs of one job at once.

use diesel::prelude::*;

use super::schema::occurrences;
use super::{Store, StoreError, on_conn};

/// An occurrence as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = occurrences)]
pub struct Occurrence {
    /// Job.
    pub job: String,
    /// Scheduled time.
    pub scheduled_ms: i64,
    /// `due`, `claimed`, `done`, `failed` or `skipped`.
    pub status: String,
    /// The run it began.
    pub run_id: Option<String>,
    /// Who works on it.
    pub owner: Option<String>,
    /// Until when the owner is believed alive.
    pub lease_until_ms: Option<i64>,
    /// Rises with every claim.
    pub epoch: i64,
    /// Why it was skipped or failed.
    pub detail: Option<String>,
}

impl Store {
    /// Records an occurrence as `due` or `skipped`; a known one stays as it is. Says whether it is new.
    pub fn add_occurrence(
        &self,
        job: &str,
        scheduled_ms: i64,
        status: &str,
        detail: Option<&str>,
    ) -> Result<bool, StoreError> {
        let row = Occurrence {
            job: job.to_owned(),
            scheduled_ms,
            status: status.to_owned(),
            run_id: None,
            owner: None,
            lease_until_ms: None,
            epoch: 0,
            detail: detail.map(str::to_owned),
        };
        on_conn!(self, |conn| {
            let added = diesel::insert_into(occurrences::table)
                .values(&row)
                .on_conflict_do_nothing()
                .execute(conn)?;
            Ok(added == 1)
        })
    }

    /// The latest scheduled time recorded for `job`.
    pub fn last_scheduled_ms(&self, job: &str) -> Result<Option<i64>, StoreError> {
        on_conn!(self, |conn| {
            let of_job = occurrences::table.filter(occurrences::job.eq(job));
            Ok(of_job.select(diesel::dsl::max(occurrences::scheduled_ms)).first(conn)?)
        })
    }

    /// Claims the oldest occurrence that is due, or whose owner's lease ran out, unless its job is being worked on.
    pub fn claim_occurrence(
        &self,
        owner: &str,
        now_ms: i64,
        lease_ms: i64,
    ) -> Result<Option<Occurrence>, StoreError> {
        on_conn!(self, |conn| {
            let busy: Vec<String> = occurrences::table
                .filter(occurrences::status.eq("claimed"))
                .filter(occurrences::lease_until_ms.gt(now_ms))
                .select(occurrences::job)
                .load(conn)?;
            let open = occurrences::status.eq("due").or(occurrences::status.eq("claimed"));
            let next: Option<Occurrence> = occurrences::table
                .filter(open.and(occurrences::job.ne_all(&busy)))
                .order((occurrences::scheduled_ms, occurrences::job))
                .select(Occurrence::as_select())
                .first(conn)
                .optional()?;
            let Some(mut row) = next else { return Ok::<_, StoreError>(None) };
            let same_epoch = occurrences::table
                .find((&row.job, row.scheduled_ms))
                .filter(occurrences::epoch.eq(row.epoch));
            let changed = diesel::update(same_epoch)
                .set((
                    occurrences::status.eq("claimed"),
                    occurrences::owner.eq(Some(owner)),
                    occurrences::lease_until_ms.eq(Some(now_ms + lease_ms)),
                    occurrences::epoch.eq(row.epoch + 1),
                ))
                .execute(conn)?;
            row.epoch += 1;
            Ok((changed == 1).then_some(row))
        })
    }

    /// Ends the lease of every claim: for the one process that knows no other lives.
    pub fn expire_claims(&self) -> Result<(), StoreError> {
        on_conn!(self, |conn| {
            let claimed = occurrences::table.filter(occurrences::status.eq("claimed"));
            diesel::update(claimed).set(occurrences::lease_until_ms.eq(Some(0_i64))).execute(conn)?;
            Ok(())
        })
    }

    /// Extends the lease of a claim.
    pub fn renew_lease(&self, claim: &Occurrence, until_ms: i64) -> Result<(), StoreError> {
        self.update_claim(claim, "claimed", None, Some(until_ms), None)
    }

    /// Notes the run that a claim began, so that another worker resumes the same run.
    pub fn bind_run(&self, claim: &Occurrence, run_id: &str, until_ms: i64) -> Result<(), StoreError> {
        self.update_claim(claim, "claimed", Some(run_id), Some(until_ms), None)
    }

    /// Gives a claim back, to be taken up again at once.
    pub fn release_occurrence(&self, claim: &Occurrence) -> Result<(), StoreError> {
        self.update_claim(claim, "due", None, None, None)
    }

    /// Ends a claim: `done` or `failed`.
    pub fn finish_occurrence(
        &self,
        claim: &Occurrence,
        status: &str,
        detail: Option<&str>,
    ) -> Result<(), StoreError> {
        self.update_claim(claim, status, None, None, detail)
    }

    fn update_claim(
        &self,
        claim: &Occurrence,
        status: &str,
        run_id: Option<&str>,
        lease_until_ms: Option<i64>,
        detail: Option<&str>,
    ) -> Result<(), StoreError> {
        let key = (claim.job.clone(), claim.scheduled_ms);
        on_conn!(self, |conn| {
            let mine = occurrences::table
                .find((&key.0, key.1))
                .filter(occurrences::epoch.eq(claim.epoch))
                .filter(occurrences::status.eq("claimed"));
            let changed = diesel::update(mine)
                .set((
                    occurrences::status.eq(status),
                    occurrences::lease_until_ms.eq(lease_until_ms),
                    occurrences::detail.eq(detail),
                ))
                .execute(conn)?;
            if changed != 1 {
                return Err(StoreError::Stale { job: claim.job.clone() });
            }
            if let Some(run_id) = run_id {
                diesel::update(occurrences::table.find((&key.0, key.1)))
                    .set(occurrences::run_id.eq(Some(run_id)))
                    .execute(conn)?;
            }
            Ok(())
        })
    }

    /// The latest occurrences, newest first.
    pub fn occurrences(&self, limit: i64) -> Result<Vec<Occurrence>, StoreError> {
        on_conn!(self, |conn| {
            let newest =
                occurrences::table.order((occurrences::scheduled_ms.desc(), occurrences::job)).limit(limit);
            Ok(newest.select(Occurrence::as_select()).load(conn)?)
        })
    }
}
