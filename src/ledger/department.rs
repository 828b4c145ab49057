//! Departments: who they are, what exports call them, who reads their mail.
//!
//! Comes in: the list of `departments.toml`. Goes out: one department for each spelling.
//! Refuses: to guess; an unknown spelling is `None`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A department of the institution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Department {
    /// Code in the institution's own systems; unique.
    pub code: String,
    /// Name on screens and reports; unique.
    pub name: String,
    /// Other spellings found in exports.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Mail addresses that receive this department's reports.
    #[serde(default)]
    pub recipients: Vec<String>,
}

/// All departments, looked up by code, name or alias.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Departments {
    list: Vec<Department>,
    by_spelling: BTreeMap<String, usize>,
}

impl Departments {
    /// Indexes `list`; a spelling used twice keeps its first owner (`config` reports the clash).
    pub fn new(list: Vec<Department>) -> Self {
        let mut by_spelling = BTreeMap::new();
        for (i, department) in list.iter().enumerate() {
            let spellings = [&department.code, &department.name];
            for spelling in spellings.into_iter().chain(&department.aliases) {
                by_spelling.entry(Self::key(spelling)).or_insert(i);
            }
        }
        Self { list, by_spelling }
    }

    /// The department that exports spell `text`, ignoring white space.
    pub fn find(&self, text: &str) -> Option<&Department> {
        self.by_spelling.get(&Self::key(text)).map(|&i| &self.list[i])
    }

    /// All departments in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Department> {
        self.list.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether none is configured.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    fn key(text: &str) -> String {
        text.chars().filter(|c| !c.is_whitespace()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_by_code_name_and_alias_whatever_the_spaces() {
        let departments = Departments::new(vec![Department {
            code: "D01".to_owned(),
            name: "총무과".to_owned(),
            aliases: vec!["총무 담당관".to_owned()],
            recipients: vec![],
        }]);
        for spelling in ["D01", "총무과", " 총 무 과", "총무담당관"] {
            assert_eq!(departments.find(spelling).map(|d| d.code.as_str()), Some("D01"), "{spelling}");
        }
        assert_eq!(departments.find("재무과"), None);
    }
}
