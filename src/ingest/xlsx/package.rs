//! The parts of a workbook package, each inflated at most once and under limits.
//!
//! Comes in: bytes of a ZIP. Goes out: parts as text, and where a relationship leads.
//! Refuses: parts that are, or say they are, larger or denser than limits allow; two parts of one name; document type
//! declarations; text that is not what its encoding says.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use zip::ZipArchive;

use super::xml::{self, Damage, Xml};
use super::{Fault, bomb, damaged};
use crate::error::Problem;
use crate::ingest::limits;

/// Bytes in which an XML declaration ends, if there is one.
const DECLARATION_MAX: usize = 256;

/// A ZIP and what may still be inflated of it.
pub(super) struct Package<'b> {
    zip: ZipArchive<Cursor<&'b [u8]>>,
    /// Names in their plain form; `None` where two parts share one.
    parts: HashMap<String, Option<usize>>,
    left: u64,
}

/// Where a relationship of a part leads.
pub(super) struct Relationship {
    pub(super) id: String,
    /// Last segment of the type, the same in strict and transitional documents: `worksheet`, `styles`.
    pub(super) kind: String,
    /// Plain name of the part; empty for a target outside the package.
    pub(super) target: String,
}

impl<'b> Package<'b> {
    /// Reads the directory of the ZIP; nothing is inflated or checked yet.
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, Problem> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged("ZIP 목록을 읽을 수 없음"))?;
        let mut parts = HashMap::with_capacity(zip.len());
        for i in 0..zip.len() {
            let Ok(entry) = zip.by_index_data(i) else { continue };
            let name = plain(&String::from_utf8_lossy(entry.name_raw()));
            parts.entry(name).and_modify(|found| *found = None).or_insert(Some(i));
        }
        Ok(Self { zip, parts, left: limits::ZIP_TOTAL_SIZE_MAX })
    }

    /// Whether there is a part of this plain name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.parts.contains_key(name)
    }

    /// Checks what the ZIP says of all its parts, those nobody will read as well.
    pub(super) fn check_declared(&self) -> Result<(), Problem> {
        if self.zip.len() > limits::ZIP_ENTRIES_MAX {
            return Err(bomb(&format!("부분이 {}개", self.zip.len())));
        }
        if self.zip.has_duplicate_names() {
            return Err(damaged("이름이 같은 부분이 둘 있음"));
        }
        let mut total: u64 = 0;
        for i in 0..self.zip.len() {
            let Ok(entry) = self.zip.by_index_data(i) else { continue };
            let (size, packed) = (entry.size(), entry.compressed_size());
            total = total.saturating_add(size);
            if size > inflated_max(packed) || total > limits::ZIP_TOTAL_SIZE_MAX {
                let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
                return Err(bomb(&format!("지나치게 부풀어 오르는 부분 {name}")));
            }
        }
        Ok(())
    }

    /// The text of the part with this plain name; `None` where there is none.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, Fault> {
        let index = match self.parts.get(name) {
            None => return Ok(None),
            Some(None) => return Err(Fault::Part(format!("이름이 같은 부분이 둘 있음: {name}"))),
            Some(Some(index)) => *index,
        };
        let bytes = self.inflate(index, name)?;
        if memchr::memmem::find(&bytes, b"<!DOCTYPE").is_some() {
            return Err(Fault::File(doctype(name)));
        }
        let text = decode(bytes).ok_or_else(|| Fault::Part(format!("글자가 깨진 부분 {name}")))?;
        Ok(Some(text))
    }

    fn inflate(&mut self, index: usize, name: &str) -> Result<Vec<u8>, Fault> {
        let broken = || Fault::Part(format!("압축을 풀 수 없는 부분 {name}"));
        let too_large = || Fault::File(bomb(&format!("지나치게 부풀어 오르는 부분 {name}")));
        let part = self.zip.by_index(index).map_err(|_| broken())?;
        let limit = inflated_max(part.compressed_size()).min(self.left);
        let mut bytes = Vec::new();
        let room = usize::try_from(part.size().min(limit)).unwrap_or(0);
        bytes.try_reserve_exact(room + 1).map_err(|_| too_large())?;
        part.take(limit + 1).read_to_end(&mut bytes).map_err(|_| broken())?;
        if bytes.len() as u64 > limit {
            return Err(too_large());
        }
        self.left -= bytes.len() as u64;
        Ok(bytes)
    }

    /// Relationships of the part `source`; none where it has no list of them.
    pub(super) fn relationships(&mut self, source: &str) -> Result<Vec<Relationship>, Fault> {
        let (folder, file) = source.rsplit_once('/').unwrap_or(("", source));
        let list = plain(&format!("{folder}/_rels/{file}.rels"));
        let Some(text) = self.text(&list)? else { return Ok(Vec::new()) };
        relationships(&text, folder).map_err(|damage| damage.into_fault(&list))
    }
}

/// Bytes a part of `packed` bytes may inflate to.
fn inflated_max(packed: u64) -> u64 {
    let dense = packed.max(1).saturating_mul(limits::ZIP_RATIO_MAX);
    dense.clamp(limits::ZIP_RATIO_FROM, limits::ZIP_ENTRY_SIZE_MAX)
}

pub(super) fn doctype(name: &str) -> Problem {
    bomb(&format!("DOCTYPE 선언이 있는 부분 {name}"))
}

fn relationships(text: &str, folder: &str) -> Result<Vec<Relationship>, Damage> {
    let mut list = Vec::new();
    let mut xml = Xml::new(text);
    while let Some(element) = xml.element()? {
        if element.local_name().as_ref() != "Relationship" {
            continue;
        }
        let (mut id, mut kind, mut target, mut is_outside) =
            (String::new(), String::new(), String::new(), false);
        for attribute in xml::attributes(&element) {
            let (key, value) = attribute.map_err(|words| xml.damage(words))?;
            let value = xml::attribute_text(value).map_err(|words| xml.damage(words))?;
            match key {
                "Id" => id = value,
                "Type" => value.rsplit('/').next().unwrap_or_default().clone_into(&mut kind),
                "Target" => target = value,
                "TargetMode" => is_outside = value == "External",
                _ => {}
            }
        }
        let target = if is_outside { String::new() } else { resolve(folder, &target) };
        list.push(Relationship { id, kind, target });
    }
    Ok(list)
}

/// Plain name of the part that `target`, written in a part of `folder`, means.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.split('#').next().unwrap_or_default();
    let target = percent_decoded(target);
    match target.starts_with(['/', '\\']) {
        true => plain(&target),
        false => plain(&format!("{folder}/{target}")),
    }
}

/// A part name with forward slashes, without `.` and `..`, in small letters: names differ only beyond that.
fn plain(name: &str) -> String {
    let mut steps = Vec::new();
    for step in name.split(['/', '\\']) {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            _ => steps.push(step),
        }
    }
    steps.join("/").to_lowercase()
}

fn percent_decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match hex.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// The text of a part: UTF-8, UTF-16 by its mark, or what its declaration names. `None` where it is not that.
fn decode(bytes: Vec<u8>) -> Option<String> {
    let (encoding, mark) = match bytes.as_slice() {
        [0xEF, 0xBB, 0xBF, ..] => (UTF_8, 3),
        [0xFF, 0xFE, ..] => (UTF_16LE, 2),
        [0xFE, 0xFF, ..] => (UTF_16BE, 2),
        [b'<', 0, ..] => (UTF_16LE, 0),
        [0, b'<', ..] => (UTF_16BE, 0),
        _ => (declared(&bytes)?, 0),
    };
    if encoding == UTF_8 && mark == 0 {
        return String::from_utf8(bytes).ok();
    }
    let text = encoding.decode_without_bom_handling_and_without_replacement(&bytes[mark..])?;
    // Markup that only shows in the decoded text gets no second look at limits, so it must not be there.
    (!text.contains("<!DOCTYPE")).then(|| text.into_owned())
}

/// The encoding an XML declaration names; UTF-8 without one, `None` for an unknown one.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(DECLARATION_MAX)];
    if !head.starts_with(b"<?xml") {
        return Some(UTF_8);
    }
    let head = &head[..memchr::memmem::find(head, b"?>").unwrap_or(head.len())];
    let Some(at) = memchr::memmem::find(head, b"encoding") else { return Some(UTF_8) };
    let mut quoted = head[at..].split(|byte| matches!(byte, b'"' | b'\''));
    let label = quoted.nth(1)?;
    match Encoding::for_label(label)? {
        // The bytes would be UTF-16, which was seen to be untrue.
        utf_16 if utf_16 == UTF_16LE || utf_16 == UTF_16BE => Some(UTF_8),
        other => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_in_their_plain_form() {
        for (folder, target) in [
            ("xl", "worksheets/sheet1.xml"),
            ("xl", "/xl/worksheets/Sheet1.xml"),
            ("xl", "\\XL\\worksheets\\sheet1.xml"),
            ("xl/a", "../worksheets/./sheet1.xml"),
            ("", "xl/worksheets/sheet%31.xml#part"),
        ] {
            assert_eq!(resolve(folder, target), "xl/worksheets/sheet1.xml", "{target}");
        }
        assert_eq!(percent_decoded("100%"), "100%");
    }

    #[test]
    fn text_is_decoded_by_its_mark_or_declaration() {
        let korean = "<?xml version=\"1.0\" encoding=\"EUC-KR\"?><a>총무과</a>";
        let (cp949, ..) = encoding_rs::EUC_KR.encode(korean);
        assert_eq!(decode(cp949.into_owned()).as_deref(), Some(korean));
        let utf_16: Vec<u8> = "\u{feff}<a>과</a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(utf_16.clone()).as_deref(), Some("<a>과</a>"));
        assert_eq!(decode(utf_16[2..].to_vec()).as_deref(), Some("<a>과</a>"));
        assert_eq!(decode(b"\xEF\xBB\xBF<a/>".to_vec()).as_deref(), Some("<a/>"));
        assert_eq!(decode(b"<a>\xC1</a>".to_vec()), None);
        assert_eq!(decode(b"<?xml encoding=\"x-none\"?><a/>".to_vec()), None);
        let hidden: Vec<u8> = "<!DOCTYPE a><a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(hidden), None);
    }
}
