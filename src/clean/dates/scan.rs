//! A place in a text that moves forward.
//!
//! Comes in: text. Goes out: what stands at its start, taken off piece by piece.
//! Refuses: nothing; what is not there is not taken.

/// The text not yet read.
pub(super) struct Scan<'a> {
    rest: &'a str,
}

impl<'a> Scan<'a> {
    pub(super) fn new(rest: &'a str) -> Self {
        Self { rest }
    }

    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    /// Takes white space; whether there was any.
    pub(super) fn spaces(&mut self) -> bool {
        let after = self.rest.trim_start();
        let found = after.len() < self.rest.len();
        self.rest = after;
        found
    }

    /// Takes ASCII digits, as many as there are.
    pub(super) fn digits(&mut self) -> &'a str {
        let n = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, after) = self.rest.split_at(n);
        self.rest = after;
        digits
    }

    /// Takes `c`; whether it was there.
    pub(super) fn eat(&mut self, c: char) -> bool {
        match self.rest.strip_prefix(c) {
            Some(after) => {
                self.rest = after;
                true
            }
            None => false,
        }
    }

    /// Takes white space and `c` behind it, or nothing.
    pub(super) fn eat_after_spaces(&mut self, c: char) -> bool {
        match self.rest.trim_start().strip_prefix(c) {
            Some(after) => {
                self.rest = after;
                true
            }
            None => false,
        }
    }

    /// Takes the first of `words` that is there, capitals or not; its index.
    pub(super) fn word(&mut self, words: &[&str]) -> Option<usize> {
        let starts =
            |word: &&str| self.rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        let found = words.iter().position(starts)?;
        self.rest = &self.rest[words[found].len()..];
        Some(found)
    }
}
