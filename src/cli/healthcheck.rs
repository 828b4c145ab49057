//! `healthcheck`: whether the store answers and the daemon holds its lock.

use std::path::Path;
use std::process::ExitCode;

use super::{Done, load};
use crate::daemon::DataLock;
use crate::store::Store;

pub(super) fn run(folder: &Path) -> Done {
    let config = load(folder)?;
    let store = Store::open(&config.database_url()?)?;
    store.ping()?;
    println!("데이터베이스: 정상 ({})", store.kind());
    match DataLock::take(&config.data()) {
        Ok(_) => {
            println!("상주 프로세스: 꺼져 있음");
            Ok(ExitCode::FAILURE)
        }
        Err(_) => {
            println!("상주 프로세스: 실행 중");
            Ok(ExitCode::SUCCESS)
        }
    }
}
