//! Exports as CP949 csv, the way older ERP systems write them.
//!
//! Comes in: payments of a year in order. Goes out: bytes, and the line of each payment. Refuses: nothing.

use chrono::Datelike;
use encoding_rs::EUC_KR;

use super::Payment;
use super::people::{ACCOUNTS, DEPARTMENTS, INSTITUTION};
use crate::ledger::amount::group_thousands;

/// `1,234,000`, or `△1,234,000` below zero.
pub(super) fn amount(value: i64) -> String {
    format!("{}{}", if value < 0 { "△" } else { "" }, group_thousands(value.unsigned_abs()))
}

pub(super) fn payments(payments: &[&Payment], year: i32) -> (Vec<u8>, Vec<u32>) {
    let mut lines: Vec<String> = vec![
        INSTITUTION.to_owned(),
        format!("{year}회계연도 지출 내역"),
        format!("조회기간: {year}-01-01 ~ {year}-12-31,,,,,,,,,(단위: 원)"),
        String::new(),
        "전표일자,전표번호,집행부서,예산과목,업체명,사업자번호,내용,결제방법,승인시각,지출금액".to_owned(),
    ];
    let mut rows = Vec::new();
    let (mut month_sum, mut year_sum) = (0, 0);
    let numbers = super::numbers(payments, year);
    for (i, p) in payments.iter().enumerate() {
        rows.push(u32::try_from(lines.len() + 1).unwrap_or(u32::MAX));
        let time = p.minute.map(|m| format!("{:02}:{:02}", m / 60, m % 60)).unwrap_or_default();
        let method = if p.by_card { "법인카드" } else { "계좌이체" };
        lines.push(format!(
            "{},{},{},{},{},{},{},{method},{time},\"{}\"",
            p.date,
            numbers[i],
            DEPARTMENTS[p.department].1,
            ACCOUNTS[p.account].name,
            p.vendor,
            p.vendor_no,
            p.description,
            amount(p.amount)
        ));
        month_sum += p.amount;
        year_sum += p.amount;
        if payments.get(i + 1).is_none_or(|next| next.date.month() != p.date.month()) {
            lines.push(format!(",,{}월 소계,,,,,,,\"{}\"", p.date.month(), amount(month_sum)));
            month_sum = 0;
        }
    }
    lines.push(format!(",,합계,,,,,,,\"{}\"", amount(year_sum)));
    lines.push(String::new());
    lines.push("작성자: 재무과 김재무".to_owned());
    let text = lines.join("\r\n") + "\r\n";
    (EUC_KR.encode(&text).0.into_owned(), rows)
}
