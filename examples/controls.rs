//! The whole library of control tests over a made-up ledger of any size, timed.
//!
//! Comes in: a number of payments and a seed. Goes out: seconds of the whole library and of each test, as JSON; the
//! payments as CSV where asked for.
//! Refuses: to time what comes before the tests: the ledger and its features are made first.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Instant;

use clap::Parser;
use ledgerwatch::clean::{Interned, LedgerView};
use ledgerwatch::detect::controls::{CONTROLS, ControlOptions};
use ledgerwatch::detect::seed::SplitMix;
use ledgerwatch::detect::{BudgetBook, FIRES, Holidays, Input, Reversed, Shared};
use ledgerwatch::features;
use ledgerwatch::ledger::{Amount, BudgetLine, Currency};
use rayon::prelude::*;

/// Times the library of control tests.
#[derive(Parser)]
struct Args {
    /// Payments
    #[arg(long, default_value_t = 1_000_000)]
    rows: usize,
    /// Seed of the payments
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Rounds; the fastest counts
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Threads (default: all cores)
    #[arg(long)]
    threads: Option<usize>,
    /// CSV file to write the payments to, for a peer to read
    #[arg(long)]
    csv: Option<PathBuf>,
}

/// 2020-01-01 as days since 1970-01-01.
const FIRST_DAY: i32 = 18_262;
const N_DAYS: usize = 1_826;

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    if let Some(threads) = args.threads {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build_global()?;
    }
    let ledger = ledger(args.rows, args.seed);
    if let Some(path) = &args.csv {
        write(&ledger, path)?;
    }
    let holidays = Holidays::korean();
    let matrix = features::build(&ledger, &features::Options::default(), &|date| holidays.is_off_day(date));
    let (budget, options) = (budget(&ledger), ControlOptions::default());
    let mut best = f64::INFINITY;
    let mut by_test: BTreeMap<&str, f64> = BTreeMap::new();
    let mut fired: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..args.rounds {
        let start = Instant::now();
        let (shared, reversed) = (Shared::new(&ledger), Reversed::none(&ledger));
        let input = Input {
            ledger: &ledger,
            shared: &shared,
            reversed: &reversed,
            features: &matrix,
            columns: &[],
            holidays: &holidays,
            budget: &budget,
            options: &options,
            seed: args.seed,
        };
        let timed = |control: &&dyn ledgerwatch::detect::Detector| {
            let start = Instant::now();
            let output = control.detect(&input);
            let found = output.map_or(0, |out| out.strength.iter().filter(|s| **s >= FIRES).count());
            (control.id(), start.elapsed().as_secs_f64(), found)
        };
        let done: Vec<(&str, f64, usize)> = CONTROLS.par_iter().map(timed).collect();
        best = best.min(start.elapsed().as_secs_f64());
        for (id, seconds, found) in done {
            let known = by_test.entry(id).or_insert(f64::INFINITY);
            *known = known.min(seconds);
            fired.insert(id, found);
        }
    }
    let result = serde_json::json!({
        "rows": ledger.n_rows,
        "tests": CONTROLS.len(),
        "seconds": best,
        "seconds_by_test": by_test,
        "fired": fired,
    });
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string_pretty(&result)?)?;
    Ok(())
}

/// Five years of payments with a value in every column.
fn ledger(n: usize, seed: u64) -> LedgerView {
    let mut random = SplitMix::new(seed, 5);
    let mut day: Vec<i32> = (0..n).map(|_| FIRST_DAY + small(random.below(N_DAYS))).collect();
    day.sort_unstable();
    for day in &mut day {
        // Saturdays and Sundays are paid on Friday, but for one in fifty.
        let weekday = (*day + 3) % 7;
        if weekday >= 5 && random.below(50) > 0 {
            *day -= weekday - 4;
        }
    }
    let department: Vec<usize> = (0..n).map(|_| random.below(40) * random.below(40) / 40).collect();
    let account: Vec<usize> = department.iter().map(|d| (d * 7 + random.below(12)) % 60).collect();
    let n_vendors = (n / 100).max(50);
    let vendor: Vec<usize> = account
        .iter()
        .map(|a| (a * 997 + random.below(n_vendors) * random.below(60) / 60) % n_vendors)
        .collect();
    let mut text = |of: &mut dyn FnMut(usize, &mut SplitMix) -> String| {
        let values: Vec<String> = (0..n).map(|i| of(i, &mut random)).collect();
        Interned::from_values(values.iter().map(|value| Some(value.as_str())))
    };
    let mut out = LedgerView::empty(Currency::krw(), n);
    out.document_no = text(&mut |i, _| format!("{}-{i:07}", 2020 + (day[i] - FIRST_DAY) / 366));
    out.department = text(&mut |i, _| format!("부서{}", department[i]));
    out.account = text(&mut |i, _| format!("계정{}", account[i]));
    out.vendor = text(&mut |i, _| format!("거래처{}", vendor[i]));
    out.vendor_no = text(&mut |i, _| format!("V{:07}", vendor[i]));
    out.bank_account = text(&mut |i, _| format!("****{:04}#{:010x}", vendor[i] % 10_000, vendor[i]));
    out.description = text(&mut |i, random| format!("{} 품목{} 구입", account[i], random.below(400)));
    out.payment_method = text(&mut |i, _| ["법인카드", "계좌이체", "계좌이체"][i % 3].to_owned());
    out.card = text(&mut |i, _| if i % 3 == 0 { format!("카드{}", department[i]) } else { String::new() });
    out.requester = text(&mut |i, random| format!("직원{}-{}", department[i], random.below(12)));
    out.approver = text(&mut |i, random| format!("과장{}-{}", department[i], random.below(2)));
    out.merchant_category = text(&mut |i, _| format!("업종{}", vendor[i] % 90));
    out.counterpart = text(&mut |_, random| format!("단체{}", random.below(500)));
    out.kind = text(&mut |_, _| "지출".to_owned());
    for i in 0..n {
        let bell: f64 = (0..6).map(|_| f64::from(random.fraction())).sum::<f64>() - 3.0;
        out.amount[i] = won(100_000.0 * (1.0 + account[i] as f64) * (1.2 * bell).exp());
        out.minute[i] = i16::try_from(9 * 60 + random.below(540)).unwrap_or(600);
        out.attendees[i] = small(2 + random.below(12));
        out.entered_on[i] = day[i] + small(random.below(3));
        out.committed_on[i] = day[i] - small(3 + random.below(20));
        out.invoiced_on[i] = day[i] - small(random.below(5));
        out.contracted_on[i] = day[i] - small(30 + random.below(60));
        out.contract_from[i] = out.contracted_on[i] + 1;
        out.contract_until[i] = day[i] - 2;
    }
    out.row = (1..).take(n).collect();
    out.day = day;
    out
}

fn small(value: usize) -> i32 {
    i32::try_from(value).unwrap_or(0)
}

#[expect(clippy::cast_possible_truncation, reason = "made-up amounts are small")]
fn won(value: f64) -> i64 {
    ((value / 10.0).round() as i64 * 10).max(10)
}

/// A budget of a fifth more than is spent, for every department, account and year.
fn budget(ledger: &LedgerView) -> BudgetBook {
    let mut spent: BTreeMap<(i32, &str, &str), i64> = BTreeMap::new();
    for i in 0..ledger.n_rows {
        let year = 2020 + (ledger.day[i] - FIRST_DAY) / 366;
        *spent.entry((year, ledger.department.text(i), ledger.account.text(i))).or_default() +=
            ledger.amount[i];
    }
    let line = |((fiscal_year, department, account), spent): ((i32, &str, &str), i64)| BudgetLine {
        fiscal_year,
        department: department.to_owned(),
        account: account.to_owned(),
        current_budget: Amount(spent / 5 * 6),
        ..BudgetLine::default()
    };
    BudgetBook { lines: spent.into_iter().map(line).collect(), reallocations: Vec::new() }
}

fn write(ledger: &LedgerView, path: &PathBuf) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_path(path)?;
    writer.write_record([
        "document_no",
        "date",
        "department",
        "account",
        "vendor",
        "description",
        "method",
        "amount",
    ])?;
    for i in 0..ledger.n_rows {
        writer.write_record([
            ledger.document_no.text(i),
            &ledger.date(i).to_string(),
            ledger.department.text(i),
            ledger.account.text(i),
            ledger.vendor.text(i),
            ledger.description.text(i),
            ledger.payment_method.text(i),
            &ledger.amount[i].to_string(),
        ])?;
    }
    Ok(writer.flush()?)
}
