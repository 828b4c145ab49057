//! Encodings: each decodes exactly, and no other one is taken for it.

use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GBK, KOI8_R, SHIFT_JIS, WINDOWS_1251, WINDOWS_1252};

use super::super::testing::{Dice, refusal, table, whole};

const TEXT: &str = "일자,부서,적요,금액\n2024-01-05,총무과,똠방각하 찦차 펲시콜라,\"1,000\"\n2024-01-06,재무과,△반납 ㈜한국,-500\n";

fn utf16(text: &str, to: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(to).collect()
}

fn encodings(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let marked = |mark: &[u8], body: Vec<u8>| [mark, &body].concat();
    vec![
        ("UTF-8", text.as_bytes().to_vec()),
        ("UTF-8", marked(b"\xEF\xBB\xBF", text.as_bytes().to_vec())),
        ("EUC-KR", EUC_KR.encode(text).0.into_owned()),
        ("UTF-16LE", marked(b"\xFF\xFE", utf16(text, u16::to_le_bytes))),
        ("UTF-16BE", marked(b"\xFE\xFF", utf16(text, u16::to_be_bytes))),
        ("UTF-16LE", utf16(text, u16::to_le_bytes)),
        ("UTF-16BE", utf16(text, u16::to_be_bytes)),
    ]
}

#[test]
fn every_encoding_gives_the_same_cells() {
    let expected = table(TEXT.as_bytes());
    assert_eq!(expected[1][2], "똠방각하 찦차 펲시콜라");
    for (name, bytes) in encodings(TEXT) {
        let (_, sheets) = whole(&bytes).unwrap();
        assert_eq!(sheets[0].head.encoding, name);
        assert_eq!(table(&bytes), expected, "{name}");
    }
}

/// A thousand files in seven encodings against the text they were written from.
#[test]
fn a_thousand_files_decode_to_what_they_were_written_from() {
    let words = [
        "총무과",
        "재무과",
        "사무용품 구입",
        "여비 지급",
        "1,000",
        "㈜가나다",
        "똠방",
        "카드대금",
        "café",
        "2024-01-05",
        "△500",
        "뷁",
        "한식당 “가”",
        "",
    ];
    let mut dice = Dice::new(3);
    for round in 0..150 {
        let mut text = String::from("일자,부서,적요\n");
        for _ in 0..=dice.below(20) {
            let cells: Vec<String> =
                (0..3).map(|_| format!("\"{}\"", words[dice.below(words.len())])).collect();
            text.push_str(&(cells.join(",") + ["\n", "\r\n"][round % 2]));
        }
        let expected = table(text.as_bytes());
        for (name, bytes) in encodings(&text) {
            // Not everything can be written in CP949.
            if name == "EUC-KR" && EUC_KR.encode(&text).2 {
                continue;
            }
            assert_eq!(table(&bytes), expected, "{name}: {text}");
        }
    }
}

#[test]
fn what_was_lost_before_is_named_with_its_line() {
    let cp949 = |text: &str| EUC_KR.encode(text).0.into_owned();
    let korean = "부서,금액\n총무과,1\n재무과,2\n";
    let lone: Vec<u8> = [0xFEFF, 0x41, 0x2C, 0x42, 0x0A, 0xD83D, 0x0A]
        .iter()
        .flat_map(|unit: &u16| unit.to_le_bytes())
        .collect();
    for (bytes, word, line) in [
        ("<table><tr>\n<td>총무\u{FFFD}과</table>".as_bytes().to_vec(), "U+FFFD", 2),
        ("부서,금액\n총무과\0,1\n".as_bytes().to_vec(), "NUL", 2),
        ([&cp949(korean)[..], b"x\0y,1\n"].concat(), "NUL", 4),
        ([b"\xEF\xBB\xBF", &cp949(korean)[..]].concat(), "BOM", 1),
        ([&cp949(korean)[..], "급여,3\n".as_bytes()].concat(), "UTF-8이 섞인", 4),
        ([&cp949(korean)[..], "회계과,3\n".as_bytes(), &cp949(korean)].concat(), "UTF-8", 4),
        ([korean.as_bytes(), &cp949(korean)].concat(), "UTF-8도 CP949도", 4),
        ([&cp949(korean)[..], b"\xFF,1\n"].concat(), "UTF-8도 CP949도", 4),
        (lone, "깨진 글자", 2),
        ([b"\xFF\xFE", &utf16(korean, u16::to_le_bytes)[..9]].concat(), "깨진 글자", 1),
    ] {
        let found = refusal(&bytes);
        assert!(found.contains(word) && found.contains(&format!("{line}번째 줄")), "{word} {line}: {found}");
    }
}

#[test]
fn a_row_with_a_lost_character_is_kept_aside() {
    let text = "부서,금액\n총무\u{FFFD}과,1\n재무과,2\n";
    for bytes in [text.as_bytes().to_vec(), [b"\xFF\xFE", &utf16(text, u16::to_le_bytes)[..]].concat()] {
        let (_, sheets) = whole(&bytes).unwrap();
        let damage: Vec<_> = sheets[0].rows.iter().map(|row| row.damage.is_some()).collect();
        assert_eq!(damage, [false, true, false]);
    }
}

/// Text of other encodings, as long as a short export.
#[test]
fn other_encodings_are_not_taken_for_korean() {
    let japanese = "日付,部署,摘要,金額\n2024-01-05,総務課,事務用品の購入について,1000\n2024-01-06,経理課,ホテル宿泊費の支払い,500\n";
    let chinese = "日期,部门,摘要,金额\n2024-01-05,总务科,购买办公用品的费用支付,1000\n2024-01-06,财务科,出差住宿费用的报销,500\n";
    let taiwanese = "日期,部門,摘要,金額\n2024-01-05,總務科,購買辦公用品的費用支付,1000\n";
    let russian = "Дата,Отдел,Описание,Сумма\n2024-01-05,Бухгалтерия,Покупка канцелярских товаров,1000\n";
    let german = "Datum,Amt,Text,Betrag\n2024-01-05,Büro für Öffentlichkeit,Überweisung für Gebäude,1000\n";
    let french =
        "date,bureau,libellé,montant\n2024-01-05,Comptabilité,achat de matériel désigné à Évreux,1000\n";
    let cases: [(&'static Encoding, &str); 9] = [
        (SHIFT_JIS, japanese),
        (EUC_JP, japanese),
        (GBK, chinese),
        (BIG5, taiwanese),
        (WINDOWS_1251, russian),
        (KOI8_R, russian),
        (WINDOWS_1252, german),
        (WINDOWS_1252, french),
        (WINDOWS_1252, "a,b\nÄÖ,ÜÄ\n"),
    ];
    for (encoding, text) in cases {
        let (bytes, _, is_lossy) = encoding.encode(text);
        assert!(!is_lossy && std::str::from_utf8(&bytes).is_err());
        let found = refusal(&bytes);
        assert!(found.contains("글자"), "{}: {found}", encoding.name());
    }
}

#[test]
fn random_bytes_are_no_text() {
    let mut dice = Dice::new(7);
    for len in [40, 400, 4_000, 40_000] {
        for high in [256, 128] {
            let bytes: Vec<u8> =
                (0..len).map(|_| u8::try_from(256 - high + dice.below(high)).unwrap()).collect();
            let found = refusal(&bytes);
            assert!(!found.starts_with("read as"), "{len} bytes from {}: {bytes:x?} {found}", 256 - high);
        }
    }
}

#[test]
fn a_few_syllables_that_are_valid_utf8_are_not_guessed() {
    let (cp949, _, _) = EUC_KR.encode("code,name\n1,책\n2,청\n");
    assert!(std::str::from_utf8(&cp949).is_ok());
    assert!(refusal(&cp949).contains("정할 수 없는"));
    for text in ["code,name\n1,café\n", "a,b\n1,±5 £3\n", "a,b\nZürich,Łódź\n", "a,b\n1,책\n", "a,b\n1,2\n"]
    {
        assert_eq!(table(text.as_bytes()).len(), 2, "{text}");
    }
}
