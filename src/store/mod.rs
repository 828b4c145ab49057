//! Store: all state in `SQLite` or `PostgreSQL` behind diesel.
