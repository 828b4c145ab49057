//! One daemon for one data folder.
//!
//! Comes in: the folder. Goes out: a lock that ends with the process. Refuses: a second holder; it names the first.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::path::Path;

use anyhow::Context as _;

use crate::error::Problem;

/// The lock; dropping it, or dying, gives it back.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

impl DataLock {
    /// Takes the lock of `data`.
    pub fn take(data: &Path) -> anyhow::Result<Self> {
        let path = data.join("daemon.lock");
        let mut options = OpenOptions::new();
        let mut file = options
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .with_context(|| format!("{}을 열 수 없습니다", path.display()))?;
        if file.try_lock().is_err() {
            let mut holder = String::new();
            file.read_to_string(&mut holder).ok();
            return Err(Problem::new(
                path.display().to_string(),
                format!("이미 실행 중입니다 (프로세스 {})", holder.trim()),
                "데이터 폴더 하나에 프로세스 하나",
                "실행 중인 ledgerwatch를 멈추거나 끝나기를 기다리세요.",
            )
            .into());
        }
        file.set_len(0)?;
        file.rewind()?;
        writeln!(file, "{}", std::process::id())?;
        file.sync_all()?;
        Ok(Self { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_is_refused_and_told_who_holds() {
        let dir = tempfile::tempdir().unwrap();
        let first = DataLock::take(dir.path()).unwrap();
        let error = DataLock::take(dir.path()).unwrap_err().to_string();
        assert!(error.contains(&std::process::id().to_string()), "{error}");
        drop(first);
        DataLock::take(dir.path()).unwrap();
    }
}
