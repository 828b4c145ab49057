//! Pipeline: jobs of `jobs/*.toml` to steps with an intent log.
