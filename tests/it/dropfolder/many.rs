//! 10,000 files, no events, names that change all the time: none is missed, none is there twice.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::{Duration, Instant};

use ledgerwatch::clock::SystemClock;
use ledgerwatch::ledger::Digest;
use rand::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::Place;

const FILES: usize = 10_000;
/// Some are copies of others.
const CONTENTS: usize = 9_000;
const SETTLE_MS: i64 = 300;

/// Creates the files in folders and renames some of them on the way; name to content in the end.
fn write_all(place: &Place) -> BTreeMap<String, String> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(12);
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut listed: Vec<String> = Vec::new();
    for folder in 0..50 {
        fs::create_dir_all(place.inbox().join(format!("부서{}/{}", folder % 7, folder))).unwrap();
    }
    let fresh = |rng: &mut Xoshiro256PlusPlus, n: usize| {
        let folder = rng.gen_range(0..50);
        format!("부서{}/{folder}/지출_{n}_{}.csv", folder % 7, rng.r#gen::<u32>())
    };
    for n in 0..FILES {
        let name = fresh(&mut rng, n);
        let content = format!("일자,금액\n2024-12-01,{}\n", n % CONTENTS);
        fs::write(place.inbox().join(&name), &content).unwrap();
        names.insert(name.clone(), content);
        listed.push(name);
        if n % 100 == 0 {
            // Scans and copies go on meanwhile.
            std::thread::sleep(Duration::from_millis(50));
        }
        if rng.gen_ratio(1, 5) {
            let at = rng.gen_range(0..listed.len());
            let to = fresh(&mut rng, n);
            fs::rename(place.inbox().join(&listed[at]), place.inbox().join(&to)).unwrap();
            let content = names.remove(&listed[at]).unwrap();
            names.insert(to.clone(), content);
            listed[at] = to;
        }
    }
    names
}

#[test]
fn none_of_10_000_files_is_missed_without_events() {
    let place = Place::new(SETTLE_MS);
    let begin = Instant::now();
    let mut n_scans = 0;
    let expected = std::thread::scope(|scope| {
        let writing = scope.spawn(|| write_all(&place));
        // A second scanner, as a run beside the daemon's watch: they take turns.
        let beside = scope.spawn(|| {
            while !writing.is_finished() {
                place.scan(&SystemClock);
            }
            writing.join().unwrap()
        });
        while !beside.is_finished() {
            place.scan(&SystemClock);
            n_scans += 1;
        }
        beside.join().unwrap()
    });
    let written = begin.elapsed();
    let mut scan = place.scan(&SystemClock);
    while !scan.waiting.is_empty() {
        assert!(begin.elapsed() < Duration::from_mins(5), "{} wait", scan.waiting.len());
        std::thread::sleep(Duration::from_millis(SETTLE_MS.unsigned_abs()));
        scan = place.scan(&SystemClock);
        n_scans += 1;
    }
    let expected: Vec<(String, Digest)> =
        expected.into_iter().map(|(name, content)| (name, Digest::of(content.as_bytes()))).collect();
    assert_eq!(expected.len(), FILES);
    assert!(Place::delivered(&scan) == expected, "{} of {FILES} delivered", scan.files.len());
    let contents: BTreeSet<Digest> = expected.iter().map(|(_, digest)| *digest).collect();
    let archived = place.archived();
    assert_eq!(archived.len(), contents.len(), "each content once");
    assert!(archived.iter().all(|digest| contents.contains(digest)));
    eprintln!(
        "{FILES} files, {n_scans} scans, written in {written:.1?}, taken after {:.1?}",
        begin.elapsed()
    );
    let quiet = Instant::now();
    assert_eq!(place.scan(&SystemClock).n_taken, 0);
    eprintln!("a scan of {FILES} files with nothing new: {:.2?}", quiet.elapsed());
}
