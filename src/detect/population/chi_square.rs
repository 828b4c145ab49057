//! Upper tail of the chi-square distribution.
//!
//! Comes in: a statistic and its degrees of freedom. Goes out: the probability of as much or more by chance alone.
//! Refuses: NaN and negative statistics; they are treated as 0.
//!
//! The tail is the upper regularised incomplete gamma function Q(df / 2, x / 2): by its power series left of the
//! maximum, by its continued fraction (Lentz's method) right of it.

/// Terms after which both expansions have long converged for the degrees of freedom in use.
const TERMS_MAX: usize = 2_000;
/// Relative error at which a sum is done.
const PRECISION: f64 = 1e-14;
/// Stands for 0 in a denominator.
const TINY: f64 = 1e-300;

/// Probability that a chi-square variable with `df` degrees of freedom (at least 1) is `statistic` or more.
pub(super) fn upper_tail(statistic: f64, df: u32) -> f64 {
    let (a, x) = (f64::from(df.max(1)) / 2.0, statistic / 2.0);
    if x.is_nan() || x <= 0.0 {
        return 1.0;
    }
    if x.is_infinite() {
        return 0.0;
    }
    // x^a e^-x / Gamma(a), by logarithms; nothing is left of it far out in the tail.
    let front = (a * x.ln() - x - ln_gamma_half(df.max(1))).exp();
    let tail = if x < a + 1.0 { 1.0 - front * lower_series(a, x) } else { front * upper_fraction(a, x) };
    tail.clamp(0.0, 1.0)
}

/// Logarithm of Gamma(`twice` / 2), from Gamma(1/2) or Gamma(1) upwards.
fn ln_gamma_half(twice: u32) -> f64 {
    let is_odd = twice % 2 == 1;
    let (mut ln, mut at) = if is_odd { (std::f64::consts::PI.sqrt().ln(), 1) } else { (0.0, 2) };
    while at < twice {
        ln += (f64::from(at) / 2.0).ln();
        at += 2;
    }
    ln
}

/// Sum of x^n / (a (a + 1) ... (a + n)).
fn lower_series(a: f64, x: f64) -> f64 {
    let mut term = 1.0 / a;
    let mut sum = term;
    let mut at = a;
    for _ in 0..TERMS_MAX {
        at += 1.0;
        term *= x / at;
        sum += term;
        if term < sum * PRECISION {
            break;
        }
    }
    sum
}

/// 1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - 2 (2 - a) / (x + 5 - a - ...))).
fn upper_fraction(a: f64, x: f64) -> f64 {
    let away = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut denominator = x + 1.0 - a;
    let mut above = 1.0 / TINY;
    let mut below = 1.0 / away(denominator);
    let mut value = below;
    for step in 1..TERMS_MAX {
        let step = step as f64;
        let numerator = step * (a - step);
        denominator += 2.0;
        below = 1.0 / away(numerator * below + denominator);
        above = away(denominator + numerator / above);
        let factor = above * below;
        value *= factor;
        if (factor - 1.0).abs() < PRECISION {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_of_printed_tables() {
        for (statistic, df, tail) in [
            (3.841, 1, 0.05),
            (15.507, 8, 0.05),
            (20.090, 8, 0.01),
            (16.919, 9, 0.05),
            (2.733, 8, 0.95),
            (112.022, 89, 0.05),
            (122.942, 89, 0.01),
            (123.225, 99, 0.05),
            (134.642, 99, 0.01),
            (81.449, 99, 0.90),
        ] {
            let found = upper_tail(statistic, df);
            assert!((found - tail).abs() < 2e-5, "{statistic} at {df}: {found}");
        }
    }

    #[test]
    fn closed_forms_of_few_degrees() {
        for x in [0.1, 1.0, 2.9, 3.1, 10.0, 80.0, 400.0] {
            let two = f64::exp(-x / 2.0);
            let four = two * (1.0 + x / 2.0);
            assert!((upper_tail(x, 2) / two - 1.0).abs() < 1e-10, "{x}");
            assert!((upper_tail(x, 4) / four - 1.0).abs() < 1e-10, "{x}");
        }
    }

    #[test]
    fn ends_and_nonsense_are_probabilities() {
        for (statistic, tail) in [(0.0, 1.0), (-1.0, 1.0), (f64::NAN, 1.0), (1e9, 0.0), (f64::INFINITY, 0.0)]
        {
            assert!((upper_tail(statistic, 89) - tail).abs() < 1e-12, "{statistic}");
        }
    }
}
