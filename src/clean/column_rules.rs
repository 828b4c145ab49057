//! What the columns of a mapping must mean together.
//!
//! Comes in: a mapping as written. Goes out: problems, each with its place and what to do.
//! Refuses: one header read as an amount and as a day, rules on columns that cannot follow them, empty patterns.

use std::collections::BTreeMap;

use super::budget_columns::LABELS;
use super::header_key;
use super::layout::TEXT_COLUMNS;
use super::mapping::{CREDIT, ColumnRule, DEBIT, FISCAL_YEAR, Mapping, SIGN};
use crate::error::{Problem, Problems};
use crate::ledger::{BudgetPart, col};

/// Columns whose cells are days, times or amounts: no two of them can be the same cell.
const TYPED: [&str; 6] = [FISCAL_YEAR, col::DATE, col::MINUTE, col::AMOUNT, DEBIT, CREDIT];
/// Columns that add up to the amount: no text column can be the same cell.
const AMOUNTS: [&str; 3] = [col::AMOUNT, DEBIT, CREDIT];

/// Adds what is wrong with the columns of `mapping`.
pub(super) fn check(mapping: &Mapping, place: &str, problems: &mut Problems) {
    shared_headers(mapping, place, problems);
    for (name, rule) in &mapping.columns {
        let at = format!("{place}: columns.{name}");
        written_headers(&at, rule, problems);
        misplaced(&at, name, rule, problems);
    }
    if mapping.sheets.iter().any(|pattern| pattern.trim().is_empty()) {
        let hint = "시트 이름을 적거나 sheets를 지우세요. *는 어떤 글자든 됩니다.";
        problems.push(Problem::new(format!("{place}: sheets"), "빈 시트 이름", "시트 이름", hint));
    }
    if mapping.recognised_by.iter().any(|header| header_key::first(header).is_empty()) {
        let hint = "이 배치에만 있는 머리글을 적거나 recognised_by를 지우세요.";
        problems.push(Problem::new(format!("{place}: recognised_by"), "빈 머리글", "머리글", hint));
    }
}

/// A header under two columns that cannot both be in one cell.
fn shared_headers(mapping: &Mapping, place: &str, problems: &mut Problems) {
    let mut owners: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (name, rule) in &mapping.columns {
        let mut keys: Vec<String> = rule.headers.iter().map(|header| header_key::first(header)).collect();
        keys.sort();
        keys.dedup();
        // A part of a budget may stand in for 예산현액: `budget_columns` settles which it is.
        let is_part = BudgetPart::ALL.iter().any(|part| part.column() == name);
        for key in keys.into_iter().filter(|key| !key.is_empty() && !is_part) {
            owners.entry(key).or_default().push(name);
        }
    }
    for (key, names) in owners {
        let of = |kinds: &[&str]| names.iter().filter(|name| kinds.contains(name)).count();
        // A detail may name the day of another column, which has the first choice; two details may not.
        let n_details = of(&col::DETAIL_DAYS) + of(&[col::ATTENDEES]);
        let n_texts = of(&TEXT_COLUMNS) + of(&col::DETAIL_TEXTS);
        if of(&TYPED) > 1 || of(&AMOUNTS) > 0 && n_texts > 0 || n_details > 1 {
            let hint = "머리글을 한 열에만 남기세요. 일자와 금액은 같은 칸에 있을 수 없습니다.";
            let found = format!("‘{key}’: {}", names.join(", "));
            problems.push(Problem::new(format!("{place}: columns"), found, "열마다 다른 머리글", hint));
        }
    }
}

/// Headers that are blank or stand twice in the list of a column.
fn written_headers(at: &str, rule: &ColumnRule, problems: &mut Problems) {
    let mut seen: Vec<String> = Vec::new();
    for header in rule.headers.iter().chain(&rule.join) {
        let key = header_key::first(header);
        if key.is_empty() {
            let hint = "파일의 머리글을 그대로 적으세요.";
            problems.push(Problem::new(at, "빈 머리글", "머리글", hint));
        }
    }
    for key in rule.headers.iter().map(|header| header_key::first(header)) {
        if seen.contains(&key) && !key.is_empty() {
            let hint = "하나만 남기세요. 빈칸과 줄바꿈은 무시합니다.";
            problems.push(Problem::new(at, format!("두 번 적힌 머리글 ‘{key}’"), "서로 다른 머리글", hint));
        }
        seen.push(key);
    }
}

/// Rules that have no meaning on this column.
fn misplaced(at: &str, name: &str, rule: &ColumnRule, problems: &mut Problems) {
    let is_plain = col::DETAIL_TEXTS.contains(&name) && name != col::BANK_ACCOUNT;
    let is_text = TEXT_COLUMNS.contains(&name) || LABELS.contains(&name) || is_plain;
    let mut refuse = |key: &str, expected: &str, hint: &str| {
        problems.push(Problem::new(format!("{at}.{key}"), key, expected, hint));
    };
    if !is_text && rule.constant.is_some() {
        refuse("constant", "글자 열에만", "일자와 금액은 파일에서만 읽습니다. constant를 지우세요.");
    }
    if !is_text && (rule.card || rule.strip_decimal) {
        refuse("card 또는 strip_decimal", "글자 열에만", "이 열에서는 쓰지 않습니다. 지우세요.");
    }
    if (!is_text || is_plain) && !rule.join.is_empty() || rule.join.len() == 1 {
        refuse(
            "join",
            "글자 열에 머리글 두 개 이상",
            "join = [\"전표일자\", \"전표번호\"] 처럼 적거나 지우세요.",
        );
    }
    if name != SIGN && !(rule.positive.is_empty() && rule.negative.is_empty()) {
        refuse("positive 또는 negative", "sign 열에만", "[columns.sign] 아래로 옮기세요.");
    }
    if let Some(both) = rule.positive.iter().find(|value| rule.negative.contains(*value)) {
        let found = format!("positive와 negative에 모두 있는 값 ‘{both}’");
        problems.push(Problem::new(at, found, "한쪽에만 있는 값", "한쪽에서 지우세요."));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::mapping::{SHIPPED, shipped};

    /// Problems of `korean_erp` after `change`.
    fn problems(change: impl Fn(&mut Mapping)) -> String {
        let mut mapping = shipped().unwrap().into_iter().find(|m| m.name == "korean_erp").unwrap();
        change(&mut mapping);
        let mut found = Problems::default();
        check(&mapping, "m.toml", &mut found);
        found.to_string()
    }

    fn rule<'m>(mapping: &'m mut Mapping, column: &str) -> &'m mut ColumnRule {
        mapping.columns.entry(column.to_owned()).or_default()
    }

    #[test]
    fn shipped_mappings_have_no_problem() {
        assert!(SHIPPED.len() >= 8);
        assert_eq!(problems(|_| {}), "");
    }

    #[test]
    fn a_header_of_two_kinds_is_a_problem() {
        let found = problems(|m| rule(m, "date").headers.push("지출 금액".to_owned()));
        assert!(found.contains("‘지출금액’: amount, date"), "{found}");
        let found = problems(|m| rule(m, "description").headers.push("금액".to_owned()));
        assert!(found.contains("‘금액’: amount, description"), "{found}");
        // A card may stand for the department.
        assert_eq!(problems(|m| rule(m, "department").headers.push("카드번호".to_owned())), "");
    }

    #[test]
    fn rules_on_the_wrong_column_are_problems() {
        assert!(
            problems(|m| rule(m, "amount").constant = Some("0".to_owned()))
                .contains("columns.amount.constant")
        );
        assert!(problems(|m| rule(m, "date").card = true).contains("columns.date.card"));
        assert!(
            problems(|m| rule(m, "amount").join = vec!["가".to_owned(), "나".to_owned()]).contains("join")
        );
        assert!(problems(|m| rule(m, "vendor").join = vec!["가".to_owned()]).contains("join"));
        assert!(problems(|m| rule(m, "kind").negative.push("취소".to_owned())).contains("sign 열에만"));
        let both = |m: &mut Mapping| {
            rule(m, "sign").headers.push("차대".to_owned());
            rule(m, "sign").positive = vec!["S".to_owned()];
            rule(m, "sign").negative = vec!["H".to_owned(), "S".to_owned()];
        };
        assert!(problems(both).contains("‘S’"));
    }

    #[test]
    fn details_may_name_what_others_read_but_not_each_other() {
        // The day of the payment has the first choice of the cell.
        assert_eq!(problems(|m| rule(m, "entered_on").headers.push("지급일자".to_owned())), "");
        let found = problems(|m| rule(m, "entered_on").headers.push("계약일".to_owned()));
        assert!(found.contains("‘계약일’"), "{found}");
        let found = problems(|m| rule(m, "approver").headers.push("지출금액".to_owned()));
        assert!(found.contains("‘지출금액’"), "{found}");
        let constant = |m: &mut Mapping| rule(m, "bank_account").constant = Some("110-123-456789".to_owned());
        assert!(problems(constant).contains("columns.bank_account.constant"));
        let join = |m: &mut Mapping| rule(m, "approver").join = vec!["가".to_owned(), "나".to_owned()];
        assert!(problems(join).contains("columns.approver.join"));
    }

    #[test]
    fn blank_and_doubled_names_are_problems() {
        assert!(problems(|m| rule(m, "vendor").headers.push(" ".to_owned())).contains("빈 머리글"));
        assert!(problems(|m| rule(m, "vendor").headers.push("거 래 처".to_owned())).contains("두 번 적힌"));
        assert!(problems(|m| m.sheets.push(String::new())).contains("빈 시트 이름"));
        assert!(problems(|m| m.recognised_by.push(String::new())).contains("recognised_by"));
    }
}
