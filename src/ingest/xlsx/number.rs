//! The number in a cell as written in the file.
//!
//! Comes in: the text of a number cell. Goes out: the number.
//! Refuses: what is no decimal number, what is beyond a float, and digits that a float has lost.

/// Digits that survive in every float.
const SAFE_DIGITS: usize = 15;
/// Powers of ten that are exact floats.
const EXACT_POWERS: [f64; 16] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// Why a cell has no usable number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unusable {
    /// Not written as a decimal number.
    NotANumber,
    /// Infinite as a float.
    TooLarge,
    /// More digits in the file than the float keeps.
    Damaged,
}

/// The number that `text` writes.
///
/// Up to 15 significant digits every float prints back, so nothing is asked. With more, the float must print the
/// same digits again: as its shortest form, or rounded to as many digits as the file has. 0.30000000000000004 and
/// 1.1000000000000001 do; 9007199254740993 does not, its last digit is lost.
pub(super) fn parse(text: &str) -> Result<f64, Unusable> {
    if let Some(number) = short(text.as_bytes()) {
        return Ok(number);
    }
    let is_plain = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    let number: f64 = text.parse().ok().filter(|_| is_plain).ok_or(Unusable::NotANumber)?;
    if !number.is_finite() {
        return Err(Unusable::TooLarge);
    }
    let digits = Digits::of(text);
    if digits.significant.len() <= SAFE_DIGITS || digits.are_of(number) {
        return Ok(number);
    }
    Err(Unusable::Damaged)
}

/// Up to 15 digits with a point among them: digits and power of ten are exact, so one division rounds rightly.
fn short(text: &[u8]) -> Option<f64> {
    let (is_negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > SAFE_DIGITS {
        return None;
    }
    let mut value: u64 = 0;
    let mut point = None;
    for (i, byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => value = value * 10 + u64::from(byte - b'0'),
            b'.' if point.is_none() && i > 0 && i + 1 < digits.len() => point = Some(i),
            _ => return None,
        }
    }
    let decimals = point.map_or(0, |i| digits.len() - 1 - i);
    let number = value as f64 / EXACT_POWERS[decimals];
    Some(if is_negative { -number } else { number })
}

/// The digits of a written number from the first to the last that is not zero, and its power of ten.
#[derive(Debug, PartialEq, Eq)]
struct Digits {
    significant: Vec<u8>,
    /// Power of ten of the first digit.
    exponent: i64,
}

impl Digits {
    fn of(text: &str) -> Self {
        let (mantissa, power) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let mantissa = mantissa.trim_start_matches(['+', '-']);
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        let zeros = all.iter().take_while(|digit| **digit == b'0').count();
        let end = all.iter().rposition(|digit| *digit != b'0').map_or(zeros, |last| last + 1);
        // A power too long for a number belongs to zero or infinity, where no digit counts.
        let power: i64 = power.parse().unwrap_or(0);
        let len = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let exponent = power.saturating_add(len(whole.len()) - 1 - len(zeros));
        Self { significant: all[zeros..end].to_vec(), exponent }
    }

    fn are_of(&self, number: f64) -> bool {
        let shortest = Self::of(&format!("{number:e}"));
        let rounded = Self::of(&format!("{number:.*e}", self.significant.len() - 1));
        *self == shortest || *self == rounded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_numbers_are_the_nearest_floats() {
        for text in [
            "0",
            "-0",
            "1",
            "1234000",
            "-500",
            "0.1",
            "45296.5",
            "123456789012345",
            "1.5E+3",
            "1e-7",
            "+7",
            "1234567.89",
            "99999999999.99",
            ".5",
            "5.",
            "00012",
            "1E22",
            "4.9E-324",
        ] {
            let expected: f64 = text.parse().unwrap();
            assert_eq!(parse(text).map(f64::to_bits), Ok(expected.to_bits()), "{text}");
        }
    }

    #[test]
    fn the_short_way_rounds_like_the_long_one() {
        let mut state = 7_u64;
        for _ in 0..20_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let decimals = (state >> 60) as usize % 9;
            let text = format!("{:.*}", decimals, (state >> 20) as f64 / 1e6);
            if let Some(found) = short(text.as_bytes()) {
                assert_eq!(found.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}");
            }
        }
    }

    #[test]
    fn noise_of_floats_is_kept_and_lost_digits_are_noticed() {
        for text in [
            "0.30000000000000004",
            "1.1000000000000001",
            "45296.333333333336",
            "1234567890123456",
            "9007199254740992",
            "1.7976931348623157E+308",
            "0.1000000000000000055511151231257827021181583404541015625",
            "1000000000000000000000",
            "123456789012345000",
            "2.2250738585072014E-308",
            "0.000000000000000000000000000001",
        ] {
            assert!(parse(text).is_ok(), "{text}");
        }
        for text in
            ["9007199254740993", "1234567890123456789", "12345678901234567.5", "0.33333333333333333333"]
        {
            assert_eq!(parse(text), Err(Unusable::Damaged), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in
            ["", "-", ".", "abc", "NaN", "inf", "infinity", "0x10", "1,000", "1 0", "1e", "--1", "1.2.3"]
        {
            assert_eq!(parse(text), Err(Unusable::NotANumber), "{text}");
        }
        for text in ["1e999", "-1E400"] {
            assert_eq!(parse(text), Err(Unusable::TooLarge), "{text}");
        }
        assert_eq!(parse("0e99999999999999999999").map(f64::to_bits), Ok(0));
    }
}
