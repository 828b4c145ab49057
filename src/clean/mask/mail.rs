//! Mail addresses inside a text.
//!
//! Comes in: characters. Goes out: where a local part stands.
//! Refuses: `@` without a name in front and a domain with a dot behind.

use super::Hidden;

/// Hides the local parts of mail addresses.
pub(super) fn hide(chars: &[char], hidden: &mut Vec<Hidden>) {
    for at in (0..chars.len()).filter(|at| chars[*at] == '@') {
        let local = chars[..at].iter().rev().take_while(|c| is_local(**c)).count();
        let domain: String = chars[at + 1..].iter().take_while(|c| is_domain(**c)).collect();
        if local > 0 && has_top_level(&domain) {
            hidden.push(Hidden { start: at - local, end: at, shown: "****".to_owned() });
        }
    }
}

fn is_local(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-' | '\'')
}

fn is_domain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '-')
}

fn has_top_level(domain: &str) -> bool {
    domain.trim_end_matches(['.', '-']).rsplit_once('.').is_some_and(|(name, top)| {
        !name.is_empty() && top.len() >= 2 && top.starts_with(|c: char| c.is_ascii_alphabetic())
    })
}
