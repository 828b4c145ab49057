//! The proposer on exports whose headers nobody has seen.

use std::collections::BTreeSet;

use super::*;
use crate::clean::mapping::shipped;
use crate::clean::tidy_bytes;
use crate::ingest::{Collect, RawCell, RawRow, read_in_process};
use crate::ledger::Departments;

/// A layout: its fixture, the headers of what must be found, and unusual names for them by variant.
struct Layout {
    bytes: &'static [u8],
    /// Our column and its header in the fixture.
    wanted: &'static [(&'static str, &'static str)],
    /// A fixture header and what each variant calls it.
    names: &'static [(&'static str, [&'static str; 5])],
}

const LAYOUTS: [Layout; 5] = [
    Layout {
        bytes: include_bytes!("../../../tests/fixtures/clean/layouts/sap_fbl3n.txt"),
        wanted: &[
            ("date", "전기일"),
            ("amount", "현지통화금액"),
            ("department", "코스트센터명"),
            ("account", "계정명"),
        ],
        names: &[
            ("전기일", ["장부반영일", "회계처리일자", "Entry Posting Dt", "반영일자", "기장일"]),
            ("현지통화금액", ["원화금액", "KRW Amount", "금액(원화)", "회사통화기준금액", "원화환산금액"]),
            ("코스트센터명", ["원가센터명", "Cost Centre Name", "비용부서", "책임센터명칭", "원가부서명"]),
            ("계정명", ["계정과목내역", "GL Account Text", "원장계정명칭", "비용계정이름", "계정설명"]),
            ("전표일", ["증빙작성일", "증빙일자", "Document Dt", "작성일자", "증빙일"]),
            (
                "코스트센터",
                ["원가센터코드", "Cost Centre Code", "비용부서코드", "책임센터코드", "원가부서코드"],
            ),
            ("전표번호", ["전표No", "Doc Number", "회계전표", "증표번호", "전표식별번호"]),
        ],
    },
    Layout {
        bytes: include_bytes!("../../../tests/fixtures/clean/layouts/edufine.csv"),
        wanted: &[
            ("date", "지급일자"),
            ("amount", "지급액*"),
            ("department", "부서"),
            ("account", "원가통계비목"),
        ],
        names: &[
            ("지급일자", ["대금지급일자", "돈 나간 날짜", "지급처리일", "실제 지출일", "지급완료일시"]),
            ("지급액*", ["지급한 금액", "최종지급액", "지출총액(원)", "집행금액 합계", "대금"]),
            ("부서", ["업무부서", "담당 부서명칭", "사업추진부서", "소속부서이름", "요청부서"]),
            ("원가통계비목", ["비목구분명", "지출비목", "예산비목이름", "통계비목", "세출비목"]),
            ("채주", ["대금받는곳", "납품업체", "지급대상업체", "거래상대처", "공급업체이름"]),
        ],
    },
    Layout {
        bytes: include_bytes!("../../../tests/fixtures/clean/layouts/ehojo.csv"),
        wanted: &[("date", "지급일"), ("amount", "지출액"), ("department", "부서"), ("account", "통계목")],
        names: &[
            ("지급일", ["지급처리일자", "대금지급일", "송금일자", "실지급일", "지급완료일자"]),
            ("지출액", ["실지출금액", "지출한금액", "지급총액", "최종지출금액", "집행된금액"]),
            ("부서", ["지출담당부서", "집행부서명칭", "사업부서이름", "주관부서", "예산부서"]),
            ("통계목", ["통계목이름", "예산통계목", "지출통계목명칭", "통계과목", "세출비목"]),
            (
                "원인행위액",
                ["원인행위금액", "계약원인행위액", "원인행위 총액", "원인행위한금액", "원인행위액계"],
            ),
        ],
    },
    Layout {
        bytes: include_bytes!("../../../tests/fixtures/clean/layouts/douzone.csv"),
        wanted: &[
            ("date", "일자"),
            ("debit", "차변"),
            ("credit", "대변"),
            ("department", "부서"),
            ("account", "계정과목"),
        ],
        names: &[
            ("일자", ["기장일자", "거래발생일자", "원장일자", "전표날짜", "회계처리일"]),
            ("차변", ["차변합", "차변발생액", "차변 금액(원)", "증가(차변)", "Debit Amt"]),
            ("대변", ["대변합", "대변발생액", "대변 금액(원)", "감소(대변)", "Credit Amt"]),
            ("부서", ["귀속부서명", "비용귀속부서", "부서구분", "사용부서이름", "부서명칭"]),
            ("계정과목", ["계정과목이름", "계정명칭", "과목명", "원장계정", "비용계정과목"]),
        ],
    },
    Layout {
        bytes: include_bytes!("../../../tests/fixtures/clean/layouts/corporate_card.csv"),
        wanted: &[
            ("date", "승인일자"),
            ("amount", "승인금액(원)"),
            ("department", "부서"),
            ("account", "업종"),
        ],
        names: &[
            ("승인일자", ["카드사용일자", "결제일자", "승인년월일", "이용한 날짜", "매입일자"]),
            ("승인금액(원)", ["카드사용금액", "결제한금액", "승인된금액", "국내승인금액(원)", "총이용금액"]),
            ("부서", ["카드사용부서", "관리부서명", "소속부서명칭", "비용부서", "사용자소속"]),
            ("업종", ["가맹점업종명", "업종구분명", "업종이름", "업종분류", "상세업종"]),
            ("가맹점명", ["사용가맹점", "가맹점이름", "상점가맹점명", "이용한가맹점", "매장(가맹점)"]),
        ],
    },
];

fn text(cell: RawCell<'_>) -> String {
    match cell {
        RawCell::Text(text) => text.to_owned(),
        _ => String::new(),
    }
}

fn sheet(bytes: &[u8]) -> RawSheet {
    let mut kept = Collect::new(ROWS_MAX);
    read_in_process(bytes, "a", &mut kept);
    kept.sheets.remove(0)
}

fn csv(rows: &[RawRow], name: impl Fn(String) -> String) -> Vec<u8> {
    let width = rows.iter().map(RawRow::len).max().unwrap();
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record((0..width).map(|column| name(text(row.cell(column))))).unwrap();
    }
    writer.into_inner().unwrap()
}

/// A layout's fixture with the names of a variant.
fn renamed(layout: &Layout, variant: usize) -> Vec<u8> {
    csv(&sheet(layout.bytes).rows, |cell| {
        let new = layout.names.iter().find(|(header, _)| *header == cell.trim());
        new.map_or(cell, |(_, names)| names[variant].to_owned())
    })
}

fn proposal(bytes: &[u8]) -> Proposal {
    propose("a.csv", &[sheet(bytes)], &shipped().unwrap()).unwrap()
}

#[test]
fn unusual_headers_are_found_in_nineteen_of_twenty() {
    let (mut right, mut all, mut wrong) = (0, 0, Vec::new());
    for layout in &LAYOUTS {
        for variant in 0..5 {
            let found = proposal(&renamed(layout, variant));
            for (column, header) in layout.wanted {
                let new = layout.names.iter().find(|(name, _)| name == header).unwrap().1[variant];
                let got = found.columns.iter().find(|proposed| proposed.column == *column);
                all += 1;
                // A header of two rows carries its group's name in front.
                if got.is_some_and(|proposed| proposed.header.ends_with(new)) {
                    right += 1;
                } else {
                    wrong.push(format!(
                        "{column} ‘{new}’: {:?} {:?}",
                        got.map(|g| &g.header),
                        found.undecided
                    ));
                }
            }
        }
    }
    assert!(all >= 100, "{all}");
    assert!(right * 20 >= all * 19, "{right} of {all}: {wrong:#?}");
}

#[test]
fn a_proposal_reads_its_file_and_the_rows_balance() {
    for layout in &LAYOUTS {
        for variant in 0..5 {
            let bytes = renamed(layout, variant);
            let found = proposal(&bytes);
            if !found.is_complete() {
                continue;
            }
            let toml = found.to_toml("ours");
            let mapping = Mapping::from_toml(&toml, "ours.toml").unwrap_or_else(|e| panic!("{e}\n{toml}"));
            let mut all = shipped().unwrap();
            all.push(mapping);
            let ledger = tidy_bytes(&bytes, "a.csv", &all, &Departments::default());
            let intake = &ledger.intake[0];
            assert_eq!(intake.mapping, "ours@1", "{:?}", intake.refused);
            assert!(
                intake.balances() && intake.loaded >= 36 && intake.quarantined == 0,
                "{intake:?}\n{toml}"
            );
        }
    }
}

#[test]
fn no_source_column_is_proposed_twice() {
    for layout in &LAYOUTS {
        for variant in 0..5 {
            let found = proposal(&renamed(layout, variant));
            let headers: BTreeSet<&str> = found.columns.iter().map(|column| column.header.as_str()).collect();
            assert_eq!(headers.len(), found.columns.len(), "{:?}", found.columns);
            let columns: BTreeSet<&str> = found.columns.iter().map(|column| column.column.as_str()).collect();
            assert_eq!(columns.len(), found.columns.len());
        }
    }
}

const PLAIN: &str = "지급일자,부서명,계정과목,거래처,적요,담당자,카드번호,지급금액\n\
    2024-01-05,총무과,여비,가나상사,송금 900101-1234567,김하늘,1234-5678-9012-3456,\"1,000\"\n\
    2024-01-06,회계과,여비,다라상사,계좌 123456-12-345678,이바다,1234-5678-9012-3456,\"2,000\"\n\
    2024-01-08,총무과,수용비,마바상사,연락 010-1234-5678,박노을,1234-5678-9012-3456,\"3,000\"\n";

#[test]
fn personal_numbers_and_names_are_masked() {
    let found = proposal(PLAIN.as_bytes());
    let toml = found.to_toml("a");
    let json = serde_json::to_string(&found).unwrap();
    for secret in ["1234567", "5678-9012", "-12-345678", "1234-5678", "김하늘", "이바다"] {
        assert!(!toml.contains(secret) && !json.contains(secret), "{secret}\n{toml}");
    }
    assert!(toml.contains("김**") && toml.contains("900101-*******"), "{toml}");
}

#[test]
fn a_proposal_says_how_sure_it_is_and_why() {
    let toml = proposal(PLAIN.as_bytes()).to_toml("우리 기관");
    assert!(
        toml.contains("# 확인 필요")
            && toml.contains("name = \"우리 기관\"")
            && toml.contains("revision = 1")
    );
    assert!(
        toml.contains("# 일자: 확신도 1.00\n# 근거: 아는 머리글과 같음; 값 3개 가운데 3개가 연·월·일 날짜"),
        "{toml}"
    );
    assert!(toml.contains("[columns.card]\nheaders = [\"카드번호\"]\ncard = true"), "{toml}");
}

#[test]
fn a_column_that_is_not_there_is_left_to_a_person() {
    let found = proposal(
        PLAIN.replace("계정과목", "뭔가").replace(",여비,", ",x1,").replace(",수용비,", ",y2,").as_bytes(),
    );
    assert!(!found.is_complete());
    assert_eq!(found.undecided[0].column, "account");
    let toml = found.to_toml("a");
    assert!(toml.contains("# [columns.account]") && toml.contains("계정과목: "), "{toml}");
    assert!(Mapping::from_toml(&toml, "a.toml").is_err());
}

#[test]
fn an_order_of_days_that_values_cannot_tell_is_left_to_a_person() {
    let days = |a: &str, b: &str, c: &str| {
        PLAIN.replace("2024-01-05", a).replace("2024-01-06", b).replace("2024-01-08", c)
    };
    let unclear = proposal(days("01/05/2024", "02/05/2024", "03/05/2024").as_bytes());
    assert_eq!(unclear.undecided.first().map(|u| u.column.as_str()), Some("date"));
    let clear = proposal(days("01/05/2024", "22/05/2024", "03/05/2024").as_bytes());
    assert!(clear.is_complete() && clear.dates.order == DateOrder::Dmy, "{clear:?}");
    let short = proposal(days("24.01.05", "24.01.31", "24.02.01").as_bytes());
    assert!(short.is_complete() && short.dates.two_digit_years && short.dates.order == DateOrder::Ymd);
    assert!(short.to_check.iter().any(|check| check.contains("두 자리")));
}

#[test]
fn a_doubled_header_is_left_to_a_person() {
    let found = proposal(PLAIN.replace("거래처", "지급금액").as_bytes());
    assert!(found.undecided.iter().any(|u| u.column == "amount" && u.reason.contains("두 번")), "{found:?}");
}

#[test]
fn cancelled_rows_without_a_minus_are_pointed_out() {
    let text = "승인일자,부서,업종,가맹점명,승인금액,취소여부\n\
        2024-01-05,총무과,한식,가나식당,\"9,000\",승인\n2024-01-06,총무과,한식,가나식당,\"9,000\",취소\n\
        2024-01-07,총무과,커피,다라카페,\"5,000\",승인\n";
    let found = proposal(text.as_bytes());
    assert!(found.to_check.iter().any(|check| check.contains("취소 행")), "{found:?}");
    let toml = found.to_toml("a");
    let opened = toml.replace("# [columns.sign]", "[columns.sign]");
    let opened = opened.replace("# headers = [\"취소여부\"]", "headers = [\"취소여부\"]");
    let opened = opened.replace("# positive", "positive").replace("# negative", "negative");
    let mapping = Mapping::from_toml(&opened, "a.toml").unwrap();
    let ledger = tidy_bytes(text.as_bytes(), "a.csv", &[mapping], &Departments::default());
    assert_eq!(ledger.intake[0].total.0, 5_000, "{:?}", ledger.intake[0]);
}

#[test]
fn a_page_of_prose_is_no_table() {
    let problem =
        propose("a.csv", &[sheet("안녕하세요\n지출 내역을 보냅니다\n감사합니다\n".as_bytes())], &[]);
    assert!(problem.unwrap_err().found.contains("머리글"));
}

#[test]
fn quotes_and_line_ends_of_a_file_stay_in_their_strings() {
    let text =
        PLAIN.replace("거래처", "\"거래\n\"\"처\"\"\\\"").replace("가나상사", "\"가\"\"\n[columns.x]\"");
    let toml = proposal(text.as_bytes()).to_toml("a\"\nb");
    let mapping = Mapping::from_toml(&toml, "a.toml").unwrap();
    assert!(!mapping.columns.contains_key("x"));
}

#[test]
fn details_are_drafted_from_known_headers_and_leave_a_required_column_its_cell() {
    let head = "우리날짜(일자),우리부서,우리과목명,우리지출금액,결재자,계좌번호,인원,입력일자,계약일자";
    let rows: String = (1..9)
        .map(|d| format!("2024-01-0{d},총무과,사무관리비,\"12,{d}00\",김하늘,110-123-45678{d},{d}명,2024-01-0{d},2023-12-0{d}\n"))
        .collect();
    let proposal =
        propose("a.csv", &[sheet(format!("{head}\n{rows}").as_bytes())], &shipped().unwrap()).unwrap();
    let of =
        |name: &str| proposal.columns.iter().find(|one| one.column == name).map(|one| one.header.as_str());
    for (name, header) in [
        ("approver", "결재자"),
        ("bank_account", "계좌번호"),
        ("attendees", "인원"),
        ("entered_on", "입력일자"),
        ("contracted_on", "계약일자"),
    ] {
        assert_eq!(of(name), Some(header), "{:?}", proposal.columns);
    }
    let toml = proposal.to_toml("a");
    assert!(toml.contains("****6781") && !toml.contains("110-123") && !toml.contains("김하늘"), "{toml}");
    // A file whose only day is that of the contract: the day of the payment is asked for as before.
    let head = "계약일자,부서,계정과목,지출금액";
    let rows: String = (1..9).map(|d| format!("2024-01-0{d},총무과,사무관리비,\"12,{d}00\"\n")).collect();
    let proposal =
        propose("a.csv", &[sheet(format!("{head}\n{rows}").as_bytes())], &shipped().unwrap()).unwrap();
    let date = proposal.columns.iter().find(|one| one.column == "date").map(|one| one.header.as_str());
    assert_eq!(date, Some("계약일자"), "{:?}", proposal.columns);
}
