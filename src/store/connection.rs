//! Opening the database and bringing its tables up to date.
//!
//! Comes in: `sqlite:PATH` or `postgres://…`. Goes out: a `Store`.
//! Refuses: other addresses; to print a password, also in an error.

use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
use diesel::result::Error;
use diesel::sqlite::SqliteConnection;
use diesel::{Connection, QueryResult, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::StoreError;

const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgresql");
/// Worker, scheduler and a few readers; more would only wait for each other.
const POOL_SIZE_MAX: u32 = 8;
/// Patience first, so that a second process waits for the change to WAL; WAL lets readers go on; FULL keeps a
/// committed transaction through a power cut.
const SQLITE_PRAGMAS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; \
     PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";
/// Five seconds, like the busy timeout.
const WAL_TRIES_MAX: usize = 100;
const WAL_PAUSE: Duration = Duration::from_millis(50);
/// A committed transaction survives a power cut whatever the server's default; a statement that waits longer than
/// these is stuck, and an error is better than a silent daemon.
const POSTGRES_SETTINGS: &str =
    "SET synchronous_commit = on; SET lock_timeout = '10s'; SET statement_timeout = '60s';";
/// Keys of the advisory locks; any numbers that nobody else uses in this database.
const MIGRATION_LOCK: i64 = 7_310_001;
const CLAIM_LOCK: i64 = 7_310_002;

pub(super) enum Backend {
    Sqlite(Mutex<SqliteConnection>),
    Postgres(Pool<ConnectionManager<PgConnection>>),
}

/// What the databases say differently.
pub(super) trait Dialect {
    /// Until the end of the transaction nobody else claims an occurrence.
    fn lock_claims(&mut self) -> QueryResult<()>;
}

impl Dialect for SqliteConnection {
    /// `BEGIN IMMEDIATE` has locked everything already.
    fn lock_claims(&mut self) -> QueryResult<()> {
        Ok(())
    }
}

impl Dialect for PgConnection {
    /// Without it two workers could see the same job idle, each in its own snapshot.
    fn lock_claims(&mut self) -> QueryResult<()> {
        self.batch_execute(&format!("SELECT pg_advisory_xact_lock({CLAIM_LOCK})"))
    }
}

#[derive(Debug)]
struct Settings;

impl CustomizeConnection<PgConnection, diesel::r2d2::Error> for Settings {
    fn on_acquire(&self, connection: &mut PgConnection) -> Result<(), diesel::r2d2::Error> {
        connection.batch_execute(POSTGRES_SETTINGS).map_err(diesel::r2d2::Error::QueryError)
    }
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
        prepare(&mut connection)?;
        // One process makes the tables, others wait and find them.
        connection.exclusive_transaction(|connection| {
            let made = connection.run_pending_migrations(SQLITE_MIGRATIONS);
            made.map(|_| ()).map_err(StoreError::Migrate)
        })?;
        Ok(Self { backend: Backend::Sqlite(Mutex::new(connection)) })
    }

    fn open_postgres(url: &str) -> Result<Self, StoreError> {
        // Not by the pool, which would try a wrong address for half a minute and log it with its password.
        let refused =
            |e: diesel::ConnectionError| StoreError::Open(without_secrets(url, &e.to_string()).into());
        let mut connection = PgConnection::establish(url).map_err(refused)?;
        connection.batch_execute(&format!("SELECT pg_advisory_lock({MIGRATION_LOCK})"))?;
        // The lock ends with the connection.
        connection.run_pending_migrations(POSTGRES_MIGRATIONS).map_err(StoreError::Migrate)?;
        drop(connection);
        let pool = Pool::builder()
            .max_size(POOL_SIZE_MAX)
            .min_idle(Some(1))
            .connection_customizer(Box::new(Settings))
            .build(ConnectionManager::<PgConnection>::new(url))
            .map_err(|e| StoreError::Open(Box::new(e)))?;
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

/// Sets the pragmas. The first change to WAL fails at once where another process makes it, whatever the busy timeout
/// says, so it is tried again for as long as that timeout.
fn prepare(connection: &mut SqliteConnection) -> QueryResult<()> {
    for _ in 0..WAL_TRIES_MAX {
        match connection.batch_execute(SQLITE_PRAGMAS) {
            Err(Error::DatabaseError(_, info)) if info.message().contains("locked") => {
                std::thread::sleep(WAL_PAUSE);
            }
            other => return other,
        }
    }
    connection.batch_execute(SQLITE_PRAGMAS)
}

/// What libpq says about a connection to `url`, unless it may hold a part of the password: an address it could not
/// take apart is repeated in its message, wholly or in pieces.
fn without_secrets(url: &str, message: &str) -> String {
    let was_read = message.starts_with("connection to server") || message.starts_with("could not translate");
    if was_read && url.matches('@').count() <= 1 {
        message.trim_end().to_owned()
    } else {
        "address cannot be used; it is not shown because it may hold a password".to_owned()
    }
}
