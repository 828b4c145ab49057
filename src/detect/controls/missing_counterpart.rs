//! 집행대상 미기재: a large payment from the business promotion account that names nobody who was met.
//!
//! Comes in: accounts, amounts, counterparts, descriptions. Goes out: rows whose counterpart is empty.
//! Refuses: ledgers in which the column is hardly used for such payments (the notes say so).

use serde::{Deserialize, Serialize};

use super::common::{Hit, output, stated, weight_of_amount};
use super::control::Control;
use super::options::Check;
use crate::detect::canary::Plot;
use crate::detect::{Input, Output};
use crate::ko;
use crate::ledger::{Amount, Reason, Severity, col};

const ID: &str = "missing_counterpart";

/// Strength where the number of people is known but nobody is named, below what counts as found.
const PEOPLE_ONLY: f64 = 0.35;

/// Payments of these accounts and size, below which a share says nothing.
const ROWS_MIN: usize = 10;

/// Options of 집행대상 미기재.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MissingCounterpartOptions {
    /// Names of accounts, or parts of them, without spaces.
    pub accounts: Vec<String>,
    /// Least amount in won looked at.
    pub amount_krw_min: i64,
    /// From this share without a counterpart on, the column is not used for it and none is shown.
    pub usual_share: f64,
}

impl Default for MissingCounterpartOptions {
    fn default() -> Self {
        let accounts = ["업무추진비", "접대비"].map(str::to_owned).into();
        Self { accounts, amount_krw_min: 500_000, usual_share: 0.5 }
    }
}

/// The test.
pub struct MissingCounterpart;

impl Control for MissingCounterpart {
    type Options = MissingCounterpartOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "집행대상 미기재";
    const CODES: &'static [&'static str] = &["T45"];
    const SEVERITY: Severity = Severity::Medium;
    const WEIGHT: f64 = 60.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[&[col::COUNTERPART]];
    const OPTIONAL: &'static [&'static str] = &[col::ATTENDEES, col::DESCRIPTION, col::KIND];
    const JUDGES_BLANKS: bool = true;

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        let sound =
            !options.accounts.is_empty() && options.accounts.iter().all(|name| !name.trim().is_empty());
        check.that(sound, "accounts", "계정과목 이름 하나 이상", &options.accounts);
        check.that(options.amount_krw_min > 0, "amount_krw_min", "1 이상의 정수", &options.amount_krw_min);
        check.share("usual_share", options.usual_share, 0.05, 1.0);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        let asked = Asked::new(input, options);
        if asked.is_usual(options) {
            return Ok(output(ledger, Vec::new(), Unnamed::reason));
        }
        let least = input.options.money.minor(options.amount_krw_min, &ledger.currency);
        let counted: Vec<bool> = ledger.description.names.iter().map(|text| counts_people(text)).collect();
        let hit = |&i: &usize| {
            let in_text = counted.get(ledger.description.ids[i] as usize).copied().unwrap_or(false);
            let people = ledger.attendees[i] > 0 || in_text;
            let clear = 0.6 + 0.35 * weight_of_amount(ledger.amount[i], least.saturating_mul(2));
            let data = Unnamed {
                account: ledger.account.text(i).to_owned(),
                amount: ledger.currency.display(Amount(ledger.amount[i])),
                least: ledger.currency.display(Amount(least)),
                people,
                n: asked.n,
                n_blank: asked.blank.len(),
            };
            Hit::alone(i, if people { PEOPLE_ONLY } else { clear }, data)
        };
        Ok(output(ledger, asked.blank.iter().map(hit).collect(), Unnamed::reason))
    }

    fn notes(input: &Input<'_>, options: &Self::Options) -> Vec<String> {
        let asked = Asked::new(input, options);
        if !asked.is_usual(options) {
            return Vec::new();
        }
        vec![format!(
            "집행대상을 적어야 할 지급 {}건 가운데 {}건이 비어 있어, 이 열을 쓰지 않는 것으로 보고 하나하나 짚지 않았습니다.",
            ko::count(asked.n),
            ko::count(asked.blank.len())
        )]
    }

    fn plant(plot: &mut Plot<'_>, options: &Self::Options) {
        let (Some(mut payment), Some(account)) = (plot.usual(), options.accounts.first()) else { return };
        let of_account = |name: &String| is_of(name, &options.accounts);
        // An account of the house where there is one.
        payment.account =
            plot.ledger().account.names.iter().find(|name| of_account(name)).unwrap_or(account).clone();
        payment.amount = plot.minor(options.amount_krw_min).saturating_mul(2);
        payment.attendees = -1;
        payment.counterpart.clear();
        "업무 협의".clone_into(&mut payment.description);
        plot.must_find(&payment);
    }
}

/// Payments that have to name whom they were for.
struct Asked {
    /// How many.
    n: usize,
    /// Those that do not.
    blank: Vec<usize>,
}

impl Asked {
    fn new(input: &Input<'_>, options: &MissingCounterpartOptions) -> Self {
        let ledger = input.ledger;
        let least = input.options.money.minor(options.amount_krw_min, &ledger.currency);
        let of_account: Vec<bool> =
            ledger.account.names.iter().map(|name| is_of(name, &options.accounts)).collect();
        let empty: Vec<bool> = ledger.counterpart.names.iter().map(|name| says_nothing(name)).collect();
        let asked = |i: &usize| {
            input.shared.stands[*i]
                && ledger.amount[*i] >= least
                && of_account.get(ledger.account.ids[*i] as usize).copied().unwrap_or(false)
        };
        let rows: Vec<usize> = (0..ledger.n_rows).filter(asked).collect();
        let is_blank = |i: &usize| empty.get(ledger.counterpart.ids[*i] as usize).copied().unwrap_or(true);
        Self { n: rows.len(), blank: rows.into_iter().filter(is_blank).collect() }
    }

    fn is_usual(&self, options: &MissingCounterpartOptions) -> bool {
        self.n >= ROWS_MIN && self.blank.len() as f64 >= options.usual_share * self.n as f64
    }
}

/// Whether the name of an account holds one of `parts`, spaces aside.
pub(super) fn is_of(account: &str, parts: &[String]) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<String>();
    let account = plain(account);
    parts.iter().any(|part| account.contains(&plain(part)))
}

/// `-`, `없음` and the like.
fn says_nothing(counterpart: &str) -> bool {
    let letters: String = counterpart.chars().filter(|c| c.is_alphanumeric()).collect();
    matches!(letters.as_str(), "" | "없음" | "해당없음" | "미기재" | "미상" | "0" | "기타")
}

/// Whether a description says how many people there were: `김철수 외 3명`, `위원 5인`.
fn counts_people(text: &str) -> bool {
    let plain: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    plain.windows(2).any(|pair| pair[0].is_ascii_digit() && matches!(pair[1], '명' | '인'))
}

/// A payment that names nobody, as its sentence needs it.
struct Unnamed {
    account: String,
    amount: String,
    least: String,
    people: bool,
    n: usize,
    n_blank: usize,
}

impl Unnamed {
    fn reason(&self) -> Reason {
        let what = if self.people {
            "인원만 적혀 있고 집행대상은 비어 있습니다"
        } else {
            "집행대상이 비어 있습니다"
        };
        let text = format!(
            "계정 ‘{}’에서 {} 지급되었는데 {what}. 이 계정들의 {} 이상 지급 {}건 가운데 집행대상이 빈 것은 {}건입니다.",
            self.account,
            stated("금액", &self.amount, "이/가"),
            self.least,
            ko::count(self.n),
            ko::count(self.n_blank)
        );
        Reason { id: ID.to_owned(), text, related: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Ledger, fired, input_of, texts, try_run};
    use super::*;
    use crate::clean::LedgerView;
    use crate::detect::Detector;
    use crate::detect::applicability::applicability;
    use crate::detect::controls::ControlOptions;

    /// 40 payments that name whom they were for, then payments by `last`: account, amount, counterpart, description.
    fn view(last: &[(&str, i64, &str, &str)]) -> LedgerView {
        let mut ledger = Ledger::background(40);
        for row in &mut ledger.0 {
            row.account = "기관운영 업무추진비".to_owned();
            row.amount = 700_000;
        }
        for (account, amount, _, description) in last {
            ledger = ledger.pay("2024-03-05", "부서0", account, "한식당", *amount, "", description);
        }
        let mut view = ledger.view();
        view.counterpart =
            texts(view.n_rows, |i| i.checked_sub(40).map_or("시민단체 대표", |at| last[at].2).to_owned());
        view
    }

    fn run(last: &[(&str, i64, &str, &str)]) -> Output {
        try_run(&MissingCounterpart, &view(last), &ControlOptions::default()).unwrap()
    }

    #[test]
    fn fires_from_half_a_million_won_on_where_nobody_is_named() {
        let out = run(&[
            ("기관운영업무추진비", 500_000, "", "업무 협의"),
            ("시책추진 업무추진비", 900_000, "-", "업무 협의"),
            ("기관운영업무추진비", 499_999, "", "업무 협의"),
            ("사무관리비", 900_000, "", "용지"),
            ("기관운영업무추진비", 900_000, "주민대표 3인", "업무 협의"),
        ]);
        assert_eq!(fired(&out, 0.0), [40, 41]);
        assert!(out.strength[40] >= 0.5 && out.strength[41] > out.strength[40]);
        assert_eq!(
            (out.explain)(40).unwrap().text,
            "계정 ‘기관운영업무추진비’에서 금액 500,000원이 지급되었는데 집행대상이 비어 있습니다. 이 계정들의 500,000원 이상 \
             지급 43건 가운데 집행대상이 빈 것은 2건입니다."
        );
    }

    #[test]
    fn a_number_of_people_is_only_a_hint() {
        let out = run(&[("업무추진비", 900_000, "", "간담회 식대(김철수 외 3명)")]);
        assert!(fired(&out, 0.5).is_empty());
        assert_eq!(fired(&out, 0.2), [40]);
        let mut view = view(&[("업무추진비", 900_000, "", "간담회")]);
        view.attendees[40] = 5;
        let out = try_run(&MissingCounterpart, &view, &ControlOptions::default()).unwrap();
        assert!(fired(&out, 0.5).is_empty() && out.strength[40] > 0.2);
    }

    #[test]
    fn a_column_that_is_hardly_used_is_said_and_not_judged() {
        let options = ControlOptions::default();
        let unused = [("업무추진비", 900_000, "", "업무 협의"); 40];
        assert!(fired(&run(&unused), 0.0).is_empty());
        let notes = input_of(&view(&unused), &options, |input| Detector::notes(&MissingCounterpart, input));
        assert!(notes[0].starts_with("집행대상을 적어야 할 지급 80건 가운데 40건이 비어 있어"), "{notes:?}");
        assert_eq!(fired(&run(&unused[..39]), 0.5).len(), 39);
    }

    #[test]
    fn empty_cells_are_counted_as_tested() {
        let view = view(&[("업무추진비", 900_000, "", "업무 협의")]);
        let features = crate::features::build(&view, &crate::features::Options::default(), &|_| false);
        let (holidays, budget) = (crate::detect::Holidays::korean(), crate::detect::BudgetBook::default());
        let reversed = crate::detect::Reversed::none(&view);
        let known = crate::detect::Known { holidays: &holidays, budget: &budget, reversed: &reversed };
        let options = crate::detect::Options::default();
        let findings = crate::detect::score(&view, &features, &known, &options);
        let rows: Vec<usize> = (0..view.n_rows).collect();
        let all = applicability(&findings, &view, &options.controls, &rows);
        let one = all.iter().find(|one| one.id == ID).unwrap();
        assert_eq!((one.tested.rows, one.blank.rows, one.fired.rows), (41, 0, 1));
    }
}
