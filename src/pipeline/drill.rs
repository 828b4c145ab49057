//! Recovery drills: the process aborts at a named point, as if it had been killed.
//!
//! Comes in: the variable `LEDGERWATCH_DRILL` (`score:before`, `deliver:after`). Goes out: an abort there.
//! Refuses: to do anything when the variable is not set.

use crate::config::env;

/// Aborts the process when a drill is set for `step` at `moment`.
pub fn point(step: &str, moment: &str) {
    let wanted = env::text(env::DRILL).ok().flatten();
    if wanted.is_some_and(|wanted| wanted == format!("{step}:{moment}")) {
        tracing::warn!(step, moment, "aborting as the drill asks");
        std::process::abort();
    }
}
