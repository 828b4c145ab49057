//! Lake: Parquet files of clean rows and scores, one set a fiscal month, listed in the store.
//!
//! Comes in: data frames. Goes out: files with their digests; frames read back.
//! Refuses: to be read by path (a manifest names the files), a file whose bytes are not those that were written.

mod details;
mod writer;

use std::io::Cursor;
use std::path::Path;

use polars::prelude::*;

use crate::clean::view::date_of_day;
use crate::fsx;
use crate::ledger::{Amount, Digest, FiscalMonth, LakeFile, LakeKind, col};

pub use writer::CleanWriter;

/// A lake file is a month of one source; a gigabyte would be another's.
const FILE_SIZE_MAX: u64 = 1024 * 1024 * 1024;

/// What can go wrong with the lake.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// The file cannot be read or written.
    #[error("lake file {path} cannot be accessed")]
    Io {
        /// Path below the data folder.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The bytes are not those the store lists.
    #[error("lake file {path} was changed after it was written")]
    Changed {
        /// Path below the data folder.
        path: String,
    },
    /// The frame is not what the lake holds.
    #[error("lake frame cannot be used")]
    Frame(#[from] PolarsError),
    /// A row's date lies outside the years we keep.
    #[error("row has a date outside 1990 to 2100")]
    Date,
}

/// Writes the clean rows of one source, one file a month, and says what the store must list.
pub fn write_clean(
    data: &Path,
    rows: &DataFrame,
    source: &str,
    source_sha256: Digest,
) -> Result<Vec<LakeFile>, LakeError> {
    let by_month = by_month(&details::without_empty(rows))?;
    by_month.into_iter().map(|(month, part)| write_month(data, month, part, source, source_sha256)).collect()
}

/// `rows` cut by month, in order.
fn by_month(rows: &DataFrame) -> Result<Vec<(FiscalMonth, DataFrame)>, LakeError> {
    let days = rows.column(col::DATE)?.date()?.physical().clone();
    let mut months: Vec<FiscalMonth> = Vec::with_capacity(rows.height());
    for day in days.iter() {
        let date = day.map(date_of_day).ok_or(LakeError::Date)?;
        months.push(FiscalMonth::of(date).ok_or(LakeError::Date)?);
    }
    let distinct: std::collections::BTreeSet<FiscalMonth> = months.iter().copied().collect();
    let mut parts = Vec::new();
    for month in distinct {
        let mask: BooleanChunked = months.iter().map(|m| *m == month).collect();
        parts.push((month, rows.filter(&mask)?));
    }
    Ok(parts)
}

fn write_month(
    data: &Path,
    month: FiscalMonth,
    mut part: DataFrame,
    source: &str,
    source_sha256: Digest,
) -> Result<LakeFile, LakeError> {
    part = details::without_empty(&part);
    // Named by its own bytes too: the same source read in another way must not touch the file in use.
    let bytes = encode(&mut part)?;
    let sha256 = Digest::of(&bytes);
    let name = Digest::of_parts([source.as_bytes(), source_sha256.as_bytes(), sha256.as_bytes()]).short();
    let path = format!("lake/clean/{month}/{name}.parquet");
    write(data, &path, &bytes)?;
    let total = part.column(col::AMOUNT)?.i64()?.sum().unwrap_or_default();
    Ok(LakeFile {
        path,
        kind: LakeKind::Clean,
        period: month,
        sha256,
        rows: i64::try_from(part.height()).unwrap_or(i64::MAX),
        total: Amount(total),
        source: source.to_owned(),
        source_sha256,
    })
}

/// Writes the scores of a job for one month; `input` names what they were computed from.
pub fn write_scores(
    data: &Path,
    mut scores: DataFrame,
    job: &str,
    month: FiscalMonth,
    run_id: &str,
    input: Digest,
) -> Result<LakeFile, LakeError> {
    let path = format!("lake/scores/{month}/{job}-{run_id}.parquet");
    let bytes = encode(&mut scores)?;
    let sha256 = Digest::of(&bytes);
    write(data, &path, &bytes)?;
    let total = scores.column(col::AMOUNT)?.i64()?.sum().unwrap_or_default();
    Ok(LakeFile {
        path,
        kind: LakeKind::Scores,
        period: month,
        sha256,
        rows: i64::try_from(scores.height()).unwrap_or(i64::MAX),
        total: Amount(total),
        source: job.to_owned(),
        source_sha256: input,
    })
}

/// Reads `files` in the given order into one frame with the columns of `empty`; details a file lacks are null.
pub fn read(data: &Path, files: &[LakeFile], empty: &Schema) -> Result<DataFrame, LakeError> {
    let mut frames = Vec::with_capacity(files.len());
    for file in files {
        let bytes = read_bytes(data, file)?;
        frames.push(ParquetReader::new(Cursor::new(bytes)).finish()?);
    }
    Ok(details::stack(frames, empty)?)
}

/// The bytes of a file, checked against its digest.
pub fn read_bytes(data: &Path, file: &LakeFile) -> Result<Vec<u8>, LakeError> {
    let io = |source| LakeError::Io { path: file.path.clone(), source };
    let bytes = fsx::read_capped(&data.join(&file.path), FILE_SIZE_MAX).map_err(io)?;
    if Digest::of(&bytes) != file.sha256 {
        return Err(LakeError::Changed { path: file.path.clone() });
    }
    Ok(bytes)
}

/// Equal frames make equal bytes.
fn encode(frame: &mut DataFrame) -> Result<Vec<u8>, LakeError> {
    let mut bytes = Vec::new();
    frame.rechunk_mut();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Snappy)
        .with_statistics(StatisticsOptions::default())
        .set_parallel(false)
        .finish(frame)?;
    Ok(bytes)
}

fn write(data: &Path, path: &str, bytes: &[u8]) -> Result<(), LakeError> {
    let io = |source| LakeError::Io { path: path.to_owned(), source };
    fsx::write_atomic(&data.join(path), bytes).map_err(io)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::ledger::schema;

    fn rows() -> DataFrame {
        let mut frame = DataFrame::empty_with_schema(&schema());
        for (row, day, amount) in [(1_i64, 19_723_i32, 100_i64), (2, 19_760, 250), (3, 19_724, -50)] {
            let columns: Vec<Column> = schema()
                .iter()
                .map(|(name, _)| match name.as_str() {
                    col::ROW => Column::new(name.clone(), [row]),
                    col::AMOUNT => Column::new(name.clone(), [amount]),
                    col::MINUTE | col::ATTENDEES => Column::new(name.clone(), [None::<i64>]),
                    day if col::DETAIL_DAYS.contains(&day) => {
                        Column::full_null(name.clone(), 1, &DataType::Date)
                    }
                    col::DATE => {
                        let days = Int32Chunked::new(name.clone(), [day]);
                        days.into_date().into_series().into_column()
                    }
                    _ => Column::new(name.clone(), ["총무과"]),
                })
                .collect();
            frame.vstack_mut(&DataFrame::new(1, columns).unwrap()).unwrap();
        }
        frame
    }

    #[test]
    fn rows_go_to_their_months_and_come_back() {
        let dir = tempfile::tempdir().unwrap();
        let files = write_clean(dir.path(), &rows(), "a.csv", Digest::of(b"a")).unwrap();
        let listed: Vec<(String, i64, i64)> =
            files.iter().map(|f| (f.period.to_string(), f.rows, f.total.0)).collect();
        assert_eq!(listed, [("2024-01".to_owned(), 2, 50), ("2024-02".to_owned(), 1, 250)]);
        let back = read(dir.path(), &files, &schema()).unwrap();
        assert_eq!(back.height(), 3);
        assert_eq!(back.column(col::AMOUNT).unwrap().i64().unwrap().sum(), Some(300));
    }

    #[test]
    fn the_same_rows_make_the_same_bytes() {
        let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let write = |dir: &Path| write_clean(dir, &rows(), "a.csv", Digest::of(b"a")).unwrap();
        assert_eq!(write(a.path()), write(b.path()));
    }

    #[test]
    fn another_reading_of_a_source_leaves_the_file_in_use_alone() {
        let dir = tempfile::tempdir().unwrap();
        let in_use = write_clean(dir.path(), &rows(), "a.csv", Digest::of(b"a")).unwrap();
        let other = write_clean(dir.path(), &rows().head(Some(1)), "a.csv", Digest::of(b"a")).unwrap();
        assert_ne!(in_use[0].sha256, other[0].sha256);
        assert_eq!(read(dir.path(), &in_use, &schema()).unwrap().height(), 3);
        assert_eq!(read(dir.path(), &other, &schema()).unwrap().height(), 1);
    }

    #[test]
    fn a_missing_file_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let files = write_clean(dir.path(), &rows(), "a.csv", Digest::of(b"a")).unwrap();
        std::fs::remove_file(dir.path().join(&files[1].path)).unwrap();
        let error = read(dir.path(), &files, &schema()).unwrap_err();
        assert!(error.to_string().contains(&files[1].path), "{error}");
    }

    #[test]
    fn a_changed_byte_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let files = write_clean(dir.path(), &rows(), "a.csv", Digest::of(b"a")).unwrap();
        let path = dir.path().join(&files[0].path);
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[10] ^= 1;
        fsx::write_atomic(&path, &bytes).unwrap();
        assert!(matches!(read(dir.path(), &files, &schema()), Err(LakeError::Changed { .. })));
    }
}
