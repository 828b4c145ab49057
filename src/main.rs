//! The binary: arguments in, exit code out. Everything else is in `ledgerwatch::cli`.

fn main() -> std::process::ExitCode {
    ledgerwatch::cli::main()
}
