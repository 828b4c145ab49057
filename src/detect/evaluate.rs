//! How well scores find payments known to be irregular.
//!
//! Comes in: text of a truth file and of a score file. Goes out: average precision, recall in the top 1 %, precision at 100, recall by label.
//! Refuses: truth rows that were not scored, scores that are not finite.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::ledger::RowRef;

/// A row known to be irregular.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TruthRow {
    /// Its place.
    pub at: RowRef,
    /// Kind of irregularity.
    pub label: String,
}

/// A scored row.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoredRow {
    /// Its place.
    pub at: RowRef,
    /// Larger is more unusual.
    pub score: f64,
}

/// Why scores could not be judged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvaluateError {
    /// A file is not the table expected.
    #[error("line {line}: {what}")]
    Table {
        /// Line from 1.
        line: u64,
        /// What is wrong.
        what: String,
    },
    /// A truth row has no score.
    #[error("{n} truth rows have no score, the first is {first:?}")]
    NotScored {
        /// How many.
        n: usize,
        /// The first of them.
        first: RowRef,
    },
}

/// Quality of scores. Shares are 0 to 1; 0 where there is no truth.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Rows scored.
    pub n_rows: usize,
    /// Rows known to be irregular.
    pub n_truth: usize,
    /// Average precision: the mean precision over the irregular rows, ties as one threshold.
    pub average_precision: f64,
    /// Share of irregular rows among the highest 1 % of rows.
    pub recall_top_1pct: f64,
    /// Share of the 100 highest rows that are irregular.
    pub precision_at_100: f64,
    /// Number of irregular rows and recall in the top 1 % by label.
    pub by_label: BTreeMap<String, LabelRecall>,
}

/// Recall of one kind of irregularity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LabelRecall {
    /// Rows of the kind.
    pub n: usize,
    /// Share of them among the highest 1 % of rows.
    pub recall_top_1pct: f64,
}

#[derive(Deserialize)]
struct TruthLine {
    source: String,
    #[serde(default)]
    sheet: String,
    row: i64,
    label: String,
}

#[derive(Deserialize)]
struct ScoreLine {
    source: String,
    #[serde(default)]
    sheet: String,
    row: i64,
    score: f64,
}

/// Reads a truth file: columns `source,sheet,row,label`.
pub fn parse_truth(text: &str) -> Result<Vec<TruthRow>, EvaluateError> {
    let lines: Vec<TruthLine> = parse(text)?;
    let row = |t: TruthLine| TruthRow {
        at: RowRef { source: t.source, sheet: t.sheet, row: t.row },
        label: t.label,
    };
    Ok(lines.into_iter().map(row).collect())
}

/// Reads a score file: columns `source,sheet,row,score` among others.
pub fn parse_scores(text: &str) -> Result<Vec<ScoredRow>, EvaluateError> {
    let lines: Vec<ScoreLine> = parse(text)?;
    for (i, line) in lines.iter().enumerate() {
        if !line.score.is_finite() {
            return Err(EvaluateError::Table {
                line: i as u64 + 2,
                what: "the score is not finite".to_owned(),
            });
        }
    }
    let row = |s: ScoreLine| ScoredRow {
        at: RowRef { source: s.source, sheet: s.sheet, row: s.row },
        score: s.score,
    };
    Ok(lines.into_iter().map(row).collect())
}

fn parse<T: for<'de> Deserialize<'de>>(text: &str) -> Result<Vec<T>, EvaluateError> {
    let text = text.trim_start_matches('\u{feff}');
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .map(|line| {
            line.map_err(|e: csv::Error| EvaluateError::Table {
                line: e.position().map_or(0, csv::Position::line),
                what: e.to_string(),
            })
        })
        .collect()
}

/// Judges `scores` by `truth`. A row named twice in the truth counts once in the totals and once for each label.
pub fn evaluate(truth: &[TruthRow], scores: &[ScoredRow]) -> Result<Evaluation, EvaluateError> {
    let place: HashMap<&RowRef, usize> = scores.iter().enumerate().map(|(i, s)| (&s.at, i)).collect();
    let mut irregular = vec![false; scores.len()];
    let mut by_label: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut missing = truth.iter().filter(|t| !place.contains_key(&t.at));
    if let Some(first) = missing.next() {
        return Err(EvaluateError::NotScored { n: 1 + missing.count(), first: first.at.clone() });
    }
    for t in truth {
        if let Some(&i) = place.get(&t.at) {
            irregular[i] = true;
            by_label.entry(t.label.clone()).or_default().push(i);
        }
    }
    let values: Vec<f64> = scores.iter().map(|s| s.score).collect();
    let top = chance_in_top(&values, scores.len().div_ceil(100));
    let hundred = chance_in_top(&values, scores.len().min(100));
    let n_truth = irregular.iter().filter(|t| **t).count();
    // An empty sum of floats is minus zero.
    let found = |chance: &[f64]| {
        0.0 + chance.iter().zip(&irregular).filter(|(_, t)| **t).map(|(c, _)| c).sum::<f64>()
    };
    let recall = |rows: &[usize]| LabelRecall {
        n: rows.len(),
        recall_top_1pct: rows.iter().map(|r| top[*r]).sum::<f64>() / rows.len().max(1) as f64,
    };
    Ok(Evaluation {
        n_rows: scores.len(),
        n_truth,
        average_precision: average_precision(&values, &irregular),
        recall_top_1pct: found(&top) / n_truth.max(1) as f64,
        precision_at_100: found(&hundred) / scores.len().clamp(1, 100) as f64,
        by_label: by_label.iter().map(|(label, rows)| (label.clone(), recall(rows))).collect(),
    })
}

/// `sum over thresholds of (recall gained) * precision`; rows of equal score are one threshold. 0 without truth.
pub fn average_precision(scores: &[f64], irregular: &[bool]) -> f64 {
    let n_truth = irregular.iter().filter(|t| **t).count();
    if n_truth == 0 {
        return 0.0;
    }
    let mut rows: Vec<usize> = (0..scores.len()).collect();
    rows.sort_unstable_by(|a, b| scores[*b].total_cmp(&scores[*a]));
    let (mut seen, mut found, mut sum) = (0, 0, 0.0);
    for tie in rows.chunk_by(|a, b| scores[*a].total_cmp(&scores[*b]).is_eq()) {
        let gained = tie.iter().filter(|r| irregular[**r]).count();
        seen += tie.len();
        found += gained;
        sum += gained as f64 * (found as f64 / seen as f64);
    }
    sum / n_truth as f64
}

/// The chance of each row to be among the `k` highest when ties are broken at random.
pub fn chance_in_top(scores: &[f64], k: usize) -> Vec<f64> {
    let mut rows: Vec<usize> = (0..scores.len()).collect();
    rows.sort_unstable_by(|a, b| scores[*b].total_cmp(&scores[*a]));
    let mut chance = vec![0.0; scores.len()];
    let mut left = k;
    for tie in rows.chunk_by(|a, b| scores[*a].total_cmp(&scores[*b]).is_eq()) {
        let taken = left.min(tie.len());
        for row in tie {
            chance[*row] = taken as f64 / tie.len() as f64;
        }
        left -= taken;
    }
    chance
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-12
    }

    #[test]
    fn average_precision_by_hand() {
        // Ranks 1 and 3 of four are irregular: (1/1 + 2/3) / 2.
        let ap = average_precision(&[0.9, 0.8, 0.7, 0.1], &[true, false, true, false]);
        assert!(near(ap, f64::midpoint(1.0, 2.0 / 3.0)), "{ap}");
    }

    #[test]
    fn ties_are_one_threshold_whatever_their_order() {
        // All equal: precision at the only threshold is the share of irregular rows.
        assert!(near(average_precision(&[1.0; 4], &[true, false, false, false]), 0.25));
        assert!(near(average_precision(&[1.0; 4], &[false, false, false, true]), 0.25));
        // First alone, then a tie of one irregular in two: (1 + 2/3) / 2.
        let ap = average_precision(&[2.0, 1.0, 1.0], &[true, false, true]);
        assert!(near(ap, f64::midpoint(1.0, 2.0 / 3.0)));
        assert!(near(average_precision(&[], &[]), 0.0));
    }

    #[test]
    fn ties_at_the_border_count_by_chance() {
        assert_eq!(chance_in_top(&[3.0, 2.0, 2.0, 1.0], 2), [1.0, 0.5, 0.5, 0.0]);
    }

    #[test]
    fn reads_files_and_judges_by_label() {
        let mut scores = "source,sheet,row,score,rank\n".to_owned();
        for i in 1..=200 {
            writeln!(scores, "a.csv,,{i},{},{i}", 200 - i).unwrap();
        }
        let truth = parse_truth("\u{feff}source,sheet,row,label\na.csv,,1,spike\na.csv,,3,split\n").unwrap();
        let result = evaluate(&truth, &parse_scores(&scores).unwrap()).unwrap();
        assert_eq!((result.n_rows, result.n_truth), (200, 2));
        assert!(near(result.average_precision, f64::midpoint(1.0, 2.0 / 3.0)));
        assert!(near(result.recall_top_1pct, 0.5));
        assert!(near(result.precision_at_100, 0.02));
        assert!(near(result.by_label["spike"].recall_top_1pct, 1.0));
        assert!(near(result.by_label["split"].recall_top_1pct, 0.0));
    }

    #[test]
    fn truth_without_score_is_refused() {
        let truth = parse_truth("source,sheet,row,label\na.csv,,9,spike\n").unwrap();
        let scores = parse_scores("source,sheet,row,score\na.csv,,1,0.5\n").unwrap();
        assert!(matches!(evaluate(&truth, &scores), Err(EvaluateError::NotScored { n: 1, .. })));
        assert!(matches!(
            parse_scores("source,sheet,row,score\na,,x,1\n"),
            Err(EvaluateError::Table { line: 2, .. })
        ));
        assert!(parse_scores("source,sheet,row,score\na,,1,NaN\n").is_err());
    }
}
