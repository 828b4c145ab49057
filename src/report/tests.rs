//! Documents of a busy and of a clean month.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

use calamine::{Reader, Xlsx};

use super::*;
use crate::budget::{BudgetStatus, ExecutionBase, ReallocationCheck};
use crate::detect::{Applicability, CheckInfo, Status};
use crate::ledger::{
    Amount, BudgetParts, Contribution, Count, Currency, Expenditure, Finding, Points, Reason, RowRef,
    Severity,
};

const FONTS: [&str; 2] = [
    "/usr/share/fonts/truetype/nanum/NanumGothic.ttf",
    "/usr/share/fonts/truetype/nanum/NanumGothicBold.ttf",
];

fn resources() -> Resources {
    Resources::load(Path::new(FONTS[0]), Path::new(FONTS[1]), "test").unwrap()
}

fn finding(i: usize) -> Finding {
    Finding {
        others: vec![],
        expenditure: Expenditure {
            at: RowRef { source: "지출내역_2024.xlsx".to_owned(), sheet: "지출".to_owned(), row: 100 },
            document_no: format!("2024-12-{i:05}"),
            date: "2024-12-05".parse().unwrap(),
            minute: None,
            department: "총무과".to_owned(),
            account: "사무관리비".to_owned(),
            vendor: "한국정보통신기술협회부설정보보호연구센터주식회사".to_owned(),
            description: "=HYPERLINK(\"x\") 12월분 <b>용역</b>".to_owned(),
            amount: Amount(123_456_789_000),
        },
        score: Points::from_f64(91.25),
        rank: i,
        severity: Severity::High,
        contributions: vec![Contribution { id: "a".to_owned(), points: Points::from_f64(91.25) }],
        reasons: vec![Reason {
            id: "a".to_owned(),
            text: "총무과 · 사무관리비 이전 중앙값 182,000원의 14.2배입니다. ".repeat(3),
            related: vec![],
        }],
    }
}

fn view(n_findings: usize) -> DepartmentView {
    let check = |label: &str, untested: Option<&str>| CheckInfo {
        id: "x".to_owned(),
        label_ko: label.to_owned(),
        untested: untested.map(str::to_owned),
        status: if untested.is_some() { Status::MissingColumn } else { Status::Tested },
        notes: vec![],
    };
    let seen = |rows: u64| Count { rows, amount: Amount(1_000_000 * i64::try_from(rows).unwrap()) };
    let applicability = |label: &str, tested: u64, reason: Option<&str>| Applicability {
        id: "x".to_owned(),
        label_ko: label.to_owned(),
        codes: vec!["T11".to_owned()],
        severity: Some(Severity::High),
        status: if reason.is_some() { Status::MissingColumn } else { Status::Tested },
        reason: reason.map(str::to_owned),
        population: seen(345),
        tested: seen(tested),
        blank: seen(345 - tested),
        ..Applicability::default()
    };
    let budget = |account: &str, budget: Option<i64>| BudgetStatus {
        department: "총무과".to_owned(),
        account: account.to_owned(),
        budget: budget.map(Amount),
        parts: BudgetParts::default(),
        base: ExecutionBase::CurrentBudget,
        spent: Amount(12_345_000),
        forecast: Amount(25_000_000),
        is_seasonal: true,
    };
    DepartmentView {
        institution: "한빛공공재단".to_owned(),
        department: "총무과".to_owned(),
        period: "2024-12".parse().unwrap(),
        currency: Currency::krw(),
        run_id: "0123456789abcdef".to_owned(),
        created: "2025-01-02T00:00:00Z".parse().unwrap(),
        n_payments: 345,
        total: Amount(1_234_567_000),
        n_flagged: n_findings as u64,
        n_cases: n_findings as u64,
        bar: Points::from_f64(60.0),
        findings: (0..n_findings).map(finding).collect(),
        budget: vec![budget("사무관리비", Some(20_000_000)), budget("국내여비", None)],
        reallocations_differing: vec![],
        this_year: (1..=12).map(|m| m * 10_000_000).collect(),
        last_year: (1..=12).map(|m| m * 9_000_000).collect(),
        checks: vec![check("중복 지급", None), check("휴일·심야 사용", Some("시각 열이 없습니다"))],
        applicability: vec![
            applicability("중복 지급", 345, None),
            applicability("분할 지출 의심", 300, None),
            applicability("심야 사용", 0, Some("시각 열이 없어 점검하지 못했습니다.")),
        ],
        files: vec![],
        unseen: vec![],
    }
}

/// A view whose first line states every part.
fn view_with_parts(base: ExecutionBase) -> DepartmentView {
    let mut view = view(1);
    let values = [1_000, 200, 300, 0, 50, 20, 30, 15_000_000, 12_900_000, 9, 8].map(Some);
    view.budget[0].parts = BudgetParts::from_values(&values);
    view.budget[0].base = base;
    view
}

fn budget_sheet(view: &DepartmentView) -> Vec<Vec<String>> {
    let rendered = REPORTS[1].render(view, &resources()).unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(rendered.bytes)).unwrap();
    let range = book.worksheet_range("예산 집행").unwrap();
    range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

#[test]
fn the_budget_sheet_has_a_column_for_every_part_that_is_stated() {
    let plain = budget_sheet(&view(1));
    assert_eq!(plain[0], ["계정과목", "예산현액", "집행액", "집행률", "집행잔액", "연말 예상", "비고"]);
    let rows = budget_sheet(&view_with_parts(ExecutionBase::CurrentBudget));
    let titles =
        "계정과목 본예산 추가경정예산 이월액 예비비 이용·전용·이체 예산현액 배정액 원인행위액 집행액 집행률";
    assert_eq!(rows[0][..11], titles.split(' ').collect::<Vec<_>>());
    assert_eq!(rows[1][1..10].join(" "), "1000 200 300 0 30 20000000 15000000 12900000 12345000");
    assert_eq!((rows[1][10].as_str(), rows[1][11].as_str()), ("0.61725", "7655000"));
    assert!(
        rows[2][1..9].iter().all(String::is_empty),
        "a line without a budget file has no parts: {rows:?}"
    );
    let by_allotment = budget_sheet(&view_with_parts(ExecutionBase::Allotment));
    assert_eq!(by_allotment[1][10], "0.823");
    REPORTS[0].render(&view_with_parts(ExecutionBase::Allotment), &resources()).unwrap();
}

#[test]
fn movements_that_do_not_agree_are_named() {
    let mut view = view_with_parts(ExecutionBase::CurrentBudget);
    view.reallocations_differing = vec![crate::budget::ReallocationDifference {
        department: "총무과".to_owned(),
        account: "사무관리비".to_owned(),
        stated: Some(Amount(30)),
        events: Amount(50),
    }];
    let rows = budget_sheet(&view);
    assert!(rows[4][0].contains("예산 현황 30원, 내역의 합 50원"), "{rows:?}");
    view.reallocations_differing[0].department = "재무과".to_owned();
    assert!(matches!(REPORTS[0].render(&view, &resources()), Err(ReportError::Scope { .. })));
}

#[test]
fn documents_are_the_same_bytes_when_made_twice() {
    let resources = resources();
    for report in REPORTS {
        let one = report.render(&view(10), &resources).unwrap();
        assert_eq!(one, report.render(&view(10), &resources).unwrap(), "{}", report.id());
        assert!(one.bytes.len() < 500_000, "{}: {} bytes", report.id(), one.bytes.len());
    }
}

#[test]
fn a_clean_month_says_what_was_checked() {
    let rendered = REPORTS[1].render(&view(0), &resources()).unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(rendered.bytes)).unwrap();
    let text = book.worksheet_range("이상 항목").unwrap().get((1, 0)).unwrap().to_string();
    assert_eq!(text, "해당 없음. 점검한 내용: 중복 지급");
    REPORTS[0].render(&view(0), &resources()).unwrap();
}

/// A view whose first finding is a case of `n` payments.
fn view_with_case(n: usize) -> DepartmentView {
    let payment = |i: usize| Expenditure {
        at: RowRef { row: 200 + i64::try_from(i).unwrap(), ..finding(i).expenditure.at },
        amount: Amount(1_920_000),
        vendor: format!("거래처{i}"),
        ..finding(i).expenditure
    };
    let mut view = view(2);
    let mut payments: Vec<Expenditure> = (0..n).map(payment).collect();
    view.findings[0].expenditure = payments.remove(0);
    view.findings[0].others = payments;
    view.n_flagged = n as u64 + 1;
    view
}

#[test]
fn a_case_is_one_entry_with_its_payments_below() {
    let view = view_with_case(7);
    let rendered = REPORTS[1].render(&view, &resources()).unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(rendered.bytes)).unwrap();
    let range = book.worksheet_range("이상 항목").unwrap();
    let text = |row: u32, column: u32| range.get((row as usize, column as usize)).unwrap().to_string();
    assert!(text(1, 9).starts_with("7건 합계 13,440,000원\n총무과"), "{}", text(1, 9));
    for row in 2..8 {
        let expected = (String::new(), "순위 1번과 같은 사례".to_owned());
        assert_eq!((text(row, 0), text(row, 9)), expected);
        assert_eq!((text(row, 6), text(row, 12)), ("1920000".to_owned(), (199 + row).to_string()));
    }
    assert_eq!((text(1, 0), text(8, 0)), ("1".to_owned(), "2".to_owned()));
    assert!(!text(8, 9).contains("합계") && range.height() == 9);
    let summary = book.worksheet_range("요약").unwrap();
    assert_eq!(summary.get((7, 1)).unwrap().to_string(), "8건, 2개 사례");
}

#[test]
fn a_case_of_many_payments_goes_over_pages_and_lists_twenty() {
    let view = view_with_case(60);
    REPORTS[0].render(&view, &resources()).unwrap();
    let rows = super::department_pdf::case_rows(&view.findings[0], &view);
    assert_eq!(
        (rows.len(), rows[0].cells[1].text.as_str()),
        (22, "같은 사례의 지출 60건 합계 115,200,000원")
    );
    assert_eq!(rows[21].cells[1].text, "나머지 40건은 함께 보낸 엑셀 자료에 있습니다.");
    assert!(super::department_pdf::case_rows(&view.findings[1], &view).is_empty());
}

#[test]
fn payments_and_cases_are_counted_apart() {
    let mut counted = view(0);
    for (payments, cases, text) in
        [(0, 0, "해당 없음"), (3, 3, "3건"), (9, 3, "9건, 3개 사례"), (0, 1, "1개 사례"), (4, 0, "4건")]
    {
        (counted.n_flagged, counted.n_cases) = (payments, cases);
        assert_eq!(counted.flagged(), text);
    }
}

#[test]
fn a_view_and_findings_written_before_there_were_cases_are_read() {
    let mut value = serde_json::to_value(view(1)).unwrap();
    value.as_object_mut().unwrap().remove("n_cases");
    value["findings"][0].as_object_mut().unwrap().remove("others");
    let read: DepartmentView = serde_json::from_value(value).unwrap();
    assert_eq!((read.cases(), read.findings[0].others.len()), (1, 0));
    let old = r#"{"period":"2024-12","bar":60000000,"checks":[],"n_scored":{},"n_flagged":{"총무과":2},"findings":[]}"#;
    let read: crate::detect::PeriodFindings = serde_json::from_str(old).unwrap();
    assert_eq!((read.n_cases.len(), read.n_flagged["총무과"]), (0, 2));
}

#[test]
fn text_that_looks_like_a_formula_stays_text() {
    let rendered = REPORTS[1].render(&view(1), &resources()).unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(rendered.bytes)).unwrap();
    assert!(book.worksheet_formula("이상 항목").unwrap().is_empty());
    let range = book.worksheet_range("이상 항목").unwrap();
    assert!(range.get((1, 5)).unwrap().to_string().starts_with("=HYPERLINK"));
    assert_eq!(range.get((1, 6)).unwrap().to_string(), "123456789000");
}

#[test]
fn a_row_of_another_department_is_refused() {
    let mut mixed = view(1);
    mixed.findings[0].expenditure.department = "재무과".to_owned();
    let mut other = view_with_case(2);
    other.findings[0].others[0].department = "재무과".to_owned();
    for (report, view) in REPORTS.iter().flat_map(|report| [(report, &mixed), (report, &other)]) {
        assert!(matches!(report.render(view, &resources()), Err(ReportError::Scope { .. })));
    }
}

#[test]
fn a_missing_font_is_named_with_the_package_to_install() {
    let problems = Resources::load(Path::new("/none.ttf"), Path::new(FONTS[1]), "c.toml").unwrap_err();
    assert_eq!(problems.0.len(), 1);
    assert!(problems.0[0].hint.contains("fonts-nanum"));
}

#[test]
fn one_department_is_cut_out() {
    let findings = crate::detect::PeriodFindings {
        period: "2024-12".parse().unwrap(),
        bar: Points::from_f64(60.0),
        checks: vec![],
        n_scored: BTreeMap::new(),
        n_flagged: BTreeMap::new(),
        n_cases: BTreeMap::new(),
        applicability: vec![],
        applicability_of: BTreeMap::new(),
        canaries: vec![],
        findings: vec![finding(1)],
    };
    let clean = crate::clean::CleanLedger::empty(Currency::krw());
    let ledger = crate::clean::LedgerView::new(&clean.rows, &clean.currency).unwrap();
    let input = ViewInput {
        institution: "기관",
        ledger: &ledger,
        findings: &findings,
        budget: &view(0).budget,
        reallocations: &ReallocationCheck::default(),
        intake: &[],
        run_id: "r",
        created: view(0).created,
    };
    assert!(build(&input, "재무과", 10).unwrap().findings.is_empty());
    assert_eq!(build(&input, "총무과", 10).unwrap().findings.len(), 1);
}

/// A file whose totals differ and which lacks a column, and one that was refused.
fn intakes() -> Vec<crate::ledger::FileIntake> {
    use crate::ledger::{Digest, FileIntake, GroupTotal, TotalCheck};
    let problem = || crate::error::Problem::new("나쁨.csv", "아는 머리글이 없음", "", "");
    let refused = FileIntake::refused("나쁨.csv", Digest::of(b"b"), 1, problem());
    let at = RowRef { source: "지출.csv".to_owned(), sheet: String::new(), row: 9 };
    let (printed, computed) = (Amount(987_654_321), Amount(123_454_321));
    let read = FileIntake {
        refused: None,
        rows_in: 12,
        loaded: 10,
        skipped: 1,
        quarantined: 1,
        total: computed,
        groups: vec![GroupTotal {
            department: "재무과".to_owned(),
            account: "업무추진비".to_owned(),
            rows: 10,
            total: computed,
        }],
        absent_columns: vec!["minute".to_owned()],
        totals_compared: 3,
        totals_differing: vec![TotalCheck { at, word: "합계".to_owned(), printed, computed }],
        ..FileIntake::refused("지출.csv", Digest::of(b"a"), 1, problem())
    };
    vec![refused, read]
}

#[test]
fn a_department_sees_files_and_counts_but_no_amount_of_the_others() {
    let findings = crate::detect::PeriodFindings {
        period: "2024-12".parse().unwrap(),
        bar: Points::from_f64(60.0),
        checks: vec![],
        n_scored: BTreeMap::new(),
        n_flagged: BTreeMap::new(),
        n_cases: BTreeMap::new(),
        applicability: vec![],
        applicability_of: BTreeMap::new(),
        canaries: vec![],
        findings: vec![],
    };
    let clean = crate::clean::CleanLedger::empty(Currency::krw());
    let ledger = crate::clean::LedgerView::new(&clean.rows, &clean.currency).unwrap();
    let intake = intakes();
    let input = ViewInput {
        institution: "기관",
        ledger: &ledger,
        findings: &findings,
        budget: &[],
        reallocations: &crate::budget::ReallocationCheck::default(),
        intake: &intake,
        run_id: "r",
        created: view(0).created,
    };
    let view = build(&input, "총무과", 10).unwrap();
    assert_eq!(view.files[1].totals(), "3개 중 1개 불일치");
    assert_eq!((view.unseen[0].column.as_str(), view.unseen[0].files.len()), ("시각", 1));
    let text = serde_json::to_string(&view).unwrap();
    for foreign in ["987654321", "123454321", "재무과", "업무추진비"] {
        assert!(!text.contains(foreign), "{foreign}");
    }
    for report in REPORTS {
        report.render(&view, &resources()).unwrap();
    }
}
