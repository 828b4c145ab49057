//! Daemon: scheduling, worker and shutdown in one process.
//!
//! Comes in: job files, the drop folder and the clock. Goes out: runs, each for one occurrence row; files taken.
//! Refuses: two daemons on one data folder, to forget an occurrence, to take new work after it was told to stop.
//!
//! tokio-cron-scheduler only wakes the engine; what is due is worked out from rows in the store. When the waker goes
//! silent (it is known to after a clock change), a time-out wakes the engine instead.

mod engine;
mod events;
mod lock;
mod reload;
mod watch;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio_cron_scheduler::{Job as Waker, JobScheduler};

use crate::clock::Clock;
use crate::store::Store;

pub use engine::Engine;
pub use lock::DataLock;

/// How often the waker wakes the engine.
const WAKE_EVERY: Duration = Duration::from_secs(1);
/// When the engine wakes by itself.
const SILENCE_MAX: Duration = Duration::from_secs(3);

/// Runs until SIGTERM or SIGINT; the step under way is finished first.
pub fn run(config_folder: &Path, clock: Arc<dyn Clock>, exe: PathBuf) -> anyhow::Result<()> {
    let config = crate::config::Config::load(config_folder)?;
    std::fs::create_dir_all(config.data()).context("데이터 폴더를 만들 수 없습니다")?;
    let _lock = DataLock::take(&config.data())?;
    let store = Store::open(&config.database_url()?)?;
    let stop = Arc::new(AtomicBool::new(false));
    let engine = Engine::new(config_folder, config, store, clock, exe, Arc::clone(&stop))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(serve(engine, stop))
}

async fn serve(engine: Engine, stop: Arc<AtomicBool>) -> anyhow::Result<()> {
    let (wake, mut woken) = mpsc::channel::<()>(1);
    let mut scheduler = JobScheduler::new().await?;
    let waker = Waker::new_repeated_async(WAKE_EVERY, move |_, _| {
        let wake = wake.clone();
        Box::pin(async move {
            // A full channel means the engine is already going to look.
            wake.try_send(()).ok();
        })
    })?;
    scheduler.add(waker).await?;
    scheduler.start().await?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let engine = Arc::new(engine);
    let watch = watch::spawn(Arc::clone(&engine), Arc::clone(&stop))?;
    let mut worker: Option<tokio::task::JoinHandle<()>> = None;
    tracing::info!("daemon is ready");
    loop {
        tokio::select! {
            _ = woken.recv() => {}
            () = tokio::time::sleep(SILENCE_MAX) => {}
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
        }
        engine.look();
        if worker.as_ref().is_none_or(tokio::task::JoinHandle::is_finished) {
            let engine = Arc::clone(&engine);
            worker = Some(tokio::task::spawn_blocking(move || engine.work()));
        } else {
            engine.renew();
        }
    }
    tracing::info!("daemon is stopping after the current step");
    stop.store(true, Ordering::Relaxed);
    scheduler.shutdown().await.ok();
    if let Some(worker) = worker {
        worker.await.ok();
    }
    tokio::task::spawn_blocking(move || watch.join().ok()).await.ok();
    tracing::info!("daemon stopped");
    Ok(())
}
