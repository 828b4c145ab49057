//! The population workbook of a month: an artifact for audit, kept in the evidence and never mailed to a department.
//!
//! Comes in: current clean rows of the lake up to the month. Goes out: one artifact of the reserved department of audit.
//! Refuses: rows later than the month; no months, no workbook.

use super::super::{Context, write_artifact};
use crate::clean::reversal;
use crate::clean::{LedgerView, ledger::schema};
use crate::detect::population;
use crate::ko;
use crate::lake;
use crate::ledger::LakeKind;
use crate::pipeline::intake::AUDIT;
use crate::report::population_workbook::{Heading, workbook};
use crate::store::Artifact;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Writes the workbook over `months` months, and says how many payments it looked at; `None` for 0 months.
pub(super) fn write(context: &Context<'_>, months: i32) -> anyhow::Result<Option<(usize, Artifact)>> {
    if months == 0 {
        return Ok(None);
    }
    let config = context.config;
    let from = context.period.offset(1 - months);
    let files = context.store.current_lake_files(LakeKind::Clean, from, context.period)?;
    let rows = lake::read(&config.data(), &files, &schema())?;
    let ledger = LedgerView::new(&rows, &config.currency)?;
    drop(rows);
    let netted = reversal::net(&ledger, &reversal::link(&ledger));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(config.spec.score.threads).build()?;
    let found = pool.install(|| population::run(&netted.ledger, &config.population));
    let subject = format!("{}까지의 지출", ko::month_prose(context.period));
    let heading = Heading {
        institution: &config.spec.institution.name,
        subject: &subject,
        created: context.created,
        run_id: context.run_id,
    };
    let book = workbook(&found, &heading)?;
    let name = format!("모집단분석_{}.xlsx", context.period);
    Ok(Some((found.n_payments, write_artifact(context, &name, "population", AUDIT, XLSX, &book)?)))
}
