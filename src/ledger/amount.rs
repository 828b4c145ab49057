//! Money: an integer count of the currency's minor unit.
//!
//! Comes in: integers and plain decimal text. Goes out: exact sums and text in major units.
//! Refuses: floats, silent overflow, more decimals than the currency has.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Neg, Sub};

use serde::{Deserialize, Serialize};

/// A currency: its code and how many digits its minor unit has (`KRW` 0, `USD` 2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Currency {
    /// ISO 4217 code.
    pub code: String,
    /// Digits after the decimal point, 0 to 4.
    pub minor_digits: u8,
}

impl Currency {
    /// Korean won: no minor unit.
    pub fn krw() -> Self {
        Self { code: "KRW".to_owned(), minor_digits: 0 }
    }

    /// How many minor units make one major unit.
    pub fn minor_per_major(&self) -> i64 {
        10_i64.pow(u32::from(self.minor_digits.min(4)))
    }

    /// `amount` in major units without grouping, as data files want it: `1234.50`, `-500`.
    pub fn plain(&self, amount: Amount) -> String {
        self.text(amount, false)
    }

    /// `amount` in major units with thousands separators: `1,234.50`.
    pub fn grouped(&self, amount: Amount) -> String {
        self.text(amount, true)
    }

    /// `amount` as a person reads it: `1,234,000원`, `USD 1,234.50`.
    pub fn display(&self, amount: Amount) -> String {
        if self.code == "KRW" {
            format!("{}원", self.grouped(amount))
        } else {
            format!("{} {}", self.code, self.grouped(amount))
        }
    }

    fn text(&self, amount: Amount, group: bool) -> String {
        let per_major = self.minor_per_major().unsigned_abs();
        let magnitude = amount.0.unsigned_abs();
        let (major, minor) = (magnitude / per_major, magnitude % per_major);
        let sign = if amount.0 < 0 { "-" } else { "" };
        let major = if group { group_thousands(major) } else { major.to_string() };
        if self.minor_digits == 0 {
            format!("{sign}{major}")
        } else {
            format!("{sign}{major}.{minor:0width$}", width = usize::from(self.minor_digits))
        }
    }
}

/// Digits of `value` in groups of three: `1234567` is `1,234,567`.
pub fn group_thousands(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// An amount in minor units of the ledger's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Amount(pub i64);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The sum, or `None` where it leaves the range of an `i64`.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The size without the sign, saturating at the largest amount.
    pub fn magnitude(self) -> Self {
        Self(self.0.saturating_abs())
    }
}

impl Add for Amount {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Amount {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Amount {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn won_has_no_decimals_and_is_grouped() {
        assert_eq!(Currency::krw().display(Amount(1_234_000)), "1,234,000원");
        assert_eq!(Currency::krw().display(Amount(-500)), "-500원");
        assert_eq!(Currency::krw().plain(Amount(1_234_000)), "1234000");
    }

    #[test]
    fn cents_keep_two_digits() {
        let usd = Currency { code: "USD".to_owned(), minor_digits: 2 };
        assert_eq!(usd.plain(Amount(108_365)), "1083.65");
        assert_eq!(usd.grouped(Amount(-108_305)), "-1,083.05");
        assert_eq!(usd.plain(Amount(5)), "0.05");
    }

    #[test]
    fn smallest_amount_does_not_overflow() {
        assert_eq!(Currency::krw().plain(Amount(i64::MIN)), "-9223372036854775808");
        assert_eq!(Amount(i64::MIN).magnitude(), Amount(i64::MAX));
    }
}
