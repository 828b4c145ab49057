//! Which groups of digits are which personal number.
//!
//! Comes in: characters. Goes out: what is hidden, and what stands in its place.
//! Refuses: to test check digits (resident numbers have had none since 2020), to take a date, a business number or a
//! document number for a personal one.

use super::Hidden;
use super::around::Around;
use super::groups::{self, Group, Join};

/// Hides all personal numbers of `chars` but mail addresses.
pub(super) fn hide(chars: &[char], hidden: &mut Vec<Hidden>) {
    let groups = groups::find(chars);
    passports(chars, &groups, hidden);
    let mut i = 0;
    while i < groups.len() {
        let chain = chain(&groups[i..]);
        let found = Found { chars, groups: &groups[i..] };
        let (n, shown) = found.whole(chain).unwrap_or((1, None));
        if let Some(shown) = shown {
            hidden.push(Hidden { start: groups[i].start, end: groups[i + n - 1].end, shown });
        }
        i += n;
    }
}

/// How many groups from the first on are joined by the same tight mark.
fn chain(groups: &[Group]) -> usize {
    let mark = groups[0].join;
    if !matches!(mark, Join::Hyphen | Join::Dot) {
        return 1;
    }
    1 + groups.iter().take_while(|group| group.join == mark).count()
}

/// Groups from some place on.
struct Found<'a> {
    chars: &'a [char],
    groups: &'a [Group],
}

impl Found<'_> {
    /// The number that begins here: how many groups it has, and how it is shown (`None`: as it is).
    fn whole(&self, chain: usize) -> Option<(usize, Option<String>)> {
        if let Some((n, shown)) = self.strong(chain) {
            return Some((n, Some(shown)));
        }
        if chain > 1 {
            // A chain that is none as a whole may still hold one further on: `2024-0012-010-1234-5678`.
            let inner = (1..chain).find(|at| self.from(*at).strong(chain - at).is_some());
            return match (self.chained(chain), inner) {
                (None, Some(at)) => Some((at, None)),
                (shown, _) => Some((chain, shown)),
            };
        }
        self.single().map(|shown| (1, Some(shown)))
    }

    fn from(&self, at: usize) -> Found<'_> {
        Found { chars: self.chars, groups: &self.groups[at..] }
    }

    fn lens(&self, n: usize) -> Vec<usize> {
        self.groups[..n].iter().map(Group::len).collect()
    }

    fn digits(&self, i: usize) -> String {
        self.chars[self.groups[i].start..self.groups[i].end].iter().collect()
    }

    /// Whether the first `n` groups are joined by one and the same mark, and nothing tighter follows or precedes.
    fn joined(&self, n: usize) -> bool {
        let Some(part) = self.groups.get(..n) else { return false };
        let mark = part[0].join;
        mark != Join::None
            && part[..n - 1].iter().all(|group| group.join == mark)
            && !matches!(part[n - 1].join, Join::Hyphen)
    }

    /// Numbers whose form leaves no doubt: resident numbers, cards, phones, licences.
    fn strong(&self, chain: usize) -> Option<(usize, String)> {
        let n = self.groups.len().min(5);
        let n_joined = self.groups[..n - 1].iter().take_while(|group| group.join != Join::None).count();
        let lens = self.lens(n_joined + 1);
        if n_joined == 0 || lens.iter().sum::<usize>() < 9 {
            return None;
        }
        match lens.as_slice() {
            [6, 7, ..] if self.joined(2) && self.is_birth(0) && chain <= 2 => {
                (!self.around(2).says(&["법인등록", "법인번호"])).then(|| (2, self.show(2, |i, _| i == 0)))
            }
            [8, 7, ..]
                if self.joined(2) && self.is_long_birth() && chain <= 2 && !self.around(2).is_other() =>
            {
                Some((2, self.show(2, |i, _| i == 0)))
            }
            [7, 4, ..] if self.joined(2) && is_mobile(&self.digits(0)) => {
                Some((2, self.show(2, |i, at| i == 1 || at < 3)))
            }
            [3, 8, ..] if self.joined(2) && is_mobile(&self.digits(0)) => {
                Some((2, self.show(2, |i, at| i == 0 || at >= 4)))
            }
            [4, 4, 4, 4, ..] if self.joined(4) => Some((4, self.card(4))),
            [4, 6, 5, ..] if self.joined(3) && self.digits(0).starts_with('3') => Some((3, self.card(3))),
            [2, 2, 6, 2, ..] if self.joined(4) && self.is_region() => Some((4, self.show(4, |i, _| i == 0))),
            [2, 6, 2, ..] if self.joined(3) => Some((3, self.show(3, |i, _| i == 0))),
            _ => self.phone(),
        }
    }

    /// A phone number in three groups, or four behind `+82`.
    fn phone(&self) -> Option<(usize, String)> {
        let country = usize::from(self.digits(0) == "82" && self.groups.len() > 1);
        let rest = self.from(country);
        if rest.groups.len() < 3 {
            return None;
        }
        let (area, lens) = (rest.digits(0), rest.lens(3));
        let area = if country == 1 { format!("0{}", area.trim_start_matches('0')) } else { area };
        let [first, second] = [rest.groups[0].join, rest.groups[1].join];
        let is_joined = first != Join::None
            && (second == first
                || (is_mobile(&area) && second != Join::None)
                || (first == Join::Bracket && matches!(second, Join::Hyphen | Join::Space))
                || (first == Join::Space && second == Join::Hyphen))
            && (country == 0 || self.groups[0].join != Join::None)
            && rest.groups[2].join != Join::Hyphen;
        let fits = matches!(lens[1], 3 | 4) && lens[2] == 4 && is_area(&area);
        (is_joined && fits).then(|| (country + 3, self.show(country + 3, |i, _| i != country + 1)))
    }

    /// A chain of groups that is one number: an account, or something that stays.
    fn chained(&self, n: usize) -> Option<String> {
        let lens = self.lens(n);
        let total: usize = lens.iter().sum();
        if !(10..=16).contains(&total) || lens == [3, 2, 5] {
            return None;
        }
        let around = self.around(n);
        let first = self.digits(0);
        let is_account = match lens.as_slice() {
            [3, 1..=3, _, _, 1] if matches!(first.as_str(), "978" | "979") => false,
            // A card shown as we show it.
            [4, _, 4] if self.is_hidden(1) => false,
            [_, _, 1..=3] if !around.is_account() => false,
            [_, _, _, _, ..] if self.groups[0].join == Join::Dot => false,
            [_, _, _, ..] => {
                (3..=6).contains(&lens[0]) && (total > 10 || around.is_account()) && !around.is_other()
            }
            [_, _] => around.is_account() && !around.is_other(),
            _ => false,
        };
        let is_dated = starts_with_year(&first) && !around.is_account();
        (is_account && !is_dated).then(|| self.account(n))
    }

    /// A run of digits without any mark.
    fn single(&self) -> Option<String> {
        if !(9..=16).contains(&self.groups[0].len()) {
            return None;
        }
        let digits = self.digits(0);
        let around = self.around(1);
        let dated = is_day(&digits);
        match digits.len() {
            13 if self.is_birth(0) && !around.says(&["법인등록", "법인번호"]) && !around.is_other() => {
                Some(self.show(1, |_, i| i < 6))
            }
            16 if !dated && !around.is_other() => Some(self.card(1)),
            15 if !dated && !around.is_other() && digits.starts_with('3') => Some(self.card(1)),
            9..=12 if is_phone(&digits) && !around.is_other() => {
                let head = if digits.starts_with("82") {
                    4
                } else if digits.starts_with("02") {
                    2
                } else {
                    3
                };
                let tail = digits.len() - 4;
                Some(self.show(1, |_, i| i < head || i >= tail))
            }
            12 if around.says(&["면허"]) => Some(self.show(1, |_, i| i < 2)),
            10..=16 if around.is_account() && !around.is_other() => Some(self.account(1)),
            _ => None,
        }
    }

    fn around(&self, n: usize) -> Around {
        Around::new(self.chars, self.groups[0].start, self.groups[n - 1].end)
    }

    /// `n` groups with every digit hidden that `keep` (group, place in it) does not name; what joins them stays.
    fn show(&self, n: usize, keep: impl Fn(usize, usize) -> bool) -> String {
        let mut out = String::new();
        for (i, group) in self.groups[..n].iter().enumerate() {
            if i > 0 {
                out.extend(&self.chars[self.groups[i - 1].end..group.start]);
            }
            let part = self.chars[group.start..group.end].iter().enumerate();
            out.extend(part.map(|(at, c)| if keep(i, at) && c.is_ascii_digit() { *c } else { '*' }));
        }
        out
    }

    /// First three and last three digits stay.
    fn account(&self, n: usize) -> String {
        let last = n - 1;
        let tail = self.groups[last].len().saturating_sub(3);
        self.show(n, |i, at| (i == 0 && at < 3) || (i == last && at >= tail))
    }

    /// Whether nothing of group `i` is left to hide.
    fn is_hidden(&self, i: usize) -> bool {
        self.digits(i).chars().all(|c| c == '*')
    }

    fn card(&self, n: usize) -> String {
        super::card(&self.show(n, |_, _| true))
    }

    /// Whether group `i` begins with the month and day of a birth date.
    fn is_birth(&self, i: usize) -> bool {
        let digits = self.digits(i);
        let part = |from: usize| digits.get(from..from + 2).and_then(|p| p.parse::<u8>().ok()).unwrap_or(0);
        (1..=12).contains(&part(2)) && (1..=31).contains(&part(4))
    }

    /// Whether the first group is a birth date with its century; later years are those of documents.
    fn is_long_birth(&self) -> bool {
        let digits = self.digits(0);
        let part = |from: usize| digits.get(from..from + 2).and_then(|p| p.parse::<u8>().ok()).unwrap_or(0);
        let year = digits.get(..4).and_then(|year| year.parse::<u16>().ok());
        year.is_some_and(|year| (1900..2013).contains(&year))
            && (1..=12).contains(&part(4))
            && (1..=31).contains(&part(6))
    }

    /// Licences begin with the number of a police region, 11 to 28.
    fn is_region(&self) -> bool {
        self.digits(0).parse::<u8>().is_ok_and(|region| (11..=28).contains(&region))
    }
}

/// Whether `digits` begin as mobile numbers do.
fn is_mobile(digits: &str) -> bool {
    matches!(digits.as_bytes(), [b'0', b'1', b'0' | b'1' | b'6'..=b'9', ..])
}

/// Area codes of Korea: Seoul, provinces, mobile, internet and personal numbers.
fn is_area(code: &str) -> bool {
    matches!(
        code.as_bytes(),
        [b'0', b'2']
            | [b'0', b'1', b'0' | b'1' | b'6'..=b'9']
            | [b'0', b'3'..=b'6', b'1'..=b'5']
            | [b'0', b'7' | b'8', b'0']
            | [b'0', b'5', b'0', b'0'..=b'9']
    )
}

/// `01012345678`, `0212345678`, `821012345678`.
fn is_phone(digits: &str) -> bool {
    let local = match digits.strip_prefix("82") {
        Some(rest) if digits.len() >= 11 => format!("0{rest}"),
        _ => digits.to_owned(),
    };
    let rest = |area: usize| local.len().checked_sub(area).is_some_and(|n| matches!(n, 7 | 8));
    [2, 3, 4].into_iter().any(|area| local.get(..area).is_some_and(is_area) && rest(area))
}

/// Whether `digits` begin with a year from 1990 to 2099, alone or in front of a month and day.
fn starts_with_year(digits: &str) -> bool {
    (digits.len() == 4 && is_year(digits)) || is_day(digits)
}

fn is_year(digits: &str) -> bool {
    digits.get(..4).and_then(|year| year.parse::<u16>().ok()).is_some_and(|year| (1990..2100).contains(&year))
}

/// Whether `digits` begin with a day written `20240105`.
fn is_day(digits: &str) -> bool {
    let part = |from: usize| digits.get(from..from + 2).and_then(|p| p.parse::<u8>().ok()).unwrap_or(0);
    is_year(digits) && (1..=12).contains(&part(4)) && (1..=31).contains(&part(6))
}

/// Passports: a letter and eight digits, or a letter in the middle (`M123A4567`).
fn passports(chars: &[char], groups: &[Group], hidden: &mut Vec<Hidden>) {
    for group in groups.iter().filter(|group| matches!(group.len(), 3 | 8) && group.start > 0) {
        let start = group.start - 1;
        let letter = chars[start];
        let is_free = start == 0 || !chars[start - 1].is_ascii_alphanumeric();
        let Some(number) = chars.get(start..start + 9).filter(|_| is_free && letter.is_ascii_uppercase())
        else {
            continue;
        };
        let is_end = chars.get(start + 9).is_none_or(|c| !c.is_ascii_alphanumeric() && *c != '-');
        let has_form = number[1..].iter().enumerate().all(|(i, c)| match i {
            3 if group.len() == 3 => c.is_ascii_uppercase(),
            _ => c.is_ascii_digit(),
        });
        if !is_end || !has_form || (group.len() == 8 && is_day(&number[1..].iter().collect::<String>())) {
            continue;
        }
        let around = Around::new(chars, start, start + 9);
        let is_issued = matches!(letter, 'M' | 'S' | 'R' | 'G' | 'D' | 'T');
        if around.says(&["여권", "passport", "Passport"]) || (is_issued && !around.is_other()) {
            hidden.push(Hidden { start, end: start + 9, shown: format!("{letter}********") });
        }
    }
}
