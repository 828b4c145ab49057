//! Intake: what the files of a run mean to each other and to what was reported before.
//!
//! Comes in: the files just read, each by itself. Goes out: the same without what would count twice, with mended rows put
//! back; a restatement where reported months changed; the account of the run.
//! Refuses: an account that does not balance or is not that of the lake.

mod account;
mod after;
mod corrections;
mod origin;
mod repeats;
mod restate;

use std::path::Path;

use super::inputs::InputFile;
use super::step::Context;
use crate::clean::{CleanFile, LedgerSink, Tidy};
use crate::ingest;
use crate::ledger::FileIntake;
use crate::store::StepCommit;

pub use restate::{AUDIT, RESTATEMENT, RESTATEMENT_BOOK};

/// What settling found, for the step's output.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Mended rows that are loaded.
    pub put_back: u64,
    /// Rows added, deleted and changed in months reported before.
    pub restated: u64,
}

/// Whether the verdict on a file follows from others, so that every run must ask again.
pub fn depends_on_others(intake: &FileIntake) -> bool {
    !intake.repeats.is_empty() || !intake.corrects.is_empty()
}

/// Reads one file; `None` where it is a file of mended rows, which can only be read when all others are known.
pub fn read_one(
    context: &Context<'_>,
    path: &Path,
    name: &str,
    sink: &mut dyn LedgerSink,
) -> Option<CleanFile> {
    let config = context.config;
    let mut tidy = Tidy::new(name, &config.mappings, &config.departments, sink);
    let mut watch = origin::Watch::new(&mut tidy);
    let facts = ingest::read(path, name, &config.reader_options(context.exe), &mut watch);
    if watch.found { None } else { Some(tidy.finish(&facts)) }
}

/// Weighs the files of a run against each other and against those in use; `commit` is made whole.
pub fn settle(
    context: &Context<'_>,
    corrections: Vec<InputFile>,
    commit: &mut StepCommit,
) -> anyhow::Result<Found> {
    repeats::refuse(context, commit)?;
    let put_back = corrections::take(context, corrections, commit)?;
    let in_use = context.store.intakes_in_use()?;
    commit.superseded.retain(|name| in_use.iter().any(|file| file.source == *name));
    repeats::note_overlaps(context, commit)?;
    let restated = restate::find(context, commit)?;
    account::write(context, commit)?;
    Ok(Found { put_back, restated })
}
