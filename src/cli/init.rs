//! `init DIR`: the files an institution begins with.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::Done;
use super::output::say;
use crate::clean::mapping::SHIPPED;
use crate::config::{
    DEFAULT, DEFAULT_ACCOUNTS, DEFAULT_CONTROLS, DEFAULT_DEPARTMENTS, DEFAULT_HOLIDAYS, DEFAULT_MONTHLY_JOB,
    DEFAULT_POPULATION,
};
use crate::fsx;

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// 만들 폴더
    dir: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> Done {
    for name in scaffold(&arguments.dir)? {
        say!("만듦: {name}");
    }
    say!(
        "다음: 부서를 config/departments.toml에 적고 `ledgerwatch --config {}/config check`로 확인하세요.",
        arguments.dir.display()
    );
    Ok(ExitCode::SUCCESS)
}

/// Writes every file that is not there yet and names those written.
pub(super) fn scaffold(dir: &Path) -> anyhow::Result<Vec<String>> {
    let mut files = vec![
        ("config/ledgerwatch.toml".to_owned(), DEFAULT),
        ("config/departments.toml".to_owned(), DEFAULT_DEPARTMENTS),
        ("config/controls.toml".to_owned(), DEFAULT_CONTROLS),
        ("config/accounts.toml".to_owned(), DEFAULT_ACCOUNTS),
        ("config/population.toml".to_owned(), DEFAULT_POPULATION),
        ("config/kr_holidays.csv".to_owned(), DEFAULT_HOLIDAYS),
        ("jobs/monthly.toml".to_owned(), DEFAULT_MONTHLY_JOB),
    ];
    files.extend(SHIPPED.iter().map(|(name, text)| (format!("config/mappings/{name}.toml"), *text)));
    let mut written = Vec::new();
    for (name, text) in files {
        let path = dir.join(&name);
        if !path.try_exists()? {
            fsx::write_atomic(&path, text.as_bytes())?;
            written.push(name);
        }
    }
    std::fs::create_dir_all(dir.join("inbox"))?;
    Ok(written)
}
