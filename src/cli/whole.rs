//! All payments of several files in memory, for the commands that keep nothing.
//!
//! Comes in: paths and the name of a mapping. Goes out: one `CleanLedger`.
//! Refuses: files of different currencies, paths without a payment, an unknown mapping.

use std::path::{Path, PathBuf};

use super::ingest::{Reading, files, read_all};
use super::output::complain;
use crate::clean::{CleanLedger, KeepAll};
use crate::detect::BudgetBook;
use crate::error::Problem;

/// How files are read, with the mapping `name` only where one is named.
pub(super) fn reading(folder: &Path, name: Option<&str>) -> anyhow::Result<Reading> {
    let mut reading = Reading::new(folder)?;
    if let Some(name) = name {
        let known: Vec<String> = reading.mappings.iter().map(|m| m.name.clone()).collect();
        reading.mappings.retain(|mapping| mapping.name == *name);
        if reading.mappings.is_empty() {
            let hint = "매핑 이름은 config/mappings 폴더의 파일 이름입니다.";
            return Err(Problem::new("--mapping", name, known.join(", "), hint).into());
        }
    }
    Ok(reading)
}

/// All payments of all files; what was set aside or kept aside is said on standard error.
pub(super) fn whole_ledger(
    reading: &Reading,
    paths: &[PathBuf],
) -> anyhow::Result<(CleanLedger, BudgetBook)> {
    let mut whole: Option<CleanLedger> = None;
    let mut budget = BudgetBook::default();
    let files = files(paths)?;
    for ((_, name), (file, kept)) in files.iter().zip(read_all::<KeepAll>(reading, &files)) {
        let intake = &file.intake;
        anyhow::ensure!(intake.balances(), "rows of {name} do not add up");
        if let Some(problem) = &intake.refused {
            complain!("읽지 않음 - {problem}");
            continue;
        }
        let total = file.currency.display(intake.total);
        complain!(
            "{name}: 읽은 행 {} = 반영 {} + 제외 {} + 보류 {}, 합계 {total}",
            intake.rows_in,
            intake.loaded,
            intake.skipped,
            intake.quarantined
        );
        budget.lines.extend(file.budget);
        budget.reallocations.extend(file.reallocations);
        if kept.batches.is_empty() {
            continue;
        }
        let sum = whole.get_or_insert_with(|| CleanLedger::empty(file.currency.clone()));
        if sum.currency != file.currency {
            let hint = "통화가 같은 파일끼리 채점하세요.";
            let found = format!("통화 {}", file.currency.code);
            return Err(Problem::new(name, found, format!("통화 {}", sum.currency.code), hint).into());
        }
        for batch in kept.batches {
            sum.rows.vstack_mut(&batch)?;
        }
    }
    let hint = "`ledgerwatch ingest 경로 --dry-run`으로 판정을 확인하세요.";
    let none = || Problem::new("입력", "읽은 지출이 없습니다", "지출 내역 파일", hint);
    let mut whole = whole.ok_or_else(none)?;
    whole.rows.rechunk_mut();
    Ok((whole, budget))
}
