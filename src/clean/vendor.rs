//! Who was paid, as one key by row.
//!
//! Comes in: a `LedgerView`. Goes out: equal keys for rows of one vendor.
//! Refuses: to join a name with a number when the name has been seen with several.

use super::{Interned, LedgerView};

/// The vendor of each row as one key: the registration number where known (also through the name, when
/// a name has exactly one number), else the name; `Interned::NULL` where there is neither.
pub fn vendor_keys(ledger: &LedgerView) -> Vec<u32> {
    const SEVERAL: u32 = Interned::NULL - 1;
    let mut number_of_name = vec![Interned::NULL; ledger.vendor.names.len()];
    for (&name, &number) in ledger.vendor.ids.iter().zip(&ledger.vendor_no.ids) {
        if name == Interned::NULL || number == Interned::NULL {
            continue;
        }
        let known = &mut number_of_name[name as usize];
        if *known == Interned::NULL {
            *known = number;
        } else if *known != number {
            *known = SEVERAL;
        }
    }
    let names_from = u32::try_from(ledger.vendor_no.names.len()).unwrap_or(0);
    let key = |(&name, &number): (&u32, &u32)| {
        if number != Interned::NULL {
            return number;
        }
        if name == Interned::NULL {
            return Interned::NULL;
        }
        match number_of_name[name as usize] {
            Interned::NULL | SEVERAL => names_from.saturating_add(name),
            only => only,
        }
    };
    ledger.vendor.ids.iter().zip(&ledger.vendor_no.ids).map(key).collect()
}
