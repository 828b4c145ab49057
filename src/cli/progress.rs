//! How far the work is: a bar on a terminal, plain lines elsewhere.

use std::io::IsTerminal;
use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressStyle};

use crate::pipeline::step::Progress;

/// Progress on standard error.
#[derive(Default)]
pub(super) struct Terminal {
    current: Mutex<Option<(ProgressBar, String)>>,
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
            (true, Some(total)) => {
                let style = ProgressStyle::with_template("{msg:12} [{bar:30}] {pos}/{len} {elapsed}");
                ProgressBar::new(total).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
            }
            (true, None) => ProgressBar::new_spinner(),
        };
        bar.set_message(label_ko.to_owned());
        bar.enable_steady_tick(std::time::Duration::from_millis(120));
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
                eprintln!("{label} 끝남 ({seconds:.1}초)");
            }
        });
    }
}
