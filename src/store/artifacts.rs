//! Artifacts: documents and data files a run made, by name and digest.
//!
//! Comes in: rows of a step. Goes out: the same. Refuses: nothing; a step that runs again replaces its own rows.

use diesel::prelude::*;

use super::schema::{artifacts, runs};
use super::{Store, StoreError, on_conn};

/// One artifact of a run.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = artifacts)]
pub struct Artifact {
    /// Run.
    pub run_id: String,
    /// Name, unique within the run.
    pub name: String,
    /// `report`, `findings`, `model`, `intake`, `bundle`.
    pub kind: String,
    /// Department code; empty for the institution as a whole.
    pub department: String,
    /// MIME type.
    pub media_type: String,
    /// SHA-256 of the bytes.
    pub sha256: String,
    /// Path below the data folder.
    pub path: String,
    /// Size.
    pub size_bytes: i64,
}

macro_rules! insert_artifacts {
    ($conn:expr, $rows:expr) => {
        for row in $rows {
            diesel::delete($crate::store::schema::artifacts::table.find((&row.run_id, &row.name)))
                .execute($conn)?;
            diesel::insert_into($crate::store::schema::artifacts::table).values(row).execute($conn)?;
        }
    };
}
pub(super) use insert_artifacts;

impl Store {
    /// Artifacts of a run, by name.
    pub fn artifacts_of(&self, run_id: &str) -> Result<Vec<Artifact>, StoreError> {
        on_conn!(self, |conn| {
            let of_run = artifacts::table.filter(artifacts::run_id.eq(run_id)).order(artifacts::name);
            Ok(of_run.select(Artifact::as_select()).load(conn)?)
        })
    }

    /// Artifacts named `name` of runs that have not succeeded, by run: what they found may have reached nobody yet.
    pub fn artifacts_of_unfinished(&self, name: &str) -> Result<Vec<Artifact>, StoreError> {
        on_conn!(self, |conn| {
            let unfinished = runs::table.filter(runs::status.ne("succeeded")).select(runs::id);
            let named = artifacts::table
                .filter(artifacts::name.eq(name))
                .filter(artifacts::run_id.eq_any(unfinished))
                .order(artifacts::run_id);
            Ok(named.select(Artifact::as_select()).load(conn)?)
        })
    }
}
