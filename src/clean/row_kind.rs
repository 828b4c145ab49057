//! Rows that are no payments: titles, units, headers again, totals, balances carried over, notes, sign-off lines.
//!
//! Comes in: a raw row and the layout of its sheet. Goes out: what the row is, or nothing where it may be a payment.
//! Refuses: to take a dated row for a total that no sum proves.

use super::dates;
use super::header::{key, unit_of};
use super::layout::Layout;
use super::row::{Outcome, amount_of, is_filler, refuse};
use super::text;
use crate::ingest::{RawCell, RawRow};

/// Why a row is no payment.
pub(super) enum Skip {
    /// A header repeated on another page.
    RepeatedHeader,
    /// The header of another table in the same sheet.
    OtherTable,
    /// A subtotal or total with its amount where it could be read.
    Total { word: String, amount: Option<i64> },
    /// A balance carried over from or to another period or page.
    Carried { word: String },
    /// A title, note or sign-off line, with the unit it states.
    Note { unit: Option<Result<i64, String>> },
}

/// Words that begin lines which people sign or print under a table.
const NOTE_WORDS: [&str; 19] = [
    "작성",
    "확인자",
    "검토",
    "결재",
    "담당",
    "출력",
    "인쇄",
    "페이지",
    "쪽",
    "※",
    "*",
    "비고:",
    "주)",
    "주:",
    "이하여백",
    "이상",
    "끝",
    "조회",
    "단위",
];
/// Words of total rows.
const TOTAL_WORDS: [&str; 9] = ["소계", "합계", "누계", "총계", "총합계", "월계", "일계", "연계", "전체합계"];
/// Those that may follow a name, as in `총무과 소계`.
const SUFFIXES: [&str; 4] = ["소계", "합계", "누계", "총계"];
/// Other names of totals, alone.
const TOTAL_NAMES: [&str; 8] =
    ["합계금액", "합계액", "총액", "총금액", "total", "subtotal", "grandtotal", "sum"];

/// Words of rows that carry a balance over; they are no payments, whatever stands in their amount.
const CARRIED_WORDS: [&str; 8] =
    ["전기이월", "전월이월", "전년이월", "전일이월", "차기이월", "차월이월", "전기이월금", "이월잔액"];

/// A row with a date and an amount that calls itself a total: it is one if the sum says so, else nobody knows.
pub(super) fn total_with_date(
    layout: &Layout,
    row: &RawRow,
    amount: i64,
    sums: &dyn Fn(i64) -> bool,
) -> Option<Outcome> {
    let is_word = |(i, cell): (usize, RawCell<'_>)| match cell {
        RawCell::Text(found) if may_be_total(found) && !layout.is_amount(i) => {
            let word = bare(found);
            names_total(found).then(|| (i, text::tidy(found), word))
        }
        _ => None,
    };
    let (at, found, word) = row.cells().enumerate().find_map(is_word)?;
    // 연계 is a word of its own (산학연계): no sum makes a dated payment of it a total.
    Some(match sums(amount) && word != "연계" {
        true => Outcome::Skipped(Skip::Total { word: found, amount: Some(amount) }),
        false => {
            refuse(&layout.header_of(at), &found, "합계 행인지 지출인지 알 수 없습니다(합이 맞지 않습니다)")
        }
    })
}

/// A quick look that most cells do not pass: total words are short and end in few letters.
fn may_be_total(found: &str) -> bool {
    ends_in(found, &['계', '액', 'l', 'L'])
}

/// Whether `word` alone is the name of a total.
fn is_total(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    TOTAL_WORDS.contains(&word) || word == "계" || TOTAL_NAMES.contains(&lower.as_str())
}

/// Whether a short cell ends in one of `letters`, brackets and marks aside, or in a letter that is not composed yet.
/// Every cell of every row is asked, so this looks at the end alone.
fn ends_in(found: &str, letters: &[char]) -> bool {
    // Most cells end in ASCII or Hangul, which need no look-up in the tables of Unicode.
    let is_mark = |c: &char| match c {
        '가'..='힣' => false,
        c if c.is_ascii() => !c.is_ascii_alphanumeric(),
        c => !c.is_alphanumeric(),
    };
    let last = found.chars().rev().find(|c| !is_mark(c));
    found.len() <= 90 && last.is_some_and(|c| letters.contains(&c) || ('\u{1100}'..='\u{11ff}').contains(&c))
}

/// Why a row without a readable date or amount is no payment; `None` where it may be one.
pub(super) fn skip(layout: &Layout, row: &RawRow, has_date: bool, amount: Option<i64>) -> Option<Skip> {
    if is_repeated_header(layout, row) {
        return Some(Skip::RepeatedHeader);
    }
    // A date that cannot be read is no total's: only a blank one, or the total's own word there, is.
    let dated = row.cell(layout.dated);
    let is_undated = is_filler(layout, dated) || matches!(dated, RawCell::Text(found) if names_total(found));
    if !has_date
        && is_undated
        && let Some(word) = total_word(layout, row)
    {
        return Some(Skip::Total { word, amount });
    }
    if has_date || amount.is_some() {
        return None;
    }
    let mut filled = row.cells().filter(|cell| !is_filler(layout, *cell));
    let first = filled.next();
    let n_filled = usize::from(first.is_some()) + filled.count();
    let is_note = |found: &str| NOTE_WORDS.iter().any(|word| text::narrow(found).starts_with(word));
    let begins_note =
        matches!(first, Some(RawCell::Text(found)) if is_note(found)) && is_amount_blank(layout, row);
    let unit = unit_of(row, &layout.mapping.currency).or_else(|| bare_unit(row));
    (n_filled <= 2 || begins_note || unit.is_some()).then_some(Skip::Note { unit })
}

/// Whether every cell of the row is the header over it.
fn is_repeated_header(layout: &Layout, row: &RawRow) -> bool {
    let mut n_same = 0;
    for (i, cell) in row.cells().enumerate().filter(|(_, cell)| !cell.is_blank()) {
        let found = key(cell);
        let over = layout.keys.get(i).map_or(&[][..], Vec::as_slice);
        // A group's name above is the beginning of the joined key.
        if found.is_empty() || !over.iter().any(|k| *k == found || k.starts_with(&found)) {
            return false;
        }
        n_same += 1;
    }
    n_same >= 2
}

/// The word of a total row, alone or at the end of a cell.
fn total_word(layout: &Layout, row: &RawRow) -> Option<String> {
    row.cells().enumerate().filter(|(i, _)| !layout.is_amount(*i)).find_map(|(_, cell)| {
        let RawCell::Text(found) = cell else { return None };
        let word = bare(found);
        // SAP marks subtotals and totals with one to nine stars.
        let is_starred = word.is_empty() && found.contains('*');
        (names_total(found) || is_starred).then(|| text::tidy(found))
    })
}

/// Whether a cell is the name of a total, or ends in one that may follow a name.
fn names_total(found: &str) -> bool {
    let word = bare(found);
    let is_named = SUFFIXES.iter().any(|suffix| word.ends_with(suffix)) || found.trim_end().ends_with(" 계");
    is_named || is_total(&word)
}

/// Whether nothing stands where the amount should.
fn is_amount_blank(layout: &Layout, row: &RawRow) -> bool {
    layout.amounts.iter().all(|&cell| is_filler(layout, row.cell(cell)))
}

/// A unit that stands alone in a cell, as `천원` does under a header.
fn bare_unit(row: &RawRow) -> Option<Result<i64, String>> {
    let is_unit =
        |found: &str| ["천원", "만원", "십만원", "백만원", "천만원", "억원", "십억원"].contains(&found);
    row.cells().find_map(|cell| match cell {
        RawCell::Text(found) if is_unit(&text::narrow(found)) => text::unit_of(&format!("단위: {found}")),
        _ => None,
    })
}

/// Whether a row is words alone, three or more, as a header is.
pub(super) fn is_words(row: &RawRow) -> bool {
    let is_word = |cell: RawCell<'_>| matches!(cell, RawCell::Empty | RawCell::Text(_));
    row.cells().all(is_word) && row.cells().filter(|cell| !cell.is_blank()).count() >= 3
}

/// Whether three or more cells of `row` are headers of this table, in whatever place.
pub(super) fn is_header_like(layout: &Layout, row: &RawRow) -> bool {
    let is_known = |cell: RawCell<'_>| {
        let found = key(cell);
        !found.is_empty() && layout.keys.iter().flatten().any(|known| *known == found)
    };
    row.cells().filter(|cell| is_known(*cell)).count() >= 3
}

/// Whether `row`, above the header, looks like a record of some table: four cells or more, a day and an amount among them.
pub(super) fn is_record(layout: &Layout, row: &RawRow) -> bool {
    let rule = &layout.mapping.dates;
    let is_day = |cell: RawCell<'_>| match cell {
        RawCell::Text(found) => dates::from_text(found, rule).is_ok(),
        RawCell::DateSerial { .. } => true,
        _ => false,
    };
    let is_sum = |cell: RawCell<'_>| {
        !is_day(cell) && amount_of(layout, cell, 1).is_ok_and(|amount| amount.unsigned_abs() >= 100)
    };
    row.cells().filter(|cell| !cell.is_blank()).count() >= 4
        && row.cells().any(is_day)
        && row.cells().any(is_sum)
}

/// The word of a row that carries a balance over: a cell of that word alone.
pub(super) fn carried_word(layout: &Layout, row: &RawRow) -> Option<String> {
    if layout.is_budget {
        return None;
    }
    row.cells().find_map(|cell| {
        let RawCell::Text(found) = cell else { return None };
        let may_be = ends_in(found, &['월', '금', '액']);
        (may_be && CARRIED_WORDS.contains(&bare(found).as_str())).then(|| text::tidy(found))
    })
}

fn bare(found: &str) -> String {
    text::narrow(found).trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
}
