//! Budget lines with their parts, movements of budget, and what became of lines an older version kept.

use diesel::connection::{Connection, SimpleConnection};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use ledgerwatch::ledger::{
    Amount, BudgetLine, BudgetPart, BudgetParts, BudgetPlace, Digest, FileIntake, Reallocation,
    ReallocationKind, RowRef,
};
use ledgerwatch::store::{StepCommit, Store};

use super::new_run;

fn line(month: Option<u32>, unit: &str, parts: [Option<i64>; BudgetPart::ALL.len()]) -> BudgetLine {
    BudgetLine {
        fiscal_year: 2024,
        fiscal_month: month,
        department: "총무과".to_owned(),
        account: "여비".to_owned(),
        budget_line: "국내여비".to_owned(),
        accounting_unit: unit.to_owned(),
        fund_source: "국비".to_owned(),
        project: "청사 관리".to_owned(),
        current_budget: Amount(-7),
        parts: BudgetParts::from_values(&parts),
    }
}

fn event(date: &str, row: i64, amount: i64) -> Reallocation {
    let place = |account: &str| BudgetPlace {
        department: "총무과".to_owned(),
        account: account.to_owned(),
        budget_line: format!("{account} 세목"),
    };
    Reallocation {
        at: RowRef { source: "e.csv".to_owned(), sheet: "시트".to_owned(), row },
        date: date.parse().unwrap(),
        kind: ReallocationKind::TransferBetweenOrganisations,
        document_no: "예산-1".to_owned(),
        from: place("여비"),
        to: place("수당"),
        amount: Amount(amount),
        reason: "사유".to_owned(),
    }
}

fn intake(name: &str, sha256: Digest) -> FileIntake {
    let place = ledgerwatch::error::Problem::new("", "", "", "");
    FileIntake { refused: None, ..FileIntake::refused(name, sha256, 1, place) }
}

fn commit(store: &Store, step: &str, commit: &StepCommit) {
    let run = store.begin_run(&new_run(), 1).unwrap().id;
    store.begin_step(&run, step, 1).unwrap();
    store.finish_step(&run, step, commit, 1).unwrap();
}

pub fn lines_keep_their_parts_and_months(store: &Store) {
    let sha256 = Digest::of(b"1");
    let all = std::array::from_fn(|i| Some(i64::try_from(i).unwrap() * 10 - 30));
    let mut some = all;
    (some[3], some[10]) = (None, None);
    // In the order in which they come back: by finer labels, then months, the whole year first.
    let lines = vec![
        line(None, "일반회계", all),
        line(Some(3), "일반회계", some),
        line(Some(12), "일반회계", [None; BudgetPart::ALL.len()]),
        line(None, "특별회계", some),
    ];
    let other = BudgetLine { fiscal_year: 2023, ..lines[0].clone() };
    let delivered: Vec<BudgetLine> = lines.iter().rev().cloned().chain([other]).collect();
    let step = StepCommit {
        intake: vec![intake("b.csv", sha256)],
        budget: vec![("b.csv".to_owned(), sha256, delivered)],
        ..StepCommit::default()
    };
    commit(store, "one", &step);
    assert_eq!(store.budget_lines(2024).unwrap(), lines);
    assert_eq!(store.budget_lines_of_month("2024-03".parse().unwrap()).unwrap(), lines[1..2]);
    assert!(store.budget_lines_of_month("2023-03".parse().unwrap()).unwrap().is_empty());
}

pub fn movements_follow_their_source(store: &Store) {
    let step = |name: &str, bytes: &[u8], events: Vec<Reallocation>| StepCommit {
        intake: vec![intake(name, Digest::of(bytes))],
        reallocations: vec![(name.to_owned(), Digest::of(bytes), events)],
        ..StepCommit::default()
    };
    let events = vec![
        event("2024-05-02", 9, 5),
        event("2024-03-02", 7, -4),
        event("2024-03-02", 3, 1),
        event("2023-12-31", 2, 8),
    ];
    commit(store, "one", &step("e.csv", b"1", events.clone()));
    assert_eq!(store.reallocations(2024).unwrap(), [events[2].clone(), events[1].clone(), events[0].clone()]);
    assert_eq!(store.reallocations(2023).unwrap(), events[3..]);
    // A newer version of the source replaces the older one, whatever its year.
    commit(store, "two", &step("e.csv", b"2", events[..1].to_vec()));
    assert_eq!(store.reallocations(2024).unwrap(), events[..1]);
    assert!(store.reallocations(2023).unwrap().is_empty());
    // The same bytes under another name count once.
    commit(store, "three", &step("f.csv", b"2", events[..1].to_vec()));
    let found = store.reallocations(2024).unwrap();
    assert_eq!(found.iter().map(|e| e.at.source.as_str()).collect::<Vec<_>>(), ["f.csv"]);
    // A file that is no list of movements any more takes them along.
    let none = StepCommit { intake: vec![intake("f.csv", Digest::of(b"3"))], ..StepCommit::default() };
    commit(store, "four", &none);
    assert!(store.reallocations(2024).unwrap().is_empty());
}

const THIS: &str = "2026-11-24-000003";
const OLD_LINE: &str = "INSERT INTO budget_lines (source_sha256, fiscal_year, department, account, amount, source, is_current) \
     VALUES ('aa', 2024, '총무과', '여비', 42, 'old.csv', 1)";
const LINE_IS_BACK: &str = "INSERT INTO budget_lines (source_sha256, fiscal_year, department, account, amount, source, is_current) \
     SELECT 'bb', fiscal_year, department, account, amount, source, is_current FROM budget_lines WHERE amount = 42";

/// Lines kept before they had parts are lines of whole years without parts; and the way back keeps them.
pub fn lines_of_an_older_store_stay_valid(url: &str) {
    match url.strip_prefix("sqlite:") {
        Some(path) => {
            let mut connection = diesel::SqliteConnection::establish(path).unwrap();
            stop_before(&mut connection, "migrations/sqlite");
            connection.batch_execute(OLD_LINE).unwrap();
        }
        None => {
            let mut connection = diesel::PgConnection::establish(url).unwrap();
            stop_before(&mut connection, "migrations/postgresql");
            connection.batch_execute(OLD_LINE).unwrap();
        }
    }
    let line = BudgetLine {
        fiscal_year: 2024,
        department: "총무과".to_owned(),
        account: "여비".to_owned(),
        current_budget: Amount(42),
        ..BudgetLine::default()
    };
    assert_eq!(Store::open(url).unwrap().budget_lines(2024).unwrap(), [line]);
    match url.strip_prefix("sqlite:") {
        Some(path) => {
            let mut connection = diesel::SqliteConnection::establish(path).unwrap();
            go_back(&mut connection, "migrations/sqlite");
            connection.batch_execute(LINE_IS_BACK).unwrap();
        }
        None => {
            let mut connection = diesel::PgConnection::establish(url).unwrap();
            go_back(&mut connection, "migrations/postgresql");
            connection.batch_execute(LINE_IS_BACK).unwrap();
        }
    }
    // And forward again: the line and its copy.
    assert_eq!(Store::open(url).unwrap().budget_lines(2024).unwrap().len(), 2);
}

fn migrations(folder: &str) -> FileBasedMigrations {
    FileBasedMigrations::from_path(format!("{}/{folder}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn stop_before<DB: diesel::backend::Backend>(harness: &mut impl MigrationHarness<DB>, folder: &str) {
    loop {
        let pending = harness.pending_migrations(migrations(folder)).unwrap();
        if pending[0].name().to_string().starts_with(THIS) {
            return;
        }
        harness.run_migration(&*pending[0]).unwrap();
    }
}

fn go_back<DB: diesel::backend::Backend>(harness: &mut impl MigrationHarness<DB>, folder: &str) {
    let version: String = THIS.chars().filter(char::is_ascii_digit).collect();
    while harness.revert_last_migration(migrations(folder)).unwrap().to_string() != version {}
}
