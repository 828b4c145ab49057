//! Mappings: how an export's columns become ours.
//!
//! Comes in: TOML of `config/mappings/`. Goes out: rules by canonical column.
//! Refuses: unknown columns, a column with neither headers nor a constant, a mapping that cannot yield a payment.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::budget_columns;
use crate::error::{Problem, Problems};
use crate::ledger::{Currency, RecordKind, col};

/// Fiscal year of a budget line: a column of budget mappings only.
pub const FISCAL_YEAR: &str = "fiscal_year";

/// Debit and credit columns of a ledger: the amount is debit less credit. Columns of payments only.
pub const DEBIT: &str = "debit";
/// See [`DEBIT`].
pub const CREDIT: &str = "credit";
/// A column that says whether the amount counts as it stands or negative.
pub const SIGN: &str = "sign";

/// Mappings that come with the program: name and TOML.
pub const SHIPPED: &[(&str, &str)] = &[
    ("corporate_card", include_str!("../../config/mappings/corporate_card.toml")),
    ("douzone", include_str!("../../config/mappings/douzone.toml")),
    ("edufine", include_str!("../../config/mappings/edufine.toml")),
    ("ehojo", include_str!("../../config/mappings/ehojo.toml")),
    ("korean_budget", include_str!("../../config/mappings/korean_budget.toml")),
    ("korean_budget_reallocation", include_str!("../../config/mappings/korean_budget_reallocation.toml")),
    ("korean_erp", include_str!("../../config/mappings/korean_erp.toml")),
    ("purchasing_cards_2010", include_str!("../../config/mappings/purchasing_cards_2010.toml")),
    ("sap_fbl3n", include_str!("../../config/mappings/sap_fbl3n.toml")),
];

/// Order of day, month and year in a written date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// Year, month, day.
    #[default]
    Ymd,
    /// Day, month, year.
    Dmy,
    /// Month, day, year.
    Mdy,
}

/// How dates are written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DateRule {
    /// Order of the parts.
    pub order: DateOrder,
    /// Whether `24` is 2024.
    pub two_digit_years: bool,
    /// Whether a plain number from 20,000 to 80,000 is an Excel serial.
    pub serial_numbers: bool,
}

/// How amounts are written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AmountRule {
    /// `1.083,65`: dot groups, comma is the decimal point.
    pub decimal_comma: bool,
    /// Whether `▲` marks a negative amount; some offices write an increase so.
    pub filled_triangle_is_minus: bool,
    /// Whether an empty part of a budget line is zero; else it is not stated.
    pub blank_parts_are_zero: bool,
}

impl Default for AmountRule {
    fn default() -> Self {
        Self { decimal_comma: false, filled_triangle_is_minus: true, blank_parts_are_zero: false }
    }
}

/// Where a canonical column comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the mapping file, free of the others")]
pub struct ColumnRule {
    /// Headers, preferred first; spaces and bracketed units do not matter.
    pub headers: Vec<String>,
    /// Text columns: headers whose cells are put together with `-` where the file has all of them; else `headers` count.
    pub join: Vec<String>,
    /// Whether a file without this column is not of this layout.
    pub required: bool,
    /// Value of every row where the file has no such column.
    pub constant: Option<String>,
    /// Whether `5142124791.0` is the code `5142124791`.
    pub strip_decimal: bool,
    /// Whether the value is a card number and is masked.
    pub card: bool,
    /// For `reallocated_out`: whether the file writes what went out with a minus.
    pub negated: bool,
    /// For `sign`: values that make the amount positive, such as `S` or `차변`.
    pub positive: Vec<String>,
    /// For `sign`: values that make the amount negative, such as `H` or `대변`.
    pub negative: Vec<String>,
}

/// One layout of exports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Version of the format: `"1"`.
    pub version: String,
    /// Name, equal to the file's.
    pub name: String,
    /// Raised with every change; part of a run's evidence.
    pub revision: u32,
    /// Name on screen.
    pub label: String,
    /// What the rows are.
    #[serde(default)]
    pub kind: RecordKind,
    /// ISO 4217 code.
    pub currency: String,
    /// Digits of the minor unit.
    pub minor_digits: u8,
    /// Dates.
    #[serde(default)]
    pub dates: DateRule,
    /// Amounts.
    #[serde(default)]
    pub amounts: AmountRule,
    /// Headers this layout is recognised by: a file must have two of them, and each counts when several mappings fit.
    #[serde(default)]
    pub recognised_by: Vec<String>,
    /// Sheets to read, by name, `*` for any text; all where empty.
    #[serde(default)]
    pub sheets: Vec<String>,
    /// Cell texts that mean "nothing".
    #[serde(default)]
    pub fillers: Vec<String>,
    /// Rules by canonical column.
    pub columns: BTreeMap<String, ColumnRule>,
}

impl Mapping {
    /// Reads and checks a mapping; all problems at once.
    pub fn from_toml(text: &str, place: &str) -> Result<Self, Problems> {
        let mapping: Self = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start].lines().count().max(1));
            let found = text.lines().nth(line - 1).unwrap_or_default().trim().to_owned();
            let hint = "docs/mappings.md의 예시와 철자를 비교하세요.";
            Problems(vec![Problem::new(format!("{place}:{line}"), found, error.message(), hint)])
        })?;
        let mut problems = Problems::default();
        mapping.check(place, &mut problems);
        problems.into_result(mapping)
    }

    /// Canonical columns this kind of record can have.
    pub fn known_columns(kind: RecordKind) -> Vec<&'static str> {
        match kind {
            RecordKind::Expenditure => {
                let mut known = col::ALL[3..].to_vec();
                known.extend([DEBIT, CREDIT, SIGN]);
                known
            }
            kind => budget_columns::known(kind),
        }
    }

    fn check(&self, place: &str, problems: &mut Problems) {
        let known = Self::known_columns(self.kind);
        for (name, rule) in &self.columns {
            let at = format!("{place}: columns.{name}");
            if !known.contains(&name.as_str()) {
                let hint = "열 이름은 우리 쪽 이름입니다. 파일의 머리글은 headers에 적으세요.";
                problems.push(Problem::new(&at, name.as_str(), known.join(", "), hint));
            }
            if rule.headers.is_empty() && rule.join.is_empty() && rule.constant.is_none() {
                let hint = "headers = [\"파일의 머리글\"] 을 적거나 이 표를 지우세요.";
                problems.push(Problem::new(&at, "headers도 constant도 없음", "둘 중 하나", hint));
            }
        }
        let has = |name: &str| self.columns.contains_key(name);
        let dated = if self.kind == RecordKind::Budget { FISCAL_YEAR } else { col::DATE };
        for name in [dated, col::DEPARTMENT, col::ACCOUNT, col::AMOUNT] {
            let is_split =
                name == col::AMOUNT && (has(DEBIT) && has(CREDIT) || budget_columns::maps_all_parts(self));
            if !has(name) && !is_split {
                let hint = format!("[columns.{name}] 아래에 headers = [\"…\"], required = true 를 적으세요.");
                problems.push(Problem::new(format!("{place}: columns"), "빠진 열", name, hint));
            }
        }
        if has(col::AMOUNT) && (has(DEBIT) || has(CREDIT)) || has(DEBIT) != has(CREDIT) {
            let hint = "amount 하나만 두거나, debit(차변)과 credit(대변)을 함께 두세요.";
            problems.push(Problem::new(
                format!("{place}: columns"),
                "금액 열의 조합",
                "amount 또는 debit과 credit",
                hint,
            ));
        }
        budget_columns::check(self, place, problems);
        if self.columns.get(SIGN).is_some_and(|rule| rule.negative.is_empty()) {
            let hint = "negative = [\"H\"] 처럼 음수를 뜻하는 값을 적으세요.";
            problems.push(Problem::new(
                format!("{place}: columns.sign"),
                "negative 없음",
                "음수를 뜻하는 값",
                hint,
            ));
        }
        super::column_rules::check(self, place, problems);
        if self.version != "1" || self.minor_digits > 4 {
            let hint = "version = \"1\", minor_digits = 0 (원화) 처럼 쓰세요.";
            problems.push(Problem::new(place, "version 또는 minor_digits", "\"1\"과 0~4", hint));
        }
    }

    /// Whether a sheet of this name is to be read.
    pub fn reads_sheet(&self, name: &str) -> bool {
        self.sheets.is_empty() || name.is_empty() || self.sheets.iter().any(|pattern| is_like(pattern, name))
    }

    /// The currency of the amounts.
    pub fn currency(&self) -> Currency {
        Currency { code: self.currency.clone(), minor_digits: self.minor_digits }
    }

    /// Name and revision, as kept in accounts and evidence.
    pub fn id(&self) -> String {
        format!("{}@{}", self.name, self.revision)
    }
}

/// Whether `name` is `pattern`, whose `*` stand for any text.
fn is_like(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => name.strip_prefix(before).is_some_and(|rest| {
            rest.char_indices().map(|(i, _)| i).chain([rest.len()]).any(|i| is_like(after, &rest[i..]))
        }),
    }
}

/// The shipped mappings, parsed.
pub fn shipped() -> Result<Vec<Mapping>, Problems> {
    SHIPPED.iter().map(|(name, text)| Mapping::from_toml(text, name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_mappings_are_valid_and_named_as_their_files() {
        for (mapping, (name, _)) in shipped().unwrap().iter().zip(SHIPPED) {
            assert_eq!(mapping.name, *name);
        }
    }

    #[test]
    fn a_mapping_without_amount_is_refused_with_the_line_to_add() {
        let shipped = SHIPPED.iter().find(|(name, _)| *name == "korean_erp").unwrap().1;
        let text = shipped.replace("[columns.amount]", "[columns.amout]");
        let problems = Mapping::from_toml(&text, "m.toml").unwrap_err();
        assert!(problems.0.iter().any(|p| p.hint.contains("[columns.amount]")), "{problems}");
        assert!(problems.0.iter().any(|p| p.place == "m.toml: columns.amout"), "{problems}");
    }
}
