//! Names, contents and versions against a model; what waits, what is moved, what is out of sight.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use ledgerwatch::ledger::Digest;
use ledgerwatch::pipeline::drop_folder::{Rules, Stopped};
use rand::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::{HandClock, Place};

const SETTLE_MS: i64 = 5_000;

/// Looks, waits for the settle time, looks again.
fn settle(place: &Place, clock: &HandClock) -> ledgerwatch::pipeline::drop_folder::Scan {
    place.scan(clock);
    clock.advance(SETTLE_MS);
    place.scan(clock)
}

#[test]
fn a_thousand_mixed_cases_agree_with_the_model() {
    let (place, clock) = (Place::new(SETTLE_MS), HandClock::new());
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(7);
    let mut folder: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut versions: BTreeMap<String, Vec<Digest>> = BTreeMap::new();
    let mut n = [0; 5];
    for case in 0..1_000 {
        let name = format!("{}.csv", rng.gen_range(0..30));
        let path = place.inbox().join(&name);
        // Contents of one size, so that the size alone says nothing.
        let content = format!("content {:04}", rng.gen_range(0..200)).into_bytes();
        let other = folder.keys().nth(rng.gen_range(0..30)).cloned();
        match (rng.gen_range(0..5), other) {
            (0, Some(other)) => {
                // The same bytes under another name, or the name's own bytes once more.
                let bytes = folder[&other].clone();
                fs::write(&path, &bytes).unwrap();
                folder.insert(name, bytes);
                n[0] += 1;
            }
            (1, Some(other)) => {
                // Other bytes under a known name, with the time of writing put back.
                let path = place.inbox().join(&other);
                let time = fs::metadata(&path).unwrap().modified().unwrap();
                fs::write(&path, &content).unwrap();
                File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
                folder.insert(other, content);
                n[1] += 1;
            }
            (2, Some(other)) => {
                fs::rename(place.inbox().join(&other), &path).unwrap();
                let bytes = folder.remove(&other).unwrap();
                folder.insert(name, bytes);
                n[2] += 1;
            }
            (3, Some(other)) => {
                fs::remove_file(place.inbox().join(&other)).unwrap();
                folder.remove(&other);
                n[3] += 1;
            }
            _ => {
                fs::write(&path, &content).unwrap();
                folder.insert(name, content);
                n[4] += 1;
            }
        }
        for (name, bytes) in &folder {
            let of_name = versions.entry(name.clone()).or_default();
            if of_name.last() != Some(&Digest::of(bytes)) {
                of_name.push(Digest::of(bytes));
            }
        }
        let scan = settle(&place, &clock);
        let expected: Vec<_> = folder.iter().map(|(name, b)| (name.clone(), Digest::of(b))).collect();
        let mut delivered = Place::delivered(&scan);
        delivered.sort();
        assert_eq!(delivered, expected, "case {case}");
        assert!(scan.waiting.is_empty(), "case {case}: {:?}", scan.waiting);
    }
    assert!(n.iter().all(|&n| n > 100), "{n:?}");
    for (name, expected) in &versions {
        let rows = place.store.arrival_versions(name).unwrap();
        let found: Vec<Digest> =
            rows.iter().map(|row| row.sha256.as_ref().unwrap().parse().unwrap()).collect();
        assert_eq!(&found, expected, "{name}");
    }
    let contents: BTreeSet<Digest> = versions.into_values().flatten().collect();
    assert_eq!(place.archived(), contents.into_iter().collect::<Vec<_>>(), "every version kept, each once");
}

#[test]
fn a_file_that_does_not_settle_is_stuck_after_thirty_minutes() {
    let (place, clock) = (Place::new(SETTLE_MS), HandClock::new());
    fs::write(place.inbox().join("empty.csv"), "").unwrap();
    fs::write(place.inbox().join("half.xlsx"), b"PK\x03\x04 and no end").unwrap();
    fs::write(place.inbox().join("locked.csv"), "a,b\n").unwrap();
    let holder = File::open(place.inbox().join("locked.csv")).unwrap();
    holder.lock().unwrap();
    let states = || -> Vec<String> {
        place.store.waiting_arrivals().unwrap().into_iter().map(|row| row.state).collect()
    };
    settle(&place, &clock);
    clock.advance(29 * 60_000 + 54_999);
    let scan = place.scan(&clock);
    assert_eq!(states(), ["waiting"; 3], "29:59.999");
    assert!(scan.files.is_empty());
    clock.advance(1);
    let scan = place.scan(&clock);
    assert_eq!(states(), ["stuck"; 3], "30:00");
    let reasons: Vec<&str> = scan.waiting.iter().map(|(_, reason)| reason.as_str()).collect();
    assert!(reasons[0].contains("0바이트") && reasons[1].contains("끝부분") && reasons[2].contains("잠근"));
    // Whatever was stuck is taken once it is whole.
    holder.unlock().unwrap();
    fs::write(place.inbox().join("empty.csv"), "x").unwrap();
    let scan = settle(&place, &clock);
    let names: Vec<&str> = scan.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["empty.csv", "locked.csv"]);
    assert_eq!(states(), ["stuck"]);
}

#[test]
fn a_growing_file_waits_and_its_old_version_is_not_delivered_meanwhile() {
    let (place, clock) = (Place::new(SETTLE_MS), HandClock::new());
    let path = place.inbox().join("a.csv");
    fs::write(&path, "one").unwrap();
    assert_eq!(settle(&place, &clock).files.len(), 1);
    for n in 0..400 {
        fs::write(&path, "x".repeat(10 + n)).unwrap();
        clock.advance(SETTLE_MS);
        let scan = place.scan(&clock);
        assert!(scan.files.is_empty(), "{n}");
        assert_eq!(scan.waiting.len(), 1);
    }
    assert!(place.store.waiting_arrivals().unwrap()[0].is_stuck(), "it grew for over half an hour");
    fs::remove_file(&path).unwrap();
    assert!(place.scan(&clock).waiting.is_empty());
    let rows = place.store.arrival_versions("a.csv").unwrap();
    assert_eq!((rows.len(), rows[0].is_current), (1, 1), "what was never taken is forgotten");
}

#[test]
fn an_old_folder_is_taken_at_the_first_look() {
    let (place, clock) = (Place::new(SETTLE_MS), HandClock::new());
    fs::write(place.inbox().join("a.csv"), "one").unwrap();
    // The time of writing alone does not make a file old: a copy keeps it.
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_600_000_000);
    File::options().write(true).open(place.inbox().join("a.csv")).unwrap().set_modified(time).unwrap();
    assert_eq!(place.scan(&clock).n_taken, 0);
    let fresh = Place::new(SETTLE_MS);
    fs::write(fresh.inbox().join("a.csv"), "one").unwrap();
    clock.advance(fresh.rules.times.old_after_ms + 1_000);
    let scan = fresh.scan(&clock);
    assert_eq!((scan.n_taken, scan.settles_ms), (1, None));
}

#[test]
fn a_stop_ends_the_wait_and_a_part_is_not_taken_for_the_whole() {
    let (place, clock) = (Place::new(600_000), HandClock::new());
    fs::write(place.inbox().join("a.csv"), "one").unwrap();
    let stop = AtomicBool::new(false);
    let begin = Instant::now();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| place.folder(&clock, &stop).collect());
        std::thread::sleep(Duration::from_millis(200));
        stop.store(true, Ordering::Relaxed);
        assert!(waiting.join().unwrap().unwrap_err().is::<Stopped>());
    });
    assert!(begin.elapsed() < Duration::from_secs(30), "ten minutes were to wait");
    // Stopped between two batches: what had settled stays for the next scan.
    clock.advance(600_000);
    assert_eq!(place.folder(&clock, &stop).scan().unwrap().n_taken, 0);
    assert!(place.folder(&clock, &stop).collect().unwrap_err().is::<Stopped>());
    assert_eq!(place.scan(&clock).n_taken, 1);
}

#[test]
fn moved_files_are_delivered_on_and_nothing_is_overwritten() {
    let (mut place, clock) = (Place::new(SETTLE_MS), HandClock::new());
    place.rules = Rules { moves_taken: true, ..place.rules };
    let path = place.inbox().join("하위/a.csv");
    fs::create_dir(place.inbox().join("하위")).unwrap();
    for content in ["one", "two"] {
        fs::write(&path, content).unwrap();
        for _ in 0..2 {
            let scan = settle(&place, &clock);
            let expected = ("하위/a.csv".to_owned(), Digest::of(content.as_bytes()));
            assert_eq!(Place::delivered(&scan), [expected]);
            assert!(!path.exists());
        }
    }
    let month = fs::read_dir(place.inbox().join(".taken")).unwrap().next().unwrap().unwrap().path();
    assert_eq!(fs::read(month.join("하위/a.csv")).unwrap(), b"one");
    assert_eq!(fs::read(month.join("하위/a (2).csv")).unwrap(), b"two");
    // Who removes the moved file takes the delivery back.
    fs::remove_file(month.join("하위/a (2).csv")).unwrap();
    assert!(settle(&place, &clock).files.is_empty());
}

#[test]
fn names_that_are_not_nfc_are_one_name_and_can_be_opened() {
    use unicode_normalization::UnicodeNormalization as _;
    let (place, clock) = (Place::new(SETTLE_MS), HandClock::new());
    let nfd: String = "지출내역.csv".nfd().collect();
    fs::write(place.inbox().join(&nfd), "one").unwrap();
    assert_eq!(Place::delivered(&settle(&place, &clock)), [("지출내역.csv".to_owned(), Digest::of(b"one"))]);
    // The same name in its other spelling is a new version of it, not another file.
    fs::remove_file(place.inbox().join(&nfd)).unwrap();
    fs::write(place.inbox().join("지출내역.csv"), "two").unwrap();
    assert_eq!(Place::delivered(&settle(&place, &clock)), [("지출내역.csv".to_owned(), Digest::of(b"two"))]);
    assert_eq!(place.store.arrival_versions("지출내역.csv").unwrap().len(), 2);
}
