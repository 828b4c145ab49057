//! Units: what one written amount of a table is worth.
//!
//! Comes in: a title cell or a header, such as `(단위: 천원)` or `금액(백만원)`. Goes out: won in one written unit.
//! Refuses: units it does not know, units of another currency, two units at once.

use super::{half_width, tidy};

/// Written names of currencies by ISO code, in lower case.
const CURRENCIES: &[(&str, &[&str])] = &[
    ("KRW", &["원", "원화", "krw", "won", "₩", "￦", "\\"]),
    ("USD", &["달러", "미달러", "미화", "불", "미불", "usd", "us$", "$"]),
    ("JPY", &["엔", "엔화", "jpy"]),
    ("CNY", &["위안", "위안화", "cny", "rmb"]),
    ("EUR", &["유로", "유로화", "eur", "€"]),
    ("GBP", &["파운드", "gbp", "£"]),
];

/// Units of things that are no money.
const COUNTS: &[&str] = &[
    "%",
    "％",
    "퍼센트",
    "명",
    "인",
    "건",
    "개",
    "개소",
    "대",
    "회",
    "일",
    "월",
    "개월",
    "년",
    "시간",
    "분",
    "식",
    "ea",
    "kg",
    "km",
    "m",
    "㎡",
    "m2",
    "평",
    "권",
    "부",
    "매",
    "호",
    "가구",
    "세대",
    "점",
    "배",
    "p",
    "%p",
];

/// Remarks that stand beside a unit and do not change it.
const REMARKS: &[&str] = &[
    "vat포함",
    "vat별도",
    "vat제외",
    "부가세포함",
    "부가세별도",
    "부가세제외",
    "부가가치세포함",
    "부가가치세별도",
    "부가가치세제외",
];

/// Words for powers of ten; one of each row may stand in a unit, the smaller first.
const SMALL: &[(char, i64)] = &[('십', 10), ('백', 100), ('천', 1_000)];
const LARGE: &[(char, i64)] = &[('만', 10_000), ('억', 100_000_000), ('조', 1_000_000_000_000)];

/// One item of a unit text.
#[derive(Clone, Copy, PartialEq)]
enum Item {
    Money(i64),
    Foreign,
    Aside,
    Unknown,
}

/// How many won a written unit such as `단위: 천원` makes; `None` where `text` names no unit or an unknown one.
pub fn unit_factor(text: &str) -> Option<i64> {
    unit_of(text).and_then(Result::ok)
}

/// The unit that `text` states, in won: `None` where it states none, an error in Korean where it states one that is
/// unknown (`단위: 천불`), so that a caller can refuse the sheet.
pub fn unit_of(text: &str) -> Option<Result<i64, String>> {
    unit_in(text, "KRW")
}

/// As [`unit_of`] for amounts of another `currency` (ISO code): main units in one written unit.
pub fn unit_in(text: &str, currency: &str) -> Option<Result<i64, String>> {
    let flat: String = text.trim().chars().map(half_width).collect();
    if let Some((body, is_certain)) = stated(&flat)
        && let Some(unit) = verdict(&body, currency, is_certain)
    {
        return Some(unit);
    }
    let bracketed = flat.strip_suffix([')', ']']).and_then(|rest| rest.rsplit_once(['(', '[']));
    // `… 한도액 (1만원)` in a sentence is an amount; a bracket with digits is a unit only where it is the whole cell.
    let is_unit = |(before, body): &(&str, &str)| {
        before.trim().is_empty() || !body.contains(|c: char| c.is_ascii_digit())
    };
    bracketed.filter(is_unit).and_then(|(_, body)| verdict(body, currency, false))
}

/// What the items of `body` say together. An uncertain text (`단위 사업`) is a unit only if it speaks of money.
fn verdict(body: &str, currency: &str, is_certain: bool) -> Option<Result<i64, String>> {
    let names = names(body);
    let items: Vec<Item> = names.iter().map(|name| item(name, currency)).collect();
    let shown = tidy(body);
    if let Some(i) = items.iter().position(|item| matches!(item, Item::Unknown)) {
        return is_certain.then(|| Err(format!("알 수 없는 단위입니다: ‘{}’", names[i])));
    }
    if items.contains(&Item::Foreign) {
        return Some(Err(format!("매핑의 통화({currency})와 다른 단위입니다: ‘{shown}’")));
    }
    let mut factors = items.iter().filter_map(|item| match item {
        Item::Money(factor) => Some(*factor),
        _ => None,
    });
    let first = factors.next()?;
    if factors.all(|factor| factor == first) {
        Some(Ok(first))
    } else {
        Some(Err(format!("단위가 둘 이상입니다: ‘{shown}’")))
    }
}

/// What stands after `단위` or `Unit`, and whether a colon makes it certain that a unit follows.
fn stated(flat: &str) -> Option<(String, bool)> {
    let lower = flat.to_ascii_lowercase();
    for word in ["단위", "units", "unit"] {
        for (at, _) in lower.match_indices(word) {
            let (before, after) = (&flat[..at], &flat[at + word.len()..]);
            let rest = after.trim_start();
            if let Some(body) = rest.strip_prefix([':', '=']) {
                return Some((cut(body), true));
            }
            let is_start = !before.ends_with(char::is_alphanumeric);
            if is_start && !rest.is_empty() {
                return Some((cut(rest), false));
            }
        }
    }
    None
}

/// `body` up to the bracket that was opened before it, a line end or a wide gap.
fn cut(body: &str) -> String {
    let body = body.trim_start();
    let is_gap = |at: usize| body[at..].starts_with(['\n', '\r', '\t']) || body[at..].starts_with("  ");
    let mut depth = 0;
    for (at, c) in body.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' if depth > 0 => depth -= 1,
            ')' | ']' | '>' | '}' | '〕' | '】' => return body[..at].to_owned(),
            _ if is_gap(at) => return body[..at].to_owned(),
            _ => {}
        }
    }
    body.to_owned()
}

/// Items of `천원, %`; a comma between digits belongs to a number.
fn names(body: &str) -> Vec<String> {
    let chars: Vec<char> = super::narrow(body).chars().collect();
    let mut names = vec![String::new()];
    for (i, c) in chars.iter().enumerate() {
        let in_number = *c == ','
            && i > 0
            && chars[i - 1].is_ascii_digit()
            && chars.get(i + 1).is_some_and(char::is_ascii_digit);
        if in_number {
            continue;
        }
        match (c, names.last_mut()) {
            (',' | '/' | '·' | ';' | '|' | '、' | '(' | ')' | '[' | ']', _) => names.push(String::new()),
            (_, Some(name)) => name.push(*c),
            (_, None) => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn item(name: &str, currency: &str) -> Item {
    let name = name.to_lowercase();
    let name = name.as_str();
    if COUNTS.contains(&name) || REMARKS.contains(&name) {
        return Item::Aside;
    }
    let mut found = Item::Unknown;
    for (code, words) in CURRENCIES {
        for word in *words {
            let multiplier = name.strip_suffix(word).or_else(|| name.strip_prefix(word));
            if let Some(factor) = multiplier.and_then(power) {
                if *code == currency {
                    return Item::Money(factor);
                }
                found = Item::Foreign;
            }
        }
    }
    match name.strip_prefix(&currency.to_lowercase()).or_else(|| name.strip_suffix(&currency.to_lowercase()))
    {
        Some(multiplier) => power(multiplier).map_or(found, Item::Money),
        None => found,
    }
}

/// A power of ten: nothing, `천`, `십만`, `1,000`, `1백만`, `thousands of`.
fn power(text: &str) -> Option<i64> {
    let text = text.strip_prefix("in").unwrap_or(text);
    let text = text.strip_suffix("of").unwrap_or(text);
    if let Some(factor) = match text {
        "thousand" | "thousands" | "'000" | "000" | "000s" => Some(1_000),
        "million" | "millions" => Some(1_000_000),
        "billion" | "billions" => Some(1_000_000_000),
        _ => None,
    } {
        return Some(factor);
    }
    let words = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = &text[..text.len() - words.len()];
    let is_power = digits.is_empty() || (digits.starts_with('1') && digits[1..].bytes().all(|b| b == b'0'));
    if !is_power || digits.len() > 13 {
        return None;
    }
    let mut factor: i64 = if digits.is_empty() { 1 } else { digits.parse().ok()? };
    let mut words = words;
    for group in [SMALL, LARGE] {
        let found = group.iter().find_map(|(name, value)| Some((words.strip_prefix(*name)?, value)));
        if let Some((rest, value)) = found {
            (factor, words) = (factor.checked_mul(*value)?, rest);
        }
    }
    (words.is_empty() && factor <= 1_000_000_000_000).then_some(factor)
}
