//! Amounts against what was usual for the department, account, vendor and month.
//!
//! Comes in: the ledger in groups. Goes out: robust deviations of the logarithm of the amount.
//! Refuses: later rows, unshrunk small groups, raw amounts (a ledger of millions would be one long tail).

use chrono::Datelike;

use super::context::pair_ids;
use super::level::{self, Level};
use super::{Columns, Context, Feature, Group};

/// The group.
pub const GROUP: Group = Group { id: "amount", label_ko: "금액 수준", build };

/// Earlier payments at which the largest of them counts half.
const PEAK_HALF_N: f32 = 20.0;

fn build(context: &Context<'_>) -> Columns {
    let ledger = context.ledger;
    let values = &context.log_amount;
    let all = vec![0; ledger.n_rows];
    let raw = |ids: &[u32]| level::raw(&context.groups(ids), values);
    let shrunk = |ids: &[u32], parent: &[Level]| level::shrunk(raw(ids), parent);
    let root = || level::root(raw(&all), values);
    let (root, account) = rayon::join(root, || raw(&context.ids_of(&ledger.account)));
    let account = level::shrunk(account, &root);
    let (vendor, pair) = rayon::join(
        || shrunk(&context.ids_of(&ledger.vendor), &root),
        || shrunk(&context.department_account, &account),
    );
    let (usual, month) = rayon::join(
        || shrunk(&context.department_account_vendor, &pair),
        || {
            let month: Vec<u32> = (0..ledger.n_rows).map(|i| ledger.date(i).month0()).collect();
            shrunk(&pair_ids(&context.department_account, &month), &pair)
        },
    );
    let z = |levels: &[Level]| values.iter().zip(levels).map(|(v, l)| level::z(*v, l)).collect();
    vec![
        (Feature { id: "amount_log", label_ko: "금액 크기" }, values.iter().map(|v| f64::from(*v)).collect()),
        (
            Feature {
                id: "amount_z_usual", label_ko: "같은 부서·계정·거래처 대비 금액 편차"
            },
            z(&usual),
        ),
        (Feature { id: "amount_z_department_account", label_ko: "부서·계정 대비 금액 편차" }, z(&pair)),
        (Feature { id: "amount_z_account", label_ko: "계정과목 대비 금액 편차" }, z(&account)),
        (Feature { id: "amount_z_vendor", label_ko: "거래처 대비 금액 편차" }, z(&vendor)),
        (Feature { id: "amount_z_month", label_ko: "지난해까지의 같은 달 대비 금액 편차" }, z(&month)),
        (
            Feature { id: "amount_over_peak", label_ko: "부서·계정의 이전 최고 금액 대비" },
            values.iter().zip(&pair).map(|(v, l)| over_peak(*v, l)).collect(),
        ),
    ]
}

/// Logarithm of the ratio to the largest earlier payment, pulled to 0 where there were few; -3 to 5.
fn over_peak(value: f32, level: &Level) -> f64 {
    let trust = level.n / (level.n + PEAK_HALF_N);
    f64::from(((value - level.peak) * trust).clamp(-3.0, 5.0))
}
