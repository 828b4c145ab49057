//! Details of exports: read under Korean headers from text and workbooks, never at the price of a row.

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use super::*;
use crate::clean::kept::{KeptCell, KeptRows};
use crate::clean::mapping::{Mapping, shipped};
use crate::clean::{CleanLedger, LedgerView, Tidy, tidy_bytes};
use crate::ingest::read_in_process;
use crate::ledger::{Departments, FileIntake, RowFate};

const HEAD: &str = "지급일자,부서,계정과목,지출금액,거래처,결재자,업종,집행대상,계좌번호,인원,입력일,원인행위일,증빙일,계약일,계약시작일,계약종료일";
const ROW: &str = "2024-03-05,총무과,업무추진비,120000,가나식당,김결재,한식,지역 단체,신한 110-123-456789,8명,2024-03-07,2024-03-01,2024-03-04,2024-02-01,2024-02-10,2024-12-31";
const ACCOUNT_DIGITS: [&str; 2] = ["110-123-456789", "110123456789"];

fn read(bytes: &[u8], name: &str) -> CleanLedger {
    tidy_bytes(bytes, name, &shipped().unwrap(), &Departments::default())
}

fn view(ledger: &CleanLedger) -> LedgerView {
    LedgerView::new(&ledger.rows, &ledger.currency).unwrap()
}

fn day(text: &str) -> i32 {
    days_since_1970(text.parse().unwrap())
}

/// Every detail of row `i`, in the order of `col::DETAILS`.
fn details(view: &LedgerView, i: usize) -> Vec<String> {
    let shown = |day: i32| match day {
        LedgerView::NO_DAY => String::new(),
        day => crate::clean::view::date_of_day(day).to_string(),
    };
    let texts = [&view.approver, &view.merchant_category, &view.counterpart, &view.bank_account];
    let attendees = [if view.attendees[i] < 0 { String::new() } else { view.attendees[i].to_string() }];
    let days = [
        &view.entered_on,
        &view.committed_on,
        &view.invoiced_on,
        &view.contracted_on,
        &view.contract_from,
        &view.contract_until,
    ];
    let texts = texts.iter().map(|text| text.text(i).to_owned());
    texts.chain(attendees).chain(days.iter().map(|days| shown(days[i]))).collect()
}

fn expected() -> Vec<String> {
    let account = mask::account("110123456789").unwrap();
    let days = ["2024-03-07", "2024-03-01", "2024-03-04", "2024-02-01", "2024-02-10", "2024-12-31"];
    ["김결재", "한식", "지역 단체", &account, "8"].into_iter().chain(days).map(str::to_owned).collect()
}

fn coverage(intake: &FileIntake, column: &str) -> u64 {
    intake.coverage.iter().find(|c| c.column == column).map_or(0, |c| c.rows)
}

#[test]
fn every_detail_is_read_from_delimited_text() {
    let bare = "2024-03-06,총무과,여비,5000,나다,,-,,현금,,,,,,,";
    let ledger = read(format!("{HEAD}\n{ROW}\n{bare}\n").as_bytes(), "a.csv");
    let (intake, view) = (&ledger.intake[0], view(&ledger));
    assert_eq!((intake.loaded, intake.quarantined, intake.issues.len()), (2, 0, 0), "{intake:?}");
    assert_eq!(details(&view, 0), expected());
    assert_eq!(details(&view, 1), vec![String::new(); col::DETAILS.len()]);
    assert_eq!(view.attendees, [8, -1]);
    assert_eq!(view.entered_on, [day("2024-03-07"), LedgerView::NO_DAY]);
    for column in col::DETAILS {
        assert_eq!(coverage(intake, column), 1, "{column}");
        assert!(!intake.absent_columns.contains(&column.to_owned()), "{column}");
    }
    let swapped = view.select(&[1, 0]);
    assert_eq!(details(&swapped, 1), expected());
    assert_eq!(details(&swapped, 0), details(&view, 1));
}

/// The row of `ROW` as cells of a workbook: days as date cells, the account and the persons as numbers.
fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (c, header) in (0..).zip(HEAD.split(',')) {
        sheet.write_string(0, c, header).unwrap();
    }
    let date = Format::new().set_num_format("yyyy-mm-dd");
    for (c, value) in (0..).zip(ROW.split(',')) {
        match HEAD.split(',').nth(usize::from(c)).unwrap() {
            "지출금액" => sheet.write_number(1, c, 120_000.0).unwrap(),
            "계좌번호" => sheet.write_number(1, c, 110_123_456_789.0).unwrap(),
            "인원" => sheet.write_number(1, c, 8.0).unwrap(),
            header if header.ends_with('일') || header == "지급일자" => sheet
                .write_datetime_with_format(1, c, ExcelDateTime::parse_from_str(value).unwrap(), &date)
                .unwrap(),
            _ => sheet.write_string(1, c, value).unwrap(),
        };
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn every_detail_is_read_from_a_workbook() {
    let ledger = read(&workbook(), "a.xlsx");
    assert_eq!(ledger.intake[0].loaded, 1, "{:?}", ledger.intake[0]);
    assert_eq!(details(&view(&ledger), 0), expected());
}

#[test]
fn every_header_a_mapping_knows_is_read() {
    for mapping in shipped().unwrap().iter().filter(|m| m.columns.contains_key(col::APPROVER)) {
        let base =
            ["date", "department", "account", "vendor"].map(|name| mapping.columns[name].headers[0].clone());
        let amounts: Vec<&str> = match mapping.columns.get(col::AMOUNT) {
            Some(rule) => vec![&rule.headers[0]],
            None => vec!["차변", "대변"],
        };
        for (name, rule) in mapping.columns.iter().filter(|(name, _)| col::is_detail(name)) {
            for header in &rule.headers {
                let value = match name.as_str() {
                    name if col::DETAIL_DAYS.contains(&name) => "2024-01-02",
                    col::ATTENDEES => "5인",
                    col::BANK_ACCOUNT => "110-123-456789",
                    _ => "값",
                };
                let marks = mapping.recognised_by.iter().filter(|mark| {
                    !base.contains(mark)
                        && !amounts.contains(&mark.as_str())
                        && *mark != header
                        && !mapping.columns.values().any(|rule| rule.headers.contains(mark))
                });
                let marks: Vec<&str> = marks.map(String::as_str).collect();
                let marks = if marks.is_empty() { String::new() } else { format!(",{}", marks.join(",")) };
                let (n_amounts, n_marks) = (amounts.len() - 1, marks.matches(',').count());
                let text = format!(
                    "{},{},{header}{marks}\n2024-03-05,총무과,여비,가나,100{},{value}{}\n",
                    base.join(","),
                    amounts.join(","),
                    ",".repeat(n_amounts),
                    ",".repeat(n_marks)
                );
                let ledger = tidy_bytes(
                    text.as_bytes(),
                    "a.csv",
                    std::slice::from_ref(mapping),
                    &Departments::default(),
                );
                let intake = &ledger.intake[0];
                assert_eq!(intake.loaded, 1, "{} {header}: {intake:?}", mapping.name);
                assert_eq!(coverage(intake, name), 1, "{} {header}: {intake:?}", mapping.name);
            }
        }
    }
}

#[test]
fn a_cell_that_cannot_be_read_is_left_empty_and_named_and_the_row_stays() {
    let bad = "2024-03-05,총무과,업무추진비,120000,가나식당,김결재,한식,지역 단체,1.10123E+11,약 10명,미정,2024-02-30,9999-12-31,24.1.5,상반기,2024-12-31";
    let ledger = read(format!("{HEAD}\n{bad}\n").as_bytes(), "a.csv");
    let (intake, view) = (&ledger.intake[0], view(&ledger));
    assert_eq!((intake.loaded, intake.quarantined, intake.total.0), (1, 0, 120_000), "{intake:?}");
    let empty = |i: usize| details(&view, 0)[i].is_empty();
    assert!((3..10).all(empty), "{:?}", details(&view, 0));
    assert_eq!(view.contract_until, [day("2024-12-31")]);
    let found: Vec<(&str, &str)> =
        intake.issues.iter().map(|issue| (issue.column.as_str(), issue.found.as_str())).collect();
    assert_eq!(
        found,
        [
            ("계좌번호", "*.*****E+**"),
            ("인원", "약 10명"),
            ("입력일", "미정"),
            ("원인행위일", "2024-02-30"),
            ("증빙일", "9999-12-31"),
            ("계약일", "24.1.5"),
            ("계약시작일", "상반기"),
        ]
    );
    for issue in &intake.issues {
        assert_eq!((issue.fate, issue.at.row), (RowFate::Noted, 2));
        assert!(issue.reason.contains("이 칸만 비우고 행은 읽었습니다"), "{}", issue.reason);
    }
    assert!(intake.issues[1].reason.contains("10명처럼 적으세요"), "{}", intake.issues[1].reason);
    assert!(intake.issues[2].reason.contains("2024-01-05처럼 적으세요"), "{}", intake.issues[2].reason);
    assert!(
        intake.notes.iter().any(|n| n.contains("‘입력일’ 열에서 읽을 수 없는 값 1개")),
        "{:?}",
        intake.notes
    );
}

#[test]
fn numbers_of_persons_are_exact_or_absent() {
    for (text, wanted) in [
        ("10", Some(10)),
        ("10명", Some(10)),
        ("5인", Some(5)),
        (" １２ 명 ", Some(12)),
        ("1,200명", Some(1_200)),
        ("0", Some(0)),
        ("약 10명", None),
        ("10여명", None),
        ("10명 내외", None),
        ("5~6명", None),
        ("-3", None),
        ("△3", None),
        ("3.5", None),
        ("10원", None),
        ("김하늘 외 3명", None),
        ("1,000,001", None),
        ("명", None),
    ] {
        assert_eq!(attendees(RawCell::Text(text)), wanted, "{text}");
    }
    assert_eq!(attendees(RawCell::Number(7.0)), Some(7));
    assert_eq!(attendees(RawCell::Number(7.5)), None);
    assert_eq!(attendees(RawCell::Number(-7.0)), None);
}

#[test]
fn unread_details_do_not_crowd_out_rows_kept_aside() {
    let row = |day: &str, amount: &str| format!("{day},총무과,여비,{amount},가나,,,,,,미정,,,,,\n");
    let mut text = format!("{HEAD}\n");
    for _ in 0..1_500 {
        text.push_str(&row("2024-03-05", "100"));
    }
    text.push_str(&row("2024-03-05", "약간"));
    let intake = &read(text.as_bytes(), "a.csv").intake[0];
    assert_eq!((intake.loaded, intake.quarantined), (1_500, 1));
    assert_eq!(intake.issues.iter().filter(|issue| issue.fate == RowFate::Quarantined).count(), 1);
    assert_eq!(intake.issues.iter().filter(|issue| issue.fate == RowFate::Noted).count(), 20);
    assert!(intake.notes.iter().any(|note| note.contains("값 1500개")), "{:?}", intake.notes);
}

/// The cells of columns under `headers` with the shipped mappings, by column; empty where the file is refused.
fn mapped(headers: &str) -> std::collections::BTreeMap<String, usize> {
    let text = format!("{headers}\n{}\n", "2024-01-05,".repeat(headers.matches(',').count()) + "x");
    let mut rows = crate::ingest::Collect::new(10);
    read_in_process(text.as_bytes(), "a.csv", &mut rows);
    let sheet = &rows.sheets[0];
    let found = super::super::header::find(&sheet.head, &sheet.rows, &shipped().unwrap());
    found.map(|header| header.cells).unwrap_or_default()
}

#[test]
fn a_day_another_column_reads_is_no_detail() {
    // Only the day of the obligation: it is the day of the payment, as before.
    let only = mapped("원인행위일자,부서,원가통계비목,세부항목,결의금액,채주");
    assert_eq!((only.get("date"), only.get("committed_on")), (Some(&0), None), "{only:?}");
    let both = mapped("원인행위일자,부서,원가통계비목,세부항목,결의금액,채주,지급일자");
    assert_eq!((both.get("date"), both.get("committed_on")), (Some(&6), Some(&0)), "{both:?}");
    let sap = mapped("증빙일,코스트센터,G/L 계정,현지통화금액,전표번호");
    assert_eq!((sap.get("date"), sap.get("invoiced_on")), (Some(&0), None), "{sap:?}");
    let sap = mapped("증빙일,코스트센터,G/L 계정,현지통화금액,전기일,청구일");
    assert_eq!((sap.get("date"), sap.get("invoiced_on")), (Some(&4), Some(&0)), "{sap:?}");
    // 작성일자 dates the vouchers of 더존; the next header of the detail counts then.
    let ledger = mapped("작성일자,부서,계정과목,차변,대변,잔액,등록일");
    assert_eq!((ledger.get("date"), ledger.get("entered_on")), (Some(&0), Some(&6)), "{ledger:?}");
    let joined = mapped("일자,전표번호,부서,계정과목,차변,대변,잔액,작성일자");
    assert_eq!((joined.get("document_no"), joined.get("entered_on")), (Some(&0), Some(&7)), "{joined:?}");
    // No day of a payment: refused as before.
    for head in [
        "품의일자,부서,계정과목,지출금액",
        "계약일자,부서,계정과목,지출금액,거래처",
        "입력일,부서,계정과목,금액",
    ] {
        assert_eq!(mapped(head).len(), 0, "{head}");
    }
    // 업종 is the account of a card statement and tells the line of business all the same.
    let card = mapped("승인일자,카드번호,부서,가맹점명,업종,승인금액,취소여부");
    assert_eq!((card.get("account"), card.get("merchant_category")), (Some(&4), Some(&4)), "{card:?}");
}

#[test]
fn details_change_neither_the_choice_of_a_mapping_nor_that_of_a_header() {
    // Twice the same header of a detail: the file is read without it.
    let twice = format!("{HEAD},인원\n{ROW},3\n");
    let ledger = read(twice.as_bytes(), "a.csv");
    assert_eq!((ledger.intake[0].loaded, view(&ledger).attendees[0]), (1, -1), "{:?}", ledger.intake[0]);
    assert!(ledger.intake[0].notes.iter().any(|note| note.contains("쓰지 않은 열: 인원, 인원")));
    // An institution's own mapping without details still ties with the shipped one, which goes first by name.
    let mut own: Mapping = shipped().unwrap().into_iter().find(|m| m.name == "korean_erp").unwrap();
    own.columns.retain(|name, _| !col::is_detail(name));
    "a_own".clone_into(&mut own.name);
    let mut all = vec![own];
    all.extend(shipped().unwrap());
    let ledger = tidy_bytes(format!("{HEAD}\n{ROW}\n").as_bytes(), "a.csv", &all, &Departments::default());
    assert_eq!(ledger.intake[0].mapping, "a_own@4");
    // Two rows of one header, where the upper row names the contract.
    let two = "지급일자,부서,계정과목,지출금액,계약기간,\n,,,,시작,종료\n2024-03-05,총무과,여비,100,2024-02-10,2024-12-31\n";
    let ledger = read(two.as_bytes(), "a.csv");
    assert_eq!(view(&ledger).contract_from, [day("2024-02-10")], "{:?}", ledger.intake[0]);
    // A period in one cell is no day.
    assert_eq!(mapped("지급일자,부서,계정과목,지출금액,계약기간").len(), 4);
}

#[test]
fn headers_map_as_they_did_before_there_were_details() {
    let mut before = shipped().unwrap();
    for mapping in &mut before {
        mapping.columns.retain(|name, _| !col::is_detail(name));
    }
    let fixtures = [
        &include_bytes!("../../tests/fixtures/clean/layouts/sap_fbl3n.txt")[..],
        include_bytes!("../../tests/fixtures/clean/layouts/edufine.csv"),
        include_bytes!("../../tests/fixtures/clean/layouts/ehojo.csv"),
        include_bytes!("../../tests/fixtures/clean/layouts/douzone.csv"),
        include_bytes!("../../tests/fixtures/clean/layouts/corporate_card.csv"),
        include_bytes!("../../tests/fixtures/guide/export.csv"),
    ];
    let heads = [
        HEAD,
        "승인일자,카드번호,부서,가맹점명,업종,승인금액,취소여부",
        "작성일자,부서,계정과목,차변,대변,잔액,등록일자,품의일자",
        "증빙일,코스트센터,G/L 계정,현지통화금액,전표번호,입력일",
        "원인행위일자,부서,원가통계비목,세부항목,결의금액,채주,계좌번호",
        "품의일자,부서,계정과목,지출금액",
        "계약일자,계약기간(시작),계약기간(종료),부서,계정과목,금액,업종,상호,품의번호,승인번호",
        "결의일자,입력일자,작성자,승인자,상호,예금주,계좌번호,부서,계정과목,금액,인원",
        "회계연도,부서,세목,예산현액,계약일,인원",
    ];
    let files = fixtures.map(<[u8]>::to_vec).into_iter();
    for bytes in files.chain(heads.map(|head| format!("{head}\n").into_bytes())) {
        let mut rows = crate::ingest::Collect::new(60);
        read_in_process(&bytes, "a.csv", &mut rows);
        let found = |mappings: &[Mapping]| {
            let found = super::super::header::find(&rows.sheets[0].head, &rows.sheets[0].rows, mappings);
            let found = found.map(|header| (header.mapping.id(), header.rival, header.first, header.cells));
            found.map_err(|miss| miss.problem)
        };
        let now = found(&shipped().unwrap()).map(|(id, rival, first, mut cells)| {
            cells.retain(|name, _| !col::is_detail(name));
            (id, rival, first, cells)
        });
        assert_eq!(now, found(&before), "{}", String::from_utf8_lossy(&bytes[..bytes.len().min(200)]));
    }
}

#[test]
fn a_whole_account_number_stays_nowhere() {
    let broken = ROW.replace("2024-03-05", "2024-02-30");
    let text = format!("{HEAD}\n{ROW}\n{broken}\n{}\n", ROW.replace("110-123-456789", "110-123-***789"));
    let ledger = read(text.as_bytes(), "a.csv");
    assert_eq!((ledger.intake[0].loaded, ledger.intake[0].quarantined), (2, 1));
    let json = serde_json::to_string(&ledger.intake).unwrap();
    let frame = format!("{:?}", ledger.rows.column(col::BANK_ACCOUNT).unwrap());
    assert!(frame.contains("****6789#"), "{frame}");
    let mut kept = KeptRows::default();
    let mappings = shipped().unwrap();
    let departments = Departments::default();
    let mut tidy = Tidy::new("a.csv", &mappings, &departments, &mut kept);
    let facts = read_in_process(text.as_bytes(), "a.csv", &mut tidy);
    tidy.finish(&facts);
    // The row kept aside names the same account when it is put back.
    let account = mask::account("110123456789").unwrap();
    assert_eq!(kept.tables[0].lines[0].cells[8], KeptCell::Text(account.clone()));
    let mended =
        read(format!("{HEAD}\n{}\n", ROW.replace("신한 110-123-456789", &account)).as_bytes(), "b.csv");
    assert_eq!(view(&mended).bank_account.text(0), account);
    for whole in ACCOUNT_DIGITS {
        for place in [&json, &frame, &format!("{kept:?}"), &format!("{:?}", ledger.rows)] {
            assert!(!place.contains(whole), "{whole}: {place}");
        }
    }
    // A number cell too long to be whole is named by its last digits.
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (c, header) in (0..).zip(["지급일자", "부서", "계정과목", "지출금액", "계좌번호"]) {
        sheet.write_string(0, c, header).unwrap();
        sheet.write_string(1, c, ["2024-03-05", "총무과", "여비", "100", ""][usize::from(c)]).unwrap();
    }
    sheet.write_number(1, 4, 1_101_234_567_890_123.0).unwrap();
    let intake = &read(&book.save_to_buffer().unwrap(), "a.xlsx").intake[0];
    assert_eq!((intake.loaded, intake.issues.len()), (1, 1), "{intake:?}");
    assert_eq!(intake.issues[0].found, "****0123");
}

#[test]
fn the_same_payments_with_a_detail_more_are_the_same_rows() {
    let with = read(format!("{HEAD}\n{ROW}\n").as_bytes(), "a.csv");
    let head = HEAD.split(",결재자").next().unwrap();
    let row = ROW.split(",김결재").next().unwrap();
    let without = read(format!("{head}\n{row}\n").as_bytes(), "b.csv");
    assert!(!with.intake[0].rows_digest.is_empty());
    assert_eq!(with.intake[0].rows_digest, without.intake[0].rows_digest);
    assert!(
        col::DETAILS.iter().all(|column| without.intake[0].absent_columns.contains(&(*column).to_owned()))
    );
}

#[test]
fn an_own_mapping_may_require_a_detail_or_set_it() {
    let mut own: Mapping = shipped().unwrap().into_iter().find(|m| m.name == "korean_erp").unwrap();
    own.columns.get_mut(col::APPROVER).unwrap().required = true;
    own.columns.get_mut(col::MERCHANT_CATEGORY).unwrap().constant = Some("한식".to_owned());
    let read = |text: &str| {
        tidy_bytes(text.as_bytes(), "a.csv", std::slice::from_ref(&own), &Departments::default())
    };
    let head = "지급일자,부서,계정과목,지출금액";
    assert!(read(&format!("{head}\n2024-03-05,총무과,여비,100\n")).intake[0].refused.is_some());
    let ledger =
        read(&format!("{head},결재자\n2024-03-05,총무과,여비,100,김결재\n2024-03-05,총무과,여비,50,\n"));
    assert_eq!((ledger.intake[0].loaded, ledger.intake[0].quarantined), (1, 1), "{:?}", ledger.intake[0]);
    assert_eq!(view(&ledger).merchant_category.text(0), "한식");
}
