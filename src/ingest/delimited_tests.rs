//! Records, quotes and lines of delimited text.

use encoding_rs::EUC_KR;

use super::super::RawCell;
use super::super::testing::{refusal, table, whole};

fn damage(text: &str) -> Vec<Option<String>> {
    let (_, sheets) = whole(text.as_bytes()).unwrap();
    sheets[0].rows.iter().map(|row| row.damage.clone()).collect()
}

fn numbers(text: &str) -> Vec<u32> {
    let (_, sheets) = whole(text.as_bytes()).unwrap();
    sheets[0].rows.iter().map(|row| row.number).collect()
}

#[test]
fn quoted_fields_hold_what_they_hold() {
    for (text, expected) in [
        ("a,b\n\"1,000\",2\n", vec![vec!["a", "b"], vec!["1,000", "2"]]),
        ("a,b\n\"두\n줄\",2\n", vec![vec!["a", "b"], vec!["두\n줄", "2"]]),
        ("a,b\n\"두\r\n줄\",2\r\n", vec![vec!["a", "b"], vec!["두\r\n줄", "2"]]),
        ("a,b\n\"그는 \"\"예\"\"라고\",2\n", vec![vec!["a", "b"], vec!["그는 \"예\"라고", "2"]]),
        ("a,b\n\"\",\"\"\"\"\n", vec![vec!["a", "b"], vec!["", "\""]]),
        ("a,b\n크기 3\" 관,2\n", vec![vec!["a", "b"], vec!["크기 3\" 관", "2"]]),
        ("a, \"b\" ,c\n1, \"2,5\",3\n", vec![vec!["a", "b", "c"], vec!["1", "2,5", "3"]]),
        ("a,b,\n1,2,\n", vec![vec!["a", "b", ""], vec!["1", "2", ""]]),
        ("a,b\n=\"00123\",\"=\"\"00456\"\"\"\n", vec![vec!["a", "b"], vec!["00123", "00456"]]),
        ("a,b\n'00123,x\n", vec![vec!["a", "b"], vec!["'00123", "x"]]),
        ("'a','b'\n'1,5','o''k'\n", vec![vec!["a", "b"], vec!["1,5", "o'k"]]),
        ("sep=;\na;b\n1,5;2,5\n", vec![vec!["a", "b"], vec!["1,5", "2,5"]]),
        ("\"sep=|\"\r\na|b\r\n1|2\r\n", vec![vec!["a", "b"], vec!["1", "2"]]),
        ("a,b\n1,2\n\u{1A}", vec![vec!["a", "b"], vec!["1", "2"]]),
        ("하나\n둘\n셋, 넷\n다섯\n", vec![vec!["하나"], vec!["둘"], vec!["셋, 넷"], vec!["다섯"]]),
        ("a,b", vec![vec!["a", "b"]]),
        ("a,b\n1,\"2\"", vec![vec!["a", "b"], vec!["1", "2"]]),
    ] {
        assert_eq!(table(text.as_bytes()), expected, "{text:?}");
    }
}

#[test]
fn an_empty_cell_is_empty_and_a_blank_one_is_not() {
    let (_, sheets) = whole(b"a,b,c,d\n,\"\", ,x\n").unwrap();
    let cells: Vec<_> = sheets[0].rows[1].cells().collect();
    assert_eq!(cells, [RawCell::Empty, RawCell::Empty, RawCell::Text(" "), RawCell::Text("x")]);
}

#[test]
fn rows_carry_the_line_on_which_they_begin() {
    assert_eq!(numbers("a,b\n1,2\n3,4\n"), [1, 2, 3]);
    assert_eq!(numbers("a,b\r\n\r\n\"x\r\ny\",2\r\n3,4"), [1, 3, 5]);
    assert_eq!(numbers("a,b\r1,2\r\r3,4\r"), [1, 2, 4]);
    assert_eq!(numbers("a,b\n1,2\r3,4\r\n5,6\n"), [1, 2, 3, 4]);
    assert_eq!(numbers("sep=,\na,b\n1,2\n"), [2, 3]);
    assert_eq!(numbers("\u{feff}a,b\n1,2"), [1, 2]);
}

#[test]
fn what_can_be_split_in_two_ways_is_damage() {
    for (line, word) in [
        ("\"총무과\"팀,2,3", "닫는 따옴표 뒤"),
        ("\"a\\\"b\",2,3", "닫는 따옴표 뒤"),
        ("\"a\\\",b\",3", "역슬래시"),
        ("'총무과, 재무과',2", "작은따옴표"),
        ("=\"1,234\",2", "꼴의 칸"),
        ("\"총무과\n1,2,3\n재무과\"x,2,3", "닫는 따옴표 뒤"),
        ("총무과,\"열린,1000\nx,y\",3", "여러 행"),
    ] {
        let text = format!("a,b,c\n1,2,3\n{line}\n4,5,6\n");
        let damage = damage(&text);
        assert_eq!((damage.len(), &damage[0], &damage[1], &damage[3]), (4, &None, &None, &None), "{text}");
        assert!(damage[2].as_ref().is_some_and(|reason| reason.contains(word)), "{text}: {:?}", damage[2]);
    }
    assert_eq!(damage("a,b,c\n\"말\n끝\",2,3\n\"C:\\dir\\\",2,3\n"), [None, None, None]);
}

#[test]
fn an_unclosed_quote_names_the_line_on_which_it_opens() {
    let found = refusal("a,b\n1,2\n3,\"열린\n4,5\n6,7\n".as_bytes());
    assert!(found.contains("3번째 줄") && found.contains("닫히지 않음"), "{found}");
    let swallowing = format!("a,b\n1,\"열린\n{}x,\"정상\"\n", "3,4\n".repeat(50));
    let found = refusal(swallowing.as_bytes());
    assert!(found.contains("2번째 줄") && found.contains("53번째 줄"), "{found}");
    let (cp949, _, _) = EUC_KR.encode("부서,금액\n총무과,\"열린\n재무과,3\n");
    assert!(refusal(&cp949).contains("2번째 줄"));
}

#[test]
fn a_quote_that_binds_many_whole_lines_is_refused() {
    let lines = "2024-01-05,총무과,사무용품,1000\n".repeat(20);
    let text =
        format!("일자,부서,적요,금액\n2024-01-04,재무과,\"사무용품,1\n{lines}2024-01-06,총무과,끝\",5\n");
    let found = refusal(text.as_bytes());
    assert!(found.contains("2번째 줄") && found.contains("어긋남"), "{found}");
}

/// A file that is longer than the pieces in which it is decoded.
#[test]
fn pieces_do_not_show() {
    let mut text = String::from("번호,적요,금액\n");
    let mut expected = vec![vec!["번호".to_owned(), "적요".to_owned(), "금액".to_owned()]];
    for i in 0..40_000 {
        let note = if i % 7 == 0 {
            format!("긴 적요 \"{i}\", 그리고\n둘째 줄")
        } else {
            format!("적요{i}")
        };
        text.push_str(&format!("{i},\"{}\",\"{i},000\"\r\n", note.replace('"', "\"\"")));
        expected.push(vec![i.to_string(), note, format!("{i},000")]);
    }
    let long = "가".repeat(400_000);
    text.push_str(&format!("끝,\"{long}\",0\r"));
    expected.push(vec!["끝".to_owned(), long, "0".to_owned()]);
    let (cp949, _, _) = EUC_KR.encode(&text);
    let utf16 = |to: fn(u16) -> [u8; 2], mark: [u8; 2]| -> Vec<u8> {
        mark.into_iter().chain(text.encode_utf16().flat_map(to)).collect()
    };
    let files = [
        text.clone().into_bytes(),
        cp949.into_owned(),
        utf16(u16::to_le_bytes, [0xFF, 0xFE]),
        utf16(u16::to_be_bytes, [0xFE, 0xFF]),
        utf16(u16::to_le_bytes, [0xFF, 0xFE])[2..].to_vec(),
    ];
    for bytes in files {
        assert!(table(&bytes) == expected);
    }
}

#[test]
fn a_row_of_a_thousand_and_one_columns_is_refused() {
    assert_eq!(table(",".repeat(999).replace(',', "x,").as_bytes())[0].len(), 1_000);
    assert!(refusal("x,".repeat(1_000).as_bytes()).contains("1001열"));
}

#[test]
fn nothing_but_blanks_is_refused() {
    for text in ["\n\n", " ", "\u{feff}", "\r\n \r\n"] {
        assert!(refusal(text.as_bytes()).contains("내용이 없는"), "{text:?}");
    }
}
