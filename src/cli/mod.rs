//! Command line: one file a subcommand.

use std::process::ExitCode;

/// Reads the arguments, runs the subcommand, says how it went.
pub fn main() -> ExitCode {
    ExitCode::SUCCESS
}
