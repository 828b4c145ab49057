//! How much a header sounds like one of our columns.
//!
//! Comes in: the key of a header and the headers of all known mappings. Goes out: a likeness from 0 to 1 and its reason.
//! Refuses: nothing; a header that sounds like nothing has likeness 0.

use std::collections::{BTreeMap, BTreeSet};

use crate::clean::header_key;
use crate::clean::mapping::{CREDIT, DEBIT, Mapping, SIGN};
use crate::ledger::{RecordKind, col};

/// Words that name a column wherever they stand in a header.
const STEMS: &[(&str, &[&str])] = &[
    (
        col::DATE,
        &[
            "일자",
            "날짜",
            "일시",
            "date",
            "전기일",
            "지급일",
            "지출일",
            "결의일",
            "승인일",
            "거래일",
            "집행일",
        ],
    ),
    (col::AMOUNT, &["금액", "amount", "amt", "대금", "지급액", "지출액", "집행액"]),
    (
        col::DEPARTMENT,
        &["부서", "소속", "센터", "조직", "실과", "department", "dept", "costcenter", "학교명"],
    ),
    (col::ACCOUNT, &["계정", "과목", "비목", "세목", "통계목", "비용항목", "account", "업종"]),
    (
        col::DOCUMENT_NO,
        &["전표번호", "결의번호", "문서번호", "승인번호", "관리번호", "지급번호", "document", "voucher"],
    ),
    (col::MINUTE, &["시각", "시간", "time"]),
    (
        col::VENDOR,
        &[
            "거래처",
            "업체",
            "상호",
            "채주",
            "가맹점",
            "지급처",
            "공급자",
            "수령인",
            "채권자",
            "vendor",
            "supplier",
            "payee",
        ],
    ),
    (col::VENDOR_NO, &["사업자", "등록번호", "거래처코드"]),
    (
        col::DESCRIPTION,
        &["적요", "내용", "내역", "건명", "제목", "텍스트", "사유", "목적", "text", "description", "memo"],
    ),
    (col::PAYMENT_METHOD, &["방법", "수단", "method"]),
    (col::CARD, &["카드번호", "cardno", "cardnum"]),
    (
        col::REQUESTER,
        &["담당자", "기안자", "발의자", "신청자", "작성자", "사용자", "이용자", "소지자", "user"],
    ),
    (col::KIND, &["구분", "유형", "여부", "상태", "type", "status"]),
    (DEBIT, &["차변", "debit"]),
    (CREDIT, &["대변", "credit"]),
    (SIGN, &["차대", "지시자", "d/c", "s/h", "indicator"]),
];
/// Last letters that hint at a column.
const ENDINGS: &[(&str, &[char])] = &[
    (col::DATE, &['일']),
    (col::AMOUNT, &['액', '값']),
    (col::DEPARTMENT, &['과', '팀']),
    (col::DOCUMENT_NO, &['호']),
    (col::VENDOR, &['처']),
    (col::REQUESTER, &['자']),
    (col::ACCOUNT, &['목']),
];
/// Words that make a header another column, and how far they lower its likeness.
const AGAINST: &[(&str, &[&str], f64)] = &[
    (
        col::AMOUNT,
        &[
            "잔액",
            "예산",
            "배정",
            "부가세",
            "세액",
            "단가",
            "수량",
            "공급가",
            "원인행위",
            "외화",
            "전표통화",
            "누계",
            "한도",
            "봉사료",
            "수수료",
            "계획",
            "차변",
            "대변",
            "balance",
            "tax",
            "debit",
            "credit",
        ],
        0.4,
    ),
    (
        col::DATE,
        &[
            "작성",
            "입력",
            "출력",
            "만기",
            "증빙",
            "등록",
            "수정",
            "생성",
            "결재",
            "취소",
            "반제",
            "시작",
            "종료",
            "번호",
            "계약",
            "납품",
            "검수",
            "원인행위",
            "생년",
        ],
        0.6,
    ),
    (col::DEPARTMENT, &["코드", "code", "상위", "번호"], 0.85),
    (col::DEPARTMENT, &["담당자", "전화"], 0.3),
    (col::ACCOUNT, &["코드", "code"], 0.85),
    (col::ACCOUNT, &["계좌", "은행", "번호"], 0.3),
    (col::VENDOR, &["코드", "번호", "사업자", "대표", "주소", "전화", "업종", "code"], 0.35),
    (col::VENDOR_NO, &["계좌", "카드", "승인", "전화"], 0.3),
    (col::DESCRIPTION, &["번호", "코드", "일자", "금액", "산출"], 0.6),
    (col::DOCUMENT_NO, &["계좌", "사업자", "카드번호", "전화", "부서", "계정", "거래처", "date"], 0.3),
    (col::REQUESTER, &["번호", "부서", "사업자"], 0.4),
    (col::KIND, &["번호", "일자", "금액"], 0.4),
    (col::MINUTE, &["기간", "근무"], 0.4),
    (DEBIT, &["대변", "credit"], 0.2),
    (CREDIT, &["차변", "debit"], 0.2),
];
/// Likeness of a header that a mapping knows; the less preferred ones have less, down to this.
pub(super) const KNOWN_MIN: f64 = 0.92;
/// Likeness of a header that ends in a word of the column, one that holds it, one that ends in its last letter.
const ENDS: f64 = 0.85;
const HOLDS: f64 = 0.75;
const LAST_LETTER: f64 = 0.45;
/// Most that shared pairs of letters alone can say.
const PAIRS: f64 = 0.75;

/// Known headers by column, each with its place among the preferred ones from 0 to 1.
pub(super) struct Words {
    aliases: BTreeMap<String, BTreeMap<String, f64>>,
}

/// How a header sounds.
#[derive(Clone, Debug, Default)]
pub(super) struct Likeness {
    pub(super) score: f64,
    /// The known header or word it sounds like.
    pub(super) like: String,
}

impl Words {
    /// The headers of all mappings of payments.
    pub(super) fn new(mappings: &[Mapping]) -> Self {
        let mut aliases: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
        for mapping in mappings.iter().filter(|mapping| mapping.kind == RecordKind::Expenditure) {
            let cards: BTreeSet<String> = mapping
                .columns
                .get(col::CARD)
                .map(|rule| rule.headers.iter().map(|header| header_key::first(header)).collect())
                .unwrap_or_default();
            for (name, rule) in &mapping.columns {
                for (i, header) in rule.headers.iter().enumerate() {
                    let key = header_key::first(header);
                    // A card that stands for the department says nothing about departments.
                    if name != col::CARD && cards.contains(&key) {
                        continue;
                    }
                    let rank = i as f64 / rule.headers.len() as f64;
                    let known = aliases.entry(name.clone()).or_default().entry(key).or_insert(rank);
                    *known = known.min(rank);
                }
            }
        }
        Self { aliases }
    }

    /// How much the header of these keys sounds like `column`.
    pub(super) fn likeness(&self, column: &str, keys: &[String]) -> Likeness {
        let all = keys.iter().map(|key| self.of_key(column, key));
        all.fold(Likeness::default(), |best, one| if one.score > best.score { one } else { best })
    }

    /// The highest likeness to any column.
    pub(super) fn best(&self, keys: &[String]) -> f64 {
        STEMS.iter().map(|(column, _)| self.likeness(column, keys).score).fold(0.0, f64::max)
    }

    fn of_key(&self, column: &str, key: &str) -> Likeness {
        let none = BTreeMap::new();
        let aliases = self.aliases.get(column).unwrap_or(&none);
        if let Some(rank) = aliases.get(key) {
            return Likeness { score: 1.0 - (1.0 - KNOWN_MIN) * rank, like: key.to_owned() };
        }
        let mut best = Likeness::default();
        let mut hear = |score: f64, like: &str| {
            if score > best.score {
                best = Likeness { score, like: like.to_owned() };
            }
        };
        for stem in of(STEMS, column) {
            if key.ends_with(stem) {
                hear(ENDS, stem);
            } else if key.contains(stem) {
                hear(HOLDS, stem);
            }
        }
        if key.chars().last().is_some_and(|last| of(ENDINGS, column).contains(&last)) {
            hear(LAST_LETTER, "");
        }
        for alias in aliases.keys() {
            hear(PAIRS * pairs_shared(key, alias), alias);
        }
        for (_, words, factor) in AGAINST.iter().filter(|(name, ..)| *name == column) {
            if words.iter().any(|word| key.contains(word)) {
                best.score *= factor;
            }
        }
        best
    }
}

fn of<T>(table: &[(&str, &'static [T])], column: &str) -> &'static [T] {
    table.iter().find(|(name, _)| *name == column).map_or(&[], |(_, words)| words)
}

/// Twice the pairs of letters two words share, by all their pairs: 1 for equal words, 0 for strangers.
fn pairs_shared(a: &str, b: &str) -> f64 {
    let pairs = |text: &str| {
        let letters: Vec<char> = text.chars().collect();
        letters.windows(2).map(|pair| (pair[0], pair[1])).collect::<Vec<_>>()
    };
    let (a, mut b) = (pairs(a), pairs(b));
    let total = a.len() + b.len();
    if total == 0 {
        return 0.0;
    }
    let mut shared = 0;
    for pair in a {
        if let Some(at) = b.iter().position(|other| *other == pair) {
            b.swap_remove(at);
            shared += 1;
        }
    }
    2.0 * f64::from(shared) / total as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::mapping::shipped;

    fn likeness(column: &str, header: &str) -> f64 {
        Words::new(&shipped().unwrap()).likeness(column, &header_key::keys(header)).score
    }

    #[test]
    fn known_headers_are_certain_and_preferred_ones_more_so() {
        assert!(likeness(col::DATE, "지급일자") > likeness(col::DATE, "기표일자"));
        assert!(likeness(col::DATE, "기표일자") > 0.9);
    }

    #[test]
    fn unusual_headers_are_heard_and_misleading_ones_are_not() {
        assert!(likeness(col::DEPARTMENT, "예산집행 부서명칭") >= 0.7);
        assert!(likeness(col::AMOUNT, "최종 지급금액") >= 0.8);
        assert!(likeness(col::AMOUNT, "예산잔액") < 0.3);
        assert!(likeness(col::DEPARTMENT, "CARDNUM") < 0.3);
        assert!(likeness(col::DATE, "아무말") < 0.1);
    }

    #[test]
    fn pairs_of_letters() {
        assert!((pairs_shared("지출금액", "지출금액") - 1.0).abs() < 1e-9);
        assert!(pairs_shared("가나", "다라").abs() < 1e-9);
        assert!((pairs_shared("가나다", "나다라") - 0.5).abs() < 1e-9);
    }
}
