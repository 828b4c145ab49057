//! Every entry of a registry has a Korean label, a unique id and a page; a control test also a full page, a section of the
//! configuration and a row of the index.

use std::collections::BTreeSet;
use std::path::Path;

use ledgerwatch::detect::DETECTORS;
use ledgerwatch::detect::controls::CONTROLS;
use ledgerwatch::detect::population::POPULATION;
use ledgerwatch::ingest::FORMATS;
use ledgerwatch::pipeline::STEPS;
use ledgerwatch::report::REPORTS;

fn check(kind: &str, entries: &[(&str, &str)], folder: &str) {
    let ids: BTreeSet<&str> = entries.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids.len(), entries.len(), "{kind}: an id stands twice");
    for (id, label) in entries {
        assert!(label.chars().any(|c| ('가'..='힣').contains(&c)), "{kind} {id} has no Korean label");
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/{folder}/{id}.md"));
        assert!(page.is_file(), "{kind} {id} has no page docs/{folder}/{id}.md");
    }
}

#[test]
fn every_entry_has_a_label_and_a_page() {
    let formats: Vec<_> = FORMATS.iter().map(|f| (f.id(), f.label_ko())).collect();
    check("format", &formats, "formats");
    let reports: Vec<_> = REPORTS.iter().map(|r| (r.id(), r.label_ko())).collect();
    check("report", &reports, "reports");
    let steps: Vec<_> = STEPS.iter().map(|s| (s.id(), s.label_ko())).collect();
    check("step", &steps, "steps");
    let controls: Vec<_> = CONTROLS.iter().map(|c| (c.id(), c.label_ko())).collect();
    check("control test", &controls, "controls");
    let population: Vec<_> = POPULATION.iter().map(|a| (a.id(), a.label_ko())).collect();
    check("population analysis", &population, "population");
    let is_control = |id: &str| controls.iter().any(|(control, _)| *control == id);
    let all: Vec<_> = DETECTORS.iter().map(|d| (d.id(), d.label_ko())).collect();
    let models: Vec<_> = all.into_iter().filter(|(id, _)| !is_control(id)).collect();
    check("model", &models, "detectors");
}

/// Sections that the page of a control test has.
const SECTIONS: [&str; 7] = [
    "Methodology",
    "Example",
    "Why it is a reason to look",
    "Exclusions",
    "Configuration",
    "Columns",
    "What it cannot see",
];

fn read(path: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{path} cannot be read: {e}"))
}

/// What is missing of a control test, in words: of its page, of `config` and of `index`.
fn missing(id: &str, label: &str, codes: &[&str], page: &str, config: &str, index: &str) -> Vec<String> {
    let path = format!("docs/controls/{id}.md");
    let mut missing = Vec::new();
    let title = format!("# {id} ({label})");
    if page.lines().next() != Some(title.as_str()) {
        missing.push(format!("the first line of {path} is not \"{title}\""));
    }
    for section in SECTIONS {
        if !page.lines().any(|line| line == format!("## {section}")) {
            missing.push(format!("{path} has no section \"## {section}\""));
        }
    }
    if !config.lines().any(|line| line == format!("[{id}]")) {
        missing.push(format!("config/controls.toml has no section [{id}]"));
    }
    let start = format!("| [{id}]({id}.md) | {label} |");
    match index.lines().find(|line| line.starts_with(&start)) {
        None => missing.push(format!("docs/controls/README.md has no row of {id} with \"{label}\"")),
        Some(row) => {
            let cell = row.split('|').nth(3).unwrap_or_default();
            let stated: Vec<&str> = cell.split_whitespace().collect();
            for code in codes.iter().filter(|code| !stated.contains(code)) {
                missing.push(format!("docs/controls/README.md does not name {code} in the row of {id}"));
            }
            for code in stated.iter().filter(|code| !codes.contains(code)) {
                missing.push(format!(
                    "docs/controls/README.md names {code} in the row of {id}, which the code does not"
                ));
            }
        }
    }
    missing
}

#[test]
fn every_control_test_has_its_page_its_section_and_its_row() {
    let (config, index) = (read("config/controls.toml"), read("docs/controls/README.md"));
    let mut all = Vec::new();
    for control in CONTROLS {
        let page = read(&format!("docs/controls/{}.md", control.id()));
        let codes = control.about().map_or(&[][..], |about| about.codes);
        all.extend(missing(control.id(), control.label_ko(), codes, &page, &config, &index));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
    let rows: Vec<&str> = index
        .lines()
        .filter_map(|line| line.strip_prefix("| [")?.split_once("]("))
        .map(|row| row.0)
        .collect();
    let ids: Vec<&str> = CONTROLS.iter().map(|control| control.id()).collect();
    assert_eq!(rows, ids, "docs/controls/README.md does not list the control tests in the order of reports");
}

#[test]
fn what_is_missing_is_named() {
    let page = "# even (짝수)\n## Methodology\n## Example\n## Why it is a reason to look\n## Exclusions\n## Configuration\n## Columns\n## What it cannot see\n";
    let row = "| [even](even.md) | 짝수 | T14 T15 | low | 40 | | |\n";
    assert!(missing("even", "짝수", &["T14", "T15"], page, "[even]\n", row).is_empty());
    let found = missing("even", "홀수", &["T14"], "# even\n## Methodology\n", "[odd]\n", row);
    assert!(found.contains(&"the first line of docs/controls/even.md is not \"# even (홀수)\"".to_owned()));
    assert!(found.contains(&"docs/controls/even.md has no section \"## Columns\"".to_owned()));
    assert!(found.contains(&"config/controls.toml has no section [even]".to_owned()));
    assert!(found.contains(&"docs/controls/README.md has no row of even with \"홀수\"".to_owned()));
    let found = missing("even", "짝수", &["T14", "T16"], page, "[even]\n", row);
    let expected = [
        "docs/controls/README.md does not name T16 in the row of even",
        "docs/controls/README.md names T15 in the row of even, which the code does not",
    ];
    assert_eq!(found, expected);
}
