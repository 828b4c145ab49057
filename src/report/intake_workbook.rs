//! The account of a run as audit reads it: every file, every sum, what could not be checked.
//!
//! Comes in: a `RunAccount`. Goes out: a workbook with the sheets 요약, 파일, 부서·계정, 확인하지 못한 것, 열, 합계 차이, 보류 행,
//! 겹침 의심.
//! Refuses: nothing; it is no document of a department and is never given to one.

use chrono::{DateTime, Utc};

use super::ReportError;
use super::book::{Book, Value};
use crate::detect::needs;
use crate::ko;
use crate::ledger::{
    AccountTotals, Amount, Currency, FileIntake, GroupTotal, RecordKind, RowFate, RunAccount,
};

/// Writes the workbook.
pub fn render(
    account: &RunAccount,
    institution: &str,
    currency: &Currency,
    created: DateTime<Utc>,
) -> Result<Vec<u8>, ReportError> {
    let title = "자료 접수 현황";
    let mut book = Book::new(title, created, currency)?;
    book.summary(title, &summary(account, institution, currency))?;
    files(&mut book, account)?;
    groups(&mut book, account)?;
    withheld(&mut book, account)?;
    columns(&mut book, account)?;
    totals(&mut book, account)?;
    kept(&mut book, account)?;
    overlaps(&mut book, account)?;
    Ok(book.finish()?)
}

fn summary(account: &RunAccount, institution: &str, currency: &Currency) -> Vec<(&'static str, String)> {
    let AccountTotals { files, refused, rows_in, loaded, skipped, quarantined, .. } = account.whole;
    let count = |n: u64| ko::count(usize::try_from(n).unwrap_or(usize::MAX));
    let n_of = |groups: &[GroupTotal]| groups.iter().map(|group| group.rows).sum::<u64>();
    let (n_budget, n_moved) = (n_of(&account.budget), n_of(&account.reallocations));
    let (compared, differing) = (account.whole.totals_compared, account.whole.totals_differing);
    vec![
        ("기관", institution.to_owned()),
        ("기간", account.period.clone()),
        ("파일", format!("{}개 (읽지 않은 파일 {}개)", count(files), count(refused))),
        (
            "행",
            format!(
                "읽은 행 {} = 반영 {} + 제외 {} + 보류 {}",
                count(rows_in),
                count(loaded),
                count(skipped),
                count(quarantined)
            ),
        ),
        ("지출", format!("{}건, {}", count(account.payments()), currency.display(account.whole.total))),
        ("예산", format!("{}행", count(n_budget))),
        ("예산 이용·전용·이체", format!("{}행", count(n_moved))),
        (
            "저장된 자료와 대조",
            format!("{}건, {} - 일치", count(account.lake_rows), currency.display(account.lake_total)),
        ),
        ("소계·합계 대조", format!("{}개 가운데 {}개 불일치", count(compared), count(differing))),
        ("고쳐 되돌린 행", format!("{}행 (원본에서는 보류로 셉니다)", count(account.whole.put_back))),
        ("실행 번호", account.run_id.clone()),
    ]
}

/// What a file holds, as people call it.
fn kind_ko(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Expenditure => "지출",
        RecordKind::Budget => "예산",
        RecordKind::Reallocation => "이용·전용·이체",
    }
}

fn verdict(file: &FileIntake) -> String {
    match &file.refused {
        Some(problem) => format!("읽지 않음: {}\n힌트: {}", problem.found, problem.hint),
        None if file.unread_sheets() > 0 => {
            let unread = file.sheets.iter().filter(|sheet| sheet.refused.is_some());
            let names: Vec<&str> = unread.map(|sheet| sheet.name.as_str()).collect();
            format!("일부만 읽음 (읽지 못한 부분: {})", names.join(", "))
        }
        None => "읽음".to_owned(),
    }
}

fn files(book: &mut Book, account: &RunAccount) -> Result<(), ReportError> {
    let columns = [
        ("파일", 30.0),
        ("종류", 6.0),
        ("매핑", 18.0),
        ("읽은 행", 10.0),
        ("반영", 10.0),
        ("제외", 8.0),
        ("보류", 8.0),
        ("합계", 18.0),
        ("합계 대조", 8.0),
        ("불일치", 8.0),
        ("판정", 44.0),
        ("알림", 48.0),
        ("SHA-256 앞 16자", 18.0),
    ];
    let row = |file: &FileIntake| {
        vec![
            file.source.as_str().into(),
            kind_ko(file.kind).into(),
            file.mapping.as_str().into(),
            file.rows_in.into(),
            file.loaded.into(),
            file.skipped.into(),
            file.quarantined.into(),
            file.total.into(),
            file.totals_compared.into(),
            (file.totals_differing.len() as u64).into(),
            verdict(file).into(),
            file.notes.join("\n").into(),
            file.sha256.short().into(),
        ]
    };
    Ok(book.table("파일", &columns, account.files.iter().map(row))?)
}

fn groups(book: &mut Book, account: &RunAccount) -> Result<(), ReportError> {
    let columns = [("종류", 8.0), ("부서", 26.0), ("계정과목", 26.0), ("행", 12.0), ("합계", 22.0)];
    let row = |kind: &str, group: &GroupTotal| {
        vec![
            kind.into(),
            group.department.as_str().into(),
            group.account.as_str().into(),
            group.rows.into(),
            group.total.into(),
        ]
    };
    let payments = account.groups.iter().map(|group| row("지출", group));
    let budget = account.budget.iter().map(|group| row("예산", group));
    let moved = account.reallocations.iter().map(|group| row("이용·전용·이체", group));
    Ok(book.table("부서·계정", &columns, payments.chain(budget).chain(moved))?)
}

fn withheld(book: &mut Book, account: &RunAccount) -> Result<(), ReportError> {
    let columns =
        [("없는 열", 20.0), ("행", 12.0), ("전체 행", 12.0), ("확인하지 못한 것", 60.0), ("파일", 60.0)];
    let row = |withheld: &crate::ledger::Withheld| {
        vec![
            needs::label_ko(&withheld.column).into(),
            withheld.rows.into(),
            withheld.of_rows.into(),
            withheld.checks.join(", ").into(),
            withheld.files.join("\n").into(),
        ]
    };
    Ok(book.table("확인하지 못한 것", &columns, account.withheld.iter().map(row))?)
}

fn columns(book: &mut Book, account: &RunAccount) -> Result<(), ReportError> {
    let columns = [("열", 20.0), ("값이 있는 행", 16.0), ("전체 행", 14.0)];
    let all = account.payments();
    let row = |column: &crate::ledger::ColumnCoverage| {
        vec![needs::label_ko(&column.column).into(), column.rows.into(), all.into()]
    };
    let optional =
        account.coverage.iter().filter(|c| !["department", "account"].contains(&c.column.as_str()));
    Ok(book.table("열", &columns, optional.map(row))?)
}

fn totals(book: &mut Book, account: &RunAccount) -> Result<(), ReportError> {
    let columns = [
        ("파일", 34.0),
        ("시트", 16.0),
        ("행", 8.0),
        ("합계 행", 20.0),
        ("파일에 적힌 금액", 20.0),
        ("읽은 행의 합", 20.0),
        ("차이", 20.0),
    ];
    let row = |check: &crate::ledger::TotalCheck| {
        vec![
            check.at.source.as_str().into(),
            check.at.sheet.as_str().into(),
            Value::Count(u64::try_from(check.at.row).unwrap_or(0)),
            check.word.as_str().into(),
            check.printed.into(),
            check.computed.into(),
            Amount(check.printed.0.saturating_sub(check.computed.0)).into(),
        ]
    };
    let differing = account.files.iter().flat_map(|file| &file.totals_differing);
    Ok(book.table("합계 차이", &columns, differing.map(row))?)
}

fn kept(book: &mut Book, account: &RunAccount) -> Result<(), ReportError> {
    let columns = [("파일", 34.0), ("시트", 16.0), ("행", 8.0), ("열", 18.0), ("값", 30.0), ("사유", 50.0)];
    let row = |issue: &crate::ledger::RowIssue| {
        vec![
            issue.at.source.as_str().into(),
            issue.at.sheet.as_str().into(),
            Value::Count(u64::try_from(issue.at.row).unwrap_or(0)),
            issue.column.as_str().into(),
            issue.found.as_str().into(),
            issue.reason.as_str().into(),
        ]
    };
    let issues = account.files.iter().flat_map(|file| &file.issues);
    Ok(book.table("보류 행", &columns, issues.filter(|i| i.fate == RowFate::Quarantined).map(row))?)
}

fn overlaps(book: &mut Book, account: &RunAccount) -> Result<(), ReportError> {
    let columns = [
        ("파일", 34.0),
        ("다른 파일", 34.0),
        ("같은 달의 행", 14.0),
        ("양쪽에 있는 행", 16.0),
        ("문서번호까지 같은 행", 22.0),
    ];
    let rows = account.files.iter().flat_map(|file| file.overlaps.iter().map(move |o| (file, o)));
    let row = |(file, overlap): (&FileIntake, &crate::ledger::Overlap)| {
        vec![
            file.source.as_str().into(),
            overlap.source.as_str().into(),
            overlap.rows.into(),
            overlap.common.into(),
            overlap.with_document_no.into(),
        ]
    };
    Ok(book.table("겹침 의심", &columns, rows.map(row))?)
}
