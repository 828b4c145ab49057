//! Points of a score, as exact integers so that contributions sum to the score to the last digit.
//!
//! Comes in: a fraction of a point. Goes out: millionths of a point and their decimal text.
//! Refuses: nothing; out-of-range values are clamped to 0..=100 points.

use std::fmt;
use std::iter::Sum;
use std::ops::Add;

use serde::{Deserialize, Serialize};

/// Millionths of a point; a score is 0 to 100 points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Points(pub i32);

impl Points {
    /// Millionths in one point.
    pub const PER_POINT: i32 = 1_000_000;
    /// The highest score.
    pub const MAX: Self = Self(100 * Self::PER_POINT);

    /// The nearest points to `value`, clamped to 0..=100; NaN is 0.
    #[expect(clippy::cast_possible_truncation, reason = "clamped to the range first")]
    pub fn from_f64(value: f64) -> Self {
        if value.is_nan() {
            return Self(0);
        }
        Self((value.clamp(0.0, 100.0) * f64::from(Self::PER_POINT)).round() as i32)
    }

    /// As a float of points.
    pub fn to_f64(self) -> f64 {
        f64::from(self.0) / f64::from(Self::PER_POINT)
    }
}

impl Add for Points {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Self>>(points: I) -> Self {
        points.fold(Self(0), Add::add)
    }
}

/// All six decimals: `87.412345`; with a precision (`{:.1}`) rounded for screens.
impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match f.precision() {
            Some(digits) => write!(f, "{:.digits$}", self.to_f64()),
            None => write!(f, "{}.{:06}", self.0 / Self::PER_POINT, self.0 % Self::PER_POINT),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_exact_and_sums_are_exact() {
        let parts = [Points::from_f64(33.333_333), Points::from_f64(0.1), Points::from_f64(0.2)];
        assert_eq!(parts.into_iter().sum::<Points>().to_string(), "33.633333");
        assert_eq!(format!("{:.1}", Points::from_f64(87.46)), "87.5");
    }

    #[test]
    fn clamps_and_has_no_nan() {
        assert_eq!(Points::from_f64(f64::NAN), Points(0));
        assert_eq!(Points::from_f64(1e9), Points::MAX);
        assert_eq!(Points::from_f64(-1.0), Points(0));
    }
}
