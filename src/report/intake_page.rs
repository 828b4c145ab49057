//! The page 자료 접수 현황 of a department's report: which files the figures rest on.
//!
//! Comes in: a `DepartmentView`. Goes out: tables of files, of files not read, of what could not be checked.
//! Refuses: amounts and rows of other departments; files are named with counts only.

use genpdf::Element;
use genpdf::elements::Break;

use super::department_pdf::line;
use super::table::{Align, Cell, INK, MUTED, Row, Table, WARM};
use super::view::{DepartmentView, FileLine};
use crate::ko;

/// Most checks named beside a column; the workbook names all.
const CHECKS_MAX: usize = 6;

/// What stands below the heading.
pub(super) fn content(view: &DepartmentView) -> Vec<Box<dyn Element>> {
    let mut out: Vec<Box<dyn Element>> = vec![Box::new(line(Cell::left(sum(view)).color(MUTED)))];
    out.push(Box::new(files(view)));
    let refused: Vec<&FileLine> = view.files.iter().filter(|file| !file.refused.is_empty()).collect();
    if !refused.is_empty() {
        heading(&mut out, "읽지 않은 파일");
        out.push(Box::new(reasons(&refused)));
    }
    heading(&mut out, "파일에 없는 열");
    if view.unseen.is_empty() {
        let text = "접수한 지출 파일에 점검에 쓰는 열이 모두 있습니다.";
        out.push(Box::new(line(Cell::left(text))));
    } else {
        out.push(Box::new(unseen(view)));
    }
    out
}

fn heading(out: &mut Vec<Box<dyn Element>>, title: &str) {
    out.push(Box::new(Break::new(0.6)));
    out.push(Box::new(line(Cell::left(title).bold().size(10))));
}

fn count(n: u64) -> String {
    ko::count(usize::try_from(n).unwrap_or(usize::MAX))
}

fn sum(view: &DepartmentView) -> String {
    let sum = |get: fn(&FileLine) -> u64| count(view.files.iter().map(get).sum());
    format!(
        "기관 전체 파일 {}개: 읽은 행 {} = 반영 {} + 제외 {} + 보류 {}. 보류는 정확히 읽지 못해 따로 둔 행이며 합계에 들어 있지 않습니다.",
        view.files.len(),
        sum(|file| file.rows_in),
        sum(|file| file.loaded),
        sum(|file| file.skipped),
        sum(|file| file.quarantined)
    )
}

fn files(view: &DepartmentView) -> Table {
    let widths = [68.0, 18.0, 18.0, 16.0, 16.0, 28.0, 16.0];
    let titles = [
        ("파일", Align::Left),
        ("읽은 행", Align::Right),
        ("반영", Align::Right),
        ("제외", Align::Right),
        ("보류", Align::Right),
        ("합계 대조", Align::Left),
        ("판정", Align::Left),
    ];
    let rows = view.files.iter().map(|file| {
        let verdict = match (file.refused.is_empty(), file.unread_sheets) {
            (true, 0) => Cell::left("읽음"),
            (true, _) => Cell::left("일부만 읽음").color(WARM),
            (false, _) => Cell::left("읽지 않음").color(WARM),
        };
        let kept = if file.quarantined > 0 { WARM } else { INK };
        let totals = if file.totals_differing > 0 { WARM } else { INK };
        let cells = vec![
            Cell::left(file.name.clone()),
            Cell::right(count(file.rows_in)),
            Cell::right(count(file.loaded)),
            Cell::right(count(file.skipped)),
            Cell::right(count(file.quarantined)).color(kept),
            Cell::left(file.totals()).color(totals),
            verdict,
        ];
        Row::new(&widths, cells)
    });
    Table::new(Some(Row::header(&widths, &titles)), rows.collect())
}

fn reasons(refused: &[&FileLine]) -> Table {
    let widths = [68.0, 112.0];
    let row = |file: &&FileLine| {
        Row::new(&widths, vec![Cell::left(file.name.clone()), Cell::left(file.refused.clone())])
    };
    let header = Row::header(&widths, &[("파일", Align::Left), ("까닭", Align::Left)]);
    Table::new(Some(header), refused.iter().map(row).collect())
}

fn unseen(view: &DepartmentView) -> Table {
    let widths = [36.0, 76.0, 68.0];
    let titles = [("없는 열", Align::Left), ("덜 확인한 점검", Align::Left), ("파일", Align::Left)];
    let rows = view.unseen.iter().map(|unseen| {
        let (named, more) = unseen.checks.split_at(unseen.checks.len().min(CHECKS_MAX));
        let checks = match (named.is_empty(), more.len()) {
            (true, _) => "없음".to_owned(),
            (false, 0) => named.join(", "),
            (false, more) => format!("{} 외 {more}가지", named.join(", ")),
        };
        let cells =
            vec![Cell::left(unseen.column.clone()), Cell::left(checks), Cell::left(unseen.files.join(", "))];
        Row::new(&widths, cells)
    });
    Table::new(Some(Row::header(&widths, &titles)), rows.collect())
}
