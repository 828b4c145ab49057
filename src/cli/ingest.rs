//! `ingest PATH... --dry-run`: the verdict on each file.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::output::say;
use super::{Done, exe, load, progress};
use crate::clean::{self, CleanFile, Discard, LedgerSink, Mapping, Tidy};
use crate::config::Config;
use crate::ingest::{self, ReaderOptions};
use crate::ledger::{Currency, Departments, FileIntake};
use crate::pipeline::inputs;

/// Files read at once.
const READERS: usize = 2;

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
        let options = ReaderOptions { exe, memory_mib: 2_048, cpu_seconds: 20, wall_seconds: 25 };
        let mappings = clean::mapping::shipped()?;
        Ok(Self { mappings, departments: Departments::default(), options, config: None })
    }

    /// Reads one file; its clean rows go to `sink`.
    pub(super) fn read(&self, path: &Path, name: &str, sink: &mut dyn LedgerSink) -> CleanFile {
        let mut tidy = Tidy::new(name, &self.mappings, &self.departments, sink);
        let facts = ingest::read(path, name, &self.options, &mut tidy);
        tidy.finish(&facts)
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
    let files = files(&arguments.paths)?;
    let mut intakes = Vec::new();
    for (file, Discard) in read_all(&reading, &files) {
        if !json {
            print(&file.intake, &file.currency);
        }
        intakes.push(file.intake);
    }
    if json {
        say!("{}", serde_json::to_string_pretty(&intakes)?);
    }
    let is_fine = intakes.iter().all(|intake| intake.refused.is_none() && intake.unread_sheets() == 0);
    Ok(if is_fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Reads the files two at a time (a reading and a cleaning process each), and gives them in the order asked for, each
/// with what its sink made of its rows.
pub(super) fn read_all<S>(reading: &Reading, files: &[(PathBuf, String)]) -> Vec<(CleanFile, S)>
where
    S: LedgerSink + Default + Send,
{
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, (CleanFile, S))>> = Mutex::new(Vec::new());
    let bar = progress::over_files(files.len());
    std::thread::scope(|scope| {
        for _ in 0..READERS.min(files.len()) {
            scope.spawn(|| {
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    let Some((path, name)) = files.get(i) else { break };
                    let mut sink = S::default();
                    let file = reading.read(path, name, &mut sink);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((i, (file, sink)));
                    bar.inc(1);
                }
            });
        }
    });
    bar.finish_and_clear();
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(i, _)| *i);
    done.into_iter().map(|(_, file)| file).collect()
}

pub(super) fn print(intake: &FileIntake, currency: &Currency) {
    if let Some(problem) = &intake.refused {
        say!(
            "{}: 읽지 않음\n  발견: {}\n  기대: {}\n  힌트: {}",
            intake.source,
            problem.found,
            problem.expected,
            problem.hint
        );
        return;
    }
    say!(
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
        say!("  {note}");
    }
    let kept = intake.issues.iter().filter(|issue| issue.fate == crate::ledger::RowFate::Quarantined);
    for issue in kept.take(10) {
        say!("  보류 {}행 {} ‘{}’: {}", issue.at.row, issue.column, issue.found, issue.reason);
    }
}
