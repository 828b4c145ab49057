//! 결제취소·재승인: a payment is cancelled and paid again to the same vendor within days, time and again or changed.
//!
//! Comes in: payments, what took them back, payments that stand. Goes out: the payments made again.
//! Refuses: a single correction to the won, vendors paid so often that a payment alike follows anyway.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use super::common::{Hit, output, poisson_tail, ramp, vendor_name};
use super::control::Control;
use super::options::Check;
use crate::clean::{Interned, LedgerView, vendor_keys};
use crate::detect::canary::Plot;
use crate::detect::reversed::TakenBack;
use crate::detect::{Input, Output};
use crate::ko;
use crate::ledger::{Amount, Reason, Severity, col};

const ID: &str = "cancel_reapprove";

/// Strength of a payment made again with another amount where that is common, below what counts as found.
const COMMON_CHANGE: f64 = 0.3;

/// Decades of surprise from which a vendor's cancellations are out of the ordinary, and from which all is said.
const SURPRISE: (f64, f64) = (3.0, 8.0);

/// Payments the ledger's own rate counts for in the rate of a vendor.
const PRIOR_PAYMENTS: f64 = 5.0;

/// Options of 결제취소·재승인.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CancelReapproveOptions {
    /// Most days from the cancellation to the payment made again.
    pub days_max: i32,
    /// Most that the amount made again may differ, as a share of the one cancelled.
    pub amount_share: f64,
    /// Fewest payments cancelled and made again to one vendor, or by one card.
    pub times_min: usize,
    /// From this share of changed amounts among all payments on, a change is only a hint.
    pub usual_share: f64,
}

impl Default for CancelReapproveOptions {
    fn default() -> Self {
        Self { days_max: 7, amount_share: 0.2, times_min: 3, usual_share: 0.002 }
    }
}

/// The test.
pub struct CancelReapprove;

impl Control for CancelReapprove {
    type Options = CancelReapproveOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "결제취소·재승인";
    const CODES: &'static [&'static str] = &["T28"];
    const SEVERITY: Severity = Severity::Medium;
    const WEIGHT: f64 = 50.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[&[col::VENDOR, col::VENDOR_NO]];
    const OPTIONAL: &'static [&'static str] = &[col::CARD, col::KIND, col::DOCUMENT_NO];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        check.within("days_max", options.days_max.into(), 0, 60);
        check.share("amount_share", options.amount_share, 0.0, 0.9);
        check.that(
            (2..=100).contains(&options.times_min),
            "times_min",
            "2 이상 100 이하의 정수",
            &options.times_min,
        );
        check.share("usual_share", options.usual_share, 0.0001, 1.0);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        let again = made_again(input, options);
        if again.is_empty() {
            return Ok(output(ledger, Vec::new(), Again::reason));
        }
        let n_standing = input.shared.stands.iter().filter(|stands| **stands).count() as f64;
        let rate = again.len() as f64 / n_standing.max(1.0);
        let by_vendor = Repeated::new(input, &again, options, rate, &input.shared.vendor);
        let by_card = Repeated::new(input, &again, options, rate, &ledger.card.ids);
        let n_changed = again.iter().filter(|one| one.changed).count() as f64;
        // A handful of changes in a short ledger is not yet a habit.
        let change_is_common = n_changed > (options.usual_share * n_standing).max(3.0);
        let hit = |one: &MadeAgain| {
            let (vendor, card) = (by_vendor.of(one.row), by_card.of(one.row));
            let (group, times) = if card.0 > vendor.0 { ("카드", card.1) } else { ("거래처", vendor.1) };
            let surprise = vendor.0.max(card.0);
            let repeated =
                if surprise > SURPRISE.0 { 0.6 + 0.35 * ramp(surprise, SURPRISE.0, SURPRISE.1) } else { 0.0 };
            let change = match (one.changed, change_is_common) {
                (true, false) => 0.55,
                (true, true) => COMMON_CHANGE,
                (false, _) => 0.0,
            };
            let data = Again::new(input, one, if repeated > 0.0 { Some((group, times)) } else { None });
            Hit::alone(one.row, repeated.max(change), data)
        };
        Ok(output(ledger, again.iter().map(hit).collect(), Again::reason))
    }

    fn plant(plot: &mut Plot<'_>, options: &Self::Options) {
        let Some(mut payment) = plot.usual_to_newcomer() else { return };
        let n = i32::try_from(options.times_min).unwrap_or(3) + 3;
        let number = payment.document_no.clone();
        let last_day = payment.day;
        let amount = payment.amount.abs().max(plot.minor(10_000));
        payment.keeps_day = true;
        for k in 0..n {
            // One amount and number a time, so that each cancellation names its payment.
            payment.day = last_day - 10 * (n - k);
            payment.amount = amount + i64::from(k) * plot.minor(1_000);
            payment.document_no = format!("{number}-{k}가");
            plot.add(&payment);
            payment.amount = -payment.amount;
            plot.add(&payment);
            payment.day += 1;
            payment.amount = -payment.amount;
            payment.document_no = format!("{number}-{k}나");
            plot.must_find(&payment);
        }
    }
}

/// A payment made again after one alike was cancelled.
struct MadeAgain {
    /// Row of the netted ledger.
    row: usize,
    /// Rows of the whole ledger.
    cancelled: TakenBack,
    changed: bool,
}

/// Department and vendor, by rows of the whole ledger.
type Key = (u32, u32);

/// Payments that stand and follow, within days, a cancelled one of their department and vendor of about their amount;
/// each follows one, the nearest in amount and then in days. In order of rows.
fn made_again(input: &Input<'_>, options: &CancelReapproveOptions) -> Vec<MadeAgain> {
    let whole = input.reversed.whole;
    let in_full = |pair: &&TakenBack| pair.amount == whole.amount[pair.payment];
    let pairs: Vec<TakenBack> = input.reversed.pairs.iter().filter(in_full).copied().collect();
    if pairs.is_empty() {
        return Vec::new();
    }
    let vendor = vendor_keys(whole);
    let key = |row: usize| -> Key { (whole.department.ids[row], vendor[row]) };
    let mut standing: FxHashMap<Key, Vec<(usize, usize)>> =
        pairs.iter().map(|pair| (key(pair.payment), Vec::new())).collect();
    for (netted, &row) in input.reversed.rows.iter().enumerate() {
        if input.shared.stands[netted]
            && vendor[row] != Interned::NULL
            && let Some(rows) = standing.get_mut(&key(row))
        {
            rows.push((netted, row));
        }
    }
    let mut again: Vec<MadeAgain> = Vec::new();
    let mut taken: FxHashSet<usize> = FxHashSet::default();
    for pair in pairs {
        let amount = whole.amount[pair.payment];
        let (from, until) =
            (whole.day[pair.payment], whole.day[pair.reversal].saturating_add(options.days_max));
        let near = |&&(netted, row): &&(usize, usize)| {
            let differ = (whole.amount[row] - amount).unsigned_abs();
            (from..=until).contains(&whole.day[row])
                && row > pair.payment
                && differ as f64 <= options.amount_share * amount as f64
                && !taken.contains(&netted)
        };
        let distance = |row: usize| {
            let days = (whole.day[row] - whole.day[pair.reversal]).abs();
            ((whole.amount[row] - amount).unsigned_abs(), days, row)
        };
        let alike = standing.get(&key(pair.payment)).into_iter().flatten().filter(near);
        if let Some(&(row, at)) = alike.min_by_key(|(_, row)| distance(*row)) {
            taken.insert(row);
            again.push(MadeAgain { row, cancelled: pair, changed: whole.amount[at] != amount });
        }
    }
    again.sort_by_key(|one| one.row);
    again
}

/// How often one group (vendor or card) was paid again, and how surprising that is.
struct Repeated<'a> {
    group: &'a [u32],
    /// Decades of surprise and times, by group.
    known: FxHashMap<u32, (f64, usize)>,
}

impl<'a> Repeated<'a> {
    fn new(
        input: &Input<'_>,
        again: &[MadeAgain],
        options: &CancelReapproveOptions,
        rate: f64,
        group: &'a [u32],
    ) -> Self {
        let mut times: FxHashMap<u32, usize> = FxHashMap::default();
        for one in again.iter().filter(|one| group[one.row] != Interned::NULL) {
            *times.entry(group[one.row]).or_default() += 1;
        }
        times.retain(|_, n| *n >= options.times_min);
        let mut payments: FxHashMap<u32, usize> = times.keys().map(|id| (*id, 0)).collect();
        if !payments.is_empty() {
            for i in (0..group.len()).filter(|&i| input.shared.stands[i]) {
                if let Some(n) = payments.get_mut(&group[i]) {
                    *n += 1;
                }
            }
        }
        let surprise = |(id, n): (u32, usize)| {
            let of_group = payments.get(&id).map_or(0.0, |n| *n as f64);
            let tail = poisson_tail(n, rate * (of_group + PRIOR_PAYMENTS));
            (id, (-tail.log10(), n))
        };
        Self { group, known: times.into_iter().map(surprise).collect() }
    }

    /// Decades of surprise and times for the group of `row`.
    fn of(&self, row: usize) -> (f64, usize) {
        self.known.get(&self.group[row]).copied().unwrap_or((0.0, 0))
    }
}

/// A payment made again, as its sentence needs it.
struct Again {
    vendor: String,
    paid: String,
    cancelled_on: String,
    made_on: String,
    amount: String,
    changed: bool,
    repeated: Option<(&'static str, usize)>,
}

impl Again {
    fn new(input: &Input<'_>, one: &MadeAgain, repeated: Option<(&'static str, usize)>) -> Self {
        let (ledger, whole): (&LedgerView, &LedgerView) = (input.ledger, input.reversed.whole);
        let TakenBack { payment, reversal, .. } = one.cancelled;
        Self {
            vendor: vendor_name(ledger, one.row).to_owned(),
            paid: format!(
                "{}의 지급 {}({})",
                whole.date(payment),
                whole.currency.display(Amount(whole.amount[payment])),
                format!("{} {}행", whole.source.text(payment), whole.row[payment]).trim_start()
            ),
            cancelled_on: whole.date(reversal).to_string(),
            made_on: ledger.date(one.row).to_string(),
            amount: ledger.currency.display(Amount(ledger.amount[one.row])),
            changed: one.changed,
            repeated,
        }
    }

    fn reason(&self) -> Reason {
        let how = if self.changed { "금액을 바꾸어" } else { "같은 금액으로" };
        let times = self.repeated.map_or(String::new(), |(group, n)| {
            format!(
                " 이 {} 취소 뒤 다시 지급한 것이 모두 {}건입니다.",
                group_with_particle(group),
                ko::count(n)
            )
        });
        let text = format!(
            "거래처 ‘{}’에 대한 {}이 {}에 취소되고 {}에 {how} {} 다시 지급되었습니다.{times}",
            self.vendor,
            self.paid,
            self.cancelled_on,
            self.made_on,
            ko::josa(&self.amount, "이/가"),
        );
        Reason { id: ID.to_owned(), text, related: Vec::new() }
    }
}

fn group_with_particle(group: &str) -> &str {
    if group == "카드" { "카드로" } else { "거래처에" }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Ledger, fired, netted};
    use super::*;
    use crate::detect::Detector;

    /// 300 payments, then for each of `again` a payment of `amount` on that day, cancelled the next day, and made again after
    /// `days` with `change` won more.
    fn ledger(again: &[(&str, i64, i64)], vendor: &dyn Fn(usize) -> String) -> Ledger {
        again.iter().enumerate().fold(Ledger::background(300), |ledger, (at, (paid, days, change))| {
            let (vendor, amount) = (vendor(at), 200_000 + 1_000 * i64::try_from(at).unwrap());
            let day = |days: i64| {
                (paid.parse::<chrono::NaiveDate>().unwrap() + chrono::Duration::days(days)).to_string()
            };
            ledger
                .pay(paid, "부서0", "소모품비", &vendor, amount, &format!("가{at}"), "")
                .pay(&day(1), "부서0", "소모품비", &vendor, -amount, &format!("가{at}"), "")
                .pay(&day(1 + days), "부서0", "소모품비", &vendor, amount + change, &format!("나{at}"), "")
        })
    }

    fn run(ledger: &Ledger) -> Output {
        netted(&ledger.view(), |input| CancelReapprove.detect(input).map_err(|e| e.text)).unwrap()
    }

    const DAYS: [&str; 3] = ["2024-01-10", "2024-02-14", "2024-03-20"];

    #[test]
    fn fires_on_the_third_time_with_one_vendor() {
        let again = DAYS.map(|day| (day, 2, 0));
        let out = run(&ledger(&again, &|_| "가나".to_owned()));
        // Two of three rows a time are netted away.
        assert_eq!(fired(&out, 0.5), [300, 301, 302]);
        let text = (out.explain)(300).unwrap().text;
        assert!(text.starts_with("거래처 ‘가나’에 대한 2024-01-10의 지급 200,000원"), "{text}");
        assert!(
            text.ends_with(
                "이 2024-01-11에 취소되고 2024-01-13에 같은 금액으로 200,000원이 다시 지급되었습니다. 이 거래처에 취소 뒤 다시 \
                 지급한 것이 모두 3건입니다."
            ),
            "{text}"
        );
        assert!(fired(&run(&ledger(&again[..2], &|_| "가나".to_owned())), 0.0).is_empty());
        assert!(
            fired(&run(&ledger(&again, &|at| format!("업체{at}"))), 0.0).is_empty(),
            "single corrections"
        );
    }

    #[test]
    fn a_week_is_the_longest() {
        let again = |days: i64| DAYS.map(|day| (day, days, 0));
        assert_eq!(fired(&run(&ledger(&again(7), &|_| "가나".to_owned())), 0.5).len(), 3);
        assert!(fired(&run(&ledger(&again(8), &|_| "가나".to_owned())), 0.0).is_empty());
    }

    #[test]
    fn a_changed_amount_fires_where_changes_are_rare() {
        let one = [("2024-01-10", 2, 40_000)];
        let out = run(&ledger(&one, &|_| "가나".to_owned()));
        assert_eq!(fired(&out, 0.5), [300]);
        assert!((out.explain)(300).unwrap().text.contains("금액을 바꾸어 240,000원이 다시"));
        let too_much = [("2024-01-10", 2, 40_001)];
        assert!(fired(&run(&ledger(&too_much, &|_| "가나".to_owned())), 0.0).is_empty());
        let many: Vec<_> = (0..4).map(|k| (DAYS[k % 3], 2, 10_000)).collect();
        let out = run(&ledger(&many, &|at| format!("업체{at}")));
        assert!(fired(&out, 0.5).is_empty());
        assert_eq!(fired(&out, 0.2).len(), 4, "a hint where it is common");
    }
}
