//! Rows kept aside as a workbook that a person mends and puts back.
//!
//! Comes in: tables of rows as found, each with its original. Goes out: XLSX bytes: a sheet of instructions, then a sheet a
//! table with the cell at fault coloured and six columns that name reason and origin.
//! Refuses: a unit it cannot write above a table; without it the amounts would be read a thousand times too small.

use std::collections::BTreeSet;

use rust_xlsxwriter::{Color, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::ReportError;
use crate::clean::kept::{
    COLUMN, KeptCell, KeptLine, KeptTable, ORIGIN_ROW, ORIGIN_SHA256, ORIGIN_SHEET, ORIGIN_SOURCE, REASON,
};
use crate::ledger::Digest;

/// A table and the file it came from.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Name of the original.
    pub source: String,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// Its rows.
    pub table: KeptTable,
}

const GUIDE_NAME: &str = "안내";
const GUIDE: [&str; 12] = [
    "보류 행 고치기",
    "",
    "1. 다음 시트부터 정확히 읽지 못해 보류된 행이 원본에 적힌 그대로 있습니다. 색이 칠해진 칸이 문제의 칸이고, 까닭은 끝의 ‘사유’ 열에 있습니다.",
    "2. 문제의 칸을 증빙과 대조해 바르게 고칩니다. 일자는 2024-12-05, 금액은 1234000처럼 적습니다.",
    "3. 고치지 않을 행은 그대로 두거나 행째 지웁니다. 그대로 둔 행은 다시 보류됩니다.",
    "4. ‘원본 파일’, ‘원본 시트’, ‘원본 행’, ‘원본 SHA-256’ 열과 머리글, 단위 줄은 고치지 마세요. 어느 행을 고친 것인지 이 열로 알아봅니다.",
    "5. 새 행을 더하지 마세요. 원본 표시가 없는 행은 반영하지 않습니다.",
    "6. 이 파일을 그대로 저장해 수신 폴더에 넣으면 다음 실행에서 반영됩니다.",
    "",
    "원본을 고쳐 같은 이름으로 다시 내보내면 원본이 우선하며, 이 파일의 행은 더는 쓰지 않습니다. 두 번 더해지지 않습니다.",
    "주민등록번호와 카드번호 등 개인정보는 가려져 있습니다. 가려진 칸을 고칠 때에는 원본을 확인하세요.",
    "예산 파일의 보류 행은 여기에 없습니다. 예산 파일을 고쳐 다시 넣으세요.",
];
/// Units a line above the table can name.
const UNITS: [(i64, &str); 4] =
    [(1_000, "천원"), (10_000, "만원"), (1_000_000, "백만원"), (100_000_000, "억원")];
/// Excel's own limit of a sheet's name.
const NAME_CHARS_MAX: usize = 31;

/// Writes the workbook.
pub fn render(tables: &[Kept]) -> Result<Vec<u8>, ReportError> {
    let mut book = Workbook::new();
    guide(book.add_worksheet())?;
    let mut names = BTreeSet::from([GUIDE_NAME.to_owned()]);
    for kept in tables {
        let sheet = book.add_worksheet();
        sheet.set_name(free_name(kept, &mut names))?;
        table(sheet, kept)?;
    }
    Ok(book.save_to_buffer()?)
}

fn guide(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name(GUIDE_NAME)?;
    sheet.set_column_width(0, 110)?;
    let text = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    for (row, line) in (0_u32..).zip(GUIDE) {
        let is_title = row == 0;
        let format = if is_title { Format::new().set_bold().set_font_size(16) } else { text.clone() };
        sheet.write_string_with_format(row, 0, line, &format)?;
        let is_long = line.chars().count() > 52;
        sheet.set_row_height(row, if is_long || is_title { 32.0 } else { 16.0 })?;
    }
    Ok(())
}

/// The original's own sheet name, so that a mapping for that sheet fits; the file's name for text files.
fn free_name(kept: &Kept, names: &mut BTreeSet<String>) -> String {
    let file = kept.source.rsplit('/').next().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let wanted = if kept.table.sheet.is_empty() { stem } else { &kept.table.sheet };
    let clean: String = wanted
        .chars()
        .map(|c| if matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'') { '_' } else { c })
        .collect();
    let cut = |text: &str, end: &str| -> String {
        text.chars().take(NAME_CHARS_MAX - end.chars().count()).chain(end.chars()).collect()
    };
    let clean = if clean.trim().is_empty() { "보류".to_owned() } else { clean };
    let numbered = (2..).map(|n| cut(&clean, &format!(" ({n})")));
    let free = std::iter::once(cut(&clean, "")).chain(numbered).find(|name| !names.contains(name));
    let name = free.unwrap_or(clean);
    names.insert(name.clone());
    name
}

struct Look {
    header: Format,
    text: Format,
    bad: Format,
    muted: Format,
}

fn table(sheet: &mut Worksheet, kept: &Kept) -> Result<(), ReportError> {
    let fill = Color::RGB(0x00E2_E9F1);
    let look = Look {
        header: Format::new().set_bold().set_background_color(fill).set_align(FormatAlign::Center),
        text: Format::new().set_num_format("@"),
        bad: Format::new().set_num_format("@").set_background_color(Color::RGB(0x00FF_D6CC)),
        muted: Format::new().set_font_color(Color::RGB(0x0069_6969)),
    };
    let KeptTable { headers, factor, lines, .. } = &kept.table;
    let widest = lines.iter().map(|line| line.cells.len()).max().unwrap_or(0).max(headers.len());
    let end = u16::try_from(widest).unwrap_or(u16::MAX - 8);
    let mut at = 0;
    if *factor != 1 {
        let named = UNITS.iter().find(|(unit, _)| unit == factor);
        let unit = named.map_or_else(|| format!("{factor}원"), |(_, unit)| (*unit).to_owned());
        sheet.write_string(0, 0, format!("(단위: {unit})"))?;
        at = 1;
    }
    for (column, header) in (0_u16..).zip(headers).filter(|(_, header)| !header.is_empty()) {
        sheet.write_string_with_format(at, column, header, &look.header)?;
        sheet.set_column_width(column, 16)?;
    }
    let reason = if headers.iter().any(|header| header == REASON) { "보류 사유" } else { REASON };
    let ours = [
        (reason, 44.0),
        (COLUMN, 16.0),
        (ORIGIN_SOURCE, 28.0),
        (ORIGIN_SHEET, 14.0),
        (ORIGIN_ROW, 10.0),
        (ORIGIN_SHA256, 20.0),
    ];
    for (column, (header, width)) in (end..).zip(ours) {
        sheet.write_string_with_format(at, column, header, &look.header)?;
        sheet.set_column_width(column, width)?;
    }
    sheet.set_freeze_panes(at + 1, 0)?;
    for (row, line) in (at + 1..).zip(lines) {
        cells(sheet, row, line, &look)?;
        let origin = [
            line.reason.as_str(),
            &line.column,
            &kept.source,
            &kept.table.sheet,
            &line.row.to_string(),
            &kept.sha256.to_string(),
        ];
        for (column, text) in (end..).zip(origin) {
            sheet.write_string_with_format(row, column, text, &look.muted)?;
        }
    }
    Ok(())
}

fn cells(sheet: &mut Worksheet, row: u32, line: &KeptLine, look: &Look) -> Result<(), XlsxError> {
    for (column, cell) in (0_u16..).zip(&line.cells) {
        let base = if line.at == Some(usize::from(column)) { &look.bad } else { &look.text };
        match cell {
            KeptCell::Empty if line.at == Some(usize::from(column)) => {
                sheet.write_blank(row, column, base)?;
            }
            KeptCell::Empty => {}
            KeptCell::Text(text) => {
                sheet.write_string_with_format(row, column, text, base)?;
            }
            KeptCell::Number(number) => {
                let format = if number.fract() == 0.0 { "0" } else { "General" };
                sheet.write_number_with_format(row, column, *number, &base.clone().set_num_format(format))?;
            }
            KeptCell::Date(serial) => {
                let format = match serial {
                    time if *time < 1.0 => "hh:mm",
                    day if day.fract() == 0.0 => "yyyy-mm-dd",
                    _ => "yyyy-mm-dd hh:mm",
                };
                sheet.write_number_with_format(row, column, *serial, &base.clone().set_num_format(format))?;
            }
        }
    }
    // A row too short for the cell at fault still shows where it is.
    if let Some(at) = line.at.filter(|&at| at >= line.cells.len()) {
        sheet.write_blank(row, u16::try_from(at).unwrap_or(u16::MAX), &look.bad)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Reader, Xlsx};

    use super::*;

    fn kept(source: &str, sheet: &str, factor: i64) -> Kept {
        let cells = vec![KeptCell::Text("2024-02-30".to_owned()), KeptCell::Number(1_234.0), KeptCell::Empty];
        let line = KeptLine {
            row: 7,
            cells,
            at: Some(0),
            column: "일자".to_owned(),
            reason: "없는 날짜입니다".to_owned(),
        };
        let headers = ["일자", "금액", "사유"].map(str::to_owned).to_vec();
        let table = KeptTable { sheet: sheet.to_owned(), headers, factor, lines: vec![line] };
        Kept { source: source.to_owned(), sha256: Digest::of(b"x"), table }
    }

    #[test]
    fn a_table_carries_its_unit_its_cells_and_its_origin() {
        let bytes = render(&[kept("a/b.csv", "", 1_000), kept("c.xlsx", "지출[1]", 1)]).unwrap();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        assert_eq!(book.sheet_names(), ["안내", "b", "지출_1_"]);
        let range = &book.worksheet_range("b").unwrap();
        let row =
            |r: u32| (0..9).map(move |c| range.get_value((r, c)).map_or(String::new(), ToString::to_string));
        assert_eq!(row(0).next().unwrap(), "(단위: 천원)");
        let header: Vec<String> = row(1).collect();
        assert_eq!(header[..6], ["일자", "금액", "사유", "보류 사유", "문제 열", "원본 파일"]);
        let line: Vec<String> = row(2).collect();
        let sha256 = Digest::of(b"x").to_string();
        let expected =
            ["2024-02-30", "1234", "", "없는 날짜입니다", "일자", "a/b.csv", "", "7", sha256.as_str()];
        assert_eq!(line, expected);
    }

    #[test]
    fn sheets_of_one_name_are_numbered_and_an_odd_unit_is_read_back() {
        let twice = [kept("a.xlsx", "지출", 1), kept("b.xlsx", "지출", 1)];
        let book: Xlsx<_> = Xlsx::new(Cursor::new(render(&twice).unwrap())).unwrap();
        assert_eq!(book.sheet_names(), ["안내", "지출", "지출 (2)"]);
        let mut odd: Xlsx<_> =
            Xlsx::new(Cursor::new(render(&[kept("a.xlsx", "지출", 100_000)]).unwrap())).unwrap();
        let unit = odd.worksheet_range("지출").unwrap().get_value((0, 0)).unwrap().to_string();
        assert_eq!(crate::clean::text::unit_of(&unit), Some(Ok(100_000)));
    }
}
