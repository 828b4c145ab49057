//! Changed bytes in the parts and in the ZIP: never a panic, never without end.

use super::handmade::{Made, read, worksheet};

/// A generator that is the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }

    fn change(&mut self, bytes: &mut [u8]) {
        const TELLING: &[u8] = b"<>/&;\"'= 0919-.eE#x[]!ACZ:sthr\r\0\xFF\x80";
        for _ in 0..=self.below(8) {
            let at = self.below(bytes.len());
            bytes[at] = match self.below(2) {
                0 => TELLING[self.below(TELLING.len())],
                _ => self.below(256).to_le_bytes()[0],
            };
        }
    }
}

fn tiny() -> Made {
    let first = worksheet(
        "<cols><col min=\"1\" max=\"2\" hidden=\"1\"/></cols><sheetData><row r=\"1\" hidden=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c>\
         <c r=\"B1\" s=\"1\"><v>45296.5</v></c><c r=\"C1\"><f>B1</f><v>1</v></c><c r=\"D1\" t=\"inlineStr\"><is><t>가&amp;_x000D_</t></is></c>\
         </row><row r=\"2\"><c t=\"b\"><v>1</v></c><c t=\"e\"><v>#REF!</v></c><c t=\"str\"><v>나</v></c></row></sheetData>\
         <mergeCells><mergeCell ref=\"A1:B2\"/></mergeCells>",
    );
    let second = worksheet("<sheetData><row><c><v>1234567890.12</v></c></row></sheetData>");
    Made::sheets(&[("첫째", "", &first), ("둘째", "state=\"hidden\"", &second)])
        .with_strings("<si><t>총무과</t></si><si><r><t>a</t></r></si>")
        .with_styles(&[0, 14])
}

#[test]
fn no_mutant_panics() {
    let mut dice = Dice(42);
    let made = tiny();
    let bytes = made.zip();
    let (mut n_read, mut n_refused) = (0, 0);
    for i in 0..10_000 {
        let mutant = if i % 2 == 0 {
            let mut changed = made.clone();
            let part = dice.below(changed.0.len());
            dice.change(&mut changed.0[part].1);
            changed.zip()
        } else {
            let mut changed = bytes.clone();
            dice.change(&mut changed);
            changed
        };
        let found = read(&mutant);
        match found.verdict.is_none() {
            true => n_read += 1,
            false => n_refused += 1,
        }
    }
    // Both ways were taken often: a reader that refuses or reads everything would prove nothing.
    assert!(n_read > 1_000 && n_refused > 1_000, "{n_read} read, {n_refused} refused");
}
