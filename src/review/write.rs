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
        let label = labels.get(&alarm.at);
        !alarm.is_shadow && label.is_none_or(|label| label.document_no != alarm.document_no)
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
