//! The program as its users call it.

use std::fs;
use std::process::Command;

use crate::support::{config_of, demo, digests, exe, expect, ledgerwatch};

#[test]
fn the_demo_sends_one_mail_a_department_and_its_evidence_is_intact() {
    let dir = tempfile::tempdir().unwrap();
    let said = demo(dir.path());
    assert!(said.contains("성공") && said.contains("보고서:"), "{said}");
    assert_eq!(fs::read_dir(dir.path().join("data/mail")).unwrap().count(), 24);
    let config = config_of(dir.path());
    assert!(expect(&["--config", &config, "evidence", "verify"]).contains("이상 없음"));
    assert!(expect(&["--config", &config, "check"]).contains("문제가 없습니다"));
    assert!(expect(&["--config", &config, "schedule", "list"]).contains("monthly"));
    assert!(expect(&["--config", &config, "evidence", "list"]).contains("2024-12"));
    // The same files and the same configuration are the same run: nothing is sent again.
    let again = expect(&["--config", &config, "run", "monthly", "--period", "2024-12"]);
    assert!(again.contains("이미 끝난 실행"), "{again}");
}

#[test]
fn a_run_made_twice_gives_the_same_bytes() {
    let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    demo(a.path());
    demo(b.path());
    let scores = |dir: &std::path::Path| digests(&dir.join("data/lake"));
    assert_eq!(scores(a.path()), scores(b.path()));
    let workbooks = |dir: &std::path::Path| {
        let all = digests(&dir.join("data/artifacts"));
        all.into_iter().filter(|(name, _)| name.ends_with("findings.json")).collect::<Vec<_>>()
    };
    let findings = workbooks(a.path());
    assert_eq!(findings.len(), 1);
    assert_eq!(findings, workbooks(b.path()));
    let findings = fs::read_to_string(a.path().join("data/artifacts").join(&findings[0].0)).unwrap();
    assert!(findings.contains("점 이하로, 기준값 60점보다 낮습니다."), "no counterfactual");
}

#[test]
fn scores_are_equal_on_one_thread_and_on_two_and_find_what_was_planted() {
    let dir = tempfile::tempdir().unwrap();
    demo(dir.path());
    let inbox = dir.path().join("inbox").to_string_lossy().into_owned();
    let config = config_of(dir.path());
    let score = |threads: &str, name: &str, more: &[&str]| {
        let out = dir.path().join(name).to_string_lossy().into_owned();
        let arguments = ["--config", &config, "score", &inbox, "--out", &out, "--threads", threads];
        expect(&[&arguments, more].concat());
        fs::read_to_string(dir.path().join(name)).unwrap()
    };
    let one = score("1", "one.csv", &[]);
    assert!(one == score("2", "two.csv", &[]), "scores differ by number of threads");
    assert!(one.starts_with("source,sheet,row,document_no,date,department,"));
    let n_explained = |csv: &str| csv.matches("점 이하로, 기준값 60점보다 낮습니다.").count();
    assert!((10..=20).contains(&n_explained(&one)), "{} rows explained", n_explained(&one));
    assert_eq!(n_explained(&score("2", "none.csv", &["--counterfactuals", "0"])), 0);
    let truth = dir.path().join("truth.csv").to_string_lossy().into_owned();
    let scores = dir.path().join("one.csv").to_string_lossy().into_owned();
    let found: serde_json::Value =
        serde_json::from_str(&expect(&["--json", "evaluate", &truth, &scores])).unwrap();
    assert!(found["average_precision"].as_f64().unwrap() > 0.5, "{found}");
    let table = expect(&["evaluate", &truth, &scores]);
    assert!(table.contains("평균 정밀도: 0.") && table.contains("상위 100건 정밀도"), "{table}");
}

#[test]
fn a_reader_that_is_gone_does_not_stop_the_work() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let run = Command::new(exe()).arg("init").arg(&home).stdout(writer).output().unwrap();
    assert!(run.status.success(), "{run:?}");
    assert_eq!(String::from_utf8_lossy(&run.stderr), "");
    assert!(home.join("config/ledgerwatch.toml").is_file());
}

#[test]
fn bad_files_are_set_aside_with_a_hint_and_the_run_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    demo(dir.path());
    let inbox = dir.path().join("inbox");
    fs::write(inbox.join("빈파일.csv"), "").unwrap();
    let whole = fs::read(inbox.join("지출내역_2020.xlsx")).unwrap();
    fs::write(inbox.join("반쪽.xlsx"), &whole[..whole.len() / 2]).unwrap();
    fs::write(inbox.join("그림.xlsx"), [0x89, b'P', b'N', b'G', 0, 1, 2]).unwrap();
    fs::write(inbox.join("열없음.csv"), "일자,부서\n2024-01-01,총무과\n").unwrap();
    fs::write(inbox.join("사본.xlsx"), &whole).unwrap();
    let config = config_of(dir.path());
    let said = expect(&["--config", &config, "run", "monthly", "--period", "2024-12"]);
    assert!(said.contains("성공"), "{said}");
    // What cannot be whole is not read at all; the person who ran it is told.
    assert!(said.contains("아직 받지 않은 파일: 2개"), "{said}");
    assert!(said.contains("빈파일.csv: 빈 파일") && said.contains("반쪽.xlsx: 파일의 끝부분"), "{said}");
    let text = fs::read_dir(dir.path().join("data/artifacts")).unwrap().find_map(|run| {
        let view = run.unwrap().path().join("views/D001.json");
        fs::read_to_string(view).ok().filter(|text| text.contains("그림.xlsx"))
    });
    let text = text.expect("the report names the refused file");
    for name in ["열없음.csv", "사본.xlsx", "내용이 같은 파일"] {
        assert!(text.contains(name), "{name}");
    }
    assert!(!text.contains("반쪽.xlsx") && !text.contains("빈파일.csv"));
    // Once a refused file is gone, the next report no longer names it.
    fs::remove_file(inbox.join("그림.xlsx")).unwrap();
    expect(&["--config", &config, "run", "monthly", "--period", "2024-12"]);
    let views = fs::read_dir(dir.path().join("data/artifacts")).unwrap();
    let texts = views.map(|run| fs::read_to_string(run.unwrap().path().join("views/D001.json")).unwrap());
    assert!(texts.into_iter().any(|text| text.contains("열없음.csv") && !text.contains("그림.xlsx")));
    fs::write(inbox.join("그림.xlsx"), [0x89, b'P', b'N', b'G', 0, 1, 2]).unwrap();
    let verdicts = ledgerwatch(&["--config", &config, "ingest", &inbox.to_string_lossy(), "--dry-run"]);
    let verdicts = String::from_utf8_lossy(&verdicts.stdout).into_owned();
    assert_eq!(verdicts.matches("힌트:").count(), 4, "{verdicts}");
}

#[test]
fn check_finds_everything_at_once() {
    let dir = tempfile::tempdir().unwrap();
    expect(&["init", &dir.path().to_string_lossy()]);
    let config = config_of(dir.path());
    expect(&["--config", &config, "check"]);
    fs::write(
        dir.path().join("config/ledgerwatch.toml"),
        "[report]\nfont_regular = \"none.ttf\"\n[mail]\nmode = \"pigeon\"\n",
    )
    .unwrap();
    fs::write(dir.path().join("jobs/broken.toml"), "name = [").unwrap();
    let output = ledgerwatch(&["--config", &config, "check"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(2));
    for part in ["font_regular", "fonts-nanum", "mail.mode", "broken.toml:1"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn a_killed_run_goes_on_where_it_was_and_sends_nothing_twice() {
    for step in ["ingest", "score", "report", "deliver", "archive"] {
        for moment in ["before", "uncommitted", "after"] {
            let dir = tempfile::tempdir().unwrap();
            let config = institution(dir.path());
            let arguments = ["--config", config.as_str(), "run", "monthly", "--period", "2024-12"];
            let killed = Command::new(exe())
                .args(arguments)
                .env("LEDGERWATCH_DRILL", format!("{step}:{moment}"))
                .output();
            assert!(!killed.unwrap().status.success(), "{step}:{moment} did not die");
            expect(&arguments);
            let mails = dir.path().join("data/mail");
            assert_eq!(fs::read_dir(mails).unwrap().count(), 24, "{step}:{moment}");
            assert!(expect(&["--config", &config, "evidence", "verify"]).contains("이상 없음"));
            let listed = expect(&["--config", &config, "evidence", "list"]);
            assert_eq!(listed.lines().count(), 1, "{step}:{moment}: {listed}");
        }
    }
}

/// A demo institution whose job has not run: small, for many starts.
pub fn institution(dir: &std::path::Path) -> String {
    let options = ledgerwatch::demo::DemoOptions { rows: 600, ..ledgerwatch::demo::DemoOptions::default() };
    ledgerwatch::demo::generate(dir, &options).unwrap();
    expect(&["init", &dir.to_string_lossy()]);
    config_of(dir)
}
