//! 소급·선기표: the day of entry is far from the day of the payment.
//!
//! Comes in: days of entry and payment. Goes out: rows entered long after (back-dated) or before (forward-posted).
//! Refuses: a distance usual for the file or the account; a file in which many rows are far off (the notes say so).

use serde::{Deserialize, Serialize};

use super::common::{Hit, median, output, ramp, sorted, weight_of_amount};
use super::control::Control;
use super::options::Check;
use super::usual::{ByAccount, rarest_place, shares};
use crate::clean::LedgerView;
use crate::clean::view::date_of_day;
use crate::detect::canary::Plot;
use crate::detect::{Input, Output};
use crate::ko;
use crate::ledger::{Amount, Reason, Severity, col};

const ID: &str = "posting_gap";

/// Median absolute deviations from the usual gap that are out of the ordinary; six of a standard deviation.
const SPREADS: f64 = 6.0 * 1.4826;

/// Payments of a file from which it has a usual gap of its own.
const FILE_ROWS_MIN: usize = 100;

/// From this share of such entries on, an account is entered that way.
const ACCOUNT_SHARE: f64 = 0.25;

/// Amount in won that counts half in the order of what is found.
const HALF_AMOUNT_KRW: i64 = 1_000_000;

/// Options of 소급·선기표.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PostingGapOptions {
    /// Fewest days beyond the usual gap of an entry after the payment.
    pub late_days_min: i32,
    /// Fewest days beyond the usual gap of an entry before the payment.
    pub early_days_min: i32,
    /// From this share of such entries on, a file is not tested.
    pub usual_share: f64,
}

impl Default for PostingGapOptions {
    fn default() -> Self {
        Self { late_days_min: 14, early_days_min: 10, usual_share: 0.05 }
    }
}

/// The test.
pub struct PostingGap;

impl Control for PostingGap {
    type Options = PostingGapOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "소급·선기표";
    const CODES: &'static [&'static str] = &["T31"];
    const SEVERITY: Severity = Severity::Medium;
    const WEIGHT: f64 = 55.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[&[col::ENTERED_ON]];
    const OPTIONAL: &'static [&'static str] = &[col::KIND];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        check.within("late_days_min", options.late_days_min.into(), 1, 366);
        check.within("early_days_min", options.early_days_min.into(), 1, 366);
        check.share("usual_share", options.usual_share, 0.005, 1.0);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        let files = files(input, options);
        let mut far: Vec<Option<Far>> = vec![None; ledger.n_rows];
        for file in files.iter().filter(|file| file.share() < options.usual_share) {
            for &(row, gap) in &file.far {
                far[row] = Some(Far { gap, usual: file.usual, n: file.n });
            }
        }
        let is_far: Vec<bool> = far.iter().map(Option::is_some).collect();
        if !is_far.contains(&true) {
            return Ok(output(ledger, Vec::new(), Entry::reason));
        }
        let known = |i: usize| ledger.entered_on[i] != LedgerView::NO_DAY;
        let in_account = ByAccount::new(ledger, known, &is_far);
        let half = input.options.money.minor(HALF_AMOUNT_KRW, &ledger.currency);
        let hit = |i: usize| {
            let far = far[i].as_ref()?;
            if in_account.share_of_others(ledger, i) >= ACCOUNT_SHARE {
                return None;
            }
            let beyond = f64::from(far.gap.saturating_sub(far.usual).saturating_abs());
            let least = f64::from(options.late_days_min);
            let strength = 0.55
                + 0.25 * ramp(beyond, least, 4.0 * least)
                + 0.15 * weight_of_amount(ledger.amount[i], half);
            let data = Entry {
                entered_on: ledger.entered_on[i],
                day: ledger.day[i],
                far: far.clone(),
                amount: ledger.currency.display(Amount(ledger.amount[i])),
                in_account: in_account.sentence(ledger, i),
            };
            Some(Hit::alone(i, strength, data))
        };
        Ok(output(ledger, (0..ledger.n_rows).filter_map(hit).collect(), Entry::reason))
    }

    fn notes(input: &Input<'_>, options: &Self::Options) -> Vec<String> {
        let files = files(input, options);
        let usual = files.iter().filter(|file| file.share() >= options.usual_share);
        let (n, n_far) = usual.fold((0, 0), |(n, n_far), file| (n + file.n, n_far + file.far.len()));
        if n == 0 {
            return Vec::new();
        }
        vec![format!(
            "입력일이 지급일과 크게 다른 지급이 {}건 가운데 {}건으로 드물지 않은 파일이 있어 그 파일은 짚지 않았습니다.",
            ko::count(n),
            ko::count(n_far)
        )]
    }

    fn plant(plot: &mut Plot<'_>, options: &Self::Options) {
        let ledger = plot.ledger();
        let known = |i: usize| ledger.entered_on[i] != LedgerView::NO_DAY;
        let is_late: Vec<bool> = (0..ledger.n_rows)
            .map(|i| known(i) && ledger.entered_on[i].saturating_sub(ledger.day[i]) >= options.late_days_min)
            .collect();
        let Some(mut payment) = rarest_place(plot, &shares(ledger, known, &is_late)) else { return };
        let mut gaps: Vec<i64> =
            (0..ledger.n_rows).filter(|&i| known(i)).map(|i| gap(ledger, i).into()).collect();
        let furthest = gaps.iter().max().copied().unwrap_or(0).max(median(&mut gaps).unwrap_or(0));
        payment.entered_on =
            payment.day + i32::try_from(furthest).unwrap_or(0).saturating_add(options.late_days_min * 4);
        plot.must_find(&payment);
    }
}

fn gap(ledger: &LedgerView, i: usize) -> i32 {
    ledger.entered_on[i].saturating_sub(ledger.day[i])
}

/// The payments of one file, or those of all files too small to have a usual gap of their own.
struct File {
    /// Days from payment to entry that are usual.
    usual: i32,
    /// Payments with a day of entry that they were judged among.
    n: usize,
    /// Rows far off and their gaps.
    far: Vec<(usize, i32)>,
}

impl File {
    /// `rows` judged by what is usual among `others`, which hold them.
    fn new(
        ledger: &LedgerView,
        options: &PostingGapOptions,
        rows: &[usize],
        others: &[usize],
    ) -> Option<Self> {
        let mut gaps: Vec<i64> = others.iter().map(|&i| gap(ledger, i).into()).collect();
        let usual = median(&mut gaps)?;
        let mut distances: Vec<i64> = gaps.iter().map(|gap| (gap - usual).abs()).collect();
        let spread = SPREADS * median(&mut distances)? as f64;
        let is_far = |gap: i64| {
            let least = if gap > usual { options.late_days_min } else { options.early_days_min };
            let beyond = (gap - usual).abs();
            beyond >= i64::from(least) && beyond as f64 > spread
        };
        let far = rows.iter().map(|&i| (i, gap(ledger, i))).filter(|(_, gap)| is_far((*gap).into()));
        Some(Self { usual: i32::try_from(usual).ok()?, n: others.len(), far: far.collect() })
    }

    fn share(&self) -> f64 {
        self.far.len() as f64 / (self.n as f64).max(1.0)
    }
}

/// Payments by file; those of files with few rows are judged among all.
fn files(input: &Input<'_>, options: &PostingGapOptions) -> Vec<File> {
    let ledger = input.ledger;
    let rows =
        (0..ledger.n_rows).filter(|&i| input.shared.stands[i] && ledger.entered_on[i] != LedgerView::NO_DAY);
    let order = sorted(rows, |i| ledger.source.ids[i]);
    let (mut files, mut small) = (Vec::new(), Vec::new());
    for file in order.chunk_by(|a, b| a.0 == b.0) {
        let rows: Vec<usize> = file.iter().map(|(_, row)| *row).collect();
        if rows.len() < FILE_ROWS_MIN {
            small.extend(rows);
        } else {
            files.extend(File::new(ledger, options, &rows, &rows));
        }
    }
    let all: Vec<usize> = order.iter().map(|(_, row)| *row).collect();
    files.extend(File::new(ledger, options, &small, &all));
    files
}

/// How far an entry is off.
#[derive(Clone)]
struct Far {
    gap: i32,
    usual: i32,
    n: usize,
}

/// An entry far off, as its sentence needs it.
struct Entry {
    entered_on: i32,
    day: i32,
    far: Far,
    amount: String,
    in_account: String,
}

impl Entry {
    fn reason(&self) -> Reason {
        let side = |days: i32| match days {
            0 => "지급일 당일".to_owned(),
            days if days > 0 => format!("지급일 {days}일 뒤"),
            days => format!("지급일 {}일 전", -days),
        };
        let what = if self.far.gap > self.far.usual { "소급하여" } else { "앞당겨" };
        let text = format!(
            "지급일({})의 {}인 {}에 {what} 입력되었습니다(금액 {}). 함께 견준 지급 {}건의 가운데값은 {}입니다. {}",
            date_of_day(self.day),
            side(self.far.gap).trim_start_matches("지급일 "),
            date_of_day(self.entered_on),
            self.amount,
            ko::count(self.far.n),
            side(self.far.usual),
            self.in_account
        );
        Reason { id: ID.to_owned(), text, related: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Ledger, fired, input_of, texts, try_run};
    use super::*;
    use crate::detect::Detector;
    use crate::detect::controls::ControlOptions;

    /// 300 payments entered 0 to 4 days later, then one a gap.
    fn view(last: &[i32]) -> LedgerView {
        let ledger = last.iter().fold(Ledger::background(300), |ledger, _| {
            ledger.pay("2024-03-05", "부서0", "소모품비", "거래처1", 1_000_000, "", "")
        });
        let mut view = ledger.view();
        for i in 0..view.n_rows {
            let usual = i32::try_from(i % 5).unwrap();
            view.entered_on[i] = view.day[i] + i.checked_sub(300).map_or(usual, |at| last[at]);
        }
        view
    }

    fn run(view: &LedgerView) -> Output {
        try_run(&PostingGap, view, &ControlOptions::default()).unwrap()
    }

    #[test]
    fn fires_two_weeks_beyond_the_usual_gap_on_either_side() {
        // The usual gap is two days: 16 and -8 are just far enough.
        let out = run(&view(&[16, 15, -8, -7]));
        assert_eq!(fired(&out, 0.5), [300, 302]);
        assert_eq!(
            (out.explain)(300).unwrap().text,
            "지급일(2024-03-05)의 16일 뒤인 2024-03-21에 소급하여 입력되었습니다(금액 1,000,000원). 함께 견준 지급 304건의 \
             가운데값은 지급일 2일 뒤입니다. 계정 ‘소모품비’의 지급 304건 가운데 이런 것은 2건입니다."
        );
        assert!((out.explain)(302).unwrap().text.contains("의 8일 전인 2024-02-26에 앞당겨 입력되었습니다"));
    }

    #[test]
    fn a_file_entered_by_the_month_is_judged_by_itself() {
        // The same gap of 20 days is usual in a file entered at the end of the month.
        let mut view = view(&[20]);
        for i in 0..150 {
            view.entered_on[i] = view.day[i] + i32::try_from(i % 30).unwrap();
        }
        view.source = texts(301, |i| if i < 150 { "월말.csv" } else { "매일.csv" }.to_owned());
        assert_eq!(fired(&run(&view), 0.0), [300]);
    }

    #[test]
    fn where_it_is_common_the_notes_say_so() {
        let many = view(&[40; 20]);
        assert!(fired(&run(&many), 0.0).is_empty());
        let options = ControlOptions::default();
        let notes = input_of(&many, &options, |input| Detector::notes(&PostingGap, input));
        assert!(
            notes[0].starts_with("입력일이 지급일과 크게 다른 지급이 320건 가운데 20건으로"),
            "{notes:?}"
        );
        assert_eq!(fired(&run(&view(&[40; 5])), 0.5).len(), 5);
    }
}
