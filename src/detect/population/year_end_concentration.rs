//! Year-end concentration: the last month and the last week of a fiscal year against the usual week.
//!
//! Comes in: positive payments with their days. Goes out: shares and multiples by population and year, raw and shrunk.
//! Refuses: years that are not whole in the ledger, populations with too few payments in the year.
//!
//! Measure: spending of the last seven days over the mean week of the rest of the year; 4.9 in US federal contracts
//! (J. Liebman and N. Mahoney, NBER Working Paper 19481, 2013). The share of a small population is drawn towards that
//! of the institution: w own + (1 - w) institution, w = m / (m + k), where m is the effective number of payments,
//! (sum a)^2 / sum a^2 (Kish), so that one large payment counts as one, whatever its amount.

use std::collections::BTreeMap;

use super::benford::DRAWN_MAX;
use super::fiscal_year::{FiscalYear, places};
use super::groups::{Group, Scope};
use super::table::{Cell, Chart, Column, Coverage, Kind, Outcome, Refusal, Table};
use super::{Analysis, Input};
use crate::ko;

/// The analysis.
pub struct YearEndConcentration;

/// Years of which the months are shown.
const YEARS_MAX: usize = 5;

/// Spending of a population in one year, minor units.
#[derive(Clone, Debug, Default)]
struct Spent {
    n: u64,
    months: [i128; 12],
    last_week: i128,
    squares: f64,
}

impl Spent {
    fn total(&self) -> i128 {
        self.months.iter().sum()
    }

    fn share(&self, part: i128) -> f64 {
        part as f64 / self.total() as f64
    }

    /// Payments of equal amount that would vary as much as these.
    fn effective(&self) -> f64 {
        (self.total() as f64).powi(2) / self.squares
    }
}

/// A year of a population beside the institution's.
struct Tested<'a> {
    name: &'a str,
    year: FiscalYear,
    spent: Spent,
    /// Share of the last week, drawn towards the institution's.
    shrunk: f64,
}

impl Tested<'_> {
    /// How many usual weeks a last week with this share of the year is; infinite where all is spent in it.
    fn multiple(&self, share: f64) -> f64 {
        multiple(share, self.year.n_days())
    }
}

fn multiple(share: f64, n_days: f64) -> f64 {
    share / (1.0 - share) * (n_days - 7.0) / 7.0
}

impl Analysis for YearEndConcentration {
    fn id(&self) -> &'static str {
        "year_end_concentration"
    }

    fn label_ko(&self) -> &'static str {
        "연말 집중 집행"
    }

    fn about_ko(&self) -> &'static str {
        "회계연도 마지막 7일의 지출을 나머지 기간의 평균 한 주와 견줍니다(미국 연방 조달 4.9배, NBER 19481). 지출이 적은 부서는 우연히 크게 나올 수 있어 기관 전체 쪽으로 당긴 배수를 함께 보입니다. 준공과 정산은 연말에 몰리므로 개별 지출의 옳고 그름을 말하지 않습니다."
    }

    fn analyse(&self, input: &Input<'_>) -> Outcome {
        let mut outcome = Outcome::new(self);
        outcome.is_by_year = true;
        let last_month = u32::try_from(input.options.last_month).unwrap_or(12);
        let ledger = input.ledger;
        let (years, places) = places(&ledger.day, last_month);
        let spent = |group: Group<'_>| -> BTreeMap<FiscalYear, Spent> {
            let mut by_year = vec![Spent::default(); years.len()];
            for &row in group.rows {
                let (place, amount) = (places[row as usize], ledger.amount[row as usize]);
                let spent = &mut by_year[place.year];
                spent.n += 1;
                spent.months[place.month] += i128::from(amount);
                spent.last_week += if place.is_last_week { i128::from(amount) } else { 0 };
                spent.squares += (amount as f64).powi(2);
            }
            years.iter().copied().zip(by_year).filter(|(_, spent)| spent.n > 0).collect()
        };
        let whole: BTreeMap<FiscalYear, Spent> = input.groups[0]
            .tested(|group| Ok(spent(group)))
            .rows
            .pop()
            .map(|(_, years)| years)
            .unwrap_or_default();
        let (complete, parts): (BTreeMap<_, _>, BTreeMap<_, _>) =
            whole.into_iter().partition(|(_, spent)| is_complete(spent));
        outcome.refused.extend(parts.iter().map(|(year, spent)| incomplete(*year, spent)));
        if let Some(table) = months(&complete) {
            outcome.tables.push(table);
        }
        for groups in &input.groups {
            let by_group = groups.tested(|group| Ok(spent(group)));
            let (mut years, mut refused) = (Vec::new(), Vec::new());
            for (group, of_group) in &by_group.rows {
                for (year, spent) in of_group {
                    let Some(whole) = complete.get(year) else { continue };
                    match test(input, *group, *year, spent, whole) {
                        Ok(tested) => years.push(tested),
                        Err(refusal) => refused.push(refusal),
                    }
                }
            }
            refused.sort_by(|a, b| b.n.cmp(&a.n).then_with(|| a.name.cmp(&b.name)));
            years.sort_by(|a, b| {
                b.year.cmp(&a.year).then(b.shrunk.total_cmp(&a.shrunk)).then_with(|| a.name.cmp(b.name))
            });
            if groups.scope == Scope::Institution {
                outcome.headline_ko = years.first().map(headline);
            }
            outcome.coverage.push(Coverage {
                scope: groups.scope,
                tested: years.len() as u64,
                refused: refused.len() as u64,
                n_payments: years.iter().map(|year| year.spent.n).sum(),
            });
            outcome.tables.push(table(groups.scope, &years));
            outcome.refused.append(&mut refused);
        }
        outcome
    }
}

/// The latest year of the institution.
fn headline(year: &Tested<'_>) -> String {
    let spent = &year.spent;
    let share = spent.share(spent.last_week);
    format!(
        "{} 마지막 7일의 지출은 평소 한 주의 {:.1}배({}), 마지막 달은 한 해의 {}.",
        year.year,
        year.multiple(share),
        ko::percent(share),
        ko::percent(spent.share(spent.months[11]))
    )
}

/// Every month has a payment, and so has the last week.
fn is_complete(spent: &Spent) -> bool {
    spent.months.iter().all(|month| *month > 0) && spent.last_week > 0
}

fn incomplete(year: FiscalYear, spent: &Spent) -> Refusal {
    let n_months = spent.months.iter().filter(|month| **month > 0).count();
    let reason = if n_months < 12 {
        format!("지출이 있는 달이 {n_months}개월이어서 한 해를 견줄 수 없습니다.")
    } else {
        "마지막 7일의 지출이 없어 한 해가 다 들어왔다고 볼 수 없습니다.".to_owned()
    };
    Refusal {
        scope: Scope::Institution,
        name: format!("{} {year}", Scope::Institution.label_ko()),
        n: spent.n,
        n_min: 0,
        reason,
    }
}

fn test<'a>(
    input: &Input<'_>,
    group: Group<'a>,
    year: FiscalYear,
    spent: &Spent,
    whole: &Spent,
) -> Result<Tested<'a>, Refusal> {
    let n_min = input.options.year_end_min;
    if spent.n < n_min {
        let n = usize::try_from(spent.n).unwrap_or(usize::MAX);
        let refusal = group.too_few(n, n_min, &format!("{year} 지출이"));
        return Err(Refusal { name: format!("{} {year}", group.name), ..refusal });
    }
    let share = spent.share(spent.last_week);
    let shrunk = match group.scope {
        Scope::Institution => share,
        Scope::Department | Scope::Account => {
            let m = spent.effective();
            let w = m / (m + input.options.year_end_shrinkage as f64);
            w * share + (1.0 - w) * whole.share(whole.last_week)
        }
    };
    Ok(Tested { name: group.name, year, spent: spent.clone(), shrunk })
}

/// Shares of the months, a column a year.
fn months(complete: &BTreeMap<FiscalYear, Spent>) -> Option<Table> {
    let shown: Vec<(&FiscalYear, &Spent)> = complete.iter().rev().take(YEARS_MAX).collect();
    let (latest, _) = shown.first()?;
    let mut columns = vec![Column::new("month", "달", Kind::Text)];
    columns
        .extend(shown.iter().rev().map(|(year, _)| Column::new(year.key(), year.to_string(), Kind::Share)));
    let row = |month: usize| {
        let mut cells = vec![Cell::from(format!("{}월", latest.month(month)))];
        cells.extend(shown.iter().rev().map(|(_, spent)| Cell::number(spent.share(spent.months[month]))));
        cells
    };
    let title = "기관 전체 달마다의 지출 비율".to_owned();
    let chart = Chart {
        title_ko: title.clone(),
        category: 0,
        bars: (1..columns.len()).collect(),
        lines: Vec::new(),
        n_rows: 12,
    };
    let rows = (0..12).map(row).collect();
    Some(Table { id: "months".to_owned(), title_ko: title, columns, rows, chart: Some(chart) })
}

fn table(scope: Scope, years: &[Tested<'_>]) -> Table {
    let columns = vec![
        Column::new("name", scope.label_ko(), Kind::Text),
        Column::new("year", "회계연도", Kind::Text),
        Column::new("n", "건수", Kind::Count),
        Column::new("total", "지출액", Kind::Money),
        Column::new("last_month", "마지막 달 지출액", Kind::Money),
        Column::new("last_month_share", "마지막 달 비율", Kind::Share),
        Column::new("last_week", "마지막 7일 지출액", Kind::Money),
        Column::new("last_week_share", "마지막 7일 비율", Kind::Share),
        Column::new("multiple", "평소 한 주의 배수", Kind::Number),
        Column::new("effective", "유효 건수", Kind::Number),
        Column::new("shrunk_share", "보정한 마지막 7일 비율", Kind::Share),
        Column::new("shrunk_multiple", "보정한 배수", Kind::Number),
    ];
    let row = |year: &Tested<'_>| {
        let spent = &year.spent;
        let share = spent.share(spent.last_week);
        vec![
            Cell::from(year.name),
            year.year.to_string().into(),
            Cell::Count(spent.n),
            Cell::money(spent.total()),
            Cell::money(spent.months[11]),
            Cell::number(spent.share(spent.months[11])),
            Cell::money(spent.last_week),
            Cell::number(share),
            Cell::number(year.multiple(share)),
            Cell::number(spent.effective()),
            Cell::number(year.shrunk),
            Cell::number(year.multiple(year.shrunk)),
        ]
    };
    let latest = years.first().map(|year| year.year);
    let n_rows = years.iter().take_while(|year| Some(year.year) == latest).count().min(DRAWN_MAX);
    let chart = latest.filter(|_| scope != Scope::Institution).map(|latest| Chart {
        title_ko: format!("{latest} {}별 마지막 7일: 평소 한 주의 몇 배(보정)", scope.label_ko()),
        category: 0,
        bars: vec![11],
        lines: Vec::new(),
        n_rows,
    });
    let title_ko = format!("{} 연말 집중 집행", scope.label_ko());
    Table { id: scope.key().to_owned(), title_ko, columns, rows: years.iter().map(row).collect(), chart }
}
