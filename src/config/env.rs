//! The only reader of environment variables.
//!
//! Comes in: a name. Goes out: its text when set and not empty. Refuses: text that is not UTF-8.

use crate::error::Problem;

/// Database address, with a password where one is needed.
pub const DATABASE_URL: &str = "LEDGERWATCH_DATABASE_URL";
/// `step:before`, `step:uncommitted`, `step:after` or `deliver:queued`: the process aborts there. For recovery drills.
pub const DRILL: &str = "LEDGERWATCH_DRILL";

/// The text of variable `name`; `None` where unset or empty.
#[expect(clippy::disallowed_methods, reason = "this is the one reader")]
pub fn text(name: &str) -> Result<Option<String>, Problem> {
    match std::env::var(name) {
        Ok(text) if text.is_empty() => Ok(None),
        Ok(text) => Ok(Some(text)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(Problem::new(
            format!("환경 변수 {name}"),
            "UTF-8이 아닌 값",
            "UTF-8 글자",
            format!("{name} 값을 다시 설정하세요."),
        )),
    }
}
