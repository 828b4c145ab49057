//! Intake: the account of every delivered file, by name and content.
//!
//! Comes in: `FileIntake`s of an ingest step. Goes out: what is known of a content.
//! Refuses: to count bytes twice. A file of a known name with other bytes becomes the current version, known bytes
//! under another name are a renamed file; what they replace stays listed but is not current.

use diesel::prelude::*;

use super::schema::{intakes, lake_files};
use super::{Store, StoreError, on_conn};
use crate::ledger::{Digest, FileIntake};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = intakes)]
pub(super) struct IntakeRow {
    pub(super) source: String,
    pub(super) sha256: String,
    pub(super) mapping: String,
    pub(super) config_digest: String,
    pub(super) refused: i64,
    pub(super) detail: String,
    pub(super) first_seen_ms: i64,
    pub(super) is_current: i64,
}

impl IntakeRow {
    pub(super) fn new(intake: &FileIntake, config_digest: &str, now_ms: i64) -> Result<Self, StoreError> {
        Ok(Self {
            source: intake.source.clone(),
            sha256: intake.sha256.to_string(),
            mapping: intake.mapping.clone(),
            config_digest: config_digest.to_owned(),
            refused: i64::from(intake.refused.is_some()),
            detail: serde_json::to_string(intake).map_err(StoreError::corrupt("intake"))?,
            first_seen_ms: now_ms,
            is_current: 1,
        })
    }
}

/// A name under which some bytes were delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownName {
    /// File name.
    pub source: String,
    /// When it was first taken in with these bytes.
    pub first_seen_ms: i64,
    /// Whether these bytes are the current version of that name.
    pub is_current: bool,
    /// Whether it was set aside whole.
    pub is_refused: bool,
}

macro_rules! withdraw {
    ($conn:expr, $sources:expr) => {
        for source in $sources {
            use $crate::store::schema::{budget_events, budget_lines, lake_files};
            let rows = lake_files::kind.eq("clean").and(lake_files::source.eq(source));
            diesel::update(lake_files::table.filter(rows))
                .set(lake_files::is_current.eq(0))
                .execute($conn)?;
            diesel::delete(budget_lines::table.filter(budget_lines::source.eq(source))).execute($conn)?;
            diesel::delete(budget_events::table.filter(budget_events::source.eq(source))).execute($conn)?;
        }
    };
}
pub(super) use withdraw;

macro_rules! insert_intake {
    ($conn:expr, $rows:expr, $config_digest:expr, $now_ms:expr) => {
        for intake in $rows {
            use diesel::upsert::excluded;
            use $crate::store::schema::{budget_events, budget_lines, intakes, lake_files};
            let row = $crate::store::intake::IntakeRow::new(intake, $config_digest, $now_ms)?;
            let older = intakes::source.eq(&row.source).and(intakes::sha256.ne(&row.sha256));
            diesel::update(intakes::table.filter(older)).set(intakes::is_current.eq(0)).execute($conn)?;
            if intake.refused.is_none() {
                let renamed = intakes::sha256
                    .eq(&row.sha256)
                    .and(intakes::source.ne(&row.source))
                    .and(intakes::refused.eq(0));
                diesel::update(intakes::table.filter(renamed))
                    .set(intakes::is_current.eq(0))
                    .execute($conn)?;
                let same = lake_files::source.eq(&row.source).or(lake_files::source_sha256.eq(&row.sha256));
                diesel::update(lake_files::table.filter(lake_files::kind.eq("clean").and(same)))
                    .set(lake_files::is_current.eq(0))
                    .execute($conn)?;
                let same =
                    budget_lines::source.eq(&row.source).or(budget_lines::source_sha256.eq(&row.sha256));
                diesel::delete(budget_lines::table.filter(same)).execute($conn)?;
                let same =
                    budget_events::source.eq(&row.source).or(budget_events::source_sha256.eq(&row.sha256));
                diesel::delete(budget_events::table.filter(same)).execute($conn)?;
            }
            diesel::insert_into(intakes::table)
                .values(&row)
                .on_conflict((intakes::source, intakes::sha256))
                .do_update()
                .set((
                    intakes::mapping.eq(excluded(intakes::mapping)),
                    intakes::config_digest.eq(excluded(intakes::config_digest)),
                    intakes::refused.eq(excluded(intakes::refused)),
                    intakes::detail.eq(excluded(intakes::detail)),
                    intakes::is_current.eq(1),
                ))
                .execute($conn)?;
        }
    };
}
pub(super) use insert_intake;

impl Store {
    /// The account of a file of this name and content, read under configuration `config_digest`.
    pub fn intake(
        &self,
        source: &str,
        sha256: &Digest,
        config_digest: &str,
    ) -> Result<Option<FileIntake>, StoreError> {
        let key = (source.to_owned(), sha256.to_string());
        let found: Option<String> = on_conn!(self, |conn| {
            let same = intakes::table
                .filter(intakes::source.eq(&key.0))
                .filter(intakes::sha256.eq(&key.1))
                .filter(intakes::config_digest.eq(config_digest))
                .filter(intakes::is_current.eq(1));
            Ok::<_, StoreError>(same.select(intakes::detail).first(conn).optional()?)
        })?;
        found.map(|detail| serde_json::from_str(&detail).map_err(StoreError::corrupt("intake"))).transpose()
    }

    /// The names under which bytes of this digest were delivered, by name.
    pub fn names_of(&self, sha256: &Digest) -> Result<Vec<KnownName>, StoreError> {
        let sha256 = sha256.to_string();
        let rows: Vec<(String, i64, i64, i64)> = on_conn!(self, |conn| {
            let of_bytes = intakes::table.filter(intakes::sha256.eq(&sha256)).order(intakes::source);
            let columns = (intakes::source, intakes::first_seen_ms, intakes::is_current, intakes::refused);
            Ok::<_, StoreError>(of_bytes.select(columns).load(conn)?)
        })?;
        let name = |(source, first_seen_ms, is_current, refused)| KnownName {
            source,
            first_seen_ms,
            is_current: is_current == 1,
            is_refused: refused == 1,
        };
        Ok(rows.into_iter().map(name).collect())
    }

    /// The accounts of the versions whose rows are in use, by name: where the newest version of a file was set aside,
    /// this is the one before.
    pub fn intakes_in_use(&self) -> Result<Vec<FileIntake>, StoreError> {
        let details: Vec<String> = on_conn!(self, |conn| {
            let mut pairs: Vec<(String, String)> = lake_files::table
                .filter(lake_files::kind.eq("clean").and(lake_files::is_current.eq(1)))
                .select((lake_files::source, lake_files::source_sha256))
                .distinct()
                .load(conn)?;
            let read = intakes::table.filter(intakes::is_current.eq(1)).filter(intakes::refused.eq(0));
            pairs.extend(read.select((intakes::source, intakes::sha256)).load::<(String, String)>(conn)?);
            pairs.sort();
            pairs.dedup();
            let mut details = Vec::new();
            for pair in pairs {
                let one = intakes::table.find(pair).filter(intakes::refused.eq(0));
                details.extend(one.select(intakes::detail).first::<String>(conn).optional()?);
            }
            Ok::<_, StoreError>(details)
        })?;
        details.iter().map(|d| serde_json::from_str(d).map_err(StoreError::corrupt("intake"))).collect()
    }

    /// Every version of the file `source` ever taken in, newest first; the flag says which one is current.
    pub fn versions_of(&self, source: &str) -> Result<Vec<(FileIntake, i64, bool)>, StoreError> {
        let rows: Vec<(String, i64, i64)> = on_conn!(self, |conn| {
            let versions = intakes::table
                .filter(intakes::source.eq(source))
                .order((intakes::first_seen_ms.desc(), intakes::sha256));
            let columns = (intakes::detail, intakes::first_seen_ms, intakes::is_current);
            Ok::<_, StoreError>(versions.select(columns).load(conn)?)
        })?;
        let version = |(detail, first_seen_ms, is_current): (String, i64, i64)| {
            let intake = serde_json::from_str(&detail).map_err(StoreError::corrupt("intake"))?;
            Ok((intake, first_seen_ms, is_current == 1))
        };
        rows.into_iter().map(version).collect()
    }

    /// The accounts of the current version of every file, by name.
    pub fn current_intakes(&self) -> Result<Vec<FileIntake>, StoreError> {
        let details: Vec<String> = on_conn!(self, |conn| {
            let current = intakes::table.filter(intakes::is_current.eq(1)).order(intakes::source);
            Ok::<_, StoreError>(current.select(intakes::detail).load(conn)?)
        })?;
        details.iter().map(|d| serde_json::from_str(d).map_err(StoreError::corrupt("intake"))).collect()
    }
}
