//! Whether bytes that decode as CP949 are Korean: almost any pair of high bytes decodes as something.
//!
//! Comes in: bytes that are not UTF-8, or text that could be either. Goes out: nothing, or the reason.
//! Refuses: other encodings that happen to decode (Latin-1, Shift-JIS, GBK, Cyrillic), lines of UTF-8 between CP949.

use encoding_rs::EUC_KR;

use super::text::undecodable;
use crate::error::Problem;

/// Syllables that stand often in Korean office text; one random syllable in twelve is among them.
const COMMON: &str = "가각간감강개거건검격결경계고공과관광교구국군권규그금급기김나남내년노농다단담당대도동두등라력로록료류리마만명모목무문\
물미민박반발방배번법별병보복본부분비사산상생서석선설성세소속송수순술스승시식신실심아안액양업에여연영예오외요용우운\
원월위유육은을음의이인일입자작장재저적전점정제조종주준중지직진차책처천청체초총최추출취층치카코타택토통트특판편평품\
프하학한할합항해행험현협형호화확환활회획효후휴";

/// How the pairs of a text are spread over the regions of CP949.
#[derive(Clone, Copy, Debug, Default)]
struct Spread {
    /// The 2,350 syllables of KS X 1001.
    hangul: usize,
    /// Those of them that are common.
    common: usize,
    /// The other 8,822 syllables.
    extended: usize,
    /// Hanja, jamo, Greek, Cyrillic, kana, box drawing: a spending file has few of them.
    rare: usize,
}

/// Proves that `bytes`, which stop being UTF-8 on line `utf8_ends`, are CP949.
pub(super) fn cp949(bytes: &[u8], utf8_ends: usize) -> Result<(), Problem> {
    let common = common_pairs();
    let mut spread = Spread::default();
    let mut utf8_line = None;
    let mut number = 0;
    let mut rest = bytes;
    while !rest.is_empty() {
        let end = memchr::memchr2(b'\n', b'\r', rest).map_or(rest.len(), |at| at + 1);
        let is_pair = rest[..end].ends_with(b"\r") && rest.get(end) == Some(&b'\n');
        let (line, later) = rest.split_at(end + usize::from(is_pair));
        rest = later;
        number += 1;
        if line.is_ascii() {
            continue;
        }
        if EUC_KR.decode_without_bom_handling_and_without_replacement(line).is_none() {
            let is_korean = spread.hangul > 0 && utf8_line.is_none();
            let line = if is_korean { number } else { utf8_line.unwrap_or(utf8_ends) };
            return Err(undecodable("UTF-8도 CP949도 아닌 글자", line));
        }
        if utf8_line.is_none() && is_utf8_hangul(line) {
            utf8_line = Some(number);
        }
        spread.add(line, &common);
    }
    match utf8_line {
        Some(line) => Err(undecodable("CP949 사이에 UTF-8이 섞인 글자", line)),
        None if spread.is_korean() => Ok(()),
        None => Err(undecodable("CP949로 읽으면 한국어가 아닌 글자", utf8_ends)),
    }
}

impl Spread {
    fn add(&mut self, line: &[u8], common: &[u16]) {
        let mut bytes = line.iter().copied();
        while let Some(lead) = bytes.next() {
            if lead < 0x80 {
                continue;
            }
            let trail = bytes.next().unwrap_or(0);
            match (lead, trail) {
                (0xB0..=0xC8, 0xA1..) => {
                    self.hangul += 1;
                    let pair = u16::from_be_bytes([lead, trail]);
                    self.common += usize::from(common.binary_search(&pair).is_ok());
                }
                // Punctuation, full width letters, Roman numerals, units, circled numbers.
                (0xA1..=0xA3 | 0xA7..=0xA9, 0xA1..) | (0xA5, 0xA1..=0xB9) => {}
                (0xA4..=0xAF | 0xC9.., 0xA1..) => self.rare += 1,
                _ => self.extended += 1,
            }
        }
    }

    /// Korean has hardly a pair outside KS X 1001 Hangul. Shift-JIS and Latin-1 fall among the extended syllables,
    /// Cyrillic among the Hanja; GBK falls on Hangul too, but on syllables nobody uses, with Hanja between them.
    fn is_korean(&self) -> bool {
        let n = self.hangul + self.extended + self.rare;
        let is_hangul = self.hangul * 10 >= n && self.rare <= self.hangul + self.extended;
        let is_common = self.rare * 8 <= n || self.common * 5 >= self.hangul;
        is_hangul && is_common
    }
}

/// Pairs of the common syllables, ascending.
fn common_pairs() -> Vec<u16> {
    let (bytes, _, _) = EUC_KR.encode(COMMON);
    let mut pairs: Vec<u16> = bytes.chunks_exact(2).map(|two| u16::from_be_bytes([two[0], two[1]])).collect();
    pairs.sort_unstable();
    pairs
}

/// Whether all of `line` is UTF-8 with a Hangul syllable in it: read as CP949 that would be Hanja.
fn is_utf8_hangul(line: &[u8]) -> bool {
    std::str::from_utf8(line).is_ok_and(|text| text.chars().any(|c| ('가'..='힣').contains(&c)))
}

/// Whether valid UTF-8 may be CP949 all the same: a few syllables are valid accented letters. In Latin text such a
/// letter stands in a word, next to other letters; a Korean word of such syllables stands alone.
pub(super) fn may_be_cp949(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.is_ascii() || bytes.iter().any(|&b| b >= 0xC9) {
        return false;
    }
    let is_syllable = |two: &[u8]| (0xC3..=0xC8).contains(&two[0]) && two[1] >= 0xA1;
    let is_letter = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphabetic);
    let mut n_syllables = 0;
    for (at, two) in bytes.windows(2).enumerate().filter(|(_, two)| is_syllable(two)) {
        if is_letter(at.checked_sub(1)) || is_letter(Some(at + two.len())) {
            return false;
        }
        n_syllables += 1;
    }
    n_syllables > 0
}

#[cfg(test)]
#[path = "plausible_tests.rs"]
mod tests;
