//! Personal numbers, masked as they are read.
//!
//! Comes in: text. Goes out: the same text with resident, card, account, phone, passport and licence numbers and the
//! local parts of mail addresses masked.
//! Refuses: to keep them anywhere; business numbers (3-2-5 digits), dates, document numbers and amounts stay.

use std::borrow::Cow;

use super::text::half_width;

mod account;
mod around;
mod groups;
mod kinds;
mod mail;

pub use account::{account, hidden_account, shown_account};

/// A passport of the newer form has seven digits; nothing shorter is a personal number.
const DIGITS_MIN: usize = 7;

/// Masks every personal number inside `text`.
pub fn text(text: &str) -> Cow<'_, str> {
    let (mut digits, mut signs) = (0_usize, 0_usize);
    for byte in text.bytes() {
        digits += usize::from(byte.is_ascii_digit());
        // 0xEF begins every full-width digit, and a full-width `@`.
        signs += usize::from(matches!(byte, b'@' | 0xEF));
    }
    if digits < DIGITS_MIN && signs == 0 || is_business_or_document(text.as_bytes()) {
        return Cow::Borrowed(text);
    }
    looked_over(text)
}

/// Whether `text` as a whole is a business number (`123-45-67890`) or a number of a year (`2024-000123`): whole columns
/// of an export are, and neither is personal.
fn is_business_or_document(text: &[u8]) -> bool {
    let mut groups = text.split(|byte| *byte == b'-');
    let [Some(first), Some(second), third, None] = std::array::from_fn(|_| groups.next()) else {
        return false;
    };
    let all_digits = |group: &[u8]| group.iter().all(u8::is_ascii_digit);
    if !all_digits(first) || !all_digits(second) || !third.is_none_or(all_digits) {
        return false;
    }
    match (first.len(), second.len(), third.map(<[u8]>::len)) {
        (3, 2, Some(5)) => true,
        (4, 3..=8, None) => matches!(&first[..2], b"19" | b"20"),
        _ => false,
    }
}

fn looked_over(text: &str) -> Cow<'_, str> {
    let flat: Vec<(usize, char)> = text.char_indices().map(|(at, c)| (at, half_width(c))).collect();
    let mut hidden = Vec::new();
    let chars: Vec<char> = flat.iter().map(|(_, c)| *c).collect();
    if chars.iter().filter(|c| c.is_ascii_digit()).count() >= DIGITS_MIN {
        kinds::hide(&chars, &mut hidden);
    }
    if chars.contains(&'@') {
        mail::hide(&chars, &mut hidden);
    }
    if hidden.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(rewritten(text, &flat, hidden)) }
}

/// A card number: first and last four digits stay.
pub fn card(number: &str) -> String {
    let digits: Vec<char> =
        number.chars().map(half_width).filter(|c| c.is_alphanumeric() || *c == '*').collect();
    if digits.len() < 9 {
        return digits.into_iter().collect();
    }
    let head: String = digits[..4].iter().collect();
    let tail: String = digits[digits.len() - 4..].iter().collect();
    format!("{head}-{}-{tail}", "*".repeat(digits.len() - 8))
}

/// Characters from `start` to before `end`, and what stands in their place.
struct Hidden {
    start: usize,
    end: usize,
    shown: String,
}

fn rewritten(text: &str, flat: &[(usize, char)], mut hidden: Vec<Hidden>) -> String {
    hidden.sort_by_key(|part| part.start);
    let byte = |index: usize| flat.get(index).map_or(text.len(), |(at, _)| *at);
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for part in hidden {
        if part.start < done {
            continue;
        }
        out.push_str(&text[byte(done)..byte(part.start)]);
        out.push_str(&part.shown);
        done = part.end;
    }
    out.push_str(&text[byte(done)..]);
    out
}

#[cfg(test)]
mod tests;
