//! Step `score`: the payments of the month are scored against their history.
//!
//! Comes in: current clean rows of the lake up to the month, the checks in shadow. Goes out: a score set of the month, the
//! findings a report prints, what each check marked, the month's reversals with what they take back, and what the model
//! was made of; tests that are not worth their time go to shadow from the next month on.
//! Refuses: rows later than the month; a month is scored with what was known at its end.

mod alarms;

use std::collections::HashSet;

use polars::prelude::{Column, DataFrame};
use serde::{Deserialize, Serialize};

use super::{Context, Step, write_artifact};
use crate::clean::reversal::{self, Reversals, record::Record};
use crate::clean::{LedgerView, ledger::schema};
use crate::config::Config;
use crate::detect::canary::{self, Canary};
use crate::detect::counterfactual::{self, Effort};
use crate::detect::{self, BudgetBook, Findings, Known, PeriodFindings, Reversed};
use crate::error::Problems;
use crate::features;
use crate::lake;
use crate::ledger::{Covered, Digest, FiscalMonth, LakeKind, Points, RowRef, col};
use crate::pipeline::{rule_health, step};
use crate::store::StepCommit;

/// Name of the artifact that holds the findings of the month.
pub(super) const FINDINGS: &str = "findings.json";

/// Name of the artifact that holds the reversals of the month.
const REVERSALS: &str = "reversals.json";

pub(super) struct Score;

/// `[options.score]`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
struct Options {
    /// Months of history before the one scored, 1 to 240.
    history_months: i32,
    /// Whether to look, for the payments that the reports show, for what would bring them below the bar.
    counterfactuals: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { history_months: 60, counterfactuals: true }
    }
}

impl Step for Score {
    fn id(&self) -> &'static str {
        "score"
    }

    fn label_ko(&self) -> &'static str {
        "채점"
    }

    fn check_options(&self, table: &toml::Table, place: &str, problems: &mut Problems) {
        let options: Options = step::options(table, place, problems);
        if !(1..=240).contains(&options.history_months) {
            problems.push(crate::error::Problem::new(
                format!("{place}.history_months"),
                options.history_months.to_string(),
                "1~240",
                "보통 60개월(5년)입니다.",
            ));
        }
    }

    fn run(&self, context: &Context<'_>) -> anyhow::Result<StepCommit> {
        let options: Options =
            step::options(&context.job.options_of(self.id()), "options", &mut Problems::default());
        let from = context.period.offset(-options.history_months);
        let files = context.store.current_lake_files(LakeKind::Clean, from, context.period)?;
        context.progress.begin(self.id(), self.label_ko(), None);
        let rows = lake::read(&context.config.data(), &files, &schema())?;
        let ledger = LedgerView::new(&rows, &context.config.currency)?;
        let reversals = reversal::link(&ledger);
        let of_month = |i: usize| context.period.contains(ledger.date(i));
        let record = Record::new(&ledger, &reversals, &of_month);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(context.config.spec.score.threads).build()?;
        let subject = Subject::new(context, from)?;
        let mut findings = pool.install(|| subject.score(&ledger, &reversals, &subject.budget));
        let top_n = context.config.spec.report.top_n;
        let mut period = PeriodFindings::from_findings(&findings, &ledger, context.period, top_n);
        if options.counterfactuals {
            pool.install(|| subject.explain(&ledger, &mut findings, &period));
            period = PeriodFindings::from_findings(&findings, &ledger, context.period, top_n);
        }
        period = period.with_applicability(&findings, &ledger, &context.config.controls);
        period = period.with_canaries(pool.install(|| subject.self_check(&ledger, &findings)));
        let input = Digest::of_parts(files.iter().map(|f| f.sha256.as_bytes().as_slice()));
        let scores = score_frame(&rows, &ledger, &findings, context)?;
        let n_scored = scores.height();
        let file = lake::write_scores(
            &context.config.data(),
            scores,
            &context.job.name,
            context.period,
            context.run_id,
            input,
        )?;
        let (marked, left_off) =
            alarms::of_month(&findings, &ledger, context.period, context.run_id, alarms::ALARMS_MAX);
        let json = serde_json::to_vec_pretty(&period)?;
        let reversals = serde_json::to_vec_pretty(&record)?;
        let model =
            serde_json::to_vec_pretty(&model_card(context, &findings, ledger.n_rows, input, &options))?;
        let mut commit = StepCommit {
            artifacts: vec![
                write_artifact(context, FINDINGS, "findings", "", "application/json", &json)?,
                write_artifact(context, REVERSALS, "reversals", "", "application/json", &reversals)?,
                write_artifact(context, "model.json", "model", "", "application/json", &model)?,
            ],
            lake_files: vec![file],
            alarms: Some(marked),
            covered: covered(&period),
            ..StepCommit::default()
        };
        let to_shadow = rule_health::watch(context, &mut commit)?;
        commit.output = serde_json::json!({
            "rows_known": ledger.n_rows,
            "rows_scored": n_scored,
            "flagged": period.n_flagged.values().sum::<u64>(),
            "cases": period.n_cases.values().sum::<u64>(),
            "bar": context.config.spec.score.bar,
            "alarms": commit.alarms.as_ref().map_or(0, Vec::len),
            "alarms_left_off": left_off,
            "in_shadow": subject.options.shadow,
            "to_shadow": to_shadow,
            "self_check_missed": period.missed_canaries(),
            "reversals": record.counts,
            "reversals_known": record.known,
        });
        Ok(commit)
    }
}

/// What each check could look at, of the institution and of each department.
fn covered(period: &PeriodFindings) -> Vec<Covered> {
    let whole = period.applicability.iter().map(|one| one.covered(""));
    let of_departments = period.applicability_of.iter();
    let of_departments = of_departments.flat_map(|(name, list)| list.iter().map(|one| one.covered(name)));
    whole.chain(of_departments).collect()
}

/// What payments are scored with.
struct Subject<'a> {
    config: &'a Config,
    options: detect::Options,
    budget: BudgetBook,
}

impl<'a> Subject<'a> {
    fn new(context: &Context<'a>, from: FiscalMonth) -> anyhow::Result<Self> {
        let mut budget = BudgetBook::default();
        for year in from.year()..=context.period.year() {
            budget.lines.extend(context.store.budget_lines(year)?);
            budget.reallocations.extend(context.store.reallocations(year)?);
        }
        let shadow = context.store.shadowed_checks(context.period)?;
        let options = detect::Options { shadow, ..context.config.detect_options() };
        Ok(Self { config: context.config, options, budget })
    }

    /// Findings of every row; what was netted does not take part.
    fn score(&self, ledger: &LedgerView, reversals: &Reversals, budget: &BudgetBook) -> Findings {
        let holidays = &self.config.holidays;
        let netted = reversal::net(ledger, reversals);
        let options = features::Options::default();
        let matrix = features::build(&netted.ledger, &options, &|date| holidays.is_off_day(date));
        let reversed = &Reversed::new(ledger, reversals, &netted.rows);
        let known = Known { holidays, budget, reversed };
        let findings = detect::score(&netted.ledger, &matrix, &known, &self.options);
        findings.expand(ledger, reversals, &netted.rows)
    }

    /// Adds to the reasons of the payments of `shown` what would bring them below the bar.
    fn explain(&self, ledger: &LedgerView, findings: &mut Findings, shown: &PeriodFindings) {
        let shown_in = shown.period;
        let shown: HashSet<&RowRef> = shown.findings.iter().map(|finding| &finding.expenditure.at).collect();
        let mut rows = findings.highest(usize::MAX);
        rows.retain(|&i| shown_in.contains(ledger.date(i)) && shown.contains(&ledger.expenditure(i).at));
        let effort = Effort::of(ledger.n_rows, rows.len());
        let rescore = |edited: &LedgerView| self.score(edited, &reversal::link(edited), &self.budget);
        let found = counterfactual::find(ledger, findings, &rows, &self.config.holidays, effort, &rescore);
        findings.add_counterfactuals(&found);
    }

    /// Scores a copy with payments that every check must find.
    fn self_check(&self, ledger: &LedgerView, findings: &Findings) -> Vec<Canary> {
        let score = |copy: &LedgerView, budget: &BudgetBook| self.score(copy, &reversal::link(copy), budget);
        canary::self_check(ledger, &self.budget, findings, &self.options, &score)
    }
}

/// What the scores were made of, for the evidence and for reruns.
fn model_card(
    context: &Context<'_>,
    findings: &Findings,
    n_rows: usize,
    input: Digest,
    options: &Options,
) -> serde_json::Value {
    serde_json::json!({
        "version": "1",
        "program": env!("CARGO_PKG_VERSION"),
        "seed": context.config.spec.score.seed,
        "bar": context.config.spec.score.bar,
        "history_months": options.history_months,
        "rows": n_rows,
        "input_sha256": input,
        "checks": findings.checks,
    })
}

/// The rows of the month with score, rank and the points of each check.
fn score_frame(
    rows: &DataFrame,
    ledger: &LedgerView,
    findings: &Findings,
    context: &Context<'_>,
) -> anyhow::Result<DataFrame> {
    let month: Vec<usize> = (0..ledger.n_rows).filter(|&i| context.period.contains(ledger.date(i))).collect();
    let take = |values: &dyn Fn(usize) -> i64| month.iter().map(|&i| values(i)).collect::<Vec<i64>>();
    let n_checks = findings.checks.len();
    let mut columns: Vec<Column> = Vec::new();
    let mask: polars::prelude::BooleanChunked =
        (0..ledger.n_rows).map(|i| context.period.contains(ledger.date(i))).collect();
    let of_month = rows.filter(&mask)?;
    for name in [col::SOURCE, col::SHEET, col::ROW, col::DEPARTMENT, col::AMOUNT] {
        columns.push(of_month.column(name)?.clone());
    }
    let micro = |points: Points| i64::from(points.0);
    columns.push(Column::new(col::SCORE.into(), take(&|i| micro(findings.score[i]))));
    columns.push(Column::new(col::RANK.into(), take(&|i| i64::from(findings.rank[i]))));
    for (k, check) in findings.checks.iter().enumerate() {
        let name = format!("points_{}", check.id);
        columns.push(Column::new(name.into(), take(&|i| micro(findings.points[i * n_checks + k]))));
    }
    Ok(DataFrame::new(month.len(), columns)?)
}
