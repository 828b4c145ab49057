//! Details that no row of a file has are not written, and null when they are read.
//!
//! Comes in: clean rows, or the frames of lake files. Goes out: rows without empty details, or all rows in one frame.
//! Refuses: a frame that lacks another column. Files written before there were details lack them all.

use polars::prelude::*;

use crate::ledger::col;

/// `rows` without the details that no row has: a file without any is the same bytes as before there were details.
pub(super) fn without_empty(rows: &DataFrame) -> DataFrame {
    let is_empty = |name: &&str| rows.column(name).is_ok_and(|column| column.null_count() == column.len());
    rows.drop_many(col::DETAILS.into_iter().filter(is_empty))
}

/// All rows of `frames`, in order, with the columns of `schema`.
pub(super) fn stack(frames: Vec<DataFrame>, schema: &Schema) -> PolarsResult<DataFrame> {
    let has = |frame: &DataFrame, name: &str| frame.column(name).is_ok();
    let is_missing = |name: &PlSmallStr| col::is_detail(name) && !frames.iter().any(|frame| has(frame, name));
    let (missing, kept): (Vec<_>, Vec<_>) = schema
        .iter()
        .map(|(name, kind)| (name.clone(), kind.clone()))
        .partition(|(name, _)| is_missing(name));
    let mut all = DataFrame::empty_with_schema(&kept.iter().cloned().collect());
    for mut frame in frames {
        let height = frame.height();
        for (name, kind) in kept.iter().filter(|(name, _)| col::is_detail(name)) {
            if !has(&frame, name) {
                frame.with_column(Column::full_null(name.clone(), height, kind))?;
            }
        }
        // A frame with other columns is refused below.
        let is_known = frame.width() == kept.len();
        let frame = if is_known { frame.select(kept.iter().map(|(name, _)| name.clone()))? } else { frame };
        all.vstack_mut(&frame)?;
    }
    all.rechunk_mut();
    let height = all.height();
    for (name, kind) in missing {
        all.with_column(Column::full_null(name, height, &kind))?;
    }
    all.select(schema.iter_names().cloned())
}
