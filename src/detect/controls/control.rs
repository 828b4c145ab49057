//! What a control test states about itself, and how every one of them is run.
//!
//! Comes in: a `Control` with its section of the options. Goes out: a `Detector`.
//! Refuses: to run a test that is not in force or lacks a column, to judge a payment by a rule of another day, to forget
//! what an exception covers.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::ControlOptions;
use super::options::Check;
use super::section::{Rule, Section, State};
use crate::detect::OnNetted;
use crate::detect::canary::Plot;
use crate::detect::columns;
use crate::detect::detector::{About, Detector, Input, Output, Status, Untested};
use crate::ledger::Severity;

/// One control test. A unit struct of its own file implements it; `controls/mod.rs` lists it.
pub trait Control: Sync + 'static {
    /// Its parameters.
    type Options: Clone + Debug + Default + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static;
    /// Identifier: the name of its file, of its section and of its page.
    const ID: &'static str;
    /// Name on screen.
    const LABEL_KO: &'static str;
    /// Numbers of the tests of audit practice that it covers (`T11`), as `docs/controls/README.md` lists them.
    const CODES: &'static [&'static str];
    /// How soon a person should look at what it finds, by itself.
    const SEVERITY: Severity;
    /// Points of 100 that a strength of 1 may add.
    const WEIGHT: f64;
    /// Columns (`ledger::col`) without which it cannot run; of each inner list one is enough.
    const REQUIRED: &'static [&'static [&'static str]];
    /// Columns without which it sees less.
    const OPTIONAL: &'static [&'static str];
    /// Whether a row with an empty cell in a column of `REQUIRED` is judged all the same: the empty cell is the finding.
    const JUDGES_BLANKS: bool = false;

    /// The rules without a file: one for all days, but where the law is known to have changed.
    fn rules() -> Vec<Rule<Self::Options>> {
        vec![Rule::default()]
    }

    /// Reports what `options` cannot mean.
    fn check(options: &Self::Options, check: &mut Check<'_>);

    /// Strengths by these options; `Err(reason in Korean)` when the ledger is too small or too short.
    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String>;

    /// What a reader of the findings must know of this ledger (in Korean): a year without holidays, say.
    fn notes(_input: &Input<'_>, _options: &Self::Options) -> Vec<String> {
        Vec::new()
    }

    /// Adds payments that the test must find, for its own unit tests and for the self-check of every run.
    fn plant(plot: &mut Plot<'_>, options: &Self::Options);
}

/// Where the section of a control test stands; the registry implements it.
pub trait Placed {
    /// The parameters of the test.
    type Parameters;
    /// Its section of `options`.
    fn place(options: &ControlOptions) -> &Section<Self::Parameters>;
}

impl<C: Control + Placed<Parameters = <C as Control>::Options>> Detector for C {
    fn id(&self) -> &'static str {
        C::ID
    }

    fn label_ko(&self) -> &'static str {
        C::LABEL_KO
    }

    fn weight(&self) -> f64 {
        C::WEIGHT
    }

    fn about(&self) -> Option<About> {
        Some(About {
            codes: C::CODES,
            severity: C::SEVERITY,
            required: C::REQUIRED,
            optional: C::OPTIONAL,
            judges_blanks: C::JUDGES_BLANKS,
        })
    }

    fn state(&self, options: &ControlOptions) -> State {
        C::place(options).state
    }

    fn judges(&self, options: &ControlOptions, date: chrono::NaiveDate) -> bool {
        C::place(options).rule_of(date).is_some()
    }

    fn notes(&self, input: &Input<'_>) -> Vec<String> {
        C::place(input.options).rules.iter().flat_map(|rule| C::notes(input, &rule.options)).collect()
    }

    fn plant(&self, plot: &mut Plot<'_>, options: &ControlOptions) {
        if let Some(rule) = C::place(options).rule_of(plot.date()) {
            <C as Control>::plant(plot, &rule.options);
        }
    }

    fn detect(&self, input: &Input<'_>) -> Result<Output, Untested> {
        let section = C::place(input.options);
        if !section.state.runs() {
            let text = format!("설정에서 ‘{}’ 상태여서 점검하지 않았습니다.", section.state.label_ko());
            return Err(Untested { status: Status::NotInForce, text });
        }
        if input.ledger.n_rows > 0
            && let Some(text) = columns::missing(input.ledger, C::REQUIRED)
        {
            return Err(Untested { status: Status::MissingColumn, text });
        }
        let mut output = match section.rules.as_slice() {
            [rule] if rule.is_unbounded() => C::find(input, &rule.options)?,
            rules => by_rules::<C>(input, rules)?,
        };
        put_aside(&mut output, input, C::ID);
        Ok(output)
    }
}

/// Runs every rule that judges any payment, and takes from each the payments of its days.
fn by_rules<C: Control>(input: &Input<'_>, rules: &[Rule<C::Options>]) -> Result<Output, Untested> {
    let ledger = input.ledger;
    let rule_of: Vec<Option<usize>> =
        (0..ledger.n_rows).map(|i| rules.iter().position(|rule| rule.covers(ledger.date(i)))).collect();
    let mut strength = vec![0.0; ledger.n_rows];
    let (mut case, mut on_netted) = (Vec::new(), Vec::new());
    let mut explains = Vec::new();
    let mut failed = None;
    for (k, rule) in rules.iter().enumerate() {
        if !rule_of.contains(&Some(k)) {
            explains.push(None);
            continue;
        }
        match C::find(input, &rule.options) {
            Ok(output) => {
                let of_rule = |row: &usize| rule_of[*row] == Some(k);
                for row in (0..ledger.n_rows).filter(of_rule) {
                    strength[row] = output.strength[row];
                }
                case.extend(output.case.into_iter().filter(|(row, _)| of_rule(row)));
                let whole = input.reversed.whole;
                let of_days = |hit: &OnNetted| rule.covers(whole.date(hit.row));
                on_netted.extend(output.on_netted.into_iter().filter(of_days));
                explains.push(Some(output.explain));
            }
            Err(text) => {
                failed = Some(text);
                explains.push(None);
            }
        }
    }
    if explains.iter().all(Option::is_none) && ledger.n_rows > 0 {
        return Err(failed.map_or_else(
            || {
                let text = "자료의 어느 날짜에도 적용할 규칙이 없습니다. 힌트: controls.toml에 그 기간의 [[rule]]을 적으십시오.";
                Untested { status: Status::NoRule, text: text.to_owned() }
            },
            Untested::from,
        ));
    }
    case.sort_unstable();
    on_netted.sort_by_key(|hit| hit.row);
    let explain = move |row: usize| {
        let rule = rule_of.get(row).copied().flatten()?;
        explains[rule].as_ref().and_then(|explain| explain(row))
    };
    Ok(Output { strength, case, put_aside: Vec::new(), on_netted, explain: Box::new(explain) })
}

/// Takes the strength from rows that an exception covers, and keeps which they are.
fn put_aside(output: &mut Output, input: &Input<'_>, id: &str) {
    let exceptions: Vec<_> =
        input.options.exceptions.iter().enumerate().filter(|(_, exception)| exception.test == id).collect();
    if exceptions.is_empty() {
        return;
    }
    for row in 0..output.strength.len() {
        if output.strength[row] > 0.0
            && let Some((at, _)) =
                exceptions.iter().find(|(_, exception)| exception.covers(input.ledger, row))
        {
            output.put_aside.push((row, *at, output.strength[row]));
            output.strength[row] = 0.0;
        }
    }
    let whole = input.reversed.whole;
    for hit in &mut output.on_netted {
        hit.put_aside = exceptions.iter().find(|(_, e)| e.covers(whole, hit.row)).map(|(at, _)| *at);
    }
    let aside: Vec<usize> = output.put_aside.iter().map(|(row, ..)| *row).collect();
    output.case.retain(|(row, _)| aside.binary_search(row).is_err());
    let inner = std::mem::replace(&mut output.explain, Box::new(|_| None));
    output.explain = Box::new(move |row| if aside.binary_search(&row).is_ok() { None } else { inner(row) });
}
