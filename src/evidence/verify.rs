//! Verification: log, bundles and archive against each other.
//!
//! Comes in: a data folder. Goes out: a finding for each thing checked, in Korean.
//! Refuses: to repair; it only says what it found.

use std::collections::BTreeSet;
use std::io::{Cursor, Read};
use std::path::Path;

use serde::Serialize;
use zip::ZipArchive;

use super::bundle::{Manifest, folder};
use super::log::{self, Entry};
use super::{EvidenceError, archive, io};
use crate::fsx;
use crate::ledger::Digest;

/// A bundle holds documents of one run; a larger one is not ours.
const BUNDLE_SIZE_MAX: u64 = 2 * 1024 * 1024 * 1024;

/// What became of one thing checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// 이상 없음.
    Intact,
    /// 변조 발견.
    Tampered,
    /// 누락.
    Missing,
}

impl State {
    /// On screen.
    pub fn label_ko(self) -> &'static str {
        match self {
            Self::Intact => "이상 없음",
            Self::Tampered => "변조 발견",
            Self::Missing => "누락",
        }
    }
}

/// One thing checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was checked.
    pub subject: String,
    /// What was found.
    pub state: State,
    /// More, in Korean; empty where intact.
    pub detail: String,
}

/// Everything checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Findings in order: log, bundles, archive.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether nothing was changed and nothing is missing.
    pub fn is_intact(&self) -> bool {
        self.findings.iter().all(|f| f.state == State::Intact)
    }

    fn add(&mut self, subject: impl Into<String>, state: State, detail: impl Into<String>) {
        self.findings.push(Finding { subject: subject.into(), state, detail: detail.into() });
    }
}

/// Checks the log named `origin`, every bundle it lists, and every original those bundles name.
pub fn verify(data: &Path, origin: &str) -> Result<Report, EvidenceError> {
    let mut report = Report::default();
    let contents = match log::read(data) {
        Ok(contents) => contents,
        Err(EvidenceError::Inconsistent(why)) => {
            report.add("증적 로그", State::Tampered, why_ko(why));
            return Ok(report);
        }
        Err(error) => return Err(error),
    };
    check_log(&contents, origin, &mut report);
    let mut originals = BTreeSet::new();
    let mut listed = BTreeSet::new();
    for line in &contents.lines {
        match serde_json::from_str::<Entry>(line) {
            Ok(entry) => {
                check_bundle(data, &entry, &mut originals, &mut report);
                listed.insert(entry.bundle);
            }
            Err(_) => report.add("증적 로그", State::Tampered, "읽을 수 없는 줄이 있습니다."),
        }
    }
    check_strays(data, &listed, &mut report)?;
    for (name, digest) in originals {
        check_original(data, &name, &digest, &mut report);
    }
    Ok(report)
}

fn why_ko(why: &str) -> &'static str {
    match why {
        "entries are missing" => "체크포인트보다 항목이 적습니다. 항목이 지워졌습니다.",
        "an entry was changed" => "항목의 내용이 체크포인트와 다릅니다.",
        "checkpoint is missing" => "체크포인트 파일이 없습니다.",
        "checkpoint cannot be read" => "체크포인트 파일의 내용이 바뀌었습니다.",
        _ => "로그 파일의 내용이 바뀌었습니다.",
    }
}

fn check_log(contents: &log::Contents, origin: &str, report: &mut Report) {
    if contents.checkpoint.as_ref().is_some_and(|c| c.origin != origin) {
        let detail = "체크포인트의 로그 이름이 설정의 origin과 다릅니다.";
        report.add("증적 로그", State::Tampered, detail);
    }
    let n_lines = contents.lines.len();
    let size = contents.checkpoint.as_ref().map_or(0, |c| c.size);
    match log::check(contents) {
        Ok(()) if size == n_lines && contents.torn_bytes == 0 => report.add("증적 로그", State::Intact, ""),
        Ok(()) => {
            let detail = "체크포인트 뒤에 항목이 있습니다. 실행이 끊긴 직후라면 그 작업을 다시 실행하세요.";
            report.add("증적 로그", State::Tampered, detail);
        }
        Err(EvidenceError::Inconsistent(why)) => report.add("증적 로그", State::Tampered, why_ko(why)),
        Err(_) => report.add("증적 로그", State::Tampered, "읽을 수 없습니다."),
    }
}

fn check_bundle(data: &Path, entry: &Entry, originals: &mut BTreeSet<(String, Digest)>, report: &mut Report) {
    let subject = format!("묶음 {}", entry.bundle);
    let is_plain = !entry.bundle.contains(['/', '\\']) && entry.bundle != "..";
    let bytes = fsx::read_capped(&folder(data).join(&entry.bundle), BUNDLE_SIZE_MAX);
    match bytes {
        Ok(bytes) if is_plain && Digest::of(&bytes) == entry.bundle_sha256 => match check_items(bytes) {
            Ok(manifest) => {
                originals.extend(manifest.inputs.into_iter().map(|input| (input.name, input.sha256)));
                report.add(subject, State::Intact, "");
            }
            Err(detail) => report.add(subject, State::Tampered, detail),
        },
        Ok(_) => report.add(subject, State::Tampered, "파일의 SHA-256이 로그와 다릅니다."),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            report.add(subject, State::Missing, "파일이 없습니다.");
        }
        Err(error) => report.add(subject, State::Tampered, error.to_string()),
    }
}

/// Compares every file of a bundle with its manifest.
fn check_items(bytes: Vec<u8>) -> Result<Manifest, String> {
    let unreadable = |_| "묶음을 열 수 없습니다.".to_owned();
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    let mut read = |name: &str| -> Result<Vec<u8>, String> {
        let file = zip.by_name(name).map_err(|_| format!("{name}: 묶음에 없습니다."))?;
        let mut out = Vec::new();
        file.take(BUNDLE_SIZE_MAX).read_to_end(&mut out).map_err(|_| format!("{name}: 읽을 수 없습니다."))?;
        Ok(out)
    };
    let manifest: Manifest =
        serde_json::from_slice(&read("manifest.json")?).map_err(|_| "manifest.json: 형식이 다릅니다.")?;
    for item in &manifest.items {
        if Digest::of(&read(&item.name)?) != item.sha256 {
            return Err(format!("{}: SHA-256이 다릅니다.", item.name));
        }
    }
    if zip.len() != manifest.items.len() + 2 {
        return Err("manifest.json에 없는 파일이 있습니다.".to_owned());
    }
    Ok(manifest)
}

fn check_strays(data: &Path, listed: &BTreeSet<String>, report: &mut Report) -> Result<(), EvidenceError> {
    let folder = folder(data);
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in std::fs::read_dir(&folder).map_err(io(&folder))? {
        let name = entry.map_err(io(&folder))?.file_name().to_string_lossy().into_owned();
        if !listed.contains(&name) {
            report.add(format!("묶음 {name}"), State::Tampered, "로그에 없는 파일입니다.");
        }
    }
    Ok(())
}

fn check_original(data: &Path, name: &str, digest: &Digest, report: &mut Report) {
    let subject = format!("원본 {name}");
    match archive::read(data, digest) {
        Ok(_) => report.add(subject, State::Intact, ""),
        Err(EvidenceError::Changed(_)) => report.add(subject, State::Tampered, "보관된 원본이 바뀌었습니다."),
        Err(EvidenceError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
            report.add(subject, State::Missing, "보관된 원본이 없습니다.");
        }
        Err(error) => report.add(subject, State::Tampered, error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::bundle::{BundleInput, Item, seal};
    use std::path::PathBuf;

    fn sample(data: &Path) {
        for n in 0..3_u8 {
            let digest = archive::put(data, &[n; 40]).unwrap();
            let run_id = format!("run{n}");
            let item =
                Item { name: "reports/a.pdf".to_owned(), role: "report".to_owned(), bytes: vec![n; 60] };
            let input = BundleInput {
                run_id: run_id.clone(),
                job: "monthly".to_owned(),
                period: "2024-12".to_owned(),
                created: "2025-01-02T00:00:00Z".to_owned(),
                inputs: vec![(format!("{n}.csv"), digest)],
                items: vec![item],
            };
            let sealed = seal(data, &input).unwrap();
            let entry = Entry {
                version: "1".to_owned(),
                run_id,
                job: input.job,
                period: input.period,
                created: input.created,
                bundle: sealed.name,
                bundle_sha256: sealed.sha256,
            };
            log::append(data, "origin", &entry).unwrap();
        }
    }

    fn files(folder: &Path, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { files(&path, out) } else { out.push(path) }
        }
    }

    #[test]
    fn a_clean_folder_is_intact() {
        let dir = tempfile::tempdir().unwrap();
        sample(dir.path());
        let report = verify(dir.path(), "origin").unwrap();
        assert!(report.is_intact(), "{report:?}");
        assert_eq!(report.findings.len(), 7);
    }

    #[test]
    fn every_changed_byte_is_found() {
        let dir = tempfile::tempdir().unwrap();
        sample(dir.path());
        let mut paths = Vec::new();
        files(dir.path(), &mut paths);
        for path in paths {
            let clean = std::fs::read(&path).unwrap();
            for at in 0..clean.len() {
                let mut changed = clean.clone();
                changed[at] ^= 1;
                fsx::write_atomic(&path, &changed).unwrap();
                let found = verify(dir.path(), "origin").is_ok_and(|report| !report.is_intact());
                assert!(found, "{} byte {at}", path.display());
            }
            fsx::write_atomic(&path, &clean).unwrap();
        }
        assert!(verify(dir.path(), "origin").unwrap().is_intact());
    }

    #[test]
    fn a_removed_file_is_found() {
        let dir = tempfile::tempdir().unwrap();
        sample(dir.path());
        let mut paths = Vec::new();
        files(dir.path(), &mut paths);
        for path in paths {
            let clean = std::fs::read(&path).unwrap();
            std::fs::remove_file(&path).unwrap();
            assert!(!verify(dir.path(), "origin").unwrap().is_intact(), "{}", path.display());
            fsx::write_atomic(&path, &clean).unwrap();
        }
    }
}
