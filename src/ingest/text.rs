//! Bytes of a text file to text, strictly.
//!
//! Comes in: bytes. Goes out: text and the encoding. Refuses: any byte that does not decode; nothing is replaced.

use std::borrow::Cow;

use encoding_rs::{EUC_KR, Encoding, UTF_16BE, UTF_16LE};

use crate::error::Problem;

/// Decodes by byte order mark, else as strict UTF-8, else as strict CP949 (which `EUC_KR` of the WHATWG is).
pub fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, &'static str), Problem> {
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        return match std::str::from_utf8(rest) {
            Ok(text) => Ok((Cow::Borrowed(text), "UTF-8")),
            Err(error) => {
                Err(undecodable(rest, error.valid_up_to(), "UTF-8 표시(BOM)가 있지만 UTF-8이 아닌 글자"))
            }
        };
    }
    for (mark, encoding) in [(b"\xFF\xFE", UTF_16LE), (b"\xFE\xFF", UTF_16BE)] {
        if let Some(rest) = bytes.strip_prefix(mark) {
            return strict(encoding, rest);
        }
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok((Cow::Borrowed(text), "UTF-8")),
        Err(error) => strict(EUC_KR, bytes).map_err(|_| {
            let at = euc_kr_valid_up_to(bytes).max(error.valid_up_to());
            undecodable(bytes, at, "UTF-8도 CP949도 아닌 글자")
        }),
    }
}

fn strict<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Result<(Cow<'a, str>, &'static str), Problem> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    let text = text.ok_or_else(|| undecodable(bytes, 0, "깨진 글자"))?;
    Ok((text, encoding.name()))
}

/// Length of the longest prefix, ending at a line end, that is valid CP949.
fn euc_kr_valid_up_to(bytes: &[u8]) -> usize {
    let mut valid = 0;
    for line in bytes.split_inclusive(|&b| b == b'\n') {
        if EUC_KR.decode_without_bom_handling_and_without_replacement(line).is_none() {
            break;
        }
        valid += line.len();
    }
    valid
}

fn undecodable(bytes: &[u8], at: usize, found: &str) -> Problem {
    let line = bytes[..at.min(bytes.len())].iter().filter(|&&b| b == b'\n').count() + 1;
    let hint =
        "ERP에서 UTF-8이나 CP949(ANSI) CSV로 다시 내려받으세요. 두 인코딩을 이어 붙인 파일은 읽지 않습니다.";
    Problem::new("", format!("{found} ({line}번째 줄)"), "UTF-8 또는 CP949 글자", hint)
}

/// Whether `bytes` look like text: no NUL outside UTF-16.
pub fn is_text(bytes: &[u8]) -> bool {
    let is_utf16 = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF");
    is_utf16 || !bytes.contains(&0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_encoding_decodes_exactly() {
        let (cp949, _, _) = EUC_KR.encode("부서,똠방각하");
        assert_eq!(decode(&cp949).unwrap(), (Cow::Borrowed("부서,똠방각하"), "EUC-KR"));
        assert_eq!(decode("부서".as_bytes()).unwrap().1, "UTF-8");
        assert_eq!(decode("\u{feff}부서".as_bytes()).unwrap().0, "부서");
        let utf16: Vec<u8> =
            [0xFF, 0xFE].into_iter().chain("부서".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(decode(&utf16).unwrap(), (Cow::Borrowed("부서"), "UTF-16LE"));
    }

    #[test]
    fn a_mixed_file_is_refused_with_its_line() {
        let (cp949, _, _) = EUC_KR.encode("부서\n총무과\n");
        let mut mixed = cp949.into_owned();
        mixed.extend_from_slice("뷁쀍".as_bytes());
        mixed.push(0xFF);
        let problem = decode(&mixed).unwrap_err();
        assert!(problem.found.contains("3번째 줄"), "{}", problem.found);
    }
}
