//! Benford's law: first digit, second digit and first two digits of amounts.
//!
//! Comes in: positive payments of a population. Goes out: shares by digit, MAD with its band, chi-square, Z.
//! Refuses: populations below the minimum size; amounts below the least amount are left out and counted.
//!
//! Digits are those of the amount in minor units without leading zeros, which are the digits of the major amount too:
//! the law does not depend on the unit. Method and bands: M. Nigrini, *Benford's Law*, Wiley 2012.

use rayon::prelude::*;

use super::digits::{DigitTest, first_two};
use super::groups::{Group, Scope, Tested};
use super::table::{Cell, Chart, Column, Kind, Outcome, Refusal, Table};
use super::{Analysis, Input};
use crate::ko;

/// Which digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// 1 to 9.
    First,
    /// 0 to 9.
    Second,
    /// 10 to 99.
    FirstTwo,
}

/// The analysis of one position.
pub struct Benford(pub Position);

/// Populations drawn in a chart.
pub(super) const DRAWN_MAX: usize = 20;

/// First two digits of each amount, 10 to 99; 0 where it is less than `least` minor units.
pub(super) fn first_two_digits(amounts: &[i64], least: u64) -> Vec<u8> {
    let digits = |amount: &i64| {
        let amount = u64::try_from(*amount).ok().filter(|amount| *amount >= least);
        amount.and_then(first_two).and_then(|two| u8::try_from(two).ok()).unwrap_or(0)
    };
    amounts.par_iter().map(digits).collect()
}

impl Position {
    /// The smallest digit.
    fn first(self) -> usize {
        match self {
            Self::First => 1,
            Self::Second => 0,
            Self::FirstTwo => 10,
        }
    }

    /// Expected shares by digit, from the smallest.
    pub(super) fn expected(self) -> Vec<f64> {
        let of_two = |two: usize| (1.0 + 1.0 / two as f64).log10();
        match self {
            Self::First => (1..10).map(of_two).collect(),
            Self::Second => (0..10).map(|d| (1..10).map(|first| of_two(10 * first + d)).sum()).collect(),
            Self::FirstTwo => (10..100).map(of_two).collect(),
        }
    }

    /// Position of these first two digits among the counts.
    fn index(self, two: usize) -> usize {
        match self {
            Self::First => two / 10 - 1,
            Self::Second => two % 10,
            Self::FirstTwo => two - 10,
        }
    }

    /// Upper ends of close, acceptable and marginally acceptable conformity of the MAD (Nigrini 2012).
    fn bands(self) -> [f64; 3] {
        match self {
            Self::First => [0.006, 0.012, 0.015],
            Self::Second => [0.008, 0.010, 0.012],
            Self::FirstTwo => [0.0012, 0.0018, 0.0022],
        }
    }

    /// How near to the law `mad` is, in Korean.
    pub(super) fn band_ko(self, mad: f64) -> &'static str {
        let names = ["매우 가까움", "가까움", "경계"];
        let at = self.bands().iter().position(|upper| mad <= *upper);
        at.map_or("가깝지 않음", |at| names[at])
    }
}

impl Analysis for Benford {
    fn id(&self) -> &'static str {
        match self.0 {
            Position::First => "benford_first",
            Position::Second => "benford_second",
            Position::FirstTwo => "benford_first_two",
        }
    }

    fn label_ko(&self) -> &'static str {
        match self.0 {
            Position::First => "벤포드 첫째 자리",
            Position::Second => "벤포드 둘째 자리",
            Position::FirstTwo => "벤포드 첫 두 자리",
        }
    }

    fn about_ko(&self) -> &'static str {
        match self.0 {
            Position::First => {
                "금액의 첫째 자리 숫자(1~9)의 비율을 벤포드 법칙의 비율과 견줍니다. 정해진 단가와 한도, 정기 지급도 비율을 바꾸므로 차이는 살펴볼 곳을 알려 줄 뿐이며 개별 지출의 옳고 그름을 말하지 않습니다."
            }
            Position::Second => {
                "금액의 둘째 자리 숫자(0~9)의 비율을 벤포드 법칙의 비율과 견줍니다. 0과 5가 많으면 끝수를 맞춘 금액이 많다는 뜻이며 개별 지출의 옳고 그름을 말하지 않습니다."
            }
            Position::FirstTwo => {
                "금액의 첫 두 자리 숫자(10~99)의 비율을 벤포드 법칙의 비율과 견줍니다. 한 숫자가 유난히 많으면 그 숫자로 시작하는 금액을 모아 보되, 개별 지출의 옳고 그름을 말하지 않습니다."
            }
        }
    }

    fn analyse(&self, input: &Input<'_>) -> Outcome {
        let expected = self.0.expected();
        let mut outcome = Outcome::new(self);
        for groups in &input.groups {
            let mut tested = groups.tested(|group| self.test(input, group, &expected));
            tested.sort_by_value(|test| test.mad);
            if groups.scope == Scope::Institution {
                let whole = tested.rows.first().map(|(_, test)| test);
                outcome.headline_ko = whole.map(|test| self.headline(test, &expected));
                outcome.tables.extend(whole.map(|test| self.detail(test, &expected)));
            }
            outcome.tables.push(self.table(groups.scope, &tested, &expected));
            outcome.coverage.push(tested.coverage());
            outcome.refused.append(&mut tested.refused);
        }
        outcome
    }
}

impl Benford {
    fn test(&self, input: &Input<'_>, group: Group<'_>, expected: &[f64]) -> Result<DigitTest, Refusal> {
        let options = input.options;
        let mut counts = vec![0_u64; expected.len()];
        for &row in group.rows {
            let two = usize::from(input.first_two[row as usize]);
            if two > 0 {
                counts[self.0.index(two)] += 1;
            }
        }
        let n: u64 = counts.iter().sum();
        let n_min = match self.0 {
            Position::First => options.benford_first_min,
            Position::Second => options.benford_second_min,
            Position::FirstTwo => options.benford_first_two_min,
        };
        let refuse = || group.too_few(usize::try_from(n).unwrap_or(usize::MAX), n_min, "쓸 수 있는 지출이");
        if n < n_min {
            return Err(refuse());
        }
        DigitTest::new(counts, expected).ok_or_else(refuse)
    }

    fn headline(&self, test: &DigitTest, expected: &[f64]) -> String {
        format!(
            "MAD {:.5}(우연이면 {:.5}), 법칙과의 거리는 ‘{}’. 가장 많이 넘친 숫자는 {}: {}, 기대 {}.",
            test.mad,
            test.mad_by_chance,
            self.0.band_ko(test.mad),
            self.0.first() + test.most,
            ko::percent(test.share(test.most)),
            ko::percent(expected[test.most])
        )
    }

    fn detail(&self, test: &DigitTest, expected: &[f64]) -> Table {
        let columns = vec![
            Column::new("digits", "숫자", Kind::Text),
            Column::new("n", "건수", Kind::Count),
            Column::new("n_expected", "기대 건수", Kind::Number),
            Column::new("share", "실제 비율", Kind::Share),
            Column::new("share_expected", "기대 비율", Kind::Share),
            Column::new("z", "Z", Kind::Number),
        ];
        let row = |i: usize| {
            vec![
                Cell::from((self.0.first() + i).to_string()),
                Cell::Count(test.counts[i]),
                Cell::number(test.n as f64 * expected[i]),
                Cell::number(test.share(i)),
                Cell::number(expected[i]),
                Cell::number(test.z(i, expected[i])),
            ]
        };
        let title = format!("기관 전체 {}: 실제와 기대", self.label_ko());
        Table {
            id: "digits".to_owned(),
            title_ko: title.clone(),
            columns,
            rows: (0..expected.len()).map(row).collect(),
            chart: Some(Chart {
                title_ko: title,
                category: 0,
                bars: vec![3],
                lines: vec![4],
                n_rows: expected.len(),
            }),
        }
    }

    fn table(&self, scope: Scope, tested: &Tested<'_, DigitTest>, expected: &[f64]) -> Table {
        let columns = vec![
            Column::new("name", scope.label_ko(), Kind::Text),
            Column::new("n", "쓴 건수", Kind::Count),
            Column::new("n_left_out", "작아서 뺀 건수", Kind::Count),
            Column::new("mad", "MAD", Kind::Small),
            Column::new("mad_by_chance", "우연일 때 MAD", Kind::Small),
            Column::new("band", "법칙과의 거리", Kind::Text),
            Column::new("chi_square", "카이제곱", Kind::Number),
            Column::new("df", "자유도", Kind::Count),
            Column::new("p_value", "p값", Kind::Small),
            Column::new("most", "가장 많이 넘친 숫자", Kind::Text),
            Column::new("most_share", "그 숫자의 비율", Kind::Share),
            Column::new("most_expected", "그 숫자의 기대 비율", Kind::Share),
            Column::new("most_z", "그 숫자의 Z", Kind::Number),
        ];
        let row = |(group, test): &(Group<'_>, DigitTest)| {
            vec![
                group.name.into(),
                Cell::Count(test.n),
                Cell::Count((group.rows.len() as u64).saturating_sub(test.n)),
                Cell::number(test.mad),
                Cell::number(test.mad_by_chance),
                self.0.band_ko(test.mad).into(),
                Cell::number(test.chi_square),
                Cell::Count(test.df.into()),
                Cell::number(test.p_value),
                (self.0.first() + test.most).to_string().into(),
                Cell::number(test.share(test.most)),
                Cell::number(expected[test.most]),
                Cell::number(test.z(test.most, expected[test.most])),
            ]
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
        let id = scope.key().to_owned();
        Table { id, title_ko, columns, rows: tested.rows.iter().map(row).collect(), chart }
    }
}
