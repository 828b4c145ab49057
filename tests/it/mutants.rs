//! Damaged workbooks whose parser may abort, each read by a real child process: a verdict on every one.

use std::path::Path;

use ledgerwatch::error::Problem;
use ledgerwatch::ingest::{self, RawRow, ReaderOptions, RowSink, SheetHead};

/// Enough for a parser that aborts now and then.
const MUTANTS: usize = 300;

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

#[test]
fn every_damaged_xls_gets_a_verdict() {
    let seeds = ["kinds.xls", "payments.xls"].map(|name| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ingest/xls");
        std::fs::read(folder.join(name)).unwrap()
    });
    let options =
        ReaderOptions { exe: crate::support::exe(), memory_mib: 1024, cpu_seconds: 10, wall_seconds: 30 };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mutant.xls");
    let mut state: u64 = 0x2545_F491_4F6C_DD1D;
    let mut below = |n: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 16).unwrap() % n
    };
    let mut verdicts = [0, 0];
    for round in 0..MUTANTS {
        let mut mutant = seeds[round % seeds.len()].clone();
        for _ in 0..=below(8) {
            let at = below(mutant.len());
            mutant[at] = u8::try_from(below(256)).unwrap();
        }
        std::fs::write(&path, &mutant).unwrap();
        let facts = ingest::read(&path, "mutant.xls", &options, &mut Nobody);
        assert_eq!(facts.size_bytes, mutant.len() as u64);
        match facts.refused {
            None => verdicts[0] += 1,
            Some(problem) => {
                assert!(!problem.found.is_empty() && !problem.hint.is_empty());
                verdicts[1] += 1;
            }
        }
    }
    assert!(verdicts[0] > 0 && verdicts[1] > 0, "read and refused: {verdicts:?}");
}
