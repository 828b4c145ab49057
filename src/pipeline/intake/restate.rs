//! Restatement: months that were reported before and read otherwise now.
//!
//! Comes in: lake files in use before and after this step. Goes out: `restatement.json` and `정정내역.xlsx` as artifacts of
//! the run, where a reported month changed.
//! Refuses: to call a first load a restatement; a month counts from the first run that succeeded for it or a later one.

use std::collections::{BTreeMap, BTreeSet};

use super::after::{lake_after, lake_before};
use crate::clean::LedgerView;
use crate::clean::ledger::schema;
use crate::clean::restatement::{Comparison, Differences, Line};
use crate::lake;
use crate::ledger::{Amount, FiscalMonth, LakeFile};
use crate::pipeline::step::Context;
use crate::pipeline::steps::write_artifact;
use crate::report::restatement::{GroupEffect, MonthEffect, Restatement, SourceChange, workbook};
use crate::store::StepCommit;

/// Name of the artifact with all differences.
pub const RESTATEMENT: &str = "restatement.json";
/// Name of the workbook for audit.
pub const RESTATEMENT_BOOK: &str = "정정내역.xlsx";
/// Whom the workbook belongs to: no department.
pub use crate::config::check::RESERVED_CODE as AUDIT;
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Compares and leaves the artifacts in `commit`; says how many rows differ.
pub(super) fn find(context: &Context<'_>, commit: &mut StepCommit) -> anyhow::Result<u64> {
    let Some(until) = context.store.reported_until(context.run_id)? else { return Ok(0) };
    let before = lake_before(context)?;
    let after = lake_after(&before, commit);
    let paths = |files: &[LakeFile]| files.iter().map(|f| f.path.clone()).collect::<BTreeSet<String>>();
    let (old_paths, new_paths) = (paths(&before), paths(&after));
    let old: Vec<&LakeFile> = before.iter().filter(|f| !new_paths.contains(&f.path)).collect();
    let new: Vec<&LakeFile> = after.iter().filter(|f| !old_paths.contains(&f.path)).collect();
    if !old.iter().chain(&new).any(|file| file.period <= until) {
        return Ok(0);
    }
    let mut differences = compare(context, &old, &new)?;
    keep_reported(&mut differences, until);
    if differences.is_empty() {
        return Ok(0);
    }
    let restatement = Restatement {
        version: "1".to_owned(),
        institution: context.config.spec.institution.name.clone(),
        run_id: context.run_id.to_owned(),
        period: context.period,
        reported_until: until,
        created: context.created,
        currency: context.config.currency.clone(),
        months: months(&differences, &before, &after),
        groups: groups(&differences),
        sources: sources(&differences, &old, &new),
        added: differences.added,
        deleted: differences.deleted,
        changed: differences.changed,
        n_unlisted: differences.n_unlisted,
    };
    let json = serde_json::to_vec_pretty(&restatement)?;
    let book = workbook(&restatement)?;
    let artifacts = [
        write_artifact(context, RESTATEMENT, "restatement", "", "application/json", &json)?,
        write_artifact(context, RESTATEMENT_BOOK, "restatement", AUDIT, XLSX, &book)?,
    ];
    commit.artifacts.extend(artifacts);
    Ok(restatement.n_rows())
}

fn compare(context: &Context<'_>, old: &[&LakeFile], new: &[&LakeFile]) -> anyhow::Result<Differences> {
    let months: BTreeSet<FiscalMonth> = old.iter().chain(new).map(|file| file.period).collect();
    let mut comparison = Comparison::default();
    for month in months {
        let view = |files: &[&LakeFile]| -> anyhow::Result<LedgerView> {
            let of_month: Vec<LakeFile> =
                files.iter().filter(|file| file.period == month).map(|file| (*file).clone()).collect();
            let rows = lake::read(&context.config.data(), &of_month, &schema())?;
            Ok(LedgerView::new(&rows, &context.config.currency)?)
        };
        comparison.add(&view(old)?, &view(new)?);
    }
    Ok(comparison.finish())
}

/// Leaves out what only concerns months that nobody reported yet.
fn keep_reported(differences: &mut Differences, until: FiscalMonth) {
    let reported = |line: &Line| FiscalMonth::of(line.date).is_some_and(|month| month <= until);
    differences.added.retain(reported);
    differences.deleted.retain(reported);
    differences.changed.retain(|change| reported(&change.old) || reported(&change.new));
    differences.effects.retain(|(month, ..), _| *month <= until);
}

fn months(differences: &Differences, before: &[LakeFile], after: &[LakeFile]) -> Vec<MonthEffect> {
    let months: BTreeSet<FiscalMonth> = differences.effects.keys().map(|(month, ..)| *month).collect();
    let effect = |month: FiscalMonth| {
        let sums = |files: &[LakeFile]| {
            let of_month = files.iter().filter(|file| file.period == month);
            of_month.fold((0, Amount::ZERO), |(rows, total), f| (rows + f.rows, Amount(total.0 + f.total.0)))
        };
        let ((rows_before, sum_before), (rows_after, sum_after)) = (sums(before), sums(after));
        MonthEffect { month, rows_before, rows_after, sum_before, sum_after }
    };
    months.into_iter().map(effect).collect()
}

fn groups(differences: &Differences) -> Vec<GroupEffect> {
    let group = |((month, department, account), effect): (&(FiscalMonth, String, String), &_)| GroupEffect {
        month: *month,
        department: department.clone(),
        account: account.clone(),
        effect: *effect,
    };
    differences.effects.iter().map(group).collect()
}

/// Files that brought or took the rows.
fn sources(differences: &Differences, old: &[&LakeFile], new: &[&LakeFile]) -> Vec<SourceChange> {
    let mut sources: BTreeMap<&str, SourceChange> = BTreeMap::new();
    let names = old.iter().chain(new).map(|file| file.source.as_str());
    for name in names {
        let version = |files: &[&LakeFile]| {
            files.iter().find(|file| file.source == name).map(|file| file.source_sha256)
        };
        sources.entry(name).or_insert_with(|| SourceChange {
            source: name.to_owned(),
            sha256_before: version(old),
            sha256_after: version(new),
            added: 0,
            deleted: 0,
            changed: 0,
        });
    }
    let mut count = |line: &Line, add: fn(&mut SourceChange)| {
        if let Some(source) = sources.get_mut(line.at.source.as_str()) {
            add(source);
        }
    };
    differences.added.iter().for_each(|line| count(line, |source| source.added += 1));
    differences.deleted.iter().for_each(|line| count(line, |source| source.deleted += 1));
    differences.changed.iter().for_each(|change| count(&change.new, |source| source.changed += 1));
    sources.into_values().filter(|s| s.added + s.deleted + s.changed > 0).collect()
}
