//! Signs, brackets and currency marks around the digits of an amount.
//!
//! Comes in: an amount in one shape (`-`, `△`, `₩`, single spaces). Goes out: its digits, its sign, what was around it.
//! Refuses: two signs, brackets that do not match, a mark twice, a closing dash that may be a minus, signs whose meaning
//! is not agreed.

use super::{AmountRule, ERROR_VALUE, NO_DIGITS, OTHER};

const TWO_SIGNS: &str = "음수 표시가 두 개 이상입니다";
const CURRENCY: &str = "통화 표시가 매핑의 통화와 다릅니다";
const BRACKETS: &str = "괄호가 맞지 않습니다";
const DASH: &str = "끝의 ‘-’가 음수인지 맺음표인지 알 수 없습니다";

/// What stands around the digits.
#[derive(Default)]
pub(super) struct Marks<'a> {
    /// Digits, or number words.
    pub(super) body: &'a str,
    pub(super) is_negative: bool,
    /// Whether `원` says that these are single won.
    pub(super) has_won: bool,
    currency: Option<Currency>,
}

/// Whose marks stand around the digits.
#[derive(Clone, Copy, PartialEq)]
enum Currency {
    Won,
    Dollar,
}

impl Marks<'_> {
    /// Won marks belong to a currency without minor units, dollar marks to one with.
    pub(super) fn check_currency(&self, minor_digits: u8) -> Result<(), &'static str> {
        match self.currency {
            Some(Currency::Won) if minor_digits != 0 => Err(CURRENCY),
            Some(Currency::Dollar) if minor_digits == 0 => Err(CURRENCY),
            _ => Ok(()),
        }
    }
}

#[derive(Default)]
struct Count {
    minus: u8,
    open: u8,
    close: u8,
    won: u8,
    dollar: u8,
    gold: u8,
    end_won: u8,
    end_seal: u8,
    dash: bool,
}

/// Takes off the one sign an amount may have, and its currency marks.
pub(super) fn strip<'a>(text: &'a str, rule: &AmountRule) -> Result<Marks<'a>, &'static str> {
    let mut count = Count::default();
    let body = front(text, rule, &mut count)?;
    let body = back(body, &mut count)?;
    if body.is_empty() {
        return Err(if text.starts_with('#') { ERROR_VALUE } else { NO_DIGITS });
    }
    if count.open != count.close {
        return Err(BRACKETS);
    }
    if count.minus + count.open > 1 {
        return Err(TWO_SIGNS);
    }
    if count.dash && count.won + count.dollar + count.gold + count.end_won + count.end_seal > 0 {
        return Err(DASH);
    }
    if [count.won + count.dollar, count.gold, count.end_won, count.end_seal].iter().any(|n| *n > 1) {
        return Err(OTHER);
    }
    let is_won = count.won + count.gold + count.end_won + count.end_seal > 0;
    let currency = match (count.dollar > 0, is_won) {
        (true, true) => return Err(CURRENCY),
        (true, false) => Some(Currency::Dollar),
        (false, true) => Some(Currency::Won),
        (false, false) => None,
    };
    Ok(Marks { body, is_negative: count.minus + count.open == 1, has_won: count.end_won == 1, currency })
}

/// Takes signs, an opening bracket and currency marks off the front, in any order.
fn front<'a>(text: &'a str, rule: &AmountRule, count: &mut Count) -> Result<&'a str, &'static str> {
    let mut body = text;
    loop {
        body = body.trim_start();
        let Some(c) = body.chars().next() else { return Ok(body) };
        match c {
            '-' | '△' => count.minus += 1,
            '▲' if rule.filled_triangle_is_minus => count.minus += 1,
            '▲' => return Err("▲의 뜻이 매핑에 정해져 있지 않습니다"),
            '▽' | '▼' => return Err("▽와 ▼의 뜻은 정해져 있지 않습니다"),
            '+' => return Err("‘+’가 붙은 수는 증감인지 금액인지 알 수 없습니다"),
            '[' | '{' | '<' | '〔' | '【' => {
                return Err("둥근 괄호가 아닌 괄호의 뜻은 정해져 있지 않습니다");
            }
            '(' => count.open += 1,
            '₩' | '\\' => count.won += 1,
            '$' => count.dollar += 1,
            _ => match word(body, count) {
                Some(rest) => {
                    body = rest;
                    continue;
                }
                None => return Ok(body),
            },
        }
        body = &body[c.len_utf8()..];
    }
}

/// Takes `일금`, `금` or a currency code off the front.
fn word<'a>(body: &'a str, count: &mut Count) -> Option<&'a str> {
    if let Some(rest) = ["일금", "一金", "금", "金"].iter().find_map(|word| body.strip_prefix(word)) {
        count.gold += 1;
        return Some(rest);
    }
    let code = |code: &str| {
        body.get(..code.len()).filter(|start| start.eq_ignore_ascii_case(code)).map(|_| &body[code.len()..])
    };
    if let Some(rest) = code("KRW") {
        count.won += 1;
        return Some(rest);
    }
    let rest = code("USD").or_else(|| code("US$"))?;
    count.dollar += 1;
    Some(rest)
}

/// Takes closing marks, a closing bracket and a trailing minus off the back.
fn back<'a>(text: &'a str, count: &mut Count) -> Result<&'a str, &'static str> {
    let mut body = text;
    loop {
        body = body.trim_end();
        let end = |word: &str| body.strip_suffix(word);
        if let Some(rest) = end(")") {
            count.close += 1;
            body = rest;
        } else if let Some(rest) = end("정").or_else(|| end("整")) {
            count.end_seal += 1;
            body = rest;
        } else if let Some(rest) = end("원").or_else(|| end("圓")) {
            count.end_won += 1;
            body = rest;
        } else if let Some(rest) = end("KRW").or_else(|| end("krw")) {
            count.won += 1;
            body = rest;
        } else if let Some(rest) = end("-") {
            if !rest.ends_with(|c: char| c.is_ascii_digit()) {
                return Err(if rest.contains(|c: char| c.is_ascii_digit()) { DASH } else { NO_DIGITS });
            }
            count.dash = true;
            count.minus += 1;
            body = rest;
        } else {
            return Ok(body);
        }
    }
}
