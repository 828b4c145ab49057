//! ledgerwatch: watches how a Korean public institution spends its budget.
//!
//! The modules stand in the order data flows through them:
//!
//! ```text
//! drop folder -> ingest -> clean -> features -> detect -> report -> deliver -> evidence
//! ```
//!
//! `ledger`, `clock`, `ko`, `fsx` and `error` are what every stage may use; `store` and `lake`
//! hold what outlives a run; `config`, `pipeline`, `daemon` and `cli` put the stages to work.
//! The layers, and what each must never do, are in `ARCHITECTURE.md` and checked by
//! `tests/it/tidy.rs`.

pub mod clock;
pub mod error;
pub mod fsx;
pub mod ko;
pub mod ledger;

pub mod ingest;

pub mod clean;

pub mod features;

pub mod detect;

pub mod review;

pub mod budget;

pub mod report;

pub mod store;

pub mod lake;

pub mod deliver;

pub mod evidence;

pub mod config;

pub mod pipeline;

pub mod daemon;

pub mod demo;

pub mod cli;
