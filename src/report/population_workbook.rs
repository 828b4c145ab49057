//! The population analyses as a workbook for audit: figures and tables of the institution, its departments and accounts.
//!
//! Comes in: a `Population` and what it was made of. Goes out: XLSX bytes: 요약, two sheets an analysis (one with charts, one
//! with the table they are drawn from), and 제외.
//! Refuses: rows of payments; nothing here points at one. It is no document of a department and is never given to one.

use chrono::{DateTime, Utc};
use rust_xlsxwriter::{Chart as Drawing, ChartLegendPosition, ChartType, Worksheet, XlsxError};

use super::ReportError;
use super::book::{Book, Decimals, Look, Value, height};
use crate::detect::population::{Cell, Chart, Kind, Outcome, Population, Scope, Table};
use crate::ko;

/// What the summary says beside the analyses.
#[derive(Clone, Debug)]
pub struct Heading<'a> {
    /// Whose payments.
    pub institution: &'a str,
    /// Which payments, such as `2024년 12월까지의 지출`.
    pub subject: &'a str,
    /// When.
    pub created: DateTime<Utc>,
    /// Number of the run; empty outside one.
    pub run_id: &'a str,
}

const TITLE: &str = "모집단 분석";
/// Characters across a sheet of charts.
const ACROSS: f64 = 132.0;
/// Columns of a sheet of charts.
const COLUMNS: u16 = 11;
/// Characters across the first of them, which holds names.
const FIRST: f64 = 22.0;
/// Characters across the others.
const OTHERS: f64 = 11.0;
/// Characters across a column of amounts.
const MONEY: f64 = 20.0;
/// Pixels of a chart across the sheet, and of one of two beside each other.
const WIDE: u32 = 980;
const HALF: u32 = 484;
const TALL: u32 = 320;
/// Pixels of a row of a sheet.
const ROW_PIXELS: u32 = 20;
/// Colours of bars, then of lines.
const BARS: [&str; 5] = ["#4472A8", "#9DB7D5", "#C9D6E6", "#6E8FB5", "#B5B5B5"];
const LINE: &str = "#C55A11";
const GRID: &str = "#D9D9D9";

/// Writes the workbook.
pub fn workbook(population: &Population, heading: &Heading<'_>) -> Result<Vec<u8>, ReportError> {
    let mut book = Book::new(TITLE, heading.created, &population.currency)?;
    book.summary(TITLE, &summary(population, heading))?;
    for outcome in &population.analyses {
        figures(&mut book, outcome)?;
        tables(&mut book, outcome)?;
    }
    // Last: an institution of many small departments has pages of them.
    refused(&mut book, population)?;
    Ok(book.finish()?)
}

fn summary<'a>(population: &'a Population, heading: &Heading<'_>) -> Vec<(&'a str, String)> {
    let days = population.days.map_or_else(
        || "해당 지출 없음".to_owned(),
        |(first, last)| format!("{} ~ {}", ko::date_prose(first), ko::date_prose(last)),
    );
    let n_left = population.n_rows - population.n_payments;
    let mut lines = vec![
        ("기관", heading.institution.to_owned()),
        ("대상", heading.subject.to_owned()),
        ("기간", days),
        (
            "분석한 지출",
            format!(
                "{}건, {} (취소·반납을 상계한 뒤 0원 이하인 {}건은 제외)",
                ko::count(population.n_payments),
                population.currency.display(population.total),
                ko::count(n_left)
            ),
        ),
    ];
    for outcome in &population.analyses {
        lines.push((outcome.label_ko.as_str(), line(outcome)));
    }
    lines.push((
        "읽는 법",
        "이 통합 문서는 금액을 모아 놓았을 때의 모습을 보여 줍니다. 어느 수치도 개별 지출이 잘못되었다는 뜻이 아니며, 어디를 먼저 \
         살펴볼지 정하는 데 씁니다. 건수가 적어 통계를 내지 않은 곳은 ‘제외’ 시트에 까닭과 함께 있습니다."
            .to_owned(),
    ));
    if !heading.run_id.is_empty() {
        lines.push(("실행 번호", heading.run_id.to_owned()));
    }
    lines
}

/// What was found of the institution, and how many populations were tested.
fn line(outcome: &Outcome) -> String {
    let counts = outcome.coverage.iter().map(|coverage| {
        let unit = if outcome.is_by_year { "개 연도" } else { "곳" };
        format!(
            "{} {}{unit} 분석, {}{unit} 제외",
            coverage.scope.label_ko(),
            ko::count(usize::try_from(coverage.tested).unwrap_or(usize::MAX)),
            ko::count(usize::try_from(coverage.refused).unwrap_or(usize::MAX))
        )
    });
    let counts = counts.collect::<Vec<_>>().join(" · ");
    let headline = outcome.headline_ko.clone().or_else(|| {
        let whole = outcome.refused.iter().find(|refusal| refusal.scope == Scope::Institution);
        whole.map(|refusal| format!("기관 전체: {}", refusal.reason))
    });
    match headline {
        Some(headline) => format!("{headline}\n{counts}"),
        None => counts,
    }
}

fn refused(book: &mut Book, population: &Population) -> Result<(), XlsxError> {
    let columns =
        [("분석", 20.0), ("구분", 12.0), ("이름", 28.0), ("건수", 10.0), ("최소 건수", 10.0), ("사유", 60.0)];
    let rows = population.analyses.iter().flat_map(|outcome| {
        outcome.refused.iter().map(|refusal| {
            let n_min = if refusal.n_min == 0 { Value::Empty } else { Value::Count(refusal.n_min) };
            vec![
                outcome.label_ko.as_str().into(),
                refusal.scope.label_ko().into(),
                refusal.name.as_str().into(),
                Value::Count(refusal.n),
                n_min,
                refusal.reason.as_str().into(),
            ]
        })
    });
    book.table("제외", &columns, rows)
}

fn table_name(outcome: &Outcome) -> String {
    format!("{} 표", outcome.label_ko)
}

/// The tables of the three scopes as one, which can be filtered.
fn tables(book: &mut Book, outcome: &Outcome) -> Result<(), XlsxError> {
    let scopes = scopes(outcome);
    let Some((_, first, _)) = scopes.first() else { return Ok(()) };
    let mut columns = vec![("구분", 12.0), ("이름", 28.0)];
    let heads = first.columns.iter().enumerate().skip(1);
    columns
        .extend(heads.map(|(i, column)| (column.label_ko.as_str(), width(column.kind, words(&scopes, i)))));
    let kinds: Vec<Kind> = first.columns.iter().map(|column| column.kind).collect();
    let rows = scopes.iter().flat_map(|(scope, table, _)| {
        table.rows.iter().map(|row| {
            let mut cells = vec![Value::from(scope.label_ko())];
            cells.extend(row.iter().take(1).map(|cell| value(cell, Kind::Text)));
            cells.extend(row.iter().zip(&kinds).skip(1).map(|(cell, kind)| centred(value(cell, *kind))));
            cells
        })
    });
    book.table(&table_name(outcome), &columns, rows)
}

/// Tables of scopes, each with the row of the combined table where it begins.
fn scopes(outcome: &Outcome) -> Vec<(Scope, &Table, usize)> {
    let mut at = 1;
    let mut out = Vec::new();
    for scope in Scope::ALL {
        if let Some(table) = outcome.table(scope.key()) {
            out.push((scope, table, at));
            at += table.rows.len();
        }
    }
    out
}

/// Charts, then the table of the whole institution.
fn figures(book: &mut Book, outcome: &Outcome) -> Result<(), XlsxError> {
    let name = outcome.label_ko.as_str();
    let (sheet, look) = book.sheet(name)?;
    let whole = outcome.tables.iter().find(|table| Scope::ALL.iter().all(|scope| scope.key() != table.id));
    sheet.set_column_width(0, FIRST)?;
    for column in 1..COLUMNS {
        let head = whole.and_then(|table| table.columns.get(usize::from(column)));
        let is_money = head.is_some_and(|head| head.kind == Kind::Money);
        sheet.set_column_width(column, if is_money { MONEY } else { OTHERS })?;
    }
    sheet.write_string_with_format(0, 0, name, &look.title)?;
    sheet.set_row_height(0, 26.0)?;
    sheet.merge_range(1, 0, 1, COLUMNS - 1, &outcome.about_ko, &look.text)?;
    sheet.set_row_height(1, height(&outcome.about_ko, ACROSS))?;
    sheet.set_freeze_panes(2, 0)?;
    let mut row = 3;
    let rows_tall = TALL / ROW_PIXELS + 1;
    let first_row_of_table = |has_scopes: bool| 3 + rows_tall * (1 + u32::from(has_scopes)) + 1;
    let drawn: Vec<(&Table, &Chart, usize)> = scopes(outcome)
        .into_iter()
        .filter_map(|(_, table, at)| Some((table, table.chart.as_ref()?, at)))
        .collect();
    if let Some((table, chart)) = whole.and_then(|table| Some((table, table.chart.as_ref()?))) {
        let header = first_row_of_table(!drawn.is_empty()) + 1;
        let place = Place { sheet: name, header, first: header + 1, shift: 0 };
        sheet.insert_chart(row, 0, &drawing(table, chart, &place, WIDE))?;
        row += rows_tall;
    }
    let sheet_of_table = table_name(outcome);
    for (i, (table, chart, at)) in drawn.iter().enumerate() {
        let first = u32::try_from(*at).unwrap_or(u32::MAX);
        let place = Place { sheet: &sheet_of_table, header: 0, first, shift: 1 };
        let x = u32::try_from(i % 2).unwrap_or(0) * (WIDE - HALF);
        sheet.insert_chart_with_offset(row, 0, &drawing(table, chart, &place, HALF), x, 0)?;
    }
    match whole {
        Some(table) => {
            let has_wide = table.chart.is_some();
            let at = if has_wide { first_row_of_table(!drawn.is_empty()) } else { row + rows_tall };
            whole_table(sheet, look, table, at)?;
        }
        None if drawn.is_empty() => {
            let text = "통계를 내지 않았습니다. 까닭은 ‘제외’ 시트에 있습니다.";
            sheet.write_string_with_format(row, 0, text, &look.title)?;
        }
        None => {}
    }
    Ok(())
}

fn whole_table(sheet: &mut Worksheet, look: &Look, table: &Table, at: u32) -> Result<(), XlsxError> {
    sheet.write_string_with_format(at, 0, &table.title_ko, &look.title)?;
    sheet.set_row_height(at, 26.0)?;
    for (column, head) in (0_u16..).zip(&table.columns) {
        sheet.write_string_with_format(at + 1, column, &head.label_ko, &look.header)?;
    }
    for (row, cells) in (at + 2..).zip(&table.rows) {
        for ((column, cell), head) in (0_u16..).zip(cells).zip(&table.columns) {
            let value = value(cell, head.kind);
            if let Value::Text(text) = &value {
                sheet.set_row_height(row, height(text, FIRST))?;
            }
            look.write(sheet, (row, column), &value)?;
        }
    }
    Ok(())
}

/// Where the cells of a chart are.
struct Place<'a> {
    sheet: &'a str,
    /// Row of the headers.
    header: u32,
    /// First row of values.
    first: u32,
    /// Columns before those of the table.
    shift: usize,
}

fn drawing(table: &Table, chart: &Chart, place: &Place<'_>, width: u32) -> Drawing {
    let column = |i: usize| u16::try_from(i + place.shift).unwrap_or(u16::MAX);
    let n_rows = u32::try_from(chart.n_rows.max(1)).unwrap_or(u32::MAX);
    let last = place.first + n_rows - 1;
    let series = |drawing: &mut Drawing, i: usize, colour: &str, is_line: bool| {
        let series = drawing
            .add_series()
            .set_name((place.sheet, place.header, column(i)))
            .set_categories((place.sheet, place.first, column(chart.category), last, column(chart.category)))
            .set_values((place.sheet, place.first, column(i), last, column(i)));
        if is_line {
            series.set_format(
                rust_xlsxwriter::ChartFormat::new()
                    .set_line(rust_xlsxwriter::ChartLine::new().set_color(colour).set_width(1.75)),
            );
        } else {
            series.set_gap(40).set_format(
                rust_xlsxwriter::ChartFormat::new()
                    .set_solid_fill(rust_xlsxwriter::ChartSolidFill::new().set_color(colour)),
            );
        }
    };
    let mut bars = Drawing::new(ChartType::Column);
    for (k, &i) in chart.bars.iter().enumerate() {
        series(&mut bars, i, BARS[k % BARS.len()], false);
    }
    if !chart.lines.is_empty() {
        let mut lines = Drawing::new(ChartType::Line);
        for &i in &chart.lines {
            series(&mut lines, i, LINE, true);
        }
        bars.combine(&lines);
    }
    bars.title().set_name(&chart.title_ko).set_font(rust_xlsxwriter::ChartFont::new().set_size(12));
    bars.set_width(width).set_height(TALL);
    if chart.bars.len() + chart.lines.len() > 1 {
        bars.legend().set_position(ChartLegendPosition::Bottom);
    } else {
        bars.legend().set_hidden();
    }
    let mut grid = rust_xlsxwriter::ChartLine::new();
    grid.set_color(GRID).set_width(0.75);
    bars.y_axis().set_major_gridlines_line(&grid);
    let kind = chart.bars.first().and_then(|&i| table.columns.get(i)).map(|column| column.kind);
    bars.y_axis().set_num_format(match kind {
        Some(Kind::Share) => "0%",
        Some(Kind::Small) => "0.000",
        Some(Kind::Number) => "0.0",
        _ => "#,##0",
    });
    bars.x_axis().set_font(rust_xlsxwriter::ChartFont::new().set_size(8));
    bars
}

/// Width in characters of a column of a table whose longest words take `longest`.
fn width(kind: Kind, longest: usize) -> f64 {
    match kind {
        Kind::Text => (longest as f64 + 3.0).clamp(12.0, 32.0),
        Kind::Money => MONEY,
        Kind::Count | Kind::Share | Kind::Number | Kind::Small => 12.0,
    }
}

/// Characters of the longest words in column `i` of `scopes`; Hangul takes two.
fn words(scopes: &[(Scope, &Table, usize)], i: usize) -> usize {
    let cells = scopes.iter().flat_map(|(_, table, _)| &table.rows).filter_map(|row| row.get(i));
    let characters = |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    cells.map(|cell| if let Cell::Text(text) = cell { characters(text) } else { 0 }).max().unwrap_or(0)
}

/// Words in the middle of their cell, numbers as they are.
fn centred(value: Value) -> Value {
    match value {
        Value::Text(text) => Value::Word(text),
        other => other,
    }
}

fn value(cell: &Cell, kind: Kind) -> Value {
    match cell {
        Cell::Text(text) => Value::Text(text.clone()),
        Cell::Count(count) => Value::Count(*count),
        Cell::Money(amount) => Value::Money(*amount),
        Cell::Missing => Value::Empty,
        Cell::Number(number) => match kind {
            Kind::Share => Value::Share(*number),
            Kind::Small => Value::Figure(*number, Decimals::Five),
            Kind::Text | Kind::Count | Kind::Money | Kind::Number => Value::Figure(*number, Decimals::Two),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};

    use super::*;
    use crate::clean::{Interned, LedgerView};
    use crate::detect::population::{self, Options, POPULATION};
    use crate::ledger::Currency;

    /// Two years of `n` payments of two departments and an account each.
    fn ledger(n: i64) -> LedgerView {
        let len = usize::try_from(n).unwrap();
        let text = |of: &dyn Fn(i64) -> String| {
            let values: Vec<String> = (0..n).map(of).collect();
            Interned::from_values(values.iter().map(|value| Some(value.as_str())))
        };
        let none = || Interned::from_values((0..n).map(|_| None));
        LedgerView {
            currency: Currency::krw(),
            n_rows: len,
            source: none(),
            sheet: none(),
            row: (1..=n).collect(),
            document_no: none(),
            // From 2023-01-01, every day of two years.
            day: (0..n).map(|i| i32::try_from(19_358 + i % 731).unwrap()).collect(),
            minute: vec![-1; len],
            department: text(&|i| format!("부서{}", i % 2)),
            account: text(&|i| format!("=계정{}", i % 2)),
            vendor: text(&|i| format!("거래처{}", i % 17)),
            vendor_no: none(),
            description: none(),
            payment_method: none(),
            card: none(),
            requester: none(),
            kind: none(),
            amount: (0..n).map(|i| 10_000 + i * i * 7_919 % 9_000_000).collect(),
            ..LedgerView::empty(Currency::krw(), len)
        }
    }

    fn rendered(n: i64) -> (Population, Vec<u8>) {
        let found = population::run(&ledger(n), &Options::default());
        let heading = Heading {
            institution: "가나시",
            subject: "2024년 12월까지의 지출",
            created: DateTime::from_timestamp(1_735_700_000, 0).unwrap(),
            run_id: "r1",
        };
        let bytes = workbook(&found, &heading).unwrap();
        assert_eq!(bytes, workbook(&found, &heading).unwrap());
        (found, bytes)
    }

    #[test]
    fn every_analysis_has_its_two_sheets_and_its_figures() {
        let (found, bytes) = rendered(12_000);
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let names = book.sheet_names();
        assert_eq!(names.len(), 2 + 2 * POPULATION.len());
        assert_eq!(names[..3], ["요약", "벤포드 첫째 자리", "벤포드 첫째 자리 표"]);
        assert_eq!(names[names.len() - 1], "제외");
        let sheet = book.worksheet_range("벤포드 첫째 자리 표").unwrap();
        let head: Vec<String> = (0..5).map(|c| sheet.get_value((0, c)).unwrap().to_string()).collect();
        assert_eq!(head, ["구분", "이름", "쓴 건수", "작아서 뺀 건수", "MAD"]);
        let of_account = sheet.rows().find(|row| row[0] == Data::String("계정과목".to_owned())).unwrap();
        assert!(of_account[1].to_string().starts_with("=계정"), "text stays text");
        let table = found.analyses[0].table("institution").unwrap();
        let Cell::Number(mad) = table.rows[0][3] else { panic!() };
        let Some(Data::Float(shown)) = sheet.get_value((1, 4)) else { panic!() };
        assert!((mad - shown).abs() < 1e-12);
        let digits = book.worksheet_range("벤포드 첫째 자리").unwrap();
        let is_header = |row: &&[Data]| row[0] == Data::String("숫자".to_owned());
        assert!(digits.rows().any(|row| is_header(&row)));
    }

    #[test]
    fn charts_are_drawn_and_what_is_refused_is_named() {
        let charts = |bytes: Vec<u8>| {
            let archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
            let is_chart = |name: &str| name.starts_with("xl/charts/chart");
            archive.file_names().filter(|name| name.as_ref().is_ok_and(|name| is_chart(name))).count()
        };
        let (found, bytes) = rendered(12_000);
        let n_charts =
            found.analyses.iter().flat_map(|outcome| &outcome.tables).filter(|t| t.chart.is_some()).count();
        assert!(n_charts > 20, "{n_charts}");
        assert_eq!(charts(bytes), n_charts);
        let (found, bytes) = rendered(40);
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.clone())).unwrap();
        let refused = book.worksheet_range("제외").unwrap();
        let n_refused: usize = found.analyses.iter().map(|outcome| outcome.refused.len()).sum();
        assert_eq!(refused.rows().count(), n_refused + 1);
        let text: String = refused.rows().flatten().map(ToString::to_string).collect();
        assert!(text.contains("40건으로 최소 5,000건에 미치지 못해"), "{text}");
        let sheet = book.worksheet_range("벤포드 첫째 자리").unwrap();
        assert!(sheet.rows().flatten().any(|cell| cell.to_string().contains("통계를 내지 않았습니다")));
    }
}
