//! Exports as workbooks.
//!
//! Comes in: payments of a year in order. Goes out: bytes, and the row of each payment. Refuses: nothing.

use chrono::Datelike;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::Payment;
use super::people::{ACCOUNTS, DEPARTMENTS, INSTITUTION};

/// Name of the sheet with payments.
pub(super) const SHEET: &str = "지출내역";
const HEADERS: [&str; 10] = [
    "결의일자",
    "결의번호",
    "부서명",
    "계정과목",
    "거래처",
    "사업자등록번호",
    "적요",
    "지급방법",
    "승인시각",
    "금액",
];

/// An empty workbook of the institution, dated the last day of `year`.
pub(super) fn book(year: i32) -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    let created = ExcelDateTime::from_ymd(u16::try_from(year).unwrap_or(2020), 12, 31)?;
    book.set_properties(&DocProperties::new().set_author(INSTITUTION).set_creation_datetime(&created));
    Ok(book)
}

/// The payments of a year; dates are cells or text, as ERP systems differ.
pub(super) fn payments(payments: &[&Payment], year: i32) -> Result<(Vec<u8>, Vec<u32>), XlsxError> {
    let mut book = book(year)?;
    let sheet = book.add_worksheet();
    sheet.set_name(SHEET)?;
    sheet.merge_range(0, 0, 0, 9, INSTITUTION, &Format::new().set_bold())?;
    sheet.write_string(1, 0, format!("{year}회계연도 지출 내역"))?;
    sheet.write_string(2, 0, format!("조회기간: {year}.1.1. ~ {year}.12.31."))?;
    sheet.write_string(2, 9, "(단위: 원)")?;
    for (column, header) in (0..).zip(HEADERS) {
        sheet.write_string_with_format(4, column, header, &Format::new().set_bold())?;
        sheet.set_column_width(column, 16)?;
    }
    let money = Format::new().set_num_format("#,##0");
    let mut at = 5;
    let mut rows = Vec::new();
    let (mut month_sum, mut year_sum) = (0, 0);
    let numbers = super::numbers(payments, year);
    for (i, p) in payments.iter().enumerate() {
        rows.push(at + 1);
        write_payment(sheet, at, &numbers[i], p, year, &money)?;
        at += 1;
        month_sum += p.amount;
        year_sum += p.amount;
        if payments.get(i + 1).is_none_or(|next| next.date.month() != p.date.month()) {
            sheet.write_string(at, 2, format!("{}월 소계", p.date.month()))?;
            sheet.write_number_with_format(at, 9, month_sum as f64, &money)?;
            month_sum = 0;
            at += 1;
        }
    }
    sheet.write_string(at, 2, "합계")?;
    sheet.write_number_with_format(at, 9, year_sum as f64, &money)?;
    sheet.write_string(at + 2, 0, "작성자: 재무과 김재무")?;
    Ok((book.save_to_buffer()?, rows))
}

fn write_payment(
    sheet: &mut Worksheet,
    at: u32,
    number: &str,
    p: &Payment,
    year: i32,
    money: &Format,
) -> Result<(), XlsxError> {
    let (y, m, d) = (p.date.year(), p.date.month(), p.date.day());
    let as_text = year % 4 == 2;
    if as_text {
        sheet.write_string(at, 0, format!("{y}.{m}.{d}."))?;
    } else {
        let format = if year % 4 == 0 && year % 8 == 0 { "yyyy\". \"m\". \"d\".\"" } else { "yyyy-mm-dd" };
        let cell = ExcelDateTime::from_ymd(
            u16::try_from(y).unwrap_or(2020),
            u8::try_from(m).unwrap_or(1),
            u8::try_from(d).unwrap_or(1),
        )?;
        sheet.write_with_format(at, 0, &cell, &Format::new().set_num_format(format))?;
    }
    let texts = [
        (1, number.to_owned()),
        (2, DEPARTMENTS[p.department].1.to_owned()),
        (3, ACCOUNTS[p.account].name.to_owned()),
        (4, p.vendor.clone()),
        (5, p.vendor_no.clone()),
        (6, p.description.clone()),
        (7, if p.by_card { "법인카드" } else { "계좌이체" }.to_owned()),
    ];
    for (column, text) in texts {
        sheet.write_string(at, column, text)?;
    }
    if let Some(minute) = p.minute {
        sheet.write_string(at, 8, format!("{:02}:{:02}", minute / 60, minute % 60))?;
    }
    sheet.write_number_with_format(at, 9, p.amount as f64, money)?;
    Ok(())
}
