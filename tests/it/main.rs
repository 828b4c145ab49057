//! The one integration binary: each further one would link polars again.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::doc_markdown,
    clippy::zombie_processes,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    clippy::disallowed_methods
)]

mod account;
mod budget;
mod cards;
mod command_line;
mod daemon;
mod details;
mod docs;
mod dropfolder;
mod mail;
mod mutants;
mod population;
mod registry;
mod reversals;
mod rule_health;
mod store;
mod support;
mod tidy;
