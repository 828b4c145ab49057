//! Exceptions: payments that a test finds for a known and accepted reason, for a limited time.
//!
//! Comes in: `[[exception]]` of `controls.toml`. Goes out: which exception covers a row of a test.
//! Refuses: an exception without owner, reason, scope or expiry. What it covers is counted, never forgotten.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::options::Check;
use crate::clean::{Interned, LedgerView};

/// One exception: payments of `test` within all the scopes given, dated up to `expires`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// Identifier of the control test.
    pub test: String,
    /// Department as the ledger names it.
    #[serde(default)]
    pub department: String,
    /// Account as the ledger names it.
    #[serde(default)]
    pub account: String,
    /// Vendor as the ledger names it.
    #[serde(default)]
    pub vendor: String,
    /// Registration number of the vendor.
    #[serde(default)]
    pub vendor_no: String,
    /// Document number.
    #[serde(default)]
    pub document_no: String,
    /// Who answers for it.
    pub owner: String,
    /// Why the payments are in order.
    pub reason: String,
    /// First day of payments covered; none means from the start.
    #[serde(default)]
    pub effective_from: Option<NaiveDate>,
    /// Last day of payments covered. Later ones are found again.
    pub expires: NaiveDate,
}

impl Exception {
    /// Column and text of every scope given.
    fn scopes<'a>(
        &'a self,
        ledger: &'a LedgerView,
    ) -> impl Iterator<Item = (&'static str, &'a Interned, &'a str)> {
        [
            ("부서", &ledger.department, self.department.as_str()),
            ("계정과목", &ledger.account, self.account.as_str()),
            ("거래처", &ledger.vendor, self.vendor.as_str()),
            ("사업자등록번호", &ledger.vendor_no, self.vendor_no.as_str()),
            ("문서번호", &ledger.document_no, self.document_no.as_str()),
        ]
        .into_iter()
        .filter(|(.., text)| !text.is_empty())
    }

    /// Whether row `i` is excepted.
    pub fn covers(&self, ledger: &LedgerView, i: usize) -> bool {
        let date = ledger.date(i);
        date <= self.expires
            && self.effective_from.is_none_or(|from| from <= date)
            && self.scopes(ledger).all(|(_, column, text)| column.text(i) == text)
    }

    /// `거래처 ‘가나상사’`, and so on, of scopes that no row of the ledger has.
    pub fn unknown(&self, ledger: &LedgerView) -> Vec<String> {
        let absent =
            |(_, column, text): &(&str, &Interned, &str)| !column.names.iter().any(|name| name == text);
        self.scopes(ledger).filter(absent).map(|(label, _, text)| format!("{label} ‘{text}’")).collect()
    }

    pub(super) fn check(&self, is_known: bool, check: &mut Check<'_>) {
        check.that(is_known, "test", "점검 규칙의 id", &self.test);
        check.that(!self.owner.trim().is_empty(), "owner", "책임자의 소속과 이름", &self.owner);
        check.that(!self.reason.trim().is_empty(), "reason", "예외로 두는 까닭", &self.reason);
        let has_scope = [&self.department, &self.account, &self.vendor, &self.vendor_no, &self.document_no];
        let has_scope = has_scope.iter().any(|text| !text.is_empty());
        let expected = "department, account, vendor, vendor_no, document_no 가운데 하나 이상";
        check.that(has_scope, "vendor", expected, &self.vendor);
        let in_order = self.effective_from.is_none_or(|from| from <= self.expires);
        check.that(in_order, "expires", "effective_from 이후의 날짜", &self.expires);
    }
}
