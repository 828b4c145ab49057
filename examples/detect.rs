//! Any detector of numbers on any table of numbers, to compare it with others.
//!
//! Comes in: a CSV file with a header, all columns numeric. Goes out: a CSV file with one score a row, larger is more unusual.
//! Refuses: cells that are no number, naming row, column, value and what to do.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use clap::{Parser, ValueEnum};
use ledgerwatch::detect::clusters::{ClusterParams, Clusters};
use ledgerwatch::detect::forest::IsolationForestParams;
use ledgerwatch::detect::principal::Principal;
use ledgerwatch::detect::scale::{Scale, quantile};
use ledgerwatch::detect::tail_sums;
use ledgerwatch::fsx;

/// Larger values leave no digits for what `f32` sums of squares need.
const VALUE_MAX: f64 = 1e15;

/// Scores every row of a numeric CSV file with one detector.
#[derive(Parser)]
struct Args {
    /// CSV file with a header
    input: PathBuf,
    /// CSV file to write: `score`, one row for each of the input
    output: PathBuf,
    /// Detector
    #[arg(long, value_enum)]
    detector: Detector,
    /// Column to leave out, such as the label; may be given several times
    #[arg(long = "label", value_name = "COLUMN")]
    labels: Vec<String>,
    /// Isolation forest: trees
    #[arg(long, default_value_t = 100)]
    trees: usize,
    /// Isolation forest: rows drawn for each tree; k-means: rows of which centres are first found (default 8000)
    #[arg(long)]
    sample: Option<usize>,
    /// Isolation forest: columns a cut runs over; more than 1 makes slanted cuts
    #[arg(long, default_value_t = 1)]
    cut_columns: usize,
    /// k-means: centres
    #[arg(long, default_value_t = 8)]
    centres: usize,
    /// k-means: starts of which the best is kept
    #[arg(long, default_value_t = 10)]
    starts: usize,
    /// k-means: steps over all rows at most
    #[arg(long, default_value_t = 20)]
    steps: usize,
    /// Seed of everything random
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// Threads (default: all cores); scores are the same on any number
    #[arg(long)]
    threads: Option<usize>,
    /// Scale columns by median and interquartile range and cut them at 8, as the daemon does
    #[arg(long)]
    standardize: bool,
    /// What to do about empty cells and cells that are no finite number
    #[arg(long, value_enum, default_value_t = Missing::Refuse)]
    missing: Missing,
    /// JSON file for the seconds of reading, fitting and scoring
    #[arg(long, value_name = "FILE")]
    timings: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Detector {
    /// Few random cuts set the row apart
    IsolationForest,
    /// Distance to the nearest of several centres
    Kmeans,
    /// What half of the principal components leave
    Pca,
    /// Sum of the negative logarithms of tail probabilities
    TailProbability,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Missing {
    /// Stop at the first
    Refuse,
    /// Take the median of the column's other cells
    Median,
}

/// Values by column; NaN where a cell is missing.
struct Table {
    names: Vec<String>,
    columns: Vec<Vec<f64>>,
    n_rows: usize,
}

struct Run {
    scores: Vec<f64>,
    fit_seconds: f64,
    score_seconds: f64,
    /// Sum of squared distances to the nearest centre, k-means only.
    inertia: Option<f64>,
}

fn main() -> Result<()> {
    let args = Args::parse();
    if let Some(n) = args.threads {
        rayon::ThreadPoolBuilder::new().num_threads(n).build_global().context("starting the threads")?;
    }
    let start = Instant::now();
    let table = read(&args.input, &args.labels, args.missing)?;
    let columns = to_f32(&table, args.standardize);
    let read_seconds = start.elapsed().as_secs_f64();
    let run = run(&args, &columns, table.n_rows)?;
    write_scores(&args.output, &run.scores)?;
    if let Some(path) = &args.timings {
        let timings = serde_json::json!({
            "rows": table.n_rows, "columns": columns.len(), "read_seconds": read_seconds,
            "fit_seconds": run.fit_seconds, "score_seconds": run.score_seconds, "inertia": run.inertia,
        });
        fsx::write_atomic(path, timings.to_string().as_bytes())
            .with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}

fn read(path: &Path, labels: &[String], missing: Missing) -> Result<Table> {
    let mut reader =
        csv::Reader::from_path(path).with_context(|| format!("{}: cannot be opened", path.display()))?;
    let names: Vec<String> = reader.headers()?.iter().map(|name| name.trim().to_owned()).collect();
    for label in labels {
        ensure!(
            names.contains(label),
            "{}: no column `{label}` to leave out; columns are {}",
            path.display(),
            names.join(", ")
        );
    }
    let kept: Vec<usize> = (0..names.len()).filter(|c| !labels.contains(&names[*c])).collect();
    ensure!(!kept.is_empty(), "{}: no column left to look at", path.display());
    let mut columns: Vec<Vec<f64>> = vec![Vec::new(); kept.len()];
    let mut record = csv::StringRecord::new();
    let mut n_rows = 0;
    while reader
        .read_record(&mut record)
        .with_context(|| format!("{}: a row cannot be read", path.display()))?
    {
        n_rows += 1;
        for (column, c) in columns.iter_mut().zip(&kept) {
            let cell = record.get(*c).unwrap_or_default().trim();
            let value = cell_value(cell, missing).with_context(|| {
                format!("{}: row {n_rows}, column `{}`, value `{cell}`", path.display(), names[*c])
            })?;
            column.push(value);
        }
    }
    let names: Vec<String> = kept.iter().map(|c| names[*c].clone()).collect();
    for (name, column) in names.iter().zip(&mut columns) {
        fill(column).with_context(|| format!("{}: column `{name}`", path.display()))?;
    }
    Ok(Table { names, columns, n_rows })
}

fn cell_value(cell: &str, missing: Missing) -> Result<f64> {
    let value: f64 = match cell.parse() {
        Ok(value) => value,
        Err(_) if cell.is_empty() => f64::NAN,
        Err(_) => bail!("not a number\nhint: write it as 1234.5, or leave the column out with --label"),
    };
    if !value.is_finite() {
        let what = if cell.is_empty() { "empty" } else { "not finite" };
        ensure!(missing == Missing::Median, "{what}\nhint: fill the cell, or give --missing median");
        return Ok(f64::NAN);
    }
    ensure!(value.abs() <= VALUE_MAX, "larger than {VALUE_MAX:e}\nhint: give the column in a larger unit");
    Ok(value)
}

/// Puts the median of the other cells where a cell is missing.
fn fill(column: &mut [f64]) -> Result<()> {
    let known: Vec<f64> = column.iter().copied().filter(|v| !v.is_nan()).collect();
    if known.len() == column.len() {
        return Ok(());
    }
    let median = quantile(&known, 0.5).context("no cell is a number\nhint: leave it out with --label")?;
    for value in column.iter_mut().filter(|v| v.is_nan()) {
        *value = median;
    }
    Ok(())
}

/// Columns as `f32`, less their median, so that far from zero no digits are lost.
#[expect(clippy::cast_possible_truncation, reason = "values are at most 1e15")]
fn to_f32(table: &Table, standardize: bool) -> Vec<Vec<f32>> {
    let mut out = Vec::new();
    for (name, column) in table.names.iter().zip(&table.columns) {
        if standardize {
            match Scale::of(column) {
                Some(scale) => out.push(column.iter().map(|v| scale.apply(*v)).collect()),
                None => eprintln!("column `{name}` is constant and left out"),
            }
        } else {
            let median = quantile(column, 0.5).unwrap_or(0.0);
            out.push(column.iter().map(|v| (v - median) as f32).collect());
        }
    }
    out
}

fn run(args: &Args, columns: &[Vec<f32>], n_rows: usize) -> Result<Run> {
    let columns: Vec<&[f32]> = columns.iter().map(Vec::as_slice).collect();
    let columns = columns.as_slice();
    let start = Instant::now();
    let (fit_seconds, scores, inertia) = match args.detector {
        Detector::IsolationForest => {
            let params = IsolationForestParams {
                n_trees: args.trees,
                sample_size: args.sample.unwrap_or(256),
                cut_columns: args.cut_columns,
            };
            let forest = params.check()?.fit(columns, n_rows, args.seed);
            (start.elapsed().as_secs_f64(), forest.scores(columns, n_rows), None)
        }
        Detector::Kmeans => {
            ensure!(args.centres > 0 && args.starts > 0, "--centres and --starts must be at least 1");
            let params = ClusterParams {
                n_centres: args.centres,
                n_starts: args.starts,
                sample_size: args.sample.unwrap_or(8_000),
                n_steps: args.steps,
            };
            let clusters = Clusters::fit(params, columns, n_rows, args.seed)?;
            let fit_seconds = start.elapsed().as_secs_f64();
            let squared = clusters.squared_distances(columns, n_rows);
            let inertia = squared.iter().map(|d| f64::from(*d)).sum();
            (fit_seconds, squared.iter().map(|d| f64::from(d.sqrt())).collect(), Some(inertia))
        }
        Detector::Pca => {
            let fitted = Principal::fit(columns, n_rows, args.seed)?;
            (start.elapsed().as_secs_f64(), fitted.errors(columns, n_rows), None)
        }
        Detector::TailProbability => (0.0, tail_sums::sums(columns, n_rows), None),
    };
    let score_seconds = start.elapsed().as_secs_f64() - fit_seconds;
    Ok(Run { scores, fit_seconds, score_seconds, inertia })
}

fn write_scores(path: &Path, scores: &[f64]) -> Result<()> {
    let mut text = String::from("score\n");
    for score in scores {
        writeln!(text, "{score}")?;
    }
    fsx::write_atomic(path, text.as_bytes()).with_context(|| format!("writing {}", path.display()))
}
