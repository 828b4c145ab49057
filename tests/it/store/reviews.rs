//! Labels, alarms and states of checks.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use ledgerwatch::ledger::{
    Alarm, Amount, CheckChange, Count, Covered, Digest, FiscalMonth, Label, LakeFile, LakeKind, Origin,
    Outcome, Points, RowRef,
};
use ledgerwatch::store::{LabelsAdded, NewRun, StepCommit, Store};

use super::faults::raw;
use super::{mail, new_run};

fn at(row: i64) -> RowRef {
    RowRef { source: "a.csv".to_owned(), sheet: "지출".to_owned(), row }
}

fn label(row: i64, outcome: Outcome, day: u32, recorded_ms: i64) -> Label {
    Label {
        at: at(row),
        document_no: format!("D{row}"),
        outcome,
        reason: "recurring".to_owned(),
        minutes: (row > 1).then_some(15),
        decided_by: "김감사".to_owned(),
        decided_on: NaiveDate::from_ymd_opt(2025, 1, day).unwrap(),
        recorded_ms,
        origin: Origin::RandomSample,
    }
}

fn add(store: &Store, labels: &[Label]) -> (usize, usize) {
    let LabelsAdded { added, known } = store.add_labels(labels, "김감사", "검토.csv", 9).unwrap();
    (added, known)
}

pub fn a_later_decision_counts_and_the_history_stays(store: &Store) {
    let first = label(1, Outcome::Dismissed, 10, 100);
    let later = label(1, Outcome::Confirmed, 12, 200);
    assert_eq!(add(store, &[first.clone(), label(2, Outcome::Excluded, 10, 100)]), (2, 0));
    assert_eq!(add(store, std::slice::from_ref(&later)), (1, 0));
    // A decision of a day before, recorded after: it was not the last word.
    let belated = label(1, Outcome::Closed, 11, 300);
    assert_eq!(add(store, std::slice::from_ref(&belated)), (1, 0));
    assert_eq!(store.labels_known(i64::MAX).unwrap()[&at(1)], later);
    assert_eq!(store.labels_known(199).unwrap()[&at(1)], first, "what was known then");
    assert!(store.labels_known(99).unwrap().is_empty());
    assert_eq!(store.label_history(&at(1)).unwrap(), [first, later, belated]);
    assert_eq!(store.labels_known(i64::MAX).unwrap().len(), 2);
    let entries = store.audit_after(0, 10).unwrap();
    assert!(entries.iter().all(|e| (e.action.as_str(), e.actor.as_str()) == ("label.import", "김감사")));
    assert_eq!(entries.len(), 3);
}

pub fn an_equal_decision_is_taken_once(store: &Store) {
    let list = [label(1, Outcome::Dismissed, 10, 100), label(2, Outcome::Dismissed, 10, 100)];
    assert_eq!(add(store, &list), (2, 0));
    let again: Vec<Label> = list.iter().map(|l| Label { recorded_ms: 500, ..l.clone() }).collect();
    assert_eq!(add(store, &again), (0, 2));
    assert_eq!(store.label_history(&at(1)).unwrap(), list[..1], "since when it is known does not change");
    assert_eq!(store.audit_after(0, 10).unwrap().len(), 1);
    // Each word makes it another decision.
    let base = &list[1];
    for other in [
        Label { minutes: None, ..base.clone() },
        Label { minutes: Some(16), ..base.clone() },
        Label { reason: "other".to_owned(), ..base.clone() },
        Label { origin: Origin::Audit, ..base.clone() },
        Label { decided_by: "이감사".to_owned(), ..base.clone() },
        Label { document_no: String::new(), ..base.clone() },
    ] {
        assert_eq!(add(store, &[other]), (1, 0));
    }
}

fn run(store: &Store, job: &str, period: &str, config: &[u8], created_ms: i64) -> String {
    let new = NewRun {
        job: job.to_owned(),
        period: period.parse().unwrap(),
        config_digest: Digest::of(config),
        ..new_run()
    };
    store.begin_run(&new, created_ms).unwrap().id
}

fn alarm(run_id: &str, period: &str, check: &str, row: i64) -> Alarm {
    Alarm {
        run_id: run_id.to_owned(),
        period: period.parse().unwrap(),
        check: check.to_owned(),
        at: at(row),
        document_no: String::new(),
        case_no: 3,
        amount: Amount(-5),
        points: Points(61_000_000),
        is_shadow: row == 9,
    }
}

/// What a score step leaves.
fn scored(store: &Store, job: &str, period: &str, run_id: &str, alarms: Vec<Alarm>) {
    let file = LakeFile {
        path: format!("lake/{run_id}"),
        kind: LakeKind::Scores,
        period: period.parse().unwrap(),
        sha256: Digest::of(run_id.as_bytes()),
        rows: 1,
        total: Amount(0),
        source: job.to_owned(),
        source_sha256: Digest::of(b"x"),
    };
    let commit = StepCommit { lake_files: vec![file], alarms: Some(alarms), ..StepCommit::default() };
    store.begin_step(run_id, "score", 1).unwrap();
    store.finish_step(run_id, "score", &commit, 2).unwrap();
}

pub fn a_newer_scoring_of_a_month_takes_the_place_of_what_was_marked(store: &Store) {
    let month = |text: &str| text.parse::<FiscalMonth>().unwrap();
    assert_eq!(store.scored_until().unwrap(), None);
    let november = run(store, "monthly", "2024-11", b"1", 10);
    let marked = alarm(&november, "2024-11", "split_payment", 1);
    scored(store, "monthly", "2024-11", &november, vec![marked.clone()]);
    let december = run(store, "monthly", "2024-12", b"1", 20);
    let all = vec![alarm(&december, "2024-12", "off_hours", 9), alarm(&december, "2024-12", "off_hours", 2)];
    scored(store, "monthly", "2024-12", &december, all.clone());
    let found = store.alarms(month("2024-11"), month("2024-12")).unwrap();
    assert_eq!(found, [marked.clone(), all[1].clone(), all[0].clone()]);
    assert_eq!(store.alarms(month("2024-11"), month("2024-11")).unwrap(), std::slice::from_ref(&marked));
    // December again, under another configuration: nothing is marked now. Another step marks nothing and takes nothing.
    let again = run(store, "monthly", "2024-12", b"2", 30);
    store.begin_step(&again, "ingest", 1).unwrap();
    store.finish_step(&again, "ingest", &StepCommit::default(), 2).unwrap();
    assert_eq!(store.alarms(month("2024-12"), month("2024-12")).unwrap().len(), 2);
    scored(store, "monthly", "2024-12", &again, Vec::new());
    assert_eq!(store.alarms(month("2024-11"), month("2024-12")).unwrap(), [marked]);
    // Of two jobs the one begun last is heard, so that no payment counts twice.
    let weekly = run(store, "weekly", "2024-11", b"1", 40);
    let of_weekly = alarm(&weekly, "2024-11", "split_payment", 1);
    scored(store, "weekly", "2024-11", &weekly, vec![of_weekly.clone()]);
    assert_eq!(store.alarms(month("2024-11"), month("2024-11")).unwrap(), [of_weekly]);
    assert_eq!(store.scored_until().unwrap(), Some(month("2024-12")));
}

pub fn what_checks_could_look_at_is_kept_with_the_run(store: &Store) {
    let id = run(store, "monthly", "2024-12", b"a", 1);
    let count = |rows: u64| Count { rows, amount: Amount(i64::try_from(rows).unwrap() * 1_000) };
    let one = |check: &str, department: &str| Covered {
        check: check.to_owned(),
        department: department.to_owned(),
        status: "tested".to_owned(),
        remarks: "적요 열의 52%가 비어 있습니다.".to_owned(),
        population: count(9),
        tested: count(6),
        blank_rows: 2,
        no_rule_rows: 1,
        fired: count(3),
        put_aside: count(1),
    };
    let all = vec![one("a", ""), one("a", "총무과"), one("b", "")];
    let commit = StepCommit { covered: all.clone(), ..StepCommit::default() };
    store.begin_step(&id, "score", 1).unwrap();
    store.finish_step(&id, "score", &commit, 2).unwrap();
    assert_eq!(store.covered(&id).unwrap(), all);
    assert!(store.covered("another").unwrap().is_empty());
}

fn change(check: &str, is_shadow: bool, from: &str, by: &str) -> CheckChange {
    CheckChange {
        check: check.to_owned(),
        is_shadow,
        from: from.parse().unwrap(),
        reason: "까닭".to_owned(),
        by: by.to_owned(),
        recorded_ms: 7,
        run_id: None,
    }
}

pub fn a_state_holds_from_its_month_on_and_the_last_word_counts(store: &Store) {
    let shadowed = |period: &str| store.shadowed_checks(period.parse().unwrap()).unwrap();
    let only = |check: &str| BTreeSet::from([check.to_owned()]);
    store.change_check(&change("off_hours", true, "2025-01", CheckChange::ITSELF)).unwrap();
    assert!(shadowed("2024-12").is_empty(), "a month scored before stays as it was");
    assert_eq!((shadowed("2025-01"), shadowed("2026-01")), (only("off_hours"), only("off_hours")));
    store.change_check(&change("off_hours", false, "2025-03", "김감사")).unwrap();
    store.change_check(&change("pca", true, "2025-03", "김감사")).unwrap();
    assert_eq!((shadowed("2025-02"), shadowed("2025-03")), (only("off_hours"), only("pca")));
    let states = store.check_states().unwrap();
    assert_eq!(
        states.iter().map(|s| s.change.check.as_str()).collect::<Vec<_>>(),
        ["off_hours", "off_hours", "pca"]
    );
    assert_eq!(states[0].change, change("off_hours", true, "2025-01", CheckChange::ITSELF));
    assert!(!store.latest_checks().unwrap()["off_hours"].change.is_shadow);
    // Taken notice of once, by the first who says so.
    assert!(store.notice_change(states[0].seq, "김감사", 8).unwrap());
    assert!(!store.notice_change(states[0].seq, "이감사", 9).unwrap());
    assert!(store.notice_change(states[2].seq + 50, "김감사", 9).is_err(), "there is no such change");
    let noticed: Vec<_> = store.check_states().unwrap().into_iter().map(|s| s.noticed_by).collect();
    assert_eq!(noticed, [Some("김감사".to_owned()), None, None]);
    let entries = store.audit_after(0, 10).unwrap();
    let entries: Vec<_> = entries.iter().map(|e| (e.actor.as_str(), e.action.as_str())).collect();
    let expected = [
        ("ledgerwatch", "check.shadow"),
        ("김감사", "check.live"),
        ("김감사", "check.shadow"),
        ("김감사", "check.notice"),
    ];
    assert_eq!(entries, expected);
}

pub fn a_state_its_alarms_and_its_mail_are_committed_together_or_not_at_all(store: &Store) {
    let id = run(store, "monthly", "2024-12", b"1", 10);
    store.begin_step(&id, "score", 1).unwrap();
    let whole = StepCommit {
        alarms: Some(vec![alarm(&id, "2024-12", "off_hours", 1)]),
        check_changes: vec![change("off_hours", true, "2025-01", CheckChange::ITSELF)],
        mails: vec![mail("m1")],
        ..StepCommit::default()
    };
    // The same payment twice for one check breaks the transaction in its middle.
    let twice = alarm(&id, "2024-12", "off_hours", 1);
    let broken = StepCommit { alarms: Some(vec![twice.clone(), twice]), ..whole.clone() };
    assert!(store.finish_step(&id, "score", &broken, 2).is_err());
    assert!(store.check_states().unwrap().is_empty() && store.mails_of("r").unwrap().is_empty());
    store.finish_step(&id, "score", &whole, 3).unwrap();
    assert_eq!(store.check_states().unwrap().len(), 1);
    assert_eq!(store.mails_of("r").unwrap().len(), 1);
    let actions: Vec<String> = store.audit_after(0, 10).unwrap().into_iter().map(|e| e.action).collect();
    assert_eq!(actions, ["check.shadow", "mail.queued", "step.score"]);
}

pub fn words_of_people_are_never_rewritten(url: &str) {
    let store = Store::open(url).unwrap();
    add(&store, &[label(1, Outcome::Dismissed, 10, 100)]);
    store.change_check(&change("off_hours", true, "2025-01", "김감사")).unwrap();
    for sql in [
        "UPDATE labels SET outcome = 'confirmed'",
        "DELETE FROM labels",
        "UPDATE check_states SET state = 'live'",
        "DELETE FROM check_states",
        "INSERT INTO labels (source, sheet, row_no, document_no, outcome, reason, decided_by, decided_on, \
         recorded_ms, origin) VALUES ('a', '', 1, '', 'fraud', '', 'b', '2025-01-01', 1, 'audit')",
    ] {
        assert!(!raw(url, sql), "{sql}");
    }
    assert_eq!(store.labels_known(i64::MAX).unwrap()[&at(1)].outcome, Outcome::Dismissed);
    assert_eq!(store.check_states().unwrap().len(), 1);
    assert!(raw(url, "DELETE FROM fired"));
}
