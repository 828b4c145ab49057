//! `evaluate TRUTH.csv SCORES.csv`: how well scores find what is known.

use std::path::PathBuf;
use std::process::ExitCode;

use super::Done;
use crate::detect::evaluate::{evaluate, parse_scores, parse_truth};

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// 정답 CSV (source,sheet,row,label)
    truth: PathBuf,
    /// score 명령의 결과 CSV
    scores: PathBuf,
}

pub(super) fn run(arguments: &Arguments, json: bool) -> Done {
    let truth = parse_truth(&std::fs::read_to_string(&arguments.truth)?)?;
    let scores = parse_scores(&std::fs::read_to_string(&arguments.scores)?)?;
    let found = evaluate(&truth, &scores)?;
    if json {
        println!("{}", serde_json::to_string_pretty(&found)?);
    } else {
        println!("{found:#?}");
    }
    Ok(ExitCode::SUCCESS)
}
