//! 제한업종 사용: payments to trades that institutional cards are barred from.
//!
//! Comes in: the trade of the merchant, its name. Goes out: rows of a listed trade; a name that says so is a hint.
//! Refuses: accounts in which such trades are usual, longer words that hold a listed one and mean something else.

use serde::{Deserialize, Serialize};

use super::common::{Hit, output, stated, vendor_name, weight_of_amount};
use super::control::Control;
use super::options::Check;
use super::usual::{ByAccount, rarest_place, shares};
use crate::clean::Interned;
use crate::detect::canary::Plot;
use crate::detect::{Input, Output};
use crate::ko;
use crate::ledger::{Amount, Reason, Severity, col};

const ID: &str = "restricted_merchant";

/// Strength of a name that says the trade where the trade itself is not listed: a hint, no finding.
const NAME_HINT: f64 = 0.4;

/// Options of 제한업종 사용.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RestrictedMerchantOptions {
    /// Words looked for, as parts of a trade without its spaces and signs.
    pub trades: Vec<String>,
    /// Longer words that hold one of them and mean something else.
    pub except: Vec<String>,
    /// Words of a vendor's name that say its trade plainly.
    pub names: Vec<String>,
    /// From this share of payments to listed trades on, an account is not tested.
    pub usual_share: f64,
    /// Amount in won that counts half.
    pub half_amount_krw: i64,
}

impl Default for RestrictedMerchantOptions {
    fn default() -> Self {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self {
            trades: words(&[
                "유흥",
                "단란",
                "주점",
                "룸살롱",
                "나이트",
                "카바레",
                "노래방",
                "노래연습",
                "전화방",
                "비디오방",
                "사교춤",
                "무도장",
                "골프",
                "당구",
                "사우나",
                "찜질",
                "안마",
                "마사지",
                "지압",
                "이용원",
                "미용실",
                "피부미용",
                "네일",
                "카지노",
                "복권",
                "오락실",
                "경마",
                "경륜",
                "성인용품",
                "총포",
            ]),
            except: words(&["미용재료", "골프장관리"]),
            names: words(&[
                "유흥주점",
                "단란주점",
                "룸살롱",
                "나이트클럽",
                "노래연습장",
                "노래방",
                "골프",
                "마사지",
                "안마시술",
                "사우나",
                "카지노",
            ]),
            usual_share: 0.25,
            half_amount_krw: 100_000,
        }
    }
}

/// The test.
pub struct RestrictedMerchant;

impl Control for RestrictedMerchant {
    type Options = RestrictedMerchantOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "제한업종 사용";
    const CODES: &'static [&'static str] = &["T17"];
    const SEVERITY: Severity = Severity::High;
    const WEIGHT: f64 = 70.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[&[col::MERCHANT_CATEGORY]];
    const OPTIONAL: &'static [&'static str] = &[col::VENDOR, col::KIND];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        for (key, words) in
            [("trades", &options.trades), ("except", &options.except), ("names", &options.names)]
        {
            let sound = words.iter().all(|word| plain(word).chars().count() >= 2);
            check.that(sound, key, "두 글자 이상의 낱말", words);
        }
        check.share("usual_share", options.usual_share, 0.005, 1.0);
        check.that(options.half_amount_krw > 0, "half_amount_krw", "1 이상의 정수", &options.half_amount_krw);
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        let of_trade = words_of(&ledger.merchant_category, &options.trades, &options.except);
        let of_name = words_of(&ledger.vendor, &options.names, &options.except);
        let word = |words: &[Option<usize>], column: &Interned, i: usize| {
            words.get(column.ids[i] as usize).copied().flatten()
        };
        let trade = |i: usize| word(&of_trade, &ledger.merchant_category, i);
        let listed: Vec<bool> = (0..ledger.n_rows).map(|i| trade(i).is_some()).collect();
        let known = |i: usize| ledger.merchant_category.ids[i] != Interned::NULL;
        let in_account = ByAccount::new(ledger, known, &listed);
        let half = input.options.money.minor(options.half_amount_krw, &ledger.currency);
        let hit = |i: usize| {
            if !input.shared.stands[i]
                || (trade(i).is_some() && in_account.share_of_others(ledger, i) >= options.usual_share)
            {
                return None;
            }
            let size = 0.6 + 0.35 * weight_of_amount(ledger.amount[i], half);
            let (strength, by_trade, word) = match trade(i) {
                Some(word) => (size, true, &options.trades[word]),
                None => (NAME_HINT * size, false, &options.names[word(&of_name, &ledger.vendor, i)?]),
            };
            let data = Use {
                trade: ledger.merchant_category.text(i).to_owned(),
                by_trade,
                word: word.clone(),
                vendor: vendor_name(ledger, i).to_owned(),
                amount: ledger.currency.display(Amount(ledger.amount[i])),
                in_account: in_account.sentence(ledger, i),
            };
            Some(Hit::alone(i, strength, data))
        };
        Ok(output(ledger, (0..ledger.n_rows).filter_map(hit).collect(), Use::reason))
    }

    fn plant(plot: &mut Plot<'_>, options: &Self::Options) {
        let ledger = plot.ledger();
        let of_trade = words_of(&ledger.merchant_category, &options.trades, &options.except);
        let is_listed =
            |i: usize| of_trade.get(ledger.merchant_category.ids[i] as usize).is_some_and(Option::is_some);
        let listed: Vec<bool> = (0..ledger.n_rows).map(is_listed).collect();
        let share = shares(ledger, |i| ledger.merchant_category.ids[i] != Interned::NULL, &listed);
        let (Some(mut payment), Some(trade)) = (rarest_place(plot, &share), options.trades.first()) else {
            return;
        };
        payment.merchant_category = format!("자가점검 {trade}");
        plot.must_find(&payment);
    }
}

/// Letters and digits only, in lower case.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// By distinct text: the first of `words` that it holds outside the words of `except`.
fn words_of(column: &Interned, words: &[String], except: &[String]) -> Vec<Option<usize>> {
    let words: Vec<String> = words.iter().map(|word| plain(word)).collect();
    let except: Vec<String> = except.iter().map(|word| plain(word)).collect();
    let find = |name: &String| {
        let mut name = plain(name);
        for other in &except {
            name = name.replace(other.as_str(), " ");
        }
        words.iter().position(|word| name.contains(word.as_str()))
    };
    column.names.iter().map(find).collect()
}

/// A payment to a listed trade, as its sentence needs it.
struct Use {
    trade: String,
    by_trade: bool,
    word: String,
    vendor: String,
    amount: String,
    in_account: String,
}

impl Use {
    fn reason(&self) -> Reason {
        let vendor = if self.vendor.is_empty() {
            String::new()
        } else {
            format!("거래처 ‘{}’에 ", self.vendor)
        };
        let amount = stated("금액", &self.amount, "이/가");
        let what = if self.by_trade {
            let trade = ko::josa(&format!("‘{}’", self.trade), "은/는");
            format!("업종 {trade} 제한업종 낱말 ‘{}’에 해당합니다.", self.word)
        } else {
            let word = ko::josa(&format!("‘{}’", self.word), "이/가");
            format!("거래처 이름에 제한업종을 뜻하는 말 {word} 있습니다.")
        };
        let text = format!("{vendor}{amount} 지급되었습니다. {what} {}", self.in_account);
        Reason { id: ID.to_owned(), text, related: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Ledger, fired, texts, try_run};
    use super::*;
    use crate::detect::controls::ControlOptions;

    /// 300 payments to bookshops, then one of 200,000 won to a vendor and trade each.
    fn run(last: &[(&str, &str)]) -> Output {
        let ledger = last.iter().fold(Ledger::background(300), |ledger, (vendor, _)| {
            ledger.pay("2024-03-05", "부서0", "소모품비", vendor, 200_000, "", "")
        });
        let mut view = ledger.view();
        view.merchant_category = texts(view.n_rows, |i| {
            let trade = i.checked_sub(300).map_or("서점", |at| last[at].1);
            trade.to_owned()
        });
        try_run(&RestrictedMerchant, &view, &ControlOptions::default()).unwrap()
    }

    #[test]
    fn fires_on_listed_trades_however_they_are_written() {
        let out =
            run(&[("가나", "일반유흥주점"), ("다라", "실내 골프장"), ("마바", "이용원"), ("사아", "한식")]);
        assert_eq!(fired(&out, 0.5), [300, 301, 302]);
        assert_eq!(
            (out.explain)(300).unwrap().text,
            "거래처 ‘가나’에 금액 200,000원이 지급되었습니다. 업종 ‘일반유흥주점’은 제한업종 낱말 ‘유흥’에 해당합니다. \
             계정 ‘소모품비’의 지급 304건 가운데 이런 것은 3건입니다."
        );
    }

    #[test]
    fn a_name_alone_is_a_hint_and_words_that_mean_something_else_are_none() {
        let out = run(&[
            ("행복 노래연습장", ""),
            ("바른골프", "스포츠용품"),
            ("가위손", "미용 재료"),
            ("주점마을서점", "서점"),
        ]);
        assert!(fired(&out, 0.5).is_empty());
        assert_eq!(fired(&out, 0.1), [300, 301]);
        let text = (out.explain)(300).unwrap().text;
        assert!(text.contains("거래처 이름에 제한업종을 뜻하는 말 ‘노래연습장’이 있습니다."), "{text}");
    }

    #[test]
    fn a_trade_usual_for_the_account_does_not_fire() {
        let usual = [("새벽골프", "골프연습장"); 150];
        assert!(fired(&run(&usual), 0.0).is_empty());
        assert_eq!(fired(&run(&usual[..3]), 0.5).len(), 3);
    }

    #[test]
    fn signs_and_spaces_do_not_matter() {
        let words = vec!["유흥".to_owned()];
        let column = texts(2, |i| ["유흥 주점", "유·흥"][i].to_owned());
        assert_eq!(words_of(&column, &words, &[]), [Some(0), Some(0)]);
        assert_eq!(words_of(&column, &words, &["유흥주점".to_owned()]), [None, Some(0)]);
    }
}
