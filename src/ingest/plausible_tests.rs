//! What passes for Korean.

use super::*;

fn check(text: &str) -> Result<(), Problem> {
    let (bytes, _, is_lossy) = EUC_KR.encode(text);
    assert!(!is_lossy);
    cp949(&bytes, 1)
}

#[test]
fn the_common_syllables_are_in_ks_x_1001() {
    let pairs = common_pairs();
    assert_eq!(pairs.len(), COMMON.chars().count());
    assert!(pairs.windows(2).all(|two| two[0] < two[1]), "a syllable stands twice");
    assert!(pairs.iter().all(|pair| (0xB0A1..=0xC8FE).contains(pair)));
}

#[test]
fn korean_of_many_kinds_is_korean() {
    let syllables: String = ('가'..='힣').step_by(7).collect();
    for text in [
        "총무과",
        "똠방각하",
        "부서,금액\n총무과,△1,000\n",
        "金額 및 內譯 (單位: 千원) 총무과 사무용품 구입 대금 지급",
        "성명(漢字) 홍길동(洪吉童) 김철수(金哲洙) 총무과 직원",
        "№1 ①②③ ★ ㎡ ㈜한국",
        "ㄱ. 총무과 ㄴ. 재무과",
        "┌─┐ 지출 내역 총괄표 └─┘ 부서별 합계와 누계",
        &syllables,
        "△",
    ] {
        assert!(check(text).is_ok(), "{text}");
    }
}

#[test]
fn boxes_jamo_and_hanja_alone_are_not() {
    for text in ["─│┌┐┘└├┬┤┴┼━┃", "ЖЗИЙКЛМНОП", "日本語文字列漢字假名交文書", "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊ"]
    {
        assert!(check(text).is_err(), "{text}");
    }
}
