//! One suite over both databases.

mod arrivals;
mod budgets;
mod faults;
mod in_use;
mod reviews;

use ledgerwatch::ledger::{Amount, BudgetLine, Digest, FileIntake, LakeFile, LakeKind};
use ledgerwatch::store::{Artifact, NewRun, OutboxRow, RunStatus, StepCommit, Store, StoreError};

use crate::support::postgres::Postgres;

/// Runs every test of the suite on a fresh database.
fn suite(fresh: &dyn Fn() -> String) {
    for test in [
        a_run_begins_once,
        a_step_commits_all_or_nothing,
        a_newer_version_replaces_the_old,
        an_occurrence_is_claimed_once_and_a_stale_word_is_refused,
        one_job_is_worked_on_once_at_a_time,
        a_mail_is_queued_once_and_found_again_after_a_crash,
        arrivals::a_name_has_one_current_version_and_old_ones_stay,
        arrivals::a_taken_version_is_never_another_content,
        arrivals::only_what_was_never_taken_is_forgotten,
        arrivals::a_batch_is_saved_whole_or_not_at_all,
        arrivals::a_folder_that_goes_and_comes_back_is_news_once,
        in_use::a_refused_version_leaves_the_one_before_in_use,
        in_use::withdrawn_rows_count_no_more_and_stay_listed,
        in_use::a_month_is_reported_once_a_run_of_it_succeeded,
        faults::the_same_bytes_count_once_under_a_new_name,
        budgets::lines_keep_their_parts_and_months,
        budgets::movements_follow_their_source,
        faults::a_file_that_stops_being_a_budget_takes_its_lines_along,
        faults::rows_without_their_account_are_refused,
        faults::a_late_failure_does_not_send_a_mail_again,
        faults::a_known_mail_is_not_noted_as_queued_again,
        faults::a_finished_run_stays_finished,
        faults::only_a_begun_step_can_fail,
        reviews::what_checks_could_look_at_is_kept_with_the_run,
        reviews::a_later_decision_counts_and_the_history_stays,
        reviews::an_equal_decision_is_taken_once,
        reviews::a_newer_scoring_of_a_month_takes_the_place_of_what_was_marked,
        reviews::a_state_holds_from_its_month_on_and_the_last_word_counts,
        reviews::a_state_its_alarms_and_its_mail_are_committed_together_or_not_at_all,
    ] {
        test(&Store::open(&fresh()).unwrap());
    }
    for test in [
        budgets::lines_of_an_older_store_stay_valid,
        faults::several_processes_may_open_a_fresh_database,
        faults::workers_share_no_job,
        faults::senders_share_no_mail,
        faults::the_audit_log_is_never_rewritten,
        reviews::words_of_people_are_never_rewritten,
    ] {
        test(&fresh());
    }
}

#[test]
fn the_suite_holds_on_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    let n = std::cell::Cell::new(0);
    suite(&|| {
        n.set(n.get() + 1);
        format!("sqlite:{}/{}.db", dir.path().display(), n.get())
    });
    // The race is short: several tries.
    for n in 0..10 {
        let url = format!("sqlite:{}/race{n}.db", dir.path().display());
        faults::several_processes_may_open_a_fresh_database(&url);
    }
}

#[test]
fn the_suite_holds_on_postgresql() {
    if let Some(server) = Postgres::start() {
        suite(&|| server.database());
    }
}

fn new_run() -> NewRun {
    NewRun {
        job: "monthly".to_owned(),
        period: "2024-12".parse().unwrap(),
        input_digest: Digest::of(b"inputs"),
        config_digest: Digest::of(b"config"),
        inputs: "{}".to_owned(),
    }
}

fn a_run_begins_once(store: &Store) {
    let first = store.begin_run(&new_run(), 1).unwrap();
    let again = store.begin_run(&new_run(), 2).unwrap();
    assert_eq!((first.id.as_str(), again.attempt, again.created_ms), (again.id.as_str(), 2, 1));
    store.end_run(&first.id, RunStatus::Succeeded, None, 3).unwrap();
    let done = store.begin_run(&new_run(), 4).unwrap();
    assert_eq!((done.state(), done.attempt), (RunStatus::Succeeded, 2));
    assert_eq!(store.runs(10).unwrap().len(), 1);
}

fn artifact(run_id: &str, name: &str) -> Artifact {
    Artifact {
        run_id: run_id.to_owned(),
        name: name.to_owned(),
        kind: "report".to_owned(),
        department: "D1".to_owned(),
        media_type: "application/pdf".to_owned(),
        sha256: Digest::of(b"x").to_string(),
        path: "p".to_owned(),
        size_bytes: 1,
    }
}

fn a_step_commits_all_or_nothing(store: &Store) {
    let run = store.begin_run(&new_run(), 1).unwrap().id;
    // Not begun: nothing of it may stay.
    let commit = StepCommit { artifacts: vec![artifact(&run, "a")], ..StepCommit::default() };
    let refused = store.finish_step(&run, "report", &commit, 2);
    assert!(matches!(refused, Err(StoreError::IllegalTransition { .. })));
    store.begin_step(&run, "report", 3).unwrap();
    // An artifact of a run that does not exist breaks the transaction in its middle.
    let bad =
        StepCommit { artifacts: vec![artifact(&run, "a"), artifact("none", "b")], ..StepCommit::default() };
    assert!(store.finish_step(&run, "report", &bad, 4).is_err());
    assert!(store.artifacts_of(&run).unwrap().is_empty());
    assert!(!store.steps_of(&run).unwrap()[0].is_done());
    store.finish_step(&run, "report", &commit, 5).unwrap();
    assert!(store.steps_of(&run).unwrap()[0].is_done());
    assert!(matches!(store.begin_step(&run, "report", 6), Err(StoreError::IllegalTransition { .. })));
    assert_eq!(store.audit_after(0, 10).unwrap().len(), 1);
}

fn a_newer_version_replaces_the_old(store: &Store) {
    let run = store.begin_run(&new_run(), 1).unwrap().id;
    let month = "2024-12".parse().unwrap();
    let commit = |bytes: &[u8], amount: i64| {
        let sha256 = Digest::of(bytes);
        let place = ledgerwatch::error::Problem::new("", "", "", "");
        let intake = FileIntake { refused: None, ..FileIntake::refused("a.csv", sha256, 1, place) };
        let file = LakeFile {
            path: format!("lake/{sha256}"),
            kind: LakeKind::Clean,
            period: month,
            sha256,
            rows: 1,
            total: Amount(amount),
            source: "a.csv".to_owned(),
            source_sha256: sha256,
        };
        let line = BudgetLine {
            fiscal_year: 2024,
            department: "총무과".to_owned(),
            account: "여비".to_owned(),
            current_budget: Amount(amount),
            ..BudgetLine::default()
        };
        StepCommit {
            lake_files: vec![file],
            intake: vec![intake],
            budget: vec![("a.csv".to_owned(), sha256, vec![line])],
            config_digest: "c".to_owned(),
            ..StepCommit::default()
        }
    };
    for (step, bytes, amount) in [("one", b"1", 10), ("two", b"2", 20)] {
        store.begin_step(&run, step, 1).unwrap();
        store.finish_step(&run, step, &commit(bytes, amount), 2).unwrap();
    }
    let files = store.current_lake_files(LakeKind::Clean, month, month).unwrap();
    assert_eq!(files.iter().map(|f| f.total).collect::<Vec<_>>(), [Amount(20)]);
    assert_eq!(store.budget_lines(2024).unwrap()[0].current_budget, Amount(20));
    assert_eq!(store.current_intakes().unwrap().len(), 1);
    assert!(store.intake("a.csv", &Digest::of(b"1"), "c").unwrap().is_none());
    assert!(store.intake("a.csv", &Digest::of(b"2"), "c").unwrap().is_some());
    assert!(store.intake("a.csv", &Digest::of(b"2"), "other").unwrap().is_none());
}

fn an_occurrence_is_claimed_once_and_a_stale_word_is_refused(store: &Store) {
    assert!(store.add_occurrence("monthly", 100, "due", None).unwrap());
    assert!(!store.add_occurrence("monthly", 100, "due", None).unwrap());
    let first = store.claim_occurrence("one", 1_000, 30).unwrap().unwrap();
    assert!(store.claim_occurrence("two", 1_010, 30).unwrap().is_none());
    // The lease runs out; another takes over; the first one's word no longer counts.
    let second = store.claim_occurrence("two", 1_031, 30).unwrap().unwrap();
    assert_eq!(second.epoch, first.epoch + 1);
    assert!(matches!(store.finish_occurrence(&first, "done", None), Err(StoreError::Stale { .. })));
    store.bind_run(&second, "run", 1_060).unwrap();
    store.finish_occurrence(&second, "done", None).unwrap();
    assert!(store.claim_occurrence("three", 9_999, 30).unwrap().is_none());
    assert_eq!(store.occurrences(5).unwrap()[0].run_id.as_deref(), Some("run"));
    assert_eq!(store.last_scheduled_ms("monthly").unwrap(), Some(100));
}

fn one_job_is_worked_on_once_at_a_time(store: &Store) {
    for at in [1, 2] {
        store.add_occurrence("slow", at, "due", None).unwrap();
    }
    store.add_occurrence("other", 3, "due", None).unwrap();
    assert_eq!(store.claim_occurrence("a", 10, 30).unwrap().unwrap().job, "slow");
    assert_eq!(store.claim_occurrence("a", 10, 30).unwrap().unwrap().job, "other");
    assert!(store.claim_occurrence("a", 10, 30).unwrap().is_none());
}

fn mail(id: &str) -> OutboxRow {
    OutboxRow {
        id: id.to_owned(),
        run_id: "r".to_owned(),
        department: "D1".to_owned(),
        recipients: "[]".to_owned(),
        subject: "s".to_owned(),
        body_text: "t".to_owned(),
        body_html: "h".to_owned(),
        attachments: "[]".to_owned(),
        message_id: format!("{id}@example"),
        status: "queued".to_owned(),
        attempts: 0,
        created_ms: 1,
        next_attempt_ms: 1,
        sent_ms: None,
        reply: None,
    }
}

fn a_mail_is_queued_once_and_found_again_after_a_crash(store: &Store) {
    let row = mail("m1");
    assert_eq!(store.enqueue(std::slice::from_ref(&row)).unwrap(), 1);
    assert_eq!(store.enqueue(std::slice::from_ref(&row)).unwrap(), 0);
    assert_eq!(store.take_mail(10, 5).unwrap().unwrap().attempts, 1);
    assert!(store.take_mail(11, 5).unwrap().is_none());
    // The process died while sending: the row is found again under the same Message-ID.
    let again = store.take_mail(20, 15).unwrap().unwrap();
    assert_eq!((again.message_id.as_str(), again.attempts), ("m1@example", 2));
    store.mail_sent("m1", "250", 21).unwrap();
    assert!(store.take_mail(99, 99).unwrap().is_none());
    assert_eq!(store.mails_of("r").unwrap()[0].status, "sent");
}
