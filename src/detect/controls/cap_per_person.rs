//! 인당 한도 초과: the amount divided by the people served is above the cap in force on the day.
//!
//! Comes in: accounts, amounts, numbers of people. Goes out: rows above the cap of their day.
//! Refuses: a cap of another day, rows that say nothing of people, accounts in which it is usual (the notes say so).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::common::{Hit, output, ramp, stated};
use super::control::Control;
use super::missing_counterpart::is_of;
use super::options::Check;
use super::section::Rule;
use crate::detect::canary::Plot;
use crate::detect::{Input, Output};
use crate::ko;
use crate::ledger::{Amount, Reason, Severity, col};

const ID: &str = "cap_per_person";

/// Payments with people in an account, below which a share says nothing.
const ROWS_MIN: usize = 10;

/// Options of 인당 한도 초과.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CapPerPersonOptions {
    /// Names of accounts, or parts of them, without spaces.
    pub accounts: Vec<String>,
    /// Most won a person.
    pub cap_krw: i64,
    /// From this share above the cap on, an account is not tested: the cap is not the one it goes by.
    pub usual_share: f64,
}

impl Default for CapPerPersonOptions {
    fn default() -> Self {
        let accounts = ["업무추진비", "접대비", "회의비"].map(str::to_owned).into();
        Self { accounts, cap_krw: 50_000, usual_share: 0.3 }
    }
}

/// The test.
pub struct CapPerPerson;

impl Control for CapPerPerson {
    type Options = CapPerPersonOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "인당 한도 초과";
    const CODES: &'static [&'static str] = &["T44"];
    const SEVERITY: Severity = Severity::Medium;
    const WEIGHT: f64 = 60.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[&[col::ATTENDEES]];
    const OPTIONAL: &'static [&'static str] = &[col::KIND];

    /// The limit of meals by the enforcement decree of the Improper Solicitation and Graft Act: 30,000 won from the day the
    /// Act came into force, 50,000 won since its change.
    fn rules() -> Vec<Rule<CapPerPersonOptions>> {
        let rule = |from, until, cap_krw| Rule {
            effective_from: from,
            effective_until: until,
            options: CapPerPersonOptions { cap_krw, ..CapPerPersonOptions::default() },
            ..Rule::default()
        };
        let in_force = NaiveDate::from_ymd_opt(2016, 9, 28);
        let changed = NaiveDate::from_ymd_opt(2024, 8, 27);
        vec![rule(in_force, changed.and_then(|day| day.pred_opt()), 30_000), rule(changed, None, 50_000)]
    }

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        let sound =
            !options.accounts.is_empty() && options.accounts.iter().all(|name| !name.trim().is_empty());
        check.that(sound, "accounts", "계정과목 이름 하나 이상", &options.accounts);
        check.that(options.cap_krw > 0, "cap_krw", "1 이상의 정수", &options.cap_krw);
        check.share("usual_share", options.usual_share, 0.05, 1.0);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        let cap = input.options.money.minor(options.cap_krw, &ledger.currency).max(1);
        let mut hits = Vec::new();
        for account in accounts(input, options).iter().filter(|account| !account.is_usual(options)) {
            hits.extend(account.above.iter().map(|&i| {
                let people = i64::from(ledger.attendees[i]);
                // Rounded up, so that what is above the cap reads as above it.
                let each = (ledger.amount[i] - 1) / people + 1;
                let strength = 0.55 + 0.4 * ramp(each as f64 / cap as f64, 1.0, 3.0);
                let data = Above {
                    account: ledger.account.text(i).to_owned(),
                    people: ledger.attendees[i],
                    amount: ledger.currency.display(Amount(ledger.amount[i])),
                    each: ledger.currency.display(Amount(each)),
                    cap: ledger.currency.display(Amount(cap)),
                    day: ledger.date(i),
                };
                Hit::alone(i, strength, data)
            }));
        }
        Ok(output(ledger, hits, Above::reason))
    }

    fn notes(input: &Input<'_>, options: &Self::Options) -> Vec<String> {
        let ledger = input.ledger;
        let accounts = accounts(input, options);
        let usual = accounts.iter().filter(|account| account.is_usual(options));
        let note = |account: &InAccount| {
            format!(
                "계정 ‘{}’에서 인원이 적힌 지급 {}건 가운데 {}건이 1인당 한도 {}보다 많아, 이 한도를 쓰지 않는 것으로 보고 짚지 않았습니다.",
                ledger.account.names.get(account.account as usize).map_or("", String::as_str),
                ko::count(account.n),
                ko::count(account.above.len()),
                ledger.currency.display(Amount(input.options.money.minor(options.cap_krw, &ledger.currency)))
            )
        };
        usual.map(note).collect()
    }

    fn plant(plot: &mut Plot<'_>, options: &Self::Options) {
        let (Some(mut payment), Some(account)) = (plot.usual(), options.accounts.first()) else { return };
        // An account of its own, so that what is usual elsewhere does not matter.
        payment.account = format!("{account} 자가점검");
        payment.attendees = 3;
        payment.amount = plot.minor(options.cap_krw).saturating_mul(6);
        plot.must_find(&payment);
    }
}

/// Payments of one account that say how many people there were.
struct InAccount {
    account: u32,
    n: usize,
    /// Rows above the cap.
    above: Vec<usize>,
}

impl InAccount {
    fn is_usual(&self, options: &CapPerPersonOptions) -> bool {
        self.n >= ROWS_MIN && self.above.len() as f64 >= options.usual_share * self.n as f64
    }
}

/// Accounts of `options` with people served, on days that a rule with this cap judges.
fn accounts(input: &Input<'_>, options: &CapPerPersonOptions) -> Vec<InAccount> {
    let ledger = input.ledger;
    let cap = input.options.money.minor(options.cap_krw, &ledger.currency).max(1);
    let rules = &input.options.cap_per_person.rules;
    let judged = |i: usize| {
        let date = ledger.date(i);
        rules.iter().any(|rule| rule.covers(date) && rule.options == *options)
    };
    let mut found: Vec<InAccount> = (0_u32..)
        .zip(&ledger.account.names)
        .map(|(account, _)| InAccount { account, n: 0, above: Vec::new() })
        .collect();
    let of_account: Vec<bool> =
        ledger.account.names.iter().map(|name| is_of(name, &options.accounts)).collect();
    for i in 0..ledger.n_rows {
        let account = ledger.account.ids[i] as usize;
        let asked = input.shared.stands[i]
            && ledger.attendees[i] > 0
            && of_account.get(account).copied().unwrap_or(false)
            && judged(i);
        if asked {
            found[account].n += 1;
            if ledger.amount[i] > cap.saturating_mul(ledger.attendees[i].into()) {
                found[account].above.push(i);
            }
        }
    }
    found
}

/// A payment above the cap, as its sentence needs it.
struct Above {
    account: String,
    people: i32,
    amount: String,
    each: String,
    cap: String,
    day: NaiveDate,
}

impl Above {
    fn reason(&self) -> Reason {
        let text = format!(
            "계정 ‘{}’에서 {}명에 {} 지급되어 1인당 {}입니다. {}의 한도 {}보다 많습니다.",
            self.account,
            self.people,
            stated("금액", &self.amount, "이/가"),
            self.each,
            self.day,
            self.cap
        );
        Reason { id: ID.to_owned(), text, related: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Ledger, fired, input_of, try_run};
    use super::*;
    use crate::clean::LedgerView;
    use crate::detect::controls::ControlOptions;

    /// 100 payments without people, then payments by `last`: day, account, amount, people.
    fn view(last: &[(&str, &str, i64, i32)]) -> LedgerView {
        let ledger = last.iter().fold(Ledger::background(100), |ledger, (day, account, amount, _)| {
            ledger.pay(day, "부서0", account, "한식당", *amount, "", "간담회")
        });
        let mut view = ledger.view();
        for (at, (.., people)) in last.iter().enumerate() {
            view.attendees[100 + at] = *people;
        }
        view
    }

    fn run(last: &[(&str, &str, i64, i32)]) -> Output {
        try_run(&CapPerPerson, &view(last), &ControlOptions::default()).unwrap()
    }

    #[test]
    fn fires_one_won_above_the_cap_of_the_day() {
        let out = run(&[
            ("2021-05-04", "기관운영 업무추진비", 120_001, 4),
            ("2021-05-04", "기관운영 업무추진비", 120_000, 4),
            ("2025-05-07", "기관운영 업무추진비", 200_001, 4),
            ("2025-05-07", "기관운영 업무추진비", 200_000, 4),
            ("2025-05-07", "사무관리비", 900_000, 1),
            ("2025-05-07", "기관운영 업무추진비", 900_000, 0),
            ("2025-05-07", "기관운영 업무추진비", 900_000, -1),
        ]);
        assert_eq!(fired(&out, 0.0), [100, 102]);
        assert!(out.strength[100] >= 0.5 && out.strength[102] >= 0.5);
        assert_eq!(
            (out.explain)(100).unwrap().text,
            "계정 ‘기관운영 업무추진비’에서 4명에 금액 120,001원이 지급되어 1인당 30,001원입니다. 2021-05-04의 한도 30,000원보다 \
             많습니다."
        );
        assert!((out.explain)(102).unwrap().text.ends_with("2025-05-07의 한도 50,000원보다 많습니다."));
    }

    #[test]
    fn the_limit_changes_on_the_day_the_law_does() {
        let account = "업무추진비";
        let out = run(&[
            ("2024-08-26", account, 40_000, 1),
            ("2024-08-27", account, 40_000, 1),
            ("2016-09-28", account, 40_000, 1),
            ("2016-09-27", account, 400_000, 1),
        ]);
        assert_eq!(fired(&out, 0.5), [100, 102]);
    }

    #[test]
    fn the_file_has_the_days_of_the_code() {
        let file = ControlOptions::from_toml(super::super::options::DEFAULT_TOML, "c.toml").unwrap();
        let days = |rules: &[Rule<CapPerPersonOptions>]| -> Vec<_> {
            rules
                .iter()
                .map(|rule| (rule.effective_from, rule.effective_until, rule.options.cap_krw))
                .collect()
        };
        assert_eq!(days(&file.cap_per_person.rules), days(&CapPerPerson::rules()));
        let without = ControlOptions::from_toml("version = \"2\"", "c.toml").unwrap();
        let state =
            ControlOptions::from_toml("version = \"2\"\n[cap_per_person]\nstate = \"live\"", "c.toml")
                .unwrap();
        assert_eq!(without.cap_per_person.rules.len(), 2);
        assert_eq!(state.cap_per_person.rules, without.cap_per_person.rules);
    }

    #[test]
    fn an_account_that_goes_by_another_cap_is_said_and_not_judged() {
        let above = [("2025-05-07", "회의비", 300_000, 4); 12];
        assert!(fired(&run(&above), 0.0).is_empty());
        let options = ControlOptions::default();
        let notes =
            input_of(&view(&above), &options, |input| crate::detect::Detector::notes(&CapPerPerson, input));
        assert_eq!(notes.len(), 1);
        assert!(
            notes[0].starts_with(
                "계정 ‘회의비’에서 인원이 적힌 지급 12건 가운데 12건이 1인당 한도 50,000원보다 많아"
            ),
            "{notes:?}"
        );
        assert_eq!(fired(&run(&above[..9]), 0.5).len(), 9);
    }

    #[test]
    fn more_a_person_is_stronger() {
        let out = run(&[("2025-05-07", "회의비", 60_000, 1), ("2025-05-07", "회의비", 120_000, 1)]);
        assert!(out.strength[100] < out.strength[101]);
    }
}
