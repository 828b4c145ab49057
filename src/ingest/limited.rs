//! The limits every format has in common, kept in one place.
//!
//! Comes in: sheets and rows on their way from a reader. Goes out: the same to the sink behind.
//! Refuses: more sheets or cells than a ledger has; blank rows are not handed on.

use super::limits;
use super::raw::{RawRow, RowSink, SheetHead};
use crate::error::Problem;

/// Counts what passes.
pub(super) struct Limited<'s> {
    sink: &'s mut dyn RowSink,
    n_sheets: usize,
    n_cells: u64,
}

impl<'s> Limited<'s> {
    pub(super) fn new(sink: &'s mut dyn RowSink) -> Self {
        Self { sink, n_sheets: 0, n_cells: 0 }
    }
}

impl RowSink for Limited<'_> {
    fn sheet(&mut self, head: SheetHead) -> Result<(), Problem> {
        self.n_sheets += 1;
        if self.n_sheets > limits::SHEETS_MAX {
            return Err(over(&format!("시트가 {}개를 넘음", limits::SHEETS_MAX)));
        }
        self.sink.sheet(head)
    }

    fn row(&mut self, row: &RawRow) -> Result<(), Problem> {
        self.n_cells += row.len() as u64;
        if self.n_cells > limits::CELLS_MAX {
            return Err(over(&format!("{}행에서 칸이 {}개를 넘음", row.number, limits::CELLS_MAX)));
        }
        if row.is_blank() && row.damage.is_none() {
            return Ok(());
        }
        self.sink.row(row)
    }

    fn refused(&mut self, name: &str, problem: Problem) -> Result<(), Problem> {
        self.sink.refused(name, problem)
    }
}

fn over(found: &str) -> Problem {
    let hint = "정상적인 내보내기 파일이 아닙니다. 출처를 확인하고, 크면 기간을 나누어 내려받으세요.";
    Problem::new("", format!("한도를 넘는 파일: {found}"), "한도 안의 파일", hint)
}
