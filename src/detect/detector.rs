//! What every detector and control test is: strength by row, and sentences on demand.
//!
//! Comes in: a ledger, its features, holidays, options. Goes out: `Output`.
//! Refuses: points; turning strength into points is the ensemble's.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::clean::LedgerView;
use crate::detect::canary::Plot;
use crate::detect::controls::{ControlOptions, State};
use crate::detect::shared::Shared;
use crate::detect::standard::Column;
use crate::detect::{BudgetBook, Holidays, OnNetted, Reversed};
use crate::features::FeatureMatrix;
use crate::ledger::{Reason, Severity};

/// A strength from which a test is said to have found a payment; weaker hints only add to a score.
pub const FIRES: f32 = 0.5;

/// What a detector sees.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The payments, netted: a row below zero is a reversal without its payment (`clean::reversal`).
    pub ledger: &'a LedgerView,
    /// The ledger before netting, and what was taken back.
    pub reversed: &'a Reversed<'a>,
    /// Who was paid, which payments stand: worked out once for all tests.
    pub shared: &'a Shared,
    /// Their features.
    pub features: &'a FeatureMatrix,
    /// The features on one scale, for the models that look at all of them at once (`standard::columns`).
    pub columns: &'a [Column],
    /// Days off.
    pub holidays: &'a Holidays,
    /// Budget lines and movements of budget.
    pub budget: &'a BudgetBook,
    /// Options of the control tests.
    pub options: &'a ControlOptions,
    /// Seed of everything random.
    pub seed: u64,
}

/// A sentence for a row, `None` where nothing stands out.
pub type Explain = Box<dyn Fn(usize) -> Option<Reason> + Send + Sync>;

/// Strength by row and sentences on demand.
pub struct Output {
    /// 0.0..=1.0 by row, 0 where nothing stands out.
    pub strength: Vec<f32>,
    /// Row and first row of its case, ascending, for rows that are a part of one finding with others.
    pub case: Vec<(usize, usize)>,
    /// Row, position of the exception that covers it, and the strength it would have; ascending.
    pub put_aside: Vec<(usize, usize, f32)>,
    /// Hits on rows that netting has removed, ascending; empty but for tests of reversals.
    pub on_netted: Vec<OnNetted>,
    /// Why, by row.
    pub explain: Explain,
}

/// What a control test states about itself.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// Numbers of the tests of audit practice that it covers.
    pub codes: &'static [&'static str],
    /// How soon a person should look at what it finds.
    pub severity: Severity,
    /// Columns without which it cannot run; of each inner list one is enough.
    pub required: &'static [&'static [&'static str]],
    /// Columns without which it sees less.
    pub optional: &'static [&'static str],
    /// Whether rows with an empty cell in a required column are judged all the same.
    pub judges_blanks: bool,
}

/// Whether a check ran, and why not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 점검함.
    #[default]
    Tested,
    /// 시험 운영: counted, adds no points.
    Shadow,
    /// 열 없음.
    MissingColumn,
    /// 자료 부족.
    TooFew,
    /// 적용 기간의 규칙 없음.
    NoRule,
    /// 초안·폐지.
    NotInForce,
    /// 사용 안 함.
    Disabled,
}

impl Status {
    /// The stored token.
    pub fn token(self) -> &'static str {
        match self {
            Self::Tested => "tested",
            Self::Shadow => "shadow",
            Self::MissingColumn => "missing_column",
            Self::TooFew => "too_few",
            Self::NoRule => "no_rule",
            Self::NotInForce => "not_in_force",
            Self::Disabled => "disabled",
        }
    }

    /// Name on screen.
    pub fn label_ko(self) -> &'static str {
        match self {
            Self::Tested => "점검함",
            Self::Shadow => "시험 운영",
            Self::MissingColumn => "열 없음",
            Self::TooFew => "자료 부족",
            Self::NoRule => "기간 규칙 없음",
            Self::NotInForce => "초안·폐지",
            Self::Disabled => "사용 안 함",
        }
    }
}

/// Why a check did not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untested {
    /// The kind of reason.
    pub status: Status,
    /// The reason in Korean.
    pub text: String,
}

impl From<String> for Untested {
    /// A reason given by a check itself: what it was given is too few or too short.
    fn from(text: String) -> Self {
        Self { status: Status::TooFew, text }
    }
}

impl From<&str> for Untested {
    /// Likewise.
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

/// A detector or control test.
pub trait Detector: Sync {
    /// Identifier.
    fn id(&self) -> &'static str;
    /// Name on screen.
    fn label_ko(&self) -> &'static str;
    /// Default weight in points: how many of the 100 points a strength of 1 may add.
    fn weight(&self) -> f64;
    /// Strengths, or why this ledger does not allow them.
    fn detect(&self, input: &Input<'_>) -> Result<Output, Untested>;
    /// Adds payments that a control test must find; the self-check of every run does so on a copy. Models must find strangers
    /// (`canary`) and plant nothing themselves.
    fn plant(&self, _plot: &mut Plot<'_>, _options: &ControlOptions) {}
    /// What a control test states about itself; `None` for a model.
    fn about(&self) -> Option<About> {
        None
    }
    /// How far it is trusted.
    fn state(&self, _options: &ControlOptions) -> State {
        State::Live
    }
    /// Whether payments of `date` are judged.
    fn judges(&self, _options: &ControlOptions, _date: NaiveDate) -> bool {
        true
    }
    /// What a reader of the findings must know of this ledger, in Korean.
    fn notes(&self, _input: &Input<'_>) -> Vec<String> {
        Vec::new()
    }
}
