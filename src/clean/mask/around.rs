//! What the words around a number say that it is.
//!
//! Comes in: characters and the place of a number. Goes out: whether the words name an account, a document and so on.
//! Refuses: nothing.

/// How far back and ahead words count, in characters.
const REACH: usize = 12;

const ACCOUNTS: &[&str] = &[
    "계좌",
    "은행",
    "입금",
    "송금",
    "이체",
    "예금",
    "국민",
    "신한",
    "우리",
    "하나",
    "농협",
    "기업",
    "수협",
    "신협",
    "새마을",
    "우체국",
    "카카오",
    "토스",
    "케이뱅크",
    "씨티",
    "산업",
    "부산",
    "대구",
    "광주",
    "전북",
    "경남",
    "제주",
    "SC",
    "KB",
    "IBK",
    "NH",
];

/// Words right before a number that make it no personal number, whatever its form.
const OTHERS: &[&str] = &[
    "전표",
    "결의",
    "문서",
    "공문",
    "품의",
    "공고",
    "승인",
    "계산서",
    "원인행위",
    "사업자",
    "바코드",
    "송장",
    "운송장",
    "과목",
    "계정",
    "모델",
    "ISBN",
    "코드",
];

/// In front of `번호`: everything else with a number is no person's.
const PERSONAL: &[&str] = &[
    "계좌",
    "통장",
    "카드",
    "등록",
    "주민",
    "외국인",
    "여권",
    "면허",
    "전화",
    "휴대폰",
    "핸드폰",
    "연락",
    "연락처",
    "팩스",
];

/// Words around one number.
pub(super) struct Around {
    before: String,
    after: String,
}

impl Around {
    pub(super) fn new(chars: &[char], start: usize, end: usize) -> Self {
        let before = &chars[start.saturating_sub(REACH)..start];
        let after = &chars[end..chars.len().min(end + REACH)];
        Self { before: before.iter().collect(), after: after.iter().collect() }
    }

    /// Whether the words before it, or a bank's name behind it, speak of an account.
    pub(super) fn is_account(&self) -> bool {
        let behind = self.after.trim_start_matches([' ', '(', '[']);
        !self.is_amount()
            && (ACCOUNTS.iter().any(|word| self.before.contains(word))
                || ACCOUNTS.iter().any(|word| behind.starts_with(word)))
    }

    /// Whether the word right before it names a number of another kind: `전표번호 …`, `제…호`, `PO-…`.
    pub(super) fn is_other(&self) -> bool {
        let before = self.before.strip_suffix('-').unwrap_or(&self.before);
        let is_lettered = before.ends_with(|c: char| c.is_ascii_alphabetic());
        let is_document = self.after.starts_with('호') || self.before.ends_with('제');
        let label = self.before.trim_end_matches([' ', ':', '(', '[', '#', '.', '=']);
        let is_named = match label.strip_suffix("번호") {
            Some(name) => !PERSONAL.iter().any(|word| name.trim_end().ends_with(word)),
            None => OTHERS.iter().any(|word| label.ends_with(word)),
        };
        is_lettered || is_document || is_named
    }

    /// Whether one of `words` stands shortly before it.
    pub(super) fn says(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.before.contains(word))
    }

    fn is_amount(&self) -> bool {
        self.after.trim_start().starts_with('원') || self.before.trim_end().ends_with(['₩', '￦', '\\'])
    }
}
