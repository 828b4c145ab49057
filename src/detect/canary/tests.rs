//! Every check finds what it plants, and a check that cannot is named.

use super::*;
use crate::clean::reversal;
use crate::detect::{CONTROLS, Holidays, Known, Reversed, planted, score};
use crate::features;
use crate::ledger::{Amount, BudgetLine, BudgetPlace, Reallocation, ReallocationKind, RowRef};

fn scored(ledger: &LedgerView, budget: &BudgetBook, options: &Options) -> Findings {
    let holidays = Holidays::korean();
    let reversals = reversal::link(ledger);
    let netted = reversal::net(ledger, &reversals);
    let matrix =
        features::build(&netted.ledger, &features::Options::default(), &|date| holidays.is_off_day(date));
    let reversed = Reversed::new(ledger, &reversals, &netted.rows);
    let known = Known { holidays: &holidays, budget, reversed: &reversed };
    score(&netted.ledger, &matrix, &known, options).expand(ledger, &reversals, &netted.rows)
}

/// A budget that suffices for one account, and one small movement into it.
fn budget() -> BudgetBook {
    let place = |account: &str| BudgetPlace {
        department: "부서01".to_owned(),
        account: account.to_owned(),
        budget_line: String::new(),
    };
    let line = BudgetLine {
        fiscal_year: 2024,
        department: "부서01".to_owned(),
        account: "사무관리비".to_owned(),
        current_budget: Amount(i64::MAX / 4),
        ..BudgetLine::default()
    };
    let moved = Reallocation {
        at: RowRef::default(),
        date: "2024-02-01".parse().unwrap(),
        kind: ReallocationKind::TransferBetweenLines,
        document_no: String::new(),
        from: place("공공운영비"),
        to: place("사무관리비"),
        amount: Amount(1),
        reason: String::new(),
    };
    BudgetBook { lines: vec![line], reallocations: vec![moved] }
}

fn canaries(n: usize, options: &Options) -> Vec<Canary> {
    let ledger = planted::institution(n, 0.002, 3).ledger;
    let before = format!("{ledger:?}");
    let book = budget();
    let findings = scored(&ledger, &book, options);
    let found = self_check(&ledger, &book, &findings, options, &|copy, book| scored(copy, book, options));
    assert_eq!(format!("{ledger:?}"), before, "the ledger itself must not change");
    assert_eq!(book, budget());
    found
}

fn missed(canaries: &[Canary]) -> Vec<&str> {
    canaries.iter().filter(|canary| canary.is_missed()).map(|canary| canary.id.as_str()).collect()
}

#[test]
fn every_check_that_runs_finds_its_plant() {
    for n in [200, 2_000, 6_000] {
        let canaries = canaries(n, &Options::default());
        assert_eq!(missed(&canaries), Vec::<&str>::new(), "{n}");
        assert_eq!(canaries.len(), DETECTORS.len() + 1);
        assert_eq!(canaries.last().unwrap().id, SCORE);
        for canary in &canaries {
            let detector = DETECTORS.iter().find(|detector| detector.id() == canary.id);
            let lacks = detector.and_then(|d| d.about()).is_some_and(|about| {
                crate::detect::columns::missing(&planted::institution(10, 0.0, 3).ledger, about.required)
                    .is_some()
            });
            assert_eq!(canary.planted == 0, canary.not_planted.is_some(), "{canary:?}");
            assert!(canary.not_planted.is_some() || !lacks, "{n}: {canary:?}");
        }
    }
}

#[test]
fn a_check_whose_options_are_broken_or_that_adds_no_points_is_missed() {
    let mut options = Options::default();
    options.controls.duplicate_payment.rules[0].options.half_amount_krw = i64::MAX / 2;
    options.weights.insert("suspicious_word".to_owned(), 0.0);
    options.controls.unmatched_reversal.rules[0].options.history_days = 3_000;
    let canaries = canaries(6_000, &options);
    assert_eq!(missed(&canaries), ["duplicate_payment", "suspicious_word"]);
    let short = canaries.iter().find(|canary| canary.id == "unmatched_reversal").unwrap();
    assert!(short.not_planted.as_ref().unwrap().contains("3000일 이하여서"), "{short:?}");
}

#[test]
fn a_check_that_runs_in_the_shadow_needs_no_points() {
    let mut options = Options::default();
    options.shadow.insert("suspicious_word".to_owned());
    options.disabled.insert("off_hours".to_owned());
    let canaries = canaries(6_000, &options);
    assert!(missed(&canaries).is_empty(), "{canaries:?}");
    let off = canaries.iter().find(|canary| canary.id == "off_hours").unwrap();
    assert_eq!((off.planted, off.not_planted.as_deref()), (0, Some("설정에서 사용하지 않도록 했습니다.")));
}

#[test]
fn a_bar_that_nothing_reaches_is_noticed() {
    let options = Options { bar: 100.0, ..Options::default() };
    assert_eq!(missed(&canaries(6_000, &options)), [SCORE]);
}

#[test]
fn a_score_that_says_nothing_is_noticed_for_every_check() {
    let ledger = planted::institution(3_000, 0.0, 3).ledger;
    let findings = scored(&ledger, &budget(), &Options::default());
    let silent = |copy: &LedgerView, book: &BudgetBook| {
        let mut seen = scored(copy, book, &Options::default());
        seen.fired.iter_mut().for_each(Vec::clear);
        seen.points.fill(crate::ledger::Points(0));
        seen.cases.clear();
        seen
    };
    let canaries = self_check(&ledger, &budget(), &findings, &Options::default(), &silent);
    let n_planted = canaries.iter().filter(|canary| canary.not_planted.is_none()).count();
    assert_eq!(missed(&canaries).len(), n_planted);
    assert!(n_planted > CONTROLS.len() / 2);
}

#[test]
fn what_is_usual_in_a_ledger_is_looked_for_in_the_reference_institution() {
    // Every payment by night: a payment by night is nothing there.
    let mut ledger = planted::institution(4_000, 0.0, 3).ledger;
    ledger.minute.fill(2 * 60);
    let options = Options::default();
    let findings = scored(&ledger, &budget(), &options);
    let canaries =
        self_check(&ledger, &budget(), &findings, &options, &|copy, book| scored(copy, book, &options));
    let nights = canaries.iter().find(|canary| canary.id == "off_hours").unwrap();
    assert!(nights.usual_here && !nights.is_missed(), "{nights:?}");
    assert_eq!(missed(&canaries), Vec::<&str>::new());
}

#[test]
fn an_empty_ledger_has_nothing_to_plant_in() {
    let ledger = LedgerView::empty(crate::ledger::Currency::krw(), 0);
    let options = Options::default();
    let findings = scored(&ledger, &BudgetBook::default(), &options);
    let canaries = self_check(&ledger, &BudgetBook::default(), &findings, &options, &|copy, book| {
        scored(copy, book, &options)
    });
    let of_score = canaries.last().unwrap();
    assert_eq!((of_score.planted, of_score.not_planted.as_deref()), (0, Some("지출 건이 없습니다.")));
}
