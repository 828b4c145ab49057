//! Rows that would count twice because two files hold them.
//!
//! Comes in: the files just read and those in use. Goes out: a verdict on a file whose rows are just those of another,
//! a note on one that shares many.
//! Refuses: a file with the same set of rows as another, unless its name is in `intake.accept_same_rows`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::after::{in_use, lake_after, lake_before};
use crate::clean::LedgerView;
use crate::clean::ledger::schema;
use crate::error::Problem;
use crate::ko;
use crate::lake;
use crate::ledger::{Digest, FileIntake, FiscalMonth, LakeFile, Overlap};
use crate::pipeline::step::Context;
use crate::store::StepCommit;

/// Fewer common rows may be chance: the same fee on the same day.
const COMMON_ROWS_MIN: u64 = 5;
/// Common rows from this share (percent) of the smaller file's rows of the same months are named.
const COMMON_PERCENT_MIN: u64 = 10;

/// Sets aside every new file whose rows are just those of another in use.
pub(super) fn refuse(context: &Context<'_>, commit: &mut StepCommit) -> anyhow::Result<()> {
    let accepted = &context.config.spec.intake.accept_same_rows;
    let after = in_use(context, commit)?;
    let mut place: BTreeMap<String, usize> = BTreeMap::new();
    for (i, intake) in commit.intake.iter().enumerate() {
        place.insert(intake.source.clone(), i);
    }
    for i in 0..commit.intake.len() {
        let intake = &commit.intake[i];
        if intake.refused.is_some() || intake.rows_digest.is_empty() || accepted.contains(&intake.source) {
            continue;
        }
        // Of two new files the first by name counts.
        let is_before = |other: &FileIntake| match place.get(&other.source) {
            Some(&at) => at < i && commit.intake[at].refused.is_none(),
            None => true,
        };
        let same = after.iter().find(|other| {
            other.rows_digest == intake.rows_digest && other.source != intake.source && is_before(other)
        });
        let Some(first) = same.map(|other| other.source.clone()) else { continue };
        let name = intake.source.clone();
        let whole = intake.clone().set_aside(same_rows(intake, &first));
        commit.intake[i] = FileIntake { repeats: first, ..whole };
        commit.lake_files.retain(|file| file.source != name);
        commit.budget.retain(|(source, ..)| *source != name);
        // An older version of this name counts no more: its rows stand in the other file by now.
        commit.superseded.push(name);
    }
    Ok(())
}

fn same_rows(intake: &FileIntake, first: &str) -> Problem {
    let n_rows = ko::count(usize::try_from(intake.loaded).unwrap_or(usize::MAX));
    let hint = format!(
        "두 번 더해지지 않도록 반영하지 않았습니다. 잘못 넣은 사본이면 지우세요. 정말 다른 지출이라면 ledgerwatch.toml의 \
         [intake] accept_same_rows에 \"{}\"을 적고 다시 실행하세요.",
        intake.source
    );
    Problem::new(
        &intake.source,
        format!("같은 행을 담은 다른 파일: ‘{first}’ ({n_rows}행)"),
        "다른 파일에 없는 지출",
        hint,
    )
}

/// Notes on every new file which others hold many of its rows.
pub(super) fn note_overlaps(context: &Context<'_>, commit: &mut StepCommit) -> anyhow::Result<()> {
    let is_new = |name: &str| commit.intake.iter().any(|i| i.source == name && i.corrects.is_empty());
    let mut months: BTreeMap<FiscalMonth, Vec<LakeFile>> = BTreeMap::new();
    for file in lake_after(&lake_before(context)?, commit) {
        months.entry(file.period).or_default().push(file);
    }
    let mut shared: BTreeMap<(String, String), Shared> = BTreeMap::new();
    for files in months.values() {
        let sources: BTreeSet<&str> = files.iter().map(|file| file.source.as_str()).collect();
        if sources.len() > 1 && sources.iter().any(|source| is_new(source)) {
            count_month(context, files, &is_new, &mut shared)?;
        }
    }
    for ((name, other), shared) in shared {
        let smaller = shared.rows.min(shared.other_rows);
        if shared.common < COMMON_ROWS_MIN || shared.common * 100 < smaller * COMMON_PERCENT_MIN {
            continue;
        }
        let Some(intake) = commit.intake.iter_mut().find(|intake| intake.source == name) else { continue };
        intake.note(format!(
            "겹침 의심: 같은 달의 {}행 가운데 {}행(문서번호까지 같은 행 {})이 ‘{other}’에도 있습니다. 두 번 더해졌는지 \
             확인하세요.",
            shared.rows, shared.common, shared.with_document_no
        ));
        intake.overlaps.push(Overlap {
            source: other,
            rows: shared.rows,
            common: shared.common,
            with_document_no: shared.with_document_no,
        });
    }
    Ok(())
}

#[derive(Default)]
struct Shared {
    rows: u64,
    other_rows: u64,
    common: u64,
    with_document_no: u64,
}

/// Rows of a month by what names a payment, for every file.
type Rows = HashMap<Digest, (u64, bool)>;

fn count_month(
    context: &Context<'_>,
    files: &[LakeFile],
    is_new: &dyn Fn(&str) -> bool,
    shared: &mut BTreeMap<(String, String), Shared>,
) -> anyhow::Result<()> {
    let mut by_source: BTreeMap<&str, Rows> = BTreeMap::new();
    for file in files {
        let rows = lake::read(&context.config.data(), std::slice::from_ref(file), &schema())?;
        let view = LedgerView::new(&rows, &context.config.currency)?;
        let known = by_source.entry(&file.source).or_default();
        for i in 0..view.n_rows {
            let has_document = !view.document_no.text(i).is_empty();
            known.entry(key(&view, i)).or_insert((0, has_document)).0 += 1;
        }
    }
    let n_rows = |rows: &Rows| rows.values().map(|(n, _)| n).sum::<u64>();
    for (name, rows) in by_source.iter().filter(|(name, _)| is_new(name)) {
        for (other, others) in by_source.iter().filter(|(other, _)| *other != name) {
            // Two new files: the later one says so.
            if is_new(other) && *other > *name {
                continue;
            }
            let found = shared.entry(((*name).to_owned(), (*other).to_owned())).or_default();
            found.rows += n_rows(rows);
            found.other_rows += n_rows(others);
            for (key, (n, has_document)) in rows {
                let common = others.get(key).map_or(0, |(m, _)| *n.min(m));
                found.common += common;
                found.with_document_no += if *has_document { common } else { 0 };
            }
        }
    }
    Ok(())
}

/// What names a payment in another export of it: descriptions and codes may be written otherwise there.
fn key(view: &LedgerView, i: usize) -> Digest {
    let day = view.day[i].to_le_bytes();
    let amount = view.amount[i].to_le_bytes();
    let texts = [&view.document_no, &view.department, &view.account, &view.vendor];
    let texts = texts.iter().map(|column| column.text(i).as_bytes());
    Digest::of_parts([day.as_slice(), amount.as_slice()].into_iter().chain(texts))
}
