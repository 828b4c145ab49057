//! Step `ingest`: the files of the run are archived, read, cleaned and put into the lake.
//!
//! Comes in: the input set. Goes out: clean rows by month, budget lines, the account of every file.
//! Refuses: a file whose bytes are no longer in the archive; it is set aside and the run goes on with the others.

use std::collections::BTreeMap;

use super::{Context, Step};
use crate::clean::CleanFile;
use crate::error::{Problem, Problems};
use crate::evidence::archive::{self, DraftError};
use crate::lake::CleanWriter;
use crate::ledger::{Digest, FileIntake};
use crate::pipeline::inputs::{FILE_SIZE_MAX, InputFile};
use crate::pipeline::intake;
use crate::store::StepCommit;

pub(super) struct Ingest;

impl Step for Ingest {
    fn id(&self) -> &'static str {
        "ingest"
    }

    fn label_ko(&self) -> &'static str {
        "접수"
    }

    fn check_options(&self, options: &toml::Table, place: &str, problems: &mut Problems) {
        for key in options.keys() {
            let hint = "이 단계에는 고를 것이 없습니다. 이 줄을 지우세요.";
            problems.push(Problem::new(format!("{place}.{key}"), key.as_str(), "빈 표", hint));
        }
    }

    fn run(&self, context: &Context<'_>) -> anyhow::Result<StepCommit> {
        let reading = reading_digest(context);
        let mut commit = StepCommit { config_digest: reading.clone(), ..StepCommit::default() };
        let mut first_of: BTreeMap<Digest, &str> = BTreeMap::new();
        let mut n_known = 0;
        let mut corrections = Vec::new();
        context.progress.begin(self.id(), self.label_ko(), Some(context.inputs.files.len() as u64));
        for input in &context.inputs.files {
            let known = context.store.intake(&input.name, &input.sha256, &reading)?;
            if let Some(first) = first_of.get(&input.sha256) {
                let repeats = (*first).to_owned();
                commit.intake.push(FileIntake { repeats, ..same_bytes(input, first) });
            } else if known.is_some_and(|known| !intake::depends_on_others(&known)) {
                n_known += 1;
            } else {
                let n_before = commit.intake.len();
                take(context, input, &mut commit)?;
                if commit.intake.len() == n_before {
                    corrections.push(input.clone());
                }
            }
            first_of.entry(input.sha256).or_insert(&input.name);
            context.progress.advance(1);
        }
        let found = intake::settle(context, corrections, &mut commit)?;
        let sum = |count: fn(&FileIntake) -> u64| commit.intake.iter().map(count).sum::<u64>();
        commit.output = serde_json::json!({
            "files": context.inputs.files.len(),
            "files_known": n_known,
            "files_refused": commit.intake.iter().filter(|f| f.refused.is_some()).count(),
            "rows_in": sum(|f| f.rows_in),
            "loaded": sum(|f| f.loaded),
            "skipped": sum(|f| f.skipped),
            "quarantined": sum(|f| f.quarantined),
            "files_repeated": commit.intake.iter().filter(|f| !f.repeats.is_empty()).count(),
            "rows_put_back": found.put_back,
            "superseded": commit.superseded,
            "restated": found.restated,
        });
        Ok(commit)
    }
}

/// What decides how a file is read: mappings and departments. Another configuration reads the files anew.
fn reading_digest(context: &Context<'_>) -> String {
    let files = context.config.files.iter();
    let relevant = files.filter(|(name, _)| name.starts_with("mappings/") || *name == "departments.toml");
    Digest::of_parts(relevant.flat_map(|(name, text)| [name.as_bytes(), text.as_bytes()])).to_string()
}

fn take(context: &Context<'_>, input: &InputFile, commit: &mut StepCommit) -> anyhow::Result<()> {
    let data = context.config.data();
    if !is_archived(context, input)? {
        let (name, size_bytes) = (&input.name, input.size_bytes);
        commit.intake.push(FileIntake::refused(name, input.sha256, size_bytes, lost(name)));
        return Ok(());
    }
    let path = archive::path(&data, &input.sha256);
    let mut writer = CleanWriter::new(&data, &input.name);
    // A file of mended rows is taken once all others are known: see `pipeline::intake`.
    let Some(file) = intake::read_one(context, &path, &input.name, &mut writer) else { return Ok(()) };
    load(context, input, file, writer, commit)
}

/// Whether the bytes of `input` are in the archive, where the drop folder put them when it took the file. Where they
/// are not (a run begun by an older version, a restored store), the file itself is copied if it still has those bytes.
fn is_archived(context: &Context<'_>, input: &InputFile) -> anyhow::Result<bool> {
    let data = context.config.data();
    if archive::check(&data, &input.sha256).is_ok() {
        return Ok(true);
    }
    let Ok(mut source) = std::fs::File::open(context.config.inbox().join(&input.name)) else {
        return Ok(false);
    };
    match archive::draft(&data, &mut source, FILE_SIZE_MAX) {
        Ok(draft) if draft.digest == input.sha256 => Ok(draft.keep(&data).map(|_| true)?),
        Ok(_) | Err(DraftError::Source(_)) => Ok(false),
        Err(DraftError::Archive(error)) => Err(error.into()),
    }
}

/// The rows go into the lake unless the file was set aside.
pub(in crate::pipeline) fn load(
    context: &Context<'_>,
    input: &InputFile,
    file: CleanFile,
    writer: CleanWriter<'_>,
    commit: &mut StepCommit,
) -> anyhow::Result<()> {
    let mut intake = file.intake;
    anyhow::ensure!(intake.balances(), "rows of {} do not add up", intake.source);
    if intake.refused.is_none() && file.currency != context.config.currency && intake.loaded > 0 {
        let found = format!("통화 {}", file.currency.code);
        let expected = format!("통화 {}", context.config.currency.code);
        let hint = "기관의 통화와 다른 파일입니다. `ledgerwatch score`로 따로 점검하세요.";
        let problem = Problem::new(&input.name, found, expected, hint);
        intake = FileIntake::refused(&input.name, input.sha256, input.size_bytes, problem);
    }
    if intake.refused.is_none() {
        let files = writer.finish(input.sha256)?;
        let rows: i64 = files.iter().map(|f| f.rows).sum();
        let total: i64 = files.iter().map(|f| f.total.0).sum();
        let of_budget: i64 = file.budget.iter().map(|line| line.current_budget.0).sum();
        let of_events: i64 = file.reallocations.iter().map(|event| event.amount.0).sum();
        anyhow::ensure!(
            total + of_budget + of_events == intake.total.0,
            "lake and account of {} differ",
            input.name
        );
        anyhow::ensure!(
            rows <= i64::try_from(intake.loaded)?,
            "lake of {} holds more rows than loaded",
            input.name
        );
        commit.lake_files.extend(files);
        if !file.budget.is_empty() {
            commit.budget.push((input.name.clone(), input.sha256, file.budget));
        }
        if !file.reallocations.is_empty() {
            commit.reallocations.push((input.name.clone(), input.sha256, file.reallocations));
        }
    }
    commit.intake.push(intake);
    Ok(())
}

fn lost(name: &str) -> Problem {
    let hint = "같은 파일을 수신 폴더에 다시 넣고 실행하세요.";
    Problem::new(name, "보관된 원본이 없거나 손상된 파일", "받은 때와 같은 원본", hint)
}

fn same_bytes(input: &InputFile, first: &str) -> FileIntake {
    let problem = Problem::new(
        &input.name,
        format!("내용이 같은 파일: ‘{first}’"),
        "새 내용",
        "한 번만 반영했습니다. 잘못 복사한 파일이면 지우세요.",
    );
    FileIntake::refused(&input.name, input.sha256, input.size_bytes, problem)
}
