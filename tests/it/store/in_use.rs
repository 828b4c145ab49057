//! Which versions are in use, what was reported, what a failed run left unsaid.

use ledgerwatch::error::Problem;
use ledgerwatch::ledger::{Digest, FileIntake, LakeKind};
use ledgerwatch::store::{NewRun, RunStatus, StepCommit, Store};

use super::faults::{commit, file};
use super::{artifact, new_run};

fn names(store: &Store) -> Vec<(String, Digest)> {
    store.intakes_in_use().unwrap().into_iter().map(|file| (file.source, file.sha256)).collect()
}

pub fn a_refused_version_leaves_the_one_before_in_use(store: &Store) {
    let (one, two) = (Digest::of(b"1"), Digest::of(b"2"));
    commit(store, "one", &StepCommit { budget: vec![], ..file("a.csv", b"1", 10) }, 1).unwrap();
    let problem = Problem::new("a.csv", "", "", "");
    let bad = StepCommit {
        intake: vec![FileIntake::refused("a.csv", two, 1, problem)],
        config_digest: "c".to_owned(),
        ..StepCommit::default()
    };
    commit(store, "two", &bad, 2).unwrap();
    assert_eq!(names(store), [("a.csv".to_owned(), one)]);
    assert_eq!(store.current_intakes().unwrap()[0].sha256, two);
    let versions = store.versions_of("a.csv").unwrap();
    let versions: Vec<_> = versions.iter().map(|(file, at, current)| (file.sha256, *at, *current)).collect();
    assert_eq!(versions, [(two, 2, true), (one, 1, false)]);
}

pub fn withdrawn_rows_count_no_more_and_stay_listed(store: &Store) {
    commit(store, "one", &file("a.csv", b"1", 10), 1).unwrap();
    commit(store, "two", &StepCommit { budget: vec![], ..file("b.csv", b"2", 20) }, 2).unwrap();
    let gone = StepCommit { superseded: vec!["a.csv".to_owned()], ..StepCommit::default() };
    commit(store, "three", &gone, 3).unwrap();
    let month = "2024-12".parse().unwrap();
    let files = store.current_lake_files(LakeKind::Clean, month, month).unwrap();
    assert_eq!(files.iter().map(|f| f.source.as_str()).collect::<Vec<_>>(), ["b.csv"]);
    assert!(store.budget_lines(2024).unwrap().is_empty());
    assert_eq!(store.versions_of("a.csv").unwrap().len(), 1);
}

pub fn a_month_is_reported_once_a_run_of_it_succeeded(store: &Store) {
    let run = |period: &str| NewRun { period: period.parse().unwrap(), ..new_run() };
    let begin = |period: &str| store.begin_run(&run(period), 1).unwrap().id;
    let (november, december) = (begin("2024-11"), begin("2024-12"));
    assert_eq!(store.reported_until("").unwrap(), None);
    store.end_run(&november, RunStatus::Succeeded, None, 2).unwrap();
    store.end_run(&december, RunStatus::Failed, None, 2).unwrap();
    assert_eq!(store.reported_until(&december).unwrap().unwrap().to_string(), "2024-11");
    assert_eq!(store.reported_until(&november).unwrap(), None);
    // What the failed run found is still to be said; what the other found was.
    for id in [&november, &december] {
        store.begin_step(id, "ingest", 3).unwrap();
        let found = StepCommit { artifacts: vec![artifact(id, "restatement.json")], ..StepCommit::default() };
        store.finish_step(id, "ingest", &found, 4).unwrap();
    }
    let unsaid = store.artifacts_of_unfinished("restatement.json").unwrap();
    assert_eq!(unsaid.iter().map(|a| a.run_id.as_str()).collect::<Vec<_>>(), [december.as_str()]);
}
