//! Files that no format reads, named as what they are.
//!
//! Comes in: bytes. Goes out: a problem that says in Korean what the file is and what to do, or nothing.
//! Refuses: nothing itself; what it does not know is left to the formats.

use super::packed::Packed;
use super::{html, limits, spreadsheetml, text};
use crate::error::Problem;

const EXPORT: &str = "ERP에서 엑셀이나 CSV로 내려받으세요.";
const UNPACK: &str = "압축을 풀어 그 안의 엑셀이나 CSV 파일을 넣으세요. 압축은 ZIP만 읽습니다.";
const RESAVE: &str = "엑셀에서 열어 ‘Excel 통합 문서(.xlsx)’로 다시 저장하세요.";
const UNLOCK: &str = "문서 보안을 해제해 저장한 뒤 다시 넣으세요.";
const PASSWORD: &str = "암호를 풀어 저장한 뒤 다시 넣으세요.";

/// First bytes, name, hint.
const MAGICS: &[(&[u8], &str, &str)] = &[
    (b"%PDF", "PDF 문서", EXPORT),
    (b"\x89PNG\r\n", "그림(PNG)", EXPORT),
    (b"\xFF\xD8\xFF", "그림(JPEG)", EXPORT),
    (b"GIF8", "그림(GIF)", EXPORT),
    (b"II*\0", "그림(TIFF)", EXPORT),
    (b"MM\0*", "그림(TIFF)", EXPORT),
    (b"\x1F\x8B", "gzip 압축 파일", UNPACK),
    (b"BZh91AY&SY", "bzip2 압축 파일", UNPACK),
    (b"7z\xBC\xAF\x27\x1C", "7z 압축 파일", UNPACK),
    (b"Rar!\x1A\x07", "RAR 압축 파일", UNPACK),
    (b"\xFD7zXZ\0", "xz 압축 파일", UNPACK),
    (b"\x28\xB5\x2F\xFD", "zstd 압축 파일", UNPACK),
    (b"EGGA", "알집(EGG) 압축 파일", UNPACK),
    (b"ALZ\x01", "알집(ALZ) 압축 파일", UNPACK),
    (b"SQLite format 3\0", "SQLite 데이터베이스", EXPORT),
    (b"PAR1\x15", "Parquet 파일", EXPORT),
    (b"HWP Document File", "한글 문서(HWP 3.0)", EXPORT),
    (b"{\\rtf", "서식 있는 텍스트(RTF)", EXPORT),
    (b"ID;PWXL", "SYLK 파일", RESAVE),
    (b"ID;PCALC", "SYLK 파일", RESAVE),
    (b"ID;PSCALC", "SYLK 파일", RESAVE),
    (b"\x09\x00\x04\x00", "엑셀 2.x 파일", RESAVE),
    (b"\x09\x02\x06\x00", "엑셀 3.0 파일", RESAVE),
    (b"\x09\x04\x06\x00", "엑셀 4.0 파일", RESAVE),
    (b"\x09\x08", "OLE 없이 저장된 엑셀 5.0/95 파일", RESAVE),
    (b"\x00\x00\x02\x00\x04\x04", "로터스 1-2-3 파일", RESAVE),
    (b"\x00\x00\x02\x00\x06\x04", "로터스 1-2-3 파일", RESAVE),
    (b"\x00\x00\x1A\x00", "로터스 1-2-3 파일", RESAVE),
    (b"\xFF\x00\x02\x00\x04\x04", "Microsoft Works 스프레드시트", RESAVE),
    (b"\x7FELF", "실행 파일", EXPORT),
    (b"MZ\x90\0", "실행 파일", EXPORT),
];

/// Names of streams in OLE files. Those of a workbook must come after the others.
const STREAMS: &[(&str, &str, &str)] = &[
    ("EncryptedPackage", "암호가 걸린 엑셀 문서", PASSWORD),
    ("DRMEncryptedDataSpace", "DRM(RMS)으로 암호화된 문서", UNLOCK),
    ("HwpSummaryInformation", "한글 문서(HWP)", EXPORT),
    ("WordDocument", "워드 문서(doc)", EXPORT),
    ("PowerPoint Document", "파워포인트 문서(ppt)", EXPORT),
    ("__properties_version1.0", "아웃룩 메일(msg)", "메일에 붙은 엑셀이나 CSV 파일을 꺼내 넣으세요."),
    ("MatOST", "Microsoft Works 문서", RESAVE),
];

/// Parts that tell what a ZIP is.
const PARTS: &[(&str, &str, &str)] = &[
    ("word/document.xml", "워드 문서(docx)", EXPORT),
    ("ppt/presentation.xml", "파워포인트 문서(pptx)", EXPORT),
    ("Contents/content.hpf", "한글 문서(HWPX)", EXPORT),
    ("Index/Document.iwa", "애플 Numbers 문서", "Numbers에서 ‘Excel로 내보내기’를 하세요."),
    ("Index.zip", "애플 Numbers 문서", "Numbers에서 ‘Excel로 내보내기’를 하세요."),
    ("META-INF/encryption.xml", "DRM으로 암호화된 문서", UNLOCK),
];

/// What `bytes` are, where that is something no format reads.
pub(super) fn check(bytes: &[u8]) -> Option<Problem> {
    if bytes.is_empty() {
        return Some(refusal("빈 파일 (0바이트)", "ERP에서 다시 내려받아 넣으세요."));
    }
    if let Some((_, product)) = limits::DRM_MAGICS.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(refusal(&format!("DRM으로 암호화된 문서({product})"), UNLOCK));
    }
    if let Some((_, name, hint)) = MAGICS.iter().find(|(magic, ..)| bytes.starts_with(magic)) {
        return Some(refusal(name, hint));
    }
    if bytes.starts_with(b"PK") {
        return packed(bytes);
    }
    if bytes.starts_with(limits::OLE_MAGIC) {
        return ole(bytes);
    }
    written(bytes)
}

fn packed(bytes: &[u8]) -> Option<Problem> {
    if bytes.starts_with(b"PK\x05\x06") {
        return Some(refusal("빈 압축 파일", "파일이 든 ZIP을 넣으세요."));
    }
    if bytes.starts_with(b"PK\x07\x08") {
        return Some(refusal("나누어 압축한 ZIP의 한 조각", "나누지 않은 ZIP 하나로 다시 압축하세요."));
    }
    if !bytes.starts_with(limits::ZIP_MAGIC) {
        return None;
    }
    if !has_zip_end(bytes) {
        let hint = "복사가 끝난 뒤 다시 넣으세요. 원본이 열리는지 확인하세요.";
        return Some(refusal("끝이 잘린 엑셀 파일", hint));
    }
    let mut zip = match Packed::open(bytes) {
        Ok(zip) => zip,
        Err(problem) => return Some(problem),
    };
    if let Some((_, name, hint)) = PARTS.iter().find(|(part, ..)| zip.has(part)) {
        return Some(refusal(name, hint));
    }
    let mimetype = zip.index("mimetype").and_then(|index| zip.part(index).ok())?;
    let mimetype = String::from_utf8_lossy(&mimetype).trim().to_owned();
    match mimetype.as_str() {
        "application/hwp+zip" => Some(refusal("한글 문서(HWPX)", EXPORT)),
        "application/vnd.oasis.opendocument.spreadsheet" => None,
        other if other.starts_with("application/vnd.oasis.opendocument.") => {
            Some(refusal("스프레드시트가 아닌 ODF 문서", EXPORT))
        }
        "application/epub+zip" => Some(refusal("전자책(EPUB)", EXPORT)),
        _ => None,
    }
}

fn ole(bytes: &[u8]) -> Option<Problem> {
    if memchr::memmem::find(bytes, b"HWP Document File").is_some() {
        return Some(refusal("한글 문서(HWP)", EXPORT));
    }
    if let Some((_, name, hint)) = STREAMS.iter().find(|(stream, ..)| holds_utf16(bytes, stream)) {
        return Some(refusal(name, hint));
    }
    None
}

/// Text of a kind that is no table.
fn written(bytes: &[u8]) -> Option<Problem> {
    let head = text::head(bytes);
    let head = head.trim_start();
    if head.starts_with("mime-version:") || head.contains("\ncontent-type: multipart/related") {
        return Some(refusal("한 파일로 저장된 웹 페이지(MHTML)", RESAVE));
    }
    if head.starts_with("{\"") || head.starts_with("[{") {
        return Some(refusal("JSON 파일", EXPORT));
    }
    if head.starts_with("table\r\n0,1\r\n") || head.starts_with("table\n0,1\n") {
        return Some(refusal("DIF 파일", RESAVE));
    }
    if head.contains("<!-- fasoosecurecontainer") || head.contains("<fasoosecurecontainer") {
        return Some(refusal("DRM으로 암호화된 문서(Fasoo)", UNLOCK));
    }
    let is_xml = (head.starts_with("<?xml") || (head.starts_with('<') && head.contains(" xmlns")))
        && !spreadsheetml::is_workbook(bytes)
        && !html::is_html(bytes);
    is_xml.then(|| refusal("표가 아닌 XML 파일", RESAVE))
}

/// What `bytes` may be that nothing recognised.
pub(super) fn unknown(bytes: &[u8]) -> Problem {
    let (found, hint) = match () {
        () if bytes.starts_with(limits::OLE_MAGIC) => {
            ("엑셀이 아닌 OLE 문서이거나 손상된 파일", "원본이 엑셀에서 열리는지 확인하세요.")
        }
        () if bytes.starts_with(limits::ZIP_MAGIC) => (
            "손상된 엑셀 파일이거나 알 수 없는 Office 문서",
            "원본이 엑셀에서 열리는지 확인하고 다시 저장하세요.",
        ),
        () if is_noise(bytes) => ("암호화된 문서로 보입니다", UNLOCK),
        () => (
            "알 수 없는 이진 파일 또는 글자가 깨진 파일",
            "문서 보안(DRM)이 걸렸는지, 파일이 열리는지 확인하고 엑셀이나 CSV로 다시 내려받으세요.",
        ),
    };
    let expected = "엑셀(xlsx, xls, xlsb), ods, CSV(UTF-8, CP949), HTML 표 또는 이들을 묶은 ZIP";
    Problem::new("", found, expected, hint)
}

/// Whether the bytes are spread as evenly as encryption leaves them: more than 7.9 bits of entropy a byte.
fn is_noise(bytes: &[u8]) -> bool {
    // A header of a protection product stands before the noise.
    let sample = &bytes[bytes.len().min(4096)..bytes.len().min(4096 + 64 * 1024)];
    if sample.len() < 4096 {
        return false;
    }
    let mut counts = [0_u32; 256];
    for &byte in sample {
        counts[usize::from(byte)] += 1;
    }
    let n = sample.len() as f64;
    let shares = counts.iter().filter(|&&count| count > 0).map(|&count| f64::from(count) / n);
    let entropy: f64 = shares.map(|share| -share * share.log2()).sum();
    // A short sample of even bytes has less than 8 bits by chance.
    entropy > 7.9 - 256.0 / n
}

fn refusal(found: &str, hint: &str) -> Problem {
    Problem::new("", found, "엑셀 또는 CSV 파일", hint)
}

/// A complete ZIP ends with its central directory, found within the last 64 KiB.
fn has_zip_end(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(66_000)..];
    memchr::memmem::rfind(tail, b"PK\x05\x06").is_some()
}

/// Whether the name of a stream stands in the bytes of an OLE file.
pub(super) fn holds_utf16(bytes: &[u8], name: &str) -> bool {
    let wanted: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    memchr::memmem::find(bytes, &wanted).is_some()
}

#[cfg(test)]
#[path = "foreign_tests.rs"]
mod tests;
