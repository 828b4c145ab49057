//! The daemon takes what is dropped while it runs, with events and without, and outlives the folder.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ledgerwatch::ledger::Digest;
use ledgerwatch::store::Store;

use crate::support::{config_of, exe, expect, ledgerwatch};

struct Daemon {
    child: Child,
    store: Store,
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn start(dir: &Path, ingest: &str) -> Daemon {
    expect(&["init", &dir.to_string_lossy()]);
    fs::write(dir.join("config/ledgerwatch.toml"), format!("[ingest]\n{ingest}")).unwrap();
    let config = config_of(dir);
    let store = Store::open(&format!("sqlite:{}/data/ledgerwatch.db", dir.display())).unwrap();
    let mut command = Command::new(exe());
    command.args(["--config", &config, "daemon"]).stdout(Stdio::null()).stderr(Stdio::null());
    let daemon = Daemon { child: command.spawn().unwrap(), store };
    let inbox = dir.join("inbox").display().to_string();
    wait_for("the first scan", Duration::from_secs(30), || {
        daemon.store.inbox_state(&inbox).unwrap().is_some()
    });
    daemon
}

fn wait_for(what: &str, most: Duration, mut is_so: impl FnMut() -> bool) -> Duration {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < most, "{what} within {most:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
    begin.elapsed()
}

impl Daemon {
    fn has_taken(&self, name: &str, bytes: &[u8]) -> bool {
        let versions = self.store.arrival_versions(name).unwrap();
        versions.last().is_some_and(|row| row.sha256 == Some(Digest::of(bytes).to_string()))
    }

    fn stop(mut self) {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

#[test]
fn without_events_a_file_is_taken_by_the_scan_and_the_folder_may_come_and_go() {
    let dir = tempfile::tempdir().unwrap();
    let daemon = start(dir.path(), "settle_seconds = 1\nscan_seconds = 2\nfile_events = false\n");
    let inbox = dir.path().join("inbox");
    fs::create_dir(inbox.join("하위")).unwrap();
    fs::write(inbox.join("하위/a.csv"), "one").unwrap();
    fs::write(inbox.join("빈.csv"), "").unwrap();
    // One interval until it is seen, one settle time, and what a busy machine needs.
    wait_for("the file", Duration::from_secs(15), || daemon.has_taken("하위/a.csv", b"one"));
    let config = config_of(dir.path());
    let health = expect(&["--config", &config, "healthcheck"]);
    assert!(health.contains("수신 폴더: 정상") && health.contains("빈.csv: 빈 파일"), "{health}");
    // The share goes away and comes back.
    fs::rename(&inbox, dir.path().join("away")).unwrap();
    let name = inbox.display().to_string();
    let state = || daemon.store.inbox_state(&name).unwrap().unwrap().state;
    wait_for("the folder is gone", Duration::from_secs(15), || state() == "gone");
    let health = ledgerwatch(&["--config", &config, "healthcheck"]);
    assert!(String::from_utf8_lossy(&health.stdout).contains("열 수 없음"));
    fs::write(dir.path().join("away/b.csv"), "two").unwrap();
    fs::rename(dir.path().join("away"), &inbox).unwrap();
    wait_for("the folder is back", Duration::from_secs(15), || state() == "open");
    wait_for("its new file", Duration::from_secs(15), || daemon.has_taken("b.csv", b"two"));
    daemon.stop();
}

#[test]
fn events_shorten_the_wait_in_folders_old_and_new() {
    let dir = tempfile::tempdir().unwrap();
    let daemon = start(dir.path(), "settle_seconds = 1\nscan_seconds = 60\n");
    let inbox = dir.path().join("inbox");
    // Well under the interval of a minute.
    let most = Duration::from_secs(20);
    fs::write(inbox.join("a.csv"), "one").unwrap();
    wait_for("the file", most, || daemon.has_taken("a.csv", b"one"));
    fs::create_dir_all(inbox.join("새/폴더")).unwrap();
    std::thread::sleep(Duration::from_secs(3));
    fs::write(inbox.join("새/폴더/b.csv"), "two").unwrap();
    wait_for("the file in a new folder", most, || daemon.has_taken("새/폴더/b.csv", b"two"));
    fs::write(inbox.join("a.csv"), "three").unwrap();
    wait_for("the new version", most, || daemon.has_taken("a.csv", b"three"));
    daemon.stop();
}

#[test]
fn a_run_by_hand_needs_no_daemon_and_waits_only_for_what_is_new() {
    let dir = tempfile::tempdir().unwrap();
    expect(&["init", &dir.path().to_string_lossy()]);
    let config = config_of(dir.path());
    let text = "일자,부서,계정과목,거래처,금액,적요\n2024-12-02,총무과,여비,가상사,1000,출장\n";
    fs::write(dir.path().join("inbox/a.csv"), text).unwrap();
    let run = || {
        let output = ledgerwatch(&["--config", &config, "--json", "run", "monthly", "--period", "2024-12"]);
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let begin = Instant::now();
    run();
    assert!(begin.elapsed() >= Duration::from_secs(5), "a file just written settles first");
    let store = Store::open(&format!("sqlite:{}/data/ledgerwatch.db", dir.path().display())).unwrap();
    assert!(store.runs(1).unwrap()[0].inputs.contains(&Digest::of(text.as_bytes()).to_string()));
    fs::write(dir.path().join("inbox/b.csv"), "").unwrap();
    let said = run();
    assert!(said.contains("\"name\":\"b.csv\"") && said.contains("\"state\":\"waiting\""), "{said}");
}
