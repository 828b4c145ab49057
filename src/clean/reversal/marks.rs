//! Words and endings by which an export says that a row takes something back.
//!
//! Comes in: the text of one cell. Goes out: whether it is marked, and the text without the mark.
//! Refuses: negated words (미취소), words in the middle of a sentence (행사 취소 위약금).

/// Words that take a payment back.
const TAKES_BACK: [&str; 10] =
    ["취소", "반납", "여입", "환불", "환급", "환수", "반려", "cancel", "refund", "reversal"];

/// The word for a wrong row and its right one: it takes back where the amount is negative, pays where positive.
const CORRECTS: &str = "정정";

/// What makes a word its opposite.
const NEGATED: [&str; 8] = ["미취소", "비취소", "미반납", "아님", "안함", "안 함", "않", "없음"];

/// Noun endings after a word: 취소건, 반납분, 여입금, 취소 처리.
const TAILS: [&str; 5] = ["건", "분", "금", "액", "처리"];

/// What stands between a mark and the text it marks.
const SEPARATORS: [char; 15] = [' ', '-', '_', '/', '.', ':', ',', '~', '·', '(', ')', '[', ']', '<', '>'];

/// Endings of a document number that an ERP gives to the reversal of a document.
const ENDINGS: [&str; 3] = ["c", "r", "rev"];

/// Most digits of a numbered ending, as in `-1` or `-02`.
const ENDING_DIGITS_MAX: usize = 2;

/// Whether a kind says that its row takes a payment back.
pub(super) fn kind_takes_back(kind: &str) -> bool {
    let kind = kind.to_lowercase();
    TAKES_BACK.iter().any(|word| kind.contains(word)) && !NEGATED.iter().any(|word| kind.contains(word))
}

/// Whether a text names a correction.
pub(super) fn names_correction(text: &str) -> bool {
    text.contains(CORRECTS)
}

/// The text without a mark at its start or end, and whether the mark takes back (정정 alone does not).
/// `None` without a mark.
pub(super) fn unmarked(text: &str) -> Option<(&str, bool)> {
    let (mut rest, mut found, mut takes_back) = (text.trim_matches(SEPARATORS), false, false);
    while let Some((shorter, word)) = without_word(rest) {
        (rest, found) = (shorter.trim_matches(SEPARATORS), true);
        takes_back |= word != CORRECTS;
    }
    found.then_some((rest, takes_back))
}

fn without_word(text: &str) -> Option<(&str, &'static str)> {
    let words = || TAKES_BACK.iter().copied().chain([CORRECTS]);
    if NEGATED.iter().any(|word| text.ends_with(word)) {
        return None;
    }
    let bare = TAILS.iter().find_map(|tail| text.strip_suffix(tail)).map(str::trim_end);
    for word in words() {
        for text in [Some(text), bare].into_iter().flatten() {
            if let Some(rest) = strip_end(text, word) {
                return Some((rest, word));
            }
        }
        if let Some(rest) = strip_start(text, word) {
            return Some((rest, word));
        }
    }
    None
}

/// `text` without `word` at its end, Latin letters in any case.
fn strip_end<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let at = text.len().checked_sub(word.len())?;
    (text.is_char_boundary(at) && text[at..].eq_ignore_ascii_case(word)).then(|| &text[..at])
}

/// `text` without `word` at its start when a separator follows: "취소 3월분", not "취소수수료".
fn strip_start<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let fits = text.is_char_boundary(word.len()) && text.get(..word.len())?.eq_ignore_ascii_case(word);
    let rest = fits.then(|| &text[word.len()..])?;
    rest.starts_with(SEPARATORS).then_some(rest)
}

/// A document number without the ending of a reversal (`-C`, `-R`, `-REV`, `-1` to `-99`).
pub(super) fn without_ending(number: &str) -> Option<&str> {
    let (rest, ending) = number.rsplit_once(['-', '_', '/'])?;
    let numbered = (1..=ENDING_DIGITS_MAX).contains(&ending.len())
        && ending.bytes().all(|b| b.is_ascii_digit())
        && ending.bytes().any(|b| b != b'0');
    let lettered = ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known));
    (!rest.is_empty() && (numbered || lettered)).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_take_back_unless_negated() {
        for kind in ["취소", "승인취소", "반납", "여입", "환불", "환수", "반려", "Refund", "CANCELLED"]
        {
            assert!(kind_takes_back(kind), "{kind}");
        }
        for kind in ["정상", "승인", "미취소", "비취소", "취소 아님", "취소없음", "정정", "N", ""]
        {
            assert!(!kind_takes_back(kind), "{kind}");
        }
    }

    #[test]
    fn marks_stand_at_the_start_or_the_end() {
        for (text, expected) in [
            ("3월 사무용품 취소", Some(("3월 사무용품", true))),
            ("(취소) 3월 사무용품", Some(("3월 사무용품", true))),
            ("3월 여비[반납]", Some(("3월 여비", true))),
            ("3월 여비 반납분", Some(("3월 여비", true))),
            ("3월 여비 취소 처리", Some(("3월 여비", true))),
            ("임차료 정정", Some(("임차료", false))),
            ("임차료 정정취소", Some(("임차료", true))),
            ("Hotel REFUND", Some(("Hotel", true))),
            ("2024-000012취소", Some(("2024-000012", true))),
            ("행사 취소 위약금", None),
            ("취소수수료", None),
            ("카드 미취소", None),
            ("", None),
        ] {
            assert_eq!(unmarked(text), expected, "{text}");
        }
    }

    #[test]
    fn endings_of_numbers() {
        for (number, expected) in [
            ("2024-000012-C", Some("2024-000012")),
            ("2024-000012_r", Some("2024-000012")),
            ("A12-1", Some("A12")),
            ("A12-02", Some("A12")),
            ("A12-00", None),
            ("A12-123", None),
            ("A12-D", None),
            ("-1", None),
            ("12", None),
        ] {
            assert_eq!(without_ending(number), expected, "{number}");
        }
    }
}
