//! Cancellations from file to scores: every line stays, what is netted does not score.

use std::fs;

use crate::support::expect;

const EXPORT: &str = "\
지급일자,결의번호,부서명,계정과목,거래처,적요,구분,금액
2024-03-02,2024-0012,총무과,수선비,가나상사,창문 수리,정상,\"500,000\"
2024-03-04,2024-0013,총무과,수선비,가나상사,창문 수리,정상,\"500,000\"
2024-03-05,2024-0014,총무과,여비,나라여행,출장 여비,정상,\"300,000\"
2024-03-06,2024-0012-취소,총무과,수선비,가나상사,창문 수리 취소,정상,\"△500,000\"
2024-03-08,2024-0014,총무과,여비,나라여행,여비 잔액 반납,정상,\"-80,000\"
2024-03-20,2024-0021,총무과,수선비,가나상사,창문 수리 정정,정상,\"-500,000\"
2024-03-20,2024-0022,총무과,수선비,가나상사,창문 수리 정정,정상,\"550,000\"
2024-03-21,2024-0025,총무과,업무추진비,다라식당,회의 다과,승인취소,\"45,000\"
2024-12-30,2024-0099,총무과,업무추진비,마바상회,반환,정상,\"△90,000,000\"
";

#[test]
fn the_example_of_the_page_is_netted_as_it_says() {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (dir.path().join("지출.csv"), dir.path().join("scores.csv"));
    fs::write(&input, EXPORT).unwrap();
    let none = dir.path().to_string_lossy().into_owned();
    let said =
        expect(&["--config", &none, "score", &input.to_string_lossy(), "--out", &out.to_string_lossy()]);
    assert!(said.contains("취소·반납 3건은 원거래와 상계했고, 2건은 원거래를 찾지 못했습니다."), "{said}");
    let text = fs::read_to_string(&out).unwrap();
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap).collect();
    let amounts: Vec<&str> = rows.iter().map(|row| &row[8]).collect();
    let written =
        ["500000", "500000", "300000", "-500000", "-80000", "-500000", "550000", "45000", "-90000000"];
    assert_eq!(amounts, written);
    let netted = [
        (0, "취소·반납 건과 상계되어 점수를 매기지 않았습니다(5행)."),
        (1, "취소·반납 건과 상계되어 점수를 매기지 않았습니다(7행)."),
        (3, "원거래와 상계되어 점수를 매기지 않았습니다(2행, 원문서번호로 확인)."),
        (4, "원거래와 상계되어 점수를 매기지 않았습니다(4행, 문서번호로 확인)."),
        (5, "원거래와 상계되어 점수를 매기지 않았습니다(3행, 부서·계정·거래처·금액으로 확인)."),
    ];
    for (row, reason) in netted {
        assert_eq!((&rows[row][9], &rows[row][11]), ("0.000000", reason));
    }
    let highest = rows.iter().find(|row| &row[10] == "1").unwrap();
    assert_eq!(&highest[8], "-90000000");
    assert!(highest[9].parse::<f64>().unwrap() >= 60.0, "{highest:?}");
    assert!(highest[11].starts_with("취소·반납 금액 90,000,000원의 원거래를 확인하지 못했습니다."));
}
