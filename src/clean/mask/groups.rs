//! Groups of digits in a text and what joins them.
//!
//! Comes in: characters. Goes out: groups of digits (and of marks that hide digits), each with what joins it to the next.
//! Refuses: nothing.

/// What stands between two groups.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Join {
    /// Nothing that joins.
    None,
    /// One dash.
    Hyphen,
    /// One full stop.
    Dot,
    /// Spaces.
    Space,
    /// A dash between spaces.
    WideHyphen,
    /// A mark that people put where a hyphen belongs.
    Other,
    /// A closing bracket, as behind an area code.
    Bracket,
}

/// Digits next to each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    pub(super) start: usize,
    pub(super) end: usize,
    /// How it is joined to the next group.
    pub(super) join: Join,
}

impl Group {
    pub(super) fn len(&self) -> usize {
        self.end - self.start
    }
}

/// The groups of `chars`, first to last.
pub(super) fn find(chars: &[char]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        if !is_part(chars, i) {
            i += 1;
            continue;
        }
        let start = i;
        while i < chars.len() && is_part(chars, i) {
            i += 1;
        }
        if let Some(last) = groups.last_mut() {
            last.join = join(&chars[last.end..start]);
        }
        groups.push(Group { start, end: i, join: Join::None });
    }
    groups
}

fn is_part(chars: &[char], i: usize) -> bool {
    match chars[i] {
        '0'..='9' => true,
        // One star alone is an ornament: `*900101-1234567*`.
        mark @ ('*' | '●' | '○') => {
            let is_near = |at: Option<usize>, is: fn(char, char) -> bool| {
                at.and_then(|at| chars.get(at)).is_some_and(|c| is(*c, mark))
            };
            let (before, after) = (i.checked_sub(1), Some(i + 1));
            let is_row = is_near(before, |c, mark| c == mark) || is_near(after, |c, mark| c == mark);
            is_row
                || (is_near(before, |c, _| c.is_ascii_digit()) && is_near(after, |c, _| c.is_ascii_digit()))
        }
        // X hides digits where it stands in a row of its kind.
        'X' => (i > 0 && chars[i - 1] == 'X') || chars.get(i + 1) == Some(&'X'),
        _ => false,
    }
}

fn join(between: &[char]) -> Join {
    let is_dash = |c: char| matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    match between {
        [c] if is_dash(*c) => Join::Hyphen,
        ['.'] => Join::Dot,
        [')'] | [')', ' ' | '-'] => Join::Bracket,
        [' ' | '\u{a0}'] | [' ', ' '] => Join::Space,
        [c, d] if is_dash(*c) && is_dash(*d) => Join::WideHyphen,
        ['/' | '_' | '~' | '·' | 'ㅡ'] => Join::Other,
        [' ', c, ' '] | [' ', c] | [c, ' '] if is_dash(*c) => Join::WideHyphen,
        _ => Join::None,
    }
}
