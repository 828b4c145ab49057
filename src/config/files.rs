//! The files of a configuration folder, read once and parsed one by one.
//!
//! Comes in: the folder. Goes out: parsed parts and the texts as used (embedded defaults where a file is missing).
//! Refuses: files over `FILE_SIZE_MAX`; every problem is collected, none stops the others.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{DEFAULT, DEFAULT_ACCOUNTS, DEFAULT_CONTROLS, DEFAULT_HOLIDAYS, DEFAULT_POPULATION, Spec, tree};
use crate::clean::Mapping;
use crate::clean::mapping::SHIPPED;
use crate::detect::controls::ControlOptions;
use crate::detect::population;
use crate::detect::{AccountClasses, Holidays};
use crate::error::{Problem, Problems};
use crate::fsx;
use crate::ledger::{Department, Departments, Digest};

/// Name of the main file.
pub(super) const MAIN: &str = "ledgerwatch.toml";
const DEPARTMENTS: &str = "departments.toml";
const CONTROLS: &str = "controls.toml";
const ACCOUNTS: &str = "accounts.toml";
const POPULATION: &str = "population.toml";
const HOLIDAYS: &str = "kr_holidays.csv";
/// Configuration is written by hand; a larger file is a mistake.
const FILE_SIZE_MAX: u64 = 4 * 1024 * 1024;

/// Texts by name, such as `mappings/korean_erp.toml`.
pub(super) struct Files {
    folder: PathBuf,
    pub(super) texts: BTreeMap<String, String>,
}

/// Reads every file this module knows; missing ones fall back to the embedded default.
pub(super) fn read_all(folder: &Path, problems: &mut Problems) -> Files {
    let mut files = Files { folder: folder.to_owned(), texts: BTreeMap::new() };
    files.read(MAIN, Some(DEFAULT), problems);
    files.read(DEPARTMENTS, None, problems);
    files.read(CONTROLS, Some(DEFAULT_CONTROLS), problems);
    files.read(ACCOUNTS, Some(DEFAULT_ACCOUNTS), problems);
    files.read(POPULATION, Some(DEFAULT_POPULATION), problems);
    files.read(HOLIDAYS, Some(DEFAULT_HOLIDAYS), problems);
    for name in toml_names(&folder.join("mappings")) {
        files.read(&format!("mappings/{name}"), None, problems);
    }
    for (name, text) in SHIPPED {
        files.texts.entry(format!("mappings/{name}.toml")).or_insert_with(|| (*text).to_owned());
    }
    files
}

/// Names of the `.toml` files in `folder`, sorted; none where there is no folder.
pub(crate) fn toml_names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| {
            !name.starts_with('.') && Path::new(name).extension().is_some_and(|extension| extension == "toml")
        })
        .collect();
    names.sort();
    names
}

impl Files {
    fn read(&mut self, name: &str, default: Option<&str>, problems: &mut Problems) {
        let path = self.folder.join(name);
        let read = fsx::read_capped(&path, FILE_SIZE_MAX);
        let text = match (read, default) {
            (Ok(bytes), _) => String::from_utf8(bytes).map_err(|_| "UTF-8이 아닌 파일".to_owned()),
            (Err(error), Some(default)) if error.kind() == std::io::ErrorKind::NotFound => {
                Ok(default.to_owned())
            }
            (Err(error), _) => Err(error.to_string()),
        };
        match text {
            Ok(text) => {
                self.texts.insert(name.to_owned(), text);
            }
            Err(found) => problems.push(Problem::new(
                self.place(name),
                found,
                "읽을 수 있는 UTF-8 파일",
                "파일이 있는지, 권한과 인코딩이 맞는지 확인하세요. `ledgerwatch init 폴더`가 예시를 만듭니다.",
            )),
        }
    }

    /// The path of `name` as shown in problems.
    pub(super) fn place(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(String::as_str)
    }

    /// SHA-256 over all texts and their names.
    pub(super) fn digest(&self) -> Digest {
        Digest::of_parts(self.texts.iter().flat_map(|(name, text)| [name.as_bytes(), text.as_bytes()]))
    }

    /// `ledgerwatch.toml`, laid over the embedded default.
    pub(super) fn spec(&self, problems: &mut Problems) -> Option<Spec> {
        let place = self.place(MAIN);
        let merged = tree::overlay(DEFAULT, self.text(MAIN)?, &place, problems)?;
        match Spec::deserialize(merged) {
            Ok(spec) => Some(spec),
            Err(error) => {
                let hint = "값의 범위를 확인하세요. 예: 포트는 0~65535.";
                problems.push(Problem::new(place, error.message(), "설정 값", hint));
                None
            }
        }
    }

    /// `departments.toml`.
    pub(super) fn departments(&self, problems: &mut Problems) -> Departments {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Written {
            version: String,
            #[serde(default)]
            department: Vec<Department>,
        }
        let place = self.place(DEPARTMENTS);
        let Some(written) = self.text(DEPARTMENTS).and_then(|text| typed::<Written>(text, &place, problems))
        else {
            return Departments::default();
        };
        super::check::version(&written.version, &place, problems);
        super::check::departments(&written.department, &place, problems);
        Departments::new(written.department)
    }

    /// Mappings of the institution and the shipped ones it does not replace.
    pub(super) fn mappings(&self, problems: &mut Problems) -> Vec<Mapping> {
        let mut mappings = Vec::new();
        for (name, text) in self.texts.range("mappings/".to_owned().."mappings0".to_owned()) {
            match Mapping::from_toml(text, &self.place(name)) {
                Ok(mapping) => {
                    self.check_mapping(name, text, &mapping, problems);
                    mappings.push(mapping);
                }
                Err(found) => problems.0.extend(found.0),
            }
        }
        mappings
    }

    /// A mapping is known by its name and revision: in evidence two contents may not share them.
    fn check_mapping(&self, file: &str, text: &str, mapping: &Mapping, problems: &mut Problems) {
        let stem = file.trim_start_matches("mappings/").trim_end_matches(".toml");
        if mapping.name != stem {
            let hint = format!("name = \"{stem}\" 로 고치거나 파일 이름을 바꾸세요.");
            let place = format!("{}: name", self.place(file));
            problems.push(Problem::new(place, mapping.name.as_str(), "파일 이름과 같은 이름", hint));
        }
        let shipped = SHIPPED.iter().find(|(name, shipped)| *name == stem && *shipped != text);
        let Some(Ok(shipped)) = shipped.map(|(name, text)| Mapping::from_toml(text, name)) else { return };
        if shipped.revision == mapping.revision && shipped != *mapping {
            let place = format!("{}: revision", self.place(file));
            let found = format!("{}: 기본 매핑과 내용이 다름", mapping.id());
            let hint = format!("revision을 올리세요. 예: revision = {}", mapping.revision + 1);
            problems.push(Problem::new(place, found, "고칠 때마다 올린 revision", hint));
        }
    }

    /// Public holidays.
    pub(super) fn holidays(&self, problems: &mut Problems) -> Option<Holidays> {
        let text = self.text(HOLIDAYS)?;
        Holidays::from_csv(text, &self.place(HOLIDAYS)).map_err(|found| problems.0.extend(found.0)).ok()
    }

    /// Options of control tests.
    pub(super) fn controls(&self, problems: &mut Problems) -> Option<ControlOptions> {
        let text = self.text(CONTROLS)?;
        ControlOptions::from_toml(text, &self.place(CONTROLS))
            .map_err(|found| problems.0.extend(found.0))
            .ok()
    }

    /// Options of the population analyses.
    pub(super) fn population(&self, problems: &mut Problems) -> Option<population::Options> {
        let text = self.text(POPULATION)?;
        population::Options::from_toml(text, &self.place(POPULATION))
            .map_err(|found| problems.0.extend(found.0))
            .ok()
    }

    /// Weights by class of account.
    pub(super) fn accounts(&self, problems: &mut Problems) -> Option<AccountClasses> {
        let text = self.text(ACCOUNTS)?;
        AccountClasses::from_toml(text, &self.place(ACCOUNTS))
            .map_err(|found| problems.0.extend(found.0))
            .ok()
    }
}

/// Parses `text` as `T`; an error becomes a problem with its line.
pub(crate) fn typed<T: serde::de::DeserializeOwned>(
    text: &str,
    place: &str,
    problems: &mut Problems,
) -> Option<T> {
    tree::parse(text, place, problems)?;
    match toml::from_str::<T>(text) {
        Ok(value) => Some(value),
        Err(error) => {
            let line = error.span().map_or(1, |span| tree::line_of(text, span.start));
            let found = text.lines().nth(line - 1).unwrap_or_default().trim().to_owned();
            let hint = "철자와 값의 종류를 확인하세요. 빠진 항목이 있으면 추가하세요.";
            problems.push(Problem::new(format!("{place}:{line}"), found, error.message(), hint));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Problems of a folder whose `korean_erp` is the shipped one after `change`.
    fn problems(change: impl Fn(&str) -> String) -> String {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("mappings")).unwrap();
        let shipped = SHIPPED.iter().find(|(name, _)| *name == "korean_erp").unwrap().1;
        fsx::write_atomic(&dir.path().join("mappings/korean_erp.toml"), change(shipped).as_bytes()).unwrap();
        let mut problems = Problems::default();
        let files = read_all(dir.path(), &mut Problems::default());
        assert_eq!(files.mappings(&mut problems).len(), SHIPPED.len());
        problems.to_string()
    }

    #[test]
    fn a_changed_mapping_must_raise_its_revision() {
        let changed = |text: &str| text.replace("\"지급일자\"", "\"지급완료일\"");
        let found = problems(changed);
        assert!(found.contains("revision을 올리세요. 예: revision = 5"), "{found}");
        assert_eq!(problems(|text| changed(text).replace("revision = 4", "revision = 5")), "");
        // A comment changes nothing.
        assert_eq!(problems(|text| format!("# 우리 기관\n{text}")), "");
    }

    #[test]
    fn an_unknown_detector_of_a_class_is_named_with_its_file() {
        let dir = tempfile::tempdir().unwrap();
        let accounts = |text: &str| {
            fsx::write_atomic(&dir.path().join("accounts.toml"), text.as_bytes()).unwrap();
            let mut problems = Problems::default();
            let files = read_all(dir.path(), &mut Problems::default());
            (files.accounts(&mut problems), files.digest(), problems)
        };
        let (shipped, digest, problems) = accounts(DEFAULT_ACCOUNTS);
        assert_eq!((shipped, problems.0.len()), (Some(AccountClasses::korean()), 0));
        let (changed, other, _) = accounts(&DEFAULT_ACCOUNTS.replace("off_hours = 0.6", "off_hours = 0.7"));
        assert!(changed.is_some_and(|c| c != AccountClasses::korean()) && other != digest);
        let (none, _, problems) = accounts(&DEFAULT_ACCOUNTS.replace("off_hours = 0.6", "off_hour = 0.6"));
        let text = problems.to_string();
        assert!(none.is_none() && text.contains("accounts.toml: class ‘travel’: weights.off_hour"), "{text}");
        assert!(text.contains("알 수 없는 탐지기 ‘off_hour’") && text.contains("split_payment"), "{text}");
    }

    #[test]
    fn options_of_the_population_come_from_their_file() {
        let dir = tempfile::tempdir().unwrap();
        let read = |text: &str| {
            fsx::write_atomic(&dir.path().join("population.toml"), text.as_bytes()).unwrap();
            let mut problems = Problems::default();
            let files = read_all(dir.path(), &mut Problems::default());
            (files.population(&mut problems), files.digest(), problems.to_string())
        };
        let (shipped, digest, _) = read(DEFAULT_POPULATION);
        assert_eq!(shipped, Some(population::Options::default()));
        let (changed, other, _) = read(&DEFAULT_POPULATION.replace("last_month = 12", "last_month = 2"));
        assert!(changed.is_some_and(|o| o.last_month == 2) && other != digest);
        let (none, _, problems) = read(&DEFAULT_POPULATION.replace("last_month = 12", "last_month = 13"));
        assert!(
            none.is_none() && problems.contains("population.toml: year_end_concentration.last_month"),
            "{problems}"
        );
    }

    #[test]
    fn a_mapping_is_called_as_its_file() {
        let found = problems(|text| text.replace("name = \"korean_erp\"", "name = \"ours\""));
        assert!(
            found.contains("mappings/korean_erp.toml: name") && found.contains("name = \"korean_erp\""),
            "{found}"
        );
    }
}
