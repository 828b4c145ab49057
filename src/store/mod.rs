//! Store: all state in `SQLite` or `PostgreSQL` behind diesel.
//!
//! Comes in: ledger types and plain values. Goes out: the same, durable.
//! Refuses: to be bypassed (only this folder says `diesel::`), half-written steps (one transaction a step), a step
//! that begins again after it succeeded, a stale worker's word about an occurrence, a late word about a mail.
//!
//! One body serves both databases: `on_conn!` expands it once for each. Dialects differ only in `connection`.

pub mod arrivals;
pub mod artifacts;
pub mod audit;
pub mod budget;
pub mod checks;
mod connection;
pub mod covered;
pub mod fired;
pub mod intake;
pub mod labels;
pub mod manifest;
pub mod occurrences;
pub mod outbox;
pub mod runs;
mod schema;
pub mod steps;

pub use arrivals::{Arrival, ArrivalState, InboxState};
pub use artifacts::Artifact;
pub use audit::AuditEntry;
pub use checks::CheckState;
pub use connection::Store;
pub use intake::KnownName;
pub use labels::LabelsAdded;
pub use occurrences::Occurrence;
pub use outbox::OutboxRow;
pub use runs::{NewRun, Run, RunStatus};
pub use steps::{StepCommit, StepRow};

/// What can go wrong with the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address is not one we know.
    #[error("database url must begin with sqlite: or postgres://")]
    UnknownUrl,
    /// The database could not be opened.
    #[error("database cannot be opened")]
    Open(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The tables could not be brought up to date.
    #[error("migrations failed")]
    Migrate(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A statement failed.
    #[error("database statement failed")]
    Query(#[from] diesel::result::Error),
    /// What is stored cannot be read back.
    #[error("stored value of {0} cannot be read")]
    Corrupt(&'static str, #[source] Box<dyn std::error::Error + Send + Sync>),
    /// The step is in another state than the caller believes.
    #[error("step {step} of run {run_id} is {found}")]
    IllegalTransition {
        /// The run.
        run_id: String,
        /// The step.
        step: String,
        /// The state it is in.
        found: String,
    },
    /// The run is unknown, or succeeded before.
    #[error("run {run_id} cannot end: it is {found}")]
    IllegalEnd {
        /// The run.
        run_id: String,
        /// The state it is in.
        found: String,
    },
    /// Nobody is sending this mail: it is unknown, waits, was sent, or was given up.
    #[error("mail {id} is {found}, not being sent")]
    NotSending {
        /// The mail.
        id: String,
        /// The state it is in.
        found: String,
    },
    /// A version that was taken is never another content, nor untaken.
    #[error("version {version} of {name} was taken and cannot change")]
    Taken {
        /// The file.
        name: String,
        /// Its version.
        version: i64,
    },
    /// The occurrence belongs to somebody else by now.
    #[error("occurrence of {job} was taken over")]
    Stale {
        /// The job.
        job: String,
    },
}

impl StoreError {
    fn corrupt(what: &'static str) -> impl FnOnce(serde_json::Error) -> Self {
        move |error| Self::Corrupt(what, Box::new(error))
    }
}

/// Runs one body on the connection of either database, within one write transaction.
macro_rules! on_conn {
    ($store:expr, |$conn:ident| $body:expr) => {
        match $store.backend() {
            $crate::store::connection::Backend::Sqlite(shared) => {
                let mut guard = shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let connection: &mut diesel::sqlite::SqliteConnection = &mut guard;
                connection.immediate_transaction(|$conn| $body)
            }
            $crate::store::connection::Backend::Postgres(pool) => {
                let mut pooled = pool.get().map_err(|e| $crate::store::StoreError::Open(Box::new(e)))?;
                let connection: &mut diesel::pg::PgConnection = &mut pooled;
                diesel::Connection::transaction(connection, |$conn| $body)
            }
        }
    };
}
use on_conn;
