//! Cells of a file of labels to labels.
//!
//! Comes in: sheets as found, the payments of the lake, what the command states for all rows. Goes out: labels, the number
//! of rows not reviewed yet, and every problem at once.
//! Refuses: what `review` refuses; a payment named twice, a reason of 정상 that is not listed, text too long or with
//! control characters. Personal numbers in reasons are masked.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::column::{
    DECIDED_BY, DECIDED_ON, DOCUMENT_NO, MINUTES, ORIGIN, OUTCOME, REASON, ROW, SHEET, SOURCE,
};
use super::{COLUMNS, MINUTES_MAX, Payments, ROWS_MAX, TEXT_MAX, unguard};
use crate::clean::mapping::DateRule;
use crate::clean::{dates, mask, text};
use crate::error::{Problem, Problems};
use crate::ingest::{RawCell, RawRow, RawSheet};
use crate::ledger::review::{DISMISSALS, dismissal_from_words};
use crate::ledger::{Label, Origin, Outcome, RowRef};

/// Stated for all rows of a file.
#[derive(Clone, Debug)]
pub struct Given {
    /// Who decided, where the file has no 검토자.
    pub by: Option<String>,
    /// The day after which no decision can lie.
    pub today: NaiveDate,
    /// When the file is read, in milliseconds since 1970.
    pub now_ms: i64,
}

/// What a file of labels says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadLabels {
    /// In order of the file; a row that names a document gives a label for each of its payments.
    pub labels: Vec<Label>,
    /// Rows without any word of a review.
    pub n_open: usize,
}

/// Reads the labels of `sheets`, the file called `name`.
pub fn read(
    sheets: &[RawSheet],
    name: &str,
    payments: &Payments<'_>,
    given: &Given,
) -> Result<ReadLabels, Problems> {
    let mut reader = Reader {
        file: name,
        payments,
        given,
        taken: BTreeMap::new(),
        problems: Problems::default(),
        out: ReadLabels::default(),
    };
    reader.sheets(sheets);
    reader.problems.into_result(reader.out)
}

struct Reader<'a> {
    file: &'a str,
    payments: &'a Payments<'a>,
    given: &'a Given,
    /// Place in the file by payment.
    taken: BTreeMap<RowRef, String>,
    problems: Problems,
    out: ReadLabels,
}

/// Where each of [`COLUMNS`] stands.
type Header = [Option<usize>; COLUMNS.len()];

/// One row of the file, its cells as text.
struct Line<'a> {
    place: String,
    header: &'a Header,
    cells: [String; COLUMNS.len()],
}

impl Line<'_> {
    fn has(&self, column: usize) -> bool {
        self.header[column].is_some()
    }

    fn text(&self, column: usize) -> &str {
        &self.cells[column]
    }
}

impl Reader<'_> {
    fn refuse(&mut self, place: String, found: impl Into<String>, expected: impl Into<String>, hint: &str) {
        self.problems.push(Problem::new(place, found, expected, hint));
    }

    fn refuse_cell(&mut self, line: &Line<'_>, column: usize, expected: &str, hint: &str) {
        let found = line.text(column);
        let found = if found.is_empty() { "빈 칸".to_owned() } else { format!("‘{found}’") };
        self.refuse(format!("{} {}", line.place, COLUMNS[column].1), found, expected, hint);
    }

    /// Every sheet whose first row is a header of labels.
    fn sheets(&mut self, sheets: &[RawSheet]) {
        let with_header = sheets.iter().filter_map(|sheet| Some((sheet, header_of(sheet.rows.first()?))));
        let of_labels: Vec<_> = with_header.filter(|(_, header)| header[OUTCOME].is_some()).collect();
        if of_labels.is_empty() {
            let first = sheets.first().and_then(|sheet| sheet.rows.first());
            let names = |row: &RawRow| row.cells().map(|c| plain(c).unwrap_or_default()).collect::<Vec<_>>();
            let seen = first.map_or_else(|| "빈 파일".to_owned(), |row| names(row).join(", "));
            let hint = "첫 행에 열 이름을 적으세요. `ledgerwatch label export 파일`이 만드는 파일과 같은 모양입니다.";
            self.refuse(
                format!("{} 머리글", self.file),
                seen,
                COLUMNS.map(|(_, name)| name).join(", "),
                hint,
            );
        }
        for (sheet, header) in of_labels {
            let place = self.place_of(&sheet.head.name);
            let has_place = header[SOURCE].is_some() && header[ROW].is_some();
            if !has_place && header[DOCUMENT_NO].is_none() {
                let found = "지출을 가리키는 열이 없습니다";
                let hint = "지출을 ‘파일’과 ‘행’으로, 또는 ‘문서번호’로 적으세요.";
                self.refuse(format!("{place} 머리글"), found, "파일과 행, 또는 문서번호", hint);
            } else if sheet.rows.len() > ROWS_MAX + 1 {
                let found = format!("{ROWS_MAX}행을 넘는 파일");
                self.refuse(place, found, format!("{ROWS_MAX}행 이하"), "파일을 나누어 가져오세요.");
            } else {
                sheet.rows[1..].iter().for_each(|row| self.row(&place, &header, row));
            }
        }
    }

    fn place_of(&self, sheet: &str) -> String {
        if sheet.is_empty() { self.file.to_owned() } else { format!("{} {sheet} 시트", self.file) }
    }

    fn row(&mut self, sheet: &str, header: &Header, row: &RawRow) {
        let place = format!("{sheet} {}행", row.number);
        if let Some(damage) = &row.damage {
            return self.refuse(
                place,
                damage.as_str(),
                "읽을 수 있는 행",
                "따옴표와 글자 인코딩을 확인하세요.",
            );
        }
        let mut line = Line { place, header, cells: Default::default() };
        for column in 0..COLUMNS.len() {
            match header[column].map(|at| plain(row.cell(at))) {
                None => {}
                Some(Ok(text)) => line.cells[column] = text,
                Some(Err(found)) => {
                    let place = format!("{} {}", line.place, COLUMNS[column].1);
                    return self.refuse(place, found, "글자나 숫자", "수식 오류가 있는 칸을 고치세요.");
                }
            }
        }
        let of_review = [OUTCOME, REASON, DECIDED_BY, DECIDED_ON];
        if of_review.iter().all(|column| line.text(*column).is_empty()) {
            self.out.n_open += 1;
            return;
        }
        let before = self.problems.0.len();
        let payments = self.payments_of(&line);
        let label = self.label(&line);
        if self.problems.0.len() > before {
            return;
        }
        for i in payments {
            let (at, document_no) = self.payments.key(i);
            if let Some(first) = self.taken.insert(at.clone(), line.place.clone()) {
                let found = format!("{first}에 적은 것과 같은 지출");
                let hint = "한 지출은 한 행에만 적으세요. 나중 판단은 다음 파일로 가져오면 됩니다.";
                self.refuse(line.place.clone(), found, "파일 안에서 한 번", hint);
                return;
            }
            self.out.labels.push(Label { at, document_no, ..label.clone() });
        }
    }

    /// The payments a row is about; none, with a problem, where they are not in the lake.
    fn payments_of(&mut self, line: &Line<'_>) -> Vec<usize> {
        let number = line.text(DOCUMENT_NO);
        if line.text(SOURCE).is_empty() && line.text(ROW).is_empty() {
            let found = self.payments.of_document(number).to_vec();
            if number.is_empty() || found.is_empty() {
                let hint = "접수된 지출의 문서번호를 그대로 적으세요.";
                self.refuse_cell(line, DOCUMENT_NO, "접수된 지출의 문서번호", hint);
            }
            return found;
        }
        let source = line.text(SOURCE);
        if !self.payments.has_source(source) {
            let hint =
                "`ledgerwatch intake list`로 파일 이름을 확인하세요. 하위 폴더는 ‘폴더/파일’로 적습니다.";
            self.refuse_cell(line, SOURCE, "접수되어 쓰이는 파일의 이름", hint);
            return Vec::new();
        }
        let Some(row) = line.text(ROW).parse().ok().filter(|row| *row > 0) else {
            self.refuse_cell(line, ROW, "1 이상의 행 번호", "원본 파일의 행 번호를 숫자로 적으세요.");
            return Vec::new();
        };
        let at = RowRef { source: source.to_owned(), sheet: line.text(SHEET).to_owned(), row };
        let Some(i) = self.payments.at(&at) else {
            let hint = "시트와 행이 원본 파일의 지출 행인지 확인하세요. 정정되어 없어진 행에는 결과를 적을 수 없습니다.";
            let sheet = if at.sheet.is_empty() { String::new() } else { format!(" {} 시트", at.sheet) };
            let place = format!("{} {}", line.place, COLUMNS[ROW].1);
            self.refuse(place, format!("‘{}’{sheet} {row}행", at.source), "접수된 지출의 행", hint);
            return Vec::new();
        };
        let known = self.payments.key(i).1;
        if !number.is_empty() && number != known {
            let hint =
                "행 번호와 문서번호가 같은 지출인지 확인하세요. 파일이 정정되면서 행이 밀렸을 수 있습니다.";
            self.refuse_cell(line, DOCUMENT_NO, &format!("그 행의 문서번호 ‘{known}’"), hint);
        }
        vec![i]
    }

    /// What a row says about its payments, with an empty place.
    fn label(&mut self, line: &Line<'_>) -> Label {
        let outcome = Outcome::from_words(line.text(OUTCOME));
        if outcome.is_none() {
            let expected = Outcome::ALL.map(Outcome::label_ko).join(", ");
            self.refuse_cell(line, OUTCOME, &expected, "검토 결과를 네 가지 가운데 하나로 적으세요.");
        }
        let outcome = outcome.unwrap_or(Outcome::Closed);
        let origin = Origin::from_words(line.text(ORIGIN));
        if origin.is_none() && !line.text(ORIGIN).is_empty() {
            let expected = Origin::ALL.map(Origin::label_ko).join(", ");
            self.refuse_cell(
                line,
                ORIGIN,
                &expected,
                "출처를 네 가지 가운데 하나로 적거나 비워 두세요(감사).",
            );
        }
        Label {
            at: RowRef::default(),
            document_no: String::new(),
            outcome,
            reason: self.reason(line, outcome),
            minutes: self.minutes(line),
            decided_by: self.decided_by(line),
            decided_on: self.decided_on(line),
            recorded_ms: self.given.now_ms,
            origin: origin.unwrap_or(Origin::Audit),
        }
    }

    fn reason(&mut self, line: &Line<'_>, outcome: Outcome) -> String {
        let written = line.text(REASON);
        if outcome != Outcome::Dismissed {
            self.is_plain(line, REASON);
            return mask::text(written).into_owned();
        }
        let listed = dismissal_from_words(written);
        if listed.is_none() && line.has(REASON) {
            let expected = DISMISSALS.iter().map(|(_, label)| *label).collect::<Vec<_>>().join(", ");
            self.refuse_cell(line, REASON, &expected, "결과가 ‘정상’이면 사유를 이 가운데 하나로 적으세요.");
        }
        listed.unwrap_or_default().to_owned()
    }

    fn minutes(&mut self, line: &Line<'_>) -> Option<i64> {
        let written = line.text(MINUTES);
        if written.is_empty() {
            return None;
        }
        let minutes = written.parse().ok().filter(|minutes| (0..=MINUTES_MAX).contains(minutes));
        if minutes.is_none() {
            let expected = format!("0~{MINUTES_MAX}의 정수");
            self.refuse_cell(line, MINUTES, &expected, "걸린 시간을 분으로 적거나 비워 두세요.");
        }
        minutes
    }

    fn decided_by(&mut self, line: &Line<'_>) -> String {
        let written = line.text(DECIDED_BY);
        let by =
            if written.is_empty() { self.given.by.clone().unwrap_or_default() } else { written.to_owned() };
        if by.is_empty() {
            self.refuse_cell(line, DECIDED_BY, "검토한 사람", "검토자를 적거나 --by 이름을 주세요.");
        }
        self.is_plain(line, DECIDED_BY);
        by
    }

    fn decided_on(&mut self, line: &Line<'_>) -> NaiveDate {
        let today = self.given.today;
        match dates::from_text(line.text(DECIDED_ON), &DateRule::default()) {
            Ok(day) if day <= today => day,
            Ok(_) => {
                let hint = "검토한 날을 확인하세요. 앞으로 올 날은 적을 수 없습니다.";
                self.refuse_cell(line, DECIDED_ON, &format!("{today}까지의 날짜"), hint);
                today
            }
            Err(reason) => {
                let hint = format!("{reason}. 예: 2025-01-31");
                self.refuse_cell(line, DECIDED_ON, "날짜", &hint);
                today
            }
        }
    }

    fn is_plain(&mut self, line: &Line<'_>, column: usize) {
        let written = line.text(column);
        if written.chars().count() > TEXT_MAX || written.chars().any(char::is_control) {
            let hint = "줄바꿈 없이 짧게 적으세요.";
            self.refuse_cell(line, column, &format!("줄바꿈 없는 글 {TEXT_MAX}자 이하"), hint);
        }
    }
}

/// Where each column stands, by its token or its name.
fn header_of(row: &RawRow) -> Header {
    let mut header: Header = [None; COLUMNS.len()];
    for (at, cell) in row.cells().enumerate() {
        let Ok(written) = plain(cell) else { continue };
        let key = text::header_key(&written);
        let is_named = |(token, korean): &(&str, &str)| {
            written.eq_ignore_ascii_case(token) || key == text::header_key(korean)
        };
        if let Some(column) = COLUMNS.iter().position(is_named) {
            header[column].get_or_insert(at);
        }
    }
    header
}

/// A cell as trimmed text; `Err` says what stands in a cell that is no value.
fn plain(cell: RawCell<'_>) -> Result<String, String> {
    Ok(match cell {
        RawCell::Empty => String::new(),
        RawCell::Text(text) => unguard(text.trim()).to_owned(),
        RawCell::Number(number) => number.to_string(),
        RawCell::DateSerial { serial, is_1904 } => {
            dates::from_serial(serial, is_1904).map_err(str::to_owned)?.0.to_string()
        }
        RawCell::Bool(flag) => flag.to_string(),
        RawCell::Error(words) => return Err(words.to_owned()),
    })
}

#[cfg(test)]
mod tests;
