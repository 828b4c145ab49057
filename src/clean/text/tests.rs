//! Text: what is removed, what stays, what compares equal, which units are read.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::*;

/// `\u{200b}` in a labelled table is that character.
pub(in crate::clean) fn unescape(cell: &str) -> String {
    let mut out = String::new();
    let mut rest = cell;
    while let Some((before, after)) = rest.split_once("\\u{") {
        let (code, behind) = after.split_once('}').unwrap();
        out.push_str(before);
        out.push(char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap());
        rest = behind;
    }
    out + rest
}

/// Cells and expectations of a labelled table.
pub(in crate::clean) fn cases(table: &str) -> Vec<(String, &str)> {
    let lines = table.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let (input, expected) = line.rsplit_once('\t').unwrap();
            (unescape(input.strip_prefix('|').unwrap().strip_suffix('|').unwrap()), expected)
        })
        .collect()
}

/// Rows of two columns in the tables of a page: the cells in backticks, and what the page says of them.
pub(in crate::clean) fn promised(page: &str) -> Vec<(&str, &str)> {
    let mut out = Vec::new();
    for line in page.lines().filter(|line| line.starts_with("| `") && line.matches(" | ").count() == 1) {
        let (written, said) = line.trim_matches(['|', ' ']).split_once(" | ").unwrap();
        let is_list = written.split('`').step_by(2).all(|between| between.trim().is_empty());
        if is_list {
            out.extend(written.split('`').skip(1).step_by(2).map(|cell| (cell, said)));
        }
    }
    out
}

/// `cell` with a character, sometimes two, replaced, removed or put in.
pub(in crate::clean) fn mutated(cell: &str, alphabet: &[char], dice: &mut impl Rng) -> String {
    let mut chars: Vec<char> = cell.chars().collect();
    for _ in 0..=dice.gen_range(0..=4) / 4 {
        let at = dice.gen_range(0..=chars.len());
        let new = alphabet[dice.gen_range(0..alphabet.len())];
        match dice.gen_range(0..3) {
            0 if at < chars.len() => chars[at] = new,
            1 if at < chars.len() => drop(chars.remove(at)),
            _ => chars.insert(at, new),
        }
    }
    chars.into_iter().collect()
}

#[test]
fn decomposed_hangul_and_invisible_characters_are_put_right() {
    let nfd: String = "총무과".nfd().collect();
    assert_eq!(tidy(&format!(" \u{feff}{nfd}\u{200b} ")), "총무과");
    assert_eq!(tidy("a\r\n b\u{3000}c"), "a b c");
    for hidden in [
        '\u{0}',
        '\u{1f}',
        '\u{7f}',
        '\u{ad}',
        '\u{34f}',
        '\u{61c}',
        '\u{115f}',
        '\u{1160}',
        '\u{180e}',
        '\u{200b}',
        '\u{200d}',
        '\u{200e}',
        '\u{202e}',
        '\u{2060}',
        '\u{2066}',
        '\u{2069}',
        '\u{3164}',
        '\u{fe0f}',
        '\u{feff}',
        '\u{ffa0}',
        '\u{fffb}',
        '\u{e0041}',
        '\u{e0100}',
    ] {
        assert_eq!(tidy(&format!("총{hidden}무과{hidden}")), "총무과", "{:x}", u32::from(hidden));
        assert_eq!(tidy(&hidden.to_string()), "", "{:x}", u32::from(hidden));
        assert_eq!(narrow(&format!("총{hidden}무 과")), "총무과", "{:x}", u32::from(hidden));
    }
    // A syllable whose jamo were torn apart is one again.
    assert_eq!(tidy("\u{1100}\u{200b}\u{1161}"), "가");
}

#[test]
fn white_space_is_one_space_and_none_at_the_ends() {
    for space in [
        '\t', '\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{a0}', '\u{2003}', '\u{2028}', '\u{202f}',
        '\u{3000}',
    ] {
        assert_eq!(tidy(&format!("{space}가{space} {space}나{space}")), "가 나", "{:x}", u32::from(space));
    }
    assert_eq!(tidy(" \u{200b} "), "");
}

#[test]
fn what_is_not_ours_to_change_stays() {
    // Half-width jamo (finals are not told from initials), single jamo, private use, replacement character.
    for text in ["ﾡￂ", "ㅎㅎ", "\u{e000}\u{f8ff}", "\u{fffd}", "㈜가나", "１２３", "漢字", "·※→", "🙂"]
    {
        assert_eq!(tidy(text), text);
    }
}

#[test]
fn tidy_text_is_borrowed_and_the_rest_is_nfc_and_stable() {
    for text in ["", "총무과", "사무용품 구입 외 3건(총무과)", "㈜가나 · 다라", "2024-01-05", "a b"]
    {
        assert!(matches!(tidy_cow(text), Cow::Borrowed(_)), "{text}");
    }
    for text in [" ", "a ", " a", "a  b", "a\tb", "a\u{a0}b", "\u{200b}"] {
        assert!(matches!(tidy_cow(text), Cow::Owned(_)), "{text:?}");
    }
    let mut dice = Xoshiro256PlusPlus::seed_from_u64(3);
    let blocks = [
        0x00..0x300,
        0x1100..0x1200,
        0x2000..0x2070,
        0x3000..0x3400,
        0xac00..0xad00,
        0xfe00..0x10000,
        0xe0000..0xe0200_u32,
    ];
    for _ in 0..20_000 {
        let any = |dice: &mut Xoshiro256PlusPlus| {
            let block = blocks[dice.gen_range(0..blocks.len())].clone();
            char::from_u32(dice.gen_range(block)).unwrap_or('가')
        };
        let text: String = (0..dice.gen_range(1..8)).map(|_| any(&mut dice)).collect();
        let once = tidy(&text);
        assert!(is_nfc(&once) && tidy(&once) == once, "{text:?}");
        assert!(
            once.chars().all(|c| c == ' ' || !(c.is_whitespace() || c.is_control() || is_invisible(c))),
            "{text:?}"
        );
    }
}

#[test]
fn plain_characters_are_visible_and_unmoved_by_nfc() {
    for c in ('\0'..=char::MAX).filter(|c| is_plain(*c)) {
        let composed: String = std::iter::once(c).nfc().collect();
        assert_eq!(composed, c.to_string());
        assert!(!c.is_whitespace() && !c.is_control() && !is_invisible(c), "{:x}", u32::from(c));
    }
}

#[test]
fn headers_compare_without_spaces_and_units() {
    for (text, key) in [
        ("금 액 (원)", "금액"),
        ("(단위: 천원)", "(단위:천원)"),
        ("ＤＡＴＥ", "date"),
        ("금\u{200b}액（원）", "금액"),
        ("지출\n일자", "지출일자"),
    ] {
        assert_eq!(header_key(text), key);
    }
    assert_eq!(header_key(&"금액".nfd().collect::<String>()), "금액");
}

#[test]
fn units_are_read() {
    for (text, factor) in [
        ("(단위: 천원)", 1_000),
        ("[단위 : 원]", 1),
        ("[단위:원]", 1),
        ("단위:백만원", 1_000_000),
        ("단위 : 백만원", 1_000_000),
        ("（단위：천원）", 1_000),
        ("(단위 천원)", 1_000),
        ("단위천원)", 1_000),
        ("(천원)", 1_000),
        ("단위: 원, %", 1),
        ("(단위 : 천원, %)", 1_000),
        ("(단위: 명, 백만원)", 1_000_000),
        ("(단위: 천원/VAT 포함)", 1_000),
        ("단위: 천원(부가세 포함)", 1_000),
        ("단위: 십만원", 100_000),
        ("단위: 만 원", 10_000),
        ("단위: 억원", 100_000_000),
        ("단위: 십억원", 1_000_000_000),
        ("단위: 조원", 1_000_000_000_000),
        ("단위: 1,000원", 1_000),
        ("단위: 1천원", 1_000),
        ("(Unit: KRW 1,000)", 1_000),
        ("(unit : KRW thousand)", 1_000),
        ("(Unit: thousands of KRW)", 1_000),
        ("(Unit: in millions of won)", 1_000_000),
        ("단위=₩", 1),
        ("2024년 집행 현황 (단위: 천원)", 1_000),
        ("금액단위: 천원", 1_000),
        ("단위: 천원\n기준일: 2024.12.31.", 1_000),
        ("단위: 천원    2024. 12. 31. 현재", 1_000),
        ("금액(천원)", 1_000),
        ("집행액 [백만원]", 1_000_000),
        ("<단위 : 천원>", 1_000),
    ] {
        assert_eq!(unit_of(text), Some(Ok(factor)), "{text}");
        assert_eq!(unit_factor(text), Some(factor), "{text}");
    }
}

#[test]
fn the_page_keeps_its_word_on_units() {
    let page = include_str!("../../../docs/inputs/amounts.md");
    let units = page.split("## Units").nth(1).unwrap().split("## Number words").next().unwrap();
    let promises = promised(units);
    assert!(promises.len() > 10);
    for (text, said) in promises {
        assert_eq!(unit_of(text), Some(Ok(said.parse().unwrap())), "{text}");
    }
}

#[test]
fn texts_without_a_unit_have_none() {
    for text in [
        "",
        "총무과",
        "단위",
        "단위사업",
        "단위사업명",
        "세부사업(단위사업)",
        "금액",
        "금액(VAT포함)",
        "수량(개)",
        "단위: %",
        "단위: 명",
        "Unit price",
        "단위 테스트",
        "(주)가나",
        "부대비(기타)",
        "community: 3",
        "계(A+B)",
    ] {
        assert_eq!(unit_of(text), None, "{text}");
    }
}

#[test]
fn units_that_are_unknown_are_told_from_none() {
    for (text, reason) in [
        ("단위: USD", "매핑의 통화(KRW)와 다른 단위입니다: ‘USD’"),
        ("(단위: 천불)", "매핑의 통화(KRW)와 다른 단위입니다: ‘천불’"),
        ("(단위 USD)", "매핑의 통화(KRW)와 다른 단위입니다: ‘USD’"),
        ("금액(USD)", "매핑의 통화(KRW)와 다른 단위입니다: ‘USD’"),
        ("(단위: 백만달러)", "매핑의 통화(KRW)와 다른 단위입니다: ‘백만달러’"),
        ("단위: 원, USD", "매핑의 통화(KRW)와 다른 단위입니다: ‘원, USD’"),
        ("단위: 천", "알 수 없는 단위입니다: ‘천’"),
        ("단위: 꾸러미", "알 수 없는 단위입니다: ‘꾸러미’"),
        ("단위: 2천원", "알 수 없는 단위입니다: ‘2천원’"),
        ("단위: 천만억원", "알 수 없는 단위입니다: ‘천만억원’"),
        ("단위: 원, 천원", "단위가 둘 이상입니다: ‘원, 천원’"),
    ] {
        assert_eq!(unit_of(text), Some(Err(reason.to_owned())), "{text}");
        assert_eq!(unit_factor(text), None, "{text}");
    }
    assert_eq!(unit_in("(단위: 천달러)", "USD"), Some(Ok(1_000)));
    assert_eq!(unit_in("Unit: CHF thousand", "CHF"), Some(Ok(1_000)));
    assert!(unit_in("(단위: 천원)", "USD").unwrap().is_err());
}
