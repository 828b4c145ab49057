//! Config: TOML as written to configuration as meant, all problems at once.
