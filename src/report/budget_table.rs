//! Budget use of a department: the figures of a line, which columns the data has, and the tables of the PDF.
//!
//! Comes in: a `DepartmentView`. Goes out: tables; columns nobody states are left out.
//! Refuses: to print a part that the budget file does not state; its cell is empty.

use genpdf::Element;
use genpdf::style::Color;

use super::table::{Align, Cell, INK, MUTED, Row, Table, WARM};
use super::view::DepartmentView;
use crate::budget::{BudgetStatus, ExecutionBase, ReallocationDifference};
use crate::ko;
use crate::ledger::{Amount, BudgetPart};

/// Width of the page in millimetres.
const WIDTH: f32 = 180.0;

/// What 예산현액 is made of, as reports show it: in and out are one amount.
pub(super) const MADE_OF: [BudgetPart; 5] = [
    BudgetPart::OriginalBudget,
    BudgetPart::SupplementaryBudget,
    BudgetPart::CarriedOver,
    BudgetPart::Reserve,
    BudgetPart::Reallocation,
];

/// A part of a line; 이용·전용·이체 from in and out where the file has those.
pub(super) fn part(line: &BudgetStatus, part: BudgetPart) -> Option<Amount> {
    match part {
        BudgetPart::Reallocation => line.parts.net_reallocation(),
        other => line.parts.get(other),
    }
}

/// Those of `parts` that any line states.
pub(super) fn stated(lines: &[BudgetStatus], parts: &[BudgetPart]) -> Vec<BudgetPart> {
    parts.iter().copied().filter(|p| lines.iter().any(|line| part(line, *p).is_some())).collect()
}

/// What a reader should look at first.
pub(super) fn remark(line: &BudgetStatus) -> &'static str {
    match line.budget {
        None => "예산 없음",
        Some(_) if line.is_over() => "초과",
        Some(_) if line.is_over_allotment() => "배정 초과",
        Some(budget) if line.forecast > budget => "초과 예상",
        Some(_) if line.base == ExecutionBase::Allotment && line.denominator().is_none() => "배정액 없음",
        Some(_) => "",
    }
}

fn remark_color(line: &BudgetStatus) -> Color {
    match remark(line) {
        "예산 없음" | "배정액 없음" => MUTED,
        "" => INK,
        _ => WARM,
    }
}

/// Whether any rate of the view is a share of 배정액.
pub(super) fn is_by_allotment(view: &DepartmentView) -> bool {
    view.budget.iter().any(|line| line.base == ExecutionBase::Allotment)
}

/// The tables and notes of the section.
pub(super) fn elements(view: &DepartmentView) -> Vec<Box<dyn Element>> {
    if view.budget.is_empty() {
        return vec![note("올해 예산 자료와 지출이 없습니다.", 9, INK)];
    }
    let more = stated(&view.budget, &[BudgetPart::Allotment, BudgetPart::Committed]);
    let made_of = stated(&view.budget, &MADE_OF);
    let mut out: Vec<Box<dyn Element>> = Vec::new();
    if more.is_empty() && made_of.is_empty() {
        out.push(Box::new(execution(view)));
    } else {
        out.push(unit(view));
        out.push(Box::new(execution_with(view, &more)));
        if !made_of.is_empty() {
            out.push(Box::new(genpdf::elements::Break::new(0.5)));
            out.push(unit(view));
            out.push(Box::new(composition(view, &made_of)));
        }
    }
    if is_by_allotment(view) {
        out.push(note("집행률은 배정액에 대한 집행액의 비율입니다.", 8, MUTED));
    }
    let forecast =
        "연말 예상은 지난해의 월별 흐름을 따르며, 지난해 자료가 없으면 지금까지의 속도가 이어진다고 봅니다.";
    out.push(note(forecast, 8, MUTED));
    out.extend(view.reallocations_differing.iter().map(|found| note(&difference(view, found), 8, WARM)));
    out
}

/// Where the budget line and the movements of an account differ, as a sentence.
pub(super) fn difference(view: &DepartmentView, found: &ReallocationDifference) -> String {
    let money = |amount| view.currency.display(amount);
    let stated = found.stated.map_or_else(|| "줄 없음".to_owned(), money);
    format!(
        "{}: 이용·전용·이체 내역의 합이 예산 현황과 다릅니다. 예산 현황 {stated}, 내역의 합 {}. 두 자료의 기준일과 빠진 문서를 확인하세요.",
        found.account,
        money(found.events)
    )
}

fn note(text: &str, size: u8, color: Color) -> Box<dyn Element> {
    let cell = Cell::left(text).size(size).color(color);
    Box::new(Table::new(None, vec![Row::new(&[WIDTH], vec![cell]).plain()]))
}

fn unit(view: &DepartmentView) -> Box<dyn Element> {
    let unit = if view.currency.code == "KRW" { "원" } else { view.currency.code.as_str() };
    let cell = Cell::right(format!("(단위: {unit})")).size(8).color(MUTED);
    Box::new(Table::new(None, vec![Row::new(&[WIDTH], vec![cell]).plain()]))
}

/// Use of the budget where nothing but 예산현액 is known.
fn execution(view: &DepartmentView) -> Table {
    let widths = [42.0, 34.0, 34.0, 20.0, 34.0, 16.0];
    let titles = [
        ("계정과목", Align::Left),
        ("예산현액", Align::Right),
        ("집행액", Align::Right),
        ("집행률", Align::Right),
        ("연말 예상", Align::Right),
        ("비고", Align::Center),
    ];
    let money = |amount| view.currency.display(amount);
    let rows = view.budget.iter().map(|line| {
        let cells = vec![
            Cell::left(line.account.clone()),
            Cell::right(line.budget.map(money).unwrap_or_default()),
            Cell::right(money(line.spent)),
            Cell::right(line.execution_rate().map(ko::percent).unwrap_or_default()),
            Cell::right(money(line.forecast)),
            Cell::center(remark(line)).size(8).color(remark_color(line)),
        ];
        Row::new(&widths, cells)
    });
    Table::new(Some(Row::header(&widths, &titles)), rows.collect())
}

/// The same beside what was allotted and committed, in smaller figures without 원.
fn execution_with(view: &DepartmentView, more: &[BudgetPart]) -> Table {
    let (rate, remarks) = (14.0, 17.0);
    let money = 24.0;
    let n_money = 4 + more.len();
    let mut titles = vec![("계정과목", Align::Left), ("예산현액", Align::Right)];
    titles.extend(more.iter().map(|part| (part.label_ko(), Align::Right)));
    let rest = ["집행액", "집행률", "집행잔액", "연말 예상"];
    titles.extend(rest.map(|title| (title, Align::Right)));
    titles.push(("비고", Align::Center));
    let money = ((WIDTH - rate - remarks - 26.0) / n_money as f32).min(money);
    let mut widths = vec![money; titles.len()];
    widths[0] = WIDTH - rate - remarks - money * n_money as f32;
    widths[3 + more.len()] = rate;
    widths[titles.len() - 1] = remarks;
    let show = |amount: Option<Amount>| {
        Cell::right(amount.map(|amount| view.currency.grouped(amount)).unwrap_or_default()).size(8)
    };
    let rows = view.budget.iter().map(|line| {
        let mut cells = vec![Cell::left(line.account.clone()).size(8), show(line.budget)];
        cells.extend(more.iter().map(|p| show(part(line, *p))));
        cells.push(show(Some(line.spent)));
        cells.push(Cell::right(line.execution_rate().map(ko::percent).unwrap_or_default()).size(8));
        cells.push(show(line.unspent()));
        cells.push(show(Some(line.forecast)));
        cells.push(Cell::center(remark(line)).size(7).color(remark_color(line)));
        Row::new(&widths, cells)
    });
    Table::new(Some(small(Row::header(&widths, &titles))), rows.collect())
}

/// What 예산현액 is made of.
fn composition(view: &DepartmentView, made_of: &[BudgetPart]) -> Table {
    let money = 26.0_f32.min((WIDTH - 26.0) / (made_of.len() + 1) as f32);
    let mut titles = vec![("예산현액의 구성", Align::Left)];
    titles.extend(made_of.iter().map(|part| (part.label_ko(), Align::Right)));
    titles.push(("예산현액", Align::Right));
    let mut widths = vec![money; titles.len()];
    widths[0] = WIDTH - money * (made_of.len() + 1) as f32;
    let show = |amount: Option<Amount>| {
        Cell::right(amount.map(|amount| view.currency.grouped(amount)).unwrap_or_default()).size(8)
    };
    let rows = view.budget.iter().filter(|line| line.budget.is_some()).map(|line| {
        let mut cells = vec![Cell::left(line.account.clone()).size(8)];
        cells.extend(made_of.iter().map(|p| show(part(line, *p))));
        cells.push(show(line.budget));
        Row::new(&widths, cells)
    });
    Table::new(Some(small(Row::header(&widths, &titles))), rows.collect())
}

fn small(mut row: Row) -> Row {
    for cell in &mut row.cells {
        cell.size = 8;
    }
    row
}
