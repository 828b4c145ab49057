//! Amounts in number words: `1억 2천만`, `3천500`, `1.5억`, `일백이십만`.
//!
//! Comes in: what stands between `금` and `원`. Goes out: won, where every part of it has one reading.
//! Refuses: digits mixed with written numerals, units out of order, a skipped 만 (`1억 5천` is said for 1억 5천만), unit
//! names without a number (`천원`).

const REFUSED: &str = "한글 수사가 섞인 금액을 한 가지로 읽을 수 없습니다";
const LARGE: &str = super::TOO_LARGE;

/// An amount in words.
pub(super) struct Words {
    /// Won.
    pub(super) won: i128,
    /// The unit where it is a number of one unit: 1,000 for `1,234천`.
    pub(super) unit: Option<i64>,
}

/// A piece of the text.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Piece {
    /// Digits: value without the point, decimals, how many digits stand before the point.
    Number { digits: i128, places: u32, width: usize },
    /// A written numeral from 1 to 9.
    Numeral(i128),
    /// 십, 백, 천.
    Small(i128),
    /// 만, 억, 조.
    Large(i128),
}

/// Whether `text` has a number word.
pub(super) fn is_words(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(|c| word(c).is_some())
}

/// Reads `text`, all of it.
pub(super) fn read(text: &str) -> Result<Words, &'static str> {
    let pieces = pieces(text)?;
    if let Some(words) = of_one_unit(&pieces) {
        return words;
    }
    let has_numbers = pieces.iter().any(|piece| matches!(piece, Piece::Number { .. }));
    let has_numerals = pieces.iter().any(|piece| matches!(piece, Piece::Numeral(_)));
    if has_numbers == has_numerals {
        return Err(REFUSED);
    }
    sections(&pieces, has_numerals).map(|won| Words { won, unit: None })
}

fn word(c: char) -> Option<Piece> {
    Some(match c {
        '일' | '一' | '壹' | '壱' => Piece::Numeral(1),
        '이' | '二' | '貳' | '弐' => Piece::Numeral(2),
        '삼' | '三' | '參' | '参' => Piece::Numeral(3),
        '사' | '四' | '肆' => Piece::Numeral(4),
        '오' | '五' | '伍' => Piece::Numeral(5),
        '육' | '六' | '陸' => Piece::Numeral(6),
        '칠' | '七' | '柒' => Piece::Numeral(7),
        '팔' | '八' | '捌' => Piece::Numeral(8),
        '구' | '九' | '玖' => Piece::Numeral(9),
        '십' | '十' | '拾' => Piece::Small(10),
        '백' | '百' | '佰' => Piece::Small(100),
        '천' | '千' | '仟' | '阡' => Piece::Small(1_000),
        '만' | '萬' | '万' => Piece::Large(10_000),
        '억' | '億' => Piece::Large(100_000_000),
        '조' | '兆' => Piece::Large(1_000_000_000_000),
        _ => return None,
    })
}

fn pieces(text: &str) -> Result<Vec<Piece>, &'static str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let n = rest.bytes().take_while(|b| b.is_ascii_digit() || matches!(b, b',' | b'.')).count();
        if n > 0 {
            if matches!(pieces.last(), Some(Piece::Number { .. })) {
                return Err(super::GROUPING);
            }
            let super::Decimal { digits, places } = super::decimal(&rest[..n], false)?;
            if n > 1 && rest.starts_with('0') && !rest.starts_with("0.") {
                return Err(REFUSED);
            }
            let width = rest[..n].bytes().take_while(|b| *b != b'.').filter(u8::is_ascii_digit).count();
            pieces.push(Piece::Number { digits: i128::from(digits), places, width });
            rest = &rest[n..];
        } else if c == ' ' {
            rest = &rest[1..];
        } else {
            pieces.push(word(c).ok_or(super::OTHER)?);
            rest = &rest[c.len_utf8()..];
        }
    }
    Ok(pieces)
}

/// A number and one unit: `1,234천`, `12백만`, `1.5억`.
fn of_one_unit(pieces: &[Piece]) -> Option<Result<Words, &'static str>> {
    let (Piece::Number { digits, places, .. }, unit) = (pieces.first()?, &pieces[1..]) else { return None };
    let unit = match unit {
        [Piece::Small(unit) | Piece::Large(unit)] => *unit,
        [Piece::Small(small), Piece::Large(large)] => small * large,
        _ => return None,
    };
    let won = super::exact(digits.checked_mul(unit)?, *places);
    Some(won.map(|won| Words { won, unit: i64::try_from(unit).ok() }))
}

/// Sections between 조, 억 and 만, each at most 9,999.
fn sections(pieces: &[Piece], is_written: bool) -> Result<i128, &'static str> {
    let mut total: i128 = 0;
    let mut last_large = i128::MAX;
    let mut section = Section::default();
    for piece in pieces {
        let Piece::Large(large) = piece else {
            section.add(*piece, is_written)?;
            continue;
        };
        let is_first = last_large == i128::MAX && total == 0;
        let value = match section.value()? {
            // 만오천 is 15,000.
            0 if is_written && is_first && section.is_empty() => 1,
            0 => return Err(REFUSED),
            value => value,
        };
        if *large >= last_large {
            return Err(REFUSED);
        }
        total = value.checked_mul(*large).and_then(|v| v.checked_add(total)).ok_or(LARGE)?;
        last_large = *large;
        section = Section::default();
    }
    let skips = last_large != i128::MAX && last_large > 10_000;
    if skips && section.has_small {
        return Err(REFUSED);
    }
    total.checked_add(section.value()?).ok_or(LARGE)
}

/// Up to four digits, as thousands, hundreds, tens and ones.
struct Section {
    sum: i128,
    /// The number not yet followed by its unit, and how many digits it is wide.
    open: Option<(i128, usize)>,
    last_small: i128,
    has_small: bool,
}

impl Default for Section {
    fn default() -> Self {
        Self { sum: 0, open: None, last_small: 10_000, has_small: false }
    }
}

impl Section {
    fn is_empty(&self) -> bool {
        self.sum == 0 && self.open.is_none()
    }

    fn add(&mut self, piece: Piece, is_written: bool) -> Result<(), &'static str> {
        match piece {
            Piece::Number { digits, places: 0, width } if self.open.is_none() && digits > 0 => {
                self.open = Some((digits, width));
            }
            Piece::Numeral(value) if self.open.is_none() => self.open = Some((value, 1)),
            Piece::Small(small) if small < self.last_small => {
                let times = match self.open.take() {
                    Some((value @ 1..=9, 1)) => value,
                    None if is_written => 1,
                    _ => return Err(REFUSED),
                };
                self.sum += times * small;
                self.last_small = small;
                self.has_small = true;
            }
            _ => return Err(REFUSED),
        }
        Ok(())
    }

    /// The section's value; its last number has as many digits as its place allows (`3천500`).
    fn value(&self) -> Result<i128, &'static str> {
        match self.open {
            Some((value, width)) => {
                let fits = (width <= 4) && 10_i128.pow(u32::try_from(width).unwrap_or(4)) <= self.last_small;
                if fits { Ok(self.sum + value) } else { Err(REFUSED) }
            }
            None => Ok(self.sum),
        }
    }
}
