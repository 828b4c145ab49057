//! What a department's report says of its checks: what was looked at, and what could not be checked (확인하지 못한 것).
//!
//! Comes in: a `DepartmentView`. Goes out: elements of the PDF, and lines that the workbook prints too.
//! Refuses: to leave out a check that did not run, or payments that one could not judge.

use genpdf::Element;
use genpdf::elements::Break;

use super::department_pdf::line;
use super::table::{Align, Cell, INK, MUTED, Row, Table, WARM};
use super::view::DepartmentView;
use crate::detect::{Applicability, Status};
use crate::ko;
use crate::ledger::{Amount, Count, Currency};

/// What stands below the heading.
pub(super) fn content(view: &DepartmentView) -> Vec<Box<dyn Element>> {
    if view.applicability.is_empty() {
        let text = format!("점검한 내용: {}", view.checked());
        return vec![Box::new(line(Cell::left(text)))];
    }
    let mut out: Vec<Box<dyn Element>> = vec![Box::new(line(Cell::left(summary(view))))];
    let whole: Vec<&str> =
        view.applicability.iter().filter(|one| is_whole(one)).map(|one| one.label_ko.as_str()).collect();
    if !whole.is_empty() {
        let text = format!("모든 지출에 적용한 점검: {}", whole.join(", "));
        out.push(Box::new(line(Cell::left(text).color(MUTED))));
    }
    let partly: Vec<&Applicability> = view.applicability.iter().filter(|one| !is_whole(one)).collect();
    if !partly.is_empty() {
        out.push(Box::new(Break::new(0.6)));
        out.push(Box::new(line(Cell::left("확인하지 못한 것").bold().size(10))));
        out.push(Box::new(table(&partly, &view.currency)));
    }
    out
}

/// Whether the check looked at every payment and there is nothing to say of it.
fn is_whole(one: &Applicability) -> bool {
    one.status == Status::Tested && one.tested == one.population && one.notes.is_empty()
}

/// `점검 41가지 가운데 …`.
pub(super) fn summary(view: &DepartmentView) -> String {
    let n =
        |holds: &dyn Fn(&Applicability) -> bool| view.applicability.iter().filter(|one| holds(one)).count();
    let ran = n(&|one| one.reason.is_none());
    let whole = n(&|one| one.reason.is_none() && one.tested == one.population);
    let aside: u64 = view.applicability.iter().map(|one| one.put_aside.rows).sum();
    let mut text = format!(
        "점검 {}가지 가운데 {whole}가지를 모든 지출에, {}가지를 일부 지출에 적용했고, {}가지는 적용하지 못했습니다.",
        view.applicability.len(),
        ran - whole,
        view.applicability.len() - ran
    );
    if aside > 0 {
        text.push_str(&format!(" 등록된 예외에 해당해 이상 항목에서 뺀 것이 {}건 있습니다.", count(aside)));
    }
    text
}

/// Payments in scope that the check could not judge.
pub(super) fn unseen(one: &Applicability) -> Count {
    Count {
        rows: one.population.rows.saturating_sub(one.tested.rows),
        amount: Amount(one.population.amount.0.saturating_sub(one.tested.amount.0)),
    }
}

fn count(n: u64) -> String {
    ko::count(usize::try_from(n).unwrap_or(usize::MAX))
}

fn table(partly: &[&Applicability], currency: &Currency) -> Table {
    let widths = [40.0, 20.0, 20.0, 30.0, 70.0];
    let titles = [
        ("점검", Align::Left),
        ("결과", Align::Left),
        ("못 본 건수", Align::Right),
        ("못 본 금액", Align::Right),
        ("까닭", Align::Left),
    ];
    let rows = partly.iter().map(|one| {
        let unseen = unseen(one);
        let color = if unseen.rows > 0 { WARM } else { INK };
        let cells = vec![
            Cell::left(one.label_ko.clone()),
            Cell::left(one.status.label_ko()),
            Cell::right(count(unseen.rows)).color(color),
            Cell::right(currency.display(unseen.amount)).color(color),
            Cell::left(one.remarks()),
        ];
        Row::new(&widths, cells)
    });
    Table::new(Some(Row::header(&widths, &titles)), rows.collect())
}
