//! HTML tables, which many an ERP saves under the name `.xls`.
//!
//! Comes in: bytes of an HTML page. Goes out: every table with something in it as a sheet of text cells.
//! Refuses: a page without a table (a login page, a frame set), text that does not decode, cells beyond the limits.

mod table;

use std::collections::BTreeMap;

use html5gum::{DefaultEmitter, HtmlString, Spanned, Token, Tokenizer};

use self::table::{Attributes, Table};
use super::text::{self, Plan};
use super::{RowSink, SheetHead, SourceFormat, limits};
use crate::error::Problem;

pub(super) struct Html;

impl SourceFormat for Html {
    fn id(&self) -> &'static str {
        "html"
    }

    fn label_ko(&self) -> &'static str {
        "HTML 표"
    }

    fn matches(&self, bytes: &[u8]) -> bool {
        is_html(bytes)
    }

    fn read(&self, bytes: &[u8], sink: &mut dyn RowSink) -> Result<(), Problem> {
        let head = text::head(bytes);
        let plan = Plan::labelled(bytes, declared_charset(&head).unwrap_or("utf-8"))?;
        let content = plan.whole()?;
        let mut page = Page { encoding: plan.encoding.name(), ..Page::default() };
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(true);
        for token in Tokenizer::new_with_emitter(&*content, emitter) {
            let Ok(token) = token;
            page.token(token, sink)?;
        }
        if page.n_silent > 0 {
            let hint = "ERP에서 다시 내려받거나, 엑셀에서 열어 xlsx로 다시 저장하세요.";
            let found = "닫히지 않은 script·style 부분이 있는 HTML";
            return Err(Problem::new("", found, "온전한 HTML 표", hint));
        }
        page.close_all(sink)?;
        match page.n_handed_on {
            0 => Err(without_table(&head)),
            _ => Ok(()),
        }
    }
}

/// Whether `bytes` begin like a page, or like a tag with a table soon after.
pub(super) fn is_html(bytes: &[u8]) -> bool {
    let head = text::head(bytes);
    let head = head.trim_start();
    let begins = ["<html", "<!doctype html", "<table", "<head", "<body", "<meta"];
    head.starts_with('<')
        && (begins.iter().any(|tag| head.starts_with(tag))
            || head.contains("<html")
            || head.contains("<table"))
        && !head.contains("urn:schemas-microsoft-com:office:spreadsheet\"")
}

fn declared_charset(head: &str) -> Option<&str> {
    let value = head.split("charset=").nth(1)?.trim_start_matches(['"', '\'', ' ']);
    value.split(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c))).next()
}

fn without_table(head: &str) -> Problem {
    let (found, hint) = match () {
        () if head.contains("<frameset") => (
            "여러 파일로 나뉜 HTML(프레임)의 겉 파일",
            "엑셀에서 열어 ‘Excel 통합 문서(.xlsx)’로 다시 저장하세요.",
        ),
        () if head.contains("password") || head.contains("login") || head.contains("로그인") => {
            ("엑셀이 아니라 로그인 화면(HTML)", "ERP에 다시 로그인해 내려받으세요.")
        }
        () => ("표가 없는 HTML 파일", "ERP에서 다시 내려받고, 표가 보이는 파일인지 확인하세요."),
    };
    Problem::new("", found, "지출 행이 든 HTML 표", hint)
}

/// The tables that are open, outermost first, and those that wait for an outer one to close.
#[derive(Default)]
struct Page {
    encoding: &'static str,
    open: Vec<Table>,
    closed: Vec<Table>,
    n_tables: usize,
    n_handed_on: usize,
    /// Elements under way whose content nobody sees.
    n_silent: usize,
    sheet_names: Vec<String>,
}

/// Elements whose content is no text of the page; of a choice nobody knows what was chosen.
fn is_silent(name: &[u8]) -> bool {
    matches!(name, b"script" | b"style" | b"template" | b"noscript" | b"select" | b"textarea")
}

impl Page {
    fn token(&mut self, token: Token, sink: &mut dyn RowSink) -> Result<(), Problem> {
        match &token {
            Token::StartTag(tag) if is_silent(&tag.name) => {
                self.n_silent += 1;
                return Ok(());
            }
            Token::EndTag(tag) if is_silent(&tag.name) => {
                self.n_silent = self.n_silent.saturating_sub(1);
                return Ok(());
            }
            _ if self.n_silent > 0 => return Ok(()),
            _ => {}
        }
        match token {
            Token::StartTag(tag) => self.start(&tag.name, &tag.attributes),
            Token::EndTag(tag) => self.end(&tag.name, sink),
            Token::String(text) => {
                if let Some(table) = self.open.last_mut() {
                    table.text(&String::from_utf8_lossy(&text));
                }
                Ok(())
            }
            Token::Comment(comment) if self.n_tables == 0 => {
                self.sheet_names.extend(names(&String::from_utf8_lossy(&comment)));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn start(
        &mut self,
        name: &[u8],
        attributes: &BTreeMap<HtmlString, Spanned<HtmlString, ()>>,
    ) -> Result<(), Problem> {
        let attributes = Attributes(attributes);
        if name == b"table" {
            if self.open.len() >= limits::TABLES_NESTED_MAX {
                let hint = "정상적인 내보내기 파일이 아닙니다. 출처를 확인하세요.";
                return Err(Problem::new(
                    "",
                    "한도를 넘는 파일: 표 안의 표가 지나치게 깊음",
                    "표 하나",
                    hint,
                ));
            }
            self.open.push(Table::new(self.n_tables, &attributes));
            self.n_tables += 1;
            return Ok(());
        }
        let Some(table) = self.open.last_mut() else {
            return Ok(());
        };
        match name {
            b"tr" => table.open_row(&attributes),
            b"td" | b"th" => table.open_cell(&attributes),
            b"thead" | b"tbody" | b"tfoot" => table.close_row(),
            b"br" => {
                table.new_line();
                Ok(())
            }
            name if stands_apart(name) => {
                table.new_paragraph();
                Ok(())
            }
            // A title row that some programs write as a caption.
            b"caption" => table.open_caption(),
            _ => {
                table.piece(attributes.stand_apart());
                Ok(())
            }
        }
    }

    fn end(&mut self, name: &[u8], sink: &mut dyn RowSink) -> Result<(), Problem> {
        let Some(table) = self.open.last_mut() else {
            return Ok(());
        };
        match name {
            b"td" | b"th" | b"caption" => table.close_cell(),
            b"tr" | b"thead" | b"tbody" | b"tfoot" => table.close_row(),
            name if stands_apart(name) => {
                table.new_paragraph();
                Ok(())
            }
            b"table" => {
                table.close_row()?;
                self.closed.extend(self.open.pop());
                self.hand_on(sink)
            }
            _ => {
                table.piece(false);
                Ok(())
            }
        }
    }

    fn close_all(&mut self, sink: &mut dyn RowSink) -> Result<(), Problem> {
        while let Some(mut table) = self.open.pop() {
            table.close_row()?;
            self.closed.push(table);
        }
        self.hand_on(sink)
    }

    /// Hands tables on in the order in which they open, once no outer one is open.
    fn hand_on(&mut self, sink: &mut dyn RowSink) -> Result<(), Problem> {
        if !self.open.is_empty() || self.closed.is_empty() {
            return Ok(());
        }
        self.closed.sort_by_key(|table| table.ordinal);
        for mut table in std::mem::take(&mut self.closed) {
            if table.is_blank() {
                continue;
            }
            table.cut_merges();
            let named = self.sheet_names.get(self.n_handed_on).cloned();
            self.n_handed_on += 1;
            sink.sheet(SheetHead {
                name: named.unwrap_or_else(|| format!("표 {}", self.n_handed_on)),
                hidden: table.is_hidden,
                merges: table.merges,
                encoding: self.encoding.to_owned(),
                ..SheetHead::default()
            })?;
            for row in &table.rows {
                sink.row(row)?;
            }
        }
        Ok(())
    }
}

/// Elements whose text is not glued to what stands beside: paragraphs, and amounts struck out, put in or raised.
fn stands_apart(name: &[u8]) -> bool {
    matches!(name, b"p" | b"div" | b"li" | b"del" | b"ins" | b"s" | b"strike" | b"sup" | b"sub")
}

/// Names of the sheets as Excel writes them into a comment.
fn names(comment: &str) -> Vec<String> {
    let parts = comment.split("<x:Name>").skip(1);
    let names = parts.filter_map(|part| part.split_once("</x:Name>").map(|(name, _)| name.trim()));
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
#[path = "html_tests.rs"]
mod tests;
