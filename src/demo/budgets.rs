//! Budgets of the example institution: lines with all their parts, and the movements between them.
//!
//! Comes in: payments of a year. Goes out: a workbook of budget lines and a CP949 csv of movements.
//! Refuses: nothing. 예산현액 is the sum of its parts on every line but one, where that is asked for.

use std::collections::BTreeMap;

use encoding_rs::EUC_KR;
use rust_xlsxwriter::{Format, FormatAlign, XlsxError};

use super::Payment;
use super::delimited::amount;
use super::people::{ACCOUNTS, DEPARTMENTS, INSTITUTION};
use super::workbook::book;

/// By how much the planted line says more than its parts.
pub(super) const PLANTED: i64 = 1_000_000;

/// Columns after 예산과목: title, and the title below it for the group of movements.
const MONEY: [(&str, &str); 11] = [
    ("본예산", ""),
    ("추가경정예산", ""),
    ("전년도이월액", ""),
    ("예비비", ""),
    ("이용·전용·이체", "증"),
    ("", "감"),
    ("예산현액", ""),
    ("배정액", ""),
    ("원인행위액", ""),
    ("지출액", ""),
    ("집행잔액", ""),
];

/// One budget line in won.
#[derive(Clone, Debug, Default)]
struct Line {
    supplementary: i64,
    carried_over: i64,
    reserve: i64,
    into: i64,
    out: i64,
    current: i64,
    allotment: i64,
    committed: i64,
    spent: i64,
    planted: i64,
}

impl Line {
    fn money(&self) -> [i64; 11] {
        let parts = self.supplementary + self.carried_over + self.reserve + self.into - self.out;
        [
            self.current - parts - self.planted,
            self.supplementary,
            self.carried_over,
            self.reserve,
            self.into,
            self.out,
            self.current,
            self.allotment,
            self.committed,
            self.spent,
            self.current - self.spent,
        ]
    }
}

/// One movement of budget.
#[derive(Clone, Debug)]
struct Movement {
    month: usize,
    day: usize,
    kind: &'static str,
    from: (usize, usize),
    to: (usize, usize),
    amount: i64,
    reason: &'static str,
}

/// The budget of a year.
pub(super) struct Budget {
    year: i32,
    lines: BTreeMap<(usize, usize), Line>,
    movements: Vec<Movement>,
}

impl Budget {
    /// A budget that fits the ordinary spending, some lines a little short and some too generous.
    pub(super) fn new(payments: &[&Payment], year: i32, is_planted: bool) -> Self {
        let (mut ordinary, mut spent): (BTreeMap<_, i64>, BTreeMap<_, i64>) = Default::default();
        for payment in payments {
            let key = (payment.department, payment.account);
            *spent.entry(key).or_default() += payment.amount;
            if payment.label.is_empty() {
                *ordinary.entry(key).or_default() += payment.amount;
            }
        }
        let line = |(key, sum): ((usize, usize), i64)| {
            let spent = spent.get(&key).copied().unwrap_or(0);
            (key, line(key, year, sum, spent))
        };
        let lines = ordinary.into_iter().map(line).collect();
        let mut budget = Self { year, lines, movements: Vec::new() };
        budget.move_some();
        if is_planted && let Some(line) = budget.lines.values_mut().max_by_key(|line| line.current) {
            line.planted = PLANTED;
        }
        budget
    }

    /// Most departments move something within, some to another account's item, a few to the next department.
    fn move_some(&mut self) {
        for department in 0..DEPARTMENTS.len() {
            let own: Vec<(usize, usize)> =
                self.lines.keys().copied().filter(|key| key.0 == department).collect();
            let seed = department * 5 + self.year.unsigned_abs() as usize;
            if own.len() < 4 || seed.is_multiple_of(7) {
                continue;
            }
            let pick = |n: usize| own[(seed + n) % own.len()];
            self.shift(seed, "전용", pick(0), pick(1), "집행 잔액의 부족 과목 보전");
            if department.is_multiple_of(6) {
                self.shift(seed + 3, "이용", pick(2), pick(3), "사업 계획 변경");
            }
            let next = (department + 1, pick(2).1);
            if department % 8 == 3 && self.lines.contains_key(&next) {
                self.shift(seed + 1, "이체", pick(2), next, "업무 이관");
            }
        }
        self.movements.sort_by_key(|m| (m.month, m.day, m.from, m.to));
    }

    fn shift(
        &mut self,
        seed: usize,
        kind: &'static str,
        from: (usize, usize),
        to: (usize, usize),
        reason: &'static str,
    ) {
        let available = |key| self.lines.get(&key).map_or(0, |line| line.current);
        let amount = rounded(available(from).min(available(to)) / 20).max(10_000);
        if let Some(line) = self.lines.get_mut(&from) {
            line.out += amount;
        }
        if let Some(line) = self.lines.get_mut(&to) {
            line.into += amount;
        }
        let (month, day) = (3 + seed % 8, 2 + seed % 24);
        self.movements.push(Movement { month, day, kind, from, to, amount, reason });
    }

    /// Lines as a workbook with a header of two rows and a total below.
    pub(super) fn workbook(&self) -> Result<Vec<u8>, XlsxError> {
        let year = self.year;
        let mut book = book(year)?;
        let sheet = book.add_worksheet();
        let (bold, money) = (Format::new().set_bold(), Format::new().set_num_format("#,##0"));
        let middle = bold.clone().set_align(FormatAlign::Center);
        sheet.set_name("예산현황")?;
        sheet.write_string(0, 0, format!("{INSTITUTION} {year}회계연도 예산 집행 현황"))?;
        sheet.write_string(1, 14, "(단위: 원)")?;
        let texts = ["회계연도", "회계구분", "부서명", "계정과목"];
        for (column, title) in (0..).zip(texts.into_iter().chain(MONEY.map(|(title, _)| title))) {
            sheet.set_column_width(column, 15)?;
            sheet.write_string_with_format(2, column, title, &bold)?;
        }
        for (column, (_, title)) in (4..).zip(MONEY) {
            sheet.write_string_with_format(3, column, title, &bold)?;
        }
        sheet.merge_range(2, 8, 2, 9, MONEY[4].0, &middle)?;
        let mut row = 4;
        let mut sums = [0_i64; MONEY.len()];
        for ((department, account), line) in &self.lines {
            let texts = [&year.to_string(), "일반회계", DEPARTMENTS[*department].1, ACCOUNTS[*account].name];
            for (column, text) in (0..).zip(texts) {
                sheet.write_string(row, column, text)?;
            }
            for (column, (value, sum)) in (4..).zip(line.money().into_iter().zip(&mut sums)) {
                sheet.write_number_with_format(row, column, value as f64, &money)?;
                *sum += value;
            }
            row += 1;
        }
        sheet.write_string_with_format(row, 2, "합계", &bold)?;
        for (column, sum) in (4..).zip(sums) {
            sheet.write_number_with_format(row, column, sum as f64, &money)?;
        }
        book.save_to_buffer()
    }

    /// Movements as CP949 csv.
    pub(super) fn movements(&self) -> Vec<u8> {
        let year = self.year;
        let mut lines = vec![
            format!("{INSTITUTION} {year}회계연도 예산 이용·전용·이체 내역,,,,,,,,(단위: 원)"),
            "처리일자,구분,문서번호,감액부서,감액과목,증액부서,증액과목,금액,사유".to_owned(),
        ];
        let mut sum = 0;
        for (i, m) in self.movements.iter().enumerate() {
            let place = |(department, account): (usize, usize)| {
                format!("{},{}", DEPARTMENTS[department].1, ACCOUNTS[account].name)
            };
            lines.push(format!(
                "{year}.{}.{}.,{},예산-{:03},{},{},\"{}\",{}",
                m.month,
                m.day,
                m.kind,
                i + 1,
                place(m.from),
                place(m.to),
                amount(m.amount),
                m.reason
            ));
            sum += m.amount;
        }
        lines.push(format!(",,,,,,합계,\"{}\",", amount(sum)));
        EUC_KR.encode(&(lines.join("\r\n") + "\r\n")).0.into_owned()
    }
}

/// To ten thousand won.
fn rounded(amount: i64) -> i64 {
    amount / 10_000 * 10_000
}

fn line((d, a): (usize, usize), year: i32, ordinary: i64, spent: i64) -> Line {
    let share = 94 + i64::try_from((d * 7 + a * 13 + year.unsigned_abs() as usize) % 26).unwrap_or(0);
    let current = (ordinary.max(0) * share / 100 / 100_000 + 1) * 100_000;
    let percent = |n: i64| rounded(current * n / 100);
    let supplementary = match (d * 3 + a) % 4 {
        0 => percent(8),
        1 => -percent(5),
        _ => 0,
    };
    let left = (current - spent).max(0);
    Line {
        supplementary,
        carried_over: if (d + a).is_multiple_of(5) { percent(6) } else { 0 },
        reserve: if (d + 2 * a).is_multiple_of(23) { percent(3) } else { 0 },
        current,
        allotment: if (d + a).is_multiple_of(7) { percent(95) } else { current },
        committed: spent + if a.is_multiple_of(3) { left / 4 / 1_000 * 1_000 } else { 0 },
        spent,
        ..Line::default()
    }
}
