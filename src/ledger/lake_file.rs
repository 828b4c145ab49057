//! A file of the lake, as the store lists it.
//!
//! Comes in: what was written. Goes out: enough to find the file and to notice a changed byte.
//! Refuses: nothing.

use serde::{Deserialize, Serialize};

use super::{Amount, Digest, FiscalMonth};

/// What a lake file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LakeKind {
    /// Clean rows of one source.
    Clean,
    /// Scores of a month.
    Scores,
}

impl LakeKind {
    /// The token kept in the store.
    pub fn token(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Scores => "scores",
        }
    }
}

/// One Parquet file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LakeFile {
    /// Path below the data folder.
    pub path: String,
    /// What it holds.
    pub kind: LakeKind,
    /// Month of its rows.
    pub period: FiscalMonth,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// Rows.
    pub rows: i64,
    /// Sum of their amounts in minor units.
    pub total: Amount,
    /// Name of the source file for clean rows, the job for scores: a newer set of the same name replaces it.
    pub source: String,
    /// SHA-256 of the source file, or of the score run's input.
    pub source_sha256: Digest,
}
