//! A restatement as audit reads it: what changed in months that were reported before.
//!
//! Comes in: rows added, deleted and changed, sums before and after. Goes out: a workbook with the sheets 요약, 월별 영향,
//! 부서별 영향, 추가, 변경, 삭제.
//! Refuses: nothing; it is no document of a department and is never given to one.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ReportError;
use super::book::{Book, ROWS_MAX, Value};
use crate::clean::restatement::{Change, Effect, Line};
use crate::detect::needs;
use crate::ko;
use crate::ledger::{Amount, Currency, Digest, FiscalMonth, col};

/// What happened to a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthEffect {
    /// Month.
    pub month: FiscalMonth,
    /// Payments of the institution before.
    pub rows_before: i64,
    /// Payments now.
    pub rows_after: i64,
    /// Their sum before.
    pub sum_before: Amount,
    /// Their sum now.
    pub sum_after: Amount,
}

impl MonthEffect {
    /// Sum now less sum before.
    pub fn difference(&self) -> Amount {
        Amount(self.sum_after.0.saturating_sub(self.sum_before.0))
    }
}

/// What happened to a department and account in a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupEffect {
    /// Month.
    pub month: FiscalMonth,
    /// Department.
    pub department: String,
    /// Account.
    pub account: String,
    /// Rows and won.
    pub effect: Effect,
}

/// A file that brought or took rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceChange {
    /// File name.
    pub source: String,
    /// Bytes in use before; `None` for a new file.
    pub sha256_before: Option<Digest>,
    /// Bytes in use now; `None` for a file that is no longer used.
    pub sha256_after: Option<Digest>,
    /// Rows it brought.
    pub added: u64,
    /// Rows it took.
    pub deleted: u64,
    /// Rows it restated.
    pub changed: u64,
}

impl SourceChange {
    /// Why its rows differ, in Korean.
    pub fn cause(&self) -> &'static str {
        match (self.sha256_before, self.sha256_after) {
            (None, _) => "새로 들어온 파일",
            (_, None) => "더는 쓰지 않는 파일",
            (Some(before), Some(after)) if before == after => "같은 파일을 다른 설정으로 읽음",
            _ => "같은 이름의 새 판",
        }
    }
}

/// Everything that changed in months reported before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Restatement {
    /// Format: `1`.
    pub version: String,
    /// Institution.
    pub institution: String,
    /// Run that read the files.
    pub run_id: String,
    /// Its month.
    pub period: FiscalMonth,
    /// Latest month reported before.
    pub reported_until: FiscalMonth,
    /// Date inside the documents.
    pub created: DateTime<Utc>,
    /// Currency of all amounts.
    pub currency: Currency,
    /// Months whose figures changed.
    pub months: Vec<MonthEffect>,
    /// The same by department and account.
    pub groups: Vec<GroupEffect>,
    /// Files that brought or took rows.
    pub sources: Vec<SourceChange>,
    /// Rows that came.
    pub added: Vec<Line>,
    /// Rows that went.
    pub deleted: Vec<Line>,
    /// Rows restated.
    pub changed: Vec<Change>,
    /// Differing rows that are counted but not listed.
    pub n_unlisted: u64,
}

impl Restatement {
    /// Rows that differ.
    pub fn n_rows(&self) -> u64 {
        (self.added.len() + self.deleted.len() + self.changed.len()) as u64 + self.n_unlisted
    }

    /// `difference` with its sign.
    pub fn signed(&self, difference: Amount) -> String {
        let sign = if difference.0 > 0 { "+" } else { "" };
        format!("{sign}{}", self.currency.display(difference))
    }
}

const LINE_COLUMNS: [(&str, f64); 12] = [
    ("일자", 12.0),
    ("문서번호", 16.0),
    ("부서", 16.0),
    ("계정과목", 16.0),
    ("거래처", 24.0),
    ("적요", 32.0),
    ("지급방법", 12.0),
    ("구분", 10.0),
    ("금액", 16.0),
    ("파일", 24.0),
    ("시트", 12.0),
    ("행", 8.0),
];

/// Writes the workbook.
pub fn workbook(restatement: &Restatement) -> Result<Vec<u8>, ReportError> {
    let title = "이전 월 자료 정정 내역";
    let mut book = Book::new(title, restatement.created, &restatement.currency)?;
    book.summary(title, &summary(restatement))?;
    months(&mut book, restatement)?;
    groups(&mut book, restatement)?;
    book.table("추가", &LINE_COLUMNS, restatement.added.iter().map(line))?;
    changes(&mut book, restatement)?;
    book.table("삭제", &LINE_COLUMNS, restatement.deleted.iter().map(line))?;
    Ok(book.finish()?)
}

fn summary(restatement: &Restatement) -> Vec<(&'static str, String)> {
    let count = |n: usize| format!("{}건", ko::count(n));
    let months = restatement.months.iter().map(|month| {
        format!(
            "{}: {} → {} ({})",
            ko::month_prose(month.month),
            restatement.currency.display(month.sum_before),
            restatement.currency.display(month.sum_after),
            restatement.signed(month.difference())
        )
    });
    let sources = restatement.sources.iter().map(|source| {
        let SourceChange { added, deleted, changed, .. } = source;
        format!("{} - {}: 추가 {added}, 변경 {changed}, 삭제 {deleted}", source.source, source.cause())
    });
    let mut lines = vec![
        ("기관", restatement.institution.clone()),
        ("대상", format!("{}까지 이미 보고한 달", ko::month_prose(restatement.reported_until))),
        ("추가", count(restatement.added.len())),
        ("변경", count(restatement.changed.len())),
        ("삭제", count(restatement.deleted.len())),
        ("월별 지출 합계", months.collect::<Vec<_>>().join("\n")),
        ("자료를 바꾼 파일", sources.collect::<Vec<_>>().join("\n")),
        (
            "비교 방법",
            "문서번호가 같은 행은 같은 지출의 변경으로 봅니다. 문서번호가 없으면 일자·부서·계정과목·거래처·적요가 모두 같은 \
             행만 변경으로 보고, 나머지는 삭제와 추가로 적습니다."
                .to_owned(),
        ),
        ("실행 번호", restatement.run_id.clone()),
        ("안내", "정정은 확인이 필요한 변경이라는 뜻이며, 잘못이 있다는 판단이 아닙니다.".to_owned()),
    ];
    let n_unlisted = restatement.n_unlisted + listed_beyond(restatement);
    if n_unlisted > 0 {
        lines.push((
            "적지 못한 행",
            format!("{n_unlisted}건은 합계에는 들어 있으나 너무 많아 목록에 적지 않았습니다."),
        ));
    }
    lines
}

/// Rows that a sheet cannot hold.
fn listed_beyond(restatement: &Restatement) -> u64 {
    let lists = [restatement.added.len(), restatement.deleted.len(), restatement.changed.len()];
    lists.iter().map(|n| n.saturating_sub(ROWS_MAX) as u64).sum()
}

fn months(book: &mut Book, restatement: &Restatement) -> Result<(), ReportError> {
    let columns = [
        ("월", 12.0),
        ("보고한 건수", 14.0),
        ("지금 건수", 14.0),
        ("보고한 합계", 20.0),
        ("지금 합계", 20.0),
        ("차이", 20.0),
    ];
    let count = |rows: i64| Value::Count(u64::try_from(rows).unwrap_or(0));
    let row = |month: &MonthEffect| {
        vec![
            month.month.to_string().into(),
            count(month.rows_before),
            count(month.rows_after),
            month.sum_before.into(),
            month.sum_after.into(),
            month.difference().into(),
        ]
    };
    Ok(book.table("월별 영향", &columns, restatement.months.iter().map(row))?)
}

fn groups(book: &mut Book, restatement: &Restatement) -> Result<(), ReportError> {
    let columns = [
        ("월", 12.0),
        ("부서", 22.0),
        ("계정과목", 22.0),
        ("추가", 10.0),
        ("변경", 10.0),
        ("삭제", 10.0),
        ("차이", 20.0),
    ];
    let row = |group: &GroupEffect| {
        vec![
            group.month.to_string().into(),
            group.department.as_str().into(),
            group.account.as_str().into(),
            group.effect.added.into(),
            group.effect.changed.into(),
            group.effect.deleted.into(),
            Amount(group.effect.difference).into(),
        ]
    };
    Ok(book.table("부서별 영향", &columns, restatement.groups.iter().map(row))?)
}

fn line(line: &Line) -> Vec<Value> {
    vec![
        line.date.to_string().into(),
        line.document_no.as_str().into(),
        line.department.as_str().into(),
        line.account.as_str().into(),
        line.vendor.as_str().into(),
        line.description.as_str().into(),
        line.payment_method.as_str().into(),
        line.kind.as_str().into(),
        Amount(line.amount).into(),
        line.at.source.as_str().into(),
        line.at.sheet.as_str().into(),
        Value::Count(u64::try_from(line.at.row).unwrap_or(0)),
    ]
}

fn changes(book: &mut Book, restatement: &Restatement) -> Result<(), ReportError> {
    let columns = [
        ("바뀐 열", 18.0),
        ("이전 일자", 12.0),
        ("지금 일자", 12.0),
        ("문서번호", 16.0),
        ("이전 부서", 16.0),
        ("지금 부서", 16.0),
        ("이전 계정과목", 16.0),
        ("지금 계정과목", 16.0),
        ("이전 거래처", 24.0),
        ("지금 거래처", 24.0),
        ("이전 금액", 16.0),
        ("지금 금액", 16.0),
        ("차이", 16.0),
        ("이전 적요", 28.0),
        ("지금 적요", 28.0),
        ("지금 파일", 24.0),
        ("시트", 12.0),
        ("행", 8.0),
    ];
    let row = |change: &Change| {
        let (old, new) = (&change.old, &change.new);
        vec![
            old.differing(new).iter().map(|name| column_ko(name)).collect::<Vec<_>>().join(", ").into(),
            old.date.to_string().into(),
            new.date.to_string().into(),
            new.document_no.as_str().into(),
            old.department.as_str().into(),
            new.department.as_str().into(),
            old.account.as_str().into(),
            new.account.as_str().into(),
            old.vendor.as_str().into(),
            new.vendor.as_str().into(),
            Amount(old.amount).into(),
            Amount(new.amount).into(),
            Amount(new.amount.saturating_sub(old.amount)).into(),
            old.description.as_str().into(),
            new.description.as_str().into(),
            new.at.source.as_str().into(),
            new.at.sheet.as_str().into(),
            Value::Count(u64::try_from(new.at.row).unwrap_or(0)),
        ]
    };
    Ok(book.table("변경", &columns, restatement.changed.iter().map(row))?)
}

fn column_ko(name: &str) -> &str {
    match name {
        col::DATE => "일자",
        col::DEPARTMENT => "부서",
        col::ACCOUNT => "계정과목",
        col::AMOUNT => "금액",
        other => needs::label_ko(other),
    }
}
