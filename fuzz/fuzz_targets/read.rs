//! Reads any bytes in one process: no panic, no abort, no hang.
#![no_main]

use ledgerwatch::error::Problem;
use ledgerwatch::ingest::{RawRow, RowSink, SheetHead, read_in_process};
use libfuzzer_sys::fuzz_target;

struct Nobody;

impl RowSink for Nobody {
    fn sheet(&mut self, _head: SheetHead) -> Result<(), Problem> {
        Ok(())
    }

    fn row(&mut self, _row: &RawRow) -> Result<(), Problem> {
        Ok(())
    }

    fn refused(&mut self, _name: &str, _problem: Problem) -> Result<(), Problem> {
        Ok(())
    }
}

fuzz_target!(|bytes: &[u8]| {
    read_in_process(bytes, "fuzz", &mut Nobody);
});
