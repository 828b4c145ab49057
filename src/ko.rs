//! Korean wording: particles, dates, percentages.
//!
//! Comes in: words and values. Goes out: text as a Korean office writes it.
//! Refuses: "을(를)"; the particle is chosen by the last sound.

use chrono::{Datelike, NaiveDate};

/// `word` with the fitting particle of `pair`, written `with final consonant/without`:
/// `josa("거래처", "을/를")` is `거래처를`, `josa("금액", "을/를")` is `금액을`.
///
/// Digits and Latin letters are judged by how Koreans read them aloud. `으로/로` takes `로` after ㄹ too.
pub fn josa(word: &str, pair: &str) -> String {
    let (with_final, without_final) = pair.split_once('/').unwrap_or((pair, pair));
    let last = word.chars().rev().find(|c| c.is_alphanumeric());
    let (has_final, is_rieul) = last.map_or((false, false), final_sound);
    let open = !has_final || (with_final == "으로" && is_rieul);
    format!("{word}{}", if open { without_final } else { with_final })
}

/// Whether `c` ends in a consonant when read aloud in Korean, and whether that is ㄹ.
fn final_sound(c: char) -> (bool, bool) {
    const HANGUL_FIRST: u32 = 0xAC00;
    const HANGUL_LAST: u32 = 0xD7A3;
    const FINALS: u32 = 28;
    const RIEUL: u32 = 8;
    let code = u32::from(c);
    if (HANGUL_FIRST..=HANGUL_LAST).contains(&code) {
        let jong = (code - HANGUL_FIRST) % FINALS;
        return (jong != 0, jong == RIEUL);
    }
    match c.to_ascii_lowercase() {
        '1' | '7' | '8' | 'l' | 'r' => (true, true),
        '0' | '3' | '6' | 'm' | 'n' => (true, false),
        _ => (false, false),
    }
}

/// `2026년 3월 31일`.
pub fn date_prose(date: NaiveDate) -> String {
    format!("{}년 {}월 {}일", date.year(), date.month(), date.day())
}

/// `2026년 3월`.
pub fn month_prose(month: crate::ledger::FiscalMonth) -> String {
    format!("{}년 {}월", month.year(), month.month())
}

/// A ratio as a percentage with one decimal: `0.123` is `12.3%`.
pub fn percent(ratio: f64) -> String {
    format!("{:.1}%", ratio * 100.0)
}

/// `n` with thousands separators: `1,234`.
pub fn count(n: usize) -> String {
    crate::ledger::amount::group_thousands(n as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn particle_follows_the_last_sound() {
        for (word, pair, expected) in [
            ("거래처", "을/를", "거래처를"),
            ("금액", "을/를", "금액을"),
            ("서울", "으로/로", "서울로"),
            ("부산", "으로/로", "부산으로"),
            ("총무과(본관)", "은/는", "총무과(본관)은"),
            ("3", "이/가", "3이"),
            ("2", "이/가", "2가"),
            ("", "이/가", "가"),
        ] {
            assert_eq!(josa(word, pair), expected);
        }
    }

    #[test]
    fn dates_in_prose() {
        let date = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
        assert_eq!(date_prose(date), "2026년 3월 31일");
        assert_eq!(percent(0.1234), "12.3%");
        assert_eq!(count(1_234_567), "1,234,567");
    }
}
