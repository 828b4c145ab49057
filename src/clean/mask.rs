//! Personal numbers, masked as they are read.
//!
//! Comes in: text. Goes out: the same text with resident, card, phone and account numbers masked.
//! Refuses: to keep them anywhere; business registration numbers (3-2-5 digits) are not personal and stay.

use std::borrow::Cow;

/// Masks every personal number inside `text`.
pub fn text(text: &str) -> Cow<'_, str> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits < 9 {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let end = from.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(from.len());
        let token = from[..end].trim_end_matches('-');
        out.push_str(&masked(token));
        rest = &from[token.len()..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// A card number: first and last four digits stay.
pub fn card(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(|c| c.is_alphanumeric() || *c == '*').collect();
    if digits.len() < 9 {
        return digits.into_iter().collect();
    }
    let head: String = digits[..4].iter().collect();
    let tail: String = digits[digits.len() - 4..].iter().collect();
    format!("{head}-{}-{tail}", "*".repeat(digits.len() - 8))
}

fn masked(token: &str) -> String {
    let groups: Vec<&str> = token.split('-').collect();
    let lens: Vec<usize> = groups.iter().map(|g| g.len()).collect();
    let total: usize = lens.iter().sum();
    let is_resident = |text: &str| {
        let month = text.get(2..4).and_then(|m| m.parse::<u32>().ok()).unwrap_or(0);
        let day = text.get(4..6).and_then(|d| d.parse::<u32>().ok()).unwrap_or(0);
        (1..=12).contains(&month) && (1..=31).contains(&day)
    };
    match lens.as_slice() {
        [6, 7] => format!("{}-*******", groups[0]),
        [13] if is_resident(token) => format!("{}*******", &token[..6]),
        [4, 4, 4, 4] => card(token),
        [15 | 16] => card(token),
        [3, 2, 5] => token.to_owned(),
        [2 | 3, 3 | 4, 4] if token.starts_with('0') => format!("{}-****-{}", groups[0], groups[2]),
        [10 | 11] if token.starts_with("01") => format!("{}****{}", &token[..3], &token[token.len() - 4..]),
        [_, _, _, ..] if (10..=16).contains(&total) => {
            let last = groups.len() - 1;
            let middle = groups[1..last].iter().map(|g| "*".repeat(g.len())).collect::<Vec<_>>().join("-");
            format!("{}-{middle}-{}", groups[0], groups[last])
        }
        _ => token.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_numbers_are_masked_inside_text() {
        for (input, expected) in [
            ("홍길동 900101-1234567 지급", "홍길동 900101-******* 지급"),
            ("9001011234567", "900101*******"),
            ("카드 1234-5678-9012-3456", "카드 1234-********-3456"),
            ("010-1234-5678 통화", "010-****-5678 통화"),
            ("연락처 01012345678", "연락처 010****5678"),
            ("국민 123456-12-345678", "국민 123456-**-345678"),
        ] {
            assert_eq!(text(input), expected);
        }
    }

    #[test]
    fn dates_document_and_business_numbers_stay() {
        for input in ["2024-01-05 구입", "결의 2024-000123", "123-45-67890", "1,234,000원", "제2024-12-003호"]
        {
            assert_eq!(text(input), input);
        }
    }

    #[test]
    fn cards_keep_their_ends() {
        assert_eq!(card("5142124791"), "5142-**-4791");
        assert_eq!(card("1234-5678-9012-3456"), "1234-********-3456");
    }
}
