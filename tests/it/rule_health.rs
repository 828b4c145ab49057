//! A noisy control test goes to shadow by itself, is counted there, and comes back when a person says so.

use std::fs;
use std::path::Path;

use ledgerwatch::demo::{DemoOptions, generate};
use ledgerwatch::detect::CONTROLS;
use ledgerwatch::store::{OutboxRow, Store};

use crate::support::{config_of, expect, ledgerwatch};

/// A low bar makes every test noisy; months are few, so that one month of reviews is enough.
const SETTINGS: &str = "[score]\nbar = 0.2\n[audit]\nrecipients = [\"gamsa@example.go.kr\"]\n\
     [rule_health]\nfalse_rate_max = 0.5\nreviewed_min = 5\nmonths = 6\n";
const JOB: &str = "version = \"1\"\nname = \"monthly\"\nlabel = \"점검\"\nschedule = \"0 30 6 2 * *\"\n\
     period = \"previous_month\"\nmisfire = \"once\"\nsteps = [\"ingest\", \"score\"]\n\
     [options.score]\ncounterfactuals = false\n";

struct Place {
    dir: tempfile::TempDir,
    config: String,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        generate(dir.path(), &DemoOptions { rows: 3_000, ..DemoOptions::default() }).unwrap();
        expect(&["init", &dir.path().to_string_lossy()]);
        let config = config_of(dir.path());
        let main = dir.path().join("config/ledgerwatch.toml");
        fs::write(&main, SETTINGS).unwrap();
        fs::write(dir.path().join("jobs/monthly.toml"), JOB).unwrap();
        Self { dir, config }
    }

    fn say(&self, arguments: &[&str]) -> String {
        expect(&[&["--config", self.config.as_str()], arguments].concat())
    }

    fn json(&self, arguments: &[&str]) -> serde_json::Value {
        serde_json::from_str(&self.say(&[&["--json"], arguments].concat())).unwrap()
    }

    /// Runs the job and gives the run's id.
    fn run(&self, period: &str) -> String {
        self.json(&["run", "monthly", "--period", period])["run"].as_str().unwrap().to_owned()
    }

    fn store(&self) -> Store {
        Store::open(&format!("sqlite:{}", self.path("data/ledgerwatch.db"))).unwrap()
    }

    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_string_lossy().into_owned()
    }

    fn notices(&self, run_id: &str) -> Vec<OutboxRow> {
        self.store().mails_of(run_id).unwrap()
    }

    /// Alarms of `check` in `period`: shown, in shadow.
    fn counts(&self, check: &str, period: &str) -> (u64, u64) {
        let health = self.json(&["rules", "health", "--from", period, "--until", period]);
        let totals = health["totals"].as_array().unwrap();
        let total = totals.iter().find(|total| total["check"] == check);
        total.map_or((0, 0), |t| {
            (t["tally"]["alarmed"].as_u64().unwrap(), t["tally"]["shadow"].as_u64().unwrap())
        })
    }

    /// Whether the findings of a run say that `check` was in shadow.
    fn is_in_shadow(&self, check: &str, run_id: &str) -> bool {
        let findings =
            fs::read_to_string(self.path(&format!("data/artifacts/{run_id}/findings.json"))).unwrap();
        let findings: serde_json::Value = serde_json::from_str(&findings).unwrap();
        let checks = findings["checks"].as_array().unwrap();
        checks.iter().find(|info| info["id"] == check).unwrap()["status"] == "shadow"
    }

    /// Says 정상 about the alarms of `period` that name `label`, at most `cases` of them; says how many rows.
    fn dismiss(&self, period: &str, label: &str, cases: usize, minutes: &str) -> usize {
        let file = self.path("검토.csv");
        self.say(&["label", "export", &file, "--unreviewed", "--from", period, "--until", period]);
        let text = fs::read_to_string(&file).unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().unwrap().clone();
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&header).unwrap();
        let (mut n, mut seen) = (0, std::collections::BTreeSet::new());
        for record in reader.records().map(Result::unwrap) {
            let mut cells: Vec<String> = record.iter().map(str::to_owned).collect();
            let is_known = seen.contains(&cells[11]);
            if cells[13].split(", ").any(|check| check == label) && (is_known || seen.len() < cases) {
                seen.insert(cells[11].clone());
                for (at, word) in
                    [(4, "정상"), (5, "정기 지급"), (6, minutes), (7, "김감사"), (8, "2025-01-05")]
                {
                    word.clone_into(&mut cells[at]);
                }
                n += 1;
            }
            writer.write_record(&cells).unwrap();
        }
        fs::write(&file, writer.into_inner().unwrap()).unwrap();
        let said = self.json(&["label", "import", &file]);
        assert_eq!(said["added"], n, "{said}");
        n
    }
}

fn states(place: &Place, check: &str) -> Vec<(bool, String)> {
    let states = place.store().check_states().unwrap().into_iter();
    let of_check = states.filter(|state| state.change.check == check);
    of_check.map(|state| (state.change.is_shadow, state.change.from.to_string())).collect()
}

#[test]
fn a_noisy_test_goes_to_shadow_once_is_counted_there_and_comes_back_by_hand() {
    let place = Place::new();
    let first = place.run("2024-09");
    let health = place.json(&["rules", "health"]);
    let totals = health["totals"].as_array().unwrap();
    let of_control = |total: &&serde_json::Value| CONTROLS.iter().any(|c| total["check"] == c.id());
    let noisy = totals.iter().filter(of_control).max_by_key(|t| t["tally"]["alarmed"].as_u64()).unwrap();
    let check = noisy["check"].as_str().unwrap();
    let label = CONTROLS.iter().find(|control| control.id() == check).unwrap().label_ko();
    assert!(noisy["tally"]["alarmed"].as_u64().unwrap() >= 6, "too quiet to tell: {noisy}");
    // Too few reviews: nothing is judged.
    place.dismiss("2024-09", label, 4, "10");
    let second = place.run("2024-10");
    assert!(place.store().check_states().unwrap().is_empty());
    assert!(place.notices(&first).is_empty() && place.notices(&second).is_empty());
    // Enough, all of them in order.
    place.dismiss("2024-09", label, usize::MAX, "10");
    let third = place.run("2024-11");
    assert_eq!(states(&place, check), [(true, "2024-12".to_owned())]);
    let notices = place.notices(&third);
    assert_eq!(notices.len(), 1);
    assert!(notices[0].recipients.contains("gamsa@example.go.kr") && notices[0].status == "queued");
    assert!(notices[0].body_text.contains(label) && notices[0].body_text.contains("오탐률 100.0%"));
    assert!(!place.is_in_shadow(check, &third), "the month that was scored stays as it was");
    let said = ledgerwatch(&["--config", &place.config, "check"]);
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.contains(&format!("({check})은 2024-12부터 시험 운영 상태입니다 (알림 미확인)")), "{said}");
    // In shadow: no points, still counted, no second notice.
    let fourth = place.run("2024-12");
    let (alarmed, shadow) = place.counts(check, "2024-12");
    assert!(alarmed == 0 && shadow > 0, "{alarmed} shown, {shadow} in shadow");
    assert_eq!(states(&place, check).len(), 1);
    let again = place.notices(&fourth);
    assert!(again.iter().all(|mail| !mail.body_text.contains(label)), "told twice");
    assert!(place.is_in_shadow(check, &fourth));
    assert!(place.say(&["rules", "notice", check, "--by", "김감사"]).contains("남겼습니다"));
    // Models were dismissed with it, and stay.
    let changed = place.store().check_states().unwrap();
    assert!(changed.iter().all(|s| CONTROLS.iter().any(|control| control.id() == s.change.check)));
    // Brought back for months with the old labels: those no longer count.
    place.say(&["rules", "live", check, "--by", "김감사", "--reason", "기준 조정", "--from", "2024-09"]);
    place.run("2025-01");
    assert_eq!(states(&place, check).len(), 2, "demoted again on the same old labels");
    // New words about the same alarms do count.
    let file = place.path("검토.csv");
    place.say(&["label", "export", &file]);
    let later = fs::read_to_string(&file).unwrap().replace("2025-01-05", "2025-01-09");
    fs::write(&file, later).unwrap();
    place.say(&["label", "import", &file]);
    place.run("2025-02");
    assert_eq!(states(&place, check)[2], (true, "2025-03".to_owned()));
}

#[test]
fn labels_make_the_round_trip_and_a_bad_row_stops_them_all() {
    let place = Place::new();
    place.run("2024-10");
    let store_size = |place: &Place| place.store().labels_known(i64::MAX).unwrap().len();
    let [csv, xlsx] = ["검토.csv", "검토.xlsx"].map(|name| place.path(name));
    place.say(&["label", "export", &xlsx, "--unreviewed"]);
    let open = place.json(&["label", "import", &xlsx]);
    assert!(open["added"] == 0 && open["open"].as_u64().unwrap() > 5, "{open}");
    let label =
        CONTROLS.iter().map(|c| c.label_ko()).find(|label| place.dismiss("2024-10", label, 3, "") > 0);
    assert!(label.is_some() && store_size(&place) > 0);
    let n = store_size(&place);
    for file in [&csv, &xlsx] {
        place.say(&["label", "export", file]);
        let said = place.json(&["label", "import", file]);
        assert_eq!((said["added"].as_u64(), said["known"].as_u64()), (Some(0), Some(n as u64)), "{file}");
    }
    // One row of another file, one from the future: both are named, and nothing of the file is taken.
    let text = fs::read_to_string(&csv).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines[1] = lines[1].replace("2025-01-05", "2999-01-05");
    lines.push("없는.csv,,2,,정상,기타,,김감사,2025-01-05,감사".to_owned());
    fs::write(&csv, lines.join("\n")).unwrap();
    let refused = ledgerwatch(&["--config", &place.config, "label", "import", &csv]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1));
    assert!(said.contains("2행 검토일") && said.contains("‘없는.csv’") && said.contains("힌트:"), "{said}");
    assert!(said.contains("잘못된 곳 2개"), "{said}");
    assert_eq!(store_size(&place), n);
    assert!(!Path::new(&place.path("없는.csv")).exists());
}

#[test]
fn states_are_changed_by_name_and_with_a_reason_only() {
    let place = Place::new();
    let refused = |arguments: &[&str]| {
        let output = ledgerwatch(&[&["--config", place.config.as_str(), "rules"], arguments].concat());
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for (arguments, part) in [
        (vec!["shadow", "offhours", "--by", "김", "--reason", "x"], "off_hours"),
        (vec!["shadow", "off_hours", "--by", "self", "--reason", "x"], "--by"),
        (vec!["shadow", "off_hours", "--by", "김", "--reason", " "], "--reason"),
        (vec!["notice", "off_hours", "--by", "김"], "상태가 바뀐 규칙"),
        (vec!["health", "--from", "2024-12", "--until", "2024-11"], "--from"),
    ] {
        let (code, said) = refused(&arguments);
        assert!(code == Some(2) && said.contains(part), "{arguments:?}: {said}");
    }
    assert!(place.store().check_states().unwrap().is_empty());
    place.say(&[
        "rules",
        "shadow",
        "off_hours",
        "--by",
        "김감사",
        "--reason",
        "점검 중",
        "--from",
        "2024-10",
    ]);
    let listed = place.json(&["rules", "list"]);
    let of = listed.as_array().unwrap().iter().find(|check| check["id"] == "off_hours").unwrap().clone();
    let found = ["state", "from", "by", "reason"].map(|key| of[key].as_str().unwrap().to_owned());
    assert_eq!(found, ["shadow", "2024-10", "김감사", "점검 중"]);
    let table = place.say(&["rules", "list"]);
    assert!(
        table.lines().any(|l| l.starts_with("off_hours") && l.contains("시험 운영") && l.contains("미확인"))
    );
    place.run("2024-10");
    assert_eq!(place.counts("off_hours", "2024-10").0, 0);
    assert!(place.say(&["rules", "health"]).contains("처리한 경보가 5건 이상"));
}
