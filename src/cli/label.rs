//! `label import|export`: what people found about payments, in and out.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::output::{complain, say};
use super::{Done, exe, load};
use crate::clean::LedgerView;
use crate::clean::ledger::schema;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::error::{Problem, Problems};
use crate::ingest::{self, Collect};
use crate::ledger::{FiscalMonth, LakeKind};
use crate::pipeline::rule_health::label_of;
use crate::report::label_workbook;
use crate::review::{self, Given, Payments, ReadLabels, write};
use crate::store::Store;
use crate::{fsx, lake};

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// 검토 결과 파일(CSV, XLSX)을 가져오기. 잘못된 행이 하나라도 있으면 아무것도 가져오지 않음
    Import {
        /// 검토 결과 파일
        file: PathBuf,
        /// 검토자 열이 비어 있는 행의 검토자
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
    },
    /// 검토 결과를 파일로 내보내기(.csv 또는 .xlsx)
    Export {
        /// 저장할 파일
        file: PathBuf,
        /// 결과 대신 아직 검토하지 않은 경보를 내보내기. 결과를 채워 다시 가져올 수 있음
        #[arg(long)]
        unreviewed: bool,
        /// 첫 달(YYYY-MM), --unreviewed와 함께
        #[arg(long, requires = "unreviewed")]
        from: Option<FiscalMonth>,
        /// 마지막 달(YYYY-MM), --unreviewed와 함께
        #[arg(long, requires = "unreviewed")]
        until: Option<FiscalMonth>,
    },
}

pub(super) fn run(folder: &Path, arguments: &Arguments, json: bool) -> Done {
    let config = load(folder)?;
    let store = Store::open(&config.database_url()?)?;
    match &arguments.command {
        Command::Import { file, by } => import(&config, &store, file, by.as_deref(), json),
        Command::Export { file, unreviewed, from, until } => {
            let table = if *unreviewed {
                let (from, until) = months(&config, &store, *from, *until)?;
                let labels = store.labels_known(i64::MAX)?;
                write::unreviewed(&store.alarms(from, until)?, &labels, &config.currency, &label_of)
            } else {
                write::labels(&store.labels_known(i64::MAX)?)
            };
            export(&config, file, &table)
        }
    }
}

/// The months asked for; where they are not said, those that rule health looks at.
pub(super) fn months(
    config: &Config,
    store: &Store,
    from: Option<FiscalMonth>,
    until: Option<FiscalMonth>,
) -> anyhow::Result<(FiscalMonth, FiscalMonth)> {
    let scored = store.scored_until()?;
    let until = until.or(scored).or_else(|| FiscalMonth::of(today(config)));
    let until = until.ok_or_else(|| anyhow::anyhow!("마지막 달을 정할 수 없습니다"))?;
    let from = from.unwrap_or_else(|| until.offset(1 - config.spec.rule_health.months));
    if from > until {
        let hint = "첫 달이 마지막 달보다 늦지 않게 적으세요.";
        return Err(Problem::new("--from", from.to_string(), format!("{until} 이전"), hint).into());
    }
    Ok((from, until))
}

/// Today where the institution is.
pub(super) fn today(config: &Config) -> chrono::NaiveDate {
    let zone: chrono_tz::Tz = config.spec.schedule.timezone.parse().unwrap_or(chrono_tz::Asia::Seoul);
    SystemClock.now().with_timezone(&zone).date_naive()
}

fn import(config: &Config, store: &Store, file: &Path, by: Option<&str>, json: bool) -> Done {
    kind_of(file)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut cells = Collect::new(review::ROWS_MAX + 2);
    let facts = ingest::read(file, &name, &config.reader_options(&exe()?), &mut cells);
    if let Some(problem) = facts.refused {
        return Err(problem.into());
    }
    let now_ms = SystemClock.now().timestamp_millis();
    let given = Given { by: by.map(str::to_owned), today: today(config), now_ms };
    let unread = Problems(cells.refused.into_iter().map(|(_, problem)| problem).collect());
    let read = unread.into_result(()).and_then(|()| {
        let ledger = payments(config, store).map_err(|error| {
            let hint = "`ledgerwatch healthcheck`로 데이터베이스와 데이터 폴더를 확인하세요.";
            Problems(vec![Problem::new("데이터 폴더", format!("{error:#}"), "읽을 수 있는 지출 자료", hint)])
        })?;
        review::read(&cells.sheets, &name, &Payments::new(&ledger), &given)
    });
    let ReadLabels { labels, n_open } = match read {
        Ok(read) => read,
        Err(problems) => return refused(&problems, json),
    };
    let subject = format!("{name} {}", facts.sha256);
    let added = store.add_labels(&labels, by.unwrap_or("ledgerwatch"), &subject, now_ms)?;
    if json {
        say!("{}", serde_json::json!({ "added": added.added, "known": added.known, "open": n_open }));
    } else {
        say!(
            "검토 결과 {}건을 가져왔습니다. 이미 있던 결과 {}건, 아직 검토하지 않은 행 {n_open}개.",
            added.added,
            added.known
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn refused(problems: &Problems, json: bool) -> anyhow::Result<ExitCode> {
    if json {
        say!("{}", serde_json::to_string_pretty(problems)?);
    } else {
        complain!("{problems}");
        complain!("잘못된 곳 {}개를 찾아 아무것도 가져오지 않았습니다.", problems.0.len());
    }
    Ok(ExitCode::FAILURE)
}

/// Every payment of the lake.
fn payments(config: &Config, store: &Store) -> anyhow::Result<LedgerView> {
    let month = |text: &str| text.parse::<FiscalMonth>();
    let files = store.current_lake_files(LakeKind::Clean, month("1990-01")?, month("2100-12")?)?;
    let rows = lake::read(&config.data(), &files, &schema())?;
    Ok(LedgerView::new(&rows, &config.currency)?)
}

/// Kinds of files of labels.
enum Kind {
    Csv,
    Xlsx,
}

fn kind_of(file: &Path) -> Result<Kind, Problem> {
    let extension = file.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    match extension.as_deref() {
        Some("csv") => Ok(Kind::Csv),
        Some("xlsx") => Ok(Kind::Xlsx),
        _ => {
            let hint = "CSV나 엑셀(.xlsx)로 저장하세요.";
            Err(Problem::new(
                file.display().to_string(),
                extension.unwrap_or_default(),
                ".csv 또는 .xlsx",
                hint,
            ))
        }
    }
}

fn export(config: &Config, file: &Path, table: &write::Table) -> Done {
    let kind = kind_of(file)?;
    if table.rows.is_empty() {
        say!("내보낼 행이 없습니다.");
        return Ok(ExitCode::SUCCESS);
    }
    let bytes = match kind {
        Kind::Csv => table.to_csv()?,
        Kind::Xlsx => {
            label_workbook::render(&table.header, &table.rows, SystemClock.now(), &config.currency)?
        }
    };
    fsx::write_atomic(file, &bytes)?;
    say!("{}행을 내보냈습니다: {}", table.rows.len(), file.display());
    Ok(ExitCode::SUCCESS)
}
