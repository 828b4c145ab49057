//! Sets of files as people zip them.

use std::io::Write;

use encoding_rs::EUC_KR;
use rust_xlsxwriter::Workbook;

use super::super::testing::{refusal, rows, whole, zipped};
use super::super::{Collect, read_in_process};

fn workbook(sheets: &[&str]) -> Vec<u8> {
    let mut book = Workbook::new();
    for name in sheets {
        book.add_worksheet().set_name(*name).unwrap().write(0, 0, *name).unwrap();
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn members_become_sheets_and_bad_ones_are_named() {
    let nested = zipped(&[("a.csv", b"a,b\n")]);
    let bytes = zipped(&[
        ("지출_2024-01.csv", "부서,금액\n총무과,1\n".as_bytes()),
        ("하위/지출.xlsx", &workbook(&["1월"])),
        ("여러 시트.xlsx", &workbook(&["1월", "2월"])),
        ("../../etc/C:\\x\\암호.csv", b"a;b\n1;2\n"),
        ("열린.csv", "부서,금액\n총무과,1\n재무과,\"2\n".as_bytes()),
        ("안쪽.zip", &nested),
        ("문서.pdf", b"%PDF-1.7"),
        ("하위/", b""),
        ("~$지출.xlsx", b"x"),
        ("__MACOSX/._a.csv", b"x"),
        ("하위/Thumbs.db", b"x"),
        (".DS_Store", b"x"),
    ]);
    let mut kept = Collect::new(10);
    let facts = read_in_process(&bytes, "묶음.zip", &mut kept);
    assert_eq!((facts.format.as_str(), facts.refused), ("zip", None));
    let names: Vec<_> = kept.sheets.iter().map(|sheet| sheet.head.name.as_str()).collect();
    assert_eq!(
        names,
        ["지출_2024-01.csv", "하위/지출.xlsx", "여러 시트.xlsx/1월", "여러 시트.xlsx/2월", "etc/x/암호.csv"]
    );
    assert_eq!(rows(&kept.sheets[0]), [["부서", "금액"], ["총무과", "1"]]);
    let refused: Vec<_> =
        kept.refused.iter().map(|(name, p)| (name.as_str(), p.place.as_str(), p.found.as_str())).collect();
    assert_eq!(
        refused,
        [
            ("열린.csv", "열린.csv", "3번째 줄에서 연 따옴표가 닫히지 않음"),
            ("안쪽.zip", "안쪽.zip", "ZIP 안의 ZIP"),
            ("문서.pdf", "문서.pdf", "PDF 문서"),
        ]
    );
}

/// A name as Windows writes it: CP949 without the flag for UTF-8. The names are patched in, as no writer makes them.
#[test]
fn names_of_korean_windows_are_read() {
    let name = EUC_KR.encode("지출 내역.csv").0.into_owned();
    let placeholder = "x".repeat(name.len());
    let mut bytes = zipped(&[(&placeholder, b"a,b\n1,2\n")]);
    let places: Vec<usize> = memchr::memmem::find_iter(&bytes, placeholder.as_bytes()).collect();
    assert_eq!(places.len(), 2);
    for at in places {
        bytes[at..at + name.len()].copy_from_slice(&name);
    }
    assert_eq!(whole(&bytes).unwrap().1[0].head.name, "지출 내역.csv");
}

#[test]
fn a_member_with_a_password_is_named() {
    let mut bytes = zipped(&[("a.csv", b"a,b\n1,2\n"), ("b.csv", b"c,d\n")]);
    // The flag of encryption, in the local and in the central header of the first member.
    for (magic, flags) in [(&b"PK\x03\x04"[..], 6), (b"PK\x01\x02", 8)] {
        let at = memchr::memmem::find(&bytes, magic).unwrap();
        bytes[at + flags] |= 1;
    }
    let mut kept = Collect::new(10);
    assert_eq!(read_in_process(&bytes, "f", &mut kept).refused, None);
    assert_eq!((kept.sheets.len(), kept.refused[0].1.found.as_str()), (1, "암호가 걸린 압축 파일"));
}

#[test]
fn a_bomb_among_the_members_is_refused_by_what_really_comes_out() {
    let line = b"1,2,3\n".repeat(5 << 20);
    let mut kept = Collect::new(1);
    let bytes = zipped(&[("a.csv", b"a,b\n1,2\n"), ("bomb.csv", &line)]);
    read_in_process(&bytes, "f", &mut kept);
    assert_eq!(kept.sheets.len(), 1);
    assert!(kept.refused[0].1.found.contains("부풀어"), "{:?}", kept.refused);
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for i in 0..1_001 {
        zip.start_file(format!("{i}.csv"), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(b"a,b\n").unwrap();
    }
    assert!(refusal(&zip.finish().unwrap().into_inner()).contains("1001개"));
}

#[test]
fn a_set_without_anything_to_read_is_refused() {
    assert!(refusal(&zipped(&[("a.txt", b"")])).contains("a.txt: 빈 파일"));
    assert_eq!(refusal(&zipped(&[("~$a.xlsx", b"x")])), "읽을 파일이 없는 ZIP");
    assert_eq!(refusal(b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), "빈 압축 파일");
}

#[test]
fn a_damaged_workbook_is_no_set_of_texts() {
    for part in ["[Content_Types].xml", "xl/worksheets/sheet1.xml", "_rels/.rels"] {
        let found = refusal(&zipped(&[(part, b"a,b\n1,2\n"), ("x.csv", b"a,b\n")]));
        assert!(found.contains("손상된 엑셀"), "{found}");
    }
    assert_eq!(refusal(b"<worksheet xmlns=\"x\"><c>1,2</c></worksheet>"), "표가 아닌 XML 파일");
}
