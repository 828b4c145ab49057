//! One sheet on its way: the header is looked for in its first rows, then every row is read as it comes.
//!
//! Comes in: a sheet's head and rows. Goes out: what became of each row, to the file's account.
//! Refuses: nothing; a sheet without a header is counted and left out.

use super::budget_row;
use super::fill::Fills;
use super::header::{self, HEADER_ROWS_MAX, Header};
use super::layout::Layout;
use super::mapping::Mapping;
use super::row::{self, Outcome, Refusal, Values};
use super::row_kind::{self, Skip};
use super::row_set::RowSet;
use super::totals::Totals;
use crate::error::Problem;
use crate::ingest::{RawRow, SheetHead};
use crate::ledger::{BudgetPart, RowRef, SheetIntake};

/// The state of a sheet under way.
pub(super) struct Sheet {
    pub(super) head: SheetHead,
    pub(super) account: SheetIntake,
    pub(super) table: Option<Table>,
    pub(super) totals: Totals,
    /// The same for every part of a budget sheet.
    pub(super) part_totals: [Totals; BudgetPart::ALL.len()],
    pub(super) set: RowSet,
    /// Rows held until the header is known.
    pub(super) waiting: Vec<RawRow>,
    /// Why no header was found.
    pub(super) no_header: Option<Problem>,
    /// Whether it is a table all the same: its rows are kept aside.
    is_unread_table: bool,
}

/// A sheet whose header is known.
pub(super) struct Table {
    pub(super) layout: Layout,
    pub(super) fills: Fills,
    pub(super) unknown: Vec<String>,
    /// Another mapping that fits exactly as well.
    pub(super) rival: Option<String>,
}

/// The table whose header `row` is, where it is no row of the one under way. Its amounts are in the same unit unless it
/// states one. A header that cannot be used stops the file: the rows below it have other columns than we know.
fn other_table(
    head: &SheetHead,
    layout: &Layout,
    row: &RawRow,
    mappings: &[Mapping],
) -> Result<Option<Table>, Problem> {
    let found = match header::find(head, std::slice::from_ref(row), mappings) {
        Ok(found) => found,
        Err(_) if !row_kind::is_header_like(layout, row) => return Ok(None),
        Err(miss) if miss.is_table => return Err(miss.problem),
        Err(_) => return Err(unusable(row, "머리글로 보이지만 필수 열이 빠진 행")),
    };
    let is_same_kind =
        found.mapping.kind == layout.mapping.kind && found.mapping.currency() == layout.mapping.currency();
    if !is_same_kind {
        return Err(unusable(row, "종류가 다른 표의 머리글"));
    }
    let unit = found.unit.unwrap_or(layout.factor);
    let mut table = Table::new(head, found);
    table.layout.factor = unit;
    Ok(Some(table))
}

fn unusable(row: &RawRow, found: &str) -> Problem {
    let hint = "표마다 시트나 파일을 나누거나, 매핑에 이 머리글을 더하세요.";
    Problem::new("", format!("{}행: {found}", row.number), "한 시트에 같은 종류의 표", hint)
}

impl Table {
    fn new(head: &SheetHead, found: Header) -> Self {
        let (unknown, rival) = (found.unknown.clone(), found.rival.clone());
        let layout = Layout::new(found, head.is_delimited);
        let fills = Fills::new(head, &layout);
        Self { layout, fills, unknown, rival }
    }
}

impl Sheet {
    pub(super) fn new(head: SheetHead) -> Self {
        let account = SheetIntake { name: head.name.clone(), hidden: head.hidden, ..SheetIntake::default() };
        Self {
            head,
            account,
            table: None,
            totals: Totals::default(),
            part_totals: Default::default(),
            set: RowSet::default(),
            waiting: Vec::new(),
            no_header: None,
            is_unread_table: false,
        }
    }

    /// Whether rows still have to be held.
    pub(super) fn is_looking(&self) -> bool {
        self.table.is_none() && self.no_header.is_none()
    }

    /// Whether enough rows are held to look for the header: one more than it may need, for a header of two rows.
    pub(super) fn can_look(&self) -> bool {
        self.waiting.len() > HEADER_ROWS_MAX
    }

    /// Looks for the header; the rows above it and its own count as skipped. Given back are payments that stand above
    /// it (of a table whose header nobody found), and the rows below it.
    pub(super) fn look(&mut self, mappings: &[Mapping]) -> (Vec<RawRow>, Vec<RawRow>) {
        let mut rows = std::mem::take(&mut self.waiting);
        match header::find(&self.head, &rows, mappings) {
            Ok(found) => {
                let body = rows.split_off((found.last + 1).min(rows.len()));
                let first = found.first;
                self.account.mapping = found.mapping.id();
                let table = Table::new(&self.head, found);
                let is_payment = |row: &RawRow| {
                    row::is_payment(&table.layout, row) || row_kind::is_record(&table.layout, row)
                };
                let above: Vec<RawRow> =
                    rows[..first].iter().filter(|row| is_payment(row)).cloned().collect();
                self.account.rows_in += (rows.len() - above.len()) as u64;
                self.account.skipped += (rows.len() - above.len()) as u64;
                self.table = Some(table);
                (above, body)
            }
            Err(miss) => {
                self.is_unread_table = miss.is_table;
                self.no_header = Some(miss.problem);
                (Vec::new(), rows)
            }
        }
    }

    /// A row of a sheet that is no table of records, or of one that cannot be read.
    pub(super) fn leave_out(&mut self) {
        self.account.rows_in += 1;
        if self.is_unread_table {
            self.account.quarantined += 1;
            self.account.refused.clone_from(&self.no_header);
        } else {
            self.account.skipped += 1;
        }
    }

    /// Reads one row below the header into `values`; `None` without a header. A row that cannot be read is shown to
    /// `keep` with the values of its merged ranges.
    pub(super) fn read(
        &mut self,
        row: &RawRow,
        mappings: &[Mapping],
        values: &mut Values,
        keep: &mut dyn FnMut(&str, &Layout, &RawRow, &Refusal),
    ) -> Result<Option<Outcome>, Problem> {
        let Some(table) = self.table.as_mut() else { return Ok(None) };
        self.account.rows_in += 1;
        let filled = table.fills.apply(&table.layout, row);
        let totals = &self.totals;
        let outcome = row::read(&table.layout, filled, &|amount| totals.is_sum(amount), values);
        let may_be_header = !matches!(outcome, Outcome::Loaded | Outcome::Skipped(Skip::RepeatedHeader));
        if may_be_header && row_kind::is_words(row) {
            match other_table(&self.head, &table.layout, row, mappings) {
                Ok(Some(other)) => {
                    *table = other;
                    return Ok(Some(Outcome::Skipped(Skip::OtherTable)));
                }
                Ok(None) => {}
                Err(problem) => return Err(problem),
            }
        }
        if let Outcome::Quarantined(refusal) = &outcome {
            keep(&self.head.name, &table.layout, filled, refusal);
        }
        Ok(Some(outcome))
    }

    /// The parts of a loaded budget row join their totals.
    pub(super) fn add_parts(&mut self, values: &Values) {
        for (totals, value) in self.part_totals.iter_mut().zip(&values.budget.parts) {
            totals.add(value.unwrap_or(0));
        }
    }

    /// A total row also states totals of parts.
    pub(super) fn compare_parts(&mut self, row: &RawRow, at: &RowRef, word: &str) {
        let Some(layout) = self.table.as_ref().map(|table| &table.layout) else { return };
        let Some(budget) = &layout.budget else { return };
        for (part, part_at) in BudgetPart::ALL.into_iter().zip(&budget.parts) {
            let stated = part_at.map(|part_at| budget_row::part(layout, row, part_at));
            if let Some(Ok(Some(amount))) = stated {
                let word = format!("{word} {}", part.label_ko());
                self.part_totals[part.index()].compare(at.clone(), word, amount);
            }
        }
    }

    /// The sheet has ended: all totals are compared.
    pub(super) fn end_totals(&mut self) {
        self.totals.end();
        for totals in &mut self.part_totals {
            totals.end();
            self.totals.n_compared += totals.n_compared;
            self.totals.differing.append(&mut totals.differing);
        }
    }
}
