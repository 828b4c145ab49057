//! One file: all its sheets, all its rows, and the account of them.
//!
//! Comes in: a `RawBook`. Goes out: a `CleanLedger` with exactly one account.
//! Refuses: a file no mapping fits, or one with so many ragged rows that its columns cannot be trusted.

use std::collections::BTreeMap;

use super::CleanLedger;
use super::build::Builder;
use super::header::{self, Header};
use super::mapping::Mapping;
use super::row::{self, Outcome, Refusal, Skip, TEXT_COLUMNS, Values};
use super::totals::Totals;
use crate::error::Problem;
use crate::ingest::{RawBook, RawCell, RawRow, RawSheet};
use crate::ledger::{
    Amount, BudgetLine, Currency, Departments, FileIntake, GroupTotal, RowFate, RowIssue, RowRef, col,
};

/// Quarantined rows beyond this share of the payments mean the file was misread, not that rows are bad.
const QUARANTINED_SHARE_MAX: f64 = 0.5;
/// Unknown departments named in a note.
const NAMED_MAX: usize = 5;

/// Cleans `book` with the mapping that fits best.
pub fn tidy(book: &RawBook, mappings: &[Mapping], departments: &Departments) -> CleanLedger {
    let mut file = File::new(book, departments);
    let mut problem = None;
    for sheet in book.sheets.iter().filter(|sheet| !sheet.rows.is_empty()) {
        // All sheets of a file are of one kind and currency: the first that fits decides.
        let fits = |m: &&Mapping| file.mapping.as_ref().is_none_or(|chosen| *chosen == **m);
        let allowed: Vec<Mapping> = mappings.iter().filter(fits).cloned().collect();
        match header::find(sheet, &allowed) {
            Ok(header) => file.sheet(sheet, &header),
            Err(found) => {
                file.other_sheet(sheet);
                problem.get_or_insert(found);
            }
        }
    }
    file.finish(problem)
}

struct File<'a> {
    book: &'a RawBook,
    departments: &'a Departments,
    mapping: Option<Mapping>,
    builder: Builder,
    budget: Vec<BudgetLine>,
    groups: BTreeMap<(String, String), (u64, i64)>,
    unknown_departments: BTreeMap<String, u64>,
    intake: FileIntake,
    n_ragged: u64,
    n_issues: usize,
    absent: Vec<String>,
}

impl<'a> File<'a> {
    fn new(book: &'a RawBook, departments: &'a Departments) -> Self {
        let place = Problem::new(&book.source, "", "", "");
        let mut intake = FileIntake::refused(&book.source, book.sha256, book.size_bytes, place);
        intake.refused = None;
        intake.format.clone_from(&book.format);
        Self {
            book,
            departments,
            mapping: None,
            builder: Builder::default(),
            budget: Vec::new(),
            groups: BTreeMap::new(),
            unknown_departments: BTreeMap::new(),
            intake,
            n_ragged: 0,
            n_issues: 0,
            absent: Vec::new(),
        }
    }

    /// A sheet without payments: its rows are counted and left out.
    fn other_sheet(&mut self, sheet: &RawSheet) {
        let n = sheet.rows.len() as u64;
        self.intake.rows_in += n;
        self.intake.skipped += n;
        self.intake.notes.push(format!("‘{}’ 시트({n}행)는 지출 표가 아니어서 읽지 않았습니다.", sheet.name));
    }

    fn sheet(&mut self, sheet: &RawSheet, header: &Header<'_>) {
        if self.mapping.is_none() {
            self.mapping = Some(header.mapping.clone());
            self.intake.kind = header.mapping.kind;
            self.intake.mapping = header.mapping.id();
            let known = Mapping::known_columns(header.mapping.kind);
            let has = |name: &&str| {
                header.cells.contains_key(*name)
                    || header.mapping.columns.get(*name).is_some_and(|rule| rule.constant.is_some())
            };
            self.absent = known.into_iter().filter(|name| !has(name)).map(str::to_owned).collect();
        }
        if sheet.hidden {
            self.intake.notes.push(format!("‘{}’ 시트는 숨겨져 있지만 읽었습니다.", sheet.name));
        }
        if header.factor != 1 {
            let note = format!(
                "단위에 따라 금액에 {}배를 곱했습니다.",
                crate::ko::count(usize::try_from(header.factor).unwrap_or(0))
            );
            self.intake.notes.push(note);
        }
        if !header.unknown.is_empty() {
            self.intake.notes.push(format!("쓰지 않은 열: {}", header.unknown.join(", ")));
        }
        let mut totals = Totals::default();
        let mut n_filled = 0;
        for (index, row) in sheet.rows.iter().enumerate() {
            self.intake.rows_in += 1;
            if index <= header.row {
                self.intake.skipped += 1;
                continue;
            }
            let fill = merged_cell(sheet, header, row);
            n_filled += u64::from(fill.is_some());
            let outcome = row::read(header, row, self.book.format == "csv", fill);
            self.take(sheet, row, outcome, &mut totals);
        }
        if n_filled > 0 {
            self.intake.notes.push(format!("병합된 부서 칸의 값을 {n_filled}개 행에 채웠습니다."));
        }
        self.intake.notes.extend(totals.notes(&sheet.name));
    }

    fn take(&mut self, sheet: &RawSheet, row: &RawRow, outcome: Outcome, totals: &mut Totals) {
        match outcome {
            Outcome::Loaded(values) => {
                totals.add(values.amount);
                self.load(sheet, row, *values);
            }
            Outcome::Skipped(skip) => {
                self.intake.skipped += 1;
                let reason = match skip {
                    Skip::RepeatedHeader => "반복된 머리글".to_owned(),
                    Skip::Note => "지출 행이 아님(제목·메모·서명)".to_owned(),
                    Skip::Total { word, amount } => {
                        totals.compare(&word, amount, row.number);
                        format!("합계 행 ‘{word}’")
                    }
                };
                self.issue(
                    sheet,
                    row,
                    RowFate::Skipped,
                    Refusal { column: String::new(), found: String::new(), reason },
                );
            }
            Outcome::Quarantined(refusal) => {
                self.intake.quarantined += 1;
                self.n_ragged += u64::from(refusal.column.is_empty());
                self.issue(sheet, row, RowFate::Quarantined, refusal);
            }
        }
    }

    fn load(&mut self, sheet: &RawSheet, row: &RawRow, mut values: Values) {
        self.intake.loaded += 1;
        if let Some(note) = values.note.take() {
            self.issue(sheet, row, RowFate::Noted, note);
        }
        let slot = |name: &str| TEXT_COLUMNS.iter().position(|n| *n == name).unwrap_or(0);
        if let Some(found) = &mut values.texts[slot(col::DEPARTMENT)] {
            match self.departments.find(found) {
                Some(known) => found.clone_from(&known.name),
                None => *self.unknown_departments.entry(found.clone()).or_default() += 1,
            }
        }
        let text = |name: &str| values.texts[slot(name)].clone().unwrap_or_default();
        let (department, account) = (text(col::DEPARTMENT), text(col::ACCOUNT));
        let group = self.groups.entry((department.clone(), account.clone())).or_default();
        group.0 += 1;
        group.1 += values.amount;
        match values.fiscal_year {
            Some(fiscal_year) => {
                let current_budget = Amount(values.amount);
                self.budget.push(BudgetLine { fiscal_year, department, account, current_budget });
            }
            None => self.builder.push(&sheet.name, row.number, values),
        }
    }

    fn issue(&mut self, sheet: &RawSheet, row: &RawRow, fate: RowFate, refusal: Refusal) {
        self.n_issues += 1;
        if self.n_issues > FileIntake::ISSUES_MAX {
            return;
        }
        let at = RowRef {
            source: self.book.source.clone(),
            sheet: sheet.name.clone(),
            row: i64::from(row.number),
        };
        let Refusal { column, found, reason } = refusal;
        self.intake.issues.push(RowIssue { at, fate, column, found, reason });
    }

    fn finish(mut self, problem: Option<Problem>) -> CleanLedger {
        let currency = self.mapping.as_ref().map_or_else(Currency::krw, Mapping::currency);
        let refused = match (&self.mapping, problem) {
            (None, Some(problem)) => Some(problem),
            (None, None) => {
                Some(Problem::new("", "빈 통합 문서", "지출 행이 있는 표", "파일을 다시 내려받으세요."))
            }
            (Some(_), _) => self.misread(),
        };
        if let Some(problem) = refused {
            let place = self.book.source.clone();
            let mut intake = FileIntake::refused(
                &place,
                self.book.sha256,
                self.book.size_bytes,
                Problem { place: place.clone(), ..problem },
            );
            intake.format = self.intake.format;
            let mut ledger = CleanLedger::empty(currency);
            ledger.intake.push(intake);
            return ledger;
        }
        self.note_departments();
        self.intake.absent_columns = self.absent;
        for ((department, account), (rows, total)) in self.groups {
            self.intake.total = self.intake.total + Amount(total);
            self.intake.groups.push(GroupTotal { department, account, rows, total: Amount(total) });
        }
        let budget = merge_lines(self.budget);
        match self.builder.finish(&self.book.source) {
            Ok(rows) => CleanLedger { rows, currency, budget, intake: vec![self.intake] },
            Err(error) => {
                let hint = "프로그램의 결함입니다. 로그와 함께 알려 주세요.";
                let problem = Problem::new(&self.book.source, error.to_string(), "표", hint);
                let mut ledger = CleanLedger::empty(currency);
                let book = self.book;
                ledger.intake.push(FileIntake::refused(&book.source, book.sha256, book.size_bytes, problem));
                ledger
            }
        }
    }

    /// A file most of whose payments could not be read has other columns than we believe.
    fn misread(&self) -> Option<Problem> {
        let (loaded, kept) = (self.intake.loaded as f64, self.intake.quarantined as f64);
        let n_ragged = self.n_ragged as f64;
        let hint = "파일을 텍스트 편집기나 엑셀로 열어 열이 밀린 줄을 확인하세요.";
        if self.n_ragged >= 3 && n_ragged > 0.01 * (loaded + kept) {
            let found = format!("칸 수가 다른 행 {}개", self.n_ragged);
            return Some(Problem::new("", found, "칸 수가 다른 행이 1% 이하", hint));
        }
        if kept > QUARANTINED_SHARE_MAX * (loaded + kept) {
            let first = self.intake.issues.iter().find(|issue| issue.fate == RowFate::Quarantined);
            let example =
                first.map(|i| format!(" (예: {}행 {} ‘{}’ {})", i.at.row, i.column, i.found, i.reason));
            let found = format!("읽지 못한 행 {}개{}", self.intake.quarantined, example.unwrap_or_default());
            return Some(Problem::new(
                "",
                found,
                "절반 넘게 읽히는 파일",
                "매핑의 일자 순서와 금액 형식을 확인하세요.",
            ));
        }
        None
    }

    fn note_departments(&mut self) {
        if self.unknown_departments.is_empty() || self.departments.is_empty() {
            return;
        }
        let n_rows: u64 = self.unknown_departments.values().sum();
        let names: Vec<&str> = self.unknown_departments.keys().take(NAMED_MAX).map(String::as_str).collect();
        self.intake.notes.push(format!(
            "departments.toml에 없는 부서 {}개({n_rows}행): {}",
            self.unknown_departments.len(),
            names.join(", ")
        ));
    }
}

/// The department of a merged range that covers this row below its first one.
fn merged_cell<'s>(sheet: &'s RawSheet, header: &Header<'_>, row: &RawRow) -> Option<&'s RawCell> {
    let column = u32::try_from(*header.cells.get(col::DEPARTMENT)?).ok()?;
    let inside =
        |m: &&(u32, u32, u32, u32)| m.0 < row.number && row.number <= m.2 && m.1 <= column && column <= m.3;
    let merge = sheet.merges.iter().find(inside)?;
    if !row::cell(header, row, col::DEPARTMENT).is_blank() {
        return None;
    }
    let first = sheet.rows.iter().find(|r| r.number == merge.0)?;
    first.cells.get(merge.1 as usize).filter(|cell| !cell.is_blank())
}

/// Lines of one department and account are one line: exports repeat them for sub-accounts.
fn merge_lines(lines: Vec<BudgetLine>) -> Vec<BudgetLine> {
    let mut merged: BTreeMap<(i32, String, String), i64> = BTreeMap::new();
    for line in lines {
        *merged.entry((line.fiscal_year, line.department, line.account)).or_default() +=
            line.current_budget.0;
    }
    let line = |((fiscal_year, department, account), amount)| BudgetLine {
        fiscal_year,
        department,
        account,
        current_budget: Amount(amount),
    };
    merged.into_iter().map(line).collect()
}

#[cfg(test)]
#[path = "tidy_tests.rs"]
mod tests;
