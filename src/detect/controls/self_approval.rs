//! 자가승인: the person who asks for a payment approves it too.
//!
//! Comes in: requesters and approvers. Goes out: rows where both are one person.
//! Refuses: an institution in which that is the rule (the notes say so); masked names as a proof.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::common::{Hit, output, stated};
use super::control::Control;
use super::options::Check;
use super::usual::rarity;
use crate::clean::Interned;
use crate::detect::canary::Plot;
use crate::detect::{Input, Output};
use crate::ko;
use crate::ledger::{Amount, Reason, Severity, col};

const ID: &str = "self_approval";

/// Ranks and forms of address after or beside a name.
const RANKS: [&str; 41] = [
    "주무관",
    "사무관",
    "서기관",
    "이사관",
    "주사보",
    "주사",
    "서기보",
    "서기",
    "과장대리",
    "과장",
    "팀장",
    "계장",
    "차장",
    "부장",
    "국장",
    "실장",
    "본부장",
    "센터장",
    "소장",
    "처장",
    "원장",
    "관장",
    "단장",
    "부원장",
    "이사장",
    "이사",
    "대리",
    "주임",
    "사원",
    "담당자",
    "담당관",
    "담당",
    "책임연구원",
    "선임연구원",
    "연구원",
    "교수",
    "조교",
    "선생님",
    "선생",
    "님",
    "씨",
];

/// Ends of a department's name before a person's.
const UNITS: [&str; 8] = ["과", "팀", "실", "국", "부", "처", "센터", "본부"];

/// Strength of two masked names alike, below what counts as found.
const MASKED: f64 = 0.35;

/// Options of 자가승인.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SelfApprovalOptions {
    /// From this share of payments approved by the requester on, it is how the house works and none is shown.
    pub usual_share: f64,
    /// Payments that name both, below which a share says nothing and none is left out for it.
    pub rows_min: usize,
}

impl Default for SelfApprovalOptions {
    fn default() -> Self {
        Self { usual_share: 0.05, rows_min: 30 }
    }
}

/// The test.
pub struct SelfApproval;

impl Control for SelfApproval {
    type Options = SelfApprovalOptions;
    const ID: &'static str = ID;
    const LABEL_KO: &'static str = "자가승인";
    const CODES: &'static [&'static str] = &["T36"];
    const SEVERITY: Severity = Severity::High;
    const WEIGHT: f64 = 75.0;
    const REQUIRED: &'static [&'static [&'static str]] = &[&[col::REQUESTER], &[col::APPROVER]];
    const OPTIONAL: &'static [&'static str] = &[col::KIND];

    fn check(options: &Self::Options, check: &mut Check<'_>) {
        check.share("usual_share", options.usual_share, 0.005, 1.0);
        check.that(
            (1..=100_000).contains(&options.rows_min),
            "rows_min",
            "1 이상 100000 이하의 정수",
            &options.rows_min,
        );
    }

    fn find(input: &Input<'_>, options: &Self::Options) -> Result<Output, String> {
        let ledger = input.ledger;
        let found = Found::new(input);
        if found.is_usual(options) {
            return Ok(output(ledger, Vec::new(), Approved::reason));
        }
        let share = found.share();
        let clear = 0.6 + 0.4 * rarity(share, options.usual_share);
        let hit = |&(i, masked): &(usize, bool)| {
            let data = Approved {
                requester: ledger.requester.text(i).to_owned(),
                approver: ledger.approver.text(i).to_owned(),
                masked,
                amount: ledger.currency.display(Amount(ledger.amount[i])),
                n_same: found.rows.len(),
                n_both: found.n_both,
            };
            Hit::alone(i, if masked { MASKED } else { clear }, data)
        };
        Ok(output(ledger, found.rows.iter().map(hit).collect(), Approved::reason))
    }

    fn notes(input: &Input<'_>, options: &Self::Options) -> Vec<String> {
        let found = Found::new(input);
        if !found.is_usual(options) {
            return Vec::new();
        }
        vec![format!(
            "기안자와 결재자가 같은 지급이 {}건 가운데 {}건({})이어서 이 기관의 결재 방식으로 보고 하나하나 짚지 않았습니다. \
             힌트: 결재선을 먼저 확인하십시오.",
            ko::count(found.n_both),
            ko::count(found.rows.len()),
            ko::percent(found.share())
        )]
    }

    fn plant(plot: &mut Plot<'_>, _options: &Self::Options) {
        let Some(mut payment) = plot.usual() else { return };
        "자가점검자".clone_into(&mut payment.requester);
        "자가점검자 과장".clone_into(&mut payment.approver);
        plot.must_find(&payment);
    }
}

/// Payments whose requester and approver are alike.
struct Found {
    /// Row and whether the names are masked.
    rows: Vec<(usize, bool)>,
    /// Payments that name both.
    n_both: usize,
}

impl Found {
    fn new(input: &Input<'_>) -> Self {
        let ledger = input.ledger;
        let keys = |column: &Interned| column.names.iter().map(|name| person(name)).collect::<Vec<String>>();
        let (requesters, approvers) = (keys(&ledger.requester), keys(&ledger.approver));
        // One number a person on either side, so that rows compare integers.
        let ids: FxHashMap<&str, usize> = approvers.iter().map(String::as_str).zip(0..).collect();
        let id_of = |names: &[String]| -> Vec<Option<usize>> {
            names.iter().map(|name| ids.get(name.as_str()).copied().filter(|_| !name.is_empty())).collect()
        };
        let (of_requester, of_approver) = (id_of(&requesters), id_of(&approvers));
        let masked: Vec<bool> = requesters.iter().map(|name| is_masked(name)).collect();
        let both = |i: &usize| {
            input.shared.stands[*i]
                && ledger.requester.ids[*i] != Interned::NULL
                && ledger.approver.ids[*i] != Interned::NULL
        };
        let (mut rows, mut n_both) = (Vec::new(), 0);
        for i in (0..ledger.n_rows).filter(both) {
            n_both += 1;
            let (requester, approver) = (ledger.requester.ids[i] as usize, ledger.approver.ids[i] as usize);
            if of_requester[requester].is_some() && of_requester[requester] == of_approver[approver] {
                rows.push((i, masked[requester]));
            }
        }
        Self { rows, n_both }
    }

    fn share(&self) -> f64 {
        self.rows.len() as f64 / (self.n_both as f64).max(1.0)
    }

    fn is_usual(&self, options: &SelfApprovalOptions) -> bool {
        self.n_both >= options.rows_min && self.share() >= options.usual_share
    }
}

/// A name without department, rank and spaces: `총무과 홍길동 과장` and `홍 길동(총무과)` are `홍길동`.
fn person(text: &str) -> String {
    let outside: String = match text.split_once(['(', '[', '（']) {
        Some((before, _)) if !before.trim().is_empty() => before.to_owned(),
        _ => text.to_owned(),
    };
    let outside = outside.replace(['(', ')', '[', ']', '（', '）', '/', ',', '_'], " ");
    let mut words: Vec<&str> = outside.split_whitespace().collect();
    let is_unit = |word: &str| word.chars().count() >= 3 && UNITS.iter().any(|unit| word.ends_with(unit));
    while words.len() > 1 && is_unit(words[0]) {
        words.remove(0);
    }
    while words.len() > 1 && words.last().is_some_and(|word| RANKS.contains(word)) {
        words.pop();
    }
    let mut name = words.concat().to_lowercase();
    // A rank written to the name: at least two letters of a name remain, and names of two letters are rare.
    let rank = RANKS.iter().find(|rank| {
        name.strip_suffix(**rank)
            .is_some_and(|rest| rest.chars().count() >= if rank.chars().count() == 1 { 3 } else { 2 })
    });
    if let Some(rank) = rank {
        name.truncate(name.len() - rank.len());
    }
    name
}

fn is_masked(name: &str) -> bool {
    name.contains(['*', '＊', '○', '●', '〇', '□'])
}

/// A payment approved by its requester, as its sentence needs it.
struct Approved {
    requester: String,
    approver: String,
    masked: bool,
    amount: String,
    n_same: usize,
    n_both: usize,
}

impl Approved {
    fn reason(&self) -> Reason {
        let what = if self.masked {
            "가린 이름이 같아 같은 사람일 수 있습니다"
        } else {
            "같은 사람으로 보입니다"
        };
        let text = format!(
            "{} 지급되었는데 기안자 {} 결재자 {} {what}. 두 이름이 적힌 지급 {}건 가운데 이런 것은 {}건입니다.",
            stated("금액", &self.amount, "이/가"),
            ko::josa(&format!("‘{}’", self.requester), "과/와"),
            ko::josa(&format!("‘{}’", self.approver), "이/가"),
            ko::count(self.n_both),
            ko::count(self.n_same)
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
    use crate::detect::controls::ControlOptions;

    /// 300 payments approved by another, then payments by `last` (requester, approver).
    fn view(last: &[(&str, &str)]) -> LedgerView {
        let ledger = last.iter().fold(Ledger::background(300), |ledger, _| {
            ledger.pay("2024-03-05", "부서0", "소모품비", "거래처1", 200_000, "", "")
        });
        let mut view = ledger.view();
        let n = view.n_rows;
        view.requester = texts(n, |i| i.checked_sub(300).map_or("김발의", |at| last[at].0).to_owned());
        view.approver = texts(n, |i| i.checked_sub(300).map_or("박결재 과장", |at| last[at].1).to_owned());
        view
    }

    fn run(last: &[(&str, &str)]) -> Output {
        try_run(&SelfApproval, &view(last), &ControlOptions::default()).unwrap()
    }

    #[test]
    fn fires_on_one_person_however_written_and_not_on_two() {
        let out = run(&[
            ("홍길동", "홍길동 과장"),
            ("총무과 홍 길동", "홍길동(총무과)"),
            ("홍길동", "홍길순"),
            ("홍길동", ""),
        ]);
        assert_eq!(fired(&out, 0.5), [300, 301]);
        assert_eq!(
            (out.explain)(300).unwrap().text,
            "금액 200,000원이 지급되었는데 기안자 ‘홍길동’과 결재자 ‘홍길동 과장’이 같은 사람으로 보입니다. \
             두 이름이 적힌 지급 303건 가운데 이런 것은 2건입니다."
        );
        assert!((out.explain)(302).is_none() && (out.explain)(303).is_none());
    }

    #[test]
    fn masked_names_alike_are_a_hint() {
        let out = run(&[("홍*동", "홍*동")]);
        assert!(fired(&out, 0.5).is_empty());
        assert_eq!(fired(&out, 0.2), [300]);
        assert!((out.explain)(300).unwrap().text.contains("같은 사람일 수 있습니다"));
    }

    #[test]
    fn where_it_is_the_rule_the_notes_say_so() {
        let same = [("홍길동", "홍길동"); 20];
        let options = ControlOptions::default();
        let notes = |last: &[(&str, &str)]| {
            let view = view(last);
            input_of(&view, &options, |input| Detector::notes(&SelfApproval, input))
        };
        // 15 of 315 are below one in twenty, 20 of 320 above.
        assert_eq!(fired(&run(&same[..15]), 0.5).len(), 15);
        assert!(notes(&same[..15]).is_empty());
        assert!(fired(&run(&same), 0.0).is_empty());
        assert!(
            notes(&same)[0].starts_with("기안자와 결재자가 같은 지급이 320건 가운데 20건(6.2%)이어서"),
            "{:?}",
            notes(&same)
        );
    }

    #[test]
    fn names_are_told_from_ranks_and_departments() {
        for (text, name) in [
            ("홍길동", "홍길동"),
            ("홍길동주무관", "홍길동"),
            ("회계팀 홍길동 팀장", "홍길동"),
            ("김지국", "김지국"),
            ("이사", "이사"),
            ("박 이사", "박"),
            ("(주)가나", "주가나"),
            ("Kim", "kim"),
        ] {
            assert_eq!(person(text), name, "{text}");
        }
    }
}
