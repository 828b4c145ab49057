//! Budget lines and movements of budget, as the current files state them.
//!
//! Comes in: lines and events of an ingest step, by source. Goes out: those of a fiscal year.
//! Refuses: two versions of one source at a time; the lines of a newer one replace those of the older.

use diesel::prelude::*;

use super::schema::{budget_events, budget_lines};
use super::{Store, StoreError, on_conn};
use crate::ledger::{
    Amount, BudgetLine, BudgetParts, BudgetPlace, Digest, FiscalMonth, Reallocation, ReallocationKind, RowRef,
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = budget_lines)]
pub(super) struct LineRow {
    source_sha256: String,
    fiscal_year: i64,
    /// 0 for a line of the whole year.
    fiscal_month: i64,
    department: String,
    account: String,
    budget_line: String,
    accounting_unit: String,
    fund_source: String,
    project: String,
    amount: i64,
    original_budget: Option<i64>,
    supplementary_budget: Option<i64>,
    carried_over: Option<i64>,
    reserve: Option<i64>,
    reallocated_in: Option<i64>,
    reallocated_out: Option<i64>,
    reallocation: Option<i64>,
    allotment: Option<i64>,
    committed: Option<i64>,
    spent: Option<i64>,
    unspent_balance: Option<i64>,
    source: String,
    is_current: i64,
}

impl LineRow {
    pub(super) fn new(source: &str, sha256: &Digest, line: &BudgetLine) -> Self {
        use crate::ledger::BudgetPart as Part;
        let part = |part| line.parts.get(part).map(|amount| amount.0);
        Self {
            source_sha256: sha256.to_string(),
            fiscal_year: i64::from(line.fiscal_year),
            fiscal_month: i64::from(line.fiscal_month.unwrap_or(0)),
            department: line.department.clone(),
            account: line.account.clone(),
            budget_line: line.budget_line.clone(),
            accounting_unit: line.accounting_unit.clone(),
            fund_source: line.fund_source.clone(),
            project: line.project.clone(),
            amount: line.current_budget.0,
            original_budget: part(Part::OriginalBudget),
            supplementary_budget: part(Part::SupplementaryBudget),
            carried_over: part(Part::CarriedOver),
            reserve: part(Part::Reserve),
            reallocated_in: part(Part::ReallocatedIn),
            reallocated_out: part(Part::ReallocatedOut),
            reallocation: part(Part::Reallocation),
            allotment: part(Part::Allotment),
            committed: part(Part::Committed),
            spent: part(Part::Spent),
            unspent_balance: part(Part::UnspentBalance),
            source: source.to_owned(),
            is_current: 1,
        }
    }

    fn into_line(self) -> Result<BudgetLine, StoreError> {
        let month = u32::try_from(self.fiscal_month).map_err(corrupt("budget line"))?;
        Ok(BudgetLine {
            fiscal_year: i32::try_from(self.fiscal_year).map_err(corrupt("budget line"))?,
            fiscal_month: Some(month).filter(|month| *month > 0),
            department: self.department,
            account: self.account,
            budget_line: self.budget_line,
            accounting_unit: self.accounting_unit,
            fund_source: self.fund_source,
            project: self.project,
            current_budget: Amount(self.amount),
            parts: BudgetParts::from_values(&[
                self.original_budget,
                self.supplementary_budget,
                self.carried_over,
                self.reserve,
                self.reallocated_in,
                self.reallocated_out,
                self.reallocation,
                self.allotment,
                self.committed,
                self.spent,
                self.unspent_balance,
            ]),
        })
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = budget_events)]
pub(super) struct EventRow {
    source_sha256: String,
    sheet: String,
    row_no: i64,
    fiscal_year: i64,
    happened_on: String,
    kind: String,
    document_no: String,
    from_department: String,
    from_account: String,
    from_budget_line: String,
    to_department: String,
    to_account: String,
    to_budget_line: String,
    amount: i64,
    reason: String,
    source: String,
    is_current: i64,
}

impl EventRow {
    pub(super) fn new(source: &str, sha256: &Digest, event: &Reallocation) -> Self {
        use chrono::Datelike;
        Self {
            source_sha256: sha256.to_string(),
            sheet: event.at.sheet.clone(),
            row_no: event.at.row,
            fiscal_year: i64::from(event.date.year()),
            happened_on: event.date.to_string(),
            kind: event.kind.token().to_owned(),
            document_no: event.document_no.clone(),
            from_department: event.from.department.clone(),
            from_account: event.from.account.clone(),
            from_budget_line: event.from.budget_line.clone(),
            to_department: event.to.department.clone(),
            to_account: event.to.account.clone(),
            to_budget_line: event.to.budget_line.clone(),
            amount: event.amount.0,
            reason: event.reason.clone(),
            source: source.to_owned(),
            is_current: 1,
        }
    }

    fn into_event(self) -> Result<Reallocation, StoreError> {
        let kind = ReallocationKind::from_token(&self.kind);
        Ok(Reallocation {
            at: RowRef { source: self.source, sheet: self.sheet, row: self.row_no },
            date: self.happened_on.parse().map_err(corrupt("budget event"))?,
            kind: kind.ok_or_else(|| StoreError::Corrupt("budget event", self.kind.into()))?,
            document_no: self.document_no,
            from: BudgetPlace {
                department: self.from_department,
                account: self.from_account,
                budget_line: self.from_budget_line,
            },
            to: BudgetPlace {
                department: self.to_department,
                account: self.to_account,
                budget_line: self.to_budget_line,
            },
            amount: Amount(self.amount),
            reason: self.reason,
        })
    }
}

fn corrupt<E: std::error::Error + Send + Sync + 'static>(what: &'static str) -> impl FnOnce(E) -> StoreError {
    move |error| StoreError::Corrupt(what, Box::new(error))
}

macro_rules! insert_budget {
    ($conn:expr, $sources:expr) => {
        for (source, sha256, lines) in $sources {
            use $crate::store::schema::budget_lines;
            let replaced = budget_lines::table.filter(budget_lines::source.eq(source));
            diesel::delete(replaced).execute($conn)?;
            for line in lines {
                let row = $crate::store::budget::LineRow::new(source, sha256, line);
                diesel::insert_into(budget_lines::table).values(&row).execute($conn)?;
            }
        }
    };
}
pub(super) use insert_budget;

macro_rules! insert_reallocations {
    ($conn:expr, $sources:expr) => {
        for (source, sha256, events) in $sources {
            use $crate::store::schema::budget_events;
            let replaced = budget_events::table.filter(budget_events::source.eq(source));
            diesel::delete(replaced).execute($conn)?;
            for event in events {
                let row = $crate::store::budget::EventRow::new(source, sha256, event);
                diesel::insert_into(budget_events::table).values(&row).execute($conn)?;
            }
        }
    };
}
pub(super) use insert_reallocations;

impl Store {
    /// Current budget lines of a fiscal year with their parts, by department, account, finer labels and month.
    pub fn budget_lines(&self, fiscal_year: i32) -> Result<Vec<BudgetLine>, StoreError> {
        let rows: Vec<LineRow> = on_conn!(self, |conn| {
            let current = budget_lines::table
                .filter(budget_lines::fiscal_year.eq(i64::from(fiscal_year)))
                .filter(budget_lines::is_current.eq(1));
            Ok::<_, StoreError>(current.select(LineRow::as_select()).load(conn)?)
        })?;
        sorted(rows)
    }

    /// Current budget lines that say how things stood at the end of `month`, in the same order.
    pub fn budget_lines_of_month(&self, month: FiscalMonth) -> Result<Vec<BudgetLine>, StoreError> {
        let rows: Vec<LineRow> = on_conn!(self, |conn| {
            let current = budget_lines::table
                .filter(budget_lines::fiscal_year.eq(i64::from(month.year())))
                .filter(budget_lines::fiscal_month.eq(i64::from(month.month())))
                .filter(budget_lines::is_current.eq(1));
            Ok::<_, StoreError>(current.select(LineRow::as_select()).load(conn)?)
        })?;
        sorted(rows)
    }

    /// Current movements of budget in a fiscal year, by day, file and row.
    pub fn reallocations(&self, fiscal_year: i32) -> Result<Vec<Reallocation>, StoreError> {
        let rows: Vec<EventRow> = on_conn!(self, |conn| {
            let current = budget_events::table
                .filter(budget_events::fiscal_year.eq(i64::from(fiscal_year)))
                .filter(budget_events::is_current.eq(1));
            Ok::<_, StoreError>(current.select(EventRow::as_select()).load(conn)?)
        })?;
        let mut events: Vec<Reallocation> =
            rows.into_iter().map(EventRow::into_event).collect::<Result<_, _>>()?;
        events.sort_by(|a, b| (a.date, &a.at).cmp(&(b.date, &b.at)));
        Ok(events)
    }
}

/// Sorted here and not by the database: the order of Korean text differs between databases and their locales.
fn sorted(rows: Vec<LineRow>) -> Result<Vec<BudgetLine>, StoreError> {
    let mut lines: Vec<BudgetLine> = rows.into_iter().map(LineRow::into_line).collect::<Result<_, _>>()?;
    let key = |line: &BudgetLine| {
        (
            line.department.clone(),
            line.account.clone(),
            line.budget_line.clone(),
            line.accounting_unit.clone(),
            line.fund_source.clone(),
            line.project.clone(),
            line.fiscal_month,
        )
    };
    lines.sort_by_cached_key(key);
    Ok(lines)
}
