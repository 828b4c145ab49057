//! Separators told from what only looks like them.

use super::*;

#[test]
fn the_separator_is_found_in_every_sample() {
    let samples: &[(&str, char, usize)] = &[
        ("a,b,c\n1,2,3\n", ',', 3),
        ("a;b;c\n1;2;3\n", ';', 3),
        ("a\tb\tc\n1\t2\t3\n", '\t', 3),
        ("a|b|c\n1|2|3\n", '|', 3),
        // Title rows, unit rows and notes around the table.
        ("2024년 지출 내역\n\n일자;부서;금액\n01-05;총무과;1\n01-06;재무과;2\n", ';', 3),
        ("지출 내역, 1월\n(단위: 천원)\n일자\t부서\t금액\n1\t총무과\t5\n2\t재무과\t6\n", '\t', 3),
        ("제목\n작성: 총무과, 재무과\n\n일자|부서|금액\n1|a|2\n3|b|4\n합계||6\n", '|', 3),
        ("일자,부서,금액\n1,총무과,2\n3,재무과,4\n※ 비고; 없음\n", ',', 3),
        ("문서번호,총무-1\n출력일,2024-01-05\n일자;부서;금액;적요\n1;a;2;x\n3;b;4;y\n5;c;6;z\n", ';', 4),
        // Separators within quotes.
        ("a;b\n\"1,2,3\";4\n\"5,6,7\";8\n", ';', 2),
        ("a,b\n\"1;2\",3\n\"4;5\",6\n", ',', 2),
        ("a\tb\n\"1,2\"\t3\n\"4,5\"\t6\n", '\t', 2),
        ("\"a\";\"b\"\n\"1,5\";\"2,5\"\n", ';', 2),
        ("\"a,b\"|\"c,d\"\n\"1,2\"|\"3,4\"\n", '|', 2),
        ("a,b\n\"줄;\n바꿈;\",2\n\"x;\ny;\",4\n", ',', 2),
        // Decimal commas and grouped thousands.
        ("금액;세액\n1,5;0,5\n2,5;0,7\n", ';', 2),
        ("일자;금액\n2024;1.234,50\n2024;2.345,60\n", ';', 2),
        ("부서\t금액\n총무과\t1,234,567\n재무과\t2,345,678\n", '\t', 2),
        ("부서|금액|세액\n총무과|1,234|123\n재무과|2,345|234\n", '|', 3),
        ("금액\t세액\n1,234,567\t1,234,567\n2,345,678\t2,345,678\n", '\t', 2),
        ("1,5;2,5;3,5\n4,5;5,5;6,5\n7,5;8,5;9,5\n", ';', 3),
        ("1;2,50\n3;4,50\n5;6,50\n", ';', 2),
        // Numbers only.
        ("1,2,3\n4,5,6\n", ',', 3),
        ("1\t2\n3\t4\n", '\t', 2),
        ("1|2\n3|4\n", '|', 2),
        // Mixtures.
        ("a|\tb|\tc\n1|\t2|\t3\n", '|', 3),
        ("a,\tb,\tc\n1,\t2,\t3\n", ',', 3),
        ("a\tb|x\tc\n1\t2|y\t3\n", '\t', 3),
        ("a,b;c,d\n1,2;3,4\n5,6;7,8\n9,10;x,12\n", ',', 3),
        ("적요|금액\n총무과, 재무과|1\n구매과, 시설과|2\n", '|', 2),
        ("적요;금액\n가, 나;1\n다;2\n라, 마, 바;3\n", ';', 2),
        ("이름,주소\n홍길동,\"서울 | 중구\"\n김철수,\"부산 | 남구\"\n", ',', 2),
        // Empty cells and ragged rows.
        ("a,b,c\n1,,3\n,,\n4,5,\n", ',', 3),
        ("a\tb\tc\n1\t\t\n\t2\t\n", '\t', 3),
        ("a,b,c\n1,2\n3,4,5\n6,7,8\n9,1,2\n", ',', 3),
        ("a;b;c\n1;2;3;4\n5;6;7\n8;9;0\n", ';', 3),
        ("a,b,c,d,e\n1,2,x;y,4,5\n6,7,z;w,9,0\n", ',', 5),
        // One line, line ends of all kinds.
        ("일자,부서,금액", ',', 3),
        ("일자;부서;금액\r\n", ';', 3),
        ("a|b\r1|2\r3|4\r", '|', 2),
        ("a\tb\r\n1\t2\r\n", '\t', 2),
        // A declared separator wins, also an unusual one.
        ("sep=|\na,b|c,d\n1,2|3,4\n", '|', 2),
        ("sep=^\na^b\n1,2^3\n", '^', 2),
        ("SEP=\t\na\tb\n", '\t', 2),
        // Dates, times and addresses.
        (
            "일시;장소\n2024-01-05 13:45;서울, 중구, 태평로\n2024-01-06 14:00;부산, 해운대구, 우동\n2024-01-07 9:00;대전\n",
            ';',
            2,
        ),
        ("날짜|시간|비고\n2024.1.5|13:45|a;b\n2024.1.6|14:00|c;d\n", '|', 3),
    ];
    assert!(samples.len() >= 40);
    for (text, separator, n_cells) in samples {
        let sniffed = sniff(text, true);
        assert_eq!(
            (char::from(sniffed.dialect.separator), sniffed.n_usual + 1),
            (*separator, *n_cells),
            "{text:?}"
        );
    }
}

#[test]
fn one_column_has_no_separator() {
    for text in ["하나\n둘\n셋\n", "계정\n인건비\n여비, 국내\n사무관리비\n", "x\n"] {
        let sniffed = sniff(text, true);
        assert_eq!(sniffed.n_usual, 0, "{text:?}");
        assert!(!text.contains(char::from(sniffed.dialect.separator)), "{text:?}");
    }
}

#[test]
fn single_quotes_are_quotes_only_where_they_open_and_close() {
    for (text, quote) in [
        ("'a','b'\n'1','2'\n", '\''),
        ("'a';'b,c'\n'1';'2'\n", '\''),
        ("a,b\n'00123,x\n'00124,y\n", '"'),
        ("\"a\",'b'\n\"1\",'2'\n", '"'),
        ("a,b\nit's,5'\n", '"'),
    ] {
        assert_eq!(char::from(sniff(text, true).dialect.quote), quote, "{text:?}");
    }
}
