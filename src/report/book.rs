//! Tables as sheets of a workbook: what the institution's own documents share.
//!
//! Comes in: titles, columns, rows of values. Goes out: XLSX bytes, equal for equal input.
//! Refuses: formulas; every text is written as text, whatever it begins with.

use chrono::{DateTime, Utc};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};

use crate::ledger::{Amount, Currency};

/// Excel's own limit of rows on a sheet, less room for the header.
pub(super) const ROWS_MAX: usize = 1_000_000;
/// Height in points of one line of text.
const LINE_POINTS: f64 = 15.0;
/// Excel's own limit of a row's height.
const ROW_POINTS_MAX: f64 = 409.0;
/// Width of the values in a summary.
const SUMMARY_WIDTH: f64 = 84.0;

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// Text.
    Text(String),
    /// A word between numbers, in the middle of its cell.
    Word(String),
    /// A number of things.
    Count(u64),
    /// An amount.
    Money(Amount),
    /// A share of 0 to 1, shown as a percentage.
    Share(f64),
    /// A figure with this many decimals.
    Figure(f64, Decimals),
    /// Nothing.
    Empty,
}

/// Decimals of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decimals {
    /// Multiples and counts that are expected.
    Two,
    /// Deviations and probabilities.
    Five,
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Value {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<Amount> for Value {
    fn from(amount: Amount) -> Self {
        Self::Money(amount)
    }
}

/// A workbook under way.
pub(super) struct Book {
    inner: Workbook,
    look: Look,
}

/// How cells look.
pub(super) struct Look {
    pub(super) title: Format,
    pub(super) header: Format,
    pub(super) text: Format,
    word: Format,
    count: Format,
    money: Format,
    share: Format,
    two: Format,
    five: Format,
    per_major: f64,
}

impl Look {
    /// Writes `value`.
    pub(super) fn write(
        &self,
        sheet: &mut Worksheet,
        (row, column): (u32, u16),
        value: &Value,
    ) -> Result<(), XlsxError> {
        let (number, format) = match value {
            Value::Text(text) => {
                sheet.write_string_with_format(row, column, text, &self.text)?;
                return Ok(());
            }
            Value::Word(word) => {
                sheet.write_string_with_format(row, column, word, &self.word)?;
                return Ok(());
            }
            Value::Empty => return Ok(()),
            Value::Count(count) => (*count as f64, &self.count),
            Value::Money(amount) => (amount.0 as f64 / self.per_major, &self.money),
            Value::Share(share) => (*share, &self.share),
            Value::Figure(figure, Decimals::Two) => (*figure, &self.two),
            Value::Figure(figure, Decimals::Five) => (*figure, &self.five),
        };
        sheet.write_number_with_format(row, column, number, format)?;
        Ok(())
    }
}

impl Book {
    pub(super) fn new(title: &str, created: DateTime<Utc>, currency: &Currency) -> Result<Self, XlsxError> {
        let mut book = Workbook::new();
        let created = ExcelDateTime::from_timestamp(created.timestamp())?;
        book.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&created));
        let money = if currency.minor_digits == 0 { "#,##0;[Red]-#,##0" } else { "#,##0.00;[Red]-#,##0.00" };
        let number = |format: &str| Format::new().set_num_format(format).set_align(FormatAlign::Top);
        let look = Look {
            title: Format::new().set_bold().set_font_size(16),
            header: Format::new()
                .set_bold()
                .set_background_color(Color::RGB(0x00E2_E9F1))
                .set_align(FormatAlign::Center)
                .set_align(FormatAlign::Top)
                .set_text_wrap(),
            text: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            word: Format::new().set_text_wrap().set_align(FormatAlign::Center).set_align(FormatAlign::Top),
            count: number("#,##0"),
            money: number(money),
            share: number("0.0%"),
            two: number("#,##0.00"),
            // Far out in a tail nothing is left of five decimals.
            five: number("[<0.000005]\"0.00001 미만\";0.00000"),
            per_major: currency.minor_per_major() as f64,
        };
        Ok(Self { inner: book, look })
    }

    /// A first sheet: names and sentences.
    pub(super) fn summary(&mut self, title: &str, lines: &[(&str, String)]) -> Result<(), XlsxError> {
        let sheet = self.inner.add_worksheet();
        sheet.set_name("요약")?;
        sheet.set_column_width(0, 22)?;
        sheet.set_column_width(1, SUMMARY_WIDTH)?;
        print_setup(sheet);
        sheet.set_row_height(0, 2.0 * LINE_POINTS)?;
        sheet.write_string_with_format(0, 0, title, &self.look.title)?;
        for (row, (name, value)) in (2_u32..).zip(lines) {
            sheet.set_row_height(row, height(value, SUMMARY_WIDTH).min(ROW_POINTS_MAX))?;
            sheet.write_string_with_format(row, 0, *name, &self.look.header)?;
            sheet.write_string_with_format(row, 1, value, &self.look.text)?;
        }
        Ok(())
    }

    /// A table below a frozen header; a table without rows says so.
    pub(super) fn table(
        &mut self,
        name: &str,
        columns: &[(&str, f64)],
        rows: impl Iterator<Item = Vec<Value>>,
    ) -> Result<(), XlsxError> {
        let sheet = self.inner.add_worksheet();
        sheet.set_name(name)?;
        for (i, (title, width)) in (0_u16..).zip(columns) {
            sheet.write_string_with_format(0, i, *title, &self.look.header)?;
            sheet.set_column_width(i, *width)?;
        }
        let header = columns.iter().map(|(title, width)| height(title, *width)).fold(LINE_POINTS, f64::max);
        sheet.set_row_height(0, header)?;
        sheet.set_freeze_panes(1, 0)?;
        sheet.set_repeat_rows(0, 0)?;
        print_setup(sheet);
        let mut n_rows = 0_u32;
        for (row, values) in (1_u32..).zip(rows.take(ROWS_MAX)) {
            n_rows = row;
            let mut tallest = LINE_POINTS;
            for ((column, value), (_, width)) in (0_u16..).zip(values).zip(columns) {
                if let Value::Text(text) | Value::Word(text) = &value {
                    tallest = tallest.max(height(text, *width));
                }
                self.look.write(sheet, (row, column), &value)?;
            }
            sheet.set_row_height(row, tallest.min(ROW_POINTS_MAX))?;
        }
        if n_rows == 0 {
            sheet.write_string_with_format(1, 0, "해당 없음", &self.look.text)?;
        } else {
            let last = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(0);
            sheet.autofilter(0, 0, n_rows, last)?;
        }
        Ok(())
    }

    /// A sheet to be laid out by the caller, on paper as the others.
    pub(super) fn sheet(&mut self, name: &str) -> Result<(&mut Worksheet, &Look), XlsxError> {
        let sheet = self.inner.add_worksheet();
        sheet.set_name(name)?;
        print_setup(sheet);
        Ok((sheet, &self.look))
    }

    pub(super) fn finish(mut self) -> Result<Vec<u8>, XlsxError> {
        self.inner.save_to_buffer()
    }
}

/// A4, landscape, as wide as the page.
fn print_setup(sheet: &mut Worksheet) {
    sheet.set_landscape();
    sheet.set_paper_size(9);
    sheet.set_print_fit_to_pages(1, 0);
}

/// Height in points that wrapped `text` needs in a column `width` characters wide; Hangul takes two.
pub(super) fn height(text: &str, width: f64) -> f64 {
    let columns = |line: &str| line.chars().map(|c| if c.is_ascii() { 1.0 } else { 2.0 }).sum::<f64>();
    let lines = text.split('\n').map(|line| (columns(line) / (width - 2.0)).ceil().max(1.0));
    lines.sum::<f64>() * LINE_POINTS
}
