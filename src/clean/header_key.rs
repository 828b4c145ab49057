//! Headers as compared: without white space, case, footnote marks and bracketed units.
//!
//! Comes in: the text of a header cell, or a header as a mapping writes it. Goes out: the keys it answers to.
//! Refuses: to drop a bracket that makes the column another one, as `금액(예산)` is not `금액`.

use super::text::{narrow, unit_in};

/// Words in brackets that name another column than the word before them.
const OTHER: [&str; 21] = [
    "수입",
    "취소",
    "요구",
    "감액",
    "계약",
    "추정",
    "미지급",
    "예산",
    "배정",
    "잔액",
    "잔고",
    "세액",
    "부가세",
    "전년",
    "전월",
    "외화",
    "통화",
    "누계",
    "계획",
    "코드",
    "번호",
];
/// Endings of a remark about tax, which leaves the column what it is.
const REMARKS: [&str; 3] = ["포함", "별도", "제외"];

/// The keys a header answers to, the most telling first: as written, then without its brackets.
pub(super) fn keys(text: &str) -> Vec<String> {
    let whole = whole(text);
    let bare = without_brackets(&whole).map(str::to_owned);
    let mut keys = vec![whole];
    keys.extend(bare);
    keys.retain(|key| !key.is_empty());
    keys
}

/// The first of [`keys`]; empty where the cell shows nothing.
pub(super) fn first(text: &str) -> String {
    whole(text)
}

/// Narrow, lower case, without footnote marks at either end.
fn whole(text: &str) -> String {
    let narrowed = narrow(text).to_lowercase();
    let mut key = narrowed.as_str();
    loop {
        let shorter =
            key.trim_start_matches(is_mark).trim_end_matches(|c| is_mark(c) || is_superscript(c) || c == ':');
        let shorter = without_number(shorter);
        if shorter.len() == key.len() {
            return key.to_owned();
        }
        if shorter.is_empty() {
            return narrowed;
        }
        key = shorter;
    }
}

fn is_mark(c: char) -> bool {
    matches!(c, '*' | '※' | '†' | '‡' | '•' | '■' | '□' | '▶' | '①'..='⑳')
}

fn is_superscript(c: char) -> bool {
    matches!(c, '\u{b9}' | '\u{b2}' | '\u{b3}' | '\u{2070}'..='\u{207f}')
}

/// `금액1)` without the number of its footnote.
fn without_number(key: &str) -> &str {
    let Some(body) = key.strip_suffix(')').filter(|body| !body.contains('(')) else { return key };
    let trimmed = body.trim_end_matches(|c: char| c.is_ascii_digit());
    if trimmed.len() < body.len() { trimmed } else { key }
}

/// `금액(천원)` and `예산액(4)(1+2+3)` up to the first bracket; `None` where a bracket matters or none stands there.
fn without_brackets(whole: &str) -> Option<&str> {
    let (before, _) = whole.split_once(['(', '['])?;
    let is_closed = whole.ends_with([')', ']']);
    (is_closed && groups(whole).all(|group| !is_other(group))).then_some(before)
}

pub(super) fn is_other(group: &str) -> bool {
    let is_remark = REMARKS.iter().any(|remark| group.ends_with(remark));
    !is_remark && OTHER.iter().any(|word| group.contains(word))
}

/// What stands in brackets.
fn groups(whole: &str) -> impl Iterator<Item = &str> {
    whole.split(['(', '[']).skip(1).map(|group| group.trim_end_matches([')', ']']))
}

/// Main units of `currency` in one written unit where a header states it in brackets, as `금액(천원)` does.
pub(super) fn unit(header: &str, currency: &str) -> Option<Result<i64, String>> {
    let narrowed = narrow(header);
    groups(&narrowed).find_map(|group| {
        unit_in(&format!("({group})"), currency).or_else(|| {
            let is_scale = group.chars().any(|c| "십백천만억조千百萬億兆kKmM".contains(c));
            let is_only =
                group.chars().all(|c| "십백천만억조千百萬億兆圓元원kKmM,".contains(c) || c.is_ascii_digit());
            (is_scale && is_only).then(|| Err(format!("알 수 없는 단위입니다: ‘{group}’")))
        })
    })
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    #[test]
    fn marks_spaces_breaks_and_composition_do_not_matter() {
        let nfd: String = "금액".nfd().collect();
        for text in [
            "금액",
            " 금 액 ",
            "금\n액",
            "금액*",
            "* 금액",
            "금액1)",
            "금액 12)",
            "금액¹⁾",
            "①금액",
            "금액※",
            "금액:",
            "\u{feff}금액\u{200b}",
            &nfd,
        ] {
            assert_eq!(keys(text), ["금액"], "{text:?}");
        }
        assert_eq!(keys("지출\r\n금액"), ["지출금액"]);
        assert_eq!(keys("Posting Date"), ["postingdate"]);
        assert_eq!(keys("ＤＡＴＥ"), ["date"]);
        assert_eq!(keys(" \u{200b}"), [""; 0]);
        assert_eq!(keys("***"), ["***"]);
    }

    #[test]
    fn brackets_fall_away_unless_they_name_another_column() {
        for (text, bare) in [
            ("금액(원)", Some("금액")),
            ("금액（천원）", Some("금액")),
            ("금액[천원]", Some("금액")),
            ("지출금액(18)", Some("지출금액")),
            ("예산액(4)(1+2+3)", Some("예산액")),
            ("금액(부가세 포함)", Some("금액")),
            ("금액(예산)", None),
            ("금액(부가세)", None),
            ("거래처(코드)", None),
            ("금액(전표통화)", None),
            ("(단위: 천원)", None),
        ] {
            assert_eq!(keys(text).get(1).map(String::as_str), bare, "{text}");
        }
    }

    #[test]
    fn numbered_columns_stay_apart() {
        assert_eq!(keys("금액1"), ["금액1"]);
        assert_eq!(keys("금액(1)"), ["금액(1)", "금액"]);
    }

    #[test]
    fn a_unit_in_brackets_is_found() {
        for (header, factor) in [
            ("금액(천원)", Some(1_000)),
            ("금액（백만원）", Some(1_000_000)),
            ("금액[단위:천원]", Some(1_000)),
            ("예산액(4)(천원)", Some(1_000)),
            ("금액(18)", None),
            ("금액", None),
        ] {
            assert_eq!(unit(header, "KRW"), factor.map(Ok), "{header}");
        }
    }
}
