//! What detection says about every payment, and the part of it that a report prints.
//!
//! Comes in: points by detector. Goes out: scores, ranks, reasons. Refuses: a score that is not the sum of its points.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::canary::Canary;
use super::{Applicability, Case, Status};
use crate::ledger::{Finding, FiscalMonth, Points, Reason};

/// A detector or control test, and whether it could run on this ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckInfo {
    /// Identifier.
    pub id: String,
    /// Name on screen.
    pub label_ko: String,
    /// Why it could not run (in Korean); `None` when it ran.
    pub untested: Option<String>,
    /// Whether it ran, and if not, the kind of reason; `Tested` in files written before kinds were told apart.
    #[serde(default)]
    pub status: Status,
    /// What a reader must know of this ledger, in Korean.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// A payment that a check in shadow would have marked at or above the bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shadowed {
    /// The payment.
    pub row: usize,
    /// The check: position in `Findings::checks`.
    pub check: usize,
    /// First row of the case it is a part of, itself where it stands alone.
    pub first: usize,
    /// Points the check would have added.
    pub points: Points,
}

/// Scores of all payments of a ledger. Vectors by row have one entry a payment.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// Detectors and control tests in registry order; `points` has one column for each.
    pub checks: Vec<CheckInfo>,
    /// Points, row by row: `points[row * checks.len() + check]`.
    pub points: Vec<Points>,
    /// Score of each row: the sum of its points.
    pub score: Vec<Points>,
    /// Rank of each row, 1 = highest; ties go to the earlier row.
    pub rank: Vec<u32>,
    /// Reasons of each row, largest first: the three largest and those of every control test that fires; empty where nothing stands out. A payment partly taken back
    /// says so after them; a row netted with another says that only. A counterfactual, where one was sought, stands last.
    pub reasons: Vec<Vec<Reason>>,
    /// The score from which a payment is shown to people.
    pub bar: Points,
    /// Payments at or above the bar, those found together as one, highest first.
    pub cases: Vec<Case>,
    /// What checks in shadow would have marked, by check and row.
    pub shadowed: Vec<Shadowed>,
    /// By check: rows on which it fires (`FIRES`), ascending; those that an exception covers are not among them.
    pub fired: Vec<Vec<u32>>,
    /// By check: rows on which it would fire but for an exception, with the exception's position, ascending.
    pub put_aside: Vec<Vec<(u32, usize)>>,
    /// Hits on rows that netting has removed; `expand` gives them to those rows.
    pub netted: Vec<NettedHit>,
}

/// What a test of reversals says of a row that netting has removed.
#[derive(Clone, Debug, PartialEq)]
pub struct NettedHit {
    /// Position of the check.
    pub check: usize,
    /// Row of the whole ledger.
    pub row: usize,
    /// First row of its case.
    pub case: usize,
    /// Points that the check alone gives it; none where it is in shadow.
    pub points: Points,
    /// Whether the check fires on it.
    pub fires: bool,
    /// Position of the exception that covers it, if any; it has no points then.
    pub put_aside: Option<usize>,
    /// Why; `related` are rows of the whole ledger.
    pub reason: Reason,
}

/// What a report needs of the findings of one fiscal month; stored as JSON beside the full score set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PeriodFindings {
    /// The month.
    pub period: FiscalMonth,
    /// The score from which a payment is shown.
    pub bar: Points,
    /// What was checked, and what could not be.
    pub checks: Vec<CheckInfo>,
    /// Payments of the month scored, by department.
    pub n_scored: BTreeMap<String, u64>,
    /// Payments of the month at or above the bar, by department.
    pub n_flagged: BTreeMap<String, u64>,
    /// Cases with a payment of the month, by department; empty in files written before there were cases.
    #[serde(default)]
    pub n_cases: BTreeMap<String, u64>,
    /// What each check could look at in the month; empty in files written before it was counted.
    #[serde(default)]
    pub applicability: Vec<Applicability>,
    /// The same by department.
    #[serde(default)]
    pub applicability_of: BTreeMap<String, Vec<Applicability>>,
    /// What became of the payments planted for the self-check; empty where none was made.
    #[serde(default)]
    pub canaries: Vec<Canary>,
    /// The highest of these cases, so many a department as the configuration says, highest first.
    pub findings: Vec<Finding>,
}
