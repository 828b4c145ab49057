//! What is wrong with something a person wrote or sent, in a form they can act on.
//!
//! Comes in: place, value found, what was expected, a hint. Goes out: Korean text for people, JSON for programs.
//! Refuses: a problem without a place or without a hint.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One problem: where, what was found, what was expected, what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// File and key, or file, sheet, row and column.
    pub place: String,
    /// The value or state found.
    pub found: String,
    /// What was expected there.
    pub expected: String,
    /// What to do about it.
    pub hint: String,
}

impl Problem {
    /// A problem at `place`.
    pub fn new(
        place: impl Into<String>,
        found: impl Into<String>,
        expected: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self { place: place.into(), found: found.into(), expected: expected.into(), hint: hint.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.place)?;
        writeln!(f, "  발견: {}", self.found)?;
        writeln!(f, "  기대: {}", self.expected)?;
        write!(f, "  힌트: {}", self.hint)
    }
}

impl std::error::Error for Problem {}

/// Several problems found in one pass.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Adds one.
    pub fn push(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// `Ok(value)` when there is no problem, else all of them.
    pub fn into_result<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_names_place_value_expectation_and_hint() {
        let text = Problem::new("a.toml: seed", "\"x\"", "정수", "seed = 42 처럼 쓰세요").to_string();
        assert_eq!(text, "a.toml: seed\n  발견: \"x\"\n  기대: 정수\n  힌트: seed = 42 처럼 쓰세요");
    }

    #[test]
    fn no_problem_is_fine() {
        assert_eq!(Problems::default().into_result(7), Ok(7));
    }
}
