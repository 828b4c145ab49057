//! Tests of the population analyses on ledgers whose figures are known.

use super::benford::Position;
use super::digits::mad_by_chance;
use super::last_two_digits::Reading;
use super::options::FLOORS;
use super::*;
use crate::clean::Interned;
use crate::detect::seed::SplitMix;

/// A payment: date, department, account, vendor, amount.
type Row = (&'static str, String, String, String, i64);

fn view(rows: &[Row]) -> LedgerView {
    let text = |of: fn(&Row) -> &str| Interned::from_values(rows.iter().map(|row| Some(of(row))));
    let none = || Interned::from_values(rows.iter().map(|_| None));
    let day = |row: &Row| {
        let date: NaiveDate = row.0.parse().unwrap();
        i32::try_from((date - NaiveDate::default()).num_days()).unwrap()
    };
    LedgerView {
        currency: Currency::krw(),
        n_rows: rows.len(),
        source: none(),
        sheet: none(),
        row: (1..).take(rows.len()).collect(),
        document_no: none(),
        day: rows.iter().map(day).collect(),
        minute: vec![-1; rows.len()],
        department: text(|row| &row.1),
        account: text(|row| &row.2),
        vendor: text(|row| &row.3),
        vendor_no: none(),
        description: none(),
        payment_method: none(),
        card: none(),
        requester: none(),
        kind: none(),
        amount: rows.iter().map(|row| row.4).collect(),
        ..LedgerView::empty(Currency::krw(), rows.len())
    }
}

fn pay(date: &'static str, department: &str, account: &str, vendor: &str, amount: i64) -> Row {
    (date, department.to_owned(), account.to_owned(), vendor.to_owned(), amount)
}

fn paid(amounts: impl IntoIterator<Item = i64>) -> LedgerView {
    let rows: Vec<Row> =
        amounts.into_iter().map(|amount| pay("2024-03-04", "총무과", "여비", "가게", amount)).collect();
    view(&rows)
}

/// Amounts whose logarithm is even over six powers of ten: they follow Benford's law.
#[expect(clippy::cast_possible_truncation, reason = "below ten million")]
fn lawful(n: usize, seed: u64) -> Vec<i64> {
    let mut random = SplitMix::new(seed, 0);
    let fraction = |random: &mut SplitMix| random.next_u64() as f64 / 2.0_f64.powi(64);
    (0..n).map(|_| (10.0_f64.powf(3.0 + 6.0 * fraction(&mut random))) as i64).collect()
}

fn outcome<'a>(found: &'a Population, id: &str) -> &'a Outcome {
    found.analyses.iter().find(|outcome| outcome.id == id).unwrap()
}

/// The cell of `column` in the row of `name`.
fn cell(outcome: &Outcome, table: &str, name: &str, column: &str) -> Cell {
    let table = outcome.table(table).unwrap();
    let at = table.columns.iter().position(|c| c.id == column).unwrap();
    let is_named = |row: &&Vec<Cell>| row[0] == Cell::from(name);
    table.rows.iter().find(is_named).unwrap_or_else(|| panic!("{name} in {table:?}"))[at].clone()
}

fn number(outcome: &Outcome, table: &str, name: &str, column: &str) -> f64 {
    match cell(outcome, table, name, column) {
        Cell::Number(number) => number,
        Cell::Count(n) => n as f64,
        other => panic!("{column} is {other:?}"),
    }
}

fn close(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-9 * b.abs().max(1.0), "{a} is not {b}");
}

const WHOLE: &str = "기관 전체";

#[test]
fn expected_shares_are_those_of_the_law() {
    for (position, i, share) in [
        (Position::First, 1, 0.176_09),
        (Position::First, 8, 0.045_76),
        (Position::Second, 0, 0.119_68),
        (Position::Second, 9, 0.085_00),
        (Position::FirstTwo, 0, 0.041_39),
        (Position::FirstTwo, 89, 0.004_36),
    ] {
        let expected = position.expected();
        close(expected.iter().sum(), 1.0);
        assert!((expected[i] - share).abs() < 5e-6, "{position:?} {i}");
    }
}

#[test]
fn a_lawful_population_is_close_and_an_even_one_is_not() {
    let found = run(&paid(lawful(20_000, 1)), &Options::default());
    let even = run(&paid((0..20_000).map(|i| 1_000 + i * 4_999 % 9_000)), &Options::default());
    for id in ["benford_first", "benford_second", "benford_first_two"] {
        assert_eq!(cell(outcome(&found, id), "institution", WHOLE, "band"), "매우 가까움".into(), "{id}");
        assert!(number(outcome(&found, id), "institution", WHOLE, "p_value") > 0.01, "{id}");
        // An even second digit is 0.0094 from the law on average: the band alone would not tell.
        let band = if id == "benford_second" { "가까움" } else { "가깝지 않음" };
        assert_eq!(cell(outcome(&even, id), "institution", WHOLE, "band"), band.into(), "{id}");
        assert!(number(outcome(&even, id), "institution", WHOLE, "p_value") < 1e-6, "{id}");
    }
}

#[test]
fn a_planted_beginning_is_named() {
    let amounts = lawful(9_000, 2).into_iter().chain((0..600).map(|i| 4_900_000 + i));
    let found = run(&paid(amounts), &Options::default());
    let first_two = outcome(&found, "benford_first_two");
    assert_eq!(cell(first_two, "institution", WHOLE, "most"), "49".into());
    assert!(number(first_two, "institution", WHOLE, "most_z") > 50.0);
    assert_eq!(cell(outcome(&found, "benford_first"), "institution", WHOLE, "most"), "4".into());
}

#[test]
fn bands_end_where_the_book_says() {
    for (position, ends) in [
        (Position::First, [0.006, 0.012, 0.015]),
        (Position::Second, [0.008, 0.010, 0.012]),
        (Position::FirstTwo, [0.0012, 0.0018, 0.0022]),
    ] {
        for (end, (at, above)) in
            ends.into_iter().zip([("매우 가까움", "가까움"), ("가까움", "경계"), ("경계", "가깝지 않음")])
        {
            assert_eq!((position.band_ko(end), position.band_ko(end + 1e-6)), (at, above), "{position:?}");
        }
    }
}

#[test]
fn floors_are_where_chance_alone_stays_close() {
    let positions = [Position::First, Position::Second, Position::FirstTwo];
    for (position, floor) in positions.into_iter().zip(FLOORS) {
        let expected = position.expected();
        assert_eq!(position.band_ko(mad_by_chance(floor, &expected)), "매우 가까움", "{position:?}");
        assert_eq!(position.band_ko(mad_by_chance(floor * 3 / 4, &expected)), "가까움", "{position:?}");
    }
}

#[test]
fn the_mad_by_chance_is_the_mean_of_lawful_populations() {
    let mut sums = [0.0; 2];
    for seed in 0..60 {
        let found = run(&paid(lawful(5_000, seed)), &Options::default());
        let first = outcome(&found, "benford_first");
        sums[0] += number(first, "institution", WHOLE, "mad") / 60.0;
        sums[1] += number(first, "institution", WHOLE, "mad_by_chance") / 60.0;
    }
    assert!((sums[0] / sums[1] - 1.0).abs() < 0.1, "{sums:?}");
}

#[test]
fn too_few_are_refused_with_both_numbers_and_enough_are_not() {
    let refusal = |n: usize| {
        let found = run(&paid(lawful(n, 3)), &Options::default());
        outcome(&found, "benford_first").refused.clone()
    };
    let refused = refusal(4_999);
    assert_eq!(
        refused.iter().map(|r| (r.scope, r.n, r.n_min)).collect::<Vec<_>>(),
        [
            (Scope::Institution, 4_999, 5_000),
            (Scope::Department, 4_999, 5_000),
            (Scope::Account, 4_999, 5_000)
        ]
    );
    assert!(refused[0].reason.contains("4,999건") && refused[0].reason.contains("5,000건"));
    assert!(refusal(5_000).is_empty());
}

#[test]
fn small_amounts_reversals_and_zeros_take_no_part() {
    let amounts = lawful(5_000, 4).into_iter().chain([0, -5_000, 999, 1_000]);
    let mut ledger = paid(amounts);
    ledger.currency = Currency { code: "USD".to_owned(), minor_digits: 2 };
    let found = run(&ledger, &Options::default());
    assert_eq!((found.n_rows, found.n_payments), (5_004, 5_002));
    let first = outcome(&found, "benford_first");
    // 9.99 dollars is below 10 dollars; 10.00 and all amounts from 1,000 cents take part.
    close(number(first, "institution", WHOLE, "n"), 5_001.0);
    close(number(first, "institution", WHOLE, "n_left_out"), 1.0);
}

#[test]
fn the_number_frequency_factor_by_hand() {
    let amounts = [250_000; 10].into_iter().chain([370_000; 5]).chain((0..85).map(|i| 100_001 + 13 * i));
    let found = run(&paid(amounts), &Options::default());
    let found = outcome(&found, "number_duplication");
    close(number(found, "institution", WHOLE, "factor"), 1.0 - 125.0 / 10_000.0);
    close(number(found, "institution", WHOLE, "repeated_share"), 0.15);
    close(number(found, "institution", WHOLE, "n_distinct"), 87.0);
    assert_eq!(cell(found, "institution", WHOLE, "most"), Cell::Money(Amount(250_000)));
    // 15 payments of six digits and four zeros, spread over 81 amounts by 1 / amount.
    let of_cell: f64 = (10..100).filter(|w| w % 10 != 0).map(|w| 1.0 / f64::from(w)).sum();
    close(number(found, "institution", WHOLE, "most_expected"), 15.0 / 25.0 / of_cell);
    close(number(found, "amounts", "370,000", "n"), 5.0);
    close(number(found, "amounts", "370,000", "share"), 0.05);
    let few = run(&paid([250_000; 99]), &Options::default());
    assert_eq!(outcome(&few, "number_duplication").refused[0].n_min, 100);
}

#[test]
fn pairs_of_last_digits_are_all_there_once() {
    for (amount, written, before) in [
        (999, None, None),
        (1_000, Some(0), None),
        (1_234, Some(34), Some(3 * 9 + 3)),
        (12_340_000, Some(0), Some(3 * 9 + 3)),
        (10_010_000, Some(0), Some(0)),
        (1_230_000, Some(0), None),
    ] {
        assert_eq!(Reading::AsWritten.index(amount), written, "{amount}");
        assert_eq!(Reading::BeforeZeros.index(amount), before, "{amount}");
    }
    let mut seen: Vec<usize> = (4_300..4_400).filter_map(|a| Reading::BeforeZeros.index(a)).collect();
    seen.sort_unstable();
    // 4,310 to 4,390 have three digits left.
    assert_eq!(seen, (0..90).collect::<Vec<_>>());
}

#[test]
fn even_ends_are_even_and_a_planted_end_is_named() {
    let even = run(&paid((0..2_000).map(|i| 123_400 + i)), &Options::default());
    let even = outcome(&even, "last_two_digits");
    close(number(even, "institution", WHOLE, "mad"), 0.0);
    close(number(even, "institution", WHOLE, "p_value"), 1.0);
    close(number(even, "institution", WHOLE, "double_zero"), 0.01);
    let planted = (0..2_000).map(|i| (123_400 + i) * 1_000).chain([7_119_500; 300]);
    let planted = run(&paid(planted), &Options::default());
    let before = outcome(&planted, "last_two_before_zeros");
    assert_eq!(cell(before, "institution", WHOLE, "most"), "95".into());
    assert!(number(before, "institution", WHOLE, "p_value") < 1e-6);
    close(number(outcome(&planted, "last_two_digits"), "institution", WHOLE, "double_zero"), 1.0);
}

const MONTHS: [&str; 12] = [
    "2023-01-09",
    "2023-02-09",
    "2023-03-09",
    "2023-04-09",
    "2023-05-09",
    "2023-06-09",
    "2023-07-09",
    "2023-08-09",
    "2023-09-09",
    "2023-10-09",
    "2023-11-09",
    "2023-12-09",
];

/// Every month ten payments of 100,000 by each department; in the last week ten more by the second.
fn year() -> Vec<Row> {
    let of = |department: &str| -> Vec<Row> {
        let rows =
            MONTHS.iter().flat_map(|date| (0..10).map(|_| pay(date, department, "여비", "가게", 100_000)));
        rows.collect()
    };
    let mut rows = of("가과");
    rows.extend(of("나과"));
    rows.extend((0..10).map(|_| pay("2023-12-27", "나과", "여비", "가게", 100_000)));
    rows
}

#[test]
fn the_last_week_is_so_many_usual_weeks() {
    let found = run(&view(&year()), &Options::default());
    let found = outcome(&found, "year_end_concentration");
    // 1,000,000 in the last week, 24,000,000 in the other 358 days.
    close(number(found, "institution", WHOLE, "multiple"), 1.0 / (24.0 * 7.0 / 358.0));
    close(number(found, "department", "나과", "last_week_share"), 1.0 / 13.0);
    close(number(found, "department", "나과", "last_month_share"), 2.0 / 13.0);
    close(number(found, "department", "나과", "effective"), 130.0);
    // 130 effective payments against 30: 13/16 of its own share, 3/16 of the institution's 1/25.
    close(number(found, "department", "나과", "shrunk_share"), 13.0 / 16.0 / 13.0 + 3.0 / 16.0 / 25.0);
    close(number(found, "department", "가과", "multiple"), 0.0);
    close(number(found, "months", "12월", "y2023"), 3.0 / 25.0);
    close(number(found, "months", "1월", "y2023"), 2.0 / 25.0);
}

#[test]
fn one_large_payment_at_the_end_is_not_a_habit() {
    let mut rows = year();
    rows.extend((0..51).map(|i| pay(MONTHS[i % 12], "다과", "시설비", "가게", 100_000)));
    rows.push(pay("2023-12-28", "다과", "시설비", "가게", 500_000_000));
    let found = run(&view(&rows), &Options::default());
    let found = outcome(&found, "year_end_concentration");
    assert!(number(found, "department", "다과", "effective") < 1.1);
    let institution = number(found, "institution", WHOLE, "last_week_share");
    let shrunk = number(found, "department", "다과", "shrunk_share");
    let own = number(found, "department", "다과", "last_week_share");
    assert!((shrunk - institution).abs() < 0.05 * (own - institution).abs());
}

#[test]
fn a_year_that_is_not_whole_and_a_group_with_few_payments_are_refused() {
    let mut rows = year();
    rows.extend((0..51).map(|_| pay("2023-05-02", "다과", "여비", "가게", 70_000)));
    rows.extend((0..60).map(|_| pay("2024-01-03", "가과", "여비", "가게", 70_000)));
    let found = run(&view(&rows), &Options::default());
    let found = outcome(&found, "year_end_concentration");
    let names: Vec<(&str, u64, u64)> =
        found.refused.iter().map(|r| (r.name.as_str(), r.n, r.n_min)).collect();
    assert_eq!(names, [("기관 전체 2024년", 60, 0), ("다과 2023년", 51, 52)]);
    assert!(found.refused[0].reason.contains("1개월"));
    let no_end: Vec<Row> = year().into_iter().filter(|row| row.0 != "2023-12-27").collect();
    let found = run(&view(&no_end), &Options::default());
    let found = outcome(&found, "year_end_concentration");
    assert!(found.refused[0].reason.contains("마지막 7일"), "{:?}", found.refused);
    assert!(found.table("institution").unwrap().rows.is_empty());
}

#[test]
fn concentration_by_hand() {
    let of = |vendor: &str, n: usize, amount: i64| -> Vec<Row> {
        (0..n).map(|_| pay("2024-03-04", "총무과", "여비", vendor, amount)).collect()
    };
    let mut rows = of("가", 10, 50_000);
    rows.extend(of("나", 10, 30_000));
    rows.extend(of("다", 10, 20_000));
    rows.extend(of("", 1, 250_000));
    let found = run(&view(&rows), &Options::default());
    let found = outcome(&found, "vendor_concentration");
    close(number(found, "institution", WHOLE, "hhi"), 3_800.0);
    close(number(found, "institution", WHOLE, "effective"), 1.0 / 0.38);
    close(number(found, "institution", WHOLE, "top_share"), 0.5);
    close(number(found, "institution", WHOLE, "top_five_share"), 1.0);
    close(number(found, "institution", WHOLE, "without_share"), 0.2);
    assert_eq!(cell(found, "department", "총무과", "top"), "가".into());
    close(number(found, "vendors", "나", "cumulative"), 0.8);
    let few = run(&view(&rows[1..]), &Options::default());
    let few = outcome(&few, "vendor_concentration");
    assert_eq!((few.refused[0].n, few.refused[0].n_min), (29, 30));
}

/// 8,000 payments of three departments, one of them without a name, over 2023.
fn mixed() -> LedgerView {
    let mut random = SplitMix::new(7, 0);
    let rows: Vec<Row> = lawful(8_000, 5)
        .into_iter()
        .enumerate()
        .map(|(i, amount)| {
            let date = if i % 97 == 0 { "2023-12-29" } else { MONTHS[random.below(12)] };
            let department = ["가과", "나과", ""][i % 3];
            let amount = if i % 5 == 0 { 330_000 } else { amount };
            pay(
                date,
                department,
                &format!("계정{}", random.below(40)),
                &format!("거래처{}", random.below(300)),
                amount,
            )
        })
        .collect();
    view(&rows)
}

#[test]
fn equal_on_any_number_of_threads() {
    let ledger = mixed();
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| run(&ledger, &Options::default()))
    };
    let one = with(1);
    assert_eq!(one, with(2));
    assert_eq!(one, with(7));
}

#[test]
fn rows_without_a_department_are_a_population() {
    let found = run(&mixed(), &Options::default());
    let found = outcome(&found, "number_duplication");
    assert!(number(found, "department", "(부서 없음)", "n") > 2_600.0);
    assert_eq!(found.coverage[1].tested, 3);
}

#[test]
fn tables_are_whole_and_figures_finite() {
    for ledger in [mixed(), paid([]), paid([-1, 0]), paid(vec![i64::MAX; 6_000])] {
        let found = run(&ledger, &Options::default());
        assert_eq!(found.analyses.len(), POPULATION.len());
        for outcome in &found.analyses {
            assert_eq!(outcome.coverage.len(), 3, "{}", outcome.id);
            for table in &outcome.tables {
                let n_columns = table.columns.len();
                assert!(table.rows.iter().all(|row| row.len() == n_columns), "{} {}", outcome.id, table.id);
                let finite = |cell: &Cell| !matches!(cell, Cell::Number(x) if !x.is_finite());
                assert!(table.rows.iter().flatten().all(finite), "{} {}", outcome.id, table.id);
                if let Some(chart) = &table.chart {
                    assert!(chart.n_rows <= table.rows.len());
                    let columns = chart.bars.iter().chain(&chart.lines).chain([&chart.category]);
                    assert!(columns.into_iter().all(|column| *column < n_columns));
                }
            }
        }
        serde_json::to_string(&found).unwrap();
    }
}

#[test]
fn identifiers_are_different_and_every_analysis_says_it_is_no_verdict() {
    let ids: std::collections::BTreeSet<&str> = POPULATION.iter().map(|analysis| analysis.id()).collect();
    assert_eq!(ids.len(), POPULATION.len());
    assert!(
        POPULATION
            .iter()
            .all(|analysis| analysis.about_ko().contains("개별 지출의 옳고 그름을 말하지 않습니다"))
    );
}
