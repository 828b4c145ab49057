//! What will be in use once a step is committed.
//!
//! Comes in: the store and the commit under way. Goes out: the files and lake files in use afterwards, by the rules of the
//! store's own commit.
//! Refuses: nothing.

use crate::ledger::{FileIntake, FiscalMonth, LakeFile, LakeKind};
use crate::pipeline::step::Context;
use crate::store::StepCommit;

/// The oldest and the latest month there is.
pub(super) fn all_months() -> Option<(FiscalMonth, FiscalMonth)> {
    FiscalMonth::new(1990, 1).zip(FiscalMonth::new(2100, 12))
}

/// Lake files in use now.
pub(super) fn lake_before(context: &Context<'_>) -> anyhow::Result<Vec<LakeFile>> {
    let (from, until) = all_months().ok_or_else(|| anyhow::anyhow!("months have no end"))?;
    Ok(context.store.current_lake_files(LakeKind::Clean, from, until)?)
}

/// Lake files in use once `commit` is written, by path.
pub(super) fn lake_after(before: &[LakeFile], commit: &StepCommit) -> Vec<LakeFile> {
    let replaced = |file: &&LakeFile| {
        let by = |intake: &FileIntake| {
            intake.refused.is_none() && (intake.source == file.source || intake.sha256 == file.source_sha256)
        };
        commit.superseded.contains(&file.source) || commit.intake.iter().any(by)
    };
    let mut after: Vec<LakeFile> = before.iter().filter(|file| !replaced(file)).cloned().collect();
    after.extend(commit.lake_files.iter().cloned());
    after.sort_by(|a, b| a.path.cmp(&b.path));
    after
}

/// Accounts of the files in use once `commit` is written, by name.
pub(super) fn in_use(context: &Context<'_>, commit: &StepCommit) -> anyhow::Result<Vec<FileIntake>> {
    let replaced = |known: &FileIntake| {
        let by = |new: &FileIntake| {
            new.refused.is_none() && (new.source == known.source || new.sha256 == known.sha256)
        };
        commit.superseded.contains(&known.source) || commit.intake.iter().any(by)
    };
    let mut files = context.store.intakes_in_use()?;
    files.retain(|known| !replaced(known));
    files.extend(commit.intake.iter().filter(|new| new.refused.is_none()).cloned());
    files.sort_by(|a, b| a.source.cmp(&b.source));
    Ok(files)
}
