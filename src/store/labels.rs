//! Labels: what people found about payments, appended.
//!
//! Comes in: decisions. Goes out: the ones that count now or counted then, and the history of a payment.
//! Refuses: to change or remove one (triggers in the database), to take an equal decision twice.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::schema::labels;
use super::{Store, StoreError, on_conn};
use crate::ledger::{Label, Origin, Outcome, RowRef};

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = labels)]
struct LabelRow {
    source: String,
    sheet: String,
    row_no: i64,
    document_no: String,
    outcome: String,
    reason: String,
    minutes: Option<i64>,
    decided_by: String,
    decided_on: String,
    recorded_ms: i64,
    origin: String,
}

impl LabelRow {
    fn into_label(self) -> Result<Label, StoreError> {
        let corrupt = |found: String| StoreError::Corrupt("label", found.into());
        let outcome = Outcome::ALL.into_iter().find(|outcome| outcome.token() == self.outcome);
        let origin = Origin::ALL.into_iter().find(|origin| origin.token() == self.origin);
        let decided_on: Result<NaiveDate, _> = self.decided_on.parse();
        Ok(Label {
            at: RowRef { source: self.source, sheet: self.sheet, row: self.row_no },
            document_no: self.document_no,
            outcome: outcome.ok_or_else(|| corrupt(self.outcome))?,
            reason: self.reason,
            minutes: self.minutes,
            decided_by: self.decided_by,
            decided_on: decided_on.map_err(|e| StoreError::Corrupt("label", Box::new(e)))?,
            recorded_ms: self.recorded_ms,
            origin: origin.ok_or_else(|| corrupt(self.origin))?,
        })
    }
}

/// What became of labels that were handed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LabelsAdded {
    /// Taken in.
    pub added: usize,
    /// Known before, to the last word.
    pub known: usize,
}

impl Store {
    /// Appends `list` in one transaction, with an audit entry about `subject`; decisions known to the last word are
    /// left out, whatever their `recorded_ms`.
    pub fn add_labels(
        &self,
        list: &[Label],
        actor: &str,
        subject: &str,
        now_ms: i64,
    ) -> Result<LabelsAdded, StoreError> {
        on_conn!(self, |conn| {
            let mut out = LabelsAdded::default();
            for label in list {
                let decided_on = label.decided_on.to_string();
                let equal = labels::table
                    .filter(labels::source.eq(&label.at.source))
                    .filter(labels::sheet.eq(&label.at.sheet))
                    .filter(labels::row_no.eq(label.at.row))
                    .filter(labels::document_no.eq(&label.document_no))
                    .filter(labels::outcome.eq(label.outcome.token()))
                    .filter(labels::reason.eq(&label.reason))
                    .filter(labels::decided_by.eq(&label.decided_by))
                    .filter(labels::decided_on.eq(&decided_on))
                    .filter(labels::origin.eq(label.origin.token()));
                let minutes: Vec<Option<i64>> = equal.select(labels::minutes).load(conn)?;
                if minutes.contains(&label.minutes) {
                    out.known += 1;
                    continue;
                }
                diesel::insert_into(labels::table)
                    .values((
                        labels::source.eq(&label.at.source),
                        labels::sheet.eq(&label.at.sheet),
                        labels::row_no.eq(label.at.row),
                        labels::document_no.eq(&label.document_no),
                        labels::outcome.eq(label.outcome.token()),
                        labels::reason.eq(&label.reason),
                        labels::minutes.eq(label.minutes),
                        labels::decided_by.eq(&label.decided_by),
                        labels::decided_on.eq(&decided_on),
                        labels::recorded_ms.eq(label.recorded_ms),
                        labels::origin.eq(label.origin.token()),
                    ))
                    .execute(conn)?;
                out.added += 1;
            }
            if out.added > 0 {
                let detail = serde_json::json!({ "added": out.added, "known": out.known });
                super::audit::insert_audit!(conn, now_ms, actor, "label.import", subject, detail.to_string());
            }
            Ok::<_, StoreError>(out)
        })
    }

    /// The label that counts for each payment, of those recorded until `known_ms`: the one decided last, and of one
    /// day the one recorded last.
    pub fn labels_known(&self, known_ms: i64) -> Result<BTreeMap<RowRef, Label>, StoreError> {
        let rows: Vec<LabelRow> = on_conn!(self, |conn| {
            let known = labels::table
                .filter(labels::recorded_ms.le(known_ms))
                .order((labels::decided_on, labels::seq))
                .select(LabelRow::as_select());
            Ok::<_, StoreError>(known.load(conn)?)
        })?;
        let mut current = BTreeMap::new();
        for row in rows {
            let label = row.into_label()?;
            current.insert(label.at.clone(), label);
        }
        Ok(current)
    }

    /// Every label of the payment `at`, in the order they were recorded.
    pub fn label_history(&self, at: &RowRef) -> Result<Vec<Label>, StoreError> {
        let rows: Vec<LabelRow> = on_conn!(self, |conn| {
            let of_row = labels::table
                .filter(labels::source.eq(&at.source))
                .filter(labels::sheet.eq(&at.sheet))
                .filter(labels::row_no.eq(at.row))
                .order(labels::seq)
                .select(LabelRow::as_select());
            Ok::<_, StoreError>(of_row.load(conn)?)
        })?;
        rows.into_iter().map(LabelRow::into_label).collect()
    }
}
