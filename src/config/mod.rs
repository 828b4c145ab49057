//! Config: TOML as written to configuration as meant, all problems at once.
//!
//! Comes in: the folder `config/` and the job files beside it. Goes out: a `Config` whose every value was checked,
//! with a digest that names this version of it.
//! Refuses: unknown keys, wrong types, two departments with one spelling, secrets in files.

pub mod check;
pub mod env;
mod files;
mod options;
pub mod spec;
pub mod tree;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::clean::Mapping;
use crate::detect::controls::ControlOptions;
use crate::detect::population;
use crate::detect::{AccountClasses, Holidays};
use crate::error::{Problem, Problems};
use crate::ledger::{Currency, Departments, Digest};

pub(crate) use files::{toml_names, typed};
pub use spec::Spec;

/// The embedded default of `ledgerwatch.toml`: every key, commented.
pub const DEFAULT: &str = include_str!("../../config/ledgerwatch.toml");
/// The embedded example of `departments.toml`.
pub const DEFAULT_DEPARTMENTS: &str = include_str!("../../config/departments.toml");
/// The embedded monthly job.
pub const DEFAULT_MONTHLY_JOB: &str = include_str!("../../jobs/monthly.toml");
/// The embedded control test options.
pub const DEFAULT_CONTROLS: &str = include_str!("../../config/controls.toml");
/// The embedded weights by class of account.
pub const DEFAULT_ACCOUNTS: &str = include_str!("../../config/accounts.toml");
/// The embedded options of the population analyses.
pub const DEFAULT_POPULATION: &str = population::options::DEFAULT_TOML;
/// The embedded public holidays.
pub const DEFAULT_HOLIDAYS: &str = include_str!("../../config/kr_holidays.csv");

/// Configuration as meant: what the rest of the program uses.
#[derive(Clone, Debug)]
pub struct Config {
    /// Typed values of `ledgerwatch.toml`.
    pub spec: Spec,
    /// The folder that holds `config/`; relative paths start here.
    pub home: PathBuf,
    /// Currency of the institution.
    pub currency: Currency,
    /// Departments.
    pub departments: Departments,
    /// Mappings by file name; the institution's replace shipped ones of the same name.
    pub mappings: Vec<Mapping>,
    /// Public holidays.
    pub holidays: Holidays,
    /// Options of control tests.
    pub controls: ControlOptions,
    /// Weights by class of account.
    pub accounts: AccountClasses,
    /// Options of the population analyses.
    pub population: population::Options,
    /// Every file as used: name within the evidence, text.
    pub files: BTreeMap<String, String>,
    /// Names this version: SHA-256 over `files`.
    pub digest: Digest,
}

impl Config {
    /// Loads and checks everything in `folder`; all problems at once.
    pub fn load(folder: &Path) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        if !folder.is_dir() {
            problems.push(Problem::new(
                folder.display().to_string(),
                "폴더가 없습니다",
                "ledgerwatch.toml과 departments.toml이 든 설정 폴더",
                "`ledgerwatch init 폴더`로 만들거나 --config로 폴더를 지정하세요.",
            ));
            return Err(problems);
        }
        let files = files::read_all(folder, &mut problems);
        let spec = files.spec(&mut problems);
        let departments = files.departments(&mut problems);
        let mappings = files.mappings(&mut problems);
        let holidays = files.holidays(&mut problems);
        let controls = files.controls(&mut problems);
        let accounts = files.accounts(&mut problems);
        let population = files.population(&mut problems);
        let home = folder.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned();
        let (Some(spec), Some(holidays), Some(controls), Some(accounts), Some(population)) =
            (spec, holidays, controls, accounts, population)
        else {
            return Err(problems);
        };
        check::meaning(&spec, &files.place(files::MAIN), &mut problems);
        let digest = files.digest();
        let currency =
            Currency { code: spec.institution.currency.clone(), minor_digits: spec.institution.minor_digits };
        let files = files.texts;
        problems.into_result(Self {
            spec,
            home,
            currency,
            departments,
            mappings,
            holidays,
            controls,
            accounts,
            population,
            files,
            digest,
        })
    }

    /// A configured path, made absolute from the folder that holds `config/`.
    pub fn path(&self, written: &str) -> PathBuf {
        self.home.join(written)
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.path(&self.spec.paths.data)
    }

    /// The drop folder.
    pub fn inbox(&self) -> PathBuf {
        self.path(&self.spec.paths.inbox)
    }

    /// The folder of job files.
    pub fn jobs(&self) -> PathBuf {
        self.path(&self.spec.paths.jobs)
    }

    /// The templates folder where it exists.
    pub fn templates(&self) -> Option<PathBuf> {
        Some(self.path(&self.spec.paths.templates)).filter(|folder| folder.is_dir())
    }

    /// The database address: the environment's, else the file's with its path made absolute.
    pub fn database_url(&self) -> Result<String, Problem> {
        if let Some(url) = env::text(env::DATABASE_URL)? {
            return Ok(url);
        }
        let written = &self.spec.store.database_url;
        Ok(match written.strip_prefix("sqlite:") {
            Some(path) => format!("sqlite:{}", self.path(path).display()),
            None => written.clone(),
        })
    }
}
