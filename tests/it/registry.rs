//! Every entry of a registry has a Korean label, a unique id and a page.

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
