//! What must hold when names change, workers race, words come late, or several processes start at once.

use std::collections::BTreeSet;
use std::sync::{Barrier, Mutex};
use std::time::{Duration, Instant};

use diesel::connection::{Connection, SimpleConnection};
use ledgerwatch::ledger::{Amount, BudgetLine, Digest, FileIntake, LakeFile, LakeKind};
use ledgerwatch::store::{RunStatus, StepCommit, Store, StoreError};

use super::{mail, new_run};

const WORKERS: usize = 4;
/// Generous: the race itself takes well under a second.
const PATIENCE: Duration = Duration::from_secs(20);

/// What an ingest step leaves of one file.
pub fn file(name: &str, bytes: &[u8], amount: i64) -> StepCommit {
    let sha256 = Digest::of(bytes);
    let place = ledgerwatch::error::Problem::new("", "", "", "");
    let line = BudgetLine {
        fiscal_year: 2024,
        department: "총무과".to_owned(),
        account: "여비".to_owned(),
        current_budget: Amount(amount),
        ..BudgetLine::default()
    };
    StepCommit {
        lake_files: vec![LakeFile {
            path: format!("lake/{name}-{sha256}"),
            kind: LakeKind::Clean,
            period: "2024-12".parse().unwrap(),
            sha256,
            rows: 1,
            total: Amount(amount),
            source: name.to_owned(),
            source_sha256: sha256,
        }],
        intake: vec![FileIntake { refused: None, ..FileIntake::refused(name, sha256, 1, place) }],
        budget: vec![(name.to_owned(), sha256, vec![line])],
        config_digest: "c".to_owned(),
        ..StepCommit::default()
    }
}

pub fn commit(store: &Store, step: &str, commit: &StepCommit, now_ms: i64) -> Result<(), StoreError> {
    let run = store.begin_run(&new_run(), 1).unwrap().id;
    store.begin_step(&run, step, now_ms).unwrap();
    store.finish_step(&run, step, commit, now_ms)
}

pub fn the_same_bytes_count_once_under_a_new_name(store: &Store) {
    let month = "2024-12".parse().unwrap();
    commit(store, "one", &file("a.csv", b"1", 10), 1).unwrap();
    commit(store, "two", &file("b.csv", b"1", 10), 2).unwrap();
    let files = store.current_lake_files(LakeKind::Clean, month, month).unwrap();
    assert_eq!(files.iter().map(|f| f.source.as_str()).collect::<Vec<_>>(), ["b.csv"]);
    assert_eq!(store.budget_lines(2024).unwrap().len(), 1);
    assert_eq!(store.current_intakes().unwrap().len(), 1);
    // And back: the old name again, first seen when it was first seen.
    commit(store, "three", &file("a.csv", b"1", 10), 3).unwrap();
    let files = store.current_lake_files(LakeKind::Clean, month, month).unwrap();
    assert_eq!(files.iter().map(|f| f.source.as_str()).collect::<Vec<_>>(), ["a.csv"]);
    let names = store.names_of(&Digest::of(b"1")).unwrap();
    let names: Vec<_> = names.iter().map(|n| (n.source.as_str(), n.first_seen_ms, n.is_current)).collect();
    assert_eq!(names, [("a.csv", 1, true), ("b.csv", 2, false)]);
}

pub fn a_file_that_stops_being_a_budget_takes_its_lines_along(store: &Store) {
    commit(store, "one", &file("a.csv", b"1", 10), 1).unwrap();
    let payments = StepCommit { budget: vec![], ..file("a.csv", b"2", 10) };
    commit(store, "two", &payments, 2).unwrap();
    assert!(store.budget_lines(2024).unwrap().is_empty());
}

/// The database itself refuses a second current file, whatever the caller forgot.
pub fn rows_without_their_account_are_refused(store: &Store) {
    commit(store, "one", &file("a.csv", b"1", 10), 1).unwrap();
    let forgot = StepCommit { intake: vec![], ..file("a.csv", b"2", 20) };
    assert!(commit(store, "two", &forgot, 2).is_err());
    let renamed = StepCommit { intake: vec![], ..file("b.csv", b"1", 10) };
    assert!(commit(store, "three", &renamed, 3).is_err());
}

pub fn a_late_failure_does_not_send_a_mail_again(store: &Store) {
    store.enqueue(&[mail("m1")]).unwrap();
    store.take_mail(10, 5).unwrap().unwrap();
    store.mail_sent("m1", "250", 11).unwrap();
    let n_entries = store.audit_after(0, 100).unwrap().len();
    assert!(matches!(store.mail_retry("m1", "timeout", 12, 12), Err(StoreError::NotSending { .. })));
    assert!(matches!(store.mail_dead("m1", "550", 12), Err(StoreError::NotSending { .. })));
    assert!(matches!(store.mail_sent("none", "250", 12), Err(StoreError::NotSending { .. })));
    assert!(store.take_mail(999, 999).unwrap().is_none());
    assert_eq!(store.mails_of("r").unwrap()[0].reply.as_deref(), Some("250"));
    assert_eq!(store.audit_after(0, 100).unwrap().len(), n_entries);
}

pub fn a_known_mail_is_not_noted_as_queued_again(store: &Store) {
    store.enqueue(&[mail("m1")]).unwrap();
    store.enqueue(&[mail("m1")]).unwrap();
    assert_eq!(store.audit_after(0, 10).unwrap().len(), 1);
}

pub fn a_finished_run_stays_finished(store: &Store) {
    let run = store.begin_run(&new_run(), 1).unwrap().id;
    store.end_run(&run, RunStatus::Succeeded, None, 2).unwrap();
    let late = store.end_run(&run, RunStatus::Failed, Some("late"), 3);
    assert!(matches!(late, Err(StoreError::IllegalEnd { .. })));
    assert_eq!(store.run(&run).unwrap().unwrap().state(), RunStatus::Succeeded);
    let unknown = store.end_run("none", RunStatus::Failed, None, 3);
    assert!(matches!(unknown, Err(StoreError::IllegalEnd { .. })));
}

pub fn only_a_begun_step_can_fail(store: &Store) {
    let run = store.begin_run(&new_run(), 1).unwrap().id;
    let early = store.fail_step(&run, "score", "why", 2);
    assert!(matches!(early, Err(StoreError::IllegalTransition { .. })));
    store.begin_step(&run, "score", 3).unwrap();
    store.finish_step(&run, "score", &StepCommit::default(), 4).unwrap();
    let late = store.fail_step(&run, "score", "why", 5);
    assert!(matches!(late, Err(StoreError::IllegalTransition { .. })));
    assert!(store.steps_of(&run).unwrap()[0].is_done());
    assert_eq!(store.audit_after(0, 10).unwrap().len(), 1);
}

/// Several daemons on one database: each occurrence once, no job twice at a time.
pub fn workers_share_no_job(url: &str) {
    let jobs = ["a", "b", "c"];
    let n_each = 15;
    let store = Store::open(url).unwrap();
    for (job, at) in jobs.iter().flat_map(|job| (1..=n_each).map(move |at| (job, at))) {
        store.add_occurrence(job, at, "due", None).unwrap();
    }
    let busy = Mutex::new(BTreeSet::new());
    let done = Mutex::new(Vec::new());
    let begin = Instant::now();
    let work = |owner: usize| {
        let store = Store::open(url).unwrap();
        while done.lock().unwrap().len() < jobs.len() * usize::try_from(n_each).unwrap() {
            assert!(begin.elapsed() < PATIENCE, "workers are stuck");
            let Some(claim) = store.claim_occurrence(&owner.to_string(), 100, 1_000_000).unwrap() else {
                // SQLite's busy timeout is not fair: workers that never pause can starve one.
                std::thread::sleep(Duration::from_millis(2));
                continue;
            };
            assert!(busy.lock().unwrap().insert(claim.job.clone()), "{} by two workers", claim.job);
            std::thread::sleep(Duration::from_millis(1));
            assert!(busy.lock().unwrap().remove(&claim.job));
            store.finish_occurrence(&claim, "done", None).unwrap();
            done.lock().unwrap().push((claim.job, claim.scheduled_ms));
        }
    };
    in_parallel(&work);
    let done = done.into_inner().unwrap();
    assert_eq!(done.len(), done.iter().collect::<BTreeSet<_>>().len());
}

/// Several senders: each mail is taken once, and none is left because another sender was quicker.
pub fn senders_share_no_mail(url: &str) {
    let store = Store::open(url).unwrap();
    let mails: Vec<_> = (0..60).map(|n| mail(&format!("m{n:02}"))).collect();
    store.enqueue(&mails).unwrap();
    let taken = Mutex::new(Vec::new());
    in_parallel(&|_| {
        let store = Store::open(url).unwrap();
        while let Some(row) = store.take_mail(10, 0).unwrap() {
            taken.lock().unwrap().push(row.id);
        }
        assert!(store.mails_of("r").unwrap().iter().all(|mail| mail.status == "sending"), "mails were left");
    });
    let taken = taken.into_inner().unwrap();
    assert_eq!((taken.len(), taken.iter().collect::<BTreeSet<_>>().len()), (60, 60));
}

/// The tables are made once, however many processes find them missing.
pub fn several_processes_may_open_a_fresh_database(url: &str) {
    in_parallel(&|_| Store::open(url).unwrap().ping().unwrap());
}

pub fn the_audit_log_is_never_rewritten(url: &str) {
    let store = Store::open(url).unwrap();
    store.audit("user", "login", "x", "", 1).unwrap();
    assert!(!raw(url, "UPDATE audit SET actor = 'other'"));
    assert!(!raw(url, "DELETE FROM audit"));
    assert_eq!(store.audit_after(0, 10).unwrap()[0].actor, "user");
    // The same words work where they may: it is the table that refuses.
    assert!(raw(url, "DELETE FROM occurrences"));
}

pub fn raw(url: &str, sql: &str) -> bool {
    match url.strip_prefix("sqlite:") {
        Some(path) => diesel::SqliteConnection::establish(path).unwrap().batch_execute(sql).is_ok(),
        None => diesel::PgConnection::establish(url).unwrap().batch_execute(sql).is_ok(),
    }
}

fn in_parallel(work: &(dyn Fn(usize) + Sync)) {
    let barrier = Barrier::new(WORKERS);
    std::thread::scope(|scope| {
        for n in 0..WORKERS {
            let barrier = &barrier;
            scope.spawn(move || {
                barrier.wait();
                work(n);
            });
        }
    });
}

#[test]
fn a_password_is_never_shown() {
    // No server there, an address that cannot be read, a password that makes it unreadable.
    for url in [
        "postgres://lw:geheim@127.0.0.1:1/x",
        "postgres://lw:geheim@[127.0.0.1/x",
        "postgres://lw:geheim%zz@127.0.0.1/x",
        "postgres://lw:ge@geheim@127.0.0.1:1/x",
        "postgres://lw:1/geheim@127.0.0.1/x",
        "mysql://lw:geheim@127.0.0.1/x",
    ] {
        let begin = Instant::now();
        let error = Store::open(url).unwrap_err();
        let chain = {
            let debug = format!("{error:?}");
            format!("{debug} {:#}", anyhow::Error::from(error))
        };
        assert!(!chain.contains("geheim"), "{chain}");
        assert!(begin.elapsed() < Duration::from_secs(10), "{url} took {:?}", begin.elapsed());
    }
}
