//! The account of one file: every row counted, sums by department and account, remarks.
//!
//! Comes in: what became of each row. Goes out: a `FileIntake` that balances.
//! Refuses: a file whose sums leave 64 bits, one most of whose rows could not be read, one without any table.

use std::collections::{BTreeMap, HashMap};

use super::budget_account::{BudgetAccount, sheet_note};
use super::layout::{Layout, TEXT_COLUMNS};
use super::mapping::{CREDIT, DEBIT, Mapping, SIGN};
use super::row::Values;
use super::sheet::Sheet;
use super::tidy::group_of;
use crate::error::Problem;
use crate::ingest::FileFacts;
use crate::ko::josa;
use crate::ledger::{
    Amount, ColumnCoverage, Currency, Departments, FileIntake, GroupTotal, RecordKind, RowFate, RowIssue,
    SheetIntake, TotalCheck, col,
};

/// Quarantined rows beyond this share of the payments mean the file was misread, not that rows are bad.
const QUARANTINED_SHARE_MAX: f64 = 0.5;
/// Ragged rows beyond this share mean that the columns cannot be trusted.
const RAGGED_SHARE_MAX: f64 = 0.01;
/// Unread cells of one column of details listed one by one: no payment hangs on them, and rows kept aside need the room.
const UNREAD_LISTED_MAX: u64 = 20;
/// Unknown departments named in a note.
const NAMED_MAX: usize = 5;

/// Counts and sums under way.
#[derive(Default)]
pub(super) struct Account {
    pub(super) currency: Option<Currency>,
    pub(super) sheets: Vec<SheetIntake>,
    pub(super) issues: Vec<RowIssue>,
    pub(super) n_ragged: u64,
    pub(super) n_totals_unread: u64,
    kind: RecordKind,
    mapping: String,
    absent: Vec<String>,
    encoding: String,
    notes: Vec<String>,
    names: HashMap<String, u32>,
    groups: HashMap<(u32, u32), (u64, i128)>,
    unknown_departments: BTreeMap<String, u64>,
    coverage: [u64; TEXT_COLUMNS.len()],
    n_minutes: u64,
    details: [u64; col::DETAILS.len()],
    /// Cells of details that could not be read, by header.
    unread_details: BTreeMap<String, u64>,
    budget: BudgetAccount,
    hidden_rows: u64,
    formula_cells: u64,
    totals_compared: u64,
    totals_differing: Vec<TotalCheck>,
    no_header: Option<Problem>,
    n_skip_issues: usize,
}

/// How a remark names a sheet.
pub(super) fn place(sheet: &str) -> String {
    if sheet.is_empty() { String::new() } else { format!("‘{sheet}’ 시트: ") }
}

impl Account {
    pub(super) fn note(&mut self, note: String) {
        if self.notes.len() < FileIntake::NOTES_MAX {
            self.notes.push(note);
        }
    }

    /// A table of `mapping` begins. All tables of a file are of one currency.
    pub(super) fn open(&mut self, mapping: &Mapping, source: &str) -> Result<(), Problem> {
        let currency = mapping.currency();
        match &self.currency {
            Some(known) if *known != currency => {
                let hint = "통화가 다른 표는 다른 파일로 나누어 넣으세요.";
                return Err(Problem::new(
                    source,
                    format!("통화 {}", currency.code),
                    format!("통화 {}", known.code),
                    hint,
                ));
            }
            Some(_) => {}
            None => {
                self.currency = Some(currency);
                self.kind = mapping.kind;
                self.mapping = mapping.id();
            }
        }
        Ok(())
    }

    /// Whether there is room for one more remark. Skipped rows may not crowd out the quarantined ones.
    pub(super) fn has_room(&mut self, fate: RowFate) -> bool {
        if fate == RowFate::Skipped {
            self.n_skip_issues += 1;
            return self.n_skip_issues <= FileIntake::ISSUES_MAX / 2
                && self.issues.len() < FileIntake::ISSUES_MAX;
        }
        self.issues.len() < FileIntake::ISSUES_MAX
    }

    /// Counts an unread cell of the detail under `header`; whether it is to be listed.
    pub(super) fn lists_detail(&mut self, header: &str) -> bool {
        let count = self.unread_details.entry(header.to_owned()).or_default();
        *count += 1;
        *count <= UNREAD_LISTED_MAX
    }

    fn id_of(&mut self, name: &str) -> u32 {
        if let Some(id) = self.names.get(name) {
            return *id;
        }
        let id = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.insert(name.to_owned(), id);
        id
    }

    /// A row was loaded.
    pub(super) fn load(&mut self, values: &Values, is_hidden: bool, n_formulas: u64) {
        let (department, account, amount) = group_of(values);
        let key = (self.id_of(department), self.id_of(account));
        let group = self.groups.entry(key).or_default();
        group.0 += 1;
        group.1 += i128::from(amount.0);
        for (count, text) in self.coverage.iter_mut().zip(&values.texts) {
            *count += u64::from(!text.is_empty());
        }
        self.n_minutes += u64::from(values.minute.is_some());
        if values.details.is_any {
            for (count, has) in self.details.iter_mut().zip(values.details.has()) {
                *count += u64::from(has);
            }
        }
        self.budget.load(&values.budget);
        self.hidden_rows += u64::from(is_hidden);
        self.formula_cells += n_formulas;
    }

    pub(super) fn unknown_department(&mut self, found: &str) {
        match self.unknown_departments.get_mut(found) {
            Some(count) => *count += 1,
            None => {
                self.unknown_departments.insert(found.to_owned(), 1);
            }
        }
    }

    /// A sheet has ended.
    pub(super) fn close(&mut self, source: &str, sheet: Sheet) {
        let at = place(&sheet.head.name);
        let n = sheet.account.rows_in;
        match &sheet.table {
            None if n == 0 => return,
            None => {
                if sheet.account.refused.is_none() {
                    self.note(format!("{at}{n}행은 지출 표가 아니어서 읽지 않았습니다."));
                }
                if let Some(problem) = &sheet.no_header {
                    self.no_header.get_or_insert(Problem { place: source.to_owned(), ..problem.clone() });
                }
            }
            Some(table) => {
                if self.absent.is_empty() {
                    self.absent = absent(&table.layout);
                }
                if sheet.head.hidden {
                    self.note(format!("{at}숨겨진 시트지만 읽었습니다."));
                }
                if sheet.head.hidden_columns > 0 {
                    self.note(format!("{at}숨겨진 열 {}개도 읽었습니다.", sheet.head.hidden_columns));
                }
                if table.layout.factor != 1 {
                    let factor = crate::ko::count(usize::try_from(table.layout.factor).unwrap_or(0));
                    self.note(format!("{at}단위에 따라 금액에 {factor}배를 곱했습니다."));
                }
                if let Some(note) = sheet_note(&table.layout) {
                    self.note(format!("{at}{note}"));
                }
                if let Some(rival) = &table.rival {
                    let (used, other) = (josa(&table.layout.mapping.id(), "과/와"), josa(rival, "이/가"));
                    self.note(format!(
                        "{at}매핑 {used} {other} 똑같이 맞아 앞의 것으로 읽었습니다. 매핑의 recognised_by로 구분하세요."
                    ));
                }
                if !table.unknown.is_empty() {
                    self.note(format!("{at}쓰지 않은 열: {}", table.unknown.join(", ")));
                }
                if table.fills.n_filled > 0 {
                    self.note(format!("{at}병합된 칸의 값을 {}개 행에 채웠습니다.", table.fills.n_filled));
                }
            }
        }
        self.note_totals(&at, &sheet);
        if self.encoding.is_empty() {
            self.encoding.clone_from(&sheet.head.encoding);
        }
        self.totals_compared += sheet.totals.n_compared;
        let room = FileIntake::TOTALS_MAX.saturating_sub(self.totals_differing.len());
        self.totals_differing.extend(sheet.totals.differing.into_iter().take(room));
        self.sheets.push(sheet.account);
    }

    fn note_totals(&mut self, at: &str, sheet: &Sheet) {
        let (n, differing) = (sheet.totals.n_compared, &sheet.totals.differing);
        if n > 0 && differing.is_empty() {
            self.note(format!("{at}소계·합계 {n}개가 읽은 행의 합과 모두 같습니다."));
        }
        let currency = self.currency.clone().unwrap_or_else(Currency::krw);
        for check in differing.iter().take(5) {
            let (row, word) = (check.at.row, &check.word);
            let (printed, computed) = (currency.display(check.printed), currency.display(check.computed));
            self.note(format!("{at}합계 불일치 - {row}행 ‘{word}’: 파일 {printed}, 읽은 행의 합 {computed}"));
        }
        if differing.len() > 5 {
            self.note(format!("{at}합계 불일치가 {}개 더 있습니다.", differing.len() - 5));
        }
        if !differing.is_empty() && sheet.account.quarantined > 0 {
            self.note(format!("{at}보류된 {}행은 합에 들어 있지 않습니다.", sheet.account.quarantined));
        }
    }

    /// Why the file as a whole cannot be trusted. A file of mended rows may hold any share of bad ones.
    pub(super) fn misread(&self, is_mended: bool) -> Option<Problem> {
        // A sheet that was not read is named by itself and says nothing of the others.
        let read = || self.sheets.iter().filter(|sheet| sheet.refused.is_none());
        let sum = |count: fn(&SheetIntake) -> u64| read().map(count).sum::<u64>();
        if self.mapping.is_empty() {
            let refused = self.sheets.iter().find_map(|sheet| sheet.refused.clone());
            let empty =
                || Problem::new("", "행이 없는 파일", "지출 행이 있는 표", "파일을 다시 내려받으세요.");
            return Some(self.no_header.clone().or(refused).unwrap_or_else(empty));
        }
        if is_mended {
            return None;
        }
        let (loaded, kept) = (sum(|sheet| sheet.loaded) as f64, sum(|sheet| sheet.quarantined) as f64);
        if loaded + kept == 0.0 && self.no_header.is_some() {
            // A header without rows beside rows without a header: nothing was read.
            return self.no_header.clone();
        }
        if loaded + kept == 0.0 {
            let hint = "조회 기간과 조건을 확인해 다시 내려받으세요. 이전 판이 있으면 그 행을 계속 씁니다.";
            return Some(Problem::new("", "지출 행이 없는 파일(머리글만 있음)", "지출 행이 있는 표", hint));
        }
        let n_ragged = self.n_ragged as f64;
        if self.n_ragged >= 3 && n_ragged > RAGGED_SHARE_MAX * (loaded + kept) {
            let found = format!("칸 수가 다른 행 {}개", self.n_ragged);
            let hint = "파일을 텍스트 편집기나 엑셀로 열어 열이 밀린 줄을 확인하세요.";
            return Some(Problem::new("", found, "칸 수가 다른 행이 1% 이하", hint));
        }
        if kept > QUARANTINED_SHARE_MAX * (loaded + kept) {
            let first = self.issues.iter().find(|issue| issue.fate == RowFate::Quarantined);
            let example =
                first.map(|i| format!(" (예: {}행 {} ‘{}’ {})", i.at.row, i.column, i.found, i.reason));
            let found = format!("읽지 못한 행 {kept}개{}", example.unwrap_or_default());
            let hint = "매핑의 일자 순서와 금액 형식을 확인하세요.";
            return Some(Problem::new("", found, "절반 넘게 읽히는 파일", hint));
        }
        None
    }

    /// The account as kept.
    pub(super) fn finish(
        mut self,
        source: &str,
        facts: &FileFacts,
        refused: Option<Problem>,
        departments: &Departments,
        rows_digest: String,
    ) -> FileIntake {
        let place = |problem: Problem| Problem { place: source.to_owned(), ..problem };
        let empty = Problem::new(source, "", "", "");
        let mut intake = FileIntake::refused(source, facts.sha256, facts.size_bytes, empty);
        intake.format.clone_from(&facts.format);
        intake.encoding = std::mem::take(&mut self.encoding);
        intake.refused = refused.map(place);
        for sheet in &self.sheets {
            intake.rows_in += sheet.rows_in;
            intake.loaded += sheet.loaded;
            intake.skipped += sheet.skipped;
            intake.quarantined += sheet.quarantined;
        }
        if intake.refused.is_none() && self.sums(&mut intake).is_none() {
            let hint = "금액 열이 맞는지 매핑을 확인하세요.";
            intake.refused = Some(Problem::new(source, "64비트를 넘는 합계", "922경 원 이하의 합계", hint));
        }
        if intake.refused.is_some() {
            return set_aside(intake, self.sheets, self.issues);
        }
        self.note_departments(departments);
        self.note_rest();
        intake.kind = self.kind;
        intake.mapping = self.mapping;
        intake.absent_columns = self.absent;
        intake.coverage = coverage(&self.coverage, self.n_minutes);
        let details = col::DETAILS.into_iter().zip(self.details).filter(|(_, rows)| *rows > 0);
        let covered = |(column, rows): (&str, u64)| ColumnCoverage { column: column.to_owned(), rows };
        intake.coverage.extend(details.map(covered));
        self.budget.finish(&mut intake);
        intake.issues = self.issues;
        intake.notes = self.notes;
        intake.sheets = self.sheets;
        intake.totals_compared = self.totals_compared;
        intake.totals_differing = self.totals_differing;
        intake.hidden_rows = self.hidden_rows;
        intake.formula_cells = self.formula_cells;
        intake.rows_digest = rows_digest;
        intake
    }

    fn sums(&self, intake: &mut FileIntake) -> Option<()> {
        let names: HashMap<u32, &str> = self.names.iter().map(|(name, id)| (*id, name.as_str())).collect();
        let name = |id: &u32| names.get(id).copied().unwrap_or_default().to_owned();
        let mut whole: i128 = 0;
        for ((department, account), (rows, total)) in &self.groups {
            whole += total;
            let total = Amount(i64::try_from(*total).ok()?);
            intake.groups.push(GroupTotal {
                department: name(department),
                account: name(account),
                rows: *rows,
                total,
            });
        }
        intake.groups.sort();
        intake.total = Amount(i64::try_from(whole).ok()?);
        Some(())
    }

    fn note_departments(&mut self, departments: &Departments) {
        if self.unknown_departments.is_empty() || departments.is_empty() {
            return;
        }
        let n_rows: u64 = self.unknown_departments.values().sum();
        let names: Vec<&str> = self.unknown_departments.keys().take(NAMED_MAX).map(String::as_str).collect();
        let n = self.unknown_departments.len();
        self.note(format!("departments.toml에 없는 부서 {n}개({n_rows}행): {}", names.join(", ")));
    }

    fn note_rest(&mut self) {
        for (header, n) in std::mem::take(&mut self.unread_details) {
            self.note(format!("‘{header}’ 열에서 읽을 수 없는 값 {n}개는 비워 두고 행은 읽었습니다."));
        }
        for note in self.budget.notes() {
            self.note(note);
        }
        if self.hidden_rows > 0 {
            self.note(format!("숨겨진 행 {}개도 읽었습니다.", self.hidden_rows));
        }
        if self.formula_cells > 0 {
            self.note(format!("수식이 든 칸 {}개는 파일에 저장된 값을 읽었습니다.", self.formula_cells));
        }
        if self.n_totals_unread > 0 {
            self.note(format!(
                "합계 행 {}개는 금액을 읽을 수 없어 비교하지 못했습니다.",
                self.n_totals_unread
            ));
        }
        for sheet in self.sheets.clone() {
            if let Some(problem) = sheet.refused {
                let at = place(&sheet.name);
                self.note(format!("{at}읽지 못했습니다: {} (힌트: {})", problem.found, problem.hint));
            }
        }
    }
}

/// A file set aside: all rows seen count as kept aside.
fn set_aside(mut intake: FileIntake, sheets: Vec<SheetIntake>, issues: Vec<RowIssue>) -> FileIntake {
    (intake.loaded, intake.skipped, intake.quarantined) = (0, 0, intake.rows_in);
    (intake.total, intake.groups) = (Amount::ZERO, Vec::new());
    intake.sheets = sheets;
    for sheet in &mut intake.sheets {
        (sheet.loaded, sheet.skipped, sheet.quarantined) = (0, 0, sheet.rows_in);
    }
    intake.issues = issues;
    intake
}

/// Optional columns the file does not have: tests that need them cannot run on it.
fn absent(layout: &Layout) -> Vec<String> {
    let has = |name: &&str| {
        let has_constant = |rule: &super::mapping::ColumnRule| rule.constant.is_some();
        layout.found.contains(*name) || layout.mapping.columns.get(*name).is_some_and(has_constant)
    };
    let known = Mapping::known_columns(layout.mapping.kind).into_iter();
    let optional = known.filter(|name| ![DEBIT, CREDIT, SIGN, col::AMOUNT].contains(name));
    optional.filter(|name| !has(name)).map(str::to_owned).collect()
}

fn coverage(texts: &[u64; TEXT_COLUMNS.len()], n_minutes: u64) -> Vec<ColumnCoverage> {
    let mut coverage: Vec<ColumnCoverage> = TEXT_COLUMNS
        .iter()
        .zip(texts)
        .map(|(column, rows)| ColumnCoverage { column: (*column).to_owned(), rows: *rows })
        .collect();
    coverage.push(ColumnCoverage { column: col::MINUTE.to_owned(), rows: n_minutes });
    coverage
}
