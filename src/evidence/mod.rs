//! Evidence: the archive of originals, sealed bundles, and the log that lists them.
//!
//! Comes in: the artifacts of a run. Goes out: a bundle, a log entry, a verdict on all of it.
//! Refuses: to rewrite an entry, to append to a log that does not match its checkpoint.

pub mod archive;
pub mod bundle;
pub mod log;
pub mod merkle;
pub mod verify;

pub use bundle::{BundleInput, Item, Sealed, seal};
pub use log::{Checkpoint, Entry};
pub use verify::{Finding, Report, State, verify};

/// What can go wrong with evidence.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// A file cannot be read or written.
    #[error("evidence file {path} cannot be accessed")]
    Io {
        /// Path below the data folder.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Archived bytes are not those their name says.
    #[error("archived file {0} was changed")]
    Changed(crate::ledger::Digest),
    /// The log does not match its checkpoint.
    #[error("evidence log does not match its checkpoint: {0}")]
    Inconsistent(&'static str),
    /// A bundle cannot be written or read.
    #[error("bundle cannot be processed")]
    Zip(#[from] zip::result::ZipError),
    /// JSON of ours cannot be read back.
    #[error("evidence record cannot be read")]
    Json(#[from] serde_json::Error),
}

fn io(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> EvidenceError + '_ {
    move |source| EvidenceError::Io { path: path.display().to_string(), source }
}
