//! Number duplication: how much of a population is the same amount again, and which amounts come too often.
//!
//! Comes in: positive payments of a population. Goes out: the number frequency factor, repeated amounts with excess.
//! Refuses: populations below the minimum count.
//!
//! Number frequency factor (Nigrini, *Benford's Law*, Wiley 2012): 1 less the sum of squared counts of amounts that come
//! more than once over the squared number of payments: 1 where no amount repeats, 0 where all are one amount.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::benford::DRAWN_MAX;
use super::groups::{Group, Groups, Scope, Tested, n_distinct};
use super::round_cells::{Repeated, repeated};
use super::table::{Cell, Chart, Column, Kind, Outcome, Refusal, Table};
use super::{Analysis, Input};
use crate::ko;
use crate::ledger::Amount;

/// The analysis.
pub struct NumberDuplication;

struct Duplication {
    n: usize,
    n_distinct: usize,
    /// Payments whose amount comes more than once.
    n_repeated: u64,
    factor: f64,
    /// Largest excess first.
    most: Vec<Repeated>,
}

impl Analysis for NumberDuplication {
    fn id(&self) -> &'static str {
        "number_duplication"
    }

    fn label_ko(&self) -> &'static str {
        "같은 금액 반복"
    }

    fn about_ko(&self) -> &'static str {
        "같은 금액이 얼마나 되풀이되는지 보고, 금액마다 자릿수와 끝 0의 개수가 같은 금액들에 고루 퍼졌을 때의 기대 건수와 견줍니다. 월세와 구독료처럼 늘 같은 금액도 되풀이되므로 개별 지출의 옳고 그름을 말하지 않습니다."
    }

    fn analyse(&self, input: &Input<'_>) -> Outcome {
        let mut outcome = Outcome::new(self);
        let ledger = input.ledger;
        // Sorted once; rows keep their order within departments and accounts.
        let mut rows = input.groups[0].all().to_vec();
        rows.par_sort_unstable_by_key(|&row| (ledger.amount[row as usize], row));
        let department = Groups::by(Scope::Department, &ledger.department, &rows);
        let account = Groups::by(Scope::Account, &ledger.account, &rows);
        for groups in &[Groups::whole(rows), department, account] {
            let n_most = match groups.scope {
                Scope::Institution => usize::try_from(input.options.duplication_shown).unwrap_or(usize::MAX),
                _ => 1,
            };
            let mut tested = groups.tested(|group| test(input, group, n_most));
            tested.sort_by_value(|found| 1.0 - found.factor);
            if groups.scope == Scope::Institution {
                let whole = tested.rows.first();
                outcome.headline_ko = whole.map(|(_, found)| headline(input, found));
                outcome.tables.extend(whole.map(|(group, found)| detail(input, group, found)));
            }
            outcome.tables.push(table(groups.scope, &tested));
            outcome.coverage.push(tested.coverage());
            outcome.refused.append(&mut tested.refused);
        }
        outcome
    }
}

/// The statistics of `group`, whose rows are in order of amounts.
fn test(input: &Input<'_>, group: Group<'_>, n_most: usize) -> Result<Duplication, Refusal> {
    let (n, n_min) = (group.rows.len(), input.options.duplication_min);
    if (n as u64) < n_min {
        return Err(group.too_few(n, n_min, "지출이"));
    }
    let amounts: Vec<i64> = group.rows.iter().map(|&row| input.ledger.amount[row as usize]).collect();
    let (mut found, n_distinct) = repeated(&amounts);
    let n_repeated = found.iter().map(|repeated| repeated.count).sum();
    let squares: f64 = found.iter().map(|repeated| (repeated.count as f64).powi(2)).sum();
    let factor = 1.0 - squares / (n as f64).powi(2);
    found.sort_by(|a, b| b.excess().total_cmp(&a.excess()).then(a.amount.cmp(&b.amount)));
    found.truncate(n_most);
    Ok(Duplication { n, n_distinct, n_repeated, factor, most: found })
}

fn headline(input: &Input<'_>, found: &Duplication) -> String {
    let share = ko::percent(found.n_repeated as f64 / found.n as f64);
    let mut text = format!("반복 지수(NFF) {:.5}. 지출의 {share}에 같은 금액이 또 있음.", found.factor);
    if let Some(most) = found.most.first() {
        let amount = input.ledger.currency.display(Amount(most.amount));
        let count = crate::ledger::amount::group_thousands(most.count);
        text.push_str(&format!(
            " 기대보다 가장 많은 금액은 {amount}: {count}건, 기대 {:.1}건.",
            most.expected
        ));
    }
    text
}

/// The amounts with the largest excess in the institution.
fn detail(input: &Input<'_>, group: &Group<'_>, found: &Duplication) -> Table {
    let ledger = input.ledger;
    let at: FxHashMap<i64, usize> = found.most.iter().enumerate().map(|(i, most)| (most.amount, i)).collect();
    let mut rows_of: Vec<Vec<u32>> = vec![Vec::new(); found.most.len()];
    for &row in group.rows {
        if let Some(&i) = at.get(&ledger.amount[row as usize]) {
            rows_of[i].push(row);
        }
    }
    let row = |(repeated, rows): (&Repeated, &Vec<u32>)| {
        vec![
            Cell::from(ledger.currency.grouped(Amount(repeated.amount))),
            Cell::Count(repeated.count),
            Cell::number(repeated.expected),
            Cell::number(repeated.excess()),
            Cell::number(repeated.count as f64 / found.n as f64),
            Cell::money(i128::from(repeated.amount) * i128::from(repeated.count)),
            n_distinct(rows, &ledger.department.ids),
            n_distinct(rows, &input.vendors),
        ]
    };
    let rows: Vec<Vec<Cell>> = found.most.iter().zip(&rows_of).map(row).collect();
    let chart = Chart {
        title_ko: "기대보다 많이 되풀이된 금액".to_owned(),
        category: 0,
        bars: vec![1],
        lines: vec![2],
        n_rows: rows.len().min(DRAWN_MAX),
    };
    let columns = vec![
        Column::new("amount", "금액", Kind::Text),
        Column::new("n", "건수", Kind::Count),
        Column::new("n_expected", "기대 건수", Kind::Number),
        Column::new("excess", "넘친 건수", Kind::Number),
        Column::new("share", "전체에서 비율", Kind::Share),
        Column::new("total", "합계", Kind::Money),
        Column::new("departments", "부서 수", Kind::Count),
        Column::new("vendors", "거래처 수", Kind::Count),
    ];
    let title_ko = "기관 전체에서 기대보다 많이 되풀이된 금액".to_owned();
    let chart = (chart.n_rows > 0).then_some(chart);
    Table { id: "amounts".to_owned(), title_ko, columns, rows, chart }
}

fn table(scope: Scope, tested: &Tested<'_, Duplication>) -> Table {
    let columns = vec![
        Column::new("name", scope.label_ko(), Kind::Text),
        Column::new("n", "건수", Kind::Count),
        Column::new("n_distinct", "서로 다른 금액", Kind::Count),
        Column::new("repeated_share", "되풀이된 금액의 비율", Kind::Share),
        Column::new("factor", "반복 지수(NFF)", Kind::Small),
        Column::new("concentration", "1 - NFF", Kind::Small),
        Column::new("most", "가장 넘친 금액", Kind::Money),
        Column::new("most_n", "그 금액의 건수", Kind::Count),
        Column::new("most_expected", "그 금액의 기대 건수", Kind::Number),
        Column::new("most_excess", "넘친 건수", Kind::Number),
    ];
    let row = |(group, found): &(Group<'_>, Duplication)| {
        let most = found.most.first();
        let number = |value: Option<f64>| value.map_or(Cell::Missing, Cell::number);
        vec![
            group.name.into(),
            Cell::count(found.n),
            Cell::count(found.n_distinct),
            Cell::number(found.n_repeated as f64 / found.n as f64),
            Cell::number(found.factor),
            Cell::number(1.0 - found.factor),
            most.map_or(Cell::Missing, |most| Cell::money(most.amount.into())),
            most.map_or(Cell::Missing, |most| Cell::Count(most.count)),
            number(most.map(|most| most.expected)),
            number(most.map(|most| most.excess())),
        ]
    };
    let n_rows = tested.rows.len().min(DRAWN_MAX);
    let chart = (scope != Scope::Institution && n_rows > 0).then(|| Chart {
        title_ko: format!("{}별 1 - NFF: 높을수록 같은 금액이 많음", scope.label_ko()),
        category: 0,
        bars: vec![5],
        lines: Vec::new(),
        n_rows,
    });
    let title_ko = format!("{} 같은 금액 반복", scope.label_ko());
    Table {
        id: scope.key().to_owned(),
        title_ko,
        columns,
        rows: tested.rows.iter().map(row).collect(),
        chart,
    }
}
