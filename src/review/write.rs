//! Labels, and payments that wait for one, as a table that `read` reads back.
//!
//! Comes in: labels, or alarms without one. Goes out: header and rows of text, and their CSV.
//! Refuses: a cell that a spreadsheet would run.

use std::collections::BTreeMap;

use super::{COLUMNS, guard};
use crate::ledger::review::reason_ko;
use crate::ledger::{Alarm, Currency, FiscalMonth, Label, RowRef};

/// What stands beside the columns of a label where a payment waits for one; `read` passes over it.
const BESIDE: [&str; 4] = ["월", "사례", "금액", "탐지"];

/// Header and rows; every row has as many cells as the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Names of the columns.
    pub header: Vec<&'static str>,
    /// Cells.
    pub rows: Vec<Vec<String>>,
}

/// Labels in order of their payments.
pub fn labels(labels: &BTreeMap<RowRef, Label>) -> Table {
    let row = |label: &Label| {
        let minutes = label.minutes.map(|minutes| minutes.to_string());
        vec![
            guard(&label.at.source),
            guard(&label.at.sheet),
            label.at.row.to_string(),
            guard(&label.document_no),
            label.outcome.label_ko().to_owned(),
            guard(reason_ko(label.outcome, &label.reason)),
            minutes.unwrap_or_default(),
            guard(&label.decided_by),
            label.decided_on.to_string(),
            label.origin.label_ko().to_owned(),
        ]
    };
    Table { header: COLUMNS.map(|(_, name)| name).to_vec(), rows: labels.values().map(row).collect() }
}

/// Payments that checks marked and nobody decided about, by month, case and place; `name_of` names a check.
pub fn unreviewed<'a>(
    alarms: &'a [Alarm],
    labels: &BTreeMap<RowRef, Label>,
    currency: &Currency,
    name_of: &dyn Fn(&'a str) -> &'a str,
) -> Table {
    let mut waiting: BTreeMap<(FiscalMonth, i64, &RowRef), Vec<&'a Alarm>> = BTreeMap::new();
    let is_open = |alarm: &&Alarm| {
        let is_decided = labels.get(&alarm.at).is_some_and(|label| alarm.is_about(label));
        !alarm.is_shadow && !is_decided
    };
    for alarm in alarms.iter().filter(is_open) {
        waiting.entry((alarm.period, alarm.case_no, &alarm.at)).or_default().push(alarm);
    }
    let row = |((period, case_no, at), marks): ((FiscalMonth, i64, &RowRef), Vec<&'a Alarm>)| {
        let first = marks.first();
        let mut cells = vec![guard(&at.source), guard(&at.sheet), at.row.to_string()];
        cells.push(guard(first.map_or("", |alarm| &alarm.document_no)));
        cells.resize(COLUMNS.len(), String::new());
        cells.extend([period.to_string(), case_no.to_string()]);
        cells.push(first.map(|alarm| currency.plain(alarm.amount)).unwrap_or_default());
        cells.push(marks.iter().map(|alarm| name_of(&alarm.check)).collect::<Vec<_>>().join(", "));
        cells
    };
    let header = COLUMNS.iter().map(|(_, name)| *name).chain(BESIDE).collect();
    Table { header, rows: waiting.into_iter().map(row).collect() }
}

impl Table {
    /// As CSV in UTF-8 with a byte order mark, without which Korean Excel takes it for CP949.
    pub fn to_csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
        writer.write_record(&self.header)?;
        for row in &self.rows {
            writer.write_record(row)?;
        }
        writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::ledger::{Amount, Origin, Outcome, Points};

    fn alarm(check: &str, row: i64, case_no: i64) -> Alarm {
        Alarm {
            run_id: "r".to_owned(),
            period: "2024-12".parse().unwrap(),
            check: check.to_owned(),
            at: RowRef { source: "a.csv".to_owned(), sheet: String::new(), row },
            document_no: format!("D{row}"),
            case_no,
            amount: Amount(-1_500),
            points: Points(1),
            is_shadow: false,
        }
    }

    fn decided(row: i64, document_no: &str) -> (RowRef, Label) {
        let label = Label {
            at: alarm("", row, 0).at,
            document_no: document_no.to_owned(),
            outcome: Outcome::Closed,
            reason: String::new(),
            minutes: None,
            decided_by: "김".to_owned(),
            decided_on: NaiveDate::from_ymd_opt(2025, 1, 1).unwrap(),
            recorded_ms: 1,
            origin: Origin::Audit,
        };
        (label.at.clone(), label)
    }

    #[test]
    fn what_waits_stands_once_with_all_its_checks_by_case() {
        let mut alarms = vec![alarm("b", 4, 1), alarm("a", 2, 9), alarm("b", 2, 9), alarm("a", 3, 9)];
        alarms.extend([alarm("a", 5, 2), alarm("a", 6, 2), Alarm { is_shadow: true, ..alarm("a", 7, 1) }]);
        // Row 5 was decided about; the word about row 6 was about another document.
        let labels = [decided(5, "D5"), decided(6, "D0")].into();
        let name = |check: &'_ str| if check == "a" { "가" } else { "나" };
        let table = unreviewed(&alarms, &labels, &Currency::krw(), &name);
        let found: Vec<(&str, &str, &str)> =
            table.rows.iter().map(|row| (row[2].as_str(), row[11].as_str(), row[13].as_str())).collect();
        assert_eq!(found, [("4", "1", "나"), ("6", "2", "가"), ("2", "9", "가, 나"), ("3", "9", "가")]);
        assert!(table.rows.iter().all(|row| row.len() == table.header.len() && row[12] == "-1500"));
    }
}
