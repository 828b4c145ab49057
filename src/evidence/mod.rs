//! Evidence: artifacts of a run to a sealed bundle and a log entry.
