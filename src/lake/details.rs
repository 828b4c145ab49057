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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::ledger::schema;
    use crate::clean::mapping::shipped;
    use crate::clean::{LedgerView, tidy_bytes};
    use crate::lake::{encode, read, write, write_clean};
    use crate::ledger::{Currency, Departments, Digest, LakeFile};

    fn rows(text: &str) -> DataFrame {
        let ledger = tidy_bytes(text.as_bytes(), "a.csv", &shipped().unwrap(), &Departments::default());
        assert_eq!(ledger.intake[0].refused, None);
        ledger.rows
    }

    fn plain() -> DataFrame {
        rows("지급일자,부서,계정과목,지출금액\n2024-01-05,총무과,여비,100\n2024-01-06,총무과,여비,200\n")
    }

    fn detailed() -> DataFrame {
        rows(
            "지급일자,부서,계정과목,지출금액,결재자,인원,입력일\n\
             2024-01-07,총무과,여비,300,김결재,4명,2024-01-09\n2024-01-08,총무과,여비,400,,,\n",
        )
    }

    /// A file as it was written before there were details.
    fn old_file(data: &std::path::Path) -> LakeFile {
        let mut frame = plain().drop_many(col::DETAILS);
        assert_eq!(frame.width(), 16);
        let bytes = encode(&mut frame).unwrap();
        let like = write_clean(data, &plain(), "a.csv", Digest::of(b"a")).unwrap().remove(0);
        write(data, "lake/clean/2024-01/old.parquet", &bytes).unwrap();
        LakeFile { path: "lake/clean/2024-01/old.parquet".to_owned(), sha256: Digest::of(&bytes), ..like }
    }

    #[test]
    fn a_file_without_details_is_read_with_nulls_alone_and_beside_newer_ones() {
        let dir = tempfile::tempdir().unwrap();
        let old = old_file(dir.path());
        let new = write_clean(dir.path(), &detailed(), "b.csv", Digest::of(b"b")).unwrap().remove(0);
        let alone = read(dir.path(), std::slice::from_ref(&old), &schema()).unwrap();
        assert_eq!(alone.get_column_names(), col::ALL);
        assert_eq!(*alone.schema().as_ref(), schema());
        for name in col::DETAILS {
            assert_eq!(alone.column(name).unwrap().null_count(), 2, "{name}");
        }
        let view = LedgerView::new(&alone, &Currency::krw()).unwrap();
        assert_eq!((view.attendees, view.contract_until), (vec![-1; 2], vec![LedgerView::NO_DAY; 2]));
        for (files, at) in [([old.clone(), new.clone()], 2), ([new, old], 0)] {
            let both = read(dir.path(), &files, &schema()).unwrap();
            assert_eq!(*both.schema().as_ref(), schema());
            let view = LedgerView::new(&both, &Currency::krw()).unwrap();
            assert_eq!(view.n_rows, 4);
            let approvers: Vec<&str> = (0..4).map(|i| view.approver.text(i)).collect();
            assert_eq!(approvers.iter().position(|name| *name == "김결재"), Some(at));
            assert_eq!(approvers.iter().filter(|name| !name.is_empty()).count(), 1);
            assert_eq!(view.attendees[at], 4);
            assert_eq!(view.entered_on[at], view.day[at] + 2);
            assert_eq!(view.entered_on.iter().filter(|day| **day == LedgerView::NO_DAY).count(), 3);
        }
    }

    #[test]
    fn rows_without_details_are_the_bytes_they_were_before() {
        let dir = tempfile::tempdir().unwrap();
        let old = old_file(dir.path());
        let now = write_clean(dir.path(), &plain(), "a.csv", Digest::of(b"a")).unwrap();
        assert_eq!(now[0].sha256, old.sha256);
        let detailed = write_clean(dir.path(), &detailed(), "b.csv", Digest::of(b"b")).unwrap();
        assert_ne!(detailed[0].sha256, old.sha256);
    }

    #[test]
    fn a_frame_that_lacks_or_has_another_column_is_refused() {
        let lacking = plain().drop_many([col::VENDOR]);
        assert!(stack(vec![lacking], &schema()).is_err());
        let mut strange = plain();
        strange.with_column(Column::full_null("other".into(), 2, &DataType::String)).unwrap();
        assert!(stack(vec![strange], &schema()).is_err());
        assert_eq!(stack(Vec::new(), &schema()).unwrap().height(), 0);
    }
}
