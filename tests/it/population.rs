//! The population analyses from the command line and in the monthly run.

use std::fs;
use std::io::Cursor;

use calamine::{Reader, Xlsx};
use ledgerwatch::detect::population::POPULATION;

use crate::support::{config_of, demo, digests, expect, ledgerwatch};

/// Names of the sheets of the workbook at `path`.
fn sheets(path: &std::path::Path) -> Vec<String> {
    Xlsx::new(Cursor::new(fs::read(path).unwrap())).map(|book: Xlsx<_>| book.sheet_names()).unwrap()
}

#[test]
fn the_monthly_run_leaves_a_workbook_for_audit_that_no_mail_carries() {
    let dir = tempfile::tempdir().unwrap();
    demo(dir.path());
    let artifacts = digests(&dir.path().join("data/artifacts"));
    let books: Vec<&(String, String)> =
        artifacts.iter().filter(|(name, _)| name.ends_with("/모집단분석_2024-12.xlsx")).collect();
    let [(name, sha256)] = books[..] else { panic!("{artifacts:?}") };
    assert_eq!(sheets(&dir.path().join("data/artifacts").join(name)).len(), 2 + 2 * POPULATION.len());
    // It is in the evidence, and in none of the mails.
    let bundles = dir.path().join("data/evidence/bundles");
    let bundle = fs::read_dir(&bundles).unwrap().next().unwrap().unwrap().path();
    let mut bundle = zip::ZipArchive::new(fs::File::open(bundle).unwrap()).unwrap();
    let manifest = std::io::read_to_string(bundle.by_name("manifest.json").unwrap()).unwrap();
    assert!(manifest.contains("모집단분석_2024-12.xlsx") && manifest.contains(sha256.as_str()));
    let deliveries = std::io::read_to_string(bundle.by_name("deliveries.json").unwrap()).unwrap();
    assert!(deliveries.contains("reports/") && !deliveries.contains("모집단분석"));
}

#[test]
fn the_command_reads_files_and_writes_tables() {
    let dir = tempfile::tempdir().unwrap();
    demo(dir.path());
    let path = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    let config = config_of(dir.path());
    let run = |threads: &str, out: &str, tables: &str| {
        expect(&[
            "--config",
            &config,
            "population",
            &path("inbox"),
            "--out",
            &path(out),
            "--tables",
            &path(tables),
            "--threads",
            threads,
        ])
    };
    let said = run("1", "a.xlsx", "a.json");
    run("2", "b.xlsx", "b.json");
    let tables = fs::read_to_string(path("a.json")).unwrap();
    assert_eq!(tables, fs::read_to_string(path("b.json")).unwrap());
    let tables: serde_json::Value = serde_json::from_str(&tables).unwrap();
    let ids: Vec<&str> =
        tables["analyses"].as_array().unwrap().iter().map(|a| a["id"].as_str().unwrap()).collect();
    assert_eq!(ids, POPULATION.iter().map(|analysis| analysis.id()).collect::<Vec<_>>());
    // 2,000 payments are too few for Benford's law and enough for repeated amounts.
    let refused = &tables["analyses"][0]["refused"][0];
    assert_eq!((refused["scope"].as_str(), refused["n_min"].as_u64()), (Some("institution"), Some(5_000)));
    assert!(said.contains("같은 금액 반복 - 반복 지수(NFF) 0."), "{said}");
    assert!(said.contains("연말 집중 집행 - 2024년 마지막 7일"), "{said}");
    let unknown = ledgerwatch(&[
        "--config",
        &config,
        "population",
        &path("inbox"),
        "--out",
        &path("c.xlsx"),
        "--mapping",
        "none",
    ]);
    assert_eq!(unknown.status.code(), Some(2));
}

#[test]
fn check_names_what_is_wrong_with_the_options() {
    let dir = tempfile::tempdir().unwrap();
    expect(&["init", &dir.path().to_string_lossy()]);
    let path = dir.path().join("config/population.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("first_min = 5000", "first_min = 100")).unwrap();
    let said = ledgerwatch(&["--config", &config_of(dir.path()), "check"]);
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    assert_eq!(said.status.code(), Some(2));
    assert!(
        text.contains("population.toml: benford.first_min") && text.contains("2000 이상 1000000 이하"),
        "{text}"
    );
}
