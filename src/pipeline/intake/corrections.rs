//! Mended rows: they count as long as the original they came from is in use without them.
//!
//! Comes in: files of mended rows, newly delivered or in use. Goes out: their rows loaded, with the origin of each kept in
//! the account of the file.
//! Refuses, row by row: what the original already holds, what another file put back before, what names a version of the
//! original that is no longer in use.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use polars::prelude::DataFrame;

use super::after::in_use;
use super::origin::{Filter, Origin, Scan, Sheet};
use crate::clean::kept::KeptPlaces;
use crate::clean::{LedgerSink, Tidy};
use crate::error::Problem;
use crate::evidence::archive;
use crate::ingest;
use crate::lake::CleanWriter;
use crate::ledger::{
    Correction, Digest, FileIntake, RecordKind, RowFate, RowIssue, RowRef, SheetIntake, col,
};
use crate::pipeline::inputs::InputFile;
use crate::pipeline::step::Context;
use crate::pipeline::steps::ingest::load;
use crate::store::StepCommit;

const DONE: &str = "이미 반영된 행";

/// What mended rows are judged by.
struct Judge {
    /// Versions in use, by name.
    in_use: BTreeMap<String, (Digest, RecordKind)>,
    /// Rows each original keeps aside.
    kept: HashMap<Digest, BTreeSet<(String, i64)>>,
    /// Rows that other files put back.
    taken: BTreeSet<(Digest, String, i64)>,
}

/// Takes in `delivered`, and asks again of those in use; says how many rows are put back.
pub(super) fn take(
    context: &Context<'_>,
    delivered: Vec<InputFile>,
    commit: &mut StepCommit,
) -> anyhow::Result<u64> {
    let known = context.store.intakes_in_use()?;
    let accepted: Vec<FileIntake> = known.into_iter().filter(|i| !i.corrects.is_empty()).collect();
    let mut waiting = delivered;
    for intake in &accepted {
        let is_known = waiting.iter().any(|file| file.name == intake.source);
        let is_replaced = |new: &FileIntake| new.source == intake.source && new.refused.is_none();
        if !is_known && !commit.intake.iter().any(is_replaced) {
            waiting.push(InputFile {
                name: intake.source.clone(),
                sha256: intake.sha256,
                size_bytes: intake.size_bytes,
                path: std::path::PathBuf::new(),
            });
        }
    }
    if waiting.is_empty() {
        return Ok(0);
    }
    // Who put a row back first keeps it.
    let is_accepted = |file: &InputFile| accepted.iter().any(|known| known.sha256 == file.sha256);
    waiting.sort_by_key(|file| (!is_accepted(file), file.name.clone()));
    let originals = in_use(context, commit)?.into_iter().filter(|file| file.corrects.is_empty());
    let mut judge = Judge {
        in_use: originals.map(|file| (file.source, (file.sha256, file.kind))).collect(),
        kept: HashMap::new(),
        taken: BTreeSet::new(),
    };
    let mut put_back = 0;
    for file in &waiting {
        put_back += take_one(context, file, &mut judge, commit)?;
    }
    Ok(put_back)
}

fn take_one(
    context: &Context<'_>,
    input: &InputFile,
    judge: &mut Judge,
    commit: &mut StepCommit,
) -> anyhow::Result<u64> {
    let (config, data) = (context.config, context.config.data());
    let path = archive::path(&data, &input.sha256);
    let options = config.reader_options(context.exe);
    let mut scan = Scan::default();
    let facts = ingest::read(&path, &input.name, &options, &mut scan);
    if let Some(problem) = facts.refused {
        // What an older version of the file put back is kept aside again: nobody can tell what this one says of it.
        commit.superseded.push(input.name.clone());
        commit.intake.push(FileIntake::refused(&input.name, input.sha256, input.size_bytes, problem));
        return Ok(0);
    }
    let Scan { sheets, rows, .. } = scan;
    judge.learn(context, &rows)?;
    let (passing, held) = judge.judge(rows.clone());
    let mut sink = Places { writer: CleanWriter::new(&data, &input.name), loaded: BTreeSet::new() };
    let mut tidy = Tidy::new(&input.name, &config.mappings, &config.departments, &mut sink).of_mended_rows();
    let mut filter = Filter { inner: &mut tidy, sheets: &sheets, held: &held, current: None };
    let facts = ingest::read(&path, &input.name, &options, &mut filter);
    let mut file = tidy.finish(&facts);
    add_held(&mut file.intake, &sheets, &held);
    file.intake.corrects = judge.corrections(&rows, &passing, &sink.loaded);
    let n_loaded = file.intake.loaded;
    if file.intake.refused.is_none() && n_loaded == 0 {
        let problem = nothing_left(&input.name, &held);
        file.intake = file.intake.set_aside(problem);
    }
    if file.intake.refused.is_some() {
        commit.superseded.push(input.name.clone());
    } else {
        judge.taken.extend(passing.iter().filter(|(place, _)| sink.loaded.contains(*place)).map(taken));
    }
    let n_before = commit.intake.len();
    load(context, input, file, sink.writer, commit)?;
    let refused = commit.intake.get(n_before).is_none_or(|intake| intake.refused.is_some());
    Ok(if refused { 0 } else { n_loaded })
}

fn taken((_, origin): (&(String, u32), &Origin)) -> (Digest, String, i64) {
    (origin.sha256, origin.sheet.clone(), origin.row)
}

impl Judge {
    /// The version in use of the file a row names, under that name or another.
    fn version(&self, origin: &Origin) -> Option<(Digest, RecordKind)> {
        let renamed = || self.in_use.values().find(|(sha256, _)| *sha256 == origin.sha256);
        self.in_use
            .get(&origin.source)
            .filter(|(sha256, _)| *sha256 == origin.sha256)
            .or_else(renamed)
            .copied()
    }

    /// Reads the originals again: which of their rows are kept aside under the mappings of today.
    fn learn(
        &mut self,
        context: &Context<'_>,
        rows: &BTreeMap<(String, u32), Result<Origin, String>>,
    ) -> anyhow::Result<()> {
        let config = context.config;
        for origin in rows.values().flatten() {
            if self.version(origin).is_none() || self.kept.contains_key(&origin.sha256) {
                continue;
            }
            let path = archive::path(&config.data(), &origin.sha256);
            let mut places = KeptPlaces::default();
            let mut tidy = Tidy::new(&origin.source, &config.mappings, &config.departments, &mut places);
            let facts = ingest::read(&path, &origin.source, &config.reader_options(context.exe), &mut tidy);
            let file = tidy.finish(&facts);
            anyhow::ensure!(
                file.intake.refused.is_none(),
                "original {} of mended rows cannot be read again",
                origin.source
            );
            self.kept.insert(origin.sha256, places.places);
        }
        Ok(())
    }

    /// Rows that may pass, and rows held back with the reason.
    #[expect(clippy::type_complexity, reason = "two maps by place")]
    fn judge(
        &self,
        rows: BTreeMap<(String, u32), Result<Origin, String>>,
    ) -> (BTreeMap<(String, u32), Origin>, BTreeMap<(String, u32), String>) {
        let (mut passing, mut held) = (BTreeMap::new(), BTreeMap::new());
        let mut here = BTreeSet::new();
        for (place, origin) in rows {
            let verdict = origin.and_then(|origin| {
                self.verdict(&origin)?;
                match here.insert(origin.clone()) {
                    true => Ok(origin),
                    false => Err("같은 원본 행을 두 번 고친 행".to_owned()),
                }
            });
            match verdict {
                Ok(origin) => drop(passing.insert(place, origin)),
                Err(reason) => drop(held.insert(place, reason)),
            }
        }
        (passing, held)
    }

    fn verdict(&self, origin: &Origin) -> Result<(), String> {
        let place = (origin.sheet.clone(), origin.row);
        match self.version(origin) {
            None if self.in_use.contains_key(&origin.source) => {
                Err(format!("원본 ‘{}’의 새 판이 접수되어 쓰지 않는 행", origin.source))
            }
            None => Err(format!("원본 ‘{}’ 파일이 쓰이고 있지 않습니다", origin.source)),
            Some((_, RecordKind::Budget | RecordKind::Reallocation)) => {
                Err("예산 행은 고쳐 되돌릴 수 없습니다. 예산 파일을 고쳐 다시 넣으세요".to_owned())
            }
            Some(_) if !self.kept.get(&origin.sha256).is_some_and(|kept| kept.contains(&place)) => {
                Err(DONE.to_owned())
            }
            Some(_) if self.taken.contains(&(origin.sha256, place.0, place.1)) => Err(DONE.to_owned()),
            Some(_) => Ok(()),
        }
    }

    /// What the file stands for, by original.
    fn corrections(
        &self,
        rows: &BTreeMap<(String, u32), Result<Origin, String>>,
        passing: &BTreeMap<(String, u32), Origin>,
        loaded: &BTreeSet<(String, u32)>,
    ) -> Vec<Correction> {
        let mut found: BTreeMap<(String, Digest), Correction> = BTreeMap::new();
        for (place, origin) in rows.iter().filter_map(|(place, origin)| Some((place, origin.as_ref().ok()?)))
        {
            let correction =
                found.entry((origin.source.clone(), origin.sha256)).or_insert_with(|| Correction {
                    source: origin.source.clone(),
                    sha256: origin.sha256,
                    in_use: self.version(origin).is_some(),
                    rows: BTreeMap::new(),
                });
            if loaded.contains(place) && passing.contains_key(place) {
                correction.rows.entry(origin.sheet.clone()).or_default().insert(origin.row);
            }
        }
        found.into_values().collect()
    }
}

/// Rows held back and sheets left out go into the account: no row disappears.
fn add_held(intake: &mut FileIntake, sheets: &[Sheet], held: &BTreeMap<(String, u32), String>) {
    for sheet in sheets.iter().filter(|sheet| !sheet.has_origins && sheet.n_rows > 0) {
        intake.rows_in += sheet.n_rows;
        intake.skipped += sheet.n_rows;
        intake.sheets.push(SheetIntake {
            name: sheet.name.clone(),
            hidden: sheet.hidden,
            rows_in: sheet.n_rows,
            skipped: sheet.n_rows,
            ..SheetIntake::default()
        });
    }
    for ((sheet, row), reason) in held {
        intake.rows_in += 1;
        intake.quarantined += 1;
        match intake.sheets.iter_mut().find(|account| account.name == *sheet) {
            Some(account) => {
                account.rows_in += 1;
                account.quarantined += 1;
            }
            None => intake.sheets.push(SheetIntake {
                name: sheet.clone(),
                rows_in: 1,
                quarantined: 1,
                ..SheetIntake::default()
            }),
        }
        if intake.issues.len() < FileIntake::ISSUES_MAX {
            let at = RowRef { source: intake.source.clone(), sheet: sheet.clone(), row: i64::from(*row) };
            let (column, found) = (String::new(), String::new());
            let reason = reason.clone();
            intake.issues.push(RowIssue { at, fate: RowFate::Quarantined, column, found, reason });
        }
    }
    if intake.refused.is_some() {
        intake.quarantined = intake.rows_in;
        intake.skipped = 0;
        for sheet in &mut intake.sheets {
            (sheet.skipped, sheet.quarantined) = (0, sheet.rows_in);
        }
    }
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    for reason in held.values() {
        *reasons.entry(reason).or_default() += 1;
    }
    let notes: Vec<String> =
        reasons.iter().map(|(reason, n)| format!("반영하지 않음 - {reason}: {n}행")).collect();
    for note in notes {
        intake.note(note);
    }
}

/// The verdict on a file of mended rows none of which counts.
fn nothing_left(name: &str, held: &BTreeMap<(String, u32), String>) -> Problem {
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    for reason in held.values() {
        *reasons.entry(reason).or_default() += 1;
    }
    let why = reasons.iter().map(|(reason, n)| format!("{reason} {n}개")).collect::<Vec<_>>().join(", ");
    let why = if why.is_empty() { "읽을 수 있는 행이 없음".to_owned() } else { why };
    let hint = "더 고칠 것이 없으면 이 파일을 지우세요. 남은 보류 행은 `ledgerwatch quarantine export`로 다시 받으세요.";
    Problem::new(name, format!("반영할 행이 없는 수정 파일: {why}"), "보류된 행을 고친 행", hint)
}

/// Writes rows on and remembers which.
struct Places<'a> {
    writer: CleanWriter<'a>,
    loaded: BTreeSet<(String, u32)>,
}

impl LedgerSink for Places<'_> {
    fn rows(&mut self, batch: DataFrame) -> Result<(), Problem> {
        let places = || -> polars::prelude::PolarsResult<Vec<(String, u32)>> {
            let sheets = batch.column(col::SHEET)?.str()?.clone();
            let rows = batch.column(col::ROW)?.i64()?.clone();
            let place = |(sheet, row): (Option<&str>, Option<i64>)| {
                (sheet.unwrap_or_default().to_owned(), u32::try_from(row.unwrap_or_default()).unwrap_or(0))
            };
            Ok(sheets.iter().zip(rows.iter()).map(place).collect())
        };
        let found = places().map_err(|error| Problem::new("", error.to_string(), "표", ""))?;
        self.loaded.extend(found);
        self.writer.rows(batch)
    }
}
