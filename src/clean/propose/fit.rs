//! How well the cells of a source column fit one of our columns.
//!
//! Comes in: a profile. Goes out: a fit from 0 to 1.
//! Refuses: days as amounts, codes as amounts, amounts as names.

use super::profile::{AMOUNT_RULES, DATE_RULES, Profile};
use crate::clean::mapping::{CREDIT, DEBIT, SIGN};
use crate::ledger::col;

const DEPARTMENT_ENDINGS: &[&str] = &[
    "과",
    "팀",
    "실",
    "부",
    "국",
    "처",
    "센터",
    "단",
    "소",
    "원",
    "관",
    "청",
    "학교",
    "학과",
    "본부",
    "위원회",
    "담당",
];
const ACCOUNT_ENDINGS: &[&str] =
    &["비", "료", "금", "수당", "세", "여비", "급여", "보수", "용역", "재료", "보험", "손실"];
const VENDOR_MARKS: &[&str] = &[
    "(주)",
    "㈜",
    "주식회사",
    "(유)",
    "(사)",
    "(재)",
    "상사",
    "상회",
    "문구",
    "마트",
    "식당",
    "여행",
    "유통",
    "산업",
    "시스템",
    "기획",
    "인쇄",
    "전자",
    "전산",
    "물산",
    "서점",
    "문고",
    "커피",
    "카페",
    "주유소",
    "호텔",
    "병원",
    "약국",
    "법인",
    "건설",
    "시설",
    "마루",
    "과학",
    "체육",
    "나래",
    "푸드",
];
const KINDS: &[&str] = &[
    "취소",
    "승인",
    "정상",
    "지출",
    "반납",
    "여입",
    "정정",
    "환불",
    "매입",
    "매출",
    "원인행위",
    "결의",
    "지급",
    "대체",
];
const METHODS: &[&str] = &["이체", "카드", "현금", "CMS", "제로페이", "수표", "직불", "입금"];
const SURNAMES: &str = "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국";
/// Values of a column that tells debit from credit, and which of them is credit.
pub(super) const SIGNS: &[(&str, bool)] = &[
    ("S", false),
    ("H", true),
    ("D", false),
    ("C", true),
    ("차변", false),
    ("대변", true),
    ("차", false),
    ("대", true),
    ("Debit", false),
    ("Credit", true),
];

/// The fit of a profile with `column`.
pub(super) fn fit(column: &str, profile: &Profile) -> f64 {
    if profile.n_filled == 0 {
        return 0.0;
    }
    match column {
        col::DATE => day(profile),
        col::AMOUNT => amount(profile),
        DEBIT | CREDIT => amount(profile),
        col::MINUTE => profile.share(profile.n_clock),
        col::VENDOR_NO => profile.share(profile.n_business),
        col::CARD => profile.share(profile.n_card),
        SIGN => sign(profile),
        col::DOCUMENT_NO => document(profile),
        day_before if col::DETAIL_DAYS.contains(&day_before) => day(profile),
        // Nothing in their cells tells an approver from a requester: the header must.
        detail if col::is_detail(detail) => 0.5,
        _ => words(column, profile),
    }
}

fn day(profile: &Profile) -> f64 {
    let plain = profile.days[..DATE_RULES.len() - 1].iter().max().copied().unwrap_or(0);
    let serial = profile.days[DATE_RULES.len() - 1];
    // Amounts in number cells may look like serials.
    profile.share(plain).max(0.6 * profile.share(serial))
}

fn amount(profile: &Profile) -> f64 {
    let best = profile.amounts.iter().max().copied().unwrap_or(0);
    if profile.is_counter || profile.share(profile.days[0]) > 0.5 && profile.n_grouped == 0 {
        return 0.0;
    }
    let shape = 0.6 + 0.4 * profile.share(profile.n_grouped) - 0.5 * profile.share(profile.n_code);
    // A column of two or three values in text is a code or a mark.
    let variety = if profile.n_filled > 10 && profile.values.len() < 3 { 0.5 } else { 1.0 };
    (profile.share(best) * shape * variety).clamp(0.0, 1.0)
}

/// Which way of reading amounts fits: the first one that reads all that any can.
pub(super) fn amount_rule(profile: &Profile) -> (bool, u8) {
    let best = profile.amounts.iter().max().copied().unwrap_or(0);
    let at = profile.amounts.iter().position(|count| *count == best).unwrap_or(0);
    AMOUNT_RULES[at]
}

/// Which way of reading days fits, and whether another order reads them as well.
pub(super) fn date_rule(profile: &Profile) -> (usize, bool) {
    let best = profile.days.iter().max().copied().unwrap_or(0);
    let at = profile.days.iter().position(|count| *count == best).unwrap_or(0);
    let is_ambiguous = at == 2 && profile.days[3] == best || at == 4 && profile.days[5] == best;
    (at, is_ambiguous)
}

fn sign(profile: &Profile) -> f64 {
    let is_sign = |value: &str| SIGNS.iter().any(|(known, _)| *known == value);
    let share = profile.share_of(is_sign);
    if share >= 0.95 && profile.values.len() <= 4 { share } else { 0.0 }
}

fn document(profile: &Profile) -> f64 {
    let is_number = |value: &str| {
        value.chars().any(|c| c.is_ascii_digit())
            && !value.contains([' ', ',', ':'])
            && value.chars().count() >= 4
    };
    let share = profile.share_of(is_number);
    let other = profile.share(profile.n_business + profile.n_card + profile.days[0]);
    if profile.is_counter { 0.0 } else { (share * (0.4 + 0.6 * profile.variety()) - other).clamp(0.0, 1.0) }
}

/// Columns of words: what the values end in or hold, and how often they repeat.
fn words(column: &str, profile: &Profile) -> f64 {
    let is_typed = profile.share(profile.days[0]) > 0.5
        || profile.share(profile.n_business + profile.n_card + profile.n_clock) > 0.5
        || profile.share(profile.amounts[0]) > 0.9 && profile.n_grouped * 2 > profile.n_filled
        || profile.is_counter;
    if is_typed {
        return 0.0;
    }
    let ends = |endings: &[&str]| {
        profile.share_of(|value| {
            let name = value.trim_end_matches(|c: char| c.is_ascii_digit() || c == ')' || c == '(');
            endings.iter().any(|ending| name.ends_with(ending)) && !value.contains("  ")
        })
    };
    let holds = |marks: &[&str]| profile.share_of(|value| marks.iter().any(|mark| value.contains(mark)));
    let repeats = 1.0 - profile.variety();
    let letters = profile.share(profile.n_letters);
    let names = profile.share_of(is_person);
    match column {
        col::DEPARTMENT => 0.25 + 0.25 * repeats + 0.5 * ends(DEPARTMENT_ENDINGS) - 0.4 * names,
        col::ACCOUNT => 0.25 + 0.25 * repeats + 0.5 * ends(ACCOUNT_ENDINGS) - 0.4 * names,
        col::VENDOR => 0.4 * letters + 0.6 * holds(VENDOR_MARKS) - 0.3 * names,
        col::DESCRIPTION => 0.3 * letters + 0.7 * profile.share(profile.n_spaced),
        col::REQUESTER => names,
        col::KIND if profile.values.len() <= 12 => 0.3 + 0.7 * holds(KINDS).max(sign(profile)),
        col::PAYMENT_METHOD if profile.values.len() <= 12 => 0.2 + 0.8 * holds(METHODS),
        _ => 0.1,
    }
    .clamp(0.0, 1.0)
}

/// Two to four Hangul letters that begin with a surname.
fn is_person(value: &str) -> bool {
    let n = value.chars().count();
    let is_hangul = value.chars().all(|c| ('가'..='힣').contains(&c) || c == '*' || c == '○');
    let ends_otherwise =
        DEPARTMENT_ENDINGS.iter().chain(ACCOUNT_ENDINGS).any(|ending| value.ends_with(ending));
    n == 3
        && is_hangul
        && value.chars().next().is_some_and(|first| SURNAMES.contains(first))
        && !ends_otherwise
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::RawCell;

    fn profile(cells: &[&str]) -> Profile {
        Profile::of(cells.iter().map(|cell| RawCell::Text(cell)))
    }

    #[test]
    fn days_codes_and_counters_are_no_amounts() {
        assert!(fit(col::AMOUNT, &profile(&["1,200", "35,000", "△500"])) > 0.95);
        assert!(fit(col::AMOUNT, &profile(&["20240105", "20240106", "20240107"])) < 0.2);
        assert!(fit(col::AMOUNT, &profile(&["52100100", "52200300"])) < 0.2);
        assert!(fit(col::AMOUNT, &profile(&["1", "2", "3", "4"])) < 0.01);
    }

    #[test]
    fn names_are_told_by_their_endings() {
        let departments = profile(&["총무과", "회계과", "총무과", "기획팀"]);
        let accounts = profile(&["사무관리비", "국내여비", "국내여비", "공공요금"]);
        assert!(fit(col::DEPARTMENT, &departments) > fit(col::ACCOUNT, &departments) + 0.3);
        assert!(fit(col::ACCOUNT, &accounts) > fit(col::DEPARTMENT, &accounts) + 0.3);
        assert!(fit(col::REQUESTER, &profile(&["김하늘", "이바다"])) > 0.95);
        assert!(fit(col::DEPARTMENT, &profile(&["1,000", "2,000"])) < 0.01);
    }

    #[test]
    fn rules_follow_the_values() {
        assert_eq!(amount_rule(&profile(&["$1.083,65"])), (true, 2));
        assert_eq!(amount_rule(&profile(&["1,083"])), (false, 0));
        assert_eq!(date_rule(&profile(&["01/02/2024", "03/04/2024"])), (2, true));
        assert_eq!(date_rule(&profile(&["01/02/2024", "31/04/2024", "30/04/2024"])), (2, false));
        assert_eq!(date_rule(&profile(&["24.12.31"])).0, 1);
        assert!(fit(SIGN, &profile(&["S", "H", "S"])) > 0.9 && fit(SIGN, &profile(&["S", "X"])) < 0.1);
    }
}
