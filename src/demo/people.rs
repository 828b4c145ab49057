//! The example institution: departments, accounts, vendors.
//!
//! Comes in: nothing. Goes out: names that Korean offices use. Refuses: nothing; all of them are invented.

pub(super) const INSTITUTION: &str = "한빛공공재단";

/// Code, name, alias, local part of the address.
pub(super) const DEPARTMENTS: [(&str, &str, &str, &str); 24] = [
    ("D001", "총무과", "총무팀", "chongmu"),
    ("D002", "재무과", "재무팀", "jaemu"),
    ("D003", "기획예산과", "기획팀", "gihoek"),
    ("D004", "인사과", "인사팀", "insa"),
    ("D005", "감사실", "감사팀", "gamsa"),
    ("D006", "홍보과", "홍보팀", "hongbo"),
    ("D007", "정보화과", "전산팀", "jeongbo"),
    ("D008", "시설관리과", "시설팀", "siseol"),
    ("D009", "안전관리과", "안전팀", "anjeon"),
    ("D010", "연구지원과", "연구지원팀", "yeongu"),
    ("D011", "교육운영과", "교육팀", "gyoyuk"),
    ("D012", "국제협력과", "국제팀", "gukje"),
    ("D013", "문화사업과", "문화팀", "munhwa"),
    ("D014", "복지사업과", "복지팀", "bokji"),
    ("D015", "환경사업과", "환경팀", "hwangyeong"),
    ("D016", "산학협력과", "산학팀", "sanhak"),
    ("D017", "창업지원과", "창업팀", "changeop"),
    ("D018", "도서관운영과", "도서관", "doseo"),
    ("D019", "체육진흥과", "체육팀", "cheyuk"),
    ("D020", "청년정책과", "청년팀", "cheongnyeon"),
    ("D021", "민원봉사과", "민원팀", "minwon"),
    ("D022", "법무과", "법무팀", "beommu"),
    ("D023", "계약과", "계약팀", "gyeyak"),
    ("D024", "데이터센터운영과", "데이터센터", "data"),
];

/// What an account is spent on.
pub(super) struct Account {
    pub(super) name: &'static str,
    /// Usual amount in won.
    pub(super) usual: f64,
    /// Share of all payments.
    pub(super) weight: u32,
    /// Whether mostly paid by card.
    pub(super) by_card: bool,
    /// Things bought, for descriptions.
    pub(super) items: [&'static str; 4],
    /// Ending of vendors' names.
    pub(super) trade: &'static str,
}

macro_rules! account {
    ($name:literal, $usual:literal, $weight:literal, $card:literal, $trade:literal, $items:expr) => {
        Account { name: $name, usual: $usual, weight: $weight, by_card: $card, items: $items, trade: $trade }
    };
}

pub(super) const ACCOUNTS: [Account; 20] = [
    account!("사무관리비", 180_000.0, 16, true, "문구", ["복사용지", "토너", "사무용품", "명함 인쇄"]),
    account!(
        "공공운영비",
        420_000.0,
        8,
        false,
        "설비",
        ["전기요금", "상하수도요금", "승강기 점검", "소방 점검"]
    ),
    account!(
        "국내여비",
        90_000.0,
        14,
        false,
        "여행",
        ["출장 여비", "현지 조사 여비", "회의 참석 여비", "교육 참석 여비"]
    ),
    account!(
        "국외여비",
        2_300_000.0,
        1,
        false,
        "항공",
        ["국외 출장 항공료", "국외 출장 숙박비", "국제회의 참석", "해외 연수"]
    ),
    account!(
        "업무추진비",
        150_000.0,
        12,
        true,
        "식당",
        ["업무 협의 간담회", "유관기관 간담회", "직원 격려 오찬", "회의 다과"]
    ),
    account!(
        "시설비",
        8_500_000.0,
        3,
        false,
        "건설",
        ["사무실 보수 공사", "냉난방기 교체", "도장 공사", "방수 공사"]
    ),
    account!(
        "연구용역비",
        14_000_000.0,
        2,
        false,
        "연구소",
        ["정책 연구 용역", "만족도 조사 용역", "타당성 분석 용역", "기술 자문 용역"]
    ),
    account!(
        "행사운영비",
        1_900_000.0,
        4,
        false,
        "기획",
        ["개막 행사 운영", "워크숍 운영", "무대 설치", "행사 홍보물 제작"]
    ),
    account!("재료비", 350_000.0, 6, false, "상사", ["실험 재료", "공구 구입", "전기 자재", "소모 부품"]),
    account!(
        "임차료",
        1_200_000.0,
        4,
        false,
        "렌탈",
        ["복합기 임차료", "차량 임차료", "정수기 임차료", "사무실 임차료"]
    ),
    account!(
        "교육훈련비",
        480_000.0,
        5,
        false,
        "교육원",
        ["직무 교육 수강료", "법정 의무 교육", "전문가 초청 강의", "온라인 교육 수강료"]
    ),
    account!(
        "자산취득비",
        2_600_000.0,
        3,
        false,
        "컴퓨터",
        ["노트북 구입", "모니터 구입", "사무용 책상 구입", "서버 구입"]
    ),
    account!(
        "홍보비",
        950_000.0,
        4,
        false,
        "미디어",
        ["신문 광고", "온라인 광고", "홍보 영상 제작", "현수막 제작"]
    ),
    account!(
        "도서구입비",
        120_000.0,
        4,
        true,
        "서점",
        ["전문 서적 구입", "정기 간행물 구독", "자료집 구입", "전자책 구입"]
    ),
    account!(
        "통신비",
        260_000.0,
        3,
        false,
        "통신",
        ["인터넷 회선료", "전화 요금", "문자 발송 요금", "전용 회선료"]
    ),
    account!("차량유지비", 140_000.0, 5, true, "주유소", ["유류비", "차량 정비", "타이어 교체", "세차"]),
    account!(
        "수선유지비",
        620_000.0,
        4,
        false,
        "공업사",
        ["출입문 수리", "조명 교체", "배관 수리", "에어컨 수리"]
    ),
    account!(
        "보험료",
        730_000.0,
        1,
        false,
        "보험",
        ["화재 보험료", "차량 보험료", "배상 책임 보험료", "단체 상해 보험료"]
    ),
    account!(
        "지급수수료",
        300_000.0,
        4,
        false,
        "법무법인",
        ["법률 자문 수수료", "회계 감사 수수료", "번역 수수료", "등기 수수료"]
    ),
    account!(
        "복리후생비",
        210_000.0,
        3,
        false,
        "복지몰",
        ["건강 검진비", "경조사비", "동호회 지원", "피복 구입"]
    ),
];

const FIRST: [&str; 20] = [
    "가람", "나래", "다온", "라온", "마루", "바른", "새빛", "아름", "자연", "참", "큰빛", "태평", "푸른",
    "하늘", "한결", "동방", "서울", "중앙", "미래", "대한",
];
const SECOND: [&str; 12] =
    ["", "종합", "제일", "우리", "신", "삼성동", "한강", "남산", "광화문", "세종", "대덕", "송도"];

/// The `n`-th vendor of an account.
pub(super) fn vendor(account: usize, n: usize) -> (String, String) {
    let first = FIRST[(n + account * 3) % FIRST.len()];
    let second = SECOND[(n / FIRST.len() + account) % SECOND.len()];
    let form = ["", "(주)", "주식회사 "][(n + account) % 3];
    let round = n / (FIRST.len() * SECOND.len());
    let suffix = if round == 0 { String::new() } else { format!("{}호점", round + 1) };
    let name = format!("{form}{first}{second}{}{suffix}", ACCOUNTS[account].trade);
    let serial = account * 10_007 + n * 37 + 12_345;
    (name, format!("{:03}-{:02}-{:05}", 101 + serial % 800, 10 + serial % 79, serial % 100_000))
}

/// `departments.toml` of the institution.
pub(super) fn departments_toml() -> String {
    let mut out = String::from(
        "# 부서 목록: 코드, 이름, 파일에 나오는 다른 표기, 보고서를 받을 주소.\nversion = \"1\"\n",
    );
    for (code, name, alias, address) in DEPARTMENTS {
        out.push_str(&format!(
            "\n[[department]]\ncode = \"{code}\"\nname = \"{name}\"\naliases = [\"{alias}\"]\nrecipients = [\"{address}@example.go.kr\"]\n"
        ));
    }
    out
}
