//! The manifest: which lake files are current.
//!
//! Comes in: files of a step. Goes out: the current ones.
//! Refuses: two current score sets of one job and month, two current versions of one source.

use diesel::prelude::*;

use super::schema::lake_files;
use super::{Store, StoreError, on_conn};
use crate::ledger::{Amount, FiscalMonth, LakeFile, LakeKind};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = lake_files)]
pub(super) struct LakeRow {
    path: String,
    kind: String,
    period: String,
    sha256: String,
    n_rows: i64,
    total: i64,
    source: String,
    source_sha256: String,
    run_id: String,
    is_current: i64,
}

impl LakeRow {
    pub(super) fn new(run_id: &str, file: &LakeFile) -> Self {
        Self {
            path: file.path.clone(),
            kind: file.kind.token().to_owned(),
            period: file.period.to_string(),
            sha256: file.sha256.to_string(),
            n_rows: file.rows,
            total: file.total.0,
            source: file.source.clone(),
            source_sha256: file.source_sha256.to_string(),
            run_id: run_id.to_owned(),
            is_current: 1,
        }
    }

    fn into_file(self, kind: LakeKind) -> Result<LakeFile, StoreError> {
        let corrupt = |e: Box<dyn std::error::Error + Send + Sync>| StoreError::Corrupt("lake file", e);
        Ok(LakeFile {
            path: self.path,
            kind,
            period: self.period.parse().map_err(|e| corrupt(Box::new(e)))?,
            sha256: self.sha256.parse().map_err(|e| corrupt(Box::new(e)))?,
            rows: self.n_rows,
            total: Amount(self.total),
            source: self.source,
            source_sha256: self.source_sha256.parse().map_err(|e| corrupt(Box::new(e)))?,
        })
    }
}

macro_rules! insert_lake_files {
    ($conn:expr, $run_id:expr, $files:expr) => {
        for file in $files {
            use $crate::store::schema::lake_files;
            let row = $crate::store::manifest::LakeRow::new($run_id, file);
            if file.kind == $crate::ledger::LakeKind::Scores {
                let replaced = lake_files::kind
                    .eq(file.kind.token())
                    .and(lake_files::source.eq(&file.source))
                    .and(lake_files::period.eq(file.period.to_string()));
                diesel::update(lake_files::table.filter(replaced))
                    .set(lake_files::is_current.eq(0))
                    .execute($conn)?;
            }
            diesel::delete(lake_files::table.find(&file.path)).execute($conn)?;
            diesel::insert_into(lake_files::table).values(&row).execute($conn)?;
        }
    };
}
pub(super) use insert_lake_files;

impl Store {
    /// Current files of `kind` for the months from `from` to `until`, by month and path.
    pub fn current_lake_files(
        &self,
        kind: LakeKind,
        from: FiscalMonth,
        until: FiscalMonth,
    ) -> Result<Vec<LakeFile>, StoreError> {
        let rows: Vec<LakeRow> = on_conn!(self, |conn| {
            let current = lake_files::table
                .filter(lake_files::kind.eq(kind.token()))
                .filter(lake_files::is_current.eq(1))
                .filter(lake_files::period.between(from.to_string(), until.to_string()))
                .order((lake_files::period, lake_files::path));
            Ok::<_, StoreError>(current.select(LakeRow::as_select()).load(conn)?)
        })?;
        rows.into_iter().map(|row| row.into_file(kind)).collect()
    }
}
