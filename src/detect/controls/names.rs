//! Names of vendors and descriptions as a person compares them: without legal forms, spaces, branches.
//!
//! Comes in: texts of a ledger. Goes out: cores of names, whether two are spellings of one, whether a name is a person's.
//! Refuses: to join names whose digits differ, or short names that differ in a letter.

use super::duplicate_payment::likeness;
use crate::clean::{Interned, LedgerView};

/// Likeness of descriptions from which they name one thing.
const ALIKE: f64 = 0.8;

/// Legal forms, as they stand before or after a name.
const FORMS: [&str; 15] = [
    "유한책임회사",
    "사회복지법인",
    "농업회사법인",
    "주식회사",
    "유한회사",
    "합자회사",
    "사단법인",
    "재단법인",
    "의료법인",
    "학교법인",
    "㈜",
    "(주)",
    "(유)",
    "(사)",
    "(재)",
];

/// Ends of a word that names a branch.
const BRANCHES: [&str; 8] = ["점", "지사", "지부", "영업소", "출장소", "사업소", "공장", "본사"];

/// Letters from which one wrong letter still leaves a name the same.
const LONG: usize = 5;

/// Family names that begin nearly all Korean names.
const FAMILY_NAMES: &str = "김이박최정강조윤장임한오서신권황안송류유홍전고문양손배백허남심노하곽성차주우구민나진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용";

/// `name` without legal form, what stands in brackets, branch, spaces and signs; in lower case.
pub(super) fn core(name: &str) -> String {
    let mut text = name.replace('（', "(").replace('）', ")");
    for form in FORMS {
        text = text.replace(form, " ");
    }
    let text = without_brackets(&text);
    let mut words: Vec<&str> = text.split_whitespace().collect();
    if words.len() > 1 && words.last().is_some_and(|word| BRANCHES.iter().any(|end| word.ends_with(end))) {
        words.pop();
    }
    let letters = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let core = letters(&words.concat());
    if core.is_empty() { letters(name) } else { core }
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// Whether two cores are spellings of one name: equal, one the beginning of the other, or long and one letter apart.
pub(super) fn near(a: &str, b: &str) -> bool {
    if a == b {
        return !a.is_empty();
    }
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    let n_short = short.chars().count();
    if digits(a) != digits(b) || n_short < 2 {
        return false;
    }
    (n_short >= 4 && long.starts_with(short)) || (n_short >= LONG && strsim::osa_distance(a, b) <= 1)
}

/// Whether `name` reads as a person's: three Korean letters that begin with a family name.
pub(super) fn is_person(name: &str) -> bool {
    let letters: Vec<char> = name.chars().collect();
    letters.len() == 3
        && letters.iter().all(|c| ('가'..='힣').contains(c))
        && FAMILY_NAMES.contains(letters[0])
}

/// Whether nothing says that two payments are for different things.
pub(super) fn is_one_thing(ledger: &LedgerView, a: usize, b: usize) -> bool {
    let text = &ledger.description;
    let is_absent = text.ids[a] == Interned::NULL || text.ids[b] == Interned::NULL;
    is_absent || text.ids[a] == text.ids[b] || likeness(text.text(a), text.text(b)) >= ALIKE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_are_near() {
        for (a, b, expected) in [
            ("(주)가나상사", "가나상사 주식회사", true),
            ("㈜ 가나 상사", "가나상사(서울)", true),
            ("우리건우유통 신도시점", "우리건우유통", true),
            ("한빛토탈에너지", "한빛토털에너지", true),
            ("가나상사", "다나상사", false),
            ("거래처 100호점", "거래처 101호점", true),
            ("거래처100", "거래처101", false),
            ("가나", "가나상사", false),
            ("", "", false),
        ] {
            assert_eq!(near(&core(a), &core(b)), expected, "{a} {b}");
        }
        assert_eq!(core("(주)"), "주");
    }

    #[test]
    fn persons_have_three_letters_and_a_family_name() {
        for (name, expected) in [("김서연", true), ("가나사", false), ("김가상사", false), ("A김서", false)]
        {
            assert_eq!(is_person(name), expected, "{name}");
        }
    }
}
