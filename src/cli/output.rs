//! What the command line says: lines on standard output and on standard error.
//!
//! Comes in: text. Goes out: lines, and at the end whether any was lost.
//! Refuses: to stop the work because nobody reads any more (`ledgerwatch … | head`): the rest is done in silence; to lose
//! lines in silence for another reason, such as a full disk.

use std::fmt::Arguments;
use std::io::{ErrorKind, Result, Write};
use std::sync::Mutex;

/// The first failure to write that was not a closed pipe.
static LOST: Mutex<Option<String>> = Mutex::new(None);

/// Writes a line to standard output, with the arguments of `format!`.
macro_rules! say {
    ($($text:tt)*) => {
        $crate::cli::output::text(format_args!("{}\n", format_args!($($text)*)))
    };
}

/// Writes a line to standard error, with the arguments of `format!`.
macro_rules! complain {
    ($($text:tt)*) => {
        $crate::cli::output::complaint(format_args!("{}\n", format_args!($($text)*)))
    };
}

pub(super) use {complain, say};

/// Writes `text` as it is to standard output.
pub(super) fn text(text: Arguments<'_>) {
    if let Some(problem) = lost(std::io::stdout().write_fmt(text)) {
        LOST.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get_or_insert(problem);
    }
}

/// Writes `text` to standard error; there is nowhere to say that it failed.
pub(super) fn complaint(text: Arguments<'_>) {
    std::io::stderr().write_fmt(text).unwrap_or_default();
}

/// Why a line was lost to standard output; a closed pipe is no loss.
pub(super) fn problem() -> Option<String> {
    let flushed = lost(std::io::stdout().flush());
    LOST.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take().or(flushed)
}

fn lost(written: Result<()>) -> Option<String> {
    written.err().filter(|error| error.kind() != ErrorKind::BrokenPipe).map(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_pipe_is_no_loss_and_a_full_disk_is() {
        assert_eq!(lost(Ok(())), None);
        assert_eq!(lost(Err(ErrorKind::BrokenPipe.into())), None);
        assert!(lost(Err(ErrorKind::StorageFull.into())).is_some());
    }
}
