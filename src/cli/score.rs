//! `score PATH... --out FILE.csv`: reads files, trains, scores every row; keeps nothing.

use std::borrow::Cow;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use rayon::prelude::*;

use super::Done;
use super::output::say;
use super::whole::{reading, whole_ledger};
use crate::clean::LedgerView;
use crate::clean::reversal::{self, Reversals};
use crate::detect::applicability::applicability;
use crate::detect::counterfactual::{self, Effort};
use crate::detect::{self, BudgetBook, Findings, Holidays, Known, Reversed};
use crate::features;
use crate::fsx;
use crate::ko;
use crate::ledger::Amount;

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// 파일이나 폴더
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// 결과 CSV
    #[arg(long)]
    out: PathBuf,
    /// 매핑 이름. 없으면 파일에 맞는 것을 찾음
    #[arg(long)]
    mapping: Option<String>,
    /// 단계별 걸린 시간을 적을 JSON
    #[arg(long)]
    timings: Option<PathBuf>,
    /// 점검 규칙이 찾은 지출을 규칙별로 적을 CSV
    #[arg(long, value_name = "FILE")]
    tests: Option<PathBuf>,
    /// 규칙별로 점검한 것과 점검하지 못한 것을 적을 JSON
    #[arg(long, value_name = "FILE")]
    applicability: Option<PathBuf>,
    /// 기준값 이상인 지출 가운데 높은 것부터 몇 건에 무엇이 달랐다면 기준값보다 낮았을지를 붙임. 없으면 20, 30만 건이 넘으면 0
    #[arg(long, value_name = "N")]
    counterfactuals: Option<usize>,
    /// 계산에 쓸 스레드 수. 0이면 모든 코어
    #[arg(long, default_value_t = 0)]
    threads: usize,
}

pub(super) fn run(folder: &Path, arguments: &Arguments) -> Done {
    let reading = reading(folder, arguments.mapping.as_deref())?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(arguments.threads).build()?;
    let mut timings = serde_json::Map::new();
    let mut lap = Instant::now();
    let mut mark = |name: &str| {
        timings.insert(name.to_owned(), lap.elapsed().as_secs_f64().into());
        lap = Instant::now();
    };
    let (ledger, budget) = whole_ledger(&reading, &arguments.paths)?;
    mark("read");
    let view = pool.install(|| LedgerView::new(&ledger.rows, &ledger.currency))?;
    drop(ledger);
    let (holidays, options) = match &reading.config {
        Some(config) => (config.holidays.clone(), config.detect_options()),
        None => (Holidays::korean(), detect::Options::default()),
    };
    let known = Beside { holidays: &holidays, budget: &budget };
    let (mut findings, reversals) = pool.install(|| scored(&view, &known, &options, &mut mark));
    let n_explained = arguments.counterfactuals.unwrap_or(match view.n_rows {
        0..=counterfactual::LEDGER_ROWS_MAX => counterfactual::ROWS_DEFAULT,
        _ => 0,
    });
    let rows = findings.highest(n_explained);
    let effort = Effort::of(view.n_rows, rows.len());
    let rescore = |edited: &LedgerView| scored(edited, &known, &options, &mut |_| ()).0;
    let found = pool.install(|| counterfactual::find(&view, &findings, &rows, &holidays, effort, &rescore));
    findings.add_counterfactuals(&found);
    mark("counterfactuals");
    let table = pool.install(|| table(&view, &findings))?;
    fsx::write_atomic(&arguments.out, &table)?;
    if let Some(path) = &arguments.tests {
        fsx::write_atomic(path, &found_by_tests(&view, &findings)?)?;
    }
    if let Some(path) = &arguments.applicability {
        let rows: Vec<usize> = (0..view.n_rows).collect();
        let covered = applicability(&findings, &view, &options.controls, &rows);
        fsx::write_atomic(path, serde_json::to_string_pretty(&covered)?.as_bytes())?;
    }
    mark("write");
    let flagged = findings.score.iter().filter(|score| **score >= findings.bar).count();
    say!(
        "{}건을 채점했습니다. 기준값 {:.0}점 이상 {flagged}건: {}",
        view.n_rows,
        findings.bar,
        arguments.out.display()
    );
    if !reversals.links.is_empty() || !reversals.unmatched.is_empty() {
        let (linked, unmatched) = (reversals.links.len(), reversals.unmatched.len());
        say!("취소·반납 {linked}건은 원거래와 상계했고, {unmatched}건은 원거래를 찾지 못했습니다.");
    }
    if arguments.counterfactuals.is_none() && view.n_rows > counterfactual::LEDGER_ROWS_MAX {
        let most = ko::count(counterfactual::LEDGER_ROWS_MAX);
        say!(
            "{most}건이 넘는 자료여서 무엇이 달랐다면 낮았을지는 찾지 않았습니다. 찾으려면 --counterfactuals 20을 붙이세요."
        );
    }
    for check in findings.checks.iter().filter(|check| check.untested.is_some()) {
        say!("점검하지 못함 - {}: {}", check.label_ko, check.untested.as_deref().unwrap_or_default());
    }
    if let Some(path) = &arguments.timings {
        fsx::write_atomic(path, serde_json::to_string_pretty(&timings)?.as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What is known beside the payments.
#[derive(Clone, Copy)]
struct Beside<'a> {
    holidays: &'a Holidays,
    budget: &'a BudgetBook,
}

/// Findings of every row of `view`, reversals netted; `mark` is told after each stage.
fn scored(
    view: &LedgerView,
    beside: &Beside<'_>,
    options: &detect::Options,
    mark: &mut dyn FnMut(&str),
) -> (Findings, Reversals) {
    let reversals = reversal::link(view);
    let netted = reversal::net(view, &reversals);
    mark("net");
    let payments = &netted.ledger;
    let Beside { holidays, budget } = *beside;
    let matrix = features::build(payments, &features::Options::default(), &|d| holidays.is_off_day(d));
    mark("features");
    let reversed = &Reversed::new(view, &reversals, &netted.rows);
    let known = Known { holidays, budget, reversed };
    let findings = detect::score(payments, &matrix, &known, options).expand(view, &reversals, &netted.rows);
    // A million rows of features are not needed any more; the table is as large.
    rayon::join(|| drop(matrix), || drop(netted));
    mark("detect");
    (findings, reversals)
}

/// Rows written by one task.
const PART: usize = 16_384;

fn table(view: &LedgerView, findings: &Findings) -> anyhow::Result<Vec<u8>> {
    let from: Vec<usize> = (0..view.n_rows).step_by(PART).collect();
    let part = |from: &usize| part(view, findings, *from..(*from + PART).min(view.n_rows));
    let parts: Vec<Vec<u8>> = from.par_iter().map(part).collect::<anyhow::Result<_>>()?;
    let mut out = Vec::with_capacity(HEADER.len() + parts.iter().map(Vec::len).sum::<usize>());
    out.extend_from_slice(HEADER.as_bytes());
    for part in parts {
        out.extend_from_slice(&part);
    }
    Ok(out)
}

const HEADER: &str =
    "source,sheet,row,document_no,date,department,account,vendor,amount,score,rank,reasons\n";

fn part(view: &LedgerView, findings: &Findings, rows: Range<usize>) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for i in rows {
        let reasons: Vec<&str> = findings.reasons[i].iter().map(|reason| reason.text.as_str()).collect();
        writer.write_record([
            &*guard(view.source.text(i)),
            &guard(view.sheet.text(i)),
            &view.row[i].to_string(),
            &guard(view.document_no.text(i)),
            &view.date(i).to_string(),
            &guard(view.department.text(i)),
            &guard(view.account.text(i)),
            &guard(view.vendor.text(i)),
            &view.currency.plain(Amount(view.amount[i])),
            &findings.score[i].to_string(),
            &findings.rank[i].to_string(),
            &guard(&reasons.join(" | ")),
        ])?;
    }
    Ok(writer.into_inner()?)
}

/// What each control test found: one line a test and payment.
fn found_by_tests(view: &LedgerView, findings: &Findings) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "test",
        "label",
        "source",
        "sheet",
        "row",
        "date",
        "department",
        "account",
        "vendor",
        "amount",
        "reason",
    ])?;
    for (check, rows) in findings.checks.iter().zip(&findings.fired) {
        for row in rows.iter().map(|row| *row as usize) {
            let reason = findings.reasons[row].iter().find(|reason| reason.id == check.id);
            writer.write_record([
                check.id.as_str(),
                &check.label_ko,
                &guard(view.source.text(row)),
                &guard(view.sheet.text(row)),
                &view.row[row].to_string(),
                &view.date(row).to_string(),
                &guard(view.department.text(row)),
                &guard(view.account.text(row)),
                &guard(view.vendor.text(row)),
                &view.currency.plain(Amount(view.amount[row])),
                &guard(reason.map_or("", |reason| reason.text.as_str())),
            ])?;
        }
    }
    Ok(writer.into_inner()?)
}

/// A cell that a spreadsheet would run as a formula begins with an apostrophe instead.
fn guard(text: &str) -> Cow<'_, str> {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}
