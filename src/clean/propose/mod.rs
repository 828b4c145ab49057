//! Proposer: a mapping for a file that no mapping fits, for a person to review.
//!
//! Comes in: the first rows of a file and the known mappings. Goes out: a column for each of ours with its confidence,
//! evidence, masked samples and runners-up, as data and as TOML.
//! Refuses: to load anything, to use a source column twice, to decide a required column it is not sure of.

mod assign;
mod evidence;
mod fit;
mod profile;
mod table;
mod words;
mod write;

use serde::Serialize;

pub use self::assign::REQUIRED_MIN;
use self::assign::{Assignment, Pair};
use self::table::{Source, Table};
use self::words::Words;
use super::header::{self, HEADER_ROWS_MAX};
use super::mapping::{AmountRule, CREDIT, DEBIT, DateOrder, DateRule, Mapping};
use crate::error::Problem;
use crate::ingest::RawSheet;
use crate::ko::josa;
use crate::ledger::col;

/// Rows of a sheet that are enough to know its columns.
pub const ROWS_MAX: usize = 5_000;
/// Confidence of a column that a mapping cannot name or whose values can be read in two ways.
const DOUBTFUL: f64 = 0.5;
/// Runners-up named.
const OTHERS_MAX: usize = 3;

/// A mapping proposed.
#[derive(Clone, Debug, Serialize)]
pub struct Proposal {
    /// The file.
    pub source: String,
    /// Sheet; empty for delimited text.
    pub sheet: String,
    /// Numbers of the first and the last header row.
    pub header_rows: (u32, u32),
    /// How dates are written.
    pub dates: DateRule,
    /// How amounts are written.
    pub amounts: AmountRule,
    /// Currency of the amounts.
    pub currency: String,
    /// Digits of its minor unit.
    pub minor_digits: u8,
    /// Won in one written unit, where the file states it.
    pub unit: Option<i64>,
    /// Columns proposed, in the order of our columns.
    pub columns: Vec<Proposed>,
    /// Required columns that a person must decide.
    pub undecided: Vec<Undecided>,
    /// Headers of the file that are not used.
    pub unused: Vec<String>,
    /// What a person must check, in Korean.
    pub to_check: Vec<String>,
    /// All headers of the row, by which the layout is recognised.
    pub recognised_by: Vec<String>,
}

/// A source column for one of ours.
#[derive(Clone, Debug, Serialize)]
pub struct Proposed {
    /// Our column.
    pub column: String,
    /// Header in the file.
    pub header: String,
    /// From 0 to 1.
    pub confidence: f64,
    /// Why, in Korean.
    pub evidence: Vec<String>,
    /// Up to three values, personal numbers and names masked.
    pub samples: Vec<String>,
    /// Other source columns that could be it.
    pub others: Vec<Other>,
    /// For `sign`: values that leave the amount as it is.
    pub positive: Vec<String>,
    /// For `sign`, or beside `kind` where cancelled rows are printed without a minus: values that make it negative.
    pub negative: Vec<String>,
}

/// A runner-up.
#[derive(Clone, Debug, Serialize)]
pub struct Other {
    /// Header in the file.
    pub header: String,
    /// From 0 to 1.
    pub confidence: f64,
}

/// A required column that was not found for certain.
#[derive(Clone, Debug, Serialize)]
pub struct Undecided {
    /// Our column.
    pub column: String,
    /// Why it is not decided, in Korean.
    pub reason: String,
    /// Source columns that could be it, the likeliest first.
    pub candidates: Vec<Other>,
}

impl Proposal {
    /// Whether all required columns were found for certain.
    pub fn is_complete(&self) -> bool {
        self.undecided.is_empty()
    }

    /// The mapping as a file called `name`, with what a person must know as comments.
    pub fn to_toml(&self, name: &str) -> String {
        write::toml(self, name)
    }
}

/// Proposes a mapping for the likeliest table of these sheets.
pub fn propose(source: &str, sheets: &[RawSheet], mappings: &[Mapping]) -> Result<Proposal, Problem> {
    let words = Words::new(mappings);
    let tables = sheets.iter().filter_map(|sheet| Some((sheet, table::find(sheet, &words)?)));
    let best = tables.fold(None, |best: Option<(&RawSheet, Table<'_>)>, one| match best {
        Some(known) if known.1.score >= one.1.score => Some(known),
        _ => Some(one),
    });
    let Some((sheet, table)) = best else {
        let hint = "머리글이 한 줄(또는 두 줄)로 있고 그 아래에 지출 행이 있는 파일인지 확인하세요.";
        return Err(Problem::new(source, "머리글로 보이는 행이 없음", "열 세 개 이상의 머리글", hint));
    };
    let mut proposal = of_table(source, &sheet.head.name, &table, &words);
    let first = &sheet.rows[..sheet.rows.len().min(HEADER_ROWS_MAX + 1)];
    if let Ok(known) = header::find(&sheet.head, first, mappings) {
        let id = known.mapping.id();
        proposal.to_check.insert(
            0,
            format!(
                "이미 매핑 {} 읽히는 파일입니다. 새 매핑이 꼭 필요한지 확인하세요.",
                josa(&id, "으로/로")
            ),
        );
    }
    Ok(proposal)
}

fn of_table(source: &str, sheet: &str, table: &Table<'_>, words: &Words) -> Proposal {
    let assignment = assign::assign(&table.columns, words);
    let date = assignment.taken.iter().find(|pair| pair.column == col::DATE);
    let amount = assignment.taken.iter().find(|pair| [col::AMOUNT, DEBIT].contains(&pair.column));
    let profile = |pair: &Pair| &table.columns[pair.source].profile;
    let (at, is_ambiguous) = date.map_or((0, false), |pair| fit::date_rule(profile(pair)));
    let (decimal_comma, minor_digits) = amount.map_or((false, 0), |pair| fit::amount_rule(profile(pair)));
    let is_dollar = amount.is_some_and(|pair| profile(pair).n_dollar > 0);
    let mut proposal = Proposal {
        source: source.to_owned(),
        sheet: sheet.to_owned(),
        header_rows: table.header_rows,
        dates: profile::DATE_RULES[at].clone(),
        amounts: AmountRule { decimal_comma, ..AmountRule::default() },
        currency: if is_dollar { "USD" } else { "KRW" }.to_owned(),
        minor_digits: if is_dollar { 2 } else { minor_digits },
        unit: table.unit,
        columns: Vec::new(),
        undecided: Vec::new(),
        unused: Vec::new(),
        to_check: Vec::new(),
        recognised_by: table.columns.iter().map(|source| source.header.clone()).collect(),
    };
    for column in order() {
        place(&mut proposal, column, table, &assignment, is_ambiguous);
    }
    let used: Vec<&str> = proposal.columns.iter().map(|column| column.header.as_str()).collect();
    let unused = proposal.recognised_by.iter().filter(|header| !used.contains(&header.as_str()));
    proposal.unused = unused.cloned().collect();
    evidence::checks(&mut proposal, table);
    proposal
}

/// Our columns as written: the required ones first.
fn order() -> Vec<&'static str> {
    let required = [col::DATE, col::AMOUNT, DEBIT, CREDIT, col::DEPARTMENT, col::ACCOUNT];
    let known = Mapping::known_columns(crate::ledger::RecordKind::Expenditure);
    let rest = known.into_iter().filter(|column| !required.contains(column));
    required.into_iter().chain(rest).collect()
}

/// Whether a payment cannot be read without `column`.
fn is_required(column: &str, assignment: &Assignment) -> bool {
    let is_split = assignment.taken.iter().any(|pair| pair.column == DEBIT);
    match column {
        col::DATE | col::DEPARTMENT | col::ACCOUNT => true,
        col::AMOUNT => !is_split,
        DEBIT | CREDIT => is_split,
        _ => false,
    }
}

/// Puts one of our columns among the proposed or the undecided ones.
fn place(
    proposal: &mut Proposal,
    column: &'static str,
    table: &Table<'_>,
    assignment: &Assignment,
    is_ambiguous: bool,
) {
    let is_required = is_required(column, assignment);
    let mut others = others(column, table, assignment);
    let Some(pair) = assignment.taken.iter().find(|pair| pair.column == column) else {
        if is_required {
            let reason = "맞는 열을 찾지 못했습니다".to_owned();
            proposal.undecided.push(Undecided { column: column.to_owned(), reason, candidates: others });
        }
        return;
    };
    let source = &table.columns[pair.source];
    let doubt = match column {
        _ if source.is_doubled => {
            Some(format!("머리글 ‘{}’가 두 번 있어 매핑이 가리킬 수 없습니다", source.header))
        }
        col::DATE if is_ambiguous => Some("값만으로는 일과 월의 순서를 알 수 없습니다".to_owned()),
        _ => None,
    };
    let confidence = if doubt.is_some() { pair.confidence.min(DOUBTFUL) } else { pair.confidence };
    if is_required && confidence < REQUIRED_MIN || source.is_doubled {
        if is_required {
            let reason = doubt.unwrap_or_else(|| "확신도가 낮습니다".to_owned());
            others.insert(0, Other { header: source.header.clone(), confidence });
            proposal.undecided.push(Undecided { column: column.to_owned(), reason, candidates: others });
        }
        return;
    }
    proposal.columns.push(Proposed {
        column: column.to_owned(),
        header: source.header.clone(),
        confidence,
        evidence: evidence::of(pair, source, proposal),
        samples: evidence::samples(column, source),
        others,
        positive: evidence::marks(column, source, table, false, assignment),
        negative: evidence::marks(column, source, table, true, assignment),
    });
}

/// Source columns that could be `column` and are not taken for it.
fn others(column: &str, table: &Table<'_>, assignment: &Assignment) -> Vec<Other> {
    let is_taken = |pair: &Pair| {
        assignment.taken.iter().any(|one| one.column == pair.column && one.source == pair.source)
    };
    let of_column = assignment.pairs.iter().filter(|pair| pair.column == column && !is_taken(pair));
    let other =
        |pair: &Pair| Other { header: header_of(&table.columns[pair.source]), confidence: pair.confidence };
    of_column.take(OTHERS_MAX).map(other).collect()
}

fn header_of(source: &Source) -> String {
    source.header.clone()
}

/// The words for an order of days.
fn order_in_korean(rule: &DateRule) -> &'static str {
    match rule.order {
        DateOrder::Ymd => "연·월·일",
        DateOrder::Dmy => "일·월·연",
        DateOrder::Mdy => "월·일·연",
    }
}

#[cfg(test)]
mod tests;
