//! When a payment was made against when its account is used, and how near the end of the fiscal year.
//!
//! Comes in: the ledger in time order. Goes out: how rare the weekday and the hour are for the account, from earlier rows,
//! and the nearness of the year's last day.
//! Refuses: weekdays and hours as numbers (a Sunday is not more than a Monday), trust in an account with few payments, a
//! guess at an hour that is not given.

use chrono::{Datelike, NaiveDate};

use super::{Columns, Context, Feature, Group};

/// The group.
pub const GROUP: Group = Group { id: "calendar", label_ko: "요일·시각·연말", build };

const WEEKDAYS: usize = 7;
const HOURS: usize = 24;
/// Payments the whole ledger counts for in the shares of an account.
const PRIOR_ROWS: f64 = 20.0;
/// Days before the end of the fiscal year in which nearness rises.
const YEAR_END_DAYS: i64 = 30;

fn build(context: &Context<'_>) -> Columns {
    let ledger = context.ledger;
    let accounts = context.ids_of(&ledger.account);
    let weekday = |row: usize| Some(ledger.date(row).weekday().num_days_from_monday() as usize);
    let hour = |row: usize| usize::try_from(ledger.minute[row]).ok().map(|m| m / 60 % HOURS);
    let first_month = context.options.fiscal_year_first_month;
    vec![
        (
            Feature { id: "weekday_rarity", label_ko: "계정과목에서 드문 요일" },
            rarity::<WEEKDAYS>(&context.time, &accounts, weekday),
        ),
        (
            Feature { id: "hour_rarity", label_ko: "계정과목에서 드문 시간대" },
            rarity::<HOURS>(&context.time, &accounts, hour),
        ),
        (
            Feature { id: "year_end", label_ko: "회계연도 말 근접도" },
            (0..ledger.n_rows).map(|i| year_end(ledger.date(i), first_month)).collect(),
        ),
    ]
}

/// Earlier payments by kind.
#[derive(Clone, Copy)]
struct Counts<const N: usize> {
    by_kind: [f64; N],
    n: f64,
}

impl<const N: usize> Counts<N> {
    /// Share of `kind`, where `prior` payments have the share `wider`.
    fn share(&self, kind: usize, wider: f64, prior: f64) -> f64 {
        (self.by_kind[kind] + prior * wider) / (self.n + prior)
    }

    fn add(&mut self, kind: usize) {
        self.by_kind[kind] += 1.0;
        self.n += 1.0;
    }
}

/// -ln of the share that the kind of each row has among the earlier rows of its group, pulled to its share in the ledger;
/// 0 where the kind is not known.
fn rarity<const N: usize>(time: &[u32], groups: &[u32], kind: impl Fn(usize) -> Option<usize>) -> Vec<f64> {
    let none = Counts { by_kind: [0.0; N], n: 0.0 };
    let n_groups = groups.iter().map(|id| *id as usize + 1).max().unwrap_or(0);
    let (mut own, mut whole) = (vec![none; n_groups], none);
    let mut rarity = vec![0.0; groups.len()];
    for &row in time {
        let row = row as usize;
        let Some(kind) = kind(row) else { continue };
        let group = &mut own[groups[row] as usize];
        // Before anything is known every kind is as likely as another.
        let wider = whole.share(kind, 1.0 / N as f64, N as f64);
        rarity[row] = -group.share(kind, wider, PRIOR_ROWS).ln();
        group.add(kind);
        whole.add(kind);
    }
    rarity
}

/// 1 on the last day of the fiscal year, falling to 0 over the days before.
fn year_end(date: NaiveDate, first_month: u32) -> f64 {
    let year = date.year() + i32::from(date.month() >= first_month);
    let left =
        NaiveDate::from_ymd_opt(year, first_month, 1).map_or(i64::MAX, |next| (next - date).num_days() - 1);
    (1.0 - left as f64 / YEAR_END_DAYS as f64).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_year_ends_where_the_institution_says() {
        for (day, first_month, expected) in [
            ("2024-12-31", 1, 1.0),
            ("2024-12-16", 1, 0.5),
            ("2024-12-01", 1, 0.0),
            ("2025-01-01", 1, 0.0),
            ("2024-12-31", 3, 0.0),
            ("2024-02-29", 3, 1.0),
            ("2024-03-01", 3, 0.0),
            ("2024-07-01", 13, 0.0),
        ] {
            let found = year_end(date(day), first_month);
            assert!((found - expected).abs() < 1e-9, "{day} {first_month}: {found}");
        }
    }

    #[test]
    fn a_kind_new_to_a_group_is_rare_and_an_unknown_one_is_not() {
        let time: Vec<u32> = (0..103).collect();
        // A group on Mondays, then one payment of it on a Sunday, of an unknown day, of another group on a Sunday.
        let kind = |row: usize| match row {
            101 => None,
            100 | 102 => Some(6),
            _ => Some(0),
        };
        let groups: Vec<u32> = (0..103).map(|row| u32::from(row == 102)).collect();
        let rarity = rarity::<7>(&time, &groups, kind);
        assert!((rarity[0] - 7.0_f64.ln()).abs() < 1e-9, "even before anything is known");
        assert!(rarity[99] < 0.1, "{}", rarity[99]);
        assert!(rarity[100] > 6.0, "{}", rarity[100]);
        assert!(rarity[101].abs() < 1e-9);
        assert!(rarity[102] > 3.0 && rarity[102] < rarity[100], "a group not known yet is the ledger's");
    }
}
