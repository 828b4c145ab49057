//! Opening the database and bringing its tables up to date.
//!
//! Comes in: `sqlite:PATH` or `postgres://…`. Goes out: a `Store`.
//! Refuses: other addresses; to print a password.

use std::path::Path;
use std::sync::Mutex;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::r2d2::{ConnectionManager, Pool};
use diesel::sqlite::SqliteConnection;
use diesel::{Connection, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::StoreError;

const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgresql");
/// Worker, scheduler and a few readers; more would only wait for each other.
const POOL_SIZE_MAX: u32 = 8;
/// WAL lets readers go on; FULL keeps a committed transaction through a power cut.
const SQLITE_PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON;";

pub(super) enum Backend {
    Sqlite(Mutex<SqliteConnection>),
    Postgres(Pool<ConnectionManager<PgConnection>>),
}

/// All state of an institution.
pub struct Store {
    backend: Backend,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({})", self.kind())
    }
}

impl Store {
    /// Opens the database at `url` and migrates it. A `SQLite` file and its folder are created.
    pub fn open(url: &str) -> Result<Self, StoreError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            return Self::open_sqlite(Path::new(path));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Self::open_postgres(url);
        }
        Err(StoreError::UnknownUrl)
    }

    fn open_sqlite(path: &Path) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|e| StoreError::Open(Box::new(e)))?;
        }
        let mut connection = SqliteConnection::establish(&path.to_string_lossy())
            .map_err(|e| StoreError::Open(Box::new(e)))?;
        connection.batch_execute(SQLITE_PRAGMAS)?;
        connection.run_pending_migrations(SQLITE_MIGRATIONS).map_err(StoreError::Migrate)?;
        Ok(Self { backend: Backend::Sqlite(Mutex::new(connection)) })
    }

    fn open_postgres(url: &str) -> Result<Self, StoreError> {
        let pool = Pool::builder()
            .max_size(POOL_SIZE_MAX)
            .build(ConnectionManager::<PgConnection>::new(url))
            .map_err(|e| StoreError::Open(Box::new(e)))?;
        let mut connection = pool.get().map_err(|e| StoreError::Open(Box::new(e)))?;
        connection.run_pending_migrations(POSTGRES_MIGRATIONS).map_err(StoreError::Migrate)?;
        Ok(Self { backend: Backend::Postgres(pool) })
    }

    pub(super) fn backend(&self) -> &Backend {
        &self.backend
    }

    /// `sqlite` or `postgresql`.
    pub fn kind(&self) -> &'static str {
        match self.backend {
            Backend::Sqlite(_) => "sqlite",
            Backend::Postgres(_) => "postgresql",
        }
    }

    /// Asks the database for an answer, any answer.
    pub fn ping(&self) -> Result<(), StoreError> {
        super::on_conn!(self, |conn| {
            diesel::sql_query("SELECT 1").execute(conn)?;
            Ok(())
        })
    }
}
