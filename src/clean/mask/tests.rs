//! Masking: labelled texts, planted numbers of every kind, harmless texts.

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;

#[test]
fn personal_numbers_are_masked_inside_text() {
    for (input, expected) in [
        ("홍길동 900101-1234567 지급", "홍길동 900101-******* 지급"),
        ("900101-1234567을", "900101-*******을"),
        ("9001011234567", "900101*******"),
        ("900101 1234567", "900101 *******"),
        ("900101 - 1234567", "900101 - *******"),
        ("９００１０１－１２３４５６７", "900101-*******"),
        ("900101–5234567", "900101–*******"),
        ("900101-1******", "900101-*******"),
        ("*900101-1234567*", "*900101-********"),
        ("900101/1234567", "900101/*******"),
        ("900101_1234567", "900101_*******"),
        ("900101ㅡ1234567", "900101ㅡ*******"),
        ("19900101-1234567", "19900101-*******"),
        ("카드 1234-5678-9012-3456", "카드 1234-********-3456"),
        ("카드 1234 5678 9012 3456", "카드 1234-********-3456"),
        ("카드 1234.5678.9012.3456", "카드 1234-********-3456"),
        ("카드 9410123412341234", "카드 9410-********-1234"),
        ("3712-345678-90123", "3712-*******-0123"),
        ("1234-56**-****-3456", "1234-********-3456"),
        ("1234-56XX-XXXX-3456", "1234-********-3456"),
        ("010-1234-5678 통화", "010-****-5678 통화"),
        ("연락처 01012345678", "연락처 010****5678"),
        ("010 1234 5678", "010 **** 5678"),
        ("010-1234 5678", "010-**** 5678"),
        ("010--1234-5678", "010--****-5678"),
        ("010/1234/5678", "010/****/5678"),
        ("0101234-5678", "010****-5678"),
        ("010-12345678", "010-****5678"),
        ("010.1234.5678", "010.****.5678"),
        ("+82 10-1234-5678", "+82 10-****-5678"),
        ("+82-10-1234-5678", "+82-10-****-5678"),
        ("+821012345678", "+8210****5678"),
        ("02-123-4567", "02-***-4567"),
        ("(031)123-4567", "(031)***-4567"),
        ("02) 1234-5678", "02) ****-5678"),
        ("070-1234-5678", "070-****-5678"),
        ("0505-123-4567", "0505-***-4567"),
        ("국민 123456-12-345678", "국민 123***-**-***678"),
        ("신한110-123-456789로", "신한110-***-***789로"),
        ("농협 301-1234-5678-91", "농협 301-****-****-91"),
        ("계좌 11012345678901", "계좌 110********901"),
        ("12345678901(국민)", "123*****901(국민)"),
        ("hong.gd@korea.kr로 송부", "****@korea.kr로 송부"),
        ("메일hong＠korea.kr", "메일****＠korea.kr"),
        ("여권 M12345678", "여권 M********"),
        ("M123A4567(여권)", "M********(여권)"),
        ("면허 11-22-123456-78", "면허 11-**-******-**"),
        ("서울 22-123456-78", "서울 22-******-**"),
        ("2024 900101-1234567", "2024 900101-*******"),
        ("110-123-456789,010-1234-5678", "110-***-***789,010-****-5678"),
        ("123-45-67890 - 010-1234-5678", "123-45-67890 - 010-****-5678"),
        ("2024-0012-010-1234-5678", "2024-0012-010-****-5678"),
        ("\u{1100}\u{1161} 900101-1234567", "\u{1100}\u{1161} 900101-*******"),
    ] {
        assert_eq!(text(input), expected);
        assert_eq!(text(expected), expected, "a second time");
    }
}

#[test]
fn other_numbers_stay() {
    for input in [
        "2024-01-05 구입",
        "2024.01.05~2024.01.07",
        "2024-01-05 13:45:00",
        "20240105",
        "결의 2024-000123",
        "123-45-67890",
        "(123-45-67890)",
        "1,234,000원",
        "금 1,234,000원정",
        "1234567890원",
        "입금 1234567890원",
        "제2024-12-003호",
        "제2024-123456-7890호",
        "2024-01-05-0001",
        "2024-12-000123",
        "20240105-10000000-12345678",
        "전표번호 1900012345",
        "결의번호 1234567890123456",
        "승인번호 12345678",
        "210-01",
        "51100-210-01",
        "1100-1133-301 사업",
        "세금계산서 20240105-41000012-1a2b3c4d",
        "법인등록번호 110111-1234567",
        "ISBN 978-89-1234-567-8",
        "A12345678",
        "D20240105",
        "PO-4500-1234-5678",
        "사업자 1234567890",
        "1588-1234",
        "@총무과",
        "a@b",
        "3.141592653589",
        "192.168.10.123",
        "100*200*300",
        "XXL 1234567",
        "20240105-1234567",
    ] {
        assert_eq!(text(input), input);
        assert!(matches!(text(input), Cow::Borrowed(_)), "{input}");
    }
}

#[test]
fn the_page_keeps_its_word() {
    let page = include_str!("../../../docs/inputs/personal-numbers.md");
    let (masked, stays) = page.split_once("## Not masked").unwrap();
    let cells = |row: &str| -> Vec<String> { row.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    let mut n = 0;
    for row in stays.split("## Measured").next().unwrap().lines().filter(|row| row.starts_with("| `")) {
        for cell in cells(row.split(" | ").next().unwrap()) {
            assert_eq!(text(&cell), cell);
            n += 1;
        }
    }
    assert!(n > 10, "{n}");
    for shown in masked.lines().filter(|row| row.starts_with("| ")).filter_map(|row| cells(row).pop()) {
        assert_eq!(text(&shown), shown);
    }
}

#[test]
fn cards_keep_their_ends() {
    assert_eq!(card("5142124791"), "5142-**-4791");
    assert_eq!(card("1234-5678-9012-3456"), "1234-********-3456");
    assert_eq!(card("１２３４-5678-9012-3456"), "1234-********-3456");
    assert_eq!(card("1234-56**-****-3456"), "1234-********-3456");
    assert_eq!(card(&card("1234-5678-9012-3456")), "1234-********-3456");
    assert_eq!(card("법인카드"), "법인카드");
}

type Dice = Xoshiro256PlusPlus;

/// `shape` with a digit for every `#`.
fn digits(shape: &str, dice: &mut Dice) -> String {
    shape.chars().map(|c| if c == '#' { char::from(b'0' + dice.gen_range(0..10)) } else { c }).collect()
}

fn one<'a>(of: &[&'a str], dice: &mut Dice) -> &'a str {
    of.choose(dice).unwrap()
}

fn resident(dice: &mut Dice) -> String {
    let (year, month, day) = (dice.gen_range(0..100), dice.gen_range(1..=12), dice.gen_range(1..=31));
    let join = one(&["-", "-", "-", "", " ", " - ", "–", "－"], dice);
    let number =
        format!("{year:02}{month:02}{day:02}{join}{}{}", dice.gen_range(1..9), digits("######", dice));
    match dice.gen_range(0..10) {
        0 => number
            .chars()
            .map(|c| if c.is_ascii_digit() { char::from_u32(u32::from(c) + 0xfee0).unwrap() } else { c })
            .collect(),
        _ => number,
    }
}

/// Kinds of personal numbers, how many digits of each may stay, and how they are written: `#` is any digit, `N` one
/// from 3 to 9, an empty shape one that is made from its parts.
const SHAPES: &[(&str, usize, &[&str])] = &[
    ("resident", 6, &[""]),
    ("licence", 2, &[""]),
    ("card", 8, &["N###-####-####-####", "N### #### #### ####", "N###.####.####.####", "N###############"]),
    ("card", 8, &["N###-##**-****-####", "N###-##XX-XXXX-####", "37##-######-#####", "34#############"]),
    ("account", 6, &["N#####-##-######", "N##-###-######", "N###-###-######", "N##-######-#####"]),
    ("account", 6, &["N##-####-####-##", "N##-##-######", "N##-######-##-###", "N###-##-#######"]),
    (
        "account",
        6,
        &["N###-####-####", "N##-##-######-#", "N###-##-######-#", "N##-####-#####", "N###-####-####-#"],
    ),
    (
        "account",
        6,
        &["계좌 ###########", "국민 ##############", "농협은행 #############", "계좌번호: ############"],
    ),
    (
        "mobile",
        7,
        &["010-####-####", "011-###-####", "016-###-####", "010 #### ####", "010.####.####", "010########"],
    ),
    ("mobile", 8, &["+82 10-####-####", "+82-10-####-####", "+8210########", "+82 10 #### ####"]),
    (
        "phone",
        7,
        &["02-###-####", "02-####-####", "031-###-####", "(053) ###-####", "064)###-####", "070-####-####"],
    ),
    ("phone", 8, &["0505-###-####", "0212345###", "051-####-####", "02.###.####"]),
    ("passport", 0, &["M########", "S########", "R########", "M###A####", "여권 P########"]),
];

fn planted(kind: &str, shape: &str, dice: &mut Dice) -> String {
    match kind {
        "resident" => resident(dice),
        "licence" => format!("{}-{}", dice.gen_range(11..29), digits("##-######-##", dice)),
        _ => digits(&shape.replace('N', one(&["3", "4", "5", "6", "7", "8", "9"], dice)), dice),
    }
}

#[test]
fn planted_numbers_are_found() {
    let mut dice = Dice::seed_from_u64(5);
    for (kind, n_shown, shapes) in SHAPES {
        let least = if *kind == "resident" { 995 } else { 980 };
        let mut n_hidden = 0;
        let mut missed = Vec::new();
        for _ in 0..1_000 {
            let number = planted(kind, one(shapes, &mut dice), &mut dice);
            let before = one(
                &["", "지급 ", "홍길동(", "강사료-", "외부강사 ", "반환: ", "확인,", "수령인/"],
                &mut dice,
            );
            // A sentence brings no digits of its own.
            let after = one(
                &["", "을", "로 입금", " 지급", ")", " 외 여럿", "에게", "은 확인함", ".", ", 원고료"],
                &mut dice,
            );
            let masked = text(&format!("{before}{number}{after}")).into_owned();
            assert!(masked.starts_with(before) && masked.ends_with(after), "{masked}");
            if masked.chars().map(half_width).filter(char::is_ascii_digit).count() <= *n_shown {
                n_hidden += 1;
            } else {
                missed.push(masked);
            }
        }
        assert!(n_hidden >= least, "{kind}: {n_hidden} of 1000; {:?}", &missed[..missed.len().min(8)]);
    }
}

#[test]
fn mail_addresses_are_found() {
    let mut dice = Dice::seed_from_u64(6);
    for _ in 0..1_000 {
        let local = digits(
            one(&["hong", "g.d.hong", "hong_##", "kim-###", "a", "lee+tax", "PARK####"], &mut dice),
            &mut dice,
        );
        let domain = one(&["korea.kr", "example.go.kr", "naver.com", "a-b.co.kr"], &mut dice);
        let before = one(&["", "메일 ", "송부:", "(", "문의"], &mut dice);
        let after = one(&["", "로 송부", ")", ".", " 참조"], &mut dice);
        assert_eq!(
            text(&format!("{before}{local}@{domain}{after}")),
            format!("{before}****@{domain}{after}")
        );
    }
}

/// A harmless description with numbers in it.
fn harmless(dice: &mut Dice) -> String {
    let year = dice.gen_range(2015..2027);
    let (month, day) = (dice.gen_range(1..=12), dice.gen_range(1..=28));
    let amount = dice.gen_range(1..99_999) * 10;
    let grouped = format!("{},{:03}", amount / 1000 + 1, amount % 1000);
    let n = |shape: &str, dice: &mut Dice| digits(shape, dice);
    match dice.gen_range(0..24) {
        0 => format!("{year}-{month:02}-{day:02} 사무용품 구입({grouped}원)"),
        1 => format!("{year}. {month}. {day}. 회의비 {amount}원 지급"),
        2 => format!("출장비({year}.{month:02}.{day:02}~{year}.{month:02}.{:02}) {grouped}원", day + 2),
        3 => format!("지출결의 {year}-{}에 따른 지급", n("######", dice)),
        4 => format!("제{year}-{month:02}-{}호 공사 대금", n("###", dice)),
        5 => format!("사업자 {} 물품대", n("###-##-#####", dice)),
        6 => format!("({}) 세금계산서 {year}{month:02}{day:02}", n("###-##-#####", dice)),
        7 => format!("전표번호 {} 정정", n("19########", dice)),
        8 => format!("계정 {} 대체 {grouped}원", n("###-##", dice)),
        9 => format!("공고 제{year}-{}호 {}건 계약", n("####", dice), n("#", dice)),
        10 => format!("{year}년 {month}월분 전기요금 금 {grouped},000원정"),
        11 => {
            format!("전자세금계산서 {year}{month:02}{day:02}-{}-{}", n("41######", dice), n("########", dice))
        }
        12 => format!("{year}{month:02}{day:02}{} 결의번호 반납", n("####", dice)),
        13 => format!("복사용지 A4 80g {}박스 {amount}원 외 {}건", n("##", dice), n("#", dice)),
        14 => format!(
            "{year}-{month:02}-{day:02} {}:{} 주차료 {amount}원",
            dice.gen_range(10..24),
            dice.gen_range(10..60)
        ),
        15 => format!("계좌이체 {grouped},000원 송금"),
        16 => format!("입금액 {}원", n("1#########", dice)),
        17 => format!("납품번호 {year}-{month:02}-{} 검수", n("######", dice)),
        18 => format!("모델 XT-{}-{} {}대", n("####", dice), n("##", dice), n("##", dice)),
        19 => format!("예산과목 {}-{}-{} {grouped}원", n("###", dice), n("##", dice), n("##", dice)),
        20 => format!("승인번호 {} 카드전표 {amount}원", n("########", dice)),
        21 => format!("나라장터 {year}{month:02}{}-00 입찰", n("#####", dice)),
        22 => format!("대표번호 1588-{} 안내문 제작", n("####", dice)),
        _ => format!(
            "제{}차 위원회({year}.{month}.{day}.) 참석수당 {}명 × {grouped}원",
            n("##", dice),
            n("#", dice)
        ),
    }
}

#[test]
fn harmless_descriptions_stay() {
    let mut dice = Dice::seed_from_u64(7);
    let mut changed = Vec::new();
    for _ in 0..5_000 {
        let description = harmless(&mut dice);
        let masked = text(&description);
        if masked != description {
            changed.push(masked.into_owned());
        }
    }
    assert!(changed.len() <= 50, "{} of 5000; {:?}", changed.len(), &changed[..changed.len().min(12)]);
}

#[test]
fn any_text_is_masked_once_and_for_all() {
    let mut dice = Dice::seed_from_u64(8);
    let alphabet: Vec<char> = "0123456789012345678901-- .)(+*X원을가M@a９－●/".chars().collect();
    for _ in 0..20_000 {
        let input: String =
            (0..dice.gen_range(5..40)).map(|_| *alphabet.choose(&mut dice).unwrap()).collect();
        let once = text(&input).into_owned();
        let n = |text: &str| text.chars().map(half_width).filter(char::is_ascii_digit).count();
        assert!(n(&once) <= n(&input), "{input}");
        let twice = text(&once).into_owned();
        assert!(n(&twice) <= n(&once), "{input} -> {once} -> {twice}");
    }
}

#[test]
fn the_quick_look_at_codes_says_what_the_long_one_says() {
    let mut n = 0;
    for code in ["123-45-67890", "101-81-00001", "2024-000123", "2019-0000001", "1999-12345678", "2024-123"] {
        assert!(is_business_or_document(code.as_bytes()), "{code}");
        assert_eq!(looked_over(code), code);
        n += 1;
    }
    for other in
        ["010-12-34567", "900101-1234567", "2024-010-1234-5678", "1234-567890", "123-45-6789", "2024-1a34567"]
    {
        if is_business_or_document(other.as_bytes()) {
            assert_eq!(looked_over(other), other);
        } else {
            n += 1;
        }
    }
    assert!(n >= 11);
}
