//! `ingest PATH... --dry-run`: the verdict on each file.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::{Done, exe, load};
use crate::clean::{self, CleanLedger, Mapping};
use crate::config::Config;
use crate::fsx;
use crate::ingest::{self, ReaderOptions};
use crate::ledger::{Departments, Digest, FileIntake};
use crate::pipeline::inputs;

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// 파일이나 폴더
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// 저장하지 않고 판정만 보기
    #[arg(long, required = true)]
    dry_run: bool,
}

/// How files are read without an institution's configuration.
pub(super) struct Reading {
    pub(super) mappings: Vec<Mapping>,
    pub(super) departments: Departments,
    pub(super) options: ReaderOptions,
    pub(super) config: Option<Config>,
}

impl Reading {
    /// The institution's where there is one, else the shipped mappings.
    pub(super) fn new(folder: &Path) -> anyhow::Result<Self> {
        let exe = exe()?;
        if folder.join("ledgerwatch.toml").try_exists()? && folder.join("departments.toml").try_exists()? {
            let config = load(folder)?;
            return Ok(Self {
                mappings: config.mappings.clone(),
                departments: config.departments.clone(),
                options: config.reader_options(&exe),
                config: Some(config),
            });
        }
        let options = ReaderOptions { exe, memory_mib: 2_048, cpu_seconds: 30, wall_seconds: 60 };
        let mappings = clean::mapping::shipped()?;
        Ok(Self { mappings, departments: Departments::default(), options, config: None })
    }

    /// Reads one file.
    pub(super) fn read(&self, path: &Path, name: &str) -> CleanLedger {
        match ingest::read(path, name, &self.options) {
            Ok(book) => clean::tidy(&book, &self.mappings, &self.departments),
            Err(problem) => {
                let bytes = fsx::read_capped(path, inputs::FILE_SIZE_MAX).unwrap_or_default();
                let mut ledger = CleanLedger::empty(crate::ledger::Currency::krw());
                let size = bytes.len() as u64;
                ledger.intake.push(FileIntake::refused(name, Digest::of(&bytes), size, problem));
                ledger
            }
        }
    }
}

/// Files named by `paths`, folders walked; path and display name, sorted.
pub(super) fn files(paths: &[PathBuf]) -> anyhow::Result<Vec<(PathBuf, String)>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            for input in inputs::scan(path)?.files {
                files.push((input.path, input.name));
            }
        } else {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            files.push((path.clone(), name.unwrap_or_default()));
        }
    }
    files.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(files)
}

pub(super) fn run(folder: &Path, arguments: &Arguments, json: bool) -> Done {
    let reading = Reading::new(folder)?;
    let mut intakes = Vec::new();
    for (path, name) in files(&arguments.paths)? {
        let ledger = reading.read(&path, &name);
        let currency = ledger.currency.clone();
        for intake in ledger.intake {
            if !json {
                print(&intake, &currency);
            }
            intakes.push(intake);
        }
    }
    if json {
        println!("{}", serde_json::to_string_pretty(&intakes)?);
    }
    let is_fine = intakes.iter().all(|intake| intake.refused.is_none());
    Ok(if is_fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(intake: &FileIntake, currency: &crate::ledger::Currency) {
    if let Some(problem) = &intake.refused {
        println!(
            "{}: 읽지 않음\n  발견: {}\n  기대: {}\n  힌트: {}",
            intake.source, problem.found, problem.expected, problem.hint
        );
        return;
    }
    println!(
        "{}: 읽은 행 {} = 반영 {} + 제외 {} + 보류 {}, 합계 {}, 매핑 {}",
        intake.source,
        intake.rows_in,
        intake.loaded,
        intake.skipped,
        intake.quarantined,
        currency.display(intake.total),
        intake.mapping
    );
    for note in &intake.notes {
        println!("  {note}");
    }
    let kept = intake.issues.iter().filter(|issue| issue.fate == crate::ledger::RowFate::Quarantined);
    for issue in kept.take(10) {
        println!("  보류 {}행 {} ‘{}’: {}", issue.at.row, issue.column, issue.found, issue.reason);
    }
}
