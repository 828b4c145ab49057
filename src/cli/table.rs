//! Tables on a terminal: columns as wide as their widest cell, Hangul counted as two.
//!
//! Comes in: header and rows of text. Goes out: lines. Refuses: nothing; a short row has empty cells at its end.

/// Lines of a table; the columns named in `right` are aligned to the right.
pub(super) fn lines(header: &[&str], rows: &[Vec<String>], right: &[usize]) -> Vec<String> {
    let head: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
    let cell = |row: &Vec<String>, column: usize| row.get(column).cloned().unwrap_or_default();
    let widths: Vec<usize> = (0..header.len())
        .map(|c| rows.iter().chain([&head]).map(|row| width(&cell(row, c))).max().unwrap_or(0))
        .collect();
    let line = |row: &Vec<String>| {
        let mut out = String::new();
        for (column, total) in widths.iter().enumerate() {
            let text = cell(row, column);
            let gap = " ".repeat(total - width(&text));
            let space = if column == 0 { "" } else { "  " };
            match right.contains(&column) {
                true => out.push_str(&format!("{space}{gap}{text}")),
                false => out.push_str(&format!("{space}{text}{gap}")),
            }
        }
        out.trim_end().to_owned()
    };
    std::iter::once(&head).chain(rows).map(line).collect()
}

/// First of the Hangul letters, after which characters are mostly as wide as two Latin ones.
const WIDE_FROM: char = '\u{1100}';

/// Columns that `text` takes on a terminal.
fn width(text: &str) -> usize {
    text.chars().map(|c| if c < WIDE_FROM { 1 } else { 2 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_with_hangul() {
        let rows = [vec!["휴일·사용".to_owned(), "3".to_owned()], vec!["a".to_owned(), "1,000".to_owned()]];
        let expected = ["규칙        경보", "휴일·사용      3", "a          1,000"];
        assert_eq!(lines(&["규칙", "경보"], &rows, &[1]), expected);
    }
}
