//! Vendor concentration: how much of a population's money goes to how few vendors.
//!
//! Comes in: positive payments with a vendor. Goes out: Herfindahl-Hirschman index, shares of the first and first five.
//! Refuses: populations below the minimum count of payments with a vendor; what has no vendor is counted beside.

use rustc_hash::FxHashMap;

use super::benford::DRAWN_MAX;
use super::groups::{Group, Scope, Tested, n_distinct};
use super::table::{Cell, Chart, Column, Kind, Outcome, Refusal, Table};
use super::{Analysis, Input};
use crate::clean::Interned;
use crate::ko;

/// The analysis.
pub struct VendorConcentration;

/// Vendors whose share together is shown.
const TOP: usize = 5;

struct Vendor {
    /// Minor units.
    total: i128,
    n: u64,
    /// The first payment to it.
    row: u32,
}

struct Concentration {
    /// Payments with a vendor.
    n: u64,
    /// Minor units paid to vendors.
    total: i128,
    /// Minor units of payments without a vendor.
    without: i128,
    /// Sum of squared shares, 0 to 1.
    squares: f64,
    /// Most money first.
    vendors: Vec<Vendor>,
}

impl Concentration {
    fn of(input: &Input<'_>, rows: &[u32]) -> Self {
        let mut by_key: FxHashMap<u32, Vendor> = FxHashMap::default();
        let mut out = Self { n: 0, total: 0, without: 0, squares: 0.0, vendors: Vec::new() };
        for &row in rows {
            let amount = i128::from(input.ledger.amount[row as usize]);
            let key = input.vendors[row as usize];
            if key == Interned::NULL {
                out.without += amount;
                continue;
            }
            out.n += 1;
            out.total += amount;
            let vendor = by_key.entry(key).or_insert(Vendor { total: 0, n: 0, row });
            vendor.total += amount;
            vendor.n += 1;
        }
        out.vendors = by_key.into_values().collect();
        out.vendors.sort_unstable_by(|a, b| b.total.cmp(&a.total).then(a.row.cmp(&b.row)));
        out.squares = out.vendors.iter().map(|vendor| out.share(vendor).powi(2)).sum();
        out
    }

    fn share(&self, vendor: &Vendor) -> f64 {
        vendor.total as f64 / self.total as f64
    }

    fn top(&self, n: usize) -> f64 {
        self.vendors.iter().take(n).map(|vendor| self.share(vendor)).sum()
    }
}

impl Analysis for VendorConcentration {
    fn id(&self) -> &'static str {
        "vendor_concentration"
    }

    fn label_ko(&self) -> &'static str {
        "거래처 편중"
    }

    fn about_ko(&self) -> &'static str {
        "지출액이 몇 거래처에 몰려 있는지 봅니다. HHI는 거래처별 비율(%)을 제곱해 더한 값으로 한 곳에만 지급하면 10,000입니다. 독점 공급이나 장기 계약으로도 높아지므로 개별 지출의 옳고 그름을 말하지 않습니다."
    }

    fn analyse(&self, input: &Input<'_>) -> Outcome {
        let mut outcome = Outcome::new(self);
        for groups in &input.groups {
            let mut tested = groups.tested(|group| test(input, group));
            tested.sort_by_value(|found| found.squares);
            if groups.scope == Scope::Institution {
                let whole = tested.rows.first();
                outcome.headline_ko = whole.map(|(_, found)| headline(found));
                outcome.tables.extend(whole.map(|(group, found)| detail(input, group, found)));
            }
            outcome.tables.push(table(input, groups.scope, &tested));
            outcome.coverage.push(tested.coverage());
            outcome.refused.append(&mut tested.refused);
        }
        outcome
    }
}

fn test(input: &Input<'_>, group: Group<'_>) -> Result<Concentration, Refusal> {
    let found = Concentration::of(input, group.rows);
    let n_min = input.options.vendor_min;
    if found.n < n_min || found.total <= 0 {
        return Err(group.too_few(
            usize::try_from(found.n).unwrap_or(usize::MAX),
            n_min,
            "거래처가 적힌 지출이",
        ));
    }
    Ok(found)
}

fn headline(found: &Concentration) -> String {
    format!(
        "거래처 {}곳, HHI {:.0}. 첫째 거래처가 {}, 상위 5곳이 {}.",
        ko::count(found.vendors.len()),
        found.squares * 10_000.0,
        ko::percent(found.top(1)),
        ko::percent(found.top(TOP))
    )
}

/// Name of the vendor of `row`: its number where it has no name.
fn name(input: &Input<'_>, row: u32) -> Cell {
    let row = row as usize;
    let name = input.ledger.vendor.text(row);
    Cell::from(if name.is_empty() { input.ledger.vendor_no.text(row) } else { name })
}

fn detail(input: &Input<'_>, group: &Group<'_>, found: &Concentration) -> Table {
    let shown = usize::try_from(input.options.vendors_shown).unwrap_or(usize::MAX);
    let key = |row: u32| input.vendors[row as usize];
    let shown = &found.vendors[..shown.min(found.vendors.len())];
    let at: FxHashMap<u32, usize> =
        shown.iter().enumerate().map(|(i, vendor)| (key(vendor.row), i)).collect();
    let mut rows_of: Vec<Vec<u32>> = vec![Vec::new(); shown.len()];
    for &row in group.rows {
        if let Some(&i) = at.get(&key(row)) {
            rows_of[i].push(row);
        }
    }
    let mut sum = 0.0;
    let row = |(vendor, rows): (&Vendor, &Vec<u32>)| {
        sum += found.share(vendor);
        vec![
            name(input, vendor.row),
            Cell::Count(vendor.n),
            Cell::money(vendor.total),
            Cell::number(found.share(vendor)),
            Cell::number(sum),
            n_distinct(rows, &input.ledger.department.ids),
        ]
    };
    let rows: Vec<Vec<Cell>> = shown.iter().zip(&rows_of).map(row).collect();
    let columns = vec![
        Column::new("vendor", "거래처", Kind::Text),
        Column::new("n", "건수", Kind::Count),
        Column::new("total", "지출액", Kind::Money),
        Column::new("share", "비율", Kind::Share),
        Column::new("cumulative", "누적 비율", Kind::Share),
        Column::new("departments", "부서 수", Kind::Count),
    ];
    let title = "기관 전체 지출액 상위 거래처".to_owned();
    let n_rows = rows.len().min(DRAWN_MAX);
    let chart = Chart { title_ko: title.clone(), category: 0, bars: vec![3], lines: vec![4], n_rows };
    Table { id: "vendors".to_owned(), title_ko: title, columns, rows, chart: Some(chart) }
}

fn table(input: &Input<'_>, scope: Scope, tested: &Tested<'_, Concentration>) -> Table {
    let columns = vec![
        Column::new("name", scope.label_ko(), Kind::Text),
        Column::new("n", "건수", Kind::Count),
        Column::new("total", "지출액", Kind::Money),
        Column::new("without_share", "거래처 없는 지출액 비율", Kind::Share),
        Column::new("n_vendors", "거래처 수", Kind::Count),
        Column::new("hhi", "HHI", Kind::Number),
        Column::new("effective", "고르게 나눈 셈의 거래처 수", Kind::Number),
        Column::new("top", "첫째 거래처", Kind::Text),
        Column::new("top_share", "첫째 거래처 비율", Kind::Share),
        Column::new("top_five_share", "상위 5곳 비율", Kind::Share),
    ];
    let row = |(group, found): &(Group<'_>, Concentration)| {
        let squares = found.squares;
        vec![
            group.name.into(),
            Cell::Count(found.n),
            Cell::money(found.total),
            Cell::number(found.without as f64 / (found.total + found.without) as f64),
            Cell::count(found.vendors.len()),
            Cell::number(squares * 10_000.0),
            Cell::number(1.0 / squares),
            found.vendors.first().map_or(Cell::Missing, |vendor| name(input, vendor.row)),
            Cell::number(found.top(1)),
            Cell::number(found.top(TOP)),
        ]
    };
    let n_rows = tested.rows.len().min(DRAWN_MAX);
    let chart = (scope != Scope::Institution && n_rows > 0).then(|| Chart {
        title_ko: format!("{}별 첫째 거래처와 상위 5곳의 비율", scope.label_ko()),
        category: 0,
        bars: vec![8, 9],
        lines: Vec::new(),
        n_rows,
    });
    let title_ko = format!("{} 거래처 편중", scope.label_ko());
    Table {
        id: scope.key().to_owned(),
        title_ko,
        columns,
        rows: tested.rows.iter().map(row).collect(),
        chart,
    }
}
