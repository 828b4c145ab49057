//! A ledger with reversals scores as the same ledger without what they take back.

use crate::clean::reversal::{Reversals, link, net};
use crate::clean::{Interned, LedgerView};
use crate::detect::{BudgetBook, Findings, Holidays, Known, Options, Reversed, planted, score};
use crate::features;
use crate::ledger::Points;

fn scored(ledger: &LedgerView) -> Findings {
    let holidays = Holidays::new([]);
    let matrix = features::build(ledger, &features::Options::default(), &|d| holidays.is_off_day(d));
    let known =
        Known { holidays: &holidays, budget: &BudgetBook::default(), reversed: &Reversed::none(ledger) };
    score(ledger, &matrix, &known, &Options::default())
}

fn scored_net(ledger: &LedgerView) -> (Findings, Reversals, Vec<usize>) {
    let reversals = link(ledger);
    let netted = net(ledger, &reversals);
    (scored(&netted.ledger).expand(ledger, &reversals, &netted.rows), reversals, netted.rows)
}

/// `ledger`, every tenth row followed by its cancellation.
fn with_cancellations(ledger: &LedgerView) -> LedgerView {
    let mut rows = Vec::new();
    let mut cancels = Vec::new();
    for i in 0..ledger.n_rows {
        rows.push(i);
        if i % 10 == 0 {
            cancels.push(rows.len());
            rows.push(i);
        }
    }
    let mut out = ledger.select(&rows);
    out.row = (1..).take(rows.len()).collect();
    let numbers: Vec<String> = (0..rows.len())
        .map(|at| if cancels.contains(&at) { format!("{at}-취소") } else { (at + 1).to_string() })
        .collect();
    out.document_no = Interned::from_values(numbers.iter().map(|n| Some(n.as_str())));
    for at in cancels {
        out.amount[at] = -out.amount[at];
    }
    out
}

#[test]
fn netted_rows_neither_score_nor_disturb() {
    let planted = planted::institution(3_000, 0.01, 5).ledger;
    let ledger = with_cancellations(&planted);
    let (findings, reversals, rows) = scored_net(&ledger);
    assert_eq!(reversals.links.len(), planted.n_rows.div_ceil(10));
    assert!(reversals.unmatched.is_empty());
    let alone = scored(&ledger.select(&rows));
    let n = findings.checks.len();
    for (at, &row) in rows.iter().enumerate() {
        assert_eq!(findings.score[row], alone.score[at]);
        assert_eq!(findings.points[row * n..(row + 1) * n], alone.points[at * n..(at + 1) * n]);
        assert_eq!(findings.reasons[row].len(), alone.reasons[at].len());
        for (here, there) in findings.reasons[row].iter().zip(&alone.reasons[at]) {
            let mapped: Vec<usize> = there.related.iter().map(|&r| rows[r]).collect();
            assert_eq!((&here.text, &here.related), (&there.text, &mapped));
        }
    }
    let whole = |case: &crate::detect::Case| crate::detect::Case {
        head: rows[case.head],
        rows: case.rows.iter().map(|&at| rows[at]).collect(),
    };
    assert_eq!(findings.cases, alone.cases.iter().map(whole).collect::<Vec<_>>());
    assert!(!findings.cases.is_empty(), "nothing to map");
    for link in &reversals.links {
        for row in [link.reversal, link.parts[0].row] {
            assert_eq!(findings.score[row], Points(0));
            assert!(findings.points[row * n..(row + 1) * n].iter().all(|p| *p == Points(0)));
            assert!(findings.finding(&ledger, row).contributions.is_empty());
            assert_eq!(findings.reasons[row].len(), 1);
        }
    }
    let mut ranks = findings.rank.clone();
    ranks.sort_unstable();
    assert!((1..).zip(&ranks).all(|(i, r)| i == *r) && ranks.len() == ledger.n_rows);
    assert!(alone.reasons.iter().flatten().any(|reason| !reason.related.is_empty()), "nothing to map");
}

#[test]
fn netted_rows_name_each_other() {
    let ledger = planted::plain(4, |i, l| {
        l.amount = vec![500, 500, -500, 700];
        l.day[i] += i32::try_from(i / 2).unwrap();
        l.source = Interned::from_values(["a.csv", "a.csv", "b.csv", "b.csv"].map(Some).into_iter());
    });
    let (findings, _, rows) = scored_net(&ledger);
    assert_eq!(rows, [1, 3]);
    let reason =
        |row: usize| (findings.reasons[row][0].text.as_str(), findings.reasons[row][0].related.clone());
    assert_eq!(reason(0), ("취소·반납 건과 상계되어 점수를 매기지 않았습니다(b.csv 3행).", vec![2]));
    assert_eq!(
        reason(2),
        (
            "원거래와 상계되어 점수를 매기지 않았습니다(a.csv 1행, 부서·계정·거래처·금액으로 확인). 조건이 같은 지급이 더 있어 그 가운데 가장 앞선 행과 연결했습니다.",
            vec![0]
        )
    );
}

#[test]
fn a_payment_partly_taken_back_is_scored_with_what_is_left() {
    let planted = planted::institution(1_500, 0.01, 6).ledger;
    let mut ledger = planted.clone();
    let numbers: Vec<String> = (0..ledger.n_rows).map(|i| i.to_string()).collect();
    ledger.document_no = Interned::from_values(numbers.iter().map(|n| Some(n.as_str())));
    let highest = scored(&ledger).rank.iter().position(|rank| *rank == 1).unwrap();
    let mut rows: Vec<usize> = (0..ledger.n_rows).collect();
    rows.push(highest);
    let mut ledger = ledger.select(&rows);
    let back = ledger.n_rows - 1;
    let whole = ledger.amount[highest];
    ledger.amount[back] = -(whole / 10);
    ledger.row[back] = 9_999;
    let (findings, reversals, _) = scored_net(&ledger);
    assert_eq!(reversals.left[highest], whole - whole / 10);
    let mut smaller = planted.clone();
    smaller.document_no = Interned::from_values(numbers.iter().map(|n| Some(n.as_str())));
    smaller.amount[highest] = whole - whole / 10;
    assert_eq!(findings.score[highest], scored(&smaller).score[highest]);
    assert_eq!(findings.finding(&ledger, highest).expenditure.amount.0, whole);
    let last = findings.reasons[highest].last().unwrap();
    assert!(last.text.starts_with("일부가 취소·반납되어(9999행) 남은 "), "{}", last.text);
    assert!(last.text.ends_with("원으로 점수를 매겼습니다.") && last.related == [back]);
    assert!(findings.reasons[highest].len() > 1);
}

#[test]
fn equal_on_one_and_two_threads() {
    let ledger = with_cancellations(&planted::institution(1_500, 0.01, 4).ledger);
    let on = |n| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        pool.install(|| scored_net(&ledger).0)
    };
    let (one, two) = (on(1), on(2));
    assert_eq!((one.points, one.rank, one.reasons), (two.points, two.rank, two.reasons));
}

#[test]
fn what_a_check_in_shadow_would_have_marked_keeps_its_payments() {
    let ledger = with_cancellations(&planted::institution(3_000, 0.02, 5).ledger);
    let reversals = link(&ledger);
    let netted = net(&ledger, &reversals);
    let holidays = Holidays::new([]);
    let matrix = features::build(&netted.ledger, &features::Options::default(), &|d| holidays.is_off_day(d));
    let shadow = ["split_payment", "duplicate_payment"].map(str::to_owned).into();
    let known = Known {
        holidays: &holidays,
        budget: &BudgetBook::default(),
        reversed: &Reversed::new(&ledger, &reversals, &netted.rows),
    };
    let alone = score(&netted.ledger, &matrix, &known, &Options { shadow, ..Options::default() });
    let whole = alone.clone().expand(&ledger, &reversals, &netted.rows);
    let place = |ledger: &LedgerView, row: usize| ledger.expenditure(row).at;
    let of = |findings: &Findings, ledger: &LedgerView| -> Vec<_> {
        let shadowed = findings.shadowed.iter();
        shadowed.map(|one| (place(ledger, one.row), place(ledger, one.first), one.points)).collect()
    };
    assert!(alone.shadowed.iter().any(|one| netted.rows[one.row] != one.row), "nothing to move");
    assert_eq!(of(&whole, &ledger), of(&alone, &netted.ledger));
}
