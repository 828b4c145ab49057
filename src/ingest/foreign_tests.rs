//! Files that are no export, each under its own name.

use super::super::testing::{Dice, refusal, zipped};
use super::*;

fn ole(stream: &str, more: &[u8]) -> Vec<u8> {
    let name: Vec<u8> = stream.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [limits::OLE_MAGIC, &[0; 504], &name, more].concat()
}

#[test]
fn each_kind_is_named() {
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (b"".to_vec(), "0바이트"),
        (b"%PDF-1.7\n".to_vec(), "PDF"),
        (b"\x89PNG\r\n\x1A\n".to_vec(), "PNG"),
        (b"\xFF\xD8\xFF\xE0".to_vec(), "JPEG"),
        (b"\x1F\x8B\x08\0".to_vec(), "gzip"),
        (b"7z\xBC\xAF\x27\x1C\0".to_vec(), "7z"),
        (b"Rar!\x1A\x07\x01\0".to_vec(), "RAR"),
        (b"\xFD7zXZ\0\0".to_vec(), "xz"),
        (b"EGGA\0\x01".to_vec(), "EGG"),
        (b"ALZ\x01\x0A\0".to_vec(), "ALZ"),
        (b"SQLite format 3\0".to_vec(), "SQLite"),
        (b"PAR1\x15\x04".to_vec(), "Parquet"),
        (b"HWP Document File V3.00 \x1A".to_vec(), "HWP 3.0"),
        (b"ID;PWXL;N;E\r\n".to_vec(), "SYLK"),
        (b"\x09\x04\x06\x00\0\0".to_vec(), "엑셀 4.0"),
        (b"{\\rtf1 x}".to_vec(), "RTF"),
        (b"{\"a\": 1}".to_vec(), "JSON"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<html><table>".to_vec(), "MHTML"),
        (ole("FileHeader", b"HWP Document File"), "HWP"),
        (ole("WordDocument", b""), "워드"),
        (ole("PowerPoint Document", b""), "파워포인트"),
        (ole("EncryptedPackage", b""), "암호가 걸린"),
        (ole("MatOST", b""), "Works"),
        (ole("Something", b""), "OLE"),
        (b"\x9b DRMONE  This Document is encrypted".to_vec(), "Fasoo"),
        (b"<DOCUMENT SAFER V1>".to_vec(), "MarkAny"),
        (b"SCDSA004\x01".to_vec(), "SoftCamp"),
        (b"<## NASCA DRM FILE - VER1.00 ##>".to_vec(), "NASCA"),
        (zipped(&[("mimetype", b"application/hwp+zip"), ("version.xml", b"x")]), "HWPX"),
        (zipped(&[("word/document.xml", b"x")]), "docx"),
        (zipped(&[("ppt/presentation.xml", b"x")]), "pptx"),
        (zipped(&[("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"x")]), "ODF"),
        (zipped(&[("a.csv", b"a,b")])[..40].to_vec(), "끝이 잘린"),
        (b"\0\x01\x02\x03".to_vec(), "이진"),
    ];
    for (bytes, name) in cases {
        let found = refusal(&bytes);
        assert!(found.contains(name), "{name}: {found}");
    }
}

#[test]
fn noise_looks_encrypted_and_text_does_not() {
    let mut dice = Dice::new(11);
    let noise: Vec<u8> = (0..20_000).map(|_| u8::try_from(dice.below(256)).unwrap()).collect();
    assert_eq!(refusal(&noise), "암호화된 문서로 보입니다");
    assert_eq!(refusal(&[b"\x01\x02\x03HEADER\0\0\0", &noise[..]].concat()), "암호화된 문서로 보입니다");
    assert!(!is_noise("일자,부서,금액\n".repeat(2_000).as_bytes()));
}

/// Texts that begin like something else and are exports all the same.
#[test]
fn an_export_is_not_taken_for_something_else() {
    for text in [
        "ID;Payment;금액\n1;2;3\n",
        "PAR1,PAR2\n1,2\n",
        "MZ코드,금액\n1,2\n",
        "BZh,금액\n1,2\n",
        "<부서>,<금액>\n1,2\n",
        "[부서],금액\n1,2\n",
    ] {
        let found = refusal(text.as_bytes());
        assert!(found.starts_with("read as csv"), "{text}: {found}");
    }
}
