"""Accounts of the district office, its regular contracts and the seasons of both.

Comes in: nothing. Goes out: constant tables, read by the other modules. Refuses: nothing; there is no logic here.
"""

# fmt: off
from dataclasses import dataclass, field
from itertools import accumulate

EVERY = 'admin pr tax it welfare econ culture env const health dong'


@dataclass(slots=True)
class Account:
    """How payments on one account look."""

    median: int  # won
    sigma: float  # of the logarithm
    unit: int  # amounts are multiples of it, won
    card_share: float
    categories: dict | list  # trades of its vendors and their weights; afterwards only the trades
    weekend_rate: float  # share of card payments on a day off
    late_rate: float  # share of card payments at night
    weight: float
    season: str
    kinds: str | list  # kinds of departments that use it
    first_year: int
    texts: str | list
    cumulative: list = field(default_factory=list)  # of the category weights

    def __post_init__(self):
        self.cumulative = list(accumulate(self.categories.values()))
        self.categories, self.kinds, self.texts = list(self.categories), self.kinds.split(), self.texts.split('|')


ACCOUNTS = {
    '사무관리비': Account(
        median=330000, sigma=1.05, unit=100, card_share=0.42, weekend_rate=0.004, late_rate=0.001,
        weight=26, season='gen', first_year=0,
        kinds=EVERY,
        categories={'stat': 30, 'print': 26, 'equip': 7, 'meal': 9, 'cafe': 6, 'person': 9, 'press': 5, 'mart': 5, 'fee': 5},
        texts='{it} 구입|{pj} 추진 {it} 구입|사무용 소모품({it}) 구매|{pj} 안내문 제작|{pj} 홍보물 인쇄|'
              '{m}월 {pj} 관련 리플릿 제작|{mt} 참석수당 지급({n}명)|{mt} 회의자료 인쇄|복사용지 구입({n}박스)|{pl} 현수막 제작|'
              '{pj} 업무용 도장 및 명판 제작|{mt} 다과 구입|{m}월 특근매식비 지급|{pj} 책자 발간|프린터 토너 외 {n}종 구입|'
              '{pl} 게시판 정비용 {it}|자문수당 지급({who})|{pj} 우편 봉투 제작|공고료 지급({pj})|{m}월 급량비 정산',
    ),
    '공공운영비': Account(
        median=420000, sigma=1.15, unit=10, card_share=0.2, weekend_rate=0.012, late_rate=0.004,
        weight=15, season='flat', first_year=0,
        kinds=EVERY,
        categories={'util': 30, 'maint': 34, 'gas': 12, 'car': 12, 'it': 8, 'fee': 4},
        texts='{pl} 시설물 보수|{pl} 전기요금 납부|관용차량({no}호) 수리|관용차량 유류 구입|{pl} 소방시설 점검 수수료|'
              '{m}월 우편요금 납부|{pl} 냉난방기 수리|{pl} 정화조 청소|공용차량 보험료 납부({no})|{pl} CCTV 유지보수|'
              '{pl} 상하수도 요금|{pl} 출입문 보수|{pj} 시스템 회선 사용료|{pl} 방역 소독 용역|{it2} 수리비',
    ),
    '행사운영비': Account(
        median=900000, sigma=1.2, unit=1000, card_share=0.22, weekend_rate=0.1, late_rate=0.012,
        weight=7, season='event', first_year=0,
        kinds='culture dong admin welfare econ health pr env',
        categories={'event': 50, 'print': 16, 'meal': 8, 'mart': 8, 'person': 14, 'stat': 4},
        texts='{ev} 무대 및 음향 임차|{ev} 진행 물품 구입|{ev} 현수막 제작|{ev} 사회자 사례금({who})|{ev} 참가자 간식 구입|'
              '{ev} 행사장 천막 임차|{ev} 홍보 포스터 제작|{ev} 공연팀 출연료|{ev} 기념품 제작({n}개)|{ev} 체험부스 운영|'
              '{ev} 안전요원 인건비',
    ),
    '행사실비지원금': Account(
        median=260000, sigma=0.8, unit=1000, card_share=0.1, weekend_rate=0.03, late_rate=0.006,
        weight=3, season='event', first_year=0,
        kinds='culture dong welfare admin econ',
        categories={'person': 45, 'meal': 20, 'assoc': 25, 'lodge': 10},
        texts='{ev} 참가자 실비 지급|{ev} 자원봉사자 급식비({n}명)|{ev} 심사위원 사례금|{ev} 강사 여비 실비 보상|'
              '{mt} 참석 주민 교통비({n}명)|{ev} 출연자 식비',
    ),
    '국내여비': Account(
        median=40000, sigma=0.7, unit=5000, card_share=0.06, weekend_rate=0.03, late_rate=0.004,
        weight=15, season='travel', first_year=0,
        kinds=EVERY,
        categories={'staff': 96, 'lodge': 2, 'gas': 2},
        texts='관외출장여비 지급({city})|{city} 출장({mt} 참석)|{pj} 벤치마킹 출장여비({city})|{m}월 관내출장여비 지급|'
              '{city} 교육 참석 여비({who})|{pj} 현장점검 출장|중앙부처 업무협의 출장({city})|{m}월분 관내여비({n}명)|'
              '{city} 워크숍 출장여비',
    ),
    '기관운영업무추진비': Account(
        median=210000, sigma=0.7, unit=1000, card_share=0.93, weekend_rate=0.015, late_rate=0.004,
        weight=2.5, season='flat', first_year=0,
        kinds='admin dong',
        categories={'meal': 78, 'cafe': 12, 'mart': 10},
        texts='유관기관 관계자 간담회|구정 현안사항 논의 간담|직원 격려 오찬({n}명)|{mt} 관계자 만찬|부구청장 주재 간담회 경비|언론인 오찬 간담|'
              '{pl} 현장근무자 격려|명절 맞이 직원 격려품|단체장 간담회 다과',
    ),
    '시책추진업무추진비': Account(
        median=150000, sigma=0.65, unit=1000, card_share=0.95, weekend_rate=0.006, late_rate=0.002,
        weight=5, season='flat', first_year=0,
        kinds='admin pr tax it welfare econ culture env const health',
        categories={'meal': 80, 'cafe': 14, 'mart': 6},
        texts='{pj} 관련 업무협의 오찬|{pj} 추진 간담회 경비({n}명)|{mt} 위원 간담회|{pj} 유관기관 협의 석식|'
              '{pj} 점검반 격려 식사|시책추진 관계자 간담({who} 외 {n}명)|{pj} 자문단 다과 구입|현안사항 협의({who})',
    ),
    '부서운영업무추진비': Account(
        median=86000, sigma=0.6, unit=500, card_share=0.95, weekend_rate=0.002, late_rate=0.001,
        weight=8, season='flat', first_year=0,
        kinds=EVERY,
        categories={'meal': 66, 'cafe': 24, 'mart': 10},
        texts='부서운영 다과 구입|{m}월 부서 직원 간담회|부서원 오찬({n}명)|과 단합 석식|전입직원 환영 오찬|부서 운영용 음료 구입|'
              '현업부서 직원 격려|부서 회의 간식|{m}월 부서운영 경비|직원 생일 축하 케이크',
    ),
    '재료비': Account(
        median=520000, sigma=1.1, unit=100, card_share=0.25, weekend_rate=0.008, late_rate=0.003,
        weight=5, season='spring', first_year=0,
        kinds='const env health dong culture',
        categories={'mat': 58, 'mart': 14, 'med': 12, 'stat': 8, 'const': 8},
        texts='{pj}용 자재 구입|{pj} 재료 구입({n}종)|봄꽃 식재용 초화 구입|제설용 염화칼슘 구입|방역약품 구입({n}통)|'
              '{pl} 보수용 페인트 구입|요리교실 식재료 구입|{pj} 검사시약 구입|보도블럭 {n}매 구입|{pl} 수목 지주목 외 {n}종|'
              '작업용 장갑 및 안전모 구입',
    ),
    '자산및물품취득비': Account(
        median=1900000, sigma=1.05, unit=1000, card_share=0.07, weekend_rate=0.003, late_rate=0.002,
        weight=3, season='yearend', first_year=0,
        kinds=EVERY,
        categories={'equip': 74, 'it': 16, 'stat': 6, 'mat': 4},
        texts='{it2} 구입|{pl} {it2} 구매({n}대)|노후 {it2} 교체|{pj}용 {it2} 구입|업무용 PC {n}대 구입|'
              '{pl} 사무용 가구 구입|{it2} 외 {n}종 조달구매|회의실 빔프로젝터 구입|{pl} 냉난방기 취득|도서 구입({n}권)',
    ),
    '시설비': Account(
        median=17500000, sigma=1.35, unit=10, card_share=0, weekend_rate=0, late_rate=0,
        weight=6, season='yearend', first_year=0,
        kinds='const env it culture health admin',
        categories={'const': 84, 'mat': 6, 'it': 4, 'equip': 6},
        texts='{pl} 일원 {pj} 공사|{pj} 연간단가 공사({n}차)|{pl} 옥상방수 공사|{pl} 화장실 개선 공사|{pl} 보도 포장 보수|'
              '{pl} 전기설비 교체|{dong} 하수관 개량공사|{dong} 보안등 설치공사({n}개소)|{pl} 환경개선 공사|{pj} 관급자재 구입|'
              '{pl} 놀이시설 교체',
    ),
    '감리비': Account(
        median=9000000, sigma=1.0, unit=1000, card_share=0, weekend_rate=0, late_rate=0,
        weight=1, season='yearend', first_year=0,
        kinds='const culture',
        categories={'design': 100},
        texts='{pl} 공사 감리용역|{pj} 전기공사 감리비|{pl} 석면해체 감리|{pl} 소방공사 감리용역({n}차)|{pj} 건설사업관리 용역비',
    ),
    '시설부대비': Account(
        median=310000, sigma=0.9, unit=100, card_share=0.3, weekend_rate=0.01, late_rate=0.003,
        weight=1.4, season='yearend', first_year=0,
        kinds='const culture',
        categories={'stat': 30, 'print': 25, 'design': 25, 'mat': 20},
        texts='{pj} 공사 현장감독 피복 구입|{pj} 공사 안내표지판 제작|{pl} 공사 측량수수료|{pj} 준공도면 제본|{pl} 공사 안전용품',
    ),
    '연구용역비': Account(
        median=14500000, sigma=0.85, unit=10000, card_share=0, weekend_rate=0, late_rate=0,
        weight=1, season='yearend', first_year=0,
        kinds='const econ culture welfare admin env',
        categories={'rsch': 72, 'design': 28},
        texts='{pj} 기본계획 수립 용역|{pj} 타당성 조사 용역|{pj} 만족도 조사 용역|{dong} 지구단위계획 용역|{pj} 성과분석 연구|'
              '{pj} 중장기 발전계획 용역',
    ),
    '전산개발비': Account(
        median=11000000, sigma=0.9, unit=10000, card_share=0, weekend_rate=0, late_rate=0,
        weight=1, season='yearend', first_year=1,
        kinds='it admin tax',
        categories={'it': 100},
        texts='{pj} 시스템 기능개선|{pj} 홈페이지 개편 용역|{pj} DB 구축|행정포털 고도화 사업|{pj} 모바일 서비스 개발|'
              '{pj} 소프트웨어 라이선스 구입',
    ),
    '민간위탁금': Account(
        median=8200000, sigma=1.1, unit=1000, card_share=0, weekend_rate=0, late_rate=0,
        weight=3, season='quarter', first_year=0,
        kinds='welfare env culture health econ',
        categories={'welf': 44, 'maint': 32, 'assoc': 24},
        texts='{fac} 위탁운영비 교부|{pj} 민간위탁금 {q}분기 지급|{m}월 {pj} 대행수수료|{fac} 종사자 인건비|'
              '{pj} 위탁사업비 정산분',
    ),
    '민간경상사업보조': Account(
        median=4600000, sigma=1.0, unit=10000, card_share=0, weekend_rate=0, late_rate=0,
        weight=4, season='quarter', first_year=0,
        kinds='welfare culture econ dong env admin',
        categories={'assoc': 78, 'welf': 22},
        texts='{pj} 보조금 교부({q}분기)|{org} 사업비 보조|{pj} 공모사업 보조금|{org} 운영 활성화 지원|'
              '마을공동체 공모사업 보조금({dong})|{pj} 프로그램 운영 보조',
    ),
    '민간행사사업보조': Account(
        median=7500000, sigma=0.9, unit=100000, card_share=0, weekend_rate=0, late_rate=0,
        weight=1, season='event', first_year=0,
        kinds='culture welfare econ',
        categories={'assoc': 100},
        texts='{ev} 개최 보조금|{org} 주관 {ev} 지원|{ev} 민간행사 보조금 교부|{org} 한마음대회 보조',
    ),
    '사회복지시설법정운영비보조': Account(
        median=13500000, sigma=0.85, unit=10, card_share=0, weekend_rate=0, late_rate=0,
        weight=4.5, season='flat', first_year=0,
        kinds='welfare',
        categories={'welf': 100},
        texts='{fac} {m}월 운영비 보조|{fac} 종사자 인건비({m}월)|{fac} {q}분기 운영비|{fac} 종사자 수당 지급|'
              '{fac} 관리운영비 교부',
    ),
    '사회보장적수혜금': Account(
        median=1300000, sigma=1.3, unit=10, card_share=0, weekend_rate=0, late_rate=0,
        weight=6, season='flat', first_year=0,
        kinds='welfare health',
        categories={'person': 76, 'welf': 24},
        texts='{m}월 {pj} 급여 지급|{pj} 지원금({who})|긴급복지 생계지원({n}가구)|{m}월 장애수당 추가분|{pj} 의료비 지원|'
              '출산지원금 지급({who})|{pj} 대상자 지원({n}명)|참전유공자 수당 {m}월분',
    ),
    '기타보상금': Account(
        median=240000, sigma=0.85, unit=1000, card_share=0.02, weekend_rate=0.004, late_rate=0.001,
        weight=6, season='flat', first_year=0,
        kinds=EVERY,
        categories={'person': 82, 'assoc': 14, 'mart': 4},
        texts='{pj} 강사료 지급({who})|{m}월 통장 활동보상금|{mt} 위원 참석수당|{pj} 신고포상금|{pj} 자원봉사자 실비({n}명)|'
              '{pj} 모니터요원 활동비|{pj} 우수자 시상금|{m}월 강사수당({n}시간)',
    ),
    '포상금': Account(
        median=320000, sigma=0.7, unit=10000, card_share=0.08, weekend_rate=0.003, late_rate=0.001,
        weight=1.2, season='yearend', first_year=0,
        kinds='admin tax pr welfare',
        categories={'staff': 40, 'person': 40, 'mart': 20},
        texts='{y}년 우수부서 포상|{pj} 유공 공무원 포상금|{m}월 친절직원 시상|체납징수 포상금({who})|제안제도 우수자 시상({n}명)',
    ),
    '기간제근로자등보수': Account(
        median=3900000, sigma=0.95, unit=10, card_share=0, weekend_rate=0, late_rate=0,
        weight=2.5, season='flat', first_year=0,
        kinds='health env const welfare econ culture',
        categories={'person': 100},
        texts='{pj} 기간제 {m}월 보수({n}명)|{m}월분 기간제근로자 임금|{pj} 기간제 4대보험 기관부담금|{pj} 보조인력 인건비|'
              '{m}월 공공근로 임금({n}명)',
    ),
    '의료및구료비': Account(
        median=760000, sigma=1.05, unit=10, card_share=0.03, weekend_rate=0.01, late_rate=0.002,
        weight=4, season='flat', first_year=0,
        kinds='health',
        categories={'med': 100},
        texts='{m}월 예방접종비 지급|{pj} 약품 구입({n}종)|국가예방접종 시행비({m}월)|{pj} 진단시약 구입|마스크 및 방역물품 구입|'
              '{pj} 검진비 지급({n}명)|암 환자 의료비 지원',
    ),
    '위탁교육비': Account(
        median=230000, sigma=0.7, unit=1000, card_share=0.35, weekend_rate=0.002, late_rate=0.001,
        weight=1.6, season='travel', first_year=0,
        kinds='admin tax it const welfare health',
        categories={'fee': 100},
        texts='{who} 직무교육 수강료|{m}월 전문교육 위탁교육비|{pj} 담당자 교육비({n}명)|사이버교육 위탁료|법정의무교육 수강료',
    ),
    '공기관등에대한경상적위탁사업비': Account(
        median=24000000, sigma=0.9, unit=1000, card_share=0, weekend_rate=0, late_rate=0,
        weight=0.8, season='quarter', first_year=0,
        kinds='econ culture welfare const it',
        categories={'fee': 100},
        texts='{pj} 위탁사업비 교부({q}분기)|{pj} 대행사업비|{pj} 공기관 위탁금 지급',
    ),
    '재난관리자원비': Account(
        median=1400000, sigma=1.0, unit=100, card_share=0.05, weekend_rate=0.02, late_rate=0.002,
        weight=1.2, season='spring', first_year=1,
        kinds='env health const',
        categories={'mat': 60, 'equip': 40},
        texts='수방자재 구입({n}종)|{pl} 비상물자 비축|재난대비 {it2} 구입|모래주머니 {n}매 구입|한파쉼터 물품 구입|그늘막 유지관리',
    ),
    '탄소중립실천사업비': Account(
        median=820000, sigma=0.9, unit=1000, card_share=0.12, weekend_rate=0.01, late_rate=0.002,
        weight=1.0, season='gen', first_year=2,
        kinds='env dong',
        categories={'mat': 35, 'event': 20, 'print': 20, 'assoc': 25},
        texts='탄소중립 실천 캠페인 물품|{pl} 태양광 모듈 점검|다회용컵 {n}개 구입|에너지 절약 홍보물 제작|기후학교 운영({dong})|'
              '제로웨이스트 체험키트 구입',
    ),
}

# weight of each month
SEASONS = {'gen': [0.6, 0.75, 1.05, 1, 0.98, 1.1, 0.9, 0.82, 1, 1.05, 1.25, 1.6],
 'flat': [0.95, 0.95, 1, 1, 1, 1, 1, 0.98, 1, 1, 1.03, 1.15],
 'event': [0.3, 0.45, 0.75, 1.25, 1.7, 1.0, 0.7, 0.7, 1.5, 2.0, 1.2, 0.8],
 'travel': [0.5, 0.7, 1.1, 1.2, 1.2, 1.2, 0.9, 0.7, 1.1, 1.3, 1.2, 0.7],
 'yearend': [0.35, 0.45, 0.8, 0.95, 1, 1.15, 0.9, 0.85, 0.95, 1.1, 1.5, 2.5],
 'spring': [1.1, 0.8, 1.4, 1.5, 1.1, 1, 0.9, 0.8, 0.8, 0.8, 1, 1.1],
 'quarter': [1.8, 0.8, 0.8, 1.6, 0.7, 0.8, 1.6, 0.6, 0.7, 1.4, 0.7, 0.9]}
SEASON_SUMS = {name: list(accumulate(weights)) for name, weights in SEASONS.items()}

# account, trades, least and most (won), jitter, season, months between, kinds of departments (EVERY = all), text, by card, weight
CONTRACTS = [('공공운영비', ['util'], 600000, 9000000, 0.07, 'elec', 1, EVERY.split(), '{pl} {m}월 전기요금', 0, 5),
 ('공공운영비', ['util'], 90000, 1400000, 0.06, None, 1, EVERY.split(), '{m}월 전화요금 납부({pl})', 0, 4),
 ('공공운영비', ['util'], 300000, 5000000, 0.09, 'gas', 1, EVERY.split(), '{pl} 도시가스 요금({m}월분)', 0, 3),
 ('공공운영비', ['util'], 80000, 1500000, 0.1, None, 2, EVERY.split(), '{pl} 상하수도 요금 {m}월', 0, 3),
 ('공공운영비', ['util'], 120000, 900000, 0, None, 1, EVERY.split(), '{m}월 인터넷 회선 사용료({pl})', 0, 3),
 ('공공운영비', ['maint'], 180000, 650000, 0, None, 1, EVERY.split(), '{pl} 승강기 유지관리 용역({m}월)', 0, 3),
 ('공공운영비', ['maint'], 90000, 330000, 0, None, 1, EVERY.split(), '{pl} 무인경비 용역료 {m}월분', 0, 3),
 ('공공운영비', ['maint'], 1200000, 9500000, 0.01, None, 1, EVERY.split(), '{pl} 청소용역비 {m}월분', 0, 3),
 ('공공운영비', ['maint'], 250000, 1200000, 0.02, None, 3, EVERY.split(), '{pl} 저수조 및 방역소독 용역', 0, 2),
 ('공공운영비', ['it'], 700000, 6500000, 0, None, 1, ['it', 'admin', 'tax', 'culture', 'health'],
  '{pj} 시스템 유지보수({m}월)', 0, 3),
 ('공공운영비', ['gas'], 180000, 900000, 0.14, None, 1, EVERY.split(), '{m}월 관용차량 유류대', 1, 4),
 ('공공운영비', ['util'], 150000, 3800000, 0.16, None, 1, ['tax', 'admin', 'env', 'welfare'],
  '{m}월 후납우편요금', 0, 3),
 ('공공운영비', ['fee'], 350000, 900000, 0.03, None, 12, EVERY.split(), '관용차량 보험료({no})', 0, 2),
 ('공공운영비', ['maint'], 200000, 2600000, 0.02, None, 6, EVERY.split(), '{pl} 소방·전기 안전점검 수수료', 0, 2),
 ('사무관리비', ['equip'], 110000, 480000, 0.05, None, 1, EVERY.split(), '복합기 임차료({m}월) {pl}', 0, 5),
 ('사무관리비', ['press'], 15000, 180000, 0, None, 1, EVERY.split(), '{m}월 신문 구독료', 0, 3),
 ('사무관리비', ['equip'], 30000, 260000, 0, None, 1, EVERY.split(), '정수기·공기청정기 렌탈료 {m}월 {pl}', 0, 4),
 ('사무관리비', ['person'], 200000, 550000, 0, None, 1, ['admin', 'tax', 'const'], '고문변호사 자문료({m}월)',
  0, 1),
 ('사무관리비', ['print'], 2500000, 14000000, 0.03, None, 1, ['pr'], '구보 {m}월호 제작', 0, 2),
 ('사무관리비', ['meal'], 300000, 2400000, 0.18, None, 1, EVERY.split(), '{m}월 특근매식비 정산', 1, 4),
 ('사무관리비', ['maint'], 250000, 3500000, 0.0, None, 1, ['dong', 'culture', 'admin'],
  '{pl} 임차료 {m}월분', 0, 2),
 ('민간위탁금', ['maint'], 25000000, 190000000, 0.03, None, 1, ['env'], '{m}월 생활폐기물 수집운반 대행료({dong})',
  0, 2),
 ('민간위탁금', ['welf'], 6000000, 45000000, 0.01, None, 3, ['welfare', 'culture', 'health'],
  '{fac} 위탁운영비 {q}분기', 0, 3),
 ('사회복지시설법정운영비보조', ['welf'], 3500000, 62000000, 0.02, None, 1, ['welfare'], '{fac} {m}월 운영비', 0,
  9),
 ('사회복지시설법정운영비보조', ['welf'], 5000000, 42000000, 0.03, None, 3, ['welfare'],
  '{fac} {q}분기 종사자 처우개선비', 0, 3),
 ('사회보장적수혜금', ['person', 'welf'], 3000000, 180000000, 0.02, None, 1, ['welfare'],
  '{m}월 {pj} 수당 일괄지급', 0, 3),
 ('기타보상금', ['assoc'], 1800000, 9500000, 0.02, None, 1, ['dong', 'admin'], '{m}월 통장 활동보상금 일괄', 0,
  4),
 ('기타보상금', ['person'], 160000, 800000, 0, None, 1, ['culture', 'dong', 'health'],
  '{pj} 강사료({m}월)', 0, 4),
 ('기간제근로자등보수', ['person'], 2100000, 38000000, 0.03, None, 1,
  ['health', 'env', 'const', 'econ', 'culture'], '{pj} 기간제근로자 보수 {m}월분', 0, 4),
 ('의료및구료비', ['med'], 300000, 9000000, 0.22, 'flu', 1, ['health'], '{m}월 예방접종 시행비', 0, 6),
 ('민간경상사업보조', ['assoc'], 1500000, 24000000, 0, None, 3, ['culture', 'welfare', 'admin', 'dong'],
  '{org} 운영비 보조 {q}분기', 0, 4),
 ('공기관등에대한경상적위탁사업비', ['fee'], 12000000, 90000000, 0, None, 3, ['econ', 'culture', 'welfare'],
  '{pj} 위탁사업비 {q}분기', 0, 2),
 ('부서운영업무추진비', ['cafe', 'mart'], 30000, 120000, 0.08, None, 1, EVERY.split(), '{m}월 부서 다과류 구입', 1, 4)]

CONTRACT_SEASONS = {'elec': [1.15, 1.1, 0.95, 0.85, 0.85, 1.0, 1.35, 1.5, 1.15, 0.88, 0.9, 1.1],
 'gas': [2.1, 2.0, 1.5, 0.9, 0.5, 0.3, 0.25, 0.25, 0.3, 0.6, 1.3, 1.9],
 'flu': [1, 0.8, 0.9, 0.9, 0.9, 0.8, 0.8, 0.8, 1.2, 2.6, 1.9, 1.2]}

# words of a text and the trades they go with; the first rule the account has a trade for counts
TRADE_WORDS = [('전기요금 우편요금 회선 상하수도 전화요금 도시가스', ['util']), ('유류 주유', ['gas']), ('보험료', ['fee']),
 ('관용차량', ['car']), ('수당 사례금 출연료 강사 {who} 실비 인건비 교통비 활동비 가구) 포상금 생계 시상', ['person', 'staff']),
 ('다과 음료 케이크 간식', ['cafe', 'mart']), ('매식 급량 오찬 석식 만찬 급식 식비 식사 간담', ['meal']), ('공고료', ['press']),
 ('인쇄 제작 리플릿 책자 현수막 명판 봉투 포스터 홍보물 제본', ['print', 'event']), ('토너 복사용지 소모품 {it} ', ['stat']),
 ('무대 천막 부스 음향 공연 진행', ['event']), ('식재료', ['mart']), ('시약 방역약품 약품', ['med', 'mat']),
 ('자재 초화 염화칼슘 페인트 블럭 지주목 장갑 안전용품', ['mat']), ('보수 소방 냉난방기 정화조 출입문 방역 수리', ['maint', 'equip']),
 ('시스템 CCTV', ['it']), ('관내 출장 벤치마킹', ['staff']), ('공사', ['const', 'design', 'print']),
 ('{fac} 운영비', ['welf']), ('{org} 보조금', ['assoc']), ('대행', ['maint', 'fee'])]

# words of a text and the range of UTILITIES that may be meant
UTILITY_WORDS = (('전기', 0, 2), ('가스', 2, 3), ('상하수도', 3, 4), ('우편', 7, 9), ('회선', 4, 7), ('전화', 4, 7))

# planted texts that belong to no account
ODD_TEXTS = {'선물·상품권': ['백화점 상품권 구입', '문화상품권 {n}매', '명절 선물세트 구입({n}세트)', '홍삼세트 구입', '온누리상품권 구매 {n}장',
            '모바일 기프티콘 구입'],
 '오락': ['스크린골프 이용료', '골프연습장 이용', '노래연습장 이용', '골프용품(장갑, 공) 구입', '주점 봉사료', '영화관람권 {n}매',
        '볼링장 대관 및 게임비', '당구장 이용료', 'PC방 이용요금'],
 '가전·개인': ['가정용 냉장고 구입', '건조기 구입', '55인치 TV 구매', '로봇청소기 구입', '에어프라이어 외 1종', '골프웨어 구입', '안마의자 렌탈',
           '유아용 카시트 구입', '반려견 사료 구입', '화장품 세트 구입', '자녀 학원비', '헬스장 회원권 등록'],
 '기타': ['가족 항공권 예매', '펜션 숙박 이용료', '개인차량 타이어 교체', '과태료 납부', '와인 {n}병 구입', '미용실 이용', '아파트 관리비 납부',
        '피부과 시술비']}

# accounts whose texts resemble each other share a number
ACCOUNT_GROUPS = {'사무관리비': 1,
 '공공운영비': 2,
 '행사운영비': 3,
 '행사실비지원금': 3,
 '민간행사사업보조': 3,
 '국내여비': 4,
 '기관운영업무추진비': 5,
 '시책추진업무추진비': 5,
 '부서운영업무추진비': 5,
 '재료비': 6,
 '재난관리자원비': 6,
 '자산및물품취득비': 7,
 '시설비': 8,
 '감리비': 8,
 '시설부대비': 16,
 '연구용역비': 9,
 '전산개발비': 9,
 '민간위탁금': 10,
 '민간경상사업보조': 10,
 '사회복지시설법정운영비보조': 10,
 '공기관등에대한경상적위탁사업비': 10,
 '사회보장적수혜금': 11,
 '기타보상금': 12,
 '포상금': 12,
 '기간제근로자등보수': 13,
 '의료및구료비': 14,
 '위탁교육비': 15,
 '탄소중립실천사업비': 3}
