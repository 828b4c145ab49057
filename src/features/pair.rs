//! How rarely a department used an account before, and how large a share of all payments the account has.
//!
//! Comes in: the ledger in time order. Goes out: rarity of (department, account) and share of the account, from
//! earlier rows.
//! Refuses: to call a pair rare while the department is young: rarity grows with what was seen of it.

use super::{Columns, Context, Feature, Group};

/// The group.
pub const GROUP: Group = Group { id: "pair", label_ko: "부서와 계정과목", build };

fn build(context: &Context<'_>) -> Columns {
    let departments = context.ids_of(&context.ledger.department);
    let mut of_department = vec![0_u32; departments.iter().map(|d| *d as usize + 1).max().unwrap_or(0)];
    let pairs = &context.department_account;
    let mut of_pair = vec![0_u32; pairs.iter().map(|p| *p as usize + 1).max().unwrap_or(0)];
    let accounts = context.ids_of(&context.ledger.account);
    let mut of_account = vec![0_u32; accounts.iter().map(|a| *a as usize + 1).max().unwrap_or(0)];
    let mut rarity = vec![0.0; context.ledger.n_rows];
    let mut share = vec![0.0; context.ledger.n_rows];
    for (earlier, &row) in context.time.iter().enumerate() {
        let row = row as usize;
        let department = &mut of_department[departments[row] as usize];
        let pair = &mut of_pair[pairs[row] as usize];
        rarity[row] = (f64::from(*department + 1) / f64::from(*pair + 1)).ln();
        *department += 1;
        *pair += 1;
        let account = &mut of_account[accounts[row] as usize];
        share[row] = f64::from(*account) / earlier.max(1) as f64;
        *account += 1;
    }
    vec![
        (Feature { id: "department_account_rarity", label_ko: "부서의 계정과목 사용 희소성" }, rarity),
        (Feature { id: "account_share", label_ko: "계정과목 지급 비중" }, share),
    ]
}
