//! Ingest: the bytes of an ERP export to sheets of cells as found, with a verdict on every file.
//!
//! Comes in: a path. Goes out: a `RawBook`, or a `Problem` that says why the file was set aside.
//! Refuses: to guess, to drop a row, to parse in the caller's own process.

pub mod raw;

pub use raw::{RawBook, RawCell, RawRow, RawSheet};
