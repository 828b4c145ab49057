//! `quarantine export`: rows kept aside, as a workbook to mend.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::output::say;
use super::{Done, exe, load};
use crate::clean::Tidy;
use crate::clean::kept::KeptRows;
use crate::config::Config;
use crate::error::Problem;
use crate::evidence::archive;
use crate::ledger::{FileIntake, RecordKind};
use crate::report::quarantine_workbook::{Kept, render};
use crate::store::Store;
use crate::{fsx, ingest};

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// 보류된 행을 고칠 수 있는 엑셀 파일로 내보내기
    Export {
        /// 이 파일의 보류 행만
        #[arg(long)]
        source: Option<String>,
        /// 저장할 파일(.xlsx)
        #[arg(long)]
        out: PathBuf,
    },
}

pub(super) fn run(folder: &Path, arguments: &Arguments) -> Done {
    let Command::Export { source, out } = &arguments.command;
    let config = load(folder)?;
    let store = Store::open(&config.database_url()?)?;
    let in_use = store.intakes_in_use()?;
    if let Some(name) = source {
        let known: Vec<&str> = in_use.iter().map(|file| file.source.as_str()).collect();
        if !known.contains(&name.as_str()) {
            let hint =
                "`ledgerwatch intake list`로 파일 이름을 확인하세요. 하위 폴더는 ‘폴더/파일’로 적습니다.";
            return Err(Problem::new("--source", name.as_str(), "접수된 파일의 이름", hint).into());
        }
    }
    let wanted = |file: &&FileIntake| source.as_ref().is_none_or(|name| file.source == *name);
    let mut tables = Vec::new();
    for file in in_use.iter().filter(wanted).filter(|file| file.quarantined > 0) {
        match (file.corrects.is_empty(), file.kind) {
            (false, _) => {}
            (_, RecordKind::Budget | RecordKind::Reallocation) => {
                say!(
                    "{}: 예산 파일의 보류 행 {}개는 예산 파일을 고쳐 다시 넣으세요.",
                    file.source,
                    file.quarantined
                );
            }
            _ => tables.extend(tables_of(&config, file, &put_back(&in_use, file))?),
        }
    }
    let n_rows: usize = tables.iter().map(|kept: &Kept| kept.table.lines.len()).sum();
    if n_rows == 0 {
        say!("고칠 보류 행이 없습니다.");
        return Ok(ExitCode::SUCCESS);
    }
    fsx::write_atomic(out, &render(&tables)?)?;
    say!("보류 행 {n_rows}개를 내보냈습니다: {}", out.display());
    say!("고친 뒤 수신 폴더에 넣으면 다음 실행에서 반영됩니다: {}", config.inbox().display());
    Ok(ExitCode::SUCCESS)
}

/// Rows of `file` that another file puts back already.
fn put_back(in_use: &[FileIntake], file: &FileIntake) -> BTreeSet<(String, i64)> {
    let of_file = in_use.iter().flat_map(|f| &f.corrects).filter(|c| c.sha256 == file.sha256);
    of_file
        .flat_map(|c| c.rows.iter())
        .flat_map(|(sheet, rows)| rows.iter().map(|r| (sheet.clone(), *r)))
        .collect()
}

/// Reads the original again and gives the rows it keeps aside, without those put back.
fn tables_of(
    config: &Config,
    file: &FileIntake,
    put_back: &BTreeSet<(String, i64)>,
) -> anyhow::Result<Vec<Kept>> {
    let mut rows = KeptRows::default();
    let path = archive::path(&config.data(), &file.sha256);
    let mut tidy = Tidy::new(&file.source, &config.mappings, &config.departments, &mut rows);
    let facts = ingest::read(&path, &file.source, &config.reader_options(&exe()?), &mut tidy);
    if let Some(problem) = tidy.finish(&facts).intake.refused {
        return Err(problem.into());
    }
    let mut tables = Vec::new();
    for mut table in rows.tables {
        table.lines.retain(|line| !put_back.contains(&(table.sheet.clone(), line.row)));
        if !table.lines.is_empty() {
            tables.push(Kept { source: file.source.clone(), sha256: file.sha256, table });
        }
    }
    Ok(tables)
}
