//! The account of the run: every file delivered or in use, summed up and held against the lake.
//!
//! Comes in: the commit under way and what the store knows. Goes out: `account.json` and `접수현황.xlsx` as artifacts.
//! Refuses: an account that does not balance, or whose rows and won are not those of the lake.

use std::collections::BTreeMap;

use super::after::{in_use, lake_after, lake_before};
use crate::detect::needs;
use crate::ledger::{Amount, FileIntake, LakeFile, RecordKind, RunAccount, Withheld};
use crate::pipeline::step::Context;
use crate::pipeline::steps::write_artifact;
use crate::report::intake_workbook;
use crate::store::StepCommit;

/// Name of the artifact with the account.
const ACCOUNT: &str = "account.json";
/// Name of the workbook that shows it.
const ACCOUNT_BOOK: &str = "접수현황.xlsx";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Sums up and leaves the artifacts in `commit`.
pub(super) fn write(context: &Context<'_>, commit: &mut StepCommit) -> anyhow::Result<()> {
    let files = files(context, commit)?;
    let lake = lake_after(&lake_before(context)?, commit);
    let period = context.period.to_string();
    let mut account = RunAccount::new(context.run_id, &period, files);
    account.lake_rows = u64::try_from(lake.iter().map(|file| file.rows).sum::<i64>())?;
    account.lake_total = Amount(lake.iter().map(|file| file.total.0).sum());
    part_budget_lines(&mut account, &lake)?;
    account.withheld = withheld(&account.files);
    anyhow::ensure!(
        account.balances(),
        "the account of the run does not balance with its files and the lake"
    );
    let json = serde_json::to_vec_pretty(&account)?;
    let institution = &context.config.spec.institution.name;
    let book = intake_workbook::render(&account, institution, &context.config.currency, context.created)?;
    let artifacts = [
        write_artifact(context, ACCOUNT, "account", "", "application/json", &json)?,
        write_artifact(context, ACCOUNT_BOOK, "account", "", XLSX, &book)?,
    ];
    commit.artifacts.extend(artifacts);
    Ok(())
}

/// Files delivered to this run, then files in use that were not delivered or whose newest version was set aside.
fn files(context: &Context<'_>, commit: &StepCommit) -> anyhow::Result<Vec<FileIntake>> {
    let mut newest: BTreeMap<String, FileIntake> = BTreeMap::new();
    for intake in context.store.current_intakes()?.into_iter().chain(commit.intake.iter().cloned()) {
        newest.insert(intake.source.clone(), intake);
    }
    let in_use = in_use(context, commit)?;
    let is_delivered = |name: &str| context.inputs.files.iter().any(|file| file.name == name);
    let mut files: Vec<FileIntake> =
        newest.into_values().filter(|file| is_delivered(&file.source) && file.refused.is_some()).collect();
    let lake = lake_after(&lake_before(context)?, commit);
    for mut file in in_use {
        if lake.iter().any(|l| l.source == file.source) {
            file.kind = RecordKind::Expenditure;
        }
        if files.iter().any(|newest| newest.source == file.source) {
            file.note("새 판을 읽지 못해 이전 판의 행을 계속 씁니다.".to_owned());
        }
        files.push(file);
    }
    files.sort_by(|a, b| (&a.source, a.refused.is_none()).cmp(&(&b.source, b.refused.is_none())));
    Ok(files)
}

/// A workbook may hold payments and budget lines on different sheets: its lines are in no lake file. It counts with the
/// payments, and its budget lines are told apart by number and sum.
fn part_budget_lines(account: &mut RunAccount, lake: &[LakeFile]) -> anyhow::Result<()> {
    for file in account.files.iter().filter(|file| file.kind == RecordKind::Expenditure) {
        let of_file: Vec<&LakeFile> =
            lake.iter().filter(|l| l.source == file.source && l.source_sha256 == file.sha256).collect();
        let rows = u64::try_from(of_file.iter().map(|l| l.rows).sum::<i64>())?;
        if rows != file.loaded {
            anyhow::ensure!(
                rows < file.loaded && file.sheets.len() > 1,
                "lake and account of {} differ",
                file.source
            );
            account.mixed_rows += file.loaded - rows;
            account.mixed_total.0 += file.total.0 - of_file.iter().map(|l| l.total.0).sum::<i64>();
        }
    }
    Ok(())
}

/// What could not be checked, by column that some payments lack.
fn withheld(files: &[FileIntake]) -> Vec<Withheld> {
    let read = || files.iter().filter(|file| file.refused.is_none() && file.kind == RecordKind::Expenditure);
    let of_rows = read().map(|file| file.loaded).sum();
    let mut by_column: BTreeMap<&str, Withheld> = BTreeMap::new();
    for file in read().filter(|file| file.loaded > 0) {
        for column in file.absent_columns.iter().filter(|column| needs::is_missed(column)) {
            let entry = by_column.entry(column).or_insert_with(|| Withheld {
                column: column.clone(),
                rows: 0,
                of_rows,
                files: Vec::new(),
                checks: needs::checks_on(column),
            });
            entry.rows += file.loaded;
            entry.files.push(file.source.clone());
        }
    }
    by_column.into_values().collect()
}
