//! `population PATH... --out FILE.xlsx`: reads files, analyses their amounts taken together; keeps nothing.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::Done;
use super::output::say;
use super::whole::{reading, whole_ledger};
use crate::clean::LedgerView;
use crate::clean::reversal;
use crate::clock::{Clock, SystemClock};
use crate::detect::population::{self, Options};
use crate::fsx;
use crate::ko;
use crate::report::population_workbook::{Heading, workbook};

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// 파일이나 폴더
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// 결과 통합 문서(XLSX)
    #[arg(long)]
    out: PathBuf,
    /// 매핑 이름. 없으면 파일에 맞는 것을 찾음
    #[arg(long)]
    mapping: Option<String>,
    /// 모든 표를 적을 JSON
    #[arg(long, value_name = "FILE")]
    tables: Option<PathBuf>,
    /// 계산에 쓸 스레드 수. 0이면 모든 코어
    #[arg(long, default_value_t = 0)]
    threads: usize,
}

pub(super) fn run(folder: &Path, arguments: &Arguments) -> Done {
    let reading = reading(folder, arguments.mapping.as_deref())?;
    let (ledger, _) = whole_ledger(&reading, &arguments.paths)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(arguments.threads).build()?;
    let view = pool.install(|| LedgerView::new(&ledger.rows, &ledger.currency))?;
    drop(ledger);
    let (institution, options) = match &reading.config {
        Some(config) => (config.spec.institution.name.clone(), config.population.clone()),
        None => ("(설정 없음)".to_owned(), Options::default()),
    };
    let reversals = reversal::link(&view);
    let netted = reversal::net(&view, &reversals);
    let found = pool.install(|| population::run(&netted.ledger, &options));
    let names = arguments.paths.iter().map(|path| {
        path.file_name()
            .map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
    });
    let subject = names.collect::<Vec<_>>().join(", ");
    let heading =
        Heading { institution: &institution, subject: &subject, created: SystemClock.now(), run_id: "" };
    fsx::write_atomic(&arguments.out, &workbook(&found, &heading)?)?;
    if let Some(path) = &arguments.tables {
        fsx::write_atomic(path, serde_json::to_string_pretty(&found)?.as_bytes())?;
    }
    say!("지출 {}건을 분석했습니다: {}", ko::count(found.n_payments), arguments.out.display());
    for outcome in &found.analyses {
        if let Some(headline) = &outcome.headline_ko {
            say!("{} - {headline}", outcome.label_ko);
        }
        let n_refused = outcome.coverage.iter().map(|coverage| coverage.refused).sum::<u64>();
        if n_refused > 0 {
            let unit = if outcome.is_by_year { "개 연도" } else { "곳" };
            say!("{} - 건수가 적어 통계를 내지 않은 {n_refused}{unit}", outcome.label_ko);
        }
    }
    Ok(ExitCode::SUCCESS)
}
