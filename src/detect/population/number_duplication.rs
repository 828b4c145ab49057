//! Number duplication: how much of a population is the same amount again, and which amounts come too often.
//!
//! Comes in: positive payments of a population. Goes out: the number frequency factor, repeated amounts with excess.
//! Refuses: populations below the minimum count.
//!
//! Number frequency factor (Nigrini, *Benford's Law*, Wiley 2012): 1 less the sum of squared counts of amounts that come
//! more than once over the squared number of payments: 1 where no amount repeats, 0 where all are one amount.

use rayon::prelude::*;

use super::benford::DRAWN_MAX;
use super::groups::{Group, Scope, Tested};
use super::round_cells::{Repeated, repeated};
use super::table::{Cell, Chart, Column, Kind, Outcome, Refusal, Table};
use super::{Analysis, Input};
use crate::ledger::Amount;

/// The analysis.
pub struct NumberDuplication;

/// Payments above which amounts are sorted on several threads.
const PARALLEL_FROM: usize = 50_000;

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
        for groups in &input.groups {
            let n_most = match groups.scope {
                Scope::Institution => usize::try_from(input.options.duplication_shown).unwrap_or(usize::MAX),
                _ => 1,
            };
            let mut tested = groups.tested(|group| test(input, group, n_most));
            tested.sort_by_value(|found| 1.0 - found.factor);
            if groups.scope == Scope::Institution {
                outcome.tables.extend(tested.rows.first().map(|(group, found)| detail(input, group, found)));
            }
            outcome.tables.push(table(groups.scope, &tested));
            outcome.coverage.push(tested.coverage());
            outcome.refused.append(&mut tested.refused);
        }
        outcome
    }
}

fn test(input: &Input<'_>, group: Group<'_>, n_most: usize) -> Result<Duplication, Refusal> {
    let (n, n_min) = (group.rows.len(), input.options.duplication_min);
    if (n as u64) < n_min {
        return Err(group.too_few(n, n_min, "지출이"));
    }
    let mut amounts: Vec<i64> = group.rows.iter().map(|&row| input.ledger.amount[row as usize]).collect();
    if n > PARALLEL_FROM {
        amounts.par_sort_unstable()
    } else {
        amounts.sort_unstable()
    }
    let mut found = repeated(&amounts);
    let n_distinct = found.len();
    found.retain(|repeated| repeated.count > 1);
    let n_repeated = found.iter().map(|repeated| repeated.count).sum();
    let squares: f64 = found.iter().map(|repeated| (repeated.count as f64).powi(2)).sum();
    let factor = 1.0 - squares / (n as f64).powi(2);
    found.sort_by(|a, b| b.excess().total_cmp(&a.excess()).then(a.amount.cmp(&b.amount)));
    found.truncate(n_most);
    Ok(Duplication { n, n_distinct, n_repeated, factor, most: found })
}

/// The amounts with the largest excess in the institution.
fn detail(input: &Input<'_>, group: &Group<'_>, found: &Duplication) -> Table {
    let ledger = input.ledger;
    let distinct = |repeated: &Repeated, ids: &[u32]| {
        let rows = group.rows.iter().filter(|row| ledger.amount[**row as usize] == repeated.amount);
        let mut ids: Vec<u32> = rows.map(|row| ids[*row as usize]).collect();
        ids.sort_unstable();
        ids.dedup();
        Cell::count(ids.len())
    };
    let row = |repeated: &Repeated| {
        vec![
            Cell::from(ledger.currency.grouped(Amount(repeated.amount))),
            Cell::Count(repeated.count),
            Cell::number(repeated.expected),
            Cell::number(repeated.excess()),
            Cell::number(repeated.count as f64 / found.n as f64),
            Cell::money(i128::from(repeated.amount) * i128::from(repeated.count)),
            distinct(repeated, &ledger.department.ids),
            distinct(repeated, &input.vendors),
        ]
    };
    let rows: Vec<Vec<Cell>> = found.most.par_iter().map(row).collect();
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
