//! Step `report`: one PDF and one workbook for each department, and one workbook of the population for audit.
//!
//! Comes in: clean rows, the findings of the month, budget lines, accounts of the files. Goes out: documents.
//! Refuses: to leave a payment of an unknown department unmentioned; the output counts them.

mod population;

use serde::{Deserialize, Serialize};

use super::score::FINDINGS;
use super::{Context, Step, current_intakes, read_artifact, write_artifact};
use crate::budget;
use crate::clean::{LedgerView, ledger::schema};
use crate::detect::PeriodFindings;
use crate::error::{Problem, Problems};
use crate::lake;
use crate::ledger::LakeKind;
use crate::pipeline::step;
use crate::report::{self, REPORTS, ReportWriter, Resources, ViewInput};
use crate::store::StepCommit;

pub(super) struct Report;

/// `[options.report]`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
struct Options {
    /// Kinds of documents, by id.
    reports: Vec<String>,
    /// Months of payments up to the month that the population workbook looks at, 1 to 240; 0 writes none.
    population_months: i32,
}

impl Default for Options {
    fn default() -> Self {
        let reports = REPORTS.iter().map(|report| report.id().to_owned()).collect();
        Self { reports, population_months: 60 }
    }
}

impl Step for Report {
    fn id(&self) -> &'static str {
        "report"
    }

    fn label_ko(&self) -> &'static str {
        "보고서"
    }

    fn check_options(&self, table: &toml::Table, place: &str, problems: &mut Problems) {
        let options: Options = step::options(table, place, problems);
        let known: Vec<&str> = REPORTS.iter().map(|report| report.id()).collect();
        for name in options.reports.iter().filter(|name| !known.contains(&name.as_str())) {
            let hint = "보고서 이름의 철자를 확인하세요.";
            problems.push(Problem::new(format!("{place}.reports"), name.as_str(), known.join(", "), hint));
        }
        if !(0..=240).contains(&options.population_months) {
            let hint = "보통 60개월(5년)입니다. 0이면 모집단 분석을 만들지 않습니다.";
            let found = options.population_months.to_string();
            problems.push(Problem::new(format!("{place}.population_months"), found, "0~240", hint));
        }
    }

    fn run(&self, context: &Context<'_>) -> anyhow::Result<StepCommit> {
        let config = context.config;
        let options: Options =
            step::options(&context.job.options_of(self.id()), "options", &mut Problems::default());
        let writers: Vec<&dyn ReportWriter> =
            REPORTS.iter().copied().filter(|r| options.reports.iter().any(|id| id == r.id())).collect();
        let resources = Resources::load(
            &config.path(&config.spec.report.font_regular),
            &config.path(&config.spec.report.font_bold),
            "ledgerwatch.toml",
        )?;
        let from = context.period.offset(-i32::try_from(context.period.month())? - 11);
        let files = context.store.current_lake_files(LakeKind::Clean, from, context.period)?;
        let rows = lake::read(&config.data(), &files, &schema())?;
        let ledger = LedgerView::new(&rows, &config.currency)?;
        let findings = period_findings(context)?;
        let missed = findings.missed_canaries();
        anyhow::ensure!(
            missed.is_empty(),
            "탐지 자가점검 실패: 심어 둔 지출을 찾지 못한 점검이 있어 보고서를 만들지 않았습니다({}). \
             힌트: config/controls.toml과 ledgerwatch.toml의 [score]에서 최근에 바꾼 값을 확인하십시오.",
            missed.join(", ")
        );
        let lines = context.store.budget_lines(context.period.year())?;
        let status = budget::status(&lines, &ledger, context.period, config.execution_base());
        let events = context.store.reallocations(context.period.year())?;
        let moved = budget::compare(&lines, &events, context.period);
        let intake = current_intakes(context)?;
        let input = ViewInput {
            institution: &config.spec.institution.name,
            ledger: &ledger,
            findings: &findings,
            budget: &status,
            reallocations: &moved,
            intake: &intake,
            run_id: context.run_id,
            created: context.created,
        };
        let mut artifacts = Vec::new();
        context.progress.begin(self.id(), self.label_ko(), Some(config.departments.len() as u64));
        for department in config.departments.iter() {
            let view = report::build(&input, &department.name, config.spec.report.top_n)?;
            let json = serde_json::to_vec_pretty(&view)?;
            let name = format!("views/{}.json", department.code);
            let kind = "application/json";
            artifacts.push(write_artifact(context, &name, "view", &department.code, kind, &json)?);
            for writer in &writers {
                let rendered = writer.render(&view, &resources)?;
                let name = format!("reports/{}", rendered.name);
                let bytes = &rendered.bytes;
                let kind = rendered.media_type;
                artifacts.push(write_artifact(context, &name, "report", &department.code, kind, bytes)?);
            }
            context.progress.advance(1);
        }
        let unknown = unknown_rows(context, &ledger);
        drop(rows);
        let population = population::write(context, options.population_months)?;
        let n_population = population.as_ref().map_or(0, |(n_payments, _)| *n_payments);
        artifacts.extend(population.map(|(_, artifact)| artifact));
        Ok(StepCommit {
            output: serde_json::json!({
                "departments": config.departments.len(),
                "documents": artifacts.iter().filter(|a| a.kind == "report").count(),
                "payments_of_unknown_departments": unknown,
                "reallocations": moved,
                "population_payments": n_population,
            }),
            artifacts,
            ..StepCommit::default()
        })
    }
}

/// The findings that step `score` left.
pub(super) fn period_findings(context: &Context<'_>) -> anyhow::Result<PeriodFindings> {
    let artifacts = context.store.artifacts_of(context.run_id)?;
    let artifact = artifacts.iter().find(|artifact| artifact.name == FINDINGS);
    let artifact =
        artifact.ok_or_else(|| anyhow::anyhow!("this run has no findings: step score is missing"))?;
    Ok(serde_json::from_slice(&read_artifact(&context.config.data(), artifact)?)?)
}

fn unknown_rows(context: &Context<'_>, ledger: &LedgerView) -> usize {
    let known: Vec<bool> =
        ledger.department.names.iter().map(|name| context.config.departments.find(name).is_some()).collect();
    let is_unknown = |&i: &usize| {
        context.period.contains(ledger.date(i))
            && !known.get(ledger.department.ids[i] as usize).copied().unwrap_or(false)
    };
    (0..ledger.n_rows).filter(is_unknown).count()
}
