//! One file: all its sheets, all its rows, and the account of them.
//!
//! Comes in: sheets and rows as a reader hands them on. Goes out: clean rows in batches, budget lines, the account.
//! Refuses: a file no mapping fits, or one with so many ragged rows that its columns cannot be trusted.

use std::collections::HashMap;

use super::account::Account;
use super::budget_columns::RECEIVER;
use super::build::{BATCH_ROWS, Builder};
use super::layout::{ACCOUNT, DEPARTMENT, Layout};
use super::mapping::Mapping;
use super::row::{Outcome, Refusal, Values};
use super::row_kind::Skip;
use super::row_set::RowSet;
use super::sheet::Sheet;
use super::sink::{KeptRow, LedgerSink};
use super::{CleanLedger, budget_lines};
use crate::error::Problem;
use crate::ingest::{FileFacts, RawRow, RowSink, SheetHead};
use crate::ledger::{
    Amount, BudgetLine, Currency, Departments, FileIntake, Reallocation, RecordKind, RowFate, RowIssue,
    RowRef, SheetIntake,
};

/// What cleaning a file gave, beside the rows its sink took.
#[derive(Clone, Debug)]
pub struct CleanFile {
    /// Currency of its amounts.
    pub currency: Currency,
    /// Budget lines.
    pub budget: Vec<BudgetLine>,
    /// Movements of budget.
    pub reallocations: Vec<Reallocation>,
    /// The account; when it says refused, the rows handed on must be thrown away.
    pub intake: FileIntake,
}

/// Cleans the rows of one file as they come.
pub struct Tidy<'a> {
    source: &'a str,
    mappings: &'a [Mapping],
    departments: &'a Departments,
    sink: &'a mut dyn LedgerSink,
    sheet: Option<Sheet>,
    values: Values,
    scratch: Vec<u8>,
    builder: Builder,
    budget: Vec<BudgetLine>,
    reallocations: Vec<Reallocation>,
    account: Account,
    /// First sheet of each budget line without a month.
    budget_places: HashMap<String, String>,
    doubled_budget: Option<Problem>,
    resolved: HashMap<String, Option<String>>,
    sets: Vec<(String, RowSet)>,
    is_mended: bool,
}

impl<'a> Tidy<'a> {
    /// A cleaner of the file people call `source`, with the mapping that fits each sheet best.
    pub fn new(
        source: &'a str,
        mappings: &'a [Mapping],
        departments: &'a Departments,
        sink: &'a mut dyn LedgerSink,
    ) -> Self {
        Self {
            source,
            mappings,
            departments,
            sink,
            sheet: None,
            values: Values::default(),
            scratch: Vec::new(),
            builder: Builder::new(),
            budget: Vec::new(),
            reallocations: Vec::new(),
            account: Account::default(),
            budget_places: HashMap::new(),
            doubled_budget: None,
            resolved: HashMap::new(),
            sets: Vec::new(),
            is_mended: false,
        }
    }

    /// The file holds rows that were kept aside before: any share of them may still be bad.
    #[must_use]
    pub fn of_mended_rows(mut self) -> Self {
        self.is_mended = true;
        self
    }

    /// The account of the file, once its reader has given the verdict.
    pub fn finish(mut self, facts: &FileFacts) -> CleanFile {
        let mut refused = facts.refused.clone();
        if let Err(problem) = self.end_sheet().and_then(|()| self.flush()) {
            refused.get_or_insert(problem);
        }
        let refused = refused
            .or_else(|| self.account.misread(self.is_mended))
            .or_else(|| self.doubled_sheet())
            .or_else(|| self.doubled_budget.clone());
        let whole = self.sets.iter().fold(RowSet::default(), |all, (_, set)| all.with(*set));
        let currency = self.account.currency.clone().unwrap_or_else(Currency::krw);
        let intake = self.account.finish(self.source, facts, refused, self.departments, whole.name());
        let (budget, reallocations) = match intake.refused {
            None => (budget_lines::merge(self.budget), self.reallocations),
            Some(_) => (Vec::new(), Vec::new()),
        };
        CleanFile { currency, budget, reallocations, intake }
    }

    /// A sheet that repeats all others would count everything twice.
    fn doubled_sheet(&self) -> Option<Problem> {
        let all = self.sets.iter().fold(RowSet::default(), |all, (_, set)| all.with(*set));
        let repeats = |(_, set): &&(String, RowSet)| {
            set.n_rows() > 1 && set.n_rows() * 2 == all.n_rows() && *set == all.without(*set)
        };
        let equal =
            self.sets.iter().enumerate().find(|(i, (_, set))| {
                set.n_rows() > 1 && self.sets[..*i].iter().any(|(_, other)| other == set)
            });
        if let Some((_, (name, set))) = equal {
            let found = format!("‘{name}’ 시트의 {}행이 다른 한 시트의 행과 모두 같음", set.n_rows());
            let hint = "복사한 시트를 지우거나, 매핑의 sheets에 읽을 시트의 이름을 적으세요.";
            return Some(Problem::new("", found, "한 번씩만 적힌 지출", hint));
        }
        let (name, set) = self.sets.iter().find(repeats)?;
        let found = format!("‘{name}’ 시트의 {}행이 나머지 시트의 행과 모두 같음", set.n_rows());
        let hint = "한쪽 시트를 지우거나, 매핑의 sheets에 읽을 시트의 이름을 적으세요.";
        Some(Problem::new("", found, "한 번씩만 적힌 지출", hint))
    }

    fn end_sheet(&mut self) -> Result<(), Problem> {
        let Some(mut sheet) = self.sheet.take() else { return Ok(()) };
        if sheet.is_looking() {
            self.begin_table(&mut sheet)?;
        }
        sheet.end_totals();
        if sheet.set.n_rows() > 0 {
            self.sets.push((sheet.head.name.clone(), sheet.set));
        }
        self.account.close(self.source, sheet);
        Ok(())
    }

    /// The header is looked for; the rows held until now are read.
    fn begin_table(&mut self, sheet: &mut Sheet) -> Result<(), Problem> {
        let (above, body) = sheet.look(self.mappings);
        if let Some(table) = &sheet.table {
            self.account.open(&table.layout.mapping, self.source)?;
        }
        for row in &above {
            self.above_header(sheet, row)?;
        }
        for row in &body {
            self.take(sheet, row)?;
        }
        Ok(())
    }

    fn take(&mut self, sheet: &mut Sheet, row: &RawRow) -> Result<(), Problem> {
        let sink = &mut self.sink;
        let mut kept = Ok(());
        let mut keep = |sheet: &str, layout: &Layout, row: &RawRow, refusal: &Refusal| {
            kept = sink.kept(kept_row(sheet, layout, row, refusal));
        };
        let outcome = sheet.read(row, self.mappings, &mut self.values, &mut keep)?;
        kept?;
        match outcome {
            None => sheet.leave_out(),
            Some(Outcome::Loaded) => return self.load(sheet, row),
            Some(Outcome::Skipped(skip)) => self.skip(sheet, row, skip)?,
            Some(Outcome::Quarantined(refusal)) => self.quarantine(sheet, row, refusal),
        }
        Ok(())
    }

    /// A payment above the header that was found: nobody knows what its columns are called.
    fn above_header(&mut self, sheet: &mut Sheet, row: &RawRow) -> Result<(), Problem> {
        sheet.account.rows_in += 1;
        let reason = "머리글보다 위에 있는 지출 행입니다".to_owned();
        let refusal = Refusal { column: String::new(), found: String::new(), reason };
        if let Some(table) = &sheet.table {
            self.sink.kept(kept_row(&sheet.head.name, &table.layout, row, &refusal))?;
        }
        sheet.account.quarantined += 1;
        self.issue(sheet, row, RowFate::Quarantined, refusal);
        Ok(())
    }

    fn quarantine(&mut self, sheet: &mut Sheet, row: &RawRow, refusal: Refusal) {
        sheet.account.quarantined += 1;
        self.account.n_ragged += u64::from(refusal.column.is_empty());
        self.issue(sheet, row, RowFate::Quarantined, refusal);
    }

    fn skip(&mut self, sheet: &mut Sheet, row: &RawRow, skip: Skip) -> Result<(), Problem> {
        sheet.account.skipped += 1;
        let reason = match skip {
            Skip::RepeatedHeader => "반복된 머리글".to_owned(),
            Skip::OtherTable => "다른 표의 머리글(이 아래는 이 머리글로 읽음)".to_owned(),
            Skip::Note { unit } => {
                let unit = unit.transpose().map_err(super::header::unknown_unit)?;
                if let (Some(unit), Some(table)) = (unit, sheet.table.as_mut())
                    && unit != table.layout.factor
                {
                    table.layout.factor = unit;
                    let place = super::account::place(&sheet.head.name);
                    self.account.note(format!(
                        "{place}{}행에서 단위가 바뀌어 금액에 {unit}배를 곱했습니다.",
                        row.number
                    ));
                }
                "지출 행이 아님(제목·메모·서명)".to_owned()
            }
            Skip::Carried { word } => format!("이월 행 ‘{word}’"),
            Skip::Total { word, amount } => {
                let reason = format!("합계 행 ‘{word}’");
                sheet.compare_parts(row, &self.at(sheet, row), &word);
                match amount {
                    Some(amount) => sheet.totals.compare(self.at(sheet, row), word, amount),
                    None => self.account.n_totals_unread += 1,
                }
                reason
            }
        };
        let refusal = Refusal { column: String::new(), found: String::new(), reason };
        self.issue(sheet, row, RowFate::Skipped, refusal);
        Ok(())
    }

    fn load(&mut self, sheet: &mut Sheet, row: &RawRow) -> Result<(), Problem> {
        sheet.account.loaded += 1;
        if let Some(note) = self.values.note.take() {
            self.issue(sheet, row, RowFate::Noted, note);
        }
        for note in std::mem::take(&mut self.values.budget.notes) {
            self.issue(sheet, row, RowFate::Noted, note);
        }
        for note in std::mem::take(&mut self.values.details.notes) {
            if self.account.lists_detail(&note.column) {
                self.issue(sheet, row, RowFate::Noted, note);
            }
        }
        self.name_department();
        let Some(table) = sheet.table.as_ref() else { return Ok(()) };
        let n_formulas = row.formulas.iter().filter(|c| table.layout.is_mapped(usize::from(**c))).count();
        self.account.load(&self.values, row.hidden, n_formulas as u64);
        sheet.totals.add(self.values.amount);
        sheet.set.add(&self.values, &mut self.scratch);
        match table.layout.mapping.kind {
            RecordKind::Expenditure => {}
            RecordKind::Budget => {
                let line = budget_lines::line(&self.values);
                self.note_place(&sheet.head.name, &line);
                self.budget.push(line);
                sheet.add_parts(&self.values);
                return Ok(());
            }
            RecordKind::Reallocation => {
                let event = budget_lines::event(&self.values, self.at(sheet, row));
                if event.as_ref().is_some_and(|event| event.from == event.to) {
                    let reason = "내보낸 과목과 받은 과목이 같습니다".to_owned();
                    let note = Refusal { column: String::new(), found: String::new(), reason };
                    self.issue(sheet, row, RowFate::Noted, note);
                }
                self.reallocations.extend(event);
                return Ok(());
            }
        }
        self.builder.push(&sheet.head.name, row.number, &self.values);
        if self.builder.len() >= BATCH_ROWS { self.flush() } else { Ok(()) }
    }

    /// A budget line without a month on two sheets would be added up: they are months, or one is a copy.
    fn note_place(&mut self, sheet: &str, line: &BudgetLine) {
        if line.fiscal_month.is_some() {
            return;
        }
        let key = [
            &line.department,
            &line.account,
            &line.budget_line,
            &line.accounting_unit,
            &line.fund_source,
            &line.project,
        ];
        let key = format!("{} {}", line.fiscal_year, key.map(String::as_str).join("\u{1f}"));
        match self.budget_places.get(&key) {
            Some(first) if first != sheet => {
                let found =
                    format!("‘{first}’ 시트와 ‘{sheet}’ 시트에 모두 있는 예산 과목: {}", line.account);
                let hint = "달마다 나눈 시트라면 회계월 열을 두고, 복사한 시트라면 지우거나 매핑의 sheets로 고르세요.";
                let problem = Problem::new("", found, "한 번씩만 적힌 예산 과목", hint);
                self.doubled_budget.get_or_insert(problem);
            }
            Some(_) => {}
            None => {
                self.budget_places.insert(key, sheet.to_owned());
            }
        }
    }

    /// A department's code or other spelling becomes its name.
    fn name_department(&mut self) {
        let budget = &mut self.values.budget;
        let receiver = budget.movement.filter(|_| budget.is_used).map(|_| &mut budget.labels[RECEIVER]);
        for found in std::iter::once(&mut self.values.texts[DEPARTMENT]).chain(receiver) {
            if !self.resolved.contains_key(found.as_str()) {
                let known = self.departments.find(found).map(|department| department.name.clone());
                self.resolved.insert(found.clone(), known);
            }
            match self.resolved.get(found.as_str()) {
                Some(Some(known)) => found.clone_from(known),
                _ => self.account.unknown_department(found),
            }
        }
    }

    fn at(&self, sheet: &Sheet, row: &RawRow) -> RowRef {
        RowRef { source: self.source.to_owned(), sheet: sheet.head.name.clone(), row: i64::from(row.number) }
    }

    fn issue(&mut self, sheet: &Sheet, row: &RawRow, fate: RowFate, refusal: Refusal) {
        if self.account.has_room(fate) {
            let Refusal { column, found, reason } = refusal;
            let at = self.at(sheet, row);
            self.account.issues.push(RowIssue { at, fate, column, found, reason });
        }
    }

    fn flush(&mut self) -> Result<(), Problem> {
        if self.builder.len() == 0 {
            return Ok(());
        }
        let batch = self.builder.take(self.source).map_err(|error| defect(&error.to_string()))?;
        self.sink.rows(batch)
    }
}

impl RowSink for Tidy<'_> {
    fn sheet(&mut self, head: SheetHead) -> Result<(), Problem> {
        self.end_sheet()?;
        self.sheet = Some(Sheet::new(head));
        Ok(())
    }

    fn row(&mut self, row: &RawRow) -> Result<(), Problem> {
        let Some(mut sheet) = self.sheet.take() else { return Ok(()) };
        let result = if sheet.is_looking() {
            sheet.waiting.push(row.clone());
            if sheet.can_look() { self.begin_table(&mut sheet) } else { Ok(()) }
        } else {
            self.take(&mut sheet, row)
        };
        self.sheet = Some(sheet);
        result
    }

    fn refused(&mut self, name: &str, problem: Problem) -> Result<(), Problem> {
        self.end_sheet()?;
        let account = SheetIntake { name: name.to_owned(), refused: Some(problem), ..SheetIntake::default() };
        self.account.sheets.push(account);
        Ok(())
    }
}

fn kept_row<'r>(sheet: &'r str, layout: &'r Layout, row: &'r RawRow, refusal: &'r Refusal) -> KeptRow<'r> {
    KeptRow {
        sheet,
        headers: &layout.findable,
        row,
        amounts: &layout.amounts,
        accounts: &layout.accounts,
        factor: layout.factor,
        at: layout.headers.iter().position(|h| !h.is_empty() && *h == refusal.column),
        column: &refusal.column,
        reason: &refusal.reason,
    }
}

fn defect(found: &str) -> Problem {
    let hint = "프로그램의 결함입니다. 로그와 함께 알려 주세요.";
    Problem::new("", found, "표", hint)
}

/// Cleans a file that is held whole, keeping all rows: for small files and tests.
pub fn tidy(
    source: &str,
    read: impl FnOnce(&mut dyn RowSink) -> FileFacts,
    mappings: &[Mapping],
    departments: &Departments,
) -> CleanLedger {
    let mut kept = super::sink::KeepAll::default();
    let mut tidy = Tidy::new(source, mappings, departments, &mut kept);
    let facts = read(&mut tidy);
    let file = tidy.finish(&facts);
    let mut ledger = CleanLedger::empty(file.currency);
    if file.intake.refused.is_none() {
        for batch in kept.batches {
            if let Err(error) = ledger.rows.vstack_mut(&batch) {
                let problem = Problem { place: source.to_owned(), ..defect(&error.to_string()) };
                let intake = FileIntake::refused(source, facts.sha256, facts.size_bytes, problem);
                let mut ledger = CleanLedger::empty(ledger.currency);
                ledger.intake.push(intake);
                return ledger;
            }
        }
    }
    ledger.budget = file.budget;
    ledger.reallocations = file.reallocations;
    ledger.intake.push(file.intake);
    ledger
}

/// Cleans `bytes` read in this process.
#[cfg(test)]
pub(crate) fn tidy_bytes(
    bytes: &[u8],
    source: &str,
    mappings: &[Mapping],
    departments: &Departments,
) -> CleanLedger {
    tidy(source, |sink| crate::ingest::read_in_process(bytes, source, sink), mappings, departments)
}

/// The group of a row, for the account.
pub(super) fn group_of(values: &Values) -> (&str, &str, Amount) {
    (&values.texts[DEPARTMENT], &values.texts[ACCOUNT], Amount(values.amount))
}

#[cfg(test)]
#[path = "pitfalls_tests.rs"]
mod pitfalls;
#[cfg(test)]
#[path = "tidy_tests.rs"]
mod tests;
