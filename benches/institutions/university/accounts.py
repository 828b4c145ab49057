"""Accounts of the university and its regular contracts.

Comes in: nothing. Goes out: constant tables, read by the other modules. Refuses: nothing; there is no logic here.
"""

# fmt: off
import math
import re
from dataclasses import dataclass, field
from itertools import accumulate

# weight of each month from January
SEASONS = {'flat': [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
 'semester': [0.6, 0.9, 1.3, 1.3, 1.4, 1.2, 0.6, 0.6, 1.4, 1.4, 1.5, 1.6],
 'year end': [1.3, 2.2, 0.7, 0.8, 0.9, 1, 0.9, 0.9, 1, 1.2, 1.6, 2.3],
 'events': [0.7, 1.2, 1, 1.3, 1.7, 1, 0.7, 0.8, 1.4, 1.8, 1.8, 1.2],
 'facilities': [1.5, 1.7, 0.6, 0.8, 0.9, 1, 1.7, 1.6, 0.9, 1, 1.1, 1.4]}


@dataclass(slots=True, eq=False)
class Account:
    """How payments on one account look."""

    name: str
    code: str
    median: int  # won
    sigma: float  # of the logarithm
    card_share: float
    trades: str | list  # of its vendors
    weights: tuple | dict  # by type of department: A S C R F L D
    months: str  # name of its season
    off_hours: float  # willingness to pay on days off and at night
    once_share: float  # share of payments to vendors seen once
    habit_share: float  # share of payments of a usual amount
    first_year: int
    pandemic: float  # share of its activity left in 2020
    items: str | list
    texts: str | list
    index: int = -1
    log_median: float = field(init=False)
    month_sums: list = field(init=False)

    def __post_init__(self):
        self.log_median, self.trades, self.items = math.log(self.median), self.trades.split(), self.items.split('|')
        self.weights = dict(zip('ASCRFLD', self.weights))
        self.month_sums = list(accumulate(SEASONS[self.months]))
        self.texts = [[part for part in re.split(r'(\{\w+\})', text) if part] for text in self.texts.split('|')]


ACCOUNTS = [
    Account('회의비', '5230100', median=82000, sigma=0.62, card_share=0.96, trades='food food food cafe', weights=(8, 6, 12, 26, 4, 3, 3),
        months='semester', off_hours=0.012, once_share=0.12, habit_share=0.45, first_year=2020, pandemic=0.6,
        items='업무협의|과제 진도점검|교과목 개편|학과 현안|예산 조정|연구방향 협의|자문|실험 결과 논의|운영위원회',
        texts='{it} 회의 식대({n}명)|{proj} 회의비|{it} 관련 간담회 식대|{m}월 {it} 회의 다과|[{lab}] 연구미팅 식대 {n}명|'
              '{proj} {it} 회의|{ev} 준비회의 식비|{it}회의({nm} 외 {n}명)'),
    Account('업무추진비', '5230200', median=118000, sigma=0.6, card_share=0.97, trades='food food cafe retail', weights=(7, 5, 4, 1.2, 2, 2, 2),
        months='semester', off_hours=0.006, once_share=0.1, habit_share=0.4, first_year=2020, pandemic=0.7,
        items='유관기관 업무협의|기관 방문객 접대|직원 격려|학과장 간담회|언론인 간담회|동문회 협의|인사이동자 환송',
        texts='{it} 간담회|{it} 경비 지출|{m}월 {it}|{it}({n}명 참석)|{ev} 관계자 오찬|{it} 관련 기념품|{place} {it}'),
    Account('특근매식비', '5230300', median=64000, sigma=0.5, card_share=0.98, trades='food food cafe', weights=(5, 3, 2, 3, 4, 2, 3),
        months='year end', off_hours=0.22, once_share=0.06, habit_share=0.6, first_year=2020, pandemic=1.0,
        items='시간외근무|결산업무|입시업무|현장점검|야간 실험|성적처리',
        texts='{m}월 {it} 급식비|{it}자 석식({n}명)|{m}월 특근매식|{it} 석식|{dept} {it} 매식비'),
    Account('사무용품비', '5210100', median=74000, sigma=0.85, card_share=0.88, trades='stat stat retail', weights=(9, 7, 9, 8, 3, 4, 4),
        months='year end', off_hours=0.003, once_share=0.07, habit_share=0.2, first_year=2020, pandemic=1.0,
        items='복사용지|토너|문구류|파일철|건전지|명패|USB메모리|클리어화일|라벨지|볼펜 외',
        texts='{it} 구입|사무용품({it}) 구입|{dept} {it} 외 {n}종 구입|{m}월 사무용품 구입|{it} {n}개|{lab} 사무용품비'),
    Account('소모품비', '5210200', median=96000, sigma=0.9, card_share=0.82, trades='retail stat svc med', weights=(6, 5, 7, 9, 7, 3, 9),
        months='flat', off_hours=0.004, once_share=0.09, habit_share=0.15, first_year=2020, pandemic=1.0,
        items='청소용품|생수|전구|손소독제|화장지|방역물품|테이프|공구|마스크|쓰레기봉투',
        texts='{it} 구입|소모품({it} 외) 구입|{bldg} {it} 구입|{m}월 {it} 구매|행정실 {it} {n}박스|{ev} 소모품'),
    Account('연구재료비', '5310100', median=385000, sigma=1.05, card_share=0.55, trades='reagent reagent reagent equip retail', weights=(0, 0, 9, 48, 0, 0, 0),
        months='year end', off_hours=0.004, once_share=0.08, habit_share=0.08, first_year=2020, pandemic=1.0,
        items='시약|항체|세포배양 배지|프라이머 합성|초자류|질소가스|전자부품|PCB 제작|금속시편|실험동물|필터|피펫팁|센서 모듈|고분자 수지',
        texts='{it} 구입({lab})|{proj} {it}|연구재료({it} 외 {n}종)|{it} {n}ea 구입|{lab} {it} 구매|'
              '{proj} 재료비|{it}_{nm} 교수|실험용 {it}'),
    Account('연구활동비', '5310200', median=210000, sigma=0.95, card_share=0.6, trades='retail press lab stat trip', weights=(0, 0, 5, 20, 0, 0, 0),
        months='year end', off_hours=0.02, once_share=0.12, habit_share=0.08, first_year=2020, pandemic=1.0,
        items='학회 등록비|논문게재료|논문교정|SW라이선스|특허조사|문헌복사|클라우드 사용료|학회 연회비',
        texts='{it}({lab})|{proj} {it}|{nm} {it} 납부|{place} 학술대회 등록비|{it} 지급|{lab} 연구활동비({it})|'
              '영문 {it}'),
    Account('학생인건비', '5310300', median=650000, sigma=0.5, card_share=0, trades='person', weights=(0, 0, 1, 6, 0, 0, 0),
        months='flat', off_hours=0, once_share=0.05, habit_share=0.5, first_year=2020, pandemic=1.0,
        items='석사과정|박사과정|학부연구생|참여연구원',
        texts='{proj} {m}월 학생인건비({it})|{m}월 {it} 인건비|{lab} 학생인건비 {m}월분'),
    Account('전문가활용비', '5310400', median=250000, sigma=0.4, card_share=0, trades='person', weights=(1.5, 1, 3, 6, 0.4, 0.4, 0),
        months='semester', off_hours=0, once_share=0.35, habit_share=0.7, first_year=2020, pandemic=1.0,
        items='자문|평가|심사|원고작성|통번역|기술자문',
        texts='{it}료({nm})|{proj} {it}비 지급|{it}위원 수당|{ev} {it}위원 수당|전문가 {it}({nm})'),
    Account('강사료', '5240500', median=300000, sigma=0.5, card_share=0, trades='person', weights=(2, 4, 7, 3, 0.3, 1, 0.6),
        months='semester', off_hours=0, once_share=0.35, habit_share=0.7, first_year=2020, pandemic=1.0,
        items='특강|비교과 프로그램|실습|취업역량강화|어학강좌|초청세미나',
        texts='{it} 강사료({nm})|{ev} {it} 강사수당|{y}년 {sem} {it} 강사료|{lab} 초청 {it}비'),
    Account('국내여비', '5220100', median=92000, sigma=0.6, card_share=0.18, trades='person person person person rail hotel', weights=(6, 5, 8, 20, 3, 2, 2),
        months='semester', off_hours=0.1, once_share=0.1, habit_share=0.35, first_year=2020, pandemic=0.4,
        items='학회 참석|업무협의|현장조사|시료채취|회의 참석|교육 참석|공동연구 협의|실태점검|입시홍보',
        texts='{place} 출장여비({nm})|국내출장({place}, {it})|{it} 출장비 {nm}|{proj} {place} 출장|'
              '{m}월 {it} 여비|{place} {it} 왕복교통비|{nm} 외 {n}명 {place} 출장'),
    Account('국외여비', '5220200', median=2350000, sigma=0.55, card_share=0.25, trades='person person trip', weights=(2, 1, 3, 6, 0.2, 0.3, 0),
        months='events', off_hours=0.06, once_share=0.1, habit_share=0.05, first_year=2020, pandemic=0.15,
        items='국제학회 발표|공동연구|MOU 체결|유학생 유치|해외연수 인솔',
        texts='{abroad} {it} 여비({nm})|국외출장({abroad})_{nm}|{proj} {abroad} {it}|'
              '{abroad} 항공료 {nm}'),
    Account('인쇄비', '5210300', median=330000, sigma=0.95, card_share=0.45, trades='print', weights=(6, 5, 8, 6, 1, 2, 1),
        months='events', off_hours=0.002, once_share=0.06, habit_share=0.08, first_year=2020, pandemic=1.0,
        items='리플릿|현수막|자료집|보고서|요람|포스터|논문집|명함|책자|배너|시험지',
        texts='{ev} {it} 제작|{it} 인쇄|{proj} {it} 인쇄비|{y}학년도 {it} {n}00부 인쇄|{dept} {it} 제작|'
              '{sem} {it} 인쇄'),
    Account('도서구입비', '5210400', median=145000, sigma=1.0, card_share=0.55, trades='press press press print', weights=(1.5, 1, 4, 5, 0, 30, 0.6),
        months='year end', off_hours=0.005, once_share=0.05, habit_share=0.05, first_year=2020, pandemic=1.0,
        items='전공도서|신간도서|학술지|정기간행물|교재|전자책|외국도서|참고도서',
        texts='{it} 구입|{it} {n}종 구입|{dept} {it} 구입|{proj} {it}|{y}년 {m}월 {it} 구입({n}권)|'
              '희망도서 신청분 {it}'),
    Account('기자재구입비', '6110100', median=3200000, sigma=1.05, card_share=0.06, trades='equip equip it furn', weights=(3, 2, 8, 11, 3, 4, 2),
        months='year end', off_hours=0, once_share=0.12, habit_share=0.02, first_year=2020, pandemic=1.0,
        items='노트북|데스크톱|프로젝터|원심분리기|현미경|오실로스코프|냉동고|3D프린터|서버|항온항습기|복합기|전자칠판|인큐베이터',
        texts='{it} 구입|{bldg} {it} {n}대 구입|{proj} {it} 구매|실험실습 기자재({it})|노후 {it} 교체|'
              '{dept} {it} 도입|{lab} {it}'),
    Account('비품구입비', '6110200', median=780000, sigma=0.9, card_share=0.2, trades='furn furn it retail', weights=(4, 3, 5, 3, 2, 3, 5),
        months='year end', off_hours=0.002, once_share=0.1, habit_share=0.04, first_year=2020, pandemic=1.0,
        items='사무용 책상|의자|캐비닛|냉난방기|제습기|파티션|소파|게시판|서가|회의테이블|TV|냉장고|공기청정기',
        texts='{it} 구입|{bldg} {it} {n}개 구입|{dept} 비품({it}) 구입|노후 {it} 교체 구입|강의실 {it}'),
    Account('수선유지비', '5250100', median=880000, sigma=1.15, card_share=0.12, trades='build build svc equip', weights=(2.5, 1.5, 5, 4, 38, 3, 14),
        months='facilities', off_hours=0.004, once_share=0.1, habit_share=0.04, first_year=2020, pandemic=1.0,
        items='누수|출입문|조명|보일러|배관|도장|화장실|냉난방기|방수|전기설비|승강기|실험장비|창호|하수구',
        texts='{bldg} {it} 보수|{bldg} {it} 수리비|{it} 교체 공사|{bldg} {n}층 {it} 정비|{it} 긴급보수|'
              '{lab} {it} 수리|{dept} {it} 수선'),
    Account('시설공사비', '6120100', median=14500000, sigma=0.95, card_share=0, trades='build', weights=(0, 0, 0.4, 0.4, 9, 0.3, 2.5),
        months='facilities', off_hours=0, once_share=0.15, habit_share=0, first_year=2020, pandemic=1.0,
        items='환경개선|석면제거|내진보강|옥상방수|강의실 리모델링|전기증설|LED교체|무장애시설',
        texts='{bldg} {it} 공사|{bldg} {it}공사 대금|{y}년 {it} 공사|{it} 소규모 공사({bldg})'),
    Account('지급수수료', '5260100', median=165000, sigma=1.15, card_share=0.3, trades='law tax lab it svc', weights=(4, 3, 4, 8, 4, 2, 2),
        months='flat', off_hours=0.004, once_share=0.07, habit_share=0.15, first_year=2020, pandemic=1.0,
        items='카드수수료|인증수수료|특허출원|검사수수료|등기|시험분석|조달수수료|감정|법률자문|폐기물 처리',
        texts='{it} 수수료|{proj} {it} 수수료|{it} 비용 지급|{m}월 {it}수수료|{it}료({lab})|{dept} {it}'),
    Account('시험분석료', '5310500', median=420000, sigma=0.85, card_share=0.3, trades='lab lab lab med', weights=(0, 0, 2.5, 9, 0.4, 0, 0),
        months='year end', off_hours=0.002, once_share=0.07, habit_share=0.08, first_year=2020, pandemic=1.0,
        items='NGS 분석|XRD 측정|성분분석|시료 전처리|SEM 촬영|수질분석|독성시험|공동기기 사용',
        texts='{it} 의뢰({lab})|{proj} {it}|{it}료|{it} {n}건|{nm} {it} 분석비'),
    Account('용역비', '5260200', median=4800000, sigma=0.95, card_share=0.02, trades='svc svc it ev lab', weights=(4, 3, 3, 4, 6, 2, 4),
        months='year end', off_hours=0, once_share=0.14, habit_share=0.02, first_year=2020, pandemic=1.0,
        items='홈페이지 개편|설문조사|컨설팅|시스템 유지보수|영상제작|안전진단|이사|방역소독|성과분석|교육운영 대행',
        texts='{it} 용역|{y}년 {it} 용역비|{ev} {it} 용역|{bldg} {it} 용역 대금|{proj} {it} 용역|'
              '{dept} {it} 위탁'),
    Account('행사비', '5240100', median=420000, sigma=1.1, card_share=0.55, trades='ev food hotel retail print', weights=(5, 8, 7, 4, 0.4, 2, 3),
        months='events', off_hours=0.08, once_share=0.12, habit_share=0.06, first_year=2020, pandemic=0.45,
        items='기념품|도시락|무대설치|음향장비|다과|현수막|숙박|대관|상패|단체복|경품 상품권',
        texts='{ev} {it}|{ev} 진행비|{ev} {it} 임차|{ev} 운영경비({it})|{y} {ev} {it}비|{dept} {ev}'),
    Account('학생활동지원비', '5240200', median=260000, sigma=0.8, card_share=0.35, trades='person food retail ev trip', weights=(0.6, 16, 9, 1.5, 0, 0.6, 3),
        months='events', off_hours=0.09, once_share=0.14, habit_share=0.3, first_year=2020, pandemic=0.55,
        items='동아리|학생회|학과 MT|멘토링|봉사활동|전공동아리|학습공동체|현장견학|스터디그룹|우수팀 문화상품권',
        texts='{it} 활동지원금|{it} 지원비({nm})|{sem} {it} 활동비|{it} {place} 활동 경비|{dept} {it} 지원|'
              '{ev} 참가 {it} 지원'),
    Account('장학금', '5240300', median=700000, sigma=0.6, card_share=0, trades='person', weights=(0.6, 7, 4, 1, 0, 0.5, 1.5),
        months='semester', off_hours=0, once_share=0.55, habit_share=0.8, first_year=2020, pandemic=1.0,
        items='근로|성적우수|특기자|외국인|면학|조교|국가근로',
        texts='{sem} {it} 장학금({nm})|{it}장학금 지급|{m}월 {it} 장학생|{dept} {it} 장학금'),
    Account('통신비', '5250300', median=58000, sigma=0.8, card_share=0.25, trades='telecom post post', weights=(4, 3, 4, 3, 1.5, 1.5, 2),
        months='flat', off_hours=0.001, once_share=0.02, habit_share=0.2, first_year=2020, pandemic=1.0,
        items='우편요금|등기우편|택배비|전화요금|문자발송|후납우편',
        texts='{m}월 {it}|{it} 지급|{dept} {it} {m}월분|{ev} 안내문 {it}|{it}({n}건)'),
    Account('임차료', '5250400', median=420000, sigma=0.9, card_share=0.2, trades='rent rent trip hotel', weights=(3, 4, 4, 3, 1.5, 1.5, 1.5),
        months='events', off_hours=0.03, once_share=0.1, habit_share=0.08, first_year=2020, pandemic=1.0,
        items='버스|차량|장비|행사장|음향장비|텐트|복사기|노트북',
        texts='{ev} {it} 임차|{it} 임차료|{place} 견학 {it} 임차|{m}월 {it} 임차료|{proj} {it} 임차|'
              '{it} {n}대 임차'),
    Account('홍보비', '5260300', median=1250000, sigma=0.95, card_share=0.12, trades='ad ad ev print', weights=(6, 2, 2, 1.2, 0, 0.6, 0.3),
        months='events', off_hours=0.003, once_share=0.1, habit_share=0.04, first_year=2020, pandemic=1.0,
        items='신문광고|유튜브 광고|홍보영상|버스광고|홍보물품|SNS 콘텐츠|지하철 광고',
        texts='{it} 게재료|{y}학년도 입시 {it}|{it} 제작|{ev} {it}|{dept} {it} 집행|대학 {it}({place})'),
    Account('교육훈련비', '5220300', median=240000, sigma=0.75, card_share=0.5, trades='lab svc it hotel', weights=(4, 2, 2, 2.5, 2, 2, 1),
        months='semester', off_hours=0.01, once_share=0.14, habit_share=0.2, first_year=2020, pandemic=1.0,
        items='직무교육|안전교육|전산교육|법정의무교육|자격과정|연수',
        texts='{it} 참가비({nm})|{it} 수강료|{dept} {it} 교육비|{place} {it} 등록비|{it} {n}명'),
    Account('공공요금', '5250200', median=640000, sigma=1.0, card_share=0, trades='power gas water', weights=(0.5, 0.3, 1, 0.8, 4, 0.8, 3),
        months='flat', off_hours=0, once_share=0, habit_share=0, first_year=2020, pandemic=1.0,
        items='전기요금|도시가스|상하수도',
        texts='{m}월 {it}|{bldg} {it} {m}월분|{it} 납부'),
    Account('차량유지비', '5250500', median=76000, sigma=0.6, card_share=0.9, trades='retail rent svc', weights=(3, 1, 1.5, 1.5, 4, 0.5, 1),
        months='flat', off_hours=0.03, once_share=0.08, habit_share=0.25, first_year=2020, pandemic=1.0,
        items='주유|정비|세차|엔진오일 교환|통행료 충전|타이어 교체',
        texts='관용차 {it}|업무용차량 {it}({n}호차)|{m}월 차량 {it}|{dept} 차량 {it}비'),
    Account('실험실습비', '5240400', median=290000, sigma=0.95, card_share=0.5, trades='reagent reagent equip retail', weights=(0.3, 0.3, 17, 2, 0, 0, 0),
        months='semester', off_hours=0.003, once_share=0.07, habit_share=0.08, first_year=2020, pandemic=1.0,
        items='실습재료|실험키트|미술재료|조리실습 재료|간호실습 소모품|용접봉|해부실습 재료|토양시료',
        texts='{sem} {it} 구입|{course} {it}|실험실습({it}) {n}종|{course} 실습비|{dept} {it}|학부 {it} 구매'),
    Account('피복비', '5210500', median=340000, sigma=0.6, card_share=0.3, trades='retail furn med', weights=(0.5, 0.5, 1, 1, 2.5, 0.3, 1.5),
        months='flat', off_hours=0.002, once_share=0.1, habit_share=0.1, first_year=2020, pandemic=1.0,
        items='작업복|안전화|실험복|방한복|단체조끼',
        texts='{it} 구입|{dept} {it} {n}벌|{it} {n}개 구입|{y}년 {it}'),
    Account('의료비', '5250700', median=130000, sigma=0.8, card_share=0.4, trades='med', weights=(0, 2.5, 1, 0.8, 0, 0, 0.8),
        months='semester', off_hours=0.003, once_share=0.05, habit_share=0.1, first_year=2020, pandemic=1.0,
        items='상비약|예방접종|응급키트|건강검진|심폐소생 교구',
        texts='{it} 구입|{it} 비용|{ev} {it}|{sem} {it}'),
    Account('세금과공과', '5260400', median=240000, sigma=1.0, card_share=0.1, trades='tax', weights=(1.5, 0.3, 0.5, 1.5, 2, 0.2, 0.8),
        months='flat', off_hours=0, once_share=0, habit_share=0.05, first_year=2020, pandemic=1.0,
        items='자동차세|면허세|환경개선부담금|교통유발부담금|인지세|협회비',
        texts='{y}년 {it}|{it} 납부|{bldg} {it}|{dept} {it}'),
    Account('소프트웨어구독료', '5260500', median=310000, sigma=0.9, card_share=0.6, trades='it it retail press', weights=(4, 2, 4, 7, 1, 3, 0.5),
        months='flat', off_hours=0.01, once_share=0.05, habit_share=0.3, first_year=2021, pandemic=1.0,
        items='어도비|한컴오피스|클라우드|화상회의|통계프로그램|생성형AI|설계프로그램',
        texts='{it} 구독료|{it} 라이선스 {n}개|{lab} {it} 구독|{m}월 {it} 이용료|{course} {it} 라이선스'),
    Account('안전관리비', '5250800', median=360000, sigma=0.85, card_share=0.3, trades='svc lab med build', weights=(1, 0.5, 3, 5, 6, 0.8, 2),
        months='facilities', off_hours=0.002, once_share=0.08, habit_share=0.08, first_year=2022, pandemic=1.0,
        items='흄후드 점검|보호구|안전표지|소화기 교체|정밀안전진단|화학물질 보관장|안전샤워기',
        texts='{it}|{bldg} {it}|연구실 {it} 구입|{lab} {it}|{dept} {it} 비용'),
    Account('연구수당', '5310600', median=1200000, sigma=0.6, card_share=0, trades='person', weights=(0, 0, 1, 5, 0, 0, 0),
        months='year end', off_hours=0, once_share=0.1, habit_share=0.3, first_year=2020, pandemic=1.0,
        items='참여연구원|연구책임자|공동연구원',
        texts='{proj} 연구수당({nm})|{it} 연구수당|{lab} {it} 수당'),
    Account('위탁연구비', '5310700', median=26000000, sigma=0.7, card_share=0, trades='lab it', weights=(0, 0, 0.2, 1.2, 0, 0, 0),
        months='year end', off_hours=0, once_share=0.2, habit_share=0, first_year=2020, pandemic=1.0,
        items='공동연구기관|위탁기관|참여기업',
        texts='{proj} 위탁연구비 지급|{it} 연구비 송금({proj})|{proj} {it}'),
]
for position, account in enumerate(ACCOUNTS):
    account.index = position
BY_NAME = {account.name: account for account in ACCOUNTS}

# account, what, least and most (won), jitter, months between, trade, types of departments, weight
CONTRACTS = [('임차료', '복합기 임차료', 66000, 480000, 0.03, 1, 'rent', 'ASCRFLD', 9),
 ('임차료', '정수기·공기청정기 렌탈', 33000, 280000, 0, 1, 'rent', 'ASCRFLD', 6),
 ('임차료', '업무용 차량 리스료', 450000, 980000, 0, 1, 'rent', 'ARF', 2),
 ('통신비', '전화요금', 35000, 900000, 0.09, 1, 'telecom', 'ASCRFLD', 8),
 ('통신비', '인터넷 전용회선 사용료', 330000, 4200000, 0, 1, 'telecom', 'AFLD', 2),
 ('공공요금', '전기요금', 900000, 160000000, 0.05, 1, 'power', 'FDLCR', 4),
 ('공공요금', '도시가스요금', 400000, 70000000, 0.07, 1, 'gas', 'FDCR', 3),
 ('공공요금', '상하수도요금', 200000, 22000000, 0.06, 1, 'water', 'FDC', 3),
 ('용역비', '청소용역비', 6000000, 140000000, 0.01, 1, 'svc', 'FDLC', 3),
 ('용역비', '경비용역비', 5000000, 60000000, 0.005, 1, 'svc', 'FDL', 2),
 ('수선유지비', '승강기 유지보수', 180000, 4800000, 0, 1, 'svc', 'FDL', 3),
 ('용역비', '전산시스템 유지보수', 1200000, 21000000, 0, 1, 'it', 'ALSR', 3),
 ('지급수수료', '전기안전관리 대행', 300000, 2400000, 0, 1, 'svc', 'FDCR', 2),
 ('지급수수료', '법률·세무 자문료', 330000, 2200000, 0, 1, 'law', 'AR', 2),
 ('지급수수료', '실험폐수 위탁처리', 500000, 7000000, 0.22, 3, 'svc', 'CRF', 2),
 ('도서구입비', '신문구독료', 15000, 90000, 0, 1, 'ad', 'ASL', 3),
 ('도서구입비', '전자저널 구독료', 9000000, 300000000, 0.02, 12, 'press', 'L', 4),
 ('소프트웨어구독료', '그룹웨어 이용료', 110000, 3300000, 0.01, 1, 'it', 'ACRL', 3),
 ('세금과공과', '재물보험료', 900000, 36000000, 0.03, 12, 'ins', 'AFD', 1),
 ('연구재료비', '액체질소 공급', 120000, 1100000, 0.14, 1, 'reagent', 'RC', 4),
 ('학생인건비', '학생인건비', 300000, 2200000, 0, 1, 'person', 'RC', 16),
 ('안전관리비', '연구실 안전점검', 300000, 5200000, 0.04, 3, 'lab', 'RCF', 2),
 ('용역비', '방역소독 용역', 250000, 2600000, 0, 2, 'svc', 'FDLC', 2)]
