//! What each check could look at, and what it could not: test by test, in payments and in money.
//!
//! Comes in: findings, their ledger, the options of the control tests, rows in scope. Goes out: one `Applicability` a check.
//! Refuses: silence. A column missing, half empty or constant, a day without a rule and an exception are all said and counted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::controls::ControlOptions;
use super::{About, DETECTORS, Findings, Status, columns};
use crate::clean::LedgerView;
use crate::ledger::{Count, Covered, Severity, col};

/// From this share of empty cells on, a column is said to be half empty.
const BLANK_SHARE: f64 = 0.5;

/// What one check looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applicability {
    /// Identifier of the check.
    pub id: String,
    /// Name on screen.
    pub label_ko: String,
    /// Numbers of the tests of audit practice that it covers; none for a model.
    pub codes: Vec<String>,
    /// How soon to look at what it finds; `None` for a model.
    pub severity: Option<Severity>,
    /// Whether it ran, and if not, the kind of reason.
    pub status: Status,
    /// Why it did not run, in Korean.
    pub reason: Option<String>,
    /// What a reader must know, in Korean: a column half empty, an exception for a vendor nobody knows.
    pub notes: Vec<String>,
    /// Payments in scope.
    pub population: Count,
    /// Those it could judge: the columns it needs are filled and a rule is in force on the day.
    pub tested: Count,
    /// Those left out because a column it needs is empty there.
    pub blank: Count,
    /// Those left out because no rule is in force on their day.
    pub no_rule: Count,
    /// Those on which it fires.
    pub fired: Count,
    /// Those on which it would fire but for an exception.
    pub put_aside: Count,
}

/// Applicability of every check of `findings` over `rows` of `ledger` (ascending).
pub fn applicability(
    findings: &Findings,
    ledger: &LedgerView,
    options: &ControlOptions,
    rows: &[usize],
) -> Vec<Applicability> {
    let mut population = Count::default();
    for &row in rows {
        population.add(ledger.amount[row]);
    }
    let quality = Quality::new(ledger, rows);
    let mut blanks: BTreeMap<Vec<&[&str]>, Vec<bool>> = BTreeMap::new();
    let mut out = Vec::with_capacity(findings.checks.len());
    for (at, info) in findings.checks.iter().enumerate() {
        let detector = DETECTORS.iter().find(|detector| detector.id() == info.id);
        let about = detector.and_then(|detector| detector.about());
        let mut one = Applicability {
            id: info.id.clone(),
            label_ko: info.label_ko.clone(),
            codes: about.iter().flat_map(|about| about.codes).map(|code| (*code).to_owned()).collect(),
            severity: about.map(|about| about.severity),
            status: info.status,
            reason: info.untested.clone(),
            notes: info.notes.clone(),
            population,
            ..Applicability::default()
        };
        if info.untested.is_none() {
            let needs_value = about.filter(|about| !about.judges_blanks);
            let required = needs_value.map_or(&[][..], |about| about.required);
            let filled = blanks.entry(required.to_vec()).or_insert_with(|| {
                let any = |row: usize, any: &&[&str]| any.iter().any(|c| columns::is_filled(ledger, c, row));
                rows.iter().map(|&row| required.iter().all(|columns| any(row, columns))).collect()
            });
            one.cover(ledger, rows, filled, &|row| {
                detector.is_none_or(|detector| detector.judges(options, ledger.date(row)))
            });
            one.fired = counted(ledger, rows, findings.fired.get(at).into_iter().flatten().copied());
            let aside = findings.put_aside.get(at).into_iter().flatten().map(|(row, _)| *row);
            one.put_aside = counted(ledger, rows, aside);
            one.notes.extend(about.iter().flat_map(|about| quality.notes(about)));
        }
        one.notes.extend(of_exceptions(&info.id, ledger, options));
        out.push(one);
    }
    out
}

impl Applicability {
    /// Why it did not run and what a reader must know, as one text.
    pub fn remarks(&self) -> String {
        self.reason.iter().chain(&self.notes).cloned().collect::<Vec<_>>().join(" ")
    }

    /// The same as the store keeps it, of `department` (empty for the institution).
    pub fn covered(&self, department: &str) -> Covered {
        Covered {
            check: self.id.clone(),
            department: department.to_owned(),
            status: self.status.token().to_owned(),
            remarks: self.remarks(),
            population: self.population,
            tested: self.tested,
            blank_rows: self.blank.rows,
            no_rule_rows: self.no_rule.rows,
            fired: self.fired,
            put_aside: self.put_aside,
        }
    }

    fn cover(
        &mut self,
        ledger: &LedgerView,
        rows: &[usize],
        filled: &[bool],
        judges: &dyn Fn(usize) -> bool,
    ) {
        // Rows of a day are neighbours; asking once a day is enough.
        let mut last = (i32::MIN, false);
        for (&row, filled) in rows.iter().zip(filled) {
            if ledger.day[row] != last.0 {
                last = (ledger.day[row], judges(row));
            }
            let count = match (last.1, *filled) {
                (false, _) => &mut self.no_rule,
                (true, false) => &mut self.blank,
                (true, true) => &mut self.tested,
            };
            count.add(ledger.amount[row]);
        }
        if self.no_rule.rows > 0 {
            let text = format!(
                "날짜에 맞는 규칙이 없는 {}건은 점검하지 못했습니다. 힌트: controls.toml의 [[{}.rule]]에 그 기간을 적으십시오.",
                crate::ko::count(usize::try_from(self.no_rule.rows).unwrap_or(usize::MAX)),
                self.id
            );
            self.notes.push(text);
        }
    }
}

/// Of `found` those that are among `rows` (both ascending).
fn counted(ledger: &LedgerView, rows: &[usize], found: impl Iterator<Item = u32>) -> Count {
    let mut count = Count::default();
    for row in found.map(|row| row as usize).filter(|row| rows.binary_search(row).is_ok()) {
        count.add(ledger.amount[row]);
    }
    count
}

/// How full and how varied the columns are, each asked once.
struct Quality<'a> {
    ledger: &'a LedgerView,
    rows: &'a [usize],
    known: std::cell::RefCell<BTreeMap<&'static str, (f64, bool)>>,
}

impl<'a> Quality<'a> {
    fn new(ledger: &'a LedgerView, rows: &'a [usize]) -> Self {
        Self { ledger, rows, known: std::cell::RefCell::default() }
    }

    /// Share of rows with a value, and whether all values of the ledger are one.
    fn of(&self, column: &'static str) -> (f64, bool) {
        *self.known.borrow_mut().entry(column).or_insert_with(|| {
            let filled =
                self.rows.iter().filter(|&&row| columns::is_filled(self.ledger, column, row)).count();
            (filled as f64 / self.rows.len().max(1) as f64, columns::is_constant(self.ledger, column))
        })
    }

    fn notes(&self, about: &About) -> Vec<String> {
        if self.rows.is_empty() {
            return Vec::new();
        }
        let required = || about.required.iter().copied().flatten().copied();
        let mut notes = Vec::new();
        for column in required() {
            let (filled, constant) = self.of(column);
            let label = columns::label_ko(column);
            if filled > 0.0 && filled <= 1.0 - BLANK_SHARE && !about.judges_blanks {
                notes.push(format!("{label} 열의 {:.0}%가 비어 있습니다.", 100.0 * (1.0 - filled)));
            }
            if constant && self.rows.len() > 1 {
                notes.push(format!("{label} 열의 값이 모두 같아 가려낼 수 있는 것이 적습니다."));
            }
        }
        let absent: Vec<&str> = about
            .optional
            .iter()
            // Reversals are told by their sign as well; an export without a kind lacks next to nothing.
            .filter(|column| **column != col::KIND && self.of(column).0 <= 0.0)
            .map(|column| columns::label_ko(column))
            .collect();
        if !absent.is_empty() {
            notes.push(format!("{} 열에 값이 없어 그만큼 덜 살폈습니다.", absent.join(", ")));
        }
        notes
    }
}

/// Exceptions of the check `id` that cover nothing: run out before the ledger ends, or for something nobody knows.
fn of_exceptions(id: &str, ledger: &LedgerView, options: &ControlOptions) -> Vec<String> {
    let last = (0..ledger.n_rows).map(|i| ledger.date(i)).max();
    let of_check = options.exceptions.iter().enumerate().filter(|(_, exception)| exception.test == id);
    of_check
        .flat_map(|(at, exception)| {
            let unknown = exception.unknown(ledger);
            let unknown = (!unknown.is_empty() && ledger.n_rows > 0).then(|| {
                format!("예외 {}번이 가리키는 값이 자료에 없습니다: {}.", at + 1, unknown.join(", "))
            });
            let expired = last.is_some_and(|last| exception.expires < last).then(|| {
                format!(
                    "예외 {}번은 {}에 끝나 그 뒤의 지급에는 적용하지 않았습니다.",
                    at + 1,
                    exception.expires
                )
            });
            unknown.into_iter().chain(expired)
        })
        .collect()
}

#[cfg(test)]
mod tests;
