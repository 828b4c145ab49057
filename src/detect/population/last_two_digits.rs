//! Last two digits: whether the ends of amounts are spread evenly, as written and before the zeros at the end.
//!
//! Comes in: positive payments of a population. Goes out: shares by pair of digits, MAD, chi-square.
//! Refuses: populations below the minimum count; amounts of fewer than four digits, whose last two are also their first.
//!
//! As written, the pairs 00 to 99 of the minor units are equally likely where nobody rounds; of won amounts most end in
//! 00, and the figure says how many. Before the zeros, the last digit is 1 to 9 by construction: 90 pairs are equally
//! likely, whatever unit the amount was rounded to. No bands of the MAD are published for these pairs; none are given.

use rayon::prelude::*;

use super::benford::DRAWN_MAX;
use super::digits::DigitTest;
use super::groups::{Group, Scope, Tested};
use super::table::{Cell, Chart, Column, Kind, Outcome, Refusal, Table};
use super::{Analysis, Input};
use crate::ko;

/// Which digits are the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Those of the amount in minor units.
    AsWritten,
    /// Those before the zeros at the end.
    BeforeZeros,
}

/// The analysis of one reading.
pub struct LastTwoDigits(pub Reading);

/// Fewest digits of an amount that takes part: the third digit of a number is nearly even (9.8 to 10.2 %).
const LEAST: u64 = 1_000;

/// The position of an amount that takes no part.
const NONE: u8 = u8::MAX;

impl Reading {
    fn n_pairs(self) -> usize {
        match self {
            Self::AsWritten => 100,
            Self::BeforeZeros => 90,
        }
    }

    /// Position of the last two digits of `amount` among the pairs; `None` for fewer than four digits.
    pub(super) fn index(self, amount: u64) -> Option<usize> {
        let mut front = amount;
        if self == Self::BeforeZeros {
            while front > 0 && front.is_multiple_of(10) {
                front /= 10;
            }
        }
        let pair = usize::try_from(front % 100).ok().filter(|_| front >= LEAST)?;
        Some(match self {
            Self::AsWritten => pair,
            Self::BeforeZeros => pair / 10 * 9 + pair % 10 - 1,
        })
    }

    /// Position of the last two digits of each amount among the pairs; `NONE` where there is none.
    fn pairs(self, amounts: &[i64]) -> Vec<u8> {
        let index = |amount: &i64| u64::try_from(*amount).ok().and_then(|amount| self.index(amount));
        amounts.par_iter().map(|a| index(a).and_then(|i| u8::try_from(i).ok()).unwrap_or(NONE)).collect()
    }

    /// The pair at position `i`: `05`.
    fn pair(self, i: usize) -> String {
        match self {
            Self::AsWritten => format!("{i:02}"),
            Self::BeforeZeros => format!("{}{}", i / 9, i % 9 + 1),
        }
    }
}

impl Analysis for LastTwoDigits {
    fn id(&self) -> &'static str {
        match self.0 {
            Reading::AsWritten => "last_two_digits",
            Reading::BeforeZeros => "last_two_before_zeros",
        }
    }

    fn label_ko(&self) -> &'static str {
        match self.0 {
            Reading::AsWritten => "끝 두 자리",
            Reading::BeforeZeros => "끝 0 앞 두 자리",
        }
    }

    fn about_ko(&self) -> &'static str {
        match self.0 {
            Reading::AsWritten => {
                "네 자리 이상인 금액의 끝 두 자리(00~99)가 고르게 퍼져 있는지 봅니다. 원화는 대부분 00으로 끝나므로 고르지 않은 것이 보통이고, 00의 비율은 끝수를 맞춘 정도를 보여 줍니다. 개별 지출의 옳고 그름을 말하지 않습니다."
            }
            Reading::BeforeZeros => {
                "금액 끝의 0을 모두 뺀 뒤 네 자리 이상 남는 금액의 끝 두 자리(90가지)가 고르게 퍼져 있는지 봅니다. 몇 원 단위로 끝수를 맞추었는지와 관계없이 볼 수 있습니다. 단가가 5로 끝나거나 같은 금액이 되풀이되어도 치우치므로 개별 지출의 옳고 그름을 말하지 않습니다."
            }
        }
    }

    fn analyse(&self, input: &Input<'_>) -> Outcome {
        let mut outcome = Outcome::new(self);
        let pairs = self.0.pairs(&input.ledger.amount);
        for groups in &input.groups {
            let mut tested = groups.tested(|group| self.test(input, group, &pairs));
            tested.sort_by_value(|test| test.mad);
            if groups.scope == Scope::Institution {
                let whole = tested.rows.first().map(|(_, test)| test);
                outcome.headline_ko = whole.map(|test| self.headline(test));
                outcome.tables.extend(whole.map(|test| self.detail(test)));
            }
            outcome.tables.push(self.table(groups.scope, &tested));
            outcome.coverage.push(tested.coverage());
            outcome.refused.append(&mut tested.refused);
        }
        outcome
    }
}

impl LastTwoDigits {
    fn expected(&self) -> f64 {
        1.0 / self.0.n_pairs() as f64
    }

    fn test(&self, input: &Input<'_>, group: Group<'_>, pairs: &[u8]) -> Result<DigitTest, Refusal> {
        let mut counts = vec![0_u64; self.0.n_pairs()];
        for &row in group.rows {
            if let Some(count) = counts.get_mut(usize::from(pairs[row as usize])) {
                *count += 1;
            }
        }
        let n: u64 = counts.iter().sum();
        let n_min = input.options.last_two_min;
        let unit = match self.0 {
            Reading::AsWritten => "네 자리 이상인 지출이",
            Reading::BeforeZeros => "끝의 0을 빼고도 네 자리 이상인 지출이",
        };
        let refuse = || group.too_few(usize::try_from(n).unwrap_or(usize::MAX), n_min, unit);
        if n < n_min {
            return Err(refuse());
        }
        DigitTest::new(counts, &vec![self.expected(); self.0.n_pairs()]).ok_or_else(refuse)
    }

    fn headline(&self, test: &DigitTest) -> String {
        format!(
            "MAD {:.5}(우연이면 {:.5}). 가장 많은 숫자는 {}: {}, 기대 {}.",
            test.mad,
            test.mad_by_chance,
            self.0.pair(test.most),
            ko::percent(test.share(test.most)),
            ko::percent(self.expected())
        )
    }

    fn detail(&self, test: &DigitTest) -> Table {
        let columns = vec![
            Column::new("digits", "숫자", Kind::Text),
            Column::new("n", "건수", Kind::Count),
            Column::new("share", "실제 비율", Kind::Share),
            Column::new("share_expected", "기대 비율", Kind::Share),
            Column::new("z", "Z", Kind::Number),
        ];
        let row = |i: usize| {
            vec![
                self.0.pair(i).into(),
                Cell::Count(test.counts[i]),
                Cell::number(test.share(i)),
                Cell::number(self.expected()),
                Cell::number(test.z(i, self.expected())),
            ]
        };
        let title = format!("기관 전체 {}: 실제와 기대", self.label_ko());
        let n_rows = self.0.n_pairs();
        Table {
            id: "digits".to_owned(),
            title_ko: title.clone(),
            columns,
            rows: (0..n_rows).map(row).collect(),
            chart: Some(Chart { title_ko: title, category: 0, bars: vec![2], lines: vec![3], n_rows }),
        }
    }

    fn table(&self, scope: Scope, tested: &Tested<'_, DigitTest>) -> Table {
        let mut columns = vec![
            Column::new("name", scope.label_ko(), Kind::Text),
            Column::new("n", "쓴 건수", Kind::Count),
            Column::new("n_left_out", "짧아서 뺀 건수", Kind::Count),
            Column::new("mad", "MAD", Kind::Small),
            Column::new("mad_by_chance", "우연일 때 MAD", Kind::Small),
            Column::new("chi_square", "카이제곱", Kind::Number),
            Column::new("df", "자유도", Kind::Count),
            Column::new("p_value", "p값", Kind::Small),
            Column::new("most", "가장 많이 넘친 숫자", Kind::Text),
            Column::new("most_share", "그 숫자의 비율", Kind::Share),
            Column::new("most_z", "그 숫자의 Z", Kind::Number),
        ];
        if self.0 == Reading::AsWritten {
            columns.push(Column::new("double_zero", "00의 비율", Kind::Share));
        }
        let row = |(group, test): &(Group<'_>, DigitTest)| {
            let mut cells = vec![
                group.name.into(),
                Cell::Count(test.n),
                Cell::Count((group.rows.len() as u64).saturating_sub(test.n)),
                Cell::number(test.mad),
                Cell::number(test.mad_by_chance),
                Cell::number(test.chi_square),
                Cell::Count(test.df.into()),
                Cell::number(test.p_value),
                self.0.pair(test.most).into(),
                Cell::number(test.share(test.most)),
                Cell::number(test.z(test.most, self.expected())),
            ];
            if self.0 == Reading::AsWritten {
                cells.push(Cell::number(test.share(0)));
            }
            cells
        };
        let n_rows = tested.rows.len().min(DRAWN_MAX);
        let chart = (scope != Scope::Institution && n_rows > 0).then(|| Chart {
            title_ko: format!("{}별 MAD: {}", scope.label_ko(), self.label_ko()),
            category: 0,
            bars: vec![3],
            lines: vec![4],
            n_rows,
        });
        let title_ko = format!("{} {}", scope.label_ko(), self.label_ko());
        Table {
            id: scope.key().to_owned(),
            title_ko,
            columns,
            rows: tested.rows.iter().map(row).collect(),
            chart,
        }
    }
}
