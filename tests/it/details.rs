//! Columns that tell how a payment came about, from the drop folder into the lake.

use std::fs;
use std::path::{Path, PathBuf};

use ledgerwatch::clean::{LedgerView, ledger::schema, mask};
use ledgerwatch::lake;
use ledgerwatch::ledger::{Currency, FiscalMonth, LakeKind};
use ledgerwatch::store::Store;

use crate::support::{config_of, expect};

const HEAD: &str = "지급일자,부서,계정과목,지출금액,거래처,적요,결재자,업종,집행대상,계좌번호,인원,입력일,품의일자,세금계산서일자,계약일,착공일,준공일";
/// The digits are in no other number of this test.
const WHOLE: [&str; 2] = ["927-135-864201", "927135864201"];

fn row(day: u32, amount: &str, account: &str, persons: &str) -> String {
    format!(
        "2024-03-{day:02},총무과,업무추진비,{amount},가나식당,간담회,김결재,한식,지역 단체,{account},{persons},\
         2024-03-{day:02},2024-03-01,2024-03-02,2024-02-01,2024-02-10,2024-12-31"
    )
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        match entry.is_dir() {
            true => found.extend(files(&entry)),
            false => found.push(entry),
        }
    }
    found
}

#[test]
fn details_reach_the_lake_and_no_whole_account_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    expect(&["init", &dir.path().to_string_lossy()]);
    let monthly = fs::read_to_string(dir.path().join("jobs/monthly.toml")).unwrap();
    let steps = monthly.lines().find(|line| line.starts_with("steps")).unwrap().to_owned();
    let short = monthly.replace("\"monthly\"", "\"short\"").replace(&steps, "steps = [\"ingest\"]");
    fs::write(dir.path().join("jobs/short.toml"), short).unwrap();
    fs::create_dir_all(dir.path().join("inbox")).unwrap();
    let rows = [
        row(5, "120000", WHOLE[0], "8명"),
        row(6, "90000", WHOLE[1], "약 10명"),
        row(7, "80000", &format!("한빛은행 {}", WHOLE[0]), "5인"),
        // Kept aside over its amount.
        row(8, "약간", WHOLE[0], "2"),
        row(9, "70000", "현금", ""),
    ];
    fs::write(dir.path().join("inbox/지출.csv"), format!("{HEAD}\n{}\n", rows.join("\n"))).unwrap();
    let config = config_of(dir.path());
    let said = expect(&["--config", &config, "--json", "run", "short", "--period", "2024-03"]);
    let told = expect(&["--config", &config, "intake", "show", "지출.csv"]);

    let store = Store::open(&format!("sqlite:{}/data/ledgerwatch.db", dir.path().display())).unwrap();
    let month: FiscalMonth = "2024-03".parse().unwrap();
    let listed = store.current_lake_files(LakeKind::Clean, month, month).unwrap();
    let rows = lake::read(&dir.path().join("data"), &listed, &schema()).unwrap();
    let view = LedgerView::new(&rows, &Currency::krw()).unwrap();
    let account = mask::account(WHOLE[1]).unwrap();
    let accounts: Vec<&str> = (0..view.n_rows).map(|i| view.bank_account.text(i)).collect();
    assert_eq!(accounts, [account.as_str(), &account, &account, ""]);
    assert_eq!(mask::shown_account(&account), "****4201");
    assert_eq!(view.attendees, [8, -1, 5, -1]);
    assert_eq!(view.approver.names, ["김결재"]);
    assert_eq!(view.entered_on, view.day);
    assert!(view.contract_until.iter().all(|day| *day != LedgerView::NO_DAY));

    // The archive and the drop folder hold what was delivered; nothing else does.
    let kept = files(&dir.path().join("data")).into_iter().filter(|path| {
        !path
            .components()
            .any(|part| ["archive", "inbox"].contains(&part.as_os_str().to_string_lossy().as_ref()))
    });
    let mut n_looked_at = 0;
    for path in kept {
        let bytes = fs::read(&path).unwrap();
        for whole in WHOLE {
            let has = bytes.windows(whole.len()).any(|part| part == whole.as_bytes());
            assert!(!has, "{}", path.display());
        }
        n_looked_at += 1;
    }
    assert!(n_looked_at >= 3, "{n_looked_at}");
    assert!(WHOLE.iter().all(|whole| !said.contains(whole) && !told.contains(whole)), "{told}");
    let json = expect(&["--config", &config, "--json", "intake", "show", "지출.csv"]);
    assert!(json.contains("약 10명") && !json.contains(WHOLE[0]), "{json}");
}
