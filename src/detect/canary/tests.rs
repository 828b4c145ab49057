//! Every check finds what it plants, and a check that cannot is named.

use super::*;
use crate::clean::reversal;
use crate::detect::{CONTROLS, Holidays, Known, Reversed, score};
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
    let ledger = crate::detect::planted::institution(n, 0.002, 3).ledger;
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
                crate::detect::columns::missing(
                    &crate::detect::planted::institution(10, 0.0, 3).ledger,
                    about.required,
                )
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
    let ledger = crate::detect::planted::institution(3_000, 0.0, 3).ledger;
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
    // Every payment on a Sunday: a payment on a Sunday is nothing there.
    let mut ledger = crate::detect::planted::institution(4_000, 0.0, 3).ledger;
    ledger.day.iter_mut().for_each(|day| *day += 6 - (*day + 3).rem_euclid(7));
    let options = Options::default();
    let findings = scored(&ledger, &budget(), &options);
    let canaries =
        self_check(&ledger, &budget(), &findings, &options, &|copy, book| scored(copy, book, &options));
    let sundays = canaries.iter().find(|canary| canary.id == "day_off").unwrap();
    assert!(sundays.usual_here && !sundays.is_missed(), "{sundays:?}");
    assert_eq!(missed(&canaries), Vec::<&str>::new());
}

#[test]
fn the_reference_institution_shows_every_plant_whatever_its_last_day() {
    let options = Options::default();
    for last in ["2022-01-05", "2024-06-28", "2024-12-31", "2026-03-16"] {
        let last: chrono::NaiveDate = last.parse().unwrap();
        let last_day = i32::try_from((last - chrono::NaiveDate::default()).num_days()).unwrap();
        let (ledger, book) = reference::institution_until(reference::ROWS, last_day);
        assert!((last_day - 10..=last_day + 5).contains(ledger.day.iter().max().unwrap()));
        for detector in DETECTORS {
            let others = |id: &str| (id != detector.id()).then(String::new);
            let found =
                planted(&ledger, &book, &options, &|copy, book| scored(copy, book, &options), &others);
            assert!(!missed(&found).contains(&detector.id()), "{last}: {}", detector.id());
        }
    }
}

#[test]
fn a_rule_that_has_ended_is_not_planted_for() {
    let mut options = Options::default();
    options.controls.suspicious_word.rules[0].effective_until = "2023-12-31".parse().ok();
    let canaries = canaries(4_000, &options);
    let ended = canaries.iter().find(|canary| canary.id == "suspicious_word").unwrap();
    assert!(ended.not_planted.as_ref().is_some_and(|why| why.starts_with("자료의 마지막 날에")), "{ended:?}");
    assert_eq!(missed(&canaries), Vec::<&str>::new());
}

#[test]
fn a_test_of_reversals_in_the_shadow_finds_its_plants() {
    let mut options = Options::default();
    options.shadow.insert("period_end_reversal".to_owned());
    let (ledger, book) = reference::institution(reference::ROWS);
    let findings = scored(&ledger, &book, &options);
    let found = self_check(&ledger, &book, &findings, &options, &|copy, book| scored(copy, book, &options));
    let reversals = found.iter().find(|canary| canary.id == "period_end_reversal").unwrap();
    assert!(!reversals.is_missed() && reversals.found == 2 && !reversals.usual_here, "{reversals:?}");
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

#[test]
fn an_exception_covers_reversals_too_and_they_stay_counted() {
    let mut options = Options::default();
    let (ledger, book) = reference::institution(reference::ROWS);
    let mut plot = Plot::new(&ledger, &book, &options.controls.money);
    let control = CONTROLS.iter().find(|control| control.id() == "period_end_reversal").unwrap();
    control.plant(&mut plot, &options.controls);
    let planted = plot.take_expected();
    let vendor = plot.ledger().vendor.text(planted[0]).to_owned();
    let (copy, book) = plot.into_parts();
    let check =
        |findings: &Findings| findings.checks.iter().position(|c| c.id == "period_end_reversal").unwrap();
    let of_plants =
        |rows: &[u32]| planted.iter().filter(|row| rows.contains(&u32::try_from(**row).unwrap())).count();
    let found = scored(&copy, &book, &options);
    assert_eq!(of_plants(&found.fired[check(&found)]), 2);
    options.controls.exceptions.push(crate::detect::controls::exceptions::Exception {
        test: "period_end_reversal".to_owned(),
        vendor,
        owner: "재무과장".to_owned(),
        reason: "연말 정산".to_owned(),
        expires: "2030-12-31".parse().unwrap(),
        ..Default::default()
    });
    let found = scored(&copy, &book, &options);
    let at = check(&found);
    let aside: Vec<u32> = found.put_aside[at].iter().map(|(row, _)| *row).collect();
    assert_eq!((of_plants(&found.fired[at]), of_plants(&aside)), (0, 2));
    assert!(
        planted.iter().all(|row| found.reasons[*row].iter().all(|reason| reason.id != "period_end_reversal"))
    );
}
