//! A proposal as a mapping file.
//!
//! Comes in: a proposal. Goes out: TOML with Korean comments, ready to be read once all required columns are decided.
//! Refuses: line ends and quotes of a file to leave their string or comment.

use super::evidence::korean;
use super::{Other, Proposal, Proposed};
use crate::clean::mapping::{CREDIT, DEBIT, DateOrder, SIGN};
use crate::clean::text;
use crate::ledger::col;

/// Columns a payment cannot be read without.
const REQUIRED: [&str; 6] = [col::DATE, col::AMOUNT, DEBIT, CREDIT, col::DEPARTMENT, col::ACCOUNT];

/// The mapping file `name`.toml.
pub(super) fn toml(proposal: &Proposal, name: &str) -> String {
    let mut out = String::new();
    let mut line = |text: &str| {
        out.push_str(text);
        out.push('\n');
    };
    let place = if proposal.sheet.is_empty() {
        String::new()
    } else {
        format!(" ‘{}’ 시트", plain(&proposal.sheet))
    };
    let (first, last) = proposal.header_rows;
    let rows = if first == last { format!("{first}행") } else { format!("{first}~{last}행") };
    line(&format!("# {}{place}의 머리글({rows})에서 만든 매핑 초안입니다.", plain(&proposal.source)));
    line("#");
    line("# 확인 필요");
    for check in &proposal.to_check {
        line(&format!("# - {}", plain(check)));
    }
    line("# - 열마다 적힌 확신도와 예시 값을 보고 머리글이 맞는지 확인하세요.");
    line("version = \"1\"");
    line(&format!("name = {}", quoted(name)));
    line("# 고칠 때마다 1씩 올리세요.");
    line("revision = 1");
    line(&format!("label = {}", quoted(&format!("{} 초안", plain(&proposal.source)))));
    line("kind = \"expenditure\"");
    line(&format!("currency = {}", quoted(&proposal.currency)));
    line(&format!("minor_digits = {}", proposal.minor_digits));
    line("# 이 배치를 알아보는 머리글. 두 개 이상 있어야 이 매핑으로 읽습니다.");
    line(&format!("recognised_by = {}", list(&distinct(&proposal.recognised_by))));
    line(&format!("fillers = {}", list(&super::profile::FILLERS.map(str::to_owned))));
    line("");
    line("[dates]");
    let order = match proposal.dates.order {
        DateOrder::Ymd => "ymd",
        DateOrder::Dmy => "dmy",
        DateOrder::Mdy => "mdy",
    };
    line(&format!("order = \"{order}\""));
    line(&format!("two_digit_years = {}", proposal.dates.two_digit_years));
    line(&format!("serial_numbers = {}", proposal.dates.serial_numbers));
    line("");
    line("[amounts]");
    line(&format!("decimal_comma = {}", proposal.amounts.decimal_comma));
    line(&format!("filled_triangle_is_minus = {}", proposal.amounts.filled_triangle_is_minus));
    for undecided in &proposal.undecided {
        line("");
        line(&format!("# {}: {}.", korean(&undecided.column), plain(&undecided.reason)));
        line(&format!("# 후보: {}", others(&undecided.candidates)));
        let header =
            undecided.candidates.first().map_or("파일의 머리글", |other| other.header.as_str());
        line(&format!("# [columns.{}]", undecided.column));
        line(&format!("# headers = [{}]", quoted(header)));
        line("# required = true");
    }
    for column in &proposal.columns {
        line("");
        line(column_block(column).trim_end());
    }
    if !proposal.unused.is_empty() {
        line("");
        line(&format!("# 쓰지 않은 열: {}", plain(&proposal.unused.join(", "))));
    }
    out
}

fn column_block(column: &Proposed) -> String {
    let mut out = String::new();
    out.push_str(&format!("# {}: 확신도 {:.2}\n", korean(&column.column), column.confidence));
    out.push_str(&format!("# 근거: {}\n", plain(&column.evidence.join("; "))));
    let samples: Vec<String> = column.samples.iter().map(|sample| format!("‘{sample}’")).collect();
    out.push_str(&format!("# 예시: {}\n", plain(&samples.join(", "))));
    if !column.others.is_empty() {
        out.push_str(&format!("# 다른 후보: {}\n", others(&column.others)));
    }
    out.push_str(&format!("[columns.{}]\nheaders = [{}]\n", column.column, quoted(&column.header)));
    if REQUIRED.contains(&column.column.as_str()) {
        out.push_str("required = true\n");
    }
    match column.column.as_str() {
        col::CARD => out.push_str("card = true\n"),
        col::VENDOR_NO | col::DOCUMENT_NO => out.push_str("strip_decimal = true\n"),
        SIGN => {
            out.push_str(&format!("positive = {}\n", list(&column.positive)));
            out.push_str(&format!("negative = {}\n", list(&column.negative)));
        }
        col::KIND if !column.negative.is_empty() => {
            out.push_str("\n# 취소 행의 금액을 음수로 읽으려면 아래 네 줄의 #을 지우세요. 빈칸은 취소가 아닌 것으로 봅니다.\n");
            let positive: Vec<String> = [String::new()].into_iter().chain(column.positive.clone()).collect();
            out.push_str(&format!("# [columns.sign]\n# headers = [{}]\n", quoted(&column.header)));
            let (positive, negative) = (list(&positive), list(&column.negative));
            out.push_str(&format!("# positive = {positive}\n# negative = {negative}\n"));
        }
        _ => {}
    }
    out
}

fn others(others: &[Other]) -> String {
    if others.is_empty() {
        return "없음".to_owned();
    }
    let one = |other: &Other| format!("‘{}’ {:.2}", plain(&other.header), other.confidence);
    others.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Each header once.
fn distinct(headers: &[String]) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for header in headers {
        if !seen.contains(header) {
            seen.push(header.clone());
        }
    }
    seen
}

/// One line of a comment.
fn plain(text: &str) -> String {
    text::tidy(text)
}

fn list(values: &[String]) -> String {
    format!("[{}]", values.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(", "))
}

/// A TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text::tidy(text)).to_string()
}
