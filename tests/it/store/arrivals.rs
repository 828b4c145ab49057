//! What is remembered of the drop folder.

use ledgerwatch::ledger::Digest;
use ledgerwatch::store::{Arrival, Store, StoreError};

fn arrival(name: &str, version: i64, taken: Option<&[u8]>) -> Arrival {
    Arrival {
        name: name.to_owned(),
        version,
        size_bytes: 10,
        mtime_ns: 1_700_000_000_123_456_789,
        ctime_ns: 2,
        inode: u64::MAX.cast_signed(),
        edges: Digest::of(b"e").to_string(),
        first_seen_ms: 1,
        last_changed_ms: 1,
        state: if taken.is_some() { "taken" } else { "waiting" }.to_owned(),
        reason: taken.is_none().then(|| "why".to_owned()),
        sha256: taken.map(|bytes| Digest::of(bytes).to_string()),
        taken_ms: taken.map(|_| 5),
        moved_to: None,
        is_current: 1,
    }
}

fn save(store: &Store, rows: &[Arrival]) -> Result<(), StoreError> {
    store.save_arrivals(rows, &[], 7)
}

pub fn a_name_has_one_current_version_and_old_ones_stay(store: &Store) {
    let first = arrival("a.csv", 1, Some(b"1"));
    save(store, &[arrival("a.csv", 1, None)]).unwrap();
    assert_eq!(store.waiting_arrivals().unwrap(), [arrival("a.csv", 1, None)]);
    save(store, std::slice::from_ref(&first)).unwrap();
    assert_eq!(store.current_arrivals().unwrap(), std::slice::from_ref(&first));
    assert!(store.waiting_arrivals().unwrap().is_empty());
    let second = arrival("a.csv", 2, Some(b"2"));
    save(store, &[second.clone(), arrival("b.csv", 1, None)]).unwrap();
    assert_eq!(store.current_arrivals().unwrap(), [second.clone(), arrival("b.csv", 1, None)]);
    let old = Arrival { is_current: 0, ..first };
    assert_eq!(store.arrival_versions("a.csv").unwrap(), [old, second]);
    // Noted for good, once a version; waiting is not worth an entry.
    let entries = store.audit_after(0, 10).unwrap();
    assert_eq!(entries.iter().map(|e| e.action.as_str()).collect::<Vec<_>>(), ["file.taken", "file.taken"]);
    assert!(entries[1].detail.contains(&Digest::of(b"2").to_string()), "{}", entries[1].detail);
}

pub fn a_taken_version_is_never_another_content(store: &Store) {
    let taken = arrival("a.csv", 1, Some(b"1"));
    save(store, std::slice::from_ref(&taken)).unwrap();
    for other in [arrival("a.csv", 1, Some(b"2")), arrival("a.csv", 1, None)] {
        assert!(matches!(save(store, &[other]), Err(StoreError::Taken { version: 1, .. })));
    }
    // Only touched: the same content with another stat.
    let touched = Arrival { ctime_ns: 3, ..taken };
    save(store, std::slice::from_ref(&touched)).unwrap();
    assert_eq!(store.current_arrivals().unwrap(), [touched]);
    assert_eq!(store.audit_after(0, 10).unwrap().len(), 1);
    // The database itself refuses a state that does not fit the content.
    let lying = Arrival { state: "waiting".to_owned(), ..arrival("b.csv", 1, Some(b"1")) };
    assert!(save(store, &[lying]).is_err());
}

pub fn only_what_was_never_taken_is_forgotten(store: &Store) {
    let taken = arrival("a.csv", 1, Some(b"1"));
    save(store, std::slice::from_ref(&taken)).unwrap();
    save(store, &[arrival("a.csv", 2, None), arrival("b.csv", 1, None)]).unwrap();
    let all = [("a.csv".to_owned(), 1), ("a.csv".to_owned(), 2), ("b.csv".to_owned(), 1)];
    store.save_arrivals(&[], &all, 8).unwrap();
    // The version before is the current one again, so that the next one gets the next number.
    assert_eq!(store.current_arrivals().unwrap(), std::slice::from_ref(&taken));
    assert_eq!(store.arrival_versions("a.csv").unwrap(), [taken]);
}

pub fn a_batch_is_saved_whole_or_not_at_all(store: &Store) {
    save(store, &[arrival("b.csv", 1, Some(b"1"))]).unwrap();
    let batch = [arrival("a.csv", 1, Some(b"1")), arrival("b.csv", 1, Some(b"2"))];
    assert!(save(store, &batch).is_err());
    assert!(store.arrival_versions("a.csv").unwrap().is_empty());
    assert_eq!(store.audit_after(0, 10).unwrap().len(), 1);
}

pub fn a_folder_that_goes_and_comes_back_is_news_once(store: &Store) {
    let note = |gone: Option<&str>, now_ms| store.note_inbox("/in", gone, now_ms).unwrap();
    assert_eq!(store.inbox_state("/in").unwrap(), None);
    let news = [note(None, 1), note(None, 2), note(Some("x"), 3), note(Some("y"), 4)];
    assert_eq!(news, [false, false, true, false]);
    let state = store.inbox_state("/in").unwrap().unwrap();
    assert_eq!((state.state.as_str(), state.since_ms, state.scanned_ms), ("gone", 3, 4));
    assert_eq!(state.reason.as_deref(), Some("y"));
    assert!(note(None, 5) && !note(None, 6));
    let state = store.inbox_state("/in").unwrap().unwrap();
    assert_eq!((state.state.as_str(), state.since_ms, state.reason), ("open", 5, None));
    assert!(store.note_inbox("/other", Some("x"), 7).unwrap(), "missing from the start is news");
}
