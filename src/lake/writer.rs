//! Clean rows on their way into the lake, whatever their number.
//!
//! Comes in: batches of the rows of one source. Goes out: one file a month.
//! Refuses: to hold more than a batch and a month in memory: further batches wait in temporary files.

use std::collections::BTreeMap;
use std::io::{BufWriter, Cursor};
use std::path::{Path, PathBuf};

use polars::prelude::{DataFrame, ParquetCompression, ParquetReader, ParquetWriter, SerReader};

use super::{FILE_SIZE_MAX, LakeError, by_month, details, write_clean, write_month};
use crate::clean::LedgerSink;
use crate::clean::ledger::schema;
use crate::error::Problem;
use crate::fsx;
use crate::ledger::{Digest, FiscalMonth, LakeFile};

/// Takes the clean rows of one source.
pub struct CleanWriter<'a> {
    data: &'a Path,
    source: &'a str,
    /// The only batch, as long as there is no second one.
    held: Option<DataFrame>,
    /// Parts by month of all batches, once there are several.
    spilled: BTreeMap<FiscalMonth, Vec<PathBuf>>,
    folder: Option<tempfile::TempDir>,
    n_parts: usize,
}

impl<'a> CleanWriter<'a> {
    /// A writer below the data folder.
    pub fn new(data: &'a Path, source: &'a str) -> Self {
        Self { data, source, held: None, spilled: BTreeMap::new(), folder: None, n_parts: 0 }
    }

    /// Writes the files and says what the store must list.
    pub fn finish(mut self, source_sha256: Digest) -> Result<Vec<LakeFile>, LakeError> {
        if let Some(rows) = self.held.take() {
            return write_clean(self.data, &rows, self.source, source_sha256);
        }
        let mut files = Vec::new();
        for (month, parts) in std::mem::take(&mut self.spilled) {
            let mut frames = Vec::with_capacity(parts.len());
            for path in parts {
                let io = |source| LakeError::Io { path: "tmp".to_owned(), source };
                let bytes = fsx::read_capped(&path, FILE_SIZE_MAX).map_err(io)?;
                frames.push(ParquetReader::new(Cursor::new(bytes)).finish()?);
            }
            let rows = details::stack(frames, &schema())?;
            files.push(write_month(self.data, month, rows, self.source, source_sha256)?);
        }
        Ok(files)
    }

    fn spill(&mut self, batch: &DataFrame) -> Result<(), LakeError> {
        let io = |source| LakeError::Io { path: "tmp".to_owned(), source };
        if self.folder.is_none() {
            let below = self.data.join("tmp");
            std::fs::create_dir_all(&below).map_err(io)?;
            self.folder = Some(tempfile::tempdir_in(below).map_err(io)?);
        }
        let Some(folder) = &self.folder else { return Ok(()) };
        for (month, mut part) in by_month(&details::without_empty(batch))? {
            let path = folder.path().join(format!("{month}-{}.parquet", self.n_parts));
            let file = BufWriter::new(std::fs::File::create(&path).map_err(io)?);
            ParquetWriter::new(file)
                .with_compression(ParquetCompression::Snappy)
                .set_parallel(false)
                .finish(&mut part)?;
            self.n_parts += 1;
            self.spilled.entry(month).or_default().push(path);
        }
        Ok(())
    }
}

impl LedgerSink for CleanWriter<'_> {
    fn rows(&mut self, batch: DataFrame) -> Result<(), Problem> {
        if self.spilled.is_empty() && self.held.is_none() {
            self.held = Some(batch);
            return Ok(());
        }
        let first = self.held.take();
        let spilled = first.iter().chain([&batch]).try_for_each(|rows| self.spill(rows));
        spilled.map_err(|error| {
            let hint = "데이터 폴더의 남은 공간과 권한을 확인하세요.";
            Problem::new(self.source, error.to_string(), "데이터 폴더에 쓴 임시 파일", hint)
        })
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::*;

    use super::*;
    use crate::ledger::col;

    fn batch(rows: &[(i64, i32)]) -> DataFrame {
        let mut frame = DataFrame::empty_with_schema(&schema());
        for (row, day) in rows {
            let columns = schema()
                .iter()
                .map(|(name, _)| match name.as_str() {
                    col::ROW | col::AMOUNT => Column::new(name.clone(), [*row]),
                    col::MINUTE | col::ATTENDEES => Column::new(name.clone(), [None::<i64>]),
                    day if col::DETAIL_DAYS.contains(&day) => {
                        Column::full_null(name.clone(), 1, &DataType::Date)
                    }
                    col::DATE => {
                        Int32Chunked::new(name.clone(), [*day]).into_date().into_series().into_column()
                    }
                    _ => Column::new(name.clone(), ["총무과"]),
                })
                .collect();
            frame.vstack_mut(&DataFrame::new(1, columns).unwrap()).unwrap();
        }
        frame
    }

    #[test]
    fn several_batches_make_the_same_rows_a_month_as_one() {
        let dir = tempfile::tempdir().unwrap();
        let mut writer = CleanWriter::new(dir.path(), "a.csv");
        for rows in [&[(1, 19_723), (2, 19_760)][..], &[(3, 19_724)], &[(4, 19_761), (5, 19_725)]] {
            writer.rows(batch(rows)).unwrap();
        }
        let files = writer.finish(Digest::of(b"a")).unwrap();
        let listed: Vec<(String, i64, i64)> =
            files.iter().map(|f| (f.period.to_string(), f.rows, f.total.0)).collect();
        assert_eq!(listed, [("2024-01".to_owned(), 3, 9), ("2024-02".to_owned(), 2, 6)]);
        let january = super::super::read(dir.path(), &files[..1], &schema()).unwrap();
        let order: Vec<i64> = january.column(col::ROW).unwrap().i64().unwrap().iter().flatten().collect();
        assert_eq!(order, [1, 3, 5]);
        assert_eq!(std::fs::read_dir(dir.path().join("tmp")).unwrap().count(), 0);
    }

    #[test]
    fn details_of_one_batch_stand_beside_batches_without() {
        let dir = tempfile::tempdir().unwrap();
        let mut writer = CleanWriter::new(dir.path(), "a.csv");
        let mut detailed = batch(&[(2, 19_724)]);
        detailed.with_column(Column::new(col::ATTENDEES.into(), [7_i64])).unwrap();
        for rows in [batch(&[(1, 19_723)]), detailed, batch(&[(3, 19_725)])] {
            writer.rows(rows).unwrap();
        }
        let files = writer.finish(Digest::of(b"a")).unwrap();
        let rows = super::super::read(dir.path(), &files, &schema()).unwrap();
        let counts: Vec<Option<i64>> = rows.column(col::ATTENDEES).unwrap().i64().unwrap().iter().collect();
        assert_eq!(counts, [None, Some(7), None]);
    }

    #[test]
    fn one_batch_needs_no_temporary_file() {
        let dir = tempfile::tempdir().unwrap();
        let mut writer = CleanWriter::new(dir.path(), "a.csv");
        writer.rows(batch(&[(1, 19_723)])).unwrap();
        assert_eq!(writer.finish(Digest::of(b"a")).unwrap().len(), 1);
        assert!(!dir.path().join("tmp").exists());
    }
}
