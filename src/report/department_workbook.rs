//! The department's monthly report as a workbook.
//!
//! Comes in: a `DepartmentView`. Goes out: XLSX bytes, equal for an equal view.
//! Refuses: formulas; every text is written as text, whatever it begins with.

use rust_xlsxwriter::{
    Chart, ChartType, Color, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet,
    XlsxError,
};

use super::view::{DepartmentView, check_scope};
use super::{Rendered, ReportError, ReportWriter, Resources, applicability_page, budget_table};
use crate::ko;
use crate::ledger::{Amount, BudgetPart, Expenditure, Severity};

pub(super) struct DepartmentWorkbook;

const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

impl ReportWriter for DepartmentWorkbook {
    fn id(&self) -> &'static str {
        "department_workbook"
    }

    fn label_ko(&self) -> &'static str {
        "부서 월간 위험 자료(엑셀)"
    }

    fn render(&self, view: &DepartmentView, _resources: &Resources) -> Result<Rendered, ReportError> {
        check_scope(view)?;
        let mut book = Workbook::new();
        let created = ExcelDateTime::from_timestamp(view.created.timestamp())?;
        let title = format!("{} {} 월간 위험 자료", ko::month_prose(view.period), view.department);
        book.set_properties(&DocProperties::new().set_title(&title).set_creation_datetime(&created));
        let look = Look::new(view);
        summary(book.add_worksheet(), view, &look, &title)?;
        findings(book.add_worksheet(), view, &look)?;
        budget(book.add_worksheet(), view, &look)?;
        monthly(book.add_worksheet(), view, &look)?;
        checks(book.add_worksheet(), view, &look)?;
        files(book.add_worksheet(), view, &look)?;
        unseen(book.add_worksheet(), view, &look)?;
        let name = format!("{}_{}_월간위험자료.xlsx", view.period, view.department);
        Ok(Rendered { name, media_type: MEDIA_TYPE, bytes: book.save_to_buffer()? })
    }
}

struct Look {
    title: Format,
    header: Format,
    text: Format,
    center: Format,
    money: Format,
    count: Format,
    percent: Format,
    score: Format,
    per_major: f64,
}

impl Look {
    fn new(view: &DepartmentView) -> Self {
        let text = Format::new().set_text_wrap().set_align(FormatAlign::Top);
        let money = if view.currency.minor_digits == 0 { "#,##0" } else { "#,##0.00" };
        let fill = Color::RGB(0x00E2_E9F1);
        Self {
            title: Format::new().set_bold().set_font_size(16),
            header: Format::new()
                .set_bold()
                .set_background_color(fill)
                .set_align(FormatAlign::Center)
                .set_text_wrap(),
            center: text.clone().set_align(FormatAlign::Center),
            money: Format::new().set_num_format(money).set_align(FormatAlign::Top),
            count: Format::new().set_num_format("#,##0").set_align(FormatAlign::Top),
            percent: Format::new().set_num_format("0.0%").set_align(FormatAlign::Top),
            score: Format::new().set_num_format("0.0").set_align(FormatAlign::Top),
            text,
            per_major: view.currency.minor_per_major() as f64,
        }
    }

    fn major(&self, amount: Amount) -> f64 {
        amount.0 as f64 / self.per_major
    }
}

/// Header in row 1, frozen, with column widths; the page prints landscape on one page's width.
fn begin(sheet: &mut Worksheet, name: &str, columns: &[(&str, f64)], look: &Look) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    for (i, (title, width)) in (0_u16..).zip(columns) {
        sheet.write_string_with_format(0, i, *title, &look.header)?;
        sheet.set_column_width(i, *width)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_repeat_rows(0, 0)?;
    print_setup(sheet);
    Ok(())
}

/// A4, landscape, as wide as the page.
fn print_setup(sheet: &mut Worksheet) {
    sheet.set_landscape();
    sheet.set_paper_size(9);
    sheet.set_print_fit_to_pages(1, 0);
}

/// Excel's own limit of a row's height.
const ROW_POINTS_MAX: f64 = 409.0;
/// Height in points of one line of text.
const LINE_POINTS: f64 = 15.0;

/// Height in points that wrapped `text` needs in a column `width` characters wide; Hangul takes two.
/// It is written out because not every office program works it out when it opens the file.
fn height(text: &str, width: f64) -> f64 {
    let columns = |line: &str| line.chars().map(|c| if c.is_ascii() { 1.0 } else { 2.0 }).sum::<f64>();
    let lines = text.split('\n').map(|line| (columns(line) / (width - 2.0)).ceil().max(1.0));
    lines.sum::<f64>() * LINE_POINTS
}

/// Width of the values in the summary.
const SUMMARY_WIDTH: f64 = 80.0;

fn summary(sheet: &mut Worksheet, view: &DepartmentView, look: &Look, title: &str) -> Result<(), XlsxError> {
    sheet.set_name("요약")?;
    sheet.set_column_width(0, 22)?;
    sheet.set_column_width(1, SUMMARY_WIDTH)?;
    print_setup(sheet);
    sheet.set_row_height(0, 2.0 * LINE_POINTS)?;
    sheet.write_string_with_format(0, 0, title, &look.title)?;
    let lines = [
        ("기관", view.institution.clone()),
        ("부서", view.department.clone()),
        ("기간", ko::month_prose(view.period)),
        ("점검한 지출", format!("{}건", view.n_payments)),
        ("지출 합계", view.currency.display(view.total)),
        ("이상 항목", view.flagged()),
        ("기준값", format!("{:.1}점", view.bar)),
        ("점검한 내용", view.checked()),
        ("실행 번호", view.run_id.clone()),
        ("안내", "이상 항목은 확인이 필요한 지출이라는 뜻이며, 잘못이 있다는 판단이 아닙니다.".to_owned()),
    ];
    for (row, (name, value)) in (2_u32..).zip(lines) {
        sheet.set_row_height(row, height(&value, SUMMARY_WIDTH))?;
        sheet.write_string_with_format(row, 0, name, &look.header)?;
        sheet.write_string_with_format(row, 1, value, &look.text)?;
    }
    Ok(())
}

/// Columns of the findings.
const FINDING_COLUMNS: [(&str, f64); 13] = [
    ("순위", 6.0),
    ("일자", 12.0),
    ("문서번호", 14.0),
    ("계정과목", 14.0),
    ("거래처", 22.0),
    ("적요", 28.0),
    ("금액", 16.0),
    ("이상점수", 10.0),
    ("위험도", 8.0),
    ("탐지 사유", 64.0),
    ("원본 파일", 20.0),
    ("시트", 12.0),
    ("행", 8.0),
];

fn findings(sheet: &mut Worksheet, view: &DepartmentView, look: &Look) -> Result<(), XlsxError> {
    begin(sheet, "이상 항목", &FINDING_COLUMNS, look)?;
    // The payments of a case stand below the one that names it.
    sheet.group_symbols_above(true);
    let mut row = 1;
    for (rank, finding) in (1_u32..).zip(&view.findings) {
        let mut reasons: Vec<String> = view.case_sum(finding).into_iter().collect();
        reasons.extend(finding.reasons.iter().map(|reason| reason.text.clone()));
        sheet.write_number_with_format(row, 0, rank, &look.center)?;
        payment(sheet, row, &finding.expenditure, &reasons.join("\n"), look)?;
        sheet.write_number_with_format(row, 7, finding.score.to_f64(), &look.score)?;
        sheet.write_string_with_format(row, 8, finding.severity.label_ko(), &look.center)?;
        row += 1;
        let first = row;
        for other in &finding.others {
            payment(sheet, row, other, &format!("순위 {rank}번과 같은 사례"), look)?;
            row += 1;
        }
        if row > first {
            sheet.group_rows(first, row - 1)?;
        }
    }
    if view.findings.is_empty() {
        let text = format!("해당 없음. 점검한 내용: {}", view.checked());
        sheet.write_string(1, 0, text)?;
    }
    Ok(())
}

/// What the sheet of findings says of a payment, whatever its score; `why` may have several lines.
fn payment(
    sheet: &mut Worksheet,
    row: u32,
    e: &Expenditure,
    why: &str,
    look: &Look,
) -> Result<(), XlsxError> {
    let date = e.date.to_string();
    let texts: [(u16, &str); 8] = [
        (1, &date),
        (2, &e.document_no),
        (3, &e.account),
        (4, &e.vendor),
        (5, &e.description),
        (9, why),
        (10, &e.at.source),
        (11, &e.at.sheet),
    ];
    let mut tallest = LINE_POINTS;
    for (column, text) in texts {
        tallest = tallest.max(height(text, FINDING_COLUMNS[usize::from(column)].1));
        sheet.write_string_with_format(row, column, text, &look.text)?;
    }
    sheet.set_row_height(row, tallest.min(ROW_POINTS_MAX))?;
    sheet.write_number_with_format(row, 6, look.major(e.amount), &look.money)?;
    sheet.write_number_with_format(row, 12, e.at.row as f64, &look.count)?;
    Ok(())
}

fn budget(sheet: &mut Worksheet, view: &DepartmentView, look: &Look) -> Result<(), XlsxError> {
    let made_of = budget_table::stated(&view.budget, &budget_table::MADE_OF);
    let used = budget_table::stated(&view.budget, &[BudgetPart::Allotment, BudgetPart::Committed]);
    let parts: Vec<BudgetPart> = made_of.iter().chain(&used).copied().collect();
    let mut columns = vec![("계정과목", 22.0)];
    columns.extend(made_of.iter().map(|part| (part.label_ko(), 18.0)));
    columns.push(("예산현액", 18.0));
    columns.extend(used.iter().map(|part| (part.label_ko(), 18.0)));
    columns.extend([
        ("집행액", 18.0),
        ("집행률", 10.0),
        ("집행잔액", 18.0),
        ("연말 예상", 18.0),
        ("비고", 14.0),
    ]);
    begin(sheet, "예산 집행", &columns, look)?;
    for (row, line) in (1_u32..).zip(&view.budget) {
        let money = |amount: Option<Amount>| (amount.map(|amount| look.major(amount)), &look.money);
        let parts: Vec<Option<Amount>> = parts.iter().map(|part| budget_table::part(line, *part)).collect();
        let (made_of, used) = parts.split_at(made_of.len());
        let mut cells: Vec<(Option<f64>, &Format)> = made_of.iter().copied().map(money).collect();
        cells.push(money(line.budget));
        cells.extend(used.iter().copied().map(money));
        cells.push(money(Some(line.spent)));
        cells.push((line.execution_rate(), &look.percent));
        cells.push(money(line.unspent()));
        cells.push(money(Some(line.forecast)));
        sheet.write_string_with_format(row, 0, &line.account, &look.text)?;
        let mut last = 1;
        for (value, format) in cells {
            if let Some(value) = value {
                sheet.write_number_with_format(row, last, value, format)?;
            }
            last += 1;
        }
        sheet.write_string_with_format(row, last, budget_table::remark(line), &look.center)?;
    }
    for (row, found) in
        (2_u32 + u32::try_from(view.budget.len()).unwrap_or(0)..).zip(&view.reallocations_differing)
    {
        sheet.write_string(row, 0, budget_table::difference(view, found))?;
    }
    Ok(())
}

fn monthly(sheet: &mut Worksheet, view: &DepartmentView, look: &Look) -> Result<(), XlsxError> {
    let name = "월별 추이";
    let this_year = format!("{}년", view.period.year());
    let last_year = format!("{}년", view.period.year() - 1);
    begin(sheet, name, &[("월", 8.0), (&this_year, 18.0), (&last_year, 18.0)], look)?;
    for (row, (this, last)) in (1_u32..).zip(view.this_year.iter().zip(&view.last_year)) {
        sheet.write_string_with_format(row, 0, format!("{row}월"), &look.center)?;
        sheet.write_number_with_format(row, 1, look.major(Amount(*this)), &look.money)?;
        sheet.write_number_with_format(row, 2, look.major(Amount(*last)), &look.money)?;
    }
    let mut chart = Chart::new(ChartType::Column);
    for column in [1, 2] {
        chart
            .add_series()
            .set_name((name, 0, column))
            .set_categories((name, 1, 0, 12, 0))
            .set_values((name, 1, column, 12, column));
    }
    chart.title().set_name("월별 집행 추이");
    sheet.insert_chart(1, 4, &chart)?;
    Ok(())
}

/// Columns of the checks.
const CHECK_COLUMNS: [(&str, f64); 11] = [
    ("점검", 26.0),
    ("번호", 12.0),
    ("위험도", 8.0),
    ("결과", 14.0),
    ("대상 건수", 12.0),
    ("점검 건수", 12.0),
    ("점검 금액", 18.0),
    ("못 본 건수", 12.0),
    ("못 본 금액", 18.0),
    ("찾은 건수", 12.0),
    ("예외로 뺀 건수", 14.0),
];

fn checks(sheet: &mut Worksheet, view: &DepartmentView, look: &Look) -> Result<(), XlsxError> {
    let mut columns = CHECK_COLUMNS.to_vec();
    columns.push(("확인하지 못한 것과 까닭", 70.0));
    begin(sheet, "점검 내용", &columns, look)?;
    for (row, one) in (1_u32..).zip(&view.applicability) {
        let unseen = applicability_page::unseen(one);
        let severity = one.severity.map_or("", Severity::label_ko);
        let codes = one.codes.join(", ");
        let texts = [one.label_ko.as_str(), &codes, severity, one.status.label_ko()];
        for (column, text) in (0_u16..).zip(texts) {
            sheet.write_string_with_format(row, column, text, &look.text)?;
        }
        let counts = [
            (4, one.population.rows),
            (5, one.tested.rows),
            (7, unseen.rows),
            (9, one.fired.rows),
            (10, one.put_aside.rows),
        ];
        for (column, count) in counts {
            sheet.write_number_with_format(row, column, count as f64, &look.count)?;
        }
        for (column, amount) in [(6, one.tested.amount), (8, unseen.amount)] {
            sheet.write_number_with_format(row, column, look.major(amount), &look.money)?;
        }
        let remarks = one.remarks();
        let tallest = height(&remarks, 70.0).max(height(&codes, CHECK_COLUMNS[1].1));
        sheet.set_row_height(row, tallest.min(ROW_POINTS_MAX))?;
        sheet.write_string_with_format(row, 11, remarks, &look.text)?;
    }
    Ok(())
}

fn files(sheet: &mut Worksheet, view: &DepartmentView, look: &Look) -> Result<(), XlsxError> {
    let columns = [
        ("파일", 34.0),
        ("읽은 행", 12.0),
        ("반영", 12.0),
        ("제외", 12.0),
        ("보류", 12.0),
        ("합계 대조", 16.0),
        ("판정", 50.0),
    ];
    begin(sheet, "파일 접수", &columns, look)?;
    for (row, file) in (1_u32..).zip(&view.files) {
        sheet.write_string_with_format(row, 0, &file.name, &look.text)?;
        let counts = [file.rows_in, file.loaded, file.skipped, file.quarantined];
        for (column, count) in (1_u16..).zip(counts) {
            sheet.write_number_with_format(row, column, count as f64, &look.count)?;
        }
        let verdict = match (file.refused.is_empty(), file.unread_sheets) {
            (true, 0) => "읽음".to_owned(),
            (true, n) => format!("일부만 읽음 (읽지 못한 부분 {n}개)"),
            (false, _) => format!("읽지 않음: {}", file.refused),
        };
        sheet.write_string_with_format(row, 5, file.totals(), &look.text)?;
        sheet.write_string_with_format(row, 6, verdict, &look.text)?;
    }
    Ok(())
}

fn unseen(sheet: &mut Worksheet, view: &DepartmentView, look: &Look) -> Result<(), XlsxError> {
    let columns = [("없는 열", 20.0), ("확인하지 못한 것", 60.0), ("파일", 60.0)];
    begin(sheet, "확인하지 못한 것", &columns, look)?;
    for (row, line) in (1_u32..).zip(&view.unseen) {
        let texts = [line.column.clone(), line.checks.join(", "), line.files.join("\n")];
        let tallest = texts.iter().zip(&columns).map(|(text, (_, width))| height(text, *width));
        sheet.set_row_height(row, tallest.fold(LINE_POINTS, f64::max).min(ROW_POINTS_MAX))?;
        for (column, text) in (0_u16..).zip(texts) {
            sheet.write_string_with_format(row, column, text, &look.text)?;
        }
    }
    if view.unseen.is_empty() {
        sheet.write_string(1, 0, "해당 없음")?;
    }
    Ok(())
}
