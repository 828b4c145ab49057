//! Why a column was proposed, and what a person must check.
//!
//! Comes in: pairs with their profiles. Goes out: Korean sentences, masked samples, marks of debit and credit.
//! Refuses: to show a personal number or a whole name.

use super::assign::{Assignment, Pair};
use super::fit::SIGNS;
use super::profile::Profile;
use super::table::{Source, Table};
use super::words::KNOWN_MIN;
use super::{Proposal, order_in_korean};
use crate::clean::mapping::{CREDIT, DEBIT, SIGN};
use crate::clean::{amounts, mask, text};
use crate::ingest::RawCell;
use crate::ko::josa;
use crate::ledger::col;

/// Samples shown.
const SAMPLES_MAX: usize = 3;
/// Letters of a sample shown.
const SAMPLE_CHARS: usize = 24;
/// A required column below this is named among what a person must check.
const SURE_MIN: f64 = 0.8;
/// Words of rows that take a payment back.
const CANCELLED: [&str; 5] = ["취소", "반납", "여입", "환불", "환급"];

/// Why `pair` was taken.
pub(super) fn of(pair: &Pair, source: &Source, proposal: &Proposal) -> Vec<String> {
    let profile = &source.profile;
    let n = profile.n_filled;
    let like = &pair.likeness.like;
    let mut evidence = vec![match like.as_str() {
        "" => "머리글에서는 알 수 없음".to_owned(),
        _ if pair.likeness.score >= KNOWN_MIN => "아는 머리글과 같음".to_owned(),
        like => format!("머리글이 ‘{like}’와 비슷함({:.2})", pair.likeness.score).replace("’와", and(like)),
    }];
    evidence.push(match pair.column {
        col::DATE => {
            let read = profile.days.iter().max().copied().unwrap_or(0);
            format!("값 {n}개 가운데 {read}개가 {} 날짜", order_in_korean(&proposal.dates))
        }
        col::AMOUNT | DEBIT | CREDIT => {
            let read = profile.amounts.iter().max().copied().unwrap_or(0);
            format!("값 {n}개 가운데 {read}개가 금액, 음수 {}개", profile.n_negative)
        }
        col::VENDOR_NO => format!("값 {n}개 가운데 {}개가 사업자등록번호 모양", profile.n_business),
        col::CARD => format!("값 {n}개 가운데 {}개가 카드번호 모양", profile.n_card),
        col::MINUTE => format!("값 {n}개 가운데 {}개가 시각", profile.n_clock),
        _ => format!("값 {n}개에 서로 다른 값 {}개, 값이 맞는 정도 {:.2}", profile.values.len(), pair.fit),
    });
    evidence
}

/// The rest of a quotation: `’와` or `’과`.
fn and(word: &str) -> &'static str {
    if josa(word, "과/와").ends_with('과') { "’과" } else { "’와" }
}

/// Up to three values, masked.
pub(super) fn samples(column: &str, source: &Source) -> Vec<String> {
    let shown = |value: &String| {
        let masked = match column {
            col::CARD => mask::card(value),
            col::REQUESTER | col::APPROVER | col::COUNTERPART => name(value),
            col::BANK_ACCOUNT => mask::hidden_account(value),
            _ => mask::text(value).into_owned(),
        };
        text::tidy(&masked).chars().take(SAMPLE_CHARS).collect()
    };
    source.profile.values.keys().take(SAMPLES_MAX).map(shown).collect()
}

/// A person's name with its first letter only.
fn name(value: &str) -> String {
    value.chars().enumerate().map(|(i, c)| if i == 0 || c == ' ' { c } else { '*' }).collect()
}

/// The values of `source` that mark an amount as negative, or those that do not.
pub(super) fn marks(
    column: &str,
    source: &Source,
    table: &Table<'_>,
    is_negative: bool,
    assignment: &Assignment,
) -> Vec<String> {
    let values = source.profile.values.keys();
    match column {
        SIGN => {
            let of =
                |value: &&String| SIGNS.iter().any(|(known, minus)| known == value && *minus == is_negative);
            values.filter(of).cloned().collect()
        }
        col::KIND => {
            let is_unsigned = cancelled_are_unsigned(source, table, assignment);
            values.filter(|value| is_unsigned && is_cancelled(value) == is_negative).cloned().collect()
        }
        _ => Vec::new(),
    }
}

fn is_cancelled(value: &str) -> bool {
    CANCELLED.iter().any(|word| value.contains(word))
}

/// Whether rows marked as cancelled print their amount without a minus.
fn cancelled_are_unsigned(source: &Source, table: &Table<'_>, assignment: &Assignment) -> bool {
    let amount = assignment.taken.iter().find(|pair| pair.column == col::AMOUNT);
    let Some(at) = amount.map(|pair| table.columns[pair.source].cell) else { return false };
    let cancelled = table.rows.iter().filter(|row| match row.cell(source.cell) {
        RawCell::Text(found) => is_cancelled(found),
        _ => false,
    });
    let is_positive = |cell: RawCell<'_>| match cell {
        RawCell::Text(found) => {
            amounts::from_text(found, &crate::clean::mapping::AmountRule::default(), 0, 1)
                .is_ok_and(|amount| amount > 0)
        }
        RawCell::Number(number) => number > 0.0,
        _ => false,
    };
    let signs: Vec<bool> = cancelled.map(|row| is_positive(row.cell(at))).collect();
    signs.iter().any(|is_positive| *is_positive)
}

/// What a person must check, most urgent first.
pub(super) fn checks(proposal: &mut Proposal, table: &Table<'_>) {
    let mut to_check: Vec<String> = proposal
        .undecided
        .iter()
        .map(|column| format!("{}: {}. 아래에서 골라 #을 지우세요.", korean(&column.column), column.reason))
        .collect();
    to_check.extend(
        proposal.columns.iter().filter(|column| is_unsure(&column.column, column.confidence)).map(|column| {
            let others: Vec<String> =
                column.others.iter().map(|other| format!("‘{}’", other.header)).collect();
            let others = if others.is_empty() { "없음".to_owned() } else { others.join(", ") };
            let name = korean(&column.column);
            format!(
                "{name}: ‘{}’의 확신도가 {:.2}입니다. 다른 후보: {others}",
                column.header, column.confidence
            )
        }),
    );
    if proposal.dates.two_digit_years {
        to_check.push("연도가 두 자리입니다. ‘24’를 2024년으로 읽어도 되는지 확인하세요.".to_owned());
    }
    if proposal.dates.serial_numbers {
        to_check.push("날짜 서식이 없는 숫자를 엑셀 날짜로 읽습니다. 값이 맞는지 확인하세요.".to_owned());
    }
    let of = |column: &str| proposal.columns.iter().find(|proposed| proposed.column == column);
    let profile =
        |header: &str| table.columns.iter().find(|source| source.header == header).map(|s| &s.profile);
    let amount: Option<&Profile> =
        of(col::AMOUNT).or_else(|| of(DEBIT)).and_then(|proposed| profile(&proposed.header));
    if amount.is_some_and(|profile| profile.n_triangle > 0) {
        to_check.push(
            "▲를 음수로 읽습니다. 증가를 뜻하면 filled_triangle_is_minus를 false로 바꾸세요.".to_owned(),
        );
    }
    if proposal.minor_digits > 0 {
        to_check.push(
            "금액에 소수가 있습니다. 통화(currency)와 소수 자릿수(minor_digits)를 확인하세요.".to_owned(),
        );
    }
    if let Some(unit) = proposal.unit.filter(|unit| *unit != 1) {
        let unit = crate::ko::count(usize::try_from(unit).unwrap_or(0));
        to_check.push(format!("파일에 적힌 단위에 따라 금액에 {unit}배를 곱합니다."));
    }
    if of(col::KIND).is_some_and(|kind| !kind.negative.is_empty()) {
        let hint = "취소 행의 금액에 음수 표시가 없습니다. 취소를 빼려면 [columns.sign]의 #을 지우세요.";
        to_check.push(hint.to_owned());
    }
    if of(SIGN).is_none() && proposal.columns.iter().any(|column| column.column == DEBIT) {
        to_check.push("금액은 차변에서 대변을 뺀 값입니다. 비용 계정만 있는 파일인지 확인하세요.".to_owned());
    }
    proposal.to_check = to_check;
}

/// Whether a person must look at a required column that was found.
fn is_unsure(column: &str, confidence: f64) -> bool {
    let required = [col::DATE, col::AMOUNT, DEBIT, CREDIT, col::DEPARTMENT, col::ACCOUNT];
    required.contains(&column) && confidence < SURE_MIN
}

/// Our column as people call it.
pub(super) fn korean(column: &str) -> &'static str {
    match column {
        col::DATE => "일자",
        col::AMOUNT => "금액",
        DEBIT => "차변",
        CREDIT => "대변",
        SIGN => "차변·대변 구분",
        other => col::label_of(other).unwrap_or("다른 열"),
    }
}
