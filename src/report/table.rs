//! Tables of a PDF: fixed columns in millimetres, long words broken, headers repeated on every page.
//!
//! Comes in: rows of cells. Goes out: drawn rows. Refuses: to clip; a row goes to the next page when it does not fit.

use genpdf::error::Error;
use genpdf::render::Area;
use genpdf::style::{Color, LineStyle, Style};
use genpdf::{Context, Element, Mm, Position, RenderResult, Size};

/// Space left and right of a cell's text.
const PAD_X: f32 = 1.5;
/// Space above and below a cell's text.
const PAD_Y: f32 = 0.9;
/// Lines of one cell: a longer text ends with an ellipsis, so that a row always fits a page.
const LINES_MAX: usize = 30;

pub(super) const INK: Color = Color::Rgb(34, 34, 34);
pub(super) const MUTED: Color = Color::Rgb(105, 105, 105);
pub(super) const ACCENT: Color = Color::Rgb(31, 78, 121);
pub(super) const WARM: Color = Color::Rgb(176, 48, 32);
const HEADER_FILL: Color = Color::Rgb(226, 233, 241);
const RULE: Color = Color::Rgb(200, 205, 210);

/// Where text stands in its cell.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
    Center,
}

/// One cell.
#[derive(Clone)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) align: Align,
    pub(super) bold: bool,
    pub(super) color: Color,
    pub(super) size: u8,
}

impl Cell {
    pub(super) fn new(text: impl Into<String>, align: Align) -> Self {
        Self { text: text.into(), align, bold: false, color: INK, size: 9 }
    }

    pub(super) fn left(text: impl Into<String>) -> Self {
        Self::new(text, Align::Left)
    }

    pub(super) fn right(text: impl Into<String>) -> Self {
        Self::new(text, Align::Right)
    }

    pub(super) fn center(text: impl Into<String>) -> Self {
        Self::new(text, Align::Center)
    }

    pub(super) fn bold(mut self) -> Self {
        self.bold = true;
        self
    }

    pub(super) fn color(mut self, color: Color) -> Self {
        self.color = color;
        self
    }

    pub(super) fn size(mut self, size: u8) -> Self {
        self.size = size;
        self
    }

    fn style(&self, base: Style) -> Style {
        let style = base.with_font_size(self.size).with_color(self.color);
        if self.bold { style.bold() } else { style }
    }
}

/// One row with its own widths.
#[derive(Clone)]
pub(super) struct Row {
    pub(super) cells: Vec<Cell>,
    /// Widths in millimetres, one a cell.
    pub(super) widths: Vec<f32>,
    pub(super) fill: Option<Color>,
    /// Whether a line is drawn below.
    pub(super) rule: bool,
    /// Whether the next row must stand on the same page.
    pub(super) keep: bool,
}

impl Row {
    pub(super) fn new(widths: &[f32], cells: Vec<Cell>) -> Self {
        Self { cells, widths: widths.to_vec(), fill: None, rule: true, keep: false }
    }

    pub(super) fn header(widths: &[f32], titles: &[(&str, Align)]) -> Self {
        let cell = |(title, align): &(&str, Align)| Cell::new(*title, *align).bold().color(ACCENT);
        let cells = titles.iter().map(cell).collect();
        Self { cells, widths: widths.to_vec(), fill: Some(HEADER_FILL), rule: true, keep: true }
    }

    pub(super) fn plain(mut self) -> Self {
        self.rule = false;
        self
    }

    pub(super) fn keep(mut self) -> Self {
        self.keep = true;
        self
    }
}

/// A table; `header` is drawn again on every page.
pub(super) struct Table {
    header: Option<Row>,
    rows: Vec<Row>,
    next: usize,
}

impl Table {
    pub(super) fn new(header: Option<Row>, rows: Vec<Row>) -> Self {
        Self { header, rows, next: 0 }
    }
}

impl Element for Table {
    fn render(&mut self, context: &Context, area: Area<'_>, style: Style) -> Result<RenderResult, Error> {
        let width = area.size().width;
        let available = f32::from(area.size().height);
        let mut y = 0.0;
        let is_end = self.next >= self.rows.len();
        let header: Vec<Laid> = self.header.iter().map(|row| Laid::new(row, context, style)).collect();
        let header_height: f32 = header.iter().map(|row| row.height).sum();
        let mut drawn = 0;
        while self.next < self.rows.len() {
            let block = self.block(context, style);
            let needed: f32 = block.iter().map(|row| row.height).sum();
            let lead = if drawn == 0 { header_height } else { 0.0 };
            if y + lead + needed > available {
                break;
            }
            if drawn == 0 {
                for row in &header {
                    row.draw(&area, context, style, y)?;
                    y += row.height;
                }
            }
            for row in &block {
                row.draw(&area, context, style, y)?;
                y += row.height;
            }
            let n_rows = block.len();
            self.next += n_rows;
            drawn += n_rows;
        }
        if drawn == 0 && !is_end {
            return Ok(RenderResult { size: Size::new(0, 0), has_more: true });
        }
        Ok(RenderResult { size: Size::new(width, Mm::from(y)), has_more: self.next < self.rows.len() })
    }
}

impl Table {
    /// The next rows that must stand together.
    fn block(&self, context: &Context, style: Style) -> Vec<Laid<'_>> {
        let mut block = Vec::new();
        for row in &self.rows[self.next..] {
            block.push(Laid::new(row, context, style));
            if !row.keep {
                break;
            }
        }
        block
    }
}

/// A row with its text broken into lines.
struct Laid<'a> {
    row: &'a Row,
    lines: Vec<Vec<String>>,
    height: f32,
}

impl<'a> Laid<'a> {
    fn new(row: &'a Row, context: &Context, base: Style) -> Self {
        let mut height = 0.0_f32;
        let mut lines = Vec::new();
        for (cell, width) in row.cells.iter().zip(&row.widths) {
            let style = cell.style(base);
            let wrapped = wrap(&cell.text, width - 2.0 * PAD_X, |text| {
                f32::from(style.str_width(&context.font_cache, text))
            });
            let line = line_height(style, context);
            height = height.max(line * wrapped.len() as f32 + 2.0 * PAD_Y);
            lines.push(wrapped);
        }
        Self { row, lines, height }
    }

    fn draw(&self, area: &Area<'_>, context: &Context, base: Style, y: f32) -> Result<(), Error> {
        let total: f32 = self.row.widths.iter().sum();
        let at = |x: f32, y: f32| Position::new(Mm::from(x), Mm::from(y));
        if let Some(fill) = self.row.fill {
            let middle = y + self.height / 2.0;
            let bar = LineStyle::new().with_thickness(Mm::from(self.height)).with_color(fill);
            area.draw_line(vec![at(0.0, middle), at(total, middle)], bar);
        }
        let mut x = 0.0;
        for ((cell, width), lines) in self.row.cells.iter().zip(&self.row.widths).zip(&self.lines) {
            let style = cell.style(base);
            let line = line_height(style, context);
            for (i, text) in lines.iter().enumerate() {
                let used = f32::from(style.str_width(&context.font_cache, text));
                let offset = match cell.align {
                    Align::Left => PAD_X,
                    Align::Right => width - PAD_X - used,
                    Align::Center => (width - used) / 2.0,
                };
                let position = at(x + offset, y + PAD_Y + line * i as f32);
                area.print_str(&context.font_cache, position, style, text)?;
            }
            x += width;
        }
        if self.row.rule {
            let rule = LineStyle::new().with_thickness(Mm::from(0.15)).with_color(RULE);
            area.draw_line(vec![at(0.0, y + self.height), at(total, y + self.height)], rule);
        }
        Ok(())
    }
}

fn line_height(style: Style, context: &Context) -> f32 {
    f32::from(style.metrics(&context.font_cache).line_height)
}

/// Breaks `text` into lines no wider than `width`: at spaces where there are any, else between characters.
pub(super) fn wrap(text: &str, width: f32, measure: impl Fn(&str) -> f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for c in paragraph.chars() {
            line.push(c);
            if measure(&line) <= width || line.chars().count() == 1 {
                continue;
            }
            let kept = match line.rfind(' ') {
                // A break that leaves a line mostly empty reads worse than a broken word.
                Some(at) if at > 0 && measure(&line[..at]) > width * 0.6 => line.split_off(at),
                _ => line.pop().map(String::from).unwrap_or_default(),
            };
            lines.push(std::mem::replace(&mut line, kept.trim_start().to_owned()));
        }
        lines.push(line);
    }
    if lines.len() > LINES_MAX {
        lines.truncate(LINES_MAX);
        if let Some(last) = lines.last_mut() {
            last.pop();
            last.push('…');
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::wrap;

    fn width(text: &str) -> f32 {
        text.chars().count() as f32
    }

    #[test]
    fn words_break_at_spaces_and_long_ones_between_characters() {
        assert_eq!(wrap("가나다라 마바", 5.0, width), ["가나다라", "마바"]);
        assert_eq!(wrap("가나다라마바사", 3.0, width), ["가나다", "라마바", "사"]);
        assert_eq!(wrap("", 3.0, width), [""]);
        assert_eq!(wrap("가\n나", 3.0, width), ["가", "나"]);
    }

    #[test]
    fn nothing_is_lost_and_nothing_is_too_wide() {
        let text = "한국정보통신기술협회부설연구소 용역비 1,234,000원 지급(12월분)";
        let lines = wrap(text, 7.0, width);
        assert!(lines.iter().all(|line| width(line) <= 7.0), "{lines:?}");
        let strip = |text: &str| text.replace(' ', "");
        assert_eq!(strip(&lines.concat()), strip(text));
    }
}
