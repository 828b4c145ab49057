//! How far the work is: a bar on a terminal, plain lines elsewhere.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::output::complain;
use crate::pipeline::step::Progress;

/// How often a bar is drawn anew.
const TICK: Duration = Duration::from_millis(120);

/// Progress on standard error.
#[derive(Default)]
pub(super) struct Terminal {
    current: Mutex<Option<(ProgressBar, String)>>,
}

/// A bar over `n` files that leaves nothing behind; none where nobody watches.
pub(super) fn over_files(n: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(n as u64).with_style(style()).with_message("읽기");
    bar.enable_steady_tick(TICK);
    bar
}

fn style() -> ProgressStyle {
    let style = ProgressStyle::with_template("{msg:12} [{bar:30}] {pos}/{len} {elapsed}");
    style.unwrap_or_else(|_| ProgressStyle::default_bar())
}

impl Terminal {
    fn with(&self, act: impl FnOnce(&mut Option<(ProgressBar, String)>)) {
        act(&mut self.current.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }
}

impl Progress for Terminal {
    fn begin(&self, _step: &str, label_ko: &str, total: Option<u64>) {
        let bar = match (std::io::stderr().is_terminal(), total) {
            (false, _) => ProgressBar::hidden(),
            (true, Some(total)) => ProgressBar::new(total).with_style(style()),
            (true, None) => ProgressBar::new_spinner(),
        };
        bar.set_message(label_ko.to_owned());
        bar.enable_steady_tick(TICK);
        self.with(|current| *current = Some((bar, label_ko.to_owned())));
    }

    fn advance(&self, n: u64) {
        self.with(|current| {
            if let Some((bar, _)) = current {
                bar.inc(n);
            }
        });
    }

    fn end(&self, seconds: f64) {
        self.with(|current| {
            if let Some((bar, label)) = current.take() {
                bar.finish_and_clear();
                complain!("{label} 끝남 ({seconds:.1}초)");
            }
        });
    }
}
