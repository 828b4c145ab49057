//! `daemon`: runs until it is told to stop.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use super::{Done, exe};
use crate::clock::SystemClock;

pub(super) fn run(folder: &Path) -> Done {
    crate::daemon::run(folder, Arc::new(SystemClock), exe()?)?;
    Ok(ExitCode::SUCCESS)
}
