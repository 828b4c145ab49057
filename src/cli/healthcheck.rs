//! `healthcheck`: whether the store answers and the daemon holds its lock.

use std::path::Path;
use std::process::ExitCode;

use super::output::say;
use super::{Done, load, run as run_command};
use crate::config::Config;
use crate::daemon::DataLock;
use crate::store::Store;

pub(super) fn run(folder: &Path) -> Done {
    let config = load(folder)?;
    let store = Store::open(&config.database_url()?)?;
    store.ping()?;
    say!("데이터베이스: 정상 ({})", store.kind());
    drop_folder(&config, &store)?;
    match DataLock::take(&config.data()) {
        Ok(_) => {
            say!("상주 프로세스: 꺼져 있음");
            Ok(ExitCode::FAILURE)
        }
        Err(_) => {
            say!("상주 프로세스: 실행 중");
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// What the daemon last saw of the drop folder, and what waits there.
fn drop_folder(config: &Config, store: &Store) -> anyhow::Result<()> {
    let inbox = config.inbox().display().to_string();
    match store.inbox_state(&inbox)? {
        None => say!("수신 폴더: 아직 훑지 않음"),
        Some(state) if state.state == "open" => {
            say!("수신 폴더: 정상 (마지막으로 훑은 때 {})", local(config, state.scanned_ms));
        }
        Some(state) => {
            let reason = state.reason.unwrap_or_default();
            say!("수신 폴더: {}부터 열 수 없음 ({reason})", local(config, state.since_ms));
            say!("힌트: 네트워크 공유가 연결되어 있는지, 권한이 있는지 확인하세요: {inbox}");
        }
    }
    run_command::waiting(&store.waiting_arrivals()?);
    Ok(())
}

/// A time of the store in the zone of the schedules.
fn local(config: &Config, ms: i64) -> String {
    let zone: chrono_tz::Tz = config.spec.schedule.timezone.parse().unwrap_or(chrono_tz::Asia::Seoul);
    let at = chrono::DateTime::from_timestamp_millis(ms).unwrap_or_default();
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S").to_string()
}
