//! `evaluate TRUTH.csv SCORES.csv`: how well scores find what is known.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use super::Done;
use super::output::{say, text};
use crate::detect::evaluate::{Evaluation, evaluate, parse_scores, parse_truth};
use crate::ko;

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
        say!("{}", serde_json::to_string_pretty(&found)?);
    } else {
        text(format_args!("{}", table(&found)?));
    }
    Ok(ExitCode::SUCCESS)
}

/// The figures as lines; labels stand last, because their width is not known.
fn table(found: &Evaluation) -> Result<String, std::fmt::Error> {
    let mut out = String::new();
    writeln!(out, "채점한 행: {}개, 정답: {}개", ko::count(found.n_rows), ko::count(found.n_truth))?;
    writeln!(out, "평균 정밀도: {:.3}", found.average_precision)?;
    writeln!(out, "상위 1% 재현율: {:.3}", found.recall_top_1pct)?;
    writeln!(out, "상위 100건 정밀도: {:.3}", found.precision_at_100)?;
    if !found.by_label.is_empty() {
        writeln!(out, "유형별 (정답 수, 상위 1% 재현율)")?;
    }
    for (label, recall) in &found.by_label {
        writeln!(out, "{:>8} {:>7.3}  {label}", ko::count(recall.n), recall.recall_top_1pct)?;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::detect::evaluate::LabelRecall;

    #[test]
    fn figures_are_lines_a_person_reads() {
        let recall = |n, recall_top_1pct| LabelRecall { n, recall_top_1pct };
        let found = Evaluation {
            n_rows: 20_000,
            n_truth: 1_015,
            average_precision: 0.812_34,
            recall_top_1pct: 0.9,
            precision_at_100: 1.0,
            by_label: BTreeMap::from([
                ("duplicate".to_owned(), recall(1_000, 1.0)),
                ("중복".to_owned(), recall(15, 0.0)),
            ]),
        };
        let expected = "\
채점한 행: 20,000개, 정답: 1,015개
평균 정밀도: 0.812
상위 1% 재현율: 0.900
상위 100건 정밀도: 1.000
유형별 (정답 수, 상위 1% 재현율)
   1,000   1.000  duplicate
      15   0.000  중복
";
        assert_eq!(table(&found).unwrap(), expected);
    }

    #[test]
    fn nothing_to_find_is_zero_and_not_minus_zero() {
        let found = evaluate(&[], &parse_scores("source,sheet,row,score\na.csv,,1,0.5\n").unwrap()).unwrap();
        let table = table(&found).unwrap();
        assert!(
            table.contains("재현율: 0.000") && !table.contains('-') && !table.contains("유형별"),
            "{table}"
        );
        assert!(!serde_json::to_string(&found).unwrap().contains("-0"));
    }
}
