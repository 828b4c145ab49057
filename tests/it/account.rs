//! What files mean to each other: copies, overlaps, restatements, rows mended and put back.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use calamine::{Data, Reader, Xlsx};
use ledgerwatch::ledger::{FiscalMonth, LakeKind, RunAccount};
use ledgerwatch::store::Store;
use rust_xlsxwriter::Workbook;

use crate::support::{config_of, expect, ledgerwatch};

const HEADER: &str = "일자,문서번호,부서,계정과목,거래처,적요,금액";

/// An institution of two departments whose audit gets mail.
struct House {
    dir: tempfile::TempDir,
}

impl House {
    fn new(settings: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        expect(&["init", &dir.path().to_string_lossy()]);
        let department = |code: &str, name: &str| {
            format!(
                "[[department]]\ncode = \"{code}\"\nname = \"{name}\"\nrecipients = [\"{code}@example.go.kr\"]\n"
            )
        };
        let departments =
            format!("version = \"1\"\n{}{}", department("d1", "총무과"), department("d2", "재무과"));
        fs::write(dir.path().join("config/departments.toml"), departments).unwrap();
        fs::write(dir.path().join("config/ledgerwatch.toml"), settings).unwrap();
        let monthly = fs::read_to_string(dir.path().join("jobs/monthly.toml")).unwrap();
        let steps = monthly.lines().find(|line| line.starts_with("steps")).unwrap().to_owned();
        let short = monthly.replace("\"monthly\"", "\"short\"").replace(&steps, "steps = [\"ingest\"]");
        fs::write(dir.path().join("jobs/short.toml"), short).unwrap();
        fs::create_dir_all(dir.path().join("inbox")).unwrap();
        Self { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn drop(&self, name: &str, rows: &[String]) {
        let text = format!("{HEADER}\n{}\n", rows.join("\n"));
        self.drop_bytes(name, text.as_bytes());
    }

    fn drop_bytes(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path("inbox").join(name), bytes).unwrap();
    }

    fn run(&self, job: &str, period: &str) -> Run {
        let config = config_of(self.dir.path());
        let said = expect(&["--config", &config, "--json", "run", job, "--period", period]);
        let said: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert_eq!(said["status"], "succeeded", "{said}");
        Run { folder: self.path("data/artifacts").join(said["run"].as_str().unwrap()) }
    }

    fn lake(&self) -> (i64, i64) {
        let store =
            Store::open(&format!("sqlite:{}/data/ledgerwatch.db", self.dir.path().display())).unwrap();
        let month = |text: &str| text.parse::<FiscalMonth>().unwrap();
        let files = store.current_lake_files(LakeKind::Clean, month("1990-01"), month("2100-12")).unwrap();
        (files.iter().map(|f| f.rows).sum(), files.iter().map(|f| f.total.0).sum())
    }

    fn audit_mails(&self) -> Vec<String> {
        let folder = self.path("data/mail");
        let mails = fs::read_dir(folder).into_iter().flatten().map(|file| file.unwrap().path());
        let audit = mails.filter(|p| p.file_name().unwrap().to_string_lossy().starts_with("audit_"));
        audit.map(|path| fs::read_to_string(path).unwrap()).collect()
    }
}

struct Run {
    folder: PathBuf,
}

impl Run {
    fn account(&self) -> RunAccount {
        let account: RunAccount =
            serde_json::from_slice(&fs::read(self.folder.join("account.json")).unwrap()).unwrap();
        assert!(account.balances());
        account
    }

    fn refused(&self, name: &str) -> Option<String> {
        let account = self.account();
        let file = account.files.iter().find(|file| file.source == name).unwrap();
        file.refused.as_ref().map(|problem| problem.found.clone())
    }

    fn restatement(&self) -> Option<serde_json::Value> {
        let bytes = fs::read(self.folder.join("restatement.json")).ok()?;
        Some(serde_json::from_slice(&bytes).unwrap())
    }
}

/// Row `i` of a month: the document number, and the amount, follow from it.
fn row(month: u32, i: u32) -> String {
    let department = if i.is_multiple_of(2) { "총무과" } else { "재무과" };
    let (day, amount) = (i % 27 + 1, 1_000 * (i + 1));
    format!(
        "2024-{month:02}-{day:02},2024-{month:02}{i:03},{department},여비,거래처{},출장 {i},{amount}",
        i % 5
    )
}

fn rows(month: u32, n: u32) -> Vec<String> {
    (0..n).map(|i| row(month, i)).collect()
}

/// Cells of every sheet of a workbook as text.
fn sheets(bytes: Vec<u8>) -> BTreeMap<String, Vec<Vec<String>>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let mut out = BTreeMap::new();
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name).unwrap();
        let (height, width) = range.end().map_or((0, 0), |(row, column)| (row + 1, column + 1));
        let text = |row, column| match range.get_value((row, column)) {
            None | Some(Data::Empty) => String::new(),
            Some(cell) => cell.to_string(),
        };
        let rows = (0..height).map(|row| (0..width).map(|column| text(row, column)).collect()).collect();
        out.insert(name, rows);
    }
    out
}

#[test]
fn the_same_rows_in_another_file_count_once_until_a_person_says_otherwise() {
    let house = House::new("");
    let all = rows(11, 20);
    let turned: Vec<String> = all.iter().rev().cloned().collect();
    house.drop("가.csv", &all);
    house.drop("나.csv", &turned);
    let run = house.run("short", "2024-11");
    assert_eq!(house.lake(), (20, 210_000));
    let found = run.refused("나.csv").unwrap();
    assert!(found.contains("같은 행을 담은 다른 파일: ‘가.csv’ (20행)"), "{found}");
    // Once the first file holds other rows, the copy is all there is of them.
    house.drop("가.csv", &rows(12, 4));
    let run = house.run("short", "2024-12");
    assert_eq!(run.refused("나.csv"), None);
    assert_eq!(house.lake(), (24, 220_000));
    // A new copy, accepted on purpose.
    house.drop("다.csv", &all);
    assert!(house.run("short", "2024-12").refused("다.csv").is_some());
    assert_eq!(house.lake(), (24, 220_000));
    fs::write(house.path("config/ledgerwatch.toml"), "[intake]\naccept_same_rows = [\"다.csv\"]\n").unwrap();
    assert_eq!(house.run("short", "2024-12").refused("다.csv"), None);
    assert_eq!(house.lake(), (44, 430_000));
}

#[test]
fn a_file_that_shares_many_rows_with_another_is_noted_with_counts() {
    let house = House::new("");
    house.drop("가.csv", &rows(11, 20));
    house.drop("나.csv", &(12..40).map(|i| row(11, i)).collect::<Vec<_>>());
    house.drop("다.csv", &(38..60).map(|i| row(11, i)).collect::<Vec<_>>());
    let account = house.run("short", "2024-11").account();
    let of = |name: &str| account.files.iter().find(|file| file.source == name).unwrap();
    assert!(of("가.csv").overlaps.is_empty());
    let overlap = &of("나.csv").overlaps[0];
    assert_eq!((overlap.source.as_str(), overlap.rows, overlap.common), ("가.csv", 28, 8));
    assert_eq!(overlap.with_document_no, 8);
    assert!(of("나.csv").notes.iter().any(|note| note.contains("겹침 의심") && note.contains("‘가.csv’")));
    // Two common rows may be chance.
    assert!(of("다.csv").overlaps.is_empty());
}

#[test]
fn a_reported_month_that_changes_is_told_to_audit_with_rows_and_sums() {
    let house = House::new("[audit]\nrecipients = [\"gamsa@example.go.kr\"]\n");
    house.drop("지출.csv", &[rows(10, 12), rows(11, 12)].concat());
    assert!(house.run("monthly", "2024-11").restatement().is_none());
    assert!(house.audit_mails().is_empty());
    let mut again = [rows(10, 12), rows(11, 12), rows(12, 5)].concat();
    again[3] = again[3].replace(",4000", ",4500");
    again.remove(7);
    again.push("2024-11-30,2024-11999,총무과,여비,거래처9,늦은 출장,700".to_owned());
    house.drop("지출.csv", &again);
    let run = house.run("monthly", "2024-12");
    let found = run.restatement().unwrap();
    let count = |list: &str| found[list].as_array().unwrap().len();
    assert_eq!((count("added"), count("changed"), count("deleted")), (1, 1, 1));
    assert_eq!(found["changed"][0]["old"]["amount"], 4_000);
    assert_eq!(found["changed"][0]["new"]["amount"], 4_500);
    assert_eq!(found["deleted"][0]["document_no"], "2024-10007");
    let months: Vec<(i64, i64)> = found["months"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| (m["sum_before"].as_i64().unwrap(), m["sum_after"].as_i64().unwrap()))
        .collect();
    assert_eq!(months, [(78_000, 70_500), (78_000, 78_700)]);
    let book = sheets(fs::read(run.folder.join("정정내역.xlsx")).unwrap());
    assert_eq!(book["추가"][1][1], "2024-11999");
    assert_eq!(book["삭제"][1][8], "8000");
    assert_eq!((book["변경"][1][0].as_str(), book["변경"][1][12].as_str()), ("금액", "500"));
    let mails = house.audit_mails();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("To: gamsa@example.go.kr"));
    // The rows of the old version stay where an earlier run can be made again from.
    let old = fs::read_dir(house.path("data/lake/clean/2024-10")).unwrap().count();
    assert_eq!(old, 2);
    // Nothing new, nothing more to say; and the evidence holds it.
    fs::write(house.path("inbox/메모.csv"), "메모\n").unwrap();
    assert!(house.run("monthly", "2024-12").restatement().is_none());
    assert_eq!(house.audit_mails().len(), 1);
    let config = config_of(house.dir.path());
    assert!(expect(&["--config", &config, "evidence", "verify"]).contains("이상 없음"));
}

/// Three bad rows among thirty.
fn damaged() -> (Vec<String>, Vec<String>) {
    let clean = rows(11, 30);
    let mut bad = clean.clone();
    bad[4] = bad[4].replace("2024-11-05", "2024-11-31");
    bad[9] = bad[9].replace(",10000", ",1만원쯤");
    bad[20] = bad[20].replace("총무과", "");
    (clean, bad)
}

/// The exported workbook again, with cells replaced by what `mend` says of (header, cell).
fn mended(book: &BTreeMap<String, Vec<Vec<String>>>, mend: &dyn Fn(&str, &str) -> Option<String>) -> Vec<u8> {
    let mut out = Workbook::new();
    for (name, rows) in book {
        let sheet = out.add_worksheet();
        sheet.set_name(name).unwrap();
        let header = &rows[0];
        for (at, row) in (0..).zip(rows) {
            for ((column, cell), header) in (0..).zip(row).zip(header) {
                let text = if at > 0 { mend(header, cell) } else { None };
                let text = text.unwrap_or_else(|| cell.clone());
                if !text.is_empty() {
                    sheet.write_string(at, column, text).unwrap();
                }
            }
        }
    }
    out.save_to_buffer().unwrap()
}

fn export(house: &House, name: &str) -> Option<BTreeMap<String, Vec<Vec<String>>>> {
    let (config, out) = (config_of(house.dir.path()), house.path(name));
    expect(&["--config", &config, "quarantine", "export", "--out", &out.to_string_lossy()]);
    fs::read(out).ok().map(sheets)
}

fn mend_date_and_amount(header: &str, cell: &str) -> Option<String> {
    match (header, cell) {
        ("일자", "2024-11-31") => Some("2024-11-05".to_owned()),
        ("금액", "1만원쯤") => Some("10000".to_owned()),
        _ => None,
    }
}

#[test]
fn rows_kept_aside_are_mended_put_back_and_never_count_twice() {
    let house = House::new("");
    let (clean, bad) = damaged();
    house.drop("지출.csv", &bad);
    house.run("short", "2024-11");
    let bad_sum: i64 = 465_000 - 5_000 - 10_000 - 21_000;
    assert_eq!(house.lake(), (27, bad_sum));
    let book = export(&house, "보류.xlsx").unwrap();
    assert!(book["안내"][0][0].contains("보류 행 고치기"));
    let table = &book["지출"];
    assert_eq!(table.len(), 4);
    assert_eq!(table[0][7..], ["사유", "문제 열", "원본 파일", "원본 시트", "원본 행", "원본 SHA-256"]);
    assert_eq!((table[1][8].as_str(), table[2][8].as_str(), table[3][8].as_str()), ("일자", "금액", "부서"));
    // Two of three are mended; the third waits.
    house.drop_bytes("보류_수정.xlsx", &mended(&book, &mend_date_and_amount));
    let account = house.run("short", "2024-11").account();
    assert_eq!(house.lake(), (29, bad_sum + 15_000));
    assert_eq!(account.whole.put_back, 2);
    // The rest is exported, not what was put back.
    let rest = export(&house, "나머지.xlsx").unwrap();
    assert_eq!((rest["지출"].len(), rest["지출"][1][8].as_str()), (2, "부서"));
    // The same rows in yet another file are refused row by row.
    let all = mended(&book, &|header, cell| match (header, cell) {
        ("부서", "") => Some("총무과".to_owned()),
        _ => mend_date_and_amount(header, cell),
    });
    house.drop_bytes("보류_수정2.xlsx", &all);
    let account = house.run("short", "2024-11").account();
    let second = account.files.iter().find(|file| file.source == "보류_수정2.xlsx").unwrap();
    assert_eq!((second.loaded, second.quarantined), (1, 2));
    assert!(second.issues.iter().all(|issue| issue.reason == "이미 반영된 행"));
    // Just the totals of a clean file.
    let other = House::new("");
    other.drop("지출.csv", &clean);
    let whole = other.run("short", "2024-11").account();
    assert_eq!(house.lake(), other.lake());
    assert_eq!(account.groups, whole.groups);
    assert!(export(&house, "없음.xlsx").is_none());
    // The original comes again, in order: the mended rows count no more.
    house.drop("지출.csv", &[clean, rows(12, 1)].concat());
    let run = house.run("short", "2024-12");
    assert_eq!(house.lake(), (31, 466_000));
    assert!(run.refused("보류_수정.xlsx").unwrap().contains("새 판이 접수되어"));
    assert_eq!(run.refused("지출.csv"), None);
    let restatement = run.restatement();
    assert!(restatement.is_none(), "the payments are the same: {restatement:?}");
}

#[test]
fn mended_rows_without_origin_or_of_loaded_rows_are_refused() {
    let house = House::new("");
    let (_, bad) = damaged();
    house.drop("지출.csv", &bad);
    house.run("short", "2024-11");
    let book = export(&house, "보류.xlsx").unwrap();
    // Row 3 of the file was loaded; row 6 is the first one kept aside.
    let claims = mended(&book, &|header, cell| match (header, cell) {
        ("원본 행", "6") => Some("3".to_owned()),
        ("원본 SHA-256", _) => None,
        ("원본 행", _) => Some(String::new()),
        _ => mend_date_and_amount(header, cell),
    });
    house.drop_bytes("수정.xlsx", &claims);
    let before = house.lake();
    let run = house.run("short", "2024-11");
    assert_eq!(house.lake(), before);
    let found = run.refused("수정.xlsx").unwrap();
    assert!(found.contains("이미 반영된 행 1개"), "{found}");
}

#[test]
fn one_mended_row_of_three_is_enough_and_none_is_not() {
    let house = House::new("");
    let (_, bad) = damaged();
    house.drop("지출.csv", &bad);
    house.run("short", "2024-11");
    let book = export(&house, "보류.xlsx").unwrap();
    house.drop_bytes("수정.xlsx", &mended(&book, &|_, _| None));
    let run = house.run("short", "2024-11");
    assert!(run.refused("수정.xlsx").unwrap().contains("반영할 행이 없는 수정 파일"));
    let (n_before, sum_before) = house.lake();
    let one = |header: &str, cell: &str| {
        (header == "일자" && cell == "2024-11-31").then(|| "2024-11-05".to_owned())
    };
    house.drop_bytes("수정.xlsx", &mended(&book, &one));
    house.run("short", "2024-11");
    assert_eq!(house.lake(), (n_before + 1, sum_before + 5_000));
}

#[test]
fn a_mended_amount_keeps_the_unit_of_its_table() {
    let house = House::new("");
    let mut all = rows(11, 9);
    all[3] = all[3].replace(",4000", ",사천");
    let text = format!("(단위: 천원),,,,,,\n{HEADER}\n{}\n", all.join("\n"));
    house.drop_bytes("지출.csv", text.as_bytes());
    house.run("short", "2024-11");
    assert_eq!(house.lake(), (8, 41_000_000));
    let book = export(&house, "보류.xlsx").unwrap();
    assert_eq!(book["지출"][0][0], "(단위: 천원)");
    let mut table = book.clone();
    let row = table.get_mut("지출").unwrap().get_mut(2).unwrap();
    assert_eq!(row[6], "사천");
    row[6] = "4000".to_owned();
    house.drop_bytes("수정.xlsx", &mended(&table, &|_, _| None));
    house.run("short", "2024-11");
    assert_eq!(house.lake(), (9, 45_000_000));
}

#[test]
fn the_account_is_on_screen_and_says_what_could_not_be_checked() {
    let house = House::new("");
    let (_, bad) = damaged();
    house.drop("지출.csv", &bad);
    let account = house.run("short", "2024-11").account();
    let minute = account.withheld.iter().find(|withheld| withheld.column == "minute").unwrap();
    assert_eq!((minute.rows, minute.of_rows), (27, 27));
    assert!(minute.checks.iter().any(|check| check.contains("심야")), "{:?}", minute.checks);
    let config = config_of(house.dir.path());
    let listed = expect(&["--config", &config, "intake", "list"]);
    assert!(listed.contains("지출.csv\t읽은 행 31 = 반영 27 + 제외 1 + 보류 3"), "{listed}");
    let shown = expect(&["--config", &config, "intake", "show", "지출.csv"]);
    for part in ["총무과 · 여비: 13행", "보류 6행 일자 ‘2024-11-31’", "없는 열 시각", "현재 판"]
    {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let json = expect(&["--config", &config, "--json", "intake", "show", "지출.csv"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json[0]["account"]["loaded"], 27);
    let unknown = ledgerwatch(&["--config", &config, "intake", "show", "없음.csv"]);
    assert_eq!(unknown.status.code(), Some(2));
}

/// The lake in numbers by department and account, read without the account.
fn lake_groups(data: &Path) -> BTreeMap<(String, String), (u64, i64)> {
    use polars::prelude::{ParquetReader, SerReader};
    let store = Store::open(&format!("sqlite:{}/ledgerwatch.db", data.display())).unwrap();
    let month = |text: &str| text.parse::<FiscalMonth>().unwrap();
    let mut groups: BTreeMap<(String, String), (u64, i64)> = BTreeMap::new();
    for file in store.current_lake_files(LakeKind::Clean, month("1990-01"), month("2100-12")).unwrap() {
        let frame = ParquetReader::new(fs::File::open(data.join(&file.path)).unwrap()).finish().unwrap();
        let text = |name: &str| frame.column(name).unwrap().str().unwrap().clone();
        let (departments, accounts) = (text("department"), text("account"));
        let amounts = frame.column("amount").unwrap().i64().unwrap().clone();
        for ((department, account), amount) in departments.iter().zip(accounts.iter()).zip(amounts.iter()) {
            let key = (department.unwrap().to_owned(), account.unwrap().to_owned());
            let group = groups.entry(key).or_default();
            group.0 += 1;
            group.1 += amount.unwrap();
        }
    }
    groups
}

#[test]
fn the_account_of_a_whole_institution_is_that_of_its_lake() {
    let dir = tempfile::tempdir().unwrap();
    let config = crate::command_line::institution(dir.path());
    let said = expect(&["--config", &config, "--json", "run", "monthly", "--period", "2024-12"]);
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    let run = Run { folder: dir.path().join("data/artifacts").join(said["run"].as_str().unwrap()) };
    let account = run.account();
    assert_eq!(account.files.len(), 15);
    let groups: BTreeMap<(String, String), (u64, i64)> = account
        .groups
        .iter()
        .map(|g| ((g.department.clone(), g.account.clone()), (g.rows, g.total.0)))
        .collect();
    assert_eq!(groups, lake_groups(&dir.path().join("data")));
    // A department's own account names files and counts; no amount of the institution.
    let view = fs::read_to_string(run.folder.join("views/D001.json")).unwrap();
    assert!(view.contains("지출내역_2024.xlsx") && !view.contains(&account.whole.total.to_string()));
}
