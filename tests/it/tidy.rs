//! The rules of the house: layers, lengths, openings.

use std::fs;
use std::path::{Path, PathBuf};

const LINES_MAX: usize = 500;

/// Folder, and the modules of ours it may use.
const LAYERS: &[(&str, &[&str])] = &[
    ("ledger", &["ledger", "error"]),
    ("ingest", &["ingest", "ledger", "error", "fsx"]),
    ("clean", &["clean", "ingest", "ledger", "error", "ko"]),
    ("features", &["features", "clean", "ledger", "error", "ko", "detect", "ingest"]),
    ("detect", &["detect", "features", "clean", "ledger", "error", "ko", "ingest"]),
    ("budget", &["budget", "clean", "ledger", "error", "ingest"]),
    ("report", &["report", "budget", "detect", "clean", "ledger", "error", "ko", "fsx"]),
    ("review", &["review", "clean", "ingest", "ledger", "error"]),
    ("store", &["store", "ledger", "error"]),
    ("lake", &["lake", "clean", "ledger", "error", "fsx"]),
    ("deliver", &["deliver", "ledger", "error", "fsx", "ko"]),
    ("evidence", &["evidence", "ledger", "error", "fsx"]),
    ("demo", &["demo", "ledger", "fsx", "clean", "ingest"]),
];

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

fn all() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    sources(&root, &mut paths);
    paths.sort();
    let name = |path: &PathBuf| path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
    paths.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

/// Text before the tests.
fn code(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap()
}

#[test]
fn every_file_opens_with_what_it_is_and_stays_short() {
    for (name, text) in all() {
        assert!(text.starts_with("//!"), "{name} does not open with //!");
        let n = code(&text).lines().count();
        assert!(n <= LINES_MAX, "{name} has {n} lines");
        assert!(
            !text.contains(concat!("TO", "DO")) && !text.contains(concat!("FIX", "ME")),
            "{name} is unfinished"
        );
    }
}

#[test]
fn layers_look_down_only() {
    for (name, text) in all() {
        let Some((_, allowed)) = LAYERS.iter().find(|(folder, _)| name.starts_with(&format!("{folder}/")))
        else {
            continue;
        };
        for part in code(&text).split("crate::").skip(1) {
            let module: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            assert!(module.is_empty() || allowed.contains(&module.as_str()), "{name} uses {module}");
        }
    }
}

#[test]
fn foreign_names_stay_in_their_rooms() {
    for (name, text) in all() {
        for (word, room) in [
            ("diesel::", "store/"),
            ("lettre::", "deliver/"),
            ("genpdf::", "report/"),
            ("tokio_cron", "daemon/"),
            ("inotify::", "daemon/"),
        ] {
            assert!(!text.contains(word) || name.starts_with(room), "{name} says {word}");
        }
    }
}
