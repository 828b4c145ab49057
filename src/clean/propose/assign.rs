//! Which source column is which of ours.
//!
//! Comes in: source columns with headers and profiles. Goes out: pairs with their confidence and the runners-up.
//! Refuses: to use a source column twice, or one of ours twice.
//!
//! Pairs are taken greedily, the most confident first; at equal confidence in the order of our columns, then of the file's.
//! A detail is paired only under a header that some mapping knows, and leaves its column to a required one that has none.

use super::fit::fit;
use super::table::Source;
use super::words::{KNOWN_MIN, Likeness, Words};
use crate::clean::mapping::{CREDIT, DEBIT, Mapping, SIGN};
use crate::ledger::{RecordKind, col};

/// Pairs below this are no candidates.
const CANDIDATE_MIN: f64 = 0.3;
/// An optional column is proposed from here on.
pub(super) const OPTIONAL_MIN: f64 = 0.5;
/// A required column is proposed from here on, else it is left to a person.
pub const REQUIRED_MIN: f64 = 0.6;
/// A header that says nothing leaves a person in doubt, however well the values fit.
const UNHEARD_MAX: f64 = 0.55;
/// Likeness below which a header says nothing.
const UNHEARD: f64 = 0.25;
/// Columns of days, amounts and numbers of a known shape: cells that do not fit rule them out.
const SHAPED: [&str; 7] = [col::DATE, col::AMOUNT, DEBIT, CREDIT, SIGN, col::MINUTE, col::CARD];
/// Least share of fitting cells of those.
const SHAPED_MIN: f64 = 0.4;

/// A source column for one of ours.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    pub(super) column: &'static str,
    /// Place in the list of source columns.
    pub(super) source: usize,
    pub(super) confidence: f64,
    pub(super) likeness: Likeness,
    pub(super) fit: f64,
}

/// All candidates, and those taken.
pub(super) struct Assignment {
    pub(super) pairs: Vec<Pair>,
    pub(super) taken: Vec<Pair>,
}

/// Assigns source columns to ours.
pub(super) fn assign(sources: &[Source], words: &Words) -> Assignment {
    let mut pairs = Vec::new();
    for column in Mapping::known_columns(RecordKind::Expenditure) {
        for (source, found) in sources.iter().enumerate() {
            let likeness = words.likeness(column, &found.keys);
            let fit = fit(column, &found.profile);
            let confidence = confidence(column, &likeness, fit);
            if confidence >= CANDIDATE_MIN {
                pairs.push(Pair { column, source, confidence, likeness, fit });
            }
        }
    }
    // A stable sort keeps the order of our columns, then of the file's.
    pairs.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let mut out = not_used(&pairs, sources);
    loop {
        let taken = take(&pairs, &out);
        let Some(detail) = in_the_way(&pairs, &taken) else { return Assignment { pairs, taken } };
        out.push(detail);
    }
}

/// The pairs that are taken when the columns of `out` are none.
fn take(pairs: &[Pair], out: &[&str]) -> Vec<Pair> {
    let mut taken: Vec<Pair> = Vec::new();
    for pair in pairs.iter().filter(|pair| !out.contains(&pair.column)) {
        let is_free = taken.iter().all(|one| one.column != pair.column && one.source != pair.source);
        if is_free && pair.confidence >= OPTIONAL_MIN {
            taken.push(pair.clone());
        }
    }
    taken
}

/// A detail that has the only source column of a required one.
fn in_the_way(pairs: &[Pair], taken: &[Pair]) -> Option<&'static str> {
    let lacks = |column: &&str| taken.iter().all(|one| one.column != *column);
    let required = [col::DATE, col::DEPARTMENT, col::ACCOUNT].into_iter().filter(lacks);
    required.into_iter().find_map(|column| {
        let mut wanted = pairs.iter().filter(|pair| pair.column == column && pair.confidence >= OPTIONAL_MIN);
        wanted.find_map(|pair| {
            let owner = taken.iter().find(|one| one.source == pair.source)?;
            col::is_detail(owner.column).then_some(owner.column)
        })
    })
}

/// The amount, or debit and credit: whichever of the two is not there.
fn not_used(pairs: &[Pair], sources: &[Source]) -> Vec<&'static str> {
    let best = |column: &str| pairs.iter().find(|pair| pair.column == column);
    let of = |column: &str| best(column).map_or(0.0, |pair| pair.confidence);
    let (debit, credit) = (best(DEBIT), best(CREDIT));
    let is_split = match (debit, credit) {
        (Some(debit), Some(credit)) => {
            let both = debit.confidence.min(credit.confidence);
            debit.source != credit.source && both >= REQUIRED_MIN && both >= of(col::AMOUNT)
        }
        _ => false,
    };
    let mut out = if is_split { vec![col::AMOUNT, SIGN] } else { vec![DEBIT, CREDIT] };
    // Marks of debit and credit beside signed amounts say the same twice; only whole columns of marks count.
    if best(SIGN)
        .is_some_and(|pair| sources[pair.source].profile.n_filled * 2 < sources[pair.source].profile.n_rows)
    {
        out.push(SIGN);
    }
    out
}

fn confidence(column: &str, likeness: &Likeness, fit: f64) -> f64 {
    let is_named_only = matches!(column, DEBIT | CREDIT | col::VENDOR_NO | col::CARD | col::MINUTE | SIGN);
    if SHAPED.contains(&column) && fit < SHAPED_MIN || is_named_only && likeness.score < UNHEARD {
        return 0.0;
    }
    let is_day = col::DETAIL_DAYS.contains(&column);
    if col::is_detail(column) && likeness.score < KNOWN_MIN || is_day && fit < SHAPED_MIN {
        return 0.0;
    }
    let weight = match column {
        col::DATE | col::AMOUNT => 0.5,
        DEBIT | CREDIT => 0.7,
        _ => 0.6,
    };
    let sum = weight * likeness.score + (1.0 - weight) * fit;
    let sum = if likeness.score < UNHEARD { sum.min(UNHEARD_MAX) } else { sum };
    (sum * 100.0).round() / 100.0
}
