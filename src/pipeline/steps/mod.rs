//! The steps a job file can name, in the order they must stand.
//!
//! Comes in: nothing. Goes out: the registry. Refuses: nothing; one step is one file and one line here.

mod archive;
mod deliver;
pub(super) mod ingest;
mod report;
mod score;

use std::path::Path;

use super::step::{Context, Step};
use crate::fsx;
use crate::ledger::{Digest, FileIntake};
use crate::store::Artifact;

/// Every step, in order.
pub const STEPS: &[&dyn Step] =
    &[&ingest::Ingest, &score::Score, &report::Report, &deliver::Deliver, &archive::Archive];

/// Artifacts are documents and summaries; a larger one is a defect.
const ARTIFACT_SIZE_MAX: u64 = 1024 * 1024 * 1024;

/// Writes `bytes` as artifact `name` of the run and says what the store must list.
pub(super) fn write_artifact(
    context: &Context<'_>,
    name: &str,
    kind: &str,
    department: &str,
    media_type: &str,
    bytes: &[u8],
) -> anyhow::Result<Artifact> {
    let path = context.artifact_path(name);
    fsx::write_atomic(&context.config.data().join(&path), bytes)?;
    Ok(Artifact {
        run_id: context.run_id.to_owned(),
        name: name.to_owned(),
        kind: kind.to_owned(),
        department: department.to_owned(),
        media_type: media_type.to_owned(),
        sha256: Digest::of(bytes).to_string(),
        path,
        size_bytes: i64::try_from(bytes.len())?,
    })
}

/// Accounts of the files that count: a file that was set aside and is no longer delivered is no longer news.
fn current_intakes(context: &Context<'_>) -> anyhow::Result<Vec<FileIntake>> {
    let delivered = |intake: &FileIntake| context.inputs.files.iter().any(|file| file.name == intake.source);
    let mut intakes = context.store.current_intakes()?;
    intakes.retain(|intake| intake.refused.is_none() || delivered(intake));
    Ok(intakes)
}

/// The bytes of an artifact, checked against its digest.
pub(crate) fn read_artifact(data: &Path, artifact: &Artifact) -> anyhow::Result<Vec<u8>> {
    let bytes = fsx::read_capped(&data.join(&artifact.path), ARTIFACT_SIZE_MAX)?;
    anyhow::ensure!(
        Digest::of(&bytes).to_string() == artifact.sha256,
        "artifact {} was changed after it was written",
        artifact.name
    );
    Ok(bytes)
}
