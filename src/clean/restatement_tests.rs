//! Differences applied to the old rows give the new rows, whatever was done to them.

use super::*;
use crate::clean::Interned;
use crate::ledger::Currency;

fn line(number: u64) -> Line {
    Line {
        date: format!("2024-{:02}-{:02}", number % 12 + 1, number % 28 + 1).parse().unwrap(),
        document_no: if number.is_multiple_of(3) { String::new() } else { format!("2024-{:04}", number / 2) },
        department: format!("{}과", number % 4),
        account: format!("계정{}", number % 5),
        vendor: format!("거래처{}", number % 7),
        vendor_no: String::new(),
        description: format!("적요{}", number % 9),
        payment_method: String::new(),
        card: String::new(),
        requester: String::new(),
        kind: String::new(),
        minute: -1,
        amount: i64::try_from(number * 1_000).unwrap() - 20_000,
        at: RowRef {
            source: "a.xlsx".to_owned(),
            sheet: "지출".to_owned(),
            row: i64::try_from(number).unwrap(),
        },
    }
}

fn view(lines: &[Line]) -> LedgerView {
    let text = |get: fn(&Line) -> &str| Interned::from_values(lines.iter().map(|line| Some(get(line))));
    LedgerView {
        currency: Currency::krw(),
        n_rows: lines.len(),
        source: text(|l| &l.at.source),
        sheet: text(|l| &l.at.sheet),
        row: lines.iter().map(|l| l.at.row).collect(),
        document_no: text(|l| &l.document_no),
        day: lines
            .iter()
            .map(|l| i32::try_from((l.date - chrono::NaiveDate::default()).num_days()).unwrap())
            .collect(),
        minute: lines.iter().map(|l| l.minute).collect(),
        department: text(|l| &l.department),
        account: text(|l| &l.account),
        vendor: text(|l| &l.vendor),
        vendor_no: text(|l| &l.vendor_no),
        description: text(|l| &l.description),
        payment_method: text(|l| &l.payment_method),
        card: text(|l| &l.card),
        requester: text(|l| &l.requester),
        kind: text(|l| &l.kind),
        amount: lines.iter().map(|l| l.amount).collect(),
        ..LedgerView::empty(Currency::krw(), lines.len())
    }
}

fn compare(old: &[Line], new: &[Line]) -> Differences {
    let mut comparison = Comparison::default();
    let mut months: Vec<FiscalMonth> =
        old.iter().chain(new).filter_map(|line| FiscalMonth::of(line.date)).collect();
    months.sort();
    months.dedup();
    for month in months {
        let of = |lines: &[Line]| -> Vec<Line> {
            lines.iter().filter(|line| month.contains(line.date)).cloned().collect()
        };
        comparison.add(&view(&of(old)), &view(&of(new)));
    }
    comparison.finish()
}

/// A multiset of contents.
fn contents(lines: &[Line]) -> BTreeMap<Line, i64> {
    let mut set = BTreeMap::new();
    for line in lines {
        *set.entry(Line { at: RowRef::default(), ..line.clone() }).or_insert(0) += 1;
    }
    set
}

struct Seeded(u64);

impl Seeded {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

fn restate(lines: &[Line], seeded: &mut Seeded) -> Vec<Line> {
    let mut new = Vec::new();
    for line in lines {
        let mut line = line.clone();
        line.at.row += 1;
        match seeded.next(10) {
            0 => continue,
            1 => line.amount += 500,
            2 => line.date = line.date.checked_add_months(chrono::Months::new(1)).unwrap(),
            3 => line.vendor.push_str("(주)"),
            4 => (line.department, line.account) = ("다른과".to_owned(), "다른계정".to_owned()),
            5 => new.push(line.clone()),
            _ => {}
        }
        new.push(line);
    }
    for _ in 0..seeded.next(5) {
        new.push(line(1_000 + seeded.next(50)));
    }
    new
}

#[test]
fn differences_applied_to_the_old_rows_give_the_new_ones_and_keep_every_won() {
    for seed in 0..200 {
        let mut seeded = Seeded(seed);
        let n_rows = seeded.next(60);
        let old: Vec<Line> = (0..n_rows).map(|_| line(seeded.next(80))).collect();
        let new = restate(&old, &mut seeded);
        let found = compare(&old, &new);
        let mut set = contents(&old);
        let mut apply = |line: &Line, n: i64| {
            *set.entry(Line { at: RowRef::default(), ..line.clone() }).or_insert(0) += n;
        };
        for change in &found.changed {
            apply(&change.old, -1);
            apply(&change.new, 1);
            assert!(!change.old.differing(&change.new).is_empty(), "seed {seed}");
        }
        found.deleted.iter().for_each(|line| apply(line, -1));
        found.added.iter().for_each(|line| apply(line, 1));
        set.retain(|_, n| *n != 0);
        assert_eq!(set, contents(&new), "seed {seed}");
        let sum = |lines: &[Line]| lines.iter().map(|line| line.amount).sum::<i64>();
        let difference: i64 = found.effects.values().map(|effect| effect.difference).sum();
        assert_eq!(difference, sum(&new) - sum(&old), "seed {seed}");
        let count = |get: fn(&Effect) -> u64| found.effects.values().map(get).sum::<u64>();
        assert_eq!(count(|e| e.added), found.added.len() as u64);
        assert_eq!(count(|e| e.deleted), found.deleted.len() as u64);
        assert_eq!(count(|e| e.changed), found.changed.len() as u64);
        // Nothing that could be a pair stands in two lists.
        let documents = |lines: &[Line]| -> std::collections::BTreeSet<String> {
            lines.iter().map(|l| l.document_no.clone()).filter(|no| !no.is_empty()).collect()
        };
        assert!(documents(&found.added).is_disjoint(&documents(&found.deleted)), "seed {seed}");
    }
}

#[test]
fn a_row_that_only_moved_in_the_file_is_no_difference() {
    let old: Vec<Line> = (0..30).map(line).collect();
    let mut new = old.clone();
    new.reverse();
    for (row, line) in (100..).zip(&mut new) {
        line.at = RowRef { source: "b.csv".to_owned(), sheet: String::new(), row };
    }
    assert!(compare(&old, &new).is_empty());
}

#[test]
fn a_document_that_moved_to_another_month_is_one_change_in_two_months() {
    let old = vec![line(4)];
    let mut moved = line(4);
    moved.date = "2024-09-30".parse().unwrap();
    let found = compare(&old, &[moved]);
    assert_eq!((found.changed.len(), found.added.len(), found.deleted.len()), (1, 0, 0));
    assert_eq!(found.changed[0].old.differing(&found.changed[0].new), [col::DATE]);
    let months: Vec<i64> = found.effects.values().map(|effect| effect.difference).collect();
    // The payment is negative: May loses it, September has it.
    assert_eq!(months, [16_000, -16_000]);
}

#[test]
fn without_a_document_number_only_the_amount_may_differ() {
    let mut old = line(3);
    old.document_no.clear();
    let (mut dearer, mut other) = (old.clone(), old.clone());
    dearer.amount += 1;
    other.description.push('2');
    assert_eq!(compare(&[old.clone()], &[dearer]).changed.len(), 1);
    let found = compare(&[old], &[other]);
    assert_eq!((found.changed.len(), found.added.len(), found.deleted.len()), (0, 1, 1));
}

#[test]
fn a_payment_read_anew_with_its_details_is_no_restatement() {
    let lines: Vec<Line> = (0..20).map(line).collect();
    let old = view(&lines);
    let mut new = view(&lines);
    new.approver = Interned::from_values(lines.iter().map(|_| Some("김결재")));
    new.entered_on = new.day.clone();
    let mut comparison = Comparison::default();
    comparison.add(&old, &new);
    assert!(comparison.finish().is_empty());
}
