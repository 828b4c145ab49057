//! 사후 원인행위: the commitment bears a later day than the payment or the invoice.
//!
//! Comes in: days of commitments, payments, invoices. Goes out: rows committed after the fact.
//! Refuses: accounts in which bills come before the commitment (utilities, pay), a few days of paper work.

use serde::{Deserialize, Serialize};

use super::common::{Hit, output, ramp, weight_of_amount};
use super::control::Control;
use super::options::Check;
use super::usual::{ByAccount, rarest_place, shares};
use crate::clean::LedgerView;
use crate::clean::view::date_of_day;
use crate::detect::canary::Plot;
use crate::detect::{Input, Output};
use crate::ledger::{Amount, Reason, Severity, col};

const ID: &str = "retroactive_commitment";

/// A commitment later by a month is as late as it need be.
const LATE_DAYS: f64 = 30.0;

/// Amount in won that counts half in the order of what is found.
const HALF_AMOUNT_KRW: i64 = 1_000_000;

/// Options of 사후 원인행위.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetroactiveCommitmentOptions {
    /// Most days a commitment may follow the payment.
    pub payment_days_max: i32,
    /// Most days a commitment may follow the invoice or receipt.
    pub invoice_days_max: i32,
    /// From this share of late commitments on, an account is not tested.
    pub usual_share: f64,
}

impl Default for RetroactiveCommitmentOptions {
    fn default() -> Self {
        Self { payment_days_max: 0, invoice_days_max: 3, usual_share: 0.25 }
    }
}

/// The test.
pub struct RetroactiveCommitment;

impl Control for RetroactiveCommitment {
    type Options = RetroactiveCommitmentOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "사후 원인행위";
    const CODES: &'static [&'static str] = &["T39"];
    const SEVERITY: Severity = Severity::Medium;
    const WEIGHT: f64 = 60.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[&[col::COMMITTED_ON]];
    const OPTIONAL: &'static [&'static str] = &[col::INVOICED_ON, col::KIND];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        check.within("payment_days_max", options.payment_days_max.into(), 0, 366);
        check.within("invoice_days_max", options.invoice_days_max.into(), 0, 366);
        check.share("usual_share", options.usual_share, 0.005, 1.0);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        let late = lateness(ledger, options);
        let is_late: Vec<bool> = late.iter().map(Option::is_some).collect();
        if !is_late.contains(&true) {
            return Ok(output(ledger, Vec::new(), Late::reason));
        }
        let known = |i: usize| ledger.committed_on[i] != LedgerView::NO_DAY;
        let in_account = ByAccount::new(ledger, known, &is_late);
        let half = input.options.money.minor(HALF_AMOUNT_KRW, &ledger.currency);
        let hit = |i: usize| {
            let (days, after_payment) = late[i].filter(|_| input.shared.stands[i])?;
            if in_account.share_of_others(ledger, i) >= options.usual_share {
                return None;
            }
            let strength = 0.55
                + 0.2 * ramp(f64::from(days), 0.0, LATE_DAYS)
                + 0.2 * weight_of_amount(ledger.amount[i], half);
            let data = Late {
                committed_on: ledger.committed_on[i],
                other: if after_payment { ledger.day[i] } else { ledger.invoiced_on[i] },
                after_payment,
                days,
                amount: ledger.currency.display(Amount(ledger.amount[i])),
                in_account: in_account.sentence(ledger, i),
            };
            Some(Hit::alone(i, strength, data))
        };
        Ok(output(ledger, (0..ledger.n_rows).filter_map(hit).collect(), Late::reason))
    }

    fn plant(plot: &mut Plot<'_>, options: &Self::Options) {
        let ledger = plot.ledger();
        let is_late: Vec<bool> = lateness(ledger, options).iter().map(Option::is_some).collect();
        let share = shares(ledger, |i| ledger.committed_on[i] != LedgerView::NO_DAY, &is_late);
        let Some(mut payment) = rarest_place(plot, &share) else { return };
        payment.committed_on = payment.day + options.payment_days_max + 10;
        plot.must_find(&payment);
    }
}

/// By row: days by which the commitment is late, and whether after the payment (else after the invoice).
fn lateness(ledger: &LedgerView, options: &RetroactiveCommitmentOptions) -> Vec<Option<(i32, bool)>> {
    let late = |i: usize| {
        let known = |day: i32| (day != LedgerView::NO_DAY).then_some(day);
        let committed = known(ledger.committed_on[i])?;
        let after_payment = committed.saturating_sub(ledger.day[i]);
        if after_payment > options.payment_days_max {
            return Some((after_payment, true));
        }
        let after_invoice = committed.saturating_sub(known(ledger.invoiced_on[i])?);
        (after_invoice > options.invoice_days_max).then_some((after_invoice, false))
    };
    (0..ledger.n_rows).map(late).collect()
}

/// A late commitment, as its sentence needs it.
struct Late {
    committed_on: i32,
    other: i32,
    after_payment: bool,
    days: i32,
    amount: String,
    in_account: String,
}

impl Late {
    fn reason(&self) -> Reason {
        let other = if self.after_payment { "지급일" } else { "증빙일" };
        let text = format!(
            "원인행위일({})이 {other}({})보다 {}일 늦습니다(금액 {}). {}",
            date_of_day(self.committed_on),
            date_of_day(self.other),
            self.days,
            self.amount,
            self.in_account
        );
        Reason { id: ID.to_owned(), text, related: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Ledger, fired, try_run};
    use super::*;
    use crate::detect::controls::ControlOptions;

    /// 300 payments committed five days before, then one a pair of days from payment to commitment and invoice.
    fn run(last: &[(i32, Option<i32>)], account: &str) -> Output {
        let ledger = last.iter().fold(Ledger::background(300), |ledger, _| {
            ledger.pay("2024-03-05", "부서0", account, "거래처1", 1_000_000, "", "")
        });
        let mut view = ledger.view();
        for i in 0..view.n_rows {
            view.committed_on[i] = view.day[i] - 5;
        }
        for (at, (committed, invoiced)) in last.iter().enumerate() {
            view.committed_on[300 + at] = view.day[300 + at] + committed;
            view.invoiced_on[300 + at] =
                invoiced.map_or(LedgerView::NO_DAY, |days| view.day[300 + at] + days);
        }
        try_run(&RetroactiveCommitment, &view, &ControlOptions::default()).unwrap()
    }

    #[test]
    fn fires_a_day_after_the_payment_or_four_after_the_invoice() {
        let out = run(&[(1, None), (0, None), (-1, Some(-5)), (-2, Some(-5))], "소모품비");
        assert_eq!(fired(&out, 0.5), [300, 302]);
        assert_eq!(
            (out.explain)(300).unwrap().text,
            "원인행위일(2024-03-06)이 지급일(2024-03-05)보다 1일 늦습니다(금액 1,000,000원). 계정 ‘소모품비’의 지급 304건 \
             가운데 이런 것은 2건입니다."
        );
        let text = (out.explain)(302).unwrap().text;
        assert!(text.starts_with("원인행위일(2024-03-04)이 증빙일(2024-02-29)보다 4일 늦습니다"), "{text}");
        assert!((out.explain)(301).is_none() && (out.explain)(303).is_none());
    }

    #[test]
    fn accounts_committed_by_the_bill_do_not_fire() {
        assert!(fired(&run(&[(9, None); 60], "공공요금"), 0.0).is_empty());
        assert_eq!(fired(&run(&[(9, None); 5], "공공요금"), 0.5).len(), 5);
    }

    #[test]
    fn later_ones_are_stronger() {
        let out = run(&[(1, None), (20, None)], "소모품비");
        assert!(out.strength[300] < out.strength[301]);
    }
}
