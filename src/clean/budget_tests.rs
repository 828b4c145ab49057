//! Budget and reallocation files as offices export them.

use proptest::prelude::*;

use super::mapping::shipped;
use super::{CleanLedger, Mapping, tidy_bytes};
use crate::ledger::{Amount, BudgetLine, BudgetPart, Department, Departments, RecordKind, RowFate, RowIssue};

const HEADER: &str = "회계연도,부서명,계정과목,본예산,추경,이월액,예비비,전용증,전용감,예산현액,배정액,원인행위액,지출액,집행잔액";

fn departments() -> Departments {
    let department = |code: &str, name: &str, alias: &str| Department {
        code: code.to_owned(),
        name: name.to_owned(),
        aliases: vec![alias.to_owned()],
        recipients: vec![],
    };
    Departments::new(vec![department("1", "총무과", "총무팀"), department("2", "재무과", "재무팀")])
}

fn with(text: &str, change: impl Fn(&mut Mapping)) -> CleanLedger {
    let mut mappings = shipped().unwrap();
    mappings.iter_mut().for_each(change);
    tidy_bytes(text.as_bytes(), "b.csv", &mappings, &departments())
}

fn clean(text: &str) -> CleanLedger {
    with(text, |_| {})
}

fn rows(rows: &str) -> CleanLedger {
    clean(&format!("{HEADER}\n{rows}"))
}

fn part(line: &BudgetLine, part: BudgetPart) -> Option<i64> {
    line.parts.get(part).map(|amount| amount.0)
}

fn noted(ledger: &CleanLedger) -> Vec<&RowIssue> {
    ledger.intake[0].issues.iter().filter(|issue| issue.fate == RowFate::Noted).collect()
}

fn kept(ledger: &CleanLedger) -> (&str, &str) {
    let issue = ledger.intake[0].issues.iter().find(|issue| issue.fate == RowFate::Quarantined).unwrap();
    (&issue.column, &issue.reason)
}

/// 1,000 + △100 + 50 + 0 + 30 - 80 = 900.
const HOLDS: &str = "2024,총무팀,여비,\"1,000\",△100,50,0,30,80,900,800,700,600,300\n";

#[test]
fn every_part_is_read_exactly_and_the_identity_holds() {
    let ledger = rows(HOLDS);
    let line = &ledger.budget[0];
    let found = BudgetPart::ALL.map(|p| part(line, p));
    let stated = [1_000, -100, 50, 0, 30, 80].map(Some).into_iter();
    let wanted: Vec<_> = stated.chain([None]).chain([800, 700, 600, 300].map(Some)).collect();
    assert_eq!(found.to_vec(), wanted);
    assert_eq!((line.department.as_str(), line.current_budget), ("총무과", Amount(900)));
    let intake = &ledger.intake[0];
    assert_eq!((intake.identity_checked, intake.identity_mismatches, noted(&ledger).len()), (1, 0, 0));
    assert!(intake.notes.iter().any(|note| note.contains("모두 같습니다")), "{:?}", intake.notes);
    assert!(intake.coverage.iter().any(|c| c.column == "carried_over" && c.rows == 1));
}

#[test]
fn a_line_that_contradicts_itself_is_loaded_as_printed_and_noted_with_both_figures() {
    let ledger = rows(&format!("{HOLDS}2024,재무과,여비,\"1,000\",0,0,0,0,0,\"1,250\",800,700,600,650\n"));
    let intake = &ledger.intake[0];
    assert_eq!((intake.identity_checked, intake.identity_mismatches), (2, 1));
    assert_eq!((intake.loaded, intake.total), (2, Amount(2_150)));
    let [issue] = noted(&ledger)[..] else { panic!("{:?}", intake.issues) };
    assert_eq!((issue.at.row, issue.column.as_str(), issue.found.as_str()), (3, "예산현액", "1,250"));
    for figure in ["파일 1,250", "구성의 합 1,000", "차이 250", "본예산 + 추가경정예산 + 이월액"]
    {
        assert!(issue.reason.contains(figure), "{}", issue.reason);
    }
}

#[test]
fn what_was_done_must_fit_what_was_planned() {
    let ledger = rows("2024,총무과,여비,100,0,0,0,0,0,100,120,0,130,0\n");
    let reasons: Vec<String> =
        noted(&ledger).iter().map(|i| format!("{} {}: {}", i.column, i.found, i.reason)).collect();
    assert_eq!(reasons.len(), 3, "{reasons:?}");
    assert!(
        reasons[0].starts_with("지출액 130: 집행액이 예산현액보다 큽니다") && reasons[0].contains("차이 30")
    );
    assert!(reasons[1].starts_with("배정액 120: 배정액이 예산현액보다 큽니다"));
    assert!(reasons[2].starts_with("집행잔액 0:") && reasons[2].contains("계산 -30"), "{reasons:?}");
    assert_eq!(ledger.intake[0].identity_mismatches, 0);
}

#[test]
fn an_empty_part_is_not_stated_unless_the_mapping_says_zero() {
    let text = format!("{HEADER}\n2024,총무과,여비,900,,-,0,0,0,900,,,,\n");
    let ledger = clean(&text);
    assert_eq!(part(&ledger.budget[0], BudgetPart::CarriedOver), None);
    assert_eq!(ledger.intake[0].identity_checked, 0);
    assert!(ledger.intake[0].notes.iter().any(|note| note.contains("blank_parts_are_zero")));
    let zero = with(&text, |mapping| mapping.amounts.blank_parts_are_zero = true);
    assert_eq!(part(&zero.budget[0], BudgetPart::CarriedOver), Some(0));
    assert_eq!((zero.intake[0].identity_checked, zero.intake[0].identity_mismatches), (1, 0));
}

#[test]
fn a_part_that_cannot_be_read_keeps_the_row_aside() {
    let two = |bad: &str| rows(&format!("{HOLDS}{HOLDS}{bad}"));
    let ledger = two("2024,총무과,여비,\"1,000\",약간,50,0,30,80,900,800,700,600,300\n");
    assert_eq!((ledger.intake[0].loaded, ledger.intake[0].quarantined), (2, 1));
    assert_eq!(kept(&ledger).0, "추경");
    let ledger = two("2024,총무과,여비,\"1,000\",0,50,0,30,△80,900,800,700,600,300\n");
    assert!(kept(&ledger).0 == "전용감" && kept(&ledger).1.contains("negated"), "{:?}", kept(&ledger));
}

#[test]
fn what_went_out_may_be_written_with_a_minus_where_the_mapping_says_so() {
    let text = format!("{HEADER}\n{}", HOLDS.replace(",80,", ",△80,"));
    let ledger = with(&text, |mapping| {
        if let Some(rule) = mapping.columns.get_mut("reallocated_out") {
            rule.negated = true;
        }
    });
    assert_eq!(part(&ledger.budget[0], BudgetPart::ReallocatedOut), Some(80));
    assert_eq!(ledger.intake[0].identity_mismatches, 0);
    let text = shipped().unwrap().into_iter().find(|m| m.name == "korean_budget").unwrap();
    let text = toml::to_string(&text).unwrap().replacen("negated = false", "negated = true", 1);
    assert!(Mapping::from_toml(&text, "m").unwrap_err().0[0].hint.contains("reallocated_out"));
}

#[test]
fn the_unit_multiplies_every_part_and_a_unit_in_a_header_only_its_own() {
    let text =
        "(단위: 천원)\n회계연도,부서명,계정과목,본예산,이월액(원),예산현액\n2024,총무과,여비,1,1000,2\n";
    let ledger = clean(text);
    let line = &ledger.budget[0];
    assert_eq!(
        (part(line, BudgetPart::OriginalBudget), part(line, BudgetPart::CarriedOver)),
        (Some(1_000), Some(1_000))
    );
    assert_eq!((line.current_budget, ledger.intake[0].identity_mismatches), (Amount(2_000), 0));
}

#[test]
fn without_its_column_the_amount_is_the_sum_of_all_parts_or_the_file_is_refused() {
    let all =
        "회계연도,부서명,계정과목,본예산,추경,이월액,예비비,전용증감\n2024,총무과,여비,100,△10,5,0,△20\n";
    let ledger = clean(all);
    assert_eq!(ledger.budget[0].current_budget, Amount(75), "{:?}", ledger.intake);
    assert!(ledger.intake[0].notes.iter().any(|note| note.contains("구성의 합으로 계산")));
    assert_eq!(ledger.intake[0].identity_checked, 0);
    let blank = clean(&format!("{all}2024,총무과,여비,100,△10,5,0,7\n2024,재무과,여비,100,,5,0,△20\n"));
    assert_eq!((blank.intake[0].loaded, kept(&blank).0), (2, "추경"));
    let some = clean("회계연도,부서명,계정과목,본예산,추경,이월액\n2024,총무과,여비,100,△10,5\n");
    let problem = some.intake[0].refused.as_ref().unwrap();
    assert!(problem.expected.contains("amount"), "{problem}");
}

#[test]
fn a_lone_original_budget_is_read_as_the_amount_and_said_so() {
    let ledger = clean("회계연도,부서명,계정과목,본예산\n2024,총무과,여비,100\n");
    assert_eq!(ledger.budget[0].current_budget, Amount(100));
    assert!(ledger.intake[0].notes.iter().any(|note| note.contains("‘본예산’ 열을 예산현액으로")));
    assert_eq!(ledger.intake[0].identity_checked, 0);
}

#[test]
fn absent_parts_are_named_where_the_identity_fails() {
    let ledger = clean("회계연도,부서명,계정과목,본예산,추경,예산현액\n2024,총무과,여비,100,10,150\n");
    assert!(noted(&ledger)[0].reason.contains("파일에 없는 구성: 이월액, 예비비"), "{:?}", noted(&ledger));
}

#[test]
fn totals_are_compared_for_every_column() {
    let total = |spent: &str| {
        rows(&format!(
            "{HOLDS}{HOLDS},,합계,\"2,000\",△200,100,0,60,160,\"1,800\",\"1,600\",\"1,400\",{spent},600\n"
        ))
    };
    let right = total("\"1,200\"");
    assert_eq!((right.intake[0].totals_compared, right.intake[0].totals_differing.len()), (11, 0));
    let wrong = total("\"1,201\"");
    let [check] = &wrong.intake[0].totals_differing[..] else { panic!("{:?}", wrong.intake[0]) };
    assert_eq!(
        (check.word.as_str(), check.printed, check.computed),
        ("합계 집행액", Amount(1_201), Amount(1_200))
    );
}

#[test]
fn months_and_finer_labels_tell_lines_apart() {
    let text = "회계연도,회계월,회계구분,재원,세부사업,부서명,계정과목,예산현액\n\
        2024,3월,일반회계,국비,청사 관리,총무과,여비,10\n2024,2024-04,일반회계,국비,청사 관리,총무과,여비,20\n\
        2024,202404,특별회계,국비,청사 관리,총무과,여비,30\n2024,4,특별회계,국비,청사 관리,총무과,여비,1\n\
        2024,2023-04,일반회계,국비,청사 관리,총무과,여비,40\n2024,13,일반회계,국비,청사 관리,총무과,여비,50\n";
    let ledger = clean(text);
    let found: Vec<_> = ledger
        .budget
        .iter()
        .map(|l| (l.fiscal_month, l.accounting_unit.as_str(), l.current_budget.0))
        .collect();
    assert_eq!(found, [(Some(3), "일반회계", 10), (Some(4), "일반회계", 20), (Some(4), "특별회계", 31)]);
    assert_eq!(
        (ledger.budget[0].fund_source.as_str(), ledger.budget[0].project.as_str()),
        ("국비", "청사 관리")
    );
    assert_eq!(ledger.intake[0].quarantined, 2);
}

const MOVED: &str = "예산 이용·전용·이체 내역\n처리일자,구분,감액부서,감액과목,증액부서,증액과목,금액,사유\n\
    2024.3.5.,전용,총무팀,여비,총무과,수당,\"50,000\",부족분 보전\n2024.4.5.,예산이체,총무과,여비,재무팀,여비,700,\n\
    ,,,,,합계,\"50,700\",\n";

#[test]
fn movements_become_events() {
    let ledger = clean(MOVED);
    let intake = &ledger.intake[0];
    assert_eq!((intake.kind, intake.loaded, intake.total), (RecordKind::Reallocation, 2, Amount(50_700)));
    assert!(intake.balances() && ledger.budget.is_empty() && ledger.rows.height() == 0);
    let event = &ledger.reallocations[0];
    assert_eq!(
        (event.kind.label_ko(), event.date.to_string().as_str(), event.at.row),
        ("전용", "2024-03-05", 3)
    );
    assert_eq!((event.from.department.as_str(), event.to.account.as_str()), ("총무과", "수당"));
    assert_eq!((event.amount, event.reason.as_str()), (Amount(50_000), "부족분 보전"));
    assert_eq!(ledger.reallocations[1].to.department, "재무과");
    assert_eq!((intake.totals_compared, intake.totals_differing.len()), (1, 0));
}

#[test]
fn a_movement_of_an_unknown_kind_is_kept_aside_and_one_to_itself_is_noted() {
    let ledger = clean(&format!(
        "{MOVED}2024.5.6.,변경,총무과,여비,재무과,여비,1,\n2024.5.7.,이용,총무과,여비,총무팀,여비,1,\n"
    ));
    assert_eq!(kept(&ledger), ("구분", "구분은 이용, 전용, 이체 가운데 하나여야 합니다"));
    assert_eq!(ledger.reallocations.len(), 3);
    assert!(noted(&ledger)[0].reason.contains("과목이 같습니다"), "{:?}", noted(&ledger));
}

#[test]
fn parts_tell_sets_of_rows_apart() {
    let digest = |text: &str| rows(text).intake[0].rows_digest.clone();
    assert_ne!(digest(HOLDS), digest(&HOLDS.replace(",700,", ",701,")));
    assert_ne!(digest(HOLDS), digest(&HOLDS.replace(",0,30", ",,30")));
}

/// An amount as one of the ways offices write it.
fn written(amount: i64, style: u8) -> String {
    let size = crate::ledger::amount::group_thousands(amount.unsigned_abs());
    match (amount < 0, style % 3) {
        (false, 0) => amount.to_string(),
        (false, 1) => size,
        (false, _) => format!("{size}원"),
        (true, 0) => format!("△{size}"),
        (true, 1) => format!("({size})"),
        (true, _) => amount.to_string(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_sum_of_the_parts_is_conserved(
        lines in proptest::collection::vec(
            (proptest::array::uniform4(-1_000_000_000_i64..1_000_000_000), 0_i64..1_000_000, 0_i64..1_000_000,
             prop_oneof![Just(0_i64), -5_i64..5], 0_usize..3, 0_u8..9), 1..12)) {
        let mut text = "회계연도;부서명;계정과목;본예산;추경;이월액;예비비;전용증;전용감;예산현액\n".to_owned();
        let (mut sums, mut n_off, mut all) = ([0_i64; 6], 0, 0_i64);
        for (parts, into, out, off, account, style) in &lines {
            let current = parts.iter().sum::<i64>() + into - out + off;
            let account = ["여비", "수당", "재료비"][*account];
            let money: Vec<String> = parts.iter().chain([into, out, &current]).map(|a| written(*a, *style)).collect();
            text.push_str(&format!("2024;총무과;{account};{}\n", money.join(";")));
            for (sum, value) in sums.iter_mut().zip(parts.iter().chain([into, out])) {
                *sum += value;
            }
            n_off += u64::from(*off != 0);
            all += current;
        }
        let ledger = clean(&text);
        let intake = &ledger.intake[0];
        prop_assert_eq!((intake.identity_checked, intake.identity_mismatches), (lines.len() as u64, n_off));
        prop_assert_eq!(noted(&ledger).len() as u64, n_off);
        prop_assert_eq!((intake.total, intake.balances()), (Amount(all), true));
        for (part_of, sum) in BudgetPart::ALL.into_iter().zip(sums) {
            prop_assert_eq!(ledger.budget.iter().map(|line| part(line, part_of).unwrap()).sum::<i64>(), sum);
        }
        // Without its column 예산현액 is what the parts say.
        let cut: String = text.lines().map(|line| format!("{}\n", line.rsplit_once(';').unwrap().0)).collect();
        let computed: i64 = clean(&cut).budget.iter().map(|line| line.current_budget.0).sum();
        prop_assert_eq!(computed, sums[..5].iter().sum::<i64>() - sums[5]);
    }
}
