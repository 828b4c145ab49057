//! Number formats that show another amount than the one stored: in thousands, or of foreign money.
//!
//! Comes in: the code of a number format. Goes out: the words for why a number shown with it is not taken, if it is not.
//! Refuses: nothing; a code that makes no sense is no objection.

/// The number is shown divided by a thousand or a million: under a unit of thousands it would be multiplied twice.
pub(super) const SCALED: &str = "천 단위로 줄여 보이는 수";
/// The number is shown as money that is not won.
pub(super) const FOREIGN: &str = "다른 통화 서식의 수";

/// What stands for won, also where the font of an old Korean system shows a backslash as ₩.
const WON: [&str; 6] = ["₩", "￦", "\\", "원", "KRW", "WON"];
/// Signs and codes of foreign money among the text beside the digits.
const FOREIGN_SIGNS: [&str; 12] = ["$", "＄", "€", "£", "¥", "￥", "USD", "EUR", "JPY", "GBP", "CNY", "HKD"];

/// Why a number shown with `code` is not taken; the code must not be that of a date.
pub(super) fn objection(code: &str) -> Option<&'static str> {
    let mut rest = code;
    let mut is_scaled = false;
    for _ in 0..3 {
        let section = Section::read(rest);
        if section.is_foreign {
            return Some(FOREIGN);
        }
        is_scaled |= section.is_scaled;
        let Some(after) = section.after else { break };
        rest = after;
    }
    is_scaled.then_some(SCALED)
}

/// Whether this is a currency (a code or a sign) other than won; nothing is none.
pub(super) fn is_foreign(currency: &str) -> bool {
    let currency = currency.trim();
    !currency.is_empty() && !WON.iter().any(|won| won.eq_ignore_ascii_case(currency))
}

/// What one section of a code shows.
struct Section<'a> {
    is_scaled: bool,
    is_foreign: bool,
    /// The text of the next sections.
    after: Option<&'a str>,
}

impl<'a> Section<'a> {
    /// A comma between digits groups them; one that no digit follows before the point or the end divides by 1,000.
    fn read(code: &'a str) -> Self {
        let mut section = Self { is_scaled: false, is_foreign: false, after: None };
        let (mut has_digit, mut has_comma) = (false, false);
        let mut words = String::new();
        let mut rest = code;
        while let Some(c) = rest.chars().next() {
            let after = &rest[c.len_utf8()..];
            rest = after;
            match c {
                ';' => {
                    section.after = Some(after);
                    break;
                }
                '"' => {
                    let (quoted, after) = after.split_once('"').unwrap_or((after, ""));
                    words.push_str(quoted);
                    rest = after;
                }
                '\\' => {
                    let escaped = after.chars().next();
                    words.extend(escaped);
                    rest = &after[escaped.map_or(0, char::len_utf8)..];
                }
                '_' | '*' => rest = &after[after.chars().next().map_or(0, char::len_utf8)..],
                '[' => {
                    let (inside, after) = after.split_once(']').unwrap_or((after, ""));
                    section.is_foreign |= inside.strip_prefix('$').is_some_and(is_foreign_symbol);
                    rest = after;
                }
                '0' | '#' | '?' => (has_digit, has_comma) = (true, false),
                ',' => has_comma |= has_digit,
                '.' => section.is_scaled |= std::mem::take(&mut has_comma),
                c => words.push(c),
            }
        }
        section.is_scaled |= has_comma;
        section.is_foreign |= FOREIGN_SIGNS.iter().any(|sign| words.contains(sign));
        section
    }
}

/// `$-409` of `[$$-409]`: the symbol and, behind the first hyphen, a locale.
fn is_foreign_symbol(inside: &str) -> bool {
    is_foreign(inside.split_once('-').map_or(inside, |(symbol, _)| symbol))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_that_no_digit_follows_scales() {
        for code in [
            "#,##0,",
            "#,##0,,",
            "0.0,",
            "#,##0,.0",
            "#,",
            "#,##0,\"천원\"",
            "#,##0, ",
            "#,##0,_-;-#,##0,_-",
            "_-* #,##0,_-;-* #,##0,_-;_-* \"-\"_-;_-@_-",
            "[$₩-412]#,##0,",
            "[>=1000000]#,##0,,\"백만\";#,##0",
            "0;-#,##0,;0",
        ] {
            assert_eq!(objection(code), Some(SCALED), "{code}");
        }
    }

    #[test]
    fn money_that_is_not_won_is_told() {
        for code in [
            "[$$-409]#,##0.00",
            "[$€-2] #,##0",
            "#,##0 [$€-407]",
            "[$£-809]0",
            "[$¥-411]#,##0",
            "[$USD] 0",
            "[$USD-409] 0",
            "[$EUR]0",
            "[$JPY]0",
            "[$US$-409]0",
            "[$CHF-807] 0",
            "#,##0;[Red]-[$$-409]#,##0",
            "[$$-409]#,##0,",
            "_(\"$\"* #,##0.00_);_(\"$\"* (#,##0.00)",
            "\\$#,##0",
            "$#,##0",
            "#,##0 USD",
            "#,##0\" EUR\"",
        ] {
            assert_eq!(objection(code), Some(FOREIGN), "{code}");
        }
    }

    #[test]
    fn won_and_plain_amounts_are_taken() {
        for code in [
            "",
            "General",
            "@",
            ";;;",
            "0",
            "#,##0",
            "#,##0.00",
            "#,###",
            "#,##0\"원\"",
            "#,##0\", 원\"",
            "#,##0\\,",
            "#,##0_,",
            "*,#,##0",
            "\", \"0",
            ", 0",
            "#,##0;-#,##0;0;@,",
            "[$₩-412]#,##0",
            "[$￦-412]#,##0;[Red]-[$￦-412]#,##0",
            "[$\\-412]#,##0",
            "[$-412]#,##0",
            "[$ -412]0",
            "[$-x-sysdate]0",
            "[$원-412] 0",
            "#,##0 [$KRW]",
            "[$krw] 0",
            "\"₩\"#,##0",
            "\\#,##0",
            "_-* #,##0_-;-* #,##0_-;_-* \"-\"_-;_-@_-",
            "[DBNum4][$-412]General\"원\"",
            "0.00E+00",
            "# ?/?",
            "000-0000",
            "\"열린 따옴표 0,",
        ] {
            assert_eq!(objection(code), None, "{code}");
        }
    }

    #[test]
    fn a_currency_is_foreign_unless_it_is_won() {
        let foreign: Vec<bool> = ["", " ", "KRW", "krw", "원", "USD", "€"].map(is_foreign).to_vec();
        assert_eq!(foreign, [false, false, false, false, false, true, true]);
    }
}
