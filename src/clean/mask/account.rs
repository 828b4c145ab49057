//! Bank accounts: masked, yet equal accounts stay equal.
//!
//! Comes in: the cell of a column of accounts. Goes out: its last four digits and a tag, or nothing.
//! Refuses: numbers shortened, hidden or written with an exponent; two different accounts would look the same.

use crate::clean::text::{half_width, tidy};
use crate::ledger::Digest;

/// Shorter numbers are no accounts.
const DIGITS_MIN: usize = 7;
/// Longer ones are several in one cell.
const DIGITS_MAX: usize = 20;
/// Digits that stay.
const SHOWN: usize = 4;
/// Hexadecimal digits of the tag.
const TAG: usize = 10;

/// The account in `text` as `****1234#` and ten hexadecimal digits; an account masked so already stays as it is.
/// `None` where there is no whole account.
///
/// The tag is the beginning of the SHA-256 of the digits alone: one account behind two vendors must be found after
/// masking, and last digits alone would pair strangers. It hides nothing from somebody who tries all numbers, so it is
/// not for the eyes of readers: they see [`shown_account`].
pub fn account(text: &str) -> Option<String> {
    let text = tidy(text);
    if is_masked(&text) {
        return Some(text);
    }
    let flat: String = text.chars().map(half_width).collect();
    let whole = flat.strip_suffix(".0").unwrap_or(&flat);
    let is_hidden = whole.contains(['*', '●', '○', '×']) || whole.to_ascii_uppercase().contains("XX");
    let digits: String = whole.chars().filter(char::is_ascii_digit).collect();
    if is_hidden || has_exponent(whole) || !(DIGITS_MIN..=DIGITS_MAX).contains(&digits.len()) {
        return None;
    }
    let tag = Digest::of(digits.as_bytes()).to_string();
    Some(format!("****{}#{}", &digits[digits.len() - SHOWN..], &tag[..TAG]))
}

/// What people see of a masked account: everything before the tag.
pub fn shown_account(masked: &str) -> &str {
    masked.split_once('#').map_or(masked, |(shown, _)| shown)
}

/// A cell of accounts as a remark shows it: the account masked, or the text without any digit.
pub fn hidden_account(text: &str) -> String {
    match account(text) {
        Some(masked) => shown_account(&masked).to_owned(),
        None => tidy(text).chars().map(|c| if c.is_numeric() { '*' } else { c }).collect(),
    }
}

/// Whether `text` is what [`account`] makes.
fn is_masked(text: &str) -> bool {
    let Some((shown, tag)) = text.strip_prefix("****").and_then(|rest| rest.split_once('#')) else {
        return false;
    };
    let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    shown.len() == SHOWN
        && shown.bytes().all(|byte| byte.is_ascii_digit())
        && tag.len() == TAG
        && tag.bytes().all(is_hex)
}

/// `1.10123E+11`: a spreadsheet has thrown digits away.
fn has_exponent(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else { return false };
    let exponent = exponent.trim_start_matches(['+', '-']);
    mantissa.ends_with(|c: char| c.is_ascii_digit())
        && !exponent.is_empty()
        && exponent.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_digits_and_a_tag_of_the_digits_alone_stay() {
        // printf 110123456789 | sha256sum
        let masked = account("110-123-456789").unwrap();
        assert_eq!(masked, "****6789#3f9e91c3b7");
        for same in
            ["110123456789", "신한은행 110 123 456789", "１１０-１２３-４５６７８９", "110123456789.0"]
        {
            assert_eq!(account(same).as_ref(), Some(&masked), "{same}");
        }
        assert_ne!(account("220-123-456789").unwrap(), masked);
        assert_eq!(account(&masked), Some(masked.clone()), "masked once");
        assert_eq!(shown_account(&masked), "****6789");
        assert_eq!(shown_account("****6789"), "****6789");
    }

    #[test]
    fn what_is_no_whole_account_is_absent_and_shows_no_digit() {
        for text in [
            "",
            "현금",
            "123456",
            "110-123-***789",
            "110●●●456789",
            "110XXXX456789",
            "1.10123E+11",
            "123456789012345678901",
        ] {
            assert_eq!(account(text), None, "{text}");
            assert!(!hidden_account(text).contains(|c: char| c.is_ascii_digit()), "{text}");
        }
        assert_eq!(hidden_account("110-123-456789"), "****6789");
        // Seven digits are an account; letters of a bank are none of an exponent.
        assert!(account("1234567").is_some() && account("IBE 1234567").is_some());
    }
}
