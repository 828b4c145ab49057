//! Daemon: scheduling, worker and shutdown.
