//! 적요 부실: a description that says nothing: empty, one or two words that fit everything, digits only, a single letter.
//!
//! Comes in: payments and their descriptions. Goes out: those that say nothing.
//! Refuses: accounts in which that is usual; the same text repeated, as rents have it.
//!
//! After the empty-text-field tests of journal entry testing.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::common::{Hit, output, weight_of_amount};
use super::control::Control;
use super::options::Check;
use crate::clean::{Interned, LedgerView};
use crate::detect::canary::Plot;
use crate::detect::{Input, Output};
use crate::ko;
use crate::ledger::{Reason, Severity, col};

const ID: &str = "poor_description";

/// Payments the whole ledger counts for in the share of an account.
const SHARE_PRIOR_ROWS: f64 = 50.0;

/// Options of 적요 부실.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PoorDescriptionOptions {
    /// Words that fit every payment; a description of such words only says nothing.
    pub generic: Vec<String>,
    /// Fewest letters, Korean or Latin, of a description that says something.
    pub letters_min: usize,
    /// One payment of the account in so many may say nothing; where more do, it is usual.
    pub one_in: u32,
    /// Amount in won that counts half.
    pub half_amount_krw: i64,
}

impl Default for PoorDescriptionOptions {
    fn default() -> Self {
        let generic = [
            "기타",
            "구입",
            "지급",
            "지출",
            "결제",
            "납부",
            "집행",
            "정산",
            "대금",
            "비용",
            "경비",
            "물품",
            "물품구입",
            "물품대금",
            "기타비용",
            "기타경비",
            "잡비",
            "내용",
            "내용없음",
            "없음",
            "해당없음",
            "미상",
            "상동",
            "동일",
            "건",
            "외",
            "등",
        ];
        Self {
            generic: generic.map(str::to_owned).into(),
            letters_min: 2,
            one_in: 150,
            half_amount_krw: 500_000,
        }
    }
}

/// Why a description says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Poor {
    Blank,
    NoLetters,
    Short,
    Generic,
}

impl PoorDescriptionOptions {
    /// Whether such a share of an account's payments is no habit.
    fn is_rare(&self, share: f64) -> bool {
        share * f64::from(self.one_in) <= 1.0
    }

    fn poor(&self, text: &str) -> Option<Poor> {
        let is_letter = |c: &char| c.is_alphabetic();
        let n_letters = text.chars().filter(is_letter).count();
        if text.trim().is_empty() {
            return Some(Poor::Blank);
        }
        if n_letters == 0 {
            return Some(Poor::NoLetters);
        }
        if n_letters < self.letters_min {
            return Some(Poor::Short);
        }
        let mut words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
        words.all(|word| self.generic.iter().any(|generic| generic == word)).then_some(Poor::Generic)
    }
}

/// The test.
pub struct PoorDescription;

impl Control for PoorDescription {
    type Options = PoorDescriptionOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "적요 부실";
    const CODES: &'static [&'static str] = &["T34"];
    const SEVERITY: Severity = Severity::Low;
    const WEIGHT: f64 = 40.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[&[col::DESCRIPTION]];
    const OPTIONAL: &'static [&'static str] = &[col::KIND];
    const JUDGES_BLANKS: bool = true;

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        let blank =
            options.generic.iter().find(|word| !word.chars().all(char::is_alphabetic) || word.is_empty());
        check.that(blank.is_none(), "generic", "글자로만 된 낱말", &blank);
        check.that(options.letters_min <= 20, "letters_min", "20 이하의 정수", &options.letters_min);
        check.within("one_in", options.one_in.into(), 10, 1_000_000);
        check.that(options.half_amount_krw > 0, "half_amount_krw", "1 이상의 정수", &options.half_amount_krw);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        let counts = Counts::new(ledger, options);
        if ledger.n_rows > 0 && !counts.shares().any(|share| options.is_rare(share)) {
            return Err(format!(
                "어느 계정에서나 {}건에 하나보다 많은 적요가 비었거나 내용을 알 수 없어, 적요 부실을 가려내지 못했습니다.",
                ko::count(options.one_in as usize)
            ));
        }
        let half = input.options.money.minor(options.half_amount_krw, &ledger.currency);
        let hits = (0..ledger.n_rows).filter(|&i| input.shared.stands[i]).filter_map(|i| {
            let poor = counts.poor(ledger, i)?;
            let (n_others, n) = counts.others(ledger, i);
            let strength = 0.5 + 0.4 * weight_of_amount(ledger.amount[i], half);
            let data = Empty {
                poor,
                text: ledger.description.text(i).to_owned(),
                account: ledger.account.text(i).to_owned(),
                n_others,
                n,
            };
            options.is_rare(counts.share(slot(ledger, i))).then(|| Hit::alone(i, strength, data))
        });
        Ok(output(ledger, hits.collect(), Empty::reason))
    }

    fn plant(plot: &mut Plot<'_>, options: &Self::Options) {
        let Some(mut payment) = plot.usual() else { return };
        // The account in which descriptions say most.
        let ledger = plot.ledger();
        let counts = Counts::new(ledger, options);
        let payments = (0..plot.n_real()).filter(|&i| ledger.amount[i] > 0);
        let fullest =
            payments.min_by(|&a, &b| counts.share(slot(ledger, a)).total_cmp(&counts.share(slot(ledger, b))));
        if let Some(row) = fullest {
            ledger.account.text(row).clone_into(&mut payment.account);
        }
        payment.description.clear();
        payment.amount = payment.amount.max(plot.minor(1_000_000));
        plot.must_find(&payment);
    }
}

fn slot(ledger: &LedgerView, i: usize) -> usize {
    (ledger.account.ids[i] as usize).min(ledger.account.names.len())
}

/// What every distinct text is, and by account: payments that say nothing, and payments.
struct Counts {
    by_text: Vec<Option<Poor>>,
    by_account: Vec<(u32, u32)>,
    overall: f64,
}

impl Counts {
    fn new(ledger: &LedgerView, options: &PoorDescriptionOptions) -> Self {
        let by_text: Vec<Option<Poor>> =
            ledger.description.names.par_iter().map(|text| options.poor(text)).collect();
        let mut counts =
            Self { by_text, by_account: vec![(0, 0); ledger.account.names.len() + 1], overall: 0.0 };
        for i in (0..ledger.n_rows).filter(|&i| ledger.amount[i] > 0) {
            let is_poor = counts.poor(ledger, i).is_some();
            let count = &mut counts.by_account[slot(ledger, i)];
            count.0 += u32::from(is_poor);
            count.1 += 1;
        }
        let sum =
            |of: fn(&(u32, u32)) -> u32| counts.by_account.iter().map(|count| f64::from(of(count))).sum();
        let (n_poor, n): (f64, f64) = (sum(|count| count.0), sum(|count| count.1));
        counts.overall = n_poor / n.max(1.0);
        counts
    }

    fn poor(&self, ledger: &LedgerView, i: usize) -> Option<Poor> {
        match ledger.description.ids[i] {
            Interned::NULL => Some(Poor::Blank),
            id => self.by_text.get(id as usize).copied().flatten(),
        }
    }

    /// Share of an account's payments that say nothing but for one, pulled to that of the ledger.
    fn share(&self, account: usize) -> f64 {
        let (n_poor, n) = self.by_account[account];
        (f64::from(n_poor.saturating_sub(1)) + SHARE_PRIOR_ROWS * self.overall)
            / (f64::from(n) + SHARE_PRIOR_ROWS)
    }

    /// The shares of accounts with payments.
    fn shares(&self) -> impl Iterator<Item = f64> {
        let used = (0..self.by_account.len()).filter(|&account| self.by_account[account].1 > 0);
        used.map(|account| self.share(account))
    }

    /// Of the account's other payments those that say nothing, and all.
    fn others(&self, ledger: &LedgerView, i: usize) -> (usize, usize) {
        let (n_poor, n) = self.by_account[slot(ledger, i)];
        (n_poor.saturating_sub(1) as usize, n.saturating_sub(1) as usize)
    }
}

/// A description that says nothing, as its sentence needs it.
struct Empty {
    poor: Poor,
    text: String,
    account: String,
    n_others: usize,
    n: usize,
}

impl Empty {
    fn reason(&self) -> Reason {
        let what = match self.poor {
            Poor::Blank => "적요가 비어 있습니다".to_owned(),
            Poor::NoLetters => format!("적요 ‘{}’에는 글자 없이 숫자나 부호만 있습니다", self.text),
            Poor::Short => format!("적요 ‘{}’만으로는 무엇을 샀는지 알 수 없습니다", self.text),
            Poor::Generic => {
                let with_particle = ko::josa(&self.text, "은/는");
                let particle = with_particle.strip_prefix(&self.text).unwrap_or_default();
                format!("적요 ‘{}’{particle} 어느 지출에나 쓸 수 있는 말뿐입니다", self.text)
            }
        };
        let account = match self.account.as_str() {
            "" => "이 자료".to_owned(),
            name => format!("계정 ‘{name}’"),
        };
        let others = match self.n_others {
            0 => "없습니다".to_owned(),
            n => format!("{}건입니다", ko::count(n)),
        };
        let text =
            format!("{what}. {account}의 다른 지출 {}건 가운데 이런 적요는 {others}.", ko::count(self.n));
        Reason { id: ID.to_owned(), text, related: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ControlOptions;
    use super::super::testing::{Ledger, fired, run, try_run};
    use super::*;

    fn background() -> Ledger {
        let mut ledger = Ledger::background(800);
        for row in &mut ledger.0 {
            "복사용지 구입".clone_into(&mut row.description);
        }
        ledger
    }

    fn pay(ledger: Ledger, text: &str) -> Ledger {
        ledger.pay("2024-05-02", "부서0", "소모품비", "거래처1", 900_000, "", text)
    }

    #[test]
    fn what_says_nothing_is_told_apart() {
        let options = PoorDescriptionOptions::default();
        for (text, expected) in [
            ("", Some(Poor::Blank)),
            ("  ", Some(Poor::Blank)),
            ("2024.5.2", Some(Poor::NoLetters)),
            ("-", Some(Poor::NoLetters)),
            ("가", Some(Poor::Short)),
            ("가 12", Some(Poor::Short)),
            ("기타", Some(Poor::Generic)),
            ("물품 구입 1건", Some(Poor::Generic)),
            ("토너", None),
            ("토너 구입", None),
            ("기타수당", None),
        ] {
            assert_eq!(options.poor(text), expected, "{text}");
        }
    }

    #[test]
    fn fires_on_a_blank_and_on_generic_words_and_says_how_rare_they_are() {
        let ledger = pay(pay(pay(background(), ""), "기타 구입"), "토너 구입");
        let out = run(&PoorDescription, &ledger);
        assert_eq!(fired(&out, 0.0), [800, 801]);
        assert!(out.strength[800] > 0.7);
        assert_eq!(
            (out.explain)(800).unwrap().text,
            "적요가 비어 있습니다. 계정 ‘소모품비’의 다른 지출 802건 가운데 이런 적요는 1건입니다."
        );
        assert!((out.explain)(801).unwrap().text.starts_with("적요 ‘기타 구입’은 어느 지출에나"));
    }

    #[test]
    fn where_it_is_usual_it_does_not_fire() {
        // With n blanks of 2,000: (n - 1 + 50 * n / 2000) / 2050 is above 1/150 from 15 on.
        let usual = |n: usize| {
            let mut ledger = Ledger::background(2_000);
            for (i, row) in ledger.0.iter_mut().enumerate() {
                if i >= n {
                    "복사용지 구입".clone_into(&mut row.description);
                }
            }
            try_run(&PoorDescription, &ledger.view(), &ControlOptions::default())
        };
        assert_eq!(fired(&usual(14).unwrap(), 0.0).len(), 14);
        let reason = usual(15).err().unwrap();
        assert!(reason.starts_with("어느 계정에서나 150건에 하나보다 많은 적요가"), "{reason}");
    }

    #[test]
    fn an_account_without_descriptions_is_left_alone() {
        let ledger = (0..60).fold(background(), |ledger, i| {
            ledger.pay("2024-05-02", "부서0", "급여", &format!("직원{i}"), 2_000_000, "", "")
        });
        assert_eq!(fired(&run(&PoorDescription, &pay(ledger, "")), 0.0), [860], "salaries never have one");
    }
}
