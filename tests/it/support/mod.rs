//! What several tests need: a small institution, the program, a PostgreSQL.

pub mod postgres;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub fn exe() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_ledgerwatch"))
}

pub fn ledgerwatch(arguments: &[&str]) -> Output {
    Command::new(exe()).args(arguments).env_remove("LEDGERWATCH_CONFIG").output().unwrap()
}

/// Runs the program and expects success; gives its standard output.
pub fn expect(arguments: &[&str]) -> String {
    let output = ledgerwatch(arguments);
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{arguments:?}: {stdout}{}", String::from_utf8_lossy(&output.stderr));
    stdout
}

/// A demo institution of 2,000 payments whose job has run.
pub fn demo(dir: &Path) -> String {
    expect(&["demo", "--dir", &dir.to_string_lossy(), "--rows", "2000"])
}

pub fn config_of(dir: &Path) -> String {
    dir.join("config").to_string_lossy().into_owned()
}

/// Every file below `dir` with its SHA-256, sorted by name.
pub fn digests(dir: &Path) -> Vec<(String, String)> {
    fn walk(folder: &Path, root: &Path, out: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, out);
            } else {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
                out.push((name, ledgerwatch::ledger::Digest::of(&std::fs::read(&path).unwrap()).to_string()));
            }
        }
    }
    let mut out = Vec::new();
    walk(dir, dir, &mut out);
    out.sort();
    out
}
