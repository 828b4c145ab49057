//! Which number formats show a date or a time.
//!
//! Comes in: the id and the code of a number format. Goes out: whether a number in it is a date, a time or a duration.
//! Refuses: nothing; a code that makes no sense is no date.

/// Whether the format that Excel has built in under `id` is a date or time. 27 to 36 and 50 to 58 are the dates of
/// East Asian editions, which files use without a code.
pub(super) fn is_builtin_date(id: u32) -> bool {
    matches!(id, 14..=22 | 27..=36 | 45..=47 | 50..=58)
}

/// Whether a number shown with `code` is a date, a time or a duration.
///
/// One of the three sections for numbers must be one. In a section, letters of dates count outside quotes, escapes
/// and brackets, elapsed time (`[h]`) inside brackets. A section with `#`, `?` or a `0` that is no fraction of a
/// second shows an amount, whatever letters stand beside (`#,##0 USD`).
pub(super) fn is_date_code(code: &str) -> bool {
    let mut rest = code;
    for _ in 0..3 {
        let (kind, after) = section(rest);
        if kind == Kind::Date {
            return true;
        }
        let Some(after) = after else { break };
        rest = after;
    }
    false
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Date,
    Other,
}

/// What one section shows, and the text of the next ones.
fn section(code: &str) -> (Kind, Option<&str>) {
    let (mut has_date, mut has_era_year, mut has_amount) = (false, false, false);
    let mut is_fraction = false;
    let mut rest = code;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        let mut next = after;
        match c {
            ';' => return (kind(has_date, has_era_year, has_amount), Some(after)),
            '"' => next = after.split_once('"').map_or("", |(_, after)| after),
            '\\' | '_' | '*' => next = after.chars().next().map_or("", |c| &after[c.len_utf8()..]),
            '[' => {
                let (inside, after) = after.split_once(']').unwrap_or((after, ""));
                has_date |= is_elapsed(inside);
                next = after;
            }
            '#' | '?' => has_amount = true,
            '0' if !is_fraction => has_amount = true,
            'y' | 'Y' | 'm' | 'M' | 'd' | 'D' | 'h' | 'H' | 's' | 'S' => has_date = true,
            'e' | 'E' if !after.starts_with(['+', '-']) => has_era_year = true,
            'a' | 'A' if starts_with(after, "aa") => has_date = true,
            'g' | 'G' if starts_with(after, "eneral") => next = &after["eneral".len()..],
            _ => {}
        }
        // Zeros after `s.` or `].` are parts of a second.
        is_fraction = match c {
            '.' => code[..code.len() - rest.len()].ends_with(['s', 'S', ']']),
            '0' => is_fraction,
            _ => false,
        };
        rest = next;
    }
    (kind(has_date, has_era_year, has_amount), None)
}

fn kind(has_date: bool, has_era_year: bool, has_amount: bool) -> Kind {
    match (has_date || has_era_year) && !has_amount {
        true => Kind::Date,
        false => Kind::Other,
    }
}

/// `[h]`, `[mm]`, `[ss]` and longer: hours, minutes or seconds beyond a day.
fn is_elapsed(inside: &str) -> bool {
    let mut letters = inside.chars().map(|c| c.to_ascii_lowercase());
    letters.next().is_some_and(|first| matches!(first, 'h' | 'm' | 's') && letters.all(|c| c == first))
}

fn starts_with(text: &str, small: &str) -> bool {
    text.get(..small.len()).is_some_and(|start| start.eq_ignore_ascii_case(small))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_times_and_durations_are_told() {
        for code in [
            "yyyy-mm-dd",
            "YYYY/MM/DD",
            "yyyy\"년\" m\"월\" d\"일\"",
            "yyyy\"년\"\\ m\"월\"\\ d\"일\";@",
            "yyyy. m. d.",
            "[$-412]yyyy\"년\" m\"월\" d\"일\" dddd",
            "[$-F800]dddd, mmmm dd, yyyy",
            "[$-412]AM/PM h:mm",
            "[Red]yyyy-mm-dd;@",
            "[빨강]m/d",
            "mmm-yy",
            "h:mm:ss",
            "mm:ss.0",
            "mmss.000",
            "[h]:mm:ss",
            "[HH]:MM",
            "[mm]",
            "[s].00",
            "[DBNum1][$-412]yyyy\"年\"",
            "(aaa)",
            "[$-411]ggge\"年\"",
            "General;yyyy-mm-dd",
            "yyyy-mm-dd\"까지 0#\"",
        ] {
            assert!(is_date_code(code), "{code}");
        }
    }

    #[test]
    fn amounts_and_texts_are_told() {
        for code in [
            "General",
            "GENERAL",
            "G/표준",
            "@",
            "",
            ";;;",
            "0",
            "0.00E+00",
            "##0.0E+0",
            "#,##0",
            "#,##0\"원\"",
            "#,##0원",
            "0\"건\"",
            "0\"days\"",
            "\"₩\"#,##0",
            "[$₩-412]#,##0",
            "[$₩-412]#,##0.00;[Red]-[$₩-412]#,##0.00",
            "_-* #,##0_-;-* #,##0_-;_-* \"-\"_-;_-@_-",
            "\"△\"#,##0;[Red]\"▲\"#,##0",
            "[DBNum4]General",
            "[DBNum4][$-412]General\"원\"",
            "[Blue]0;[Color 3]-0",
            "[>=100]0;[<0]-0;0",
            "\\d0",
            "_d0_s",
            "*d0",
            "#,##0 USD",
            "0.00 EUR",
            "# ?/?",
            "000-0000-0000",
            "\"열린 따옴표 yyyy",
            "0;0;0;yyyy",
            "[$USD-409] 0",
        ] {
            assert!(!is_date_code(code), "{code}");
        }
    }

    #[test]
    fn builtin_dates_include_those_of_korean_editions() {
        let dates: Vec<u32> = (0..100).filter(|id| is_builtin_date(*id)).collect();
        let expected: Vec<u32> = (14..=22).chain(27..=36).chain(45..=47).chain(50..=58).collect();
        assert_eq!(dates, expected);
    }
}
