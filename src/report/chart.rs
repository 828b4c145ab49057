//! The monthly chart: this year's spending as bars, last year's as marks, drawn with lines.
//!
//! Comes in: twelve sums for two years. Goes out: vectors and labels. Refuses: nothing; months to come stay empty.

use genpdf::error::Error;
use genpdf::render::Area;
use genpdf::style::{Color, LineStyle, Style};
use genpdf::{Context, Element, Mm, Position, RenderResult, Size};

use super::table::{ACCENT, MUTED};

const HEIGHT: f32 = 58.0;
const LEFT: f32 = 22.0;
const TOP: f32 = 9.0;
const BOTTOM: f32 = 8.0;
const LAST_YEAR: Color = Color::Rgb(214, 140, 60);
const GRID: Color = Color::Rgb(222, 226, 230);

/// Twelve months of two years in minor units.
pub(super) struct MonthlyChart {
    pub(super) this_year: Vec<i64>,
    pub(super) last_year: Vec<i64>,
    pub(super) names: (String, String),
    /// Minor units in one major unit.
    pub(super) per_major: i64,
}

/// A scale in words: how many won one unit is, and its name.
fn unit(max: i64, per_major: i64) -> (f64, &'static str) {
    let major = max as f64 / per_major as f64;
    let scale = match major {
        m if m >= 1e8 => (1e8, "억"),
        m if m >= 1e6 => (1e6, "백만"),
        m if m >= 1e3 => (1e3, "천"),
        _ => (1.0, ""),
    };
    (scale.0 * per_major as f64, scale.1)
}

/// The smallest of 1, 2, 2.5, 5 times a power of ten that is not below `value`.
fn nice(value: f64) -> f64 {
    let power = 10_f64.powf(value.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|step| step * power >= value * 0.999_999);
    step.unwrap_or(10.0) * power
}

impl Element for MonthlyChart {
    fn render(&mut self, context: &Context, area: Area<'_>, style: Style) -> Result<RenderResult, Error> {
        if f32::from(area.size().height) < HEIGHT {
            return Ok(RenderResult { size: Size::new(0, 0), has_more: true });
        }
        let width = f32::from(area.size().width);
        let at = |x: f32, y: f32| Position::new(Mm::from(x), Mm::from(y));
        let small = style.with_font_size(8).with_color(MUTED);
        let highest = self.this_year.iter().chain(&self.last_year).copied().max().unwrap_or(0).max(1);
        let (scale, name) = unit(highest, self.per_major);
        let step = nice(highest as f64 / scale / 4.0);
        let top_value = step * (highest as f64 / scale / step).ceil();
        let base = HEIGHT - BOTTOM;
        #[expect(clippy::cast_possible_truncation, reason = "millimetres")]
        let y_of = |value: f64| base - ((value / top_value).clamp(0.0, 1.0) as f32) * (base - TOP);
        let line =
            |color, thickness: f32| LineStyle::new().with_thickness(Mm::from(thickness)).with_color(color);
        let mut value = 0.0;
        while value <= top_value + step / 2.0 {
            let y = y_of(value);
            area.draw_line(vec![at(LEFT, y), at(width, y)], line(GRID, 0.15));
            let text = format!("{value:.prec$}{name}", prec = usize::from(step.fract() != 0.0));
            let used = f32::from(small.str_width(&context.font_cache, &text));
            area.print_str(&context.font_cache, at(LEFT - 2.0 - used, y - 2.0), small, &text)?;
            value += step;
        }
        let slot = (width - LEFT) / 12.0;
        for month in 0..12_u8 {
            let i = usize::from(month);
            let middle = LEFT + slot * (f32::from(month) + 0.5);
            let bar = y_of(self.this_year[i] as f64 / scale);
            if self.this_year[i] > 0 {
                area.draw_line(vec![at(middle, base), at(middle, bar)], line(ACCENT, slot * 0.5));
            }
            let mark = y_of(self.last_year[i] as f64 / scale);
            if self.last_year[i] > 0 {
                area.draw_line(
                    vec![at(middle - slot * 0.38, mark), at(middle + slot * 0.38, mark)],
                    line(LAST_YEAR, 0.7),
                );
            }
            let text = format!("{}월", month + 1);
            let used = f32::from(small.str_width(&context.font_cache, &text));
            area.print_str(&context.font_cache, at(middle - used / 2.0, base + 1.5), small, &text)?;
        }
        self.legend(context, &area, small, width)?;
        Ok(RenderResult { size: Size::new(area.size().width, Mm::from(HEIGHT)), has_more: false })
    }
}

impl MonthlyChart {
    fn legend(&self, context: &Context, area: &Area<'_>, small: Style, width: f32) -> Result<(), Error> {
        let at = |x: f32, y: f32| Position::new(Mm::from(x), Mm::from(y));
        let line =
            |color, thickness: f32| LineStyle::new().with_thickness(Mm::from(thickness)).with_color(color);
        let mut x = width;
        for (name, color, thickness) in [(&self.names.1, LAST_YEAR, 0.7), (&self.names.0, ACCENT, 3.0)] {
            x -= f32::from(small.str_width(&context.font_cache, name));
            area.print_str(&context.font_cache, at(x, 0.5), small, name)?;
            area.draw_line(vec![at(x - 6.0, 2.6), at(x - 1.5, 2.6)], line(color, thickness));
            x -= 12.0;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_units_fit() {
        assert!((nice(0.23) - 0.25).abs() < 1e-9);
        assert!((nice(3.1) - 5.0).abs() < 1e-9);
        assert_eq!(unit(350_000_000, 1).1, "억");
        assert_eq!(unit(35_000_000, 1).1, "백만");
        assert_eq!(unit(350_000, 100).1, "천");
    }
}
