//! 의심 적요어: descriptions with a word that public money is rarely meant for.
//!
//! Comes in: descriptions and the institution's dated list of words. Goes out: rows with such a word.
//! Refuses: accounts in which the word is usual (gift cards of an award budget), words inside longer ones that are excepted.
//!
//! After the keyword tests of journal entry testing and the restricted trades of clean-card rules.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::common::{Hit, output, ramp};
use super::control::Control;
use super::options::Check;
use crate::clean::{Interned, LedgerView};
use crate::detect::canary::Plot;
use crate::detect::{Input, Output};
use crate::ko;
use crate::ledger::{Reason, Severity, col};

const ID: &str = "suspicious_word";

/// Payments the whole ledger counts for in the share of an account.
const SHARE_PRIOR_ROWS: f64 = 50.0;

/// Shares of an account's payments with a word from which it is usual there, and up to which it is not.
const USUAL: (f64, f64) = (0.02, 0.004);

/// Options of 의심 적요어.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SuspiciousWordOptions {
    /// Words looked for, as parts of a description without its spaces.
    pub words: Vec<String>,
    /// Longer words that hold one of them and mean something else.
    pub except: Vec<String>,
}

impl Default for SuspiciousWordOptions {
    fn default() -> Self {
        let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self {
            words: own(&[
                "골프",
                "상품권",
                "기프트카드",
                "유흥",
                "주점",
                "단란",
                "룸살롱",
                "노래방",
                "노래연습장",
                "양주",
                "와인",
                "맥주",
                "소주",
                "마사지",
                "안마",
                "사우나",
                "피부관리",
                "미용",
                "성형",
                "화장품",
                "명품",
                "귀금속",
                "가족여행",
                "가족숙박",
                "가족식사",
                "개인용",
                "가정용",
                "리조트",
                "콘도",
                "놀이공원",
                "면세점",
                "백화점",
                "카지노",
                "경마",
                "복권",
                "당구",
                "헬스장",
                "홍삼",
                "게임기",
                "캠핑",
            ]),
            except: own(&["양주시", "남양주"]),
        }
    }
}

impl SuspiciousWordOptions {
    pub(super) fn check(&self, check: &mut Check<'_>) {
        let short = self.words.iter().find(|word| word.chars().count() < 2);
        check.that(short.is_none(), "words", "두 글자 이상의 낱말", &short);
    }

    /// First letters of the words, ascending; one of them stands in every text that has a word.
    fn first_letters(&self) -> Vec<char> {
        let mut letters: Vec<char> = self.words.iter().filter_map(|word| word.chars().next()).collect();
        letters.sort_unstable();
        letters.dedup();
        letters
    }

    /// The first listed word in `text`; `firsts` are the [`Self::first_letters`].
    fn word_in(&self, text: &str, firsts: &[char]) -> Option<&str> {
        if !text.chars().any(|c| firsts.binary_search(&c).is_ok()) {
            return None;
        }
        let mut joined: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        for except in &self.except {
            joined = joined.replace(except.as_str(), " ");
        }
        self.words.iter().map(String::as_str).find(|word| joined.contains(word))
    }
}

/// The test.
pub struct SuspiciousWord;

impl Control for SuspiciousWord {
    type Options = SuspiciousWordOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "의심 적요어";
    const CODES: &'static [&'static str] = &["T35"];
    const SEVERITY: Severity = Severity::Medium;
    const WEIGHT: f64 = 80.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[&[col::DESCRIPTION]];
    const OPTIONAL: &'static [&'static str] = &[];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        options.check(check);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        if ledger.n_rows > 0 && !ledger.description.is_present() {
            return Err("적요 열이 없어 의심 적요어를 점검하지 못했습니다.".to_owned());
        }
        let firsts = options.first_letters();
        let by_text: Vec<Option<&str>> =
            ledger.description.names.par_iter().map(|text| options.word_in(text, &firsts)).collect();
        let word = |i: usize| by_text.get(ledger.description.ids[i] as usize).copied().flatten();
        let shares = Shares::new(ledger, &|i| word(i).is_some());
        // A word may be a part of a name: 채소주 is a person.
        let is_name = |i: usize| {
            let vendor = ledger.vendor.text(i);
            !vendor.is_empty()
                && options.word_in(&ledger.description.text(i).replace(vendor, " "), &firsts).is_none()
        };
        let hits = (0..ledger.n_rows).filter(|&i| ledger.amount[i] > 0).filter_map(|i| {
            let word = word(i).filter(|_| !is_name(i))?;
            let share = shares.of(ledger, i);
            let strength = ramp(-share.ln(), -USUAL.0.ln(), -USUAL.1.ln());
            let data = Found { word: word.to_owned(), account: ledger.account.text(i).to_owned(), share };
            Some(Hit::alone(i, strength, data))
        });
        Ok(output(ledger, hits.collect(), Found::reason))
    }

    fn plant(plot: &mut Plot<'_>, options: &Self::Options) {
        let Some(mut payment) = plot.usual() else { return };
        let Some(word) = options.words.first() else { return };
        // The account in which such words are least usual.
        let ledger = plot.ledger();
        let firsts = options.first_letters();
        let by_text: Vec<bool> =
            ledger.description.names.iter().map(|text| options.word_in(text, &firsts).is_some()).collect();
        let is_found = |i: usize| by_text.get(ledger.description.ids[i] as usize).copied().unwrap_or(false);
        let shares = Shares::new(ledger, &is_found);
        let payments = (0..plot.n_real()).filter(|&i| ledger.amount[i] > 0);
        let quietest = payments.min_by(|&a, &b| shares.of(ledger, a).total_cmp(&shares.of(ledger, b)));
        if let Some(row) = quietest {
            ledger.account.text(row).clone_into(&mut payment.account);
        }
        payment.description = format!("{word} 결제");
        plot.must_find(&payment);
    }
}

/// By account: payments with a listed word, and payments; the last entry is for rows without account.
struct Shares {
    counts: Vec<(f64, f64)>,
    overall: f64,
}

impl Shares {
    fn new(ledger: &LedgerView, is_found: &dyn Fn(usize) -> bool) -> Self {
        let mut counts = vec![(0.0, 0.0); ledger.account.names.len() + 1];
        for i in 0..ledger.n_rows {
            let count: &mut (f64, f64) = &mut counts[slot(ledger, i)];
            count.0 += f64::from(u8::from(is_found(i)));
            count.1 += 1.0;
        }
        let n_found: f64 = counts.iter().map(|count| count.0).sum();
        Self { counts, overall: n_found / (ledger.n_rows as f64).max(1.0) }
    }

    /// Share of the account's other payments with a listed word, shrunk to the whole ledger's.
    fn of(&self, ledger: &LedgerView, i: usize) -> f64 {
        let (n_found, n) = self.counts[slot(ledger, i)];
        let others = (n_found - 1.0).max(0.0);
        ((others + SHARE_PRIOR_ROWS * self.overall) / (n + SHARE_PRIOR_ROWS)).max(1e-6)
    }
}

fn slot(ledger: &LedgerView, i: usize) -> usize {
    match ledger.account.ids[i] {
        Interned::NULL => ledger.account.names.len(),
        id => id as usize,
    }
}

/// A listed word, as its sentence needs it.
struct Found {
    word: String,
    account: String,
    share: f64,
}

impl Found {
    fn reason(&self) -> Reason {
        let account = match self.account.as_str() {
            "" => "이 자료".to_owned(),
            name => format!("계정 ‘{name}’"),
        };
        let share = match self.share {
            share if share < 0.001 => "0.1% 미만".to_owned(),
            share => ko::percent(share),
        };
        let text = format!(
            "적요에 점검 대상 낱말 ‘{}’{} 있습니다. {account}에서 이런 낱말이 있는 지출은 {share}입니다.",
            self.word,
            ko::josa(&self.word, "이/가").trim_start_matches(self.word.as_str()),
        );
        Reason { id: ID.to_owned(), text, related: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Ledger, fired, run};
    use super::*;

    #[test]
    fn fires_on_a_listed_word_and_not_inside_an_excepted_one() {
        let ledger = Ledger::background(300)
            .pay("2024-05-02", "총무과", "소모품비", "가나", 90_000, "", "스크린 골프 이용료")
            .pay("2024-05-03", "총무과", "소모품비", "가나", 80_000, "", "남양주 출장 다과")
            .pay("2024-05-03", "총무과", "소모품비", "채소주", 70_000, "", "강사료 채소주");
        let out = run(&SuspiciousWord, &ledger);
        assert_eq!(fired(&out, 0.0), [300]);
        assert_eq!(
            (out.explain)(300).unwrap().text,
            "적요에 점검 대상 낱말 ‘골프’가 있습니다. 계정 ‘소모품비’에서 이런 낱말이 있는 지출은 0.4%입니다."
        );
    }

    #[test]
    fn a_word_usual_for_its_account_does_not_fire() {
        let ledger = (0..40).fold(Ledger::background(300), |ledger, i| {
            let day = format!("2024-05-{:02}", 1 + i % 28);
            ledger.pay(&day, "총무과", "포상금", "백화", 100_000 + i, "", "우수 직원 상품권")
        });
        assert!(fired(&run(&SuspiciousWord, &ledger), 0.0).is_empty());
    }
}
