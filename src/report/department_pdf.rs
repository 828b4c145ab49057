//! The department's monthly report as PDF.
//!
//! Comes in: a `DepartmentView`. Goes out: an A4 document with searchable text, equal bytes for an equal view.
//! Refuses: nothing a view can hold.

use genpdf::elements::{Break, LinearLayout, PaddedElement, PageBreak};
use genpdf::style::Style;
use genpdf::{Document, Element, Margins, Mm, PaperSize, SimplePageDecorator};

use super::chart::MonthlyChart;
use super::table::{ACCENT, Align, Cell, INK, MUTED, Row, Table, WARM};
use super::view::{DepartmentView, check_scope};
use super::{
    Rendered, ReportError, ReportWriter, Resources, applicability_page, budget_table, fonts, intake_page,
};
use crate::budget::BudgetStatus;
use crate::ko;
use crate::ledger::{BudgetPart, Finding, Severity};

pub(super) struct DepartmentPdf;

const MARGIN_MM: f32 = 15.0;
const WIDTH: f32 = 180.0;
/// Payments of a case that are printed.
const CASE_ROWS_MAX: usize = 20;
/// Lines of a case that stay on the page of its reasons: its sum and ten payments.
const CASE_ROWS_KEPT: usize = 11;
const FINDING_WIDTHS: [f32; 8] = [9.0, 21.0, 27.0, 27.0, 42.0, 29.0, 12.0, 13.0];

impl ReportWriter for DepartmentPdf {
    fn id(&self) -> &'static str {
        "department_pdf"
    }

    fn label_ko(&self) -> &'static str {
        "부서 월간 위험 보고서(PDF)"
    }

    fn render(&self, view: &DepartmentView, resources: &Resources) -> Result<Rendered, ReportError> {
        check_scope(view)?;
        // Every word of the document is in the view or in these files.
        let mut text = serde_json::to_string(view).unwrap_or_default();
        text.push_str(include_str!("department_pdf.rs"));
        text.push_str(include_str!("chart.rs"));
        text.push_str(include_str!("budget_table.rs"));
        for part in BudgetPart::ALL {
            text.push_str(part.label_ko());
        }
        text.push_str(include_str!("intake_page.rs"));
        text.push_str(include_str!("applicability_page.rs"));
        text.push_str(include_str!("../detect/detector.rs"));
        text.push_str(include_str!("view.rs"));
        for severity in [Severity::Low, Severity::Medium, Severity::High] {
            text.push_str(severity.label_ko());
        }
        let mut document = Document::new(fonts::family(resources, &text)?);
        document.set_title(title(view));
        document.set_minimal_conformance();
        document.set_paper_size(PaperSize::A4);
        document.set_font_size(9);
        document.set_line_spacing(1.15);
        let created = time::OffsetDateTime::from_unix_timestamp(view.created.timestamp());
        let created = created.unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
        document.set_creation_date(created);
        document.set_modification_date(created);
        document.set_page_decorator(decorator(view));
        for element in body(view) {
            document.push(element);
        }
        let mut bytes = Vec::new();
        document.render(&mut bytes)?;
        fix_ids(&mut bytes, &view.run_id, &view.department);
        let name = format!("{}_{}_월간위험보고서.pdf", view.period, view.department);
        Ok(Rendered { name, media_type: "application/pdf", bytes })
    }
}

fn title(view: &DepartmentView) -> String {
    format!("{} {} 월간 위험 보고서", ko::month_prose(view.period), view.department)
}

fn decorator(view: &DepartmentView) -> SimplePageDecorator {
    let mut decorator = SimplePageDecorator::new();
    decorator.set_margins(Margins::all(Mm::from(MARGIN_MM)));
    let place = format!("{} · {} · {}", view.institution, view.department, ko::month_prose(view.period));
    decorator.set_header(move |page| {
        let cells = vec![
            Cell::left(place.clone()).size(8).color(MUTED),
            Cell::right(format!("{page}쪽")).size(8).color(MUTED),
        ];
        PaddedElement::new(
            Table::new(None, vec![Row::new(&[150.0, 30.0], cells)]),
            Margins::trbl(Mm::from(0.0), Mm::from(0.0), Mm::from(4.0), Mm::from(0.0)),
        )
    });
    decorator
}

fn body(view: &DepartmentView) -> Vec<Box<dyn Element>> {
    let mut out: Vec<Box<dyn Element>> = vec![Box::new(heading_block(view))];
    section(&mut out, &format!("1. 이상 항목 Top {}", view.findings.len().max(10)), findings(view));
    section(&mut out, "2. 예산 집행 현황", budget_table::elements(view));
    let chart = MonthlyChart {
        this_year: view.this_year.clone(),
        last_year: view.last_year.clone(),
        names: (format!("{}년", view.period.year()), format!("{}년", view.period.year() - 1)),
        per_major: view.currency.minor_per_major(),
    };
    section(&mut out, "3. 월별 집행 추이", vec![Box::new(chart)]);
    section(&mut out, "4. 점검한 내용과 확인하지 못한 것", applicability_page::content(view));
    out.push(Box::new(PageBreak::new()));
    section(&mut out, "5. 자료 접수 현황", intake_page::content(view));
    let note = "이상 항목은 확인이 필요한 지출이라는 뜻이며, 잘못이 있다는 판단이 아닙니다.";
    out.push(Box::new(Break::new(0.6)));
    out.push(Box::new(line(Cell::left(note).size(8).color(MUTED))));
    out.push(Box::new(line(Cell::left(format!("실행 번호 {}", view.run_id)).size(8).color(MUTED))));
    out
}

/// A heading stays with the first element below it.
fn section(out: &mut Vec<Box<dyn Element>>, title: &str, content: Vec<Box<dyn Element>>) {
    out.push(Box::new(Break::new(0.8)));
    out.push(Box::new(Together { title: title.to_owned(), done: false }));
    out.extend(content);
}

/// A heading that goes to the next page when little room is left.
struct Together {
    title: String,
    done: bool,
}

/// Room a heading wants below itself.
const ROOM_BELOW_MM: f32 = 32.0;

impl Element for Together {
    fn render(
        &mut self,
        context: &genpdf::Context,
        area: genpdf::render::Area<'_>,
        style: Style,
    ) -> Result<genpdf::RenderResult, genpdf::error::Error> {
        if !self.done && f32::from(area.size().height) < ROOM_BELOW_MM {
            self.done = true;
            return Ok(genpdf::RenderResult { size: genpdf::Size::new(0, 0), has_more: true });
        }
        line(Cell::left(self.title.clone()).bold().size(12).color(ACCENT)).render(context, area, style)
    }
}

pub(super) fn line(cell: Cell) -> Table {
    Table::new(None, vec![Row::new(&[WIDTH], vec![cell]).plain()])
}

fn heading_block(view: &DepartmentView) -> LinearLayout {
    let mut layout = LinearLayout::vertical();
    layout.push(line(Cell::left(title(view)).bold().size(18)));
    layout.push(line(Cell::left(view.institution.clone()).size(10).color(MUTED)));
    layout.push(Break::new(0.4));
    let color = if view.cases() == 0 { INK } else { WARM };
    let spent: i64 = view.budget.iter().map(|line| line.spent.0).sum();
    let planned: i64 = view.budget.iter().filter_map(BudgetStatus::denominator).map(|amount| amount.0).sum();
    let missing = if budget_table::is_by_allotment(view) { "배정액 없음" } else { "예산 없음" };
    let rate = if planned > 0 { ko::percent(spent as f64 / planned as f64) } else { missing.to_owned() };
    let widths = [45.0; 4];
    let titles = ["점검한 지출", "지출 합계", "이상 항목", "올해 집행률"];
    let header = Row::header(&widths, &titles.map(|title| (title, Align::Center)));
    let cell = |text: String| Cell::center(text).bold().size(12);
    let values = vec![
        cell(format!("{}건", ko::count(usize::try_from(view.n_payments).unwrap_or(usize::MAX)))),
        cell(view.currency.display(view.total)),
        cell(view.flagged()).color(color),
        cell(rate),
    ];
    layout.push(Table::new(Some(header), vec![Row::new(&widths, values)]));
    layout
}

fn findings(view: &DepartmentView) -> Vec<Box<dyn Element>> {
    if view.findings.is_empty() {
        let text = format!(
            "해당 없음. {} 지출 {}건을 다음 기준으로 점검했고, 기준값 {:.0}점을 넘은 지출이 없습니다: {}",
            ko::month_prose(view.period),
            view.n_payments,
            view.bar,
            view.checked()
        );
        return vec![Box::new(line(Cell::left(text)))];
    }
    let titles = [
        ("순위", Align::Center),
        ("일자", Align::Left),
        ("문서번호", Align::Left),
        ("계정과목", Align::Left),
        ("거래처", Align::Left),
        ("금액", Align::Right),
        ("점수", Align::Right),
        ("위험도", Align::Center),
    ];
    let mut rows = Vec::new();
    for (i, finding) in view.findings.iter().enumerate() {
        rows.extend(finding_rows(i + 1, finding, view));
    }
    let mut out: Vec<Box<dyn Element>> =
        vec![Box::new(Table::new(Some(Row::header(&FINDING_WIDTHS, &titles)), rows))];
    let hidden = view.cases().saturating_sub(view.findings.len() as u64);
    if hidden > 0 {
        let text = format!("이 밖에 기준값을 넘은 사례가 {hidden}개 더 있습니다.");
        out.push(Box::new(line(Cell::left(text).color(MUTED))));
    }
    out
}

fn finding_rows(rank: usize, finding: &Finding, view: &DepartmentView) -> Vec<Row> {
    let e = &finding.expenditure;
    let color = if finding.severity == Severity::High { WARM } else { INK };
    let cells = vec![
        Cell::center(rank.to_string()).bold(),
        Cell::left(e.date.to_string()),
        Cell::left(e.document_no.clone()),
        Cell::left(e.account.clone()),
        Cell::left(e.vendor.clone()),
        Cell::right(view.currency.display(e.amount)),
        Cell::right(format!("{:.1}", finding.score)),
        Cell::center(finding.severity.label_ko()).bold().color(color),
    ];
    let mut rows = vec![Row::new(&FINDING_WIDTHS, cells)];
    let mut texts: Vec<String> = finding.reasons.iter().map(|reason| reason.text.clone()).collect();
    if !e.description.is_empty() {
        texts.insert(0, format!("적요: {}", e.description));
    }
    let n = texts.len();
    for (i, text) in texts.into_iter().enumerate() {
        let is_description = i == 0 && !e.description.is_empty();
        let color = if is_description { MUTED } else { INK };
        let mark = if is_description { "" } else { "·" };
        let row = Row::new(
            &[9.0, 4.0, 167.0],
            vec![Cell::left(""), Cell::left(mark), Cell::left(text).color(color)],
        );
        rows.push(row);
    }
    rows.extend(case_rows(finding, view));
    let last = rows.len() - 1;
    let placed = |(i, row): (usize, Row)| match i {
        _ if i == last => row,
        _ if i <= n + CASE_ROWS_KEPT => row.plain().keep(),
        _ => row.plain(),
    };
    rows.into_iter().enumerate().map(placed).collect()
}

/// The payments of a case and their sum, under the columns of the table; none where a payment stands alone.
pub(super) fn case_rows(finding: &Finding, view: &DepartmentView) -> Vec<Row> {
    let Some(sum) = view.case_sum(finding) else { return Vec::new() };
    let head = &finding.expenditure;
    let title = vec![Cell::left(""), Cell::left(format!("같은 사례의 지출 {sum}")).bold()];
    let mut rows = vec![Row::new(&[9.0, 171.0], title)];
    let payments = finding.payments();
    for payment in payments.iter().take(CASE_ROWS_MAX) {
        // What is the head's too need not be said again.
        let other = |text: &str, heads: &str| if text == heads { String::new() } else { text.to_owned() };
        let cells = vec![
            Cell::left(""),
            Cell::left(payment.date.to_string()).color(MUTED),
            Cell::left(payment.document_no.clone()).color(MUTED),
            Cell::left(other(&payment.account, &head.account)).color(MUTED),
            Cell::left(other(&payment.vendor, &head.vendor)).color(MUTED),
            Cell::right(view.currency.display(payment.amount)).color(MUTED),
            Cell::left(""),
            Cell::left(""),
        ];
        rows.push(Row::new(&FINDING_WIDTHS, cells));
    }
    if payments.len() > CASE_ROWS_MAX {
        let text = format!("나머지 {}건은 함께 보낸 엑셀 자료에 있습니다.", payments.len() - CASE_ROWS_MAX);
        rows.push(Row::new(&[9.0, 171.0], vec![Cell::left(""), Cell::left(text).color(MUTED)]));
    }
    rows
}

/// The writer draws document ids at random; the same report must be the same bytes.
fn fix_ids(bytes: &mut [u8], run_id: &str, department: &str) {
    let fixed = crate::ledger::Digest::of_parts([run_id.as_bytes(), department.as_bytes()]).to_string();
    let Some(at) = bytes.windows(4).rposition(|window| window == b"/ID[") else { return };
    let mut i = at + 4;
    let mut n = 0;
    let mut inside = false;
    while i < bytes.len() && bytes[i] != b']' {
        match bytes[i] {
            b'(' => (inside, n) = (true, 0),
            b')' => inside = false,
            _ if inside => {
                bytes[i] = fixed.as_bytes()[n % 64];
                n += 1;
            }
            _ => {}
        }
        i += 1;
    }
}
