//! A check in shadow adds nothing and is counted.

use std::collections::BTreeSet;

use crate::detect::canary::Plot;
use crate::detect::{
    AccountClasses, BudgetBook, DETECTORS, Findings, Holidays, Known, Options, Reversed, Status, planted,
    score,
};
use crate::features;
use crate::ledger::Points;

fn scored(shadow: &[&str], disabled: &[&str]) -> Findings {
    let ledger = planted::institution(3_000, 0.02, 5).ledger;
    // A split that no other check finds as well.
    let money = Options::default().controls.money;
    let mut plot = Plot::new(&ledger, &BudgetBook::default(), &money);
    let split = DETECTORS.iter().find(|detector| detector.id() == "split_payment").unwrap();
    split.plant(&mut plot, &Options::default().controls);
    let (ledger, _) = plot.into_parts();
    let holidays = Holidays::new([]);
    let matrix = features::build(&ledger, &features::Options::default(), &|d| holidays.is_off_day(d));
    let set = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<String>>();
    let options = Options {
        shadow: set(shadow),
        disabled: set(disabled),
        accounts: AccountClasses(Vec::new()),
        ..Options::default()
    };
    let (budget, reversed) = (BudgetBook::default(), Reversed::none(&ledger));
    let known = Known { holidays: &holidays, budget: &budget, reversed: &reversed };
    score(&ledger, &matrix, &known, &options)
}

/// Row and points that check `id` marked at or above the bar.
fn marked(findings: &Findings, id: &str) -> Vec<(usize, Points)> {
    let n = findings.checks.len();
    let check = findings.checks.iter().position(|check| check.id == id).unwrap();
    let points = (0..findings.score.len()).map(|row| (row, findings.points[row * n + check]));
    points.filter(|(row, points)| *points > Points(0) && findings.score[*row] >= findings.bar).collect()
}

#[test]
fn a_check_in_shadow_scores_as_if_it_were_not_there_and_counts_as_if_it_were() {
    let live = scored(&[], &[]);
    let busiest = live.checks.iter().max_by_key(|check| marked(&live, &check.id).len()).unwrap();
    let id = busiest.id.as_str();
    let expected = marked(&live, id);
    assert!(expected.len() > 5, "{id} marks too little to tell: {}", expected.len());
    assert!(live.shadowed.is_empty() && live.checks.iter().all(|check| check.status != Status::Shadow));
    let shadow = scored(&[id], &[]);
    let without = scored(&[], &[id]);
    assert_eq!((&shadow.score, &shadow.rank), (&without.score, &without.rank));
    assert_ne!(shadow.score, live.score);
    assert!(shadow.reasons.iter().flatten().all(|reason| reason.id != id));
    assert!(marked(&shadow, id).is_empty());
    let check = shadow.checks.iter().position(|check| check.id == id).unwrap();
    assert!(shadow.checks[check].status == Status::Shadow && shadow.checks[check].untested.is_none());
    let counted: Vec<(usize, Points)> = shadow.shadowed.iter().map(|one| (one.row, one.points)).collect();
    assert_eq!(counted, expected);
    assert!(shadow.shadowed.iter().all(|one| one.check == check));
}

#[test]
fn a_check_in_shadow_is_counted_as_if_it_alone_were_live_again() {
    let alone = scored(&["split_payment"], &[]);
    let many = scored(&["split_payment", "duplicate_payment"], &["off_hours"]);
    let again = scored(&["duplicate_payment"], &["off_hours"]);
    let check = again.checks.iter().position(|check| check.id == "split_payment").unwrap();
    let of_split: Vec<(usize, Points)> =
        many.shadowed.iter().filter(|one| one.check == check).map(|one| (one.row, one.points)).collect();
    assert_eq!(of_split, marked(&again, "split_payment"));
    assert!(!alone.shadowed.is_empty());
    let firsts: BTreeSet<usize> = alone.shadowed.iter().map(|one| one.first).collect();
    assert!(firsts.len() < alone.shadowed.len(), "payments of one split have one first row");
}
