//! Budgets on their way from the drop folder into the reports of a whole run.

use std::fs;
use std::path::Path;

use ledgerwatch::budget;
use ledgerwatch::ledger::{BudgetPart, RecordKind};
use ledgerwatch::store::Store;

use crate::support::{config_of, demo, expect};

fn store(dir: &Path) -> Store {
    Store::open(&format!("sqlite:{}", dir.join("data/ledgerwatch.db").display())).unwrap()
}

/// The view of the first department in the newest run.
fn view(dir: &Path) -> serde_json::Value {
    let run = store(dir).runs(10).unwrap().into_iter().max_by_key(|run| run.created_ms).unwrap();
    let path = dir.join("data/artifacts").join(run.id).join("views/D001.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn budgets_of_the_demo_are_whole_and_the_planted_contradiction_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let said = demo(dir.path());
    assert!(said.contains("\"differing\":[]"), "movements and budget lines agree: {said}");
    let store = store(dir.path());
    let lines = store.budget_lines(2024).unwrap();
    let off: i64 = lines
        .iter()
        .map(|line| {
            let part = |part| line.parts.get(part).unwrap().0;
            let parts =
                [BudgetPart::OriginalBudget, BudgetPart::SupplementaryBudget, BudgetPart::CarriedOver];
            let sum: i64 = parts.into_iter().map(part).sum::<i64>() + part(BudgetPart::Reserve);
            line.current_budget.0 - sum - line.parts.net_reallocation().unwrap().0
        })
        .sum();
    assert_eq!(off, 1_000_000);
    let intakes = store.current_intakes().unwrap();
    let of = |kind| intakes.iter().filter(move |intake| intake.kind == kind);
    let checked: u64 = of(RecordKind::Budget).map(|intake| intake.identity_checked).sum();
    let loaded: u64 = of(RecordKind::Budget).map(|intake| intake.loaded).sum();
    assert!(checked == loaded && checked > 500, "{checked} of {loaded}");
    assert_eq!(of(RecordKind::Budget).map(|intake| intake.identity_mismatches).sum::<u64>(), 1);
    assert_eq!(of(RecordKind::Reallocation).count(), 5);
    // One movement less than the budget lines say.
    let mut events = store.reallocations(2024).unwrap();
    let gone = events.remove(0);
    let found = budget::compare(&lines, &events, "2024-12".parse().unwrap()).differing;
    let mut places = [(gone.from.department, gone.from.account), (gone.to.department, gone.to.account)];
    places.sort();
    assert_eq!(found.into_iter().map(|d| (d.department, d.account)).collect::<Vec<_>>(), places);
}

#[test]
fn the_rate_follows_the_configuration_and_a_file_without_a_movement_is_named() {
    let dir = tempfile::tempdir().unwrap();
    demo(dir.path());
    let before = view(dir.path());
    let line = |view: &serde_json::Value| view["budget"][0].clone();
    assert_eq!(line(&before)["base"], "current_budget");
    assert!(line(&before)["parts"]["original_budget"].as_i64().unwrap() > 0);
    assert!(before["reallocations_differing"].as_array().unwrap().is_empty());
    let main = dir.path().join("config/ledgerwatch.toml");
    let text = fs::read_to_string(&main).unwrap();
    fs::write(&main, text.replace("execution_base = \"current_budget\"", "execution_base = \"allotment\""))
        .unwrap();
    let movements = dir.path().join("inbox/예산이용전용_2024.csv");
    let bytes = fs::read(&movements).unwrap();
    // Without the first movement; the total goes, too.
    let mut lines: Vec<&[u8]> = bytes.split(|b| *b == b'\n').collect();
    lines.remove(2);
    lines.truncate(lines.len() - 2);
    fs::write(&movements, lines.join(&b'\n')).unwrap();
    expect(&["--config", &config_of(dir.path()), "run", "monthly", "--period", "2024-12"]);
    assert_eq!(line(&view(dir.path()))["base"], "allotment");
    let named = fs::read_dir(dir.path().join("data/artifacts")).unwrap().any(|run| {
        fs::read_dir(run.unwrap().path().join("views")).unwrap().any(|view| {
            let text = fs::read_to_string(view.unwrap().path()).unwrap();
            let view: serde_json::Value = serde_json::from_str(&text).unwrap();
            !view["reallocations_differing"].as_array().unwrap().is_empty()
        })
    });
    assert!(named, "the difference stands in the report of its department");
}

#[test]
fn an_unknown_base_is_refused_with_the_words_to_write() {
    let dir = tempfile::tempdir().unwrap();
    expect(&["init", &dir.path().to_string_lossy()]);
    let main = dir.path().join("config/ledgerwatch.toml");
    fs::write(&main, "[budget]\nexecution_base = \"spent\"\n").unwrap();
    let output = crate::support::ledgerwatch(&["--config", &config_of(dir.path()), "check"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("budget.execution_base") && said.contains("배정액으로 나누면 allotment"), "{said}");
}
