//! The daemon as a process: scheduled, killed, restarted, stopped.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ledgerwatch::store::Store;

use crate::command_line::institution;
use crate::support::{exe, expect};

const JOB: &str = "version = \"1\"\nname = \"monthly\"\nlabel = \"월간\"\nschedule = \"*/2 * * * * *\"\n\
                   steps = [\"ingest\", \"score\", \"report\", \"deliver\", \"archive\"]\n";

fn start(config: &str, drill: &str) -> Child {
    let mut command = Command::new(exe());
    command.args(["--config", config, "daemon"]).env("LEDGERWATCH_DRILL", drill);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < Duration::from_mins(1), "{what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn n_mails(dir: &Path) -> usize {
    fs::read_dir(dir.join("data/mail")).map_or(0, Iterator::count)
}

/// SIGTERM, as systemd sends it.
fn stop(child: &mut Child) {
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_killed_daemon_finishes_its_run_after_restart_and_stops_cleanly() {
    let dir = tempfile::tempdir().unwrap();
    let config = institution(dir.path());
    fs::write(dir.path().join("jobs/monthly.toml"), JOB).unwrap();
    let mut first = start(&config, "deliver:queued");
    // The drill aborts the daemon once the mails are queued and before the first is sent.
    wait_for("the drill", || first.try_wait().unwrap().is_some());
    assert_eq!(n_mails(dir.path()), 0);
    let mut second = start(&config, "");
    wait_for("mails", || n_mails(dir.path()) == 24);
    let health = expect(&["--config", &config, "healthcheck"]);
    assert!(health.contains("실행 중"), "{health}");
    // A second daemon on the same data is refused and told who holds it.
    let refused = Command::new(exe()).args(["--config", &config, "daemon"]).output().unwrap();
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("이미 실행 중"), "{said}");
    let store = Store::open(&format!("sqlite:{}/data/ledgerwatch.db", dir.path().display())).unwrap();
    wait_for("a finished occurrence", || store.occurrences(50).unwrap().iter().any(|o| o.status == "done"));
    stop(&mut second);
    // Later occurrences of the same month and files are the same run: no second mail.
    assert_eq!(n_mails(dir.path()), 24);
    assert!(store.occurrences(50).unwrap().iter().all(|o| o.status != "claimed"));
    assert_eq!(store.runs(10).unwrap().len(), 1);
}

#[test]
fn a_mail_that_waits_goes_out_by_the_daemon_not_by_the_next_run() {
    let dir = tempfile::tempdir().unwrap();
    let config = institution(dir.path());
    // A file stands where the mail folder should be: nothing can be sent.
    fs::create_dir_all(dir.path().join("data")).unwrap();
    fs::write(dir.path().join("data/mail"), "").unwrap();
    expect(&["--config", &config, "run", "monthly", "--period", "2024-12"]);
    let store = Store::open(&format!("sqlite:{}/data/ledgerwatch.db", dir.path().display())).unwrap();
    let run = store.runs(1).unwrap().remove(0).id;
    assert!(store.mails_of(&run).unwrap().iter().all(|mail| mail.status == "queued"));
    fs::remove_file(dir.path().join("data/mail")).unwrap();
    let mut daemon = start(&config, "");
    let started = Instant::now();
    while n_mails(dir.path()) < 24 {
        assert!(started.elapsed() < Duration::from_mins(2), "the first wait is one minute");
        std::thread::sleep(Duration::from_millis(200));
    }
    stop(&mut daemon);
    assert!(store.mails_of(&run).unwrap().iter().all(|mail| mail.status == "sent"));
    assert_eq!(store.runs(10).unwrap().len(), 1);
}
