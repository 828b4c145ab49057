//! A slow writer is never read half: 100 trials in six manners, with real files and threads.
//!
//! The writer publishes the digest of every whole version before its last byte is written; whatever is taken must be one
//! of them. A pause as long as the settle time looks like the end to anybody, so the writer's pauses are shorter, and a
//! trial in which the machine stretched one of them is made again. Only a ZIP, which says where it ends, may pause longer.

use std::fs::{self, File, FileTimes, OpenOptions};
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use ledgerwatch::clock::SystemClock;
use ledgerwatch::ledger::Digest;
use rand::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::Place;

const TRIALS: u64 = 100;
const THREADS: u64 = 16;
const SETTLE_MS: u64 = 300;
/// Pauses of the writer, in milliseconds.
const PAUSE_MAX: u64 = 120;
/// A longer silence than this may be taken for the end.
const SILENCE_MAX: Duration = Duration::from_millis(250);
const PATIENCE: Duration = Duration::from_secs(30);

/// One who writes into the drop folder.
struct Writer<'a> {
    rng: Xoshiro256PlusPlus,
    path: PathBuf,
    published: &'a Mutex<Vec<Digest>>,
    last_write: Instant,
    longest_silence: Duration,
}

impl Writer<'_> {
    fn text(&mut self) -> Vec<u8> {
        let lines = self.rng.gen_range(1..40_000);
        let tag: u64 = self.rng.r#gen();
        let mut text = String::from("일자,금액,적요\n");
        for line in 0..lines {
            text.push_str(&format!("2024-12-01,{line},{tag:x}\n"));
        }
        text.into_bytes()
    }

    fn publish(&self, bytes: &[u8]) {
        self.published.lock().unwrap().push(Digest::of(bytes));
    }

    fn pause(&mut self) {
        let ms = self.rng.gen_range(0..PAUSE_MAX);
        std::thread::sleep(Duration::from_millis(ms));
    }

    /// A write begins now: how long was it silent? Not asked between two whole versions.
    fn wrote(&mut self) {
        self.longest_silence = self.longest_silence.max(self.last_write.elapsed());
        self.last_write = Instant::now();
    }

    /// Writes `bytes` to `file` in pieces, with pauses; `after` each piece.
    fn in_pieces(&mut self, file: &mut File, bytes: &[u8], after: impl Fn(&File)) {
        let n = self.rng.gen_range(2..9);
        self.last_write = Instant::now();
        for piece in bytes.chunks(bytes.len().div_ceil(n)) {
            self.wrote();
            file.write_all(piece).unwrap();
            after(file);
            self.wrote();
            self.pause();
        }
    }

    fn append(&mut self) {
        let bytes = self.text();
        self.publish(&bytes);
        let n = self.rng.gen_range(2..9);
        self.last_write = Instant::now();
        for piece in bytes.chunks(bytes.len().div_ceil(n)) {
            let mut file = OpenOptions::new().create(true).append(true).open(&self.path).unwrap();
            self.wrote();
            file.write_all(piece).unwrap();
            drop(file);
            self.wrote();
            self.pause();
        }
    }

    fn truncate_and_rewrite(&mut self) {
        for _ in 0..2 {
            let bytes = self.text();
            self.publish(&bytes);
            let mut file = File::create(&self.path).unwrap();
            self.in_pieces(&mut file, &bytes, |_| {});
            drop(file);
            let rest = self.rng.gen_range(0..2 * SETTLE_MS);
            std::thread::sleep(Duration::from_millis(rest));
        }
    }

    fn rename_in(&mut self) {
        for _ in 0..2 {
            let bytes = self.text();
            self.publish(&bytes);
            let part = self.path.with_extension("part");
            let mut file = File::create(&part).unwrap();
            self.in_pieces(&mut file, &bytes, |_| {});
            // Under its unfinished name it may rest for as long as it likes.
            std::thread::sleep(Duration::from_millis(SETTLE_MS * 2));
            fs::rename(&part, &self.path).unwrap();
            self.last_write = Instant::now();
        }
    }

    /// New versions come just when the one before has settled and is being copied: by a rename, or into the same file
    /// at the same size with the time of writing put back.
    fn replace_while_reading(&mut self) {
        let mut bytes: Vec<u8> = (0..6_000_000).map(|_| self.rng.gen_range(b' '..b'~')).collect();
        let time = FileTimes::new().set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000));
        for n in 0..4_u8 {
            // Beginning and end stay: only the stat tells.
            bytes[3_000_000..3_000_010].fill(b'0' + n);
            bytes[1_000_000] = b'0' + n;
            self.publish(&bytes);
            if n % 2 == 0 {
                let part = self.path.with_extension("part");
                fs::write(&part, &bytes).unwrap();
                File::options().write(true).open(&part).unwrap().set_times(time).unwrap();
                fs::rename(&part, &self.path).unwrap();
            } else {
                let mut file = OpenOptions::new().write(true).open(&self.path).unwrap();
                self.last_write = Instant::now();
                for piece in bytes.chunks(1_000_000) {
                    self.wrote();
                    file.write_all(piece).unwrap();
                    file.set_times(time).unwrap();
                    self.wrote();
                    std::thread::sleep(Duration::from_millis(5));
                }
            }
            let ms = self.rng.gen_range(SETTLE_MS - 20..SETTLE_MS + 60);
            std::thread::sleep(Duration::from_millis(ms));
        }
    }

    /// As a copy that keeps the time of writing does it: the room is made first, every look finds the old time.
    fn copy_with_old_time(&mut self) {
        let bytes = self.text();
        self.publish(&bytes);
        let mut file = File::create(&self.path).unwrap();
        if self.rng.r#gen() {
            file.set_len(bytes.len() as u64).unwrap();
        }
        let time = FileTimes::new().set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_600_000_000));
        self.in_pieces(&mut file, &bytes, |file| file.set_times(time).unwrap());
    }

    /// A ZIP may pause for longer than the settle time: without its end it is not whole.
    fn zip_with_long_pauses(&mut self) {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for name in ["xl/workbook.xml", "xl/worksheets/sheet1.xml"] {
            writer.start_file(name, SimpleFileOptions::default()).unwrap();
            let text = self.text();
            writer.write_all(&text).unwrap();
        }
        let bytes = writer.finish().unwrap().into_inner();
        self.publish(&bytes);
        let mut file = File::create(&self.path).unwrap();
        for piece in bytes.chunks(bytes.len().div_ceil(3)) {
            file.write_all(piece).unwrap();
            std::thread::sleep(Duration::from_millis(SETTLE_MS + SETTLE_MS / 2));
        }
    }

    fn write(&mut self, manner: u64) {
        match manner {
            0 => self.append(),
            1 => self.truncate_and_rewrite(),
            2 => self.rename_in(),
            3 => self.replace_while_reading(),
            4 => self.copy_with_old_time(),
            _ => self.zip_with_long_pauses(),
        }
    }
}

/// One trial; `None` when the machine was too slow for it to say anything.
fn trial(seed: u64, manner: u64) -> Option<usize> {
    let place = Place::new(i64::try_from(SETTLE_MS).unwrap());
    let name = if manner == 5 { "지출.xlsx" } else { "지출.csv" };
    let published = Mutex::new(Vec::new());
    let is_done = AtomicBool::new(false);
    let silence = std::thread::scope(|scope| {
        let path = place.inbox().join(name);
        let writing = scope.spawn(|| {
            let rng = Xoshiro256PlusPlus::seed_from_u64(seed);
            let (last_write, longest_silence) = (Instant::now(), Duration::ZERO);
            let mut writer = Writer { rng, path, published: &published, last_write, longest_silence };
            writer.write(manner);
            is_done.store(true, Ordering::Release);
            writer.longest_silence
        });
        watch(&place, name, &is_done, &published);
        writing.join().unwrap()
    });
    if silence > SILENCE_MAX {
        return None;
    }
    let published = published.into_inner().unwrap();
    let versions = place.store.arrival_versions(name).unwrap();
    let taken: Vec<Digest> =
        versions.iter().filter_map(|row| row.sha256.as_ref()).map(|text| text.parse().unwrap()).collect();
    for digest in &taken {
        assert!(published.contains(digest), "seed {seed}, manner {manner}: {digest} is no whole version");
    }
    assert_eq!(taken.last(), published.last(), "seed {seed}, manner {manner}");
    // Nothing else was ever given a name in the archive.
    assert!(place.archived().iter().all(|digest| taken.contains(digest)), "seed {seed}, manner {manner}");
    assert_eq!(fs::read_dir(place.dir.path().join("inbox")).unwrap().count(), 1, "the source stays");
    Some(taken.len())
}

/// Scans without a pause until the last version was taken.
fn watch(place: &Place, name: &str, is_done: &AtomicBool, published: &Mutex<Vec<Digest>>) {
    let begin = Instant::now();
    loop {
        let was_done = is_done.load(Ordering::Acquire);
        let scan = place.scan(&SystemClock);
        let last = published.lock().unwrap().last().copied();
        let is_taken = scan.files.iter().any(|file| file.name == name && Some(file.sha256) == last);
        if was_done && is_taken {
            return;
        }
        assert!(begin.elapsed() < PATIENCE, "the last version was not taken: {:?}", scan.waiting);
        std::thread::sleep(Duration::from_millis(7));
    }
}

#[test]
fn a_slow_writer_is_never_read_half() {
    let next = AtomicU64::new(0);
    let repeated = AtomicU64::new(0);
    let taken = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= TRIALS {
                        return;
                    }
                    let mut tries = 0..20;
                    let versions = tries.find_map(|again| {
                        let versions = trial(n + 1_000 * again, n % 6);
                        repeated.fetch_add(u64::from(versions.is_none()), Ordering::Relaxed);
                        versions
                    });
                    let versions = versions.expect("the machine is too slow for this test");
                    taken.fetch_add(versions as u64, Ordering::Relaxed);
                }
            });
        }
    });
    let (taken, repeated) = (taken.into_inner(), repeated.into_inner());
    eprintln!("slow writer: {TRIALS} trials, {taken} versions taken, {repeated} trials made again");
    assert!(taken >= TRIALS);
}

#[test]
fn a_writer_without_pauses_needs_no_luck() {
    // The same path with the trial's own parts, to see that a trial can fail: a half is no whole version.
    let place = Place::new(0);
    let path: &Path = &place.inbox().join("a.csv");
    fs::write(path, "half").unwrap();
    place.scan(&SystemClock);
    let row = place.store.arrival_versions("a.csv").unwrap().remove(0);
    assert_eq!(row.state, "waiting", "one look settles nothing that is new");
    place.scan(&SystemClock);
    let row = place.store.arrival_versions("a.csv").unwrap().remove(0);
    assert_eq!(
        row.sha256,
        Some(Digest::of(b"half").to_string()),
        "without a settle time the second look does"
    );
}
